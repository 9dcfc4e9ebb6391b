//! From the tree as typed to a [`Formula`]: names are metrics, units agree, functions get what they
//! go over.

use crate::describe::{Recorded, RecordedMetric};

use super::parse::{Kind, Node, Operator, parse};
use super::{
    Comparison, Condition, Fault, Fold, Formula, Labels, Literal, Number, Operand, Order, Over,
    Reducer, Shown, Truth, Value,
};
use crate::input::amount::Decimal;
use crate::input::diagnostic::{did_you_mean, shown};
use crate::input::quantity::QuantityError;
use crate::input::unit::Unit;
use crate::registry;

const OVER: [(&str, Over); 7] = [
    ("total", Over::Total),
    ("lowest", Over::Lowest),
    ("highest", Over::Highest),
    ("average", Over::Average),
    ("gini", Over::Gini),
    ("hhi", Over::Hhi),
    ("nakamoto", Over::Nakamoto),
];
const REDUCERS: [(&str, Reducer); 8] = [
    ("mean", Reducer::Mean),
    ("min", Reducer::Min),
    ("max", Reducer::Max),
    ("sum", Reducer::Sum),
    ("drawdown", Reducer::Drawdown),
    ("ticks_until_negative", Reducer::UntilNegative),
    ("first", Reducer::First),
    ("last", Reducer::Last),
];
/// Whether a name is a word of the language: a function, or what joins conditions.
pub fn is_word(name: &str) -> bool {
    matches!(name, "and" | "or" | "not") || FUNCTIONS.contains(&name) || reducer(name).is_some()
}

/// Functions people may mean, for suggestions.
const FUNCTIONS: [&str; 19] = [
    "total",
    "lowest",
    "highest",
    "average",
    "gini",
    "hhi",
    "nakamoto",
    "share",
    "abs",
    "min",
    "max",
    "mean",
    "sum",
    "first",
    "last",
    "drawdown",
    "ticks_until_negative",
    "p50",
    "p95",
];

/// When an expression is evaluated.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// At every tick: functions over time have no meaning.
    Tick,
    /// Once a run, at its end.
    Run,
}

/// A checked condition. With `exact`, all it reads are amounts of one money.
///
/// # Errors
///
/// [`Fault`] if the text cannot be parsed or is no condition, reads no metric or an unknown one, or
/// its units do not agree.
pub fn condition(
    text: &str,
    recorded: &Recorded,
    moment: Moment,
    exact: bool,
) -> Result<Condition, Fault> {
    let mut checker = Checker::new(text, recorded, moment, exact);
    let node = checker.parsed()?;
    let root = checker.truth(&node)?;
    checker.formula(root)
}

/// A checked number, evaluated once a run, and its unit.
///
/// # Errors
///
/// [`Fault`] if the text cannot be parsed or is no number, reads no metric or an unknown one, or
/// its units do not agree.
pub fn value(text: &str, recorded: &Recorded) -> Result<(Value, Shown), Fault> {
    let mut checker = Checker::new(text, recorded, Moment::Run, false);
    let node = checker.parsed()?;
    let typed = checker.number(&node)?;
    let shown = typed.shown();
    Ok((checker.formula(typed.number)?, shown))
}

/// A number and what is known of its unit.
struct Typed {
    number: Number,
    unit: Unit,
    /// The unit in which people know it, where it is that of a part.
    known: Option<Shown>,
    /// Factors of money in base units; counted where the expression is exact.
    money: u32,
    /// The unit without its money; told where the expression is exact.
    rest: Unit,
    /// A literal 0, which has every unit.
    zero: bool,
}

impl Typed {
    fn shown(&self) -> Shown {
        let base = || Shown {
            unit: self.unit.base(),
            name: if self.unit.is_plain() { String::new() } else { self.unit.dimension() },
            decimals: None,
        };
        self.known.clone().unwrap_or_else(base)
    }

    fn plain(number: Number) -> Self {
        Typed { number, unit: Unit::ONE, known: None, money: 0, rest: Unit::ONE, zero: false }
    }
}

struct Checker<'a> {
    text: &'a str,
    recorded: &'a Recorded,
    moment: Moment,
    exact: bool,
    /// Inside a function over time.
    folding: bool,
    /// The first money met, of which all others must be.
    money: Option<String>,
    operands: Vec<Operand>,
    folds: Vec<Fold>,
}

