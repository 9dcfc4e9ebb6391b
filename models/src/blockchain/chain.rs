//! One chain: the head it has settled on, the pool, and the making of blocks.
//!
//! A [`Head`] is a state with what the next block needs; a block is made on a head and moves it on.
//! Where consensus forks there are several heads at once, each with its own state; the pool is one,
//! and keeps a transaction until a block that holds it is settled.

use std::collections::VecDeque;

use pinwheel_core::SimTime;
use serde::{Deserialize, Serialize};

use super::block::{Block, Evidence, Header, Roots};
use super::contracts::{Call, Env, Notice};
use super::fee::{Asked, Bid, Round};
use super::hash::Hash;
use super::mempool::{Mempool, PoolError};
use super::state::State;
use super::transaction::{Address, Receipt, Rejection, Transaction};

/// A candidate that does not fit is passed over; after this many a block is closed.
const PASSED_OVER_MAX: u32 = 32;
/// Gas of a block over its limit from which on it counts as full.
const FULL_PERMILLE: u128 = 950;

/// A transaction that a block included, with the time it was submitted.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inclusion {
    /// What became of it.
    pub receipt: Receipt,
    /// When it was submitted.
    pub submitted: SimTime,
    /// What it ordered.
    pub call: Call,
}

/// What a settled block brings about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// In the order of the block.
    pub inclusions: Vec<Inclusion>,
    /// In the order in which the contracts gave them.
    pub notices: Vec<Notice>,
}

impl Settled {
    /// Adds what the next block settled.
    pub fn extend(&mut self, next: Settled) {
        self.inclusions.extend(next.inclusions);
        self.notices.extend(next.notices);
    }
}

/// The end of a branch: the state after its last block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Accounts and contracts.
    pub state: State,
    /// Base fee of the next block.
    pub base_fee: u128,
    /// Hash and number of the last block; number 0 is the genesis.
    pub hash: Hash,
    /// Number of that block.
    pub height: u64,
    round: Round,
}

/// Who makes a block, when, and what it carries beside transactions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// When.
    pub time: SimTime,
    /// Who.
    pub proposer: Address,
    /// Proofs of broken rules.
    pub evidence: Vec<Evidence>,
    /// False for a block that is followed by another of the same round: the base fee moves once a
    /// round, by the mean of its blocks.
    pub closes_round: bool,
}

/// A new block and what it did to the pool's transactions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Made {
    /// The block.
    pub block: Block,
    /// What it settled.
    pub settled: Settled,
    /// Transactions that can never be included: their sender and nonce.
    impossible: Vec<(Address, u64)>,
}

impl Head {
    /// The genesis: the first block's parent is the root of this state.
    pub fn new(mut state: State, base_fee: u128) -> Self {
        let hash = state.root();
        Head { state, base_fee, hash, height: 0, round: Round::default() }
    }

    /// Makes the next block out of the pool and moves on to it.
    pub fn make(&mut self, pool: &Mempool, proposal: Proposal) -> Made {
        let Proposal { time, proposer, evidence, closes_round } = proposal;
        let env = self.env(time, proposer);
        let opened_gas = self.state.open_block(&env, &evidence);
        let mut made = self.fill(pool, &env, opened_gas);
        made.settled.notices = self.state.contracts.take_notices();
        let header = self.close(&env, &made.block, &evidence, opened_gas, closes_round);
        (made.block.header, made.block.evidence) = (header, evidence);
        made
    }

    fn env(&self, time: SimTime, proposer: Address) -> Env {
        let number = self.height + 1;
        Env { chain: self.state.rules.chain, number, time, base_fee: self.base_fee, proposer }
    }

    /// Seals a block whose transactions have been executed: its header, the next base fee.
    fn close(
        &mut self,
        env: &Env,
        block: &Block,
        evidence: &[Evidence],
        opened_gas: u64,
        closes: bool,
    ) -> Header {
        let roots = Roots::of(&block.receipts, evidence);
        let rules = self.state.rules;
        let header = Header {
            number: env.number,
            parent: self.hash,
            time: env.time,
            proposer: env.proposer,
            base_fee: env.base_fee,
            gas_limit: rules.gas_limit,
            gas_used: opened_gas
                + block.receipts.iter().map(|receipt| receipt.gas_used).sum::<u64>(),
            transactions_root: roots.transactions,
            receipts_root: roots.receipts,
            evidence_root: roots.evidence,
            state_root: self.state.root(),
        };
        self.round.add(&rules.fee, &header, &block.transactions);
        if closes {
            let round = std::mem::take(&mut self.round);
            self.base_fee = rules.fee.next_base_fee(self.base_fee, round, rules.gas_limit);
        }
        (self.hash, self.height) = (header.hash(), header.number);
        header
    }

    /// Executes the best transactions of the pool until the block is full.
    fn fill(&mut self, pool: &Mempool, env: &Env, opened_gas: u64) -> Made {
        let (mut block, mut inclusions) = (Block::default(), Vec::new());
        let mut impossible = Vec::new();
        let mut room = self.state.rules.gas_limit.saturating_sub(opened_gas);
        let mut picks = pool.by_price(self.state.rules.fee, env.base_fee, &self.state.accounts);
        let mut passed_over = 0;
        while let Some((waiting, place)) = picks.best() {
            let transaction = waiting.transaction;
            if transaction.gas_limit > room {
                passed_over += 1;
                if passed_over > PASSED_OVER_MAX {
                    break;
                }
                continue;
            }
            match self.state.execute(&transaction, env, block.transactions.len() as u32) {
                Ok(receipt) => {
                    room -= receipt.gas_used;
                    block.transactions.push(transaction);
                    block.receipts.push(receipt);
                    inclusions.push(Inclusion {
                        receipt,
                        submitted: waiting.since,
                        call: transaction.call,
                    });
                    picks.included(transaction.sender, place);
                }
                Err(Rejection::Fee) => {}
                Err(_) => impossible.push((transaction.sender, transaction.nonce)),
            }
        }
        Made { block, settled: Settled { inclusions, notices: vec![] }, impossible }
    }

