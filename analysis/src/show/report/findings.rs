//! Sentences made of the numbers: what moved, how points differ, what decides.

use super::data::{Data, POINTS_MAX};
use super::numbers::{Number, bands};
use super::sensitivity;
use crate::html::escape;
use crate::judge::verdict::{Limit, NullRow};
use crate::statistics::Paired;
use crate::wording::{format_number, grouped, percent, signed_percent, with_unit};

/// Most findings.
const FINDINGS_MAX: usize = 7;
/// Numbers told first where there are many points; what decides them comes after.
const NUMBERS_FIRST: usize = 4;

/// A rise by more than this share is told as a multiple.
const MANIFOLD: f64 = 9.0;

/// The list of findings as HTML; empty when nothing of it was recorded.
pub fn findings(data: &Data<'_>, numbers: &[Number]) -> String {
    let points: Vec<&str> = data.facts.manifest.points.iter().map(|p| p.id.as_str()).collect();
    let mut items: Vec<(String, Option<String>)> = Vec::new();
    for number in numbers {
        let sentence = match points.as_slice() {
            [point] => alone(data, number, point),
            [base, rest @ ..] if points.len() <= POINTS_MAX => compared(number, base, rest),
            _ if items.len() < NUMBERS_FIRST => over_all(number, &points),
            _ => None,
        };
        items.extend(sentence.map(|sentence| (sentence, link(data, number))));
    }
    items.truncate(FINDINGS_MAX);
    if points.len() > POINTS_MAX {
        for number in numbers.iter().take(2) {
            let told = sensitivity::strongest(data, number);
            items.extend(told.map(|told| (told, Some(format!("tornado-{}", number.id)))));
        }
    }
    if items.is_empty() {
        return String::new();
    }
    let item = |(sentence, id): &(String, Option<String>)| {
        let link = id.as_ref().map_or(String::new(), |id| format!(" <a href=\"#{id}\">figure</a>"));
        format!("<li>{}{link}</li>\n", escape(sentence))
    };
    let list: String = items.iter().take(FINDINGS_MAX).map(item).collect();
    format!("<ul class=\"findings\">\n{list}</ul>\n")
}

fn link(data: &Data<'_>, number: &Number) -> Option<String> {
    number
        .figure(data)
        .or_else(|| sensitivity::has_spread(data, number).then(|| format!("spread-{}", number.id)))
}

/// "Raw power fell from 17.4 to 4.2 EiB (-76 %); 90 of 100 runs end between 4.1 and 4.3."
fn alone(data: &Data<'_>, number: &Number, point: &str) -> Option<String> {
    let values = number.of(point);
    let [middle, low, high] = bands(&values)?;
    let unit = number.unit.as_str();
    let spread = match values.len() {
        1 => String::new(),
        count => {
            let ends = if number.stated { "are" } else { "end" };
            let words = format!("{} and {}", format_number(low), with_unit(high, unit));
            format!("; 90 % of the {} runs {ends} between {words}", grouped(count as f64, 0))
        }
    };
    let spread = spread + &stopped(data, point, number.stated);
    let accuracy = number.metric.as_deref().map_or(String::new(), |metric| accuracy(data, metric));
    let Some(first) = number.started_at(point) else {
        return Some(format!("{}: {}{spread}.", number.words, with_unit(middle, unit)));
    };
    let change = if first == 0.0 { 0.0 } else { (middle - first) / first.abs() };
    let verb = match change {
        c if c > 0.005 => "rose",
        c if c < -0.005 => "fell",
        _ => {
            let unit = with_unit(middle, unit);
            return Some(format!("{} stayed near {unit}{spread}{accuracy}.", number.words));
        }
    };
    let moved = match change {
        _ if first == 0.0 => String::new(),
        c if c > MANIFOLD => format!(" ({}-fold)", format_number(middle / first)),
        c => format!(" ({})", signed_percent(c)),
    };
    Some(format!(
        "{} {verb} from {} to {}{moved}{spread}{accuracy}.",
        number.words,
        format_number(first),
        with_unit(middle, unit)
    ))
}

