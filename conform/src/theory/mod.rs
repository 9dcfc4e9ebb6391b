//! Theory as a test suite: closed forms a specialist would check first, each held against the real
//! part of the program.
//!
//! A [`Case`] states a number that mathematics gives and how one seed of the simulator observes
//! it. [`judge`] runs the case over independent seeds, always the same ones, and compares. Each
//! topic is a file with `pub const CASES: &[Case]` and one line in [`TOPICS`].
//!
//! Invariant: a case drives the part that scenarios use, through the event loop; the theory in it
//! never comes from the program.

use pinwheel_core::{Streams, math};

pub mod attacks;
pub mod chain;
pub mod durability;
pub mod gossip;
pub mod places;
pub mod protocols;
pub mod queues;
pub mod radio;
pub mod reliability;

/// The cases of every topic, in the order of the table.
pub const TOPICS: &[&[Case]] = &[
    queues::CASES,
    reliability::CASES,
    places::CASES,
    durability::CASES,
    radio::CASES,
    gossip::CASES,
    protocols::CASES,
    chain::CASES,
    attacks::CASES,
];

/// Fewest seeds of a case: below, the interval says little.
pub const REPLICATIONS_MIN: u32 = 30;
/// Root seed of every case. It was never picked.
const SEED: u64 = 1;
/// Standard errors the mean may be from theory: a right case fails once in 370, or with 30 seeds
/// once in 180.
const ERRORS_MAX: f64 = 3.0;
/// What a sum of floats may lose, of the result: such a gap is no error of the model.
const ROUNDING: f64 = 1e-12;
/// The 97.5 % quantile of the normal law.
const NORMAL_975: f64 = 1.959_963_984_540_054;

/// One closed form and the way to observe it.
#[derive(Copy, Clone, Debug)]
pub struct Case {
    /// Short name, unique over all topics: "mmc_5_80_wait".
    pub id: &'static str,
    /// Which part of theory it belongs to: "2 reliability".
    pub part: &'static str,
    /// What is observed, in words.
    pub what: &'static str,
    /// Where the number comes from.
    pub formula: &'static str,
    /// The number.
    pub theory: f64,
    /// Largest relative error of the mean; absolute where theory is zero.
    pub tolerance: f64,
    /// Independent seeds, at least [`REPLICATIONS_MIN`].
    pub replications: u32,
    /// One observation from the streams of one seed.
    pub observe: fn(&Streams) -> f64,
}

/// Whether simulation and theory agree.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    Fail,
}

/// What the seeds of a case showed.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Outcome {
    pub mean: f64,
    /// Half of the 95 % interval of the mean, by Student's t.
    pub half_width: f64,
    pub standard_error: f64,
    pub relative_error: f64,
    pub verdict: Verdict,
}

/// All cases, topic by topic.
pub fn cases() -> impl Iterator<Item = &'static Case> {
    TOPICS.iter().copied().flatten()
}

/// Runs a case over its seeds and compares the mean with theory: it must lie within three standard
/// errors and within the tolerance. Where every seed gives the same number, but for rounding, there
/// is no error to measure by and the tolerance alone judges.
pub fn judge(case: &Case) -> Outcome {
    let few = "a case needs at least 30 seeds";
    assert!(case.replications >= REPLICATIONS_MIN, "{}: {few}", case.id);
    let observations: Vec<f64> = (0..case.replications)
        .map(|replication| (case.observe)(&Streams::new(SEED, replication)))
        .collect();
    compare(case, &observations)
}

fn compare(case: &Case, observations: &[f64]) -> Outcome {
    let count = observations.len() as f64;
    // Offsets from the first: equal observations then have a variance of exactly zero.
    let first = observations[0];
    let mean = first + observations.iter().map(|value| value - first).sum::<f64>() / count;
    let squares: f64 = observations.iter().map(|value| (value - mean) * (value - mean)).sum();
    let standard_error = math::sqrt(squares / (count - 1.0) / count);
    let gap = math::abs(mean - case.theory);
    let scale = if case.theory == 0.0 { 1.0 } else { math::abs(case.theory) };
    let relative_error = gap / scale;
    let likely = standard_error <= ROUNDING * scale || gap < ERRORS_MAX * standard_error;
    let agrees = likely && relative_error < case.tolerance;
    Outcome {
        mean,
        half_width: student_975(count - 1.0) * standard_error,
        standard_error,
        relative_error,
        verdict: if agrees { Verdict::Pass } else { Verdict::Fail },
    }
}

/// The 97.5 % quantile of Student's t, by the expansion about the normal quantile (Fisher and
/// Cornish 1960; Abramowitz and Stegun 26.7.5). From 29 degrees on, five digits.
fn student_975(degrees: f64) -> f64 {
    let z = NORMAL_975;
    let square = z * z;
    let first = z * (square + 1.0) / 4.0;
    let second = z * ((5.0 * square + 16.0) * square + 3.0) / 96.0;
    let third = z * (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0;
    z + (first + (second + third / degrees) / degrees) / degrees
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: Case = Case {
        id: "test",
        part: "none",
        what: "a uniform draw",
        formula: "1/2",
        theory: 0.5,
        tolerance: 0.2,
        replications: 400,
        observe: |streams| streams.stream(0, "test").uniform(),
    };

    #[test]
    fn a_right_theory_passes_and_a_wrong_one_fails() {
        assert_eq!(judge(&CASE).verdict, Verdict::Pass);
        // Ten standard errors off, within the tolerance.
        assert_eq!(judge(&Case { theory: 0.58, ..CASE }).verdict, Verdict::Fail);
        // Within the standard error, beyond the tolerance.
        assert_eq!(judge(&Case { tolerance: 1e-6, ..CASE }).verdict, Verdict::Fail);
        assert_eq!(judge(&Case { observe: |_| f64::NAN, ..CASE }).verdict, Verdict::Fail);
    }

    #[test]
    fn the_tolerance_judges_where_all_seeds_agree() {
        let case = Case { theory: 1.125, tolerance: 1e-12, observe: |_| 1.125, ..CASE };
        let outcome = judge(&case);
        assert_eq!((outcome.verdict, outcome.standard_error), (Verdict::Pass, 0.0));
        assert_eq!(judge(&Case { observe: |_| 1.126, ..case }).verdict, Verdict::Fail);
        assert_eq!(judge(&Case { theory: 0.0, observe: |_| 0.0, ..case }).verdict, Verdict::Pass);
    }

    #[test]
    #[should_panic(expected = "at least 30 seeds")]
    fn few_seeds_are_refused() {
        judge(&Case { replications: 29, ..CASE });
    }

    #[test]
    fn the_interval_uses_students_quantile() {
        // From tables.
        assert!(math::abs(student_975(29.0) - 2.045_230) < 1e-5);
        assert!(math::abs(student_975(99.0) - 1.984_217) < 1e-5);
        let outcome = compare(&CASE, &[0.0, 1.0]);
        assert_eq!((outcome.mean, outcome.standard_error), (0.5, 0.5));
    }
}
