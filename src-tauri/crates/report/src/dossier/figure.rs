//! Figures of the sample documents: bars and boxes drawn as vectors, a map of measured values as pixels.

use crate::layout::{
    count,
    draw::{Colour, Item, Picture},
    flow::Flow,
    font::Face,
    mm,
    text::{Align, Span},
};

const COLOURS: [Colour; 3] = [Colour::TEAL, Colour::SAND, Colour::CINNABAR];

fn small(text: &str) -> [Span; 1] {
    [Span::new(text, Face::Song, 9.0)]
}

/// Grouped bars with a scale, values and a legend.
pub(crate) fn bars(flow: &mut Flow, labels: &[String], series: &[String], values: &[Vec<u64>]) {
    let height = mm(66.0);
    let top = flow.take(height) + mm(9.0);
    let (g, fonts) = (flow.geometry(), flow.fonts);
    let (left, width) = (g.left + mm(14.0), g.measure - mm(18.0));
    let (base, full) = (top + mm(48.0), mm(46.0));
    let largest = values.iter().flatten().copied().max().unwrap_or(1).max(1);
    let step = step(largest);
    let ticks = largest.div_ceil(step);
    let scale = full / ratio(ticks * step);
    let page = flow.page();
    for tick in 0..=ticks {
        let y = base - ratio(tick * step) * scale;
        let (line, colour) = if tick == 0 { (0.8, Colour::INK) } else { (0.4, Colour::GRID) };
        page.rule((left, y), (left + width, y), line, colour);
        page.line(fonts, &small(&(tick * step).to_string()), left - mm(14.0), y + 3.0, mm(12.0), Align::Right);
    }
    let group = width / count(labels.len().max(1));
    let bar = (group * 0.62 / count(series.len().max(1))).min(mm(14.0));
    for (place, label) in labels.iter().enumerate() {
        let middle = left + group * (count(place) + 0.5);
        let first = middle - bar * count(series.len()) / 2.0;
        for (which, values) in values.iter().enumerate() {
            let value = values.get(place).copied().unwrap_or(0);
            let (x, tall) = (first + bar * count(which), ratio(value) * scale);
            page.fill(x + 1.0, base - tall, bar - 2.0, tall, COLOURS[which % COLOURS.len()]);
            page.line(fonts, &small(&value.to_string()), x - 8.0, base - tall - 3.0, bar + 16.0, Align::Centre);
        }
        page.line(fonts, &small(label), middle - group / 2.0, base + 13.0, group, Align::Centre);
    }
    let mut x = left + 4.0;
    for (which, name) in series.iter().enumerate() {
        page.fill(x, top - mm(6.5), 8.0, 8.0, COLOURS[which % COLOURS.len()]);
        page.line(fonts, &small(name), x + 12.0, top - mm(6.5) + 7.5, mm(40.0), Align::Left);
        x += mm(10.0) + 9.0 * count(name.chars().count());
    }
}

/// Boxes: the first above the second, the others below it side by side.
pub(crate) fn boxes(flow: &mut Flow, labels: &[String]) {
    let top = flow.take(mm(58.0)) + mm(4.0);
    let (g, fonts) = (flow.geometry(), flow.fonts);
    let (wide, tall) = (mm(44.0), mm(12.0));
    let middle = g.left + g.measure / 2.0;
    let page = flow.page();
    let mut draw = |text: &str, centre: f32, y: f32, ground: Colour| {
        page.fill(centre - wide / 2.0, y, wide, tall, ground);
        page.frame(centre - wide / 2.0, y, wide, tall, 0.7, Colour::TEAL);
        let span = [Span::new(text, Face::Song, 11.0)];
        page.line(fonts, &span, centre - wide / 2.0, y + tall / 2.0 + 4.0, wide, Align::Centre);
    };
    let below = labels.get(2..).unwrap_or_default();
    let apart = g.measure / count(below.len().max(1));
    let centre_of = |place: usize| g.left + apart * (count(place) + 0.5);
    let rows = [top, top + mm(19.0), top + mm(40.0)];
    for (label, y) in labels.iter().zip(rows).take(2) {
        draw(label, middle, y, Colour::GROUND);
    }
    for (place, label) in below.iter().enumerate() {
        draw(label, centre_of(place), rows[2], Colour(1.0, 1.0, 1.0));
    }
    let bus = rows[2] - mm(4.5);
    page.rule((middle, rows[0] + tall), (middle, rows[1]), 0.7, Colour::TEAL);
    page.rule((middle, rows[1] + tall), (middle, bus), 0.7, Colour::TEAL);
    if let Some(last) = below.len().checked_sub(1) {
        page.rule((centre_of(0), bus), (centre_of(last), bus), 0.7, Colour::TEAL);
    }
    for place in 0..below.len() {
        page.rule((centre_of(place), bus), (centre_of(place), rows[2]), 0.7, Colour::TEAL);
    }
}

