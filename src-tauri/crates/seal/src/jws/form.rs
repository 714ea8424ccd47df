//! The one form of a signed file: its parts, and how they are taken apart.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use review::{
    ids::KeyId,
    roster::{Card, PublicKey},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{JwsError, Signed};
use crate::key::{self, key_id};

/// More signatures than any object has; the result head has two.
const MAX_SIGNATURES: usize = 8;

/// The longest protected header in base64url that is looked into; a card's has about 350.
const MAX_HEADER: usize = 1024;

/// The general JSON serialisation (RFC 7515 section 7.2.1).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct General {
    pub(super) payload: String,
    pub(super) signatures: Vec<Signature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signature {
    pub(super) protected: String,
    pub(super) signature: String,
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
pub(super) struct Claim {
    pub(super) kid: KeyId,
    pub(super) typ: String,
    pub(super) jwk: Option<PublicKey>,
}

impl General {
    /// Reads a file and demands that it is written as we would write it.
    pub(super) fn read(bytes: &[u8], max: usize) -> Result<Self, JwsError> {
        if bytes.len() > max {
            return Err(JwsError::TooLarge { max });
        }
        let file: Self = serde_json::from_slice(bytes).map_err(|_| JwsError::Form)?;
        if file.signatures.is_empty() || file.signatures.len() > MAX_SIGNATURES || file.write()? != bytes {
            return Err(JwsError::Form);
        }
        Ok(file)
    }

    pub(super) fn write(&self) -> Result<Vec<u8>, JwsError> {
        serde_json::to_vec(self).map_err(|_| JwsError::Form)
    }
}

impl Signature {
    /// The header, refused with the reason that says most.
    pub(super) fn claim(&self) -> Result<Claim, JwsError> {
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
    pub(super) fn verify<T: Signed>(&self, payload: &str, index: usize, signer: &PublicKey) -> Result<KeyId, JwsError> {
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

pub(super) fn protected<T: Signed>(signer: &PublicKey, id: &KeyId) -> Result<String, JwsError> {
    let jwk = T::CARRIES_KEY.then(|| signer.clone());
    let header = Header { alg: "ES256", jwk, kid: id.as_str(), typ: T::TYP };
    Ok(URL_SAFE_NO_PAD.encode(header.write()?))
}

/// RFC 7515 section 5.1, step 8.
pub(super) fn signing_input(protected: &str, payload: &str) -> Vec<u8> {
    [protected.as_bytes(), b".", payload.as_bytes()].concat()
}

/// Strict base64url: no padding, no other characters, no bits beyond the last byte.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, JwsError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| JwsError::Form)
}
