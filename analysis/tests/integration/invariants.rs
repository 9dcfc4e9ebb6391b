//! Invariants and outcomes from rows to the verdict, with values that are reckoned by hand.

use std::fs;

use pinwheel_analysis::judge::rows::Judge;
use pinwheel_analysis::judge::verdict::{InvariantStanding, Verdict, judge, runs_that_prove};
use pinwheel_analysis::record::outcome::{Judged, Names, Outcome};
use pinwheel_core::check::Breach;
use pinwheel_core::fingerprint::Fingerprint;
use pinwheel_core::{Label, Row, SimDuration, SimTime, Subject};
use pinwheel_models::registry;
use pinwheel_models::scenario::{Experiment, load};

const HEAD: &str = "schema = 1\n[meta]\nname = \"invented\"\n[run]\nstart = 2022-10-10\n\
                    horizon = \"10 d\"\n[network]\nkind = \"filecoin\"\nbehaviour = \"rational\"\n\
                    initial = \"state.toml\"\nprice = { start = \"5 USD\" }\n\
                    [ensemble]\nruns = 3\n";
const STATE: &str = "date = 2022-10-10\nraw_power = \"16 EiB\"\nqa_power = \"18 EiB\"\n\
                     vested = \"400_000_000 FIL\"\ncirculating = \"340_000_000 FIL\"\n\
                     locked = \"146_000_000 FIL\"\nburnt = \"33_000_000 FIL\"\n\
                     locked_vesting_share = 0.25\nbase_fee = \"100 attoFIL\"\n\
                     cumsum_baseline = \"1\"\ncumsum_realized = \"1\"\n\
                     effective_network_time = 1\neffective_baseline_power = \"1\"\n\
                     this_epoch_baseline_power = \"1\"\n";

fn experiment(statements: &str) -> Experiment {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("state.toml"), STATE).unwrap();
    let path = folder.path().join("invented.toml");
    fs::write(&path, format!("{HEAD}{statements}")).unwrap();
    load(&path, &[]).unwrap_or_else(|faults| panic!("{}", faults[0]))
}

fn at(days: f64) -> SimTime {
    SimTime::ZERO + SimDuration::from_seconds_f64(days * 86_400.0)
}

fn row(days: f64, name: &str, label: u16, value: f64) -> Row {
    let metric = registry::ALL.find(name).expect("a metric").0;
    Row {
        time: at(days),
        metric,
        subject: Subject::default(),
        label: Label(label),
        value,
        exact: None,
    }
}

fn names() -> Names {
    let labels = ["", "a", "b", "observed"].map(str::to_owned).to_vec();
    Names { subjects: vec![String::new()], labels }
}

/// The judgement of rows that come in the given pieces, and the breach that stopped them.
fn judged(experiment: &Experiment, pieces: &[&[Row]]) -> (Judged, Option<Breach>) {
    let mut judge = Judge::new(experiment, &experiment.points[0]);
    for rows in pieces {
        if let Some(breach) = judge.rows(rows, &names()) {
            return (judge.finish(false), Some(breach));
        }
    }
    (judge.finish(true), None)
}

#[test]
fn functions_over_time_are_what_they_are_called() {
    let outcomes: String = [
        "mean(raw_power)",
        "sum(raw_power)",
        "min(raw_power)",
        "max(raw_power)",
        "first(raw_power)",
        "last(raw_power)",
        "p50(raw_power)",
        "p75(raw_power)",
        "drawdown(raw_power)",
        "raw_power",
        "max(raw_power, qa_power)",
        "mean(raw_power + qa_power)",
        "gini(power_share)",
        "max(total(power_share))",
        "qa_power - first(qa_power)",
        "ticks_until_negative(raw_power - 7 EiB)",
        "ticks_until_negative(7 EiB - raw_power)",
        "ticks_until_negative(raw_power)",
    ]
    .iter()
    .enumerate()
    .map(|(place, text)| format!("[[outcome]]\nid = \"o{place}\"\nvalue = \"{text}\"\n"))
    .collect();
    let experiment = experiment(&outcomes);
    let mut rows = Vec::new();
    for (day, value) in [(1.0, 4.0), (2.0, 10.0), (3.0, 6.0), (4.0, 8.0)] {
        rows.push(row(day, "raw_power", 0, value));
        // What was observed and the row without a label are no labels.
        rows.push(row(day, "power_share", 0, 99.0));
        rows.push(row(day, "power_share", 1, day));
        rows.push(row(day, "power_share", 2, 0.0));
        rows.push(row(day, "power_share", 3, 77.0));
        if day != 2.0 {
            rows.push(row(day, "qa_power", 0, 1.0));
        }
    }
    rows.push(row(5.0, "qa_power", 0, 3.0));
    let (whole, _) = judged(&experiment, &[&rows]);
    let expected = [
        7.0, 28.0, 4.0, 10.0, 4.0, 8.0, 7.0, 8.5, 0.4, 8.0, 8.0, 7.0, 0.5, 4.0, 2.0, 0.0, 1.0, 4.0,
    ];
    for (place, expected) in expected.into_iter().enumerate() {
        let found = whole.outcomes[place].expect("a value");
        let text = &experiment.outcomes[place].value.text;
        assert!((found - expected).abs() < 1e-12, "{text}: {found}, not {expected}");
    }
    let middle = rows.iter().position(|row| row.time == at(3.0)).unwrap();
    let (halves, _) = judged(&experiment, &[&rows[..middle], &rows[middle..]]);
    assert_eq!(halves, whole, "days do not matter");
}

