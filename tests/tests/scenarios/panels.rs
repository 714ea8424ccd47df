//! Article 11 when a panel is composed, submitted and approved.

use std::{fs, path::PathBuf};

use desk::{
    Desk, DeskError, bureau, common,
    dto::{PanelInput, UnitInput},
    secretary,
};
use review::{
    panel::Violation,
    roster::{Panel, Person, Role, Roster, Term},
};
use seal::{jws, packages::write_panel};

use crate::fixture::{Hall, PASSPHRASE, Plan, new_desk, signed, unit};

fn all(count: usize) -> Vec<usize> {
    (0..count).collect()
}

/// What the secretary's desk says when these are to be submitted.
fn refused(hall: &mut Hall, members: &[usize]) -> DeskError {
    let view = hall.choose(members).unwrap();
    assert!(!view.lawful, "the page says so before anything is submitted");
    hall.submit().unwrap_err()
}

fn passes(hall: &mut Hall, members: &[usize]) {
    assert!(hall.choose(members).unwrap().lawful);
    let file = hall.submit().unwrap();
    let filing = bureau::read_panel(&mut hall.bureau, &file).unwrap();
    assert!(filing.problems.is_empty(), "{:?}", filing.problems);
    hall.approve(&file).unwrap();
}

fn people(hall: &Hall, members: &[usize]) -> Vec<Person> {
    members.iter().map(|place| hall.experts[*place].person().clone()).collect()
}

/// A panel that no desk of ours would submit, signed by the true secretary.
fn panel(hall: &mut Hall, members: Vec<Person>) -> Panel {
    let round = bureau::round_view(&hall.bureau, &hall.round).unwrap().summary;
    let issued = seal::packages::RoundFile::open(fs::File::open(&hall.round_file).unwrap()).unwrap().issued;
    let held_on = round.held_on.parse().unwrap();
    Panel {
        round: issued.round().id.clone(),
        round_digest: issued.round().digest(),
        secretary: hall.secretary().person().clone(),
        chair: members[0].key.clone(),
        members,
        term: Term { from: held_on, to: held_on },
        submitted_at: "2025-06-18T09:00:00+08:00".parse().unwrap(),
    }
}

