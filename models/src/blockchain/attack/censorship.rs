//! One account whose transactions captured validators refuse: how long it waits.
//!
//! The account always has one transaction in wait; as soon as it is in a final block, the next is
//! sent. With independent slots the wait is geometric.

use serde::{Deserialize, Serialize};

/// Longest wait that is told apart; longer ones are counted as this.
const SLOTS_MAX: usize = 10_000;

/// The waits of a refused account, in slots.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Censorship {
    waiting: u64,
    /// Times the account was included.
    pub included: u64,
    slots: u64,
    /// Transactions by the slots they waited, the slot of their inclusion counted.
    by_wait: Vec<u64>,
}

impl Censorship {
    /// One more slot has passed, in which the account was included or not.
    pub fn slot(&mut self, included: bool) {
        self.waiting += 1;
        if !included {
            return;
        }
        let wait = (self.waiting as usize).min(SLOTS_MAX);
        if self.by_wait.len() <= wait {
            self.by_wait.resize(wait + 1, 0);
        }
        self.by_wait[wait] += 1;
        self.included += 1;
        self.slots += self.waiting;
        self.waiting = 0;
    }

    /// Mean wait of the included transactions.
    pub fn mean_slots(&self) -> f64 {
        if self.included == 0 { f64::INFINITY } else { self.slots as f64 / self.included as f64 }
    }
    /// Slots within which a share `part` of the included transactions were included.
    pub fn quantile_slots(&self, part: f64) -> u64 {
        let wanted = self.included as f64 * part;
        let mut seen = 0;
        for (wait, count) in self.by_wait.iter().enumerate() {
            seen += count;
            if *count > 0 && seen as f64 >= wanted {
                return wait as u64;
            }
        }
        self.by_wait.len() as u64
    }
}
