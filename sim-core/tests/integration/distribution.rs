//! Every sampler against `rand_distr`, against its moments, and against its own first release.
//!
//! Thresholds: Kolmogorov-Smirnov and chi-square at p = 0.0005, moments at 4 standard errors. The
//! seeds are fixed, so a failure is a change of the code and not bad luck.

use pinwheel_core::Streams;
use pinwheel_core::distribution::*;
use pinwheel_core::math;
use pinwheel_core::random::Stream;
use rand_distr::Distribution;
use rand_distr::weighted::WeightedAliasIndex;

const DRAWS: usize = 40_000;

/// The first five draws of each stream below (floats as their bits), one law a line, from the first
/// release: a change here changes every fingerprint. A failing test prints the line to put in.
const GOLDEN: &str = include_str!("distribution.golden");

fn assert_golden(name: &str, drawn: &[u64]) {
    let line = format!("{name}: {drawn:x?}");
    assert!(GOLDEN.lines().any(|golden| golden == line), "not in the golden file:\n{line}");
}

fn stream(entity: u32, name: &str) -> Stream {
    Streams::new(2_024, 0).stream(entity, name)
}

fn draws<T>(entity: u32, name: &str, mut draw: impl FnMut(&mut Stream) -> T) -> Vec<T> {
    let mut stream = stream(entity, name);
    (0..DRAWS).map(|_| draw(&mut stream)).collect()
}

fn assert_moments(name: &str, sample: &[f64], mean: f64, variance: f64) {
    let n = sample.len() as f64;
    let moment = |power| sample.iter().map(|x| math::pow(x - mean, power)).sum::<f64>() / n;
    let (first, second, fourth) = (moment(1.0), moment(2.0), moment(4.0));
    let limit = 4.0 * math::sqrt(variance / n);
    assert!(first.abs() <= limit, "{name}: mean is off {mean} by {first}, allowed {limit}");
    let limit = 4.0 * math::sqrt((fourth - second * second) / n);
    let gap = second - variance;
    assert!(gap.abs() <= limit, "{name}: variance is off {variance} by {gap}, allowed {limit}");
}

/// The largest gap between two distribution functions.
fn gap(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
    a.sort_unstable_by(f64::total_cmp);
    b.sort_unstable_by(f64::total_cmp);
    let share = |sorted: &[f64], x: f64| {
        sorted.partition_point(|value| *value <= x) as f64 / sorted.len() as f64
    };
    let at = |x: &f64| (share(&a, *x) - share(&b, *x)).abs();
    a.iter().chain(&b).map(at).fold(0.0, f64::max)
}

/// Two-sample Kolmogorov-Smirnov for equal sizes: 2.04 sqrt(2 / n) at p = 0.0005.
fn assert_one_law(name: &str, ours: Vec<f64>, theirs: Vec<f64>) {
    let (gap, limit) = (gap(ours, theirs), 2.04 * math::sqrt(2.0 / DRAWS as f64));
    assert!(gap < limit, "{name}: distribution functions differ by {gap}, allowed {limit}");
}

/// The chi-square quantile at p = 0.0005, by Wilson and Hilferty.
fn chi_square_limit(cells: f64) -> f64 {
    assert!(cells >= 2.0, "nothing to compare");
    let nu = 2.0 / (9.0 * (cells - 1.0));
    (cells - 1.0) * math::pow(1.0 - nu + 3.29 * math::sqrt(nu), 3.0)
}

