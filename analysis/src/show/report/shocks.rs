//! What a shock does, where points differ in its size alone: how far the price may drop before
//! capacity does not come back, and how long coverage lasts when many leave at once.

use super::data::Data;
use crate::Error;
use crate::html::{Cell, Tone, table};
use crate::question::review::{self, BankRun, Margin, Series, Spread};
use crate::wording::{format_range, percent};

/// Both parts; empty where the points are no shocks.
pub fn shocks(data: &Data<'_>) -> Result<String, Error> {
    let (manifest, runs) = (data.facts.manifest, data.table);
    let series = |metric| Series { metric, label: "" };
    let mut html = String::new();
    if let Some(price) = review::shock(manifest, review::PRICE)
        && let Some(found) = review::death_spiral(manifest, runs, &price, series(review::CAPACITY))?
    {
        html += &margin(&found);
    }
    if let Some(leavers) = review::shock(manifest, review::LEAVERS) {
        let found = review::bank_runs(manifest, runs, &leavers, series(review::COVERAGE))?;
        html += &bank_runs(&found);
    }
    Ok(html)
}

fn part(id: &str, title: &str, lead: &str, body: &str) -> String {
    format!("<h3 class=\"part\" id=\"{id}\">{title}</h3>\n<p class=\"lead\">{lead}</p>\n{body}")
}

fn shares(spread: Spread) -> String {
    let [low, median, high] = [spread.low, spread.median, spread.high].map(percent);
    if low == high { median } else { format!("{median} [{low}, {high}]") }
}

fn margin(found: &Margin) -> String {
    let range = shares(found.margin);
    let row = |(drop, kept): &(f64, Spread)| {
        let (tone, word) = match kept.median >= review::RECOVERED_SHARE {
            true => (Tone::Pass, "came back"),
            false => (Tone::Warn, "did not"),
        };
        vec![Cell::number(percent(*drop)), Cell::Range(shares(*kept)), Cell::Mark(tone, word)]
    };
    let rows: Vec<_> = found.tried.iter().map(row).collect();
    let lead = format!(
        "Largest drop on the first day from which {} of the capacity is there again a year later, \
         against the same run without a drop: {range} (number 26 of the review).",
        percent(review::RECOVERED_SHARE)
    );
    let body = table(&["#Drop", "#Capacity a year later", ""], &rows);
    part("death-spiral", "Death spiral", &lead, &body)
}

fn bank_runs(found: &[BankRun]) -> String {
    let row = |run: &BankRun| {
        let days = run.days.map_or("never".to_owned(), |Spread { low, median, high }| {
            format_range([low, median, high])
        });
        vec![
            Cell::number(percent(run.share)),
            Cell::Range(days),
            Cell::number(run.held.to_string()),
        ]
    };
    let rows: Vec<_> = found.iter().map(row).collect();
    part(
        "bank-run",
        "Bank run",
        "Days from the start until what can be taken is less than what is at risk, when a share of \
         the operators leaves at once (number 27 of the review).",
        &table(&["#Share that leaves", "#Days until below 1", "#Runs that held"], &rows),
    )
}
