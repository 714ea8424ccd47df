//! The centres of a drafted round, and their dossiers as folders of files.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use review::{
    facts::Facts,
    naming,
    roster::Role,
    round::{Centre, Document, Dossier},
    rulebook::NameRules,
    scheme::Grade,
    text::normalised,
    unit::Unit,
};
use seal::{
    key::sha256,
    limits::Names,
    packages::{PACK, document_path},
};
use serde::{Deserialize, Serialize};
use store::{
    Op, Reader,
    tables::{
        draft_centres::{self, DraftCentre},
        draft_documents::{self, DraftDocument},
    },
};

use super::drafts::{self, Drafted};
use crate::{
    Desk, DeskError,
    desk::{sound, unit},
    dto::{CentreInput, DraftView},
};

/// The largest file of a dossier, in bytes: 500 MiB.
pub const MAX_FILE_BYTES: u64 = 500 << 20;

/// Files that systems leave in folders; nobody handed them in.
const LITTER: [&str; 2] = ["thumbs.db", "desktop.ini"];

/// Endings of what a double click would run: never part of a dossier that goes to every expert.
const PROGRAMS: [&str; 12] = ["exe", "bat", "cmd", "com", "js", "vbs", "ps1", "msi", "lnk", "scr", "dll", "sh"];

/// Within so many bytes of its beginning and of its end a PDF says that it is one (ISO 32000-1, Annex H, notes 13 and 18).
const PDF_MARGIN: u64 = 1_024;

/// A centre in preparation, as `draft_centres.json` keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Described {
    name: String,
    host: Unit,
    partners: Vec<Unit>,
    previous_grade: Option<Grade>,
    facts: Facts,
}

/// Adds a centre with the files of a folder as its dossier.
///
/// Every file of the folder's top level is taken, so that nothing handed in is left out unseen; hidden and system files are
/// not, nor are folders within it. With a program or a script in it, or a PDF that is none, nothing is taken. The files are
/// copied: the folder is not needed again.
///
/// # Errors
/// `CENTRE_NAME` (Article 24), `TEXT_UNSOUND`, `CENTRE_TWICE`, those of units; `FOLDER_NO_PDF`, `PATH_RULE`,
/// `FILE_TOO_LARGE`, `DOCUMENT_KIND`, `DOCUMENT_NOT_PDF`, `IO`; `NOT_FOUND`, `ROUND_ISSUED`, `ROLE_MISSING`.
pub fn add_centre(desk: &mut Desk, round: &str, input: &CentreInput, folder: &Path) -> Result<DraftView, DeskError> {
    desk.require(Role::Bureau)?;
    let drafted = drafts::load(desk, round)?;
    let described = checked(input, &drafted, None)?;
    let rows = draft_centres::of_round(&desk.store, round)?;
    let id = next_id(&rows);
    let found = list(folder, &id)?;
    let mut documents = Vec::with_capacity(found.len());
    for (name, path) in found {
        let stored = desk.store.put_file(File::open(&path).map_err(|error| DeskError::io(&path, &error))?)?;
        documents.push(DraftDocument {
            round_id: round.to_owned(),
            centre_id: id.clone(),
            name,
            size: stored.size,
            digest: stored.digest,
        });
    }
    let position = rows.iter().map(|row| row.position + 1).max().unwrap_or(0);
    let centre = DraftCentre { round_id: round.to_owned(), centre_id: id, position, json: json(&described)? };
    let at = desk.now();
    let change = Op::CentreAdded.on_all(&[round, &centre.centre_id]).with_detail(&centre.json);
    desk.store.transact(&at, change, |tx| {
        draft_centres::put(tx, &centre)?;
        documents.iter().try_for_each(|document| draft_documents::put(tx, document))
    })?;
    drafts::draft(desk, round)
}

/// Changes what is said of a centre; its dossier stays.
///
/// # Errors
/// `CENTRE_NAME`, `TEXT_UNSOUND`, `CENTRE_TWICE`, those of units; `NOT_FOUND`, `ROUND_ISSUED`, `ROLE_MISSING`.
pub fn update_centre(desk: &mut Desk, round: &str, centre: &str, input: &CentreInput) -> Result<DraftView, DeskError> {
    desk.require(Role::Bureau)?;
    let drafted = drafts::load(desk, round)?;
    let row = draft_centres::get(&desk.store, round, centre)?.ok_or_else(|| DeskError::not_found("centre"))?;
    let changed = DraftCentre { json: json(&checked(input, &drafted, Some(centre))?)?, ..row };
    let at = desk.now();
    let change = Op::CentreChanged.on_all(&[round, centre]).with_detail(&changed.json);
    desk.store.transact(&at, change, |tx| draft_centres::put(tx, &changed))?;
    drafts::draft(desk, round)
}

/// Takes a centre and its dossier out of a draft.
///
/// # Errors
/// `NOT_FOUND`, `ROUND_ISSUED`, `ROLE_MISSING`.
pub fn remove_centre(desk: &mut Desk, round: &str, centre: &str) -> Result<DraftView, DeskError> {
    desk.require(Role::Bureau)?;
    drafts::load(desk, round)?;
    if draft_centres::get(&desk.store, round, centre)?.is_none() {
        return Err(DeskError::not_found("centre"));
    }
    let at = desk.now();
    let change = Op::CentreRemoved.on_all(&[round, centre]);
    desk.store.transact(&at, change, |tx| draft_centres::remove(tx, round, centre))?;
    drafts::draft(desk, round)
}

