//! The shipped rulebook says what the measures say, and a broken one says where it is broken.

#![allow(clippy::unwrap_used, clippy::panic)]

use chrono::NaiveDate;
use review::{
    conditions::{ConditionKey, Share, Threshold},
    datafile::{DataError, Fault},
    points::Points,
    rulebook::{InForce, JINZHONG_2023_33, Rulebook},
    scheme::{Dimension, Grade, Method, Rounding, SchemeError},
    sheet::FindingKind,
};

const MEASURES: &str = include_str!("../../../../assets/rulebooks/jinzhong-2023-33.txt");

fn rules() -> Rulebook {
    Rulebook::parse(JINZHONG_2023_33).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The measures without line breaks and spaces, which the layout of the pages set anywhere.
fn solid(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The text of one article, from its number to the next one's.
fn article_text(number: u32) -> String {
    let rules = rules();
    let heading = |n: u32| {
        let mut article = rules.panel.article.clone();
        (article.number, article.item) = (n, None);
        article.chinese()
    };
    let measures = solid(MEASURES);
    let (_, tail) = measures.split_once(&heading(number)).unwrap();
    tail.split_once(&heading(number + 1)).map_or(tail, |(body, _)| body).to_owned()
}

#[test]
fn every_quoted_sentence_stands_in_the_article_it_names() {
    for (key, article) in rules().articles() {
        let body = article_text(article.number);
        let body = article.item.map_or(body.clone(), |item| {
            const ITEMS: [&str; 9] = ["一", "二", "三", "四", "五", "六", "七", "八", "九"];
            let body = body.replace('（', "(").replace('）', ")");
            let place = usize::try_from(item).unwrap();
            let (_, tail) = body.split_once(&format!("({})", ITEMS[place - 1])).unwrap();
            tail.split_once(&format!("({})", ITEMS[place])).map_or(tail, |(item, _)| item).to_owned()
        });
        assert!(body.contains(&solid(&article.quote)), "{key}: {article}");
    }
}

#[test]
fn every_number_is_the_one_that_the_measures_print() {
    let r = rules();
    assert_eq!((r.id.as_str(), r.document_number.as_str()), ("jinzhong-2023-33", "市科发〔2023〕33号"));
    assert!(solid(MEASURES).contains(&solid(&r.document_number)) && solid(MEASURES).contains(&r.issuer));
    assert_eq!(r.issued_on, day("2023-12-22"));
    assert_eq!((r.panel.min_members, r.panel.host_share, r.panel.max_term_years), (9, (1, 3), 5));
    assert_eq!(r.panel.article.to_string(), "11");
    assert_eq!((r.public_notice.working_days, r.public_notice.article.to_string()), (5, "7(5)".to_owned()));
    assert_eq!(r.public_notice.article.chinese(), "第七条第（五）项");
    assert_eq!((r.annual_report.month, r.annual_report.day, r.annual_report.article.number), (1, 31, 20));
    assert_eq!((r.evaluation.years, r.evaluation.article.chinese().as_str()), (3, "第二十一条"));
    assert_eq!((r.rectification.years, r.rectification.article.number, r.revocation.number), (1, 22, 22));
    assert_eq!((r.name.prefix.as_str(), r.name.suffix.as_str()), ("晋中市", "技术创新中心"));
    assert_eq!(r.dimensions.titles.each_ref().map(String::as_str), Dimension::ALL.map(Dimension::title));
    assert_eq!(r.grades.titles.each_ref().map(String::as_str), Grade::ALL.map(Grade::title));
    assert_eq!(r.finding(FindingKind::FalseMaterial), "提供虚假材料");
    for words in [&r.findings.absent_without_reason, &r.findings.false_material, &r.findings.interference] {
        assert!(r.findings.article.quote.contains(words.as_str()), "{words}");
    }
}

#[test]
fn the_thresholds_are_those_of_article_8() {
    let share = |numerator, denominator| Share { numerator, denominator };
    let expected = [
        Threshold::AtMost(3),
        Threshold::Years(3),
        Threshold::AtLeast(1_000),
        Threshold::AtLeast(10_000_000),
        Threshold::ShareAtMost(share(1, 2)),
        Threshold::AtMost(60),
        Threshold::Required,
        Threshold::Required,
        Threshold::AtLeast(25),
        Threshold::ShareAtLeast(share(1, 2)),
        Threshold::ShareAtLeast(share(1, 3)),
        Threshold::AtLeast(10_000_000),
        Threshold::AtLeast(5_000_000),
    ];
    let conditions = rules().conditions;
    assert_eq!(conditions.iter().map(|c| c.threshold).collect::<Vec<_>>(), expected);
    assert_eq!(conditions.iter().map(|c| c.key).collect::<Vec<_>>(), ConditionKey::ALL);
    assert!(conditions.iter().all(|c| c.article.number == 8));
}

#[test]
fn the_measures_apply_from_their_first_day_to_the_last_of_the_trial() {
    let r = rules();
    let (from, last) = (day("2024-01-22"), day("2026-01-21"));
    assert_eq!((r.force.from, r.force.last, r.force.trial_years), (from, last, 2));
    assert_eq!(r.in_force(day("2024-01-21")), InForce::Before { from });
    assert_eq!(r.in_force(from), InForce::Yes);
    assert_eq!(r.in_force(last), InForce::Yes);
    assert_eq!(r.in_force(day("2026-01-22")), InForce::After { last });
}

#[test]
fn the_default_scheme_is_sound_and_unconfirmed() {
    let scheme = rules().default_scheme();
    assert_eq!(scheme.maxima, [10, 25, 25, 15, 15, 10].map(Points::whole));
    assert_eq!(
        (scheme.step, scheme.method, scheme.rounding),
        (Points::from_hundredths(50), Method::Mean, Rounding::HalfUp)
    );
    assert_eq!(scheme.bands.grade(Points::whole(60)), Grade::BasicallyQualified);
    assert_eq!(scheme.check(), Ok(()));
    assert_eq!(scheme.check_issuable(), Err(SchemeError::Unconfirmed));
}

#[test]
fn whatever_is_our_reading_is_marked_as_such() {
    let readings = rules().readings;
    assert!(readings.iter().any(|r| r.key == "rectification_last_day" && r.basis.contains("第二百零二条")));
    let marks = JINZHONG_2023_33.lines().filter(|line| *line == "status = \"待主管部门确认\"").count();
    assert_eq!(marks, readings.len() + 1, "each reading and the scheme");
}

/// Replaces one line of the shipped rulebook and says what comes of it, with the line's number.
fn with(line: &str, replacement: &str) -> (u32, DataError) {
    let number = JINZHONG_2023_33.lines().position(|l| l == line).unwrap_or_else(|| panic!("no line {line}")) + 1;
    let broken: String = JINZHONG_2023_33
        .lines()
        .enumerate()
        .map(|(n, l)| format!("{}\n", if n + 1 == number { replacement } else { l }))
        .collect();
    (u32::try_from(number).unwrap(), Rulebook::parse(&broken).unwrap_err())
}

#[test]
fn a_broken_rulebook_gives_line_and_key() {
    let cases = [
        (
            "too_few_members_to_be_a_panel",
            "min_members = 9",
            "min_members = 0",
            "panel.min_members",
            Fault::Range { min: 3, max: 100 },
        ),
        (
            "members_negative",
            "min_members = 9",
            "min_members = -9",
            "panel.min_members",
            Fault::Range { min: 3, max: 100 },
        ),
        (
            "members_in_words",
            "min_members = 9",
            "min_members = \"九\"",
            "panel.min_members",
            Fault::Type("a whole number"),
        ),
        (
            "members_as_float",
            "min_members = 9",
            "min_members = 9.0",
            "panel.min_members",
            Fault::Type("a whole number"),
        ),
        (
            "members_beyond_any_number",
            "min_members = 9",
            "min_members = 99999999999999999999999",
            "panel.min_members",
            Fault::Range { min: 3, max: 100 },
        ),
        ("key_misspelt", "max_term_years = 5", "max_term_year = 5", "panel.max_term_years", Fault::Missing),
        (
            "key_unknown",
            "document_number = \"市科发〔2023〕33号\"",
            "document_number = \"x\"\nnumber = 33",
            "number",
            Fault::Unknown,
        ),
        (
            "share_above_one",
            "host_share = [1, 3]",
            "host_share = [4, 3]",
            "panel.host_share[0]",
            Fault::Range { min: 0, max: 3 },
        ),
        (
            "share_of_nothing",
            "host_share = [1, 3]",
            "host_share = [1, 0]",
            "panel.host_share[1]",
            Fault::Range { min: 1, max: 100 },
        ),
        (
            "share_of_three_numbers",
            "host_share = [1, 3]",
            "host_share = [1, 3, 9]",
            "panel.host_share",
            Fault::Length { expected: 2, actual: 3 },
        ),
        ("article_zero", "article = \"11\"", "article = \"0\"", "panel.article", Fault::Article),
        ("article_in_words", "article = \"11\"", "article = \"第十一条\"", "panel.article", Fault::Article),
        ("article_item_unclosed", "article = \"7(5)\"", "article = \"7(5\"", "public_notice.article", Fault::Article),
        ("article_with_sign", "article = \"11\"", "article = \"+11\"", "panel.article", Fault::Article),
        ("date_as_text", "from = 2024-01-22", "from = \"2024-01-22\"", "in_force.from", Fault::Type("a date")),
        ("date_with_a_time", "from = 2024-01-22", "from = 2024-01-22T08:00:00", "in_force.from", Fault::Type("a date")),
        ("report_on_a_day_that_not_every_year_has", "month = 1", "month = 2", "annual_report.day", Fault::Date),
        (
            "titles_of_another_measure",
            "    \"研究水平与贡献\",",
            "    \"研究贡献\",",
            "dimensions.titles[1]",
            Fault::Word,
        ),
        ("quote_empty", "id = \"jinzhong-2023-33\"", "id = \" \"", "id", Fault::Text(40)),
        ("id_no_file_name", "id = \"jinzhong-2023-33\"", "id = \"../33\"", "id", Fault::Word),
        (
            "scheme_claims_confirmation",
            "source = \"ours\"",
            "source = \"办法第二十二条\"",
            "scheme.source",
            Fault::Word,
        ),
        (
            "step_too_fine",
            "step = \"0.5\"",
            "step = \"0.005\"",
            "scheme.step",
            Fault::Points(review::points::PointsError::TooPrecise),
        ),
        ("method_unknown", "method = \"mean\"", "method = \"vote\"", "scheme.method", Fault::Word),
        ("condition_of_another_kind", "at_least = 25", "at_most = 25", "conditions.staff.at_least", Fault::Missing),
    ];
    for (name, line, replacement, key, fault) in cases {
        let (number, error) = with(line, replacement);
        assert_eq!((error.key.as_str(), &error.fault), (key, &fault), "{name}");
        let expected = match name {
            // The day is at fault, a line below the month.
            "report_on_a_day_that_not_every_year_has" => number + 1,
            "key_unknown" => number + 1,
            // What is missing has no line: that of its table's heading.
            "key_misspelt" => line_of("[panel]"),
            "condition_of_another_kind" => line_of("[conditions.staff]"),
            _ => number,
        };
        assert_eq!(error.line, expected, "{name}");
    }
}

fn line_of(line: &str) -> u32 {
    u32::try_from(JINZHONG_2023_33.lines().position(|l| l == line).unwrap() + 1).unwrap()
}

#[test]
fn a_scheme_not_summing_to_100_is_refused_with_its_sum() {
    let (number, error) =
        with(r#"maxima = ["10", "25", "25", "15", "15", "10"]"#, r#"maxima = ["11", "25", "25", "15", "15", "10"]"#);
    assert_eq!(error.key, "scheme.maxima");
    assert_eq!(error.line, number);
    assert_eq!(error.fault, Fault::Scheme(SchemeError::SumNotHundred { sum: Points::whole(101) }));
}

#[test]
fn bands_out_of_order_are_refused_at_the_bands() {
    let (_, error) = with("good = \"80\"", "good = \"95\"");
    assert_eq!((error.key.as_str(), error.line), ("scheme.bands", line_of("[scheme.bands]")));
    assert_eq!(error.fault, Fault::Scheme(SchemeError::BandsNotDescending));
}

#[test]
fn a_confirmation_cannot_come_from_the_file() {
    let broken = JINZHONG_2023_33.replacen("status = \"待主管部门确认\"", "status = \"已确认\"", 1);
    let error = Rulebook::parse(&broken).unwrap_err();
    assert_eq!((error.key.as_str(), error.fault), ("scheme.status", Fault::Word));
}

#[test]
fn what_is_no_toml_and_a_key_twice_give_their_line() {
    let error = Rulebook::parse("id = \"a\"\n\ntitle = = 3\n").unwrap_err();
    assert_eq!(error.line, 3);
    assert!(matches!(error.fault, Fault::Syntax(_)), "{error:?}");
    let (number, error) = with("trial_years = 2", "trial_years = 2\ntrial_years = 3");
    assert_eq!((error.line, error.key.as_str()), (number + 1, "trial_years"));
    assert!(matches!(error.fault, Fault::Syntax(_)), "{error:?}");
    assert_eq!(Rulebook::parse("").unwrap_err().fault, Fault::Missing);
    assert_eq!(Rulebook::parse(&"#\n".repeat(600_000)).unwrap_err().fault, Fault::TooLarge);
}

#[test]
fn a_rulebook_nested_without_end_is_refused_without_harm() {
    let deep = format!("id = {}", "[".repeat(100_000));
    assert!(matches!(Rulebook::parse(&deep).unwrap_err().fault, Fault::Syntax(_)));
}

#[test]
fn any_line_may_be_missing_and_the_reader_only_ever_refuses() {
    let lines: Vec<&str> = JINZHONG_2023_33.lines().collect();
    for leave in 0..lines.len() {
        let text: String =
            lines.iter().enumerate().filter(|(n, _)| *n != leave).map(|(_, l)| format!("{l}\n")).collect();
        let line = lines[leave].trim();
        let matters = !line.is_empty() && !line.starts_with('#');
        assert_eq!(Rulebook::parse(&text).is_err(), matters, "without line {}: {line}", leave + 1);
    }
}
