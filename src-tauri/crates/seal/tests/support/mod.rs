//! What the tests of this crate share: keys, small things to sign, and signed files made wrong on purpose.
#![allow(dead_code, reason = "each test file uses its part")]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use review::{
    ids::Digest,
    points::Points,
    roster::{Card, Person, Role},
    sheet::{Binding, DossierRef, Scoring, Sheet, Statement},
    unit::Unit,
};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use seal::key::{SigningKey, SystemRandom};

/// The header that a sheet must have.
pub fn sheet_header(key: &SigningKey) -> String {
    format!(r#"{{"alg":"ES256","kid":"{}","typ":"hengjian-sheet+jws"}}"#, key.id())
}

pub fn new_key() -> SigningKey {
    SigningKey::generate(&SystemRandom::new()).unwrap()
}

pub fn card(key: &SigningKey) -> Card {
    Card {
        person: Person {
            key: key.id().clone(),
            jwk: key.public().clone(),
            name: "甲某某".to_owned(),
            unit: Unit { name: "示例大学".to_owned(), code: None },
            title: "教授".to_owned(),
        },
        roles: vec![Role::Expert],
        made_at: "2024-05-01T09:00:00+08:00".parse().unwrap(),
    }
}

pub fn sheet(key: &SigningKey) -> Sheet {
    let digest = |byte| Digest([byte; 32]);
    Sheet {
        id: "s-1".parse().unwrap(),
        binding: Binding {
            round: "r-1".parse().unwrap(),
            round_digest: digest(1),
            roster_digest: digest(2),
            rulebook_digest: digest(3),
            scheme_digest: digest(4),
        },
        dossier: DossierRef { centre: "c-1".parse().unwrap(), version: 1, manifest: digest(5) },
        expert: key.id().clone(),
        seq: 1,
        supersedes: vec![],
        statement: Statement::Scoring(Scoring {
            scores: ["8.5", "21", "21.5", "12", "12.5", "9"].map(|s| s.parse::<Points>().unwrap()),
            comments: Default::default(),
            evidence: vec![],
            recommended: None,
            opinion: "好".to_owned(),
        }),
        salt: "AAAAAAAAAAAAAAAAAAAAAA".parse().unwrap(),
        software: "hengjian 0.1.0".to_owned(),
        signed_at: "2024-05-01T09:00:00+08:00".parse().unwrap(),
    }
}

/// A file with one signature over any header and payload, the signature valid and low.
pub fn craft(header: &str, payload: &[u8], key: &SigningKey) -> Vec<u8> {
    let (protected, payload) = (URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let random = SystemRandom::new();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key.to_pkcs8(), &random).unwrap();
    let signature = loop {
        let signature = pair.sign(&random, format!("{protected}.{payload}").as_bytes()).unwrap();
        // S below 0x7f… is low beyond doubt; about every second one is.
        if signature.as_ref()[32] < 0x7f {
            break URL_SAFE_NO_PAD.encode(signature);
        }
    };
    file(&payload, &[(&protected, &signature)])
}

/// The general serialisation of these parts, whatever they are.
pub fn file(payload: &str, signatures: &[(&str, &str)]) -> Vec<u8> {
    let signatures: Vec<String> =
        signatures.iter().map(|(p, s)| format!(r#"{{"protected":"{p}","signature":"{s}"}}"#)).collect();
    format!(r#"{{"payload":"{payload}","signatures":[{}]}}"#, signatures.join(",")).into_bytes()
}

/// Payload, protected header and signature of a file with one signature.
pub fn parts(bytes: &[u8]) -> (String, String, String) {
    let value: serde_json::Value = serde_json::from_slice(bytes).unwrap();
    let text = |v: &serde_json::Value| v.as_str().unwrap().to_owned();
    let signature = &value["signatures"][0];
    (text(&value["payload"]), text(&signature["protected"]), text(&signature["signature"]))
}
