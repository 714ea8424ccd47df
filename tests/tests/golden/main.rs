//! Broken files by name: every way in which a travelling file can be wrong, each with the one code that it must give.
//!
//! The files are made at run time from true ones, since keys are random; so that a table can be read like a folder, each row is
//! the name of a file, how it is broken, and its code. What is refused must leave the desk as it was, must not stop the rest, and
//! must be refused again in the same way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

#[path = "../fixture/mod.rs"]
mod fixture;

mod cards;
mod forge;
mod forged_sheets;
mod packages;
mod properties;
mod results;
mod rosters;
mod rounds;
mod sheets;
mod unsound_sheets;
mod wording;
mod zipper;
