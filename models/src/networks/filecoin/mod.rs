//! Filecoin: storage providers prove sectors, win blocks and pay for their faults.
//!
//! One [`Filecoin`] is the chain and its providers. Its events are few: an epoch of 30 s, a proving
//! deadline of one provider, the end of a day. With [`Detail::Day`] the first two are folded into
//! the last; rules, books and behaviour stay the same.
//!
//! Left out: single messages and their order, chain reorganisations (late blocks are lost wins),
//! deal negotiation, retrieval, data cap allocation, the FVM's own economy beyond its gas.
//!
//! Invariants, checked as the run goes: the ledger balances at every block; pledge accounts hold
//! exactly the pledge of the sectors; the supply never exceeds two billion FIL.

pub mod audit;
pub mod business;
pub mod card;
pub mod conform;
pub mod driven;
pub mod election;
pub mod fees;
pub mod file;
pub mod fixed;
pub mod forecast;
pub mod gas;
pub mod genesis;
pub mod metrics;
pub mod parameters;
pub mod pledge;
pub mod proofs;
pub mod provider;
pub mod proving;
pub mod rational;
pub mod record;
pub mod review;
pub mod reward;
pub mod rules;
pub mod sectors;
pub mod settings;
pub mod smoothing;
pub mod spec;
pub mod streams;
pub mod supply;
pub mod treasury;
pub mod vesting;

use pinwheel_core::check::CheckId;
use pinwheel_core::{Amount, Context, Event as EngineEvent, SimDuration, Streams};
use serde::{Deserialize, Serialize};

use crate::blockchain::consensus::expected::Election;
use crate::describe::EventKinds;
use crate::infrastructure::{self, Infrastructure};
use audit::Audit;
use business::Orders;
use driven::DayTotals;
use fees::GasMarket;
use forecast::Outlook;
use parameters::Parameters;
use provider::{DEADLINES, Power, Provider};
use proving::DEADLINE;
use rational::Market;
use record::{Flows, Observed};
use rules::{EPOCHS_PER_DAY, Rules};
use sectors::{Cohort, SECTOR_BYTES};
use settings::{Behaviour, Detail, RuleChoice, Settings};
use smoothing::Estimate;
use treasury::Treasury;

const EPOCH: SimDuration = SimDuration::from_seconds(30);
const DAY: SimDuration = SimDuration::from_days(1);
const EPOCHS_PER_DEADLINE: i64 = EPOCHS_PER_DAY / DEADLINES as i64;
const REGIONS: u16 = 12;
/// Days between two adjustments of a provider's machines to its sectors.
const PLANT_DAYS: i32 = 30;

/// The kinds of event, in the order of [`Event`].
pub const KINDS: EventKinds = EventKinds { first: 16, names: &["epoch", "deadline", "day"] };

/// What happens on the chain.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A new epoch: election, reward, base fee.
    Epoch,
    /// A proving deadline of one provider closes.
    Deadline { provider: u32 },
    /// A day ends: its records; then the next one is planned.
    Day,
}

impl EngineEvent for Event {
    fn priority(&self) -> u8 {
        match self {
            Event::Deadline { .. } => 100,
            Event::Epoch => 110,
            Event::Day => 200,
        }
    }
    fn kind(&self) -> u8 {
        KINDS.kind(match self {
            Event::Epoch => 0,
            Event::Deadline { .. } => 1,
            Event::Day => 2,
        })
    }
}

/// Commitments of new and renewed sectors, days.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Terms {
    capacity: i32,
    renewal: i32,
    verified_short: i32,
    verified_long: i32,
}

impl Terms {
    fn new(p: &Parameters) -> Self {
        Terms {
            capacity: p.capacity_term as i32,
            renewal: p.renewal_term as i32,
            verified_short: p.verified_short_term as i32,
            verified_long: p.verified_long_term as i32,
        }
    }
}

/// Costs of one sector of 32 GiB, USD.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Costs {
    capex_usd_per_sector_day: f64,
    sealing_usd_per_sector: f64,
    hardware_life_days: f64,
    deal_usd_per_sector_day: f64,
}

impl Costs {
    fn new(p: &Parameters) -> Self {
        let tib_per_sector = 32.0 / 1024.0;
        Costs {
            capex_usd_per_sector_day: p.capex_usd_per_tib * tib_per_sector
                / (p.hardware_life * 365.0),
            hardware_life_days: p.hardware_life * 365.0,
            sealing_usd_per_sector: p.sealing_usd_per_tib * tib_per_sector,
            deal_usd_per_sector_day: p.deal_usd_per_tib_month * tib_per_sector * 12.0 / 365.0,
        }
    }
}

