//! The clocks of the small model's fleet, looked at once a day, are the chain of its reference.

use pinwheel_core::math;

use super::{load, run, series};

/// Probabilities of a day: an up node goes down, a down node comes up.
const FAILS: f64 = 1.0 / 400.0;
const REPAIRED: f64 = 1.0 / 7.0;
const NODES: f64 = 1_000.0;

/// The number of nodes up has the mean and the variance of the daily chain, and forgets its past by
/// 1 - 1/400 - 1/7 a day. Clocks of 400 d and 7 d would have the same mean and another memory.
#[test]
fn nodes_up_have_the_mean_and_the_memory_of_the_daily_chain() {
    let set = [("infrastructure.record_every", "1 d"), ("network.record_every", "1825 d")];
    let point = &load("depin-mini.toml", &set).points[0];
    let up_share = REPAIRED / (FAILS + REPAIRED);
    let mean = NODES * up_share;
    let (mut products, mut squares, mut sum, mut count) = (0.0, 0.0, 0.0, 0.0);
    for number in 0..60 {
        let (_, rows) = run(point, 7, number);
        // Three rows a day (whole, class, region), and the beginning is not yet steady.
        let up: Vec<f64> = series(&rows, "devices_up").into_iter().step_by(3).skip(60).collect();
        for pair in up.windows(2) {
            products += (pair[0] - mean) * (pair[1] - mean);
            squares += (pair[0] - mean) * (pair[0] - mean);
            sum += pair[0] - mean;
            count += 1.0;
        }
    }
    let memory = 1.0 - FAILS - REPAIRED;
    // Bartlett's standard error of a first autocorrelation; four of them.
    let error = 4.0 * math::sqrt((1.0 - memory * memory) / count);
    let found = products / squares;
    assert!(math::abs(found - memory) < error, "{found} is not {memory} +- {error}");
    let naive = math::exp(-FAILS - REPAIRED);
    assert!(naive - memory > 1.5 * error, "too few days to tell {naive} from {memory}");
    let variance = NODES * up_share * (1.0 - up_share);
    let error = 4.0 * math::sqrt(variance * (1.0 + memory) / (1.0 - memory) / count);
    assert!(math::abs(sum / count) < error, "{} is not 0 +- {error}", sum / count);
}
