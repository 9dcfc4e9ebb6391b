//! Behaviour driven by data: each day's network totals of onboarding and renewal, shared out over
//! the providers.
//!
//! The columns say how much raw and quality-adjusted power was onboarded and renewed and which share
//! of what was due was renewed; so what was due is known too (renewed / renewal rate). What the data
//! do not say is whose sectors these were: new ones go by a provider's weight, ending ones by what
//! it has. Verified sectors end on their own dates; quality-1 sectors make up the rest of what was
//! due, those with the earliest dates first.
//!
//! Small providers act once a week, the others every day.

use serde::{Deserialize, Serialize};

use super::Filecoin;
use super::business::Orders;
use super::sectors::{Kind, SECTORS_PER_PIB};
use super::settings::HistoryDay;

/// One day's network totals in sectors.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTotals {
    pub onboarded_capacity: u64,
    pub onboarded_verified: u64,
    pub due: u64,
    pub renewed_capacity: u64,
    pub renewed_verified: u64,
}

impl From<&HistoryDay> for DayTotals {
    /// Of raw power `r` and quality-adjusted power `q`, `(q - r) / 9` is verified (quality 10).
    fn from(day: &HistoryDay) -> Self {
        let sectors = |pib: f64| (pib.max(0.0) * SECTORS_PER_PIB + 0.5) as u64;
        let verified = |raw: f64, qa: f64| sectors(((qa - raw) / 9.0).clamp(0.0, raw));
        let onboarded = sectors(day.onboarded_raw_pib);
        let onboarded_verified = verified(day.onboarded_raw_pib, day.onboarded_qa_pib);
        let renewed = sectors(day.renewed_raw_pib);
        let renewed_verified = verified(day.renewed_raw_pib, day.renewed_qa_pib);
        let rate = day.renewal_rate;
        DayTotals {
            onboarded_capacity: onboarded - onboarded_verified.min(onboarded),
            onboarded_verified: onboarded_verified.min(onboarded),
            due: if rate > 0.0 { sectors(day.renewed_raw_pib / rate) } else { renewed },
            renewed_capacity: renewed - renewed_verified.min(renewed),
            renewed_verified: renewed_verified.min(renewed),
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
        if self.weights == 0 {
            return 0;
        }
        self.seen += u128::from(weight);
        let until_here = self.total * self.seen / self.weights;
        let part = until_here - self.given;
        self.given = until_here;
        part as u64
    }
}

/// Sectors below which a provider acts once a week: 2 PiB.
const DAILY_SECTORS: u64 = 65_536;

impl Filecoin {
    /// The orders of every provider for the current day, into `self.orders`.
    pub fn plan_driven_day(&mut self, totals: DayTotals) {
        let day = self.day;
        let mut weights = [0u128; 4];
        let mut ending_verified = 0;
        self.orders.clear();
        self.orders.resize(self.providers.len(), Orders::default());
        for i in 0..self.providers.len() {
            let [capacity, verified, due, ending] = self.driven_weights(i, day);
            weights[0] += u128::from(capacity);
            weights[1] += u128::from(verified);
            weights[2] += u128::from(due);
            weights[3] += u128::from(self.providers[i].sectors.of(Kind::Verified));
            ending_verified += ending;
        }
        let early = totals.renewed_verified.saturating_sub(ending_verified);
        let renewed_of_ending = totals.renewed_verified - early;
        let verified_out = ending_verified.max(totals.renewed_verified);
        let due = totals.due.saturating_sub(verified_out).max(totals.renewed_capacity);

        let mut onboard_capacity = Shares::new(totals.onboarded_capacity, weights[0]);
        let mut onboard_verified = Shares::new(totals.onboarded_verified, weights[1]);
        let mut capacity_due = Shares::new(due, weights[2]);
        let mut capacity_renewed = Shares::new(totals.renewed_capacity, u128::from(due));
        let mut ending_renewed = Shares::new(renewed_of_ending, u128::from(ending_verified));
        let mut early_renewed = Shares::new(early, weights[3]);
        for i in 0..self.providers.len() {
            let [capacity, verified, due, ending] = self.driven_weights(i, day);
            let capacity_due = capacity_due.next(due);
            let held = self.providers[i].sectors.of(Kind::Verified);
            self.orders[i] = Orders {
                onboard_capacity: onboard_capacity.next(capacity),
                onboard_verified: onboard_verified.next(verified),
                capacity_due,
                capacity_renewed: capacity_renewed.next(capacity_due),
                verified_renewed: ending_renewed.next(ending) + early_renewed.next(held),
            };
        }
    }

    /// Weights of provider `i` today: new quality-1 sectors, new verified ones, ending quality-1
    /// ones; and the verified sectors that end today.
    fn driven_weights(&self, i: usize, day: i32) -> [u64; 4] {
        let provider = &self.providers[i];
        let ending = provider.sectors.expired(Kind::Verified, day);
        let live = provider.sectors.live();
        let acts = live >= DAILY_SECTORS || (day + i as i32) % 7 == 0;
        if !acts {
            return [0, 0, 0, ending];
        }
        // A weekly actor does a week's work.
        let days = if live >= DAILY_SECTORS { 1 } else { 7 };
        let quality_one = provider.sectors.of(Kind::Capacity) + provider.sectors.of(Kind::Deal);
        [provider.capacity_weight * days, provider.verified_weight * days, quality_one * days, ending]
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
