//! The desk at rest: what lies on the disk, and what opens it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod backups;
mod canary;
mod first_version;
mod fixture;
mod keys;
mod killed;
