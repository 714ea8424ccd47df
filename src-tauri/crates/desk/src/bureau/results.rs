//! Results that come in: recounted, compared with what this bureau issued and approved, filed only when everything holds.

use std::{
    fs::File,
    io::{self, Read, Seek},
    path::Path,
};

use report::SummaryInput;
use review::{
    receipt::code,
    result::{CellKind, Consequence},
    roster::Role,
    round::RoundKind,
    scheme::Grade,
    sheet::MAX_COMMENT,
};
use seal::{
    key::sha256_file,
    meeting::Meeting,
    recount::{Recount, Trust, read_result_head, recount},
};
use store::{
    Op, Reader,
    tables::{
        decisions::{self, Decision},
        results::{self as rows, ResultOrigin, ResultRow},
        rosters, rounds,
    },
};

use crate::{
    Desk, DeskError,
    checks::{checks, grades},
    desk::required,
    dto::{CheckView, DecisionView, Exported, ResultView, RoundSummary},
    output::name_part,
    prints::Prints,
    views::{self, count},
};

/// Recounts a result package and files it when every check holds. The same result again changes nothing; one that fails is
/// shown and not filed.
///
/// `progress` hears how many bytes are checked, and of how many.
///
/// # Errors
/// Those of reading the file and of the store; what does not agree stands in the view's checks.
pub fn import_result(
    desk: &mut Desk,
    path: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<ResultView, DeskError> {
    desk.require(Role::Bureau)?;
    let failed = |error: io::Error| DeskError::io(path, &error);
    let (size, digest) = sha256_file(path).map_err(failed)?;
    let file = File::open(path).map_err(failed)?;
    let recounted = recount(&file, Trust::Keys(&desk.trusted_bureaus()?), progress);
    let mut view = view(&desk.store, &recounted)?;
    view.file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    view.size = size;

    let filed = compare(&desk.store, &recounted, &mut view.checks)?;
    view.valid = view.checks.iter().all(|check| check.passed == Some(true));
    let (true, Some(head), Some(meeting)) = (view.valid, &recounted.head, &recounted.meeting) else {
        return Ok(view);
    };
    view.filed = true;
    if let Some(digest) = filed {
        view.already_here = true;
        view.decisions = decided(&desk.store, &digest)?;
        // The same head with other signatures is named by the one that was filed.
        view.digest = digest;
        return Ok(view);
    }
    let stored = desk.store.put_file(rewound(file).map_err(failed)?)?;
    if stored.digest != digest.to_string() {
        // It changed while it was being read: what was recounted is not what was kept.
        return Err(DeskError::new("WRITE_MISMATCH").with("path", path.display()));
    }
    let at = desk.now();
    let row = ResultRow {
        digest: view.digest.clone(),
        round_id: meeting.round().id.to_string(),
        head_bytes: head.bytes().to_vec(),
        file_digest: Some(stored.digest.clone()),
        signatures: count(head.signers().len()),
        origin: ResultOrigin::Received,
        report_json: None,
        at: at.clone(),
    };
    let report = serde_json::to_string(&view).map_err(DeskError::internal)?;
    let change = Op::ResultImported.on_all(&[&row.round_id, &row.digest]).with_detail(&stored.digest);
    desk.store.transact(&at, change, |tx| {
        // Where secretary and bureau share a desk, the row is there already, without a report.
        rows::insert(tx, &row)?;
        rows::set_file(tx, &row.digest, &stored.digest)?;
        rows::set_report(tx, &row.digest, &report)
    })?;
    Ok(view)
}

/// All filed results, newest first, as they were recounted on import, with the decisions since.
///
/// # Errors
/// Those of the store.
pub fn results(desk: &mut Desk) -> Result<Vec<ResultView>, DeskError> {
    let filed = |row: ResultRow| stored_view(&desk.store, &row).transpose();
    rows::all(&desk.store)?.into_iter().filter_map(filed).collect()
}

/// Decides on a centre as the result says: its grade and what follows from it, never another. What is decided stands: a
/// centre is decided on once in a round, by whichever result.
///
/// # Errors
/// `NOT_FOUND`; `ALREADY_DECIDED`; `TEXT_EMPTY` and `TEXT_LONG` of the note; where Article 11 refused the centre,
/// `PANEL_TOO_FEW` or `PANEL_TOO_MANY_FROM_HOST`: there is nothing to decide on.
pub fn decide(desk: &mut Desk, result_digest: &str, centre: &str, note: &str) -> Result<DecisionView, DeskError> {
    desk.require(Role::Bureau)?;
    let note = required(note, "TEXT_EMPTY", "TEXT_LONG", MAX_COMMENT).map_err(|error| error.with("field", "note"))?;
    let row = rows::get(&desk.store, result_digest)?.ok_or_else(|| DeskError::not_found("result"))?;
    let view = stored_view(&desk.store, &row)?.ok_or_else(|| DeskError::not_found("result"))?;
    let graded =
        view.grades.iter().find(|grade| grade.centre == centre).ok_or_else(|| DeskError::not_found("centre"))?;
    if graded.consequence.is_none() {
        let violation = DeskError::violations(&graded.composition).into_iter().next();
        return Err(violation.unwrap_or_else(|| DeskError::new("RESULT_UNSOUND")));
    }
    if let Some(earlier) = decisions::get(&desk.store, &row.round_id, centre)? {
        let day = earlier.at.get(..10).unwrap_or(&earlier.at);
        return Err(DeskError::new("ALREADY_DECIDED").with("centre", &graded.centre_name).with("at", day));
    }
    let at = desk.now();
    let decision = Decision {
        round_id: row.round_id,
        centre_id: centre.to_owned(),
        result_digest: row.digest,
        grade: graded.grade.map(|grade| serde_json::to_string(&grade)).transpose().map_err(DeskError::internal)?,
        consequence: serde_json::to_string(&graded.consequence).map_err(DeskError::internal)?,
        note,
        at: at.clone(),
    };
    let detail = format!("{} {:?} {} {}", decision.result_digest, decision.grade, decision.consequence, decision.note);
    let change = Op::Decided.on_all(&[&decision.round_id, centre]).with_detail(detail);
    desk.store.transact(&at, change, |tx| decisions::insert(tx, &decision))?;
    decision_view(&decision, &view.round.title, &graded.centre_name)
}

/// Writes the summary (汇总表) of a filed result into a folder, as PDF and as XLSX, from the kept package: recounted again.
///
/// # Errors
/// `NOT_FOUND`; `RESULT_UNSOUND` where the kept package no longer passes; those of writing.
pub fn export_result_files(desk: &mut Desk, result_digest: &str, folder: &Path) -> Result<Exported, DeskError> {
    let row = rows::get(&desk.store, result_digest)?.ok_or_else(|| DeskError::not_found("result"))?;
    let package = row.file_digest.ok_or_else(|| DeskError::not_found("result"))?;
    let keys = desk.trusted_bureaus()?;
    let recounted = recount(desk.store.open_file(&package)?, Trust::Keys(&keys), &mut |_, _| ());
    let (true, Some(meeting), Some(head)) = (recounted.passed(), &recounted.meeting, &recounted.head) else {
        return Err(DeskError::new("RESULT_UNSOUND"));
    };
    let sheets: Vec<_> = recounted.sheets.values().map(|sheet| (sheet.digest(), sheet.value())).collect();
    let input = SummaryInput {
        round: meeting.round(),
        rulebook: meeting.rulebook(),
        roster: meeting.roster(),
        head,
        sheets: &sheets,
        digest: &head.digest(),
        printed_at: desk.host.clock.now(),
    };
    let name = format!("汇总表-{}", name_part(&meeting.round().title));
    let mut prints = Prints::into(folder);
    prints.summary(&name, &input)?;
    let at = desk.now();
    let change = Op::ResultExported.on_all(&[&row.round_id, &row.digest]);
    desk.store.transact(&at, change, |_| Ok::<_, DeskError>(()))?;
    Ok(prints.finish())
}

/// A decision as screens show it.
pub(super) fn decision_view(decision: &Decision, title: &str, centre: &str) -> Result<DecisionView, DeskError> {
    let grade = |json: &String| serde_json::from_str::<Grade>(json).map_err(DeskError::internal);
    Ok(DecisionView {
        round: decision.round_id.clone(),
        round_title: title.to_owned(),
        centre: decision.centre_id.clone(),
        centre_name: centre.to_owned(),
        grade: decision.grade.as_ref().map(grade).transpose()?,
        consequence: consequence(decision)?,
        note: decision.note.clone(),
        at: decision.at.clone(),
    })
}

/// What follows from a decision.
pub(super) fn consequence(decision: &Decision) -> Result<Option<Consequence>, DeskError> {
    serde_json::from_str(&decision.consequence).map_err(DeskError::internal)
}

/// What the recount found, before it is compared with what is kept here.
fn view(reader: &Reader, recounted: &Recount) -> Result<ResultView, DeskError> {
    let round = match &recounted.meeting {
        Some(meeting) => summary(reader, meeting)?,
        None => unknown_round(),
    };
    let cells = |kind: fn(&CellKind) -> bool| count(recounted.matrix.iter().filter(|cell| kind(&cell.kind)).count());
    let head = recounted.head.as_ref();
    Ok(ResultView {
        digest: head.map(|head| head.digest().to_string()).unwrap_or_default(),
        digest_short: head.map(|head| head.digest().short()).unwrap_or_default(),
        tree_short: head.map(|head| head.tree_root.short()).unwrap_or_default(),
        tree_code: head.map(|head| code(&head.tree_root)).unwrap_or_default(),
        round,
        file_name: String::new(),
        size: 0,
        checks: checks(recounted),
        valid: false,
        filed: false,
        already_here: false,
        grades: grades(recounted),
        sheets: cells(|kind| matches!(kind, CellKind::Scored { .. })),
        recusals: cells(|kind| *kind == CellKind::Recused),
        absences: cells(|kind| *kind == CellKind::Absent),
        decisions: vec![],
    })
}

fn summary(reader: &Reader, meeting: &Meeting) -> Result<RoundSummary, DeskError> {
    let row = rounds::get(reader, meeting.round().id.as_str())?;
    let status = row.map_or("unknown", |row| row.status.as_str());
    Ok(RoundSummary { roster_version: meeting.roster().version, ..views::summary(reader, meeting.issued(), status)? })
}

/// Stands where round and roster do not verify: nothing that the file says of itself is repeated.
fn unknown_round() -> RoundSummary {
    RoundSummary {
        id: String::new(),
        title: String::new(),
        kind: RoundKind::Evaluation,
        status: "unknown".to_owned(),
        held_on: String::new(),
        centres: 0,
        roster_version: 0,
        digest_short: String::new(),
        bureau: String::new(),
    }
}

/// Compares a recounted result with what this desk issued, approved and filed, and notes among the checks what differs.
/// The digest by which this same result was filed before, if it was.
fn compare(reader: &Reader, recounted: &Recount, checks: &mut [CheckView]) -> Result<Option<String>, DeskError> {
    let Some(meeting) = &recounted.meeting else { return Ok(None) };
    let id = meeting.round().id.as_str();
    let ours = rounds::get(reader, id)?.and_then(|row| row.bytes);
    if ours.as_deref() != Some(meeting.round().bytes()) {
        note(checks, "round", DeskError::new("RESULT_ROUND_UNKNOWN"));
        return Ok(None);
    }
    let roster = meeting.roster().digest().to_string();
    let newest = rosters::latest(reader, id)?;
    if newest.as_ref().map(|row| row.digest.as_str()) != Some(roster.as_str()) {
        let newest = newest.map_or(0, |row| row.version);
        let version = meeting.roster().version;
        note(checks, "roster", DeskError::new("RESULT_ROSTER_UNKNOWN").with("version", version).with("newest", newest));
    }
    let Some(head) = &recounted.head else { return Ok(None) };
    for row in rows::of_round(reader, id)?.into_iter().filter(|row| row.report_json.is_some()) {
        let filed = match read_result_head(&row.head_bytes, meeting) {
            Ok(filed) => filed,
            // Filed under an earlier roster: another result by right.
            Err(_) => continue,
        };
        if filed.value() == head.value() {
            return Ok(Some(row.digest));
        }
        if filed.binding == head.binding {
            let different = DeskError::new("RESULT_DIFFERENT").with("digest", filed.digest().short());
            note(checks, "tree", different);
        }
    }
    Ok(None)
}

/// Adds a problem to a check that was made.
fn note(checks: &mut [CheckView], key: &str, problem: DeskError) {
    if let Some(check) = checks.iter_mut().find(|check| check.key == key) {
        check.passed = Some(false);
        check.problems.push(problem);
    }
}

/// A filed result as it was recounted, with the decisions of today. `None` for a result that was never filed here, as one
/// that a secretary compiled on this desk.
fn stored_view(reader: &Reader, row: &ResultRow) -> Result<Option<ResultView>, DeskError> {
    let Some(report) = &row.report_json else { return Ok(None) };
    let mut view: ResultView = serde_json::from_str(report).map_err(DeskError::internal)?;
    view.decisions = decisions::of_round(reader, &row.round_id)?
        .iter()
        .filter(|decision| decision.result_digest == row.digest)
        .map(|decision| decision_view(decision, &view.round.title, centre_name(&view, &decision.centre_id)))
        .collect::<Result<_, _>>()?;
    Ok(Some(view))
}

fn decided(reader: &Reader, digest: &str) -> Result<Vec<DecisionView>, DeskError> {
    let row = rows::get(reader, digest)?.ok_or_else(|| DeskError::not_found("result"))?;
    Ok(stored_view(reader, &row)?.map(|view| view.decisions).unwrap_or_default())
}

fn centre_name<'a>(view: &'a ResultView, centre: &str) -> &'a str {
    view.grades.iter().find(|grade| grade.centre == centre).map_or("", |grade| grade.centre_name.as_str())
}

fn rewound(mut file: impl Read + Seek) -> io::Result<impl Read> {
    file.rewind()?;
    Ok(file)
}
