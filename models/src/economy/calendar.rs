//! Dates on which something is due again and again: every so many seconds, or every so many months
//! of the civil calendar.
//!
//! Counted in whole seconds since the start of the run; what began before it has negative ones.
//! A month that lacks the day of the first date ends on its last day (31 January, 28 February,
//! 31 March).

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::period::SECONDS_PER_DAY;

/// Longest span of months that a date is moved by.
const MONTHS_MAX: i64 = 12 * 5_000;

/// How long from one due date to the next.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Every {
    /// So many seconds.
    Seconds(u32),
    /// So many months of the calendar.
    Months(u32),
}

impl Every {
    /// Its length in days: that of the mean Gregorian month of 30.436875 d where it has no other.
    pub fn days(self) -> f64 {
        match self {
            Every::Seconds(seconds) => f64::from(seconds) / f64::from(SECONDS_PER_DAY),
            Every::Months(months) => f64::from(months) * 146_097.0 / 4_800.0,
        }
    }

    /// How many spans of another it has; `None` if that is no whole number.
    pub fn parts(self, of: Every) -> Option<u32> {
        let (all, each) = match (self, of) {
            (Every::Seconds(all), Every::Seconds(each)) => (all, each),
            (Every::Months(all), Every::Months(each)) => (all, each),
            _ => return None,
        };
        (all % each == 0).then_some(all / each)
    }

    /// How often it fits into a year: of 12 months, or of 365 days.
    pub fn per_year(self) -> Option<u32> {
        let (year, length) = match self {
            Every::Seconds(seconds) => (365 * SECONDS_PER_DAY, seconds),
            Every::Months(months) => (12, months),
        };
        (year % length == 0).then_some(year / length)
    }
}

/// Due dates from a first one on.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// How long from one to the next.
    pub every: Every,
    /// The first.
    pub from: Date,
    /// The day on which the run begins.
    pub start: Date,
}

impl Calendar {
    /// Seconds from the start of the run to the due date with this number, from zero.
    pub fn at(&self, number: u64) -> i64 {
        let day = i64::from(SECONDS_PER_DAY);
        match self.every {
            Every::Seconds(seconds) => {
                self.days_to(self.from) * day + number.min(1 << 40) as i64 * i64::from(seconds)
            }
            Every::Months(months) => self.days_to(self.after_months(number, months)) * day,
        }
    }

    /// The day of the due date with this number.
    pub fn date(&self, number: u64) -> Date {
        let days = self.at(number).div_euclid(i64::from(SECONDS_PER_DAY));
        self.start.saturating_add(Span::new().days(days))
    }

    /// How many spans of months have passed since the first date at so many seconds of the run.
    pub fn months_passed(&self, seconds: i64, months: u32) -> u64 {
        let days = seconds.div_euclid(i64::from(SECONDS_PER_DAY)) - self.days_to(self.from);
        // As many as the shortest years would have, and then down to what has passed.
        let most = (days.max(0) as u64) / 28 / u64::from(months);
        let passed = |number| self.days_to(self.after_months(number, months)) * 86_400 <= seconds;
        let (mut low, mut high) = (0, most + 1);
        while low + 1 < high {
            let middle = (low + high) / 2;
            *(if passed(middle) { &mut low } else { &mut high }) = middle;
        }
        low
    }

    fn after_months(&self, number: u64, months: u32) -> Date {
        let all = number.saturating_mul(months.into()).min(MONTHS_MAX as u64) as i64;
        self.from.saturating_add(Span::new().months(all))
    }

    fn days_to(&self, date: Date) -> i64 {
        let days = |date: Date| {
            date.since(jiff::civil::date(1970, 1, 1)).map_or(0, |span| i64::from(span.get_days()))
        };
        days(date) - days(self.start)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const DAY: i64 = 86_400;

    #[test]
    fn months_follow_the_calendar() {
        let months =
            Calendar { every: Every::Months(1), from: date(2024, 1, 31), start: date(2024, 2, 1) };
        let days = [0, 1, 2, 13].map(|number| months.at(number) / DAY);
        assert_eq!(days, [-1, 28, 59, 393], "31 January, 29 February, 31 March, 28 February 2025");
        let passed = [-DAY, 0, 28 * DAY - 1, 28 * DAY, 59 * DAY - 1, 394 * DAY];
        let passed = passed.map(|seconds| months.months_passed(seconds, 1));
        assert_eq!(passed, [0, 0, 0, 1, 1, 13]);
        let years = passed.len() as u64 + months.months_passed(400 * DAY, 12);
        assert_eq!(years, 7, "a year after 31 January 2024 has passed on 6 March 2025");
    }

    #[test]
    fn seconds_are_counted_from_the_first_date() {
        let hours = Calendar {
            every: Every::Seconds(3_600),
            from: date(2024, 2, 1),
            start: date(2024, 2, 2),
        };
        assert_eq!([hours.at(0), hours.at(25)], [-DAY, 3_600]);
        assert_eq!(Every::Seconds(3_600).per_year(), Some(8_760));
        assert_eq!(Every::Months(3).per_year(), Some(4));
        assert_eq!(Every::Seconds(7 * 86_400).per_year(), None);
    }
}
