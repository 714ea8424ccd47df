//! Collecting what the members signed.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use review::{
    roster::Role,
    sheet::{Absence, Sheet},
};
use seal::{
    jws::Signed as _,
    key::sha256,
    meeting::{Meeting, SheetRefusal},
};
use store::{
    Op, Tx,
    tables::{
        problems::Problem,
        signed_files::{self, SignedState},
    },
};

use super::{
    cards::name_of,
    collected::{Signed, open_problems, settle},
    problems, require_ours, result,
};
use crate::{
    Desk, DeskError, checks,
    dto::{ImportReport, ProblemFile},
    incoming::{find, has_ending, name, read},
};

/// The endings of what is collected.
const ENDINGS: [&str; 3] = ["hjsheet", "hjabsence", "hjresult"];
/// How many files are held in memory together; within them, older sheets are taken in before newer ones.
const BATCH: usize = 500;

/// A file that was read and verified.
struct Read {
    name: String,
    signed: Signed,
}

/// Whether a file was new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It is kept now.
    New,
    /// It was here.
    AlreadyHere,
}

/// Collects sheets, recusals, absences and the countersigned result from files and folders.
///
/// Each file stands or falls by itself. What is altered, a stranger's, or from another round or roster is refused and noted;
/// what is well signed but does not fit in with the other sheets of its cell is set aside and noted, until it does. The
/// same file twice changes nothing.
///
/// # Errors
/// `ROLE_MISSING`, `ROSTER_MISSING`, `NOT_A_MEMBER` where another is the secretary; those of the store.
pub fn collect(desk: &mut Desk, round: &str, paths: &[PathBuf]) -> Result<ImportReport, DeskError> {
    desk.require(Role::Secretary)?;
    let meeting = desk.meeting(round)?;
    require_ours(desk, &meeting)?;
    let found = find(paths, &ENDINGS);
    let mut refusals = Refusals::load(desk, round)?;
    let mut report = ImportReport { accepted: 0, already_here: 0, problems: vec![] };
    for (path, error) in found.refused {
        report.problems.push(refusals.note(desk, &path, Refused { digest: None, error })?);
    }
    let mut new = vec![];
    for batch in found.files.chunks(BATCH) {
        let mut signed = vec![];
        for path in batch {
            if has_ending(path, &["hjresult"]) {
                match result::take_countersigned(desk, round, path) {
                    Ok(Taken::New) => report.accepted += 1,
                    Ok(Taken::AlreadyHere) => report.already_here += 1,
                    Err(error) => report.problems.push(refusals.note(desk, path, Refused { digest: None, error })?),
                }
                continue;
            }
            match read_signed(desk, &meeting, path) {
                Ok(None) => report.already_here += 1,
                Ok(Some(read)) => signed.push(read),
                Err(refused) => report.problems.push(refusals.note(desk, path, refused)?),
            }
        }
        signed.sort_by_key(|read| match &read.signed {
            Signed::Sheet(sheet) => sheet.seq,
            Signed::Absence(_) => u32::MAX,
        });
        for read in signed {
            match take_in(desk, &meeting, &read)? {
                Some(digest) => new.push(digest),
                None => report.already_here += 1,
            }
        }
    }
    judge_new(desk, round, &new, &mut report)?;
    Ok(report)
}

/// A refused file, with its digest where it could be read.
struct Refused {
    digest: Option<String>,
    error: DeskError,
}

/// Reads and verifies a file; nothing where it is here already.
fn read_signed(desk: &Desk, meeting: &Meeting, path: &Path) -> Result<Option<Read>, Refused> {
    let absence = has_ending(path, &["hjabsence"]);
    let max = if absence { Absence::MAX_BYTES } else { Sheet::MAX_BYTES };
    let bytes = read(path, max).map_err(|error| Refused { digest: None, error })?;
    let digest = sha256(&bytes).to_string();
    let refused = |error: DeskError| Refused { digest: Some(digest.clone()), error };
    let known = signed_files::get(&desk.store, &digest).map_err(|error| refused(error.into()))?;
    if known.is_some_and(|file| file.round_id == meeting.round().id.as_str()) {
        return Ok(None);
    }
    let signed = if absence {
        meeting.read_absence(&bytes).map(Signed::absence)
    } else {
        meeting.read_sheet(&bytes).map(Signed::sheet)
    };
    let signed = signed.map_err(|refusal| refused(refusal_error(desk, meeting, &refusal)))?;
    Ok(Some(Read { name: name(path), signed }))
}

