//! The rulebook (规则库): every number of the measures with its article, as data. Code knows the kinds of rule, the
//! file knows the numbers.

mod parse;

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{conditions::Condition, datafile::DataError, scheme::Scheme, sheet::FindingKind};

/// The rulebook of the measures 市科发〔2023〕33号, as shipped.
pub const JINZHONG_2023_33: &str = include_str!("../../../../assets/rulebooks/jinzhong-2023-33.toml");

/// How the file marks what the measures leave open and the bureau has yet to confirm.
pub const UNCONFIRMED: &str = "待主管部门确认";

/// What is wrong with a rulebook file: the line, the key and the [`Fault`](crate::datafile::Fault).
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
    /// The conditions of Article 8, in the order of [`ConditionKey::ALL`](crate::conditions::ConditionKey::ALL).
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
    /// range; an unsound default scheme; dimensions or grades that are not those of
    /// [`Dimension`](crate::scheme::Dimension) and [`Grade`](crate::scheme::Grade).
    pub fn parse(text: &str) -> Result<Self, RulebookError> {
        parse::rulebook(text)
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

fn serialize_titles<S: serde::Serializer, const N: usize>(
    titles: &[String; N],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(titles)
}
