//! What JSON leaves to the reader, decided: no key twice, integers only, bounded nesting, nothing after the end.

use std::{cell::Cell, collections::HashSet, fmt};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};

/// The deepest nesting of objects and arrays in a payload.
pub(crate) const MAX_NESTING: usize = 16;

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    Utf8,
    DuplicateKey,
    Float,
    Nesting,
    Syntax { offset: usize },
}

/// Whether the bytes are one JSON text within these rules.
pub(crate) fn check(bytes: &[u8]) -> Result<(), Flaw> {
    let text = std::str::from_utf8(bytes).map_err(|_| Flaw::Utf8)?;
    let flaw = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Node { depth: 0, flaw: &flaw }.deserialize(&mut reader).and_then(|()| reader.end());
    match (flaw.get(), read) {
        (Some(flaw), _) => Err(flaw),
        (None, Ok(())) => Ok(()),
        (None, Err(error)) => Err(Flaw::Syntax { offset: offset(bytes, &error) }),
    }
}

/// Where an error lies, in bytes from the start: serde_json counts lines and columns.
pub(crate) fn offset(bytes: &[u8], error: &serde_json::Error) -> usize {
    let lines = error.line().saturating_sub(1);
    let before: usize = bytes.split_inclusive(|byte| *byte == b'\n').take(lines).map(<[u8]>::len).sum();
    before + error.column()
}

/// One value at its depth. The flaw is kept aside, because an error of serde is only text.
struct Node<'a> {
    depth: usize,
    flaw: &'a Cell<Option<Flaw>>,
}

impl Node<'_> {
    fn refuse<T, E: Error>(&self, flaw: Flaw) -> Result<T, E> {
        self.flaw.set(Some(flaw));
        Err(E::custom("refused"))
    }

    fn inner<E: Error>(&self) -> Result<Self, E> {
        if self.depth == MAX_NESTING {
            return self.refuse(Flaw::Nesting);
        }
        Ok(Self { depth: self.depth + 1, flaw: self.flaw })
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.refuse(Flaw::Float)
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        while items.next_element_seed(Node { ..inner })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        let mut seen = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            if !seen.insert(name) {
                return self.refuse(Flaw::DuplicateKey);
            }
            members.next_value_seed(Node { ..inner })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(text: &str) -> Option<Flaw> {
        check(text.as_bytes()).err()
    }

    #[test]
    fn plain_json_passes() {
        assert_eq!(flaw(r#"{"a":[1,-2,true,null,"文"],"b":{"a":18446744073709551615}}"#), None);
    }

    #[test]
    fn a_key_twice_is_refused_also_under_another_spelling_and_deep_inside() {
        assert_eq!(flaw(r#"{"a":1,"a":1}"#), Some(Flaw::DuplicateKey));
        assert_eq!(flaw(r#"[{"x":{"a":1,"\u0061":2}}]"#), Some(Flaw::DuplicateKey));
    }

    #[test]
    fn fractions_exponents_and_numbers_beyond_64_bits_are_refused() {
        for number in ["1.0", "1e2", "-0", "18446744073709551616", "0.1"] {
            assert_eq!(flaw(&format!("[{number}]")), Some(Flaw::Float), "{number}");
        }
    }

    #[test]
    fn sixteen_levels_pass_and_seventeen_are_refused() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(flaw(&nested(16)), None);
        assert_eq!(flaw(&nested(17)), Some(Flaw::Nesting));
        assert_eq!(flaw(&nested(100_000)), Some(Flaw::Nesting));
    }

    #[test]
    fn other_bytes_and_trailing_bytes_are_refused() {
        assert_eq!(check(b"\"\xff\""), Err(Flaw::Utf8));
        assert!(matches!(flaw("{} {}"), Some(Flaw::Syntax { .. })));
        assert!(matches!(flaw("{\"a\":01}"), Some(Flaw::Syntax { .. })));
        assert_eq!(flaw("[1,\n2,x]"), Some(Flaw::Syntax { offset: 7 }));
    }
}
