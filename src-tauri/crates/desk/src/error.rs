//! What goes wrong at a desk: a stable code and the data to say it, never the words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

/// A refusal or failure: a stable code, and the figures and ids that its sentence needs.
///
/// The words live in the locale files under `errors.<code>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type, thiserror::Error)]
#[error("{code}")]
pub struct DeskError {
    /// SCREAMING_SNAKE_CASE, stable across versions.
    pub code: String,
    /// What the sentence mentions.
    pub params: BTreeMap<String, String>,
}

impl DeskError {
    /// An error without data.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self { code: code.to_owned(), params: BTreeMap::new() }
    }

    /// Adds one datum.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.params.insert(key.to_owned(), value.to_string());
        self
    }
}
