//! What a map records of a fleet at work.

use std::collections::BTreeMap;
use std::path::Path;

use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::registry;
use pinwheel_models::scenario::load;

/// Values by metric and label.
type Found = BTreeMap<(&'static str, String), Vec<f64>>;

/// All that a shipped scenario records with other keys overridden.
fn recorded(file: &str, keys: &[(&str, &str)]) -> Found {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/infra").join(file);
    let keys: Vec<_> = keys.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let experiment = load(&path, &keys).unwrap_or_else(|faults| panic!("{faults:?}"));
    let point = &experiment.points[0];
    let streams = Streams::new(5, 0);
    let mut run = Simulation::new(point.scenario.world(&streams), streams);
    run.run_until(SimTime::ZERO + SimDuration::from_days(u64::from(point.scenario.horizon_days)));
    assert_eq!(run.ctx.checks.breach(), None);
    let labels = run.ctx.records.labels().to_vec();
    let mut found = Found::new();
    for row in run.ctx.records.drain() {
        let name = registry::ALL.spec(row.metric).name;
        let label = labels[usize::from(row.label.0)].clone();
        found.entry((name, label)).or_default().push(row.value);
    }
    found
}

/// Mean over the devices of a class and all periods.
fn mean_up(found: &Found, class: &str) -> f64 {
    let part = format!("/{class}/");
    let of = |(key, values): (&(&str, String), &Vec<f64>)| {
        (key.0 == "map_up_share" && key.1.contains(&part)).then(|| values.clone())
    };
    let values: Vec<f64> = found.iter().filter_map(of).flatten().collect();
    values.iter().sum::<f64>() / values.len() as f64
}

fn class_up(found: &Found, class: &str) -> f64 {
    *found[&("class_up_share", class.to_owned())].last().expect("a class has a share")
}

#[test]
fn the_devices_on_the_map_were_up_as_long_as_their_class() {
    let found = recorded("map.toml", &[]);
    for class in ["home", "router"] {
        let (seen, counted) = (mean_up(&found, class), class_up(&found, class));
        assert!((seen - counted).abs() < 1e-9, "{class}: {seen} on the map, {counted} counted");
    }
    // A partition cuts some links for two of thirty days, in order as they are.
    let (seen, counted) = (mean_up(&found, "fibre"), class_up(&found, "fibre"));
    assert!(seen < counted - 1e-4 && seen > counted - 2.0 / 30.0, "{seen} and {counted}");
    let whole = recorded("map.toml", &[("infrastructure.topology.partition", "[]")]);
    assert!((mean_up(&whole, "fibre") - class_up(&whole, "fibre")).abs() < 1e-9);
    let periods = found.iter().filter(|(key, _)| key.0 == "map_up_share");
    assert!(periods.clone().all(|(_, values)| values.len() == 120), "a picture each 6 hours");
    assert_eq!(periods.count(), 400, "every device");
}

#[test]
fn places_and_links_are_those_of_the_scenario() {
    let found = recorded("map.toml", &[]);
    let first = |metric: &'static str, label: &str| found[&(metric, label.to_owned())][0];
    let europe = "europe/home/0";
    assert!((first("map_latitude", europe) - 50.1).abs() < 25.0);
    assert!((first("map_longitude", europe) - 8.7).abs() < 40.0);
    // Homes are devices 0 to 299, routers 300 to 339.
    for (key, ends) in found.iter().filter(|(key, _)| key.0.starts_with("map_link")) {
        assert!(key.1.contains("/fibre/") && (300.0..340.0).contains(&ends[0]), "{key:?} {ends:?}");
    }
    let load = &found[&("map_load", "home".to_owned())];
    assert!(load.len() == 120 && load.iter().all(|share| (0.0..=1.0).contains(share)));
    assert!(load.iter().any(|share| *share < 0.9) && load.iter().any(|share| *share > 0.3));
}

#[test]
fn a_sample_is_even_and_a_map_moves_nothing_else() {
    let without = recorded("partition.toml", &[]);
    let keys = [("infrastructure.map", "{ every = \"1 h\", devices = 24 }")];
    let with = recorded("partition.toml", &keys);
    // Of 24 routers and 48 fibres every third.
    let classes = |class: &str| {
        let part = format!("/{class}/");
        with.keys().filter(|key| key.0 == "map_device" && key.1.contains(&part)).count()
    };
    assert_eq!((classes("router"), classes("fibre")), (8, 16));
    let same = |found: &Found| -> Found {
        // The events of a map are events too.
        let counted = ["events_per_device", "bytes_per_device"];
        let kept =
            found.iter().filter(|(key, _)| !key.0.starts_with("map_") && !counted.contains(&key.0));
        kept.map(|(key, values)| (key.clone(), values.clone())).collect()
    };
    assert_eq!(same(&without), same(&with));
}

#[test]
fn a_map_too_fine_is_refused_with_what_would_do() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/infra/map.toml");
    for (map, words) in [
        ("{ every = \"1 min\" }", "infrastructure.map.every"),
        ("{ devices = 5000 }", "infrastructure.map.devices"),
        ("{ every = \"1 h\", devices = 2000 }", "88 h"),
        ("{ devcies = 5 }", "devcies"),
    ] {
        let keys = [("infrastructure.map", map), ("run.horizon", "\"3650 d\"")];
        let keys = keys.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let faults = load(&path, &keys).expect_err("no map of this kind");
        let told = format!("{faults:?}");
        assert!(told.contains(words), "{map}: {told}");
    }
}
