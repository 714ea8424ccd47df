//! Signed objects: RFC 7515 in a profile so narrow that no byte is free (RFC 8725).
//!
//! A file is exactly `{"payload":"…","signatures":[{"protected":"…","signature":"…"},…]}` and a protected header exactly
//! `{"alg":"ES256","kid":"<thumbprint>","typ":"<kind>"}`. Which key signs is known before: from the roster, never from
//! the header. A signature is verified before its payload is parsed, and [`Verified`] is the only way to the value.

use std::{fmt, ops::Deref};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use review::{
    ids::{Digest, KeyId},
    roster::{Card, PublicKey},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    key::{self, KeyError, SecureRandom, SigningKey, key_id, sha256},
    strict_json::{self, Flaw},
};

/// More signatures than any object has; the result head has two.
const MAX_SIGNATURES: usize = 8;

/// The longest protected header in base64url that is looked into; a card's has about 350.
const MAX_HEADER: usize = 1024;

/// A kind of thing that is signed.
pub trait Signed: Serialize + DeserializeOwned {
    /// The `typ` of the protected header.
    const TYP: &'static str;
    /// The largest signed file of this kind, in bytes.
    const MAX_BYTES: usize;
    /// Whether the header carries the key itself: the enrolment card alone, since it is how a key becomes known.
    const CARRIES_KEY: bool = false;
}

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

/// A value together with the exact signed bytes that say it. Only verifying makes one.
#[derive(Clone)]
pub struct Verified<T> {
    value: T,
    bytes: Vec<u8>,
    digest: Digest,
    signers: Vec<KeyId>,
}

impl<T> Verified<T> {
    /// What was signed.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// What was signed, without its proof.
    #[must_use]
    pub fn into_value(self) -> T {
        self.value
    }

    /// The signed file, byte for byte.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the signed file's exact bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Who signed, in the order of the signatures.
    #[must_use]
    pub fn signers(&self) -> &[KeyId] {
        &self.signers
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> fmt::Debug for Verified<T> {
    /// Never the value: it holds names and scores.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").field("digest", &self.digest).field("signers", &self.signers).finish()
    }
}

/// Signs a value: the bytes of a new file with one signature.
///
/// # Errors
/// [`JwsError::TooLarge`] where the file would exceed its kind's limit, the flaws of a payload that a reader would
/// refuse, [`JwsError::Random`].
pub fn sign<T: Signed>(value: &T, key: &SigningKey, random: &dyn SecureRandom) -> Result<Vec<u8>, JwsError> {
    let json = serde_json::to_vec(value).map_err(|_| JwsError::Payload { offset: 0 })?;
    // What we would refuse to read we do not sign.
    strict_json::check(&json)?;
    let file = General { payload: URL_SAFE_NO_PAD.encode(json), signatures: Vec::new() };
    add_signature::<T>(file, key, random)
}

/// Adds a signature over the same payload to a signed file. The caller has verified the file, and shown it to the signer.
///
/// # Errors
/// What [`verify`] gives for the form, header and payload of the file; [`JwsError::Signer`] where this key has signed it
/// already.
pub fn cosign<T: Signed>(bytes: &[u8], key: &SigningKey, random: &dyn SecureRandom) -> Result<Vec<u8>, JwsError> {
    let file = General::read(bytes, T::MAX_BYTES)?;
    for (index, signature) in file.signatures.iter().enumerate() {
        let claim = signature.claim()?;
        if claim.typ != T::TYP {
            return Err(JwsError::Typ);
        }
        if claim.kid == *key.id() {
            return Err(JwsError::Signer { index });
        }
    }
    parse::<T>(&decode(&file.payload)?)?;
    add_signature::<T>(file, key, random)
}

/// Verifies a signed file: exactly these signers in this order, no more and no fewer.
///
/// # Errors
/// What is wrong with it, the outermost first: size, form, header, signer, signature, payload.
pub fn verify<T: Signed>(bytes: &[u8], signers: &[&PublicKey]) -> Result<Verified<T>, JwsError> {
    let file = General::read(bytes, T::MAX_BYTES)?;
    if signers.is_empty() || file.signatures.len() != signers.len() {
        return Err(JwsError::Signer { index: file.signatures.len().min(signers.len()) });
    }
    let mut ids = Vec::with_capacity(signers.len());
    for (index, (signature, signer)) in file.signatures.iter().zip(signers).enumerate() {
        ids.push(signature.verify::<T>(&file.payload, index, signer)?);
    }
    let value = parse(&decode(&file.payload)?)?;
    Ok(Verified { value, bytes: bytes.to_vec(), digest: sha256(bytes), signers: ids })
}

/// What a signed file says of itself before anything is verified: good for finding the keys, and for nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The kind that its headers claim.
    pub typ: String,
    /// The keys that its headers claim, in the order of the signatures.
    pub kids: Vec<KeyId>,
}

