//! Passphrase and recovery key.

use std::fs;

use desk::{Desk, bureau};
use review::round::RoundKind;

use crate::fixture::{OTHER, PASSPHRASE, copy_folder, desk, holding, host, refusal};

/// Whether this passphrase unwraps the signing key: a round without centres is refused for that before anything is signed, so
/// the question is put through a change that needs the passphrase and nothing else.
fn accepts(desk: &mut Desk, passphrase: &str) -> bool {
    desk.change_passphrase(passphrase, passphrase).is_ok()
}

#[test]
fn the_recovery_key_is_given_once() {
    let (_folder, mut desk, recovery_key) = desk();
    assert_eq!(recovery_key.split('-').count(), 9);
    assert!(desk.take_recovery_key().is_none());
    let folder = desk.folder().to_owned();
    drop(desk);
    assert!(Desk::open(host(), &folder, PASSPHRASE).unwrap().take_recovery_key().is_none());
    let bare = recovery_key.replace('-', "");
    assert!(holding(&folder, recovery_key.as_bytes()).is_empty() && holding(&folder, bare.as_bytes()).is_empty());
}

#[test]
fn a_changed_passphrase_opens_and_signs_and_the_old_one_does_neither() {
    let (_folder, mut desk, _) = desk();
    assert_eq!(desk.change_passphrase(OTHER, PASSPHRASE).unwrap_err().code, "PASSPHRASE_WRONG");
    assert_eq!(desk.change_passphrase(PASSPHRASE, "短").unwrap_err().code, "PASSPHRASE_SHORT");
    desk.change_passphrase(PASSPHRASE, OTHER).unwrap();
    assert!(accepts(&mut desk, OTHER) && !accepts(&mut desk, PASSPHRASE));
    let folder = desk.folder().to_owned();
    drop(desk);
    assert_eq!(refusal(&folder, PASSPHRASE), "PASSPHRASE_WRONG");
    Desk::open(host(), &folder, OTHER).unwrap();
}

#[test]
fn with_the_recovery_key_a_forgotten_passphrase_is_replaced_and_the_signing_key_stays_the_same() {
    let (_folder, desk, recovery_key) = desk();
    let (folder, key) = (desk.folder().to_owned(), desk.person().key.clone());
    drop(desk);
    let open = |typed: &str, new: &str| Desk::open_with_recovery(host(), &folder, typed, new);
    let refused = |typed: &str, new: &str| open(typed, new).err().unwrap().code;
    assert_eq!(refused("", OTHER), "RECOVERY_KEY_LENGTH");
    assert_eq!(refused(&recovery_key.replace('-', "!"), OTHER), "RECOVERY_KEY_LENGTH");
    let (last, other) = (recovery_key.chars().last().unwrap(), if recovery_key.ends_with('0') { "1" } else { "0" });
    assert_eq!(
        refused(&format!("{}{other}", recovery_key.trim_end_matches(last)), OTHER).get(..12),
        Some("RECOVERY_KEY")
    );
    assert_eq!(refused(&recovery_key, "短"), "PASSPHRASE_SHORT");
    Desk::open(host(), &folder, PASSPHRASE).unwrap();

    let mut desk = open(&recovery_key.to_lowercase(), OTHER).unwrap();
    assert_eq!(desk.person().key, key);
    assert!(accepts(&mut desk, OTHER), "the signing key opens with the new passphrase");
    drop(desk);
    assert_eq!(refusal(&folder, PASSPHRASE), "PASSPHRASE_WRONG");
    Desk::open(host(), &folder, OTHER).unwrap();
    open(&recovery_key, PASSPHRASE).unwrap();
}

#[test]
fn a_renewed_recovery_key_takes_the_place_of_the_one_before() {
    let (_folder, mut desk, first) = desk();
    assert_eq!(desk.renew_recovery_key(OTHER).unwrap_err().code, "PASSPHRASE_WRONG");
    let second = desk.renew_recovery_key(PASSPHRASE).unwrap();
    let folder = desk.folder().to_owned();
    drop(desk);
    let refused = Desk::open_with_recovery(host(), &folder, &first, OTHER).err().unwrap();
    assert_eq!(refused.code, "RECOVERY_KEY_WRONG");
    Desk::open(host(), &folder, PASSPHRASE).unwrap();
    Desk::open_with_recovery(host(), &folder, &second, OTHER).unwrap();
}

