//! MQTT 5.0 delivery: the state machines of section 4.3 of the OASIS standard, without I/O.
//!
//! [`Publisher`] is the sending side (sections 4.3, 4.4 and 4.9): packet identifiers, the send
//! quota of the receiver's Receive Maximum, and what is resent when a session is resumed - PUBLISH
//! with DUP and PUBREL, in their order, and at no other time. [`Receiver`] is the other side, which
//! for QoS 2 keeps the identifiers between PUBREC and PUBREL. [`Topic`] is what the broker
//! has of one topic: the retained message and the last will.
//!
//! Left out: topic filters, shared subscriptions, expiry, session takeover, reason codes.

use pinwheel_core::SimTime;
use serde::{Deserialize, Serialize};

/// Quality of service.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Qos {
    /// QoS 0: sent once, never acknowledged.
    AtMostOnce,
    /// QoS 1: sent until PUBACK comes.
    AtLeastOnce,
    /// QoS 2: a handshake of four packets.
    ExactlyOnce,
}

/// The control packets that deliver an application message.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Packet {
    /// The message itself.
    Publish {
        /// The packet identifier.
        id: u16,
        /// Quality of service.
        qos: Qos,
        /// Whether it was sent before.
        duplicate: bool,
    },
    /// Acknowledges it at QoS 1.
    PubAck {
        /// The packet identifier.
        id: u16,
    },
    /// It was received, at QoS 2.
    PubRec {
        /// The packet identifier.
        id: u16,
    },
    /// It may be released, at QoS 2.
    PubRel {
        /// The packet identifier.
        id: u16,
    },
    /// The handshake of QoS 2 is complete.
    PubComp {
        /// The packet identifier.
        id: u16,
    },
}

#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Outbound {
    id: u16,
    /// PUBREC has come, PUBREL was sent.
    released: bool,
}

/// What the publisher does with an answer.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// Sends this packet.
    Send(Packet),
    /// The message is through; its identifier is free.
    Complete,
    /// Of a message that is complete, or out of place.
    Ignore,
}

/// The sending side of one session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publisher {
    qos: Qos,
    receive_maximum: u16,
    last_id: u16,
    outbound: Vec<Outbound>,
}

impl Publisher {
    /// A session that has sent nothing.
    ///
    /// # Panics
    ///
    /// If the receive maximum is zero, which is a protocol error (MQTT 5, 3.1.2.11.3).
    pub fn new(qos: Qos, receive_maximum: u16) -> Self {
        assert!(receive_maximum > 0, "a receive maximum of 0 is a protocol error");
        Publisher { qos, receive_maximum, last_id: 0, outbound: Vec::new() }
    }
    /// The next message as a packet, or nothing while the send quota is used up. At QoS 0 the
    /// identifier only names the packet inside the program: it is not on the wire.
    pub fn publish(&mut self) -> Option<Packet> {
        if self.outbound.len() >= usize::from(self.receive_maximum) {
            return None;
        }
        let id = self.free_id();
        if self.qos > Qos::AtMostOnce {
            self.outbound.push(Outbound { id, released: false });
        }
        Some(Packet::Publish { id, qos: self.qos, duplicate: false })
    }
    fn free_id(&mut self) -> u16 {
        loop {
            self.last_id = self.last_id.checked_add(1).unwrap_or(1);
            if self.outbound.iter().all(|other| other.id != self.last_id) {
                return self.last_id;
            }
        }
    }
    /// Takes in an acknowledgement.
    pub fn receive(&mut self, answer: Packet) -> Reaction {
        let (Packet::PubAck { id } | Packet::PubRec { id } | Packet::PubComp { id }) = answer
        else {
            return Reaction::Ignore;
        };
        let Some(place) = self.outbound.iter().position(|other| other.id == id) else {
            return Reaction::Ignore;
        };
        match (answer, self.qos, self.outbound[place].released) {
            (Packet::PubRec { .. }, Qos::ExactlyOnce, _) => {
                self.outbound[place].released = true;
                Reaction::Send(Packet::PubRel { id })
            }
            (Packet::PubAck { .. }, Qos::AtLeastOnce, _)
            | (Packet::PubComp { .. }, Qos::ExactlyOnce, true) => {
                self.outbound.remove(place);
                Reaction::Complete
            }
            _ => Reaction::Ignore,
        }
    }
    /// What is sent again, in order, when the session goes on over a new connection (4.4).
    pub fn resume(&self) -> impl Iterator<Item = Packet> {
        let qos = self.qos;
        self.outbound.iter().map(move |&Outbound { id, released }| match released {
            true => Packet::PubRel { id },
            false => Packet::Publish { id, qos, duplicate: true },
        })
    }
    /// Messages whose delivery is not complete.
    pub fn pending(&self) -> usize {
        self.outbound.len()
    }
}

/// The receiving side of one session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiver {
    /// Identifiers of QoS 2 messages between PUBREC and PUBREL.
    held: Vec<u16>,
}

