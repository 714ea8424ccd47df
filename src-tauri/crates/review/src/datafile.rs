//! Reading the data files that the rules come from: TOML in which every value is named, checked and used.
//!
//! Rulebooks and calendars may come from outside, so each fault tells the line and the key. A key that nobody asked
//! for is refused: a misspelt rule must not be silently absent.

use std::ops::{Range, RangeInclusive};

use chrono::NaiveDate;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{points::PointsError, scheme::SchemeError};

/// The largest data file that is read, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;

/// What is wrong with a data file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, {key}: {fault}")]
pub struct DataError {
    /// The line, from 1. For a missing key: of the table it should stand in.
    pub line: u32,
    /// The key with its tables, for example `panel.host_share`; empty where the file is not even TOML.
    pub key: String,
    /// What is wrong.
    pub fault: Fault,
}

/// Kinds of faults in a data file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// More than [`MAX_BYTES`].
    #[error("the file is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// Not TOML; the parser's own words.
    #[error("not TOML: {0}")]
    Syntax(String),
    /// The key is missing.
    #[error("missing")]
    Missing,
    /// Nobody knows the key.
    #[error("unknown key")]
    Unknown,
    /// The value is of another type.
    #[error("expected {0}")]
    Type(&'static str),
    /// The number is outside its range.
    #[error("not within {min} to {max}")]
    Range {
        /// The smallest allowed.
        min: u64,
        /// The largest allowed.
        max: u64,
    },
    /// The list has another length.
    #[error("{actual} entries instead of {expected}")]
    Length {
        /// How many there must be.
        expected: usize,
        /// How many there are.
        actual: usize,
    },
    /// The text is empty or longer than the most characters given here.
    #[error("empty or longer than {0} characters")]
    Text(usize),
    /// Not an article such as `11` or `7(5)`.
    #[error("not an article")]
    Article,
    /// None of the words that can stand here.
    #[error("none of the words known here")]
    Word,
    /// Not a number of points.
    #[error("not a number of points: {0}")]
    Points(PointsError),
    /// The scheme does not hold together.
    #[error("the scheme is unsound: {0}")]
    Scheme(SchemeError),
    /// No day of the calendar.
    #[error("not a date")]
    Date,
    /// A span of days that ends before it begins, or a day that stands twice or lies outside its year.
    #[error("days out of order, doubled or outside their year")]
    Days,
}

/// A table that gives out its values once each; what is left at the end is unknown.
pub(crate) struct Section<'t> {
    text: &'t str,
    path: String,
    at: Range<usize>,
    table: DeTable<'t>,
}

/// A value with the place it stands at.
pub(crate) struct Value<'t> {
    text: &'t str,
    path: String,
    at: Range<usize>,
    value: DeValue<'t>,
}

/// Where a value stands.
pub(crate) struct Place {
    line: u32,
    key: String,
}

impl Place {
    /// The fault of what stands here.
    pub(crate) fn fault(self, fault: Fault) -> DataError {
        DataError { line: self.line, key: self.key, fault }
    }
}

impl<'t> Section<'t> {
    /// The file's top table.
    pub(crate) fn parse(text: &'t str) -> Result<Self, DataError> {
        if text.len() > MAX_BYTES {
            return Err(DataError { line: 1, key: String::new(), fault: Fault::TooLarge });
        }
        let root = DeTable::parse(text).map_err(|error| {
            let at = error.span().unwrap_or(0..0);
            DataError {
                line: line(text, at.start),
                key: key_at(text, at),
                fault: Fault::Syntax(error.message().to_owned()),
            }
        })?;
        Ok(Self { text, path: String::new(), at: 0..0, table: root.into_inner() })
    }

    fn key(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// Takes the value of a key.
    pub(crate) fn value(&mut self, name: &str) -> Result<Value<'t>, DataError> {
        let path = self.key(name);
        match self.table.remove(name) {
            Some(spanned) => Ok(Value { text: self.text, path, at: spanned.span(), value: spanned.into_inner() }),
            None => Err(DataError { line: line(self.text, self.at.start), key: path, fault: Fault::Missing }),
        }
    }

    /// Takes a table.
    pub(crate) fn section(&mut self, name: &str) -> Result<Self, DataError> {
        self.value(name)?.section()
    }

    /// Takes a text of 1 to `max` characters.
    pub(crate) fn text(&mut self, name: &str, max: usize) -> Result<String, DataError> {
        self.value(name)?.text(max)
    }

