//! A radio without listening: the throughput of ALOHA.

use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};

use super::Case;
use pinwheel_models::connection::aloha::{LORAWAN_BYTES, lora_airtime};
use pinwheel_models::connection::settings::{Air, Gateways};
use pinwheel_models::connection::{Isolated, Settings};

const PART: &str = "3 radio";
const PURE: &str = "S = G exp(-2 G)";
const SLOTTED: &str = "S = G exp(-G)";
const DEVICES: u32 = 500;
/// Airtimes observed in one run.
const AIRTIMES: u64 = 4_000;
const WARM_UP_AIRTIMES: u64 = 20;

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    Case { id: "aloha_pure_0.1", part: PART, what: "frames heard per airtime at load 0.1", formula: PURE, theory: 0.081_873, tolerance: 0.02, replications: 200, observe: |s| throughput(0.1, false, s) },
    Case { id: "aloha_pure_0.25", part: PART, what: "frames heard per airtime at load 0.25", formula: PURE, theory: 0.151_633, tolerance: 0.02, replications: 120, observe: |s| throughput(0.25, false, s) },
    Case { id: "aloha_pure_0.5", part: PART, what: "frames heard per airtime at load 0.5, the best", formula: PURE, theory: 0.183_940, tolerance: 0.02, replications: 100, observe: |s| throughput(0.5, false, s) },
    Case { id: "aloha_pure_1", part: PART, what: "frames heard per airtime at load 1", formula: PURE, theory: 0.135_335, tolerance: 0.02, replications: 100, observe: |s| throughput(1.0, false, s) },
    Case { id: "aloha_pure_2", part: PART, what: "frames heard per airtime at load 2", formula: PURE, theory: 0.036_631, tolerance: 0.03, replications: 100, observe: |s| throughput(2.0, false, s) },
    Case { id: "aloha_slotted_1", part: PART, what: "frames heard per slot at load 1, the best", formula: SLOTTED, theory: 0.367_879, tolerance: 0.02, replications: 60, observe: |s| throughput(1.0, true, s) },
];

/// Frames heard per airtime by a gateway on one LoRa channel that many devices use at this load.
fn throughput(load: f64, slotted: bool, streams: &Streams) -> f64 {
    let air = Air { channels: 1, spreading_factor: 7, slotted };
    let base = Settings::default();
    let gateways = Gateways {
        on: None,
        by_region: false,
        count: 1,
        heard_by: 1,
        repeats: 1,
        channel: base.channel,
        clock_skew_seconds: 0.0,
        air: Some(air),
    };
    let airtime = lora_airtime(base.payload_bytes + LORAWAN_BYTES, 7, 125e3);
    let settings = Settings {
        devices: DEVICES,
        interval_seconds: f64::from(DEVICES) * airtime.as_seconds() / load,
        poisson: true,
        gateways: Some(gateways),
        ..base
    };
    let mut run = Simulation::new(Isolated::new(&settings, streams), *streams);
    let after = |airtimes| SimTime::ZERO + SimDuration::from_nanos(airtime.as_nanos() * airtimes);
    run.run_until(after(WARM_UP_AIRTIMES));
    let before = run.model.connection.account().frames_heard;
    run.run_until(after(WARM_UP_AIRTIMES + AIRTIMES));
    let heard = run.model.connection.account().frames_heard - before;
    heard as f64 / AIRTIMES as f64
}
