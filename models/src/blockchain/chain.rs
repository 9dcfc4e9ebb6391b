//! One chain: state, pool and blocks, and the making of a block.

use std::collections::VecDeque;

use pinwheel_core::SimTime;
use serde::{Deserialize, Serialize};

use super::block::{Block, Evidence, Header, Roots};
use super::contracts::Env;
use super::hash::Hash;
use super::mempool::{Mempool, PoolError};
use super::state::State;
use super::transaction::{Address, Receipt, Rejection, Transaction};

/// A candidate that does not fit is passed over; after this many a block is closed.
const PASSED_OVER_MAX: u32 = 32;

/// A transaction that a block included, with the time it was submitted.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inclusion {
    pub receipt: Receipt,
    pub submitted: SimTime,
}

/// State, pool and blocks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Chain {
    pub state: State,
    pub mempool: Mempool,
    /// Base fee of the next block.
    pub base_fee: u128,
    /// The newest blocks, oldest first; at most `blocks_kept`.
    blocks: VecDeque<Block>,
    blocks_kept: usize,
    /// Hash and number of the newest block.
    tip: Hash,
    height: u64,
}

impl Chain {
    /// A chain with this state at its genesis.
    pub fn new(mut state: State, mempool: Mempool, base_fee: u128, blocks_kept: usize) -> Self {
        // The first block's parent is the root of the genesis state.
        let tip = state.root();
        Chain { state, mempool, base_fee, blocks: VecDeque::new(), blocks_kept, tip, height: 0 }
    }

    /// Number of the newest block; 0 is the genesis.
    pub fn height(&self) -> u64 {
        self.height
    }
    /// Hash of the newest block.
    pub fn tip(&self) -> Hash {
        self.tip
    }
    /// The newest blocks, oldest first.
    pub fn blocks(&self) -> impl DoubleEndedIterator<Item = &Block> + ExactSizeIterator {
        self.blocks.iter()
    }

    /// The nonce that a sender's next transaction must have.
    pub fn next_nonce(&self, sender: Address) -> u64 {
        self.mempool.next_nonce(sender, self.state.accounts.nonce(sender))
    }

    /// Sends a transaction to the pool.
    pub fn submit(&mut self, transaction: Transaction, now: SimTime) -> Result<(), PoolError> {
        let on_chain = self.state.accounts.nonce(transaction.sender);
        self.mempool.submit(transaction, on_chain, now)
    }

    /// Makes the next block and takes over its state. Receipts in the order of the block.
    pub fn append(
        &mut self,
        now: SimTime,
        proposer: Address,
        evidence: Vec<Evidence>,
    ) -> Vec<Inclusion> {
        self.mempool.withdraw(now);
        let env = Env {
            chain: self.state.rules.chain,
            number: self.height + 1,
            time: now,
            base_fee: self.base_fee,
            proposer,
        };
        self.state.open_block(&env, &evidence);
        let Filled { transactions, inclusions, unpayable } = self.fill(&env);
        let receipts: Vec<Receipt> = inclusions.iter().map(|included| included.receipt).collect();
        for receipt in &receipts {
            self.mempool.settle(receipt.sender, receipt.nonce + 1);
        }
        for sender in unpayable {
            self.mempool.forget(sender);
        }
        let roots = Roots::of(&receipts, &evidence);
        let header = Header {
            number: env.number,
            parent: self.tip,
            time: now,
            proposer,
            base_fee: self.base_fee,
            gas_limit: self.state.rules.gas_limit,
            gas_used: receipts.iter().map(|receipt| receipt.gas_used).sum(),
            transactions_root: roots.transactions,
            receipts_root: roots.receipts,
            evidence_root: roots.evidence,
            state_root: self.state.root(),
        };
        self.base_fee = self.state.rules.fee.next_base_fee(
            header.base_fee,
            header.gas_used,
            header.gas_limit,
            &transactions,
        );
        self.tip = header.hash();
        self.height = header.number;
        self.blocks.push_back(Block { header, evidence, transactions, receipts });
        if self.blocks.len() > self.blocks_kept {
            self.blocks.pop_front();
        }
        inclusions
    }

    /// Executes the best transactions of the pool until the block is full.
    fn fill(&mut self, env: &Env) -> Filled {
        let mut filled = Filled::default();
        let mut room = self.state.rules.gas_limit;
        let mut picks = self.mempool.by_price(self.state.rules.fee, self.base_fee);
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
            match self.state.execute(&transaction, env, filled.transactions.len() as u32) {
                Ok(receipt) => {
                    room -= receipt.gas_used;
                    filled.transactions.push(transaction);
                    filled.inclusions.push(Inclusion { receipt, submitted: waiting.since });
                    picks.included(transaction.sender, place);
                }
                Err(Rejection::Fee) => {}
                Err(_) => filled.unpayable.push(transaction.sender),
            }
        }
        filled
    }
}

/// What went into a block, and whose transactions turned out to be impossible.
#[derive(Debug, Default)]
struct Filled {
    transactions: Vec<Transaction>,
    inclusions: Vec<Inclusion>,
    unpayable: Vec<Address>,
}
