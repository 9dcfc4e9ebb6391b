//! Bridges between two chains: how a transfer goes, what it costs, and what cheating relayers
//! take.
//!
//! Both ends are real chains of this layer, with pool, blocks and receipts; the bridge's contract
//! ([`contracts::bridge`]) runs on each. A transfer is sent on one chain, waits there until its
//! block is final, is carried to the other by relayers, and received; or it expires on the other
//! chain and is refunded. Between like chains a light client checks headers and Merkle paths;
//! between unlike ones `needed` of the relayers sign; a pool pays out of its own liquidity.
//!
//! Left out: reorganisations deeper than the finality that a bridge waits for, fees that move with
//! the bridge's own load, the moving of a pool's liquidity by other ways than its own transfers.
//!
//! Invariants, checked at every block of both chains: what is locked at home and what was stolen
//! equals what exists on the other side and what is on its way; every transfer is received,
//! refunded, failed or open, and only one of these; no forged claim is honoured unless as many
//! relayers cheat as the contract asks for.
//!
//! Sources: ICS-04, ICS-07, ICS-20 and ICS-23 of the Interchain Standards; Zamyatin et al., "SoK:
//! communication across distributed ledgers", FC 2021; Lee et al., "SoK: not quite water under the
//! bridge", 2023.
//!
//! [`contracts::bridge`]: crate::blockchain::contracts::bridge

pub mod file;
pub mod metrics;
pub mod settings;
mod side;
pub(super) mod tally;

use std::collections::BTreeMap;

use pinwheel_core::check::CheckId;
use pinwheel_core::distribution::{Exponential, LogNormal};
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::random::Purpose as Draw;
use pinwheel_core::{Amount, Context, Scope, SimDuration, SimTime, Stream, Streams, math};
use serde::{Deserialize, Serialize};

use super::Call;
use super::Event as LayerEvent;
use super::contracts::bridge::{Claim, Order, packet};
use super::hash::Hash;
use super::inclusion::Path;
use super::transaction::{Outcome, Receipt, Transaction};
use crate::describe::EventKinds;
use crate::input::amount;
use crate::input::dates::DAY_SECONDS;
pub use settings::BridgeSettings;
use settings::Kind;
use side::{Purpose, Side, USERS};
pub use tally::Tally;

const RELAY: Draw = Draw::new("blockchain.bridge.relay");
/// Until a call that was refused is tried again.
const RETRY: SimDuration = SimDuration::from_minutes(10);

/// The kinds of event, in the order of [`Event`].
pub const KINDS: EventKinds = EventKinds {
    first: 59,
    names: &["transfer", "bridge block", "relay", "forgery", "bridge record"],
};

/// What happens at a bridge.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A user starts a transfer.
    Transfer {
        /// Which bridge, by its place.
        bridge: u16,
    },
    /// One of the chains makes a block.
    Block {
        /// Which bridge, by its place.
        bridge: u16,
        /// Which of its two chains.
        side: u8,
    },
    /// Relayers carry what has become final.
    Relay {
        /// Which bridge, by its place.
        bridge: u16,
        /// Which transfer, by number.
        transfer: u32,
    },
    /// Cheating relayers try to take from the escrow.
    Forge {
        /// Which bridge, by its place.
        bridge: u16,
    },
    /// The day's rows.
    Record {
        /// Which bridge, by its place.
        bridge: u16,
    },
}

impl EngineEvent for Event {
    fn kind(&self) -> u8 {
        KINDS.kind(match self {
            Event::Transfer { .. } => 0,
            Event::Block { .. } => 1,
            Event::Relay { .. } => 2,
            Event::Forge { .. } => 3,
            Event::Record { .. } => 4,
        })
    }
    fn priority(&self) -> u8 {
        if matches!(self, Event::Record { .. }) { 250 } else { 128 }
    }
}

impl Event {
    /// The bridge it belongs to.
    pub fn bridge(self) -> u16 {
        match self {
            Event::Transfer { bridge }
            | Event::Block { bridge, .. }
            | Event::Relay { bridge, .. }
            | Event::Forge { bridge }
            | Event::Record { bridge } => bridge,
        }
    }
    /// As an event of whatever the layer is part of.
    fn lift<E: From<LayerEvent>>(self) -> E {
        LayerEvent::Bridge(self).into()
    }
}

