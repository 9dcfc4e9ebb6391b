//! What a run was, in 256 bits: ingredients hashed apart, so that a change says what changed.

use serde::{Deserialize, Serialize};

use crate::time::SimTime;

/// A running 64-bit hash for the hot path; its final value is hashed again with BLAKE3.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest(u64);

impl Digest {
    #[inline]
    pub fn mix(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word ^ 0x9e37_79b9_7f4a_7c15) * 0xd6e8_feb8_6659_fd93;
        self.0 = (product as u64 ^ (product >> 64) as u64).rotate_left(23);
    }
    #[inline]
    pub fn write(&mut self, tag: u64, value: u128) {
        self.mix(tag);
        self.mix(value as u64);
        self.mix((value >> 64) as u64);
    }
    pub fn value(self) -> u64 {
        self.0
    }
}

/// The ingredients: the order of events, every posting of the ledger, the state of the model.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    pub time: Digest,
    pub ledger: Digest,
    pub state: Digest,
}

impl Fingerprint {
    #[inline]
    pub fn event(&mut self, time: SimTime, kind: u8) {
        self.time.mix(time.as_nanos() ^ u64::from(kind) << 56);
    }
    /// The fingerprint as 64 hexadecimal digits.
    pub fn hex(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for part in [self.time, self.ledger, self.state] {
            hasher.update(&part.0.to_le_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}
