//! Backups: whole, read back before they are called done, and brought back only into an empty place.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::Path};

use rusqlite::Connection;
use store::{
    Op, Store, StoreError, restore,
    tables::{rounds, settings},
};

const AT: &str = "2025-06-01T09:00:00+08:00";

fn change(store: &mut Store, value: &str) {
    store.transact(AT, Op::SettingChanged.on("language"), |tx| settings::set(tx, "language", value)).unwrap();
}

/// A desk with two changes, a package of several pieces and an empty document.
fn used(folder: &Path) -> (Store, String) {
    let mut store = Store::open(folder).unwrap();
    change(&mut store, "en");
    change(&mut store, "zh-CN");
    let package: Vec<u8> = (0..2_500_000_u32).map(|number| number.to_le_bytes()[1]).collect();
    let digest = store.put_file(package.as_slice()).unwrap().digest;
    store.put_file(std::io::empty()).unwrap();
    (store, digest)
}

#[test]
fn a_backup_brought_back_is_the_same_desk_with_its_files() {
    let place = tempfile::tempdir().unwrap();
    let (store, digest) = used(&place.path().join("原桌面"));
    let file = place.path().join("备份 2025.hjbackup");
    let made = store.backup_to(&file).unwrap();
    assert_eq!((made.files, made.head.clone()), (2, store.check_audit().unwrap()));
    assert_eq!(made.size, fs::metadata(&file).unwrap().len());

    let folder = place.path().join("新").join("桌面");
    assert_eq!(restore(&file, &folder).unwrap(), made);
    let back = Store::open(&folder).unwrap();
    assert_eq!(settings::get(&back, "language").unwrap().as_deref(), Some("zh-CN"));
    assert_eq!(back.check_audit().unwrap(), made.head);
    assert_eq!(back.files().digests().unwrap(), store.files().digests().unwrap());
    assert_eq!(back.files().read(&digest).unwrap(), store.files().read(&digest).unwrap());
    let names: Vec<_> = fs::read_dir(folder.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(names, [folder], "nothing half unpacked stays");
}

#[test]
fn a_backup_holds_what_is_still_in_the_log() {
    let place = tempfile::tempdir().unwrap();
    let (mut store, _) = used(&place.path().join("desk"));
    change(&mut store, "late");
    let file = place.path().join("b.hjbackup");
    store.backup_to(&file).unwrap();
    restore(&file, &place.path().join("back")).unwrap();
    let back = Store::open(&place.path().join("back")).unwrap();
    assert_eq!(settings::get(&back, "language").unwrap().as_deref(), Some("late"));
}

#[test]
fn a_backup_is_one_file_that_never_replaces_another() {
    let place = tempfile::tempdir().unwrap();
    let (store, _) = used(&place.path().join("desk"));
    let stick = place.path().join("stick");
    fs::create_dir(&stick).unwrap();
    store.backup_to(&stick.join("b.hjbackup")).unwrap();
    let before = fs::read(stick.join("b.hjbackup")).unwrap();
    assert_eq!(store.backup_to(&stick.join("b.hjbackup")).unwrap_err().code(), "store.exists");
    assert_eq!(fs::read(stick.join("b.hjbackup")).unwrap(), before);
    assert_eq!(fs::read_dir(&stick).unwrap().count(), 1);
}

#[test]
fn a_file_found_altered_does_not_stop_the_backup_of_everything_else() {
    let place = tempfile::tempdir().unwrap();
    let (store, digest) = used(&place.path().join("desk"));
    fs::write(store.files().path(&digest).unwrap(), b"altered").unwrap();
    let made = store.backup_to(&place.path().join("b.hjbackup")).unwrap();
    assert_eq!((made.files, made.left_out), (1, vec![digest]));
}

#[test]
fn restoring_over_an_existing_desk_is_refused_and_changes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("desk");
    let (mut store, _) = used(&folder);
    let file = place.path().join("b.hjbackup");
    store.backup_to(&file).unwrap();
    change(&mut store, "newer");
    assert_eq!(restore(&file, &folder).unwrap_err().code(), "store.folder-not-empty");
    assert_eq!(settings::get(&store, "language").unwrap().as_deref(), Some("newer"));
    drop(store);
    assert_eq!(restore(&file, &folder).unwrap_err().code(), "store.folder-not-empty");
    let store = Store::open(&folder).unwrap();
    assert_eq!(settings::get(&store, "language").unwrap().as_deref(), Some("newer"));
}

