//! Behaviour by reckoning: each provider weighs what a sector will earn against what it will cost,
//! at the day's FIL price, and onboards, renews, upgrades, gives up or stays away.
//!
//! Per sector of 32 GiB over the planning horizon, in USD:
//! ```text
//! income  = expected block reward (the protocol's own estimate) * miners' share * price + deal
//! holding = operating cost + daily fee * price + hurdle rate * pledge * price * horizon
//! taken   = 1 / (1 + (cost / income)^steepness)       share of the sectors for which it is done
//! renew   taken at cost = holding, with the pledge that the sector has
//! verify  taken at cost = holding + hardware + sealing, of the data that clients bring a day
//! seal    the faster the larger income / (holding + hardware + sealing) - 1 without verified data
//! give up after `patience` days of loss, once the remaining loss exceeds the termination fee
//! leave   from the first day on, if it is of the `exit_share`: nothing is renewed or sealed
//! mood    the odds of `renew` and what clients bring move for all together, at random
//! join    at a rate that grows with the return of an average provider above break-even
//! ```
//! `taken` is the log-logistic law of costs that differ from sector to sector (Fisk, "The
//! graduation of income distributions", 1961); those of providers differ too. What a provider seals
//! follows its wish after the lead time of hardware, and no pledge is locked for which neither its
//! own FIL nor its credit suffices. Some verified data go into sectors that exist (SnapDeals).
//! Under FIP-0118 sectors without data are upgraded without any. Each provider decides once a week;
//! what it extends and seals comes on chain every day, week or four weeks, by its size
//! ([`super::driven`]).
//!
//! Left out: debt and its interest, hedging, learning, deals with their own prices over time,
//! retrieval income.

use pinwheel_core::distribution::{Normal, Poisson};
use pinwheel_core::{Amount, Purpose, Streams, math};
use serde::{Deserialize, Serialize};

use super::accounts::{FIL_DECIMALS, Traded};
use super::business::Orders;
use super::driven::{DayTotals, days_at_once};
use super::parameters::Parameters;
use super::provider::{Intent, SizeClass};
use super::rules::{EPOCHS_PER_DAY, Quality};
use super::sectors::{Cohort, Kind, SECTORS_PER_PIB, Term};
use super::settings::{HistoryDay, PricePath};
use super::{DAYS_PER_YEAR, Filecoin, Plan};
use crate::input::amount;
use crate::laws::price::GeometricBrownian;

/// Names of random streams drawn from in the hot path.
const GROWTH: Purpose = Purpose::new("filecoin growth");
const CLIENTS: Purpose = Purpose::new("filecoin.clients");
const CLIMATE: Purpose = Purpose::new("filecoin.climate");
const UPGRADES: Purpose = Purpose::new("filecoin.upgrades");

/// Days between two decisions of a provider.
const DECISION_DAYS: u32 = 7;
/// Steps of the planning horizon at which the split of block rewards is looked at.
const LOOKS: i64 = 6;
/// First days whose mean net sale the market takes up without a move of the price.
const TAKEN_UP_DAYS: u32 = 30;
/// Last days of a history whose mean is what clients bring after it.
const CLIENT_DAYS: usize = 30;
/// Margin at which sealing lines are full: with the default rate 1 % a day, as the network grew in
/// 2021.
const MARGIN_MAX: f64 = 10.0;
/// Sectors a new provider starts with: 100 TiB.
const ENTRY_SECTORS: u64 = 3_200;

/// What moves all providers alike, beside the price.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
pub struct Climate {
    /// What clients offer, over `client_demand`: a geometric random walk.
    clients: f64,
    /// Factor on the odds with which sectors are renewed; its logarithm is an autoregression.
    renewal_odds: f64,
}

impl Default for Climate {
    fn default() -> Self {
        Climate { clients: 1.0, renewal_odds: 1.0 }
    }
}

impl Climate {
    fn step(&mut self, day: i32, p: &Parameters, streams: &Streams) {
        let mut draws = streams.indexed(0, CLIMATE, day as u64);
        let mut normal = || Normal::STANDARD.sample(&mut draws);
        let law = GeometricBrownian { drift: 0.0, volatility: p.client_volatility };
        self.clients *= law.growth(1.0 / DAYS_PER_YEAR, normal());
        let kept = math::exp(-1.0 / p.mood_time);
        let fresh = p.renewal_mood * (1.0 - kept * kept).sqrt() * normal();
        self.renewal_odds = math::pow(self.renewal_odds, kept) * math::exp(fresh);
    }
}

/// What can still be locked as pledge.
struct Budget(Amount);

