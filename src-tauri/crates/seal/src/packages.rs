//! The packages that travel: which files each holds, and how each is read back.
//!
//! Every payload file is either signed or named by digest in something signed, and a reader refuses a package that holds a
//! file more or a file less. Opening verifies all heads; the dossiers' bytes are verified by [`check_dossiers`] or when a
//! document is read whole, so that a large package opens at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Seek, Write},
};

use review::{
    ids::{CentreId, Digest, KeyId},
    roster::{Card, Handout, Panel},
    round::Round,
};

use crate::{
    bag::{Bag, BagError, Content, write_bag},
    jws::{self, Signed, Verified},
    limits::Limits,
    meeting::{Issued, Meeting, MeetingError, in_file},
};

/// Base folder of a round file (`*.hjround`).
pub const ROUND: &str = "hjround";
/// Base folder of a panel file (`*.hjpanel`).
pub const PANEL: &str = "hjpanel";
/// Base folder of a dossier package (`*.hjpack`).
pub const PACK: &str = "hjpack";

/// The bureau's enrolment card within a package.
pub const BUREAU_CARD: &str = "bureau.hjcard";
/// The signed round head.
pub const ROUND_HEAD: &str = "round.jws";
/// The rulebook file.
pub const RULEBOOK: &str = "rulebook.toml";
/// The signed roster.
pub const ROSTER: &str = "roster.hjroster";
/// The signed head of a dossier package.
pub const HANDOUT_HEAD: &str = "handout.jws";
/// The signed panel.
pub const PANEL_HEAD: &str = "panel.jws";

/// The most bytes of a rulebook file.
const MAX_RULEBOOK: u64 = 1 << 20;

