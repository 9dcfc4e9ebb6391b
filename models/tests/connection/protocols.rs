//! Protocols against their specifications.

use pinwheel_core::{SimDuration, SimTime};
use pinwheel_models::connection::channel::{Loss, Outage};
use pinwheel_models::connection::frames::{Frames, Step};
use pinwheel_models::connection::mqtt::Qos;
use pinwheel_models::connection::settings::{Latency, Protocol};
use pinwheel_models::connection::{Connection, Settings};

fn settings(protocol: Protocol, loss: f64) -> Settings {
    let mut settings = Settings {
        devices: 20,
        protocol,
        latency: Latency::Fixed { rtt_seconds: 0.05 },
        ..Settings::default()
    };
    settings.channel.loss = Loss::Independent(loss);
    settings
}

#[test]
fn packets_have_the_sizes_of_their_specifications() {
    let bytes = |settings: &Settings, step| {
        let exchange = *Frames::new(settings).exchange(step);
        (exchange.up.bytes, exchange.down.bytes)
    };
    let plain = |protocol| Settings { tls: false, ..settings(protocol, 0.0) };
    // IPv4 and UDP 28, 32 of reading.
    assert_eq!(bytes(&plain(Protocol::Datagram), Step::Message), (60, 0));
    // Header 4, token 2, Uri-Path 1+1, 1+8, 1+1, Content-Format 1+1, marker 1; the answer 4 and 2.
    let coap = plain(Protocol::Coap);
    assert_eq!(bytes(&coap, Step::Message), (28 + 4 + 2 + 2 + 9 + 2 + 2 + 1 + 32, 28 + 6));
    // Observed: Observe 1+3 in place of the path; an empty acknowledgement.
    let observe = Settings { observe: true, ..coap };
    assert_eq!(bytes(&observe, Step::Message), (28 + 4 + 2 + 4 + 2 + 1 + 32, 28 + 4));
    // IPv4 and TCP 52. A masked WebSocket frame has 6 bytes in front.
    let socket = plain(Protocol::WebSocket);
    assert_eq!(bytes(&socket, Step::Message), (52 + 6 + 32, 52));
    assert_eq!(bytes(&socket, Step::Ping), (52 + 6, 52 + 2));
    // PUBLISH: header 2, topic 2 + 25, identifier 2 above QoS 0, properties 1.
    let mqtt = |qos| Settings { qos, ..plain(Protocol::Mqtt) };
    assert_eq!(bytes(&mqtt(Qos::AtMostOnce), Step::Message), (52 + 2 + 27 + 1 + 32, 52));
    assert_eq!(bytes(&mqtt(Qos::AtLeastOnce), Step::Message), (52 + 2 + 27 + 3 + 32, 52 + 4));
    assert_eq!(bytes(&mqtt(Qos::ExactlyOnce), Step::Release), (52 + 4, 52 + 4));
    assert_eq!(bytes(&mqtt(Qos::ExactlyOnce), Step::Ping), (52 + 2, 52 + 2));
    // TLS adds a record to each message, and the server's flight is its certificate's size.
    let secure = |certificate_bytes| {
        let base = settings(Protocol::Http, 0.0);
        bytes(&Settings { certificate_bytes, ..base }, Step::Secure)
    };
    assert_eq!(secure(2_400).1 - secure(2_000).1, 400);
    let (hello, _) = secure(2_500);
    assert!((200..300).contains(&hello), "a ClientHello without resumption: {hello}");
    let insecure = bytes(&plain(Protocol::Http), Step::Message).0;
    assert_eq!(bytes(&settings(Protocol::Http, 0.0), Step::Message).0, insecure + 22);
}

#[test]
fn a_clean_link_costs_what_the_steps_cost() {
    for (protocol, keep_alive_seconds, round_trips) in [
        (Protocol::Http, 0.0, 3.0),
        (Protocol::Http, 600.0, 1.0),
        (Protocol::Coap, 0.0, 1.0),
        (Protocol::Datagram, 0.0, 0.0),
    ] {
        let base = settings(protocol, 0.0);
        let run = crate::run(&Settings { keep_alive_seconds, ..base }, 1, 36_000);
        let account = run.model.connection.account();
        assert_eq!((account.lost, account.duplicates, account.breaks), (0, 0, 0));
        let per_reading = account.round_trips as f64 / account.delivered as f64;
        assert!((per_reading - round_trips).abs() < 0.01, "{protocol:?}: {per_reading}");
    }
}