impl Budget {
    /// As many sectors of those wanted as it suffices for at this price, which it pays.
    fn afford(&mut self, wanted: u64, each: Amount) -> u64 {
        let most = self.0.0.checked_div(each.0).unwrap_or(u128::MAX);
        let sectors = most.min(u128::from(wanted)) as u64;
        self.0 = self.0.saturating_sub(Amount(each.0 * u128::from(sectors)));
        sectors
    }
}

/// The market that rational providers look at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Market {
    /// Observed closes of the first day and those after it, USD.
    pub closes_usd: Vec<f64>,
    /// Relative drift of the price a year.
    pub drift_per_year: f64,
    /// Standard deviation of the log price over one year.
    pub volatility_per_sqrt_year: f64,
    /// Price of one FIL now, USD.
    pub price_usd: f64,
    /// What buyers pay on a day for FIL without a move of the price, USD: the worth of what
    /// providers sold beyond what they bought, mean of the first days. And over how many days.
    taken_up_usd_per_day: f64,
    days: u32,
    /// What providers sold beyond that stands in a pool of FIL and dollars, relative to its size:
    /// the price is that of no sale divided by the square of this.
    pool_fil: f64,
}

impl From<&PricePath> for Market {
    fn from(path: &PricePath) -> Self {
        Market {
            closes_usd: path.closes_usd.clone(),
            drift_per_year: path.drift_per_year,
            volatility_per_sqrt_year: path.volatility_per_sqrt_year,
            price_usd: path.start_usd,
            taken_up_usd_per_day: 0.0,
            days: 0,
            pool_fil: 1.0,
        }
    }
}

impl Market {
    /// Moves the price by one day: to the observed close, or by a draw, and by what providers
    /// `traded` on the day before where the market has a finite depth, USD.
    pub fn step(&mut self, day: i32, traded: Traded, depth_usd: f64, streams: &Streams) {
        if let Some(close) = self.closes_usd.get(day as usize) {
            self.price_usd = *close;
            return;
        }
        let mut draws = streams.indexed(0, "filecoin price", day as u64);
        let normal = Normal::STANDARD.sample(&mut draws);
        let law = GeometricBrownian {
            drift: self.drift_per_year,
            volatility: self.volatility_per_sqrt_year,
        };
        self.price_usd *= law.growth(1.0 / 365.0, normal);
        if depth_usd > 0.0 {
            self.absorb(traded, depth_usd);
        }
    }

    /// Sells to the pool, or buys from it, what providers sold beyond what buyers take up. The
    /// pool is a constant-product one ([`crate::economy::exchange`]) that held `depth_usd` of
    /// dollars, and FIL of the same worth, on the first day: its price is the square of the FIL it
    /// held then over those it holds now.
    fn absorb(&mut self, traded: Traded, depth_usd: f64) {
        let fil = |amount: Amount| amount.as_tokens(FIL_DECIMALS);
        let net_fil = fil(traded.sold) - fil(traded.bought);
        if self.days < TAKEN_UP_DAYS {
            self.days += 1;
            let worth_usd = net_fil * self.price_usd;
            self.taken_up_usd_per_day +=
                (worth_usd - self.taken_up_usd_per_day) / f64::from(self.days);
            return;
        }
        let before = self.pool_fil;
        let size_fil = depth_usd / (self.price_usd * before * before);
        let sold = (net_fil - self.taken_up_usd_per_day / self.price_usd) / size_fil;
        // No trade takes more than half of what the pool holds.
        self.pool_fil = (before + sold).max(before / 2.0);
        self.price_usd *= (before / self.pool_fil) * (before / self.pool_fil);
    }
}

/// A sector's prospects over the horizon, USD.
#[derive(Copy, Clone, Debug)]
struct Prospect {
    income: f64,
    cost: f64,
}

impl Prospect {
    /// Share of the sectors for which it is taken up.
    fn taken(self, steepness: f64) -> f64 {
        self.taken_at(steepness, 1.0)
    }

    /// The same with odds so many times as good.
    fn taken_at(self, steepness: f64, odds: f64) -> f64 {
        if self.income <= 0.0 {
            return 0.0;
        }
        odds / (odds + math::pow(self.cost.max(0.0) / self.income, steepness))
    }

    /// What it earns beyond its cost, over the cost; zero where it does not.
    fn margin(self) -> f64 {
        ((self.income - self.cost) / self.cost.max(1e-9)).clamp(0.0, MARGIN_MAX)
    }
}

