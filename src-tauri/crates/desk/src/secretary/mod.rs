//! The secretary's desk (评审组秘书): from the bureau's round to the signed result.
//!
//! Composes the panel under Article 11, hands out the dossiers, collects what the experts signed, compiles, signs. What comes
//! in is judged file by file: one that is refused never stops the rest, and each refusal keeps its own code. What counts
//! follows from the set of signed files alone, never from the order in which they came.

mod cards;
mod collect;
mod collected;
mod compile;
mod matrix;
mod packs;
mod panel;
mod problems;
mod receipts;
mod result;
mod roster;
mod round;

pub use cards::import_cards;
pub use collect::collect;
pub use compile::compile;
pub use matrix::{collect_view, dismiss_problem, record_absence, record_finding, remove_finding};
pub use packs::issue_packs;
pub use panel::{panel, set_panel, submit_panel};
pub use receipts::{export_inclusions, export_receipts};
pub use result::{export_result, sign_result};
pub use roster::import_roster;
pub use round::{import_round, preview_round};

use seal::meeting::Meeting;

use crate::{Desk, DeskError};

/// Demands that the roster names this desk as the secretary's: nobody else's signature would count.
fn require_ours(desk: &Desk, meeting: &Meeting) -> Result<(), DeskError> {
    let me = desk.person();
    if meeting.panel().secretary.key == me.key {
        Ok(())
    } else {
        Err(DeskError::new("NOT_A_MEMBER").with("name", &me.name))
    }
}
