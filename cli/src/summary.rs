//! One screen at the end of a run: the verdict and the numbers that matter.

use std::borrow::Cow;
use std::fmt::Write;

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table as Grid, presets};
use pinwheel_analysis::Error;
use pinwheel_analysis::experiment::{Assembled, PARTS};
use pinwheel_analysis::judge::verdict::{
    CheckStanding, InvariantStanding, Limit, NullRow, TargetRow, TargetStanding, Verdict,
};
use pinwheel_analysis::record::manifest::Manifest;
use pinwheel_analysis::record::outcomes::OutcomeTable;
use pinwheel_analysis::record::table::Table;
use pinwheel_analysis::series::Instant;
use pinwheel_analysis::statistics::{median, quantile};
use pinwheel_analysis::wording::{format_number, grouped};
use pinwheel_models::describe::MetricSpec;
use pinwheel_models::scenario::Experiment;

use crate::baseline;

/// Points with a column of their own.
const COLUMNS_MAX: usize = 6;
/// Rows of a table; what failed comes first.
const ROWS_MAX: usize = 40;

/// The summary as text.
pub fn text(
    experiment: &Experiment,
    Assembled { verdict, manifest, table, outcomes, .. }: &Assembled,
) -> Result<String, Error> {
    let mut text = format!("\n{} in {:.1} s\n\n", experiment.name, manifest.wall_seconds);
    let put = "writing to a string cannot fail";
    if !verdict.targets.is_empty() {
        writeln!(text, "{}\n", target_grid(experiment, verdict)).expect(put);
    }
    if !verdict.invariants.is_empty() {
        writeln!(text, "{}\n", invariant_grid(experiment, verdict)).expect(put);
    }
    if !experiment.outcomes.is_empty() {
        writeln!(text, "{}\n", outcome_grid(experiment, outcomes)).expect(put);
    }
    if experiment.points.len() <= COLUMNS_MAX
        && let Some(numbers) = key_grid(experiment, manifest, table)?
    {
        writeln!(text, "{numbers}\n").expect(put);
    }
    for check in verdict.checks.iter().filter(|row| row.standing != CheckStanding::Held) {
        let word = if check.standing.fails() { "FAIL" } else { "warning" };
        writeln!(text, "{word}: {} {}", check.check, check.sentence).expect(put);
    }
    for point in experiment.points.iter().filter(|point| point.scenario.is_large_and_whole()) {
        if let Some(reason) = point.scenario.in_one_piece_because() {
            writeln!(text, "note: {} ran in one piece, because {reason}", point.id).expect(put);
        }
    }
    for note in &verdict.notes {
        writeln!(text, "note: {note}").expect(put);
    }
    for failure in verdict.invariants.iter().filter_map(|row| row.failure.as_ref()) {
        writeln!(text, "{}\n  replay: {}", failure.sentence(), failure.replay).expect(put);
    }
    if let Some(accepted) = &verdict.baseline {
        text += &baseline::text(accepted);
    }
    writeln!(text, "{}", verdict.sentence).expect(put);
    Ok(text)
}

/// "83,609,831 events in 18.3 s: 4.57 M events/s, 219 ns each".
pub fn speed(events: u64, seconds: f64) -> String {
    let seconds = seconds.max(1e-9);
    let rate = events as f64 / seconds;
    format!(
        "{} events in {seconds:.1} s: {:.2} M events/s, {:.0} ns each",
        grouped(events as f64, 0),
        rate / 1e6,
        1e9 / rate.max(1e-9)
    )
}

/// A table without lines.
pub fn grid(headings: &[&str]) -> Grid {
    let mut grid = Grid::new();
    grid.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    grid.set_header(headings);
    grid
}

/// A cell of figures.
pub fn number(text: impl ToString) -> Cell {
    Cell::new(text.to_string()).set_alignment(CellAlignment::Right)
}

/// Median, 5 % and 95 % quantile of each outcome: of each point, or of many points together.
fn outcome_grid(experiment: &Experiment, outcomes: &OutcomeTable) -> Grid {
    let points: Vec<&str> = experiment.points.iter().map(|point| point.id.as_str()).collect();
    let several = format!("all {} points", grouped(points.len() as f64, 0));
    let columns: Vec<(&str, Vec<&str>)> = match points.len() <= COLUMNS_MAX {
        true => points.iter().map(|point| (*point, vec![*point])).collect(),
        false => vec![(several.as_str(), points)],
    };
    let mut headings = vec!["outcome", "unit"];
    headings.extend(columns.iter().map(|(name, _)| *name));
    let mut grid = grid(&headings);
    for spec in &experiment.outcomes {
        let cell = |(_, points): &(&str, Vec<&str>)| {
            let values = points.iter().flat_map(|point| outcomes.values(point, &spec.id));
            let values: Vec<f64> = values.flatten().copied().collect();
            let at = |share| quantile(&values, share).map(format_number);
            number(match (at(0.5), at(0.05), at(0.95)) {
                (Some(middle), Some(low), Some(high)) if low != high => {
                    format!("{middle} [{low}, {high}]")
                }
                (Some(middle), ..) => middle,
                _ => "\u{2013}".to_owned(),
            })
        };
        let mut row = vec![Cell::new(&spec.id), Cell::new(&spec.shown.name)];
        row.extend(columns.iter().map(cell));
        grid.add_row(row);
    }
    grid
}

