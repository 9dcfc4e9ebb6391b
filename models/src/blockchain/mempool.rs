//! The pool of transactions that wait for a block.
//!
//! Rules. *Order*: proposers take the highest tip first and of equal ones the older; those of one
//! sender in the order of their nonces. *Replacement*: a transaction takes the place of one with
//! the same sender and nonce if it bids at least 10 % more, both at most and as a tip
//! (go-ethereum's
//! `PriceBump`). *Bound*: a full pool drops the cheapest of the senders' last transactions, if the
//! newcomer bids more; else it refuses the newcomer. Only last ones are dropped, so that no gap
//! opens in a sender's nonces. *Patience*: what has waited too long is withdrawn by its sender,
//! with all that the sender sent after it.
//!
//! Left out: one pool stands for the pools of all nodes. Transactions spread within a second or
//! two, far faster than blocks come.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};

use pinwheel_core::{SimDuration, SimTime};
use serde::{Deserialize, Serialize};

use super::accounts::Accounts;
use super::fee::FeeRule;
use super::transaction::{Address, Transaction};

/// What a replacement must bid over the one it replaces, percent.
const PRICE_BUMP_PERCENT: u128 = 10;

/// A transaction that waits.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The transaction.
    pub transaction: Transaction,
    /// When it came.
    pub since: SimTime,
    /// Order of arrival.
    pub sequence: u64,
}

/// Why the pool does not take a transaction.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PoolError {
    /// The sender's next nonce is another one.
    Gap {
        /// The nonce that is next.
        expected: u64,
    },
    /// The nonce is taken and the bid is not 10 % higher.
    Underpriced,
    /// The pool is full of higher bids.
    Full,
}

/// What happened to transactions that leave the pool without a block.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Losses {
    /// Not taken in.
    pub refused: u64,
    /// Thrown out for one that pays more.
    pub evicted: u64,
    /// Given up by their senders.
    pub withdrawn: u64,
}

/// Transactions that wait for a block, by their senders and nonces.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mempool {
    capacity: usize,
    patience: SimDuration,
    /// Each sender's transactions, nonces without a gap.
    queues: BTreeMap<Address, VecDeque<Waiting>>,
    /// The last transaction of each sender by its bid, cheapest and youngest first.
    tails: BTreeSet<(u128, Reverse<u64>, Address)>,
    /// Arrivals in order, for patience; those that have left are skipped when they come up.
    arrivals: VecDeque<(SimTime, Address, u64, u64)>,
    len: usize,
    sequence: u64,
    /// What left without a block.
    pub losses: Losses,
}

impl Mempool {
    /// An empty pool of this many places, whose senders wait this long.
    ///
    /// # Panics
    ///
    /// If it has no place.
    pub fn new(capacity: usize, patience: SimDuration) -> Self {
        assert!(capacity > 0, "a pool has room");
        Mempool {
            capacity,
            patience,
            queues: BTreeMap::new(),
            tails: BTreeSet::new(),
            arrivals: VecDeque::new(),
            len: 0,
            sequence: 0,
            losses: Losses::default(),
        }
    }
    /// Transactions that wait.
    pub fn len(&self) -> usize {
        self.len
    }
    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    /// All that wait, by sender and nonce.
    pub fn iter(&self) -> impl Iterator<Item = &Waiting> {
        self.queues.values().flatten()
    }

    /// The nonce a sender's wallet gives its next transaction; `on_chain` is that of its account.
    pub fn next_nonce(&self, sender: Address, on_chain: u64) -> u64 {
        let last = self.queues.get(&sender).and_then(VecDeque::back);
        last.map_or(on_chain, |waiting| waiting.transaction.nonce + 1)
    }

    /// Takes a transaction of a sender whose account has the nonce `on_chain` next.
    ///
    /// # Errors
    ///
    /// [`PoolError`] if the nonce is neither the sender's next nor one that waits, the bid is too
    /// low to replace the one that waits, or the pool is full of higher bids.
    pub fn submit(
        &mut self,
        transaction: Transaction,
        on_chain: u64,
        now: SimTime,
    ) -> Result<(), PoolError> {
        let result = self.insert(transaction, on_chain, now);
        self.losses.refused += u64::from(result.is_err());
        result
    }

    fn insert(&mut self, new: Transaction, on_chain: u64, now: SimTime) -> Result<(), PoolError> {
        let sender = new.sender;
        let expected = self.next_nonce(sender, on_chain);
        if new.nonce > expected || new.nonce < on_chain {
            return Err(PoolError::Gap { expected });
        }
        if new.nonce < expected {
            return self.replace(new);
        }
        while self.len >= self.capacity {
            let Some(&(bid, _, cheapest)) = self.tails.first() else { break };
            if bid >= new.fee_max || cheapest == sender {
                return Err(PoolError::Full);
            }
            self.drop_tail(cheapest);
            self.losses.evicted += 1;
        }
        let waiting = Waiting { transaction: new, since: now, sequence: self.sequence };
        self.sequence += 1;
        self.arrivals.push_back((now, sender, new.nonce, waiting.sequence));
        self.untail(sender);
        self.queues.entry(sender).or_default().push_back(waiting);
        self.retail(sender);
        self.len += 1;
        Ok(())
    }

