//! Escrow: the contract holds a payment until the buyer releases it, or gives it back after the
//! deadline.

use pinwheel_core::{Amount, Holding, SimTime};
use serde::{Deserialize, Serialize};

use super::{CREATE_GAS, Env, Failure, Meter, Notice, READ_GAS, UPDATE_GAS};
use crate::blockchain::accounts::Accounts;
use crate::blockchain::hash::Hash;
use crate::blockchain::merkle_state::MerkleState;
use crate::blockchain::transaction::Address;

/// What can be asked of the contract.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// The sender pays for what `seller` is to deliver before `deadline`; `tag` is the sender's
    /// own.
    Open {
        /// Who is to be paid.
        seller: Address,
        /// The price, base units.
        amount: Amount,
        /// When the buyer may have the money back.
        deadline: SimTime,
        /// A number by which the buyer knows the deal.
        tag: u32,
    },
    /// The buyer has what it paid for.
    Release {
        /// Which deal, by number.
        deal: u32,
    },
    /// The deadline has passed without a release: the buyer takes its money back.
    Refund {
        /// Which deal, by number.
        deal: u32,
    },
}

#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Deal {
    buyer: Address,
    seller: Address,
    amount: Amount,
    deadline: SimTime,
    open: bool,
}

/// A contract that holds the price of a deal until the goods are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escrow {
    pot: Address,
    held: Amount,
    deals: MerkleState<Deal>,
}

impl Escrow {
    /// The contract with an empty pot.
    pub fn new(accounts: &mut Accounts) -> Self {
        let pot = accounts.open(Holding::Locked);
        Escrow { pot, held: Amount::ZERO, deals: MerkleState::default() }
    }
    /// Whether the pot has what open deals have paid in, to the last unit.
    pub fn conserved(&self, accounts: &Accounts) -> bool {
        accounts.balance(self.pot) == self.held
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
        env: &Env,
        accounts: &mut Accounts,
        meter: &mut Meter,
        notices: &mut Vec<Notice>,
    ) -> Result<(), Failure> {
        match *order {
            Order::Open { seller, amount, deadline, tag } => {
                meter.charge(CREATE_GAS)?;
                accounts.transfer(sender, self.pot, amount).map_err(|_| Failure::Refused)?;
                self.held += amount;
                let deal = Deal { buyer: sender, seller, amount, deadline, open: true };
                let deal = self.deals.push(deal) as u32;
                notices.push(Notice::Opened { deal, tag });
                Ok(())
            }
            Order::Release { deal } => {
                let seller = |deal: &Deal| (deal.buyer == sender).then_some(deal.seller);
                self.close(deal, accounts, meter, seller)
            }
            Order::Refund { deal } => {
                let late = |deal: &Deal| (deal.deadline <= env.time).then_some(deal.buyer);
                self.close(deal, accounts, meter, late)
            }
        }
    }

    /// Pays an open deal out to whom `payee` names, if it names anybody.
    fn close(
        &mut self,
        deal: u32,
        accounts: &mut Accounts,
        meter: &mut Meter,
        payee: impl FnOnce(&Deal) -> Option<Address>,
    ) -> Result<(), Failure> {
        meter.charge(READ_GAS + UPDATE_GAS)?;
        let known = self.deals.get(deal as usize).filter(|deal| deal.open);
        let known = *known.ok_or(Failure::Refused)?;
        let payee = payee(&known).ok_or(Failure::Refused)?;
        accounts.transfer(self.pot, payee, known.amount).map_err(|_| Failure::Refused)?;
        self.held -= known.amount;
        self.deals.get_mut(deal as usize).expect("just read").open = false;
        Ok(())
    }

    /// The root over its memory.
    pub fn root(&mut self) -> Hash {
        self.deals.root()
    }
}
