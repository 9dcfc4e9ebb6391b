//! Behaviour by reckoning: each provider weighs what a sector will earn against what it will cost,
//! at the day's FIL price, and onboards, renews, gives up or stays away.
//!
//! Per sector of 32 GiB over the planning horizon, in USD:
//! ```text
//! income   = expected block reward (the protocol's own estimate) * miners' share * price
//! holding  = operating cost + hurdle rate * pledge * price * horizon
//! renew    if income > holding
//! onboard  if income > holding + hardware written off + sealing, the faster the larger the margin
//! give up  after `patience` days of loss, once the remaining loss exceeds the termination fee
//! leave    from the first day on, if it is of the `exit_share`: nothing is renewed or sealed
//! join     at a rate that grows with the return of an average provider above break-even
//! ```
//! Costs, hurdle rates and patience differ from provider to provider. Each decides once a week, and
//! puts the week's new sectors on chain on that day.
//!
//! Left out: debt, hedging, learning, deals with their own prices over time, retrieval income.

use pinwheel_core::distribution::{Normal, Poisson};
use pinwheel_core::{Amount, Purpose, Streams};
use serde::{Deserialize, Serialize};

use super::Filecoin;
use super::accounts::FIL_DECIMALS;
use super::business::Orders;
use super::provider::{Intent, SizeClass};
use super::rules::Quality;
use super::sectors::Kind;
use super::settings::PricePath;
use crate::laws::price::GeometricBrownian;

/// Names of random streams drawn from in the hot path.
const GROWTH: Purpose = Purpose::new("filecoin growth");

/// Days between two decisions of a provider.
const DECISION_DAYS: u32 = 7;
/// Sectors a new provider starts with: 100 TiB.
const ENTRY_SECTORS: u64 = 3_200;

/// The market that rational providers look at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Market {
    /// Price of one FIL on the first day, USD.
    pub start_usd: f64,
    /// Relative drift of the price a year.
    pub drift_per_year: f64,
    /// Standard deviation of the log price over one year.
    pub volatility_per_sqrt_year: f64,
    /// Price of one FIL now, USD.
    pub price_usd: f64,
}

impl From<&PricePath> for Market {
    fn from(path: &PricePath) -> Self {
        Market {
            start_usd: path.start_usd,
            drift_per_year: path.drift_per_year,
            volatility_per_sqrt_year: path.volatility_per_sqrt_year,
            price_usd: path.start_usd,
        }
    }
}

impl Market {
    /// Moves the price by one day.
    fn step(&mut self, day: i32, streams: &Streams) {
        let mut draws = streams.indexed(0, "filecoin price", day as u64);
        let normal = Normal::STANDARD.sample(&mut draws);
        let law = GeometricBrownian {
            drift: self.drift_per_year,
            volatility: self.volatility_per_sqrt_year,
        };
        self.price_usd *= law.growth(1.0 / 365.0, normal);
    }
}

/// A sector's prospects over the horizon, USD.
#[derive(Copy, Clone, Debug)]
struct Prospect {
    income: f64,
    holding: f64,
}

impl Filecoin {
    /// The orders of every provider for the current day, into `self.orders`.
    pub fn plan_rational_day(&mut self, streams: &Streams) {
        self.market.step(self.day, streams);
        self.orders.clear();
        self.orders.resize(self.providers.len(), Orders::default());
        for i in 0..self.providers.len() {
            if self.is_turn_of(i, DECISION_DAYS) {
                self.decide(i);
            }
            self.orders[i] = self.rational_orders(i, streams);
        }
        self.admit_entrants(streams);
    }

    fn rational_orders(&mut self, i: usize, streams: &Streams) -> Orders {
        let seals = self.is_turn_of(i, DECISION_DAYS);
        let provider = &self.providers[i];
        let live = provider.sectors.live();
        if live == 0 {
            return Orders::default();
        }
        if provider.intent.terminates {
            self.terminate(i, live);
            return Orders::default();
        }
        let ending = |kind| provider.sectors.expired(kind, self.day);
        let due = ending(Kind::Capacity) + ending(Kind::Deal);
        let verified_due = ending(Kind::Verified);
        let growth = provider.intent.growth_per_day * f64::from(DECISION_DAYS);
        let new = if seals && growth > 0.0 {
            let chance = streams.indexed(i as u32, GROWTH, self.day as u64).uniform();
            (live as f64 * growth + chance) as u64
        } else {
            0
        };
        let verified = (new as f64 * self.parameters.verified_share) as u64;
        Orders {
            onboard_capacity: new - verified,
            onboard_verified: verified,
            capacity_due: due,
            capacity_renewed: if provider.intent.renews_capacity { due } else { 0 },
            verified_due,
            verified_renewed: if provider.intent.renews_verified { verified_due } else { 0 },
        }
    }

