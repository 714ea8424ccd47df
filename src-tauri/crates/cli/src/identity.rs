//! `identity`: who the desk belongs to.

use std::{path::PathBuf, sync::Arc};

use desk::{
    Desk, Host, common,
    dto::{DeskView, NewDesk, UnitInput},
};
use review::roster::Role;
use serde::Serialize;
use zeroize::Zeroize;

use crate::{
    Global,
    output::{Done, Failure},
    session::{Session, changed_passphrase, folder, new_passphrase, recovery_key},
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
    /// 更改口令；新口令取自 HENGJIAN_NEW_PASSPHRASE，没有时询问
    Passphrase,
    /// 用恢复密钥重设口令；恢复密钥取自 HENGJIAN_RECOVERY_KEY，没有时询问
    Recover,
    /// 更换恢复密钥，显示一次；原来的从此无效
    RecoveryKey,
}

impl Identity {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        match self {
            Self::New { role, name, unit, unit_code, title } => {
                let folder = folder(global)?;
                let unit = UnitInput { name: unit, code: unit_code };
                let mut new = NewDesk { roles: role, name, unit, title, passphrase: new_passphrase()?.to_string() };
                let made = Desk::create(Arc::new(Host::system()), folder, &new, false);
                new.passphrase.zeroize();
                let mut desk = made?;
                let recovery_key = desk.take_recovery_key();
                told(&desk.view(), recovery_key.as_deref().map(String::as_str))
            }
            Self::Card { out } => Done::written(&common::export_card(&mut Session::open(global)?.desk, &out)?),
            Self::Show => {
                let mut session = Session::open(global)?;
                // A store of the first version was encrypted a moment ago.
                let recovery_key = session.desk.take_recovery_key();
                told(&session.desk.view(), recovery_key.as_deref().map(String::as_str))
            }
            Self::Passphrase => {
                let mut session = Session::open(global)?;
                session.desk.change_passphrase(&session.passphrase, &changed_passphrase()?)?;
                Ok(told(&session.desk.view(), None)?.line(say("identity.passphrase_changed", &[])))
            }
            Self::Recover => {
                let (key, new) = (recovery_key()?, changed_passphrase()?);
                let desk = Desk::open_with_recovery(Arc::new(Host::system()), folder(global)?, &key, &new)?;
                Ok(told(&desk.view(), None)?.line(say("identity.passphrase_changed", &[])))
            }
            Self::RecoveryKey => {
                let mut session = Session::open(global)?;
                let key = session.desk.renew_recovery_key(&session.passphrase)?;
                told(&session.desk.view(), Some(&key))
            }
        }
    }
}

/// The desk, and its recovery key where it is to be shown.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    view: &'a DeskView,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_key: Option<&'a str>,
}

fn told(view: &DeskView, recovery_key: Option<&str>) -> Result<Done, Failure> {
    let person = &view.person;
    let roles = view.roles.iter().map(|role| say(role_key(*role), &[])).collect::<Vec<_>>().join("、");
    let code = person.unit.code.as_ref().map_or_else(|| "—".to_owned(), ToString::to_string);
    let lines = recovery_key.map(|key| say("identity.recovery_key", &[("key", &key)]));
    Ok(Done::new(&Shown { view, recovery_key })?
        .line(say("identity.person", &[("name", &person.name), ("title", &person.title), ("roles", &roles)]))
        .line(say("identity.unit", &[("unit", &person.unit.name), ("code", &code)]))
        .line(say("identity.key", &[("key", &person.key), ("short", &person.key_short)]))
        .line(say("identity.folder", &[("folder", &view.folder)]))
        .lines(lines))
}

const fn role_key(role: Role) -> &'static str {
    match role {
        Role::Expert => "roles.expert",
        Role::Secretary => "roles.secretary",
        Role::Bureau => "roles.bureau",
    }
}
