//! Reads a checked expression, in floats or in exact base units, from what a run has recorded.

use std::cmp::Ordering;

use super::{Comparison, Condition, Literal, Number, Operand, Order, Over, Truth};
use crate::input::unit::Unit;

/// One recorded value.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Cell {
    /// In the unit of its metric.
    pub value: f64,
    /// Base units, if it is an amount of money.
    pub exact: Option<u128>,
}

/// What has been recorded, as an expression sees it.
pub trait View {
    /// The values of an operand: one, or one a label; `None` where there is no record.
    fn cells(&self, operand: usize) -> Option<&[Cell]>;
    /// The result of a function over time, in base units; `None` where it was never read.
    fn fold(&self, fold: usize) -> Option<f64>;
}

/// The numbers an expression is evaluated in. Arithmetic is total: what has no result gives a
/// number that is ordered against none, and a comparison with it does not hold.
pub trait Scalar: Clone {
    /// A number of the expression.
    fn literal(literal: &Literal) -> Self;
    /// A recorded value in the unit of the expression.
    fn cell(cell: &Cell, unit: Unit) -> Self;
    /// The result of a function over many values.
    fn fold(value: f64) -> Self;
    /// The number with the other sign.
    fn negative(self) -> Self;
    /// The sum of two numbers.
    fn plus(self, other: Self) -> Self;
    /// The product of two numbers.
    fn times(self, other: Self) -> Self;
    /// The quotient of two numbers.
    fn over(self, other: Self) -> Self;
    /// `None` if one of the two is no finite number.
    fn order(&self, other: &Self) -> Option<Ordering>;
    /// Whether the two differ by at most this share of the larger one.
    fn near(&self, other: &Self, tolerance: f64) -> bool;
}

impl Scalar for f64 {
    fn literal(literal: &Literal) -> Self {
        literal.value
    }
    fn cell(cell: &Cell, unit: Unit) -> Self {
        unit.to_base(cell.value)
    }
    fn fold(value: f64) -> Self {
        value
    }
    fn negative(self) -> Self {
        -self
    }
    fn plus(self, other: Self) -> Self {
        self + other
    }
    fn times(self, other: Self) -> Self {
        self * other
    }
    fn over(self, other: Self) -> Self {
        self / other
    }
    fn order(&self, other: &Self) -> Option<Ordering> {
        (self.is_finite() && other.is_finite()).then(|| self.partial_cmp(other)).flatten()
    }
    fn near(&self, other: &Self, tolerance: f64) -> bool {
        (self - other).abs() <= tolerance * self.abs().max(other.abs())
    }
}

/// Whether a condition holds, and the comparison that decides it.
#[derive(Clone, Debug)]
pub struct Judgement<'f, S> {
    /// Whether the condition holds.
    pub held: bool,
    /// A side of it is no finite number: neither it nor its opposite holds.
    pub broken: bool,
    /// The comparison that decides it.
    pub by: &'f Comparison,
    /// Its left side.
    pub left: S,
    /// Its right side.
    pub right: S,
}

/// Judges a condition; `None` where a value has no record.
pub fn judge<'f, S: Scalar>(
    condition: &'f Condition,
    tolerance: f64,
    view: &impl View,
) -> Option<Judgement<'f, S>> {
    Reader { operands: &condition.operands, view }.truth(&condition.root, tolerance)
}

/// The number of an expression or a part of it, in base units; `None` where a value has no record.
pub fn number<S: Scalar>(operands: &[Operand], number: &Number, view: &impl View) -> Option<S> {
    Reader { operands, view }.number(number)
}

struct Reader<'o, 'v, V> {
    operands: &'o [Operand],
    view: &'v V,
}

