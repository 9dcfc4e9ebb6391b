//! A token economy: what a network's work earns, what its customers pay, and at what price the two
//! meet.
//!
//! Once a day, in this order: demand grows ([`demand`]); hardware is looked at; customers buy the
//! token on the exchange ([`exchange`]) and burn it, or pay with it; that and the day's emission
//! ([`emission`]) are the rewards of the nodes online, by capacity; a part of them is sold; nodes
//! that have lost for long leave with their bond ([`bond`]), idle ones may enter ([`providers`]). The order and the rules are
//! those of the benchmark model depin-mini v1, which the programs in `benches/peers/mini` step too.
//!
//! Nodes stand on the devices of `[infrastructure]`, node `i` on device `i`, and are always up
//! without it. A device that fails between two days is seen at the next; a device that joins later
//! has no node.
//!
//! Left out: traders, other markets, liquidity that comes and goes, debts, delays of bonds; a
//! node's own purse (providers have one account, [`books`]).
//!
//! Invariants, checked on every day: circulating + locked + pool + burned = minted, to the base
//! unit; both sides of the pool are positive; the bonds are those of the active nodes; the tokens
//! minted are those of the schedule.

pub mod bond;
pub mod books;
pub mod card;
pub mod demand;
pub mod emission;
pub mod exchange;
pub mod figures;
pub mod file;
pub mod metrics;
pub mod money;
mod part;
pub mod providers;
mod record;
pub mod review;
mod serving;
pub mod settings;
pub mod spec;

use pinwheel_core::check::CheckId;
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Amount, Context, SimDuration, Streams};
use serde::{Deserialize, Serialize};

use books::{Books, Seller};
use demand::Demand;
use money::part;
use providers::{Earned, Providers};

use crate::describe::EventKinds;
use crate::input::amount::TOKEN_DECIMALS;
pub use settings::Settings;

const DAY: SimDuration = SimDuration::from_days(1);
/// The kinds of event, in the order of [`Event`].
pub const KINDS: EventKinds = EventKinds { first: 120, names: &["economy settled"] };

/// What happens in an economy.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A day's business is settled.
    Settle,
}

impl EngineEvent for Event {
    /// After whatever else happens at that instant, before the records of others.
    fn priority(&self) -> u8 {
        240
    }
    fn kind(&self) -> u8 {
        KINDS.kind(0)
    }
}

/// What flowed on one day.
#[derive(Copy, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flows {
    /// Dollars that customers spent.
    pub spent: Amount,
    /// Tokens they got for them.
    pub bought: Amount,
    pub burned: Amount,
    /// Tokens new on the day, and those they and the customers' payments are together.
    pub minted: Amount,
    pub rewards: Amount,
    /// Tokens that providers sold, and the dollars they got.
    pub sold: Amount,
    pub proceeds: Amount,
    /// Dollars for a token when the rewards were given.
    pub price: f64,
    /// Nodes online and their capacity.
    pub online: usize,
    pub capacity: f64,
    pub entered: usize,
    pub left: usize,
}

/// What has flowed since the start.
#[derive(Copy, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Sums {
    entered: u64,
    left: u64,
    /// Emission and rewards at the prices of their days, dollars.
    minted_usd: f64,
    rewards_usd: f64,
    /// Dollars of customers, and dollars that providers got for rewards.
    spent: Amount,
    proceeds: Amount,
    /// What running the active nodes has cost.
    cost: Amount,
    /// Capacity online, summed over the days.
    capacity_days: f64,
}

/// The checks of a run.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Checks {
    books: CheckId,
    pool: CheckId,
    bonds: CheckId,
    schedule: CheckId,
}

/// The economy while it runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Economy {
    settings: Settings,
    books: Books,
    demand: Demand,
    providers: Providers,
    /// Days settled.
    day: u32,
    flows: Flows,
    /// Sum of the schedule over the days on which anybody was there to earn it.
    scheduled: Amount,
    sums: Sums,
    checks: Option<Checks>,
}

impl Economy {
    /// The first day: all nodes active, up and bonded.
    pub fn new(settings: &Settings, streams: &Streams) -> Self {
        Economy {
            books: Books::new(settings),
            demand: Demand::new(settings.demand),
            providers: Providers::new(settings.providers, streams),
            day: 0,
            flows: Flows::default(),
            scheduled: Amount::ZERO,
            sums: Sums::default(),
            checks: None,
            settings: settings.clone(),
        }
    }

