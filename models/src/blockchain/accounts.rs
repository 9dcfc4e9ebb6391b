//! Accounts of a chain: balances on the double-entry ledger, and nonces.

use pinwheel_core::{Account, Amount, Holding, Ledger, LedgerError};
use serde::{Deserialize, Serialize};

use super::hash::{CELL, Hash, digest};
use super::merkle_state::MerkleState;
use super::transaction::Address;

#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    account: Account,
    nonce: u64,
}

/// Everybody's money and how many transactions each has sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts {
    ledger: Ledger,
    entries: MerkleState<Entry>,
}

impl Accounts {
    /// A new account of this holding.
    pub fn open(&mut self, holding: Holding) -> Address {
        let account = self.ledger.open(holding);
        Address(self.entries.push(Entry { account, nonce: 0 }) as u32)
    }
    /// How many accounts there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }
    /// Whether there is no account.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
    /// Whether an address has an account.
    pub fn exists(&self, address: Address) -> bool {
        (address.0 as usize) < self.entries.len()
    }
    /// The books behind the accounts.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }
    /// What an account holds, in base units.
    pub fn balance(&self, address: Address) -> Amount {
        self.ledger.balance(self.entry(address).account)
    }
    /// The nonce of the next transaction.
    pub fn nonce(&self, address: Address) -> u64 {
        self.entry(address).nonce
    }
    /// One more transaction of the account is in a block.
    pub fn count(&mut self, address: Address) {
        self.entry_mut(address).nonce += 1;
    }

    /// Issues money into an account.
    ///
    /// # Panics
    ///
    /// If the address has no account, or the money ever issued would exceed 128 bits.
    pub fn mint(&mut self, to: Address, amount: Amount) {
        let account = self.entry_mut(to).account;
        self.ledger.mint(account, amount).expect("issue is bounded by the scenario");
    }
    /// Destroys money of an account.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Insufficient`] if the account holds less.
    pub fn burn(&mut self, from: Address, amount: Amount) -> Result<(), LedgerError> {
        if amount == Amount::ZERO {
            return Ok(());
        }
        let account = self.entry_mut(from).account;
        self.ledger.burn(account, amount)
    }
    /// Moves money; nothing happens where it does not suffice or there is no such account.
    ///
    /// # Errors
    ///
    /// [`Refused`] if the payer holds less or, for an amount above zero, one of the two has no
    /// account.
    pub fn transfer(&mut self, from: Address, to: Address, amount: Amount) -> Result<(), Refused> {
        if amount == Amount::ZERO {
            return Ok(());
        }
        if !self.exists(from) || !self.exists(to) {
            return Err(Refused);
        }
        let (payer, payee) = (self.entry_mut(from).account, self.entry_mut(to).account);
        self.ledger.transfer(payer, payee, amount).map_err(|_| Refused)
    }

    fn entry(&self, address: Address) -> &Entry {
        self.entries.get(address.0 as usize).expect("an address names an account")
    }
    fn entry_mut(&mut self, address: Address) -> &mut Entry {
        self.entries.get_mut(address.0 as usize).expect("an address names an account")
    }

    /// The root over nonces and balances, and over what was issued and burned.
    pub fn root(&mut self) -> Hash {
        let ledger = &self.ledger;
        let leaf = |_, entry: &Entry| {
            let number = entry.account.number();
            digest(CELL, &(entry.nonce, number, ledger.balance(entry.account)))
        };
        let entries = self.entries.root_by(leaf);
        digest(CELL, &(entries, ledger.issued(), ledger.burned()))
    }
}

/// A transfer that did not happen.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Refused;
