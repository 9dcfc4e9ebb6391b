//! `[[blockchain.bridge]]` as typed, and its checks.

use std::ops::RangeInclusive;

use pinwheel_core::{Amount, SimTime, math};
use schemars::JsonSchema;
use serde::Deserialize;

use super::settings::{
    BridgeSettings, Forgery, Kind, Relay, SideSettings, Traffic, USD, whole_usd,
};
use crate::input::NumberOrText;
use crate::input::check::Checker;
use crate::input::dates::{DAY_SECONDS, YEAR_SECONDS};
use crate::input::keys::Keys;
use crate::input::tree::ValueId;

/// Transfers of one run, whose latencies are kept.
const TRANSFERS_MAX: f64 = 2_000_000.0;
/// Bridges of one scenario.
const BRIDGES_MAX: usize = 1_000;
const RELAYERS_MAX: i64 = 1_000;
const FINALITY_MAX: i64 = 1_000;
const SIGNATURES_MAX: i64 = 1_000;
const DOLLARS: RangeInclusive<f64> = 1e-6..=1e9;

/// A bridge between a token's home chain and another chain.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "BridgeSection", extend("required" = ["name", "kind"]))]
pub struct BridgeSection {
    /// Short name; the label of its metrics.
    #[schemars(with = "String")]
    pub name: Option<ValueId>,
    /// "light_client", "relayers" or "pool".
    #[schemars(with = "String", extend("enum" = ["light_client", "relayers", "pool"]))]
    pub kind: Option<ValueId>,
    /// The token's home chain.
    #[schemars(with = "SideSection")]
    pub home: Option<ValueId>,
    /// The other chain.
    #[schemars(with = "SideSection")]
    pub other: Option<ValueId>,
    /// Rate of transfers, such as "500 /d". Default "500 /d".
    #[schemars(with = "String")]
    pub transfers: Option<ValueId>,
    /// Median size of a transfer. Default "500 USD".
    #[schemars(with = "String")]
    pub size: Option<ValueId>,
    /// Standard deviation of the logarithm of the size. Default 1.5.
    #[schemars(with = "f64")]
    pub size_spread: Option<ValueId>,
    /// Share of the transfers that go home. Default "50 %".
    #[schemars(with = "NumberOrText")]
    pub return_share: Option<ValueId>,
    /// After this a transfer is refunded. Default "4 h".
    #[schemars(with = "String")]
    pub timeout: Option<ValueId>,
    /// What the bridge keeps of the value. Default 0.
    #[schemars(with = "NumberOrText")]
    pub fee: Option<ValueId>,
    /// Relayers. Default 1.
    #[schemars(with = "u32")]
    pub relayers: Option<ValueId>,
    /// Relayers that must sign, for kind "relayers".
    #[schemars(with = "u32")]
    pub needed: Option<ValueId>,
    /// Relayers that do not sign. Default 0.
    #[schemars(with = "u32")]
    pub withholding: Option<ValueId>,
    /// Mean time from finality to a relayer's call. Default "30 s".
    #[schemars(with = "String")]
    pub relay_delay: Option<ValueId>,
    /// Share of the time in which a relayer is up. Default "99 %".
    #[schemars(with = "NumberOrText")]
    pub relay_availability: Option<ValueId>,
    /// Mean length of a relayer's outage. Default "1 h".
    #[schemars(with = "String")]
    pub relay_outage: Option<ValueId>,
    /// A pool's liquidity on each chain, for kind "pool".
    #[schemars(with = "String")]
    pub liquidity: Option<ValueId>,
    /// Relayers that sign forgeries.
    #[schemars(with = "u32")]
    pub cheats: Option<ValueId>,
    /// Rate of the forgeries. Default "1 /d".
    #[schemars(with = "String")]
    pub forgeries: Option<ValueId>,
    /// What a forgery tries to take. Default "1000000 USD".
    #[schemars(with = "String")]
    pub forgery: Option<ValueId>,
}

/// A chain at one end of a bridge.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SideSection {
    /// Time between blocks. Default "12 s".
    #[schemars(with = "String")]
    pub interval: Option<ValueId>,
    /// "regular" or "random" (proof of work). Default "regular".
    #[schemars(with = "String", extend("enum" = ["regular", "random"]))]
    pub blocks: Option<ValueId>,
    /// Blocks on top of a block that make it final. Default 64.
    #[schemars(with = "u32")]
    pub finality: Option<ValueId>,
    /// Validators that sign a header. Default 86, the quorum of 128.
    #[schemars(with = "u32")]
    pub signatures: Option<ValueId>,
    /// Price of gas, such as "60 nanoUSD/gas". Default "60000 nanoUSD/gas": 20 Gwei at 3,000 USD.
    #[schemars(with = "String")]
    pub gas_price: Option<ValueId>,
    /// The chain halts after this time.
    #[schemars(with = "String")]
    pub halt_after: Option<ValueId>,
    /// For so long. Default "1 d".
    #[schemars(with = "String")]
    pub halt_for: Option<ValueId>,
}

