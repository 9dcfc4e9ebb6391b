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
}
