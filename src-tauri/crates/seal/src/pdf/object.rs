//! The objects of a PDF (ISO 32000-2, 7.3), read from hostile bytes: bounded in depth, never panicking.
//!
//! Values keep their place in the file, so that an update can copy what it does not change byte for byte.

use std::ops::Range;

use super::PdfError;

/// The deepest nesting of arrays and dictionaries.
const MAX_DEPTH: usize = 32;

/// An object, as far as reading signatures needs it.
#[derive(Debug, PartialEq)]
pub(super) enum Object {
    /// A whole number; what does not fit is a [`Object::Other`].
    Integer(u64),
    Name(Vec<u8>),
    /// A string of either spelling.
    Text(Vec<u8>),
    Array(Vec<Object>),
    Dictionary(Dictionary),
    Reference(u32),
    /// Booleans, null, real and negative numbers.
    Other,
}

impl Object {
    pub(super) fn reference(&self) -> Option<u32> {
        if let Self::Reference(number) = self { Some(*number) } else { None }
    }

    pub(super) fn array(&self) -> Option<&[Object]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }
}

/// A dictionary, with where its values stand.
#[derive(Debug, PartialEq)]
pub(super) struct Dictionary {
    pub(super) entries: Vec<Entry>,
}

/// One entry of a dictionary.
#[derive(Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) key: Vec<u8>,
    pub(super) value: Object,
    /// Where the value stands in the file.
    pub(super) span: Range<usize>,
}

impl Dictionary {
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key.as_bytes())
    }

    pub(super) fn get(&self, key: &str) -> Option<&Object> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub(super) fn is(&self, key: &str, name: &str) -> bool {
        matches!(self.get(key), Some(Object::Name(value)) if value == name.as_bytes())
    }
}

/// Reads objects from a place in the file onwards.
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    pub(super) fn refuse<T>(&self) -> Result<T, PdfError> {
        Err(PdfError::Form { offset: self.at })
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Skips white space and comments.
    pub(super) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                let line = self.rest();
                self.at += line.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(line.len());
            } else if is_space(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// Takes exactly these bytes, if they are next.
    pub(super) fn take(&mut self, token: &[u8]) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// Demands a keyword after white space.
    pub(super) fn keyword(&mut self, word: &str) -> Result<(), PdfError> {
        self.skip_space();
        if self.take(word.as_bytes()) && self.peek().is_none_or(|byte| is_space(byte) || is_delimiter(byte)) {
            return Ok(());
        }
        self.refuse()
    }

    /// Demands an unsigned number of at most 10 digits.
    pub(super) fn number(&mut self) -> Result<u64, PdfError> {
        self.skip_space();
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=10).contains(&digits) {
            return self.refuse();
        }
        let mut value = 0;
        for digit in &self.rest()[..digits] {
            value = value * 10 + u64::from(digit - b'0');
        }
        self.at += digits;
        Ok(value)
    }

    /// Demands an object.
    pub(super) fn object(&mut self) -> Result<Object, PdfError> {
        self.nested(0)
    }

    /// Demands a dictionary.
    pub(super) fn dictionary(&mut self) -> Result<Dictionary, PdfError> {
        match self.object()? {
            Object::Dictionary(dictionary) => Ok(dictionary),
            _ => self.refuse(),
        }
    }

    fn nested(&mut self, depth: usize) -> Result<Object, PdfError> {
        if depth > MAX_DEPTH {
            return Err(PdfError::Limit);
        }
        self.skip_space();
        match self.peek() {
            Some(b'<') if self.take(b"<<") => self.entries(depth),
            Some(b'<') => self.hex(),
            Some(b'(') => self.literal(),
            Some(b'/') => self.name().map(Object::Name),
            Some(b'[') => {
                self.at += 1;
                let mut items = vec![];
                loop {
                    self.skip_space();
                    if self.take(b"]") {
                        return Ok(Object::Array(items));
                    }
                    items.push(self.nested(depth + 1)?);
                }
            }
            Some(b'0'..=b'9') => Ok(self.integer_or_reference()),
            Some(b'+' | b'-' | b'.' | b't' | b'f' | b'n') => {
                self.plain();
                Ok(Object::Other)
            }
            _ => self.refuse(),
        }
    }

    fn entries(&mut self, depth: usize) -> Result<Object, PdfError> {
        let mut entries: Vec<Entry> = vec![];
        loop {
            self.skip_space();
            if self.take(b">>") {
                break;
            }
            let key = self.name()?;
            self.skip_space();
            let start = self.at;
            let value = self.nested(depth + 1)?;
            entries.push(Entry { key, value, span: start..self.at });
        }
        // Readers disagree about which of two equal keys counts.
        let mut keys: Vec<&[u8]> = entries.iter().map(|entry| &entry.key[..]).collect();
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair[0] == pair[1]) {
            return self.refuse();
        }
        Ok(Object::Dictionary(Dictionary { entries }))
    }

    /// Everything up to white space or a delimiter.
    fn plain(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|byte| is_space(*byte) || is_delimiter(*byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn integer_or_reference(&mut self) -> Object {
        let Some(number) = decimal(self.plain()) else { return Object::Other };
        let after = self.at;
        self.skip_space();
        let generation = self.plain();
        self.skip_space();
        if decimal(generation).is_some() && self.plain() == b"R" {
            // A generation other than 0 belongs to an object that was deleted and made anew: nothing that we read has one.
            return match u32::try_from(number) {
                Ok(number) if generation == b"0" => Object::Reference(number),
                _ => Object::Other,
            };
        }
        self.at = after;
        Object::Integer(number)
    }

    fn name(&mut self) -> Result<Vec<u8>, PdfError> {
        if !self.take(b"/") {
            return self.refuse();
        }
        let mut name = vec![];
        let mut raw = self.plain().iter();
        while let Some(byte) = raw.next() {
            if *byte != b'#' {
                name.push(*byte);
                continue;
            }
            let digits = (raw.next().and_then(|byte| nibble(*byte)), raw.next().and_then(|byte| nibble(*byte)));
            let (Some(high), Some(low)) = digits else { return self.refuse() };
            name.push((high << 4) | low);
        }
        Ok(name)
    }

    fn hex(&mut self) -> Result<Object, PdfError> {
        self.at += 1;
        let mut digits = vec![];
        while let Some(byte) = self.peek() {
            self.at += 1;
            match nibble(byte) {
                Some(digit) => digits.push(digit),
                None if byte == b'>' => {
                    // A missing last digit is 0 (7.3.4.3).
                    let pairs = digits.chunks(2).map(|pair| (pair[0] << 4) | pair.get(1).copied().unwrap_or(0));
                    return Ok(Object::Text(pairs.collect()));
                }
                None if is_space(byte) => {}
                None => break,
            }
        }
        self.refuse()
    }

    /// A literal string. Escapes are kept as written: nothing that we compare has one.
    fn literal(&mut self) -> Result<Object, PdfError> {
        self.at += 1;
        let start = self.at;
        let mut open = 1_usize;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
            if open == 0 {
                let text = self.bytes.get(start..self.at - 1).unwrap_or_default();
                return Ok(Object::Text(text.to_vec()));
            }
        }
        self.refuse()
    }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, byte| {
        byte.is_ascii_digit().then(|| value.checked_mul(10)?.checked_add(u64::from(byte - b'0')))?
    })
}

