//! From the matrix to the signed result: nothing is compiled that is not complete, and everything the bureau asks can be shown.

use desk::{expert, secretary};

use crate::fixture::{Hall, PASSPHRASE, Plan, centre};

#[test]
fn a_centre_with_a_missing_cell_cannot_be_compiled_and_the_result_not_signed() {
    let mut hall = Hall::ready(&Plan::of(10, 2));
    for expert in 0..10 {
        hall.vote(expert, 0, 8000);
        if expert != 6 {
            hall.vote(expert, 1, 8000);
        }
    }
    hall.collect();
    let view = hall.compile();
    assert_eq!(view.grades.iter().map(|grade| grade.centre.as_str()).collect::<Vec<_>>(), ["c-01"]);
    assert_eq!(view.problems.len(), 1);
    let problem = &view.problems[0];
    assert_eq!(problem.code, "CELL_MISSING");
    assert_eq!(
        (problem.params["expert"].as_str(), problem.params["centre"].as_str()),
        ("专家06", "晋中市示例1技术创新中心")
    );
    assert_eq!(hall.sign_result().unwrap_err().code, "CELL_MISSING");
    // With the last sheet it can.
    hall.vote(6, 1, 8000);
    assert!(hall.conclude().filed);
}

#[test]
fn nine_members_without_one_sheet_at_all_give_no_result() {
    let mut hall = Hall::ready(&Plan::of(9, 1));
    let view = hall.compile();
    assert_eq!((view.grades.len(), view.problems.len()), (0, 9));
    assert_eq!(hall.sign_result().unwrap_err().code, "CELL_MISSING");
}

#[test]
fn everyone_finds_the_own_sheet_in_the_result() {
    let mut hall = Hall::ready(&Plan::of(9, 2));
    hall.vote_all(8000);
    hall.vote(5, 1, 7000);
    hall.collect();
    let (result, _) = hall.sign_result().unwrap();
    for expert in &mut hall.experts {
        let checks = expert::check_my_sheets(expert, &result).unwrap();
        assert_eq!(checks.iter().map(|check| check.verdict.as_str()).collect::<Vec<_>>(), ["counted", "counted"]);
    }
    // Who signs again afterwards sees that an older version counted.
    hall.vote(5, 1, 9000);
    let checks = expert::check_my_sheets(&mut hall.experts[5], &result).unwrap();
    assert_eq!(checks[1].verdict, "superseded_version");
}

#[test]
fn a_sheet_that_comes_after_signing_makes_the_result_stale() {
    let mut hall = Hall::ready(&Plan::of(9, 1));
    hall.vote_all(8000);
    hall.collect();
    hall.sign_result().unwrap();
    hall.vote(2, 0, 9500);
    hall.collect();
    let (round, folder) = (hall.round.clone(), hall.place("再导出"));
    assert_eq!(secretary::export_result(hall.secretary(), &round, &folder).unwrap_err().code, "RESULT_STALE");
}

#[test]
fn the_chair_alone_countersigns_and_only_once() {
    let mut hall = Hall::ready(&Plan::of(9, 1));
    hall.vote_all(8000);
    hall.collect();
    let (round, folder) = (hall.round.clone(), hall.place("结果"));
    secretary::sign_result(hall.secretary(), &round, PASSPHRASE).unwrap();
    let files = secretary::export_result(hall.secretary(), &round, &folder).unwrap().files;
    let half = files.iter().find(|file| file.path.ends_with(".hjresult")).unwrap().path.clone();
    let half = half.as_ref();
    let by_another = expert::countersign(&mut hall.experts[1], half, &folder, PASSPHRASE).unwrap_err();
    assert_eq!(by_another.code, "NOT_CHAIR");
    let view = hall.import(half);
    assert!(!view.filed && view.checks.iter().any(|c| c.problems.iter().any(|p| p.code == "RESULT_SIGNATURE_MISSING")));
    let whole = expert::countersign(&mut hall.experts[0], half, &folder, PASSPHRASE).unwrap();
    let again = expert::countersign(&mut hall.experts[0], whole.path.as_ref(), &folder, PASSPHRASE).unwrap_err();
    assert_eq!(again.code, "RESULT_ALREADY_COUNTERSIGNED");
    assert!(hall.import(whole.path.as_ref()).filed);
    assert!(hall.import(whole.path.as_ref()).already_here);
}

#[test]
fn an_absence_is_no_way_round_a_sheet_that_is_there() {
    let mut hall = Hall::ready(&Plan::of(9, 1));
    hall.vote_all(8000);
    hall.collect();
    let (round, key) = (hall.round.clone(), hall.key(3));
    let refused = secretary::record_absence(hall.secretary(), &round, &key, &centre(0), "缺席", PASSPHRASE);
    assert_eq!(refused.unwrap_err().code, "ABSENCE_NOT_MISSING");
}
