//! Forecasts from origins in the past, judged by what came after each, as a result of its own.

use std::path::Path;

use pinwheel_models::scenario::Point;
use pinwheel_models::scenario::backtest::Backtest;

use super::{Control, PARTS, Study};
use crate::question::backtest as question;
use crate::question::backtest::{Case, Findings};
use crate::record::manifest::{Manifest, REPORT, SCENARIO};
use crate::record::staging::Staging;
use crate::run::stopwatch::Stopwatch;
use crate::run::trace::{self, Job};
use crate::{Error, show};

const FORECASTS: &str = "backtest.csv";
const SCORES: &str = "backtest.json";

/// The `[backtest]` section of a study.
///
/// # Errors
///
/// [`Error::Unfit`] if it has none.
pub fn section(study: &Study) -> Result<&Backtest, Error> {
    let missing = || Error::Unfit(format!("{}: no [backtest] section", study.file.display()));
    study.experiment.backtest.as_ref().ok_or_else(missing)
}

/// Every point of the scenario at every origin: the scenario is loaded anew for each, so that all
/// its checks hold there and its settings end with the origin.
///
/// # Errors
///
/// [`Error::Unfit`] without a `[backtest]` section, [`Error::Scenario`] if the scenario cannot be
/// cut at an origin.
///
/// # Panics
///
/// If the section has no horizon: a validated one has.
pub fn cases(study: &Study) -> Result<Vec<Case>, Error> {
    let backtest = section(study)?;
    let longest = *backtest.horizons_days.last().expect("there is a horizon");
    let scenario = &study.experiment.points[0].scenario;
    let mut cases = Vec::new();
    for &origin in &backtest.origins {
        let known = scenario.start.until(origin).expect("both lie in the calendar").get_days();
        let known = known.unsigned_abs();
        let days = (known + longest).min(scenario.horizon_days);
        let mut overrides = study.overrides.clone();
        let cuts = backtest.cut_keys.iter().map(|key| (key.clone(), origin.to_string()));
        overrides.extend(cuts);
        overrides.push(("run.horizon".to_owned(), format!("\"{days} d\"")));
        for point in Study::load(&study.file, &overrides)?.experiment.points {
            let variant = point.id.clone();
            let id = format!("{variant} from {origin}");
            cases.push(Case { variant, origin, point: Point { id, ..point } });
        }
    }
    Ok(cases)
}

/// Runs all cases, judges them and publishes page, forecasts and scores into a folder.
///
/// # Errors
///
/// [`Error::Breached`] if a check broke in a run; [`Error::Unfit`] if nothing was observed that
/// could be compared; [`Error::Stopped`]; [`Error::Io`] and [`Error::Foreign`] of the folder.
pub fn backtest(
    study: &Study,
    cases: &[Case],
    folder: &Path,
    control: &Control<'_>,
) -> Result<Findings, Error> {
    let (backtest, experiment) = (section(study)?, &study.experiment);
    let staging = Staging::begin(folder)?;
    let stopwatch = Stopwatch::start();
    let jobs: Vec<Job<'_>> = (cases.iter())
        .flat_map(|case| (0..experiment.runs).map(move |run| (&case.point, run)))
        .map(|(point, run)| Job {
            point,
            seed: experiment.seed,
            run,
            days: point.scenario.horizon_days,
            wanted: &backtest.metrics,
            parts: PARTS,
            stop: control.stop,
            watcher: control.watcher,
        })
        .collect();
    let traces = trace::all(&jobs, control.threads)?;
    let breach = jobs.iter().zip(&traces).find_map(|(job, trace)| {
        let (check, date) = trace.breach.as_ref()?;
        Some(format!("{} run {}: {check} breached on {date}", job.point.id, job.run))
    });
    if let Some(message) = breach {
        return Err(Error::Breached(message));
    }
    let findings = question::judge(backtest, cases, &traces, experiment.runs as usize);
    if findings.forecasts.is_empty() {
        let message = "no metric of the backtest has an observed series".to_owned();
        return Err(Error::Unfit(message));
    }
    write(study, backtest, &findings, &staging)?;
    let plan = study.plan();
    let (threads, wall_seconds) = (control.threads, stopwatch.seconds());
    staging.publish(Manifest { threads, wall_seconds, ..plan })?;
    Ok(findings)
}

fn write(
    study: &Study,
    backtest: &Backtest,
    findings: &Findings,
    staging: &Staging,
) -> Result<(), Error> {
    let experiment = &study.experiment;
    staging.write(FORECASTS, question::csv(&findings.forecasts).as_bytes())?;
    let scores = serde_json::json!({
        "origins": backtest.origins,
        "runs": experiment.runs,
        "band": backtest.band,
        "trend_days": backtest.trend_days,
        "anchored": backtest.anchored,
        "verdict_from": backtest.verdict_from,
        "combine": backtest.combine,
        "scores": findings.scores,
        "limits": findings.limits,
    });
    let scores = serde_json::to_vec_pretty(&scores).expect("scores are plain data");
    staging.write(SCORES, &scores)?;
    let sets = study.overrides.iter().map(|(key, value)| format!(" --set '{key}={value}'"));
    let command = format!("pinwheel backtest {}{}", study.file.display(), sets.collect::<String>());
    let names = (experiment.name.as_str(), experiment.question.as_str());
    let html = show::backtest::page(names, backtest, findings, PARTS, &command);
    staging.write(REPORT, html.as_bytes())?;
    staging.write(SCENARIO, experiment.resolved.as_bytes())
}
