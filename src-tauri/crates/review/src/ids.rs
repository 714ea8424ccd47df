//! The names by which signed things refer to one another.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A SHA-256 digest (摘要) of exact bytes: 64 lower-case hexadecimal digits in JSON.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// Why a text is not a digest or an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed {0}")]
pub struct Malformed(pub &'static str);

impl Digest {
    /// The first eight bytes in groups of four hexadecimal digits, to compare by eye or voice: `7f3a 91c2 0be4 55d8`.
    #[must_use]
    pub fn short(&self) -> String {
        let hex = self.to_string();
        [&hex[0..4], &hex[4..8], &hex[8..12], &hex[12..16]].join(" ")
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Digest {
    type Err = Malformed;

    /// Exactly 64 lower-case hexadecimal digits, so that a digest has one spelling.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        const WRONG: Malformed = Malformed("digest");
        let nibble = |b: u8| match b {
            b'0'..=b'9' => Ok(b - b'0'),
            b'a'..=b'f' => Ok(b - b'a' + 10),
            _ => Err(WRONG),
        };
        let bytes: &[u8; 64] = text.as_bytes().try_into().map_err(|_| WRONG)?;
        let mut out = [0; 32];
        for (byte, pair) in out.iter_mut().zip(bytes.chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Ok(Self(out))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal, $ok:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[cfg_attr(feature = "typescript", derive(specta::Type))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text of the identifier.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Malformed;
            fn from_str(text: &str) -> Result<Self, Malformed> {
                let ok: fn(u8) -> bool = $ok;
                if text.is_empty() || text.len() > $max || !text.bytes().all(ok) {
                    return Err(Malformed($what));
                }
                Ok(Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Lower-case letters, digits and hyphens: safe as part of a file name on every system.
const fn slug(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

/// The base64url alphabet of RFC 4648 section 5.
const fn base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

id!(
    /// A round (轮次): 1 to 40 of `a-z 0-9 -`.
    RoundId, "round id", 40, slug
);
id!(
    /// A centre (市技术创新中心) within its round: 1 to 40 of `a-z 0-9 -`.
    CentreId, "centre id", 40, slug
);
id!(
    /// One signed sheet: 1 to 40 of `a-z 0-9 -`.
    SheetId, "sheet id", 40, slug
);
id!(
    /// A signing key: its RFC 7638 thumbprint (SHA-256, base64url). Names a person wherever a person signs.
    KeyId, "key thumbprint", 43, base64url
);
id!(
    /// Sixteen random bytes in base64url, so that equal content never makes equal digests.
    Salt, "salt", 22, base64url
);

impl KeyId {
    /// The first sixteen characters in groups of four, to compare by eye or voice.
    #[must_use]
    pub fn short(&self) -> String {
        let head: Vec<char> = self.0.chars().take(16).collect();
        head.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_one_spelling() {
        let text = "00ff".repeat(16);
        assert_eq!(text.parse::<Digest>().unwrap().to_string(), text);
        assert!(text.to_uppercase().parse::<Digest>().is_err());
        assert!(text[1..].parse::<Digest>().is_err());
    }

    #[test]
    fn an_id_is_safe_in_a_file_name() {
        for wrong in ["", "../x", "A", "a b", "中心", "a/b", "a.b", &"a".repeat(41)] {
            assert!(wrong.parse::<CentreId>().is_err(), "{wrong}");
        }
        assert!("c-01".parse::<CentreId>().is_ok());
    }
}
