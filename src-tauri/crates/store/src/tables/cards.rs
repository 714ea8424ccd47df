//! Enrolment cards (名片) of others, exact bytes.

use rusqlite::Row;

use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE cards (
    key_id TEXT PRIMARY KEY,
    bytes BLOB NOT NULL,
    imported_at TEXT NOT NULL
) STRICT;
";

/// A card as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Thumbprint of the key on it.
    pub key_id: String,
    /// Exact bytes.
    pub bytes: Vec<u8>,
    /// When it came in (RFC 3339).
    pub imported_at: String,
}

impl Card {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { key_id: row.get("key_id")?, bytes: row.get("bytes")?, imported_at: row.get("imported_at")? })
    }
}

/// All cards, in the order in which they came.
///
/// # Errors
/// Those of SQLite.
pub fn all(reader: &Reader) -> Result<Vec<Card>, StoreError> {
    reader.all("SELECT * FROM cards ORDER BY imported_at, key_id", [], Card::from_row)
}

/// The card with that key.
///
/// # Errors
/// Those of SQLite.
pub fn get(reader: &Reader, key_id: &str) -> Result<Option<Card>, StoreError> {
    reader.one("SELECT * FROM cards WHERE key_id = ?1", [key_id], Card::from_row)
}

/// Keeps a card at the time of the change. The same key again brings its newest card; whether anything changed.
///
/// # Errors
/// Those of SQLite.
pub fn put(tx: &Tx<'_>, key_id: &str, bytes: &[u8]) -> Result<bool, StoreError> {
    let changed = tx.run(
        "INSERT INTO cards (key_id, bytes, imported_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (key_id) DO UPDATE SET bytes = excluded.bytes, imported_at = excluded.imported_at
         WHERE bytes IS NOT excluded.bytes",
        (key_id, bytes, tx.at()),
    )?;
    Ok(changed == 1)
}

/// Takes a card away.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn remove(tx: &Tx<'_>, key_id: &str) -> Result<(), StoreError> {
    tx.run_one("cards", "DELETE FROM cards WHERE key_id = ?1", [key_id])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{change, desk};

    #[test]
    fn the_same_card_again_changes_nothing_and_a_newer_one_takes_its_place() {
        let (_folder, mut store) = desk();
        assert!(change(&mut store, |tx| put(tx, "key", b"card")).unwrap());
        assert!(!change(&mut store, |tx| put(tx, "key", b"card")).unwrap());
        assert!(change(&mut store, |tx| put(tx, "key", b"new title")).unwrap());
        assert_eq!(all(&store).unwrap().len(), 1);
        assert_eq!(get(&store, "key").unwrap().unwrap().bytes, b"new title");
        change(&mut store, |tx| remove(tx, "key")).unwrap();
        assert_eq!(get(&store, "key").unwrap(), None);
    }
}
