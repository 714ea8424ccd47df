//! The two-dimensional code (二维码) that ties the paper to the file.

use fast_qr::{ECL, Mode, QRBuilder};
use review::ids::Digest;

use crate::{
    error::ReportError,
    layout::{count, draw::Colour, page::Page},
};

/// What the code holds: `HENGJIAN:SHEET:` and the 64 digits of the digest, in capitals, so that the code stays coarse enough
/// for a cheap camera (QR alphanumeric mode).
#[must_use]
pub fn code_text(kind: &str, digest: &Digest) -> String {
    format!("HENGJIAN:{kind}:{digest}").to_uppercase()
}

/// A code as runs of dark modules.
pub(crate) struct Code {
    size: usize,
    /// Row, first dark module, how many.
    runs: Vec<(usize, usize, usize)>,
}

impl Code {
    /// # Errors
    /// [`ReportError::Code`] where the text is too long.
    pub(crate) fn new(text: &str) -> Result<Self, ReportError> {
        let built = QRBuilder::new(text).mode(Mode::Alphanumeric).ecl(ECL::M).build().map_err(|_| ReportError::Code)?;
        let mut runs = vec![];
        for row in 0..built.size {
            let mut column = 0;
            while column < built.size {
                let dark = built[row][column..].iter().take_while(|module| module.value()).count();
                if dark > 0 {
                    runs.push((row, column, dark));
                }
                column += dark + 1;
            }
        }
        Ok(Self { size: built.size, runs })
    }

    /// Draws the code in a square of that side; the quiet zone is the caller's white space.
    pub(crate) fn draw(&self, page: &mut Page, x: f32, y: f32, side: f32) {
        let module = side / count(self.size);
        for (row, column, length) in &self.runs {
            // A hair of overlap, or viewers show white seams between rows.
            page.fill(
                x + count(*column) * module,
                y + count(*row) * module,
                count(*length) * module,
                module + 0.05,
                Colour(0.0, 0.0, 0.0),
            );
        }
    }
}
