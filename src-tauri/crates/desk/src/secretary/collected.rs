//! What has been collected for a round: verified again from the kept bytes, and settled cell by cell.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use review::{
    compile,
    ids::{CentreId, Digest, KeyId},
    sheet::{Absence, Scoring, Sheet, Statement},
    versions::{Misfit, Version, standing},
};
use seal::{
    jws::Verified,
    meeting::{Meeting, SheetRefusal},
    result::Leaf,
};
use store::{
    Reader, Tx,
    tables::{
        problems,
        signed_files::{self, SignedFile, SignedKind, SignedState},
    },
};

use super::problems::{named, note};
use crate::{Desk, DeskError, checks};

/// The codes of a sheet that does not fit in with the others of its cell: these heal when the missing sheet comes.
const MISFITS: [&str; 4] = ["SHEET_SEQ_GAP", "SHEET_FORK", "SHEET_SEQ_REPLAYED", "SHEET_SUPERSEDES"];

/// A signed file of a meeting, verified.
#[derive(Debug)]
pub(super) enum Signed {
    /// A score sheet or recusal.
    Sheet(Box<Verified<Sheet>>),
    /// An absence.
    Absence(Box<Verified<Absence>>),
}

impl Signed {
    /// A verified sheet or recusal.
    pub(super) fn sheet(sheet: Verified<Sheet>) -> Self {
        Self::Sheet(Box::new(sheet))
    }

    /// A verified absence.
    pub(super) fn absence(absence: Verified<Absence>) -> Self {
        Self::Absence(Box::new(absence))
    }

    /// Reads a kept file.
    fn of(meeting: &Meeting, file: &SignedFile) -> Result<Self, SheetRefusal> {
        match file.kind {
            SignedKind::Absence => meeting.read_absence(&file.bytes).map(Self::absence),
            SignedKind::Sheet | SignedKind::Recusal => meeting.read_sheet(&file.bytes).map(Self::sheet),
        }
    }

    /// The row that keeps it; an absence has no `seq`.
    pub(super) fn row(&self, round: &str, source_name: &str, at: &str) -> SignedFile {
        let (kind, centre, expert, seq, digest, bytes) = match self {
            Self::Sheet(sheet) => {
                let kind = match sheet.statement {
                    Statement::Scoring(_) => SignedKind::Sheet,
                    Statement::Recusal { .. } => SignedKind::Recusal,
                };
                (kind, &sheet.dossier.centre, &sheet.expert, sheet.seq, sheet.digest(), sheet.bytes())
            }
            Self::Absence(absence) => {
                let bytes = absence.bytes();
                (SignedKind::Absence, &absence.centre, &absence.expert, 0, absence.digest(), bytes)
            }
        };
        SignedFile {
            digest: digest.to_string(),
            round_id: round.to_owned(),
            kind,
            centre_id: centre.to_string(),
            expert: expert.to_string(),
            seq,
            bytes: bytes.to_vec(),
            own: matches!(self, Self::Absence(_)),
            state: SignedState::Accepted,
            code: None,
            received_at: at.to_owned(),
            source_name: source_name.to_owned(),
        }
    }
}

/// Everything collected for a round under its newest roster.
pub(super) struct Collected {
    pub(super) meeting: Arc<Meeting>,
    pub(super) sheets: BTreeMap<Digest, Verified<Sheet>>,
    pub(super) absences: BTreeMap<Digest, Verified<Absence>>,
}

impl Collected {
    /// Reads and verifies it. What was signed under an older roster is left out.
    pub(super) fn load(desk: &mut Desk, round: &str) -> Result<Self, DeskError> {
        let meeting = desk.meeting(round)?;
        let mut collected = Self { meeting, sheets: BTreeMap::new(), absences: BTreeMap::new() };
        for file in signed_files::of_round(&desk.store, round)? {
            match Signed::of(&collected.meeting, &file) {
                Ok(Signed::Sheet(sheet)) => drop(collected.sheets.insert(sheet.digest(), *sheet)),
                Ok(Signed::Absence(absence)) => drop(collected.absences.insert(absence.digest(), *absence)),
                Err(_) => {}
            }
        }
        Ok(collected)
    }

    /// The matrix of members and centres.
    pub(super) fn matrix(&self) -> Vec<compile::MatrixCell> {
        let sheets: Vec<_> = self.sheets.iter().map(|(digest, sheet)| (*digest, sheet.value())).collect();
        let absences: Vec<_> = self.absences.iter().map(|(digest, absence)| (*digest, absence.value())).collect();
        compile::matrix(self.meeting.round(), self.meeting.panel(), &sheets, &absences)
    }

    /// All signed files, to go into a result.
    pub(super) fn leaves(&self) -> Vec<Leaf<'_>> {
        let absences = self.absences.values().map(Leaf::Absence);
        self.sheets.values().map(Leaf::Sheet).chain(absences).collect()
    }

    /// The scores of a sheet.
    pub(super) fn scoring(&self, digest: &Digest) -> Option<&Scoring> {
        match &self.sheets.get(digest)?.statement {
            Statement::Scoring(scoring) => Some(scoring),
            Statement::Recusal { .. } => None,
        }
    }
}

