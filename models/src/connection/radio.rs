//! What a radio costs: joules a byte, watts while awake, and the tail it stays awake afterwards.

use serde::{Deserialize, Serialize};

/// The radio of a device.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Radio {
    /// Powered from the wall: its energy is not counted.
    Wired,
    /// A mobile phone network of the fourth generation.
    Lte,
    /// IEEE 802.11.
    Wifi,
    /// IEEE 802.15.4.
    Mesh,
    /// LoRa in LoRaWAN.
    Lora,
}

/// The power model of a radio.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Power {
    /// Joules for a byte sent.
    pub up_joules_per_byte: f64,
    /// Joules for a byte received.
    pub down_joules_per_byte: f64,
    /// While an exchange is under way, or while a frame is on the air.
    pub awake_watts: f64,
    /// For how long it stays awake after an exchange, seconds.
    pub tail_seconds: f64,
    /// Watts in that time.
    pub tail_watts: f64,
}

/// A milliwatt for each megabit a second is a nanojoule a bit.
const fn joules_per_byte(milliwatts_per_megabit: f64) -> f64 {
    milliwatts_per_megabit * 8e-9
}

impl Radio {
    /// LTE and Wi-Fi: tables 3 and 4 of Huang and others, "A close examination of performance and
    /// power characteristics of 4G LTE networks", MobiSys 2012 (phones of that time). 802.15.4:
    /// Texas Instruments CC2420 at 3.0 V, 17.4 mA sending at 0 dBm, 18.8 mA receiving, 250 kbit/s.
    /// LoRa: Semtech SX1276 at 3.3 V, 29 mA sending at 13 dBm.
    pub const fn power(self) -> Power {
        let zero = Power {
            up_joules_per_byte: 0.0,
            down_joules_per_byte: 0.0,
            awake_watts: 0.0,
            tail_seconds: 0.0,
            tail_watts: 0.0,
        };
        match self {
            Radio::Wired => zero,
            Radio::Lte => Power {
                up_joules_per_byte: joules_per_byte(438.39),
                down_joules_per_byte: joules_per_byte(51.97),
                awake_watts: 1.288_04,
                tail_seconds: 11.576,
                tail_watts: 1.060,
            },
            Radio::Wifi => Power {
                up_joules_per_byte: joules_per_byte(283.17),
                down_joules_per_byte: joules_per_byte(137.01),
                awake_watts: 0.132_86,
                tail_seconds: 0.238_1,
                tail_watts: 0.119_3,
            },
            Radio::Mesh => Power {
                up_joules_per_byte: 0.0174 * 3.0 / 31_250.0,
                down_joules_per_byte: 0.0188 * 3.0 / 31_250.0,
                ..zero
            },
            Radio::Lora => Power { awake_watts: 0.029 * 3.3, ..zero },
        }
    }
}
