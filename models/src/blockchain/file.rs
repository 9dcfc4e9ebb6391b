//! `[blockchain]` as typed, and its checks.

use std::collections::BTreeMap;

use pinwheel_core::{Amount, SimDuration};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::json;

use super::activity::attestation::AttestParameters;
use super::activity::devices::DeviceParameters;
use super::activity::dispatch::PlanParameters;
use super::activity::escrow::TradeParameters;
use super::activity::load::LoadParameters;
use super::activity::telemetry::{TelemetryParameters, Way};
use super::consensus::expected::RoundParameters;
use super::consensus::stake::StakeParameters;
use super::consensus::work::WorkParameters;
use super::fee::{FeeRule, Premium, Utilisation};
use super::money::{NANOTOKEN, TOKEN};
use super::settings::{Bindings, ChainSettings, ConsensusSettings, Settings, TelemetrySettings};
use crate::connection::gossip::GossipParameters;
use crate::describe::parameter::{self, ParameterSpec, ParameterTable, Table};
use crate::input::check::Checker;
use crate::input::dates::DAY_SECONDS;
use crate::input::tree::ValueId;
use crate::part::{ClassNames, DeviceSet, Known};

const CHAINS_MAX: usize = 16;
/// Far above any real chain; the base fee's products stay within 128 bits.
const GAS_LIMIT_MAX: i64 = 1_000_000_000_000;
const GAS_LIMIT_DEFAULT: u64 = 30_000_000;
const POOL_MAX: i64 = 10_000_000;
const POOL_DEFAULT: u64 = 5_000;
const NANOTOKEN_MAX: f64 = 1e9;
/// A billionth of a token.
const PRICE_DEFAULT: Amount = Amount(1_000_000_000);
const TRIALS_MAX: i64 = 10_000;

/// Chains: blocks, mempool, fees and consensus.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "BlockchainSection")]
pub struct Section {
    /// Time between two records of the chains, such as "1 h" or "12 s": a part of a day. What
    /// applications, attacks and bridges do is recorded each day. Default "1 d".
    #[schemars(with = "String")]
    pub record_every: Option<ValueId>,
    /// The chains; 1 to 16, or none beside attacks and bridges.
    pub chain: Vec<ChainSection>,
    /// Attacks on consensus.
    #[schemars(with = "super::attack::file::AttackSection")]
    pub attack: Option<ValueId>,
    /// Bridges, each between two chains of its own.
    #[schemars(with = "Vec<super::bridge::file::BridgeSection>")]
    pub bridge: Vec<ValueId>,
}

