//! The secretary's desk on real files: what is lawful passes, what is not is refused with its own code, and the rest goes on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod collecting;
mod compiling;
mod fixture;
mod handing_out;
mod panel;
