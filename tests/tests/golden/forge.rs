//! Signed files that no desk would make.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use seal::{
    jws::Signed,
    key::{SigningKey, SystemRandom},
};

pub fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The header that a true file of that kind has.
pub fn header<T: Signed>(key: &SigningKey) -> String {
    format!(r#"{{"alg":"ES256","kid":"{}","typ":"{}"}}"#, key.id(), T::TYP)
}

/// Which of the two signatures with the same meaning.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum S {
    Low,
    High,
}

fn signature(protected: &str, payload: &str, key: &SigningKey, s: S) -> String {
    let random = SystemRandom::new();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key.to_pkcs8(), &random).unwrap();
    loop {
        let signature = pair.sign(&random, format!("{protected}.{payload}").as_bytes()).unwrap();
        // Half of the order begins with 7fff…: below 7f is low, from 80 on high, and every other one is either.
        let first = signature.as_ref()[32];
        if (s == S::Low && first < 0x7f) || (s == S::High && first >= 0x80) {
            return b64(signature);
        }
    }
}

/// A file with these headers, each signed by its key over any payload.
pub fn forge_by(signers: &[(&str, &SigningKey)], payload: &[u8], s: S) -> Vec<u8> {
    let payload = b64(payload);
    let signatures: Vec<String> = signers
        .iter()
        .map(|(header, key)| {
            let protected = b64(header);
            let signature = signature(&protected, &payload, key, s);
            format!(r#"{{"protected":"{protected}","signature":"{signature}"}}"#)
        })
        .collect();
    format!(r#"{{"payload":"{payload}","signatures":[{}]}}"#, signatures.join(",")).into_bytes()
}

/// A file with one truly signed header and payload, whatever they say.
pub fn forge(header: &str, payload: &[u8], key: &SigningKey) -> Vec<u8> {
    forge_by(&[(header, key)], payload, S::Low)
}

/// The parts of a file with one signature, as they stand in it.
pub struct Parts {
    pub payload: String,
    pub protected: String,
    pub signature: String,
}

impl Parts {
    pub fn of(file: &[u8]) -> Self {
        let value: serde_json::Value = serde_json::from_slice(file).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let signature = &value["signatures"][0];
        Self {
            payload: text(&value["payload"]),
            protected: text(&signature["protected"]),
            signature: text(&signature["signature"]),
        }
    }

    pub fn file(&self) -> Vec<u8> {
        let Self { payload, protected, signature } = self;
        format!(r#"{{"payload":"{payload}","signatures":[{{"protected":"{protected}","signature":"{signature}"}}]}}"#)
            .into_bytes()
    }
}

/// The text with its first character of base64url replaced by another.
pub fn other_first(text: &str) -> String {
    let first = if text.starts_with('A') { "B" } else { "A" };
    format!("{first}{}", &text[1..])
}
