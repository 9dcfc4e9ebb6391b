//! Units: what may stand behind a number, such as `d`, `USD/kWh` or `%/sqrt(y)`.
//!
//! A unit is a product of powers of base dimensions and a scale. A year is 365.25 days and a month
//! a twelfth of it; an epoch is Filecoin's 30 s; bytes are binary (KiB) or decimal (KB). Nouns that
//! count things (sector, disk, message) have no dimension. Every token is a dimension of its own:
//! FIL and IO cannot be added. Which tokens there are says [`Units`].

use std::borrow::Cow;
use std::fmt;

use pinwheel_core::{Amount, TokenSpec};
use serde::{Deserialize, Serialize};

use super::amount::{TOKEN_DECIMALS, USD_DECIMALS};
use super::dates::{DAY_SECONDS as DAY, YEAR_SECONDS as YEAR};
use super::quantity::QuantityError;

/// Longest text that is read as a quantity.
pub(super) const TEXT_BYTES_MAX: usize = 128;
/// Largest power of a unit, so that scales stay far from overflow.
const POWER_MAX: u32 = 4;
/// Most factors in one unit.
const FACTORS_MAX: usize = 8;

/// Base dimensions that are no money: time, bytes, energy, mass, length.
const DIMENSIONS: usize = 5;
/// The base unit of each of them.
const BASES: [&str; DIMENSIONS] = ["s", "B", "J", "kg", "m"];

/// Exponents of the base dimensions, in halves because of `sqrt`.
type Exponents = [i16; DIMENSIONS];

const NONE: Exponents = [0; DIMENSIONS];
const TIME: Exponents = base(0);
const BYTES: Exponents = base(1);
const ENERGY: Exponents = base(2);
const MASS: Exponents = base(3);
const LENGTH: Exponents = base(4);
const POWER: Exponents = [-2, 0, 2, 0, 0];

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

/// What may stand before the symbol of any money, and its power of ten.
const PREFIXES: &[(&str, i32)] = &[("", 0), ("nano", -9), ("atto", -18), ("k", 3)];

/// The dollar, a money that every scenario has.
const USD: &str = "USD";
/// A blockchain's own token, which counts without a dimension: prices of several chains are
/// compared.
const CHAIN_TOKEN: &str = "token";

/// Longest symbol of a money, in bytes.
pub const SYMBOL_BYTES_MAX: usize = 12;

/// The symbol of a money inside a unit, padded with zeros.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Symbol([u8; SYMBOL_BYTES_MAX]);

impl Symbol {
    /// # Panics
    /// If the text is longer than [`SYMBOL_BYTES_MAX`].
    fn new(text: &str) -> Symbol {
        let mut bytes = [0; SYMBOL_BYTES_MAX];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Symbol(bytes)
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.0).unwrap_or_default().trim_end_matches('\0'))
    }
}

/// Most different monies in one unit.
const MONIES_MAX: usize = 3;

/// Powers of monies, in halves, in the order of their symbols; unused places are zero.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
struct Monies([(Symbol, i16); MONIES_MAX]);

impl Monies {
    /// The product of both; `None` if it has more than [`MONIES_MAX`] monies.
    fn times(self, other: Monies) -> Option<Monies> {
        let mut all: Vec<(Symbol, i16)> = self.used().collect();
        for (symbol, power) in other.used() {
            match all.iter_mut().find(|(known, _)| *known == symbol) {
                Some((_, sum)) => *sum += power,
                None => all.push((symbol, power)),
            }
        }
        all.retain(|(_, power)| *power != 0);
        all.sort_unstable();
        let mut product = Monies::default();
        if all.len() > MONIES_MAX {
            return None;
        }
        product.0[..all.len()].copy_from_slice(&all);
        Some(product)
    }

    fn used(self) -> impl Iterator<Item = (Symbol, i16)> {
        self.0.into_iter().filter(|(_, power)| *power != 0)
    }

    fn map(self, change: impl Fn(i16) -> i16) -> Monies {
        Monies(self.0.map(|(symbol, power)| (symbol, change(power))))
    }
}

/// A unit such as `USD/TiB/mo` or `%/sqrt(y)`.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Unit {
    exponents: Exponents,
    monies: Monies,
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

impl Unit {
    /// The unit of plain numbers.
    pub const ONE: Unit = Unit {
        exponents: NONE,
        monies: Monies([(Symbol([0; SYMBOL_BYTES_MAX]), 0); MONIES_MAX]),
        numerator: 1.0,
        denominator: 1.0,
        rounded: false,
    };

