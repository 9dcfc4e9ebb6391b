//! Telemetry on a chain, in three ways: each reading by itself, many in one transaction, or only
//! the Merkle root of many, under which each of them can be proven later.
//!
//! Call data costs by the byte, a signature that is checked on the chain costs what Ethereum's
//! precompile takes (yellow paper, appendix E: 3,000 gas).

use serde::{Deserialize, Serialize};

use super::{BYTE_GAS, CREATE_GAS, Failure, Meter, UPDATE_GAS};
use crate::blockchain::hash::Hash;
use crate::blockchain::merkle_state::MerkleState;
use crate::blockchain::transaction::Address;

/// Gas to check one signature.
pub const SIGNATURE_GAS: u64 = 3_000;
/// Bytes of a signature (RFC 8032) and of a hash.
pub const SIGNATURE_BYTES: u64 = 64;
const HASH_BYTES: u64 = 32;

/// What can be written.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// One reading of the sender's device; the transaction's own signature is the device's.
    Reading {
        /// Its number among the device's readings.
        number: u32,
        /// Its size, bytes.
        bytes: u32,
        /// Its hash.
        digest: Hash,
    },
    /// This many readings of so many bytes each, signed or not; their hash stands for the data.
    Batch {
        /// Readings that it stands for.
        readings: u32,
        /// Its size, bytes.
        bytes: u32,
        /// Whether each reading carries a signature.
        signed: bool,
        /// Its hash.
        digest: Hash,
    },
    /// The root of a tree over this many readings.
    Root {
        /// Readings that it stands for.
        readings: u32,
        /// The root of a tree over them.
        root: Hash,
    },
}

impl Order {
    /// Gas beyond that of any transaction.
    pub fn gas(&self) -> u64 {
        match *self {
            Order::Reading { bytes, .. } => UPDATE_GAS + u64::from(bytes) * BYTE_GAS,
            Order::Batch { readings, bytes, signed, .. } => {
                let signature = SIGNATURE_BYTES * BYTE_GAS + SIGNATURE_GAS;
                let each = u64::from(bytes) * BYTE_GAS + if signed { signature } else { 0 };
                UPDATE_GAS + u64::from(readings) * each
            }
            Order::Root { .. } => CREATE_GAS + HASH_BYTES * BYTE_GAS,
        }
    }
}

/// What was written, and by whom.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Who wrote it.
    pub writer: Address,
    /// Readings that it stands for.
    pub readings: u32,
    /// The root of a tree over them, or their hash.
    pub digest: Hash,
}

/// A contract that keeps digests of readings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    entries: MerkleState<Entry>,
    /// Readings that all entries stand for.
    pub readings: u64,
}

impl Anchor {
    /// An entry by its number.
    pub fn entry(&self, entry: u32) -> Option<&Entry> {
        self.entries.get(entry as usize)
    }
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }
    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Carries an order out.
    ///
    /// # Errors
    ///
    /// [`Failure::OutOfGas`] or [`Failure::Refused`]: nothing was changed then.
    pub fn call(
        &mut self,
        order: &Order,
        writer: Address,
        meter: &mut Meter,
    ) -> Result<(), Failure> {
        meter.charge(order.gas())?;
        let (readings, digest) = match *order {
            Order::Reading { digest, .. } => (1, digest),
            Order::Batch { readings, digest, .. } => (readings, digest),
            Order::Root { readings, root } => (readings, root),
        };
        self.entries.push(Entry { writer, readings, digest });
        self.readings += u64::from(readings);
        Ok(())
    }

    /// The root over its memory.
    pub fn root(&mut self) -> Hash {
        self.entries.root()
    }
}
