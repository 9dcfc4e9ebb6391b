//! Scenario files: TOML as typed ([`file`]) becomes a validated [`Scenario`].
//!
//! The roof: it knows every part. What reads and checks single values is [`crate::input`];
//! [`load()`] leads through.

pub mod backtest;
pub mod calibration;
pub mod design;
mod document;
mod ensemble;
pub mod expression;
pub mod file;
pub mod given;
pub mod invariant;
mod load;
mod mutant;
mod null;
mod probe;
mod recorded;
pub mod regions;
mod replaced;
mod schema;
mod target;
mod token;

pub use document::SIZES;
pub use invariant::{Baseline, Invariant, OutcomeSpec};
pub use load::load;
pub use mutant::Mutant;
pub use regions::Regions;
pub use schema::schema;

use jiff::civil::Date;
use pinwheel_core::{SimDuration, SimTime, Streams};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::change::Change;
use crate::describe::NetworkSettings;
use crate::input::When;
use crate::input::unit::Units;
use crate::review;
use crate::world::World;
pub use crate::world::{Layers, NetworkEntry};

/// Everything a scenario file asks for: one or more points, each run with one or more seeds.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// Its name: that of the result folder.
    pub name: String,
    /// What it is to answer.
    pub question: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Where the assumptions are written down.
    pub assumptions: Vec<String>,
    /// The rows of docs/requirements.md that it is for.
    pub requirements: Vec<String>,
    /// The seed of all runs.
    pub seed: u64,
    /// Runs of each point, with seeds derived from `seed` and the run's number.
    pub runs: u32,
    /// At least one. Points differ by the `set` of their `[[variant]]` and by what is swept.
    pub points: Vec<Point>,
    /// The design behind the points, where keys are sampled.
    pub sample: Option<Sample>,
    /// Time at the start of each run that outcomes do not judge.
    pub warm_up_days: u32,
    /// What of the records goes into the table.
    pub output: Output,
    /// The first day that calibration has not seen, of the first network that has one: accuracy is
    /// judged apart from there on.
    pub verdict_from: Option<Date>,
    /// Whether a size, the command line or an analysis gave the runs their length, in place of the
    /// file.
    pub shortened: bool,
    /// Accuracies stated before the runs.
    pub targets: Vec<Target>,
    /// The scenario with something made wrong, that targets must notice.
    pub mutants: Vec<Mutant>,
    /// Forecasts from rolling origins, if they are asked for.
    pub backtest: Option<backtest::Backtest>,
    /// A fit to observations, if one is asked for.
    pub calibration: Option<calibration::Calibration>,
    /// What runs must keep.
    pub invariants: Vec<Invariant>,
    /// The numbers of each run.
    pub outcomes: Vec<OutcomeSpec>,
    /// Accepted numbers, if results are held against some.
    pub baseline: Option<Baseline>,
    /// The scenario with all overrides applied, as TOML.
    pub resolved: String,
    /// Files read, relative to the scenario, with their BLAKE3 hashes; the scenario itself first.
    pub sources: Vec<(String, String)>,
}

/// One variant of the scenario with one value of each swept key.
#[derive(Clone, Debug)]
pub struct Point {
    /// Its name: the variant and what is swept.
    pub id: String,
    /// The variant, without what is swept.
    pub variant: String,
    /// What is swept, in the order of the file.
    pub factors: Vec<Factor>,
    /// What is simulated.
    pub scenario: Scenario,
}

/// A swept key and its value at a point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// The dotted key.
    pub key: String,
    /// As one would type it, with its unit.
    pub value: String,
    /// The number in it, in the unit it is typed in; `None` for words.
    pub number: Option<f64>,
}

/// A design over ranges of keys; the points of each variant are its rows, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// How points are chosen.
    pub kind: design::Kind,
    /// Base number of points, from which the design makes its rows.
    pub n: u32,
    /// The ranges it covers.
    pub ranges: Vec<Range>,
}

/// The range a sampled key is drawn from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// The dotted key.
    pub key: String,
    /// The least value, in the unit.
    pub low: f64,
    /// The greatest value, in the unit.
    pub high: f64,
    /// The unit of both, empty for plain numbers.
    pub unit: String,
    /// Decimals that may be typed, where the unit is money.
    #[serde(default)]
    pub decimals: Option<u32>,
    /// The key takes whole numbers only.
    pub whole: bool,
    /// Even in the logarithm; whole numbers are rounded.
    pub log: bool,
}

