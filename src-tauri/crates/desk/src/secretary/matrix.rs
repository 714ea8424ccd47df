//! The matrix of members and centres (评分矩阵) as it fills up, and what the secretary records beside it.

use review::{
    compile::{self, CellState},
    ids::Digest,
    result::{Cell, CellKind},
    roster::{Person, Role},
    sheet::{Absence, Finding, FindingKind, MAX_COMMENT, MAX_REASON, Statement},
};
use seal::jws;
use store::{
    Op, Reader,
    tables::{findings, problems, rounds, signed_files},
};

use super::{
    collected::{self, Collected, Signed, open_problems},
    problems::{named, view as problem_view},
    require_ours,
};
use crate::{
    Desk, DeskError,
    desk::required,
    dto::{CollectView, CompositionView, FindingView, MatrixCell, MatrixRow, ProblemFile},
    views::{self, count},
};

/// What has been collected for a round, and what is open.
///
/// # Errors
/// `ROLE_MISSING`, `NOT_FOUND`, `ROSTER_MISSING`.
pub fn collect_view(desk: &mut Desk, round: &str) -> Result<CollectView, DeskError> {
    desk.require(Role::Secretary)?;
    let collected = Collected::load(desk, round)?;
    let matrix = collected.matrix();
    let meeting = &collected.meeting;
    let status = rounds::get(&desk.store, round)?.map_or("received", |row| row.status.as_str());
    let row = |person: &Person| MatrixRow {
        person: views::person(person),
        chair: meeting.panel().chair == person.key,
        cells: matrix.iter().filter(|cell| cell.expert == person.key).map(|cell| cell_view(&collected, cell)).collect(),
    };
    let settled = matrix.iter().filter(|cell| matches!(cell.state, CellState::Settled(_))).count();
    Ok(CollectView {
        round: views::summary(&desk.store, meeting.issued(), status)?,
        centres: compositions(&collected, &matrix),
        rows: meeting.panel().members.iter().map(row).collect(),
        settled: count(settled),
        cells: count(matrix.len()),
        problems: open_problem_views(&desk.store, round)?,
        findings: finding_views(&desk.store, round)?,
    })
}

/// Article 11 for each centre on those who scored it so far.
fn compositions(collected: &Collected, matrix: &[compile::MatrixCell]) -> Vec<CompositionView> {
    let meeting = &collected.meeting;
    let settled: Vec<Cell> = matrix
        .iter()
        .filter_map(|cell| match &cell.state {
            CellState::Settled(cell) => Some(cell.clone()),
            CellState::Missing | CellState::Conflict(_) => None,
        })
        .collect();
    let centres = meeting.round().centres.iter();
    centres
        .map(|centre| {
            let counted = compile::effective_composition(meeting.rulebook(), centre, meeting.panel(), &settled);
            let named = (centre.id.as_str(), centre.name.as_str());
            views::composition(meeting.rulebook(), named, &counted, &meeting.panel().members)
        })
        .collect()
}

fn cell_view(collected: &Collected, cell: &compile::MatrixCell) -> MatrixCell {
    let (state, seq, reason) = match &cell.state {
        CellState::Missing => ("missing", 0, String::new()),
        CellState::Conflict(_) => ("conflict", 0, String::new()),
        CellState::Settled(settled) => {
            let state = match settled.kind {
                CellKind::Scored { .. } => "scored",
                CellKind::Recused => "recused",
                CellKind::Absent => "absent",
            };
            let (seq, reason) = said(collected, &settled.digest);
            (state, seq, reason)
        }
    };
    MatrixCell { centre: cell.centre.to_string(), state: state.to_owned(), seq, reason }
}

/// The `seq` and the reason of what counts in a cell.
fn said(collected: &Collected, digest: &Digest) -> (u32, String) {
    if let Some(absence) = collected.absences.get(digest) {
        return (0, absence.reason.clone());
    }
    let Some(sheet) = collected.sheets.get(digest) else { return (0, String::new()) };
    match &sheet.statement {
        Statement::Scoring(_) => (sheet.seq, String::new()),
        Statement::Recusal { reason, .. } => (sheet.seq, reason.clone()),
    }
}

fn open_problem_views(reader: &Reader, round: &str) -> Result<Vec<ProblemFile>, DeskError> {
    open_problems(reader, round)?.iter().map(|problem| problem_view(reader, problem)).collect()
}