/// A refusal by name: a stranger's name stands on the card, where there is one.
fn refusal_error(desk: &Desk, meeting: &Meeting, refusal: &SheetRefusal) -> DeskError {
    let error = checks::refusal(meeting, refusal);
    match refusal {
        SheetRefusal::Stranger { key } => match name_of(desk, key) {
            Ok(Some(name)) => error.with("expert", name),
            Ok(None) | Err(_) => error,
        },
        _ => error,
    }
}

/// Keeps a verified file and settles its cell, in one change; its digest where it was new.
fn take_in(desk: &mut Desk, meeting: &Meeting, read: &Read) -> Result<Option<String>, DeskError> {
    let round = meeting.round().id.as_str();
    let at = desk.now();
    let row = read.signed.row(round, &read.name, &at);
    // The same file may lie in two folders of one import.
    if signed_files::get(&desk.store, &row.digest)?.is_some() {
        return Ok(None);
    }
    desk.store.transact(&at, Op::FileCollected.on_all(&[round, &row.digest]), |tx| {
        signed_files::insert(tx, &row)?;
        settle(tx, meeting, &row.centre_id, &row.expert)
    })?;
    Ok(Some(row.digest))
}

/// Sorts the new files into accepted ones and those set aside, by how they stand after the last one came in.
fn judge_new(desk: &Desk, round: &str, new: &[String], report: &mut ImportReport) -> Result<(), DeskError> {
    let open: BTreeMap<String, Problem> =
        open_problems(&desk.store, round)?.into_iter().map(|problem| (problem.digest.clone(), problem)).collect();
    for digest in new {
        let file = signed_files::get(&desk.store, digest)?;
        if file.is_none_or(|file| file.state == SignedState::Accepted) {
            report.accepted += 1;
        } else if let Some(problem) = open.get(digest) {
            report.problems.push(problems::view(&desk.store, problem)?);
        }
    }
    Ok(())
}

/// The refusals of a round that are noted, by the file's digest and the code.
struct Refusals {
    round: String,
    noted: BTreeMap<(String, String), ProblemFile>,
}

impl Refusals {
    fn load(desk: &Desk, round: &str) -> Result<Self, DeskError> {
        let mut noted = BTreeMap::new();
        for problem in open_problems(&desk.store, round)? {
            let view = problems::view(&desk.store, &problem)?;
            noted.insert((problem.digest, problem.code), view);
        }
        Ok(Self { round: round.to_owned(), noted })
    }

    /// Notes a refused file; what is noted already stays as it is.
    fn note(&mut self, desk: &mut Desk, path: &Path, refused: Refused) -> Result<ProblemFile, DeskError> {
        let Refused { digest, error } = refused;
        // A file that cannot be read is known by its path.
        let digest = digest.unwrap_or_else(|| sha256(path.to_string_lossy().as_bytes()).to_string());
        let known = (digest.clone(), error.code.clone());
        if let Some(view) = self.noted.get(&known) {
            return Ok(view.clone());
        }
        let (at, file_name) = (desk.now(), name(path));
        let change = Op::ProblemNoted.on_all(&[&self.round, &digest]).with_detail(&error.code);
        let note = |tx: &Tx<'_>| problems::note(tx, &self.round, &file_name, &digest, &error);
        let id = u32::try_from(desk.store.transact(&at, change, note)?).unwrap_or(0);
        let view = ProblemFile { id, file_name, error, quarantined: false, at };
        self.noted.insert(known, view.clone());
        Ok(view)
    }
}
