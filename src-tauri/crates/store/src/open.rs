//! Opening a desk folder: the lock, the checks, the schema.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::Read,
    ops::Deref,
    path::{Path, PathBuf},
    sync::Once,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, OptionalExtension, Params, Row, config::DbConfig};

use crate::{Files, Kept, StoreError, StoreKey, Stored, migrate, plain, tables::file_key};

/// The oldest SQLite whose WAL does not lose commits when it is reset.
const SQLITE_FLOOR: i32 = 3_051_003;

pub(crate) const DATABASE: &str = "desk.db";
pub(crate) const BACKUPS: &str = "backups";
const LOCK: &str = "desk.lock";
pub(crate) const FILES: &str = "files";

/// What can be read from a desk. Every query of [`crate::tables`] takes one.
#[derive(Debug)]
pub struct Reader {
    conn: Connection,
    key: StoreKey,
    files: Files,
    folder: PathBuf,
}

/// An open desk (工作夹), held by this process alone until dropped.
#[derive(Debug)]
pub struct Store {
    reader: Reader,
    // Dropped after the connection, so that nobody else opens the desk while SQLite writes its last pages.
    _lock: File,
}

impl Deref for Store {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl Store {
    /// Opens the desk in `folder`, encrypted under `key`, making it where there is none.
    ///
    /// An older schema is backed up into `backups/`, then brought to the newest. A wrong key and a damaged database look the
    /// same, since every page is authenticated by the key: whoever keeps the key wrapped knows which of the two it is.
    ///
    /// # Errors
    /// [`StoreError::InUse`] where the desk is open elsewhere; [`StoreError::Damaged`], [`StoreError::NotADesk`],
    /// [`StoreError::TooNew`], [`StoreError::SchemaAltered`] or [`StoreError::DatabaseMissing`] where the folder cannot
    /// be trusted: it is then left as it was found. [`StoreError::Plain`] where it is to be encrypted first.
    pub fn open(folder: &Path, key: &StoreKey) -> Result<Self, StoreError> {
        let found = rusqlite::version_number();
        if found < SQLITE_FLOOR {
            return Err(StoreError::SqliteTooOld { found });
        }
        let lock = lock(folder)?;
        let path = folder.join(DATABASE);
        if plain::is_stepped_aside(folder) || plain::is_plain(&path)? {
            return Err(StoreError::Plain);
        }
        let fresh = is_fresh(folder, &path)?;
        let write = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut conn = connect(&path, write, Some(key))?;
        // Until the checks are through, closing must not fold the log into a file that may be evidence.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        let version = check_version(&conn, fresh)?;
        if version > 0 {
            check_pages(&conn, "PRAGMA quick_check(1)")?;
            migrate::check_schema(&conn, version)?;
        }
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            return Err(StoreError::ReadOnly);
        }
        conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
        fs::create_dir_all(folder.join(BACKUPS))?;
        migrate::to_latest(&mut conn, key, folder, version)?;
        let files = Files::open(folder.join(FILES), &file_key::get_or_make(&conn)?)?;
        plain::clear(folder)?;
        Ok(Self { reader: Reader { conn, key: key.again(), files, folder: folder.to_path_buf() }, _lock: lock })
    }

    /// Whether `folder` holds a desk (which may still be refused on opening).
    #[must_use]
    pub fn is_desk(folder: &Path) -> bool {
        folder.join(DATABASE).is_file() || plain::is_stepped_aside(folder)
    }
}

impl Reader {
    /// The desk folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The packages and documents of the desk.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Keeps what `source` gives under its digest; see [`Files::put`].
    ///
    /// # Errors
    /// Those of reading `source` and of writing the file.
    pub fn put_file(&self, source: impl Read) -> Result<Stored, StoreError> {
        self.files.put(source)
    }

    /// Opens a kept file at its beginning; see [`Files::open_file`].
    ///
    /// # Errors
    /// [`StoreError::FileMissing`], [`StoreError::FileAltered`], [`StoreError::BadDigest`].
    pub fn open_file(&self, digest: &str) -> Result<Kept, StoreError> {
        self.files.open_file(digest)
    }

