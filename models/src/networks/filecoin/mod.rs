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

pub mod accounts;
pub mod audit;
mod bookkeeping;
pub mod business;
pub mod card;
pub mod cheater;
pub mod conform;
pub mod describe;
pub mod driven;
pub mod election;
pub mod fairness;
pub mod fees;
pub mod figures;
pub mod file;
pub mod fixed;
pub mod forecast;
pub mod gas;
pub mod genesis;
pub mod glossary;
mod levers;
pub mod metrics;
pub mod notice;
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
pub mod slashing;
pub mod smoothing;
pub mod spec;
mod state;
pub mod streams;
pub mod supply;
pub mod vesting;

use pinwheel_core::check::CheckId;
use pinwheel_core::{Amount, Context, Event as EngineEvent, SimDuration, Streams};
use serde::{Deserialize, Serialize};

use crate::blockchain::consensus::expected::Election;
use crate::describe::review::Inputs;
use crate::describe::{EventKinds, Lever, Refused};
use crate::infrastructure::sites::{self, Sites};
use crate::part::{Around, Part, Request, Shared};
use accounts::{Accounts, Traded};
use audit::Audit;
use business::Orders;
use driven::DayTotals;
use fees::GasMarket;
use forecast::Outlook;
use parameters::Parameters;
use provider::{DEADLINES, Power, Provider, SizeClass};
use proving::DEADLINE;
use rational::{Climate, Market};
use record::{Flows, Observed};
use rules::{EPOCHS_PER_DAY, Rules, Solstice};
use sectors::{Cohort, SECTOR_BYTES};
use settings::{Behaviour, Detail, ForecastBy, HistoryDay, RuleChoice, Settings};
use smoothing::Estimate;

const EPOCH: SimDuration = SimDuration::from_seconds(30);
const DAY: SimDuration = SimDuration::from_days(1);
const EPOCHS_PER_DEADLINE: i64 = EPOCHS_PER_DAY / DEADLINES as i64;
const REGIONS: u16 = 12;
/// Days between two adjustments of a provider's machines to its sectors.
const SITE_DAYS: i32 = 30;

/// The kinds of event, in the order of [`Event`].
pub const KINDS: EventKinds = EventKinds { first: 16, names: &["epoch", "deadline", "day"] };

/// What happens on the chain.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A new epoch: election, reward, base fee.
    Epoch,
    /// A proving deadline of one provider closes.
    Deadline {
        /// Which provider, by number.
        provider: u32,
    },
    /// A day ends: its records; then the next one is planned.
    Day,
    /// At the sites of its providers.
    Sites(sites::Event),
}

impl From<sites::Event> for Event {
    fn from(event: sites::Event) -> Self {
        Event::Sites(event)
    }
}

impl EngineEvent for Event {
    fn priority(&self) -> u8 {
        match self {
            Event::Deadline { .. } => 100,
            Event::Epoch => 110,
            Event::Day => 200,
            Event::Sites(event) => event.priority(),
        }
    }
    fn kind(&self) -> u8 {
        match self {
            Event::Epoch => KINDS.kind(0),
            Event::Deadline { .. } => KINDS.kind(1),
            Event::Day => KINDS.kind(2),
            Event::Sites(event) => event.kind(),
        }
    }
}

/// Days of a year in parameters that are stated by the year.
const DAYS_PER_YEAR: f64 = 365.0;

/// Commitments of new and renewed sectors, days.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Terms {
    capacity: i32,
    renewal: i32,
    verified_short: i32,
    verified_long: i32,
    verified_renewal: i32,
}

/// Costs of one sector of 32 GiB, USD.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Costs {
    capex_usd_per_sector_day: f64,
    sealing_usd_per_sector: f64,
    hardware_life_days: f64,
    deal_usd_per_sector_day: f64,
}

/// What follows from the parameters, computed anew whenever one changes.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Derived {
    terms: Terms,
    costs: Costs,
    sectors_per_disk: u64,
    proving_slack: SimDuration,
    loss_detection_days: i32,
    /// What providers end early in driven behaviour; those who reckon decide it.
    losses: Option<Losses>,
}

