//! The printed forms, read back from the files.

// The functions beside the tests read what the tests have made.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{meeting, time};
use lopdf::Document;
use report::{SheetInput, sheet_pdf, summary_pdf, summary_xlsx};
use review::{
    points::Points,
    result::Outcome,
    sheet::{Scoring, Sheet, Statement},
};

/// The text of each page, without the spaces that extraction may put anywhere.
fn pages(bytes: &[u8]) -> Vec<String> {
    let document = Document::load_mem(bytes).unwrap();
    document
        .get_pages()
        .keys()
        .map(|page| document.extract_text(&[*page]).unwrap().split_whitespace().collect())
        .collect()
}

fn all(bytes: &[u8]) -> String {
    pages(bytes).concat()
}

/// One part of a workbook.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    std::io::read_to_string(archive.by_name(name).unwrap()).unwrap()
}

fn scoring(sheet: &mut Sheet) -> &mut Scoring {
    match &mut sheet.statement {
        Statement::Scoring(scoring) => scoring,
        Statement::Recusal { .. } => panic!("a recusal"),
    }
}

#[test]
fn a_sheet_says_who_judged_what_with_which_points() {
    let meeting = meeting();
    let text = all(&sheet_pdf(&meeting.sheet_input(2)).unwrap().bytes);
    for expected in [
        "个人评分表",
        "晋中市智能农机装备技术创新中心",
        "晋中示例农机有限公司",
        "𠮷示例",
        "示例理工大学",
        "机构与体制建设",
        "开放交流与运行管理",
        "86.5",
        "大写：捌拾陆点伍分",
        "良好",
        "03-财务审计报告.pdf",
        "专家签名",
        "示例局务会会议纪要〔2026〕1号",
    ] {
        assert!(text.contains(expected), "{expected} is missing in {text}");
    }
}

#[test]
fn every_page_carries_the_digest_and_its_number() {
    let mut meeting = meeting();
    let digest = meeting.sheets[0].0.to_string();
    scoring(&mut meeting.sheets[0].1).opinion = "意见很长，要跨页。".repeat(400);
    let output = sheet_pdf(&meeting.sheet_input(0)).unwrap();
    let pages = pages(&output.bytes);
    assert!(pages.len() >= 4 && pages.len() == output.pages, "{}", pages.len());
    for (place, page) in pages.iter().enumerate() {
        assert!(page.contains(&digest), "no digest on page {}", place + 1);
        assert!(page.contains(&format!("第{}页/共{}页", place + 1, pages.len())), "no number on page {}", place + 1);
    }
}

#[test]
fn a_long_opinion_and_long_comments_run_over_pages_without_losing_a_character() {
    let mut meeting = meeting();
    let scoring = scoring(&mut meeting.sheets[0].1);
    scoring.opinion = "甲".repeat(9_990);
    scoring.comments = ["乙", "丙", "丁", "戊", "庚", "辛"].map(|c| c.repeat(2_000));
    let output = sheet_pdf(&meeting.sheet_input(0)).unwrap();
    let text = all(&output.bytes);
    let count = |c: char| text.chars().filter(|other| *other == c).count();
    for comment in ['乙', '丙', '丁', '戊', '庚', '辛'] {
        assert_eq!(count(comment), 2_000, "{comment}");
    }
    // The expert of this sheet is called 示例甲: once in the table, once in the margin of every page.
    assert_eq!(count('甲'), 9_990 + 1 + output.pages);
    assert!(text.matches("评语").count() >= 10, "the head of the table is repeated on each of its pages");
}

#[test]
fn rare_characters_in_names_are_printed_and_what_no_font_has_is_reported() {
    let mut meeting = meeting();
    let rare = "𠮷䶮龘镕喆";
    meeting.roster.panel.members[0].name = format!("{rare}😀");
    let output = sheet_pdf(&meeting.sheet_input(0)).unwrap();
    assert_eq!(output.missing, ['😀']);
    assert!(all(&output.bytes).contains(&format!("{rare}〓")));
    assert_eq!(sheet_pdf(&meeting.sheet_input(2)).unwrap().missing, []);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let meeting = meeting();
    let twice = |make: &dyn Fn() -> Vec<u8>| assert!(make() == make());
    twice(&|| sheet_pdf(&meeting.sheet_input(2)).unwrap().bytes);
    twice(&|| sheet_pdf(&meeting.sheet_input(15)).unwrap().bytes);
    twice(&|| meeting.with_summary(summary_pdf).unwrap().bytes);
    twice(&|| meeting.with_summary(summary_xlsx).unwrap());
}

#[test]
fn fonts_are_cut_to_the_characters_in_use() {
    let meeting = meeting();
    for bytes in [
        sheet_pdf(&meeting.sheet_input(2)).unwrap().bytes,
        sheet_pdf(&meeting.sheet_input(15)).unwrap().bytes,
        meeting.with_summary(summary_pdf).unwrap().bytes,
    ] {
        assert!(bytes.len() < 400_000, "{} bytes", bytes.len());
    }
}

