//! What several verbs ask for in the same words: a scenario with what is set over it, threads, and
//! the scenario of an older result.

use std::path::{Path, PathBuf};

use pinwheel_analysis::store::Manifest;
use pinwheel_models::scenario::{self, Experiment};

use crate::exit::Failure;

/// The scenario a verb works on, with what is set over it.
#[derive(Clone, clap::Args)]
pub struct Input {
    /// Scenario file (TOML)
    pub file: PathBuf,
    /// Override a key of the scenario; may be given again
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    pub overrides: Vec<(String, String)>,
}

impl Input {
    /// The validated scenario; every fault is told.
    pub fn load(&self) -> Result<Experiment, Failure> {
        load(&self.file, &self.overrides)
    }
}

/// Loads a scenario; every fault is told.
pub fn load(file: &Path, overrides: &[(String, String)]) -> Result<Experiment, Failure> {
    scenario::load(file, overrides).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Failure::bad_input(lines.join("\n"))
    })
}

/// How many runs go side by side.
#[derive(Clone, Default, clap::Args)]
pub struct Threads {
    /// Runs side by side; changes the time it takes and nothing else [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

impl Threads {
    pub fn count(&self) -> usize {
        self.threads.map_or_else(cores, usize::from)
    }
}

pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// `KEY=VALUE` of `--set`.
fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE, as in run.seed=7")?;
    match key.trim() {
        "" => Err("the key before '=' is empty".to_owned()),
        key => Ok((key.to_owned(), value.trim().to_owned())),
    }
}

/// The experiment of a result or a plan, if this program and the files are still those it was made
/// with.
pub fn again(manifest: &Manifest) -> Result<Experiment, Failure> {
    let this = env!("CARGO_PKG_VERSION");
    if manifest.version != this {
        let message =
            format!("{} is of version {}, this is version {this}", manifest.name, manifest.version);
        return Err(Failure::bad_input(message));
    }
    let experiment = load(Path::new(&manifest.scenario), &manifest.overrides)?;
    for (path, blake3) in &experiment.sources {
        let same = manifest.sources.iter().any(|s| s.path == *path && s.blake3 == *blake3);
        if !same {
            let message = format!("{path} is not the file that {} was made from", manifest.name);
            return Err(Failure::bad_input(message));
        }
    }
    Ok(experiment)
}
