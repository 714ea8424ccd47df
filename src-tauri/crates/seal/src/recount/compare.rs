//! Comparing what a head says with what the signed files say, each thing on its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Seek},
};

use review::{
    ids::Digest,
    points::Points,
    receipt::code,
    result::{Cell, CentreResult, Outcome, ResultHead},
    scheme::Grade,
    sheet::{MAX_COMMENT, check_text},
};

use super::report::{CheckKey, Discrepancy, Recount};
use crate::{
    bag::Bag,
    meeting::Meeting,
    merkle,
    packages::check_files,
    result::{HEADS, Leaf, entries},
};

/// Compares the list of files with the files, and the tree with both.
pub(super) fn compare_entries<R: Read + Seek>(
    bag: &Bag<R>,
    recount: &mut Recount,
    meeting: &Meeting,
    head: &ResultHead,
) {
    let listed: BTreeMap<String, Option<Digest>> =
        head.entries.iter().map(|entry| (entry.path.clone(), Some(entry.digest))).collect();
    let present: BTreeSet<&str> = bag.paths().filter(|path| !HEADS.contains(path)).collect();
    let mut problems = vec![];
    for (path, digest) in &listed {
        if !present.contains(path.as_str()) {
            problems.push(Discrepancy::EntryMissing { path: path.clone() });
        } else if bag.digest(path) != *digest {
            problems.push(Discrepancy::EntryDiffers { path: path.clone() });
        }
    }
    let extra = present.iter().filter(|path| !listed.contains_key(**path));
    problems.extend(extra.map(|path| Discrepancy::EntryExtra { path: (*path).to_owned() }));

    let sheets = recount.sheets.values().map(Leaf::Sheet);
    let absences = recount.absences.values().map(Leaf::Absence);
    let sorted = entries(meeting.round(), meeting.panel(), sheets.chain(absences).collect());
    // A file that stands twice is read twice and sorted once: the list then differs, and is said to.
    let all_read = recount.sheets.len() + recount.absences.len() == present.len();
    let in_order = sorted.iter().map(|(entry, _)| entry).eq(head.entries.iter());
    let leaves: Vec<&[u8]> = sorted.iter().map(|(_, leaf)| leaf.bytes()).collect();
    let computed = merkle::tree_hash(&leaves);
    if all_read && problems.is_empty() && !in_order {
        problems.push(Discrepancy::EntryOrder);
    }
    recount.figure(CheckKey::Tree, "entries", leaves.len());
    recount.figure(CheckKey::Tree, "root", code(&computed));
    if computed != head.tree_root {
        recount.problem(CheckKey::Tree, Discrepancy::Tree { stated: head.tree_root, computed });
    }
    recount.check(CheckKey::Complete).problems.extend(problems);
    let expected = head.entries.iter().map(|entry| (entry.path.clone(), None));
    let expected = expected.chain(HEADS.map(|path| (path.to_owned(), None))).collect();
    if recount.check(CheckKey::Complete).problems.is_empty()
        && let Err(error) = check_files(bag, &expected)
    {
        recount.problem(CheckKey::Complete, error);
    }
}

/// Compares the head's matrix with the settled cells.
pub(super) fn compare_matrix(recount: &mut Recount, meeting: &Meeting, head: &ResultHead) {
    let mut problems = vec![];
    for centre in &meeting.round().centres {
        for member in &meeting.panel().members {
            let here = |cell: &&Cell| cell.centre == centre.id && cell.expert == member.key;
            let mut stated = head.matrix.iter().filter(here);
            let computed = recount.matrix.iter().find(here);
            if stated.next() != computed || stated.next().is_some() {
                problems.push(Discrepancy::Matrix { centre: centre.id.clone(), expert: member.key.clone() });
            }
        }
    }
    let cells = meeting.round().centres.len() * meeting.panel().members.len();
    if problems.is_empty() && (head.matrix.len() != cells || head.matrix != recount.matrix) {
        problems.push(Discrepancy::EntryOrder);
    }
    recount.check(CheckKey::Complete).problems.extend(problems);
}

/// What an outcome states, for comparing one thing at a time.
fn stated(outcome: &Outcome) -> (Option<Points>, Option<Grade>) {
    match outcome {
        Outcome::Graded { score, grade, .. } => (Some(*score), Some(*grade)),
        Outcome::ByFinding { .. } => (None, Some(Grade::Unqualified)),
        Outcome::Refused { .. } => (None, None),
    }
}

/// The checks that rest on a centre computed again.
const OF_CENTRES: [CheckKey; 3] = [CheckKey::Composition, CheckKey::Totals, CheckKey::Grades];

/// Compares the head's results with the computed ones, each thing on its own. A centre that could not be computed fails all
/// three checks: what is not recounted is never said to agree.
pub(super) fn compare_centres(recount: &mut Recount, meeting: &Meeting, head: &ResultHead) {
    let count = recount.centres.len();
    let compiled: BTreeSet<_> = recount.centres.iter().map(|result| result.centre.clone()).collect();
    let missing: Vec<_> = meeting.round().centres.iter().filter(|centre| !compiled.contains(&centre.id)).collect();
    for key in OF_CENTRES {
        recount.figure(key, "centres", count);
        for centre in &missing {
            recount.problem(key, Discrepancy::NotCompiled { centre: centre.id.clone() });
        }
    }
    let by_finding = |result: &&CentreResult| matches!(result.outcome, Outcome::ByFinding { .. });
    let by_finding = recount.centres.iter().filter(by_finding).count();
    recount.figure(CheckKey::Composition, "by_finding", by_finding);
    if !head.centres.iter().map(|result| &result.centre).eq(meeting.round().centres.iter().map(|c| &c.id)) {
        recount.problem(CheckKey::Grades, Discrepancy::CentreList);
    }
    for finding in &head.findings {
        if meeting.round().centre(&finding.centre).is_none() || check_text(&finding.evidence, 1, MAX_COMMENT).is_err() {
            recount.problem(CheckKey::Grades, Discrepancy::Finding { centre: finding.centre.clone() });
        }
    }
    let computed = recount.centres.clone();
    for result in &head.centres {
        let centre = result.centre.clone();
        let Some(computed) = computed.iter().find(|other| other.centre == centre) else { continue };
        if result.composition != computed.composition {
            recount.problem(CheckKey::Composition, Discrepancy::Composition { centre: centre.clone() });
        }
        let ((total, grade), (total_computed, grade_computed)) = (stated(&result.outcome), stated(&computed.outcome));
        if let (Outcome::Refused { violations }, false) = (&computed.outcome, result.outcome == computed.outcome) {
            let violations = violations.clone();
            recount.problem(CheckKey::Composition, Discrepancy::Unlawful { centre: centre.clone(), violations });
        }
        if total != total_computed {
            let (stated, computed) = (total, total_computed);
            recount.problem(CheckKey::Totals, Discrepancy::Total { centre: centre.clone(), stated, computed });
        }
        if grade != grade_computed {
            let (stated, computed) = (grade, grade_computed);
            recount.problem(CheckKey::Grades, Discrepancy::Grade { centre, stated, computed });
        } else if total == total_computed && result.outcome != computed.outcome {
            recount.problem(CheckKey::Grades, Discrepancy::Consequence { centre });
        }
    }
}
