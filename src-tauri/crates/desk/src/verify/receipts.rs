//! Receipts and proofs of inclusion.

use review::{
    ids::KeyId,
    receipt::{Inclusion, Receipt, code},
    roster::Roster,
    sheet::Sheet,
};
use seal::{
    jws::{self, Signed, Verified},
    meeting::{Issued, Meeting},
    receipt::{proves, read_inclusion, read_receipt},
};

use super::{
    Report, check_binding,
    context::{Context, find_roster, read_whole},
    saw_signature,
};
use crate::DeskError;

/// The roster whose secretary claims to have signed, and the round where it lies beside.
fn secretary_roster<'a>(
    kids: &[KeyId],
    context: &'a Context,
    report: &mut Report,
) -> Result<(Verified<Roster>, Option<&'a Issued>), DeskError> {
    find_roster(context, report, |roster| kids.contains(&roster.panel.secretary.key))
}

/// Checks a receipt: with the round everything, with the roster alone all but the list.
pub(super) fn verify_receipt(
    bytes: &[u8],
    kids: &[KeyId],
    context: &Context,
    report: &mut Report,
) -> Result<(), DeskError> {
    let (roster, issued) = secretary_roster(kids, context, report)?;
    let receipt = jws::verify::<Receipt>(bytes, &[&roster.panel.secretary.jwk])?;
    saw_signature(report, &roster.panel.secretary);
    check_binding(&receipt.binding, &roster)?;
    report.saw("binding", &[("round", receipt.binding.round.to_string())]);
    if let Some(issued) = issued {
        read_receipt(&Meeting::read(issued.clone(), roster.bytes())?, bytes)?;
    }
    let expert = member_name(&roster, &receipt.expert)?;
    let here = receipt.sheets.iter().filter(|line| context.sheet(&line.digest).is_some()).count();
    report
        .saw("receipt", &[("expert", expert), ("files", receipt.sheets.len().to_string()), ("here", here.to_string())]);
    Ok(())
}

/// Checks a proof of inclusion: its signature, and each path of which the file itself lies beside.
pub(super) fn verify_inclusion(
    bytes: &[u8],
    kids: &[KeyId],
    context: &Context,
    report: &mut Report,
) -> Result<(), DeskError> {
    let (roster, issued) = secretary_roster(kids, context, report)?;
    let inclusion = jws::verify::<Inclusion>(bytes, &[&roster.panel.secretary.jwk])?;
    saw_signature(report, &roster.panel.secretary);
    check_binding(&inclusion.binding, &roster)?;
    report.saw("binding", &[("round", inclusion.binding.round.to_string())]);
    if let Some(issued) = issued {
        read_inclusion(&Meeting::read(issued.clone(), roster.bytes())?, bytes)?;
    }
    let expert = member_name(&roster, &inclusion.expert)?;
    let mut proved = 0_u32;
    for line in &inclusion.sheets {
        let Some(path) = context.sheet(&line.digest) else { continue };
        if !proves(&inclusion, line, &read_whole(path, Sheet::MAX_BYTES)?) {
            return Err(DeskError::new("INCLUSION_UNPROVED").with("centre", &line.centre));
        }
        proved += 1;
    }
    let seen = [
        ("expert", expert),
        ("files", inclusion.sheets.len().to_string()),
        ("proved", proved.to_string()),
        ("entries", inclusion.tree_size.to_string()),
        ("code", code(&inclusion.tree_root)),
    ];
    report.saw("inclusion", &seen);
    Ok(())
}

fn member_name(roster: &Roster, key: &KeyId) -> Result<String, DeskError> {
    let member = roster.panel.member(key).ok_or_else(|| DeskError::new("RECEIPT_OTHER_EXPERT"))?;
    Ok(member.name.clone())
}
