//! Backups: whole, read back before they are called done, and brought back only into an empty place.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::Path};

use store::{
    Beside, Op, Store, StoreKey, restore,
    tables::{rounds, settings},
};

const AT: &str = "2025-06-01T09:00:00+08:00";

const KEYS: Beside<'_> = Beside { name: "desk.keys", bytes: b"the wrapped key" };

fn key() -> StoreKey {
    StoreKey::from_bytes([0xA5; 32])
}

fn change(store: &mut Store, value: &str) {
    store.transact(AT, Op::SettingChanged.on("language"), |tx| settings::set(tx, "language", value)).unwrap();
}

/// A desk with two changes, a package of several pieces and an empty document.
fn used(folder: &Path) -> (Store, String) {
    let mut store = Store::open(folder, &key()).unwrap();
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
    let made = store.backup_to(&file, &[KEYS]).unwrap();
    assert_eq!((made.files, made.head.clone()), (2, store.check_audit().unwrap()));
    assert_eq!(made.size, fs::metadata(&file).unwrap().len());

    let folder = place.path().join("新").join("桌面");
    restore(&file, &folder, &["desk.keys"]).unwrap();
    assert_eq!(fs::read(folder.join("desk.keys")).unwrap(), KEYS.bytes, "what opens it comes along");
    let back = Store::open(&folder, &key()).unwrap();
    assert_eq!(settings::get(&back, "language").unwrap().as_deref(), Some("zh-CN"));
    assert_eq!(back.check_audit().unwrap(), made.head);
    assert_eq!(back.files().all().unwrap(), store.files().all().unwrap());
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
    store.backup_to(&file, &[KEYS]).unwrap();
    restore(&file, &place.path().join("back"), &["desk.keys"]).unwrap();
    let back = Store::open(&place.path().join("back"), &key()).unwrap();
    assert_eq!(settings::get(&back, "language").unwrap().as_deref(), Some("late"));
}

#[test]
fn a_backup_is_one_file_that_never_replaces_another() {
    let place = tempfile::tempdir().unwrap();
    let (store, _) = used(&place.path().join("desk"));
    let stick = place.path().join("stick");
    fs::create_dir(&stick).unwrap();
    store.backup_to(&stick.join("b.hjbackup"), &[KEYS]).unwrap();
    let before = fs::read(stick.join("b.hjbackup")).unwrap();
    assert_eq!(store.backup_to(&stick.join("b.hjbackup"), &[KEYS]).unwrap_err().code(), "store.exists");
    assert_eq!(fs::read(stick.join("b.hjbackup")).unwrap(), before);
    assert_eq!(fs::read_dir(&stick).unwrap().count(), 1);
}

#[test]
fn a_file_found_altered_does_not_stop_the_backup_of_everything_else() {
    let place = tempfile::tempdir().unwrap();
    let (store, digest) = used(&place.path().join("desk"));
    fs::write(store.files().path(&digest).unwrap(), b"altered").unwrap();
    let made = store.backup_to(&place.path().join("b.hjbackup"), &[KEYS]).unwrap();
    // What was overwritten from its beginning no longer says which file it was: it is told by its name in the folder.
    let name = store.files().path(&digest).unwrap().file_stem().unwrap().to_str().unwrap().to_owned();
    assert_eq!((made.files, made.left_out), (1, vec![name]));
}

#[test]
fn restoring_over_an_existing_desk_is_refused_and_changes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("desk");
    let (mut store, _) = used(&folder);
    let file = place.path().join("b.hjbackup");
    store.backup_to(&file, &[KEYS]).unwrap();
    change(&mut store, "newer");
    assert_eq!(restore(&file, &folder, &["desk.keys"]).unwrap_err().code(), "store.folder-not-empty");
    assert_eq!(settings::get(&store, "language").unwrap().as_deref(), Some("newer"));
    drop(store);
    assert_eq!(restore(&file, &folder, &["desk.keys"]).unwrap_err().code(), "store.folder-not-empty");
    let store = Store::open(&folder, &key()).unwrap();
    assert_eq!(settings::get(&store, "language").unwrap().as_deref(), Some("newer"));
}

#[test]
fn restoring_into_an_empty_folder_is_allowed() {
    let place = tempfile::tempdir().unwrap();
    let (store, _) = used(&place.path().join("desk"));
    let file = place.path().join("b.hjbackup");
    store.backup_to(&file, &[KEYS]).unwrap();
    let empty = place.path().join("空");
    fs::create_dir(&empty).unwrap();
    restore(&file, &empty, &["desk.keys"]).unwrap();
    Store::open(&empty, &key()).unwrap();
}

