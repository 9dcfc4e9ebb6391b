//! `pinwheel compare`: what changed between two results, and where their runs part.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use comfy_table::Cell;
use pinwheel_analysis::Error;
use pinwheel_analysis::experiment::compare::{first_difference, open};
use pinwheel_analysis::experiment::{Control, PARTS, cores};
use pinwheel_analysis::question::compare::{self, Change, Comparison, ComparisonStanding};
use pinwheel_analysis::run::ensemble::Unwatched;
use pinwheel_analysis::show::compare::Side;

use crate::exit::{Exit, Failure};
use crate::run::stop_flag;
use crate::summary;

/// Changed series that are listed; the rest is counted.
const LISTED_MAX: usize = 40;

/// Compare two results, or two scenarios: only what changed, with bands and paired differences.
#[derive(clap::Args)]
#[command(after_help = "\
Compared are the runs and the instants that both have. Values are those of the last of these: the
median, with 5 % to 95 % of the runs in brackets. The difference is taken run by run, as equal runs
meet the same draws: its median, with an interval that holds the true median in 95 % of cases (from
six runs on).

Exit code 0 if nothing changed, 1 if a series changed, 3 if only fingerprints changed, 2 for bad
input. A scenario is run first, into a folder below --output.

Examples:
  pinwheel compare out/before out/after
  pinwheel compare scenarios/a.toml scenarios/b.toml --markdown comment.md --html compare.html")]
pub struct Args {
    /// Result folder or scenario file
    first: PathBuf,
    /// Result folder or scenario file
    second: PathBuf,
    /// Where scenarios are run
    #[arg(short, long, value_name = "DIR", default_value = "out/compare")]
    output: PathBuf,
    /// Write the comparison as Markdown too, for a comment
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Write it as a page too, with the largest changes drawn before and after
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let stop = stop_flag();
    let control = Control { threads: cores(), stop: &stop, watcher: &Unwatched };
    let opened = |path: &Path, name: &str| {
        if !path.is_dir() {
            eprintln!("running {}", path.display());
        }
        open(path, &args.output.join(name), &control)
    };
    let first = opened(&args.first, "first")?;
    let second = opened(&args.second, "second")?;
    let comparison = compare::compare(&first, &second)?;
    let parting = match comparison.ingredients.changed {
        0 => None,
        _ => Some(first_difference(&first, &second, &control)),
    };
    let parting = parting.map(|found| match found {
        Ok(line) => line,
        Err(line) => format!("not known, as {line}"),
    });
    let names = [&args.first, &args.second].map(|path| path.display().to_string());
    let comparison_text =
        ComparisonText { names: &names, comparison: &comparison, parting: parting.as_deref() };
    out!("{}", comparison_text.text(false));
    if let Some(path) = &args.markdown {
        fs::write(path, comparison_text.text(true)).map_err(Error::at(path))?;
    }
    if let Some(path) = &args.html {
        let [first, second] = [(&names[0], &first), (&names[1], &second)];
        let sides = [first, second].map(|(name, store)| Side { name, store });
        let html = comparison.page(sides, parting.as_deref(), PARTS)?;
        fs::write(path, html).map_err(Error::at(path))?;
    }
    Ok(exit(&comparison))
}

fn exit(comparison: &Comparison) -> Exit {
    match comparison.standing() {
        ComparisonStanding::Equal => Exit::Pass,
        ComparisonStanding::Fingerprints => Exit::Baseline,
        ComparisonStanding::Changed => Exit::Failed,
    }
}

/// A comparison and how to tell it.
struct ComparisonText<'a> {
    names: &'a [String; 2],
    comparison: &'a Comparison,
    /// Where the runs part, or why that is not known.
    parting: Option<&'a str>,
}

impl ComparisonText<'_> {
    fn text(&self, markdown: bool) -> String {
        let Comparison { changes, ingredients, only_first, only_second, notes, .. } =
            self.comparison;
        let put = "a string can always be written";
        let mut text = String::new();
        let [first, second] = self.names;
        let bold = if markdown { "**" } else { "" };
        let verdict = self.comparison.sentence();
        writeln!(
            text,
            "{bold}{verdict}{bold} from {first} to {second}; {}\n",
            self.comparison.equal_words()
        )
        .expect(put);
        for (of, points) in [(first, only_first), (second, only_second)] {
            if !points.is_empty() {
                writeln!(text, "only in {of}: {}\n", points.join(", ")).expect(put);
            }
        }
        if !changes.is_empty() {
            text += &self.changes(markdown);
        }
        for note in notes {
            writeln!(text, "Note: {note}").expect(put);
        }
        if ingredients.changed > 0 {
            writeln!(text, "Fingerprints: {}", ingredients.sentence()).expect(put);
        }
        if let Some(parting) = self.parting {
            writeln!(text, "First difference: {parting}").expect(put);
        }
        text
    }

    fn changes(&self, markdown: bool) -> String {
        let changes = &self.comparison.changes;
        let headings = ["series", "unit", "first", "second", "difference", "from"];
        let mut grid = summary::grid(&headings);
        if markdown {
            grid.load_style(comfy_table::presets::ASCII_MARKDOWN);
        }
        let several_points = self.comparison.several_points();
        for change in changes.iter().take(LISTED_MAX) {
            grid.add_row(cells(change, change.name(several_points)));
        }
        let mut text = format!("{grid}\n\n");
        if changes.len() > LISTED_MAX {
            text += &format!("and {} more series\n\n", changes.len() - LISTED_MAX);
        }
        text
    }
}

fn cells(change: &Change, name: String) -> Vec<Cell> {
    let sides = [change.first, change.second].map(Change::side);
    let mut cells = vec![Cell::new(name), Cell::new(change.unit(PARTS))];
    cells.extend(sides.into_iter().chain([change.difference_words()]).map(summary::number));
    cells.push(Cell::new(change.from.map_or(String::new(), |from| from.to_string())));
    cells
}
