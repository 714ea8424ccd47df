//! Tables with borders, which break over pages and repeat their head.

use super::{
    count,
    draw::Colour,
    flow::{Flow, baseline_in},
    text::{Align, Line, Span, break_lines},
};

/// One cell.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    /// The text.
    pub(crate) spans: Vec<Span>,
    /// Alignment.
    pub(crate) align: Align,
    /// How many columns it covers.
    pub(crate) columns: usize,
    /// Indent of the first line of each paragraph.
    pub(crate) indent: f32,
    /// Whether the cell has the ground of a head.
    pub(crate) head: bool,
    /// Whether the text begins at the top instead of standing in the middle.
    pub(crate) top: bool,
}

impl Cell {
    /// Text in the middle of one column.
    pub(crate) fn centred(span: Span) -> Self {
        Self { spans: vec![span], align: Align::Centre, columns: 1, indent: 0.0, head: false, top: false }
    }

    /// Text from the left.
    pub(crate) fn text(span: Span) -> Self {
        Self { align: Align::Left, ..Self::centred(span) }
    }

    /// Running text: justified, from the top.
    pub(crate) fn prose(span: Span) -> Self {
        Self { align: Align::Justify, top: true, ..Self::centred(span) }
    }

    /// A label on the ground of a head.
    pub(crate) fn label(span: Span) -> Self {
        Self { head: true, ..Self::centred(span) }
    }

    /// The same over several columns.
    pub(crate) fn over(mut self, columns: usize) -> Self {
        self.columns = columns.max(1);
        self
    }
}

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// Width of each column.
    pub(crate) widths: Vec<f32>,
    /// Rows repeated at the head of each page.
    pub(crate) head: Vec<Vec<Cell>>,
    /// The rows.
    pub(crate) rows: Vec<Vec<Cell>>,
    /// Distance from baseline to baseline.
    pub(crate) leading: f32,
    /// Space between a border and its text: sideways, and above and below.
    pub(crate) padding: (f32, f32),
    /// The least height of a row.
    pub(crate) least: f32,
}

/// A cell with its lines and place.
struct Laid {
    x: f32,
    width: f32,
    lines: Vec<Line>,
    align: Align,
    head: bool,
    top: bool,
}

const THIN: f32 = 0.5;
const THICK: f32 = 1.0;

impl Table {
    /// Sets the table where the flow stands.
    pub(crate) fn set(&self, flow: &mut Flow) {
        let head: Vec<Vec<Laid>> = self.head.iter().map(|row| self.lay(flow, row)).collect();
        let rows: Vec<Vec<Laid>> = self.rows.iter().map(|row| self.lay(flow, row)).collect();
        let head_height: f32 = head.iter().map(|row| self.height(row, 0)).sum();
        let first = rows.first().map_or(0.0, |row| self.height(row, 0).min(self.leading * 3.0));
        flow.reserve(head_height + first);
        let mut part = Part::begin(flow);
        self.draw_head(flow, &head);
        for row in &rows {
            self.draw_row(flow, row, &head, &mut part);
        }
        part.close(flow, self);
    }

    /// The height of the table where it stands in one piece.
    pub(crate) fn whole_height(&self, flow: &Flow) -> f32 {
        self.head.iter().chain(&self.rows).map(|row| self.height(&self.lay(flow, row), 0)).sum()
    }

    fn lay(&self, flow: &Flow, row: &[Cell]) -> Vec<Laid> {
        let mut x = flow.geometry().left;
        let mut column = 0;
        row.iter()
            .map(|cell| {
                let until = (column + cell.columns).min(self.widths.len());
                let width: f32 = self.widths.get(column..until).unwrap_or_default().iter().sum();
                column = until;
                let inner = (width - 2.0 * self.padding.0).max(1.0);
                let lines = break_lines(flow.fonts, &cell.spans, inner, cell.indent);
                let laid = Laid { x, width, lines, align: cell.align, head: cell.head, top: cell.top };
                x += width;
                laid
            })
            .collect()
    }

