//! What the experts take home: receipts (回执) for what was collected, and proofs that it stands in the result (收录证明).

use std::path::Path;

use review::{
    ids::Digest,
    receipt::{Inclusion, Receipt},
    roster::{Person, Role},
};
use seal::{
    jws::{self, Signed},
    key::SigningKey,
    merkle::Tree,
    receipt::{included, read_inclusion, read_receipt, receipted},
    result::entries,
};
use store::Op;

use super::{
    collected::Collected,
    compile::Compiled,
    require_ours,
    result::{self, not_exportable},
};
use crate::{Desk, DeskError, SOFTWARE, dto::Exported, output::name_part, prints::Prints, views::count};

/// Writes a signed receipt for every expert of whom anything was collected: `回执-<name>.hjreceipt`.
///
/// It lists what the secretary has, sheets set aside included: to have received something says nothing about whether it counts.
///
/// # Errors
/// `NOTHING_COLLECTED`; `ROSTER_MISSING`, `NOT_A_MEMBER` where another is the secretary; `PASSPHRASE_WRONG`; those of writing.
pub fn export_receipts(desk: &mut Desk, round: &str, folder: &Path, passphrase: &str) -> Result<Exported, DeskError> {
    desk.require(Role::Secretary)?;
    let collected = Collected::load(desk, round)?;
    let meeting = &collected.meeting;
    require_ours(desk, meeting)?;
    if collected.sheets.is_empty() {
        return Err(DeskError::new("NOTHING_COLLECTED"));
    }
    let key = desk.key(passphrase)?;
    let issued_at = desk.host.clock.now();
    let mut prints = Prints::into(folder);
    for member in &meeting.panel().members {
        let sheets = receipted(meeting, &member.key, collected.sheets.values());
        if sheets.is_empty() {
            continue;
        }
        let receipt = Receipt {
            binding: meeting.binding().clone(),
            expert: member.key.clone(),
            sheets,
            software: SOFTWARE.to_owned(),
            issued_at,
        };
        let bytes = signed(desk, &receipt, &key)?;
        // Read back as the expert will read it.
        read_receipt(meeting, &bytes)?;
        prints.write(&name("回执", member, "hjreceipt"), &bytes)?;
    }
    let at = desk.now();
    desk.store.transact(&at, Op::ReceiptsExported.on(round), |_| Ok::<_, DeskError>(()))?;
    Ok(prints.finish())
}

/// Writes for every expert the proof that the own files are in the result: `收录证明-<name>.hjinclusion`. Who signed nothing
/// gets none.
///
/// Only of a result that the chair has signed: before that it may yet be signed anew, and proofs of two results would look like
/// a fraud.
///
/// # Errors
/// `RESULT_NOT_SIGNED`, `RESULT_STALE`, `RESULT_NOT_COUNTERSIGNED`; `NOT_A_MEMBER`; `PASSPHRASE_WRONG`; those of writing.
pub fn export_inclusions(desk: &mut Desk, round: &str, folder: &Path, passphrase: &str) -> Result<Exported, DeskError> {
    desk.require(Role::Secretary)?;
    let compiled = Compiled::load(desk, round)?;
    let meeting = &compiled.collected.meeting;
    require_ours(desk, meeting)?;
    let Some(current) = result::current(desk, round, &compiled)? else {
        return Err(not_exportable(&desk.store, round)?);
    };
    let Some(head) = current.countersigned() else { return Err(DeskError::new("RESULT_NOT_COUNTERSIGNED")) };
    let files = entries(meeting.round(), meeting.panel(), compiled.collected.leaves());
    let leaves: Vec<&[u8]> = files.iter().map(|(_, leaf)| leaf.bytes()).collect();
    let tree = Tree::of(&leaves);
    if tree.root() != head.tree_root {
        return Err(DeskError::new("RESULT_STALE"));
    }
    let result: Digest = head.payload_digest()?;
    let key = desk.key(passphrase)?;
    let issued_at = desk.host.clock.now();
    let mut prints = Prints::into(folder);
    for member in &meeting.panel().members {
        let sheets = included(&tree, &files, &member.key);
        if sheets.is_empty() {
            continue;
        }
        let inclusion = Inclusion {
            binding: meeting.binding().clone(),
            expert: member.key.clone(),
            result,
            tree_root: tree.root(),
            tree_size: count(tree.size()),
            sheets,
            software: SOFTWARE.to_owned(),
            issued_at,
        };
        let bytes = signed(desk, &inclusion, &key)?;
        read_inclusion(meeting, &bytes)?;
        prints.write(&name("收录证明", member, "hjinclusion"), &bytes)?;
    }
    let at = desk.now();
    let change = Op::InclusionsExported.on_all(&[round, &head.digest().to_string()]);
    desk.store.transact(&at, change, |_| Ok::<_, DeskError>(()))?;
    Ok(prints.finish())
}

fn signed<T: Signed>(desk: &Desk, value: &T, key: &SigningKey) -> Result<Vec<u8>, DeskError> {
    Ok(jws::sign(value, key, &desk.host.random)?)
}

fn name(what: &str, member: &Person, ending: &str) -> String {
    format!("{what}-{}.{ending}", name_part(&member.name))
}
