//! A desk has one process at a time.

use desk::Desk;

use crate::{
    fixture::{Hall, PASSPHRASE, Plan, reopened},
    process::{self, Running},
};

/// Opens the desk and keeps it open until it is killed.
#[test]
#[ignore = "the process that holds the desk; started by the test below"]
fn holding_the_desk() {
    let Some(folder) = process::folder() else { return };
    let host = desk::Host::sample("2025-06-18T10:00:00+08:00".parse().unwrap(), 1).into();
    let _desk = reopened(&host, &folder);
    process::say("open");
    // Until the parent is gone or kills: nobody writes here.
    let mut line = String::new();
    while std::io::stdin().read_line(&mut line).is_ok_and(|read| read > 0) {}
    std::thread::park();
}

#[test]
fn a_second_process_on_the_same_desk_is_told_that_it_is_in_use() {
    let _alone = process::alone();
    let mut hall = Hall::issued(&Plan::of(9, 1));
    let host = hall.host.clone();
    let folder = hall.close_secretary();
    let mut child = Running::start(&[], "two_processes::holding_the_desk", &folder);
    assert_eq!(child.hear().as_deref(), Some("open"));
    let refused = Desk::open(host.clone(), &folder, PASSPHRASE).map(drop).unwrap_err();
    assert_eq!(refused.code, "DESK_IN_USE");
    // A lock of the system's goes with its process, however that ended.
    child.kill();
    drop(reopened(&host, &folder));
}

#[test]
fn a_second_window_in_one_process_is_told_the_same() {
    let _alone = process::alone();
    let mut hall = Hall::issued(&Plan::of(9, 1));
    let host = hall.host.clone();
    let folder = hall.close_secretary();
    let first = reopened(&host, &folder);
    assert_eq!(Desk::open(host.clone(), &folder, PASSPHRASE).map(drop).unwrap_err().code, "DESK_IN_USE");
    drop(first);
    drop(reopened(&host, &folder));
}
