//! Behaviour driven by data: each day's network totals of onboarding and renewal, shared out over
//! the providers.
//!
//! The columns say how much raw and quality-adjusted power was onboarded and renewed and which
//! share of what was due was renewed; so what was due is known too (renewed / renewal rate). How
//! much of it was verified the data do not say: verified sectors have dates of their own, those of
//! their claims, and what of them is not among the renewed leaves; the rest of what was due had
//! quality one. Nor do they say whose sectors these were: new ones go by a provider's weight,
//! ending ones by what it has, those with the earliest dates first.
//!
//! Large providers act every day, medium ones once a week, small ones every four weeks.

use serde::{Deserialize, Serialize};

use super::Filecoin;
use super::business::Orders;
use super::sectors::{Kind, SECTORS_PER_PIB};
use super::settings::HistoryDay;

/// One day's network totals in sectors.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTotals {
    /// New sectors without verified deals.
    pub onboarded_capacity: u64,
    /// New sectors with verified deals.
    pub onboarded_verified: u64,
    /// Sectors without verified deals whose commitment ends.
    pub capacity_due: u64,
    /// Of these, those that are extended.
    pub capacity_renewed: u64,
    /// Sectors with verified deals whose commitment ends.
    pub verified_due: u64,
    /// Of these, those that are extended.
    pub verified_renewed: u64,
}

impl DayTotals {
    /// Of raw power `r` and quality-adjusted power `q`, `(q - r) / 9` is verified (quality 10).
    /// The due are taken apart as if verified sectors were renewed at `relative` times the day's
    /// overall rate: what a forecast learns from; a day that the history drives takes their sum.
    pub fn new(day: &HistoryDay, relative: f64) -> Self {
        let sectors = |pib: f64| (pib.max(0.0) * SECTORS_PER_PIB + 0.5) as u64;
        let verified = |raw: f64, qa: f64| sectors(((qa - raw) / 9.0).clamp(0.0, raw));
        let onboarded = sectors(day.onboarded_raw_pib);
        let onboarded_verified = verified(day.onboarded_raw_pib, day.onboarded_qa_pib);
        let renewed = sectors(day.renewed_raw_pib);
        let verified_renewed = verified(day.renewed_raw_pib, day.renewed_qa_pib).min(renewed);
        let due_of = |renewed: u64, rate: f64| match rate > 0.0 {
            true => (renewed as f64 / rate.min(1.0)) as u64,
            false => renewed,
        };
        let due = due_of(renewed, day.renewal_rate);
        let verified_due = due_of(verified_renewed, day.renewal_rate * relative).min(due);
        let capacity_renewed = renewed - verified_renewed;
        DayTotals {
            onboarded_capacity: onboarded - onboarded_verified.min(onboarded),
            onboarded_verified: onboarded_verified.min(onboarded),
            capacity_due: (due - verified_due).max(capacity_renewed),
            capacity_renewed,
            verified_due,
            verified_renewed,
        }
    }

    /// Both together.
    pub fn plus(self, other: DayTotals) -> Self {
        DayTotals {
            onboarded_capacity: self.onboarded_capacity + other.onboarded_capacity,
            onboarded_verified: self.onboarded_verified + other.onboarded_verified,
            capacity_due: self.capacity_due + other.capacity_due,
            capacity_renewed: self.capacity_renewed + other.capacity_renewed,
            verified_due: self.verified_due + other.verified_due,
            verified_renewed: self.verified_renewed + other.verified_renewed,
        }
    }
}

/// Shares `total` out in proportion to weights given one after the other; the parts sum to the
/// total exactly.
struct Shares {
    total: u128,
    weights: u128,
    seen: u128,
    given: u128,
}

impl Shares {
    fn new(total: u64, weights: u128) -> Self {
        Shares { total: u128::from(total), weights, seen: 0, given: 0 }
    }
    fn next(&mut self, weight: u64) -> u64 {
        if weight == 0 {
            return 0;
        }
        self.seen += u128::from(weight);
        let until_here = self.total * self.seen / self.weights;
        let part = until_here - self.given;
        self.given = until_here;
        part as u64
    }
}

/// Days of work that a provider with so many sectors does at once: of a day from 20 PiB on, of a
/// week from 1 PiB on, else of four weeks.
pub const fn days_at_once(sectors: u64) -> u32 {
    match sectors {
        655_360.. => 1,
        32_768.. => 7,
        _ => 28,
    }
}

