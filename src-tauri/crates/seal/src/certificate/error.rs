//! Why certificates are refused.

/// Why a certificate is refused, or cannot be issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Larger than a certificate of ours can be.
    #[error("larger than {max} bytes")]
    TooLarge {
        /// The most it may have.
        max: usize,
    },
    /// Not an X.509 version 3 certificate of a P-256 key, in DER to the letter.
    #[error("not a certificate in the accepted form")]
    Form,
    /// Not a root: not self-signed, or without the extensions of an authority.
    #[error("not a root certificate")]
    NotARoot,
    /// An authority's certificate stands where a signer's is expected.
    #[error("an authority's certificate used as a signer's")]
    Authority,
    /// Not issued for signing documents.
    #[error("not issued for signing documents")]
    Purpose,
    /// It, or the root, begins to be valid later.
    #[error("not valid yet")]
    NotYetValid,
    /// It, or the root, ended to be valid earlier.
    #[error("no longer valid")]
    Expired,
    /// Its serial is on the list of those revoked.
    #[error("revoked")]
    Revoked,
    /// Issued by another root, or altered since.
    #[error("not issued by this root")]
    OtherRoot,
    /// It certifies another key than the one that the roster names, or than the one that shall sign.
    #[error("for another key")]
    OtherKey,
    /// A name is empty, or longer than 64 characters.
    #[error("a name of {characters} characters")]
    Name {
        /// How long it is.
        characters: usize,
    },
    /// A period that ends before it begins, leaves that of the root, or lies outside the years 1970 to 9999.
    #[error("no possible period")]
    Period,
    /// The source of randomness failed.
    #[error("no randomness")]
    Random,
}

impl CertificateError {
    /// The stable code that screens and scripts match.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "CERTIFICATE_TOO_LARGE",
            Self::Form => "CERTIFICATE_FORM",
            Self::NotARoot => "CERTIFICATE_NOT_A_ROOT",
            Self::Authority => "CERTIFICATE_AUTHORITY",
            Self::Purpose => "CERTIFICATE_PURPOSE",
            Self::NotYetValid => "CERTIFICATE_NOT_YET_VALID",
            Self::Expired => "CERTIFICATE_EXPIRED",
            Self::Revoked => "CERTIFICATE_REVOKED",
            Self::OtherRoot => "CERTIFICATE_OTHER_ROOT",
            Self::OtherKey => "CERTIFICATE_OTHER_KEY",
            Self::Name { .. } => "CERTIFICATE_NAME",
            Self::Period => "CERTIFICATE_PERIOD",
            Self::Random => "CERTIFICATE_RANDOM",
        }
    }
}
