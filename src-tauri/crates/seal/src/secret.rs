//! Secrets kept wrapped: by a passphrase (口令), or by a recovery key (恢复密钥) printed on paper.

use std::fmt;

use age::secrecy::SecretString;
use ring::rand::SecureRandom;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::key::{KeyError, MAX_LOG_N};

/// The largest wrapped secret that is read: an age header and a PKCS#8 document of 138 bytes need about 400.
const MAX_WRAPPED: usize = 4096;

/// Wraps a secret to a passphrase: an age file (age-encryption.org/v1) with one scrypt recipient.
///
/// `log_n` is the scrypt work factor: 18 takes about a second and 256 MiB; a passphrase that is itself a random key of
/// 128 bits or more needs no work and takes 1.
///
/// # Errors
/// [`KeyError::TooMuchWork`] where `log_n` is 0 or above [`MAX_LOG_N`], [`KeyError::Wrapping`] where age fails.
pub fn wrap(secret: &[u8], passphrase: &str, log_n: u8) -> Result<Vec<u8>, KeyError> {
    if !(1..=MAX_LOG_N).contains(&log_n) {
        return Err(KeyError::TooMuchWork { log_n });
    }
    let mut recipient = age::scrypt::Recipient::new(normal(passphrase));
    recipient.set_work_factor(log_n);
    age::encrypt(&recipient, secret).map_err(|_| KeyError::Wrapping)
}

/// Opens a wrapped secret.
///
/// # Errors
/// [`KeyError::WrongPassphrase`], [`KeyError::Damaged`] or [`KeyError::TooMuchWork`].
pub fn unwrap(wrapped: &[u8], passphrase: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    if wrapped.len() > MAX_WRAPPED {
        return Err(KeyError::Damaged);
    }
    let mut identity = age::scrypt::Identity::new(normal(passphrase));
    identity.set_max_work_factor(MAX_LOG_N);
    age::decrypt(&identity, wrapped).map(Zeroizing::new).map_err(|error| match error {
        // The stanza's own tag failed; a damaged payload comes as an I/O error, a damaged header as its MAC.
        age::DecryptError::DecryptionFailed => KeyError::WrongPassphrase,
        age::DecryptError::ExcessiveWork { required, .. } => KeyError::TooMuchWork { log_n: required },
        _ => KeyError::Damaged,
    })
}

/// In normalisation form C, so that a passphrase typed on another system is the same passphrase.
fn normal(passphrase: &str) -> SecretString {
    SecretString::from(passphrase.nfc().collect::<String>())
}

/// Crockford's base 32: no I, L, O, U, so that nothing is misread from paper.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How many characters carry the 160 bits; one more checks them.
const CHARACTERS: usize = 32;

/// Why a typed recovery key cannot be one. Found before anything is tried with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryKeyError {
    /// Not 33 characters, counted without hyphens and spaces.
    #[error("{found} characters instead of 33")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// A character that no recovery key has.
    #[error("character {place} is none of the alphabet")]
    Character {
        /// Its place, from 1, counted without hyphens and spaces.
        place: usize,
    },
    /// The last character does not fit the others: one was mistyped, or two were swapped.
    #[error("the check character does not fit")]
    Check,
}

/// A recovery key (恢复密钥): 160 random bits that open a desk whose passphrase is forgotten. Wiped when dropped.
///
/// Written as 32 characters of Crockford's base 32 and a check character by the hybrid scheme of ISO 7064 (there with 10, 26
/// or 36 characters, here with 32), in groups of four. The check finds every single wrong character.
pub struct RecoveryKey(Zeroizing<String>);

impl fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryKey")
    }
}

impl RecoveryKey {
    /// A new key.
    ///
    /// # Errors
    /// [`KeyError::Random`] where the system gives no randomness.
    pub fn generate(random: &dyn SecureRandom) -> Result<Self, KeyError> {
        // Five bits of each byte: wasteful, and uniform without any arithmetic across bytes.
        let mut bytes = Zeroizing::new([0; CHARACTERS]);
        random.fill(bytes.as_mut()).map_err(|_| KeyError::Random)?;
        let characters = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)]));
        Ok(Self(Zeroizing::new(characters.collect())))
    }

    /// The key as somebody typed it: upper or lower case, full or half width, with or without hyphens and spaces; O is read as
    /// 0, I and L as 1.
    ///
    /// # Errors
    /// [`RecoveryKeyError`], in the order of length, characters, check.
    pub fn parse(typed: &str) -> Result<Self, RecoveryKeyError> {
        let mut read = Zeroizing::new(String::with_capacity(CHARACTERS + 1));
        for character in typed.nfkc() {
            match character.to_ascii_uppercase() {
                dash if dash.is_whitespace() || "-‐‑‒–—―－_·.".contains(dash) => {}
                'O' => read.push('0'),
                'I' | 'L' => read.push('1'),
                other => read.push(other),
            }
        }
        let found = read.chars().count();
        if found != CHARACTERS + 1 {
            return Err(RecoveryKeyError::Length { found });
        }
        if let Some(place) = read.chars().position(|character| value(character).is_none()) {
            return Err(RecoveryKeyError::Character { place: place + 1 });
        }
        let Some(last) = read.pop() else { return Err(RecoveryKeyError::Check) };
        if check(&read) == last { Ok(Self(read)) } else { Err(RecoveryKeyError::Check) }
    }

    /// The key as it is shown and printed: `0123-4567-…-C`.
    #[must_use]
    pub fn printed(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(2 * CHARACTERS));
        for (place, character) in self.0.chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                text.push('-');
            }
            text.push(character);
        }
        text.push('-');
        text.push(check(&self.0));
        text
    }

    /// Wraps a secret to this key. It has 160 bits of its own, so there is no work in opening it.
    ///
    /// # Errors
    /// [`KeyError::Wrapping`].
    pub fn wrap(&self, secret: &[u8]) -> Result<Vec<u8>, KeyError> {
        wrap(secret, &self.0, 1)
    }

    /// Opens a secret that was wrapped to this key.
    ///
    /// # Errors
    /// [`KeyError::WrongPassphrase`] where it was wrapped to another, [`KeyError::Damaged`].
    pub fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        unwrap(wrapped, &self.0)
    }
}