pub(super) fn nibble(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Object, PdfError> {
        Lexer::new(text.as_bytes(), 0).object()
    }

    #[test]
    fn values_are_what_they_say() {
        let text = "<</A 12/B[2 0 R(x(y)\\))]/C<4 1>/D#20E/F/G%c\n-1.5/H 3 0 R/I<</J true>>/K 2 1 R>>";
        let Ok(Object::Dictionary(read)) = read(text) else { panic!("a dictionary") };
        assert_eq!(read.get("A"), Some(&Object::Integer(12)));
        let items = [Object::Reference(2), Object::Text(b"x(y)\\)".to_vec())];
        assert_eq!(read.get("B").unwrap().array().unwrap(), items);
        assert_eq!(read.get("C"), Some(&Object::Text(b"A".to_vec())));
        assert!(read.is("D E", "F"));
        assert_eq!(read.get("G"), Some(&Object::Other));
        assert_eq!(read.get("H"), Some(&Object::Reference(3)));
        assert_eq!(&text[read.entry("I").unwrap().span.clone()], "<</J true>>");
        assert_eq!(read.get("K"), Some(&Object::Other), "no object that we read has another generation");
    }

    #[test]
    fn deep_nesting_is_refused_before_it_hurts() {
        assert_eq!(read(&"[".repeat(1_000_000)), Err(PdfError::Limit));
        assert_eq!(read(&"<</A".repeat(1_000_000)), Err(PdfError::Limit));
        assert!(read(&format!("{}{}", "[".repeat(30), "]".repeat(30))).is_ok());
    }

    #[test]
    fn two_equal_keys_are_refused() {
        assert!(read("<</A 1/B 2/#41 3>>").is_err());
    }

    #[test]
    fn what_ends_too_early_is_refused() {
        for text in ["", "<<", "<</A", "<</A 1", "[1 ", "(a\\)", "(", "(\\", "<41", "<4x>", "/A#4", "]", ">>", "xyz"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
