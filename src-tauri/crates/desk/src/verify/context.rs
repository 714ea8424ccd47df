//! What is known before a file is verified: what the caller named, and what lies beside.

use std::{
    cell::OnceCell,
    collections::BTreeMap,
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use review::{
    ids::{Digest, KeyId},
    roster::{Card, Role, Roster},
    sheet::Sheet,
};
use seal::{
    jws::{self, Signed, Verified},
    key::sha256,
    meeting::Issued,
    packages::{Pack, RoundFile},
};

use super::Report;
use crate::DeskError;

/// The largest file that is read whole: a signed object.
const MAX_SIGNED: usize = 128 << 20;
/// The most files that are looked at beside a file.
const MAX_BESIDE: usize = 2_000;

/// What is known before a file is verified.
pub(super) struct Context {
    /// The bureau that the caller trusts.
    pub(super) root: Option<Verified<Card>>,
    /// Bureau cards to try.
    bureaus: Vec<Verified<Card>>,
    /// Issued rounds to try.
    issued: Vec<Issued>,
    /// Roster files to try, by where they came from.
    rosters: Vec<(PathBuf, Vec<u8>)>,
    /// Whether the caller named a roster: then no other is tried.
    named_roster: bool,
    /// Score sheets beside: what proofs of inclusion are checked against.
    beside: Vec<PathBuf>,
    /// The same by their digest, once they are asked for.
    sheets: OnceCell<BTreeMap<Digest, PathBuf>>,
}

impl Context {
    pub(super) fn gather(files: &[PathBuf], roster: Option<&Path>, root: Option<&Path>) -> Result<Self, DeskError> {
        let root = root.map(read_root).transpose()?;
        let mut context = Self {
            bureaus: root.iter().cloned().collect(),
            root,
            issued: vec![],
            rosters: vec![],
            named_roster: roster.is_some(),
            beside: vec![],
            sheets: OnceCell::new(),
        };
        if let Some(path) = roster {
            context.rosters.push((path.to_owned(), read_signed(path)?));
        }
        let named: Vec<&Path> = files.iter().map(PathBuf::as_path).chain(roster).collect();
        for path in beside(&named) {
            context.learn(&path);
        }
        // Receipts and proofs of inclusion lie a folder deeper than what they are about.
        if context.rosters.is_empty() {
            let folders: Vec<&Path> = named.iter().filter_map(|file| file.parent()).collect();
            for path in beside(&folders) {
                context.learn(&path);
            }
        }
        Ok(context)
    }

    /// Takes what a file beside can tell; one that tells nothing is passed over.
    fn learn(&mut self, path: &Path) {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        match ending {
            "hjcard" => {
                let card = read_signed(path).ok().and_then(|bytes| jws::read_card(&bytes).ok());
                self.bureaus.extend(card.filter(|card| card.roles.contains(&Role::Bureau)));
            }
            "hjroster" if !self.named_roster => {
                self.rosters.extend(read_signed(path).ok().map(|bytes| (path.to_owned(), bytes)));
            }
            "hjround" => {
                let issued = File::open(path).ok().and_then(|file| RoundFile::open(file).ok()).map(|file| file.issued);
                self.learn_issued(issued);
            }
            "hjsheet" => self.beside.push(path.to_owned()),
            "hjpack" => {
                let pack = File::open(path).ok().and_then(|file| Pack::open(file).ok());
                self.learn_issued(pack.map(|pack| pack.meeting.issued().clone()));
            }
            _ => {}
        }
    }

    fn learn_issued(&mut self, issued: Option<Issued>) {
        if let Some(issued) = issued {
            self.bureaus.push(issued.bureau().clone());
            if !self.issued.iter().any(|known| known.round().digest() == issued.round().digest()) {
                self.issued.push(issued);
            }
        }
    }

    /// The score sheet of that digest, where it lies beside.
    pub(super) fn sheet(&self, digest: &Digest) -> Option<&Path> {
        let by_digest = || {
            let read = |path: &PathBuf| Some((sha256(&read_whole(path, Sheet::MAX_BYTES).ok()?), path.clone()));
            self.beside.iter().filter_map(read).collect()
        };
        self.sheets.get_or_init(by_digest).get(digest).map(PathBuf::as_path)
    }

    /// The bureau's card for a key that a file claims; where a root is given, that one only.
    pub(super) fn bureau(&self, key: &KeyId) -> Result<&Verified<Card>, DeskError> {
        let unknown = || DeskError::new("BUREAU_UNKNOWN").with("key", key.short()).with("name", "");
        match &self.root {
            Some(root) if root.person.key != *key => Err(unknown()),
            Some(root) => Ok(root),
            None => self.bureaus.iter().find(|card| card.person.key == *key).ok_or_else(unknown),
        }
    }

    /// Says whose key it is, and whether it was given as the root.
    pub(super) fn saw_bureau(&self, card: &Verified<Card>, report: &mut Report) {
        let anchored = if self.root.is_some() { "root" } else { "unanchored" };
        let (name, key) = (card.person.name.clone(), card.person.key.short());
        report.saw("bureau", &[("name", name), ("key", key), ("trust", anchored.to_owned())]);
    }

    /// A roster verified by its bureau.
    pub(super) fn roster(&self, bytes: &[u8], report: &mut Report) -> Result<Verified<Roster>, DeskError> {
        let kids = jws::kids(bytes, Roster::MAX_BYTES)?;
        let bureau = self.bureau(kids.first().ok_or_else(|| DeskError::new("JWS_FORM"))?)?;
        let roster = jws::verify::<Roster>(bytes, &[&bureau.person.jwk])?;
        self.saw_bureau(bureau, report);
        Ok(roster)
    }

    /// The round that a roster is for, where it lies beside.
    pub(super) fn issued_for(&self, roster: &Roster) -> Option<&Issued> {
        self.issued.iter().find(|issued| issued.round().digest() == roster.panel.round_digest)
    }
}

/// The files beside those named: in their folders and in the folders next to those.
fn beside(files: &[&Path]) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = vec![];
    for file in files {
        let Some(folder) = file.parent() else { continue };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        folders.push(folder.to_owned());
        let siblings = folder.parent().into_iter().flat_map(fs::read_dir).flatten().flatten().map(|entry| entry.path());
        folders.extend(siblings.filter(|path| path.is_dir()).take(MAX_BESIDE));
    }
    folders.sort();
    folders.dedup();
    let mut found: Vec<PathBuf> = files.iter().map(|file| (*file).to_owned()).collect();
    for folder in folders {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        found.extend(entries.filter(|path| path.is_file()).take(MAX_BESIDE));
    }
    found.sort();
    found.dedup();
    found.truncate(MAX_BESIDE);
    found
}

