//! Receipts and proofs of inclusion: exported by the secretary, checked by the experts.

use std::path::PathBuf;

use desk::{
    DeskError,
    dto::{MyCheck, MySheetCheck},
    expert, secretary,
};

use crate::{
    Global,
    expert::exported,
    output::{Done, Failure, table},
    session::{Session, Stage},
    words::say,
};

/// 回执
#[derive(clap::Subcommand)]
pub(crate) enum Receipt {
    /// 为每位已交评分表的专家写出由秘书签署的回执
    Export {
        /// 存入的文件夹
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

impl Receipt {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let Self::Export { out } = self;
        let mut session = Session::open(global)?;
        let round = session.round(Stage::Signed)?;
        exported(&secretary::export_receipts(&mut session.desk, &round, &out, &session.passphrase)?)
    }
}

/// 收录证明
#[derive(clap::Subcommand)]
pub(crate) enum Inclusion {
    /// 组长会签后，为每位专家写出收录证明：本人的评分表在结果中，而不显示他人评分
    Export {
        /// 存入的文件夹
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

impl Inclusion {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let Self::Export { out } = self;
        let mut session = Session::open(global)?;
        let round = session.round(Stage::Signed)?;
        exported(&secretary::export_inclusions(&mut session.desk, &round, &out, &session.passphrase)?)
    }
}

/// 核对本人的评分表是否已收到、是否在结果中
#[derive(clap::Args)]
pub(crate) struct CheckMine {
    /// 回执（.hjreceipt）、收录证明（.hjinclusion）或结果包（.hjresult）
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl CheckMine {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        let found = expert::check_mine(&mut session.desk, &self.file)?;
        let row = |check: &MySheetCheck| {
            let verdict = say(&format!("verdict.{}", check.verdict), &[]);
            vec![check.centre_name.clone(), verdict, check.digest_short.clone()]
        };
        let reasons = found.sheets.iter().filter(|check| !is_well(check)).map(|check| {
            DeskError::new("MINE_NOT_COUNTED").with("centre", &check.centre_name).with("verdict", &check.verdict)
        });
        Ok(Done::new(&found)?
            .line(say(&format!("mine.{}", found.kind), &[("at", &found.at), ("files", &found.files)]))
            .lines(table(&found.sheets.iter().map(row).collect::<Vec<_>>()))
            .lines(code(&found))
            .unless(reasons))
    }
}

/// Whether there is nothing to object to.
fn is_well(check: &MySheetCheck) -> bool {
    matches!(check.verdict.as_str(), "counted" | "included" | "acknowledged" | "not_signed")
}

/// The code to compare by telephone, where there is one.
fn code(found: &MyCheck) -> Option<String> {
    (!found.code.is_empty()).then(|| say("mine.code", &[("code", &found.code)]))
}
