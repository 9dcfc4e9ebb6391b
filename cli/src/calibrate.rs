//! `pinwheel calibrate`: keys of a scenario fitted to an observed series, told with the error on
//! days that the fit did not see.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use pinwheel_analysis::Error;
use pinwheel_analysis::calibrate::{self, Fit, REFUSED};
use pinwheel_analysis::ensemble::Watcher;
use pinwheel_analysis::store::{SCENARIO, Staging};
use pinwheel_analysis::trace::{self, Job, Trace};
use pinwheel_analysis::verdict::{Window, measure};
use pinwheel_models::scenario::calibration::{Calibration, Loss};
use pinwheel_models::scenario::{Experiment, Measure, Point};

use crate::exit::{Exit, Failure};
use crate::input::{Input, Threads, load};
use crate::network;
use crate::run::{plan, stop_flag};

const RESULT: &str = "calibration.json";
const EVALUATIONS: &str = "evaluations.csv";

/// Fit keys of a scenario to what was observed.
#[derive(clap::Args)]
#[command(after_help = "\
The scenario has a [calibration] section: the keys with their ranges, the metric, and the first day
of the verdict window. The fit sees only days before it, with the same seeds at every evaluation;
the error on the verdict window is measured once, with the fitted values. The folder holds
calibration.json and evaluations.csv; it appears whole or not at all.

Example:
  pinwheel calibrate scenarios/filecoin/calibration.toml")]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// Folder of the result [default: out/<scenario name>]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    threads: Threads,
    /// No progress and no summary
    #[arg(short, long)]
    quiet: bool,
}

/// Nobody watches single runs: evaluations are told one by one.
#[derive(Debug)]
struct Unwatched;

impl Watcher for Unwatched {
    fn day(&self, _: &Point, _: u32, _: u32, _: u64) {}
    fn taken_over(&self, _: &Point) {}
}

/// What every evaluation needs.
struct Bench<'a> {
    args: &'a Args,
    calibration: &'a Calibration,
    threads: usize,
    stop: &'a AtomicBool,
}

/// Losses before and from the first day of the verdict window.
#[derive(Copy, Clone, Debug)]
struct Losses {
    fit: f64,
    verdict: f64,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let experiment = args.input.load()?;
    let Some(calibration) = &experiment.calibration else {
        let message = format!("{}: no [calibration] section", args.input.file.display());
        return Err(Failure::bad_input(message));
    };
    let folder = args.output.clone().unwrap_or_else(|| Path::new("out").join(&experiment.name));
    let staging = Staging::begin(&folder)?;
    let stop = stop_flag();
    let threads = args.threads.count();
    let bench = Bench { args, calibration, threads, stop: &stop };
    let before = bench.both(&experiment)?;
    let count = std::cell::Cell::new(0u32);
    let fit = calibrate::fit(calibration, |unit| {
        let loss = bench.fit_loss(&bench.at(unit)?)?;
        count.set(count.get() + 1);
        if !args.quiet {
            eprintln!(
                "{} of {}: {}  loss {}",
                count.get(),
                calibration.evaluations,
                sets(calibration, unit),
                told(loss)
            );
        }
        Ok(loss)
    })?;
    let after = bench.both(&bench.at(&fit.best.unit)?)?;
    let json = json(calibration, &experiment, &fit, (before, after));
    let json = serde_json::to_vec_pretty(&json).expect("a fit is plain data");
    staging.write(RESULT, &json)?;
    staging.write(EVALUATIONS, csv(calibration, &fit).as_bytes())?;
    staging.write(SCENARIO, experiment.resolved.as_bytes())?;
    let mut manifest = plan(&args.input, &experiment);
    manifest.threads = threads;
    staging.publish(manifest)?;
    if !args.quiet {
        print!("{}", text(args, calibration, &fit, (before, after)));
    }
    println!("{}", sets(calibration, &fit.best.unit));
    Ok(Exit::Pass)
}

