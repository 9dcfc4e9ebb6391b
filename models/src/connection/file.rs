//! `[connection]` as typed, and its checks.

use std::collections::BTreeMap;

use pinwheel_core::SimDuration;
use schemars::JsonSchema;
use serde::Deserialize;

use super::channel::{Channel, Loss, Outage};
use super::latency::Matrix;
use super::mqtt::Qos;
use super::radio::Radio;
use super::settings::{Air, Gateways, Latency, MeshPlan, Protocol, Reconnect, Settings};
use crate::input::NumberOrText;
use crate::input::check::Checker;
use crate::input::dates::DAY_SECONDS;
use crate::input::diagnostic::{TextPosition, did_you_mean, shown};
use crate::input::tree::ValueId;
use crate::part::{ClassNames, DeviceSet, Known};

/// About 32 bytes each where readings are plain datagrams.
const DEVICES_MAX: i64 = 10_000_000;
/// About 300 bytes each.
const SENDERS_MAX: u32 = 1_000_000;
/// Neighbours are found by looking at all pairs.
const MESH_NODES_MAX: u32 = 10_000;
const GATEWAYS_MAX: i64 = 100_000;
const MATRIX_BYTES_MAX: u64 = 16 << 20;
/// A datagram is not fragmented (RFC 7252, 4.6).
const DATAGRAM_BYTES_MAX: u32 = 1_024;
const OUTAGES_MAX: usize = 1_000;
const SECONDS_MAX: f64 = 1e9;
pub(super) const INTERVAL_SECONDS: std::ops::RangeInclusive<f64> = 1e-3..=SECONDS_MAX;

/// The links and protocols between devices and the platform.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "ConnectionSection")]
pub struct Section {
    /// Devices that send, where they are none of the fleet's.
    #[schemars(with = "u32", range(min = 1, max = 10_000_000))]
    pub devices: Option<ValueId>,
    /// The class of devices, or a list of classes, whose devices send, in place of `devices`. One
    /// that is down takes no readings and sends nothing; its session breaks and is opened again.
    #[schemars(with = "ClassNames")]
    pub on: Option<ValueId>,
    /// Time between two readings of a device, such as "60 s" (the default).
    #[schemars(with = "String")]
    pub interval: Option<ValueId>,
    /// Readings every interval, or at random times with that mean. Default "periodic".
    #[schemars(with = "String", extend("enum" = ["periodic", "poisson"]))]
    pub arrivals: Option<ValueId>,
    /// Size of a reading, such as "32 B" (the default).
    #[schemars(with = "String")]
    pub payload: Option<ValueId>,
    /// Default "datagram".
    #[schemars(with = "String", extend("enum" =
        ["datagram", "coap", "http", "https", "websocket", "mqtt"]))]
    pub protocol: Option<ValueId>,
    /// TLS 1.3 under a WebSocket or MQTT. Default true.
    #[schemars(with = "bool")]
    pub tls: Option<ValueId>,
    /// Bytes of the server's certificate chain. Default "2500 B".
    #[schemars(with = "String")]
    pub certificate: Option<ValueId>,
    /// Readings that are kept while they cannot be sent; the oldest go first. Default 1000.
    #[schemars(with = "u32", range(min = 1, max = 1_000_000))]
    pub buffer: Option<ValueId>,
    /// Messages of one sender in flight: MQTT's receive maximum. Default 1.
    #[schemars(with = "u32", range(min = 1, max = 64))]
    pub window: Option<ValueId>,
    /// Whether the platform drops readings it has had. Default true.
    #[schemars(with = "bool")]
    pub deduplicate: Option<ValueId>,
    /// Whose power model the devices' radio follows. Default "lte".
    #[schemars(with = "String", extend("enum" = ["wired", "lte", "wifi", "mesh", "lora"]))]
    pub radio: Option<ValueId>,
    /// HTTP: how long the server keeps an idle connection, "0 s" for not at all. WebSocket and
    /// MQTT: time between heartbeats. Default "60 s".
    #[schemars(with = "String")]
    pub keep_alive: Option<ValueId>,
    /// Loss, delay and speed of the way to the platform.
    #[schemars(with = "LinkSection")]
    pub link: Option<LinkSection>,
    /// Keys of MQTT.
    #[schemars(with = "MqttSection")]
    pub mqtt: Option<MqttSection>,
    /// Keys of CoAP.
    #[schemars(with = "CoapSection")]
    pub coap: Option<CoapSection>,
    /// Devices reach the platform through gateways.
    #[schemars(with = "GatewaySection")]
    pub gateways: Option<GatewaySection>,
    /// "hub" (the default): all send to the platform. "mesh": they relay for their neighbours.
    #[schemars(with = "String", extend("enum" = ["hub", "mesh"]))]
    pub topology: Option<ValueId>,
    /// Devices that relay for their neighbours.
    #[schemars(with = "MeshSection")]
    pub mesh: Option<MeshSection>,
    /// How a lost connection comes back.
    #[schemars(with = "ReconnectSection")]
    pub reconnect: Option<ReconnectSection>,
    /// Time between two records, such as "1 h" or "12 s": a part of a day, or whole days. Default
    /// "1 d".
    #[schemars(with = "String")]
    pub record_every: Option<ValueId>,
    /// Times in which the hub is down or a share of the senders is cut off.
    pub outage: Vec<OutageSection>,
}

