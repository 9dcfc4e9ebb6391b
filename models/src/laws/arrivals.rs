//! The next of a stream of arrivals at a rate that may be changed while it is on its way.
//!
//! What is left of the way is kept when the rate changes, counted in arrivals that are expected
//! until then: at twice the rate it takes half the time. For a Poisson process that is exact,
//! because what is left is exponential whatever has passed; any other renewal process goes on at
//! another speed. No new number is drawn, so runs with and without a change stay in step.

use pinwheel_core::{SimDuration, SimTime};
use serde::{Deserialize, Serialize};

/// When the next arrival comes. Its event is told apart from one that was scheduled before the rate
/// changed by [`NextArrival::is_due`].
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
pub struct NextArrival {
    at: SimTime,
    /// Expected arrivals until then; only kept while the rate is zero.
    left: f64,
}

impl NextArrival {
    /// It comes at this instant.
    pub const fn at(at: SimTime) -> Self {
        NextArrival { at, left: 0.0 }
    }

    /// It does not come at a rate of zero; once there is a rate, after so many expected arrivals.
    pub const fn after_expected(left: f64) -> Self {
        NextArrival { at: SimTime::MAX, left }
    }

    /// Whether an event at this instant is the arrival.
    #[inline]
    pub fn is_due(&self, now: SimTime) -> bool {
        self.at == now
    }

    /// Changes the rate; returns the instant at which the arrival comes now, if it ever does. The
    /// caller schedules it; the event scheduled before is not due any more.
    pub fn change_rate(&mut self, before: f64, after: f64, now: SimTime) -> Option<SimTime> {
        if before > 0.0 {
            self.left = self.at.since(now).as_seconds() * before;
        }
        self.at = match after > 0.0 {
            true => now + SimDuration::from_seconds_f64(self.left / after),
            false => SimTime::MAX,
        };
        (after > 0.0).then_some(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_spent_at_the_new_rate() {
        let at = |seconds| SimTime::ZERO + SimDuration::from_seconds(seconds);
        let mut next = NextArrival::at(at(100));
        assert_eq!(next.change_rate(1.0, 2.0, at(40)), Some(at(70)));
        assert!(next.is_due(at(70)) && !next.is_due(at(100)));
        assert_eq!(next.change_rate(2.0, 0.0, at(50)), None, "it waits for a rate");
        assert!(!next.is_due(at(70)));
        assert_eq!(next.change_rate(0.0, 0.5, at(1_000)), Some(at(1_080)));
        assert_eq!(
            NextArrival::after_expected(3.0).change_rate(0.0, 1.0, at(5)),
            Some(at(8)),
            "expected arrivals over the rate"
        );
    }
}
