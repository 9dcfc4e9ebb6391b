//! Blockchains: pool, blocks, fees, consensus and contracts, on the double-entry ledger.
//!
//! [`Chain`] makes blocks out of the transactions in its [`Mempool`]; [`State`] executes them, and is
//! all that a replay from genesis needs. Every block commits to its transactions, their receipts and
//! the state after it (`hash.rs`), and to the block before.
//!
//! Invariants, checked as the run goes: the ledger balances at every block; nonces of a sender come
//! in order and without a gap; blocks are chained by their hashes.

pub mod accounts;
pub mod attack;
pub mod block;
pub mod bridge;
pub mod cells;
pub mod chain;
pub mod contracts;
pub mod fee;
pub mod hash;
pub mod inclusion;
pub mod mempool;
pub mod state;
pub mod transaction;

pub use block::{Block, Header};
pub use chain::Chain;
pub use contracts::Call;
pub use fee::FeeRule;
pub use mempool::Mempool;
pub use state::{Rules, State};
pub use transaction::{Address, Outcome, Receipt, Transaction};
