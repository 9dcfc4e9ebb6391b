//! A fleet in regions leaves what the fleet in one piece leaves, to the last byte: every row, every
//! check, the number of events, the fingerprint.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use pinwheel_analysis::experiment::PARTS;
use pinwheel_analysis::record::work::{jobs, run_path};
use pinwheel_analysis::run::ensemble::{self, Drive, Unwatched};
use pinwheel_analysis::run::world::WorldRun;
use pinwheel_core::Streams;
use pinwheel_models::scenario::{self, Experiment, Regions};

/// A file for each run: its rows, and then its outcome with the fingerprint.
fn files(experiment: &mut Experiment, regions: Regions, threads: usize) -> Vec<Vec<u8>> {
    for point in &mut experiment.points {
        point.scenario.regions = regions;
        let whole = point.scenario.in_one_piece_because().is_some();
        assert_eq!(whole, regions == Regions::Off, "{:?}", point.scenario.in_one_piece_because());
    }
    let folder = tempfile::tempdir().expect("a folder");
    let stop = AtomicBool::new(false);
    let runs = Some(folder.path());
    let drive = Drive { threads: 2, stop: &stop, watcher: &Unwatched, runs, parts: PARTS };
    let start = |scenario, streams: &Streams| WorldRun::start(scenario, streams, threads);
    ensemble::run(experiment, start, jobs(experiment), &drive).expect("runs that end");
    let read = |job| fs::read(run_path(folder.path(), experiment, job)).expect("a run file");
    jobs(experiment).map(read).collect()
}

fn assert_equal(mut experiment: Experiment) {
    let whole = files(&mut experiment, Regions::Off, 1);
    assert!(whole.iter().all(|file| file.len() > 500));
    for threads in [1, 2, 8] {
        let cut = files(&mut experiment, Regions::On, threads);
        assert!(cut == whole, "{}: {threads} threads", experiment.name);
    }
}

/// A scenario that is shipped.
fn shipped(file: &str, keys: &[(&str, &str)]) -> Experiment {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios").join(file);
    let keys: Vec<_> = keys.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    scenario::load(&path, &keys).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn typed(text: &str) -> Result<Experiment, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("fleet.toml");
    fs::write(&file, text).expect("a file");
    scenario::load(&file, &[]).map_err(|faults| format!("{faults:?}"))
}

/// Whatever a device can do alone or with the crews of its class or region.
const FLEET: &str = r#"
schema = 1
[meta]
name = "everything"
[run]
start = 2026-01-01
horizon = "8 d"
[ensemble]
runs = 2
[infrastructure]
serving_share = "88 %"
[[infrastructure.region]]
id = "east"
share = 2
utc_offset = "-5 h"
[[infrastructure.region]]
id = "west"
share = 3
[[infrastructure.class]]
id = "beating"
count = 36_000
owners = 700
owner_concentration = 0.8
failure = { law = "exponential", mean = "9 d" }
repair = { law = "exponential", mean = "20 h" }
detection = "heartbeat"
heartbeat = { period = "3 h", loss = "20 %", misses = 3 }
checkpoint = { period = "5 h", cost = "4 min" }
watched = true
[[infrastructure.class]]
id = "waiting"
count = 900
failure = { law = "weibull", shape = 2.0, scale = "3 d" }
repair = "5 h"
crews = 40
spares = { stock = 12, lead = "2 d" }
[[infrastructure.class]]
id = "at-home"
count = 20_000
age = "200 d"
failure = { law = "weibull", shape = 3.0, scale = "250 d" }
repair = "7 h"
crews = 3
crews_by_region = true
detection = "inspection"
inspection = "2 d"
day = { always = "30 %", from = "17 h", hours = "6 h", spread = "1 h" }
[[infrastructure.class]]
id = "replaced"
count = 17_000
price = "20 USD"
failure = { law = "log_normal", median = "30 d", sigma = 1.0 }
repair = "1 h"
maintenance = { policy = "interval", period = "5 d", planned_duration = "3 h", planned_cost = "1 USD", failure_cost = "3 USD" }
"#;

#[test]
fn all_that_devices_do_alone_is_equal() {
    assert_equal(typed(FLEET).expect("a valid scenario"));
}

#[test]
fn shipped_fleets_are_equal() {
    let days = ("run.horizon", "\"200 d\"");
    assert_equal(shipped("ai/maintenance_baselines.toml", &[days]));
    assert_equal(shipped("infra/bathtub.toml", &[days]));
    // Large enough for several regions, and with less time.
    let many = ("infrastructure.class[0].count", "40_000");
    assert_equal(shipped("ai/maintenance_baselines.toml", &[("run.horizon", "\"20 d\""), many]));
    let beat = ("infrastructure.class[0].heartbeat.period", "\"2 h\"");
    assert_equal(shipped("infra/scale_sweep.toml", &[beat]));
}

/// Everybody at home is switched at the same instants, in all regions of the fleet, and what is
/// repaired comes back at instants that others share: nothing is guessed, and nothing differs.
#[test]
fn ties_are_equal_too() {
    let tied = FLEET
        .replace("spread = \"1 h\"", "spread = \"0 h\"")
        .replace("{ law = \"exponential\", mean = \"20 h\" }", "\"24 h\"")
        .replace("age = \"200 d\"", "age = \"90 y\"");
    assert_ne!(tied, FLEET);
    assert_equal(typed(&tied).expect("a valid scenario"));
}

#[test]
fn a_world_that_is_one_piece_says_why() {
    let why = |more: &str, regions: &str| {
        let text = FLEET.replace("horizon = \"8 d\"", &format!("horizon = \"8 d\"\n{regions}"));
        typed(&format!("{text}{more}")).map(|experiment| {
            let point = experiment.points.into_iter().next().expect("one point");
            point.scenario.in_one_piece_because()
        })
    };
    let few = why("", "").expect("a valid scenario").expect("few devices");
    assert!(few.contains("73900 devices are fewer than"), "{few}");
    assert_eq!(why("", "regions = \"on\""), Ok(None));
    let shock = "[[infrastructure.shock]]\nid = \"storm\"\nscope = \"region\"\nat = \"2 d\"\n\
                 share = \"50 %\"\nduration = \"3 h\"\n";
    let storm = why(shock, "").expect("a valid scenario").expect("a reason");
    assert!(storm.contains("shock \"storm\""), "{storm}");
    let fault = why(shock, "regions = \"on\"").expect_err("a fault");
    assert!(fault.contains("cannot be simulated in regions: infrastructure.shock"), "{fault}");
    let service = "[[service.station]]\nid = \"s\"\n\
                   arrivals = { law = \"exponential\", mean = \"1 s\" }\n\
                   service = { law = \"exponential\", mean = \"1 s\" }\n";
    let Ok(Some(layer)) = why(service, "") else { panic!("{:?}", why(service, "")) };
    assert!(layer.contains("[service]"), "{layer}");
}
