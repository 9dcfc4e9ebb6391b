//! The language of `[[invariant]]` and `[[outcome]]`: small, total, checked at load.
//!
//! ```text
//! supply_mined + supply_vested == 2_000_000_000 FIL - supply_reserve
//! gini(income) <= 0.6 and income["over 100 PiB"] > 0
//! p95(delivery_seconds_p99) < 30 s
//! ```
//!
//! - Numbers may carry a unit, which binds to them alone: `30 s`, `5 %`, `2 USD/TiB/mo`, `100/d`.
//! - `+ - * /`, one comparison `== != < <= > >=`, `not`, `and`, `or`, in this order of strength.
//! - `name` is the metric without a label, `name["label"]` one of its labels; `io.name` is the
//!   metric of the network with the id `io`.
//! - **Over labels, at one moment:** `total lowest highest average gini hhi nakamoto` and
//!   `share(name, "label")` take the bare name of a metric and read all its labels, but neither the
//!   row without a label nor what was `observed`.
//! - **Over time, in one run:** `mean sum first last drawdown p1` to `p99` and `min max` of *one*
//!   expression read it at every tick; `ticks_until_negative` counts those before the first at
//!   which it is below zero, or all of them: days, where a metric is recorded by the day. `min` and `max` of two or more choose between them.
//!
//! The name of a function thus tells over what it goes; functions over time stand in what is judged
//! once a run, not in `always` and `sometimes`. A tick is a moment at which every metric of the
//! expression has a record. Outside of a function over time, what is judged once a run reads the
//! last record of each metric.
//!
//! [`parse`] makes a tree as typed, [`check`] one whose units agree, [`evaluate`] reads it: in
//! floats, or in [`exact`] base units.

mod check;
mod evaluate;
mod exact;
mod parse;
#[cfg(test)]
mod tests;

pub use check::{Moment, condition, is_word, value};
pub use evaluate::{Cell, Judgement, Scalar, View, judge, number};
pub use exact::Exact;

use pinwheel_core::Metric;
use ruint::aliases::U256;

use crate::input::unit::Unit;

/// Longest text of an expression.
pub const TEXT_BYTES_MAX: usize = 1_024;

/// What is wrong with an expression, at which byte of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The byte of the text, from 0.
    pub at: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// A checked expression: what it reads and how it is evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula<T> {
    /// As typed.
    pub text: String,
    /// What is evaluated at the end.
    pub root: T,
    /// What it reads of metrics, by number.
    pub operands: Vec<Operand>,
    /// Its functions over time, by number.
    pub folds: Vec<Fold>,
}

/// What holds or does not.
pub type Condition = Formula<Truth>;
/// What is a number.
pub type Value = Formula<Number>;

/// What an expression reads of a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand {
    /// The metric.
    pub metric: Metric,
    /// The id of the network whose metric it is; empty for layers and an only network without id.
    pub subject: String,
    /// With the subject in front, where there is one.
    pub name: String,
    /// Which of its rows.
    pub labels: Labels,
    /// Its unit.
    pub unit: Unit,
}

/// Which rows of a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Labels {
    /// The one of this label; the empty text is the row without one.
    One(String),
    /// All with a label that were not observed.
    All,
}

/// A function over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Fold {
    /// What is made of the values.
    pub reducer: Reducer,
    /// What is evaluated at each tick.
    pub of: Number,
    /// The operands of `of`: a tick is where all of these have a record.
    pub reads: Vec<usize>,
}

/// What a function over time makes of the values at all ticks.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum Reducer {
    /// Their mean.
    Mean,
    /// Linear between ranks (Hyndman and Fan 1996, type 7).
    Quantile(f64),
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// Their sum.
    Sum,
    /// The largest relative fall from the highest value so far.
    Drawdown,
    /// How many there are before the first negative one, or all of them.
    UntilNegative,
    /// The first.
    First,
    /// The last.
    Last,
}

/// What a function over labels makes of the values of all labels at one moment.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Over {
    /// Their sum.
    Total,
    /// The least.
    Lowest,
    /// The greatest.
    Highest,
    /// Their mean.
    Average,
    /// Gini coefficient: half the mean absolute difference over the mean (Gini 1912).
    Gini,
    /// Herfindahl-Hirschman index: the sum of the squared shares (Hirschman 1964).
    Hhi,
    /// The fewest labels that hold more than half (Srinivasan and Lee 2017).
    Nakamoto,
}

/// A checked expression with a truth value.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// Two numbers are compared.
    Compare(Box<Comparison>),
    /// Both hold.
    And(Box<Truth>, Box<Truth>),
    /// One of the two holds, or both.
    Or(Box<Truth>, Box<Truth>),
    /// It does not hold.
    Not(Box<Truth>),
}

/// Two sides and how they must lie.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// How the sides must lie.
    pub order: Order,
    /// The left side.
    pub left: Number,
    /// The right side.
    pub right: Number,
    /// As typed.
    pub text: String,
    /// The unit in which both sides are shown.
    pub shown: Shown,
}

/// A unit with the name people know it by.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The unit.
    pub unit: Unit,
    /// Its name.
    pub name: String,
    /// Decimals between the unit and the smallest unit of its money; `None` if it is no money.
    pub decimals: Option<u32>,
}

/// How two numbers may lie.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// A checked expression with a number, in base units.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    /// A number as typed.
    Literal(Literal),
    /// The value of an operand of one label.
    Read(usize),
    /// A function over the labels of an operand.
    Over(Over, usize),
    /// The first operand's share in the total of the second.
    Share(usize, usize),
    /// A function over time, by its number.
    Fold(usize),
    /// The number with the other sign.
    Negative(Box<Number>),
    /// The first and the second.
    Sum(Box<Number>, Box<Number>),
    /// The first less the second.
    Difference(Box<Number>, Box<Number>),
    /// The first times the second.
    Product(Box<Number>, Box<Number>),
    /// The first by the second.
    Quotient(Box<Number>, Box<Number>),
    /// The least of several.
    Least(Vec<Number>),
    /// The greatest of several.
    Greatest(Vec<Number>),
    /// The number without its sign.
    Absolute(Box<Number>),
}

/// A number as typed, in base units.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// The number as a float.
    pub value: f64,
    /// Integer base units of money; `None` where it is no whole number of them.
    pub exact: Option<U256>,
}

impl<T> Formula<T> {
    /// The names of the metrics it reads, each once.
    pub fn metrics(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.operands.iter().map(|operand| operand.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl Number {
    /// Adds every operand that is read at a moment, each once.
    fn reads(&self, found: &mut Vec<usize>) {
        let mut add = |place: usize| {
            if !found.contains(&place) {
                found.push(place);
            }
        };
        match self {
            Number::Literal(_) | Number::Fold(_) => {}
            Number::Read(place) | Number::Over(_, place) => add(*place),
            Number::Share(part, all) => {
                add(*part);
                add(*all);
            }
            Number::Negative(inner) | Number::Absolute(inner) => inner.reads(found),
            Number::Sum(left, right)
            | Number::Difference(left, right)
            | Number::Product(left, right)
            | Number::Quotient(left, right) => {
                left.reads(found);
                right.reads(found);
            }
            Number::Least(all) | Number::Greatest(all) => {
                all.iter().for_each(|one| one.reads(found));
            }
        }
    }
}
