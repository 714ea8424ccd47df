//! Compiling, signing and the chair's signature.

use std::{fs, path::PathBuf};

use desk::secretary;
use review::{scheme::Grade, sheet::FindingKind};
use seal::recount::{Trust, recount};

use crate::fixture::{PASSPHRASE, Room, Setting, UNITS, codes};

const ROUND: &str = "r-2024";

fn compile(room: &mut Room) -> desk::dto::CompileView {
    secretary::compile(&mut room.setting.desk, ROUND).unwrap()
}

/// The written file of that ending.
fn file(exported: &desk::dto::Exported, ending: &str) -> PathBuf {
    let found = exported.files.iter().find(|file| file.path.ends_with(ending));
    PathBuf::from(&found.unwrap().path)
}

#[test]
fn a_centre_with_a_missing_cell_is_not_compiled_and_the_result_not_signed() {
    let mut room = Setting::meeting(&UNITS);
    room.collect_all(&[(3, "c-2")]);
    let view = compile(&mut room);
    let centres: Vec<_> = view.grades.iter().map(|grade| grade.centre.as_str()).collect();
    assert_eq!(centres, ["c-1", "c-3"]);
    assert_eq!(view.problems.len(), 1);
    assert_eq!(view.problems[0].code, "CELL_MISSING");
    assert_eq!(view.problems[0].params["expert"], "专家3");
    assert_eq!(view.problems[0].params["centre"], "晋中市示例1技术创新中心");
    assert_eq!(room.sign().unwrap_err().code, "CELL_MISSING");
    assert_eq!(room.export("out").unwrap_err().code, "RESULT_NOT_SIGNED");
}

#[test]
fn a_cell_in_conflict_stops_its_centre_alone() {
    let mut room = Setting::meeting(&UNITS);
    room.collect_all(&[]);
    let other = room.sheet(5, "c-1").bytes();
    assert_eq!(codes(&room.collect("fork", &[("又.hjsheet", &other)])), ["SHEET_FORK"]);
    let view = compile(&mut room);
    assert_eq!(view.grades.len(), 2);
    assert_eq!(view.problems[0].code, "CELL_CONFLICT");
    assert_eq!(room.sign().unwrap_err().params["expert"], "专家5");
}

#[test]
fn of_nine_one_recuses_and_that_centre_is_refused_while_the_others_pass() {
    let mut room = Setting::meeting(&UNITS[..9]);
    room.collect_all(&[(4, "c-1")]);
    let recusal = room.sheet(4, "c-1").recusing().bytes();
    room.collect("recusal", &[("回避.hjsheet", &recusal)]);
    let cell = room.cell(4, "c-1");
    assert_eq!((cell.state.as_str(), cell.reason.as_str()), ("recused", "与该中心有合作项目"));
    let view = compile(&mut room);
    assert!(view.problems.is_empty());
    let status: Vec<_> = view.grades.iter().map(|grade| grade.status.as_str()).collect();
    assert_eq!(status, ["refused", "graded", "graded"]);
    assert_eq!(view.grades[0].composition.members, 8);
    assert_eq!(view.grades[0].composition.article, "第十一条");
    assert_eq!(view.grades[0].grade, None);
    room.sign().unwrap();
}

#[test]
fn grades_come_with_their_totals_and_agreement_beside() {
    let mut room = Setting::meeting(&UNITS);
    room.collect_all(&[]);
    let view = compile(&mut room);
    let grade = &view.grades[0];
    // Totals 84 to 89 for experts 0 to 5, then 84 to 88: 949 / 11.
    assert_eq!(grade.score.map(|score| score.hundredths()), Some(8627));
    assert_eq!((grade.grade, grade.totals.len()), (Some(Grade::Good), 11));
    assert!(grade.totals[0].from_host && !grade.totals[1].from_host);
    let agreement = view.agreement.unwrap();
    assert_eq!((agreement.raters, agreement.centres), (11, 3));
}

#[test]
fn a_finding_makes_unqualified_and_the_score_stays_beside_it() {
    let mut room = Setting::meeting(&UNITS);
    room.collect_all(&[]);
    let desk = &mut room.setting.desk;
    let view = secretary::record_finding(desk, ROUND, "c-1", FindingKind::FalseMaterial, "材料与事实不符，见核查记录");
    let finding = view.unwrap().findings[0].clone();
    assert_eq!((finding.kind.as_str(), finding.centre.as_str()), ("false_material", "c-1"));
    let grades = compile(&mut room).grades;
    assert_eq!((grades[0].grade, grades[0].by_score), (Some(Grade::Unqualified), Some(Grade::Good)));
    assert_eq!(grades[1].grade, Some(Grade::Good));
    let desk = &mut room.setting.desk;
    assert!(secretary::remove_finding(desk, ROUND, finding.id).unwrap().findings.is_empty());
    assert_eq!(secretary::remove_finding(desk, ROUND, finding.id).unwrap_err().code, "NOT_FOUND");
    assert_eq!(compile(&mut room).grades[0].grade, Some(Grade::Good));
}

#[test]
fn the_signed_result_recounts_and_signing_again_gives_the_same() {
    let mut room = Setting::meeting(&UNITS);
    room.collect_all(&[]);
    let signed = room.sign().unwrap();
    assert_eq!((signed.entries, signed.signatures), (33, 1));
    assert_eq!(room.sign().unwrap().digest_short, signed.digest_short);
    assert_eq!(compile(&mut room).signed.map(|s| s.digest_short), Some(signed.digest_short));
    let exported = room.export("out").unwrap();
    assert_eq!(exported.files.len(), 3);
    let bureau = [room.setting.bureau.person.key.clone()];
    let package = fs::File::open(file(&exported, ".hjresult")).unwrap();
    assert!(recount(package, Trust::Keys(&bureau), &mut |_, _| {}).awaits_chair());
    assert!(fs::read(file(&exported, ".pdf")).unwrap().starts_with(b"%PDF"));
    assert!(fs::read(file(&exported, ".xlsx")).unwrap().starts_with(b"PK"));
}