    /// Provider `i` makes up its mind for the coming week.
    fn decide(&mut self, i: usize) {
        if self.providers[i].leaves {
            self.providers[i].intent = Intent::default();
            return;
        }
        let capacity = self.prospect(i, Kind::Capacity.quality());
        let verified = self.prospect(i, Kind::Verified.quality());
        let quality_one = if self.rules.quality == Quality::Uniform { verified } else { capacity };
        let blend = |a: f64, b: f64| {
            self.parameters.verified_share * a + (1.0 - self.parameters.verified_share) * b
        };
        let income = blend(verified.income, quality_one.income);
        let holding = blend(verified.holding, quality_one.holding);
        let horizon_days = self.parameters.planning_horizon;
        let setup = self.derived.costs.capex_usd_per_sector_day * horizon_days
            + self.derived.costs.sealing_usd_per_sector;
        let margin = (income - holding - setup) / (holding + setup).max(1e-9);

        let provider = &mut self.providers[i];
        let held_units = provider.sectors.quality_units() as f64;
        let held_income = capacity.income * held_units;
        let held_cost =
            provider.opex_usd_per_sector_day * horizon_days * provider.sectors.live() as f64;
        let losing = held_units > 0.0 && held_income < held_cost;
        provider.losing_days = if losing { provider.losing_days + DECISION_DAYS } else { 0 };
        let tired = provider.losing_days > provider.patience_days;
        let loss_usd = held_cost - held_income;
        let fee_usd = self.quote.termination_fee_per_pledge
            * provider.pledge.as_tokens(FIL_DECIMALS)
            * self.market.price_usd;
        provider.intent = Intent {
            growth_per_day: if tired {
                0.0
            } else {
                self.parameters.sealing_rate * margin.clamp(0.0, 1.0)
            },
            renews_capacity: !tired && quality_one.income > quality_one.holding,
            renews_verified: !tired && verified.income > verified.holding,
            terminates: tired && loss_usd > fee_usd,
        };
    }

    /// Income and holding cost of one sector of this quality.
    fn prospect(&self, i: usize, quality: u64) -> Prospect {
        let provider = &self.providers[i];
        let price = self.market.price_usd;
        let horizon_days = self.parameters.planning_horizon;
        let pledge_fil = self.quote.pledge(quality).as_tokens(FIL_DECIMALS);
        let reward_fil =
            self.quote.horizon_reward_per_unit_fil * quality as f64 * self.miner_share();
        let deal = if quality > 1 {
            self.derived.costs.deal_usd_per_sector_day * horizon_days
        } else {
            0.0
        };
        let fees_fil = self.quote.daily_fee(quality).as_tokens(FIL_DECIMALS) * horizon_days;
        Prospect {
            income: (reward_fil - fees_fil) * price + deal,
            holding: provider.opex_usd_per_sector_day * horizon_days
                + provider.hurdle_per_year * pledge_fil * price * horizon_days / 365.0,
        }
    }

    /// New providers take the place of dormant ones while the return is good.
    fn admit_entrants(&mut self, streams: &Streams) {
        let active = self.providers.iter().filter(|p| p.sectors.live() > 0).count();
        let keen = self.providers.iter().filter(|p| p.intent.growth_per_day > 0.0).count();
        let appetite = keen as f64 / active.max(1) as f64;
        let mean = self.parameters.entry_rate * active as f64 * appetite;
        if mean <= 0.0 {
            return;
        }
        let mut draws = streams.indexed(0, "filecoin entrants", self.day as u64);
        let entrants = Poisson::new(mean).expect("a positive mean").sample(&mut draws);
        let mut next = 0;
        for _ in 0..entrants {
            let dormant = (next..self.providers.len()).find(|i| {
                self.providers[*i].class == SizeClass::Entrant
                    && self.providers[*i].sectors.live() == 0
            });
            let Some(i) = dormant else { return };
            let verified = (ENTRY_SECTORS as f64 * self.parameters.verified_share) as u64;
            self.orders[i].onboard_verified = verified;
            self.orders[i].onboard_capacity = ENTRY_SECTORS - verified;
            self.providers[i].intent = Intent::default();
            self.lock_deposit(i);
            next = i + 1;
        }
    }

    /// FIP-0077: a new provider locks a deposit that vests like a block reward.
    fn lock_deposit(&mut self, i: usize) {
        let deposit = self.pricing().creation_deposit();
        if deposit > Amount::ZERO && self.accounts.lock_deposit(i, deposit) {
            self.providers[i].to_vest += deposit;
        }
    }
}
