//! Compiling (汇总): the grades as they follow from what has been collected. Nothing is stored.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use review::{
    agreement::Agreement,
    compile::{self, CellState},
    ids::KeyId,
    points::Points,
    result::{Cell, CellKind, CentreResult, Outcome, ResultHead},
    roster::Role,
    sheet::{Finding, Scoring},
};
use seal::{
    merkle,
    result::{Leaf, entries},
};
use store::tables::rounds;

use super::{collected::Collected, matrix::findings, problems::named, result};
use crate::{
    Desk, DeskError, SOFTWARE,
    dto::{AgreementView, CompileView},
    views::{self, count},
};

/// The grades of every centre whose cells are settled, and why the result cannot be signed yet.
///
/// # Errors
/// `ROLE_MISSING`, `NOT_FOUND`, `ROSTER_MISSING`.
pub fn compile(desk: &mut Desk, round: &str) -> Result<CompileView, DeskError> {
    desk.require(Role::Secretary)?;
    let compiled = Compiled::load(desk, round)?;
    let meeting = &compiled.collected.meeting;
    let status = rounds::get(&desk.store, round)?.map_or("received", |row| row.status.as_str());
    let grade = |centre: &CentreResult| views::grade(meeting, centre, &compiled.scorings(centre), &compiled.findings);
    Ok(CompileView {
        round: views::summary(&desk.store, meeting.issued(), status)?,
        grades: compiled.centres.iter().map(grade).collect(),
        agreement: compiled.agreement(),
        signed: result::current(desk, round, &compiled)?.map(|signed| signed.view()).transpose()?,
        problems: compiled.problems,
    })
}

/// Everything that a result is made of, before it is signed.
pub(super) struct Compiled {
    pub(super) collected: Collected,
    /// The settled cells, centre by centre.
    pub(super) cells: Vec<Cell>,
    pub(super) findings: Vec<Finding>,
    /// The centres whose cells are all settled.
    pub(super) centres: Vec<CentreResult>,
    /// The cells that are not settled.
    pub(super) problems: Vec<DeskError>,
}

impl Compiled {
    /// Compiles from what is kept.
    pub(super) fn load(desk: &mut Desk, round: &str) -> Result<Self, DeskError> {
        let collected = Collected::load(desk, round)?;
        let findings: Vec<Finding> = findings(&desk.store, round)?.into_iter().map(|(_, finding)| finding).collect();
        let (meeting, matrix) = (&collected.meeting, collected.matrix());
        let (mut cells, mut problems, mut centres) = (vec![], vec![], vec![]);
        for cell in &matrix {
            let problem = |code| named(DeskError::new(code), meeting, cell.centre.as_str(), cell.expert.as_str());
            match &cell.state {
                CellState::Settled(settled) => cells.push(settled.clone()),
                CellState::Missing => problems.push(problem("CELL_MISSING")),
                CellState::Conflict(_) => problems.push(problem("CELL_CONFLICT")),
            }
        }
        for centre in &meeting.round().centres {
            if let Ok(cells) = compile::settled(&matrix, &centre.id) {
                let (rulebook, round, panel) = (meeting.rulebook(), meeting.round(), meeting.panel());
                centres.push(compile::compile_centre(rulebook, round, centre, panel, &cells, &findings));
            }
        }
        Ok(Self { collected, cells, findings, centres, problems })
    }

    /// The signed files in the order of the result, and the head that lists them.
    pub(super) fn head(&self, software: &str, compiled_at: DateTime<FixedOffset>) -> ResultHead {
        let meeting = &self.collected.meeting;
        let entries = entries(meeting.round(), meeting.panel(), self.collected.leaves());
        let leaves: Vec<&[u8]> = entries.iter().map(|(_, leaf): &(_, Leaf<'_>)| leaf.bytes()).collect();
        ResultHead {
            binding: meeting.binding().clone(),
            tree_root: merkle::tree_hash(&leaves),
            entries: entries.into_iter().map(|(entry, _)| entry).collect(),
            matrix: self.cells.clone(),
            findings: self.findings.clone(),
            centres: self.centres.clone(),
            software: software.to_owned(),
            compiled_at,
        }
    }

    /// The head as it would be signed now.
    pub(super) fn head_now(&self, desk: &Desk) -> ResultHead {
        self.head(SOFTWARE, desk.host.clock.now())
    }

    /// Each member's counted scores for a centre.
    fn scorings(&self, result: &CentreResult) -> BTreeMap<KeyId, Scoring> {
        let of_centre = self.cells.iter().filter(|cell| cell.centre == result.centre);
        of_centre
            .filter_map(|cell| Some((cell.expert.clone(), self.collected.scoring(&cell.digest)?.clone())))
            .collect()
    }

    /// Agreement over the centres that are graded.
    fn agreement(&self) -> Option<AgreementView> {
        let totals: BTreeMap<_, Points> = self
            .cells
            .iter()
            .filter_map(|cell| match cell.kind {
                CellKind::Scored { total } => Some(((&cell.centre, &cell.expert), total)),
                CellKind::Recused | CellKind::Absent => None,
            })
            .collect();
        let members = &self.collected.meeting.panel().members;
        let graded = self.centres.iter().filter(|result| matches!(result.outcome, Outcome::Graded { .. }));
        let rows: Vec<Vec<Option<Points>>> = graded
            .map(|result| members.iter().map(|m| totals.get(&(&result.centre, &m.key)).copied()).collect())
            .collect();
        if rows.is_empty() {
            return None;
        }
        let agreement = Agreement::of(&rows);
        let interval = agreement.icc.ok().and_then(|icc| icc.interval);
        Some(AgreementView {
            icc: agreement.icc.ok().map(|icc| icc.value),
            icc_low: interval.map(|interval| interval.lower),
            icc_high: interval.map(|interval| interval.upper),
            kendall_w: agreement.kendall_w.ok(),
            raters: count(agreement.experts),
            centres: count(agreement.centres),
        })
    }
}
