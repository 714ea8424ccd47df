//! The compiled result of a round (汇总表), as PDF to sign and as XLSX to work with.

mod pdf;
mod xlsx;

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use review::{
    agreement::{Agreement, Robustness, Spread},
    ids::{CentreId, Digest, KeyId},
    panel::{Composition, Violation},
    points::Points,
    result::{Cell, CellKind, CentreResult, Outcome, ResultHead},
    roster::{Person, Roster},
    round::{Centre, Round},
    rulebook::{PanelRules, Rulebook},
    scheme::{Grade, Scheme},
    sheet::Sheet,
};

pub use self::{pdf::summary_pdf, xlsx::summary_xlsx};
use crate::{error::ReportError, words};

/// What a summary is printed from. The references are to what has been verified; nothing here checks signatures.
#[derive(Clone, Copy, Debug)]
pub struct SummaryInput<'a> {
    /// The round.
    pub round: &'a Round,
    /// The rulebook of the round.
    pub rulebook: &'a Rulebook,
    /// The roster.
    pub roster: &'a Roster,
    /// The result.
    pub head: &'a ResultHead,
    /// The signed sheets with the digests of their files: those that the matrix names are shown in the details of the
    /// XLSX; the PDF needs none.
    pub sheets: &'a [(Digest, &'a Sheet)],
    /// Digest of the signed file that holds the head; for a draft that nobody has signed, of the head as it would be.
    pub digest: &'a Digest,
    /// When it is printed: appears on every page and as the file's date.
    pub printed_at: DateTime<FixedOffset>,
}

/// The matrix by centre and expert, and what follows from it.
struct Tally<'a> {
    input: &'a SummaryInput<'a>,
    cells: BTreeMap<(&'a CentreId, &'a KeyId), &'a Cell>,
}

/// One centre with everything that is shown of it.
struct Row<'a> {
    rules: &'a PanelRules,
    centre: &'a Centre,
    result: &'a CentreResult,
    spread: Option<Spread>,
    robustness: Option<Robustness>,
}

impl<'a> Tally<'a> {
    fn new(input: &'a SummaryInput<'a>) -> Self {
        let cells = input.head.matrix.iter().map(|cell| ((&cell.centre, &cell.expert), cell)).collect();
        Self { input, cells }
    }

    fn members(&self) -> &'a [Person] {
        &self.input.roster.panel.members
    }

    fn scheme(&self) -> &'a Scheme {
        &self.input.round.scheme
    }

    fn cell(&self, centre: &CentreId, expert: &KeyId) -> Option<&'a Cell> {
        self.cells.get(&(centre, expert)).copied()
    }

    fn total(&self, centre: &CentreId, expert: &KeyId) -> Option<Points> {
        match self.cell(centre, expert)?.kind {
            CellKind::Scored { total } => Some(total),
            CellKind::Recused | CellKind::Absent => None,
        }
    }

    /// The centres in the order of the result.
    fn rows(&self) -> Result<Vec<Row<'a>>, ReportError> {
        self.input.head.centres.iter().map(|result| self.row(result)).collect()
    }

    fn row(&self, result: &'a CentreResult) -> Result<Row<'a>, ReportError> {
        let centre = self.input.round.centre(&result.centre).ok_or(ReportError::Unknown("centre"))?;
        let totals: Vec<(KeyId, Points)> = self
            .members()
            .iter()
            .filter_map(|member| Some((member.key.clone(), self.total(&centre.id, &member.key)?)))
            .collect();
        let points: Vec<Points> = totals.iter().map(|(_, total)| *total).collect();
        let graded = matches!(result.outcome, Outcome::Graded { .. });
        let robustness =
            if graded { Robustness::of(self.scheme(), &totals, &result.composition.host_members) } else { None };
        Ok(Row { rules: &self.input.rulebook.panel, centre, result, spread: Spread::of(&points), robustness })
    }

    /// Agreement over the centres that were graded.
    fn agreement(&self, rows: &[Row]) -> Agreement {
        let totals: Vec<Vec<Option<Points>>> = rows
            .iter()
            .filter(|row| matches!(row.result.outcome, Outcome::Graded { .. }))
            .map(|row| self.members().iter().map(|member| self.total(&row.centre.id, &member.key)).collect())
            .collect();
        Agreement::of(&totals)
    }

    fn name(&self, key: &KeyId) -> &'a str {
        self.input.roster.panel.member(key).map_or("", |member| member.name.as_str())
    }
}

