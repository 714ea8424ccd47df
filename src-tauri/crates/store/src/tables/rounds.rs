//! Rounds (轮次): drafted and issued here by the bureau, or received from it.

use rusqlite::Row;

use super::text_enum;
use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE rounds (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL CHECK (status IN ('draft', 'issued', 'received')),
    title TEXT NOT NULL,
    draft_json TEXT,
    bytes BLOB,
    bureau_card BLOB,
    rulebook BLOB NOT NULL,
    file_digest TEXT,
    package_name TEXT,
    created_at TEXT NOT NULL,
    CHECK ((status = 'draft') = (bytes IS NULL))
) STRICT;
";

text_enum! {
    /// Where a round stands on this desk.
    RoundStatus {
        /// Being composed by the bureau; may still change.
        Draft = "draft",
        /// Signed by the bureau on this desk; frozen.
        Issued = "issued",
        /// Came in signed; frozen.
        Received = "received",
    }
}

/// A round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundRow {
    /// The round's id.
    pub id: String,
    /// Where it stands.
    pub status: RoundStatus,
    /// Title, for lists.
    pub title: String,
    /// What the bureau composes, until issued (and kept after, where the caller wishes).
    pub draft_json: Option<String>,
    /// The signed round head, exact bytes; none in a draft.
    pub bytes: Option<Vec<u8>>,
    /// The bureau's card that came with it, exact bytes.
    pub bureau_card: Option<Vec<u8>>,
    /// The rulebook file, exact bytes.
    pub rulebook: Vec<u8>,
    /// The round package in `files/`.
    pub file_digest: Option<String>,
    /// The name under which the package travels.
    pub package_name: Option<String>,
    /// When it was begun or came in (RFC 3339).
    pub created_at: String,
}

impl RoundRow {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            status: row.get("status")?,
            title: row.get("title")?,
            draft_json: row.get("draft_json")?,
            bytes: row.get("bytes")?,
            bureau_card: row.get("bureau_card")?,
            rulebook: row.get("rulebook")?,
            file_digest: row.get("file_digest")?,
            package_name: row.get("package_name")?,
            created_at: row.get("created_at")?,
        })
    }
}

/// The signed parts of a round, kept on issue.
#[derive(Clone, Copy, Debug)]
pub struct IssuedRound<'a> {
    /// The signed round head, exact bytes.
    pub bytes: &'a [u8],
    /// The bureau's own card, exact bytes.
    pub bureau_card: &'a [u8],
    /// The round package in `files/`.
    pub file_digest: &'a str,
    /// The name under which the package travels.
    pub package_name: &'a str,
}

/// All rounds, newest first.
///
/// # Errors
/// Those of SQLite.
pub fn all(reader: &Reader) -> Result<Vec<RoundRow>, StoreError> {
    reader.all("SELECT * FROM rounds ORDER BY created_at DESC, id", [], RoundRow::from_row)
}

/// The round of that id.
///
/// # Errors
/// Those of SQLite.
pub fn get(reader: &Reader, id: &str) -> Result<Option<RoundRow>, StoreError> {
    reader.one("SELECT * FROM rounds WHERE id = ?1", [id], RoundRow::from_row)
}

/// Keeps a new round.
///
/// # Errors
/// [`StoreError::Conflict`] where the id is known, or where the bytes and the status do not go together.
pub fn insert(tx: &Tx<'_>, round: &RoundRow) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO rounds (id, status, title, draft_json, bytes, bureau_card, rulebook, file_digest, package_name,
                             created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        (
            &round.id,
            round.status,
            &round.title,
            &round.draft_json,
            &round.bytes,
            &round.bureau_card,
            &round.rulebook,
            &round.file_digest,
            &round.package_name,
            &round.created_at,
        ),
    )?;
    Ok(())
}

/// Changes a draft.
///
/// # Errors
/// [`StoreError::NotFound`] where there is no draft of that id: an issued round is frozen.
pub fn update_draft(tx: &Tx<'_>, id: &str, title: &str, draft_json: &str) -> Result<(), StoreError> {
    tx.run_one(
        "rounds",
        "UPDATE rounds SET title = ?2, draft_json = ?3 WHERE id = ?1 AND status = 'draft'",
        (id, title, draft_json),
    )
}

