//! Points (分): integer hundredths, so that no float ever decides a grade.

use std::{fmt, iter::Sum, ops::Add, str::FromStr};

use serde::{Deserialize, Serialize};

/// A number of points (分) as integer hundredths: `8.5` points are `850`.
///
/// Travels in JSON as that integer. The range is that of `u32`; what a field may hold (a dimension's maximum, 100 for a
/// total) is the rule of whoever owns the field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(transparent)]
pub struct Points(u32);

/// Why a text is not a number of points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PointsError {
    /// Not digits with at most one decimal point.
    #[error("not a decimal number")]
    NotANumber,
    /// More than two decimals: there is nothing below a hundredth.
    #[error("more than two decimals")]
    TooPrecise,
    /// Larger than the type holds.
    #[error("out of range")]
    OutOfRange,
}

impl Points {
    /// No points.
    pub const ZERO: Self = Self(0);
    /// One hundred points: what the maxima of a scheme sum to.
    pub const HUNDRED: Self = Self(10000);

    /// Points from integer hundredths.
    #[must_use]
    pub const fn from_hundredths(hundredths: u32) -> Self {
        Self(hundredths)
    }

    /// Whole points.
    ///
    /// Saturates at the largest value of the type, far above any scheme.
    #[must_use]
    pub const fn whole(points: u32) -> Self {
        Self(points.saturating_mul(100))
    }

    /// The integer hundredths.
    #[must_use]
    pub const fn hundredths(self) -> u32 {
        self.0
    }

    /// The sum, or nothing where the type cannot hold it.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The distance between two numbers of points.
    #[must_use]
    pub const fn abs_diff(self, other: Self) -> Self {
        Self(self.0.abs_diff(other.0))
    }
}

impl Add for Points {
    type Output = Self;
    /// Saturating: a sum of scores that are each within a scheme never comes near the limit.
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Points {
    /// At least one decimal, two where needed: `8.5`, `21.0`, `84.05`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        if part % 10 == 0 { write!(f, "{whole}.{}", part / 10) } else { write!(f, "{whole}.{part:02}") }
    }
}

impl FromStr for Points {
    type Err = PointsError;

    /// Reads `8`, `8.5` or `84.05`: ASCII digits, at most one point, at most two decimals, no sign and no spaces.
    fn from_str(text: &str) -> Result<Self, PointsError> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) {
            return Err(PointsError::NotANumber);
        }
        if part.len() > 2 {
            return Err(PointsError::TooPrecise);
        }
        let parse = |s: &str| s.parse::<u32>().map_err(|_| PointsError::OutOfRange);
        let part_hundredths = parse(part)? * if part.len() == 1 { 10 } else { 1 };
        parse(whole)?
            .checked_mul(100)
            .and_then(|w| w.checked_add(part_hundredths))
            .map(Self)
            .ok_or(PointsError::OutOfRange)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for text in ["0.0", "8.5", "21.0", "84.05", "100.0"] {
            assert_eq!(text.parse::<Points>().unwrap().to_string(), text);
        }
        assert_eq!("9".parse(), Ok(Points::whole(9)));
    }

    #[test]
    fn refuses_what_is_no_number_of_points() {
        for (text, error) in [
            ("", PointsError::NotANumber),
            ("-1", PointsError::NotANumber),
            ("+1", PointsError::NotANumber),
            ("1e2", PointsError::NotANumber),
            ("8.", PointsError::NotANumber),
            (".5", PointsError::NotANumber),
            (" 8", PointsError::NotANumber),
            ("８", PointsError::NotANumber),
            ("8.555", PointsError::TooPrecise),
            ("99999999", PointsError::OutOfRange),
        ] {
            assert_eq!(text.parse::<Points>(), Err(error), "{text}");
        }
    }
}
