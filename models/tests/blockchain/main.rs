//! The blockchain layer: its rules one by one, and its promises while it runs.

mod audit;
mod consensus;
mod contracts;
mod file;
mod pool;
mod run;

use pinwheel_core::{Amount, Holding, SimDuration, SimTime};
use pinwheel_models::blockchain::chain::{Chain, Head, Proposal};
use pinwheel_models::blockchain::contracts::TRANSACTION_GAS;
use pinwheel_models::blockchain::{Address, Call, FeeRule, Mempool, Rules, State, Transaction};

/// A chain with a proposer (account 0) and three users with money, at a fixed price of 1.
pub fn small_chain(gas_limit: u64) -> Chain {
    let fee = FeeRule::Fixed { price: 1 };
    let mut state = State::new(Rules { chain: 0, fee, gas_limit, block_reward: Amount(7) });
    state.open(Holding::Free, Amount::ZERO);
    for _ in 0..3 {
        state.open(Holding::Free, Amount(1_000_000_000));
    }
    Chain::new(Head::new(state, 0), Mempool::new(100, SimDuration::from_hours(1)), 100)
}

pub const PROPOSER: Address = Address(0);
pub const ALICE: Address = Address(1);
pub const BOB: Address = Address(2);

pub fn transfer(sender: Address, nonce: u64, to: Address, amount: u128) -> Transaction {
    let call = Call::Transfer { to, amount: Amount(amount) };
    Transaction { sender, nonce, gas_limit: TRANSACTION_GAS, fee_max: 1, tip_max: 1, call }
}

pub fn seconds(seconds: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_seconds(seconds)
}

pub fn proposal(time: u64) -> Proposal {
    let (time, proposer) = (seconds(time), PROPOSER);
    Proposal { time, proposer, evidence: vec![], closes_round: true }
}
