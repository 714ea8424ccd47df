//! How a centre is named (命名), Article 24: 晋中市××技术创新中心.

use crate::{rulebook::NameRules, text::is_invisible};

/// The longest name in characters, prefix and suffix included; ours, so that it fits on a sheet.
pub const MAX_CHARACTERS: usize = 60;

/// What of Article 24 a name does not meet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It does not begin as it must.
    #[error("the name does not begin with {expected}")]
    Prefix {
        /// What it must begin with.
        expected: String,
    },
    /// It does not end as it must.
    #[error("the name does not end with {expected}")]
    Suffix {
        /// What it must end with.
        expected: String,
    },
    /// Nothing stands between beginning and end, or still the ×× of the measures.
    #[error("the name says no field")]
    NoField,
    /// A space, a line break or another character that is not printed.
    #[error("a character that cannot stand in a name, at place {place}")]
    Character {
        /// Its place, from 1.
        place: usize,
    },
    /// Longer than [`MAX_CHARACTERS`].
    #[error("{0} characters are too many")]
    TooLong(usize),
}

/// Checks a centre's name, exactly as written: neither trimmed nor converted between full and half width.
///
/// # Errors
/// [`NameError`]: unprintable characters first, then length, beginning, end and what stands between.
pub fn check(rules: &NameRules, name: &str) -> Result<(), NameError> {
    if let Some(at) = name.chars().position(|c| c.is_whitespace() || c.is_control() || is_invisible(c)) {
        return Err(NameError::Character { place: at + 1 });
    }
    let length = name.chars().count();
    if length > MAX_CHARACTERS {
        return Err(NameError::TooLong(length));
    }
    let rest = name.strip_prefix(&rules.prefix).ok_or_else(|| NameError::Prefix { expected: rules.prefix.clone() })?;
    let field = rest.strip_suffix(&rules.suffix).ok_or_else(|| NameError::Suffix { expected: rules.suffix.clone() })?;
    let says_something = field.chars().any(char::is_alphanumeric);
    if says_something && !field.contains('×') { Ok(()) } else { Err(NameError::NoField) }
}
