//! Bureaus (科技局) whose signature this desk takes as the root of trust.

use rusqlite::Row;

use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE trusted_bureaus (
    key_id TEXT PRIMARY KEY,
    card_bytes BLOB NOT NULL,
    trusted_at TEXT NOT NULL
) STRICT;
";

/// A trusted bureau.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedBureau {
    /// Thumbprint of its signing key.
    pub key_id: String,
    /// Its enrolment card, exact bytes.
    pub card_bytes: Vec<u8>,
    /// Since when (RFC 3339).
    pub trusted_at: String,
}

impl TrustedBureau {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { key_id: row.get("key_id")?, card_bytes: row.get("card_bytes")?, trusted_at: row.get("trusted_at")? })
    }
}

/// All trusted bureaus, oldest first.
///
/// # Errors
/// Those of SQLite.
pub fn all(reader: &Reader) -> Result<Vec<TrustedBureau>, StoreError> {
    reader.all("SELECT * FROM trusted_bureaus ORDER BY trusted_at, key_id", [], TrustedBureau::from_row)
}

/// The bureau with that key, if it is trusted.
///
/// # Errors
/// Those of SQLite.
pub fn get(reader: &Reader, key_id: &str) -> Result<Option<TrustedBureau>, StoreError> {
    reader.one("SELECT * FROM trusted_bureaus WHERE key_id = ?1", [key_id], TrustedBureau::from_row)
}

/// Trusts a bureau from the time of the change on. Trusting it twice changes nothing; whether it was new.
///
/// # Errors
/// Those of SQLite.
pub fn insert(tx: &Tx<'_>, key_id: &str, card_bytes: &[u8]) -> Result<bool, StoreError> {
    let changed = tx.run(
        "INSERT INTO trusted_bureaus (key_id, card_bytes, trusted_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        (key_id, card_bytes, tx.at()),
    )?;
    Ok(changed == 1)
}

/// Trusts a bureau no more.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn remove(tx: &Tx<'_>, key_id: &str) -> Result<(), StoreError> {
    tx.run_one("trusted_bureaus", "DELETE FROM trusted_bureaus WHERE key_id = ?1", [key_id])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{AT, change, desk};

    #[test]
    fn trusting_a_bureau_twice_keeps_the_first_card() {
        let (_folder, mut store) = desk();
        assert!(change(&mut store, |tx| insert(tx, "key", b"card")).unwrap());
        assert!(!change(&mut store, |tx| insert(tx, "key", b"other card")).unwrap());
        let kept = get(&store, "key").unwrap().unwrap();
        assert_eq!((kept.card_bytes.as_slice(), kept.trusted_at.as_str()), (&b"card"[..], AT));
        assert_eq!(all(&store).unwrap(), [kept]);
    }

    #[test]
    fn a_bureau_no_longer_trusted_is_gone_once() {
        let (_folder, mut store) = desk();
        change(&mut store, |tx| insert(tx, "key", b"card")).unwrap();
        change(&mut store, |tx| remove(tx, "key")).unwrap();
        assert_eq!(get(&store, "key").unwrap(), None);
        assert!(matches!(change(&mut store, |tx| remove(tx, "key")), Err(StoreError::NotFound { .. })));
    }
}
