//! The people, units and centres of the sample meeting: from the data file, and by number where more are asked for.

use review::{facts::Facts, scheme::Grade, unit::UnitCode};
use serde::Deserialize;

use crate::{
    DeskError,
    dto::{CentreInput, NewDesk, RoundInput, UnitInput},
};
use review::{roster::Role, round::RoundKind};

const FILE: &str = include_str!("../../../../../assets/sample/round.toml");

/// The data file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Data {
    title: String,
    held_on: String,
    period_from: String,
    period_to: String,
    pub(super) basis: String,
    pub(super) bureau: SamplePerson,
    pub(super) secretary: SamplePerson,
    experts: Vec<SamplePerson>,
    centres: Vec<SampleCentre>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SamplePerson {
    pub(super) name: String,
    unit: SampleUnit,
    title: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleUnit {
    name: String,
    code: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SampleCentre {
    pub(super) name: String,
    host: SampleUnit,
    #[serde(default)]
    partners: Vec<SampleUnit>,
    previous_grade: Option<Grade>,
    /// The share of points that the sample experts give on average, in percent.
    pub(super) level: u32,
    #[serde(default)]
    facts: Facts,
}

impl From<SampleUnit> for UnitInput {
    fn from(unit: SampleUnit) -> Self {
        Self { name: unit.name, code: unit.code }
    }
}

impl SamplePerson {
    /// The identity that this person makes.
    pub(super) fn new_desk(&self, role: Role, passphrase: &str) -> NewDesk {
        NewDesk {
            roles: vec![role],
            name: self.name.clone(),
            unit: self.unit.clone().into(),
            title: self.title.clone(),
            passphrase: passphrase.to_owned(),
        }
    }

    /// Whether this person belongs to a centre's host.
    pub(super) fn is_from_host(&self, centre: &SampleCentre) -> bool {
        self.unit.code == centre.host.code
    }
}

impl SampleCentre {
    /// What the bureau types for this centre.
    pub(super) fn input(&self) -> CentreInput {
        CentreInput {
            name: self.name.clone(),
            host: self.host.clone().into(),
            partners: self.partners.iter().cloned().map(UnitInput::from).collect(),
            previous_grade: self.previous_grade,
            facts: self.facts.clone(),
        }
    }

    /// The host unit's name.
    pub(super) fn host_name(&self) -> &str {
        &self.host.name
    }
}

impl Data {
    pub(super) fn load() -> Result<Self, DeskError> {
        toml::from_str(FILE).map_err(|error| DeskError::internal(error.message()))
    }

    /// What the bureau types for the round.
    pub(super) fn round(&self) -> RoundInput {
        RoundInput {
            title: self.title.clone(),
            kind: RoundKind::Evaluation,
            held_on: self.held_on.clone(),
            period_from: self.period_from.clone(),
            period_to: self.period_to.clone(),
            out_of_force_reason: String::new(),
        }
    }

    /// So many experts: those of the file, then others by number, each from a unit of its own.
    pub(super) fn experts(&self, count: u32) -> Result<Vec<SamplePerson>, DeskError> {
        let numbered = |number: u32| {
            Ok(SamplePerson {
                name: format!("示例专家{number}"),
                unit: SampleUnit {
                    name: format!("示例研究院第{number}所"), code: sample_code("12", 100 + number)?
                },
                title: "研究员".to_owned(),
            })
        };
        (0..count).map(|place| nth(&self.experts, place).map_or_else(|| numbered(place + 1), Ok)).collect()
    }

    /// So many centres: those of the file, then others by number, each with a host of its own.
    pub(super) fn centres(&self, count: u32) -> Result<Vec<SampleCentre>, DeskError> {
        const FIELDS: [&str; 3] = ["碳基新材料", "纺织机械", "液压元件"];
        let numbered = |place: u32| {
            let field = place.checked_sub(3).and_then(|n| usize::try_from(n).ok()).and_then(|n| FIELDS.get(n));
            let field = field.map_or_else(|| format!("示例领域{}", place + 1), |field| (*field).to_owned());
            Ok(SampleCentre {
                name: format!("晋中市{field}技术创新中心"),
                host: SampleUnit {
                    name: format!("晋中示例{field}有限公司"), code: sample_code("91", 500 + place)?
                },
                partners: vec![],
                previous_grade: None,
                level: 58 + place * 7 % 38,
                facts: Facts::default(),
            })
        };
        (0..count).map(|place| nth(&self.centres, place).map_or_else(|| numbered(place), Ok)).collect()
    }
}

fn nth<T: Clone>(items: &[T], place: u32) -> Option<T> {
    usize::try_from(place).ok().and_then(|place| items.get(place)).cloned()
}

/// A code that passes the check and is plainly nobody's: its region does not exist.
fn sample_code(kind: &str, number: u32) -> Result<String, DeskError> {
    Ok(UnitCode::with_check(&format!("{kind}149999MAX{number:06}"))?.to_string())
}
