//! A scenario file as typed: which keys there are, before anything about their values is known.
//! The JSON Schema is generated from these structs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::backtest::BacktestSection;
use super::calibration::CalibrationSection;
use super::invariant::{BaselineSection, InvariantSection, OutcomeSection};
use super::mutant::MutantSection;
use super::token::TokenSection;
use crate::input::NumberOrText;
use crate::input::tree::ValueId;

/// A Pinwheel scenario, schema 1; the sections of layers and networks are added to it from what
/// they say of themselves ([`crate::scenario::schema`]). A quantity with a dimension is a string
/// with its unit ("844 d").
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["schema", "meta", "run"]))]
pub struct ScenarioFile {
    /// Version of this format.
    #[schemars(with = "u32", extend("const" = 1))]
    pub schema: Option<ValueId>,
    /// Another scenario to start from; this file's keys are laid over it.
    #[schemars(with = "String")]
    pub extends: Option<ValueId>,
    /// Requirements this scenario is evidence for, such as "FIL-06".
    #[schemars(with = "Vec<String>", inner(regex(pattern = "^[A-Z]{2,6}-[0-9]{2,3}$")))]
    pub requirements: Vec<ValueId>,
    /// What the scenario is about.
    #[schemars(with = "MetaSection")]
    pub meta: Option<MetaSection>,
    /// When the run begins, how long it is, and with which seed.
    #[schemars(with = "RunSection")]
    pub run: Option<RunSection>,
    /// Keys that differ where `run.size` is "ci", dotted, with their values there.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub ci: Option<ValueId>,
    /// Keys that differ where `run.size` is "full", dotted, with their values there.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub full: Option<ValueId>,
    /// Tokens of the scenario's networks, beside those that a kind of network has of itself.
    pub token: Vec<TokenSection>,
    /// Variants to compare, each with the same seeds.
    pub variant: Vec<VariantSection>,
    /// How often each point is run, and which points there are beside the variants.
    #[schemars(with = "EnsembleSection")]
    pub ensemble: Option<EnsembleSection>,
    /// What of the records is kept.
    #[schemars(with = "OutputSection")]
    pub output: Option<OutputSection>,
    /// Forecasts from rolling origins, for `pinwheel backtest`.
    #[schemars(with = "BacktestSection")]
    pub backtest: Option<BacktestSection>,
    /// Keys to be fitted to an observed series, for `pinwheel calibrate`.
    #[schemars(with = "CalibrationSection")]
    pub calibration: Option<CalibrationSection>,
    /// Accuracy stated before the run and judged after it.
    pub target: Vec<TargetSection>,
    /// The scenario with something made wrong, that targets must notice: `check --mutants`.
    pub mutant: Vec<MutantSection>,
    /// Conditions that runs must keep.
    pub invariant: Vec<InvariantSection>,
    /// Numbers, one for each run, that tell what the scenario is about.
    pub outcome: Vec<OutcomeSection>,
    /// Accepted numbers that outcomes are held against.
    #[schemars(with = "BaselineSection")]
    pub baseline: Option<BaselineSection>,
}

/// Many runs: seeds, swept keys, sampled keys.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EnsembleSection {
    /// Runs of each point, with different seeds. Default 1.
    #[schemars(with = "u32", range(min = 1, max = 100_000))]
    pub runs: Option<ValueId>,
    /// Keys that take several values, one point for each.
    pub vary: Option<VarySection>,
    /// Keys that are drawn together from ranges, for sensitivity.
    pub sample: Option<SampleSection>,
    /// Time at the start of each run that outcomes do not judge, such as "30 d". Default none.
    #[schemars(with = "String")]
    pub warm_up: Option<ValueId>,
}

/// Swept keys: every combination of `product`, each with every step of `zip`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VarySection {
    /// Keys of which every combination of values is run.
    pub product: Vec<AxisSection>,
    /// All of one length; they step together.
    pub zip: Vec<AxisSection>,
}

/// One swept key and its values.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["path", "values"]))]
pub struct AxisSection {
    /// Dotted key, as in a variant's `set`.
    #[schemars(with = "String")]
    pub path: Option<ValueId>,
    /// Its values, one after the other.
    #[schemars(with = "Vec<serde_json::Value>", length(min = 1))]
    pub values: Vec<ValueId>,
}

/// A design over ranges of keys.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["kind", "n", "over"]))]
pub struct SampleSection {
    /// "sobol" (first and total order indices), "morris" (screening) or "latin-hypercube".
    #[schemars(with = "String", extend("enum" = ["sobol", "latin-hypercube", "morris"]))]
    pub kind: Option<ValueId>,
    /// Base rows, walks or rows: n * (keys + 2), n * (keys + 1) or n points.
    #[schemars(with = "u32", range(min = 2, max = 65_536))]
    pub n: Option<ValueId>,
    /// Dotted keys with their ranges, [low, high] or [low, high, "log"]. For a key that takes whole
    /// numbers only, whole numbers are drawn; with "log" they are even in the logarithm, rounded.
    #[schemars(with = "BTreeMap<String, Vec<NumberOrText>>")]
    pub over: BTreeMap<String, ValueId>,
}

/// What of the records goes into the table.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OutputSection {
    /// Of each series, the last record of every such time is kept, such as "7 d", "1 h" or "12 s",
    /// and the last of all. Default: every record. Whatever is judged sees every record.
    #[schemars(with = "String")]
    pub every: Option<ValueId>,
    /// The metrics that are kept, such as "availability" or "io.minted". Default, and with an empty
    /// list over that of a base file, all.
    #[schemars(with = "Vec<String>")]
    pub metrics: Vec<ValueId>,
}

