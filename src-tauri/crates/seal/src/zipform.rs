//! The one accepted form of a zip file (APPNOTE 6.3.3), written and read here because a general library accepts many.
//!
//! Entries stand in the order given, stored, with UTF-8 names, dated 1980-01-01 00:00, without attributes, extra fields,
//! comments, descriptors or gaps. So names, order and contents determine every byte, and a reader refuses any other.

use std::io::{self, Read, Seek, SeekFrom, Write};

use review::ids::Digest;

use crate::{
    key::Hasher,
    limits::{Limits, MAX_PATH_UNITS, Names, PathRule},
};

const LOCAL: usize = 30;
const CENTRAL: usize = 46;
const END: usize = 22;

/// The longest name in bytes: a UTF-16 unit is at most three bytes of UTF-8.
const MAX_NAME: usize = 3 * MAX_PATH_UNITS;

/// Pieces in which contents are copied and hashed.
const PIECE: usize = 64 << 10;

/// Why a zip file is refused, or cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ZipError {
    /// The file is not in the one accepted form.
    #[error("not in the one accepted form, at byte {offset}")]
    Form {
        /// Where the record begins that is not as it must be.
        offset: u64,
    },
    /// There are too many entries.
    #[error("more than {max} entries")]
    TooMany {
        /// The most there may be.
        max: usize,
    },
    /// An entry is too large.
    #[error("entry {index} has more than {max} bytes")]
    FileTooLarge {
        /// Which, from 0.
        index: usize,
        /// The most it may have.
        max: u64,
    },
    /// All entries together are too large.
    #[error("more than {max} bytes")]
    TotalTooLarge {
        /// The most there may be.
        max: u64,
    },
    /// An entry's name breaks a rule.
    #[error("the name of entry {index}: {rule}")]
    Path {
        /// Which, from 0.
        index: usize,
        /// The rule.
        rule: PathRule,
    },
    /// An entry's bytes are not those that its checksum was made of.
    #[error("entry {index} is altered")]
    Altered {
        /// Which, from 0.
        index: usize,
    },
    /// A source gave other bytes when it was read again.
    #[error("the source of entry {index} changed while it was read")]
    Changed {
        /// Which, from 0.
        index: usize,
    },
    /// There is no such entry.
    #[error("no entry {index}")]
    Missing {
        /// Which, from 0.
        index: usize,
    },
    /// Reading or writing failed.
    #[error("reading or writing failed")]
    Io(#[from] io::Error),
}

impl ZipError {
    /// The stable code that screens and scripts match.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Form { .. } => "ZIP_FORM",
            Self::TooMany { .. } => "ZIP_TOO_MANY",
            Self::FileTooLarge { .. } => "ZIP_FILE_TOO_LARGE",
            Self::TotalTooLarge { .. } => "ZIP_TOTAL_TOO_LARGE",
            Self::Path { rule, .. } => rule.code(),
            Self::Altered { .. } => "ZIP_ALTERED",
            Self::Changed { .. } => "ZIP_CHANGED",
            Self::Missing { .. } => "ZIP_MISSING",
            Self::Io(_) => "IO",
        }
    }
}

/// What is known of a content before it is written: one reading gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Size in bytes.
    pub size: u64,
    /// CRC-32 (IEEE 802.3).
    pub crc: u32,
    /// SHA-256.
    pub digest: Digest,
}

impl Measure {
    /// Reads a content to its end.
    ///
    /// # Errors
    /// What reading gives.
    pub fn of(content: impl Read) -> io::Result<Self> {
        let (mut size, mut crc, mut hasher) = (0, crc32fast::Hasher::new(), Hasher::new());
        in_pieces(content, |piece| {
            size += length(piece);
            crc.update(piece);
            hasher.update(piece);
            Ok(())
        })?;
        Ok(Self { size, crc: crc.finalize(), digest: hasher.finish() })
    }
}

/// An entry of a zip file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    crc: u32,
    /// Where its local header begins.
    offset: u64,
}

