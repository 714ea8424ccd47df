//! The sample dossiers: documents that a fictional centre might hand in, the same byte for byte every time.

mod figure;
mod text;

use chrono::{DateTime, FixedOffset};

use self::text::{Block, Filler, Kind, Template, Texts};
use crate::{
    error::ReportError,
    layout::{
        count,
        flow::{Flow, ParagraphStyle},
        font::{Face, Fonts},
        mm,
        page::Geometry,
        table::{Cell, Table},
        text::{Align, Span, break_lines},
    },
    margin,
    pdf::{self, About},
};

/// One document of a sample dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleDocument {
    /// The title, for example 三年工作总结.
    pub title: String,
    /// The file name.
    pub file_name: String,
    /// The PDF.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
}

/// Makes the documents of one fictional centre, from `assets/sample/documents.toml`.
///
/// The words and figures are those of the field that the centre's name tells of (玛钢, 药茶 …), or of field number
/// `centre_index` (from 0) where it tells of none.
///
/// # Errors
/// [`ReportError::Sample`] where the data file is not well formed; [`ReportError::Font`], [`ReportError::Write`].
pub fn sample_documents(
    centre_index: usize,
    centre_name: &str,
    host: &str,
) -> Result<Vec<SampleDocument>, ReportError> {
    let texts = Texts::load()?;
    let field = texts.field(centre_index, centre_name);
    let filler = Filler { field, centre: centre_name, host };
    let number = |place: usize| u8::try_from(centre_index * 16 + place).unwrap_or(u8::MAX);
    texts.documents.iter().enumerate().map(|(place, template)| document(template, &filler, number(place))).collect()
}

const SIZE: f32 = 16.0;
/// 22 lines to the page, as GB/T 9704-2012 has it.
const LEADING: f32 = mm(225.0) / 22.0;

fn document(template: &Template, filler: &Filler, number: u8) -> Result<SampleDocument, ReportError> {
    let fonts = Fonts::load()?;
    let mut flow = Flow::new(&fonts, Geometry::official());
    let centred = |leading| ParagraphStyle::plain(leading, Align::Centre);
    flow.take(LEADING);
    flow.paragraph(&[Span::new(filler.centre, Face::SongBold, 22.0)], centred(34.0));
    flow.paragraph(&[Span::new(template.title.as_str(), Face::SongBold, 22.0)], centred(34.0));
    flow.paragraph(&[Span::new(filler.fill(&template.subtitle)?, Face::Kai, SIZE)], centred(LEADING));
    flow.space(LEADING);
    for (place, block) in template.blocks.iter().enumerate() {
        if let (Block::Paragraph { p }, Some(Block::Right { right })) = (block, template.blocks.get(place + 1)) {
            // No signature stands on a page without text: the last paragraph goes with it.
            let span = Span::new(filler.fill(p)?, Face::Song, SIZE);
            let lines = break_lines(&fonts, &[span], flow.geometry().measure, 2.0 * SIZE).len();
            flow.reserve(LEADING * count(lines + right.lines().count() + 1));
        }
        set(&mut flow, block, filler, number)?;
    }
    let outline = std::mem::take(&mut flow.outline);
    let mut pages = flow.pages;
    margin::number_pages(&fonts, &mut pages);
    let mut seed = *b"hengjian sample\0";
    seed[15] = number;
    let about = About {
        title: format!("{} {}", filler.centre, template.title),
        author: filler.host.to_owned(),
        made_at: made_at(),
        seed,
        outline,
    };
    let bytes = pdf::write(&fonts, &pages, &about)?;
    Ok(SampleDocument { title: template.title.clone(), file_name: template.file.clone(), bytes, pages: pages.len() })
}

/// The day that the sample documents carry: 20 January 2026, before the measures' trial period ends.
fn made_at() -> DateTime<FixedOffset> {
    DateTime::UNIX_EPOCH.fixed_offset() + chrono::TimeDelta::seconds(1_768_867_200)
}

