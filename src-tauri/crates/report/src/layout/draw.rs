//! The things that a page consists of.

use super::font::Face;

/// A colour as red, green and blue from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Colour(pub(crate) f32, pub(crate) f32, pub(crate) f32);

impl Colour {
    /// Text and rules.
    pub(crate) const INK: Self = Self(0.08, 0.08, 0.09);
    /// What stands beside: page numbers, labels in the margin.
    pub(crate) const PALE: Self = Self(0.38, 0.38, 0.39);
    /// Cinnabar (朱砂): the accent for what is signed or needs attention.
    pub(crate) const CINNABAR: Self = Self(0.70, 0.16, 0.12);
    /// The ground of table heads.
    pub(crate) const GROUND: Self = Self(0.945, 0.94, 0.925);
    /// Deep teal, the first colour of charts.
    pub(crate) const TEAL: Self = Self(0.12, 0.36, 0.45);
    /// Sand, the second colour of charts.
    pub(crate) const SAND: Self = Self(0.80, 0.69, 0.47);
    /// Grey, the grid of charts.
    pub(crate) const GRID: Self = Self(0.80, 0.80, 0.79);
}

/// One glyph of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glyph {
    /// The character it stands for; text extraction gives this back.
    pub(crate) character: char,
    /// The glyph in the whole font.
    pub(crate) id: u16,
    /// The font's own advance in em.
    pub(crate) advance: f32,
    /// What is added after it, in points: justification, gaps between scripts, squeezed punctuation.
    pub(crate) extra: f32,
}

/// A picture of pixels.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    /// Pixels across.
    pub(crate) width: u16,
    /// Pixels down.
    pub(crate) height: u16,
    /// Red, green and blue of each pixel, row by row from the top.
    pub(crate) rgb: Vec<u8>,
}

/// One thing on a page.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// Glyphs of one face on one baseline.
    Text {
        /// The face.
        face: Face,
        /// Size in points.
        size: f32,
        /// The colour.
        colour: Colour,
        /// Where the first glyph begins.
        x: f32,
        /// The baseline.
        y: f32,
        /// The glyphs.
        glyphs: Vec<Glyph>,
    },
    /// A filled rectangle.
    Fill {
        /// Left.
        x: f32,
        /// Top.
        y: f32,
        /// Width.
        width: f32,
        /// Height.
        height: f32,
        /// The colour.
        colour: Colour,
    },
    /// A line through points.
    Stroke {
        /// The points.
        points: Vec<(f32, f32)>,
        /// Thickness.
        width: f32,
        /// The colour.
        colour: Colour,
        /// Whether the end is joined to the beginning.
        closed: bool,
    },
    /// A picture.
    Picture {
        /// Left.
        x: f32,
        /// Top.
        y: f32,
        /// Width on the page.
        width: f32,
        /// The pixels.
        picture: Picture,
    },
}