#[test]
fn a_breach_of_always_stops_at_its_tick_with_both_sides() {
    let experiment = experiment(
        "[[invariant]]\nid = \"low\"\nalways = \"raw_power < qa_power\"\n\
         [[invariant]]\nid = \"end\"\nfinal = \"raw_power > 0\"\n",
    );
    let rows = [
        row(1.0, "raw_power", 0, 2.0),
        row(1.0, "qa_power", 0, 3.0),
        // No tick: the other one has no record here.
        row(1.5, "raw_power", 0, 9.0),
        row(2.0, "raw_power", 0, 4.0),
        row(2.0, "qa_power", 0, 3.5),
        row(3.0, "raw_power", 0, 5.0),
        row(3.0, "qa_power", 0, 3.5),
    ];
    let (judged, breach) = judged(&experiment, &[&rows]);
    let breach = breach.expect("the run stops");
    assert_eq!((breach.check.as_str(), breach.time), ("low", at(2.0)));
    assert!(breach.detail.contains("4 EiB against 3.5 EiB"), "{}", breach.detail);
    let kept = &judged.invariants[0];
    assert_eq!((kept.made, kept.held), (2, 1), "what follows is not judged");
    assert_eq!(judged.invariants[1].made, 0);
    assert!(judged.invariants[1].missing.as_ref().unwrap().contains("did not come to its end"));
}

#[test]
fn parts_of_the_run_are_judged_alone() {
    let experiment = experiment(
        "[[invariant]]\nid = \"last\"\nover = { last = \"3 d\" }\n\
         expect = \"min(raw_power) >= 8 EiB and sum(raw_power) == 27 EiB\"\n\
         [[invariant]]\nid = \"dates\"\nover = { from = 2022-10-12, to = 2022-10-13 }\n\
         expect = \"sum(raw_power) == 2 EiB + 3 EiB\"\n\
         [[invariant]]\nid = \"none\"\nover = { last = \"3 d\" }\nexpect = \"qa_power > 0\"\n",
    );
    let rows: Vec<Row> = (1..=10).map(|day| row(day.into(), "raw_power", 0, day.into())).collect();
    let (judged, _) = judged(&experiment, &[&rows, &[row(2.0, "qa_power", 0, 1.0)]]);
    let held: Vec<_> = judged.invariants.iter().map(|kept| (kept.made, kept.held)).collect();
    assert_eq!(held, [(1, 1), (1, 1), (0, 0)], "{judged:?}");
}

#[test]
fn silence_says_what_was_recorded_instead() {
    let experiment = experiment(
        "[[invariant]]\nid = \"label\"\nalways = \"income[\\\"below 1 PiB\\\"] > 0\"\n\
         [[invariant]]\nid = \"apart\"\nalways = \"raw_power > qa_power\"\n",
    );
    let rows =
        [row(1.0, "income", 1, 3.0), row(1.0, "raw_power", 0, 3.0), row(2.0, "qa_power", 0, 1.0)];
    let (judged, _) = judged(&experiment, &[&rows]);
    let why: Vec<&str> =
        judged.invariants.iter().map(|kept| kept.missing.as_deref().unwrap()).collect();
    assert_eq!(why[0], "income has no label \"below 1 PiB\": its labels are such as \"a\"");
    assert_eq!(why[1], "its metrics were never recorded at one moment");
}

