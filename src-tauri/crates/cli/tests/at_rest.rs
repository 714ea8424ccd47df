//! What opens a desk, from the command line: passphrase, recovery key, restored backup.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::process::{Command, Stdio};

use common::{PASSPHRASE, hengjian, run};
use serde_json::Value;

const NEW: &str = "更改以后的测试口令";

/// A run with these variables besides the passphrase.
fn with(arguments: &[&str], variables: &[(&str, &str)]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hengjian"));
    command.args(["--json"]).args(arguments).stdin(Stdio::null()).env("HENGJIAN_PASSPHRASE", PASSPHRASE);
    let output = command.envs(variables.iter().copied()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_new_identity_shows_its_recovery_key_once_and_the_key_sets_a_new_passphrase() {
    let place = tempfile::tempdir().unwrap();
    let desk = place.path().join("专家");
    let desk = desk.to_str().unwrap();
    let made =
        with(&["--desk", desk, "identity", "new", "--role", "expert", "--name", "示例人", "--unit", "示例单位"], &[]);
    let key = made["recovery_key"].as_str().unwrap();
    let shown = hengjian(["--desk", desk, "identity", "show"]).done();
    assert!(!shown.stdout.contains(key), "shown once");

    let recover = ["--desk", desk, "identity", "recover"];
    let refused = |key: &str| {
        let answer = with(&recover, &[("HENGJIAN_RECOVERY_KEY", key), ("HENGJIAN_NEW_PASSPHRASE", NEW)]);
        answer["error"]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused("0000"), "RECOVERY_KEY_LENGTH");
    assert_eq!(refused(&"0".repeat(33)), "RECOVERY_KEY_CHECK");
    let back = with(&recover, &[("HENGJIAN_RECOVERY_KEY", key), ("HENGJIAN_NEW_PASSPHRASE", NEW)]);
    assert_eq!(back["person"]["key"], made["person"]["key"]);
    let show = ["--json", "--desk", desk, "identity", "show"];
    assert_eq!(run(show, Some(PASSPHRASE)).refused(), "PASSPHRASE_WRONG");
    run(show, Some(NEW)).done();
}

#[test]
fn the_passphrase_is_changed_and_a_backup_keeps_the_one_of_its_day() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    let (desk, backup, restored) = (path("科技局"), path("备份.hjbackup"), path("恢复"));
    hengjian(["--desk", &desk, "identity", "new", "--role", "bureau", "--name", "示例局", "--unit", "示例局"]).done();
    hengjian(["--desk", &desk, "backup", &backup]).done();
    let changed = with(&["--desk", &desk, "identity", "passphrase"], &[("HENGJIAN_NEW_PASSPHRASE", NEW)]);
    assert!(changed.get("error").is_none(), "{changed}");
    run(["--desk", &desk, "identity", "show"], Some(NEW)).done();
    hengjian(["restore", &backup, "--to", &restored]).done();
    assert_eq!(run(["--json", "--desk", &restored, "identity", "show"], Some(NEW)).refused(), "PASSPHRASE_WRONG");
    hengjian(["--desk", &restored, "check"]).done();
}
