//! Random numbers: one counter-based stream per (seed, run, entity, purpose), Philox 4x32-10
//! (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
//!
//! A stream depends on nothing but its name: adding a device or a policy moves no other stream, so
//! two policies compared on one seed meet the same arrivals and failures.

use serde::{Deserialize, Serialize};

/// The root of all streams of one run.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streams {
    seed: u64,
    run: u32,
}

impl Streams {
    pub const fn new(seed: u64, run: u32) -> Self {
        Streams { seed, run }
    }
    pub const fn seed(&self) -> u64 {
        self.seed
    }
    pub const fn run(&self) -> u32 {
        self.run
    }
    /// The stream of one entity for one purpose, from its beginning. Keep it in the entity's state
    /// if it is drawn from again.
    pub fn stream(&self, entity: u32, purpose: &str) -> Stream {
        self.indexed(entity, purpose, 0)
    }
    /// The stream of one entity, purpose and index (an epoch, a day): for draws that keep no state.
    pub fn indexed(&self, entity: u32, purpose: &str, index: u64) -> Stream {
        Stream::new(purpose_key(self.seed, self.run, purpose), entity, index)
    }
}

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn purpose_key(seed: u64, run: u32, purpose: &str) -> u64 {
    let mut key = mix(seed ^ 0x9e37_79b9_7f4a_7c15);
    key = mix(key ^ u64::from(run).wrapping_add(0x9e37_79b9_7f4a_7c15));
    for byte in purpose.bytes() {
        key = mix(key.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ u64::from(byte));
    }
    key
}

/// A sequence of random numbers that depends only on its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    key: u64,
    entity: u32,
    index: u64,
    block: u32,
    /// The second half of the last block, if it was not used yet.
    spare: Option<u64>,
}

impl Stream {
    fn new(key: u64, entity: u32, index: u64) -> Self {
        Stream { key, entity, index, block: 0, spare: None }
    }
    /// 64 uniform random bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let counter = [self.block, self.index as u32, (self.index >> 32) as u32, self.entity];
        let word = philox4x32_10(counter, [self.key as u32, (self.key >> 32) as u32]);
        self.block = self.block.wrapping_add(1);
        self.spare = Some(u64::from(word[3]) << 32 | u64::from(word[2]));
        u64::from(word[1]) << 32 | u64::from(word[0])
    }
    /// A uniform float in [0, 1) with 53 random bits.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }
    /// A uniform float in (0, 1]: safe to take the logarithm of.
    #[inline]
    pub fn uniform_open(&mut self) -> f64 {
        ((self.next_u64() >> 11) + 1) as f64 * (1.0 / (1u64 << 53) as f64)
    }
    /// A uniform integer in [0, bound), without bias (Lemire 2019). `bound` must be positive.
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "an empty range has no member");
        let threshold = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.next_u64()) * u128::from(bound);
            if product as u64 >= threshold {
                return (product >> 64) as u64;
            }
        }
    }
}

/// Ten rounds of Philox 4x32 on one counter block.
pub fn philox4x32_10(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let left = u64::from(counter[0]) * 0xD251_1F53;
        let right = u64::from(counter[2]) * 0xCD9E_8D57;
        counter = [
            (right >> 32) as u32 ^ counter[1] ^ key[0],
            right as u32,
            (left >> 32) as u32 ^ counter[3] ^ key[1],
            left as u32,
        ];
        key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
    }
    counter
}
