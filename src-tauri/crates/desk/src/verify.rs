//! Verifying files without a desk: what the command line offers to anyone.
//!
//! Keys come from rosters and cards that the caller names; where none is named, those that lie beside the file are tried, and
//! the report says so. A card beside a file proves no more than that one key holder made all of it: whose key it is must be
//! compared with what the bureau says of itself, or given as the root.

mod context;
mod receipts;

use std::{
    collections::BTreeMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use review::{
    ids::KeyId,
    receipt::{Inclusion, Receipt},
    roster::{Card, Person, Roster},
    sheet::{Absence, Sheet, SheetError, Statement},
};
use seal::{
    bag::Bag,
    jws::{self, Signed, Verified},
    key::key_id,
    limits::Limits,
    meeting::{Issued, Meeting},
    packages::{PACK, PANEL, Pack, PanelFile, ROUND, RoundFile, check_dossiers},
    recount::{Recount, Trust, recount},
    result::RESULT,
};
use serde::Serialize;

use self::{
    context::{Context, find_roster, read_root, read_signed},
    receipts::{verify_inclusion, verify_receipt},
};
use crate::{
    DeskError, checks,
    dto::{CheckView, GradeView},
};

/// What verifying a file found.
#[derive(Clone, Debug, Serialize)]
pub struct FileVerification {
    /// The file as named.
    pub file: String,
    /// `card`, `round`, `panel`, `roster`, `pack`, `sheet`, `recusal`, `absence`, `receipt`, `inclusion`, `result`,
    /// or `unknown`.
    pub kind: String,
    /// Whether everything that was checked holds.
    pub valid: bool,
    /// What was checked, as stable keys with what was seen.
    pub checked: Vec<Checked>,
    /// What is wrong.
    pub problems: Vec<DeskError>,
}

/// One thing that was checked.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// Stable key: `form`, `digests`, `signature`, `bureau`, `roster`, `binding`, `scores`, `article_11`,
    /// `receipt`, `inclusion`, or a key of
    /// [`seal::recount::CheckKey`].
    pub key: String,
    /// What was seen: figures and names.
    pub seen: BTreeMap<String, String>,
}

/// A recount as machines read it.
#[derive(Clone, Debug, Serialize)]
pub struct RecountView {
    /// Whether every check passes.
    pub valid: bool,
    /// Whether a root was given; without one the bureau's key is named and not judged.
    pub anchored: bool,
    /// The numbered checks.
    pub checks: Vec<CheckView>,
    /// Totals and grades from the signed sheets alone.
    pub grades: Vec<GradeView>,
}

/// Verifies travelling files, each on its own.
#[must_use]
pub fn verify_files(files: &[PathBuf], roster: Option<&Path>, root: Option<&Path>) -> Vec<FileVerification> {
    let context = Context::gather(files, roster, root);
    files
        .iter()
        .map(|file| {
            let mut report = Report { kind: "unknown", checked: vec![] };
            let problems = match &context {
                Err(error) => vec![error.clone()],
                Ok(context) => verify(file, context, &mut report).err().unwrap_or_default(),
            };
            FileVerification {
                file: file.display().to_string(),
                kind: report.kind.to_owned(),
                valid: problems.is_empty(),
                checked: report.checked,
                problems,
            }
        })
        .collect()
}

/// Recounts a result package from its sheets alone.
///
/// # Errors
/// `IO` where the file cannot be read; what does not agree is in the answer.
pub fn recount_file(path: &Path, root: Option<&Path>) -> Result<RecountView, DeskError> {
    let root = root.map(read_root).transpose()?;
    let keys: Vec<KeyId> = root.iter().map(|card| card.person.key.clone()).collect();
    let file = File::open(path).map_err(|error| DeskError::io(path, &error))?;
    let recounted = recount(file, trust(&root, &keys), &mut |_, _| {});
    Ok(RecountView {
        valid: recounted.passed(),
        anchored: root.is_some(),
        checks: checks::checks(&recounted),
        grades: checks::grades(&recounted),
    })
}

fn trust<'a>(root: &Option<Verified<Card>>, keys: &'a [KeyId]) -> Trust<'a> {
    if root.is_some() { Trust::Keys(keys) } else { Trust::Unknown }
}

/// What has been seen of a file so far.
struct Report {
    kind: &'static str,
    checked: Vec<Checked>,
}

