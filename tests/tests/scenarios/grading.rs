//! From totals to grades and what follows: band edges, the declared rounding, findings, dates, establishment.

use desk::{bureau, dto::GradeView, secretary};
use review::{
    facts::Facts,
    points::Points,
    result::Consequence,
    round::RoundKind,
    scheme::{Grade, Method, Rounding, Scheme},
    sheet::FindingKind,
};
use std::fs;

use crate::fixture::{Hall, Plan, centre, sheet, signed, split};

/// A meeting of which the experts' totals for each centre are given, to the hundredth.
fn graded(mut plan: Plan, totals: &[Vec<u32>]) -> (Hall, Vec<GradeView>) {
    plan.hosts = Plan::of(0, totals.len()).hosts;
    plan.experts = Plan::of(totals[0].len(), 0).experts;
    let mut hall = Hall::issued(&plan);
    hall.seat(&(0..plan.experts.len()).collect::<Vec<_>>());
    let (meeting, stick) = (hall.meeting(), hall.place("优盘"));
    fs::create_dir(&stick).unwrap();
    for (place, totals) in totals.iter().enumerate() {
        for (expert, total) in totals.iter().enumerate() {
            let bytes = signed(&sheet(&meeting, expert, place, split(*total)), &hall.keys.experts[expert]);
            fs::write(stick.join(format!("{place}-{expert}.hjsheet")), bytes).unwrap();
        }
    }
    hall.collect();
    let grades = hall.compile().grades;
    (hall, grades)
}

/// The smallest step, so that every hundredth can be given.
fn fine(scheme: &mut Scheme) {
    scheme.step = Points::from_hundredths(1);
}

fn hundredths(grade: &GradeView) -> u32 {
    grade.score.unwrap().hundredths()
}

#[test]
fn each_band_begins_exactly_at_its_bound_and_a_hundredth_below_is_the_next() {
    let edges = [
        (10_000, Grade::Excellent),
        (9000, Grade::Excellent),
        (8999, Grade::Good),
        (8000, Grade::Good),
        (7999, Grade::Qualified),
        (7000, Grade::Qualified),
        (6999, Grade::BasicallyQualified),
        (6000, Grade::BasicallyQualified),
        (5999, Grade::Unqualified),
        (0, Grade::Unqualified),
    ];
    let totals: Vec<Vec<u32>> = edges.iter().map(|(total, _)| vec![*total; 9]).collect();
    let (mut hall, grades) = graded(Plan { scheme: fine, ..Plan::of(0, 0) }, &totals);
    for ((total, grade), found) in edges.iter().zip(&grades) {
        assert_eq!((hundredths(found), found.by_score, found.grade), (*total, Some(*grade), Some(*grade)), "{total}");
        let consequence = match grade {
            Grade::Unqualified => Consequence::Revocation,
            Grade::BasicallyQualified => Consequence::Rectification { until: "2026-06-18".parse().unwrap() },
            _ => Consequence::NextEvaluation { year: 2028 },
        };
        assert_eq!(found.consequence, Some(consequence), "{total}");
    }
    // The same edges, as the bureau recomputes them from the signed sheets.
    hall.hand_out();
    let (result, _) = hall.sign_result().unwrap();
    let view = hall.import(&result);
    assert!(view.filed);
    assert_eq!(view.grades.iter().map(|grade| grade.grade.unwrap()).collect::<Vec<_>>(), edges.map(|(_, grade)| grade));
}

/// Ten totals whose mean is 89.995, 90.005 and 89.9949.
fn around_ninety() -> Vec<Vec<u32>> {
    let totals = |odd: u32| [vec![9000; 5], vec![odd; 5]].concat();
    vec![totals(8999), totals(9001), [vec![9000; 4], vec![8999; 6]].concat()]
}