    /// Whether values of the two may be added and compared.
    pub fn same_dimension(self, other: Unit) -> bool {
        self.exponents == other.exponents && self.monies == other.monies
    }

    /// Whether it only counts or is a share.
    pub fn is_plain(self) -> bool {
        self.same_dimension(Unit::ONE)
    }

    /// The unit of the same dimension in which values are added and compared.
    pub fn base(self) -> Unit {
        Unit { exponents: self.exponents, monies: self.monies, ..Unit::ONE }
    }

    /// `value` of this unit in base units: s, B, J, kg, m, whole tokens and their products.
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
        let monies = self.monies.used().map(|(symbol, halves)| (halves, symbol.to_string()));
        let bases = self.exponents.into_iter().zip(BASES.map(str::to_owned));
        let parts: Vec<(i16, String)> = monies.chain(bases).collect();
        let named = |sign: i16| {
            let those = parts.iter().filter(move |(halves, _)| halves.signum() == sign);
            those.map(|(halves, name)| power(*halves, name)).collect::<Vec<_>>()
        };
        let (up, down) = (named(1), named(-1));
        match (up.is_empty(), down.is_empty()) {
            (true, true) => "a plain number".to_owned(),
            (_, true) => up.join(" "),
            (true, false) => format!("1/{}", down.join("/")),
            (false, false) => format!("{}/{}", up.join(" "), down.join("/")),
        }
    }

    /// The product of two units; `None` if it has more monies than a unit can hold, three.
    pub fn times(self, other: Unit) -> Option<Unit> {
        let mut exponents = self.exponents;
        for (sum, more) in exponents.iter_mut().zip(other.exponents) {
            *sum += more;
        }
        Some(Unit {
            exponents,
            monies: self.monies.times(other.monies)?,
            numerator: self.numerator * other.numerator,
            denominator: self.denominator * other.denominator,
            rounded: self.rounded
                || other.rounded
                || !exact(self.numerator, other.numerator)
                || !exact(self.denominator, other.denominator),
        })
    }

    /// The unit of one divided by a value of this unit.
    pub fn inverse(self) -> Unit {
        Unit {
            exponents: self.exponents.map(|halves| -halves),
            monies: self.monies.map(|halves| -halves),
            numerator: self.denominator,
            denominator: self.numerator,
            rounded: self.rounded,
        }
    }

    fn root(self) -> Unit {
        Unit {
            exponents: self.exponents.map(|halves| halves / 2),
            monies: self.monies.map(|halves| halves / 2),
            numerator: self.numerator.sqrt(),
            denominator: self.denominator.sqrt(),
            rounded: true,
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
    pub(super) fn convert(self, value: f64, to: Unit) -> f64 {
        if (self.numerator, self.denominator) == (to.numerator, to.denominator) {
            return value;
        }
        value * (self.numerator * to.denominator) / (self.denominator * to.numerator)
    }
}

/// A kind of money: a token or the dollar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Money {
    spec: TokenSpec,
    /// Whether it only counts, without a dimension of its own.
    counts: bool,
}

impl Money {
    /// A unit of this money by the power of ten of its prefix.
    fn unit(&self, power: i32) -> Unit {
        let scale = 10u64.pow(power.unsigned_abs()) as f64;
        let (numerator, denominator) = if power < 0 { (1.0, scale) } else { (scale, 1.0) };
        let mut monies = Monies::default();
        if !self.counts {
            monies.0[0] = (Symbol::new(&self.spec.symbol), 2);
        }
        Unit { monies, numerator, denominator, ..Unit::ONE }
    }

    fn names(&self) -> impl Iterator<Item = String> {
        PREFIXES.iter().map(|(prefix, _)| format!("{prefix}{}", self.spec.symbol))
    }
}

/// Why a token cannot be a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SymbolError {
    /// It is no word of 1 to [`SYMBOL_BYTES_MAX`] letters and digits that starts with a letter.
    NoSymbol,
    /// It, or it with a prefix, is the name of a unit that there is already.
    Taken {
        /// That name.
        name: String,
    },
}

/// The units of a scenario: those of physics and of counting, which are always the same, the
/// dollar, and its tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Units {
    monies: Vec<Money>,
}

impl Default for Units {
    /// Those that need no part: the dollar and a blockchain's own token, which is a count.
    fn default() -> Self {
        let money = |symbol: &str, decimals: u32, counts| Money {
            spec: TokenSpec { symbol: symbol.to_owned(), decimals: decimals as u8, cap: None },
            counts,
        };
        Units {
            monies: vec![money(USD, USD_DECIMALS, false), money(CHAIN_TOKEN, TOKEN_DECIMALS, true)],
        }
    }
}

