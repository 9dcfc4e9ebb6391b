//! What is asked of a fleet, and how much of it the devices that are up can serve.
//!
//! A demand has a rate for each hour. It passes the classes it goes *through* - each unit carries
//! its own equal part, so what belongs to units that are down is missed - and is then met by the
//! pooled capacity of its *sources*, called in their order of merit, within the pooled capacity of
//! its *limits*. What is not met at once waits, first come first served, as long as the demand has
//! patience, and is then missed.
//!
//! Between two changes all rates are constant, so amounts are sums of integers: thousandths of a
//! unit an hour, times nanoseconds. What sources give equals what is served, and what is asked
//! for equals what is served, missed and waiting, at each step and without tolerance.
//!
//! Left out: ramps and starts of generators, wires between the places of a demand (see
//! [`super::topology`]).

pub mod income;
pub mod quality;

use std::collections::VecDeque;

use pinwheel_core::{SimDuration, SimTime};
use serde::{Deserialize, Serialize};

use super::energy::{Hourly, hour_of};

/// A profile counts in millionths.
pub const PROFILE_WHOLE: u64 = 1_000_000;
/// Rates and capacities count in thousandths of a unit.
pub const MILLI: u64 = 1_000;
/// One unit for one hour, as an amount: thousandths of a unit an hour times nanoseconds.
pub const UNIT_HOUR: u128 = 3_600_000_000_000_000;
/// Most of one rate or capacity, in thousandths: sums of a thousand of them over a century fit.
pub const RATE_MILLI_MAX: u64 = 1_000_000_000_000_000;

/// A demand as checked; classes are places in the fleet's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Its id in the scenario: the label of its rows.
    pub id: String,
    /// Of a rate, such as "kW" or "collection/h".
    pub unit: String,
    /// What is asked for in each hour, in thousandths of a unit an hour.
    pub rate_milli: Hourly,
    /// In order of merit.
    pub sources: Vec<Source>,
    /// Classes whose pooled capacity bounds what passes.
    pub limits: Vec<Limit>,
    /// Classes of which a device must be up for anything to pass, by place.
    pub through: Vec<u8>,
    /// How long what is not served at once waits, hours.
    pub patience_hours: u64,
    /// Paid to the owners of the sources, and lost to settlement, for a unit served for an hour.
    pub price_microusd: u64,
    /// What a served unit pays, millionths of a dollar.
    pub fee_microusd: u64,
    /// Classes whose whole cost this demand bears.
    pub bears: Vec<u8>,
    /// The demand whose unit cost this one's is compared with.
    pub baseline: Option<usize>,
    /// How often and how fast quality is measured.
    pub quality: quality::Settings,
}

/// A class that can serve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The class, by its place.
    pub class: u8,
    /// Of one device.
    pub capacity_milli: u64,
    /// How much of its capacity a device has in each hour, in millionths.
    pub profile: Hourly,
    /// Of a unit for an hour, such as fuel.
    pub cost_microusd: u64,
}

/// A class whose pooled capacity bounds what passes.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// The class, by its place.
    pub class: u8,
    /// What one device lets pass, in thousandths of a unit an hour.
    pub capacity_milli: u64,
}

/// How many devices of each class there are and are up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// Devices present, by class.
    pub devices: Vec<u32>,
    /// Devices that are up, by class.
    pub up: Vec<u32>,
    /// By class, then by region.
    pub up_by_region: Vec<Vec<u32>>,
}

/// Amounts since the start, in thousandths of a unit an hour times nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// What was asked for.
    pub asked: u128,
    /// What was served, at once or later.
    pub served: u128,
    /// What was given up.
    pub missed: u128,
    /// What could have been served.
    pub offered: u128,
    /// By source.
    pub given: Vec<u128>,
    /// What its devices have been told to be paid, by source, in millionths of a dollar.
    paid_microusd: Vec<u128>,
}

/// One demand and what has become of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Demand {
    settings: Settings,
    since: SimTime,
    /// Amounts that wait, by the hour in which they were asked for.
    waiting: VecDeque<(u64, u128)>,
    waiting_sum: u128,
    account: Account,
    /// The account when the present hour began.
    hour_asked: u128,
    hour_served: u128,
    /// How good the service was.
    pub quality: quality::Quality,
    /// What devices earned.
    pub income: income::Income,
}

