//! The rulebook (规则库): every number of the measures with its article, as data. Code knows the kinds of rule, the
//! file knows the numbers.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    conditions::{Condition, ConditionKey, Share, Threshold},
    datafile::{DataError, Fault, Section, Value},
    deadlines::last_day_of,
    points::Points,
    scheme::{Bands, Dimension, Grade, Method, Rounding, Scheme, SchemeError},
    sheet::FindingKind,
};

/// The rulebook of the measures 市科发〔2023〕33号, as shipped.
pub const JINZHONG_2023_33: &str = include_str!("../../../../assets/rulebooks/jinzhong-2023-33.toml");

/// How the file marks what the measures leave open and the bureau has yet to confirm.
pub const UNCONFIRMED: &str = "待主管部门确认";

/// What is wrong with a rulebook file: the line, the key and the [`Fault`].
pub type RulebookError = DataError;

/// An article (条款) of the measures with its words; written `22` or, with an item, `7(5)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// The article's number.
    pub number: u32,
    /// The item (项) within it, where the rule stands in one.
    pub item: Option<u32>,
    /// The sentence, exactly as the measures print it.
    pub quote: String,
}

/// The days on which the measures apply, Article 25.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ForceRules {
    /// The first day (施行之日).
    pub from: NaiveDate,
    /// The trial period (试行期) in years.
    pub trial_years: u32,
    /// The last day: the day before the trial period's anniversary, since the first day counts.
    pub last: NaiveDate,
    /// Where it stands.
    pub article: Article,
}

/// Whether the measures apply on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InForce {
    /// They do.
    Yes,
    /// The day lies before they do.
    Before {
        /// The first day on which they do.
        from: NaiveDate,
    },
    /// The day lies after the trial period.
    After {
        /// The last day on which they did.
        last: NaiveDate,
    },
}

/// The titles of something that the measures enumerate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Titles<const N: usize> {
    /// In the order of the measures.
    #[serde(serialize_with = "serialize_titles")]
    pub titles: [String; N],
    /// Where they stand.
    pub article: Article,
}

/// The composition of a panel (专家委员会), Article 11.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PanelRules {
    /// The fewest members.
    pub min_members: u32,
    /// The largest share of members from the host unit: numerator and denominator.
    pub host_share: (u32, u32),
    /// The longest term in years.
    pub max_term_years: u32,
    /// Where it stands.
    pub article: Article,
}

/// The public notice (公示), Article 7(5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NoticeRules {
    /// How many working days.
    pub working_days: u32,
    /// Where it stands.
    pub article: Article,
}

/// The annual report (年度报告), Article 20: due every year on this day at the latest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportRules {
    /// The month, 1 to 12.
    pub month: u32,
    /// The day; exists in every year.
    pub day: u32,
    /// Where it stands.
    pub article: Article,
}

/// A number of years with the article that sets it: the evaluation cycle (评估周期), the rectification (整改期).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct YearsRule {
    /// How many years.
    pub years: u32,
    /// Where it stands.
    pub article: Article,
}

/// What makes a centre 不合格 whatever its score, Article 22.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingRules {
    /// The words for [`FindingKind::AbsentWithoutReason`].
    pub absent_without_reason: String,
    /// The words for [`FindingKind::FalseMaterial`].
    pub false_material: String,
    /// The words for [`FindingKind::Interference`].
    pub interference: String,
    /// Where they stand.
    pub article: Article,
}

/// How a centre is named, Article 24.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NameRules {
    /// What the name begins with.
    pub prefix: String,
    /// What it ends with.
    pub suffix: String,
    /// Where it stands.
    pub article: Article,
}

/// How we read the measures where they are silent; always 待主管部门确认.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// A name for it within the file.
    pub key: String,
    /// The reading.
    pub text: String,
    /// What it leans on.
    pub basis: String,
}

