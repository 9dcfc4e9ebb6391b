//! One token's books: accounts in double entry, issue and burn, and the proof that they balance.
//!
//! Each account is of one [`Holding`] for good, so that supply by holding is known at any moment
//! without a sum over accounts; [`Ledger::verify`] makes that sum and compares. Amounts are base
//! units.
//!
//! Invariants, in every build: no balance is negative; the balances of a holding add up to what is
//! recorded for it; all balances and all burned units add up to all issued ones; a refused posting
//! changes nothing, the digest included.

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
impl Holding {
    pub const ALL: [Holding; 3] = [Holding::Free, Holding::Locked, Holding::Reserve];
}

/// An account of a [`Ledger`]: its holding in the upper bits and its place among the accounts of
/// that holding in the lower ones, so that a posting learns both from one register.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Account(u32);

const PLACE_BITS: u32 = 30;
const ACCOUNTS_PER_HOLDING_MAX: usize = 1 << PLACE_BITS;
/// Where minted units come from and burned ones go: the other side of their double entry.
const OUTSIDE: u32 = u32::MAX;

impl Account {
    #[inline]
    pub fn holding(self) -> Holding {
        Holding::ALL[self.row()]
    }
    #[inline]
    fn row(self) -> usize {
        (self.0 >> PLACE_BITS) as usize
    }
    #[inline]
    fn place(self) -> usize {
        self.0 as usize % ACCOUNTS_PER_HOLDING_MAX
    }
}

/// Why a posting was refused or the books do not balance. A refused posting changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerError {
    Insufficient { account: Account, balance: Amount, wanted: Amount },
    Overflow { issued: Amount, wanted: Amount },
    WrongHolding { account: Account, wanted: Holding },
    Unbalanced { accounts: Amount, issued: Amount, burned: Amount },
    HoldingDrift { holding: Holding, accounts: Amount, recorded: Amount },
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// Balances by holding, each in the order of opening: `verify` sums them without a branch.
    balances: [Vec<u128>; Holding::ALL.len()],
    by_holding: [u128; Holding::ALL.len()],
    issued: u128,
    burned: u128,
    /// Hash over all postings in order.
    pub digest: Digest,
}

impl Ledger {
    pub fn open(&mut self, holding: Holding) -> Account {
        let row = &mut self.balances[holding as usize];
        assert!(row.len() < ACCOUNTS_PER_HOLDING_MAX, "too many {holding:?} accounts");
        row.push(0);
        Account((holding as u32) << PLACE_BITS | (row.len() - 1) as u32)
    }
    #[inline]
    pub fn balance(&self, account: Account) -> Amount {
        Amount(self.balances[account.row()][account.place()])
    }
    /// All units ever issued.
    pub fn issued(&self) -> Amount {
        Amount(self.issued)
    }
    /// All units ever burned.
    pub fn burned(&self) -> Amount {
        Amount(self.burned)
    }
    /// The units in all accounts of a holding.
    pub fn held(&self, holding: Holding) -> Amount {
        Amount(self.by_holding[holding as usize])
    }

    /// Creates units in an account.
    pub fn mint(&mut self, to: Account, amount: Amount) -> Result<(), LedgerError> {
        let Some(issued) = self.issued.checked_add(amount.0) else {
            return Err(LedgerError::Overflow { issued: self.issued(), wanted: amount });
        };
        // No balance exceeds what was issued, so that from here on nothing can overflow.
        self.balances[to.row()][to.place()] += amount.0;
        self.by_holding[to.row()] += amount.0;
        self.issued = issued;
        self.note(OUTSIDE, to.0, amount);
        Ok(())
    }
    /// Destroys units of an account.
    pub fn burn(&mut self, from: Account, amount: Amount) -> Result<(), LedgerError> {
        self.debit(from, amount)?;
        self.by_holding[from.row()] -= amount.0;
        self.burned += amount.0;
        self.note(from.0, OUTSIDE, amount);
        Ok(())
    }
    /// Moves units between any two accounts.
    #[inline]
    pub fn transfer(
        &mut self,
        from: Account,
        to: Account,
        amount: Amount,
    ) -> Result<(), LedgerError> {
        self.debit(from, amount)?;
        self.balances[to.row()][to.place()] += amount.0;
        if from.row() != to.row() {
            self.by_holding[from.row()] -= amount.0;
            self.by_holding[to.row()] += amount.0;
        }
        self.note(from.0, to.0, amount);
        Ok(())
    }
    /// Binds free units: a pledge is posted, a reward starts to vest.
    pub fn lock(&mut self, from: Account, to: Account, amount: Amount) -> Result<(), LedgerError> {
        require(from, Holding::Free)?;
        require(to, Holding::Locked)?;
        self.transfer(from, to, amount)
    }
    /// Frees locked units: a reward has vested, a pledge is released.
    pub fn vest(&mut self, from: Account, to: Account, amount: Amount) -> Result<(), LedgerError> {
        require(from, Holding::Locked)?;
        require(to, Holding::Free)?;
        self.transfer(from, to, amount)
    }
    /// Burns locked units: a penalty taken out of a collateral.
    pub fn slash(&mut self, from: Account, amount: Amount) -> Result<(), LedgerError> {
        require(from, Holding::Locked)?;
        self.burn(from, amount)
    }

