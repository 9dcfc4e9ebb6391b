//! The worst runs: which, why, how deep, whether they came back, and the command that shows each.

use pinwheel_models::scenario::invariant::Goal;

use super::data::Data;
use super::numbers::Number;
use crate::Error;
use crate::html::{Cell, section, table};
use crate::series::{DAY_MILLIS, Instant, TimeSeries};
use crate::wording::{duration_words, format_number, percent, sentence_case, with_unit};

/// Rows of the table.
const WORST: usize = 10;
/// With more runs than this, the worst are told by a number alone and only their series are read.
const READ_MAX: usize = 2_000;
/// Series whose falls tell how a run was hit, the first that was recorded.
const FALLS: [&str; 10] = [
    "token_price",
    "service_availability",
    "demand_served_share",
    "capacity_up_share",
    "raw_power",
    "delivered_share",
    "data_read_availability",
    "nodes_active",
    "availability",
    "users_active",
];

/// The largest fall of a series from a peak.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Fall {
    /// Share of the peak.
    pub depth: f64,
    pub trough: Instant,
    /// Milliseconds from the trough until the peak was reached again.
    pub recovery_millis: Option<i64>,
    /// When the row behind the trough was recorded.
    pub after: Option<Instant>,
}

struct Bad {
    point: String,
    run: u32,
    cause: String,
    fall: Option<Fall>,
    /// The command, if it is known already.
    command: Option<String>,
}

/// The section; empty for a single run that nothing went wrong in.
pub fn stress(data: &Data<'_>, numbers: &[Number]) -> Result<String, Error> {
    let series = FALLS.iter().find_map(|metric| data.names(metric).first().copied());
    let mut rows = broken(data);
    rows.truncate(WORST);
    let seen: Vec<(String, u32)> = rows.iter().map(|row| (row.point.clone(), row.run)).collect();
    if data.facts.manifest.runs.len() > 1 {
        let ranked = ranked(data, numbers, series)?;
        rows.extend(ranked.into_iter().filter(|row| !seen.contains(&(row.point.clone(), row.run))));
        rows.truncate(WORST);
    }
    if rows.is_empty() {
        return Ok(String::new());
    }
    for row in rows.iter_mut().filter(|row| row.fall.is_none()) {
        if let Some(metric) = series {
            row.fall = fall(&data.table.series(&row.point, row.run, metric, "")?);
        }
    }
    let named = series.map_or(String::new(), |metric| {
        format!(" Depth is the largest fall of <code>{metric}</code> from a peak in the run.")
    });
    let cells: Vec<Vec<Cell>> = rows.iter().map(|row| cells(data, row)).collect();
    let headings = ["#Seed", "#Run", "Point", "Cause", "#Depth", "Recovery", "Show it again"];
    Ok(section(
        "stress",
        "The worst runs",
        &format!("Breaches first, then the runs that ended worst.{named}"),
        &table(&headings, &cells),
    ))
}

fn cells(data: &Data<'_>, row: &Bad) -> Vec<Cell> {
    let manifest = data.facts.manifest;
    let point = manifest.points.iter().find(|point| point.id == row.point);
    let end = point.map(|point| {
        Instant::of_date(point.start).after(i64::from(point.horizon_days) * DAY_MILLIS)
    });
    let recovery = match row.fall {
        None => "\u{2013}".to_owned(),
        Some(Fall { recovery_millis: Some(millis), .. }) => duration_words(millis),
        Some(Fall { trough, .. }) => format!("none after {trough}"),
    };
    // Up to the row behind the trough, so that the trough is among the records that are shown.
    let before = row.fall.and_then(|fall| fall.after).or(end);
    let command = row.command.clone().or_else(|| {
        Some(format!(
            "{} --point '{}' --run {} --before {}",
            data.facts.replay(),
            row.point.replace('\'', "'\\''"),
            row.run,
            before?.datetime()
        ))
    });
    vec![
        Cell::number(manifest.seed.to_string()),
        Cell::number(row.run.to_string()),
        Cell::text(row.point.clone()),
        Cell::text(row.cause.clone()),
        Cell::number(row.fall.map_or("\u{2013}".to_owned(), |fall| percent(fall.depth))),
        Cell::text(recovery),
        Cell::Command(command.unwrap_or_default()),
    ]
}

