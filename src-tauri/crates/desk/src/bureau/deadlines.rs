//! What falls due (期限): computed from the decisions by the rulebook of the round that each was taken in.
//!
//! The measures set how long, and rarely how the days are counted: each line names the rulebook's readings that it rests on.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate};
use review::{
    calendar::{CN_2024_2026, Calendar, OutsideCalendar},
    deadlines::{next_annual_report, notice_end},
    result::Consequence,
    round::RoundKind,
    rulebook::{Article, Rulebook, YearsRule},
    scheme::Grade,
};
use store::tables::decisions::Decision;

use super::{
    register::{Decided, over_the_years},
    results::consequence,
};
use crate::{
    Desk, DeskError,
    dto::{DeadlineView, ReadingView},
};

/// What each kind of deadline rests on besides the measures' own words: keys of the rulebook's readings.
const READINGS: [(&str, &[&str]); 4] = [
    ("public_notice", &["public_notice_passed", "public_notice_start", "public_notice_first_day"]),
    ("next_evaluation", &["next_evaluation_until"]),
    ("rectification", &["rectification_start", "rectification_last_day", "rectification_last_day_not_moved"]),
    ("annual_report", &["annual_report_day_included", "annual_report_from_evaluation"]),
];

/// All deadlines, the nearest first.
///
/// For each centre only its newest decision counts. The public notice (公示, Article 7(5)) is reckoned from the day on which
/// the last decision of an establishment round was taken, as if it were published that day: the measures do not say when it is.
/// Nor do they say how the list of those that passed is made, and a decision does not either: a round in which every centre
/// is 不合格 has no such list here, any other has.
/// A centre that has only been through an establishment review owes no annual report yet, and one that was revoked none more.
///
/// # Errors
/// Those of the store; those of verifying the rounds again. A day that cannot be computed says why in its line.
pub fn deadlines(desk: &mut Desk) -> Result<Vec<DeadlineView>, DeskError> {
    let today = desk.host.clock.now().date_naive();
    let calendar = Calendar::parse(CN_2024_2026).map_err(DeskError::internal)?;
    let mut found = over_the_years(desk, |centres| {
        let mut found = notices(centres, &calendar, today)?;
        for decided in centres.iter().filter_map(|decisions| decisions.last()) {
            found.extend(of_centre(decided, today)?);
        }
        Ok(found)
    })?;
    found.sort_by(|a, b| (&a.until, &a.kind, &a.subject).cmp(&(&b.until, &b.kind, &b.subject)));
    Ok(found)
}

/// The end of the public notice of every establishment round in which a decision names a grade that may have passed.
fn notices(
    centres: &[Vec<Decided<'_>>],
    calendar: &Calendar,
    today: NaiveDate,
) -> Result<Vec<DeadlineView>, DeskError> {
    let mut rounds: BTreeMap<&str, (NaiveDate, &Decided<'_>)> = BTreeMap::new();
    let mut passed: BTreeSet<&str> = BTreeSet::new();
    for decided in centres.iter().flatten().filter(|d| d.issued.round().kind == RoundKind::Establishment) {
        let on = day_of(decided)?;
        if grade(decided.decision)?.is_none_or(|grade| grade != Grade::Unqualified) {
            passed.insert(&decided.decision.round_id);
        }
        let newest = rounds.entry(&decided.decision.round_id).or_insert((on, decided));
        if newest.0 < on {
            *newest = (on, decided);
        }
    }
    rounds.retain(|round, _| passed.contains(round));
    let notice = |(published, decided): &(NaiveDate, &Decided<'_>)| {
        let rulebook = decided.issued.rulebook();
        let rules = &rulebook.public_notice;
        let rule = Rule { kind: "public_notice", article: &rules.article, length: rules.working_days, rulebook };
        let subject = decided.issued.round().title.clone();
        match notice_end(rules, calendar, *published) {
            Ok(until) => rule.line(until, subject, today),
            Err(outside) => DeadlineView {
                until: String::new(),
                days_left: 0,
                problem: Some(outside_calendar(outside)),
                ..rule.line(today, subject, today)
            },
        }
    };
    Ok(rounds.values().map(notice).collect())
}

/// What the newest decision on a centre lets fall due.
fn of_centre(decided: &Decided<'_>, today: NaiveDate) -> Result<Vec<DeadlineView>, DeskError> {
    let rulebook = decided.issued.rulebook();
    let subject = || decided.centre_name.to_owned();
    let follows = match consequence(decided.decision)? {
        Some(Consequence::NextEvaluation { year }) => {
            // The cycle ends with the year; the measures name no day in it.
            let until = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(NaiveDate::MAX);
            let YearsRule { years, article } = &rulebook.evaluation;
            Rule { kind: "next_evaluation", article, length: *years, rulebook }.line(until, subject(), today)
        }
        Some(Consequence::Rectification { until }) => {
            let YearsRule { years, article } = &rulebook.rectification;
            Rule { kind: "rectification", article, length: *years, rulebook }.line(until, subject(), today)
        }
        Some(Consequence::Revocation | Consequence::Establishment) | None => return Ok(vec![]),
    };
    let rules = &rulebook.annual_report;
    let report = Rule { kind: "annual_report", article: &rules.article, length: 0, rulebook };
    Ok(vec![follows, report.line(next_annual_report(rules, today), subject(), today)])
}

/// What a line says of the rule behind it.
struct Rule<'a> {
    kind: &'static str,
    article: &'a Article,
    length: u32,
    rulebook: &'a Rulebook,
}

impl Rule<'_> {
    fn line(&self, until: NaiveDate, subject: String, today: NaiveDate) -> DeadlineView {
        let keys = READINGS.iter().find(|(kind, _)| *kind == self.kind).map_or(&[][..], |(_, keys)| keys);
        let reading = |key: &&str| {
            let reading = self.rulebook.readings.iter().find(|reading| reading.key == *key)?;
            Some(ReadingView { key: reading.key.clone(), text: reading.text.clone() })
        };
        DeadlineView {
            kind: self.kind.to_owned(),
            until: until.to_string(),
            article: self.article.chinese(),
            length: self.length,
            readings: keys.iter().filter_map(reading).collect(),
            subject,
            days_left: until.num_days_from_ce().saturating_sub(today.num_days_from_ce()),
            problem: None,
        }
    }
}

fn grade(decision: &Decision) -> Result<Option<Grade>, DeskError> {
    decision.grade.as_deref().map(serde_json::from_str).transpose().map_err(DeskError::internal)
}

/// The day of a decision, by the clock of the place where it was taken.
fn day_of(decided: &Decided<'_>) -> Result<NaiveDate, DeskError> {
    let at = DateTime::parse_from_rfc3339(&decided.decision.at).map_err(DeskError::internal)?;
    Ok(at.date_naive())
}

fn outside_calendar(outside: OutsideCalendar) -> DeskError {
    DeskError::new("CALENDAR_OUTSIDE")
        .with("year", outside.year)
        .with("first", outside.first)
        .with("last", outside.last)
}
