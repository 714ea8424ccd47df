//! Views of the bureau's desk.

use review::{
    facts::Facts,
    result::Consequence,
    round::{Period, RoundKind},
    scheme::{Grade, Scheme},
};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::common::{CentreView, CheckView, CompositionView, GradeView, PersonView, RoundSummary, UnitInput};
use crate::DeskError;

/// What the wizard's first pages give.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RoundInput {
    /// Title, 1 to 100 characters.
    pub title: String,
    /// Kind.
    pub kind: RoundKind,
    /// The day of the meeting.
    pub held_on: String,
    /// First day looked back on.
    pub period_from: String,
    /// Last day looked back on.
    pub period_to: String,
    /// The reason for holding it outside the rulebook's period, or empty.
    pub out_of_force_reason: String,
}

/// A round in preparation.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DraftView {
    /// What a list shows.
    pub summary: RoundSummary,
    /// What it looks back on.
    pub period: Period,
    /// The reason for a round out of force, or empty.
    pub out_of_force_reason: String,
    /// `in_force`, `before` or `after`: of the meeting's day and of today, whichever lies outside.
    pub in_force: String,
    /// First day of the rulebook.
    pub rulebook_from: String,
    /// Last day of the rulebook.
    pub rulebook_last: String,
    /// The scheme as it stands.
    pub scheme: Scheme,
    /// The centres.
    pub centres: Vec<CentreView>,
    /// What keeps it from being issued; empty when it can be.
    pub problems: Vec<DeskError>,
}

/// A centre to add or change.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CentreInput {
    /// 晋中市××技术创新中心.
    pub name: String,
    /// Host unit.
    pub host: UnitInput,
    /// Partner units.
    pub partners: Vec<UnitInput>,
    /// Grade of the evaluation before.
    pub previous_grade: Option<Grade>,
    /// Facts for Article 8.
    pub facts: Facts,
}

/// A panel file as the bureau sees it before approving.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PanelFiling {
    /// The file.
    pub path: String,
    /// The round it is for.
    pub round: RoundSummary,
    /// Who submitted it.
    pub secretary: PersonView,
    /// Members.
    pub members: Vec<PersonView>,
    /// Chair's key.
    pub chair: String,
    /// Term.
    pub term_from: String,
    /// Term.
    pub term_to: String,
    /// Article 11 for each centre.
    pub compositions: Vec<CompositionView>,
    /// What stands against it.
    pub problems: Vec<DeskError>,
    /// The version that approving would make.
    pub next_version: u32,
}

/// The bureau's view of a result file.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ResultView {
    /// Digest of the signed head: names the result in later calls.
    pub digest: String,
    /// In short form.
    pub digest_short: String,
    /// Short form of the tree root.
    pub tree_short: String,
    /// The code (核对码) of the tree root, to compare with an expert's by telephone; empty where the head cannot be read.
    pub tree_code: String,
    /// The round.
    pub round: RoundSummary,
    /// File name it came by.
    pub file_name: String,
    /// Size in bytes.
    pub size: u64,
    /// The numbered checks.
    pub checks: Vec<CheckView>,
    /// Whether all hold.
    pub valid: bool,
    /// Whether it was filed (a result that fails is shown and not filed).
    pub filed: bool,
    /// Whether this very file had been filed before: nothing changed.
    pub already_here: bool,
    /// Grades recomputed from the sheets alone.
    pub grades: Vec<GradeView>,
    /// Sheets, recusals and absences in it.
    pub sheets: u32,
    /// Recusals.
    pub recusals: u32,
    /// Absences.
    pub absences: u32,
    /// Decisions already taken.
    pub decisions: Vec<DecisionView>,
}

/// A decision of the bureau on one centre.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DecisionView {
    /// Round.
    pub round: String,
    /// Round's title.
    pub round_title: String,
    /// Centre.
    pub centre: String,
    /// Centre's full name.
    pub centre_name: String,
    /// Grade that stands.
    pub grade: Option<Grade>,
    /// What follows.
    pub consequence: Option<Consequence>,
    /// Note of the bureau.
    pub note: String,
    /// When decided.
    pub at: String,
}

/// A centre over the years.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RegisterRow {
    /// Full name.
    pub centre_name: String,
    /// Host unit's name.
    pub host_name: String,
    /// Decisions, oldest first.
    pub decisions: Vec<DecisionView>,
}

/// How this software reads the measures where they are silent (待主管部门确认).
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ReadingView {
    /// Its key in the rulebook.
    pub key: String,
    /// The reading.
    pub text: String,
}

/// One deadline.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DeadlineView {
    /// `public_notice`, `annual_report`, `next_evaluation` or `rectification`.
    pub kind: String,
    /// The last day, or empty where it cannot be computed.
    pub until: String,
    /// For example `第二十二条`.
    pub article: String,
    /// How long the period is, in working days for a public notice and in years otherwise; 0 where the measures name a day.
    pub length: u32,
    /// The readings that it rests on, each 待主管部门确认: what the measures leave open about it.
    pub readings: Vec<ReadingView>,
    /// What it concerns: a centre's or a round's name.
    pub subject: String,
    /// Days from today, negative when past.
    pub days_left: i32,
    /// Why it cannot be computed (the calendar does not reach that far), where so.
    pub problem: Option<DeskError>,
}