/// A rulebook (规则库): the measures as data. Made only by [`Rulebook::parse`], so its values are always checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Rulebook {
    /// Its id, for example `jinzhong-2023-33`.
    pub id: String,
    /// The title of the measures.
    pub title: String,
    /// Their document number (发文字号).
    pub document_number: String,
    /// Who issued them.
    pub issuer: String,
    /// The day of issue.
    pub issued_on: NaiveDate,
    /// When they apply.
    pub force: ForceRules,
    /// The six dimensions.
    pub dimensions: Titles<6>,
    /// The five grades.
    pub grades: Titles<5>,
    /// The panel.
    pub panel: PanelRules,
    /// The public notice.
    pub public_notice: NoticeRules,
    /// The annual report.
    pub annual_report: ReportRules,
    /// The evaluation cycle.
    pub evaluation: YearsRule,
    /// The rectification.
    pub rectification: YearsRule,
    /// The article by which 不合格 revokes the standing.
    pub revocation: Article,
    /// The findings.
    pub findings: FindingRules,
    /// The naming.
    pub name: NameRules,
    /// The conditions of Article 8, in the order of [`ConditionKey::ALL`].
    pub conditions: Vec<Condition>,
    /// How we read what the measures leave open.
    pub readings: Vec<Reading>,
    scheme: Scheme,
}

impl Rulebook {
    /// Reads a rulebook file.
    ///
    /// # Errors
    /// [`RulebookError`] with line and key: not TOML; a key missing, unknown or of the wrong type; a value outside its
    /// range; an unsound default scheme; dimensions or grades that are not those of [`Dimension`] and [`Grade`].
    pub fn parse(text: &str) -> Result<Self, RulebookError> {
        let mut root = Section::parse(text)?;
        let rulebook = Self {
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

    /// Whether the measures apply on a day (Article 25).
    #[must_use]
    pub fn in_force(&self, date: NaiveDate) -> InForce {
        let ForceRules { from, last, .. } = self.force;
        if date < from {
            InForce::Before { from }
        } else if date > last {
            InForce::After { last }
        } else {
            InForce::Yes
        }
    }

    /// The scheme that a new round starts from: ours, not of the measures, and never confirmed.
    #[must_use]
    pub fn default_scheme(&self) -> Scheme {
        self.scheme.clone()
    }

    /// The words of the measures for a finding.
    #[must_use]
    pub fn finding(&self, kind: FindingKind) -> &str {
        match kind {
            FindingKind::AbsentWithoutReason => &self.findings.absent_without_reason,
            FindingKind::FalseMaterial => &self.findings.false_material,
            FindingKind::Interference => &self.findings.interference,
        }
    }

    /// Every article that a value rests on, with the key of its table, in the order of the file.
    #[must_use]
    pub fn articles(&self) -> Vec<(String, &Article)> {
        let fixed = [
            ("in_force", &self.force.article),
            ("dimensions", &self.dimensions.article),
            ("grades", &self.grades.article),
            ("panel", &self.panel.article),
            ("public_notice", &self.public_notice.article),
            ("annual_report", &self.annual_report.article),
            ("evaluation", &self.evaluation.article),
            ("rectification", &self.rectification.article),
            ("revocation", &self.revocation),
            ("findings", &self.findings.article),
            ("name", &self.name.article),
        ];
        let conditions = self.conditions.iter().map(|c| (format!("conditions.{}", c.key.name()), &c.article));
        fixed.into_iter().map(|(key, article)| (key.to_owned(), article)).chain(conditions).collect()
    }
}

impl Article {
    /// As the measures count: `第七条第（五）项`.
    #[must_use]
    pub fn chinese(&self) -> String {
        let article = format!("第{}条", chinese_number(self.number));
        self.item.map_or(article.clone(), |item| format!("{article}第（{}）项", chinese_number(item)))
    }
}

impl fmt::Display for Article {
    /// `22` or `7(5)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number)?;
        self.item.map_or(Ok(()), |item| write!(f, "({item})"))
    }
}

/// A number from 1 to 99 in Chinese digits (二十二), as articles are counted.
fn chinese_number(number: u32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: u32| usize::try_from(n % 10).ok().and_then(|n| DIGITS.get(n)).copied().unwrap_or_default();
    match number {
        0 | 100.. => number.to_string(),
        1..10 => digit(number).to_owned(),
        10..20 => format!("十{}", digit(number)),
        20..100 => format!("{}十{}", digit(number / 10), digit(number)),
    }
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
        let min_members = section.number("min_members", 1..=100)?;
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

fn serialize_titles<S: serde::Serializer, const N: usize>(
    titles: &[String; N],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(titles)
}
