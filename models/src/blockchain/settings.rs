//! What a scenario says about its chains, validated.

use pinwheel_core::{Amount, SimDuration};

use super::activity::attestation::AttestParameters;
use super::activity::devices::DeviceParameters;
use super::activity::dispatch::PlanParameters;
use super::activity::escrow::TradeParameters;
use super::activity::load::LoadParameters;
use super::activity::telemetry::{TelemetryParameters, Way};
use super::attack;
use super::bridge::BridgeSettings;
use super::consensus::expected::RoundParameters;
use super::consensus::stake::StakeParameters;
use super::consensus::work::{Travel, WorkParameters};
use super::fee::{FeeRule, Utilisation};
use crate::connection::gossip;
use crate::part::DeviceSet;

/// The chains of a scenario.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Time between two records of the chains: a part of a day.
    pub record_every: SimDuration,
    /// The chains, in the order of the scenario.
    pub chains: Vec<ChainSettings>,
    /// Attacks on consensus, where there are any.
    pub attack: Option<attack::Settings>,
    /// Bridges, each with two chains of its own.
    pub bridges: Vec<BridgeSettings>,
}

impl Default for Settings {
    fn default() -> Self {
        let record_every = SimDuration::from_days(1);
        Settings { record_every, chains: Vec::new(), attack: None, bridges: Vec::new() }
    }
}

/// One chain.
#[derive(Clone, Debug)]
pub struct ChainSettings {
    /// Its id in the scenario: the label of its rows.
    pub id: String,
    /// Mean time from block to block, or length of a slot.
    pub block_time: SimDuration,
    /// Most gas of a block.
    pub gas_limit: u64,
    /// How inclusion is priced.
    pub fee: FeeRule,
    /// Base fee of the first block.
    pub base_fee: u128,
    /// New money for whoever makes a block.
    pub block_reward: Amount,
    /// Transactions that the pool holds, and how long they wait at most.
    pub pool: usize,
    /// How long a sender waits before giving a transaction up.
    pub patience: SimDuration,
    /// Who makes blocks.
    pub consensus: ConsensusSettings,
    /// Transactions of the public.
    pub load: Option<LoadParameters>,
    /// Devices that write each change of their state.
    pub devices: Option<DeviceParameters>,
    /// Claims of work, judged by panels.
    pub attestation: Option<AttestParameters>,
    /// Actions carried out by contract.
    pub dispatch: Option<PlanParameters>,
    /// Deals paid through a contract.
    pub escrow: Option<TradeParameters>,
    /// Readings on the chain.
    pub telemetry: Option<TelemetrySettings>,
    /// The devices of the fleet that its activities and validators are.
    pub on: Bindings,
    /// Tampered copies that the daily audit is tried on; `None` without an audit.
    pub audit: Option<u64>,
}

/// The devices of the fleet that act on a chain; `None` where they are none of the fleet's.
#[derive(Clone, Debug, Default)]
pub struct Bindings {
    /// Those that write every change of their state.
    pub devices: Option<DeviceSet>,
    /// Those that claim to have worked.
    pub attestation: Option<DeviceSet>,
    /// Those on which actions are carried out.
    pub dispatch: Option<DeviceSet>,
    /// Those that validate; they are offline while they are down.
    pub validators: Option<DeviceSet>,
}

/// How readings get on the chain.
#[derive(Clone, Debug)]
pub struct TelemetrySettings {
    /// The devices of the fleet that take them; `None` if they are none of the fleet's.
    pub on: Option<DeviceSet>,
    /// Whether they come over the connection layer, from its devices.
    pub from_connection: bool,
    /// Its numbers.
    pub parameters: TelemetryParameters,
    /// How readings get on the chain.
    pub way: Way,
    /// Whether readings are signed and checked for real.
    pub real: bool,
}

/// A chain like Ethereum's, but by authority and without anybody who uses it.
impl Default for ChainSettings {
    fn default() -> Self {
        ChainSettings {
            id: "main".to_owned(),
            block_time: SimDuration::from_seconds(12),
            gas_limit: 30_000_000,
            fee: FeeRule::Utilisation(Utilisation::ETHEREUM),
            base_fee: 1_000_000_000,
            block_reward: Amount::ZERO,
            pool: 5_000,
            patience: SimDuration::from_hours(1),
            consensus: ConsensusSettings::Authority,
            load: None,
            devices: None,
            attestation: None,
            dispatch: None,
            escrow: None,
            telemetry: None,
            on: Bindings::default(),
            audit: None,
        }
    }
}

/// Who makes blocks.
#[derive(Clone, Debug)]
pub enum ConsensusSettings {
    /// Known proposers take turns.
    Authority,
    /// Validators in proportion to their stake, final by votes.
    Stake(StakeParameters),
    /// Each participant may win a round, several or none do.
    Expected(RoundParameters),
    /// Miners, by the chain with most work.
    Work(WorkParameters, TravelLaw),
}

/// The law of a block's travel time; the mean of the first two is a parameter.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum TravelLaw {
    /// Always the mean.
    Fixed,
    /// Exponential with this mean.
    Exponential,
    /// From node to node, by gossip.
    Gossip(gossip::Law),
}

impl TravelLaw {
    /// The law with this mean in seconds, which gossip does not need.
    pub fn of(self, mean_seconds: f64) -> Travel {
        match self {
            TravelLaw::Fixed => Travel::Fixed { seconds: mean_seconds },
            TravelLaw::Exponential => Travel::Exponential { mean_seconds },
            TravelLaw::Gossip(law) => Travel::Gossip(law),
        }
    }
}