/// Where the day's orders come from.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Plan {
    /// Network totals of each day to come, and what was observed at the end of it.
    Driven(Vec<DayTotals>),
    Rational,
}

#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct CheckIds {
    conserved: CheckId,
    pledge: CheckId,
    supply: CheckId,
    fault: CheckId,
    missed: CheckId,
    /// Where epochs are simulated one by one, and where proofs are real.
    null_round: Option<CheckId>,
    refused: Option<CheckId>,
}

/// The chain and its storage providers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Filecoin {
    detail: Detail,
    rule_choice: RuleChoice,
    solstice_epoch: Option<i64>,
    rules: Rules,
    /// The chain's epoch now, and that of time zero.
    epoch: i64,
    first_epoch: i64,
    /// Day of the run: 1 is the day after the initial state.
    day: i32,

    treasury: Treasury,
    providers: Vec<Provider>,
    power: Power,
    rewards: reward::RewardState,
    /// Smoothed quality-adjusted power, bytes.
    qa_power: Estimate,
    quote: fees::Quote,
    election: Election,
    gas: GasMarket,
    market: Market,
    audit: Audit,
    plan: Plan,
    /// What follows the last of a driven plan's days, where a forecast was asked for.
    outlook: Option<Outlook>,
    orders: Vec<Orders>,
    observed: Vec<Observed>,
    flows: Flows,
    /// Sums since the start, for a review.
    tally: review::Tally,
    /// Cohorts taken off the books within one step; kept for its capacity.
    ended: Vec<Cohort>,
    checks: Option<CheckIds>,

    terms: Terms,
    costs: Costs,
    sectors_per_disk: u64,
    proving_slack: SimDuration,
    loss_detection_days: i32,
    early_termination_per_month: f64,
    orphan_share: f64,
    deal_share: f64,
    verified_short_share: f64,
    verified_share: f64,
    sealing_rate: f64,
    planning_horizon_days: f64,
    entry_rate: f64,
    streams: streams::Streams,
    pay_volume_usd: f64,
    pay_volume_growth: f64,
}

/// Where orders and prices come from, and what was observed of the days to come.
fn plan(settings: &Settings) -> (Plan, Market, Vec<Observed>) {
    match &settings.behaviour {
        Behaviour::Driven(history) => {
            let totals = history.iter().skip(1);
            let relative = settings.parameters.verified_renewal_relative;
            let totals = totals.map(|day| DayTotals::new(day, relative)).collect();
            let observed = record::observed(settings, history);
            (Plan::Driven(totals), Market::from(&settings::PricePath::default()), observed)
        }
        Behaviour::Rational(path) => (Plan::Rational, Market::from(path), vec![]),
    }
}

/// How the flows of a history go on from its cut; `None` if it is followed to its end.
fn outlook(settings: &Settings) -> Option<Outlook> {
    match (&settings.behaviour, &settings.forecast) {
        (Behaviour::Driven(history), Some(forecast)) => {
            Some(Outlook::new(forecast, history, settings.parameters.verified_renewal_relative))
        }
        _ => None,
    }
}

impl Filecoin {
    /// The network on its first day, and the machines of its providers.
    pub fn new(settings: &Settings, streams: &Streams) -> (Self, Infrastructure) {
        let mut network = Self::without_sectors(settings, streams);
        for i in 0..network.providers.len() {
            network.update_power(i);
        }
        network.start_smoothing();
        network.refresh_quote();
        genesis::lock(&mut network, &settings.initial, &settings.parameters);
        network.rebuild_election();
        let plans = genesis::plants(&network, REGIONS, streams);
        let infrastructure = Infrastructure::new(&settings.infrastructure, &plans, streams);
        (network, infrastructure)
    }