    #[inline]
    fn debit(&mut self, from: Account, amount: Amount) -> Result<(), LedgerError> {
        let balance = &mut self.balances[from.row()][from.place()];
        let Some(rest) = balance.checked_sub(amount.0) else {
            let balance = Amount(*balance);
            return Err(LedgerError::Insufficient { account: from, balance, wanted: amount });
        };
        *balance = rest;
        Ok(())
    }
    #[inline]
    fn note(&mut self, from: u32, to: u32, amount: Amount) {
        // Hashed apart first: only the last step waits for the posting before.
        let mut posting = Digest::default();
        posting.write(u64::from(from) << 32 | u64::from(to), amount.0);
        self.digest.mix(posting.value());
    }

    /// By how much all balances and burned units miss what was issued, summed afresh.
    pub fn residual(&self) -> Amount {
        let sums = self.balances.each_ref().map(|row| sum(row));
        let there = sum(&sums).wrapping_add(self.burned);
        let missing = self.issued.wrapping_sub(there);
        Amount(missing.min(missing.wrapping_neg()))
    }

    /// Sums every account and compares with what was issued and burned.
    pub fn verify(&self) -> Result<(), LedgerError> {
        let sums = self.balances.each_ref().map(|row| sum(row));
        for holding in Holding::ALL {
            let (accounts, recorded) = (sums[holding as usize], self.by_holding[holding as usize]);
            if accounts != recorded {
                return Err(LedgerError::HoldingDrift {
                    holding,
                    accounts: Amount(accounts),
                    recorded: Amount(recorded),
                });
            }
        }
        let accounts = sum(&sums);
        if accounts.wrapping_add(self.burned) != self.issued {
            return Err(LedgerError::Unbalanced {
                accounts: Amount(accounts),
                issued: self.issued(),
                burned: self.burned(),
            });
        }
        Ok(())
    }
}

/// The sum modulo 2^128: honest books stay below it, and a leak shows in it all the same.
fn sum(balances: &[u128]) -> u128 {
    let add = |sum: u128, balance: &u128| sum.wrapping_add(*balance);
    // Four sums side by side: one alone would wait for its own carry at each step.
    let (fours, rest) = balances.as_chunks::<4>();
    let mut lanes = [0u128; 4];
    for four in fours {
        for (lane, balance) in lanes.iter_mut().zip(four) {
            *lane = add(*lane, balance);
        }
    }
    lanes.iter().chain(rest).fold(0, add)
}

fn require(account: Account, wanted: Holding) -> Result<(), LedgerError> {
    if account.holding() == wanted {
        Ok(())
    } else {
        Err(LedgerError::WrongHolding { account, wanted })
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} account {}", self.holding(), self.place())
    }
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LedgerError::Insufficient { account, balance, wanted } => {
                write!(f, "{account} holds {balance} base units, {wanted} wanted")
            }
            LedgerError::Overflow { issued, wanted } => {
                write!(f, "{issued} base units issued, {wanted} more would exceed 128 bits")
            }
            LedgerError::WrongHolding { account, wanted } => {
                write!(f, "{account} is not of the holding {wanted:?}")
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

#[cfg(test)]
mod tests {
    use super::*;

    fn books() -> Ledger {
        let mut ledger = Ledger::default();
        let accounts = Holding::ALL.map(|holding| ledger.open(holding));
        for account in accounts {
            ledger.mint(account, Amount(10u128.pow(27))).expect("far below the limit");
        }
        ledger.burn(accounts[0], Amount(7)).expect("covered");
        assert_eq!(ledger.verify(), Ok(()));
        ledger
    }

    #[test]
    fn a_leak_of_one_base_unit_is_caught() {
        for row in 0..Holding::ALL.len() {
            for leak in [1, 1u128.wrapping_neg()] {
                let mut ledger = books();
                assert_eq!(ledger.residual(), Amount::ZERO);
                ledger.balances[row][0] = ledger.balances[row][0].wrapping_add(leak);
                assert_eq!(ledger.residual(), Amount(1));
                let caught = ledger.verify();
                assert!(matches!(caught, Err(LedgerError::HoldingDrift { .. })), "{caught:?}");
                // A leak that corrupts the total of its holding as well still breaks the sum.
                ledger.by_holding[row] = ledger.by_holding[row].wrapping_add(leak);
                let caught = ledger.verify();
                assert!(matches!(caught, Err(LedgerError::Unbalanced { .. })), "{caught:?}");
            }
        }
    }

    #[test]
    fn units_that_change_their_holding_unseen_are_caught() {
        let mut ledger = books();
        ledger.balances[Holding::Free as usize][0] -= 1;
        ledger.balances[Holding::Locked as usize][0] += 1;
        let drift = LedgerError::HoldingDrift {
            holding: Holding::Free,
            accounts: Amount(10u128.pow(27) - 8),
            recorded: Amount(10u128.pow(27) - 7),
        };
        assert_eq!(ledger.verify(), Err(drift));
    }
}
