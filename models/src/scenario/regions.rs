//! Whether a world is simulated in one piece or in regions side by side ([`pinwheel_core::cut`]).
//! That changes no result, only the time it takes.

use super::Scenario;
use crate::describe::NetworkSettings;
use crate::input::check::Checker;
use crate::input::tree::ValueId;

/// What `run.regions` says.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub enum Regions {
    /// In regions where that is possible and pays.
    #[default]
    Auto,
    /// In regions; a fault where that is not possible.
    On,
    /// In one piece.
    Off,
}

/// Devices from which regions are faster than one piece; measured in benches/README.md.
pub const DEVICES_FROM: u32 = 250_000;

impl Scenario {
    /// Why the world cannot be cut into regions; `None` if it can.
    pub fn cannot_be_cut(&self) -> Option<String> {
        if let Some(network) = self.networks.first() {
            let kind = network.settings.rules();
            return Some(format!("the network ({kind}) is one piece"));
        }
        if let Some(layer) = self.layers.names().iter().find(|name| **name != "infrastructure") {
            return Some(format!("the layer [{layer}] is one piece"));
        }
        if self.review.is_some() {
            return Some("[review] looks at the whole world".to_owned());
        }
        if !self.changes.is_empty() {
            return Some("[[change]] moves levers of the whole world".to_owned());
        }
        self.layers.infrastructure.as_ref()?.reaches_over()
    }

    /// Why it is simulated in one piece; `None` if it is in regions.
    pub fn in_one_piece_because(&self) -> Option<String> {
        match self.regions {
            Regions::Off => Some("run.regions is \"off\"".to_owned()),
            Regions::On => self.cannot_be_cut(),
            Regions::Auto => self.cannot_be_cut().or_else(|| {
                let devices = self.devices();
                match devices < DEVICES_FROM {
                    true => Some(format!(
                        "{devices} devices are fewer than {DEVICES_FROM}, where regions pay"
                    )),
                    false => self.layers.infrastructure.as_ref()?.pieces_cost_more(),
                }
            }),
        }
    }

    /// Whether it would be simulated in regions if nothing forbade it, but something does.
    pub fn is_large_and_whole(&self) -> bool {
        self.devices() >= DEVICES_FROM && self.in_one_piece_because().is_some()
    }

    /// Devices on the first day.
    fn devices(&self) -> u32 {
        let fleet = self.layers.infrastructure.as_ref();
        fleet.map_or(0, |fleet| fleet.classes.iter().map(|class| class.count).sum())
    }
}

/// What `run.regions` says.
pub(super) fn choice(checker: &mut Checker<'_>, given: Option<ValueId>) -> Regions {
    let choices = [("auto", Regions::Auto), ("on", Regions::On), ("off", Regions::Off)];
    checker.choice(given, KEY, &choices).unwrap_or_default()
}

/// A fault if regions are asked for and impossible.
pub(super) fn check(checker: &mut Checker<'_>, given: Option<ValueId>, scenario: &Scenario) {
    if let (Regions::On, Some(given)) = (scenario.regions, given)
        && let Some(reason) = scenario.cannot_be_cut()
    {
        let message = format!("this world cannot be simulated in regions: {reason}");
        checker.fault(given, KEY, message, "remove the key, or write regions = \"auto\"");
    }
}

const KEY: &str = "run.regions";