fn fault<T>(node: &Node, message: impl Into<String>, help: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { at: node.at, message: message.into(), help: help.into() })
}

/// The product of two units.
fn product(node: &Node, left: Unit, right: Unit) -> Result<Unit, Fault> {
    let too_many = || fault(node, "more than three tokens in one product", "write two expressions");
    left.times(right).map_or_else(too_many, Ok)
}

impl<'a> Checker<'a> {
    fn new(text: &'a str, recorded: &'a Recorded, moment: Moment, exact: bool) -> Self {
        let (operands, folds) = (Vec::new(), Vec::new());
        Checker { text, recorded, moment, exact, folding: false, money: None, operands, folds }
    }

    fn parsed(&self) -> Result<Node, Fault> {
        parse(self.text, self.recorded)
    }

    fn formula<T>(self, root: T) -> Result<Formula<T>, Fault> {
        if self.operands.is_empty() {
            let message = "the expression reads no metric".to_owned();
            let help = "name a metric; `pinwheel explain` lists them".to_owned();
            return Err(Fault { at: 0, message, help });
        }
        let text = self.text.trim().to_owned();
        Ok(Formula { text, root, operands: self.operands, folds: self.folds })
    }

    fn truth(&mut self, node: &Node) -> Result<Truth, Fault> {
        Ok(match &node.kind {
            Kind::Not(inner) => Truth::Not(Box::new(self.truth(inner)?)),
            Kind::Binary(Operator::And, left, right) => {
                Truth::And(Box::new(self.truth(left)?), Box::new(self.truth(right)?))
            }
            Kind::Binary(Operator::Or, left, right) => {
                Truth::Or(Box::new(self.truth(left)?), Box::new(self.truth(right)?))
            }
            Kind::Binary(Operator::Compare(order), left, right) => {
                self.comparison(node, *order, left, right)?
            }
            _ => {
                self.number(node)?;
                return fault(node, "a number where a condition is needed", "compare it: x > 0");
            }
        })
    }

    fn comparison(
        &mut self,
        node: &Node,
        order: Order,
        left: &Node,
        right: &Node,
    ) -> Result<Truth, Fault> {
        let (left, right) = (self.number(left)?, self.number(right)?);
        self.agree(node, "compared", &left, &right)?;
        let shown = if left.known.is_some() || right.zero { &left } else { &right }.shown();
        let text = self.text[node.at..node.end].trim().to_owned();
        let (left, right) = (left.number, right.number);
        Ok(Truth::Compare(Box::new(Comparison { order, left, right, text, shown })))
    }

    /// A fault unless both are of one dimension, and in exact sums of one scale.
    fn agree(&self, node: &Node, verb: &str, left: &Typed, right: &Typed) -> Result<(), Fault> {
        if left.zero || right.zero {
            return Ok(());
        }
        if !left.unit.same_dimension(right.unit) {
            let (one, other) = (left.unit.dimension(), right.unit.dimension());
            let help = match (left.unit.is_plain(), right.unit.is_plain()) {
                (true, false) => format!("give the left side a unit, such as {}", right.example()),
                (false, true) => format!("give the right side a unit, such as {}", left.example()),
                _ => "multiply or divide one side by a metric that converts it".to_owned(),
            };
            return fault(node, format!("{one} and {other} cannot be {verb}"), help);
        }
        if self.exact && left.money != right.money {
            let message = format!("an amount and a count cannot be {verb} exactly");
            return fault(node, message, "give the number the unit of the metrics");
        }
        // Amounts are read in base units of their money; what else is in a unit is not converted.
        if self.exact && left.rest.ratio(right.rest).is_none_or(|(up, down)| up != down) {
            let (one, other) = (left.shown().name, right.shown().name);
            let message = format!("\"{one}\" and \"{other}\" cannot be {verb} exactly");
            let help = "write the number in the unit of the metrics, such as USD/d, or remove \
                        exact = true";
            return fault(node, message, help);
        }
        Ok(())
    }

