//! The key of a desk: what the database is encrypted with.

use std::fmt;

use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use crate::StoreError;

/// The random key of a desk (库密钥): 32 bytes, wiped from memory when dropped. Where it is kept, wrapped, is the caller's to say.
pub struct StoreKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for StoreKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("StoreKey")
    }
}

impl StoreKey {
    /// A key of these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A new key.
    ///
    /// # Errors
    /// [`StoreError::Random`] where the system gives no randomness.
    pub fn generate() -> Result<Self, StoreError> {
        let mut bytes = Zeroizing::new([0; 32]);
        SystemRandom::new().fill(bytes.as_mut()).map_err(|_| StoreError::Random)?;
        Ok(Self(bytes))
    }

    /// Its bytes, for keeping wrapped.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A copy for whoever must outlive this one.
    pub(crate) fn again(&self) -> Self {
        Self(self.0.clone())
    }

    /// The key as SQLCipher takes it without deriving another from it.
    pub(crate) fn raw(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(67));
        text.push_str("x'");
        for byte in self.0.iter() {
            for half in [byte >> 4, byte & 15] {
                text.push(char::from_digit(half.into(), 16).unwrap_or('0'));
            }
        }
        text.push('\'');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_64_hexadecimal_digits_to_sqlcipher_and_nothing_to_a_log() {
        let key = StoreKey::from_bytes([0xA5; 32]);
        assert_eq!(*key.raw(), format!("x'{}'", "a5".repeat(32)));
        assert_eq!(format!("{key:?}"), "StoreKey");
        assert_ne!(StoreKey::generate().unwrap().bytes(), StoreKey::generate().unwrap().bytes());
    }
}
