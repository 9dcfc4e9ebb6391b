//! Morris screening: how far an outcome moves when one input crosses its range.

use pinwheel_core::math;

use super::Estimate;
use crate::statistics::{Bootstrap, mean, variance};

/// The elementary effects of one input, for its whole range.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Effect {
    /// Mean of the sizes of the effects: how much it matters (mu*).
    pub size: Estimate,
    /// Mean of the effects: in which direction (mu).
    pub mean: f64,
    /// Standard deviation of the effects: how much it hangs on the other inputs, or bends (sigma).
    pub spread: f64,
}

/// Effects of all inputs on one outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Morris {
    /// Walks used; one with an output that is not finite is left out.
    pub walks: usize,
    /// Standard deviation of the outcome over all rows: what effects are large against.
    pub deviation: f64,
    /// One for each input, in the order of the design.
    pub inputs: Vec<Effect>,
}

impl Morris {
    /// From rows in the unit cube and their outputs, in walks of `inputs + 1` rows of which each
    /// changes one input of the row before (Morris, "Factorial sampling plans for preliminary
    /// computational experiments", 1991; mu* after Campolongo, Cariboni and Saltelli, "An effective
    /// screening design for sensitivity analysis of large models", 2007). `None` for fewer than two
    /// walks, and when the outputs do not vary.
    pub fn of(rows: &[Vec<f64>], outputs: &[f64], again: Bootstrap) -> Option<Morris> {
        let inputs = rows.first()?.len();
        if rows.len() != outputs.len() || !rows.len().is_multiple_of(inputs + 1) {
            return None;
        }
        let walks = rows.chunks_exact(inputs + 1).zip(outputs.chunks_exact(inputs + 1));
        let (mut effects, mut all) = (Vec::new(), Vec::new());
        for (rows, outputs) in walks {
            if outputs.iter().all(|output| output.is_finite()) {
                effects.push(walk(rows, outputs));
                all.extend(outputs);
            }
        }
        let deviation = math::sqrt(variance(&all)?);
        if effects.len() < 2 || deviation <= f64::EPSILON * math::abs(mean(&all)?) {
            return None;
        }
        let sizes = |places: &mut dyn Iterator<Item = usize>| {
            let (mut sums, mut count) = (vec![0.0; inputs], 0.0);
            for place in places {
                sums.iter_mut().zip(&effects[place]).for_each(|(sum, effect)| *sum += effect.abs());
                count += 1.0;
            }
            sums.into_iter().map(|sum| sum / count).collect::<Vec<f64>>()
        };
        let found = sizes(&mut (0..effects.len()));
        let intervals = again.intervals(effects.len(), |places| sizes(&mut places.iter().copied()));
        let of = |input: usize| {
            let column: Vec<f64> = effects.iter().map(|walk| walk[input]).collect();
            let value = found[input];
            let (low, high) = intervals[input].unwrap_or((value, value));
            let spread = math::sqrt(variance(&column)?);
            Some(Effect { size: Estimate { value, low, high }, mean: mean(&column)?, spread })
        };
        let inputs = (0..inputs).map(of).collect::<Option<Vec<Effect>>>()?;
        Some(Morris { walks: effects.len(), deviation, inputs })
    }
}

/// The effect of each input in one walk: change of the output over change of the input.
fn walk(rows: &[Vec<f64>], outputs: &[f64]) -> Vec<f64> {
    let mut effects = vec![0.0; rows[0].len()];
    for (rows, outputs) in rows.windows(2).zip(outputs.windows(2)) {
        for (input, effect) in effects.iter_mut().enumerate() {
            let step = rows[1][input] - rows[0][input];
            if step != 0.0 {
                *effect = (outputs[1] - outputs[0]) / step;
            }
        }
    }
    effects
}

#[cfg(test)]
mod tests {
    use super::super::known::{G_WEIGHTS, g};
    use super::*;
    use pinwheel_models::scenario::design::Kind;

    fn morris(inputs: usize, walks: usize, output: impl Fn(&[f64]) -> f64) -> Morris {
        let rows = Kind::Morris.design(walks, inputs, 3);
        let outputs: Vec<f64> = rows.iter().map(|row| output(row)).collect();
        Morris::of(&rows, &outputs, Bootstrap { draws: 200, seed: 3 }).expect("outputs vary")
    }

    #[test]
    fn a_plane_has_its_slopes_and_no_spread() {
        let found = morris(3, 10, |row| 2.0 * row[0] - 5.0 * row[1] + 100.0);
        let [up, down, idle] = [found.inputs[0], found.inputs[1], found.inputs[2]];
        assert!((up.mean - 2.0).abs() < 1e-9 && (up.size.value - 2.0).abs() < 1e-9);
        assert!((down.mean + 5.0).abs() < 1e-9 && (down.size.value - 5.0).abs() < 1e-9);
        assert!(up.spread < 1e-9 && down.spread < 1e-9, "{found:?}");
        assert_eq!((idle.size.value, idle.size.high), (0.0, 0.0));
    }

    #[test]
    fn an_interaction_has_spread_and_a_sign_that_cancels() {
        // y = (2 a - 1)(2 b - 1): the slope along a is 2 (2 b - 1), at levels 0, 1/3, 2/3, 1: 2 or
        // 2/3 in size, 4/3 on average, and none on average with its sign.
        let found = morris(2, 400, |row| (2.0 * row[0] - 1.0) * (2.0 * row[1] - 1.0));
        for effect in &found.inputs {
            assert!((effect.size.value - 4.0 / 3.0).abs() < 0.1, "{effect:?}");
            assert!(effect.size.low < 4.0 / 3.0 && 4.0 / 3.0 < effect.size.high, "{effect:?}");
            assert!(effect.mean.abs() < 0.2 && effect.spread > 1.0, "{effect:?}");
        }
    }

    #[test]
    fn sobols_g_is_screened_in_the_order_of_its_weights() {
        let found = morris(6, 100, g);
        for pair in [[0, 1], [1, 2], [2, 3], [3, 4]] {
            let [heavy, light] = pair.map(|input| found.inputs[input].size.value);
            assert!(heavy > light, "weight {} before {}", G_WEIGHTS[pair[0]], G_WEIGHTS[pair[1]]);
        }
        // Levels 0, 1/3, 2/3, 1 make |4 x - 2| move by 4/3 each jump: 2 for the range, times the
        // other factors, whose mean over the levels is (4/3 + a) / (1 + a).
        let others: f64 = G_WEIGHTS[1..].iter().map(|a| (4.0 / 3.0 + a) / (1.0 + a)).product();
        let expected = 2.0 * others;
        assert!((found.inputs[0].size.value / expected - 1.0).abs() < 0.05, "{found:?}");
    }
}
