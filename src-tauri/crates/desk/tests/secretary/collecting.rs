//! Collecting: each file stands or falls by itself.

use std::fs;

use desk::secretary;
use seal::{key::sha256, meeting::Meeting};

use crate::fixture::{CENTRES, PASSPHRASE, Room, Setting, Someone, UNITS, codes, unit};
use review::roster::Role;

const ROUND: &str = "r-2024";

fn room() -> Room {
    Setting::meeting(&UNITS)
}

#[test]
fn a_folder_of_folders_fills_the_matrix_and_pdfs_beside_are_passed_over() {
    let mut room = room();
    room.lay("sheets", &[("评分表.pdf", b"%PDF"), ("说明.txt", b"?"), ("._评分表.hjsheet", b"junk")]);
    room.collect_all(&[]);
    let view = room.view();
    assert_eq!((view.settled, view.cells, view.problems.len()), (33, 33, 0));
    assert!(view.centres.iter().all(|centre| centre.members == 11 && centre.violations.is_empty()));
    assert!(view.rows[0].chair);
    assert_eq!((view.rows[4].cells[1].state.as_str(), view.rows[4].cells[1].seq), ("scored", 1));
}

#[test]
fn importing_twice_changes_nothing() {
    let mut room = room();
    room.collect_all(&[]);
    let mut broken = room.sheet(0, "c-1").bytes();
    broken.pop();
    room.lay("sheets", &[("坏.hjsheet", &broken)]);
    let folder = room.setting.path("sheets");
    let first = secretary::collect(&mut room.setting.desk, ROUND, std::slice::from_ref(&folder)).unwrap();
    assert_eq!((first.accepted, first.already_here, first.problems.len()), (0, 33, 1));
    let rows = room.audit_rows();
    let again = secretary::collect(&mut room.setting.desk, ROUND, &[folder.clone(), folder]).unwrap();
    assert_eq!((again.accepted, again.already_here, again.problems.len()), (0, 33, 1));
    assert_eq!(again.problems[0].id, first.problems[0].id);
    assert_eq!(room.audit_rows(), rows);
    assert_eq!(room.view().problems.len(), 1);
}

#[test]
fn a_sheet_altered_in_any_byte_is_refused_and_the_rest_is_imported() {
    let mut room = room();
    let sheet = room.sheet(0, "c-1").bytes();
    let folder = room.lay("altered", &[]);
    // Every place is tried by the format's own tests; here every 97th of them stands for all.
    let places: Vec<usize> = (0..sheet.len()).step_by(97).collect();
    for place in &places {
        let mut altered = sheet.clone();
        altered[*place] ^= 1;
        fs::write(folder.join(format!("{place}.hjsheet")), altered).unwrap();
    }
    fs::write(folder.join("好.hjsheet"), room.sheet(1, "c-1").bytes()).unwrap();
    let report = secretary::collect(&mut room.setting.desk, ROUND, &[folder]).unwrap();
    assert_eq!(report.accepted, 1);
    assert_eq!(report.problems.len(), places.len());
    // A changed letter of the key id names a stranger; everything else is a flaw of the signed form.
    assert!(codes(&report).iter().all(|code| code.starts_with("JWS_") || *code == "SHEET_SIGNER"), "{report:?}");
    assert_eq!((room.cell(0, "c-1").state, room.cell(1, "c-1").state), ("missing".into(), "scored".into()));
}

#[test]
fn a_strangers_sheet_and_one_in_anothers_name_are_refused_by_name() {
    let mut room = room();
    let stranger = Someone::new("旁人", unit(5), Role::Expert);
    let card = room.setting.path("旁人.hjcard");
    fs::write(&card, &stranger.card).unwrap();
    secretary::import_cards(&mut room.setting.desk, &[card]).unwrap();
    let mut theirs = room.sheet(0, "c-1").change(|sheet| sheet.expert = stranger.person.key.clone());
    theirs.key = &stranger.key;
    let theirs = theirs.bytes();
    let in_anothers_name = room.sheet(2, "c-1").change(|sheet| sheet.expert = room.key_of(3).clone()).bytes();
    let good = room.sheet(4, "c-1").bytes();
    let files: [(&str, &[u8]); 3] = [("1.hjsheet", &theirs), ("2.hjsheet", &in_anothers_name), ("3.hjsheet", &good)];
    let report = room.collect("in", &files);
    assert_eq!(codes(&report), ["SHEET_SIGNER", "SHEET_SIGNER"]);
    assert_eq!(report.problems[0].error.params["expert"], "旁人");
    assert_eq!(report.problems[1].error.params["expert"], "专家2");
    assert_eq!(report.accepted, 1);
    assert_eq!(room.view().settled, 1);
}