impl Filecoin {
    /// Providers take over from a history. What came to its end in it is not what the dates of
    /// quality-1 sectors say, so these get new dates: evenly over one term, as they have where
    /// terms are renewed again and again. Clients go on to bring what they brought last.
    fn take_over_history(&mut self, verified_pib_per_day: f64) {
        self.look_ahead();
        let steps = (self.derived.terms.renewal / DECISION_DAYS as i32).max(1);
        for i in 0..self.providers.len() {
            let first_day = self.day + i as i32 % DECISION_DAYS as i32;
            for kind in [Kind::Capacity, Kind::Deal] {
                let sectors = &mut self.providers[i].sectors;
                sectors.spread(kind, first_day, DECISION_DAYS as i32, steps as u64);
            }
        }
        let taken = |i: usize| {
            let steepness = self.parameters.choice_steepness;
            let share = self.prospect_of_new(i, Kind::Verified.quality()).taken(steepness);
            self.providers[i].verified_weight as f64 * share
        };
        let taken: f64 = (0..self.providers.len()).map(taken).sum();
        let share = taken / (self.verified_weights as f64).max(1.0);
        if share > 0.0 {
            self.parameters.client_demand = verified_pib_per_day / share;
        }
        (0..self.providers.len()).for_each(|i| self.decide(i));
    }

    /// The orders of every provider for the current day, into `self.orders`.
    pub fn plan_rational_day(&mut self, streams: &Streams) {
        if let Plan::Driven(days) = &self.plan
            && self.day as usize == days.len() + 1
        {
            let last = &days[days.len().saturating_sub(CLIENT_DAYS)..];
            let brought = |day: &HistoryDay| DayTotals::new(day, 1.0).onboarded_verified;
            let brought = last.iter().map(brought).sum::<u64>() as f64 / SECTORS_PER_PIB;
            self.take_over_history(brought / last.len().max(1) as f64);
        }
        self.look_ahead();
        self.climate.step(self.day, &self.parameters, streams);
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
        let provider = &self.providers[i];
        let live = provider.sectors.live();
        if live == 0 {
            return Orders::default();
        }
        if provider.intent.terminates {
            self.terminate(i, live);
            return Orders::default();
        }
        if !self.acts_today(i) {
            return Orders::default();
        }
        let ending = |kind| provider.sectors.expired(kind, self.day);
        let due = ending(Kind::Capacity) + ending(Kind::Deal);
        let verified_due = ending(Kind::Verified);
        let mut orders = Orders {
            capacity_due: due,
            capacity_renewed: due,
            verified_due,
            verified_renewed: verified_due,
            ..Orders::default()
        };
        self.order_new(i, &mut orders, streams);
        orders
    }

    /// Orders the sectors of the days until it acts again: upgrades and data of clients first, as
    /// far as there is FIL.
    fn order_new(&mut self, i: usize, orders: &mut Orders, streams: &Streams) {
        let provider = &self.providers[i];
        let (intent, sectors) = (provider.intent, &provider.sectors);
        let (live, capacity) = (sectors.live() as f64, sectors.of(Kind::Capacity));
        let days = f64::from(days_at_once(sectors.live()));
        let whole = |wanted: f64, purpose: Purpose| {
            if wanted <= 0.0 {
                return 0;
            }
            let chance = streams.indexed(i as u32, purpose, self.day as u64).uniform();
            (wanted + chance) as u64
        };
        let brought = whole(intent.verified_per_day * days, CLIENTS);
        let snapped = (brought as f64 * self.parameters.snap_share) as u64;
        let upgraded = whole(capacity as f64 * intent.upgrades_per_day * days, UPGRADES);
        let mut budget = Budget(self.credit(i, days));
        let quality = Kind::Verified.quality();
        let own = self.mean_pledge(i, Kind::Capacity);
        let lacking = Amount(self.quote.pledge(quality).0.saturating_sub(own));
        orders.upgraded = budget.afford((snapped + upgraded).min(capacity), lacking);
        let sealed = brought - snapped.min(capacity);
        orders.onboard_verified = budget.afford(sealed, self.quote.pledge(quality));
        let new = whole(live * intent.growth_per_day * days, GROWTH);
        let quality = Kind::Capacity.quality();
        orders.onboard_capacity = budget.afford(new, self.quote.pledge(quality));
    }

    /// FIL that provider `i` can lock in so many days: its own, and what it can borrow on its
    /// pledge.
    fn credit(&self, i: usize, days: f64) -> Amount {
        let own = self.accounts.ledger.balance(self.accounts.purses[i].available);
        let share = self.parameters.credit_rate * days / DAYS_PER_YEAR;
        let borrowed = self.providers[i].pledge.as_tokens(FIL_DECIMALS) * share;
        own + amount::floor(borrowed, FIL_DECIMALS)
    }