impl Demand {
    /// A demand of which nothing has been asked yet.
    pub fn new(settings: &Settings, income: income::Income) -> Self {
        Demand {
            settings: settings.clone(),
            since: SimTime::ZERO,
            waiting: VecDeque::new(),
            waiting_sum: 0,
            account: Account {
                given: vec![0; settings.sources.len()],
                paid_microusd: vec![0; settings.sources.len()],
                ..Account::default()
            },
            hour_asked: 0,
            hour_served: 0,
            quality: quality::Quality::default(),
            income,
        }
    }

    /// What the scenario says of it.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// What has become of it so far.
    pub fn account(&self) -> &Account {
        &self.account
    }
    /// What waits to be served, in the account's unit.
    pub fn waiting(&self) -> u128 {
        self.waiting_sum
    }

    /// What the devices of a source can give in an hour, in thousandths.
    fn capacity(&self, source: &Source, hour: u64, census: &Census) -> u128 {
        let up = u128::from(census.up[usize::from(source.class)]);
        let whole = up * u128::from(source.capacity_milli);
        whole * u128::from(source.profile.at(hour)) / u128::from(PROFILE_WHOLE)
    }

    /// The most that can be served in an hour, in thousandths.
    fn capacity_of_all(&self, hour: u64, census: &Census) -> u128 {
        let sources = self.settings.sources.iter();
        let pooled = sources.map(|source| self.capacity(source, hour, census)).sum();
        let limits = self.settings.limits.iter();
        limits
            .map(|limit| {
                u128::from(census.up[usize::from(limit.class)]) * u128::from(limit.capacity_milli)
            })
            .fold(pooled, u128::min)
    }

    /// The part of a rate that passes the classes it goes through, rounded down.
    fn through(&self, asked: u128, census: &Census) -> u128 {
        self.settings.through.iter().fold(asked, |passes, &class| {
            let class = usize::from(class);
            match census.devices[class] {
                0 => 0,
                devices => passes * u128::from(census.up[class]) / u128::from(devices),
            }
        })
    }

    /// What a source gives now and could give, in thousandths of a unit: how loaded it is.
    pub fn load(&self, source: usize, hour: u64, census: &Census) -> (u128, u128) {
        let most = self.capacity_of_all(hour, census);
        let asked = u128::from(self.settings.rate_milli.at(hour));
        let mut rest = match self.waiting_sum {
            0 => self.through(asked, census).min(most),
            _ => most,
        };
        for (number, of) in self.settings.sources.iter().enumerate() {
            let capacity = self.capacity(of, hour, census);
            if number == source {
                return (rest.min(capacity), capacity);
            }
            rest -= rest.min(capacity);
        }
        (0, 0)
    }

    /// Accounts for the time since the last call, in which nothing of `census` changed.
    pub fn advance(&mut self, now: SimTime, census: &Census) {
        while self.since < now {
            let hour = hour_of(self.since);
            let end = SimTime::from_nanos((hour + 1) * 3_600_000_000_000);
            let drained = self.since + self.drained(hour, census);
            let until = now.min(end).min(drained);
            self.step(hour, u128::from(until.since(self.since).as_nanos()), census);
            self.since = until;
            if until == end {
                self.end_hour(hour, census);
            }
        }
    }

    /// How long the present rates hold, until the last of what waits is served: the whole
    /// nanoseconds of it, or the one in which that happens.
    fn drained(&self, hour: u64, census: &Census) -> SimDuration {
        let rate = self.through(u128::from(self.settings.rate_milli.at(hour)), census);
        let spare = self.capacity_of_all(hour, census).saturating_sub(rate);
        if self.waiting_sum == 0 || spare == 0 {
            return SimDuration::from_nanos(u64::MAX);
        }
        let nanos = (self.waiting_sum / spare).clamp(1, u128::from(u64::MAX));
        SimDuration::from_nanos(nanos as u64)
    }

    /// Part of an hour, in nanoseconds, in which all rates are constant.
    fn step(&mut self, hour: u64, span: u128, census: &Census) {
        let rate = u128::from(self.settings.rate_milli.at(hour));
        let asked = rate * span;
        let passed = self.through(rate, census) * span;
        self.account.asked += asked;
        self.account.missed += asked - passed;
        if passed > 0 {
            match self.waiting.back_mut() {
                Some((last, amount)) if *last == hour => *amount += passed,
                _ => self.waiting.push_back((hour, passed)),
            }
            self.waiting_sum += passed;
        }
        let offered = self.capacity_of_all(hour, census) * span;
        let served = self.waiting_sum.min(offered);
        self.account.offered += offered;
        self.serve(served);
        self.dispatch(served, hour, span, census);
        if self.settings.patience_hours == 0 {
            self.give_up(u64::MAX);
        }
    }

