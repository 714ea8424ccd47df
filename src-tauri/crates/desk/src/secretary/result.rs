//! The result (评审结果): signed by the secretary, countersigned by the chair, written out for the bureau.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use report::SummaryInput;
use review::{ids::Digest, result::ResultHead, roster::Role, sheet::Sheet};
use seal::{
    jws::{self, Verified},
    key::{sha256, sha256_file},
    meeting::Meeting,
    recount::{Trust, read_result_head, recount},
    result::{entries, limits, write_result},
};
use store::{
    Op, Reader,
    tables::results::{self, ResultOrigin, ResultRow},
};

use super::{collect::Taken, compile::Compiled, require_ours};
use crate::{
    Desk, DeskError, checks,
    dto::{Exported, SignedResult},
    incoming::open,
    output::{name_part, write_into},
    prints::Prints,
    views::count,
};

/// A result that this desk signed and that still says what has been collected.
pub(super) struct Current {
    /// The secretary's own row.
    row: ResultRow,
    head: Verified<ResultHead>,
    /// The row with the chair's signature too, where it came back.
    countersigned: Option<(ResultRow, Verified<ResultHead>)>,
}

impl Current {
    /// The row and head with the most signatures.
    fn best(&self) -> (&ResultRow, &Verified<ResultHead>) {
        self.countersigned.as_ref().map_or((&self.row, &self.head), |(row, head)| (row, head))
    }

    /// The head with both signatures.
    pub(super) fn countersigned(&self) -> Option<&Verified<ResultHead>> {
        self.countersigned.as_ref().map(|(_, head)| head)
    }

    /// As screens show it.
    pub(super) fn view(&self) -> Result<SignedResult, DeskError> {
        let (row, head) = self.best();
        // What is signed is the JSON of the head, which is the same each time it is written.
        let payload = serde_json::to_vec(head.value()).map_err(DeskError::internal)?;
        Ok(SignedResult {
            digest_short: sha256(&payload).short(),
            tree_short: head.tree_root.short(),
            entries: count(head.entries.len()),
            signatures: row.signatures,
            compiled_at: head.compiled_at.to_rfc3339(),
        })
    }
}

/// The newest result signed here, if it still says what has been collected.
pub(super) fn current(desk: &Desk, round: &str, compiled: &Compiled) -> Result<Option<Current>, DeskError> {
    let meeting = &compiled.collected.meeting;
    let Some((row, head)) = newest_signed(&desk.store, meeting)? else { return Ok(None) };
    if compiled.head(&head.software, head.compiled_at) != *head.value() {
        return Ok(None);
    }
    let received =
        results::of_round(&desk.store, round)?.into_iter().filter(|row| row.origin == ResultOrigin::Received);
    let countersigned = received
        .filter_map(|row| Some((read_result_head(&row.head_bytes, meeting).ok()?, row)))
        .find(|(other, _)| other.value() == head.value())
        .map(|(head, row)| (row, head));
    Ok(Some(Current { row, head, countersigned }))
}

/// The newest result signed here, unless the roster that it was signed under is no longer in force.
fn newest_signed(reader: &Reader, meeting: &Meeting) -> Result<Option<(ResultRow, Verified<ResultHead>)>, DeskError> {
    let mut rows = results::of_round(reader, meeting.round().id.as_str())?.into_iter();
    let newest = rows.find(|row| row.origin == ResultOrigin::Compiled);
    Ok(newest
        .and_then(|row| Some((read_result_head(&row.head_bytes, meeting).ok()?, row)))
        .map(|(head, row)| (row, head)))
}

