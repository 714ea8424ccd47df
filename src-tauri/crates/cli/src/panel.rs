//! `panel`, `roster`, `pack`: from cards to the hand-out.

use std::path::{Path, PathBuf};

use desk::{
    DeskError, bureau,
    dto::{Candidate, ImportReport, PanelInput, PanelView, PersonView},
    secretary,
    verify::{FileVerification, verify_files},
};

use crate::{
    Global, grades,
    output::{Done, Failure, table},
    progress::Progress,
    session::{Session, Stage, person, with_ending},
    typed,
    words::say,
};

/// 专家委员会组成
#[derive(clap::Subcommand)]
pub(crate) enum PanelCommand {
    /// 导入名片并加入委员名单；文件夹中的名片全部加入
    Add {
        /// 名片（.hjcard）或存放名片的文件夹
        #[arg(value_name = "CARD")]
        cards: Vec<PathBuf>,
        /// 组长的姓名或密钥
        #[arg(long, value_name = "NAME-OR-KEY")]
        chair: Option<String>,
        /// 任期起，YYYY-MM-DD
        #[arg(long, value_name = "DAY")]
        term_from: Option<String>,
        /// 任期止，最长 5 年
        #[arg(long, value_name = "DAY")]
        term_to: Option<String>,
    },
    /// 从名单中移除
    Remove {
        /// 姓名或密钥
        #[arg(value_name = "NAME-OR-KEY")]
        member: String,
    },
    /// 逐中心核对第十一条；不符合时返回 1
    Check,
    /// 签署并写出备案文件，交科技局
    Submit {
        /// 存入的文件夹
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

impl PanelCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        let round = session.round(Stage::Signed)?;
        match self {
            Self::Add { cards, chair, term_from, term_to } => {
                let cards = with_ending(&cards, "hjcard")?;
                let report = secretary::import_cards(&mut session.desk, &cards)?;
                let before = secretary::panel(&session.desk, &round)?;
                let mut input = chosen(&before);
                input.members.extend(new_members(&before, &cards));
                if let Some(chair) = chair {
                    input.chair = person(&people(&before.candidates), &chair)?.key.clone();
                }
                input.term_from = term_from.unwrap_or(input.term_from);
                input.term_to = term_to.unwrap_or(input.term_to);
                let view = secretary::set_panel(&mut session.desk, &round, &input)?;
                let others = not_experts(&view, &cards);
                let others = (!others.is_empty()).then(|| say("panel.not_experts", &[("names", &others.join("、"))]));
                Ok(told(&view)?.line(imported(&report)).lines(others).unless(refused(&report)))
            }
            Self::Remove { member } => {
                let before = secretary::panel(&session.desk, &round)?;
                let mut input = chosen(&before);
                let key = person(&people(&before.candidates), &member)?.key.clone();
                input.members.retain(|member| *member != key);
                if input.chair == key {
                    input.chair.clear();
                }
                told(&secretary::set_panel(&mut session.desk, &round, &input)?)
            }
            Self::Check => {
                let view = secretary::panel(&session.desk, &round)?;
                let reasons = view.problems.iter().cloned().chain(grades::violations(&view.compositions));
                Ok(told(&view)?.unless(reasons))
            }
            Self::Submit { out } => {
                Done::written(&secretary::submit_panel(&mut session.desk, &round, &out, &session.passphrase)?)
            }
        }
    }
}

/// What the cards' owners are called by: those of them that are candidates and no members yet.
///
/// A card that was refused is no candidate's; that it is the secretary's or the bureau's makes it none either.
fn new_members(panel: &PanelView, cards: &[PathBuf]) -> Vec<String> {
    let mut keys: Vec<String> = vec![];
    for card in verify_files(cards, None, None) {
        let short = card.checked.iter().find(|checked| checked.key == "signature").and_then(|c| c.seen.get("key"));
        let fits = |candidate: &&Candidate| Some(&candidate.person.key_short) == short && !candidate.member;
        let key = panel.candidates.iter().find(fits).map(|candidate| candidate.person.key.clone());
        keys.extend(key.filter(|key| !keys.contains(key)));
    }
    keys
}

/// Names and files of the cards that are well signed and no candidate's: the secretary's, the bureau's.
fn not_experts(panel: &PanelView, cards: &[PathBuf]) -> Vec<String> {
    let known = |key: &String| panel.candidates.iter().any(|candidate| candidate.person.key_short == *key);
    let other = |card: &FileVerification| {
        let seen = &card.checked.iter().find(|checked| checked.key == "signature")?.seen;
        let file = Path::new(&card.file).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = seen.get("name").cloned().unwrap_or_default();
        (card.valid && !seen.get("key").is_some_and(known)).then(|| format!("{name}（{file}）"))
    };
    verify_files(cards, None, None).iter().filter_map(other).collect()
}

