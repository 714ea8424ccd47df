//! Receipts, proofs of inclusion, and two results where there can be one: the sample meeting carried to its end, honestly and
//! not.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use desk::{
    Desk, Host, bureau,
    dto::{DraftChange, Exported, MyCheck, Scheme},
    expert, sample, secretary, verify,
};
use review::{points::Points, receipt::Receipt, scheme::Dimension};
use seal::{
    jws,
    key::{SigningKey, SystemRandom},
};
use tempfile::TempDir;

/// A sample meeting at which everybody but the chair has handed back.
struct Hall {
    folder: TempDir,
    host: Arc<Host>,
    round: String,
}

const CHAIR: &str = "3-expert-01";

impl Hall {
    fn prepared() -> Self {
        let folder = tempfile::tempdir().unwrap();
        sample::prepare(&folder.path().join("会议"), &mut |_, _, _| {}).unwrap();
        let host = Arc::new(Host::sample("2026-01-15T14:00:00+08:00".parse().unwrap(), 2));
        let mut hall = Self { folder, host, round: String::new() };
        hall.round = expert::expert_rounds(&mut hall.desk(CHAIR)).unwrap()[0].round.id.clone();
        hall
    }

    /// Everything collected and every cell settled.
    fn collected() -> Self {
        let hall = Self::prepared();
        let mut chair = hall.desk(CHAIR);
        expert::promise(&mut chair, &hall.round).unwrap();
        for place in 1..=3 {
            hall.vote(&mut chair, place, 80);
        }
        expert::export_sheets(&mut chair, &hall.round, &hall.place("6-sheets")).unwrap();
        let mut desk = hall.desk("2-secretary");
        let report = secretary::collect(&mut desk, &hall.round, &[hall.place("6-sheets")]).unwrap();
        assert!(report.problems.is_empty(), "{:?}", report.problems);
        let missing: Vec<(String, String)> = secretary::collect_view(&mut desk, &hall.round)
            .unwrap()
            .rows
            .iter()
            .flat_map(|row| row.cells.iter().map(|cell| (row.person.key.clone(), cell)))
            .filter(|(_, cell)| cell.state == "missing")
            .map(|(key, cell)| (key, cell.centre.clone()))
            .collect();
        for (key, centre) in missing {
            secretary::record_absence(&mut desk, &hall.round, &key, &centre, "因公离会", sample::PASSPHRASE).unwrap();
        }
        drop((chair, desk));
        hall
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join("会议").join(name)
    }

    fn desk(&self, name: &str) -> Desk {
        Desk::open(Arc::clone(&self.host), &self.place("desks").join(name), sample::PASSPHRASE).unwrap()
    }

    /// Scores a centre with so many percent of every maximum, and signs.
    fn vote(&self, desk: &mut Desk, place: u32, percent: u32) {
        let centre = format!("c-{place:02}");
        let scheme: Scheme = expert::review_view(desk, &self.round, &centre).unwrap().scheme;
        for dimension in Dimension::ALL {
            let score = Some(Points::from_hundredths(scheme.maximum(dimension).hundredths() * percent / 100));
            let dimension = u8::try_from(dimension.index()).unwrap();
            expert::save_draft(desk, &self.round, &centre, DraftChange::Score { dimension, score }).unwrap();
        }
        expert::sign(desk, &self.round, &[centre], sample::PASSPHRASE).unwrap();
    }

    /// The secretary signs and writes out; where the package lies.
    fn half(&self, desk: &mut Desk, folder: &str) -> PathBuf {
        secretary::sign_result(desk, &self.round, sample::PASSPHRASE).unwrap();
        file(&secretary::export_result(desk, &self.round, &self.place(folder)).unwrap(), ".hjresult")
    }