#[test]
fn coap_sends_as_often_as_the_formula_says() {
    // Sendings of one message: geometric with f = 1 - (1 - p)^2, cut at five.
    const LOSS: f64 = 0.2;
    let settings =
        Settings { interval_seconds: 120.0, devices: 200, ..settings(Protocol::Coap, LOSS) };
    let run = crate::run(&settings, 1, 86_400);
    let account = run.model.connection.account();
    let failure = 1.0 - (1.0 - LOSS) * (1.0 - LOSS);
    let mut expected = [0.0; 5];
    for (place, share) in expected.iter_mut().enumerate() {
        let failed: f64 = (0..place).map(|_| failure).product();
        *share = if place < 4 { failed * (1.0 - failure) } else { failed };
    }
    let counts = &account.repeated[..5];
    let messages = counts.iter().sum::<u64>() as f64;
    assert!(messages > 0.99 * account.messages as f64, "all but the last are over");
    let chi_square: f64 = counts
        .iter()
        .zip(expected)
        .map(|(count, share)| {
            let gap = *count as f64 - share * messages;
            gap * gap / (share * messages)
        })
        .sum();
    // 99.9 % of chi-square with four degrees of freedom.
    assert!(chi_square < 18.5, "chi-square {chi_square}: {counts:?} of {messages}");
    // The tail of the latency: a message that needs n sendings waits at least 2 (2^(n-1) - 1) s.
    let late = account.latency.quantile(0.999).as_seconds();
    assert!((14.0..45.5).contains(&late), "{late} s");
}

#[test]
fn a_mqtt_session_over_breaks_keeps_its_promise() {
    for loss in [0.0, 0.1, 0.3] {
        for qos in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce] {
            let base = settings(Protocol::Mqtt, loss);
            let run = crate::run(
                &Settings { qos, breaks: true, window: 8, tls: false, ..base },
                1,
                86_400,
            );
            let account = run.model.connection.account();
            assert!(account.delivered > 10_000, "{account:?}");
            let lossy = loss > 0.0;
            match qos {
                Qos::AtMostOnce => {
                    assert_eq!((account.lost > 0, account.duplicates), (lossy, 0));
                    let share = account.lost as f64 / (account.lost + account.landed) as f64;
                    assert!((share - loss).abs() < 0.012, "{share} of {loss}");
                }
                Qos::AtLeastOnce => {
                    assert_eq!((account.lost, account.duplicates > 0), (0, lossy));
                }
                Qos::ExactlyOnce => assert_eq!((account.lost, account.duplicates), (0, 0)),
            }
        }
    }
}

#[test]
fn over_tcp_no_quality_of_service_loses_anything() {
    for qos in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce] {
        let base = settings(Protocol::Mqtt, 0.1);
        let run = crate::run(&Settings { qos, ..base }, 1, 86_400);
        let account = run.model.connection.account();
        assert_eq!((account.lost, account.duplicates), (0, 0), "{qos:?}");
        assert!(account.packets_lost > 1_000, "the channel does lose");
    }
}

/// A hub that restarts for ten minutes after an hour.
fn storm(jitter: bool, accepts_per_second: Option<u32>) -> Connection {
    let mut settings = Settings {
        devices: 500,
        interval_seconds: 600.0,
        outages: vec![Outage {
            start_seconds: 3_600.0,
            length_seconds: 600.0,
            share: 1.0,
            resets: true,
            equal_before: 0,
        }],
        ..settings(Protocol::WebSocket, 0.0)
    };
    settings.reconnect.jitter = jitter;
    settings.reconnect.accepts_per_second = accepts_per_second;
    crate::run(&settings, 1, 7_200).model.connection
}

#[test]
fn jitter_flattens_a_storm() {
    let (with, without) = (storm(true, None), storm(false, None));
    assert_eq!(without.account().storm.highest, 500, "all in one second");
    assert_eq!(with.connected(), 500);
    assert_eq!(without.connected(), 500);
    // Back-offs reach a minute: of the last, a uniform share, and 500 spread over 60 s.
    let (spread, lockstep) = (storm(true, Some(20)), storm(false, Some(20)));
    assert!(spread.account().refused < lockstep.account().refused, "fewer are turned down");
    assert_eq!(spread.connected(), 500);
}

#[test]
fn a_broker_publishes_the_will_of_a_client_that_stays_away() {
    let base = Settings { keep_alive_seconds: 100.0, ..settings(Protocol::Mqtt, 0.0) };
    let streams = pinwheel_core::Streams::new(1, 0);
    let alone = pinwheel_models::connection::Isolated::new(&base, &streams);
    let mut run = pinwheel_core::Simulation::new(alone, streams);
    let at = |seconds| SimTime::ZERO + SimDuration::from_seconds(seconds);
    run.run_until(at(1_000));
    for device in 0..7 {
        run.model.connection.device_changed(device, false, &mut run.ctx);
    }
    run.run_until(at(1_149));
    assert_eq!(run.model.connection.account().wills, 0, "one and a half keep-alive times");
    run.run_until(at(1_151));
    assert_eq!(run.model.connection.account().wills, 7);
    let before = run.model.connection.account().taken;
    for device in 0..7 {
        run.model.connection.device_changed(device, true, &mut run.ctx);
    }
    run.run_until(at(2_000));
    assert_eq!(run.model.connection.connected(), 20, "all are back");
    assert_eq!(run.model.connection.account().wills, 7, "and nobody else was missed");
    assert!(run.model.connection.account().taken > before + 200);
}
