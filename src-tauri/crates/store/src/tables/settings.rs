//! Settings of the desk: language, text size, folders.

use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
";

/// The value of a setting, if it was ever set.
///
/// # Errors
/// Those of SQLite.
pub fn get(reader: &Reader, key: &str) -> Result<Option<String>, StoreError> {
    reader.one("SELECT value FROM settings WHERE key = ?1", [key], |row| row.get(0))
}

/// All settings, by key.
///
/// # Errors
/// Those of SQLite.
pub fn all(reader: &Reader) -> Result<Vec<(String, String)>, StoreError> {
    reader.all("SELECT key, value FROM settings ORDER BY key", [], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Sets a value.
///
/// # Errors
/// Those of SQLite.
pub fn set(tx: &Tx<'_>, key: &str, value: &str) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [key, value],
    )?;
    Ok(())
}

/// Takes a value away, back to what is the default.
///
/// # Errors
/// Those of SQLite.
pub fn unset(tx: &Tx<'_>, key: &str) -> Result<(), StoreError> {
    tx.run("DELETE FROM settings WHERE key = ?1", [key])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{change, desk};

    #[test]
    fn a_setting_is_set_changed_listed_and_unset() {
        let (_folder, mut store) = desk();
        assert_eq!(get(&store, "language").unwrap(), None);
        change(&mut store, |tx| set(tx, "language", "en")).unwrap();
        change(&mut store, |tx| set(tx, "language", "zh-CN")).unwrap();
        assert_eq!(all(&store).unwrap(), [("language".to_owned(), "zh-CN".to_owned())]);
        change(&mut store, |tx| unset(tx, "language")).unwrap();
        assert_eq!(get(&store, "language").unwrap(), None);
    }
}