impl Units {
    /// Adds a token.
    ///
    /// # Errors
    /// [`SymbolError`]: the symbol is no word, or the name of another unit.
    pub fn declare(&mut self, spec: TokenSpec) -> Result<(), SymbolError> {
        let symbol = spec.symbol.as_str();
        let word = symbol.len() <= SYMBOL_BYTES_MAX
            && symbol.starts_with(|first: char| first.is_ascii_alphabetic())
            && symbol.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !word {
            return Err(SymbolError::NoSymbol);
        }
        let money = Money { spec, counts: false };
        if let Some(name) = money.names().find(|name| self.is_unit(name)) {
            return Err(SymbolError::Taken { name });
        }
        self.monies.push(money);
        Ok(())
    }

    /// Limits how much of a declared token may be issued, in base units.
    pub fn set_cap(&mut self, symbol: &str, cap: Option<Amount>) {
        if let Some(money) = self.monies.iter_mut().find(|money| money.spec.symbol == symbol) {
            money.spec.cap = cap;
        }
    }

    /// The token or money of a symbol.
    pub fn token(&self, symbol: &str) -> Option<&TokenSpec> {
        self.monies.iter().map(|money| &money.spec).find(|spec| spec.symbol == symbol)
    }

    /// The symbols of all monies.
    pub fn symbols(&self) -> impl Iterator<Item = &str> {
        self.monies.iter().map(|money| money.spec.symbol.as_str())
    }

    /// The money and the power of ten of a word such as `nanoFIL`.
    fn money(&self, word: &str) -> Option<(&Money, i32)> {
        self.monies.iter().find_map(|money| {
            let prefix = word.strip_suffix(money.spec.symbol.as_str())?;
            let (_, power) = PREFIXES.iter().find(|(name, _)| *name == prefix)?;
            Some((money, *power))
        })
    }

    /// The unit of a text: factors joined by `/`, `*` or a space; `/mo` is one a month.
    ///
    /// # Errors
    /// [`QuantityError::UnknownUnit`] with the part of the text that is no unit.
    pub fn unit(&self, text: &str) -> Result<Unit, QuantityError> {
        let unknown = |unit: &str| QuantityError::UnknownUnit {
            unit: unit.to_owned(),
            similar: self.similar(unit),
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
            let factor = self.factor(word).filter(|_| factors <= FACTORS_MAX);
            let factor = factor.map(|factor| if divide { factor.inverse() } else { factor });
            let product = factor.and_then(|factor| unit.times(factor));
            unit = product.ok_or_else(|| unknown(word))?;
            let tail = tail.trim_start();
            if tail.is_empty() {
                return Ok(unit);
            }
            divide = tail.starts_with('/');
            rest = tail.strip_prefix(['/', '*']).unwrap_or(tail).trim_start();
        }
    }

    /// One factor: `name`, `name^2` or `sqrt(name)`.
    fn factor(&self, word: &str) -> Option<Unit> {
        if let Some(inner) = word.strip_prefix("sqrt(") {
            return Some(self.named(inner.strip_suffix(')')?)?.root());
        }
        let (name, power) = match word.split_once('^') {
            Some((name, power)) => (name, power.parse().ok()?),
            None => (word, 1),
        };
        let unit = self.named(name)?;
        let in_range = (1..=POWER_MAX).contains(&power);
        in_range.then(|| (1..power).try_fold(unit, |all, _| all.times(unit)))?
    }

    fn named(&self, name: &str) -> Option<Unit> {
        if let Some((money, power)) = self.money(name) {
            return Some(money.unit(power));
        }
        let &Named { exponents, numerator, denominator, .. } =
            UNITS.iter().find(|unit| unit.name == name)?;
        Some(Unit { exponents, numerator, denominator, ..Unit::ONE })
    }

    /// Whether a word is the name of a unit.
    pub fn is_unit(&self, word: &str) -> bool {
        self.named(word).is_some()
    }

    /// Decimals between a unit of money and its integer base unit: 18 of FIL, 9 of nanoFIL, 6 of
    /// `USD/d`. `None` for a unit that is no money, or finer than the base unit.
    pub fn decimals(&self, unit: &str) -> Option<u32> {
        let (money, power) = self.money(unit.split('/').next()?.trim())?;
        u32::try_from(i32::from(money.spec.decimals) + power).ok()
    }

