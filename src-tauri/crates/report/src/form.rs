//! What the printed forms have in common: the title, labels, notices, signature lines.

use review::round::Round;

use crate::{
    layout::{
        count,
        draw::Colour,
        flow::{Flow, ParagraphStyle},
        font::Face,
        mm,
        table::Cell,
        text::{Align, Span},
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
    let style = ParagraphStyle {
        above: 2.0,
        below: 3.0,
        keep: 44.0,
        ..ParagraphStyle::plain(22.0, Align::Left)
    };
    flow.paragraph(&[Span::new(text, Face::Hei, 12.0)], style);
}

/// What every output must say about the rules it stands on: who settled what the measures leave open, and why a round
/// outside the rulebook's period was held.
pub(crate) fn notices(flow: &mut Flow, round: &Round) {
    let scheme = match &round.scheme.confirmed {
        Some(confirmation) => format!(
            "各项满分和档次分数线办法未作规定，由{}于{}确认，依据：{}。",
            round.bureau.name,
            words::day(confirmation.on),
            confirmation.basis.trim().trim_end_matches('。')
        ),
        None => "各项满分和档次分数线办法未作规定，待主管部门确认，本表不得作为正式结果。".to_owned(),
    };
    let bands = &round.scheme.bands;
    let lines = format!(
        "档次分数线：优秀{}分、良好{}分、合格{}分、基本合格{}分（均含本数），以下为不合格。",
        bands.excellent, bands.good, bands.qualified, bands.basically_qualified
    );
    let reason = round.out_of_force_reason.as_ref().map(|reason| {
        format!("本轮评审在办法试行期（第二十五条）以外举行，主管部门说明：{}", reason.trim())
    });
    flow.space(mm(4.0));
    let style = ParagraphStyle { indent: 0.0, ..ParagraphStyle::body(9.0, 15.0) };
    let colour = if round.scheme.confirmed.is_some() { Colour::INK } else { Colour::CINNABAR };
    flow.paragraph(&[Span::new(format!("注：1. {scheme}{lines}"), Face::Song, 9.0).coloured(colour)], style);
    if let Some(reason) = reason {
        flow.paragraph(&[Span::new(format!("　　2. {reason}"), Face::Song, 9.0).coloured(Colour::CINNABAR)], style);
    }
}

/// Lines to sign on, each with its date, kept together.
pub(crate) fn signatures(flow: &mut Flow, names: &[&str]) {
    let each = mm(14.0);
    flow.space(mm(6.0));
    let top = flow.take(each * count(names.len()));
    let g = flow.geometry();
    let fonts = flow.fonts;
    let page = flow.page();
    for (place, name) in names.iter().enumerate() {
        let baseline = top + each * (count(place) + 1.0) - 7.0;
        let text = |text: &str| [Span::new(text, Face::Song, 12.0)];
        page.line(fonts, &text(&format!("{name}：")), g.left, baseline, g.measure * 0.28, Align::Right);
        let line = (g.left + g.measure * 0.285, g.left + g.measure * 0.60);
        page.rule((line.0, baseline + 3.0), (line.1, baseline + 3.0), 0.6, Colour::INK);
        page.line(fonts, &text("日期：　　　　年　　　月　　　日"), line.1 + 12.0, baseline, g.measure, Align::Left);
    }
}
