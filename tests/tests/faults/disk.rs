//! Disks that are full and sticks that cannot be written: nothing half-done, and the right code.
//!
//! The file systems are mounted in a namespace of the child's own, so that nothing of them stays whatever happens.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::Path,
    process::Command,
};

use desk::{Desk, common, dto::DraftChange, expert, secretary};
use review::points::Points;

use crate::{
    fixture::{Hall, PASSPHRASE, Plan, centre, copy_folder, reopened},
    process::{self, Running},
};

/// The program that gives a child its own mounts, if this machine lets us.
fn with_own_mounts() -> Option<&'static [&'static str]> {
    const WAYS: [&[&str]; 2] = [&["unshare", "--mount"], &["unshare", "--map-root-user", "--mount"]];
    let works = |way: &&[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs"].map(str::to_owned);
        let words = way.iter().skip(1).map(|word| (*word).to_owned()).chain(mount);
        let tried = Command::new(way[0]).args(words).arg(folder.path()).output();
        tried.is_ok_and(|output| output.status.success())
    };
    WAYS.into_iter().find(works)
}

/// Runs an ignored test below where it may mount file systems.
fn run(name: &str, folder: &Path) {
    let Some(way) = with_own_mounts() else {
        eprintln!("skipped: this user may not mount file systems, as a full disk needs");
        return;
    };
    assert!(Running::start(way, name, folder).end(), "{name}");
}

fn mount(arguments: &[&str], at: &Path) {
    let status = Command::new("mount").args(arguments).arg(at).status().unwrap();
    assert!(status.success(), "mount {arguments:?}");
}

/// Fills whatever room is left.
fn fill(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("ballast");
    let mut file = File::create(&path).unwrap();
    for piece in [4096, 1] {
        while file.write_all(&vec![0; piece]).and_then(|()| file.flush()).is_ok() {}
    }
    path
}

fn code<T>(outcome: Result<T, desk::DeskError>) -> String {
    outcome.map(drop).expect_err("it must fail").code
}

fn save(desk: &mut Desk, round: &str, dimension: u8, hundredths: u32) -> Result<(), desk::DeskError> {
    let score = Some(Points::from_hundredths(hundredths));
    expert::save_draft(desk, round, &centre(0), DraftChange::Score { dimension, score }).map(drop)
}

/// A closed expert's desk with a promise and one score, and the folder of the hall that it comes from.
fn desk_with_a_score() -> (Hall, std::path::PathBuf) {
    let mut hall = Hall::ready(&Plan::of(9, 1));
    hall.save(0, 0, 0, 850).unwrap();
    hall.vote(1, 0, 8000);
    let folder = hall.experts.remove(0).folder().to_owned();
    (hall, folder)
}

#[test]
fn on_a_full_disk_a_save_fails_whole_and_works_again_with_room() {
    let _alone = process::alone();
    let (_hall, folder) = desk_with_a_score();
    run("disk::saving_on_a_full_disk", &folder);
}

#[test]
#[ignore = "mounts file systems; started by the test above in a namespace of its own"]
fn saving_on_a_full_disk() {
    let Some(source) = process::folder() else { return };
    let small = tempfile::tempdir().unwrap();
    mount(&["-t", "tmpfs", "-o", "size=4m", "tmpfs"], small.path());
    copy_folder(&source, &small.path().join("desk"));
    let host = desk::Host::sample("2025-06-18T10:00:00+08:00".parse().unwrap(), 1).into();
    let mut desk = reopened(&host, &small.path().join("desk"));
    let round = expert::expert_rounds(&mut desk).unwrap()[0].round.id.clone();
    save(&mut desk, &round, 1, 2000).unwrap();

    let ballast = fill(small.path());
    // The log of the database may still have room for one or the other; then it is truly saved.
    let (mut saved, mut refused) = (2000, None);
    for step in 1..500 {
        let hundredths = step % 50 * 50;
        match save(&mut desk, &round, 1, hundredths) {
            Ok(()) => saved = hundredths,
            Err(error) => {
                refused = Some(error.code);
                break;
            }
        }
    }
    assert_eq!(refused.as_deref(), Some("DISK_FULL"));
    let scores = |desk: &mut Desk| {
        let scores = expert::my_scores(desk, &round).unwrap()[0].scores.clone();
        (scores[0].map(Points::hundredths), scores[1].map(Points::hundredths))
    };
    assert_eq!(scores(&mut desk), (Some(850), Some(saved)), "what was saved before stands, and no more");
    assert_eq!(code(expert::recuse(&mut desk, &round, &centre(0), &recusal(), PASSPHRASE)), "DISK_FULL");
    let rows = common::check(&desk).unwrap();
    assert!(rows.database_ok && rows.audit_broken_at.is_none());

    // The desk can be closed and opened on the full disk, and nothing is lost by that.
    fs::remove_file(&ballast).unwrap();
    save(&mut desk, &round, 1, 2450).unwrap();
    drop(desk);
    let mut desk = reopened(&host, &small.path().join("desk"));
    assert_eq!(scores(&mut desk), (Some(850), Some(2450)));
    let check = common::check(&desk).unwrap();
    assert!(check.database_ok && check.audit_broken_at.is_none() && check.damaged_files == 0);
}

