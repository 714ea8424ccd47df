//! Deadlines (期限): the notice of Article 7(5), the report of Article 20, the cycle of Article 21, the rectification of
//! Article 22. Every number comes from the rulebook.
//!
//! The measures do not say how the days are counted. Ours is the reading of the Civil Code (民法典): by Article 201 the
//! first day does not count; by Article 202 a term of years ends on the same day of its last month, or on that month's
//! last day where there is no such day. The rulebook lists each reading, marked 待主管部门确认.

use chrono::{Datelike, Months, NaiveDate};

use crate::{
    calendar::{Calendar, OutsideCalendar},
    rulebook::{NoticeRules, ReportRules, YearsRule},
};

/// The last day of a public notice (公示), included, which was published on a day that does not itself count.
///
/// # Errors
/// [`OutsideCalendar`] where a day to be counted lies in a year without a holiday notice.
pub fn notice_end(
    rules: &NoticeRules,
    calendar: &Calendar,
    published: NaiveDate,
) -> Result<NaiveDate, OutsideCalendar> {
    calendar.add_working_days(published, rules.working_days)
}

/// The day by which the annual report (年度报告) is due in that year, included: it reports on the year before and plans
/// this one.
#[must_use]
pub fn annual_report(rules: &ReportRules, year: i32) -> NaiveDate {
    // The rulebook's reader has checked that the day exists in every year.
    NaiveDate::from_ymd_opt(year, rules.month, rules.day).unwrap_or(NaiveDate::MAX)
}

/// The next day on which an annual report is due: today, or after it.
#[must_use]
pub fn next_annual_report(rules: &ReportRules, today: NaiveDate) -> NaiveDate {
    let this_year = annual_report(rules, today.year());
    if today <= this_year { this_year } else { annual_report(rules, today.year().saturating_add(1)) }
}

/// The year of the evaluation (定期评估) that follows one of that year.
#[must_use]
pub fn next_evaluation(rules: &YearsRule, year: i32) -> i32 {
    year.saturating_add_unsigned(rules.years)
}

/// The last day of a rectification (整改), included, that counts from a day: its anniversary, and 28 February for a
/// 29 February without one.
///
/// ```
/// use review::{deadlines, rulebook::{JINZHONG_2023_33, Rulebook}};
/// let rules = Rulebook::parse(JINZHONG_2023_33).unwrap();
/// let end = deadlines::rectification_end(&rules.rectification, "2024-02-29".parse().unwrap());
/// assert_eq!(end.to_string(), "2025-02-28");
/// ```
#[must_use]
pub fn rectification_end(rules: &YearsRule, from: NaiveDate) -> NaiveDate {
    // The calendar's end lies beyond any year that a round can have.
    from.checked_add_months(Months::new(rules.years.saturating_mul(12))).unwrap_or(NaiveDate::MAX)
}

/// The last day of a term of years whose first day counts (自……之日起): the day before its anniversary, or 28 February
/// for a 29 February without one. Nothing where the calendar ends.
pub(crate) fn last_day_of(from: NaiveDate, years: u32) -> Option<NaiveDate> {
    let anniversary = from.checked_add_months(Months::new(years.checked_mul(12)?))?;
    if anniversary.day() == from.day() { anniversary.pred_opt() } else { Some(anniversary) }
}
