//! Packages: a BagIt bag (RFC 8493) in one base folder named after its kind, in the one accepted form of a zip file.
//!
//! The order is `bagit.txt`, `manifest-sha256.txt`, `tagmanifest-sha256.txt`, then the payload in the order of its names'
//! bytes. All three tag files follow from the payload, and a reader makes them anew and demands the same bytes.

use std::{
    collections::BTreeMap,
    fmt,
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::PathBuf,
    sync::Arc,
};

use review::ids::Digest;

use crate::{
    key::sha256,
    limits::{Limits, Names, PathRule},
    zipform::{EntryReader, Measure, Zip, ZipError, ZipWriter, altered},
};

const BAGIT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
const TAG_FILES: [&str; 3] = ["bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"];

/// The longest line of a manifest: a digest, two spaces, `data/` and a name of percent signs, each written as three.
const MAX_LINE: u64 = 64 + 2 + 5 + 3 * 3 * 240 + 1;

/// Why a bag is refused, or cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum BagError {
    /// The zip file is refused.
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// The name of a file that is to go into the bag breaks a rule.
    #[error("the name of file {index}: {rule}")]
    Path {
        /// Which of the files given, from 0.
        index: usize,
        /// The rule.
        rule: PathRule,
    },
    /// The base folder is that of another kind of package.
    #[error("another kind of package")]
    Kind,
    /// A file is missing, unexpected, or not at its place in the order.
    #[error("entry {index} is not the one that belongs there")]
    Layout {
        /// Which entry, from 0.
        index: usize,
    },
    /// `bagit.txt` is not what it must be.
    #[error("not the accepted BagIt declaration")]
    Declaration,
    /// A line of the manifest does not belong to the file in its place.
    #[error("line {line} of the manifest does not fit")]
    Manifest {
        /// Which line, from 1.
        line: usize,
    },
    /// The tag manifest does not belong to the tag files.
    #[error("the tag manifest does not fit")]
    TagManifest,
    /// A file's bytes are not those that the manifest names.
    #[error("file {index} is altered")]
    Altered {
        /// Which file of the payload, from 0, in the order of [`Bag::paths`].
        index: usize,
    },
    /// There is no such file in the bag.
    #[error("no such file in the package")]
    Missing,
    /// Reading a source failed.
    #[error("file {index} cannot be read")]
    Source {
        /// Which of the files given, from 0.
        index: usize,
        /// What the system says.
        source: io::Error,
    },
}

impl BagError {
    /// The stable code that screens and scripts match.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Zip(error) => error.code(),
            Self::Path { rule, .. } => rule.code(),
            Self::Kind => "BAG_KIND",
            Self::Layout { .. } => "BAG_LAYOUT",
            Self::Declaration => "BAG_DECLARATION",
            Self::Manifest { .. } => "BAG_MANIFEST",
            Self::TagManifest => "BAG_TAG_MANIFEST",
            Self::Altered { .. } => "BAG_ALTERED",
            Self::Missing => "BAG_MISSING",
            Self::Source { .. } => "BAG_SOURCE",
        }
    }
}

/// What goes into a bag under a name.
#[derive(Clone, Debug)]
pub enum Content {
    /// Bytes in memory.
    Bytes(Vec<u8>),
    /// A file, read twice: to measure it, and to copy it.
    File(PathBuf),
    /// A stretch of a file, read twice: what stands in another bag, see [`Bag::stretch`]. The digest is the caller's to
    /// compare, since the bytes go by unchecked.
    Stretch {
        /// The file.
        path: PathBuf,
        /// Where it begins, in bytes.
        start: u64,
        /// How many bytes it has.
        size: u64,
    },
    /// What something else opens, twice, such as a file that is kept encrypted; see [`Content::opened`].
    Opened(Opener),
}

/// Opens the same bytes each time it is asked.
#[derive(Clone)]
pub struct Opener(Arc<dyn Fn() -> io::Result<Box<dyn Read>> + Send + Sync>);

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opener")
    }
}

impl Content {
    /// What `open` gives, each time the same.
    pub fn opened<R: Read + 'static>(open: impl Fn() -> io::Result<R> + Send + Sync + 'static) -> Self {
        Self::Opened(Opener(Arc::new(move || Ok(Box::new(open()?)))))
    }

    fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        Ok(match self {
            Self::Bytes(bytes) => Box::new(&bytes[..]),
            Self::File(path) => Box::new(File::open(path)?),
            Self::Stretch { path, start, size } => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(*start))?;
                Box::new(file.take(*size))
            }
            Self::Opened(Opener(open)) => open()?,
        })
    }
}

/// What was written into a bag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Size and digest of every payload file by its path.
    pub files: BTreeMap<String, (u64, Digest)>,
    /// Digest of `manifest-sha256.txt`, and so of the whole payload.
    pub manifest: Digest,
}

