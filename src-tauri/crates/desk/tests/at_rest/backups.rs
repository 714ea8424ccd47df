//! A backup opens with what opened the desk, and with nothing else.

use std::{fs, path::Path};

use desk::{Desk, DeskError, common};

use crate::fixture::{OTHER, PASSPHRASE, desk, host, refusal};

fn restored(backup: &Path, folder: &Path) -> Result<(), DeskError> {
    common::restore(backup, folder).map(drop)
}

#[test]
fn a_restored_desk_opens_with_the_passphrase_and_says_that_it_was_restored() {
    let (place, mut desk, _) = desk();
    let file = place.path().join("备份.hjbackup");
    common::backup(&mut desk, &file).unwrap();
    let folder = place.path().join("恢复");
    let entry = common::restore(&file, &folder).unwrap();
    assert_eq!((entry.name.as_str(), entry.sample), ("示例人", false));
    assert_eq!(refusal(&folder, OTHER), "PASSPHRASE_WRONG");
    let back = Desk::open(host(), &folder, PASSPHRASE).unwrap();
    assert_eq!(back.person().key, desk.person().key);
    assert_eq!(common::audit_trail(&back, 1).unwrap()[0].op, "restored");
    drop(back);
    let back = Desk::open(host(), &folder, PASSPHRASE).unwrap();
    assert_eq!(common::audit_trail(&back, 10).unwrap().iter().filter(|row| row.op == "restored").count(), 1);
}

#[test]
fn a_restored_desk_opens_with_the_recovery_key() {
    let (place, mut desk, recovery_key) = desk();
    let (file, folder) = (place.path().join("备份.hjbackup"), place.path().join("恢复"));
    common::backup(&mut desk, &file).unwrap();
    restored(&file, &folder).unwrap();
    Desk::open_with_recovery(host(), &folder, &recovery_key, OTHER).unwrap();
    Desk::open(host(), &folder, OTHER).unwrap();
}

#[test]
fn a_backup_keeps_the_passphrase_of_its_day() {
    let (place, mut desk, _) = desk();
    let (file, folder) = (place.path().join("备份.hjbackup"), place.path().join("恢复"));
    common::backup(&mut desk, &file).unwrap();
    desk.change_passphrase(PASSPHRASE, OTHER).unwrap();
    restored(&file, &folder).unwrap();
    assert_eq!(refusal(&folder, OTHER), "PASSPHRASE_WRONG");
    Desk::open(host(), &folder, PASSPHRASE).unwrap();
}

#[test]
fn a_sample_desk_leaves_its_open_passphrase_out_of_a_backup() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("样例");
    let new = crate::fixture::new(&[review::roster::Role::Expert]);
    let mut desk = Desk::create(host(), &folder, &new, true).unwrap();
    let (file, back) = (place.path().join("备份.hjbackup"), place.path().join("恢复"));
    common::backup(&mut desk, &file).unwrap();
    restored(&file, &back).unwrap();
    assert_eq!(desk::sample_passphrase(&folder).as_deref(), Some(PASSPHRASE));
    assert_eq!(desk::sample_passphrase(&back), None);
    assert!(crate::fixture::holding(&back, PASSPHRASE.as_bytes()).is_empty());
}

#[test]
fn a_restored_desk_with_an_altered_database_is_refused_when_it_is_opened() {
    let (place, mut desk, _) = desk();
    let (file, folder) = (place.path().join("备份.hjbackup"), place.path().join("恢复"));
    common::backup(&mut desk, &file).unwrap();
    restored(&file, &folder).unwrap();
    let database = folder.join("desk.db");
    let mut bytes = fs::read(&database).unwrap();
    let last = bytes.len() - 2000;
    bytes[last] ^= 1;
    fs::write(&database, &bytes).unwrap();
    assert_eq!(refusal(&folder, PASSPHRASE), "DESK_DAMAGED");
    assert_eq!(fs::read(&database).unwrap(), bytes, "it is evidence");
}

#[test]
fn what_is_no_backup_is_refused_and_leaves_no_folder() {
    let place = tempfile::tempdir().unwrap();
    let (file, folder) = (place.path().join("备份.hjbackup"), place.path().join("恢复"));
    for bytes in [&b""[..], b"PK\x03\x04 and nothing else", b"SQLite format 3\0 and nothing else", b"text"] {
        fs::write(&file, bytes).unwrap();
        assert_eq!(restored(&file, &folder).unwrap_err().code, "BACKUP_INVALID");
        assert!(!folder.exists());
    }
}
