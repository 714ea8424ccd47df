//! The result as an expert meets it: the chair countersigns it, and everyone can check their own sheets in it.

use std::{fs::File, path::Path};

use review::{
    receipt::code,
    result::{CellKind, ResultHead},
    roster::Role,
};
use seal::{
    bag::Bag,
    jws,
    recount::{Recount, Trust, recount},
    result::{RESULT, limits, with_head},
};
use store::Op;

use super::receipts::{each_centre, remember_root, remember_signed};
use crate::{
    Desk, DeskError, checks,
    dto::{CountersignView, MyCheck, MySheetCheck, Written},
    output::{name_part, write_into},
    views,
};

fn open(desk: &Desk, path: &Path) -> Result<Recount, DeskError> {
    desk.require(Role::Expert)?;
    let file = File::open(path).map_err(|error| DeskError::io(path, &error))?;
    Ok(recount(file, Trust::Keys(&desk.trusted_bureaus()?), &mut |_, _| {}))
}

/// A result as its chair sees it before signing: recounted here, from the sheets alone.
///
/// # Errors
/// `NOT_CHAIR`; the first problem where not even the round or the head can be read.
pub fn read_result(desk: &mut Desk, path: &Path) -> Result<CountersignView, DeskError> {
    let recount = open(desk, path)?;
    let (Some(meeting), Some(head)) = (&recount.meeting, &recount.head) else {
        return Err(checks::first_problem(&recount));
    };
    if meeting.panel().chair != desk.person().key {
        return Err(DeskError::new("NOT_CHAIR"));
    }
    Ok(CountersignView {
        path: path.display().to_string(),
        round: views::summary(&desk.store, meeting.issued(), "received")?,
        grades: checks::grades(&recount),
        checks: checks::checks(&recount),
        sound: recount.awaits_chair() || recount.passed(),
        signatures: views::count(head.signers().len()),
    })
}

/// Adds the chair's signature to a result and writes the package into a folder.
///
/// # Errors
/// `NOT_CHAIR`, `RESULT_ALREADY_COUNTERSIGNED`, `RESULT_UNSOUND` or the first problem, `PASSPHRASE_WRONG`;
/// `RESULT_SECOND_PAYLOAD` where the chair has signed another result for this round and roster.
pub fn countersign(desk: &mut Desk, path: &Path, folder: &Path, passphrase: &str) -> Result<Written, DeskError> {
    let recount = open(desk, path)?;
    let (Some(meeting), Some(head)) = (&recount.meeting, &recount.head) else {
        return Err(checks::first_problem(&recount));
    };
    if meeting.panel().chair != desk.person().key {
        return Err(DeskError::new("NOT_CHAIR"));
    }
    if recount.passed() {
        return Err(DeskError::new("RESULT_ALREADY_COUNTERSIGNED"));
    }
    if !recount.awaits_chair() {
        return Err(checks::first_problem(&recount));
    }
    let key = desk.key(passphrase)?;
    remember_signed(desk, meeting, &head.payload_digest()?)?;
    let signed = jws::cosign::<ResultHead>(head.bytes(), &key, &desk.host.random)?;
    let file = File::open(path).map_err(|error| DeskError::io(path, &error))?;
    let mut bag = Bag::open(file, RESULT, &limits())?;
    let name = format!("评审结果-{}-组长已签.hjresult", name_part(&meeting.round().title));
    let written = write_into(folder, &name, |out| Ok(with_head(&mut bag, &signed, out)?))?;
    let at = desk.now();
    let subject = Op::ResultCountersigned.on_all(&[meeting.round().id.as_str(), &head.digest().to_string()]);
    desk.store.transact(&at, subject, |_| Ok::<_, DeskError>(()))?;
    Ok(written)
}

/// Whether my own sheets are in a result, unaltered: the verdicts of [`check_mine`](super::check_mine) alone.
///
/// # Errors
/// Those of [`check_mine`](super::check_mine).
pub fn check_my_sheets(desk: &mut Desk, path: &Path) -> Result<Vec<MySheetCheck>, DeskError> {
    super::check_mine(desk, path).map(|check| check.sheets)
}

/// Whether my own sheets are in a result package. Says nothing of anybody else's.
///
/// A package that does not recount is judged all the same, sheet by sheet; the code of its tree is shown only when all of it
/// holds, and remembered only when the chair has signed it.
///
/// # Errors
/// `NOT_FOUND` where this desk does not know the round; the first problem where the result cannot be read;
/// `RESULT_DIFFERENT_ROOT`.
pub(super) fn check_result(desk: &mut Desk, path: &Path) -> Result<MyCheck, DeskError> {
    let recount = open(desk, path)?;
    let Some(theirs) = &recount.meeting else { return Err(checks::first_problem(&recount)) };
    let meeting = desk.meeting(theirs.round().id.as_str())?;
    if meeting.round().digest() != theirs.round().digest() {
        return Err(DeskError::new("ROUND_DIFFERENT"));
    }
    let head = recount.head.as_ref();
    if let Some(head) = head.filter(|_| recount.passed()) {
        remember_root(desk, theirs, &head.tree_root)?;
    }
    let me = desk.person().key.clone();
    let listed = |digest| head.is_some_and(|head| head.entries.iter().any(|entry| entry.digest == digest));
    let sheets = each_centre(desk, &meeting, |centre, mine| {
        let counted = recount.matrix.iter().find(|cell| cell.centre == centre.id && cell.expert == me);
        Ok(match (mine.last(), counted) {
            (None, None) => "not_signed",
            (None, Some(cell)) if cell.kind == CellKind::Absent => "not_signed",
            (Some(sheet), Some(cell)) if cell.digest == sheet.digest() && listed(sheet.digest()) => "counted",
            (Some(_), Some(cell)) if cell.kind == CellKind::Absent => "replaced_by_absence",
            (Some(_), Some(cell)) if mine.iter().any(|older| older.digest() == cell.digest) => "superseded_version",
            // Signed with my key, for it was verified: on another laptop, or by someone who has the key.
            (_, Some(_)) => "other_sheet",
            (Some(_), None) => "missing",
        })
    })?;
    let sound = head.filter(|_| recount.passed() || recount.awaits_chair());
    Ok(MyCheck {
        kind: "result".to_owned(),
        round_title: meeting.round().title.clone(),
        code: sound.map(|head| code(&head.tree_root)).unwrap_or_default(),
        root: sound.map(|head| head.tree_root.to_string()).unwrap_or_default(),
        files: views::count(head.map_or(0, |head| head.entries.len())),
        at: head.map(|head| head.compiled_at.to_rfc3339()).unwrap_or_default(),
        sheets,
    })
}
