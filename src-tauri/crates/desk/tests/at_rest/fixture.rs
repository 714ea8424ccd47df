//! One desk, and a look at everything that lies in its folder.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use desk::{
    Desk, Host,
    dto::{NewDesk, UnitInput},
};
use review::roster::Role;
use tempfile::TempDir;

pub(crate) const PASSPHRASE: &str = "测试口令，只供测试";
pub(crate) const OTHER: &str = "另一句测试用的口令";

pub(crate) fn host() -> Arc<Host> {
    Arc::new(Host::sample("2025-06-18T08:30:00+08:00".parse().unwrap(), 1))
}

pub(crate) fn new(roles: &[Role]) -> NewDesk {
    NewDesk {
        roles: roles.to_vec(),
        name: "示例人".to_owned(),
        unit: UnitInput { name: "示例单位".to_owned(), code: String::new() },
        title: "研究员".to_owned(),
        passphrase: PASSPHRASE.to_owned(),
    }
}

/// A new desk that is open, and its recovery key.
pub(crate) fn desk() -> (TempDir, Desk, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::create(host(), &folder.path().join("桌面"), &new(&[Role::Bureau]), false).unwrap();
    let recovery_key = desk.take_recovery_key().unwrap().to_string();
    (folder, desk, recovery_key)
}

/// The code with which a passphrase is refused.
pub(crate) fn refusal(folder: &Path, passphrase: &str) -> String {
    match Desk::open(host(), folder, passphrase) {
        Ok(_) => panic!("it opened"),
        Err(error) => error.code,
    }
}

/// Every file below `folder` that holds these bytes.
pub(crate) fn holding(folder: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, bytes));
        } else if fs::read(&path).unwrap().windows(bytes.len()).any(|window| window == bytes) {
            found.push(path);
        }
    }
    found
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
