//! What is submitted to a chain and what comes back.

use pinwheel_core::{Amount, SimTime};
use serde::{Deserialize, Serialize};

use super::contracts::Call;
use super::hash::{Hash, TRANSACTION, digest};

/// An account of a chain by its number.
#[derive(
    Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Address(pub u32);

/// An order of one account to the chain.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Who orders and pays.
    pub sender: Address,
    /// Transactions of one sender are executed in the order of their nonces, without a gap.
    pub nonce: u64,
    /// Most gas it may use; what is not used is not paid.
    pub gas_limit: u64,
    /// Most it pays for a unit of gas, base fee and tip together, base units.
    pub fee_max: u128,
    /// Most it pays to the proposer for a unit of gas, base units.
    pub tip_max: u128,
    /// What is ordered.
    pub call: Call,
}

impl Transaction {
    /// The name of the transaction.
    pub fn hash(&self) -> Hash {
        digest(TRANSACTION, self)
    }
}

/// How an included transaction ended.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Outcome {
    /// It was carried out.
    Done,
    /// Its gas limit did not suffice: nothing but the fee happened.
    OutOfGas,
    /// The contract refused: nothing but the fee happened.
    Refused,
}

/// What became of an included transaction.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The chain, by its place in the scenario.
    pub chain: u16,
    /// The block and the place in it.
    pub block: u64,
    /// Its place in the block.
    pub index: u32,
    /// Its hash.
    pub transaction: Hash,
    /// Who ordered it.
    pub sender: Address,
    /// Its number among the sender's transactions.
    pub nonce: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// Gas that it used.
    pub gas_used: u64,
    /// Paid for each unit of gas, and how much of it was burned.
    pub gas_price: u128,
    /// Base units that were burned for each unit of gas.
    pub burned_price: u128,
    /// Time of the block.
    pub time: SimTime,
}

impl Receipt {
    /// All that was paid for the inclusion.
    pub fn fee(&self) -> Amount {
        Amount(self.gas_price * u128::from(self.gas_used))
    }
}

/// Why a transaction cannot be in a block at all.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rejection {
    /// The sender's account has another nonce next.
    Nonce {
        /// The nonce that is next.
        expected: u64,
    },
    /// The sender could not pay the whole gas limit at its highest fee.
    Funds,
    /// It offers less than the chain demands.
    Fee,
    /// It asks for less gas than any transaction needs, or for more than a block has.
    GasLimit,
    /// No such account.
    Sender,
}
