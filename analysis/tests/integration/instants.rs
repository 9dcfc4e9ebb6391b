//! Series by instant: hourly, 72-minute and 12-second rows give the bands, targets and comparisons
//! that one reckons from the files of the runs by hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use pinwheel_analysis::experiment::{Assembled, Control, PARTS, Study};
use pinwheel_analysis::judge::verdict::TargetStanding;
use pinwheel_analysis::question::compare::compare;
use pinwheel_analysis::record::outcome::Outcome;
use pinwheel_analysis::record::runfile::RunReader;
use pinwheel_analysis::record::staging::Staging;
use pinwheel_analysis::record::store::Store;
use pinwheel_analysis::record::work::{jobs, run_path};
use pinwheel_analysis::run::ensemble::Unwatched;
use pinwheel_analysis::series::{Instant, TimeSeries, daily};
use pinwheel_analysis::statistics::{Paired, spread};

const RUNS: u32 = 6;

/// A scenario with rows of one spacing, and the series that is looked at.
struct Case {
    name: &'static str,
    text: &'static str,
    spacing_seconds: u64,
    metric: &'static str,
    label: &'static str,
    /// About its size.
    usual: f64,
}

const CASES: [Case; 3] = [
    Case {
        name: "hourly",
        text: "[service]\nrecord_every = \"1 h\"\n[[service.station]]\nid = \"web\"\nservers = 2\n\
               arrivals = { law = \"exponential\", mean = \"60 s\" }\n\
               service = { law = \"exponential\", mean = \"90 s\" }\n",
        spacing_seconds: 3_600,
        metric: "service_queue_length",
        label: "web",
        usual: 7.0,
    },
    Case {
        name: "tempo",
        text: "[infrastructure]\nrecord_every = \"72 min\"\n[[infrastructure.class]]\nid = \"node\"\n\
               count = 50\nfailure = { law = \"exponential\", mean = \"12 h\" }\n\
               repair = { law = \"exponential\", mean = \"3 h\" }\n",
        spacing_seconds: 4_320,
        metric: "devices_up",
        label: "",
        usual: 40.0,
    },
    Case {
        name: "block",
        text: "[blockchain]\nrecord_every = \"12 s\"\n[[blockchain.chain]]\nid = \"plain\"\n\
               block_time = \"12 s\"\n[blockchain.chain.load]\nusers = 50\nrate = \"0.2 /s\"\n",
        spacing_seconds: 12,
        metric: "tx_settled",
        label: "",
        usual: 17_280.0,
    },
];

/// Two days from a Wednesday on.
fn scenario(folder: &Path, case: &Case, more: &str) -> PathBuf {
    let file = folder.join(format!("{}.toml", case.name));
    let text = format!(
        "schema = 1\n[meta]\nname = \"{}\"\n[run]\nseed = 3\nstart = 2025-01-01\nhorizon = \"2 d\"\n\
         [ensemble]\nruns = {RUNS}\n{}{more}",
        case.name, case.text
    );
    fs::write(&file, text).unwrap();
    file
}

/// Nanoseconds since the start, and a value.
type Timed = (u64, f64);
type Rows = BTreeMap<u64, Vec<f64>>;

/// The values of all runs by simulated nanosecond, from the files of the runs; and the result.
fn ran(file: &Path, folder: &Path, case: &Case, sets: &[(&str, &str)]) -> (Rows, Assembled) {
    let sets: Vec<_> = sets.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let study = Study::load(file, &sets).unwrap_or_else(|error| panic!("{error:?}"));
    let staging = Staging::begin(folder).unwrap();
    let stop = AtomicBool::new(false);
    let control = Control { threads: 2, stop: &stop, watcher: &Unwatched };
    let simulated = study.simulate(&staging, &control).unwrap();
    let (metric, _) = PARTS.find(case.metric).unwrap();
    let mut rows = Rows::new();
    for job in jobs(&study.experiment) {
        let path = run_path(&simulated.runs, &study.experiment, job);
        let mut reader = RunReader::<Outcome>::open(&path).unwrap();
        let names = reader.outcome.names.clone();
        for row in reader.read(1 << 22).unwrap() {
            if row.metric == metric && names.label(&row) == case.label {
                rows.entry(row.time.as_nanos()).or_default().push(row.value);
            }
        }
    }
    (rows, simulated.assemble(&study, folder, staging).unwrap())
}

/// Type 7 of Hyndman and Fan, written down anew.
fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = share * (sorted.len() - 1) as f64;
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    sorted[low] + (sorted[high] - sorted[low]) * (place - low as f64)
}

