//! What a command leaves on the two streams, and its exit code.
//!
//! Text: results on stdout, reasons on stderr. With `--json` everything on stdout, as one object.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use desk::{DeskError, dto::Written};
use serde::Serialize;
use serde_json::{Value, json};

use crate::words::{self, say};

/// Refused or invalid.
const REFUSED: u8 = 1;
/// Wrong usage.
const USAGE: u8 = 2;

/// Why a command did nothing.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The desk refuses, or something failed: exit 1.
    Refused(DeskError),
    /// Something that the command needs was not given: exit 2.
    Usage(DeskError),
}

impl From<DeskError> for Failure {
    fn from(error: DeskError) -> Self {
        Self::Refused(error)
    }
}

/// What a command found or did.
#[derive(Debug)]
pub(crate) struct Done {
    json: Value,
    text: Vec<String>,
    /// What does not hold; empty for what is done or valid.
    reasons: Vec<DeskError>,
    /// What to do about all of it, in place of each reason's own advice.
    next: Option<String>,
}

impl Done {
    /// Something done, with its form for machines: an object.
    pub(crate) fn new(json: &impl Serialize) -> Result<Self, Failure> {
        let json = serde_json::to_value(json).map_err(|error| DeskError::new("INTERNAL").with("detail", error))?;
        Ok(Self { json, text: vec![], reasons: vec![], next: None })
    }

    /// A list, for machines under a name.
    pub(crate) fn list(name: &str, items: &impl Serialize) -> Result<Self, Failure> {
        let items = serde_json::to_value(items).map_err(|error| DeskError::new("INTERNAL").with("detail", error))?;
        Self::new(&json!({ name: items }))
    }

    /// A file written.
    pub(crate) fn written(written: &Written) -> Result<Self, Failure> {
        Ok(Self::new(written)?.line(file_line(written)))
    }

    /// Adds a line for people.
    pub(crate) fn line(mut self, line: impl Into<String>) -> Self {
        self.text.push(line.into());
        self
    }

    /// Adds lines for people.
    pub(crate) fn lines(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.text.extend(lines);
        self
    }

    /// What does not hold: where there is anything, the command exits with 1.
    pub(crate) fn unless(mut self, reasons: impl IntoIterator<Item = DeskError>) -> Self {
        self.reasons.extend(reasons);
        self
    }

    /// Gives one advice for all reasons, in place of each reason's own: where nothing was to be taken in, nothing was left out.
    pub(crate) fn next(mut self, key: &str) -> Self {
        self.next = Some(say(key, &[]));
        self
    }
}

/// The line of a file written.
pub(crate) fn file_line(written: &Written) -> String {
    say("written", &[("path", &written.path), ("size", &written.size), ("digest", &written.digest)])
}

/// Rows with their columns aligned; what is Chinese takes two places.
pub(crate) fn table(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widest =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    let line = |row: &Vec<String>| {
        let pad = |(cell, wide): (&String, &usize)| format!("{cell}{}", " ".repeat(wide.saturating_sub(width(cell))));
        row.iter().zip(&widths).map(pad).collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn width(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{1100}' && !('\u{2000}'..='\u{2bff}').contains(&c) { 2 } else { 1 }).sum()
}

/// Prints what came of a command.
pub(crate) fn finish(json: bool, outcome: Result<Done, Failure>) -> ExitCode {
    match outcome {
        Ok(done) if json => {
            let mut value = done.json;
            if let (Some(reason), Some(object)) = (done.reasons.first(), value.as_object_mut()) {
                object.insert("error".to_owned(), error_json(reason));
            }
            print(&[pretty(&value)]);
            code(&done.reasons)
        }
        Ok(done) => {
            print(&done.text);
            complain(&done.reasons, done.next.as_deref());
            code(&done.reasons)
        }
        Err(failure) => {
            let (error, exit) = match &failure {
                Failure::Refused(error) => (error, REFUSED),
                Failure::Usage(error) => (error, USAGE),
            };
            if json {
                print(&[pretty(&json!({ "error": error_json(error) }))])
            } else {
                complain(std::slice::from_ref(error), None)
            }
            ExitCode::from(exit)
        }
    }
}

/// Prints what the command line could not be read as; help and version are no error.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && std::env::args_os().any(|argument| argument == "--json") {
        let message = error.to_string();
        print(&[pretty(&json!({ "error": { "code": "USAGE", "params": {}, "message": message.trim() } }))]);
    } else {
        // Where nobody reads any more there is nobody to tell.
        let _ = error.print();
    }
    if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS }
}

fn code(reasons: &[DeskError]) -> ExitCode {
    if reasons.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) }
}

fn error_json(error: &DeskError) -> Value {
    let said = words::error(error);
    json!({ "code": error.code, "params": error.params, "message": said.title, "next": said.next })
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Says the reasons, each with its file where it has one; advice that several share in a row once.
fn complain(reasons: &[DeskError], advice: Option<&str>) {
    let mut stderr = io::stderr().lock();
    let mut tell = |line: String| {
        // A reader that went away is no reason to fail differently.
        let _ = writeln!(stderr, "{line}");
    };
    for (place, error) in reasons.iter().enumerate() {
        let said = words::error(error);
        let line = say("reason", &[("title", &said.title), ("code", &error.code)]);
        match error.params.get("file") {
            Some(file) if !said.title.contains(file) => tell(say("of_file", &[("file", file), ("reason", &line)])),
            _ => tell(line),
        }
        let shared = reasons.get(place + 1).is_some_and(|other| words::error(other).next == said.next);
        if advice.is_none() && !said.next.is_empty() && !shared {
            tell(say("next", &[("next", &said.next)]));
        }
    }
    if let (Some(advice), false) = (advice, reasons.is_empty()) {
        tell(say("next", &[("next", &advice)]));
    }
}

fn print(lines: &[String]) {
    let mut stdout = io::stdout().lock();
    for line in lines {
        if writeln!(stdout, "{line}").is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_takes_two_places_in_a_table() {
        let rows = [vec!["中心".to_owned(), "1".to_owned()], vec!["abc".to_owned(), "2".to_owned()]];
        assert_eq!(table(&rows), ["中心  1", "abc   2"]);
    }
}