fn invariant_grid(experiment: &Experiment, verdict: &Verdict) -> Grid {
    let mut grid = grid(&["", "invariant", "kind", "runs", "sentence"]);
    let mut rows: Vec<_> = verdict.invariants.iter().collect();
    if rows.len() > ROWS_MAX {
        rows.sort_by_key(|row| row.standing == InvariantStanding::Held);
    }
    for row in rows.into_iter().take(ROWS_MAX) {
        let word = match (row.standing, row.fails()) {
            (InvariantStanding::Held, _) => "ok",
            (_, true) => "FAIL",
            (InvariantStanding::NotProven, _) if row.is_undecided() => "undecided",
            (_, false) => "warning",
        };
        grid.add_row(vec![
            Cell::new(word),
            Cell::new(row.name(experiment.points.len())),
            Cell::new(&row.kind),
            number(format!("{}/{}", row.held, row.runs)),
            Cell::new(&row.sentence),
        ]);
    }
    grid
}

fn target_grid(experiment: &Experiment, verdict: &Verdict) -> Grid {
    let with_nulls = verdict.targets.iter().any(|row| !row.nulls.is_empty());
    let mut columns = vec!["", "target", "limit", "measured", "calibration", "verdict window"];
    columns.extend(with_nulls.then_some("without a model"));
    let mut grid = grid(&columns);
    let mut rows: Vec<_> = verdict.targets.iter().collect();
    if rows.len() > ROWS_MAX {
        rows.sort_by_key(|row| row.standing != TargetStanding::NotMet);
    }
    for row in rows.into_iter().take(ROWS_MAX) {
        let word = match row.standing {
            TargetStanding::Met => "ok",
            TargetStanding::NotMet => "FAIL",
            TargetStanding::Undecided => "undecided",
            TargetStanding::NotJudged => "not judged",
        };
        let show = |value: Option<f64>| value.map_or("\u{2013}".to_owned(), |v| row.limit.show(v));
        let mut cells = vec![
            Cell::new(word),
            Cell::new(name(experiment, row)),
            number(limit(row.limit)),
            number(show(row.measured)),
            number(show(row.calibration)),
            number(show(row.verdict_window)),
        ];
        if with_nulls {
            let null = |of: &NullRow| format!("{} {}", of.null, show(of.measured));
            cells.push(number(row.nulls.iter().map(null).collect::<Vec<_>>().join(", ")));
        }
        grid.add_row(cells);
    }
    grid
}

fn name(experiment: &Experiment, row: &TargetRow) -> String {
    match experiment.points.len() {
        1 => row.id.clone(),
        _ => format!("{} [{}]", row.id, row.point),
    }
}

fn limit(limit: Limit) -> String {
    match limit {
        Limit::AtMost(_) => format!("\u{2264} {limit}"),
        Limit::Within { .. } => limit.to_string(),
    }
}

/// Metrics of targets come behind the key ones, and then others, up to this many lines.
const LINES_MAX: usize = 24;

/// First and last value of the key metrics, medians over the runs; `None` if none was recorded.
fn key_grid(
    experiment: &Experiment,
    manifest: &Manifest,
    table: &Table,
) -> Result<Option<Grid>, Error> {
    let mut headings = vec!["metric", "unit", "start"];
    headings.extend(experiment.points.iter().map(|point| point.id.as_str()));
    let mut grid = grid(&headings);
    for KeySeries { metric, unit, label } in key_series(experiment, manifest, table)? {
        let name = if label.is_empty() { metric } else { &format!("{metric} {label}") };
        let mut cells = vec![Cell::new(name), Cell::new(unit)];
        for (place, point) in experiment.points.iter().enumerate() {
            let runs = (0..experiment.runs)
                .map(|run| table.series(&point.id, run, metric, &label))
                .collect::<Result<Vec<_>, _>>()?;
            let ends =
                |values: Vec<f64>| median(&values).map_or("\u{2013}".to_owned(), format_number);
            let value = |row: Option<&(Instant, f64)>| row.map(|(_, value)| *value);
            if place == 0 {
                cells.push(number(ends(runs.iter().filter_map(|r| value(r.first())).collect())));
            }
            cells.push(number(ends(runs.iter().filter_map(|r| value(r.last())).collect())));
        }
        grid.add_row(cells);
    }
    Ok((grid.row_count() > 0).then_some(grid))
}

/// A series worth a line.
#[derive(PartialEq)]
struct KeySeries<'t> {
    /// With its subject, where it has one: "io.minted".
    metric: &'t str,
    unit: Cow<'static, str>,
    label: String,
}

/// The series worth a line: the key metrics of the networks, or else what the layers recorded, with
/// the metrics of the targets first.
fn key_series<'t>(
    experiment: &Experiment,
    manifest: &Manifest,
    table: &'t Table,
) -> Result<Vec<KeySeries<'t>>, Error> {
    let named = |spec: &MetricSpec| {
        let names = table.names(spec.name).into_iter();
        names.map(|name| (name, manifest.unit(name, PARTS)))
    };
    let is_key =
        |spec: &&MetricSpec| PARTS.0.iter().any(|part| part.key_metrics.contains(&spec.name));
    let key = PARTS.metrics().filter(is_key).flat_map(named);
    let key: Vec<KeySeries<'t>> =
        key.map(|(metric, unit)| KeySeries { metric, unit, label: String::new() }).collect();
    if !key.is_empty() {
        return Ok(key);
    }
    let mut ordered: Vec<(&str, Cow<'static, str>)> = PARTS.metrics().flat_map(named).collect();
    ordered.sort_by_key(|(name, _)| experiment.targets.iter().all(|t| t.metric != *name));
    let mut series = Vec::new();
    for (metric, unit) in ordered {
        for point in &experiment.points {
            for label in table.labels(&point.id, metric)? {
                let one = KeySeries { metric, unit: unit.clone(), label };
                if !series.contains(&one) {
                    series.push(one);
                }
            }
        }
    }
    series.truncate(LINES_MAX);
    Ok(series)
}
