//! Devices whose readings go on the chain, in one of three ways.
//!
//! *Direct*: each device sends each reading itself. *Batched*: a gateway gathers readings and
//! writes them all in one transaction. *Anchored*: it writes only the Merkle root of them, and
//! shows the proof of any reading to who asks. The trees are those of `rs_merkle` over BLAKE3; of
//! every root that is settled some leaves are proven against what the chain has.
//!
//! Readings are taken by the devices' own clocks, while they are up, or they are those that the
//! connection layer brings: then a reading of an outlet can be traced from the plug over its
//! gateway to the settlement, and what was lost on the way shows as energy that was measured and
//! never settled.
//!
//! With real proofs each reading is signed by its device (Ed25519, RFC 8032) and the gateway checks
//! the signature: readings that were forged on the way are refused because it does not fit.
//! Otherwise the same readings are refused because the model says so.

use std::collections::VecDeque;

use ed25519_dalek::{Signer, SigningKey};
use pinwheel_core::check::CheckId;
use pinwheel_core::{
    Amount, Context, Event as EngineEvent, Holding, Metric, Purpose, SimDuration, SimTime, Streams,
};
use rs_merkle::{Hasher, MerkleTree};
use serde::{Deserialize, Serialize};

use super::super::Event;
use super::super::chain::{Chain, Inclusion};
use super::super::contracts::anchor::Order;
use super::super::contracts::{Call, TRANSACTION_GAS};
use super::super::hash::{Hash, node};
use super::super::record::share;
use super::super::settings::TelemetrySettings;
use super::super::state::State;
use super::super::tally::{Slot, quantile};
use super::super::transaction::{Address, Outcome};
use super::{Actor, Wallet, marked};
use crate::blockchain::spec::SPEC;
use crate::input::amount::TOKEN_DECIMALS;
use crate::part::Members;

const TRANSACTIONS: Metric = SPEC.metric("telemetry_tx_per_device_day");
const FEE: Metric = SPEC.metric("telemetry_fee_per_device_day");
const MEAN: Metric = SPEC.metric("telemetry_staleness_mean");
const P50: Metric = SPEC.metric("telemetry_staleness_p50");
const P99: Metric = SPEC.metric("telemetry_staleness_p99");
const WRITTEN: Metric = SPEC.metric("telemetry_written_share");
const FORGED: Metric = SPEC.metric("telemetry_forged_refused_share");
const TRACED: Metric = SPEC.metric("telemetry_traced_share");
const UNSETTLED: Metric = SPEC.metric("telemetry_unsettled_energy");
const KEY: Purpose = Purpose::new("blockchain device key");
const START: Purpose = Purpose::new("blockchain reading start");
const VALUE: Purpose = Purpose::new("blockchain reading");
const PICK: Purpose = Purpose::new("blockchain proof pick");
/// Most readings that wait for a gateway or for a settled block.
const WAITING_MAX: usize = 10_000_000;

crate::parameters! {
    /// Readings of devices on the chain.
    pub struct TelemetryParameters {
        /// Devices that take readings.
        devices: "1" = 100.0, in 1.0 ..= 1000000.0, "scenario";
        /// Time between two readings of a device, by a clock of its own.
        interval: "s" = 600.0, in 0.1 ..= 86400.0, "scenario";
        /// Mean energy that a reading states, drawn evenly between nothing and twice as much.
        energy: "Wh" = 0.0, in 0.0 ..= 1e6, "scenario";
        /// Bytes of a reading.
        bytes: "1" = 32.0, in 1.0 ..= 65536.0, "scenario";
        /// Time for which the gateway gathers.
        period: "s" = 3600.0, in 0.1 ..= 86400.0, "scenario";
        /// Leaves that are proven of every settled root.
        proven: "1" = 4.0, in 0.0 ..= 1024.0, "scenario";
        /// Share of readings that are forged on their way to the gateway.
        forged: "1" = 0.0, in 0.0 ..= 1.0, "scenario";
    }
    amounts {
        /// Highest price of a unit of gas that is paid.
        worth: "nanotoken" = 1000.0, in 0.0 ..= 1e9, "scenario";
        /// Tip that is offered.
        tip: "nanotoken" = 1.0, in 0.0 ..= 1e9, "scenario";
        /// Money of a device, and of the gateway for each device, at the start.
        balance: "token" = 1000.0, in 0.0 ..= 1e9, "scenario";
    }
}

/// How readings get on the chain.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// A transaction for each reading.
    Direct,
    /// A transaction for several readings of a gateway.
    Batched,
    /// The root of a tree over readings that are kept elsewhere.
    Anchored,
}

/// BLAKE3 as the hash of `rs_merkle`'s trees, with the nodes of the chain's own (`hash.rs`).
#[derive(Clone, Debug)]
struct Blake3;

