//! Views that more than one desk shows.

use review::{
    facts::Facts,
    panel::Violation,
    points::Points,
    result::Consequence,
    roster::Role,
    round::{Period, RoundKind},
    scheme::{Grade, Scheme},
    unit::Unit,
};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A unit as typed; an empty code means "not known". Checked by the desk, so that the screen gets a typed error.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct UnitInput {
    /// Full name.
    pub name: String,
    /// 统一社会信用代码 or empty.
    pub code: String,
}

/// A person with a key.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PersonView {
    /// Key thumbprint: names the person in every call.
    pub key: String,
    /// Its first 16 characters in groups, to compare by voice.
    pub key_short: String,
    /// Name.
    pub name: String,
    /// Unit.
    pub unit: Unit,
    /// Professional title (职称), may be empty.
    pub title: String,
}

/// A desk folder as the start page lists it, without opening it.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DeskEntry {
    /// The folder.
    pub folder: String,
    /// Whose desk.
    pub name: String,
    /// Their unit's name.
    pub unit_name: String,
    /// What they do.
    pub roles: Vec<Role>,
    /// Part of the sample meeting: opens without a passphrase.
    pub sample: bool,
}

/// The state of the application before a desk is open.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct StartView {
    /// Software version.
    pub version: String,
    /// Where desks are kept.
    pub home: String,
    /// The user's own desks.
    pub desks: Vec<DeskEntry>,
    /// The desks of the sample meeting, empty until it is made.
    pub sample_desks: Vec<DeskEntry>,
    /// The desk that is open now.
    pub open: Option<DeskView>,
}

/// What a new identity needs.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct NewDesk {
    /// One or more.
    pub roles: Vec<Role>,
    /// Name of the person (or of the office, for a bureau), 1 to 50 characters.
    pub name: String,
    /// Unit.
    pub unit: UnitInput,
    /// Professional title, may be empty.
    pub title: String,
    /// At least 8 characters.
    pub passphrase: String,
}

/// The open desk.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DeskView {
    /// The folder.
    pub folder: String,
    /// Who.
    pub person: PersonView,
    /// What they do.
    pub roles: Vec<Role>,
    /// When the identity was made.
    pub made_at: String,
    /// Part of the sample meeting: its passphrase is known, and screens may fill it in.
    pub sample_passphrase: Option<String>,
}

/// A round in a list.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RoundSummary {
    /// Its id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Kind.
    pub kind: RoundKind,
    /// `draft`, `issued` (by this desk) or `received`.
    pub status: String,
    /// The day of the meeting.
    pub held_on: String,
    /// How many centres.
    pub centres: u32,
    /// The version of the newest roster, 0 where there is none.
    pub roster_version: u32,
    /// Digest of the signed head in short form, empty for a draft.
    pub digest_short: String,
    /// The bureau that issued it.
    pub bureau: String,
}

/// A round as read.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RoundView {
    /// What a list shows.
    pub summary: RoundSummary,
    /// What it looks back on.
    pub period: Period,
    /// Rulebook id.
    pub rulebook: String,
    /// Rulebook title.
    pub rulebook_title: String,
    /// The bureau's reason for a round out of force.
    pub out_of_force_reason: Option<String>,
    /// The scheme.
    pub scheme: Scheme,
    /// The bureau's key, short.
    pub bureau_key_short: String,
    /// The whole key thumbprint.
    pub bureau_key: String,
    /// Its centres.
    pub centres: Vec<CentreView>,
}

/// A centre and its dossier.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CentreView {
    /// Its id within the round.
    pub id: String,
    /// Full name.
    pub name: String,
    /// The name without 晋中市 and 技术创新中心, for narrow columns.
    pub short_name: String,
    /// Host unit.
    pub host: Unit,
    /// Partner units.
    pub partners: Vec<Unit>,
    /// Grade of the evaluation before.
    pub previous_grade: Option<Grade>,
    /// Documents of the dossier.
    pub documents: Vec<DocumentView>,
    /// Facts for Article 8.
    pub facts: Facts,
    /// The checklist of Article 8 computed from them.
    pub conditions: Vec<ConditionView>,
    /// Whether the name follows Article 24.
    pub name_lawful: bool,
}

/// One document.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DocumentView {
    /// File name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// `pdf`, `image`, `text` or `other`, by the name's ending.
    pub kind: String,
}

/// One line of the checklist of Article 8: advice, never a score.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ConditionView {
    /// Stable key of the condition.
    pub key: String,
    /// For example `第八条（二）`.
    pub article: String,
    /// The condition in words, from the rulebook.
    pub text: String,
    /// The stated figure in words, empty when not stated.
    pub stated: String,
    /// `met`, `not_met` or `not_stated`.
    pub verdict: String,
}

