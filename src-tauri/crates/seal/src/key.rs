//! Signing keys (签名密钥): ECDSA on P-256, made on this machine and leaving it only wrapped.

use std::{fmt, fs::File, io, path::Path};

use age::secrecy::SecretString;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use review::{
    ids::{Digest, KeyId},
    roster::PublicKey,
};
use ring::{
    digest,
    signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey},
};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

pub use ring::rand::{SecureRandom, SystemRandom};

/// The largest scrypt work factor (log₂ N) that opening a wrapped key accepts: 256 MiB of memory.
pub const MAX_LOG_N: u8 = 18;

/// The largest wrapped key that is read: an age header and a PKCS#8 document of 138 bytes need about 400.
const MAX_WRAPPED: usize = 4096;

/// Why a key cannot be made, read or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The public key is not a P-256 key in the one accepted spelling.
    #[error("not a P-256 public key")]
    PublicKey,
    /// The private key is not a PKCS#8 document of a P-256 key.
    #[error("not a P-256 private key")]
    PrivateKey,
    /// The passphrase does not open the wrapped key.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// The wrapped key is not whole, or is something else.
    #[error("the wrapped key is damaged")]
    Damaged,
    /// The wrapped key asks for more work than [`MAX_LOG_N`] allows.
    #[error("the wrapped key asks for a work factor of 2^{log_n}")]
    TooMuchWork {
        /// What it asks for, or what was asked for when wrapping.
        log_n: u8,
    },
    /// The source of randomness failed.
    #[error("no randomness")]
    Random,
    /// Encrypting failed.
    #[error("the key could not be wrapped")]
    Wrapping,
}

impl KeyError {
    /// The stable code that screens and scripts match.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::PublicKey => "KEY_PUBLIC",
            Self::PrivateKey => "KEY_PRIVATE",
            Self::WrongPassphrase => "KEY_WRONG_PASSPHRASE",
            Self::Damaged => "KEY_DAMAGED",
            Self::TooMuchWork { .. } => "KEY_TOO_MUCH_WORK",
            Self::Random => "KEY_RANDOM",
            Self::Wrapping => "KEY_WRAPPING",
        }
    }
}

/// A private signing key (签名私钥); wiped from memory when dropped, as far as it is ours.
pub struct SigningKey {
    pair: EcdsaKeyPair,
    pkcs8: Zeroizing<Vec<u8>>,
    public: PublicKey,
    id: KeyId,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.id)
    }
}

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    /// [`KeyError::Random`] where the system gives no randomness.
    pub fn generate(random: &SystemRandom) -> Result<Self, KeyError> {
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, random).map_err(|_| KeyError::Random)?;
        Self::from_pkcs8(document.as_ref(), random)
    }

    /// The key in a PKCS#8 document (RFC 5958); ring checks that its public half belongs to its private half.
    ///
    /// # Errors
    /// [`KeyError::PrivateKey`] for anything else.
    pub fn from_pkcs8(bytes: &[u8], random: &dyn SecureRandom) -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes, random)
            .map_err(|_| KeyError::PrivateKey)?;
        let public = from_point(pair.public_key().as_ref())?;
        let id = key_id(&public);
        Ok(Self { pair, pkcs8: Zeroizing::new(bytes.to_vec()), public, id })
    }

    /// The key as a PKCS#8 document, for keeping wrapped.
    #[must_use]
    pub fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        self.pkcs8.clone()
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The thumbprint of the public half.
    #[must_use]
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// Signs with ES256 (RFC 7518 section 3.4); of the two equivalent signatures always the one with low S.
    pub(crate) fn sign(&self, message: &[u8], random: &dyn SecureRandom) -> Result<[u8; 64], KeyError> {
        let signature = self.pair.sign(random, message).map_err(|_| KeyError::Random)?;
        let mut bytes: [u8; 64] = signature.as_ref().try_into().map_err(|_| KeyError::Random)?;
        if is_high_s(&bytes) {
            negate_s(&mut bytes);
        }
        Ok(bytes)
    }
}