/// Writes a bag. Paths are relative to the payload folder, with `/`, in any order. Nothing is synced.
///
/// # Errors
/// Path rules and limits (those that the reader will set), sources that cannot be read or change meanwhile.
pub fn write_bag(
    kind: &str,
    payload: Vec<(String, Content)>,
    out: impl Write,
    limits: &Limits,
) -> Result<Written, BagError> {
    let mut names = Names::new();
    let mut files = Vec::with_capacity(payload.len());
    for (index, (path, content)) in payload.iter().enumerate() {
        names.add(&entry_name(kind, path)).map_err(|rule| BagError::Path { index, rule })?;
        let measure = content.open().and_then(Measure::of).map_err(|source| BagError::Source { index, source })?;
        files.push((path, content, measure, index));
    }
    files.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));

    let manifest: String = files.iter().map(|(path, _, measure, _)| line(&measure.digest, path)).collect();
    let tags = [BAGIT.to_owned(), manifest.clone(), tag_manifest(&manifest)];
    let mut zip = ZipWriter::new(out, *limits);
    for (name, text) in TAG_FILES.iter().zip(&tags) {
        let measure = Measure::of(text.as_bytes()).map_err(ZipError::Io)?;
        zip.add(&format!("{kind}/{name}"), &measure, text.as_bytes())?;
    }
    for (path, content, measure, index) in &files {
        let reader = content.open().map_err(|source| BagError::Source { index: *index, source })?;
        zip.add(&entry_name(kind, path), measure, reader)?;
    }
    zip.finish()?;
    Ok(Written {
        files: files.into_iter().map(|(path, _, m, _)| (path.clone(), (m.size, m.digest))).collect(),
        manifest: sha256(manifest.as_bytes()),
    })
}

fn entry_name(kind: &str, path: &str) -> String {
    format!("{kind}/data/{path}")
}

/// A line of the manifest. Of the characters that RFC 8493 section 2.1.3 wants encoded, the path rules leave only `%`.
fn line(digest: &Digest, path: &str) -> String {
    format!("{digest}  data/{}\n", path.replace('%', "%25"))
}

fn tag_manifest(manifest: &str) -> String {
    let [bagit, manifest_name, _] = TAG_FILES;
    format!("{}  {bagit}\n{}  {manifest_name}\n", sha256(BAGIT.as_bytes()), sha256(manifest.as_bytes()))
}

/// An open bag. Opening checks structure and tag files; a payload file is checked when it is read whole, or by
/// [`Bag::check`].
#[derive(Debug)]
pub struct Bag<R> {
    zip: Zip<R>,
    /// Number in the zip file and digest, by path.
    files: BTreeMap<String, (usize, Digest)>,
}

impl<R: Read + Seek> Bag<R> {
    /// Opens a bag of this kind.
    ///
    /// # Errors
    /// What is wrong with the zip file, the kind, the layout, or a tag file.
    pub fn open(file: R, kind: &str, limits: &Limits) -> Result<Self, BagError> {
        let mut zip = Zip::open(file, limits)?;
        let paths = payload_paths(&zip, kind)?;
        let lines = u64::try_from(paths.len()).unwrap_or(u64::MAX).saturating_add(3);
        let [bagit, manifest, tags] = [0, 1, 2].map(|index| zip.read(index, lines.saturating_mul(MAX_LINE)));
        if bagit? != BAGIT.as_bytes() {
            return Err(BagError::Declaration);
        }
        let manifest = String::from_utf8(manifest?).map_err(|_| BagError::Manifest { line: 1 })?;
        let digests = read_manifest(&manifest, &paths)?;
        if tags? != tag_manifest(&manifest).as_bytes() {
            return Err(BagError::TagManifest);
        }
        let files = paths.into_iter().zip(TAG_FILES.len()..).zip(digests);
        Ok(Self { zip, files: files.map(|((path, index), digest)| (path, (index, digest))).collect() })
    }

    /// The payload's paths in the order of their bytes, relative to the payload folder.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The digest that the manifest names for a file.
    #[must_use]
    pub fn digest(&self, path: &str) -> Option<Digest> {
        self.files.get(path).map(|(_, digest)| *digest)
    }

    /// A file's size in bytes.
    #[must_use]
    pub fn size(&self, path: &str) -> Option<u64> {
        let (index, _) = self.files.get(path)?;
        self.zip.entries().get(*index).map(|entry| entry.size)
    }

    /// Where a file's bytes begin in the package, and how many they are: they stand there as they are.
    #[must_use]
    pub fn stretch(&self, path: &str) -> Option<(u64, u64)> {
        let (index, _) = self.files.get(path)?;
        self.zip.entries().get(*index).map(|entry| (entry.start(), entry.size))
    }

