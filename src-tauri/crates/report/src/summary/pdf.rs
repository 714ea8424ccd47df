//! The summary on paper.

use review::result::CellKind;

use super::{Row, SummaryInput, Tally, agreement, robustness};
use crate::{
    error::ReportError,
    form::{self, BODY, LEADING, Signed},
    layout::{
        count,
        draw::Colour,
        flow::{Flow, ParagraphStyle},
        font::{Face, Fonts},
        mm,
        page::Geometry,
        table::{Cell, Table},
        text::Span,
    },
    margin::Margin,
    output::{Output, finish},
    words,
};

/// How many centres stand side by side in the table of scores.
const ACROSS: usize = 6;

/// Prints the summary. The same input gives the same bytes.
///
/// # Errors
/// [`ReportError::Unknown`] where the result names a centre that the round does not have; [`ReportError::Font`],
/// [`ReportError::Write`], [`ReportError::Code`].
pub fn summary_pdf(input: &SummaryInput) -> Result<Output, ReportError> {
    let fonts = Fonts::load()?;
    let mut flow = Flow::new(&fonts, Geometry::lying());
    let tally = Tally::new(input);
    let rows = tally.rows()?;
    form::title(&mut flow, &input.round.title, "评审结果汇总表");
    meeting(&mut flow, &tally);
    results(&mut flow, &tally, &rows);
    scores(&mut flow, &tally, &rows);
    panels(&mut flow, &tally, &rows);
    findings(&mut flow, &tally);
    form::heading(&mut flow, "参考信息（不影响评审结果）");
    let agreed = agreement(&tally.agreement(&rows));
    flow.paragraph(&[Span::new(format!("专家一致性：{agreed}"), Face::Song, BODY)], ParagraphStyle::body(BODY, 18.0));
    let figures = Signed::Table(signed(&flow, &rows));
    form::close(&mut flow, input.round, true, &figures, &["评审组秘书", "专家组组长"]);
    let mut pages = flow.pages;
    Margin {
        left: format!("评审结果汇总表 · {}", input.round.title),
        right: format!("轮次 {}", input.round.id),
        kind: "RESULT",
        digest: input.digest,
        printed_at: &input.printed_at,
        software: &input.head.software,
    }
    .draw(&fonts, &mut pages)?;
    finish(&fonts, &pages, format!("评审结果汇总表 {}", input.round.title), input.digest, input.printed_at)
}

fn text(value: impl Into<String>) -> Cell {
    Cell::text(Span::new(value, Face::Song, BODY))
}

fn centred(value: impl Into<String>) -> Cell {
    Cell::centred(Span::new(value, Face::Song, BODY))
}

fn table(widths: Vec<f32>, head: &[&str], rows: Vec<Vec<Cell>>) -> Table {
    Table {
        widths,
        head: vec![head.iter().map(|name| form::label(name)).collect()],
        rows,
        leading: LEADING,
        padding: (5.0, 2.5),
        least: mm(8.0),
    }
}

fn meeting(flow: &mut Flow, tally: &Tally) {
    let (round, panel) = (tally.input.round, &tally.input.roster.panel);
    let scheme = tally.scheme();
    let label = mm(26.0);
    let value = flow.geometry().measure / 2.0 - label;
    let period = format!("{}至{}", words::day(round.period.from), words::day(round.period.to));
    let method = format!("{}，{}至百分位", scheme.method.title(), scheme.rounding.title());
    let chair = tally.name(&panel.chair);
    let people = format!("组长{chair}，委员共{}人；秘书{}", panel.members.len(), panel.secretary.name);
    let rows = [
        (("主管部门", round.bureau.name.clone()), ("评审日期", words::day(round.held_on))),
        (("评审类别", words::round_kind(round.kind).to_owned()), ("评估期", period)),
        (("专家组", people), ("合成方法", method)),
    ]
    .into_iter()
    .map(|(a, b)| vec![form::label(a.0), text(a.1), form::label(b.0), text(b.1)])
    .collect();
    Table {
        widths: vec![label, value, label, value],
        head: vec![],
        rows,
        leading: LEADING,
        padding: (5.0, 2.0),
        least: mm(7.5),
    }
    .set(flow);
    flow.space(mm(4.0));
}

