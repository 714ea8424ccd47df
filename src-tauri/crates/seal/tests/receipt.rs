//! Proofs of inclusion: what holds for every tree, and what is refused however small the change.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use proptest::prelude::*;
use review::receipt::{Included, Inclusion, Receipt, Receipted};
use seal::{
    jws::{self, JwsError},
    key::{SystemRandom, sha256},
    merkle::Tree,
    receipt::proves,
};
use support::{new_key, sheet};

/// The proof for the leaf at `index` of a tree over these bytes.
fn proof(leaves: &[Vec<u8>], index: usize) -> Inclusion {
    let sheet = sheet(&new_key());
    let tree = Tree::of(leaves);
    Inclusion {
        binding: sheet.binding,
        expert: sheet.expert,
        result: sha256(b"head"),
        tree_root: tree.root(),
        tree_size: u32::try_from(leaves.len()).unwrap(),
        sheets: vec![Included {
            centre: sheet.dossier.centre,
            seq: 1,
            digest: sha256(&leaves[index]),
            index: u32::try_from(index).unwrap(),
            path: tree.proof(index).unwrap(),
        }],
        software: "test".to_owned(),
        issued_at: "2024-06-18T18:00:00+08:00".parse().unwrap(),
    }
}

fn holds(inclusion: &Inclusion, bytes: &[u8]) -> bool {
    proves(inclusion, &inclusion.sheets[0], bytes)
}

/// Leaves that all differ, and one of them.
fn tree() -> impl Strategy<Value = (Vec<Vec<u8>>, usize)> {
    proptest::collection::btree_set(proptest::collection::vec(any::<u8>(), 0..40), 1..70)
        .prop_map(|leaves| leaves.into_iter().collect::<Vec<_>>())
        .prop_flat_map(|leaves| {
            let count = leaves.len();
            (Just(leaves), 0..count)
        })
}

proptest! {
    #[test]
    fn every_leaf_is_proved_and_no_other_bytes_are((leaves, index) in tree(), other in any::<prop::sample::Index>()) {
        let inclusion = proof(&leaves, index);
        prop_assert!(holds(&inclusion, &leaves[index]));
        let other = other.index(leaves.len());
        prop_assert_eq!(holds(&inclusion, &leaves[other]), other == index);
    }

    #[test]
    fn a_flipped_bit_of_path_root_or_bytes_is_refused((leaves, index) in tree(), at in any::<prop::sample::Index>()) {
        let inclusion = proof(&leaves, index);
        for place in 0..inclusion.sheets[0].path.len() {
            let mut flipped = inclusion.clone();
            let bit = at.index(256);
            flipped.sheets[0].path[place].0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!holds(&flipped, &leaves[index]), "hash {} bit {}", place, bit);
        }
        let mut flipped = inclusion.clone();
        let bit = at.index(256);
        flipped.tree_root.0[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!holds(&flipped, &leaves[index]));
        let mut bytes = leaves[index].clone();
        bytes.push(0);
        prop_assert!(!holds(&inclusion, &bytes));
    }

    #[test]
    fn another_index_is_refused((leaves, index) in tree(), other in 0_u32..200) {
        let mut inclusion = proof(&leaves, index);
        prop_assume!(u32::try_from(index).unwrap() != other);
        inclusion.sheets[0].index = other;
        prop_assert!(!holds(&inclusion, &leaves[index]));
    }

    #[test]
    fn a_tree_said_to_be_of_another_height_is_refused((leaves, index) in tree(), more in 1_u32..9) {
        // Within one height a size is part of what the result head says and the signature covers; the path alone shows the
        // height at the place of the leaf.
        let mut inclusion = proof(&leaves, index);
        let real = inclusion.tree_size;
        inclusion.tree_size = real.next_power_of_two() << more;
        prop_assert!(!holds(&inclusion, &leaves[index]));
        inclusion.tree_size = u32::try_from(index).unwrap();
        prop_assert!(!holds(&inclusion, &leaves[index]), "a tree that ends before the leaf");
    }

    #[test]
    fn a_path_cut_or_lengthened_is_refused((leaves, index) in tree()) {
        let mut inclusion = proof(&leaves, index);
        let root = inclusion.tree_root;
        inclusion.sheets[0].path.push(root);
        prop_assert!(!holds(&inclusion, &leaves[index]));
        inclusion.sheets[0].path.pop();
        if inclusion.sheets[0].path.pop().is_some() {
            prop_assert!(!holds(&inclusion, &leaves[index]));
        }
    }
}

#[test]
fn a_receipt_never_passes_as_a_proof_nor_under_another_key() {
    let (key, other) = (new_key(), new_key());
    let sheet = sheet(&key);
    let receipt = Receipt {
        binding: sheet.binding.clone(),
        expert: sheet.expert.clone(),
        sheets: vec![Receipted { centre: sheet.dossier.centre, seq: 1, digest: sha256(b"sheet") }],
        software: "test".to_owned(),
        issued_at: "2024-06-18T18:00:00+08:00".parse().unwrap(),
    };
    let bytes = jws::sign(&receipt, &key, &SystemRandom::new()).unwrap();
    assert_eq!(*jws::verify::<Receipt>(&bytes, &[key.public()]).unwrap().value(), receipt);
    assert_eq!(jws::verify::<Inclusion>(&bytes, &[key.public()]).unwrap_err(), JwsError::Typ);
    assert!(matches!(jws::verify::<Receipt>(&bytes, &[other.public()]).unwrap_err(), JwsError::Signer { .. }));
}

#[test]
fn the_digest_of_a_payload_stays_when_another_signs_beside() {
    let (first, second) = (new_key(), new_key());
    let inclusion = proof(&[b"a".to_vec(), b"b".to_vec()], 1);
    let once = jws::sign(&inclusion, &first, &SystemRandom::new()).unwrap();
    let twice = jws::cosign::<Inclusion>(&once, &second, &SystemRandom::new()).unwrap();
    let once = jws::verify::<Inclusion>(&once, &[first.public()]).unwrap();
    let twice = jws::verify::<Inclusion>(&twice, &[first.public(), second.public()]).unwrap();
    assert_ne!(once.digest(), twice.digest());
    assert_eq!(once.payload_digest().unwrap(), twice.payload_digest().unwrap());
    assert_eq!(once.payload_digest().unwrap(), sha256(&serde_json::to_vec(&inclusion).unwrap()));
}