/// The centres of a draft as the round will list them.
pub(super) fn of_round(reader: &Reader, round: &str) -> Result<Vec<Centre>, DeskError> {
    let documents = draft_documents::of_round(reader, round)?;
    let centre = |row: DraftCentre| {
        let described: Described = serde_json::from_str(&row.json).map_err(DeskError::internal)?;
        let own = documents.iter().filter(|document| document.centre_id == row.centre_id).map(document);
        let mut documents = own.collect::<Result<Vec<_>, _>>()?;
        documents.sort_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
        Ok(Centre {
            id: row.centre_id.parse().map_err(DeskError::internal)?,
            name: described.name,
            host: described.host,
            partners: described.partners,
            previous_grade: described.previous_grade,
            dossier: Dossier {
                version: 1,
                manifest: sha256(Dossier::manifest_text(&documents).as_bytes()),
                documents,
                facts: described.facts,
            },
        })
    };
    draft_centres::of_round(reader, round)?.into_iter().map(centre).collect()
}

fn document(row: &DraftDocument) -> Result<Document, DeskError> {
    let digest = row.digest.parse().map_err(DeskError::internal)?;
    Ok(Document { name: row.name.clone(), size: row.size, digest })
}

fn json(described: &Described) -> Result<String, DeskError> {
    serde_json::to_string(described).map_err(DeskError::internal)
}

/// What was typed of a centre, against the rules and the other centres; `own` is the centre that it replaces.
fn checked(input: &CentreInput, drafted: &Drafted, own: Option<&str>) -> Result<Described, DeskError> {
    let name = sound(input.name.trim(), "centre")?;
    naming::check(&drafted.rulebook.name, &name)
        .map_err(|reason| misnamed(&drafted.rulebook.name, &name).with("reason", reason))?;
    let same = |other: &Centre| own != Some(other.id.as_str()) && normalised(&other.name) == normalised(&name);
    if drafted.centres.iter().any(same) {
        return Err(DeskError::new("CENTRE_TWICE").with("name", name));
    }
    let host = unit(&input.host)?;
    // A line left empty in the form is no partner.
    let typed = input.partners.iter().filter(|p| !p.name.trim().is_empty() || !p.code.trim().is_empty());
    let partners = typed.map(unit).collect::<Result<Vec<_>, _>>()?;
    Ok(Described { name, host, partners, previous_grade: input.previous_grade, facts: input.facts.clone() })
}

/// A centre's name that is not as the rulebook says.
pub(super) fn misnamed(rules: &NameRules, name: &str) -> DeskError {
    DeskError::new("CENTRE_NAME")
        .with("name", name)
        .with("article", rules.article.chinese())
        .with("form", format!("{}××{}", rules.prefix, rules.suffix))
}

/// `c-01`, `c-02`, …: one more than the highest that is there.
fn next_id(rows: &[DraftCentre]) -> String {
    let number = |row: &DraftCentre| row.centre_id.strip_prefix("c-").and_then(|number| number.parse::<u32>().ok());
    format!("c-{:02}", rows.iter().filter_map(number).max().unwrap_or(0) + 1)
}

/// The files of a folder's top level by name, each checked for its name and size before any is copied.
fn list(folder: &Path, centre: &str) -> Result<Vec<(String, PathBuf)>, DeskError> {
    let failed = |error: io::Error| DeskError::io(folder, &error);
    let centre = centre.parse().map_err(DeskError::internal)?;
    let mut found = vec![];
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        let size = match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => metadata.len(),
            Ok(_) => continue,
            Err(error) => return Err(DeskError::io(&path, &error)),
        };
        let name = entry.file_name();
        if is_litter(&name) {
            continue;
        }
        let Some(name) = name.to_str() else {
            return Err(DeskError::new("PATH_RULE").with("name", name.to_string_lossy()).with("rule", "PATH_UTF8"));
        };
        if ends_in(name, &PROGRAMS) {
            return Err(DeskError::new("DOCUMENT_KIND").with("name", name));
        }
        if size > MAX_FILE_BYTES {
            return Err(DeskError::new("FILE_TOO_LARGE").with("name", name).with("maximum", "500 MB"));
        }
        if ends_in(name, &["pdf"]) && !is_pdf(&path).map_err(|error| DeskError::io(&path, &error))? {
            return Err(DeskError::new("DOCUMENT_NOT_PDF").with("name", name));
        }
        found.push((name.to_owned(), path));
    }
    found.sort();
    let mut names = Names::new();
    for (name, _) in &found {
        // The longest path that the file will ever have in a package.
        let path = format!("{PACK}/data/{}", document_path(&centre, name));
        names.add(&path).map_err(|rule| DeskError::new("PATH_RULE").with("name", name).with("rule", rule.code()))?;
    }
    if !found.iter().any(|(name, _)| ends_in(name, &["pdf"])) {
        return Err(DeskError::new("FOLDER_NO_PDF").with("folder", folder.display()));
    }
    Ok(found)
}

/// Hidden files, what systems leave behind, and the lock files of open office documents.
fn is_litter(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    name.starts_with('.') || name.starts_with("~$") || LITTER.contains(&name.as_str())
}

fn ends_in(name: &str, endings: &[&str]) -> bool {
    let ending = Path::new(name).extension().and_then(OsStr::to_str);
    ending.is_some_and(|ending| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// Whether a file begins and ends as a PDF does: what is cut off or only renamed is told here, not by an expert at the meeting.
fn is_pdf(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let mut head = vec![];
    Read::by_ref(&mut file).take(PDF_MARGIN).read_to_end(&mut head)?;
    let size = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(size.saturating_sub(PDF_MARGIN)))?;
    let mut tail = vec![];
    file.take(PDF_MARGIN).read_to_end(&mut tail)?;
    let holds = |bytes: &[u8], mark: &[u8]| bytes.windows(mark.len()).any(|piece| piece == mark);
    Ok(holds(&head, b"%PDF-") && holds(&tail, b"%%EOF"))
}
