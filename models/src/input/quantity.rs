//! Numbers with units: "1.4 %/y", "12 USD/kWh", "80 %/sqrt(y)", "16.597 EiB".

use std::fmt;

use super::unit::{TEXT_BYTES_MAX, Units};

/// Why a text is no quantity in the unit that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuantityError {
    /// It does not start with a finite decimal number.
    Number,
    /// It has a number and nothing else, where a dimension is needed.
    MissingUnit,
    /// This part of it is no unit; a unit of a similar name, if there is one.
    UnknownUnit {
        /// The unit as typed.
        unit: String,
        /// A unit of almost the same spelling.
        similar: Option<String>,
    },
    /// A unit of another dimension.
    Dimension {
        /// The unit as typed.
        unit: String,
    },
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number => f.write_str("not a finite number with a unit"),
            Self::MissingUnit => f.write_str("the unit is missing"),
            Self::UnknownUnit { unit, .. } => write!(f, "unknown unit \"{unit}\""),
            Self::Dimension { unit } => write!(f, "\"{unit}\" is a unit of another dimension"),
        }
    }
}

/// The number of `to` in a text such as "21 d". A text without a unit is a plain number if `to` has
/// no dimension.
///
/// # Errors
/// [`QuantityError`]: no finite number, no unit, an unknown one, or one of another dimension.
pub fn parse(text: &str, to: &str, units: &Units) -> Result<f64, QuantityError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(QuantityError::Number);
    }
    let (number, unit_text) = split_number(text).ok_or(QuantityError::Number)?;
    let target = match units.unit(to) {
        Ok(target) => target,
        // A unit the algebra does not know is taken word for word.
        Err(_) if unit_text == to => return Ok(number),
        Err(error) => return Err(error),
    };
    if unit_text.is_empty() {
        let plain = target.is_plain();
        return if plain { Ok(number) } else { Err(QuantityError::MissingUnit) };
    }
    // Exact to the last digit, whatever the roots in the rest of the unit round to.
    if let (Some(part), Some(whole)) = (unit_text.strip_prefix('%'), to.strip_prefix('1'))
        && part == whole
    {
        return Ok(number / 100.0);
    }
    let unit = units.unit(unit_text)?;
    if !unit.same_dimension(target) {
        return Err(QuantityError::Dimension { unit: unit_text.to_owned() });
    }
    let value = unit.convert(number, target);
    if value.is_finite() { Ok(value) } else { Err(QuantityError::Number) }
}

/// The leading decimal number, finite, and the text after it. Underscores may stand between digits.
pub(crate) fn split_number(text: &str) -> Option<(f64, &str)> {
    let (number, rest) = split_text(text)?;
    let number: f64 = number.replace('_', "").parse().ok()?;
    number.is_finite().then_some((number, rest))
}

/// The leading decimal number as typed, and the text after it.
pub(super) fn split_text(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let (number, rest) = text.split_at(number_length(text)?);
    Some((number, rest.trim_start()))
}

