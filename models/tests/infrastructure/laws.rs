//! Laws of life: hazard and age are inverses, and draws follow the law.

use pinwheel_core::{Streams, math};
use pinwheel_models::infrastructure::fleet::kolmogorov;
use pinwheel_models::laws::draw::Duration;
use pinwheel_models::laws::failure::FailureLaw;

fn laws() -> Vec<(&'static str, FailureLaw)> {
    let weibull = |shape, scale_seconds| FailureLaw::Weibull { shape, scale_seconds };
    vec![
        ("exponential", FailureLaw::exponential(1e6)),
        ("infant", weibull(0.5, 2e6)),
        ("wear", weibull(4.0, 3e6)),
        ("log-normal", FailureLaw::LogNormal { median_seconds: 5e5, sigma: 1.2 }),
        (
            "bathtub",
            FailureLaw::Sum(vec![
                weibull(0.5, 5e7),
                FailureLaw::exponential(4e6),
                weibull(5.0, 3e6),
            ]),
        ),
        ("table", FailureLaw::table(&[(0.0, 3e-6), (1e5, 0.0), (4e5, 5e-7), (2e6, 8e-6)])),
    ]
}

#[test]
fn age_and_cumulative_hazard_are_inverses() {
    for (name, law) in laws() {
        let mut before = 0.0;
        for step in 1..400 {
            let hazard = 1e-4 * math::exp(f64::from(step) * 0.03);
            let age = law.age_at(hazard);
            assert!(age >= before, "{name}: age falls at {hazard}");
            before = age;
            let back = law.cumulative_hazard(age);
            assert!((back / hazard - 1.0).abs() < 1e-9, "{name}: {hazard} came back as {back}");
        }
    }
}

#[test]
fn draws_follow_the_law() {
    for (number, (name, law)) in laws().into_iter().enumerate() {
        let mut stream = Streams::new(1, 0).stream(number as u32, "test");
        let duration = Duration::Drawn(law.clone());
        let mut lives: Vec<u64> =
            (0..20_000).map(|_| duration.draw(&mut stream).as_nanos()).collect();
        lives.sort_unstable();
        let distance = kolmogorov(&lives, &law, f64::INFINITY);
        assert!(distance < 1.628, "{name}: {distance}");
        let wrong = FailureLaw::exponential(
            lives.iter().map(|life| *life as f64 / 1e9).sum::<f64>() / 20_000.0,
        );
        let distance = kolmogorov(&lives, &wrong, f64::INFINITY);
        assert_eq!(distance > 1.628, name != "exponential", "{name} told apart: {distance}");
    }
}

#[test]
fn a_law_that_never_strikes_never_strikes() {
    assert_eq!(FailureLaw::NEVER.age_at(1.0), f64::INFINITY);
    let spent = FailureLaw::table(&[(0.0, 1e-6), (1e6, 0.0)]);
    assert_eq!(spent.age_at(2.0), f64::INFINITY);
    assert!(spent.age_at(0.5) < 1e6);
    assert_eq!(
        FailureLaw::Sum(vec![FailureLaw::NEVER, FailureLaw::NEVER]).age_at(1.0),
        f64::INFINITY
    );
}
