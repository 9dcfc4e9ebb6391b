//! Closed forms of durability, availability and sampling. All of them add positive terms only, so
//! that none loses its digits where the answer is tiny.

use pinwheel_core::math;

/// How fast pieces are lost and made anew: exponential, in one unit of time.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Rates {
    /// Of one piece.
    pub loss: f64,
    /// Of one rebuild.
    pub rebuild: f64,
    /// Missing pieces are rebuilt one after the other instead of all at once.
    pub serial: bool,
}

impl Rates {
    fn loss_of(&self, pieces: u32, missing: u32) -> f64 {
        f64::from(pieces - missing) * self.loss
    }
    fn rebuild_of(&self, missing: u32) -> f64 {
        let at_once = if self.serial { missing.min(1) } else { missing };
        f64::from(at_once) * self.rebuild
    }
}

/// Mean time until fewer than `needed` of `pieces` are left, from all of them: `sum h_i` with
/// `h_i = 1/f_i + (r_i/f_i) h_(i-1)`, `f_i` and `r_i` the rates of loss and rebuild with `i`
/// missing (Angus, "On computing MTBF for a k-out-of-n:G repairable system", IEEE Transactions on
/// Reliability 37, 1988). Inverting the chain's generator instead subtracts nearly equal numbers:
/// for 29 of 80 that gives a negative time.
pub fn mean_time_to_loss(pieces: u32, needed: u32, rates: &Rates) -> f64 {
    let (mut passage, mut total) = (0.0, 0.0);
    for missing in 0..=pieces - needed {
        let loss = rates.loss_of(pieces, missing);
        passage = 1.0 / loss + rates.rebuild_of(missing) / loss * passage;
        total += passage;
    }
    total
}

/// Chance that fewer than `needed` of `pieces` are left at some time within `time`, from all of
/// them: the last state of the chain over missing pieces keeps what reaches it.
///
/// The transition matrix of a short step comes by uniformisation (Jensen, "Markoff chains as an aid
/// in the study of Markoff processes", Skandinavisk Aktuarietidskrift 36, 1953) and is squared until
/// the step is `time`: all terms are positive, so that the relative error is about the number of
/// steps times that of a float, however small the chance.
pub fn loss_within(pieces: u32, needed: u32, rates: &Rates, time: f64) -> f64 {
    let missing_max = pieces - needed;
    let whole = |state: usize| state as u32;
    let states = missing_max as usize + 2;
    let leave = |missing| rates.loss_of(pieces, missing) + rates.rebuild_of(missing);
    let fastest = (0..=missing_max).map(leave).fold(0.0, f64::max);
    let halvings = math::log2((fastest * time).max(1.0)).ceil() as i32;
    let events = fastest * time / math::exp2(f64::from(halvings));
    // One event of the uniformised chain: a loss, a rebuild, or nothing.
    let jump = Matrix::from_fn(states, |from, to| match (from, to) {
        _ if from + 1 == states => f64::from(u8::from(from == to)),
        _ if to == from + 1 => rates.loss_of(pieces, whole(from)) / fastest,
        _ if to + 1 == from => rates.rebuild_of(whole(from)) / fastest,
        _ if to == from => (fastest - leave(whole(from))) / fastest,
        _ => 0.0,
    });
    let identity = Matrix::from_fn(states, |from, to| f64::from(u8::from(from == to)));
    // The Poisson mixture over the number of events; what is left out is below a float's error.
    let (mut weight, mut power) = (math::exp(-events), identity);
    let mut step = power.scaled(weight);
    for count in 1..=states + POISSON_TERMS {
        weight *= events / count as f64;
        power = power.times(&jump);
        step = step.plus(&power.scaled(weight));
    }
    let whole_time = (0..halvings).fold(step, |step, _| step.times(&step));
    whole_time.rows[0][states - 1]
}

/// Terms of a Poisson law of mean at most 1 beyond which the rest is below 1e-20.
const POISSON_TERMS: usize = 22;

/// A square matrix.
#[derive(Clone)]
struct Matrix {
    rows: Vec<Vec<f64>>,
}

