//! What an expert takes home: receipts (回执) for what was collected, and proofs that it stands in the result (收录证明).

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{CentreId, Digest, KeyId},
    sheet::Binding,
};

/// A receipt (回执): the secretary's signed list of everything collected from one expert so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The meeting.
    pub binding: Binding,
    /// Whose files they are.
    pub expert: KeyId,
    /// Every sheet and recusal of this expert that the secretary has, whatever its `seq`: in the order of the agenda, then by
    /// `seq`, then by digest.
    pub sheets: Vec<Receipted>,
    /// The software that made it.
    pub software: String,
    /// When, by the secretary's clock.
    pub issued_at: DateTime<FixedOffset>,
}

/// One collected file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipted {
    /// The centre.
    pub centre: CentreId,
    /// Its `seq`.
    pub seq: u32,
    /// The digest of its exact bytes.
    pub digest: Digest,
}

/// A proof of inclusion (收录证明): where one expert's files stand in the tree of a result, and nothing of anybody else's.
///
/// What it proves it proves by hashing alone (RFC 9162 section 2.1.3); the secretary's signature says who answers for the root.
/// That this root is the one that the bureau filed is for the expert to ask: see [`code`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inclusion {
    /// The meeting.
    pub binding: Binding,
    /// Whose files they are.
    pub expert: KeyId,
    /// The digest of the payload of the result head: the same whoever has signed it.
    pub result: Digest,
    /// The tree hash, as it stands in the head.
    pub tree_root: Digest,
    /// How many files the tree holds.
    pub tree_size: u32,
    /// The expert's files in it, in the order of the tree.
    pub sheets: Vec<Included>,
    /// The software that made it.
    pub software: String,
    /// When, by the secretary's clock.
    pub issued_at: DateTime<FixedOffset>,
}

/// One file's place in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Included {
    /// The centre.
    pub centre: CentreId,
    /// Its `seq`.
    pub seq: u32,
    /// The digest of its exact bytes. The leaf of the tree is made from the bytes themselves, so this finds the file and
    /// proves nothing.
    pub digest: Digest,
    /// The place of its leaf, from 0.
    pub index: u32,
    /// The hashes beside its path, from the leaf up.
    pub path: Vec<Digest>,
}

/// How many hexadecimal digits of a root make its [`code`].
const CODE_DIGITS: usize = 24;

/// The code (核对码) of a tree root to compare by telephone: its first 96 bits in groups of four hexadecimal digits.
///
/// Whoever makes the proofs also makes the result, and may look for two roots with one code: with 32 bits that takes a second,
/// with 64 an evening on a fast machine, with 96 more than anybody has.
#[must_use]
pub fn code(root: &Digest) -> String {
    let digits: Vec<char> = root.to_string().chars().take(CODE_DIGITS).collect();
    digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_groups_of_four_and_begins_as_the_short_form() {
        let root = Digest(std::array::from_fn(|place| u8::try_from(place).unwrap()));
        assert_eq!(code(&root), "0001 0203 0405 0607 0809 0a0b");
        assert!(code(&root).starts_with(&root.short()));
    }
}
