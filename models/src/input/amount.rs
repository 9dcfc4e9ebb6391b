//! Amounts of money: how a typed decimal becomes base units, and how a simulated float does.
//!
//! A typed amount is read digit by digit and never passes through a float: it is exact, or a fault.
//! A number that the model draws or computes is a float; [`floor`] is the one place where such a
//! number becomes base units, rounded down.

use std::fmt;

use pinwheel_core::Amount;
use ruint::aliases::U256;

use super::quantity::{self, QuantityError};
use super::unit::{TEXT_BYTES_MAX, Units};

/// Decimals of the dollar, as of USDC.
pub const USD_DECIMALS: u32 = 6;
/// Decimals of a network's token, as of Ether and FIL.
pub const TOKEN_DECIMALS: u32 = 18;

/// Decimals that a float holds of an amount worth simulating: nine, up to nine million tokens.
const FLOAT_DECIMALS: u32 = 9;

/// Base units of a simulated amount in whole units of `decimals`, rounded down to the billionth at
/// the finest. What is negative or no number is nothing.
///
/// # Panics
/// If the amount does not fit 128 bits.
pub fn floor(units: f64, decimals: u32) -> Amount {
    floor_within(units, decimals).expect("a simulated amount fits 128 bits")
}

/// The same; `None` if the amount does not fit 128 bits.
pub fn floor_within(units: f64, decimals: u32) -> Option<Amount> {
    let kept = decimals.min(FLOAT_DECIMALS);
    let counted = (units * 10u64.pow(kept) as f64) as u128;
    counted.checked_mul(10u128.pow(decimals - kept)).map(Amount)
}

/// Most digits of a typed number: more would exceed 256 bits.
const DIGITS_MAX: usize = 76;
/// Larger powers of ten than any amount has.
const EXPONENT_MAX: i32 = 1_000;

/// A decimal number as typed: `digits` times ten to the power `exponent`, exact.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    /// Without zeros at its end, so that the exponent tells how fine it is.
    digits: U256,
    exponent: i32,
}

impl Decimal {
    /// Reads `12`, `1_000.5` or `-2e-3`, with nothing behind it. `None` if it is no number, or one
    /// of more digits than 256 bits hold.
    pub fn parse(text: &str) -> Option<Decimal> {
        if text.is_empty() || quantity::number_length(text) != Some(text.len()) {
            return None;
        }
        let (negative, text) = match text.strip_prefix(['+', '-']) {
            Some(rest) => (text.starts_with('-'), rest),
            None => (false, text),
        };
        let (digits, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let digits = [whole, fraction].concat().replace('_', "");
        let fraction = fraction.bytes().filter(u8::is_ascii_digit).count() as i32;
        let significant = digits.trim_end_matches('0');
        let zeros = (digits.len() - significant.len()) as i32;
        let significant = significant.trim_start_matches('0');
        if significant.is_empty() {
            return Some(Decimal { negative: false, digits: U256::ZERO, exponent: 0 });
        }
        let power: i32 = power.parse().ok().filter(|p: &i32| p.abs() <= EXPONENT_MAX)?;
        let fits = significant.len() <= DIGITS_MAX;
        let digits = fits.then(|| U256::from_str_radix(significant, 10).ok()).flatten()?;
        Some(Decimal { negative, digits, exponent: power + zeros - fraction })
    }

    /// The number times 10^`decimals`, if that is a whole number of 256 bits and not negative.
    pub fn whole(self, decimals: i32) -> Option<U256> {
        self.scaled(decimals, (U256::ONE, U256::ONE)).ok()
    }

    /// The number in parts of 2^128, to the nearest. `None` unless it is above 0, below 1 and of at
    /// most 38 decimals.
    pub fn fraction(self) -> Option<u128> {
        const PLACES: i32 = 38;
        let one = U256::from(10u128.pow(PLACES as u32));
        let parts = self.whole(PLACES).filter(|parts| !parts.is_zero() && *parts < one)?;
        let half = one >> 1;
        u128::try_from(((parts << 128) + half) / one).ok()
    }

    /// The number divided by 100.
    pub fn percent(self) -> Decimal {
        Decimal { exponent: self.exponent - 2, ..self }
    }

    /// The number times 10^`decimals` times a fraction.
    fn scaled(self, decimals: i32, (up, down): (U256, U256)) -> Result<U256, AmountError> {
        if self.negative {
            return Err(AmountError::Negative);
        }
        if self.digits.is_zero() {
            return Ok(U256::ZERO);
        }
        let ten = U256::from(10);
        let power = |places: i32| ten.checked_pow(U256::from(places.unsigned_abs()));
        let exponent = self.exponent + decimals;
        let (up, down) = if exponent < 0 {
            (Some(up), power(exponent).and_then(|power| down.checked_mul(power)))
        } else {
            (power(exponent).and_then(|power| up.checked_mul(power)), Some(down))
        };
        let down = down.ok_or(AmountError::TooFine { lower: Some(Amount::ZERO) })?;
        let up = up.and_then(|up| up.checked_mul(self.digits)).ok_or(AmountError::TooLarge)?;
        let (whole, rest) = up.div_rem(down);
        if rest.is_zero() {
            return Ok(whole);
        }
        Err(AmountError::TooFine { lower: u128::try_from(whole).ok().map(Amount) })
    }
}

/// Why a text is no amount in the unit that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AmountError {
    /// It is no quantity in that unit.
    Quantity(QuantityError),
    /// It is negative.
    Negative,
    /// It has a part of a base unit.
    TooFine {
        /// The amount rounded down to whole base units, where it fits 128 bits.
        lower: Option<Amount>,
    },
    /// It does not fit 128 bits of base units.
    TooLarge,
}

