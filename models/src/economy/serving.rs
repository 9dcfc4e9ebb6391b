//! Who serves: nodes online, their capacity, and how unevenly it is spread.

use serde::{Deserialize, Serialize};

/// Some of those who serve.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Part {
    count: u32,
    capacity: u64,
}

/// Nodes by the rank of their capacity, the smallest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Serving {
    pub online: usize,
    pub capacity: u64,
    /// Capacity of each rank.
    ranked: Vec<u64>,
    /// Partial sums: entry `i` is of the last `i & -i` ranks before rank `i`, entry 0 of none
    /// (Fenwick, "A new data structure for cumulative frequency tables", 1994).
    parts: Vec<Part>,
    /// Sum of place times capacity over those who serve, places counted from 1 among them.
    weighted: u128,
}

impl Serving {
    /// All of these capacities, in order.
    pub fn new(ranked: Vec<u64>) -> Self {
        let mut serving = Serving {
            online: 0,
            capacity: 0,
            parts: vec![Part::default(); ranked.len() + 1],
            weighted: 0,
            ranked,
        };
        (0..serving.ranked.len() as u32).for_each(|rank| serving.turn(rank, true));
        serving
    }

    /// A node that did not serve does now, or the other way round.
    pub fn turn(&mut self, rank: u32, serves: bool) {
        let capacity = self.ranked[rank as usize];
        let below = self.below(rank as usize);
        let own = u128::from(below.count + 1) * u128::from(capacity);
        // All above it move by one place.
        if serves {
            self.weighted += own + u128::from(self.capacity - below.capacity);
            self.online += 1;
            self.capacity += capacity;
        } else {
            self.online -= 1;
            self.capacity -= capacity;
            self.weighted -= own + u128::from(self.capacity - below.capacity);
        }
        let mut place = rank as usize + 1;
        while let Some(part) = self.parts.get_mut(place) {
            if serves {
                part.count += 1;
                part.capacity += capacity;
            } else {
                part.count -= 1;
                part.capacity -= capacity;
            }
            place += place & place.wrapping_neg();
        }
    }

    /// Those who serve and have a lower rank.
    fn below(&self, rank: usize) -> Part {
        let (mut sum, mut place) = (Part::default(), rank);
        while place > 0 {
            let part = self.parts[place];
            sum.count += part.count;
            sum.capacity += part.capacity;
            place &= place - 1;
        }
        sum
    }

    /// The Gini coefficient of the capacities that serve: `2 sum(i x_i) / (n sum(x)) - (n + 1) / n`
    /// over the values in order (Gini, "Variabilità e mutabilità", 1912). The sum is kept as nodes
    /// come and go, so that nothing is sorted and nobody is looked at.
    pub fn gini(&self) -> f64 {
        if self.capacity == 0 {
            return 0.0;
        }
        let count = self.online as f64;
        2.0 * self.weighted as f64 / (count * self.capacity as f64) - (count + 1.0) / count
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_kept_is_what_a_sort_would_find(
            capacities in prop::collection::vec(1u64..1 << 40, 1..200),
            turned in prop::collection::vec(any::<prop::sample::Index>(), 0..400),
        ) {
            let mut ranked = capacities;
            ranked.sort_unstable();
            let mut serving = Serving::new(ranked.clone());
            let mut serves = vec![true; ranked.len()];
            for index in turned {
                let rank = index.index(ranked.len());
                serves[rank] = !serves[rank];
                serving.turn(rank as u32, serves[rank]);
            }
            let there = ranked.iter().zip(&serves).filter(|(_, serves)| **serves);
            let there: Vec<u64> = there.map(|(capacity, _)| *capacity).collect();
            let weighted = (1u128..).zip(&there).map(|(place, x)| place * u128::from(*x)).sum();
            prop_assert_eq!(serving.weighted, weighted);
            prop_assert_eq!(serving.online, there.len());
            prop_assert_eq!(serving.capacity, there.iter().sum::<u64>());
        }
    }
}
