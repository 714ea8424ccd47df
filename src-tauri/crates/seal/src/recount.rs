//! The recount (复核): everything a result says, computed again from the signed sheets alone.
//!
//! Needs no store and no screen: `review` and `seal` suffice, so that anyone can do it. The checks are numbered, go on as
//! far as they can after a failure, and say precisely what does not agree.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Seek},
};

use review::{
    compile::{self, CellState},
    ids::{CentreId, Digest, KeyId},
    panel::Violation,
    points::Points,
    result::{Cell, CellKind, CentreResult, Outcome, ResultHead},
    roster::{Person, Roster},
    scheme::Grade,
    sheet::{Absence, MAX_COMMENT, Sheet, SheetError, check_text},
};

use crate::{
    bag::Bag,
    jws::{self, JwsError, Signed, Verified},
    meeting::{Issued, Meeting, MeetingError, SheetRefusal},
    merkle,
    packages::{PackageError, ROSTER, check_dossiers, check_files, head, read, read_issued},
    result::{HEADS, Leaf, RESULT, RESULT_HEAD, entries, limits},
};

/// What a check looks at, in the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckKey {
    /// The package has its one form, and every file its digest.
    Form,
    /// The round is issued by the bureau that is trusted.
    Round,
    /// The roster is approved by that bureau.
    Roster,
    /// Secretary and chair signed the head.
    Signatures,
    /// Every sheet and absence verifies and is bound to this meeting.
    Sheets,
    /// Every cell is settled, and no file is missing, added or out of order.
    Complete,
    /// Article 11 on the effective panel of each centre.
    Composition,
    /// The combined totals.
    Totals,
    /// Grades, findings and consequences, Article 22.
    Grades,
    /// The tree over all files.
    Tree,
}

impl CheckKey {
    /// All, in the order of the report.
    pub const ALL: [Self; 10] = [
        Self::Form,
        Self::Round,
        Self::Roster,
        Self::Signatures,
        Self::Sheets,
        Self::Complete,
        Self::Composition,
        Self::Totals,
        Self::Grades,
        Self::Tree,
    ];

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Round => "round",
            Self::Roster => "roster",
            Self::Signatures => "signatures",
            Self::Sheets => "sheets",
            Self::Complete => "complete",
            Self::Composition => "composition",
            Self::Totals => "totals",
            Self::Grades => "grades",
            Self::Tree => "tree",
        }
    }
}

/// What does not agree.
#[derive(Debug, thiserror::Error)]
pub enum Discrepancy {
    /// The package or one of its heads.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The round was issued by another bureau than the one that is trusted.
    #[error("issued by a bureau that is not trusted")]
    Bureau {
        /// Its key.
        key: KeyId,
    },
    /// The head does not verify.
    #[error("head: {error}")]
    Head {
        /// Why.
        error: JwsError,
    },
    /// The chair has not signed.
    #[error("the chair has not signed")]
    NotCountersigned,
    /// The head is bound to another meeting.
    #[error("the head is bound to another meeting")]
    Binding {
        /// To what.
        error: SheetError,
    },
    /// A sheet or an absence is refused.
    #[error("{path}: {refusal}")]
    Sheet {
        /// Where it stands.
        path: String,
        /// Why.
        refusal: SheetRefusal,
    },
    /// The head lists a file that is not there.
    #[error("{path} is listed and not there")]
    EntryMissing {
        /// Where it should stand.
        path: String,
    },
    /// A file is there that the head does not list.
    #[error("{path} is there and not listed")]
    EntryExtra {
        /// Where it stands.
        path: String,
    },
    /// A listed file has another digest.
    #[error("{path} is not the file that is listed")]
    EntryDiffers {
        /// Where it stands.
        path: String,
    },
    /// The list is not in the fixed order, or names a file otherwise than its content does.
    #[error("the list of files is not in its order")]
    EntryOrder,
    /// A cell is not settled by any signed file.
    #[error("a cell is missing")]
    CellMissing {
        /// The centre.
        centre: CentreId,
        /// The member.
        expert: KeyId,
    },
    /// The sheets of a cell do not fit together.
    #[error("a cell is in conflict")]
    CellConflict {
        /// The centre.
        centre: CentreId,
        /// The member.
        expert: KeyId,
    },
    /// The head's matrix says something else about a cell than the signed files.
    #[error("the matrix says otherwise")]
    Matrix {
        /// The centre.
        centre: CentreId,
        /// The member.
        expert: KeyId,
    },
    /// The head names other effective members, or another standing under Article 11.
    #[error("the composition differs")]
    Composition {
        /// The centre.
        centre: CentreId,
    },
    /// The panel that effectively scored a centre does not meet Article 11, and the head hides it.
    #[error("Article 11 is not met")]
    Unlawful {
        /// The centre.
        centre: CentreId,
        /// What is not met.
        violations: Vec<Violation>,
    },
    /// The head states another combined total.
    #[error("the total differs")]
    Total {
        /// The centre.
        centre: CentreId,
        /// As stated.
        stated: Option<Points>,
        /// As computed.
        computed: Option<Points>,
    },
    /// The head states another grade.
    #[error("the grade differs")]
    Grade {
        /// The centre.
        centre: CentreId,
        /// As stated.
        stated: Option<Grade>,
        /// As computed.
        computed: Option<Grade>,
    },
    /// The head states another consequence.
    #[error("the consequence differs")]
    Consequence {
        /// The centre.
        centre: CentreId,
    },
    /// The head's list of centres is not that of the round.
    #[error("the list of centres differs")]
    CentreList,
    /// A finding names no centre of the round, or has no evidence.
    #[error("a finding is not sound")]
    Finding {
        /// The centre as stated.
        centre: CentreId,
    },
    /// The tree hash differs.
    #[error("the tree differs")]
    Tree {
        /// As stated.
        stated: Digest,
        /// As computed.
        computed: Digest,
    },
}

