//! Taking in the round, cards and roster; Article 11.

use std::fs;

use desk::{DeskError, dto::PanelView, secretary};
use review::{roster::Role, unit::Unit};
use seal::packages::PanelFile;

use crate::fixture::{CENTRES, PASSPHRASE, Setting, Someone, UNITS, codes, issue, new_desk, unit};

const ROUND: &str = "r-2024";

fn set(setting: &mut Setting, members: &[usize]) -> PanelView {
    let input = setting.input(members);
    secretary::set_panel(&mut setting.desk, ROUND, &input).unwrap()
}

fn submit(setting: &mut Setting) -> Result<desk::dto::Written, DeskError> {
    let folder = setting.path("out");
    secretary::submit_panel(&mut setting.desk, ROUND, &folder, PASSPHRASE)
}

#[test]
fn the_round_shows_its_bureau_before_it_is_trusted_and_comes_in_once() {
    let mut setting = Setting::new(&UNITS);
    let shown = secretary::preview_round(&setting.desk, &setting.round_file).unwrap();
    assert_eq!(shown.bureau_key_short, setting.bureau.person.key.short());
    assert_eq!(shown.centres.len(), CENTRES.len());
    secretary::import_round(&mut setting.desk, &setting.round_file, &mut |_, _| {}).unwrap();
    let rows = desk::common::check(&setting.desk).unwrap();
    let again = secretary::import_round(&mut setting.desk, &setting.round_file, &mut |_, _| {}).unwrap();
    assert_eq!(again.summary.status, "received");
    let after = desk::common::check(&setting.desk).unwrap();
    assert_eq!((after.audit_rows, after.files), (rows.audit_rows, rows.files), "importing twice changes nothing");
}

#[test]
fn a_round_with_an_altered_dossier_is_refused_and_leaves_nothing() {
    let mut setting = Setting::new(&UNITS);
    let mut bytes = fs::read(&setting.round_file).unwrap();
    let place = bytes.windows(8).position(|piece| piece == b"%PDF c-2").unwrap();
    bytes[place] ^= 1;
    fs::write(&setting.round_file, bytes).unwrap();
    let refused = secretary::import_round(&mut setting.desk, &setting.round_file, &mut |_, _| {}).unwrap_err();
    assert_eq!(refused.code, "BAG_DIGEST");
    assert!(refused.params["path"].contains("c-2"), "{refused:?}");
    assert_eq!(desk::common::check(&setting.desk).unwrap().files, 0);
    assert_eq!(secretary::panel(&setting.desk, ROUND).unwrap_err().code, "NOT_FOUND");
}

#[test]
fn another_round_under_the_same_id_is_refused() {
    let mut setting = Setting::with_cards(&UNITS);
    let other = setting.path("另一轮.hjround");
    issue(&setting.bureau, |round| round.title.push('改'), &other);
    let refused = secretary::import_round(&mut setting.desk, &other, &mut |_, _| {}).unwrap_err();
    assert_eq!(refused.code, "ROUND_DIFFERENT");
}

#[test]
fn an_altered_card_is_refused_and_the_others_are_taken() {
    let mut setting = Setting::new(&UNITS);
    let folder = setting.path("cards");
    fs::create_dir(&folder).unwrap();
    let mut broken = setting.experts[0].card.clone();
    let middle = broken.len() / 2;
    broken[middle] = if broken[middle] == b'A' { b'B' } else { b'A' };
    fs::write(folder.join("1.hjcard"), broken).unwrap();
    fs::write(folder.join("2.hjcard"), &setting.experts[1].card).unwrap();
    fs::write(folder.join("说明.txt"), "旁边的文件").unwrap();
    let report = secretary::import_cards(&mut setting.desk, std::slice::from_ref(&folder)).unwrap();
    assert_eq!((report.accepted, report.problems.len()), (1, 1));
    assert_eq!(report.problems[0].file_name, "1.hjcard");
    let again = secretary::import_cards(&mut setting.desk, &[folder]).unwrap();
    assert_eq!((again.accepted, again.already_here), (0, 1));
}