/// Two-sample chi-square for equal sizes, neighbours pooled to at least 20 draws a cell, and its
/// limit.
fn chi_square(ours: &[u64], theirs: &[u64]) -> (f64, f64) {
    let mut counts = std::collections::BTreeMap::<u64, [f64; 2]>::new();
    for (side, sample) in [ours, theirs].into_iter().enumerate() {
        sample.iter().for_each(|value| counts.entry(*value).or_default()[side] += 1.0);
    }
    let (mut pool, mut statistic, mut cells) = ([0.0; 2], 0.0, 0.0);
    for [a, b] in counts.into_values() {
        pool = [pool[0] + a, pool[1] + b];
        if pool[0] + pool[1] >= 20.0 {
            statistic += (pool[0] - pool[1]) * (pool[0] - pool[1]) / (pool[0] + pool[1]);
            (pool, cells) = ([0.0; 2], cells + 1.0);
        }
    }
    (statistic, chi_square_limit(cells))
}

/// Two million draws against the density itself: fine enough to see a wrong constant of a rejection
/// sampler, which distorts a law by some per mille.
fn assert_density(
    name: &str,
    sample: impl Fn(&mut Stream) -> u64,
    ln_density: impl Fn(f64) -> f64,
) {
    const MANY: usize = 2_000_000;
    let mut stream = stream(3, name);
    let mut counts = vec![0.0; 2_000];
    (0..MANY).for_each(|_| counts[sample(&mut stream) as usize] += 1.0);
    let (mut drawn, mut due, mut statistic, mut cells) = (0.0, 0.0, 0.0, 0.0);
    for (value, count) in counts.into_iter().enumerate() {
        drawn += count;
        due += MANY as f64 * math::exp(ln_density(value as f64));
        if due >= 20.0 {
            statistic += (drawn - due) * (drawn - due) / due;
            (drawn, due, cells) = (0.0, 0.0, cells + 1.0);
        }
    }
    let limit = chi_square_limit(cells);
    assert!(statistic < limit, "{name}: chi-square {statistic}, allowed {limit}");
}

#[test]
fn rejection_samplers_follow_their_densities() {
    let ln_factorial = |n: f64| math::ln_gamma(n + 1.0);
    for mean in [10.0, 14.5, 120.0] {
        let law = Poisson::new(mean).expect(OK);
        assert_density(
            &format!("poisson {mean}"),
            |s| law.sample(s),
            |k| k * math::ln(mean) - mean - ln_factorial(k),
        );
    }
    for (trials, p) in [(20, 0.5), (60, 0.2), (1_000, 0.4)] {
        let (law, n) = (Binomial::new(trials, p).expect(OK), trials as f64);
        assert_density(
            &format!("binomial {trials} {p}"),
            |s| law.sample(s),
            |k| {
                if k > n {
                    return f64::NEG_INFINITY;
                }
                ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
                    + k * math::ln(p)
                    + (n - k) * math::ln(1.0 - p)
            },
        );
    }
    for (ranks, exponent) in [(5u32, 0.5), (300, 1.0), (1_500, 2.2)] {
        let law = Zipf::new(u64::from(ranks), exponent).expect(OK);
        let weight = |rank| math::pow(rank, -exponent);
        let total: f64 = (1..=ranks).map(|rank| weight(f64::from(rank))).sum();
        assert_density(
            &format!("zipf {ranks} {exponent}"),
            |s| law.sample(s),
            |rank| {
                let inside = rank >= 1.0 && rank <= f64::from(ranks);
                if inside { math::ln(weight(rank) / total) } else { f64::NEG_INFINITY }
            },
        );
    }
}

fn continuous(
    name: &str,
    sample: impl Fn(&mut Stream) -> f64,
    oracle: impl Distribution<f64>,
    [mean, variance]: [f64; 2],
) {
    let ours = draws(0, name, &sample);
    assert_golden(name, &[0, 1, 2, 3, 4].map(|n: usize| ours[n].to_bits()));
    assert_moments(name, &ours, mean, variance);
    assert_one_law(name, ours, draws(1, name, |stream| oracle.sample(stream)));
}