#[test]
fn the_declared_rounding_decides_at_the_half_and_nowhere_else() {
    fn half_up(scheme: &mut Scheme) {
        fine(scheme);
        scheme.rounding = Rounding::HalfUp;
    }
    fn half_even(scheme: &mut Scheme) {
        fine(scheme);
        scheme.rounding = Rounding::HalfEven;
    }
    fn down(scheme: &mut Scheme) {
        fine(scheme);
        scheme.rounding = Rounding::Down;
    }
    type Declared = fn(&mut Scheme);
    let declared: [(Declared, [u32; 3], [Grade; 3]); 3] = [
        (half_up, [9000, 9001, 8999], [Grade::Excellent, Grade::Excellent, Grade::Good]),
        (half_even, [9000, 9000, 8999], [Grade::Excellent, Grade::Excellent, Grade::Good]),
        (down, [8999, 9000, 8999], [Grade::Good, Grade::Excellent, Grade::Good]),
    ];
    for (scheme, scores, expected) in declared {
        let (_, grades) = graded(Plan { scheme, ..Plan::of(0, 0) }, &around_ninety());
        assert_eq!([0, 1, 2].map(|place| hundredths(&grades[place])), scores);
        assert_eq!([0, 1, 2].map(|place| grades[place].grade.unwrap()), expected);
    }
}

#[test]
fn median_and_trimmed_mean_are_declared_options_and_the_others_are_shown_beside() {
    fn median(scheme: &mut Scheme) {
        scheme.method = Method::Median;
    }
    fn trimmed(scheme: &mut Scheme) {
        scheme.method = Method::TrimmedMean;
    }
    // One expert gives nothing at all; the mean falls a grade for it.
    let totals = vec![[vec![0], vec![9000; 8]].concat()];
    let (_, grades) = graded(Plan::of(0, 0), &totals);
    assert_eq!((hundredths(&grades[0]), grades[0].grade), (8000, Some(Grade::Good)));
    let sensitive: Vec<_> =
        grades[0].sensitive_to.iter().map(|s| (s.kind.as_str(), s.what.as_str(), s.grade)).collect();
    assert!(sensitive.contains(&("without_expert", "专家00", Grade::Excellent)), "{sensitive:?}");
    for scheme in [median, trimmed] {
        let (_, grades) = graded(Plan { scheme, ..Plan::of(0, 0) }, &totals);
        assert_eq!((hundredths(&grades[0]), grades[0].grade), (9000, Some(Grade::Excellent)));
    }
}

#[test]
fn a_round_held_on_29_february_gives_until_28_february_of_the_next_year() {
    let plan = Plan { held_on: "2024-02-29", ..Plan::of(0, 0) };
    let (mut hall, grades) = graded(plan, &[vec![6000; 9], vec![9000; 9]]);
    let until = "2025-02-28".parse().unwrap();
    assert_eq!(grades[0].consequence, Some(Consequence::Rectification { until }));
    assert_eq!(grades[1].consequence, Some(Consequence::NextEvaluation { year: 2027 }));
    hall.hand_out();
    let (result, _) = hall.sign_result().unwrap();
    let view = hall.import(&result);
    assert!(view.filed, "the bureau computes the same day");
    bureau::decide(&mut hall.bureau, &view.digest, &centre(0), "同意").unwrap();
    let due = bureau::deadlines(&mut hall.bureau).unwrap();
    assert!(due.iter().any(|line| line.kind == "rectification" && line.until == "2025-02-28"), "{due:?}");
}

#[test]
fn a_finding_makes_unqualified_whatever_the_score_and_the_score_stays_beside_it() {
    for kind in [FindingKind::AbsentWithoutReason, FindingKind::FalseMaterial, FindingKind::Interference] {
        let (mut hall, before) = graded(Plan::of(0, 0), &[vec![9500; 9], vec![9500; 9]]);
        assert_eq!(before[0].grade, Some(Grade::Excellent));
        let round = hall.round.clone();
        secretary::record_finding(hall.secretary(), &round, &centre(0), kind, "审计报告与原件不符，见附件。").unwrap();
        let grades = hall.compile().grades;
        assert_eq!(grades[0].grade, Some(Grade::Unqualified));
        assert_eq!((grades[0].score, grades[0].by_score), (Some(Points::whole(95)), Some(Grade::Excellent)));
        assert_eq!(grades[0].consequence, Some(Consequence::Revocation));
        assert_eq!(grades[0].findings.len(), 1);
        assert_eq!(grades[1].grade, Some(Grade::Excellent), "the other centre has none");
        hall.hand_out();
        let (result, _) = hall.sign_result().unwrap();
        let view = hall.import(&result);
        assert!(view.filed);
        assert_eq!((view.grades[0].grade, view.grades[0].by_score), (Some(Grade::Unqualified), Some(Grade::Excellent)));
        assert_eq!(view.grades[0].findings[0].evidence, "审计报告与原件不符，见附件。");
    }
}

