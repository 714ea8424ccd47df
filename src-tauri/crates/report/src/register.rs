//! The register of centres (名录) as a workbook: one line for each decision, over the years.

use chrono::{DateTime, FixedOffset};
use review::{result::Consequence, scheme::Grade};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::{error::ReportError, words};

/// The most characters that a cell holds.
const LONGEST: usize = 32_767;

/// One decision of the bureau on one centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterLine {
    /// The centre's full name.
    pub centre: String,
    /// Its host unit's name.
    pub host: String,
    /// The round's title.
    pub round: String,
    /// The grade, where there is one.
    pub grade: Option<Grade>,
    /// What follows.
    pub consequence: Option<Consequence>,
    /// The bureau's note.
    pub note: String,
    /// The day of the decision, `YYYY-MM-DD`.
    pub decided_on: String,
}

/// Writes the register as a workbook. The same input gives the same bytes.
///
/// # Errors
/// [`ReportError::Write`].
pub fn register_xlsx(lines: &[RegisterLine], printed_at: DateTime<FixedOffset>) -> Result<Vec<u8>, ReportError> {
    write(lines, printed_at).map_err(|error| ReportError::Write { reason: error.to_string() })
}

fn write(lines: &[RegisterLine], printed_at: DateTime<FixedOffset>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made_at = ExcelDateTime::from_timestamp(printed_at.timestamp())?;
    book.set_properties(&DocProperties::new().set_title("市技术创新中心名录").set_creation_datetime(&made_at));
    let sheet = book.add_worksheet();
    sheet.set_name("名录")?.set_landscape().set_paper_size(9);
    let base = || Format::new().set_font_name("宋体").set_font_size(11).set_align(FormatAlign::VerticalCenter);
    let title = base().set_font_size(16).set_bold();
    let head = base().set_border(FormatBorder::Thin).set_bold().set_align(FormatAlign::Center);
    let text = base().set_border(FormatBorder::Thin).set_text_wrap();
    sheet.write_string_with_format(0, 0, "市技术创新中心名录", &title)?;
    let columns = [
        ("中心名称", 36.0),
        ("依托单位", 32.0),
        ("轮次", 32.0),
        ("档次", 10.0),
        ("处理", 36.0),
        ("备注", 40.0),
        ("认定日期", 14.0),
    ];
    for (column, (name, width)) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(1, column, name, &head)?;
        sheet.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(2, 0)?;
    for (row, line) in (2_u32..).zip(lines) {
        write_line(sheet, row, line, &text)?;
    }
    book.save_to_buffer()
}

fn write_line(sheet: &mut Worksheet, row: u32, line: &RegisterLine, format: &Format) -> Result<(), XlsxError> {
    let consequence = line.consequence.as_ref().map(words::consequence).unwrap_or_default();
    let cells = [
        line.centre.as_str(),
        line.host.as_str(),
        line.round.as_str(),
        line.grade.map_or("", Grade::title),
        consequence.as_str(),
        line.note.as_str(),
        line.decided_on.as_str(),
    ];
    for (column, cell) in (0_u16..).zip(cells) {
        let cut: String = cell.chars().take(LONGEST).collect();
        // `write_string` never makes a formula, whatever the text begins with.
        sheet.write_string_with_format(row, column, cut, format)?;
    }
    Ok(())
}
