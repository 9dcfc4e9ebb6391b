//! A lock: tokens that are bound for a while and then free themselves in equal parts, as those of
//! investors and staff are: a cliff, then so many parts.
//!
//! ```text
//! free after k parts = amount * at_cliff + (amount - amount * at_cliff) * k / parts
//! ```
//! The k-th part is free k spans of the calendar after the cliff.
//!
//! Rounding: what is free is rounded down to the base unit; after the last part it is all.
//!
//! Invariant: what is free never falls.

use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::share::part;

/// Tokens bound until a cliff, and then free part by part.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// All of them, base units.
    pub amount: Amount,
    /// The cliff, and the parts after it.
    pub calendar: Calendar,
    /// Share that is free at the cliff, in millionths.
    pub at_cliff: u32,
    /// Parts after it; none if all is free at the cliff.
    pub parts: u32,
}

impl Lock {
    /// What is free so many seconds after the start of the run.
    pub fn free(&self, seconds: i64) -> Amount {
        if seconds < self.calendar.at(0) {
            return Amount::ZERO;
        }
        let parts = (0..u64::from(self.parts)).rev();
        let passed = parts.map(|part| part + 1).find(|part| self.calendar.at(*part) <= seconds);
        let passed = passed.unwrap_or(0);
        let at_cliff = part(self.amount, self.at_cliff);
        let rest = self.amount - at_cliff;
        match self.parts {
            0 => self.amount,
            parts => at_cliff + rest.mul_div_floor(passed.into(), parts.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::economy::calendar::Every;

    /// io.net's investors: 24 equal parts at the ends of months 13 to 36.
    #[test]
    fn parts_are_free_month_by_month_after_the_cliff() {
        let start = date(2024, 6, 11);
        let calendar = Calendar { every: Every::Months(1), from: date(2025, 6, 11), start };
        let lock = Lock { amount: Amount(2_401), calendar, at_cliff: 0, parts: 24 };
        let free = |date| lock.free(Calendar { from: date, ..calendar }.at(0)).0;
        assert_eq!(free(date(2025, 7, 10)), 0);
        assert_eq!(free(date(2025, 7, 11)), 100);
        assert_eq!(free(date(2026, 6, 11)), 1_200);
        assert_eq!((free(date(2027, 6, 10)), free(date(2027, 6, 11))), (2_300, 2_401));
        let quarter = Lock { at_cliff: 250_000, ..lock };
        let free = |date| quarter.free(Calendar { from: date, ..calendar }.at(0)).0;
        assert_eq!((free(date(2025, 6, 10)), free(date(2025, 6, 11))), (0, 600));
        assert_eq!((free(date(2027, 6, 11)), free(date(2030, 1, 1))), (2_401, 2_401));
    }
}