/// Reads what a file of at most `max` bytes claims to be and to be signed by, without trust.
///
/// # Errors
/// Those of size, form and header; [`JwsError::Typ`] where the headers disagree about the kind.
pub fn claims(bytes: &[u8], max: usize) -> Result<Claims, JwsError> {
    let file = General::read(bytes, max)?;
    let mut typ: Option<String> = None;
    let mut kids = Vec::with_capacity(file.signatures.len());
    for signature in &file.signatures {
        let claim = signature.claim()?;
        if typ.get_or_insert_with(|| claim.typ.clone()) != &claim.typ {
            return Err(JwsError::Typ);
        }
        kids.push(claim.kid);
    }
    Ok(Claims { typ: typ.ok_or(JwsError::Form)?, kids })
}

/// The keys that a file of at most `max` bytes claims to be signed by, without trust: to look them up in a roster.
///
/// # Errors
/// Those of [`claims`].
pub fn kids(bytes: &[u8], max: usize) -> Result<Vec<KeyId>, JwsError> {
    claims(bytes, max).map(|claims| claims.kids)
}

/// Verifies an enrolment card: signed by the key that it offers, for the person whose key it is.
///
/// # Errors
/// Those of [`verify`]; [`JwsError::Card`] where the header's key is not the person's, or the thumbprint not the key's.
pub fn read_card(bytes: &[u8]) -> Result<Verified<Card>, JwsError> {
    let file = General::read(bytes, Card::MAX_BYTES)?;
    let [signature] = &file.signatures[..] else {
        return Err(JwsError::Signer { index: file.signatures.len().min(1) });
    };
    let jwk = signature.claim()?.jwk.ok_or(JwsError::Header)?;
    let card = verify::<Card>(bytes, &[&jwk])?;
    if card.person.jwk != jwk || card.person.key != key_id(&jwk) {
        return Err(JwsError::Card);
    }
    Ok(card)
}

/// The general JSON serialisation (RFC 7515 section 7.2.1).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct General {
    payload: String,
    signatures: Vec<Signature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    protected: String,
    signature: String,
}

/// The protected header in the one accepted order of members.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header<'a> {
    alg: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwk: Option<PublicKey>,
    kid: &'a str,
    typ: &'a str,
}

/// What a header claims, once it is known to be in the accepted form.
struct Claim {
    kid: KeyId,
    typ: String,
    jwk: Option<PublicKey>,
}

impl General {
    /// Reads a file and demands that it is written as we would write it.
    fn read(bytes: &[u8], max: usize) -> Result<Self, JwsError> {
        if bytes.len() > max {
            return Err(JwsError::TooLarge { max });
        }
        let file: Self = serde_json::from_slice(bytes).map_err(|_| JwsError::Form)?;
        if file.signatures.is_empty() || file.signatures.len() > MAX_SIGNATURES || file.write()? != bytes {
            return Err(JwsError::Form);
        }
        Ok(file)
    }

    fn write(&self) -> Result<Vec<u8>, JwsError> {
        serde_json::to_vec(self).map_err(|_| JwsError::Form)
    }
}