#[test]
fn a_finding_without_evidence_is_not_recorded_and_one_taken_back_no_longer_counts() {
    let (mut hall, _) = graded(Plan::of(0, 0), &[vec![9500; 9]]);
    let (round, kind) = (hall.round.clone(), FindingKind::FalseMaterial);
    let bare = secretary::record_finding(hall.secretary(), &round, &centre(0), kind, "  ").unwrap_err();
    assert_eq!(bare.code, "TEXT_EMPTY");
    let view = secretary::record_finding(hall.secretary(), &round, &centre(0), kind, "证据").unwrap();
    secretary::remove_finding(hall.secretary(), &round, view.findings[0].id).unwrap();
    assert_eq!(hall.compile().grades[0].grade, Some(Grade::Excellent));
}

#[test]
fn a_finding_stands_where_the_effective_panel_is_too_small_to_score() {
    let mut hall = Hall::ready(&Plan::of(9, 1));
    for expert in 0..8 {
        hall.vote(expert, 0, 9000);
    }
    hall.recuse(8, 0);
    hall.collect();
    let round = hall.round.clone();
    let kind = FindingKind::AbsentWithoutReason;
    secretary::record_finding(hall.secretary(), &round, &centre(0), kind, "经三次书面通知未到会。").unwrap();
    let grade = &hall.compile().grades[0];
    assert_eq!((grade.status.as_str(), grade.grade, grade.score), ("by_finding", Some(Grade::Unqualified), None));
    let (result, _) = hall.sign_result().unwrap();
    let view = hall.import(&result);
    assert!(view.filed);
    assert_eq!(view.grades[0].consequence, Some(Consequence::Revocation));
}

#[test]
fn an_establishment_round_revokes_nothing_and_shows_the_conditions_of_article_8() {
    let facts = Facts { applicants: Some(3), area_m2: Some(999), staff: Some(25), ..Facts::default() };
    let plan = Plan { kind: RoundKind::Establishment, facts, ..Plan::of(0, 0) };
    let (mut hall, grades) = graded(plan, &[vec![3000; 9], vec![9500; 9]]);
    for grade in &grades {
        assert_eq!(grade.consequence, Some(Consequence::Establishment), "the measures set no pass mark");
    }
    let view = bureau::round_view(&hall.bureau, &hall.round).unwrap();
    let verdicts: Vec<&str> = view.centres[0].conditions.iter().map(|line| line.verdict.as_str()).collect();
    assert!(["met", "not_met", "not_stated"].iter().all(|verdict| verdicts.contains(verdict)), "{verdicts:?}");
    assert!(view.centres[0].conditions.iter().all(|line| line.article.starts_with("第八条")));

    hall.hand_out();
    let (result, _) = hall.sign_result().unwrap();
    let filed = hall.import(&result);
    assert!(filed.filed);
    for place in 0..2 {
        bureau::decide(&mut hall.bureau, &filed.digest, &centre(place), "同意").unwrap();
    }
    // Wednesday 18 June 2025: five working days, of which the first does not count, end on the Wednesday after.
    let due = bureau::deadlines(&mut hall.bureau).unwrap();
    assert_eq!(
        due.iter().map(|line| (line.kind.as_str(), line.until.as_str())).collect::<Vec<_>>(),
        [("public_notice", "2025-06-25")]
    );
}