impl Report {
    fn saw(&mut self, key: &str, seen: &[(&str, String)]) {
        let seen = seen.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        self.checked.push(Checked { key: key.to_owned(), seen });
    }
}

/// Verifies one file, by what its content says that it is.
fn verify(path: &Path, context: &Context, report: &mut Report) -> Result<(), Vec<DeskError>> {
    let mut start = [0; 2];
    let read = File::open(path).and_then(|mut file| file.read(&mut start));
    let read = read.map_err(|error| vec![DeskError::io(path, &error)])?;
    match (&start[..read], path) {
        (b"PK", path) => verify_package(path, context, report),
        (b"{\"", path) => verify_signed(path, context, report).map_err(|error| vec![error]),
        _ => Err(vec![DeskError::new("WRONG_FILE_KIND").with("name", path.display())]),
    }
}

fn verify_signed(path: &Path, context: &Context, report: &mut Report) -> Result<(), DeskError> {
    let bytes = read_signed(path)?;
    let claims = jws::claims(&bytes, Inclusion::MAX_BYTES)?;
    match claims.typ.as_str() {
        Card::TYP => {
            report.kind = "card";
            let card = jws::read_card(&bytes)?;
            saw_signature(report, &card.person);
            Ok(())
        }
        Roster::TYP => {
            report.kind = "roster";
            let roster = context.roster(&bytes, report)?;
            let (members, version) = (roster.panel.members.len(), roster.version);
            report.saw("roster", &[("version", version.to_string()), ("members", members.to_string())]);
            if let Some(issued) = context.issued_for(&roster) {
                Meeting::read(issued.clone(), &bytes)?;
                report.saw("article_11", &[("centres", issued.round().centres.len().to_string())]);
            }
            Ok(())
        }
        Sheet::TYP => {
            report.kind = "sheet";
            verify_sheet(&bytes, context, report)
        }
        Absence::TYP => {
            report.kind = "absence";
            let (roster, issued) =
                find_roster(context, report, |roster| claims.kids.contains(&roster.panel.secretary.key))?;
            let absence = jws::verify::<Absence>(&bytes, &[&roster.panel.secretary.jwk])?;
            saw_signature(report, &roster.panel.secretary);
            check_binding(&absence.binding, &roster)?;
            if let Some(issued) = issued {
                Meeting::read(issued.clone(), roster.bytes())?.read_absence(&bytes)?;
            }
            report.saw("binding", &[("round", absence.binding.round.to_string())]);
            Ok(())
        }
        Receipt::TYP => {
            report.kind = "receipt";
            verify_receipt(&bytes, &claims.kids, context, report)
        }
        Inclusion::TYP => {
            report.kind = "inclusion";
            verify_inclusion(&bytes, &claims.kids, context, report)
        }
        _ => Err(DeskError::new("WRONG_FILE_KIND").with("name", path.display())),
    }
}

fn saw_signature(report: &mut Report, person: &Person) {
    let seen =
        [("name", person.name.clone()), ("unit", person.unit.name.clone()), ("key", key_id(&person.jwk).short())];
    report.saw("signature", &seen);
}

/// Checks a sheet as far as what is at hand allows: with the round everything, with the roster alone all but scores and dossier.
fn verify_sheet(bytes: &[u8], context: &Context, report: &mut Report) -> Result<(), DeskError> {
    let claimed = jws::kids(bytes, Sheet::MAX_BYTES)?;
    let key = claimed.first().ok_or_else(|| DeskError::new("JWS_FORM"))?;
    let (roster, issued) = find_roster(context, report, |roster| roster.panel.member(key).is_some())?;
    let member = roster.panel.member(key).ok_or_else(|| DeskError::new("SHEET_SIGNER"))?;
    let sheet = jws::verify::<Sheet>(bytes, &[&member.jwk])?;
    saw_signature(report, member);
    if sheet.expert != member.key {
        return Err(DeskError::new("SHEET_SIGNER").with("expert", &member.name));
    }
    check_binding(&sheet.binding, &roster)?;
    report.saw("binding", &[("round", sheet.binding.round.to_string()), ("seq", sheet.seq.to_string())]);
    match &sheet.statement {
        Statement::Recusal { .. } => report.kind = "recusal",
        Statement::Scoring(scoring) if issued.is_some() => {
            report.saw("scores", &[("total", scoring.total().to_string())])
        }
        Statement::Scoring(_) => {}
    }
    if let Some(issued) = issued {
        Meeting::read(issued.clone(), roster.bytes())?.read_sheet(bytes)?;
        let centre = issued.round().centre(&sheet.dossier.centre).map(|centre| centre.name.clone());
        report
            .saw("dossier", &[("centre", centre.unwrap_or_default()), ("version", sheet.dossier.version.to_string())]);
    }
    Ok(())
}