/// What became of the runs of a point that a breach ended: outcomes are of whole runs, series go as
/// far as each run went.
fn stopped(data: &Data<'_>, point: &str, of_whole_runs: bool) -> String {
    let breaches = &data.facts.verdict.breaches;
    let stopped = breaches.iter().filter(|breach| breach.point == point).count();
    if stopped == 0 {
        return String::new();
    }
    let runs = data.facts.manifest.runs_per_point;
    let words = match of_whole_runs {
        true => "were stopped at a breach and are not among them",
        false => "were stopped at a breach and count as they were then",
    };
    format!("; {stopped} of {runs} runs {words}")
}

fn accuracy(data: &Data<'_>, metric: &str) -> String {
    // The target that comes nearest to its limit, or is farthest beyond it.
    let rows = data.facts.verdict.targets.iter().filter(|row| row.metric == metric);
    let strained = rows.filter_map(|row| match (row.limit, row.measured) {
        (Limit::AtMost(limit), Some(measured)) => Some((measured / limit, measured, row)),
        _ => None,
    });
    let Some((_, measured, row)) = strained.max_by(|one, other| one.0.total_cmp(&other.0)) else {
        return String::new();
    };
    let of_null =
        |null: &NullRow| Some(format!(", {} {}", null.null, row.limit.show(null.measured?)));
    let nulls: String = row.nulls.iter().filter_map(of_null).collect();
    format!(
        "; \u{201c}{}\u{201d}: error {}, limit {}{nulls}",
        row.id,
        row.limit.show(measured),
        row.limit
    )
}

/// "The reward of an epoch is 33 FIL under today; 8 % lower [7.4 %, 8.3 %] under FIP-0118."
fn compared(number: &Number, base: &str, others: &[&str]) -> Option<String> {
    let [middle, ..] = bands(&number.of(base))?;
    let parts = others.iter().filter_map(|other| Some(change(number, base, other)?.1));
    let parts: Vec<String> = parts.collect();
    let ends = if number.stated { "is" } else { "ends at" };
    let value = with_unit(middle, &number.unit);
    Some(format!("{} {ends} {value} under {base}; {}.", number.words, parts.join(", ")))
}

/// The relative change from one point to another, run by run, and the words for it.
pub fn change(number: &Number, base: &str, other: &str) -> Option<(Paired, String)> {
    let pairs = number.pairs(base, other);
    let relative = pairs.iter().filter(|pair| pair.0 != 0.0);
    let relative: Vec<(f64, f64)> = relative.map(|(a, b)| (0.0, (b - a) / a.abs())).collect();
    let Some(paired) = Paired::of(&relative) else {
        // From nothing there is no relative change.
        let paired = Paired::of(&pairs)?;
        let words = format!("{} more under {other}", with_unit(paired.median, &number.unit));
        return Some((paired, words));
    };
    if paired.median.abs() < 0.0005 && !paired.is_clear() {
        return Some((paired, format!("within 0.05 % of it under {other}")));
    }
    let word = if paired.median < 0.0 { "lower" } else { "higher" };
    let interval = match (paired.low, paired.high) {
        (Some(low), Some(high)) => format!(" [{}, {}]", signed_percent(low), signed_percent(high)),
        _ => String::new(),
    };
    Some((paired, format!("{} {word}{interval} under {other}", percent(paired.median.abs()))))
}

/// "Over 1,800 points, the price of the token: 0.31 USD, 90 % between 0.1 and 0.9."
fn over_all(number: &Number, points: &[&str]) -> Option<String> {
    let values = number.of_all(points.iter().copied());
    let [middle, low, high] = bands(&values)?;
    Some(format!(
        "{}, over {} runs at {} points: {}; 90 % of them lie between {} and {}.",
        number.words,
        grouped(values.len() as f64, 0),
        grouped(points.len() as f64, 0),
        with_unit(middle, &number.unit),
        format_number(low),
        with_unit(high, &number.unit)
    ))
}
