//! What several verbs ask for in the same words: a scenario with what is set over it, and threads.

use std::path::PathBuf;

use pinwheel_analysis::experiment::{Study, cores};

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
    /// The validated scenario, or every fault of it.
    pub fn load(&self) -> Result<Study, Failure> {
        Ok(Study::load(&self.file, &self.overrides)?)
    }
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

/// `KEY=VALUE` of `--set`.
fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE, as in run.seed=7")?;
    match key.trim() {
        "" => Err("the key before '=' is empty".to_owned()),
        key => Ok((key.to_owned(), value.trim().to_owned())),
    }
}
