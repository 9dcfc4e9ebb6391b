//! The mutants of a scenario: each is run with something made wrong, and the targets that must
//! notice are judged. What no mutant turns red has not been shown to be able to fail.

use std::collections::BTreeSet;

use pinwheel_models::scenario::{self, Mutant, Point};

use super::{Control, Study};
use crate::Error;
use crate::judge::mutants::{MutantRow, judge};
use crate::judge::verdict;

/// Runs every mutant of a study with the study's own seeds, and judges it. Nothing is written.
///
/// # Errors
///
/// As [`Study::simulate_jobs`].
pub fn mutants(study: &Study, control: &Control<'_>) -> Result<Vec<MutantRow>, Error> {
    let mutants = &study.experiment.mutants;
    let base = |mutant: &Mutant| {
        let of = |point: &&Point| point.variant == mutant.point.variant;
        study.experiment.points.iter().find(of).map_or(String::new(), |point| point.id.clone())
    };
    let bases: BTreeSet<String> = mutants.iter().map(base).collect();
    let as_it_is = study.experiment.points.iter().filter(|point| bases.contains(&point.id));
    let changed = mutants.iter().map(|mutant| &mutant.point);
    let points = as_it_is.chain(changed).cloned().collect();
    let experiment = scenario::Experiment { points, ..study.experiment.clone() };
    let changed = Study { experiment, ..study.clone() };
    let outcomes = changed.simulate_jobs(changed.jobs(), None, control)?;
    let verdict = verdict::judge(&changed.experiment, &outcomes);
    Ok(judge(mutants, base, &verdict))
}
