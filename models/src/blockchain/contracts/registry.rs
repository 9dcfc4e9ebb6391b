//! The device registry: who owns a device and every change of its state, in the order of the chain.
//!
//! Each report carries the device's own count of changes, so that a report which is missing or
//! comes twice is refused: the ledger has every change exactly once, or the next one is refused.

use pinwheel_core::SimTime;
use serde::{Deserialize, Serialize};

use super::{CREATE_GAS, Env, Failure, Meter, READ_GAS, UPDATE_GAS};
use crate::blockchain::hash::Hash;
use crate::blockchain::merkle_state::MerkleState;
use crate::blockchain::transaction::Address;

/// What can be asked of the registry.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// The sender enters a device as its own; devices are numbered in the order of entry.
    Enter,
    /// The owner reports that a device went up or down, as its `change`-th change.
    Report {
        /// Which device, by number.
        device: u32,
        /// Its number among the device's changes.
        change: u32,
        /// Whether it is up now.
        up: bool,
    },
}

/// What the ledger knows of a device.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Who owns it.
    pub owner: Address,
    /// Whether it is up, as the ledger knows.
    pub up: bool,
    /// Changes reported so far.
    pub changes: u32,
    /// Time of the block with the last report.
    pub reported: SimTime,
}

/// A register of devices: who owns each and whether it is up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registry {
    devices: MerkleState<Device>,
}

impl Registry {
    /// A device by its number.
    pub fn device(&self, device: u32) -> Option<&Device> {
        self.devices.get(device as usize)
    }
    /// How many devices are registered.
    pub fn len(&self) -> usize {
        self.devices.len()
    }
    /// Whether no device is registered.
    pub fn is_empty(&self) -> bool {
        self.devices.is_empty()
    }

    /// Carries an order out.
    ///
    /// # Errors
    ///
    /// [`Failure::OutOfGas`] or [`Failure::Refused`]: nothing was changed then.
    ///
    /// # Panics
    ///
    /// If a device can be read but not changed: a fault of the model.
    pub fn call(
        &mut self,
        order: &Order,
        sender: Address,
        env: &Env,
        meter: &mut Meter,
    ) -> Result<(), Failure> {
        match *order {
            Order::Enter => {
                meter.charge(CREATE_GAS)?;
                self.enter(sender, env.time);
            }
            Order::Report { device, change, up } => {
                meter.charge(READ_GAS + UPDATE_GAS)?;
                let known = self.devices.get(device as usize).ok_or(Failure::Refused)?;
                if known.owner != sender || change != known.changes + 1 || known.up == up {
                    return Err(Failure::Refused);
                }
                let entry = self.devices.get_mut(device as usize).expect("just read");
                (entry.up, entry.changes, entry.reported) = (up, change, env.time);
            }
        }
        Ok(())
    }

    /// Enters a device, up; at the start of a chain for nothing.
    pub fn enter(&mut self, owner: Address, time: SimTime) -> u32 {
        self.devices.push(Device { owner, up: true, changes: 0, reported: time }) as u32
    }

    /// The root over its memory.
    pub fn root(&mut self) -> Hash {
        self.devices.root()
    }
}