    /// Pledge of the sector of a kind that ends first, attoFIL.
    fn mean_pledge(&self, i: usize, kind: Kind) -> u128 {
        let first = self.providers[i].sectors.cohorts().find(|(of, _)| *of == kind);
        first.map_or(0, |(_, cohort)| cohort.pledge_attofil / u128::from(cohort.sectors.max(1)))
    }

    /// Provider `i` makes up its mind for the coming week.
    fn decide(&mut self, i: usize) {
        if self.providers[i].leaves {
            self.providers[i].intent = Intent::default();
            return;
        }
        let steepness = self.parameters.choice_steepness;
        let (one, ten) = (Kind::Capacity.quality(), Kind::Verified.quality());
        let uniform = self.rules.quality == Quality::Uniform;
        let new = |quality| self.prospect_of_new(i, quality);
        let verified = new(ten).taken(steepness);
        let wish = self.parameters.sealing_rate * new(if uniform { ten } else { one }).margin();
        let lag = (f64::from(DECISION_DAYS) / self.parameters.hardware_lead_time).min(1.0);
        let upgrades_per_day = match uniform {
            true => self.worth_upgrading(i) / self.parameters.upgrade_time,
            false => 0.0,
        };
        let clients_per_day = self.clients_per_day(i);

        let horizon_days = self.parameters.planning_horizon;
        let unit = self.prospect(i, one, 0.0).income;
        let service = self.service_usd_per_day * self.clients_share(i) * horizon_days;
        let provider = &mut self.providers[i];
        let held_income = unit * provider.sectors.quality_units() as f64 + service;
        let held_cost =
            provider.opex_usd_per_sector_day * horizon_days * provider.sectors.live() as f64;
        let losing = provider.sectors.live() > 0 && held_income < held_cost;
        provider.losing_days = if losing { provider.losing_days + DECISION_DAYS } else { 0 };
        let tired = provider.losing_days > provider.patience_days;
        let fee_usd = self.quote.termination_fee_per_pledge
            * provider.pledge.as_tokens(FIL_DECIMALS)
            * self.market.price_usd;
        let growth = provider.intent.growth_per_day;
        provider.intent = match tired {
            true => Intent { terminates: held_cost - held_income > fee_usd, ..Intent::default() },
            false => Intent {
                growth_per_day: growth + (wish - growth) * lag,
                verified_per_day: clients_per_day * verified,
                upgrades_per_day,
                renews: true,
                terminates: false,
            },
        };
    }

    /// Sectors of verified data a day that clients offer provider `i`, by its weight among all.
    fn clients_per_day(&self, i: usize) -> f64 {
        let demand = self.parameters.client_demand * self.climate.clients;
        demand * SECTORS_PER_PIB * self.clients_share(i)
    }

    /// The part of all clients' data, and of what they pay, that comes to provider `i`.
    fn clients_share(&self, i: usize) -> f64 {
        self.clients_weight(i) as f64 / (self.verified_weights as f64).max(1.0)
    }

    /// The weight of provider `i` with clients: none once it has left.
    pub fn clients_weight(&self, i: usize) -> u64 {
        let provider = &self.providers[i];
        if provider.sectors.live() > 0 { provider.verified_weight } else { 0 }
    }

    /// Brings up to date what all providers reckon with: who is left to serve clients, and the
    /// share of block rewards that miners get over the planning horizon, which is known ahead.
    fn look_ahead(&mut self) {
        self.verified_weights = (0..self.providers.len()).map(|i| self.clients_weight(i)).sum();
        let horizon_epochs = self.parameters.planning_horizon as i64 * EPOCHS_PER_DAY;
        let at = |step: i64| self.miner_share_at(self.epoch + horizon_epochs * step / LOOKS);
        self.miner_share_ahead = (0..=LOOKS).map(at).sum::<f64>() / (LOOKS + 1) as f64;
    }

    /// What provider `i` makes of sectors that come to their end and would go on as `kind`, or with
    /// an upgrade if there is one: the kind they go on as, and which share of them does.
    pub fn worth_renewing(
        &self,
        i: usize,
        kind: Kind,
        upgrade: bool,
        cohort: &Cohort,
    ) -> Option<(Kind, f64)> {
        if !self.providers[i].intent.renews {
            return None;
        }
        let own = Amount(cohort.pledge_attofil / u128::from(cohort.sectors.max(1)));
        let steepness = self.parameters.choice_steepness;
        let taken = |quality: u64, pledge: Amount| {
            let prospect = self.prospect(i, quality, pledge.as_tokens(FIL_DECIMALS));
            prospect.taken_at(steepness, self.climate.renewal_odds)
        };
        let as_is = taken(kind.quality(), own);
        let ten = Kind::Verified.quality();
        let upgraded = if upgrade { taken(ten, own.max(self.quote.pledge(ten))) } else { 0.0 };
        match upgraded > as_is {
            true => Some((Kind::Verified, upgraded)),
            false => Some((kind, as_is)),
        }
    }