#[test]
fn a_bureaus_card_is_taken_but_is_no_candidate() {
    let mut setting = Setting::with_cards(&UNITS);
    let path = setting.path("科技局.hjcard");
    fs::write(&path, &setting.bureau.card).unwrap();
    assert_eq!(secretary::import_cards(&mut setting.desk, &[path]).unwrap().accepted, 1);
    assert_eq!(secretary::panel(&setting.desk, ROUND).unwrap().candidates.len(), UNITS.len());
}

#[test]
fn eight_members_are_refused_and_nine_pass() {
    let mut setting = Setting::with_cards(&UNITS);
    let eight = set(&mut setting, &[0, 1, 2, 3, 4, 5, 6, 7]);
    assert!(!eight.lawful);
    let refused = submit(&mut setting).unwrap_err();
    assert_eq!(refused.code, "PANEL_TOO_FEW");
    assert_eq!((refused.params["members"].as_str(), refused.params["required"].as_str()), ("8", "9"));
    assert!(set(&mut setting, &[0, 1, 2, 3, 4, 5, 6, 7, 8]).lawful);
    submit(&mut setting).unwrap();
}

#[test]
fn three_of_nine_from_the_host_pass_and_four_are_refused_by_name() {
    let mut setting = Setting::with_cards(&[0, 0, 0, 3, 4, 5, 6, 7, 1, 0]);
    let three = set(&mut setting, &[0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert!(three.lawful);
    assert_eq!((three.compositions[0].members, three.compositions[0].host), (9, 3));
    let four = set(&mut setting, &[0, 1, 2, 3, 4, 5, 6, 7, 9]);
    assert!(!four.lawful);
    assert!(four.compositions[1].violations.is_empty(), "each centre has its own host");
    let refused = submit(&mut setting).unwrap_err();
    assert_eq!(refused.code, "PANEL_TOO_MANY_FROM_HOST");
    assert_eq!(refused.params["hosts"], "专家0、专家1、专家2、专家9");
    assert_eq!(refused.params["centre"], "晋中市示例0技术创新中心");
    assert_eq!((refused.params["host"].as_str(), refused.params["allowed"].as_str()), ("4", "3"));
}

#[test]
fn the_host_unit_under_another_spelling_is_counted() {
    let mut setting = Setting::with_cards(&[0, 0, 0, 3, 4, 5, 6, 7]);
    let spelt = Someone::new("专家甲", Unit { name: " 示例单位０".to_owned(), code: None }, Role::Expert);
    let path = setting.path("又一.hjcard");
    fs::write(&path, &spelt.card).unwrap();
    secretary::import_cards(&mut setting.desk, &[path]).unwrap();
    setting.experts.push(spelt);
    let view = set(&mut setting, &[0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(view.compositions[0].host, 4);
    assert_eq!(view.compositions[0].by_name_only, ["专家甲"]);
    assert_eq!(submit(&mut setting).unwrap_err().code, "PANEL_TOO_MANY_FROM_HOST");
}

#[test]
fn the_same_key_and_the_same_person_twice_are_refused() {
    let mut setting = Setting::with_cards(&UNITS);
    let twice = set(&mut setting, &[0, 1, 2, 3, 4, 5, 6, 7, 7]);
    assert_eq!(twice.problems[0].code, "PANEL_SAME_KEY");
    assert_eq!(submit(&mut setting).unwrap_err().params["name"], "专家7");

    let second_card = Someone::new("专家7", unit(7), Role::Expert);
    let path = setting.path("又一.hjcard");
    fs::write(&path, &second_card.card).unwrap();
    secretary::import_cards(&mut setting.desk, &[path]).unwrap();
    setting.experts.push(second_card);
    set(&mut setting, &[0, 1, 2, 3, 4, 5, 6, 7, 11]);
    let refused = submit(&mut setting).unwrap_err();
    assert_eq!((refused.code.as_str(), refused.params["name"].as_str()), ("PANEL_SAME_PERSON", "专家7"));
}

#[test]
fn a_panel_without_a_chair_or_with_six_years_is_refused() {
    let mut setting = Setting::with_cards(&UNITS);
    let mut input = setting.input(&[0, 1, 2, 3, 4, 5, 6, 7, 8]);
    input.term_to = "2030-06-18".to_owned();
    input.chair = setting.experts[9].person.key.to_string();
    let view = secretary::set_panel(&mut setting.desk, ROUND, &input).unwrap();
    let found: Vec<_> = view.problems.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(found, ["PANEL_TERM", "PANEL_NO_CHAIR"]);
    assert!(submit(&mut setting).is_err());
}

#[test]
fn the_panel_file_carries_every_card_and_verifies() {
    let mut setting = Setting::with_cards(&UNITS);
    set(&mut setting, &[0, 1, 2, 3, 4, 5, 6, 7, 8]);
    let written = submit(&mut setting).unwrap();
    assert!(written.path.ends_with(".hjpanel"), "{}", written.path);
    let file = PanelFile::read(fs::File::open(&written.path).unwrap()).unwrap();
    assert_eq!(file.members.len(), 9);
    assert_eq!(file.secretary.person, *setting.desk.person());
    setting.issued.check_panel(&file.panel).unwrap();
}

#[test]
fn an_older_roster_is_refused_and_the_same_one_changes_nothing() {
    let mut room = Setting::meeting(&UNITS);
    let stranger =
        room.setting.roster(Some(review::ids::Digest([7; 32])), &room.setting.issued, room.setting.desk.person());
    let path = room.setting.path("history.hjroster");
    fs::write(&path, stranger).unwrap();
    assert_eq!(secretary::import_roster(&mut room.setting.desk, &path).unwrap_err().code, "ROSTER_HISTORY");
    let two =
        room.setting.roster(Some(room.meeting.roster().digest()), &room.setting.issued, room.setting.desk.person());
    let path = room.setting.path("名册二.hjroster");
    fs::write(&path, two).unwrap();
    assert_eq!(secretary::import_roster(&mut room.setting.desk, &path).unwrap().roster_version, 2);
    let rows = room.audit_rows();
    secretary::import_roster(&mut room.setting.desk, &path).unwrap();
    assert_eq!(room.audit_rows(), rows);
    let old = room.setting.path("名册.hjroster");
    let refused = secretary::import_roster(&mut room.setting.desk, &old).unwrap_err();
    assert_eq!(refused.code, "ROSTER_ROLLBACK");
    assert_eq!((refused.params["version"].as_str(), refused.params["newest"].as_str()), ("1", "2"));
}

#[test]
fn a_roster_for_another_secretary_bureau_or_round_is_refused() {
    let mut setting = Setting::with_cards(&UNITS);
    let mut refusal = |name: &str, bytes: Vec<u8>| {
        let path = setting.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        secretary::import_roster(&mut setting.desk, &path).unwrap_err().code
    };
    let stranger = Setting::new(&UNITS);
    let theirs = stranger.roster(None, &stranger.issued, stranger.desk.person());
    assert_eq!(refusal("1.hjroster", theirs), "BUREAU_UNKNOWN");

    let other_desk = new_desk(&stranger.path("another"));
    let other_secretary = setting_roster(&setting, other_desk.person());
    assert_eq!(write_refused(&mut setting, "2.hjroster", other_secretary), "NOT_A_MEMBER");

    let other_round = setting.path("另一轮.hjround");
    let issued = issue(&setting.bureau, |round| round.id = "r-2025".parse().unwrap(), &other_round);
    let roster = setting.roster(None, &issued, setting.desk.person());
    assert_eq!(write_refused(&mut setting, "3.hjroster", roster), "ROSTER_ROUND_MISMATCH");
}

fn setting_roster(setting: &Setting, secretary: &review::roster::Person) -> Vec<u8> {
    setting.roster(None, &setting.issued, secretary)
}

fn write_refused(setting: &mut Setting, name: &str, bytes: Vec<u8>) -> String {
    let path = setting.path(name);
    fs::write(&path, bytes).unwrap();
    secretary::import_roster(&mut setting.desk, &path).unwrap_err().code
}

#[test]
fn a_file_of_another_kind_is_refused_and_a_pdf_beside_is_passed_over() {
    let mut setting = Setting::with_cards(&UNITS);
    let (word, pdf) = (setting.path("名单.docx"), setting.path("名片.pdf"));
    fs::write(&word, "PK").unwrap();
    fs::write(&pdf, "%PDF").unwrap();
    let report = secretary::import_cards(&mut setting.desk, &[word, pdf]).unwrap();
    assert_eq!(codes(&report), ["WRONG_FILE_KIND"]);
}
