//! `audit`, `backup`, `restore`, `check`: keeping a desk.

use std::path::PathBuf;

use desk::{DeskError, common, dto::AuditView};

use crate::{
    Global,
    output::{Done, Failure, table},
    session::Session,
    words::{self, moment, say},
};

/// 操作记录
#[derive(clap::Args)]
pub(crate) struct Audit {
    /// 最近的多少条
    #[arg(long, default_value_t = 100)]
    limit: u32,
}

impl Audit {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let session = Session::open(global)?;
        let rows = common::audit_trail(&session.desk, self.limit)?;
        let row = |row: &AuditView| {
            let (at, op) = (moment(&row.at), words::operation(&row.op).to_owned());
            vec![row.seq.to_string(), at, op, row.subject.clone(), row.digest_short.clone()]
        };
        Ok(Done::list("audit", &rows)?.lines(table(&rows.iter().map(row).collect::<Vec<_>>())))
    }
}

/// 备份
#[derive(clap::Args)]
pub(crate) struct Backup {
    /// 备份文件（.hjbackup），不得已存在
    #[arg(value_name = "F")]
    file: PathBuf,
}

impl Backup {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        Done::written(&common::backup(&mut Session::open(global)?.desk, &self.file)?)
    }
}

/// 恢复
#[derive(clap::Args)]
pub(crate) struct Restore {
    /// 备份文件
    #[arg(value_name = "F")]
    file: PathBuf,
    /// 新的工作台文件夹
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

impl Restore {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let entry = common::restore(&self.file, &self.to)?;
        Ok(Done::new(&entry)?.line(say("restored", &[("folder", &entry.folder), ("name", &entry.name)])))
    }
}

/// `check`: whether the desk is whole.
pub(crate) fn check(global: &Global) -> Result<Done, Failure> {
    let session = Session::open(global)?;
    let found = common::check(&session.desk)?;
    let mut reasons = vec![];
    if !found.database_ok {
        reasons.push(DeskError::new("DESK_DAMAGED").with("file", "desk.db"));
    }
    if let Some(seq) = found.audit_broken_at {
        reasons.push(DeskError::new("AUDIT_BROKEN").with("seq", seq));
    }
    if found.damaged_files > 0 {
        reasons.push(DeskError::new("FILES_DAMAGED").with("count", found.damaged_files));
    }
    let state = |ok| say(if ok { "passed" } else { "failed" }, &[]);
    let audit = say("check.audit", &[("rows", &found.audit_rows), ("head", &found.audit_head)]);
    let files = say("check.files", &[("count", &found.files)]);
    let rows = [
        vec![state(found.database_ok), say("check.database", &[("sqlite", &found.sqlite)])],
        vec![state(found.audit_broken_at.is_none()), audit],
        vec![state(found.damaged_files == 0), files],
    ];
    Ok(Done::new(&found)?.lines(table(&rows)).unless(reasons))
}