fn runs(assembled: &Assembled, case: &Case) -> Vec<TimeSeries> {
    let of = |run| assembled.table.series("main", run, case.metric, case.label).unwrap();
    (0..RUNS).map(of).collect()
}

fn start() -> Instant {
    Instant::of_date(jiff::civil::date(2025, 1, 1))
}

#[test]
fn the_band_at_each_instant_is_that_of_the_runs_at_it() {
    for case in &CASES {
        let folder = tempfile::tempdir().unwrap();
        let file = scenario(folder.path(), case, "");
        let (rows, assembled) = ran(&file, &folder.path().join("out"), case, &[]);
        let bands = spread(&runs(&assembled, case));
        assert_eq!(bands.len() as u64, 2 * 86_400 / case.spacing_seconds, "{}", case.name);
        assert_eq!(bands.len(), rows.len(), "{}", case.name);
        for ((instant, band), (nanos, values)) in bands.iter().zip(&rows) {
            assert_eq!(*instant, start().after((nanos / 1_000_000) as i64), "{}", case.name);
            assert_eq!(values.len(), RUNS as usize, "{}: one value of each run", case.name);
            assert_eq!(*band, [0.05, 0.5, 0.95].map(|share| quantile(values, share)));
        }
        // Pooled by day, as once was done, most bands would be others.
        let days: Vec<_> = runs(&assembled, case).iter().map(|run| daily(run)).collect();
        assert!(days.iter().all(|run| run.len() <= 3), "{}", case.name);
    }
}

/// What a scenario states of the series of a case.
fn targets(case: &Case) -> String {
    let target = |id: &str, rest: &str| {
        let label = if case.label.is_empty() {
            String::new()
        } else {
            format!("label = \"{}\"\n", case.label)
        };
        format!("[[target]]\nid = \"{id}\"\nmetric = \"{}\"\n{label}{rest}", case.metric)
    };
    let noon = format!(
        "measure = \"value_at\"\nat = 2025-01-01T12:00:00\nexpected = {}\nlimit = 9\n",
        case.usual
    );
    [
        target("every", "measure = \"within\"\nlow = 0\nhigh = 1e6\n"),
        target("mean", "measure = \"within\"\nwindow = \"6 h\"\nlow = 0\nhigh = 1e6\n"),
        target("noon", &noon),
        target("part", "measure = \"final\"\nto = 2025-01-01T18:00:00\nlow = 0\nhigh = 1e6\n"),
        target("never", "measure = \"within\"\nlow = -2\nhigh = -1\n"),
    ]
    .concat()
}

#[test]
fn targets_are_measured_at_their_instants_and_thinning_changes_none() {
    for case in &CASES {
        let folder = tempfile::tempdir().unwrap();
        let file = scenario(folder.path(), case, &targets(case));
        let (rows, assembled) = ran(&file, &folder.path().join("out"), case, &[]);
        let of_run = |run: usize| -> Vec<Timed> {
            rows.iter().map(|(nanos, values)| (*nanos, values[run])).collect()
        };
        let hours = |count: u64| count * 3_600_000_000_000;
        let far = |value: f64| (value - 5e5).abs();
        let farthest = |values: &[f64]| -> f64 {
            *values.iter().max_by(|a, b| far(**a).total_cmp(&far(**b))).unwrap()
        };
        let expected = |measure: &dyn Fn(&[Timed]) -> f64| {
            let each: Vec<f64> = (0..RUNS as usize).map(|run| measure(&of_run(run))).collect();
            quantile(&each, 0.5)
        };
        let every = expected(&|run| farthest(&run.iter().map(|row| row.1).collect::<Vec<_>>()));
        let mean = expected(&|run| {
            let size = (6 * 3_600 / case.spacing_seconds) as usize;
            let means: Vec<f64> = run
                .windows(size)
                .map(|rows| rows.iter().map(|row| row.1).sum::<f64>() / size as f64)
                .collect();
            farthest(&means)
        });
        let at = |run: &[Timed], nanos| run.iter().find(|row| row.0 == nanos).unwrap().1;
        let noon = expected(&|run| ((at(run, hours(12)) - case.usual) / case.usual).abs());
        let part = expected(&|run| at(run, hours(18)));
        let measured = |assembled: &Assembled| -> Vec<(String, Option<f64>, TargetStanding)> {
            let rows = assembled.verdict.targets.iter();
            rows.map(|row| (row.id.clone(), row.measured, row.standing)).collect()
        };
        let found = measured(&assembled);
        for ((id, measured, standing), expected) in found.iter().zip([every, mean, noon, part]) {
            assert_eq!(*standing, TargetStanding::Met, "{} {id}", case.name);
            assert!(
                (measured.unwrap() - expected).abs() <= 1e-12 * expected,
                "{} {id}: {expected}",
                case.name
            );
        }
        assert_eq!(found[4].2, TargetStanding::NotMet, "a target can fail");
        for sets in [[("output.every", "5 h")], [("output.metrics", "[\"events_per_device\"]")]] {
            // The other metric is one that the fleet alone records.
            if sets[0].0 == "output.metrics" && case.name != "tempo" {
                continue;
            }
            let (_, thinned) = ran(&file, &folder.path().join("thin"), case, &sets);
            assert_eq!(measured(&thinned), found, "{}: {sets:?}", case.name);
        }
    }
}

