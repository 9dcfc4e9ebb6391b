//! `manifest.json`: what a result is made of and how to make it again. Written last.
//!
//! Before there are results it is the plan of an ensemble: the same, without runs and files.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Unit};
use pinwheel_core::fingerprint::Fingerprint;
use pinwheel_core::{SimDuration, SimTime};
use pinwheel_models::change::Change;
use pinwheel_models::describe::Catalogue;
use pinwheel_models::describe::metric::{split_name, unit_of};
use pinwheel_models::scenario::invariant::Goal;
use pinwheel_models::scenario::{Experiment, Factor, OutcomeSpec, Output, Point, Sample};
use serde::{Deserialize, Serialize};

use super::model::ModelEntry;
use crate::Error;

/// The manifest.
pub const MANIFEST: &str = "manifest.json";
/// The table of all rows.
pub const METRICS: &str = "metrics.parquet";
/// The outcomes of all runs.
pub const OUTCOMES: &str = "outcomes.parquet";
/// The scenario as it was run, with all overrides applied.
pub const SCENARIO: &str = "scenario.toml";
/// The judgement.
pub const VERDICT: &str = "verdict.json";
/// The page.
pub const REPORT: &str = "report.html";
/// Made of a result when it is asked for, and no part of it.
pub const MAP: &str = "map.html";

/// The layout of the result folder; a reader refuses what it does not know.
pub const FORMAT: u32 = 3;
const PROGRAM: &str = "pinwheel";
const CHUNK_BYTES: usize = 1 << 16;

/// What a result is made of, as `manifest.json` holds it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The program that wrote it: "pinwheel".
    pub program: String,
    /// The layout of the folder.
    pub format: u32,
    /// The version of the program.
    pub version: String,
    /// The name of the scenario.
    pub name: String,
    /// What the scenario asks.
    pub question: String,
    /// Who wrote the scenario.
    pub authors: Vec<String>,
    /// What it assumes, a sentence each.
    pub assumptions: Vec<String>,
    /// The scenario file as given on the command line, and its overrides.
    pub scenario: String,
    /// Keys and values set over the scenario, in order.
    pub overrides: Vec<(String, String)>,
    /// BLAKE3 of the resolved scenario.
    pub scenario_blake3: String,
    /// Every file that was read, relative to the scenario.
    pub sources: Vec<SourceFile>,
    /// Root of all random streams.
    pub seed: u64,
    /// The symbols of the tokens that networks issue by their own choice, by the networks' ids.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub own_tokens: BTreeMap<String, String>,
    /// The points, in order.
    pub points: Vec<PointEntry>,
    /// Runs of each point.
    pub runs_per_point: u32,
    /// The design behind the points, where keys are sampled.
    pub sample: Option<Sample>,
    /// Days at the start that outcomes leave out.
    pub warm_up_days: u32,
    /// Which rows went into the table.
    pub output: Output,
    /// What was simulated.
    #[serde(default)]
    pub model: ModelEntry,
    /// What the scenario is about, in numbers.
    #[serde(default)]
    pub outcomes: Vec<OutcomeEntry>,
    /// The first day that calibration has not seen.
    #[serde(default, alias = "split")]
    pub verdict_from: Option<Date>,
    /// BLAKE3 of the program, in a plan that only the same program may go on with.
    pub build: String,
    /// Into how many shards a plan is cut; 0 for a plan that is run as a whole.
    pub shards: u32,
    /// Every run, in the order of the jobs.
    pub runs: Vec<RunEntry>,
    /// Over the fingerprints of all runs, in order.
    pub fingerprint: String,
    /// Seconds from the first run to the table.
    pub wall_seconds: f64,
    /// Runs side by side.
    pub threads: usize,
    /// What the machine could have done side by side.
    pub cores: usize,
    /// What it was computed on.
    #[serde(default)]
    pub machine: String,
    /// Every file of the folder but the manifest.
    pub files: Vec<FileEntry>,
}

/// A file that went into the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Relative to the scenario.
    pub path: String,
    /// Its BLAKE3 hash in hexadecimal.
    pub blake3: String,
}

/// One number of each run, as the scenario states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeEntry {
    /// The id in the scenario.
    pub id: String,
    /// The expression.
    pub value: String,
    /// Empty for plain numbers.
    pub unit: String,
    /// Which way is better.
    pub goal: Option<Goal>,
    /// What it is, in words; may be empty.
    pub words: String,
}

