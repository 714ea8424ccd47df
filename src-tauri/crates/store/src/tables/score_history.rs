//! Every saved change of a score, so that an expert can see what stood before.

use rusqlite::Row;

use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE score_history (
    id INTEGER PRIMARY KEY,
    round_id TEXT NOT NULL,
    centre_id TEXT NOT NULL,
    dimension INTEGER NOT NULL CHECK (dimension BETWEEN 0 AND 5),
    hundredths INTEGER CHECK (hundredths BETWEEN 0 AND 10000),
    at TEXT NOT NULL
) STRICT;
CREATE INDEX score_history_by_centre ON score_history (round_id, centre_id, id);
";

/// One saved change.
#[derive(Clone, PartialEq, Eq)]
pub struct ScoreChange {
    /// Its number, ascending.
    pub id: i64,
    /// The round.
    pub round_id: String,
    /// The centre.
    pub centre_id: String,
    /// Place of the dimension, 0 to 5.
    pub dimension: u8,
    /// Points in integer hundredths; none where they were taken away.
    pub hundredths: Option<u32>,
    /// When (RFC 3339).
    pub at: String,
}

// What an expert thinks does not belong into a log.
impl std::fmt::Debug for ScoreChange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ScoreChange").field("id", &self.id).finish_non_exhaustive()
    }
}

impl ScoreChange {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            round_id: row.get("round_id")?,
            centre_id: row.get("centre_id")?,
            dimension: row.get("dimension")?,
            hundredths: row.get("hundredths")?,
            at: row.get("at")?,
        })
    }
}

/// The changes of one centre's scores, oldest first.
///
/// # Errors
/// Those of SQLite.
pub fn of_centre(reader: &Reader, round_id: &str, centre_id: &str) -> Result<Vec<ScoreChange>, StoreError> {
    reader.all(
        "SELECT * FROM score_history WHERE round_id = ?1 AND centre_id = ?2 ORDER BY id",
        [round_id, centre_id],
        ScoreChange::from_row,
    )
}

pub(super) fn append(
    tx: &Tx<'_>,
    round_id: &str,
    centre_id: &str,
    dimension: u8,
    hundredths: Option<u32>,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO score_history (round_id, centre_id, dimension, hundredths, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        (round_id, centre_id, dimension, hundredths, tx.at()),
    )?;
    Ok(())
}
