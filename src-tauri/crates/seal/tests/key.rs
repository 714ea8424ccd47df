//! Keys: made, kept wrapped, and refused when malformed.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")]

mod support;

use review::roster::PublicKey;
use seal::key::{Hasher, KeyError, SigningKey, SystemRandom, WrappedKey, check_public, key_id, sha256, sha256_file};
use support::new_key;

const LOG_N: u8 = 4;

#[test]
fn a_key_survives_pkcs8() {
    let key = new_key();
    let again = SigningKey::from_pkcs8(&key.to_pkcs8(), &SystemRandom::new()).unwrap();
    assert_eq!(again.id(), key.id());
    assert_eq!(again.public(), key.public());
    assert_eq!(key_id(key.public()), *key.id());
}

#[test]
fn a_wrapped_key_opens_with_its_passphrase_and_no_other() {
    let key = new_key();
    let wrapped = WrappedKey::wrap(&key, "正确的口令", LOG_N).unwrap();
    assert_eq!(WrappedKey::unwrap(wrapped.as_bytes(), "正确的口令").unwrap().id(), key.id());
    let refused = WrappedKey::unwrap(wrapped.as_bytes(), "错误的口令").unwrap_err();
    assert!(matches!(refused, KeyError::WrongPassphrase), "{refused:?}");
}

#[test]
fn a_passphrase_is_the_same_however_its_accents_are_typed() {
    let wrapped = WrappedKey::wrap(&new_key(), "caf\u{e9}", LOG_N).unwrap();
    assert!(WrappedKey::unwrap(wrapped.as_bytes(), "cafe\u{301}").is_ok());
}

#[test]
fn a_damaged_wrapped_key_is_told_from_a_wrong_passphrase() {
    let bytes = WrappedKey::wrap(&new_key(), "口令", LOG_N).unwrap().into_bytes();
    let mut altered = bytes.clone();
    *altered.last_mut().unwrap() ^= 1;
    for damaged in [&bytes[..bytes.len() - 1], &bytes[..20], b"", b"not a key", &altered, &vec![b'a'; 10_000]] {
        let refused = WrappedKey::unwrap(damaged, "口令").unwrap_err();
        assert!(matches!(refused, KeyError::Damaged), "{refused:?}");
    }
}

#[test]
fn no_flipped_bit_of_a_wrapped_key_opens_it() {
    let mut bytes = WrappedKey::wrap(&new_key(), "口令", 1).unwrap().into_bytes();
    for at in 0..bytes.len() {
        bytes[at] ^= 1;
        assert!(WrappedKey::unwrap(&bytes, "口令").is_err(), "byte {at}");
        bytes[at] ^= 1;
    }
}

#[test]
fn a_work_factor_above_the_limit_is_neither_used_nor_obeyed() {
    let key = new_key();
    for log_n in [0, 19, 63, 64, 255] {
        assert!(
            matches!(WrappedKey::wrap(&key, "口令", log_n), Err(KeyError::TooMuchWork { log_n: told }) if told == log_n)
        );
    }
    let wrapped = WrappedKey::wrap(&key, "口令", LOG_N).unwrap().into_bytes();
    let at = wrapped.windows(3).position(|w| w == b" 4\n").unwrap();
    let greedy = [&wrapped[..at], b" 22\n", &wrapped[at + 3..]].concat();
    let refused = WrappedKey::unwrap(&greedy, "口令").unwrap_err();
    assert!(matches!(refused, KeyError::TooMuchWork { log_n: 22 }), "{refused:?}");
}

#[test]
fn a_public_key_in_any_other_spelling_is_refused() {
    let key = new_key().public().clone();
    assert!(check_public(&key).is_ok());
    let with = |change: fn(&mut PublicKey)| {
        let mut key = key.clone();
        change(&mut key);
        key
    };
    for (number, wrong) in [
        with(|k| k.crv = "P-384".to_owned()),
        with(|k| k.kty = "OKP".to_owned()),
        with(|k| k.x.push('A')),
        with(|k| k.x.truncate(42)),
        with(|k| k.y.push('=')),
        with(|k| k.y.clear()),
        with(|k| k.x.replace_range(0..1, "+")),
        with(|k| k.x.replace_range(42..43, "B")),
    ]
    .iter()
    .enumerate()
    {
        assert!(matches!(check_public(wrong), Err(KeyError::PublicKey)), "{number}");
    }
}

#[test]
fn a_private_key_that_is_none_is_refused() {
    let random = SystemRandom::new();
    let good = new_key().to_pkcs8();
    for wrong in [&b""[..], b"\x30\x00", &good[..good.len() - 1]] {
        assert!(matches!(SigningKey::from_pkcs8(wrong, &random), Err(KeyError::PrivateKey)));
    }
}

#[test]
fn a_private_key_never_shows_in_debug_output() {
    let key = new_key();
    assert_eq!(format!("{key:?}"), format!("SigningKey({})", key.id()));
}

#[test]
fn hashing_in_pieces_and_from_a_file_gives_the_same_digest() {
    let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; // FIPS 180-4, "abc"
    let mut hasher = Hasher::new();
    hasher.update(b"a");
    hasher.update(b"bc");
    assert_eq!(hasher.finish().to_string(), known);
    assert_eq!(sha256(b"abc").to_string(), known);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("摘要.txt");
    std::fs::write(&path, b"abc").unwrap();
    assert_eq!(sha256_file(&path).unwrap(), (3, known.parse().unwrap()));
}
