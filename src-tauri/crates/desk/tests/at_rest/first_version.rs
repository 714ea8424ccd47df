//! A desk of the first version, which lay on the disk unencrypted: `golden/first-version/` was made by it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use desk::{Desk, bureau, common};
use tempfile::TempDir;

use crate::fixture::{OTHER, copy_folder, holding, host, refusal};

pub(crate) const PASSPHRASE: &str = "第一版的示例口令";

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/first-version")
}

pub(crate) fn desk_of_the_first_version() -> (TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("桌面");
    copy_folder(&golden().join("desk"), &folder);
    assert!(!holding(&folder, "第一版的示例轮次".as_bytes()).is_empty(), "it lies in plain");
    assert_eq!(holding(&folder, b"canary-51d0").len(), 1);
    (place, folder)
}

fn is_whole_and_encrypted(desk: Desk) {
    let folder = desk.folder().to_owned();
    let rounds = bureau::rounds(&desk).unwrap();
    assert_eq!(rounds[0].title, "第一版的示例轮次");
    let draft = bureau::draft(&desk, &rounds[0].id).unwrap();
    assert_eq!(draft.centres[0].documents[0].name, "申报书.pdf");
    let check = common::check(&desk).unwrap();
    assert!(check.database_ok && check.audit_broken_at.is_none());
    assert_eq!((check.files, check.damaged_files), (1, 0));
    let trail: Vec<String> = common::audit_trail(&desk, 10).unwrap().into_iter().map(|row| row.op).collect();
    assert!(
        trail.iter().any(|op| op == "store-encrypted") && trail.iter().any(|op| op == "identity-made"),
        "{trail:?}"
    );
    drop(desk);
    for plain in ["第一版的示例轮次", "canary-51d0", "SQLite format 3"] {
        assert_eq!(holding(&folder, plain.as_bytes()), Vec::<PathBuf>::new(), "{plain}");
    }
}

#[test]
fn it_is_encrypted_when_its_passphrase_opens_it_and_nothing_of_it_stays_in_plain() {
    let (_place, folder) = desk_of_the_first_version();
    let mut desk = Desk::open(host(), &folder, PASSPHRASE).unwrap();
    let recovery_key = desk.take_recovery_key().unwrap();
    is_whole_and_encrypted(desk);
    Desk::open(host(), &folder, PASSPHRASE).unwrap();
    Desk::open_with_recovery(host(), &folder, &recovery_key, OTHER).unwrap();
}

#[test]
fn a_wrong_passphrase_leaves_it_as_it_was() {
    let (_place, folder) = desk_of_the_first_version();
    let before = fs::read(folder.join("desk.db")).unwrap();
    assert_eq!(refusal(&folder, OTHER), "PASSPHRASE_WRONG");
    assert_eq!(fs::read(folder.join("desk.db")).unwrap(), before);
    assert!(!folder.join("desk.keys").exists());
}

#[test]
fn an_attempt_that_broke_off_after_its_keys_were_made_goes_on_with_them() {
    let (place, folder) = desk_of_the_first_version();
    let first = place.path().join("先前");
    copy_folder(&folder, &first);
    drop(Desk::open(host(), &first, PASSPHRASE).unwrap());
    let keys = fs::read(first.join("desk.keys")).unwrap();
    fs::write(folder.join("desk.keys"), &keys).unwrap();
    let mut desk = Desk::open(host(), &folder, PASSPHRASE).unwrap();
    assert!(desk.take_recovery_key().is_some(), "the one that was never shown is replaced");
    is_whole_and_encrypted(desk);
}

#[test]
fn a_backup_of_the_first_version_is_restored_and_encrypted_at_its_first_opening() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("恢复");
    let entry = common::restore(&golden().join("备份.hjbackup"), &folder).unwrap();
    assert_eq!(entry.name, "示例市科学技术局");
    is_whole_and_encrypted(Desk::open(host(), &folder, PASSPHRASE).unwrap());
}
