//! Scores and comments that the expert is still working on: one row for each dimension of a centre.

use rusqlite::Row;

use super::score_history;
use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE scores (
    round_id TEXT NOT NULL,
    centre_id TEXT NOT NULL,
    dimension INTEGER NOT NULL CHECK (dimension BETWEEN 0 AND 5),
    hundredths INTEGER CHECK (hundredths BETWEEN 0 AND 10000),
    comment TEXT NOT NULL DEFAULT '',
    updated_at TEXT NOT NULL,
    PRIMARY KEY (round_id, centre_id, dimension)
) STRICT;
";

/// A score with its comment, as last saved.
#[derive(Clone, PartialEq, Eq)]
pub struct Score {
    /// The round.
    pub round_id: String,
    /// The centre.
    pub centre_id: String,
    /// Place of the dimension in the measures (Article 21), 0 to 5.
    pub dimension: u8,
    /// Points in integer hundredths, 0 to 10000; none where not scored yet.
    pub hundredths: Option<u32>,
    /// The comment; empty where there is none.
    pub comment: String,
    /// When either was last saved (RFC 3339).
    pub updated_at: String,
}

// What an expert thinks does not belong into a log.
impl std::fmt::Debug for Score {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Score")
            .field("round_id", &self.round_id)
            .field("centre_id", &self.centre_id)
            .field("dimension", &self.dimension)
            .finish_non_exhaustive()
    }
}

impl Score {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            round_id: row.get("round_id")?,
            centre_id: row.get("centre_id")?,
            dimension: row.get("dimension")?,
            hundredths: row.get("hundredths")?,
            comment: row.get("comment")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

/// The scores of one centre, by dimension; dimensions never touched are absent.
///
/// # Errors
/// Those of SQLite.
pub fn of_centre(reader: &Reader, round_id: &str, centre_id: &str) -> Result<Vec<Score>, StoreError> {
    reader.all(
        "SELECT * FROM scores WHERE round_id = ?1 AND centre_id = ?2 ORDER BY dimension",
        [round_id, centre_id],
        Score::from_row,
    )
}

/// All scores of a round, by centre and dimension.
///
/// # Errors
/// Those of SQLite.
pub fn of_round(reader: &Reader, round_id: &str) -> Result<Vec<Score>, StoreError> {
    reader.all("SELECT * FROM scores WHERE round_id = ?1 ORDER BY centre_id, dimension", [round_id], Score::from_row)
}

/// Saves points (or takes them away) at the time of the change, and notes that in the history.
///
/// # Errors
/// [`StoreError::Conflict`] where the dimension or the points are out of range.
pub fn save_points(
    tx: &Tx<'_>,
    round_id: &str,
    centre_id: &str,
    dimension: u8,
    hundredths: Option<u32>,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO scores (round_id, centre_id, dimension, hundredths, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET hundredths = excluded.hundredths, updated_at = excluded.updated_at",
        (round_id, centre_id, dimension, hundredths, tx.at()),
    )?;
    score_history::append(tx, round_id, centre_id, dimension, hundredths)
}

/// Saves the comment on one dimension at the time of the change.
///
/// # Errors
/// [`StoreError::Conflict`] where the dimension is out of range.
pub fn save_comment(
    tx: &Tx<'_>,
    round_id: &str,
    centre_id: &str,
    dimension: u8,
    comment: &str,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO scores (round_id, centre_id, dimension, comment, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET comment = excluded.comment, updated_at = excluded.updated_at",
        (round_id, centre_id, dimension, comment, tx.at()),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{change, desk};

    #[test]
    fn points_and_comment_are_saved_apart_and_neither_undoes_the_other() {
        let (_folder, mut store) = desk();
        change(&mut store, |tx| save_comment(tx, "r", "c", 2, "转化扎实")).unwrap();
        change(&mut store, |tx| save_points(tx, "r", "c", 2, Some(2150))).unwrap();
        change(&mut store, |tx| save_comment(tx, "r", "c", 2, "转化较扎实")).unwrap();
        let kept = of_centre(&store, "r", "c").unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!((kept[0].hundredths, kept[0].comment.as_str()), (Some(2150), "转化较扎实"));
    }

    #[test]
    fn each_saved_change_of_points_stays_in_the_history() {
        let (_folder, mut store) = desk();
        for points in [Some(800), Some(850), None] {
            change(&mut store, |tx| save_points(tx, "r", "c", 0, points)).unwrap();
        }
        change(&mut store, |tx| save_comment(tx, "r", "c", 0, "无")).unwrap();
        let history = score_history::of_centre(&store, "r", "c").unwrap();
        assert_eq!(history.iter().map(|change| change.hundredths).collect::<Vec<_>>(), [Some(800), Some(850), None]);
        assert_eq!(of_centre(&store, "r", "c").unwrap()[0].hundredths, None, "taken away is not zero");
    }

    #[test]
    fn a_seventh_dimension_and_more_than_a_hundred_points_are_refused() {
        let (_folder, mut store) = desk();
        for (dimension, points) in [(6, 100), (0, 10_001)] {
            let refused = change(&mut store, |tx| save_points(tx, "r", "c", dimension, Some(points)));
            assert!(matches!(refused, Err(StoreError::Conflict { .. })));
        }
        change(&mut store, |tx| save_points(tx, "r", "c", 5, Some(10_000))).unwrap();
        assert_eq!(of_round(&store, "r").unwrap().len(), 1);
    }

    #[test]
    fn no_points_are_printed_for_debugging() {
        let (_folder, mut store) = desk();
        change(&mut store, |tx| save_points(tx, "r", "c", 0, Some(7777))).unwrap();
        let printed = format!("{:?}{:?}", of_round(&store, "r"), score_history::of_centre(&store, "r", "c"));
        assert!(!printed.contains("7777"), "{printed}");
    }
}
