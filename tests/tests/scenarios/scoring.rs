//! What an expert may give: within the maximum, on the step, all six, and nothing before the promise.

use desk::{dto::DraftChange, expert};
use review::points::Points;

use crate::fixture::{Hall, PASSPHRASE, Plan, centre, split};

#[test]
fn points_above_the_maximum_are_refused_and_what_was_saved_stays() {
    let mut hall = Hall::ready(&Plan::of(9, 1));
    hall.save(0, 0, 0, 1000).unwrap();
    for (dimension, score) in [(0, 1050), (1, 2550), (2, 2501), (3, 10_000), (5, u32::MAX)] {
        assert_eq!(hall.save(0, 0, dimension, score).unwrap_err().code, "SCORE_ABOVE_MAXIMUM", "{dimension}: {score}");
    }
    let error = hall.save(0, 0, 0, 1050).unwrap_err();
    let figures = ["dimension", "score", "maximum"].map(|figure| error.params[figure].as_str());
    assert_eq!(figures, ["机构与体制建设", "10.5", "10.0"]);
    let rows = expert::my_scores(&mut hall.experts[0], &hall.round).unwrap();
    assert_eq!(rows[0].scores[0], Some(Points::whole(10)));
    assert_eq!(rows[0].scores[1], None);
}

#[test]
fn points_off_the_step_are_refused() {
    let mut hall = Hall::ready(&Plan::of(9, 1));
    for score in [825, 1, 999, 849] {
        let error = hall.save(0, 0, 0, score).unwrap_err();
        assert_eq!((error.code.as_str(), error.params["step"].as_str()), ("SCORE_OFF_STEP", "0.5"));
    }
    for score in [0, 50, 850, 1000] {
        hall.save(0, 0, 0, score).unwrap();
    }
}

#[test]
fn a_sheet_with_a_missing_score_is_not_signed_and_nothing_else_with_it() {
    let mut hall = Hall::ready(&Plan::of(9, 2));
    for (dimension, score) in (0..).zip(split(8450)) {
        hall.save(0, 0, dimension, score).unwrap();
        if dimension != 4 {
            hall.save(0, 1, dimension, score).unwrap();
        }
    }
    let both = [centre(0), centre(1)];
    let error = expert::sign(&mut hall.experts[0], &hall.round, &both, PASSPHRASE).unwrap_err();
    assert_eq!(error.code, "SCORE_MISSING");
    assert_eq!(error.params["dimension"], "队伍建设与人才培养");
    assert_eq!(error.params["centre"], "晋中市示例1技术创新中心");
    let view = expert::sign_view(&mut hall.experts[0], &hall.round).unwrap();
    assert!(view.lines.iter().all(|line| line.signed_at.is_none()), "all are checked before the first is signed");
}

#[test]
fn a_score_taken_away_is_missing_and_not_zero() {
    let mut hall = Hall::ready(&Plan::of(9, 1));
    for (dimension, score) in (0..).zip(split(0)) {
        hall.save(0, 0, dimension, score).unwrap();
    }
    let away = DraftChange::Score { dimension: 2, score: None };
    expert::save_draft(&mut hall.experts[0], &hall.round, &centre(0), away).unwrap();
    let error = expert::sign(&mut hall.experts[0], &hall.round, &[centre(0)], PASSPHRASE).unwrap_err();
    assert_eq!(error.code, "SCORE_MISSING");
    hall.save(0, 0, 2, 0).unwrap();
    expert::sign(&mut hall.experts[0], &hall.round, &[centre(0)], PASSPHRASE).unwrap();
}

#[test]
fn no_dossier_opens_and_nothing_is_scored_before_the_promise() {
    let mut hall = Hall::issued(&Plan::of(9, 1));
    hall.seat(&(0..9).collect::<Vec<_>>());
    let (round, folder) = (hall.round.clone(), hall.place("卷宗包"));
    let pack = desk::secretary::issue_packs(hall.secretary(), &round, &folder, PASSPHRASE, &mut |_, _| {}).unwrap();
    let expert = &mut hall.experts[0];
    expert::import_pack(expert, pack.path.as_ref(), &mut |_, _| {}).unwrap();
    let code = "PROMISE_MISSING";
    assert_eq!(expert::review_view(expert, &round, "c-01").map(drop).unwrap_err().code, code);
    assert_eq!(expert::document(expert, &round, "c-01", "申报书.pdf").unwrap_err().code, code);
    assert_eq!(hall.save(0, 0, 0, 850).unwrap_err().code, code);
    expert::promise(&mut hall.experts[0], &round).unwrap();
    hall.save(0, 0, 0, 850).unwrap();
}

#[test]
fn a_recused_dossier_takes_no_score_and_no_signature() {
    let mut hall = Hall::ready(&Plan::of(9, 1));
    hall.save(0, 0, 0, 850).unwrap();
    hall.recuse(0, 0);
    assert_eq!(hall.save(0, 0, 0, 900).unwrap_err().code, "RECUSED");
    let error = expert::sign(&mut hall.experts[0], &hall.round, &[centre(0)], PASSPHRASE).unwrap_err();
    assert_eq!(error.code, "RECUSED");
}

#[test]
fn what_changes_after_signing_is_a_new_version_and_the_newest_one_counts() {
    let mut hall = Hall::ready(&Plan::of(9, 1));
    hall.vote_all(8000);
    for total in [7000, 9850] {
        hall.vote(3, 0, total);
    }
    let report = hall.collect();
    assert_eq!(report.accepted, 11, "each version travels");
    let grade = &hall.compile().grades[0];
    assert_eq!(grade.totals[3].total, Points::from_hundredths(9850));
    // (8 × 80.00 + 98.50) / 9 = 82.055…
    assert_eq!(grade.score, Some(Points::from_hundredths(8206)));
}
