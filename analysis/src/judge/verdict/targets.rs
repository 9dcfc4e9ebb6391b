//! The judgement of stated targets: what every run measured, against the limit, beside forecasts
//! without a model.

use pinwheel_models::describe::metric::split_name;
use pinwheel_models::scenario::{Measure, PEAK_STEPS, Target};
use serde::{Deserialize, Serialize};

use super::measure::Missing;
use crate::record::outcome::TargetFound;
use crate::statistics::{DieboldMariano, median, median_interval};
use crate::wording::{chance_words, duration_words, format_number, percent};

/// A forecast without a model is beaten, or beats the runs, if chance alone would not show as much
/// with this confidence.
const CONFIDENCE: f64 = 0.95;

/// One target at one point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetRow {
    /// The id in the scenario.
    pub id: String,
    /// The id of the point.
    pub point: String,
    /// The metric that is judged, with its subject where it has one: "io.minted".
    pub metric: String,
    /// What it is held against.
    pub limit: Limit,
    /// Over the whole window of the target; `None` if it could not be measured.
    pub measured: Option<f64>,
    /// Before and from the first day that calibration has not seen, where the target spans it.
    pub calibration: Option<f64>,
    /// From that day on.
    pub verdict_window: Option<f64>,
    /// The same number of each forecast without a model that the target names.
    #[serde(default)]
    pub nulls: Vec<NullRow>,
    /// How it came out.
    pub standing: TargetStanding,
    /// How it was measured, with the numbers of forecasts without a model, or why it was not.
    pub sentence: String,
}

/// A forecast without a model, beside a target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NullRow {
    /// Which: its word in the scenario, or the name of its file.
    pub null: String,
    /// Its number over the window of the target; `None` if it could not be measured.
    pub measured: Option<f64>,
    /// Where the runs must beat it, whether they do.
    #[serde(default)]
    pub beaten: Option<Beaten>,
}

/// Whether the runs beat a forecast without a model, by the test of Diebold and Mariano.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beaten {
    /// Met if every run has the smaller error and chance alone would give as much in less than one
    /// case of twenty; not met if every run has the larger one, as clearly; else undecided.
    pub standing: TargetStanding,
    /// Mean of the error of the runs less that of the forecast, of the run whose test says least.
    pub mean_difference: f64,
    /// How often chance alone would give as much, of that run.
    pub p_value: f64,
}

/// How a target stands after the run.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetStanding {
    /// The measured number is within the limit.
    Met,
    /// It is not, or could not be measured where it should be.
    NotMet,
    /// So few runs, or so few days, do not tell which of both.
    Undecided,
    /// Its dates lie outside the run.
    NotJudged,
}

impl TargetStanding {
    /// In words: "not met".
    pub fn word(self) -> &'static str {
        match self {
            TargetStanding::Met => "met",
            TargetStanding::NotMet => "not met",
            TargetStanding::Undecided => "undecided",
            TargetStanding::NotJudged => "not judged",
        }
    }
}

/// What a measured number is held against.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// A share: the error may be at most this.
    AtMost(f64),
    /// A value: every one must lie in the range.
    Within {
        /// The least that is allowed.
        low: f64,
        /// The most that is allowed.
        high: f64,
    },
}

impl Limit {
    /// The limit that a measure states.
    pub fn of(measure: &Measure) -> Self {
        match *measure {
            Measure::MeanAbsoluteError { limit }
            | Measure::GrowthError { limit }
            | Measure::PeakShareError { limit }
            | Measure::ValueAt { limit, .. } => Limit::AtMost(limit),
            Measure::Within { low, high, .. } | Measure::Final { low, high } => {
                Limit::Within { low, high }
            }
        }
    }

    /// Whether a measured number is within the limit.
    pub fn holds(self, value: f64) -> bool {
        match self {
            Limit::AtMost(limit) => value <= limit,
            Limit::Within { low, high } => (low..=high).contains(&value),
        }
    }

    /// Whether all numbers from `low` to `high` are beyond the limit.
    fn is_beyond(self, low: f64, high: f64) -> bool {
        match self {
            Limit::AtMost(limit) => low > limit,
            Limit::Within { low: least, high: most } => low > most || high < least,
        }
    }

    /// A measured number as the reader wants it.
    pub fn show(self, value: f64) -> String {
        match self {
            Limit::AtMost(_) => percent(value),
            Limit::Within { .. } => format!("{value:.4}"),
        }
    }
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Limit::AtMost(limit) => f.write_str(&percent(*limit)),
            Limit::Within { low, high } => write!(f, "{low} to {high}"),
        }
    }
}

