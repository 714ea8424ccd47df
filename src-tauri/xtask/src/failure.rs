//! What stopped a task, and what to do next.

use std::{fmt, process::ExitCode};

/// A task that could not go on. Always says what a person should do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    next: String,
    /// What the task had counted when it stopped: printed last, after the advice.
    tally: Option<String>,
    /// The exit code of the program that failed, handed on.
    code: u8,
}

impl Failure {
    /// A failure in `what`, to be mended by `next`.
    pub(crate) fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), next: next.into(), tally: None, code: 1 }
    }

    /// The same failure with better advice than the place where it arose could give.
    pub(crate) fn advise(mut self, next: &str) -> Self {
        self.next = next.to_owned();
        self
    }

    /// The same failure, closing with the line of counts.
    pub(crate) fn tally(mut self, tally: impl fmt::Display) -> Self {
        self.tally = Some(tally.to_string());
        self
    }

    /// The same failure, to be reported to the caller by this exit code.
    pub(crate) fn code(mut self, code: Option<i32>) -> Self {
        self.code = code.and_then(|code| u8::try_from(code).ok()).filter(|code| *code != 0).unwrap_or(1);
        self
    }

    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    pub(crate) fn next(&self) -> &str {
        &self.next
    }

    pub(crate) fn closing_line(&self) -> Option<&str> {
        self.tally.as_deref()
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}
