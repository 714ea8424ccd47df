//! Pages, and drawing on a page at a given place.

use super::{
    draw::{Colour, Item, Picture},
    font::Fonts,
    mm,
    text::{Align, Line, Span, break_lines},
};

/// Where things may stand on a page, in points.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Geometry {
    /// Width of the paper.
    pub(crate) width: f32,
    /// Height of the paper.
    pub(crate) height: f32,
    /// Left edge of the type area.
    pub(crate) left: f32,
    /// Width of the type area.
    pub(crate) measure: f32,
    /// Upper edge of the type area.
    pub(crate) top: f32,
    /// Lower edge of the type area.
    pub(crate) bottom: f32,
}

impl Geometry {
    /// A4 as GB/T 9704-2012 has it: top 37 mm, left 28 mm, type area 156 × 225 mm.
    pub(crate) const fn official() -> Self {
        Self {
            width: mm(210.0),
            height: mm(297.0),
            left: mm(28.0),
            measure: mm(156.0),
            top: mm(37.0),
            bottom: mm(262.0),
        }
    }

    /// A4 lying, for wide tables.
    pub(crate) const fn lying() -> Self {
        Self {
            width: mm(297.0),
            height: mm(210.0),
            left: mm(22.0),
            measure: mm(253.0),
            top: mm(28.0),
            bottom: mm(178.0),
        }
    }

    /// Right edge of the type area.
    pub(crate) const fn right(&self) -> f32 {
        self.left + self.measure
    }
}

/// One page: its size and what is on it, in drawing order.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// The page's geometry.
    pub(crate) geometry: Geometry,
    /// What is drawn.
    pub(crate) items: Vec<Item>,
}

impl Page {
    /// An empty page.
    pub(crate) const fn new(geometry: Geometry) -> Self {
        Self { geometry, items: vec![] }
    }

    /// One line of text with its baseline at `y`, within `x` and `x + width`; what does not fit runs over.
    pub(crate) fn line(&mut self, fonts: &Fonts, spans: &[Span], x: f32, y: f32, width: f32, align: Align) {
        if let Some(line) = break_lines(fonts, spans, f32::MAX / 4.0, 0.0).first() {
            line.place(x, y, width, align, &mut self.items);
        }
    }

    /// As [`Page::line`], cut off with an ellipsis where it does not fit.
    pub(crate) fn short_line(&mut self, fonts: &Fonts, span: &Span, x: f32, y: f32, width: f32, align: Align) {
        let fits = |text: &str| {
            let candidate = Span { text: text.to_owned(), ..span.clone() };
            break_lines(fonts, &[candidate], f32::MAX / 4.0, 0.0).first().is_none_or(|line| line.width() <= width)
        };
        let mut text: String = span.text.lines().next().unwrap_or_default().chars().take(200).collect();
        if !fits(&text) {
            while !text.is_empty() && !fits(&format!("{text}…")) {
                text.pop();
            }
            text.push('…');
        }
        self.line(fonts, &[Span { text, ..span.clone() }], x, y, width, align);
    }

    /// A line that is already set.
    pub(crate) fn set_line(&mut self, line: &Line, x: f32, y: f32, width: f32, align: Align) {
        line.place(x, y, width, align, &mut self.items);
    }

    /// A straight rule.
    pub(crate) fn rule(&mut self, from: (f32, f32), to: (f32, f32), width: f32, colour: Colour) {
        self.items.push(Item::Stroke { points: vec![from, to], width, colour, closed: false });
    }

    /// The outline of a rectangle.
    pub(crate) fn frame(&mut self, x: f32, y: f32, width: f32, height: f32, line: f32, colour: Colour) {
        let points = vec![(x, y), (x + width, y), (x + width, y + height), (x, y + height)];
        self.items.push(Item::Stroke { points, width: line, colour, closed: true });
    }

    /// A filled rectangle.
    pub(crate) fn fill(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        self.items.push(Item::Fill { x, y, width, height, colour });
    }

    /// A picture.
    pub(crate) fn picture(&mut self, x: f32, y: f32, width: f32, picture: Picture) {
        self.items.push(Item::Picture { x, y, width, picture });
    }
}
