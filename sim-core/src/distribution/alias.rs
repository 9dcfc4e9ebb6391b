//! Weighted choice in constant time.

use serde::{Deserialize, Serialize};

use super::{Check, DistributionError};
use crate::random::Stream;

/// Picks a place with a chance in proportion to its weight, one word a pick (Walker, ACM TOMS 3,
/// 1977; built as in Vose, "A linear algorithm for generating random numbers with a given
/// distribution", IEEE TSE 17, 1991). A place of weight zero is never picked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AliasTable {
    columns: Vec<Column>,
    /// Room to rebuild without allocation.
    #[serde(skip)]
    workshop: Workshop,
}

/// One of `n` equal columns: below `own` (of 2^64) it is its own place, above its alias.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Column {
    own: u64,
    alias: u32,
}

#[derive(Clone, Debug, Default)]
struct Workshop {
    /// Weights over their mean: what is still to be placed.
    shares: Vec<f64>,
    /// Places with a share below 1 (`small`) and the others (`large`), as stacks.
    small: Vec<u32>,
    large: Vec<u32>,
}

const COLUMN: f64 = (1u128 << 64) as f64;

impl AliasTable {
    /// A table over weights in any unit.
    ///
    /// # Errors
    ///
    /// If there is no weight, one is negative or not finite, or all are zero.
    pub fn new(weights: impl IntoIterator<Item = f64>) -> Result<Self, DistributionError> {
        let mut table = AliasTable { columns: vec![], workshop: Workshop::default() };
        table.rebuild(weights)?;
        Ok(table)
    }
    /// How many places there are to pick from.
    pub fn places(&self) -> usize {
        self.columns.len()
    }

    /// A place in `0..places()`.
    #[inline]
    pub fn pick(&self, stream: &mut Stream) -> usize {
        let product = u128::from(stream.next_u64()) * self.columns.len() as u128;
        let (place, height) = ((product >> 64) as usize, product as u64);
        let column = self.columns[place];
        if height < column.own { place } else { column.alias as usize }
    }

    /// Takes new weights, as many as there are, without allocation if there were as many before. On
    /// an error the table stays as it was.
    ///
    /// # Errors
    ///
    /// If there is no weight, one is negative or not finite, or all are zero.
    pub fn rebuild(
        &mut self,
        weights: impl IntoIterator<Item = f64>,
    ) -> Result<(), DistributionError> {
        let Workshop { shares, small, large } = &mut self.workshop;
        shares.clear();
        shares.extend(weights);
        let heaviest = normalise(shares)?;
        for stack in [&mut *small, &mut *large] {
            stack.clear();
            stack.reserve(shares.len());
        }
        self.columns.clear();
        for (place, share) in shares.iter().enumerate() {
            let stack = if *share < 1.0 { &mut *small } else { &mut *large };
            stack.push(place as u32);
            self.columns.push(Column { own: u64::MAX, alias: place as u32 });
        }
        while let Some(poor) = small.pop() {
            // Rounding may use up the large ones early: the heaviest then lends what is missing.
            let rich = large.last().copied().unwrap_or(heaviest);
            let (share, column) = (shares[poor as usize], &mut self.columns[poor as usize]);
            *column = Column { own: (share * COLUMN) as u64, alias: rich };
            let rest = &mut shares[rich as usize];
            *rest -= 1.0 - share;
            if *rest < 1.0 && large.pop().is_some() {
                small.push(rich);
            }
        }
        Ok(())
    }
}

/// Two tables are equal if they pick alike.
impl PartialEq for AliasTable {
    fn eq(&self, other: &Self) -> bool {
        self.columns == other.columns
    }
}

/// Divides the weights by their mean and returns the place of the largest.
fn normalise(weights: &mut [f64]) -> Result<u32, DistributionError> {
    let (check, mut total, mut heaviest) = (Check("alias table"), 0.0, 0);
    let count = weights.len() as f64;
    check.that(
        (1.0..4294967296.0).contains(&count),
        "number of weights",
        count,
        "1 to 2^32 - 1",
    )?;
    for (place, weight) in weights.iter().enumerate() {
        total += check.not_negative("weight", *weight)?;
        if *weight > weights[heaviest] {
            heaviest = place;
        }
    }
    check.positive("sum of weights", total)?;
    let scale = check.positive("number of weights over their sum", count / total)?;
    weights.iter_mut().for_each(|weight| *weight *= scale);
    Ok(heaviest as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rebuild_of_the_same_length_does_not_allocate() {
        // One large and many small places, then many large ones: each stack is filled in turn.
        let weights = |odd: f64| (0..1_000).map(move |place| if place == 7 { odd } else { 1.0 });
        let mut table = AliasTable::new(weights(1e6)).expect("valid weights");
        let places = |table: &AliasTable| {
            let Workshop { shares, small, large } = &table.workshop;
            (table.columns.as_ptr(), shares.as_ptr(), small.as_ptr(), large.as_ptr())
        };
        let before = places(&table);
        table.rebuild(weights(0.0)).expect("valid weights");
        assert_eq!(places(&table), before);
    }
}
