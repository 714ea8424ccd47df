//! Compiling (汇总): from the signed sheets to the grades of Article 22.
//!
//! Integers throughout: totals are sums of integer hundredths, their combination is an exact fraction, and there is one
//! declared rounding at the end. The same functions serve the secretary who compiles and the bureau who recomputes.

use std::collections::BTreeMap;

use chrono::Datelike;

use crate::{
    deadlines,
    ids::{CentreId, Digest, KeyId},
    panel::Composition,
    points::Points,
    result::{Cell, CellKind, CentreResult, Consequence, Outcome},
    roster::Panel,
    round::{Centre, Round, RoundKind},
    rulebook::Rulebook,
    scheme::{Grade, Method, Rounding},
    sheet::{Absence, Finding, Sheet, Statement},
    versions::{Misfit, Version, standing},
};

/// Combines experts' totals into one, exactly, with one rounding to hundredths.
///
/// `None` where the method has nothing to work on: no totals, or fewer than three for the trimmed mean.
#[must_use]
pub fn combine(method: Method, rounding: Rounding, totals: &[Points]) -> Option<Points> {
    let mut sorted: Vec<u64> = totals.iter().map(|total| u64::from(total.hundredths())).collect();
    sorted.sort_unstable();
    let kept: &[u64] = match method {
        Method::Mean => &sorted,
        Method::Median => {
            let middle = sorted.len().checked_sub(1)? / 2;
            &sorted[middle..=sorted.len() / 2]
        }
        Method::TrimmedMean => sorted.get(1..sorted.len().checked_sub(1)?)?,
    };
    let count = u64::try_from(kept.len()).ok().filter(|count| *count > 0)?;
    let rounded = divide(kept.iter().sum(), count, rounding);
    u32::try_from(rounded).ok().map(Points::from_hundredths)
}

/// `numerator / denominator` rounded to an integer.
fn divide(numerator: u64, denominator: u64, rounding: Rounding) -> u64 {
    let (quotient, remainder) = (numerator / denominator, numerator % denominator);
    let up = match rounding {
        Rounding::Down => false,
        Rounding::HalfUp => 2 * remainder >= denominator,
        Rounding::HalfEven => 2 * remainder > denominator || (2 * remainder == denominator && quotient % 2 == 1),
    };
    quotient + u64::from(up)
}

/// What stands in a cell of the matrix before everything is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellState {
    /// One signed file counts.
    Settled(Cell),
    /// Nothing is here yet.
    Missing,
    /// Sheets are here that do not fit together; none counts until the expert settles it.
    Conflict(BTreeMap<Digest, Misfit>),
}

/// One cell of the matrix (评分矩阵).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixCell {
    /// The centre.
    pub centre: CentreId,
    /// The member.
    pub expert: KeyId,
    /// What stands there.
    pub state: CellState,
}

/// The matrix of every member and every centre, centre by centre in the order of the round, members in that of the roster.
///
/// All sheets and absences must have been verified and bound to this round. A sheet outranks an absence: who came late and
/// signed was there.
#[must_use]
pub fn matrix(
    round: &Round,
    panel: &Panel,
    sheets: &[(Digest, &Sheet)],
    absences: &[(Digest, &Absence)],
) -> Vec<MatrixCell> {
    let mut by_cell: BTreeMap<(&CentreId, &KeyId), Vec<(Digest, &Sheet)>> = BTreeMap::new();
    for (digest, sheet) in sheets {
        by_cell.entry((&sheet.dossier.centre, &sheet.expert)).or_default().push((*digest, *sheet));
    }
    // Several absences for one cell say the same; the least digest stands for them, so that the order never matters.
    let mut absent: BTreeMap<(&CentreId, &KeyId), Digest> = BTreeMap::new();
    for (digest, absence) in absences {
        let place = absent.entry((&absence.centre, &absence.expert)).or_insert(*digest);
        *place = (*place).min(*digest);
    }
    round
        .centres
        .iter()
        .flat_map(|centre| panel.members.iter().map(move |member| (&centre.id, &member.key)))
        .map(|place @ (centre, expert)| {
            let state = match by_cell.get(&place) {
                Some(sheets) => settle(place, sheets),
                None => match absent.get(&place) {
                    Some(digest) => CellState::Settled(cell(place, CellKind::Absent, *digest)),
                    None => CellState::Missing,
                },
            };
            MatrixCell { centre: centre.clone(), expert: expert.clone(), state }
        })
        .collect()
}

