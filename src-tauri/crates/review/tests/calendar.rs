//! The shipped calendar agrees with two independent lists on every day of its years, and deadlines count by it.
//!
//! The lists under `golden/calendar` have a line for each month and a letter for each day: `w` for a working day. They
//! were written from the packages named by their files, `chinesecalendar` 1.11 (PyPI) by `is_workday` and
//! `chinese-days` 1.5.7 (npm) by `isWorkday`, asked for each day from 2024-01-01 to 2026-12-31.

#![allow(clippy::unwrap_used, clippy::panic)]

use chrono::{Days, NaiveDate};
use review::{
    calendar::{CN_2024_2026, Calendar, OutsideCalendar},
    datafile::Fault,
    deadlines,
    rulebook::{JINZHONG_2023_33, Rulebook},
};

const LISTS: [(&str, &str); 2] = [
    ("chinesecalendar 1.11", include_str!("golden/calendar/chinesecalendar-1.11.txt")),
    ("chinese-days 1.5.7", include_str!("golden/calendar/chinese-days-1.5.7.txt")),
];

fn calendar() -> Calendar {
    Calendar::parse(CN_2024_2026).unwrap()
}

fn rules() -> Rulebook {
    Rulebook::parse(JINZHONG_2023_33).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn every_day_of_2024_to_2026_agrees_with_both_lists() {
    let calendar = calendar();
    for (name, list) in LISTS {
        let mut date = day("2024-01-01");
        for line in list.lines() {
            let (month, letters) = line.split_once(' ').unwrap();
            for letter in letters.chars() {
                assert_eq!(date.to_string()[..7], *month, "{name}");
                assert_eq!(calendar.is_working_day(date), Ok(letter == 'w'), "{date} in {name}");
                date = date + Days::new(1);
            }
        }
        assert_eq!(date, day("2027-01-01"), "{name} covers all three years");
    }
}

#[test]
fn a_day_outside_the_years_is_never_guessed() {
    let calendar = calendar();
    assert_eq!(calendar.years(), (2024, 2026));
    assert_eq!(calendar.notices().len(), 3);
    for (date, year) in [("2023-12-31", 2023), ("2027-01-01", 2027)] {
        let outside = OutsideCalendar { year, first: 2024, last: 2026 };
        assert_eq!(calendar.is_working_day(day(date)), Err(outside));
        assert_eq!(calendar.holiday(day(date)), Err(outside));
    }
    assert_eq!(calendar.is_working_day(NaiveDate::MAX).unwrap_err().first, 2024);
    assert!(calendar.add_working_days(NaiveDate::MAX, 1).is_err());
}

#[test]
fn holidays_have_their_names() {
    let calendar = calendar();
    assert_eq!(calendar.holiday(day("2025-10-06")), Ok(Some("国庆节、中秋节")));
    assert_eq!(calendar.holiday(day("2025-10-11")), Ok(None), "made up");
    assert_eq!(calendar.holiday(day("2025-10-12")), Ok(None), "an ordinary Sunday");
}

#[test]
fn a_public_notice_lasts_five_working_days_after_its_day_of_publication() {
    let (rules, calendar) = (rules(), calendar());
    for (published, last, why) in [
        ("2025-06-09", "2025-06-16", "Monday: Tuesday to Friday and the next Monday"),
        ("2025-06-13", "2025-06-20", "Friday: the whole next week"),
        ("2025-06-14", "2025-06-20", "Saturday: as on the Friday before"),
        ("2024-02-05", "2024-02-18", "Spring Festival 10 to 17 February, Sunday the 18th made up"),
        ("2024-04-30", "2024-05-10", "Labour Day 1 to 5 May"),
        ("2025-09-30", "2025-10-14", "National Day 1 to 8 October, Saturday the 11th made up"),
        ("2025-12-30", "2026-01-07", "over the year's end: 1 to 3 January off, Sunday the 4th made up"),
    ] {
        assert_eq!(deadlines::notice_end(&rules.public_notice, &calendar, day(published)), Ok(day(last)), "{why}");
    }
    let outside = OutsideCalendar { year: 2027, first: 2024, last: 2026 };
    assert_eq!(deadlines::notice_end(&rules.public_notice, &calendar, day("2026-12-24")), Ok(day("2026-12-31")));
    assert_eq!(deadlines::notice_end(&rules.public_notice, &calendar, day("2026-12-25")), Err(outside));
}

#[test]
fn no_working_days_after_a_day_is_the_day_itself() {
    assert_eq!(calendar().add_working_days(day("2025-10-01"), 0), Ok(day("2025-10-01")));
}

#[test]
fn the_annual_report_is_due_on_31_january() {
    let rules = rules();
    assert_eq!(deadlines::annual_report(&rules.annual_report, 2025), day("2025-01-31"));
    assert_eq!(deadlines::next_annual_report(&rules.annual_report, day("2025-01-31")), day("2025-01-31"));
    assert_eq!(deadlines::next_annual_report(&rules.annual_report, day("2025-02-01")), day("2026-01-31"));
}

#[test]
fn the_next_evaluation_is_three_years_on() {
    assert_eq!(deadlines::next_evaluation(&rules().evaluation, 2025), 2028);
}

#[test]
fn a_rectification_ends_after_one_year_and_on_28_february_for_a_leap_day() {
    let rules = rules();
    for (from, end) in [
        ("2025-06-09", "2026-06-09"),
        ("2024-02-29", "2025-02-28"),
        ("2024-02-28", "2025-02-28"),
        ("2023-02-28", "2024-02-28"),
        ("2024-12-31", "2025-12-31"),
    ] {
        assert_eq!(deadlines::rectification_end(&rules.rectification, day(from)), day(end), "{from}");
    }
}

#[test]
fn a_broken_calendar_gives_line_and_key() {
    let year = |line: &str| format!("id = \"x\"\n[[years]]\nyear = 2024\nnotice = \"n\"\n{line}\n");
    let lists = |make_up: &str, holidays: &str| year(&format!("make_up = [{make_up}]\nholidays = [{holidays}]"));
    let next =
        |y: &str| format!("{}[[years]]\nyear = {y}\nnotice = \"n\"\nmake_up = []\nholidays = []\n", lists("", ""));
    let days = Fault::Days;
    for (name, text, line, key, fault) in [
        ("no_years", "id = \"x\"\nyears = []\n".to_owned(), 2, "years", Fault::Missing),
        ("no_holidays", year("make_up = []"), 2, "years[0].holidays", Fault::Missing),
        ("made_up_on_a_friday", lists("2024-02-02", ""), 5, "years[0].make_up[0]", days.clone()),
        ("made_up_twice", lists("2024-02-04, 2024-02-04", ""), 5, "years[0].make_up[1]", days.clone()),
        (
            "span_backwards",
            lists("", "{ name = \"春节\", from = 2024-02-10, to = 2024-02-09 }"),
            6,
            "years[0].holidays[0].to",
            days.clone(),
        ),
        (
            "span_without_end",
            lists("", "{ name = \"春节\", from = 2024-02-10, to = 9999-12-31 }"),
            6,
            "years[0].holidays[0].to",
            days.clone(),
        ),
        (
            "off_and_made_up",
            lists("2024-02-10", "{ name = \"春节\", from = 2024-02-10, to = 2024-02-11 }"),
            5,
            "years[0].make_up[0]",
            days.clone(),
        ),
        (
            "another_year",
            lists("", "{ name = \"春节\", from = 2025-02-10, to = 2025-02-11 }"),
            6,
            "years[0].holidays[0].to",
            days.clone(),
        ),
        ("year_left_out", next("2026"), 8, "years[1].year", days.clone()),
        ("year_twice", next("2024"), 8, "years[1].year", days),
        (
            "unknown_key",
            lists("", "").replace("notice", "workdays = []\nnotice"),
            4,
            "years[0].workdays",
            Fault::Unknown,
        ),
        ("day_that_is_none", lists("2023-02-29", ""), 5, "", Fault::Syntax(String::new())),
    ] {
        let error = Calendar::parse(&text).unwrap_err();
        assert_eq!(error.line, line, "{name}: {error}");
        if let Fault::Syntax(_) = error.fault {
            assert!(matches!(fault, Fault::Syntax(_)), "{name}: {error}");
        } else {
            assert_eq!((error.key.as_str(), error.fault.clone()), (key, fault), "{name}");
        }
    }
}