impl Receiver {
    /// Takes a packet: whether the message is handed on now, and the answer.
    pub fn receive(&mut self, packet: Packet) -> (bool, Option<Packet>) {
        match packet {
            Packet::Publish { qos: Qos::AtMostOnce, .. } => (true, None),
            Packet::Publish { id, qos: Qos::AtLeastOnce, .. } => {
                (true, Some(Packet::PubAck { id }))
            }
            Packet::Publish { id, qos: Qos::ExactlyOnce, .. } => {
                let new = !self.held.contains(&id);
                if new {
                    self.held.push(id);
                }
                (new, Some(Packet::PubRec { id }))
            }
            Packet::PubRel { id } => {
                self.held.retain(|held| *held != id);
                (false, Some(Packet::PubComp { id }))
            }
            _ => (false, None),
        }
    }
}

/// What a broker keeps of one device beside its session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// When the retained message was taken, if there is one.
    pub retained: Option<SimTime>,
    /// Whether the last will is out: subscribers hold the device for gone.
    pub will: bool,
}

impl Topic {
    /// A message that is retained replaces the one before.
    pub fn retain(&mut self, taken: SimTime) {
        self.retained = self.retained.max(Some(taken));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::Streams;

    /// Sends `messages` over a line that loses packets and breaks whenever it has lost one; counts
    /// how often each was handed on.
    fn deliver(qos: Qos, loss: f64, messages: usize, seed: u64) -> Vec<u32> {
        let mut draws = Streams::new(seed, 0).stream(0, "line");
        let (mut publisher, mut receiver) = (Publisher::new(qos, 4), Receiver::default());
        let mut counts = vec![0; messages];
        let (mut next, mut names) = (0, std::collections::BTreeMap::new());
        let mut wire: std::collections::VecDeque<Packet> = Default::default();
        while next < messages || publisher.pending() > 0 {
            while next < messages
                && let Some(packet @ Packet::Publish { id, .. }) = publisher.publish()
            {
                names.insert(id, next);
                next += 1;
                wire.push_back(packet);
            }
            while let Some(packet) = wire.pop_front() {
                if draws.uniform() < loss {
                    continue;
                }
                let (handed_on, answer) = receiver.receive(packet);
                if let (true, Packet::Publish { id, .. }) = (handed_on, packet) {
                    counts[names[&id]] += 1;
                }
                let Some(answer) = answer.filter(|_| draws.uniform() >= loss) else { continue };
                if let Reaction::Send(packet) = publisher.receive(answer) {
                    wire.push_back(packet);
                }
            }
            wire.extend(publisher.resume());
        }
        counts
    }

    #[test]
    fn each_quality_keeps_its_promise_over_a_line_that_breaks() {
        for loss in [0.0, 0.1, 0.3] {
            let once = deliver(Qos::ExactlyOnce, loss, 5_000, 1);
            assert!(once.iter().all(|count| *count == 1), "exactly once at {loss}");
            let least = deliver(Qos::AtLeastOnce, loss, 5_000, 1);
            assert!(least.iter().all(|count| *count >= 1), "at least once at {loss}");
            assert_eq!(least.iter().any(|count| *count > 1), loss > 0.0, "duplicates at {loss}");
            let most = deliver(Qos::AtMostOnce, loss, 5_000, 1);
            assert!(most.iter().all(|count| *count <= 1), "at most once at {loss}");
            assert_eq!(most.contains(&0), loss > 0.0, "losses at {loss}");
        }
    }

    #[test]
    fn a_publisher_keeps_to_the_receive_maximum_and_to_free_identifiers() {
        let mut publisher = Publisher::new(Qos::AtLeastOnce, 2);
        let first = publisher.publish();
        assert_eq!(first, Some(Packet::Publish { id: 1, qos: Qos::AtLeastOnce, duplicate: false }));
        assert!(publisher.publish().is_some());
        assert_eq!(publisher.publish(), None, "the quota is used up");
        assert_eq!(publisher.receive(Packet::PubAck { id: 9 }), Reaction::Ignore);
        assert_eq!(publisher.receive(Packet::PubAck { id: 2 }), Reaction::Complete);
        for _ in 0..70_000 {
            let Some(Packet::Publish { id, .. }) = publisher.publish() else { panic!("no quota") };
            assert!(id > 1, "identifier 1 is in use and 0 is none");
            assert_eq!(publisher.receive(Packet::PubAck { id }), Reaction::Complete);
        }
        let resumed: Vec<_> = publisher.resume().collect();
        assert_eq!(resumed, [Packet::Publish { id: 1, qos: Qos::AtLeastOnce, duplicate: true }]);
    }

    #[test]
    fn a_released_message_is_never_published_again() {
        let mut publisher = Publisher::new(Qos::ExactlyOnce, 8);
        publisher.publish();
        let release = Packet::PubRel { id: 1 };
        assert_eq!(publisher.receive(Packet::PubComp { id: 1 }), Reaction::Ignore);
        assert_eq!(publisher.receive(Packet::PubRec { id: 1 }), Reaction::Send(release));
        assert_eq!(publisher.resume().collect::<Vec<_>>(), [release]);
    }
}