/// Settles the sheets of one cell.
fn settle(place: (&CentreId, &KeyId), sheets: &[(Digest, &Sheet)]) -> CellState {
    let versions: Vec<Version> = sheets
        .iter()
        .map(|(digest, sheet)| Version { digest: *digest, seq: sheet.seq, supersedes: sheet.supersedes.clone() })
        .collect();
    let standing = standing(&versions);
    let current = standing.current.and_then(|current| sheets.iter().find(|(digest, _)| *digest == current));
    match current {
        None => CellState::Conflict(standing.misfits),
        Some((digest, sheet)) => {
            let kind = match &sheet.statement {
                Statement::Scoring(scoring) => CellKind::Scored { total: scoring.total() },
                Statement::Recusal { .. } => CellKind::Recused,
            };
            CellState::Settled(cell(place, kind, *digest))
        }
    }
}

fn cell((centre, expert): (&CentreId, &KeyId), kind: CellKind, digest: Digest) -> Cell {
    Cell { expert: expert.clone(), centre: centre.clone(), kind, digest }
}

/// Why a centre cannot be compiled yet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// A member gave neither sheet nor recusal, and no absence is recorded.
    #[error("a cell is missing")]
    Missing {
        /// The centre.
        centre: CentreId,
        /// The member.
        expert: KeyId,
    },
    /// Sheets of a member do not fit together.
    #[error("a cell is in conflict")]
    Conflict {
        /// The centre.
        centre: CentreId,
        /// The member.
        expert: KeyId,
    },
}

/// The settled cells of one centre.
///
/// # Errors
/// The first [`CompileError`] in the order of the roster.
pub fn settled(matrix: &[MatrixCell], centre: &CentreId) -> Result<Vec<Cell>, CompileError> {
    matrix
        .iter()
        .filter(|cell| cell.centre == *centre)
        .map(|cell| match &cell.state {
            CellState::Settled(settled) => Ok(settled.clone()),
            CellState::Missing => {
                Err(CompileError::Missing { centre: cell.centre.clone(), expert: cell.expert.clone() })
            }
            CellState::Conflict(_) => {
                Err(CompileError::Conflict { centre: cell.centre.clone(), expert: cell.expert.clone() })
            }
        })
        .collect()
}

/// Article 11 on those members who effectively scored a centre, after recusals and absences.
#[must_use]
pub fn effective_composition(rulebook: &Rulebook, centre: &Centre, panel: &Panel, cells: &[Cell]) -> Composition {
    let scored = |key: &KeyId| {
        cells
            .iter()
            .any(|cell| cell.centre == centre.id && cell.expert == *key && matches!(cell.kind, CellKind::Scored { .. }))
    };
    Composition::of(&rulebook.panel, &centre.host, panel.members.iter().filter(|member| scored(&member.key)))
}