    /// Registers the checks and schedules the first day. Called once, at time zero.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        let checks = &mut ctx.checks;
        self.checks = Some(Checks {
            books: checks.always("economy.supply_conserved"),
            pool: checks.always("economy.pool_has_both_sides"),
            bonds: checks.always("economy.bonds_match_active_nodes"),
            schedule: checks.always("economy.minted_as_scheduled"),
        });
        ctx.after(DAY, Event::Settle.into());
    }

    /// A device of the fleet went down or came up.
    pub fn device_changed(&mut self, device: u32, up: bool) {
        self.providers.device_changed(device, up);
    }

    pub fn handle<E: EngineEvent + From<Event>>(&mut self, event: Event, ctx: &mut Context<E>) {
        match event {
            Event::Settle => {
                let gini = self.settle(ctx.streams());
                self.check(ctx);
                ctx.fingerprint.ledger.mix(self.books.digest());
                ctx.fingerprint.state.mix(self.demand.usd_per_day().to_bits());
                ctx.fingerprint.state.mix(self.providers.active() as u64);
                self.record(gini, ctx);
                ctx.after(DAY, Event::Settle.into());
            }
        }
    }

    /// A day, in the order of the model. Returns the Gini coefficient of its rewards if it is due.
    fn settle(&mut self, streams: &Streams) -> Option<f64> {
        let day = self.day;
        self.day += 1;
        self.sums.cost += self.providers.cost_per_day();
        self.demand.step(day, streams);
        self.strike(day);
        self.providers.take_changes();
        let (online, capacity) = (self.providers.online(), self.providers.online_capacity());
        let spent = self.demand.spent();
        let bought = self.books.buy(spent);
        let burned = part(bought, self.demand.burn_millionths());
        self.books.burn(burned);
        let (minted, paid) = match online {
            0 => (Amount::ZERO, Amount::ZERO),
            _ => (self.settings.emission.on(day), bought - burned),
        };
        self.scheduled += minted;
        self.books.emit(minted);
        if paid > Amount::ZERO {
            self.books.pay(paid);
        }
        let (price, rewards) = (self.books.price(), minted + paid);
        let sold = part(rewards, self.settings.providers.sell_millionths);
        let proceeds = self.books.sell(Seller::Providers, sold);
        let emitted = minted.as_tokens(TOKEN_DECIMALS);
        let rewarded = rewards.as_tokens(TOKEN_DECIMALS);
        let value = rewarded * price;
        let gini = self.is_due(self.settings.concentration_every).then(|| self.providers.gini());
        let earned = match online {
            0 => Earned::default(),
            _ => Earned { usd: value / capacity, tok: rewarded / capacity },
        };
        let left = self.providers.judge(day, earned);
        let bond = self.settings.bond;
        // On most days nobody comes or goes, and a posting of nothing costs as much as any.
        if left > 0 {
            self.books.release(bond.of(left));
            self.books.sell(Seller::Holders, part(bond.of(left), bond.sold_millionths));
        }
        let pays = value / (online.max(1) as f64) > self.providers.mean_cost_usd();
        let holders = self.books.holders();
        let entered = self.providers.enter(day, pays, streams, |nodes| bond.of(nodes) <= holders);
        if entered > 0 {
            self.books.bind(bond.of(entered));
        }
        self.sums.entered += entered as u64;
        self.sums.left += left as u64;
        self.sums.minted_usd += emitted * price;
        self.sums.rewards_usd += value;
        self.sums.spent += spent;
        self.sums.proceeds += proceeds;
        self.sums.capacity_days += capacity;
        self.flows = Flows {
            spent,
            bought,
            burned,
            minted,
            rewards,
            sold,
            proceeds,
            price,
            online,
            capacity,
            entered,
            left,
        };
        gini
    }

    /// The shocks of a day.
    fn strike(&mut self, day: u32) {
        for shock in self.settings.shocks.iter().filter(|shock| shock.day == day) {
            self.demand.scale(shock.demand_scale);
            self.books.sell(Seller::Holders, shock.sale.min(self.books.holders()));
        }
    }

    /// Whether the day just settled ends a period of so many days, or the run.
    fn is_due(&self, every: u32) -> bool {
        self.day.is_multiple_of(every) || self.day == self.settings.last_day
    }

    fn check<E: EngineEvent>(&self, ctx: &mut Context<E>) {
        let Some(checks) = self.checks else { return };
        let now = ctx.now();
        let books = self.books.verify();
        ctx.checks.note(checks.books, books.is_ok(), now, || books.err().unwrap_or_default());
        let (tok, usd) = (self.books.pool_tok(), self.books.pool_usd());
        ctx.checks.note(checks.pool, tok.min(usd) > Amount::ZERO, now, || {
            format!("the pool holds {tok} base units of TOK and {usd} of USD")
        });
        let (locked, owed) = (self.books.locked(), self.settings.bond.of(self.providers.active()));
        ctx.checks.note(checks.bonds, locked == owed, now, || {
            format!("{locked} base units are locked, {owed} are the bonds of the active nodes")
        });
        let (minted, owed) = (self.books.minted(), self.settings.supply + self.scheduled);
        ctx.checks.note(checks.schedule, minted == owed, now, || {
            format!("{minted} base units were minted, {owed} are scheduled")
        });
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// Supply by where it is, the pool, the price.
    pub fn books(&self) -> &Books {
        &self.books
    }
    pub fn demand(&self) -> &Demand {
        &self.demand
    }
    pub fn providers(&self) -> &Providers {
        &self.providers
    }
    /// Days settled so far.
    pub fn day(&self) -> u32 {
        self.day
    }
    /// What flowed on the day settled last.
    pub fn flows(&self) -> &Flows {
        &self.flows
    }
    /// Most tokens there can ever be: those minted and all that the schedule still has.
    pub fn supply_max_tok(&self) -> f64 {
        let minted = self.books.minted().as_tokens(TOKEN_DECIMALS);
        minted + self.settings.emission.from_day_on(self.day, TOKEN_DECIMALS)
    }
}