impl Bench<'_> {
    /// The scenario with the keys set to a point of the cube. The ends of each range were checked
    /// when it was loaded; keys that bound each other may still not go together.
    fn at(&self, unit: &[f64]) -> Result<Experiment, Error> {
        let fitted = self.calibration.fit.iter().zip(unit);
        let set = |(range, &unit): (&pinwheel_models::scenario::Range, &f64)| {
            (range.key.clone(), range.argument(unit))
        };
        let overrides: Vec<(String, String)> =
            self.args.input.overrides.iter().cloned().chain(fitted.map(set)).collect();
        load(&self.args.input.file, &overrides).map_err(|failure| Error::Unfit(failure.message))
    }

    fn traces(&self, experiment: &Experiment, days: u32) -> Result<Vec<Trace>, Error> {
        let wanted = std::slice::from_ref(&self.calibration.metric);
        let job = |run| Job {
            point: &experiment.points[0],
            seed: experiment.seed,
            run,
            days,
            wanted,
            metrics: network::metrics(),
            stop: self.stop,
            watcher: &Unwatched,
        };
        let jobs: Vec<Job<'_>> = (0..experiment.runs).map(job).collect();
        trace::all(&jobs, &network::build, self.threads)
    }

    /// The loss on the days that the fit may see; nothing later is simulated.
    fn fit_loss(&self, experiment: &Experiment) -> Result<f64, Error> {
        let start = experiment.points[0].scenario.start;
        let until = start.until(self.calibration.verdict_from).expect("days of the calendar");
        let days = until.get_days().unsigned_abs() - 1;
        let traces = self.traces(experiment, days)?;
        self.loss(&traces, self.fit_window())
    }

    /// The losses on both windows, of whole runs.
    fn both(&self, experiment: &Experiment) -> Result<Losses, Error> {
        let traces = self.traces(experiment, experiment.points[0].scenario.horizon_days)?;
        let verdict = Window { from: Some(self.calibration.verdict_from), to: None };
        Ok(Losses {
            fit: self.loss(&traces, self.fit_window())?,
            verdict: self.loss(&traces, verdict)?,
        })
    }

    fn fit_window(&self) -> Window {
        let to = self.calibration.verdict_from.yesterday().ok();
        Window { from: Some(self.calibration.from), to }
    }

    /// Mean over the runs.
    fn loss(&self, traces: &[Trace], window: Window) -> Result<f64, Error> {
        let kind = match self.calibration.loss {
            Loss::MeanAbsoluteError => Measure::MeanAbsoluteError { limit: 0.0 },
            Loss::GrowthError => Measure::GrowthError { limit: 0.0 },
        };
        let mut sum = 0.0;
        for trace in traces {
            if trace.breach.is_some() {
                return Ok(REFUSED);
            }
            let observed: Vec<_> =
                trace.observed[0].iter().filter(|(date, _)| window.holds(*date)).copied().collect();
            let simulated: Vec<_> = trace.simulated[0]
                .iter()
                .filter(|(date, _)| window.holds(*date))
                .copied()
                .collect();
            let measured = measure(&kind, &simulated, &observed, Window::default());
            let metric = &self.calibration.metric;
            let unfit = |missing| Error::Unfit(format!("calibration.metric {metric}: {missing}"));
            sum += measured.map_err(unfit)?.value;
        }
        Ok(sum / traces.len() as f64)
    }
}

/// `--set` for each fitted key.
fn sets(calibration: &Calibration, unit: &[f64]) -> String {
    let fitted = calibration.fit.iter().zip(unit);
    let set = |(range, &unit): (&pinwheel_models::scenario::Range, &f64)| {
        format!("--set '{}={}'", range.key, range.argument(unit))
    };
    fitted.map(set).collect::<Vec<_>>().join(" ")
}

fn told(loss: f64) -> String {
    if loss >= REFUSED {
        "refused: a check broke".to_owned()
    } else {
        format!("{:.3} %", 100.0 * loss)
    }
}

fn json(
    calibration: &Calibration,
    experiment: &Experiment,
    fit: &Fit,
    (before, after): (Losses, Losses),
) -> serde_json::Value {
    let key = |(range, &unit): (&pinwheel_models::scenario::Range, &f64)| {
        serde_json::json!({
            "key": range.key,
            "low": range.low,
            "high": range.high,
            "unit": range.unit,
            "fitted": range.at(unit),
            "argument": range.argument(unit),
        })
    };
    let fitted = calibration.fit.iter().zip(&fit.best.unit);
    serde_json::json!({
        "metric": calibration.metric,
        "from": calibration.from,
        "verdict_from": calibration.verdict_from,
        "runs": experiment.runs,
        "seed": experiment.seed,
        "evaluations": fit.evaluations.len(),
        "keys": fitted.map(key).collect::<Vec<_>>(),
        "loss_before": { "fit": before.fit, "verdict": before.verdict },
        "loss_after": { "fit": after.fit, "verdict": after.verdict },
        "set": sets(calibration, &fit.best.unit),
    })
}

/// Every evaluation: its number, its simplex, the keys' values, the loss.
fn csv(calibration: &Calibration, fit: &Fit) -> String {
    let keys: Vec<&str> = calibration.fit.iter().map(|range| range.key.as_str()).collect();
    let mut text = format!("evaluation,start,{},loss\n", keys.join(","));
    for (number, evaluation) in fit.evaluations.iter().enumerate() {
        let values = calibration.fit.iter().zip(&evaluation.unit);
        let values: Vec<String> = values.map(|(range, &unit)| range.at(unit).to_string()).collect();
        text += &format!(
            "{},{},{},{}\n",
            number + 1,
            evaluation.start,
            values.join(","),
            evaluation.loss
        );
    }
    text
}