/// A target at a point, from what each run measured.
pub(super) fn judge(target: &Target, point: &str, found: &[&TargetFound]) -> TargetRow {
    let limit = Limit::of(&target.measure);
    let over_runs = |of: fn(&TargetFound) -> Option<f64>| -> Option<f64> {
        median(&found.iter().filter_map(|found| of(found)).collect::<Vec<_>>())
    };
    let missing = found.iter().filter_map(|found| found.whole.as_ref().err()).next_back();
    let missing = missing
        .cloned()
        .or_else(|| found.is_empty().then(|| Missing::Data("no run came to its end".to_owned())));
    let measured = over_runs(|found| found.whole.as_ref().ok().copied());
    let measured = measured.filter(|_| missing.is_none());
    let calibration = over_runs(|found| found.calibration);
    let verdict_window = over_runs(|found| found.verdict_window);
    let spans = calibration.is_some() && verdict_window.is_some();
    let nulls: Vec<NullRow> =
        (0..target.nulls.len()).map(|at| null_row(target, at, found)).collect();
    let (standing, told) = match (missing, measured) {
        (Some(Missing::Horizon(reason)), _) => (TargetStanding::NotJudged, reason),
        (Some(Missing::Data(reason)), _) => (TargetStanding::NotMet, reason),
        (None, _) => over_all(target, limit, found, &nulls),
    };
    let beside = nulls.iter().map(|row| null_words(row, limit)).collect::<String>();
    TargetRow {
        id: target.id.clone(),
        point: point.to_owned(),
        metric: target.metric.clone(),
        limit,
        measured,
        calibration: calibration.filter(|_| spans),
        verdict_window: verdict_window.filter(|_| spans),
        nulls,
        standing,
        sentence: told + &beside,
    }
}

/// Fewest runs whose least and greatest value hold the median of all with 95 %: `1 - 2^(1 - n)`.
const RUNS_MIN: usize = 6;

/// How a target stands that every run has measured, and how it was measured. It speaks of the
/// median of all possible runs, of which those that were made show between which two of their
/// values it lies ([`median_interval`]): met if all of that is within the limit, not met if all of
/// it is beyond, else so few runs do not tell. Two to five runs never tell that it is met: between
/// their least and greatest value the median lies with less than 95 %. One run, or runs that are
/// all alike, are what they are.
fn over_all(
    target: &Target,
    limit: Limit,
    found: &[&TargetFound],
    nulls: &[NullRow],
) -> (TargetStanding, String) {
    let values: Vec<f64> = found.iter().filter_map(|found| found.whole.clone().ok()).collect();
    let (low, high) = median_interval(&values).unwrap_or((f64::NAN, f64::NAN));
    let alike = values.windows(2).all(|pair| pair[0] == pair[1]);
    let measured = match () {
        () if limit.is_beyond(low, high) => TargetStanding::NotMet,
        () if !alike && values.len() < RUNS_MIN => TargetStanding::Undecided,
        () if limit.holds(low) && limit.holds(high) => TargetStanding::Met,
        () => TargetStanding::Undecided,
    };
    let mut told = match split_name(&target.metric).0 {
        "" => words(&target.measure),
        subject => format!("{}, of {subject}", words(&target.measure)),
    };
    if measured == TargetStanding::Undecided {
        let (low, high, runs) = (limit.show(low), limit.show(high), values.len());
        told += &format!("; the median lies between {low} and {high}: {runs} runs do not tell");
    }
    let beaten = nulls.iter().filter_map(|row| Some(row.beaten?.standing));
    let standing = std::iter::once(measured).chain(beaten).max_by_key(|standing| match standing {
        TargetStanding::NotMet => 2,
        TargetStanding::Undecided => 1,
        TargetStanding::Met | TargetStanding::NotJudged => 0,
    });
    (standing.unwrap_or(measured), told)
}

/// A forecast without a model beside the runs. The data are the same in all runs, and so is what
/// needs no model.
fn null_row(target: &Target, place: usize, found: &[&TargetFound]) -> NullRow {
    let of_runs = || found.iter().filter_map(|found| found.nulls.get(place));
    let tests: Vec<DieboldMariano> = of_runs().filter_map(|found| found.against).collect();
    NullRow {
        null: target.nulls[place].word().to_owned(),
        measured: of_runs().find_map(|found| found.measured),
        beaten: target.beats[place].then(|| beaten(&tests, found.len())),
    }
}

/// What the tests of all runs say together; where one has none, nothing can be said.
fn beaten(tests: &[DieboldMariano], runs: usize) -> Beaten {
    let sure = |test: &DieboldMariano| test.p_value < 1.0 - CONFIDENCE;
    let all = |better: bool| {
        tests.len() == runs
            && tests.iter().all(|test| sure(test) && (test.mean_difference < 0.0) == better)
    };
    let standing = match (all(true), all(false)) {
        (true, false) => TargetStanding::Met,
        (false, true) => TargetStanding::NotMet,
        _ => TargetStanding::Undecided,
    };
    let least = tests.iter().max_by(|one, other| one.p_value.total_cmp(&other.p_value));
    Beaten {
        standing,
        mean_difference: least.map_or(0.0, |test| test.mean_difference),
        p_value: least.map_or(1.0, |test| test.p_value),
    }
}