    /// The head after a block that somebody else made, and the block as it comes out here.
    ///
    /// # Errors
    ///
    /// The place of the first transaction that the block must not hold, and the [`Rejection`] that
    /// says why.
    pub fn clone_and_replay(
        &self,
        block: &Block,
        closes_round: bool,
    ) -> Result<(Head, Block), (u32, Rejection)> {
        let mut head = self.clone();
        let replayed = head.replay(block, closes_round)?;
        Ok((head, replayed))
    }

    /// Executes a block that somebody else made; its receipts and header as they come out here.
    fn replay(&mut self, block: &Block, closes_round: bool) -> Result<Block, (u32, Rejection)> {
        let env = self.env(block.header.time, block.header.proposer);
        let opened_gas = self.state.open_block(&env, &block.evidence);
        let mut receipts = Vec::with_capacity(block.transactions.len());
        for (index, transaction) in block.transactions.iter().enumerate() {
            let index = index as u32;
            let receipt = self.state.execute(transaction, &env, index);
            receipts.push(receipt.map_err(|rejection| (index, rejection))?);
        }
        let mut replayed = Block { receipts, ..block.clone() };
        replayed.header = self.close(&env, &replayed, &block.evidence, opened_gas, closes_round);
        self.state.contracts.take_notices();
        Ok(replayed)
    }
}

/// The settled head, the pool, and the newest settled blocks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Chain {
    /// The newest settled block's end.
    pub head: Head,
    /// Transactions that wait for a block.
    pub mempool: Mempool,
    blocks: VecDeque<Block>,
    blocks_kept: usize,
    /// Lowest price in the newest block, if that was full.
    cheapest: Option<u128>,
}

impl Chain {
    /// A chain at its genesis that remembers so many blocks.
    pub fn new(head: Head, mempool: Mempool, blocks_kept: usize) -> Self {
        Chain { head, mempool, blocks: VecDeque::new(), blocks_kept, cheapest: None }
    }
    /// The settled state.
    pub fn state(&self) -> &State {
        &self.head.state
    }
    /// The newest settled blocks, oldest first.
    pub fn blocks(&self) -> &VecDeque<Block> {
        &self.blocks
    }

    /// The nonce that a sender's next transaction must have.
    pub fn next_nonce(&self, sender: Address) -> u64 {
        self.mempool.next_nonce(sender, self.head.state.accounts.nonce(sender))
    }

    /// Sends a transaction to the pool.
    ///
    /// # Errors
    ///
    /// Those of [`Mempool::submit`]: the pool does not take the transaction.
    pub fn submit(&mut self, transaction: Transaction, now: SimTime) -> Result<(), PoolError> {
        let on_chain = self.head.state.accounts.nonce(transaction.sender);
        self.mempool.submit(transaction, on_chain, now)
    }

    /// What a wallet sees of the prices now.
    pub fn asked(&self) -> Asked {
        Asked { base_fee: self.head.base_fee, cheapest: self.cheapest }
    }

    /// Sends a call of this account as its next transaction; returns its nonce.
    ///
    /// # Errors
    ///
    /// [`PoolError::Full`] if the pool is full of higher bids.
    pub fn send(
        &mut self,
        sender: Address,
        call: Call,
        gas_limit: u64,
        bid: Bid,
        now: SimTime,
    ) -> Result<u64, PoolError> {
        let Bid { fee_max, tip_max } = bid;
        let nonce = self.next_nonce(sender);
        self.submit(Transaction { sender, nonce, gas_limit, fee_max, tip_max, call }, now)?;
        Ok(nonce)
    }

    /// Makes the next block and settles it at once.
    pub fn append(&mut self, proposal: Proposal) -> Settled {
        self.mempool.withdraw(proposal.time, &self.head.state.accounts);
        let made = self.head.make(&self.mempool, proposal);
        self.note(made)
    }

    /// Settles on a block that was made on the settled head, and on the head after it.
    ///
    /// # Panics
    ///
    /// If the block was not made on the settled head.
    pub fn settle(&mut self, made: Made, head: Head) -> Settled {
        assert_eq!(made.block.header.parent, self.head.hash, "the next block of the settled head");
        self.head = head;
        self.note(made)
    }

    /// Clears the pool of a settled block's transactions and remembers the block.
    fn note(&mut self, made: Made) -> Settled {
        for Receipt { sender, nonce, .. } in &made.block.receipts {
            self.mempool.settle(*sender, nonce + 1);
        }
        for (sender, nonce) in made.impossible {
            self.mempool.forget(sender, nonce);
        }
        let Header { gas_used, gas_limit, .. } = made.block.header;
        let full = u128::from(gas_used) * 1000 >= u128::from(gas_limit) * FULL_PERMILLE;
        let prices = made.block.receipts.iter().map(|receipt| receipt.gas_price);
        self.cheapest = prices.min().filter(|_| full);
        self.blocks.push_back(made.block);
        if self.blocks.len() > self.blocks_kept {
            self.blocks.pop_front();
        }
        made.settled
    }
}
