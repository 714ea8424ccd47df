//! Whole meetings through the real application: a window driven as a person would, through WebDriver.
//!
//! [`driver`] starts the application and finds things in its window by their `data-test` names; [`steps`] are what a person
//! does at each desk, one function for one thing; [`walk`] puts them together into the sample meeting. Steps await what the
//! window shows and never sleep for a guessed time. Absent on purpose: assertions about rules, which belong to the crates that
//! have them; here only what a person sees.

pub mod album;
pub mod driver;
mod failure;
pub mod room;
pub mod steps;
pub mod walk;

pub use failure::{Failure, Step};
