//! Which of several signed sheets of one expert for one centre counts.
//!
//! The answer depends on the *set* of sheets alone, never on the order in which they arrived: the sheet that counts is the
//! one that supersedes, directly or through others, every other sheet there is. Where no sheet does, none counts.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::Digest;

/// What the order of sheets turns on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Digest of the signed file.
    pub digest: Digest,
    /// Its `seq`.
    pub seq: u32,
    /// What it says that it supersedes.
    pub supersedes: Vec<Digest>,
}

/// Why a sheet does not fit in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// A `seq` before it is missing: it waits until that sheet arrives.
    #[error("seq {expected} is missing before seq {seq}")]
    Gap {
        /// Its `seq`.
        seq: u32,
        /// The first missing one.
        expected: u32,
    },
    /// Another sheet has the same `seq`: two final words of one expert.
    #[error("two sheets with seq {seq}")]
    Fork {
        /// The `seq` of both.
        seq: u32,
    },
    /// A newer sheet is here that does not supersede it: an old or unknown version was played in.
    #[error("seq {seq} after seq {newest}")]
    Replayed {
        /// Its `seq`.
        seq: u32,
        /// The newest one.
        newest: u32,
    },
    /// It names as superseded what is not here, or nothing of the `seq` before.
    #[error("seq {seq} supersedes what is not there")]
    Supersedes {
        /// Its `seq`.
        seq: u32,
    },
}

/// The next `seq` and what a sheet with it must supersede: everything that nothing here supersedes yet.
#[must_use]
pub fn next(versions: &[Version]) -> (u32, Vec<Digest>) {
    let named: BTreeSet<Digest> = versions.iter().flat_map(|version| version.supersedes.iter().copied()).collect();
    let heads: BTreeSet<Digest> =
        versions.iter().map(|version| version.digest).filter(|d| !named.contains(d)).collect();
    let newest = versions.iter().map(|version| version.seq).max().unwrap_or(0);
    (newest.saturating_add(1), heads.into_iter().collect())
}

/// How the sheets of one cell stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The sheet that counts.
    pub current: Option<Digest>,
    /// The sheets that do not fit in, with the reason; while there is any, nothing counts.
    pub misfits: BTreeMap<Digest, Misfit>,
}

