//! The process is killed while a desk of the first version is being encrypted, at one call of the system after another. Whatever
//! is left opens with the passphrase and holds everything.
//!
//! Linux only, and only where there is `strace`; elsewhere the steps are broken off one by one in the store's own tests.

use std::{env, fs, path::Path, process::Command};

use desk::{Desk, bureau, common};

use crate::{
    first_version::{PASSPHRASE, desk_of_the_first_version},
    fixture::{holding, host},
};

const FOLDER: &str = "HENGJIAN_TEST_KILLED_FOLDER";

/// What the killed process does; nothing where no other test asks for it.
#[test]
fn opens_the_folder_that_another_test_names() {
    if let Some(folder) = env::var_os(FOLDER) {
        Desk::open(host(), Path::new(&folder), PASSPHRASE).unwrap();
    }
}

/// Opens the folder in a process that is killed at the `when`-th of these calls; whether it lived to the end.
fn survives(folder: &Path, calls: &str, when: u32) -> bool {
    let status = Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={calls}")])
        .args(["-e", &format!("inject={calls}:signal=SIGKILL:when={when}")])
        .arg(env::current_exe().unwrap())
        .args(["--exact", "killed::opens_the_folder_that_another_test_names", "--test-threads=1", "--quiet"])
        .env(FOLDER, folder)
        .output()
        .unwrap();
    status.status.success()
}

fn is_whole(folder: &Path) {
    let desk = Desk::open(host(), folder, PASSPHRASE).unwrap();
    let rounds = bureau::rounds(&desk).unwrap();
    let draft = bureau::draft(&desk, &rounds[0].id).unwrap();
    assert_eq!(draft.centres[0].documents[0].name, "申报书.pdf");
    let check = common::check(&desk).unwrap();
    assert!(check.database_ok && check.audit_broken_at.is_none() && check.damaged_files == 0 && check.files == 1);
    drop(desk);
    for plain in ["第一版的示例轮次", "canary-51d0", "SQLite format 3"] {
        assert!(holding(folder, plain.as_bytes()).is_empty(), "{plain}");
    }
}

/// Kills at every `step`-th of these calls until one run lives; how often it was killed.
fn sweep(calls: &str, first: u32, step: usize) -> u32 {
    let mut killed = 0;
    for when in (first..).step_by(step) {
        let (_place, folder) = desk_of_the_first_version();
        let lived = survives(&folder, calls, when);
        is_whole(&folder);
        if lived {
            return killed;
        }
        killed += 1;
    }
    killed
}

#[test]
fn killed_at_any_call_that_moves_removes_or_syncs_a_file_the_desk_is_whole_when_opened_again() {
    if cfg!(not(target_os = "linux")) || Command::new("strace").arg("--version").output().is_err() {
        eprintln!("no strace here: nothing was killed");
        return;
    }
    assert!(fs::exists("/proc/self").unwrap());
    let killed = sweep("rename,renameat,renameat2,unlink,unlinkat,fsync,fdatasync,ftruncate", 1, 1);
    assert!(killed > 15, "only {killed} places to be killed at");
    let killed = sweep("pwrite64", 3, 61);
    assert!(killed > 1, "only {killed} writes to be killed at");
}
