//! Why PDFs are refused.

use crate::certificate::CertificateError;

/// Why a PDF cannot be signed, or its signatures are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// Larger than [`MAX_BYTES`](super::MAX_BYTES), more than the limit of objects, or nested too deeply.
    #[error("beyond the limits of what is read")]
    Limit,
    /// Not a PDF in the plain form that is read: a classic cross-reference table, no encryption.
    #[error("not readable at byte {offset}")]
    Form {
        /// Where reading failed.
        offset: usize,
    },
    /// There is no signature.
    #[error("no signature")]
    NoSignature,
    /// It has a form or attachments, perhaps a signature, already.
    #[error("already signed, or prepared for signing by others")]
    NotFresh,
    /// There is no box left for another signature.
    #[error("no place for another signature")]
    NoPlace,
    /// There is no page of that number.
    #[error("no page {page}")]
    NoPage {
        /// The page that was asked for, from 0.
        page: usize,
    },
    /// The attachment has no name, or is empty or too large.
    #[error("an attachment that cannot be carried")]
    BadAttachment,
    /// There is no attachment in the signed part, or more than one.
    #[error("not exactly one attachment")]
    NoAttachment,
    /// There are bytes behind the last signed one.
    #[error("{bytes} bytes after the last signature")]
    Appended {
        /// How many.
        bytes: usize,
    },
    /// Something besides the signatures and the attachment was changed after printing.
    #[error("changed by more than signing")]
    IncrementalEdit,
    /// A signed byte was altered.
    #[error("signature {index}: the digest does not agree")]
    Digest {
        /// Which signature, from 0.
        index: usize,
    },
    /// The signature itself is not valid.
    #[error("signature {index} is not valid")]
    Signature {
        /// Which signature, from 0.
        index: usize,
    },
    /// What fills the space behind a signature is not all zeros.
    #[error("signature {index}: the padding is not zero")]
    Padding {
        /// Which signature, from 0.
        index: usize,
    },
    /// A signature is not written in the one accepted form of CMS.
    #[error("signature {index}: not in the one accepted form")]
    Der {
        /// Which signature, from 0.
        index: usize,
    },
    /// The certificate within a signature is refused.
    #[error("signature {index}: certificate: {error}")]
    Certificate {
        /// Which signature, from 0.
        index: usize,
        /// Why.
        error: CertificateError,
    },
    /// The same key signed twice.
    #[error("the same signer twice")]
    SameSigner,
    /// The source of randomness failed.
    #[error("no randomness")]
    Random,
}

impl PdfError {
    /// The stable code that screens and scripts match.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Limit => "PDF_LIMIT",
            Self::Form { .. } => "PDF_FORM",
            Self::NoSignature => "PDF_NO_SIGNATURE",
            Self::NotFresh => "PDF_NOT_FRESH",
            Self::NoPlace => "PDF_NO_PLACE",
            Self::NoPage { .. } => "PDF_NO_PAGE",
            Self::BadAttachment => "PDF_BAD_ATTACHMENT",
            Self::NoAttachment => "PDF_NO_ATTACHMENT",
            Self::Appended { .. } => "PDF_APPENDED",
            Self::IncrementalEdit => "PDF_INCREMENTAL_EDIT",
            Self::Digest { .. } => "PDF_DIGEST",
            Self::Signature { .. } => "PDF_SIGNATURE",
            Self::Padding { .. } => "PDF_PADDING",
            Self::Der { .. } => "PDF_DER",
            Self::Certificate { .. } => "PDF_CERTIFICATE",
            Self::SameSigner => "PDF_SAME_SIGNER",
            Self::Random => "PDF_RANDOM",
        }
    }
}