/// One chain.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["id"]))]
pub struct ChainSection {
    /// Its name, the label of its metrics where there are several chains.
    #[schemars(with = "String")]
    pub id: Option<ValueId>,
    /// Time of a slot or round, or the mean time between blocks of work. Default "12 s".
    #[schemars(with = "String")]
    pub block_time: Option<ValueId>,
    /// Gas a block may hold. Default 30,000,000.
    #[schemars(with = "u64")]
    pub gas_limit: Option<ValueId>,
    /// How inclusion is priced: "eip1559", "filecoin" (utilisation as lotus rounds it), "fip0115"
    /// (premium), "first_price", "fixed". Default "eip1559".
    #[schemars(with = "String", extend(
        "enum" = ["eip1559", "filecoin", "fip0115", "first_price", "fixed"]))]
    pub fee: Option<ValueId>,
    /// The base fee of the first block, the minimum of a first-price rule, or the fixed price of a
    /// unit of gas. Default "1 nanotoken".
    #[schemars(with = "String")]
    pub price: Option<ValueId>,
    /// Newly issued to the proposer of each block. Default "0 token".
    #[schemars(with = "String")]
    pub block_reward: Option<ValueId>,
    /// Transactions that may wait at once. Default 5000.
    #[schemars(with = "u64")]
    pub pool: Option<ValueId>,
    /// How long a transaction waits before its sender withdraws it. Default "1 h".
    #[schemars(with = "String")]
    pub patience: Option<ValueId>,
    /// "authority", "stake", "expected" or "work". Default "authority".
    #[schemars(with = "String", extend("enum" = ["authority", "stake", "expected", "work"]))]
    pub consensus: Option<ValueId>,
    /// How blocks of work travel: "fixed", "exponential" or "gossip". Default "fixed".
    #[schemars(with = "String", extend("enum" = ["fixed", "exponential", "gossip"]))]
    pub travel: Option<ValueId>,
    /// The gossip by which blocks of work travel; `push` is "synchronous", "asynchronous" or
    /// "origin_only", by default "asynchronous".
    #[schemars(schema_with = "gossip_schema")]
    pub gossip: Option<BTreeMap<String, ValueId>>,
    /// Validators, miners or participants: parameters of the consensus, by the names that `pinwheel
    /// explain` lists. Beside consensus = "stake", `on` names the devices of the fleet that are the
    /// validators, each offline while it is down.
    #[schemars(schema_with = "members_schema")]
    pub members: BTreeMap<String, ValueId>,
    /// Transactions of the public.
    #[schemars(schema_with = "table_schema::<LoadParameters>")]
    pub load: Option<BTreeMap<String, ValueId>>,
    /// Devices that write every change of their state into the ledger; with `on`, devices of the
    /// fleet, which fail and come back by its laws.
    #[schemars(schema_with = "bound_schema::<DeviceParameters>")]
    pub devices: Option<BTreeMap<String, ValueId>>,
    /// Claims of work, verified by panels; with `on`, of devices of the fleet, while they are up.
    #[schemars(schema_with = "bound_schema::<AttestParameters>")]
    pub attestation: Option<BTreeMap<String, ValueId>>,
    /// Actions carried out by contract; with `on`, on devices of the fleet, while they are up.
    #[schemars(schema_with = "bound_schema::<PlanParameters>")]
    pub dispatch: Option<BTreeMap<String, ValueId>>,
    /// Deals paid through an escrow contract.
    #[schemars(schema_with = "table_schema::<TradeParameters>")]
    pub escrow: Option<BTreeMap<String, ValueId>>,
    /// Readings on the chain; `way` is "direct", "batched" or "anchored", `proofs` "modelled" or
    /// "real". `from = "connection"`: the readings of `[connection]`, in place of clocks of their
    /// own; with `on`, devices of the fleet take them, while they are up.
    #[schemars(schema_with = "telemetry_schema")]
    pub telemetry: Option<BTreeMap<String, ValueId>>,
    /// Tampered copies of blocks on which the daily audit is tried; no audit where it is not given.
    #[schemars(with = "u64")]
    pub audit: Option<ValueId>,
}

/// Why the parameters of a chain are no levers, but for those of its load.
const READ_ONCE: &str = "the chain reads it once, when it is built";

/// Every parameter, by the table of a chain it belongs to.
pub const PARAMETERS: &[ParameterTable] = &[
    ParameterTable {
        fixed: None,
        ..parameters_of("a chain's load", "blockchain.chain[0].load", LoadParameters::SPECS)
    },
    parameters_of("a chain's members", "blockchain.chain[0].members", StakeParameters::SPECS),
    parameters_of("a chain's members", "blockchain.chain[0].members", WorkParameters::SPECS),
    parameters_of("a chain's members", "blockchain.chain[0].members", RoundParameters::SPECS),
    parameters_of("a chain's gossip", "blockchain.chain[0].gossip", GossipParameters::SPECS),
    parameters_of("a chain's devices", "blockchain.chain[0].devices", DeviceParameters::SPECS),
    parameters_of(
        "a chain's attestation",
        "blockchain.chain[0].attestation",
        AttestParameters::SPECS,
    ),
    parameters_of("a chain's dispatch", "blockchain.chain[0].dispatch", PlanParameters::SPECS),
    parameters_of("a chain's escrow", "blockchain.chain[0].escrow", TradeParameters::SPECS),
    parameters_of(
        "a chain's telemetry",
        "blockchain.chain[0].telemetry",
        TelemetryParameters::SPECS,
    ),
];

const fn parameters_of(
    owner: &'static str,
    place: &'static str,
    specs: &'static [ParameterSpec],
) -> ParameterTable {
    ParameterTable { owner, place, specs, fixed: Some(READ_ONCE) }
}

/// The JSON Schema of one table.
fn table_schema<T: Table>(generator: &mut SchemaGenerator) -> Schema {
    parameter::schema(T::SPECS.iter(), generator)
}

