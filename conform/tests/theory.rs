//! Every closed form of the program, over independent seeds: `cargo test --release --workspace
//! --test theory`. The same table as `pinwheel conform theory`.

#![expect(clippy::disallowed_types, reason = "the table says how long a case took")]

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use pinwheel_conform::theory::{self, Case, Outcome, REPLICATIONS_MIN, Verdict};

/// Fewest cases, so that none is lost unnoticed.
const CASES_MIN: usize = 60;

/// The outcomes in the order of the cases, with the seconds each took.
fn outcomes(cases: &[&Case]) -> Vec<(Outcome, f64)> {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let start = Instant::now();
                    let outcome = theory::judge(case);
                    let seconds = start.elapsed().as_secs_f64();
                    found.lock().expect("no judge panics").push((case.id, outcome, seconds));
                }
            });
        }
    });
    let found = found.into_inner().expect("no judge panics");
    let of = |case: &&Case| found.iter().find(|(id, ..)| *id == case.id);
    cases.iter().map(|case| of(case).map(|found| (found.1, found.2)).expect("judged")).collect()
}

#[test]
fn simulation_agrees_with_theory() {
    let cases: Vec<&Case> = theory::cases().collect();
    let mut failed = Vec::new();
    for (case, (outcome, seconds)) in cases.iter().zip(outcomes(&cases)) {
        println!(
            "{:<28} {:>12.6} {:>12.6} +-{:<10.6} {:>7.4} % {:>5.1} s {:?}",
            case.id,
            case.theory,
            outcome.mean,
            outcome.half_width,
            outcome.relative_error * 100.0,
            seconds,
            outcome.verdict,
        );
        if outcome.verdict == Verdict::Fail {
            failed.push(case.id);
        }
    }
    assert!(failed.is_empty(), "these cases disagree with theory: {failed:?}");
}

#[test]
fn there_are_enough_cases_and_each_has_its_own_name() {
    let ids: BTreeSet<_> = theory::cases().map(|case| case.id).collect();
    assert_eq!(ids.len(), theory::cases().count(), "an id is given twice");
    assert!(ids.len() >= CASES_MIN, "only {} cases", ids.len());
    for case in theory::cases() {
        let complete = case.theory.is_finite()
            && case.tolerance > 0.0
            && case.replications >= REPLICATIONS_MIN
            && !case.formula.is_empty();
        assert!(complete, "{}", case.id);
        // Above, a case could hardly fail.
        assert!(case.tolerance <= 0.25, "{}: a tolerance of {}", case.id, case.tolerance);
    }
}

/// A canary: with a theory five tolerances off, each of these real cases must fail.
#[test]
fn a_wrong_theory_is_found_out() {
    for id in ["mmc_wait_1_50", "loss_10_90", "little_sharing", "lru_12_1e3"] {
        let case = theory::cases().find(|case| case.id == id).expect("a case of this name");
        let scale = if case.theory == 0.0 { 1.0 } else { case.theory };
        let wrong = case.theory + 5.0 * case.tolerance * scale;
        assert_eq!(theory::judge(&Case { theory: wrong, ..*case }).verdict, Verdict::Fail, "{id}");
    }
}
