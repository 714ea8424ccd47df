//! `rules`, `verify`, `recount`: what anyone can ask, without a desk.

use std::path::{Path, PathBuf};

use desk::{
    DeskError, common,
    dto::RulebookView,
    verify::{FileVerification, recount_file, verify_files},
};
use serde_json::json;

use crate::{
    grades,
    output::{Done, Failure},
    typed,
    words::{self, say},
};

/// 列出评审规则及其条款
#[derive(clap::Args)]
pub(crate) struct Rules {
    /// 另一份规则文件（TOML）
    #[arg(long, value_name = "F")]
    rulebook: Option<PathBuf>,
}

impl Rules {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let rulebook = match &self.rulebook {
            None => common::rulebook()?,
            Some(path) => {
                let text = String::from_utf8(typed::read(path)?);
                let text = text.map_err(|_| DeskError::new("RULEBOOK_LINE").with("line", 1).with("key", "UTF-8"))?;
                common::rulebook_view(&text)?
            }
        };
        Ok(Done::new(&rulebook)?.lines(told(&rulebook)))
    }
}

fn told(rulebook: &RulebookView) -> Vec<String> {
    let mut lines = vec![
        say("rules.title", &[("title", &rulebook.title), ("number", &rulebook.number)]),
        say("rules.force", &[("from", &rulebook.from), ("last", &rulebook.last)]),
        say("rules.digest", &[("id", &rulebook.id), ("digest", &rulebook.digest)]),
    ];
    for rule in &rulebook.rules {
        let article = if rule.unconfirmed { say("pending", &[]) } else { rule.article.clone() };
        let value = if rule.key == "scheme.method" { words::common("method", &rule.value) } else { rule.value.clone() };
        lines.push(say("rules.rule", &[("article", &article), ("key", &words::rule(&rule.key)), ("value", &value)]));
        if !rule.quote.is_empty() {
            lines.push(say("rules.quote", &[("quote", &rule.quote)]));
        }
    }
    lines
}

/// 核验往来文件，说明核对了什么
#[derive(clap::Args)]
pub(crate) struct Verify {
    /// 要核验的文件：名片、轮次、备案、名册、卷宗包、评分表、回执、收录证明、结果包
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// 据以核验的名册；不写时用文件旁边的名册
    #[arg(long, value_name = "F")]
    roster: Option<PathBuf>,
    /// 信任的科技局名片；不写时只说出密钥，不判断是谁
    #[arg(long, value_name = "F")]
    root: Option<PathBuf>,
}

impl Verify {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let files = verified(&self.files, self.roster.as_deref(), self.root.as_deref())?;
        let valid = files.iter().all(|file| file.valid);
        let reasons = files
            .iter()
            .flat_map(|file| grades::once(&file.problems).iter().map(|problem| of(file, problem)).collect::<Vec<_>>());
        let json = json!({ "valid": valid, "anchored": self.root.is_some(), "files": files });
        let mut done = Done::new(&json)?;
        for (file, path) in files.iter().zip(&self.files) {
            done = done.lines(file_told(file, path, self.root.as_deref()));
        }
        let several = (files.len() > 1).then(|| {
            let passed = files.iter().filter(|file| file.valid).count();
            say("verify.count", &[("passed", &passed), ("count", &files.len())])
        });
        let unanchored =
            (self.root.is_none() && files.iter().any(|file| file.valid)).then(|| say("verify.unanchored", &[]));
        Ok(done.lines(several).lines(unanchored).unless(reasons).next("verify.next"))
    }
}

/// Verifies files under the names that they were given by.
///
/// What lies beside a file is looked for from its whole path, so that it is found from wherever the command runs.
fn verified(files: &[PathBuf], roster: Option<&Path>, root: Option<&Path>) -> Result<Vec<FileVerification>, DeskError> {
    let whole = |path: &Path| {
        let failed =
            |error: std::io::Error| DeskError::new("IO").with("path", path.display()).with("reason", error.kind());
        std::path::absolute(path).map_err(failed)
    };
    let paths = files.iter().map(|file| whole(file)).collect::<Result<Vec<_>, _>>()?;
    let roster = roster.map(whole).transpose()?;
    let mut verified = verify_files(&paths, roster.as_deref(), root);
    for (verification, named) in verified.iter_mut().zip(files) {
        verification.file = named.display().to_string();
    }
    Ok(verified)
}

/// A problem, with the file that it is of.
fn of(file: &FileVerification, problem: &DeskError) -> DeskError {
    problem.clone().with("file", &file.file)
}

/// What was checked of a file, each with its mark; of a result that does not hold, also what could not be checked.
fn file_told(file: &FileVerification, path: &Path, root: Option<&Path>) -> Vec<String> {
    let verdict = say(if file.valid { "valid" } else { "invalid" }, &[]);
    let kind = say(&format!("kinds.{}", file.kind), &[]);
    let mut lines = vec![say("verify.file", &[("verdict", &verdict), ("kind", &kind), ("file", &file.file)])];
    if let (false, "result", Ok(recount)) = (file.valid, file.kind.as_str(), recount_file(path, root)) {
        lines.extend(grades::checks(&recount.checks).into_iter().map(|line| format!("  {line}")));
        return lines;
    }
    let mark = say("mark", &[]);
    for (place, checked) in file.checked.iter().enumerate() {
        let text = if file.kind == "result" {
            let (title, detail) = words::check(&checked.key, &checked.seen);
            say("verify.result_check", &[("title", &title), ("detail", &detail)])
        } else {
            words::seen(&checked.key, &checked.seen)
        };
        lines.push(say("verify.checked", &[("mark", &mark), ("number", &(place + 1)), ("text", &text)]));
    }
    lines.extend(grades::once(&file.problems).iter().map(|problem| {
        let said = words::error(problem);
        say("verify.problem", &[("title", &said.title), ("code", &problem.code)])
    }));
    lines
}

/// 只凭签名的评分表重算合计与等次，与结果包比对
#[derive(clap::Args)]
pub(crate) struct RecountArgs {
    /// 结果包（.hjresult）
    #[arg(value_name = "RESULT")]
    file: PathBuf,
    /// 信任的科技局名片；不写时只说出密钥，不判断是谁
    #[arg(long, value_name = "F")]
    root: Option<PathBuf>,
}

impl RecountArgs {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let recount = recount_file(&self.file, self.root.as_deref())?;
        let mut reasons = grades::problems(&recount.checks);
        if reasons.is_empty() && !recount.valid {
            reasons.push(DeskError::new("RESULT_UNSOUND"));
        }
        let done = Done::new(&recount)?
            .lines(grades::checks(&recount.checks))
            .line(say("recount.grades", &[]))
            .lines(grades::grades(&recount.grades));
        let unanchored = (!recount.anchored && recount.valid).then(|| say("verify.unanchored", &[]));
        Ok(done.lines(unanchored).unless(reasons).next("verify.next"))
    }
}