    fn replace(&mut self, new: Transaction) -> Result<(), PoolError> {
        let sender = new.sender;
        self.untail(sender);
        let queue = self.queues.get_mut(&sender).expect("the sender has a nonce in the pool");
        let place = (new.nonce - queue[0].transaction.nonce) as usize;
        let old = queue[place].transaction;
        let enough = |new: u128, old: u128| new >= old + old * PRICE_BUMP_PERCENT / 100;
        let better = enough(new.fee_max, old.fee_max) && enough(new.tip_max, old.tip_max);
        if better {
            queue[place].transaction = new;
        }
        self.retail(sender);
        if better { Ok(()) } else { Err(PoolError::Underpriced) }
    }

    fn untail(&mut self, sender: Address) {
        if let Some(last) = self.queues.get(&sender).and_then(VecDeque::back) {
            self.tails.remove(&(last.transaction.fee_max, Reverse(last.sequence), sender));
        }
    }
    fn retail(&mut self, sender: Address) {
        match self.queues.get(&sender).and_then(VecDeque::back) {
            Some(last) => {
                self.tails.insert((last.transaction.fee_max, Reverse(last.sequence), sender));
            }
            None => {
                self.queues.remove(&sender);
            }
        }
    }
    fn drop_tail(&mut self, sender: Address) {
        self.untail(sender);
        if self.queues.get_mut(&sender).and_then(VecDeque::pop_back).is_some() {
            self.len -= 1;
        }
        self.retail(sender);
    }

    /// Withdraws what has waited longer than its patience and is in no block of this branch.
    pub fn withdraw(&mut self, now: SimTime, accounts: &Accounts) {
        while let Some(&(since, sender, nonce, sequence)) = self.arrivals.front() {
            if now.since(since) < self.patience {
                return;
            }
            self.arrivals.pop_front();
            if nonce >= accounts.nonce(sender) {
                let gone = self.truncate(sender, |queue| {
                    queue.iter().position(|waiting| waiting.sequence == sequence)
                });
                self.losses.withdrawn += gone;
            }
        }
    }

    /// Takes out what a block has included or made impossible: nonces below the account's.
    pub fn settle(&mut self, sender: Address, on_chain: u64) {
        self.untail(sender);
        if let Some(queue) = self.queues.get_mut(&sender) {
            while queue.front().is_some_and(|first| first.transaction.nonce < on_chain) {
                queue.pop_front();
                self.len -= 1;
            }
        }
        self.retail(sender);
    }

    /// Drops a sender's transactions from this nonce on, which cannot be included.
    pub fn forget(&mut self, sender: Address, nonce: u64) {
        let gone = self.truncate(sender, |queue| {
            queue.iter().position(|waiting| waiting.transaction.nonce >= nonce)
        });
        self.losses.refused += gone;
    }

    /// Drops a sender's transactions from a place on; returns how many.
    fn truncate(
        &mut self,
        sender: Address,
        place: impl FnOnce(&VecDeque<Waiting>) -> Option<usize>,
    ) -> u64 {
        let mut gone = 0;
        self.untail(sender);
        if let Some(queue) = self.queues.get_mut(&sender)
            && let Some(place) = place(queue)
        {
            gone = queue.len() - place;
            queue.truncate(place);
            self.len -= gone;
        }
        self.retail(sender);
        gone as u64
    }

    /// The transactions in the order in which a proposer takes them on a branch with these
    /// accounts.
    pub fn by_price(&self, rule: FeeRule, base_fee: u128, accounts: &Accounts) -> Picks<'_> {
        let mut picks = Picks { pool: self, rule, base_fee, heads: BinaryHeap::new() };
        for (sender, queue) in &self.queues {
            let first = queue.front().map_or(0, |first| first.transaction.nonce);
            // What the branch has included stays in the pool until the block is settled.
            picks.offer(queue, accounts.nonce(*sender).saturating_sub(first) as usize);
        }
        picks
    }
}

/// Candidates for a block, best first. The next of a sender comes up once its last was included.
#[derive(Debug)]
pub struct Picks<'a> {
    pool: &'a Mempool,
    rule: FeeRule,
    base_fee: u128,
    heads: BinaryHeap<(u128, Reverse<u64>, Reverse<Address>, usize)>,
}

impl<'a> Picks<'a> {
    fn offer(&mut self, queue: &VecDeque<Waiting>, place: usize) {
        let Some(waiting) = queue.get(place) else { return };
        if let Some(price) = self.rule.price(&waiting.transaction, self.base_fee) {
            let sender = waiting.transaction.sender;
            self.heads.push((price.tip, Reverse(waiting.sequence), Reverse(sender), place));
        }
    }
    /// The best candidate left, out of the running until [`Picks::included`] says otherwise.
    pub fn best(&mut self) -> Option<(&'a Waiting, usize)> {
        let (_, _, Reverse(sender), place) = self.heads.pop()?;
        Some((&self.pool.queues[&sender][place], place))
    }
    /// The candidate was included: its sender's next one joins.
    pub fn included(&mut self, sender: Address, place: usize) {
        let queue = &self.pool.queues[&sender];
        self.offer(queue, place + 1);
    }
}
