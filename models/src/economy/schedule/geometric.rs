//! A geometric schedule: an amount that is multiplied by a factor after every so many periods.
//! With a factor of one half it is Bitcoin's halving (Nakamoto, "Bitcoin", 2008, section 6), with
//! steps of one period io.net's hourly or monthly decay, with a factor of one a constant emission.
//!
//! ```text
//! amount of period k = first * factor^(steps before k)
//! ```
//! The factor can be solved from the total of a number of periods instead: it is the largest one
//! whose amounts do not exceed the total.
//!
//! Rounding: powers are fixed point of 128 binary places, rounded down; an amount is rounded down
//! to the base unit, but for what fixed point can lose (2^-32 of a base unit).
//!
//! Invariant: no period issues more than the one before it.

use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

use crate::economy::calendar::{Calendar, Every};
use crate::laws::fixed::Q128;

/// After how many periods the amount is multiplied.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// After so many.
    Periods(u64),
    /// After so many months of the calendar since the first period.
    Months(u32),
}

/// An amount that is multiplied by a factor again and again.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Geometric {
    /// Base units of the first period.
    pub first: Q128,
    /// What it is multiplied by, in parts of 2^128; `None` for one.
    pub factor: Option<u128>,
    /// After how many periods.
    pub step: Step,
}

/// What fixed point can lose of a whole base unit, in parts of 2^128.
const LOST: u128 = 1 << 96;

/// A power of a fraction, rounded down.
fn power(factor: u128, exponent: u64) -> Q128 {
    let (mut result, mut base, mut left) = (Q128::ONE, factor, exponent);
    while left > 0 {
        if left & 1 == 1 {
            result = result.mul_fraction(base);
        }
        base = Q128::from_fraction(base).mul_fraction(base).fraction;
        left >>= 1;
    }
    result
}

/// The base units of a fixed-point number, rounded down.
pub(super) fn units(value: Q128) -> Amount {
    let whole = value.whole + i128::from(value.fraction > u128::MAX - LOST);
    Amount(u128::try_from(whole).unwrap_or(0))
}

impl Geometric {
    /// Multiplications before a period.
    fn steps(&self, period: u64, calendar: &Calendar) -> u64 {
        match self.step {
            Step::Periods(periods) => period / periods,
            Step::Months(months) => calendar.months_passed(calendar.at(period), months),
        }
    }

    /// Base units of a period, counted from zero.
    pub fn at(&self, period: u64, calendar: &Calendar) -> Amount {
        let Some(factor) = self.factor else { return units(self.first) };
        let power = power(factor, self.steps(period, calendar));
        units(match power.whole {
            0 => self.first.mul_fraction(power.fraction),
            _ => self.first,
        })
    }

    /// What all later periods issue, in amounts of the present one, for a schedule without end: as
    /// if the present step had half of its periods left. Infinite for a factor of one.
    pub(super) fn rest_of(&self, calendar: &Calendar) -> f64 {
        let Some(factor) = self.factor else { return f64::INFINITY };
        let factor = Q128::from_fraction(factor).to_f64();
        let periods = match self.step {
            Step::Periods(periods) => periods as f64,
            Step::Months(months) => Every::Months(months).days() / calendar.every.days(),
        };
        (periods - 1.0) / 2.0 + periods * factor / (1.0 - factor)
    }

    /// What so many periods issue, but for the rounding of each; `None` beyond 2^127 base units.
    pub(super) fn all(&self, periods: u64, calendar: &Calendar) -> Option<Amount> {
        let Some(factor) = self.factor else { return Self::constant(self.first, periods) };
        let step = match self.step {
            Step::Periods(periods) => periods,
            Step::Months(months) => {
                let periods = Every::Months(months).days() / calendar.every.days();
                (periods as u64).max(1)
            }
        };
        Self::sum(self.first, factor, periods, step).map(units)
    }

