//! This test program once more, as a process of its own that does one thing and can be killed.

use std::{
    env,
    io::{BufRead, BufReader, Lines},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Says which folder a child works on; without it a child does nothing.
const FOLDER: &str = "HENGJIAN_FAULT_FOLDER";

/// What begins a line that a child means for its parent: the test runner writes lines too.
const MARK: &str = "said: ";

/// Lets one test of this program run at a time: between the two halves of starting a process, the new one holds whatever locks
/// the other threads have just let go.
pub fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The folder that this process was started for, where it is a child.
pub fn folder() -> Option<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from)
}

/// Tells the parent something.
pub fn say(what: impl std::fmt::Display) {
    // The line before may be the runner's, unfinished.
    println!("\n{MARK}{what}");
}

/// A child at work.
pub struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// Starts the ignored test of that name on a folder, through another program if one is given.
    pub fn start(through: &[&str], name: &str, folder: &Path) -> Self {
        let program = env::current_exe().unwrap();
        let own = [program.to_str().unwrap(), "--exact", name, "--ignored", "--nocapture", "--test-threads=1"];
        let words: Vec<&str> = through.iter().copied().chain(own).collect();
        let mut child = Command::new(words[0])
            .args(&words[1..])
            .env(FOLDER, folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// What the child says next; nothing when it has ended.
    pub fn hear(&mut self) -> Option<String> {
        self.lines.by_ref().map_while(Result::ok).find_map(|line| line.strip_prefix(MARK).map(str::to_owned))
    }

    /// SIGKILL, and everything that it had said by then.
    pub fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::iter::from_fn(|| self.hear()).collect()
    }

    /// Waits until the child ends by itself; whether it succeeded.
    pub fn end(mut self) -> bool {
        while self.hear().is_some() {}
        self.child.wait().unwrap().success()
    }
}
