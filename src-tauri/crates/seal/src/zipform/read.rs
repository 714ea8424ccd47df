//! Reading a zip file.

use std::io::{self, Read, Seek, SeekFrom};

use review::ids::Digest;

use super::{CENTRAL, END, Entry, EntryReader, MAX_NAME, ZipError, altered, end_record, in_pieces, length, within};
use crate::{
    key::Hasher,
    limits::{Limits, Names, PathRule},
};

/// An open zip file whose every record has been checked; contents are checked when they are read.
#[derive(Debug)]
pub struct Zip<R> {
    reader: R,
    entries: Vec<Entry>,
}

impl<R: Read + Seek> Zip<R> {
    /// Reads and checks the structure. No content is read, and nothing is held in memory before it is within the limits.
    ///
    /// # Errors
    /// [`ZipError::Form`], the limits, the path rules, [`ZipError::Io`].
    pub fn open(mut reader: R, limits: &Limits) -> Result<Self, ZipError> {
        let (directory, count, offset) = read_directory(&mut reader, limits)?;
        let entries = parse_directory(&directory, offset, limits)?;
        if entries.len() != count {
            return Err(ZipError::Form { offset: offset + length(&directory) });
        }
        for entry in &entries {
            let expected = entry.local().ok_or(ZipError::Form { offset: entry.offset })?;
            reader.seek(SeekFrom::Start(entry.offset))?;
            if read_bytes(&mut reader, expected.len())? != expected {
                return Err(ZipError::Form { offset: entry.offset });
            }
        }
        Ok(Self { reader, entries })
    }

    /// The entries in their order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The whole content of an entry of at most `max` bytes.
    ///
    /// # Errors
    /// [`ZipError::FileTooLarge`], [`ZipError::Altered`], [`ZipError::Missing`], [`ZipError::Io`].
    pub fn read(&mut self, index: usize, max: u64) -> Result<Vec<u8>, ZipError> {
        let size = self.entries.get(index).ok_or(ZipError::Missing { index })?.size;
        let room = usize::try_from(size).ok().filter(|_| size <= max).ok_or(ZipError::FileTooLarge { index, max })?;
        let mut out = Vec::with_capacity(room);
        in_pieces(self.reader(index)?, |piece| {
            out.extend(piece);
            Ok(())
        })
        .map_err(|error| altered(index, error))?;
        Ok(out)
    }

    /// The digest of an entry's content, read to its end.
    ///
    /// # Errors
    /// [`ZipError::Altered`], [`ZipError::Missing`], [`ZipError::Io`].
    pub fn digest(&mut self, index: usize) -> Result<Digest, ZipError> {
        self.digest_noting(index, &mut |_| {})
    }

    /// As [`Zip::digest`], telling after each piece how many bytes it had.
    pub(crate) fn digest_noting(&mut self, index: usize, note: &mut dyn FnMut(u64)) -> Result<Digest, ZipError> {
        let mut hasher = Hasher::new();
        in_pieces(self.reader(index)?, |piece| {
            hasher.update(piece);
            note(length(piece));
            Ok(())
        })
        .map_err(|error| altered(index, error))?;
        Ok(hasher.finish())
    }

    /// A reader over an entry's content, for streaming and for ranges.
    ///
    /// # Errors
    /// [`ZipError::Missing`].
    pub fn reader(&mut self, index: usize) -> Result<EntryReader<'_, R>, ZipError> {
        self.reader_checking(index, None)
    }

    /// As [`Zip::reader`], which also checks the digest where the content is read as a whole.
    pub(crate) fn reader_checking(
        &mut self,
        index: usize,
        digest: Option<Digest>,
    ) -> Result<EntryReader<'_, R>, ZipError> {
        let entry = self.entries.get(index).ok_or(ZipError::Missing { index })?;
        Ok(EntryReader::new(&mut self.reader, entry, digest))
    }
}

/// The central directory, how many records it is said to have, and where it begins.
fn read_directory(reader: &mut (impl Read + Seek), limits: &Limits) -> Result<(Vec<u8>, usize, u64), ZipError> {
    let total = reader.seek(SeekFrom::End(0))?;
    let end = total.checked_sub(length(&[0; END])).ok_or(ZipError::Form { offset: 0 })?;
    let wrong = || ZipError::Form { offset: end };
    reader.seek(SeekFrom::Start(end))?;
    let record = read_bytes(reader, END)?;
    let count = usize::from(le16(&record, 10).ok_or_else(wrong)?);
    let (size, offset) = le32(&record, 12).zip(le32(&record, 16)).ok_or_else(wrong)?;
    let (size, offset) = (u64::from(size), u64::from(offset));
    if end_record(count, size, offset).as_deref() != Some(&record) || offset + size != end {
        return Err(wrong());
    }
    if count > limits.entries {
        return Err(ZipError::TooMany { max: limits.entries });
    }
    // Bounds what is read into memory by the count, which is within the limits.
    let size = usize::try_from(size).ok().filter(|size| *size <= count * (CENTRAL + MAX_NAME)).ok_or_else(wrong)?;
    reader.seek(SeekFrom::Start(offset))?;
    Ok((read_bytes(reader, size)?, count, offset))
}

/// The entries, each record as it must be, which together lie side by side from the first byte to the directory.
fn parse_directory(directory: &[u8], start: u64, limits: &Limits) -> Result<Vec<Entry>, ZipError> {
    let (mut entries, mut names) = (Vec::new(), Names::new());
    let (mut rest, mut total, mut offset) = (directory, 0, 0);
    while !rest.is_empty() {
        let index = entries.len();
        let at = start + length(directory) - length(rest);
        let wrong = || ZipError::Form { offset: at };
        let name_length = usize::from(le16(rest, 28).ok_or_else(wrong)?);
        let (record, after) = rest.split_at_checked(CENTRAL + name_length).ok_or_else(wrong)?;
        let name = std::str::from_utf8(&record[CENTRAL..])
            .map_err(|_| ZipError::Path { index, rule: PathRule::Utf8 })?
            .to_owned();
        let (crc, size) = le32(record, 16).zip(le32(record, 24)).ok_or_else(wrong)?;
        let entry = Entry { name, size: u64::from(size), crc, offset };
        if entry.central().as_deref() != Some(record) {
            return Err(wrong());
        }
        names.add(&entry.name).map_err(|rule| ZipError::Path { index, rule })?;
        total = within(limits, index, total, entry.size)?;
        offset = entry.end();
        entries.push(entry);
        rest = after;
    }
    if offset != start {
        return Err(ZipError::Form { offset: start.min(offset) });
    }
    Ok(entries)
}

fn read_bytes(reader: &mut impl Read, count: usize) -> io::Result<Vec<u8>> {
    let mut out = vec![0; count];
    reader.read_exact(&mut out)?;
    Ok(out)
}

fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}