    /// The amounts of so many periods together, before they are rounded, for a factor; `None`
    /// beyond 2^127 base units.
    fn sum(first: Q128, factor: u128, periods: u64, step: u64) -> Option<Q128> {
        let (whole, rest) = (periods / step, periods % step);
        // (sum of the first m powers, m-th power), doubled for each binary digit of `whole`.
        let (mut sum, mut of) = (Q128::ZERO, Q128::ONE);
        for digit in (0..64 - whole.leading_zeros()).rev() {
            sum = sum + times(sum, of);
            of = times(of, of);
            if whole >> digit & 1 == 1 {
                sum = sum + of;
                of = of.mul_fraction(factor);
            }
        }
        let weight = sum.mul_whole(step) + of.mul_whole(rest);
        let all = first.whole.checked_mul(weight.whole.checked_add(1)?)?;
        (all < i128::MAX / 2).then(|| {
            first.mul_whole(u64::try_from(weight.whole).unwrap_or(u64::MAX))
                + first.mul_fraction(weight.fraction)
        })
    }

    /// What so many periods issue without decay; `None` beyond 2^127 base units.
    pub fn constant(first: Q128, periods: u64) -> Option<Amount> {
        let all = first.whole.checked_add(1)?.checked_mul(i128::from(periods))?;
        (all < i128::MAX / 2).then(|| units(first.mul_whole(periods)))
    }

    /// The largest factor below one with which so many periods issue at most the total; `None` if
    /// no factor does.
    pub fn solve(first: Q128, total: Amount, periods: u64, step: u64) -> Option<u128> {
        let fits = |factor: u128| {
            Self::sum(first, factor, periods, step).is_some_and(|sum| units(sum) <= total)
        };
        if !fits(0) {
            return None;
        }
        let (mut low, mut high) = (0, u128::MAX);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            *(if fits(middle) { &mut low } else { &mut high }) = middle;
        }
        Some(low)
    }
}

/// The product of two numbers, of which the second is a fraction or one.
fn times(value: Q128, fraction: Q128) -> Q128 {
    if fraction.whole == 1 { value } else { value.mul_fraction(fraction.fraction) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::economy::schedule::{Due, Emission, Law, Schedule};

    fn days() -> Calendar {
        let start = date(2025, 8, 1);
        Calendar { every: Every::Seconds(86_400), from: start, start }
    }

    #[test]
    fn a_halving_by_the_calendar_falls_on_its_date() {
        let halving = Geometric {
            first: Q128::from_whole(2_054_800_000_000),
            factor: Some(1 << 127),
            step: Step::Months(24),
        };
        let amounts = [0, 729, 730, 1_460, 1_461].map(|day| halving.at(day, &days()).0);
        // 2025-08-01, 2027-07-31, 2027-08-01, 2029-07-31, 2029-08-01.
        let first = 2_054_800_000_000;
        assert_eq!(amounts, [first, first, first / 2, first / 2, first / 4]);
    }

    proptest! {
        /// What is solved issues the total, to the base unit.
        #[test]
        fn the_factor_solved_issues_the_total(
            first in 1_000_000_000u128..1 << 90, periods in 4u64..600, step in 1u64..4,
            share in 0.05f64..0.999,
        ) {
            // More than the first amounts alone, and less than without decay.
            let least = first * u128::from(step);
            let all = first * u128::from(periods);
            let total = Amount(least + ((all - least) as f64 * share) as u128);
            let first = Q128::from_whole(first as i128);
            let factor = Geometric::solve(first, total, periods, step).unwrap();
            let law = Geometric { first, factor: Some(factor), step: Step::Periods(step) };
            let schedule = Schedule {
                law: Law::Geometric(law),
                calendar: days(),
                periods: Some(periods),
                total: Some(total),
                due: Due::Evenly,
            };
            let issued = Emission::new(schedule).due(periods as i64 * 86_400);
            prop_assert_eq!(issued, total);
            for period in 1..periods {
                prop_assert!(law.at(period, &days()) <= law.at(period - 1, &days()));
            }
        }
    }
}
