//! Blocks: a header that commits to everything, the transactions, their receipts.

use pinwheel_core::SimTime;
use serde::{Deserialize, Serialize};

use super::hash::{EVIDENCE, HEADER, Hash, RECEIPT, digest, root};
use super::transaction::{Address, Receipt, Transaction};

/// What the hash of a block covers. Each root commits to the list of its name.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Its height.
    pub number: u64,
    /// Hash of the block before.
    pub parent: Hash,
    /// When it was made.
    pub time: SimTime,
    /// Who made it.
    pub proposer: Address,
    /// Paid by every transaction for a unit of gas, and burned, base units.
    pub base_fee: u128,
    /// Most gas that its transactions may use together.
    pub gas_limit: u64,
    /// Gas that they used.
    pub gas_used: u64,
    /// Commits to the transactions.
    pub transactions_root: Hash,
    /// Commits to the receipts.
    pub receipts_root: Hash,
    /// Commits to the evidence.
    pub evidence_root: Hash,
    /// Root of the state after the block.
    pub state_root: Hash,
}

impl Header {
    /// The name of the block.
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
    /// What its hash covers.
    pub header: Header,
    /// Proofs of broken rules.
    pub evidence: Vec<Evidence>,
    /// What it executes, in order.
    pub transactions: Vec<Transaction>,
    /// What became of each transaction.
    pub receipts: Vec<Receipt>,
}

/// The roots of a block's lists, as its header states them.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Roots {
    /// Of the transactions.
    pub transactions: Hash,
    /// Of the receipts.
    pub receipts: Hash,
    /// Of the evidence.
    pub evidence: Hash,
}

impl Roots {
    /// The roots of a block with these receipts and this evidence.
    pub fn of(receipts: &[Receipt], evidence: &[Evidence]) -> Self {
        Roots {
            // A receipt carries the hash of its transaction: it is not computed twice.
            transactions: root(receipts.iter().map(|receipt| receipt.transaction)),
            receipts: root(receipts.iter().map(|receipt| digest(RECEIPT, receipt))),
            evidence: root(evidence.iter().map(|evidence| digest(EVIDENCE, evidence))),
        }
    }
}
