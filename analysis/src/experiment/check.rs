//! Scenarios run and judged one after another, as CI does: a fault of one does not end the others.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::{Control, Published, Study, backtest};
use crate::Error;
use crate::judge::ci::Suite;
use crate::judge::limit::LimitRow;
use crate::judge::verdict::Verdict;
use crate::run::stopwatch::Stopwatch;

/// What is added to a scenario's name for the folder of its backtest. No name has a full stop.
const BACKTEST: &str = ".backtest";

/// How the check of one scenario ended.
#[derive(Debug)]
pub enum Ending {
    /// The scenario cannot be run.
    BadScenario,
    /// It was run and judged.
    Judged {
        /// Of its runs.
        verdict: Box<Verdict>,
        /// Of the forecasts of its backtest; none if nothing is asked of them.
        limits: Vec<LimitRow>,
    },
    /// It could not be run to its end.
    Failed(Error),
    /// The program broke.
    EngineFault,
}

/// Checks scenarios; each result has a folder of the scenario's name.
#[derive(Debug)]
pub struct Checker<'a> {
    output: &'a Path,
    overrides: Vec<(String, String)>,
    names: BTreeMap<String, PathBuf>,
}

impl<'a> Checker<'a> {
    /// Results go below `output`; `overrides` are set over every scenario.
    pub fn new(output: &'a Path, overrides: Vec<(String, String)>) -> Self {
        Checker { output, overrides, names: BTreeMap::new() }
    }

    /// Runs and judges one scenario, with its backtest if something is asked of that.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`]; every other fault is part of the answer.
    pub fn check(&mut self, file: &Path, control: &Control<'_>) -> Result<(Suite, Ending), Error> {
        let shown = file.display().to_string();
        let study = match Study::load(file, &self.overrides) {
            Ok(study) => study,
            Err(Error::Scenario(faults)) => {
                return Ok((Suite::bad(&shown, &faults), Ending::BadScenario));
            }
            Err(error) => return Err(error),
        };
        let name = study.experiment.name.clone();
        // Each result has the folder of its name.
        if let Some(other) = self.names.insert(name.clone(), file.to_owned()) {
            let other = other.display();
            let message = format!("{other} is named {name} too; give each its own meta.name");
            return Ok((Suite::broken(&name, &shown, &message), Ending::BadScenario));
        }
        let folder = self.output.join(&name);
        // A panic of one scenario must not hide what the others have to say.
        let forecasts = self.output.join(format!("{name}{BACKTEST}"));
        let done = catch_unwind(AssertUnwindSafe(|| {
            let Published { verdict, manifest, .. } = study.run(&folder, control)?;
            let stopwatch = Stopwatch::start();
            let limits = limits(&study, &forecasts, control)?;
            Ok((verdict, limits, manifest.wall_seconds + stopwatch.seconds()))
        }));
        let (message, ending) = match done {
            Ok(Ok((verdict, limits, seconds))) => {
                let text = fs::read_to_string(file).unwrap_or_default();
                let mut suite = Suite::judged(&name, &shown, &text, seconds, &verdict);
                suite.add_limits(&text, &limits);
                return Ok((suite, Ending::Judged { verdict: Box::new(verdict), limits }));
            }
            Ok(Err(Error::Stopped)) => return Err(Error::Stopped),
            Ok(Err(error)) => (error.to_string(), Ending::Failed(error)),
            Err(_) => {
                let message = "pinwheel is at fault; nothing was written".to_owned();
                (message, Ending::EngineFault)
            }
        };
        Ok((Suite::broken(&name, &shown, &message), ending))
    }
}

/// How the limits of a study's backtest came out, with its result in a folder; without limits
/// nothing is run.
fn limits(study: &Study, folder: &Path, control: &Control<'_>) -> Result<Vec<LimitRow>, Error> {
    if study.experiment.backtest.as_ref().is_none_or(|backtest| backtest.limits.is_empty()) {
        return Ok(Vec::new());
    }
    let cases = backtest::cases(study)?;
    Ok(backtest::backtest(study, &cases, folder, control)?.limits)
}

/// Whether a verdict is evidence: what cannot fail, and what is undecided, proves nothing.
pub fn stands(verdict: &Verdict) -> bool {
    verdict.passed && verdict.stands_on_something()
}