    /// A whole file of at most `max` bytes, checked.
    ///
    /// # Errors
    /// [`BagError::Missing`], [`BagError::Altered`], or the zip file's.
    pub fn read(&mut self, path: &str, max: u64) -> Result<Vec<u8>, BagError> {
        let (index, digest) = self.find(path)?;
        let bytes = self.zip.read(index, max).map_err(payload_error)?;
        if sha256(&bytes) != digest {
            return Err(BagError::Altered { index: index - TAG_FILES.len() });
        }
        Ok(bytes)
    }

    /// A reader over a file, for streaming (checked when read to the end) and ranges (not checked): see [`EntryReader`].
    ///
    /// # Errors
    /// [`BagError::Missing`].
    pub fn reader(&mut self, path: &str) -> Result<EntryReader<'_, R>, BagError> {
        let (index, digest) = self.find(path)?;
        Ok(self.zip.reader_checking(index, Some(digest))?)
    }

    /// Copies a whole file, checked; when this fails, what was written so far is to be thrown away.
    ///
    /// # Errors
    /// [`BagError::Missing`], [`BagError::Altered`], or the zip file's.
    pub fn copy(&mut self, path: &str, out: &mut impl Write) -> Result<u64, BagError> {
        let (index, _) = self.find(path)?;
        let mut reader = self.reader(path)?;
        io::copy(&mut reader, out).map_err(|error| payload_error(altered(index, error)))
    }

    /// Checks one file against the manifest.
    ///
    /// # Errors
    /// [`BagError::Missing`], [`BagError::Altered`], or the zip file's.
    pub fn check(&mut self, path: &str) -> Result<(), BagError> {
        let (index, digest) = self.find(path)?;
        self.check_at(index, digest, &mut |_| {})
    }

    /// Checks every file against the manifest. `progress` hears how many bytes are done, and of how many.
    ///
    /// # Errors
    /// [`BagError::Altered`] for the first file that is not as it must be, or the zip file's.
    pub fn check_all(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<(), BagError> {
        let total = self.zip.entries().iter().skip(TAG_FILES.len()).map(|entry| entry.size).sum();
        let mut done = 0;
        let files: Vec<(usize, Digest)> = self.files.values().copied().collect();
        for (index, digest) in files {
            self.check_at(index, digest, &mut |bytes| {
                done += bytes;
                progress(done, total);
            })?;
        }
        Ok(())
    }

    fn check_at(&mut self, index: usize, digest: Digest, note: &mut dyn FnMut(u64)) -> Result<(), BagError> {
        if self.zip.digest_noting(index, note).map_err(payload_error)? != digest {
            return Err(BagError::Altered { index: index - TAG_FILES.len() });
        }
        Ok(())
    }

    fn find(&self, path: &str) -> Result<(usize, Digest), BagError> {
        self.files.get(path).copied().ok_or(BagError::Missing)
    }
}

/// An altered entry as the payload file that it is.
fn payload_error(error: ZipError) -> BagError {
    match error {
        ZipError::Altered { index } => BagError::Altered { index: index.saturating_sub(TAG_FILES.len()) },
        other => BagError::Zip(other),
    }
}

/// The paths of the payload, after the tag files, each at its place.
fn payload_paths<R: Read + Seek>(zip: &Zip<R>, kind: &str) -> Result<Vec<String>, BagError> {
    let names: Vec<&str> = zip.entries().iter().map(|entry| entry.name.as_str()).collect();
    if names.first().and_then(|name| name.split('/').next()).is_some_and(|base| base != kind) {
        return Err(BagError::Kind);
    }
    for (index, tag) in TAG_FILES.iter().enumerate() {
        if names.get(index).is_none_or(|name| *name != format!("{kind}/{tag}")) {
            return Err(BagError::Layout { index });
        }
    }
    let prefix = format!("{kind}/data/");
    let mut paths: Vec<String> = Vec::with_capacity(names.len());
    for (index, name) in names.into_iter().enumerate().skip(TAG_FILES.len()) {
        let path = name.strip_prefix(&prefix).ok_or(BagError::Layout { index })?;
        if paths.last().is_some_and(|before| before.as_bytes() >= path.as_bytes()) {
            return Err(BagError::Layout { index });
        }
        paths.push(path.to_owned());
    }
    Ok(paths)
}

/// The digests of the payload, from a manifest that is what we would write for these paths and those digests.
fn read_manifest(manifest: &str, paths: &[String]) -> Result<Vec<Digest>, BagError> {
    let mut digests = Vec::with_capacity(paths.len());
    let mut rest = manifest;
    for (number, path) in (1..).zip(paths) {
        let wrong = || BagError::Manifest { line: number };
        let digest: Digest = rest.get(..64).and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
        rest = rest.strip_prefix(line(&digest, path).as_str()).ok_or_else(wrong)?;
        digests.push(digest);
    }
    if !rest.is_empty() {
        return Err(BagError::Manifest { line: paths.len() + 1 });
    }
    Ok(digests)
}
