//! Centres (技术创新中心) of a drafted round.

use rusqlite::Row;

use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE draft_centres (
    round_id TEXT NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
    centre_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (round_id, centre_id)
) STRICT;
";

/// A centre in a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftCentre {
    /// The drafted round.
    pub round_id: String,
    /// The centre's id, unique in the round.
    pub centre_id: String,
    /// Its place in the round, from 0.
    pub position: u32,
    /// The centre as the caller writes it.
    pub json: String,
}

impl DraftCentre {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            round_id: row.get("round_id")?,
            centre_id: row.get("centre_id")?,
            position: row.get("position")?,
            json: row.get("json")?,
        })
    }
}

/// The centres of a round in their order.
///
/// # Errors
/// Those of SQLite.
pub fn of_round(reader: &Reader, round_id: &str) -> Result<Vec<DraftCentre>, StoreError> {
    reader.all(
        "SELECT * FROM draft_centres WHERE round_id = ?1 ORDER BY position, centre_id",
        [round_id],
        DraftCentre::from_row,
    )
}

/// One centre.
///
/// # Errors
/// Those of SQLite.
pub fn get(reader: &Reader, round_id: &str, centre_id: &str) -> Result<Option<DraftCentre>, StoreError> {
    reader.one(
        "SELECT * FROM draft_centres WHERE round_id = ?1 AND centre_id = ?2",
        [round_id, centre_id],
        DraftCentre::from_row,
    )
}

/// Keeps a centre, in place of the one with the same id.
///
/// # Errors
/// [`StoreError::Conflict`] where the round is unknown.
pub fn put(tx: &Tx<'_>, centre: &DraftCentre) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO draft_centres (round_id, centre_id, position, json) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET position = excluded.position, json = excluded.json",
        (&centre.round_id, &centre.centre_id, centre.position, &centre.json),
    )?;
    Ok(())
}

/// Takes a centre and its documents out of the draft.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn remove(tx: &Tx<'_>, round_id: &str, centre_id: &str) -> Result<(), StoreError> {
    tx.run_one(
        "draft_centres",
        "DELETE FROM draft_centres WHERE round_id = ?1 AND centre_id = ?2",
        [round_id, centre_id],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{change, desk, desk_with_round};

    fn centre(id: &str, position: u32) -> DraftCentre {
        DraftCentre { round_id: "r".to_owned(), centre_id: id.to_owned(), position, json: "{}".to_owned() }
    }

    #[test]
    fn centres_come_in_their_order_and_one_put_again_replaces_itself() {
        let (_folder, mut store) = desk_with_round();
        for kept in [centre("b", 0), centre("a", 1), centre("b", 2)] {
            change(&mut store, |tx| put(tx, &kept)).unwrap();
        }
        assert_eq!(of_round(&store, "r").unwrap(), [centre("a", 1), centre("b", 2)]);
        change(&mut store, |tx| remove(tx, "r", "a")).unwrap();
        assert_eq!(get(&store, "r", "a").unwrap(), None);
        assert_eq!(get(&store, "r", "b").unwrap(), Some(centre("b", 2)));
    }

    #[test]
    fn a_centre_of_no_round_is_refused() {
        let (_folder, mut store) = desk();
        assert!(matches!(change(&mut store, |tx| put(tx, &centre("a", 0))), Err(StoreError::Conflict { .. })));
    }
}
