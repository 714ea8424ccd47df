//! Working days (工作日) by the State Council's yearly notices, as data.
//!
//! A year without a notice is not guessed: the answer is [`OutsideCalendar`], and the screens say so.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::datafile::{DataError, Fault, Section, Value};

/// The notices for 2024, 2025 and 2026, as shipped.
pub const CN_2024_2026: &str = include_str!("../../../../assets/calendars/cn-2024-2026.toml");

/// What is wrong with a calendar file: the line, the key and the [`Fault`].
pub type CalendarError = DataError;

/// A holiday calendar (节假日日历) of whole years without a gap. Made only by [`Calendar::parse`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    id: String,
    first: i32,
    last: i32,
    notices: Vec<String>,
    days: BTreeMap<NaiveDate, Day>,
}

/// What a notice says of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Day {
    /// A day off, by the name of its holiday.
    Off(String),
    /// A Saturday or Sunday on which work is made up (调休上班).
    MakeUp,
}

/// The day lies in a year for which the calendar holds no notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("the year {year} is outside the holiday calendar ({first} to {last})")]
pub struct OutsideCalendar {
    /// The year of the day.
    pub year: i32,
    /// The calendar's first year.
    pub first: i32,
    /// The calendar's last year.
    pub last: i32,
}

impl Calendar {
    /// Reads a calendar file.
    ///
    /// # Errors
    /// [`CalendarError`] with line and key: not TOML, a key missing, unknown or of the wrong type; years that do not
    /// follow one another; a span that ends before it begins, a day that stands twice or in another year than its own
    /// or the one before, a made-up working day that is no Saturday or Sunday.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let mut root = Section::parse(text)?;
        let id = root.text("id", 40)?;
        let years_value = root.value("years")?;
        let years_place = years_value.place();
        let mut calendar = Self { id, first: 0, last: 0, notices: vec![], days: BTreeMap::new() };
        for year in years_value.list()? {
            calendar.read_year(year.section()?)?;
        }
        if calendar.notices.is_empty() {
            return Err(years_place.fault(Fault::Missing));
        }
        root.finish()?;
        Ok(calendar)
    }

    fn read_year(&mut self, mut section: Section<'_>) -> Result<(), CalendarError> {
        let year_value = section.value("year")?;
        let year = i32::try_from(year_value.number(1990..=2199)?).map_err(|_| year_value.fault(Fault::Date))?;
        if self.notices.is_empty() {
            self.first = year;
        } else if year != self.last + 1 {
            return Err(year_value.fault(Fault::Days));
        }
        self.last = year;
        self.notices.push(section.text("notice", 200)?);
        for holiday in section.value("holidays")?.list()? {
            self.read_holiday(holiday.section()?, year)?;
        }
        for value in section.value("make_up")?.list()? {
            let date = value.date()?;
            if !is_weekend(date) {
                return Err(value.fault(Fault::Days));
            }
            self.add(date, Day::MakeUp, year, &value)?;
        }
        section.finish()
    }

    fn read_holiday(&mut self, mut section: Section<'_>, year: i32) -> Result<(), CalendarError> {
        /// Longer than any holiday; bounds what a hostile file makes us store.
        const LONGEST: usize = 31;
        let name = section.text("name", 20)?;
        let from = section.date("from")?;
        let to_value = section.value("to")?;
        let to = to_value.date()?;
        let days: Vec<NaiveDate> = from.iter_days().take_while(|day| *day <= to).take(LONGEST + 1).collect();
        if days.is_empty() || days.len() > LONGEST {
            return Err(to_value.fault(Fault::Days));
        }
        for day in days {
            self.add(day, Day::Off(name.clone()), year, &to_value)?;
        }
        section.finish()
    }

    /// New Year's holiday may begin in December, so a year's notice may speak of days of the year before.
    fn add(&mut self, date: NaiveDate, day: Day, year: i32, value: &Value<'_>) -> Result<(), CalendarError> {
        let own_year = date.year() == year || date.year() == year - 1;
        if !own_year || self.days.insert(date, day).is_some() {
            return Err(value.fault(Fault::Days));
        }
        Ok(())
    }

    /// The calendar's id, for example `cn-2024-2026`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The first and the last year that it covers.
    #[must_use]
    pub const fn years(&self) -> (i32, i32) {
        (self.first, self.last)
    }

    /// The notices that it is taken from, one for each year.
    #[must_use]
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Whether the day is a working day: a Monday to Friday that is no holiday, or a weekend day made up.
    ///
    /// # Errors
    /// [`OutsideCalendar`].
    pub fn is_working_day(&self, date: NaiveDate) -> Result<bool, OutsideCalendar> {
        self.covers(date)?;
        Ok(match self.days.get(&date) {
            Some(Day::Off(_)) => false,
            Some(Day::MakeUp) => true,
            None => !is_weekend(date),
        })
    }

    /// The name of the holiday that the day is off for, if any.
    ///
    /// # Errors
    /// [`OutsideCalendar`].
    pub fn holiday(&self, date: NaiveDate) -> Result<Option<&str>, OutsideCalendar> {
        self.covers(date)?;
        Ok(match self.days.get(&date) {
            Some(Day::Off(name)) => Some(name),
            Some(Day::MakeUp) | None => None,
        })
    }

    /// The last of `count` working days that follow a day; the day itself does not count. None of them is the day
    /// itself.
    ///
    /// ```
    /// use review::calendar::{CN_2024_2026, Calendar};
    /// let calendar = Calendar::parse(CN_2024_2026).unwrap();
    /// // Published on the Tuesday before National Day 2025: 1 to 8 October are off, Saturday 11 October is made up.
    /// let end = calendar.add_working_days("2025-09-30".parse().unwrap(), 5).unwrap();
    /// assert_eq!(end.to_string(), "2025-10-14");
    /// ```
    ///
    /// # Errors
    /// [`OutsideCalendar`] where one of the days to be counted lies outside.
    pub fn add_working_days(&self, date: NaiveDate, count: u32) -> Result<NaiveDate, OutsideCalendar> {
        let mut day = date;
        let mut left = count;
        while left > 0 {
            day = day.succ_opt().ok_or_else(|| self.outside(day))?;
            if self.is_working_day(day)? {
                left -= 1;
            }
        }
        Ok(day)
    }

    fn covers(&self, date: NaiveDate) -> Result<(), OutsideCalendar> {
        let covered = (self.first..=self.last).contains(&date.year());
        if covered { Ok(()) } else { Err(self.outside(date)) }
    }

    fn outside(&self, date: NaiveDate) -> OutsideCalendar {
        OutsideCalendar { year: date.year(), first: self.first, last: self.last }
    }
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}
