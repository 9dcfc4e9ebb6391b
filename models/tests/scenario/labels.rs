//! What metrics say of their labels, held against what the shipped scenarios record.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::describe::RecordedMetric;
use pinwheel_models::describe::metric::Labels;
use pinwheel_models::registry;
use pinwheel_models::scenario::{Point, load};

use crate::valid::repository;

/// Simulated time of each scenario: enough for one record of each kind.
const DAYS: u32 = 2;

fn shipped(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is part of the repository") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            shipped(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).expect("text");
            found.extend(text.lines().any(|line| line.starts_with("schema")).then_some(path));
        }
    }
}

/// Every metric that a run records, with whether there was a row without a label.
fn recorded(point: &Point, plain: &mut BTreeMap<&'static str, bool>) -> Vec<String> {
    let streams = Streams::new(7, 0);
    let mut run = Simulation::new(point.scenario.world(&streams), streams);
    let days = DAYS.min(point.scenario.horizon_days);
    run.run_until(SimTime::ZERO + SimDuration::from_days(u64::from(days)));
    let rows = run.ctx.records.drain();
    let (known, records) = (point.scenario.recorded(), &run.ctx.records);
    let mut wrong = Vec::new();
    for row in rows {
        let spec = registry::ALL.spec(row.metric);
        let label = &records.labels()[usize::from(row.label.0)];
        let subject = records.subjects()[usize::from(row.subject.0)].clone();
        *plain.entry(spec.name).or_default() |= label.is_empty();
        let metric = RecordedMetric { spec: *spec, subject, unit: spec.unit.into() };
        let name = metric.name();
        let found = known.resolve(&name);
        // Amounts are in the network's own token, whose name the metric does not know.
        let is_it = |of: &RecordedMetric| of.spec == metric.spec && of.subject == metric.subject;
        if !found.as_ref().is_ok_and(is_it) {
            wrong.push(format!("{name}: recorded, but {found:?}"));
        } else if let Err((message, _)) = known.has_label(&metric, label) {
            wrong.push(format!("{name}: recorded with \"{label}\", but {message}"));
        }
    }
    wrong.sort();
    wrong.dedup();
    wrong
}

#[test]
fn metrics_are_recorded_with_the_labels_they_say() {
    let (mut files, mut plain, mut wrong) = (Vec::new(), BTreeMap::new(), Vec::new());
    shipped(&repository().join("scenarios"), &mut files);
    assert!(files.len() > 40, "{} scenarios", files.len());
    for file in files {
        let size = [("run.size".to_owned(), "ci".to_owned())];
        let experiment = match load(&file, &size) {
            Ok(experiment) => experiment,
            Err(faults) => {
                wrong.push(faults[0].to_string());
                continue;
            }
        };
        let mut points = vec![experiment.points.first()];
        points.extend((experiment.points.len() > 1).then(|| experiment.points.last()));
        for point in points.into_iter().flatten() {
            let found = recorded(point, &mut plain);
            wrong.extend(found.iter().map(|text| format!("{}: {text}", file.display())));
        }
    }
    for (name, has_plain) in plain {
        let (_, spec) = registry::ALL.find(name).expect("a metric of a part");
        if matches!(spec.labels, Labels::Of { plain: true, .. }) && !has_plain {
            wrong.push(format!("{name}: said to be recorded without a label, and never is"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
