//! The panel (专家委员会) as the secretary composes it and sends it for filing (备案, Article 6(2)).

use std::path::Path;

use chrono::Months;
use review::{
    ids::KeyId,
    panel::{self, PanelError},
    roster::{Card, Panel, Person, Role, Term},
};
use seal::{
    jws::{self, Verified},
    key::sha256,
    meeting::Issued,
    packages::write_panel,
};
use store::{
    Op,
    tables::{panel_drafts, panel_files, rosters, rounds},
};

use super::cards::experts;
use crate::{
    Desk, DeskError,
    desk::day,
    dto::{Candidate, PanelInput, PanelView, Written},
    output::{name_part, write_bytes},
    views,
};

/// The panel of a round as composed so far, with what Article 11 says to it for each centre.
///
/// # Errors
/// `ROLE_MISSING`, `NOT_FOUND`.
pub fn panel(desk: &Desk, round: &str) -> Result<PanelView, DeskError> {
    desk.require(Role::Secretary)?;
    let issued = desk.issued(round)?;
    let draft = draft(desk, &issued)?;
    view(desk, &issued, &draft)
}

/// Keeps the panel as chosen on the screen. An unlawful one is kept too, and the answer says what stands against it.
///
/// # Errors
/// `ROLE_MISSING`, `NOT_FOUND`, `PANEL_CARD_MISSING`, `DATE_INVALID`.
pub fn set_panel(desk: &mut Desk, round: &str, input: &PanelInput) -> Result<PanelView, DeskError> {
    desk.require(Role::Secretary)?;
    let issued = desk.issued(round)?;
    members(&experts(desk)?, input)?;
    term(input)?;
    let json = serde_json::to_string(input).map_err(DeskError::internal)?;
    let at = desk.now();
    desk.store
        .transact(&at, Op::PanelChanged.on(round).with_detail(&json), |tx| panel_drafts::put(tx, round, &json))?;
    view(desk, &issued, input)
}

/// Signs the panel and writes the file for the bureau: `备案-<title>.hjpanel`, with every member's card.
///
/// # Errors
/// What stands against the panel, first the people, then Article 11 with the centre, the figures and the names of the host's
/// members (`hosts`); `PASSPHRASE_WRONG`; those of writing.
pub fn submit_panel(desk: &mut Desk, round: &str, folder: &Path, passphrase: &str) -> Result<Written, DeskError> {
    desk.require(Role::Secretary)?;
    let issued = desk.issued(round)?;
    let draft = draft(desk, &issued)?;
    let cards = members(&experts(desk)?, &draft)?;
    let people: Vec<Person> = cards.iter().map(|card| card.person.clone()).collect();
    if let Some(problem) = problems(desk, &issued, &draft, &people)?.into_iter().next() {
        return Err(problem);
    }
    let compositions = views::compositions(issued.rulebook(), issued.round(), &people);
    if let Some(violation) = compositions.iter().flat_map(DeskError::violations).next() {
        return Err(violation);
    }

    let key = desk.key(passphrase)?;
    let panel = Panel {
        round: issued.round().id.clone(),
        round_digest: issued.round().digest(),
        secretary: desk.person().clone(),
        members: people,
        chair: draft.chair.parse().map_err(|_| DeskError::new("PANEL_NO_CHAIR"))?,
        term: term(&draft)?,
        submitted_at: desk.host.clock.now(),
    };
    issued.check_panel(&panel)?;
    let signed = jws::sign(&panel, &key, &desk.host.random)?;
    drop(key);
    let own = &desk.card;
    let mut travelling: Vec<&Verified<Card>> = cards.iter().filter(|c| c.person.key != own.person.key).collect();
    travelling.push(own);
    let mut bytes = Vec::new();
    write_panel(&signed, &travelling, &mut bytes)?;

    let name = format!("备案-{}.hjpanel", name_part(&issued.round().title));
    let written = write_bytes(folder, &name, &bytes)?;
    let at = desk.now();
    let row = panel_files::PanelFile {
        digest: sha256(&bytes).to_string(),
        round_id: round.to_owned(),
        bytes,
        status: panel_files::PanelStatus::Submitted,
        received_at: at.clone(),
    };
    desk.store.transact(&at, Op::PanelSubmitted.on_all(&[round, &row.digest]), |tx| panel_files::insert(tx, &row))?;
    Ok(written)
}

