//! How far a long command has come: on stderr, where that is a terminal.

use std::io::{self, IsTerminal, Write};

use crate::words;

/// Says on one line of the terminal what is being done.
pub(crate) struct Progress {
    shown: bool,
    last: String,
}

impl Progress {
    /// Shows only where somebody watches.
    pub(crate) fn new() -> Self {
        Self { shown: io::stderr().is_terminal(), last: String::new() }
    }

    /// A step of the sample meeting.
    pub(crate) fn step(&mut self, step: &str, done: u32, total: u32) {
        self.show(format!("{} {done}/{total}", words::step(step)));
    }

    /// Bytes of a large file.
    pub(crate) fn bytes(&mut self, done: u64, total: u64) {
        let percent = done.saturating_mul(100).checked_div(total).unwrap_or(100);
        self.show(words::say("percent", &[("percent", &percent)]));
    }

    fn show(&mut self, line: String) {
        if self.shown && line != self.last {
            // Wide enough to cover the line before.
            let _ = write!(io::stderr(), "\r{line:<60}");
            self.last = line;
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if !self.last.is_empty() {
            let _ = write!(io::stderr(), "\r{:<100}\r", "");
        }
    }
}
