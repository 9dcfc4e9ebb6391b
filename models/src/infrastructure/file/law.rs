//! Laws of life and lengths of time as typed: `{ law = "weibull", shape = 0.7, scale = "3 y" }`.

use pinwheel_core::{SimDuration, math};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::input::check::Checker;
use crate::input::dates::{DAY_SECONDS, YEAR_SECONDS};
use crate::input::files::SCENARIO_BYTES_MAX;
use crate::input::table::number_in;
use crate::input::tree::{Value, ValueId};
use crate::laws::draw::Duration;
use crate::laws::failure::FailureLaw;

/// Longest mean life or repair, in seconds: ten thousand years.
const SECONDS_MAX: f64 = 1e4 * YEAR_SECONDS;
/// Most hazards in a sum, and rows of a table.
const PARTS_MAX: usize = 8;
const ROWS_MAX: usize = 10_000;

/// A law of life.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "LawSection", extend("required" = ["law"]))]
pub struct LawSection {
    /// "never", "exponential" (mean), "weibull" (shape, scale or mean), "log_normal" (median,
    /// sigma), "sum" of hazards (parts), such as a bathtub, "table" (ages and rates, or a file).
    #[schemars(with = "String", extend(
        "enum" = ["never", "exponential", "weibull", "log_normal", "sum", "table"]))]
    pub law: Option<ValueId>,
    /// The mean, such as "60 d".
    #[schemars(with = "String")]
    pub mean: Option<ValueId>,
    /// Of a Weibull law: below 1 the hazard falls with age, above 1 it rises.
    #[schemars(with = "f64")]
    pub shape: Option<ValueId>,
    /// The age that 36.8 % reach.
    #[schemars(with = "String")]
    pub scale: Option<ValueId>,
    /// The median, such as "60 d". For "log_normal".
    #[schemars(with = "String")]
    pub median: Option<ValueId>,
    /// Standard deviation of the logarithm.
    #[schemars(with = "f64")]
    pub sigma: Option<ValueId>,
    /// Laws whose hazards add.
    pub parts: Vec<LawSection>,
    /// Rising ages, the first "0 d", each with the hazard from there on.
    #[schemars(with = "Vec<String>")]
    pub ages: Vec<ValueId>,
    /// The hazard from each of the ages on, such as "5 %/y". For "table".
    #[schemars(with = "Vec<String>")]
    pub rates: Vec<ValueId>,
    /// CSV file with the columns age_days and rate_per_year, in place of ages and rates.
    #[schemars(with = "String")]
    pub file: Option<ValueId>,
}

/// In the schema: a fixed time, or a law.
#[derive(Debug, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
pub enum DurationGiven {
    /// Always the same, such as "2 d".
    Fixed(String),
    /// Drawn from a law.
    Law(LawSection),
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum Kind {
    Never,
    Exponential,
    Weibull,
    LogNormal,
    Sum,
    Table,
}

const KINDS: &[(&str, Kind)] = &[
    ("never", Kind::Never),
    ("exponential", Kind::Exponential),
    ("weibull", Kind::Weibull),
    ("log_normal", Kind::LogNormal),
    ("sum", Kind::Sum),
    ("table", Kind::Table),
];

/// The law as typed at `key`.
pub(super) fn law(checker: &mut Checker<'_>, typed: &LawSection, key: &str) -> Option<FailureLaw> {
    let at = |name: &str| format!("{key}.{name}");
    let kind = checker.required(typed.law, &at("law"), "\"exponential\"");
    let time = |checker: &mut Checker<'_>, given, name| {
        let given = checker.required(given, &at(name), "\"3 y\"");
        checker.quantity(given, &at(name), "s", false, 1e-3..=SECONDS_MAX)
    };
    let kind = checker.choice(kind, &at("law"), KINDS)?;
    refuse_keys_of_others(checker, typed, kind, key);
    Some(match kind {
        Kind::Never => FailureLaw::NEVER,
        Kind::Exponential => FailureLaw::exponential(time(checker, typed.mean, "mean")?),
        Kind::Weibull => {
            let shape = checker.required(typed.shape, &at("shape"), "1.5");
            let shape = checker.quantity(shape, &at("shape"), "1", true, 0.1..=20.0)?;
            let scale_seconds = match typed.mean {
                Some(mean) => time(checker, Some(mean), "mean")? / math::gamma(1.0 + 1.0 / shape),
                None => time(checker, typed.scale, "scale")?,
            };
            FailureLaw::Weibull { shape, scale_seconds }
        }
        Kind::LogNormal => {
            let median_seconds = time(checker, typed.median, "median")?;
            let sigma = checker.required(typed.sigma, &at("sigma"), "1.0");
            let sigma = checker.quantity(sigma, &at("sigma"), "1", true, 1e-3..=10.0)?;
            FailureLaw::LogNormal { median_seconds, sigma }
        }
        Kind::Sum => sum(checker, typed, key)?,
        Kind::Table => table(checker, typed, key)?,
    })
}

