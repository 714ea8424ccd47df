//! The bureau's desk on real folders: rounds, panels, results, and every way in which a result can be altered.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, missing_docs)]

mod deciding;
mod fixture;
mod panels;
mod results;
mod rounds;
