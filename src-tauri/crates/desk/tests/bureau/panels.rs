//! Panels sent for filing, and the rosters made of them.

use std::fs;

use desk::bureau;
use review::{
    roster::{Role, Roster, Term},
    unit::Unit,
};
use seal::{jws, meeting::Meeting};

use crate::fixture::{Bureau, PASSPHRASE, People, Signer, code, codes, unit};

/// What stands against a panel, both as shown and as refused on approval.
fn refusals(people: &People) -> Vec<String> {
    let mut bureau = Bureau::new();
    let issued = bureau.issued();
    let path = people.panel_file(&bureau.out, &issued);
    let filing = bureau::read_panel(&mut bureau.desk, &path).unwrap();
    let approved = bureau::approve_panel(&mut bureau.desk, &path, &bureau.out, PASSPHRASE);
    match filing.problems.first() {
        Some(problem) => assert_eq!(&approved.unwrap_err(), problem),
        None => drop(approved.unwrap()),
    }
    codes(&filing.problems).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_panel_of_8_is_refused_and_one_of_9_approved() {
    assert_eq!(refusals(&People::new(8, 0)), ["PANEL_TOO_FEW", "PANEL_TOO_FEW"], "for each of two centres");
    assert!(refusals(&People::new(9, 0)).is_empty());
}

#[test]
fn of_9_members_3_may_be_from_the_host_and_4_may_not() {
    assert!(refusals(&People::new(9, 3)).is_empty());
    assert_eq!(refusals(&People::new(9, 4)), ["PANEL_TOO_MANY_FROM_HOST"], "the other centre has another host");
}

#[test]
fn the_refusal_names_the_centre_the_figures_and_the_members() {
    let mut bureau = Bureau::new();
    let issued = bureau.issued();
    let people = People::new(9, 4);
    let path = people.panel_file(&bureau.out, &issued);
    let refused = bureau::approve_panel(&mut bureau.desk, &path, &bureau.out, PASSPHRASE).unwrap_err();
    assert_eq!(refused.params["centre"], "晋中市示例甲技术创新中心");
    assert_eq!((refused.params["host"].as_str(), refused.params["allowed"].as_str()), ("4", "3"));
    assert_eq!(refused.params["hosts"], "示例专家0、示例专家1、示例专家2、示例专家3");
}

#[test]
fn the_host_under_another_spelling_is_counted() {
    let mut people = People::new(9, 3);
    let spelled = Unit { name: format!(" {} ", unit(0).name), code: None };
    people.members[8] = Signer::new("示例专家八", spelled, Role::Expert);
    assert_eq!(refusals(&people), ["PANEL_TOO_MANY_FROM_HOST"]);
}

#[test]
fn the_same_person_with_two_keys_is_refused_by_name() {
    let mut people = People::new(10, 0);
    let twin = people.members[3].person();
    people.members[4] = Signer::new(&twin.name, twin.unit, Role::Expert);
    assert_eq!(refusals(&people), ["PANEL_SAME_PERSON"]);
}

#[test]
fn the_same_key_twice_is_refused() {
    let mut bureau = Bureau::new();
    let issued = bureau.issued();
    let people = People::new(10, 0);
    let mut panel = people.panel(&issued);
    panel.members[4] = panel.members[3].clone();
    let mut cards = People::new(0, 0);
    cards.secretary = people.secretary;
    cards.members = people.members;
    drop(cards.members.remove(4));
    let path = cards.write_panel(&bureau.out, &panel);
    let refused = bureau::approve_panel(&mut bureau.desk, &path, &bureau.out, PASSPHRASE).unwrap_err();
    assert_eq!((refused.code.as_str(), refused.params["name"].as_str()), ("PANEL_SAME_KEY", "示例专家3"));
}

#[test]
fn a_term_of_more_than_five_years_is_refused() {
    let mut people = People::new(9, 0);
    people.term = Term { from: "2025-06-01".parse().unwrap(), to: "2030-05-31".parse().unwrap() };
    assert!(refusals(&people).is_empty());
    people.term.to = "2030-06-01".parse().unwrap();
    assert_eq!(refusals(&people), ["PANEL_TERM"]);
}

#[test]
fn a_panel_for_a_round_of_another_bureau_is_refused() {
    let (mut ours, mut theirs) = (Bureau::new(), Bureau::at("2025-06-11T09:00:00+08:00"));
    ours.issued();
    let people = People::new(9, 0);
    // The same round id, since both name their rounds from the same seed; another signed head.
    let path = people.panel_file(&theirs.out.clone(), &theirs.issued());
    assert_eq!(code(bureau::read_panel(&mut ours.desk, &path)), "PANEL_ROUND_MISMATCH");
}

#[test]
fn a_file_that_is_no_panel_file_is_refused() {
    let mut bureau = Bureau::new();
    let path = bureau.folder.path().join("x.hjpanel");
    fs::write(&path, b"PK\x03\x04").unwrap();
    assert!(bureau::read_panel(&mut bureau.desk, &path).is_err());
}

#[test]
fn each_approval_is_a_version_that_names_the_one_before() {
    let mut bureau = Bureau::new();
    let issued = bureau.issued();
    let (first, second) = (People::new(9, 0), People::new(11, 2));
    let path = first.panel_file(&bureau.out, &issued);
    assert_eq!(bureau::read_panel(&mut bureau.desk, &path).unwrap().next_version, 1);
    let one = bureau::approve_panel(&mut bureau.desk, &path, &bureau.out, PASSPHRASE).unwrap();
    let again = bureau::approve_panel(&mut bureau.desk, &path, &bureau.out, PASSPHRASE).unwrap();
    assert_eq!(
        (&again.path, &again.digest),
        (&one.path, &one.digest),
        "approving the same panel twice changes nothing"
    );
    let two_path = second.panel_file(&bureau.out, &issued);
    let two = bureau::approve_panel(&mut bureau.desk, &two_path, &bureau.out, PASSPHRASE).unwrap();
    assert!(two.path.ends_with("-v2.hjroster"), "{}", two.path);

    let meeting = Meeting::read(issued, &fs::read(&two.path).unwrap()).unwrap();
    assert_eq!((meeting.roster().version, meeting.panel().members.len()), (2, 11));
    let before = jws::verify::<Roster>(&fs::read(&one.path).unwrap(), &[&bureau.desk.person().jwk]).unwrap();
    assert_eq!(meeting.roster().previous, Some(before.digest()));
    assert_eq!(bureau::rounds(&bureau.desk).unwrap()[0].roster_version, 2);
}
