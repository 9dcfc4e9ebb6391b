//! What a link does to a packet: it loses it or delays it. Every transmission is one draw.
//!
//! Losses are independent or come in bursts. The burst channel is the two-state chain of Gilbert
//! ("Capacity of a burst-noise channel", 1960) and Elliott (1963): in its bad state everything is
//! lost, in its good one nothing; it moves once a packet, so bursts are counted in packets, not in
//! seconds. Jitter is exponential and is added to half the round trip.

use pinwheel_core::{SimDuration, Stream, math};
use serde::{Deserialize, Serialize};

/// How packets get lost.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Loss {
    /// Each with this probability.
    Independent(f64),
    /// In bursts: probabilities of going bad and of becoming good again, per packet.
    Bursts {
        /// Chance that a packet finds the good state turned bad.
        to_bad: f64,
        /// Chance that a packet finds the bad state turned good.
        to_good: f64,
    },
}

impl Loss {
    /// A channel that loses `share` of all packets, in bursts of `packets` on average. A burst of
    /// `1 / (1 - share)` is what independent losses show.
    pub fn bursts(share: f64, packets: f64) -> Loss {
        let to_good = 1.0 / packets;
        let to_bad = if share < 1.0 { share * to_good / (1.0 - share) } else { 1.0 };
        Loss::Bursts { to_bad: to_bad.min(1.0), to_good }
    }
    /// The state a burst channel is found in, for a uniform draw: bad as often as in the long run.
    pub fn begins_bad(self, chance: f64) -> bool {
        matches!(self, Loss::Bursts { .. }) && chance < self.share()
    }
    /// Share of all packets that is lost in the long run.
    pub fn share(self) -> f64 {
        match self {
            Loss::Independent(share) => share,
            Loss::Bursts { to_bad, to_good } => to_bad / (to_bad + to_good),
        }
    }
}

/// A link between two places, without its round trip, which belongs to the places.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    /// How packets are lost.
    pub loss: Loss,
    /// Mean of the exponential delay added to each packet.
    pub jitter_seconds: f64,
    /// How fast it takes packets in.
    pub bytes_per_second: f64,
}

impl Channel {
    /// One packet: how much later than half a round trip it arrives, in microseconds, or nothing.
    /// Two words are drawn whatever becomes of it; `bad` is the state of a burst channel.
    #[inline]
    pub fn transmit(&self, bytes: u32, draws: &mut Stream, bad: &mut bool) -> Option<u64> {
        let (chance, delay) = (draws.uniform(), draws.uniform_open());
        let lost = match self.loss {
            Loss::Independent(share) => chance < share,
            Loss::Bursts { to_bad, to_good } => {
                *bad = if *bad { chance >= to_good } else { chance < to_bad };
                *bad
            }
        };
        if lost {
            return None;
        }
        let mut seconds = f64::from(bytes) / self.bytes_per_second;
        if self.jitter_seconds > 0.0 {
            seconds -= self.jitter_seconds * math::ln(delay);
        }
        Some((seconds * 1e6) as u64)
    }
}

/// A time in which a share of the senders is cut off, or the hub is down.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outage {
    /// When it begins, seconds from the start.
    pub start_seconds: f64,
    /// How long it takes, seconds.
    pub length_seconds: f64,
    /// Share of the senders that is cut off; below one, the hub itself goes on.
    pub share: f64,
    /// Whether connections are closed at once (the hub restarts) instead of going silent.
    pub resets: bool,
    /// How many outages before it begin when it does and last as long.
    pub equal_before: u16,
}

impl Outage {
    /// By what its draws are named: when it begins, how long it lasts, and which of the equal ones
    /// it is. So an outage put before others that differ from it moves no draw of theirs.
    pub fn name(&self) -> u64 {
        /// Odd, with bits all over it: 2^64 over the golden ratio.
        const APART: u64 = 0x9e37_79b9_7f4a_7c15;
        let nanos = |seconds| SimDuration::from_seconds_f64(seconds).as_nanos();
        let span = nanos(self.start_seconds) ^ nanos(self.length_seconds).rotate_left(32);
        span ^ u64::from(self.equal_before).wrapping_mul(APART)
    }

    /// Counts for each outage the equal ones before it.
    pub fn tell_apart(outages: &mut [Outage]) {
        for number in 0..outages.len() {
            let (before, rest) = outages.split_at_mut(number);
            let of = &mut rest[0];
            let span = |of: &Outage| (of.start_seconds, of.length_seconds);
            let equal = before.iter().filter(|other| span(other) == span(of)).count();
            of.equal_before = equal as u16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_outages_have_names_of_their_own_and_the_first_keeps_its() {
        let outage = |start_seconds| Outage {
            start_seconds,
            length_seconds: 3_600.0,
            share: 0.5,
            resets: false,
            equal_before: 0,
        };
        let mut outages = [outage(1.0), outage(2.0), outage(1.0), outage(1.0)];
        let before = outages.map(|of| of.name());
        Outage::tell_apart(&mut outages);
        assert_eq!(outages.map(|of| of.equal_before), [0, 0, 1, 2]);
        let mut names = outages.map(|of| of.name());
        assert_eq!(names[..2], before[..2]);
        names.sort_unstable();
        assert!(names.windows(2).all(|two| two[0] != two[1]));
    }
}
