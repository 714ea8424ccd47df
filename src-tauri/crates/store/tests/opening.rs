//! Opening a desk folder: what is made, what is refused, and that what is refused stays as it was.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::Path};

use rusqlite::Connection;
use store::{Op, Store, StoreError, StoreKey, tables::settings};

const AT: &str = "2025-06-01T09:00:00+08:00";

fn key() -> StoreKey {
    StoreKey::from_bytes([0xA5; 32])
}

fn used(folder: &Path) {
    let mut store = Store::open(folder, &key()).unwrap();
    store.transact(AT, Op::SettingChanged.on("language"), |tx| settings::set(tx, "language", "zh-CN")).unwrap();
}

fn raw(folder: &Path, sql: &str) {
    let conn = Connection::open(folder.join("desk.db")).unwrap();
    conn.execute_batch(&format!("PRAGMA key = \"x'{}'\"", "a5".repeat(32))).unwrap();
    conn.execute_batch(sql).unwrap();
}

fn refusal(folder: &Path) -> &'static str {
    Store::open(folder, &key()).unwrap_err().code()
}

#[test]
fn an_empty_folder_with_a_chinese_name_becomes_a_desk_and_opens_again() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("衡鉴 专家 䶮");
    assert!(!Store::is_desk(&folder));
    used(&folder);
    assert!(Store::is_desk(&folder));
    let store = Store::open(&folder, &key()).unwrap();
    assert_eq!(settings::get(&store, "language").unwrap().as_deref(), Some("zh-CN"));
    assert!(folder.join("files").is_dir() && folder.join("backups").is_dir());
}

#[test]
fn every_commit_is_written_through_and_foreign_keys_hold() {
    let place = tempfile::tempdir().unwrap();
    used(place.path());
    let mut store = Store::open(place.path(), &key()).unwrap();
    let orphan = store.transact(AT, Op::PanelChanged, |tx| store::tables::panel_drafts::put(tx, "no-round", "{}"));
    assert!(matches!(orphan, Err(StoreError::Conflict { .. })));
    assert!(place.path().join("desk.db-wal").exists(), "the database keeps a write-ahead log");
}

#[test]
fn a_store_can_live_behind_a_mutex_of_another_thread() {
    fn sendable<T: Send>() {}
    sendable::<Store>();
}

#[test]
fn a_second_opening_is_refused_until_the_first_is_closed() {
    let place = tempfile::tempdir().unwrap();
    let first = Store::open(place.path(), &key()).unwrap();
    assert_eq!(refusal(place.path()), "store.in-use");
    drop(first);
    Store::open(place.path(), &key()).unwrap();
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let place = tempfile::tempdir().unwrap();
    used(place.path());
    raw(place.path(), "PRAGMA user_version = 999");
    let before = fs::read(place.path().join("desk.db")).unwrap();
    let error = Store::open(place.path(), &key()).unwrap_err();
    assert!(matches!(error, StoreError::TooNew { found: 999, .. }));
    assert_eq!(fs::read(place.path().join("desk.db")).unwrap(), before);
}

#[test]
fn a_database_of_another_application_is_refused_and_left_alone() {
    let place = tempfile::tempdir().unwrap();
    raw(place.path(), "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine')");
    let before = fs::read(place.path().join("desk.db")).unwrap();
    assert_eq!(refusal(place.path()), "store.not-a-desk");
    assert_eq!(fs::read(place.path().join("desk.db")).unwrap(), before);
}

#[test]
fn a_file_that_is_no_database_is_reported_and_kept() {
    let place = tempfile::tempdir().unwrap();
    let bytes = b"this is not SQLite, ".repeat(1000);
    fs::write(place.path().join("desk.db"), &bytes).unwrap();
    assert_eq!(refusal(place.path()), "store.damaged");
    assert_eq!(fs::read(place.path().join("desk.db")).unwrap(), bytes);
}

#[test]
fn a_damaged_page_is_reported_and_the_file_is_kept() {
    let place = tempfile::tempdir().unwrap();
    used(place.path());
    let path = place.path().join("desk.db");
    let mut bytes = fs::read(&path).unwrap();
    // The second page is the root of the first table.
    bytes[4096..4096 + 64].fill(0xA5);
    fs::write(&path, &bytes).unwrap();
    assert_eq!(refusal(place.path()), "store.damaged");
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_database_cut_in_half_is_reported_and_kept() {
    let place = tempfile::tempdir().unwrap();
    used(place.path());
    let path = place.path().join("desk.db");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(refusal(place.path()), "store.damaged");
    assert_eq!(fs::read(&path).unwrap(), &bytes[..bytes.len() / 2]);
}

#[test]
fn a_desk_whose_database_was_removed_or_emptied_gets_no_new_one() {
    let place = tempfile::tempdir().unwrap();
    used(place.path());
    Store::open(place.path(), &key()).unwrap().put_file(&b"a package"[..]).unwrap();
    let path = place.path().join("desk.db");
    fs::write(&path, b"").unwrap();
    assert_eq!(refusal(place.path()), "store.damaged");
    fs::remove_file(&path).unwrap();
    assert_eq!(refusal(place.path()), "store.database-missing");
    assert!(!path.exists());
}

#[test]
fn a_planted_trigger_is_refused_by_name() {
    let place = tempfile::tempdir().unwrap();
    used(place.path());
    raw(place.path(), "CREATE TRIGGER kind AFTER UPDATE ON scores BEGIN DELETE FROM scores; END");
    let error = Store::open(place.path(), &key()).unwrap_err();
    assert!(matches!(error, StoreError::SchemaAltered { object } if object == "trigger kind"));
}

#[test]
fn another_key_opens_nothing_and_alters_nothing() {
    let place = tempfile::tempdir().unwrap();
    used(place.path());
    let path = place.path().join("desk.db");
    let before = fs::read(&path).unwrap();
    let error = Store::open(place.path(), &StoreKey::from_bytes([0x5A; 32])).unwrap_err();
    assert_eq!(error.code(), "store.damaged");
    assert_eq!(fs::read(&path).unwrap(), before);
    Store::open(place.path(), &key()).unwrap();
}

#[test]
fn what_was_typed_stands_nowhere_in_the_folder_while_open_or_closed() {
    let place = tempfile::tempdir().unwrap();
    let mut store = Store::open(place.path(), &key()).unwrap();
    let canary = "金丝雀-canary-7f3a";
    store.transact(AT, Op::SettingChanged, |tx| settings::set(tx, "canary", canary)).unwrap();
    store.put_file(canary.repeat(1000).as_bytes()).unwrap();
    store.keep_backup().unwrap();
    let beside = store::Beside { name: "desk.keys", bytes: b"wrapped" };
    store.backup_to(&place.path().join("b.hjbackup"), &[beside]).unwrap();
    assert_eq!(holding(place.path(), canary.as_bytes()), Vec::<std::path::PathBuf>::new(), "while open, log and all");
    drop(store);
    assert_eq!(holding(place.path(), canary.as_bytes()), Vec::<std::path::PathBuf>::new(), "after closing");
    assert_eq!(holding(place.path(), b"wrapped").len(), 1, "the search does find what lies in plain");
}

/// Every file below `folder` that holds these bytes.
fn holding(folder: &Path, bytes: &[u8]) -> Vec<std::path::PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, bytes));
        } else if fs::read(&path).unwrap().windows(bytes.len()).any(|window| window == bytes) {
            found.push(path);
        }
    }
    found
}
