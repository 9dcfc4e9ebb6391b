use pinwheel_models::theory::{Verdict, durability, judge};

#[test]
fn every_case_agrees() {
    let mut failed = Vec::new();
    for case in durability::CASES {
        let outcome = judge(case);
        println!(
            "{:26} {:<12.6e} {:<12.6e} +- {:<10.2e} {:+.2} % {:?}",
            case.id,
            case.theory,
            outcome.mean,
            outcome.half_width,
            100.0 * (outcome.mean / case.theory - 1.0),
            outcome.verdict
        );
        if outcome.verdict == Verdict::Fail {
            failed.push(case.id);
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}
