//! Results (评审结果): signed heads, exact bytes, compiled here or received.

use rusqlite::Row;

use super::text_enum;
use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE results (
    position INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    round_id TEXT NOT NULL,
    head_bytes BLOB NOT NULL,
    file_digest TEXT,
    signatures INTEGER NOT NULL CHECK (signatures >= 0),
    origin TEXT NOT NULL CHECK (origin IN ('compiled', 'received')),
    report_json TEXT,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX results_by_round ON results (round_id, at);
";

text_enum! {
    /// Where a result comes from.
    ResultOrigin {
        /// Compiled on this desk.
        Compiled = "compiled",
        /// Came in.
        Received = "received",
    }
}

/// A result. Each further signature makes new head bytes, and so a new row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultRow {
    /// SHA-256 of `head_bytes`.
    pub digest: String,
    /// The round.
    pub round_id: String,
    /// The signed head, exact bytes.
    pub head_bytes: Vec<u8>,
    /// The result package in `files/`, once made.
    pub file_digest: Option<String>,
    /// How many signatures the head carries.
    pub signatures: u32,
    /// Where it comes from.
    pub origin: ResultOrigin,
    /// What was checked on import, in the caller's form.
    pub report_json: Option<String>,
    /// When it was made or came in (RFC 3339).
    pub at: String,
}

impl ResultRow {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            digest: row.get("digest")?,
            round_id: row.get("round_id")?,
            head_bytes: row.get("head_bytes")?,
            file_digest: row.get("file_digest")?,
            signatures: row.get("signatures")?,
            origin: row.get("origin")?,
            report_json: row.get("report_json")?,
            at: row.get("at")?,
        })
    }
}

/// All results, newest first.
///
/// # Errors
/// Those of SQLite.
pub fn all(reader: &Reader) -> Result<Vec<ResultRow>, StoreError> {
    reader.all("SELECT * FROM results ORDER BY position DESC", [], ResultRow::from_row)
}

/// The results of a round, newest first.
///
/// # Errors
/// Those of SQLite.
pub fn of_round(reader: &Reader, round_id: &str) -> Result<Vec<ResultRow>, StoreError> {
    reader.all("SELECT * FROM results WHERE round_id = ?1 ORDER BY position DESC", [round_id], ResultRow::from_row)
}

/// The newest result of a round.
///
/// # Errors
/// Those of SQLite.
pub fn latest(reader: &Reader, round_id: &str) -> Result<Option<ResultRow>, StoreError> {
    reader.one(
        "SELECT * FROM results WHERE round_id = ?1 ORDER BY position DESC LIMIT 1",
        [round_id],
        ResultRow::from_row,
    )
}

/// The result of that digest.
///
/// # Errors
/// Those of SQLite.
pub fn get(reader: &Reader, digest: &str) -> Result<Option<ResultRow>, StoreError> {
    reader.one("SELECT * FROM results WHERE digest = ?1", [digest], ResultRow::from_row)
}

/// Keeps a result. The same head again changes nothing; whether it was new.
///
/// # Errors
/// Those of SQLite.
pub fn insert(tx: &Tx<'_>, result: &ResultRow) -> Result<bool, StoreError> {
    let changed = tx.run(
        "INSERT INTO results (digest, round_id, head_bytes, file_digest, signatures, origin, report_json, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (digest) DO NOTHING",
        (
            &result.digest,
            &result.round_id,
            &result.head_bytes,
            &result.file_digest,
            result.signatures,
            result.origin,
            &result.report_json,
            &result.at,
        ),
    )?;
    Ok(changed == 1)
}

/// Names the package of a result.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn set_file(tx: &Tx<'_>, digest: &str, file_digest: &str) -> Result<(), StoreError> {
    tx.run_one("results", "UPDATE results SET file_digest = ?2 WHERE digest = ?1", [digest, file_digest])
}

/// Keeps what was found when the result was checked again.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn set_report(tx: &Tx<'_>, digest: &str, report_json: &str) -> Result<(), StoreError> {
    tx.run_one("results", "UPDATE results SET report_json = ?2 WHERE digest = ?1", [digest, report_json])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{AT, change, desk};

    fn result(digest: &str, signatures: u32) -> ResultRow {
        ResultRow {
            digest: digest.to_owned(),
            round_id: "r".to_owned(),
            head_bytes: digest.as_bytes().to_vec(),
            file_digest: None,
            signatures,
            origin: ResultOrigin::Compiled,
            report_json: None,
            at: AT.to_owned(),
        }
    }

    #[test]
    fn the_result_kept_last_is_the_latest_even_within_one_second() {
        let (_folder, mut store) = desk();
        for (digest, signatures) in [("z", 0), ("m", 1), ("a", 2)] {
            assert!(change(&mut store, |tx| insert(tx, &result(digest, signatures))).unwrap());
        }
        assert!(!change(&mut store, |tx| insert(tx, &result("z", 0))).unwrap(), "importing twice changes nothing");
        assert_eq!(latest(&store, "r").unwrap(), Some(result("a", 2)));
        assert_eq!((of_round(&store, "r").unwrap().len(), all(&store).unwrap().len()), (3, 3));
    }

    #[test]
    fn package_and_report_are_added_later_and_the_head_stays() {
        let (_folder, mut store) = desk();
        change(&mut store, |tx| insert(tx, &result("d", 2))).unwrap();
        change(&mut store, |tx| set_file(tx, "d", "f")).unwrap();
        change(&mut store, |tx| set_report(tx, "d", "{}")).unwrap();
        let wanted =
            ResultRow { file_digest: Some("f".to_owned()), report_json: Some("{}".to_owned()), ..result("d", 2) };
        assert_eq!(get(&store, "d").unwrap(), Some(wanted));
        assert!(matches!(change(&mut store, |tx| set_file(tx, "x", "f")), Err(StoreError::NotFound { .. })));
    }
}
