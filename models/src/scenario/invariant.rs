//! `[[invariant]]`, `[[outcome]]` and `[baseline]`: what a run must keep, what it is about in one
//! number, and what the numbers were when they were last accepted.

use std::path::PathBuf;

pub use crate::describe::Goal;
use crate::describe::Recorded;
use pinwheel_core::SimDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expression::{self, Condition, Fault, Moment, Shown, Value};
use super::file::ScenarioFile;
use crate::input::NumberOrText;
use crate::input::check::Checker;
use crate::input::tree::{Value as Typed, ValueId};
use crate::input::{HORIZON_DAYS_MAX, RunDays, When};

/// Most invariants, and most outcomes, of a scenario.
const STATEMENTS_MAX: usize = 200;
/// Largest relative tolerance.
const TOLERANCE_MAX: f64 = 1.0;

/// One condition that runs must keep.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["id"]))]
pub struct InvariantSection {
    /// Its name: letters, digits, "-" and "_".
    #[schemars(with = "String")]
    pub id: Option<ValueId>,
    /// A condition that holds at every tick of every run.
    #[schemars(with = "String")]
    pub always: Option<ValueId>,
    /// A condition that holds at one tick of one run at least: a state the runs must reach.
    #[schemars(with = "String")]
    pub sometimes: Option<ValueId>,
    /// A condition on the end of each run: last values, and functions over the whole run.
    #[serde(rename = "final")]
    #[schemars(with = "String")]
    pub end: Option<ValueId>,
    /// The part of each run that `expect` judges.
    pub over: Option<OverSection>,
    /// A condition on the part of each run that `over` names.
    #[schemars(with = "String")]
    pub expect: Option<ValueId>,
    /// Evaluate in integer base units: all metrics are amounts of one token. Default false.
    #[schemars(with = "bool")]
    pub exact: Option<ValueId>,
    /// Largest relative difference at which `==` holds. Default 0.
    #[schemars(with = "NumberOrText")]
    pub tolerance: Option<ValueId>,
    /// Share of the runs in which it must hold, proven with the lower bound of Wilson's interval
    /// (95 %, one-sided). Default 1: in every run.
    #[schemars(with = "NumberOrText")]
    pub hold_in: Option<ValueId>,
    /// "error" (the default) fails the verdict, "warn" is only told.
    #[schemars(with = "String", extend("enum" = ["error", "warn"]))]
    pub severity: Option<ValueId>,
    /// The only variant that is judged. Default: all.
    #[schemars(with = "String")]
    pub variant: Option<ValueId>,
}

/// A part of each run: the last of it, or between two dates or instants.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OverSection {
    /// The last part of the run, such as "90 d" or "6 h", without the instant at which it begins.
    #[schemars(with = "String")]
    pub last: Option<ValueId>,
    /// First day. Default: the start of the run.
    #[schemars(with = "String", extend("format" = "date"))]
    pub from: Option<ValueId>,
    /// Last day. Default: the end of the run.
    #[schemars(with = "String", extend("format" = "date"))]
    pub to: Option<ValueId>,
}

/// One number for each run.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["id", "value"]))]
pub struct OutcomeSection {
    /// Its name: letters, digits, "-" and "_".
    #[schemars(with = "String")]
    pub id: Option<ValueId>,
    /// An expression, such as "gini(income)" or "p95(queue_wait_p99)".
    #[schemars(with = "String")]
    pub value: Option<ValueId>,
    /// Which way is better: "higher" or "lower".
    #[schemars(with = "String", extend("enum" = ["higher", "lower"]))]
    pub goal: Option<ValueId>,
    /// What it is, in the words of the report.
    #[schemars(with = "String")]
    pub words: Option<ValueId>,
    /// Largest relative change from the baseline that passes. Default: that of [baseline].
    #[schemars(with = "NumberOrText")]
    pub relative: Option<ValueId>,
}

/// The accepted numbers that outcomes are held against.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["file"]))]
pub struct BaselineSection {
    /// File that `pinwheel baseline accept` writes, relative to the scenario.
    #[schemars(with = "String")]
    pub file: Option<ValueId>,
    /// Largest relative change that passes, where an outcome does not say otherwise. Default 0.
    #[schemars(with = "NumberOrText")]
    pub relative: Option<ValueId>,
    /// "median" (the default): the median over runs moves by at most this. "paired": the 95 %
    /// interval of the median difference of equal runs lies within it.
    #[schemars(with = "String", extend("enum" = ["median", "paired"]))]
    pub test: Option<ValueId>,
}

