//! Mutants of a scenario, and verdicts that so few runs cannot decide.

use std::fs;
use std::sync::atomic::AtomicBool;

use pinwheel_analysis::experiment::mutants::mutants;
use pinwheel_analysis::experiment::{Control, Study};
use pinwheel_analysis::judge::mutants::MutantStanding;
use pinwheel_analysis::judge::verdict::{Standing, TargetStanding, Verdict};
use pinwheel_analysis::run::ensemble::Unwatched;

/// A hundred machines that are up for nineteen twentieths of the time.
const MACHINES: &str = r#"
schema = 1
meta = { name = "machines" }
run = { start = 2025-01-01, horizon = "60 d" }
[[infrastructure.class]]
id = "machine"
count = 100
failure = { law = "exponential", mean = "19 d" }
repair = { law = "exponential", mean = "1 d" }
[[target]]
id = "availability"
metric = "availability"
measure = "within"
window = "40 d"
low = 0.92
high = 0.98
"#;

fn study(more: &str) -> (tempfile::TempDir, Study) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("machines.toml");
    fs::write(&file, MACHINES.to_owned() + more).expect("written");
    let study = Study::load(&file, &[]).expect("a scenario");
    (folder, study)
}

fn control(stop: &AtomicBool) -> Control<'_> {
    Control { threads: 2, stop, watcher: &Unwatched }
}

#[test]
fn a_mutant_is_caught_by_a_target_that_no_longer_holds_and_survives_one_that_does() {
    let (_folder, study) = study(
        r#"
[[mutant]]
id = "repairs take a month"
set = { "infrastructure.class[0].repair.mean" = "30 d" }
caught_by = ["availability"]
[[mutant]]
id = "half the machines"
set = { "infrastructure.class[0].count" = 50 }
caught_by = ["availability"]
"#,
    );
    let stop = AtomicBool::new(false);
    let rows = mutants(&study, &control(&stop)).expect("they run");
    let found: Vec<_> = rows.iter().map(|row| (row.id.as_str(), row.standing)).collect();
    let owed = [
        ("repairs take a month", MutantStanding::Caught),
        ("half the machines", MutantStanding::Survived),
    ];
    assert_eq!(found, owed, "{rows:?}");
}

fn verdict(more: &str) -> Verdict {
    let (folder, study) = study(more);
    let stop = AtomicBool::new(false);
    study.run(&folder.path().join("result"), &control(&stop)).expect("it runs").verdict
}

#[test]
fn runs_that_do_not_agree_decide_by_their_number() {
    // Of a machine alone, about two runs of three are up at the end of the first week.
    let of = |runs: u32, failure: &str| {
        verdict(&format!(
            r#"
[ensemble]
runs = {runs}
[[infrastructure.class]]
id = "alone"
count = 1
failure = {{ law = "exponential", mean = "{failure}" }}
repair = {{ law = "exponential", mean = "9 d" }}
[[target]]
id = "alone"
metric = "availability"
label = "alone"
measure = "final"
low = 0.5
high = 1
"#
        ))
    };
    let few = of(5, "9 d");
    let row = few.targets.iter().find(|row| row.id == "alone").expect("it is judged");
    assert_eq!(row.standing, TargetStanding::Undecided, "{row:?}");
    assert!(row.sentence.contains("5 runs do not tell"), "{}", row.sentence);
    assert_eq!((few.standing(), few.passed), (Standing::Undecided, false));
    assert!(few.sentence.contains("undecided: availability"), "{}", few.sentence);
    let many = of(60, "40 d");
    let row = many.targets.iter().find(|row| row.id == "alone").expect("it is judged");
    assert_eq!(row.standing, TargetStanding::Met, "{row:?}");
    let many = of(60, "2 d");
    let row = many.targets.iter().find(|row| row.id == "alone").expect("it is judged");
    assert_eq!(row.standing, TargetStanding::NotMet, "{row:?}");
}
