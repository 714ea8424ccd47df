//! Results: exported by the secretary, imported, decided on and kept by the bureau.

use std::path::PathBuf;

use desk::{
    bureau,
    dto::{DeadlineView, DecisionView, RegisterRow, ResultView},
    secretary,
};
use review::{roster::Role, scheme::Grade};

use crate::{
    Global,
    expert::{exported, has_role},
    grades,
    output::{Done, Failure, table},
    progress::Progress,
    session::{Session, Stage, not_found},
    typed,
    words::{self, say},
};

/// 结果包
#[derive(clap::Subcommand)]
pub(crate) enum ResultCommand {
    /// 写出结果包和汇总表（秘书）；科技局写出已接收结果的汇总表
    Export {
        /// 存入的文件夹
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// 科技局：哪一份结果（摘要）；不写时为最新的
        #[arg(long, value_name = "DIGEST")]
        result: Option<String>,
    },
    /// 导入并逐项核验（科技局）；有一项不成立即不接收
    Import {
        /// 结果包（.hjresult）
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// 列出已接收的结果（科技局）
    List,
}

impl ResultCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        match self {
            Self::Export { out, result } => {
                if result.is_none() && has_role(&session, Role::Secretary) {
                    let round = session.round(Stage::Signed)?;
                    return exported(&secretary::export_result(&mut session.desk, &round, &out)?);
                }
                let digest = find(&mut session, global, result.as_deref())?.digest;
                exported(&bureau::export_result_files(&mut session.desk, &digest, &out)?)
            }
            Self::Import { file } => {
                typed::package(&file)?;
                let view = {
                    let mut progress = Progress::new();
                    let report = &mut |done, total| progress.bytes(done, total);
                    bureau::import_result(&mut session.desk, &file, report).map_err(typed::of(&file))?
                };
                told(&view)
            }
            Self::List => {
                let results = bureau::results(&mut session.desk)?;
                let row = |result: &ResultView| {
                    let decided = say("result.decided", &[("count", &result.decisions.len())]);
                    vec![result.digest_short.clone(), result.round.title.clone(), result.file_name.clone(), decided]
                };
                let lines = table(&results.iter().map(row).collect::<Vec<_>>());
                Ok(Done::list("results", &results)?.lines(lines))
            }
        }
    }
}

fn told(view: &ResultView) -> Result<Done, Failure> {
    let mut reasons = grades::problems(&view.checks);
    if reasons.is_empty() && !view.filed {
        reasons.push(desk::DeskError::new("RESULT_UNSOUND"));
    }
    let state = if view.already_here {
        "result.already"
    } else if view.filed {
        "result.filed"
    } else {
        "result.not_filed"
    };
    Ok(Done::new(view)?
        .lines(grades::checks(&view.checks))
        .lines(grades::grades(&view.grades))
        .line(say(state, &[("digest", &view.digest_short)]))
        .lines(view.filed.then(|| say("mine.code", &[("code", &view.tree_code)])))
        .unless(reasons))
}

/// The filed result of that digest, or the newest of the round that `--round` names, or of all.
fn find(session: &mut Session, global: &Global, digest: Option<&str>) -> Result<ResultView, Failure> {
    let results = bureau::results(&mut session.desk)?;
    let round = match &global.round {
        Some(_) => Some(session.round(Stage::Signed)?),
        None => None,
    };
    let fits = |result: &ResultView| match digest {
        Some(digest) => result.digest == digest || result.digest_short == digest,
        None => round.as_ref().is_none_or(|round| result.round.id == *round),
    };
    Ok(results.into_iter().find(fits).ok_or_else(|| not_found("result"))?)
}

/// 按结果作出决定
#[derive(clap::Args)]
pub(crate) struct Decide {
    /// 中心的编号或名称
    #[arg(long, value_name = "C")]
    centre: String,
    /// 哪一份结果（摘要）；不写时为最新的
    #[arg(long, value_name = "DIGEST")]
    result: Option<String>,
    /// 说明
    #[arg(long)]
    note: String,
}

impl Decide {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        let result = find(&mut session, global, self.result.as_deref())?;
        let centre = session.centre(&result.round.id, &self.centre)?;
        let decision = bureau::decide(&mut session.desk, &result.digest, &centre, &self.note)?;
        Ok(Done::new(&decision)?.lines(table(&[decision_row(&decision)])))
    }
}

fn decision_row(decision: &DecisionView) -> Vec<String> {
    vec![
        decision.centre_name.clone(),
        decision.round_title.clone(),
        decision.grade.map_or("—", Grade::title).to_owned(),
        decision.consequence.as_ref().map(grades::consequence).unwrap_or_default(),
        decision.note.clone(),
    ]
}

/// `register`: every centre over the years.
pub(crate) fn register(global: &Global) -> Result<Done, Failure> {
    let session = Session::open(global)?;
    let rows = bureau::register(&session.desk)?;
    let told = |row: &RegisterRow| {
        let name = say("register.centre", &[("name", &row.centre_name), ("host", &row.host_name)]);
        let decisions = row.decisions.iter().map(|decision| {
            let mut line = decision_row(decision);
            line[0] = "  ".to_owned();
            line
        });
        std::iter::once(name).chain(table(&decisions.collect::<Vec<_>>())).collect::<Vec<_>>()
    };
    Ok(Done::list("centres", &rows)?.lines(rows.iter().flat_map(told)))
}

/// `deadlines`: what is due, and when.
pub(crate) fn deadlines(global: &Global) -> Result<Done, Failure> {
    let mut session = Session::open(global)?;
    let deadlines = bureau::deadlines(&mut session.desk)?;
    let row = |deadline: &DeadlineView| {
        let left = match &deadline.problem {
            Some(problem) => words::error(problem).title,
            None if deadline.days_left < 0 => say("deadline.past", &[("days", &deadline.days_left.unsigned_abs())]),
            None => say("deadline.left", &[("days", &deadline.days_left)]),
        };
        let kind = say(&format!("deadline.{}", deadline.kind), &[]);
        vec![deadline.until.clone(), kind, deadline.article.clone(), deadline.subject.clone(), left]
    };
    Ok(Done::list("deadlines", &deadlines)?.lines(table(&deadlines.iter().map(row).collect::<Vec<_>>())))
}
