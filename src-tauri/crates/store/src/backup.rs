//! Copies of the desk: kept in rotation before a migration, made on demand to a stick, and brought back.
//!
//! A backup on demand is one SQLite file: the tables of the desk and, in pieces, every package and document of
//! `files/`. The copies in `backups/` hold the tables alone, since the files lie beside them.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags};

use crate::{
    AuditHead, Files, Store, StoreError,
    digest::{Hasher, is_digest},
    files::sync_folder,
    migrate,
    open::{BACKUPS, DATABASE, FILES, check_pages, check_version, connect},
    tables::audit,
};

/// How many copies `backups/` keeps.
const KEPT: usize = 10;
const PIECE: u64 = 1 << 20;

const CREATE_FILES: &str = "
CREATE TABLE backup_files (
    digest TEXT NOT NULL,
    piece INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (digest, piece)
) STRICT;
";

/// A backup that was read back whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Length of the backup file in bytes.
    pub size: u64,
    /// How many packages and documents it holds.
    pub files: u64,
    /// The end of the audit trail in it.
    pub head: AuditHead,
    /// Digests of files that were found altered on the desk and are therefore not in the backup.
    pub left_out: Vec<String>,
}

impl Store {
    /// Writes the whole desk into one new file and reads it back: pages, schema, audit trail, every file.
    ///
    /// # Errors
    /// [`StoreError::Exists`] where `target` exists already; [`StoreError::DiskFull`] and other failures of writing;
    /// whatever reading back finds. No file is left at `target` then.
    pub fn backup_to(&self, target: &Path) -> Result<Backup, StoreError> {
        if target.try_exists()? {
            return Err(StoreError::Exists);
        }
        let part = beside(target, ".part");
        let made = self.write_backup(&part).and_then(|left_out| {
            let mut backup = check(&part)?;
            backup.left_out = left_out;
            fs::rename(&part, target)?;
            Ok(backup)
        });
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
        keep_copy(self.conn(), self.folder())
    }

    fn write_backup(&self, part: &Path) -> Result<Vec<String>, StoreError> {
        let mut copy = copy_tables(self.conn(), part)?;
        copy.execute_batch(CREATE_FILES)?;
        let mut left_out = Vec::new();
        for digest in self.files().digests()? {
            let mut file = match self.open_file(&digest) {
                Ok(file) => file,
                Err(StoreError::FileAltered { digest }) => {
                    left_out.push(digest);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let transaction = copy.transaction()?;
            for piece in 0_u64.. {
                let mut bytes = Vec::new();
                Read::by_ref(&mut file).take(PIECE).read_to_end(&mut bytes)?;
                if bytes.is_empty() && piece > 0 {
                    break;
                }
                transaction
                    .prepare_cached("INSERT INTO backup_files (digest, piece, bytes) VALUES (?1, ?2, ?3)")?
                    .execute((&digest, piece, &bytes))?;
            }
            transaction.commit()?;
        }
        close(copy, part)?;
        Ok(left_out)
    }
}

/// Brings a backup back as a new desk in `folder`, which must not exist or be empty. The backup is checked first, and
/// the folder appears whole or not at all.
///
/// # Errors
/// [`StoreError::FolderNotEmpty`]; whatever the check of the backup finds; failures of writing.
pub fn restore(backup: &Path, folder: &Path) -> Result<Backup, StoreError> {
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(StoreError::FolderNotEmpty);
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(_) => return Err(StoreError::FolderNotEmpty),
    }
    let checked = check(backup)?;
    let part = new_folder_beside(folder)?;
    let made = unpack(backup, &part).and_then(|()| {
        if folder.try_exists()? {
            fs::remove_dir(folder)?;
        }
        fs::rename(&part, folder)?;
        Ok(checked)
    });
    if made.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_dir_all(&part);
    }
    made
}

