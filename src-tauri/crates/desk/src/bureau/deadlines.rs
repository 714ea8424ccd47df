//! What falls due (期限): computed from the decisions by the rulebook of the round that each was taken in.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate};
use review::{
    calendar::{CN_2024_2026, Calendar, OutsideCalendar},
    deadlines::{next_annual_report, notice_end},
    result::Consequence,
    round::RoundKind,
};

use super::{
    register::{Decided, over_the_years},
    results::consequence,
};
use crate::{Desk, DeskError, dto::DeadlineView};

/// All deadlines, the nearest first.
///
/// For each centre only its newest decision counts. The public notice (公示, Article 7(5)) is reckoned from the day on which
/// the last decision of an establishment round was taken, as if it were published that day: the measures do not say when it is.
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

/// The end of the public notice of every establishment round decided on.
fn notices(
    centres: &[Vec<Decided<'_>>],
    calendar: &Calendar,
    today: NaiveDate,
) -> Result<Vec<DeadlineView>, DeskError> {
    let mut rounds: BTreeMap<&str, (NaiveDate, &Decided<'_>)> = BTreeMap::new();
    for decided in centres.iter().flatten().filter(|d| d.issued.round().kind == RoundKind::Establishment) {
        let on = day_of(decided)?;
        let newest = rounds.entry(&decided.decision.round_id).or_insert((on, decided));
        if newest.0 < on {
            *newest = (on, decided);
        }
    }
    let notice = |(published, decided): &(NaiveDate, &Decided<'_>)| {
        let rules = &decided.issued.rulebook().public_notice;
        let article = rules.article.chinese();
        let subject = decided.issued.round().title.clone();
        match notice_end(rules, calendar, *published) {
            Ok(until) => line("public_notice", until, article, subject, today),
            Err(outside) => DeadlineView {
                until: String::new(),
                days_left: 0,
                problem: Some(outside_calendar(outside)),
                ..line("public_notice", today, article, subject, today)
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
            line("next_evaluation", until, rulebook.evaluation.article.chinese(), subject(), today)
        }
        Some(Consequence::Rectification { until }) => {
            line("rectification", until, rulebook.rectification.article.chinese(), subject(), today)
        }
        Some(Consequence::Revocation | Consequence::Establishment) | None => return Ok(vec![]),
    };
    let rules = &rulebook.annual_report;
    let report = line("annual_report", next_annual_report(rules, today), rules.article.chinese(), subject(), today);
    Ok(vec![follows, report])
}

fn line(kind: &str, until: NaiveDate, article: String, subject: String, today: NaiveDate) -> DeadlineView {
    let days = until.num_days_from_ce().saturating_sub(today.num_days_from_ce());
    DeadlineView { kind: kind.to_owned(), until: until.to_string(), article, subject, days_left: days, problem: None }
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