/// Runs that broke a check or an invariant.
fn broken(data: &Data<'_>) -> Vec<Bad> {
    let verdict = data.facts.verdict;
    let breaches = verdict.breaches.iter().map(|breach| Bad {
        point: breach.point.clone(),
        run: breach.run,
        cause: format!(
            "{}: {}",
            sentence_case(&breach.check.replace(['-', '_'], " ")),
            breach.detail
        ),
        fall: None,
        command: (!breach.replay.is_empty()).then(|| breach.replay.clone()),
    });
    let failures = verdict.invariants.iter().filter_map(|row| {
        let failure = row.failure.as_ref()?;
        Some(Bad {
            point: failure.point.clone(),
            run: failure.run,
            cause: format!("{}: {} against {}", row.id, failure.left, failure.right),
            fall: None,
            command: (!failure.replay.is_empty()).then(|| failure.replay.clone()),
        })
    });
    let mut all: Vec<Bad> = Vec::new();
    for bad in breaches.chain(failures) {
        if !all.iter().any(|other| other.point == bad.point && other.run == bad.run) {
            all.push(bad);
        }
    }
    all
}

/// The runs by the first number that has a better direction, or else by their largest fall.
fn ranked(data: &Data<'_>, numbers: &[Number], series: Option<&str>) -> Result<Vec<Bad>, Error> {
    let manifest = data.facts.manifest;
    let aimed = numbers.iter().find(|number| number.goal.is_some());
    let many = manifest.runs.len() > READ_MAX;
    match (aimed, series) {
        (Some(number), _) => {
            Ok(by_number(manifest.runs.iter().map(|r| (&*r.point, r.run)), number))
        }
        (None, Some(metric)) if !many => by_fall(data, metric),
        _ => Ok(Vec::new()),
    }
}

fn by_number<'r>(runs: impl Iterator<Item = (&'r str, u32)>, number: &Number) -> Vec<Bad> {
    let mut found: Vec<(f64, &str, u32)> = runs
        .filter_map(|(point, run)| Some((number.at(point, run as usize)?, point, run)))
        .collect();
    found.sort_by(|a, b| match number.goal {
        Some(Goal::Lower) => b.0.total_cmp(&a.0),
        _ => a.0.total_cmp(&b.0),
    });
    let bad = |(value, point, run): &(f64, &str, u32)| Bad {
        point: (*point).to_owned(),
        run: *run,
        cause: format!("{}: {}", number.words, with_unit(*value, &number.unit)),
        fall: None,
        command: None,
    };
    found.iter().take(WORST).map(bad).collect()
}

fn by_fall(data: &Data<'_>, metric: &str) -> Result<Vec<Bad>, Error> {
    let mut found = Vec::new();
    for run in &data.facts.manifest.runs {
        let series = data.table.series(&run.point, run.run, metric, "")?;
        let Some(fall) = fall(&series) else { continue };
        let end = series.last().map_or(0.0, |point| point.1);
        found.push(Bad {
            point: run.point.clone(),
            run: run.run,
            cause: format!("{} ends at {}", metric.replace('_', " "), format_number(end)),
            fall: Some(fall),
            command: None,
        });
    }
    let depth = |bad: &Bad| bad.fall.map_or(0.0, |fall| fall.depth);
    found.sort_by(|a, b| depth(b).total_cmp(&depth(a)));
    found.truncate(WORST);
    Ok(found)
}

/// The largest fall of a series; `None` if it never falls from a positive peak.
pub fn fall(series: &TimeSeries) -> Option<Fall> {
    let mut peak = f64::NEG_INFINITY;
    let mut worst: Option<(f64, usize, f64)> = None;
    for (place, (_, value)) in series.iter().enumerate() {
        peak = peak.max(*value);
        let depth = if peak > 0.0 { (peak - value) / peak } else { 0.0 };
        if depth > worst.map_or(0.0, |(depth, ..)| depth) {
            worst = Some((depth, place, peak));
        }
    }
    let (depth, place, peak) = worst?;
    let trough = series[place].0;
    let back = series[place..].iter().find(|(_, value)| *value >= peak);
    let recovery_millis = back.map(|(at, _)| at.millis_since(trough));
    let after = series[place..].iter().map(|(at, _)| *at).find(|at| *at > trough);
    Some(Fall { depth, trough, recovery_millis, after })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(number: i64) -> Instant {
        Instant::from_millis(number * 3_600_000)
    }

    fn series(values: &[f64]) -> TimeSeries {
        (0..).map(hour).zip(values.iter().copied()).collect()
    }

    #[test]
    fn the_largest_fall_is_from_the_peak_before_and_ends_where_it_is_reached_again() {
        let found = fall(&series(&[1.0, 4.0, 3.0, 5.0, 1.0, 2.0, 6.0, 5.9])).unwrap();
        assert_eq!((found.depth, found.trough, found.after), (0.8, hour(4), Some(hour(5))));
        assert_eq!(found.recovery_millis, Some(2 * 3_600_000));
        assert_eq!(fall(&series(&[4.0, 1.0, 2.0])).unwrap().recovery_millis, None);
        assert_eq!(fall(&series(&[4.0, 1.0])).unwrap().after, None);
        assert_eq!(fall(&series(&[1.0, 2.0, 3.0])), None);
    }
}
