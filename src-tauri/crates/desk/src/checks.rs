//! What a recount found, as screens show it: numbered checks, and the grades computed from the sheets alone.
//!
//! One place for the bureau that imports, the chair who signs beside, and the command line.

use std::collections::BTreeMap;

use review::{
    ids::{CentreId, KeyId},
    points::Points,
    result::Cell,
    scheme::Grade,
    sheet::{Scoring, SheetError, Statement},
};
use seal::{
    jws::JwsError,
    meeting::{Meeting, SheetRefusal},
    packages::PackageError,
    recount::{Check, Discrepancy, Recount},
};

use crate::{
    DeskError,
    dto::{CheckView, GradeView},
    views::{self, count},
};

/// What stands for a figure that is not there.
const NONE: &str = "—";

/// The checks of a recount, numbered from 1 in the order of the report.
pub(crate) fn checks(recount: &Recount) -> Vec<CheckView> {
    let names = Names(recount.meeting.as_ref());
    let view = |(place, check): (usize, &Check)| CheckView {
        number: count(place + 1),
        key: check.key.name().to_owned(),
        passed: check.made.then_some(check.problems.is_empty()),
        figures: check.figures.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        problems: check.problems.iter().flat_map(|problem| names.problem(problem)).collect(),
    };
    recount.checks.iter().enumerate().map(view).collect()
}

/// The grades as recomputed, in the order of the agenda; of those centres of which every cell is settled.
pub(crate) fn grades(recount: &Recount) -> Vec<GradeView> {
    let Some(meeting) = &recount.meeting else { return vec![] };
    let findings = recount.head.as_ref().map(|head| head.findings.clone()).unwrap_or_default();
    let grade = |result| views::grade(meeting, result, &scorings(recount, &result.centre), &findings);
    recount.centres.iter().map(grade).collect()
}

/// Each member's counted scores for a centre.
fn scorings(recount: &Recount, centre: &CentreId) -> BTreeMap<KeyId, Scoring> {
    let counted = |cell: &Cell| {
        let sheet = recount.sheets.values().find(|sheet| sheet.digest() == cell.digest)?;
        match &sheet.statement {
            Statement::Scoring(scoring) => Some((cell.expert.clone(), scoring.clone())),
            Statement::Recusal { .. } => None,
        }
    };
    recount.matrix.iter().filter(|cell| cell.centre == *centre).filter_map(counted).collect()
}

/// A refused sheet or absence of a meeting, with names for the ids.
pub(crate) fn refusal(meeting: &Meeting, refusal: &SheetRefusal) -> DeskError {
    Names(Some(meeting)).refusal(refusal)
}

/// The first thing that does not agree; `RESULT_UNSOUND` where nothing more precise is known.
pub(crate) fn first_problem(recount: &Recount) -> DeskError {
    let problem = checks(recount).into_iter().flat_map(|check| check.problems).next();
    problem.unwrap_or_else(|| DeskError::new("RESULT_UNSOUND"))
}

/// Names for the ids in a problem, where round and roster are verified; the ids themselves otherwise.
struct Names<'a>(Option<&'a Meeting>);

