//! Units (单位) and when two of them are the same, which Article 11 turns on.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};

use crate::text::{is_line, normalised};
/// A unified social credit code (统一社会信用代码): 18 characters with a check character, GB 32100-2015.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(transparent)]
pub struct UnitCode(String);

/// Why a text is no unified social credit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitCodeError {
    /// Not 18 characters.
    #[error("{0} characters instead of 18")]
    Length(usize),
    /// A character outside the standard's alphabet (digits and capitals without I, O, S, V, Z).
    #[error("a character that the standard does not use, at place {0}")]
    Alphabet(usize),
    /// The check character does not fit the other seventeen.
    #[error("the check character does not fit")]
    Check,
}

/// The alphabet of GB 32100-2015; a character's value is its place.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// The weights of GB 32100-2015: powers of 3 modulo 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

impl UnitCode {
    /// The eighteen characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Completes seventeen characters with their check character; for sample data and hints.
    ///
    /// # Errors
    /// [`UnitCodeError::Length`], [`UnitCodeError::Alphabet`].
    pub fn with_check(seventeen: &str) -> Result<Self, UnitCodeError> {
        let values = values(seventeen)?;
        if values.len() != WEIGHTS.len() {
            return Err(UnitCodeError::Length(values.len()));
        }
        Ok(Self(format!("{seventeen}{}", char::from(check_character(&values)))))
    }
}

/// The values of the characters of a code.
fn values(text: &str) -> Result<Vec<usize>, UnitCodeError> {
    text.bytes()
        .enumerate()
        .map(|(place, byte)| ALPHABET.iter().position(|a| *a == byte).ok_or(UnitCodeError::Alphabet(place + 1)))
        .collect()
}

/// The check character of seventeen values: 31 minus the weighted sum modulo 31, and 0 for 31.
fn check_character(values: &[usize]) -> u8 {
    let sum: usize = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    ALPHABET[(31 - sum % 31) % 31]
}

impl FromStr for UnitCode {
    type Err = UnitCodeError;

    fn from_str(text: &str) -> Result<Self, UnitCodeError> {
        let length = text.chars().count();
        if length != 18 {
            return Err(UnitCodeError::Length(length));
        }
        let values = values(text)?;
        if text.as_bytes().last() != Some(&check_character(&values[..17])) {
            return Err(UnitCodeError::Check);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for UnitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for UnitCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The most characters of a unit's name.
pub const MAX_UNIT_NAME: usize = 100;

/// A unit (单位): an employer, a host unit (依托单位) or a partner (共建单位).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// The full name as on its seal; 1 to 100 characters.
    pub name: String,
    /// The unified social credit code where known.
    pub code: Option<UnitCode>,
}

/// Whether two units are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sameness {
    /// Both codes are known and equal.
    SameCode,
    /// A code is missing, and the normalised names are equal: counted as the same, with a warning.
    SameName,
    /// Different codes, or a code is missing and the names differ.
    Different,
}

impl Unit {
    /// Compares by code; by normalised name only where a code is missing.
    #[must_use]
    pub fn sameness(&self, other: &Self) -> Sameness {
        match (&self.code, &other.code) {
            (Some(a), Some(b)) if a == b => Sameness::SameCode,
            (Some(_), Some(_)) => Sameness::Different,
            _ if normalised(&self.name) == normalised(&other.name) => Sameness::SameName,
            _ => Sameness::Different,
        }
    }

    /// Whether the name can stand on a form: one line of 1 to 100 characters, none of them hidden.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        is_line(&self.name, 1, MAX_UNIT_NAME)
    }

    /// Whether the two count as one unit under Article 11.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.sameness(other) != Sameness::Different
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(name: &str, code: Option<&str>) -> Unit {
        Unit { name: name.to_owned(), code: code.map(|c| UnitCode::with_check(c).unwrap()) }
    }

    #[test]
    fn a_published_code_passes_and_any_one_changed_character_fails() {
        // The worked example of GB 32100-2015 that is printed in its annex and used by public validators.
        let good = "91350100M000100Y43";
        assert!(good.parse::<UnitCode>().is_ok());
        for place in 0..18 {
            for replacement in ALPHABET {
                let mut bytes = good.as_bytes().to_vec();
                if bytes[place] == *replacement {
                    continue;
                }
                bytes[place] = *replacement;
                let text = String::from_utf8(bytes).unwrap();
                assert_eq!(text.parse::<UnitCode>(), Err(UnitCodeError::Check), "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_code_says_why() {
        assert_eq!("9135".parse::<UnitCode>(), Err(UnitCodeError::Length(4)));
        assert_eq!("91350100M000100I43".parse::<UnitCode>(), Err(UnitCodeError::Alphabet(16)));
        assert_eq!("９1350100M000100Y4".parse::<UnitCode>(), Err(UnitCodeError::Length(17)));
        assert!("９1350100M000100Y43".parse::<UnitCode>().is_err());
    }

    #[test]
    fn the_same_unit_under_another_spelling_is_the_same() {
        let by_name = unit("晋中示例农机（集团）有限公司", None);
        assert_eq!(by_name.sameness(&unit("晋中示例农机(集团) 有限公司", None)), Sameness::SameName);
        assert_eq!(by_name.sameness(&unit("晋中示例农机有限公司", None)), Sameness::Different);
        let a = unit("示例大学", Some("12140700MB0000001"));
        assert_eq!(a.sameness(&unit("示例大学（晋中校区）", Some("12140700MB0000001"))), Sameness::SameCode);
        assert_eq!(a.sameness(&unit("示例大学", Some("12140700MB0000002"))), Sameness::Different);
        assert_eq!(a.sameness(&unit("示 例 大 学", None)), Sameness::SameName);
    }
}
