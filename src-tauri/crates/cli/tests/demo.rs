//! The demonstration leaves a whole meeting, and what it says of itself agrees.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{demo, files, hengjian, run, text, travelling};
use serde_json::Value;

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("no number: {value}"))
}

/// Everything that a summary says of a file.
fn named_files(summary: &Value) -> Vec<String> {
    fn gather(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(path) => found.push(path.clone()),
            Value::Array(items) => items.iter().for_each(|item| gather(item, found)),
            _ => {}
        }
    }
    let mut found = vec![];
    for (name, value) in summary["files"].as_object().unwrap() {
        match name.as_str() {
            "sheets" => value.as_array().unwrap().iter().for_each(|sheets| {
                gather(&sheets["signed"], &mut found);
                gather(&sheets["pdf"], &mut found);
            }),
            _ => gather(value, &mut found),
        }
    }
    found
}

/// The grade of Article 22 under the default bands, written out here again.
fn grade_of(hundredths: u64) -> &'static str {
    match hundredths {
        9000.. => "优秀",
        8000.. => "良好",
        7000.. => "合格",
        6000.. => "基本合格",
        _ => "不合格",
    }
}

#[test]
fn a_meeting_of_11_and_3_leaves_every_file_and_a_summary_that_agrees_with_itself() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("示例 demo");
    let printed = demo(&out, 11, 3);
    let summary: Value = serde_json::from_slice(&std::fs::read(out.join("summary.json")).unwrap()).unwrap();
    assert_eq!(printed, summary, "what is printed is what is kept");
    assert_eq!((number(&summary["experts"]), number(&summary["centres"])), (11, 3));
    assert_eq!(summary["valid"], true);

    let named = named_files(&summary);
    for path in &named {
        assert!(out.join(path).exists(), "{path} is named and not there");
    }
    let named: BTreeSet<_> = named.iter().map(|path| out.join(path)).collect();
    for path in travelling(&out) {
        let superseded = path.extension().is_some_and(|ending| ending == "hjresult");
        assert!(named.contains(&path) || superseded, "{} is there and not named", path.display());
    }
    for kind in ["root", "round", "panel", "roster", "pack", "result", "register"] {
        assert!(summary["files"][kind].is_string(), "no {kind}");
    }
    assert_eq!(summary["files"]["cards"].as_array().unwrap().len(), 12, "eleven experts and the secretary");
    assert_eq!(summary["files"]["desks"].as_array().unwrap().len(), 13);
    assert!(summary["files"]["summaries"].as_array().unwrap().len() >= 2, "PDF and XLSX");

    for (desk, part) in [("1-bureau", "rounds"), ("2-secretary", "rows"), ("3-expert-01", "dossiers")] {
        let desk = out.join("desks").join(desk);
        let status = run(["--json", "--desk", desk.to_str().unwrap(), "status"], None).done().json();
        assert!(status[part].is_array(), "a desk of the sample meeting opens without a passphrase: {status}");
    }

    let mut totals: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for total in summary["totals"].as_array().unwrap() {
        let scores = total["scores"].as_array().unwrap();
        assert_eq!(scores.len(), 6);
        assert_eq!(scores.iter().map(number).sum::<u64>(), number(&total["total"]), "six scores sum to the total");
        totals.entry(text(&total["centre"])).or_default().push(number(&total["total"]));
    }
    let grades = summary["grades"].as_array().unwrap();
    assert_eq!(grades.len(), 3);
    for grade in grades {
        let totals = &totals[text(&grade["centre"])];
        let (sum, count) = (totals.iter().sum::<u64>(), u64::try_from(totals.len()).unwrap());
        // The mean in hundredths, half up, on integers.
        let mean = (2 * sum + count) / (2 * count);
        assert_eq!(number(&grade["score"]), mean, "{grade}");
        assert_eq!(text(&grade["grade"]), grade_of(mean));
        assert!(grade["consequence"].is_object() || grade["consequence"].is_string());
    }
    for check in summary["panel_checks"].as_array().unwrap() {
        let (members, host) = (number(&check["members"]), number(&check["host"]));
        assert_eq!(members, u64::try_from(totals[text(&check["centre"])].len()).unwrap(), "who scored is who counts");
        assert!(members >= 9 && 3 * host <= members && check["lawful"] == true, "Article 11: {check}");
    }
    for (place, check) in summary["checks"].as_array().unwrap().iter().enumerate() {
        assert_eq!(check["passed"], true, "{check}");
        assert_eq!(number(&check["number"]), u64::try_from(place).unwrap() + 1);
    }
}