fn value(character: char) -> Option<usize> {
    ALPHABET.iter().position(|known| char::from(*known) == character)
}

/// ISO 7064, hybrid systems, with M = 32: the product is carried modulo 33, the sums modulo 32.
fn check(text: &str) -> char {
    let mut product = 32;
    for value in text.chars().filter_map(value) {
        let sum = (product + value) % 32;
        product = (if sum == 0 { 32 } else { sum }) * 2 % 33;
    }
    char::from(ALPHABET[(33 - product) % 32])
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;

    use super::*;

    fn key() -> RecoveryKey {
        RecoveryKey::generate(&SystemRandom::new()).unwrap()
    }

    #[test]
    fn a_secret_opens_with_its_passphrase_and_no_other() {
        let wrapped = wrap(b"secret", "正确的口令", 4).unwrap();
        assert_eq!(unwrap(&wrapped, "正确的口令").unwrap().as_slice(), b"secret");
        assert_eq!(unwrap(&wrapped, "错误的口令").unwrap_err(), KeyError::WrongPassphrase);
    }

    #[test]
    fn a_recovery_key_opens_what_it_wrapped_and_another_does_not() {
        let (key, other) = (key(), key());
        let wrapped = key.wrap(b"secret").unwrap();
        let typed = RecoveryKey::parse(&key.printed()).unwrap();
        assert_eq!(typed.unwrap(&wrapped).unwrap().as_slice(), b"secret");
        assert_eq!(other.unwrap(&wrapped).unwrap_err(), KeyError::WrongPassphrase);
    }

    #[test]
    fn a_recovery_key_is_printed_in_eight_groups_of_four_and_a_check_character() {
        let printed = key().printed();
        let groups: Vec<usize> = printed.split('-').map(str::len).collect();
        assert_eq!(groups, [4, 4, 4, 4, 4, 4, 4, 4, 1]);
        assert_ne!(*printed, *key().printed(), "each is new");
    }

    #[test]
    fn it_is_read_however_it_was_typed() {
        let key = RecoveryKey("0123456789ABCDEFGHJKMNPQRSTVWXYZ".to_owned().into());
        let printed = key.printed();
        let full_width: String = printed.chars().map(|c| if c == '0' { '０' } else { c }).collect();
        let confused = printed.to_lowercase().replacen('0', "o", 1).replacen('1', "l", 1);
        for typed in [printed.replace('-', ""), printed.replace('-', " "), confused, full_width] {
            assert_eq!(*RecoveryKey::parse(&typed).unwrap().0, *key.0, "{typed}");
        }
    }

    #[test]
    fn every_single_wrong_character_is_found_at_the_desk_before_anything_is_tried() {
        let printed = key().printed().replace('-', "");
        for place in 0..printed.len() {
            for other in ALPHABET.iter().map(|known| char::from(*known)) {
                let mut typed: Vec<char> = printed.chars().collect();
                if typed[place] == other {
                    continue;
                }
                typed[place] = other;
                let typed: String = typed.into_iter().collect();
                assert_eq!(RecoveryKey::parse(&typed).unwrap_err(), RecoveryKeyError::Check, "{place} {other}");
            }
        }
    }

    #[test]
    fn too_short_too_long_and_foreign_characters_are_told_apart() {
        let printed = key().printed();
        let parse = |typed: &str| RecoveryKey::parse(typed).unwrap_err();
        assert_eq!(parse(""), RecoveryKeyError::Length { found: 0 });
        assert_eq!(parse(&printed[..printed.len() - 2]), RecoveryKeyError::Length { found: 32 });
        assert_eq!(parse(&format!("{}U", &printed[..printed.len() - 1])), RecoveryKeyError::Character { place: 33 });
        assert_eq!(parse(&"密".repeat(33)), RecoveryKeyError::Character { place: 1 });
        assert!(matches!(parse(&"0".repeat(1_000_000)), RecoveryKeyError::Length { .. }));
    }

    #[test]
    fn it_is_never_printed_for_debugging() {
        assert_eq!(format!("{:?}", key()), "RecoveryKey");
    }
}
