//! Signed objects: RFC 7515 in a profile so narrow that no byte is free (RFC 8725).
//!
//! A file is exactly `{"payload":"…","signatures":[{"protected":"…","signature":"…"},…]}` and a protected header exactly
//! `{"alg":"ES256","kid":"<thumbprint>","typ":"<kind>"}`. Which key signs is known before: from the roster, never from
//! the header. A signature is verified before its payload is parsed, and [`Verified`] is the only way to the value.

mod error;
mod form;

use std::{fmt, ops::Deref};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use review::{
    ids::{Digest, KeyId},
    roster::{Card, PublicKey},
};
use serde::{Serialize, de::DeserializeOwned};

use self::form::{General, Signature, decode, protected, signing_input};
use crate::{
    key::{SecureRandom, SigningKey, key_id, sha256},
    strict_json,
};

pub use error::JwsError;

/// A kind of thing that is signed.
pub trait Signed: Serialize + DeserializeOwned {
    /// The `typ` of the protected header.
    const TYP: &'static str;
    /// The largest signed file of this kind, in bytes.
    const MAX_BYTES: usize;
    /// Whether the header carries the key itself: the enrolment card alone, since it is how a key becomes known.
    const CARRIES_KEY: bool = false;
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

impl<T: Signed> Verified<T> {
    /// SHA-256 of what was signed: of the payload's exact bytes, and so the same whoever else has signed it too.
    ///
    /// # Errors
    /// None for a file that was verified; those of taking it apart again.
    pub fn payload_digest(&self) -> Result<Digest, JwsError> {
        Ok(sha256(&decode(&General::read(&self.bytes, T::MAX_BYTES)?.payload)?))
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
    let sound = card.person.is_sound() && !card.roles.is_empty();
    if card.person.jwk != jwk || card.person.key != key_id(&jwk) || !sound {
        return Err(JwsError::Card);
    }
    Ok(card)
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

fn parse<T: Signed>(payload: &[u8]) -> Result<T, JwsError> {
    strict_json::check(payload)?;
    serde_json::from_slice(payload).map_err(|error| JwsError::Payload { offset: strict_json::offset(payload, &error) })
}