impl Hasher for Blake3 {
    type Hash = Hash;
    fn hash(data: &[u8]) -> Hash {
        *blake3::hash(data).as_bytes()
    }
    fn concat_and_hash(left: &Hash, right: Option<&Hash>) -> Hash {
        right.map_or(*left, |right| node(left, right))
    }
}

/// A reading on its way.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Reading {
    taken: SimTime,
    leaf: Hash,
    energy_milliwatt_hours: u64,
}

/// Readings in one transaction, by its sender's nonce.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Sent {
    sender: Address,
    nonce: u64,
    readings: Vec<Reading>,
}

/// Gateways that write the readings of their devices into the ledger.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Telemetry {
    parameters: TelemetryParameters,
    /// Who of the fleet the devices are.
    pub members: Members,
    /// Whether readings come over the connection layer.
    from_connection: bool,
    way: Way,
    real: bool,
    wallet: Wallet,
    /// The devices' accounts, then the gateway's.
    first: Address,
    gateway: Address,
    /// The highest number of a reading of each device that is known here.
    numbers: Vec<u32>,
    /// Readings that devices took up to those numbers, and their energy; and what is settled.
    taken: u64,
    measured_milliwatt_hours: u64,
    settled_milliwatt_hours: u64,
    gathered: Vec<Reading>,
    /// Of each device's account, or of the gateway's, oldest first.
    sent: Vec<VecDeque<Sent>>,
    readings: u64,
    forged: u64,
    forged_taken: u64,
    lost: u64,
    transactions: u64,
    fees: Amount,
    /// Of the day, seconds.
    staleness: Vec<f64>,
    written: u64,
    days: u64,
    check: Option<CheckId>,
}

impl Telemetry {
    /// The devices and the gateway with their accounts.
    pub fn new(settings: &TelemetrySettings, members: Members, state: &mut State) -> Self {
        let TelemetrySettings { parameters: p, way, real, from_connection, .. } = settings;
        let (way, real, from_connection) = (*way, *real, *from_connection);
        let devices = p.devices as usize;
        let first = Address(state.accounts.len() as u32);
        for _ in 0..devices {
            state.open(Holding::Free, p.balance);
        }
        let gateway = state.open(Holding::Free, Amount(p.balance.0 * devices as u128));
        Telemetry {
            members,
            from_connection,
            wallet: Wallet { worth: p.worth, tip: p.tip },
            way,
            real,
            first,
            gateway,
            numbers: vec![0; devices],
            taken: 0,
            measured_milliwatt_hours: 0,
            settled_milliwatt_hours: 0,
            gathered: Vec::new(),
            sent: vec![VecDeque::new(); devices + 1],
            readings: 0,
            forged: 0,
            forged_taken: 0,
            lost: 0,
            transactions: 0,
            fees: Amount::ZERO,
            staleness: Vec::new(),
            written: 0,
            days: 0,
            check: None,
            parameters: p.clone(),
        }
    }

    /// Registers the checks and schedules the first readings. Called once, at time zero.
    pub fn start<E: EngineEvent + From<Event>>(
        &mut self,
        id: &str,
        chain: &Chain,
        ctx: &mut Context<E>,
    ) {
        let anchored = self.way == Way::Anchored;
        self.check =
            anchored.then(|| ctx.checks.always(&format!("blockchain.{id}.readings_proven")));
        let chain = chain.state().rules.chain;
        let own_clocks = if self.follows() { 0 } else { self.numbers.len() as u32 };
        for who in 0..own_clocks {
            let mut draws = self.members.stream(who, START, 0, ctx.streams());
            let offset = SimDuration::from_seconds_f64(draws.uniform() * self.parameters.interval);
            ctx.after(offset, Event::Wake { chain, actor: Actor::Reading, who }.into());
        }
        if self.way != Way::Direct {
            let period = SimDuration::from_seconds_f64(self.parameters.period);
            ctx.after(period, Event::Wake { chain, actor: Actor::Gateway, who: 0 }.into());
        }
    }

    /// Whether readings come over the connection layer.
    pub fn follows(&self) -> bool {
        self.from_connection
    }

