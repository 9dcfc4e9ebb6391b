//! `pinwheel backtest`: forecasts from origins in the past, judged by what came after each.

use std::path::{Path, PathBuf};

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table as Grid, presets};
use jiff::civil::Date;
use pinwheel_analysis::Error;
use pinwheel_analysis::backtest::{self, Case, Findings, Score, Window};
use pinwheel_analysis::store::{REPORT, SCENARIO, Staging};
use pinwheel_analysis::trace::{self, Job};
use pinwheel_analysis::work::jobs;
use pinwheel_models::scenario::Experiment;
use pinwheel_models::scenario::backtest::{Backtest, CUT_KEY};

use crate::exit::{Exit, Failure};
use crate::input::{Input, Threads};
use crate::network;
use crate::progress::Progress;
use crate::run::{plan, stop_flag};

const FORECASTS: &str = "backtest.csv";
const SCORES: &str = "backtest.json";

/// Forecast from many days in the past and compare with what came.
#[derive(clap::Args)]
#[command(after_help = "\
The scenario has a [backtest] section. From each origin its runs know nothing later: up to there the
history drives, after that the forecast does. The table shows the mean absolute error by horizon
beside those of persistence (what was last seen) and of the trend of the days before, and how often
the band held what came. The folder holds report.html, backtest.csv with every forecast and
backtest.json with the scores; it appears whole or not at all.

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
    let experiment = args.input.load()?;
    let Some(backtest) = &experiment.backtest else {
        let message = format!("{}: no [backtest] section", args.input.file.display());
        return Err(Failure::bad_input(message));
    };
    let folder = args.output.clone().unwrap_or_else(|| Path::new("out").join(&experiment.name));
    let cases = cases(args, &experiment, backtest)?;
    let staging = Staging::begin(&folder)?;
    let stop = stop_flag();
    let watched = Experiment {
        points: cases.iter().map(|case| case.point.clone()).collect(),
        ..experiment.clone()
    };
    let progress = Progress::new(&watched, jobs(&watched), args.quiet);
    let job = |case| {
        let watcher: &Progress = &progress;
        let (point, seed): (&pinwheel_models::scenario::Point, u64) = (case, experiment.seed);
        let (stop, metrics, wanted) = (&*stop, network::metrics(), &backtest.metrics[..]);
        let days = point.scenario.horizon_days;
        (0..experiment.runs).map(move |run| Job {
            point,
            seed,
            run,
            days,
            wanted,
            metrics,
            stop,
            watcher,
        })
    };
    let jobs: Vec<Job<'_>> = cases.iter().flat_map(|case| job(&case.point)).collect();
    let threads = args.threads.count();
    let traces = trace::all(&jobs, &network::build, threads);
    progress.finish();
    let traces = traces?;
    let breach = jobs.iter().zip(&traces).find_map(|(job, trace)| {
        let (check, date) = trace.breach.as_ref()?;
        Some(format!("{} run {}: {check} breached on {date}", job.point.id, job.run))
    });
    if let Some(message) = breach {
        return Err(Failure { exit: Exit::Failed, message });
    }
    let findings = backtest::judge(backtest, &cases, &traces, experiment.runs as usize);
    if findings.forecasts.is_empty() {
        let message = "no metric of the backtest has an observed series".to_owned();
        return Err(Failure::bad_input(message));
    }
    write(args, &experiment, backtest, &findings, &staging)?;
    let mut manifest = plan(&args.input, &experiment);
    manifest.threads = threads;
    manifest.wall_seconds = progress.elapsed().as_secs_f64();
    staging.publish(manifest)?;
    if !args.quiet {
        println!("{}", text(&experiment, backtest, &findings));
        println!("report: {}", folder.join(REPORT).display());
    }
    Ok(Exit::Pass)
}