/// A condition that runs must keep.
#[derive(Clone, Debug, PartialEq)]
pub struct Invariant {
    /// Its name in verdicts.
    pub id: String,
    /// When it is evaluated.
    pub kind: Kind,
    /// What must hold.
    pub condition: Condition,
    /// Evaluated in integer base units.
    pub exact: bool,
    /// Share of the larger side by which two numbers may differ and still count as equal.
    pub tolerance: f64,
    /// Share of the runs, 1 for every run.
    pub hold_in: f64,
    /// What a breach means.
    pub severity: Severity,
    /// The only variant that is judged, or all.
    pub variant: Option<String>,
}

/// When a condition is evaluated.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// At every instant with records.
    Always,
    /// At every instant with records; it must hold at one of them.
    Sometimes,
    /// At the end of the run.
    Final,
    /// Over a part of the run as a whole.
    Over(Part),
}

/// A part of a run.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// So long a time up to the end, without the instant at which it begins.
    Last(SimDuration),
    /// Between two days, both included.
    Between {
        /// The first day; `None` for that of the run.
        from: Option<When>,
        /// The last day; `None` for that of the run.
        to: Option<When>,
    },
}

/// What a breach means for the verdict.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The experiment fails.
    #[default]
    Error,
    /// It is told and nothing more.
    Warn,
}

/// One number of each run.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeSpec {
    /// Its name in tables and baselines.
    pub id: String,
    /// The expression that gives it.
    pub value: Value,
    /// The unit it is told in.
    pub shown: Shown,
    /// Which way is better, if one is.
    pub goal: Option<Goal>,
    /// What it is, for people.
    pub words: String,
    /// Largest relative change from the baseline, if not that of [`Baseline::relative`].
    pub relative: Option<f64>,
}

/// Where the accepted numbers lie and how far from them a result may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    /// As typed, relative to the scenario.
    pub file: String,
    /// Where that is.
    pub path: PathBuf,
    /// Of outcomes that do not say otherwise.
    pub relative: f64,
    /// How a result is held against it.
    pub test: BaselineTest,
}

/// How a result is held against accepted numbers.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BaselineTest {
    /// The medians of the runs are compared.
    #[default]
    Median,
    /// Runs of one seed are compared with each other.
    Paired,
}

impl Kind {
    /// Its key in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Always => "always",
            Kind::Sometimes => "sometimes",
            Kind::Final => "final",
            Kind::Over(_) => "over",
        }
    }
}

impl Invariant {
    /// Whether it is judged at the points of a variant.
    pub fn judges(&self, variant: &str) -> bool {
        self.variant.as_deref().is_none_or(|only| only == variant)
    }

    /// Whether its first breach ends the run: nothing that follows could change the verdict.
    pub fn stops(&self) -> bool {
        self.kind == Kind::Always && self.severity == Severity::Error && self.hold_in >= 1.0
    }
}

/// What a scenario states of its runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statements {
    /// What runs must keep.
    pub invariants: Vec<Invariant>,
    /// The numbers of each run.
    pub outcomes: Vec<OutcomeSpec>,
}

/// Checks all invariants and outcomes against the metrics that the runs of a point record.
pub fn statements(
    checker: &mut Checker<'_>,
    file: &ScenarioFile,
    recorded: &Recorded,
    days: Option<RunDays>,
) -> Statements {
    let invariants = file.invariant.iter().take(STATEMENTS_MAX).enumerate();
    let invariants = invariants.filter_map(|(number, section)| {
        let prefix = format!("invariant[{number}]");
        InvariantChecker { checker, section, prefix, recorded, days }.invariant()
    });
    let invariants = invariants.collect();
    let outcomes = file.outcome.iter().take(STATEMENTS_MAX).enumerate();
    let outcomes = outcomes
        .filter_map(|(number, section)| outcome(checker, section, number, recorded))
        .collect();
    for (what, ids) in [
        ("invariant", file.invariant.iter().map(|section| section.id).collect::<Vec<_>>()),
        ("outcome", file.outcome.iter().map(|section| section.id).collect()),
    ] {
        if let Some(&Some(given)) = ids.get(STATEMENTS_MAX) {
            let message = format!("{} of them", ids.len());
            checker.fault(given, what, message, format!("at most {STATEMENTS_MAX}"));
        }
        let named: Vec<_> = (ids.iter().take(STATEMENTS_MAX))
            .filter_map(|&id| Some((id, checker.text_of(id?)?)))
            .collect();
        checker.unique(&named, what);
    }
    Statements { invariants, outcomes }
}