/// One point of the experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PointEntry {
    /// Unique in the experiment.
    pub id: String,
    /// The variant it belongs to.
    pub variant: String,
    /// What is swept, with its values here.
    pub factors: Vec<Factor>,
    /// The first day.
    pub start: Date,
    /// Simulated days.
    pub horizon_days: u32,
    /// The rules of its network, or its layers.
    pub rules: String,
    /// Levers that were set to another value, in the order of the scenario.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeEntry>,
    /// Why it was simulated in one piece; absent if in regions side by side. Results are equal.
    #[serde(default)]
    pub in_one_piece_because: Option<String>,
}

/// A lever that was set to another value at an instant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeEntry {
    /// From when on.
    pub at: DateTime,
    /// The key that sets the lever in a scenario.
    pub lever: String,
    /// The unit of both values; "1" for plain numbers.
    pub unit: String,
    /// Its value until then.
    pub from: f64,
    /// Its value from then on.
    pub to: f64,
}

impl ChangeEntry {
    /// A change of a run that starts on a day, to the second.
    fn of(start: Date, change: &Change) -> Self {
        let nanos = i64::try_from(change.at.as_nanos()).unwrap_or(i64::MAX);
        let at = DateTime::from_parts(start, Time::midnight())
            .saturating_add(SignedDuration::from_nanos(nanos));
        let at = at.round(Unit::Second).unwrap_or(at);
        let Change { lever, unit, from, to, .. } = change.clone();
        ChangeEntry { at, lever, unit, from, to }
    }
}

/// The end of a point's runs.
fn end_of(point: &Point) -> SimTime {
    SimTime::ZERO + SimDuration::from_days(u64::from(point.scenario.horizon_days))
}

/// One run of one point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunEntry {
    /// The id of the point.
    pub point: String,
    /// The number of the run, counted from 0.
    pub run: u32,
    /// Events of the run.
    pub events: u64,
    /// The hash of all that the run did.
    pub fingerprint: String,
    /// The fingerprint's ingredients, so that a change says what changed.
    pub time: String,
    /// Of the postings.
    pub ledger: String,
    /// Of the state of the model.
    pub state: String,
}

/// A file of the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// The name in the folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its BLAKE3 hash in hexadecimal.
    pub blake3: String,
}

impl RunEntry {
    /// The entry of a run with its fingerprint taken apart.
    pub fn new(point: &str, run: u32, events: u64, fingerprint: &Fingerprint) -> Self {
        let hex = |digest: pinwheel_core::fingerprint::Digest| format!("{:016x}", digest.value());
        RunEntry {
            point: point.to_owned(),
            run,
            events,
            fingerprint: fingerprint.hex(),
            time: hex(fingerprint.time),
            ledger: hex(fingerprint.ledger),
            state: hex(fingerprint.state),
        }
    }
}

impl Manifest {
    /// BLAKE3 as the manifest writes it.
    pub fn hash(bytes: &[u8]) -> String {
        blake3::hash(bytes).to_hex().to_string()
    }

    /// A manifest of this program and format that says nothing yet.
    pub fn blank() -> Self {
        Manifest { program: PROGRAM.to_owned(), format: FORMAT, ..Manifest::default() }
    }