/// The link to the platform.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LinkSection {
    /// "fixed" (the default), "matrix", "geodesic" or "regions" (of the fleet).
    #[schemars(with = "String", extend("enum" = ["fixed", "matrix", "geodesic", "regions"]))]
    pub latency: Option<ValueId>,
    /// Round trip, for "fixed". Default "100 ms".
    #[schemars(with = "String")]
    pub rtt: Option<ValueId>,
    /// Round trip from each region of the fleet, for "regions": `{ east = "20 ms", ... }`.
    #[schemars(with = "BTreeMap<String, String>")]
    pub rtt_of: Option<BTreeMap<String, ValueId>>,
    /// CSV file of round trips in milliseconds, for "matrix", relative to the scenario.
    #[schemars(with = "String")]
    pub matrix: Option<ValueId>,
    /// Radius of the disc the senders lie in, for "geodesic", such as "3000 km" (the default).
    #[schemars(with = "String")]
    pub radius: Option<ValueId>,
    /// Share of the packets that is lost. Default 0.
    #[schemars(with = "NumberOrText")]
    pub loss: Option<ValueId>,
    /// Packets lost in a row on average (Gilbert and Elliott); left out, losses are independent.
    #[schemars(with = "f64")]
    pub burst: Option<ValueId>,
    /// Mean of the exponential delay added to each packet. Default "0 s".
    #[schemars(with = "String")]
    pub jitter: Option<ValueId>,
    /// Bits or bytes a second of one sender. Default "1 Mbit/s".
    #[schemars(with = "String")]
    pub rate: Option<ValueId>,
    /// A lost packet breaks the connection of a stream instead of being repeated. Default false.
    #[schemars(with = "bool")]
    pub breaks: Option<ValueId>,
}

/// MQTT 5.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MqttSection {
    /// Quality of service. Default 1.
    #[schemars(with = "u32", range(min = 0, max = 2))]
    pub qos: Option<ValueId>,
    /// The broker keeps the last reading of each device. Default false.
    #[schemars(with = "bool")]
    pub retain: Option<ValueId>,
}

/// CoAP.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CoapSection {
    /// Messages are acknowledged and repeated. Default true.
    #[schemars(with = "bool")]
    pub confirmable: Option<ValueId>,
    /// The platform observes the device, which notifies it, instead of being posted to. Default
    /// false.
    #[schemars(with = "bool")]
    pub observe: Option<ValueId>,
}