fn results(flow: &mut Flow, tally: &Tally, rows: &[Row]) {
    let widths = [13.0, 62.0, 23.0, 20.0, 30.0, 40.0, 26.0, 39.0].map(mm).to_vec();
    let body = rows
        .iter()
        .enumerate()
        .map(|(place, row)| {
            let c = row.composition();
            let names = Span::new(format!("{}\n", row.centre.name), Face::SongBold, BODY);
            let host = Span::new(row.centre.host.name.as_str(), Face::Song, 9.0).coloured(Colour::PALE);
            let score = row.score().map_or_else(|| "—".to_owned(), words::combined);
            let alarm = if row.is_refused() { Colour::CINNABAR } else { Colour::INK };
            vec![
                centred((place + 1).to_string()),
                Cell { spans: vec![names, host], ..text("") },
                centred(format!("{}／{}", c.members.len(), c.host_members.len())),
                Cell::centred(Span::new(score, Face::SongBold, 13.0)),
                Cell::centred(Span::new(row.grade(), Face::SongBold, 11.5).coloured(alarm)),
                Cell::text(Span::new(row.consequence(), Face::Song, BODY).coloured(alarm)),
                centred(row.spread()),
                text(robustness(tally, row.robustness.as_ref())),
            ]
        })
        .collect();
    let head = ["序号", "中心名称与依托单位", "有效／依托\n（人）", "得分", "档次", "处理", "分差", "稳健性"];
    form::headed_table(flow, "一、评审结果", &table(widths, &head, body));
    flow.space(mm(5.0));
}

/// Experts down, centres across, a table for every six centres.
fn scores(flow: &mut Flow, tally: &Tally, rows: &[Row]) {
    let measure = flow.geometry().measure;
    for (block, centres) in rows.chunks(ACROSS).enumerate() {
        let first = [mm(13.0), mm(26.0), mm(60.0)];
        let rest = measure - first.iter().sum::<f32>();
        let mut widths = first.to_vec();
        widths.extend(centres.iter().map(|_| rest / count(centres.len())));
        let mut head = vec!["序号".to_owned(), "专家".to_owned(), "工作单位".to_owned()];
        head.extend(
            centres
                .iter()
                .enumerate()
                .map(|(place, row)| format!("{}．{}", block * ACROSS + place + 1, short_name(&row.centre.name))),
        );
        let body = tally
            .members()
            .iter()
            .enumerate()
            .map(|(place, member)| {
                let mut cells = vec![
                    centred((place + 1).to_string()),
                    centred(member.name.as_str()),
                    text(member.unit.name.as_str()),
                ];
                cells.extend(centres.iter().map(|row| {
                    let mark = if row.composition().host_members.contains(&member.key) { " ※" } else { "" };
                    match tally.cell(&row.centre.id, &member.key).map(|cell| &cell.kind) {
                        Some(CellKind::Scored { total }) => centred(format!("{total}{mark}")),
                        Some(other) => {
                            Cell::centred(Span::new(words::cell(other), Face::Kai, BODY).coloured(Colour::PALE))
                        }
                        None => centred("—"),
                    }
                }));
                cells
            })
            .collect();
        let names: Vec<&str> = head.iter().map(String::as_str).collect();
        let heading = if block == 0 { "二、专家评分" } else { "二、专家评分（续）" };
        form::headed_table(flow, heading, &table(widths, &names, body));
        flow.space(mm(2.0));
    }
    let note = Span::new("※ 该专家属于被评中心的依托单位（第十一条）。", Face::Song, 9.0).coloured(Colour::PALE);
    flow.paragraph(&[note], ParagraphStyle { indent: 0.0, ..ParagraphStyle::body(9.0, 15.0) });
    flow.space(mm(4.0));
}

/// The part of a centre's name that tells it from the others (Article 24).
fn short_name(name: &str) -> &str {
    let inner = name.strip_prefix("晋中市").and_then(|rest| rest.strip_suffix("技术创新中心"));
    inner.filter(|inner| !inner.is_empty()).unwrap_or(name)
}

fn panels(flow: &mut Flow, tally: &Tally, rows: &[Row]) {
    let widths = [13.0, 70.0, 26.0, 26.0, 26.0, 92.0].map(mm).to_vec();
    let all = tally.members().len();
    let body = rows
        .iter()
        .enumerate()
        .map(|(place, row)| {
            let c = row.composition();
            let (verdict, colour) = verdict(row);
            vec![
                centred((place + 1).to_string()),
                text(row.centre.name.as_str()),
                centred(format!("{all}人")),
                centred(format!("{}人", c.members.len())),
                centred(format!("{}人", c.host_members.len())),
                Cell::text(Span::new(verdict, Face::Song, BODY).coloured(colour)),
            ]
        })
        .collect();
    let head = ["序号", "中心名称", "委员总数", "有效评审", "依托单位", "核验结论"];
    form::headed_table(flow, "三、专家组构成核验（第十一条）", &table(widths, &head, body));
    flow.space(mm(5.0));
}

