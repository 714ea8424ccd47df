//! Reading a rulebook file: each table by its rule, each fault with its line and key.

use std::str::FromStr;

use chrono::NaiveDate;

use super::{
    Article, FindingRules, ForceRules, NameRules, NoticeRules, PanelRules, Reading, ReportRules, Rulebook,
    RulebookError, Titles, UNCONFIRMED, YearsRule,
};
use crate::{
    conditions::{Condition, ConditionKey, Share, Threshold},
    datafile::{DataError, Fault, Section, Value},
    deadlines::last_day_of,
    points::Points,
    scheme::{Bands, Dimension, Grade, Method, Rounding, Scheme, SchemeError},
};

pub(super) fn rulebook(text: &str) -> Result<Rulebook, RulebookError> {
    let mut root = Section::parse(text)?;
    let rulebook = Rulebook {
        id: id(&root.value("id")?)?,
        title: root.text("title", 200)?,
        document_number: root.text("document_number", 50)?,
        issuer: root.text("issuer", 50)?,
        issued_on: root.date("issued_on")?,
        force: force(root.section("in_force")?)?,
        dimensions: titles(root.section("dimensions")?, Dimension::ALL.map(Dimension::title))?,
        grades: titles(root.section("grades")?, Grade::ALL.map(Grade::title))?,
        panel: panel(root.section("panel")?)?,
        public_notice: with_article(root.section("public_notice")?, |section, article| {
            Ok(NoticeRules { working_days: section.number("working_days", 1..=60)?, article })
        })?,
        annual_report: annual_report(root.section("annual_report")?)?,
        evaluation: years(root.section("evaluation")?, "cycle_years")?,
        rectification: years(root.section("rectification")?, "years")?,
        revocation: with_article(root.section("revocation")?, |_, article| Ok(article))?,
        findings: with_article(root.section("findings")?, |section, article| {
            Ok(FindingRules {
                absent_without_reason: section.text("absent_without_reason", 100)?,
                false_material: section.text("false_material", 100)?,
                interference: section.text("interference", 100)?,
                article,
            })
        })?,
        name: with_article(root.section("name")?, |section, article| {
            Ok(NameRules { prefix: section.text("prefix", 20)?, suffix: section.text("suffix", 20)?, article })
        })?,
        conditions: conditions(root.section("conditions")?)?,
        scheme: scheme(root.section("scheme")?)?,
        readings: root.value("readings")?.list()?.into_iter().map(reading).collect::<Result<_, _>>()?,
    };
    root.finish()?;
    Ok(rulebook)
}

/// Reads a section that has an article, and refuses what is left in it.
fn with_article<'t, T>(
    mut section: Section<'t>,
    read: impl FnOnce(&mut Section<'t>, Article) -> Result<T, DataError>,
) -> Result<T, DataError> {
    let article = section.value("article")?;
    let quote = section.text("quote", 500)?;
    let place = article.text(20)?;
    let (number, item) =
        place.strip_suffix(')').and_then(|p| p.split_once('(')).map_or((&*place, None), |(n, i)| (n, Some(i)));
    let count = |text: &str| {
        let canonical = !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
        u32::from_str(text).ok().filter(|n| canonical && *n < 100).ok_or_else(|| article.fault(Fault::Article))
    };
    let article = Article { number: count(number)?, item: item.map(count).transpose()?, quote };
    let value = read(&mut section, article)?;
    section.finish()?;
    Ok(value)
}

/// 1 to 40 of `a-z 0-9 -`: it names files.
fn id(value: &Value<'_>) -> Result<String, DataError> {
    let id = value.text(40)?;
    let slug = id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if slug { Ok(id) } else { Err(value.fault(Fault::Word)) }
}

fn force(section: Section<'_>) -> Result<ForceRules, DataError> {
    with_article(section, |section, article| {
        let from_value = section.value("from")?;
        let from = from_value.date()?;
        let trial_years = section.number("trial_years", 1..=20)?;
        let last = last_day_of(from, trial_years).ok_or_else(|| from_value.fault(Fault::Date))?;
        Ok(ForceRules { from, trial_years, last, article })
    })
}

/// The titles must be those that the code prints, or a printed sheet would speak of other dimensions than the rules.
fn titles<const N: usize>(section: Section<'_>, known: [&str; N]) -> Result<Titles<N>, DataError> {
    with_article(section, |section, article| {
        let values = section.value("titles")?.array::<N>()?;
        for (value, known) in values.iter().zip(known) {
            if value.text(50)? != known {
                return Err(value.fault(Fault::Word));
            }
        }
        Ok(Titles { titles: known.map(str::to_owned), article })
    })
}

fn panel(section: Section<'_>) -> Result<PanelRules, DataError> {
    with_article(section, |section, article| {
        let min_members = section.number("min_members", 3..=100)?;
        let share = share(section.value("host_share")?)?;
        let max_term_years = section.number("max_term_years", 1..=20)?;
        Ok(PanelRules { min_members, host_share: (share.numerator, share.denominator), max_term_years, article })
    })
}

