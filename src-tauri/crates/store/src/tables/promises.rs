//! The expert's promise of confidentiality (保密承诺) for a round.

use rusqlite::Row;

use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE promises (
    round_id TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
";

/// A promise, in the words that were promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The round.
    pub round_id: String,
    /// The words.
    pub text: String,
    /// When (RFC 3339).
    pub at: String,
}

impl Promise {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { round_id: row.get("round_id")?, text: row.get("text")?, at: row.get("at")? })
    }
}

/// The promise for a round, if it was given.
///
/// # Errors
/// Those of SQLite.
pub fn get(reader: &Reader, round_id: &str) -> Result<Option<Promise>, StoreError> {
    reader.one("SELECT * FROM promises WHERE round_id = ?1", [round_id], Promise::from_row)
}

/// Keeps a promise given at the time of the change. The first one stays; whether this was the first.
///
/// # Errors
/// Those of SQLite.
pub fn insert(tx: &Tx<'_>, round_id: &str, text: &str) -> Result<bool, StoreError> {
    let changed = tx.run(
        "INSERT INTO promises (round_id, text, at) VALUES (?1, ?2, ?3) ON CONFLICT (round_id) DO NOTHING",
        [round_id, text, tx.at()],
    )?;
    Ok(changed == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{AT, change, desk};

    #[test]
    fn the_first_promise_stays_in_its_words() {
        let (_folder, mut store) = desk();
        assert!(change(&mut store, |tx| insert(tx, "r", "我承诺")).unwrap());
        assert!(!change(&mut store, |tx| insert(tx, "r", "别的话")).unwrap());
        let kept = get(&store, "r").unwrap().unwrap();
        assert_eq!((kept.text.as_str(), kept.at.as_str()), ("我承诺", AT));
        assert_eq!(get(&store, "s").unwrap(), None);
    }
}