/// Bytes in the base64url alphabet without padding (RFC 4648 section 5).
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The RFC 7638 thumbprint of a key: SHA-256 over its required members in the order of their names, in base64url.
#[must_use]
pub fn key_id(key: &PublicKey) -> KeyId {
    // `PublicKey` declares exactly the required members in that order, and serialising four strings cannot fail.
    let json = serde_json::to_vec(key).unwrap_or_default();
    let text = URL_SAFE_NO_PAD.encode(sha256(&json).0);
    // 32 bytes are always 43 characters of the alphabet that a KeyId is made of.
    text.parse().unwrap_or_else(|_| unreachable!("base64url of a digest is a key id"))
}

/// Refuses a public key that is not in the one accepted form, before anything is done with it.
///
/// Whether the point lies on the curve is checked by every verification.
///
/// # Errors
/// [`KeyError::PublicKey`] for another curve or type, a wrong length, or base64url that is not strict.
pub fn check_public(key: &PublicKey) -> Result<(), KeyError> {
    point(key).map(drop)
}

/// Checks an ES256 signature; whether S is low is for the caller to check.
pub(crate) fn verify(key: &PublicKey, message: &[u8], signature: &[u8; 64]) -> Result<bool, KeyError> {
    let point = point(key)?;
    Ok(UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok())
}

/// The key as an uncompressed point (SEC 1): 4, X, Y.
pub(crate) fn point(key: &PublicKey) -> Result<[u8; 65], KeyError> {
    if key.crv != "P-256" || key.kty != "EC" {
        return Err(KeyError::PublicKey);
    }
    let mut out = [4; 65];
    for (half, text) in out[1..].chunks_exact_mut(32).zip([&key.x, &key.y]) {
        // 43 characters are 32 bytes; measured first, so that no long text is decoded.
        if text.len() != 43 {
            return Err(KeyError::PublicKey);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyError::PublicKey)?;
        half.copy_from_slice(&bytes);
    }
    Ok(out)
}

/// The key of an uncompressed point.
pub(crate) fn from_point(point: &[u8]) -> Result<PublicKey, KeyError> {
    match point {
        [4, halves @ ..] if halves.len() == 64 => {
            let (x, y) = halves.split_at(32);
            Ok(PublicKey {
                crv: "P-256".to_owned(),
                kty: "EC".to_owned(),
                x: URL_SAFE_NO_PAD.encode(x),
                y: URL_SAFE_NO_PAD.encode(y),
            })
        }
        _ => Err(KeyError::PrivateKey),
    }
}

/// The order n of P-256 (FIPS 186-5, SP 800-186 section 3.2.1.3).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// n / 2, rounded down: the largest S that is low.
const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xde, 0x73, 0x7d,
    0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8,
];

/// Whether S, the second half, is above n / 2. Both (r, s) and (r, n − s) verify, so only one of them is accepted.
pub(crate) fn is_high_s(signature: &[u8; 64]) -> bool {
    signature[32..] > HALF_ORDER[..]
}

/// Replaces S by n − S.
pub(crate) fn negate_s(signature: &mut [u8; 64]) {
    let mut borrow = false;
    for (s, n) in signature[32..].iter_mut().zip(ORDER).rev() {
        let (difference, under) = n.overflowing_sub(*s);
        let (difference, under_again) = difference.overflowing_sub(u8::from(borrow));
        *s = difference;
        borrow = under || under_again;
    }
}

/// A private key encrypted to a passphrase: an age file (age-encryption.org/v1) with one scrypt recipient, holding PKCS#8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey(Vec<u8>);

impl WrappedKey {
    /// Wraps a key. `log_n` is the scrypt work factor: 18 takes about a second and 256 MiB; tests take less.
    ///
    /// # Errors
    /// [`KeyError::TooMuchWork`] where `log_n` is 0 or above [`MAX_LOG_N`], [`KeyError::Wrapping`] where age fails.
    pub fn wrap(key: &SigningKey, passphrase: &str, log_n: u8) -> Result<Self, KeyError> {
        if !(1..=MAX_LOG_N).contains(&log_n) {
            return Err(KeyError::TooMuchWork { log_n });
        }
        let mut recipient = age::scrypt::Recipient::new(secret(passphrase));
        recipient.set_work_factor(log_n);
        age::encrypt(&recipient, &key.pkcs8).map(Self).map_err(|_| KeyError::Wrapping)
    }

