//! Findings (认定事项) that make a grade 不合格 whatever the score (Article 22), with their evidence.

use rusqlite::Row;

use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE findings (
    id INTEGER PRIMARY KEY,
    round_id TEXT NOT NULL,
    centre_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    evidence TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX findings_by_centre ON findings (round_id, centre_id);
";

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its number, ascending.
    pub id: i64,
    /// The round.
    pub round_id: String,
    /// The centre.
    pub centre_id: String,
    /// Its kind, in the caller's form.
    pub kind: String,
    /// On what it rests.
    pub evidence: String,
    /// When it was recorded (RFC 3339).
    pub at: String,
}

impl Finding {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            round_id: row.get("round_id")?,
            centre_id: row.get("centre_id")?,
            kind: row.get("kind")?,
            evidence: row.get("evidence")?,
            at: row.get("at")?,
        })
    }
}

/// The findings of a round, by centre and in the order of recording.
///
/// # Errors
/// Those of SQLite.
pub fn of_round(reader: &Reader, round_id: &str) -> Result<Vec<Finding>, StoreError> {
    reader.all("SELECT * FROM findings WHERE round_id = ?1 ORDER BY centre_id, id", [round_id], Finding::from_row)
}

/// Records a finding at the time of the change; its number.
///
/// # Errors
/// Those of SQLite.
pub fn insert(tx: &Tx<'_>, round_id: &str, centre_id: &str, kind: &str, evidence: &str) -> Result<i64, StoreError> {
    tx.run(
        "INSERT INTO findings (round_id, centre_id, kind, evidence, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        [round_id, centre_id, kind, evidence, tx.at()],
    )?;
    Ok(tx.last_id())
}

/// Takes a finding back.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn remove(tx: &Tx<'_>, id: i64) -> Result<(), StoreError> {
    tx.run_one("findings", "DELETE FROM findings WHERE id = ?1", [id])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{change, desk};

    #[test]
    fn a_finding_is_recorded_with_its_evidence_and_can_be_taken_back() {
        let (_folder, mut store) = desk();
        let first = change(&mut store, |tx| insert(tx, "r", "c", "false-material", "第3页与附件2不符")).unwrap();
        let second = change(&mut store, |tx| insert(tx, "r", "c", "interference", "纪要")).unwrap();
        assert_eq!(of_round(&store, "r").unwrap()[0].evidence, "第3页与附件2不符");
        change(&mut store, |tx| remove(tx, first)).unwrap();
        assert_eq!(of_round(&store, "r").unwrap().iter().map(|row| row.id).collect::<Vec<_>>(), [second]);
        assert!(matches!(change(&mut store, |tx| remove(tx, first)), Err(StoreError::NotFound { .. })));
    }
}
