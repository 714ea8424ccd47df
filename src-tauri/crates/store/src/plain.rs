//! A store of the first version, which was not encrypted: read, and made into an encrypted one.
//!
//! Each step leaves one good store. The encrypted copy is made beside the plain one and read back whole; then the plain one
//! steps aside, the encrypted one takes its name, and only then is the plain one wiped. Wherever this breaks off, the next
//! opening finds either the plain store, and begins again, or the encrypted one, and wipes what is left of the plain.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use crate::{
    StoreError, StoreKey,
    files::{finish_wiping, sync_folder, wipe},
    migrate,
    open::{BACKUPS, DATABASE, check_pages, check_version, connect, lock},
    tables::{
        audit,
        identity::{self, Identity},
    },
};

/// The encrypted copy until it is checked.
const COPY: &str = "desk.db.new";
/// The plain database until it is wiped.
const ASIDE: &str = "desk.db.plain";
/// How an unencrypted database begins; an encrypted one begins with random bytes.
const HEADER: &[u8; 16] = b"SQLite format 3\0";
/// How many checked copies of the plain schema there are: one, the first.
const SCHEMA: i64 = 1;

/// A store of the first version, checked and held by this process.
#[derive(Debug)]
pub struct PlainStore {
    conn: Connection,
    folder: std::path::PathBuf,
    _lock: File,
}

/// A place where encrypting may break off; tests break it off at each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The copy is written, not checked.
    Copied,
    /// The copy is checked.
    Checked,
    /// The plain database has stepped aside.
    Aside,
    /// The copy is in its place.
    Swapped,
}

impl PlainStore {
    /// Whether `folder` holds a store that is not encrypted.
    ///
    /// # Errors
    /// Those of reading.
    pub fn is_in(folder: &Path) -> Result<bool, StoreError> {
        Ok(is_plain(&folder.join(DATABASE))? || is_stepped_aside(folder))
    }

    /// Opens it after the same checks as [`crate::Store::open`].
    ///
    /// # Errors
    /// Those of [`crate::Store::open`].
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let lock = lock(folder)?;
        if is_stepped_aside(folder) {
            fs::rename(folder.join(ASIDE), folder.join(DATABASE))?;
            sync_folder(folder)?;
        }
        let conn = connect(&folder.join(DATABASE), OpenFlags::SQLITE_OPEN_READ_WRITE, None)?;
        // Until the checks are through, closing must not fold the log into a file that may be evidence.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        let version = check_version(&conn, false)?;
        if version != SCHEMA {
            return Err(StoreError::NotADesk { application_id: migrate::APPLICATION_ID });
        }
        check_pages(&conn, "PRAGMA integrity_check(1)")?;
        migrate::check_schema(&conn, version)?;
        audit::check(&conn)?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        Ok(Self { conn, folder: folder.to_path_buf(), _lock: lock })
    }

    /// The identity, if one was made.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn identity(&self) -> Result<Option<Identity>, StoreError> {
        identity::of(&self.conn)
    }

    /// Makes it an encrypted store under `key`, in which the signing key is wrapped as `wrapped_key`.
    ///
    /// # Errors
    /// Failures of writing; whatever reading the copy back finds. The plain store is then as it was.
    pub fn encrypt(self, key: &StoreKey, wrapped_key: &[u8]) -> Result<(), StoreError> {
        self.encrypt_watched(key, wrapped_key, &mut |_| Ok(()))
    }

    fn encrypt_watched(
        self,
        key: &StoreKey,
        wrapped_key: &[u8],
        at: &mut dyn FnMut(Step) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Self { conn, folder, _lock } = self;
        let (copy, aside, place) = (folder.join(COPY), folder.join(ASIDE), folder.join(DATABASE));
        let head = audit::check(&conn)?;
        remove(&copy)?;
        export(&conn, &copy, key)?;
        let made = connect(&copy, OpenFlags::SQLITE_OPEN_READ_WRITE, Some(key))?;
        identity::rewrap_copy(&made, wrapped_key)?;
        made.close().map_err(|(_, error)| error)?;
        File::options().write(true).open(&copy)?.sync_all()?;
        at(Step::Copied)?;

        let made = connect(&copy, OpenFlags::SQLITE_OPEN_READ_ONLY, Some(key))?;
        check_pages(&made, "PRAGMA integrity_check(1)")?;
        migrate::check_schema(&made, check_version(&made, false)?)?;
        let same = audit::check(&made)? == head && rows(&made)? == rows(&conn)?;
        made.close().map_err(|(_, error)| error)?;
        if is_plain(&copy)? || !same {
            return Err(StoreError::Damaged { finding: "the encrypted copy".to_owned() });
        }
        at(Step::Checked)?;

        // The log is folded in and gone before the database moves: a log left behind would be taken for the new one's.
        let _: String = conn.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
        conn.close().map_err(|(_, error)| error)?;
        fs::rename(&place, &aside)?;
        sync_folder(&folder)?;
        at(Step::Aside)?;
        fs::rename(&copy, &place)?;
        sync_folder(&folder)?;
        at(Step::Swapped)?;
        clear(&folder)
    }
}

