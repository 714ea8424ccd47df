//! Writing an incremental update (ISO 32000-2, 7.5.6): the file so far stays byte for byte, and new objects follow.
//!
//! The same input always gives the same bytes. So the check of a second signature writes it once more and compares:
//! nothing but that signature can have come after the first.

use std::ops::Range;

use chrono::{DateTime, FixedOffset};
use review::ids::Digest;

use super::{
    PdfError,
    file::File,
    object::{Dictionary, Entry, Lexer, Object},
};
use crate::{
    certificate::hex,
    key::{Hasher, sha256},
};

/// The room for a signature, in bytes: a CMS with the largest certificate of ours needs about 3,000.
pub(super) const ROOM: usize = 4096;

/// The room for a byte range, in characters: three numbers of 10 digits.
const RANGE: usize = 40;

/// What a signature permits after itself (ISO 32000-2, 12.8.2.2), or that it is the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    /// The first, and nothing may follow: DocMDP with P 1.
    Only,
    /// The first, and a signature may follow: DocMDP with P 2.
    First,
    /// The second: an approval.
    Second,
}

/// The PDF date of a moment, to the second.
pub(super) fn date(at: &DateTime<FixedOffset>) -> String {
    let zone = at.format("%:z").to_string().replace(':', "'");
    format!("D:{}{zone}'", at.format("%Y%m%d%H%M%S"))
}

/// The moment of a PDF date. Whether it is written as [`date`] writes is for the caller to compare.
pub(super) fn moment(text: &[u8]) -> Option<DateTime<FixedOffset>> {
    let text = std::str::from_utf8(text).ok()?.strip_prefix("D:")?.replace('\'', "");
    DateTime::parse_from_str(&text, "%Y%m%d%H%M%S%z").ok()
}

/// What a signature covers: everything but `hole`, the `<…>` that holds it, in a file of `length` bytes.
pub(super) fn byte_range(hole: &Range<usize>, length: usize) -> String {
    let range = format!("[0 {} {} {}]", hole.start, hole.end, length.saturating_sub(hole.end));
    format!("{range:<RANGE$}")
}

/// The whole object of a signature.
pub(super) fn signature(number: u32, rank: Rank, date: &str, range: &str, contents: &str) -> String {
    let permits = match rank {
        Rank::Only => reference_to_docmdp(1),
        Rank::First => reference_to_docmdp(2),
        Rank::Second => String::new(),
    };
    format!(
        "{number} 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M({date}){permits}\
         /ByteRange{range:<RANGE$}/Contents<{contents}>>>\nendobj\n"
    )
}

fn reference_to_docmdp(level: u8) -> String {
    format!(
        "/Reference[<</Type/SigRef/TransformMethod/DocMDP\
         /TransformParams<</Type/TransformParams/P {level}/V/1.2>>>>]"
    )
}

/// SHA-256 over everything but the hole.
pub(super) fn digest(bytes: &[u8], hole: &Range<usize>) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(bytes.get(..hole.start).unwrap_or_default());
    hasher.update(bytes.get(hole.end..).unwrap_or_default());
    hasher.finish()
}

/// A file that lacks only its signature.
pub(super) struct Unsigned {
    pub(super) bytes: Vec<u8>,
    /// The `<…>` that the signature goes into.
    pub(super) hole: Range<usize>,
}

impl Unsigned {
    pub(super) fn digest(&self) -> Digest {
        digest(&self.bytes, &self.hole)
    }

    /// Puts the signature in, filled up with zeros.
    pub(super) fn fill(mut self, signature: &[u8]) -> Result<Vec<u8>, PdfError> {
        let digits = hex(signature);
        let start = self.hole.start + 1;
        match self.bytes.get_mut(start..start + digits.len()) {
            Some(room) if signature.len() <= ROOM => room.copy_from_slice(digits.as_bytes()),
            _ => return Err(PdfError::Limit),
        }
        Ok(self.bytes)
    }
}

/// An update in the making.
pub(super) struct Update<'a> {
    file: &'a File<'a>,
    bytes: Vec<u8>,
    /// Number and place of each object.
    objects: Vec<(u32, usize)>,
    next: u32,
}

impl<'a> Update<'a> {
    pub(super) fn new(file: &'a File<'a>) -> Result<Self, PdfError> {
        let mut bytes = file.bytes.to_vec();
        if !bytes.ends_with(b"\n") {
            bytes.push(b'\n');
        }
        Ok(Self { file, bytes, objects: vec![], next: file.size()? })
    }