/// What a time of this section may be.
const SECONDS: RangeInclusive<f64> = 1e-3..=YEAR_SECONDS;

impl Keys<'_, '_> {
    fn rate(&mut self, given: Option<ValueId>, name: &str, default: f64, maximum: f64) -> f64 {
        let key = self.key(name);
        let rate = self.checker.quantity(given, &key, "/d", false, 1e-3..=maximum);
        rate.unwrap_or(default)
    }
}

/// The dollars of bridges and attacks.
impl Keys<'_, '_> {
    /// Dollars of a scenario, or the default in whole dollars.
    pub(in crate::blockchain) fn usd(
        &mut self,
        given: Option<ValueId>,
        name: &str,
        default_usd: u64,
        range: RangeInclusive<f64>,
    ) -> Amount {
        let key = self.key(name);
        self.checker.amount(given, &key, USD, range).unwrap_or(whole_usd(default_usd))
    }
}

/// Checks all `[[blockchain.bridge]]` of a run of so many days.
pub fn bridges(
    checker: &mut Checker<'_>,
    given: &[ValueId],
    days: u32,
) -> Option<Vec<BridgeSettings>> {
    let mut built = vec![];
    for (number, &given) in given.iter().enumerate() {
        built.push(settings(checker, given, &format!("blockchain.bridge[{number}]"), days));
    }
    if let Some(&given) = given.get(BRIDGES_MAX) {
        let message = format!("{} bridges", built.len());
        let help = format!("allowed: at most {BRIDGES_MAX}");
        checker.fault(given, "blockchain.bridge", message, help);
    }
    let built: Option<Vec<BridgeSettings>> = built.into_iter().collect();
    let names = built.iter().flatten().zip(given);
    let names: Vec<_> = names.map(|(built, &given)| (Some(given), built.name.clone())).collect();
    checker.unique(&names, "blockchain.bridge");
    built
}

/// Checks one bridge of a run of so many days.
fn settings(
    checker: &mut Checker<'_>,
    given: ValueId,
    path: &str,
    days: u32,
) -> Option<BridgeSettings> {
    let typed: BridgeSection = checker.read(given, path);
    checker.tree.table(given)?;
    let key = format!("{path}.name");
    let name = checker.required(typed.name, &key, "\"canal\"");
    let name = checker.identifier(name, &key);
    let sides = [(typed.home, "home"), (typed.other, "other")]
        .map(|(given, name)| side(checker, given, &format!("{path}.{name}")));
    let mut section = Keys { checker, path: path.to_owned() };
    let traffic = Traffic {
        transfers_per_day: section.rate(
            typed.transfers,
            "transfers",
            500.0,
            TRANSFERS_MAX / f64::from(days.max(1)),
        ),
        median_usd: section.usd(typed.size, "size", 500, DOLLARS).as_tokens(USD.1),
        sigma: section.share(typed.size_spread, "size_spread", 1.5, 5.0),
        return_share: section.share(typed.return_share, "return_share", 0.5, 1.0),
    };
    let timeout = section.duration(typed.timeout, "timeout", 4.0 * 3_600.0, SECONDS);
    let fee = section.share(typed.fee, "fee", 0.0, 0.5);
    let relay = relay(&mut section, &typed);
    let forgery = forgery(&mut section, &typed, relay.relayers);
    let kind = kind(&mut section, &typed, relay.relayers);
    if let Some(kind) = kind {
        refuse_idle(section.checker, &typed, path, kind, relay.availability);
    }
    let [home, other] = sides;
    Some(BridgeSettings {
        name: name?,
        kind: kind?,
        sides: [home?, other?],
        traffic,
        timeout,
        fee_basis_points: (fee * 10_000.0).round() as u32,
        relay,
        forgery,
    })
}

