//! Signed sheets, recusals and absences, exact bytes: the own ones and those collected.

use rusqlite::Row;

use super::text_enum;
use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE signed_files (
    digest TEXT PRIMARY KEY,
    round_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('sheet', 'recusal', 'absence')),
    centre_id TEXT NOT NULL,
    expert TEXT NOT NULL,
    seq INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    own INTEGER NOT NULL CHECK (own IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('accepted', 'quarantined')),
    code TEXT,
    received_at TEXT NOT NULL,
    source_name TEXT NOT NULL
) STRICT;
CREATE INDEX signed_files_by_cell ON signed_files (round_id, centre_id, expert, seq);
";

text_enum! {
    /// What was signed.
    SignedKind {
        /// A score sheet (评分表).
        Sheet = "sheet",
        /// A recusal (回避).
        Recusal = "recusal",
        /// An absence recorded by the secretary (缺席).
        Absence = "absence",
    }
}

text_enum! {
    /// Whether a signed file counts.
    SignedState {
        /// It counts.
        Accepted = "accepted",
        /// It is set aside, as both sides of a fork are.
        Quarantined = "quarantined",
    }
}

/// A signed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedFile {
    /// SHA-256 of `bytes`.
    pub digest: String,
    /// The round.
    pub round_id: String,
    /// What it is.
    pub kind: SignedKind,
    /// The centre.
    pub centre_id: String,
    /// Key id of the expert whom it concerns.
    pub expert: String,
    /// Its number among the expert's files for this centre.
    pub seq: u32,
    /// Exact bytes.
    pub bytes: Vec<u8>,
    /// Whether this desk signed it.
    pub own: bool,
    /// Whether it counts.
    pub state: SignedState,
    /// Why it is set aside.
    pub code: Option<String>,
    /// When it was signed here or came in (RFC 3339).
    pub received_at: String,
    /// The file name under which it came.
    pub source_name: String,
}

impl SignedFile {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            digest: row.get("digest")?,
            round_id: row.get("round_id")?,
            kind: row.get("kind")?,
            centre_id: row.get("centre_id")?,
            expert: row.get("expert")?,
            seq: row.get("seq")?,
            bytes: row.get("bytes")?,
            own: row.get("own")?,
            state: row.get("state")?,
            code: row.get("code")?,
            received_at: row.get("received_at")?,
            source_name: row.get("source_name")?,
        })
    }
}

/// All signed files of a round, by centre, expert and `seq`.
///
/// # Errors
/// Those of SQLite.
pub fn of_round(reader: &Reader, round_id: &str) -> Result<Vec<SignedFile>, StoreError> {
    reader.all(
        "SELECT * FROM signed_files WHERE round_id = ?1 ORDER BY centre_id, expert, seq, digest",
        [round_id],
        SignedFile::from_row,
    )
}

/// The signed files of one cell of the matrix, by `seq`.
///
/// # Errors
/// Those of SQLite.
pub fn of_cell(reader: &Reader, round_id: &str, centre_id: &str, expert: &str) -> Result<Vec<SignedFile>, StoreError> {
    reader.all(
        "SELECT * FROM signed_files WHERE round_id = ?1 AND centre_id = ?2 AND expert = ?3 ORDER BY seq, digest",
        [round_id, centre_id, expert],
        SignedFile::from_row,
    )
}

/// The file of that digest.
///
/// # Errors
/// Those of SQLite.
pub fn get(reader: &Reader, digest: &str) -> Result<Option<SignedFile>, StoreError> {
    reader.one("SELECT * FROM signed_files WHERE digest = ?1", [digest], SignedFile::from_row)
}

/// Keeps a signed file. The same bytes again change nothing; whether they were new.
///
/// # Errors
/// Those of SQLite.
pub fn insert(tx: &Tx<'_>, file: &SignedFile) -> Result<bool, StoreError> {
    let changed = tx.run(
        "INSERT INTO signed_files (digest, round_id, kind, centre_id, expert, seq, bytes, own, state, code,
                                   received_at, source_name)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (digest) DO NOTHING",
        (
            &file.digest,
            &file.round_id,
            file.kind,
            &file.centre_id,
            &file.expert,
            file.seq,
            &file.bytes,
            file.own,
            file.state,
            &file.code,
            &file.received_at,
            &file.source_name,
        ),
    )?;
    Ok(changed == 1)
}

/// Lets a file count, or sets it aside with the reason `code`.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn set_state(tx: &Tx<'_>, digest: &str, state: SignedState, code: Option<&str>) -> Result<(), StoreError> {
    tx.run_one("signed_files", "UPDATE signed_files SET state = ?2, code = ?3 WHERE digest = ?1", (digest, state, code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{AT, change, desk};

    fn file(digest: &str, seq: u32) -> SignedFile {
        SignedFile {
            digest: digest.to_owned(),
            round_id: "r".to_owned(),
            kind: SignedKind::Sheet,
            centre_id: "c".to_owned(),
            expert: "e".to_owned(),
            seq,
            bytes: vec![0, 255, 10],
            own: false,
            state: SignedState::Accepted,
            code: None,
            received_at: AT.to_owned(),
            source_name: "评分表.hjsheet".to_owned(),
        }
    }

    #[test]
    fn exact_bytes_come_back_and_importing_twice_changes_nothing() {
        let (_folder, mut store) = desk();
        assert!(change(&mut store, |tx| insert(tx, &file("d", 1))).unwrap());
        let renamed = SignedFile { source_name: "副本.hjsheet".to_owned(), ..file("d", 1) };
        assert!(!change(&mut store, |tx| insert(tx, &renamed)).unwrap());
        assert_eq!(get(&store, "d").unwrap(), Some(file("d", 1)));
    }

    #[test]
    fn both_sides_of_a_fork_are_kept_and_set_aside() {
        let (_folder, mut store) = desk();
        for kept in [file("b", 1), file("a", 2), file("c", 1)] {
            change(&mut store, |tx| insert(tx, &kept)).unwrap();
        }
        for digest in ["b", "c"] {
            change(&mut store, |tx| set_state(tx, digest, SignedState::Quarantined, Some("sheet.fork"))).unwrap();
        }
        let cell = of_cell(&store, "r", "c", "e").unwrap();
        assert_eq!(cell.iter().map(|row| row.digest.as_str()).collect::<Vec<_>>(), ["b", "c", "a"], "by seq");
        assert_eq!((cell[0].state, cell[0].code.as_deref()), (SignedState::Quarantined, Some("sheet.fork")));
        assert_eq!((cell[2].state, cell[2].code.as_deref()), (SignedState::Accepted, None));
        assert_eq!(of_round(&store, "r").unwrap(), cell);
        let missing = change(&mut store, |tx| set_state(tx, "x", SignedState::Accepted, None));
        assert!(matches!(missing, Err(StoreError::NotFound { .. })));
    }
}
