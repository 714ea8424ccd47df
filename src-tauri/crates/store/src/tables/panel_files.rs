//! Panels sent for filing (备案, Article 6(2)): exact bytes, on the secretary's desk and on the bureau's.

use rusqlite::Row;

use super::text_enum;
use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE panel_files (
    digest TEXT PRIMARY KEY,
    round_id TEXT NOT NULL,
    bytes BLOB NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('submitted', 'received', 'approved', 'returned')),
    received_at TEXT NOT NULL
) STRICT;
CREATE INDEX panel_files_by_round ON panel_files (round_id, received_at);
";

text_enum! {
    /// Where a panel file stands.
    PanelStatus {
        /// Made and sent by this desk.
        Submitted = "submitted",
        /// Came in; not decided.
        Received = "received",
        /// The bureau signed a roster from it.
        Approved = "approved",
        /// The bureau did not approve it.
        Returned = "returned",
    }
}

/// A panel sent for filing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelFile {
    /// SHA-256 of `bytes`.
    pub digest: String,
    /// The round.
    pub round_id: String,
    /// The file, exact bytes.
    pub bytes: Vec<u8>,
    /// Where it stands.
    pub status: PanelStatus,
    /// When it was made or came in (RFC 3339).
    pub received_at: String,
}

impl PanelFile {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            digest: row.get("digest")?,
            round_id: row.get("round_id")?,
            bytes: row.get("bytes")?,
            status: row.get("status")?,
            received_at: row.get("received_at")?,
        })
    }
}

/// All panel files, newest first.
///
/// # Errors
/// Those of SQLite.
pub fn all(reader: &Reader) -> Result<Vec<PanelFile>, StoreError> {
    reader.all("SELECT * FROM panel_files ORDER BY received_at DESC, digest", [], PanelFile::from_row)
}

/// The panel files of a round, newest first.
///
/// # Errors
/// Those of SQLite.
pub fn of_round(reader: &Reader, round_id: &str) -> Result<Vec<PanelFile>, StoreError> {
    reader.all(
        "SELECT * FROM panel_files WHERE round_id = ?1 ORDER BY received_at DESC, digest",
        [round_id],
        PanelFile::from_row,
    )
}

/// The panel file of that digest.
///
/// # Errors
/// Those of SQLite.
pub fn get(reader: &Reader, digest: &str) -> Result<Option<PanelFile>, StoreError> {
    reader.one("SELECT * FROM panel_files WHERE digest = ?1", [digest], PanelFile::from_row)
}

/// Keeps a panel file. The same bytes again change nothing; whether they were new.
///
/// # Errors
/// Those of SQLite.
pub fn insert(tx: &Tx<'_>, file: &PanelFile) -> Result<bool, StoreError> {
    let changed = tx.run(
        "INSERT INTO panel_files (digest, round_id, bytes, status, received_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (digest) DO NOTHING",
        (&file.digest, &file.round_id, &file.bytes, file.status, &file.received_at),
    )?;
    Ok(changed == 1)
}

/// Moves a panel file on.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn set_status(tx: &Tx<'_>, digest: &str, status: PanelStatus) -> Result<(), StoreError> {
    tx.run_one("panel_files", "UPDATE panel_files SET status = ?2 WHERE digest = ?1", (digest, status))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{AT, change, desk};

    fn file(digest: &str) -> PanelFile {
        PanelFile {
            digest: digest.to_owned(),
            round_id: "r".to_owned(),
            bytes: vec![0, 1],
            status: PanelStatus::Received,
            received_at: AT.to_owned(),
        }
    }

    #[test]
    fn the_same_panel_again_does_not_undo_its_approval() {
        let (_folder, mut store) = desk();
        assert!(change(&mut store, |tx| insert(tx, &file("d"))).unwrap());
        change(&mut store, |tx| set_status(tx, "d", PanelStatus::Approved)).unwrap();
        assert!(!change(&mut store, |tx| insert(tx, &file("d"))).unwrap());
        assert_eq!(get(&store, "d").unwrap().unwrap().status, PanelStatus::Approved);
        assert_eq!((all(&store).unwrap().len(), of_round(&store, "r").unwrap().len()), (1, 1));
        assert!(of_round(&store, "s").unwrap().is_empty());
    }
}
