//! The platform's side: who has sent what, what is new and what was heard before.

use pinwheel_core::SimTime;
use serde::{Deserialize, Serialize};

/// A reading on its way.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The device that took it.
    pub device: u32,
    /// From 1, by device.
    pub number: u32,
    /// When it was taken.
    pub taken: SimTime,
}

/// What the platform and the world know of one device. A million of them are kept.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// When the freshest reading that has arrived was taken.
    pub freshest: SimTime,
    /// Bit `i` is set if reading `highest - i` has arrived.
    window: u64,
    highest: u32,
    /// Readings taken.
    pub taken: u32,
    /// Its round trip to the platform, microseconds.
    pub rtt_micros: u32,
    /// State of its own channel.
    pub bad: bool,
    /// Whether it works.
    pub up: bool,
    /// Times it has come up; the reading on the calendar is of one of them.
    pub boots: u16,
}

impl Device {
    /// A device that is up and has sent nothing.
    pub fn new(rtt_micros: u32, bad: bool) -> Self {
        Device { rtt_micros, bad, up: true, ..Device::default() }
    }
    /// Notes that a reading has arrived; whether it is the first time. Readings more than 64 behind
    /// the newest are taken for repetitions.
    pub fn is_new(&mut self, number: u32) -> bool {
        if number > self.highest {
            let ahead = number - self.highest;
            self.window = self.window.checked_shl(ahead).unwrap_or(0) | 1;
            self.highest = number;
            return true;
        }
        let Some(bit) = 1u64.checked_shl(self.highest - number) else { return false };
        let new = self.window & bit == 0;
        self.window |= bit;
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_new_once_in_any_order() {
        let mut device = Device::default();
        let heard: Vec<bool> =
            [1, 3, 2, 3, 2, 1, 66, 2, 3, 200, 136, 137, 137].map(|n| device.is_new(n)).into();
        let expected =
            [true, true, true, false, false, false, true, false, false, true, false, true, false];
        assert_eq!(heard, expected);
    }
}
