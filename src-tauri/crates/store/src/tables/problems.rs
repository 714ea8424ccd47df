//! Files that could not be taken, each with its code, until somebody settles them.

use rusqlite::Row;

use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE problems (
    id INTEGER PRIMARY KEY,
    round_id TEXT,
    file_name TEXT NOT NULL,
    digest TEXT NOT NULL,
    code TEXT NOT NULL,
    params_json TEXT NOT NULL,
    at TEXT NOT NULL,
    resolved_at TEXT
) STRICT;
CREATE UNIQUE INDEX problems_open ON problems (digest, code) WHERE resolved_at IS NULL;
";

/// A problem with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its number, ascending.
    pub id: i64,
    /// The round, where the file told.
    pub round_id: Option<String>,
    /// The file's name.
    pub file_name: String,
    /// SHA-256 of the file.
    pub digest: String,
    /// What is wrong.
    pub code: String,
    /// The figures and ids that the wording needs, in the caller's form.
    pub params_json: String,
    /// When it was noted (RFC 3339).
    pub at: String,
    /// When it was settled, if it was (RFC 3339).
    pub resolved_at: Option<String>,
}

impl Problem {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            round_id: row.get("round_id")?,
            file_name: row.get("file_name")?,
            digest: row.get("digest")?,
            code: row.get("code")?,
            params_json: row.get("params_json")?,
            at: row.get("at")?,
            resolved_at: row.get("resolved_at")?,
        })
    }
}

/// A problem to be noted.
#[derive(Clone, Copy, Debug)]
pub struct NewProblem<'a> {
    /// The round, where the file told.
    pub round_id: Option<&'a str>,
    /// The file's name.
    pub file_name: &'a str,
    /// SHA-256 of the file.
    pub digest: &'a str,
    /// What is wrong.
    pub code: &'a str,
    /// The figures and ids that the wording needs.
    pub params_json: &'a str,
}

/// All problems, newest first.
///
/// # Errors
/// Those of SQLite.
pub fn all(reader: &Reader) -> Result<Vec<Problem>, StoreError> {
    reader.all("SELECT * FROM problems ORDER BY id DESC", [], Problem::from_row)
}

/// The problems of a round and those that told no round, newest first.
///
/// # Errors
/// Those of SQLite.
pub fn of_round(reader: &Reader, round_id: &str) -> Result<Vec<Problem>, StoreError> {
    reader.all(
        "SELECT * FROM problems WHERE round_id = ?1 OR round_id IS NULL ORDER BY id DESC",
        [round_id],
        Problem::from_row,
    )
}

/// Notes a problem at the time of the change. The same open problem of the same bytes is noted once; its number.
///
/// # Errors
/// Those of SQLite.
pub fn note(tx: &Tx<'_>, problem: NewProblem<'_>) -> Result<i64, StoreError> {
    let known = tx.one(
        "SELECT id FROM problems WHERE digest = ?1 AND code = ?2 AND resolved_at IS NULL",
        [problem.digest, problem.code],
        |row| row.get(0),
    )?;
    if let Some(id) = known {
        return Ok(id);
    }
    tx.run(
        "INSERT INTO problems (round_id, file_name, digest, code, params_json, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (problem.round_id, problem.file_name, problem.digest, problem.code, problem.params_json, tx.at()),
    )?;
    Ok(tx.last_id())
}

/// Settles a problem at the time of the change.
///
/// # Errors
/// [`StoreError::NotFound`] where it is not open.
pub fn resolve(tx: &Tx<'_>, id: i64) -> Result<(), StoreError> {
    tx.run_one("problems", "UPDATE problems SET resolved_at = ?2 WHERE id = ?1 AND resolved_at IS NULL", (id, tx.at()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{AT, change, desk};

    fn problem(code: &str) -> NewProblem<'_> {
        NewProblem { round_id: None, file_name: "坏.hjsheet", digest: "d", code, params_json: "{}" }
    }

    #[test]
    fn an_open_problem_is_noted_once_and_again_after_it_was_settled() {
        let (_folder, mut store) = desk();
        let first = change(&mut store, |tx| note(tx, problem("sheet.signature"))).unwrap();
        assert_eq!(change(&mut store, |tx| note(tx, problem("sheet.signature"))).unwrap(), first);
        assert_ne!(change(&mut store, |tx| note(tx, problem("sheet.replayed"))).unwrap(), first);
        change(&mut store, |tx| resolve(tx, first)).unwrap();
        assert!(matches!(change(&mut store, |tx| resolve(tx, first)), Err(StoreError::NotFound { .. })));
        assert_ne!(change(&mut store, |tx| note(tx, problem("sheet.signature"))).unwrap(), first);
        let kept = all(&store).unwrap();
        assert_eq!(kept.len(), 3);
        assert_eq!(kept[2].resolved_at.as_deref(), Some(AT));
    }

    #[test]
    fn a_file_that_told_no_round_shows_in_every_round() {
        let (_folder, mut store) = desk();
        change(&mut store, |tx| note(tx, problem("a"))).unwrap();
        change(&mut store, |tx| note(tx, NewProblem { round_id: Some("r"), ..problem("b") })).unwrap();
        assert_eq!((of_round(&store, "r").unwrap().len(), of_round(&store, "s").unwrap().len()), (2, 1));
    }
}
