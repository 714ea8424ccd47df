//! Files that leave a desk: written beside, synced, renamed, and read back.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use seal::key::sha256_file;

use crate::{DeskError, dto::Written};

/// A text as part of a file name that every system takes: without the characters that Windows refuses, at most 60 long.
pub(crate) fn name_part(text: &str) -> String {
    let part: String = text
        .chars()
        .map(|c| if c.is_control() || "\\/:*?\"<>|".contains(c) { '_' } else { c })
        .filter(|c| !c.is_whitespace())
        .take(60)
        .collect();
    part.trim_end_matches('.').to_owned()
}

/// Writes a file into a folder, whole or not at all, and reads it back.
///
/// A file of that name with other content is left alone, and the new one gets a number; with the same content nothing is
/// written.
///
/// # Errors
/// `READ_ONLY`, `DISK_FULL`, `IO`; `WRITE_MISMATCH` where what was read back is not what was written; whatever `fill` gives.
pub(crate) fn write_into(
    folder: &Path,
    name: &str,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), DeskError>,
) -> Result<Written, DeskError> {
    fs::create_dir_all(folder).map_err(|error| DeskError::io(folder, &error))?;
    let part = folder.join(format!(".{name}.part"));
    let written = write_part(&part, fill);
    let (size, digest) = match written {
        Ok(written) => written,
        Err(error) => {
            // Nothing half-written stays; that removing it may fail too changes nothing for the caller.
            let _ = fs::remove_file(&part);
            return Err(error);
        }
    };
    let (path, same) = free_path(folder, name, digest)?;
    if same {
        fs::remove_file(&part).map_err(|error| DeskError::io(&part, &error))?;
    } else {
        fs::rename(&part, &path).map_err(|error| DeskError::io(&path, &error))?;
        sync_folder(folder).map_err(|error| DeskError::io(folder, &error))?;
    }
    let read_back = sha256_file(&path).map_err(|error| DeskError::io(&path, &error))?;
    if read_back != (size, digest) {
        return Err(DeskError::new("WRITE_MISMATCH").with("path", path.display()));
    }
    Ok(Written { path: path.display().to_string(), size, digest: digest.to_string() })
}

/// Writes bytes that are at hand; see [`write_into`].
pub(crate) fn write_bytes(folder: &Path, name: &str, bytes: &[u8]) -> Result<Written, DeskError> {
    let path = folder.join(name);
    write_into(folder, name, |out| out.write_all(bytes).map_err(|error| DeskError::io(&path, &error)))
}

/// Makes a rename survive a power cut or a stick pulled out. Windows has no such call and does not need it.
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

fn write_part(
    part: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), DeskError>,
) -> Result<(u64, review::ids::Digest), DeskError> {
    let failed = |error: io::Error| DeskError::io(part, &error);
    let mut out = BufWriter::new(File::create(part).map_err(failed)?);
    fill(&mut out)?;
    let file = out.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)?;
    drop(file);
    sha256_file(part).map_err(failed)
}

/// The first free name of `name`, `name (2)`, …; or the one whose file has this very content.
fn free_path(folder: &Path, name: &str, digest: review::ids::Digest) -> Result<(PathBuf, bool), DeskError> {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    for number in 1_u32.. {
        let path = match number {
            1 => folder.join(name),
            _ => folder.join(format!("{stem} ({number}).{ending}")),
        };
        match sha256_file(&path) {
            Ok((_, there)) if there == digest => return Ok((path, true)),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((path, false)),
            Err(error) => return Err(DeskError::io(&path, &error)),
        }
    }
    Err(DeskError::internal("no free file name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_content_is_written_once_and_other_content_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let first = write_bytes(folder.path(), "评分表.hjsheet", b"one").unwrap();
        let again = write_bytes(folder.path(), "评分表.hjsheet", b"one").unwrap();
        let other = write_bytes(folder.path(), "评分表.hjsheet", b"two").unwrap();
        assert_eq!(first.path, again.path);
        assert!(other.path.ends_with("评分表 (2).hjsheet"));
        assert_eq!(fs::read(first.path).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing half-written stays");
    }

    #[test]
    fn a_name_part_is_lawful_on_windows() {
        assert_eq!(name_part("2026 年:第一轮/评*估?."), "2026年_第一轮_评_估_");
    }
}
