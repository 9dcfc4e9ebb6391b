//! One token's books: accounts in double entry, issue and burn, and the proof that they balance.
//!
//! An account never changes its [`Holding`], so that supply by holding is known at any moment
//! without a sum over accounts; [`Ledger::verify`] makes that sum and compares. Amounts are base
//! units. An account names its token, and a ledger refuses accounts of another one.
//!
//! A ledger stands in one of two places. Tokens that trade with each other are declared in
//! [`Ledgers`](crate::Ledgers), which has one ledger for each. A blockchain keeps a ledger of its
//! own ([`Token::PRIVATE`]) inside its forkable state, because a fork or a replay must take the
//! balances with it; it meets `Ledgers` at one bridge account, never by sharing accounts.
//!
//! Invariants, in every build: no balance is negative; the balances of a holding add up to what is
//! recorded for it; all balances and all burned units add up to all issued ones; a refused posting
//! changes nothing, the digest included.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::fingerprint::Digest;

/// A token by its place among those declared in [`Ledgers`](crate::Ledgers).
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Token(pub(crate) u16);

impl Token {
    /// The token of a ledger that stands alone, such as that of a blockchain's state.
    pub const PRIVATE: Token = Token(u16::MAX);
}

impl Default for Token {
    fn default() -> Self {
        Token::PRIVATE
    }
}

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
    /// Every holding, in the order of its number.
    pub const ALL: [Holding; 3] = [Holding::Free, Holding::Locked, Holding::Reserve];
}

/// An account of a [`Ledger`]: its token, its holding and its place among the accounts of that
/// holding.
///
/// It is meant for the ledger that opened it. A ledger of another token refuses it; another ledger
/// of the same token cannot tell it from its own.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Account {
    token: Token,
    /// The holding in the upper bits and the place in the lower ones, so that a posting learns both
    /// from one register.
    number: u32,
}

const PLACE_BITS: u32 = 30;
const ACCOUNTS_PER_HOLDING_MAX: usize = 1 << PLACE_BITS;
/// Where minted units come from and burned ones go: the other side of their double entry.
const OUTSIDE: u32 = u32::MAX;

impl Account {
    /// The token that the account holds.
    #[inline]
    pub fn token(self) -> Token {
        self.token
    }
    /// What its balance is to the supply.
    #[inline]
    pub fn holding(self) -> Holding {
        Holding::ALL[self.row()]
    }
    /// Holding and place in one number: what digests and state roots are made of, so that books
    /// hash the same alone and beside those of other tokens.
    #[inline]
    pub fn number(self) -> u32 {
        self.number
    }
    #[inline]
    fn row(self) -> usize {
        (self.number >> PLACE_BITS) as usize
    }
    #[inline]
    fn place(self) -> usize {
        self.number as usize % ACCOUNTS_PER_HOLDING_MAX
    }
}

/// Why a posting was refused or the books do not balance. A refused posting changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerError {
    /// The account holds less than the posting takes.
    Insufficient {
        /// The account to be debited.
        account: Account,
        /// What it holds, in base units.
        balance: Amount,
        /// What the posting takes, in base units.
        wanted: Amount,
    },
    /// The issue would exceed 128 bits.
    Overflow {
        /// Base units issued so far.
        issued: Amount,
        /// Base units to be issued.
        wanted: Amount,
    },
    /// The issue would exceed the cap that the token was declared with.
    Capped {
        /// Most base units that may ever be issued.
        cap: Amount,
        /// Base units issued so far.
        issued: Amount,
        /// Base units to be issued.
        wanted: Amount,
    },
    /// A lock, vesting or slash with an account of another holding than its name says.
    WrongHolding {
        /// The account given.
        account: Account,
        /// The holding it should have.
        wanted: Holding,
    },
    /// The account is of another token than the ledger, or than the other side of the posting.
    OtherToken {
        /// The account given.
        account: Account,
        /// The token it should hold.
        wanted: Token,
    },
    /// The account's token is not declared in these ledgers.
    Undeclared {
        /// The account given.
        account: Account,
    },
    /// Both postings of an exchange are of one token.
    SameToken {
        /// The token of both.
        token: Token,
    },
    /// The books do not balance: accounts and burned units are not what was issued.
    Unbalanced {
        /// Base units in all accounts.
        accounts: Amount,
        /// Base units ever issued.
        issued: Amount,
        /// Base units ever burned.
        burned: Amount,
    },
    /// The accounts of a holding do not add up to what is recorded for it.
    HoldingDrift {
        /// The holding.
        holding: Holding,
        /// Base units in its accounts.
        accounts: Amount,
        /// Base units recorded for it.
        recorded: Amount,
    },
}

