//! One token's books: accounts in double entry, issue and burn, and the proof that they balance.
//!
//! Each account is of one [`Holding`], so that supply by holding is known at any moment without a
//! sum over accounts; [`Ledger::verify`] makes that sum and compares.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::fingerprint::Digest;

/// What the balance of an account is to the supply.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holding {
    /// Spendable by its owner: part of the circulating supply.
    Free,
    /// Owned but bound: collateral, rewards still vesting.
    Locked,
    /// Issued but not yet distributed: mining and treasury reserves, unvested allocations.
    Reserve,
}
const HOLDINGS: usize = 3;

/// An account of a [`Ledger`].
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Account(pub u32);

/// Why a posting was refused or the books do not balance. A refused posting changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerError {
    Insufficient { account: Account, balance: Amount, wanted: Amount },
    Unbalanced { accounts: Amount, issued: Amount, burned: Amount },
    HoldingDrift { holding: Holding, accounts: Amount, recorded: Amount },
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Ledger {
    balances: Vec<u128>,
    holdings: Vec<Holding>,
    by_holding: [u128; HOLDINGS],
    issued: u128,
    burned: u128,
    /// Hash over all postings in order.
    pub digest: Digest,
}

impl Ledger {
    pub fn open(&mut self, holding: Holding) -> Account {
        let id = u32::try_from(self.balances.len()).expect("fewer than 2^32 accounts");
        self.balances.push(0);
        self.holdings.push(holding);
        Account(id)
    }
    pub fn balance(&self, account: Account) -> Amount {
        Amount(self.balances[account.0 as usize])
    }
    /// All units ever issued, all ever burned, and the units held as `holding`.
    pub fn issued(&self) -> Amount {
        Amount(self.issued)
    }
    pub fn burned(&self) -> Amount {
        Amount(self.burned)
    }
    pub fn held(&self, holding: Holding) -> Amount {
        Amount(self.by_holding[holding as usize])
    }
    /// Creates units in an account.
    pub fn mint(&mut self, to: Account, amount: Amount) {
        self.issued = self.issued.checked_add(amount.0).expect("issue overflow");
        self.credit(to, amount.0);
        self.digest.write(u64::from(to.0) << 2 | 1, amount.0);
    }
    /// Destroys units of an account.
    pub fn burn(&mut self, from: Account, amount: Amount) -> Result<(), LedgerError> {
        self.debit(from, amount)?;
        self.burned += amount.0;
        self.digest.write(u64::from(from.0) << 2 | 2, amount.0);
        Ok(())
    }
    /// Moves units between accounts; between holdings this locks, vests, slashes or releases.
    pub fn transfer(
        &mut self,
        from: Account,
        to: Account,
        amount: Amount,
    ) -> Result<(), LedgerError> {
        self.debit(from, amount)?;
        self.credit(to, amount.0);
        self.digest.write(u64::from(from.0) << 32 | u64::from(to.0), amount.0);
        Ok(())
    }
    #[inline]
    fn debit(&mut self, from: Account, amount: Amount) -> Result<(), LedgerError> {
        let balance = &mut self.balances[from.0 as usize];
        let Some(rest) = balance.checked_sub(amount.0) else {
            let balance = Amount(*balance);
            return Err(LedgerError::Insufficient { account: from, balance, wanted: amount });
        };
        *balance = rest;
        self.by_holding[self.holdings[from.0 as usize] as usize] -= amount.0;
        Ok(())
    }
    #[inline]
    fn credit(&mut self, to: Account, amount: u128) {
        self.balances[to.0 as usize] += amount;
        self.by_holding[self.holdings[to.0 as usize] as usize] += amount;
    }
    /// Sums every account and compares with what was issued and burned.
    pub fn verify(&self) -> Result<(), LedgerError> {
        let mut sums = [0u128; HOLDINGS];
        for (balance, holding) in self.balances.iter().zip(&self.holdings) {
            sums[*holding as usize] += balance;
        }
        for holding in [Holding::Free, Holding::Locked, Holding::Reserve] {
            let (accounts, recorded) = (sums[holding as usize], self.by_holding[holding as usize]);
            if accounts != recorded {
                return Err(LedgerError::HoldingDrift {
                    holding,
                    accounts: Amount(accounts),
                    recorded: Amount(recorded),
                });
            }
        }
        let accounts: u128 = sums.iter().sum();
        if accounts + self.burned != self.issued {
            return Err(LedgerError::Unbalanced {
                accounts: Amount(accounts),
                issued: self.issued(),
                burned: self.burned(),
            });
        }
        Ok(())
    }
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LedgerError::Insufficient { account, balance, wanted } => {
                write!(f, "account {} holds {balance} base units, {wanted} wanted", account.0)
            }
            LedgerError::Unbalanced { accounts, issued, burned } => write!(
                f,
                "the books do not balance: accounts {accounts} + burned {burned} != issued {issued}"
            ),
            LedgerError::HoldingDrift { holding, accounts, recorded } => {
                write!(f, "{holding:?} accounts hold {accounts} base units, {recorded} recorded")
            }
        }
    }
}
impl std::error::Error for LedgerError {}
