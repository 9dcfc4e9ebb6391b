//! What a scenario says about its chains, validated.

use pinwheel_core::{Amount, SimDuration};

use super::activity::load::LoadParameters;
use super::attack;
use super::bridge::BridgeSettings;
use super::consensus::expected::RoundParameters;
use super::consensus::stake::StakeParameters;
use super::consensus::work::{Travel, WorkParameters};
use super::fee::FeeRule;

/// The chains of a scenario.
#[derive(Clone, Debug)]
pub struct Settings {
    pub chains: Vec<ChainSettings>,
    pub attack: Option<attack::Settings>,
    pub bridges: Vec<BridgeSettings>,
}

/// One chain.
#[derive(Clone, Debug)]
pub struct ChainSettings {
    pub id: String,
    pub block_time: SimDuration,
    pub gas_limit: u64,
    pub fee: FeeRule,
    /// Base fee of the first block.
    pub base_fee: u128,
    pub block_reward: Amount,
    /// Transactions that the pool holds, and how long they wait at most.
    pub pool: usize,
    pub patience: SimDuration,
    pub consensus: ConsensusSettings,
    pub load: Option<LoadParameters>,
}

/// Who makes blocks.
#[derive(Clone, Debug)]
pub enum ConsensusSettings {
    Authority,
    Stake(StakeParameters),
    Expected(RoundParameters),
    Work(WorkParameters, TravelLaw),
}

/// The law of a block's travel time; its mean is a parameter.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum TravelLaw {
    Fixed,
    Exponential,
}

impl TravelLaw {
    pub fn of(self, mean_seconds: f64) -> Travel {
        match self {
            TravelLaw::Fixed => Travel::Fixed { seconds: mean_seconds },
            TravelLaw::Exponential => Travel::Exponential { mean_seconds },
        }
    }
}