    fn number(&mut self, node: &Node) -> Result<Typed, Fault> {
        match &node.kind {
            Kind::Number { digits, value, unit } => self.literal(node, digits, *value, unit),
            Kind::Name(name) => self.read(node, name, ""),
            Kind::Labelled { name, label } => self.read(node, name, label),
            Kind::Text(_) => fault(node, "a text where a number is needed", "remove the quotes"),
            Kind::Call { name, arguments } => self.call(node, name, arguments),
            Kind::Negative(inner) => {
                let inner = self.number(inner)?;
                Ok(Typed { number: Number::Negative(Box::new(inner.number)), ..inner })
            }
            Kind::Binary(Operator::Plus, left, right) => {
                self.linear(node, "added", left, right, Number::Sum)
            }
            Kind::Binary(Operator::Minus, left, right) => {
                self.linear(node, "subtracted", left, right, Number::Difference)
            }
            Kind::Binary(Operator::Times, left, right) => self.product(node, left, right),
            Kind::Binary(Operator::Over, left, right) => self.quotient(node, left, right),
            Kind::Not(_) | Kind::Binary(..) => {
                fault(node, "a condition where a number is needed", "take the comparison out")
            }
        }
    }

    fn linear(
        &mut self,
        node: &Node,
        verb: &str,
        left: &Node,
        right: &Node,
        build: fn(Box<Number>, Box<Number>) -> Number,
    ) -> Result<Typed, Fault> {
        let (left, right) = (self.number(left)?, self.number(right)?);
        self.agree(node, verb, &left, &right)?;
        let (lead, other) = if left.zero { (&right, &left) } else { (&left, &right) };
        let known = lead.known.clone().or_else(|| other.known.clone());
        let (unit, money, rest, zero) = (lead.unit, lead.money, lead.rest, lead.zero);
        let number = build(Box::new(left.number), Box::new(right.number));
        Ok(Typed { number, unit, known, money, rest, zero })
    }

    fn product(&mut self, node: &Node, left: &Node, right: &Node) -> Result<Typed, Fault> {
        let (left, right) = (self.number(left)?, self.number(right)?);
        let known = match (left.unit.is_plain(), right.unit.is_plain()) {
            (_, true) => left.known.clone(),
            (true, _) => right.known.clone(),
            _ => None,
        };
        Ok(Typed {
            unit: product(node, left.unit, right.unit)?,
            known,
            money: left.money + right.money,
            rest: product(node, left.rest, right.rest)?,
            zero: left.zero || right.zero,
            number: Number::Product(Box::new(left.number), Box::new(right.number)),
        })
    }

    fn quotient(&mut self, node: &Node, left: &Node, right: &Node) -> Result<Typed, Fault> {
        if self.exact {
            let help = "multiply the other side instead, or remove exact = true";
            return fault(node, "a division is not exact", help);
        }
        let (left, right) = (self.number(left)?, self.number(right)?);
        Ok(Typed {
            unit: product(node, left.unit, right.unit.inverse())?,
            known: left.known.clone().filter(|_| right.unit.is_plain()),
            money: 0,
            rest: Unit::ONE,
            zero: left.zero,
            number: Number::Quotient(Box::new(left.number), Box::new(right.number)),
        })
    }

    fn literal(
        &mut self,
        node: &Node,
        digits: &str,
        value: f64,
        unit: &str,
    ) -> Result<Typed, Fault> {
        let parsed = match unit {
            "" => Unit::ONE,
            unit => self.recorded.units.unit(unit).or_else(|error| unknown_unit(node, &error))?,
        };
        let base = parsed.to_base(value);
        if !base.is_finite() {
            return fault(node, "not a finite number", "write a smaller number or unit");
        }
        let decimals = self.recorded.units.decimals(unit);
        let exact =
            Decimal::parse(digits).and_then(|typed| typed.whole(decimals.unwrap_or(0) as i32));
        if self.exact && (exact.is_none() || unit.contains('%')) {
            let shown = format!("{digits} {unit}");
            let message = format!("{} is no whole number of base units", shown.trim_end());
            return fault(node, message, "an exact expression needs one");
        }
        let known = Shown { unit: parsed, name: unit.to_owned(), decimals };
        let rest = self.rest(&known);
        Ok(Typed {
            number: Number::Literal(Literal { value: base, exact }),
            unit: parsed,
            known: Some(known).filter(|known| !known.name.is_empty()),
            money: u32::from(decimals.is_some()),
            rest,
            zero: value == 0.0 && unit.is_empty(),
        })
    }

