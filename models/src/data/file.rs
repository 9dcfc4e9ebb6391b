//! `[data]` as typed, and its checks.

use schemars::JsonSchema;
use serde::Deserialize;

use super::settings::Settings;
use crate::scenario::RunDays;
use crate::scenario::check::Checker;
use crate::scenario::tree::Given;

const NODES_MAX: i64 = 1_000_000;

/// Stored objects: their pieces, placement, repair and audits.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "DataSection")]
pub struct Section {
    /// Nodes that hold pieces, where no fleet is given.
    #[schemars(with = "u32")]
    pub nodes: Option<Given>,
}

/// The validated layer; whatever is wrong is a fault.
pub fn settings(
    checker: &mut Checker<'_>,
    given: Given,
    _run: Option<RunDays>,
) -> Option<Settings> {
    let typed: Section = checker.read(given, "data");
    let nodes = checker.required(typed.nodes, "data.nodes", "100");
    let nodes = checker.integer(nodes, "data.nodes", 1..=NODES_MAX)?;
    Some(Settings { nodes: u32::try_from(nodes).ok()? })
}