fn discrete(
    name: &str,
    sample: impl Fn(&mut Stream) -> u64,
    oracle: impl Fn(&mut Stream) -> u64,
    [mean, variance]: [f64; 2],
) {
    let ours = draws(0, name, &sample);
    assert_golden(name, &ours[..5]);
    let floats: Vec<f64> = ours.iter().map(|value| *value as f64).collect();
    assert_moments(name, &floats, mean, variance);
    let (statistic, limit) = chi_square(&ours, &draws(1, name, oracle));
    assert!(statistic < limit, "{name}: chi-square {statistic}, allowed {limit}");
}

const OK: &str = "allowed parameters";

#[test]
fn exponential() {
    let (ours, oracle) = (Exponential::new(40.0), rand_distr::Exp::new(1.0 / 40.0));
    let (ours, oracle) = (ours.expect(OK), oracle.expect(OK));
    continuous("exponential", |s| ours.sample(s), oracle, [40.0, 1_600.0]);
}

#[test]
fn normal() {
    let (ours, oracle) = (Normal::new(-3.0, 2.5), rand_distr::Normal::new(-3.0, 2.5));
    let (ours, oracle) = (ours.expect(OK), oracle.expect(OK));
    continuous("normal", |s| ours.sample(s), oracle, [-3.0, 6.25]);
}

#[test]
fn log_normal() {
    let (ours, oracle) = (LogNormal::new(1.0, 0.5), rand_distr::LogNormal::new(1.0, 0.5));
    let (ours, oracle) = (ours.expect(OK), oracle.expect(OK));
    let mean = math::exp(1.125);
    let moments = [mean, mean * mean * (math::exp(0.25) - 1.0)];
    continuous("log-normal", |s| ours.sample(s), oracle, moments);
}

#[test]
fn weibull() {
    for shape in [0.7, 3.0] {
        let ours = Weibull::new(1_000.0, shape).expect(OK);
        let oracle = rand_distr::Weibull::new(1_000.0, shape).expect(OK);
        let gamma = |k: f64| math::gamma(1.0 + k / shape);
        let mean = 1_000.0 * gamma(1.0);
        let moments = [mean, 1e6 * gamma(2.0) - mean * mean];
        continuous(&format!("weibull {shape}"), |s| ours.sample(s), oracle, moments);
    }
}

#[test]
fn pareto() {
    let (ours, oracle) = (Pareto::new(2.0, 6.0), rand_distr::Pareto::new(2.0, 6.0));
    let (ours, oracle) = (ours.expect(OK), oracle.expect(OK));
    let moments = [2.0 * 6.0 / 5.0, 4.0 * 6.0 / (25.0 * 4.0)];
    continuous("pareto", |s| ours.sample(s), oracle, moments);
}

#[test]
fn gamma() {
    for shape in [0.05, 0.6, 1.0, 25.0] {
        let ours = Gamma::new(shape, 3.0).expect(OK);
        let oracle = rand_distr::Gamma::new(shape, 3.0).expect(OK);
        let moments = [shape * 3.0, shape * 9.0];
        continuous(&format!("gamma {shape}"), |s| ours.sample(s), oracle, moments);
    }
}

#[test]
fn beta() {
    for (a, b) in [(0.02, 0.03), (0.5, 3.0), (8.0, 2.0)] {
        let (ours, oracle) = (Beta::new(a, b), rand_distr::Beta::new(a, b));
        let (ours, oracle) = (ours.expect(OK), oracle.expect(OK));
        let total: f64 = a + b;
        let moments = [a / total, a * b / (total * total * (total + 1.0))];
        continuous(&format!("beta {a} {b}"), |s| ours.sample(s), oracle, moments);
    }
}

#[test]
fn poisson() {
    for mean in [0.01, 5.0, 9.99, 10.0, 87.5, 2e5] {
        let (ours, oracle) = (Poisson::new(mean), rand_distr::Poisson::new(mean));
        let (ours, oracle) = (ours.expect(OK), oracle.expect(OK));
        let theirs = |s: &mut Stream| Distribution::<f64>::sample(&oracle, s) as u64;
        discrete(&format!("poisson {mean}"), |s| ours.sample(s), theirs, [mean; 2]);
    }
    let never = Poisson::new(0.0).expect(OK);
    assert!(draws(0, "never", |s| never.sample(s)).iter().all(|count| *count == 0));
}

