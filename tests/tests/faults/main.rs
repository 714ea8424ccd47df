//! What a desk must survive: being killed at any moment, a full disk, a stick that takes nothing, a second window, a clock that
//! runs backwards.
//!
//! The faults are real ones: processes that are killed, file systems that are full. They are Linux's; what they prove of the
//! store and the desk holds for every system.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

#[path = "../fixture/mod.rs"]
mod fixture;

mod clock;
mod disk;
mod killed;
mod process;
mod two_processes;