/// Records, signed, that a member gave no sheet for a centre (缺席).
///
/// # Errors
/// `ABSENCE_NOT_MISSING` where there is a sheet, a recusal or an absence; `TEXT_EMPTY`, `TEXT_LONG`, `NOT_FOUND`,
/// `PASSPHRASE_WRONG`.
pub fn record_absence(
    desk: &mut Desk,
    round: &str,
    expert: &str,
    centre: &str,
    reason: &str,
    passphrase: &str,
) -> Result<CollectView, DeskError> {
    desk.require(Role::Secretary)?;
    let collected = Collected::load(desk, round)?;
    let meeting = &collected.meeting;
    require_ours(desk, meeting)?;
    let (centre, expert) = collected::cell(meeting, centre, expert)?;
    let reason = text(reason, "reason", MAX_REASON)?;
    let missing = collected
        .matrix()
        .iter()
        .any(|cell| cell.centre == centre && cell.expert == expert && cell.state == CellState::Missing);
    if !missing {
        let error = DeskError::new("ABSENCE_NOT_MISSING");
        return Err(named(error, meeting, centre.as_str(), expert.as_str()));
    }
    let key = desk.key(passphrase)?;
    let now = desk.host.clock.now();
    let absence = Absence {
        binding: meeting.binding().clone(),
        centre,
        expert,
        reason,
        salt: desk.host.salt()?,
        recorded_at: now,
    };
    let bytes = jws::sign(&absence, &key, &desk.host.random)?;
    drop(key);
    // Read back as everyone else will read it.
    let absence = meeting.read_absence(&bytes)?;
    let at = now.to_rfc3339();
    let row = Signed::absence(absence).row(round, "", &at);
    let change = Op::AbsenceRecorded.on_all(&[round, &row.centre_id, &row.expert]).with_detail(&row.digest);
    desk.store.transact(&at, change, |tx| signed_files::insert(tx, &row))?;
    collect_view(desk, round)
}

/// Records a finding of Article 22, with its evidence.
///
/// # Errors
/// `TEXT_EMPTY`, `TEXT_LONG`, `NOT_FOUND`.
pub fn record_finding(
    desk: &mut Desk,
    round: &str,
    centre: &str,
    kind: FindingKind,
    evidence: &str,
) -> Result<CollectView, DeskError> {
    desk.require(Role::Secretary)?;
    let meeting = desk.meeting(round)?;
    require_ours(desk, &meeting)?;
    let centre = collected::centre(&meeting, centre)?;
    let evidence = text(evidence, "evidence", MAX_COMMENT)?;
    let kind = serde_json::to_string(&kind).map_err(DeskError::internal)?;
    let at = desk.now();
    let change = Op::FindingRecorded.on_all(&[round, centre.as_str()]).with_detail(format!("{kind}\n{evidence}"));
    desk.store.transact(&at, change, |tx| findings::insert(tx, round, centre.as_str(), &kind, &evidence))?;
    collect_view(desk, round)
}

/// Takes a finding back.
///
/// # Errors
/// `NOT_FOUND`.
pub fn remove_finding(desk: &mut Desk, round: &str, id: u32) -> Result<CollectView, DeskError> {
    desk.require(Role::Secretary)?;
    let meeting = desk.meeting(round)?;
    require_ours(desk, &meeting)?;
    let row = findings::of_round(&desk.store, round)?.into_iter().find(|row| row.id == i64::from(id));
    let row = row.ok_or_else(|| DeskError::not_found("finding"))?;
    let at = desk.now();
    let change =
        Op::FindingRemoved.on_all(&[round, &row.centre_id]).with_detail(format!("{}\n{}", row.kind, row.evidence));
    desk.store.transact(&at, change, |tx| findings::remove(tx, row.id))?;
    collect_view(desk, round)
}

/// Takes a problem off the list. What was set aside stays aside, and a cell in conflict stays in conflict.
///
/// # Errors
/// `NOT_FOUND`.
pub fn dismiss_problem(desk: &mut Desk, round: &str, id: u32) -> Result<CollectView, DeskError> {
    desk.require(Role::Secretary)?;
    let open = open_problems(&desk.store, round)?.into_iter().find(|problem| problem.id == i64::from(id));
    let problem = open.ok_or_else(|| DeskError::not_found("problem"))?;
    let at = desk.now();
    let change = Op::ProblemResolved.on_all(&[round, &problem.digest]).with_detail(&problem.code);
    desk.store.transact(&at, change, |tx| problems::resolve(tx, problem.id))?;
    collect_view(desk, round)
}

fn text(text: &str, field: &str, maximum: usize) -> Result<String, DeskError> {
    required(text, "TEXT_EMPTY", "TEXT_LONG", maximum).map_err(|error| error.with("field", field))
}

/// The findings of a round with their rows, centre by centre as they stand in a result.
pub(super) fn findings(reader: &Reader, round: &str) -> Result<Vec<(u32, Finding)>, DeskError> {
    let damaged = || DeskError::internal("finding");
    let finding = |row: findings::Finding| {
        let finding = Finding {
            centre: row.centre_id.parse().map_err(|_| damaged())?,
            kind: serde_json::from_str(&row.kind).map_err(|_| damaged())?,
            evidence: row.evidence,
            recorded_at: row.at.parse().map_err(|_| damaged())?,
        };
        Ok((u32::try_from(row.id).map_err(|_| damaged())?, finding))
    };
    findings::of_round(reader, round)?.into_iter().map(finding).collect()
}

fn finding_views(reader: &Reader, round: &str) -> Result<Vec<FindingView>, DeskError> {
    Ok(findings(reader, round)?.iter().map(|(id, finding)| views::finding(*id, finding)).collect())
}