/// Gateways and the hop to them.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GatewaySection {
    /// Gateways, where they are no devices of the fleet.
    #[schemars(with = "u32", range(min = 1, max = 100_000))]
    pub count: Option<ValueId>,
    /// The class of devices, or a list of classes, whose devices are the gateways, in place of
    /// `count`. One that is down hears and sends nothing; what it has stored stays.
    #[schemars(with = "ClassNames")]
    pub on: Option<ValueId>,
    /// "ring" (the default): a device is heard by the next of all gateways. "region": by the next
    /// of those in its own region of the fleet.
    #[schemars(with = "String", extend("enum" = ["ring", "region"]))]
    pub reach: Option<ValueId>,
    /// Gateways that hear each device. Default 1.
    #[schemars(with = "u32", range(min = 1, max = 8))]
    pub heard_by: Option<ValueId>,
    /// Times each reading is sent. Default 1.
    #[schemars(with = "u32", range(min = 1, max = 15))]
    pub repeats: Option<ValueId>,
    /// Share of the frames that a gateway does not hear. Default 0.
    #[schemars(with = "NumberOrText")]
    pub loss: Option<ValueId>,
    /// Standard deviation of the gateways' clocks. Default "0 s".
    #[schemars(with = "String")]
    pub clock_skew: Option<ValueId>,
    /// "none" (the default): frames do not disturb each other. Else they share LoRa channels.
    #[schemars(with = "String", extend("enum" = ["none", "aloha", "slotted_aloha"]))]
    pub air: Option<ValueId>,
    /// LoRa channels. Default 8.
    #[schemars(with = "u32", range(min = 1, max = 64))]
    pub channels: Option<ValueId>,
    /// LoRa's spreading factor. Default 9.
    #[schemars(with = "u32", range(min = 7, max = 12))]
    pub spreading_factor: Option<ValueId>,
}

/// Devices that relay.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MeshSection {
    /// Mean number of neighbours in reach. Default 12.
    #[schemars(with = "f64")]
    pub neighbours: Option<ValueId>,
    /// Nodes with an uplink; the first is the hub. Default 4.
    #[schemars(with = "u32", range(min = 1))]
    pub exits: Option<ValueId>,
    /// Repetitions of a hop. Default 3.
    #[schemars(with = "u32", range(min = 0, max = 7))]
    pub hop_retries: Option<ValueId>,
    /// Time of a hop. Default "10 ms".
    #[schemars(with = "String")]
    pub hop_time: Option<ValueId>,
    /// Time until routes follow a change. Default "60 s".
    #[schemars(with = "String")]
    pub reroute: Option<ValueId>,
}

/// How a lost connection comes back.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReconnectSection {
    /// First wait; it doubles with each failure. Default "1 s".
    #[schemars(with = "String")]
    pub base: Option<ValueId>,
    /// Longest wait. Default "60 s".
    #[schemars(with = "String")]
    pub max: Option<ValueId>,
    /// Wait a random share of it. Default true.
    #[schemars(with = "bool")]
    pub jitter: Option<ValueId>,
    /// Connections the hub accepts each second. Default: all.
    #[schemars(with = "u32", range(min = 1))]
    pub accepts: Option<ValueId>,
}

/// One outage.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["at", "length"]))]
pub struct OutageSection {
    /// From the start of the run, such as "6 h".
    #[schemars(with = "String")]
    pub at: Option<ValueId>,
    /// How long it takes, such as "2 h".
    #[schemars(with = "String")]
    pub length: Option<ValueId>,
    /// Share of the senders that is cut off; 1 (the default) is the hub itself.
    #[schemars(with = "NumberOrText")]
    pub share: Option<ValueId>,
    /// The hub closes its connections and turns new ones down, instead of being silent. Default
    /// true.
    #[schemars(with = "bool")]
    pub resets: Option<ValueId>,
}

