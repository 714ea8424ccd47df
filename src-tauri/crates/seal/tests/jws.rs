//! Every way to break a signed file, by name, with the code that it gives.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")]

mod support;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use review::{
    roster::{Card, PublicKey},
    sheet::{Absence, Sheet},
};
use seal::{
    jws::{self, JwsError, Signed, Verified},
    key::{SigningKey, SystemRandom, key_id, sha256},
};
use support::{card, craft, file, new_key, parts, sheet, sheet_header};

fn signed_sheet(key: &SigningKey) -> Vec<u8> {
    jws::sign(&sheet(key), key, &SystemRandom::new()).unwrap()
}

fn verify(bytes: &[u8], key: &SigningKey) -> Result<Verified<Sheet>, JwsError> {
    jws::verify(bytes, &[key.public()])
}

fn refused(bytes: &[u8], key: &SigningKey) -> JwsError {
    verify(bytes, key).expect_err("is refused")
}

fn payload(key: &SigningKey) -> String {
    serde_json::to_string(&sheet(key)).unwrap()
}

/// The code for a sheet that is validly signed under another header.
fn header_code(header: &str, key: &SigningKey) -> &'static str {
    refused(&craft(header, payload(key).as_bytes(), key), key).code()
}

/// The code for a validly signed sheet with another payload.
fn payload_code(payload: &[u8], key: &SigningKey) -> &'static str {
    refused(&craft(&sheet_header(key), payload, key), key).code()
}

#[test]
fn a_signed_sheet_reads_back_with_its_bytes_digest_and_signer() {
    let key = new_key();
    let bytes = signed_sheet(&key);
    let verified = verify(&bytes, &key).unwrap();
    assert_eq!(*verified.value(), sheet(&key));
    assert_eq!(verified.bytes(), bytes);
    assert_eq!(verified.digest(), sha256(&bytes));
    assert_eq!(verified.signers(), [key.id().clone()]);
}

#[test]
fn the_form_is_exactly_the_documented_one() {
    let key = new_key();
    let bytes = signed_sheet(&key);
    let (payload_text, protected, signature) = parts(&bytes);
    assert_eq!(bytes, file(&payload_text, &[(&protected, &signature)]));
    assert_eq!(URL_SAFE_NO_PAD.decode(protected).unwrap(), sheet_header(&key).into_bytes());
    assert_eq!(URL_SAFE_NO_PAD.decode(payload_text).unwrap(), payload(&key).into_bytes());
    assert!(
        verify(&craft(&sheet_header(&key), payload(&key).as_bytes(), &key), &key).is_ok(),
        "the crafted one is valid"
    );
}

#[test]
fn every_single_flipped_bit_is_refused() {
    let key = new_key();
    let mut bytes = signed_sheet(&key);
    for at in 0..bytes.len() {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            assert!(verify(&bytes, &key).is_err(), "byte {at}, bit {bit}");
            bytes[at] ^= 1 << bit;
        }
    }
    assert!(verify(&bytes, &key).is_ok());
}

#[test]
fn a_cut_or_lengthened_file_is_refused() {
    let key = new_key();
    let bytes = signed_sheet(&key);
    for end in 0..bytes.len() {
        assert_eq!(refused(&bytes[..end], &key), JwsError::Form, "{end} bytes");
    }
    for more in [" ", "\n", "\0", "{}"] {
        assert_eq!(refused(&[&bytes, more.as_bytes()].concat(), &key), JwsError::Form);
    }
}

