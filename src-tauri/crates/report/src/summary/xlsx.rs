//! The summary as a workbook: numbers as numbers, text as text whatever it looks like.

use std::collections::BTreeMap;

use review::{
    ids::Digest,
    points::Points,
    scheme::Dimension,
    sheet::{Sheet, Statement},
};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::{Row, SummaryInput, Tally, agreement, robustness};
use crate::{error::ReportError, form, words};

/// The most characters that a cell holds.
const LONGEST: usize = 32_767;

/// Writes the workbook, with a sheet 汇总 and a sheet 评分明细. The same input gives the same bytes.
///
/// # Errors
/// [`ReportError::Unknown`] where the result names a centre that the round does not have; [`ReportError::Write`].
pub fn summary_xlsx(input: &SummaryInput) -> Result<Vec<u8>, ReportError> {
    let tally = Tally::new(input);
    let rows = tally.rows()?;
    write(&tally, &rows).map_err(|error| ReportError::Write { reason: error.to_string() })
}

fn write(tally: &Tally, rows: &[Row]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made_at = ExcelDateTime::from_timestamp(tally.input.printed_at.timestamp())?;
    book.set_properties(
        &DocProperties::new().set_title(tally.input.round.title.as_str()).set_creation_datetime(&made_at),
    );
    let formats = Formats::new();
    summary(book.add_worksheet(), tally, rows, &formats)?;
    details(book.add_worksheet(), tally, rows, &formats)?;
    book.save_to_buffer()
}

struct Formats {
    title: Format,
    head: Format,
    text: Format,
    /// A combined score: two decimals.
    combined: Format,
    /// An expert's points: one decimal, two where the scheme's step needs them.
    points: Format,
    number: Format,
}

impl Formats {
    fn new() -> Self {
        let base = || Format::new().set_font_name("宋体").set_font_size(11).set_align(FormatAlign::VerticalCenter);
        let boxed = || base().set_border(FormatBorder::Thin);
        Self {
            title: base().set_font_size(16).set_bold(),
            head: boxed().set_bold().set_text_wrap().set_align(FormatAlign::Center).set_background_color("F1F0EC"),
            text: boxed().set_text_wrap(),
            combined: boxed().set_num_format("0.00"),
            points: boxed().set_num_format("0.0#"),
            number: boxed().set_num_format("0"),
        }
    }
}

/// Hundredths as the nearest float: for the workbook only, which has no other numbers.
fn points(points: Points) -> f64 {
    f64::from(points.hundredths()) / 100.0
}

fn number(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

/// A worksheet filled cell by cell from the left.
struct Pen<'a> {
    sheet: &'a mut Worksheet,
    formats: &'a Formats,
    row: u32,
    column: u16,
}

impl Pen<'_> {
    fn text(&mut self, text: &str) -> Result<(), XlsxError> {
        let cut: String = text.chars().take(LONGEST).collect();
        // `write_string` never makes a formula, whatever the text begins with.
        self.sheet.write_string_with_format(self.row, self.column, cut, &self.formats.text)?;
        self.column += 1;
        Ok(())
    }

    fn points(&mut self, value: Option<Points>) -> Result<(), XlsxError> {
        self.figure(value, &self.formats.points)
    }

    fn combined(&mut self, value: Option<Points>) -> Result<(), XlsxError> {
        self.figure(value, &self.formats.combined)
    }

    fn figure(&mut self, value: Option<Points>, format: &Format) -> Result<(), XlsxError> {
        match value {
            Some(value) => {
                self.sheet.write_number_with_format(self.row, self.column, points(value), format)?;
            }
            None => {
                self.sheet.write_blank(self.row, self.column, format)?;
            }
        }
        self.column += 1;
        Ok(())
    }

    fn number(&mut self, value: usize) -> Result<(), XlsxError> {
        self.sheet.write_number_with_format(self.row, self.column, number(value), &self.formats.number)?;
        self.column += 1;
        Ok(())
    }

    fn head(&mut self, names: &[&str], widths: &[f64]) -> Result<(), XlsxError> {
        for (name, width) in names.iter().zip(widths) {
            self.sheet.write_string_with_format(self.row, self.column, *name, &self.formats.head)?;
            self.sheet.set_column_width(self.column, *width)?;
            self.column += 1;
        }
        self.next();
        self.sheet.set_freeze_panes(self.row, 0)?;
        Ok(())
    }

    const fn next(&mut self) {
        self.row += 1;
        self.column = 0;
    }
}

