//! What stands in the margins of every page: whose paper it is, page x of y, and what ties it to its file.

use chrono::{DateTime, FixedOffset};
use review::ids::Digest;

use crate::{
    code::{Code, code_text},
    error::ReportError,
    layout::{
        draw::Colour,
        font::{Face, Fonts},
        mm,
        page::Page,
        text::{Align, Span},
    },
    words,
};

/// The margins of a document that is printed from a signed file.
pub(crate) struct Margin<'a> {
    /// Upper left: the form and the round.
    pub(crate) left: String,
    /// Upper right: whose.
    pub(crate) right: String,
    /// The kind of signed file, as in its code: `SHEET`, `RESULT`.
    pub(crate) kind: &'static str,
    /// Digest of the signed file.
    pub(crate) digest: &'a Digest,
    /// When it was printed.
    pub(crate) printed_at: &'a DateTime<FixedOffset>,
    /// What made the signed file.
    pub(crate) software: &'a str,
}

impl Margin<'_> {
    /// Draws the margins of all pages, which must be complete by then.
    ///
    /// # Errors
    /// [`ReportError::Code`].
    pub(crate) fn draw(&self, fonts: &Fonts, pages: &mut [Page]) -> Result<(), ReportError> {
        let code = Code::new(&code_text(self.kind, self.digest))?;
        let total = pages.len();
        for (place, page) in pages.iter_mut().enumerate() {
            let g = page.geometry;
            let y = g.top - mm(9.0);
            let small = |text: &str| Span::new(text, Face::Song, 9.0).coloured(Colour::PALE);
            page.short_line(fonts, &small(&self.left), g.left, y, g.measure * 0.66, Align::Left);
            page.short_line(fonts, &small(&self.right), g.left + g.measure * 0.68, y, g.measure * 0.32, Align::Right);
            page.rule((g.left, y + 5.0), (g.right(), y + 5.0), 0.6, Colour::CINNABAR);
            self.foot(fonts, page, &code, place + 1, total);
        }
        Ok(())
    }

    fn foot(&self, fonts: &Fonts, page: &mut Page, code: &Code, number: usize, total: usize) {
        let g = page.geometry;
        let side = mm(17.0);
        let top = g.bottom + mm(6.5);
        page.rule((g.left, g.bottom + mm(4.0)), (g.right(), g.bottom + mm(4.0)), 0.4, Colour::GRID);
        code.draw(page, g.right() - side, top, side);
        let pale = |text: String| Span::new(text, Face::Song, 7.5).coloured(Colour::PALE);
        let hex = self.digest.to_string();
        page.line(fonts, &[pale("电子原件摘要（SHA-256）".to_owned())], g.left, top + 6.0, g.measure, Align::Left);
        for (row, part) in [&hex[..32], &hex[32..]].into_iter().enumerate() {
            let span = Span::new(grouped(part), Face::Song, 8.5);
            let y = top + 18.0 + crate::layout::count(row) * 11.0;
            page.line(fonts, &[span], g.left, y, g.measure, Align::Left);
        }
        let made = format!("打印 {}　{}", words::moment(self.printed_at), self.software);
        page.short_line(fonts, &pale(made), g.left, top + 42.0, g.measure * 0.45, Align::Left);
        let number = Span::new(format!("第 {number} 页 / 共 {total} 页"), Face::Song, 10.5);
        page.line(fonts, &[number], g.left, top + mm(16.4), g.measure, Align::Centre);
    }
}

/// Hexadecimal digits in groups of four.
fn grouped(hex: &str) -> String {
    let digits: Vec<char> = hex.chars().collect();
    digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The margins of a document that nobody has signed yet: a page number between dashes, as GB/T 9704-2012 has it.
pub(crate) fn number_pages(fonts: &Fonts, pages: &mut [Page]) {
    for (place, page) in pages.iter_mut().enumerate() {
        let g = page.geometry;
        let number = Span::new(format!("— {} —", place + 1), Face::Song, 12.0);
        // Odd pages to the right, even pages to the left, one character from the edge.
        let (align, x) = if place % 2 == 0 { (Align::Right, g.left - 14.0) } else { (Align::Left, g.left + 14.0) };
        page.line(fonts, &[number], x, g.bottom + mm(7.0) + 12.0, g.measure, align);
    }
}
