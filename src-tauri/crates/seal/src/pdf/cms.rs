//! The signature itself: CMS (RFC 5652) in the profile of PAdES B-B (ETSI EN 319 142-1), in one form.
//!
//! One signer, one certificate: the signer's own. Signed are the content type, the digest and the certificate's digest
//! (signingCertificateV2, RFC 5035); the time stands in the PDF, where it is signed too. The root is left out: a byte of it
//! could be changed without breaking anything. A reader takes out the certificate and the signature, writes the CMS anew
//! from them, and demands the same bytes.

use cms::{
    cert::{CertificateChoices, IssuerAndSerialNumber},
    content_info::{CmsVersion, ContentInfo},
    signed_data::{CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos},
};
use der::{
    Any, Decode, Encode, Sequence,
    asn1::{ObjectIdentifier, OctetString, SetOfVec},
};
use review::ids::Digest;
use x509_cert::{
    attr::{Attribute, Attributes},
    spki::AlgorithmIdentifierOwned,
};

use super::PdfError;
use crate::{
    certificate::{Certificate, ECDSA_WITH_SHA256},
    ecdsa,
    key::{self, SecureRandom, SigningKey, sha256},
};

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");

/// `SigningCertificateV2` without policies.
#[derive(Sequence)]
struct SigningCertificate {
    certificates: Vec<CertificateDigest>,
}

/// `ESSCertIDv2` with the default SHA-256, without the issuer: the digest says more.
#[derive(Sequence)]
struct CertificateDigest {
    digest: OctetString,
}

/// Signs a digest.
pub(super) fn sign(
    digest: &Digest,
    key: &SigningKey,
    certificate: &Certificate,
    random: &dyn SecureRandom,
) -> Result<Vec<u8>, PdfError> {
    // Encoding fails only beyond 256 MiB.
    let message = attributes(digest, certificate).and_then(|set| set.to_der()).map_err(|_| PdfError::Limit)?;
    let signature = key.sign(&message, random).map_err(|_| PdfError::Random)?;
    write(digest, certificate, &signature).map_err(|_| PdfError::Limit)
}

/// Verifies the signature of number `index` over a digest, and says by whose certificate.
pub(super) fn verify(bytes: &[u8], digest: &Digest, index: usize) -> Result<Certificate, PdfError> {
    let form = PdfError::Der { index };
    let content = ContentInfo::from_der(bytes).map_err(|_| form)?;
    let signed: SignedData = content.content.decode_as().map_err(|_| form)?;
    let certificates = signed.certificates.ok_or(form)?.0.into_vec();
    let [CertificateChoices::Certificate(certificate)] = &certificates[..] else { return Err(form) };
    let certificate = certificate.to_der().map_err(|_| form)?;
    let refused = |error| PdfError::Certificate { index, error };
    let certificate = Certificate::from_der(&certificate).map_err(refused)?;
    let signers = signed.signer_infos.0.into_vec();
    let [signer] = &signers[..] else { return Err(form) };
    if claimed_digest(signer) != Some(digest.0.to_vec()) {
        return Err(PdfError::Digest { index });
    }
    let signature = ecdsa::from_der(signer.signature.as_bytes()).ok_or(form)?;
    if write(digest, &certificate, &signature).map_err(|_| form)? != bytes {
        return Err(form);
    }
    let message = attributes(digest, &certificate).and_then(|set| set.to_der()).map_err(|_| form)?;
    match key::verify(certificate.key(), &message, &signature) {
        Ok(true) => Ok(certificate),
        _ => Err(PdfError::Signature { index }),
    }
}

fn claimed_digest(signer: &SignerInfo) -> Option<Vec<u8>> {
    let attribute = signer.signed_attrs.as_ref()?.iter().find(|attribute| attribute.oid == MESSAGE_DIGEST)?;
    Some(attribute.values.get(0)?.value().to_vec())
}

/// What is signed, as a DER set.
fn attributes(digest: &Digest, certificate: &Certificate) -> der::Result<Attributes> {
    let hash = OctetString::new(sha256(certificate.der()).0)?;
    let signing = SigningCertificate { certificates: vec![CertificateDigest { digest: hash }] };
    SetOfVec::try_from(vec![
        attribute(CONTENT_TYPE, &DATA)?,
        attribute(MESSAGE_DIGEST, &OctetString::new(digest.0)?)?,
        attribute(SIGNING_CERTIFICATE, &signing)?,
    ])
}

fn attribute(oid: ObjectIdentifier, value: &(impl der::Tagged + der::EncodeValue)) -> der::Result<Attribute> {
    Ok(Attribute { oid, values: SetOfVec::try_from(vec![Any::encode_from(value)?])? })
}

/// The one form.
fn write(digest: &Digest, certificate: &Certificate, signature: &[u8; 64]) -> der::Result<Vec<u8>> {
    let algorithm = |oid| AlgorithmIdentifierOwned { oid, parameters: None };
    let parsed = certificate.parsed();
    let signer = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: parsed.tbs_certificate.issuer.clone(),
            serial_number: parsed.tbs_certificate.serial_number.clone(),
        }),
        digest_alg: algorithm(SHA256),
        signed_attrs: Some(attributes(digest, certificate)?),
        signature_algorithm: algorithm(ECDSA_WITH_SHA256),
        signature: OctetString::new(ecdsa::to_der(signature)?)?,
        unsigned_attrs: None,
    };
    let signed = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![algorithm(SHA256)])?,
        encap_content_info: EncapsulatedContentInfo { econtent_type: DATA, econtent: None },
        certificates: Some(CertificateSet::try_from(vec![CertificateChoices::Certificate(parsed.clone())])?),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![signer])?,
    };
    ContentInfo { content_type: SIGNED_DATA, content: Any::encode_from(&signed)? }.to_der()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        certificate::{Holder, Period, Root},
        key::{SystemRandom, negate_s},
    };

    #[test]
    fn the_other_form_of_a_valid_signature_is_refused() {
        let random = SystemRandom::new();
        let key = SigningKey::generate(&random).unwrap();
        let day = |text: &str| text.parse().unwrap();
        let period = Period { from: day("2026-01-01T00:00:00Z"), to: day("2027-01-01T00:00:00Z") };
        let root = Root::create(&key, &Holder { name: "根", unit: "示例局" }, &period, &random).unwrap();
        let digest = sha256(b"a document");
        let message = attributes(&digest, root.certificate()).unwrap().to_der().unwrap();
        let mut signature = key.sign(&message, &random).unwrap();
        let good = write(&digest, root.certificate(), &signature).unwrap();
        assert_eq!(verify(&good, &digest, 0).as_ref(), Ok(root.certificate()));
        negate_s(&mut signature);
        let high = write(&digest, root.certificate(), &signature).unwrap();
        assert_eq!(verify(&high, &digest, 0), Err(PdfError::Der { index: 0 }));
        assert_eq!(verify(&good, &sha256(b"another"), 1), Err(PdfError::Digest { index: 1 }));
    }
}