    /// The number of a new object.
    pub(super) fn number(&mut self) -> Result<u32, PdfError> {
        let number = self.next;
        self.next = number.checked_add(1).ok_or(PdfError::Limit)?;
        Ok(number)
    }

    /// Writes an object, new or instead of the one that has its number.
    pub(super) fn object(&mut self, number: u32, body: &[u8]) {
        self.objects.push((number, self.bytes.len()));
        self.bytes.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        self.bytes.extend_from_slice(body);
        self.bytes.extend_from_slice(b"\nendobj\n");
    }

    /// Copies a dictionary of the file, with some entries set anew and put last.
    pub(super) fn changed(&self, dictionary: &Dictionary, set: &[(&str, String)]) -> Vec<u8> {
        let kept = |entry: &&Entry| !set.iter().any(|(key, _)| entry.key == key.as_bytes());
        let mut out = b"<<".to_vec();
        for entry in dictionary.entries.iter().filter(kept) {
            out.push(b'/');
            for byte in &entry.key {
                if byte.is_ascii_alphanumeric() {
                    out.push(*byte);
                } else {
                    out.extend_from_slice(format!("#{byte:02X}").as_bytes());
                }
            }
            out.push(b' ');
            out.extend_from_slice(self.file.bytes.get(entry.span.clone()).unwrap_or_default());
        }
        for (key, value) in set {
            out.extend_from_slice(format!("/{key} {value}").as_bytes());
        }
        out.extend_from_slice(b">>");
        out
    }

    /// Writes the signature's object, the table and the trailer, and leaves the hole.
    pub(super) fn close(mut self, number: u32, rank: Rank, at: &DateTime<FixedOffset>) -> Result<Unsigned, PdfError> {
        let (date, zeros) = (date(at), "0".repeat(2 * ROOM));
        let place = self.bytes.len();
        self.objects.push((number, place));
        let object = signature(number, rank, &date, "", &zeros);
        // The hole is the last thing of its dictionary: `<` zeros `>` before `>>`.
        let end = place + object.len() - ">>\nendobj\n".len();
        let hole = end - zeros.len() - 2..end;
        self.bytes.extend_from_slice(object.as_bytes());
        self.finish()?;
        let range = byte_range(&hole, self.bytes.len());
        let object = signature(number, rank, &date, &range, &zeros);
        match self.bytes.get_mut(place..place + object.len()) {
            Some(room) => room.copy_from_slice(object.as_bytes()),
            None => return Err(PdfError::Limit),
        }
        Ok(Unsigned { bytes: self.bytes, hole })
    }

    fn finish(&mut self) -> Result<(), PdfError> {
        let table = self.bytes.len();
        self.objects.sort_unstable();
        let mut text = "xref\n".to_owned();
        for run in self.objects.chunk_by(|a, b| a.0 + 1 == b.0) {
            let first = run.first().map_or(0, |(number, _)| *number);
            text += &format!("{first} {}\n", run.len());
            for (_, place) in run {
                text += &format!("{place:010} 00000 n \n");
            }
        }
        let file = self.file;
        let Some(root) = file.trailer.get("Root").and_then(Object::reference) else { return file.refuse() };
        text += &format!("trailer\n<</Size {}/Root {root} 0 R", self.next);
        if let Some(info) = file.trailer.get("Info").and_then(Object::reference) {
            text += &format!("/Info {info} 0 R");
        }
        // The second half tells this update from the others (14.4); the first stays, where there is one.
        let second = &sha256(file.bytes).0[..16];
        let first = match file.trailer.get("ID").and_then(Object::array) {
            Some([Object::Text(first), _]) => first,
            _ => second,
        };
        text += &format!("/ID[<{}><{}>]", hex(first), hex(second));
        text += &format!("/Prev {}>>\nstartxref\n{table}\n%%EOF\n", file.table);
        self.bytes.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// What stands between the brackets of an array, copied from the file.
pub(super) fn inside<'a>(file: &File<'a>, span: &Range<usize>) -> &'a [u8] {
    file.bytes.get(span.start + 1..span.end.saturating_sub(1)).unwrap_or_default()
}

/// Reads the array of a page's annotations: in the page itself, or an object of its own.
pub(super) fn annotations<'a>(file: &File<'a>, page: &Dictionary) -> Result<&'a [u8], PdfError> {
    let Some(entry) = page.entry("Annots") else { return Ok(b"") };
    match &entry.value {
        Object::Array(_) => Ok(inside(file, &entry.span)),
        Object::Reference(number) => Ok(inside(file, &file.array(*number)?)),
        _ => Lexer::new(file.bytes, entry.span.start).refuse(),
    }
}