    /// Takes an amount from those that wait, the oldest first.
    fn serve(&mut self, served: u128) {
        let mut rest = served;
        while rest > 0 {
            let (_, first) = self.waiting.front_mut().expect("what is served has waited");
            let part = rest.min(*first);
            *first -= part;
            rest -= part;
            if *first == 0 {
                self.waiting.pop_front();
            }
        }
        self.waiting_sum -= served;
        self.account.served += served;
    }

    /// Asks the sources in their order for what is served.
    fn dispatch(&mut self, served: u128, hour: u64, span: u128, census: &Census) {
        let mut rest = served;
        for number in 0..self.settings.sources.len() {
            let source = &self.settings.sources[number];
            let class = usize::from(source.class);
            let given = rest.min(self.capacity(source, hour, census) * span);
            self.account.given[number] += given;
            self.income.pay(number, given, census.up[class]);
            rest -= given;
        }
    }

    /// What was asked for before this hour is missed.
    fn give_up(&mut self, hour: u64) {
        while let Some(&(asked, amount)) = self.waiting.front()
            && asked < hour
        {
            self.waiting.pop_front();
            self.waiting_sum -= amount;
            self.account.missed += amount;
        }
    }

    fn end_hour(&mut self, hour: u64, census: &Census) {
        self.give_up((hour + 1).saturating_sub(self.settings.patience_hours));
        let asked = self.account.asked - self.hour_asked;
        let served = self.account.served - self.hour_served;
        (self.hour_asked, self.hour_served) = (self.account.asked, self.account.served);
        if asked > 0 {
            let share = served.min(asked) as f64 / asked as f64;
            let sources = self.settings.sources.iter().map(|source| source.class);
            self.quality.note(&self.settings.quality, share, sources, census);
        }
    }

    /// Whether every amount is accounted for: asked = served + missed + waiting, and the sources
    /// gave what was served.
    pub fn balanced(&self) -> bool {
        let Account { asked, served, missed, given, .. } = &self.account;
        let waiting: u128 = self.waiting.iter().map(|(_, amount)| amount).sum();
        waiting == self.waiting_sum
            && *asked == served + missed + waiting
            && *served == given.iter().sum::<u128>()
    }

    /// What the sources' fuel and the settlement have cost so far; rounded down.
    pub fn running_cost_microusd(&self) -> u128 {
        let sources = self.settings.sources.iter().zip(&self.account.given);
        let fuel: u128 = sources.map(|(source, &given)| times(given, source.cost_microusd)).sum();
        fuel + times(self.account.served, self.settings.fee_microusd)
    }
    /// What is owed to the devices of each source's class since the last call, in millionths of a
    /// dollar: their part of what users pay.
    pub fn settle(&mut self) -> impl Iterator<Item = (u8, u64)> + '_ {
        let Account { given, paid_microusd, .. } = &mut self.account;
        let price = self.settings.price_microusd;
        let amounts = self.settings.sources.iter().zip(given).zip(paid_microusd);
        amounts.map(move |((source, given), paid)| {
            let earned = times(*given, price);
            let due = u64::try_from(earned - *paid).unwrap_or(u64::MAX);
            *paid += u128::from(due);
            (source.class, due)
        })
    }
    /// What users have paid so far; rounded down.
    pub fn revenue_microusd(&self) -> u128 {
        times(self.account.served, self.settings.price_microusd)
    }
}

/// An amount at so many millionths of a dollar a unit and hour, rounded down.
fn times(amount: u128, microusd: u64) -> u128 {
    let (whole, rest) = (amount / UNIT_HOUR, amount % UNIT_HOUR);
    whole * u128::from(microusd) + rest * u128::from(microusd) / UNIT_HOUR
}

/// An amount in units times hours.
pub fn unit_hours(amount: u128) -> f64 {
    amount as f64 / UNIT_HOUR as f64
}

#[cfg(test)]
mod tests;
