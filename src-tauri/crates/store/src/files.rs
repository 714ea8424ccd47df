//! The packages and documents of a desk, exactly as received, named by their SHA-256.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::{
    StoreError,
    digest::{Hasher, is_digest},
};

const PIECE: usize = 1 << 20;

/// The folder `files/`: `files/<first two digits>/<digest>`.
#[derive(Debug)]
pub struct Files {
    folder: PathBuf,
    unfinished: Cell<u64>,
    // A package is read in many small ranges; hashing all of it for each would take seconds. Trusted while length and
    // time of change are those at the last check.
    checked: RefCell<HashMap<String, (u64, Option<SystemTime>)>>,
}

/// A file that is now kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its SHA-256, by which it is found again.
    pub digest: String,
    /// Its length in bytes.
    pub size: u64,
}

impl Files {
    pub(crate) fn open(folder: PathBuf) -> Result<Self, StoreError> {
        fs::create_dir_all(&folder)?;
        // What a crash left half written was never named by any row.
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.path().extension().is_some_and(|extension| extension == "part") {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(Self { folder, unfinished: Cell::new(0), checked: RefCell::default() })
    }

    /// Keeps what `source` gives: written beside, synced, then renamed to its digest. Keeping the same bytes twice
    /// changes nothing; a kept file found altered is set aside as `<digest>.altered` and the good one takes its place.
    ///
    /// # Errors
    /// Those of reading `source` and of writing.
    pub fn put(&self, mut source: impl Read) -> Result<Stored, StoreError> {
        let mut writing = self.start()?;
        copy(&mut source, &mut writing)?;
        writing.finish()
    }

    /// Begins a file whose bytes come piece by piece.
    ///
    /// # Errors
    /// Those of making a file.
    pub fn start(&self) -> Result<Writing<'_>, StoreError> {
        let number = self.unfinished.get();
        self.unfinished.set(number + 1);
        let part = self.folder.join(format!("{number}.part"));
        let file = File::create(&part)?;
        Ok(Writing { files: self, file: Some(file), part, hasher: Hasher::new(), size: 0 })
    }

    /// Keeps `bytes`; see [`Files::put`].
    ///
    /// # Errors
    /// Those of writing.
    pub fn put_bytes(&self, bytes: &[u8]) -> Result<Stored, StoreError> {
        self.put(bytes)
    }

    /// Opens a kept file at its beginning, checked against its digest.
    ///
    /// # Errors
    /// [`StoreError::FileMissing`], [`StoreError::FileAltered`], or [`StoreError::BadDigest`] where `digest` is none.
    pub fn open_file(&self, digest: &str) -> Result<File, StoreError> {
        let mut file = match File::open(self.path(digest)?) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StoreError::FileMissing { digest: digest.to_owned() });
            }
            Err(error) => return Err(error.into()),
        };
        let stamp = stamp(&file)?;
        if self.checked.borrow().get(digest) != Some(&stamp) {
            if hash(&mut file)? != digest {
                return Err(StoreError::FileAltered { digest: digest.to_owned() });
            }
            self.checked.borrow_mut().insert(digest.to_owned(), stamp);
            file.seek(SeekFrom::Start(0))?;
        }
        Ok(file)
    }

    /// The whole of a kept file, checked against its digest.
    ///
    /// # Errors
    /// Those of [`Files::open_file`].
    pub fn read(&self, digest: &str) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::new();
        self.open_file(digest)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Whether a file of that digest is kept; not whether it is whole.
    #[must_use]
    pub fn has(&self, digest: &str) -> bool {
        self.path(digest).is_ok_and(|path| path.is_file())
    }

    /// Where the file of that digest is, or would be.
    ///
    /// # Errors
    /// [`StoreError::BadDigest`].
    pub fn path(&self, digest: &str) -> Result<PathBuf, StoreError> {
        if !is_digest(digest) {
            return Err(StoreError::BadDigest);
        }
        Ok(self.folder.join(&digest[..2]).join(digest))
    }

    /// The digests of all kept files, in order.
    ///
    /// # Errors
    /// Those of reading the folder.
    pub fn digests(&self) -> Result<Vec<String>, StoreError> {
        let mut found = Vec::new();
        for shelf in fs::read_dir(&self.folder)? {
            let shelf = shelf?.path();
            if !shelf.is_dir() {
                continue;
            }
            for entry in fs::read_dir(shelf)? {
                let name = entry?.file_name();
                found.extend(name.to_str().filter(|name| is_digest(name)).map(str::to_owned));
            }
        }
        found.sort();
        Ok(found)
    }

    fn keep(&self, part: &Path, stored: &Stored) -> Result<(), StoreError> {
        let place = self.path(&stored.digest)?;
        match self.open_file(&stored.digest) {
            Ok(_) => return Ok(fs::remove_file(part)?),
            Err(StoreError::FileMissing { .. }) => {}
            Err(StoreError::FileAltered { .. }) => fs::rename(&place, place.with_extension("altered"))?,
            Err(error) => return Err(error),
        }
        if let Some(shelf) = place.parent() {
            fs::create_dir_all(shelf)?;
            fs::rename(part, &place)?;
            sync_folder(shelf)?;
        }
        Ok(sync_folder(&self.folder)?)
    }
}

/// A file being written; kept by [`Writing::finish`], gone if dropped before.
#[derive(Debug)]
pub struct Writing<'a> {
    files: &'a Files,
    file: Option<File>,
    part: PathBuf,
    hasher: Hasher,
    size: u64,
}

impl Writing<'_> {
    /// Keeps what was written; see [`Files::put`].
    ///
    /// # Errors
    /// Those of writing.
    pub fn finish(mut self) -> Result<Stored, StoreError> {
        let Some(file) = self.file.take() else { return Err(StoreError::Io(io::ErrorKind::BrokenPipe.into())) };
        let stored = Stored { digest: self.hasher.clone().finish(), size: self.size };
        let kept = file.sync_all().map_err(StoreError::from);
        // Windows renames no open file.
        drop(file);
        let kept = kept.and_then(|()| self.files.keep(&self.part, &stored));
        if kept.is_err() {
            let _ = fs::remove_file(&self.part);
        }
        kept.map(|()| stored)
    }
}

impl Write for Writing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(file) = &mut self.file else { return Err(io::ErrorKind::BrokenPipe.into()) };
        let count = file.write(bytes)?;
        self.hasher.update(bytes.get(..count).unwrap_or(bytes));
        self.size += u64::try_from(count).unwrap_or(u64::MAX);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // What cannot be removed now is removed at the next opening.
            let _ = fs::remove_file(&self.part);
        }
    }
}

/// Makes a rename survive a power cut. Windows has no such call and does not need it: NTFS journals its names.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

fn hash(file: &mut File) -> Result<String, StoreError> {
    let mut hasher = Hasher::new();
    copy(file, &mut hasher)?;
    Ok(hasher.finish())
}

/// `io::copy` with pieces large enough for packages of hundreds of megabytes.
fn copy(source: &mut impl Read, target: &mut impl Write) -> Result<(), StoreError> {
    let mut piece = vec![0; PIECE];
    loop {
        let count = match source.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        // A reader that claims more than the buffer holds is broken.
        let got = piece.get(..count).ok_or(StoreError::Io(io::ErrorKind::InvalidData.into()))?;
        target.write_all(got)?;
    }
}

fn stamp(file: &File) -> io::Result<(u64, Option<SystemTime>)> {
    let found = file.metadata()?;
    Ok((found.len(), found.modified().ok()))
}
