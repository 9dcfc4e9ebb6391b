//! The threads decide nothing; a stop leaves nothing; a breach is told.

use std::fs;
use std::sync::atomic::AtomicBool;

use pinwheel_analysis::Error;
use pinwheel_analysis::judge::verdict;
use pinwheel_analysis::record::manifest::{METRICS, Manifest, REPORT, VERDICT};
use pinwheel_analysis::record::staging::Staging;
use pinwheel_analysis::record::store::Store;
use pinwheel_analysis::record::table::Table;
use pinwheel_analysis::record::work::Work;

use crate::synthetic::{Invented, experiment, plan, publish, simulate};

#[test]
fn files_are_the_same_for_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(folder.path(), 40, 3, true);
    let results = [1, 2, 5].map(|threads| {
        let target = folder.path().join(format!("threads-{threads}"));
        publish(&experiment, &target, threads).unwrap();
        [METRICS, VERDICT, REPORT].map(|name| fs::read(target.join(name)).unwrap())
    });
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
}

#[test]
fn runs_differ_and_variants_meet_the_same_draws() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(folder.path(), 20, 2, true);
    publish(&experiment, &folder.path().join("out"), 2).unwrap();
    let store = Store::open(&folder.path().join("out")).unwrap();
    let series = |point, run| store.series(point, run, "faulty_raw", "").unwrap();
    assert_eq!(series("today", 0).len(), 20);
    assert_ne!(series("today", 0), series("today", 1));
    let ratio: Vec<f64> =
        series("today", 1).iter().zip(series("FIP-0118", 1)).map(|(a, b)| b.1 / a.1).collect();
    let lift = |day: usize| 1.0 + 0.08 * day as f64 / 20.0;
    assert!((1..=20).all(|day| (ratio[day - 1] - lift(day)).abs() < 1e-9), "{ratio:?}");
}

#[test]
fn a_stop_is_an_error_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(folder.path(), 20, 1, false);
    let target = folder.path().join("deep/down/out");
    {
        let staging = Staging::begin(&target).unwrap();
        let stop = AtomicBool::new(true);
        let stopped =
            simulate(&experiment, &staging, 1, &stop, |scenario, _| Invented::new(scenario));
        assert!(matches!(stopped, Err(Error::Stopped)));
    }
    assert!(!folder.path().join("deep").exists());
}

#[test]
fn a_breach_names_run_date_and_detail() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(folder.path(), 20, 3, false);
    let staging = Staging::begin(&folder.path().join("out")).unwrap();
    let outcomes =
        simulate(&experiment, &staging, 2, &AtomicBool::new(false), |scenario, streams| {
            let network = Invented::new(scenario);
            if streams.run() == 1 { network.breached_on(5) } else { network }
        })
        .unwrap();
    let table = Table::read(&staging.path().join(METRICS)).unwrap();
    assert_eq!(table.series("main", 1, "raw_power", "").unwrap().len(), 5, "the run stops");
    let verdict = verdict::judge(&experiment, &outcomes);
    assert!(!verdict.passed);
    assert_eq!(verdict.breaches.len(), 1);
    let breach = &verdict.breaches[0];
    assert_eq!((breach.run, breach.date.as_str()), (1, "2022-10-15"));
    assert_eq!(breach.detail, "1 attoFIL is missing");
    assert!(verdict.sentence.starts_with("Breached: supply-conserved"), "{}", verdict.sentence);
}

#[test]
fn work_goes_on_under_the_same_plan_and_begins_anew_under_another() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(folder.path(), 20, 2, true);
    let target = folder.path().join("out");
    let staging = Staging::begin(&target).unwrap();
    let stop = AtomicBool::new(false);
    simulate(&experiment, &staging, 1, &stop, |scenario, _| Invented::new(scenario)).unwrap();
    drop(staging);
    // The plan read back has numbers of its own: the model's parameters went through JSON.
    let staging = Staging::begin(&target).unwrap();
    let work = staging.work(&plan(&experiment)).unwrap();
    assert!(Work::has_runs(work.path()), "finished runs are kept");
    let changed = Manifest { seed: 8, ..plan(&experiment) };
    let work = staging.work(&changed).unwrap();
    assert!(!Work::has_runs(work.path()), "runs of another seed are not");
}
