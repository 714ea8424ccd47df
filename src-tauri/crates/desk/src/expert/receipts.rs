//! Whether my sheets arrived and count: receipts, proofs of inclusion, results. Says nothing of anybody else's.

use std::{fs::File, io::Read, path::Path, sync::Arc};

use review::{
    ids::Digest,
    receipt::{Inclusion, Receipt, code},
    roster::Role,
    round::Centre,
    sheet::{Sheet, SheetError},
};
use seal::{
    jws::{self, Signed, Verified},
    meeting::Meeting,
    receipt::{ReceiptError, proves, read_inclusion, read_receipt},
};
use store::{
    Op,
    tables::{packs, settings},
};

use super::{result, state};
use crate::{
    Desk, DeskError,
    dto::{MyCheck, MySheetCheck},
    views::count,
};

/// Whether my own sheets are acknowledged by a receipt, proved by a proof of inclusion, or counted in a result: whichever of
/// the three the file is.
///
/// The tree root of what proves or counts is kept: another one for the same round and roster is two results where there can
/// be one.
///
/// # Errors
/// `NOT_FOUND` where this desk does not know the round; `RECEIPT_SIGNER`, `RECEIPT_OTHER_EXPERT`, `RECEIPT_UNSOUND`,
/// `INCLUSION_UNPROVED`; `RESULT_DIFFERENT_ROOT`; the first problem of a result that cannot be read.
pub fn check_mine(desk: &mut Desk, path: &Path) -> Result<MyCheck, DeskError> {
    desk.require(Role::Expert)?;
    let mut start = [0; 2];
    let failed = |error| DeskError::io(path, &error);
    let read = File::open(path).map_err(failed)?.read(&mut start).map_err(failed)?;
    if &start[..read] != b"{\"" {
        return result::check_result(desk, path);
    }
    let bytes = read_signed(path)?;
    let claims = jws::claims(&bytes, Inclusion::MAX_BYTES)?;
    match claims.typ.as_str() {
        Receipt::TYP => check_receipt(desk, &bytes),
        Inclusion::TYP => check_inclusion(desk, &bytes),
        _ => Err(DeskError::new("WRONG_FILE_KIND").with("name", path.display())),
    }
}

