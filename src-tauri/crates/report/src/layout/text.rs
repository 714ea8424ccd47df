//! Breaking text into lines: Unicode line breaking with the rules of Chinese composition (禁则), punctuation squeezed
//! where two marks meet or where the last mark of a line would not fit, a thin gap between Han and Latin.

use unicode_linebreak::{BreakOpportunity, linebreaks};

use super::{
    count,
    draw::{Colour, Glyph, Item},
    font::{Face, Fonts},
};

/// A stretch of text in one style.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    /// The text; line feeds break the line.
    pub(crate) text: String,
    /// The face.
    pub(crate) face: Face,
    /// The size in points.
    pub(crate) size: f32,
    /// The colour.
    pub(crate) colour: Colour,
}

impl Span {
    /// Ink in the face and size.
    pub(crate) fn new(text: impl Into<String>, face: Face, size: f32) -> Self {
        Self { text: text.into(), face, size, colour: Colour::INK }
    }

    /// The same in another colour.
    pub(crate) const fn coloured(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }
}

/// Where a line stands between its margins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// Left, ragged right.
    Left,
    /// Centred.
    Centre,
    /// Right.
    Right,
    /// Both margins, the last line left.
    Justify,
}

/// A glyph with its style.
#[derive(Clone, Copy, Debug)]
struct Set {
    glyph: Glyph,
    face: Face,
    size: f32,
    colour: Colour,
}

impl Set {
    fn width(&self) -> f32 {
        self.glyph.advance * self.size + self.glyph.extra
    }
}

/// One line, ready to be placed.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    glyphs: Vec<Set>,
    indent: f32,
    /// Whether the paragraph or a line feed ends here.
    ends: bool,
}

impl Line {
    /// The natural width without the indent.
    pub(crate) fn width(&self) -> f32 {
        self.glyphs.iter().map(Set::width).sum()
    }

    /// The largest size in the line, or zero where it is empty.
    pub(crate) fn size(&self) -> f32 {
        self.glyphs.iter().map(|set| set.size).fold(0.0, f32::max)
    }

    /// Places the line with its baseline at `y` between `x` and `x + width`.
    pub(crate) fn place(&self, x: f32, y: f32, width: f32, align: Align, items: &mut Vec<Item>) {
        let free = width - self.indent - self.width();
        let gaps = count(self.glyphs.len().saturating_sub(1));
        let (shift, stretch) = match align {
            Align::Left => (0.0, 0.0),
            Align::Centre => (free / 2.0, 0.0),
            Align::Right => (free, 0.0),
            // A line that would be torn apart (one long number on it) stays ragged.
            Align::Justify if self.ends || gaps == 0.0 || free / gaps > self.size() * 0.3 => (0.0, 0.0),
            Align::Justify => (0.0, free / gaps),
        };
        let mut pen = x + self.indent + shift;
        let last = self.glyphs.len().saturating_sub(1);
        for (place, set) in self.glyphs.iter().enumerate() {
            let mut glyph = set.glyph;
            if place < last {
                glyph.extra += stretch;
            }
            let advance = glyph.advance * set.size + glyph.extra;
            match items.last_mut() {
                Some(Item::Text { face, size, colour, y: baseline, glyphs, .. })
                    if place > 0
                        && *face == set.face
                        && *size == set.size
                        && *colour == set.colour
                        && *baseline == y =>
                {
                    glyphs.push(glyph);
                }
                _ => items.push(Item::Text {
                    face: set.face,
                    size: set.size,
                    colour: set.colour,
                    x: pen,
                    y,
                    glyphs: vec![glyph],
                }),
            }
            pen += advance;
        }
    }
}

/// Breaks spans into lines no wider than `width`, the first of each paragraph indented by `indent`.
///
/// Never empty: no text gives one empty line.
pub(crate) fn break_lines(fonts: &Fonts, spans: &[Span], width: f32, indent: f32) -> Vec<Line> {
    let (text, sets) = compose(fonts, spans);
    let mut lines = vec![];
    let mut start = 0;
    let mut from = 0;
    // Paragraph by paragraph; `linebreaks` gives byte offsets, the glyphs know theirs.
    let breaks: Vec<(usize, BreakOpportunity)> = linebreaks(&text).collect();
    while start < text.len() || lines.is_empty() {
        let end = breaks
            .iter()
            .find(|(at, kind)| *at > start && *kind == BreakOpportunity::Mandatory)
            .map_or(text.len(), |(at, _)| *at);
        let until = sets.partition_point(|(at, _)| *at < end);
        break_paragraph(&sets[from..until], &breaks, width, indent, &mut lines);
        if end >= text.len() {
            break;
        }
        (start, from) = (end, until);
    }
    lines
}

/// All spans as one text, and a glyph for each drawn character with the byte offset of the character.
fn compose(fonts: &Fonts, spans: &[Span]) -> (String, Vec<(usize, Set)>) {
    let mut text = String::new();
    let mut sets: Vec<(usize, Set)> = vec![];
    let mut before: Option<char> = None;
    for span in spans {
        for character in span.text.chars() {
            let at = text.len();
            text.push(for_breaking(character));
            let drawn = match character {
                '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                    before = None;
                    continue;
                }
                '\t' => ' ',
                other => other,
            };
            let Some(found) = fonts.find(span.face, drawn) else { continue };
            if let (Some(previous), Some((_, set))) = (before, sets.last_mut()) {
                set.glyph.extra += gap(previous, drawn) * set.size;
            }
            before = Some(drawn);
            let glyph = Glyph { character: found.character, id: found.id, advance: found.advance, extra: 0.0 };
            sets.push((at, Set { glyph, face: found.face, size: span.size, colour: span.colour }));
        }
    }
    (text, sets)
}

