//! The dates of a run, which some values are checked against.

use jiff::civil::Date;

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
