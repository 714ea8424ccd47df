//! What can go wrong when something is printed.

/// Why a document could not be made. None of these depends on what people wrote: long, odd or rare text is set all the
/// same, and characters without a glyph are reported in the output.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// An embedded font could not be read or cut.
    #[error("the embedded font {face} cannot be used")]
    Font {
        /// The font's PostScript name.
        face: &'static str,
    },
    /// The document could not be written.
    #[error("the document cannot be written: {reason}")]
    Write {
        /// What the writer said; never text of the document.
        reason: String,
    },
    /// The text for the two-dimensional code is too long.
    #[error("the code for the digest cannot be made")]
    Code,
    /// The statement and the inputs do not belong together, for example a centre that the round does not have.
    #[error("the {0} is not part of what was passed in")]
    Unknown(&'static str),
    /// The sample documents' data file is not well formed.
    #[error("the sample documents cannot be read: {reason}")]
    Sample {
        /// Where and why.
        reason: String,
    },
}
