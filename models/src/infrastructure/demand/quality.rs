//! How good a service is where its users are.
//!
//! Users live in the regions of the fleet, in proportion to the regions' shares. An hour's quality
//! in a region is the share of the demand that was served, times what distance leaves of the
//! throughput: a flow with a fixed window carries `window / RTT` (RFC 6349, section 3.3), so
//! beyond the round trip at which it reaches the rate asked for, quality falls as the inverse of
//! the round trip. The nearest region with a source that is up serves.

use serde::{Deserialize, Serialize};

use crate::infrastructure::demand::Census;

const BINS: usize = 1_000;

/// Where users are and how far they reach.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// By region: its part of the users, in millionths.
    pub users_millionths: Vec<u64>,
    /// By region of the user, then of the source: round trip, in seconds.
    pub round_trip_seconds: Vec<Vec<f64>>,
    /// Round trip up to which quality is full; zero if distance does not matter.
    pub full_seconds: f64,
}

impl Settings {
    /// What the distance to the nearest source leaves of the quality in a region.
    fn of_distance(&self, region: usize, has_source: impl Fn(usize) -> bool) -> f64 {
        if self.full_seconds == 0.0 {
            return 1.0;
        }
        let trips = self.round_trip_seconds[region].iter().enumerate();
        let near = trips.filter(|(source, _)| has_source(*source)).map(|(_, &trip)| trip);
        (self.full_seconds / near.fold(f64::INFINITY, f64::min)).min(1.0)
    }
}

/// The hours of all users by their quality: a weighted histogram of shares in even bins, in which a
/// share is off by at most a thousandth. Durations, over many orders of magnitude, are kept in
/// [`crate::laws::sketch`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Quality {
    /// Millionths of the users times hours, by quality in thousandths.
    hours: Vec<u64>,
}

impl Default for Quality {
    fn default() -> Self {
        Quality { hours: vec![0; BINS + 1] }
    }
}

impl Quality {
    /// Notes an hour in which this share of the demand was served.
    pub(super) fn note(
        &mut self,
        settings: &Settings,
        share: f64,
        sources: impl Iterator<Item = u8> + Clone,
        census: &Census,
    ) {
        for (region, &users) in settings.users_millionths.iter().enumerate() {
            let up = |class: u8, of: usize| census.up_by_region[usize::from(class)][of] > 0;
            let distance =
                settings.of_distance(region, |of| sources.clone().any(|class| up(class, of)));
            self.hours[(share * distance * BINS as f64) as usize] += users;
        }
    }

    /// The quality that this share of all user hours did not exceed; none before the first hour.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let whole: u64 = self.hours.iter().sum();
        let rank = share * whole as f64;
        let mut below = 0;
        let found = self.hours.iter().position(|&hours| {
            below += hours;
            hours > 0 && below as f64 >= rank
        });
        found.map(|bin| bin as f64 / BINS as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_users_and_bad_hours_have_less() {
        let settings = Settings {
            users_millionths: vec![900_000, 100_000],
            round_trip_seconds: vec![vec![0.01, 0.2], vec![0.2, 0.01]],
            full_seconds: 0.05,
        };
        let census = |near, far| Census {
            devices: vec![2],
            up: vec![near + far],
            up_by_region: vec![vec![near, far]],
        };
        let mut quality = Quality::default();
        assert_eq!(quality.quantile(0.5), None);
        let sources = [0u8];
        for hour in 0..100 {
            let share = if hour < 10 { 0.5 } else { 1.0 };
            quality.note(&settings, share, sources.into_iter(), &census(1, 0));
        }
        // One tenth of the users at 50 / 200, in one tenth of the hours half of that.
        assert_eq!(quality.quantile(0.005), Some(0.125));
        assert_eq!(quality.quantile(0.05), Some(0.25));
        assert_eq!(quality.quantile(0.15), Some(0.5));
        assert_eq!(quality.quantile(0.5), Some(1.0));
        quality.note(&settings, 1.0, sources.into_iter(), &census(0, 0));
        assert_eq!(quality.quantile(0.0), Some(0.0));
    }
}
