//! Article 11 once more, on those who effectively scored a centre: after recusals and absences.

use desk::secretary;
use review::{panel::Violation, points::Points, result::Outcome, scheme::Grade};
use seal::recount::{Recount, Trust, recount};
use std::{fs::File, path::Path};

use crate::fixture::{Hall, PASSPHRASE, Plan, centre};

/// What stands in a signed result, read as anyone can.
fn recounted(result: &Path) -> Recount {
    let found = recount(File::open(result).unwrap(), Trust::Unknown, &mut |_, _| {});
    assert!(found.passed(), "{:?}", found.checks);
    found
}

#[test]
fn of_nine_one_recuses_and_that_centre_is_refused_while_the_others_pass() {
    let mut hall = Hall::ready(&Plan::of(9, 3));
    for expert in 0..9 {
        for place in 0..3 {
            if (expert, place) == (4, 1) { hall.recuse(expert, place) } else { hall.vote(expert, place, 8450) }
        }
    }
    hall.collect();
    let grades = hall.compile().grades;
    assert_eq!(grades.iter().map(|grade| grade.status.as_str()).collect::<Vec<_>>(), ["graded", "refused", "graded"]);
    assert_eq!((grades[1].grade, grades[1].score, &grades[1].consequence), (None, None, &None));
    assert_eq!(grades[1].composition.violations, [Violation::TooFew { members: 8, required: 9 }]);

    let (result, _) = hall.sign_result().unwrap();
    let recount = recounted(&result);
    let outcomes: Vec<_> = recount.head.unwrap().centres.iter().map(|centre| centre.outcome.clone()).collect();
    assert_eq!(outcomes[1], Outcome::Refused { violations: vec![Violation::TooFew { members: 8, required: 9 }] });
    for place in [0, 2] {
        assert!(matches!(outcomes[place], Outcome::Graded { score, .. } if score == Points::from_hundredths(8450)));
    }
    let view = hall.import(&result);
    assert!(view.filed);
    let refused = desk::bureau::decide(&mut hall.bureau, &view.digest, &centre(1), "同意").unwrap_err();
    assert_eq!(refused.code, "PANEL_TOO_FEW", "there is nothing to decide on");
    desk::bureau::decide(&mut hall.bureau, &view.digest, &centre(0), "同意").unwrap();
}

#[test]
fn of_ten_one_is_absent_and_nine_suffice_and_with_a_second_they_do_not() {
    let mut hall = Hall::ready(&Plan::of(10, 2));
    for expert in 0..10 {
        if expert != 9 {
            hall.vote(expert, 0, 8000);
        }
        if expert < 8 {
            hall.vote(expert, 1, 8000);
        }
    }
    hall.collect();
    let round = hall.round.clone();
    for (expert, place) in [(9, 0), (8, 1), (9, 1)] {
        let key = hall.key(expert);
        secretary::record_absence(hall.secretary(), &round, &key, &centre(place), "因病请假", PASSPHRASE).unwrap();
    }
    let grades = hall.compile().grades;
    assert_eq!(grades[0].grade, Some(Grade::Good));
    assert_eq!(grades[1].status, "refused");
    let (result, _) = hall.sign_result().unwrap();
    let view = hall.import(&result);
    assert_eq!((view.sheets, view.absences, view.filed), (17, 3, true));
}

#[test]
fn a_third_from_the_host_becomes_more_than_a_third_when_another_steps_back() {
    // Four of twelve pass; when one of the other eight recuses, four of eleven are too many.
    let mut hall = Hall::ready(&Plan::of(12, 1).with_from_host(4));
    for expert in 0..11 {
        hall.vote(expert, 0, 8000);
    }
    hall.recuse(11, 0);
    hall.collect();
    let grade = &hall.compile().grades[0];
    assert_eq!(grade.status, "refused");
    assert_eq!(grade.composition.violations, [Violation::TooManyFromHost { members: 11, host: 4, allowed: 3 }]);
    let (result, _) = hall.sign_result().unwrap();
    assert!(matches!(recounted(&result).head.unwrap().centres[0].outcome, Outcome::Refused { .. }));
}

#[test]
fn a_host_member_who_steps_back_is_no_longer_counted_as_one() {
    let mut hall = Hall::ready(&Plan::of(12, 1).with_from_host(4));
    for expert in 1..12 {
        hall.vote(expert, 0, 8000);
    }
    hall.recuse(0, 0);
    hall.collect();
    let grade = &hall.compile().grades[0];
    assert_eq!((grade.composition.members, grade.composition.host), (11, 3));
    assert_eq!(grade.status, "graded");
}