fn set(flow: &mut Flow, block: &Block, filler: &Filler, number: u8) -> Result<(), ReportError> {
    let body = ParagraphStyle::body(SIZE, LEADING);
    let heading = ParagraphStyle { keep: 3.0 * LEADING, align: Align::Left, ..body };
    match block {
        Block::First { h1 } => {
            let text = filler.fill(h1)?;
            flow.reserve(5.0 * LEADING);
            flow.note_heading(&text);
            flow.paragraph(&[Span::new(text, Face::Hei, SIZE)], heading);
        }
        Block::Second { h2 } => {
            flow.paragraph(&[Span::new(filler.fill(h2)?, Face::Kai, SIZE)], heading);
        }
        Block::Paragraph { p } => flow.paragraph(&[Span::new(filler.fill(p)?, Face::Song, SIZE)], body),
        Block::Left { left } => {
            let style = ParagraphStyle::plain(LEADING, Align::Left);
            flow.paragraph(&[Span::new(filler.fill(left)?, Face::Song, SIZE)], style);
        }
        Block::Right { right } => {
            let text = filler.fill(right)?;
            flow.space(LEADING);
            flow.reserve(LEADING * 4.0);
            for line in text.lines() {
                // Two characters from the right edge, as signatures stand.
                let style = ParagraphStyle::plain(LEADING, Align::Right);
                flow.paragraph(&[Span::new(format!("{line}　　"), Face::Song, SIZE)], style);
            }
        }
        Block::Table { table, columns, widths, rows } => {
            set_table(flow, &filler.fill(table)?, columns, widths, rows, filler)?;
        }
        Block::Figure { figure, caption, labels, series, values } => {
            let fill = |texts: &[String]| texts.iter().map(|text| filler.fill(text)).collect::<Result<Vec<_>, _>>();
            let (labels, series) = (fill(labels)?, fill(series)?);
            flow.reserve(mm(78.0));
            match figure {
                Kind::Flow => figure::boxes(flow, &labels),
                Kind::Bars => {
                    let values: Vec<Vec<u64>> =
                        values.iter().map(|list| numbers(&fill(list)?)).collect::<Result<_, _>>()?;
                    figure::bars(flow, &labels, &series, &values);
                }
            }
            set_caption(flow, &filler.fill(caption)?, 0.0, LEADING * 0.4);
        }
        Block::Picture { caption, .. } => {
            flow.reserve(mm(74.0));
            figure::map(flow, u32::from(number) + 7);
            set_caption(flow, &filler.fill(caption)?, 0.0, LEADING * 0.4);
        }
    }
    Ok(())
}

fn numbers(texts: &[String]) -> Result<Vec<u64>, ReportError> {
    texts
        .iter()
        .map(|text| text.replace(',', "").parse())
        .collect::<Result<_, _>>()
        .map_err(|_| ReportError::Sample { reason: "a figure is no number".to_owned() })
}

fn set_caption(flow: &mut Flow, text: &str, keep: f32, below: f32) {
    let style = ParagraphStyle { keep, below, ..ParagraphStyle::plain(20.0, Align::Centre) };
    flow.paragraph(&[Span::new(text, Face::Hei, 10.5)], style);
}

fn set_table(
    flow: &mut Flow,
    caption: &str,
    columns: &[String],
    widths: &[u16],
    rows: &[Vec<String>],
    filler: &Filler,
) -> Result<(), ReportError> {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(|text| filler.fill(text)).collect())
        .collect::<Result<_, ReportError>>()?;
    // A column of short entries is centred, one with a long entry begins at the left.
    let long = |column: usize| rows.iter().filter_map(|row| row.get(column)).any(|text| text.chars().count() > 10);
    let left: Vec<bool> = (0..columns.len()).map(long).collect();
    let cell = |(column, text): (usize, &String)| {
        let span = Span::new(text.as_str(), Face::Song, 11.0);
        if left.get(column) == Some(&true) { Cell::text(span) } else { Cell::centred(span) }
    };
    let rows = rows.iter().map(|row| row.iter().enumerate().map(cell).collect()).collect();
    let table = Table {
        widths: widths.iter().map(|width| mm(f32::from(*width))).collect(),
        head: vec![columns.iter().map(|text| Cell::label(Span::new(text.as_str(), Face::Hei, 11.0))).collect()],
        rows,
        leading: 17.0,
        padding: (5.0, 3.0),
        least: mm(8.5),
    };
    let (whole, g) = (table.whole_height(flow), flow.geometry());
    // A small table is not broken; of a long one the head and two rows stay with the caption.
    let keep = if whole < (g.bottom - g.top) * 0.3 { whole } else { mm(26.0) };
    flow.space(LEADING * 0.3);
    set_caption(flow, caption, keep, 2.0);
    table.set(flow);
    flow.space(LEADING * 0.6);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_centre_hands_in_the_same_bytes() {
        let make = || sample_documents(1, "晋中市玛钢铸造技术创新中心", "太谷示例铸造有限公司").unwrap();
        assert_eq!(make(), make());
    }

    #[test]
    fn every_field_fills_every_document_with_6_to_20_pages() {
        for index in 0..Texts::load().unwrap().fields.len() {
            for document in sample_documents(index, "晋中市示例技术创新中心", "晋中示例有限公司").unwrap()
            {
                assert!((6..=20).contains(&document.pages), "{} {}", document.title, document.pages);
                assert!(document.bytes.starts_with(b"%PDF-1.7"));
            }
        }
    }

    #[test]
    fn the_tables_fill_the_measure() {
        for document in Texts::load().unwrap().documents {
            for block in document.blocks {
                if let Block::Table { table, columns, widths, rows } = block {
                    assert_eq!(widths.iter().sum::<u16>(), 156, "{table}");
                    assert_eq!(widths.len(), columns.len(), "{table}");
                    assert!(rows.iter().all(|row| row.len() == columns.len()), "{table}");
                }
            }
        }
    }
}
