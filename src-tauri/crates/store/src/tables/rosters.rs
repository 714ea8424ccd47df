//! Rosters (名册) signed by a bureau: exact bytes, one for each version.

use rusqlite::Row;

use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE rosters (
    digest TEXT PRIMARY KEY,
    round_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    received_at TEXT NOT NULL,
    UNIQUE (round_id, version)
) STRICT;
";

/// A signed roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterRow {
    /// SHA-256 of `bytes`.
    pub digest: String,
    /// The round.
    pub round_id: String,
    /// Its version; the highest is in force.
    pub version: u32,
    /// The roster, exact bytes.
    pub bytes: Vec<u8>,
    /// When it was signed here or came in (RFC 3339).
    pub received_at: String,
}

impl RosterRow {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            digest: row.get("digest")?,
            round_id: row.get("round_id")?,
            version: row.get("version")?,
            bytes: row.get("bytes")?,
            received_at: row.get("received_at")?,
        })
    }
}

/// The rosters of a round, highest version first.
///
/// # Errors
/// Those of SQLite.
pub fn of_round(reader: &Reader, round_id: &str) -> Result<Vec<RosterRow>, StoreError> {
    reader.all("SELECT * FROM rosters WHERE round_id = ?1 ORDER BY version DESC", [round_id], RosterRow::from_row)
}

/// The roster in force: the highest version.
///
/// # Errors
/// Those of SQLite.
pub fn latest(reader: &Reader, round_id: &str) -> Result<Option<RosterRow>, StoreError> {
    reader.one(
        "SELECT * FROM rosters WHERE round_id = ?1 ORDER BY version DESC LIMIT 1",
        [round_id],
        RosterRow::from_row,
    )
}

/// The roster of that digest.
///
/// # Errors
/// Those of SQLite.
pub fn get(reader: &Reader, digest: &str) -> Result<Option<RosterRow>, StoreError> {
    reader.one("SELECT * FROM rosters WHERE digest = ?1", [digest], RosterRow::from_row)
}

/// Keeps a roster. The same bytes again change nothing; whether they were new.
///
/// # Errors
/// [`StoreError::Conflict`] where other bytes hold the same version: two rosters of one version are never both kept.
pub fn insert(tx: &Tx<'_>, roster: &RosterRow) -> Result<bool, StoreError> {
    let changed = tx.run(
        "INSERT INTO rosters (digest, round_id, version, bytes, received_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (digest) DO NOTHING",
        (&roster.digest, &roster.round_id, roster.version, &roster.bytes, &roster.received_at),
    )?;
    Ok(changed == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{AT, change, desk};

    fn roster(digest: &str, version: u32) -> RosterRow {
        RosterRow {
            digest: digest.to_owned(),
            round_id: "r".to_owned(),
            version,
            bytes: digest.as_bytes().to_vec(),
            received_at: AT.to_owned(),
        }
    }

    #[test]
    fn the_highest_version_is_in_force_whatever_came_last() {
        let (_folder, mut store) = desk();
        assert!(change(&mut store, |tx| insert(tx, &roster("b", 2))).unwrap());
        assert!(change(&mut store, |tx| insert(tx, &roster("a", 1))).unwrap());
        assert!(!change(&mut store, |tx| insert(tx, &roster("a", 1))).unwrap());
        assert_eq!(latest(&store, "r").unwrap(), Some(roster("b", 2)));
        assert_eq!(of_round(&store, "r").unwrap(), [roster("b", 2), roster("a", 1)]);
        assert_eq!(get(&store, "a").unwrap(), Some(roster("a", 1)));
    }

    #[test]
    fn another_roster_of_the_same_version_is_refused() {
        let (_folder, mut store) = desk();
        change(&mut store, |tx| insert(tx, &roster("a", 1))).unwrap();
        let forked = change(&mut store, |tx| insert(tx, &roster("b", 1)));
        assert!(matches!(forked, Err(StoreError::Conflict { .. })));
    }
}