#[test]
fn what_changes_after_signing_makes_the_result_stale_until_it_is_signed_again() {
    let mut room = Setting::meeting(&UNITS);
    room.collect_all(&[]);
    let first = room.sign().unwrap();
    let old = room.export("old").unwrap();
    let chair = room.setting.experts[0].key.to_pkcs8();
    let chair = seal::key::SigningKey::from_pkcs8(&chair, &crate::fixture::random()).unwrap();
    let old_signed = room.countersigned(&file(&old, ".hjresult"), &chair);

    let sheet = fs::read(room.setting.path("sheets/c-1/评分表-2.hjsheet")).unwrap();
    let newer = room.sheet(2, "c-1").after(2, &[&sheet]).bytes();
    assert_eq!(room.collect("newer", &[("改.hjsheet", &newer)]).accepted, 1);
    assert!(compile(&mut room).signed.is_none());
    assert_eq!(room.export("out").unwrap_err().code, "RESULT_STALE");
    let second = room.sign().unwrap();
    assert_ne!(second.digest_short, first.digest_short);
    assert_eq!(second.entries, 34);
    room.export("out").unwrap();
    let report = room.collect("stale", &[("旧结果.hjresult", &old_signed)]);
    assert_eq!(codes(&report), ["RESULT_STALE"]);
}

#[test]
fn the_countersigned_result_comes_back_once_and_is_what_goes_to_the_bureau() {
    let mut room = Setting::meeting(&UNITS);
    room.collect_all(&[]);
    let signed = room.sign().unwrap();
    let exported = room.export("out").unwrap();
    let chair = room.setting.experts[0].key.to_pkcs8();
    let chair = seal::key::SigningKey::from_pkcs8(&chair, &crate::fixture::random()).unwrap();
    let bytes = room.countersigned(&file(&exported, ".hjresult"), &chair);
    assert_eq!(room.collect("back", &[("组长已签.hjresult", &bytes)]).accepted, 1);
    let rows = room.audit_rows();
    assert_eq!(room.collect("back", &[]).already_here, 1);
    assert_eq!(room.audit_rows(), rows);
    let view = compile(&mut room).signed.unwrap();
    assert_eq!((view.signatures, view.digest_short), (2, signed.digest_short));
    let exported = room.export("final").unwrap();
    assert_eq!(fs::read(file(&exported, "组长已签.hjresult")).unwrap(), bytes);
}

#[test]
fn a_result_signed_by_a_member_who_is_not_the_chair_or_altered_is_refused() {
    let mut room = Setting::meeting(&UNITS);
    room.collect_all(&[]);
    room.sign().unwrap();
    let exported = room.export("out").unwrap();
    let package = file(&exported, ".hjresult");
    let member = room.setting.experts[1].key.to_pkcs8();
    let member = seal::key::SigningKey::from_pkcs8(&member, &crate::fixture::random()).unwrap();
    let by_member = room.countersigned(&package, &member);
    let mut altered = fs::read(&package).unwrap();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    let report = room.collect("in", &[("1.hjresult", &by_member), ("2.hjresult", &altered)]);
    assert_eq!((report.accepted, report.problems.len()), (0, 2), "{report:?}");
    assert_eq!(codes(&report)[0], "RESULT_SIGNATURE_MISSING");
}

#[test]
fn a_wrong_passphrase_signs_nothing() {
    let mut room = Setting::meeting(&UNITS);
    room.collect_all(&[]);
    assert_ne!(PASSPHRASE, "不是这个口令");
    let refused = secretary::sign_result(&mut room.setting.desk, ROUND, "不是这个口令").unwrap_err();
    assert_eq!(refused.code, "PASSPHRASE_WRONG");
    assert!(compile(&mut room).signed.is_none());
}

#[test]
fn under_a_new_roster_there_is_a_new_result_and_the_earlier_one_does_not_stand_against_it() {
    let mut room = Setting::meeting(&UNITS);
    let chair = room.setting.experts[0].key.to_pkcs8();
    let chair = seal::key::SigningKey::from_pkcs8(&chair, &crate::fixture::random()).unwrap();
    for version in 1..=2 {
        if version == 2 {
            let mut roster = room.meeting.roster().value().clone();
            (roster.version, roster.previous) = (2, Some(room.meeting.roster().digest()));
            let roster = seal::jws::sign(&roster, &room.setting.bureau.key, &crate::fixture::random()).unwrap();
            let path = room.setting.path("名册二.hjroster");
            fs::write(&path, &roster).unwrap();
            secretary::import_roster(&mut room.setting.desk, &path).unwrap();
            room.meeting = seal::meeting::Meeting::read(room.setting.issued.clone(), &roster).unwrap();
            fs::remove_dir_all(room.setting.path("sheets")).unwrap();
        }
        room.collect_all(&[]);
        room.sign().unwrap();
        let exported = room.export(&format!("out-{version}")).unwrap();
        let bytes = room.countersigned(&file(&exported, ".hjresult"), &chair);
        let report = room.collect(&format!("back-{version}"), &[("组长已签.hjresult", &bytes)]);
        assert_eq!(report.accepted, 1, "roster {version}: {:?}", codes(&report));
    }
}