/// How far a transfer is.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Progress {
    /// On its way into a block of the sending chain, or until that block is final.
    Sent,
    /// Waits for relayers, or for its call on the receiving chain.
    Carried,
    /// Declared expired on the receiving chain; waits for finality and relayers.
    Expired,
}

/// A transfer under way.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Transfer {
    from: usize,
    amount: Amount,
    started: SimTime,
    deadline: SimTime,
    packet: Hash,
    progress: Progress,
    /// Of its sending, and after that of its expiry.
    claim: Option<Claim>,
    /// Fees so far.
    cost: Amount,
}

/// Two chains and the bridge between them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bridge {
    /// What the scenario says.
    pub settings: BridgeSettings,
    place: u16,
    /// Name of its random streams.
    scope: Scope,
    sides: [Side; 2],
    arrivals: (Exponential, Stream),
    sizes: (LogNormal, Stream),
    choices: Stream,
    forgeries: Option<(Exponential, Stream)>,
    open: BTreeMap<u32, Transfer>,
    started: u32,
    in_flight: Amount,
    stolen: Amount,
    forged: u32,
    /// What has become of transfers.
    pub tally: Tally,
    conserved: Option<CheckId>,
    unforged: Option<CheckId>,
    robbed: Option<CheckId>,
}

impl Bridge {
    /// Two chains that hold what users have, with nothing under way.
    ///
    /// # Panics
    ///
    /// If the transfers or forgeries a day, the median size or the time between blocks are not
    /// positive, or the sigma of the sizes is negative.
    pub fn new(settings: BridgeSettings, place: u16, streams: &Streams) -> Self {
        let stream = |purpose: &str| streams.stream(0, purpose);
        let traffic = settings.traffic;
        let every =
            |per_day: f64| Exponential::new(DAY_SECONDS / per_day).expect("a positive rate");
        let sizes = LogNormal::new(math::ln(traffic.median_usd), traffic.sigma);
        let forgeries = settings
            .forgery
            .map(|forgery| (every(forgery.per_day), stream("blockchain.bridge.forgeries")));
        Bridge {
            place,
            scope: Scope::of(&settings.name),
            sides: [0, 1].map(|side| Side::new(&settings, side, streams)),
            arrivals: (every(traffic.transfers_per_day), stream("blockchain.bridge.arrivals")),
            sizes: (sizes.expect("a median and a spread"), stream("blockchain.bridge.sizes")),
            choices: stream("blockchain.bridge.choices"),
            forgeries,
            open: BTreeMap::new(),
            started: 0,
            in_flight: Amount::ZERO,
            stolen: Amount::ZERO,
            forged: 0,
            tally: Tally::default(),
            conserved: None,
            unforged: None,
            robbed: None,
            settings,
        }
    }

    /// The name of its random streams.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Registers checks and schedules the first blocks and transfers. Called once, at time zero.
    pub fn start<E: EngineEvent + From<LayerEvent>>(&mut self, ctx: &mut Context<E>) {
        let (bridge, name) = (self.place, &self.settings.name);
        self.conserved =
            Some(ctx.checks.always(&format!("blockchain.{name}.bridge_value_conserved")));
        self.unforged =
            Some(ctx.checks.always(&format!("blockchain.{name}.bridge_forgery_below_threshold")));
        if self.settings.cheats_suffice() {
            self.robbed = Some(ctx.checks.sometimes(&format!("blockchain.{name}.bridge_robbed")));
        }
        for side in [0, 1] {
            let gap = self.sides[side].gap();
            ctx.after(gap, Event::Block { bridge, side: side as u8 }.lift());
        }
        self.arm_transfer(ctx);
        self.arm_forgery(ctx);
        ctx.after(SimDuration::from_days(1), Event::Record { bridge }.lift());
    }

