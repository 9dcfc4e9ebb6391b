//! Two results, or two scenarios that are run first, and where their runs part.

use std::path::Path;

use jiff::Span;
use pinwheel_core::{Simulation, Streams};
use pinwheel_models::scenario::Experiment;

use super::{Control, Study};
use crate::Error;
use crate::question::compare::{self, Parting, PartingKind};
use crate::record::manifest::RunEntry;
use crate::record::store::Store;

/// The result at a path; a scenario file is run into `folder` first.
///
/// # Errors
///
/// As [`Store::open`] and [`Study::run`].
pub fn open(path: &Path, folder: &Path, control: &Control<'_>) -> Result<Store, Error> {
    if path.is_dir() {
        return Store::open(path);
    }
    Study::load(path, &[])?.run(folder, control)?;
    Store::open(folder)
}

/// Where the first pair of runs that differ part, or why that cannot be told.
///
/// # Errors
///
/// The reason why it is not known, as the end of a sentence.
pub fn first_difference(
    first: &Store,
    second: &Store,
    control: &Control<'_>,
) -> Result<String, String> {
    let (a, b) = (&first.manifest, &second.manifest);
    let again = |of| Study::again(of).map_err(|error| error.to_string());
    let (a_again, b_again) = (again(a)?.experiment, again(b)?.experiment);
    let differ = a.runs.iter().find_map(|ours| {
        let same = |run: &&RunEntry| run.point == ours.point && run.run == ours.run;
        let theirs = b.runs.iter().find(same)?;
        let events = (ours.events, theirs.events);
        let differ = ours.fingerprint != theirs.fingerprint;
        differ.then_some((ours.point.as_str(), ours.run, events))
    });
    let Some((point, run, events)) = differ else { return Err("no run has changed".to_owned()) };
    let simulation = |experiment: &Experiment, seed| {
        let point = experiment.points.iter().find(|p| p.id == point)?;
        let streams = Streams::new(seed, run);
        let model = point.scenario.world(&streams);
        Some((Simulation::new(model, streams), point.scenario.start, point.scenario.horizon_days))
    };
    let missing = || format!("the scenario has no point {point} any more");
    let (one, start, days) = simulation(&a_again, a.seed).ok_or_else(missing)?;
    let (other, _, other_days) = simulation(&b_again, b.seed).ok_or_else(missing)?;
    let found = compare::parting(one, other, days.min(other_days), control.stop);
    let found = found.map_err(|error| error.to_string())?;
    let Some(Parting { event, time, what }) = found else {
        return match days == other_days && events.0 == events.1 {
            true => Err("run again, they are the same: another program made a result".to_owned()),
            false => Ok(format!("run {run} of {point} is the same as far as both went")),
        };
    };
    let day = start.saturating_add(Span::new().days((time.as_seconds() / 86_400.0) as i64));
    let what = match what {
        PartingKind::Event { first, second } => format!("{first} against {second}"),
        PartingKind::Ledger { event } => format!("{event}: other postings"),
        PartingKind::State { event } => format!("{event}: another state after it"),
        PartingKind::End => "one of them ends here".to_owned(),
    };
    Ok(format!("run {run} of {point} parts at event {event}, on {day}: {what}"))
}