#[test]
fn hostile_text_is_set_like_any_other() {
    let mut meeting = meeting();
    let hostile = "\u{0}\u{1b}[31m\u{202e}\r\n\t\u{feff}(\\)<<>>endstream endobj %%EOF \u{10ffff}";
    meeting.roster.panel.members[0].name = hostile.to_owned();
    meeting.round.title = hostile.repeat(20);
    meeting.round.centres[0].name = "无空格".repeat(500);
    scoring(&mut meeting.sheets[0].1).opinion = "\n".repeat(5_000);
    scoring(&mut meeting.sheets[0].1).comments[0] = "W".repeat(2_000);
    let output = sheet_pdf(&meeting.sheet_input(0)).unwrap();
    assert!(Document::load_mem(&output.bytes).unwrap().get_pages().len() == output.pages);
    assert!(output.missing.contains(&'\u{202e}'));
}

#[test]
fn a_recusal_is_a_declaration_without_points() {
    let meeting = meeting();
    let text = all(&sheet_pdf(&meeting.sheet_input(15)).unwrap().bytes);
    for expected in ["回避声明", "合作关系", "共同承担示例项目", "声明人签名", "示例镕喆"] {
        assert!(text.contains(expected), "{expected}");
    }
    assert!(!text.contains("得分") && !text.contains("分数线"));
}

#[test]
fn a_round_outside_the_period_or_unconfirmed_says_so_on_every_form() {
    let mut meeting = meeting();
    meeting.round.out_of_force_reason = Some("示例理由".to_owned());
    meeting.round.scheme.confirmed = None;
    let said = "试行期（第二十五条）以外举行或签发，主管部门说明：示例理由";
    let sheet = all(&sheet_pdf(&meeting.sheet_input(2)).unwrap().bytes);
    let summary = all(&meeting.with_summary(summary_pdf).unwrap().bytes);
    for text in [&sheet, &summary] {
        assert!(text.contains(said) && text.contains("待主管部门确认"), "{text}");
    }
    assert!(all(&sheet_pdf(&meeting.sheet_input(15)).unwrap().bytes).contains(said));
    let strings = part(&meeting.with_summary(summary_xlsx).unwrap(), "xl/sharedStrings.xml");
    assert!(strings.contains(said) && strings.contains("待主管部门确认"), "{strings}");
}

#[test]
fn a_summary_shows_results_scores_panels_and_findings() {
    let meeting = meeting();
    let output = meeting.with_summary(summary_pdf).unwrap();
    assert_eq!(output.missing, []);
    let text = all(&output.bytes);
    for (result, centre) in meeting.head.centres.iter().zip(&meeting.round.centres) {
        let Outcome::Graded { score, grade, .. } = &result.outcome else { panic!("not graded") };
        for expected in [two_decimals(*score), grade.title().to_owned(), centre.name.clone()] {
            assert!(text.contains(&expected), "{expected}");
        }
    }
    for expected in ["第十一条", "回避", "提供虚假材料", "评审组秘书", "专家组组长", "87.0※", "ICC(2,k)"]
    {
        assert!(text.contains(expected), "{expected} is missing in {text}");
    }
}

fn two_decimals(score: Points) -> String {
    format!("{}.{:02}", score.hundredths() / 100, score.hundredths() % 100)
}

#[test]
fn the_page_that_is_signed_carries_the_total_whatever_fills_the_pages_before() {
    let mut meeting = meeting();
    let total = "晋中市智能农机装备技术创新中心合计86.5分（大写：捌拾陆点伍分）对应档次：良好";
    for characters in [200, 1_500, 1_800, 2_100, 2_400, 9_990] {
        scoring(&mut meeting.sheets[2].1).opinion = "意".repeat(characters);
        let pages = pages(&sheet_pdf(&meeting.sheet_input(2)).unwrap().bytes);
        let signed = pages.iter().find(|page| page.contains("专家签名")).unwrap();
        assert!(signed.contains(total), "{characters}: {signed}");
        let (figures, line) = (signed.find(total).unwrap(), signed.find("专家签名").unwrap());
        assert!(figures < line, "above the line");
    }
}

fn inner(name: &str) -> &str {
    name.strip_prefix("晋中市").and_then(|name| name.strip_suffix("技术创新中心")).unwrap()
}

