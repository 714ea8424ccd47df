//! Anyone can verify what was left, and nothing altered passes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use common::{demo, hengjian, text, travelling};
use serde_json::Value;
use tempfile::TempDir;

/// One demonstration for all tests of this file; nobody writes into it.
fn meeting() -> (&'static Path, &'static Value) {
    static MEETING: OnceLock<(TempDir, Value)> = OnceLock::new();
    let (folder, summary) = MEETING.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let summary = demo(&folder.path().join("demo"), 11, 2);
        (folder, summary)
    });
    static OUT: OnceLock<PathBuf> = OnceLock::new();
    (OUT.get_or_init(|| folder.path().join("demo")), summary)
}

fn path(of: &Value) -> String {
    meeting().0.join(text(of)).to_str().unwrap().to_owned()
}

#[test]
fn every_file_left_is_valid_under_the_bureaus_card() {
    let (out, summary) = meeting();
    let (root, roster) = (path(&summary["files"]["root"]), path(&summary["files"]["roster"]));
    let mut files = travelling(out);
    // The result before the chair signed it lies beside the one that was filed.
    files.retain(|file| file.extension().unwrap() != "hjresult");
    files.push(PathBuf::from(path(&summary["files"]["result"])));
    let names = files.iter().map(|file| file.to_str().unwrap());
    let base = ["--json", "verify", "--root", &root, "--roster", &roster];
    let verified = hengjian(base.into_iter().chain(names)).done().json();
    assert_eq!((&verified["valid"], &verified["anchored"]), (&Value::Bool(true), &Value::Bool(true)));
    let mut kinds: Vec<&str> = verified["files"].as_array().unwrap().iter().map(|file| text(&file["kind"])).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(
        kinds,
        ["card", "inclusion", "pack", "panel", "receipt", "recusal", "result", "roster", "round", "sheet"]
    );
    for file in verified["files"].as_array().unwrap() {
        assert!(!file["checked"].as_array().unwrap().is_empty(), "it is said what was checked: {file}");
    }
}

#[test]
fn without_a_root_the_key_is_named_and_not_judged() {
    let (_, summary) = meeting();
    let told = hengjian(["verify", &path(&summary["files"]["round"])]).done().stdout;
    assert!(told.contains("有效") && told.contains("--root") && told.contains("公钥指纹"), "{told}");
}

#[test]
fn what_lies_beside_is_found_from_the_folder_that_the_command_runs_in() {
    let (out, summary) = meeting();
    let sheet = text(&summary["files"]["sheets"][0]["signed"][0]);
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_hengjian"))
        .current_dir(out)
        .args(["verify", sheet])
        .output()
        .unwrap();
    let told = String::from_utf8(run.stdout).unwrap();
    assert!(run.status.success() && told.contains("合计"), "scores are checked against the round: {told}");
}

#[test]
fn another_bureaus_card_as_root_refuses() {
    let (_, summary) = meeting();
    let folder = tempfile::tempdir().unwrap();
    let (desk, out) = (folder.path().join("desk"), folder.path().join("card"));
    let desk = desk.to_str().unwrap();
    hengjian(["--desk", desk, "identity", "new", "--role", "bureau", "--name", "另一示例局", "--unit", "另一示例局"])
        .done();
    let card = hengjian(["--desk", desk, "--json", "identity", "card", "--out", out.to_str().unwrap()]).done().json();
    let root = text(&card["path"]);
    for kind in ["round", "roster", "result"] {
        let refused = hengjian(["--json", "verify", "--root", root, &path(&summary["files"][kind])]);
        assert_eq!((refused.code, refused.error().as_str()), (1, "BUREAU_UNKNOWN"), "{kind}");
    }
    let refused = hengjian(["--json", "recount", "--root", root, &path(&summary["files"]["result"])]);
    assert_eq!((refused.code, refused.error().as_str()), (1, "BUREAU_UNKNOWN"));
}

#[test]
fn a_byte_altered_anywhere_in_any_kind_of_file_is_found() {
    let (_, summary) = meeting();
    let (root, roster) = (path(&summary["files"]["root"]), path(&summary["files"]["roster"]));
    let sheet = &summary["files"]["sheets"][0]["signed"][0];
    let kinds = ["round", "panel", "roster", "pack", "result"].map(|kind| &summary["files"][kind]);
    for of in kinds.into_iter().chain([sheet, &summary["files"]["cards"][0]]) {
        let original = path(of);
        let bytes = fs::read(&original).unwrap();
        let ending = Path::new(&original).extension().unwrap().to_str().unwrap();
        // Beside the original, so that what it is verified with lies at hand as before.
        let folder = meeting().0.join(format!("altered-{ending}"));
        fs::create_dir_all(&folder).unwrap();
        let last = bytes.len() - 1;
        let places = [2, last / 7, last / 3, last / 2, last * 5 / 6, last - 1, last];
        let mut altered = vec![];
        for place in places {
            let mut bytes = bytes.clone();
            bytes[place] ^= 1;
            let file = folder.join(format!("{place}.{ending}"));
            fs::write(&file, bytes).unwrap();
            altered.push(file.to_str().unwrap().to_owned());
        }
        let base = ["--json", "verify", "--root", &root, "--roster", &roster];
        let found = hengjian(base.into_iter().chain(altered.iter().map(String::as_str)));
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found.code, 1, "{ending}");
        for file in found.json()["files"].as_array().unwrap() {
            assert_eq!(file["valid"], false, "altered and not found: {file}");
            assert!(file["problems"][0]["code"].is_string());
        }
    }
}

#[test]
fn a_recount_gives_the_totals_and_grades_of_the_summary() {
    let (_, summary) = meeting();
    let (root, result) = (path(&summary["files"]["root"]), path(&summary["files"]["result"]));
    let recount = hengjian(["--json", "recount", &result, "--root", &root]).done().json();
    assert_eq!((&recount["valid"], &recount["anchored"]), (&Value::Bool(true), &Value::Bool(true)));
    let scores = |grades: &Value| -> Vec<Value> {
        grades.as_array().unwrap().iter().map(|grade| grade["score"].clone()).collect()
    };
    assert_eq!(scores(&recount["grades"]), scores(&summary["grades"]));
    let told = hengjian(["recount", &result]).done().stdout;
    for part in ["第十一条", "第二十二条", "通过", "晋中市"] {
        assert!(told.contains(part), "{part} is not told: {told}");
    }
}

#[test]
fn a_result_that_the_chair_has_not_signed_does_not_pass() {
    let (out, summary) = meeting();
    let signed = PathBuf::from(path(&summary["files"]["result"]));
    let half = travelling(out).into_iter().find(|f| f.extension().unwrap() == "hjresult" && *f != signed).unwrap();
    let refused = hengjian(["--json", "recount", half.to_str().unwrap()]);
    assert_eq!((refused.code, refused.error().as_str()), (1, "RESULT_SIGNATURE_MISSING"));
}

#[test]
fn what_is_no_file_of_ours_is_refused_by_its_kind() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in
        [("a.txt", &b"hello"[..]), ("b.hjsheet", b""), ("c.hjpack", b"PK\x03\x04"), ("d.hjround", b"{\"a\":1}")]
    {
        let file = folder.path().join(name);
        fs::write(&file, bytes).unwrap();
        let refused = hengjian(["--json", "verify", file.to_str().unwrap()]);
        assert_eq!(refused.code, 1, "{name}: {refused:?}");
        assert!(!refused.error().is_empty());
    }
    let missing = folder.path().join("missing.hjsheet");
    assert_eq!(hengjian(["--json", "verify", missing.to_str().unwrap()]).refused(), "IO");
}
