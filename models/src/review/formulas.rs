//! The formulas of the list that are more than one division. Pure; units are in the names.

use pinwheel_core::math;

use crate::describe::review::YEAR_DAYS;

/// What stands for "never" among payback times: a century.
pub const NEVER_MONTHS: f64 = 1_200.0;
/// Days of unlocks that are summed for the unlock shock.
const SHOCK_DAYS: usize = 30;
/// Least relative change of income for which an elasticity is told.
const INCOME_CHANGE_MIN: f64 = 0.02;

/// A ratio, where there is one.
pub fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// Growth of a supply a year, of which so much was minted and burned in `days`.
pub fn net_inflation(minted: f64, burned: f64, supply: f64, days: f64) -> Option<f64> {
    ratio((minted - burned) * YEAR_DAYS, supply * days)
}

/// The largest sum over 30 days in a row; of all of them if there are fewer.
pub fn unlock_peak(unlocks: &[f64]) -> f64 {
    let sum = |days: &[f64]| days.iter().sum::<f64>();
    unlocks.windows(SHOCK_DAYS.min(unlocks.len()).max(1)).map(sum).fold(0.0, f64::max)
}

/// Months until hardware has earned its price at this margin.
pub fn payback_months(capex_usd: f64, margin_usd_per_month: f64) -> f64 {
    if margin_usd_per_month <= 0.0 {
        return NEVER_MONTHS;
    }
    (capex_usd / margin_usd_per_month).min(NEVER_MONTHS)
}

/// A quantile by linear interpolation between order statistics (Hyndman and Fan 1996, type 7);
/// sorts the values.
pub fn quantile(values: &mut [f64], share: f64) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let place = share * values.len().checked_sub(1)? as f64;
    let (low, high) = (values[place as usize], values[place.ceil() as usize]);
    Some(low + (high - low) * (place - place.floor()))
}

/// Elasticity of capacity to income, from their values before and after.
pub fn elasticity(capacity: (f64, f64), income: (f64, f64)) -> Option<f64> {
    let all = [capacity.0, capacity.1, income.0, income.1];
    if all.iter().any(|value| *value <= 0.0) {
        return None;
    }
    let moved = math::ln(income.1 / income.0);
    let enough = math::ln(1.0 + INCOME_CHANGE_MIN);
    (moved.abs() >= enough).then(|| math::ln(capacity.1 / capacity.0) / moved)
}

/// Mean and spread of a series that grows (Welford 1962).
#[derive(Copy, Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Spread {
    count: u32,
    mean: f64,
    squares: f64,
}

impl Spread {
    /// Values of which a coefficient of variation is told.
    const COUNT_MIN: u32 = 3;

    /// Takes in one more value.
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        let off = value - self.mean;
        self.mean += off / f64::from(self.count);
        self.squares += off * (value - self.mean);
    }

    /// Standard deviation over mean.
    pub fn variation(&self) -> Option<f64> {
        if self.count < Spread::COUNT_MIN || self.mean <= 0.0 {
            return None;
        }
        Some(math::sqrt(self.squares / f64::from(self.count - 1)) / self.mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::concentration::gini;
    use crate::laws::concentration::nakamoto;

    #[track_caller]
    fn near(value: f64, expected: f64) {
        assert!((value - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{value}");
    }

    #[test]
    fn two_percent_a_month_less_half_burned() {
        // 100 tokens, 1 minted and 0.5 burned in half a year: 1 % a year.
        near(net_inflation(1.0, 0.5, 100.0, YEAR_DAYS / 2.0).unwrap(), 0.01);
        assert_eq!(net_inflation(1.0, 0.0, 0.0, 30.0), None);
    }

    #[test]
    fn the_largest_thirty_days_in_a_row() {
        let mut unlocks = vec![1.0; 100];
        unlocks[40] = 50.0;
        unlocks[69] = 50.0;
        unlocks[70] = 1_000.0;
        // Days 41..=70 hold 1,000 + 50 + 28; days 40..=69 hold 2 x 50 + 28.
        near(unlock_peak(&unlocks), 1_078.0);
        near(unlock_peak(&[2.0, 3.0]), 5.0);
        near(unlock_peak(&[]), 0.0);
    }

    #[test]
    fn hardware_of_1800_at_50_a_month_takes_three_years() {
        near(payback_months(1_800.0, 50.0), 36.0);
        near(payback_months(1_800.0, 0.0), NEVER_MONTHS);
        near(payback_months(1_800.0, -1.0), NEVER_MONTHS);
    }

    #[test]
    fn quantiles_of_one_to_five() {
        let mut values = [5.0, 1.0, 4.0, 2.0, 3.0];
        for (share, expected) in [(0.0, 1.0), (0.1, 1.4), (0.5, 3.0), (0.9, 4.6), (1.0, 5.0)] {
            near(quantile(&mut values, share).unwrap(), expected);
        }
        assert_eq!(quantile(&mut [], 0.5), None);
    }

    #[test]
    fn capacity_that_follows_the_square_root_of_income_has_elasticity_one_half() {
        near(elasticity((100.0, 200.0), (1.0, 4.0)).unwrap(), 0.5);
        assert_eq!(elasticity((100.0, 200.0), (1.0, 1.01)), None);
        assert_eq!(elasticity((0.0, 200.0), (1.0, 4.0)), None);
    }

    #[test]
    fn one_two_three_vary_by_one_half() {
        let mut spread = Spread::default();
        spread.add(1.0);
        spread.add(2.0);
        assert_eq!(spread.variation(), None);
        spread.add(3.0);
        near(spread.variation().unwrap(), 0.5);
    }

    #[test]
    fn users_who_burn_3000_a_day_against_1000_tokens_balance_at_3() {
        near(ratio(3_000.0, 1_000.0).unwrap(), 3.0);
        assert_eq!(ratio(3_000.0, 0.0), None);
    }

    /// One owner of n with all has a Gini coefficient of (n - 1) / n and is a majority alone; of
    /// equal owners just more than half are needed.
    #[test]
    fn concentration_of_known_vectors() {
        near(gini(&[0, 0, 0, 100]), 0.75);
        near(gini(&[7, 7, 7]), 0.0);
        assert_eq!(nakamoto(vec![100, 0, 0]), 1);
        assert_eq!(nakamoto(vec![1; 10]), 6);
        assert_eq!(nakamoto(vec![30, 20, 20, 30]), 2);
        assert_eq!(nakamoto(vec![25, 25, 25, 25]), 3);
        assert_eq!(nakamoto(vec![]), 0);
    }
}
