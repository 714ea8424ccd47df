//! A backup of the first version: an unencrypted database with every file in pieces. Read, never written.

use std::{fs, io::Write, path::Path};

use rusqlite::{Connection, OpenFlags};

use super::{close, copy_synced};
use crate::{
    StoreError,
    digest::{Hasher, is_digest},
    migrate,
    open::{DATABASE, FILES, check_pages, check_version, connect},
    tables::audit,
};

const CREATE_FILES: &str = "
CREATE TABLE backup_files (
    digest TEXT NOT NULL,
    piece INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (digest, piece)
) STRICT;
";

/// Reads the backup whole: pages, schema, audit trail, every file.
pub(super) fn check(path: &Path) -> Result<(), StoreError> {
    let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, None)?;
    let version = check_version(&conn, false)?;
    check_pages(&conn, "PRAGMA integrity_check(1)")?;
    let extra = if has_files(&conn)? { CREATE_FILES } else { "" };
    migrate::check_schema_with(&conn, version, extra)?;
    audit::check(&conn)?;
    each_file(&conn, |digest, pieces| {
        let mut hasher = Hasher::new();
        pieces(&mut |bytes| {
            hasher.update(bytes);
            Ok(())
        })?;
        if hasher.finish() == digest { Ok(()) } else { Err(StoreError::FileAltered { digest: digest.to_owned() }) }
    })
}

/// Unpacks a checked backup as the first version would have: the first opening encrypts it.
pub(super) fn unpack(backup: &Path, part: &Path) -> Result<(), StoreError> {
    let database = part.join(DATABASE);
    copy_synced(backup, &database)?;
    let conn = connect(&database, OpenFlags::SQLITE_OPEN_READ_WRITE, None)?;
    each_file(&conn, |digest, pieces| {
        let shelf = part.join(FILES).join(digest.get(..2).unwrap_or_default());
        fs::create_dir_all(&shelf)?;
        let mut file = fs::File::create_new(shelf.join(digest))?;
        pieces(&mut |bytes| Ok(file.write_all(bytes)?))?;
        Ok(file.sync_all()?)
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
