//! One expert's statement on paper: the score sheet (个人评分表) or the recusal (回避声明).

use chrono::{DateTime, FixedOffset};
use review::{
    ids::Digest,
    roster::Person,
    round::{Centre, Round},
    scheme::Dimension,
    sheet::{Evidence, Scoring, Sheet, Statement},
};

use crate::{
    capitals::capitals,
    error::ReportError,
    form::{self, BODY, LEADING, Signed},
    layout::{
        draw::Colour,
        flow::{Flow, ParagraphStyle},
        font::{Face, Fonts},
        mm,
        page::Geometry,
        table::{Cell, Table},
        text::{Align, Span},
    },
    margin::Margin,
    output::{Output, finish},
    words,
};

/// What a sheet is printed from. The references are to what has been verified; nothing here checks signatures.
#[derive(Clone, Copy, Debug)]
pub struct SheetInput<'a> {
    /// The round.
    pub round: &'a Round,
    /// The centre that the sheet judges.
    pub centre: &'a Centre,
    /// The expert, as the roster names them.
    pub expert: &'a Person,
    /// The sheet.
    pub sheet: &'a Sheet,
    /// Digest of the signed file that holds the sheet, byte for byte.
    pub digest: &'a Digest,
    /// When it is printed: appears on every page and as the file's date.
    pub printed_at: DateTime<FixedOffset>,
}

/// Prints a sheet: a score sheet or, where the expert steps back, a recusal.
///
/// The same input gives the same bytes.
///
/// # Errors
/// [`ReportError::Font`], [`ReportError::Write`], [`ReportError::Code`]: faults of the program, never of the input.
pub fn sheet_pdf(input: &SheetInput) -> Result<Output, ReportError> {
    let fonts = Fonts::load()?;
    let mut flow = Flow::new(&fonts, Geometry::official());
    let name = match &input.sheet.statement {
        Statement::Scoring(scoring) => {
            score_sheet(&mut flow, input, scoring);
            "个人评分表"
        }
        Statement::Recusal { kind, reason } => {
            recusal(&mut flow, input, words::conflict(*kind), reason);
            "回避声明"
        }
    };
    let mut pages = flow.pages;
    Margin {
        left: format!("{name} · {}", input.round.title),
        right: format!("{} · {}", input.expert.name, input.sheet.id),
        kind: "SHEET",
        digest: input.digest,
        printed_at: &input.printed_at,
        software: &input.sheet.software,
    }
    .draw(&fonts, &mut pages)?;
    finish(
        &fonts,
        &pages,
        format!("{name} {} {}", input.centre.name, input.expert.name),
        input.digest,
        input.printed_at,
    )
}

fn score_sheet(flow: &mut Flow, input: &SheetInput, scoring: &Scoring) {
    form::title(flow, &input.round.title, "个人评分表");
    identity(flow, input);
    flow.space(mm(4.0));
    scores(flow, input, scoring);
    flow.space(mm(4.0));
    opinion(flow, scoring);
    if !scoring.evidence.is_empty() {
        flow.space(mm(4.0));
        evidence(flow, &scoring.evidence);
    }
    form::close(flow, input.round, true, &Signed::Line(signed_total(input, scoring)), &["专家签名"]);
}

/// Centre, total and grade, as they stand above the signature.
fn signed_total(input: &SheetInput, scoring: &Scoring) -> Vec<Span> {
    let total = scoring.total();
    let grade = input.round.scheme.bands.grade(total).title();
    vec![
        Span::new(format!("{}\n", input.centre.name), Face::Song, 12.0),
        Span::new(format!("合计 {total} 分（大写：{}）　对应档次：{grade}", capitals(total)), Face::SongBold, 12.0),
    ]
}

/// Whom and what the sheet is about.
fn identity(flow: &mut Flow, input: &SheetInput) {
    let measure = flow.geometry().measure;
    let (label, half) = (mm(24.0), mm(54.0));
    let pair = |name: &str, value: &str| [form::label(name), Cell::text(Span::new(value, Face::Song, BODY))];
    let wide = |name: &str, value: &str| {
        let [name, value] = pair(name, value);
        vec![name, value.over(3)]
    };
    let four = |a: (&str, &str), b: (&str, &str)| [pair(a.0, a.1), pair(b.0, b.1)].concat();
    let sheet = input.sheet;
    let version = format!("第{}版（清单摘要 {}）", sheet.dossier.version, sheet.dossier.manifest.short());
    let title = if input.expert.title.is_empty() { "—" } else { &input.expert.title };
    Table {
        widths: vec![label, half, label, measure - 2.0 * label - half],
        head: vec![],
        rows: vec![
            wide("中心名称", &input.centre.name),
            wide("依托单位", &input.centre.host.name),
            four(("评审专家", &input.expert.name), ("职　　称", title)),
            wide("工作单位", &input.expert.unit.name),
            wide("评审类别", words::round_kind(input.round.kind)),
            wide("评审材料", &version),
            four(("签署时间", &words::moment(&sheet.signed_at)), ("签署次序", &format!("第{}次", sheet.seq))),
        ],
        leading: LEADING,
        padding: (5.0, 2.5),
        least: mm(8.0),
    }
    .set(flow);
}

