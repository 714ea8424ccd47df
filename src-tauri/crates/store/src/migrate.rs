//! The schema: made once, then only ever added to. A released migration is never edited.

use std::{path::Path, sync::LazyLock};

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use crate::{StoreError, StoreKey, backup, tables};

/// Marks the file as a desk: "HJDK".
pub(crate) const APPLICATION_ID: i32 = 0x484A_444B;

/// Schema 1: every table of the first release.
static FIRST: LazyLock<String> =
    LazyLock::new(|| format!("PRAGMA application_id = {APPLICATION_ID};\n{}", tables::CREATE.concat()));

fn migrations() -> Migrations<'static> {
    Migrations::new(vec![M::up(&FIRST), M::up(tables::file_key::CREATE)])
}

/// The newest schema known here.
pub(crate) const LATEST: i64 = 2;

/// Brings a database of schema `version` (0: yet to be made) to the newest, keeping a copy of an older one first.
pub(crate) fn to_latest(conn: &mut Connection, key: &StoreKey, folder: &Path, version: i64) -> Result<(), StoreError> {
    apply(&migrations(), LATEST, conn, key, folder, version)
}

fn apply(
    migrations: &Migrations<'_>,
    latest: i64,
    conn: &mut Connection,
    key: &StoreKey,
    folder: &Path,
    version: i64,
) -> Result<(), StoreError> {
    if version == latest {
        return Ok(());
    }
    if version > 0 {
        backup::keep_copy(conn, key, folder)?;
    }
    Ok(migrations.to_latest(conn)?)
}

/// Whether the tables, indexes, triggers and views are exactly those of this software: a planted trigger could change
/// what is read or written without breaking any checksum.
pub(crate) fn check_schema(conn: &Connection, version: i64) -> Result<(), StoreError> {
    check_schema_with(conn, version, "")
}

/// The same, where `extra` is SQL for what else must be there.
pub(crate) fn check_schema_with(conn: &Connection, version: i64, extra: &str) -> Result<(), StoreError> {
    let mut reference = Connection::open_in_memory()?;
    let version = usize::try_from(version).unwrap_or_default();
    migrations().to_version(&mut reference, version)?;
    reference.execute_batch(extra)?;
    let (found, wanted) = (objects(conn)?, objects(&reference)?);
    let odd = found.iter().find(|object| !wanted.contains(object));
    match odd.or_else(|| wanted.iter().find(|object| !found.contains(object))) {
        Some((name, _)) => Err(StoreError::SchemaAltered { object: name.clone() }),
        None => Ok(()),
    }
}

/// A database of an older schema.
#[cfg(test)]
pub(crate) fn to_version(conn: &mut Connection, version: usize) {
    assert!(migrations().to_version(conn, version).is_ok(), "the migrations are valid");
}

type Object = (String, Option<String>);

fn objects(conn: &Connection) -> Result<Vec<Object>, StoreError> {
    let mut statement = conn.prepare("SELECT type || ' ' || name, sql FROM sqlite_schema ORDER BY 1")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use rusqlite::OpenFlags;

    use super::*;
    use crate::{open::connect, tables::testing::key};

    #[test]
    fn the_migrations_are_valid_and_as_many_as_the_latest_schema_says() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrations().validate().unwrap();
        migrations().to_latest(&mut conn).unwrap();
        let version: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        assert_eq!(version, LATEST);
        let id: i32 = conn.query_row("PRAGMA application_id", [], |row| row.get(0)).unwrap();
        assert_eq!(id, APPLICATION_ID);
    }

    #[test]
    fn every_table_is_strict() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrations().to_latest(&mut conn).unwrap();
        let loose: Vec<String> = conn
            .prepare(
                "SELECT name FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' AND strict = 0",
            )
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(loose, Vec::<String>::new());
    }

    #[test]
    fn a_planted_trigger_is_named() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrations().to_latest(&mut conn).unwrap();
        check_schema(&conn, LATEST).unwrap();
        conn.execute_batch("CREATE TRIGGER helpful AFTER INSERT ON scores BEGIN DELETE FROM scores; END").unwrap();
        let error = check_schema(&conn, LATEST).unwrap_err();
        assert!(matches!(error, StoreError::SchemaAltered { object } if object == "trigger helpful"));
    }

    #[test]
    fn an_older_store_is_copied_before_it_is_migrated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.db");
        let write = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut conn = connect(&path, write, Some(&key())).unwrap();
        to_latest(&mut conn, &key(), folder.path(), 0).unwrap();
        assert!(!folder.path().join("backups").exists(), "a new store has nothing to copy");

        let next = Migrations::new(vec![
            M::up(&FIRST),
            M::up(tables::file_key::CREATE),
            M::up("ALTER TABLE packs ADD COLUMN size INTEGER"),
        ]);
        apply(&next, 3, &mut conn, &key(), folder.path(), 2).unwrap();

        let kept: Vec<_> = std::fs::read_dir(folder.path().join("backups")).unwrap().map(Result::unwrap).collect();
        assert_eq!(kept.len(), 1);
        let copy = connect(&kept[0].path(), OpenFlags::SQLITE_OPEN_READ_ONLY, Some(&key())).unwrap();
        let version =
            |conn: &Connection| conn.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!((version(&copy), version(&conn)), (2, 3));
        check_schema(&copy, 2).unwrap();
    }
}
