//! Dossier packages: taken in whole, read in place.

use std::{fs::File, path::Path};

use review::{ids::CentreId, roster::Role};
use seal::{
    bag::Bag,
    limits::Limits,
    meeting::Meeting,
    packages::{PACK, Pack, check_dossiers, document_path},
};
use store::{
    Op,
    tables::{packs, promises, rosters, rounds},
};

use super::state::dossiers;
use crate::{
    Desk, DeskError,
    dto::{ExpertRound, RoundView},
    incoming,
    rosters::check_history,
    trust::trust,
    views,
};

/// What an expert promises before any dossier opens. The measures set no wording; this one is 待主管部门确认.
const PROMISE: &str = "本人承诺：对本轮评审的卷宗内容、评审过程和评审意见严格保密，不复制、不外传、不用于评审以外的任何目的；\
独立、客观、公正地提出评审意见；与被评审中心存在利害关系的，主动声明回避。";

/// A dossier package before it is taken in: the round, and the bureau's key. Where [`is_trusted`](crate::is_trusted) does not
/// know that key, it is to be compared with what the bureau says itself, before [`import_pack`].
///
/// # Errors
/// Those of the package; `NOT_A_MEMBER` where the roster does not name this desk's key.
pub fn preview_pack(desk: &Desk, path: &Path) -> Result<RoundView, DeskError> {
    let pack = open(desk, path)?;
    let issued = pack.meeting.issued();
    Ok(views::round(issued, views::summary(&desk.store, issued, "received")?))
}

fn open(desk: &Desk, path: &Path) -> Result<Pack<File>, DeskError> {
    desk.require(Role::Expert)?;
    let file = File::open(path).map_err(|error| DeskError::io(path, &error))?;
    let pack = Pack::open(file).map_err(incoming::about(path))?;
    let panel = pack.meeting.panel();
    let me = desk.person();
    if panel.member(&me.key).is_none() || !pack.handout.recipients.contains(&me.key) {
        return Err(DeskError::new("NOT_A_MEMBER").with("name", &me.name));
    }
    Ok(pack)
}

