//! The round (轮次): what is reviewed, under which rules, from which dossiers.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    facts::Facts,
    ids::{CentreId, Digest, KeyId, RoundId},
    scheme::{Grade, Scheme},
    text::is_line,
    unit::Unit,
};

/// What kind of review a round is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum RoundKind {
    /// Periodic evaluation (定期评估), Article 21.
    Evaluation,
    /// Establishment review (评审论证) of a new centre, Articles 7(4) and 8.
    Establishment,
}

/// A document's place, size and digest within a dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The file name, unique within the dossier; Chinese names are usual. Path rules: `seal`'s package limits.
    pub name: String,
    /// Size in bytes.
    pub size: u64,
    /// Digest of the bytes.
    pub digest: Digest,
}

/// What a centre hands in (卷宗): documents and facts, in versions from 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dossier {
    /// The version, from 1; a corrected dossier gets the next.
    pub version: u32,
    /// SHA-256 of the manifest: one line `<digest>  <name>\n` for each document in the order below, as `sha256sum` prints it.
    pub manifest: Digest,
    /// The documents, sorted by the bytes of their names.
    pub documents: Vec<Document>,
    /// The figures that Article 8 asks for.
    pub facts: Facts,
}

impl Dossier {
    /// The manifest that [`Dossier::manifest`] is the digest of.
    #[must_use]
    pub fn manifest_text(documents: &[Document]) -> String {
        documents.iter().map(|d| format!("{}  {}\n", d.digest, d.name)).collect()
    }
}

/// A centre under review (市技术创新中心).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Centre {
    /// Its identifier within the round.
    pub id: CentreId,
    /// 晋中市××技术创新中心 (Article 24).
    pub name: String,
    /// The host unit (依托单位), which Article 11 counts.
    pub host: Unit,
    /// The partner units (共建单位).
    pub partners: Vec<Unit>,
    /// The grade of the evaluation before, where known.
    pub previous_grade: Option<Grade>,
    /// What it handed in.
    pub dossier: Dossier,
}

/// Which rulebook a signed thing stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulebookRef {
    /// The rulebook's id, for example `jinzhong-2023-33`.
    pub id: String,
    /// Digest of the rulebook file's bytes.
    pub digest: Digest,
}

/// The days that a round looks back on (评估期), both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

/// The signed head of a round (轮次).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// Its identifier.
    pub id: RoundId,
    /// The title as printed; 1 to 100 characters.
    pub title: String,
    /// Evaluation or establishment.
    pub kind: RoundKind,
    /// The day of the meeting: it must lie in the rulebook's period, and deadlines run from it.
    pub held_on: NaiveDate,
    /// What the round looks back on.
    pub period: Period,
    /// The rules.
    pub rulebook: RulebookRef,
    /// The bureau's reason for holding a round outside the rulebook's period (Article 25); shown on every output.
    pub out_of_force_reason: Option<String>,
    /// The confirmed scheme.
    pub scheme: Scheme,
    /// The bureau (科技局) that issues the round.
    pub bureau: Unit,
    /// The bureau's signing key.
    pub bureau_key: KeyId,
    /// The centres, in the order of the agenda.
    pub centres: Vec<Centre>,
}

/// The most characters of a round's title.
pub const MAX_TITLE: usize = 100;

impl Round {
    /// Whether every text that stands on forms is one line within its length, nothing hidden in it.
    #[must_use]
    pub fn has_sound_texts(&self) -> bool {
        let units = self.centres.iter().flat_map(|centre| std::iter::once(&centre.host).chain(&centre.partners));
        is_line(&self.title, 1, MAX_TITLE) && units.chain([&self.bureau]).all(Unit::is_sound)
    }

    /// The centre of that id.
    #[must_use]
    pub fn centre(&self, id: &CentreId) -> Option<&Centre> {
        self.centres.iter().find(|centre| centre.id == *id)
    }
}
