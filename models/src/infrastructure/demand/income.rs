//! Who earns by a demand. Each source's devices that are up share what the source gives equally.
//!
//! What one device has earned is the growth of its source's sum since the device came up, so an
//! hour costs the same for any number of devices.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What one device of a source would have earned, had it always been up.
#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
struct Sum {
    each: u128,
    /// Given but not yet shared out: less than one device's part.
    rest: u128,
}

/// Amounts earned by owners, in the units of [`super::Account`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Income {
    sums: Vec<Sum>,
    /// Devices that are up: source, owner, and the source's sum when the device came up.
    working: BTreeMap<u32, (u32, u32, u128)>,
    earned: BTreeMap<u32, u128>,
}

impl Income {
    /// So many sources without devices.
    pub fn new(sources: usize) -> Self {
        Income { sums: vec![Sum::default(); sources], ..Income::default() }
    }

    /// Shares out what a source gave while so many of its devices were up.
    pub(super) fn pay(&mut self, source: usize, given: u128, up: u32) {
        if given == 0 {
            return;
        }
        let (sum, up) = (&mut self.sums[source], u128::from(up));
        let given = given + sum.rest;
        sum.each += given / up;
        sum.rest = given % up;
    }

    /// A device of a source comes up or goes down; what is given until now has been paid.
    pub fn turn(&mut self, source: usize, device: u32, owner: u32, up: bool) {
        let sum = self.sums[source].each;
        let earned = self.earned.entry(owner).or_insert(0);
        if up {
            self.working.insert(device, (source as u32, owner, sum));
        } else if let Some((_, _, then)) = self.working.remove(&device) {
            *earned += sum - then;
        }
    }

    /// What each owner has earned until now, in rising order.
    pub fn by_owner(&self) -> Vec<u128> {
        let mut earned: Vec<u128> = self.of_owners().into_values().collect();
        earned.sort_unstable();
        earned
    }

    /// What each owner has earned until now, by owner.
    pub fn of_owners(&self) -> BTreeMap<u32, u128> {
        let mut earned = self.earned.clone();
        for &(source, owner, then) in self.working.values() {
            *earned.entry(owner).or_insert(0) += self.sums[source as usize].each - then;
        }
        earned
    }
}

/// The Gini coefficient of amounts in rising order: 0 where all are equal, (n - 1) / n where one
/// of n has everything. `G = 2 sum(i x_i) / (n sum x) - (n + 1) / n` (Sen 1973).
pub fn gini(rising: &[u128]) -> f64 {
    let whole: f64 = rising.iter().map(|&amount| amount as f64).sum();
    if whole == 0.0 {
        return 0.0;
    }
    let count = rising.len() as f64;
    let ranked: f64 =
        rising.iter().enumerate().map(|(place, &amount)| (place + 1) as f64 * amount as f64).sum();
    2.0 * ranked / (count * whole) - (count + 1.0) / count
}

/// How many equal owners would be as concentrated: the inverse of the Herfindahl index (Laakso
/// and Taagepera 1979).
pub fn effective_owners(amounts: &[u128]) -> f64 {
    let whole: f64 = amounts.iter().map(|&amount| amount as f64).sum();
    let squares: f64 = amounts.iter().map(|&amount| amount as f64 * amount as f64).sum();
    if squares == 0.0 { 0.0 } else { whole * whole / squares }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_earn_by_the_devices_they_have_up() {
        let mut income = Income::new(1);
        income.turn(0, 0, 7, true);
        income.turn(0, 1, 7, true);
        income.turn(0, 2, 8, true);
        income.pay(0, 301, 3);
        assert_eq!(income.by_owner(), [100, 200]);
        income.turn(0, 1, 7, false);
        income.pay(0, 299, 2);
        // The unit left over from the first sharing is shared now.
        assert_eq!(income.by_owner(), [250, 350]);
        income.turn(0, 2, 8, false);
        income.pay(0, 10, 1);
        income.turn(0, 1, 7, true);
        income.pay(0, 10, 2);
        assert_eq!(income.by_owner(), [250, 370]);
    }

    #[test]
    fn concentration_has_its_closed_forms() {
        assert!(gini(&[5, 5, 5, 5]).abs() < 1e-12);
        assert!((gini(&[0, 0, 0, 9]) - 0.75).abs() < 1e-12);
        // 1, 2, ..., n: (n - 1) / 3 n... of the mean (n + 1) / 2: (n^2 - 1) / (3 n (n + 1)).
        assert!((gini(&[1, 2, 3, 4, 5]) - 24.0 / 90.0).abs() < 1e-12);
        assert!((gini(&[]) - 0.0).abs() < 1e-12);
        assert!((effective_owners(&[3, 3, 3]) - 3.0).abs() < 1e-12);
        assert!((effective_owners(&[0, 7]) - 1.0).abs() < 1e-12);
    }
}
