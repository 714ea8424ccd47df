//! What is signed at the meeting: score sheets (评分表), recusals (回避声明), absences (缺席说明) and findings (认定).

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{CentreId, Digest, KeyId, RoundId, Salt, SheetId},
    points::Points,
    scheme::{Dimension, Grade},
};

/// Everything that a sheet, an absence or a result is bound to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// The round.
    pub round: RoundId,
    /// Digest of the signed round head (which holds the scheme and every dossier's manifest).
    pub round_digest: Digest,
    /// Digest of the signed roster.
    pub roster_digest: Digest,
    /// Digest of the rulebook file.
    pub rulebook_digest: Digest,
    /// Digest of the scheme: of its compact JSON as it stands in the round.
    pub scheme_digest: Digest,
}

/// The version of a dossier that an expert read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierRef {
    /// Whose dossier.
    pub centre: CentreId,
    /// Its version.
    pub version: u32,
    /// Its manifest's digest.
    pub manifest: Digest,
}

/// A page that a score rests on (依据).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The dimension it supports.
    pub dimension: Dimension,
    /// The document's name in the dossier.
    pub document: String,
    /// The page, from 1.
    pub page: u32,
}

/// Kinds of conflict of interest (回避事由).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    /// Same unit (同单位).
    SameUnit,
    /// Family (近亲属).
    Family,
    /// Cooperation or a project in common (合作关系).
    Cooperation,
    /// An economic interest (利益关系).
    Interest,
    /// Another, as the reason says (其他).
    Other,
}

/// Six scores and what is said to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scoring {
    /// The scores, in the order of Article 21.
    pub scores: [Points; 6],
    /// The comments to them, in the same order; may be empty, at most 2,000 characters each.
    pub comments: [String; 6],
    /// The pages they rest on.
    pub evidence: Vec<Evidence>,
    /// The grade that the expert recommends; advice, never counted.
    pub recommended: Option<Grade>,
    /// The overall opinion; at most 10,000 characters.
    pub opinion: String,
}

impl Scoring {
    /// The total.
    #[must_use]
    pub fn total(&self) -> Points {
        self.scores.iter().copied().sum()
    }
}

/// What a sheet says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statement {
    /// The expert scores the centre.
    Scoring(Scoring),
    /// The expert steps back (回避) from this centre.
    Recusal {
        /// Why.
        kind: ConflictKind,
        /// In the expert's words; 1 to 500 characters.
        reason: String,
    },
}

/// One expert's signed statement on one centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// Its identifier.
    pub id: SheetId,
    /// The meeting it belongs to.
    pub binding: Binding,
    /// The dossier it judges.
    pub dossier: DossierRef,
    /// The expert: the key that signs.
    pub expert: KeyId,
    /// 1 for the first sheet of this expert and centre, then one more each time. Order comes from here, not from the time.
    pub seq: u32,
    /// Digests of the signed files that this one supersedes: every one of the `seq` before.
    pub supersedes: Vec<Digest>,
    /// What it says.
    pub statement: Statement,
    /// So that equal content never makes equal digests.
    pub salt: Salt,
    /// The software that made it, for example `hengjian 0.1.0`.
    pub software: String,
    /// When it was signed, by the expert's clock; informative.
    pub signed_at: DateTime<FixedOffset>,
}

/// The secretary's signed statement that a member gave no sheet for a centre (缺席).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    /// The meeting it belongs to.
    pub binding: Binding,
    /// The centre.
    pub centre: CentreId,
    /// The member who gave no sheet.
    pub expert: KeyId,
    /// Why, in the secretary's words; 1 to 500 characters.
    pub reason: String,
    /// So that equal content never makes equal digests.
    pub salt: Salt,
    /// When it was recorded, by the secretary's clock.
    pub recorded_at: DateTime<FixedOffset>,
}

/// What makes a centre 不合格 whatever its score (Article 22).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// 无故不参加考核评估
    AbsentWithoutReason,
    /// 提供虚假材料
    FalseMaterial,
    /// 干扰考核评估工作
    Interference,
}

/// A recorded finding (认定) with its evidence; it stands in the result beside the score and never replaces it silently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The centre.
    pub centre: CentreId,
    /// What was found.
    pub kind: FindingKind,
    /// The evidence in words; 1 to 2,000 characters.
    pub evidence: String,
    /// When it was recorded.
    pub recorded_at: DateTime<FixedOffset>,
}