#[test]
fn binomial() {
    let cases = [
        (3, 0.5),
        (1_000, 0.003),
        (20, 0.9),
        (21, 0.5),
        (400, 0.75),
        (1 << 29, 1e-4),
        (1 << 40, 1e-12),
        (1 << 40, 0.3),
    ];
    for (trials, chance) in cases {
        let ours = Binomial::new(trials, chance).expect(OK);
        let oracle = rand_distr::Binomial::new(trials, chance).expect(OK);
        let mean = trials as f64 * chance;
        let name = format!("binomial {trials} {chance}");
        let moments = [mean, mean * (1.0 - chance)];
        discrete(&name, |s| ours.sample(s), |s| oracle.sample(s), moments);
    }
    for (trials, chance, count) in [(0, 0.5, 0), (7, 0.0, 0), (7, 1.0, 7), (1 << 40, 1.0, 1 << 40)]
    {
        let certain = Binomial::new(trials, chance).expect(OK);
        assert!(draws(0, "certain", |s| certain.sample(s)).iter().all(|drawn| *drawn == count));
    }
}

#[test]
fn zipf() {
    for (ranks, exponent) in [(10, 0.0), (500, 1.0), (5_000, 1.8)] {
        let ours = Zipf::new(ranks, exponent).expect(OK);
        let oracle = rand_distr::Zipf::new(ranks as f64, exponent).expect(OK);
        let moment = |power: f64| -> f64 {
            (1..=ranks).map(|rank| math::pow(rank as f64, power - exponent)).sum()
        };
        let mean = moment(1.0) / moment(0.0);
        let moments = [mean, moment(2.0) / moment(0.0) - mean * mean];
        let theirs = |s: &mut Stream| oracle.sample(s) as u64;
        discrete(&format!("zipf {ranks} {exponent}"), |s| ours.sample(s), theirs, moments);
    }
    for (ranks, exponent) in [(1, 1.0), (1 << 40, 1e9)] {
        let first = Zipf::new(ranks, exponent).expect(OK);
        assert!(draws(0, "first", |s| first.sample(s)).iter().all(|rank| *rank == 1));
    }
}

/// Weights of very unequal size, some zero.
fn weights(places: u32) -> Vec<f64> {
    let shares = Pareto::new(1.0, 1.2).expect(OK);
    let weight = |n| if n % 7 == 3 { 0.0 } else { shares.sample(&mut stream(n, "weight")) };
    (0..places).map(weight).collect()
}

#[test]
fn alias_table() {
    for places in [2, 300] {
        let weights = weights(places);
        let ours = AliasTable::new(weights.iter().copied()).expect(OK);
        let oracle = WeightedAliasIndex::new(weights.clone()).expect(OK);
        let total: f64 = weights.iter().sum();
        let moment = |power| -> f64 {
            weights.iter().enumerate().map(|(n, w)| math::pow(n as f64, power) * w / total).sum()
        };
        let moments = [moment(1.0), moment(2.0) - moment(1.0) * moment(1.0)];
        let (ours, theirs) =
            (|s: &mut Stream| ours.pick(s) as u64, |s: &mut Stream| oracle.sample(s) as u64);
        discrete(&format!("alias {places}"), ours, theirs, moments);
    }
}

#[test]
fn an_alias_table_never_picks_a_weight_of_zero() {
    for places in [1u32, 2, 3, 10, 1_000] {
        let weights: Vec<f64> = (0..places).map(|n| f64::from(n % 3 % 2) * 0.1).collect();
        let Ok(table) = AliasTable::new(weights.iter().copied()) else {
            assert_eq!(places, 1, "only the first place alone has nothing to pick");
            continue;
        };
        assert!(draws(places, "zero", |s| table.pick(s)).iter().all(|n| weights[*n] > 0.0));
    }
}

