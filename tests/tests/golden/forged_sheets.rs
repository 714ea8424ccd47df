//! Sheets whose form or signature is not what it must be.

use review::{roster::Card, sheet::Absence, sheet::Sheet};
use seal::{
    jws::Signed,
    key::{SigningKey, SystemRandom},
};

use crate::{
    fixture::signed,
    forge::{Parts, S, b64, forge, forge_by, header, other_first},
    sheets::{Broken, Content, EXPERT, Stage, refused},
};

#[test]
fn a_sheet_altered_anywhere_is_refused() {
    let stage = Stage::new();
    let sound = stage.changed(|_| {});
    let parts = || Parts::of(&sound);
    let half = sound.len() / 2;
    let rise = {
        let json = String::from_utf8(serde_json::to_vec(&stage.sheet()).unwrap()).unwrap();
        assert!(json.contains("\"scores\":[1000,"));
        Parts { payload: b64(json.replace("\"scores\":[1000,", "\"scores\":[1050,")), ..parts() }
    };
    let seconds_kid = header::<Sheet>(&stage.keys.experts[4]);
    let spaced = String::from_utf8(sound.clone()).unwrap().replace("\",\"", "\", \"").into_bytes();
    let payload_twice = {
        let Parts { payload, .. } = parts();
        let text = String::from_utf8(sound.clone()).unwrap();
        text.replacen('{', &format!("{{\"payload\":\"{payload}\","), 1).into_bytes()
    };
    stage.try_all(&[
        refused("payload_altered", "JWS_SIGNATURE", rise.file()),
        refused("payload_of_other_bytes", "JWS_SIGNATURE", {
            let part = parts();
            Parts { payload: other_first(&part.payload), ..part }.file()
        }),
        refused("signature_altered", "JWS_SIGNATURE", {
            let part = parts();
            Parts { signature: other_first(&part.signature), ..part }.file()
        }),
        refused("signature_of_nought", "JWS_SIGNATURE", Parts { signature: b64([0; 64]), ..parts() }.file()),
        refused("signature_too_short", "JWS_SIGNATURE", Parts { signature: b64([1; 63]), ..parts() }.file()),
        refused("signature_empty", "JWS_SIGNATURE", Parts { signature: String::new(), ..parts() }.file()),
        refused("header_altered", "JWS_SIGNATURE", Parts { protected: b64(seconds_kid), ..parts() }.file()),
        refused("header_no_json", "JWS_HEADER", Parts { protected: b64("kid"), ..parts() }.file()),
        refused("truncated", "JWS_FORM", sound[..half].to_vec()),
        refused("truncated_by_a_byte", "JWS_FORM", sound[..sound.len() - 1].to_vec()),
        refused("trailing_line", "JWS_FORM", [&sound[..], b"\n"].concat()),
        refused("trailing_bytes", "JWS_FORM", [&sound[..], &sound[..]].concat()),
        refused("leading_mark", "JWS_FORM", [b"\xef\xbb\xbf", &sound[..]].concat()),
        refused("spaced", "JWS_FORM", spaced),
        refused("member_twice", "JWS_FORM", payload_twice),
        refused(
            "payload_padded",
            "JWS_SIGNATURE",
            Parts { payload: format!("{}=", parts().payload), ..parts() }.file(),
        ),
        refused(
            "signature_padded",
            "JWS_FORM",
            Parts { signature: format!("{}==", parts().signature), ..parts() }.file(),
        ),
        refused("high_s", "JWS_HIGH_S", {
            let json = serde_json::to_vec(&stage.sheet()).unwrap();
            forge_by(&[(&header::<Sheet>(stage.key()), stage.key())], &json, S::High)
        }),
    ]);
}

#[test]
fn a_sheet_by_another_than_its_expert_is_refused() {
    let stage = Stage::new();
    let stranger = SigningKey::generate(&SystemRandom::new()).unwrap();
    let (own, colleague) = (stage.key(), &stage.keys.experts[4]);
    let sheet = stage.sheet();
    let json = serde_json::to_vec(&sheet).unwrap();
    let mut of_stranger = stage.sheet();
    of_stranger.expert = stranger.id().clone();
    let two = [(header::<Sheet>(own), own), (header::<Sheet>(colleague), colleague)];
    let two = two.each_ref().map(|(header, key)| (header.as_str(), *key));
    stage.try_all(&[
        refused("signed_by_a_stranger", "SHEET_SIGNER", signed(&of_stranger, &stranger)),
        refused("signed_by_a_stranger_in_his_name", "SHEET_SIGNER", signed(&sheet, &stranger)),
        refused("signed_by_a_stranger_under_his_key", "JWS_SIGNATURE", forge(&header::<Sheet>(own), &json, &stranger)),
        refused("signed_by_a_colleague_in_his_name", "SHEET_SIGNER", signed(&sheet, colleague)),
        refused("signed_by_the_secretary_in_his_name", "SHEET_SIGNER", signed(&sheet, &stage.keys.secretary)),
        refused("signed_by_the_bureau_in_his_name", "SHEET_SIGNER", signed(&sheet, &stage.keys.bureau)),
        refused("signed_by_two", "JWS_SIGNER", forge_by(&two, &json, S::Low)),
        refused("signed_by_him_twice", "JWS_SIGNER", forge_by(&[two[0], two[0]], &json, S::Low)),
    ]);
}