#[test]
fn restoring_into_an_empty_folder_is_allowed() {
    let place = tempfile::tempdir().unwrap();
    let (store, _) = used(&place.path().join("desk"));
    let file = place.path().join("b.hjbackup");
    store.backup_to(&file).unwrap();
    let empty = place.path().join("空");
    fs::create_dir(&empty).unwrap();
    restore(&file, &empty).unwrap();
    Store::open(&empty).unwrap();
}

#[test]
fn a_backup_with_other_bytes_in_a_package_is_refused_by_its_digest() {
    let place = tempfile::tempdir().unwrap();
    let (store, digest) = used(&place.path().join("desk"));
    let file = place.path().join("b.hjbackup");
    store.backup_to(&file).unwrap();
    let conn = Connection::open(&file).unwrap();
    conn.execute("UPDATE backup_files SET bytes = zeroblob(length(bytes)) WHERE piece = 1", []).unwrap();
    drop(conn);
    let error = restore(&file, &place.path().join("back")).unwrap_err();
    assert!(matches!(error, StoreError::FileAltered { digest: found } if found == digest));
    assert!(!place.path().join("back").exists());
}

#[test]
fn a_backup_that_was_tampered_with_is_refused_for_its_own_reason() {
    for (sql, code) in [
        ("UPDATE audit SET op = 'decided' WHERE seq = 1", "store.audit-broken"),
        ("CREATE TRIGGER kind AFTER INSERT ON scores BEGIN DELETE FROM scores; END", "store.schema-altered"),
        ("CREATE VIEW kind AS SELECT 1", "store.schema-altered"),
        ("DROP TABLE decisions", "store.schema-altered"),
        ("PRAGMA user_version = 999", "store.too-new"),
        ("PRAGMA application_id = 1", "store.not-a-desk"),
        ("UPDATE backup_files SET digest = '../../../evil' WHERE piece = 1", "store.bad-digest"),
    ] {
        let place = tempfile::tempdir().unwrap();
        let (store, _) = used(&place.path().join("desk"));
        let file = place.path().join("b.hjbackup");
        store.backup_to(&file).unwrap();
        Connection::open(&file).unwrap().execute_batch(sql).unwrap();
        assert_eq!(restore(&file, &place.path().join("back")).unwrap_err().code(), code, "{sql}");
        assert!(!place.path().join("back").exists(), "{sql}");
    }
}

#[test]
fn a_file_that_is_no_backup_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("b.hjbackup");
    fs::write(&file, b"no database at all, though long enough to have a header".repeat(100)).unwrap();
    assert_eq!(restore(&file, &place.path().join("back")).unwrap_err().code(), "store.damaged");
    fs::write(&file, b"").unwrap();
    assert_eq!(restore(&file, &place.path().join("back")).unwrap_err().code(), "store.not-a-desk");
    assert_eq!(restore(&place.path().join("none"), &place.path().join("back")).unwrap_err().code(), "store.io");
}

#[test]
fn the_last_ten_copies_stay_in_rotation() {
    let place = tempfile::tempdir().unwrap();
    let mut store = Store::open(place.path()).unwrap();
    let mut kept = Vec::new();
    for number in 0..13 {
        change(&mut store, &number.to_string());
        kept.push(store.keep_backup().unwrap());
        assert_eq!(store.keep_backup().unwrap(), kept[kept.len() - 1], "unchanged, so the same copy");
    }
    let mut found: Vec<_> = fs::read_dir(place.path().join("backups")).unwrap().map(|e| e.unwrap().path()).collect();
    found.sort();
    assert_eq!(found, kept[3..]);

    let back = place.path().join("back");
    restore(&kept[5], &back).unwrap();
    let back = Store::open(&back).unwrap();
    assert_eq!(settings::get(&back, "language").unwrap().as_deref(), Some("5"));
}

#[test]
fn a_backup_can_be_read_from_a_read_only_file() {
    let place = tempfile::tempdir().unwrap();
    let (store, _) = used(&place.path().join("desk"));
    let file = place.path().join("b.hjbackup");
    store.backup_to(&file).unwrap();
    let mut permissions = fs::metadata(&file).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&file, permissions).unwrap();
    restore(&file, &place.path().join("back")).unwrap();
    let mut back = Store::open(&place.path().join("back")).unwrap();
    change(&mut back, "writable");
    assert!(rounds::all(&back).unwrap().is_empty());
}