    /// Opens wrapped bytes.
    ///
    /// # Errors
    /// [`KeyError::WrongPassphrase`], [`KeyError::Damaged`] or [`KeyError::TooMuchWork`].
    pub fn unwrap(bytes: &[u8], passphrase: &str) -> Result<SigningKey, KeyError> {
        if bytes.len() > MAX_WRAPPED {
            return Err(KeyError::Damaged);
        }
        let mut identity = age::scrypt::Identity::new(secret(passphrase));
        identity.set_max_work_factor(MAX_LOG_N);
        let pkcs8 = age::decrypt(&identity, bytes).map(Zeroizing::new).map_err(|error| match error {
            // The stanza's own tag failed; a damaged payload comes as an I/O error, a damaged header as its MAC.
            age::DecryptError::DecryptionFailed => KeyError::WrongPassphrase,
            age::DecryptError::ExcessiveWork { required, .. } => KeyError::TooMuchWork { log_n: required },
            _ => KeyError::Damaged,
        })?;
        SigningKey::from_pkcs8(&pkcs8, &SystemRandom::new())
    }

    /// The bytes to keep.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes to keep.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// In normalisation form C, so that a passphrase typed on another system is the same passphrase.
fn secret(passphrase: &str) -> SecretString {
    SecretString::from(passphrase.nfc().collect::<String>())
}

/// The SHA-256 digest of bytes in memory.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(bytes);
    hasher.finish()
}

/// The size and SHA-256 digest of a file, read in pieces.
///
/// # Errors
/// What opening and reading give.
pub fn sha256_file(path: &Path) -> io::Result<(u64, Digest)> {
    let mut hasher = Hasher::new();
    let size = io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok((size, hasher.finish()))
}

/// SHA-256 over bytes that come in pieces; also an [`io::Write`] to copy into.
#[derive(Clone)]
pub struct Hasher(digest::Context);

impl Hasher {
    /// A hasher that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }

    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of everything taken in.
    #[must_use]
    pub fn finish(self) -> Digest {
        let mut out = [0; 32];
        out.copy_from_slice(self.0.finish().as_ref());
        Digest(out)
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 7515 appendix A.3.
    fn rfc_key() -> PublicKey {
        PublicKey {
            crv: "P-256".to_owned(),
            kty: "EC".to_owned(),
            x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU".to_owned(),
            y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0".to_owned(),
        }
    }

    #[test]
    fn the_signature_of_rfc_7515_a_3_verifies_and_an_altered_one_does_not() {
        let message = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt\
                       cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let text = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let mut signature: [u8; 64] = URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap();
        assert!(verify(&rfc_key(), message.as_bytes(), &signature).unwrap());
        assert!(is_high_s(&signature), "the RFC's own is the form that we refuse");
        negate_s(&mut signature);
        assert!(!is_high_s(&signature));
        assert!(verify(&rfc_key(), message.as_bytes(), &signature).unwrap(), "both forms are valid signatures");
        signature[0] ^= 1;
        assert!(!verify(&rfc_key(), message.as_bytes(), &signature).unwrap());
    }

    #[test]
    fn a_thumbprint_is_the_one_that_other_software_computes() {
        // Computed with jwcrypto 1.5 (Python).
        assert_eq!(key_id(&rfc_key()).as_str(), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
    }

    #[test]
    fn half_the_order_is_the_last_low_s() {
        let mut signature = [0; 64];
        signature[32..].copy_from_slice(&HALF_ORDER);
        assert!(!is_high_s(&signature));
        // n is odd, so that n − ⌊n/2⌋ is the first high one.
        negate_s(&mut signature);
        assert!(is_high_s(&signature));
        assert_eq!(signature[63], HALF_ORDER[31] + 1);
        negate_s(&mut signature);
        assert_eq!(signature[32..], HALF_ORDER);
    }

    #[test]
    fn a_point_off_the_curve_verifies_nothing() {
        let key = PublicKey { y: "A".repeat(43), ..rfc_key() };
        assert!(!verify(&key, b"", &[1; 64]).unwrap());
    }
}
