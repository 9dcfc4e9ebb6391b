//! Time that the machine takes: runs know none of it.

#![expect(clippy::disallowed_types, reason = "the user waits by a wall clock; runs have none")]

use std::time::{Duration, Instant};

/// Wall time since it was started.
#[derive(Copy, Clone, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts at zero.
    pub fn start() -> Self {
        Stopwatch(Instant::now())
    }

    /// Time since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    /// Seconds since the start.
    pub fn seconds(self) -> f64 {
        self.elapsed().as_secs_f64()
    }
}