/// Sectors that providers end before their time.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Losses {
    /// As a share of the live ones a day: quality-1, verified.
    rate_per_day: [f64; 2],
    /// Chance that a day is one on which a provider ends them.
    chance_per_day: f64,
}

impl Derived {
    /// For providers who reckon (`rational`) or follow data, with disks of this size.
    fn of(p: &Parameters, rational: bool, disk_terabytes: f64) -> Self {
        let tib_per_sector = 32.0 / 1024.0;
        let sectors_per_disk = disk_terabytes * 1e12 / SECTOR_BYTES as f64;
        Derived {
            terms: Terms {
                capacity: p.capacity_term as i32,
                renewal: p.renewal_term as i32,
                verified_short: p.verified_short_term as i32,
                verified_long: p.verified_long_term as i32,
                verified_renewal: p.verified_renewal_term as i32,
            },
            costs: Costs {
                capex_usd_per_sector_day: p.capex_usd_per_tib * tib_per_sector
                    / (p.hardware_life * 365.0),
                hardware_life_days: p.hardware_life * 365.0,
                sealing_usd_per_sector: p.sealing_usd_per_tib * tib_per_sector,
                deal_usd_per_sector_day: p.deal_usd_per_tib_month * tib_per_sector * 12.0 / 365.0,
            },
            sectors_per_disk: (sectors_per_disk as u64).max(1),
            proving_slack: SimDuration::from_seconds_f64(p.proving_slack * 60.0),
            loss_detection_days: p.loss_detection as i32,
            losses: (!rational).then(|| Losses {
                rate_per_day: [p.early_termination_rate, p.verified_termination_rate]
                    .map(|rate| rate / DAYS_PER_YEAR),
                chance_per_day: 1.0 / p.termination_interval,
            }),
        }
    }
}

/// Where the day's orders come from.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Plan {
    /// The history of each day to come.
    Driven(Vec<HistoryDay>),
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
    solstice: Option<Solstice>,
    rules: Rules,
    /// The chain's epoch now, and that of time zero.
    epoch: i64,
    first_epoch: i64,
    /// Day of the run: 1 is the day after the initial state.
    day: i32,

    /// The machines of the providers, each an owner of sites.
    sites: Sites<Event>,
    /// Providers whose machines have changed; kept for its allocation.
    changed: Vec<u32>,
    accounts: Accounts,
    providers: Vec<Provider>,
    power: Power,
    rewards: reward::RewardState,
    /// Smoothed quality-adjusted power, bytes.
    qa_power: Estimate,
    quote: fees::Quote,
    election: Election,
    /// Rounds of the lottery that are not in the providers' tickets yet.
    rounds_uncounted: u32,
    /// Losses of data that the chain has noticed or missed.
    noticed: notice::Noticed,
    /// What cheating has brought all cheaters since the start, USD.
    cheating_usd: f64,
    gas: GasMarket,
    market: Market,
    climate: Climate,
    audit: Audit,
    plan: Plan,
    /// What follows the last of a driven plan's days, where a forecast was asked for.
    outlook: Option<Outlook>,
    /// Providers reckon after the last of a driven plan's days.
    reckons_after: bool,
    /// Sum of the providers' weights where verified data are handed out.
    verified_weights: u64,
    /// Margin a day of each size class, averaged over about a month, USD.
    margin_month_usd: [f64; SizeClass::ALL.len()],
    /// What the service stream brought providers on the day before, USD.
    service_usd_per_day: f64,
    /// What providers traded on that day.
    traded: Traded,
    /// What others than providers keep of that day's service stream.
    service_sold: Amount,
    /// Share of block rewards that miners get over the planning horizon from now on.
    miner_share_ahead: f64,
    orders: Vec<Orders>,
    /// Sectors of quality one that the history has seen come to their end and the run has not yet.
    capacity_owed: i64,
    /// What the days so far had to give out and nobody who acted on them could take.
    unplaced: DayTotals,
    observed: Vec<Observed>,
    flows: Flows,
    /// Sums since the start, for a review.
    tally: review::Tally,
    /// Cohorts taken off the books within one step; kept for its capacity.
    ended: Vec<Cohort>,
    checks: Option<CheckIds>,

    /// Every number that is no rule of the protocol, as the scenario gives it.
    parameters: Parameters,
    /// What follows from them.
    derived: Derived,
    /// Levers that were set and act from the end of the present day on, with their values.
    moved: Vec<(String, f64)>,
    streams: streams::Streams,
}