/// Keeps a copy of the tables in `backups/` and removes the oldest beyond ten. Named by the end of the audit trail, so
/// that the order of names is the order of changes without any clock.
pub(crate) fn keep_copy(conn: &Connection, folder: &Path) -> Result<PathBuf, StoreError> {
    let AuditHead { seq, digest } = audit::head(conn)?;
    let version: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let mark = digest.get(..8).unwrap_or("00000000");
    let backups = folder.join(BACKUPS);
    fs::create_dir_all(&backups)?;
    let target = backups.join(format!("desk-{seq:010}-{mark}-v{version}.db"));
    if !target.try_exists()? {
        let part = beside(&target, ".part");
        let copy = copy_tables(conn, &part)?;
        close(copy, &part)?;
        let copy = connect(&part, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
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

/// Reads a backup whole: pages, schema, audit trail, every file.
fn check(path: &Path) -> Result<Backup, StoreError> {
    let size = File::open(path)?.metadata()?.len();
    let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let version = check_version(&conn, false)?;
    check_pages(&conn, "PRAGMA integrity_check(1)")?;
    let extra = if has_files(&conn)? { CREATE_FILES } else { "" };
    migrate::check_schema(&conn, version, extra)?;
    let head = audit::check(&conn)?;
    let mut files = 0;
    each_file(&conn, |digest, pieces| {
        let mut hasher = Hasher::new();
        pieces(&mut |bytes| {
            hasher.update(bytes);
            Ok(())
        })?;
        files += 1;
        if hasher.finish() == digest { Ok(()) } else { Err(StoreError::FileAltered { digest: digest.to_owned() }) }
    })?;
    Ok(Backup { size, files, head, left_out: Vec::new() })
}

fn unpack(backup: &Path, part: &Path) -> Result<(), StoreError> {
    let database = part.join(DATABASE);
    fs::copy(backup, &database)?;
    // A copy takes the permissions along, and a backup may come from a read-only stick.
    make_writable(&database)?;
    let conn = connect(&database, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let files = Files::open(part.join(FILES))?;
    each_file(&conn, |digest, pieces| {
        let mut whole = files.start()?;
        pieces(&mut |bytes| Ok(whole.write_all(bytes)?))?;
        if whole.finish()?.digest == digest {
            Ok(())
        } else {
            Err(StoreError::FileAltered { digest: digest.to_owned() })
        }
    })?;
    if has_files(&conn)? {
        conn.execute_batch("DROP TABLE backup_files; VACUUM;")?;
    }
    close(conn, &database)
}

type PieceSink<'a> = &'a mut dyn FnMut(&[u8]) -> Result<(), StoreError>;
type Pieces<'a> = &'a mut dyn FnMut(PieceSink<'_>) -> Result<(), StoreError>;

/// Gives every file of a backup, one at a time and in pieces, so that none need fit into memory.
fn each_file(
    conn: &Connection,
    mut take: impl FnMut(&str, Pieces<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    if !has_files(conn)? {
        return Ok(());
    }
    let mut digests = conn.prepare("SELECT DISTINCT digest FROM backup_files ORDER BY digest")?;
    let digests: Vec<String> = digests.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for digest in digests {
        if !is_digest(&digest) {
            return Err(StoreError::BadDigest);
        }
        take(&digest, &mut |sink| {
            let mut pieces = conn.prepare_cached("SELECT bytes FROM backup_files WHERE digest = ?1 ORDER BY piece")?;
            let mut rows = pieces.query([&digest])?;
            while let Some(row) = rows.next()? {
                sink(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn has_files(conn: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'backup_files')";
    Ok(conn.query_row(sql, [], |row| row.get(0))?)
}

/// Copies the tables into a new file that needs no log beside it, so that it can be read from a read-only stick.
fn copy_tables(conn: &Connection, target: &Path) -> Result<Connection, StoreError> {
    match fs::remove_file(target) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let name = target.to_str().ok_or(StoreError::BadPath)?;
    conn.execute("VACUUM INTO ?1", [name])?;
    let copy = connect(target, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let _: String = copy.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
    Ok(copy)
}

fn close(conn: Connection, path: &Path) -> Result<(), StoreError> {
    conn.close().map_err(|(_, error)| error)?;
    fs::OpenOptions::new().write(true).open(path)?.sync_all()?;
    Ok(())
}

fn make_writable(path: &Path) -> io::Result<()> {
    let mut permissions = fs::metadata(path)?.permissions();
    if !permissions.readonly() {
        return Ok(());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        permissions.set_mode(0o600);
    }
    #[cfg(not(unix))]
    permissions.set_readonly(false);
    fs::set_permissions(path, permissions)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
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
        let part = beside(&folder, &format!(".part{number}"));
        match fs::create_dir(&part) {
            Ok(()) => return Ok(part),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::FolderNotEmpty)
}