/// A map of measured values with its colour scale.
pub(crate) fn map(flow: &mut Flow, seed: u32) {
    let (wide, high) = (mm(112.0), mm(56.0));
    let top = flow.take(high + mm(6.0)) + mm(3.0);
    let (g, fonts) = (flow.geometry(), flow.fonts);
    let x = g.left + (g.measure - wide - mm(16.0)) / 2.0;
    let page = flow.page();
    page.picture(x, top, wide, samples(seed));
    page.frame(x, top, wide, high, 0.6, Colour::INK);
    let (scale, side) = (x + wide + mm(5.0), mm(4.0));
    for row in 0..64_u16 {
        let [red, green, blue] = colour(i64::from(255 - 4 * row));
        let part = |value: u8| f32::from(value) / 255.0;
        let y = top + high * f32::from(row) / 64.0;
        let ground = Colour(part(red), part(green), part(blue));
        page.items.push(Item::Fill { x: scale, y, width: side, height: high / 64.0 + 0.2, colour: ground });
    }
    page.line(fonts, &small("高"), scale + side + 4.0, top + 8.0, mm(8.0), Align::Left);
    page.line(fonts, &small("低"), scale + side + 4.0, top + high - 1.0, mm(8.0), Align::Left);
}

/// A round step that gives four to eight ticks.
fn step(largest: u64) -> u64 {
    let mut step = 1;
    loop {
        for factor in [1, 2, 5] {
            if largest.div_ceil(step * factor) <= 6 {
                return step * factor;
            }
        }
        step *= 10;
    }
}

/// A figure as a length factor; exact up to 65,535, which no figure of the sample reaches.
fn ratio(value: u64) -> f32 {
    u16::try_from(value).map_or(65_535.0, f32::from)
}

/// 56 × 28 measured points, each a square of 8 × 8 pixels.
fn samples(seed: u32) -> Picture {
    const ACROSS: i64 = 56;
    const DOWN: i64 = 28;
    const EACH: i64 = 8;
    let seed = i64::from(seed % 1_000);
    // Three hills at places that the seed moves, and a grain.
    let hills = [
        (8 + seed * 7 % 40, 5 + seed * 3 % 18, 260_i64),
        (30 + seed * 5 % 22, 8 + seed * 11 % 14, 340),
        (44 - seed * 3 % 30, 20 - seed * 5 % 12, 190),
    ];
    let mut grain = seed.unsigned_abs().wrapping_add(12_345);
    let mut rows: Vec<Vec<[u8; 3]>> = vec![];
    for y in 0..DOWN {
        let mut row = vec![];
        for x in 0..ACROSS {
            grain = grain.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let noise = i64::try_from(grain >> 60).unwrap_or(0) * 2;
            let field: i64 = hills
                .iter()
                .map(|(hx, hy, strength)| {
                    let distance = (x - hx) * (x - hx) + 2 * (y - hy) * (y - hy);
                    strength * 100 / (100 + distance)
                })
                .sum();
            row.push(colour(field / 2 + noise + 20));
        }
        rows.push(row);
    }
    let mut rgb = vec![];
    for row in &rows {
        let line: Vec<u8> = row
            .iter()
            .flat_map(|pixel| std::iter::repeat_n(pixel, usize::try_from(EACH).unwrap_or(1)))
            .flatten()
            .copied()
            .collect();
        for _ in 0..EACH {
            rgb.extend_from_slice(&line);
        }
    }
    let side = |n: i64| u16::try_from(n * EACH).unwrap_or(1);
    Picture { width: side(ACROSS), height: side(DOWN), rgb }
}

/// From deep teal over sand to cinnabar, for 0 to 255.
fn colour(value: i64) -> [u8; 3] {
    const STOPS: [[i64; 3]; 3] = [[24, 78, 99], [222, 203, 150], [178, 48, 34]];
    let value = value.clamp(0, 255);
    let (from, to, part) = if value < 128 { (STOPS[0], STOPS[1], value) } else { (STOPS[1], STOPS[2], value - 128) };
    let mix = |place: usize| u8::try_from(from[place] + (to[place] - from[place]) * part / 128).unwrap_or(0);
    [mix(0), mix(1), mix(2)]
}
