//! The expert's overall opinion (总体意见) on a centre and the grade that the expert recommends.

use rusqlite::Row;

use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE opinions (
    round_id TEXT NOT NULL,
    centre_id TEXT NOT NULL,
    recommended TEXT,
    opinion TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (round_id, centre_id)
) STRICT;
";

/// An opinion, as last saved.
#[derive(Clone, PartialEq, Eq)]
pub struct Opinion {
    /// The round.
    pub round_id: String,
    /// The centre.
    pub centre_id: String,
    /// The recommended grade in the caller's form, if one was chosen.
    pub recommended: Option<String>,
    /// The words; empty where there are none.
    pub opinion: String,
    /// When it was last saved (RFC 3339).
    pub updated_at: String,
}

// What an expert thinks does not belong into a log.
impl std::fmt::Debug for Opinion {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Opinion")
            .field("round_id", &self.round_id)
            .field("centre_id", &self.centre_id)
            .finish_non_exhaustive()
    }
}

impl Opinion {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            round_id: row.get("round_id")?,
            centre_id: row.get("centre_id")?,
            recommended: row.get("recommended")?,
            opinion: row.get("opinion")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

/// The opinion on one centre.
///
/// # Errors
/// Those of SQLite.
pub fn get(reader: &Reader, round_id: &str, centre_id: &str) -> Result<Option<Opinion>, StoreError> {
    reader.one(
        "SELECT * FROM opinions WHERE round_id = ?1 AND centre_id = ?2",
        [round_id, centre_id],
        Opinion::from_row,
    )
}

/// The opinions of a round, by centre.
///
/// # Errors
/// Those of SQLite.
pub fn of_round(reader: &Reader, round_id: &str) -> Result<Vec<Opinion>, StoreError> {
    reader.all("SELECT * FROM opinions WHERE round_id = ?1 ORDER BY centre_id", [round_id], Opinion::from_row)
}

/// Saves the opinion on a centre at the time of the change.
///
/// # Errors
/// Those of SQLite.
pub fn save(
    tx: &Tx<'_>,
    round_id: &str,
    centre_id: &str,
    recommended: Option<&str>,
    opinion: &str,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO opinions (round_id, centre_id, recommended, opinion, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET recommended = excluded.recommended, opinion = excluded.opinion,
                                   updated_at = excluded.updated_at",
        (round_id, centre_id, recommended, opinion, tx.at()),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{change, desk};

    #[test]
    fn an_opinion_saved_again_replaces_itself_and_a_grade_can_be_taken_back() {
        let (_folder, mut store) = desk();
        change(&mut store, |tx| save(tx, "r", "c", Some("good"), "可")).unwrap();
        change(&mut store, |tx| save(tx, "r", "c", None, "待议")).unwrap();
        let kept = get(&store, "r", "c").unwrap().unwrap();
        assert_eq!((kept.recommended.as_deref(), kept.opinion.as_str()), (None, "待议"));
        assert_eq!(of_round(&store, "r").unwrap(), [kept]);
    }
}
