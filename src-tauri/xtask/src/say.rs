//! What is printed: each step with its reason and the time since the start.

use crate::failure::Failure;
use std::{
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

/// The voice of a task; knows when the task began.
pub(crate) struct Say {
    began: Instant,
    colour: bool,
}

impl Say {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), colour: std::io::stdout().is_terminal() }
    }

    /// Announces a step, in Chinese and in English: what is done and why.
    pub(crate) fn step(&self, chinese: &str, english: &str) {
        println!("\n{} {}\n        {}", self.clock(), self.strong(chinese), english);
        self.flush();
    }

    /// Says something about the step under way.
    pub(crate) fn note(&self, text: &str) {
        println!("        {text}");
        self.flush();
    }

    /// Closes the task.
    pub(crate) fn done(&self, text: &str) {
        println!("\n{} {}", self.clock(), self.strong(text));
        self.flush();
    }

    /// Says what stopped the task and what to do next.
    pub(crate) fn failure(&self, failure: &Failure) {
        // Whoever reads a log file wants the reason in place, so nothing may linger in the other stream.
        self.flush();
        eprintln!("\n{} 停止 / stopped: {}\n        下一步 / next: {}", self.clock(), failure.what(), failure.next());
        if let Some(line) = failure.closing_line() {
            println!("{line}");
            self.flush();
        }
    }

    fn clock(&self) -> String {
        clock(self.began.elapsed())
    }

    fn strong(&self, text: &str) -> String {
        if self.colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn flush(&self) {
        // A closed pipe is the reader's choice, and no reason to stop building.
        let _ = std::io::stdout().flush();
    }
}

/// Minutes and seconds, as `[02:07]`.
fn clock(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    format!("[{:02}:{:02}]", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_counts_minutes_beyond_the_hour() {
        assert_eq!(clock(Duration::from_secs(127)), "[02:07]");
        assert_eq!(clock(Duration::from_secs(3_725)), "[62:05]", "a cold build may take over an hour on a laptop");
    }
}
