//! Files and folders that were picked or dropped: found, and read within limits.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::DeskError;

/// How deep folders are searched: a stick is sorted by centre and expert, hardly more.
const MAX_DEPTH: usize = 8;

/// What was found under the paths given.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Files with one of the endings asked for, in the order of the paths given and of their names.
    pub(crate) files: Vec<PathBuf>,
    /// What cannot be taken.
    pub(crate) refused: Vec<(PathBuf, DeskError)>,
}

/// Finds the files with these endings. In folders, everything else is passed over, links included; a file that was named
/// itself and is of another kind is refused, the PDF that travels beside a sheet apart.
pub(crate) fn find(paths: &[PathBuf], endings: &[&str]) -> Found {
    let mut found = Found::default();
    for path in paths {
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => walk(path, endings, 0, &mut found),
            Ok(meta) if meta.is_file() && has_ending(path, endings) => found.files.push(path.clone()),
            Ok(meta) if meta.is_file() && has_ending(path, &["pdf"]) => {}
            Ok(_) => {
                let error = DeskError::new("WRONG_FILE_KIND").with("name", name(path));
                found.refused.push((path.clone(), error));
            }
            Err(error) => found.refused.push((path.clone(), DeskError::io(path, &error))),
        }
    }
    let mut seen = BTreeSet::new();
    found.files.retain(|path| seen.insert(path.clone()));
    found
}

fn walk(folder: &Path, endings: &[&str], depth: usize, found: &mut Found) {
    let entries = match fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) => return found.refused.push((folder.to_owned(), DeskError::io(folder, &error))),
    };
    let mut paths: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
    paths.sort();
    for path in paths {
        // A hidden file is what an unfinished copy or another system leaves behind.
        if name(&path).starts_with('.') {
            continue;
        }
        match fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_dir() && depth < MAX_DEPTH => walk(&path, endings, depth + 1, found),
            Ok(meta) if meta.is_file() && has_ending(&path, endings) => found.files.push(path),
            Ok(_) => {}
            Err(error) => {
                let error = DeskError::io(&path, &error);
                found.refused.push((path, error));
            }
        }
    }
}

/// Whether a path has one of these endings, in any case.
pub(crate) fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

/// The file name as screens show it.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Names the file in a refusal of its kind, which the package alone cannot.
pub(crate) fn about<E: Into<DeskError>>(path: &Path) -> impl FnOnce(E) -> DeskError {
    move |error| {
        let error = error.into();
        if error.code == "WRONG_FILE_KIND" { error.with("name", name(path)) } else { error }
    }
}

/// Opens a file.
///
/// # Errors
/// `READ_ONLY`, `IO`.
pub(crate) fn open(path: &Path) -> Result<File, DeskError> {
    File::open(path).map_err(|error| DeskError::io(path, &error))
}

/// The whole of a signed file of at most `max` bytes.
///
/// # Errors
/// `JWS_TOO_LARGE`; those of reading.
pub(crate) fn read(path: &Path, max: usize) -> Result<Vec<u8>, DeskError> {
    let most = u64::try_from(max).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let taken = open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes);
    let length = taken.map_err(|error| DeskError::io(path, &error))?;
    if length > max { Err(DeskError::new("JWS_TOO_LARGE").with("maximum", max)) } else { Ok(bytes) }
}