/// "; persistence 12.3 %", or that it could not be measured; and whether it is beaten, if it must
/// be.
fn null_words(row: &NullRow, limit: Limit) -> String {
    let measured = row.measured.map_or("not measured".to_owned(), |value| limit.show(value));
    let beaten = row.beaten.map_or(String::new(), |Beaten { standing, p_value, .. }| {
        let word = match standing {
            TargetStanding::Met => "beaten",
            TargetStanding::NotMet => "not beaten",
            _ => "not clearly beaten",
        };
        format!(" ({word}, {})", chance_words(p_value))
    });
    format!("; {} {measured}{beaten}", row.null)
}

/// What a measure is, in words.
fn words(measure: &Measure) -> String {
    match *measure {
        Measure::MeanAbsoluteError { .. } => "mean error against the real series".to_owned(),
        Measure::GrowthError { .. } => "growth over the window against the real growth".to_owned(),
        Measure::PeakShareError { .. } => {
            format!("part of the growth in the highest {} of steps", percent(PEAK_STEPS))
        }
        Measure::ValueAt { at, expected, .. } => {
            format!("value on {at} against {}, the known one", format_number(expected))
        }
        Measure::Within { window: None, .. } => "the value farthest from the range".to_owned(),
        Measure::Within { window: Some(window), .. } => {
            let length = duration_words((window.as_nanos() / 1_000_000) as i64);
            format!("the mean over {length} farthest from the middle of the range")
        }
        Measure::Final { .. } => "the last value".to_owned(),
    }
}

/// "All 8 stated targets are met", or which are not, and how many could not be decided or judged.
pub(super) fn accuracy_words(targets: &[TargetRow]) -> String {
    let standing = |wanted| targets.iter().filter(move |row| row.standing == wanted);
    let (met, out) =
        (standing(TargetStanding::Met).count(), standing(TargetStanding::NotJudged).count());
    let judged = targets.len() - out;
    let named = |wanted| standing(wanted).map(failure_words).collect::<Vec<_>>().join(", ");
    let failed = named(TargetStanding::NotMet);
    let unjudged = match out {
        0 => String::new(),
        out => format!(" ({out} more not judged: the run does not reach their dates)"),
    };
    let open = match named(TargetStanding::Undecided) {
        open if open.is_empty() => open,
        open => format!("; undecided: {open}"),
    };
    match (targets.len(), judged) {
        (0, _) => "No accuracy was stated".to_owned(),
        (_, 0) => "No stated target could be judged: the run does not reach their dates".to_owned(),
        (_, 1) if met == 1 => format!("The one judged target is met{unjudged}"),
        _ if met == judged => format!("All {judged} judged targets are met{unjudged}"),
        _ if failed.is_empty() => {
            format!("{met} of {judged} targets are met{unjudged}{open}")
        }
        _ => format!("{met} of {judged} targets are met{unjudged}; not met: {failed}{open}"),
    }
}

/// "reward of an epoch (0.55 %, limit 0.5 %)"
fn failure_words(row: &TargetRow) -> String {
    let measured = row.measured.map_or("not measured".to_owned(), |value| row.limit.show(value));
    let word = if matches!(row.limit, Limit::AtMost(_)) { "limit" } else { "allowed" };
    format!("{} ({measured}, {word} {})", row.id, row.limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, standing: TargetStanding) -> TargetRow {
        TargetRow {
            id: id.into(),
            point: "base".into(),
            metric: "raw_power".into(),
            limit: Limit::AtMost(0.03),
            measured: (standing != TargetStanding::NotJudged).then_some(0.051),
            calibration: None,
            verdict_window: None,
            nulls: vec![],
            standing,
            sentence: String::new(),
        }
    }

    #[test]
    fn the_sentence_names_what_failed_and_does_not_count_what_was_not_judged() {
        use TargetStanding::{Met, NotJudged, NotMet};
        let rows = [row("power", Met), row("burn", NotMet), row("reward", NotJudged)];
        let text = accuracy_words(&rows).replace('\u{a0}', " ");
        let expected = "1 of 2 targets are met (1 more not judged: the run does not reach their \
                        dates); not met: burn (5.1 %, limit 3 %)";
        assert_eq!(text, expected);
        assert!(accuracy_words(&rows[2..]).starts_with("No stated target could be judged"));
        assert_eq!(accuracy_words(&rows[..1]), "The one judged target is met");
    }

    #[test]
    fn percentages_keep_the_digits_that_matter() {
        assert_eq!(percent(0.03), "3\u{a0}%");
        assert_eq!(percent(0.0304), "3\u{a0}%");
        assert_eq!(percent(0.1234), "12.3\u{a0}%");
        assert_eq!(percent(0.0005), "0.05\u{a0}%");
        assert_eq!(percent(1.0), "100\u{a0}%");
        assert_eq!(percent(7.297), "730\u{a0}%");
        assert_eq!(percent(0.0), "0\u{a0}%");
    }
}
