//! Dossier packages (材料包) handed out or received; the bytes are in `files/`.

use rusqlite::Row;

use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE packs (
    digest TEXT PRIMARY KEY,
    round_id TEXT NOT NULL,
    name TEXT NOT NULL,
    received_at TEXT NOT NULL
) STRICT;
CREATE INDEX packs_by_round ON packs (round_id, received_at);
";

/// A dossier package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// The file in `files/`.
    pub digest: String,
    /// The round.
    pub round_id: String,
    /// The name under which it travels.
    pub name: String,
    /// When it was made or came in (RFC 3339).
    pub received_at: String,
}

impl Pack {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            digest: row.get("digest")?,
            round_id: row.get("round_id")?,
            name: row.get("name")?,
            received_at: row.get("received_at")?,
        })
    }
}

/// All packages, newest first.
///
/// # Errors
/// Those of SQLite.
pub fn all(reader: &Reader) -> Result<Vec<Pack>, StoreError> {
    reader.all("SELECT * FROM packs ORDER BY received_at DESC, digest", [], Pack::from_row)
}

/// The packages of a round, newest first.
///
/// # Errors
/// Those of SQLite.
pub fn of_round(reader: &Reader, round_id: &str) -> Result<Vec<Pack>, StoreError> {
    reader.all("SELECT * FROM packs WHERE round_id = ?1 ORDER BY received_at DESC, digest", [round_id], Pack::from_row)
}

/// The package of that digest.
///
/// # Errors
/// Those of SQLite.
pub fn get(reader: &Reader, digest: &str) -> Result<Option<Pack>, StoreError> {
    reader.one("SELECT * FROM packs WHERE digest = ?1", [digest], Pack::from_row)
}

/// Keeps a package. The same bytes again change nothing; whether they were new.
///
/// # Errors
/// Those of SQLite.
pub fn insert(tx: &Tx<'_>, pack: &Pack) -> Result<bool, StoreError> {
    let changed = tx.run(
        "INSERT INTO packs (digest, round_id, name, received_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (digest) DO NOTHING",
        (&pack.digest, &pack.round_id, &pack.name, &pack.received_at),
    )?;
    Ok(changed == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{AT, change, desk};

    #[test]
    fn the_same_package_again_keeps_its_first_name() {
        let (_folder, mut store) = desk();
        let pack = |name: &str| Pack {
            digest: "d".to_owned(),
            round_id: "r".to_owned(),
            name: name.to_owned(),
            received_at: AT.to_owned(),
        };
        assert!(change(&mut store, |tx| insert(tx, &pack("一.hjpack"))).unwrap());
        assert!(!change(&mut store, |tx| insert(tx, &pack("二.hjpack"))).unwrap());
        assert_eq!(get(&store, "d").unwrap(), Some(pack("一.hjpack")));
        assert_eq!(
            (all(&store).unwrap(), of_round(&store, "r").unwrap()),
            (vec![pack("一.hjpack")], vec![pack("一.hjpack")])
        );
    }
}
