//! Levers that the scenario sets at stated instants: a table, and marks in the charts over dates.

use jiff::civil::{DateTime, Time};

use super::data::Data;
use super::facts::Facts;
use crate::html::{Cell, escape, section, table};
use crate::record::manifest::{ChangeEntry, PointEntry};
use crate::series::Instant;
use crate::show::plot::Drawing;
use crate::wording::{format_number, grouped};

/// What the table of this section shows, so that no other needs to.
pub const METRIC: &str = "lever_value";
/// Changes listed in the table; the manifest has all.
const ROWS_MAX: usize = 60;
/// Changes that the line below a chart names.
const NAMED_MAX: usize = 3;

/// The section with the table; empty without changes.
pub fn changes(facts: &Facts<'_>) -> String {
    let instants = instants(facts.manifest.points.iter());
    if instants.is_empty() {
        return String::new();
    }
    let points = &facts.manifest.points;
    let alike = points.iter().all(|point| point.changes == points[0].changes);
    let listed = if alike { &points[..1] } else { &points[..] };
    let all = listed.iter().flat_map(|point| point.changes.iter().map(move |of| (point, of)));
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(_, change)| change.at);
    let row = |(point, change): &(&PointEntry, &ChangeEntry)| {
        let number = instants.iter().position(|at| *at == change.at).map_or(0, |place| place + 1);
        let mut row = vec![
            Cell::number(number.to_string()),
            Cell::text(instant(change.at)),
            Cell::Code(change.lever.clone()),
            Cell::number(format_number(change.from)),
            Cell::number(format_number(change.to)),
            Cell::text(unit(&change.unit)),
        ];
        if !alike {
            row.push(Cell::text(point.id.clone()));
        }
        row
    };
    let rows: Vec<Vec<Cell>> = all.iter().take(ROWS_MAX).map(row).collect();
    let mut columns = vec!["#Mark", "From", "Lever", "#Before", "#After", "Unit"];
    columns.extend((!alike).then_some("Point"));
    let more = match all.len().saturating_sub(ROWS_MAX) {
        0 => String::new(),
        more => {
            format!("<p>And {} more in <code>manifest.json</code>.</p>\n", grouped(more as f64, 0))
        }
    };
    let lead = "Levers that the scenario sets to another value during the runs. Charts over dates \
                mark the instants by broken lines.";
    section("changes", "What was changed", lead, &(table(&columns, &rows) + &more))
}

/// Marks the changes in the charts of a figure, each under its name; returns the line that says
/// what the marks are, empty if there are none.
pub fn mark(data: &Data<'_>, plots: &mut [(String, Drawing)]) -> String {
    let points = &data.facts.manifest.points;
    let all = instants(points.iter());
    if all.is_empty() {
        return String::new();
    }
    let mut marked = false;
    for (name, drawing) in plots {
        let members = data.members(name);
        let shown = points.iter().filter(|point| members.is_empty() || members.contains(&point.id));
        let numbered = |at: DateTime| {
            let number = all.iter().position(|of| *of == at)? + 1;
            let label = if all.len() == 1 { "change".to_owned() } else { number.to_string() };
            Some((Instant::of(at).days(), label))
        };
        let days: Vec<(f64, String)> = instants(shown).into_iter().filter_map(numbered).collect();
        marked |= drawing.mark_days(&days);
    }
    if marked { legend(points, all.len()) } else { String::new() }
}

/// What the broken lines are.
fn legend(points: &[PointEntry], instants: usize) -> String {
    let mut named: Vec<&ChangeEntry> = Vec::new();
    for change in points.iter().flat_map(|point| &point.changes) {
        if !named.contains(&change) {
            named.push(change);
        }
    }
    let link = "<a href=\"#changes\">what was changed</a>";
    if named.len() > NAMED_MAX {
        return format!(" Broken lines mark {link} at {instants} instants.");
    }
    let told = |change: &&ChangeEntry| {
        let ChangeEntry { at, lever, unit: of, from, to } = change;
        let (from, to) = (format_number(*from), format_number(*to));
        format!("{}, {} from {from} to {to} {}", instant(*at), escape(lever), escape(&unit(of)))
            .trim_end()
            .to_owned()
    };
    let told: Vec<String> = named.iter().map(told).collect();
    format!(" Broken lines mark {link}: {}.", told.join("; "))
}

/// The different instants of changes, in order.
fn instants<'p>(points: impl Iterator<Item = &'p PointEntry>) -> Vec<DateTime> {
    let mut all: Vec<DateTime> =
        points.flat_map(|point| point.changes.iter().map(|change| change.at)).collect();
    all.sort();
    all.dedup();
    all
}

/// A date, with the time where it is not midnight.
fn instant(at: DateTime) -> String {
    match at.time() == Time::midnight() {
        true => at.date().to_string(),
        false => format!("{} {}", at.date(), at.time()),
    }
}

fn unit(unit: &str) -> String {
    if unit == "1" { String::new() } else { unit.to_owned() }
}