/// Wipes what is left of a plain store beside an encrypted one: itself, and the copies that it kept.
pub(crate) fn clear(folder: &Path) -> Result<(), StoreError> {
    finish_wiping(folder)?;
    let aside = folder.join(ASIDE);
    if aside.try_exists()? {
        wipe(&aside)?;
    }
    remove(&folder.join(COPY))?;
    let backups = folder.join(BACKUPS);
    if backups.is_dir() {
        finish_wiping(&backups)?;
        for copy in fs::read_dir(&backups)? {
            let copy = copy?.path();
            if copy.is_file() && is_plain(&copy)? {
                wipe(&copy)?;
            }
        }
    }
    Ok(())
}

/// Whether the file is an unencrypted database.
pub(crate) fn is_plain(path: &Path) -> Result<bool, StoreError> {
    let mut begin = [0; 16];
    match File::open(path).and_then(|mut file| file.read_exact(&mut begin)) {
        Ok(()) => Ok(begin == *HEADER),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether encrypting broke off between its two renames.
pub(crate) fn is_stepped_aside(folder: &Path) -> bool {
    folder.join(ASIDE).is_file() && !folder.join(DATABASE).exists()
}

fn export(conn: &Connection, copy: &Path, key: &StoreKey) -> Result<(), StoreError> {
    let name = copy.to_str().ok_or(StoreError::BadPath)?;
    // The connection opens what there is and makes nothing.
    File::create_new(copy)?;
    // The export writes tables as SQLite itself would; the source was checked to have no others.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)?;
    conn.execute("ATTACH DATABASE ?1 AS made KEY ?2", (name, key.raw().as_str()))?;
    conn.query_row("SELECT sqlcipher_export('made')", [], |_| Ok(()))?;
    let id = migrate::APPLICATION_ID;
    conn.execute_batch(&format!(
        "PRAGMA made.application_id = {id}; PRAGMA made.user_version = {SCHEMA}; DETACH made;"
    ))?;
    Ok(())
}

/// How many rows each table has.
fn rows(conn: &Connection) -> Result<Vec<(String, i64)>, StoreError> {
    let mut names = conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let count = |name: String| {
        // The names are those of the checked schema.
        let count = conn.query_row(&format!("SELECT count(*) FROM \"{name}\""), [], |row| row.get(0))?;
        Ok((name, count))
    };
    names.into_iter().map(count).collect()
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use tempfile::TempDir;

    use super::*;
    use crate::{
        Store,
        tables::{settings, testing::key},
    };

    const CANARY: &str = "金丝雀-canary-51d0";

    /// A store as the first version left it when it was killed: the last change still in the log.
    fn first_version() -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk");
        fs::create_dir(&path).unwrap();
        let mut conn = Connection::open(path.join(DATABASE)).unwrap();
        let _: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).unwrap();
        migrate::to_version(&mut conn, 1);
        conn.execute("INSERT INTO settings VALUES ('canary', ?1)", [CANARY]).unwrap();
        audit::append(&conn, "2025-06-01T09:00:00+08:00", "setting-changed", "canary", "").unwrap();
        conn.execute("INSERT INTO identity VALUES (1, 'n', 'u', NULL, 't', '[]', 'k', x'00', x'01', 'at')", [])
            .unwrap();
        fs::create_dir(path.join(BACKUPS)).unwrap();
        conn.execute("VACUUM INTO ?1", [path.join(BACKUPS).join("desk-0000000001-x-v1.db").to_str().unwrap()]).unwrap();
        fs::create_dir_all(path.join("files").join("ab")).unwrap();
        let document = path.join("files").join("ab").join(crate::sha256_hex(CANARY.as_bytes()));
        fs::write(document, CANARY).unwrap();
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
        drop(conn);
        assert!(fs::metadata(path.join("desk.db-wal")).unwrap().len() > 0, "the last change is in the log");
        (folder, path)
    }

    fn holding(folder: &Path) -> Vec<PathBuf> {
        let mut found = vec![];
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(holding(&path));
            } else if fs::read(&path).unwrap().windows(CANARY.len()).any(|bytes| bytes == CANARY.as_bytes()) {
                found.push(path);
            }
        }
        found
    }

    fn is_whole(folder: &Path) {
        let store = Store::open(folder, &key()).unwrap();
        assert_eq!(settings::get(&store, "canary").unwrap().as_deref(), Some(CANARY));
        assert_eq!(store.check_audit().unwrap().seq, 1);
        assert_eq!(identity::get(&store).unwrap().unwrap().wrapped_key, [9]);
        assert_eq!(store.files().read(&crate::sha256_hex(CANARY.as_bytes())).unwrap(), CANARY.as_bytes());
        drop(store);
        assert_eq!(holding(folder), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_store_of_the_first_version_is_encrypted_with_all_that_it_holds() {
        let (_folder, path) = first_version();
        assert!(PlainStore::is_in(&path).unwrap() && Store::is_desk(&path));
        assert_eq!(Store::open(&path, &key()).unwrap_err().code(), "store.plain");
        PlainStore::open(&path).unwrap().encrypt(&key(), &[9]).unwrap();
        assert!(!PlainStore::is_in(&path).unwrap());
        is_whole(&path);
    }

    #[test]
    fn broken_off_at_any_step_one_good_store_is_left_and_the_next_opening_goes_on() {
        for step in [Step::Copied, Step::Checked, Step::Aside, Step::Swapped] {
            let (_folder, path) = first_version();
            let broken = PlainStore::open(&path).unwrap().encrypt_watched(&key(), &[9], &mut |at| {
                if at == step { Err(StoreError::DiskFull) } else { Ok(()) }
            });
            assert_eq!(broken.unwrap_err().code(), "store.disk-full", "{step:?}");
            assert!(Store::is_desk(&path), "{step:?}");
            if PlainStore::is_in(&path).unwrap() {
                assert_ne!(step, Step::Swapped);
                let plain = PlainStore::open(&path).unwrap();
                assert_eq!(plain.identity().unwrap().unwrap().wrapped_key, [1], "{step:?}");
                plain.encrypt(&key(), &[9]).unwrap();
            }
            is_whole(&path);
        }
    }

    #[test]
    fn what_was_half_wiped_is_wiped_at_the_next_opening_and_taken_for_nothing() {
        let (_folder, path) = first_version();
        PlainStore::open(&path).unwrap().encrypt(&key(), &[9]).unwrap();
        let shelf = path.join("files").join("cd");
        fs::create_dir_all(&shelf).unwrap();
        let doomed = [
            path.join("desk.db.plain.wipe"),
            path.join(BACKUPS).join("desk-0000000001-x-v1.db.wipe"),
            shelf.join(format!("{}.wipe", "cd".repeat(32))),
        ];
        for doomed in &doomed {
            fs::write(doomed, CANARY).unwrap();
        }
        is_whole(&path);
        assert!(doomed.iter().all(|doomed| !doomed.exists()));
        assert_eq!(Store::open(&path, &key()).unwrap().files().all().unwrap().len(), 1);
    }

    #[test]
    fn a_plain_store_with_a_broken_audit_trail_is_refused_and_left_alone() {
        let (_folder, path) = first_version();
        let conn = Connection::open(path.join(DATABASE)).unwrap();
        conn.execute("UPDATE audit SET op = 'decided'", []).unwrap();
        drop(conn);
        let before = fs::read(path.join(DATABASE)).unwrap();
        assert_eq!(PlainStore::open(&path).unwrap_err().code(), "store.audit-broken");
        assert_eq!(fs::read(path.join(DATABASE)).unwrap(), before);
    }

    #[test]
    fn a_planted_trigger_does_not_run_while_encrypting() {
        let (_folder, path) = first_version();
        let conn = Connection::open(path.join(DATABASE)).unwrap();
        conn.execute_batch("CREATE TRIGGER kind AFTER UPDATE ON identity BEGIN DELETE FROM scores; END").unwrap();
        drop(conn);
        assert_eq!(PlainStore::open(&path).unwrap_err().code(), "store.schema-altered");
    }
}