/// Signs the result of a round. Signing again what has not changed gives the result that is there.
///
/// # Errors
/// `CELL_MISSING`, `CELL_CONFLICT` with expert and centre, while a cell is not settled; `NOT_A_MEMBER`, `PASSPHRASE_WRONG`.
pub fn sign_result(desk: &mut Desk, round: &str, passphrase: &str) -> Result<SignedResult, DeskError> {
    desk.require(Role::Secretary)?;
    let compiled = Compiled::load(desk, round)?;
    let meeting = compiled.collected.meeting.clone();
    require_ours(desk, &meeting)?;
    if let Some(problem) = compiled.problems.first() {
        return Err(problem.clone());
    }
    let key = desk.key(passphrase)?;
    if let Some(current) = current(desk, round, &compiled)? {
        return current.view();
    }
    let head_bytes = jws::sign(&compiled.head_now(desk), &key, &desk.host.random)?;
    drop(key);

    let leaves = entries(meeting.round(), meeting.panel(), compiled.collected.leaves());
    let mut writing = desk.store.files().start()?;
    write_result(&meeting, &head_bytes, &leaves, &mut writing)?;
    let file_digest = writing.finish()?.digest;
    // Recounted as the bureau will do it: what would not pass there is not kept as signed here.
    let found = recount(desk.store.open_file(&file_digest)?, Trust::Unknown, &mut |_, _| {});
    if !found.awaits_chair() {
        return Err(checks::first_problem(&found));
    }
    let at = desk.now();
    let row = ResultRow {
        digest: sha256(&head_bytes).to_string(),
        round_id: round.to_owned(),
        head_bytes,
        file_digest: Some(file_digest),
        signatures: 1,
        origin: ResultOrigin::Compiled,
        report_json: None,
        at: at.clone(),
    };
    desk.store.transact(&at, Op::ResultSigned.on_all(&[round, &row.digest]), |tx| results::insert(tx, &row))?;
    let current = current(desk, round, &compiled)?.ok_or_else(|| DeskError::internal("result"))?;
    current.view()
}

/// Takes the countersigned result back in: recounted, and the very one that was signed here last.
///
/// # Errors
/// The first thing that does not agree; `RESULT_NOT_SIGNED`, `RESULT_STALE` where another was signed here since,
/// `RESULT_DIFFERENT`.
pub(super) fn take_countersigned(desk: &mut Desk, round: &str, path: &Path) -> Result<Taken, DeskError> {
    let size = fs::metadata(path).map_err(|error| DeskError::io(path, &error))?.len();
    if size > limits().total.saturating_mul(2) {
        return Err(DeskError::new("ZIP_LIMIT"));
    }
    let (_, digest) = sha256_file(path).map_err(|error| DeskError::io(path, &error))?;
    let digest = digest.to_string();
    let rows = results::of_round(&desk.store, round)?;
    if rows.iter().any(|row| row.file_digest.as_ref() == Some(&digest)) {
        return Ok(Taken::AlreadyHere);
    }
    let found = recount(open(path)?, Trust::Keys(&desk.trusted_bureaus()?), &mut |_, _| {});
    if !found.passed() {
        return Err(checks::first_problem(&found));
    }
    let (Some(theirs), Some(head)) = (&found.meeting, &found.head) else {
        return Err(DeskError::new("RESULT_UNSOUND"));
    };
    let meeting = desk.meeting(round)?;
    if theirs.binding() != meeting.binding() {
        return Err(DeskError::new("RESULT_DIFFERENT"));
    }
    let ours = |row: &ResultRow| {
        row.origin == ResultOrigin::Compiled
            && read_result_head(&row.head_bytes, &meeting).is_ok_and(|own| own.value() == head.value())
    };
    // One that the chair has signed is the only one for this roster.
    let another = |row: &&ResultRow| {
        row.origin == ResultOrigin::Received
            && read_result_head(&row.head_bytes, &meeting)
                .is_ok_and(|known| known.binding == head.binding && known.value() != head.value())
    };
    if let Some(known) = rows.iter().find(another) {
        return Err(DeskError::new("RESULT_DIFFERENT").with("digest", known.digest.get(..16).unwrap_or_default()));
    }
    let newest = rows.iter().find(|row| row.origin == ResultOrigin::Compiled);
    match newest {
        None => return Err(DeskError::new("RESULT_NOT_SIGNED")),
        Some(row) if ours(row) => {}
        Some(_) if rows.iter().any(ours) => return Err(DeskError::new("RESULT_STALE")),
        Some(_) => return Err(DeskError::new("RESULT_DIFFERENT")),
    }
    let kept = desk.store.put_file(open(path)?)?;
    if kept.digest != digest {
        // It changed while it was being read.
        return Err(DeskError::new("WRITE_MISMATCH").with("path", path.display()));
    }
    let at = desk.now();
    let row = ResultRow {
        digest: head.digest().to_string(),
        round_id: round.to_owned(),
        head_bytes: head.bytes().to_vec(),
        file_digest: Some(digest),
        signatures: count(head.signers().len()),
        origin: ResultOrigin::Received,
        report_json: None,
        at: at.clone(),
    };
    let change = Op::ResultCountersigned.on_all(&[round, &row.digest]);
    let new = desk.store.transact(&at, change, |tx| results::insert(tx, &row))?;
    Ok(if new { Taken::New } else { Taken::AlreadyHere })
}