    /// Reacts to an event of this bridge.
    pub fn handle<E: EngineEvent + From<LayerEvent>>(
        &mut self,
        event: Event,
        ctx: &mut Context<E>,
    ) {
        match event {
            Event::Transfer { .. } => self.transfer(ctx),
            Event::Block { bridge, side } => {
                let gap = self.sides[usize::from(side)].gap();
                ctx.after(gap, Event::Block { bridge, side }.lift());
                self.block(usize::from(side), ctx);
            }
            Event::Relay { transfer, .. } => self.relay(transfer, ctx.now()),
            Event::Forge { .. } => self.forge(ctx),
            Event::Record { bridge } => {
                ctx.after(SimDuration::from_days(1), Event::Record { bridge }.lift());
                self.record(ctx);
            }
        }
    }

    fn arm_transfer<E: EngineEvent + From<LayerEvent>>(&mut self, ctx: &mut Context<E>) {
        let (law, stream) = &mut self.arrivals;
        let gap = SimDuration::from_seconds_f64(law.sample(stream));
        ctx.after(gap, Event::Transfer { bridge: self.place }.lift());
    }
    fn arm_forgery<E: EngineEvent + From<LayerEvent>>(&mut self, ctx: &mut Context<E>) {
        let Some((law, stream)) = &mut self.forgeries else { return };
        let gap = SimDuration::from_seconds_f64(law.sample(stream));
        ctx.after(gap, Event::Forge { bridge: self.place }.lift());
    }
}

/// The way of a transfer.
impl Bridge {
    /// A user sends: home if the draw says so and there is something to send home.
    fn transfer<E: EngineEvent + From<LayerEvent>>(&mut self, ctx: &mut Context<E>) {
        self.arm_transfer(ctx);
        let from = usize::from(self.choices.uniform() < self.settings.traffic.return_share);
        let user = self.choices.below(u64::from(USERS)) as u32;
        let usd = self.sizes.0.sample(&mut self.sizes.1);
        let wanted = amount::floor(usd, settings::USD.1);
        let side = &mut self.sides[from];
        let amount = wanted.min(side.contract().balance(side.user(user)));
        if amount == Amount::ZERO {
            self.tally.idle += 1;
            return;
        }
        let (id, now) = (self.started, ctx.now());
        self.started += 1;
        let deadline = now + self.settings.timeout;
        let sent = side.send(id, user, Order::Send { amount, deadline }, now);
        self.tally.sent += amount;
        let transfer = Transfer {
            from,
            amount,
            started: now,
            deadline,
            packet: packet(from as u16, sent.sender, sent.nonce),
            progress: Progress::Sent,
            claim: None,
            cost: Amount::ZERO,
        };
        self.open.insert(id, transfer);
    }

    fn block<E: EngineEvent + From<LayerEvent>>(&mut self, side: usize, ctx: &mut Context<E>) {
        for (purpose, receipt) in self.sides[side].block(ctx.now()) {
            self.included(side, purpose, receipt, ctx);
        }
        for (id, claim) in self.sides[side].newly_final() {
            let carried = match self.open.get_mut(&id) {
                Some(transfer) => transfer.claim.insert(claim),
                None => continue,
            };
            let delay = carry(&self.settings, id, carried, ctx.streams());
            // Without enough honest relayers nobody carries it: it is stuck.
            if let Some(delay) = delay {
                ctx.after(delay, Event::Relay { bridge: self.place, transfer: id }.lift());
            }
        }
        self.check(ctx);
    }