impl Signature {
    /// The header, refused with the reason that says most.
    fn claim(&self) -> Result<Claim, JwsError> {
        if self.protected.len() > MAX_HEADER {
            return Err(JwsError::Header);
        }
        let bytes = decode(&self.protected)?;
        let members: Map<String, Value> = serde_json::from_slice(&bytes).map_err(|_| JwsError::Header)?;
        let typ = members.get("typ").and_then(Value::as_str);
        let carries_key = typ == Some(Card::TYP);
        if members.contains_key("crit") {
            return Err(JwsError::Crit);
        }
        if members.keys().any(|name| KEY_MEMBERS.contains(&name.as_str()) && !(carries_key && name == "jwk")) {
            return Err(JwsError::HeaderKey);
        }
        if members.get("alg").and_then(Value::as_str) != Some("ES256") {
            return Err(JwsError::Alg);
        }
        let header: Header<'_> = serde_json::from_slice(&bytes).map_err(|_| JwsError::Header)?;
        if header.jwk.is_some() != carries_key || header.write()? != bytes {
            return Err(JwsError::Header);
        }
        let kid = header.kid.parse().map_err(|_| JwsError::Header)?;
        Ok(Claim { kid, typ: header.typ.to_owned(), jwk: header.jwk })
    }

    /// Whether this is the signer's signature over the payload as a thing of kind `T`.
    fn verify<T: Signed>(&self, payload: &str, index: usize, signer: &PublicKey) -> Result<KeyId, JwsError> {
        let id = key_id(signer);
        // The header is known beforehand to the last byte; it is taken apart only to say what is wrong with it.
        let expected = protected::<T>(signer, &id)?;
        if self.protected != expected {
            let claim = self.claim()?;
            return Err(match claim {
                _ if claim.typ != T::TYP => JwsError::Typ,
                _ if claim.kid != id => JwsError::Signer { index },
                _ => JwsError::Header,
            });
        }
        let signature: [u8; 64] = decode(&self.signature)?.try_into().map_err(|_| JwsError::Signature { index })?;
        if key::is_high_s(&signature) {
            return Err(JwsError::HighS { index });
        }
        if !key::verify(signer, &signing_input(&self.protected, payload), &signature)? {
            return Err(JwsError::Signature { index });
        }
        Ok(id)
    }
}

/// Header members that carry a key or say where one lies (RFC 7515 section 4.1).
const KEY_MEMBERS: [&str; 6] = ["jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256"];

impl Header<'_> {
    fn write(&self) -> Result<Vec<u8>, JwsError> {
        serde_json::to_vec(self).map_err(|_| JwsError::Header)
    }
}

fn protected<T: Signed>(signer: &PublicKey, id: &KeyId) -> Result<String, JwsError> {
    let jwk = T::CARRIES_KEY.then(|| signer.clone());
    let header = Header { alg: "ES256", jwk, kid: id.as_str(), typ: T::TYP };
    Ok(URL_SAFE_NO_PAD.encode(header.write()?))
}

fn add_signature<T: Signed>(
    mut file: General,
    key: &SigningKey,
    random: &dyn SecureRandom,
) -> Result<Vec<u8>, JwsError> {
    let protected = protected::<T>(key.public(), key.id())?;
    let signature = key.sign(&signing_input(&protected, &file.payload), random)?;
    file.signatures.push(Signature { protected, signature: URL_SAFE_NO_PAD.encode(signature) });
    let bytes = file.write()?;
    if bytes.len() > T::MAX_BYTES {
        return Err(JwsError::TooLarge { max: T::MAX_BYTES });
    }
    Ok(bytes)
}

/// RFC 7515 section 5.1, step 8.
fn signing_input(protected: &str, payload: &str) -> Vec<u8> {
    [protected.as_bytes(), b".", payload.as_bytes()].concat()
}

/// Strict base64url: no padding, no other characters, no bits beyond the last byte.
fn decode(text: &str) -> Result<Vec<u8>, JwsError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| JwsError::Form)
}

fn parse<T: Signed>(payload: &[u8]) -> Result<T, JwsError> {
    strict_json::check(payload)?;
    serde_json::from_slice(payload).map_err(|error| JwsError::Payload { offset: strict_json::offset(payload, &error) })
}
