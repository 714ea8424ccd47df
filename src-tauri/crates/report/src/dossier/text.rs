//! The data file behind the sample documents, and its small language of placeholders.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::ReportError;

/// `assets/sample/documents.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Texts {
    /// The fields that centres work in.
    pub(crate) fields: Vec<Field>,
    /// The documents that every centre hands in.
    pub(crate) documents: Vec<Template>,
}

/// A field with its words and figures.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    /// What the name of a centre of this field contains.
    #[serde(rename = "match")]
    pub(crate) within: String,
    /// Words by key.
    pub(crate) words: BTreeMap<String, String>,
    /// Figures by key.
    pub(crate) figures: BTreeMap<String, u64>,
}

/// A document before its words are filled in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Template {
    /// The title.
    pub(crate) title: String,
    /// The file name.
    pub(crate) file: String,
    /// The line below the title.
    pub(crate) subtitle: String,
    /// The content.
    pub(crate) blocks: Vec<Block>,
}

/// One block of a document.
#[derive(Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum Block {
    /// A heading of the first level.
    First {
        /// The heading.
        h1: String,
    },
    /// A heading of the second level.
    Second {
        /// The heading.
        h2: String,
    },
    /// A paragraph.
    Paragraph {
        /// The text.
        p: String,
    },
    /// Lines at the left without indent.
    Left {
        /// The text.
        left: String,
    },
    /// The signature lines at the end.
    Right {
        /// The text.
        right: String,
    },
    /// A table.
    Table {
        /// The caption.
        table: String,
        /// The heads of the columns.
        columns: Vec<String>,
        /// Their widths in millimetres; 156 together.
        widths: Vec<u16>,
        /// The rows.
        rows: Vec<Vec<String>>,
    },
    /// A drawn figure: `bars` or `flow`.
    Figure {
        /// Which.
        figure: Kind,
        /// The caption.
        caption: String,
        /// Labels of the groups or boxes.
        labels: Vec<String>,
        /// Names of the series.
        #[serde(default)]
        series: Vec<String>,
        /// A list of figures for each series.
        #[serde(default)]
        values: Vec<Vec<String>>,
    },
    /// A picture of pixels.
    Picture {
        /// Always `map`.
        #[serde(rename = "picture")]
        _picture: Pixels,
        /// The caption.
        caption: String,
    },
}

/// Kinds of drawn figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Grouped bars.
    Bars,
    /// Boxes and lines.
    Flow,
}

/// Kinds of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Pixels {
    /// Measured values as colours.
    Map,
}

impl Texts {
    /// Reads the data file that is built in.
    ///
    /// # Errors
    /// [`ReportError::Sample`].
    pub(crate) fn load() -> Result<Self, ReportError> {
        let texts: Self = toml::from_str(include_str!("../../../../../assets/sample/documents.toml"))
            .map_err(|error| ReportError::Sample { reason: error.to_string() })?;
        if texts.fields.is_empty() {
            return Err(ReportError::Sample { reason: "no field".to_owned() });
        }
        Ok(texts)
    }

    /// The field that the centre's name tells of, or one by number.
    pub(crate) fn field(&self, index: usize, centre: &str) -> &Field {
        let by_name = self.fields.iter().find(|field| centre.contains(&field.within));
        by_name.unwrap_or_else(|| &self.fields[index % self.fields.len()])
    }
}

/// Fills in words and figures.
pub(crate) struct Filler<'a> {
    /// The field.
    pub(crate) field: &'a Field,
    /// The centre's name.
    pub(crate) centre: &'a str,
    /// The host unit's name.
    pub(crate) host: &'a str,
}

impl Filler<'_> {
    /// The text with every placeholder replaced; words may contain placeholders of their own, one level deep.
    ///
    /// # Errors
    /// [`ReportError::Sample`] for a key that the field does not have.
    pub(crate) fn fill(&self, text: &str) -> Result<String, ReportError> {
        let once = self.fill_once(text)?;
        if once.contains('{') { self.fill_once(&once) } else { Ok(once) }
    }

    fn fill_once(&self, text: &str) -> Result<String, ReportError> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let (key, after) = after
                .split_once('}')
                .ok_or_else(|| ReportError::Sample { reason: format!("no closing brace: {after}") })?;
            filled.push_str(&self.value(key)?);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn value(&self, key: &str) -> Result<String, ReportError> {
        match key {
            "centre" => return Ok(self.centre.to_owned()),
            "host" => return Ok(self.host.to_owned()),
            _ => {}
        }
        if let Some(word) = self.field.words.get(key) {
            return Ok(word.clone());
        }
        match key.split_once('/') {
            Some((part, whole)) => Ok(percent(self.sum(part)?, self.sum(whole)?)),
            None => Ok(separated(self.sum(key)?)),
        }
    }

    /// The sum of figures named `a+b+c`.
    fn sum(&self, keys: &str) -> Result<u64, ReportError> {
        keys.split('+').try_fold(0_u64, |sum, key| {
            let figure = self.field.figures.get(key);
            figure
                .map(|figure| sum.saturating_add(*figure))
                .ok_or_else(|| ReportError::Sample { reason: format!("unknown key {key}") })
        })
    }
}

/// A percentage with one decimal, rounded half up.
fn percent(part: u64, whole: u64) -> String {
    let tenths = (part * 1_000 + whole / 2).checked_div(whole).unwrap_or(0);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// Thousands separated by commas.
fn separated(value: u64) -> String {
    if value < 1_000 { value.to_string() } else { format!("{},{:03}", separated(value / 1_000), value % 1_000) }
}