/// Settles which sheet counts. The same file twice is the same digest and counts once.
#[must_use]
pub fn standing(versions: &[Version]) -> Standing {
    let mut levels: BTreeMap<u32, BTreeMap<Digest, &Version>> = BTreeMap::new();
    for version in versions {
        levels.entry(version.seq).or_default().insert(version.digest, version);
    }
    let mut misfits = BTreeMap::new();

    // From the first missing seq on, everything waits.
    let mut expected = 1;
    while levels.contains_key(&expected) {
        expected += 1;
    }
    for waiting in levels.split_off(&expected).into_values().flatten().chain(levels.remove(&0).into_iter().flatten()) {
        misfits.insert(waiting.0, Misfit::Gap { seq: waiting.1.seq, expected });
    }

    let mut below: BTreeSet<Digest> = BTreeSet::new();
    let mut before: BTreeSet<Digest> = BTreeSet::new();
    for (seq, level) in &levels {
        for version in level.values() {
            let named: BTreeSet<Digest> = version.supersedes.iter().copied().collect();
            let next = if *seq == 1 { named.is_empty() } else { !named.is_disjoint(&before) };
            if named.len() != version.supersedes.len() || !named.is_subset(&below) || !next {
                misfits.insert(version.digest, Misfit::Supersedes { seq: *seq });
            }
        }
        before = level.keys().copied().collect();
        below.extend(&before);
    }

    let Some((newest, top)) = levels.last_key_value() else {
        return Standing { current: None, misfits };
    };
    let mut reached: BTreeSet<Digest> = BTreeSet::new();
    let mut to_visit: Vec<Digest> = if top.len() == 1 { top.keys().copied().collect() } else { vec![] };
    let known: BTreeMap<Digest, &Version> = levels.values().flatten().map(|(d, v)| (*d, *v)).collect();
    while let Some(digest) = to_visit.pop() {
        if reached.insert(digest) {
            to_visit.extend(known.get(&digest).into_iter().flat_map(|v| v.supersedes.iter().copied()));
        }
    }
    for version in known.values().filter(|v| !reached.contains(&v.digest)) {
        let fork = levels.get(&version.seq).is_some_and(|level| level.len() > 1);
        let misfit = if version.seq == *newest && fork {
            Misfit::Fork { seq: version.seq }
        } else {
            Misfit::Replayed { seq: version.seq, newest: *newest }
        };
        misfits.entry(version.digest).or_insert(misfit);
    }
    // While two sheets stand at the top, those below are superseded by them and are no misfits of their own.
    if top.len() > 1 {
        misfits.retain(|_, misfit| !matches!(misfit, Misfit::Replayed { .. }));
    }
    let current = if misfits.is_empty() { top.keys().next().copied() } else { None };
    Standing { current, misfits }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn digest(n: u8) -> Digest {
        Digest([n; 32])
    }

    fn version(n: u8, seq: u32, supersedes: &[u8]) -> Version {
        Version { digest: digest(n), seq, supersedes: supersedes.iter().map(|n| digest(*n)).collect() }
    }

    #[test]
    fn the_next_seq_that_supersedes_the_one_before_counts() {
        let one = version(1, 1, &[]);
        let two = version(2, 2, &[1]);
        assert_eq!(standing(std::slice::from_ref(&one)).current, Some(digest(1)));
        let both = standing(&[two.clone(), one.clone(), one.clone()]);
        assert_eq!((both.current, both.misfits.len()), (Some(digest(2)), 0));
    }

    #[test]
    fn a_gap_waits_and_is_healed_by_the_missing_sheet() {
        let one = version(1, 1, &[]);
        let two = version(2, 2, &[1]);
        let three = version(3, 3, &[2]);
        let gap = standing(&[one.clone(), three.clone()]);
        assert_eq!(gap.current, None);
        assert_eq!(gap.misfits[&digest(3)], Misfit::Gap { seq: 3, expected: 2 });
        assert_eq!(standing(&[one, three, two]).current, Some(digest(3)));
    }

    #[test]
    fn a_fork_counts_for_nothing_until_a_sheet_supersedes_both() {
        let a = version(1, 1, &[]);
        let b = version(2, 1, &[]);
        let fork = standing(&[a.clone(), b.clone()]);
        assert_eq!(fork.current, None);
        assert_eq!(fork.misfits[&digest(1)], Misfit::Fork { seq: 1 });
        assert_eq!(fork.misfits[&digest(2)], Misfit::Fork { seq: 1 });
        let one_only = standing(&[a.clone(), b.clone(), version(3, 2, &[1])]);
        assert_eq!(one_only.current, None);
        assert_eq!(one_only.misfits[&digest(2)], Misfit::Replayed { seq: 1, newest: 2 });
        assert_eq!(standing(&[a, b, version(3, 2, &[1, 2])]).current, Some(digest(3)));
    }

    #[test]
    fn a_lower_seq_that_was_not_superseded_is_a_replay() {
        let late = standing(&[version(1, 1, &[]), version(2, 2, &[1]), version(9, 1, &[])]);
        assert_eq!(late.current, None);
        assert_eq!(late.misfits[&digest(9)], Misfit::Replayed { seq: 1, newest: 2 });
        let settled = [version(1, 1, &[]), version(2, 2, &[1]), version(9, 1, &[]), version(3, 3, &[2, 9])];
        assert_eq!(standing(&settled).current, Some(digest(3)), "a later sheet that supersedes it settles the matter");
    }

    #[test]
    fn the_next_sheet_supersedes_every_loose_end() {
        assert_eq!(next(&[]), (1, vec![]));
        let fork = [version(1, 1, &[]), version(2, 1, &[]), version(3, 2, &[1])];
        assert_eq!(next(&fork), (3, vec![digest(2), digest(3)]));
        let healed = Version { digest: digest(4), seq: 3, supersedes: vec![digest(2), digest(3)] };
        assert_eq!(standing(&[fork.to_vec(), vec![healed]].concat()).current, Some(digest(4)));
    }

    #[test]
    fn superseding_what_is_not_there_is_refused() {
        let wrong = standing(&[version(1, 1, &[]), version(2, 2, &[7])]);
        assert_eq!(wrong.current, None);
        assert_eq!(wrong.misfits[&digest(2)], Misfit::Supersedes { seq: 2 });
        assert_eq!(standing(&[version(1, 1, &[1])]).misfits[&digest(1)], Misfit::Supersedes { seq: 1 });
        assert_eq!(standing(&[version(1, 0, &[])]).current, None);
    }

    proptest! {
        #[test]
        fn the_order_of_arrival_never_matters(
            sheets in prop::collection::vec((1u8..6, 0u32..5, prop::collection::vec(1u8..6, 0..3)), 0..6),
            seed in any::<u64>(),
        ) {
            let mut seen = BTreeSet::new();
            let versions: Vec<Version> = sheets
                .into_iter()
                .filter(|(n, _, _)| seen.insert(*n))
                .map(|(n, seq, supersedes)| version(n, seq, &supersedes))
                .collect();
            let mut shuffled = versions.clone();
            let len = shuffled.len();
            for i in (1..len).rev() {
                let j = usize::try_from(seed.rotate_left(u32::try_from(i).unwrap()) % 97).unwrap() % (i + 1);
                shuffled.swap(i, j);
            }
            let expected = standing(&versions);
            prop_assert_eq!(&standing(&shuffled), &expected);
            prop_assert!(expected.current.is_none() || expected.misfits.is_empty());
        }
    }
}
