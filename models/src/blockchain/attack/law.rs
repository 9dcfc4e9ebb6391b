//! The published laws that the attacks are judged against. Nothing in a run is drawn from them.

use pinwheel_core::math;

/// Chance that a double spend succeeds: the attacker holds `share` of the hash power, the merchant
/// waits for `confirmations` blocks, nothing is mined beforehand, and a tie is enough. Exact:
/// I_{4pq}(z, 1/2) (Grunspan and Perez-Marco, "Double spend races", 2018, theorem 1), here as the
/// finite sum of Rosenfeld, "Analysis of hashrate-based double spending", 2014, section 4.
pub fn double_spend(share: f64, confirmations: u32) -> f64 {
    let (q, p) = (share, 1.0 - share);
    if q >= p {
        return 1.0;
    }
    // p^z q^k C(k+z-1, k) and the same with p and q exchanged.
    let power = |base: f64| (0..confirmations).fold(1.0, |product, _| product * base);
    let (mut behind, mut ahead, mut won) = (power(p), power(q), 1.0);
    for blocks in 0..confirmations {
        won -= behind - ahead;
        let ways = f64::from(blocks + confirmations) / f64::from(blocks + 1);
        behind *= ways * q;
        ahead *= ways * p;
    }
    won
}

/// The same chance in the white paper's approximation, which takes the time of the confirmations
/// for their expected time (Nakamoto, "Bitcoin", 2008, section 11). It is NOT exact.
pub fn double_spend_nakamoto(share: f64, confirmations: u32) -> f64 {
    let (q, p) = (share, 1.0 - share);
    if q >= p {
        return 1.0;
    }
    let mean = f64::from(confirmations) * q / p;
    let (mut poisson, mut won) = (math::exp(-mean), 1.0);
    for blocks in 0..=confirmations {
        let catches_up = math::pow(q / p, f64::from(confirmations - blocks));
        won -= poisson * (1.0 - catches_up);
        poisson *= mean / f64::from(blocks + 1);
    }
    won
}

/// Share of the blocks of the main chain that a selfish pool of hash share `alpha` gets, when a
/// share `gamma` of the honest power mines on the pool's block in a tie (Eyal and Sirer, "Majority
/// is not enough", FC 2014, equation 8). It holds below one half.
pub fn selfish_revenue(alpha: f64, gamma: f64) -> f64 {
    let (a, rest) = (alpha, 1.0 - alpha);
    let won = a * rest * rest * (4.0 * a + gamma * (1.0 - 2.0 * a)) - a * a * a;
    won / (1.0 - a * (1.0 + (2.0 - a) * a))
}

/// Hash share above which selfish mining pays (Eyal and Sirer 2014, observation 1).
pub fn selfish_threshold(gamma: f64) -> f64 {
    (1.0 - gamma) / (3.0 - 2.0 * gamma)
}

/// P(Bin(n, p) >= from), all terms positive. A committee of n seats drawn by stake has a bad third
/// with this chance for `from` = [`third`].
pub fn binomial_tail(n: u32, p: f64, from: u32) -> f64 {
    if from == 0 {
        return 1.0;
    }
    if from > n || p <= 0.0 {
        return 0.0;
    }
    let (whole, first) = (f64::from(n), f64::from(from));
    let ways = math::ln_gamma(whole + 1.0)
        - math::ln_gamma(first + 1.0)
        - math::ln_gamma(whole - first + 1.0);
    let mut term = math::exp(ways + first * math::ln(p) + (whole - first) * math::ln_1p(-p));
    let mut sum = 0.0;
    for k in from..=n {
        sum += term;
        term *= f64::from(n - k) / f64::from(k + 1) * p / (1.0 - p);
    }
    sum
}

/// The smallest number of seats that is a third of `seats` or more.
pub fn third(seats: u32) -> u32 {
    seats.div_ceil(3)
}

/// Mean number of slots until a transaction is in a block, its own slot included, when every slot
/// includes it with chance `included` by itself: the geometric law.
pub fn inclusion_slots(included: f64) -> f64 {
    1.0 / included
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, relative: f64) {
        assert!((found / expected - 1.0).abs() < relative, "{found} is not {expected}");
    }

    /// Numbers computed apart from this program (incomplete beta function at 30 digits).
    #[test]
    fn double_spend_has_its_published_values() {
        let exact = [(0.1, 1, 0.2), (0.1, 2, 0.056), (0.1, 5, 0.0017818), (0.1, 6, 0.0005914)];
        for (share, confirmations, expected) in exact {
            close(double_spend(share, confirmations), expected, 1e-4);
        }
        let exact = [(1, 0.6), (2, 0.432), (5, 0.1976173), (6, 0.1564496), (10, 0.0651067)];
        for (confirmations, expected) in exact {
            close(double_spend(0.3, confirmations), expected, 1e-6);
        }
        assert_eq!(double_spend(0.5, 6), 1.0);
    }

    /// The table of the white paper's section 11 for q = 0.1 and 0.3.
    #[test]
    fn nakamoto_has_the_values_of_the_white_paper() {
        let paper = [(0.1, 1, 0.2045873), (0.1, 5, 0.0009137), (0.1, 6, 0.0002428)];
        for (share, confirmations, expected) in paper {
            close(double_spend_nakamoto(share, confirmations), expected, 1e-4);
        }
        close(double_spend_nakamoto(0.3, 5), 0.1773523, 1e-6);
        close(double_spend_nakamoto(0.3, 10), 0.0416605, 1e-5);
    }

    #[test]
    fn selfish_mining_pays_exactly_above_its_threshold() {
        for gamma in [0.0, 0.25, 0.5, 0.75] {
            let threshold = selfish_threshold(gamma);
            close(selfish_revenue(threshold, gamma), threshold, 1e-12);
            assert!(selfish_revenue(threshold - 0.01, gamma) < threshold - 0.01);
            assert!(selfish_revenue(threshold + 0.01, gamma) > threshold + 0.01);
        }
        assert_eq!(selfish_threshold(1.0), 0.0);
    }

    #[test]
    fn committees_have_their_computed_tails() {
        let computed = [(128, 0.2, 2.176e-4), (128, 0.25, 1.822e-2), (512, 0.2, 8.524e-13)];
        for (seats, bad, expected) in computed {
            close(binomial_tail(seats, bad, third(seats)), expected, 1e-3);
        }
        close(binomial_tail(512, 0.25, 171), 1.281e-5, 1e-3);
        close(binomial_tail(512, 0.3, 171), 5.262e-2, 1e-3);
    }
}
