//! What a demonstration leaves to be read by machines: where each file is, and what came out.

use std::path::Path;

use serde::Serialize;

use super::{KIND, Meeting};
use crate::dto::{CheckView, CompositionView, GradeView, ResultView, Written};

/// `summary.json` of a demonstration. Paths are relative to its folder, with `/`.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Members of the panel.
    pub experts: u32,
    /// Centres under review.
    pub centres: u32,
    /// The seed.
    pub seed: u64,
    /// The passphrase of every desk in `desks/`.
    pub passphrase: String,
    /// The round.
    pub round: RoundPart,
    /// Where each file is.
    pub files: FilesPart,
    /// Article 11 for each centre, on the members who effectively scored it.
    pub panel_checks: Vec<PanelCheck>,
    /// Every expert's total for every centre that they scored.
    pub totals: Vec<TotalPart>,
    /// The grades.
    pub grades: Vec<GradePart>,
    /// The bureau's numbered checks of the result.
    pub checks: Vec<CheckPart>,
    /// Whether all of them hold.
    pub valid: bool,
}

/// The round.
#[derive(Clone, Debug, Serialize)]
pub struct RoundPart {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its kind.
    pub kind: review::round::RoundKind,
    /// The day of the meeting.
    pub held_on: String,
}

/// Where each file is.
#[derive(Clone, Debug, Serialize)]
pub struct FilesPart {
    /// The bureau's enrolment card: what `--root` takes.
    pub root: Option<String>,
    /// Enrolment cards of experts and secretary.
    pub cards: Vec<String>,
    /// The round file.
    pub round: Option<String>,
    /// The panel as submitted.
    pub panel: Option<String>,
    /// The roster.
    pub roster: Option<String>,
    /// The dossier package.
    pub pack: Option<String>,
    /// Signed sheets and recusals.
    pub sheets: Vec<SheetPart>,
    /// The secretary's receipts for what was collected, one for each expert.
    pub receipts: Vec<String>,
    /// The result as filed, signed by secretary and chair.
    pub result: Option<String>,
    /// Proofs that the own files are in it, one for each expert.
    pub inclusions: Vec<String>,
    /// Summaries as PDF and XLSX.
    pub summaries: Vec<String>,
    /// The bureau's register of centres.
    pub register: Option<String>,
    /// The desk folders.
    pub desks: Vec<String>,
}

/// The files of one expert.
#[derive(Clone, Debug, Serialize)]
pub struct SheetPart {
    /// The expert.
    pub expert: String,
    /// Signed files.
    pub signed: Vec<String>,
    /// Their prints.
    pub pdf: Vec<String>,
}

/// Article 11 for one centre.
#[derive(Clone, Debug, Serialize)]
pub struct PanelCheck {
    /// The centre's id.
    pub centre: String,
    /// Its name.
    pub name: String,
    /// Members who scored it.
    pub members: u32,
    /// Of these from the host unit.
    pub host: u32,
    /// Whether Article 11 is met.
    pub lawful: bool,
}

/// One total, in hundredths.
#[derive(Clone, Debug, Serialize)]
pub struct TotalPart {
    /// The centre's id.
    pub centre: String,
    /// The expert's name.
    pub expert: String,
    /// Six scores in integer hundredths, in the order of Article 21.
    pub scores: Vec<u32>,
    /// Their sum in integer hundredths.
    pub total: u32,
}

/// One grade.
#[derive(Clone, Debug, Serialize)]
pub struct GradePart {
    /// The centre's id.
    pub centre: String,
    /// Its name.
    pub name: String,
    /// The combined total in integer hundredths.
    pub score: Option<u32>,
    /// The grade in the words of Article 22.
    pub grade: Option<&'static str>,
    /// What follows.
    pub consequence: Option<review::result::Consequence>,
}

/// One numbered check.
#[derive(Clone, Debug, Serialize)]
pub struct CheckPart {
    /// Its number.
    pub number: u32,
    /// Its key.
    pub key: String,
    /// Whether it holds.
    pub passed: Option<bool>,
}

impl Summary {
    /// Of a meeting and its result as the bureau recounted it.
    pub(super) fn of(meeting: &Meeting, result: &ResultView) -> Self {
        let relative = |file: &Written| relative(&meeting.out, &file.path);
        let relatives = |files: &[Written]| files.iter().map(relative).collect();
        let sheets = meeting.people.iter().zip(&meeting.files.sheets).map(|(person, files)| {
            let ending = |ending: &str| {
                files.iter().filter(|file| file.path.ends_with(ending)).map(relative).collect::<Vec<_>>()
            };
            SheetPart { expert: person.name.clone(), signed: ending(".hjsheet"), pdf: ending(".pdf") }
        });
        let desks = [&meeting.bureau, &meeting.secretary].into_iter().chain(&meeting.experts);
        let desks = desks.map(|desk| super::summary::relative(&meeting.out, &desk.folder().display().to_string()));
        Self {
            experts: meeting.options.experts,
            centres: meeting.options.centres,
            seed: meeting.options.seed,
            passphrase: super::PASSPHRASE.to_owned(),
            round: RoundPart {
                id: meeting.round.clone(),
                title: result.round.title.clone(),
                kind: KIND,
                held_on: result.round.held_on.clone(),
            },
            files: FilesPart {
                root: meeting.files.bureau_card.as_ref().map(relative),
                cards: relatives(&meeting.files.cards),
                round: meeting.files.round.as_ref().map(relative),
                panel: meeting.files.panel.as_ref().map(relative),
                roster: meeting.files.roster.as_ref().map(relative),
                pack: meeting.files.pack.as_ref().map(relative),
                sheets: sheets.collect(),
                receipts: relatives(&meeting.files.receipts),
                result: meeting.files.result.as_ref().map(relative),
                inclusions: relatives(&meeting.files.inclusions),
                summaries: relatives(&meeting.files.summaries),
                register: meeting.files.register.as_ref().map(relative),
                desks: desks.collect(),
            },
            panel_checks: result.grades.iter().map(|grade| panel_check(&grade.composition)).collect(),
            totals: result.grades.iter().flat_map(totals).collect(),
            grades: result.grades.iter().map(grade).collect(),
            checks: result.checks.iter().map(check).collect(),
            valid: result.valid,
        }
    }
}

fn relative(out: &Path, path: &str) -> String {
    let path = Path::new(path);
    let path = path.strip_prefix(out).unwrap_or(path);
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn panel_check(composition: &CompositionView) -> PanelCheck {
    PanelCheck {
        centre: composition.centre.clone(),
        name: composition.centre_name.clone(),
        members: composition.members,
        host: composition.host,
        lawful: composition.violations.is_empty(),
    }
}

fn totals(grade: &GradeView) -> Vec<TotalPart> {
    let total = |total: &crate::dto::MemberTotal| TotalPart {
        centre: grade.centre.clone(),
        expert: total.name.clone(),
        scores: total.scores.iter().map(|score| score.hundredths()).collect(),
        total: total.total.hundredths(),
    };
    grade.totals.iter().map(total).collect()
}

fn grade(grade: &GradeView) -> GradePart {
    GradePart {
        centre: grade.centre.clone(),
        name: grade.centre_name.clone(),
        score: grade.score.map(review::points::Points::hundredths),
        grade: grade.grade.map(review::scheme::Grade::title),
        consequence: grade.consequence.clone(),
    }
}

fn check(check: &CheckView) -> CheckPart {
    CheckPart { number: check.number, key: check.key.clone(), passed: check.passed }
}
