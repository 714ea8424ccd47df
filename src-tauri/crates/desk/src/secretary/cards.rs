//! Enrolment cards (名片) of the people who may become a panel.

use std::path::{Path, PathBuf};

use review::{
    ids::KeyId,
    roster::{Card, Role},
};
use seal::jws::{self, Signed, Verified};
use store::{Op, tables::cards};

use crate::{
    Desk, DeskError,
    dto::{ImportReport, ProblemFile},
    incoming::{find, name, read},
};

/// Takes enrolment cards in, from files and folders. A card that is refused does not stop the rest.
///
/// # Errors
/// `ROLE_MISSING`; those of the store.
pub fn import_cards(desk: &mut Desk, paths: &[PathBuf]) -> Result<ImportReport, DeskError> {
    desk.require(Role::Secretary)?;
    let at = desk.now();
    let refused = |path: &Path, error: DeskError| ProblemFile {
        id: 0,
        file_name: name(path),
        error,
        quarantined: false,
        at: at.clone(),
    };
    let found = find(paths, &["hjcard"]);
    let problems = found.refused.into_iter().map(|(path, error)| refused(&path, error)).collect();
    let mut report = ImportReport { accepted: 0, already_here: 0, problems };
    for path in found.files {
        let card = read(&path, Card::MAX_BYTES).and_then(|bytes| Ok(jws::read_card(&bytes)?));
        let card = match card {
            Ok(card) => card,
            Err(error) => {
                report.problems.push(refused(&path, error));
                continue;
            }
        };
        let key = card.person.key.as_str();
        if cards::get(&desk.store, key)?.is_some_and(|kept| kept.bytes == card.bytes()) {
            report.already_here += 1;
            continue;
        }
        let change = Op::CardImported.on(key).with_detail(card.digest().to_string());
        desk.store.transact(&at, change, |tx| cards::put(tx, key, card.bytes()))?;
        report.accepted += 1;
    }
    Ok(report)
}

/// Everyone who could be a member: the experts among the cards, and this desk's own person where an expert too.
pub(super) fn experts(desk: &Desk) -> Result<Vec<Verified<Card>>, DeskError> {
    let own = desk.person().key.clone();
    let others = cards::all(&desk.store)?.into_iter().filter(|row| row.key_id != own.as_str());
    let mut people: Vec<Verified<Card>> =
        others.map(|row| Ok(jws::read_card(&row.bytes)?)).collect::<Result<_, DeskError>>()?;
    people.push(desk.card.clone());
    people.retain(|card| card.roles.contains(&Role::Expert));
    Ok(people)
}

/// The name on the card of that key, where it was taken in.
pub(super) fn name_of(desk: &Desk, key: &KeyId) -> Result<Option<String>, DeskError> {
    let row = cards::get(&desk.store, key.as_str())?;
    Ok(row.and_then(|row| jws::read_card(&row.bytes).ok()).map(|card| card.person.name.clone()))
}
