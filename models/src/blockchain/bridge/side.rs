//! A chain at one end of a bridge, with the bridge's contract on it and what it still owes to the
//! other end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use pinwheel_core::distribution::Exponential;
use pinwheel_core::{Amount, Holding, SimDuration, SimTime, Stream, Streams};
use serde::{Deserialize, Serialize};

use super::settings::{BridgeSettings, Kind, SideSettings, UNITS_PER_USD};
use crate::blockchain::chain::{Head, Proposal};
use crate::blockchain::contracts::bridge::{Bridge, Claim, Known, Order};
use crate::blockchain::hash::{Hash, RECEIPT, digest};
use crate::blockchain::inclusion::Path;
use crate::blockchain::{
    Address, Call, Chain, FeeRule, Mempool, Receipt, Rules, State, Transaction,
};

/// Users of a bridge; each has an account on both chains.
pub const USERS: u32 = 64;
/// Money of every account for fees, and of every user to send, at the start.
const FUNDS: Amount = Amount(UNITS_PER_USD * 1_000_000_000);
/// Gas of a block, as on Ethereum before its rises of 2025.
const GAS_LIMIT: u64 = 30_000_000;
const POOL_TRANSACTIONS: usize = 10_000;
/// Nobody withdraws: a transfer ends by the rules of the bridge.
const PATIENCE: SimDuration = SimDuration::from_days(36_500);
/// Gas that any call of the bridge needs beside its claim, with room to spare.
const CALL_GAS: u64 = 100_000;

/// What a transaction of the bridge was for.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// A user sends the transfer of this number away.
    Send(u32),
    /// The contract learns a header that the transfer of this number needs.
    Learn(u32),
    /// The transfer of this number is received.
    Receive(u32),
    /// The contract learns that the transfer of this number came too late.
    Expire(u32),
    /// The sender of the transfer of this number gets the money back.
    Refund(u32),
    /// A forged transfer of this value is received.
    Forge(Amount),
}

/// One end of a bridge.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Side {
    /// What the scenario says of it.
    pub settings: SideSettings,
    /// The chain with the contract.
    pub chain: Chain,
    users: Vec<Address>,
    relayer: Address,
    attacker: Address,
    proposer: Address,
    gaps: (Exponential, Stream),
    purposes: BTreeMap<Hash, Purpose>,
    /// Headers of the other chain that the light client here has or is about to have.
    learning: BTreeSet<u64>,
    /// Transfers by the block in which this side did its part, oldest first.
    unfinal: VecDeque<(u64, u32, Receipt)>,
}

impl Side {
    /// A chain with the contract, its users and relayers.
    pub fn new(bridge: &BridgeSettings, side: usize, streams: &Streams) -> Self {
        let settings = bridge.sides[side];
        let rules = Rules {
            chain: side as u16,
            fee: FeeRule::Fixed { price: settings.gas_price },
            gas_limit: GAS_LIMIT,
            block_reward: Amount::ZERO,
        };
        let mut state = State::new(rules);
        let mut contract = Bridge::new(bridge.terms(side));
        let mut open = || state.open(Holding::Free, FUNDS);
        let users: Vec<Address> = (0..USERS).map(|_| open()).collect();
        let [relayer, attacker, proposer] = [open(), open(), open()];
        if side == 0 || matches!(bridge.kind, Kind::Pool { .. }) {
            for &user in &users {
                contract.issue(user, FUNDS);
            }
        }
        if let Kind::Pool { liquidity } = bridge.kind {
            contract.endow(liquidity);
        }
        state.contracts.bridge = Some(contract);
        let mempool = Mempool::new(POOL_TRANSACTIONS, PATIENCE);
        let kept = settings.finality as usize + 2;
        let law = Exponential::new(settings.interval.as_seconds()).expect("a positive interval");
        let stream = streams.stream(side as u32, "blockchain.bridge.blocks");
        Side {
            settings,
            chain: Chain::new(Head::new(state, settings.gas_price), mempool, kept),
            users,
            relayer,
            attacker,
            proposer,
            gaps: (law, stream),
            purposes: BTreeMap::new(),
            learning: BTreeSet::new(),
            unfinal: VecDeque::new(),
        }
    }

    /// The contract of the bridge.
    pub fn contract(&self) -> &Bridge {
        self.chain.state().contracts.bridge.as_ref().expect("the side of a bridge has its contract")
    }
    /// The contract of the bridge, to change.
    pub fn contract_mut(&mut self) -> &mut Bridge {
        self.chain
            .head
            .state
            .contracts
            .bridge
            .as_mut()
            .expect("the side of a bridge has its contract")
    }
    /// The account of a user.
    pub fn user(&self, user: u32) -> Address {
        self.users[user as usize]
    }

