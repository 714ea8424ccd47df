//! Evidence (佐证): pages of the dossier that the expert points to for a dimension.

use rusqlite::Row;

use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE evidence (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    round_id TEXT NOT NULL,
    centre_id TEXT NOT NULL,
    dimension INTEGER NOT NULL CHECK (dimension BETWEEN 0 AND 5),
    document TEXT NOT NULL,
    page INTEGER NOT NULL CHECK (page >= 1),
    UNIQUE (round_id, centre_id, dimension, document, page)
) STRICT;
";

/// One page pointed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Its place among all evidence, ascending; names it for removal.
    pub position: i64,
    /// The round.
    pub round_id: String,
    /// The centre.
    pub centre_id: String,
    /// Place of the dimension, 0 to 5.
    pub dimension: u8,
    /// Name of the document in the dossier.
    pub document: String,
    /// Page, from 1.
    pub page: u32,
}

impl Evidence {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            position: row.get("position")?,
            round_id: row.get("round_id")?,
            centre_id: row.get("centre_id")?,
            dimension: row.get("dimension")?,
            document: row.get("document")?,
            page: row.get("page")?,
        })
    }
}

/// The evidence for one centre, in the order in which it was given.
///
/// # Errors
/// Those of SQLite.
pub fn of_centre(reader: &Reader, round_id: &str, centre_id: &str) -> Result<Vec<Evidence>, StoreError> {
    reader.all(
        "SELECT * FROM evidence WHERE round_id = ?1 AND centre_id = ?2 ORDER BY position",
        [round_id, centre_id],
        Evidence::from_row,
    )
}

/// Replaces the evidence for one dimension by these documents and pages.
///
/// # Errors
/// [`StoreError::Conflict`] where a page is named twice or is 0.
pub fn replace(
    tx: &Tx<'_>,
    round_id: &str,
    centre_id: &str,
    dimension: u8,
    pages: &[(String, u32)],
) -> Result<(), StoreError> {
    tx.run(
        "DELETE FROM evidence WHERE round_id = ?1 AND centre_id = ?2 AND dimension = ?3",
        (round_id, centre_id, dimension),
    )?;
    for (document, page) in pages {
        tx.run(
            "INSERT INTO evidence (round_id, centre_id, dimension, document, page) VALUES (?1, ?2, ?3, ?4, ?5)",
            (round_id, centre_id, dimension, document, page),
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{change, desk};

    fn pages(pages: &[u32]) -> Vec<(String, u32)> {
        pages.iter().map(|page| ("申报书.pdf".to_owned(), *page)).collect()
    }

    fn kept(reader: &Reader) -> Vec<(u8, u32)> {
        of_centre(reader, "r", "c").unwrap().iter().map(|row| (row.dimension, row.page)).collect()
    }

    #[test]
    fn evidence_keeps_the_order_given_and_is_replaced_for_one_dimension_only() {
        let (_folder, mut store) = desk();
        change(&mut store, |tx| replace(tx, "r", "c", 0, &pages(&[7, 3]))).unwrap();
        change(&mut store, |tx| replace(tx, "r", "c", 1, &pages(&[5]))).unwrap();
        assert_eq!(kept(&store), [(0, 7), (0, 3), (1, 5)]);
        change(&mut store, |tx| replace(tx, "r", "c", 0, &[])).unwrap();
        assert_eq!(kept(&store), [(1, 5)]);
    }

    #[test]
    fn page_nought_and_a_page_named_twice_are_refused_and_the_old_evidence_stays() {
        let (_folder, mut store) = desk();
        change(&mut store, |tx| replace(tx, "r", "c", 0, &pages(&[7]))).unwrap();
        for wrong in [&[0][..], &[2, 2]] {
            let refused = change(&mut store, |tx| replace(tx, "r", "c", 0, &pages(wrong)));
            assert!(matches!(refused, Err(StoreError::Conflict { .. })));
        }
        assert_eq!(kept(&store), [(0, 7)]);
    }
}
