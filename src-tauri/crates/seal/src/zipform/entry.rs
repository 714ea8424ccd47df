//! Reading one entry.

use std::io::{self, Read, Seek, SeekFrom};

use review::ids::Digest;

use super::{Entry, ZipError, length};
use crate::key::Hasher;

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

impl<'a, R> EntryReader<'a, R> {
    pub(super) fn new(reader: &'a mut R, entry: &'a Entry, digest: Option<Digest>) -> Self {
        let check = Some(Check::new(digest.is_some()));
        Self { reader, entry, digest, position: 0, placed: false, check }
    }

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
