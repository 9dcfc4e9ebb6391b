//! `[blockchain]` as typed, and its checks.

use schemars::JsonSchema;
use serde::Deserialize;

use super::settings::Settings;
use crate::scenario::RunDays;
use crate::scenario::check::Checker;
use crate::scenario::tree::Given;

const CHAINS_MAX: i64 = 1_000_000;

/// Chains: blocks, mempool, fees and consensus.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "BlockchainSection")]
pub struct Section {
    /// Chains in the section.
    #[schemars(with = "u32")]
    pub chains: Option<Given>,
    /// Attacks on consensus.
    #[schemars(with = "super::attack::file::AttackSection")]
    pub attack: Option<Given>,
    /// Bridges, each between two chains of its own.
    #[schemars(with = "Vec<super::bridge::file::BridgeSection>")]
    pub bridge: Vec<Given>,
}

/// The validated layer; whatever is wrong is a fault.
pub fn settings(checker: &mut Checker<'_>, given: Given, run: Option<RunDays>) -> Option<Settings> {
    let typed: Section = checker.read(given, "blockchain");
    let chains = checker.integer(typed.chains, "blockchain.chains", 0..=CHAINS_MAX).unwrap_or(0);
    let days = run.map_or(1, |run| run.horizon_days);
    let attack = typed.attack.map(|given| super::attack::file::settings(checker, given, days));
    let bridges = super::bridge::file::bridges(checker, &typed.bridge, days);
    Some(Settings {
        chains: u32::try_from(chains).ok()?,
        attack: match attack {
            Some(attack) => Some(attack?),
            None => None,
        },
        bridges: bridges?,
    })
}
