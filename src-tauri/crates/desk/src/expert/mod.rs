//! The expert's desk (专家): open a dossier package, promise, read, score, sign, hand back.

mod draft;
mod packs;
mod receipts;
mod result;
mod sign;
mod state;

pub use draft::{my_scores, review_view, save_draft};
pub use packs::{document, expert_rounds, import_pack, preview_pack, promise};
pub use receipts::check_mine;
pub use result::{check_my_sheets, countersign, read_result};
pub use sign::{adopt_sheets, export_sheets, recuse, sign, sign_view};
