//! `demo`: a whole meeting on fictional data.

use std::path::PathBuf;

use desk::{
    DeskError,
    sample::{self, Options, Summary},
};
use review::points::Points;

use crate::{
    output::{Done, Failure, table},
    progress::Progress,
    words::say,
};

/// 用虚构资料走完一次评审，留下全部文件
#[derive(clap::Args)]
pub(crate) struct Demo {
    /// 存放文件的空文件夹
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// 委员人数，至多 99；少于 9 人时按第十一条被拒绝
    #[arg(long, default_value_t = 11, value_parser = clap::value_parser!(u32).range(..=99))]
    experts: u32,
    /// 中心个数，1 至 60
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=60))]
    centres: u32,
    /// 种子：除密钥、随机盐和签名外，一切由它决定
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Demo {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        if self.out.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(DeskError::new("OUT_NOT_EMPTY").with("path", self.out.display()).into());
        }
        let options = Options { experts: self.experts, centres: self.centres, seed: self.seed };
        let summary = {
            let mut progress = Progress::new();
            sample::demo(&self.out, options, &mut |step, done, total| progress.step(step, done, total))?
        };
        let reasons = (!summary.valid).then(|| DeskError::new("RESULT_UNSOUND"));
        Ok(Done::new(&summary)?.lines(self.told(&summary)).unless(reasons))
    }

    fn told(&self, summary: &Summary) -> Vec<String> {
        let (out, files) = (self.out.display(), &summary.files);
        let mut lines = vec![say("demo.done", &[("title", &summary.round.title), ("path", &out)])];
        let one = |name: &str, file: &Option<String>| {
            file.as_ref().map(|file| vec![format!("  {}", say(&format!("demo.{name}"), &[])), file.clone()])
        };
        let signed: usize = summary.files.sheets.iter().map(|sheets| sheets.signed.len()).sum();
        let sheets = say("demo.sheet_files", &[("count", &signed)]);
        let mut rows = vec![];
        rows.extend(one("root", &files.root));
        rows.extend(one("round", &files.round));
        rows.extend(one("panel", &files.panel));
        rows.extend(one("roster", &files.roster));
        rows.extend(one("pack", &files.pack));
        rows.push(vec![format!("  {}", say("demo.sheets", &[])), sheets]);
        rows.push(vec![
            format!("  {}", say("demo.receipts", &[])),
            say("demo.receipt_files", &[("count", &files.receipts.len())]),
        ]);
        rows.extend(one("result", &files.result));
        let inclusions = say("demo.inclusion_files", &[("count", &files.inclusions.len())]);
        rows.push(vec![format!("  {}", say("demo.inclusions", &[])), inclusions]);
        rows.extend(files.summaries.iter().map(|file| vec![format!("  {}", say("demo.summary", &[])), file.clone()]));
        rows.extend(one("register", &files.register));
        rows.push(vec![format!("  {}", say("demo.json", &[])), "summary.json".to_owned()]);
        rows.push(vec![
            format!("  {}", say("demo.desks", &[])),
            say("demo.desk_files", &[("count", &files.desks.len()), ("passphrase", &summary.passphrase)]),
        ]);
        lines.extend(table(&rows));
        lines.push(say("demo.panel_checks", &[]));
        let verdict = |lawful| say(if lawful { "lawful" } else { "unlawful" }, &[]);
        let checks = summary.panel_checks.iter().map(|check| {
            let figures = say("panel.figures", &[("members", &check.members), ("host", &check.host)]);
            vec![format!("  {}", check.name), figures, verdict(check.lawful)]
        });
        lines.extend(table(&checks.collect::<Vec<_>>()));
        lines.push(say("demo.grades", &[]));
        let grades = summary.grades.iter().map(|grade| {
            let combined = |score| crate::grades::combined(Points::from_hundredths(score));
            let score = grade.score.map_or_else(|| "—".to_owned(), combined);
            let consequence = grade.consequence.as_ref().map(crate::grades::consequence).unwrap_or_default();
            vec![format!("  {}", grade.name), score, grade.grade.unwrap_or("—").to_owned(), consequence]
        });
        lines.extend(table(&grades.collect::<Vec<_>>()));
        let passed = summary.checks.iter().filter(|check| check.passed == Some(true)).count();
        lines.push(say("demo.checks", &[("passed", &passed), ("count", &summary.checks.len())]));
        lines
    }
}