/// The books of one token.
///
/// The default is a private ledger ([`Token::PRIVATE`]); those of declared tokens are made by
/// [`Ledgers::declare`](crate::Ledgers::declare).
///
/// ```
/// use pinwheel_core::{Amount, Holding, Ledger, LedgerError};
///
/// let mut ledger = Ledger::default();
/// let owner = ledger.open(Holding::Free);
/// let pledge = ledger.open(Holding::Locked);
/// ledger.mint(owner, Amount(100))?;
/// ledger.lock(owner, pledge, Amount(60))?;
/// ledger.slash(pledge, Amount(10))?;
/// assert_eq!((ledger.balance(owner), ledger.balance(pledge)), (Amount(40), Amount(50)));
/// assert_eq!((ledger.issued(), ledger.burned()), (Amount(100), Amount(10)));
///
/// // A posting that is not covered is refused and changes nothing.
/// let before = ledger.clone();
/// assert!(matches!(
///     ledger.transfer(owner, pledge, Amount(41)),
///     Err(LedgerError::Insufficient { .. })
/// ));
/// assert_eq!(ledger, before);
/// ledger.verify()?;
/// # Ok::<(), LedgerError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    token: Token,
    /// Balances by holding, each in the order of opening: `verify` sums them without a branch.
    balances: [Vec<u128>; Holding::ALL.len()],
    by_holding: [u128; Holding::ALL.len()],
    issued: u128,
    burned: u128,
    /// Hash over all postings in order.
    pub digest: Digest,
}

impl Ledger {
    /// The empty books of a declared token.
    pub(crate) fn of(token: Token) -> Self {
        Ledger { token, ..Ledger::default() }
    }
    /// The token whose books these are.
    pub fn token(&self) -> Token {
        self.token
    }

