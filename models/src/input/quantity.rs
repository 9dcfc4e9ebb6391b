//! Numbers with units: "1.4 %/y", "12 USD/kWh", "80 %/sqrt(y)", "16.597 EiB".
//!
//! A unit is a product of powers of base dimensions and a scale. A year is 365.25 days and a month
//! a twelfth of it; an epoch is Filecoin's 30 s; bytes are binary (KiB) or decimal (KB). Nouns that
//! count things (sector, disk, message) have no dimension.

use std::borrow::Cow;
use std::fmt;

use super::amount::{TOKEN_DECIMALS, USD_DECIMALS};

/// Longest text that is read as a quantity.
pub(super) const TEXT_BYTES_MAX: usize = 128;
/// Largest power of a unit, so that scales stay far from overflow.
const POWER_MAX: u32 = 4;
/// Most factors in one unit.
const FACTORS_MAX: usize = 8;

/// Base dimensions: time, bytes, FIL, USD, energy, mass, length,
/// TOK.
const DIMENSIONS: usize = 8;
/// The base unit of each dimension.
const BASES: [&str; DIMENSIONS] = ["s", "B", "FIL", "USD", "J", "kg", "m", "TOK"];

/// Exponents of the base dimensions, in halves because of `sqrt`.
type Exponents = [i16; DIMENSIONS];

const NONE: Exponents = [0; DIMENSIONS];
const TIME: Exponents = base(0);
const BYTES: Exponents = base(1);
const FIL: Exponents = base(2);
const USD: Exponents = base(3);
const ENERGY: Exponents = base(4);
const MASS: Exponents = base(5);
const LENGTH: Exponents = base(6);
const TOK: Exponents = base(7);
const POWER: Exponents = [-2, 0, 0, 0, 2, 0, 0, 0];

const fn base(dimension: usize) -> Exponents {
    let mut exponents = NONE;
    exponents[dimension] = 2;
    exponents
}

/// A named unit: how many of its dimension's base unit it is, as a fraction of exact floats, so
/// that no scale is itself rounded.
struct Named {
    name: &'static str,
    exponents: Exponents,
    numerator: f64,
    denominator: f64,
}

const fn named(name: &'static str, exponents: Exponents, numerator: f64) -> Named {
    Named { name, exponents, numerator, denominator: 1.0 }
}
const fn fraction(name: &'static str, exponents: Exponents, denominator: f64) -> Named {
    Named { name, exponents, numerator: 1.0, denominator }
}

const KIB: f64 = 1024.0;
const DAY: f64 = 86_400.0;
const YEAR: f64 = 365.25 * DAY;

#[rustfmt::skip]
const UNITS: &[Named] = &[
    named("s", TIME, 1.0), named("min", TIME, 60.0), named("h", TIME, 3_600.0),
    named("d", TIME, DAY), named("wk", TIME, 7.0 * DAY), named("mo", TIME, YEAR / 12.0),
    named("y", TIME, YEAR), named("year", TIME, YEAR), named("epoch", TIME, 30.0),
    fraction("ms", TIME, 1e3), fraction("us", TIME, 1e6),
    named("B", BYTES, 1.0), named("KiB", BYTES, KIB), named("MiB", BYTES, KIB * KIB),
    named("GiB", BYTES, KIB * KIB * KIB), named("TiB", BYTES, KIB * KIB * KIB * KIB),
    named("PiB", BYTES, KIB * KIB * KIB * KIB * KIB),
    named("EiB", BYTES, KIB * KIB * KIB * KIB * KIB * KIB),
    named("KB", BYTES, 1e3), named("MB", BYTES, 1e6), named("GB", BYTES, 1e9),
    named("TB", BYTES, 1e12), named("PB", BYTES, 1e15), named("EB", BYTES, 1e18),
    fraction("bit", BYTES, 8.0), named("kbit", BYTES, 125.0), named("Mbit", BYTES, 125e3),
    named("Gbit", BYTES, 125e6),
    named("J", ENERGY, 1.0), named("Wh", ENERGY, 3.6e3), named("kWh", ENERGY, 3.6e6),
    named("MWh", ENERGY, 3.6e9),
    named("W", POWER, 1.0), named("kW", POWER, 1e3), named("MW", POWER, 1e6),
    named("kg", MASS, 1.0), fraction("g", MASS, 1e3), named("t", MASS, 1e3),
    named("m", LENGTH, 1.0), named("km", LENGTH, 1e3),
    named("1", NONE, 1.0), fraction("%", NONE, 100.0),
    named("sector", NONE, 1.0), named("disk", NONE, 1.0), named("host", NONE, 1.0),
    named("rack", NONE, 1.0), named("site", NONE, 1.0), named("provider", NONE, 1.0),
    named("message", NONE, 1.0), named("partition", NONE, 1.0), named("gas", NONE, 1.0),
    named("block", NONE, 1.0), named("crew", NONE, 1.0), named("feed", NONE, 1.0),
    named("unit", NONE, 1.0), named("job", NONE, 1.0), named("base", NONE, 1.0),
];

