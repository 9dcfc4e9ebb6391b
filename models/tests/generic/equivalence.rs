//! The small model against its reference in numpy (benches/peers/mini): 400 runs of each, other
//! generators, so distributions are compared.
//!
//! Tolerances, stated before the comparison: each of the 5, 50 and 95 % quantiles within four
//! standard errors of the difference (the bootstrap's error of the reference, times the root of 2
//! because both have one), one node more where nodes are counted; the two-sample test of
//! Kolmogorov and Smirnov with p > 0.001; tokens minted within 1e-9, as they are not random.

use std::collections::BTreeMap;

use pinwheel_core::math;

use super::{last, load, repository, run};

const RUNS: u32 = 400;
const SET: [(&str, &str); 2] =
    [("network.record_every", "365 d"), ("network.concentration_every", "1825 d")];
const NAMES: [&str; 4] = ["token_price", "nodes_active", "tokens_minted", "tokens_burned"];

type Samples = BTreeMap<&'static str, Vec<f64>>;

/// The final values of our runs, in order.
fn ours(set: &[(&str, &str)]) -> Samples {
    let experiment = load("depin-mini.toml", set);
    let mut samples = Samples::new();
    for number in 0..RUNS {
        let (simulation, rows) = run(&experiment.points[0], experiment.seed, number);
        assert_eq!(simulation.ctx.checks.breach(), None, "run {number}");
        for name in NAMES {
            samples.entry(name).or_default().push(last(&rows, name));
        }
    }
    samples.values_mut().for_each(|values| values.sort_by(f64::total_cmp));
    samples
}

/// A table of the reference: its lines below the first, in fields.
fn table(file: &str) -> Vec<Vec<String>> {
    let path = repository("benches/peers/mini").join(file);
    let text = std::fs::read_to_string(&path).expect("part of the repository");
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// The final values of the reference, in order.
fn reference() -> Samples {
    let rows = table("reference.csv");
    assert_eq!(rows.len(), RUNS as usize);
    let column = |place: usize| {
        let mut values: Vec<f64> =
            rows.iter().map(|row| row[place + 1].parse().expect("a number")).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    NAMES.iter().enumerate().map(|(place, name)| (*name, column(place))).collect()
}

/// By linear interpolation between ranks, as numpy's default.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = sorted[(below + 1).min(sorted.len() - 1)];
    sorted[below] + (above - sorted[below]) * place.fract()
}

/// The p-value of the two-sample test of Kolmogorov and Smirnov (Stephens' approximation, as in
/// Press et al., Numerical Recipes, section 14.3); ties make it larger.
fn kolmogorov_smirnov(one: &[f64], other: &[f64]) -> f64 {
    let share = |values: &[f64], at: f64| {
        values.partition_point(|value| *value <= at) as f64 / values.len() as f64
    };
    let gap = |at: &f64| (share(one, *at) - share(other, *at)).abs();
    let distance = one.iter().chain(other).map(gap).fold(0.0, f64::max);
    let (n, m) = (one.len() as f64, other.len() as f64);
    let root = (n * m / (n + m)).sqrt();
    let lambda = (root + 0.12 + 0.11 / root) * distance;
    let term = |j: i32| {
        let sign = if j % 2 == 1 { 2.0 } else { -2.0 };
        sign * math::exp(-2.0 * f64::from(j * j) * lambda * lambda)
    };
    if lambda < 0.2 { 1.0 } else { (1..=100).map(term).sum() }
}

/// What of the samples does not agree with the reference.
fn disagreements(ours: &Samples) -> Vec<String> {
    let (theirs, mut found) = (reference(), Vec::new());
    for row in table("quantiles.csv") {
        let [name, share, value, error] = &row[..] else { panic!("four fields: {row:?}") };
        let [share, value, error] =
            [share, value, error].map(|text| -> f64 { text.parse().expect("a number") });
        let sample = &ours[name.as_str()];
        let (own, room) = match name.as_str() {
            // The reference gives the logarithm: prices spread over three decades.
            "token_price" => (math::ln(quantile(sample, share)), 0.0),
            "nodes_active" => (quantile(sample, share), 1.0),
            "tokens_minted" => (quantile(sample, share), 1e-9 * value),
            _ => (quantile(sample, share), 0.0),
        };
        println!("{name} {share}: {own}, reference {value} +- {error}");
        if (own - value).abs() > 4.0 * std::f64::consts::SQRT_2 * error + room {
            found.push(format!("{name} {share}: {own}, reference {value} +- {error}"));
        }
    }
    for name in ["token_price", "nodes_active", "tokens_burned"] {
        let p = kolmogorov_smirnov(&ours[name], &theirs[name]);
        println!("{name}: Kolmogorov-Smirnov p = {p}");
        if p <= 0.001 {
            found.push(format!("{name}: Kolmogorov-Smirnov p = {p}"));
        }
    }
    found
}

#[test]
fn the_small_model_has_the_distributions_of_its_reference() {
    let found = disagreements(&ours(&SET));
    assert!(found.is_empty(), "{found:#?}");
}

/// The comparison can fail: it sees a tenth more of the rewards sold, a calmer demand, nodes that
/// cost twice as much.
#[test]
fn another_model_is_told_from_the_reference() {
    for other in [
        ("network.step[4].share", "0.6"),
        ("network.demand.volatility", "4 %/sqrt(d)"),
        ("network.operators.cost_median", "1 USD/d"),
    ] {
        let found = disagreements(&ours(&[SET[0], SET[1], other]));
        assert!(!found.is_empty(), "{other:?} passes");
    }
}