#[test]
fn a_thinned_table_has_the_last_row_of_every_stretch_and_of_all() {
    for case in &CASES {
        let folder = tempfile::tempdir().unwrap();
        let file = scenario(folder.path(), case, "");
        let (_, whole) = ran(&file, &folder.path().join("out"), case, &[]);
        let every = [("output.every", "5 h")];
        let (_, thinned) = ran(&file, &folder.path().join("thin"), case, &every);
        let stretch = |at: Instant| (at.millis_since(start()) - 1).div_euclid(5 * 3_600_000);
        for (all, kept) in runs(&whole, case).into_iter().zip(runs(&thinned, case)) {
            let mut owed = TimeSeries::new();
            for row in all {
                match owed.last_mut() {
                    Some(last) if stretch(last.0) == stretch(row.0) => *last = row,
                    _ => owed.push(row),
                }
            }
            assert_eq!(kept, owed, "{}", case.name);
            assert_eq!(kept.len(), 10, "nine whole stretches of 48 hours and the rest");
        }
    }
}

#[test]
fn results_are_compared_instant_by_instant() {
    for (case, set) in CASES.iter().zip([
        ("service.station[0].service.mean", "91 s"),
        ("infrastructure.class[0].repair.mean", "200 min"),
        ("blockchain.chain[0].load.rate", "0.3 /s"),
    ]) {
        let folder = tempfile::tempdir().unwrap();
        let file = scenario(folder.path(), case, "");
        let published = |name: &str, sets: &[(&str, &str)]| {
            let target = folder.path().join(name);
            let (rows, assembled) = ran(&file, &target, case, sets);
            assembled.publish(&AtomicBool::new(false)).unwrap();
            (rows, Store::open(&target).unwrap())
        };
        let (before, first) = published("before", &[]);
        let (after, second) = published("after", &[set]);
        let comparison = compare(&first, &second).unwrap();
        let mine = |change: &&pinwheel_analysis::question::compare::Change| {
            change.metric == case.metric && change.label == case.label
        };
        let change = comparison.changes.iter().find(mine).expect("it changed");
        let (last, ours) = before.last_key_value().unwrap();
        let pairs: Vec<(f64, f64)> =
            ours.iter().copied().zip(after[last].iter().copied()).collect();
        assert_eq!(change.difference, Paired::of(&pairs), "{}", case.name);
        let differs = before.iter().find(|(nanos, values)| after[*nanos] != **values);
        let from = start().after((*differs.unwrap().0 / 1_000_000) as i64);
        assert_eq!(change.from, Some(from), "{}", case.name);
        assert!(!from.is_midnight(), "{}: told by the instant, not by the day", case.name);
    }
}

#[test]
fn rows_more_often_change_no_draw_and_no_state() {
    let states = ["service_queue_length", "devices_up", "chain_height"];
    let keys = ["service", "infrastructure", "blockchain"];
    for ((case, key), metric) in CASES.iter().zip(keys).zip(states) {
        let case = &Case { metric, ..*case };
        let folder = tempfile::tempdir().unwrap();
        let file = scenario(folder.path(), case, "");
        let (_, often) = ran(&file, &folder.path().join("often"), case, &[]);
        let key = format!("{key}.record_every");
        let (_, daily) = ran(&file, &folder.path().join("daily"), case, &[(&key, "1 d")]);
        for (often, daily) in runs(&often, case).into_iter().zip(runs(&daily, case)) {
            let midnights: TimeSeries =
                often.into_iter().filter(|(at, _)| at.is_midnight()).collect();
            assert_eq!(midnights, daily, "{}", case.name);
            assert_eq!(daily.len(), 2, "{}", case.name);
        }
    }
}
