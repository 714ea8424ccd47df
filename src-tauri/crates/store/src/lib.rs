//! The desk folder (工作夹): one encrypted SQLite file, the packages as they were received, and one door for every change.
//!
//! ```text
//! desk.db      the tables, one file of `tables/` for each, under SQLCipher
//! desk.lock    held by the one process that has the desk open
//! files/       packages and dossier documents, each an age file under a keyed name
//! backups/     copies of desk.db, the last ten
//! ```
//!
//! Nothing in it is readable without the [`StoreKey`]. How that key is kept is the caller's: the store never sees a passphrase.
//!
//! Every change goes through [`Store::transact`]: the change and one audit row chained to the one before, in one
//! commit, or nothing. Reading needs no door: every query takes a [`Reader`], which a [`Store`] and a [`Tx`] are.
//!
//! The store keeps texts, integers and exact bytes. It never knows what a score may be, how a sheet is signed, or what
//! a round is for, and it has no clock: times come from the caller as RFC 3339 texts.
//!
//! ```
//! use store::{Op, Store, StoreError, StoreKey, tables::settings};
//! # let folder = tempfile::tempdir().unwrap();
//! let key = StoreKey::generate()?;
//! let mut store = Store::open(&folder.path().join("桌面"), &key)?;
//! store.transact("2025-06-01T09:00:00+08:00", Op::SettingChanged.on("language"), |tx| {
//!     settings::set(tx, "language", "zh-CN")
//! })?;
//! assert_eq!(settings::get(&store, "language")?.as_deref(), Some("zh-CN"));
//! assert_eq!(store.check_audit()?.seq, 1);
//! # Ok::<(), StoreError>(())
//! ```

mod backup;
mod digest;
mod error;
mod files;
mod key;
mod migrate;
mod open;
mod plain;
pub mod tables;
mod transact;

pub use backup::{Backup, Beside, restore};
pub use digest::sha256_hex;
pub use error::StoreError;
pub use files::{Files, Kept, Stored, Writing};
pub use key::StoreKey;
pub use open::{Reader, Store, sqlite_version};
pub use plain::PlainStore;
pub use transact::{AuditHead, Change, Op, Tx};