/// Settles the sheets of one cell: sets aside what does not fit in and notes why, and lets count again what has healed.
pub(super) fn settle(tx: &Tx<'_>, meeting: &Meeting, centre: &str, expert: &str) -> Result<(), DeskError> {
    let round = meeting.round().id.as_str();
    let files = signed_files::of_cell(tx, round, centre, expert)?;
    let mut versions = vec![];
    for file in files.iter().filter(|file| file.kind != SignedKind::Absence) {
        if let Ok(Signed::Sheet(sheet)) = Signed::of(meeting, file) {
            let supersedes = sheet.supersedes.clone();
            versions.push(Version { digest: sheet.digest(), seq: sheet.seq, supersedes });
        }
    }
    let misfits: BTreeMap<String, Misfit> =
        standing(&versions).misfits.into_iter().map(|(digest, misfit)| (digest.to_string(), misfit)).collect();
    let read: BTreeSet<String> = versions.iter().map(|version| version.digest.to_string()).collect();
    for file in files.iter().filter(|file| read.contains(&file.digest)) {
        let error = misfits.get(&file.digest).map(|misfit| misfit_error(meeting, *misfit, centre, expert));
        let code = error.as_ref().map(|error| error.code.as_str());
        if file.code.as_deref() != code {
            let state = if code.is_some() { SignedState::Quarantined } else { SignedState::Accepted };
            signed_files::set_state(tx, &file.digest, state, code)?;
            heal(tx, &open_problems(tx, round)?, &file.digest, code)?;
            if let Some(error) = &error {
                note(tx, round, &file.source_name, &file.digest, error)?;
            }
        }
    }
    Ok(())
}

/// Settles every cell anew, after the roster has changed: what was signed under the older one is set aside.
pub(super) fn settle_all(tx: &Tx<'_>, meeting: &Meeting) -> Result<(), DeskError> {
    let round = meeting.round().id.as_str();
    let open = open_problems(tx, round)?;
    let mut cells = BTreeSet::new();
    for file in signed_files::of_round(tx, round)? {
        match Signed::of(meeting, &file) {
            Ok(_) => drop(cells.insert((file.centre_id, file.expert))),
            Err(refusal) => {
                let error = checks::refusal(meeting, &refusal);
                signed_files::set_state(tx, &file.digest, SignedState::Quarantined, Some(&error.code))?;
                heal(tx, &open, &file.digest, Some(&error.code))?;
                note(tx, round, &file.source_name, &file.digest, &error)?;
            }
        }
    }
    cells.iter().try_for_each(|(centre, expert)| settle(tx, meeting, centre, expert))
}

/// Resolves the problems of a sheet that no longer stand; `code` is the one that does.
fn heal(tx: &Tx<'_>, open: &[problems::Problem], digest: &str, code: Option<&str>) -> Result<(), DeskError> {
    for problem in open {
        let healed = MISFITS.contains(&problem.code.as_str()) && Some(problem.code.as_str()) != code;
        if problem.digest == digest && healed {
            problems::resolve(tx, problem.id)?;
        }
    }
    Ok(())
}

/// The problems of a round that are not settled, newest first.
pub(super) fn open_problems(reader: &Reader, round: &str) -> Result<Vec<problems::Problem>, DeskError> {
    let mut open = problems::of_round(reader, round)?;
    open.retain(|problem| problem.resolved_at.is_none());
    Ok(open)
}

fn misfit_error(meeting: &Meeting, misfit: Misfit, centre: &str, expert: &str) -> DeskError {
    let error = match misfit {
        Misfit::Gap { seq, expected } => DeskError::new("SHEET_SEQ_GAP").with("seq", seq).with("expected", expected),
        Misfit::Fork { seq } => DeskError::new("SHEET_FORK").with("seq", seq),
        Misfit::Replayed { seq, newest } => {
            DeskError::new("SHEET_SEQ_REPLAYED").with("seq", seq).with("newest", newest)
        }
        Misfit::Supersedes { seq } => DeskError::new("SHEET_SUPERSEDES").with("seq", seq),
    };
    named(error, meeting, centre, expert)
}

/// A centre and a member of a meeting, from the texts that name them.
///
/// # Errors
/// `NOT_FOUND`.
pub(super) fn cell(meeting: &Meeting, centre: &str, expert: &str) -> Result<(CentreId, KeyId), DeskError> {
    let found = meeting.panel().members.iter().find(|member| member.key.as_str() == expert);
    let expert = found.ok_or_else(|| DeskError::not_found("expert"))?;
    Ok((self::centre(meeting, centre)?, expert.key.clone()))
}

/// A centre of a meeting.
///
/// # Errors
/// `NOT_FOUND`.
pub(super) fn centre(meeting: &Meeting, centre: &str) -> Result<CentreId, DeskError> {
    let found = meeting.round().centres.iter().find(|known| known.id.as_str() == centre);
    found.map(|centre| centre.id.clone()).ok_or_else(|| DeskError::not_found("centre"))
}
