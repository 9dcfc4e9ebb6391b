//! Nodes that are devices of the fleet: their domains are the fleet's, so that a shock takes the
//! pieces that are there.

use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::registry;
use pinwheel_models::scenario::load;

/// Two copies of each object, spread over these domains, while a region is dark for 12 hours of
/// every 2 days.
fn scenario(nodes: &str, spread: &str) -> String {
    format!(
        r#"
schema = 1
[meta]
name = "devices"
[run]
start = 2025-01-01
horizon = "20 d"
[[infrastructure.region]]
id = "east"
[[infrastructure.region]]
id = "west"
[[infrastructure.class]]
id = "other"
count = 30
[[infrastructure.class]]
id = "disk"
count = 40
owners = 8
devices_per_site = 5
[[infrastructure.shock]]
id = "blackout"
scope = "region"
every = "2 d"
share = 1.0
duration = "12 h"
[data.nodes]
{nodes}
[data.store]
objects = 200
object_size = "1 GiB"
pieces = 2
needed = 1
spread = [{spread}]
repair = {{ time = "100 d" }}
"#
    )
}

/// The last value of a metric.
fn last(text: &str, metric: &str) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("devices.toml");
    std::fs::write(&path, text).unwrap();
    let experiment = load(&path, &[]).unwrap_or_else(|faults| panic!("{faults:?}"));
    let scenario = &experiment.points[0].scenario;
    let wanted = registry::ALL.find(metric).expect("a metric").0;
    let streams = Streams::new(3, 0);
    let mut run = Simulation::new(scenario.world(&streams), streams);
    run.run_until(SimTime::ZERO + SimDuration::from_days(20));
    assert_eq!(run.ctx.checks.breach(), None);
    let rows = run.ctx.records.drain();
    rows.iter().rfind(|row| row.metric == wanted).expect("it is recorded").value
}

#[test]
fn a_dark_region_takes_the_pieces_that_are_there() {
    let on = |spread| last(&scenario("on = \"disk\"", spread), "data_read_availability");
    // One copy is always in the region that has power.
    assert_eq!(on("\"region\""), 1.0);
    // Of two copies anywhere both lie in the dark region a quarter of the time, which is a quarter.
    let anywhere = on("");
    assert!((0.9..0.97).contains(&anywhere), "{anywhere}");
    // Nodes that are no devices do not go dark with any.
    let apart = scenario("count = 40", "");
    assert_eq!(last(&apart, "data_read_availability"), 1.0);
}

#[test]
fn what_the_fleet_says_is_not_said_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("devices.toml");
    std::fs::write(&path, scenario("on = \"disk\"\nregions = 2", "")).unwrap();
    let faults = load(&path, &[]).expect_err("regions are the fleet's");
    assert!(faults[0].to_string().contains("data.nodes.regions: beside `on`"), "{}", faults[0]);
    std::fs::write(&path, scenario("on = \"dsik\"", "")).unwrap();
    let faults = load(&path, &[]).expect_err("no such class");
    assert!(faults[0].to_string().contains("did you mean \"disk\""), "{}", faults[0]);
}
