//! What Filecoin tells the review of a token economy: its books as sums since the start.
//!
//! Operators are storage providers. Their costs are those in USD and the FIL they burn for gas,
//! daily fees, faults and terminations; their capacity is raw power for prices and QA power for
//! concentration. Users pay what others than providers burn as base fee, and for deals if the
//! parameters say so. Value at risk is the part of the
//! circulating supply that the protocol wants locked for its consensus to be secure, 30 %.
//!
//! Left out: what holders do with FIL they get, payments through Filecoin Pay (they move no FIL
//! here), and USD figures where no price is modelled.

use pinwheel_core::{Amount, Holding};
use serde::{Deserialize, Serialize};

use super::accounts::{Accounts, FIL_DECIMALS};
use super::gas::PARTITION_SECTORS;
use super::provider::{CONSENSUS_MINIMUM_SECTORS, DEADLINES, SizeClass, share_of_deadline};
use super::record::Flows as DayFlows;
use super::rules::{EPOCHS_PER_DAY, Quality};
use super::sectors::Kind;
use super::{Filecoin, supply};
use crate::describe::review::MONTH_DAYS;
use crate::describe::review::{
    Collateral, Flows, Inputs, Operator, Penalties, Proof, Split, Supply, Utilisation,
};
use crate::describe::review::{Source, Wanted};

/// Days ahead for which unlocks are scheduled: the longest commitment of a sector.
const UNLOCK_DAYS: usize = 1_278;
/// Part of the circulating supply that the protocol wants locked to call consensus secure
/// (`LOCK_TARGET_FACTOR_NUM` over `_DENOM` of the miner actor's `monies.rs`).
const LOCK_TARGET_SHARE: f64 = 0.3;
const TIB_PER_SECTOR: f64 = 32.0 / 1024.0;

/// What Filecoin gives, and what of the list it never does.
pub const SOURCE: Source = Source {
    gives: &[
        "emission_error",
        "conservation_residual",
        "circulating_share",
        "net_inflation",
        "unlock_shock",
        "months_to_cap",
        "sell_pressure",
        "burn_to_mint",
        "subsidy_ratio",
        "revenue_cover",
        "payback_months",
        "below_break_even_share",
        "income_volatility",
        "churn",
        "supply_elasticity",
        "utilisation",
        "reward_per_unit",
        "collateral_coverage",
        "sybil_profit",
        "proof_false_pass",
        "proof_false_fail",
        "slashed_rate",
        "honest_loss_share",
        "gini_rewards",
        "nakamoto",
    ],
    lacks: &[
        ("sell_pressure_depth", "the market has a price and no depth"),
        ("equilibrium_price", "burns are counted in FIL: no price makes them equal to minting"),
        ("corruption_cost_ratio", "nobody attacks; see scenarios/attacks"),
    ],
};

/// Sums since the start, brought up to date at the end of each day.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// In the reward actor on the first day.
    emission_start: Amount,
    entitled: Amount,
    penalties: Amount,
    penalties_of_cheaters: Amount,
    sold_before: Amount,
    minted_usd: f64,
    revenue_usd: f64,
    cost_usd: f64,
    sold_usd: f64,
    income_usd: f64,
    tib_months: f64,
    providers: Vec<Sums>,
}

/// One provider's.
#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
struct Sums {
    rewards: Amount,
    burned_before: Amount,
    income_usd: f64,
    cost_usd: f64,
}

impl Tally {
    /// Sums that begin with the first day.
    pub fn new(accounts: &Accounts, providers: usize) -> Self {
        Tally {
            emission_start: accounts.ledger.balance(accounts.reward_actor),
            providers: vec![Sums::default(); providers],
            ..Tally::default()
        }
    }
}

/// Penalties of a day's flows.
fn penalties(flows: &DayFlows) -> Amount {
    flows.burn_fault_fee
        + flows.burn_termination_fee
        + flows.burn_dispute
        + flows.burn_consensus_fault
        + flows.slash_rewards
}

