//! Runs the built command and reads what it leaves.

#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "each test file uses its part, and a test may panic")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

/// The passphrase of every desk that the tests make.
pub const PASSPHRASE: &str = "评审会议 测试口令";

/// What a run left.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The one JSON object on stdout.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The code of the error on stdout.
    pub fn error(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_else(|| panic!("no error: {self:?}")).to_owned()
    }

    /// Demands that it was done.
    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// Demands that it was refused, and gives the code.
    #[track_caller]
    pub fn refused(self) -> String {
        assert_eq!(self.code, 1, "{self:?}");
        self.error()
    }
}

/// Runs the command with these arguments.
pub fn hengjian<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
    run(arguments, Some(PASSPHRASE))
}

/// Runs the command with or without a passphrase in the environment.
pub fn run<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>, passphrase: Option<&str>) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hengjian"));
    command.args(arguments).stdin(Stdio::null()).env_remove("HENGJIAN_PASSPHRASE");
    if let Some(passphrase) = passphrase {
        command.env("HENGJIAN_PASSPHRASE", passphrase);
    }
    let output = command.output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A demonstration in a new folder, and its summary as printed.
pub fn demo(out: &Path, experts: u32, centres: u32) -> Value {
    let (experts, centres) = (experts.to_string(), centres.to_string());
    let out = out.to_str().unwrap();
    hengjian(["--json", "demo", "--out", out, "--experts", &experts, "--centres", &centres]).done().json()
}

/// Every file under a folder, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// The files that travel, under a folder; the desks apart.
pub fn travelling(folder: &Path) -> Vec<PathBuf> {
    let mut found = files(folder);
    found.retain(|path| path.extension().is_some_and(|ending| ending.to_string_lossy().starts_with("hj")));
    found.retain(|path| !path.starts_with(folder.join("desks")));
    found
}

/// Text of a JSON value.
#[track_caller]
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}
