//! Signing and handing back: the sheet is frozen, signed, kept byte for byte, and written out with its print.

use std::path::{Path, PathBuf};

use review::{
    ids::SheetId,
    round::Centre,
    sheet::{DossierRef, MAX_REASON, Sheet, Statement},
    versions,
};
use seal::{
    jws::{self, Signed, Verified},
    key::SigningKey,
    meeting::Meeting,
};
use store::{Op, tables::signed_files};

use super::{
    draft::find,
    packs::{expert_round, require_promise},
    state::{self, Draft, dossiers, newest_signed},
};
use crate::{
    Desk, DeskError, SOFTWARE, checks,
    desk::required,
    dto::{ExpertRound, Exported, ImportReport, ProblemFile, RecusalInput, SignLine, SignView},
    incoming,
    output::name_part,
    prints::Prints,
    views,
};

/// What can be signed and what is missing.
///
/// # Errors
/// `PROMISE_MISSING`.
pub fn sign_view(desk: &mut Desk, round: &str) -> Result<SignView, DeskError> {
    require_promise(desk, round)?;
    let meeting = desk.meeting(round)?;
    let newest = newest_signed(desk, &meeting)?;
    let mut lines = vec![];
    for summary in dossiers(desk, &meeting)? {
        let mut problems = vec![];
        if summary.state != "recused" {
            let draft = Draft::load(desk, round, &summary.centre)?;
            for dimension in review::scheme::Dimension::ALL {
                match draft.scores[dimension.index()] {
                    None => problems.push(review::scheme::ScoreError::Missing { dimension }.into()),
                    Some(score) => {
                        problems
                            .extend(meeting.round().scheme.check_score(dimension, score).err().map(DeskError::from));
                    }
                }
            }
        }
        let signed = newest.get(&summary.centre);
        lines.push(SignLine {
            digest_short: signed.map(|(digest, _)| digest.short()).unwrap_or_default(),
            signed_at: signed.map(|(_, at)| at.clone()),
            problems,
            summary,
        });
    }
    Ok(SignView { round: views::summary(&desk.store, meeting.issued(), "received")?, lines })
}

/// Signs the sheets of these centres with one passphrase. All are checked before the first is signed; a dossier that is signed
/// and unchanged is passed over.
///
/// # Errors
/// `PASSPHRASE_WRONG`, `SCORE_*`, `RECUSED`, `NOTHING_TO_SIGN`.
pub fn sign(desk: &mut Desk, round: &str, centres: &[String], passphrase: &str) -> Result<SignView, DeskError> {
    require_promise(desk, round)?;
    let meeting = desk.meeting(round)?;
    let mut to_sign = vec![];
    for centre in centres {
        let centre = find(&meeting, centre)?;
        let summary = state::summary(desk, &meeting, centre)?;
        match summary.state.as_str() {
            "recused" => return Err(DeskError::new("RECUSED").with("centre", &centre.name)),
            "signed" => {}
            _ => {
                let scoring = Draft::load(desk, round, centre.id.as_str())?.scoring(&meeting);
                to_sign.push((centre, scoring.map_err(|error| error.with("centre", &centre.name))?));
            }
        }
    }
    if to_sign.is_empty() {
        return Err(DeskError::new("NOTHING_TO_SIGN"));
    }
    let key = desk.key(passphrase)?;
    for (centre, scoring) in to_sign {
        sign_one(desk, &meeting, centre, Statement::Scoring(scoring), &key)?;
    }
    sign_view(desk, round)
}

/// Steps back from a centre (回避): a signed sheet that closes the dossier.
///
/// # Errors
/// `TEXT_EMPTY`, `TEXT_LONG`, `PASSPHRASE_WRONG`, `RECUSED` where that was done already.
pub fn recuse(
    desk: &mut Desk,
    round: &str,
    centre: &str,
    input: &RecusalInput,
    passphrase: &str,
) -> Result<ExpertRound, DeskError> {
    let meeting = desk.meeting(round)?;
    let centre = find(&meeting, centre)?;
    let reason =
        required(&input.reason, "TEXT_EMPTY", "TEXT_LONG", MAX_REASON).map_err(|e| e.with("field", "reason"))?;
    if state::summary(desk, &meeting, centre)?.state == "recused" {
        return Err(DeskError::new("RECUSED").with("centre", &centre.name));
    }
    let key = desk.key(passphrase)?;
    sign_one(desk, &meeting, centre, Statement::Recusal { kind: input.kind, reason }, &key)?;
    expert_round(desk, round)
}

