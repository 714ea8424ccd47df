//! Views of the expert's desk.

use review::{
    points::Points,
    scheme::{Grade, Scheme},
    sheet::{ConflictKind, Evidence},
};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::common::{CentreView, GradeView, RoundSummary, Written};

/// What the expert has to do in a round.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ExpertRound {
    /// The round.
    pub round: RoundSummary,
    /// The bureau's reason for a round out of force.
    pub out_of_force_reason: Option<String>,
    /// Whether this expert is the chair (组长).
    pub chair: bool,
    /// When confidentiality was promised, `None` before: no dossier opens until then.
    pub promised_at: Option<String>,
    /// The text of the promise.
    pub promise_text: String,
    /// My dossiers, in the order of the agenda.
    pub dossiers: Vec<DossierSummary>,
}

/// One dossier in the list.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DossierSummary {
    /// The centre.
    pub centre: String,
    /// Full name.
    pub centre_name: String,
    /// Short name.
    pub centre_short: String,
    /// Host unit's name.
    pub host_name: String,
    /// `untouched`, `in_progress`, `complete`, `signed`, `changed` (signed and changed since) or `recused`.
    pub state: String,
    /// How many of six dimensions have a score.
    pub scored: u32,
    /// Sum of the scores so far.
    pub total: Points,
    /// The grade that a complete total would mean.
    pub grade: Option<Grade>,
    /// Pieces of evidence.
    pub evidence: u32,
    /// The highest signed `seq`, 0 where none.
    pub signed_seq: u32,
    /// Whether the expert's own unit is the host or a partner: recusal is suggested.
    pub conflict_suggested: bool,
}

/// Everything that the review page shows of one dossier.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ReviewView {
    /// The round's id.
    pub round: String,
    /// The round's title.
    pub round_title: String,
    /// The list entry.
    pub summary: DossierSummary,
    /// The centre and its dossier.
    pub centre: CentreView,
    /// The scheme.
    pub scheme: Scheme,
    /// Six drafts, in the order of Article 21.
    pub drafts: Vec<DraftScore>,
    /// Evidence.
    pub evidence: Vec<Evidence>,
    /// Recommended grade.
    pub recommended: Option<Grade>,
    /// Overall opinion.
    pub opinion: String,
    /// Why it cannot be changed now (`RECUSED`), or `None`.
    pub locked: Option<String>,
}

/// A draft of one dimension.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DraftScore {
    /// Points or none yet.
    pub score: Option<Points>,
    /// Comment.
    pub comment: String,
}

/// What a save gives back: only then may the screen say 已保存.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Saved {
    /// When it was committed to disk.
    pub at: String,
    /// The list entry after it.
    pub summary: DossierSummary,
}

/// A change to the draft of one centre.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DraftChange {
    /// The score of a dimension (0 to 5), or `None` to clear it.
    Score {
        /// Place in Article 21, from 0.
        dimension: u8,
        /// Points.
        score: Option<Points>,
    },
    /// The comment of a dimension.
    Comment {
        /// Place in Article 21, from 0.
        dimension: u8,
        /// Text.
        text: String,
    },
    /// The overall opinion.
    Opinion {
        /// Text.
        text: String,
    },
    /// The recommended grade.
    Recommended {
        /// Grade.
        grade: Option<Grade>,
    },
    /// All evidence of the centre, replacing what was there.
    Evidence {
        /// The pieces in order.
        pieces: Vec<Evidence>,
    },
}

/// A conflict of interest to declare.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RecusalInput {
    /// Kind.
    pub kind: ConflictKind,
    /// In the expert's words, 1 to 500 characters.
    pub reason: String,
}

/// Side by side: all my dossiers that have any score.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ScoreRow {
    /// The list entry.
    pub summary: DossierSummary,
    /// Six scores.
    pub scores: Vec<Option<Points>>,
}

/// What signing needs and lacks.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SignView {
    /// The round.
    pub round: RoundSummary,
    /// One line for each dossier.
    pub lines: Vec<SignLine>,
}

/// One dossier before signing.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SignLine {
    /// The list entry.
    pub summary: DossierSummary,
    /// What is missing or wrong; empty when it can be signed.
    pub problems: Vec<crate::DeskError>,
    /// Digest of the newest signed sheet, short; empty before.
    pub digest_short: String,
    /// When it was signed.
    pub signed_at: Option<String>,
}

/// What an export wrote and read back.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Exported {
    /// The folder.
    pub folder: String,
    /// The files, each read back and compared.
    pub files: Vec<Written>,
    /// Characters that no font has: printed as 〓, to be written in by hand. Empty almost always.
    pub missing: String,
}

/// A result as its chair sees it before signing.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CountersignView {
    /// The file.
    pub path: String,
    /// The round.
    pub round: RoundSummary,
    /// The grades.
    pub grades: Vec<GradeView>,
    /// The numbered checks, recomputed here.
    pub checks: Vec<super::CheckView>,
    /// Whether every check but the missing countersignature holds.
    pub sound: bool,
    /// How many signatures it has (1: the secretary's; 2: the chair's too).
    pub signatures: u32,
}

/// What a receipt, a proof of inclusion or a result says of my own sheets.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct MyCheck {
    /// `receipt`, `inclusion` or `result`.
    pub kind: String,
    /// Title of the round.
    pub round_title: String,
    /// The code (核对码) of the tree root, to compare with the bureau's by telephone; empty for a receipt, and for a result of
    /// which not everything holds.
    pub code: String,
    /// The whole tree root in hexadecimal digits; empty where the code is.
    pub root: String,
    /// How many files the tree holds; for a receipt, how many it acknowledges.
    pub files: u32,
    /// When the file was signed, by the secretary's clock.
    pub at: String,
    /// One line for each centre, in the order of the agenda.
    pub sheets: Vec<MySheetCheck>,
}

/// How one of my sheets fared.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct MySheetCheck {
    /// Centre's full name.
    pub centre_name: String,
    /// `counted` (in a result), `included` (by a proof), `acknowledged` (by a receipt), `superseded_version`,
    /// `older_acknowledged`, `not_acknowledged`, `missing`, `replaced_by_absence`, `other_sheet` or `not_signed`.
    pub verdict: String,
    /// Short digest of my newest signed sheet.
    pub digest_short: String,
}