    /// The unit of a metric by its full name, "tokens_minted" or "io.tokens_minted"; empty for one
    /// that is not known.
    pub fn unit(&self, name: &str, parts: Catalogue) -> Cow<'static, str> {
        let spec = parts.find(name).map(|(_, spec)| spec);
        spec.map_or(Cow::default(), |spec| self.unit_for(spec.unit, split_name(name).0))
    }

    /// A unit where the network of this id issues the network's own token.
    pub fn unit_for(&self, unit: &'static str, subject: &str) -> Cow<'static, str> {
        unit_of(unit, self.own_tokens.get(subject).map(String::as_str))
    }

    /// What an experiment says of itself: the plan of its result.
    pub fn of(experiment: &Experiment) -> Self {
        let point = |point: &Point| PointEntry {
            id: point.id.clone(),
            variant: point.variant.clone(),
            factors: point.factors.clone(),
            start: point.scenario.start,
            horizon_days: point.scenario.horizon_days,
            rules: point.scenario.rules(),
            changes: point
                .scenario
                .changes
                .iter()
                .filter(|change| change.at < end_of(point))
                .map(|change| ChangeEntry::of(point.scenario.start, change))
                .collect(),
            in_one_piece_because: point.scenario.in_one_piece_because(),
        };
        let source = |(path, blake3): &(String, String)| SourceFile {
            path: path.clone(),
            blake3: blake3.clone(),
        };
        let outcome = |spec: &OutcomeSpec| OutcomeEntry {
            id: spec.id.clone(),
            value: spec.value.text.clone(),
            unit: spec.shown.name.clone(),
            goal: spec.goal,
            words: spec.words.clone(),
        };
        Manifest {
            name: experiment.name.clone(),
            question: experiment.question.clone(),
            authors: experiment.authors.clone(),
            assumptions: experiment.assumptions.clone(),
            scenario_blake3: Manifest::hash(experiment.resolved.as_bytes()),
            sources: experiment.sources.iter().map(source).collect(),
            seed: experiment.seed,
            own_tokens: experiment.own_tokens(),
            points: experiment.points.iter().map(point).collect(),
            runs_per_point: experiment.runs,
            sample: experiment.sample.clone(),
            warm_up_days: experiment.warm_up_days,
            output: experiment.output.clone(),
            model: ModelEntry::of(experiment),
            verdict_from: experiment.verdict_from,
            outcomes: experiment.outcomes.iter().map(outcome).collect(),
            ..Manifest::blank()
        }
    }

    /// Whether both ask for the same runs: the same scenario and files, under the same program.
    /// What a finished result adds is not compared.
    pub fn same_work(&self, other: &Manifest) -> bool {
        let key = |plan: &Manifest| {
            let Manifest { version, build, scenario_blake3, seed, runs_per_point, .. } = plan;
            let texts = (version.clone(), build.clone(), scenario_blake3.clone());
            (texts, plan.sources.clone(), *seed, *runs_per_point, plan.points.len(), plan.shards)
        };
        key(self) == key(other)
    }

    /// Size and BLAKE3 of a file, read piece by piece.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the file cannot be read.
    pub fn hash_file(path: &Path) -> Result<(u64, String), Error> {
        let mut file = File::open(path).map_err(Error::at(path))?;
        let (mut hasher, mut bytes) = (blake3::Hasher::new(), 0);
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let count = file.read(&mut chunk).map_err(Error::at(path))?;
            if count == 0 {
                return Ok((bytes, hasher.finalize().to_hex().to_string()));
            }
            hasher.update(&chunk[..count]);
            bytes += count as u64;
        }
    }

    /// One fingerprint for all runs, in order.
    pub fn combine(runs: &[RunEntry]) -> String {
        let mut hasher = blake3::Hasher::new();
        for run in runs {
            hasher.update(run.fingerprint.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }

    /// The manifest of a folder, if it has one that this program wrote.
    ///
    /// # Errors
    ///
    /// As [`Manifest::read_file`].
    pub fn read(folder: &Path) -> Result<Self, Error> {
        Manifest::read_file(&folder.join(MANIFEST))
    }

    /// A manifest by its file.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] if it cannot be read, is of another program or of another format.
    pub fn read_file(path: &Path) -> Result<Self, Error> {
        let folder = path.parent().unwrap_or(path);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let damaged = |detail: String| Error::Damaged { path: folder.to_owned(), detail };
        let bytes = fs::read(path).map_err(|error| damaged(format!("{name}: {error}")))?;
        let unreadable = |error: serde_json::Error| damaged(format!("{name}: {error}"));
        // What it is comes first, so that another version's is refused by name.
        let header: Header = serde_json::from_slice(&bytes).map_err(unreadable)?;
        if header.program != PROGRAM || header.format != FORMAT {
            let again = match header.program == PROGRAM && header.format < FORMAT {
                true => "; an older version wrote it: run the scenario again",
                false => "",
            };
            return Err(damaged(format!(
                "{name} is of {} format {}, not of {PROGRAM} format {FORMAT}{again}",
                header.program, header.format
            )));
        }
        serde_json::from_slice(&bytes).map_err(unreadable)
    }
}

/// The part of a manifest that every version has.
#[derive(Deserialize)]
struct Header {
    program: String,
    format: u32,
}
