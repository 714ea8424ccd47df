//! The secretary's desk while the meeting runs: collecting, absences, findings, compiling.

use std::path::PathBuf;

use desk::{
    DeskError, bureau,
    dto::{AgreementView, CollectView, GradeView, MatrixRow, PersonView, SignedResult},
    secretary,
};
use review::{roster::Role, sheet::FindingKind};
use serde_json::json;

use crate::{
    Global,
    expert::{self, has_role},
    grades,
    output::{Done, Failure, table},
    panel::{imported, refused},
    round,
    session::{Session, Stage, person},
    typed,
    words::{self, say},
};

/// 收集
#[derive(clap::Args)]
pub(crate) struct Collect {
    /// 文件或文件夹
    #[arg(required = true, value_name = "FILES-OR-FOLDERS")]
    paths: Vec<PathBuf>,
}

impl Collect {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        let round = session.round(Stage::Signed)?;
        let report = secretary::collect(&mut session.desk, &round, &self.paths)?;
        Ok(Done::new(&report)?.line(imported(&report)).unless(refused(&report)))
    }
}

/// `status`: how far this desk is.
pub(crate) fn status(global: &Global) -> Result<Done, Failure> {
    let mut session = Session::open(global)?;
    if has_role(&session, Role::Secretary) {
        let round = session.round(Stage::Signed)?;
        let view = secretary::collect_view(&mut session.desk, &round)?;
        return matrix(&view);
    }
    if has_role(&session, Role::Expert) {
        return expert::list(&mut session);
    }
    round::list(&bureau::rounds(&session.desk)?)
}

/// The matrix of experts and centres, with what still needs attention.
fn matrix(view: &CollectView) -> Result<Done, Failure> {
    let mut rows = vec![];
    rows.push(std::iter::once(String::new()).chain(view.centres.iter().map(|c| c.centre_short.clone())).collect());
    rows.extend(view.rows.iter().map(|row: &MatrixRow| {
        let chair = if row.chair { say("chair_mark", &[]) } else { String::new() };
        let cells = row.cells.iter().map(|cell| say(&format!("cell.{}", cell.state), &[("seq", &cell.seq)]));
        std::iter::once(format!("{}{chair}", row.person.name)).chain(cells).collect::<Vec<_>>()
    }));
    let problems = view.problems.iter().map(|problem| {
        let said = words::error(&problem.error);
        let file = &problem.file_name;
        say(
            "collect.problem",
            &[("id", &problem.id), ("file", file), ("title", &said.title), ("code", &problem.error.code)],
        )
    });
    let findings = view.findings.iter().map(|finding| {
        let (kind, evidence) = (words::common("finding", &finding.kind), &finding.evidence);
        say(
            "collect.finding",
            &[("id", &finding.id), ("centre", &finding.centre), ("kind", &kind), ("evidence", evidence)],
        )
    });
    Ok(Done::new(view)?
        .lines(table(&rows))
        .line(say("collect.settled", &[("settled", &view.settled), ("cells", &view.cells)]))
        .lines(grades::compositions(&view.centres))
        .lines(problems)
        .lines(findings))
}

/// 了结一份问题文件
#[derive(clap::Args)]
pub(crate) struct Dismiss {
    /// status 中列出的编号
    #[arg(value_name = "ID")]
    id: u32,
}

impl Dismiss {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        let round = session.round(Stage::Signed)?;
        matrix(&secretary::dismiss_problem(&mut session.desk, &round, self.id)?)
    }
}

/// 记录缺席
#[derive(clap::Args)]
pub(crate) struct Absence {
    /// 委员的姓名或密钥
    #[arg(long, value_name = "NAME-OR-KEY")]
    expert: String,
    /// 中心的编号或名称
    #[arg(long, value_name = "C")]
    centre: String,
    /// 原因，1 至 500 字
    #[arg(long)]
    reason: String,
}

impl Absence {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        let round = session.round(Stage::Signed)?;
        let centre = session.centre(&round, &self.centre)?;
        let members: Vec<PersonView> =
            secretary::collect_view(&mut session.desk, &round)?.rows.into_iter().map(|row| row.person).collect();
        let expert = &person(&members, &self.expert)?.key;
        let passphrase = &session.passphrase;
        matrix(&secretary::record_absence(&mut session.desk, &round, expert, &centre, &self.reason, passphrase)?)
    }
}