    /// Takes a whole number.
    pub(crate) fn number(&mut self, name: &str, range: RangeInclusive<u32>) -> Result<u32, DataError> {
        self.value(name)?.number(range)
    }

    /// Takes a date.
    pub(crate) fn date(&mut self, name: &str) -> Result<NaiveDate, DataError> {
        self.value(name)?.date()
    }

    /// Refuses the first key, by its place, that nobody asked for.
    pub(crate) fn finish(self) -> Result<(), DataError> {
        match self.table.keys().min_by_key(|key| key.span().start) {
            None => Ok(()),
            Some(key) => Err(DataError {
                line: line(self.text, key.span().start),
                key: self.key(key.get_ref()),
                fault: Fault::Unknown,
            }),
        }
    }
}

impl<'t> Value<'t> {
    /// This value's fault.
    pub(crate) fn fault(&self, fault: Fault) -> DataError {
        self.place().fault(fault)
    }

    /// Where it stands, for a fault that shows only once more has been read.
    pub(crate) fn place(&self) -> Place {
        Place { line: line(self.text, self.at.start), key: self.path.clone() }
    }

    /// As a table.
    pub(crate) fn section(self) -> Result<Section<'t>, DataError> {
        match self.value {
            DeValue::Table(table) => Ok(Section { text: self.text, path: self.path, at: self.at, table }),
            _ => Err(self.fault(Fault::Type("a table"))),
        }
    }

    /// As a list, each entry named by its place from 0.
    pub(crate) fn list(self) -> Result<Vec<Self>, DataError> {
        let DeValue::Array(array) = self.value else {
            return Err(self.fault(Fault::Type("a list")));
        };
        let entry = |(place, spanned): (usize, Spanned<DeValue<'t>>)| Self {
            text: self.text,
            path: format!("{}[{place}]", self.path),
            at: spanned.span(),
            value: spanned.into_inner(),
        };
        Ok(array.into_iter().enumerate().map(entry).collect())
    }

    /// As a list of exactly `N` entries.
    pub(crate) fn array<const N: usize>(self) -> Result<[Self; N], DataError> {
        let place = self.place();
        self.list()?
            .try_into()
            .map_err(|list: Vec<Self>| place.fault(Fault::Length { expected: N, actual: list.len() }))
    }

    /// As a text of 1 to `max` characters.
    pub(crate) fn text(&self, max: usize) -> Result<String, DataError> {
        let DeValue::String(text) = &self.value else {
            return Err(self.fault(Fault::Type("a text")));
        };
        if text.trim().is_empty() || text.chars().count() > max {
            return Err(self.fault(Fault::Text(max)));
        }
        Ok(text.clone().into_owned())
    }

    /// As a whole number of this range.
    pub(crate) fn number(&self, range: RangeInclusive<u32>) -> Result<u32, DataError> {
        let wide = u64::from(*range.start())..=u64::from(*range.end());
        let number = self.long(wide.clone())?;
        u32::try_from(number).map_err(|_| self.fault(Fault::Range { min: *wide.start(), max: *wide.end() }))
    }

    /// As a whole number of this range.
    pub(crate) fn long(&self, range: RangeInclusive<u64>) -> Result<u64, DataError> {
        let DeValue::Integer(integer) = &self.value else {
            return Err(self.fault(Fault::Type("a whole number")));
        };
        u64::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .filter(|number| range.contains(number))
            .ok_or_else(|| self.fault(Fault::Range { min: *range.start(), max: *range.end() }))
    }

    /// As `true` or `false`.
    pub(crate) fn flag(&self) -> Result<bool, DataError> {
        match self.value {
            DeValue::Boolean(flag) => Ok(flag),
            _ => Err(self.fault(Fault::Type("true or false"))),
        }
    }

    /// As a date without a time.
    pub(crate) fn date(&self) -> Result<NaiveDate, DataError> {
        match &self.value {
            DeValue::Datetime(toml::value::Datetime { date: Some(date), time: None, offset: None }) => {
                NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
                    .ok_or_else(|| self.fault(Fault::Date))
            }
            _ => Err(self.fault(Fault::Type("a date"))),
        }
    }
}

/// The line of a place in the text, from 1.
fn line(text: &str, at: usize) -> u32 {
    let before = text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count();
    u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
}

/// The key that a fault of the parser points at, where it does (a key that stands twice).
fn key_at(text: &str, at: Range<usize>) -> String {
    let word = text.get(at).unwrap_or_default();
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if word.len() <= 64 && word.chars().all(bare) { word.to_owned() } else { String::new() }
}