fn summary(sheet: &mut Worksheet, tally: &Tally, rows: &[Row], formats: &Formats) -> Result<(), XlsxError> {
    let round = tally.input.round;
    sheet.set_name("汇总")?.set_landscape().set_paper_size(9);
    sheet.write_string_with_format(0, 0, format!("{}　评审结果汇总", round.title), &formats.title)?;
    let scheme = tally.scheme();
    let basis = format!(
        "主管部门：{}　评审日期：{}　合成方法：{}，{}至百分位　结果摘要（SHA-256）：{}",
        round.bureau.name,
        words::day(round.held_on),
        scheme.method.title(),
        scheme.rounding.title(),
        tally.input.digest
    );
    sheet.write_string(1, 0, basis)?;
    let mut row = 2;
    sheet.write_string(row, 0, form::scheme_note(round).0)?;
    if let Some(reason) = &round.out_of_force_reason {
        row += 1;
        sheet.write_string(row, 0, form::out_of_force_note(reason))?;
    }
    let mut pen = Pen { sheet, formats, row: row + 1, column: 0 };
    pen.head(
        &[
            "序号",
            "中心名称",
            "依托单位",
            "有效评审人数",
            "依托单位人数",
            "得分",
            "档次",
            "处理",
            "最低",
            "最高",
            "分差",
            "稳健性",
        ],
        &[6.0, 34.0, 30.0, 9.0, 9.0, 9.0, 16.0, 34.0, 9.0, 9.0, 9.0, 40.0],
    )?;
    for (place, row) in rows.iter().enumerate() {
        pen.number(place + 1)?;
        pen.text(&row.centre.name)?;
        pen.text(&row.centre.host.name)?;
        pen.number(row.composition().members.len())?;
        pen.number(row.composition().host_members.len())?;
        pen.combined(row.score())?;
        pen.text(&row.grade())?;
        pen.text(&row.consequence())?;
        pen.points(row.spread.map(|spread| spread.min))?;
        pen.points(row.spread.map(|spread| spread.max))?;
        pen.points(row.spread.map(|spread| spread.range))?;
        pen.text(&robustness(tally, row.robustness.as_ref()))?;
        pen.next();
    }
    pen.next();
    let (sheet, last) = (pen.sheet, pen.row);
    sheet.write_string(last, 0, format!("专家一致性（不影响评审结果）：{}", agreement(&tally.agreement(rows))))?;
    Ok(())
}

fn details(sheet: &mut Worksheet, tally: &Tally, rows: &[Row], formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_name("评分明细")?.set_landscape().set_paper_size(9);
    let mut pen = Pen { sheet, formats, row: 0, column: 0 };
    let mut names = vec!["中心名称", "专家", "工作单位", "依托单位专家", "状态"];
    names.extend(Dimension::ALL.map(Dimension::title));
    names.extend(["合计", "对应档次", "建议档次", "总体意见", "电子原件摘要（SHA-256）"]);
    let mut widths = vec![34.0, 12.0, 30.0, 9.0, 9.0];
    widths.extend([12.0; 6]);
    widths.extend([9.0, 10.0, 10.0, 60.0, 70.0]);
    pen.head(&names, &widths)?;
    let sheets: BTreeMap<Digest, &Sheet> = tally.input.sheets.iter().copied().collect();
    for row in rows {
        for member in tally.members() {
            let Some(cell) = tally.cell(&row.centre.id, &member.key) else { continue };
            let scoring = match sheets.get(&cell.digest).map(|sheet| &sheet.statement) {
                Some(Statement::Scoring(scoring)) => Some(scoring),
                _ => None,
            };
            let total = tally.total(&row.centre.id, &member.key);
            pen.text(&row.centre.name)?;
            pen.text(&member.name)?;
            pen.text(&member.unit.name)?;
            pen.text(if row.composition().host_members.contains(&member.key) { "是" } else { "否" })?;
            pen.text(words::cell(&cell.kind))?;
            for dimension in Dimension::ALL {
                pen.points(scoring.map(|scoring| scoring.scores[dimension.index()]))?;
            }
            pen.points(total)?;
            pen.text(total.map_or("", |total| tally.scheme().bands.grade(total).title()))?;
            pen.text(scoring.and_then(|s| s.recommended).map_or("", |grade| grade.title()))?;
            pen.text(scoring.map_or("", |scoring| scoring.opinion.as_str()))?;
            pen.text(&cell.digest.to_string())?;
            pen.next();
        }
    }
    Ok(())
}
