//! Certificates (证书): X.509 v3 (RFC 5280) on P-256, so that strangers' tools can follow the chain of trust.
//!
//! The bureau's [`Root`] (根证书) signs one certificate for the key of each member of a roster. There is nothing between
//! the two: a root may sign members, a member may sign documents. The roster still says who may sign what; a certificate
//! says the same to tools that know no roster. Times are passed in, and revocation is a list of serials, kept by whoever
//! signed the roster.
//!
//! ```
//! use seal::{certificate::{CertificateError, Holder, Period, Root}, key::{SigningKey, SystemRandom}};
//! let random = SystemRandom::new();
//! let (bureau, member) = (SigningKey::generate(&random).unwrap(), SigningKey::generate(&random).unwrap());
//! let day = |text: &str| format!("{text}T00:00:00+08:00").parse().unwrap();
//! let years = Period { from: day("2025-01-01"), to: day("2035-01-01") };
//! let root = Root::create(&bureau, &Holder { name: "示例市科学技术局根证书", unit: "示例市科学技术局" }, &years, &random).unwrap();
//! let round = Period { from: day("2026-01-01"), to: day("2026-04-01") };
//! let holder = Holder { name: "甲某某", unit: "示例大学" };
//! let certificate = root.issue(&bureau, member.public(), &holder, &round, &random).unwrap();
//! assert_eq!(root.check(&certificate, member.public(), &day("2026-02-01"), &[]), Ok(()));
//! assert_eq!(root.check(&certificate, member.public(), &day("2026-05-01"), &[]), Err(CertificateError::Expired));
//! ```

mod check;
mod error;
mod issue;

use std::{fmt, str::FromStr};

use chrono::{DateTime, FixedOffset};
use der::{Decode, DecodePem, Encode, EncodePem, asn1::ObjectIdentifier, pem::LineEnding};
use review::roster::PublicKey;

use crate::{ecdsa, key};

pub use error::CertificateError;

/// The largest certificate that is read, in bytes of DER; ours have at most 1,600.
pub const MAX_BYTES: usize = 8 * 1024;

/// What a P-256 `SubjectPublicKeyInfo` begins with (RFC 5480); the uncompressed point of 65 bytes follows.
const P256_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// ecdsa-with-SHA256 (RFC 5758 section 3.2).
pub(crate) const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");

/// The serial number of a certificate: 1 to 20 bytes, written in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(String);

impl Serial {
    fn new(bytes: &[u8]) -> Self {
        Self(hex(bytes))
    }

    /// The number in hexadecimal.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Serial {
    type Err = CertificateError;

    /// Reads what [`Serial::as_str`] gives.
    fn from_str(text: &str) -> Result<Self, CertificateError> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if !digits || !text.len().is_multiple_of(2) || !(2..=40).contains(&text.len()) {
            return Err(CertificateError::Form);
        }
        Ok(Self(text.to_owned()))
    }
}

/// Whom a certificate is for. The key's thumbprint joins the two as the subject's `userId`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder<'a> {
    /// The person's name, or for a root what it is called; at most 64 characters (RFC 5280 appendix A.1).
    pub name: &'a str,
    /// The unit; where it is longer than 64 characters the certificate holds the first 64, the roster all of it.
    pub unit: &'a str,
}

/// When a certificate is valid, both ends included, to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first moment.
    pub from: DateTime<FixedOffset>,
    /// The last moment.
    pub to: DateTime<FixedOffset>,
}

/// A certificate for a P-256 key, in the one DER form. Reading one proves nothing: [`Root::check`] does.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    parsed: x509_cert::Certificate,
    key: PublicKey,
    serial: Serial,
    signature: [u8; 64],
}

impl fmt::Debug for Certificate {
    /// Never the subject: it holds a name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.serial)
    }
}

impl Certificate {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// [`CertificateError::TooLarge`]; [`CertificateError::Form`] for what is not DER to the letter, not X.509 version 3,
    /// has bytes behind it, certifies another kind of key, or is not signed by ECDSA with SHA-256 and low S.
    pub fn from_der(bytes: &[u8]) -> Result<Self, CertificateError> {
        if bytes.len() > MAX_BYTES {
            return Err(CertificateError::TooLarge { max: MAX_BYTES });
        }
        let parsed = x509_cert::Certificate::from_der(bytes).map_err(|_| CertificateError::Form)?;
        Self::new(parsed, bytes.to_vec())
    }