/// The validated layer; whatever is wrong is a fault.
pub fn settings(checker: &mut Checker<'_>, given: ValueId, known: &Known) -> Option<Settings> {
    let typed: Section = checker.read(given, "connection");
    checker.tree.table(given)?;
    let mut out = Settings::default();
    senders(checker, &typed, known, &mut out);
    let interval = seconds(checker, typed.interval, "interval", INTERVAL_SECONDS);
    set(&mut out.interval_seconds, interval);
    let arrivals = [("periodic", false), ("poisson", true)];
    set(&mut out.poisson, checker.choice(typed.arrivals, "connection.arrivals", &arrivals));
    protocol(checker, &typed, &mut out);
    let payload_max = if out.protocol.is_stream() { 65_535 } else { DATAGRAM_BYTES_MAX };
    set(&mut out.payload_bytes, bytes(checker, typed.payload, "payload", 1..=payload_max));
    set(&mut out.buffer, count(checker, typed.buffer, "buffer", 1..=1_000_000));
    let window = count(checker, typed.window, "window", 1..=64);
    set(&mut out.window, window.and_then(|window| u16::try_from(window).ok()));
    set(&mut out.deduplicate, truth(checker, typed.deduplicate, "deduplicate"));
    let radios = [
        ("wired", Radio::Wired),
        ("lte", Radio::Lte),
        ("wifi", Radio::Wifi),
        ("mesh", Radio::Mesh),
        ("lora", Radio::Lora),
    ];
    set(&mut out.radio, checker.choice(typed.radio, "connection.radio", &radios));
    let typed_link = typed.link.unwrap_or_default();
    link(checker, &typed_link, &mut out);
    let typed_gateways = typed.gateways.as_ref();
    out.gateways = typed_gateways.and_then(|typed| gateways(checker, typed, known, &out));
    regions(checker, &typed_link, known, &mut out);
    let topologies = [("hub", false), ("mesh", true)];
    let meshed = checker.choice(typed.topology, "connection.topology", &topologies);
    let typed_mesh = typed.mesh.unwrap_or_default();
    let MeshSection { neighbours, exits, hop_retries, hop_time, reroute } = typed_mesh;
    let key = neighbours.or(exits).or(hop_retries).or(hop_time).or(reroute);
    let whom = "topology = \"mesh\"";
    checker.refuse_idle("connection", &[("mesh", key, meshed == Some(true), whom)]);
    let plan = mesh(checker, &typed_mesh, out.devices);
    out.mesh = plan.filter(|_| meshed == Some(true));
    reconnect(checker, &typed.reconnect.unwrap_or_default(), &mut out.reconnect);
    out.outages = outages(checker, &typed.outage);
    let record_every = checker.record_every(typed.record_every, "connection.record_every");
    set(&mut out.record_every, record_every);
    bounds(checker, given, &out);
    Some(out)
}

/// Who takes the readings.
fn senders(checker: &mut Checker<'_>, typed: &Section, known: &Known, out: &mut Settings) {
    let replaced = [("devices", typed.devices)];
    if typed.on.is_some() {
        out.on = known.devices_in_place_of(checker, typed.on, "connection", &replaced);
        out.devices = out.on.as_ref().map_or(1, |set| known.count(set));
        return;
    }
    let devices = checker.required(typed.devices, "connection.devices", "100");
    out.devices = count(checker, devices, "devices", 1..=DEVICES_MAX).unwrap_or(1);
}

/// The round trip of each region, for those that stand in regions of the fleet.
fn regions(checker: &mut Checker<'_>, typed: &LinkSection, known: &Known, out: &mut Settings) {
    let Latency::Regions { rtt_seconds } = &mut out.latency else { return };
    let Some(given) = typed.latency else { return };
    let (key, of_fleet) = match &out.gateways {
        Some(gateways) => ("connection.gateways.on", gateways.on.is_some()),
        None => ("connection.on", out.on.is_some()),
    };
    if !of_fleet || known.regions.is_empty() {
        let message = "senders that stand in no region of the fleet".to_owned();
        let help = format!("give [[infrastructure.region]], and {key} = \"class\"");
        checker.fault(given, "connection.link.latency", message, help);
        return;
    }
    let empty = BTreeMap::new();
    let of = typed.rtt_of.as_ref().unwrap_or(&empty);
    for (region, &given) in of {
        if !known.regions.contains(region) {
            let help = did_you_mean(region, known.regions.iter().map(String::as_str));
            let key = format!("connection.link.rtt_of.{}", shown(region));
            checker.fault(given, &key, "no region has this id".to_owned(), help);
        }
    }
    for region in &known.regions {
        let key = format!("link.rtt_of.{region}");
        let rtt = of.get(region).copied();
        if rtt.is_none() {
            let message = format!("no round trip for region \"{region}\"");
            let help = format!("add rtt_of = {{ {region} = \"40 ms\" }}");
            checker.fault(given, "connection.link.rtt_of", message, help);
        }
        rtt_seconds.extend(seconds(checker, rtt, &key, 0.0..=60.0));
    }
}

