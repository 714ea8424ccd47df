//! The Merkle tree over the sheets of a result (RFC 9162 section 2.1): one digest for all, and a short proof for each.

use review::ids::Digest;

use crate::key::{Hasher, sha256};

/// The hash of a leaf: SHA-256 over 0x00 and its bytes.
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(&[0]);
    hasher.update(leaf);
    hasher.finish()
}

fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(&[1]);
    hasher.update(&left.0);
    hasher.update(&right.0);
    hasher.finish()
}

/// The tree hash over the bytes of the leaves, in their order; of no leaves: SHA-256 of nothing.
#[must_use]
pub fn tree_hash<L: AsRef<[u8]>>(leaves: &[L]) -> Digest {
    let hashes: Vec<Digest> = leaves.iter().map(|leaf| leaf_hash(leaf.as_ref())).collect();
    root(&hashes)
}

/// The tree hash over leaves that are hashed already, by [`leaf_hash`].
#[must_use]
pub fn root(leaf_hashes: &[Digest]) -> Digest {
    match leaf_hashes {
        [] => sha256(&[]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaf_hashes.split_at(split(leaf_hashes.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: usize) -> usize {
    count.next_power_of_two() / 2
}

/// The proof that the leaf at `index` is in the tree: the hashes beside its path, from the leaf up
/// (RFC 9162 section 2.1.3.1). `None` where there is no such leaf.
#[must_use]
pub fn inclusion_proof(leaf_hashes: &[Digest], index: usize) -> Option<Vec<Digest>> {
    if index >= leaf_hashes.len() {
        return None;
    }
    let mut proof = Vec::new();
    let (mut subtree, mut index) = (leaf_hashes, index);
    while subtree.len() > 1 {
        let (left, right) = subtree.split_at(split(subtree.len()));
        if index < left.len() {
            proof.push(root(right));
            subtree = left;
        } else {
            index -= left.len();
            proof.push(root(left));
            subtree = right;
        }
    }
    proof.reverse();
    Some(proof)
}

/// A tree with all its nodes, where many proofs are wanted of it.
#[derive(Clone, Debug)]
pub struct Tree {
    /// From the leaves up to the root. A last node without a sibling stands on the next level again, which gives the same
    /// tree as the recursion of the RFC.
    levels: Vec<Vec<Digest>>,
}

impl Tree {
    /// The tree over the bytes of the leaves, in their order.
    #[must_use]
    pub fn of<L: AsRef<[u8]>>(leaves: &[L]) -> Self {
        let mut level: Vec<Digest> = leaves.iter().map(|leaf| leaf_hash(leaf.as_ref())).collect();
        let mut levels = vec![];
        while level.len() > 1 {
            let join = |pair: &[Digest]| match pair {
                [left, right] => node_hash(left, right),
                alone => root(alone),
            };
            let above = level.chunks(2).map(join).collect();
            levels.push(std::mem::replace(&mut level, above));
        }
        levels.push(level);
        Self { levels }
    }

    /// The tree hash.
    #[must_use]
    pub fn root(&self) -> Digest {
        root(self.levels.last().map_or(&[], Vec::as_slice))
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> usize {
        self.levels.first().map_or(0, Vec::len)
    }

    /// What [`inclusion_proof`] gives, without hashing again.
    #[must_use]
    pub fn proof(&self, index: usize) -> Option<Vec<Digest>> {
        if index >= self.size() {
            return None;
        }
        let beside = |(height, level): (usize, &Vec<Digest>)| level.get((index >> height) ^ 1).copied();
        let below_root = self.levels.len().saturating_sub(1);
        Some(self.levels.iter().enumerate().take(below_root).filter_map(beside).collect())
    }
}

/// Whether the proof shows that the leaf with this hash stands at `index` in the tree of `count` leaves with this root
/// (RFC 9162 section 2.1.3.2).
#[must_use]
pub fn verify_inclusion(leaf: &Digest, index: usize, count: usize, proof: &[Digest], tree_root: &Digest) -> bool {
    if index >= count {
        return false;
    }
    let (mut position, mut last) = (index, count - 1);
    let mut hash = *leaf;
    for beside in proof {
        if last == 0 {
            return false;
        }
        if position % 2 == 1 || position == last {
            hash = node_hash(beside, &hash);
            // A last node without a sibling rises to the level where it has one.
            while position % 2 == 0 && position != 0 {
                position /= 2;
                last /= 2;
            }
        } else {
            hash = node_hash(&hash, beside);
        }
        position /= 2;
        last /= 2;
    }
    last == 0 && hash == *tree_root
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The leaves and roots of the certificate-transparency project's tests for RFC 6962.
    fn leaves() -> Vec<Vec<u8>> {
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
            .iter()
            .map(|hex| {
                hex.as_bytes()
                    .chunks(2)
                    .map(|p| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap())
                    .collect()
            })
            .collect()
    }

    const ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn the_known_trees_have_the_known_roots() {
        assert_eq!(
            tree_hash::<Vec<u8>>(&[]).to_string(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        for (count, known) in (1..).zip(ROOTS) {
            assert_eq!(tree_hash(&leaves()[..count]).to_string(), known, "{count} leaves");
        }
    }

    #[test]
    fn every_leaf_of_every_tree_is_proved_at_its_place_and_nowhere_else() {
        for count in 1..=33_usize {
            let hashes: Vec<Digest> = (0..count).map(|n| leaf_hash(n.to_string().as_bytes())).collect();
            let tree_root = root(&hashes);
            let tree = Tree::of(&(0..count).map(|n| n.to_string()).collect::<Vec<_>>());
            assert_eq!((tree.root(), tree.size(), tree.proof(count)), (tree_root, count, None));
            for index in 0..count {
                let proof = inclusion_proof(&hashes, index).unwrap();
                assert_eq!(tree.proof(index).as_ref(), Some(&proof));
                assert!(verify_inclusion(&hashes[index], index, count, &proof, &tree_root), "{index} of {count}");
                for other in (0..count).filter(|other| *other != index) {
                    assert!(!verify_inclusion(&hashes[index], other, count, &proof, &tree_root));
                }
                assert!(!verify_inclusion(&hashes[index], index, count, &proof, &leaf_hash(b"x")));
                let mut longer = proof.clone();
                longer.push(tree_root);
                assert!(!verify_inclusion(&hashes[index], index, count, &longer, &tree_root));
                if let Some((_, shorter)) = proof.split_last() {
                    assert!(!verify_inclusion(&hashes[index], index, count, shorter, &tree_root));
                }
            }
            assert_eq!(inclusion_proof(&hashes, count), None);
            assert!(!verify_inclusion(&tree_root, count, count, &[], &tree_root));
        }
    }

    #[test]
    fn a_node_never_passes_as_a_leaf() {
        let hashes = [leaf_hash(b"a"), leaf_hash(b"b")];
        let joined = [hashes[0].0, hashes[1].0].concat();
        assert_ne!(tree_hash(&[joined]), root(&hashes));
    }
}
