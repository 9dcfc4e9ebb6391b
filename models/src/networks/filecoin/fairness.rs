//! Whether the lottery is fair and rewards follow power, in two numbers a day.
//!
//! Dispersion of wins: Pearson's chi-square of the wins of each provider against what its share of
//! the lottery's power lets expect of all of them, over its degrees of freedom (K. Pearson, 1900).
//! Providers that can expect fewer than five wins are taken together. It is one on average if each
//! win falls on a provider by its power. Wins of which no block was made count; a provider that a
//! consensus fault bars has none.
//!
//! Slope of rewards: the least-squares slope of the size classes' shares of the income over their
//! shares of the quality-adjusted power. It is one if income follows power, above one if large
//! classes earn more than their share.

use super::Filecoin;

/// Fewest wins that a group must expect: the usual rule for the chi-square statistic.
const EXPECTED_MIN: f64 = 5.0;

/// A provider's part in the lottery since the last record.
#[derive(Copy, Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Tickets {
    /// Its power in the lottery now, quality units.
    pub units: u64,
    /// Its share of the lottery's power, summed over the epochs.
    pub share_epochs: f64,
    /// Its wins.
    pub wins: u64,
}

/// Chi-square of wins over its degrees of freedom; `None` if there are fewer than two groups.
pub fn dispersion(tickets: impl Iterator<Item = Tickets> + Clone) -> Option<f64> {
    let of_all = tickets.clone().fold(Tickets::default(), |sum, one| Tickets {
        share_epochs: sum.share_epochs + one.share_epochs,
        wins: sum.wins + one.wins,
        ..sum
    });
    let per_share = of_all.wins as f64 / of_all.share_epochs;
    let term = |wins: u64, expected: f64| {
        let apart = wins as f64 - expected;
        apart * apart / expected
    };
    let (mut sum, mut groups) = (0.0, 0_u32);
    let (mut small_wins, mut small_expected) = (0, 0.0);
    for one in tickets {
        let expected = one.share_epochs * per_share;
        if expected >= EXPECTED_MIN {
            sum += term(one.wins, expected);
            groups += 1;
        } else {
            small_wins += one.wins;
            small_expected += expected;
        }
    }
    if small_expected >= EXPECTED_MIN {
        sum += term(small_wins, small_expected);
        groups += 1;
    }
    (groups >= 2).then(|| sum / f64::from(groups - 1))
}

/// Least-squares slope of the second of each pair over the first; `None` where the first do not
/// differ.
pub fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x_mean, y_mean) = (mean(|point| point.0), mean(|point| point.1));
    let (mut variance, mut covariance) = (0.0, 0.0);
    for (x, y) in points {
        variance += (x - x_mean) * (x - x_mean);
        covariance += (x - x_mean) * (y - y_mean);
    }
    (variance > 0.0).then(|| covariance / variance)
}

impl Filecoin {
    /// Adds what the lottery has promised since the last call: before its tickets change, and at
    /// the end of a day.
    pub(super) fn count_tickets(&mut self) {
        let epochs = std::mem::take(&mut self.rounds_uncounted);
        let all: u64 = self.providers.iter().map(|provider| provider.tickets.units).sum();
        if all == 0 || epochs == 0 {
            return;
        }
        let per_unit = f64::from(epochs) / all as f64;
        for provider in &mut self.providers {
            provider.tickets.share_epochs += provider.tickets.units as f64 * per_unit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::Streams;
    use pinwheel_core::distribution::Poisson;

    fn day(bias: impl Fn(u32) -> f64, day: u64) -> f64 {
        let tickets = (0..400).map(|i| {
            let share = f64::from(1 + i % 40) / 8_200.0;
            let mut draws = Streams::new(3, 0).indexed(i, "test wins", day);
            let mean = Poisson::new(14_400.0 * share * bias(i)).expect("a mean");
            Tickets { units: 0, share_epochs: share, wins: mean.sample(&mut draws) }
        });
        dispersion(tickets.collect::<Vec<_>>().into_iter()).expect("many groups")
    }

    #[test]
    fn a_fair_lottery_has_a_dispersion_of_one() {
        let days = 200;
        let mean = (0..days).map(|d| day(|_| 1.0, d)).sum::<f64>() / days as f64;
        // 399 degrees of freedom: a standard error of 0.5 %.
        assert!((mean - 1.0).abs() < 0.02, "{mean}");
    }

    #[test]
    fn one_that_bars_some_providers_is_not_fair() {
        let barred = day(|i| if i % 10 == 0 { 0.5 } else { 1.0 }, 0);
        assert!(barred > 1.3, "{barred}");
    }

    #[test]
    fn what_few_expect_is_taken_together() {
        let one = |share_epochs, wins| Tickets { units: 0, share_epochs, wins };
        let tickets = [one(0.5, 60), one(0.46, 40), one(0.02, 0), one(0.02, 0)];
        // Expected 50, 46 and together 4, which is too few to be a group.
        let expected = (100.0 / 50.0 + 36.0 / 46.0) / 1.0;
        let got = dispersion(tickets.into_iter()).expect("two groups");
        assert!((got - expected).abs() < 1e-12, "{got}");
        assert_eq!(dispersion([one(1.0, 100)].into_iter()), None);
    }

    #[test]
    fn the_slope_is_one_where_income_follows_power() {
        let close = |points: &[(f64, f64)], wanted: f64| {
            let got = slope(points).expect("they differ");
            assert!((got - wanted).abs() < 1e-12, "{got}");
        };
        close(&[(0.1, 0.1), (0.3, 0.3), (0.6, 0.6)], 1.0);
        close(&[(0.2, 0.35), (0.8, 0.65)], 0.5);
        assert_eq!(slope(&[(1.0, 1.0)]), None);
    }
}