/// The draft that is kept, or an empty one whose term begins on the round's day and lasts one year.
fn draft(desk: &Desk, issued: &Issued) -> Result<PanelInput, DeskError> {
    if let Some(json) = panel_drafts::get(&desk.store, issued.round().id.as_str())? {
        return serde_json::from_str(&json).map_err(DeskError::internal);
    }
    let from = issued.round().held_on;
    let to = from.checked_add_months(Months::new(12)).and_then(|end| end.pred_opt()).unwrap_or(from);
    Ok(PanelInput { members: vec![], chair: String::new(), term_from: from.to_string(), term_to: to.to_string() })
}

fn term(input: &PanelInput) -> Result<Term, DeskError> {
    Ok(Term { from: day(&input.term_from, "term_from")?, to: day(&input.term_to, "term_to")? })
}

/// The cards of the chosen members, in their order; who is chosen twice stands twice, to be refused by name.
fn members(candidates: &[Verified<Card>], input: &PanelInput) -> Result<Vec<Verified<Card>>, DeskError> {
    let chosen = |key: &String| {
        let card = candidates.iter().find(|card| card.person.key.as_str() == key);
        let short = || key.parse::<KeyId>().map_or_else(|_| key.clone(), |key| key.short());
        card.cloned().ok_or_else(|| DeskError::new("PANEL_CARD_MISSING").with("key", short()))
    };
    input.members.iter().map(chosen).collect()
}

/// The chosen in the order of the panel, then the others by name.
fn in_order<'a>(cards: &'a [Verified<Card>], draft: &PanelInput) -> Vec<&'a Verified<Card>> {
    let place = |card: &Verified<Card>| {
        let chosen = draft.members.iter().position(|key| key == card.person.key.as_str());
        (chosen.unwrap_or(usize::MAX), card.person.name.clone())
    };
    let mut cards: Vec<&Verified<Card>> = cards.iter().collect();
    cards.sort_by_cached_key(|card| place(card));
    cards
}

/// What stands against the list of people, whatever the centre.
fn problems(desk: &Desk, issued: &Issued, draft: &PanelInput, people: &[Person]) -> Result<Vec<DeskError>, DeskError> {
    let rules = &issued.rulebook().panel;
    let term = term(draft)?;
    let chair: Option<KeyId> = draft.chair.parse().ok();
    let chosen = chair.filter(|chair| people.iter().any(|person| person.key == *chair));
    // Without a chair the rest is checked all the same, so that the page shows everything at once.
    let stand_in = chosen.as_ref().or(people.first().map(|person| &person.key)).unwrap_or(&desk.person().key);
    let mut found = vec![];
    let (secretary, held_on) = (&desk.person().key, issued.round().held_on);
    match panel::check_people(rules, people, stand_in, secretary, term, held_on) {
        Ok(()) | Err(PanelError::ChairNotMember) => {}
        Err(PanelError::ChairIsSecretary) if chosen.is_none() => {}
        Err(error) => found.push(views::people_problem(rules, error, people)),
    }
    if chosen.is_none() {
        found.push(DeskError::new("PANEL_NO_CHAIR"));
    }
    Ok(found)
}

fn view(desk: &Desk, issued: &Issued, draft: &PanelInput) -> Result<PanelView, DeskError> {
    let (round, rulebook) = (issued.round(), issued.rulebook());
    let status = rounds::get(&desk.store, round.id.as_str())?.map_or("received", |row| row.status.as_str());
    let cards = experts(desk)?;
    let people: Vec<Person> = members(&cards, draft)?.into_iter().map(|card| card.person.clone()).collect();
    let host_of = |person: &Person| {
        let theirs = round.centres.iter().filter(|centre| centre.host.is_same(&person.unit));
        theirs.map(|centre| views::short_name(rulebook, &centre.name)).collect()
    };
    let candidate = |card: &Verified<Card>| Candidate {
        person: views::person(&card.person),
        member: draft.members.iter().any(|key| key == card.person.key.as_str()),
        host_of: host_of(&card.person),
    };
    let compositions = views::compositions(rulebook, round, &people);
    let problems = problems(desk, issued, draft, &people)?;
    Ok(PanelView {
        round: views::summary(&desk.store, issued, status)?,
        candidates: in_order(&cards, draft).into_iter().map(candidate).collect(),
        chair: draft.chair.clone(),
        term_from: draft.term_from.clone(),
        term_to: draft.term_to.clone(),
        lawful: problems.is_empty() && compositions.iter().all(|centre| centre.violations.is_empty()),
        compositions,
        problems,
        roster_version: rosters::latest(&desk.store, round.id.as_str())?.map_or(0, |roster| roster.version),
    })
}
