//! `pinwheel replay DIR --point P --run N --before TICK`: one run again, to just before a tick, and
//! what its records say there.

use jiff::civil::DateTime;
use pinwheel_analysis::experiment::replay::{LastRecords, replay_until};
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

/// Runs to just before `before` and prints what the run has recorded.
pub fn run(
    study: &Study,
    manifest: &Manifest,
    verdict: Option<&Verdict>,
    (point, run): (&str, u32),
    before: DateTime,
) -> Result<Exit, Failure> {
    let units = study.experiment.units();
    let state = replay_until(study, manifest, (point, run), before, &run::stop_flag())?;
    outln!("{point} run {run}: {} events, all before {before}", state.events);
    outln!("last record: {}\n", state.last_record);
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
        outln!("{}\n", table(&state.records, units, |name| names.contains(&name)));
    }
    outln!("every metric, its last record:\n{}", table(&state.records, units, |_| true));
    Ok(Exit::Pass)
}

/// The series of the wanted metrics, a line each; a run may fail at its first record.
fn table(last: &LastRecords, units: &Units, wanted: impl Fn(&str) -> bool) -> String {
    let mut grid = grid(&["metric", "label", "value", "unit", "exact"]);
    for ((metric, subject, label), row) in last {
        let spec = PARTS.spec(Metric(*metric));
        let name = full_name(subject, spec.name);
        if !wanted(&name) {
            continue;
        }
        let decimals = units.decimals(spec.unit).unwrap_or(0);
        let exact = row.exact.map(|amount| Amount(amount).display(decimals).to_string());
        grid.add_row(vec![
            name.into(),
            label.into(),
            number(format_number(row.value)),
            spec.unit.into(),
            number(exact.unwrap_or_default()),
        ]);
    }
    if grid.row_count() == 0 { " nothing yet".to_owned() } else { grid.to_string() }
}
