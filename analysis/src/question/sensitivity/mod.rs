//! Which inputs an outcome hangs on, from the outputs of a designed sample.
//!
//! Outputs come in the row order of the design (`pinwheel_models::scenario::design`). A Sobol
//! design gives shares of the variance ([`Sobol`]), a Morris design mean effects ([`Morris`]), a
//! Latin hypercube rank correlations ([`Ranks`]). Each is told in sentences by strength, after the
//! parameter selection under uncertainty of BlockScience: significant, somewhat, inconclusive,
//! none.

mod morris;
mod ranks;
mod sobol;
mod words;

pub use morris::{Effect, Morris};
pub use ranks::Ranks;
pub use sobol::{Shares, Sobol};
pub use words::{InputSentence, Strength};

use pinwheel_models::scenario::{Sample, design::Kind};

use crate::statistics::Bootstrap;

/// A number with its 95 % interval.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The estimate from all rows.
    pub value: f64,
    /// Lower end of its bootstrap interval.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
}

/// What a designed sample says about its inputs, in the order of its keys.
#[derive(Clone, Debug, PartialEq)]
pub enum Sensitivity {
    /// Shares of the variance.
    Sobol(Sobol),
    /// Elementary effects.
    Morris(Morris),
    /// Rank correlations.
    Ranks(Ranks),
}

impl Sensitivity {
    /// Of one outcome at every row of a sample drawn with `seed`; `None` when the outputs are too
    /// few or do not vary.
    pub fn of(sample: &Sample, seed: u64, outputs: &[f64]) -> Option<Sensitivity> {
        let keys = sample.ranges.len();
        let run = |row: Vec<f64>| -> Vec<f64> {
            row.into_iter().zip(&sample.ranges).map(|(at, range)| range.run_at(at)).collect()
        };
        let rows = || -> Vec<Vec<f64>> {
            sample.kind.design(sample.n as usize, keys, seed).into_iter().map(run).collect()
        };
        let again = Bootstrap::seeded(seed);
        match sample.kind {
            Kind::Sobol => Sobol::of(outputs, keys, again).map(Sensitivity::Sobol),
            Kind::Morris => Morris::of(&rows(), outputs, again).map(Sensitivity::Morris),
            Kind::LatinHypercube => Ranks::of(&rows(), outputs).map(Sensitivity::Ranks),
        }
    }

    /// One sentence for each input, the strongest first.
    pub fn sentences(&self, inputs: &[String], outcome: &str) -> Vec<InputSentence> {
        words::sentences(self, inputs, outcome)
    }

    /// The number that orders the inputs, in their order: the total share of the variance, the mean
    /// size of the effect, the partial rank correlation.
    pub fn sizes(&self) -> Vec<Estimate> {
        match self {
            Sensitivity::Sobol(sobol) => sobol.inputs.iter().map(|input| input.total).collect(),
            Sensitivity::Morris(morris) => morris.inputs.iter().map(|input| input.size).collect(),
            Sensitivity::Ranks(ranks) => ranks.inputs.clone(),
        }
    }
}

/// Functions whose indices are known, for the tests.
#[cfg(test)]
mod known {
    use pinwheel_core::math;

    pub const ISHIGAMI_FIRST: [f64; 3] = [0.3139, 0.4424, 0.0];
    pub const ISHIGAMI_TOTAL: [f64; 3] = [0.5576, 0.4424, 0.2437];

    /// Ishigami and Homma (1990) with a = 7, b = 0.1, on angles from -pi to pi.
    pub fn ishigami(row: &[f64]) -> f64 {
        let angle = |unit: f64| std::f64::consts::PI * (2.0 * unit - 1.0);
        let (x, y, z) = (angle(row[0]), angle(row[1]), angle(row[2]));
        math::sin(x) * (1.0 + 0.1 * math::pow(z, 4.0)) + 7.0 * math::pow(math::sin(y), 2.0)
    }

    /// Sobol's G: the product of (|4 x - 2| + a) / (1 + a), with the weights of Saltelli and Sobol
    /// (1995).
    pub const G_WEIGHTS: [f64; 6] = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0];

    pub fn g(row: &[f64]) -> f64 {
        let factor = |(x, a): (&f64, &f64)| (math::abs(4.0 * x - 2.0) + a) / (1.0 + a);
        row.iter().zip(&G_WEIGHTS).map(factor).product()
    }

    /// First-order and total shares of G in closed form.
    pub fn g_shares() -> Vec<(f64, f64)> {
        let part = |a: &f64| 1.0 / (3.0 * (1.0 + a) * (1.0 + a));
        let product: f64 = G_WEIGHTS.iter().map(|a| 1.0 + part(a)).product();
        let share = |a: &f64| {
            let rest = product / (1.0 + part(a));
            (part(a) / (product - 1.0), part(a) * rest / (product - 1.0))
        };
        G_WEIGHTS.iter().map(share).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_models::scenario::Range;

    /// Whole numbers from 0 to 1 are run at 0 and 1: the effect over the range is the difference.
    #[test]
    fn effects_are_those_of_the_values_that_were_run() {
        let range = |key: &str, whole| {
            let (key, unit) = (key.to_owned(), String::new());
            Range { key, low: 0.0, high: 1.0, unit, decimals: None, whole, log: false }
        };
        for kind in [Kind::Morris, Kind::LatinHypercube] {
            let ranges = vec![range("switch", true), range("share", false)];
            let sample = Sample { kind, n: 40, ranges };
            let output = |row: Vec<f64>| sample.ranges[0].at(row[0]) * 3.0 + row[1];
            let outputs: Vec<f64> = kind.design(40, 2, 9).into_iter().map(output).collect();
            let switch = Sensitivity::of(&sample, 9, &outputs).unwrap().sizes()[0];
            match kind {
                Kind::Morris => assert!((switch.value - 3.0).abs() < 1e-9, "{switch:?}"),
                _ => assert!(switch.value > 0.95, "{switch:?}"),
            }
        }
    }

    #[test]
    fn each_kind_of_design_finds_what_matters_in_its_own_way() {
        let range = |key: &str| Range {
            key: key.to_owned(),
            low: 0.0,
            high: 1.0,
            unit: String::new(),
            decimals: None,
            whole: false,
            log: false,
        };
        for (kind, n) in [(Kind::Sobol, 256), (Kind::Morris, 20), (Kind::LatinHypercube, 100)] {
            let ranges = ["weak", "strong", "idle"].map(range).to_vec();
            let sample = Sample { kind, n, ranges };
            let output = |row: &Vec<f64>| row[0] + 4.0 * row[1] * row[1];
            let outputs: Vec<f64> = kind.design(n as usize, 3, 5).iter().map(output).collect();
            let found = Sensitivity::of(&sample, 5, &outputs).expect("the outputs vary");
            let sizes = found.sizes();
            assert!(sizes[1].value > sizes[0].value && sizes[0].value > sizes[2].value.abs());
            let names = ["weak", "strong", "idle"].map(str::to_owned);
            let told = found.sentences(&names, "income");
            assert_eq!((told[0].input, told[2].input), (1, 2), "{kind:?}: {told:?}");
            assert_eq!(told[0].strength, Strength::Significant, "{kind:?}: {told:?}");
            let constant = vec![3.0; outputs.len()];
            assert_eq!(Sensitivity::of(&sample, 5, &constant), None, "{kind:?}");
            assert_eq!(Sensitivity::of(&sample, 5, &outputs[1..]), None, "{kind:?}");
        }
    }
}