/// A key of another law would be silently without effect.
fn refuse_keys_of_others(checker: &mut Checker<'_>, typed: &LawSection, kind: Kind, key: &str) {
    let (by_file, by_mean) = (typed.file.is_some(), typed.mean.is_some());
    let part = typed.parts.first().and_then(|part| part.law);
    let (age, rate) = (typed.ages.first().copied(), typed.rates.first().copied());
    let (weibull, log_normal) = (kind == Kind::Weibull, kind == Kind::LogNormal);
    let table = kind == Kind::Table;
    let rows = "a law \"table\" without a file";
    checker.refuse_idle(
        key,
        &[
            ("mean", typed.mean, weibull || kind == Kind::Exponential, "exponential and weibull"),
            ("shape", typed.shape, weibull, "the law \"weibull\""),
            ("scale", typed.scale, weibull && !by_mean, "a law \"weibull\" without a mean"),
            ("median", typed.median, log_normal, "the law \"log_normal\""),
            ("sigma", typed.sigma, log_normal, "the law \"log_normal\""),
            ("parts", part, kind == Kind::Sum, "the law \"sum\""),
            ("ages", age, table && !by_file, rows),
            ("rates", rate, table && !by_file, rows),
            ("file", typed.file, table, "the law \"table\""),
        ],
    );
}

fn sum(checker: &mut Checker<'_>, typed: &LawSection, key: &str) -> Option<FailureLaw> {
    if !(1..=PARTS_MAX).contains(&typed.parts.len()) {
        let message = format!("a sum of {} hazards", typed.parts.len());
        let help = format!("give 1 to {PARTS_MAX} laws, such as parts = [{{ law = ... }}, ...]");
        checker.fault(typed.law?, &format!("{key}.parts"), message, help);
        return None;
    }
    let parts = typed.parts.iter().enumerate();
    let parts: Vec<_> =
        parts.map(|(number, part)| law(checker, part, &format!("{key}.parts[{number}]"))).collect();
    Some(FailureLaw::Sum(parts.into_iter().collect::<Option<_>>()?))
}

fn table(checker: &mut Checker<'_>, typed: &LawSection, key: &str) -> Option<FailureLaw> {
    let rows = match typed.file {
        Some(given) => read_rows(checker, given, &format!("{key}.file"))?,
        None => {
            let mut rows = Vec::new();
            for (number, (age, rate)) in typed.ages.iter().zip(&typed.rates).enumerate() {
                let age_key = format!("{key}.ages[{number}]");
                let age = checker.quantity(Some(*age), &age_key, "s", false, 0.0..=SECONDS_MAX)?;
                let rate_key = format!("{key}.rates[{number}]");
                let rate = checker.quantity(Some(*rate), &rate_key, "1/s", false, 0.0..=1e3)?;
                rows.push((age, rate));
            }
            if typed.ages.len() != typed.rates.len() {
                let (ages, rates) = (typed.ages.len(), typed.rates.len());
                let message = format!("{ages} ages and {rates} rates");
                checker.fault(typed.law?, key, message, "give a rate for each age");
                return None;
            }
            rows
        }
    };
    let rising = rows.windows(2).all(|pair| pair[0].0 < pair[1].0);
    if !rising || rows.len() > ROWS_MAX || rows.first().is_none_or(|row| row.0 != 0.0) {
        let message = "the ages are no rising list from zero on".to_owned();
        let help = format!("1 to {ROWS_MAX} rows, the first at \"0 d\"");
        checker.fault(typed.law?, key, message, help);
        return None;
    }
    Some(FailureLaw::table(&rows))
}

/// Ages in seconds and rates a second from a file.
fn read_rows(checker: &mut Checker<'_>, given: ValueId, key: &str) -> Option<Vec<(f64, f64)>> {
    let (file, text) = checker.file(Some(given), key, SCENARIO_BYTES_MAX)?;
    let mut rows = Vec::new();
    let columns = [("age_days", 1e7), ("rate_per_year", 1e9)];
    checker.csv_rows(file, &text, &columns.map(|(name, _)| name), |fields| {
        let mut numbers = [0.0; 2];
        for ((number, text), (name, most)) in numbers.iter_mut().zip(fields).zip(columns) {
            *number = number_in(text, name, 0.0, most)?;
        }
        rows.push((numbers[0] * DAY_SECONDS, numbers[1] / YEAR_SECONDS));
        Ok(())
    })?;
    Some(rows)
}

/// A length of time: "6 h", or a law.
pub(super) fn duration(
    checker: &mut Checker<'_>,
    given: Option<ValueId>,
    key: &str,
) -> Option<Duration> {
    let given = given?;
    if let Value::Table(_) = checker.tree.value(given) {
        let typed: LawSection = checker.read(given, key);
        return law(checker, &typed, key).map(Duration::Drawn);
    }
    let seconds = checker.quantity(Some(given), key, "s", false, 0.0..=SECONDS_MAX)?;
    Some(Duration::Fixed(SimDuration::from_seconds_f64(seconds)))
}
