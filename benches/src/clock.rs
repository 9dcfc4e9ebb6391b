//! Time spent by this thread or process, which neighbours on the machine disturb less than time
//! passed; and the memory the process has.

#![allow(clippy::disallowed_types, reason = "a measurement is the one place that needs a clock")]

use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;

/// Nanoseconds of processor time of this thread where Linux tells it (the tick of the kernel is
/// its error, at most some milliseconds), and of a steady clock elsewhere.
pub fn spent_nanos() -> u64 {
    spent_by(Path::new("/proc/thread-self")).unwrap_or_else(passed_nanos)
}

/// The same of all threads of this process that are alive.
pub fn process_spent_nanos() -> u64 {
    let tasks = std::fs::read_dir("/proc/self/task").ok();
    let spent = tasks.map(|tasks| tasks.flatten().filter_map(|task| spent_by(&task.path())).sum());
    spent.unwrap_or_else(passed_nanos)
}

fn spent_by(task: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(task.join("schedstat")).ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// Nanoseconds passed since this was first called.
pub fn passed_nanos() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

/// Bytes of memory the process has now, and the most it ever had; `None` where nobody tells.
pub fn resident_bytes() -> Option<(u64, u64)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let bytes = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1_024)
    };
    Some((bytes("VmRSS:")?, bytes("VmHWM:")?))
}

/// The middle of some measurements; of an even number the upper one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Least, middle and greatest of some measurements.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Spread {
    pub least: f64,
    pub middle: f64,
    pub greatest: f64,
}

impl Spread {
    /// Of at least one.
    pub fn of(values: Vec<f64>) -> Self {
        let (least, greatest) = values
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, g), v| (l.min(*v), g.max(*v)));
        Spread { least, middle: median(values), greatest }
    }
    /// "middle (least to greatest)".
    pub fn shown(self, decimals: usize) -> String {
        let Spread { least, middle, greatest } = self;
        format!("{middle:.decimals$} ({least:.decimals$} to {greatest:.decimals$})")
    }
}