impl From<QuantityError> for AmountError {
    fn from(error: QuantityError) -> Self {
        AmountError::Quantity(error)
    }
}

impl fmt::Display for AmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quantity(error) => error.fmt(f),
            Self::Negative => f.write_str("an amount is not negative"),
            Self::TooFine { .. } => f.write_str("finer than the smallest unit of this money"),
            Self::TooLarge => f.write_str("more than 128 bits of smallest units"),
        }
    }
}

/// The base units in a text such as "2.01 USD"; `unit` is the unit asked for, of which one is
/// 10^`decimals` base units; `units` says what it is. Exact, or an error.
///
/// ```
/// use pinwheel_core::Amount;
/// use pinwheel_models::input::amount::{AmountError, parse};
/// use pinwheel_models::registry;
///
/// let units = registry::units();
/// assert_eq!(parse("2.01 USD", "USD", 6, &units), Ok(Amount(2_010_000)));
/// assert_eq!(parse("1_000 attoFIL", "FIL", 18, &units), Ok(Amount(1_000)));
/// assert_eq!(parse("1e3 FIL/h", "FIL/d", 18, &units), Ok(Amount(24_000 * 10u128.pow(18))));
/// let lower = Some(Amount(2_000_000));
/// assert_eq!(parse("2.0000001 USD", "USD", 6, &units), Err(AmountError::TooFine { lower }));
/// ```
///
/// # Errors
/// [`AmountError`]: no quantity in the unit, negative, with a part of a base unit, or too large.
pub fn parse(text: &str, unit: &str, decimals: u32, units: &Units) -> Result<Amount, AmountError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(QuantityError::Number.into());
    }
    let (number, unit_text) = quantity::split_text(text).ok_or(QuantityError::Number)?;
    let target = units.unit(unit)?;
    if unit_text.is_empty() {
        return Err(QuantityError::MissingUnit.into());
    }
    let typed = units.unit(unit_text)?;
    let dimension = || QuantityError::Dimension { unit: unit_text.to_owned() };
    let (up, down) = typed.ratio(target).ok_or_else(dimension)?;
    let number = Decimal::parse(number).ok_or(QuantityError::Number)?;
    let amount = number.scaled(decimals as i32, (U256::from(up), U256::from(down)))?;
    u128::try_from(amount).map(Amount).map_err(|_| AmountError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry;
    use num_bigint::BigUint;
    use proptest::prelude::*;

    fn parse(text: &str, unit: &str, decimals: u32) -> Result<Amount, AmountError> {
        super::parse(text, unit, decimals, &registry::units())
    }

    #[test]
    fn all_cents_and_all_thousandths_are_exact() {
        for cents in 0..10_000u128 {
            let text = format!("{}.{:02} USD", cents / 100, cents % 100);
            assert_eq!(parse(&text, "USD", 6), Ok(Amount(cents * 10_000)), "{text}");
        }
        for thousandths in 0..100_000u128 {
            let text = format!("{}.{:03} TOK", thousandths / 1_000, thousandths % 1_000);
            let exact = Amount(thousandths * 10u128.pow(15));
            assert_eq!(parse(&text, "TOK", 18), Ok(exact), "{text}");
        }
    }

    #[test]
    fn texts_are_read_to_the_last_unit() {
        for (text, unit, decimals, units) in [
            ("1.059263476 nanotoken", "nanotoken", 9, 1_059_263_476),
            ("0.000000000000000001 FIL", "FIL", 18, 1),
            ("137_379_413.603206 FIL", "FIL", 18, 137_379_413_603_206_000_000_000_000),
            ("1e-18 token", "token", 18, 1),
            ("5 kUSD", "USD", 6, 5_000_000_000),
            ("2.5nanoFIL", "attoFIL", 0, 2_500_000_000),
            ("100 attoFIL", "attoFIL", 0, 100),
            ("3 attoFIL/ms", "nanoFIL/d", 9, 259_200_000),
            ("700 TOK/wk", "TOK/d", 2, 10_000),
            ("0 USD", "USD", 6, 0),
            ("-0 USD", "USD", 6, 0),
            ("00.10 USD", "USD", 1, 1),
            ("340282366920938463463374607431768211455 attoFIL", "attoFIL", 0, u128::MAX),
        ] {
            assert_eq!(parse(text, unit, decimals), Ok(Amount(units)), "{text}");
        }
    }

    #[test]
    fn what_is_no_exact_amount_says_why() {
        let fine = |units| Err(AmountError::TooFine { lower: Some(Amount(units)) });
        assert_eq!(parse("2.0000019 USD", "USD", 6), fine(2_000_001));
        assert_eq!(parse("1 TOK/y", "TOK/d", 2), fine(0));
        assert_eq!(parse("1e-900 USD", "USD", 6), fine(0));
        assert_eq!(parse("1e900 USD", "USD", 6), Err(AmountError::TooLarge));
        let above = "340282366920938463463374607431768211456 attoFIL";
        assert_eq!(parse(above, "attoFIL", 0), Err(AmountError::TooLarge));
        assert_eq!(parse("-1 USD", "USD", 6), Err(AmountError::Negative));
        assert_eq!(parse("5", "USD", 6), Err(QuantityError::MissingUnit.into()));
        assert_eq!(parse("USD", "USD", 6), Err(QuantityError::Number.into()));
        let dimension = QuantityError::Dimension { unit: "FIL".to_owned() };
        assert_eq!(parse("5 FIL", "USD", 6), Err(dimension.into()));
    }

    #[test]
    fn decimals_become_whole_base_units_or_nothing() {
        let found = |digits: &str, decimals| Decimal::parse(digits)?.whole(decimals);
        assert_eq!(found("1.5", 18), Some(U256::from(1_500_000_000_000_000_000u64)));
        assert_eq!(found("2e9", 0), Some(U256::from(2_000_000_000u64)));
        assert_eq!(found("12.50", 1), Some(U256::from(125)));
        assert_eq!(found("1200", -2), Some(U256::from(12)));
        assert_eq!(found("0.000", 0), Some(U256::ZERO));
        for (digits, decimals) in
            [("0.05", 1), ("1250", -2), ("1e400", 18), ("1", 99), ("-1", 0), ("1 ", 0)]
        {
            assert_eq!(found(digits, decimals), None, "{digits} with {decimals}");
        }
    }

    #[test]
    fn simulated_amounts_are_rounded_down_to_the_billionth() {
        assert_eq!(floor(2.5, 6), Amount(2_500_000));
        assert_eq!(floor(0.000_000_9, 6), Amount::ZERO);
        assert_eq!(floor(1.5, 18), Amount(1_500_000_000_000_000_000));
        assert_eq!(floor(-1.0, 18), Amount::ZERO);
        assert_eq!(floor(f64::NAN, 18), Amount::ZERO);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]
        /// Against a rational of unbounded integers.
        #[test]
        fn any_decimal_is_its_rational_or_refused(
            digits in any::<u128>(), places in 0..60u32, power in -40..40i32, decimals in 0..30u32,
            unit in prop::sample::select(vec![("FIL", 1u64, 1u64), ("nanoFIL", 1, 1_000_000_000)]),
            zeros in 0..4usize,
        ) {
            let (name, up, down) = unit;
            let text = format!("{digits:0>width$}", width = places as usize + 1);
            let (whole, fraction) = text.split_at(text.len() - places as usize);
            let point = if fraction.is_empty() { "" } else { "." };
            let zeros = "0".repeat(zeros);
            let text = format!("{zeros}{whole}{point}{fraction}e{power} {name}");
            let ten = |places: i32| BigUint::from(10u32).pow(places.max(0).unsigned_abs());
            let exponent = power + decimals as i32 - places as i32;
            let up = BigUint::from(digits) * up * ten(exponent);
            let down = BigUint::from(down) * ten(-exponent);
            let whole = u128::try_from(&up / &down);
            let parsed = parse(&text, "FIL", decimals);
            if digits == 0 {
                prop_assert_eq!(parsed, Ok(Amount::ZERO));
            } else if &up % &down != BigUint::ZERO {
                prop_assert!(matches!(parsed, Err(AmountError::TooFine { .. })), "{:?}", parsed);
            } else if let Ok(whole) = whole {
                prop_assert_eq!(parsed, Ok(Amount(whole)), "{}", text);
            } else {
                prop_assert_eq!(parsed, Err(AmountError::TooLarge), "{}", text);
            }
        }
        #[test]
        fn an_amount_shown_is_read_back(units in any::<u128>(), decimals in 0..39u32) {
            let text = format!("{} USD", Amount(units).display(decimals));
            prop_assert_eq!(parse(&text, "USD", decimals), Ok(Amount(units)));
        }
        #[test]
        fn any_text_is_an_amount_or_an_error(text in "[0-9_.eE+-]{0,40} ?[a-zA-Z/^%()]{0,12}") {
            let _ = parse(&text, "TOK/d", 18);
        }
    }
}
