//! The panel (专家组) as the secretary is composing it: one draft for each round.

use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE panel_drafts (
    round_id TEXT PRIMARY KEY REFERENCES rounds (id) ON DELETE CASCADE,
    json TEXT NOT NULL
) STRICT;
";

/// The draft of a round's panel, as the caller wrote it.
///
/// # Errors
/// Those of SQLite.
pub fn get(reader: &Reader, round_id: &str) -> Result<Option<String>, StoreError> {
    reader.one("SELECT json FROM panel_drafts WHERE round_id = ?1", [round_id], |row| row.get(0))
}

/// Keeps the draft.
///
/// # Errors
/// [`StoreError::Conflict`] where the round is unknown.
pub fn put(tx: &Tx<'_>, round_id: &str, json: &str) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO panel_drafts (round_id, json) VALUES (?1, ?2)
         ON CONFLICT (round_id) DO UPDATE SET json = excluded.json",
        [round_id, json],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{change, desk_with_round};

    #[test]
    fn a_round_has_one_panel_draft() {
        let (_folder, mut store) = desk_with_round();
        assert_eq!(get(&store, "r").unwrap(), None);
        change(&mut store, |tx| put(tx, "r", "[1]")).unwrap();
        change(&mut store, |tx| put(tx, "r", "[2]")).unwrap();
        assert_eq!(get(&store, "r").unwrap().as_deref(), Some("[2]"));
    }
}
