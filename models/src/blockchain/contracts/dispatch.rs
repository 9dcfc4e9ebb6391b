//! Dispatch: actions on devices that the chain itself carries out at the first block of their time,
//! out of gas that was paid in advance.
//!
//! What a block's allowance of contract gas does not suffice for waits for the next block, in the
//! order of the due times. An action whose plan paid too little for the base fee of its time is
//! dropped: it ran out of gas. What is left of a payment stays in the contract's pot.

use std::collections::BTreeSet;

use pinwheel_core::{Amount, Holding, SimTime};
use serde::{Deserialize, Serialize};

use super::{CREATE_GAS, Env, Failure, Meter, Notice, UPDATE_GAS};
use crate::blockchain::accounts::Accounts;
use crate::blockchain::hash::Hash;
use crate::blockchain::merkle_state::MerkleState;
use crate::blockchain::transaction::Address;

/// Gas of carrying out one action: a call of a cold account and a changed cell (EIP-2929).
pub const ACTION_GAS: u64 = 2_600 + UPDATE_GAS;

/// What can be asked of the contract.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// Do `action` on `device` at the first block not before `due`; `prepaid` buys the gas.
    Plan {
        /// Which device, by number.
        device: u32,
        /// Which of its actions.
        action: u8,
        /// When it is to be carried out.
        due: SimTime,
        /// What is paid for its gas in advance, base units.
        prepaid: Amount,
    },
}

/// How an action stands.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// It waits for its time.
    Planned,
    /// It was carried out.
    Done,
    /// What was paid for it did not suffice.
    OutOfGas,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Action {
    device: u32,
    action: u8,
    due: SimTime,
    prepaid: Amount,
    progress: Progress,
}

/// A contract that carries actions out when they are due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatch {
    /// Gas that actions may use in one block.
    allowance: u64,
    pot: Address,
    actions: MerkleState<Action>,
    planned: BTreeSet<(SimTime, u32)>,
}

impl Dispatch {
    /// The contract, with the gas that a block leaves to it.
    pub fn new(allowance: u64, accounts: &mut Accounts) -> Self {
        let pot = accounts.open(Holding::Locked);
        Dispatch { allowance, pot, actions: MerkleState::default(), planned: BTreeSet::new() }
    }

    /// Carries an order out.
    ///
    /// # Errors
    ///
    /// [`Failure::OutOfGas`] or [`Failure::Refused`]: nothing was changed then.
    pub fn call(
        &mut self,
        order: &Order,
        sender: Address,
        accounts: &mut Accounts,
        meter: &mut Meter,
        notices: &mut Vec<Notice>,
    ) -> Result<(), Failure> {
        let Order::Plan { device, action, due, prepaid } = *order;
        meter.charge(CREATE_GAS)?;
        accounts.transfer(sender, self.pot, prepaid).map_err(|_| Failure::Refused)?;
        let planned = Action { device, action, due, prepaid, progress: Progress::Planned };
        let number = self.actions.push(planned) as u32;
        self.planned.insert((due, number));
        notices.push(Notice::Planned { action: number, device });
        Ok(())
    }

    /// Carries out what is due; returns the gas used.
    ///
    /// # Panics
    ///
    /// If a planned action does not exist, or the pot holds less than was paid for it: a fault of
    /// the model.
    pub fn tick(&mut self, env: &Env, accounts: &mut Accounts, notices: &mut Vec<Notice>) -> u64 {
        let mut meter = Meter::new(self.allowance);
        while let Some(&(due, number)) = self.planned.first() {
            if due > env.time {
                break;
            }
            let cost = Amount(env.base_fee * u128::from(ACTION_GAS));
            let action = self.actions.get(number as usize).expect("a planned action");
            let device = action.device;
            let progress = if action.prepaid < cost {
                Progress::OutOfGas
            } else if meter.charge(ACTION_GAS).is_err() {
                break;
            } else {
                accounts.burn(self.pot, cost).expect("the plan has paid");
                Progress::Done
            };
            self.planned.pop_first();
            self.actions.get_mut(number as usize).expect("just read").progress = progress;
            let time = env.time;
            notices.push(Notice::Acted { action: number, device, due, progress, time });
        }
        meter.used()
    }

    /// The root over its memory.
    pub fn root(&mut self) -> Hash {
        self.actions.root()
    }
}
