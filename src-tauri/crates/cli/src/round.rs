//! `round`: the bureau prepares and issues, the secretary takes in.

use std::path::PathBuf;

use desk::{
    bureau,
    dto::{CentreInput, CentreView, DraftView, RoundInput, RoundSummary, RoundView, UnitInput},
    secretary,
};
use review::{
    round::RoundKind,
    scheme::{Dimension, Grade, Scheme},
};

use crate::{
    Global,
    output::{Done, Failure, table},
    progress::Progress,
    session::{Session, Stage},
    trust::BureauKey,
    typed,
    words::{self, say},
};

/// 轮次
#[derive(clap::Subcommand)]
pub(crate) enum RoundCommand {
    /// 新建轮次
    New(New),
    /// 列出轮次
    List,
    /// 显示轮次
    Show,
    /// 改用另一份评审规则文件
    SetRulebook {
        /// 规则文件（TOML）
        #[arg(long, value_name = "F")]
        file: PathBuf,
    },
    /// 设定评分方案（JSON，分值为百分之一分的整数）；此前的确认随之取消
    SetScheme {
        /// 方案文件
        #[arg(long, value_name = "F")]
        file: PathBuf,
    },
    /// 加入中心，文件夹中的文件即其卷宗
    AddCentre(Box<AddCentre>),
    /// 移除中心
    RemoveCentre {
        /// 中心的编号或名称
        #[arg(value_name = "C")]
        centre: String,
    },
    /// 主管部门确认评分方案
    ConfirmScheme {
        /// 确认依据：会议纪要或文件的名称和日期
        #[arg(long)]
        basis: String,
    },
    /// 签发轮次，写出轮次文件；此后不可更改
    Issue {
        /// 存入的文件夹
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// 再次写出已签发的轮次文件
    Export {
        /// 存入的文件夹
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// 导入科技局的轮次文件（秘书）；先核对公钥指纹
    Import {
        /// 轮次文件（.hjround）
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        key: BureauKey,
    },
}

/// 新建轮次
#[derive(clap::Args)]
pub(crate) struct New {
    /// 名称
    #[arg(long)]
    title: String,
    /// 评审日期，YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    held_on: String,
    /// 评估期起
    #[arg(long, value_name = "DAY")]
    from: String,
    /// 评估期止
    #[arg(long, value_name = "DAY")]
    to: String,
    /// 种类：evaluation 定期评估、establishment 组建评审论证
    #[arg(long, default_value = "evaluation", value_parser = typed::code::<RoundKind>)]
    kind: RoundKind,
    /// 在办法施行期外举行的理由
    #[arg(long, default_value = "")]
    reason: String,
}

/// 加入中心
#[derive(clap::Args)]
pub(crate) struct AddCentre {
    /// 卷宗所在文件夹
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// 名称：晋中市××技术创新中心
    #[arg(long)]
    name: String,
    /// 依托单位
    #[arg(long)]
    host: String,
    /// 依托单位的统一社会信用代码
    #[arg(long, default_value = "")]
    host_code: String,
    /// 共建单位，可写多次
    #[arg(long, value_name = "NAME[=CODE]", value_parser = typed::unit)]
    partner: Vec<UnitInput>,
    /// 第八条所需的数据（TOML）
    #[arg(long, value_name = "F")]
    facts: Option<PathBuf>,
    /// 上次等次：excellent、good、qualified、basically_qualified、unqualified
    #[arg(long, value_parser = typed::code::<Grade>)]
    previous_grade: Option<Grade>,
}

impl RoundCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        match self {
            Self::New(new) => draft(&bureau::round_new(&mut session.desk, &new.input())?),
            Self::List => list(&bureau::rounds(&session.desk)?),
            Self::Show => show(&session),
            Self::SetRulebook { file } => {
                let round = session.round(Stage::Draft)?;
                draft(&bureau::set_rulebook(&mut session.desk, &round, &file)?)
            }
            Self::SetScheme { file } => {
                let round = session.round(Stage::Draft)?;
                draft(&bureau::set_scheme(&mut session.desk, &round, typed::scheme(&file)?)?)
            }
            Self::AddCentre(centre) => {
                let round = session.round(Stage::Draft)?;
                let input = centre.input()?;
                draft(&bureau::add_centre(&mut session.desk, &round, &input, &centre.folder)?)
            }
            Self::RemoveCentre { centre } => {
                let round = session.round(Stage::Draft)?;
                let centre = session.centre(&round, &centre)?;
                draft(&bureau::remove_centre(&mut session.desk, &round, &centre)?)
            }
            Self::ConfirmScheme { basis } => {
                let round = session.round(Stage::Draft)?;
                draft(&bureau::confirm_scheme(&mut session.desk, &round, &basis)?)
            }
            Self::Issue { out } => {
                let round = session.round(Stage::Draft)?;
                Done::written(&bureau::issue_round(&mut session.desk, &round, &out, &session.passphrase)?)
            }
            Self::Export { out } => {
                let round = session.round(Stage::Signed)?;
                Done::written(&bureau::export_round(&session.desk, &round, &out)?)
            }
            Self::Import { file, key } => {
                typed::package(&file)?;
                key.check(&session, &secretary::preview_round(&session.desk, &file).map_err(typed::of(&file))?)?;
                let view = {
                    let mut progress = Progress::new();
                    secretary::import_round(&mut session.desk, &file, &mut |done, total| progress.bytes(done, total))?
                };
                let (bureau, key) = (&view.summary.bureau, &view.bureau_key_short);
                Ok(signed(&view)?.line(say("round.trusted", &[("bureau", bureau), ("key", key)])))
            }
        }
    }
}