/// Bytes of the decimal number that a text begins with.
pub(super) fn number_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut end = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    if !digit(end) {
        return None;
    }
    let mut point = false;
    while let Some(&byte) = bytes.get(end) {
        match byte {
            b'0'..=b'9' => {}
            b'_' if digit(end - 1) && digit(end + 1) => {}
            b'.' if !point && digit(end - 1) && digit(end + 1) => point = true,
            _ => break,
        }
        end += 1;
    }
    // An exponent, if digits follow; else the `e` begins a unit such as `epoch`.
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if digit(end + 1 + sign) {
            end += 1 + sign;
            while digit(end) {
                end += 1;
            }
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry;
    use proptest::prelude::*;

    fn parse(text: &str, to: &str) -> Result<f64, QuantityError> {
        super::parse(text, to, &registry::units())
    }

    #[test]
    fn converts_to_the_unit_asked_for() {
        for (text, to, expected) in [
            ("844 d", "d", 844.0),
            ("2 wk", "d", 14.0),
            ("1.4 %/y", "1/y", 0.014),
            ("1.4%", "1", 0.014),
            ("0.3", "1", 0.3),
            ("12 USD/kWh", "USD/MWh", 12_000.0),
            ("5 GiB/h", "GiB/d", 120.0),
            ("80 %/sqrt(y)", "1/sqrt(y)", 0.8),
            ("2 USD/TiB/mo", "USD/TiB/y", 24.0),
            ("295_824_721 FIL", "FIL", 295_824_721.0),
            ("0.2 nanoFIL", "attoFIL", 2e8),
            ("3 kTOK", "TOK", 3e3),
            ("5 nanotoken", "token", 5e-9),
            ("1 kW", "W", 1000.0),
            ("8 Mbit/s", "MB/s", 1.0),
            ("3 bit", "B", 0.375),
            ("1 kWh/d", "W", 1000.0 / 24.0),
            ("3 /d", "1/d", 3.0),
            ("3 epoch", "s", 90.0),
            ("3epoch", "s", 90.0),
            ("1e3 s", "s", 1000.0),
            ("-2.5 %", "%", -2.5),
            ("1 TiB^2/TiB", "GiB", 1024.0),
            ("7 widgets", "widgets", 7.0),
        ] {
            let value = parse(text, to).unwrap_or_else(|error| panic!("{text} in {to}: {error}"));
            assert!((value - expected).abs() <= 1e-12 * expected.abs(), "{text}: {value}");
        }
    }

    #[test]
    fn every_money_has_the_same_forms() {
        let units = registry::units();
        for (unit, decimals) in [
            ("FIL", Some(18)),
            ("nanoFIL", Some(9)),
            ("attoFIL", Some(0)),
            ("USD/TiB/mo", Some(6)),
            ("kUSD", Some(9)),
            ("nanoUSD", None),
            ("nanotoken", Some(9)),
            ("milliFIL", None),
            ("nano", None),
            ("d", None),
        ] {
            assert_eq!(units.decimals(unit), decimals, "{unit}");
        }
        let error = parse("5 nanFIL", "FIL").unwrap_err();
        let similar = Some("nanoFIL".to_owned());
        assert_eq!(error, QuantityError::UnknownUnit { unit: "nanFIL".into(), similar });
        assert_eq!(units.compatible("nanotoken"), "nanotoken: token nanotoken attotoken ktoken");
    }

    #[test]
    fn says_what_is_wrong() {
        let dimension = |unit: &str| Err(QuantityError::Dimension { unit: unit.into() });
        assert_eq!(parse("5 W", "d"), dimension("W"));
        assert_eq!(parse("5 %/y", "1/sqrt(y)"), dimension("%/y"));
        assert_eq!(parse("5", "d"), Err(QuantityError::MissingUnit));
        for text in ["", "d", "nan d", "inf", "-inf d", "1e999 d", "1__0", "_1", ".5 d", "1e308 y"]
        {
            assert!(
                matches!(
                    parse(text, "s"),
                    Err(QuantityError::Number | QuantityError::UnknownUnit { .. })
                ),
                "{text}"
            );
        }
        let error = parse("5 day", "d").unwrap_err();
        assert_eq!(
            error,
            QuantityError::UnknownUnit { unit: "day".into(), similar: Some("d".into()) }
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn any_text_gives_a_finite_number_or_an_error(
            text in ".{0,40}", to in "[a-zA-Z0-9/%^*() ]{0,20}",
        ) {
            if let Ok(value) = parse(&text, &to) {
                prop_assert!(value.is_finite());
            }
        }
        #[test]
        fn texts_near_a_quantity_do_not_panic(
            text in "[0-9_.eE+-]{1,8} ?[a-zA-Z%/^*()0-9 ]{0,24}",
        ) {
            for to in ["d", "1", "USD/TiB/mo", "1/sqrt(y)"] {
                if let Ok(value) = parse(&text, to) {
                    prop_assert!(value.is_finite());
                }
            }
        }
        #[test]
        fn a_number_in_its_own_unit_is_itself(value in -1e15f64..1e15) {
            for unit in ["d", "FIL", "USD/TiB/mo", "1/sqrt(y)", "EiB"] {
                prop_assert_eq!(parse(&format!("{value} {unit}"), unit), Ok(value));
            }
        }
    }
}
