//! The tokens that a scenario declares, and the units that follow from them.

use std::collections::{BTreeMap, BTreeSet};

use pinwheel_core::TokenSpec;
use pinwheel_core::ledgers::TOKENS_MAX;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{NetworkEntry, Point};
use crate::describe::{NetworkSettings, PartSpec};
use crate::input::check::Checker;
use crate::input::diagnostic::shown;
use crate::input::tree::ValueId;
use crate::input::unit::{SYMBOL_BYTES_MAX, SymbolError, Units};
use crate::registry;

/// Most decimals of a token, those of NEAR: books of 128 bits then still hold a billion tokens.
const DECIMALS_MAX: i64 = 24;
/// Most whole tokens of a cap.
const CAP_MAX: f64 = 1e30;

/// A token that networks of the scenario issue and that quantities may be typed in.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["symbol", "decimals"]))]
pub struct TokenSection {
    /// Its symbol, such as "IO": letters and digits, and the name of no other unit.
    #[schemars(with = "String", regex(pattern = "^[A-Za-z][A-Za-z0-9]{0,11}$"))]
    pub symbol: Option<ValueId>,
    /// One token is 10 to this power of its smallest units: 8 of IO, 18 of FIL.
    #[schemars(with = "u8", range(max = 24))]
    pub decimals: Option<ValueId>,
    /// Most tokens that may ever be issued, burned ones included, such as "800_000_000 IO". A
    /// posting beyond it is refused. Default: no limit.
    #[schemars(with = "String")]
    pub cap: Option<ValueId>,
}

/// The units of a scenario: those of the checker and its declared tokens.
pub fn units(checker: &mut Checker<'_>, sections: &[TokenSection]) -> Units {
    let mut units = checker.units.clone();
    if let Some(symbol) = sections.get(TOKENS_MAX).and_then(|section| section.symbol) {
        let message = format!("{} tokens", sections.len());
        checker.fault(symbol, "token", message, format!("at most {TOKENS_MAX}"));
        return units;
    }
    let declared: Vec<_> = sections.iter().enumerate().collect();
    let declared: Vec<_> = declared
        .into_iter()
        .filter_map(|(number, section)| {
            let symbol = declare(checker, &format!("token[{number}]"), section, &mut units)?;
            Some((number, section, symbol))
        })
        .collect();
    for (number, section, symbol) in declared {
        let spec = units.token(&symbol).expect("it was declared above");
        let unit = (symbol.as_str(), u32::from(spec.decimals));
        let mut inside = Checker { units: &units, ..checker.reborrow() };
        let cap = inside.amount(section.cap, &format!("token[{number}].cap"), unit, 0.0..=CAP_MAX);
        units.set_cap(&symbol, cap);
    }
    units
}

/// Declares one token without its cap, which is typed in the token itself. Returns its symbol.
fn declare(
    checker: &mut Checker<'_>,
    key: &str,
    section: &TokenSection,
    units: &mut Units,
) -> Option<String> {
    let at = format!("{key}.symbol");
    let given = checker.required(section.symbol, &at, "\"IO\"");
    let symbol = checker.text(given, &at);
    let key = format!("{key}.decimals");
    let decimals = checker.required(section.decimals, &key, "18");
    let decimals = checker.integer(decimals, &key, 0..=DECIMALS_MAX)?;
    let symbol = symbol?;
    let spec = TokenSpec { symbol: symbol.clone(), decimals: decimals as u8, cap: None };
    let (message, help) = match units.declare(spec) {
        Ok(()) => return Some(symbol),
        Err(SymbolError::NoSymbol) => (
            format!("\"{}\" is no symbol", shown(&symbol)),
            format!("use 1 to {SYMBOL_BYTES_MAX} letters and digits, a letter first"),
        ),
        Err(SymbolError::Taken { name }) => (
            format!("\"{}\" cannot name a token: \"{name}\" is a unit already", shown(&symbol)),
            format!("choose another, such as \"{}\"", other(&symbol, units)),
        ),
    };
    checker.fault(given?, &at, message, help);
    None
}

/// A fault for each network whose token it cannot issue: another network does, or it belongs to the
/// protocol of another kind of network.
pub fn issuers(checker: &mut Checker<'_>, networks: &[NetworkEntry]) {
    let mut issued: BTreeMap<&str, &str> = BTreeMap::new();
    for network in networks {
        let Some(symbol) = network.settings.own_token() else { continue };
        let kind = network.settings.kind();
        let of_part = |part: &&PartSpec| part.tokens.iter().any(|token| token.symbol == symbol);
        let owner = registry::ALL.parts().find(of_part);
        let before = issued.insert(symbol, network.section.as_str());
        let message = match (owner, before) {
            // What a kind of network is given where nothing is declared is each network's own.
            (Some(owner), _) if owner.name == kind => continue,
            (Some(owner), _) => format!("{symbol} is the token of {}", owner.name),
            (None, Some(before)) => format!("{before} issues {symbol} already"),
            (None, None) => continue,
        };
        let key = format!("{}.token", network.section);
        let help = "declare a token of its own with [[token]], and name that";
        checker.fault(checker.tree.nearest(&key), &key, message, help);
    }
}

/// A fault for each declared token that no network of any point issues, and where a network issues
/// one token at one point and another at another: its results could not be set side by side.
pub fn unissued(checker: &mut Checker<'_>, sections: &[TokenSection], points: &[Point]) {
    if points.is_empty() || !checker.faults.is_empty() {
        return;
    }
    let networks = points.iter().flat_map(|point| &point.scenario.networks);
    let mut by_network: BTreeMap<&str, &str> = BTreeMap::new();
    let mut issued: BTreeSet<&str> = BTreeSet::new();
    for network in networks {
        let Some(symbol) = network.settings.own_token() else { continue };
        issued.insert(symbol);
        let first = by_network.entry(network.id.as_str()).or_insert(symbol);
        if *first != symbol {
            let key = format!("{}.token", network.section);
            let message = format!("{first} at one point and {symbol} at another");
            let help = "a network issues the same token in all variants: write two files";
            checker.fault(checker.tree.nearest(&key), &key, message, help);
            return;
        }
    }
    for (number, section) in sections.iter().enumerate() {
        let Some(given) = section.symbol else { continue };
        let Some(symbol) = checker.text_of(given) else { continue };
        if !issued.contains(symbol.as_str()) {
            let (key, message) =
                (format!("token[{number}]"), format!("no network issues {symbol}"));
            let help =
                format!("write token = \"{symbol}\" in a network, or remove the declaration");
            checker.fault(given, &key, message, help);
        }
    }
}

/// A symbol near one that is taken.
fn other(symbol: &str, units: &Units) -> String {
    let longer = |tail: &str| format!("{}{tail}", symbol.to_uppercase());
    let free =
        |candidate: &String| candidate.len() <= SYMBOL_BYTES_MAX && !units.is_unit(candidate);
    ["X", "2", "COIN"].map(longer).into_iter().find(free).unwrap_or_else(|| "NEW".to_owned())
}