/// Takes a dossier package in: verifies every byte, keeps it as it came, and trusts the bureau that signed it. Calling this is
/// the confirmation that the key of [`preview_pack`] was compared; nothing here could find out by itself whose key it is.
///
/// The same package twice changes nothing.
///
/// # Errors
/// Those of the package; `NOT_A_MEMBER`, `ROSTER_ROLLBACK`, `ROUND_DIFFERENT`.
pub fn import_pack(desk: &mut Desk, path: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<ExpertRound, DeskError> {
    let Pack { mut bag, meeting, .. } = open(desk, path)?;
    check_dossiers(&mut bag, progress)?;
    check_against_known(desk, &meeting)?;
    let name = incoming::name(path);
    let file = File::open(path).map_err(|error| DeskError::io(path, &error))?;
    let stored = desk.store.put_file(file)?;

    let round = meeting.round();
    let id = round.id.to_string();
    if packs::get(&desk.store, &stored.digest)?.is_some() {
        return expert_round(desk, &id);
    }
    let bureau = meeting.issued().bureau();
    trust(desk, bureau)?;
    let at = desk.now();
    let row = rounds::RoundRow {
        id: id.clone(),
        status: rounds::RoundStatus::Received,
        title: round.title.clone(),
        draft_json: None,
        bytes: Some(round.bytes().to_vec()),
        bureau_card: Some(bureau.bytes().to_vec()),
        rulebook: meeting.issued().rulebook_bytes().to_vec(),
        file_digest: None,
        package_name: None,
        created_at: at.clone(),
    };
    let roster = rosters::RosterRow {
        digest: meeting.roster().digest().to_string(),
        round_id: id.clone(),
        version: meeting.roster().version,
        bytes: meeting.roster().bytes().to_vec(),
        received_at: at.clone(),
    };
    let pack = packs::Pack { digest: stored.digest.clone(), round_id: id.clone(), name, received_at: at.clone() };
    desk.store.transact(&at, Op::PackImported.on_all(&[&id, &stored.digest]), |tx| {
        if rounds::get(tx, &id)?.is_none() {
            rounds::insert(tx, &row)?;
        }
        if rosters::get(tx, &roster.digest)?.is_none() {
            rosters::insert(tx, &roster)?;
        }
        packs::insert(tx, &pack)?;
        Ok::<_, DeskError>(())
    })?;
    desk.forget_meeting(&round.id);
    expert_round(desk, &id)
}

/// Refuses a package that contradicts what this desk has: another round under the same id, or an older roster.
fn check_against_known(desk: &Desk, meeting: &Meeting) -> Result<(), DeskError> {
    let id = meeting.round().id.as_str();
    if let Some(known) = rounds::get(&desk.store, id)?
        && known.bytes.as_deref() != Some(meeting.round().bytes())
    {
        return Err(DeskError::new("ROUND_DIFFERENT"));
    }
    let newest = rosters::latest(&desk.store, id)?;
    if newest.as_ref().is_none_or(|newest| newest.digest != meeting.roster().digest().to_string()) {
        check_history(meeting.roster(), newest.as_ref())?;
    }
    Ok(())
}

/// My rounds, newest first.
///
/// # Errors
/// Those of verifying what is kept.
pub fn expert_rounds(desk: &mut Desk) -> Result<Vec<ExpertRound>, DeskError> {
    desk.require(Role::Expert)?;
    let mut ids: Vec<String> = packs::all(&desk.store)?.into_iter().map(|pack| pack.round_id).collect();
    let mut seen = std::collections::BTreeSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    ids.iter().map(|id| expert_round(desk, id)).collect()
}

/// One of my rounds.
pub(super) fn expert_round(desk: &mut Desk, round: &str) -> Result<ExpertRound, DeskError> {
    let meeting = desk.meeting(round)?;
    Ok(ExpertRound {
        round: views::summary(&desk.store, meeting.issued(), "received")?,
        out_of_force_reason: meeting.round().out_of_force_reason.clone(),
        chair: meeting.panel().chair == desk.person().key,
        promised_at: promises::get(&desk.store, round)?.map(|promise| promise.at),
        promise_text: PROMISE.to_owned(),
        dossiers: dossiers(desk, &meeting)?,
    })
}

/// Promises confidentiality (保密承诺) for a round, once.
///
/// # Errors
/// Those of the store.
pub fn promise(desk: &mut Desk, round: &str) -> Result<ExpertRound, DeskError> {
    desk.meeting(round)?;
    if promises::get(&desk.store, round)?.is_none() {
        let at = desk.now();
        let change = Op::PromiseMade.on(round).with_detail(PROMISE);
        desk.store.transact(&at, change, |tx| promises::insert(tx, round, PROMISE).map_err(DeskError::from))?;
    }
    expert_round(desk, round)
}

/// Demands that confidentiality was promised.
pub(super) fn require_promise(desk: &Desk, round: &str) -> Result<(), DeskError> {
    promises::get(&desk.store, round)?.map(drop).ok_or_else(|| DeskError::new("PROMISE_MISSING"))
}

/// The bytes of a document, verified against the manifest. Nothing is written to the disk.
///
/// # Errors
/// `PROMISE_MISSING`, `NOT_FOUND`; those of the package.
pub fn document(desk: &mut Desk, round: &str, centre: &str, name: &str) -> Result<Vec<u8>, DeskError> {
    require_promise(desk, round)?;
    let centre: CentreId = centre.parse().map_err(|_| DeskError::not_found("centre"))?;
    let pack = packs::of_round(&desk.store, round)?.into_iter().next().ok_or_else(|| DeskError::not_found("pack"))?;
    let mut bag = Bag::open(desk.store.open_file(&pack.digest)?, PACK, &Limits::default())?;
    let path = document_path(&centre, name);
    let size = bag.size(&path).ok_or_else(|| DeskError::not_found("document"))?;
    Ok(bag.read(&path, size)?)
}
