//! A result run again: the proof that it is what its scenario and seed give, and a look into one
//! run just before an instant.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::civil::DateTime;
use pinwheel_core::{Row, SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::scenario::Point;

use super::{Control, Study, build};
use crate::Error;
use crate::judge::verdict::tick_of;
use crate::record::manifest::{Manifest, RunEntry};
use crate::record::outcome::Names;
use crate::run::ensemble::EVENTS_UNWATCHED;

/// Points that are named where one is not found.
const NAMED_MAX: usize = 24;

/// Runs the study of a result again, without keeping a row.
///
/// # Errors
///
/// As [`Study::simulate`].
pub fn replay(study: &Study, control: &Control<'_>) -> Result<Vec<RunEntry>, Error> {
    let outcomes = study.simulate_jobs(study.jobs(), None, control)?;
    let entries = outcomes.iter();
    Ok(entries.map(|o| RunEntry::new(&o.point, o.run, o.events, &o.fingerprint)).collect())
}

/// One line for each run that is not what it was; the ingredient of the fingerprint says what
/// changed.
pub fn differences(then: &[RunEntry], now: &[RunEntry]) -> Vec<String> {
    let line = |then: &RunEntry, now: &RunEntry| {
        let parts = [
            ("time", then.time != now.time),
            ("ledger", then.ledger != now.ledger),
            ("state", then.state != now.state),
            ("events", then.events != now.events),
        ];
        let changed: Vec<&str> = parts.iter().filter(|part| part.1).map(|part| part.0).collect();
        format!("{} run {}: {} changed", then.point, then.run, changed.join(", "))
    };
    let mut lines: Vec<String> =
        then.iter().zip(now).filter(|(a, b)| a != b).map(|(a, b)| line(a, b)).collect();
    for run in then.iter().skip(now.len()) {
        lines.push(format!("{} run {}: not run again", run.point, run.run));
    }
    lines
}

/// The last record of every series: by the number of its metric, then by subject and label.
pub type LastRecords = BTreeMap<(u16, String, String), Row>;

/// One run at an instant.
#[derive(Clone, Debug)]
pub struct RunState {
    /// Events so far.
    pub events: u64,
    /// Date and time of the last record.
    pub last_record: DateTime,
    /// The last record of every series.
    pub records: LastRecords,
}

/// Runs one run of a result again, up to the instant before `before`.
///
/// # Errors
///
/// [`Error::Unfit`] if there is no such point or run, or if the instant lies outside the run;
/// [`Error::Stopped`] if `stop` is set.
pub fn replay_until(
    study: &Study,
    manifest: &Manifest,
    (point, run): (&str, u32),
    before: DateTime,
    stop: &AtomicBool,
) -> Result<RunState, Error> {
    let experiment = &study.experiment;
    let ids = || experiment.points.iter().map(|point| point.id.as_str());
    let Some(chosen) = experiment.points.iter().find(|one| one.id == point) else {
        let known: Vec<&str> = ids().take(NAMED_MAX).collect();
        let message =
            format!("no point \"{point}\" in {}; there is {}", manifest.name, known.join(", "));
        return Err(Error::Unfit(message));
    };
    if run >= experiment.runs {
        let message = format!("run {run}: {} has runs 0 to {}", manifest.name, experiment.runs - 1);
        return Err(Error::Unfit(message));
    }
    let end = instant_before(chosen, before)?;
    let streams = Streams::new(experiment.seed, run);
    let mut simulation = Simulation::new(build(&chosen.scenario, &streams), streams);
    let mut records = LastRecords::new();
    let mut names = Names::default();
    let mut more = true;
    while more {
        more = (0..EVENTS_UNWATCHED).all(|_| simulation.step(end).is_some());
        let rows = simulation.ctx.records.drain();
        names.follow(&simulation.ctx.records);
        for row in rows {
            let (subject, label) = (names.subject(&row), names.label(&row));
            records.insert((row.metric.0, subject.to_owned(), label.to_owned()), row);
        }
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
    }
    let last = records.values().map(|row| row.time).max().unwrap_or(SimTime::ZERO);
    let last_record = tick_of(chosen, last);
    Ok(RunState { events: simulation.ctx.events(), last_record, records })
}

/// The last instant before a date and time of a run.
fn instant_before(point: &Point, before: DateTime) -> Result<SimTime, Error> {
    let start = tick_of(point, SimTime::ZERO);
    let nanos = before.duration_since(start).as_nanos();
    let horizon = SimDuration::from_days(u64::from(point.scenario.horizon_days));
    match u64::try_from(nanos) {
        Ok(nanos @ 1..) if nanos <= horizon.as_nanos() + 1 => Ok(SimTime::from_nanos(nanos - 1)),
        _ => {
            let end = tick_of(point, SimTime::ZERO + horizon);
            let message = format!("{before} is outside the run, which goes from {start} to {end}");
            Err(Error::Unfit(message))
        }
    }
}