#[test]
fn two_meetings_of_one_seed_agree_in_everything_but_keys_salts_and_signatures() {
    let folder = tempfile::tempdir().unwrap();
    let first = demo(&folder.path().join("first"), 9, 1);
    let second = demo(&folder.path().join("second"), 9, 1);
    assert_eq!(first, second, "the summaries hold nothing that follows from keys");
    let relative = |name: &str| -> Vec<_> {
        let root = folder.path().join(name);
        let relative = files(&root).into_iter().map(|path| path.strip_prefix(&root).unwrap().to_owned());
        // The kept files of a desk are named by their digest.
        relative.filter(|path| !path.starts_with("desks")).collect()
    };
    assert_eq!(relative("first"), relative("second"));
    for path in relative("first").iter().filter(|path| path.starts_with("dossiers")) {
        let read = |name: &str| std::fs::read(folder.path().join(name).join(path)).unwrap();
        assert!(read("first") == read("second"), "{} is made again byte for byte", path.display());
    }
    let cards = |name: &str| std::fs::read(folder.path().join(name).join(text(&first["files"]["root"]))).unwrap();
    assert_ne!(cards("first"), cards("second"), "keys are never seeded");
}

#[test]
fn another_seed_gives_other_scores() {
    let folder = tempfile::tempdir().unwrap();
    let of = |seed: &str| {
        let out = folder.path().join(seed);
        hengjian(["--json", "demo", "--out", out.to_str().unwrap(), "--experts", "9", "--centres", "1", "--seed", seed])
            .done()
            .json()
    };
    assert_ne!(of("1")["totals"], of("2")["totals"]);
}

#[test]
fn a_panel_of_eight_is_refused_by_article_11_with_the_figures() {
    let folder = tempfile::tempdir().unwrap();
    let (words, machine) = (folder.path().join("words"), folder.path().join("machine"));
    let refused = hengjian(["demo", "--out", words.to_str().unwrap(), "--experts", "8"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    for part in ["第十一条", "技术创新中心", "8", "9", "PANEL_TOO_FEW"] {
        assert!(refused.stderr.contains(part), "{part} is not said: {}", refused.stderr);
    }
    let refused = hengjian(["--json", "demo", "--out", machine.to_str().unwrap(), "--experts", "8"]);
    let error = &refused.json()["error"];
    assert_eq!(refused.code, 1);
    assert_eq!((text(&error["code"]), text(&error["params"]["members"])), ("PANEL_TOO_FEW", "8"));
    assert!(text(&error["message"]).contains("第十一条"));
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    let refused = hengjian(["--json", "demo", "--out", folder.path().to_str().unwrap()]).refused();
    assert_eq!(refused, "OUT_NOT_EMPTY");
    assert_eq!(files(folder.path()).len(), 1);
}

#[test]
fn wrong_usage_exits_with_2() {
    for arguments in [
        &["no-such-command"][..],
        &["demo"],
        &["demo", "--out", "x", "--experts", "many"],
        &["demo", "--out", "x", "--experts", "100"],
        &["demo", "--out", "x", "--centres", "61"],
        &["verify"],
        &["status"],
        &["--json", "status"],
        &["--desk", "x", "export"],
        &["--desk", "x", "score", "set", "--centre", "c-01", "--dimension", "7", "--points", "1"],
        &["--desk", "x", "score", "set", "--centre", "c-01", "--points", "1"],
        &["--desk", "x", "recuse", "--centre", "c-01", "--kind", "mood", "--reason", "x"],
    ] {
        let run = hengjian(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
    }
    assert_eq!(hengjian(["--json", "status"]).error(), "DESK_NOT_NAMED");
    assert_eq!(hengjian(["--json", "no-such-command"]).error(), "USAGE");
}

#[test]
fn the_rules_are_told_with_their_articles_and_what_the_measures_leave_open() {
    let told = hengjian(["rules"]).done().stdout;
    for part in
        ["市科发〔2023〕33号", "2024-01-22", "2026-01-21", "第十一条", "人数不低于", "第二十二条", "待主管部门确认"]
    {
        assert!(told.contains(part), "{part} is not told");
    }
    assert!(told.contains("各项满分") && !told.contains("scheme.maxima"), "rules are called by their words: {told}");
    let rules = hengjian(["--json", "rules"]).done().json();
    let rules = rules["rules"].as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["key"] == "scheme.maxima" && rule["unconfirmed"] == true));
    assert!(rules.iter().any(|rule| rule["article"] == "第十一条" && rule["unconfirmed"] == false));
}

#[test]
fn a_rulebook_that_is_wrong_is_refused_with_line_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.toml");
    std::fs::write(&file, "id = \"x\"\ntitle = 5\n").unwrap();
    let refused = hengjian(["--json", "rules", "--rulebook", file.to_str().unwrap()]);
    assert_eq!((refused.code, refused.error().as_str()), (1, "RULEBOOK_LINE"));
    assert!(refused.json()["error"]["params"]["line"].is_string());
}
