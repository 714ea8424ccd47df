//! Decisions (认定决定) of the bureau, one for each centre of a round.

use rusqlite::Row;

use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE decisions (
    round_id TEXT NOT NULL,
    centre_id TEXT NOT NULL,
    result_digest TEXT NOT NULL REFERENCES results (digest),
    grade TEXT,
    consequence TEXT NOT NULL,
    note TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (round_id, centre_id)
) STRICT;
";

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The round.
    pub round_id: String,
    /// The centre.
    pub centre_id: String,
    /// The result on which it rests.
    pub result_digest: String,
    /// The grade in the caller's form; none where an establishment review gives none.
    pub grade: Option<String>,
    /// What follows, in the caller's form.
    pub consequence: String,
    /// The bureau's note.
    pub note: String,
    /// When (RFC 3339).
    pub at: String,
}

impl Decision {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            round_id: row.get("round_id")?,
            centre_id: row.get("centre_id")?,
            result_digest: row.get("result_digest")?,
            grade: row.get("grade")?,
            consequence: row.get("consequence")?,
            note: row.get("note")?,
            at: row.get("at")?,
        })
    }
}

/// All decisions, newest first: the register over the years.
///
/// # Errors
/// Those of SQLite.
pub fn all(reader: &Reader) -> Result<Vec<Decision>, StoreError> {
    reader.all("SELECT * FROM decisions ORDER BY at DESC, round_id, centre_id", [], Decision::from_row)
}

/// The decisions of a round, by centre.
///
/// # Errors
/// Those of SQLite.
pub fn of_round(reader: &Reader, round_id: &str) -> Result<Vec<Decision>, StoreError> {
    reader.all("SELECT * FROM decisions WHERE round_id = ?1 ORDER BY centre_id", [round_id], Decision::from_row)
}

/// The decision on a centre of a round, if there is one.
///
/// # Errors
/// Those of SQLite.
pub fn get(reader: &Reader, round_id: &str, centre_id: &str) -> Result<Option<Decision>, StoreError> {
    let sql = "SELECT * FROM decisions WHERE round_id = ?1 AND centre_id = ?2";
    reader.one(sql, [round_id, centre_id], Decision::from_row)
}

/// Keeps a decision. There is one for each centre of a round, and it is never replaced.
///
/// # Errors
/// [`StoreError::Conflict`] where the centre is decided already, or the result is not kept here.
pub fn insert(tx: &Tx<'_>, decision: &Decision) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO decisions (round_id, centre_id, result_digest, grade, consequence, note, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (
            &decision.round_id,
            &decision.centre_id,
            &decision.result_digest,
            &decision.grade,
            &decision.consequence,
            &decision.note,
            &decision.at,
        ),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{AT, change, desk};

    use crate::tables::results::{self, ResultOrigin, ResultRow};

    fn decision(grade: Option<&str>) -> Decision {
        Decision {
            round_id: "r".to_owned(),
            centre_id: "c".to_owned(),
            result_digest: "d".to_owned(),
            grade: grade.map(str::to_owned),
            consequence: "none".to_owned(),
            note: String::new(),
            at: AT.to_owned(),
        }
    }

    #[test]
    fn a_decision_rests_on_a_result_that_is_kept() {
        let (_folder, mut store) = desk();
        assert!(matches!(change(&mut store, |tx| insert(tx, &decision(None))), Err(StoreError::Conflict { .. })));
    }

    #[test]
    fn a_decision_is_never_replaced() {
        let (_folder, mut store) = desk();
        let result = ResultRow {
            digest: "d".to_owned(),
            round_id: "r".to_owned(),
            head_bytes: vec![1],
            file_digest: None,
            signatures: 2,
            origin: ResultOrigin::Received,
            report_json: None,
            at: AT.to_owned(),
        };
        change(&mut store, |tx| results::insert(tx, &result)).unwrap();
        assert_eq!(get(&store, "r", "c").unwrap(), None);
        change(&mut store, |tx| insert(tx, &decision(Some("good")))).unwrap();
        let again = change(&mut store, |tx| insert(tx, &decision(None)));
        assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
        assert_eq!(get(&store, "r", "c").unwrap(), Some(decision(Some("good"))));
        assert_eq!(of_round(&store, "r").unwrap(), [decision(Some("good"))]);
        assert_eq!(all(&store).unwrap(), [decision(Some("good"))]);
    }
}