    /// A reading has come over the connection layer.
    pub fn delivered<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        number: u32,
        taken: SimTime,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) {
        if let Some(who) = self.members.place(device) {
            self.arrived(who, number, taken, chain, ctx);
        }
    }

    /// A device takes a reading and sends it on its way, if it is up.
    pub fn read<E: EngineEvent + From<Event>>(
        &mut self,
        who: u32,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) {
        let id = chain.state().rules.chain;
        let interval = SimDuration::from_seconds_f64(self.parameters.interval);
        ctx.after(interval, Event::Wake { chain: id, actor: Actor::Reading, who }.into());
        if !self.members.is_up(who) {
            return;
        }
        let number = self.numbers[who as usize] + 1;
        self.arrived(who, number, ctx.now(), chain, ctx);
    }

    /// A reading is here, to be written. Numbers of a device count up from 1; those that are left
    /// out were lost on the way, or come later. A device that has no account here is not heard.
    fn arrived<E: EngineEvent + From<Event>>(
        &mut self,
        who: u32,
        number: u32,
        taken: SimTime,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) {
        let Some(&highest) = self.numbers.get(who as usize) else { return };
        let streams = *ctx.streams();
        for missed in highest + 1..=number {
            self.taken += 1;
            self.measured_milliwatt_hours += self.energy(who, missed, &streams);
        }
        self.numbers[who as usize] = highest.max(number);
        self.readings += 1;
        let value = self.energy(who, number, &streams);
        let forged = marked(self.readings as u32, self.parameters.forged);
        self.forged += u64::from(forged);
        let message = message(who, number, taken, value);
        if !self.accepts(who, &message, forged, &streams) {
            return;
        }
        self.forged_taken += u64::from(forged);
        let leaf = Blake3::hash(&message);
        let reading = Reading { taken, leaf, energy_milliwatt_hours: value };
        if self.way != Way::Direct {
            if self.gathered.len() < WAITING_MAX {
                self.gathered.push(reading);
            } else {
                self.lost += 1;
            }
            return;
        }
        let bytes = self.parameters.bytes as u32;
        let order = Order::Reading { number, bytes, digest: reading.leaf };
        let sender = Address(self.first.0 + who);
        self.send(who as usize, sender, order, vec![reading], chain, ctx);
    }

    /// What a reading states, thousandths of a watt-hour.
    fn energy(&self, who: u32, number: u32, streams: &Streams) -> u64 {
        let mean = (self.parameters.energy * 1e3) as u64;
        self.members.stream(who, VALUE, u64::from(number), streams).below(2 * mean + 1)
    }

    /// Whether who takes a reading accepts it as the device's.
    fn accepts(&self, who: u32, message: &[u8], forged: bool, streams: &Streams) -> bool {
        if !self.real {
            return !forged;
        }
        let key = self.key(who, streams);
        let mut signed = message.to_vec();
        let signature = key.sign(&signed);
        if forged {
            signed[0] ^= 1;
        }
        key.verifying_key().verify_strict(&signed, &signature).is_ok()
    }

    /// A device's key.
    fn key(&self, who: u32, streams: &Streams) -> SigningKey {
        let mut draws = self.members.stream(who, KEY, 0, streams);
        let mut secret = [0; 32];
        let (words, _) = secret.as_chunks_mut::<8>();
        words.iter_mut().for_each(|word| *word = draws.next_u64().to_le_bytes());
        SigningKey::from_bytes(&secret)
    }

    /// The gateway writes what it has gathered.
    pub fn write<E: EngineEvent + From<Event>>(&mut self, chain: &mut Chain, ctx: &mut Context<E>) {
        let id = chain.state().rules.chain;
        let period = SimDuration::from_seconds_f64(self.parameters.period);
        ctx.after(period, Event::Wake { chain: id, actor: Actor::Gateway, who: 0 }.into());
        if self.gathered.is_empty() {
            return;
        }
        let bytes = self.parameters.bytes as u32;
        let room = chain.state().rules.gas_limit - TRANSACTION_GAS;
        let whole = std::mem::take(&mut self.gathered);
        let order = |readings: &[Reading], way: Way| {
            let (count, root) = (readings.len() as u32, tree(readings).root().unwrap_or_default());
            match way {
                Way::Anchored => Order::Root { readings: count, root },
                _ => Order::Batch { readings: count, bytes, signed: true, digest: root },
            }
        };
        // As many readings in one transaction as a block has room for.
        let one = order(&whole[..1], self.way).gas();
        let two = order(&whole[..whole.len().min(2)], self.way).gas();
        let most =
            if two > one { 1 + room.saturating_sub(one) / (two - one) } else { whole.len() as u64 };
        for part in whole.chunks(most.max(1) as usize) {
            let (slot, order) = (self.numbers.len(), order(part, self.way));
            self.send(slot, self.gateway, order, part.to_vec(), chain, ctx);
        }
    }

    /// Sends a transaction; what the pool does not take is lost.
    fn send<E: EngineEvent>(
        &mut self,
        slot: usize,
        sender: Address,
        order: Order,
        readings: Vec<Reading>,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) {
        let gas = TRANSACTION_GAS + order.gas();
        match self.wallet.send(chain, sender, Call::Anchor(order), gas, ctx) {
            Some(nonce) => {
                // A nonce that is given again belonged to a transaction that was withdrawn.
                while self.sent[slot].back().is_some_and(|sent| sent.nonce >= nonce) {
                    let gone = self.sent[slot].pop_back().expect("there is one");
                    self.lost += gone.readings.len() as u64;
                }
                self.sent[slot].push_back(Sent { sender, nonce, readings });
            }
            None => self.lost += readings.len() as u64,
        }
    }

    /// A transaction with readings is in a block.
    ///
    /// # Panics
    ///
    /// If a sender's transactions settle in another order than it sent them, or a root of readings
    /// settles before [`Telemetry::start`] was called: faults of the model.
    pub fn settled<E: EngineEvent>(&mut self, inclusion: &Inclusion, ctx: &mut Context<E>) {
        let receipt = &inclusion.receipt;
        let place = receipt.sender.0.wrapping_sub(self.first.0) as usize;
        let Some(queue) = self.sent.get_mut(place) else { return };
        let Some(sent) = queue.pop_front() else { return };
        assert_eq!((sent.sender, sent.nonce), (receipt.sender, receipt.nonce), "in their order");
        self.transactions += 1;
        self.fees += receipt.fee();
        if receipt.outcome != Outcome::Done {
            self.lost += sent.readings.len() as u64;
            return;
        }
        self.written += sent.readings.len() as u64;
        let energy = sent.readings.iter().map(|reading| reading.energy_milliwatt_hours);
        self.settled_milliwatt_hours += energy.sum::<u64>();
        let age = |reading: &Reading| receipt.time.since(reading.taken).as_seconds();
        self.staleness.extend(sent.readings.iter().map(age));
        if let Call::Anchor(Order::Root { root, .. }) = inclusion.call {
            let held = self.prove(root, &sent.readings, receipt.block, ctx.streams());
            let detail = || format!("a reading has no proof in block {}", receipt.block);
            ctx.checks.note(self.check.expect("anchored"), held, ctx.now(), detail);
        }
    }

    /// Proves some readings of a root as the chain has it; each also fails to prove another leaf.
    fn prove(&self, root: Hash, readings: &[Reading], block: u64, streams: &Streams) -> bool {
        let tree = tree(readings);
        let mut draws = streams.indexed(self.gateway.0, PICK, block);
        (0..self.parameters.proven as u32).all(|_| {
            let place = draws.below(readings.len() as u64) as usize;
            let (proof, leaf) = (tree.proof(&[place]), readings[place].leaf);
            let mut other = leaf;
            other[0] ^= 1;
            proof.verify(root, &[place], &[leaf], readings.len())
                && !proof.verify(root, &[place], &[other], readings.len())
        })
    }

    /// Records the day that ends.
    pub fn record<E: EngineEvent>(&mut self, slot: Slot, ctx: &mut Context<E>) {
        self.days += 1;
        let device_days = self.numbers.len() as f64 * self.days as f64;
        slot.push(ctx, TRANSACTIONS, self.transactions as f64 / device_days);
        slot.push(ctx, FEE, self.fees.as_tokens(TOKEN_DECIMALS) / device_days);
        let decided = self.written + self.lost;
        slot.push_some(ctx, WRITTEN, share(self.written as f64, decided as f64));
        slot.push_some(ctx, TRACED, share(self.written as f64, self.taken as f64));
        // Forged readings may be settled too: then the error has the other sign.
        let settled = self.settled_milliwatt_hours as f64;
        let unsettled = self.measured_milliwatt_hours as f64 - settled;
        slot.push(ctx, UNSETTLED, unsettled / 1e6 / device_days);
        let refused = (self.forged - self.forged_taken) as f64;
        slot.push_some(ctx, FORGED, share(refused, self.forged as f64));
        let count = self.staleness.len() as f64;
        slot.push_some(ctx, MEAN, share(self.staleness.iter().sum(), count));
        slot.push_some(ctx, P50, quantile(&mut self.staleness, 0.5));
        slot.push_some(ctx, P99, quantile(&mut self.staleness, 0.99));
        self.staleness.clear();
    }
}

/// The tree over some readings.
fn tree(readings: &[Reading]) -> MerkleTree<Blake3> {
    let leaves: Vec<Hash> = readings.iter().map(|reading| reading.leaf).collect();
    MerkleTree::from_leaves(&leaves)
}

/// A reading as bytes: device, number, time, value.
fn message(device: u32, number: u32, taken: SimTime, value: u64) -> [u8; 24] {
    let mut bytes = [0; 24];
    bytes[..4].copy_from_slice(&device.to_le_bytes());
    bytes[4..8].copy_from_slice(&number.to_le_bytes());
    bytes[8..16].copy_from_slice(&taken.as_nanos().to_le_bytes());
    bytes[16..].copy_from_slice(&value.to_le_bytes());
    bytes
}