#[test]
fn sheets_of_another_round_or_roster_have_their_own_codes() {
    let mut room = room();
    let other_round = room.sheet(0, "c-1").change(|sheet| sheet.binding.round_digest = sha256(b"other")).bytes();
    let other_roster = room.sheet(1, "c-1").change(|sheet| sheet.binding.roster_digest = sha256(b"other")).bytes();
    let other_dossier = room.sheet(2, "c-1").change(|sheet| sheet.dossier.version = 2).bytes();
    let no_centre = room.sheet(3, "c-1").change(|sheet| sheet.dossier.centre = "c-9".parse().unwrap()).bytes();
    let report = room.collect(
        "in",
        &[
            ("1.hjsheet", &other_round),
            ("2.hjsheet", &other_roster),
            ("3.hjsheet", &other_dossier),
            ("4.hjsheet", &no_centre),
        ],
    );
    let expected = ["SHEET_ROUND_MISMATCH", "SHEET_ROSTER_MISMATCH", "SHEET_DOSSIER_MISMATCH", "SHEET_CENTRE_UNKNOWN"];
    assert_eq!(codes(&report), expected);
    assert_eq!(report.problems[0].error.params["expert"], "专家0");
    assert!(report.problems.iter().all(|problem| !problem.quarantined && problem.id > 0));
}

#[test]
fn a_superseded_sheet_played_in_again_changes_nothing() {
    let mut room = room();
    let one = room.sheet(0, "c-1").bytes();
    let two = room.sheet(0, "c-1").after(2, &[&one]).bytes();
    let first = room.collect("in", &[("b.hjsheet", &one), ("a.hjsheet", &two)]);
    assert_eq!((first.accepted, first.problems.len()), (2, 0), "the order of names does not matter");
    let again = room.collect("again", &[("old.hjsheet", &one)]);
    assert_eq!((again.accepted, again.already_here, again.problems.len()), (0, 1, 0));
    assert_eq!(room.cell(0, "c-1").seq, 2);
}

#[test]
fn another_sheet_with_a_lower_seq_is_set_aside_as_a_replay() {
    let mut room = room();
    let one = room.sheet(0, "c-1").bytes();
    let two = room.sheet(0, "c-1").after(2, &[&one]).bytes();
    room.collect("in", &[("1.hjsheet", &one), ("2.hjsheet", &two)]);
    let other = room.sheet(0, "c-1").bytes();
    let report = room.collect("late", &[("迟到.hjsheet", &other)]);
    assert_eq!(codes(&report), ["SHEET_SEQ_REPLAYED"]);
    let params = &report.problems[0].error.params;
    assert_eq!((params["seq"].as_str(), params["newest"].as_str()), ("1", "2"));
    assert_eq!((params["expert"].as_str(), params["centre"].as_str()), ("专家0", "晋中市示例0技术创新中心"));
    assert!(report.problems[0].quarantined);
    assert_eq!(room.cell(0, "c-1").state, "conflict");
    let three = room.sheet(0, "c-1").after(3, &[&two, &other]).bytes();
    assert_eq!(room.collect("healed", &[("3.hjsheet", &three)]).accepted, 1);
    assert_eq!((room.cell(0, "c-1").seq, room.view().problems.len()), (3, 0));
}

#[test]
fn both_sides_of_a_fork_are_set_aside_until_a_sheet_supersedes_both() {
    let mut room = room();
    let (left, right) = (room.sheet(0, "c-1").bytes(), room.sheet(0, "c-1").bytes());
    let first = room.collect("in", &[("左.hjsheet", &left)]);
    assert_eq!(first.accepted, 1);
    let report = room.collect("in2", &[("右.hjsheet", &right)]);
    assert_eq!(codes(&report), ["SHEET_FORK"]);
    let view = room.view();
    assert_eq!(view.problems.len(), 2, "both sides are named");
    assert!(view.problems.iter().all(|problem| problem.quarantined && problem.error.params["seq"] == "1"));
    assert_eq!(room.cell(0, "c-1").state, "conflict");
    let both = room.sheet(0, "c-1").after(2, &[&left, &right]).bytes();
    let healed = room.collect("in3", &[("合.hjsheet", &both)]);
    assert_eq!((healed.accepted, healed.problems.len()), (1, 0));
    assert_eq!((room.cell(0, "c-1").state, room.cell(0, "c-1").seq), ("scored".into(), 2));
    assert!(room.view().problems.is_empty());
}

