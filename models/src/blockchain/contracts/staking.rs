//! Stakes of validators: locked accounts, and what a proven breach of the rules costs.

use pinwheel_core::{Amount, Holding};
use serde::{Deserialize, Serialize};

use crate::blockchain::accounts::Accounts;
use crate::blockchain::block::Evidence;
use crate::blockchain::hash::Hash;
use crate::blockchain::merkle_state::MerkleState;
use crate::blockchain::transaction::Address;

/// What a proven breach costs.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slashing {
    /// Part of the stake that is taken.
    pub taken_permille: u32,
    /// Part of that which goes to who shows the evidence; the rest is destroyed.
    pub reporter_permille: u32,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Validator {
    /// Receives rewards.
    reward: Address,
    /// Holds the stake.
    pot: Address,
    slashed: bool,
}

/// The stakes of validators, and what is taken of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staking {
    slashing: Slashing,
    validators: MerkleState<Validator>,
    /// All stakes ever entered, and all that was taken.
    entered: Amount,
    taken: Amount,
    paid: Amount,
}

impl Staking {
    /// From now on this much is taken for a broken rule.
    pub fn set_slashing(&mut self, slashing: Slashing) {
        self.slashing = slashing;
    }
    /// Enters a validator with a newly issued stake, at the start of a chain.
    pub fn enter(&mut self, stake: Amount, accounts: &mut Accounts) -> u32 {
        let (reward, pot) = (accounts.open(Holding::Free), accounts.open(Holding::Locked));
        accounts.mint(pot, stake);
        self.entered += stake;
        self.validators.push(Validator { reward, pot, slashed: false }) as u32
    }
    /// The account that a validator's rewards go to.
    pub fn reward_address(&self, validator: u32) -> Address {
        self.validator(validator).reward
    }
    fn validator(&self, validator: u32) -> &Validator {
        self.validators.get(validator as usize).expect("a validator by its number")
    }
    /// What was taken from validators so far, and which part of it went to reporters.
    pub fn taken(&self) -> (Amount, Amount) {
        (self.taken, self.paid)
    }
    /// Validators that were caught.
    pub fn slashed(&self) -> usize {
        self.validators.iter().filter(|validator| validator.slashed).count()
    }

    /// The stakes that count, base units, by validator: none for the slashed.
    pub fn stakes(&self, accounts: &Accounts) -> Vec<u128> {
        let stake = |v: &Validator| if v.slashed { 0 } else { accounts.balance(v.pot).0 };
        self.validators.iter().map(stake).collect()
    }

    /// All stake that is left, that of the slashed included.
    pub fn staked(&self, accounts: &Accounts) -> Amount {
        self.validators.iter().map(|v| accounts.balance(v.pot)).sum()
    }
    /// All stake that was ever entered.
    pub fn entered(&self) -> Amount {
        self.entered
    }
    /// What is staked and what was taken is what was entered.
    pub fn conserved(&self, accounts: &Accounts) -> bool {
        self.staked(accounts) + self.taken == self.entered
    }

    /// Takes part of a stake; evidence against one who was caught before changes nothing. The last
    /// honest validator cannot be slashed: a chain without any has no leader.
    ///
    /// # Panics
    ///
    /// If the slashing takes more than the whole stake, or gives the reporter more than is taken.
    pub fn slash(&mut self, evidence: &Evidence, accounts: &mut Accounts) {
        let caught = evidence.validator as usize;
        let Some(&Validator { pot, slashed, .. }) = self.validators.get(caught) else { return };
        let honest = self.validators.len() - self.slashed();
        let Some(reporter) = self.validators.get(evidence.reporter as usize) else { return };
        if slashed || honest <= 1 {
            return;
        }
        let stake = accounts.balance(pot);
        let loss = stake.mul_div_floor(u128::from(self.slashing.taken_permille), 1000);
        let reward = loss.mul_div_floor(u128::from(self.slashing.reporter_permille), 1000);
        let paid = accounts.transfer(pot, reporter.reward, reward);
        let burned = accounts.burn(pot, loss - reward);
        assert!(paid.is_ok() && burned.is_ok(), "at most the whole stake is taken");
        self.taken += loss;
        self.paid += reward;
        self.validators.get_mut(caught).expect("just read").slashed = true;
    }

    /// The root over its memory.
    pub fn root(&mut self) -> Hash {
        self.validators.root()
    }
}
