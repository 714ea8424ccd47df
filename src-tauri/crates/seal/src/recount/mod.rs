//! The recount (复核): everything a result says, computed again from the signed sheets alone.
//!
//! Needs no store and no screen: `review` and `seal` suffice, so that anyone can do it. The checks are numbered, go on as
//! far as they can after a failure, and say precisely what does not agree.

mod compare;
mod report;

use std::{
    collections::BTreeSet,
    io::{Read, Seek},
};

use review::{
    compile::{self, CellState},
    ids::{CentreId, KeyId},
    result::{CellKind, ResultHead},
    roster::{Person, Roster},
    sheet::Sheet,
};

use self::compare::{compare_centres, compare_entries, compare_matrix};
pub use self::report::{Check, CheckKey, Discrepancy, Recount};
use crate::{
    bag::Bag,
    jws::{self, JwsError, Signed, Verified},
    meeting::{Issued, Meeting},
    packages::{PackageError, ROSTER, check_dossiers, head, read, read_issued},
    result::{HEADS, RESULT, RESULT_HEAD, limits},
};

/// Whom the verifier trusts to issue rounds.
#[derive(Clone, Copy, Debug)]
pub enum Trust<'a> {
    /// These bureau keys.
    Keys(&'a [KeyId]),
    /// Nobody is known: the report names the bureau's key, to be compared with what the bureau says itself.
    Unknown,
}

/// Recounts a result package.
///
/// `progress` hears how many bytes of the package are checked, and of how many.
pub fn recount<R: Read + Seek>(file: R, trust: Trust<'_>, progress: &mut dyn FnMut(u64, u64)) -> Recount {
    let mut recount = Recount::default();
    if let Some(mut bag) = open(file, &mut recount, progress)
        && let Some(meeting) = meeting(&mut bag, &mut recount, trust)
    {
        read_leaves(&mut bag, &mut recount, &meeting);
        read_head(&mut bag, &mut recount, &meeting);
        compute(&mut recount, &meeting);
        if let Some(head) = recount.head.clone() {
            compare_entries(&bag, &mut recount, &meeting, &head);
            compare_matrix(&mut recount, &meeting, &head);
            compare_centres(&mut recount, &meeting, &head);
        }
        recount.meeting = Some(meeting);
    }
    recount.finished()
}

fn open<R: Read + Seek>(file: R, recount: &mut Recount, progress: &mut dyn FnMut(u64, u64)) -> Option<Bag<R>> {
    match Bag::open(file, RESULT, &limits()) {
        Err(error) => {
            recount.problem(CheckKey::Form, PackageError::from(error));
            None
        }
        Ok(mut bag) => {
            recount.figure(CheckKey::Form, "entries", bag.paths().count());
            if let Err(error) = check_dossiers(&mut bag, progress) {
                recount.problem(CheckKey::Form, error);
            }
            Some(bag)
        }
    }
}

fn meeting<R: Read + Seek>(bag: &mut Bag<R>, recount: &mut Recount, trust: Trust<'_>) -> Option<Meeting> {
    let issued: Issued = match read_issued(bag) {
        Ok(issued) => issued,
        Err(error) => {
            recount.problem(CheckKey::Round, error);
            return None;
        }
    };
    recount.figure(CheckKey::Round, "centres", issued.round().centres.len());
    recount.figure(CheckKey::Round, "bureau", issued.bureau().person.key.short());
    let key = issued.bureau().person.key.clone();
    match trust {
        Trust::Keys(keys) if !keys.contains(&key) => recount.problem(CheckKey::Round, Discrepancy::Bureau { key }),
        Trust::Keys(_) | Trust::Unknown => {}
    }
    let roster = head::<Roster, R>(bag, ROSTER);
    match roster.and_then(|bytes| Meeting::read(issued, &bytes).map_err(PackageError::from)) {
        Ok(meeting) => {
            recount.figure(CheckKey::Roster, "version", meeting.roster().version);
            recount.figure(CheckKey::Roster, "members", meeting.panel().members.len());
            Some(meeting)
        }
        Err(error) => {
            recount.problem(CheckKey::Roster, error);
            None
        }
    }
}

/// Reads every file that is not a head as a sheet or an absence.
fn read_leaves<R: Read + Seek>(bag: &mut Bag<R>, recount: &mut Recount, meeting: &Meeting) {
    let paths: Vec<String> = bag.paths().filter(|path| !HEADS.contains(path)).map(str::to_owned).collect();
    recount.figure(CheckKey::Sheets, "count", paths.len());
    for path in paths {
        let max = u64::try_from(Sheet::MAX_BYTES).unwrap_or(u64::MAX);
        let read = read(bag, &path, max).map_err(Discrepancy::from).and_then(|bytes| {
            let refused = |refusal| Discrepancy::Sheet { path: path.clone(), refusal };
            if path.ends_with(".hjabsence") {
                meeting.read_absence(&bytes).map(|absence| drop(recount.absences.insert(path.clone(), absence)))
            } else {
                meeting.read_sheet(&bytes).map(|sheet| drop(recount.sheets.insert(path.clone(), sheet)))
            }
            .map_err(refused)
        });
        if let Err(problem) = read {
            recount.problem(CheckKey::Sheets, problem);
        }
    }
}