/// Freezes, signs, verifies and keeps one sheet.
fn sign_one(
    desk: &mut Desk,
    meeting: &Meeting,
    centre: &Centre,
    statement: Statement,
    key: &SigningKey,
) -> Result<(), DeskError> {
    let before = state::versions(&state::signed(desk, meeting, centre.id.as_str())?);
    let (seq, supersedes) = versions::next(&before);
    let sheet = Sheet {
        id: format!("s-{}", desk.host.names.next()?).parse::<SheetId>().map_err(DeskError::internal)?,
        binding: meeting.binding().clone(),
        dossier: DossierRef {
            centre: centre.id.clone(),
            version: centre.dossier.version,
            manifest: centre.dossier.manifest,
        },
        expert: key.id().clone(),
        seq,
        supersedes,
        statement,
        salt: desk.host.salt()?,
        software: SOFTWARE.to_owned(),
        signed_at: desk.host.clock.now(),
    };
    let bytes = jws::sign(&sheet, key, &desk.host.random)?;
    // What is kept is what the secretary will accept: read back as she will read it.
    let verified = meeting.read_sheet(&bytes)?;
    keep(desk, meeting, &verified, true, "")?;
    Ok(())
}

/// Keeps a verified sheet of mine; the answer says whether it was new.
fn keep(
    desk: &mut Desk,
    meeting: &Meeting,
    sheet: &Verified<Sheet>,
    own: bool,
    source_name: &str,
) -> Result<bool, DeskError> {
    let at = desk.now();
    let (kind, op) = match sheet.statement {
        Statement::Scoring(_) => (signed_files::SignedKind::Sheet, Op::SheetSigned),
        Statement::Recusal { .. } => (signed_files::SignedKind::Recusal, Op::Recused),
    };
    let op = if own { op } else { Op::FileCollected };
    let row = signed_files::SignedFile {
        digest: sheet.digest().to_string(),
        round_id: meeting.round().id.to_string(),
        kind,
        centre_id: sheet.dossier.centre.to_string(),
        expert: sheet.expert.to_string(),
        seq: sheet.seq,
        bytes: sheet.bytes().to_vec(),
        own,
        state: signed_files::SignedState::Accepted,
        code: None,
        received_at: at.clone(),
        source_name: source_name.to_owned(),
    };
    if signed_files::get(&desk.store, &row.digest)?.is_some() {
        return Ok(false);
    }
    let subject = op.on_all(&[&row.round_id, &row.centre_id, &row.digest]);
    Ok(desk.store.transact(&at, subject, |tx| signed_files::insert(tx, &row))?)
}

/// Takes in sheets that I signed on another laptop, so that the next one supersedes those too.
///
/// # Errors
/// Those of the store; what is wrong with a file stands in the report.
pub fn adopt_sheets(desk: &mut Desk, round: &str, paths: &[PathBuf]) -> Result<ImportReport, DeskError> {
    let meeting = desk.meeting(round)?;
    let mut report = ImportReport { accepted: 0, already_here: 0, problems: vec![] };
    for path in paths {
        let file_name = incoming::name(path);
        let read = incoming::read(path, Sheet::MAX_BYTES).and_then(|bytes| {
            let sheet = meeting.read_sheet(&bytes).map_err(|refusal| checks::refusal(&meeting, &refusal))?;
            if sheet.expert == desk.person().key { Ok(sheet) } else { Err(DeskError::new("SHEET_SIGNER")) }
        });
        match read {
            Ok(sheet) => {
                if keep(desk, &meeting, &sheet, false, &file_name)? {
                    report.accepted += 1;
                } else {
                    report.already_here += 1;
                }
            }
            Err(error) => {
                let at = desk.now();
                report.problems.push(ProblemFile { id: 0, file_name, error, quarantined: false, at });
            }
        }
    }
    Ok(report)
}

/// Writes every signed sheet of the round into a folder, each version of it, and the newest also as PDF; reads all of it back.
///
/// Every version travels, since a secretary accepts a sheet only together with those that it supersedes.
///
/// # Errors
/// `NOTHING_TO_SIGN` where nothing is signed yet; those of writing.
pub fn export_sheets(desk: &mut Desk, round: &str, folder: &Path) -> Result<Exported, DeskError> {
    let meeting = desk.meeting(round)?;
    let me = desk.person().clone();
    let mut prints = Prints::into(folder);
    for centre in &meeting.round().centres {
        let sheets = state::signed(desk, &meeting, centre.id.as_str())?;
        let short = name_part(&views::short_name(meeting.rulebook(), &centre.name));
        for (place, sheet) in sheets.iter().enumerate() {
            let kind = match sheet.statement {
                Statement::Scoring(_) => "评分表",
                Statement::Recusal { .. } => "回避声明",
            };
            let stem = format!("{kind}-{}-{short}-第{}版", name_part(&me.name), sheet.seq);
            prints.write(&format!("{stem}.hjsheet"), sheet.bytes())?;
            if place + 1 == sheets.len() {
                let printed = report::sheet_pdf(&report::SheetInput {
                    round: meeting.round(),
                    centre,
                    expert: &me,
                    sheet,
                    digest: &sheet.digest(),
                    // The print follows from the sheet alone, so that printing twice gives the same file.
                    printed_at: sheet.signed_at,
                })?;
                prints.print(&format!("{stem}.pdf"), &printed)?;
            }
        }
    }
    if prints.is_empty() {
        return Err(DeskError::new("NOTHING_TO_SIGN"));
    }
    let at = desk.now();
    desk.store.transact(&at, Op::SheetsExported.on(round), |_| Ok::<_, DeskError>(()))?;
    Ok(prints.finish())
}