/// What of the records goes into the table. Checks and outcomes see every record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Of each series, the last record of every such stretch of time is kept, from the start of the
    /// run on; `None` keeps all.
    pub every: Option<SimDuration>,
    /// The metrics that are kept, with their subjects ("io.minted"); empty for all.
    pub metrics: Vec<String>,
}

/// One run's worth of scenario.
///
/// ```
/// use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};
/// use pinwheel_models::registry;
/// use pinwheel_models::scenario::load;
///
/// let folder = tempfile::tempdir().unwrap();
/// let file = folder.path().join("servers.toml");
/// std::fs::write(
///     &file,
///     r#"
///     schema = 1
///     [meta]
///     name = "servers"
///     [run]
///     start = 2026-01-01
///     horizon = "30 d"
///     [[infrastructure.class]]
///     id = "server"
///     count = 100
///     failure = { law = "exponential", mean = "60 d" }
///     repair = { law = "exponential", mean = "2 d" }
///     "#,
/// )
/// .unwrap();
/// let experiment = load(&file, &[]).unwrap();
/// let scenario = &experiment.points[0].scenario;
///
/// let streams = Streams::new(experiment.seed, 0);
/// let mut run = Simulation::new(scenario.world(&streams), streams);
/// run.run_until(SimTime::ZERO + SimDuration::from_days(30));
/// let (failures, _) = registry::ALL.find("failures").unwrap();
/// let rows = run.ctx.records.drain();
/// let last = rows.iter().rfind(|row| row.metric == failures).unwrap();
/// // 100 servers that fail every 62 days in the mean.
/// assert!((20.0..80.0).contains(&last.value));
/// ```
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The first day.
    pub start: Date,
    /// Days that are simulated.
    pub horizon_days: u32,
    /// The layers it describes, by the sections of their names.
    pub layers: Layers,
    /// The networks, in the order of the file.
    pub networks: Vec<NetworkEntry>,
    /// The reviews, if they are asked for.
    pub review: Option<review::Settings>,
    /// Levers that are set to another value at an instant, in the order of the file.
    pub changes: Vec<Change>,
    /// The units that its quantities are typed and told in.
    pub units: Units,
    /// In one piece or in regions.
    pub regions: Regions,
}

impl Scenario {
    /// The rules of its networks, or the names of its layers.
    pub fn rules(&self) -> String {
        match self.networks.as_slice() {
            [] => self.layers.names().join(" + "),
            networks => {
                let rules = networks.iter().map(|network| network.settings.rules());
                rules.collect::<Vec<_>>().join(" + ")
            }
        }
    }

    /// A sentence for each change that has no effect, because the run ends before it acts. There
    /// is one only where a run was given another length than its file says.
    pub fn idle_changes(&self) -> Vec<String> {
        let end = SimDuration::from_days(self.horizon_days.into());
        let last = |change: &Change| {
            let is_of = |network: &&NetworkEntry| {
                let rest = change.lever.strip_prefix(network.section.as_str());
                rest.is_some_and(|rest| rest.starts_with('.'))
            };
            let of = self.networks.iter().find(is_of);
            of.map_or(end, |network| network.settings.last_change(self.horizon_days))
        };
        let sentence = |(number, change): (usize, &Change)| {
            let (at, lever) = (change.at, &change.lever);
            match at >= SimTime::ZERO + end {
                true => Some(format!(
                    "change[{number}] of {lever} never happens: the run ends before it"
                )),
                false if at > SimTime::ZERO + last(change) => Some(format!(
                    "change[{number}] of {lever} has no effect: no step of the network is left \
                     that it could act on"
                )),
                false => None,
            }
        };
        self.changes.iter().enumerate().filter_map(sentence).collect()
    }

    /// The world of one run, on its first day.
    pub fn world(&self, streams: &Streams) -> World {
        World::new(&self.layers, &self.networks, self.review.as_ref(), &self.changes, streams)
    }
}

impl Experiment {
    /// The units of its quantities, the same at all points.
    ///
    /// # Panics
    ///
    /// If it has no point, which a loaded one always has.
    pub fn units(&self) -> &Units {
        &self.points[0].scenario.units
    }

    /// The symbols of the tokens that networks issue by their own choice, by their ids; of several
    /// points, what the first of them says.
    pub fn own_tokens(&self) -> BTreeMap<String, String> {
        let networks = self.points.iter().rev().flat_map(|point| &point.scenario.networks);
        let own = |network: &NetworkEntry| {
            Some((network.id.clone(), network.settings.own_token()?.to_owned()))
        };
        networks.filter_map(own).collect()
    }
}

