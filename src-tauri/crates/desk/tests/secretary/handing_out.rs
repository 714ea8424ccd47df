//! Dossier packages.

use std::fs::File;

use desk::secretary;
use seal::packages::{Pack, check_dossiers, document_path};

use crate::fixture::{PASSPHRASE, Setting, UNITS};

#[test]
fn a_package_goes_from_the_kept_round_to_the_members_with_every_byte_sound() {
    let mut room = Setting::meeting(&UNITS);
    let out = room.setting.path("out");
    let mut heard = vec![];
    let desk = &mut room.setting.desk;
    let written =
        secretary::issue_packs(desk, "r-2024", &out, PASSPHRASE, &mut |done, total| heard.push((done, total)));
    let written = written.unwrap();
    let mut pack = Pack::open(File::open(&written.path).unwrap()).unwrap();
    check_dossiers(&mut pack.bag, &mut |_, _| {}).unwrap();
    assert_eq!(pack.handout.recipients.len(), 11);
    let path = document_path(&"c-3".parse().unwrap(), "申报书.pdf");
    assert_eq!(pack.bag.read(&path, 100).unwrap(), b"%PDF c-3");
    assert!(heard.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    assert_eq!(heard.last().map(|(done, total)| done == total), Some(true));
}

#[test]
fn without_a_roster_and_with_a_wrong_passphrase_nothing_is_handed_out() {
    let mut setting = Setting::with_cards(&UNITS);
    let out = setting.path("out");
    let refused = secretary::issue_packs(&mut setting.desk, "r-2024", &out, PASSPHRASE, &mut |_, _| {}).unwrap_err();
    assert_eq!(refused.code, "ROSTER_MISSING");
    let mut room = Setting::meeting(&UNITS);
    let refused =
        secretary::issue_packs(&mut room.setting.desk, "r-2024", &out, "不是这个口令", &mut |_, _| {}).unwrap_err();
    assert_eq!(refused.code, "PASSPHRASE_WRONG");
    assert!(!out.exists());
}