    /// A unit without the money before its first stroke; where the expression is exact.
    fn rest(&self, known: &Shown) -> Unit {
        if !self.exact || known.decimals.is_none() {
            return known.unit;
        }
        let money = known.name.split('/').next().unwrap_or_default().trim();
        let money = self.recorded.units.unit(money).ok();
        money.and_then(|money| known.unit.times(money.inverse())).unwrap_or(known.unit)
    }

    /// The metric of a name.
    fn metric(&self, node: &Node, name: &str) -> Result<RecordedMetric, Fault> {
        let is_unit = self.recorded.units.is_unit(name);
        self.recorded.resolve(name).or_else(|(message, help)| match is_unit {
            true => fault(node, message, format!("a unit follows a number: 1 {name}")),
            false => fault(node, message, help),
        })
    }

    fn operand(
        &mut self,
        node: &Node,
        name: &str,
        labels: Labels,
    ) -> Result<(usize, Shown), Fault> {
        let found = self.metric(node, name)?;
        let there = match &labels {
            Labels::One(label) => self.recorded.has_label(&found, label),
            Labels::All => self.recorded.has_labels(&found),
        };
        let (name, RecordedMetric { spec, subject, unit: written }) = (found.name(), found);
        there.or_else(|(message, help)| fault(node, message, help))?;
        let unit = self.recorded.units.unit(&written);
        let (Ok(unit), Some((number, _))) = (unit, registry::ALL.find(spec.name)) else {
            let message = format!("{name} is in \"{written}\", which is no unit of this program");
            return fault(node, message, "choose another metric");
        };
        let decimals = self.recorded.units.decimals(&written);
        if self.exact {
            let money = written.split('/').next().unwrap_or_default();
            if decimals.is_none() {
                let message = format!("{name} is no amount of money, it is in \"{written}\"");
                return fault(node, message, "exact = true is for amounts; remove it");
            }
            if *self.money.get_or_insert_with(|| money.to_owned()) != money {
                let message = format!("{name} is in {money}, the others are not");
                return fault(node, message, "an exact expression reads one token");
            }
        }
        let operand = Operand { metric: number, subject, name, labels, unit };
        let place = self.operands.iter().position(|known| *known == operand);
        let place = place.unwrap_or_else(|| {
            self.operands.push(operand);
            self.operands.len() - 1
        });
        let name = if written == "1" { String::new() } else { written.into_owned() };
        Ok((place, Shown { unit, name, decimals }))
    }

    fn read(&mut self, node: &Node, name: &str, label: &str) -> Result<Typed, Fault> {
        let (place, known) = self.operand(node, name, Labels::One(label.to_owned()))?;
        Ok(self.of_metric(Number::Read(place), known))
    }

    /// A number in the unit of a metric.
    fn of_metric(&self, number: Number, known: Shown) -> Typed {
        let (money, rest) = (u32::from(self.exact), self.rest(&known));
        Typed { number, unit: known.unit, known: Some(known), money, rest, zero: false }
    }

    fn call(&mut self, node: &Node, name: &str, arguments: &[Node]) -> Result<Typed, Fault> {
        if let Some((_, over)) = OVER.iter().find(|(known, _)| *known == name) {
            return self.over(node, name, *over, arguments);
        }
        match (name, arguments) {
            ("share", arguments) => self.share(node, arguments),
            ("abs", [inner]) => {
                let inner = self.number(inner)?;
                Ok(Typed { number: Number::Absolute(Box::new(inner.number)), ..inner })
            }
            ("min", [_, _, ..]) => self.choice(node, arguments, Number::Least),
            ("max", [_, _, ..]) => self.choice(node, arguments, Number::Greatest),
            (_, [inner]) if reducer(name).is_some() => {
                self.fold(node, name, reducer(name).unwrap_or(Reducer::Last), inner)
            }
            ("abs", _) => fault(node, "abs takes one argument", "write abs(x)"),
            _ if reducer(name).is_some() => {
                let message =
                    format!("{name} takes one argument, an expression read at every tick");
                fault(node, message, format!("write {name}(x)"))
            }
            _ => {
                let help = did_you_mean(name, FUNCTIONS.into_iter());
                fault(node, format!("unknown function \"{}\"", shown(name)), help)
            }
        }
    }

