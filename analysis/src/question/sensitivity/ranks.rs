//! Partial rank correlations of a Latin hypercube: does more of an input give more of the outcome,
//! all else held?

use pinwheel_core::math;

use super::Estimate;
use crate::statistics::NORMAL_975;

/// A column that the others explain to this share has no part of its own.
const COLLINEAR: f64 = 1e-10;

/// Partial rank correlations of one outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranks {
    /// Rows used; one with an output that is not finite is left out.
    pub rows: usize,
    /// The share of the variance of the outcome's ranks that a plane through the inputs' ranks
    /// explains (R²): far below 1, effects bend back or interact, and correlations miss them.
    pub explained: f64,
    /// The rank correlation of each input with the output, in the order of the design.
    pub inputs: Vec<Estimate>,
}

impl Ranks {
    /// From rows and their outputs: the correlation of an input's ranks and the outcome's after the
    /// linear effect of all other inputs is taken off both (Iman and Conover, "The use of the rank
    /// transform in regression", 1979; Blower and Dowlatabadi, "Sensitivity and uncertainty
    /// analysis of complex models of disease transmission", 1994), with Fisher's interval
    /// `atanh(r) +- z / sqrt(rows - inputs - 2)`. `None` for too few rows, and when the outputs or
    /// an input do not vary.
    pub fn of(rows: &[Vec<f64>], outputs: &[f64]) -> Option<Ranks> {
        let inputs = rows.first()?.len();
        if rows.len() != outputs.len() {
            return None;
        }
        let kept: Vec<usize> = (0..rows.len()).filter(|row| outputs[*row].is_finite()).collect();
        let free = kept.len().checked_sub(inputs + 3)?;
        let mut columns: Vec<Vec<f64>> =
            (0..inputs).map(|input| kept.iter().map(|row| rows[*row][input]).collect()).collect();
        columns.push(kept.iter().map(|row| outputs[*row]).collect());
        let ranked: Vec<Vec<f64>> = columns.iter().map(|column| ranks(column)).collect();
        let inverse = inverse(correlations(&ranked)?)?;
        let outcome = inverse[inputs][inputs];
        let error = NORMAL_975 / math::sqrt((free + 1) as f64);
        let partial = |input: usize| {
            let scale = math::sqrt(inverse[input][input] * outcome);
            let value = (-inverse[input][inputs] / scale).clamp(-1.0, 1.0);
            let angle = (math::ln_1p(value) - math::ln_1p(-value)) / 2.0;
            let at = |angle: f64| math::tanh(angle);
            Estimate { value, low: at(angle - error), high: at(angle + error) }
        };
        let explained = 1.0 - 1.0 / outcome;
        Some(Ranks { rows: kept.len(), explained, inputs: (0..inputs).map(partial).collect() })
    }
}

/// Ranks from 1; equal values share the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for equal in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let rank = first as f64 + (equal.len() + 1) as f64 / 2.0;
        equal.iter().for_each(|place| ranks[*place] = rank);
        first += equal.len();
    }
    ranks
}

/// The matrix of correlations of columns; `None` when one does not vary.
fn correlations(columns: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let centred: Vec<Vec<f64>> = columns
        .iter()
        .map(|column| {
            let mean = column.iter().sum::<f64>() / column.len() as f64;
            column.iter().map(|value| value - mean).collect()
        })
        .collect();
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let lengths: Vec<f64> = centred.iter().map(|c| math::sqrt(product(c, c))).collect();
    if lengths.contains(&0.0) {
        return None;
    }
    let row = |i: usize| {
        let cell = |j: usize| product(&centred[i], &centred[j]) / (lengths[i] * lengths[j]);
        (0..columns.len()).map(cell).collect()
    };
    Some((0..columns.len()).map(row).collect())
}

