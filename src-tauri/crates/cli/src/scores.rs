//! `score`: the expert's scores, one by one or from a table.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use desk::{
    Desk, DeskError,
    dto::{CentreView, DraftChange, ReviewView, Saved, ScoreRow},
    expert,
};
use review::{
    points::Points,
    scheme::{Dimension, Grade},
    sheet::MAX_COMMENT,
};
use serde::Serialize;

use crate::{
    Global,
    output::{Done, Failure, table},
    session::{self, Session, Stage},
    typed,
    words::{self, say},
};

/// 评分
#[derive(clap::Subcommand)]
pub(crate) enum Score {
    /// 记一项得分、评语或综合意见
    Set(Set),
    /// 显示各中心的得分
    Show,
    /// 从表格导入：中心,维度,得分,评语；任何一行不成立时一行也不记
    Import {
        /// CSV 文件，UTF-8
        #[arg(value_name = "CSV")]
        file: PathBuf,
    },
}

/// 记一项得分、评语或综合意见
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true).args(["points", "comment", "opinion", "recommended"])))]
pub(crate) struct Set {
    /// 中心的编号或名称
    #[arg(long, value_name = "C")]
    centre: String,
    /// 第二十一条的六项内容之一，1 至 6
    #[arg(long, value_name = "1..6", value_parser = clap::value_parser!(u8).range(1..=6))]
    dimension: Option<u8>,
    /// 得分，至多两位小数
    #[arg(long, requires = "dimension", value_name = "P")]
    points: Option<Points>,
    /// 评语
    #[arg(long, requires = "dimension", value_name = "T")]
    comment: Option<String>,
    /// 综合意见
    #[arg(long, value_name = "T")]
    opinion: Option<String>,
    /// 建议等次：excellent、good、qualified、basically_qualified、unqualified
    #[arg(long, value_parser = typed::code::<Grade>)]
    recommended: Option<Grade>,
}

impl Score {
    pub(crate) fn run(self, global: &Global) -> Result<Done, Failure> {
        let mut session = Session::open(global)?;
        let round = session.round(Stage::Signed)?;
        match self {
            Self::Set(set) => set.run(&mut session, &round),
            Self::Show => show(&expert::my_scores(&mut session.desk, &round)?),
            Self::Import { file } => import(&mut session, &round, &file),
        }
    }
}

impl Set {
    fn run(self, session: &mut Session, round: &str) -> Result<Done, Failure> {
        let centre = session.centre(round, &self.centre)?;
        let place = self.dimension.unwrap_or(1) - 1;
        let changes = [
            self.points.map(|points| DraftChange::Score { dimension: place, score: Some(points) }),
            self.comment.map(|text| DraftChange::Comment { dimension: place, text }),
            self.opinion.map(|text| DraftChange::Opinion { text }),
            self.recommended.map(|grade| DraftChange::Recommended { grade: Some(grade) }),
        ];
        let mut saved: Option<Saved> = None;
        for change in changes.into_iter().flatten() {
            saved = Some(expert::save_draft(&mut session.desk, round, &centre, change)?);
        }
        let saved = saved.ok_or_else(|| DeskError::new("NOTHING_TO_SAVE"))?;
        let summary = &saved.summary;
        let figures: [(&str, &dyn std::fmt::Display); 3] =
            [("centre", &summary.centre_name), ("scored", &summary.scored), ("total", &summary.total)];
        Ok(Done::new(&saved)?.line(say("score.saved", &figures)))
    }
}

fn show(rows: &[ScoreRow]) -> Result<Done, Failure> {
    let head = [
        "score.centre",
        "score.1",
        "score.2",
        "score.3",
        "score.4",
        "score.5",
        "score.6",
        "score.total",
        "score.state",
    ];
    let mut lines = vec![head.iter().map(|key| say(key, &[])).collect::<Vec<_>>()];
    for row in rows {
        let summary = &row.summary;
        let score = |score: &Option<Points>| score.map_or_else(|| "—".to_owned(), |score| score.to_string());
        let mut line = vec![summary.centre_name.clone()];
        line.extend(row.scores.iter().map(score));
        line.push(summary.total.to_string());
        line.push(say(&format!("state.{}", summary.state), &[]));
        lines.push(line);
    }
    Ok(Done::list("scores", &rows)?.lines(table(&lines)))
}

/// A line of the table as typed.
#[derive(Debug, PartialEq, Eq)]
struct Typed {
    line: u64,
    centre: String,
    dimension: String,
    points: String,
    comment: String,
}

/// A line that can be kept.
#[derive(Debug, Serialize)]
struct Line {
    line: u64,
    centre: String,
    /// From 1.
    dimension: u8,
    points: Points,
    comment: String,
}

