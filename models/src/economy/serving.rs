//! Who serves: nodes online, their capacity, and how unevenly it is spread.

use serde::{Deserialize, Serialize};

const WORD: usize = u64::BITS as usize;

/// Nodes by the rank of their capacity, the smallest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Serving {
    pub online: usize,
    pub capacity: u64,
    /// Capacity of each rank, and of all ranks up to it.
    ranked: Vec<u64>,
    up_to: Vec<u64>,
    /// Sum of rank times capacity over all nodes, ranks counted from 1.
    weighted: u128,
    /// A bit for each rank that does not serve.
    off: Vec<u64>,
}

impl Serving {
    /// All of these capacities, in order.
    pub fn new(ranked: Vec<u64>) -> Self {
        let sums = ranked.iter().scan(0, |sum, capacity| {
            *sum += capacity;
            Some(*sum)
        });
        let up_to: Vec<u64> = sums.collect();
        let terms = (1u128..).zip(&ranked).map(|(rank, capacity)| rank * u128::from(*capacity));
        Serving {
            online: ranked.len(),
            capacity: up_to.last().copied().unwrap_or_default(),
            weighted: terms.sum(),
            off: vec![0; ranked.len().div_ceil(WORD)],
            up_to,
            ranked,
        }
    }

    /// A node that did not serve does now, or the other way round.
    pub fn turn(&mut self, rank: u32, serves: bool) {
        let rank = rank as usize;
        let capacity = self.ranked[rank];
        self.off[rank / WORD] ^= 1 << (rank % WORD);
        if serves {
            self.online += 1;
            self.capacity += capacity;
        } else {
            self.online -= 1;
            self.capacity -= capacity;
        }
    }

    /// The Gini coefficient of the capacities that serve: `2 sum(i x_i) / (n sum(x)) - (n + 1) / n`
    /// over the values in order (Gini, "Variabilità e mutabilità", 1912). Nothing is sorted: the
    /// sum over all nodes is known from the start, and whoever is off takes its own term away and
    /// one rank of all above it that are on.
    pub fn gini(&self) -> f64 {
        if self.capacity == 0 {
            return 0.0;
        }
        let (mut weighted, mut above, mut end) = (self.weighted, 0, self.ranked.len());
        for (place, word) in self.off.iter().enumerate().rev() {
            let mut left = *word;
            while left != 0 {
                let bit = WORD - 1 - left.leading_zeros() as usize;
                left ^= 1 << bit;
                let rank = place * WORD + bit;
                // Those on between this one and the one before.
                above += self.up_to[end - 1] - self.up_to[rank];
                weighted -= (rank as u128 + 1) * u128::from(self.ranked[rank]) + u128::from(above);
                end = rank;
            }
        }
        let count = self.online as f64;
        2.0 * weighted as f64 / (count * self.capacity as f64) - (count + 1.0) / count
    }
}