/// Compiles one centre from its settled cells.
///
/// A centre whose effective panel does not meet Article 11 is [`Outcome::Refused`], unless a finding of Article 22 makes it
/// 不合格 whatever the score. A finding never hides the score: both stand in the outcome.
#[must_use]
pub fn compile_centre(
    rulebook: &Rulebook,
    round: &Round,
    centre: &Centre,
    panel: &Panel,
    cells: &[Cell],
    findings: &[Finding],
) -> CentreResult {
    let composition = effective_composition(rulebook, centre, panel, cells);
    let found = findings.iter().any(|finding| finding.centre == centre.id);
    let totals: Vec<Points> = cells
        .iter()
        .filter(|cell| cell.centre == centre.id)
        .filter_map(|cell| match cell.kind {
            CellKind::Scored { total } => Some(total),
            CellKind::Recused | CellKind::Absent => None,
        })
        .collect();
    let score = combine(round.scheme.method, round.scheme.rounding, &totals);
    let outcome = match score.filter(|_| composition.is_lawful()) {
        Some(score) => {
            let by_score = round.scheme.bands.grade(score);
            let grade = if found { Grade::Unqualified } else { by_score };
            Outcome::Graded { score, by_score, grade, consequence: consequence(rulebook, round, grade) }
        }
        None if found => Outcome::ByFinding { consequence: consequence(rulebook, round, Grade::Unqualified) },
        None => Outcome::Refused { violations: composition.violations.clone() },
    };
    CentreResult { centre: centre.id.clone(), composition, outcome }
}

/// What follows from a grade, with its date.
#[must_use]
pub fn consequence(rulebook: &Rulebook, round: &Round, grade: Grade) -> Consequence {
    match (round.kind, grade) {
        (RoundKind::Establishment, _) => Consequence::Establishment,
        (RoundKind::Evaluation, Grade::Excellent | Grade::Good | Grade::Qualified) => {
            Consequence::NextEvaluation { year: deadlines::next_evaluation(&rulebook.evaluation, round.held_on.year()) }
        }
        (RoundKind::Evaluation, Grade::BasicallyQualified) => {
            Consequence::Rectification { until: deadlines::rectification_end(&rulebook.rectification, round.held_on) }
        }
        (RoundKind::Evaluation, Grade::Unqualified) => Consequence::Revocation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(hundredths: &[u32]) -> Vec<Points> {
        hundredths.iter().copied().map(Points::from_hundredths).collect()
    }

    #[test]
    fn the_mean_is_exact_and_rounded_once() {
        let nine = points(&[9000, 9000, 9000, 9000, 9000, 9000, 9000, 9000, 8995]);
        // 80995 / 9 = 8999.44…
        assert_eq!(combine(Method::Mean, Rounding::HalfUp, &nine), Some(Points::from_hundredths(8999)));
        // 8999.5 exactly: the declared rounding decides between 89.99 and 90.00.
        let half = points(&[9000, 8999]);
        assert_eq!(combine(Method::Mean, Rounding::HalfUp, &half), Some(Points::whole(90)));
        assert_eq!(combine(Method::Mean, Rounding::HalfEven, &half), Some(Points::whole(90)));
        assert_eq!(combine(Method::Mean, Rounding::Down, &half), Some(Points::from_hundredths(8999)));
        let even = points(&[9000, 9001]);
        assert_eq!(combine(Method::Mean, Rounding::HalfUp, &even), Some(Points::from_hundredths(9001)));
        assert_eq!(combine(Method::Mean, Rounding::HalfEven, &even), Some(Points::whole(90)));
    }

    #[test]
    fn the_median_takes_the_middle_or_the_mean_of_the_middle_two() {
        assert_eq!(combine(Method::Median, Rounding::HalfUp, &points(&[1, 900, 5])), Some(Points::from_hundredths(5)));
        assert_eq!(
            combine(Method::Median, Rounding::HalfUp, &points(&[900, 4, 1, 7])),
            Some(Points::from_hundredths(6))
        );
    }

    #[test]
    fn the_trimmed_mean_drops_one_highest_and_one_lowest() {
        let totals = points(&[100, 9000, 8000, 8000, 9000]);
        assert_eq!(
            combine(Method::TrimmedMean, Rounding::Down, &totals),
            Some(Points::from_hundredths((9000 + 8000 + 8000) / 3))
        );
        assert_eq!(combine(Method::TrimmedMean, Rounding::Down, &points(&[1, 2])), None);
    }

    #[test]
    fn nothing_combines_to_nothing() {
        for method in [Method::Mean, Method::Median, Method::TrimmedMean] {
            assert_eq!(combine(method, Rounding::HalfUp, &[]), None);
        }
    }
}
