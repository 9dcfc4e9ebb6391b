//! What protocols make of a channel that loses packets.

use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};

use super::Case;
use pinwheel_models::connection::account::Account;
use pinwheel_models::connection::channel::{Channel, Loss};
use pinwheel_models::connection::mqtt::Qos;
use pinwheel_models::connection::settings::{Latency, Protocol};
use pinwheel_models::connection::{Isolated, Settings};

const PART: &str = "3 protocols";
const QOS_0: &str = "the channel's loss p";
const COPIES: &str =
    "copies handed on: 1 / (1 - p), each sending arriving with 1 - p until both ways succeed";
const SENDINGS: &str = "1 / (1 - p)^2: PUBLISH and PUBACK both arrive";
const ONCE: &str = "exactly once";
const COAP: &str = "(1 - f^5) / (1 - f) with f = 1 - (1 - p)^2, at most five sendings";
const GIVEN_UP: &str = "(1 - (1 - p)^2)^5: no sending is acknowledged";
const UNHEARD: &str = "p^5: no sending arrives";
const BURSTS: &str = "p, whatever the burst length";

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    Case { id: "mqtt_qos0_loss_5", part: PART, what: "share lost at QoS 0 and 5 % loss", formula: QOS_0, theory: 0.05, tolerance: 0.03, replications: 60, observe: |s| lost_share(&mqtt(Qos::AtMostOnce, 0.05, s)) },
    Case { id: "mqtt_qos0_loss_15", part: PART, what: "share lost at QoS 0 and 15 % loss", formula: QOS_0, theory: 0.15, tolerance: 0.02, replications: 60, observe: |s| lost_share(&mqtt(Qos::AtMostOnce, 0.15, s)) },
    Case { id: "mqtt_qos0_loss_30", part: PART, what: "share lost at QoS 0 and 30 % loss", formula: QOS_0, theory: 0.3, tolerance: 0.02, replications: 60, observe: |s| lost_share(&mqtt(Qos::AtMostOnce, 0.3, s)) },
    Case { id: "mqtt_qos1_copies_10", part: PART, what: "copies handed on a reading at QoS 1 and 10 % loss", formula: COPIES, theory: 1.0 / 0.9, tolerance: 0.01, replications: 40, observe: |s| copies(&mqtt(Qos::AtLeastOnce, 0.1, s)) },
    Case { id: "mqtt_qos1_copies_30", part: PART, what: "copies handed on a reading at QoS 1 and 30 % loss", formula: COPIES, theory: 1.0 / 0.7, tolerance: 0.01, replications: 40, observe: |s| copies(&mqtt(Qos::AtLeastOnce, 0.3, s)) },
    Case { id: "mqtt_qos1_sendings_20", part: PART, what: "sendings of PUBLISH a reading at QoS 1 and 20 % loss", formula: SENDINGS, theory: 1.0 / 0.64, tolerance: 0.01, replications: 40, observe: |s| sendings(&mqtt(Qos::AtLeastOnce, 0.2, s)) },
    Case { id: "mqtt_qos2_copies_30", part: PART, what: "copies handed on a reading at QoS 2 and 30 % loss", formula: ONCE, theory: 1.0, tolerance: 1e-9, replications: 30, observe: |s| copies(&mqtt(Qos::ExactlyOnce, 0.3, s)) },
    Case { id: "coap_sendings_5", part: PART, what: "sendings of a confirmable message at 5 % loss", formula: COAP, theory: 1.108_023_478, tolerance: 0.01, replications: 40, observe: |s| sendings(&coap(0.05, s)) },
    Case { id: "coap_sendings_15", part: PART, what: "sendings of a confirmable message at 15 % loss", formula: COAP, theory: 1.381_805_447, tolerance: 0.01, replications: 40, observe: |s| sendings(&coap(0.15, s)) },
    Case { id: "coap_sendings_30", part: PART, what: "sendings of a confirmable message at 30 % loss", formula: COAP, theory: 1.970_403_01, tolerance: 0.01, replications: 40, observe: |s| sendings(&coap(0.3, s)) },
    Case { id: "coap_given_up_15", part: PART, what: "share given up at 15 % loss", formula: GIVEN_UP, theory: 0.001_645_565, tolerance: 0.1, replications: 100, observe: |s| given_up(&coap(0.15, s)) },
    Case { id: "coap_given_up_30", part: PART, what: "share given up at 30 % loss", formula: GIVEN_UP, theory: 0.034_502_525, tolerance: 0.05, replications: 60, observe: |s| given_up(&coap(0.3, s)) },
    Case { id: "coap_given_up_50", part: PART, what: "share given up at 50 % loss", formula: GIVEN_UP, theory: 0.237_304_687, tolerance: 0.02, replications: 60, observe: |s| given_up(&coap(0.5, s)) },
    Case { id: "coap_unheard_50", part: PART, what: "share never heard at 50 % loss", formula: UNHEARD, theory: 0.031_25, tolerance: 0.05, replications: 60, observe: |s| lost_share(&coap(0.5, s)) },
    Case { id: "bursts_loss_10", part: PART, what: "share of datagrams lost in bursts of 8 at 10 %", formula: BURSTS, theory: 0.1, tolerance: 0.02, replications: 100, observe: |s| lost_share(&datagrams(Loss::bursts(0.1, 8.0), s)) },
];

/// A quiet line in front of a loss.
fn base(protocol: Protocol, loss: Loss) -> Settings {
    let base = Settings::default();
    Settings {
        devices: 20,
        protocol,
        tls: false,
        latency: Latency::Fixed { rtt_seconds: 0.05 },
        channel: Channel { loss, ..base.channel },
        buffer: 100_000,
        ..base
    }
}

/// Runs for so many intervals, and a while longer if the last readings are still under way.
fn run(settings: &Settings, intervals: f64, streams: &Streams) -> Account {
    let mut run = Simulation::new(Isolated::new(settings, streams), *streams);
    let seconds = intervals * settings.interval_seconds;
    run.run_until(SimTime::ZERO + SimDuration::from_seconds_f64(seconds));
    assert_eq!(run.ctx.checks.breach(), None);
    run.model.connection.account().clone()
}

/// Sessions that are resumed after every lost packet. Readings are far enough apart for that.
fn mqtt(qos: Qos, loss: f64, streams: &Streams) -> Account {
    let base = base(Protocol::Mqtt, Loss::Independent(loss));
    let timing = Settings { interval_seconds: 600.0, keep_alive_seconds: 0.0, ..base };
    run(&Settings { qos, breaks: true, ..timing }, 100.0, streams)
}

/// Confirmable messages, one at a time: the next begins after the longest exchange.
fn coap(loss: f64, streams: &Streams) -> Account {
    let base = base(Protocol::Coap, Loss::Independent(loss));
    run(&Settings { interval_seconds: 120.0, ..base }, 250.0, streams)
}

fn datagrams(loss: Loss, streams: &Streams) -> Account {
    run(&base(Protocol::Datagram, loss), 500.0, streams)
}

/// Of the copies whose fate is known.
fn lost_share(account: &Account) -> f64 {
    account.lost as f64 / (account.lost + account.landed) as f64
}
fn copies(account: &Account) -> f64 {
    (account.delivered + account.duplicates) as f64 / account.delivered as f64
}
fn sendings(account: &Account) -> f64 {
    account.transmissions as f64 / account.messages as f64
}
fn given_up(account: &Account) -> f64 {
    account.given_up as f64 / account.messages as f64
}
