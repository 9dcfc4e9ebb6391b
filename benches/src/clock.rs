//! Time spent by this thread, which neighbours on the machine disturb less than time passed.

#![allow(clippy::disallowed_types, reason = "a measurement is the one place that needs a clock")]

use std::sync::OnceLock;
use std::time::Instant;

/// Nanoseconds of processor time of this thread where Linux tells it (the tick of the kernel is
/// its error, at most some milliseconds), and of a steady clock elsewhere.
pub fn spent_nanos() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let start = START.get_or_init(Instant::now);
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .unwrap_or_else(|| start.elapsed().as_nanos() as u64)
}

/// The middle of some measurements; of an even number the upper one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
