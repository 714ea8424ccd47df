//! Signed PDFs: PAdES B-B (ETSI EN 319 142-1), with the signed file that the pages were printed from as an attachment.
//!
//! Signing appends to the file and changes none of its bytes. The first signature certifies the document and says whether
//! a second may follow; both boxes are laid out before it. Verifying is stricter than the standard asks, because what the
//! standard leaves free can be changed unnoticed: the last signature covers every byte of the file, each signature's update
//! holds nothing else (it is written once more and compared), padding is zero, the CMS has one form.
//!
//! Reading is bounded and knows only what our own printing writes: classic cross-reference tables, no encryption. Trust
//! is not decided here: [`verify_pdf`] says who signed by which certificate, and
//! [`Root::check`](crate::certificate::Root::check) whether the bureau stands behind it.

mod check;
mod cms;
mod error;
mod file;
mod layout;
mod object;
mod update;

use std::fmt;

use chrono::{DateTime, FixedOffset};

use self::{file::File, layout::prepare_first, update::Unsigned};
use crate::{
    certificate::{Certificate, CertificateError},
    key::{SecureRandom, SigningKey},
};

pub use check::verify_pdf;
pub use error::PdfError;

/// The largest PDF that is read or signed, in bytes.
pub const MAX_BYTES: usize = 64 << 20;

/// The largest attachment, in bytes.
pub const MAX_ATTACHMENT: usize = 16 << 20;

/// The file that a PDF carries: the signed file that its pages show.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, without folders, as every system can write it.
    pub name: String,
    /// Its bytes, 1 to [`MAX_ATTACHMENT`].
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Attachment {
    /// Never the content: it holds names and scores.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attachment({} bytes)", self.bytes.len())
    }
}

/// Where a signature is seen (签名域): name, time and fingerprint are drawn there already; the box makes them clickable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureBox {
    /// The page, from 0.
    pub page: usize,
    /// The left edge, in hundredths of a point from the left of the paper.
    pub left: u32,
    /// The lower edge, in hundredths of a point from the bottom of the paper.
    pub bottom: u32,
    /// The right edge, above the left.
    pub right: u32,
    /// The upper edge, above the lower.
    pub top: u32,
}

/// What may follow the first signature (ISO 32000-2, 12.8.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealing {
    /// Nothing: an expert's sheet.
    Only(SignatureBox),
    /// One more signature, in the second box: the summary, signed by the secretary and then by the chair.
    First {
        /// The box of the first signature.
        first: SignatureBox,
        /// The box of the second.
        second: SignatureBox,
    },
}

/// A key that signs together with the certificate that the bureau gave it.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    key: &'a SigningKey,
    certificate: &'a Certificate,
}

impl<'a> Signer<'a> {
    /// Joins the two.
    ///
    /// # Errors
    /// [`CertificateError::OtherKey`] where the certificate is another key's.
    pub fn new(key: &'a SigningKey, certificate: &'a Certificate) -> Result<Self, CertificateError> {
        if key.public() == certificate.key() { Ok(Self { key, certificate }) } else { Err(CertificateError::OtherKey) }
    }

    fn sign(&self, unsigned: Unsigned, random: &dyn SecureRandom) -> Result<Vec<u8>, PdfError> {
        let signature = cms::sign(&unsigned.digest(), self.key, self.certificate, random)?;
        unsigned.fill(&signature)
    }
}

/// A PDF whose signatures are valid. Whether to trust the signers is for the caller to find out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedPdf {
    /// The attachment in the part that the first signature covers.
    pub attachment: Attachment,
    /// How many bytes the printed file had before it was signed: the beginning of the signed one, pages and all.
    pub printed: usize,
    /// The signatures, first to last.
    pub signatures: Vec<PdfSignature>,
    /// Whether a second signature is still to come.
    pub awaits_second: bool,
}

/// One signature in a PDF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PdfSignature {
    /// The certificate of the signer's key.
    pub certificate: Certificate,
    /// When it was signed, by the signer's own clock, to the second.
    pub signed_at: DateTime<FixedOffset>,
    /// Whether it covers the whole file; the last one always does.
    pub covers_whole_file: bool,
}

/// Attaches a file to a PDF and signs both: the first signature.
///
/// # Errors
/// [`PdfError::NotFresh`] for a PDF that has a form, attachments or signatures; [`PdfError::Form`] and
/// [`PdfError::Limit`] for one that cannot be read; [`PdfError::BadAttachment`], [`PdfError::NoPage`],
/// [`PdfError::NoPlace`] for a box without area; [`PdfError::Random`].
pub fn attach_and_sign(
    pdf: &[u8],
    attachment: &Attachment,
    sealing: &Sealing,
    signer: &Signer,
    signed_at: &DateTime<FixedOffset>,
    random: &dyn SecureRandom,
) -> Result<Vec<u8>, PdfError> {
    let file = File::open(pdf)?;
    let signed = signer.sign(prepare_first(&file, attachment, sealing, signed_at)?, random)?;
    // What we would refuse to read we do not hand out.
    verify_pdf(&signed)?;
    Ok(signed)
}

/// Adds the second signature, in the box that was laid out for it. The caller has shown the document to the signer.
///
/// # Errors
/// Those of [`verify_pdf`] for the first; [`PdfError::NoPlace`] where no second is to come; [`PdfError::SameSigner`];
/// [`PdfError::Random`].
pub fn countersign(
    pdf: &[u8],
    signer: &Signer,
    signed_at: &DateTime<FixedOffset>,
    random: &dyn SecureRandom,
) -> Result<Vec<u8>, PdfError> {
    let first = verify_pdf(pdf)?;
    if !first.awaits_second {
        return Err(PdfError::NoPlace);
    }
    if first.signatures.iter().any(|signature| signature.certificate.key() == signer.key.public()) {
        return Err(PdfError::SameSigner);
    }
    let signed = signer.sign(layout::prepare_second(&File::open(pdf)?, signed_at)?, random)?;
    verify_pdf(&signed)?;
    Ok(signed)
}