fn recusal() -> desk::dto::RecusalInput {
    desk::dto::RecusalInput { kind: review::sheet::ConflictKind::Other, reason: "测试".repeat(200) }
}

#[test]
fn on_a_full_stick_an_export_and_a_hand_out_fail_whole() {
    let _alone = process::alone();
    let (mut hall, _) = desk_with_a_score();
    // Both desks are opened by the child.
    let secretary = hall.close_secretary();
    let expert = hall.experts.remove(0).folder().to_owned();
    let parent = expert.parent().unwrap();
    assert_eq!(secretary.parent().unwrap(), parent);
    run("disk::exporting_to_a_full_stick", parent);
}

#[test]
#[ignore = "mounts file systems; started by the test above in a namespace of its own"]
fn exporting_to_a_full_stick() {
    let Some(desks) = process::folder() else { return };
    let stick = tempfile::tempdir().unwrap();
    mount(&["-t", "tmpfs", "-o", "size=64k", "tmpfs"], stick.path());
    let host = desk::Host::sample("2025-06-18T10:00:00+08:00".parse().unwrap(), 1).into();
    let ballast = fill(stick.path());
    let mut desk = reopened(&host, &desks.join("专家01"));
    let round = expert::expert_rounds(&mut desk).unwrap()[0].round.id.clone();
    assert_eq!(code(expert::export_sheets(&mut desk, &round, stick.path())), "DISK_FULL");
    assert_eq!(code(common::export_card(&mut desk, stick.path())), "DISK_FULL");
    let mut secretary = reopened(&host, &desks.join("秘书"));
    let handed_out = secretary::issue_packs(&mut secretary, &round, stick.path(), PASSPHRASE, &mut |_, _| {});
    assert_eq!(code(handed_out), "DISK_FULL");
    assert_eq!(names(stick.path()), ["ballast"], "nothing half-written is left on the stick");
    fs::remove_file(ballast).unwrap();
    common::export_card(&mut desk, stick.path()).unwrap();
}

#[test]
fn on_a_stick_that_cannot_be_written_an_export_is_refused_and_leaves_nothing() {
    let _alone = process::alone();
    let (hall, _) = desk_with_a_score();
    let folder = hall.experts[0].folder().to_owned();
    drop(hall.experts.into_iter().next());
    run("disk::exporting_to_a_stick_that_cannot_be_written", &folder);
}

#[test]
#[ignore = "mounts file systems; started by the test above in a namespace of its own"]
fn exporting_to_a_stick_that_cannot_be_written() {
    let Some(folder) = process::folder() else { return };
    let stick = tempfile::tempdir().unwrap();
    mount(&["-t", "tmpfs", "-o", "size=4m", "tmpfs"], stick.path());
    fs::write(stick.path().join("旧文件.txt"), "旧").unwrap();
    mount(&["-o", "remount,ro"], stick.path());
    assert!(OpenOptions::new().create_new(true).write(true).open(stick.path().join("x")).is_err());
    let host = desk::Host::sample("2025-06-18T10:00:00+08:00".parse().unwrap(), 1).into();
    let mut desk = reopened(&host, &folder);
    let round = expert::expert_rounds(&mut desk).unwrap()[0].round.id.clone();
    for target in [stick.path().to_owned(), stick.path().join("新文件夹")] {
        assert_eq!(code(expert::export_sheets(&mut desk, &round, &target)), "READ_ONLY");
        assert_eq!(code(common::export_card(&mut desk, &target)), "READ_ONLY");
    }
    assert_eq!(code(common::backup(&mut desk, &stick.path().join("备份.hjbackup"))), "READ_ONLY");
    assert_eq!(names(stick.path()), ["旧文件.txt"]);

    // A desk on such a stick is not opened for writing, and stays as it is.
    mount(&["-o", "remount,rw"], stick.path());
    drop(desk);
    copy_folder(&folder, &stick.path().join("desk"));
    mount(&["-o", "remount,ro"], stick.path());
    assert_eq!(code(Desk::open(host, &stick.path().join("desk"), PASSPHRASE)), "READ_ONLY");
}

/// What lies in a folder, hidden files included.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
