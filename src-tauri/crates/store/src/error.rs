//! What can go wrong, with a stable code for each and no personal data in any.

use std::io;

use rusqlite::ErrorCode;

/// Why the store refused. Carries ids, figures and table names; never names of people, scores or texts.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process (or this one, elsewhere) has the desk open.
    #[error("the desk is open elsewhere")]
    InUse,
    /// The file is a database of another application, or not a database made by this one.
    #[error("not a desk: application id {application_id:#x}")]
    NotADesk {
        /// The application id found in the file; 0 where none is set.
        application_id: i32,
    },
    /// The folder has files or backups but no database: something was removed, and a new one would hide it.
    #[error("the desk folder has no database though it was used before")]
    DatabaseMissing,
    /// The database was written by a newer version of this software.
    #[error("schema {found} is newer than {known}")]
    TooNew {
        /// The schema version in the file.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// The SQLite library is older than 3.51.3, whose WAL can lose a committed change.
    #[error("SQLite {found} is too old")]
    SqliteTooOld {
        /// The library's version number, such as 3051003.
        found: i32,
    },
    /// The database is damaged. It is left as it was found.
    #[error("the database is damaged: {finding}")]
    Damaged {
        /// The first finding of SQLite: pages, tables and indexes, no content.
        finding: String,
    },
    /// The tables, indexes or triggers in the file are not those that this software made.
    #[error("the schema was altered: {object}")]
    SchemaAltered {
        /// Name of the first table, index, trigger or view that differs.
        object: String,
    },
    /// The chain of the audit trail is broken.
    #[error("the audit trail is broken at {seq}")]
    AuditBroken {
        /// The first row that does not follow from the one before.
        seq: i64,
    },
    /// A change was begun without an RFC 3339 time.
    #[error("not an RFC 3339 time")]
    BadTime,
    /// A text that should name a file by its SHA-256 does not have that form.
    #[error("not a digest")]
    BadDigest,
    /// A path that SQLite cannot take, since it is not Unicode.
    #[error("the path is not Unicode")]
    BadPath,
    /// No file of that digest is kept.
    #[error("no file {digest}")]
    FileMissing {
        /// The digest asked for.
        digest: String,
    },
    /// The kept file is not what its digest says.
    #[error("file {digest} was altered")]
    FileAltered {
        /// The digest by which the file is named.
        digest: String,
    },
    /// The row does not exist, or is not in the state that the change needs.
    #[error("no such row in {table}")]
    NotFound {
        /// The table.
        table: &'static str,
    },
    /// The change contradicts what is kept: a duplicate key, a missing parent, a value out of range.
    #[error("the change contradicts what is kept: {constraint}")]
    Conflict {
        /// What SQLite says of the constraint: tables and columns, no values.
        constraint: String,
    },
    /// The change ended its own transaction, so nothing of it was kept.
    #[error("the transaction was lost")]
    TransactionLost,
    /// The target of a backup exists already; it is not overwritten.
    #[error("the target exists already")]
    Exists,
    /// The folder to restore into has something in it; it is not overwritten.
    #[error("the folder is not empty")]
    FolderNotEmpty,
    /// The file is no backup: not the archive that this software writes, or one that was damaged or added to.
    #[error("not a backup")]
    NotABackup,
    /// The database is not encrypted: it was made by the first version, and [`crate::PlainStore`] opens it.
    #[error("the database is not encrypted")]
    Plain,
    /// The system gives no randomness.
    #[error("no randomness")]
    Random,
    /// No room is left on the disk.
    #[error("the disk is full")]
    DiskFull,
    /// The disk, folder or file cannot be written.
    #[error("read only")]
    ReadOnly,
    /// Any other failure of the file system.
    #[error("input or output failed: {0}")]
    Io(io::Error),
    /// Any other failure of SQLite.
    #[error("SQLite failed: {0}")]
    Sql(rusqlite::Error),
}

impl StoreError {
    /// A stable name, by which screens and scripts find the wording.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InUse => "store.in-use",
            Self::NotADesk { .. } => "store.not-a-desk",
            Self::DatabaseMissing => "store.database-missing",
            Self::TooNew { .. } => "store.too-new",
            Self::SqliteTooOld { .. } => "store.sqlite-too-old",
            Self::Damaged { .. } => "store.damaged",
            Self::SchemaAltered { .. } => "store.schema-altered",
            Self::AuditBroken { .. } => "store.audit-broken",
            Self::BadTime => "store.bad-time",
            Self::BadDigest => "store.bad-digest",
            Self::BadPath => "store.bad-path",
            Self::FileMissing { .. } => "store.file-missing",
            Self::FileAltered { .. } => "store.file-altered",
            Self::NotFound { .. } => "store.not-found",
            Self::Conflict { .. } => "store.conflict",
            Self::TransactionLost => "store.transaction-lost",
            Self::Exists => "store.exists",
            Self::FolderNotEmpty => "store.folder-not-empty",
            Self::NotABackup => "store.not-a-backup",
            Self::Plain => "store.plain",
            Self::Random => "store.random",
            Self::DiskFull => "store.disk-full",
            Self::ReadOnly => "store.read-only",
            Self::Io(_) => "store.io",
            Self::Sql(_) => "store.sql",
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Self::ReadOnly,
            _ => Self::Io(error),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(cause, ref message) = error else { return Self::Sql(error) };
        let told = || message.clone().unwrap_or_else(|| cause.to_string());
        match cause.code {
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged { finding: told() },
            ErrorCode::ConstraintViolation => Self::Conflict { constraint: told() },
            ErrorCode::DiskFull => Self::DiskFull,
            ErrorCode::ReadOnly => Self::ReadOnly,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::InUse,
            _ => Self::Sql(error),
        }
    }
}

impl From<rusqlite_migration::Error> for StoreError {
    fn from(error: rusqlite_migration::Error) -> Self {
        match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => Self::from(err),
            other => Self::Damaged { finding: other.to_string() },
        }
    }
}