    /// The chair signs, and the secretary takes it back.
    fn whole(&self, desk: &mut Desk, chair: &mut Desk, folder: &str) -> PathBuf {
        let half = self.half(desk, folder);
        let whole = expert::countersign(chair, &half, &self.place(folder), sample::PASSPHRASE).unwrap();
        let report = secretary::collect(desk, &self.round, &[whole.path.clone().into()]).unwrap();
        assert_eq!(report.accepted, 1, "{:?}", report.problems);
        whole.path.into()
    }

    fn inclusions(&self, desk: &mut Desk, folder: &str) -> Exported {
        secretary::export_inclusions(desk, &self.round, &self.place(folder), sample::PASSPHRASE).unwrap()
    }

    fn copy(&self, from: &str, to: &str) {
        copy_folder(&self.place("desks").join(from), &self.place("desks").join(to));
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy_folder(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}

/// The one file of that ending.
fn file(exported: &Exported, ending: &str) -> PathBuf {
    let mut found = exported.files.iter().filter(|file| file.path.ends_with(ending));
    found.next().unwrap().path.clone().into()
}

/// The file that bears this desk's name.
fn of(exported: &Exported, desk: &Desk) -> PathBuf {
    let name = format!("-{}.", desk.person().name);
    exported.files.iter().find(|file| file.path.contains(&name)).unwrap().path.clone().into()
}

/// What this desk makes of its own file among these.
fn check(desk: &mut Desk, exported: &Exported) -> MyCheck {
    let mine = of(exported, desk);
    expert::check_mine(desk, &mine).unwrap()
}

fn verdicts(check: &MyCheck) -> Vec<&str> {
    check.sheets.iter().map(|sheet| sheet.verdict.as_str()).collect()
}

#[test]
fn everyone_is_acknowledged_then_proved_and_the_bureau_shows_the_same_code() {
    let hall = Hall::collected();
    let mut desk = hall.desk("2-secretary");
    let receipts = secretary::export_receipts(&mut desk, &hall.round, &hall.place("回执"), sample::PASSPHRASE).unwrap();
    assert_eq!(receipts.files.len(), 11);
    let mut chair = hall.desk(CHAIR);
    let whole = hall.whole(&mut desk, &mut chair, "结果");
    drop(chair);
    let proofs = hall.inclusions(&mut desk, "收录");
    assert_eq!(proofs.files.len(), 11);
    let mut office = hall.desk("1-bureau");
    let filed = bureau::import_result(&mut office, &whole, &mut |_, _| {}).unwrap();
    assert!(filed.filed);
    for number in 1..=11 {
        let mut member = hall.desk(&format!("3-expert-{number:02}"));
        let receipt = check(&mut member, &receipts);
        let proof = check(&mut member, &proofs);
        let result = expert::check_mine(&mut member, &whole).unwrap();
        assert_eq!(
            (receipt.kind.as_str(), proof.kind.as_str(), result.kind.as_str()),
            ("receipt", "inclusion", "result")
        );
        let each = |yes: &'static str| {
            result
                .sheets
                .iter()
                .map(|sheet| if sheet.digest_short.is_empty() { "not_signed" } else { yes })
                .collect::<Vec<_>>()
        };
        assert_eq!(verdicts(&receipt), each("acknowledged"), "expert {number}");
        assert_eq!(verdicts(&proof), each("included"), "expert {number}");
        assert_eq!(verdicts(&result), each("counted"), "expert {number}");
        assert_eq!((&proof.code, &result.code), (&filed.tree_code, &filed.tree_code));
        assert_eq!(proof.root, result.root);
        assert!(receipt.code.is_empty());
    }
    let recount = verify::recount_file(&whole, None).unwrap();
    assert!(recount.checks.iter().any(|check| check.figures.get("root") == Some(&filed.tree_code)));
}

#[test]
fn a_sheet_signed_after_the_receipt_and_the_result_is_seen_to_be_missing() {
    let hall = Hall::collected();
    let mut desk = hall.desk("2-secretary");
    let receipts = secretary::export_receipts(&mut desk, &hall.round, &hall.place("回执"), sample::PASSPHRASE).unwrap();
    let mut chair = hall.desk(CHAIR);
    hall.whole(&mut desk, &mut chair, "结果");
    let proofs = hall.inclusions(&mut desk, "收录");
    hall.vote(&mut chair, 2, 60);
    let receipt = check(&mut chair, &receipts);
    assert_eq!(verdicts(&receipt), ["acknowledged", "older_acknowledged", "acknowledged"]);
    let proof = check(&mut chair, &proofs);
    assert_eq!(verdicts(&proof), ["included", "superseded_version", "included"]);
}

#[test]
fn receipts_altered_by_a_stranger_or_for_another_are_refused() {
    let hall = Hall::collected();
    let mut desk = hall.desk("2-secretary");
    let receipts = secretary::export_receipts(&mut desk, &hall.round, &hall.place("回执"), sample::PASSPHRASE).unwrap();
    let mut chair = hall.desk(CHAIR);
    let other = hall.desk("3-expert-02");
    let mine = of(&receipts, &chair);
    let refused = expert::check_mine(&mut chair, &of(&receipts, &other)).unwrap_err();
    assert_eq!(refused.code, "RECEIPT_OTHER_EXPERT");

    let bytes = fs::read(&mine).unwrap();
    let altered = hall.place("改.hjreceipt");
    for place in [20, bytes.len() / 2, bytes.len() - 20] {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        fs::write(&altered, changed).unwrap();
        let refused = expert::check_mine(&mut chair, &altered).unwrap_err();
        assert!(refused.code.starts_with("JWS_") || refused.code == "RECEIPT_SIGNER", "{place}: {}", refused.code);
    }

    // The same words, signed by somebody who is not the secretary of any of my rounds.
    let stranger = SigningKey::generate(&SystemRandom::new()).unwrap();
    let words = jws::verify::<Receipt>(&bytes, &[&desk.person().jwk]).unwrap().into_value();
    fs::write(&altered, jws::sign(&words, &stranger, &SystemRandom::new()).unwrap()).unwrap();
    assert_eq!(expert::check_mine(&mut chair, &altered).unwrap_err().code, "RECEIPT_SIGNER");
    let verified = verify::verify_files(&[altered, mine], None, None);
    assert_eq!((verified[0].valid, verified[1].valid), (false, true), "{:?}", verified);
    assert_eq!(verified[1].kind, "receipt");
}

#[test]
fn nothing_is_proved_before_the_chair_has_signed_and_nothing_receipted_before_it_came() {
    let hall = Hall::prepared();
    let mut desk = hall.desk("2-secretary");
    let out = hall.place("回执");
    let nothing = secretary::export_receipts(&mut desk, &hall.round, &out, sample::PASSPHRASE).unwrap_err();
    assert_eq!(nothing.code, "NOTHING_COLLECTED");
    drop(desk);

    let hall = Hall::collected();
    let mut desk = hall.desk("2-secretary");
    let export = |desk: &mut Desk| {
        secretary::export_inclusions(desk, &hall.round, &hall.place("收录"), sample::PASSPHRASE).unwrap_err().code
    };
    assert_eq!(export(&mut desk), "RESULT_NOT_SIGNED");
    hall.half(&mut desk, "结果");
    assert_eq!(export(&mut desk), "RESULT_NOT_COUNTERSIGNED");
    let wrong = secretary::export_receipts(&mut desk, &hall.round, &hall.place("回执"), "不是这个口令").unwrap_err();
    assert_eq!(wrong.code, "PASSPHRASE_WRONG");
}

#[test]
fn a_second_result_is_refused_by_the_chair_by_the_secretary_by_the_bureau_and_by_an_expert() {
    let hall = Hall::collected();
    // Secretary and chair keep a copy of their desks from before they signed.
    hall.copy("2-secretary", "2-secretary-copy");
    hall.copy(CHAIR, "3-chair-copy");
    let mut desk = hall.desk("2-secretary");
    let mut chair = hall.desk(CHAIR);
    let first = hall.whole(&mut desk, &mut chair, "结果");
    let proofs = hall.inclusions(&mut desk, "收录");

    // On the copies one sheet more is taken in: another result for the same round and roster.
    let mut other_chair = hall.desk("3-chair-copy");
    hall.vote(&mut other_chair, 1, 50);
    let late = expert::export_sheets(&mut other_chair, &hall.round, &hall.place("另")).unwrap();
    let late: Vec<PathBuf> = late.files.iter().map(|file| file.path.clone().into()).collect();
    let mut other = hall.desk("2-secretary-copy");
    secretary::collect(&mut other, &hall.round, &late).unwrap();
    let half = hall.half(&mut other, "另一结果");

    let folder = hall.place("会签");
    let refused = expert::countersign(&mut chair, &half, &folder, sample::PASSPHRASE).unwrap_err();
    assert_eq!(refused.code, "RESULT_SECOND_PAYLOAD");
    assert!(!folder.exists(), "nothing was signed");

    let second = expert::countersign(&mut other_chair, &half, &folder, sample::PASSPHRASE).unwrap();
    let second = PathBuf::from(second.path);
    let report = secretary::collect(&mut desk, &hall.round, std::slice::from_ref(&second)).unwrap();
    assert_eq!(report.problems[0].error.code, "RESULT_DIFFERENT");
    assert_eq!(secretary::collect(&mut other, &hall.round, std::slice::from_ref(&second)).unwrap().accepted, 1);
    let others = hall.inclusions(&mut other, "另收录");

    let mut office = hall.desk("1-bureau");
    assert!(bureau::import_result(&mut office, &first, &mut |_, _| {}).unwrap().filed);
    let twice = bureau::import_result(&mut office, &second, &mut |_, _| {}).unwrap();
    assert!(!twice.filed);
    assert!(twice.checks.iter().flat_map(|check| &check.problems).any(|problem| problem.code == "RESULT_DIFFERENT"));

    let mut member = hall.desk("3-expert-04");
    let (mine, another) = (of(&proofs, &member), of(&others, &member));
    let seen = expert::check_mine(&mut member, &mine).unwrap().code;
    let refused = expert::check_mine(&mut member, &another).unwrap_err();
    assert_eq!((refused.code.as_str(), refused.params["seen"].as_str()), ("RESULT_DIFFERENT_ROOT", seen.as_str()));
    assert_eq!(expert::check_mine(&mut member, &second).unwrap_err().code, "RESULT_DIFFERENT_ROOT");
    assert!(expert::check_mine(&mut member, &mine).is_ok(), "the first stays what it was");
}

#[test]
fn the_demonstration_leaves_receipts_and_proofs_that_verify_with_and_without_a_root() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("会议");
    let options = sample::Options { experts: 9, centres: 2, seed: 3 };
    let summary = sample::demo(&out, options, &mut |_, _, _| {}).unwrap();
    let root = out.join(summary.files.root.as_deref().unwrap());
    assert_eq!((summary.files.receipts.len(), summary.files.inclusions.len()), (9, 9));
    let files = summary.files.receipts.iter().chain(&summary.files.inclusions);
    for file in files.map(|file| out.join(file)) {
        for root in [None, Some(root.as_path())] {
            let verified = verify::verify_files(std::slice::from_ref(&file), None, root);
            assert!(verified[0].valid, "{}: {:?}", verified[0].file, verified[0].problems);
            let last = verified[0].checked.last().unwrap();
            match verified[0].kind.as_str() {
                "receipt" => assert_eq!(last.seen["files"], last.seen["here"]),
                kind => assert_eq!((kind, &last.seen["files"]), ("inclusion", &last.seen["proved"])),
            }
        }
    }
}