/// A kind of money: all that is known of its units.
struct Money {
    symbol: &'static str,
    exponents: Exponents,
    /// One is 10 to this power base units of the ledgers.
    decimals: i32,
}

/// Every kind of money. Sources: Filecoin's protocol; the ledgers of the layers.
const MONEY: &[Money] = &[
    Money { symbol: "FIL", exponents: FIL, decimals: 18 },
    Money { symbol: "USD", exponents: USD, decimals: USD_DECIMALS as i32 },
    Money { symbol: "TOK", exponents: TOK, decimals: TOKEN_DECIMALS as i32 },
    // A chain's own token is a count: prices of several chains are compared.
    Money { symbol: "token", exponents: NONE, decimals: TOKEN_DECIMALS as i32 },
];

/// What may stand before the symbol of any money, and its power of ten.
const PREFIXES: &[(&str, i32)] = &[("", 0), ("nano", -9), ("atto", -18), ("k", 3)];

impl Money {
    /// A unit of this money by the power of ten of its prefix.
    fn unit(&self, power: i32) -> Unit {
        let scale = 10u64.pow(power.unsigned_abs()) as f64;
        let (numerator, denominator) = if power < 0 { (1.0, scale) } else { (scale, 1.0) };
        Unit { exponents: self.exponents, numerator, denominator, rounded: false }
    }
}

/// The money and the power of ten of a word such as `nanoFIL`.
fn money(word: &str) -> Option<(&'static Money, i32)> {
    MONEY.iter().find_map(|money| {
        let prefix = word.strip_suffix(money.symbol)?;
        let (_, power) = PREFIXES.iter().find(|(name, _)| *name == prefix)?;
        Some((money, *power))
    })
}

/// The names of all units, with their dimensions.
fn names() -> impl Iterator<Item = (Cow<'static, str>, Exponents)> {
    let money = MONEY.iter().flat_map(|money| {
        let name = |(prefix, _): &(&str, i32)| format!("{prefix}{}", money.symbol).into();
        PREFIXES.iter().map(move |prefix| (name(prefix), money.exponents))
    });
    UNITS.iter().map(|unit| (unit.name.into(), unit.exponents)).chain(money)
}

/// A unit such as `USD/TiB/mo` or `%/sqrt(y)`.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Unit {
    exponents: Exponents,
    numerator: f64,
    denominator: f64,
    /// Whether the scale is not exact: a product of many factors, or a root.
    rounded: bool,
}

/// A positive whole number of at most 128 bits.
fn whole(value: f64) -> Option<u128> {
    (value >= 1.0 && value == value.trunc() && value < u128::MAX as f64).then_some(value as u128)
}

/// Whether the product of two scales is exact.
fn exact(a: f64, b: f64) -> bool {
    let product = whole(a).zip(whole(b)).and_then(|(a, b)| a.checked_mul(b));
    product.is_some_and(|product| (product as f64) as u128 == product)
}

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

impl Unit {
    /// The unit of plain numbers and shares.
    pub const ONE: Unit =
        Unit { exponents: NONE, numerator: 1.0, denominator: 1.0, rounded: false };

    /// Reads factors joined by `/`, `*` or a space; `/mo` is one a month.
    pub fn parse(text: &str) -> Result<Unit, QuantityError> {
        let unknown = |unit: &str| QuantityError::UnknownUnit {
            unit: unit.to_owned(),
            similar: similar_unit(unit),
        };
        let text = text.trim();
        if text.len() > TEXT_BYTES_MAX {
            return Err(unknown("a text too long for a unit"));
        }
        let (mut unit, mut divide, mut factors) = (Unit::ONE, false, 0);
        let mut rest = text;
        if let Some(tail) = rest.strip_prefix('/') {
            (rest, divide) = (tail, true);
        }
        loop {
            let length = rest.find(['/', '*', ' ']).unwrap_or(rest.len());
            let (word, tail) = rest.split_at(length);
            factors += 1;
            let factor = Self::factor(word).filter(|_| factors <= FACTORS_MAX);
            let factor = factor.ok_or_else(|| unknown(word))?;
            unit = if divide { unit.times(factor.inverse()) } else { unit.times(factor) };
            let tail = tail.trim_start();
            if tail.is_empty() {
                return Ok(unit);
            }
            divide = tail.starts_with('/');
            rest = tail.strip_prefix(['/', '*']).unwrap_or(tail).trim_start();
        }
    }

