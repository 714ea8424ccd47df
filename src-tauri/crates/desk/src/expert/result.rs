//! The result as an expert meets it: the chair countersigns it, and everyone can check their own sheets in it.

use std::{fs::File, path::Path};

use review::{result::ResultHead, roster::Role, sheet::Statement};
use seal::{
    bag::Bag,
    jws,
    recount::{Recount, Trust, recount},
    result::{RESULT, limits, with_head},
};
use store::Op;

use super::state;
use crate::{
    Desk, DeskError, checks,
    dto::{CountersignView, MySheetCheck, Written},
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
/// `NOT_CHAIR`, `RESULT_ALREADY_COUNTERSIGNED`, `RESULT_UNSOUND` or the first problem, `PASSPHRASE_WRONG`.
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

/// Whether my own sheets are in a result, unaltered. Says nothing of anybody else's.
///
/// # Errors
/// `NOT_FOUND` where this desk does not know the round; the first problem where the result cannot be read.
pub fn check_my_sheets(desk: &mut Desk, path: &Path) -> Result<Vec<MySheetCheck>, DeskError> {
    let recount = open(desk, path)?;
    let Some(theirs) = &recount.meeting else { return Err(checks::first_problem(&recount)) };
    let meeting = desk.meeting(theirs.round().id.as_str())?;
    if meeting.round().digest() != theirs.round().digest() {
        return Err(DeskError::new("ROUND_DIFFERENT"));
    }
    let me = desk.person().key.clone();
    let mut found = vec![];
    for centre in &meeting.round().centres {
        let mine = state::signed(desk, &meeting, centre.id.as_str())?;
        let newest = mine.last();
        let counted = recount.matrix.iter().find(|cell| cell.centre == centre.id && cell.expert == me);
        let listed = |digest| {
            let entries = recount.head.as_ref().map(|head| &head.value().entries);
            entries.is_some_and(|entries| entries.iter().any(|entry| entry.digest == digest))
        };
        let verdict = match (newest, counted) {
            (None, _) => "not_signed",
            (Some(sheet), Some(cell)) if cell.digest == sheet.digest() && listed(sheet.digest()) => "counted",
            (Some(_), Some(cell)) if mine.iter().any(|older| older.digest() == cell.digest) => "superseded_version",
            (Some(sheet), Some(_)) if matches!(sheet.statement, Statement::Scoring(_)) => "altered",
            (Some(_), _) => "missing",
        };
        found.push(MySheetCheck {
            centre_name: centre.name.clone(),
            verdict: verdict.to_owned(),
            digest_short: newest.map(|sheet| sheet.digest().short()).unwrap_or_default(),
        });
    }
    Ok(found)
}