    /// The chain and its providers before any sector is theirs.
    fn without_sectors(settings: &Settings, streams: &Streams) -> Self {
        let p = &settings.parameters;
        let initial = &settings.initial;
        let rational = matches!(settings.behaviour, Behaviour::Rational(_));
        let providers = genesis::providers(settings, streams, rational);
        let first_epoch = rules::epoch_of(initial.date) + EPOCHS_PER_DAY;
        let solstice_epoch = settings.solstice.map(rules::epoch_of);
        let rules = Rules::at(settings.rules, first_epoch, solstice_epoch);
        let (plan, market, observed) = plan(settings);
        let sectors_per_disk = settings.infrastructure.disk_terabytes * 1e12 / SECTOR_BYTES as f64;
        let treasury = Treasury::new(initial, providers.len());
        Filecoin {
            detail: settings.detail,
            rule_choice: settings.rules,
            solstice_epoch,
            rules,
            epoch: first_epoch,
            first_epoch,
            day: 0,
            tally: review::Tally::new(&treasury, providers.len()),
            treasury,
            providers,
            power: Power::default(),
            rewards: fees::reward_state(initial, first_epoch, rules.minting),
            qa_power: Estimate::default(),
            quote: fees::Quote::default(),
            election: election::lottery(),
            gas: GasMarket::new(initial, p),
            market,
            audit: Audit::new(settings.proofs, p.proof_sample_share),
            plan,
            outlook: outlook(settings),
            orders: vec![],
            observed,
            flows: Flows::default(),
            ended: vec![],
            checks: None,
            terms: Terms::new(p),
            costs: Costs::new(p),
            sectors_per_disk: (sectors_per_disk as u64).max(1),
            proving_slack: SimDuration::from_seconds_f64(p.proving_slack * 60.0),
            loss_detection_days: p.loss_detection as i32,
            early_termination_per_month: if rational {
                0.0
            } else {
                p.early_termination_rate * 30.0 / 365.0
            },
            orphan_share: p.orphan_share,
            deal_share: p.deal_share,
            verified_short_share: p.verified_short_share,
            verified_share: p.verified_share,
            sealing_rate: p.sealing_rate,
            planning_horizon_days: p.planning_horizon,
            entry_rate: p.entry_rate,
            streams: streams::Streams::default(),
            pay_volume_usd: p.pay_volume_usd,
            pay_volume_growth: p.pay_volume_growth,
        }
    }

