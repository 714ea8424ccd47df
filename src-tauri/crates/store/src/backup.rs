//! Copies of the desk: kept in rotation before a migration, made on demand to a stick, and brought back.
//!
//! A backup on demand is a zip archive of stored entries, which any unpacker opens: `desk.db`, the files of `files/`, and what
//! the caller puts beside them. All of it is as encrypted as the desk itself. The copies in `backups/` hold the tables alone,
//! since the files lie beside them.

mod archive;
mod first;

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags};

use crate::{
    AuditHead, Store, StoreError, StoreKey,
    files::sync_folder,
    migrate,
    open::{BACKUPS, DATABASE, check_pages, check_version, connect},
    plain::is_plain,
    tables::audit,
};

/// How many copies `backups/` keeps.
const KEPT: usize = 10;

/// A backup that was written and read back whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Length of the backup file in bytes.
    pub size: u64,
    /// How many packages and documents it holds.
    pub files: u64,
    /// The end of the audit trail in it.
    pub head: AuditHead,
    /// Files that were found altered on the desk and are therefore not in the backup: digests, or names where there is none.
    pub left_out: Vec<String>,
}

/// What a backup holds beside the store's own: a file of the desk folder and its bytes, such as the wrapped key.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// Its name in the desk folder.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

impl Store {
    /// Writes the whole desk into one new file and reads it back: pages, schema, audit trail, every file.
    ///
    /// # Errors
    /// [`StoreError::Exists`] where `target` exists already; [`StoreError::DiskFull`] and other failures of writing;
    /// whatever reading back finds. No file is left at `target` then.
    pub fn backup_to(&self, target: &Path, beside: &[Beside<'_>]) -> Result<Backup, StoreError> {
        if target.try_exists()? {
            return Err(StoreError::Exists);
        }
        let (part, tables) = (with_suffix(target, ".part"), with_suffix(target, ".tables"));
        let made = self.write_backup(&tables, &part, beside).and_then(|backup| {
            fs::rename(&part, target)?;
            Ok(backup)
        });
        let _ = fs::remove_file(&tables);
        if made.is_err() {
            // The first error is the one to tell.
            let _ = fs::remove_file(&part);
        } else if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            // Some sticks refuse to sync a folder; the file itself is synced.
            let _ = sync_folder(folder);
        }
        made
    }

    /// Keeps a copy of the tables in `backups/`, of which the last ten stay. Where it is.
    ///
    /// # Errors
    /// Failures of writing.
    pub fn keep_backup(&self) -> Result<PathBuf, StoreError> {
        keep_copy(self.conn(), self.key(), self.folder())
    }

    fn write_backup(&self, tables: &Path, part: &Path, beside: &[Beside<'_>]) -> Result<Backup, StoreError> {
        close(copy_tables(self.conn(), self.key(), tables)?, tables)?;
        let head = check_tables(tables, self.key())?;
        let (mut whole, mut left_out) = (Vec::new(), Vec::new());
        for file in self.files().all()? {
            match file.map(|digest| (self.files().check(&digest), digest)) {
                Ok((Ok(()), digest)) => whole.push(self.files().path(&digest)?),
                Ok((Err(StoreError::FileAltered { .. }), digest)) => left_out.push(digest),
                Ok((Err(error), _)) => return Err(error),
                Err(name) => left_out.push(name),
            }
        }
        archive::write(part, tables, &whole, beside)?;
        let size = fs::metadata(part)?.len();
        Ok(Backup { size, files: u64::try_from(whole.len()).unwrap_or(u64::MAX), head, left_out })
    }
}

/// Brings a backup back as a new desk in `folder`, which must not exist or be empty. The folder appears whole or not at all.
///
/// Without its key a backup can be tested for damage, not for forgery: whoever opens the folder for the first time checks it
/// whole. `beside` names what else may be in the backup. A copy from `backups/` takes these from where it was made.
///
/// # Errors
/// [`StoreError::FolderNotEmpty`]; [`StoreError::NotABackup`]; whatever the check of a backup of the first version finds;
/// failures of writing.
pub fn restore(backup: &Path, folder: &Path, beside: &[&str]) -> Result<(), StoreError> {
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(StoreError::FolderNotEmpty);
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(_) => return Err(StoreError::FolderNotEmpty),
    }
    File::open(backup)?;
    if is_plain(backup)? {
        first::check(backup)?;
    }
    let part = new_folder_beside(folder)?;
    let made = unpack(backup, &part, beside).and_then(|()| {
        if folder.try_exists()? {
            fs::remove_dir(folder)?;
        }
        Ok(fs::rename(&part, folder)?)
    });
    if made.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_dir_all(&part);
    }
    made
}