/// The whole of a signed file, of at most what the larger of the two kinds may have.
fn read_signed(path: &Path) -> Result<Vec<u8>, DeskError> {
    let failed = |error| DeskError::io(path, &error);
    let most = u64::try_from(Inclusion::MAX_BYTES).unwrap_or(u64::MAX);
    let mut bytes = vec![];
    File::open(path).map_err(failed)?.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

fn check_receipt(desk: &mut Desk, bytes: &[u8]) -> Result<MyCheck, DeskError> {
    let (meeting, receipt) = in_my_rounds(desk, bytes, read_receipt)?;
    if receipt.expert != desk.person().key {
        return Err(DeskError::new("RECEIPT_OTHER_EXPERT"));
    }
    let listed = |sheet: &Verified<Sheet>| receipt.sheets.iter().any(|line| line.digest == sheet.digest());
    let sheets = each_centre(desk, &meeting, |_, mine| {
        Ok(match mine.split_last() {
            None => "not_signed",
            Some((newest, _)) if listed(newest) => "acknowledged",
            Some((_, older)) if older.iter().any(listed) => "older_acknowledged",
            Some(_) => "not_acknowledged",
        })
    })?;
    Ok(MyCheck {
        kind: "receipt".to_owned(),
        round_title: meeting.round().title.clone(),
        code: String::new(),
        root: String::new(),
        files: count(receipt.sheets.len()),
        at: receipt.issued_at.to_rfc3339(),
        sheets,
    })
}

fn check_inclusion(desk: &mut Desk, bytes: &[u8]) -> Result<MyCheck, DeskError> {
    let (meeting, inclusion) = in_my_rounds(desk, bytes, read_inclusion)?;
    if inclusion.expert != desk.person().key {
        return Err(DeskError::new("RECEIPT_OTHER_EXPERT"));
    }
    let sheets = each_centre(desk, &meeting, |centre, mine| {
        let mut verdict = if mine.is_empty() { "not_signed" } else { "missing" };
        for (place, sheet) in mine.iter().enumerate() {
            let Some(line) = inclusion.sheets.iter().find(|line| line.digest == sheet.digest()) else { continue };
            if !proves(&inclusion, line, sheet.bytes()) {
                return Err(DeskError::new("INCLUSION_UNPROVED").with("centre", &centre.name));
            }
            verdict = if place + 1 == mine.len() { "included" } else { "superseded_version" };
        }
        Ok(verdict)
    })?;
    remember_root(desk, &meeting, &inclusion.tree_root)?;
    Ok(MyCheck {
        kind: "inclusion".to_owned(),
        round_title: meeting.round().title.clone(),
        code: code(&inclusion.tree_root),
        root: inclusion.tree_root.to_string(),
        files: inclusion.tree_size,
        at: inclusion.issued_at.to_rfc3339(),
        sheets,
    })
}

/// One line for each centre of the agenda, judged by my sheets for it, oldest first.
pub(super) fn each_centre(
    desk: &Desk,
    meeting: &Meeting,
    judge: impl Fn(&Centre, &[Verified<Sheet>]) -> Result<&'static str, DeskError>,
) -> Result<Vec<MySheetCheck>, DeskError> {
    let line = |centre: &Centre| {
        let mine = state::signed(desk, meeting, centre.id.as_str())?;
        Ok(MySheetCheck {
            centre_name: centre.name.clone(),
            verdict: judge(centre, &mine)?.to_owned(),
            digest_short: mine.last().map(|sheet| sheet.digest().short()).unwrap_or_default(),
        })
    };
    meeting.round().centres.iter().map(line).collect()
}

/// Verifies a file with the secretary's key of whichever of my rounds it belongs to.
fn in_my_rounds<T: Signed>(
    desk: &mut Desk,
    bytes: &[u8],
    read: impl Fn(&Meeting, &[u8]) -> Result<Verified<T>, ReceiptError>,
) -> Result<(Arc<Meeting>, Verified<T>), DeskError> {
    let signers = jws::kids(bytes, T::MAX_BYTES)?;
    let rounds: std::collections::BTreeSet<String> =
        packs::all(&desk.store)?.into_iter().map(|pack| pack.round_id).collect();
    let mut refused = DeskError::new("RECEIPT_SIGNER");
    for round in rounds {
        let meeting = desk.meeting(&round)?;
        if !signers.contains(&meeting.panel().secretary.key) {
            continue;
        }
        match read(&meeting, bytes) {
            Ok(verified) => return Ok((meeting, verified)),
            // The same secretary may have served at another round of mine.
            Err(ReceiptError::Binding(SheetError::Round)) => refused = SheetError::Round.into(),
            Err(error) => return Err(error.into()),
        }
    }
    Err(refused)
}

/// Keeps the first tree root that was seen for a round and its roster, and refuses another.
///
/// # Errors
/// `RESULT_DIFFERENT_ROOT` with both codes.
pub(super) fn remember_root(desk: &mut Desk, meeting: &Meeting, root: &Digest) -> Result<(), DeskError> {
    let key = of_roster("result-root", meeting);
    if let Some(seen) = settings::get(&desk.store, &key)? {
        let seen: Digest = seen.parse().map_err(DeskError::internal)?;
        if seen == *root {
            return Ok(());
        }
        return Err(DeskError::new("RESULT_DIFFERENT_ROOT").with("seen", code(&seen)).with("code", code(root)));
    }
    let (at, root) = (desk.now(), root.to_string());
    let change = Op::ResultSeen.on(meeting.round().id.as_str()).with_detail(&root);
    desk.store.transact(&at, change, |tx| Ok(settings::set(tx, &key, &root)?))
}

/// Remembers, before the signature exists, which result the chair signs for a round and its roster: there is one.
///
/// # Errors
/// `RESULT_SECOND_PAYLOAD` where that was another one.
pub(super) fn remember_signed(desk: &mut Desk, meeting: &Meeting, payload: &Digest) -> Result<(), DeskError> {
    let key = of_roster("countersigned", meeting);
    if let Some(signed) = settings::get(&desk.store, &key)? {
        let signed: Digest = signed.parse().map_err(DeskError::internal)?;
        if signed == *payload {
            return Ok(());
        }
        return Err(DeskError::new("RESULT_SECOND_PAYLOAD")
            .with("digest", signed.short())
            .with("other", payload.short()));
    }
    let (at, payload) = (desk.now(), payload.to_string());
    let change = Op::ResultSeen.on(meeting.round().id.as_str()).with_detail(&payload);
    desk.store.transact(&at, change, |tx| Ok(settings::set(tx, &key, &payload)?))
}

fn of_roster(what: &str, meeting: &Meeting) -> String {
    format!("{what}/{}/{}", meeting.round().id, meeting.roster().digest())
}