/// Why a package is refused.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// Its form.
    #[error(transparent)]
    Bag(#[from] BagError),
    /// A head in it.
    #[error(transparent)]
    Meeting(#[from] MeetingError),
    /// It holds a file that nothing signed names.
    #[error("a file that nothing signed names")]
    Extra {
        /// The path.
        path: String,
    },
    /// It lacks a file that something signed names.
    #[error("a file is missing")]
    Missing {
        /// The path.
        path: String,
    },
    /// A file differs from what was signed.
    #[error("a file differs from what was signed")]
    Differs {
        /// The path.
        path: String,
    },
}

/// Where a document stands in a package.
#[must_use]
pub fn document_path(centre: &CentreId, name: &str) -> String {
    format!("dossiers/{centre}/{name}")
}

/// Where a member's card stands in a panel file.
#[must_use]
pub fn card_path(key: &KeyId) -> String {
    format!("cards/{key}.hjcard")
}

/// The heads of an issued round as package files.
#[must_use]
pub fn issued_files(issued: &Issued) -> Vec<(String, Content)> {
    [(BUREAU_CARD, issued.bureau().bytes()), (ROUND_HEAD, issued.round().bytes()), (RULEBOOK, issued.rulebook_bytes())]
        .map(|(path, bytes)| (path.to_owned(), Content::Bytes(bytes.to_vec())))
        .into()
}

/// Writes a round file: the heads, and every document of every dossier.
///
/// # Errors
/// Those of [`write_bag`].
pub fn write_round(issued: &Issued, documents: Vec<(String, Content)>, out: impl Write) -> Result<(), PackageError> {
    let payload = issued_files(issued).into_iter().chain(documents).collect();
    write_bag(ROUND, payload, out, &Limits::default())?;
    Ok(())
}

/// Writes a dossier package: the round file's content, the roster, and the secretary's signed head.
///
/// # Errors
/// Those of [`write_bag`].
pub fn write_pack(
    meeting: &Meeting,
    handout: &[u8],
    documents: Vec<(String, Content)>,
    out: impl Write,
) -> Result<(), PackageError> {
    let heads = [(ROSTER, meeting.roster().bytes()), (HANDOUT_HEAD, handout)];
    let payload = issued_files(meeting.issued())
        .into_iter()
        .chain(heads.map(|(path, bytes)| (path.to_owned(), Content::Bytes(bytes.to_vec()))))
        .chain(documents)
        .collect();
    write_bag(PACK, payload, out, &Limits::default())?;
    Ok(())
}

/// Writes a panel file: the secretary's signed panel, and the enrolment cards of everyone in it.
///
/// # Errors
/// Those of [`write_bag`].
pub fn write_panel(panel: &[u8], cards: &[&Verified<Card>], out: impl Write) -> Result<(), PackageError> {
    let cards = cards.iter().map(|card| (card_path(&card.person.key), Content::Bytes(card.bytes().to_vec())));
    let payload = [(PANEL_HEAD.to_owned(), Content::Bytes(panel.to_vec()))].into_iter().chain(cards).collect();
    write_bag(PANEL, payload, out, &Limits::default())?;
    Ok(())
}

/// A head of a package, of at most the size its kind may have.
pub(crate) fn head<T: Signed, R: Read + Seek>(bag: &mut Bag<R>, path: &str) -> Result<Vec<u8>, PackageError> {
    read(bag, path, u64::try_from(T::MAX_BYTES).unwrap_or(u64::MAX))
}

/// A file of a package, of at most so many bytes.
pub(crate) fn read<R: Read + Seek>(bag: &mut Bag<R>, path: &str, max: u64) -> Result<Vec<u8>, PackageError> {
    bag.read(path, max).map_err(|error| match error {
        BagError::Missing => PackageError::Missing { path: path.to_owned() },
        BagError::Altered { .. } => PackageError::Differs { path: path.to_owned() },
        other => other.into(),
    })
}

/// Reads the heads of an issued round from a package that holds them.
///
/// # Errors
/// [`PackageError`].
pub fn read_issued<R: Read + Seek>(bag: &mut Bag<R>) -> Result<Issued, PackageError> {
    let card = head::<Card, R>(bag, BUREAU_CARD)?;
    let round = head::<Round, R>(bag, ROUND_HEAD)?;
    let rulebook = read(bag, RULEBOOK, MAX_RULEBOOK)?;
    Ok(Issued::read(&card, &round, &rulebook)?)
}

/// Demands that a package holds exactly these files, with these digests where something signed names one.
pub(crate) fn check_files<R: Read + Seek>(
    bag: &Bag<R>,
    expected: &BTreeMap<String, Option<Digest>>,
) -> Result<(), PackageError> {
    let present: BTreeSet<&str> = bag.paths().collect();
    if let Some(path) = present.iter().find(|path| !expected.contains_key(**path)) {
        return Err(PackageError::Extra { path: (*path).to_owned() });
    }
    for (path, digest) in expected {
        if !present.contains(path.as_str()) {
            return Err(PackageError::Missing { path: path.clone() });
        }
        if digest.is_some() && bag.digest(path) != *digest {
            return Err(PackageError::Differs { path: path.clone() });
        }
    }
    Ok(())
}

/// The files of an issued round with their digests where the round names them.
fn expected_files(round: &Round, heads: &[&str]) -> BTreeMap<String, Option<Digest>> {
    let documents = round.centres.iter().flat_map(|centre| {
        let documents = centre.dossier.documents.iter();
        documents.map(|document| (document_path(&centre.id, &document.name), Some(document.digest)))
    });
    heads.iter().map(|path| ((*path).to_owned(), None)).chain(documents).collect()
}

/// A round file, its heads verified.
#[derive(Debug)]
pub struct RoundFile<R> {
    /// The files.
    pub bag: Bag<R>,
    /// The heads.
    pub issued: Issued,
}

impl<R: Read + Seek> RoundFile<R> {
    /// Opens a round file.
    ///
    /// # Errors
    /// [`PackageError`].
    pub fn open(file: R) -> Result<Self, PackageError> {
        let mut bag = Bag::open(file, ROUND, &Limits::default())?;
        let issued = read_issued(&mut bag)?;
        check_files(&bag, &expected_files(issued.round(), &[BUREAU_CARD, ROUND_HEAD, RULEBOOK]))?;
        Ok(Self { bag, issued })
    }
}

/// A dossier package, its heads verified.
#[derive(Debug)]
pub struct Pack<R> {
    /// The files.
    pub bag: Bag<R>,
    /// The meeting.
    pub meeting: Meeting,
    /// What the secretary signed.
    pub handout: Verified<Handout>,
}

impl<R: Read + Seek> Pack<R> {
    /// Opens a dossier package.
    ///
    /// # Errors
    /// [`PackageError`].
    pub fn open(file: R) -> Result<Self, PackageError> {
        let mut bag = Bag::open(file, PACK, &Limits::default())?;
        let issued = read_issued(&mut bag)?;
        let heads = [BUREAU_CARD, ROUND_HEAD, RULEBOOK, ROSTER, HANDOUT_HEAD];
        check_files(&bag, &expected_files(issued.round(), &heads))?;
        let roster = head::<review::roster::Roster, R>(&mut bag, ROSTER)?;
        let meeting = Meeting::read(issued, &roster)?;
        let handout = meeting.read_handout(&head::<Handout, R>(&mut bag, HANDOUT_HEAD)?)?;
        Ok(Self { bag, meeting, handout })
    }
}

/// A panel file, every signature in it verified.
#[derive(Debug)]
pub struct PanelFile {
    /// The panel, signed by its secretary.
    pub panel: Verified<Panel>,
    /// The cards of the members, in the order of the panel.
    pub members: Vec<Verified<Card>>,
    /// The secretary's card.
    pub secretary: Verified<Card>,
}

impl PanelFile {
    /// Reads a panel file. The secretary's key comes from the card that stands beside the panel, and every person named must
    /// be exactly the one whose card is there: a card proves that its person holds the key.
    ///
    /// # Errors
    /// [`PackageError`].
    pub fn read<R: Read + Seek>(file: R) -> Result<Self, PackageError> {
        let mut bag = Bag::open(file, PANEL, &Limits { entries: 1_000, file: 1 << 20, total: 64 << 20 })?;
        let panel_bytes = head::<Panel, R>(&mut bag, PANEL_HEAD)?;
        let claimed = jws::kids(&panel_bytes, Panel::MAX_BYTES).map_err(in_file("panel"))?;
        let key = claimed.first().ok_or(jws::JwsError::Form).map_err(in_file("panel"))?.clone();
        let secretary = read_card_of(&mut bag, &key)?;
        let panel = jws::verify::<Panel>(&panel_bytes, &[&secretary.person.jwk]).map_err(in_file("panel"))?;
        let members = panel
            .members
            .iter()
            .map(|member| {
                let card = read_card_of(&mut bag, &member.key)?;
                if card.person == *member { Ok(card) } else { Err(differs(&member.key)) }
            })
            .collect::<Result<Vec<_>, _>>()?;
        if panel.secretary != secretary.person {
            return Err(differs(&key));
        }
        let keys = panel.members.iter().map(|member| &member.key).chain([&key]);
        let expected = keys.map(card_path).chain([PANEL_HEAD.to_owned()]).map(|path| (path, None)).collect();
        check_files(&bag, &expected)?;
        Ok(Self { panel, members, secretary })
    }
}

fn differs(key: &KeyId) -> PackageError {
    PackageError::Differs { path: card_path(key) }
}

fn read_card_of<R: Read + Seek>(bag: &mut Bag<R>, key: &KeyId) -> Result<Verified<Card>, PackageError> {
    let card = jws::read_card(&head::<Card, R>(bag, &card_path(key))?).map_err(in_file("card"))?;
    if card.person.key == *key { Ok(card) } else { Err(differs(key)) }
}

/// Verifies the bytes of every file of a package. `progress` hears how many bytes are done, and of how many.
///
/// # Errors
/// [`PackageError::Differs`] for the first file that does not fit.
pub fn check_dossiers<R: Read + Seek>(
    bag: &mut Bag<R>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), PackageError> {
    let paths: Vec<String> = bag.paths().map(str::to_owned).collect();
    bag.check_all(progress).map_err(|error| match error {
        BagError::Altered { index } => PackageError::Differs { path: paths.get(index).cloned().unwrap_or_default() },
        other => other.into(),
    })
}
