//! A small layout engine: lines, paragraphs, tables and pages, kept as a list of things to draw.
//!
//! It knows nothing of scores, and nothing of PDF: [`crate::pdf`] turns the list into a file. All lengths are in points
//! (1/72 inch); the origin is the upper left corner of the page, y grows downwards.

pub(crate) mod draw;
pub(crate) mod flow;
pub(crate) mod font;
pub(crate) mod page;
pub(crate) mod table;
pub(crate) mod text;

/// Points to the millimetre.
const POINTS_PER_MM: f32 = 72.0 / 25.4;

/// Millimetres in points.
pub(crate) const fn mm(length: f32) -> f32 {
    length * POINTS_PER_MM
}

/// A count as a length factor. Counts here are glyphs, rows and pages: far below the 65,535 where this saturates.
pub(crate) fn count(n: usize) -> f32 {
    u16::try_from(n).map_or(65_535.0, f32::from)
}
