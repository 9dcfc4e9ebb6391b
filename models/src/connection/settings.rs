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
    /// CoAP over UDP (RFC 7252).
    Coap,
    /// HTTP/1.1 requests over TCP.
    Http,
    /// Frames over one WebSocket connection (RFC 6455).
    WebSocket,
    /// Published over one MQTT connection.
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
    /// The same for all.
    Fixed {
        /// The round trip, seconds.
        rtt_seconds: f64,
    },
    /// Each sender at a site of the matrix, the platform at its centre.
    Matrix(Matrix),
    /// Senders spread evenly over a disc around the platform.
    Geodesic {
        /// Radius of the disc, km.
        radius_km: f64,
    },
    /// Senders are devices of the fleet: each has the round trip of its region.
    Regions {
        /// Round trip of each region, seconds, by the place of the region.
        rtt_seconds: Vec<f64>,
    },
}

/// Gateways between devices and platform. They stand in a ring; a device is heard by neighbours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gateways {
    /// How many there are.
    pub count: u32,
    /// The devices of the fleet that they are; `None` for gateways that never fail.
    pub on: Option<DeviceSet>,
    /// Whether only gateways in a device's own region hear it.
    pub by_region: bool,
    /// Gateways that hear each device.
    pub heard_by: u32,
    /// Times a device sends each reading, since nobody acknowledges it.
    pub repeats: u32,
    /// The hop from device to gateway.
    pub channel: Channel,
    /// Standard deviation of the gateways' clocks, by which readings are stamped.
    pub clock_skew_seconds: f64,
    /// The radio that devices share; `None` where each hop is by itself.
    pub air: Option<Air>,
}

/// A LoRa channel without listening, shared by all devices.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Air {
    /// Radio channels, one of which a frame picks at random.
    pub channels: u32,
    /// LoRa's spreading factor, 7 to 12: one more doubles the time on air, roughly.
    pub spreading_factor: u32,
    /// Whether frames begin at slots only.
    pub slotted: bool,
}

/// Devices that relay for their neighbours.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeshPlan {
    /// Mean number of neighbours in reach.
    pub neighbours: f64,
    /// Nodes with an uplink of their own; the first is the hub that an outage takes away.
    pub exits: u32,
    /// Times a hop is tried again.
    pub hop_retries: u32,
    /// How long a hop takes, seconds.
    pub hop_seconds: f64,
    /// How long it takes until routes follow a change.
    pub reroute_seconds: f64,
}

/// How a lost connection comes back.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reconnect {
    /// First back-off, which doubles with each failure, seconds.
    pub base_seconds: f64,
    /// Longest back-off, seconds.
    pub max_seconds: f64,
    /// Wait a uniform share of the back-off instead of all of it.
    pub jitter: bool,
    /// Connections the hub accepts each second; the rest are refused.
    pub accepts_per_second: Option<u32>,
}

/// `[connection]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// How many devices there are.
    pub devices: u32,
    /// The devices of the fleet that they are; `None` for devices of the layer's own, which never
    /// fail.
    pub on: Option<DeviceSet>,
    /// Time between two readings of a device, seconds; the mean of it if `poisson`.
    pub interval_seconds: f64,
    /// Readings at random times instead of every interval.
    pub poisson: bool,
    /// Size of a reading, bytes.
    pub payload_bytes: u32,
    /// How readings travel.
    pub protocol: Protocol,
    /// Whether streams are encrypted by TLS.
    pub tls: bool,
    /// Readings a sender keeps while it cannot send; the oldest go first.
    pub buffer: u32,
    /// Messages of one sender in flight.
    pub window: u16,
    /// Whether the platform drops readings it has had already.
    pub deduplicate: bool,
    /// Whose power model the devices' radios follow.
    pub radio: Radio,
    /// Where round trips come from.
    pub latency: Latency,
    /// The way to the platform.
    pub channel: Channel,
    /// A lost packet breaks a stream's connection instead of being sent again by TCP.
    pub breaks: bool,
    /// HTTP: idle time after which the server closes, 0 for at once. WebSocket and MQTT: heartbeat.
    pub keep_alive_seconds: f64,
    /// Size of the certificates in a handshake of TLS, bytes.
    pub certificate_bytes: u32,
    /// Quality of service of MQTT.
    pub qos: Qos,
    /// Whether the broker keeps the last reading of each topic.
    pub retain: bool,
    /// Whether messages of CoAP are acknowledged.
    pub confirmable: bool,
    /// Whether the platform observes resources of CoAP (RFC 7641) instead of being told.
    pub observe: bool,
    /// Gateways between devices and platform, if there are any.
    pub gateways: Option<Gateways>,
    /// Relaying for neighbours, if devices do.
    pub mesh: Option<MeshPlan>,
    /// How a lost connection comes back.
    pub reconnect: Reconnect,
    /// Times in which senders are cut off.
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
