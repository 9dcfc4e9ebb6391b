//! The dates of a run, which some values are checked against, and moments within it.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};

/// Longest run in days: a century.
pub const HORIZON_DAYS_MAX: u32 = 36_525;

/// First date, last date and length of a run.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct RunDays {
    /// The civil day that begins at simulated time zero.
    pub first: Date,
    /// The day after the last simulated one.
    pub last: Date,
    /// Whole days from first to last.
    pub horizon_days: u32,
}

/// Seconds of a civil day; there are no leap seconds.
pub const DAY_SECONDS: f64 = 86_400.0;
/// Seconds of a year of 365.25 days, the Julian year of astronomy.
pub const YEAR_SECONDS: f64 = 365.25 * DAY_SECONDS;

/// A civil day as a whole, or an instant of one, as typed: `2025-01-02` or `2025-01-02T06:00:00`.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// The day from its first to its last instant.
    Day(Date),
    /// An instant.
    At(DateTime),
}

impl When {
    /// The first instant of it.
    pub fn first(self) -> DateTime {
        match self {
            When::Day(date) => DateTime::from_parts(date, Time::midnight()),
            When::At(instant) => instant,
        }
    }

    /// The last instant of it.
    pub fn last(self) -> DateTime {
        match self {
            When::Day(date) => DateTime::from_parts(date, Time::MAX),
            When::At(instant) => instant,
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            When::Day(date) => date.fmt(f),
            When::At(instant) => instant.fmt(f),
        }
    }
}