/// One numbered check.
#[derive(Debug)]
pub struct Check {
    /// What it looks at.
    pub key: CheckKey,
    /// Whether it could be made at all: an earlier failure can take its ground away.
    pub made: bool,
    /// What was seen, in figures.
    pub figures: BTreeMap<&'static str, String>,
    /// What does not agree; empty when it passes.
    pub problems: Vec<Discrepancy>,
}

impl Check {
    /// Made, and without a problem.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.made && self.problems.is_empty()
    }
}

/// Everything recounted.
#[derive(Debug, Default)]
pub struct Recount {
    /// The checks, in the order of [`CheckKey::ALL`].
    pub checks: Vec<Check>,
    /// The meeting, where round and roster verify.
    pub meeting: Option<Meeting>,
    /// The head, where it verifies.
    pub head: Option<Verified<ResultHead>>,
    /// The verified sheets, by path.
    pub sheets: BTreeMap<String, Verified<Sheet>>,
    /// The verified absences, by path.
    pub absences: BTreeMap<String, Verified<Absence>>,
    /// The settled cells as computed.
    pub matrix: Vec<Cell>,
    /// The results as computed, where every cell of a centre is settled.
    pub centres: Vec<CentreResult>,
}

impl Recount {
    /// Whether every check passes.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.checks.iter().all(Check::passed)
    }

    /// Whether every check passes but that the chair's signature is still missing.
    #[must_use]
    pub fn awaits_chair(&self) -> bool {
        let mut open = self.checks.iter().flat_map(|check| &check.problems);
        self.checks.iter().all(|check| check.made)
            && matches!(open.next(), Some(Discrepancy::NotCountersigned))
            && open.next().is_none()
    }

    /// The check of that key.
    fn check(&mut self, key: CheckKey) -> &mut Check {
        if let Some(place) = self.checks.iter().position(|check| check.key == key) {
            return &mut self.checks[place];
        }
        self.checks.push(Check { key, made: true, figures: BTreeMap::new(), problems: vec![] });
        let last = self.checks.len() - 1;
        &mut self.checks[last]
    }

    fn problem(&mut self, key: CheckKey, problem: impl Into<Discrepancy>) {
        self.check(key).problems.push(problem.into());
    }

    fn figure(&mut self, key: CheckKey, name: &'static str, value: impl ToString) {
        self.check(key).figures.insert(name, value.to_string());
    }

    /// Puts the checks in order, with those that could not be made.
    fn finished(mut self) -> Self {
        for key in CheckKey::ALL {
            if !self.checks.iter().any(|check| check.key == key) {
                self.check(key).made = false;
            }
        }
        self.checks.sort_by_key(|check| check.key);
        self
    }
}

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
    let unsettled: BTreeSet<CentreId> = problems
        .iter()
        .filter_map(|problem| match problem {
            Discrepancy::CellMissing { centre, .. } | Discrepancy::CellConflict { centre, .. } => Some(centre.clone()),
            _ => None,
        })
        .collect();
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

