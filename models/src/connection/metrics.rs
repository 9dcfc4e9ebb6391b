//! What this layer records, at the end of each day, of all days so far.

use pinwheel_core::MetricSpec;

#[rustfmt::skip]
pub const METRICS: &[MetricSpec] = &[
    MetricSpec { name: "connected_devices", unit: "1", about: "Devices of the layer that are up.", source: "model" },
    MetricSpec { name: "readings_taken", unit: "1", about: "Readings taken by all devices so far.", source: "model" },
    MetricSpec { name: "delivered_share", unit: "1", about: "Share of the readings taken that reached the platform; those still under way do not count.", source: "CON-01, CON-02" },
    MetricSpec { name: "reading_loss_share", unit: "1", about: "Share of the copies sent that are gone for good.", source: "CON-05, CON-07" },
    MetricSpec { name: "buffer_drop_share", unit: "1", about: "Share of the copies that a full buffer threw out.", source: "CON-01" },
    MetricSpec { name: "duplicate_share", unit: "1", about: "Arrivals of readings the platform had already, by readings delivered.", source: "CON-01, CON-05" },
    MetricSpec { name: "merged_share", unit: "1", about: "Copies a gateway had already, by readings taken.", source: "CON-01" },
    MetricSpec { name: "packet_loss_share", unit: "1", about: "Share of all packets that the channels lost.", source: "model" },
    MetricSpec { name: "up_bytes_per_reading", unit: "B", about: "Bytes sent by devices and gateways with all headers, by readings delivered.", source: "RFC 791, 768, 9293, 8446 and the codecs" },
    MetricSpec { name: "down_bytes_per_reading", unit: "B", about: "Bytes sent back with all headers, by readings delivered.", source: "RFC 791, 768, 9293, 8446 and the codecs" },
    MetricSpec { name: "purpose_bytes_per_reading", unit: "B", about: "Bytes both ways by what they were for (label), by readings delivered.", source: "model" },
    MetricSpec { name: "round_trips_per_reading", unit: "1", about: "Exchanges answered, handshakes and heartbeats included, by readings delivered.", source: "CON-03" },
    MetricSpec { name: "transmissions_per_message", unit: "1", about: "Times a message is sent, by messages.", source: "RFC 7252, 4.2" },
    MetricSpec { name: "given_up_share", unit: "1", about: "Share of the messages whose sender gave up waiting for an acknowledgement.", source: "RFC 7252, 4.2" },
    MetricSpec { name: "joules_per_reading", unit: "J", about: "Energy of the devices' radios by readings delivered: bytes, time awake and tail.", source: "Huang and others, MobiSys 2012; datasheets" },
    MetricSpec { name: "delivery_seconds_mean", unit: "s", about: "Mean time from a reading to its arrival at the platform.", source: "model" },
    MetricSpec { name: "delivery_seconds_p50", unit: "s", about: "Median time from a reading to its arrival.", source: "model" },
    MetricSpec { name: "delivery_seconds_p99", unit: "s", about: "Time from a reading to its arrival that 99 % do not pass.", source: "model" },
    MetricSpec { name: "staleness_seconds", unit: "s", about: "Mean age of the freshest reading the platform has of each device.", source: "Kaul, Yates and Gruteser 2012" },
    MetricSpec { name: "stamp_error_seconds", unit: "s", about: "Mean absolute error of the time stamps that gateways give.", source: "CON-01" },
    MetricSpec { name: "reconnects_per_second_peak", unit: "1/s", about: "Most attempts to connect that reached the hub in one second.", source: "CON-04" },
    MetricSpec { name: "connection_attempts", unit: "1", about: "Attempts to connect that reached the hub.", source: "CON-04" },
    MetricSpec { name: "connections_refused", unit: "1", about: "Attempts to connect that the hub turned down.", source: "CON-04" },
    MetricSpec { name: "connection_breaks", unit: "1", about: "Connections and attempts that broke.", source: "model" },
    MetricSpec { name: "connected_share", unit: "1", about: "Share of the senders whose connection is open now.", source: "CON-04" },
    MetricSpec { name: "wills_published", unit: "1", about: "Last wills that the broker published.", source: "MQTT 5.0, 3.1.2.5" },
    MetricSpec { name: "retained_share", unit: "1", about: "Share of the topics with a retained message: what a subscriber that comes back knows at once.", source: "MQTT 5.0, 3.3.1.3" },
    MetricSpec { name: "notifications_overtaken", unit: "1", about: "Notifications that arrived after a newer one.", source: "RFC 7641, 3.4" },
    MetricSpec { name: "frame_success_share", unit: "1", about: "Share of the radio frames that no other frame spoilt.", source: "Abramson 1970" },
    MetricSpec { name: "hops_per_reading", unit: "1", about: "Mean number of hops of the readings that came out of the mesh.", source: "CON-02" },
];
