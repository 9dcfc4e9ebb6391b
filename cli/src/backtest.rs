//! `pinwheel backtest`: forecasts from origins in the past, judged by what came after each.

use std::path::PathBuf;

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table as Grid, presets};
use jiff::civil::Date;
use pinwheel_analysis::experiment::Control;
use pinwheel_analysis::experiment::backtest::{backtest, cases, section};
use pinwheel_analysis::judge::limit::{LimitRow, LimitStanding};
use pinwheel_analysis::question::backtest::{Findings, Score, Window};
use pinwheel_analysis::record::manifest::REPORT;
use pinwheel_analysis::record::work::jobs;
use pinwheel_models::scenario::Experiment;
use pinwheel_models::scenario::backtest::Backtest;

use crate::exit::{Exit, Failure};
use crate::input::{Input, Threads};
use crate::progress::Progress;
use crate::run::stop_flag;

/// Forecast from many days in the past and compare with what came.
#[derive(clap::Args)]
#[command(after_help = "\
The scenario has a [backtest] section. From each origin its runs know nothing later: up to there the
history drives, after that the forecast does. The table shows the mean absolute error by horizon
beside those of persistence (what was last seen) and of the trend of the days before, what the
number of runs leaves open (the standard error of the medians as a share of what came), and how
often the band held what came. What [[backtest.limit]] asks is met, not met, or undecided where
there are too few origins to say; the exit code is 1 if one is not met or undecided. The folder holds
report.html, backtest.csv with every forecast and backtest.json with the scores and limits; it
appears whole or not at all.

Examples:
  pinwheel backtest scenarios/filecoin/backtest.toml
  pinwheel backtest scenarios/filecoin/backtest.toml --set ensemble.runs=8 -o /tmp/backtest")]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// Folder of the result [default: out/<scenario name>]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    threads: Threads,
    /// No progress and no table
    #[arg(short, long)]
    quiet: bool,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let study = args.input.load()?;
    let folder = args.output.clone().unwrap_or_else(|| study.default_folder());
    let cases = cases(&study)?;
    let points = cases.iter().map(|case| case.point.clone()).collect();
    let watched = Experiment { points, ..study.experiment.clone() };
    let progress = Progress::new(&watched, jobs(&watched), args.quiet);
    let stop = stop_flag();
    let control = Control { threads: args.threads.count(), stop: &stop, watcher: &progress };
    let findings = backtest(&study, &cases, &folder, &control);
    progress.finish();
    let findings = findings?;
    if !args.quiet {
        outln!("{}", text(&study.experiment, section(&study)?, &findings));
        outln!("report: {}", folder.join(REPORT).display());
    }
    Ok(exit_of(&findings.limits))
}

/// What the limits mean for the exit code.
pub fn exit_of(limits: &[LimitRow]) -> Exit {
    let has = |standing| limits.iter().any(|row| row.standing == standing);
    match (has(LimitStanding::NotMet), has(LimitStanding::Undecided)) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Undecided,
        (false, false) => Exit::Pass,
    }
}

/// The tables for the screen.
fn text(experiment: &Experiment, backtest: &Backtest, findings: &Findings) -> String {
    let (first, last): (Date, Date) =
        (backtest.origins[0], backtest.origins[backtest.origins.len() - 1]);
    let mut text = format!(
        "{} origins, {first} to {last}, {} runs each. Mean absolute error of the median, \u{00b1} \
         what the number of runs leaves open; share of the outcomes in the {:.0} % band with its \
         95 % interval, which is too narrow where horizons of neighbouring origins overlap.\n{}",
        backtest.origins.len(),
        experiment.runs,
        100.0 * backtest.band,
        scores(backtest, findings)
    );
    for published in &backtest.published {
        let errors = published.errors.iter().zip(&backtest.horizons_days);
        let errors: Vec<String> =
            errors.map(|(error, days)| format!("{days} d {:.1} %", 100.0 * error)).collect();
        text += &format!("\n{} {}: {}", published.metric, published.name, errors.join(", "));
    }
    if !findings.limits.is_empty() {
        text += &format!("\n\n{}", limits(&findings.limits));
    }
    text
}

/// A table without lines.
fn plain(headings: &[&str]) -> Grid {
    let mut grid = Grid::new();
    grid.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    grid.set_header(headings.iter().map(Cell::new));
    grid
}

/// Errors and coverage.
fn scores(backtest: &Backtest, findings: &Findings) -> String {
    let mut grid = plain(&[
        "metric", "point", "forecast", "dates", "horizon", "n", "error", "\u{00b1}", "persist.",
        "trend", "in band", "",
    ]);
    let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
    let percent = |share: f64| right(format!("{:.1} %", 100.0 * share));
    for score in &findings.scores {
        let Score { held, origins, coverage_low, coverage_high, .. } = score;
        let window = match score.window {
            Window::All => "all".to_owned(),
            Window::Verdict => match backtest.verdict_from {
                Some(date) => format!("from {date}"),
                None => String::new(),
            },
        };
        grid.add_row([
            Cell::new(&score.metric),
            Cell::new(&score.point),
            Cell::new(backtest.forecast_word(&score.metric, score.combined)),
            Cell::new(window),
            right(format!("{} d", score.horizon_days)),
            right(origins.to_string()),
            percent(score.model),
            score.monte_carlo.map_or(right("-".to_owned()), percent),
            percent(score.persistence),
            percent(score.trend),
            percent(*held as f64 / *origins as f64),
            Cell::new(format!("[{:.0}, {:.0}]", 100.0 * coverage_low, 100.0 * coverage_high)),
        ]);
    }
    grid.trim_fmt()
}

/// What was asked, and how it came out.
fn limits(rows: &[LimitRow]) -> String {
    let mut grid = plain(&["standing", "point", "n", "asked", "found"]);
    for row in rows {
        grid.add_row([
            Cell::new(row.standing.word()),
            Cell::new(&row.point),
            Cell::new(row.origins).set_alignment(CellAlignment::Right),
            Cell::new(row.name()),
            Cell::new(&row.found),
        ]);
    }
    let count = |standing| rows.iter().filter(|row| row.standing == standing).count();
    format!(
        "{}\n{} met, {} not met, {} undecided: too few origins to say",
        grid.trim_fmt(),
        count(LimitStanding::Met),
        count(LimitStanding::NotMet),
        count(LimitStanding::Undecided)
    )
}