impl Names<'_> {
    fn centre(&self, id: &CentreId) -> String {
        let centre = self.0.and_then(|meeting| meeting.round().centre(id));
        centre.map_or_else(|| id.to_string(), |centre| centre.name.clone())
    }

    fn expert(&self, key: &KeyId) -> String {
        let member = self.0.and_then(|meeting| meeting.panel().member(key));
        member.map_or_else(|| key.short(), |member| member.name.clone())
    }

    /// One thing that does not agree: mostly one sentence, and one for each rule where Article 11 is broken twice.
    fn problem(&self, problem: &Discrepancy) -> Vec<DeskError> {
        let cell = |code: &str, centre: &CentreId, expert: &KeyId| {
            DeskError::new(code).with("expert", self.expert(expert)).with("centre", self.centre(centre))
        };
        let of = |code: &str, centre: &CentreId| DeskError::new(code).with("centre", self.centre(centre));
        let at = |code: &str, path: &str| DeskError::new(code).with("path", path);
        let one = match problem {
            Discrepancy::Package(error) => package(error),
            Discrepancy::Bureau { key } => {
                let name = self.0.map_or_else(String::new, |meeting| meeting.round().bureau.name.clone());
                DeskError::new("BUREAU_UNKNOWN").with("name", name).with("key", key.short())
            }
            Discrepancy::Head { error: JwsError::Signer { index } } => {
                signature_missing(if *index == 0 { "secretary" } else { "chair" })
            }
            Discrepancy::Head { error } => DeskError::new(error.code()).with("what", "result"),
            Discrepancy::NotCountersigned => signature_missing("chair"),
            Discrepancy::Binding { error } => DeskError::new("RESULT_BINDING").with("what", bound_to(error)),
            Discrepancy::Sheet { path, refusal } => self.refusal(refusal).with("path", path),
            Discrepancy::EntryMissing { path } => at("RESULT_ENTRY_MISSING", path),
            Discrepancy::EntryExtra { path } => at("RESULT_ENTRY_EXTRA", path),
            Discrepancy::EntryDiffers { path } => at("BAG_DIGEST", path),
            Discrepancy::EntryOrder | Discrepancy::CentreList => DeskError::new("RESULT_ENTRY_ORDER"),
            Discrepancy::CellMissing { centre, expert } => cell("CELL_MISSING", centre, expert),
            Discrepancy::CellConflict { centre, expert } => cell("CELL_CONFLICT", centre, expert),
            Discrepancy::NotCompiled { centre } => of("RESULT_NOT_COMPILED", centre),
            Discrepancy::Matrix { centre, expert } => cell("RESULT_MATRIX", centre, expert),
            Discrepancy::Composition { centre } => of("RESULT_COMPOSITION", centre),
            Discrepancy::Unlawful { centre, violations } => {
                let name = self.centre(centre);
                let article = self.0.map(|meeting| meeting.rulebook().panel.article.chinese()).unwrap_or_default();
                let of = |violation| DeskError::violation(violation, &name).with("article", &article);
                return violations.iter().map(of).collect();
            }
            Discrepancy::Total { centre, stated, computed } => {
                of("RESULT_TOTAL", centre).with("stated", total(*stated)).with("computed", total(*computed))
            }
            Discrepancy::Grade { centre, stated, computed } => {
                of("RESULT_GRADE", centre).with("stated", grade(*stated)).with("computed", grade(*computed))
            }
            Discrepancy::Consequence { centre } => of("RESULT_CONSEQUENCE", centre),
            Discrepancy::Finding { centre } => of("RESULT_FINDINGS", centre),
            Discrepancy::Tree { stated, computed } => {
                DeskError::new("RESULT_TREE").with("stated", stated.short()).with("computed", computed.short())
            }
        };
        vec![one]
    }

    /// A refused sheet or absence, with the names of whose it is.
    fn refusal(&self, refusal: &SheetRefusal) -> DeskError {
        match refusal {
            SheetRefusal::Jws(error) => DeskError::new(error.code()),
            SheetRefusal::Stranger { key } | SheetRefusal::AnotherName { key } => {
                DeskError::new("SHEET_SIGNER").with("expert", self.expert(key))
            }
            SheetRefusal::Unsound { error, expert, centre } => {
                DeskError::from(error.clone()).with("expert", self.expert(expert)).with("centre", self.centre(centre))
            }
        }
    }
}

/// A file that is not there or not listed has the same words wherever it is found out.
fn package(error: &PackageError) -> DeskError {
    match error {
        PackageError::Extra { path } => DeskError::new("RESULT_ENTRY_EXTRA").with("path", path),
        PackageError::Missing { path } => DeskError::new("RESULT_ENTRY_MISSING").with("path", path),
        other => other.into(),
    }
}

fn signature_missing(role: &str) -> DeskError {
    DeskError::new("RESULT_SIGNATURE_MISSING").with("role", role)
}

/// What of a binding is another's.
const fn bound_to(error: &SheetError) -> &'static str {
    match error {
        SheetError::Roster => "roster",
        SheetError::Rulebook => "rulebook",
        SheetError::Scheme => "scheme",
        _ => "round",
    }
}

fn total(points: Option<Points>) -> String {
    points.map_or_else(|| NONE.to_owned(), |points| points.to_string())
}

/// In the words of Article 22, which no language changes.
fn grade(grade: Option<Grade>) -> &'static str {
    grade.map_or(NONE, Grade::title)
}
