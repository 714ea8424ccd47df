//! Rosters that are refused: altered, another's, older, or naming a panel that may not be.

use std::{fs, path::PathBuf};

use desk::{common, secretary};
use review::{
    ids::Digest,
    roster::{Panel, Roster},
};
use seal::key::{SigningKey, SystemRandom};

use crate::{
    fixture::{Hall, Plan, signed},
    forge::{Parts, forge, header, other_first},
    wording::has_a_sentence,
};

/// A hall whose secretary has the second roster of ten members, and that roster.
fn seated() -> (Hall, Roster, Vec<u8>) {
    let mut hall = Hall::issued(&Plan::of(10, 1).with_from_host(4));
    hall.seat(&[0, 1, 2, 4, 5, 6, 7, 8, 9]);
    let first = fs::read(&hall.roster_file).unwrap();
    hall.seat(&[0, 1, 4, 5, 6, 7, 8, 9, 2]);
    let roster = hall.meeting().roster().value().clone();
    assert_eq!(roster.version, 2);
    (hall, roster, first)
}

#[test]
fn a_roster_that_is_altered_older_or_anothers_is_refused_and_the_one_in_force_stays() {
    let (mut hall, roster, first) = seated();
    let second = fs::read(&hall.roster_file).unwrap();
    let other = SigningKey::generate(&SystemRandom::new()).unwrap();
    let json = serde_json::to_vec(&roster).unwrap();
    let own = |change: &dyn Fn(&mut Roster)| {
        // A third version, as an honest bureau would number it.
        let mut roster = Roster { version: 3, previous: Some(digest(&second)), ..roster.clone() };
        change(&mut roster);
        signed(&roster, &hall.keys.bureau)
    };
    let part = || Parts::of(&second);
    let fourth = hall.experts[3].person().clone();
    let rows: Vec<(&str, &str, Vec<u8>)> = vec![
        ("altered", "JWS_SIGNATURE", Parts { payload: other_first(&part().payload), ..part() }.file()),
        ("signature_altered", "JWS_SIGNATURE", Parts { signature: other_first(&part().signature), ..part() }.file()),
        ("truncated", "JWS_FORM", second[..second.len() / 2].to_vec()),
        ("by_another_bureau", "BUREAU_UNKNOWN", signed(&roster, &other)),
        (
            "by_another_under_the_bureaus_key",
            "JWS_SIGNATURE",
            forge(&header::<Roster>(&hall.keys.bureau), &json, &other),
        ),
        ("by_the_secretary", "BUREAU_UNKNOWN", signed(&roster, &hall.keys.secretary)),
        ("typ_of_a_panel", "JWS_TYP", forge(&header::<Panel>(&hall.keys.bureau), &json, &hall.keys.bureau)),
        ("rollback", "ROSTER_ROLLBACK", first.clone()),
        ("another_of_the_same_version", "ROSTER_ROLLBACK", own(&|roster| roster.version = 2)),
        ("version_nought", "ROSTER_ROLLBACK", own(&|roster| roster.version = 0)),
        ("another_round", "ROSTER_ROUND_MISMATCH", own(&|roster| roster.panel.round = "r-another".parse().unwrap())),
        (
            "another_issue_of_the_round",
            "ROSTER_ROUND_MISMATCH",
            own(&|roster| roster.panel.round_digest = digest(b"x")),
        ),
        ("eight_members", "PANEL_TOO_FEW", own(&|roster| drop(roster.panel.members.pop()))),
        ("four_from_the_host", "PANEL_TOO_MANY_FROM_HOST", own(&|roster| roster.panel.members[7] = fourth.clone())),
        (
            "the_same_key_twice",
            "PANEL_SAME_KEY",
            own(&|roster| roster.panel.members[7] = roster.panel.members[6].clone()),
        ),
        (
            "the_same_person_twice",
            "PANEL_SAME_PERSON",
            own(&|roster| {
                let name = roster.panel.members[6].name.clone();
                let unit = roster.panel.members[6].unit.clone();
                roster.panel.members[7].name = format!(" {name}");
                roster.panel.members[7].unit = unit;
            }),
        ),
        (
            "a_key_under_another_thumbprint",
            "JWS_SIGNER",
            own(&|roster| {
                roster.panel.members[7].jwk = roster.panel.members[6].jwk.clone();
            }),
        ),
        ("without_a_chair", "PANEL_NO_CHAIR", own(&|roster| roster.panel.chair = fourth.key.clone())),
        ("a_term_too_long", "PANEL_TERM", own(&|roster| roster.panel.term.to = "2031-01-01".parse().unwrap())),
        ("another_secretary", "NOT_A_MEMBER", own(&|roster| roster.panel.secretary = fourth.clone())),
    ];
    let mut wrong = vec![];
    for (name, code, bytes) in rows {
        let path = write(&hall, name, &bytes);
        let before = common::check(hall.secretary()).unwrap().audit_head;
        let found = secretary::import_roster(hall.secretary(), &path).map(drop).map_err(|error| error.code);
        if found != Err(code.to_owned()) {
            wrong.push(format!("{name}: {found:?} instead of {code}"));
        }
        assert_eq!(common::check(hall.secretary()).unwrap().audit_head, before, "{name} leaves no trace");
        has_a_sentence(code);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));

    // The one in force once more: nothing changes.
    let path = hall.roster_file.clone();
    let before = common::check(hall.secretary()).unwrap().audit_head;
    assert_eq!(secretary::import_roster(hall.secretary(), &path).unwrap().roster_version, 2);
    assert_eq!(common::check(hall.secretary()).unwrap().audit_head, before);
}

fn digest(bytes: &[u8]) -> Digest {
    seal::key::sha256(bytes)
}

fn write(hall: &Hall, name: &str, bytes: &[u8]) -> PathBuf {
    let path = hall.place(&format!("{name}.hjroster"));
    fs::write(&path, bytes).unwrap();
    path
}