impl Matrix {
    fn from_fn(size: usize, entry: impl Fn(usize, usize) -> f64) -> Self {
        let row = |from| (0..size).map(|to| entry(from, to)).collect();
        Matrix { rows: (0..size).map(row).collect() }
    }
    fn times(&self, other: &Matrix) -> Matrix {
        Matrix::from_fn(self.rows.len(), |from, to| {
            let products = self.rows[from].iter().zip(&other.rows);
            products.map(|(entry, row)| entry * row[to]).sum()
        })
    }
    fn plus(&self, other: &Matrix) -> Matrix {
        Matrix::from_fn(self.rows.len(), |from, to| self.rows[from][to] + other.rows[from][to])
    }
    fn scaled(&self, factor: f64) -> Matrix {
        Matrix::from_fn(self.rows.len(), |from, to| self.rows[from][to] * factor)
    }
}

/// The rate of a piece's loss per year from the share of units that fail in a year.
pub fn yearly_rate(annual_failure_share: f64) -> f64 {
    -math::ln_1p(-annual_failure_share)
}

/// Chance that at least `least` of `trials` independent trials succeed.
pub fn binomial_tail(trials: u32, least: u32, chance: f64) -> f64 {
    let term = |hits: u32| {
        let (n, k) = (f64::from(trials), f64::from(hits));
        let ways = math::ln_gamma(n + 1.0) - math::ln_gamma(k + 1.0) - math::ln_gamma(n - k + 1.0);
        math::exp(ways + ln_power(chance, hits) + ln_power(1.0 - chance, trials - hits))
    };
    (least..=trials).map(term).sum()
}

/// `power * ln(base)`, zero for the power zero of anything.
fn ln_power(base: f64, power: u32) -> f64 {
    if power == 0 { 0.0 } else { f64::from(power) * math::ln(base) }
}

/// Chance that a sample of `sample` out of `population` holds at least `least` of its `marked`
/// (hypergeometric).
pub fn hypergeometric_tail(population: u32, marked: u32, sample: u32, least: u32) -> f64 {
    let choose = |n: u32, k: u32| {
        let (n, k) = (f64::from(n), f64::from(k));
        math::ln_gamma(n + 1.0) - math::ln_gamma(k + 1.0) - math::ln_gamma(n - k + 1.0)
    };
    let all = choose(population, sample);
    let possible = |hits: &u32| sample - hits <= population - marked;
    let term = |hits| choose(marked, hits) + choose(population - marked, sample - hits) - all;
    (least..=marked.min(sample)).filter(possible).map(|hits| math::exp(term(hits))).sum()
}

