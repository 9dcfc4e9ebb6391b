//! Fits named keys to an observed series: the simplex of Nelder and Mead ("A simplex method for
//! function minimization", Computer Journal 7, 1965; the program is argmin's) over the unit cube
//! in which each key's range is one side.
//!
//! Every evaluation runs the same seeds, so the loss is a plain function of the keys. A step out
//! of the cube is reflected at its side. Several simplices start apart, for each finds one valley
//! only. The fit reads no day of the verdict window; the error there is measured once, after the
//! fit.

use std::cell::RefCell;

use argmin::core::{CostFunction, Executor};
use argmin::solver::neldermead::NelderMead;
use pinwheel_models::scenario::calibration::Calibration;
use pinwheel_models::scenario::design::Kind;
use serde::{Deserialize, Serialize};

use crate::Error;

/// Length of the first simplex's edges, as a share of each range.
const EDGE: f64 = 0.25;
/// Standard deviation of the losses over a simplex at which it has converged.
const TOLERANCE: f64 = 1e-6;
/// Seed of the places where simplices start.
const SEED: u64 = 1965;
/// Loss of keys whose run breaks a check: worse than any error of a forecast.
pub const REFUSED: f64 = 1e6;

/// One evaluation: where in the cube, which simplex asked, and the loss.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Which simplex it belongs to, counted from 0.
    pub start: u32,
    /// The keys as a point of the unit cube.
    pub unit: Vec<f64>,
    /// What was found there.
    pub loss: f64,
}

/// What a fit found.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The best point of the cube and its loss.
    pub best: Evaluation,
    /// Every evaluation, in order.
    pub evaluations: Vec<Evaluation>,
}

/// A loss over the cube that counts and remembers.
struct Counted<'a, F> {
    loss: &'a F,
    start: u32,
    /// Evaluations that may still be made.
    left: &'a RefCell<u32>,
    log: &'a RefCell<Vec<Evaluation>>,
    /// Why the search ended early, unless the evaluations were used up.
    failed: &'a RefCell<Option<Error>>,
}

impl<F: Fn(&[f64]) -> Result<f64, Error>> CostFunction for Counted<'_, F> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, param: &Vec<f64>) -> Result<f64, argmin::core::Error> {
        let unit: Vec<f64> = param.iter().map(|&x| folded(x)).collect();
        let known = self.log.borrow().iter().find(|e| e.unit == unit).map(|e| e.loss);
        if let Some(loss) = known {
            return Ok(loss);
        }
        // argmin takes an error at its first points for a fault of the program; a loss that is
        // beyond all others leads nowhere, and iterations that ask nothing cost nothing.
        if *self.left.borrow() == 0 || self.failed.borrow().is_some() {
            return Ok(f64::INFINITY);
        }
        *self.left.borrow_mut() -= 1;
        match (self.loss)(&unit) {
            Ok(loss) => {
                let start = self.start;
                self.log.borrow_mut().push(Evaluation { start, unit, loss });
                Ok(loss)
            }
            Err(error) => {
                *self.failed.borrow_mut() = Some(error);
                Ok(f64::INFINITY)
            }
        }
    }
}

/// A coordinate reflected into [0, 1] at both sides.
fn folded(x: f64) -> f64 {
    let x = x.rem_euclid(2.0);
    if x > 1.0 { 2.0 - x } else { x }
}

/// Makes `loss` small over the unit cube, with as many evaluations as the section allows.
///
/// # Errors
///
/// The first error of `loss`.
pub fn fit<F>(calibration: &Calibration, loss: F) -> Result<Fit, Error>
where
    F: Fn(&[f64]) -> Result<f64, Error>,
{
    let keys = calibration.fit.len();
    let (log, failed) = (RefCell::new(Vec::new()), RefCell::new(None));
    let mut left_all = calibration.evaluations;
    for (start, centre) in (0..).zip(centres(calibration.starts, keys)) {
        let starts_left = calibration.starts - start;
        let share = left_all.div_ceil(starts_left);
        let left = RefCell::new(share);
        let problem = Counted { loss: &loss, start, left: &left, log: &log, failed: &failed };
        let solver = NelderMead::new(simplex(&centre))
            .with_sd_tolerance(TOLERANCE)
            .expect("the tolerance is positive");
        // Whatever argmin thinks of its end, what was found stands in the log.
        let executor = Executor::new(problem, solver);
        drop(executor.configure(|state| state.max_iters(u64::from(share))).run());
        if let Some(error) = failed.borrow_mut().take() {
            return Err(error);
        }
        left_all -= share - left.into_inner();
    }
    let evaluations = log.into_inner();
    let best = evaluations.iter().min_by(|a, b| a.loss.total_cmp(&b.loss));
    let best = best.cloned().expect("there is at least one evaluation");
    Ok(Fit { best, evaluations })
}

