//! The roster (名册): the one list of who may sign what, with each member's key.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{Digest, KeyId, RoundId},
    sheet::Binding,
    text::is_line,
    unit::Unit,
};

/// The most characters of a person's name and title.
pub const MAX_NAME: usize = 50;

/// A public signing key as a JSON Web Key (RFC 7517): elliptic curve P-256.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicKey {
    /// Always `P-256`.
    pub crv: String,
    /// Always `EC`.
    pub kty: String,
    /// X coordinate, 32 bytes in base64url.
    pub x: String,
    /// Y coordinate, 32 bytes in base64url.
    pub y: String,
}

/// What a person is to the review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 专家
    Expert,
    /// 评审组秘书
    Secretary,
    /// 科技局
    Bureau,
}

/// A person with a key: who signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The key's thumbprint.
    pub key: KeyId,
    /// The key itself.
    pub jwk: PublicKey,
    /// The person's name; 1 to 50 characters.
    pub name: String,
    /// The unit the person belongs to.
    pub unit: Unit,
    /// The professional title (职称), may be empty.
    pub title: String,
}

/// An enrolment card (名片), self-signed: a person offers a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Who.
    pub person: Person,
    /// The desks the person works at.
    pub roles: Vec<Role>,
    /// When the identity was made, by the maker's clock.
    pub made_at: DateTime<FixedOffset>,
}

/// The days a panel serves (任期), both included; Article 11 allows at most five years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

/// A panel as its secretary submits it for filing (备案, Article 6(2)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// The round it is for.
    pub round: RoundId,
    /// Digest of the signed round file head.
    pub round_digest: Digest,
    /// The secretary who submits it.
    pub secretary: Person,
    /// The members (委员), in the order the secretary gave.
    pub members: Vec<Person>,
    /// The chair (组长): one of the members.
    pub chair: KeyId,
    /// The days the panel serves.
    pub term: Term,
    /// When it was submitted, by the secretary's clock.
    pub submitted_at: DateTime<FixedOffset>,
}

/// A panel that the bureau has approved and signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    /// The approved panel.
    pub panel: Panel,
    /// The version, from 1.
    pub version: u32,
    /// Digest of the version before, from version 2 on.
    pub previous: Option<Digest>,
    /// When it was approved, by the bureau's clock.
    pub approved_at: DateTime<FixedOffset>,
}

/// The signed head of a dossier package (卷宗包) that the secretary hands out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handout {
    /// The meeting.
    pub binding: Binding,
    /// The members it is meant for: all of the roster.
    pub recipients: Vec<KeyId>,
    /// When it was handed out, by the secretary's clock.
    pub handed_out_at: DateTime<FixedOffset>,
}

impl Person {
    /// Whether name, title and unit can stand on a form: one line each, within their lengths, nothing hidden in them.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        is_line(&self.name, 1, MAX_NAME) && is_line(&self.title, 0, MAX_NAME) && self.unit.is_sound()
    }
}

impl Panel {
    /// The member with that key.
    #[must_use]
    pub fn member(&self, key: &KeyId) -> Option<&Person> {
        self.members.iter().find(|member| member.key == *key)
    }
}