    /// Whether SQLite finds every page, table and index of the database sound.
    ///
    /// # Errors
    /// Those of SQLite other than damage.
    pub fn integrity_ok(&self) -> Result<bool, StoreError> {
        match check_pages(&self.conn, "PRAGMA integrity_check(1)") {
            Ok(()) => Ok(true),
            Err(StoreError::Damaged { .. }) => Ok(false),
            Err(other) => Err(other),
        }
    }

    pub(crate) fn conn(&self) -> &Connection {
        &self.conn
    }

    pub(crate) fn key(&self) -> &StoreKey {
        &self.key
    }

    pub(crate) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_map(params, map)?.collect::<Result<_, _>>()?)
    }

    pub(crate) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.conn.prepare_cached(sql)?.query_row(params, map).optional()?)
    }
}

/// Holds the folder for this process, making it where there is none.
pub(crate) fn lock(folder: &Path) -> Result<File, StoreError> {
    fs::create_dir_all(folder)?;
    let lock = OpenOptions::new().write(true).create(true).truncate(false).open(folder.join(LOCK))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Opens a database with every protection against a hostile file on. The only place where a key is given.
pub(crate) fn connect(path: &Path, flags: OpenFlags, key: Option<&StoreKey>) -> Result<Connection, StoreError> {
    // SQLCipher sets itself up while the first connection of a process opens; one that another thread opens meanwhile finds it
    // half done and cannot take its key. So the first one is opened alone.
    static FIRST: Once = Once::new();
    FIRST.call_once(|| drop(Connection::open_in_memory()));
    let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    if let Some(key) = key {
        // Before anything else: the first statement that reads the file needs it.
        let text = zeroize::Zeroizing::new(format!("PRAGMA key = \"{}\"", key.raw().as_str()));
        conn.execute_batch(&text)?;
        // What is wrong comes back as an error; SQLCipher would also write it to the standard error stream.
        conn.execute_batch("PRAGMA cipher_log_level = NONE")?;
    }
    conn.busy_timeout(Duration::from_secs(5))?;
    conn.set_prepared_statement_cache_capacity(128);
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    conn.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")?;
    Ok(conn)
}

/// The schema version, 0 for a database yet to be made.
pub(crate) fn check_version(conn: &Connection, fresh: bool) -> Result<i64, StoreError> {
    let application_id: i32 = conn.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let found: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let objects: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if fresh && application_id == 0 && found == 0 && objects == 0 {
        return Ok(0);
    }
    if application_id != migrate::APPLICATION_ID || found < 1 {
        return Err(StoreError::NotADesk { application_id });
    }
    if found > migrate::LATEST {
        return Err(StoreError::TooNew { found, known: migrate::LATEST });
    }
    Ok(found)
}

/// Runs `quick_check` or `integrity_check`.
pub(crate) fn check_pages(conn: &Connection, pragma: &str) -> Result<(), StoreError> {
    let finding: String = conn.query_row(pragma, [], |row| row.get(0))?;
    if finding == "ok" { Ok(()) } else { Err(StoreError::Damaged { finding }) }
}

/// Whether a database may be made here. A folder that was used before must not silently get a new one.
fn is_fresh(folder: &Path, database: &Path) -> Result<bool, StoreError> {
    let used = |name: &str| fs::read_dir(folder.join(name)).is_ok_and(|mut entries| entries.next().is_some());
    let used = used(FILES) || used(BACKUPS);
    match fs::metadata(database) {
        Ok(found) if found.len() == 0 && used => {
            Err(StoreError::Damaged { finding: "the file was emptied".to_owned() })
        }
        Ok(_) => Ok(!used),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let log = fs::metadata(folder.join("desk.db-wal")).is_ok_and(|log| log.len() > 0);
            if used || log { Err(StoreError::DatabaseMissing) } else { Ok(true) }
        }
        Err(error) => Err(error.into()),
    }
}

/// The version of the SQLite library that is built in, such as `3.51.3`.
#[must_use]
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::desk;

    #[test]
    fn the_protections_are_on() {
        let (_folder, store) = desk();
        let pragma =
            |name: &str| store.conn().query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(pragma("synchronous"), 2, "FULL: a commit survives a power cut");
        assert_eq!(pragma("foreign_keys"), 1);
        assert_eq!(pragma("trusted_schema"), 0);
        assert_eq!(pragma("cell_size_check"), 1);
        assert!(store.conn().db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE).unwrap());
        let mode: String = store.conn().query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }
}