    /// Schedules the first events.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        self.checks = Some(CheckIds {
            conserved: ctx.checks.always("supply-conserved"),
            pledge: ctx.checks.always("pledge-matches-sectors"),
            supply: ctx.checks.always("supply-at-most-two-billion"),
            fault: ctx.checks.sometimes("fault-fee-paid"),
            missed: ctx.checks.sometimes("proof-missed"),
            null_round: (self.detail == Detail::Deadline)
                .then(|| ctx.checks.sometimes("null-round")),
            refused: self.audit.real().then(|| ctx.checks.sometimes("real-proof-refused")),
        });
        ctx.after(SimDuration::ZERO, Event::Day.into());
        if self.detail == Detail::Deadline {
            ctx.after(EPOCH, Event::Epoch.into());
            for provider in 0..self.providers.len() as u32 {
                // Proving periods start at a random epoch of the day.
                let mut draws = ctx.streams().stream(provider, "filecoin proving period");
                let offset = draws.below(EPOCHS_PER_DEADLINE as u64);
                self.providers[provider as usize].deadline = draws.below(DEADLINES as u64) as u8;
                ctx.after(EPOCH.times(1 + offset), Event::Deadline { provider }.into());
            }
        }
    }

    /// Reacts to one event.
    pub fn handle<E>(&mut self, event: Event, plants: &mut Infrastructure, ctx: &mut Context<E>)
    where
        E: EngineEvent + From<Event> + From<infrastructure::Event>,
    {
        match event {
            Event::Deadline { provider } => {
                ctx.after(DEADLINE, event.into());
                let streams = *ctx.streams();
                self.close_deadline(provider as usize, ctx.now(), &streams);
            }
            Event::Epoch => {
                ctx.after(EPOCH, event.into());
                self.new_epoch(ctx);
            }
            Event::Day => {
                if self.day > 0 {
                    self.end_day(plants, ctx);
                }
                ctx.after(DAY, event.into());
                self.begin_day(plants, ctx);
            }
        }
    }

    /// Takes over what the machines of a provider can do now.
    pub fn plant_status(
        &mut self,
        provider: u32,
        status: infrastructure::Status,
        now: pinwheel_core::SimTime,
    ) {
        self.plant_changed(provider as usize, status, now);
    }

    /// One epoch: blocks and rewards, then the reward and the base fee of the next.
    fn new_epoch<E: EngineEvent>(&mut self, ctx: &mut Context<E>) {
        self.epoch += 1;
        let into_run = self.epoch - self.first_epoch;
        if into_run % election::LOOKBACK_EPOCHS == 1 {
            self.rebuild_election();
        }
        let streams = *ctx.streams();
        let nulls = self.flows.null_rounds;
        let blocks = self.elect(&streams);
        self.flows.scheduled += self.rewards.this_epoch_reward();
        self.step_base_fee(blocks, &streams);
        self.step_reward(blocks == 0);
        if into_run % EPOCHS_PER_DEADLINE == 0 {
            self.refresh_quote();
        }
        let now = ctx.now();
        let ids = self.checks.expect("the run has started");
        if let Some(id) = ids.null_round {
            ctx.checks.note(id, self.flows.null_rounds > nulls, now, String::new);
        }
        self.check_books(ctx);
    }

    /// The whole chain's day at once, for [`Detail::Day`].
    fn fold_day<E: EngineEvent>(&mut self, ctx: &mut Context<E>) {
        let streams = *ctx.streams();
        let scheduled = self.step_reward_day();
        self.flows.scheduled += scheduled;
        self.elect_day(scheduled, &streams);
        for i in 0..self.providers.len() {
            self.close_day_of_deadlines(i, ctx.now());
        }
        self.epoch += EPOCHS_PER_DAY;
        self.step_base_fee_day();
        self.refresh_quote();
    }

    /// Plans and opens a day: rules, allocations that vest, every provider's business.
    fn begin_day<E>(&mut self, plants: &mut Infrastructure, ctx: &mut Context<E>)
    where
        E: EngineEvent + From<infrastructure::Event>,
    {
        self.day += 1;
        let streams = *ctx.streams();
        self.rules = Rules::at(self.rule_choice, self.epoch, self.solstice_epoch);
        self.judge_streams();
        self.vest_allocations();
        match &self.plan {
            Plan::Driven(days) => {
                let known = days.get(self.day as usize - 1).copied();
                let totals = known.unwrap_or_else(|| self.forecast_day(&streams));
                self.plan_driven_day(totals);
            }
            Plan::Rational => self.plan_rational_day(&streams),
        }
        for i in 0..self.providers.len() {
            let orders = self.orders[i];
            self.business_day(i, orders, &streams);
            if (self.day + i as i32) % PLANT_DAYS == 0 {
                let disks = self.providers[i].sectors.live().div_ceil(self.sectors_per_disk) as u32;
                plants.resize(i as u32, disks, ctx);
                let status = plants.status(i as u32);
                self.plant_changed(i, status, ctx.now());
            }
        }
        self.gas.begin_day();
    }

    /// Closes a day: in day detail the chain's day, then the books and the records.
    fn end_day<E: EngineEvent>(&mut self, plants: &Infrastructure, ctx: &mut Context<E>) {
        if self.detail == Detail::Day {
            self.fold_day(ctx);
        }
        self.check_books(ctx);
        self.check_pledge(ctx);
        self.record_day(plants, ctx);
        ctx.fingerprint.ledger.mix(self.treasury.ledger.digest.value());
        ctx.fingerprint.state.mix(self.power.raw_sectors);
        ctx.fingerprint.state.mix(self.power.qa_units);
        ctx.fingerprint.state.mix(self.gas.base_fee_attofil as u64);
        ctx.fingerprint.state.mix(self.rewards.this_epoch_reward().0 as u64);
    }

    /// The ledger balances and holds no more than two billion FIL.
    fn check_books<E: EngineEvent>(&self, ctx: &mut Context<E>) {
        let ids = self.checks.expect("the run has started");
        let now = ctx.now();
        let balanced = self.treasury.ledger.verify();
        ctx.checks.note(ids.conserved, balanced.is_ok(), now, || {
            balanced.err().map(|error| error.to_string()).unwrap_or_default()
        });
        let total = self.treasury.ledger.issued() - self.treasury.ledger.burned();
        ctx.checks.note(ids.supply, total <= supply::TOTAL, now, || format!("{total} attoFIL"));
    }

    /// Every pledge account holds the pledge of the provider's sectors, to the atto.
    fn check_pledge<E: EngineEvent>(&self, ctx: &mut Context<E>) {
        let ids = self.checks.expect("the run has started");
        let now = ctx.now();
        let wrong =
            self.providers.iter().zip(&self.treasury.purses).position(|(provider, purse)| {
                provider.pledge != self.treasury.ledger.balance(purse.pledge)
            });
        ctx.checks.note(ids.pledge, wrong.is_none(), now, || format!("provider {wrong:?}"));
        let (fees, missed) = (self.flows.burn_fault_fee, self.flows.deadlines_missed);
        ctx.checks.note(ids.fault, fees > Amount::ZERO, now, String::new);
        ctx.checks.note(ids.missed, missed > 0, now, String::new);
        if let Some(id) = ids.refused {
            ctx.checks.note(id, self.audit.refused > 0, now, String::new);
        }
    }
}
