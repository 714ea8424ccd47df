//! Checking certificates: what makes a root one, and what a root says of a signer.

use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use der::Encode;
use review::roster::PublicKey;
use rustls_pki_types::{CertificateDer, UnixTime};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};

use super::{Certificate, CertificateError, Root, Serial};
use crate::key;

/// The value of id-kp-documentSigning (RFC 9336), 1.3.6.1.5.5.7.3.36.
const DOCUMENT_SIGNING: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x24];

impl Root {
    pub(super) fn new(certificate: Certificate) -> Result<Self, CertificateError> {
        let refused = CertificateError::NotARoot;
        let tbs = &certificate.parsed.tbs_certificate;
        let (critical, constraints) = tbs.get::<BasicConstraints>().map_err(|_| refused)?.ok_or(refused)?;
        let (_, usage) = tbs.get::<KeyUsage>().map_err(|_| refused)?.ok_or(refused)?;
        let authority = critical && constraints.ca && constraints.path_len_constraint == Some(0);
        if !authority || !usage.key_cert_sign() || tbs.issuer != tbs.subject {
            return Err(refused);
        }
        let message = tbs.to_der().map_err(|_| refused)?;
        if !key::verify(certificate.key(), &message, &certificate.signature).map_err(|_| refused)? {
            return Err(refused);
        }
        Ok(Self(certificate))
    }

    /// Checks that this root certified `key`, the one that the roster names, for signing documents at the time `at`, and
    /// that its serial is not among those revoked.
    ///
    /// # Errors
    /// [`CertificateError::OtherKey`], [`CertificateError::Authority`], [`CertificateError::Purpose`],
    /// [`CertificateError::NotYetValid`], [`CertificateError::Expired`], [`CertificateError::OtherRoot`],
    /// [`CertificateError::Revoked`]; [`CertificateError::Form`] for extensions that are malformed or unknown and critical.
    pub fn check(
        &self,
        certificate: &Certificate,
        key: &PublicKey,
        at: &DateTime<FixedOffset>,
        revoked: &[Serial],
    ) -> Result<(), CertificateError> {
        self.check_chain(certificate, at)?;
        if certificate.key() != key {
            return Err(CertificateError::OtherKey);
        }
        if revoked.contains(certificate.serial()) {
            return Err(CertificateError::Revoked);
        }
        Ok(())
    }

    fn check_chain(&self, certificate: &Certificate, at: &DateTime<FixedOffset>) -> Result<(), CertificateError> {
        // webpki takes a trust anchor as given, whatever its dates.
        let period = self.certificate().period()?;
        if at.timestamp() < period.from.timestamp() {
            return Err(CertificateError::NotYetValid);
        }
        if period.to.timestamp() < at.timestamp() {
            return Err(CertificateError::Expired);
        }
        let seconds = u64::try_from(at.timestamp()).map_err(|_| CertificateError::NotYetValid)?;
        let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let anchor = CertificateDer::from(self.certificate().der());
        let anchor = webpki::anchor_from_trusted_cert(&anchor).map_err(|_| CertificateError::NotARoot)?;
        let leaf = CertificateDer::from(certificate.der());
        let leaf = webpki::EndEntityCert::try_from(&leaf).map_err(refused)?;
        let usage = webpki::KeyUsage::required(DOCUMENT_SIGNING);
        let algorithms = [webpki::ring::ECDSA_P256_SHA256];
        leaf.verify_for_usage(&algorithms, &[anchor], &[], time, usage, None, None).map_err(refused)?;
        // webpki leaves keyUsage to its callers.
        let usage = certificate.parsed.tbs_certificate.get::<KeyUsage>().map_err(|_| CertificateError::Form)?;
        match usage {
            Some((_, usage)) if usage.digital_signature() => Ok(()),
            _ => Err(CertificateError::Purpose),
        }
    }
}

fn refused(error: webpki::Error) -> CertificateError {
    use webpki::Error;
    match error {
        Error::CaUsedAsEndEntity => CertificateError::Authority,
        Error::CertExpired { .. } => CertificateError::Expired,
        Error::CertNotValidYet { .. } => CertificateError::NotYetValid,
        Error::EmptyEkuExtension | Error::RequiredEkuNotFoundContext(_) => CertificateError::Purpose,
        Error::InvalidSignatureForPublicKey | Error::UnknownIssuer => CertificateError::OtherRoot,
        _ => CertificateError::Form,
    }
}
