//! The identity (身份) of the person whose desk this is: one row at most.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{Reader, StoreError, Tx};

pub(crate) const CREATE: &str = "
CREATE TABLE identity (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    unit_name TEXT NOT NULL,
    unit_code TEXT,
    title TEXT NOT NULL,
    roles TEXT NOT NULL,
    key_id TEXT NOT NULL,
    card_bytes BLOB NOT NULL,
    wrapped_key BLOB NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
";

/// The person of this desk and the wrapped signing key.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// Name as it stands on the card.
    pub name: String,
    /// Unit as written by the person.
    pub unit_name: String,
    /// 统一社会信用代码, where known.
    pub unit_code: Option<String>,
    /// Professional title (职称).
    pub title: String,
    /// The desks that the person holds, in the caller's form.
    pub roles: String,
    /// Thumbprint of the signing key (RFC 7638).
    pub key_id: String,
    /// The enrolment card, exact bytes.
    pub card_bytes: Vec<u8>,
    /// The signing key, wrapped.
    pub wrapped_key: Vec<u8>,
    /// When it was made (RFC 3339).
    pub made_at: String,
}

// Neither a name nor a key, even wrapped, belongs into a log.
impl std::fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Identity").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

impl Identity {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            name: row.get("name")?,
            unit_name: row.get("unit_name")?,
            unit_code: row.get("unit_code")?,
            title: row.get("title")?,
            roles: row.get("roles")?,
            key_id: row.get("key_id")?,
            card_bytes: row.get("card_bytes")?,
            wrapped_key: row.get("wrapped_key")?,
            made_at: row.get("made_at")?,
        })
    }
}

/// The identity, if one was made.
///
/// # Errors
/// Those of SQLite.
pub fn get(reader: &Reader) -> Result<Option<Identity>, StoreError> {
    of(reader.conn())
}

pub(crate) fn of(conn: &Connection) -> Result<Option<Identity>, StoreError> {
    Ok(conn.query_row("SELECT * FROM identity", [], Identity::from_row).optional()?)
}

/// Replaces the wrapping outside any transaction of [`crate::Store`]: in the copy that is to become the encrypted store.
pub(crate) fn rewrap_copy(conn: &Connection, wrapped_key: &[u8]) -> Result<(), StoreError> {
    conn.execute("UPDATE identity SET wrapped_key = ?1", [wrapped_key])?;
    Ok(())
}

/// Keeps a first identity.
///
/// # Errors
/// [`StoreError::Conflict`] where there is one: a key once made is never overwritten.
pub fn insert(tx: &Tx<'_>, identity: &Identity) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO identity (id, name, unit_name, unit_code, title, roles, key_id, card_bytes, wrapped_key, made_at)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        (
            &identity.name,
            &identity.unit_name,
            &identity.unit_code,
            &identity.title,
            &identity.roles,
            &identity.key_id,
            &identity.card_bytes,
            &identity.wrapped_key,
            &identity.made_at,
        ),
    )?;
    Ok(())
}

/// Replaces the wrapping of the same key, after a change of passphrase.
///
/// # Errors
/// [`StoreError::NotFound`] where there is no identity with that key.
pub fn rewrap(tx: &Tx<'_>, key_id: &str, wrapped_key: &[u8]) -> Result<(), StoreError> {
    tx.run_one("identity", "UPDATE identity SET wrapped_key = ?2 WHERE key_id = ?1", (key_id, wrapped_key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{AT, change, desk};

    fn person() -> Identity {
        Identity {
            name: "钱䶮".to_owned(),
            unit_name: "示例大学".to_owned(),
            unit_code: None,
            title: "教授".to_owned(),
            roles: "expert".to_owned(),
            key_id: "key".to_owned(),
            card_bytes: vec![0, 255],
            wrapped_key: vec![1],
            made_at: AT.to_owned(),
        }
    }

    #[test]
    fn an_identity_comes_back_as_it_was_kept() {
        let (_folder, mut store) = desk();
        assert_eq!(get(&store).unwrap(), None);
        change(&mut store, |tx| insert(tx, &person())).unwrap();
        assert_eq!(get(&store).unwrap(), Some(person()));
    }

    #[test]
    fn a_second_identity_is_refused_and_the_first_key_stays() {
        let (_folder, mut store) = desk();
        change(&mut store, |tx| insert(tx, &person())).unwrap();
        let second = Identity { key_id: "other".to_owned(), ..person() };
        assert!(matches!(change(&mut store, |tx| insert(tx, &second)), Err(StoreError::Conflict { .. })));
        assert_eq!(get(&store).unwrap().unwrap().key_id, "key");
    }

    #[test]
    fn a_new_wrapping_is_taken_for_the_same_key_only() {
        let (_folder, mut store) = desk();
        change(&mut store, |tx| insert(tx, &person())).unwrap();
        assert!(matches!(change(&mut store, |tx| rewrap(tx, "other", &[9])), Err(StoreError::NotFound { .. })));
        change(&mut store, |tx| rewrap(tx, "key", &[2])).unwrap();
        assert_eq!(get(&store).unwrap().unwrap().wrapped_key, [2]);
    }

    #[test]
    fn neither_name_nor_key_is_printed_for_debugging() {
        let printed = format!("{:?}", person());
        assert!(!printed.contains("钱") && !printed.contains("wrapped"), "{printed}");
    }
}
