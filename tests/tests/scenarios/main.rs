//! Whole meetings at real desks, each to the edge of one rule: what the measures allow passes, what they do not is refused with
//! the article, the figures and the members.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

#[path = "../fixture/mod.rs"]
mod fixture;

mod compiling;
mod effective;
mod force;
mod grading;
mod one_desk;
mod panels;
mod schemes;
mod scoring;
