//! Scenario files: TOML as typed ([`file`]) becomes a validated [`Scenario`].
//!
//! The roof: it knows every part. What reads and checks single values is [`crate::input`];
//! [`load()`] leads through.

pub mod backtest;
pub mod calibration;
pub mod design;
mod ensemble;
pub mod expression;
pub mod file;
pub mod given;
pub mod invariant;
mod load;
mod probe;
mod recorded;
pub mod regions;
mod replaced;
mod schema;
mod target;
mod token;

pub use invariant::{Baseline, Invariant, OutcomeSpec};
pub use load::{SIZES, load};
pub use regions::Regions;
pub use schema::schema;

use jiff::civil::Date;
use pinwheel_core::{SimDuration, Streams};
use serde::{Deserialize, Serialize};

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
    pub name: String,
    pub question: String,
    pub authors: Vec<String>,
    /// Where the assumptions are written down.
    pub assumptions: Vec<String>,
    pub requirements: Vec<String>,
    pub seed: u64,
    /// Runs of each point, with seeds derived from `seed` and the run's number.
    pub runs: u32,
    /// At least one. Points differ by the `set` of their `[[variant]]` and by what is swept.
    pub points: Vec<Point>,
    /// The design behind the points, where keys are sampled.
    pub sample: Option<Sample>,
    /// Time at the start of each run that outcomes do not judge.
    pub warm_up_days: u32,
    pub output: Output,
    /// The first day that calibration has not seen, of the first network that has one: accuracy is
    /// judged apart from there on.
    pub verdict_from: Option<Date>,
    pub targets: Vec<Target>,
    pub backtest: Option<backtest::Backtest>,
    pub calibration: Option<calibration::Calibration>,
    pub invariants: Vec<Invariant>,
    pub outcomes: Vec<OutcomeSpec>,
    pub baseline: Option<Baseline>,
    /// The scenario with all overrides applied, as TOML.
    pub resolved: String,
    /// Files read, relative to the scenario, with their BLAKE3 hashes; the scenario itself first.
    pub sources: Vec<(String, String)>,
}

/// One variant of the scenario with one value of each swept key.
#[derive(Clone, Debug)]
pub struct Point {
    pub id: String,
    /// The variant, without what is swept.
    pub variant: String,
    /// What is swept, in the order of the file.
    pub factors: Vec<Factor>,
    pub scenario: Scenario,
}

/// A swept key and its value at a point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    pub key: String,
    /// As one would type it, with its unit.
    pub value: String,
    /// The number in it, in the unit it is typed in; `None` for words.
    pub number: Option<f64>,
}

/// A design over ranges of keys; the points of each variant are its rows, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    pub kind: design::Kind,
    pub n: u32,
    pub ranges: Vec<Range>,
}

/// The range a sampled key is drawn from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Range {
    pub key: String,
    pub low: f64,
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
#[derive(Clone, Debug)]
pub struct Scenario {
    pub start: Date,
    pub horizon_days: u32,
    /// The layers it describes, by the sections of their names.
    pub layers: Layers,
    /// The networks, in the order of the file.
    pub networks: Vec<NetworkEntry>,
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
}

/// An accuracy stated before the run, judged after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    pub id: String,
    /// With its subject, where it has one: "io.minted".
    pub metric: String,
    /// Of the series; the empty one by default.
    pub label: String,
    /// The only point that is judged, or all.
    pub variant: Option<String>,
    pub measure: Measure,
    /// Part of the horizon that is judged.
    pub from: Option<When>,
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
    MeanAbsoluteError { limit: f64 },
    /// |simulated - observed| / observed of the growth from the first observation to the
    /// last.
    GrowthError { limit: f64 },
    /// |simulated - expected| / expected at an instant, or at the last record of a day.
    ValueAt { at: When, expected: f64, limit: f64 },
    /// Every value lies in the range; with a window, every mean over so long a time.
    Within { low: f64, high: f64, window: Option<SimDuration> },
    /// The last value lies in the range.
    Final { low: f64, high: f64 },
}
