//! What this layer records at each record (`record_every`), of all the time so far.

use super::account::Purpose;
use super::settings::Settings;
use crate::describe::{MetricSpec, Section, metric};

/// Every metric of the layer, in the order of their numbers.
#[rustfmt::skip]
pub const METRICS: &[MetricSpec] = &[
    metric(Section::Other, "connected_devices", "1",
        "Devices of the layer that are up.", "model"),
    metric(Section::Other, "readings_taken", "1",
        "Readings taken by all devices so far.", "model"),
    metric(Section::Service, "delivered_share", "1",
        "Share of the readings taken that reached the platform; those still under way do not count.", "CON-01, CON-02"),
    metric(Section::Other, "reading_loss_share", "1",
        "Share of the copies sent that are gone for good.", "CON-05, CON-07"),
    metric(Section::Other, "buffer_drop_share", "1",
        "Share of the copies that a full buffer threw out.", "CON-01"),
    metric(Section::Other, "duplicate_share", "1",
        "Arrivals of readings the platform had already, by readings delivered.", "CON-01, CON-05"),
    metric(Section::Other, "merged_share", "1",
        "Copies a gateway had already, by readings taken.", "CON-01"),
    metric(Section::Other, "packet_loss_share", "1",
        "Share of all packets that the channels lost.", "model"),
    metric(Section::Other, "up_bytes_per_reading", "B",
        "Bytes sent by devices and gateways with all headers, by readings delivered.", "RFC 791, 768, 9293, 8446 and the codecs"),
    metric(Section::Other, "down_bytes_per_reading", "B",
        "Bytes sent back with all headers, by readings delivered.", "RFC 791, 768, 9293, 8446 and the codecs"),
    metric(Section::Other, "purpose_bytes_per_reading", "B",
        "Bytes both ways by what they were for (label), by readings delivered.", "model").by(&["purpose"]),
    metric(Section::Other, "round_trips_per_reading", "1",
        "Exchanges answered, handshakes and heartbeats included, by readings delivered.", "CON-03"),
    metric(Section::Other, "transmissions_per_message", "1",
        "Times a message is sent, by messages.", "RFC 7252, 4.2"),
    metric(Section::Other, "given_up_share", "1",
        "Share of the messages whose sender gave up waiting for an acknowledgement.", "RFC 7252, 4.2"),
    metric(Section::Other, "joules_per_reading", "J",
        "Energy of the devices' radios by readings delivered: bytes, time awake and tail.", "Huang and others, MobiSys 2012; datasheets"),
    metric(Section::Other, "delivery_seconds_mean", "s",
        "Mean time from a reading to its arrival at the platform.", "model"),
    metric(Section::Service, "delivery_seconds_p50", "s",
        "Median time from a reading to its arrival.", "model"),
    metric(Section::Service, "delivery_seconds_p99", "s",
        "Time from a reading to its arrival that 99 % do not pass.", "model"),
    metric(Section::Service, "staleness_seconds", "s",
        "Mean age of the freshest reading the platform has of each device.", "Kaul, Yates and Gruteser 2012"),
    metric(Section::Other, "stamp_error_seconds", "s",
        "Mean absolute error of the time stamps that gateways give.", "CON-01"),
    metric(Section::Other, "reconnects_per_second_peak", "1/s",
        "Most attempts to connect that reached the hub in one second.", "CON-04"),
    metric(Section::Other, "connection_attempts", "1",
        "Attempts to connect that reached the hub.", "CON-04"),
    metric(Section::Other, "connections_refused", "1",
        "Attempts to connect that the hub turned down.", "CON-04"),
    metric(Section::Other, "connection_breaks", "1",
        "Connections and attempts that broke.", "model"),
    metric(Section::Other, "connected_share", "1",
        "Share of the senders whose connection is open now.", "CON-04"),
    metric(Section::Other, "wills_published", "1",
        "Last wills that the broker published.", "MQTT 5.0, 3.1.2.5"),
    metric(Section::Other, "retained_share", "1",
        "Share of the topics with a retained message: what a subscriber that comes back knows at once.", "MQTT 5.0, 3.3.1.3"),
    metric(Section::Other, "notifications_overtaken", "1",
        "Notifications that arrived after a newer one.", "RFC 7641, 3.4"),
    metric(Section::Other, "frame_success_share", "1",
        "Share of the radio frames that no other frame spoilt.", "Abramson 1970"),
    metric(Section::Other, "hops_per_reading", "1",
        "Mean number of hops of the readings that came out of the mesh.", "CON-02"),
];

/// The labels of the layer, by their kinds.
pub fn labels(_settings: &Settings) -> Vec<(&'static str, Vec<String>)> {
    let purposes = Purpose::ALL.iter().map(|purpose| purpose.name().to_owned());
    vec![("purpose", purposes.collect())]
}