fn outcome(
    checker: &mut Checker<'_>,
    section: &OutcomeSection,
    number: usize,
    recorded: &Recorded,
) -> Option<OutcomeSpec> {
    let key = |name: &str| format!("outcome[{number}].{name}");
    let id = checker.required(section.id, &key("id"), "\"fairness\"");
    let id = checker.identifier(id, &key("id"));
    let given = checker.required(section.value, &key("value"), "\"gini(income)\"");
    let text = checker.text(given, &key("value"));
    let checked = text.map(|text| expression::value(&text, recorded));
    let goals = [("higher", Goal::Higher), ("lower", Goal::Lower)];
    let goal = checker.choice(section.goal, &key("goal"), &goals);
    let words = checker.title(section.words, &key("words"));
    let relative = checker.share(section.relative, &key("relative"), TOLERANCE_MAX);
    let (value, shown) = match checked? {
        Ok(checked) => checked,
        Err(fault) => return expression_fault(checker, given?, &key("value"), fault),
    };
    let words = words.unwrap_or_default();
    Some(OutcomeSpec { id: id?, value, shown, goal, words, relative })
}

/// Notes a fault at its place inside the text of an expression.
fn expression_fault<T>(
    checker: &mut Checker<'_>,
    given: ValueId,
    key: &str,
    fault: Fault,
) -> Option<T> {
    let place = match checker.tree.value(given) {
        Typed::Text(text) => {
            let text = &text[..fault.at.min(text.len())];
            checker.files.inside(checker.tree.start(given), text)
        }
        _ => checker.tree.place(given),
    };
    checker.faults.push(place, key, fault.message, fault.help);
    None
}

/// The `[baseline]` of a scenario; the file itself may be missing.
pub fn baseline(checker: &mut Checker<'_>, section: &BaselineSection) -> Option<Baseline> {
    let given = checker.required(section.file, "baseline.file", "\"baselines/name.json\"");
    let file = checker.text(given, "baseline.file");
    let relative = checker.share(section.relative, "baseline.relative", TOLERANCE_MAX);
    let tests = [("median", BaselineTest::Median), ("paired", BaselineTest::Paired)];
    let test = checker.choice(section.test, "baseline.test", &tests);
    let file = file?;
    match checker.files.beside(&file) {
        Ok(path) => Some(Baseline {
            file,
            path,
            relative: relative.unwrap_or(0.0),
            test: test.unwrap_or_default(),
        }),
        Err((message, help)) => {
            checker.fault(given?, "baseline.file", message, help);
            None
        }
    }
}

struct InvariantChecker<'c, 'a, 's> {
    checker: &'c mut Checker<'a>,
    section: &'s InvariantSection,
    prefix: String,
    recorded: &'s Recorded,
    days: Option<RunDays>,
}

