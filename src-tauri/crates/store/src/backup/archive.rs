//! The archive of a backup: what goes in, and that nothing else comes out.

use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read},
    path::Path,
};

use zip::{CompressionMethod, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::{Beside, write_synced};
use crate::{
    StoreError,
    digest::{Hasher, is_digest},
    files::copy,
    open::{DATABASE, FILES},
};

/// How a zip archive begins.
const HEADER: [u8; 4] = *b"PK\x03\x04";

impl From<ZipError> for StoreError {
    fn from(error: ZipError) -> Self {
        match error {
            // A checksum that does not fit comes as an error of reading.
            ZipError::Io(error)
                if !matches!(
                    error.kind(),
                    io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::Other
                ) =>
            {
                error.into()
            }
            _ => Self::NotABackup,
        }
    }
}

pub(super) fn is_archive(path: &Path) -> Result<bool, StoreError> {
    let mut begin = [0; 4];
    match File::open(path)?.read_exact(&mut begin) {
        Ok(()) => Ok(begin == HEADER),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Writes the archive and reads it back.
pub(super) fn write(
    target: &Path,
    tables: &Path,
    files: &[std::path::PathBuf],
    beside: &[Beside<'_>],
) -> Result<(), StoreError> {
    let mut zip = ZipWriter::new(BufWriter::new(File::create(target)?));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
    let mut written = Vec::new();
    let mut add = |name: String, source: &mut dyn Read| -> Result<(), StoreError> {
        zip.start_file(name.as_str(), stored).map_err(failed)?;
        let mut hasher = Hasher::new();
        let mut both = Both { source, hasher: &mut hasher };
        copy(&mut both, &mut zip)?;
        written.push((name, hasher.finish()));
        Ok(())
    };
    for Beside { name, mut bytes } in beside.iter().copied() {
        add(name.to_owned(), &mut bytes)?;
    }
    add(DATABASE.to_owned(), &mut File::open(tables)?)?;
    for path in files {
        add(entry_name(path)?, &mut File::open(path)?)?;
    }
    let file = zip.finish().map_err(failed)?.into_inner().map_err(|error| StoreError::from(error.into_error()))?;
    file.sync_all()?;
    drop(file);

    let mut back = ZipArchive::new(BufReader::new(File::open(target)?))?;
    for (name, digest) in written {
        let mut hasher = Hasher::new();
        copy(&mut back.by_name(&name)?, &mut hasher)?;
        if hasher.finish() != digest {
            return Err(StoreError::NotABackup);
        }
    }
    Ok(())
}

/// Unpacks the archive. Every entry must be one that [`write`] could have written.
pub(super) fn unpack(backup: &Path, part: &Path, beside: &[&str]) -> Result<(), StoreError> {
    let length = fs::metadata(backup)?.len();
    let mut zip = ZipArchive::new(BufReader::new(File::open(backup)?))?;
    let mut total = 0_u64;
    for number in 0..zip.len() {
        let entry = zip.by_index(number)?;
        let name = entry.name()?.into_owned();
        total = total.saturating_add(entry.size());
        // Stored and no longer together than the archive itself: nothing swells while it is unpacked.
        let stored = entry.compression() == CompressionMethod::Stored && !entry.encrypted();
        if !stored || entry.size() != entry.compressed_size() || total > length {
            return Err(StoreError::NotABackup);
        }
        let place = if name == DATABASE || beside.contains(&name.as_str()) {
            part.join(&name)
        } else {
            let kept = kept_name(&name).ok_or(StoreError::NotABackup)?;
            let shelf = part.join(FILES).join(kept.get(..2).unwrap_or_default());
            fs::create_dir_all(&shelf)?;
            shelf.join(kept)
        };
        match write_synced(entry, &place) {
            Err(StoreError::Io(error))
                if matches!(
                    error.kind(),
                    io::ErrorKind::InvalidData
                        | io::ErrorKind::UnexpectedEof
                        | io::ErrorKind::Other
                        | io::ErrorKind::AlreadyExists
                ) =>
            {
                return Err(StoreError::NotABackup);
            }
            other => other?,
        }
    }
    if part.join(DATABASE).is_file() { Ok(()) } else { Err(StoreError::NotABackup) }
}

/// `files/<first two digits>/<name>.age` as the file's own name, where it is exactly that.
fn kept_name(entry: &str) -> Option<&str> {
    let (shelf, name) = entry.strip_prefix(FILES)?.strip_prefix('/')?.split_once('/')?;
    let stem = name.strip_suffix(".age")?;
    (is_digest(stem) && stem.get(..2) == Some(shelf)).then_some(name)
}

fn entry_name(path: &Path) -> Result<String, StoreError> {
    let name = path.file_name().and_then(|name| name.to_str()).ok_or(StoreError::BadPath)?;
    Ok(format!("{FILES}/{}/{name}", name.get(..2).unwrap_or_default()))
}

/// While writing an archive there is nothing hostile: whatever fails is the disk.
fn failed(error: ZipError) -> StoreError {
    match error {
        ZipError::Io(error) => error.into(),
        other => StoreError::Io(io::Error::other(other)),
    }
}

/// Reads and hashes on the way.
struct Both<'a> {
    source: &'a mut dyn Read,
    hasher: &'a mut Hasher,
}

impl Read for Both<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.hasher.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_backup_holds_has_a_place() {
        let name = "ab".repeat(32);
        assert_eq!(kept_name(&format!("files/ab/{name}.age")), Some(format!("{name}.age").as_str()));
        for odd in [
            format!("files/cd/{name}.age"),
            format!("files/ab/{name}"),
            format!("files/ab/../../{name}.age"),
            format!("/files/ab/{name}.age"),
            "files/ab/x.age".to_owned(),
            "../desk.db".to_owned(),
        ] {
            assert_eq!(kept_name(&odd), None, "{odd}");
        }
    }
}