/// The panel as it stands, in the form that can be changed.
fn chosen(panel: &PanelView) -> PanelInput {
    PanelInput {
        members: panel.candidates.iter().filter(|c| c.member).map(|c| c.person.key.clone()).collect(),
        chair: panel.chair.clone(),
        term_from: panel.term_from.clone(),
        term_to: panel.term_to.clone(),
    }
}

fn people(candidates: &[Candidate]) -> Vec<PersonView> {
    candidates.iter().map(|candidate| candidate.person.clone()).collect()
}

fn told(view: &PanelView) -> Result<Done, Failure> {
    let row = |candidate: &Candidate| {
        let chair = if candidate.person.key == view.chair { say("chair", &[]) } else { String::new() };
        let hosts = match candidate.host_of.as_slice() {
            [] => String::new(),
            hosts => say("panel.host_of", &[("centres", &hosts.join("、"))]),
        };
        let person = &candidate.person;
        vec![person.name.clone(), person.unit.name.clone(), person.key_short.clone(), chair, hosts]
    };
    let members: Vec<_> = view.candidates.iter().filter(|candidate| candidate.member).map(row).collect();
    let term = say("panel.term", &[("from", &view.term_from), ("to", &view.term_to)]);
    Ok(Done::new(view)?.lines(table(&members)).line(term).lines(grades::compositions(&view.compositions)))
}

/// What an import of several files did.
pub(crate) fn imported(report: &ImportReport) -> String {
    let refused = report.problems.len();
    say("imported", &[("accepted", &report.accepted), ("already", &report.already_here), ("refused", &refused)])
}

/// Why files were refused or set aside, each with its name.
pub(crate) fn refused(report: &ImportReport) -> Vec<DeskError> {
    report.problems.iter().map(|problem| problem.error.clone().with("file", &problem.file_name)).collect()
}

/// 名册
#[derive(clap::Subcommand)]
pub(crate) enum Roster {
    /// 核对备案文件并签发名册（科技局）
    Approve {
        /// 备案文件（.hjpanel）
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// 存入的文件夹
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// 显示备案文件，不签发（科技局）
    Show {
        /// 备案文件（.hjpanel）
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// 导入科技局签发的名册（秘书）
    Import {
        /// 名册（.hjroster）
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

impl Roster {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        match self {
            Self::Approve { file, out } => {
                refuse_card(&file)?;
                let approved = bureau::approve_panel(&mut session.desk, &file, &out, &session.passphrase);
                Done::written(&approved.map_err(typed::of(&file))?)
            }
            Self::Show { file } => {
                refuse_card(&file)?;
                let filing = bureau::read_panel(&mut session.desk, &file).map_err(typed::of(&file))?;
                let row = |member: &PersonView| {
                    let chair = if member.key == filing.chair { say("chair", &[]) } else { String::new() };
                    vec![member.name.clone(), member.unit.name.clone(), member.key_short.clone(), chair]
                };
                let members: Vec<_> = filing.members.iter().map(row).collect();
                let term = say("panel.term", &[("from", &filing.term_from), ("to", &filing.term_to)]);
                Ok(Done::new(&filing)?
                    .lines(table(&members))
                    .line(term)
                    .lines(grades::compositions(&filing.compositions))
                    .line(say("roster.next", &[("version", &filing.next_version)]))
                    .unless(filing.problems.clone()))
            }
            Self::Import { file } => {
                typed::signed(&file)?;
                let round = secretary::import_roster(&mut session.desk, &file).map_err(typed::of(&file))?;
                let line = say("roster.imported", &[("title", &round.title), ("version", &round.roster_version)]);
                Ok(Done::new(&round)?.line(line))
            }
        }
    }
}

/// A single card approves nobody: the whole panel is filed at once (Article 6(2)).
fn refuse_card(file: &Path) -> Result<(), DeskError> {
    if file.extension().is_some_and(|ending| ending == "hjcard") {
        return Err(DeskError::new("CARD_IS_NO_PANEL").with("name", file.display()));
    }
    typed::package(file)
}

/// 卷宗包
#[derive(clap::Subcommand)]
pub(crate) enum Pack {
    /// 写出卷宗包，发给专家
    Issue {
        /// 存入的文件夹
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

impl Pack {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let Self::Issue { out } = self;
        let mut session = Session::open(global)?;
        let round = session.round(Stage::Signed)?;
        let mut progress = Progress::new();
        let report = &mut |done, total| progress.bytes(done, total);
        let written = secretary::issue_packs(&mut session.desk, &round, &out, &session.passphrase, report)?;
        drop(progress);
        Done::written(&written)
    }
}