impl InvariantChecker<'_, '_, '_> {
    fn invariant(mut self) -> Option<Invariant> {
        let section = self.section;
        let key = self.key("id");
        let id = self.checker.required(section.id, &key, "\"supply-conserved\"");
        let id = self.checker.identifier(id, &key);
        let exact = self.checker.boolean(section.exact, &self.key("exact")).unwrap_or(false);
        let key = self.key("tolerance");
        let tolerance = self.checker.share(section.tolerance, &key, TOLERANCE_MAX);
        if let (true, Some(given)) = (exact, section.tolerance) {
            let message = "an exact condition has no tolerance".to_owned();
            self.checker.fault(given, &key, message, "remove one of the two");
        }
        let hold_in = self.hold_in();
        let key = self.key("severity");
        let choices = [("error", Severity::Error), ("warn", Severity::Warn)];
        let severity = self.checker.choice(section.severity, &key, &choices);
        let variant = self.checker.identifier(section.variant, &self.key("variant"));
        let (kind, name, given) = self.kind()?;
        let key = self.key(name);
        let text = self.checker.text(Some(given), &key)?;
        let moment = match kind {
            Kind::Always | Kind::Sometimes => Moment::Tick,
            Kind::Final | Kind::Over(_) => Moment::Run,
        };
        let condition = match expression::condition(&text, self.recorded, moment, exact) {
            Ok(condition) => condition,
            Err(fault) => return expression_fault(self.checker, given, &key, fault),
        };
        Some(Invariant {
            id: id?,
            kind,
            condition,
            exact,
            tolerance: tolerance.unwrap_or(0.0),
            hold_in: hold_in.unwrap_or(1.0),
            severity: severity.unwrap_or_default(),
            variant,
        })
    }

    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }

    fn hold_in(&mut self) -> Option<f64> {
        let given = self.section.hold_in?;
        let key = self.key("hold_in");
        if self.section.sometimes.is_some() {
            let message = "has no meaning for sometimes, which one run is enough for".to_owned();
            self.checker.fault(given, &key, message, "remove it");
            return None;
        }
        let share = self.checker.share(Some(given), &key, 1.0)?;
        if share > 0.0 {
            return Some(share);
        }
        self.checker.fault(given, &key, "0 is out of range".to_owned(), "above 0, at most 1");
        None
    }

    /// The kind, and the key and value of its condition.
    fn kind(&mut self) -> Option<(Kind, &'static str, ValueId)> {
        let section = self.section;
        let all = [
            ("always", section.always),
            ("sometimes", section.sometimes),
            ("final", section.end),
            ("expect", section.expect),
        ];
        let given: Vec<_> =
            all.iter().filter_map(|(name, given)| Some((*name, (*given)?))).collect();
        let (name, value) = match given[..] {
            [one] => one,
            [] => {
                let key = self.key("always");
                let at = self.section.id.unwrap_or_default();
                let message = "no condition".to_owned();
                let help = "give one of always, sometimes, final, or over with expect";
                self.checker.fault(at, &key, message, help);
                return None;
            }
            [(first, _), (second, value), ..] => {
                let key = self.key(second);
                let message = format!("{first} is given too");
                self.checker.fault(value, &key, message, "make two invariants of them");
                return None;
            }
        };
        let kind = match name {
            "always" => Kind::Always,
            "sometimes" => Kind::Sometimes,
            "final" => Kind::Final,
            _ => Kind::Over(self.part(value)?),
        };
        if let (true, Some(over)) = (name != "expect", &section.over) {
            let at = over.last.or(over.from).or(over.to).unwrap_or(value);
            let key = self.key("over");
            self.checker.fault(at, &key, format!("has no meaning beside {name}"), "write expect");
        }
        Some((kind, name, value))
    }

    fn part(&mut self, expect: ValueId) -> Option<Part> {
        let key = self.key("over");
        let Some(over) = &self.section.over else {
            let help = "add over = { last = \"90 d\" }, or write final";
            self.checker.fault(expect, &key, "missing beside expect".to_owned(), help);
            return None;
        };
        match (over.last, over.from, over.to) {
            (Some(last), None, None) => {
                let key = format!("{key}.last");
                let horizon_days = self.days.map_or(HORIZON_DAYS_MAX, |days| days.horizon_days);
                let last = self.checker.duration(Some(last), &key, horizon_days)?;
                Some(Part::Last(last))
            }
            (None, None, None) => {
                let help = "give last, or from and to";
                self.checker.fault(expect, &key, "the part is missing".to_owned(), help);
                None
            }
            (None, from, to) => {
                let ends = [
                    self.checker.when(from, &format!("{key}.from")),
                    self.checker.when(to, &format!("{key}.to")),
                ];
                self.between(ends, from.or(to)?, &key)
            }
            (Some(last), ..) => {
                let help = "give last, or from and to";
                self.checker.fault(last, &key, "last beside from or to".to_owned(), help);
                None
            }
        }
    }

    fn between(&mut self, [from, to]: [Option<When>; 2], at: ValueId, key: &str) -> Option<Part> {
        if let (Some(from), Some(to)) = (from, to)
            && to.last() < from.first()
        {
            let message = format!("{to} lies before {from}");
            self.checker.fault(at, key, message, "let from come first");
            return None;
        }
        let days = self.days?;
        let inside = |when: Option<When>| {
            let date = when.map(|when| when.first().date());
            date.is_none_or(|date| days.first <= date && date <= days.last)
        };
        if !inside(from) || !inside(to) {
            let message = "lies outside the run".to_owned();
            let help = format!("the run goes from {} to {}", days.first, days.last);
            self.checker.fault(at, key, message, help);
            return None;
        }
        Some(Part::Between { from, to })
    }
}