/// Verifies the head: the secretary's signature, and the chair's beside it.
fn read_head<R: Read + Seek>(bag: &mut Bag<R>, recount: &mut Recount, meeting: &Meeting) {
    let bytes = match head::<ResultHead, R>(bag, RESULT_HEAD) {
        Ok(bytes) => bytes,
        Err(error) => return recount.problem(CheckKey::Signatures, error),
    };
    match read_result_head(&bytes, meeting) {
        Err(error) => recount.problem(CheckKey::Signatures, Discrepancy::Head { error }),
        Ok(head) => {
            recount.figure(CheckKey::Signatures, "signatures", head.signers().len());
            recount.figure(CheckKey::Signatures, "secretary", &meeting.panel().secretary.name);
            recount.figure(CheckKey::Signatures, "chair", meeting.chair().map_or("", |chair| &chair.name));
            if head.signers().len() < 2 {
                recount.problem(CheckKey::Signatures, Discrepancy::NotCountersigned);
            }
            if let Err(error) = head.binding.check(meeting.binding()) {
                recount.problem(CheckKey::Signatures, Discrepancy::Binding { error });
            }
            recount.head = Some(head);
        }
    }
}

/// Verifies a result head: signed by the secretary, and by the chair where there is a second signature.
///
/// # Errors
/// [`JwsError`].
pub fn read_result_head(bytes: &[u8], meeting: &Meeting) -> Result<Verified<ResultHead>, JwsError> {
    let signatures = jws::kids(bytes, ResultHead::MAX_BYTES)?.len();
    let secretary = &meeting.panel().secretary;
    let signers: Vec<&Person> = [secretary].into_iter().chain(meeting.chair()).take(signatures.max(1)).collect();
    let keys: Vec<_> = signers.iter().map(|person| &person.jwk).collect();
    jws::verify::<ResultHead>(bytes, &keys)
}

/// Compiles again from the verified sheets and absences.
fn compute(recount: &mut Recount, meeting: &Meeting) {
    let sheets: Vec<_> = recount.sheets.values().map(|sheet| (sheet.digest(), sheet.value())).collect();
    let absences: Vec<_> = recount.absences.values().map(|absence| (absence.digest(), absence.value())).collect();
    let matrix = compile::matrix(meeting.round(), meeting.panel(), &sheets, &absences);
    let mut problems = vec![];
    let mut settled = vec![];
    for cell in matrix {
        let (centre, expert) = (cell.centre, cell.expert);
        match cell.state {
            CellState::Settled(cell) => settled.push(cell),
            CellState::Missing => problems.push(Discrepancy::CellMissing { centre, expert }),
            CellState::Conflict(_) => problems.push(Discrepancy::CellConflict { centre, expert }),
        }
    }
    let count = |kind: fn(&CellKind) -> bool| settled.iter().filter(|cell| kind(&cell.kind)).count();
    recount.figure(CheckKey::Complete, "cells", meeting.round().centres.len() * meeting.panel().members.len());
    recount.figure(CheckKey::Complete, "sheets", count(|kind| matches!(kind, CellKind::Scored { .. })));
    recount.figure(CheckKey::Complete, "recusals", count(|kind| *kind == CellKind::Recused));
    recount.figure(CheckKey::Complete, "absences", count(|kind| *kind == CellKind::Absent));
    let unsettled = problems.iter().filter_map(|problem| match problem {
        Discrepancy::CellMissing { centre, .. } | Discrepancy::CellConflict { centre, .. } => Some(centre.clone()),
        _ => None,
    });
    let unsettled: BTreeSet<CentreId> = unsettled.chain(unread(recount, meeting)).collect();
    let findings = recount.head.as_ref().map(|head| head.findings.clone()).unwrap_or_default();
    recount.centres = meeting
        .round()
        .centres
        .iter()
        .filter(|centre| !unsettled.contains(&centre.id))
        .map(|centre| {
            compile::compile_centre(meeting.rulebook(), meeting.round(), centre, meeting.panel(), &settled, &findings)
        })
        .collect();
    recount.matrix = settled;
    recount.check(CheckKey::Complete).problems.extend(problems);
}

/// The centres for which the head lists a file that is not here, or does not verify. What the others say may be an earlier
/// version: such a centre is not computed.
fn unread(recount: &Recount, meeting: &Meeting) -> Vec<CentreId> {
    let listed = recount.head.iter().flat_map(|head| &head.entries).map(|entry| entry.path.as_str());
    let unread = listed.filter(|path| !recount.sheets.contains_key(*path) && !recount.absences.contains_key(*path));
    let centre = |path: &str| {
        let id = path.strip_prefix("sheets/")?.split('/').next()?;
        meeting.round().centres.iter().map(|centre| &centre.id).find(|centre| centre.as_str() == id).cloned()
    };
    unread.filter_map(centre).collect()
}
