//! What a run was, in 256 bits: ingredients hashed apart, so that a change says what changed.

use serde::{Deserialize, Serialize};

use crate::time::SimTime;

/// A running 64-bit hash for the hot path; its final value is hashed again with BLAKE3.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest(u64);

impl Digest {
    /// Adds a word; the order of words matters. One 64 x 64-bit multiplication, folded.
    #[inline]
    pub fn mix(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word ^ 0x9e37_79b9_7f4a_7c15) * 0xd6e8_feb8_6659_fd93;
        self.0 = (product as u64 ^ (product >> 64) as u64).rotate_left(23);
    }
    /// Adds a value of up to 128 bits under a tag that says what it is.
    #[inline]
    pub fn write(&mut self, tag: u64, value: u128) {
        self.mix(tag);
        self.mix(value as u64);
        self.mix((value >> 64) as u64);
    }
    /// The hash of everything mixed in so far.
    pub fn value(self) -> u64 {
        self.0
    }
}

/// The ingredients: the order of events, every posting of the ledger, the state of the model.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// The instants and kinds of all events, in order.
    pub time: Digest,
    /// The postings of all books.
    pub ledger: Digest,
    /// Whatever the model says of its state.
    pub state: Digest,
}

impl Fingerprint {
    /// Adds an event that is handled at `time`.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ingredient_changes_itself_and_the_whole() {
        let mut whole = Fingerprint::default();
        whole.event(SimTime::from_nanos(7), 1);
        whole.ledger.write(1, 100);
        whole.state.mix(3);
        let changes: [fn(&mut Fingerprint); 3] = [
            |changed| changed.event(SimTime::from_nanos(8), 0),
            |changed| changed.ledger.write(1, 100),
            |changed| changed.state.mix(4),
        ];
        for (place, change) in changes.into_iter().enumerate() {
            let mut changed = whole;
            change(&mut changed);
            let equal = [
                changed.time == whole.time,
                changed.ledger == whole.ledger,
                changed.state == whole.state,
            ];
            assert_eq!(equal, std::array::from_fn(|ingredient| ingredient != place));
            assert_ne!(changed.hex(), whole.hex());
        }
    }

    #[test]
    fn the_ingredients_are_not_interchangeable() {
        let (mut ledger, mut state) = (Fingerprint::default(), Fingerprint::default());
        ledger.ledger.mix(5);
        state.state.mix(5);
        assert_ne!(ledger.hex(), state.hex());
    }

    #[test]
    fn an_event_is_its_time_its_kind_and_its_place() {
        let digest = |events: &[(u64, u8)]| {
            let mut fingerprint = Fingerprint::default();
            for &(nanos, kind) in events {
                fingerprint.event(SimTime::from_nanos(nanos), kind);
            }
            fingerprint.time
        };
        let base = digest(&[(1, 0), (2, 0)]);
        assert_eq!(base, digest(&[(1, 0), (2, 0)]));
        assert_ne!(base, digest(&[(2, 0), (1, 0)]));
        assert_ne!(base, digest(&[(1, 0), (2, 1)]));
        assert_ne!(base, digest(&[(1, 0), (3, 0)]));
        assert_ne!(base, digest(&[(1, 0)]));
        assert_ne!(base, digest(&[(1, 0), (2, 0), (0, 0)]));
    }

    #[test]
    fn both_halves_of_a_value_count() {
        let digest = |tag, value| {
            let mut digest = Digest::default();
            digest.write(tag, value);
            digest
        };
        assert_ne!(digest(1, 1), digest(1, 1 << 64));
        assert_ne!(digest(1, 2), digest(2, 1));
    }

    #[test]
    fn the_hash_is_the_same_on_every_machine() {
        let mut fingerprint = Fingerprint::default();
        for nanos in 0..1_000 {
            fingerprint.event(SimTime::from_nanos(nanos), nanos as u8);
            fingerprint.ledger.write(nanos, u128::from(nanos) << 60);
        }
        assert_eq!(fingerprint.time.value(), GOLDEN_TIME);
        assert_eq!(fingerprint.hex(), GOLDEN_HEX);
    }

    const GOLDEN_TIME: u64 = 0x3eb5_e266_28db_5909;
    const GOLDEN_HEX: &str = "95af9e17ad720b99369aa88a92bd9c29d9c1b269e3e318ae8b82793247a0ec46";
}
