//! Why signed files are refused.

use crate::{key::KeyError, strict_json::Flaw};

/// Why a signed file is refused, or cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// The file is larger than its kind may be.
    #[error("larger than {max} bytes")]
    TooLarge {
        /// The most it may have.
        max: usize,
    },
    /// The file is not written in the one accepted form.
    #[error("not in the one accepted form")]
    Form,
    /// The header names another algorithm than ES256.
    #[error("another algorithm than ES256")]
    Alg,
    /// The file is of another kind.
    #[error("another kind of signed file")]
    Typ,
    /// The header carries a key or points to one (`jwk`, `jku`, `x5u`, `x5c`, …) where only the roster may say.
    #[error("the header carries a key")]
    HeaderKey,
    /// The header demands an extension (`crit`).
    #[error("the header demands an extension")]
    Crit,
    /// The header has other members, or its members in another form.
    #[error("the header is not in the one accepted form")]
    Header,
    /// The signers are not exactly the expected ones, or one of them is named twice.
    #[error("signature {index} is not by the expected signer")]
    Signer {
        /// The first signature that is missing, unexpected or by another key, from 0.
        index: usize,
    },
    /// The key is not a P-256 key in the accepted form.
    #[error("not a P-256 public key")]
    Key,
    /// The signature does not verify.
    #[error("signature {index} does not verify")]
    Signature {
        /// Which, from 0.
        index: usize,
    },
    /// The signature is the second form of a valid one (S above n / 2).
    #[error("signature {index} has a high S")]
    HighS {
        /// Which, from 0.
        index: usize,
    },
    /// The payload is not UTF-8.
    #[error("the payload is not UTF-8")]
    Utf8,
    /// The payload has an object with the same key twice.
    #[error("the payload has a key twice")]
    DuplicateKey,
    /// The payload has a number that is no 64-bit integer.
    #[error("the payload has a fraction")]
    Float,
    /// The payload is nested too deeply.
    #[error("the payload is nested too deeply")]
    Nesting,
    /// The payload is not JSON, or not of this kind.
    #[error("the payload is not of its kind, from byte {offset}")]
    Payload {
        /// Where reading it stopped, in bytes of the payload.
        offset: usize,
    },
    /// A card's key, person and thumbprint do not belong together.
    #[error("the card's key and person do not belong together")]
    Card,
    /// The source of randomness failed.
    #[error("no randomness")]
    Random,
}

impl JwsError {
    /// The stable code that screens and scripts match.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "JWS_TOO_LARGE",
            Self::Form => "JWS_FORM",
            Self::Alg => "JWS_ALG",
            Self::Typ => "JWS_TYP",
            Self::HeaderKey => "JWS_HEADER_KEY",
            Self::Crit => "JWS_CRIT",
            Self::Header => "JWS_HEADER",
            Self::Signer { .. } => "JWS_SIGNER",
            Self::Key => "JWS_KEY",
            Self::Signature { .. } => "JWS_SIGNATURE",
            Self::HighS { .. } => "JWS_HIGH_S",
            Self::Utf8 => "JWS_UTF8",
            Self::DuplicateKey => "JWS_DUPLICATE_KEY",
            Self::Float => "JWS_FLOAT",
            Self::Nesting => "JWS_NESTING",
            Self::Payload { .. } => "JWS_PAYLOAD",
            Self::Card => "JWS_CARD",
            Self::Random => "JWS_RANDOM",
        }
    }
}

impl From<Flaw> for JwsError {
    fn from(flaw: Flaw) -> Self {
        match flaw {
            Flaw::Utf8 => Self::Utf8,
            Flaw::DuplicateKey => Self::DuplicateKey,
            Flaw::Float => Self::Float,
            Flaw::Nesting => Self::Nesting,
            Flaw::Syntax { offset } => Self::Payload { offset },
        }
    }
}

impl From<KeyError> for JwsError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Random => Self::Random,
            _ => Self::Key,
        }
    }
}