/// What a binding can be checked for with the roster alone.
fn check_binding(binding: &review::sheet::Binding, roster: &Verified<Roster>) -> Result<(), DeskError> {
    if binding.round != roster.panel.round || binding.round_digest != roster.panel.round_digest {
        return Err(SheetError::Round.into());
    }
    if binding.roster_digest != roster.digest() { Err(SheetError::Roster.into()) } else { Ok(()) }
}

fn verify_package(path: &Path, context: &Context, report: &mut Report) -> Result<(), Vec<DeskError>> {
    let one = |error: DeskError| vec![error];
    let open = || File::open(path).map_err(|error| one(DeskError::io(path, &error)));
    let kinds = [(ROUND, "round"), (PANEL, "panel"), (PACK, "pack"), (RESULT, "result")];
    // Opening as each kind in turn: a package names its kind by its base folder.
    let mut refused = DeskError::new("WRONG_FILE_KIND").with("name", path.display());
    for (folder, kind) in kinds {
        match Bag::open(open()?, folder, &Limits { entries: 60_000, ..Limits::default() }) {
            Ok(_) => {
                report.kind = kind;
                return match kind {
                    "round" => verify_round(open()?, context, report).map_err(one),
                    "panel" => verify_panel(open()?, report).map_err(one),
                    "pack" => verify_pack(open()?, context, report).map_err(one),
                    _ => verify_result(open()?, context, report),
                };
            }
            Err(seal::bag::BagError::Kind) => {}
            Err(error) => refused = error.into(),
        }
    }
    Err(one(refused))
}

fn verify_round(file: File, context: &Context, report: &mut Report) -> Result<(), DeskError> {
    let RoundFile { mut bag, issued } = RoundFile::open(file)?;
    saw_issued(&issued, context, report)?;
    check_dossiers(&mut bag, &mut |_, _| {})?;
    report.saw("digests", &[("files", bag.paths().count().to_string())]);
    Ok(())
}

fn saw_issued(issued: &Issued, context: &Context, report: &mut Report) -> Result<(), DeskError> {
    if context.root.is_some() {
        context.bureau(&issued.bureau().person.key)?;
    }
    context.saw_bureau(issued.bureau(), report);
    report.saw("binding", &[("round", issued.round().id.to_string()), ("rulebook", issued.rulebook().id.clone())]);
    Ok(())
}

fn verify_panel(file: File, report: &mut Report) -> Result<(), DeskError> {
    let panel = PanelFile::read(file)?;
    saw_signature(report, &panel.secretary.person);
    report.saw("cards", &[("members", panel.members.len().to_string())]);
    Ok(())
}

fn verify_pack(file: File, context: &Context, report: &mut Report) -> Result<(), DeskError> {
    let Pack { mut bag, meeting, .. } = Pack::open(file)?;
    saw_issued(meeting.issued(), context, report)?;
    saw_signature(report, &meeting.panel().secretary);
    report.saw("roster", &[("version", meeting.roster().version.to_string())]);
    report.saw("article_11", &[("centres", meeting.round().centres.len().to_string())]);
    check_dossiers(&mut bag, &mut |_, _| {})?;
    report.saw("digests", &[("files", bag.paths().count().to_string())]);
    Ok(())
}

fn verify_result(file: File, context: &Context, report: &mut Report) -> Result<(), Vec<DeskError>> {
    let keys: Vec<KeyId> = context.root.iter().map(|card| card.person.key.clone()).collect();
    let recounted: Recount = recount(file, trust(&context.root, &keys), &mut |_, _| {});
    let mut problems = vec![];
    for check in checks::checks(&recounted) {
        let made = check.passed.is_some();
        problems.extend(check.problems);
        if made {
            report.checked.push(Checked { key: check.key, seen: check.figures });
        }
    }
    if problems.is_empty() && !recounted.passed() {
        problems.push(DeskError::new("RESULT_UNSOUND"));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
