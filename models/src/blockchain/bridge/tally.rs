//! What became of the transfers of a bridge.

use pinwheel_core::{Amount, SimDuration};
use serde::{Deserialize, Serialize};

use super::settings::UNITS_PER_USD;

/// Size classes of transfers: names, and the size in dollars below which a transfer belongs to it.
pub const CLASSES: [(&str, u128); 4] =
    [("under_100", 100), ("100_to_1k", 1_000), ("1k_to_10k", 10_000), ("over_10k", u128::MAX)];

/// Received transfers of one size class.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// How many.
    pub received: u64,
    /// Their value together, in base units.
    pub value: Amount,
    /// Fees of all calls of the transfers, and what the bridge kept.
    pub cost: Amount,
}

impl Class {
    /// Dollars for one transfer.
    pub fn cost_usd(&self) -> f64 {
        usd(self.cost) / self.received as f64
    }
    /// Of what was sent.
    pub fn cost_share(&self) -> f64 {
        self.cost.0 as f64 / self.value.0 as f64
    }
}

/// All transfers so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Users with nothing to send.
    pub idle: u64,
    /// Refused by the chain they were sent on.
    pub failed: u64,
    /// Transfers whose senders got the money back.
    pub refunded: u64,
    /// Calls of relayers that changed nothing.
    pub refused: u64,
    /// Forged transfers that a contract paid.
    pub forgeries_honoured: u64,
    /// What users have sent.
    pub sent: Amount,
    /// Received transfers by their size.
    pub classes: [Class; CLASSES.len()],
    /// From the start to the receipt, nanoseconds.
    latencies: Vec<u64>,
}

impl Tally {
    /// A transfer is over: received, or refunded.
    pub fn end(&mut self, amount: Amount, cost: Amount, took: SimDuration, received: bool) {
        if !received {
            self.refunded += 1;
            return;
        }
        let dollars = amount.0 / UNITS_PER_USD;
        let place = CLASSES.iter().position(|&(_, below)| dollars < below);
        let class = &mut self.classes[place.unwrap_or(CLASSES.len() - 1)];
        class.received += 1;
        class.value += amount;
        class.cost += cost;
        self.latencies.push(took.as_nanos());
    }

    /// Transfers that were received.
    pub fn delivered(&self) -> u64 {
        self.latencies.len() as u64
    }
    /// All sizes together.
    pub fn whole(&self) -> Class {
        self.classes.iter().fold(Class::default(), |whole, class| Class {
            received: whole.received + class.received,
            value: whole.value + class.value,
            cost: whole.cost + class.cost,
        })
    }

    /// Mean seconds of the received transfers.
    pub fn latency_mean_seconds(&self) -> Option<f64> {
        const NANOS: f64 = 1e9;
        let sum: u128 = self.latencies.iter().map(|&nanos| u128::from(nanos)).sum();
        let count = self.latencies.len() as f64;
        (count > 0.0).then(|| sum as f64 / NANOS / count)
    }
    /// Seconds within which each of these shares of the received transfers were received.
    pub fn latency_seconds(&self, parts: [f64; 2]) -> Option<[f64; 2]> {
        const NANOS: f64 = 1e9;
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let last = sorted.len().checked_sub(1)?;
        Some(parts.map(|part| sorted[(last as f64 * part) as usize] as f64 / NANOS))
    }
}

/// An amount in dollars, for records.
pub fn usd(amount: Amount) -> f64 {
    amount.0 as f64 / UNITS_PER_USD as f64
}
