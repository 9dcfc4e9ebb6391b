//! `pinwheel replay DIR --point P --run N --before TIME`: one run again, to just before an instant,
//! and what its records say there. With `--keep FILE` the run is kept as it is there, and
//! `--from FILE` goes on from it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use jiff::civil::DateTime;
use pinwheel_analysis::experiment::replay::{LastRecords, Replayed};
use pinwheel_analysis::experiment::{PARTS, Study};
use pinwheel_analysis::judge::verdict::Verdict;
use pinwheel_analysis::record::manifest::Manifest;
use pinwheel_analysis::wording::format_number;
use pinwheel_core::{Amount, Metric};
use pinwheel_models::describe::metric::full_name;
use pinwheel_models::input::unit::Units;

use crate::exit::{Exit, Failure};
use crate::run;
use crate::summary::{grid, number};

/// Where a replay starts.
#[derive(Copy, Clone, Debug)]
pub enum Start<'a> {
    /// At the beginning of a run of a point.
    Run(&'a str, u32),
    /// Where a run was kept in a file.
    Kept(&'a Path),
}

/// Runs to just before `before` and prints what the run has recorded. A file may hold a state that
/// no run has, which shows as a panic somewhere: that is the file's fault, not the engine's.
pub fn run(
    study: &Study,
    manifest: &Manifest,
    verdict: Option<&Verdict>,
    start: Start<'_>,
    before: DateTime,
    keep: Option<&Path>,
) -> Result<Exit, Failure> {
    let go = || until(study, manifest, verdict, start, before, keep);
    let Start::Kept(file) = start else { return go() };
    catch_unwind(AssertUnwindSafe(go)).unwrap_or_else(|_| {
        let message = format!(
            "{}: the run cannot go on from it: damaged, or not kept by pinwheel; keep the run \
             again with --point, --run, --before and --keep",
            file.display()
        );
        Err(Failure::bad_input(message))
    })
}

fn until(
    study: &Study,
    manifest: &Manifest,
    verdict: Option<&Verdict>,
    start: Start<'_>,
    before: DateTime,
    keep: Option<&Path>,
) -> Result<Exit, Failure> {
    let units = study.experiment.units();
    let mut replayed = match start {
        Start::Run(point, run) => Replayed::start(study, manifest, (point, run))?,
        Start::Kept(file) => Replayed::resume(study, manifest, file)?,
    };
    replayed.go_on(before, &run::stop_flag())?;
    let (point, run) = replayed.run();
    outln!("{point} run {run}: {} events, all before {before}", replayed.events());
    outln!("fingerprint up to there: {}", replayed.fingerprint().hex());
    if let Some(file) = keep {
        replayed.keep(file)?;
        outln!("kept in {}; go on with --from {0}", file.display());
    }
    outln!("last record: {}\n", replayed.last_record());
    for row in verdict.iter().flat_map(|verdict| &verdict.invariants) {
        let here = row.failure.as_ref().filter(|failure| {
            failure.point == point && failure.run == run && failure.tick == before.to_string()
        });
        let Some(failure) = here else { continue };
        outln!("{}: {}", row.id, row.expression);
        outln!("  at {before}: {}: {} against {}", failure.comparison, failure.left, failure.right);
        outln!("  one tick before:");
        let stated = study.experiment.invariants.iter().find(|invariant| invariant.id == row.id);
        let names = stated.map(|invariant| invariant.condition.metrics()).unwrap_or_default();
        outln!("{}\n", table(replayed.records(), manifest, units, |name| names.contains(&name)));
    }
    outln!(
        "every metric, its last record:\n{}",
        table(replayed.records(), manifest, units, |_| true)
    );
    Ok(Exit::Pass)
}

/// The series of the wanted metrics, a line each; a run may fail at its first record.
fn table(
    last: &LastRecords,
    manifest: &Manifest,
    units: &Units,
    wanted: impl Fn(&str) -> bool,
) -> String {
    let mut grid = grid(&["metric", "label", "value", "unit", "exact"]);
    for ((metric, subject, label), row) in last {
        let spec = PARTS.spec(Metric(*metric));
        let name = full_name(subject, spec.name);
        if !wanted(&name) {
            continue;
        }
        let unit = manifest.unit(&name, PARTS);
        let decimals = units.decimals(&unit).unwrap_or(0);
        let exact = row.exact.map(|amount| Amount(amount).display(decimals).to_string());
        grid.add_row(vec![
            name.into(),
            label.into(),
            number(format_number(row.value)),
            unit.into(),
            number(exact.unwrap_or_default()),
        ]);
    }
    if grid.row_count() == 0 { " nothing yet".to_owned() } else { grid.to_string() }
}
