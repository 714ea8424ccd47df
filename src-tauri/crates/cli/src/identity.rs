//! `identity`: who the desk belongs to.

use std::{path::PathBuf, sync::Arc};

use desk::{
    Desk, Host, common,
    dto::{DeskView, NewDesk, UnitInput},
};
use review::roster::Role;

use crate::{
    Global,
    output::{Done, Failure},
    session::{Session, folder, new_passphrase},
    typed,
    words::say,
};

/// 身份与名片
#[derive(clap::Subcommand)]
pub(crate) enum Identity {
    /// 在 --desk 指定的新文件夹中生成身份与密钥
    New {
        /// 身份，可写多次：expert 专家、secretary 秘书、bureau 科技局
        #[arg(long, required = true, value_parser = typed::code::<Role>)]
        role: Vec<Role>,
        /// 姓名（科技局为机关名称）
        #[arg(long)]
        name: String,
        /// 单位全称
        #[arg(long)]
        unit: String,
        /// 单位的统一社会信用代码
        #[arg(long, default_value = "")]
        unit_code: String,
        /// 职称
        #[arg(long, default_value = "")]
        title: String,
    },
    /// 导出名片，交给秘书
    Card {
        /// 存入的文件夹
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// 显示身份
    Show,
}

impl Identity {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        match self {
            Self::New { role, name, unit, unit_code, title } => {
                let folder = folder(global)?;
                let unit = UnitInput { name: unit, code: unit_code };
                let new = NewDesk { roles: role, name, unit, title, passphrase: new_passphrase()? };
                told(&Desk::create(Arc::new(Host::system()), folder, &new, false)?.view())
            }
            Self::Card { out } => Done::written(&common::export_card(&mut Session::open(global)?.desk, &out)?),
            Self::Show => told(&Session::open(global)?.desk.view()),
        }
    }
}

fn told(view: &DeskView) -> Result<Done, Failure> {
    let person = &view.person;
    let roles = view.roles.iter().map(|role| say(role_key(*role), &[])).collect::<Vec<_>>().join("、");
    let code = person.unit.code.as_ref().map_or_else(|| "—".to_owned(), ToString::to_string);
    Ok(Done::new(view)?
        .line(say("identity.person", &[("name", &person.name), ("title", &person.title), ("roles", &roles)]))
        .line(say("identity.unit", &[("unit", &person.unit.name), ("code", &code)]))
        .line(say("identity.key", &[("key", &person.key), ("short", &person.key_short)]))
        .line(say("identity.folder", &[("folder", &view.folder)])))
}

const fn role_key(role: Role) -> &'static str {
    match role {
        Role::Expert => "roles.expert",
        Role::Secretary => "roles.secretary",
        Role::Bureau => "roles.bureau",
    }
}
