//! What people read: score sheets, recusals and summaries as PDF, the summary as XLSX, and the sample dossiers.
//!
//! Pure: bytes out, times passed in, the same input gives the same file. It never knows how a thing is signed or kept; it
//! is handed what has been verified, and the digest to print on it.
//!
//! ```
//! use report::capitals;
//! use review::points::Points;
//! assert_eq!(capitals(Points::from_hundredths(84_05)), "捌拾肆点零伍分");
//! ```

mod capitals;
mod code;
mod dossier;
mod error;
mod form;
mod layout;
mod margin;
mod output;
mod pdf;
mod register;
mod sheet;
mod summary;
mod words;

pub use capitals::capitals;
pub use code::code_text;
pub use dossier::{SampleDocument, sample_documents};
pub use error::ReportError;
pub use output::Output;
pub use register::{RegisterLine, register_xlsx};
pub use sheet::{SheetInput, sheet_pdf};
pub use summary::{SummaryInput, summary_pdf, summary_xlsx};
