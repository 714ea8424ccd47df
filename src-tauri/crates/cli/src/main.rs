//! The `hengjian` command: the desks of expert, secretary and bureau without a window.
//!
//! For scripts, batch jobs and whoever wants to verify a file. It converts what is typed into calls of `desk` and what comes
//! back into sentences or JSON; it knows no rule, opens no store and verifies nothing itself. Exit 0: done or valid; 1: refused
//! or invalid; 2: wrong usage.

mod collecting;
mod demo;
mod expert;
mod grades;
mod identity;
mod output;
mod panel;
mod progress;
mod receipts;
mod results;
mod round;
mod scores;
mod session;
mod trust;
mod typed;
mod upkeep;
mod verify;
mod words;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::output::{Done, Failure};

/// 衡鉴：晋中市技术创新中心评审。不联网，文件随 U 盘往来。
#[derive(Parser)]
#[command(name = "hengjian", version, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(clap::Args)]
struct Global {
    /// 工作台文件夹
    #[arg(long, global = true, value_name = "DIR")]
    desk: Option<PathBuf>,
    /// 轮次编号或名称；只有一轮时可以不写
    #[arg(long, global = true, value_name = "ID")]
    round: Option<String>,
    /// 输出 JSON，供程序读取
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// 用虚构资料走完一次评审，留下全部文件
    Demo(demo::Demo),
    /// 列出评审规则及其条款
    Rules(verify::Rules),
    /// 核验往来文件，说明核对了什么
    Verify(verify::Verify),
    /// 只凭签名的评分表重算合计与等次，与结果包比对
    Recount(verify::RecountArgs),
    /// 身份与名片
    #[command(subcommand)]
    Identity(identity::Identity),
    /// 轮次（科技局；导入：秘书）
    #[command(subcommand)]
    Round(round::RoundCommand),
    /// 名册：签发（科技局）、导入（秘书）
    #[command(subcommand)]
    Roster(panel::Roster),
    /// 专家委员会组成（秘书）
    #[command(subcommand)]
    Panel(panel::PanelCommand),
    /// 卷宗包（秘书）
    #[command(subcommand)]
    Pack(panel::Pack),
    /// 卷宗（专家）
    #[command(subcommand)]
    Dossier(expert::Dossier),
    /// 作出保密承诺（专家）
    Promise,
    /// 评分（专家）
    #[command(subcommand)]
    Score(scores::Score),
    /// 声明回避（专家）
    Recuse(expert::Recuse),
    /// 签署评分表（专家）
    Sign(expert::Sign),
    /// 导出已签署的评分表（专家），或中心台账（科技局，--xlsx）
    Export(expert::Export),
    /// 收入本人在另一台电脑上签署的评分表（专家）
    Adopt(expert::Adopt),
    /// 组长会签结果包（专家）
    Countersign(expert::Countersign),
    /// 核对本人的评分表是否已收到、是否在结果中（专家）
    CheckMine(receipts::CheckMine),
    /// 收集评分表、回避声明和组长会签的结果包（秘书）
    Collect(collecting::Collect),
    /// 进展：专家看卷宗，秘书看矩阵，科技局看轮次
    Status,
    /// 了结一份问题文件（秘书）
    Dismiss(collecting::Dismiss),
    /// 记录缺席（秘书）
    Absence(collecting::Absence),
    /// 第二十二条认定（秘书）
    #[command(subcommand)]
    Finding(collecting::Finding),
    /// 汇总；--sign 时由秘书签署（秘书）
    Compile(collecting::Compile),
    /// 结果包：导出（秘书、科技局）、导入（科技局）
    #[command(subcommand)]
    Result(results::ResultCommand),
    /// 回执：为已交评分表的专家出具（秘书）
    #[command(subcommand)]
    Receipt(receipts::Receipt),
    /// 收录证明：证明评分表在结果中（秘书）
    #[command(subcommand)]
    Inclusion(receipts::Inclusion),
    /// 按结果作出决定（科技局）
    Decide(results::Decide),
    /// 历年中心台账（科技局）
    Register,
    /// 期限（科技局）
    Deadlines,
    /// 操作记录
    Audit(upkeep::Audit),
    /// 备份到一个文件
    Backup(upkeep::Backup),
    /// 从备份恢复到新的文件夹
    Restore(upkeep::Restore),
    /// 检查工作台：数据库、操作记录链、保存的文件
    Check,
}

fn main() -> ExitCode {
    no_core_files();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return output::usage(&error),
    };
    output::finish(cli.global.json, run(&cli.global, cli.command))
}

/// A memory image holds the passphrase and the key of the open desk: the system is told to write none.
fn no_core_files() {
    #[cfg(unix)]
    {
        // Refused only where the limit is lower already.
        let _ = rlimit::Resource::CORE.set(0, 0);
    }
}

fn run(global: &Global, command: Command) -> Result<Done, Failure> {
    match command {
        Command::Demo(demo) => demo.run(),
        Command::Rules(rules) => rules.run(),
        Command::Verify(verify) => verify.run(),
        Command::Recount(recount) => recount.run(),
        Command::Restore(restore) => restore.run(),
        Command::Identity(identity) => identity.run(global),
        Command::Round(round) => round.run(global),
        Command::Roster(roster) => roster.run(global),
        Command::Panel(panel) => panel.run(global),
        Command::Pack(pack) => pack.run(global),
        Command::Dossier(dossier) => dossier.run(global),
        Command::Promise => expert::promise(global),
        Command::Score(score) => score.run(global),
        Command::Recuse(recuse) => recuse.run(global),
        Command::Sign(sign) => sign.run(global),
        Command::Export(export) => export.run(global),
        Command::Adopt(adopt) => adopt.run(global),
        Command::Countersign(countersign) => countersign.run(global),
        Command::CheckMine(check) => check.run(global),
        Command::Collect(collect) => collect.run(global),
        Command::Status => collecting::status(global),
        Command::Dismiss(dismiss) => dismiss.run(global),
        Command::Absence(absence) => absence.run(global),
        Command::Finding(finding) => finding.run(global),
        Command::Compile(compile) => compile.run(global),
        Command::Result(result) => result.run(global),
        Command::Receipt(receipt) => receipt.run(global),
        Command::Inclusion(inclusion) => inclusion.run(global),
        Command::Decide(decide) => decide.run(global),
        Command::Register => results::register(global),
        Command::Deadlines => results::deadlines(global),
        Command::Audit(audit) => audit.run(global),
        Command::Backup(backup) => backup.run(global),
        Command::Check => upkeep::check(global),
    }
}