/// Checks every line before the first is kept: a table is taken in whole or not at all.
fn import(session: &mut Session, round: &str, file: &Path) -> Result<Done, Failure> {
    let typed = parse(&typed::read(file)?)?;
    let centres = session.centres(round)?;
    let mut reviews = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let (mut lines, mut problems) = (vec![], vec![]);
    for typed in typed {
        match check(&mut session.desk, round, &centres, &mut reviews, &typed)? {
            Ok(line) if !seen.insert((line.centre.clone(), line.dimension)) => {
                problems.push(at_line(typed.line, &DeskError::new("CSV_TWICE")));
            }
            Ok(line) => lines.push(line),
            Err(problem) => problems.push(at_line(typed.line, &problem)),
        }
    }
    if !problems.is_empty() {
        let none: [Line; 0] = [];
        return Ok(Done::list("kept", &none)?.unless(problems));
    }
    for line in &lines {
        let dimension = line.dimension - 1;
        let score = DraftChange::Score { dimension, score: Some(line.points) };
        expert::save_draft(&mut session.desk, round, &line.centre, score)?;
        if !line.comment.is_empty() {
            let comment = DraftChange::Comment { dimension, text: line.comment.clone() };
            expert::save_draft(&mut session.desk, round, &line.centre, comment)?;
        }
    }
    Ok(Done::list("kept", &lines)?.line(say("score.imported", &[("count", &lines.len())])))
}

/// Checks a line. The outer error ends the import: no promise, no such round.
fn check(
    desk: &mut Desk,
    round: &str,
    centres: &[CentreView],
    reviews: &mut BTreeMap<String, ReviewView>,
    typed: &Typed,
) -> Result<Result<Line, DeskError>, DeskError> {
    let centre = match session::centre(centres, &typed.centre) {
        Ok(centre) => centre,
        Err(error) => return Ok(Err(error)),
    };
    if !reviews.contains_key(&centre) {
        reviews.insert(centre.clone(), expert::review_view(desk, round, &centre)?);
    }
    let Some(review) = reviews.get(&centre) else { return Ok(Err(session::not_found("centre"))) };
    if let Some(code) = &review.locked {
        return Ok(Err(DeskError::new(code)));
    }
    Ok(within(typed, centre, review))
}

/// Checks a line against the scheme.
fn within(typed: &Typed, centre: String, review: &ReviewView) -> Result<Line, DeskError> {
    let number: u8 = typed.dimension.parse().map_err(|_| DeskError::new("CSV_DIMENSION"))?;
    let place = number.checked_sub(1).and_then(|place| Dimension::ALL.get(usize::from(place)));
    let dimension = *place.ok_or_else(|| DeskError::new("CSV_DIMENSION"))?;
    let points: Points = typed.points.parse().map_err(|_| DeskError::new("CSV_POINTS"))?;
    review.scheme.check_score(dimension, points)?;
    if typed.comment.chars().count() > MAX_COMMENT {
        return Err(DeskError::new("TEXT_LONG").with("field", "comment").with("maximum", MAX_COMMENT));
    }
    Ok(Line { line: typed.line, centre, dimension: number, points, comment: typed.comment.clone() })
}

/// A problem with the line that it is on.
fn at_line(line: u64, problem: &DeskError) -> DeskError {
    let reason = words::error(problem).title;
    DeskError::new("CSV_LINE").with("line", line).with("cause", &problem.code).with("reason", reason)
}

/// Reads the table: four columns, the last of which may be missing; a first line that names them is passed over.
fn parse(bytes: &[u8]) -> Result<Vec<Typed>, DeskError> {
    let text = std::str::from_utf8(bytes).map_err(|_| DeskError::new("CSV_ENCODING"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut lines = vec![];
    for (place, record) in reader.records().enumerate() {
        let record = record.map_err(|error| DeskError::new("CSV_FORM").with("detail", error))?;
        let line = record.position().map_or(0, csv::Position::line);
        if place == 0 && matches!(record.get(0), Some("centre" | "中心")) || record.iter().all(str::is_empty) {
            continue;
        }
        if !(3..=4).contains(&record.len()) {
            return Err(at_line(line, &DeskError::new("CSV_COLUMNS").with("columns", record.len())));
        }
        let field = |place: usize| record.get(place).unwrap_or_default().to_owned();
        lines.push(Typed { line, centre: field(0), dimension: field(1), points: field(2), comment: field(3) });
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_with_a_byte_order_mark_a_header_and_quoted_comments_is_read() {
        let text = "\u{feff}中心,维度,得分,评语\r\nc-01,1,8.5,\"好，\n\"\"很好\"\"\"\r\n\r\nc-02, 2 ,20\r\n";
        let lines = parse(text.as_bytes()).unwrap();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].comment, "好，\n\"很好\"");
        assert_eq!((lines[1].dimension.as_str(), lines[1].points.as_str(), lines[1].comment.as_str()), ("2", "20", ""));
    }

    #[test]
    fn what_is_not_utf_8_is_refused_with_the_way_out() {
        // "中心" in GBK, as a spreadsheet writes it unasked.
        assert_eq!(parse(&[0xd6, 0xd0, 0xd0, 0xc4]).unwrap_err().code, "CSV_ENCODING");
    }

    #[test]
    fn a_line_with_too_many_columns_is_refused_with_its_number() {
        let error = parse("c-01,1,8,ok\nc-01,2,8,a,b".as_bytes()).unwrap_err();
        assert_eq!((error.code.as_str(), error.params["line"].as_str()), ("CSV_LINE", "2"));
    }
}
