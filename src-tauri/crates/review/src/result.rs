//! The result (评审结果): what the secretary and the chair sign and the bureau recomputes.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{CentreId, Digest, KeyId},
    panel::{Composition, Violation},
    points::Points,
    scheme::Grade,
    sheet::{Binding, Finding},
};

/// What stands in one cell of the matrix of experts and centres.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CellKind {
    /// A score sheet with this total.
    Scored {
        /// The total.
        total: Points,
    },
    /// A recusal.
    Recused,
    /// A signed absence.
    Absent,
}

/// One cell: the current signed file of one expert for one centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// The expert.
    pub expert: KeyId,
    /// The centre.
    pub centre: CentreId,
    /// What it is.
    pub kind: CellKind,
    /// The digest of the signed file that says so.
    pub digest: Digest,
}

/// One signed file in the package, a leaf of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its path in the package.
    pub path: String,
    /// The digest of its bytes.
    pub digest: Digest,
}

/// What follows from a grade (Articles 21 and 22).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Consequence {
    /// The standing continues; the next evaluation falls in this year (Article 21).
    NextEvaluation {
        /// The year.
        year: i32,
    },
    /// Rectification (限期整改) until this day, included (Article 22).
    Rectification {
        /// The last day.
        until: NaiveDate,
    },
    /// The standing is revoked (撤销资格, Article 22).
    Revocation,
    /// An establishment review: the bureau settles the list of those who pass and publishes it (Article 7(5)). The measures
    /// set no pass mark, so neither do we.
    Establishment,
}

/// How the grade came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// Graded from the scores, or 不合格 by a finding with the score beside it.
    Graded {
        /// The combined and rounded total.
        score: Points,
        /// The grade that the score alone would give.
        by_score: Grade,
        /// The grade that stands: `by_score`, or 不合格 where there is a finding.
        grade: Grade,
        /// What follows.
        consequence: Consequence,
    },
    /// 不合格 by a finding, where there are no valid scores to combine.
    ByFinding {
        /// What follows.
        consequence: Consequence,
    },
    /// The effective panel does not meet Article 11: nothing is compiled.
    Refused {
        /// What it does not meet.
        violations: Vec<Violation>,
    },
}

/// The compiled result of one centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CentreResult {
    /// The centre.
    pub centre: CentreId,
    /// The members who effectively scored it, and Article 11 on them.
    pub composition: Composition,
    /// How it ended.
    pub outcome: Outcome,
}

/// The signed head of a result (评审结果).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultHead {
    /// The meeting.
    pub binding: Binding,
    /// Every signed sheet and absence, in the fixed order: centre, expert, `seq`, digest.
    pub entries: Vec<Entry>,
    /// The RFC 9162 tree hash over the bytes of the entries.
    pub tree_root: Digest,
    /// Every expert × centre, in the order of the roster and the round: centre by centre.
    pub matrix: Vec<Cell>,
    /// The recorded findings.
    pub findings: Vec<Finding>,
    /// The results, in the order of the round.
    pub centres: Vec<CentreResult>,
    /// The software that compiled it.
    pub software: String,
    /// When it was compiled, by the secretary's clock.
    pub compiled_at: DateTime<FixedOffset>,
}