/// The inverse of a positive definite matrix, by Gauss and Jordan. A column that hangs on the
/// others entirely is an outcome without noise (which is eased by the smallest amount) or a
/// design with one input twice (`None`).
fn inverse(mut matrix: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let size = matrix.len();
    for (place, row) in matrix.iter_mut().enumerate() {
        row.extend((0..size).map(|column| f64::from(u8::from(column == place))));
    }
    for pivot in 0..size {
        let last = pivot + 1 == size;
        if !last && matrix[pivot][pivot] < COLLINEAR {
            return None;
        }
        let scale = matrix[pivot][pivot].max(COLLINEAR);
        matrix[pivot].iter_mut().for_each(|cell| *cell /= scale);
        let source = matrix[pivot].clone();
        for (place, row) in matrix.iter_mut().enumerate() {
            if place != pivot {
                let factor = row[pivot];
                row.iter_mut().zip(&source).for_each(|(cell, from)| *cell -= factor * from);
            }
        }
    }
    Some(matrix.into_iter().map(|mut row| row.split_off(size)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::Streams;
    use pinwheel_models::scenario::design::Kind;

    #[test]
    fn equal_values_share_their_ranks() {
        assert_eq!(ranks(&[10.0, 20.0, 10.0, 5.0]), [2.5, 4.0, 2.5, 1.0]);
    }

    #[test]
    fn two_inputs_follow_the_formula_for_one_held() {
        let rows: Vec<Vec<f64>> = [(1.0, 2.0), (2.0, 1.0), (3.0, 4.0), (4.0, 3.0), (5.0, 6.0)]
            .into_iter()
            .chain([(6.0, 8.0), (7.0, 5.0), (8.0, 7.0)])
            .map(|(a, b)| vec![a, b])
            .collect();
        let outputs = [3.0, 1.0, 2.0, 5.0, 8.0, 4.0, 6.0, 7.0];
        // Spearman's 1 - 6 d^2 / n (n^2 - 1) of each pair, then r = (r_ay - r_ab r_by) / ...
        let spearman = |pairs: Vec<(f64, f64)>| {
            let squares: f64 = pairs.iter().map(|(a, b)| (a - b) * (a - b)).sum();
            1.0 - 6.0 * squares / (8.0 * 63.0)
        };
        let ab = spearman(rows.iter().map(|row| (row[0], row[1])).collect());
        let ay = spearman(rows.iter().zip(outputs).map(|(row, y)| (row[0], y)).collect());
        let by = spearman(rows.iter().zip(outputs).map(|(row, y)| (row[1], y)).collect());
        let expected = (ay - ab * by) / math::sqrt((1.0 - ab * ab) * (1.0 - by * by));
        let found = Ranks::of(&rows, &outputs).unwrap();
        assert!((found.inputs[0].value - expected).abs() < 1e-9, "{found:?} {expected}");
        // Fisher's interval with 8 - 2 - 2 = 4 behind the root: half a width of 0.98.
        let half = |x: f64| 0.5 * math::ln((1.0 + x) / (1.0 - x));
        let width = half(found.inputs[0].high) - half(found.inputs[0].low);
        assert!((width - 1.959_964).abs() < 1e-5, "{width}");
        let explained = (ay * ay + by * by - 2.0 * ay * by * ab) / (1.0 - ab * ab);
        assert!((found.explained - explained).abs() < 1e-9);
    }

    #[test]
    fn what_rises_correlates_however_it_bends_and_what_idles_does_not() {
        let mut missed = 0;
        for seed in 0..40 {
            let rows = Kind::LatinHypercube.design(200, 3, seed);
            let mut stream = Streams::new(seed, 0).stream(0, "noise");
            let bent = |row: &Vec<f64>| math::exp(5.0 * row[0]) / (1.0 + row[1]);
            let outputs: Vec<f64> =
                rows.iter().map(|row| bent(row) * (0.9 + 0.2 * stream.uniform())).collect();
            let found = Ranks::of(&rows, &outputs).unwrap();
            let [up, down, idle] = [found.inputs[0], found.inputs[1], found.inputs[2]];
            assert!(up.low > 0.95 && down.high < -0.5, "{found:?}");
            assert!(idle.value.abs() < 0.3 && found.explained > 0.9, "{found:?}");
            missed += u32::from(idle.low > 0.0 || idle.high < 0.0);
            assert_eq!(Ranks::of(&rows[..4], &outputs[..4]), None, "too few rows");
        }
        // A 95 % interval misses 2 of 40 on average, more than 6 once in 200 tries.
        assert!(missed <= 6, "{missed} of 40 intervals leave out zero");
    }

    #[test]
    fn an_outcome_without_noise_correlates_entirely_and_a_twin_input_is_refused() {
        let rows = Kind::LatinHypercube.design(50, 2, 9);
        let outputs: Vec<f64> = rows.iter().map(|row| row[0]).collect();
        let found = Ranks::of(&rows, &outputs).unwrap();
        assert!(found.inputs[0].value > 0.999 && found.explained > 0.999, "{found:?}");
        assert!(found.inputs[1].value.abs() < 0.5, "{found:?}");
        let twins: Vec<Vec<f64>> = rows.iter().map(|row| vec![row[0], row[0]]).collect();
        assert_eq!(Ranks::of(&twins, &outputs), None);
    }
}
