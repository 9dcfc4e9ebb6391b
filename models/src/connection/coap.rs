//! CoAP: reliable messages over datagrams (RFC 7252) and observation (RFC 7641), without I/O.
//!
//! A confirmable message is sent again after a random time between `ACK_TIMEOUT` and
//! `ACK_TIMEOUT * ACK_RANDOM_FACTOR` that doubles each time, at most `MAX_RETRANSMIT` times (4.2).
//! The receiver acknowledges every copy and acts on the first: it remembers message identifiers for
//! `EXCHANGE_LIFETIME` (4.5, 4.8.2). Congestion control is the specification's: `NSTART = 1`.
//!
//! Left out: block-wise transfer, multicast, DTLS, separate responses (answers ride on the
//! acknowledgement).

use std::collections::VecDeque;

use pinwheel_core::{SimDuration, SimTime, Stream};
use serde::{Deserialize, Serialize};

/// Defaults of RFC 7252, section 4.8.
pub const ACK_TIMEOUT: SimDuration = SimDuration::from_seconds(2);
/// The first timeout is drawn between [`ACK_TIMEOUT`] and this many times as long.
pub const ACK_RANDOM_FACTOR: f64 = 1.5;
/// A message is sent this often after the first time.
pub const MAX_RETRANSMIT: u8 = 4;
/// Outstanding exchanges with one server.
pub const NSTART: u8 = 1;
/// From the first transmission to when its identifier may be used again (4.8.2).
pub const EXCHANGE_LIFETIME: SimDuration = SimDuration::from_seconds(247);
/// Identifiers a server keeps of one client. At `NSTART` exchanges within
/// [`EXCHANGE_LIFETIME`], each a round trip at least, a client does not need more.
const REMEMBERED_MAX: usize = 1_024;
/// A notification this much later is newer whatever its number says (RFC 7641, 3.4).
const NEWER_BY_TIME: SimDuration = SimDuration::from_seconds(128);

/// The first timeout of a confirmable message.
pub fn first_timeout(draws: &mut Stream) -> SimDuration {
    let factor = 1.0 + draws.uniform() * (ACK_RANDOM_FACTOR - 1.0);
    SimDuration::from_seconds_f64(ACK_TIMEOUT.as_seconds() * factor)
}

/// The timeout after so many retransmissions.
pub fn timeout(first: SimDuration, retransmissions: u8) -> SimDuration {
    first.times(1 << retransmissions)
}

/// The server's memory of one client's message identifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deduplicator {
    recent: VecDeque<(u16, SimTime)>,
}

impl Deduplicator {
    /// Whether a message with this identifier is new; it is known from now on.
    pub fn is_new(&mut self, id: u16, now: SimTime) -> bool {
        while let Some(&(_, seen)) = self.recent.front()
            && (now.since(seen) > EXCHANGE_LIFETIME || self.recent.len() > REMEMBERED_MAX)
        {
            self.recent.pop_front();
        }
        let new = self.recent.iter().rev().all(|(known, _)| *known != id);
        if new {
            self.recent.push_back((id, now));
        }
        new
    }
}

/// What an observer last heard: RFC 7641, section 3.4.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// 24 bits.
    pub number: u32,
    /// When it arrived.
    pub at: SimTime,
}

impl Notification {
    /// Whether this one is newer than the one before.
    pub fn is_newer_than(self, last: Notification) -> bool {
        const HALF: u32 = 1 << 23;
        let (old, new) = (last.number, self.number);
        (old < new && new - old < HALF)
            || (old > new && old - new > HALF)
            || self.at.since(last.at) > NEWER_BY_TIME
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::Streams;

    #[test]
    fn timeouts_lie_between_two_and_three_seconds_and_double() {
        let mut draws = Streams::new(1, 0).stream(0, "coap");
        for _ in 0..1_000 {
            let first = first_timeout(&mut draws);
            assert!((2.0..3.0).contains(&first.as_seconds()));
            let all = (0..=MAX_RETRANSMIT).map(|n| timeout(first, n).as_seconds()).sum::<f64>();
            assert!(all <= 93.0, "MAX_TRANSMIT_WAIT of section 4.8.2");
        }
    }

    #[test]
    fn a_message_is_new_once_until_its_lifetime_is_over() {
        let at = |seconds| SimTime::ZERO + SimDuration::from_seconds(seconds);
        let mut server = Deduplicator::default();
        assert!(server.is_new(7, at(0)) && !server.is_new(7, at(247)));
        assert!(server.is_new(8, at(100)) && server.is_new(7, at(248)));
    }

    #[test]
    fn a_notification_is_newer_by_number_or_by_time() {
        let heard = |number, seconds| Notification {
            number,
            at: SimTime::ZERO + SimDuration::from_seconds(seconds),
        };
        assert!(heard(5, 1).is_newer_than(heard(4, 0)));
        assert!(!heard(4, 1).is_newer_than(heard(5, 0)));
        assert!(heard(1, 1).is_newer_than(heard((1 << 24) - 1, 0)), "the number went round");
        assert!(heard(4, 200).is_newer_than(heard(5, 0)));
    }
}
