//! Decisions on filed results, the register over the years, and what falls due.

use desk::{bureau, dto::RoundInput};
use review::{
    result::Consequence,
    round::RoundKind,
    scheme::Grade,
    sheet::{Finding, FindingKind},
};

use crate::{
    fixture::{Ballots, Bureau, People, START, code, input},
    results::{GOOD, Held},
};

/// 62 points: 基本合格.
const BARELY: [u32; 6] = [600, 1550, 1550, 950, 950, 600];
/// A total of 不合格.
const FAILING: [u32; 6] = [300, 800, 800, 500, 500, 300];

#[test]
fn a_decision_takes_grade_and_consequence_of_the_result() {
    let mut held = Held::new();
    let view = held.bureau.import(&held.write(&held.ballots.head(&held.meeting)));
    let desk = &mut held.bureau.desk;
    assert_eq!(code(bureau::decide(desk, "00", "c-01", "同意")), "NOT_FOUND");
    assert_eq!(code(bureau::decide(desk, &view.digest, "c-09", "同意")), "NOT_FOUND");
    let decision = bureau::decide(desk, &view.digest, "c-01", " 同意 ").unwrap();
    assert_eq!((decision.grade, decision.note.as_str()), (Some(Grade::Good), "同意"));
    assert_eq!(decision.consequence, Some(Consequence::NextEvaluation { year: 2028 }));
    let listed = bureau::results(desk).unwrap();
    assert_eq!(listed[0].decisions.len(), 1);
    assert_eq!(listed[0].decisions[0].centre_name, "晋中市示例甲技术创新中心");
    let register = bureau::register(desk).unwrap();
    assert_eq!((register.len(), register[0].host_name.as_str()), (1, "示例第0研究院"));
}

#[test]
fn what_is_decided_stands_whatever_is_said_later() {
    let mut held = Held::new();
    let view = held.bureau.import(&held.write(&held.ballots.head(&held.meeting)));
    let desk = &mut held.bureau.desk;
    let first = bureau::decide(desk, &view.digest, "c-01", "局务会同意").unwrap();
    let again = bureau::decide(desk, &view.digest, "c-01", "改为不同意").unwrap_err();
    assert_eq!(again.code, "ALREADY_DECIDED");
    assert_eq!(again.params["centre"], "晋中市示例甲技术创新中心");
    assert_eq!(again.params["at"], "2025-06-10", "says since when");
    let kept = &bureau::results(desk).unwrap()[0].decisions;
    assert_eq!((kept.len(), kept[0].note.as_str(), &kept[0].at), (1, "局务会同意", &first.at));
    bureau::decide(desk, &view.digest, "c-02", "局务会同意").unwrap();
}

#[test]
fn a_decision_says_on_what_ground() {
    let mut held = Held::new();
    let view = held.bureau.import(&held.write(&held.ballots.head(&held.meeting)));
    let desk = &mut held.bureau.desk;
    for (note, refused) in [("", "TEXT_EMPTY"), (" \n ", "TEXT_EMPTY"), (&"长".repeat(2001), "TEXT_LONG")] {
        let error = bureau::decide(desk, &view.digest, "c-01", note).unwrap_err();
        assert_eq!((error.code.as_str(), error.params["field"].as_str()), (refused, "note"));
    }
    assert!(bureau::results(desk).unwrap()[0].decisions.is_empty());
}

#[test]
fn a_centre_that_article_11_refused_cannot_be_decided_on() {
    let mut bureau = Bureau::new();
    let people = People::new(10, 2);
    let meeting = bureau.meeting(&people);
    // One recusal and one absence leave 8 of 10 for the first centre; the second keeps its 10.
    let ballots = Ballots::new(&people, &meeting, GOOD);
    let view = bureau.import(&ballots.write(&bureau.out, &people, &meeting, &ballots.head(&meeting)));
    assert!(view.filed, "{view:?}");
    assert_eq!((view.grades[0].status.as_str(), view.grades[1].status.as_str()), ("refused", "graded"));
    assert_eq!(code(bureau::decide(&mut bureau.desk, &view.digest, "c-01", "同意")), "PANEL_TOO_FEW");
    bureau::decide(&mut bureau.desk, &view.digest, "c-02", "同意").unwrap();
}

#[test]
fn rectification_next_evaluation_and_annual_reports_fall_due() {
    let mut held = Held::new();
    held.ballots = Ballots::new(&held.people, &held.meeting, BARELY);
    held.ballots.findings.push(Finding {
        centre: "c-02".parse().unwrap(),
        kind: FindingKind::FalseMaterial,
        evidence: "第3页与原件不符".to_owned(),
        recorded_at: START.parse().unwrap(),
    });
    let view = held.bureau.import(&held.write(&held.ballots.head(&held.meeting)));
    let desk = &mut held.bureau.desk;
    for centre in ["c-01", "c-02"] {
        bureau::decide(desk, &view.digest, centre, "同意").unwrap();
    }
    let due: Vec<_> = bureau::deadlines(desk)
        .unwrap()
        .into_iter()
        .map(|line| (line.kind, line.until, line.article, line.days_left))
        .collect();
    // The second centre is revoked: nothing falls due. 2025-06-10 is today.
    assert_eq!(
        due,
        [
            ("annual_report".to_owned(), "2026-01-31".to_owned(), "第二十条".to_owned(), 235),
            ("rectification".to_owned(), "2026-06-16".to_owned(), "第二十二条".to_owned(), 371),
        ]
    );
}

