//! Simulated time: unsigned nanoseconds since the start of the scenario, enough for 584 years.
//! Calendar dates belong to the scenario; no float ever takes part in time arithmetic.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// An instant: nanoseconds since the start of the scenario.
#[derive(
    Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct SimTime(u64);

/// A length of time in nanoseconds.
#[derive(
    Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct SimDuration(u64);

impl SimTime {
    /// The start of the run.
    pub const ZERO: SimTime = SimTime(0);
    /// The end of time, which no run reaches.
    pub const MAX: SimTime = SimTime(u64::MAX);

    /// The instant so many nanoseconds after the start.
    pub const fn from_nanos(nanos: u64) -> Self {
        SimTime(nanos)
    }
    /// Nanoseconds since the start.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }
    /// Seconds as a float, for records and plots only.
    pub fn as_seconds(self) -> f64 {
        self.0 as f64 / NANOS_PER_SECOND as f64
    }
    /// Time since `earlier`, or zero if `earlier` lies ahead.
    pub const fn since(self, earlier: SimTime) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }
}

impl SimDuration {
    /// No time.
    pub const ZERO: SimDuration = SimDuration(0);

    /// So many nanoseconds.
    pub const fn from_nanos(nanos: u64) -> Self {
        SimDuration(nanos)
    }
    /// So many seconds.
    pub const fn from_seconds(seconds: u64) -> Self {
        SimDuration(seconds * NANOS_PER_SECOND)
    }
    /// So many minutes.
    pub const fn from_minutes(minutes: u64) -> Self {
        Self::from_seconds(minutes * 60)
    }
    /// So many hours.
    pub const fn from_hours(hours: u64) -> Self {
        Self::from_seconds(hours * 3_600)
    }
    /// So many days of 86,400 seconds.
    pub const fn from_days(days: u64) -> Self {
        Self::from_seconds(days * 86_400)
    }
    /// A sampled number of seconds, rounded down to the nanosecond; negative samples and NaN are
    /// zero, and what does not fit is the longest duration.
    pub fn from_seconds_f64(seconds: f64) -> Self {
        // `as` saturates and maps NaN to zero: no platform decides.
        SimDuration((seconds * NANOS_PER_SECOND as f64) as u64)
    }
    /// Its nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }
    /// Seconds as a float, for records and laws of physics.
    pub fn as_seconds(self) -> f64 {
        self.0 as f64 / NANOS_PER_SECOND as f64
    }
    /// This duration `count` times over.
    pub const fn times(self, count: u64) -> Self {
        SimDuration(self.0 * count)
    }
}

impl Add<SimDuration> for SimTime {
    type Output = SimTime;
    /// Saturates at the end of time, which lies beyond the horizon of any run.
    fn add(self, d: SimDuration) -> SimTime {
        SimTime(self.0.saturating_add(d.0))
    }
}
impl AddAssign<SimDuration> for SimTime {
    fn add_assign(&mut self, d: SimDuration) {
        *self = *self + d;
    }
}
impl Add for SimDuration {
    type Output = SimDuration;
    fn add(self, other: SimDuration) -> SimDuration {
        SimDuration(self.0.saturating_add(other.0))
    }
}
impl Sub for SimDuration {
    type Output = SimDuration;
    fn sub(self, other: SimDuration) -> SimDuration {
        SimDuration(self.0.saturating_sub(other.0))
    }
}
impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SimDuration(self.0).fmt(f)
    }
}
impl fmt::Display for SimDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / NANOS_PER_SECOND;
        let (days, rest) = (seconds / 86_400, seconds % 86_400);
        write!(f, "{days} d {:02}:{:02}:{:02}", rest / 3_600, rest / 60 % 60, rest % 60)?;
        match self.0 % NANOS_PER_SECOND {
            0 => Ok(()),
            nanos => write!(f, ".{nanos:09}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sampled_seconds_become_durations_without_surprises() {
        let nanos = |seconds| SimDuration::from_seconds_f64(seconds).as_nanos();
        assert_eq!(nanos(1.5), 1_500_000_000);
        assert_eq!(nanos(0.9e-9), 0);
        assert_eq!(nanos(-3.0), 0);
        assert_eq!(nanos(f64::NAN), 0);
        assert_eq!(nanos(f64::INFINITY), u64::MAX);
        assert_eq!(nanos(1e30), u64::MAX);
    }

    #[test]
    fn time_saturates_at_its_ends() {
        let late = SimTime::MAX + SimDuration::from_days(1);
        assert_eq!(late, SimTime::MAX);
        assert_eq!(SimTime::ZERO.since(late), SimDuration::ZERO);
        assert_eq!(SimDuration::from_days(1) - SimDuration::from_days(2), SimDuration::ZERO);
    }

    #[test]
    fn time_reads_as_days_and_a_clock() {
        let time = SimTime::ZERO + SimDuration::from_days(3) + SimDuration::from_seconds(3_661);
        assert_eq!(time.to_string(), "3 d 01:01:01");
        let later = time + SimDuration::from_nanos(5);
        assert_eq!(later.to_string(), "3 d 01:01:01.000000005");
        assert_eq!(later.since(time).as_nanos(), 5);
    }
}