    /// The height of what a row still has to show from that line on.
    fn height(&self, row: &[Laid], from: usize) -> f32 {
        let most = row.iter().map(|cell| cell.lines.len().saturating_sub(from)).max().unwrap_or(0);
        let text = count(most) * self.leading + 2.0 * self.padding.1;
        if from == 0 { text.max(self.least) } else { text }
    }

    fn draw_head(&self, flow: &mut Flow, head: &[Vec<Laid>]) {
        for row in head {
            let height = self.height(row, 0);
            self.draw_slice(flow, row, 0, usize::MAX, height);
        }
    }

    /// One row, in as many pieces as the pages need.
    fn draw_row(&self, flow: &mut Flow, row: &[Laid], head: &[Vec<Laid>], part: &mut Part) {
        let mut from = 0;
        loop {
            let height = self.height(row, from);
            if height <= flow.left_over() + 0.01 {
                self.draw_slice(flow, row, from, usize::MAX, height);
                return;
            }
            let room = flow.left_over() - 2.0 * self.padding.1;
            let fitting = whole_lines(room, self.leading);
            let most = row.iter().map(|cell| cell.lines.len()).max().unwrap_or(0).saturating_sub(from);
            // A short row moves to the next page; a long one is cut, two lines at least on either side.
            let cut = if most <= 4 { 0 } else { fitting.min(most.saturating_sub(2)) };
            if cut >= 2 {
                let height = count(cut) * self.leading + 2.0 * self.padding.1;
                self.draw_slice(flow, row, from, from + cut, height);
                from += cut;
            } else if part.is_fresh(flow) {
                // A page with nothing but its head and still no room: set what there is rather than turn for ever.
                self.draw_slice(flow, row, from, usize::MAX, height);
                return;
            }
            part.close(flow, self);
            flow.next_page();
            *part = Part::begin(flow);
            self.draw_head(flow, head);
            part.fresh_until = flow.y();
        }
    }

    /// The lines `from..to` of a row in a band of that height, with the borders between its cells.
    fn draw_slice(&self, flow: &mut Flow, row: &[Laid], from: usize, to: usize, height: f32) {
        let top = flow.y();
        let (side, leading) = (self.padding.0, self.leading);
        let page = flow.page();
        let whole = from == 0 && to == usize::MAX;
        for cell in row {
            if cell.head {
                page.fill(cell.x, top, cell.width, height, Colour::GROUND);
            }
        }
        for (place, cell) in row.iter().enumerate() {
            if place > 0 {
                page.rule((cell.x, top), (cell.x, top + height), THIN, Colour::INK);
            }
            let lines = cell.lines.get(from..to.min(cell.lines.len())).unwrap_or_default();
            let text = count(lines.len()) * leading;
            let mut y = if cell.top || !whole { top + self.padding.1 } else { top + (height - text) / 2.0 };
            for line in lines {
                page.set_line(line, cell.x + side, y + baseline_in(leading, line), cell.width - 2.0 * side, cell.align);
                y += leading;
            }
        }
        let (left, right) = (flow.geometry().left, flow.geometry().left + self.widths.iter().sum::<f32>());
        // The upper border again, since the ground of a head covers half of the one above.
        for y in [top, top + height] {
            flow.page().rule((left, y), (right, y), THIN, Colour::INK);
        }
        flow.take_exactly(height);
    }
}

/// How many whole lines fit; counted, since floats are not turned into integers here.
fn whole_lines(room: f32, leading: f32) -> usize {
    let mut lines: usize = 0;
    while lines < 500 && count(lines + 1) * leading <= room + 0.01 {
        lines += 1;
    }
    lines
}

/// The part of a table on one page, which gets one outer frame.
struct Part {
    top: f32,
    fresh_until: f32,
}

impl Part {
    fn begin(flow: &Flow) -> Self {
        Self { top: flow.y(), fresh_until: f32::MIN }
    }

    fn is_fresh(&self, flow: &Flow) -> bool {
        flow.y() <= self.fresh_until + 0.01
    }

    fn close(&self, flow: &mut Flow, table: &Table) {
        let (left, width, bottom) = (flow.geometry().left, table.widths.iter().sum(), flow.y());
        if bottom > self.top + 0.01 {
            let top = self.top;
            flow.page().frame(left, top, width, bottom - top, THICK, Colour::INK);
        }
    }
}