/// A forecast that needs no model. Its error beside that of the model says what the model is worth.
#[derive(Clone, Debug, PartialEq)]
pub enum Null {
    /// What was observed before goes on.
    Continued(Continuation),
    /// What came is added, what went is taken off: the network's own rows of the label
    /// [`BOOKKEEPING_LABEL`](crate::describe::metric::BOOKKEEPING_LABEL).
    Bookkeeping,
    /// Somebody else's forecast.
    File {
        /// The file as the scenario names it.
        name: String,
        /// Its values by date, rising, in the unit of the metric.
        values: Vec<(Date, f64)>,
    },
}

/// How what was observed goes on without a model.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Continuation {
    /// What was last observed before the window goes on; of a window that begins with the run, what
    /// was observed first in it.
    Persistence,
    /// The least-squares line through the logarithm of the observations of the days before the
    /// window, [`TREND_DAYS`] for a target, goes on from the last of them.
    Trend,
}

impl Continuation {
    /// Both, by their words in a scenario.
    pub const NAMES: [(&'static str, Continuation); 2] =
        [("persistence", Continuation::Persistence), ("trend", Continuation::Trend)];

    /// Its word in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Continuation::Persistence => "persistence",
            Continuation::Trend => "trend",
        }
    }
}

/// The share of the steps of a series whose growth [`Measure::PeakShareError`] adds up.
pub const PEAK_STEPS: f64 = 0.05;

/// Days before a window from which [`Continuation::Trend`] takes its line.
pub const TREND_DAYS: u32 = 90;

impl Null {
    /// Those that have a word in a scenario, by their words.
    pub const NAMES: [(&'static str, Null); 3] = [
        ("persistence", Null::Continued(Continuation::Persistence)),
        ("trend", Null::Continued(Continuation::Trend)),
        ("bookkeeping", Null::Bookkeeping),
    ];

    /// Its word in a scenario, or the name of its file.
    pub fn word(&self) -> &str {
        match self {
            Null::Continued(continuation) => continuation.word(),
            Null::Bookkeeping => "bookkeeping",
            Null::File { name, .. } => name,
        }
    }
}

/// An accuracy stated before the run, judged after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Its name in verdicts.
    pub id: String,
    /// With its subject, where it has one: "io.minted".
    pub metric: String,
    /// Of the series; the empty one by default.
    pub label: String,
    /// The only point that is judged, or all.
    pub variant: Option<String>,
    /// How it is judged.
    pub measure: Measure,
    /// Forecasts without a model whose errors are told beside.
    pub nulls: Vec<Null>,
    /// For each of them, whether the runs must beat it: the target is then met only if they do.
    pub beats: Vec<bool>,
    /// Longest time over which errors are taken to hang together, when it is judged whether the
    /// runs beat a forecast.
    pub lag: SimDuration,
    /// Part of the horizon that is judged.
    pub from: Option<When>,
    /// Last day or instant that is judged; `None` for the end of the run.
    pub to: Option<When>,
}

impl Target {
    /// Whether it judges the points of a variant.
    pub fn judges(&self, variant: &str) -> bool {
        self.variant.as_deref().is_none_or(|only| only == variant)
    }
}

/// How a simulated series is held against what was observed.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    /// Mean of |simulated - observed| / observed over the instants with an observation.
    MeanAbsoluteError {
        /// The largest error allowed.
        limit: f64,
    },
    /// |simulated - observed| / observed of the growth from the first observation to the
    /// last.
    GrowthError {
        /// The largest error allowed.
        limit: f64,
    },
    /// Part of the growth that the steps with the most of it carry, [`PEAK_STEPS`] of all steps
    /// from one observation to the next: |simulated part - observed part|.
    PeakShareError {
        /// The largest difference allowed.
        limit: f64,
    },
    /// |simulated - expected| / expected at an instant, or at the last record of a day.
    ValueAt {
        /// The instant, or the day.
        at: When,
        /// The value expected then, in the metric's unit.
        expected: f64,
        /// The largest error allowed.
        limit: f64,
    },
    /// Every value lies in the range; with a window, every mean over so long a time.
    Within {
        /// The least value allowed, in the metric's unit.
        low: f64,
        /// The greatest value allowed, in the metric's unit.
        high: f64,
        /// How long a time; `None` for single values.
        window: Option<SimDuration>,
    },
    /// The last value lies in the range.
    Final {
        /// The least value allowed, in the metric's unit.
        low: f64,
        /// The greatest value allowed, in the metric's unit.
        high: f64,
    },
}