#[test]
fn a_change_of_passphrase_that_broke_off_leaves_one_that_works() {
    let (place, mut desk, _) = desk();
    let folder = desk.folder().to_owned();
    // Before its one rename there is only the new file beside the old one; after it the change is done.
    let before = place.path().join("before");
    copy_folder(&folder, &before);
    desk.change_passphrase(PASSPHRASE, OTHER).unwrap();
    fs::copy(folder.join("desk.keys"), before.join("desk.keys.part")).unwrap();
    drop(desk);
    Desk::open(host(), &before, PASSPHRASE).unwrap();
    assert_eq!(refusal(&before, OTHER), "PASSPHRASE_WRONG");
    fs::rename(before.join("desk.keys.part"), before.join("desk.keys")).unwrap();
    Desk::open(host(), &before, OTHER).unwrap();
    assert_eq!(refusal(&before, PASSPHRASE), "PASSPHRASE_WRONG");
}

#[test]
fn after_several_wrong_passphrases_even_the_right_one_waits_its_turn() {
    let (_folder, desk, _) = desk();
    let folder = desk.folder().to_owned();
    drop(desk);
    let host = host();
    let open = |passphrase| Desk::open(std::sync::Arc::clone(&host), &folder, passphrase).err().map(|error| error.code);
    for _ in 0..3 {
        assert_eq!(open(OTHER).unwrap(), "PASSPHRASE_WRONG");
    }
    assert_eq!(open(PASSPHRASE).unwrap(), "PASSPHRASE_WAIT");
    // The clock of this host goes on by a second at each look.
    let waits = (0..5).take_while(|_| open(PASSPHRASE).is_some()).count();
    assert!(waits < 3, "{waits}");
    assert!(!folder.join("desk.tries").exists(), "the right one makes everything as at first");
}

#[test]
fn a_wrong_passphrase_at_signing_counts_like_one_at_the_door() {
    let (_folder, mut desk, _) = desk();
    for _ in 0..3 {
        assert!(!accepts(&mut desk, OTHER));
    }
    assert_eq!(desk.change_passphrase(PASSPHRASE, OTHER).unwrap_err().code, "PASSPHRASE_WAIT");
}

#[test]
fn damaged_or_missing_keys_are_told_from_a_wrong_passphrase() {
    let (_folder, desk, _) = desk();
    let (folder, keys) = (desk.folder().to_owned(), desk.folder().join("desk.keys"));
    drop(desk);
    let whole = fs::read(&keys).unwrap();
    for bytes in [&b""[..], b"{}", b"[]", &whole[..whole.len() / 2], &b"x".repeat(1 << 20)] {
        fs::write(&keys, bytes).unwrap();
        assert_eq!(refusal(&folder, PASSPHRASE), "DESK_DAMAGED");
    }
    let text = String::from_utf8(whole.clone()).unwrap();
    fs::write(&keys, text.replace("\"version\":1", "\"version\":9")).unwrap();
    assert_eq!(refusal(&folder, PASSPHRASE), "DESK_DAMAGED");
    fs::remove_file(&keys).unwrap();
    assert_eq!(refusal(&folder, PASSPHRASE), "DESK_DAMAGED");
    fs::write(&keys, &whole).unwrap();
    Desk::open(host(), &folder, PASSPHRASE).unwrap();
}

#[test]
fn the_keys_of_another_desk_open_nothing() {
    let ((_one, first, _), (_two, second, _)) = (desk(), desk());
    let (folder, other) = (first.folder().to_owned(), second.folder().to_owned());
    drop((first, second));
    fs::copy(other.join("desk.keys"), folder.join("desk.keys")).unwrap();
    assert_eq!(refusal(&folder, PASSPHRASE), "DESK_DAMAGED");
}

#[test]
fn an_open_desk_signs_nothing_without_the_passphrase() {
    let (place, mut desk, _) = desk();
    let round = bureau::round_new(
        &mut desk,
        &desk::dto::RoundInput {
            title: "测试轮次（示例）".to_owned(),
            kind: RoundKind::Evaluation,
            held_on: "2025-06-18".to_owned(),
            period_from: "2022-01-01".to_owned(),
            period_to: "2024-12-31".to_owned(),
            out_of_force_reason: String::new(),
        },
    )
    .unwrap();
    let folder = place.path().join("卷宗");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("申报书.pdf"), b"%PDF-1.4\n%%EOF\n").unwrap();
    let centre = desk::dto::CentreInput {
        name: "晋中市示例技术创新中心".to_owned(),
        host: desk::dto::UnitInput { name: "示例单位".to_owned(), code: String::new() },
        partners: vec![],
        previous_grade: None,
        facts: review::facts::Facts::default(),
    };
    let id = round.summary.id;
    bureau::add_centre(&mut desk, &id, &centre, &folder).unwrap();
    bureau::confirm_scheme(&mut desk, &id, "示例依据").unwrap();
    let out = place.path().join("轮次");
    assert_eq!(bureau::issue_round(&mut desk, &id, &out, OTHER).unwrap_err().code, "PASSPHRASE_WRONG");
    bureau::issue_round(&mut desk, &id, &out, PASSPHRASE).unwrap();
}
