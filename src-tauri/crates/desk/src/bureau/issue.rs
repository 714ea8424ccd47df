//! Issuing: the draft becomes a signed round that nobody changes any more.

use std::{io, path::Path};

use review::{
    roster::Role,
    round::{Round, RulebookRef},
};
use seal::{
    bag::Content,
    jws,
    key::sha256,
    meeting::{Issued, check_round},
    packages::{document_path, write_round},
};
use store::{
    Op,
    tables::rounds::{self, IssuedRound},
};

use super::drafts::{self, Drafted};
use crate::{
    Desk, DeskError,
    dto::{RoundView, Written},
    output::{name_part, write_into},
    views,
};

/// Signs a draft and writes the round file `轮次-….hjround` into a folder. From then on the round is frozen.
///
/// # Errors
/// The first of the draft's problems; `PASSPHRASE_WRONG`; `ROUND_ISSUED`, `NOT_FOUND`, `ROLE_MISSING`; those of writing, in
/// which case the round stays a draft.
pub fn issue_round(desk: &mut Desk, round: &str, folder: &Path, passphrase: &str) -> Result<Written, DeskError> {
    desk.require(Role::Bureau)?;
    let drafted = drafts::load(desk, round)?;
    let today = desk.host.clock.now().date_naive();
    if let Some(problem) = drafted.problems(today).into_iter().next() {
        return Err(problem);
    }
    let key = desk.key(passphrase)?;
    let head = head(desk, &drafted)?;
    check_round(&head, &drafted.rulebook)?;
    let bytes = jws::sign(&head, &key, &desk.host.random)?;
    drop(key);
    let issued = Issued::read(desk.card.bytes(), &bytes, &drafted.row.rulebook)?;

    let mut documents = vec![];
    for centre in &head.centres {
        for document in &centre.dossier.documents {
            let open = desk.store.files().opener(&document.digest.to_string())?;
            documents.push((document_path(&centre.id, &document.name), Content::opened(open)));
        }
    }
    let mut writing = desk.store.files().start()?;
    write_round(&issued, documents, &mut writing)?;
    let stored = writing.finish()?;

    let name = format!("轮次-{}.hjround", name_part(&head.title));
    // Written before it is kept: a stick that takes no file leaves a draft to issue again, and no round that nobody has.
    let written = copy_kept(desk, &stored.digest, folder, &name)?;
    let at = desk.now();
    let kept =
        IssuedRound { bytes: &bytes, bureau_card: desk.card.bytes(), file_digest: &stored.digest, package_name: &name };
    let change = Op::RoundIssued.on(round).with_detail(sha256(&bytes).to_string());
    desk.store.transact(&at, change, |tx| rounds::issue(tx, round, kept))?;
    Ok(written)
}

/// Writes the file of a round that was issued before into a folder once more.
///
/// # Errors
/// `NOT_FOUND`; those of writing.
pub fn export_round(desk: &Desk, round: &str, folder: &Path) -> Result<Written, DeskError> {
    let row = rounds::get(&desk.store, round)?.ok_or_else(|| DeskError::not_found("round"))?;
    match (&row.file_digest, &row.package_name) {
        (Some(digest), Some(name)) => copy_kept(desk, digest, folder, name),
        _ => Err(DeskError::not_found("round")),
    }
}

/// A signed round, verified again from its kept bytes.
///
/// # Errors
/// `NOT_FOUND`, also for a draft; those of verifying.
pub fn round_view(desk: &Desk, round: &str) -> Result<RoundView, DeskError> {
    let row = rounds::get(&desk.store, round)?.ok_or_else(|| DeskError::not_found("round"))?;
    let issued = desk.issued(round)?;
    let summary = views::summary(&desk.store, &issued, row.status.as_str())?;
    Ok(views::round(&issued, summary))
}

/// Writes a kept file into a folder.
fn copy_kept(desk: &Desk, digest: &str, folder: &Path, name: &str) -> Result<Written, DeskError> {
    let mut file = desk.store.open_file(digest)?;
    write_into(folder, name, |mut out| {
        io::copy(&mut file, &mut out).map(drop).map_err(|error| DeskError::io(&folder.join(name), &error))
    })
}

/// The head that is signed.
fn head(desk: &Desk, drafted: &Drafted) -> Result<Round, DeskError> {
    let draft = &drafted.draft;
    let reason = draft.out_of_force_reason.clone();
    Ok(Round {
        id: drafted.row.id.parse().map_err(DeskError::internal)?,
        title: draft.title.clone(),
        kind: draft.kind,
        held_on: draft.held_on,
        period: draft.period,
        rulebook: RulebookRef { id: drafted.rulebook.id.clone(), digest: sha256(&drafted.row.rulebook) },
        out_of_force_reason: (!reason.is_empty()).then_some(reason),
        scheme: draft.scheme.clone(),
        bureau: desk.person().unit.clone(),
        bureau_key: desk.person().key.clone(),
        centres: drafted.centres.clone(),
    })
}