fn fil(amount: Amount) -> f64 {
    amount.as_tokens(FIL_DECIMALS)
}

impl Filecoin {
    /// Adds the day that ends to the sums. Call it before the day's flows are cleared.
    pub fn tally_day(&mut self) {
        self.count_burned();
        let price = self.market.price_usd;
        let (flows, tally) = (&self.flows, &mut self.tally);
        tally.entitled += flows.entitled;
        tally.penalties += penalties(flows);
        tally.penalties_of_cheaters += flows.penalties_of_cheaters;
        tally.minted_usd += fil(flows.minted) * price;
        let sold = self.accounts.sold - tally.sold_before;
        tally.sold_before = self.accounts.sold;
        tally.sold_usd += fil(sold) * price;
        let mut verified = 0;
        for (provider, sums) in self.providers.iter().zip(&mut tally.providers) {
            let deals = match self.rules.quality {
                Quality::Uniform => 0,
                Quality::Multiplier | Quality::AccessFrequency => {
                    provider.sectors.of(Kind::Verified)
                }
            };
            verified += deals;
            let income = fil(provider.income) * price;
            let cost = provider.cost_usd;
            sums.rewards += provider.income;
            sums.income_usd += income + deals as f64 * self.derived.costs.deal_usd_per_sector_day;
            sums.cost_usd += cost;
            tally.income_usd += income;
            tally.cost_usd += cost;
        }
        let deals_usd = verified as f64 * self.derived.costs.deal_usd_per_sector_day;
        tally.revenue_usd += fil(flows.burn_gas_others) * price + deals_usd;
        tally.tib_months += self.power.raw_sectors as f64 * TIB_PER_SECTOR / MONTH_DAYS;
    }

    /// Counts what each provider has burned since the last day among its costs.
    fn count_burned(&mut self) {
        let price = self.market.price_usd;
        let providers = self.providers.iter_mut().zip(&self.accounts.purses);
        for ((provider, purse), sums) in providers.zip(&mut self.tally.providers) {
            let burned = purse.burned - sums.burned_before;
            sums.burned_before = purse.burned;
            provider.cost_usd += fil(burned) * price;
        }
    }

    /// What it costs to have a share of all power with new sectors, USD: without data, or with
    /// datacap that is bought for them, whichever costs less.
    pub fn attack_cost_usd(&self, share: f64) -> f64 {
        let units = self.power.qa_units as f64 * share / (1.0 - share);
        let (costs, price) = (self.derived.costs, self.market.price_usd);
        let hardware = costs.capex_usd_per_sector_day * costs.hardware_life_days;
        let datacap = self.parameters.datacap_price * TIB_PER_SECTOR * price;
        let per_unit = |kind: Kind, datacap: f64| {
            let pledge = fil(self.quote.pledge(kind.quality())) * price;
            (hardware + costs.sealing_usd_per_sector + pledge + datacap) / kind.quality() as f64
        };
        units
            * match self.rules.quality {
                Quality::Uniform => per_unit(Kind::Verified, 0.0),
                Quality::Multiplier => {
                    per_unit(Kind::Capacity, 0.0).min(per_unit(Kind::Verified, datacap))
                }
                Quality::AccessFrequency => per_unit(Kind::Capacity, 0.0),
            }
    }