impl<V: View> Reader<'_, '_, V> {
    fn truth<'f, S: Scalar>(&self, truth: &'f Truth, tolerance: f64) -> Option<Judgement<'f, S>> {
        Some(match truth {
            Truth::Compare(by) => {
                let (left, right) = (self.number(&by.left)?, self.number(&by.right)?);
                let order = S::order(&left, &right);
                let held = order.is_some_and(|order| {
                    let equal = order.is_eq() || left.near(&right, tolerance);
                    match by.order {
                        Order::Equal => equal,
                        Order::Unequal => !equal,
                        Order::Less => order.is_lt(),
                        Order::AtMost => order.is_le(),
                        Order::Greater => order.is_gt(),
                        Order::AtLeast => order.is_ge(),
                    }
                });
                Judgement { held, broken: order.is_none(), by, left, right }
            }
            Truth::And(one, other) => {
                let (one, other) = (self.truth(one, tolerance)?, self.truth(other, tolerance)?);
                if one.held { other } else { one }
            }
            Truth::Or(one, other) => {
                let (one, other) = (self.truth(one, tolerance)?, self.truth(other, tolerance)?);
                if one.held || !other.held { one } else { other }
            }
            Truth::Not(inner) => {
                let inner = self.truth(inner, tolerance)?;
                Judgement { held: !inner.held && !inner.broken, ..inner }
            }
        })
    }

    fn number<S: Scalar>(&self, number: &Number) -> Option<S> {
        let pair = |left: &Number, right: &Number| {
            Some((self.number::<S>(left)?, self.number::<S>(right)?))
        };
        Some(match number {
            Number::Literal(literal) => S::literal(literal),
            Number::Read(operand) => self.cells::<S>(*operand)?.next()?,
            Number::Over(over, operand) => over_labels(*over, self.cells(*operand)?)?,
            Number::Share(part, all) => {
                let total: S = over_labels(Over::Total, self.cells(*all)?)?;
                if total.order(&S::fold(0.0)) == Some(Ordering::Equal) {
                    return None;
                }
                self.cells::<S>(*part)?.next()?.over(total)
            }
            Number::Fold(fold) => S::fold(self.view.fold(*fold)?),
            Number::Negative(inner) => self.number::<S>(inner)?.negative(),
            Number::Absolute(inner) => {
                let inner: S = self.number(inner)?;
                let negative = inner.order(&S::fold(0.0)) == Some(Ordering::Less);
                if negative { inner.negative() } else { inner }
            }
            Number::Sum(left, right) => {
                let (left, right) = pair(left, right)?;
                left.plus(right)
            }
            Number::Difference(left, right) => {
                let (left, right) = pair(left, right)?;
                left.plus(right.negative())
            }
            Number::Product(left, right) => {
                let (left, right) = pair(left, right)?;
                left.times(right)
            }
            Number::Quotient(left, right) => {
                let (left, right) = pair(left, right)?;
                left.over(right)
            }
            Number::Least(all) => self.extreme(all, Ordering::Less)?,
            Number::Greatest(all) => self.extreme(all, Ordering::Greater)?,
        })
    }

    /// The values of an operand, in base units.
    fn cells<S: Scalar>(&self, operand: usize) -> Option<impl Iterator<Item = S>> {
        let unit = self.operands[operand].unit;
        Some(self.view.cells(operand)?.iter().map(move |cell| S::cell(cell, unit)))
    }

    fn extreme<S: Scalar>(&self, all: &[Number], wanted: Ordering) -> Option<S> {
        let mut found: Option<S> = None;
        for number in all {
            let next: S = self.number(number)?;
            found = Some(match found {
                // What is no number is kept, so that nothing hides it.
                Some(best) => match next.order(&best) {
                    Some(order) if order != wanted => best,
                    Some(_) => next,
                    None if best.order(&best).is_none() => best,
                    None => next,
                },
                None => next,
            });
        }
        found
    }
}

/// What a function makes of the values of all labels; `None` where there are none, or where there
/// is nothing of which a label could have a share.
fn over_labels<S: Scalar>(over: Over, mut cells: impl Iterator<Item = S>) -> Option<S> {
    let extreme = |wanted| {
        move |best: S, next: S| {
            if next.order(&best) == Some(wanted) { next } else { best }
        }
    };
    match over {
        Over::Total => cells.reduce(S::plus),
        Over::Lowest => cells.reduce(extreme(Ordering::Less)),
        Over::Highest => cells.reduce(extreme(Ordering::Greater)),
        Over::Average => {
            let first = cells.next()?;
            let (sum, count) = cells.fold((first, 1.0), |(sum, n), next| (sum.plus(next), n + 1.0));
            Some(sum.over(S::fold(count)))
        }
        Over::Gini | Over::Hhi | Over::Nakamoto => concentration(over, cells.collect()),
    }
}

/// Gini, Hirschman and Nakamoto of values that are not negative.
fn concentration<S: Scalar>(over: Over, mut values: Vec<S>) -> Option<S> {
    values.sort_by(|a, b| a.order(b).unwrap_or(Ordering::Equal));
    let total = values.iter().cloned().reduce(S::plus)?;
    let zero = S::fold(0.0);
    if total.order(&zero) == Some(Ordering::Equal) {
        return None;
    }
    let count = S::fold(values.len() as f64);
    Some(match over {
        Over::Gini => {
            // Sum of (2 i - n - 1) x_i over n times the total, i from 1 in rising order.
            let weighed = values.iter().enumerate().map(|(place, value)| {
                let weight = 2.0 * place as f64 + 1.0 - values.len() as f64;
                value.clone().times(S::fold(weight))
            });
            weighed.reduce(S::plus)?.over(count.times(total))
        }
        Over::Nakamoto => {
            let half = total.over(S::fold(2.0));
            let mut held = zero;
            let needed = values.iter().rev().position(|value| {
                held = held.clone().plus(value.clone());
                held.order(&half) == Some(Ordering::Greater)
            });
            S::fold(needed.map_or(f64::NAN, |place| place as f64 + 1.0))
        }
        _ => {
            let share = |value: &S| value.clone().over(total.clone());
            let squares = values.iter().map(|value| share(value).times(share(value)));
            squares.reduce(S::plus)?
        }
    })
}
