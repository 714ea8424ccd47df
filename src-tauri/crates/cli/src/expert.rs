//! The expert's desk: dossiers, promise, recusal, signing, handing back.

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use desk::{
    DeskError, bureau,
    dto::{DossierSummary, ExpertRound, Exported, RecusalInput, SignLine, SignView},
    expert,
};
use review::sheet::ConflictKind;
use serde_json::json;

use crate::{
    Global, grades,
    output::{Done, Failure, file_line, table},
    panel::{imported, refused},
    progress::Progress,
    session::{Session, Stage, not_found},
    trust::BureauKey,
    typed,
    words::{moment, say},
};

/// 卷宗
#[derive(clap::Subcommand)]
pub(crate) enum Dossier {
    /// 导入秘书发来的卷宗包；先核对科技局公钥指纹
    Open {
        /// 卷宗包（.hjpack）
        #[arg(value_name = "PACK")]
        pack: PathBuf,
        #[command(flatten)]
        key: BureauKey,
    },
    /// 列出卷宗与进度
    List,
    /// 写出卷宗文件，供在别处阅读；写出的文件请自行保管和删除
    Extract {
        /// 中心的编号或名称
        #[arg(long, value_name = "C")]
        centre: String,
        /// 只要这一个文件
        #[arg(long)]
        name: Option<String>,
        /// 存入的文件夹
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

impl Dossier {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        match self {
            Self::Open { pack, key } => {
                typed::package(&pack)?;
                key.check(&session, &expert::preview_pack(&session.desk, &pack).map_err(typed::of(&pack))?)?;
                let mut progress = Progress::new();
                let report = &mut |done, total| progress.bytes(done, total);
                let round = expert::import_pack(&mut session.desk, &pack, report)?;
                drop(progress);
                told(&round)
            }
            Self::List => list(&mut session),
            Self::Extract { centre, name, out } => extract(&mut session, &centre, name.as_deref(), &out),
        }
    }
}

/// My dossiers of one round.
pub(crate) fn list(session: &mut Session) -> Result<Done, Failure> {
    let id = session.round(Stage::Signed)?;
    let rounds = expert::expert_rounds(&mut session.desk)?;
    told(rounds.iter().find(|round| round.round.id == id).ok_or_else(|| not_found("round"))?)
}

fn told(round: &ExpertRound) -> Result<Done, Failure> {
    let title = say("expert.round", &[("title", &round.round.title), ("id", &round.round.id)]);
    let promise = match &round.promised_at {
        Some(at) => say("expert.promised", &[("at", &moment(at))]),
        None => say("expert.not_promised", &[("text", &round.promise_text)]),
    };
    Ok(Done::new(round)?.line(title).lines(dossiers(&round.dossiers)).line(promise))
}

fn dossiers<'a>(dossiers: impl IntoIterator<Item = &'a DossierSummary>) -> Vec<String> {
    let row = |dossier: &DossierSummary| {
        let figures: [(&str, &dyn std::fmt::Display); 2] = [("scored", &dossier.scored), ("total", &dossier.total)];
        let scored = if dossier.state == "recused" { String::new() } else { say("expert.scored", &figures) };
        let conflict = if dossier.conflict_suggested { say("expert.conflict", &[]) } else { String::new() };
        vec![
            dossier.centre.clone(),
            dossier.centre_name.clone(),
            dossier.host_name.clone(),
            say(&format!("state.{}", dossier.state), &[]),
            scored,
            conflict,
        ]
    };
    table(&dossiers.into_iter().map(row).collect::<Vec<_>>())
}

fn extract(session: &mut Session, centre: &str, name: Option<&str>, out: &Path) -> Result<Done, Failure> {
    let round = session.round(Stage::Signed)?;
    let centre = session.centre(&round, centre)?;
    let view = bureau::round_view(&session.desk, &round)?;
    let documents = view.centres.into_iter().find(|known| known.id == centre).map(|known| known.documents);
    let mut names: Vec<String> = documents.into_iter().flatten().map(|document| document.name).collect();
    if let Some(name) = name {
        names.retain(|known| known == name);
    }
    if names.is_empty() {
        return Err(not_found("document").into());
    }
    let failed = |path: &Path, error: &io::Error| {
        let code = if error.kind() == io::ErrorKind::AlreadyExists { "FILE_EXISTS" } else { "IO" };
        DeskError::new(code).with("path", path.display()).with("reason", error.kind())
    };
    let mut written = vec![];
    for name in &names {
        // Read before the folder is made: without the promise nothing is left behind.
        let bytes = expert::document(&mut session.desk, &round, &centre, name)?;
        std::fs::create_dir_all(out).map_err(|error| failed(out, &error))?;
        let path = out.join(name);
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let mut file = file.map_err(|error| failed(&path, &error))?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(|error| failed(&path, &error))?;
        written.push(json!({ "path": path.display().to_string(), "size": bytes.len() }));
    }
    let folder = out.display();
    let done = Done::new(&json!({ "folder": folder.to_string(), "files": written }))?;
    Ok(done.lines(names).line(say("expert.extracted", &[("folder", &folder)])))
}

