//! Layers on devices of the fleet: what a device that is down does not do, counted exactly.

use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::registry;
use pinwheel_models::scenario::load;

const DAYS: u64 = 30;

/// Rows of a run: name of the metric, label, day and value.
type Rows = Vec<(&'static str, String, u64, f64)>;

fn rows(text: &str) -> Rows {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.toml");
    let head =
        "schema = 1\n[meta]\nname = \"fleet\"\n[run]\nstart = 2025-01-01\nhorizon = \"30 d\"\n";
    std::fs::write(&path, format!("{head}{text}")).unwrap();
    let experiment = load(&path, &[]).unwrap_or_else(|faults| panic!("{faults:?}"));
    let streams = Streams::new(4, 0);
    let mut run = Simulation::new(experiment.points[0].scenario.world(&streams), streams);
    run.run_until(SimTime::ZERO + SimDuration::from_days(DAYS));
    assert_eq!(run.ctx.checks.breach(), None);
    let labels = run.ctx.records.labels().to_vec();
    let row = |row: &pinwheel_core::Row| {
        let name = registry::ALL.spec(row.metric).name;
        let day = row.time.as_nanos() / SimDuration::from_days(1).as_nanos();
        (name, labels[usize::from(row.label.0)].clone(), day, row.value)
    };
    run.ctx.records.drain().iter().map(row).collect()
}

/// The value of a metric at the end of a day.
fn at(rows: &Rows, metric: &str, label: &str, day: u64) -> f64 {
    let found = rows.iter().rfind(|row| row.0 == metric && row.1 == label && row.2 == day);
    found.unwrap_or_else(|| panic!("{metric} of \"{label}\" on day {day}")).3
}

fn last(rows: &Rows, metric: &str) -> f64 {
    at(rows, metric, "", DAYS)
}

fn class(id: &str, count: u32, failure: &str) -> String {
    format!(
        "[[infrastructure.class]]\nid = \"{id}\"\ncount = {count}\n\
         failure = {{ law = \"exponential\", mean = \"{failure}\" }}\n\
         repair = {{ law = \"exponential\", mean = \"6 h\" }}\n"
    )
}

/// All of a class go down at an instant and come up again together.
fn shock(at: &str, duration: &str, scope: &str, classes: &str) -> String {
    format!(
        "[[infrastructure.shock]]\nid = \"dark\"\nscope = \"{scope}\"\nat = \"{at}\"\nshare = 1.0\n\
         duration = \"{duration}\"\nclasses = [\"{classes}\"]\n"
    )
}

const NEVER: &str = "10000 y";

/// A device takes a reading somewhere in the first interval after it has come up and then every
/// interval. So an up time of `L` intervals has `L` readings in the mean, and never one more or
/// less than that: the sum over all devices is their up time over the interval.
#[test]
fn readings_are_the_up_time_of_all_devices_over_the_interval() {
    let (count, per_day) = (300.0, 144.0);
    let connection = "[connection]\non = \"sensor\"\ninterval = \"10 min\"\n";
    let rows = rows(&format!("{}{connection}", class("sensor", 300, "2 d")));
    let up_days = at(&rows, "availability", "sensor", DAYS) * count * DAYS as f64;
    let (taken, expected) = (last(&rows, "readings_taken"), up_days * per_day);
    // Each up time adds an error of variance f (1 - f), 1/6 in the mean over its fraction f.
    let up_times = count + at(&rows, "failures", "sensor", DAYS);
    let deviation = (up_times / 6.0).sqrt();
    assert!(up_times > 3_000.0 && deviation < 1e-4 * expected, "{up_times}, {expected}");
    assert!((taken - expected).abs() < 3.0 * deviation, "{taken}, not {expected} +- {deviation}");
    assert!(expected < 0.95 * count * per_day * DAYS as f64, "much of the time they are down");
}

const REGIONS: &str = "[[infrastructure.region]]\nid = \"east\"\n\
    [[infrastructure.region]]\nid = \"west\"\n";

/// One region is dark from noon of a day to noon of the next.
#[test]
fn a_dark_region_silences_its_own_senders_and_no_other() {
    let dark = shock("9.5 d", "24 h", "region", "sensor");
    for protocol in ["datagram", "mqtt", "coap", "https"] {
        let connection = format!(
            "[connection]\non = \"sensor\"\ninterval = \"10 min\"\nprotocol = \"{protocol}\"\n"
        );
        let rows = rows(&format!("{REGIONS}{}{dark}{connection}", class("sensor", 200, NEVER)));
        let taken =
            |day| at(&rows, "readings_taken", "", day) - at(&rows, "readings_taken", "", day - 1);
        assert_eq!(taken(9), 200.0 * 144.0, "{protocol}: all of them send");
        assert_eq!(at(&rows, "connected_devices", "", 10), 100.0, "{protocol}");
        // Half a day is 72 intervals, and each of the hundred is cut off somewhere in one.
        for day in [10, 11] {
            let (most, least) = (100.0 * (144.0 + 73.0), 100.0 * (144.0 + 71.0));
            assert!((least..=most).contains(&taken(day)), "{protocol}, {day}: {}", taken(day));
        }
        assert_eq!(taken(12), 200.0 * 144.0, "{protocol}: and again");
        assert!(at(&rows, "delivered_share", "", 30) > 0.999, "{protocol}: what is sent arrives");
        if protocol == "mqtt" {
            assert_eq!(at(&rows, "connected_share", "", 10), 0.5, "sessions are broken");
            assert_eq!(at(&rows, "connected_share", "", 12), 1.0, "and opened again");
            assert_eq!(at(&rows, "wills_published", "", 12), 100.0, "the broker misses them");
        }
    }
}

/// Each region has one gateway, and that of one region is down for a day.
#[test]
fn a_gateway_that_is_down_hears_its_own_region_no_more() {
    let dark = shock("10 d", "24 h", "region", "gateway");
    let devices = format!("{}{}", class("sensor", 200, NEVER), class("gateway", 2, NEVER));
    let connection = "[connection]\non = \"sensor\"\ninterval = \"10 min\"\nprotocol = \"mqtt\"\n\
        [connection.gateways]\non = \"gateway\"\nreach = \"region\"\n";
    let rows = rows(&format!("{REGIONS}{devices}{dark}{connection}"));
    let lost = |day| {
        let total =
            |day| at(&rows, "reading_loss_share", "", day) * at(&rows, "readings_taken", "", day);
        (total(day) - total(day - 1)).round()
    };
    assert_eq!((lost(10), lost(12)), (0.0, 0.0));
    let of_region = 100.0 * 144.0;
    assert!((lost(11) - of_region).abs() <= 100.0, "{} of {of_region}", lost(11));
}

#[test]
fn a_link_has_the_round_trip_of_its_region() {
    let connection = "[connection]\non = \"sensor\"\ninterval = \"10 min\"\n\
        link = { latency = \"regions\", rtt_of = { east = \"20 ms\", west = \"100 ms\" } }\n";
    let rows = rows(&format!("{REGIONS}{}{connection}", class("sensor", 200, NEVER)));
    // Half a round trip, and 60 bytes at 1 Mbit/s.
    let mean = last(&rows, "delivery_seconds_mean");
    assert!((mean - 0.03 - 0.00048).abs() < 1e-5, "{mean}");
}

/// Rows of some metrics.
fn only(rows: &Rows, metrics: &[&str]) -> Vec<(String, u64, u64)> {
    let of = |row: &&(&'static str, String, u64, f64)| metrics.contains(&row.0);
    let found: Vec<_> =
        rows.iter().filter(of).map(|row| (row.0.to_owned(), row.2, row.3.to_bits())).collect();
    assert!(found.len() >= metrics.len() * 29);
    found
}

#[test]
fn a_class_put_before_another_moves_nothing_of_its_messages() {
    let metrics = [
        "readings_taken",
        "delivered_share",
        "packet_loss_share",
        "delivery_seconds_mean",
        "connection_attempts",
        "hops_per_reading",
        "stamp_error_seconds",
    ];
    let (first, own) = (class("first", 70, "3 d"), class("own", 60, "4 d"));
    let link = "link = { latency = \"geodesic\", loss = \"5 %\", burst = 2, jitter = \"10 ms\" }\n\
        outage = [{ at = \"12 d\", length = \"3 h\", share = 0.5 }]\n";
    let gateways = "[connection.gateways]\non = \"gateway\"\nheard_by = 2\nclock_skew = \"1 s\"\n";
    let gateway = class("gateway", 5, "4 d");
    for (connection, behind) in [
        (format!("protocol = \"mqtt\"\n{link}"), ""),
        (format!("arrivals = \"poisson\"\n{link}"), ""),
        (format!("protocol = \"coap\"\n{link}{gateways}"), gateway.as_str()),
        ("topology = \"mesh\"\nlink = { loss = \"5 %\" }\n".to_owned(), ""),
    ] {
        let connection = format!("[connection]\non = \"own\"\ninterval = \"20 min\"\n{connection}");
        let alone = rows(&format!("{own}{behind}{connection}"));
        let beside = rows(&format!("{first}{own}{behind}{connection}"));
        assert_eq!(only(&alone, &metrics), only(&beside, &metrics), "{connection}");
        let renamed = rows(&format!("{own}{behind}{connection}").replace("\"own\"", "\"other\""));
        assert_ne!(only(&alone, &metrics), only(&renamed, &metrics), "{connection}: it can fail");
    }
}

/// Claims every four hours, six a day of each device; all are down for five days, a multiple of the
/// period, so that each misses thirty.
#[test]
fn claims_stop_exactly_while_devices_are_down() {
    let chain = "[[blockchain.chain]]\nid = \"one\"\nblock_time = \"10 min\"\n\
        attestation = { on = \"meter\", period = \"4 h\", verifiers = 9, panel = 3, quorum = 2 }\n";
    let dark = shock("10 d", "5 d", "world", "meter");
    let rows = rows(&format!("{}{dark}{chain}", class("meter", 20, NEVER)));
    let claims = |day| at(&rows, "attest_claims", "", day);
    assert_eq!(claims(10), 20.0 * 60.0);
    assert_eq!(claims(11), claims(10), "nobody claims");
    assert_eq!(claims(14), claims(10), "nobody claims");
    assert_eq!(claims(30), 20.0 * 150.0);
}

/// Every chain writes down every change of its devices, whatever stands before it in the file.
#[test]
fn every_chain_may_follow_devices() {
    let chain = |id: &str, class: &str| {
        format!(
            "[[blockchain.chain]]\nid = \"{id}\"\nblock_time = \"10 min\"\n\
             devices = {{ on = \"{class}\" }}\n\
             telemetry = {{ on = \"{class}\", interval = \"1 h\", way = \"anchored\" }}\n"
        )
    };
    let devices = format!("{}{}", class("a", 30, "2 d"), class("b", 40, "2 d"));
    let text =
        format!("{devices}{}{}{}", chain("of_a", "a"), chain("of_b", "b"), chain("b_too", "b"));
    let rows = rows(&text);
    for (chain, class) in [("of_a", "a"), ("of_b", "b"), ("b_too", "b")] {
        let changes = at(&rows, "device_changes", chain, DAYS);
        let failures = at(&rows, "failures", class, DAYS);
        assert!(failures > 100.0);
        // Each failure is a change, and so is each repair that is over.
        assert!((2.0 * failures - 40.0..=2.0 * failures).contains(&changes), "{chain}: {changes}");
    }
    let of = |metric: &str, chain: &str| at(&rows, metric, chain, DAYS).to_bits();
    assert_eq!(of("device_changes", "of_b"), of("device_changes", "b_too"));
}

/// Readings that come over the connection layer are written by every chain that asks for them.
#[test]
fn readings_of_the_connection_layer_reach_every_chain() {
    let chain = |id: &str| {
        format!(
            "[[blockchain.chain]]\nid = \"{id}\"\nblock_time = \"10 min\"\n\
             telemetry = {{ from = \"connection\", way = \"batched\", period = \"30 min\" }}\n"
        )
    };
    let connection = "[connection]\non = \"plug\"\ninterval = \"1 h\"\n";
    let devices = format!("{}{}", class("other", 10, "2 d"), class("plug", 20, "3 d"));
    let rows = rows(&format!("{devices}{connection}{}{}", chain("one"), chain("two")));
    for chain in ["one", "two"] {
        // What is gathered in the last half hour is not written yet.
        let traced = at(&rows, "telemetry_traced_share", chain, DAYS);
        assert!((0.997..=1.0).contains(&traced), "{chain}: {traced}");
    }
}

/// Validators are offline exactly while their machines are down: for 5 of 30 days.
#[test]
fn validators_that_are_down_miss_their_slots() {
    let chain = "[[blockchain.chain]]\nid = \"one\"\nblock_time = \"10 min\"\nconsensus = \"stake\"\n\
        members = { on = \"validator\", equivocation = 0 }\n";
    let dark = shock("10 d", "5 d", "world", "validator");
    let rows = rows(&format!("{}{dark}{chain}", class("validator", 20, NEVER)));
    assert_eq!(at(&rows, "slots_missed_share", "", 9), 0.0);
    // Slots are at whole instants; that of the strike and that of the end are one each.
    let (missed, slots) = (last(&rows, "slots_missed_share") * 4_320.0, 720.0);
    assert!((missed - slots).abs() <= 1.0, "{missed} of 4,320 slots");
}

/// An action is planned six hours ahead; all devices are down for a day, so that those planned in
/// the six hours before find a device that is down, and nothing is planned meanwhile.
#[test]
fn actions_on_devices_that_are_down_are_not_carried_out() {
    let chain = "[[blockchain.chain]]\nid = \"one\"\nblock_time = \"10 min\"\n\
        dispatch = { on = \"pump\", actions = \"240 /d\", lead = \"6 h\", tolerance = \"30 min\" }\n";
    let run = |dark: &str| rows(&format!("{}{dark}{chain}", class("pump", 20, NEVER)));
    let (never, once) = (run(""), run(&shock("10 d", "24 h", "world", "pump")));
    assert_eq!(last(&never, "actions_device_down_share"), 0.0);
    // Six hours' plans over those of 29 days.
    let share = last(&once, "actions_device_down_share");
    assert!((share / (0.25 / 28.75) - 1.0).abs() < 0.1, "{share}");
    let on_time = last(&once, "actions_on_time_share");
    assert!((on_time + share - 1.0).abs() < 1e-9, "{on_time} and {share}");
}

/// An action is carried out a minute or two after its plan, for which the device was up; that the
/// block is settled an hour later, when the device may be down, changes nothing.
#[test]
fn a_device_is_asked_at_the_time_of_its_action_not_when_that_is_settled() {
    let chain = "[[blockchain.chain]]\nid = \"one\"\nblock_time = \"1 min\"\n\
        consensus = \"work\"\nmembers = { confirmations = 60, travel = \"0 s\" }\n\
        dispatch = { on = \"pump\", actions = \"24 /d\", lead = \"0 s\", tolerance = \"1 h\" }\n";
    let rows = rows(&format!("{}{chain}", class("pump", 20, "6 h")));
    let share = last(&rows, "actions_device_down_share");
    assert!((0.001..0.03).contains(&share), "{share}");
}
