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
}

/// The validated layer; whatever is wrong is a fault.
pub fn settings(
    checker: &mut Checker<'_>,
    given: Given,
    _run: Option<RunDays>,
) -> Option<Settings> {
    let typed: Section = checker.read(given, "blockchain");
    let chains = checker.required(typed.chains, "blockchain.chains", "100");
    let chains = checker.integer(chains, "blockchain.chains", 1..=CHAINS_MAX)?;
    Some(Settings { chains: u32::try_from(chains).ok()? })
}
