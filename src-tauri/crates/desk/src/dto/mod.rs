//! What crosses to the screens and the command line: views and inputs, plain data without rules.
//!
//! Points are integer hundredths; days are `YYYY-MM-DD`; times are RFC 3339 with their offset. The words for codes and
//! enumerations live in the locale files of the pages.

mod bureau;
mod common;
mod expert;
mod secretary;

pub use bureau::*;
pub use common::*;
pub use expert::*;
pub use secretary::*;

// What the shells must name to pass it on.
pub use review::{roster::Role, scheme::Scheme, sheet::FindingKind};
