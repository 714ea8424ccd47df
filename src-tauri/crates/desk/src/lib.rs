//! The use cases of the three desks: expert (专家), secretary (评审组秘书), bureau (科技局).
//!
//! The only crate that the shells call. It binds the rules (`review`), the proofs (`seal`), the store and the reports into
//! steps that either happen whole or not at all. It never draws a window, never prompts, never knows a language: views are
//! plain data, refusals are codes with figures. Time and names come in through [`Host`].

pub mod bureau;
mod checks;
pub mod common;
mod desk;
pub mod dto;
mod error;
pub mod expert;
mod host;
mod incoming;
mod keys;
mod output;
mod patience;
mod prints;
mod rosters;
pub mod sample;
pub mod secretary;
mod trust;
pub mod verify;
mod views;

pub use desk::{Desk, SOFTWARE, list, new_folder, sample_passphrase, unit};
pub use error::DeskError;
pub use host::{Clock, Host, Names, RandomNames, SeededNames, SteppingClock, SystemClock};
pub use trust::is_trusted;
