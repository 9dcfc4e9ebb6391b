//! A shared radio channel without listening: ALOHA, pure or slotted (Abramson, "The ALOHA system",
//! 1970; Roberts, 1975). Frames that overlap on one channel are all lost: there is no capture, and
//! a receiver hears any number of channels. LoRa's frames take the time of Semtech's formula.

use pinwheel_core::{SimDuration, SimTime, math};
use serde::{Deserialize, Serialize};

/// LoRaWAN 1.0.4, chapter 4: MHDR 1, frame header 7, port 1, MIC 4.
pub const LORAWAN_BYTES: u32 = 13;
/// LoRaWAN's preamble, coding rate 4/5, explicit header, checksum on.
const PREAMBLE_SYMBOLS: f64 = 8.0;
const CODING_RATE: f64 = 1.0;

/// Time on air of a LoRa frame (Semtech SX1276 datasheet, section 4.1.1.7).
pub fn lora_airtime(bytes: u32, spreading_factor: u32, bandwidth_hz: f64) -> SimDuration {
    let factor = f64::from(spreading_factor);
    let symbol_seconds = f64::from(1u32 << spreading_factor) / bandwidth_hz;
    // The low data rate optimisation is due where a symbol is longer than 16 ms.
    let slow = if symbol_seconds > 0.016 { 2.0 } else { 0.0 };
    let bits = 8.0 * f64::from(bytes) - 4.0 * factor + 28.0 + 16.0;
    let blocks = math::ceil(bits / (4.0 * (factor - slow))).max(0.0);
    let symbols = PREAMBLE_SYMBOLS + 4.25 + 8.0 + blocks * (CODING_RATE + 4.0);
    SimDuration::from_seconds_f64(symbols * symbol_seconds)
}

/// A frame in the air.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct OnAir {
    frame: u32,
    spoilt: bool,
}

/// The channels of a radio and what is in the air on each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aloha {
    /// Length of a slot; frames begin anywhere where there is none.
    slot: Option<SimDuration>,
    channels: Vec<Vec<OnAir>>,
}

impl Aloha {
    /// Silent channels.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn new(channels: usize, slot: Option<SimDuration>) -> Self {
        assert!(channels > 0, "a radio has a channel");
        Aloha { slot, channels: vec![Vec::new(); channels] }
    }
    /// How many channels the radio has.
    pub fn channels(&self) -> usize {
        self.channels.len()
    }
    /// When a frame that is ready now begins.
    pub fn begins_at(&self, now: SimTime) -> SimTime {
        let Some(slot) = self.slot else { return now };
        SimTime::from_nanos(now.as_nanos().next_multiple_of(slot.as_nanos()))
    }
    /// A frame begins: it spoils, and is spoilt by, all that are in the air on its channel.
    pub fn begin(&mut self, channel: usize, frame: u32) {
        let air = &mut self.channels[channel];
        let spoilt = !air.is_empty();
        if spoilt {
            air.iter_mut().for_each(|other| other.spoilt = true);
        }
        air.push(OnAir { frame, spoilt });
    }
    /// A frame ends: whether it got through.
    ///
    /// # Panics
    ///
    /// If the frame is not in the air on this channel.
    pub fn end(&mut self, channel: usize, frame: u32) -> bool {
        let air = &mut self.channels[channel];
        let place = air.iter().position(|other| other.frame == frame);
        let place = place.expect("a frame ends that began");
        !air.swap_remove(place).spoilt
    }
    /// Frames in the air.
    pub fn on_air(&self) -> usize {
        self.channels.iter().map(Vec::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn airtimes_are_those_of_the_usual_calculators() {
        // 51 bytes at SF 12 and 125 kHz: 2,465.8 ms; 20 bytes at SF 7: 56.6 ms.
        let millis = |bytes, factor| lora_airtime(bytes, factor, 125e3).as_seconds() * 1e3;
        assert!((millis(51, 12) - 2_465.792).abs() < 0.01, "{}", millis(51, 12));
        assert!((millis(20, 7) - 56.576).abs() < 0.01, "{}", millis(20, 7));
    }

    #[test]
    fn frames_that_overlap_are_all_lost_and_others_are_not() {
        let mut radio = Aloha::new(2, None);
        radio.begin(0, 1);
        radio.begin(1, 2);
        radio.begin(0, 3);
        assert!(!radio.end(0, 1), "spoilt by 3");
        radio.begin(0, 4);
        assert!(!radio.end(0, 3) && !radio.end(0, 4), "3 is spoilt and spoils 4");
        assert!(radio.end(1, 2), "another channel");
        radio.begin(0, 5);
        assert!(radio.end(0, 5) && radio.on_air() == 0);
    }
}