impl Entry {
    /// The local header (section 4.3.7). `None` where a number does not fit: zip64 is not part of the form.
    fn local(&self) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(LOCAL + self.name.len());
        out.extend(b"PK\x03\x04");
        self.common(&mut out)?;
        out.extend([0; 2]); // no extra field
        out.extend(self.name.as_bytes());
        Some(out)
    }

    /// The record in the central directory (section 4.3.12).
    fn central(&self) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(CENTRAL + self.name.len());
        out.extend(b"PK\x01\x02");
        out.extend(20_u16.to_le_bytes()); // made by version 2.0
        self.common(&mut out)?;
        out.extend([0; 12]); // no extra field, no comment, disk 0, no internal and external attributes
        out.extend(u32::try_from(self.offset).ok()?.to_le_bytes());
        out.extend(self.name.as_bytes());
        Some(out)
    }

    fn common(&self, out: &mut Vec<u8>) -> Option<()> {
        let size = u32::try_from(self.size).ok()?.to_le_bytes();
        out.extend(20_u16.to_le_bytes()); // needs version 2.0
        out.extend(0x0800_u16.to_le_bytes()); // the name is UTF-8
        out.extend(0_u16.to_le_bytes()); // stored
        out.extend(0_u16.to_le_bytes()); // 00:00
        out.extend(0x0021_u16.to_le_bytes()); // 1980-01-01
        out.extend(self.crc.to_le_bytes());
        out.extend(size);
        out.extend(size);
        out.extend(u16::try_from(self.name.len()).ok()?.to_le_bytes());
        Some(())
    }

    /// Where its contents begin.
    fn start(&self) -> u64 {
        self.offset + length(&[0; LOCAL]) + length(self.name.as_bytes())
    }

    /// Where the next record begins.
    fn end(&self) -> u64 {
        self.start() + self.size
    }
}

/// The end of the central directory (section 4.3.16).
fn end_record(count: usize, size: u64, offset: u64) -> Option<Vec<u8>> {
    // 65,535 entries and an offset of all ones announce zip64.
    let count = u16::try_from(count).ok().filter(|count| *count < u16::MAX)?.to_le_bytes();
    let mut out = Vec::with_capacity(END);
    out.extend(b"PK\x05\x06");
    out.extend([0; 4]); // disk 0
    out.extend(count);
    out.extend(count);
    out.extend(u32::try_from(size).ok()?.to_le_bytes());
    out.extend(u32::try_from(offset).ok().filter(|offset| *offset < u32::MAX)?.to_le_bytes());
    out.extend([0; 2]); // no comment
    Some(out)
}

/// Writes a zip file as a stream: nothing is held in memory but names.
pub struct ZipWriter<W> {
    out: W,
    limits: Limits,
    names: Names,
    central: Vec<u8>,
    count: usize,
    total: u64,
    offset: u64,
}

impl<W: Write> ZipWriter<W> {
    /// A writer at the start of an empty file, which keeps to the limits that a reader will set.
    pub fn new(out: W, limits: Limits) -> Self {
        Self { out, limits, names: Names::new(), central: Vec::new(), count: 0, total: 0, offset: 0 }
    }

    /// Writes the next entry. Its content has been measured before, and is read here once more.
    ///
    /// # Errors
    /// The limits and path rules, [`ZipError::Changed`] where the content is not what was measured, [`ZipError::Io`].
    pub fn add(&mut self, name: &str, measure: &Measure, content: impl Read) -> Result<(), ZipError> {
        let index = self.count;
        self.names.add(name).map_err(|rule| ZipError::Path { index, rule })?;
        let entry = Entry { name: name.to_owned(), size: measure.size, crc: measure.crc, offset: self.offset };
        self.total = within(&self.limits, index, self.total, measure.size)?;
        let too_large = ZipError::TotalTooLarge { max: u64::from(u32::MAX) };
        let (Some(local), Some(central)) = (entry.local(), entry.central()) else { return Err(too_large) };
        self.out.write_all(&local)?;
        let (out, mut size, mut crc) = (&mut self.out, 0, crc32fast::Hasher::new());
        in_pieces(content, |piece| {
            size += length(piece);
            crc.update(piece);
            out.write_all(piece)
        })?;
        if (size, crc.finalize()) != (measure.size, measure.crc) {
            return Err(ZipError::Changed { index });
        }
        self.central.extend(central);
        self.count += 1;
        self.offset = entry.end();
        Ok(())
    }