impl Filecoin {
    /// The network on its first day, and the machines of its providers.
    pub fn new(settings: &Settings, streams: &Streams) -> Self {
        let initial = &settings.initial;
        let first_epoch = rules::epoch_of(initial.date) + EPOCHS_PER_DAY;
        let mut network = Filecoin::empty(settings, first_epoch, streams);
        for i in 0..network.providers.len() {
            network.update_power(i);
        }
        network.start_smoothing();
        network.refresh_quote();
        genesis::lock(&mut network, initial, &settings.parameters);
        network.accounts.forget_trades();
        network.rebuild_election();
        let plans = genesis::sites(&network, REGIONS, streams);
        network.sites = Sites::new(&settings.infrastructure, &plans, streams);
        network
    }

    /// The network before power, prices, locked FIL and machines are known.
    fn empty(settings: &Settings, first_epoch: i64, streams: &Streams) -> Self {
        let (p, initial) = (&settings.parameters, &settings.initial);
        let rational = matches!(settings.behaviour, Behaviour::Rational(_));
        let mut providers = genesis::providers(settings, streams);
        slashing::choose_cheaters(&mut providers, p, streams);
        let solstice = settings.solstice_rule();
        let rules = Rules::at(settings.rules, first_epoch, solstice);
        let (plan, market, observed) = plan(settings);
        let accounts = Accounts::new(initial, providers.len());
        let verified_weights = providers.iter().map(|of| of.verified_weight).sum();
        Filecoin {
            detail: settings.detail,
            rule_choice: settings.rules,
            solstice,
            rules,
            epoch: first_epoch,
            first_epoch,
            day: 0,
            sites: Sites::new(&settings.infrastructure, &[], streams),
            changed: Vec::new(),
            tally: review::Tally::new(&accounts, providers.len()),
            accounts,
            providers,
            power: Power::default(),
            rewards: fees::reward_state(initial, first_epoch, rules.minting)
                .expect("the initial state is one that a chain can reach"),
            qa_power: Estimate::default(),
            quote: fees::Quote::default(),
            election: election::lottery(),
            rounds_uncounted: 0,
            noticed: notice::Noticed::default(),
            cheating_usd: 0.0,
            gas: GasMarket::new(initial.base_fee, p),
            market,
            climate: Climate::default(),
            audit: Audit::new(settings.proofs, p.proof_sample_share),
            plan,
            outlook: outlook(settings),
            reckons_after: settings.reckons() && !rational,
            verified_weights,
            margin_month_usd: [0.0; SizeClass::ALL.len()],
            service_usd_per_day: 0.0,
            traded: Traded::default(),
            service_sold: Amount::ZERO,
            miner_share_ahead: 1.0,
            orders: vec![],
            capacity_owed: 0,
            unplaced: DayTotals::default(),
            observed,
            flows: Flows::default(),
            ended: vec![],
            checks: None,
            parameters: p.clone(),
            derived: Derived::of(p, rational, settings.infrastructure.disk_terabytes),
            moved: Vec::new(),
            streams: streams::Streams::default(),
        }
    }

