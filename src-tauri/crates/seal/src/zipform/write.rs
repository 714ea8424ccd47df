//! Writing a zip file.

use std::io::{Read, Write};

use super::{Entry, Measure, ZipError, end_record, in_pieces, length, within};
use crate::limits::{Limits, Names};

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
