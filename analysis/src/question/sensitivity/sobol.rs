//! Sobol indices: which share of the variance an input explains, alone and with its interactions.

use super::Estimate;
use crate::statistics::{Bootstrap, mean};

/// The shares of the variance that hang on one input.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Shares {
    /// What goes when the input alone is fixed (first order).
    pub first: Estimate,
    /// What stays when everything else is fixed (total order).
    pub total: Estimate,
}

/// Shares of the variance of one outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Sobol {
    /// Base samples used; one with an output that is not finite is left out.
    pub base_samples: usize,
    /// Mean of the output.
    pub mean: f64,
    /// Variance of the output.
    pub variance: f64,
    /// One for each input, in the order of the design.
    pub inputs: Vec<Shares>,
}

/// The outputs of one base sample, less the mean of all: at A, at B, at A with one input from B.
type Block<'a> = &'a [f64];

impl Sobol {
    /// From outputs in blocks of `inputs + 2` rows: A, B, then A with each input from B.
    ///
    /// First order after Saltelli et al., "Variance based sensitivity analysis of model output"
    /// (2010), equation (b) of table 2; total order after Jansen, "Analysis of variance designs
    /// for model output" (1999), equation (f) there. The intervals come from drawing the base
    /// samples again. `None` for fewer than two base samples, and when the outputs do not vary.
    pub fn of(outputs: &[f64], inputs: usize, again: Bootstrap) -> Option<Sobol> {
        let blocks = outputs.chunks_exact(inputs + 2);
        if !blocks.remainder().is_empty() {
            return None;
        }
        let finite: Vec<&[f64]> =
            blocks.filter(|block| block.iter().all(|value| value.is_finite())).collect();
        let at_a_and_b: Vec<f64> = finite.iter().flat_map(|block| [block[0], block[1]]).collect();
        let mean = mean(&at_a_and_b)?;
        // A constant changes no index but loses digits in products.
        let centred: Vec<Vec<f64>> =
            finite.iter().map(|block| block.iter().map(|value| value - mean).collect()).collect();
        let blocks: Vec<Block<'_>> = centred.iter().map(Vec::as_slice).collect();
        let variance = variance(&blocks);
        if blocks.len() < 2 || variance <= f64::EPSILON * mean * mean {
            return None;
        }
        let found = shares(&blocks, inputs);
        let intervals = again.intervals(blocks.len(), |places| {
            let drawn: Vec<Block<'_>> = places.iter().map(|place| blocks[*place]).collect();
            shares(&drawn, inputs)
        });
        let estimate = |place: usize| {
            let value = found[place];
            let (low, high) = intervals[place].unwrap_or((value, value));
            Estimate { value, low, high }
        };
        let inputs = (0..inputs)
            .map(|input| Shares { first: estimate(2 * input), total: estimate(2 * input + 1) })
            .collect();
        Some(Sobol { base_samples: blocks.len(), mean, variance, inputs })
    }
}

/// The variance over all outputs at A and B.
fn variance(blocks: &[Block<'_>]) -> f64 {
    let count = 2.0 * blocks.len() as f64;
    let mean = blocks.iter().map(|block| block[0] + block[1]).sum::<f64>() / count;
    let square = |value: f64| (value - mean) * (value - mean);
    blocks.iter().map(|block| square(block[0]) + square(block[1])).sum::<f64>() / count
}

/// First and total share of each input in turn.
fn shares(blocks: &[Block<'_>], inputs: usize) -> Vec<f64> {
    let (variance, count) = (variance(blocks), blocks.len() as f64);
    let mut shares = Vec::with_capacity(2 * inputs);
    for input in 0..inputs {
        let first = |block: &Block<'_>| block[1] * (block[2 + input] - block[0]);
        let total = |block: &Block<'_>| {
            let difference = block[0] - block[2 + input];
            difference * difference / 2.0
        };
        shares.push(blocks.iter().map(first).sum::<f64>() / count / variance);
        shares.push(blocks.iter().map(total).sum::<f64>() / count / variance);
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::super::known::{ISHIGAMI_FIRST, ISHIGAMI_TOTAL, g, g_shares, ishigami};
    use super::*;
    use pinwheel_models::scenario::design::Kind;

    fn sobol(inputs: usize, n: usize, output: impl Fn(&[f64]) -> f64) -> Sobol {
        let outputs: Vec<f64> =
            Kind::Sobol.design(n, inputs, 1).iter().map(|row| output(row)).collect();
        Sobol::of(&outputs, inputs, Bootstrap { draws: 200, seed: 1 }).expect("outputs vary")
    }

    #[test]
    fn ishigami_has_its_known_shares_within_a_hundredth() {
        let found = sobol(3, 8_192, ishigami);
        // Mean a / 2; variance a^2 / 8 + b pi^4 / 5 + b^2 pi^8 / 18 + 1 / 2.
        assert!((found.mean - 3.5).abs() < 0.01 && (found.variance - 13.8446).abs() < 0.1);
        for (input, shares) in found.inputs.iter().enumerate() {
            let (first, total) = (ISHIGAMI_FIRST[input], ISHIGAMI_TOTAL[input]);
            assert!((shares.first.value - first).abs() < 0.01, "{input}: {shares:?}");
            assert!((shares.total.value - total).abs() < 0.01, "{input}: {shares:?}");
            assert!(shares.first.low <= first && first <= shares.first.high, "{shares:?}");
            assert!(shares.total.low <= total && total <= shares.total.high, "{shares:?}");
        }
    }

    #[test]
    fn sobols_g_has_its_known_shares_within_a_hundredth() {
        let found = sobol(6, 8_192, g);
        for (shares, (first, total)) in found.inputs.iter().zip(g_shares()) {
            assert!((shares.first.value - first).abs() < 0.01, "{shares:?} is not {first}");
            assert!((shares.total.value - total).abs() < 0.01, "{shares:?} is not {total}");
        }
    }

    #[test]
    fn a_far_mean_and_a_broken_run_change_little() {
        let near = sobol(3, 1_024, ishigami);
        let far = sobol(3, 1_024, |row| ishigami(row) + 1e6);
        assert!((near.inputs[0].first.value - far.inputs[0].first.value).abs() < 1e-6);
        let mut outputs: Vec<f64> =
            Kind::Sobol.design(64, 3, 1).iter().map(|row| ishigami(row)).collect();
        outputs[7] = f64::NAN;
        let found = Sobol::of(&outputs, 3, Bootstrap { draws: 50, seed: 1 }).unwrap();
        assert_eq!(found.base_samples, 63);
        assert!(found.inputs.iter().all(|shares| shares.total.value.is_finite()));
        assert_eq!(Sobol::of(&outputs[..5], 3, Bootstrap::seeded(1)), None, "one base sample");
    }
}