    /// Share of its sectors without data that provider `i` would raise to quality 10 for the pledge
    /// that lacks (FIP-0118).
    fn worth_upgrading(&self, i: usize) -> f64 {
        let (one, ten) = (Kind::Capacity.quality(), Kind::Verified.quality());
        let own = Amount(self.mean_pledge(i, Kind::Capacity)).as_tokens(FIL_DECIMALS);
        let pledge = self.quote.pledge(ten).as_tokens(FIL_DECIMALS).max(own);
        let (before, after) = (self.prospect(i, one, own), self.prospect(i, ten, pledge));
        let gain =
            Prospect { income: after.income - before.income, cost: after.cost - before.cost };
        gain.taken(self.parameters.choice_steepness)
    }

    /// Income and cost of holding one sector of this quality with this pledge, FIL.
    fn prospect(&self, i: usize, quality: u64, pledge_fil: f64) -> Prospect {
        let provider = &self.providers[i];
        let price = self.market.price_usd;
        let horizon_days = self.parameters.planning_horizon;
        let reward_fil =
            self.quote.horizon_reward_per_unit_fil * quality as f64 * self.miner_share_ahead;
        // Under FIP-0118 sectors with and without data are one kind: no deal is told apart, and
        // what is passed on of the service stream is shared out over them.
        let paid_usd_per_day = match (quality > 1, self.rules.quality == Quality::Uniform) {
            (true, false) => self.derived.costs.deal_usd_per_sector_day,
            (true, true) => {
                let sectors = provider.sectors.of(Kind::Verified).max(1) as f64;
                self.service_usd_per_day * self.clients_share(i) / sectors
            }
            (false, _) => 0.0,
        };
        let deal = paid_usd_per_day * horizon_days;
        let fees_fil = self.quote.daily_fee(quality).as_tokens(FIL_DECIMALS) * horizon_days;
        let hurdle_fil = provider.hurdle_per_year * pledge_fil * horizon_days / DAYS_PER_YEAR;
        Prospect {
            income: reward_fil * price + deal,
            cost: provider.opex_usd_per_sector_day * horizon_days + (fees_fil + hurdle_fil) * price,
        }
    }

    /// The same of a new sector, with its hardware written off and its sealing.
    fn prospect_of_new(&self, i: usize, quality: u64) -> Prospect {
        let pledge_fil = self.quote.pledge(quality).as_tokens(FIL_DECIMALS);
        let Prospect { income, cost } = self.prospect(i, quality, pledge_fil);
        let costs = self.derived.costs;
        let hardware = costs.capex_usd_per_sector_day * self.parameters.planning_horizon;
        Prospect { income, cost: cost + hardware + costs.sealing_usd_per_sector }
    }

    /// Raises sectors without data to quality 10, those that end first, with an extension: they get
    /// verified data (SnapDeals), or FIP-0118 asks for none. What lacks of the pledge is locked
    /// first; where it cannot be had, they stay as they are.
    pub fn upgrade(&mut self, i: usize, sectors: u64) {
        if sectors == 0 {
            return;
        }
        let mut taken = std::mem::take(&mut self.ended);
        self.providers[i].sectors.take_first(Kind::Capacity, sectors, |of| taken.push(of));
        let days = self.derived.terms.verified_long;
        for mut cohort in taken.drain(..) {
            if !self.top_up(i, &mut cohort) {
                self.providers[i].sectors.add(Kind::Capacity, Term::Stock, cohort);
                continue;
            }
            cohort.expiry_day = self.latest_end(&cohort, days).max(cohort.expiry_day);
            cohort.claim_end_day = cohort.expiry_day + self.derived.terms.verified_renewal;
            self.flows.upgraded_sectors += u64::from(cohort.sectors);
            self.pay_gas(i, u64::from(cohort.sectors) * self.gas.message.prove_aggregate);
            self.providers[i].sectors.add(Kind::Verified, Term::Medium, cohort);
        }
        self.ended = taken;
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
            self.orders[i].onboard_capacity = ENTRY_SECTORS;
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