/// Article 11 for one centre.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CompositionView {
    /// The centre.
    pub centre: String,
    /// Its full name.
    pub centre_name: String,
    /// Its short name.
    pub centre_short: String,
    /// Members counted.
    pub members: u32,
    /// Of these from the host unit.
    pub host: u32,
    /// Names of the host members.
    pub host_names: Vec<String>,
    /// Names of those counted by unit name alone (a code is missing).
    pub by_name_only: Vec<String>,
    /// What is not met.
    pub violations: Vec<Violation>,
    /// For example `第十一条`.
    pub article: String,
}

/// A file that a call wrote.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Written {
    /// Full path.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256.
    pub digest: String,
}

/// How a centre came out.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GradeView {
    /// The centre.
    pub centre: String,
    /// Its full name.
    pub centre_name: String,
    /// Its short name.
    pub centre_short: String,
    /// `graded`, `by_finding` or `refused`.
    pub status: String,
    /// Combined total.
    pub score: Option<Points>,
    /// The grade that the score alone would give.
    pub by_score: Option<Grade>,
    /// The grade that stands.
    pub grade: Option<Grade>,
    /// What follows.
    pub consequence: Option<Consequence>,
    /// Totals of the members who scored, in the order of the roster.
    pub totals: Vec<MemberTotal>,
    /// Lowest and highest total.
    pub lowest: Option<Points>,
    /// Highest total.
    pub highest: Option<Points>,
    /// Members whose leaving out would change the grade: names with the grade it would be.
    pub sensitive_to: Vec<Sensitivity>,
    /// The findings that stand against it.
    pub findings: Vec<FindingView>,
    /// Article 11 on the effective panel.
    pub composition: CompositionView,
}

/// One expert's total.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct MemberTotal {
    /// The expert's key.
    pub key: String,
    /// Name.
    pub name: String,
    /// Whether from the host unit.
    pub from_host: bool,
    /// Total.
    pub total: Points,
    /// Scores in the order of Article 21.
    pub scores: Vec<Points>,
}

/// A change that would alter the grade; shown, never applied.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Sensitivity {
    /// `without_expert`, `without_host` or `method`.
    pub kind: String,
    /// The expert's name or the method's code.
    pub what: String,
    /// The grade it would be.
    pub grade: Grade,
}

/// A finding under Article 22.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct FindingView {
    /// The row to remove it by, 0 where it stands in a signed result.
    pub id: u32,
    /// The centre.
    pub centre: String,
    /// `absent_without_reason`, `false_material`, `interference`.
    pub kind: String,
    /// Evidence in words.
    pub evidence: String,
    /// When recorded.
    pub recorded_at: String,
}

/// One numbered check of a verification.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CheckView {
    /// From 1.
    pub number: u32,
    /// Stable key: the screens have its title under `checks.<key>`.
    pub key: String,
    /// Whether it holds; `None` where it could not be made because an earlier one failed.
    pub passed: Option<bool>,
    /// What was seen, in figures: placeholders of the title's detail text.
    pub figures: std::collections::BTreeMap<String, String>,
    /// What does not agree: error codes with their parameters.
    pub problems: Vec<crate::DeskError>,
}

/// One line of the audit trail.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AuditView {
    /// Number, from 1.
    pub seq: u32,
    /// When.
    pub at: String,
    /// What was done: stable code.
    pub op: String,
    /// On what (ids only).
    pub subject: String,
    /// The row's digest, short.
    pub digest_short: String,
}

/// The state of the desk folder.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DeskCheck {
    /// The database passes its integrity check.
    pub database_ok: bool,
    /// First broken row of the audit chain, `None` when whole.
    pub audit_broken_at: Option<u32>,
    /// Rows in the audit chain.
    pub audit_rows: u32,
    /// Digest of its last row, short.
    pub audit_head: String,
    /// Files kept in the folder, and how many of them no longer match their digest.
    pub files: u32,
    /// Damaged files.
    pub damaged_files: u32,
    /// SQLite version.
    pub sqlite: String,
}

/// The rulebook in force, for the about page and the wizard.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RulebookView {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Document number.
    pub number: String,
    /// First day in force.
    pub from: String,
    /// Last day in force.
    pub last: String,
    /// SHA-256 of the file.
    pub digest: String,
    /// Each rule: article, key, value in words, quoted sentence, and whether it is the measures' own or 待主管部门确认.
    pub rules: Vec<RuleView>,
}

/// One rule of the rulebook.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RuleView {
    /// For example `第十一条`.
    pub article: String,
    /// Stable key.
    pub key: String,
    /// The value in words.
    pub value: String,
    /// The sentence of the measures.
    pub quote: String,
    /// Not in the measures: 待主管部门确认.
    pub unconfirmed: bool,
}