    /// Schedules the first events.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        self.checks = Some(CheckIds {
            conserved: ctx.checks.always("filecoin.supply_conserved"),
            pledge: ctx.checks.always("filecoin.pledge_matches_sectors"),
            supply: ctx.checks.always("filecoin.supply_within_cap"),
            fault: ctx.checks.sometimes("filecoin.fault_fee_paid"),
            missed: ctx.checks.sometimes("filecoin.proof_missed"),
            null_round: (self.detail == Detail::Deadline)
                .then(|| ctx.checks.sometimes("filecoin.null_round")),
            refused: self.audit.real().then(|| ctx.checks.sometimes("filecoin.real_proof_refused")),
        });
        self.sites.start(ctx);
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
    pub fn handle<E: EngineEvent + From<Event>>(&mut self, event: Event, ctx: &mut Context<E>) {
        match event {
            Event::Sites(event) => self.handle_sites(event, ctx),
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
                    self.end_day(ctx);
                }
                self.take_over_moved(ctx);
                ctx.after(DAY, event.into());
                self.begin_day(ctx);
            }
        }
    }

    /// The machines of some providers change what they can do.
    fn handle_sites<E: EngineEvent + From<Event>>(
        &mut self,
        event: sites::Event,
        ctx: &mut Context<E>,
    ) {
        let mut changed = std::mem::take(&mut self.changed);
        self.sites.handle(event, ctx, &mut changed);
        for owner in changed.drain(..) {
            let status = self.sites.status(owner);
            self.sites_changed(owner as usize, status, ctx.now(), ctx.streams());
        }
        self.changed = changed;
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
            self.close_day_of_deadlines(i, ctx.now(), &streams);
        }
        self.epoch += EPOCHS_PER_DAY;
        self.step_base_fee_day();
        self.refresh_quote();
    }

    /// Whether providers decide for themselves today.
    fn reckons(&self) -> bool {
        match &self.plan {
            Plan::Driven(days) => self.reckons_after && self.day as usize > days.len(),
            Plan::Rational => true,
        }
    }

    /// Plans and opens a day: rules, allocations that vest, every provider's business.
    fn begin_day<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        self.day += 1;
        let streams = *ctx.streams();
        self.rules = Rules::at(self.rule_choice, self.epoch, self.solstice);
        self.judge_streams();
        self.vest_allocations();
        let collateral = self.deal_collateral(self.accounts.circulating());
        self.accounts.hold_for_deals(collateral);
        let mut traded = std::mem::take(&mut self.traded);
        // Its recipients sell what they keep of the service stream.
        traded.sold += std::mem::take(&mut self.service_sold);
        self.market.step(self.day, traded, self.parameters.market_depth, &streams);
        match &self.plan {
            _ if self.reckons() => self.plan_rational_day(&streams),
            Plan::Rational => {}
            Plan::Driven(days) => {
                let relative = self.parameters.verified_renewal_relative;
                let known = days.get(self.day as usize - 1);
                let known = known.map(|day| DayTotals::new(day, relative));
                let unplaced = std::mem::take(&mut self.unplaced);
                match known {
                    Some(totals) => self.plan_known_day(totals.plus(unplaced)),
                    None => {
                        let totals = self.forecast_day(&streams);
                        self.plan_driven_day(totals.plus(unplaced), None);
                    }
                }
            }
        }
        for i in 0..self.providers.len() {
            let orders = self.orders[i];
            self.business_day(i, orders, &streams);
            if (self.day + i as i32) % SITE_DAYS == 0 {
                let disks =
                    self.providers[i].sectors.live().div_ceil(self.derived.sectors_per_disk) as u32;
                self.sites.resize(i as u32, disks, ctx);
                let status = self.sites.status(i as u32);
                self.sites_changed(i, status, ctx.now(), &streams);
            }
        }
        self.gas.begin_day(self.day == 1);
    }

    /// Closes a day: in day detail the chain's day, then the books and the records.
    fn end_day<E: EngineEvent>(&mut self, ctx: &mut Context<E>) {
        if self.detail == Detail::Day {
            self.fold_day(ctx);
        }
        self.pay_day();
        self.check_books(ctx);
        self.check_pledge(ctx);
        self.record_day(ctx);
        ctx.fingerprint.ledger.mix(self.accounts.ledger.digest.value());
        ctx.fingerprint.state.mix(self.power.raw_sectors);
        ctx.fingerprint.state.mix(self.power.qa_units);
        ctx.fingerprint.state.mix(self.gas.base_fee_attofil as u64);
        ctx.fingerprint.state.mix(self.rewards.this_epoch_reward().0 as u64);
    }

    /// The ledger balances and holds no more than two billion FIL.
    fn check_books<E: EngineEvent>(&self, ctx: &mut Context<E>) {
        let ids = self.checks.expect("the run has started");
        let now = ctx.now();
        let balanced = self.accounts.ledger.verify();
        ctx.checks.note(ids.conserved, balanced.is_ok(), now, || {
            balanced.err().map(|error| error.to_string()).unwrap_or_default()
        });
        let total = self.accounts.ledger.issued() - self.accounts.ledger.burned();
        ctx.checks.note(ids.supply, total <= supply::TOTAL, now, || format!("{total} attoFIL"));
    }

    /// Every pledge account holds the pledge of the provider's sectors, to the atto.
    fn check_pledge<E: EngineEvent>(&self, ctx: &mut Context<E>) {
        let ids = self.checks.expect("the run has started");
        let now = ctx.now();
        let wrong = self.providers.iter().zip(&self.accounts.purses).position(
            |(provider, accounts_of_provider)| {
                provider.pledge != self.accounts.ledger.balance(accounts_of_provider.pledge)
            },
        );
        ctx.checks.note(ids.pledge, wrong.is_none(), now, || format!("provider {wrong:?}"));
        let (fees, missed) = (self.flows.burn_fault_fee, self.flows.deadlines_missed);
        ctx.checks.note(ids.fault, fees > Amount::ZERO, now, String::new);
        ctx.checks.note(ids.missed, missed > 0, now, String::new);
        if let Some(id) = ids.refused {
            ctx.checks.note(id, self.audit.refused > 0, now, String::new);
        }
    }
}

