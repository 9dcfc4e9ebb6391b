//! A result run again: the proof that it is what its scenario and seed give, and a look into one
//! run just before an instant.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::civil::DateTime;
use pinwheel_core::fingerprint::Fingerprint;
use pinwheel_core::snapshot::{restore, save};
use pinwheel_core::{Row, SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::scenario::Point;
use pinwheel_models::world::World;
use serde::{Deserialize, Serialize};

use super::{Control, Study, program_hash};
use crate::Error;
use crate::judge::verdict::tick_of;
use crate::record::manifest::{Manifest, RunEntry};
use crate::record::outcome::Names;
use crate::run::running::EVENTS_UNWATCHED;

/// What a kept run begins with; the hash of the program that kept it and the end of a line follow.
const KEPT: &str = "a run that pinwheel kept, program ";
/// Digits of the hash of a program.
const HASH_DIGITS: usize = 64;
/// Longest file that is read as a kept run: ten times a fleet of 10 million devices.
const KEPT_BYTES_MAX: u64 = 16 << 30;

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

/// One run of a result, made again up to an instant, from which it can go on.
#[derive(Debug)]
pub struct Replayed<'a> {
    point: &'a Point,
    kept: Kept,
}

/// What is kept of it in a file: enough to go on from there, and whose it is.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// Of the run in its result.
    fingerprint: String,
    point: String,
    run: u32,
    /// The last instant that was simulated.
    until: SimTime,
    records: LastRecords,
    simulation: Simulation<World>,
}

impl<'a> Replayed<'a> {
    /// A run of a result at its start.
    ///
    /// # Errors
    ///
    /// [`Error::Unfit`] if there is no such point or run.
    pub fn start(
        study: &'a Study,
        manifest: &Manifest,
        (point, run): (&str, u32),
    ) -> Result<Self, Error> {
        let chosen = point_of(study, manifest, point)?;
        let entry = manifest.runs.iter().find(|entry| entry.point == point && entry.run == run);
        let Some(entry) = entry else {
            let last = study.experiment.runs - 1;
            let message = format!("run {run}: {} has runs 0 to {last}", manifest.name);
            return Err(Error::Unfit(message));
        };
        let streams = Streams::new(study.experiment.seed, run);
        let kept = Kept {
            fingerprint: entry.fingerprint.clone(),
            point: point.to_owned(),
            run,
            until: SimTime::ZERO,
            records: LastRecords::new(),
            simulation: Simulation::new(chosen.scenario.world(&streams), streams),
        };
        Ok(Replayed { point: chosen, kept })
    }

    /// A run of a result at the instant where [`Replayed::keep`] wrote it to a file.
    ///
    /// # Errors
    ///
    /// [`Error::Unfit`] if the file is no such run, one of another result or program, or too large;
    /// [`Error::Io`] if it cannot be read.
    pub fn resume(study: &'a Study, manifest: &Manifest, file: &Path) -> Result<Self, Error> {
        let unfit = |detail: String| Error::Unfit(format!("{}: {detail}", file.display()));
        let bytes = kept_bytes(file, &unfit)?;
        let kept: Kept = restore(&bytes).map_err(|error| unfit(error.to_string()))?;
        let is_it = |entry: &RunEntry| {
            entry.point == kept.point
                && entry.run == kept.run
                && entry.fingerprint == kept.fingerprint
        };
        if !manifest.runs.iter().any(is_it) {
            return Err(unfit(format!("a run of another result than {}", manifest.name)));
        }
        Ok(Replayed { point: point_of(study, manifest, &kept.point)?, kept })
    }

    /// Goes on to the last instant before `before`.
    ///
    /// # Errors
    ///
    /// [`Error::Unfit`] if that lies outside the run or before where it is; [`Error::Stopped`] if
    /// `stop` is set.
    pub fn go_on(&mut self, before: DateTime, stop: &AtomicBool) -> Result<(), Error> {
        let end = instant_before(self.point, before)?;
        let Kept { until, records, simulation, .. } = &mut self.kept;
        if end < *until {
            let here = tick_of(self.point, *until);
            let message = format!("the run is at {here} already, and cannot go back to {before}");
            return Err(Error::Unfit(message));
        }
        let (mut names, mut more) = (Names::default(), true);
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
        *until = end;
        Ok(())
    }

    /// Writes the run as it is to a file, from which [`Replayed::resume`] goes on.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the file cannot be written; [`Error::Unfit`] if this program, whose hash is
    /// in it, cannot be read.
    pub fn keep(&self, file: &Path) -> Result<(), Error> {
        let head = format!("{KEPT}{}\n", program_hash()?);
        let bytes = [head.as_bytes(), &save(&self.kept)].concat();
        fs::write(file, bytes).map_err(Error::at(file))
    }

    /// Which run it is: its point and its number.
    pub fn run(&self) -> (&str, u32) {
        (&self.kept.point, self.kept.run)
    }

    /// Events so far.
    pub fn events(&self) -> u64 {
        self.kept.simulation.ctx.events()
    }

    /// What the run has been so far.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.kept.simulation.ctx.fingerprint
    }

    /// The last record of every series.
    pub fn records(&self) -> &LastRecords {
        &self.kept.records
    }

    /// Date and time of the last record.
    pub fn last_record(&self) -> DateTime {
        let last = self.records().values().map(|row| row.time).max();
        tick_of(self.point, last.unwrap_or(SimTime::ZERO))
    }
}

/// The snapshot in a file of [`Replayed::keep`], if this program wrote it: another may lay out the
/// same state in another way, and would go on with something else.
fn kept_bytes(file: &Path, unfit: &impl Fn(String) -> Error) -> Result<Vec<u8>, Error> {
    let mut reader = File::open(file).map_err(Error::at(file))?;
    let length = reader.metadata().map_err(Error::at(file))?.len();
    if length > KEPT_BYTES_MAX {
        let limit = KEPT_BYTES_MAX >> 30;
        return Err(unfit(format!("{length} bytes; a kept run has at most {limit} GiB")));
    }
    let mut head = Vec::new();
    let head_length = KEPT.len() + HASH_DIGITS + 1;
    reader.by_ref().take(head_length as u64).read_to_end(&mut head).map_err(Error::at(file))?;
    let head = std::str::from_utf8(&head).ok().and_then(|head| head.strip_prefix(KEPT));
    let program = head.and_then(|head| head.strip_suffix('\n'));
    let Some(program) = program.filter(|program| program.len() == HASH_DIGITS) else {
        let help = "write one with --keep";
        return Err(unfit(format!("no run that this version of pinwheel kept; {help}")));
    };
    if program != program_hash()? {
        let help = "keep the run again with this one: --point, --run, --before and --keep";
        return Err(unfit(format!("kept by another build of pinwheel; {help}")));
    }
    let mut bytes = Vec::new();
    reader.take(KEPT_BYTES_MAX).read_to_end(&mut bytes).map_err(Error::at(file))?;
    Ok(bytes)
}

/// The point of this id.
fn point_of<'a>(study: &'a Study, manifest: &Manifest, id: &str) -> Result<&'a Point, Error> {
    let points = &study.experiment.points;
    points.iter().find(|one| one.id == id).ok_or_else(|| {
        let known: Vec<&str> = points.iter().map(|one| one.id.as_str()).take(NAMED_MAX).collect();
        let known = known.join(", ");
        Error::Unfit(format!("no point \"{id}\" in {}; there is {known}", manifest.name))
    })
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