impl Row<'_> {
    fn score(&self) -> Option<Points> {
        match self.result.outcome {
            Outcome::Graded { score, .. } => Some(score),
            Outcome::ByFinding { .. } | Outcome::Refused { .. } => None,
        }
    }

    /// The grade in words, with what it rests on where that is not the score.
    fn grade(&self) -> String {
        match &self.result.outcome {
            Outcome::Graded { by_score, grade, .. } if by_score != grade => {
                format!("{}（按得分：{}）", grade.title(), by_score.title())
            }
            Outcome::Graded { grade, .. } => grade.title().to_owned(),
            Outcome::ByFinding { .. } => "不合格（按认定）".to_owned(),
            Outcome::Refused { .. } => "不予汇总".to_owned(),
        }
    }

    /// The grade that stands, alone.
    fn standing(&self) -> &'static str {
        match &self.result.outcome {
            Outcome::Graded { grade, .. } => grade.title(),
            Outcome::ByFinding { .. } => Grade::Unqualified.title(),
            Outcome::Refused { .. } => "不予汇总",
        }
    }

    fn consequence(&self) -> String {
        match &self.result.outcome {
            Outcome::Graded { consequence, .. } | Outcome::ByFinding { consequence } => words::consequence(consequence),
            Outcome::Refused { violations } => self.violations(violations).join("；"),
        }
    }

    fn violations(&self, violations: &[Violation]) -> Vec<String> {
        violations.iter().map(|violation| words::violation(self.rules, violation)).collect()
    }

    fn composition(&self) -> &Composition {
        &self.result.composition
    }

    fn spread(&self) -> String {
        self.spread.map_or_else(|| "—".to_owned(), |s| format!("{}\n{}～{}", s.range, s.min, s.max))
    }

    fn is_refused(&self) -> bool {
        matches!(self.result.outcome, Outcome::Refused { .. })
    }
}

/// What a robustness check says in one sentence.
fn robustness(tally: &Tally, robustness: Option<&Robustness>) -> String {
    let Some(robustness) = robustness else { return "—".to_owned() };
    if robustness.is_stable() {
        return "稳定".to_owned();
    }
    let mut changes: Vec<String> = vec![];
    let decisive: Vec<&str> = robustness.decisive_experts().map(|key| tally.name(key)).collect();
    if !decisive.is_empty() {
        changes.push(format!("去掉{}任一人的评分", decisive.join("、")));
    }
    let declared = robustness.declared.grade;
    if robustness.without_host.is_some_and(|other| other.grade != declared) {
        changes.push("去掉依托单位专家的评分".to_owned());
    }
    for (method, other) in &robustness.other_methods {
        if let Some(other) = other.filter(|other| other.grade != declared) {
            changes.push(format!("改用{}（{}分）", method.title(), words::combined(other.score)));
        }
    }
    format!("临界：{}，档次将改变", changes.join("，或"))
}

/// The coefficients in one sentence; they never alter a result.
fn agreement(agreement: &Agreement) -> String {
    let icc = agreement.icc.map_or_else(
        |why| words::not_computed(why).to_owned(),
        |icc| match icc.interval {
            Some(interval) => {
                format!("{:.2}（95%置信区间{:.2}～{:.2}）", icc.value, interval.lower, interval.upper)
            }
            None => format!("{:.2}", icc.value),
        },
    );
    let w = agreement.kendall_w.map_or_else(|why| words::not_computed(why).to_owned(), |w| format!("{w:.2}"));
    let left_out = match agreement.left_out {
        0 => String::new(),
        n => format!("，另有{n}名专家因回避或缺席未计入"),
    };
    format!(
        "依据{}名专家对{}个中心的评分{left_out}。组内相关系数ICC(2,k)：{icc}；肯德尔和谐系数W：{w}。",
        agreement.experts, agreement.centres
    )
}
