//! Receipts and proofs of inclusion.

use review::{
    ids::KeyId,
    receipt::{Inclusion, Receipt, code},
    roster::Roster,
    sheet::{Binding, Sheet},
};
use seal::{
    jws::{self, Signed, Verified},
    meeting::Meeting,
    receipt::{ReceiptError, proves, read_inclusion, read_receipt},
};

use super::{
    Report, check_binding,
    context::{Context, find_roster, read_whole},
    saw_signature,
};
use crate::DeskError;

/// What a secretary signed, with the roster that names them: with the round beside everything is checked, with the roster alone
/// all but what only the round tells.
fn by_secretary<T: Signed>(
    bytes: &[u8],
    kids: &[KeyId],
    context: &Context,
    report: &mut Report,
    binding: impl FnOnce(&T) -> &Binding,
    read: impl FnOnce(&Meeting, &[u8]) -> Result<Verified<T>, ReceiptError>,
) -> Result<(Verified<Roster>, Verified<T>), DeskError> {
    let (roster, issued) = find_roster(context, report, |roster| kids.contains(&roster.panel.secretary.key))?;
    let signed = jws::verify::<T>(bytes, &[&roster.panel.secretary.jwk])?;
    saw_signature(report, &roster.panel.secretary);
    let binding = binding(signed.value());
    check_binding(binding, &roster)?;
    report.saw("binding", &[("round", binding.round.to_string())]);
    if let Some(issued) = issued {
        read(&Meeting::read(issued.clone(), roster.bytes())?, bytes)?;
    }
    Ok((roster, signed))
}

/// Checks a receipt: with the round everything, with the roster alone all but the list.
pub(super) fn verify_receipt(
    bytes: &[u8],
    kids: &[KeyId],
    context: &Context,
    report: &mut Report,
) -> Result<(), DeskError> {
    let (roster, receipt) =
        by_secretary::<Receipt>(bytes, kids, context, report, |receipt| &receipt.binding, read_receipt)?;
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
    let (roster, inclusion) =
        by_secretary::<Inclusion>(bytes, kids, context, report, |inclusion| &inclusion.binding, read_inclusion)?;
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