fn unpack(backup: &Path, part: &Path, beside: &[&str]) -> Result<(), StoreError> {
    if is_plain(backup)? {
        first::unpack(backup, part)
    } else if archive::is_archive(backup)? {
        archive::unpack(backup, part, beside)
    } else {
        unpack_copy(backup, part, beside)
    }
}

/// A copy of the tables from `backups/`: the wrapped key lies in the folder above, or was put beside the copy.
fn unpack_copy(backup: &Path, part: &Path, beside: &[&str]) -> Result<(), StoreError> {
    let near = backup.parent().into_iter();
    let homes: Vec<&Path> = near.flat_map(|folder| [Some(folder), folder.parent()]).flatten().collect();
    let mut found = 0;
    for name in beside {
        if let Some(home) = homes.iter().find(|home| home.join(name).is_file()) {
            copy_synced(&home.join(name), &part.join(name))?;
            found += 1;
        }
    }
    if found == 0 {
        return Err(StoreError::NotABackup);
    }
    copy_synced(backup, &part.join(DATABASE))
}

/// Keeps a copy of the tables in `backups/` and removes the oldest beyond ten. Named by the end of the audit trail, so
/// that the order of names is the order of changes without any clock.
pub(crate) fn keep_copy(conn: &Connection, key: &StoreKey, folder: &Path) -> Result<PathBuf, StoreError> {
    let AuditHead { seq, digest } = audit::head(conn)?;
    let version: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let mark = digest.get(..8).unwrap_or("00000000");
    let backups = folder.join(BACKUPS);
    fs::create_dir_all(&backups)?;
    let target = backups.join(format!("desk-{seq:010}-{mark}-v{version}.db"));
    if !target.try_exists()? {
        let part = with_suffix(&target, ".part");
        close(copy_tables(conn, key, &part)?, &part)?;
        let copy = connect(&part, OpenFlags::SQLITE_OPEN_READ_ONLY, Some(key))?;
        check_pages(&copy, "PRAGMA integrity_check(1)")?;
        drop(copy);
        fs::rename(&part, &target)?;
        sync_folder(&backups)?;
    }
    let mut copies = Vec::new();
    for entry in fs::read_dir(&backups)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with("desk-") && name.ends_with(".db") {
            copies.push(path);
        }
    }
    copies.sort();
    for old in copies.iter().take(copies.len().saturating_sub(KEPT)) {
        fs::remove_file(old)?;
    }
    Ok(target)
}

/// Reads the tables whole: pages, schema, audit trail.
fn check_tables(path: &Path, key: &StoreKey) -> Result<AuditHead, StoreError> {
    let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, Some(key))?;
    let version = check_version(&conn, false)?;
    check_pages(&conn, "PRAGMA integrity_check(1)")?;
    migrate::check_schema(&conn, version)?;
    audit::check(&conn)
}

/// Copies the tables into a new file, encrypted under the same key, that needs no log beside it.
fn copy_tables(conn: &Connection, key: &StoreKey, target: &Path) -> Result<Connection, StoreError> {
    match fs::remove_file(target) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let name = target.to_str().ok_or(StoreError::BadPath)?;
    conn.execute("VACUUM INTO ?1", [name])?;
    let copy = connect(target, OpenFlags::SQLITE_OPEN_READ_WRITE, Some(key))?;
    let _: String = copy.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
    Ok(copy)
}

fn close(conn: Connection, path: &Path) -> Result<(), StoreError> {
    conn.close().map_err(|(_, error)| error)?;
    fs::OpenOptions::new().write(true).open(path)?.sync_all()?;
    Ok(())
}

/// A copy of a file's bytes and of nothing else: a backup may come from a read-only stick.
fn copy_synced(from: &Path, to: &Path) -> Result<(), StoreError> {
    write_synced(File::open(from)?, to)
}

fn write_synced(mut source: impl Read, to: &Path) -> Result<(), StoreError> {
    let mut file = File::create_new(to)?;
    crate::files::copy(&mut source, &mut file)?;
    Ok(file.sync_all()?)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// A new folder on the same disk, so that renaming it is one step. What an interrupted restore left is not touched.
fn new_folder_beside(folder: &Path) -> Result<PathBuf, StoreError> {
    // `a/b/` and `a/b` are the same folder, but only the second takes a suffix.
    let folder: PathBuf = folder.components().collect();
    if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent)?;
    }
    for number in 0..100 {
        let part = with_suffix(&folder, &format!(".part{number}"));
        match fs::create_dir(&part) {
            Ok(()) => return Ok(part),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::FolderNotEmpty)
}
