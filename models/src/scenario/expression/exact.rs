//! Amounts in integer base units, without rounding: what is added and what is taken away are kept
//! apart, so that nothing is ever negative, and two numbers are compared crosswise.

use std::cmp::Ordering;

use pinwheel_core::Amount;
use ruint::aliases::U256;

use super::Literal;
use super::evaluate::{Cell, Scalar};
use crate::input::unit::Unit;

/// A difference of two sums of base units; `None` where one passed 256 bits or a record had no
/// base units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exact(Option<(U256, U256)>);

impl Exact {
    fn of(up: Option<U256>) -> Self {
        Exact(up.map(|up| (up, U256::ZERO)))
    }

    /// The number in whole tokens of so many decimals; base units where it passes 128 bits.
    pub fn show(&self, decimals: u32) -> String {
        let Some((up, down)) = self.0 else { return "not exact".to_owned() };
        let (sign, size) = if up < down { ("-", down - up) } else { ("", up - down) };
        match u128::try_from(size) {
            Ok(size) => format!("{sign}{}", Amount(size).display(decimals)),
            Err(_) => format!("{sign}{size} base units"),
        }
    }
}

impl Scalar for Exact {
    fn literal(literal: &Literal) -> Self {
        Exact::of(literal.exact)
    }
    fn cell(cell: &Cell, _: Unit) -> Self {
        Exact::of(cell.exact.map(U256::from))
    }
    /// Only the zero that signs are found with; functions over time are not exact.
    fn fold(value: f64) -> Self {
        Exact::of((value == 0.0).then_some(U256::ZERO))
    }
    fn negative(self) -> Self {
        Exact(self.0.map(|(up, down)| (down, up)))
    }
    fn plus(self, other: Self) -> Self {
        let sum = |(a, b): (U256, U256), (c, d): (U256, U256)| {
            Some((a.checked_add(c)?, b.checked_add(d)?))
        };
        Exact(self.0.zip(other.0).and_then(|(one, other)| sum(one, other)))
    }
    fn times(self, other: Self) -> Self {
        let product = |(a, b): (U256, U256), (c, d): (U256, U256)| {
            let up = a.checked_mul(c)?.checked_add(b.checked_mul(d)?)?;
            let down = a.checked_mul(d)?.checked_add(b.checked_mul(c)?)?;
            Some((up, down))
        };
        Exact(self.0.zip(other.0).and_then(|(one, other)| product(one, other)))
    }
    /// The checker lets no division through.
    fn over(self, _: Self) -> Self {
        Exact(None)
    }
    fn order(&self, other: &Self) -> Option<Ordering> {
        let ((a, b), (c, d)) = self.0.zip(other.0)?;
        Some(a.checked_add(d)?.cmp(&c.checked_add(b)?))
    }
    /// Exact means exact.
    fn near(&self, _: &Self, _: f64) -> bool {
        false
    }
}