    /// Writes what stands at the end, and gives the destination back, not yet synced.
    ///
    /// # Errors
    /// [`ZipError::TooMany`] or [`ZipError::TotalTooLarge`] where only zip64 could hold it, [`ZipError::Io`].
    pub fn finish(mut self) -> Result<W, ZipError> {
        let too_large = ZipError::TotalTooLarge { max: u64::from(u32::MAX) };
        let end = end_record(self.count, length(&self.central), self.offset).ok_or(too_large)?;
        self.out.write_all(&self.central)?;
        self.out.write_all(&end)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Checks the next entry against the limits; the new total.
fn within(limits: &Limits, index: usize, total: u64, size: u64) -> Result<u64, ZipError> {
    // 65,535 announces zip64, so that the form ends one below.
    let max = limits.entries.min(usize::from(u16::MAX - 1));
    if index >= max {
        return Err(ZipError::TooMany { max });
    }
    if size > limits.file {
        return Err(ZipError::FileTooLarge { index, max: limits.file });
    }
    let total = total.saturating_add(size);
    if total > limits.total {
        return Err(ZipError::TotalTooLarge { max: limits.total });
    }
    Ok(total)
}

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
        let check = Check::new(digest.is_some());
        Ok(EntryReader { reader: &mut self.reader, entry, digest, position: 0, placed: false, check: Some(check) })
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

/// One entry's content (`Read` and `Seek`), bounded to it.
///
/// Where it is read from its first to its last byte without a jump, the last piece is given only if checksum and digest
/// fit; else reading fails with [`io::ErrorKind::InvalidData`]. Single ranges are given unchecked: check the file before.
pub struct EntryReader<'a, R> {
    reader: &'a mut R,
    entry: &'a Entry,
    digest: Option<Digest>,
    position: u64,
    /// Whether the underlying reader stands at our position.
    placed: bool,
    check: Option<Check>,
}

struct Check {
    crc: crc32fast::Hasher,
    hasher: Option<Hasher>,
}

impl Check {
    fn new(with_digest: bool) -> Self {
        Self { crc: crc32fast::Hasher::new(), hasher: with_digest.then(Hasher::new) }
    }

    fn passes(self, crc: u32, digest: Option<Digest>) -> bool {
        self.crc.finalize() == crc && self.hasher.map(Hasher::finish) == digest
    }
}

impl<R> EntryReader<'_, R> {
    /// The content's size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.entry.size
    }
}

impl<R: Read + Seek> Read for EntryReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.entry.size.saturating_sub(self.position);
        let most = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        if most == 0 && (left > 0 || self.check.is_none()) {
            return Ok(0);
        }
        if !self.placed {
            self.reader.seek(SeekFrom::Start(self.entry.start() + self.position))?;
            self.placed = true;
        }
        let read = if most == 0 { 0 } else { self.reader.read(&mut buffer[..most])? };
        if read == 0 && most > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let piece = &buffer[..read];
        self.position += length(piece);
        if let Some(check) = &mut self.check {
            check.crc.update(piece);
            if let Some(hasher) = &mut check.hasher {
                hasher.update(piece);
            }
        }
        if self.position == self.entry.size
            && self.check.take().is_some_and(|check| !check.passes(self.entry.crc, self.digest))
        {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "altered"));
        }
        Ok(read)
    }
}

impl<R: Read + Seek> Seek for EntryReader<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.entry.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        let target = target.ok_or(io::ErrorKind::InvalidInput)?;
        if target != self.position {
            self.position = target;
            self.placed = false;
            self.check = (target == 0).then(|| Check::new(self.digest.is_some()));
        }
        Ok(target)
    }
}

/// An error of an [`EntryReader`], with the failed check told apart from a failed disk.
pub(crate) fn altered(index: usize, error: io::Error) -> ZipError {
    match error.kind() {
        io::ErrorKind::InvalidData => ZipError::Altered { index },
        _ => ZipError::Io(error),
    }
}

/// Hands on a content piece by piece.
fn in_pieces(mut content: impl Read, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut buffer = vec![0; PIECE];
    loop {
        match content.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => take(&buffer[..read])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
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

/// A length as a file offset: no system of ours has lengths beyond 64 bits.
fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
