//! The schedule of an emission: how many tokens are new, period by period of its own, and how many
//! of them are due at a moment of the run.
//!
//! | law | amount of period k |
//! |---|---|
//! | [`smooth`] | `first * 2^(-k / half_life)` |
//! | [`geometric`] | `first * factor^(steps before k)`: halvings, decays, a constant |
//! | [`table`](Law::Table) | the last row that begins with k or before |
//! | [`taper`] | constant, then in equal steps to nothing |
//!
//! Periods are seconds or months of the calendar ([`Calendar`]) and may begin before the run does
//! or after. What a period issues is due evenly over its seconds, or all of it at its end.
//!
//! Rounding: amounts of periods and what is due of one are rounded down to the base unit; at its
//! end a period has issued its whole amount. What rounding leaves of a total, less than a base unit
//! a period, the last period issues.
//!
//! Invariant: what is issued never exceeds the total, and never depends on how often one asks.

pub mod geometric;
pub mod smooth;
pub mod taper;

use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use geometric::Geometric;
use smooth::Halving;
use taper::Taper;

/// How many tokens each period issues.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Law {
    /// Halves smoothly.
    Smooth(Halving),
    /// Is multiplied again and again.
    Geometric(Geometric),
    /// Rows of a first period and its amount, rising; before the first row nothing.
    Table(Vec<(u64, Amount)>),
    /// Is constant, then falls in equal steps.
    Taper(Taper),
}

impl Law {
    fn at(&self, period: u64, calendar: &Calendar) -> Amount {
        match self {
            Law::Smooth(law) => law.at(u32::try_from(period).unwrap_or(u32::MAX)),
            Law::Geometric(law) => law.at(period, calendar),
            Law::Table(rows) => {
                let row = rows.partition_point(|(first, _)| *first <= period).checked_sub(1);
                row.map_or(Amount::ZERO, |row| rows[row].1)
            }
            Law::Taper(law) => law.at(period),
        }
    }

    /// What so many periods issue, but for the rounding of each; `None` if that has no closed form
    /// or is too much.
    fn all(&self, periods: u64, calendar: &Calendar) -> Option<Amount> {
        match self {
            Law::Smooth(_) => None,
            Law::Geometric(law) => law.all(periods, calendar),
            Law::Table(rows) => {
                let ends = rows.iter().skip(1).map(|(first, _)| *first).chain([periods]);
                let of_row = |((first, amount), end): (&(u64, Amount), u64)| {
                    amount.0.checked_mul(u128::from(end.min(periods).saturating_sub(*first)))
                };
                let mut all = rows.iter().zip(ends).map(of_row);
                all.try_fold(0u128, |sum, of| sum.checked_add(of?)).map(Amount)
            }
            Law::Taper(law) => law.all(),
        }
    }
}

/// When what a period issues is due.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Due {
    /// In proportion to its seconds.
    Evenly,
    /// At its end.
    AtItsEnd,
}

/// How many tokens are new, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// How many each period issues.
    pub law: Law,
    /// When its periods begin.
    pub calendar: Calendar,
    /// After so many periods it issues nothing; `None` for without end.
    pub periods: Option<u64>,
    /// Most that it issues; what rounding leaves of it, the last period issues.
    pub total: Option<Amount>,
    /// When it is due.
    pub due: Due,
}

/// A schedule while it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Emission {
    schedule: Schedule,
    /// Number of the present period, when it began and when it ends, and what it issues.
    period: u64,
    opened: i64,
    closes: i64,
    amount: Amount,
    /// What of that was due by now.
    given: Amount,
    /// What was due in all periods.
    issued: Amount,
    /// What all its periods issue, but for rounding; `None` where they have no end.
    all: Option<Amount>,
}

impl Emission {
    /// The beginning of a run. What was due before it counts towards the total, and is not due
    /// again.
    pub fn new(schedule: Schedule) -> Self {
        let (opened, closes) = (schedule.calendar.at(0), schedule.calendar.at(1));
        let all =
            schedule.periods.and_then(|periods| schedule.law.all(periods, &schedule.calendar));
        let mut emission = Emission {
            schedule,
            period: 0,
            opened,
            closes,
            amount: Amount::ZERO,
            given: Amount::ZERO,
            issued: Amount::ZERO,
            all,
        };
        emission.amount = emission.amount_of_period();
        emission.due(0);
        emission
    }

    /// What of the total is left at the beginning of the present period.
    fn left(&self) -> Option<Amount> {
        self.schedule.total.map(|total| total.saturating_sub(self.issued - self.given))
    }

    fn amount_of_period(&self) -> Amount {
        let Schedule { law, calendar, periods, .. } = &self.schedule;
        if periods.is_some_and(|periods| self.period >= periods) {
            return Amount::ZERO;
        }
        let amount = law.at(self.period, calendar);
        let Some(left) = self.left() else { return amount };
        match periods {
            // Each period has lost less than a base unit by rounding.
            Some(periods)
                if self.period + 1 == *periods
                    && left.saturating_sub(amount) <= Amount((*periods).into()) =>
            {
                left
            }
            _ => amount.min(left),
        }
    }

    /// What is due until so many seconds after the start of the run, beyond what was due before.
    pub fn due(&mut self, until: i64) -> Amount {
        let before = self.issued;
        while until >= self.closes {
            self.give(self.amount);
            self.period += 1;
            (self.opened, self.closes) = (self.closes, self.schedule.calendar.at(self.period + 1));
            self.given = Amount::ZERO;
            self.amount = self.amount_of_period();
            if self.ended() {
                self.closes = i64::MAX;
            }
        }
        if self.schedule.due == Due::Evenly && until > self.opened && self.amount > Amount::ZERO {
            let (passed, all) = (until - self.opened, self.closes - self.opened);
            self.give(self.amount.mul_div_floor(passed as u128, all as u128));
        }
        self.issued - before
    }

    fn give(&mut self, by_now: Amount) {
        self.issued += by_now - self.given;
        self.given = by_now;
    }

    fn ended(&self) -> bool {
        let Schedule { periods, .. } = self.schedule;
        periods.is_some_and(|periods| self.period >= periods) || self.left() == Some(Amount::ZERO)
    }

    /// Tokens of `decimals` that are still to come, but for the rounding of each period: at most
    /// so many where it ends by its total, infinite where it has no end.
    pub fn to_come(&self, decimals: u32) -> f64 {
        let tokens = |amount: Amount| amount.as_tokens(decimals);
        let left = self.left().map(|left| tokens(left - self.given));
        if let Some(all) = self.all {
            let rest = tokens(all.saturating_sub(self.issued));
            return left.map_or(rest, |left| left.min(rest));
        }
        let now = tokens(self.amount - self.given);
        let rest = match &self.schedule.law {
            Law::Smooth(law) => now + law.from_period_on(self.period as u32 + 1, decimals),
            Law::Geometric(law) => now + law.rest_of(&self.schedule.calendar) * tokens(self.amount),
            Law::Table(_) | Law::Taper(_) => f64::INFINITY,
        };
        left.map_or(rest, |left| left.min(rest))
    }

    /// All that was due since the first period.
    pub fn issued(&self) -> Amount {
        self.issued
    }
}