#[test]
fn another_spelling_of_the_same_file_is_refused() {
    let key = new_key();
    let bytes = signed_sheet(&key);
    let text = String::from_utf8(bytes.clone()).unwrap();
    let (payload, protected, signature) = parts(&bytes);
    for other in [
        format!(" {text}"),
        format!("\u{feff}{text}"),
        text.replacen("\":", "\": ", 1),
        text.replacen("payload", "p\\u0061yload", 1),
        format!(r#"{{"signatures":[{{"protected":"{protected}","signature":"{signature}"}}],"payload":"{payload}"}}"#),
        format!(r#"{{"payload":"{payload}","signatures":[{{"signature":"{signature}","protected":"{protected}"}}]}}"#),
        format!(r#"{{"payload":"{payload}","payload":"{payload}","signatures":[]}}"#),
        format!(r#"{{"payload":"{payload}","signatures":[]}}"#),
        format!(r#"{{"payload":"{payload}","protected":"{protected}","signature":"{signature}"}}"#),
        format!("{protected}.{payload}.{signature}"),
        text.replacen("\"signature\":", "\"header\":{},\"signature\":", 1),
        format!(r#"["{payload}",[["{protected}","{signature}"]]]"#),
        "[".repeat(100_000),
    ] {
        assert_eq!(refused(other.as_bytes(), &key), JwsError::Form, "{other}");
    }
}

#[test]
fn base64url_has_one_spelling() {
    let key = new_key();
    let (payload, protected, signature) = parts(&signed_sheet(&key));
    let padded = format!("{signature}==");
    let plain = signature.replace('-', "+").replace('_', "/") + "+";
    // The last of 86 characters carries four bits that no byte uses.
    let last = signature.chars().last().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let place = alphabet.find(last).unwrap();
    let trailing = format!("{}{}", &signature[..85], &alphabet[place + 1..=place + 1]);
    for wrong in [padded, plain, trailing, format!("{signature} "), format!("\\n{signature}")] {
        assert_eq!(refused(&file(&payload, &[(&protected, &wrong)]), &key), JwsError::Form, "{wrong}");
    }
}

#[test]
fn a_file_over_its_kinds_size_is_refused_unread() {
    let key = new_key();
    let bytes = vec![b' '; Sheet::MAX_BYTES + 1];
    assert_eq!(refused(&bytes, &key), JwsError::TooLarge { max: Sheet::MAX_BYTES });
    assert_eq!(jws::kids(&bytes, Sheet::MAX_BYTES), Err(JwsError::TooLarge { max: Sheet::MAX_BYTES }));
}

#[test]
fn a_sheet_too_large_to_be_read_is_not_signed() {
    let key = new_key();
    let mut large = sheet(&key);
    large.software = "x".repeat(Sheet::MAX_BYTES);
    let signed = jws::sign(&large, &key, &SystemRandom::new());
    assert_eq!(signed, Err(JwsError::TooLarge { max: Sheet::MAX_BYTES }));
}

#[test]
fn another_algorithm_is_refused() {
    let key = new_key();
    for alg in ["none", "HS256", "RS256", "ES384", "es256", ""] {
        assert_eq!(header_code(&sheet_header(&key).replace("ES256", alg), &key), "JWS_ALG", "{alg}");
    }
    assert_eq!(header_code(&sheet_header(&key).replace(r#""alg":"ES256","#, ""), &key), "JWS_ALG");
}

#[test]
fn another_kind_is_refused() {
    let key = new_key();
    let absence = sheet_header(&key).replace("hengjian-sheet+jws", "hengjian-absence+jws");
    assert_eq!(header_code(&absence, &key), "JWS_TYP");
    let verified = jws::verify::<Absence>(&signed_sheet(&key), &[key.public()]);
    assert_eq!(verified.err(), Some(JwsError::Typ));
}

#[test]
fn a_header_that_brings_a_key_is_refused() {
    let key = new_key();
    let jwk = serde_json::to_string(key.public()).unwrap();
    let header = sheet_header(&key);
    assert_eq!(header_code(&header.replace(r#","kid""#, &format!(r#","jwk":{jwk},"kid""#)), &key), "JWS_HEADER_KEY");
    for name in ["jku", "x5u", "x5c", "x5t", "x5t#S256"] {
        let brings = header.replace('}', &format!(r#","{name}":"https://example.invalid/"}}"#));
        assert_eq!(header_code(&brings, &key), "JWS_HEADER_KEY", "{name}");
    }
}

#[test]
fn a_header_that_demands_an_extension_is_refused() {
    let key = new_key();
    assert_eq!(header_code(&sheet_header(&key).replace('}', r#","crit":["exp"],"exp":1}"#), &key), "JWS_CRIT");
}

#[test]
fn a_header_with_more_or_otherwise_written_members_is_refused() {
    let key = new_key();
    let header = sheet_header(&key);
    for other in [
        header.replace('}', r#","cty":"json"}"#),
        header.replace('}', r#","b64":true}"#),
        header.replace(':', ": "),
        format!(r#"{{"kid":"{}","alg":"ES256","typ":"hengjian-sheet+jws"}}"#, key.id()),
        header.replace('}', r#","typ":"hengjian-sheet+jws"}"#),
        header.replace(&format!(r#""kid":"{}","#, key.id()), ""),
        format!("{header} "),
        "[]".to_owned(),
        String::new(),
        header.replace('}', &format!(r#","cty":"{}"}}"#, "x".repeat(2000))),
    ] {
        assert_eq!(header_code(&other, &key), "JWS_HEADER", "{other}");
    }
}

#[test]
fn a_sheet_signed_by_someone_else_is_refused() {
    let (key, other) = (new_key(), new_key());
    assert_eq!(refused(&signed_sheet(&other), &key), JwsError::Signer { index: 0 });
    // Signed by the other under the first one's name.
    let posed = craft(&sheet_header(&key), payload(&key).as_bytes(), &other);
    assert_eq!(refused(&posed, &key), JwsError::Signature { index: 0 });
}

#[test]
fn a_signature_over_another_payload_is_refused() {
    let key = new_key();
    let (_, protected, signature) = parts(&signed_sheet(&key));
    let mut other = sheet(&key);
    other.seq = 2;
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&other).unwrap());
    assert_eq!(refused(&file(&payload, &[(&protected, &signature)]), &key), JwsError::Signature { index: 0 });
}

#[test]
fn the_signature_is_checked_before_the_payload_is_parsed() {
    let (key, other) = (new_key(), new_key());
    let posed = craft(&sheet_header(&key), b"not JSON", &other);
    assert_eq!(refused(&posed, &key), JwsError::Signature { index: 0 });
    assert_eq!(payload_code(b"not JSON", &key), "JWS_PAYLOAD");
}

#[test]
fn a_signature_of_another_length_or_of_zeros_is_refused() {
    let key = new_key();
    let (payload, protected, _) = parts(&signed_sheet(&key));
    for wrong in [vec![], vec![1; 63], vec![1; 65], vec![0; 64]] {
        let signature = URL_SAFE_NO_PAD.encode(&wrong);
        let code = refused(&file(&payload, &[(&protected, &signature)]), &key);
        assert_eq!(code, JwsError::Signature { index: 0 }, "{} bytes", wrong.len());
    }
}

#[test]
fn signatures_are_made_low_and_the_high_form_is_refused() {
    const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let order: Vec<u8> = (0..32).map(|i| u8::from_str_radix(&ORDER[2 * i..2 * i + 2], 16).unwrap()).collect();
    let key = new_key();
    for _ in 0..40 {
        let (payload, protected, signature) = parts(&signed_sheet(&key));
        let mut raw = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let mut borrow = 0;
        for at in (0..32).rev() {
            let difference = i32::from(order[at]) - i32::from(raw[32 + at]) - borrow;
            borrow = i32::from(difference < 0);
            raw[32 + at] = u8::try_from(difference.rem_euclid(256)).unwrap();
        }
        let high = file(&payload, &[(&protected, &URL_SAFE_NO_PAD.encode(raw))]);
        assert_eq!(refused(&high, &key), JwsError::HighS { index: 0 });
    }
}

#[test]
fn a_payload_beyond_the_profile_is_refused_although_signed() {
    let key = new_key();
    let json = payload(&key);
    let with = |more: &str| json.replacen('{', &format!("{{{more},"), 1).into_bytes();
    assert_eq!(payload_code(&with(r#""seq":1"#), &key), "JWS_DUPLICATE_KEY");
    assert_eq!(payload_code(&with(r#""note":{"a":1,"a":2}"#), &key), "JWS_DUPLICATE_KEY");
    assert_eq!(payload_code(&with(r#""note":1"#), &key), "JWS_PAYLOAD");
    assert_eq!(payload_code(json.replace(r#""seq":1"#, r#""seq":1.0"#).as_bytes(), &key), "JWS_FLOAT");
    assert_eq!(payload_code(json.replace(r#""seq":1"#, r#""seq":1e0"#).as_bytes(), &key), "JWS_FLOAT");
    assert_eq!(payload_code(json.replace(r#""seq":1"#, r#""seq":-1"#).as_bytes(), &key), "JWS_PAYLOAD");
    assert_eq!(payload_code(json.replace(r#""seq":1,"#, "").as_bytes(), &key), "JWS_PAYLOAD");
    assert_eq!(payload_code(&[json.as_bytes(), b"{}"].concat(), &key), "JWS_PAYLOAD");
    assert_eq!(payload_code(&[json.as_bytes(), b"\xff"].concat(), &key), "JWS_UTF8");
    let deep = format!(r#""note":{}{}"#, "[".repeat(16), "]".repeat(16));
    assert_eq!(payload_code(&with(&deep), &key), "JWS_NESTING");
    assert_eq!(payload_code(b"", &key), "JWS_PAYLOAD");
}

#[test]
fn two_signers_are_verified_in_their_order_and_number() {
    let (first, second, third) = (new_key(), new_key(), new_key());
    let random = SystemRandom::new();
    let one = signed_sheet(&first);
    let both = jws::cosign::<Sheet>(&one, &second, &random).unwrap();
    let read = |bytes: &[u8], keys: &[&PublicKey]| jws::verify::<Sheet>(bytes, keys);

    let verified = read(&both, &[first.public(), second.public()]).unwrap();
    assert_eq!(verified.signers(), [first.id().clone(), second.id().clone()]);
    assert_eq!(parts(&one).0, parts(&both).0, "the payload is the same");
    assert_eq!(jws::kids(&both, Sheet::MAX_BYTES).unwrap(), verified.signers());

    let refused = |bytes: &[u8], keys: &[&PublicKey]| read(bytes, keys).expect_err("is refused");
    assert_eq!(refused(&both, &[second.public(), first.public()]), JwsError::Signer { index: 0 });
    assert_eq!(refused(&both, &[first.public(), third.public()]), JwsError::Signer { index: 1 });
    assert_eq!(refused(&both, &[first.public()]), JwsError::Signer { index: 1 });
    assert_eq!(refused(&one, &[first.public(), second.public()]), JwsError::Signer { index: 1 });
    assert_eq!(refused(&both, &[]), JwsError::Signer { index: 0 });
    let again = jws::cosign::<Sheet>(&both, &first, &random);
    assert_eq!(again, Err(JwsError::Signer { index: 0 }), "nobody signs twice");
}

#[test]
fn every_flipped_bit_of_a_second_signature_is_refused() {
    let (first, second) = (new_key(), new_key());
    let mut bytes = jws::cosign::<Sheet>(&signed_sheet(&first), &second, &SystemRandom::new()).unwrap();
    let from = bytes.len() - 300;
    for at in from..bytes.len() {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            assert!(jws::verify::<Sheet>(&bytes, &[first.public(), second.public()]).is_err(), "byte {at}, bit {bit}");
            bytes[at] ^= 1 << bit;
        }
    }
}

#[test]
fn a_file_of_another_kind_is_not_cosigned() {
    let (first, second) = (new_key(), new_key());
    let cosigned = jws::cosign::<Absence>(&signed_sheet(&first), &second, &SystemRandom::new());
    assert_eq!(cosigned, Err(JwsError::Typ));
}

#[test]
fn claims_say_kind_and_keys_without_trust() {
    let key = new_key();
    let (payload, protected, _) = parts(&signed_sheet(&key));
    let claims = jws::claims(&file(&payload, &[(&protected, "")]), Sheet::MAX_BYTES).unwrap();
    assert_eq!(claims.typ, Sheet::TYP);
    assert_eq!(claims.kids, [key.id().clone()]);
    let absence = URL_SAFE_NO_PAD.encode(sheet_header(&key).replace("sheet", "absence"));
    let mixed = file(&payload, &[(&protected, ""), (&absence, "")]);
    assert_eq!(jws::claims(&mixed, Sheet::MAX_BYTES), Err(JwsError::Typ));
}

#[test]
fn a_malformed_key_is_refused_before_anything_is_computed() {
    let key = new_key();
    let mut wrong = key.public().clone();
    wrong.y.truncate(42);
    let header = format!(r#"{{"alg":"ES256","kid":"{}","typ":"hengjian-sheet+jws"}}"#, key_id(&wrong));
    let bytes = craft(&header, payload(&key).as_bytes(), &key);
    assert_eq!(jws::verify::<Sheet>(&bytes, &[&wrong]).err(), Some(JwsError::Key));
}

#[test]
fn a_card_is_read_by_the_key_it_offers() {
    let key = new_key();
    let bytes = jws::sign(&card(&key), &key, &SystemRandom::new()).unwrap();
    let read = jws::read_card(&bytes).unwrap();
    assert_eq!(*read.value(), card(&key));
    assert_eq!(read.signers(), [key.id().clone()]);
    assert_eq!(jws::verify::<Card>(&bytes, &[key.public()]).unwrap().digest(), read.digest());
}

#[test]
fn every_single_flipped_bit_of_a_card_is_refused() {
    let key = new_key();
    let mut bytes = jws::sign(&card(&key), &key, &SystemRandom::new()).unwrap();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            assert!(jws::read_card(&bytes).is_err(), "byte {at}, bit {bit}");
            bytes[at] ^= 1 << bit;
        }
    }
}

#[test]
fn a_card_for_another_persons_key_is_refused() {
    let (key, other) = (new_key(), new_key());
    let random = SystemRandom::new();
    let stolen = jws::sign(&card(&other), &key, &random).unwrap();
    assert_eq!(jws::read_card(&stolen).err(), Some(JwsError::Card));
    let mut misnamed = card(&key);
    misnamed.person.key = other.id().clone();
    assert_eq!(jws::read_card(&jws::sign(&misnamed, &key, &random).unwrap()).err(), Some(JwsError::Card));
}

#[test]
fn a_card_whose_header_lacks_the_key_or_names_another_is_refused() {
    let (key, other) = (new_key(), new_key());
    let payload = serde_json::to_vec(&card(&key)).unwrap();
    let bare = format!(r#"{{"alg":"ES256","kid":"{}","typ":"hengjian-card+jws"}}"#, key.id());
    assert_eq!(jws::read_card(&craft(&bare, &payload, &key)).err(), Some(JwsError::Header));
    let jwk = serde_json::to_string(key.public()).unwrap();
    let misnamed = format!(r#"{{"alg":"ES256","jwk":{jwk},"kid":"{}","typ":"hengjian-card+jws"}}"#, other.id());
    let refused = jws::read_card(&craft(&misnamed, &payload, &key)).err();
    assert_eq!(refused, Some(JwsError::Signer { index: 0 }));
}

#[test]
fn a_sheet_is_no_card() {
    let key = new_key();
    assert_eq!(jws::read_card(&signed_sheet(&key)).err(), Some(JwsError::Header));
}

#[test]
fn nothing_of_a_value_shows_in_debug_output() {
    let key = new_key();
    let shown = format!("{:?}", verify(&signed_sheet(&key), &key).unwrap());
    assert!(!shown.contains('好') && shown.contains(key.id().as_str()), "{shown}");
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        let key = new_key();
        proptest::prop_assert!(verify(&bytes, &key).is_err());
        proptest::prop_assert!(jws::read_card(&bytes).is_err());
    }

    #[test]
    fn no_signed_payload_makes_the_reader_panic(payload in r#"[\[\]{}":,0-9a-z\\ .-]{0,60}"#) {
        let key = new_key();
        proptest::prop_assert!(verify(&craft(&sheet_header(&key), payload.as_bytes(), &key), &key).is_err());
    }
}

#[test]
fn a_card_made_by_other_software_to_the_documented_form_is_read() {
    // Python's json, jwcrypto (thumbprint) and cryptography (ECDSA), with the key of RFC 7515 appendix A.3.
    let read = jws::read_card(include_bytes!("card_made_elsewhere.hjcard")).unwrap();
    assert_eq!(read.person.name, "乙某某");
    assert_eq!(read.signers()[0].as_str(), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
}
