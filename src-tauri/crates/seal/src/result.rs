//! Result packages (`*.hjresult`): written by the secretary, recounted by anyone.

use std::io::{Read, Seek, Write};

use review::{
    ids::{Digest, KeyId},
    result::Entry,
    roster::Panel,
    round::Round,
    sheet::{Absence, Sheet},
};

use crate::{
    bag::{Bag, Content, write_bag},
    jws::Verified,
    limits::Limits,
    meeting::Meeting,
    packages::{BUREAU_CARD, PackageError, ROSTER, ROUND_HEAD, RULEBOOK, issued_files},
};

/// Base folder of a result package.
pub const RESULT: &str = "hjresult";
/// The signed head.
pub const RESULT_HEAD: &str = "result.jws";

/// The heads that every result package holds.
pub(crate) const HEADS: [&str; 5] = [BUREAU_CARD, ROUND_HEAD, RULEBOOK, ROSTER, RESULT_HEAD];

/// A signed file that goes into a result.
#[derive(Clone, Copy, Debug)]
pub enum Leaf<'a> {
    /// A score sheet or recusal.
    Sheet(&'a Verified<Sheet>),
    /// An absence.
    Absence(&'a Verified<Absence>),
}

impl Leaf<'_> {
    /// The exact bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Sheet(sheet) => sheet.bytes(),
            Self::Absence(absence) => absence.bytes(),
        }
    }

    /// The digest of the bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        match self {
            Self::Sheet(sheet) => sheet.digest(),
            Self::Absence(absence) => absence.digest(),
        }
    }

    /// The place in the fixed order: centre in the order of the agenda, member in that of the roster, sheets by `seq` before
    /// absences, then the digest.
    fn place(&self, round: &Round, panel: &Panel) -> (usize, usize, u32, Digest) {
        let (centre, expert, seq) = match self {
            Self::Sheet(sheet) => (&sheet.dossier.centre, &sheet.expert, sheet.seq),
            Self::Absence(absence) => (&absence.centre, &absence.expert, u32::MAX),
        };
        let centre = round.centres.iter().position(|c| c.id == *centre).unwrap_or(usize::MAX);
        let expert = panel.members.iter().position(|member| member.key == *expert).unwrap_or(usize::MAX);
        (centre, expert, seq, self.digest())
    }

    /// The path in the package, which follows from what the file is.
    fn path(&self, panel: &Panel) -> String {
        let number =
            |key: &KeyId| panel.members.iter().position(|member| member.key == *key).map_or(0, |place| place + 1);
        let digest = self.digest().to_string();
        let short = digest.get(..16).unwrap_or_default();
        match self {
            Self::Sheet(sheet) => {
                let (centre, expert) = (&sheet.dossier.centre, number(&sheet.expert));
                format!("sheets/{centre}/{expert:03}-{:03}-{short}.hjsheet", sheet.seq)
            }
            Self::Absence(absence) => {
                let (centre, expert) = (&absence.centre, number(&absence.expert));
                format!("sheets/{centre}/{expert:03}-absence-{short}.hjabsence")
            }
        }
    }
}

/// Sorts signed files into the fixed order and names each.
#[must_use]
pub fn entries<'a>(round: &Round, panel: &Panel, mut leaves: Vec<Leaf<'a>>) -> Vec<(Entry, Leaf<'a>)> {
    leaves.sort_by_key(|leaf| leaf.place(round, panel));
    leaves.dedup_by_key(|leaf| leaf.digest());
    leaves.into_iter().map(|leaf| (Entry { path: leaf.path(panel), digest: leaf.digest() }, leaf)).collect()
}

/// Writes a result package.
///
/// # Errors
/// Those of [`write_bag`].
pub fn write_result(
    meeting: &Meeting,
    head: &[u8],
    entries: &[(Entry, Leaf<'_>)],
    out: impl Write,
) -> Result<(), PackageError> {
    let heads = [(ROSTER, meeting.roster().bytes()), (RESULT_HEAD, head)];
    let heads = heads.map(|(path, bytes)| (path.to_owned(), Content::Bytes(bytes.to_vec())));
    let leaves = entries.iter().map(|(entry, leaf)| (entry.path.clone(), Content::Bytes(leaf.bytes().to_vec())));
    let payload = issued_files(meeting.issued()).into_iter().chain(heads).chain(leaves).collect();
    write_bag(RESULT, payload, out, &limits())?;
    Ok(())
}

/// Writes the same package with another head: to add the chair's signature.
///
/// # Errors
/// Those of reading and of [`write_bag`].
pub fn with_head<R: Read + Seek>(bag: &mut Bag<R>, new_head: &[u8], out: impl Write) -> Result<(), PackageError> {
    let paths: Vec<String> = bag.paths().map(str::to_owned).collect();
    let mut payload = Vec::with_capacity(paths.len());
    for path in paths {
        let bytes =
            if path == RESULT_HEAD { new_head.to_vec() } else { crate::packages::read(bag, &path, limits().file)? };
        payload.push((path, Content::Bytes(bytes)));
    }
    write_bag(RESULT, payload, out, &limits())?;
    Ok(())
}

/// The limits of a result package: many small files, no large one but the heads.
#[must_use]
pub fn limits() -> Limits {
    Limits { entries: 60_000, file: 128 << 20, total: 1 << 30 }
}