/// The same with `on`, the devices of the fleet it is of.
fn bound_schema<T: Table>(generator: &mut SchemaGenerator) -> Schema {
    let schema = table_schema::<T>(generator);
    with_on(schema, generator)
}

fn with_on(mut schema: Schema, generator: &mut SchemaGenerator) -> Schema {
    let names = generator.subschema_for::<ClassNames>();
    if let Some(properties) = schema.get_mut("properties").and_then(|p| p.as_object_mut()) {
        properties.insert("on".into(), names.into());
    }
    schema
}

/// Which of them count follows from the chain's consensus.
fn members_schema(generator: &mut SchemaGenerator) -> Schema {
    let members = PARAMETERS.iter().filter(|table| table.place.ends_with(".members"));
    let schema = parameter::schema(members.flat_map(|table| table.specs), generator);
    with_on(schema, generator)
}

fn gossip_schema(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = table_schema::<GossipParameters>(generator);
    if let Some(properties) = schema.get_mut("properties").and_then(|p| p.as_object_mut()) {
        let ways = json!({ "enum": ["synchronous", "asynchronous", "origin_only"] });
        properties.insert("push".into(), ways);
    }
    schema
}

fn telemetry_schema(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = bound_schema::<TelemetryParameters>(generator);
    if let Some(properties) = schema.get_mut("properties").and_then(|p| p.as_object_mut()) {
        properties.insert("way".into(), json!({ "enum": ["direct", "batched", "anchored"] }));
        properties.insert("proofs".into(), json!({ "enum": ["modelled", "real"] }));
        properties.insert("from".into(), json!({ "enum": ["clocks", "connection"] }));
    }
    schema
}

/// The validated layer; whatever is wrong is a fault.
pub fn settings(checker: &mut Checker<'_>, given: ValueId, known: &Known) -> Option<Settings> {
    let run = known.days;
    let typed: Section = checker.read(given, "blockchain");
    let alone = typed.attack.is_none() && typed.bridge.is_empty();
    if !(usize::from(alone)..=CHAINS_MAX).contains(&typed.chain.len()) {
        let message = format!("{} chains", typed.chain.len());
        let help = format!("write 1 to {CHAINS_MAX} tables [[blockchain.chain]]");
        checker.fault(given, "blockchain.chain", message, help);
        return None;
    }
    let id = |section: &ChainSection| Some((section.id, checker.text_of(section.id?)?));
    let ids: Vec<_> = typed.chain.iter().filter_map(id).collect();
    checker.unique(&ids, "blockchain.chain");
    let days = run.map_or(1, |run| run.horizon_days);
    let chains = typed.chain.iter().enumerate();
    let chains: Vec<_> = chains
        .map(|(number, section)| {
            let key = format!("blockchain.chain[{number}]");
            ChainChecker { checker: &mut *checker, section, key, days, known }.settings()
        })
        .collect();
    let attack = typed.attack.map(|given| super::attack::file::settings(checker, given, days));
    let bridges = super::bridge::file::bridges(checker, &typed.bridge, days);
    let record_every = record_every(checker, typed.record_every);
    Some(Settings {
        record_every: record_every?,
        chains: chains.into_iter().collect::<Option<_>>()?,
        attack: match attack {
            Some(attack) => Some(attack?),
            None => None,
        },
        bridges: bridges?,
    })
}

/// At most a day: users leave and come back day by day.
fn record_every(checker: &mut Checker<'_>, given: Option<ValueId>) -> Option<SimDuration> {
    let key = "blockchain.record_every";
    let every = checker.record_every(given, key)?;
    if every <= SimDuration::from_days(1) {
        return Some(every);
    }
    checker.fault(given?, key, "longer than a day".to_owned(), "at most \"1 d\"");
    None
}

/// Most blocks of a run that is audited, which keeps them.
const AUDITED_BLOCKS_MAX: f64 = 1e7;
/// The checks of one chain.
pub(super) struct ChainChecker<'c, 'a, 's> {
    pub checker: &'c mut Checker<'a>,
    pub section: &'s ChainSection,
    key: String,
    /// Of the run.
    pub days: u32,
    known: &'s Known,
}