/// A share from 0 to 1 as `[numerator, denominator]`.
fn share(value: Value<'_>) -> Result<Share, DataError> {
    let [numerator, denominator] = value.array()?;
    let denominator = denominator.number(1..=100)?;
    Ok(Share { numerator: numerator.number(0..=denominator)?, denominator })
}

fn annual_report(section: Section<'_>) -> Result<ReportRules, DataError> {
    with_article(section, |section, article| {
        let month = section.number("month", 1..=12)?;
        let day_value = section.value("day")?;
        let day = day_value.number(1..=31)?;
        // 2001 is a common year: the day has to exist in every year.
        NaiveDate::from_ymd_opt(2001, month, day).ok_or_else(|| day_value.fault(Fault::Date))?;
        Ok(ReportRules { month, day, article })
    })
}

fn years(section: Section<'_>, key: &str) -> Result<YearsRule, DataError> {
    with_article(section, |section, article| Ok(YearsRule { years: section.number(key, 1..=20)?, article }))
}

fn conditions(mut section: Section<'_>) -> Result<Vec<Condition>, DataError> {
    /// A million million yuan: above any sum that a dossier states.
    const LARGEST: u64 = 1_000_000_000_000;
    let mut conditions = vec![];
    for key in ConditionKey::ALL {
        conditions.push(with_article(section.section(key.name())?, |section, article| {
            let text = section.text("text", 200)?;
            let limit = section.value(key.limit())?;
            let threshold = match key.limit() {
                "at_most" => Threshold::AtMost(limit.long(1..=LARGEST)?),
                "at_least" => Threshold::AtLeast(limit.long(1..=LARGEST)?),
                "years" => Threshold::Years(limit.number(1..=20)?),
                "share_at_most" => Threshold::ShareAtMost(share(limit)?),
                "share_at_least" => Threshold::ShareAtLeast(share(limit)?),
                _ if limit.flag()? => Threshold::Required,
                _ => return Err(limit.fault(Fault::Word)),
            };
            Ok(Condition { key, text, threshold, article })
        })?);
    }
    section.finish()?;
    Ok(conditions)
}

fn scheme(mut section: Section<'_>) -> Result<Scheme, DataError> {
    unconfirmed(&section.value("status")?)?;
    // A rulebook cannot claim that the measures set what they leave open.
    word(&section.value("source")?, &[("ours", ())])?;
    let maxima_value = section.value("maxima")?;
    let maxima_place = maxima_value.place();
    let mut maxima = [Points::ZERO; 6];
    for (maximum, value) in maxima.iter_mut().zip(&maxima_value.array::<6>()?) {
        *maximum = points(value)?;
    }
    let step_value = section.value("step")?;
    let step = points(&step_value)?;
    let method = [("mean", Method::Mean), ("median", Method::Median), ("trimmed_mean", Method::TrimmedMean)];
    let method = word(&section.value("method")?, &method)?;
    let rounding = [("half_up", Rounding::HalfUp), ("half_even", Rounding::HalfEven), ("down", Rounding::Down)];
    let rounding = word(&section.value("rounding")?, &rounding)?;
    let bands_value = section.value("bands")?;
    let bands_place = bands_value.place();
    let mut band_section = bands_value.section()?;
    let bands = Bands {
        excellent: points(&band_section.value("excellent")?)?,
        good: points(&band_section.value("good")?)?,
        qualified: points(&band_section.value("qualified")?)?,
        basically_qualified: points(&band_section.value("basically_qualified")?)?,
    };
    band_section.finish()?;
    let scheme = Scheme { maxima, step, bands, method, rounding, confirmed: None };
    scheme.check().map_err(|error| {
        let place = match error {
            SchemeError::Step { .. } => step_value.place(),
            SchemeError::BandsNotDescending => bands_place,
            _ => maxima_place,
        };
        place.fault(Fault::Scheme(error))
    })?;
    section.finish()?;
    Ok(scheme)
}

fn reading(value: Value<'_>) -> Result<Reading, DataError> {
    let mut section = value.section()?;
    let reading =
        Reading { key: section.text("key", 50)?, text: section.text("text", 200)?, basis: section.text("basis", 100)? };
    unconfirmed(&section.value("status")?)?;
    section.finish()?;
    Ok(reading)
}

/// Nothing of ours may be marked otherwise: only the bureau confirms, and not in this file.
fn unconfirmed(value: &Value<'_>) -> Result<(), DataError> {
    word(value, &[(UNCONFIRMED, ())])
}

fn word<T: Copy>(value: &Value<'_>, known: &[(&str, T)]) -> Result<T, DataError> {
    let word = value.text(50)?;
    known.iter().find(|(name, _)| *name == word).map(|(_, t)| *t).ok_or_else(|| value.fault(Fault::Word))
}

fn points(value: &Value<'_>) -> Result<Points, DataError> {
    value.text(10)?.parse().map_err(|error| value.fault(Fault::Points(error)))
}