    fn over(
        &mut self,
        node: &Node,
        name: &str,
        over: Over,
        arguments: &[Node],
    ) -> Result<Typed, Fault> {
        let [Node { kind: Kind::Name(metric), .. }] = arguments else {
            let message = format!("{name} goes over the labels of one metric");
            return fault(node, message, format!("write {name}(metric) with its bare name"));
        };
        let (place, known) = self.operand(&arguments[0], metric, Labels::All)?;
        let number = Number::Over(over, place);
        match over {
            Over::Total | Over::Lowest | Over::Highest => Ok(self.of_metric(number, known)),
            _ if self.exact => fault(node, format!("{name} is not exact"), "remove exact = true"),
            Over::Average => Ok(self.of_metric(number, known)),
            Over::Gini | Over::Hhi | Over::Nakamoto => Ok(Typed::plain(number)),
        }
    }

    fn share(&mut self, node: &Node, arguments: &[Node]) -> Result<Typed, Fault> {
        let [Node { kind: Kind::Name(name), .. }, Node { kind: Kind::Text(label), .. }] = arguments
        else {
            let message = "share takes the name of a metric and a label in quotes";
            return fault(node, message, "write share(metric, \"label\")");
        };
        if self.exact {
            return fault(node, "share is not exact", "remove exact = true");
        }
        let (part, _) = self.operand(&arguments[0], name, Labels::One(label.clone()))?;
        let (all, _) = self.operand(&arguments[0], name, Labels::All)?;
        Ok(Typed::plain(Number::Share(part, all)))
    }

    fn choice(
        &mut self,
        node: &Node,
        arguments: &[Node],
        build: fn(Vec<Number>) -> Number,
    ) -> Result<Typed, Fault> {
        let mut typed = Vec::new();
        for argument in arguments {
            let next = self.number(argument)?;
            if let Some(first) = typed.first() {
                self.agree(node, "compared", first, &next)?;
            }
            typed.push(next);
        }
        let lead = typed.iter().find(|one| !one.zero).unwrap_or(&typed[0]);
        let Typed { unit, money, rest, zero, .. } = *lead;
        let known = lead.known.clone();
        let number = build(typed.into_iter().map(|one| one.number).collect());
        Ok(Typed { number, unit, known, money, rest, zero })
    }

    fn fold(
        &mut self,
        node: &Node,
        name: &str,
        reducer: Reducer,
        inner: &Node,
    ) -> Result<Typed, Fault> {
        if self.moment == Moment::Tick {
            let message = format!("{name} goes over time, and this is judged at every tick");
            let help = "use final or over with expect, or min and max of two or more values";
            return fault(node, message, help);
        }
        if self.folding {
            let message = format!("{name} goes over time inside a function over time");
            return fault(node, message, "keep one of the two");
        }
        if self.exact {
            let help = "write last values without a function, or remove exact = true";
            return fault(node, format!("{name} is not exact"), help);
        }
        self.folding = true;
        let inner = self.number(inner)?;
        self.folding = false;
        let mut reads = Vec::new();
        inner.number.reads(&mut reads);
        if reads.is_empty() {
            return fault(node, format!("{name} of what never changes"), "name a metric inside");
        }
        self.folds.push(Fold { reducer, of: inner.number, reads });
        let number = Number::Fold(self.folds.len() - 1);
        match reducer {
            Reducer::Drawdown | Reducer::UntilNegative => Ok(Typed::plain(number)),
            _ => Ok(Typed { number, money: 0, zero: false, ..inner }),
        }
    }
}

impl Typed {
    fn example(&self) -> String {
        let shown = self.shown();
        format!("1 {}", shown.name)
    }
}

/// The function over time of this name.
fn reducer(name: &str) -> Option<Reducer> {
    let named = REDUCERS.iter().find(|(known, _)| *known == name);
    let percent = || {
        let digits = name.strip_prefix('p')?;
        let percent: u8 = digits.parse().ok()?;
        let plain = percent.to_string() == digits && (1..=99).contains(&percent);
        plain.then_some(Reducer::Quantile(f64::from(percent) / 100.0))
    };
    named.map(|(_, reducer)| *reducer).or_else(percent)
}

fn unknown_unit(node: &Node, error: &QuantityError) -> Result<Unit, Fault> {
    let help = match error {
        QuantityError::UnknownUnit { similar: Some(similar), .. } => {
            format!("did you mean \"{similar}\"?")
        }
        _ => "write a unit such as FIL, USD/d or TiB".to_owned(),
    };
    fault(node, error.to_string(), help)
}
