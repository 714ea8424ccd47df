//! What the pages may call. Each command converts and calls one use case of `desk`, off the window's thread; rules, wording
//! and SQL are absent on purpose.

pub mod bureau;
pub mod common;
pub mod dialogs;
pub mod expert;
pub mod secretary;
pub mod start;