    /// A transaction of the bridge is in a block of `side`.
    fn included<E: EngineEvent + From<LayerEvent>>(
        &mut self,
        side: usize,
        purpose: Purpose,
        receipt: Receipt,
        ctx: &mut Context<E>,
    ) {
        let done = receipt.outcome == Outcome::Done;
        let id = match purpose {
            Purpose::Forge(amount) => {
                self.tally.forgeries_honoured += u64::from(done);
                if done {
                    self.stolen += amount;
                }
                return;
            }
            Purpose::Send(id)
            | Purpose::Learn(id)
            | Purpose::Receive(id)
            | Purpose::Expire(id)
            | Purpose::Refund(id) => id,
        };
        let Some(transfer) = self.open.get_mut(&id) else { return };
        transfer.cost += receipt.fee();
        let amount = transfer.amount;
        match (purpose, done) {
            (Purpose::Learn(_) | Purpose::Forge(_), _) => {}
            (Purpose::Send(_), true) => {
                self.in_flight += amount;
                self.sides[side].await_finality(id, receipt);
            }
            (Purpose::Send(_), false) => {
                self.open.remove(&id);
                self.tally.failed += 1;
            }
            (Purpose::Receive(_), true) => self.end(id, true, ctx.now()),
            (Purpose::Refund(_), true) => self.end(id, false, ctx.now()),
            (Purpose::Expire(_), true) => {
                transfer.progress = Progress::Expired;
                self.sides[side].await_finality(id, receipt);
            }
            // Too late, or no liquidity: another call follows.
            (Purpose::Receive(_) | Purpose::Expire(_) | Purpose::Refund(_), false) => {
                self.tally.refused += 1;
                ctx.after(RETRY, Event::Relay { bridge: self.place, transfer: id }.lift());
            }
        }
    }

    fn end(&mut self, id: u32, received: bool, now: SimTime) {
        let Some(transfer) = self.open.remove(&id) else { return };
        self.in_flight -= transfer.amount;
        let fee = if received { u128::from(self.settings.fee_basis_points) } else { 0 };
        let cost = transfer.cost + transfer.amount.mul_div_floor(fee, 10_000);
        self.tally.end(transfer.amount, cost, now.since(transfer.started), received);
    }

    /// Relayers lay the claim of a transfer before the chain that must act on it.
    fn relay(&mut self, id: u32, now: SimTime) {
        let Some(transfer) = self.open.get_mut(&id) else { return };
        let Some(claim) = transfer.claim.clone() else { return };
        let (from, packet) = (transfer.from, transfer.packet);
        let late = now >= transfer.deadline;
        let (at, purpose) = match transfer.progress {
            Progress::Expired => (from, Purpose::Refund(id)),
            _ if late => (1 - from, Purpose::Expire(id)),
            _ => (1 - from, Purpose::Receive(id)),
        };
        if transfer.progress == Progress::Sent {
            transfer.progress = Progress::Carried;
        }
        let light = self.settings.kind == Kind::LightClient;
        let header = light.then(|| self.sides[1 - at].header(&claim));
        let order = |claim| match purpose {
            Purpose::Refund(_) => Order::Refund { packet, claim },
            Purpose::Expire(_) => Order::Expire { packet, claim },
            _ => Order::Receive { packet, claim },
        };
        self.sides[at].lay(claim, header, purpose, order, now);
    }

    /// Cheats sign a transfer home that never was, as large as the escrow allows.
    fn forge<E: EngineEvent + From<LayerEvent>>(&mut self, ctx: &mut Context<E>) {
        self.arm_forgery(ctx);
        let Some(forgery) = self.settings.forgery else { return };
        let amount = forgery.amount.min(self.sides[0].contract().escrow());
        if amount == Amount::ZERO {
            return;
        }
        let now = ctx.now();
        let nonce = u64::MAX - u64::from(self.forged);
        self.forged += 1;
        let transaction = Transaction {
            sender: self.sides[0].attacker(),
            nonce,
            gas_limit: 0,
            fee_max: 0,
            tip_max: 0,
            call: Call::Bridge(Order::Send { amount, deadline: SimTime::MAX }),
        };
        let receipt = Receipt {
            chain: 1,
            block: self.sides[1].chain.head.height,
            index: 0,
            transaction: transaction.hash(),
            sender: transaction.sender,
            nonce,
            outcome: Outcome::Done,
            gas_used: 0,
            gas_price: 0,
            burned_price: 0,
            time: now,
        };
        let signers = (0..forgery.cheats).collect();
        let claim = Claim { transaction, receipt, path: Path::default(), signers };
        let packet = packet(1, transaction.sender, nonce);
        self.sides[0].forge(claim, packet, amount, now);
    }
}