/// What single keys cannot tell.
fn bounds(checker: &mut Checker<'_>, given: ValueId, out: &Settings) {
    let mut fault = |key: &str, message: String, help: String| {
        checker.fault(given, &format!("connection.{key}"), message, help);
    };
    if out.senders() > SENDERS_MAX {
        let message = format!("{} devices with a protocol of their own", out.devices);
        fault("devices", message, format!("at most {SENDERS_MAX}, or protocol = \"datagram\""));
    }
    if out.mesh.is_some() && out.devices > MESH_NODES_MAX {
        let message = format!("a mesh of {} nodes", out.devices);
        fault("devices", message, format!("at most {MESH_NODES_MAX}"));
    }
    if out.mesh.is_some() && out.gateways.is_some() {
        let help = "take out [connection.gateways] or topology = \"mesh\"".to_owned();
        fault("gateways", "a mesh has no gateways".to_owned(), help);
    }
    if out.mesh.is_some() && out.outages.iter().any(|outage| outage.share < 1.0) {
        let help = "a mesh loses its hub whole: share = 1".to_owned();
        fault("outage", "a share of a mesh is not cut off".to_owned(), help);
    }
}

fn protocol(checker: &mut Checker<'_>, typed: &Section, out: &mut Settings) {
    let choices = [
        ("datagram", (Protocol::Datagram, None)),
        ("coap", (Protocol::Coap, None)),
        ("http", (Protocol::Http, Some(false))),
        ("https", (Protocol::Http, Some(true))),
        ("websocket", (Protocol::WebSocket, None)),
        ("mqtt", (Protocol::Mqtt, None)),
    ];
    let tls = truth(checker, typed.tls, "tls");
    if let Some((protocol, its_tls)) =
        checker.choice(typed.protocol, "connection.protocol", &choices)
    {
        out.protocol = protocol;
        out.tls = its_tls.or(tls).unwrap_or(true);
    }
    let secured = out.protocol.is_persistent();
    let stream = out.protocol.is_stream();
    let (mqtt, coap) = (out.protocol == Protocol::Mqtt, out.protocol == Protocol::Coap);
    let (streams, first) = ("http, https, websocket and mqtt", |keys: &[Option<ValueId>]| {
        keys.iter().copied().flatten().next()
    });
    let mqtt_key = typed.mqtt.as_ref().and_then(|typed| first(&[typed.qos, typed.retain]));
    let coap_key = typed.coap.as_ref().and_then(|typed| first(&[typed.confirmable, typed.observe]));
    checker.refuse_idle(
        "connection",
        &[
            ("tls", typed.tls, secured, "websocket and mqtt"),
            ("certificate", typed.certificate, stream && out.tls, "protocols under TLS"),
            ("keep_alive", typed.keep_alive, stream, streams),
            ("mqtt", mqtt_key, mqtt, "protocol = \"mqtt\""),
            ("coap", coap_key, coap, "protocol = \"coap\""),
        ],
    );
    let keep_alive = seconds(checker, typed.keep_alive, "keep_alive", 0.0..=65_535.0);
    set(&mut out.keep_alive_seconds, keep_alive);
    let certificate = bytes(checker, typed.certificate, "certificate", 100..=65_535);
    set(&mut out.certificate_bytes, certificate);
    if let Some(mqtt) = &typed.mqtt {
        let qos = count(checker, mqtt.qos, "mqtt.qos", 0..=2).map(|qos| match qos {
            0 => Qos::AtMostOnce,
            1 => Qos::AtLeastOnce,
            _ => Qos::ExactlyOnce,
        });
        set(&mut out.qos, qos);
        set(&mut out.retain, truth(checker, mqtt.retain, "mqtt.retain"));
    }
    if let Some(coap) = &typed.coap {
        set(&mut out.confirmable, truth(checker, coap.confirmable, "coap.confirmable"));
        set(&mut out.observe, truth(checker, coap.observe, "coap.observe"));
    }
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum LatencyKind {
    Fixed,
    Matrix,
    Geodesic,
    Regions,
}

fn link(checker: &mut Checker<'_>, typed: &LinkSection, out: &mut Settings) {
    let kinds = [
        ("fixed", LatencyKind::Fixed),
        ("matrix", LatencyKind::Matrix),
        ("geodesic", LatencyKind::Geodesic),
        ("regions", LatencyKind::Regions),
    ];
    let kind = checker.choice(typed.latency, "connection.link.latency", &kinds);
    let rtt = seconds(checker, typed.rtt, "link.rtt", 0.0..=60.0);
    let key = "connection.link.radius";
    let radius = checker.quantity(typed.radius, key, "km", false, 0.0..=20_000.0);
    let kind = kind.unwrap_or(LatencyKind::Fixed);
    let rtt_of = typed.rtt_of.as_ref().and_then(|of| of.values().next().copied());
    checker.refuse_idle(
        "connection.link",
        &[
            ("rtt", typed.rtt, kind == LatencyKind::Fixed, "latency = \"fixed\""),
            ("matrix", typed.matrix, kind == LatencyKind::Matrix, "latency = \"matrix\""),
            ("rtt_of", rtt_of, kind == LatencyKind::Regions, "latency = \"regions\""),
            ("radius", typed.radius, kind == LatencyKind::Geodesic, "latency = \"geodesic\""),
            ("burst", typed.burst, typed.loss.is_some(), "links with a loss"),
        ],
    );
    let latency = match kind {
        LatencyKind::Fixed => rtt.map(|rtt_seconds| Latency::Fixed { rtt_seconds }),
        LatencyKind::Geodesic => Some(Latency::Geodesic { radius_km: radius.unwrap_or(3_000.0) }),
        LatencyKind::Matrix => matrix(checker, typed.matrix).map(Latency::Matrix),
        LatencyKind::Regions => Some(Latency::Regions { rtt_seconds: Vec::new() }),
    };
    set(&mut out.latency, latency);
    out.channel.loss = loss(checker, typed.loss, typed.burst, "link");
    let jitter = seconds(checker, typed.jitter, "link.jitter", 0.0..=60.0);
    set(&mut out.channel.jitter_seconds, jitter);
    let key = "connection.link.rate";
    let rate = checker.quantity(typed.rate, key, "B/s", false, 1.0..=1e12);
    set(&mut out.channel.bytes_per_second, rate);
    set(&mut out.breaks, truth(checker, typed.breaks, "link.breaks"));
}

fn loss(
    checker: &mut Checker<'_>,
    share: Option<ValueId>,
    burst: Option<ValueId>,
    section: &str,
) -> Loss {
    let share = checker.share(share, &format!("connection.{section}.loss"), 1.0).unwrap_or(0.0);
    let key = format!("connection.{section}.burst");
    match checker.quantity(burst, &key, "1", true, 1.0..=1e6) {
        Some(packets) => Loss::bursts(share, packets),
        None => Loss::Independent(share),
    }
}

fn matrix(checker: &mut Checker<'_>, given: Option<ValueId>) -> Option<Matrix> {
    let key = "connection.link.matrix";
    let given = checker.required(given, key, "\"../data/latency/planetlab.csv\"");
    let (file, text) = checker.file(given, key, MATRIX_BYTES_MAX)?;
    if let Some(matrix) = checker.files.made(file, "matrix") {
        return Some(matrix);
    }
    match Matrix::parse(&text) {
        Ok(matrix) => {
            checker.files.keep(file, "matrix".to_owned(), matrix.clone());
            Some(matrix)
        }
        Err(error) => {
            let line = u64::try_from(error.line).unwrap_or(u64::MAX);
            let place = TextPosition { file, offset: checker.files.line_offset(file, line) };
            let help = "rows of milliseconds with commas between: a square, or its lower half";
            checker.faults.push(place, "", error.message, help);
            None
        }
    }
}

/// How many gateways there are, and the devices of the fleet that they are.
fn gateway_count(
    checker: &mut Checker<'_>,
    typed: &GatewaySection,
    known: &Known,
) -> Option<(u32, Option<DeviceSet>)> {
    if typed.on.is_some() {
        let replaced = [("count", typed.count)];
        let set = known.devices_in_place_of(checker, typed.on, "connection.gateways", &replaced)?;
        return Some((known.count(&set), Some(set)));
    }
    let given = checker.required(typed.count, "connection.gateways.count", "10");
    Some((count(checker, given, "gateways.count", 1..=GATEWAYS_MAX)?, None))
}

fn gateways(
    checker: &mut Checker<'_>,
    typed: &GatewaySection,
    known: &Known,
    out: &Settings,
) -> Option<Gateways> {
    let counted = gateway_count(checker, typed, known);
    let number = counted.as_ref().map(|(number, _)| *number);
    if let (Some(given), true) = (typed.on, number > Some(GATEWAYS_MAX as u32)) {
        let message = format!("{} gateways", number.unwrap_or_default());
        let help = format!("at most {GATEWAYS_MAX}");
        checker.fault(given, "connection.gateways.on", message, help);
    }
    let reaches = [("ring", false), ("region", true)];
    let by_region = checker.choice(typed.reach, "connection.gateways.reach", &reaches);
    let by_region = by_region.unwrap_or(false);
    if let (Some(given), true) =
        (typed.reach, by_region && (out.on.is_none() || typed.on.is_none()))
    {
        let message = "devices or gateways that stand in no region of the fleet".to_owned();
        let help = "give connection.on and connection.gateways.on, or reach = \"ring\"";
        checker.fault(given, "connection.gateways.reach", message, help);
        return None;
    }
    let heard_max = i64::from(number.unwrap_or(8).min(8));
    let heard_by = count(checker, typed.heard_by, "gateways.heard_by", 1..=heard_max);
    let repeats = count(checker, typed.repeats, "gateways.repeats", 1..=15);
    let skew = seconds(checker, typed.clock_skew, "gateways.clock_skew", 0.0..=DAY_SECONDS);
    let channels = count(checker, typed.channels, "gateways.channels", 1..=64).unwrap_or(8);
    let key = "gateways.spreading_factor";
    let spreading_factor = count(checker, typed.spreading_factor, key, 7..=12).unwrap_or(9);
    let airs = [("none", None), ("aloha", Some(false)), ("slotted_aloha", Some(true))];
    let slotted = checker.choice(typed.air, "connection.gateways.air", &airs).flatten();
    let (shared, whom) = (slotted.is_some(), "air = \"aloha\" and \"slotted_aloha\"");
    checker.refuse_idle(
        "connection.gateways",
        &[
            ("channels", typed.channels, shared, whom),
            ("spreading_factor", typed.spreading_factor, shared, whom),
        ],
    );
    let loss = loss(checker, typed.loss, None, "gateways");
    let (count, on) = counted?;
    Some(Gateways {
        count,
        on,
        by_region,
        heard_by: heard_by.unwrap_or(1),
        repeats: repeats.unwrap_or(1),
        channel: Channel { loss, ..out.channel },
        clock_skew_seconds: skew.unwrap_or(0.0),
        air: slotted.map(|slotted| Air { channels, spreading_factor, slotted }),
    })
}

fn mesh(checker: &mut Checker<'_>, typed: &MeshSection, devices: u32) -> Option<MeshPlan> {
    let key = "connection.mesh.neighbours";
    let neighbours = checker.quantity(typed.neighbours, key, "1", true, 1.0..=1_000.0);
    let exits = count(checker, typed.exits, "mesh.exits", 1..=i64::from(devices));
    let hop_retries = count(checker, typed.hop_retries, "mesh.hop_retries", 0..=7);
    let hop_seconds = seconds(checker, typed.hop_time, "mesh.hop_time", 0.0..=60.0);
    let reroute_seconds = seconds(checker, typed.reroute, "mesh.reroute", 0.0..=SECONDS_MAX);
    Some(MeshPlan {
        neighbours: neighbours.unwrap_or(12.0),
        exits: exits.unwrap_or(4.min(devices)),
        hop_retries: hop_retries.unwrap_or(3),
        hop_seconds: hop_seconds.unwrap_or(0.01),
        reroute_seconds: reroute_seconds.unwrap_or(60.0),
    })
}

fn reconnect(checker: &mut Checker<'_>, typed: &ReconnectSection, out: &mut Reconnect) {
    set(&mut out.base_seconds, seconds(checker, typed.base, "reconnect.base", 1e-3..=3_600.0));
    set(&mut out.max_seconds, seconds(checker, typed.max, "reconnect.max", 1e-3..=DAY_SECONDS));
    set(&mut out.jitter, truth(checker, typed.jitter, "reconnect.jitter"));
    let accepts = count(checker, typed.accepts, "reconnect.accepts", 1..=i64::from(u32::MAX));
    out.accepts_per_second = accepts;
}

fn outages(checker: &mut Checker<'_>, typed: &[OutageSection]) -> Vec<Outage> {
    if let Some(given) = typed.get(OUTAGES_MAX).and_then(|outage| outage.at) {
        let message = format!("{} outages", typed.len());
        checker.fault(given, "connection.outage", message, format!("at most {OUTAGES_MAX}"));
        return Vec::new();
    }
    let mut out = Vec::new();
    for (number, outage) in typed.iter().enumerate() {
        let name = format!("outage[{number}]");
        let at = checker.required(outage.at, &format!("connection.{name}.at"), "\"6 h\"");
        let start = seconds(checker, at, &format!("{name}.at"), 0.0..=SECONDS_MAX);
        if let Some(start) = start {
            let start = SimDuration::from_seconds_f64(start);
            checker.refuse_late(at, &format!("connection.{name}.at"), start);
        }
        let key = format!("connection.{name}.length");
        let length = checker.required(outage.length, &key, "\"30 min\"");
        let length = seconds(checker, length, &format!("{name}.length"), 1e-3..=SECONDS_MAX);
        let share = checker.share(outage.share, &format!("connection.{name}.share"), 1.0);
        let resets = truth(checker, outage.resets, &format!("{name}.resets"));
        out.extend(start.zip(length).map(|(start_seconds, length_seconds)| Outage {
            start_seconds,
            length_seconds,
            share: share.unwrap_or(1.0),
            resets: resets.unwrap_or(true),
            equal_before: 0,
        }));
    }
    Outage::tell_apart(&mut out);
    out
}

fn set<T>(slot: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *slot = value;
    }
}

fn seconds(
    checker: &mut Checker<'_>,
    given: Option<ValueId>,
    key: &str,
    range: std::ops::RangeInclusive<f64>,
) -> Option<f64> {
    checker.quantity(given, &format!("connection.{key}"), "s", false, range)
}

fn bytes(
    checker: &mut Checker<'_>,
    given: Option<ValueId>,
    key: &str,
    range: std::ops::RangeInclusive<u32>,
) -> Option<u32> {
    let range = f64::from(*range.start())..=f64::from(*range.end());
    let key = format!("connection.{key}");
    checker.quantity(given, &key, "B", false, range).map(|bytes| bytes.round() as u32)
}

fn count(
    checker: &mut Checker<'_>,
    given: Option<ValueId>,
    key: &str,
    range: std::ops::RangeInclusive<i64>,
) -> Option<u32> {
    let number = checker.integer(given, &format!("connection.{key}"), range)?;
    u32::try_from(number).ok()
}

fn truth(checker: &mut Checker<'_>, given: Option<ValueId>, key: &str) -> Option<bool> {
    checker.boolean(given, &format!("connection.{key}"))
}