    /// What the review asks for, as it stands now.
    pub fn review(&self, wanted: Wanted, identities: u32) -> Inputs {
        let priced = self.market.price_usd > 0.0;
        let usd = |value: f64| priced.then_some(value);
        let tally = &self.tally;
        Inputs {
            supply: Some(self.review_supply()),
            unlocks: wanted.has("unlock_shock").then(|| self.unlocks()),
            flows: Flows {
                minted_usd: usd(tally.minted_usd),
                revenue_usd: usd(tally.revenue_usd),
                cost_usd: usd(tally.cost_usd),
                sold_usd: usd(tally.sold_usd),
                burned_usd: None,
                rewards_usd: usd(tally.income_usd),
                useful_units: Some(tally.tib_months),
            },
            useful_unit: "TiB month".to_owned(),
            operators: priced.then(|| self.operators()),
            rewards: wanted.has("gini_rewards").then(|| {
                let providers = (0..).zip(&self.tally.providers);
                providers.map(|(id, sums)| (id, fil(sums.rewards))).collect()
            }),
            utilisation: self.utilisation(),
            collateral: Some(Collateral {
                slashable: fil(self.accounts.ledger.held(Holding::Locked)),
                at_risk: fil(self.accounts.circulating()) * LOCK_TARGET_SHARE,
            }),
            split: (priced && wanted.has("sybil_profit")).then(|| self.split(identities)).flatten(),
            proof: self.audit.real().then(|| Proof {
                false_claims: self.audit.false_claims,
                false_passed: self.audit.false_passed,
                true_claims: self.audit.verified + self.audit.refused - self.audit.false_claims,
                true_failed: self.audit.refused + self.audit.false_passed - self.audit.false_claims,
            }),
            penalties: Some(self.penalties()),
            concentration: match wanted.has("nakamoto") {
                true => self.concentration(),
                false => vec![],
            },
            ..Inputs::default()
        }
    }

    /// What honest providers paid is told where somebody cheats.
    fn penalties(&self) -> Penalties {
        let taken = self.tally.penalties + penalties(&self.flows);
        let of_cheaters = self.tally.penalties_of_cheaters + self.flows.penalties_of_cheaters;
        let cheats = self.parameters.cheater_share > 0.0;
        Penalties {
            taken: fil(taken),
            honest: cheats.then(|| fil(taken - of_cheaters)),
            collateral: fil(self.accounts.ledger.held(Holding::Locked)),
        }
    }

    fn review_supply(&self) -> Supply {
        let accounts = &self.accounts;
        let left = accounts.ledger.balance(accounts.reward_actor);
        let entitled = self.tally.entitled + self.flows.entitled;
        Supply {
            decimals: FIL_DECIMALS,
            issued: accounts.vested_attofil + accounts.mined_attofil + supply::RESERVE_DISBURSED,
            burned: accounts.ledger.burned(),
            circulating: accounts.circulating(),
            maximum: Some(supply::TOTAL),
            emission: Some((entitled, self.tally.emission_start.saturating_sub(left))),
            residual: accounts.ledger.residual(),
        }
    }

    /// FIL that comes free on each day ahead: rewards and allocations that vest, and pledge of
    /// sectors that come to their end, as if none were renewed.
    fn unlocks(&self) -> Vec<f64> {
        let mut days = vec![0.0; UNLOCK_DAYS];
        for (ahead, day) in days.iter_mut().enumerate() {
            let from = self.epoch + ahead as i64 * EPOCHS_PER_DAY;
            *day = fil(supply::vested_between(from, from + EPOCHS_PER_DAY));
        }
        for provider in &self.providers {
            for (day, amount) in days.iter_mut().zip(provider.vesting.ahead()) {
                *day += fil(amount);
            }
            for (_, cohort) in provider.sectors.cohorts() {
                let ahead = (cohort.expiry_day - self.day).max(0) as usize;
                days[ahead.min(UNLOCK_DAYS - 1)] += fil(Amount(cohort.pledge_attofil));
            }
        }
        days
    }

    fn operators(&self) -> Vec<Operator> {
        let life_days = self.derived.costs.hardware_life_days;
        let capex_usd_per_sector = self.derived.costs.capex_usd_per_sector_day * life_days;
        let providers = self.providers.iter().zip(&self.tally.providers);
        let operator = |(id, (provider, sums)): (u32, (&super::Provider, &Sums))| {
            let sectors = provider.sectors.live() as f64;
            Operator {
                id,
                class: provider.class.name(),
                active: provider.sectors.live() > 0,
                capacity: provider.power.raw_sectors as f64 * TIB_PER_SECTOR,
                capex_usd: sectors * capex_usd_per_sector,
                income_usd: sums.income_usd,
                cost_usd: sums.cost_usd,
            }
        };
        (0..).zip(providers).map(operator).collect()
    }