/// Chance that a sample of `sample` distinct chunks out of `chunks` meets one of the `missing`:
/// `1 - C(N - M, s) / C(N, s)`.
pub fn detection(chunks: u32, missing: u32, sample: u32) -> f64 {
    if sample > chunks - missing {
        return 1.0;
    }
    let unseen = |drawn| f64::from(chunks - missing - drawn) / f64::from(chunks - drawn);
    1.0 - (0..sample).map(unseen).product::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64) {
        assert!((value / expected - 1.0).abs() < 5e-4, "{value} is not {expected}");
    }
    fn hours(pieces: u32, needed: u32, life: f64, serial: bool) -> f64 {
        let rates = Rates { loss: 1.0 / life, rebuild: 0.1, serial };
        mean_time_to_loss(pieces, needed, &rates)
    }

    #[test]
    fn textbook_times_to_loss() {
        // RS(n, k): n pieces in all, k needed.
        for (pieces, needed, life, parallel, serial) in [
            (2, 1, 100.0, 650.0, 650.0),
            (3, 1, 100.0, 4_683.333, 2_516.667),
            (4, 2, 100.0, 1_358.333, 775.0),
            (6, 4, 100.0, 361.667, 228.333),
            (9, 6, 100.0, 592.262, 192.791),
            (2, 1, 1_000.0, 51_500.0, 51_500.0),
            (3, 1, 1_000.0, 3_451_833.3, 1_735_166.7),
            (9, 6, 1_000.0, 2_215_029.8, 386_392.2),
        ] {
            near(hours(pieces, needed, life, false), parallel);
            near(hours(pieces, needed, life, true), serial);
        }
    }

    #[test]
    fn chances_of_loss_start_from_a_whole_object() {
        let rates = |rebuild_hours, serial| {
            let loss = yearly_rate(0.0137);
            Rates { loss, rebuild: 8_766.0 / rebuild_hours, serial }
        };
        // One piece of one: exponential. Two of two with no rebuild: both alive.
        let alone = Rates { loss: 0.3, rebuild: 0.0, serial: false };
        near(loss_within(1, 1, &alone, 2.0), -math::expm1(-0.6));
        near(loss_within(2, 1, &alone, 2.0), math::expm1(-0.6) * math::expm1(-0.6));
        near(loss_within(3, 2, &alone, 2.0), 1.0 - binomial_tail(3, 2, math::exp(-0.6)));
        // Long after the start, and for tiny chances, the exponential law of the mean time.
        for (pieces, needed) in [(3, 1), (9, 6), (14, 10), (20, 17), (80, 29)] {
            let rates = rates(24.0, false);
            let mean = mean_time_to_loss(pieces, needed, &rates);
            let chance = loss_within(pieces, needed, &rates, 1_000.0);
            assert!((chance * mean / 1_000.0 - 1.0).abs() < 0.01, "{pieces}: {chance}");
        }
        // 6 of 9, lives of 100 h, rebuilds of 10 h, within 5 days: scipy's expm of the chain.
        let fast = Rates { loss: 0.01, rebuild: 0.1, serial: false };
        let chance = loss_within(9, 6, &fast, 120.0);
        assert!((chance - 0.168_00).abs() < 5e-6, "{chance}");
        // Soon after the start an object is safer than that.
        let slow = rates(156.0, true);
        let exponential = -math::expm1(-1.0 / mean_time_to_loss(9, 6, &slow));
        assert!(loss_within(9, 6, &slow, 1.0) < 0.99 * exponential);
    }

    #[test]
    fn real_rates_and_many_pieces_stay_positive() {
        let years = |pieces, needed, share, rebuild_hours: f64| {
            let rebuild = 8_766.0 / rebuild_hours;
            let rates = Rates { loss: yearly_rate(share), rebuild, serial: false };
            mean_time_to_loss(pieces, needed, &rates)
        };
        near(years(3, 1, 0.0137, 24.0), 1.694e10);
        near(years(9, 6, 0.0137, 24.0), 2.671e12);
        near(years(14, 10, 0.0137, 24.0), 3.562e15);
        near(years(20, 17, 0.0137, 24.0), 6.950e10);
        near(years(5, 1, 0.0137, 24.0), 7.127e18);
        near(years(5, 1, 0.5, 168.0), 9.931e6);
        // Where matrix inversion gives a negative time.
        let many = years(80, 29, 0.0137, 24.0);
        assert!(many > 1e200 && many.is_finite(), "{many}");
    }

    #[test]
    fn more_missing_than_spare_is_found_for_sure() {
        near(detection(100, 10, 5), 0.416_248);
        assert_eq!(detection(100, 10, 91), 1.0);
        assert_eq!(detection(100, 0, 50), 0.0);
        near(hypergeometric_tail(100, 10, 5, 1), 0.416_248);
        near(hypergeometric_tail(100, 90, 20, 10), 1.0);
        assert_eq!(hypergeometric_tail(10, 2, 3, 3), 0.0);
    }

    #[test]
    fn pieces_that_can_be_read() {
        for (pieces, needed, unreadable) in
            [(3, 1, 1.250e-4), (9, 6, 6.426e-4), (14, 10, 4.274e-4), (20, 17, 1.590e-2)]
        {
            near(binomial_tail(pieces, pieces - needed + 1, 0.05), unreadable);
            near(1.0 - binomial_tail(pieces, needed, 0.95), unreadable);
        }
        assert!((binomial_tail(5, 0, 0.0) - 1.0).abs() < 1e-12);
    }
}