fn text(
    args: &Args,
    calibration: &Calibration,
    fit: &Fit,
    (before, after): (Losses, Losses),
) -> String {
    let what = match calibration.loss {
        Loss::MeanAbsoluteError => "mean absolute error",
        Loss::GrowthError => "error of the growth",
    };
    let mut text = format!(
        "{what} of {}            as it stands   fitted\n  {} to {} (the fit)      {:>9}   {:>9}\n  \
         from {} (the verdict)           {:>9}   {:>9}\n{} evaluations\n",
        calibration.metric,
        calibration.from,
        calibration.verdict_from.yesterday().unwrap_or(calibration.verdict_from),
        told(before.fit),
        told(after.fit),
        calibration.verdict_from,
        told(before.verdict),
        told(after.verdict),
        fit.evaluations.len(),
    );
    for (range, &unit) in calibration.fit.iter().zip(&fit.best.unit) {
        let edge = !(0.01..=0.99).contains(&unit);
        text += &format!(
            "  {} = {}   allowed {} to {} {}{}\n",
            range.key,
            range.argument(unit),
            range.low,
            range.high,
            range.unit,
            if edge { ": at the end of its range" } else { "" }
        );
    }
    text + &format!("pinwheel run {} \\\n", args.input.file.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// Rate of early terminations that the data are made with, and the last day that the fit sees.
    const TRUTH_PER_YEAR: f64 = 0.137;
    const DAYS: u32 = 60;

    fn scenario(folder: &Path, history: &str) -> PathBuf {
        let file = folder.join("own.toml");
        let text = format!(
            "schema = 1
meta = {{ name = \"own\", question = \"Is a known parameter found again?\" }}
run = {{ start = 2022-10-10, horizon = \"{DAYS} d\" }}
[network]
kind = \"filecoin\"
detail = \"day\"
providers = 20
initial = \"state.toml\"
history = \"{history}\"
[calibration]
metric = \"raw_power\"
verdict_from = 2022-11-20
evaluations = 24
starts = 1
[calibration.fit]
\"network.parameters.early_termination_rate\" = [\"0 1/y\", \"0.9 1/y\"]
"
        );
        fs::write(&file, text).expect("written");
        file
    }

    /// The shipped history with the raw power that the model itself has at the known rate.
    fn own_history(folder: &Path, file: &Path) -> String {
        let truth = format!("\"{TRUTH_PER_YEAR} 1/y\"");
        let key = "network.parameters.early_termination_rate".to_owned();
        let experiment = load(file, &[(key, truth)]).expect("the scenario is sound");
        let calibration = experiment.calibration.clone().expect("it has the section");
        let args = args(file, folder);
        let stop = AtomicBool::new(false);
        let bench = Bench { args: &args, calibration: &calibration, threads: 1, stop: &stop };
        let traces = bench.traces(&experiment, DAYS).expect("it runs");
        let text = fs::read_to_string(folder.join("shipped.csv")).expect("copied");
        let mut lines = text.lines().map(str::to_owned);
        let mut own = vec![lines.next().expect("a header"), lines.next().expect("the first day")];
        for (line, (_, power)) in lines.zip(&traces[0].simulated[0]) {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            cells[1] = power.to_string();
            own.push(cells.join(","));
        }
        own.join("\n")
    }

    fn args(file: &Path, folder: &Path) -> Args {
        Args {
            input: Input { file: file.to_owned(), overrides: vec![] },
            output: Some(folder.join("result")),
            threads: Threads::default(),
            quiet: true,
        }
    }

    #[test]
    fn a_parameter_is_found_again_in_data_that_the_model_made_with_it() {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/data/filecoin");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let shipped = data.join("network_daily_2022-10-10_2025-01-31.csv");
        fs::copy(shipped, folder.path().join("shipped.csv")).expect("copied");
        fs::copy(data.join("state_2022-10-10.toml"), folder.path().join("state.toml"))
            .expect("copied");
        let file = scenario(folder.path(), "shipped.csv");
        let own = own_history(folder.path(), &file);
        fs::write(folder.path().join("own.csv"), own).expect("written");
        let file = scenario(folder.path(), "own.csv");
        let args = args(&file, folder.path());
        assert!(matches!(run(&args), Ok(Exit::Pass)));
        let result = fs::read_to_string(folder.path().join("result").join(RESULT)).expect("there");
        let result: serde_json::Value = serde_json::from_str(&result).expect("JSON");
        let fitted = result["keys"][0]["fitted"].as_f64().expect("a number");
        assert!((fitted - TRUTH_PER_YEAR).abs() < 0.005, "{result}");
        // The verdict window was made with the same parameter, and the fit has not seen it.
        let (before, after) = (&result["loss_before"], &result["loss_after"]);
        let loss = |of: &serde_json::Value| of["verdict"].as_f64().expect("a number");
        assert!(loss(after) < loss(before) / 5.0, "{result}");
        let table = fs::read_to_string(folder.path().join("result").join(EVALUATIONS));
        let evaluations = result["evaluations"].as_u64().expect("a count");
        assert_eq!(table.expect("there").lines().count() as u64, evaluations + 1);
    }
}
