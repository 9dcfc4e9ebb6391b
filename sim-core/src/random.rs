//! Random numbers: one counter-based stream per (seed, run, instance, entity, purpose), Philox
//! 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
//!
//! A stream depends on nothing but its name: adding a device or a policy moves no other stream, so
//! two policies compared on one seed meet the same arrivals and failures.

use std::convert::Infallible;

use rand_core::{TryRng, utils};
use serde::{Deserialize, Serialize};

/// What a stream is drawn for ("failure", "wins"), hashed. Hot loops keep it in a `const`:
/// `const WINS: Purpose = Purpose::new("wins");`.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purpose(u64);

impl Purpose {
    /// The purpose of this name. The name is part of a run's result: another name draws other
    /// numbers.
    pub const fn new(name: &str) -> Self {
        let (bytes, mut hash, mut place) = (name.as_bytes(), 0, 0);
        while place < bytes.len() {
            hash = mix(hash, bytes[place] as u64);
            place += 1;
        }
        Purpose(mix(hash, bytes.len() as u64))
    }
}
impl From<&str> for Purpose {
    fn from(name: &str) -> Self {
        Purpose::new(name)
    }
}

/// The name of an instance, hashed, for [`Streams::within`].
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope(u64);

impl Scope {
    /// The scope of this name; the empty name is no scope.
    pub const fn of(name: &str) -> Self {
        if name.is_empty() { Scope(0) } else { Scope(Purpose::new(name).0) }
    }
}

/// The root of all streams of one run.
///
/// ```
/// use pinwheel_core::Streams;
///
/// let run = Streams::new(42, 0);
/// let mut lives = run.stream(7, "device.life");
/// let (first, second) = (lives.next_u64(), lives.next_u64());
/// // The stream of an entity and purpose always begins with the same numbers...
/// let mut again = run.stream(7, "device.life");
/// assert_eq!((first, second), (again.next_u64(), again.next_u64()));
/// // ... and has nothing to do with that of another entity, purpose or run.
/// assert_ne!(first, run.stream(8, "device.life").next_u64());
/// assert_ne!(first, run.stream(7, "device.repair").next_u64());
/// assert_ne!(first, run.with_run(1).stream(7, "device.life").next_u64());
/// ```
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streams {
    seed: u64,
    run: u32,
    /// Added to the numbers of all entities.
    first_entity: u32,
    /// The names of the instances these streams are of, hashed; 0 where there is none.
    scope: u64,
    /// Seed, run and scope, hashed once.
    root: u64,
}

impl Streams {
    /// The streams of a run of a seed.
    pub const fn new(seed: u64, run: u32) -> Self {
        Streams::of(seed, run, 0)
    }
    const fn of(seed: u64, run: u32, scope: u64) -> Self {
        let root = mix(mix(0, seed), run as u64);
        let root = if scope == 0 { root } else { mix(root, scope) };
        Streams { seed, run, first_entity: 0, scope, root }
    }
    /// The streams of one instance: of a network in a world of several, of a class of devices, of
    /// a station. Two instances draw independent numbers for the same entity and purpose, and no
    /// instance moves the numbers of another. The empty name leaves the streams as they are.
    ///
    /// ```
    /// use pinwheel_core::Streams;
    ///
    /// let run = Streams::new(42, 0);
    /// let draw = |streams: Streams| streams.stream(0, "price").next_u64();
    /// assert_ne!(draw(run.scoped("io")), draw(run.scoped("fil")));
    /// assert_eq!(run.scoped(""), run);
    /// ```
    pub const fn scoped(self, name: &str) -> Self {
        self.within(Scope::of(name))
    }
    /// The same by the hash of the name.
    pub const fn within(self, inner: Scope) -> Self {
        if inner.0 == 0 {
            return self;
        }
        let scope = mix(self.scope, inner.0);
        Streams::of(self.seed, self.run, scope).numbered_from(self.first_entity)
    }
    /// The same streams for a part of the world whose entity 0 is the whole's `first_entity`: what
    /// is drawn does not depend on how the world is cut.
    pub const fn numbered_from(self, first_entity: u32) -> Self {
        Streams { first_entity, ..self }
    }
    /// The same entities in another run of the same seed.
    pub const fn with_run(self, run: u32) -> Self {
        Streams::of(self.seed, run, self.scope).numbered_from(self.first_entity)
    }
    /// The seed of all runs.
    pub const fn seed(&self) -> u64 {
        self.seed
    }
    /// The number of the run.
    pub const fn run(&self) -> u32 {
        self.run
    }
    /// The stream of one entity for one purpose, from its beginning. Keep it in the entity's state
    /// if it is drawn from again.
    pub fn stream(&self, entity: u32, purpose: impl Into<Purpose>) -> Stream {
        self.indexed(entity, purpose, 0)
    }
    /// The stream of one entity, purpose and index (an epoch, a day): for draws that keep no state.
    #[inline]
    pub fn indexed(&self, entity: u32, purpose: impl Into<Purpose>, index: u64) -> Stream {
        let (key, entity) = (mix(self.root, purpose.into().0), self.first_entity + entity);
        Stream { key, entity, index, block: 0, spare: None }
    }
}

/// One step of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014) that takes in a word: a bijection of the word for each state.
const fn mix(state: u64, word: u64) -> u64 {
    let mut z = (state ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A sequence of 2^33 random words that depends only on its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    /// Seed, run and purpose.
    key: u64,
    index: u64,
    entity: u32,
    block: u32,
    /// The second half of the last block, if it was not used yet.
    spare: Option<u64>,
}

impl Stream {
    /// 64 uniform random bits.
    ///
    /// # Panics
    ///
    /// After 2^33 words.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let counter = [self.block, self.index as u32, (self.index >> 32) as u32, self.entity];
        let word = philox4x32_10(counter, [self.key as u32, (self.key >> 32) as u32]);
        self.block = self.block.checked_add(1).expect("a stream has 2^33 words");
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
    /// A uniform integer in [0, bound), without bias (Lemire, "Fast random integer generation in an
    /// interval", 2019).
    ///
    /// # Panics
    ///
    /// If `bound` is zero.
    #[inline]
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "an empty range has no member");
        let mut product = u128::from(self.next_u64()) * u128::from(bound);
        if (product as u64) < bound {
            // Only here can a value be one too many; the division is worth it.
            let excess = bound.wrapping_neg() % bound;
            while (product as u64) < excess {
                product = u128::from(self.next_u64()) * u128::from(bound);
            }
        }
        (product >> 64) as u64
    }
}

/// A stream is an infallible generator for everything written against `rand_core`.
impl TryRng for Stream {
    type Error = Infallible;
    /// The low half of a word; the other half is not kept.
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.next_u64() as u32)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next_u64())
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        utils::fill_bytes_via_next_word(bytes, || Ok(self.next_u64()))
    }
}

/// Ten rounds of Philox 4x32 on one counter block.
#[inline]
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