#[test]
fn a_gap_waits_for_the_missing_sheet() {
    let mut room = room();
    let one = room.sheet(0, "c-1").bytes();
    let two = room.sheet(0, "c-1").after(2, &[&one]).bytes();
    let report = room.collect("in", &[("2.hjsheet", &two)]);
    assert_eq!(codes(&report), ["SHEET_SEQ_GAP"]);
    assert_eq!(report.problems[0].error.params["expected"], "1");
    assert_eq!(room.collect("in2", &[("1.hjsheet", &one)]).accepted, 1);
    assert_eq!((room.cell(0, "c-1").seq, room.view().problems.len()), (2, 0));
}

#[test]
fn an_absence_is_recorded_only_where_nothing_is_and_a_sheet_outranks_it() {
    let mut room = room();
    let sheet = room.sheet(0, "c-1").bytes();
    room.collect("in", &[("1.hjsheet", &sheet)]);
    let (there, away) = (room.key_of(0).to_string(), room.key_of(1).to_string());
    let desk = &mut room.setting.desk;
    let refused = secretary::record_absence(desk, ROUND, &there, "c-1", "未到会", PASSPHRASE).unwrap_err();
    assert_eq!((refused.code.as_str(), refused.params["expert"].as_str()), ("ABSENCE_NOT_MISSING", "专家0"));
    let empty = secretary::record_absence(desk, ROUND, &away, "c-1", "  ", PASSPHRASE).unwrap_err();
    assert_eq!(empty.code, "TEXT_EMPTY");
    secretary::record_absence(desk, ROUND, &away, "c-1", "因病未到会", PASSPHRASE).unwrap();
    let cell = room.cell(1, "c-1");
    assert_eq!((cell.state.as_str(), cell.reason.as_str()), ("absent", "因病未到会"));
    let late = room.sheet(1, "c-1").bytes();
    assert_eq!(room.collect("late", &[("迟.hjsheet", &late)]).accepted, 1);
    assert_eq!(room.cell(1, "c-1").state, "scored");
}

#[test]
fn a_file_too_large_a_folder_of_junk_and_a_missing_path_are_refused_each() {
    let mut room = room();
    let folder =
        room.lay("in", &[("大.hjsheet", &vec![b'{'; 300 << 10]), ("空.hjsheet", b""), ("乱.hjabsence", b"{}")]);
    let sheet = room.sheet(0, "c-2").bytes();
    fs::write(folder.join("好.hjsheet"), sheet).unwrap();
    let gone = room.setting.path("不在.hjsheet");
    let report = secretary::collect(&mut room.setting.desk, ROUND, &[gone, folder]).unwrap();
    assert_eq!(report.accepted, 1);
    let mut found = codes(&report);
    found.sort_unstable();
    assert_eq!(found, ["IO", "JWS_FORM", "JWS_FORM", "JWS_TOO_LARGE"]);
}

#[test]
fn a_dismissed_problem_leaves_the_list_and_the_conflict_stays() {
    let mut room = room();
    let (left, right) = (room.sheet(0, "c-1").bytes(), room.sheet(0, "c-1").bytes());
    room.collect("in", &[("左.hjsheet", &left), ("右.hjsheet", &right)]);
    for problem in room.view().problems {
        secretary::dismiss_problem(&mut room.setting.desk, ROUND, problem.id).unwrap();
    }
    assert!(room.view().problems.is_empty());
    assert_eq!(room.cell(0, "c-1").state, "conflict");
}

#[test]
fn a_new_roster_sets_aside_what_was_signed_under_the_old() {
    let mut room = room();
    room.collect_all(&[]);
    let roster =
        room.setting.roster(Some(room.meeting.roster().digest()), &room.setting.issued, room.setting.desk.person());
    let path = room.setting.path("名册二.hjroster");
    fs::write(&path, &roster).unwrap();
    secretary::import_roster(&mut room.setting.desk, &path).unwrap();
    let view = room.view();
    assert_eq!((view.settled, view.problems.len()), (0, 33));
    assert!(view.problems.iter().all(|p| p.quarantined && p.error.code == "SHEET_ROSTER_MISMATCH"));
    room.meeting = Meeting::read(room.setting.issued.clone(), &roster).unwrap();
    let folder = room.lay("new", &[]);
    for centre in CENTRES {
        let sheet = room.sheet(0, centre).bytes();
        fs::write(folder.join(format!("{centre}.hjsheet")), sheet).unwrap();
    }
    assert_eq!(secretary::collect(&mut room.setting.desk, ROUND, &[folder]).unwrap().accepted, 3);
    assert_eq!(room.view().settled, 3);
}
