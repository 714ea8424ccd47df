//! Dossier documents (申报材料) of a centre in a drafted round; the bytes are in `files/`.

use rusqlite::Row;

use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE draft_documents (
    round_id TEXT NOT NULL,
    centre_id TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL CHECK (size >= 0),
    digest TEXT NOT NULL,
    PRIMARY KEY (round_id, centre_id, name),
    FOREIGN KEY (round_id, centre_id) REFERENCES draft_centres (round_id, centre_id) ON DELETE CASCADE
) STRICT;
";

/// A document of a dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftDocument {
    /// The drafted round.
    pub round_id: String,
    /// The centre.
    pub centre_id: String,
    /// File name, unique in the dossier.
    pub name: String,
    /// Length in bytes.
    pub size: u64,
    /// The file in `files/`.
    pub digest: String,
}

impl DraftDocument {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            round_id: row.get("round_id")?,
            centre_id: row.get("centre_id")?,
            name: row.get("name")?,
            size: row.get("size")?,
            digest: row.get("digest")?,
        })
    }
}

/// The documents of one centre, by name.
///
/// # Errors
/// Those of SQLite.
pub fn of_centre(reader: &Reader, round_id: &str, centre_id: &str) -> Result<Vec<DraftDocument>, StoreError> {
    reader.all(
        "SELECT * FROM draft_documents WHERE round_id = ?1 AND centre_id = ?2 ORDER BY name",
        [round_id, centre_id],
        DraftDocument::from_row,
    )
}

/// The documents of all centres of a round, by centre and name.
///
/// # Errors
/// Those of SQLite.
pub fn of_round(reader: &Reader, round_id: &str) -> Result<Vec<DraftDocument>, StoreError> {
    reader.all(
        "SELECT * FROM draft_documents WHERE round_id = ?1 ORDER BY centre_id, name",
        [round_id],
        DraftDocument::from_row,
    )
}

/// Keeps a document, in place of the one with the same name.
///
/// # Errors
/// [`StoreError::Conflict`] where the centre is unknown.
pub fn put(tx: &Tx<'_>, document: &DraftDocument) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO draft_documents (round_id, centre_id, name, size, digest) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET size = excluded.size, digest = excluded.digest",
        (&document.round_id, &document.centre_id, &document.name, document.size, &document.digest),
    )?;
    Ok(())
}

/// Takes a document out of the dossier; its bytes stay in `files/`.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn remove(tx: &Tx<'_>, round_id: &str, centre_id: &str, name: &str) -> Result<(), StoreError> {
    tx.run_one(
        "draft_documents",
        "DELETE FROM draft_documents WHERE round_id = ?1 AND centre_id = ?2 AND name = ?3",
        [round_id, centre_id, name],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::{
        draft_centres,
        testing::{change, desk_with_round},
    };

    fn document(centre: &str, name: &str, size: u64) -> DraftDocument {
        DraftDocument {
            round_id: "r".to_owned(),
            centre_id: centre.to_owned(),
            name: name.to_owned(),
            size,
            digest: "d".to_owned(),
        }
    }

    fn desk_with_centres() -> (tempfile::TempDir, crate::Store) {
        let (folder, mut store) = desk_with_round();
        for (position, id) in ["a", "b"].iter().enumerate() {
            let centre = draft_centres::DraftCentre {
                round_id: "r".to_owned(),
                centre_id: (*id).to_owned(),
                position: u32::try_from(position).unwrap(),
                json: "{}".to_owned(),
            };
            change(&mut store, |tx| draft_centres::put(tx, &centre)).unwrap();
        }
        (folder, store)
    }

    #[test]
    fn a_document_of_the_same_name_replaces_the_one_before() {
        let (_folder, mut store) = desk_with_centres();
        for kept in [document("a", "申报书.pdf", 1), document("a", "申报书.pdf", 2), document("b", "附件.pdf", 3)]
        {
            change(&mut store, |tx| put(tx, &kept)).unwrap();
        }
        assert_eq!(of_centre(&store, "r", "a").unwrap(), [document("a", "申报书.pdf", 2)]);
        assert_eq!(of_round(&store, "r").unwrap().len(), 2);
        change(&mut store, |tx| remove(tx, "r", "a", "申报书.pdf")).unwrap();
        assert!(of_centre(&store, "r", "a").unwrap().is_empty());
    }

    #[test]
    fn a_centre_taken_away_takes_its_documents_along() {
        let (_folder, mut store) = desk_with_centres();
        change(&mut store, |tx| put(tx, &document("a", "申报书.pdf", 1))).unwrap();
        change(&mut store, |tx| put(tx, &document("b", "附件.pdf", 1))).unwrap();
        change(&mut store, |tx| draft_centres::remove(tx, "r", "a")).unwrap();
        assert_eq!(of_round(&store, "r").unwrap(), [document("b", "附件.pdf", 1)]);
    }

    #[test]
    fn a_document_of_no_centre_is_refused() {
        let (_folder, mut store) = desk_with_centres();
        let refused = change(&mut store, |tx| put(tx, &document("c", "申报书.pdf", 1)));
        assert!(matches!(refused, Err(StoreError::Conflict { .. })));
    }
}
