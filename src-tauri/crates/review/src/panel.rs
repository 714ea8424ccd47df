//! The composition of a panel (专家委员会), Article 11.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    deadlines::last_day_of,
    ids::KeyId,
    roster::{Person, Term},
    rulebook::PanelRules,
    text::normalised,
    unit::{Sameness, Unit},
};

/// What of Article 11 a panel does not meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Violation {
    /// Fewer members than required.
    TooFew {
        /// How many there are.
        members: u32,
        /// How many there must be.
        required: u32,
    },
    /// Too many from the host unit: `denominator * host > numerator * members`.
    TooManyFromHost {
        /// How many there are.
        members: u32,
        /// How many of them are from the host unit.
        host: u32,
        /// At how many the limit lies for so many members.
        allowed: u32,
    },
}

/// Who a panel is, as Article 11 counts it for one centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Composition {
    /// The members counted, in the order of the roster.
    pub members: Vec<KeyId>,
    /// Those of them who belong to the host unit.
    pub host_members: Vec<KeyId>,
    /// Those counted as host members by name alone, because a unit code is missing: a warning to settle.
    pub by_name_only: Vec<KeyId>,
    /// What is not met; empty when the composition is lawful.
    pub violations: Vec<Violation>,
}

impl Composition {
    /// Counts the members against Article 11 for a centre of this host unit.
    #[must_use]
    pub fn of<'a>(rules: &PanelRules, host: &Unit, members: impl IntoIterator<Item = &'a Person>) -> Self {
        let mut composition = Self { members: vec![], host_members: vec![], by_name_only: vec![], violations: vec![] };
        for member in members {
            composition.members.push(member.key.clone());
            match member.unit.sameness(host) {
                Sameness::Different => continue,
                Sameness::SameCode => {}
                Sameness::SameName => composition.by_name_only.push(member.key.clone()),
            }
            composition.host_members.push(member.key.clone());
        }
        composition.violations = violations(rules, composition.members.len(), composition.host_members.len());
        composition
    }

    /// Whether nothing stands against it.
    #[must_use]
    pub const fn is_lawful(&self) -> bool {
        self.violations.is_empty()
    }
}

/// Article 11 in integers.
fn violations(rules: &PanelRules, members: usize, host: usize) -> Vec<Violation> {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (members, host) = (count(members), count(host));
    let mut found = vec![];
    if members < rules.min_members {
        found.push(Violation::TooFew { members, required: rules.min_members });
    }
    let (numerator, denominator) = (u64::from(rules.host_share.0), u64::from(rules.host_share.1));
    if denominator * u64::from(host) > numerator * u64::from(members) {
        let allowed = (numerator * u64::from(members)).checked_div(denominator).unwrap_or(0);
        found.push(Violation::TooManyFromHost { members, host, allowed: u32::try_from(allowed).unwrap_or(u32::MAX) });
    }
    found
}

/// Why a list of people cannot be a panel, whatever the centre.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PanelError {
    /// The same key stands twice.
    #[error("the same key twice")]
    SameKey {
        /// The key.
        key: KeyId,
    },
    /// The same person (name and unit) stands twice with different keys.
    #[error("the same person twice")]
    SamePerson {
        /// The first key.
        first: KeyId,
        /// The second key.
        second: KeyId,
    },
    /// The chair is none of the members.
    #[error("the chair is not a member")]
    ChairNotMember,
    /// The chair is the secretary too: the result needs two people's signatures.
    #[error("the chair is the secretary")]
    ChairIsSecretary,
    /// The meeting's day lies outside the term.
    #[error("the meeting is outside the term")]
    MeetingOutsideTerm {
        /// The day of the meeting.
        held_on: NaiveDate,
    },
    /// The term is longer than Article 11 allows, or ends before it begins.
    #[error("the term is not within {max_years} years")]
    Term {
        /// The most years.
        max_years: u32,
    },
}

/// Checks what holds for a panel whatever the centre: distinct people, a chair among them who is not the secretary, a lawful
/// term that the meeting's day lies in.
///
/// # Errors
/// The first [`PanelError`]: of the people, then of the chair, then of the term.
pub fn check_people(
    rules: &PanelRules,
    members: &[Person],
    chair: &KeyId,
    secretary: &KeyId,
    term: Term,
    held_on: NaiveDate,
) -> Result<(), PanelError> {
    for (place, second) in members.iter().enumerate() {
        for first in &members[..place] {
            if first.key == second.key {
                return Err(PanelError::SameKey { key: first.key.clone() });
            }
            if normalised(&first.name) == normalised(&second.name) && first.unit.is_same(&second.unit) {
                return Err(PanelError::SamePerson { first: first.key.clone(), second: second.key.clone() });
            }
        }
    }
    if !members.iter().any(|member| member.key == *chair) {
        return Err(PanelError::ChairNotMember);
    }
    if chair == secretary {
        return Err(PanelError::ChairIsSecretary);
    }
    // A term of five years that begins on 1 March, or on 29 February, ends on the last day of February at the latest.
    let longest = last_day_of(term.from, rules.max_term_years);
    if term.to < term.from || longest.is_none_or(|last| term.to > last) {
        return Err(PanelError::Term { max_years: rules.max_term_years });
    }
    if !(term.from..=term.to).contains(&held_on) {
        return Err(PanelError::MeetingOutsideTerm { held_on });
    }
    Ok(())
}
