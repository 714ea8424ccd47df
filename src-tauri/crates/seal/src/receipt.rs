//! Receipts and proofs of inclusion: made by the secretary, checked by the expert whose files they are about.
//!
//! A proof is checked against the expert's own bytes, never against a digest that the proof brings along.

use review::{
    ids::{CentreId, Digest, KeyId},
    receipt::{Included, Inclusion, Receipt, Receipted},
    result::Entry,
    sheet::{Binding, Sheet, SheetError},
};

use crate::{
    jws::{self, JwsError, Signed, Verified},
    meeting::Meeting,
    merkle::{self, Tree},
    result::Leaf,
};

/// Why a receipt or a proof of inclusion is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// It does not verify, or another than the secretary of the roster signed it.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// It is bound to another meeting.
    #[error("bound to another meeting: {0}")]
    Binding(SheetError),
    /// It is about somebody whom the roster does not name.
    #[error("about somebody whom the roster does not name")]
    Stranger {
        /// Whom.
        key: KeyId,
    },
    /// Its list is out of order, names a file twice, or something that the round or the tree does not have.
    #[error("the list is not sound")]
    List,
}

/// What a receipt says of the files collected from one expert, in the order that it must have.
#[must_use]
pub fn receipted<'a>(
    meeting: &Meeting,
    expert: &KeyId,
    sheets: impl IntoIterator<Item = &'a Verified<Sheet>>,
) -> Vec<Receipted> {
    let own = sheets.into_iter().filter(|sheet| sheet.expert == *expert);
    let mut list: Vec<Receipted> = own
        .map(|sheet| Receipted { centre: sheet.dossier.centre.clone(), seq: sheet.seq, digest: sheet.digest() })
        .collect();
    list.sort_by_key(|line| (agenda(meeting, &line.centre), line.seq, line.digest));
    list
}

/// Where the files of one expert stand in the tree of a result, whose entries are in their fixed order.
#[must_use]
pub fn included(tree: &Tree, entries: &[(Entry, Leaf<'_>)], expert: &KeyId) -> Vec<Included> {
    let own = |(place, (entry, leaf)): (usize, &(Entry, Leaf<'_>))| match leaf {
        Leaf::Sheet(sheet) if sheet.expert == *expert => Some(Included {
            centre: sheet.dossier.centre.clone(),
            seq: sheet.seq,
            digest: entry.digest,
            index: u32::try_from(place).ok()?,
            path: tree.proof(place)?,
        }),
        Leaf::Sheet(_) | Leaf::Absence(_) => None,
    };
    entries.iter().enumerate().filter_map(own).collect()
}

/// Whether a proof shows that these very bytes are in the tree with that root.
#[must_use]
pub fn proves(inclusion: &Inclusion, included: &Included, bytes: &[u8]) -> bool {
    let (Ok(index), Ok(count)) = (usize::try_from(included.index), usize::try_from(inclusion.tree_size)) else {
        return false;
    };
    merkle::verify_inclusion(&merkle::leaf_hash(bytes), index, count, &included.path, &inclusion.tree_root)
}

/// Verifies a receipt: signed by the secretary of this meeting, for one of its members, sound.
///
/// # Errors
/// The first [`ReceiptError`].
pub fn read_receipt(meeting: &Meeting, bytes: &[u8]) -> Result<Verified<Receipt>, ReceiptError> {
    let receipt: Verified<Receipt> = signed(meeting, bytes)?;
    about(meeting, &receipt.binding, &receipt.expert)?;
    let place = |line: &Receipted| (agenda(meeting, &line.centre), line.seq, line.digest);
    let ordered = receipt.sheets.is_sorted_by(|a, b| place(a) < place(b));
    let known = |line: &Receipted| line.seq > 0 && meeting.round().centre(&line.centre).is_some();
    if ordered && distinct(receipt.sheets.iter().map(|line| line.digest)) && receipt.sheets.iter().all(known) {
        Ok(receipt)
    } else {
        Err(ReceiptError::List)
    }
}

/// Verifies a proof of inclusion as far as that is possible without the expert's files: signed by the secretary of this
/// meeting, for one of its members, sound. Each path is then checked by [`proves`].
///
/// # Errors
/// The first [`ReceiptError`].
pub fn read_inclusion(meeting: &Meeting, bytes: &[u8]) -> Result<Verified<Inclusion>, ReceiptError> {
    let inclusion: Verified<Inclusion> = signed(meeting, bytes)?;
    about(meeting, &inclusion.binding, &inclusion.expert)?;
    let ordered = inclusion.sheets.is_sorted_by(|a, b| a.index < b.index);
    let known = |line: &Included| {
        line.seq > 0 && line.index < inclusion.tree_size && meeting.round().centre(&line.centre).is_some()
    };
    if ordered && distinct(inclusion.sheets.iter().map(|line| line.digest)) && inclusion.sheets.iter().all(known) {
        Ok(inclusion)
    } else {
        Err(ReceiptError::List)
    }
}

fn signed<T: Signed>(meeting: &Meeting, bytes: &[u8]) -> Result<Verified<T>, JwsError> {
    jws::verify::<T>(bytes, &[&meeting.panel().secretary.jwk])
}

/// Checks what it is bound to and whom it is about.
fn about(meeting: &Meeting, binding: &Binding, expert: &KeyId) -> Result<(), ReceiptError> {
    binding.check(meeting.binding()).map_err(ReceiptError::Binding)?;
    match meeting.panel().member(expert) {
        Some(_) => Ok(()),
        None => Err(ReceiptError::Stranger { key: expert.clone() }),
    }
}

/// A centre's place on the agenda; one that is not there comes last.
fn agenda(meeting: &Meeting, centre: &CentreId) -> usize {
    meeting.round().centres.iter().position(|known| known.id == *centre).unwrap_or(usize::MAX)
}

fn distinct(digests: impl Iterator<Item = Digest>) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    digests.into_iter().all(|digest| seen.insert(digest))
}