#[test]
fn no_byte_of_a_backup_changes_unnoticed() {
    let place = tempfile::tempdir().unwrap();
    let mut store = Store::open(&place.path().join("desk"), &key()).unwrap();
    change(&mut store, "en");
    store.put_file(&b"dossier"[..]).unwrap();
    let file = place.path().join("b.hjbackup");
    store.backup_to(&file, &[KEYS]).unwrap();
    let whole = fs::read(&file).unwrap();
    let (damaged, back) = (place.path().join("damaged.hjbackup"), place.path().join("back"));
    for at in (0..whole.len()).step_by(997) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&damaged, &bytes).unwrap();
        if restore(&damaged, &back, &["desk.keys"]).is_ok() {
            // Bytes of the archive's own that carry nothing: what is unpacked is the desk.
            let opened = Store::open(&back, &key()).unwrap();
            assert_eq!(opened.check_audit().unwrap().seq, 1, "byte {at}");
            assert_eq!(opened.files().all().unwrap(), store.files().all().unwrap(), "byte {at}");
            drop(opened);
            fs::remove_dir_all(&back).unwrap();
        }
        assert!(!back.exists(), "byte {at}");
    }
}

#[test]
fn a_backup_cut_off_anywhere_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let (store, _) = used(&place.path().join("desk"));
    let file = place.path().join("b.hjbackup");
    store.backup_to(&file, &[KEYS]).unwrap();
    let whole = fs::read(&file).unwrap();
    for length in [1, 100, whole.len() / 2, whole.len() - 1] {
        fs::write(&file, &whole[..length]).unwrap();
        let error = restore(&file, &place.path().join("back"), &["desk.keys"]).unwrap_err();
        assert_eq!(error.code(), "store.not-a-backup", "{length}");
        assert!(!place.path().join("back").exists());
    }
}

/// A zip archive with these entries.
fn archive(file: &Path, entries: &[(&str, &[u8])], method: zip::CompressionMethod) {
    let mut zip = zip::ZipWriter::new(fs::File::create(file).unwrap());
    for (name, bytes) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default().compression_method(method)).unwrap();
        std::io::Write::write_all(&mut zip, bytes).unwrap();
    }
    zip.finish().unwrap();
}

#[test]
fn an_archive_with_anything_else_in_it_is_refused_and_nothing_is_unpacked() {
    let name = "ab".repeat(32);
    for odd in [
        "../evil".to_owned(),
        "/etc/evil".to_owned(),
        "C:\\evil".to_owned(),
        "desk.json.exe".to_owned(),
        "files/ab/../../../evil".to_owned(),
        format!("files/cd/{name}.age"),
        format!("files/ab/{name}"),
        "backups/desk.db".to_owned(),
    ] {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("b.hjbackup");
        archive(&file, &[("desk.db", b"x"), (&odd, b"y")], zip::CompressionMethod::Stored);
        let error = restore(&file, &place.path().join("sub/back"), &["desk.keys"]).unwrap_err();
        assert_eq!(error.code(), "store.not-a-backup", "{odd}");
        let left: Vec<_> = fs::read_dir(place.path().join("sub")).unwrap().collect();
        assert!(left.is_empty(), "{odd}: {left:?}");
    }
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("b.hjbackup");
    archive(&file, &[("desk.keys", b"x")], zip::CompressionMethod::Stored);
    let error = restore(&file, &place.path().join("back"), &["desk.keys"]).unwrap_err();
    assert_eq!(error.code(), "store.not-a-backup", "without a database");
}

#[test]
fn a_file_that_is_no_backup_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("b.hjbackup");
    let refused = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        restore(&file, &place.path().join("back"), &["desk.keys"]).unwrap_err().code()
    };
    assert_eq!(refused(&b"no database at all, though long enough to have a header".repeat(100)), "store.not-a-backup");
    assert_eq!(refused(b""), "store.not-a-backup");
    let none = restore(&place.path().join("none"), &place.path().join("back"), &["desk.keys"]).unwrap_err();
    assert_eq!(none.code(), "store.io");
}

#[test]
fn the_last_ten_copies_stay_in_rotation() {
    let place = tempfile::tempdir().unwrap();
    let mut store = Store::open(place.path(), &key()).unwrap();
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
    let error = restore(&kept[5], &back, &["desk.keys"]).unwrap_err();
    assert_eq!(error.code(), "store.not-a-backup", "without the wrapped key nobody could open it");
    fs::write(place.path().join("desk.keys"), KEYS.bytes).unwrap();
    restore(&kept[5], &back, &["desk.keys"]).unwrap();
    assert!(back.join("desk.keys").is_file());
    let back = Store::open(&back, &key()).unwrap();
    assert_eq!(settings::get(&back, "language").unwrap().as_deref(), Some("5"));
}

#[test]
fn a_backup_can_be_read_from_a_read_only_file() {
    let place = tempfile::tempdir().unwrap();
    let (store, _) = used(&place.path().join("desk"));
    let file = place.path().join("b.hjbackup");
    store.backup_to(&file, &[KEYS]).unwrap();
    let mut permissions = fs::metadata(&file).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&file, permissions).unwrap();
    restore(&file, &place.path().join("back"), &["desk.keys"]).unwrap();
    let mut back = Store::open(&place.path().join("back"), &key()).unwrap();
    change(&mut back, "writable");
    assert!(rounds::all(&back).unwrap().is_empty());
}