    /// Reads a certificate in PEM (RFC 7468).
    ///
    /// # Errors
    /// Those of [`Certificate::from_der`].
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        // Base64 is 4/3 of the bytes, and a line break stands after 64 characters.
        if text.len() > 2 * MAX_BYTES {
            return Err(CertificateError::TooLarge { max: 2 * MAX_BYTES });
        }
        let parsed = x509_cert::Certificate::from_pem(text).map_err(|_| CertificateError::Form)?;
        let der = parsed.to_der().map_err(|_| CertificateError::Form)?;
        Self::new(parsed, der)
    }

    fn new(parsed: x509_cert::Certificate, der: Vec<u8>) -> Result<Self, CertificateError> {
        let form = CertificateError::Form;
        let tbs = &parsed.tbs_certificate;
        if tbs.version != x509_cert::Version::V3 || parsed.to_der().map_err(|_| form)? != der {
            return Err(form);
        }
        let algorithm = &parsed.signature_algorithm;
        // Nobody without the issuer's key shall be able to make a second form of a certificate.
        let signature = parsed.signature.as_bytes().and_then(ecdsa::from_der);
        if algorithm.oid != ECDSA_WITH_SHA256 || *algorithm != tbs.signature || algorithm.parameters.is_some() {
            return Err(form);
        }
        let signature = signature.ok_or(form)?;
        let key = tbs.subject_public_key_info.to_der().map_err(|_| form)?;
        let point = key.strip_prefix(&P256_PREFIX).ok_or(form)?;
        let key = key::from_point(point).map_err(|_| form)?;
        let serial = Serial::new(tbs.serial_number.as_bytes());
        Ok(Self { der, parsed, key, serial, signature })
    }

    /// The bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The certificate in PEM, lines ended by LF.
    ///
    /// # Errors
    /// [`CertificateError::Form`], which no certificate that was read gives.
    pub fn to_pem(&self) -> Result<String, CertificateError> {
        self.parsed.to_pem(LineEnding::LF).map_err(|_| CertificateError::Form)
    }

    /// The key that it certifies.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The number that its issuer gave it.
    #[must_use]
    pub fn serial(&self) -> &Serial {
        &self.serial
    }

    /// The name of its holder, as it claims; empty where it has none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.subject(COMMON_NAME)
    }

    /// The unit of its holder, as it claims; empty where it has none.
    #[must_use]
    pub fn unit(&self) -> &str {
        self.subject(ORGANISATION)
    }

    /// When it is valid.
    ///
    /// # Errors
    /// [`CertificateError::Period`] for times that no calendar here holds.
    pub fn period(&self) -> Result<Period, CertificateError> {
        let validity = &self.parsed.tbs_certificate.validity;
        let moment = |time: x509_cert::time::Time| {
            let seconds = i64::try_from(time.to_unix_duration().as_secs()).ok();
            let moment = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
            moment.map(|moment| moment.fixed_offset()).ok_or(CertificateError::Period)
        };
        Ok(Period { from: moment(validity.not_before)?, to: moment(validity.not_after)? })
    }

    pub(crate) fn parsed(&self) -> &x509_cert::Certificate {
        &self.parsed
    }

    fn subject(&self, attribute: ObjectIdentifier) -> &str {
        let mut parts = self.parsed.tbs_certificate.subject.0.iter().flat_map(|part| part.0.iter());
        let value = parts.find(|part| part.oid == attribute).map(|part| part.value.value());
        value.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// The bureau's root (根证书): what every chain of trust ends in. Whoever reads one decides to trust it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root(Certificate);

impl Root {
    /// Reads a root in DER.
    ///
    /// # Errors
    /// Those of [`Certificate::from_der`]; [`CertificateError::NotARoot`] for a certificate that is not signed by its own
    /// key, or whose extensions do not say: an authority that signs certificates, with no other authority below it.
    pub fn from_der(bytes: &[u8]) -> Result<Self, CertificateError> {
        Self::new(Certificate::from_der(bytes)?)
    }

    /// Reads a root in PEM.
    ///
    /// # Errors
    /// Those of [`Root::from_der`].
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        Self::new(Certificate::from_pem(text)?)
    }

    /// The certificate itself.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.0
    }
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
