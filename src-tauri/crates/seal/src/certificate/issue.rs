//! Making certificates: the root's own, and those it gives to members.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PublicKeyData, SerialNumber, SignatureAlgorithm,
};
use review::roster::PublicKey;
use time::OffsetDateTime;

use super::{Certificate, CertificateError, Holder, Period, Root};
use crate::{
    ecdsa,
    key::{self, SecureRandom, SigningKey, key_id, sha256},
};

/// The most characters of a common name and of an organisation (RFC 5280 appendix A.1, `ub-common-name`).
const MAX_NAME: usize = 64;

/// id-kp-documentSigning (RFC 9336).
const DOCUMENT_SIGNING: [u64; 9] = [1, 3, 6, 1, 5, 5, 7, 3, 36];

/// userId (RFC 4519 section 2.39): a thumbprint has `_`, which the PrintableString of serialNumber cannot hold.
const USER_ID: [u64; 7] = [0, 9, 2342, 19_200_300, 100, 1, 1];

impl Root {
    /// Makes the root of a bureau's key. Renewed with the same key and holder, it carries the certificates issued before.
    ///
    /// # Errors
    /// [`CertificateError::Name`], [`CertificateError::Period`], [`CertificateError::Random`].
    pub fn create(
        key: &SigningKey,
        holder: &Holder,
        period: &Period,
        random: &dyn SecureRandom,
    ) -> Result<Self, CertificateError> {
        let mut params = params(key.public(), holder, period, random)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let made = params.self_signed(&Remote::new(key, random)?).map_err(failed)?;
        Self::from_der(made.der())
    }

    /// Issues a certificate for signing documents. `key` is the root's own private key.
    ///
    /// # Errors
    /// [`CertificateError::OtherKey`] where `key` is not the root's; [`CertificateError::Period`] also where `period`
    /// leaves the root's; [`CertificateError::Name`], [`CertificateError::Form`] for a member's key that is none,
    /// [`CertificateError::Random`].
    pub fn issue(
        &self,
        key: &SigningKey,
        member: &PublicKey,
        holder: &Holder,
        period: &Period,
        random: &dyn SecureRandom,
    ) -> Result<Certificate, CertificateError> {
        let root = self.certificate();
        if key.public() != root.key() {
            return Err(CertificateError::OtherKey);
        }
        let limits = root.period()?;
        if period.from < limits.from || limits.to < period.to {
            return Err(CertificateError::Period);
        }
        let mut params = params(member, holder, period, random)?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::Other(DOCUMENT_SIGNING.to_vec()),
            // What tools ask for that do not know documentSigning yet: pdfsig, `openssl verify -purpose smimesign`.
            ExtendedKeyUsagePurpose::EmailProtection,
        ];
        params.use_authority_key_identifier_extension = true;
        let holder = Holder { name: root.name(), unit: root.unit() };
        let mut issuer = CertificateParams::default();
        issuer.distinguished_name = subject(&holder, root.key());
        issuer.key_identifier_method = key_identifier(root.key())?;
        issuer.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let issuer = Issuer::new(issuer, Remote::new(key, random)?);
        let made = params.signed_by(&Point::new(member)?, &issuer).map_err(failed)?;
        Certificate::from_der(made.der())
    }
}

fn params(
    key: &PublicKey,
    holder: &Holder,
    period: &Period,
    random: &dyn SecureRandom,
) -> Result<CertificateParams, CertificateError> {
    let characters = holder.name.chars().count();
    if !(1..=MAX_NAME).contains(&characters) {
        return Err(CertificateError::Name { characters });
    }
    if holder.unit.is_empty() {
        return Err(CertificateError::Name { characters: 0 });
    }
    if period.to < period.from {
        return Err(CertificateError::Period);
    }
    let mut params = CertificateParams::default();
    params.not_before = moment(period.from.timestamp())?;
    params.not_after = moment(period.to.timestamp())?;
    params.serial_number = Some(serial(random)?);
    params.distinguished_name = subject(holder, key);
    params.key_identifier_method = key_identifier(key)?;
    Ok(params)
}

fn moment(seconds: i64) -> Result<OffsetDateTime, CertificateError> {
    if seconds < 0 {
        return Err(CertificateError::Period);
    }
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| CertificateError::Period)
}

/// 126 random bits with a first byte from 64 to 127: positive, and always 16 bytes long.
fn serial(random: &dyn SecureRandom) -> Result<SerialNumber, CertificateError> {
    let mut bytes = [0; 16];
    random.fill(&mut bytes).map_err(|_| CertificateError::Random)?;
    bytes[0] = (bytes[0] & 0x3f) | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}

fn subject(holder: &Holder, key: &PublicKey) -> rcgen::DistinguishedName {
    let mut name = rcgen::DistinguishedName::new();
    name.push(DnType::OrganizationName, holder.unit.chars().take(MAX_NAME).collect::<String>());
    name.push(DnType::CommonName, holder.name);
    name.push(DnType::CustomDnType(USER_ID.to_vec()), key_id(key).as_str());
    name
}

/// The first 160 bits of SHA-256 over the point (RFC 7093 section 2, method 1).
fn key_identifier(key: &PublicKey) -> Result<KeyIdMethod, CertificateError> {
    let point = key::point(key).map_err(|_| CertificateError::Form)?;
    Ok(KeyIdMethod::PreSpecified(sha256(&point).0[..20].to_vec()))
}

fn failed(error: rcgen::Error) -> CertificateError {
    match error {
        rcgen::Error::RemoteKeyError => CertificateError::Random,
        _ => CertificateError::Form,
    }
}

/// A public key as rcgen takes it.
struct Point([u8; 65]);

impl Point {
    fn new(key: &PublicKey) -> Result<Self, CertificateError> {
        key::point(key).map(Self).map_err(|_| CertificateError::Form)
    }
}

impl PublicKeyData for Point {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

/// A signing key lent to rcgen: it may ask for signatures, and never sees the key.
struct Remote<'a> {
    key: &'a SigningKey,
    point: Point,
    random: &'a dyn SecureRandom,
}

impl<'a> Remote<'a> {
    fn new(key: &'a SigningKey, random: &'a dyn SecureRandom) -> Result<Self, CertificateError> {
        Ok(Self { key, point: Point::new(key.public())?, random })
    }
}

impl PublicKeyData for Remote<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.point.der_bytes()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.point.algorithm()
    }
}

impl rcgen::SigningKey for Remote<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signature = self.key.sign(message, self.random).map_err(|_| rcgen::Error::RemoteKeyError)?;
        ecdsa::to_der(&signature).map_err(|_| rcgen::Error::RemoteKeyError)
    }
}