/// 第二十二条认定
#[derive(clap::Subcommand)]
pub(crate) enum Finding {
    /// 记录认定及其证据
    Add {
        /// 中心的编号或名称
        #[arg(long, value_name = "C")]
        centre: String,
        /// absent_without_reason 无故不参加、false_material 虚假材料、interference 干扰
        #[arg(long, value_parser = typed::code::<FindingKind>)]
        kind: FindingKind,
        /// 证据
        #[arg(long)]
        evidence: String,
    },
    /// 撤销认定
    Remove {
        /// status 中列出的编号
        #[arg(value_name = "ID")]
        id: u32,
    },
}

impl Finding {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        let round = session.round(Stage::Signed)?;
        let view = match self {
            Self::Add { centre, kind, evidence } => {
                let centre = session.centre(&round, &centre)?;
                secretary::record_finding(&mut session.desk, &round, &centre, kind, &evidence)?
            }
            Self::Remove { id } => secretary::remove_finding(&mut session.desk, &round, id)?,
        };
        matrix(&view)
    }
}

/// 汇总
#[derive(clap::Args)]
pub(crate) struct Compile {
    /// 由秘书签署
    #[arg(long)]
    sign: bool,
}

impl Compile {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        let round = session.round(Stage::Signed)?;
        let view = secretary::compile(&mut session.desk, &round)?;
        let signed = if self.sign && view.problems.is_empty() {
            Some(secretary::sign_result(&mut session.desk, &round, &session.passphrase)?)
        } else {
            view.signed.clone()
        };
        let refused: Vec<&GradeView> = view.grades.iter().filter(|grade| grade.status == "refused").collect();
        let rows = secretary::collect_view(&mut session.desk, &round)?.rows;
        let done = Done::new(&json!({ "compiled": view, "signed": signed }))?
            .lines(grades::grades(&view.grades))
            .lines(refused.iter().map(|grade| effective(grade, &rows)))
            .lines(view.agreement.iter().map(agreement))
            .lines(signed.iter().map(result))
            .unless(view.problems.clone());
        // What can be signed is signed: the refusal of a centre is then part of the result.
        if self.sign && signed.is_some() {
            return Ok(done);
        }
        let done = if view.problems.is_empty() { done.next("compile.next") } else { done };
        Ok(done.unless(refused.iter().flat_map(|grade| DeskError::violations(&grade.composition))))
    }
}

/// Who scored a centre that Article 11 refuses, and who did not.
fn effective(grade: &GradeView, rows: &[MatrixRow]) -> String {
    let names = |state: &str| {
        let cell = |row: &&MatrixRow| row.cells.iter().any(|cell| cell.centre == grade.centre && cell.state == state);
        rows.iter().filter(cell).map(|row| row.person.name.clone()).collect::<Vec<_>>().join("、")
    };
    let (members, host) = (&grade.composition.members, &grade.composition.host);
    let figures: [(&str, &dyn std::fmt::Display); 3] =
        [("centre", &grade.centre_name), ("members", members), ("host", host)];
    let mut line = say("compile.refused", &figures);
    for state in ["recused", "absent"] {
        let names = names(state);
        if !names.is_empty() {
            line.push_str(&say(&format!("compile.{state}"), &[("names", &names)]));
        }
    }
    line
}

fn agreement(agreement: &AgreementView) -> String {
    let figure = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), |value| format!("{value:.3}"));
    let (icc, low, high) = (figure(agreement.icc), figure(agreement.icc_low), figure(agreement.icc_high));
    let (w, raters, centres) = (figure(agreement.kendall_w), &agreement.raters, &agreement.centres);
    let figures: [(&str, &dyn std::fmt::Display); 6] =
        [("icc", &icc), ("low", &low), ("high", &high), ("w", &w), ("raters", raters), ("centres", centres)];
    say("compile.agreement", &figures)
}

fn result(signed: &SignedResult) -> String {
    let figures: [(&str, &dyn std::fmt::Display); 4] = [
        ("digest", &signed.digest_short),
        ("tree", &signed.tree_short),
        ("entries", &signed.entries),
        ("signatures", &signed.signatures),
    ];
    say("compile.signed", &figures)
}