#[test]
fn a_rebuilt_alias_table_is_a_new_one_and_a_refused_one_the_old_one() {
    let mut table = AliasTable::new(weights(50)).expect(OK);
    table.rebuild(weights(300)).expect(OK);
    let fresh = AliasTable::new(weights(300)).expect(OK);
    assert_eq!(table, fresh);
    for broken in [vec![], vec![0.0; 3], vec![1.0, -1.0], vec![1.0, f64::NAN], vec![f64::MAX; 2]] {
        assert!(table.rebuild(broken.iter().copied()).is_err(), "{broken:?}");
        assert_eq!(table, fresh);
    }
}

#[test]
fn empirical() {
    let source = rand_distr::Gamma::new(2.0, 1.5).expect(OK);
    // Observed through our own sampler, because the golden draws depend on every observation.
    let own = Gamma::new(2.0, 1.5).expect(OK);
    let observed = draws(2, "empirical", |s| own.sample(s));
    let n = observed.len() as f64;
    let mean = observed.iter().sum::<f64>() / n;
    let variance = observed.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
    let ours = Empirical::new(observed).expect(OK);
    continuous("empirical", |s| ours.sample(s), source, [mean, variance]);

    let triple = Empirical::new(vec![30.0, 10.0, 20.0]).expect(OK);
    let uniform = rand_distr::Uniform::new(10.0, 30.0).expect(OK);
    let moments = [20.0, 400.0 / 12.0];
    continuous("empirical of three", |s| triple.sample(s), uniform, moments);
    assert_eq!(Empirical::new(vec![5.0]).expect(OK).sample(&mut stream(0, "one")), 5.0);
}

#[test]
fn the_oracle_tests_can_fail() {
    let near = |mean: f64| {
        let law = Exponential::new(mean).expect(OK);
        draws(0, &format!("near {mean}"), |s| law.sample(s))
    };
    assert!(gap(near(1.0), near(1.1)) > 2.04 * math::sqrt(2.0 / DRAWS as f64));
    let (a, b) = (Poisson::new(10.0).expect(OK), Poisson::new(10.5).expect(OK));
    let (a, b) = (draws(0, "a", |s| a.sample(s)), draws(0, "b", |s| b.sample(s)));
    let (statistic, limit) = chi_square(&a, &b);
    assert!(statistic > limit);
}

#[test]
fn refusals_name_the_parameter_and_its_range() {
    let text = |error: Option<DistributionError>| error.expect("refused").to_string();
    assert_eq!(
        text(Weibull::new(1.0, -2.0).err()),
        "weibull: shape is -2, it must be between 1e-300 and 1e300"
    );
    assert_eq!(
        text(Binomial::new(5, 1.5).err()),
        "binomial: chance is 1.5, it must be between 0 and 1"
    );
    let nan = f64::NAN;
    let refused = [
        Exponential::new(0.0).is_err(),
        Exponential::new(f64::INFINITY).is_err(),
        Normal::new(nan, 1.0).is_err(),
        Normal::new(0.0, -1.0).is_err(),
        LogNormal::new(0.0, nan).is_err(),
        Pareto::new(0.0, 1.0).is_err(),
        Gamma::new(nan, 1.0).is_err(),
        Beta::new(1.0, 0.0).is_err(),
        Poisson::new(-1.0).is_err(),
        Poisson::new(nan).is_err(),
        Poisson::new(1e16).is_err(),
        Binomial::new(u64::MAX, 0.1).is_err(),
        Zipf::new(0, 1.0).is_err(),
        Zipf::new(5, -1.0).is_err(),
        Empirical::new(vec![]).is_err(),
        Empirical::new(vec![1.0, nan]).is_err(),
    ];
    assert_eq!(refused, [true; 16]);
}