    /// Sectors with data among all; under FIP-0118 quality no longer tells them apart.
    fn utilisation(&self) -> Option<Utilisation> {
        if self.rules.quality == Quality::Uniform {
            return None;
        }
        let (mut used, mut offered) = (0, 0);
        for provider in &self.providers {
            let sectors = &provider.sectors;
            used += sectors.of(Kind::Deal) + sectors.of(Kind::Verified);
            offered += sectors.live();
        }
        Some(Utilisation::Now { used: used as f64, offered: offered as f64 })
    }

    /// QA power by provider, region and size class.
    fn concentration(&self) -> Vec<(&'static str, Vec<u64>)> {
        let units = |of: &super::Provider| of.power.qa_units;
        let mut regions: Vec<u64> = Vec::new();
        for (i, provider) in self.providers.iter().enumerate() {
            let Some(site) = self.sites.sites(i as u32).first() else { continue };
            let region = usize::from(site.region);
            regions.resize(regions.len().max(region + 1), 0);
            regions[region] += units(provider);
        }
        let of_class = |class: &SizeClass| {
            let members = self.providers.iter().filter(|provider| provider.class == *class);
            members.map(units).sum()
        };
        vec![
            ("provider", self.providers.iter().map(units).collect()),
            ("region", regions),
            ("size class", SizeClass::ALL.iter().map(of_class).collect()),
        ]
    }

    /// The provider of median power as one and as `identities` with equal parts of its sectors.
    /// Pledge, daily fees and rewards are linear in power; what is not: the consensus minimum, the
    /// messages for partial partitions, and the deposit of each new provider (FIP-0077), whose
    /// price is the hurdle rate.
    fn split(&self, identities: u32) -> Option<Split> {
        let mut active: Vec<usize> = (0..self.providers.len()).collect();
        active.retain(|&i| self.providers[i].power.raw_sectors > 0);
        active.sort_unstable_by_key(|&i| (self.providers[i].power.qa_units, i));
        let provider = &self.providers[*active.get(active.len() / 2)?];
        let units_per_sector =
            provider.sectors.quality_units() as f64 / provider.sectors.live().max(1) as f64;
        let count = u64::from(identities);
        let sectors = provider.sectors.live();
        let larger = sectors % count;
        let part = |sectors| self.identity_fil_per_day(sectors, units_per_sector);
        let together = larger as f64 * part(sectors / count + 1)
            + (count - larger) as f64 * part(sectors / count);
        let deposit = fil(self.pricing().creation_deposit()) * (count - 1) as f64;
        let held = deposit * provider.hurdle_per_year / 12.0;
        let gained = (together - part(sectors)) * MONTH_DAYS - held;
        Some(Split { identities, profit_usd_per_month: gained * self.market.price_usd })
    }

    /// What an identity with so many sectors earns a day beyond what is linear in them.
    fn identity_fil_per_day(&self, sectors: u64, units_per_sector: f64) -> f64 {
        let partitions: u64 = (0..DEADLINES)
            .map(|d| u64::from(share_of_deadline(sectors, d)).div_ceil(PARTITION_SECTORS))
            .sum();
        let gas = Amount(
            u128::from(partitions * self.gas.message.window_post) * self.gas.base_fee_attofil,
        );
        let units = match sectors {
            0..CONSENSUS_MINIMUM_SECTORS => 0.0,
            _ => sectors as f64 * units_per_sector,
        };
        fil(self.quote.day_reward_per_unit) * units * self.miner_share() - fil(gas)
    }
}
