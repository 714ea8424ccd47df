//! The packages and documents of a desk, exactly as received, found by their SHA-256, encrypted on the disk.
//!
//! Each is one age file (age-encryption.org/v1) for the one identity that the database keeps: what is inside is the file and,
//! after it, the 32 bytes of its SHA-256. Nobody without the database knows the recipient, so nobody else can make such a
//! file; every 64 KiB of it are authenticated as they are read, and the digest at its end says which file it is. Opening is
//! therefore quick however large it is, and reading a page decrypts no more than that page.
//!
//! Its name is keyed: whoever has a dossier cannot see from the folder whether it is here.

use std::{
    cell::Cell,
    fmt,
    fs::{self, File},
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use age::{
    Decryptor, Encryptor,
    stream::{StreamReader, StreamWriter},
    x25519,
};
use ring::hmac;

use crate::{
    StoreError,
    digest::{Hasher, hex, is_digest, unhex},
};

const PIECE: usize = 1 << 20;
/// The digest behind the file.
const TRAILER: u64 = 32;
const ENDING: &str = "age";

/// The folder `files/`: `files/<first two digits>/<name>.age`.
#[derive(Debug)]
pub struct Files {
    shelf: Arc<Shelf>,
    unfinished: Cell<u64>,
}

/// What finding and opening a file needs.
struct Shelf {
    folder: PathBuf,
    identity: x25519::Identity,
    names: hmac::Key,
}

impl fmt::Debug for Shelf {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Shelf").field("folder", &self.folder).finish_non_exhaustive()
    }
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
    /// `identity` is the text of an age identity.
    pub(crate) fn open(folder: PathBuf, identity: &str) -> Result<Self, StoreError> {
        let odd = || StoreError::Damaged { finding: "the key of the files".to_owned() };
        let names = hmac::Key::new(hmac::HMAC_SHA256, format!("hengjian file names {identity}").as_bytes());
        let identity = identity.parse().map_err(|_| odd())?;
        fs::create_dir_all(&folder)?;
        // What a crash left half written was never named by any row.
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.path().extension().is_some_and(|extension| extension == "part") {
                fs::remove_file(entry.path())?;
            }
        }
        let files = Self { shelf: Arc::new(Shelf { folder, identity, names }), unfinished: Cell::new(0) };
        files.take_in_plain()?;
        Ok(files)
    }

    /// Keeps what `source` gives: written beside, synced, then renamed to its place. Keeping the same bytes twice changes
    /// nothing; a kept file found altered is set aside as `<name>.altered` and the good one takes its place.
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
        let part = self.shelf.folder.join(format!("{number}.part"));
        let recipient = self.shelf.identity.to_public();
        let recipients = std::iter::once::<&dyn age::Recipient>(&recipient);
        let encryptor =
            Encryptor::with_recipients(recipients).map_err(|error| StoreError::Io(io::Error::other(error)))?;
        let file = encryptor.wrap_output(File::create(&part)?)?;
        Ok(Writing { files: self, file: Some(file), part, hasher: Hasher::new(), size: 0 })
    }

    /// Opens a kept file at its beginning. What is read of it was written under this digest; a part that was altered since is
    /// refused when it is read.
    ///
    /// # Errors
    /// [`StoreError::FileMissing`], [`StoreError::FileAltered`], or [`StoreError::BadDigest`] where `digest` is none.
    pub fn open_file(&self, digest: &str) -> Result<Kept, StoreError> {
        self.shelf.open(digest)
    }

    /// Something that opens the file of that digest as often as it is asked to, and outlives the store's borrow.
    ///
    /// # Errors
    /// Those of [`Files::open_file`], now; later ones come as errors of reading.
    pub fn opener(&self, digest: &str) -> Result<impl Fn() -> io::Result<Kept> + Send + Sync + 'static, StoreError> {
        self.open_file(digest)?;
        let (shelf, digest) = (Arc::clone(&self.shelf), digest.to_owned());
        Ok(move || shelf.open(&digest).map_err(io::Error::other))
    }

    /// The whole of a kept file.
    ///
    /// # Errors
    /// Those of [`Files::open_file`].
    pub fn read(&self, digest: &str) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::new();
        self.open_file(digest)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads a kept file whole.
    ///
    /// # Errors
    /// Those of [`Files::open_file`]; [`StoreError::FileAltered`] wherever in the file it is.
    pub fn check(&self, digest: &str) -> Result<(), StoreError> {
        let altered = || StoreError::FileAltered { digest: digest.to_owned() };
        let mut hasher = Hasher::new();
        copy(&mut self.open_file(digest)?, &mut hasher).map_err(|_| altered())?;
        if hasher.finish() == digest { Ok(()) } else { Err(altered()) }
    }

    /// Whether a file of that digest is kept; not whether it is whole.
    #[must_use]
    pub fn has(&self, digest: &str) -> bool {
        self.path(digest).is_ok_and(|path| path.is_file())
    }

    /// Removes a file that no row names.
    ///
    /// # Errors
    /// [`StoreError::BadDigest`]; those of removing.
    pub fn remove(&self, digest: &str) -> Result<(), StoreError> {
        Ok(fs::remove_file(self.path(digest)?)?)
    }

    /// Where the file of that digest is, or would be.
    ///
    /// # Errors
    /// [`StoreError::BadDigest`].
    pub fn path(&self, digest: &str) -> Result<PathBuf, StoreError> {
        self.shelf.path(digest)
    }

    /// Every kept file, in the order of their names: by its digest, or by its name where it is not what its name says.
    ///
    /// # Errors
    /// Those of reading the folder.
    pub fn all(&self) -> Result<Vec<Result<String, String>>, StoreError> {
        let mut found = Vec::new();
        for path in self.shelf.every()? {
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if path.extension().is_some_and(|ending| ending == ENDING) && is_digest(&name) {
                let digest = Kept::of(&path, &self.shelf.identity).ok().map(|(_, digest)| digest);
                let digest = digest.filter(|digest| self.path(digest).is_ok_and(|place| place == path));
                found.push(digest.ok_or(name));
            }
        }
        Ok(found)
    }

    /// Takes in what lies here unencrypted, as the first version kept it, each whole before its plain form is wiped. Broken off
    /// anywhere, it goes on at the next opening. What was altered is kept too, as what it is: it is evidence.
    fn take_in_plain(&self) -> Result<(), StoreError> {
        for shelf in fs::read_dir(&self.shelf.folder)? {
            let shelf = shelf?.path();
            if shelf.is_dir() {
                finish_wiping(&shelf)?;
            }
        }
        for path in self.shelf.every()? {
            let set_aside = path.extension().is_some_and(|ending| ending == "altered");
            let name = if set_aside { path.file_stem() } else { path.file_name() };
            if !name.and_then(|name| name.to_str()).is_some_and(is_digest) {
                continue;
            }
            self.put(File::open(&path)?)?;
            wipe(&path)?;
        }
        Ok(())
    }

    fn keep(&self, part: &Path, stored: &Stored) -> Result<(), StoreError> {
        let place = self.path(&stored.digest)?;
        match self.check(&stored.digest) {
            Ok(()) => return Ok(fs::remove_file(part)?),
            Err(StoreError::FileMissing { .. }) => {}
            Err(StoreError::FileAltered { .. }) => fs::rename(&place, place.with_extension("age.altered"))?,
            Err(error) => return Err(error),
        }
        if let Some(shelf) = place.parent() {
            fs::create_dir_all(shelf)?;
            fs::rename(part, &place)?;
            sync_folder(shelf)?;
        }
        Ok(sync_folder(&self.shelf.folder)?)
    }
}

