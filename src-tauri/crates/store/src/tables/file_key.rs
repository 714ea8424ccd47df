//! The key of `files/` (文件密钥): one row, made with the desk. In the database, which is itself encrypted.

use age::secrecy::ExposeSecret;
use rusqlite::{Connection, OptionalExtension};
use zeroize::Zeroizing;

use crate::StoreError;

pub(crate) const CREATE: &str = "
CREATE TABLE file_key (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    identity TEXT NOT NULL
) STRICT;
";

/// The identity of age to which every file is encrypted; made where there is none yet.
pub(crate) fn get_or_make(conn: &Connection) -> Result<Zeroizing<String>, StoreError> {
    let kept = || conn.query_row("SELECT identity FROM file_key", [], |row| row.get(0)).optional();
    if let Some(identity) = kept()? {
        return Ok(Zeroizing::new(identity));
    }
    let made = age::x25519::Identity::generate().to_string();
    conn.execute("INSERT INTO file_key (id, identity) VALUES (1, ?1)", [made.expose_secret()])?;
    Ok(Zeroizing::new(made.expose_secret().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::desk;

    #[test]
    fn the_key_of_the_files_is_made_once() {
        let (_folder, store) = desk();
        let first = get_or_make(store.conn()).unwrap();
        assert!(first.starts_with("AGE-SECRET-KEY-1"));
        assert_eq!(*get_or_make(store.conn()).unwrap(), *first);
    }
}