/// Writes the result package, countersigned where it is, and the summary (汇总表) as PDF and XLSX.
///
/// # Errors
/// `RESULT_NOT_SIGNED`; `RESULT_STALE` where what has been collected changed since; those of writing.
pub fn export_result(desk: &mut Desk, round: &str, folder: &Path) -> Result<Exported, DeskError> {
    desk.require(Role::Secretary)?;
    let compiled = Compiled::load(desk, round)?;
    let Some(current) = current(desk, round, &compiled)? else {
        return Err(not_exportable(&desk.store, round)?);
    };
    let (row, head) = current.best();
    let title = name_part(&compiled.collected.meeting.round().title);
    let ending = if current.countersigned.is_some() { "-组长已签" } else { "" };
    let name = format!("评审结果-{title}{ending}.hjresult");
    let digest = row.file_digest.as_deref().ok_or_else(|| DeskError::not_found("result package"))?;
    let mut kept = desk.store.open_file(digest)?;
    let package = write_into(folder, &name, |out: &mut dyn Write| {
        io::copy(&mut kept, out).map(drop).map_err(|error| DeskError::io(&folder.join(&name), &error))
    })?;
    let mut prints = Prints::into(folder);
    prints.add(package);
    print_summary(desk, &compiled, head, &title, &mut prints)?;
    let at = desk.now();
    let change = Op::ResultExported.on_all(&[round, &row.digest]);
    desk.store.transact(&at, change, |_| Ok::<_, DeskError>(()))?;
    Ok(prints.finish())
}

/// Why there is no current result: none was signed, or more was collected since.
pub(super) fn not_exportable(reader: &Reader, round: &str) -> Result<DeskError, DeskError> {
    let signed = results::of_round(reader, round)?.iter().any(|row| row.origin == ResultOrigin::Compiled);
    Ok(if signed { DeskError::new("RESULT_STALE") } else { DeskError::new("RESULT_NOT_SIGNED") })
}

/// The summary on paper and as a table.
fn print_summary(
    desk: &Desk,
    compiled: &Compiled,
    head: &Verified<ResultHead>,
    title: &str,
    prints: &mut Prints<'_>,
) -> Result<(), DeskError> {
    let meeting = &compiled.collected.meeting;
    let sheets: Vec<(Digest, &Sheet)> =
        compiled.collected.sheets.iter().map(|(digest, sheet)| (*digest, sheet.value())).collect();
    let input = SummaryInput {
        round: meeting.round(),
        rulebook: meeting.rulebook(),
        roster: meeting.roster(),
        head,
        sheets: &sheets,
        digest: &head.digest(),
        printed_at: desk.host.clock.now(),
    };
    prints.summary(&format!("汇总表-{title}"), &input)
}
