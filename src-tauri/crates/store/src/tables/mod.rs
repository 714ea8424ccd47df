//! One file for each table: its migration, its struct, its queries.
//!
//! Queries that read take a [`crate::Reader`]; those that write take a [`crate::Tx`], so that nothing is written outside
//! [`crate::Store::transact`]. Times are RFC 3339 texts; digests and key ids are texts as their makers write them.

pub mod audit;
pub mod cards;
pub mod decisions;
pub mod draft_centres;
pub mod draft_documents;
pub mod evidence;
pub(crate) mod file_key;
pub mod findings;
pub mod identity;
pub mod opinions;
pub mod packs;
pub mod panel_drafts;
pub mod panel_files;
pub mod problems;
pub mod promises;
pub mod results;
pub mod rosters;
pub mod rounds;
pub mod score_history;
pub mod scores;
pub mod settings;
pub mod signed_files;
pub mod trusted_bureaus;

/// The tables of the first schema, each after those it refers to.
pub(crate) const CREATE: [&str; 22] = [
    audit::CREATE,
    identity::CREATE,
    settings::CREATE,
    trusted_bureaus::CREATE,
    cards::CREATE,
    rounds::CREATE,
    draft_centres::CREATE,
    draft_documents::CREATE,
    panel_drafts::CREATE,
    panel_files::CREATE,
    rosters::CREATE,
    packs::CREATE,
    promises::CREATE,
    scores::CREATE,
    score_history::CREATE,
    opinions::CREATE,
    evidence::CREATE,
    signed_files::CREATE,
    problems::CREATE,
    findings::CREATE,
    results::CREATE,
    decisions::CREATE,
];

/// Declares an enumeration kept as a fixed text.
macro_rules! text_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// The text that is kept.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl rusqlite::ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }

        impl rusqlite::types::FromSql for $name {
            fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
                match value.as_str()? {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(rusqlite::types::FromSqlError::InvalidType),
                }
            }
        }
    };
}
pub(crate) use text_enum;

#[cfg(test)]
pub(crate) mod testing {
    use tempfile::TempDir;

    use super::rounds::{self, RoundRow, RoundStatus};
    use crate::{Op, Store, StoreError, StoreKey, Tx};

    pub(crate) const AT: &str = "2025-06-01T09:00:00+08:00";

    pub(crate) fn key() -> StoreKey {
        StoreKey::from_bytes([7; 32])
    }

    /// A new desk; its folder goes with the first value.
    pub(crate) fn desk() -> (TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &key()).unwrap();
        (folder, store)
    }

    /// A new desk with the drafted round `r`.
    pub(super) fn desk_with_round() -> (TempDir, Store) {
        let (folder, mut store) = desk();
        change(&mut store, |tx| rounds::insert(tx, &round("r", RoundStatus::Draft))).unwrap();
        (folder, store)
    }

    pub(crate) fn change<R>(
        store: &mut Store,
        work: impl FnOnce(&Tx<'_>) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        store.transact(AT, Op::SettingChanged, work)
    }

    pub(super) fn round(id: &str, status: RoundStatus) -> RoundRow {
        RoundRow {
            id: id.to_owned(),
            status,
            title: "2025年度评审".to_owned(),
            draft_json: (status == RoundStatus::Draft).then(|| "{}".to_owned()),
            bytes: (status != RoundStatus::Draft).then(|| b"signed".to_vec()),
            bureau_card: None,
            rulebook: b"rules".to_vec(),
            file_digest: None,
            package_name: None,
            created_at: AT.to_owned(),
        }
    }
}