    /// Opens an empty account.
    ///
    /// # Panics
    /// When the holding has 2^30 accounts already.
    pub fn open(&mut self, holding: Holding) -> Account {
        let row = &mut self.balances[holding as usize];
        assert!(row.len() < ACCOUNTS_PER_HOLDING_MAX, "too many {holding:?} accounts");
        row.push(0);
        let number = (holding as u32) << PLACE_BITS | (row.len() - 1) as u32;
        Account { token: self.token, number }
    }
    /// What an account holds, in base units.
    ///
    /// # Panics
    /// When the account was opened in another ledger and is of another token or unknown here.
    #[inline]
    pub fn balance(&self, account: Account) -> Amount {
        assert!(account.token == self.token, "the balance of {account} is in another ledger");
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
    ///
    /// # Errors
    /// [`LedgerError::OtherToken`]; [`LedgerError::Overflow`] beyond 128 bits.
    ///
    /// # Panics
    /// Like every posting, when an account of this token was opened in another ledger and is
    /// unknown here.
    pub fn mint(&mut self, to: Account, amount: Amount) -> Result<(), LedgerError> {
        self.own(to)?;
        let Some(issued) = self.issued.checked_add(amount.0) else {
            return Err(LedgerError::Overflow { issued: self.issued(), wanted: amount });
        };
        // No balance exceeds what was issued, so that from here on nothing can overflow.
        self.balances[to.row()][to.place()] += amount.0;
        self.by_holding[to.row()] += amount.0;
        self.issued = issued;
        self.note(OUTSIDE, to.number, amount);
        Ok(())
    }
    /// Destroys units of an account.
    ///
    /// # Errors
    /// [`LedgerError::OtherToken`]; [`LedgerError::Insufficient`] if it holds less.
    pub fn burn(&mut self, from: Account, amount: Amount) -> Result<(), LedgerError> {
        self.own(from)?;
        self.debit(from, amount)?;
        self.by_holding[from.row()] -= amount.0;
        self.burned += amount.0;
        self.note(from.number, OUTSIDE, amount);
        Ok(())
    }
    /// Moves units between any two accounts.
    ///
    /// # Errors
    /// [`LedgerError::OtherToken`]; [`LedgerError::Insufficient`] if `from` holds less.
    #[inline]
    pub fn transfer(
        &mut self,
        from: Account,
        to: Account,
        amount: Amount,
    ) -> Result<(), LedgerError> {
        self.own(from)?;
        self.own(to)?;
        self.debit(from, amount)?;
        self.balances[to.row()][to.place()] += amount.0;
        if from.row() != to.row() {
            self.by_holding[from.row()] -= amount.0;
            self.by_holding[to.row()] += amount.0;
        }
        self.note(from.number, to.number, amount);
        Ok(())
    }
    /// Binds free units: a pledge is posted, a reward starts to vest.
    ///
    /// # Errors
    /// Those of [`Ledger::transfer`]; [`LedgerError::WrongHolding`] unless free units become locked
    /// ones.
    pub fn lock(&mut self, from: Account, to: Account, amount: Amount) -> Result<(), LedgerError> {
        require(from, Holding::Free)?;
        require(to, Holding::Locked)?;
        self.transfer(from, to, amount)
    }
    /// Frees locked units: a reward has vested, a pledge is released.
    ///
    /// # Errors
    /// Those of [`Ledger::transfer`]; [`LedgerError::WrongHolding`] unless locked units become free
    /// ones.
    pub fn vest(&mut self, from: Account, to: Account, amount: Amount) -> Result<(), LedgerError> {
        require(from, Holding::Locked)?;
        require(to, Holding::Free)?;
        self.transfer(from, to, amount)
    }
    /// Burns locked units: a penalty taken out of a collateral.
    ///
    /// # Errors
    /// Those of [`Ledger::burn`]; [`LedgerError::WrongHolding`] if the account is not locked.
    pub fn slash(&mut self, from: Account, amount: Amount) -> Result<(), LedgerError> {
        require(from, Holding::Locked)?;
        self.burn(from, amount)
    }

    /// Whether [`Ledger::transfer`] would be done, without doing it.
    pub(crate) fn covers(
        &self,
        from: Account,
        to: Account,
        amount: Amount,
    ) -> Result<(), LedgerError> {
        self.own(from)?;
        self.own(to)?;
        let balance = self.balance(from);
        if amount <= balance {
            Ok(())
        } else {
            Err(LedgerError::Insufficient { account: from, balance, wanted: amount })
        }
    }
    #[inline]
    fn own(&self, account: Account) -> Result<(), LedgerError> {
        if account.token == self.token {
            Ok(())
        } else {
            Err(LedgerError::OtherToken { account, wanted: self.token })
        }
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
    ///
    /// # Errors
    /// [`LedgerError::HoldingDrift`] or [`LedgerError::Unbalanced`]: a fault of the ledger.
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

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Token::PRIVATE => f.write_str("a private token"),
            Token(place) => write!(f, "token {place}"),
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} account {}", self.holding(), self.place())?;
        match self.token {
            Token::PRIVATE => Ok(()),
            token => write!(f, " of {token}"),
        }
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
            LedgerError::Capped { cap, issued, wanted } => {
                write!(f, "{issued} base units issued, {wanted} more would exceed the cap of {cap}")
            }
            LedgerError::OtherToken { account, wanted } => {
                write!(f, "{account} does not hold {wanted}")
            }
            LedgerError::Undeclared { account } => {
                write!(f, "{account}: its token is not declared in these ledgers")
            }
            LedgerError::SameToken { token } => {
                write!(f, "both postings of an exchange are of {token}")
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
