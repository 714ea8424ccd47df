//! The frame of a PDF (ISO 32000-2, 7.5): where its objects stand, with each update laid over the ones before.
//!
//! Reads what our own printing writes: classic cross-reference tables, plain objects, generation 0. Everything else is
//! refused rather than guessed at.

use std::collections::{HashMap, HashSet};

use super::{
    MAX_BYTES, PdfError,
    object::{Dictionary, Lexer, Object},
};

/// The most objects, counting every update.
const MAX_OBJECTS: usize = 100_000;

/// The most updates: ours have two.
const MAX_UPDATES: usize = 8;

/// A PDF whose objects can be looked up.
pub(super) struct File<'a> {
    pub(super) bytes: &'a [u8],
    /// Where each object stands; nowhere for one that was deleted.
    objects: HashMap<u32, Option<usize>>,
    pub(super) trailer: Dictionary,
    /// Where the newest cross-reference table stands.
    pub(super) table: usize,
}

/// A stream with its dictionary.
pub(super) struct Stream<'a> {
    pub(super) dictionary: Dictionary,
    pub(super) data: &'a [u8],
}

impl<'a> File<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, PdfError> {
        if bytes.len() > MAX_BYTES {
            return Err(PdfError::Limit);
        }
        if !bytes.starts_with(b"%PDF-1.") {
            return Err(PdfError::Form { offset: 0 });
        }
        let table = newest_table(bytes)?;
        let mut file = Self { bytes, objects: HashMap::new(), trailer: Dictionary { entries: vec![] }, table };
        let mut entries = 0;
        let (trailer, mut previous) = file.section(table, &mut entries)?;
        file.trailer = trailer;
        let (mut at, mut updates) = (table, 1);
        while let Some(next) = previous {
            updates += 1;
            // Each table stands before the one that names it, so that no chain runs in a circle.
            if updates > MAX_UPDATES || next >= at {
                return Err(PdfError::Limit);
            }
            at = next;
            previous = file.section(at, &mut entries)?.1;
        }
        Ok(file)
    }

    /// Reads one table with its trailer; what a newer one said stays.
    fn section(&mut self, at: usize, entries: &mut usize) -> Result<(Dictionary, Option<usize>), PdfError> {
        let mut lexer = Lexer::new(self.bytes, at);
        lexer.keyword("xref")?;
        loop {
            lexer.skip_space();
            if lexer.take(b"trailer") {
                break;
            }
            let (first, count) = (lexer.number()?, lexer.number()?);
            for number in first..first.saturating_add(count) {
                *entries += 1;
                let number = u32::try_from(number).map_err(|_| PdfError::Limit)?;
                if *entries > MAX_OBJECTS {
                    return Err(PdfError::Limit);
                }
                let (offset, generation) = (lexer.number()?, lexer.number()?);
                lexer.skip_space();
                let used = lexer.take(b"n");
                if !used && !lexer.take(b"f") {
                    return lexer.refuse();
                }
                let place = (used && generation == 0).then(|| usize::try_from(offset).ok()).flatten();
                self.objects.entry(number).or_insert(place);
            }
        }
        let trailer = lexer.dictionary()?;
        // A hidden second table, and encryption: never ours.
        if trailer.get("XRefStm").is_some() || trailer.get("Encrypt").is_some() {
            return lexer.refuse();
        }
        let previous = match trailer.get("Prev") {
            None => None,
            Some(Object::Integer(offset)) => Some(usize::try_from(*offset).map_err(|_| PdfError::Limit)?),
            Some(_) => return lexer.refuse(),
        };
        Ok((trailer, previous))
    }

    /// One more than the highest number of an object.
    pub(super) fn size(&self) -> Result<u32, PdfError> {
        match self.trailer.get("Size") {
            Some(Object::Integer(size)) => u32::try_from(*size).map_err(|_| PdfError::Limit),
            _ => self.refuse(),
        }
    }

    /// The number of the catalogue, and the catalogue.
    pub(super) fn catalogue(&self) -> Result<(u32, Dictionary), PdfError> {
        let Some(number) = self.trailer.get("Root").and_then(Object::reference) else { return self.refuse() };
        let catalogue = self.dictionary(number)?;
        if catalogue.is("Type", "Catalog") { Ok((number, catalogue)) } else { self.refuse() }
    }

    /// Where an object stands.
    pub(super) fn place(&self, number: u32) -> Result<usize, PdfError> {
        match self.objects.get(&number) {
            Some(Some(place)) => Ok(*place),
            _ => self.refuse(),
        }
    }

    /// The object of a number, and a reader that stands behind it.
    fn object(&self, number: u32) -> Result<(Object, Lexer<'a>), PdfError> {
        let mut lexer = Lexer::new(self.bytes, self.place(number)?);
        if lexer.number()? != u64::from(number) || lexer.number()? != 0 {
            return lexer.refuse();
        }
        lexer.keyword("obj")?;
        let object = lexer.object()?;
        Ok((object, lexer))
    }

    /// A dictionary that is an object of its own.
    pub(super) fn dictionary(&self, number: u32) -> Result<Dictionary, PdfError> {
        let (object, mut lexer) = self.object(number)?;
        lexer.keyword("endobj")?;
        if let Object::Dictionary(dictionary) = object { Ok(dictionary) } else { lexer.refuse() }
    }

    /// An array that is an object of its own, with where it stands.
    pub(super) fn array(&self, number: u32) -> Result<std::ops::Range<usize>, PdfError> {
        let (object, mut after) = self.object(number)?;
        let end = after.at;
        after.keyword("endobj")?;
        let mut lexer = Lexer::new(self.bytes, self.place(number)?);
        lexer.number()?;
        lexer.number()?;
        lexer.keyword("obj")?;
        lexer.skip_space();
        if object.array().is_some() { Ok(lexer.at..end) } else { lexer.refuse() }
    }

    /// A stream; its length must stand in its own dictionary.
    pub(super) fn stream(&self, number: u32) -> Result<Stream<'a>, PdfError> {
        let (object, mut lexer) = self.object(number)?;
        let Object::Dictionary(dictionary) = object else { return lexer.refuse() };
        lexer.keyword("stream")?;
        if !lexer.take(b"\r\n") && !lexer.take(b"\n") {
            return lexer.refuse();
        }
        let Some(Object::Integer(length)) = dictionary.get("Length") else { return lexer.refuse() };
        let end = usize::try_from(*length).ok().and_then(|length| lexer.at.checked_add(length));
        let Some(data) = end.and_then(|end| self.bytes.get(lexer.at..end)) else { return lexer.refuse() };
        lexer.at += data.len();
        lexer.keyword("endstream")?;
        Ok(Stream { dictionary, data })
    }

    /// The numbers of the pages, in order.
    pub(super) fn pages(&self) -> Result<Vec<u32>, PdfError> {
        let (_, catalogue) = self.catalogue()?;
        let Some(root) = catalogue.get("Pages").and_then(Object::reference) else { return self.refuse() };
        let (mut pages, mut seen, mut waiting) = (vec![], HashSet::new(), vec![root]);
        while let Some(number) = waiting.pop() {
            if !seen.insert(number) {
                return self.refuse();
            }
            let node = self.dictionary(number)?;
            if node.is("Type", "Page") {
                pages.push(number);
                continue;
            }
            let Some(kids) = node.get("Kids").and_then(Object::array) else { return self.refuse() };
            if waiting.len() + kids.len() > MAX_OBJECTS {
                return Err(PdfError::Limit);
            }
            for kid in kids.iter().rev() {
                let Some(number) = kid.reference() else { return self.refuse() };
                waiting.push(number);
            }
        }
        Ok(pages)
    }

    pub(super) fn refuse<T>(&self) -> Result<T, PdfError> {
        Err(PdfError::Form { offset: self.table })
    }
}

/// Where the newest table stands, as the last lines of the file say.
fn newest_table(bytes: &[u8]) -> Result<usize, PdfError> {
    const END: &[u8] = b"%%EOF";
    let refused = |offset| Err(PdfError::Form { offset });
    let Some(end) = bytes.windows(END.len()).rposition(|window| window == END) else { return refused(bytes.len()) };
    let behind = &bytes[end + END.len()..];
    if !matches!(behind, b"" | b"\n" | b"\r\n" | b"\r") {
        return Err(PdfError::Appended { bytes: behind.len() });
    }
    let head = bytes[..end].trim_ascii_end();
    let digits = head.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (head, digits) = head.split_at(head.len() - digits);
    if !head.trim_ascii_end().ends_with(b"startxref") || digits.len() > 10 {
        return refused(end);
    }
    let digits = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    digits.map_or_else(|| refused(end), Ok)
}