    /// What may stand for each part of the unit `to`: "USD: USD kUSD; mo: s min h ...".
    pub fn compatible(&self, to: &str) -> String {
        let mut parts = Vec::new();
        for word in to.split(['/', '*', ' ', '(', ')']).filter(|word| !word.is_empty()) {
            let Some(unit) = self.named(word) else { continue };
            let names: Vec<Cow<'_, str>> = match self.money(word) {
                Some((money, _)) => money.names().map(Cow::Owned).collect(),
                None if unit.is_plain() => vec!["%".into()],
                None => {
                    let same = UNITS.iter().filter(|other| other.exponents == unit.exponents);
                    same.map(|other| other.name.into()).collect()
                }
            };
            parts.push(format!("{word}: {}", names.join(" ")));
        }
        parts.join("; ")
    }

    /// The unit that is meant by a word, or whose name is closest.
    fn similar(&self, word: &str) -> Option<String> {
        let singular = word.strip_suffix('s').unwrap_or(word).to_lowercase();
        if let Some((_, unit)) = WORDS.iter().find(|(name, _)| *name == singular) {
            return Some((*unit).to_owned());
        }
        let distance =
            |name: &str| strsim::osa_distance(&word.to_lowercase(), &name.to_lowercase());
        let names = UNITS.iter().map(|unit| unit.name.to_owned());
        let names = names.chain(self.monies.iter().flat_map(Money::names));
        let best = names.map(|name| (distance(&name), name)).min()?;
        (best.0 * 2 <= word.chars().count()).then_some(best.1)
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::quantity::parse;

    fn with(tokens: &[(&str, u8)]) -> Units {
        let mut units = Units::default();
        for &(symbol, decimals) in tokens {
            let spec = TokenSpec { symbol: symbol.to_owned(), decimals, cap: None };
            units.declare(spec).unwrap_or_else(|error| panic!("{symbol}: {error:?}"));
        }
        units
    }

    #[test]
    fn a_declared_token_has_its_decimals_and_a_dimension_of_its_own() {
        let units = with(&[("IO", 8), ("HNT", 8)]);
        assert_eq!(units.decimals("IO"), Some(8));
        assert_eq!(units.decimals("nanoIO"), None, "finer than a base unit");
        assert_eq!(units.decimals("kIO/d"), Some(11));
        assert_eq!(parse("2 kIO/wk", "IO/d", &units), Ok(2_000.0 / 7.0));
        let dimension = QuantityError::Dimension { unit: "HNT".to_owned() };
        assert_eq!(parse("5 HNT", "IO", &units), Err(dimension));
        let [io, hnt] = ["IO", "HNT"].map(|symbol| units.unit(symbol).unwrap());
        assert!(!io.same_dimension(hnt) && !io.is_plain());
        let price = io.times(hnt.inverse()).unwrap();
        assert_eq!(price.dimension(), "IO/HNT");
        assert!(price.times(hnt).unwrap().same_dimension(io));
        assert_eq!(units.compatible("IO"), "IO: IO nanoIO attoIO kIO");
        let similar = Some("HNT".to_owned());
        let unknown = QuantityError::UnknownUnit { unit: "HTN".to_owned(), similar };
        assert_eq!(parse("5 HTN", "IO", &units), Err(unknown));
    }

    #[test]
    fn a_symbol_is_a_word_that_names_no_other_unit() {
        let mut units = with(&[("IO", 8)]);
        let mut declare = |symbol: &str| {
            let spec = TokenSpec { symbol: symbol.to_owned(), decimals: 8, cap: None };
            units.declare(spec)
        };
        for symbol in ["", "8IO", "I O", "I-O", "I/O", "ÄIO", "ABCDEFGHIJKLM"] {
            assert_eq!(declare(symbol), Err(SymbolError::NoSymbol), "{symbol}");
        }
        for symbol in ["IO", "kIO", "USD", "token", "h", "kWh", "sector"] {
            let name = symbol.to_owned();
            assert_eq!(declare(symbol), Err(SymbolError::Taken { name }), "{symbol}");
        }
        assert_eq!(declare("ABCDEFGHIJKL"), Ok(()));
    }

    #[test]
    fn a_product_of_four_tokens_is_refused_and_none_cancels_wrongly() {
        let units = with(&[("A", 2), ("C", 2), ("D", 2), ("E", 2)]);
        let [a, c, d, e] = ["A", "C", "D", "E"].map(|symbol| units.unit(symbol).unwrap());
        let three = a.times(c).unwrap().times(d).unwrap();
        assert_eq!(three.times(e), None);
        let back = three.times(d.inverse()).unwrap().times(e).unwrap();
        assert_eq!(back.dimension(), "A C E");
        assert!(units.unit("A*C*D*E").is_err());
        assert_eq!(a.times(a).unwrap().times(a.inverse()).unwrap().dimension(), "A");
    }
}