    /// Time to the next block.
    pub fn gap(&mut self) -> SimDuration {
        let drawn = SimDuration::from_seconds_f64(self.gaps.0.sample(&mut self.gaps.1));
        if self.settings.random { drawn } else { self.settings.interval }
    }

    /// Makes a block, unless the chain is halted; what its transactions were for, in its order.
    pub fn block(&mut self, now: SimTime) -> Vec<(Purpose, Receipt)> {
        if self.settings.halt.is_some_and(|(from, to)| (from..to).contains(&now)) {
            return vec![];
        }
        let proposer = self.proposer;
        let proposal = Proposal { time: now, proposer, evidence: vec![], closes_round: true };
        let included = self.chain.append(proposal);
        let receipts = included.inclusions.into_iter().map(|included| included.receipt);
        receipts
            .filter_map(|receipt| Some((self.purposes.remove(&receipt.transaction)?, receipt)))
            .collect()
    }

    /// Keeps a receipt until its block is final.
    pub fn await_finality(&mut self, transfer: u32, receipt: Receipt) {
        self.unfinal.push_back((receipt.block, transfer, receipt));
    }

    /// Transfers whose part on this side has become final, each with its claim, yet unsigned.
    pub fn newly_final(&mut self) -> Vec<(u32, Claim)> {
        let mut found = vec![];
        while let Some(&(block, transfer, receipt)) = self.unfinal.front() {
            if block + u64::from(self.settings.finality) > self.chain.head.height {
                break;
            }
            self.unfinal.pop_front();
            found.push((transfer, self.claim(&receipt)));
        }
        found
    }

    /// The claim that a transaction happened here, with the path to its block's header.
    fn claim(&self, receipt: &Receipt) -> Claim {
        let block = self.chain.blocks().iter().find(|block| block.header.number == receipt.block);
        let block = block.expect("blocks are kept until they are final");
        let leaves: Vec<Hash> = block.receipts.iter().map(|r| digest(RECEIPT, r)).collect();
        let place = receipt.index as usize;
        Claim {
            transaction: block.transactions[place],
            receipt: *receipt,
            path: Path::of(&leaves, place),
            signers: vec![],
        }
    }

    /// The header of a kept block, signed by all that must.
    pub fn header(&self, claim: &Claim) -> Known {
        Known {
            number: claim.receipt.block,
            receipts_root: claim.path.root(digest(RECEIPT, &claim.receipt)),
            signatures: self.settings.signatures,
        }
    }

    /// A user sends value; the name of the transfer is its sender and nonce.
    pub fn send(&mut self, transfer: u32, user: u32, order: Order, now: SimTime) -> Transaction {
        let sender = self.user(user);
        self.submit(sender, order, CALL_GAS, Purpose::Send(transfer), now)
    }

    /// A relayer lays a claim before the contract, after the header that a light client needs.
    pub fn lay(
        &mut self,
        claim: Claim,
        header: Option<Known>,
        purpose: Purpose,
        order: impl FnOnce(Hash) -> Order,
        now: SimTime,
    ) {
        let (relayer, gas) = (self.relayer, CALL_GAS + claim.gas());
        if let (Some(header), Purpose::Receive(id) | Purpose::Expire(id) | Purpose::Refund(id)) =
            (header, purpose)
            && self.learning.insert(header.number)
        {
            let learning_gas = CALL_GAS + header.gas();
            let learn = Order::Learn { header: self.contract_mut().attach_header(header) };
            self.submit(relayer, learn, learning_gas, Purpose::Learn(id), now);
        }
        let order = order(self.contract_mut().attach_claim(claim));
        self.submit(relayer, order, gas, purpose, now);
    }

    /// An attacker lays a forged claim before the contract.
    pub fn forge(&mut self, claim: Claim, packet: Hash, amount: Amount, now: SimTime) {
        let gas = CALL_GAS + claim.gas();
        let claim = self.contract_mut().attach_claim(claim);
        let order = Order::Receive { packet, claim };
        self.submit(self.attacker, order, gas, Purpose::Forge(amount), now);
    }
    /// The account that forgeries pay.
    pub fn attacker(&self) -> Address {
        self.attacker
    }

    fn submit(
        &mut self,
        sender: Address,
        order: Order,
        gas_limit: u64,
        purpose: Purpose,
        now: SimTime,
    ) -> Transaction {
        let transaction = Transaction {
            sender,
            nonce: self.chain.next_nonce(sender),
            gas_limit,
            fee_max: self.settings.gas_price,
            tip_max: 0,
            call: Call::Bridge(order),
        };
        self.chain.submit(transaction, now).expect("the pool has room for a bridge's traffic");
        self.purposes.insert(transaction.hash(), purpose);
        transaction
    }
}