    /// One factor: `name`, `name^2` or `sqrt(name)`.
    fn factor(word: &str) -> Option<Unit> {
        if let Some(inner) = word.strip_prefix("sqrt(") {
            let unit = Self::named(inner.strip_suffix(')')?)?;
            return Some(Unit {
                exponents: unit.exponents.map(|halves| halves / 2),
                numerator: unit.numerator.sqrt(),
                denominator: unit.denominator.sqrt(),
                rounded: true,
            });
        }
        let (name, power) = match word.split_once('^') {
            Some((name, power)) => (name, power.parse().ok()?),
            None => (word, 1),
        };
        let unit = Self::named(name)?;
        (1..=POWER_MAX).contains(&power).then(|| (1..power).fold(unit, |all, _| all.times(unit)))
    }

    fn named(name: &str) -> Option<Unit> {
        if let Some((money, power)) = money(name) {
            return Some(money.unit(power));
        }
        let &Named { exponents, numerator, denominator, .. } =
            UNITS.iter().find(|unit| unit.name == name)?;
        Some(Unit { exponents, numerator, denominator, rounded: false })
    }

    /// Whether values of the two may be added and compared.
    pub fn same_dimension(self, other: Unit) -> bool {
        self.exponents == other.exponents
    }

    /// Whether it only counts or is a share.
    pub fn is_plain(self) -> bool {
        self.exponents == NONE
    }

    /// The unit of the same dimension in which values are added and compared.
    pub fn base(self) -> Unit {
        Unit { exponents: self.exponents, ..Unit::ONE }
    }

    /// `value` of this unit in base units: s, B, FIL, USD, J, kg, m and their products.
    pub fn to_base(self, value: f64) -> f64 {
        value * self.numerator / self.denominator
    }

    /// A value in base units, in this unit.
    pub fn from_base(self, value: f64) -> f64 {
        value * self.denominator / self.numerator
    }

    /// The base unit of the same dimension, in words: "FIL", "B/s", "a plain number".
    pub fn dimension(self) -> String {
        let power = |halves: i16, name: &str| match halves.abs() {
            2 => name.to_owned(),
            halves if halves % 2 == 0 => format!("{name}^{}", halves / 2),
            halves => format!("{name}^({halves}/2)"),
        };
        let parts = || self.exponents.into_iter().zip(BASES);
        let up: Vec<_> = parts().filter(|p| p.0 > 0).map(|p| power(p.0, p.1)).collect();
        let down: Vec<_> = parts().filter(|p| p.0 < 0).map(|p| power(p.0, p.1)).collect();
        match (up.is_empty(), down.is_empty()) {
            (true, true) => "a plain number".to_owned(),
            (_, true) => up.join(" "),
            (true, false) => format!("1/{}", down.join("/")),
            (false, false) => format!("{}/{}", up.join(" "), down.join("/")),
        }
    }

    /// The unit of a product of two quantities.
    pub fn times(self, other: Unit) -> Unit {
        let mut exponents = self.exponents;
        for (sum, more) in exponents.iter_mut().zip(other.exponents) {
            *sum += more;
        }
        Unit {
            exponents,
            numerator: self.numerator * other.numerator,
            denominator: self.denominator * other.denominator,
            rounded: self.rounded
                || other.rounded
                || !exact(self.numerator, other.numerator)
                || !exact(self.denominator, other.denominator),
        }
    }

    /// The unit of one divided by a quantity: Hz for s.
    pub fn inverse(self) -> Unit {
        Unit {
            exponents: self.exponents.map(|halves| -halves),
            numerator: self.denominator,
            denominator: self.numerator,
            rounded: self.rounded,
        }
    }

    /// How many of `to` one of this unit is, as an exact fraction; `None` if the dimensions differ
    /// or a root makes it no fraction.
    pub fn ratio(self, to: Unit) -> Option<(u128, u128)> {
        if !self.same_dimension(to) || self.rounded || to.rounded {
            return None;
        }
        let up = whole(self.numerator)?.checked_mul(whole(to.denominator)?)?;
        let down = whole(self.denominator)?.checked_mul(whole(to.numerator)?)?;
        Some((up, down))
    }