/// Where the day's orders come from, the market beside it, and what was observed.
fn plan(settings: &Settings) -> (Plan, Market, Vec<Observed>) {
    match &settings.behaviour {
        Behaviour::Driven(history) => {
            let days = history.iter().skip(1).copied().collect();
            let observed = record::observed(settings, history);
            let market = match settings.forecast.as_ref().map(|forecast| &forecast.by) {
                Some(ForecastBy::Providers(path)) => Market::from(path),
                _ => Market::from(&settings::PricePath::default()),
            };
            (Plan::Driven(days), market, observed)
        }
        Behaviour::Rational(path) => (Plan::Rational, Market::from(path), vec![]),
    }
}

/// What follows the last known day, where a forecast was asked for.
fn outlook(settings: &Settings) -> Option<Outlook> {
    match (&settings.behaviour, settings.forecast.as_ref().map(|forecast| &forecast.by)) {
        (Behaviour::Driven(history), Some(ForecastBy::Trend(trend))) => {
            let relative = settings.parameters.verified_renewal_relative;
            Some(Outlook::new(trend, history, relative))
        }
        _ => None,
    }
}

impl Filecoin {
    /// Who holds FIL.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }
    /// The digest of all postings in its books.
    pub fn ledger_digest(&self) -> u64 {
        self.accounts.ledger.digest.value()
    }
}

impl<E: EngineEvent + From<Event>> Part<E> for Filecoin {
    type Settings = Settings;
    type Event = Event;

    fn new(settings: &Settings, around: &Around<'_>) -> Self {
        Filecoin::new(settings, around.streams)
    }

    fn start(&mut self, _shared: &mut Shared, ctx: &mut Context<E>) {
        Filecoin::start(self, ctx);
    }

    fn handle(&mut self, event: Event, _shared: &mut Shared, ctx: &mut Context<E>) {
        Filecoin::handle(self, event, ctx);
    }

    fn levers(settings: &Settings) -> Vec<Lever> {
        levers::levers(settings)
    }

    fn set(&mut self, key: &str, value: f64, ctx: &mut Context<E>) -> Result<(), Refused> {
        self.set_lever(key, value, ctx)
    }

    fn review(&mut self, request: Request) -> Vec<Inputs> {
        vec![Filecoin::review(self, request.wanted, request.identities)]
    }
}