/// `promise`: confidentiality, before any dossier opens.
pub(crate) fn promise(global: &Global) -> Result<Done, Failure> {
    let mut session = Session::open(global)?;
    let round = session.round(Stage::Signed)?;
    let view = expert::promise(&mut session.desk, &round)?;
    let at = moment(&view.promised_at.clone().unwrap_or_default());
    Ok(Done::new(&view)?.line(view.promise_text.clone()).line(say("expert.promised", &[("at", &at)])))
}

/// 声明回避
#[derive(clap::Args)]
pub(crate) struct Recuse {
    /// 中心的编号或名称
    #[arg(long, value_name = "C")]
    centre: String,
    /// 事由：same_unit 同单位、family 近亲属、cooperation 合作关系、interest 利益关系、other 其他
    #[arg(long, value_parser = typed::code::<ConflictKind>)]
    kind: ConflictKind,
    /// 说明，1 至 500 字
    #[arg(long)]
    reason: String,
}

impl Recuse {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        let round = session.round(Stage::Signed)?;
        let centre = session.centre(&round, &self.centre)?;
        let input = RecusalInput { kind: self.kind, reason: self.reason };
        told(&expert::recuse(&mut session.desk, &round, &centre, &input, &session.passphrase)?)
    }
}

/// 签署评分表
#[derive(clap::Args)]
pub(crate) struct Sign {
    /// 中心的编号或名称，可写多次；不写时签署全部已评完而未签署的
    #[arg(long, value_name = "C")]
    centre: Vec<String>,
}

impl Sign {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        let round = session.round(Stage::Signed)?;
        let centres = if self.centre.is_empty() {
            let view = expert::sign_view(&mut session.desk, &round)?;
            let ready = view.lines.iter().filter(|line| {
                line.problems.is_empty() && (line.summary.state == "complete" || line.summary.state == "changed")
            });
            ready.map(|line| line.summary.centre.clone()).collect()
        } else {
            self.centre.iter().map(|named| session.centre(&round, named)).collect::<Result<Vec<_>, _>>()?
        };
        signed(&expert::sign(&mut session.desk, &round, &centres, &session.passphrase)?)
    }
}

fn signed(view: &SignView) -> Result<Done, Failure> {
    let row = |line: &SignLine| {
        vec![
            line.summary.centre.clone(),
            line.summary.centre_name.clone(),
            say(&format!("state.{}", line.summary.state), &[]),
            say("expert.version", &[("seq", &line.summary.signed_seq)]),
            line.digest_short.clone(),
        ]
    };
    Ok(Done::new(view)?.lines(table(&view.lines.iter().map(row).collect::<Vec<_>>())))
}

/// 导出
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true)))]
pub(crate) struct Export {
    /// 专家：评分表及其 PDF 存入的文件夹
    #[arg(value_name = "DIR", group = "what")]
    folder: Option<PathBuf>,
    /// 科技局：历年中心台账（XLSX）
    #[arg(long, value_name = "F", group = "what")]
    xlsx: Option<PathBuf>,
}

impl Export {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        if let Some(path) = &self.xlsx {
            return Done::written(&bureau::export_register(&mut session.desk, path)?);
        }
        let round = session.round(Stage::Signed)?;
        let done = exported(&expert::export_sheets(&mut session.desk, &round, &self.folder.unwrap_or_default())?)?;
        Ok(done.lines(unsigned(&expert::sign_view(&mut session.desk, &round)?)))
    }
}

/// What was changed after it was signed: it is not in what was written.
fn unsigned(view: &SignView) -> Option<String> {
    let changed = view.lines.iter().filter(|line| line.summary.state == "changed");
    let names: Vec<&str> = changed.map(|line| line.summary.centre_name.as_str()).collect();
    (!names.is_empty()).then(|| say("expert.unsigned", &[("centres", &names.join("、"))]))
}

/// Files written, each read back and compared.
pub(crate) fn exported(exported: &Exported) -> Result<Done, Failure> {
    Ok(Done::new(exported)?.lines(exported.files.iter().map(file_line)))
}

/// 收入本人在另一台电脑上签署的评分表
#[derive(clap::Args)]
pub(crate) struct Adopt {
    /// 评分表（.hjsheet）
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Adopt {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        let round = session.round(Stage::Signed)?;
        let report = expert::adopt_sheets(&mut session.desk, &round, &self.files)?;
        Ok(Done::new(&report)?.line(imported(&report)).unless(refused(&report)))
    }
}

/// 组长会签结果包
#[derive(clap::Args)]
pub(crate) struct Countersign {
    /// 秘书签署的结果包（.hjresult）
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 存入的文件夹；不写时只核对、不签署
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Countersign {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        typed::package(&self.file)?;
        let view = expert::read_result(&mut session.desk, &self.file).map_err(typed::of(&self.file))?;
        let written = match &self.out {
            Some(out) => Some(expert::countersign(&mut session.desk, &self.file, out, &session.passphrase)?),
            None => None,
        };
        let unsound = if view.sound { vec![] } else { grades::problems(&view.checks) };
        let done = Done::new(&json!({ "result": view, "written": written }))?;
        let file = written.iter().map(file_line);
        Ok(done.lines(grades::checks(&view.checks)).lines(grades::grades(&view.grades)).lines(file).unless(unsound))
    }
}

/// Whether the desk has a role.
pub(crate) fn has_role(session: &Session, role: review::roster::Role) -> bool {
    session.desk.view().roles.contains(&role)
}
