//! Views of the secretary's desk.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::common::{CompositionView, FindingView, GradeView, PersonView, RoundSummary};
use crate::DeskError;

/// The panel page: who could be a member, who is, and what Article 11 says to it.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PanelView {
    /// The round.
    pub round: RoundSummary,
    /// All imported cards of experts.
    pub candidates: Vec<Candidate>,
    /// Key of the chair, empty where none is chosen.
    pub chair: String,
    /// First and last day of the term.
    pub term_from: String,
    /// Last day.
    pub term_to: String,
    /// Article 11 for each centre.
    pub compositions: Vec<CompositionView>,
    /// What stands against the list as a whole (the same person twice, no chair, term too long).
    pub problems: Vec<DeskError>,
    /// Whether it may be submitted.
    pub lawful: bool,
    /// The newest roster's version, 0 where there is none.
    pub roster_version: u32,
}

/// A person who could be a member.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Candidate {
    /// Who.
    pub person: PersonView,
    /// Whether chosen.
    pub member: bool,
    /// Short names of the centres whose host the person belongs to.
    pub host_of: Vec<String>,
}

/// The panel as chosen on the screen.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PanelInput {
    /// Keys of the members, in order.
    pub members: Vec<String>,
    /// Key of the chair, or empty.
    pub chair: String,
    /// First day of the term.
    pub term_from: String,
    /// Last day of the term.
    pub term_to: String,
}

/// What an import of several files did; what was refused does not stop the rest.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ImportReport {
    /// New files accepted.
    pub accepted: u32,
    /// Files that were here already: nothing changed.
    pub already_here: u32,
    /// Files refused or quarantined.
    pub problems: Vec<ProblemFile>,
}

/// A file that needs the secretary's attention.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ProblemFile {
    /// The row, 0 where it is not kept.
    pub id: u32,
    /// File name.
    pub file_name: String,
    /// What is wrong; `expert` and `centre` are names among the parameters where they are known.
    pub error: DeskError,
    /// Whether it was kept aside (quarantined) rather than refused.
    pub quarantined: bool,
    /// When.
    pub at: String,
}

/// The matrix of experts and centres.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CollectView {
    /// The round.
    pub round: RoundSummary,
    /// Columns: Article 11 on those who scored so far.
    pub centres: Vec<CompositionView>,
    /// Rows.
    pub rows: Vec<MatrixRow>,
    /// Cells settled (sheet, recusal or absence).
    pub settled: u32,
    /// All cells.
    pub cells: u32,
    /// Problem files not yet settled.
    pub problems: Vec<ProblemFile>,
    /// Findings.
    pub findings: Vec<FindingView>,
}

/// One expert's row.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct MatrixRow {
    /// Who.
    pub person: PersonView,
    /// Whether the chair.
    pub chair: bool,
    /// One cell for each centre, in the order of the agenda.
    pub cells: Vec<MatrixCell>,
}

/// One cell.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct MatrixCell {
    /// The centre.
    pub centre: String,
    /// `missing`, `scored`, `recused`, `absent` or `conflict`.
    pub state: String,
    /// The counted `seq`, 0 where none.
    pub seq: u32,
    /// Reason of an absence or recusal.
    pub reason: String,
}

/// The compile page.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CompileView {
    /// The round.
    pub round: RoundSummary,
    /// Grades, in the order of the agenda.
    pub grades: Vec<GradeView>,
    /// Why the result as a whole cannot be signed yet; empty when it can.
    pub problems: Vec<DeskError>,
    /// Statistics shown beside: ICC(2,k) and Kendall's W in thousandths over centres that all members scored.
    pub agreement: Option<AgreementView>,
    /// The signed result of this round, where there is one.
    pub signed: Option<SignedResult>,
}

/// Agreement among experts; shown, never used.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AgreementView {
    /// ICC(2,k): two-way random effects, absolute agreement, average of k raters.
    pub icc: Option<f64>,
    /// Its 95 % interval.
    pub icc_low: Option<f64>,
    /// Its 95 % interval.
    pub icc_high: Option<f64>,
    /// Kendall's coefficient of concordance W.
    pub kendall_w: Option<f64>,
    /// Raters and centres it was computed on.
    pub raters: u32,
    /// Centres.
    pub centres: u32,
}

/// A signed result.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SignedResult {
    /// Digest of the head's payload in short form.
    pub digest_short: String,
    /// Short form of the tree root.
    pub tree_short: String,
    /// How many signed files it holds.
    pub entries: u32,
    /// 1: the secretary's signature; 2: the chair's too.
    pub signatures: u32,
    /// When compiled.
    pub compiled_at: String,
}
