//! What the printed forms have in common: the title, labels, notices, signature lines.

use review::round::Round;

use crate::{
    layout::{
        count,
        draw::Colour,
        flow::{Flow, ParagraphStyle},
        font::Face,
        mm,
        table::{Cell, Table},
        text::{Align, Span, break_lines},
    },
    words,
};

/// Size of the text in tables.
pub(crate) const BODY: f32 = 10.5;
/// Distance from baseline to baseline in tables.
pub(crate) const LEADING: f32 = 16.0;

/// The round above, the form's name in the size of a title (二号) below.
pub(crate) fn title(flow: &mut Flow, round: &str, name: &str) {
    let centred = |leading| ParagraphStyle::plain(leading, Align::Centre);
    flow.paragraph(&[Span::new(round, Face::Kai, 15.0)], centred(24.0));
    flow.paragraph(&[Span::new(name, Face::SongBold, 22.0)], centred(40.0));
    flow.space(mm(3.0));
}

/// A table label.
pub(crate) fn label(text: &str) -> Cell {
    Cell::label(Span::new(text, Face::Hei, BODY))
}

/// A heading within a form.
pub(crate) fn heading(flow: &mut Flow, text: &str) {
    let style = ParagraphStyle { above: 2.0, below: 3.0, keep: 44.0, ..ParagraphStyle::plain(22.0, Align::Left) };
    flow.paragraph(&[Span::new(text, Face::Hei, 12.0)], style);
}

/// A table under its heading; one that fills less than four fifths of a page is not broken.
pub(crate) fn headed_table(flow: &mut Flow, heading: &str, table: &Table) {
    let (whole, g) = (table.whole_height(flow), flow.geometry());
    if whole < (g.bottom - g.top) * 0.8 {
        flow.reserve(27.0 + whole);
    }
    self::heading(flow, heading);
    table.set(flow);
}

/// What is signed, once more right above the signatures: a page that is signed carries its figures.
pub(crate) enum Signed {
    /// One line or two.
    Line(Vec<Span>),
    /// A table.
    Table(Table),
    /// The text of the form itself.
    Text,
}

impl Signed {
    fn style() -> ParagraphStyle {
        ParagraphStyle::plain(22.0, Align::Left)
    }

    /// What it takes of a page, with the space above.
    fn height(&self, flow: &Flow) -> f32 {
        match self {
            Self::Line(spans) => {
                let lines = break_lines(flow.fonts, spans, flow.geometry().measure, 0.0).len();
                mm(3.0) + count(lines) * Self::style().leading
            }
            Self::Table(table) => mm(3.0) + table.whole_height(flow),
            Self::Text => 0.0,
        }
    }

    fn set(&self, flow: &mut Flow) {
        match self {
            Self::Line(spans) => {
                flow.space(mm(3.0));
                flow.paragraph(spans, Self::style());
            }
            Self::Table(table) => {
                flow.space(mm(3.0));
                table.set(flow);
            }
            Self::Text => {}
        }
    }
}

/// The end of a form, kept on one page so that no signature stands on a page without what it is for.
///
/// First what every output must say about the rules it stands on: who settled what the measures leave open (for an output
/// that shows points), and why a round outside the rulebook's period was held. Then what is signed, and the lines to sign on.
pub(crate) fn close(flow: &mut Flow, round: &Round, with_scheme: bool, signed: &Signed, names: &[&str]) {
    let notes = notes(round, with_scheme);
    let style = ParagraphStyle { indent: 0.0, ..ParagraphStyle::body(9.0, 15.0) };
    let lines: usize = notes
        .iter()
        .map(|note| break_lines(flow.fonts, std::slice::from_ref(note), flow.geometry().measure, 0.0).len())
        .sum();
    // Reasons and bases are a few hundred characters; should one fill a page, it flows like any other text.
    let end = signed.height(flow) + signature_height(flow, names);
    flow.reserve(mm(4.0) + count(lines) * style.leading + end);
    flow.space(mm(4.0));
    for note in &notes {
        flow.paragraph(std::slice::from_ref(note), style);
    }
    flow.reserve(end);
    signed.set(flow);
    signatures(flow, names);
}

fn notes(round: &Round, with_scheme: bool) -> Vec<Span> {
    let mut notes: Vec<(String, Colour)> = vec![];
    if with_scheme {
        notes.push(scheme_note(round));
    }
    if let Some(reason) = &round.out_of_force_reason {
        notes.push((out_of_force_note(reason), Colour::CINNABAR));
    }
    let several = notes.len() > 1;
    notes
        .into_iter()
        .enumerate()
        .map(|(place, (text, colour))| {
            let lead = if place == 0 { "注：" } else { "　　" };
            let number = if several { format!("{}. ", place + 1) } else { String::new() };
            Span::new(format!("{lead}{number}{text}"), Face::Song, 9.0).coloured(colour)
        })
        .collect()
}

/// Why a round was held or issued outside the rulebook's period.
pub(crate) fn out_of_force_note(reason: &str) -> String {
    format!("本轮评审在办法试行期（第二十五条）以外举行或签发，主管部门说明：{}", reason.trim())
}

/// Who settled what the measures leave open, or that nobody has yet.
pub(crate) fn scheme_note(round: &Round) -> (String, Colour) {
    let (settled, colour) = match &round.scheme.confirmed {
        Some(confirmation) => {
            let basis = confirmation.basis.trim().trim_end_matches('。');
            let (who, on) = (&round.bureau.name, words::day(confirmation.on));
            (format!("各项满分和档次分数线办法未作规定，由{who}于{on}确认，依据：{basis}。"), Colour::INK)
        }
        None => {
            ("各项满分和档次分数线办法未作规定，待主管部门确认，本表不得作为正式结果。".to_owned(), Colour::CINNABAR)
        }
    };
    let b = &round.scheme.bands;
    let bands = format!(
        "档次分数线：优秀{}分、良好{}分、合格{}分、基本合格{}分（均含本数），以下为不合格。",
        b.excellent, b.good, b.qualified, b.basically_qualified
    );
    (settled + &bands, colour)
}

const SIGNATURE: f32 = mm(14.0);

/// On a lying page two stand side by side.
fn side_by_side(flow: &Flow) -> usize {
    if flow.geometry().measure > mm(200.0) { 2 } else { 1 }
}

fn signature_height(flow: &Flow, names: &[&str]) -> f32 {
    mm(5.0) + SIGNATURE * count(names.len().div_ceil(side_by_side(flow)))
}

/// Lines to sign on, each with its date.
fn signatures(flow: &mut Flow, names: &[&str]) {
    let across = side_by_side(flow);
    let top = flow.take(signature_height(flow, names)) + mm(5.0);
    let (g, fonts) = (flow.geometry(), flow.fonts);
    let width = g.measure / count(across);
    let page = flow.page();
    for (place, name) in names.iter().enumerate() {
        let left = g.left + width * count(place % across);
        let baseline = top + SIGNATURE * (count(place / across) + 1.0) - 7.0;
        let text = |text: &str| [Span::new(text, Face::Song, 12.0)];
        page.line(fonts, &text(&format!("{name}：")), left, baseline, width * 0.24, Align::Right);
        let end = if across == 1 { 0.58 } else { 0.50 };
        let line = (left + width * 0.245, left + width * end);
        page.rule((line.0, baseline + 3.0), (line.1, baseline + 3.0), 0.6, Colour::INK);
        let date = text("日期：　　　年　　月　　日");
        page.line(fonts, &date, line.1 + 10.0, baseline, width, Align::Left);
    }
}