fn verdict(row: &Row) -> (String, Colour) {
    let composition = row.composition();
    let mut words = row.violations(&composition.violations);
    let colour = if words.is_empty() { Colour::INK } else { Colour::CINNABAR };
    if words.is_empty() {
        words.push("符合：人数和依托单位人员比例均合规".to_owned());
    }
    if !composition.by_name_only.is_empty() {
        let n = composition.by_name_only.len();
        words.push(format!("其中{n}人因缺少统一社会信用代码仅按名称认定，请核实"));
    }
    (words.join("；"), colour)
}

/// What notes and signature lines leave of a page.
const ROOM: f32 = mm(100.0);

/// Every centre with its score and grade, as they stand above the signatures: the more there are the closer together, since
/// all that is signed stands on the page that is signed. Only with more centres than any year has known do they run over.
fn signed(flow: &Flow, rows: &[Row]) -> Table {
    let first = match rows.len() {
        0..=6 => 1,
        7..=24 => 2,
        _ => 3,
    };
    let fits = |table: &Table| table.whole_height(flow) <= ROOM;
    (first..4).map(|across| side_by_side(flow, rows, across)).find(fits).unwrap_or_else(|| side_by_side(flow, rows, 4))
}

/// The centres in so many columns; from three on set small, from four on with their names cut to what tells them apart.
fn side_by_side(flow: &Flow, rows: &[Row], across: usize) -> Table {
    let small = across > 2;
    let size = if small { 8.5 } else { BODY };
    let (number, score, grade) = if small { (8.5, 12.5, 15.0) } else { (11.0, 16.0, 19.0) };
    let (number, score, grade) = (mm(number), mm(score), mm(grade));
    let name = flow.geometry().measure / count(across) - number - score - grade;
    let plain = |text: &str, face: Face| Cell::centred(Span::new(text, face, size));
    let called = |row: &Row| {
        let name = if across > 3 { short_name(&row.centre.name) } else { row.centre.name.as_str() };
        // A single list has room for the host.
        let host = if across == 1 { format!("　{}", row.centre.host.name) } else { String::new() };
        let host = Span::new(host, Face::Song, 9.0).coloured(Colour::PALE);
        Cell { spans: vec![Span::new(name, Face::Song, size), host], ..text("") }
    };
    let cells = |place: usize| match rows.get(place) {
        Some(row) => vec![
            plain(&(place + 1).to_string(), Face::Song),
            called(row),
            plain(&row.score().map_or_else(|| "—".to_owned(), words::combined), Face::SongBold),
            plain(row.standing(), Face::SongBold),
        ],
        None => vec![text(""), text(""), text(""), text("")],
    };
    let down = rows.len().div_ceil(across);
    let head = || ["序号", "中心名称", "得分", "档次"].map(|name| Cell::label(Span::new(name, Face::Hei, size)));
    let (leading, padding, least) = if small { (11.4, (2.5, 0.6), 12.6) } else { (LEADING, (4.0, 2.0), mm(7.0)) };
    Table {
        widths: [number, name, score, grade].repeat(across),
        head: vec![(0..across).flat_map(|_| head()).collect()],
        rows: (0..down).map(|line| (0..across).flat_map(|block| cells(block * down + line)).collect()).collect(),
        leading,
        padding,
        least,
    }
}

fn findings(flow: &mut Flow, tally: &Tally) {
    let findings = &tally.input.head.findings;
    if findings.is_empty() {
        return;
    }
    let rest = flow.geometry().measure - mm(70.0 + 44.0 + 50.0);
    let body = findings
        .iter()
        .map(|finding| {
            let centre = tally.input.round.centre(&finding.centre).map_or("—", |centre| centre.name.as_str());
            vec![
                text(centre),
                centred(words::finding(finding.kind)),
                Cell::prose(Span::new(finding.evidence.trim(), Face::Song, BODY)),
                centred(words::moment(&finding.recorded_at)),
            ]
        })
        .collect();
    let widths = vec![mm(70.0), mm(44.0), rest, mm(50.0)];
    let head = ["中心名称", "情形", "依据", "记录时间"];
    form::headed_table(flow, "四、认定事项（第二十二条）", &table(widths, &head, body));
    flow.space(mm(5.0));
}
