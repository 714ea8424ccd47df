//! Text that flows down a page and over to the next.

use super::{
    count,
    font::Fonts,
    page::{Geometry, Page},
    text::{Align, Line, Span, break_lines},
};

/// How a paragraph is set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ParagraphStyle {
    /// Distance from baseline to baseline.
    pub(crate) leading: f32,
    /// Indent of the first line.
    pub(crate) indent: f32,
    /// Alignment.
    pub(crate) align: Align,
    /// Space above; dropped at the head of a page.
    pub(crate) above: f32,
    /// Space below.
    pub(crate) below: f32,
    /// How much must still fit below it on the same page: a heading asks for the lines that follow.
    pub(crate) keep: f32,
}

impl ParagraphStyle {
    /// Body text: justified, the first line indented by two characters.
    pub(crate) const fn body(size: f32, leading: f32) -> Self {
        Self { leading, indent: size * 2.0, align: Align::Justify, above: 0.0, below: 0.0, keep: 0.0 }
    }

    /// A line or two without indent.
    pub(crate) const fn plain(leading: f32, align: Align) -> Self {
        Self { leading, indent: 0.0, align, above: 0.0, below: 0.0, keep: 0.0 }
    }
}

/// Pages being filled from the top.
pub(crate) struct Flow<'f> {
    /// The faces.
    pub(crate) fonts: &'f Fonts,
    /// The pages so far.
    pub(crate) pages: Vec<Page>,
    /// Headings with the page (from 1) that they stand on.
    pub(crate) outline: Vec<(String, usize)>,
    geometry: Geometry,
    y: f32,
}

impl<'f> Flow<'f> {
    /// An empty first page.
    pub(crate) fn new(fonts: &'f Fonts, geometry: Geometry) -> Self {
        Self { fonts, pages: vec![Page::new(geometry)], outline: vec![], geometry, y: geometry.top }
    }

    /// The geometry of the pages to come.
    pub(crate) const fn geometry(&self) -> Geometry {
        self.geometry
    }

    /// How far down the page is filled.
    pub(crate) const fn y(&self) -> f32 {
        self.y
    }

    /// What is left of the page.
    pub(crate) fn left_over(&self) -> f32 {
        self.geometry.bottom - self.y
    }

    /// Whether nothing stands in the type area yet.
    pub(crate) fn at_head(&self) -> bool {
        self.y <= self.geometry.top + 0.01
    }

    /// The page being filled.
    pub(crate) fn page(&mut self) -> &mut Page {
        if self.pages.is_empty() {
            self.pages.push(Page::new(self.geometry));
        }
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    /// Begins the next page.
    pub(crate) fn next_page(&mut self) {
        self.pages.push(Page::new(self.geometry));
        self.y = self.geometry.top;
    }

    /// Begins the next page unless `height` fits on this one.
    pub(crate) fn reserve(&mut self, height: f32) {
        if height > self.left_over() && !self.at_head() {
            self.next_page();
        }
    }

    /// Leaves space; none at the head of a page.
    pub(crate) fn space(&mut self, height: f32) {
        if !self.at_head() {
            self.y += height;
        }
    }

    /// Takes `height` of the page for something drawn there, and gives its upper edge.
    pub(crate) fn take(&mut self, height: f32) -> f32 {
        self.reserve(height);
        let top = self.y;
        self.y += height;
        top
    }

    /// Moves down by what was drawn, without turning the page.
    pub(crate) fn take_exactly(&mut self, height: f32) {
        self.y += height;
    }

    /// A paragraph in one style; over to the next page where it must, never leaving a single line behind or ahead.
    pub(crate) fn paragraph(&mut self, spans: &[Span], style: ParagraphStyle) {
        let lines = break_lines(self.fonts, spans, self.geometry.measure, style.indent);
        self.space(style.above);
        let total = count(lines.len()) * style.leading;
        if lines.len() <= 3 || style.keep > 0.0 {
            self.reserve(total + style.keep);
        }
        let (x, width) = (self.geometry.left, self.geometry.measure);
        for (place, line) in lines.iter().enumerate() {
            let ahead = lines.len() - place;
            // Two lines at least at the foot of a page and at the head of the next.
            let needed = if (place == 0 || ahead == 2) && lines.len() > 1 { 2.0 } else { 1.0 };
            self.reserve(style.leading * needed);
            let baseline = self.y + baseline_in(style.leading, line);
            self.page().set_line(line, x, baseline, width, style.align);
            self.y += style.leading;
        }
        self.y += style.below;
    }

    /// Notes a heading for the outline of the file.
    pub(crate) fn note_heading(&mut self, text: &str) {
        self.outline.push((text.to_owned(), self.pages.len()));
    }
}

/// The baseline within a line of that leading, so that Han characters stand in its middle.
pub(crate) fn baseline_in(leading: f32, line: &Line) -> f32 {
    let size = line.size();
    leading / 2.0 + size * 0.36
}