/// Where the simplices start: in the middle of the cube, then at the rows of a Latin hypercube.
fn centres(starts: u32, keys: usize) -> Vec<Vec<f64>> {
    let rows = Kind::LatinHypercube.design(starts as usize - 1, keys, SEED);
    std::iter::once(vec![0.5; keys]).chain(rows).collect()
}

/// A corner and a step along each side, inwards.
fn simplex(corner: &[f64]) -> Vec<Vec<f64>> {
    let step = |key: usize| {
        let mut point = corner.to_vec();
        point[key] += if point[key] > 0.5 { -EDGE } else { EDGE };
        point
    };
    std::iter::once(corner.to_vec()).chain((0..corner.len()).map(step)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_models::scenario::Range;
    use pinwheel_models::scenario::calibration::Loss;

    fn calibration(keys: usize, evaluations: u32, starts: u32) -> Calibration {
        let range = |key| Range {
            key: format!("a.k{key}"),
            low: 0.0,
            high: 1.0,
            unit: String::new(),
            decimals: None,
            whole: false,
            log: false,
        };
        Calibration {
            fit: (0..keys).map(range).collect(),
            metric: "raw_power".to_owned(),
            from: jiff::civil::date(2023, 1, 1),
            verdict_from: jiff::civil::date(2023, 6, 1),
            loss: Loss::MeanAbsoluteError,
            evaluations,
            starts,
        }
    }

    /// Rosenbrock's valley with its bottom at (0.6, 0.36).
    fn valley(unit: &[f64]) -> f64 {
        let (x, y) = (unit[0] / 0.6, unit[1] / 0.36);
        (1.0 - x) * (1.0 - x) + 10.0 * (y - x * x) * (y - x * x)
    }

    #[test]
    fn the_bottom_of_a_valley_is_found() {
        let found = fit(&calibration(2, 200, 2), |unit| Ok(valley(unit))).expect("found");
        assert!((found.best.unit[0] - 0.6).abs() < 0.01, "{:?}", found.best);
        assert!((found.best.unit[1] - 0.36).abs() < 0.01, "{:?}", found.best);
        assert!(found.evaluations.len() <= 200);
    }

    #[test]
    fn a_minimum_on_a_side_of_the_cube_is_reached_from_within() {
        let slope = |unit: &[f64]| {
            assert!(unit.iter().all(|x| (0.0..=1.0).contains(x)), "{unit:?}");
            Ok(unit[0] + (unit[1] - 1.0).abs())
        };
        let found = fit(&calibration(2, 120, 1), slope).expect("found");
        assert!(found.best.loss < 0.02, "{:?}", found.best);
    }

    #[test]
    fn evaluations_are_counted_and_no_point_is_asked_twice() {
        let asked = RefCell::new(Vec::new());
        let loss = |unit: &[f64]| {
            asked.borrow_mut().push(unit.to_vec());
            Ok(valley(unit))
        };
        let found = fit(&calibration(2, 17, 3), loss).expect("found");
        assert_eq!((found.evaluations.len(), asked.borrow().len()), (17, 17));
        let mut points = asked.into_inner();
        points.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
        points.dedup();
        assert_eq!(points.len(), 17);
        let starts: Vec<u32> = found.evaluations.iter().map(|e| e.start).collect();
        assert!([0, 1, 2].iter().all(|start| starts.contains(start)), "{starts:?}");
    }

    #[test]
    fn a_run_that_is_stopped_stops_the_fit() {
        let stopped = fit(&calibration(1, 10, 1), |_| Err(Error::Stopped));
        assert!(matches!(stopped, Err(Error::Stopped)), "{stopped:?}");
    }
}
