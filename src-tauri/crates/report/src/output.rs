//! A finished document.

use chrono::{DateTime, FixedOffset};
use review::ids::Digest;

use crate::{
    error::ReportError,
    layout::{font::Fonts, page::Page},
    pdf::{self, About},
};

/// A finished PDF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// Characters that no embedded font has, in order of their code points; each is drawn as 〓. Whoever exports the file
    /// must say so.
    pub missing: Vec<char>,
}

/// Writes the pages of a document that is printed from a signed file.
pub(crate) fn finish(
    fonts: &Fonts,
    pages: &[Page],
    title: String,
    digest: &Digest,
    made_at: DateTime<FixedOffset>,
) -> Result<Output, ReportError> {
    let mut seed = [0; 16];
    seed.copy_from_slice(&digest.0[..16]);
    let about = About { title, author: String::new(), made_at, seed, outline: vec![] };
    let bytes = pdf::write(fonts, pages, &about)?;
    Ok(Output { bytes, pages: pages.len(), missing: fonts.missing() })
}
