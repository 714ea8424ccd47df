//! Enrolment cards: the one place where a key is read from a header, and so the one with most to go wrong.

use std::fs;

use desk::{common, secretary};
use review::{
    roster::{Card, Person, PublicKey, Role},
    unit::Unit,
};
use seal::{
    jws::Signed,
    key::{SigningKey, SystemRandom, key_id},
};

use crate::{
    fixture::{Hall, Plan, signed},
    forge::{Parts, forge, header, other_first},
    wording::has_a_sentence,
};

fn card(key: &SigningKey) -> Card {
    let person = Person {
        key: key.id().clone(),
        jwk: key.public().clone(),
        name: "新专家".to_owned(),
        unit: Unit { name: "示例单位".to_owned(), code: None },
        title: String::new(),
    };
    Card { person, roles: vec![Role::Expert], made_at: "2025-06-01T09:00:00+08:00".parse().unwrap() }
}

/// The header of a card that offers a key.
fn offering(jwk: &PublicKey, kid: &str) -> String {
    format!(r#"{{"alg":"ES256","jwk":{},"kid":"{kid}","typ":"{}"}}"#, serde_json::to_string(jwk).unwrap(), Card::TYP)
}

#[test]
fn a_card_whose_key_signature_and_person_do_not_belong_together_is_refused_and_the_rest_come_in() {
    let mut hall = Hall::issued(&Plan::of(9, 1));
    let random = SystemRandom::new();
    let [key, other] = [0, 1].map(|_| SigningKey::generate(&random).unwrap());
    let sound = signed(&card(&key), &key);
    let json = serde_json::to_vec(&card(&key)).unwrap();
    let kid = key.id().as_str();
    let part = || Parts::of(&sound);
    let with_key = |jwk: PublicKey| forge(&offering(&jwk, key_id(&jwk).as_str()), &json, &key);
    let public = || key.public().clone();
    let mut renamed = card(&key);
    renamed.person.name = "冒名者".to_owned();
    let rows: Vec<(&str, &str, Vec<u8>)> = vec![
        ("altered", "JWS_SIGNATURE", Parts { payload: other_first(&part().payload), ..part() }.file()),
        ("signature_altered", "JWS_SIGNATURE", Parts { signature: other_first(&part().signature), ..part() }.file()),
        ("renamed_by_another", "JWS_SIGNATURE", {
            forge(&offering(key.public(), kid), &serde_json::to_vec(&renamed).unwrap(), &other)
        }),
        ("for_a_key_of_another", "JWS_CARD", forge(&offering(other.public(), other.id().as_str()), &json, &other)),
        ("under_another_thumbprint", "JWS_SIGNER", forge(&offering(key.public(), other.id().as_str()), &json, &key)),
        ("without_a_key", "JWS_HEADER", forge(&header::<Card>(&key), &json, &key)),
        ("with_the_key_of_another_curve", "JWS_KEY", with_key(PublicKey { crv: "P-384".to_owned(), ..public() })),
        ("with_a_key_of_another_type", "JWS_KEY", with_key(PublicKey { kty: "RSA".to_owned(), ..public() })),
        ("with_a_short_key", "JWS_KEY", with_key(PublicKey { x: "AAAA".to_owned(), ..public() })),
        ("with_a_padded_key", "JWS_KEY", with_key(PublicKey { x: format!("{}=", public().x), ..public() })),
        ("off_the_curve", "JWS_SIGNATURE", with_key(PublicKey { y: "A".repeat(43), ..public() })),
        ("of_another_kind", "JWS_HEADER_KEY", {
            forge(&offering(key.public(), kid).replace(Card::TYP, "hengjian-sheet+jws"), &json, &key)
        }),
        ("by_nobody", "JWS_ALG", {
            let header = offering(key.public(), kid).replace("ES256", "none");
            Parts { protected: crate::forge::b64(header), signature: String::new(), ..part() }.file()
        }),
        ("empty", "JWS_FORM", vec![]),
        ("large", "JWS_TOO_LARGE", vec![b' '; Card::MAX_BYTES + 1]),
    ];
    let mut wrong = vec![];
    for (name, code, bytes) in rows {
        let folder = hall.place(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(format!("{name}.hjcard")), &bytes).unwrap();
        let colleague = SigningKey::generate(&random).unwrap();
        fs::write(folder.join("同事.hjcard"), signed(&card(&colleague), &colleague)).unwrap();
        for accepted in [1, 0] {
            let report = secretary::import_cards(hall.secretary(), std::slice::from_ref(&folder)).unwrap();
            let codes: Vec<_> = report.problems.iter().map(|problem| problem.error.code.as_str()).collect();
            if codes != [code] || (report.accepted, report.already_here) != (accepted, 1 - accepted) {
                wrong.push(format!("{name}: {codes:?} instead of {code}; {} accepted", report.accepted));
            }
        }
        has_a_sentence(code);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));

    let path = hall.place("真.hjcard");
    fs::write(&path, &sound).unwrap();
    assert_eq!(secretary::import_cards(hall.secretary(), std::slice::from_ref(&path)).unwrap().accepted, 1);
    let before = common::check(hall.secretary()).unwrap().audit_head;
    assert_eq!(secretary::import_cards(hall.secretary(), &[path]).unwrap().already_here, 1);
    assert_eq!(common::check(hall.secretary()).unwrap().audit_head, before);
}