/// Replaces the rulebook of a draft.
///
/// # Errors
/// [`StoreError::NotFound`] where there is no draft of that id.
pub fn set_rulebook(tx: &Tx<'_>, id: &str, rulebook: &[u8]) -> Result<(), StoreError> {
    tx.run_one("rounds", "UPDATE rounds SET rulebook = ?2 WHERE id = ?1 AND status = 'draft'", (id, rulebook))
}

/// Makes an issued round of a draft.
///
/// # Errors
/// [`StoreError::NotFound`] where there is no draft of that id: a round is issued once.
pub fn issue(tx: &Tx<'_>, id: &str, issued: IssuedRound<'_>) -> Result<(), StoreError> {
    tx.run_one(
        "rounds",
        "UPDATE rounds SET status = 'issued', bytes = ?2, bureau_card = ?3, file_digest = ?4, package_name = ?5
         WHERE id = ?1 AND status = 'draft'",
        (id, issued.bytes, issued.bureau_card, issued.file_digest, issued.package_name),
    )
}

/// Names the package of a round that is known already, as when the round file comes after a dossier package.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn set_package(tx: &Tx<'_>, id: &str, file_digest: &str, package_name: &str) -> Result<(), StoreError> {
    tx.run_one(
        "rounds",
        "UPDATE rounds SET file_digest = ?2, package_name = ?3 WHERE id = ?1 AND status <> 'draft'",
        (id, file_digest, package_name),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{change, desk, desk_with_round, round};

    #[test]
    fn a_draft_is_changed_then_issued_then_frozen() {
        let (_folder, mut store) = desk_with_round();
        change(&mut store, |tx| update_draft(tx, "r", "新题", "{\"a\":1}")).unwrap();
        change(&mut store, |tx| set_rulebook(tx, "r", b"other rules")).unwrap();
        let issued =
            IssuedRound { bytes: b"signed", bureau_card: b"card", file_digest: "d", package_name: "2025.hjround" };
        change(&mut store, |tx| issue(tx, "r", issued)).unwrap();

        let kept = get(&store, "r").unwrap().unwrap();
        assert_eq!((kept.status, kept.title.as_str()), (RoundStatus::Issued, "新题"));
        assert_eq!((kept.bytes.as_deref(), kept.rulebook.as_slice()), (Some(&b"signed"[..]), &b"other rules"[..]));
        for refused in [
            change(&mut store, |tx| update_draft(tx, "r", "改题", "{}")),
            change(&mut store, |tx| set_rulebook(tx, "r", b"changed rules")),
            change(&mut store, |tx| issue(tx, "r", issued)),
        ] {
            assert!(matches!(refused, Err(StoreError::NotFound { table: "rounds" })));
        }
        assert_eq!(get(&store, "r").unwrap(), Some(kept));
    }

    #[test]
    fn a_received_round_has_signed_bytes_and_a_draft_has_none() {
        let (_folder, mut store) = desk();
        change(&mut store, |tx| insert(tx, &round("r", RoundStatus::Received))).unwrap();
        change(&mut store, |tx| set_package(tx, "r", "d", "2025.hjround")).unwrap();
        assert_eq!(get(&store, "r").unwrap().unwrap().file_digest.as_deref(), Some("d"));
        let unsigned = RoundRow { bytes: None, ..round("s", RoundStatus::Received) };
        assert!(matches!(change(&mut store, |tx| insert(tx, &unsigned)), Err(StoreError::Conflict { .. })));
    }

    #[test]
    fn the_same_id_twice_is_refused_and_the_newest_is_listed_first() {
        let (_folder, mut store) = desk_with_round();
        let again = change(&mut store, |tx| insert(tx, &round("r", RoundStatus::Draft)));
        assert!(matches!(again, Err(StoreError::Conflict { .. })));
        let newer = RoundRow { created_at: "2025-07-01T09:00:00+08:00".to_owned(), ..round("s", RoundStatus::Draft) };
        change(&mut store, |tx| insert(tx, &newer)).unwrap();
        assert_eq!(all(&store).unwrap().iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["s", "r"]);
    }
}
