//! The period of an economy: the time between two settlements, in whole seconds. What a scenario
//! says per day is brought to it here.
//!
//! Rounding: amounts of a day are scaled exactly and rounded down to the base unit. A period of one
//! day changes no number, to the last bit.

use pinwheel_core::{Amount, SimDuration};
use serde::{Deserialize, Serialize};

/// Seconds of the day that rates such as "20_000 USD/d" are counted by.
pub const SECONDS_PER_DAY: u32 = 86_400;

/// The time between two settlements.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    seconds: u32,
}

impl Period {
    /// A period of so many seconds.
    ///
    /// # Panics
    ///
    /// If there are none: the clock would stand still.
    pub fn from_seconds(seconds: u32) -> Self {
        assert!(seconds > 0, "a period has a length");
        Period { seconds }
    }
    /// Its length in seconds.
    pub fn seconds(self) -> u32 {
        self.seconds
    }
    /// Its length on the clock of the simulation.
    pub fn duration(self) -> SimDuration {
        SimDuration::from_seconds(u64::from(self.seconds))
    }
    /// Its length in days.
    pub fn days(self) -> f64 {
        f64::from(self.seconds) / f64::from(SECONDS_PER_DAY)
    }
    /// What a period has of an amount per day, rounded down.
    pub fn of_day(self, per_day: Amount) -> Amount {
        per_day.mul_div_floor(self.seconds.into(), SECONDS_PER_DAY.into())
    }
    /// The amount per day that an amount per period is, rounded down.
    pub fn per_day(self, of_period: Amount) -> Amount {
        of_period.mul_div_floor(SECONDS_PER_DAY.into(), self.seconds.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_changes_no_number_and_an_hour_takes_a_24th_part() {
        let (day, hour) = (Period::from_seconds(86_400), Period::from_seconds(3_600));
        for amount in [Amount(0), Amount(1), Amount(10u128.pow(33) + 7)] {
            assert_eq!((day.of_day(amount), day.per_day(amount)), (amount, amount));
            assert_eq!(hour.of_day(amount), Amount(amount.0 / 24));
        }
        assert_eq!(day.days(), 1.0);
        assert_eq!(hour.days() * 24.0, 1.0);
        assert_eq!(hour.duration(), SimDuration::from_hours(1));
    }
}
