//! The bureau's desk (科技局): rounds, panels to file, results to prove, decisions and what follows from them.
//!
//! What is issued is frozen; what is filed has been recounted here, from the signed sheets alone. Nothing here takes a
//! number or a grade from a screen: the bureau decides on what the recount found, or not at all.

mod centres;
mod deadlines;
mod drafts;
mod issue;
mod panels;
mod register;
mod results;

pub use centres::{MAX_FILE_BYTES, add_centre, remove_centre, update_centre};
pub use deadlines::deadlines;
pub use drafts::{confirm_scheme, draft, round_new, round_update, rounds, set_rulebook, set_scheme};
pub use issue::{export_round, issue_round, round_view};
pub use panels::{approve_panel, read_panel};
pub use register::{export_register, register};
pub use results::{decide, export_result_files, import_result, results};
