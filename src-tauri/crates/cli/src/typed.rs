//! What is typed, as values.

use std::path::Path;

use desk::{DeskError, dto::UnitInput};
use review::{facts::Facts, scheme::Scheme};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The most bytes of a file with a scheme or facts.
const MAX_BYTES: u64 = 1 << 20;

/// A code such as `same_unit`; `same-unit` means the same.
pub(crate) fn code<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(Value::String(text.replace('-', "_"))).map_err(|error| error.to_string())
}

/// `NAME` or `NAME=CODE`.
pub(crate) fn unit(text: &str) -> Result<UnitInput, String> {
    let (name, code) = text.split_once('=').unwrap_or((text, ""));
    Ok(UnitInput { name: name.to_owned(), code: code.to_owned() })
}

/// Demands a package (a zip, sealed or not), where a signed object was given.
pub(crate) fn package(path: &Path) -> Result<(), DeskError> {
    if begins(path, &[b"{\""]) { Err(wrong_kind(path)) } else { Ok(()) }
}

/// Demands a signed object, where a package was given.
pub(crate) fn signed(path: &Path) -> Result<(), DeskError> {
    if begins(path, &[b"PK", b"ag"]) { Err(wrong_kind(path)) } else { Ok(()) }
}

/// A refusal of this file: a wrong kind is named.
pub(crate) fn of(path: &Path) -> impl Fn(DeskError) -> DeskError {
    let path = path.to_owned();
    move |error| match error.code.as_str() {
        "WRONG_FILE_KIND" => wrong_kind(&path),
        _ => error,
    }
}

/// Whether a file begins so. One that cannot be read begins with nothing: whoever reads it says why.
fn begins(path: &Path, starts: &[&[u8; 2]]) -> bool {
    use std::{fs::File, io::Read as _};
    let mut start = [0; 2];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && starts.contains(&&start)
}

fn wrong_kind(path: &Path) -> DeskError {
    DeskError::new("WRONG_FILE_KIND").with("name", path.display())
}

/// Reads a small text file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, DeskError> {
    use std::{fs::File, io::Read as _};
    let failed = |error: std::io::Error| DeskError::new("IO").with("path", path.display()).with("reason", error.kind());
    let mut bytes = vec![];
    File::open(path).map_err(failed)?.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= MAX_BYTES) {
        Ok(bytes)
    } else {
        Err(DeskError::new("FILE_TOO_LARGE").with("name", path.display()).with("maximum", MAX_BYTES))
    }
}

/// A scheme from JSON, points in integer hundredths.
pub(crate) fn scheme(path: &Path) -> Result<Scheme, DeskError> {
    serde_json::from_slice(&read(path)?).map_err(|error| form(path, error))
}

/// Facts from TOML; days as TOML days or as text.
pub(crate) fn facts(path: &Path) -> Result<Facts, DeskError> {
    let text = String::from_utf8(read(path)?).map_err(|error| form(path, error))?;
    parse_facts(&text).map_err(|error| form(path, error))
}

fn parse_facts(text: &str) -> Result<Facts, toml::de::Error> {
    let mut table: toml::Table = toml::from_str(text)?;
    for (_, value) in &mut table {
        if let toml::Value::Datetime(day) = value {
            *value = toml::Value::String(day.to_string());
        }
    }
    table.try_into()
}

fn form(path: &Path, error: impl ToString) -> DeskError {
    DeskError::new("FILE_FORM").with("file", path.display()).with("detail", error.to_string().trim_end())
}

#[cfg(test)]
mod tests {
    use review::{round::RoundKind, sheet::ConflictKind};

    use super::*;

    #[test]
    fn codes_are_read_with_either_hyphen() {
        assert_eq!(code::<ConflictKind>("same-unit"), Ok(ConflictKind::SameUnit));
        assert_eq!(code::<RoundKind>("establishment"), Ok(RoundKind::Establishment));
        assert!(code::<RoundKind>("other").is_err());
    }

    #[test]
    fn a_partner_has_a_code_or_none() {
        assert_eq!(unit("示例大学=ABC").unwrap().code, "ABC");
        assert_eq!(unit("示例大学").unwrap().code, "");
    }

    #[test]
    fn facts_take_days_in_either_form_and_refuse_what_is_not_asked() {
        let facts = parse_facts("applied_on = 2022-11-30\nagreement_until = \"2026-12-31\"\nstaff = 25").unwrap();
        assert_eq!(facts.applied_on.unwrap().to_string(), "2022-11-30");
        assert_eq!(facts.agreement_until.unwrap().to_string(), "2026-12-31");
        assert_eq!(facts.staff, Some(25));
        assert!(parse_facts("points = 99").is_err());
        assert!(parse_facts("staff = \"many\"").is_err());
    }
}
