//! What a scenario says of the connection layer, validated.

use pinwheel_core::SimDuration;
use serde::{Deserialize, Serialize};

use super::channel::{Channel, Loss, Outage};
use super::latency::Matrix;
use super::mqtt::Qos;
use super::radio::Radio;
use crate::part::DeviceSet;

/// How readings travel from a device (or its gateway) to the platform.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Protocol {
    /// One UDP packet, never answered.
    Datagram,
    Coap,
    Http,
    WebSocket,
    Mqtt,
}

impl Protocol {
    /// Whether it runs over TCP.
    pub fn is_stream(self) -> bool {
        !matches!(self, Protocol::Datagram | Protocol::Coap)
    }
    /// Whether its connection stays up between readings.
    pub fn is_persistent(self) -> bool {
        matches!(self, Protocol::WebSocket | Protocol::Mqtt)
    }
}

/// Where the round trips to the platform come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Latency {
    Fixed {
        rtt_seconds: f64,
    },
    /// Each sender at a site of the matrix, the platform at its centre.
    Matrix(Matrix),
    /// Senders spread evenly over a disc around the platform.
    Geodesic {
        radius_km: f64,
    },
    /// Senders are devices of the fleet: each has the round trip of its region.
    Regions {
        rtt_seconds: Vec<f64>,
    },
}

/// Gateways between devices and platform. They stand in a ring; a device is heard by neighbours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gateways {
    pub count: u32,
    /// The devices of the fleet that they are; `None` for gateways that never fail.
    pub on: Option<DeviceSet>,
    /// Whether only gateways in a device's own region hear it.
    pub by_region: bool,
    /// Gateways that hear each device.
    pub heard_by: u32,
    /// Times a device sends each reading, since nobody acknowledges it.
    pub repeats: u32,
    pub channel: Channel,
    /// Standard deviation of the gateways' clocks, by which readings are stamped.
    pub clock_skew_seconds: f64,
    pub air: Option<Air>,
}

/// A LoRa channel without listening, shared by all devices.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Air {
    pub channels: u32,
    pub spreading_factor: u32,
    pub slotted: bool,
}

/// Devices that relay for their neighbours.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeshPlan {
    /// Mean number of neighbours in reach.
    pub neighbours: f64,
    /// Nodes with an uplink of their own; the first is the hub that an outage takes away.
    pub exits: u32,
    pub hop_retries: u32,
    pub hop_seconds: f64,
    /// How long it takes until routes follow a change.
    pub reroute_seconds: f64,
}

/// How a lost connection comes back.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reconnect {
    pub base_seconds: f64,
    pub max_seconds: f64,
    /// Wait a uniform share of the back-off instead of all of it.
    pub jitter: bool,
    /// Connections the hub accepts each second; the rest are refused.
    pub accepts_per_second: Option<u32>,
}

/// `[connection]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    pub devices: u32,
    /// The devices of the fleet that they are; `None` for devices of the layer's own, which never
    /// fail.
    pub on: Option<DeviceSet>,
    pub interval_seconds: f64,
    /// Readings at random times instead of every interval.
    pub poisson: bool,
    pub payload_bytes: u32,
    pub protocol: Protocol,
    pub tls: bool,
    /// Readings a sender keeps while it cannot send; the oldest go first.
    pub buffer: u32,
    /// Messages of one sender in flight.
    pub window: u16,
    /// Whether the platform drops readings it has had already.
    pub deduplicate: bool,
    pub radio: Radio,
    pub latency: Latency,
    pub channel: Channel,
    /// A lost packet breaks a stream's connection instead of being sent again by TCP.
    pub breaks: bool,
    /// HTTP: idle time after which the server closes, 0 for at once. WebSocket and MQTT: heartbeat.
    pub keep_alive_seconds: f64,
    pub certificate_bytes: u32,
    pub qos: Qos,
    pub retain: bool,
    pub confirmable: bool,
    pub observe: bool,
    pub gateways: Option<Gateways>,
    pub mesh: Option<MeshPlan>,
    pub reconnect: Reconnect,
    pub outages: Vec<Outage>,
    /// Time between two records.
    pub record_every: SimDuration,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            record_every: SimDuration::from_days(1),
            devices: 100,
            on: None,
            interval_seconds: 60.0,
            poisson: false,
            payload_bytes: 32,
            protocol: Protocol::Datagram,
            tls: true,
            buffer: 1_000,
            window: 1,
            deduplicate: true,
            radio: Radio::Lte,
            latency: Latency::Fixed { rtt_seconds: 0.1 },
            channel: Channel {
                loss: Loss::Independent(0.0),
                jitter_seconds: 0.0,
                bytes_per_second: 1.25e5,
            },
            breaks: false,
            keep_alive_seconds: 60.0,
            certificate_bytes: 2_500,
            qos: Qos::AtLeastOnce,
            retain: false,
            confirmable: true,
            observe: false,
            gateways: None,
            mesh: None,
            reconnect: Reconnect {
                base_seconds: 1.0,
                max_seconds: 60.0,
                jitter: true,
                accepts_per_second: None,
            },
            outages: Vec::new(),
        }
    }
}

impl Settings {
    /// Whether a device's reading is one packet to the platform and nothing else.
    pub fn is_plain(&self) -> bool {
        self.protocol == Protocol::Datagram && self.gateways.is_none() && self.mesh.is_none()
    }
    /// Whether a retransmission repeats the whole message instead of what TCP misses of it.
    pub fn resends_whole(&self) -> bool {
        self.breaks || !self.protocol.is_stream()
    }
    /// Those that speak the protocol with the platform.
    pub fn senders(&self) -> u32 {
        match (self.is_plain() || self.mesh.is_some(), &self.gateways) {
            (true, _) => 0,
            (false, Some(gateways)) => gateways.count,
            (false, None) => self.devices,
        }
    }
}