impl Shelf {
    fn open(&self, digest: &str) -> Result<Kept, StoreError> {
        let path = self.path(digest)?;
        let altered = || StoreError::FileAltered { digest: digest.to_owned() };
        match Kept::of(&path, &self.identity) {
            Ok((kept, found)) if found == digest => Ok(kept),
            Ok(_) => Err(altered()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(StoreError::FileMissing { digest: digest.to_owned() })
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) => {
                Err(altered())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn path(&self, digest: &str) -> Result<PathBuf, StoreError> {
        if !is_digest(digest) {
            return Err(StoreError::BadDigest);
        }
        let name = hex(hmac::sign(&self.names, digest.as_bytes()).as_ref());
        Ok(self.folder.join(&name[..2]).join(format!("{name}.{ENDING}")))
    }

    /// Every file in the folders of the folder, in order.
    fn every(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut found = Vec::new();
        for shelf in fs::read_dir(&self.folder)? {
            let shelf = shelf?.path();
            if shelf.is_dir() {
                for entry in fs::read_dir(shelf)? {
                    let path = entry?.path();
                    if path.is_file() {
                        found.push(path);
                    }
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

/// A kept file being read: from any place, decrypted as it is read.
pub struct Kept {
    stream: StreamReader<BufReader<File>>,
    size: u64,
    at: u64,
}

impl fmt::Debug for Kept {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Kept").field("size", &self.size).field("at", &self.at).finish_non_exhaustive()
    }
}

impl Kept {
    /// Its length in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The file at `path` and the digest under which it was written.
    fn of(path: &Path, identity: &x25519::Identity) -> io::Result<(Self, String)> {
        let odd = |error| match error {
            age::DecryptError::Io(error) => error,
            _ => io::ErrorKind::InvalidData.into(),
        };
        let decryptor = Decryptor::new_buffered(BufReader::new(File::open(path)?)).map_err(odd)?;
        let identities = std::iter::once::<&dyn age::Identity>(identity);
        let mut stream = decryptor.decrypt(identities).map_err(odd)?;
        let size = stream.seek(SeekFrom::End(0))?.checked_sub(TRAILER).ok_or(io::ErrorKind::InvalidData)?;
        stream.seek(SeekFrom::Start(size))?;
        let mut digest = [0; 32];
        stream.read_exact(&mut digest)?;
        stream.seek(SeekFrom::Start(0))?;
        Ok((Self { stream, size, at: 0 }, hex(&digest)))
    }
}

impl Read for Kept {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.size.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        if wanted == 0 {
            return Ok(0);
        }
        let count = self.stream.read(&mut buffer[..wanted])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at += u64::try_from(count).unwrap_or_default();
        Ok(count)
    }
}

impl Seek for Kept {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let at = at.ok_or(io::ErrorKind::InvalidInput)?;
        // Beyond the end is allowed and gives nothing to read; the stream itself is never asked to go there.
        self.stream.seek(SeekFrom::Start(at.min(self.size)))?;
        self.at = at;
        Ok(at)
    }
}

/// A file being written; kept by [`Writing::finish`], gone if dropped before.
pub struct Writing<'a> {
    files: &'a Files,
    file: Option<StreamWriter<File>>,
    part: PathBuf,
    hasher: Hasher,
    size: u64,
}

impl fmt::Debug for Writing<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Writing").field("size", &self.size).finish_non_exhaustive()
    }
}

impl Writing<'_> {
    /// Keeps what was written; see [`Files::put`].
    ///
    /// # Errors
    /// Those of writing.
    pub fn finish(mut self) -> Result<Stored, StoreError> {
        let Some(mut file) = self.file.take() else { return Err(StoreError::Io(io::ErrorKind::BrokenPipe.into())) };
        let stored = Stored { digest: self.hasher.clone().finish(), size: self.size };
        let written = unhex(&stored.digest)
            .ok_or(StoreError::BadDigest)
            .and_then(|digest| Ok(file.write_all(&digest)?))
            .and_then(|()| Ok(file.finish()?))
            .and_then(|file| Ok(file.sync_all()?));
        // Windows renames no open file: by now it is closed.
        let kept = written.and_then(|()| self.files.keep(&self.part, &stored));
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

/// The ending of a file that is being wiped: what was begun is finished by [`finish_wiping`], and never taken for what it was.
const WIPING: &str = "wipe";

/// Overwrites a file with zeros and removes it. On flash storage the old blocks may outlive this until the disk reuses them.
pub(crate) fn wipe(path: &Path) -> Result<(), StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(WIPING);
    let doomed = PathBuf::from(name);
    fs::rename(path, &doomed)?;
    wipe_doomed(&doomed)
}

/// Wipes in `folder` what an earlier process was wiping when it ended.
pub(crate) fn finish_wiping(folder: &Path) -> Result<(), StoreError> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() && path.extension().is_some_and(|ending| ending == WIPING) {
            wipe_doomed(&path)?;
        }
    }
    Ok(())
}

fn wipe_doomed(path: &Path) -> Result<(), StoreError> {
    let size = fs::metadata(path)?.len();
    let mut file = fs::OpenOptions::new().write(true).open(path)?;
    copy(&mut io::repeat(0).take(size), &mut file)?;
    file.sync_all()?;
    drop(file);
    Ok(fs::remove_file(path)?)
}

/// `io::copy` with pieces large enough for packages of hundreds of megabytes.
pub(crate) fn copy(source: &mut impl Read, target: &mut impl Write) -> Result<(), StoreError> {
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