impl Filecoin {
    /// The orders of a day that the history knows. Verified sectors come to their end on their own
    /// dates; of all that was due that day in the data, the rest had quality one. Where the dates
    /// give more or fewer than the data, the difference is made up on the days after.
    pub fn plan_known_day(&mut self, data: DayTotals) {
        let day = self.day;
        let ends: Vec<u64> = (0..self.providers.len())
            .map(|i| match self.acts_today(i) {
                true => self.providers[i].sectors.expired(Kind::Verified, day),
                false => 0,
            })
            .collect();
        let verified_due = ends.iter().sum::<u64>().max(data.verified_renewed);
        let due = data.capacity_due + data.verified_due;
        self.capacity_owed += due as i64 - verified_due as i64;
        let capacity_due =
            u64::try_from(self.capacity_owed).unwrap_or(0).max(data.capacity_renewed);
        self.capacity_owed -= capacity_due as i64;
        self.plan_driven_day(DayTotals { verified_due, capacity_due, ..data }, Some(&ends));
    }

    /// The orders of every provider for the current day, into `self.orders`. Where it is known how
    /// many verified sectors of each end today, these come first and others after them.
    pub fn plan_driven_day(&mut self, totals: DayTotals, ends: Option<&[u64]>) {
        self.orders.clear();
        self.orders.resize(self.providers.len(), Orders::default());
        let acting: Vec<(usize, [u64; 4])> = (0..self.providers.len())
            .filter_map(|i| self.driven_weights(i).map(|weights| (i, weights)))
            .collect();
        let mut sums = [0u128; 4];
        for (_, weights) in &acting {
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += u128::from(*weight);
            }
        }
        let on_date = |i: usize| ends.map_or(0, |ends| ends[i]);
        let before_date = totals.verified_due - ends.map_or(0, |ends| ends.iter().sum());
        // Where nobody acts who could take it, it waits for a day on which somebody does.
        let nobody = sums.map(|sum| sum == 0);
        let waits = |nobody: bool, total: u64| if nobody { total } else { 0 };
        self.unplaced = DayTotals {
            onboarded_capacity: waits(nobody[0], totals.onboarded_capacity),
            onboarded_verified: waits(nobody[1], totals.onboarded_verified),
            capacity_due: waits(nobody[2], totals.capacity_due),
            capacity_renewed: waits(nobody[2], totals.capacity_renewed),
            verified_due: waits(nobody[3], totals.verified_due),
            verified_renewed: waits(nobody[3], totals.verified_renewed),
        };
        let mut onboard_capacity = Shares::new(totals.onboarded_capacity, sums[0]);
        let mut onboard_verified = Shares::new(totals.onboarded_verified, sums[1]);
        let mut capacity_due = Shares::new(totals.capacity_due, sums[2]);
        let mut verified_due = Shares::new(before_date, sums[3]);
        let mut capacity_renewed =
            Shares::new(totals.capacity_renewed, u128::from(totals.capacity_due));
        let mut verified_renewed =
            Shares::new(totals.verified_renewed, u128::from(totals.verified_due));
        for (i, weights) in acting {
            let capacity = capacity_due.next(weights[2]);
            let verified = on_date(i) + verified_due.next(weights[3]);
            self.orders[i] = Orders {
                onboard_capacity: onboard_capacity.next(weights[0]),
                onboard_verified: onboard_verified.next(weights[1]),
                capacity_due: capacity,
                capacity_renewed: capacity_renewed.next(capacity),
                verified_due: verified,
                verified_renewed: verified_renewed.next(verified),
                upgraded: 0,
            };
        }
    }

    /// Whether provider `i` does its business today.
    pub fn acts_today(&self, i: usize) -> bool {
        self.is_turn_of(i, days_at_once(self.providers[i].sectors.live()))
    }

    /// Weights of provider `i` in new quality-1 and verified sectors, and in ending ones; none if
    /// it does not act today.
    fn driven_weights(&self, i: usize) -> Option<[u64; 4]> {
        if !self.acts_today(i) {
            return None;
        }
        let provider = &self.providers[i];
        let days = days_at_once(provider.sectors.live());
        let verified = provider.sectors.of(Kind::Verified);
        let quality_one = provider.sectors.live() - verified;
        let weights = [provider.capacity_weight, provider.verified_weight, quality_one, verified];
        Some(weights.map(|weight| weight * u64::from(days)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_to_the_total() {
        let weights = [3u64, 0, 5, 1_000_000, 7];
        let mut shares = Shares::new(999_999, weights.iter().map(|w| u128::from(*w)).sum());
        assert_eq!(weights.iter().map(|w| shares.next(*w)).sum::<u64>(), 999_999);
    }
}
