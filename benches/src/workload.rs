//! PHOLD's rule, shared by every program it is measured in: each event of a logical process (LP)
//! makes one other, for a random LP in one of four cases and else for itself, after a lookahead
//! and an exponential delay. Fujimoto, "Performance of Time Warp under synthetic workloads" (1990).

use pinwheel_core::math;
use serde::{Deserialize, Serialize};

/// Share of events that go to a random LP.
const REMOTE: f64 = 0.25;
const LOOKAHEAD_NANOS: f64 = 0.1e9;
const MEAN_NANOS: f64 = 0.9e9;

/// One logical process: a splitmix64 generator (Steele, Lea and Flood 2014), cheap on purpose.
/// Its state tells two histories of a process apart.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lp(pub u64);

/// The event that an event makes.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    pub delay_nanos: u64,
    pub to: u32,
}

impl Lp {
    pub fn new(id: u32, seed: u64) -> Self {
        let mut lp = Lp(seed ^ u64::from(id) << 32);
        Lp(lp.next())
    }

    #[inline]
    pub fn hop(&mut self, own: u32, lps: u32) -> Hop {
        let to = if self.uniform() < REMOTE { (self.next() % u64::from(lps)) as u32 } else { own };
        let delay = LOOKAHEAD_NANOS - math::ln(1.0 - self.uniform()) * MEAN_NANOS;
        Hop { delay_nanos: delay as u64, to }
    }

    fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