pub(super) fn read_signed(path: &Path) -> Result<Vec<u8>, DeskError> {
    read_whole(path, MAX_SIGNED)
}

/// The whole of a file of at most `max` bytes.
pub(super) fn read_whole(path: &Path, max: usize) -> Result<Vec<u8>, DeskError> {
    let failed = |error| DeskError::io(path, &error);
    let most = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = vec![];
    File::open(path).map_err(failed)?.take(most).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > max { Err(DeskError::new("JWS_TOO_LARGE").with("maximum", max)) } else { Ok(bytes) }
}

pub(super) fn read_root(path: &Path) -> Result<Verified<Card>, DeskError> {
    let card = jws::read_card(&read_signed(path)?)?;
    if card.roles.contains(&Role::Bureau) {
        Ok(card)
    } else {
        Err(DeskError::new("WRONG_FILE_KIND").with("name", path.display()))
    }
}

/// The first roster that verifies and that the file may belong to, and its round where that lies beside.
pub(super) fn find_roster<'a>(
    context: &'a Context,
    report: &mut Report,
    fits: impl Fn(&Roster) -> bool,
) -> Result<(Verified<Roster>, Option<&'a Issued>), DeskError> {
    let mut refused = None;
    let mut stranger = false;
    for (path, bytes) in &context.rosters {
        let mut seen = Report { kind: report.kind, checked: vec![] };
        match context.roster(bytes, &mut seen) {
            Ok(roster) if fits(&roster) => {
                report.checked.append(&mut seen.checked);
                let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                report.saw("roster", &[("version", roster.version.to_string()), ("file", file)]);
                let issued = context.issued_for(&roster);
                return Ok((roster, issued));
            }
            Ok(_) => stranger = true,
            Err(error) => refused = Some(error),
        }
    }
    if stranger {
        return Err(DeskError::new("SHEET_SIGNER").with("expert", ""));
    }
    Err(refused.unwrap_or_else(|| DeskError::new("ROSTER_MISSING")))
}