#[test]
fn the_page_of_a_summary_that_is_signed_carries_every_centre_with_score_and_grade() {
    for centres in [3, 8, 24, 40, 60, 80] {
        let mut meeting = meeting();
        for place in 4..=centres {
            let mut centre = meeting.round.centres[0].clone();
            centre.id = format!("c-{place}").parse().unwrap();
            centre.name = format!("晋中市示例{place}技术创新中心");
            let mut result = meeting.head.centres[0].clone();
            result.centre = centre.id.clone();
            meeting.head.centres.push(result);
            meeting.round.centres.push(centre);
        }
        let pages = pages(&meeting.with_summary(summary_pdf).unwrap().bytes);
        let signed = pages.iter().find(|page| page.contains("专家组组长：")).unwrap();
        for (result, centre) in meeting.head.centres.iter().zip(&meeting.round.centres) {
            let Outcome::Graded { score, grade, .. } = &result.outcome else { panic!("not graded") };
            let figures = format!("{}{}", two_decimals(*score), grade.title());
            let host = if centres <= 6 { centre.host.name.as_str() } else { "" };
            let name = if centres > 60 { inner(&centre.name) } else { &centre.name };
            let line = format!("{name}{host}{figures}");
            assert!(signed.contains(&line), "{centres}: {line} is missing in {signed}");
        }
    }
}

#[test]
fn combined_scores_have_two_decimals_and_experts_totals_one() {
    let mut meeting = meeting();
    let Outcome::Graded { score, .. } = &mut meeting.head.centres[0].outcome else { panic!("not graded") };
    *score = Points::from_hundredths(83_30);
    let text = all(&meeting.with_summary(summary_pdf).unwrap().bytes);
    assert!(text.contains("83.30") && text.contains("87.0※"), "{text}");
    assert!(!text.contains("87.00※"));
    let bytes = meeting.with_summary(summary_xlsx).unwrap();
    let styles = part(&bytes, "xl/styles.xml");
    assert!(styles.contains("formatCode=\"0.00\"") && styles.contains("formatCode=\"0.0#\""), "{styles}");
}

#[test]
fn a_refused_centre_has_no_grade_but_the_article_and_the_figures() {
    let mut meeting = meeting();
    let result = &mut meeting.head.centres[1];
    let violations = vec![review::panel::Violation::TooFew { members: 8, required: 9 }];
    result.composition.violations = violations.clone();
    result.outcome = Outcome::Refused { violations };
    let text = all(&meeting.with_summary(summary_pdf).unwrap().bytes);
    assert!(text.contains("不予汇总") && text.contains("有效评审专家8人，低于第十一条规定的9人"), "{text}");
}

#[test]
fn forty_centres_fit_on_as_many_pages_as_they_need() {
    let mut meeting = meeting();
    for place in 4..=40 {
        let mut centre = meeting.round.centres[0].clone();
        centre.id = format!("c-{place}").parse().unwrap();
        centre.name = format!("晋中市示例{place}技术创新中心");
        let mut result = meeting.head.centres[0].clone();
        result.centre = centre.id.clone();
        meeting.head.centres.push(result);
        meeting.round.centres.push(centre);
    }
    let text = all(&meeting.with_summary(summary_pdf).unwrap().bytes);
    for place in 4..=40 {
        assert!(text.contains(&format!("{place}．示例{place}")), "{place}");
    }
}

#[test]
fn a_result_about_an_unknown_centre_is_refused() {
    let mut meeting = meeting();
    meeting.head.centres[0].centre = "c-99".parse().unwrap();
    assert!(meeting.with_summary(|input| summary_pdf(input).is_err() && summary_xlsx(input).is_err()));
}

#[test]
fn a_workbook_keeps_numbers_as_numbers_and_formulas_as_text() {
    let mut meeting = meeting();
    meeting.roster.panel.members[0].name = "=HYPERLINK(\"http://example.invalid\",\"甲\")".to_owned();
    let bytes = meeting.with_summary(summary_xlsx).unwrap();
    let part = |name: &str| part(&bytes, name);
    let (first, second, strings) =
        (part("xl/worksheets/sheet1.xml"), part("xl/worksheets/sheet2.xml"), part("xl/sharedStrings.xml"));
    assert!(!first.contains("<f>") && !second.contains("<f>"), "no formula anywhere");
    assert!(strings.contains("=HYPERLINK(&quot;") || strings.contains("=HYPERLINK(\""), "kept as text");
    let Outcome::Graded { score, .. } = meeting.head.centres[0].outcome else { panic!("not graded") };
    let value = format!("<v>{}</v>", f64::from(score.hundredths()) / 100.0);
    assert!(first.contains(&value), "{value}");
    assert!(part("docProps/core.xml").contains("2026-01-16T06:03:22Z"));
    assert!(part("xl/workbook.xml").contains("汇总") && part("xl/workbook.xml").contains("评分明细"));
}

#[test]
fn an_empty_sheet_still_makes_a_form() {
    let mut meeting = meeting();
    let empty = scoring(&mut meeting.sheets[0].1);
    empty.scores = [Points::ZERO; 6];
    empty.comments = Default::default();
    empty.opinion.clear();
    empty.evidence.clear();
    empty.recommended = None;
    let input = SheetInput { printed_at: time(), ..meeting.sheet_input(0) };
    let text = all(&sheet_pdf(&input).unwrap().bytes);
    assert!(text.contains("零分整") && text.contains("不合格") && text.contains("未填写"), "{text}");
}