#[test]
fn an_establishment_round_is_published_for_five_working_days() {
    for (start, until, problem) in [
        // Tuesday; 1 to 8 October 2025 are off, Saturday the 11th is made up.
        ("2025-09-30T16:00:00+08:00", "2025-10-14", None),
        ("2026-12-30T16:00:00+08:00", "", Some("CALENDAR_OUTSIDE")),
    ] {
        let mut bureau = Bureau::at(start);
        let people = People::new(11, 0);
        // The second is issued after the measures' period.
        let out_of_force_reason = "沿用试行办法（示例）".to_owned();
        let round = RoundInput { kind: RoundKind::Establishment, out_of_force_reason, ..input() };
        let issued = bureau.issued_with(&round);
        let meeting = bureau.roster(&people, issued);
        let ballots = Ballots::new(&people, &meeting, GOOD);
        let view = bureau.import(&ballots.write(&bureau.out, &people, &meeting, &ballots.head(&meeting)));
        bureau::decide(&mut bureau.desk, &view.digest, "c-01", "拟通过").unwrap();
        let due = bureau::deadlines(&mut bureau.desk).unwrap();
        assert_eq!(due.len(), 1, "no annual report before the centre is established");
        assert_eq!((due[0].kind.as_str(), due[0].until.as_str()), ("public_notice", until));
        assert_eq!((due[0].article.as_str(), due[0].length), ("第七条第（五）项", 5));
        let readings: Vec<_> = due[0].readings.iter().map(|reading| reading.key.as_str()).collect();
        assert_eq!(readings, ["public_notice_passed", "public_notice_start", "public_notice_first_day"]);
        assert_eq!(due[0].problem.as_ref().map(|problem| problem.code.as_str()), problem);
    }
}

#[test]
fn an_establishment_round_in_which_every_centre_fails_has_nothing_to_publish() {
    let mut bureau = Bureau::new();
    let people = People::new(11, 0);
    let issued = bureau.issued_with(&RoundInput { kind: RoundKind::Establishment, ..input() });
    let meeting = bureau.roster(&people, issued);
    let ballots = Ballots::new(&people, &meeting, FAILING);
    let view = bureau.import(&ballots.write(&bureau.out, &people, &meeting, &ballots.head(&meeting)));
    for centre in ["c-01", "c-02"] {
        bureau::decide(&mut bureau.desk, &view.digest, centre, "不予通过").unwrap();
    }
    let due: Vec<_> = bureau::deadlines(&mut bureau.desk).unwrap().into_iter().map(|line| line.kind).collect();
    assert_eq!(due, [""; 0]);
}

#[test]
fn the_register_follows_a_centre_over_the_years() {
    let mut bureau = Bureau::new();
    let people = People::new(11, 0);
    for (title, scores) in [("2022年度", BARELY), ("2025年度", GOOD)] {
        let issued = bureau.issued_with(&RoundInput { title: title.to_owned(), ..input() });
        let meeting = bureau.roster(&people, issued);
        let ballots = Ballots::new(&people, &meeting, scores);
        let view = bureau.import(&ballots.write(&bureau.out, &people, &meeting, &ballots.head(&meeting)));
        bureau::decide(&mut bureau.desk, &view.digest, "c-01", "=HYPERLINK(\"x\")").unwrap();
    }
    let register = bureau::register(&bureau.desk).unwrap();
    assert_eq!(register.len(), 1);
    let years: Vec<_> = register[0].decisions.iter().map(|d| (d.round_title.as_str(), d.grade)).collect();
    assert_eq!(years, [("2022年度", Some(Grade::BasicallyQualified)), ("2025年度", Some(Grade::Good))]);
    let kinds: Vec<_> = bureau::deadlines(&mut bureau.desk).unwrap().into_iter().map(|line| line.kind).collect();
    assert_eq!(kinds, ["annual_report", "next_evaluation"], "only the newest decision counts");
    let written = bureau::export_register(&mut bureau.desk, &bureau.out.join("名录.xlsx")).unwrap();
    assert!(written.path.ends_with("名录.xlsx") && written.size > 1_000);
}

#[test]
fn the_summary_is_printed_from_the_kept_package() {
    let mut held = Held::new();
    let view = held.bureau.import(&held.write(&held.ballots.head(&held.meeting)));
    let out = held.bureau.out.join("汇总");
    let exported = bureau::export_result_files(&mut held.bureau.desk, &view.digest, &out).unwrap();
    let names: Vec<&str> = exported.files.iter().filter_map(|file| file.path.rsplit(['/', '\\']).next()).collect();
    assert_eq!(names, ["汇总表-2025年度定期评估（示例）.pdf", "汇总表-2025年度定期评估（示例）.xlsx"]);
    assert_eq!(code(bureau::export_result_files(&mut held.bureau.desk, "00", &out)), "NOT_FOUND");
}
