//! Who can be a panel, whatever the centre.

#![allow(clippy::unwrap_used, clippy::panic)]

use chrono::NaiveDate;
use review::{
    panel::{PanelError, check_people},
    roster::{Person, PublicKey, Term},
    rulebook::{JINZHONG_2023_33, PanelRules, Rulebook},
    unit::Unit,
};

fn rules() -> PanelRules {
    Rulebook::parse(JINZHONG_2023_33).unwrap().panel
}

fn person(key: &str, name: &str, unit: &str) -> Person {
    let jwk = PublicKey { crv: "P-256".into(), kty: "EC".into(), x: String::new(), y: String::new() };
    let unit = Unit { name: unit.into(), code: None };
    Person { key: key.parse().unwrap(), jwk, name: name.into(), unit, title: String::new() }
}

fn people() -> Vec<Person> {
    (1..=9).map(|n| person(&format!("k{n}"), &format!("示例专家{n}"), "示例大学")).collect()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn check(people: &[Person], chair: &str, secretary: &str, term: (&str, &str), held_on: &str) -> Result<(), PanelError> {
    let term = Term { from: day(term.0), to: day(term.1) };
    check_people(&rules(), people, &chair.parse().unwrap(), &secretary.parse().unwrap(), term, day(held_on))
}

const TERM: (&str, &str) = ("2025-06-01", "2028-05-31");

#[test]
fn nine_distinct_people_with_a_chair_among_them_can_be_a_panel() {
    assert_eq!(check(&people(), "k1", "s", TERM, "2026-01-15"), Ok(()));
}

#[test]
fn the_same_person_under_a_name_that_looks_the_same_is_the_same_person() {
    for disguise in ["示例专家1", "示例 专家１", "示例\u{200B}专家1", "示例专家1\u{FE0F}"] {
        let mut people = people();
        people.push(person("k10", disguise, "示例大学\u{200D}"));
        let refused = check(&people, "k1", "s", TERM, "2026-01-15");
        assert!(matches!(refused, Err(PanelError::SamePerson { .. })), "{disguise:?}");
    }
}

#[test]
fn the_chair_cannot_be_the_secretary_too() {
    assert_eq!(check(&people(), "k1", "k1", TERM, "2026-01-15"), Err(PanelError::ChairIsSecretary));
    assert_eq!(check(&people(), "k1", "k2", TERM, "2026-01-15"), Ok(()), "another member may");
}

#[test]
fn the_meeting_lies_within_the_term() {
    let of = |held_on| check(&people(), "k1", "s", TERM, held_on);
    assert_eq!((of("2025-06-01"), of("2028-05-31")), (Ok(()), Ok(())));
    for held_on in ["2025-05-31", "2028-06-01"] {
        assert_eq!(of(held_on), Err(PanelError::MeetingOutsideTerm { held_on: day(held_on) }));
    }
}

#[test]
fn a_term_from_29_february_ends_on_28_february_at_the_latest() {
    let of = |to| check(&people(), "k1", "s", ("2024-02-29", to), "2026-01-15");
    assert_eq!(of("2029-02-28"), Ok(()));
    assert_eq!(of("2029-03-01"), Err(PanelError::Term { max_years: 5 }));
}