/// Greedy filling of one paragraph.
fn break_paragraph(
    sets: &[(usize, Set)],
    breaks: &[(usize, BreakOpportunity)],
    width: f32,
    indent: f32,
    lines: &mut Vec<Line>,
) {
    let may_break = |at: usize| breaks.binary_search_by_key(&at, |(place, _)| *place).is_ok();
    let mut rest = sets;
    let mut first = indent;
    loop {
        let (taken, squeeze) = fit(rest, width - first, may_break);
        let mut glyphs: Vec<Set> = rest[..taken].iter().map(|(_, set)| *set).collect();
        rest = &rest[taken..];
        if !rest.is_empty() {
            while glyphs.len() > 1 && glyphs.last().is_some_and(|set| set.glyph.character == ' ') {
                glyphs.pop();
            }
        }
        if let Some(last) = glyphs.last_mut() {
            last.glyph.extra = if squeeze { -0.5 * last.size } else { 0.0 };
        }
        lines.push(Line { glyphs, indent: first, ends: rest.is_empty() });
        if rest.is_empty() {
            return;
        }
        first = 0.0;
    }
}

/// How many glyphs fit, and whether the last of them must be squeezed for it. At least one where there is one.
fn fit(sets: &[(usize, Set)], width: f32, may_break: impl Fn(usize) -> bool) -> (usize, bool) {
    const TOLERANCE: f32 = 0.01;
    let mut pen = 0.0;
    let mut best: Option<(usize, bool)> = None;
    for (place, (_, set)) in sets.iter().enumerate() {
        let bare = set.glyph.advance * set.size;
        let is_space = set.glyph.character == ' ';
        let squeezable = closes(set.glyph.character) && set.glyph.advance > 0.9;
        let whole = pen + bare <= width + TOLERANCE || is_space;
        let squeezed = !whole && squeezable && pen + bare - 0.5 * set.size <= width + TOLERANCE;
        if !whole && !squeezed {
            return best.unwrap_or((place.max(1), false));
        }
        let next = sets.get(place + 1);
        if next.is_none_or(|(at, _)| may_break(*at)) {
            best = Some((place + 1, squeezed));
        }
        if squeezed && next.is_some() {
            return best.unwrap_or((place.max(1), false));
        }
        pen += set.width();
    }
    (sets.len(), best.is_some_and(|(_, squeezed)| squeezed))
}

/// Quotation marks are "ambiguous" to the Unicode rules, which then never break beside them; in Chinese text they open
/// and close. Each is replaced, for breaking only, by a bracket of the same length in bytes.
const fn for_breaking(character: char) -> char {
    match character {
        '“' | '‘' => '（',
        '”' | '’' => '）',
        other => other,
    }
}

const fn opens(character: char) -> bool {
    matches!(character, '（' | '《' | '〈' | '「' | '『' | '【' | '〔' | '“' | '‘')
}

const fn closes(character: char) -> bool {
    matches!(character, '，' | '。' | '、' | '；' | '：' | '）' | '》' | '〉' | '」' | '』' | '】' | '〕' | '”' | '’')
}

fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '〇')
}

/// What is added between two neighbours, in em.
fn gap(previous: char, next: char) -> f32 {
    let latin = |c: char| c.is_ascii_alphanumeric() || c == '%';
    if (is_han(previous) && latin(next)) || (latin(previous) && is_han(next)) {
        // Below a tenth of an em, or text extraction takes the gap for a space.
        0.09
    } else if (closes(previous) && (closes(next) || opens(next))) || (opens(previous) && opens(next)) {
        -0.5
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, width_in_em: f32) -> Vec<String> {
        let fonts = Fonts::load().unwrap();
        break_lines(&fonts, &[Span::new(text, Face::Song, 10.0)], width_in_em * 10.0, 0.0)
            .iter()
            .map(|line| line.glyphs.iter().map(|set| set.glyph.character).collect())
            .collect()
    }

    #[test]
    fn no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() {
        let text = "坚持“少而精”原则，统筹（布局）建设、《办法》第七条；围绕“产业链”和“专业镇”。".repeat(4);
        for width in 4..20_u8 {
            for line in lines(&text, f32::from(width)) {
                assert!(!line.starts_with(closes), "{line}");
                assert!(!line.ends_with(opens), "{line}");
            }
        }
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_too_wide() {
        let text = "转化17项，合同金额2,386万元，SHA-256 0123456789abcdef0123456789abcdef。";
        for width in 6..30_u8 {
            let fonts = Fonts::load().unwrap();
            let set = break_lines(&fonts, &[Span::new(text, Face::Song, 10.0)], f32::from(width) * 10.0, 0.0);
            assert!(set.iter().all(|line| line.width() <= f32::from(width) * 10.0 + 0.1));
            let joined: String = set.iter().flat_map(|l| l.glyphs.iter().map(|s| s.glyph.character)).collect();
            assert_eq!(joined.replace(' ', ""), text.replace(' ', ""));
        }
    }

    #[test]
    fn line_feeds_break_and_empty_text_is_one_line() {
        assert_eq!(lines("甲\n乙\r\n丙", 10.0), ["甲", "乙", "丙"]);
        assert_eq!(lines("甲\n\n乙", 10.0), ["甲", "", "乙"]);
        assert_eq!(lines("", 10.0), [""]);
        assert_eq!(lines("宽", 0.1), ["宽"]);
    }
}
