//! The one accepted form of a zip file (APPNOTE 6.3.3), written and read here because a general library accepts many.
//!
//! Entries stand in the order given, stored, with UTF-8 names, dated 1980-01-01 00:00, without attributes, extra fields,
//! comments, descriptors or gaps. So names, order and contents determine every byte, and a reader refuses any other.

mod entry;
mod read;
mod write;

use std::io::{self, Read};

use review::ids::Digest;

use crate::{
    key::Hasher,
    limits::{Limits, MAX_PATH_UNITS, PathRule},
};

pub use entry::EntryReader;
pub(crate) use entry::altered;
pub use read::Zip;
pub use write::ZipWriter;

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
    pub(crate) fn start(&self) -> u64 {
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

/// A length as a file offset: no system of ours has lengths beyond 64 bits.
fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
