//! A small bureau: one desk is both the secretary's and the bureau's.

use desk::{bureau, dto::DeskView};
use review::{roster::Role, scheme::Grade};

use crate::fixture::{Hall, Plan, centre};

#[test]
fn one_desk_holding_secretary_and_bureau_carries_a_meeting_from_the_round_to_the_register() {
    let mut hall = Hall::ready(&Plan { one_desk: true, ..Plan::of(9, 2) });
    let DeskView { roles, .. } = hall.bureau.view();
    assert_eq!(roles, [Role::Secretary, Role::Bureau]);
    hall.vote_all(9000);
    let view = hall.conclude();
    assert!(view.valid && view.filed, "{:?}", view.checks);
    assert_eq!(view.grades.iter().map(|grade| grade.grade).collect::<Vec<_>>(), [Some(Grade::Excellent); 2]);
    for place in 0..2 {
        bureau::decide(&mut hall.bureau, &view.digest, &centre(place), "认定").unwrap();
    }
    assert_eq!(bureau::register(&hall.bureau).unwrap().len(), 2);
    assert_eq!(bureau::results(&mut hall.bureau).unwrap().len(), 1, "the compiled one and the filed one are one");
    let rounds = bureau::rounds(&hall.bureau).unwrap();
    assert_eq!(rounds.iter().map(|round| round.status.as_str()).collect::<Vec<_>>(), ["issued"]);
    let check = desk::common::check(&hall.bureau).unwrap();
    assert!(check.database_ok && check.audit_broken_at.is_none() && check.damaged_files == 0);
}