/// Compares the list of files with the files, and the tree with both.
fn compare_entries<R: Read + Seek>(bag: &Bag<R>, recount: &mut Recount, meeting: &Meeting, head: &ResultHead) {
    let listed: BTreeMap<String, Option<Digest>> =
        head.entries.iter().map(|entry| (entry.path.clone(), Some(entry.digest))).collect();
    let present: BTreeSet<&str> = bag.paths().filter(|path| !HEADS.contains(path)).collect();
    let mut problems = vec![];
    for (path, digest) in &listed {
        if !present.contains(path.as_str()) {
            problems.push(Discrepancy::EntryMissing { path: path.clone() });
        } else if bag.digest(path) != *digest {
            problems.push(Discrepancy::EntryDiffers { path: path.clone() });
        }
    }
    let extra = present.iter().filter(|path| !listed.contains_key(**path));
    problems.extend(extra.map(|path| Discrepancy::EntryExtra { path: (*path).to_owned() }));

    let sheets = recount.sheets.values().map(Leaf::Sheet);
    let absences = recount.absences.values().map(Leaf::Absence);
    let sorted = entries(meeting.round(), meeting.panel(), sheets.chain(absences).collect());
    let all_read = sorted.len() == present.len();
    let in_order = sorted.iter().map(|(entry, _)| entry).eq(head.entries.iter());
    let leaves: Vec<&[u8]> = sorted.iter().map(|(_, leaf)| leaf.bytes()).collect();
    let computed = merkle::tree_hash(&leaves);
    if all_read && problems.is_empty() && !in_order {
        problems.push(Discrepancy::EntryOrder);
    }
    recount.figure(CheckKey::Tree, "entries", leaves.len());
    recount.figure(CheckKey::Tree, "root", computed.short());
    if computed != head.tree_root {
        recount.problem(CheckKey::Tree, Discrepancy::Tree { stated: head.tree_root, computed });
    }
    recount.check(CheckKey::Complete).problems.extend(problems);
    let expected = head.entries.iter().map(|entry| (entry.path.clone(), None));
    let expected = expected.chain(HEADS.map(|path| (path.to_owned(), None))).collect();
    if recount.check(CheckKey::Complete).problems.is_empty()
        && let Err(error) = check_files(bag, &expected)
    {
        recount.problem(CheckKey::Complete, error);
    }
}

/// Compares the head's matrix with the settled cells.
fn compare_matrix(recount: &mut Recount, meeting: &Meeting, head: &ResultHead) {
    let mut problems = vec![];
    for centre in &meeting.round().centres {
        for member in &meeting.panel().members {
            let here = |cell: &&Cell| cell.centre == centre.id && cell.expert == member.key;
            let mut stated = head.matrix.iter().filter(here);
            let computed = recount.matrix.iter().find(here);
            if stated.next() != computed || stated.next().is_some() {
                problems.push(Discrepancy::Matrix { centre: centre.id.clone(), expert: member.key.clone() });
            }
        }
    }
    let cells = meeting.round().centres.len() * meeting.panel().members.len();
    if problems.is_empty() && (head.matrix.len() != cells || head.matrix != recount.matrix) {
        problems.push(Discrepancy::EntryOrder);
    }
    recount.check(CheckKey::Complete).problems.extend(problems);
}

/// What an outcome states, for comparing one thing at a time.
fn stated(outcome: &Outcome) -> (Option<Points>, Option<Grade>) {
    match outcome {
        Outcome::Graded { score, grade, .. } => (Some(*score), Some(*grade)),
        Outcome::ByFinding { .. } => (None, Some(Grade::Unqualified)),
        Outcome::Refused { .. } => (None, None),
    }
}

/// Compares the head's results with the computed ones, each thing on its own.
fn compare_centres(recount: &mut Recount, meeting: &Meeting, head: &ResultHead) {
    let count = recount.centres.len();
    for key in [CheckKey::Composition, CheckKey::Totals, CheckKey::Grades] {
        recount.figure(key, "centres", count);
    }
    if !head.centres.iter().map(|result| &result.centre).eq(meeting.round().centres.iter().map(|c| &c.id)) {
        recount.problem(CheckKey::Grades, Discrepancy::CentreList);
    }
    for finding in &head.findings {
        if meeting.round().centre(&finding.centre).is_none() || check_text(&finding.evidence, 1, MAX_COMMENT).is_err() {
            recount.problem(CheckKey::Grades, Discrepancy::Finding { centre: finding.centre.clone() });
        }
    }
    let computed = recount.centres.clone();
    for result in &head.centres {
        let centre = result.centre.clone();
        let Some(computed) = computed.iter().find(|other| other.centre == centre) else { continue };
        if result.composition != computed.composition {
            recount.problem(CheckKey::Composition, Discrepancy::Composition { centre: centre.clone() });
        }
        let ((total, grade), (total_computed, grade_computed)) = (stated(&result.outcome), stated(&computed.outcome));
        if let (Outcome::Refused { violations }, false) = (&computed.outcome, result.outcome == computed.outcome) {
            let violations = violations.clone();
            recount.problem(CheckKey::Composition, Discrepancy::Unlawful { centre: centre.clone(), violations });
        }
        if total != total_computed {
            let (stated, computed) = (total, total_computed);
            recount.problem(CheckKey::Totals, Discrepancy::Total { centre: centre.clone(), stated, computed });
        }
        if grade != grade_computed {
            let (stated, computed) = (grade, grade_computed);
            recount.problem(CheckKey::Grades, Discrepancy::Grade { centre, stated, computed });
        } else if total == total_computed && result.outcome != computed.outcome {
            recount.problem(CheckKey::Grades, Discrepancy::Consequence { centre });
        }
    }
}

impl From<MeetingError> for Discrepancy {
    fn from(error: MeetingError) -> Self {
        Self::Package(error.into())
    }
}
