//! What is signed at the meeting: score sheets (评分表), recusals (回避声明), absences (缺席说明) and findings (认定).

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{CentreId, Digest, KeyId, RoundId, Salt, SheetId},
    points::Points,
    round::{Centre, Round},
    scheme::{Dimension, Grade, ScoreError},
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
#[serde(rename_all = "snake_case", deny_unknown_fields)]
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

/// Why a sheet that is well signed cannot stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// It belongs to another round, or to another issue of this one.
    #[error("another round")]
    Round,
    /// It was signed under another roster.
    #[error("another roster")]
    Roster,
    /// It stands on another rulebook.
    #[error("another rulebook")]
    Rulebook,
    /// It stands on another scheme.
    #[error("another scheme")]
    Scheme,
    /// The round has no such centre.
    #[error("no such centre")]
    Centre,
    /// The roster has no such member.
    #[error("no such member")]
    Expert,
    /// Another version of the dossier was read.
    #[error("another dossier version")]
    Dossier,
    /// The `seq` is 0, or supersedes nothing after the first, or something at the first.
    #[error("seq and supersedes do not fit")]
    Seq,
    /// A score cannot stand.
    #[error(transparent)]
    Score(#[from] ScoreError),
    /// A text is empty where it must not be, or too long.
    #[error("a text is empty or too long")]
    Text,
    /// Evidence names a document that the dossier does not have, or page 0.
    #[error("evidence names no page of the dossier")]
    Evidence,
}

/// The most characters of a comment.
pub const MAX_COMMENT: usize = 2_000;
/// The most characters of an overall opinion.
pub const MAX_OPINION: usize = 10_000;
/// The most characters of a reason.
pub const MAX_REASON: usize = 500;
/// The most pieces of evidence on a sheet.
pub const MAX_EVIDENCE: usize = 200;

impl Binding {
    /// Checks that something is bound to this meeting and no other.
    ///
    /// # Errors
    /// [`SheetError::Round`], [`SheetError::Roster`], [`SheetError::Rulebook`], [`SheetError::Scheme`], in this order.
    pub fn check(&self, expected: &Self) -> Result<(), SheetError> {
        if self.round != expected.round || self.round_digest != expected.round_digest {
            return Err(SheetError::Round);
        }
        if self.roster_digest != expected.roster_digest {
            return Err(SheetError::Roster);
        }
        if self.rulebook_digest != expected.rulebook_digest {
            return Err(SheetError::Rulebook);
        }
        if self.scheme_digest != expected.scheme_digest { Err(SheetError::Scheme) } else { Ok(()) }
    }
}

impl Sheet {
    /// Checks everything that a sheet can be checked for against its round: what it is bound to, that the scores can be given
    /// under the scheme, that texts and evidence are within bounds. Who signed it is checked where signatures are.
    ///
    /// # Errors
    /// The first [`SheetError`] in the order of the variants.
    pub fn check(&self, binding: &Binding, round: &Round) -> Result<(), SheetError> {
        self.binding.check(binding)?;
        let centre = round.centre(&self.dossier.centre).ok_or(SheetError::Centre)?;
        if self.dossier.version != centre.dossier.version || self.dossier.manifest != centre.dossier.manifest {
            return Err(SheetError::Dossier);
        }
        if self.seq == 0 || (self.seq == 1) != self.supersedes.is_empty() {
            return Err(SheetError::Seq);
        }
        match &self.statement {
            Statement::Recusal { reason, .. } => check_text(reason, 1, MAX_REASON),
            Statement::Scoring(scoring) => scoring.check(round, centre),
        }
    }
}

impl Scoring {
    /// Checks scores, texts and evidence.
    fn check(&self, round: &Round, centre: &Centre) -> Result<(), SheetError> {
        round.scheme.check_scores(&self.scores.map(Some))?;
        self.comments.iter().try_for_each(|comment| check_text(comment, 0, MAX_COMMENT))?;
        check_text(&self.opinion, 0, MAX_OPINION)?;
        let known = |piece: &Evidence| {
            piece.page > 0 && centre.dossier.documents.iter().any(|document| document.name == piece.document)
        };
        if self.evidence.len() > MAX_EVIDENCE || !self.evidence.iter().all(known) {
            return Err(SheetError::Evidence);
        }
        Ok(())
    }
}

/// Checks the length of a text in characters, not counting white space at its ends.
///
/// # Errors
/// [`SheetError::Text`].
pub fn check_text(text: &str, least: usize, most: usize) -> Result<(), SheetError> {
    if (least..=most).contains(&text.trim().chars().count()) && text.chars().count() <= most {
        Ok(())
    } else {
        Err(SheetError::Text)
    }
}