impl ChainChecker<'_, '_, '_> {
    pub fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.key)
    }

    fn settings(mut self) -> Option<ChainSettings> {
        let section = self.section;
        let id = self.checker.required(section.id, &self.key("id"), "\"main\"");
        let id = self.checker.identifier(id, &self.key("id"));
        let block_time = self.seconds(section.block_time, "block_time", 12.0, 0.001..=DAY_SECONDS);
        let patience = self.seconds(section.patience, "patience", 3_600.0, 1.0..=31_557_600.0);
        let gas_limit =
            self.checker.integer(section.gas_limit, &self.key("gas_limit"), 21_000..=GAS_LIMIT_MAX);
        let gas_limit = gas_limit.unwrap_or(GAS_LIMIT_DEFAULT);
        let pool = self.checker.integer(section.pool, &self.key("pool"), 1..=POOL_MAX);
        let reward = self.amount(section.block_reward, "block_reward", TOKEN, 1e9);
        let price = self.amount(section.price, "price", NANOTOKEN, NANOTOKEN_MAX);
        let price = price.unwrap_or(PRICE_DEFAULT).0;
        let fee = self.fee(price);
        let (consensus, validators) = self.consensus(block_time);
        let blocks = f64::from(self.days) * DAY_SECONDS / block_time;
        if let (true, Some(given)) = (blocks > AUDITED_BLOCKS_MAX, section.audit) {
            let message = format!("an audit keeps all {blocks:.0} blocks of the run");
            let help = format!("at most {AUDITED_BLOCKS_MAX}: a shorter run or longer blocks");
            self.checker.fault(given, &self.key("audit"), message, help);
        }
        let own = ["devices", "uptime", "downtime"];
        let (devices, on_devices) = split(self.bound(&section.devices, "devices", &own));
        let (attestation, on_attestation) =
            split(self.bound(&section.attestation, "attestation", &["devices"]));
        if let (Some(p), Some(typed)) = (&attestation, &section.attestation) {
            self.panel(p, typed);
        }
        let (dispatch, on_dispatch) =
            split(self.bound(&section.dispatch, "dispatch", &["devices"]));
        let base_fee = match fee {
            FeeRule::Utilisation(_) | FeeRule::Premium(_) => price.max(1),
            FeeRule::FirstPrice { .. } | FeeRule::Fixed { .. } => 0,
        };
        let chain = ChainSettings {
            id: id?,
            block_time: SimDuration::from_seconds_f64(block_time),
            gas_limit,
            fee,
            base_fee,
            block_reward: reward.unwrap_or_default(),
            pool: pool.unwrap_or(POOL_DEFAULT) as usize,
            patience: SimDuration::from_seconds_f64(patience),
            consensus,
            load: self.load(gas_limit),
            devices,
            attestation,
            dispatch,
            escrow: self.part(&section.escrow, "escrow"),
            telemetry: self.telemetry(),
            on: Bindings {
                devices: on_devices,
                attestation: on_attestation,
                dispatch: on_dispatch,
                validators,
            },
            audit: self.checker.integer(section.audit, &self.key("audit"), 0..=TRIALS_MAX),
        };
        self.refuse_idle(&chain);
        Some(chain)
    }

    /// Notes of parameters that depend on others whether they have an effect.
    fn refuse_idle(&mut self, chain: &ChainSettings) {
        let section = self.section;
        if let ConsensusSettings::Stake(p) = &chain.consensus {
            let breaches = p.equivocation > 0.0;
            let whom = "leaders that sign two blocks: equivocation above 0";
            let shared = (breaches && p.slashed > 0.0, "stake that is slashed for breaches");
            let keys = [("slashed", breaches, whom), ("reporter", shared.0, shared.1)];
            self.idle("members", Some(&section.members), &keys);
        }
        if let Some(p) = &chain.load {
            let (bursts, leave) = (p.burst_factor > 1.0, p.reservation > 0.0);
            let fixed_fee = matches!(chain.fee, FeeRule::Fixed { .. });
            let (of_bursts, of_leaving) =
                ("bursts: burst_factor above 1", "users who may leave: reservation above 0");
            let keys = [
                ("burst_length", bursts, of_bursts),
                ("calm_length", bursts, of_bursts),
                ("reservation_spread", leave, of_leaving),
                ("leaving_chance", leave, of_leaving),
                ("tip_share", !fixed_fee, "fees that take a tip, not fee = \"fixed\""),
            ];
            self.idle("load", section.load.as_ref(), &keys);
        }
        if let Some(p) = &chain.attestation {
            let keys = [("lie_chance", p.liars > 0.0, "devices that lie: liars above 0")];
            self.idle("attestation", section.attestation.as_ref(), &keys);
        }
        if let Some(telemetry) = &chain.telemetry {
            let (gathers, anchors) = (telemetry.way != Way::Direct, telemetry.way == Way::Anchored);
            let keys = [
                ("period", gathers, "gateways that gather: way = \"batched\" or \"anchored\""),
                ("proven", anchors, "roots on the chain: way = \"anchored\""),
            ];
            self.idle("telemetry", section.telemetry.as_ref(), &keys);
        }
    }

    /// Notes of the parameters of a table: name, whether it has an effect, and for whom it is.
    fn idle(
        &mut self,
        name: &str,
        typed: Option<&BTreeMap<String, ValueId>>,
        keys: &[(&str, bool, &str)],
    ) {
        let given = |key: &str| typed.and_then(|typed| typed.get(key)).copied();
        let keys: Vec<_> =
            keys.iter().map(|&(key, effect, whom)| (key, given(key), effect, whom)).collect();
        self.checker.refuse_idle(&self.key(name), &keys);
    }

    /// Transactions of the public, the median of which fits into a block.
    fn load(&mut self, gas_limit: u64) -> Option<LoadParameters> {
        let typed = self.section.load.as_ref()?;
        let load: LoadParameters = self.part(&self.section.load, "load")?;
        let given = typed.get("gas").copied().or(self.section.gas_limit);
        if let (Some(given), true) = (given, load.gas > gas_limit as f64) {
            let message =
                format!("{} is above the gas that a block may hold, {gas_limit}", load.gas);
            let help = "let a transaction fit into a block: gas at most gas_limit";
            self.checker.fault(given, &self.key("load.gas"), message, help);
        }
        Some(load)
    }

    /// An optional table of parameters.
    fn part<T: Table>(
        &mut self,
        typed: &Option<BTreeMap<String, ValueId>>,
        name: &str,
    ) -> Option<T> {
        let typed = typed.as_ref()?;
        Some(parameter::read(self.checker, typed, &self.key(name)))
    }

    /// A table of parameters of devices, and the devices of the fleet that `on` names in place of
    /// the parameters `own`.
    pub fn bound<T: Table>(
        &mut self,
        typed: &Option<BTreeMap<String, ValueId>>,
        name: &str,
        own: &[&'static str],
    ) -> Option<(T, Option<DeviceSet>)> {
        let (mut typed, key) = (typed.clone()?, self.key(name));
        let on = typed.remove("on");
        let mut replaced = Vec::new();
        if on.is_some() {
            replaced.extend(own.iter().map(|name| (*name, typed.remove(*name))));
        }
        let set = self.known.devices_in_place_of(self.checker, on, &key, &replaced);
        let mut parameters: T = parameter::read(self.checker, &typed, &key);
        if let (Some(given), Some(set)) = (on, &set) {
            self.count(&mut parameters, own[0], self.known.count(set), given, &key);
        }
        Some((parameters, set))
    }

    /// Sets the parameter that counts devices.
    fn count<T: Table>(
        &mut self,
        parameters: &mut T,
        name: &str,
        count: u32,
        given: ValueId,
        key: &str,
    ) {
        let spec = T::SPECS.iter().find(|spec| spec.name == name);
        let most = spec.expect("a parameter of the table").maximum;
        if f64::from(count) > most {
            let message = format!("{count} devices of the fleet");
            self.checker.fault(given, &format!("{key}.on"), message, format!("at most {most}"));
        }
        *parameters.get_mut(name).expect("a number") = f64::from(count);
    }

    /// A panel is drawn from the verifiers, and its quorum is a majority: one verdict is reached.
    fn panel(&mut self, p: &AttestParameters, typed: &BTreeMap<String, ValueId>) {
        let given = typed.values().next().copied();
        if p.panel > p.verifiers {
            let message = format!("a panel of {} among {} verifiers", p.panel, p.verifiers);
            let given = typed.get("panel").copied().or(given);
            let key = self.key("attestation.panel");
            given.iter().for_each(|given| {
                self.checker.fault(*given, &key, message.clone(), "give more verifiers");
            });
        }
        if p.quorum * 2.0 <= p.panel || p.quorum > p.panel {
            let message = format!("a quorum of {} in a panel of {}", p.quorum, p.panel);
            let given = typed.get("quorum").copied().or(given);
            let key = self.key("attestation.quorum");
            let help = "give a majority of the panel, at most all of it";
            given.iter().for_each(|given| {
                self.checker.fault(*given, &key, message.clone(), help);
            });
        }
    }

    fn telemetry(&mut self) -> Option<TelemetrySettings> {
        let mut typed = self.section.telemetry.clone()?;
        let key = self.key("telemetry");
        let ways =
            [("direct", Way::Direct), ("batched", Way::Batched), ("anchored", Way::Anchored)];
        let way = self.checker.choice(typed.remove("way"), &format!("{key}.way"), &ways);
        let proofs = [("modelled", false), ("real", true)];
        let real = self.checker.choice(typed.remove("proofs"), &format!("{key}.proofs"), &proofs);
        let from = typed.remove("from");
        let sources = [("clocks", false), ("connection", true)];
        let chosen = self.checker.choice(from, &format!("{key}.from"), &sources);
        let bound = match (from, chosen) {
            (Some(given), Some(true)) => self.of_connection(typed, given, &key),
            _ => self.bound(&Some(typed), "telemetry", &["devices"]),
        };
        let (parameters, on) = bound?;
        Some(TelemetrySettings {
            on,
            from_connection: chosen.unwrap_or(false),
            parameters,
            way: way.unwrap_or(Way::Direct),
            real: real.unwrap_or(false),
        })
    }

    /// Telemetry whose readings are those of the connection layer.
    fn of_connection(
        &mut self,
        mut typed: BTreeMap<String, ValueId>,
        given: ValueId,
        key: &str,
    ) -> Option<(TelemetryParameters, Option<DeviceSet>)> {
        for name in ["devices", "interval", "on"] {
            if let Some(given) = typed.remove(name) {
                let message = "beside from = \"connection\": it is that of [connection]".to_owned();
                self.checker.fault(given, &format!("{key}.{name}"), message, "leave it out");
            }
        }
        let mut parameters: TelemetryParameters = parameter::read(self.checker, &typed, key);
        let Some(readers) = &self.known.readers else {
            let message = "there are no readings to write".to_owned();
            let help = "add [connection], or leave out `from`";
            self.checker.fault(given, &format!("{key}.from"), message, help);
            return None;
        };
        self.count(&mut parameters, "devices", readers.count, given, key);
        Some((parameters, readers.on.clone()))
    }

    fn seconds(
        &mut self,
        given: Option<ValueId>,
        name: &str,
        default: f64,
        range: std::ops::RangeInclusive<f64>,
    ) -> f64 {
        let key = self.key(name);
        self.checker.quantity(given, &key, "s", false, range).unwrap_or(default)
    }

    fn amount(
        &mut self,
        given: Option<ValueId>,
        name: &str,
        unit: (&str, u32),
        most: f64,
    ) -> Option<Amount> {
        let key = self.key(name);
        self.checker.amount(given, &key, unit, 0.0..=most)
    }

    fn fee(&mut self, price: u128) -> FeeRule {
        let rules = [
            ("eip1559", FeeRule::Utilisation(Utilisation::ETHEREUM)),
            ("filecoin", FeeRule::Utilisation(Utilisation::LOTUS)),
            ("fip0115", FeeRule::Premium(Premium::FIP_0115)),
            ("first_price", FeeRule::FirstPrice { minimum: price }),
            ("fixed", FeeRule::Fixed { price }),
        ];
        let key = self.key("fee");
        let rule = self.checker.choice(self.section.fee, &key, &rules);
        rule.unwrap_or(FeeRule::Utilisation(Utilisation::ETHEREUM))
    }
}

/// A part and what it is bound to, if there is one.
fn split<T>(bound: Option<(T, Option<DeviceSet>)>) -> (Option<T>, Option<DeviceSet>) {
    bound.map_or((None, None), |(part, on)| (Some(part), on))
}
