//! What is refused is said in the words of whoever sits at the desk, with what it is about.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::fs;

use common::{demo, hengjian, run, text};

#[test]
fn a_folder_without_a_desk_is_said_before_a_passphrase_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let none = run(["--desk", folder.path().to_str().unwrap(), "--json", "status"], None);
    assert_eq!(none.refused(), "DESK_MISSING");
}

#[test]
fn an_expert_without_a_pack_is_told_to_open_one_and_a_script_without_a_passphrase_to_give_it() {
    let folder = tempfile::tempdir().unwrap();
    let desk = folder.path().join("专家").to_str().unwrap().to_owned();
    hengjian(["--desk", &desk, "identity", "new", "--role", "expert", "--name", "陈示范", "--unit", "示例大学"]).done();
    let none = hengjian(["--desk", &desk, "--json", "status"]);
    assert!(text(&none.json()["error"]["next"]).contains("卷宗包"), "{none:?}");
    assert_eq!(none.refused(), "NOT_FOUND");
    let without = run(["--desk", &desk, "--json", "status"], None);
    assert_eq!((without.code, without.error().as_str()), (2, "PASSPHRASE_MISSING"));
    let audit = hengjian(["--desk", &desk, "audit"]).done().stdout;
    assert!(audit.contains("建立身份") && !audit.contains("identity-made"), "operations are said in words: {audit}");
}

#[test]
fn a_file_of_another_kind_is_named_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("demo");
    let summary = demo(&out, 9, 1);
    let file = |kind: &str| out.join(text(&summary["files"][kind])).to_str().unwrap().to_owned();
    let desk = |name: &str| {
        let role = if name.starts_with("示例局") { "bureau" } else { "secretary" };
        let desk = folder.path().join(name).to_str().unwrap().to_owned();
        hengjian(["--desk", &desk, "identity", "new", "--role", role, "--name", name, "--unit", "示例单位"]).done();
        desk
    };
    let (secretary, bureau) = (desk("秘书"), desk("示例局"));
    for (desk, command, given) in [
        (&secretary, ["round", "import"], file("roster")),
        (&secretary, ["round", "import"], file("result")),
        (&secretary, ["roster", "import"], file("round")),
        (&bureau, ["roster", "show"], file("roster")),
        (&bureau, ["result", "import"], file("roster")),
    ] {
        let refused = hengjian(["--desk", desk, "--json", command[0], command[1], &given]);
        assert!(text(&refused.json()["error"]["message"]).contains(&given), "{command:?} {given}: {refused:?}");
        assert_eq!(refused.refused(), "WRONG_FILE_KIND", "{command:?} {given}");
    }
}

#[test]
fn of_an_altered_result_it_is_said_what_failed_and_what_was_not_checked() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("demo");
    let summary = demo(&out, 9, 1);
    let result = out.join(text(&summary["files"]["result"]));
    let mut bytes = fs::read(&result).unwrap();
    let place = bytes.len() / 2;
    bytes[place] ^= 1;
    fs::write(&result, bytes).unwrap();
    for command in ["verify", "recount"] {
        let told = hengjian([command, result.to_str().unwrap()]);
        assert_eq!(told.code, 1, "{told:?}");
        assert!(told.stdout.contains("✗ 未通过") && told.stdout.contains("项未通过"), "{command}: {told:?}");
        assert!(!told.stdout.contains("签名前后一致"), "nothing is said of the key of what does not verify: {told:?}");
    }
}