#[test]
fn a_header_that_says_more_or_less_than_it_may_is_refused() {
    let stage = Stage::new();
    let (key, kid, typ) = (stage.key(), stage.key().id(), Sheet::TYP);
    let json = serde_json::to_vec(&stage.sheet()).unwrap();
    let jwk = serde_json::to_string(key.public()).unwrap();
    let row = |name, code, header: String| refused(name, code, forge(&header, &json, key));
    let with = |member: &str| format!(r#"{{"alg":"ES256",{member},"kid":"{kid}","typ":"{typ}"}}"#);
    let unsigned = Parts {
        protected: b64(format!(r#"{{"alg":"none","kid":"{kid}","typ":"{typ}"}}"#)),
        payload: b64(&json),
        signature: String::new(),
    };
    stage.try_all(&[
        refused("alg_none", "JWS_ALG", unsigned.file()),
        row("alg_none_signed", "JWS_ALG", format!(r#"{{"alg":"none","kid":"{kid}","typ":"{typ}"}}"#)),
        row("alg_hs256", "JWS_ALG", format!(r#"{{"alg":"HS256","kid":"{kid}","typ":"{typ}"}}"#)),
        row("alg_es384", "JWS_ALG", format!(r#"{{"alg":"ES384","kid":"{kid}","typ":"{typ}"}}"#)),
        row("alg_in_small_letters", "JWS_ALG", format!(r#"{{"alg":"es256","kid":"{kid}","typ":"{typ}"}}"#)),
        row("alg_missing", "JWS_ALG", format!(r#"{{"kid":"{kid}","typ":"{typ}"}}"#)),
        row("header_jwk", "JWS_HEADER_KEY", with(&format!(r#""jwk":{jwk}"#))),
        row("header_jku", "JWS_HEADER_KEY", with(r#""jku":"https://example.invalid/key""#)),
        row("header_x5u", "JWS_HEADER_KEY", with(r#""x5u":"https://example.invalid/key""#)),
        row("header_x5c", "JWS_HEADER_KEY", with(r#""x5c":["AAAA"]"#)),
        row("header_x5t", "JWS_HEADER_KEY", with(r#""x5t":"AAAA""#)),
        row("header_crit", "JWS_CRIT", with(r#""crit":["exp"],"exp":1"#)),
        row("header_b64", "JWS_HEADER", with(r#""b64":false"#)),
        row("header_in_another_order", "JWS_HEADER", format!(r#"{{"kid":"{kid}","alg":"ES256","typ":"{typ}"}}"#)),
        row("header_spaced", "JWS_HEADER", format!(r#"{{"alg": "ES256","kid":"{kid}","typ":"{typ}"}}"#)),
        row("header_kid_twice", "JWS_HEADER", with(&format!(r#""kid":"{}""#, stage.keys.experts[4].id()))),
        row("header_without_kid", "JWS_HEADER", format!(r#"{{"alg":"ES256","typ":"{typ}"}}"#)),
        row("header_kid_of_nobody", "SHEET_SIGNER", format!(r#"{{"alg":"ES256","kid":"nobody","typ":"{typ}"}}"#)),
        row("header_without_end", "JWS_HEADER", with(&format!(r#""cty":"{}""#, "a".repeat(4096)))),
        row("typ_of_an_absence", "JWS_TYP", header::<Absence>(key)),
        row("typ_of_a_roster", "JWS_TYP", header::<review::roster::Roster>(key)),
        row("typ_of_another_world", "JWS_TYP", format!(r#"{{"alg":"ES256","kid":"{kid}","typ":"JWT"}}"#)),
        row("typ_missing", "JWS_HEADER", format!(r#"{{"alg":"ES256","kid":"{kid}"}}"#)),
        row(
            "typ_of_a_card_with_a_key",
            "JWS_TYP",
            format!(r#"{{"alg":"ES256","jwk":{jwk},"kid":"{kid}","typ":"{}"}}"#, Card::TYP),
        ),
    ]);
}

#[test]
fn a_payload_that_can_be_read_in_two_ways_or_in_none_is_refused() {
    let stage = Stage::new();
    let key = stage.key();
    let json = String::from_utf8(serde_json::to_vec(&stage.sheet()).unwrap()).unwrap();
    let raw = |name, code, payload: &[u8]| refused(name, code, forge(&header::<Sheet>(key), payload, key));
    let row = |name, code, from: &str, to: &str| {
        assert!(json.contains(from), "{from} in {json}");
        raw(name, code, json.replacen(from, to, 1).as_bytes())
    };
    let absence = serde_json::json!({ "centre": "c-01" }).to_string();
    let nested = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    stage.try_all(&[
        row("key_twice", "JWS_DUPLICATE_KEY", "\"seq\":1", "\"seq\":1,\"seq\":2"),
        row("key_twice_under_another_spelling", "JWS_DUPLICATE_KEY", "\"seq\":1", "\"seq\":1,\"s\\u0065q\":2"),
        row("score_as_fraction", "JWS_FLOAT", "[1000,", "[1000.0,"),
        row("score_with_exponent", "JWS_FLOAT", "[1000,", "[1e3,"),
        row("score_below_nought", "JWS_PAYLOAD", "[1000,", "[-1000,"),
        row("score_beyond_its_type", "JWS_PAYLOAD", "[1000,", "[4294967296,"),
        row("score_as_text", "JWS_PAYLOAD", "[1000,", "[\"1000\","),
        row("five_scores", "JWS_PAYLOAD", "[1000,", "["),
        row("seven_scores", "JWS_PAYLOAD", "[1000,", "[1000,0,"),
        row("unknown_member", "JWS_PAYLOAD", "\"seq\":1", "\"seq\":1,\"weight\":9"),
        row("without_seq", "JWS_PAYLOAD", "\"seq\":1,", ""),
        row("bad_time", "JWS_PAYLOAD", "2025-06-18T10", "2025-02-30T10"),
        row("id_that_climbs", "JWS_PAYLOAD", "\"s-3-0\"", "\"../../x\""),
        raw("nested_deeply", "JWS_NESTING", nested.as_bytes()),
        raw("not_utf8", "JWS_UTF8", b"{\"id\":\"\xff\xfe\"}"),
        raw("not_json", "JWS_PAYLOAD", "评分表".as_bytes()),
        raw("payload_empty", "JWS_PAYLOAD", b""),
        raw("payload_with_an_end", "JWS_PAYLOAD", format!("{json}\n{{}}").as_bytes()),
        raw("of_another_kind", "JWS_PAYLOAD", absence.as_bytes()),
    ]);
}

#[test]
fn what_is_no_signed_file_at_all_is_refused_and_read_no_further_than_needed() {
    let stage = Stage::new();
    let sound = stage.changed(|_| {});
    let Parts { payload, protected, signature } = Parts::of(&sound);
    let flattened = format!(r#"{{"payload":"{payload}","protected":"{protected}","signature":"{signature}"}}"#);
    let unprotected = format!(
        r#"{{"payload":"{payload}","signatures":[{{"protected":"{protected}","header":{{}},"signature":"{signature}"}}]}}"#
    );
    let nine = vec![format!(r#"{{"protected":"{protected}","signature":"{signature}"}}"#); 9].join(",");
    let sparse = |name, size| Broken { files: vec![Content::Sparse(size)], ..refused(name, "JWS_TOO_LARGE", vec![]) };
    let absence = stage.meeting.panel().members[EXPERT].key.to_string();
    stage.try_all(&[
        refused("empty", "JWS_FORM", vec![]),
        refused("not_a_signed_file", "JWS_FORM", absence.into_bytes()),
        refused("a_pdf", "JWS_FORM", crate::fixture::pdf("")),
        refused("a_package", "JWS_FORM", b"PK\x03\x04".to_vec()),
        refused("compact", "JWS_FORM", format!("{protected}.{payload}.{signature}").into_bytes()),
        refused("flattened", "JWS_FORM", flattened.into_bytes()),
        refused("unprotected_header", "JWS_FORM", unprotected.into_bytes()),
        refused("without_signatures", "JWS_FORM", format!(r#"{{"payload":"{payload}","signatures":[]}}"#).into_bytes()),
        refused(
            "nine_signatures",
            "JWS_FORM",
            format!(r#"{{"payload":"{payload}","signatures":[{nine}]}}"#).into_bytes(),
        ),
        refused("nested_outside", "JWS_FORM", "[".repeat(200_000).into_bytes()),
        refused("large", "JWS_TOO_LARGE", vec![b' '; Sheet::MAX_BYTES + 1]),
        sparse("a_gigabyte", 1 << 30),
        sparse("a_terabyte", 1 << 40),
    ]);
}
