//! Sentences and tables made from the numbers: what moved, and how variants differ.

use super::data::{Data, End};
use super::figures::figure_of;
use super::html::{Cell, escape, table};
use crate::Error;
use crate::plot::axis::spoken;
use crate::statistics::median;
use crate::verdict::{Limit, percent};

/// Metrics worth a sentence, with the words for it.
const TOLD: [(&str, &str); 7] = [
    ("raw_power", "Raw power"),
    ("qa_power", "Quality-adjusted power"),
    ("this_epoch_reward", "The reward of an epoch"),
    ("pledge_per_32gib", "The pledge of a 32 GiB sector"),
    ("supply_circulating", "Circulating supply"),
    ("supply_locked", "Locked FIL"),
    ("supply_burnt", "FIL burnt since genesis"),
];

/// Metrics compared between variants.
const COMPARED: [(&str, &str); 12] = [
    ("raw_power", "Raw power"),
    ("qa_power", "Quality-adjusted power"),
    ("providers_active", "Providers with power"),
    ("this_epoch_reward", "Reward of an epoch"),
    ("minted", "Minted"),
    ("pledge_per_32gib", "Pledge of 32 GiB"),
    ("supply_circulating", "Circulating supply"),
    ("supply_locked", "Locked"),
    ("supply_burnt", "Burnt since genesis"),
    ("base_fee", "Base fee"),
    ("faulty_raw", "Faulty power"),
    ("fil_price", "FIL price"),
];

/// The list of findings as HTML; empty when nothing of it was recorded.
pub fn findings(data: &Data<'_>) -> Result<String, Error> {
    let points: Vec<&str> = data.points().collect();
    let mut items = Vec::new();
    for (metric, name) in TOLD {
        let sentence = match points.as_slice() {
            [point] => data.end(point, metric, "")?.map(|end| moved(data, metric, name, &end)),
            [base, rest @ ..] => compared(data, metric, name, base, rest)?,
            [] => None,
        };
        if let Some(sentence) = sentence {
            let link = figure_of(metric).map_or(String::new(), |id| {
                format!(" <a href=\"#{id}\" aria-label=\"figure: {}\">figure</a>", escape(name))
            });
            items.push(format!("<li>{}{link}</li>\n", escape(&sentence)));
        }
    }
    if items.is_empty() {
        return Ok(String::new());
    }
    Ok(format!("<ul class=\"findings\">\n{}</ul>\n", items.concat()))
}

/// "Raw power fell from 17.4 to 4.2 EiB (-76 %); it differs from the real series by 1.8 %."
fn moved(data: &Data<'_>, metric: &str, name: &str, end: &End) -> String {
    let unit = data.unit(metric);
    let change = if end.first == 0.0 { 0.0 } else { (end.last - end.first) / end.first.abs() };
    let verb = match change {
        c if c > 0.005 => "rose",
        c if c < -0.005 => "fell",
        _ => "stayed near where it was,",
    };
    let spread = match data.facts.experiment.runs {
        1 => String::new(),
        _ => format!("; 5 to 95 % of the runs end at {} to {}", spoken(end.low), spoken(end.high)),
    };
    let sign = if change < 0.0 { "\u{2212}" } else { "+" };
    let accuracy = accuracy(data, metric);
    format!(
        "{name} {verb} from {} to {} {unit} ({sign}{}){spread}{accuracy}.",
        spoken(end.first),
        spoken(end.last),
        percent(change.abs())
    )
}

fn accuracy(data: &Data<'_>, metric: &str) -> String {
    let mut rows = data.facts.verdict.targets.iter();
    let row = rows.find(|row| row.metric == metric && matches!(row.limit, Limit::AtMost(_)));
    match row.and_then(|row| Some((row, row.measured?))) {
        Some((row, measured)) => format!(
            "; its error is {} against a stated limit of {}",
            row.limit.show(measured),
            row.limit
        ),
        None => String::new(),
    }
}

fn compared(
    data: &Data<'_>,
    metric: &str,
    name: &str,
    base: &str,
    others: &[&str],
) -> Result<Option<String>, Error> {
    let Some(end) = data.end(base, metric, "")? else { return Ok(None) };
    let mut parts = Vec::new();
    for other in others {
        if let Some(change) = paired_change(data, base, other, metric)? {
            let word = if change < 0.0 { "lower" } else { "higher" };
            parts.push(match change.abs() {
                c if c < 0.0005 => format!("the same under {other}"),
                c => format!("{} {word} under {other}", percent(c)),
            });
        }
    }
    let unit = data.unit(metric);
    let value = spoken(end.last);
    Ok(Some(format!("{name} ends at {value} {unit} under {base}; {}.", parts.join(", "))))
}

/// Median over the runs of the relative difference at the end, runs paired by their seed.
fn paired_change(
    data: &Data<'_>,
    base: &str,
    other: &str,
    metric: &str,
) -> Result<Option<f64>, Error> {
    let (base, other) = (data.runs(base, metric, "")?, data.runs(other, metric, "")?);
    let pairs = base.iter().zip(&other).filter_map(|(base, other)| {
        let (base, other) = (base.last()?.1, other.last()?.1);
        (base != 0.0).then(|| (other - base) / base.abs())
    });
    Ok(median(&pairs.collect::<Vec<_>>()))
}

/// The variants side by side at the end of the horizon; empty for a single one.
pub fn differences(data: &Data<'_>) -> Result<String, Error> {
    let points: Vec<&str> = data.points().collect();
    let [base, others @ ..] = points.as_slice() else { return Ok(String::new()) };
    if others.is_empty() {
        return Ok(String::new());
    }
    let mut headings = vec!["At the end".to_owned(), "Unit".to_owned(), format!("#{base}")];
    for other in others {
        headings.push(format!("#{other}"));
        headings.push(format!("#change to {base}"));
    }
    let mut rows = Vec::new();
    for (metric, name) in COMPARED {
        let Some(end) = data.end(base, metric, "")? else { continue };
        let unit = data.unit(metric).to_owned();
        let mut row = vec![Cell::text(name), Cell::text(unit), Cell::number(spoken(end.last))];
        for other in others {
            let value = data.end(other, metric, "")?.map_or("\u{2013}".into(), |e| spoken(e.last));
            let change = paired_change(data, base, other, metric)?;
            row.push(Cell::number(value));
            row.push(Cell::number(change.map_or("\u{2013}".into(), signed_percent)));
        }
        rows.push(row);
    }
    if rows.is_empty() {
        return Ok(String::new());
    }
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    Ok(format!(
        "<h2 id=\"variants\">Variants</h2>\n<p class=\"lead\">Medians over the runs at the end of \
         the horizon. Changes are paired: run by run on the same seed.</p>\n{}",
        table(&headings, &rows)
    ))
}

fn signed_percent(change: f64) -> String {
    match change {
        c if c > 0.0 => format!("+{}", percent(c)),
        c if c < 0.0 => format!("\u{2212}{}", percent(-c)),
        _ => "0 %".to_owned(),
    }
}