/// Every point of the scenario at every origin: the scenario is loaded anew for each, so that all
/// its checks hold there and its settings end with the origin.
fn cases(args: &Args, experiment: &Experiment, backtest: &Backtest) -> Result<Vec<Case>, Failure> {
    let longest = *backtest.horizons_days.last().expect("there is a horizon");
    let mut cases = Vec::new();
    for &origin in &backtest.origins {
        let start = experiment.points[0].scenario.start;
        let known = start.until(origin).expect("both lie in the calendar").get_days();
        let known = known.unsigned_abs();
        let days = (known + longest).min(experiment.points[0].scenario.horizon_days);
        let mut input = args.input.clone();
        input.overrides.push((CUT_KEY.to_owned(), origin.to_string()));
        input.overrides.push(("run.horizon".to_owned(), format!("\"{days} d\"")));
        for point in input.load()?.points {
            let variant = point.id.clone();
            let id = format!("{variant} from {origin}");
            let point = pinwheel_models::scenario::Point { id, ..point };
            cases.push(Case { variant, origin, point });
        }
    }
    Ok(cases)
}

fn write(
    args: &Args,
    experiment: &Experiment,
    backtest: &Backtest,
    findings: &Findings,
    staging: &Staging,
) -> Result<(), Error> {
    staging.write(FORECASTS, backtest::csv(&findings.forecasts).as_bytes())?;
    let scores = serde_json::json!({
        "origins": backtest.origins,
        "runs": experiment.runs,
        "band": backtest.band,
        "trend_days": backtest.trend_days,
        "anchored": backtest.anchored,
        "verdict_from": backtest.verdict_from,
        "scores": findings.scores,
    });
    let scores = serde_json::to_vec_pretty(&scores).expect("scores are plain data");
    staging.write(SCORES, &scores)?;
    let sets = args.input.overrides.iter().map(|(key, value)| format!(" --set '{key}={value}'"));
    let command =
        format!("pinwheel backtest {}{}", args.input.file.display(), sets.collect::<String>());
    let names = (experiment.name.as_str(), experiment.question.as_str());
    let html = backtest::page(names, backtest, findings, network::metrics(), &command);
    staging.write(REPORT, html.as_bytes())?;
    staging.write(SCENARIO, experiment.resolved.as_bytes())
}

/// The table for the screen.
fn text(experiment: &Experiment, backtest: &Backtest, findings: &Findings) -> String {
    let (first, last): (Date, Date) =
        (backtest.origins[0], backtest.origins[backtest.origins.len() - 1]);
    let mut grid = Grid::new();
    grid.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    grid.set_header(
        ["metric", "point", "dates", "horizon", "n", "model", "persist.", "trend", "in band", ""]
            .map(Cell::new),
    );
    let percent = |share: f64| {
        Cell::new(format!("{:.1} %", 100.0 * share)).set_alignment(CellAlignment::Right)
    };
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
            Cell::new(window),
            Cell::new(format!("{} d", score.horizon_days)).set_alignment(CellAlignment::Right),
            Cell::new(origins).set_alignment(CellAlignment::Right),
            percent(score.model),
            percent(score.persistence),
            percent(score.trend),
            percent(*held as f64 / *origins as f64),
            Cell::new(format!("[{:.0}, {:.0}]", 100.0 * coverage_low, 100.0 * coverage_high)),
        ]);
    }
    let mut text = format!(
        "{} origins, {first} to {last}, {} runs each. Mean absolute error of the median; share of \
         the outcomes in the {:.0} % band with its 95 % interval, which is too narrow where \
         horizons of neighbouring origins overlap.\n{}",
        backtest.origins.len(),
        experiment.runs,
        100.0 * backtest.band,
        grid.trim_fmt()
    );
    for published in &backtest.published {
        let errors = published.errors.iter().zip(&backtest.horizons_days);
        let errors: Vec<String> =
            errors.map(|(error, days)| format!("{days} d {:.1} %", 100.0 * error)).collect();
        text += &format!("\n{} {}: {}", published.metric, published.name, errors.join(", "));
    }
    text
}
