//! Keys of a scenario fitted to an observed series, with the error on days that the fit did not
//! see, as a result of its own.

use std::cell::Cell;
use std::path::Path;

use pinwheel_models::input::When;
use pinwheel_models::scenario::calibration::{Calibration, Loss};
use pinwheel_models::scenario::{Experiment, Measure, Range};

use super::{Control, PARTS, Study};
use crate::Error;
use crate::judge::verdict::{Window, measure};
use crate::question::calibrate as question;
use crate::question::calibrate::{Fit, REFUSED};
use crate::record::manifest::{Manifest, SCENARIO};
use crate::record::staging::Staging;
use crate::run::ensemble::Unwatched;
use crate::run::trace::{self, Job, Trace};

/// The fitted values and their losses, in the folder of the result.
pub const RESULT: &str = "calibration.json";
/// Every evaluation, in the folder of the result.
pub const EVALUATIONS: &str = "evaluations.csv";

/// Losses before and from the first day of the verdict window.
#[derive(Copy, Clone, Debug)]
pub struct Losses {
    /// Mean loss on the days that the fit sees.
    pub fit: f64,
    /// Mean loss on the days after them.
    pub verdict: f64,
}

/// A fit with the losses of the scenario as it stands and as it is fitted.
#[derive(Clone, Debug)]
pub struct Calibrated {
    /// The best values and every evaluation.
    pub fit: Fit,
    /// Losses of the scenario as it stands.
    pub before: Losses,
    /// Losses with the fitted values.
    pub after: Losses,
}

/// The `[calibration]` section of a study.
///
/// # Errors
///
/// [`Error::Unfit`] if it has none.
pub fn section(study: &Study) -> Result<&Calibration, Error> {
    let missing = || Error::Unfit(format!("{}: no [calibration] section", study.file.display()));
    study.experiment.calibration.as_ref().ok_or_else(missing)
}

/// Fits the keys of the `[calibration]` section and publishes what was found. `evaluated` is told
/// of every evaluation: its number, the point of the cube, the loss. Nobody watches single runs.
///
/// # Errors
///
/// [`Error::Unfit`] without the section or without an observed series; [`Error::Stopped`];
/// [`Error::Io`] and [`Error::Foreign`] of the folder.
pub fn calibrate(
    study: &Study,
    folder: &Path,
    control: &Control<'_>,
    evaluated: &dyn Fn(u32, &[f64], f64),
) -> Result<Calibrated, Error> {
    let calibration = section(study)?;
    let experiment = &study.experiment;
    let staging = Staging::begin(folder)?;
    let bench = Bench { study, calibration, control };
    let before = bench.both(experiment)?;
    let count = Cell::new(0u32);
    let fit = question::fit(calibration, |unit| {
        let loss = bench.fit_loss(&bench.at(unit)?)?;
        count.set(count.get() + 1);
        evaluated(count.get(), unit, loss);
        Ok(loss)
    })?;
    let after = bench.both(&bench.at(&fit.best.unit)?)?;
    let json = json(calibration, experiment, &fit, (before, after));
    let json = serde_json::to_vec_pretty(&json).expect("a fit is plain data");
    staging.write(RESULT, &json)?;
    staging.write(EVALUATIONS, csv(calibration, &fit).as_bytes())?;
    staging.write(SCENARIO, experiment.resolved.as_bytes())?;
    staging.publish(Manifest { threads: control.threads, ..study.plan() })?;
    Ok(Calibrated { fit, before, after })
}

/// The series of a metric in every run of the first point, over the first days of the run.
///
/// # Errors
///
/// [`Error::Stopped`]; [`Error::Threads`] if the machine gives no threads.
pub fn traces(
    experiment: &Experiment,
    metric: &str,
    days: u32,
    control: &Control<'_>,
) -> Result<Vec<Trace>, Error> {
    let wanted = [metric.to_owned()];
    let job = |run| Job {
        point: &experiment.points[0],
        seed: experiment.seed,
        run,
        days,
        wanted: &wanted,
        parts: PARTS,
        stop: control.stop,
        watcher: &Unwatched,
    };
    let jobs: Vec<Job<'_>> = (0..experiment.runs).map(job).collect();
    trace::all(&jobs, control.threads)
}

/// What every evaluation needs.
struct Bench<'a> {
    study: &'a Study,
    calibration: &'a Calibration,
    control: &'a Control<'a>,
}

impl Bench<'_> {
    /// The scenario with the keys set to a point of the cube. The ends of each range were checked
    /// when it was loaded; keys that bound each other may still not go together.
    fn at(&self, unit: &[f64]) -> Result<Experiment, Error> {
        let fitted = self.calibration.fit.iter().zip(unit);
        let set = |(range, &unit): (&Range, &f64)| (range.key.clone(), range.argument(unit));
        let overrides: Vec<(String, String)> =
            self.study.overrides.iter().cloned().chain(fitted.map(set)).collect();
        Ok(Study::load(&self.study.file, &overrides)?.experiment)
    }

    /// The loss on the days that the fit may see; no later day is simulated.
    fn fit_loss(&self, experiment: &Experiment) -> Result<f64, Error> {
        let start = experiment.points[0].scenario.start;
        let until = start.until(self.calibration.verdict_from).expect("days of the calendar");
        let days = until.get_days().unsigned_abs();
        let traces = traces(experiment, &self.calibration.metric, days, self.control)?;
        self.loss(&traces, self.fit_window())
    }

    fn whole(&self, experiment: &Experiment) -> Result<Vec<Trace>, Error> {
        let days = experiment.points[0].scenario.horizon_days;
        traces(experiment, &self.calibration.metric, days, self.control)
    }

    /// The losses on both windows, of whole runs.
    fn both(&self, experiment: &Experiment) -> Result<Losses, Error> {
        let traces = self.whole(experiment)?;
        let from = Some(When::Day(self.calibration.verdict_from));
        let verdict = Window { from, to: None };
        Ok(Losses {
            fit: self.loss(&traces, self.fit_window())?,
            verdict: self.loss(&traces, verdict)?,
        })
    }

    fn fit_window(&self) -> Window {
        let to = self.calibration.verdict_from.yesterday().ok().map(When::Day);
        Window { from: Some(When::Day(self.calibration.from)), to }
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

/// `--set` for each fitted key at a point of the cube, as one types it.
pub fn sets(calibration: &Calibration, unit: &[f64]) -> String {
    let fitted = calibration.fit.iter().zip(unit);
    let set =
        |(range, &unit): (&Range, &f64)| format!("--set '{}={}'", range.key, range.argument(unit));
    fitted.map(set).collect::<Vec<_>>().join(" ")
}

fn json(
    calibration: &Calibration,
    experiment: &Experiment,
    fit: &Fit,
    (before, after): (Losses, Losses),
) -> serde_json::Value {
    let key = |(range, &unit): (&Range, &f64)| {
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