impl New {
    fn input(self) -> RoundInput {
        RoundInput {
            title: self.title,
            kind: self.kind,
            held_on: self.held_on,
            period_from: self.from,
            period_to: self.to,
            out_of_force_reason: self.reason,
        }
    }
}

impl AddCentre {
    fn input(&self) -> Result<CentreInput, Failure> {
        let facts = self.facts.as_deref().map(typed::facts).transpose()?.unwrap_or_default();
        Ok(CentreInput {
            name: self.name.clone(),
            host: UnitInput { name: self.host.clone(), code: self.host_code.clone() },
            partners: self.partner.clone(),
            previous_grade: self.previous_grade,
            facts,
        })
    }
}

/// The rounds of a desk.
pub(crate) fn list(rounds: &[RoundSummary]) -> Result<Done, Failure> {
    let row = |round: &RoundSummary| {
        let roster = match round.roster_version {
            0 => String::new(),
            version => say("round.roster", &[("version", &version)]),
        };
        vec![
            round.id.clone(),
            say(&format!("status.{}", round.status), &[]),
            round.held_on.clone(),
            round.title.clone(),
            say("round.centres", &[("count", &round.centres)]),
            roster,
        ]
    };
    Ok(Done::list("rounds", &rounds)?.lines(table(&rounds.iter().map(row).collect::<Vec<_>>())))
}

fn show(session: &Session) -> Result<Done, Failure> {
    let round = session.round(Stage::Any)?;
    let rounds = bureau::rounds(&session.desk)?;
    if rounds.iter().any(|known| known.id == round && known.status == "draft") {
        draft(&bureau::draft(&session.desk, &round)?)
    } else {
        signed(&bureau::round_view(&session.desk, &round)?)
    }
}

/// A draft, with what still keeps it from being issued: that is no refusal.
fn draft(view: &DraftView) -> Result<Done, Failure> {
    let open = view.problems.iter().map(|problem| {
        let said = words::error(problem);
        say("round.open", &[("title", &said.title), ("code", &problem.code)])
    });
    Ok(Done::new(view)?
        .lines(head(&view.summary))
        .lines(scheme(&view.scheme))
        .lines(centres(&view.centres))
        .lines(open))
}

fn signed(view: &RoundView) -> Result<Done, Failure> {
    let reason = view.out_of_force_reason.as_ref().map(|reason| say("round.out_of_force", &[("reason", reason)]));
    Ok(Done::new(view)?
        .lines(head(&view.summary))
        .lines(reason)
        .lines(scheme(&view.scheme))
        .lines(centres(&view.centres)))
}

fn head(round: &RoundSummary) -> Vec<String> {
    let status = say(&format!("status.{}", round.status), &[]);
    let title = say("round.title", &[("title", &round.title), ("id", &round.id), ("status", &status)]);
    let held = say("round.held", &[("day", &round.held_on), ("bureau", &round.bureau)]);
    let digest = (!round.digest_short.is_empty()).then(|| say("round.digest", &[("digest", &round.digest_short)]));
    [title, held].into_iter().chain(digest).collect()
}

fn scheme(scheme: &Scheme) -> Vec<String> {
    let maxima = Dimension::ALL.iter().map(|d| format!("{} {}", d.title(), scheme.maximum(*d)));
    let bands = [scheme.bands.excellent, scheme.bands.good, scheme.bands.qualified, scheme.bands.basically_qualified];
    let bands = Grade::ALL.iter().zip(bands).map(|(grade, band)| format!("{} ≥ {band}", grade.title()));
    let confirmed = match &scheme.confirmed {
        Some(confirmed) => say("scheme.confirmed", &[("day", &confirmed.on), ("basis", &confirmed.basis)]),
        None => say("pending", &[]),
    };
    let code = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let json = serde_json::to_value(scheme).unwrap_or_default();
    let method = words::common("method", &code(&json["method"]));
    let rounding = words::common("rounding", &code(&json["rounding"]));
    vec![
        say("scheme.maxima", &[("maxima", &maxima.collect::<Vec<_>>().join("，"))]),
        say("scheme.bands", &[("bands", &bands.collect::<Vec<_>>().join("，"))]),
        say("scheme.method", &[("method", &method), ("rounding", &rounding), ("step", &scheme.step)]),
        say("scheme.state", &[("state", &confirmed)]),
    ]
}

fn centres(centres: &[CentreView]) -> Vec<String> {
    let row = |centre: &CentreView| {
        let unmet = centre.conditions.iter().filter(|c| c.verdict == "not_met" || c.verdict == "contradictory").count();
        let conditions = if unmet == 0 { String::new() } else { say("round.conditions", &[("count", &unmet)]) };
        vec![
            centre.id.clone(),
            centre.name.clone(),
            centre.host.name.clone(),
            say("round.documents", &[("count", &centre.documents.len())]),
            conditions,
        ]
    };
    table(&centres.iter().map(row).collect::<Vec<_>>())
}
