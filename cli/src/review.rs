//! `pinwheel review`: the 28 metrics of a result, those that no single run gives included.

use std::collections::BTreeSet;
use std::path::PathBuf;

use comfy_table::Cell;
use pinwheel_analysis::question::review::{self, Series, Spread};
use pinwheel_analysis::record::manifest::Manifest;
use pinwheel_analysis::record::store::Store;
use pinwheel_analysis::record::table::Table;
use pinwheel_analysis::wording::{format_number, format_range};
use pinwheel_models::describe::review::list::{Given, LIST};

use crate::exit::{Exit, Failure};
use crate::summary::{grid, number};

/// Show the 28 metrics of a token-economy review from a result's folder.
#[derive(clap::Args)]
#[command(after_help = "\
Values are the last ones of the runs: the median, with 5 % to 95 % of several runs in brackets. Three
metrics need more than one point: a swept price gives the margin of a death spiral, a swept share of
leavers the days of a bank run, a sampled design the five parameters that decide most.

Examples:
  pinwheel run scenarios/reviews/death-spiral.toml
  pinwheel review out/death-spiral")]
pub struct Args {
    /// Folder of a result
    folder: PathBuf,
    /// Swept key whose drop is the shock of number 26 [default: the one that names a price]
    #[arg(long, value_name = "KEY")]
    price: Option<String>,
    /// Swept key whose value is the share that leaves, for number 27 [default: the one with "exit"]
    #[arg(long, value_name = "KEY")]
    exit: Option<String>,
    /// Capacity that must come back, for number 26; METRIC or METRIC:LABEL
    #[arg(long, value_name = "METRIC", default_value = review::CAPACITY)]
    capacity: String,
    /// Coverage that must not fall below 1, for number 27
    #[arg(long, value_name = "METRIC", default_value = review::COVERAGE)]
    coverage: String,
    /// What number 28 explains by the sampled keys
    #[arg(long, value_name = "METRIC", default_value = "raw_power")]
    outcome: String,
}

/// Points that have a column each; of more, none has.
const COLUMNS_MAX: usize = 6;

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let store = Store::open(&args.folder)?;
    let (manifest, table) = (&store.manifest, store.table());
    let lines = review::lines(manifest, table)?;
    let several = manifest.points.len() > COLUMNS_MAX;
    let points = if several { 1 } else { manifest.points.len() };
    let mut headings = vec!["", "metric", "of", "unit"];
    headings.extend(manifest.points.iter().take(points).map(|point| point.id.as_str()));
    let mut table_of_lines = grid(&headings);
    for line in &lines {
        let spec = line.entry.spec;
        let mut cells = vec![number(line.entry.number), Cell::new(&line.metric)];
        cells.extend([Cell::new(&line.label), Cell::new(spec.unit)]);
        cells.extend(line.points.iter().take(points).map(|value| number(shown(*value))));
        table_of_lines.add_row(cells);
    }
    outln!("{table_of_lines}");
    if several {
        outln!("the first of {} points is shown", manifest.points.len());
    }
    stress(args, manifest, table)?;
    let known = |name: &str| lines.iter().any(|line| line.entry.spec.name == name);
    let of_runs = LIST.iter().filter(|entry| entry.given == Given::Run);
    let missing = of_runs.map(|entry| entry.spec.name).filter(|name| !known(name));
    let missing: Vec<_> = missing.collect();
    if !missing.is_empty() {
        let why = match lines.is_empty() {
            true => "the scenario has no [review]",
            false => "not given by this network",
        };
        outln!("{why}: {}", missing.join(", "));
    }
    Ok(Exit::Pass)
}

/// The metrics of the experiment as a whole.
fn stress(args: &Args, manifest: &Manifest, table: &Table) -> Result<(), Failure> {
    if let Some(price) = swept(manifest, args.price.as_deref(), review::PRICE)?
        && let Some(found) = review::death_spiral(manifest, table, &price, series(&args.capacity))?
    {
        outln!("26 death_spiral_margin: {} of {price}", shown(Some(found.margin)));
        for (drop, kept) in found.tried {
            let kept = shown(Some(kept));
            outln!("   a drop of {} leaves {kept} of {}", format_number(drop), args.capacity);
        }
    }
    if let Some(exit) = swept(manifest, args.exit.as_deref(), review::LEAVERS)? {
        for found in review::bank_runs(manifest, table, &exit, series(&args.coverage))? {
            let days = found.days.map_or("never".to_owned(), |days| shown(Some(days)));
            let (share, held) = (format_number(found.share), found.held);
            outln!("27 bank_run_days: {days} where {exit} is {share}; held in {held} runs");
        }
    }
    if let Some(top) = review::top_five(manifest, table, series(&args.outcome))? {
        let named = top.iter().map(|(key, size)| format!("{key} {}", format_number(*size)));
        let named: Vec<_> = named.collect();
        outln!("28 sensitivity_top5 of {}: {}", args.outcome, named.join(", "));
    }
    Ok(())
}

/// The swept key that was asked for, or the one that is a shock by its name.
fn swept(manifest: &Manifest, asked: Option<&str>, word: &str) -> Result<Option<String>, Failure> {
    let Some(asked) = asked else { return Ok(review::shock(manifest, word)) };
    let factors = manifest.points.iter().flat_map(|point| &point.factors);
    let keys: BTreeSet<&str> = factors.map(|factor| factor.key.as_str()).collect();
    if keys.contains(asked) {
        return Ok(Some(asked.to_owned()));
    }
    let keys: Vec<&str> = keys.into_iter().collect();
    let swept = if keys.is_empty() { "none".to_owned() } else { keys.join(", ") };
    Err(Failure::bad_input(format!("{asked:?} was not swept\n  help: swept keys: {swept}")))
}

/// METRIC or METRIC:LABEL.
fn series(text: &str) -> Series<'_> {
    let (metric, label) = text.split_once(':').unwrap_or((text, ""));
    Series { metric, label }
}

fn shown(spread: Option<Spread>) -> String {
    match spread {
        None => "\u{2013}".to_owned(),
        Some(Spread { low, median, high }) => format_range([low, median, high]),
    }
}