/// What the scenario is about; shown in the report.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["name"]))]
pub struct MetaSection {
    /// Short name: letters, digits, "-" and "_".
    #[schemars(with = "String")]
    pub name: Option<ValueId>,
    /// The question the scenario answers.
    #[schemars(with = "String")]
    pub question: Option<ValueId>,
    /// Who wrote the scenario.
    #[schemars(with = "Vec<String>")]
    pub authors: Vec<ValueId>,
    /// Where the assumptions are written down.
    #[schemars(with = "Vec<String>")]
    pub assumptions: Vec<ValueId>,
}

/// When, how long and how often.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["start"]))]
pub struct RunSection {
    /// Root seed of every random stream. Default 42.
    #[schemars(with = "u64")]
    pub seed: Option<ValueId>,
    /// First day, as a TOML date.
    #[schemars(with = "String", extend("format" = "date"))]
    pub start: Option<ValueId>,
    /// Length of the run in whole days, such as "844 d" or "3 y"; a year is 365.25 days. This or
    /// `end` is needed.
    #[schemars(with = "String")]
    pub horizon: Option<ValueId>,
    /// The date at whose first instant the run ends, in place of `horizon`: from 2022-10-10 to
    /// 2025-01-31 are 844 days.
    #[schemars(with = "String", extend("format" = "date"))]
    pub end: Option<ValueId>,
    /// "small" (the default), "ci" or "full": then the keys of `[ci]` or of `[full]` are laid over
    /// the others. `--set run.size=ci` or `pinwheel check --run --size ci` chooses.
    #[schemars(with = "String", extend("enum" = ["small", "ci", "full"]))]
    pub size: Option<ValueId>,
    /// Whether a fleet is simulated in regions of its devices, which is faster for a large one and
    /// changes no result: "auto" (the default; where it is possible and pays), "on" or "off".
    #[schemars(with = "String", extend("enum" = ["auto", "on", "off"]))]
    pub regions: Option<ValueId>,
}

/// One variant: a name and the keys it changes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["id"]))]
pub struct VariantSection {
    /// Its name: letters, digits, "-" and "_".
    #[schemars(with = "String")]
    pub id: Option<ValueId>,
    /// Dotted keys of `[run]`, the network and the layers, with their values in this variant.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub set: BTreeMap<String, ValueId>,
}

/// A forecast without a model, as typed: a word or a file.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum NullGiven {
    /// "persistence", "trend" or "bookkeeping".
    Word(String),
    /// A data file with the columns date and value.
    File(NullFile),
}

/// Somebody else's forecast.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["file"]))]
pub struct NullFile {
    /// A CSV file with the columns date and value, in the metric's unit.
    #[schemars(with = "String")]
    pub file: Option<ValueId>,
}

/// One stated accuracy.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["id", "metric", "measure"]))]
pub struct TargetSection {
    /// Its name: one line of text.
    #[schemars(with = "String")]
    pub id: Option<ValueId>,
    /// Name of a metric of a layer or a network: "availability", or "io.minted" of the network io.
    #[schemars(with = "String")]
    pub metric: Option<ValueId>,
    /// The label of the series, where the metric is recorded by label. Default: the one without.
    #[schemars(with = "String")]
    pub label: Option<ValueId>,
    /// The only variant that is judged. Default: all.
    #[schemars(with = "String")]
    pub variant: Option<ValueId>,
    /// One of mean_absolute_error, growth_error, peak_share_error (of the part of the growth that
    /// the 5 % of all steps with the most growth carry), value_at, within, final.
    #[schemars(with = "String", extend("enum" = ["mean_absolute_error", "growth_error",
        "peak_share_error", "value_at", "within", "final"]))]
    pub measure: Option<ValueId>,
    /// Largest relative error, such as "3 %"; for all measures but `within` and `final`.
    #[schemars(with = "NumberOrText")]
    pub limit: Option<ValueId>,
    /// Forecasts that need no model, whose errors are told beside that of the runs: "persistence"
    /// (what was last observed before `from` goes on; without `from`, what is observed first in the
    /// run), "trend" (the line through the logarithm of the 90 days before `from` does),
    /// "bookkeeping" (where a network keeps one: what came is
    /// added, what went is taken off) and { file = "theirs.csv" }, with the columns date and value.
    /// For mean_absolute_error and growth_error.
    #[schemars(with = "Vec<NullGiven>")]
    pub null: Vec<ValueId>,
    /// Those of `null` that the runs must beat: their mean absolute error is smaller, and by the
    /// test of Diebold and Mariano not by chance. For mean_absolute_error.
    #[schemars(with = "Vec<NullGiven>")]
    pub beats: Vec<ValueId>,
    /// Longest time over which that test takes errors to hang together. Default "30 d".
    #[schemars(with = "String")]
    pub lag: Option<ValueId>,
    /// Date of `value_at`, whose last record counts, or an instant: 2025-01-02T06:00:00.
    #[schemars(with = "String", extend("format" = "date"))]
    pub at: Option<ValueId>,
    /// Value of `value_at`, in the metric's unit.
    #[schemars(with = "NumberOrText")]
    pub expected: Option<ValueId>,
    /// Bounds of `within` and `final`, in the metric's unit.
    #[schemars(with = "NumberOrText")]
    pub low: Option<ValueId>,
    /// The greatest value allowed, with its unit.
    #[schemars(with = "NumberOrText")]
    pub high: Option<ValueId>,
    /// `within` holds for means over this time, such as "30 d" or "6 h"; default: for each record.
    #[schemars(with = "String")]
    pub window: Option<ValueId>,
    /// First and last date, or instant, that is judged; default all.
    #[schemars(with = "String", extend("format" = "date"))]
    pub from: Option<ValueId>,
    /// Last day that is judged. Default: the end of the run.
    #[schemars(with = "String", extend("format" = "date"))]
    pub to: Option<ValueId>,
}
