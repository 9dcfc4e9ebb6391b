//! Blocks: a header that commits to everything, the transactions, their receipts.

use pinwheel_core::SimTime;
use serde::{Deserialize, Serialize};

use super::hash::{EVIDENCE, HEADER, Hash, RECEIPT, digest, root};
use super::transaction::{Address, Receipt, Transaction};

/// What the hash of a block covers. Each root commits to the list of its name.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    pub number: u64,
    /// Hash of the block before.
    pub parent: Hash,
    pub time: SimTime,
    pub proposer: Address,
    /// Paid by every transaction for a unit of gas, and burned, base units.
    pub base_fee: u128,
    pub gas_limit: u64,
    pub gas_used: u64,
    pub transactions_root: Hash,
    pub receipts_root: Hash,
    pub evidence_root: Hash,
    /// Root of the state after the block.
    pub state_root: Hash,
}

impl Header {
    pub fn hash(&self) -> Hash {
        digest(HEADER, self)
    }
}

/// Proof that a validator broke the rules of consensus, as a block carries it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The validator by its place.
    pub validator: u32,
    /// Who shows it and is paid for that.
    pub reporter: u32,
    /// Slot of the two conflicting messages.
    pub slot: u64,
}

/// A block with all it carries: enough to execute it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    pub header: Header,
    pub evidence: Vec<Evidence>,
    pub transactions: Vec<Transaction>,
    pub receipts: Vec<Receipt>,
}

/// The roots of a block's lists, as its header states them.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Roots {
    pub transactions: Hash,
    pub receipts: Hash,
    pub evidence: Hash,
}

impl Roots {
    pub fn of(receipts: &[Receipt], evidence: &[Evidence]) -> Self {
        Roots {
            // A receipt carries the hash of its transaction: it is not computed twice.
            transactions: root(receipts.iter().map(|receipt| receipt.transaction)),
            receipts: root(receipts.iter().map(|receipt| digest(RECEIPT, receipt))),
            evidence: root(evidence.iter().map(|evidence| digest(EVIDENCE, evidence))),
        }
    }
}
