//! A network whose economy is written in its scenario: tokens, named accounts, primitives
//! ([`crate::economy`]) and a list of steps that move money in the order of the file ([`step`]).
//!
//! Once in each period, before the steps: the running costs are due, demand grows, shocks strike,
//! and the hardware is looked at. Then the steps, one after the other; then the books are checked
//! and recorded. Without a list, the steps are those of the benchmark model depin-mini v1, which
//! the programs in `benches/peers/mini` step too: customers buy the token and burn it, or pay with
//! it; that and the emission are the rewards of the nodes online, by capacity; a part of them is
//! sold; nodes that have lost for long leave with their bond, idle ones may enter.
//!
//! Nodes stand on devices of `[infrastructure]`, node `i` on the device at place `i` of the
//! network's set, and are always up without a fleet. A device that fails between two periods is
//! seen at the next; a device that joins later has no node.
//!
//! Left out: traders, other markets, liquidity that comes and goes, debts, delays of bonds; a
//! node's own purse (operators have one account, [`accounts`]).
//!
//! Invariants, checked in every period: circulating + locked + pool + burned = minted, to the base
//! unit; both sides of the pool are positive; the bonds are those of the active nodes; the tokens
//! minted are those of the schedule.

pub mod accounts;
pub mod card;
mod describe;
pub mod figures;
pub mod file;
pub mod levers;
pub mod metrics;
mod part;
mod read;
mod record;
pub mod review;
pub mod settings;
pub mod spec;
pub mod state;
pub mod step;

use pinwheel_core::check::CheckId;
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Amount, Context, Streams};
use serde::{Deserialize, Serialize};

use crate::describe::EventKinds;
use crate::part::{Around, Members};
use levers::Moves;
pub use settings::Settings;
use state::State;

/// The kinds of event, in the order of [`Event`].
pub const KINDS: EventKinds = EventKinds { first: 120, names: &["economy settled"] };

/// What happens in a network.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The business of a period is settled.
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

/// The checks of a run; those of primitives that a network does not have are never registered.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Checks {
    books: CheckId,
    pool: Option<CheckId>,
    bonds: Option<CheckId>,
    schedule: Option<CheckId>,
}

/// The network while it runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Generic {
    settings: Settings,
    state: State,
    /// The devices that nodes stand on, by the numbers of the nodes.
    members: Members,
    /// Levers that move when the present period is settled.
    moved: Vec<(Moves, f64)>,
    checks: Option<Checks>,
}

impl Generic {
    /// The beginning: all nodes active, up and bonded, each on a device if there are any.
    pub fn new(settings: &Settings, around: &Around<'_>) -> Self {
        let members = Members::new(settings.devices.as_ref(), around.devices);
        Generic {
            state: State::new(settings, &members.numbering_of_several(), around.streams),
            members,
            moved: Vec::new(),
            checks: None,
            settings: settings.clone(),
        }
    }

    /// Registers the checks and schedules the first period. Called once, at time zero.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        let (has, checks) = (&self.settings, &mut ctx.checks);
        let books = checks.always("economy.supply_conserved");
        let exchange = has.exchange.is_some();
        let pool = exchange.then(|| checks.always("economy.pool_has_both_sides"));
        let bonded = has.bond_per_node.is_some();
        let bonds = bonded.then(|| checks.always("economy.bonds_match_active_nodes"));
        let emits = !has.emissions.is_empty();
        let schedule = emits.then(|| checks.always("economy.minted_as_scheduled"));
        self.checks = Some(Checks { books, pool, bonds, schedule });
        ctx.after(self.settings.period.duration(), Event::Settle.into());
    }

    /// A device of the fleet went down or came up.
    pub fn device_changed(&mut self, device: u32, class: u8, up: bool) {
        let node = self.members.change(device, class, up);
        if let (Some(node), Some(operators)) = (node, &mut self.state.operators) {
            operators.device_changed(node, up);
        }
    }

    /// Settles a period and schedules the next.
    pub fn handle<E: EngineEvent + From<Event>>(&mut self, event: Event, ctx: &mut Context<E>) {
        match event {
            Event::Settle => {
                let gini = self.settle(ctx.streams());
                self.check(ctx);
                ctx.fingerprint.ledger.mix(self.state.books.digest());
                if let Some(demand) = &self.state.demand {
                    ctx.fingerprint.state.mix(demand.usd_per_day().to_bits());
                }
                if let Some(operators) = &self.state.operators {
                    ctx.fingerprint.state.mix(operators.active() as u64);
                    ctx.fingerprint.state.mix(operators.online() as u64);
                    ctx.fingerprint.state.mix(operators.losing() as u64);
                    ctx.fingerprint.state.mix(operators.cost_per_period().0 as u64);
                }
                self.record(gini, ctx);
                self.take_over_moved();
                ctx.after(self.settings.period.duration(), Event::Settle.into());
            }
        }
    }

    /// One period. Returns the Gini coefficient of its rewards if it is due.
    fn settle(&mut self, streams: &Streams) -> Option<f64> {
        self.state.begin(&self.settings, streams);
        let due = self.is_due(self.settings.concentration_every);
        let operators = self.state.operators.as_ref().filter(|_| due);
        let gini = operators.map(|operators| operators.gini());
        for step in &self.settings.steps {
            step.run(&mut self.state, streams);
        }
        self.state.end();
        gini
    }

    /// Whether the period just settled ends so many of them, or the run.
    fn is_due(&self, every: u32) -> bool {
        let settled = self.state.settled;
        settled.is_multiple_of(every) || settled == self.settings.periods
    }

    fn check<E: EngineEvent>(&self, ctx: &mut Context<E>) {
        let Some(checks) = self.checks else { return };
        let (now, state) = (ctx.now(), &self.state);
        let books = state.books.verify();
        ctx.checks.note(checks.books, books.is_ok(), now, || books.err().unwrap_or_default());
        if let (Some(check), Some((tok, usd))) = (checks.pool, state.books.pool_sides()) {
            ctx.checks.note(check, tok.min(usd) > Amount::ZERO, now, || {
                format!("the pool holds {tok} base units of the token and {usd} of the dollar")
            });
        }
        let active = state.operators.as_ref().map_or(0, |operators| operators.active());
        if let (Some(check), Some(owed)) = (checks.bonds, state.books.bonds_of(active)) {
            let bonded = state.books.bonded();
            ctx.checks.note(check, bonded == owed, now, || {
                format!("{bonded} base units are locked, {owed} are the bonds of the active nodes")
            });
        }
        if let Some(check) = checks.schedule {
            let (minted, owed) = (state.books.emitted(), state.scheduled);
            ctx.checks.note(check, minted == owed, now, || {
                format!("{minted} base units were minted, {owed} are scheduled")
            });
        }
    }

    /// The digest of all postings in its books.
    pub fn ledger_digest(&self) -> u64 {
        self.state.books.digest()
    }
    /// What each node costs in a period, by its number; none without operators.
    pub fn node_costs_usd_per_period(&self) -> Vec<f64> {
        let settled = self.state.settled;
        let nodes = self.state.operators.iter().flat_map(|operators| operators.iter(settled));
        let mut costs: Vec<_> = nodes.map(|node| (node.number, node.cost_usd_per_period)).collect();
        costs.sort_by_key(|(number, _)| *number);
        costs.into_iter().map(|(_, cost)| cost).collect()
    }
    /// What the scenario says of it.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// Supply by where it is, the pool, the price.
    pub fn books(&self) -> &accounts::Books {
        &self.state.books
    }
}