/// The six dimensions and the total.
fn scores(flow: &mut Flow, input: &SheetInput, scoring: &Scoring) {
    let scheme = &input.round.scheme;
    let measure = flow.geometry().measure;
    let (number, name, points) = (mm(11.0), mm(42.0), mm(15.0));
    let mut rows: Vec<Vec<Cell>> = Dimension::ALL
        .into_iter()
        .map(|dimension| {
            let place = dimension.index();
            let comment = scoring.comments[place].trim();
            let comment = if comment.is_empty() {
                Cell::centred(Span::new("—", Face::Song, BODY).coloured(Colour::PALE))
            } else {
                Cell::prose(Span::new(comment, Face::Song, BODY))
            };
            vec![
                Cell::centred(Span::new((place + 1).to_string(), Face::Song, BODY)),
                Cell::text(Span::new(dimension.title(), Face::Song, BODY)),
                Cell::centred(Span::new(scheme.maximum(dimension).to_string(), Face::Song, BODY)),
                Cell::centred(Span::new(scoring.scores[place].to_string(), Face::SongBold, 12.0)),
                comment,
            ]
        })
        .collect();
    let total = scoring.total();
    let maximum: review::points::Points = scheme.maxima.iter().copied().sum();
    rows.push(vec![
        form::label("合　　计").over(2),
        Cell::centred(Span::new(maximum.to_string(), Face::Song, BODY)),
        Cell::centred(Span::new(total.to_string(), Face::SongBold, 12.0)),
        Cell::text(Span::new(format!("大写：{}", capitals(total)), Face::SongBold, 12.0)),
    ]);
    let recommended = scoring.recommended.map_or("未提出", |grade| grade.title());
    rows.push(vec![
        form::label("对应档次").over(2),
        Cell::centred(Span::new(scheme.bands.grade(total).title(), Face::SongBold, 12.0)).over(2),
        Cell::text(Span::new(format!("专家建议档次：{recommended}"), Face::Song, BODY)),
    ]);
    Table {
        widths: vec![number, name, points, points, measure - number - name - 2.0 * points],
        head: vec![["序号", "评估内容", "满分", "得分", "评语"].map(form::label).to_vec()],
        rows,
        leading: LEADING,
        padding: (5.0, 2.5),
        least: mm(9.0),
    }
    .set(flow);
}

fn opinion(flow: &mut Flow, scoring: &Scoring) {
    form::heading(flow, "总体意见");
    let text = scoring.opinion.trim();
    if text.is_empty() {
        let none = Span::new("（未填写）", Face::Song, 12.0).coloured(Colour::PALE);
        flow.paragraph(&[none], ParagraphStyle::body(12.0, 21.0));
    }
    for paragraph in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        flow.paragraph(&[Span::new(paragraph, Face::Song, 12.0)], ParagraphStyle::body(12.0, 21.0));
    }
}

/// The pages that the scores rest on.
fn evidence(flow: &mut Flow, evidence: &[Evidence]) {
    let measure = flow.geometry().measure;
    let (name, page) = (mm(53.0), mm(18.0));
    let rows = evidence
        .iter()
        .map(|one| {
            vec![
                Cell::text(Span::new(one.dimension.title(), Face::Song, BODY)),
                Cell::text(Span::new(one.document.as_str(), Face::Song, BODY)),
                Cell::centred(Span::new(format!("第{}页", one.page), Face::Song, BODY)),
            ]
        })
        .collect();
    let table = Table {
        widths: vec![name, measure - name - page, page],
        head: vec![["评估内容", "材料", "页码"].map(form::label).to_vec()],
        rows,
        leading: LEADING,
        padding: (5.0, 2.0),
        least: mm(7.5),
    };
    form::headed_table(flow, "评分依据", &table);
}

fn recusal(flow: &mut Flow, input: &SheetInput, kind: &str, reason: &str) {
    form::title(flow, &input.round.title, "回避声明");
    identity(flow, input);
    flow.space(mm(8.0));
    let style = ParagraphStyle::body(14.0, 27.0);
    let text = |text: String| Span::new(text, Face::Song, 14.0);
    let to = ParagraphStyle::plain(27.0, Align::Left);
    flow.paragraph(&[text(format!("{}：", input.round.bureau.name))], to);
    flow.paragraph(
        &[
            text(format!("本人受邀参加“{}”评审。因与", input.round.title)),
            Span::new(input.centre.name.as_str(), Face::SongBold, 14.0),
            text(format!("（依托单位：{}）存在", input.centre.host.name)),
            Span::new(kind, Face::SongBold, 14.0),
            text("情形，可能影响公正评审，现声明回避该中心的评审：不参与评分，不发表评审意见。".to_owned()),
        ],
        style,
    );
    flow.paragraph(&[text(format!("回避事由：{}", reason.trim()))], style);
    flow.paragraph(&[text("特此声明。".to_owned())], style);
    form::close(flow, input.round, false, &Signed::Text, &["声明人签名"]);
}