/// Notes of the keys that belong to one kind of bridge, or to another key, whether they have an
/// effect.
fn refuse_idle(
    checker: &mut Checker<'_>,
    typed: &BridgeSection,
    path: &str,
    kind: Kind,
    availability: f64,
) {
    let relayers = matches!(kind, Kind::Relayers { .. });
    let (pool, client) = (matches!(kind, Kind::Pool { .. }), kind == Kind::LightClient);
    let (cheats, of_cheats) = (typed.cheats.is_some(), "bridges with cheats");
    let keys = [
        ("needed", typed.needed, relayers, "kind = \"relayers\""),
        ("liquidity", typed.liquidity, pool, "kind = \"pool\""),
        ("forgeries", typed.forgeries, cheats, of_cheats),
        ("forgery", typed.forgery, cheats, of_cheats),
        ("relay_outage", typed.relay_outage, availability < 1.0, "relayers that are not always up"),
    ];
    checker.refuse_idle(path, &keys);
    for (side, name) in [(typed.home, "home"), (typed.other, "other")] {
        let signatures = side.and_then(|side| checker.tree.table(side)?.get("signatures").copied());
        let keys = [("signatures", signatures, client, "kind = \"light_client\"")];
        checker.refuse_idle(&format!("{path}.{name}"), &keys);
    }
}

fn relay(section: &mut Keys<'_, '_>, typed: &BridgeSection) -> Relay {
    let relayers = section.count(typed.relayers, "relayers", 1, 1..=RELAYERS_MAX);
    let most = i64::from(relayers);
    Relay {
        relayers,
        delay: section.duration(typed.relay_delay, "relay_delay", 30.0, SECONDS),
        availability: section.share(typed.relay_availability, "relay_availability", 0.99, 1.0),
        outage: section.duration(typed.relay_outage, "relay_outage", 3_600.0, SECONDS),
        withholding: section.count(typed.withholding, "withholding", 0, 0..=most),
    }
}

fn forgery(section: &mut Keys<'_, '_>, typed: &BridgeSection, relayers: u32) -> Option<Forgery> {
    let cheats = section.count(typed.cheats, "cheats", 0, 0..=i64::from(relayers));
    let per_day = section.rate(typed.forgeries, "forgeries", 1.0, 1e4);
    let amount = section.usd(typed.forgery, "forgery", 1_000_000, DOLLARS);
    typed.cheats.map(|_| Forgery { cheats, per_day, amount })
}

fn kind(section: &mut Keys<'_, '_>, typed: &BridgeSection, relayers: u32) -> Option<Kind> {
    #[derive(Copy, Clone)]
    enum Name {
        LightClient,
        Relayers,
        Pool,
    }
    let names =
        [("light_client", Name::LightClient), ("relayers", Name::Relayers), ("pool", Name::Pool)];
    let key = section.key("kind");
    let given = section.checker.required(typed.kind, &key, "\"light_client\"");
    let name = section.checker.choice(given, &key, &names);
    let needed = section.count(typed.needed, "needed", relayers, 1..=i64::from(relayers));
    let liquidity = section.usd(typed.liquidity, "liquidity", 0, DOLLARS);
    match name? {
        Name::LightClient => Some(Kind::LightClient),
        Name::Relayers => {
            let key = section.key("needed");
            section.checker.required(typed.needed, &key, "2")?;
            Some(Kind::Relayers { needed })
        }
        Name::Pool => {
            let key = section.key("liquidity");
            section.checker.required(typed.liquidity, &key, "\"1000000 USD\"")?;
            Some(Kind::Pool { liquidity })
        }
    }
}

/// A chain at one end; without a table of its own it has all defaults.
fn side(checker: &mut Checker<'_>, given: Option<ValueId>, path: &str) -> Option<SideSettings> {
    let typed: SideSection = match given {
        Some(given) => checker.read(given, path),
        None => SideSection::default(),
    };
    let blocks = [("regular", false), ("random", true)];
    let random = checker.choice(typed.blocks, &format!("{path}.blocks"), &blocks);
    let halts = typed.halt_after.is_some();
    checker.refuse_idle(path, &[("halt_for", typed.halt_for, halts, "chains with halt_after")]);
    let mut section = Keys { checker, path: path.to_owned() };
    let interval = section.duration(typed.interval, "interval", 12.0, SECONDS);
    let key = section.key("gas_price");
    let unit = "nanoUSD/gas";
    let gas_price = section.checker.quantity(typed.gas_price, &key, unit, false, 0.0..=1e9);
    let after = section.duration(typed.halt_after, "halt_after", 0.0, SECONDS);
    section.checker.refuse_late(typed.halt_after, &section.key("halt_after"), after);
    let length = section.duration(typed.halt_for, "halt_for", DAY_SECONDS, SECONDS);
    Some(SideSettings {
        interval,
        random: random.unwrap_or(false),
        finality: section.count(typed.finality, "finality", 64, 0..=FINALITY_MAX),
        signatures: section.count(typed.signatures, "signatures", 86, 1..=SIGNATURES_MAX),
        // A price per unit: rounded to the nano-dollar.
        gas_price: math::round(gas_price.unwrap_or(60_000.0)) as u128,
        halt: typed.halt_after.map(|_| (SimTime::ZERO + after, SimTime::ZERO + after + length)),
    })
}