    /// `value` of this unit in the unit `to`, which has the same dimension.
    fn convert(self, value: f64, to: Unit) -> f64 {
        if (self.numerator, self.denominator) == (to.numerator, to.denominator) {
            return value;
        }
        value * (self.numerator * to.denominator) / (self.denominator * to.numerator)
    }
}

/// The number of `to` in a text such as "21 d". A text without a unit is a plain number if `to` has
/// no dimension.
pub fn parse(text: &str, to: &str) -> Result<f64, QuantityError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(QuantityError::Number);
    }
    let (number, unit_text) = split_number(text).ok_or(QuantityError::Number)?;
    let target = match Unit::parse(to) {
        Ok(target) => target,
        // A unit the algebra does not know is taken word for word.
        Err(_) if unit_text == to => return Ok(number),
        Err(error) => return Err(error),
    };
    if unit_text.is_empty() {
        let plain = target.exponents == NONE;
        return if plain { Ok(number) } else { Err(QuantityError::MissingUnit) };
    }
    // Exact to the last digit, whatever the roots in the rest of the unit round to.
    if let (Some(part), Some(whole)) = (unit_text.strip_prefix('%'), to.strip_prefix('1'))
        && part == whole
    {
        return Ok(number / 100.0);
    }
    let unit = Unit::parse(unit_text)?;
    if unit.exponents != target.exponents {
        return Err(QuantityError::Dimension { unit: unit_text.to_owned() });
    }
    let value = unit.convert(number, target);
    if value.is_finite() { Ok(value) } else { Err(QuantityError::Number) }
}

/// Whether a word is the name of a unit.
pub fn is_unit(word: &str) -> bool {
    Unit::named(word).is_some()
}

/// Decimals between a unit of money and its integer base unit: attoFIL, millionths of a dollar, the
/// smallest part of a chain's token. `None` for a unit that is no money.
pub fn money_decimals(unit: &str) -> Option<i32> {
    let (money, power) = money(unit.split('/').next()?.trim())?;
    Some(money.decimals + power)
}

/// What may stand for each part of the unit `to`: "USD: USD kUSD; mo: s min h ...".
pub fn compatible(to: &str) -> String {
    let mut parts = Vec::new();
    for word in to.split(['/', '*', ' ', '(', ')']).filter(|word| !word.is_empty()) {
        let Some(unit) = Unit::named(word) else { continue };
        let same = names().filter(|(_, exponents)| *exponents == unit.exponents);
        let names: Vec<_> = match (unit.exponents, money(word)) {
            (NONE, None) => vec!["%".into()],
            (NONE, Some((money, _))) => {
                PREFIXES.iter().map(|(prefix, _)| format!("{prefix}{}", money.symbol)).collect()
            }
            _ => same.map(|(name, _)| name.into_owned()).collect(),
        };
        parts.push(format!("{word}: {}", names.join(" ")));
    }
    parts.join("; ")
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

/// Words people write for units.
const WORDS: &[(&str, &str)] = &[
    ("sec", "s"),
    ("second", "s"),
    ("minute", "min"),
    ("hour", "h"),
    ("day", "d"),
    ("week", "wk"),
    ("month", "mo"),
    ("yr", "y"),
    ("percent", "%"),
    ("usd", "USD"),
    ("$", "USD"),
];

/// The unit that is meant by a word, or whose name is closest.
fn similar_unit(word: &str) -> Option<String> {
    let singular = word.strip_suffix('s').unwrap_or(word).to_lowercase();
    if let Some((_, unit)) = WORDS.iter().find(|(name, _)| *name == singular) {
        return Some((*unit).to_owned());
    }
    let distance = |name: &str| strsim::osa_distance(&word.to_lowercase(), &name.to_lowercase());
    let best = names().map(|(name, _)| (distance(&name), name)).min()?;
    (best.0 * 2 <= word.chars().count()).then(|| best.1.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        for (unit, decimals) in [
            ("FIL", Some(18)),
            ("nanoFIL", Some(9)),
            ("attoFIL", Some(0)),
            ("USD/TiB/mo", Some(6)),
            ("kUSD", Some(9)),
            ("nanoUSD", Some(-3)),
            ("nanotoken", Some(9)),
            ("milliFIL", None),
            ("nano", None),
            ("d", None),
        ] {
            assert_eq!(money_decimals(unit), decimals, "{unit}");
        }
        let error = parse("5 nanFIL", "FIL").unwrap_err();
        let similar = Some("nanoFIL".to_owned());
        assert_eq!(error, QuantityError::UnknownUnit { unit: "nanFIL".into(), similar });
        assert_eq!(compatible("nanotoken"), "nanotoken: token nanotoken attotoken ktoken");
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