/// The verdict over runs in which the last raw power is as given.
fn verdict(statements: &str, ends: &[f64]) -> Verdict {
    let experiment = experiment(statements);
    let outcomes: Vec<Outcome> = (0..)
        .zip(ends)
        .map(|(run, &end)| {
            let rows = [row(1.0, "raw_power", 0, 1.0), row(10.0, "raw_power", 0, end)];
            let (judged, breach) = judged(&experiment, &[&rows]);
            Outcome {
                point: "main".to_owned(),
                run,
                names: names(),
                events: 0,
                fingerprint: Fingerprint::default(),
                tallies: Vec::new(),
                breach,
                judged,
            }
        })
        .collect();
    judge(&experiment, &outcomes)
}

#[test]
fn a_share_of_runs_must_be_proven() {
    let stated = "[[invariant]]\nid = \"x\"\nfinal = \"raw_power > 2 EiB\"\nhold_in = 0.9\n";
    let standing = |ends: &[f64]| verdict(stated, ends).invariants[0].standing;
    // Wilson's one-sided lower bound for n of n is n / (n + 2.7055): 0.9 takes 25 runs.
    assert_eq!(runs_that_prove(0.9), Some(25));
    assert_eq!(runs_that_prove(0.95), Some(52));
    assert_eq!(runs_that_prove(1.0), None);
    assert_eq!(standing(&[3.0; 25]), InvariantStanding::Held);
    let verdict_24 = verdict(stated, &[3.0; 24]);
    let row = &verdict_24.invariants[0];
    assert_eq!(row.standing, InvariantStanding::NotProven);
    assert!(!verdict_24.passed && row.sentence.contains("it takes 25 runs"), "{}", row.sentence);
    let mut ends = [3.0; 100];
    ends[7] = 1.5;
    ends[4] = 1.0;
    assert_eq!(standing(&ends), InvariantStanding::Held);
    ends[10..30].fill(0.5);
    let failed = verdict(stated, &ends);
    let row = &failed.invariants[0];
    assert_eq!((row.standing, row.held, row.runs), (InvariantStanding::Failed, 78, 100));
    let failure = row.failure.as_ref().unwrap();
    assert_eq!((failure.run, failure.tick.as_str()), (4, "2022-10-20T00:00:00"));
    assert_eq!((failure.left.as_str(), failure.right.as_str()), ("1 EiB", "2 EiB"));
    assert_eq!(
        failure.replay,
        "pinwheel replay out/invented --point main --run 4 --before 2022-10-20T00:00:00"
    );
}

#[test]
fn sometimes_needs_one_run_and_a_warning_fails_nothing() {
    let reached = "[[invariant]]\nid = \"x\"\nsometimes = \"raw_power > 2 EiB\"\n";
    assert!(verdict(reached, &[1.0, 1.0, 3.0]).passed);
    let never = verdict(reached, &[1.0, 1.0]);
    assert!(!never.passed && never.invariants[0].sentence.contains("never reached"));
    let warned = verdict(&format!("{reached}severity = \"warn\"\n"), &[1.0]);
    assert!(warned.passed && warned.invariants[0].standing == InvariantStanding::Failed);
    assert!(warned.sentence.contains("1 warning"), "{}", warned.sentence);
    // Only an error that no run may show ends a run: the others go on to their end.
    let always = "[[invariant]]\nid = \"x\"\nalways = \"raw_power > 2 EiB\"\n";
    assert_eq!(verdict(always, &[3.0]).breaches.len(), 1);
    assert!(verdict(&format!("{always}severity = \"warn\"\n"), &[3.0]).breaches.is_empty());
    assert!(verdict(&format!("{always}hold_in = 0.5\n"), &[3.0]).breaches.is_empty());
}

#[test]
fn outcomes_leave_the_warm_up_out() {
    let text = "warm_up = \"3 d\"\n\
                [[outcome]]\nid = \"x\"\nvalue = \"min(raw_power)\"\n\
                [[outcome]]\nid = \"y\"\nvalue = \"raw_power / qa_power\"\n";
    let experiment = experiment(text);
    let mut rows: Vec<Row> =
        (1..=10).map(|day| row(day.into(), "raw_power", 0, day.into())).collect();
    rows.push(row(10.0, "qa_power", 0, 0.0));
    let (judged, _) = judged(&experiment, &[&rows]);
    assert_eq!(judged.outcomes, [Some(3.0), None], "a division by zero is no value");
}