/// A panel file that no desk of ours would write, with true cards.
fn panel_file(hall: &mut Hall, panel: &Panel) -> PathBuf {
    let folder = hall.place("伪造");
    let mut desks: Vec<&mut Desk> =
        hall.experts.iter_mut().filter(|d| panel.member(&d.person().key).is_some()).collect();
    let mut cards: Vec<_> = desks.iter_mut().map(|desk| common::export_card(desk, &folder).unwrap().path).collect();
    cards.push(common::export_card(hall.secretary(), &folder).unwrap().path);
    let cards: Vec<_> = cards.iter().map(|path| jws::read_card(&fs::read(path).unwrap()).unwrap()).collect();
    let mut bytes = vec![];
    write_panel(&signed(panel, &hall.keys.secretary), &cards.iter().collect::<Vec<_>>(), &mut bytes).unwrap();
    let path = folder.join("伪造.hjpanel");
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn eight_members_are_refused_and_nine_pass() {
    let mut hall = Hall::issued(&Plan::of(9, 2));
    let error = refused(&mut hall, &all(8));
    assert_eq!(error.code, "PANEL_TOO_FEW");
    assert_eq!((error.params["members"].as_str(), error.params["required"].as_str()), ("8", "9"));
    assert_eq!(error.params["centre"], "晋中市示例0技术创新中心");
    passes(&mut hall, &all(9));
}

#[test]
fn eight_members_that_a_hostile_secretary_signs_are_refused_by_the_bureau() {
    let mut hall = Hall::issued(&Plan::of(9, 1));
    let members = people(&hall, &all(8));
    let panel = panel(&mut hall, members);
    let file = panel_file(&mut hall, &panel);
    let filing = bureau::read_panel(&mut hall.bureau, &file).unwrap();
    assert_eq!(filing.problems[0].code, "PANEL_TOO_FEW");
    assert_eq!(hall.approve(&file).unwrap_err().code, "PANEL_TOO_FEW");
    assert_eq!(bureau::round_view(&hall.bureau, &hall.round).unwrap().summary.roster_version, 0);
}

#[test]
fn a_roster_of_eight_is_refused_even_with_the_bureaus_signature() {
    let mut hall = Hall::issued(&Plan::of(9, 1));
    let members = people(&hall, &all(8));
    let panel = panel(&mut hall, members);
    let approved_at = panel.submitted_at;
    let roster = Roster { panel, version: 1, previous: None, approved_at };
    let path = hall.place("八人.hjroster");
    fs::write(&path, signed(&roster, &hall.keys.bureau)).unwrap();
    assert_eq!(secretary::import_roster(hall.secretary(), &path).unwrap_err().code, "PANEL_TOO_FEW");
}

#[test]
fn three_of_nine_from_the_host_pass_and_four_of_nine_are_refused() {
    let mut hall = Hall::issued(&Plan::of(12, 2).with_from_host(4));
    passes(&mut hall, &[0, 1, 2, 4, 5, 6, 7, 8, 9]);
    let error = refused(&mut hall, &[0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(error.code, "PANEL_TOO_MANY_FROM_HOST");
    let figures = ["members", "host", "allowed"].map(|figure| error.params[figure].as_str());
    assert_eq!(figures, ["9", "4", "3"]);
    assert_eq!(error.params["centre"], "晋中市示例0技术创新中心", "the other centre has another host");
    assert_eq!(error.params["hosts"], "专家00、专家01、专家02、专家03");
    assert_eq!(error.params["article"], "第十一条");
    // Four of twelve are a third: the rule is one of shares and not of heads.
    passes(&mut hall, &all(12));
}

#[test]
fn the_share_is_counted_for_each_centre_by_its_own_host() {
    let mut plan = Plan::of(9, 3);
    for place in 0..9 {
        plan.experts[place] = unit(place / 3);
    }
    let mut hall = Hall::issued(&plan);
    let view = hall.choose(&all(9)).unwrap();
    assert_eq!(view.compositions.iter().map(|centre| centre.host).collect::<Vec<_>>(), [3, 3, 3]);
    passes(&mut hall, &all(9));
}

#[test]
fn the_same_unit_under_another_spelling_is_counted() {
    let mut plan = Plan::of(9, 1);
    plan.hosts[0] = UnitInput { name: "晋中示例农机（集团）有限公司".to_owned(), code: String::new() };
    let spellings = [
        "晋中示例农机(集团)有限公司",
        "晋中示例农机（集团） 有限公司",
        "　晋中示例农机（集团）有限公司",
        "晋中示例农机 (集团) 有限公司",
    ];
    for (expert, name) in plan.experts.iter_mut().zip(spellings) {
        *expert = UnitInput {
            name: name.to_owned(),
            code: if name.contains('(') { expert.code.clone() } else { String::new() },
        };
    }
    let mut hall = Hall::issued(&plan);
    let view = hall.choose(&all(9)).unwrap();
    assert_eq!(view.compositions[0].host, 4);
    assert_eq!(view.compositions[0].by_name_only.len(), 4, "and the page warns that codes are missing");
    assert_eq!(view.compositions[0].violations, [Violation::TooManyFromHost { members: 9, host: 4, allowed: 3 }]);
    assert_eq!(refused(&mut hall, &all(9)).code, "PANEL_TOO_MANY_FROM_HOST");
}

#[test]
fn one_code_under_two_names_is_one_unit_and_one_name_under_two_codes_is_two() {
    let mut plan = Plan::of(9, 1).with_from_host(4);
    for (number, expert) in plan.experts.iter_mut().take(4).enumerate() {
        expert.name = format!("依托单位的第{number}研究所");
    }
    let mut hall = Hall::issued(&plan);
    assert_eq!(refused(&mut hall, &all(9)).code, "PANEL_TOO_MANY_FROM_HOST");

    let mut plan = Plan::of(9, 1);
    for expert in plan.experts.iter_mut().take(4) {
        expert.name = plan.hosts[0].name.clone();
    }
    passes(&mut Hall::issued(&plan), &all(9));
}

#[test]
fn the_same_key_twice_is_refused() {
    let mut hall = Hall::issued(&Plan::of(9, 1));
    let error = refused(&mut hall, &[0, 1, 2, 3, 4, 5, 6, 7, 7]);
    assert_eq!(error.code, "PANEL_SAME_KEY");
    assert_eq!(error.params["name"], "专家07");

    let members = people(&hall, &[0, 1, 2, 3, 4, 5, 6, 7, 7]);
    let panel = panel(&mut hall, members);
    let file = panel_file(&mut hall, &panel);
    assert_eq!(hall.approve(&file).unwrap_err().code, "PANEL_SAME_KEY");
}

#[test]
fn the_same_person_with_two_keys_is_refused() {
    let mut hall = Hall::issued(&Plan::of(9, 1));
    // The ninth makes a second identity, with the name in another width.
    let spelled = UnitInput { name: "示例 单位108".to_owned(), code: unit(108).code };
    let (mut again, _) = new_desk(&hall.host, &hall.place("又一个"), &[Role::Expert], "专家 ０８", &spelled);
    let card = common::export_card(&mut again, &hall.place("又一张名片")).unwrap();
    secretary::import_cards(hall.secretary(), &[card.path.into()]).unwrap();
    let mut members: Vec<String> = all(9).iter().skip(1).map(|place| hall.key(*place)).collect();
    members.push(again.person().key.to_string());
    let day = "2025-06-18".to_owned();
    let input = PanelInput { chair: members[0].clone(), members, term_from: day.clone(), term_to: day };
    let round = hall.round.clone();
    let view = secretary::set_panel(hall.secretary(), &round, &input).unwrap();
    assert_eq!(view.problems[0].code, "PANEL_SAME_PERSON");
    let folder = hall.place("备案");
    let error = secretary::submit_panel(hall.secretary(), &round, &folder, PASSPHRASE).unwrap_err();
    assert_eq!(error.code, "PANEL_SAME_PERSON");
    assert!(["专家08", "专家 ０８"].contains(&error.params["name"].as_str()), "{error:?}");
}

#[test]
fn a_term_of_five_years_passes_and_a_day_more_is_refused() {
    let mut hall = Hall::issued(&Plan::of(9, 1));
    let members: Vec<String> = all(9).iter().map(|place| hall.key(*place)).collect();
    let mut submit = |from: &str, to: &str| {
        let (chair, members) = (members[0].clone(), members.clone());
        let input = PanelInput { chair, members, term_from: from.to_owned(), term_to: to.to_owned() };
        let (round, folder) = (hall.round.clone(), hall.place("备案"));
        secretary::set_panel(hall.secretary(), &round, &input)?;
        secretary::submit_panel(hall.secretary(), &round, &folder, PASSPHRASE)
    };
    let code = |outcome: Result<_, DeskError>| outcome.map(drop).map_err(|error| error.code);
    for (from, last, over) in [
        ("2025-06-18", "2030-06-17", "2030-06-18"),
        ("2024-03-01", "2029-02-28", "2029-03-01"),
        ("2023-03-01", "2028-02-29", "2028-03-01"),
        // The anniversary of 29 February is the last of February (民法典 Article 202), and still within.
        ("2024-02-29", "2029-02-28", "2029-03-01"),
    ] {
        assert_eq!(code(submit(from, last)), Ok(()), "{from} to {last}");
        assert_eq!(code(submit(from, over)), Err("PANEL_TERM".to_owned()), "{from} to {over}");
    }
    assert_eq!(code(submit("2025-06-18", "2025-06-17")), Err("PANEL_TERM".to_owned()), "ends before it begins");
}

#[test]
fn a_panel_without_a_chair_is_refused() {
    let mut hall = Hall::issued(&Plan::of(10, 1));
    let members: Vec<String> = all(9).iter().map(|place| hall.key(*place)).collect();
    let outsider = hall.key(9);
    for chair in [String::new(), outsider, "nobody".to_owned()] {
        let day = "2025-06-18".to_owned();
        let input = PanelInput { chair, members: members.clone(), term_from: day.clone(), term_to: day };
        let (round, folder) = (hall.round.clone(), hall.place("备案"));
        secretary::set_panel(hall.secretary(), &round, &input).unwrap();
        let error = secretary::submit_panel(hall.secretary(), &round, &folder, PASSPHRASE).unwrap_err();
        assert_eq!(error.code, "PANEL_NO_CHAIR");
    }
}
