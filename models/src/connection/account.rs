//! The books of the layer: bytes by what they were for, readings by what became of them, energy,
//! latency and age. Bytes are entered twice, by exchange here and by packet at the channel; the
//! sums are compared at every record.

use pinwheel_core::SimTime;
use serde::{Deserialize, Serialize};

use crate::laws::sketch::Sketch;

/// What bytes were for.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Purpose {
    /// Handshakes of TCP, TLS and the protocol, and the end of a connection.
    Connection,
    /// Readings, and what answers them.
    Message,
    /// Signs of life of an idle connection.
    Heartbeat,
    /// What was sent before.
    Repetition,
    /// Between devices and gateways or neighbours.
    Local,
}

impl Purpose {
    /// Every purpose, in the order of its number.
    pub const ALL: [Purpose; 5] = [
        Purpose::Connection,
        Purpose::Message,
        Purpose::Heartbeat,
        Purpose::Repetition,
        Purpose::Local,
    ];
    /// The label in records.
    pub fn name(self) -> &'static str {
        match self {
            Purpose::Connection => "connection",
            Purpose::Message => "message",
            Purpose::Heartbeat => "heartbeat",
            Purpose::Repetition => "repetition",
            Purpose::Local => "local",
        }
    }
}

/// Bytes away from the devices and back to them.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bytes {
    /// Away from the devices.
    pub up: u64,
    /// Back to the devices.
    pub down: u64,
}

/// All that is counted, since the start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// By [`Purpose`].
    pub bytes: [Bytes; 5],
    /// As the channels saw them, packet by packet.
    pub channel_bytes: Bytes,
    /// Packets sent over all channels.
    pub packets: u64,
    /// Packets that their channel lost.
    pub packets_lost: u64,
    /// Readings taken by devices.
    pub taken: u64,
    /// Copies of readings that set out: more than readings where several gateways hear a device.
    pub copies: u64,
    /// Copies the sender is done with, and that had reached the platform.
    pub landed: u64,
    /// Readings the platform had not had, and arrivals of readings it had.
    pub delivered: u64,
    /// Arrivals of readings that the platform had.
    pub duplicates: u64,
    /// Copies that a gateway had already.
    pub merged: u64,
    /// Copies that are gone for good.
    pub lost: u64,
    /// Copies that a full buffer threw out.
    pub dropped: u64,
    /// Messages begun, and transmissions of messages: the difference are retransmissions.
    pub messages: u64,
    /// Messages sent, repetitions included.
    pub transmissions: u64,
    /// Messages that are over, by the repetitions of their last step.
    pub repeated: [u64; 8],
    /// Messages given up by the sender, whether they arrived or not.
    pub given_up: u64,
    /// Exchanges that were answered.
    pub round_trips: u64,
    /// Connections that broke.
    pub breaks: u64,
    /// Attempts to connect.
    pub attempts: u64,
    /// Of these, those that the hub turned down.
    pub refused: u64,
    /// Last wills that the broker published for clients that it took for gone (MQTT 3.1.1,
    /// 3.1.2.5).
    pub wills: u64,
    /// Notifications overtaken by a newer one.
    pub overtaken: u64,
    /// Frames on the shared radio, and those no other spoilt.
    pub frames: u64,
    /// Frames that no other spoilt.
    pub frames_heard: u64,
    /// Hops of readings that came out of the mesh.
    pub hops: u64,
    /// Energy of all radios, joules.
    pub joules: f64,
    /// Sum of the absolute errors of time stamps, seconds.
    pub stamp_error_seconds: f64,
    /// Time from taking a reading to its first arrival at the platform.
    pub latency: Sketch,
    /// The mean age of what the platform knows.
    pub age: Age,
    /// Most attempts to connect within a second.
    pub storm: Peak,
}

impl Account {
    /// Enters bytes sent away from a device.
    pub fn up(&mut self, purpose: Purpose, bytes: u32) {
        self.bytes[purpose as usize].up += u64::from(bytes);
    }
    /// Enters bytes sent to a device.
    pub fn down(&mut self, purpose: Purpose, bytes: u32) {
        self.bytes[purpose as usize].down += u64::from(bytes);
    }
    /// Bytes of all purposes.
    pub fn total(&self) -> Bytes {
        self.bytes.iter().fold(Bytes::default(), |sum, part| Bytes {
            up: sum.up + part.up,
            down: sum.down + part.down,
        })
    }
    /// Whether every copy is somewhere, given how many are under way.
    pub fn balances(&self, under_way: u64) -> bool {
        self.copies == self.landed + self.merged + self.lost + self.dropped + under_way
    }
}

/// The mean age of what the platform knows of the devices, integrated over time: `u - s(u)`, where
/// `s` is when the freshest reading was taken (Kaul, Yates and Gruteser, "Real-time status: how
/// often should one update?", 2012). With `s = 0` before the first.
#[derive(Copy, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Age {
    /// Sum of the steps of `s`, and of the steps times when they happened.
    steps_seconds: f64,
    steps_when: f64,
}

impl Age {
    /// A device's freshest reading moves from `old` to `new`.
    pub fn renew(&mut self, old: SimTime, new: SimTime, now: SimTime) {
        let step = new.since(old).as_seconds();
        self.steps_seconds += step;
        self.steps_when += step * now.as_seconds();
    }
    /// The mean over all devices and the time since the start.
    pub fn mean_seconds(&self, devices: u32, now: SimTime) -> f64 {
        let time = now.as_seconds();
        if time == 0.0 {
            return 0.0;
        }
        let known = (self.steps_seconds * time - self.steps_when) / f64::from(devices);
        (time * time / 2.0 - known) / time
    }
}

/// The most that happened within one second of the clock.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peak {
    second: u64,
    count: u32,
    /// The most in any second so far.
    pub highest: u32,
}

impl Peak {
    /// Notes one more and says how many this second has seen.
    pub fn note(&mut self, now: SimTime) -> u32 {
        let second = now.as_nanos() / 1_000_000_000;
        if second != self.second {
            (self.second, self.count) = (second, 0);
        }
        self.count += 1;
        self.highest = self.highest.max(self.count);
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::SimDuration;

    #[test]
    fn the_age_is_the_area_under_the_saw() {
        let at = |seconds| SimTime::ZERO + SimDuration::from_seconds(seconds);
        let mut age = Age::default();
        // Taken at 2, here at 4; taken at 6, here at 7. Areas: 8, then 2..5 -> 10.5, then 1..4.
        age.renew(at(0), at(2), at(4));
        age.renew(at(2), at(6), at(7));
        let area = 8.0 + (2.0 + 5.0) / 2.0 * 3.0 + (1.0 + 4.0) / 2.0 * 3.0;
        assert!((age.mean_seconds(1, at(10)) - area / 10.0).abs() < 1e-12);
    }
}