/// Who carries a transfer and when: the `needed`-th of the honest relayers to come; their names go
/// into the claim. Each relayer draws its numbers whether or not it is honest.
fn carry(
    settings: &BridgeSettings,
    id: u32,
    claim: &mut Claim,
    streams: &Streams,
) -> Option<SimDuration> {
    let relay = settings.relay;
    let delay = Exponential::new(relay.delay.as_seconds()).ok()?;
    let outage = Exponential::new(relay.outage.as_seconds()).ok()?;
    let back = matches!(claim.transaction.call, Call::Bridge(Order::Expire { .. }));
    let index = u64::from(id) << 1 | u64::from(back);
    let mut arrivals = vec![];
    for relayer in 0..relay.relayers {
        let mut stream = streams.indexed(relayer, RELAY, index);
        let (away, wait) = (stream.uniform() >= relay.availability, outage.sample(&mut stream));
        let seconds = delay.sample(&mut stream) + if away { wait } else { 0.0 };
        if relayer >= relay.withholding {
            arrivals.push((SimDuration::from_seconds_f64(seconds), relayer));
        }
    }
    arrivals.sort_unstable();
    let signed = arrivals.get(..settings.needed() as usize)?;
    claim.signers.clear();
    if settings.kind != Kind::LightClient {
        claim.signers.extend(signed.iter().map(|&(_, relayer)| relayer));
    }
    signed.last().map(|&(delay, _)| delay)
}

/// What must hold, and what is told.
impl Bridge {
    fn check<E: EngineEvent + From<LayerEvent>>(&self, ctx: &mut Context<E>) {
        let (Some(conserved), Some(unforged)) = (self.conserved, self.unforged) else { return };
        let [home, other] = [0, 1].map(|side| self.sides[side].contract());
        let (held, owed) = match self.settings.kind {
            Kind::Pool { liquidity } => {
                (home.escrow() + other.escrow(), liquidity + liquidity + self.in_flight)
            }
            _ => (home.escrow(), other.supply() + self.in_flight),
        };
        let books = home.ledger().verify().and(other.ledger().verify());
        let ended = self.tally.delivered() + self.tally.refunded + self.tally.failed;
        let counted = ended + self.open.len() as u64 == u64::from(self.started);
        let (now, stolen) = (ctx.now(), self.stolen);
        ctx.checks.note(conserved, held + stolen == owed && books.is_ok() && counted, now, || {
            format!("{held} held and {stolen} stolen for {owed} owed; {books:?}; {:?}", self.tally)
        });
        let fair = stolen == Amount::ZERO || self.settings.cheats_suffice();
        ctx.checks.note(unforged, fair, now, || format!("{stolen} stolen by too few"));
        if let Some(robbed) = self.robbed {
            ctx.checks.note(robbed, stolen > Amount::ZERO, now, String::new);
        }
    }

    /// Transfers that are still open long after their deadline, and their value.
    fn stuck(&self, now: SimTime) -> (u64, Amount) {
        let late = |transfer: &&Transfer| now >= transfer.deadline + self.settings.timeout;
        let stuck = self.open.values().filter(late);
        stuck.fold((0, Amount::ZERO), |(count, value), transfer| {
            (count + 1, value + transfer.amount)
        })
    }

    /// What forgeries took, in base units.
    pub fn stolen(&self) -> Amount {
        self.stolen
    }
    /// What has left one chain and has not arrived on the other, in base units.
    pub fn in_flight(&self) -> Amount {
        self.in_flight
    }
    /// Value in the contracts' escrows, home first.
    pub fn escrows(&self) -> [Amount; 2] {
        [0, 1].map(|side| self.sides[side].contract().escrow())
    }
    /// Share of what exists on the other side that nothing at home stands behind.
    pub fn unbacked_share(&self) -> f64 {
        let owed = match self.settings.kind {
            Kind::Pool { .. } => return 0.0,
            _ => self.sides[1].contract().supply() + self.in_flight,
        };
        if owed == Amount::ZERO { 0.0 } else { self.stolen.0 as f64 / owed.0 as f64 }
    }
}
