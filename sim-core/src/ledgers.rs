//! The books of many tokens: one [`Ledger`] for each declared token, and accounts that name theirs.
//!
//! A posting reaches the one ledger that its accounts name; accounts of two tokens in one posting
//! are refused before anything changes. Tokens change hands for other tokens in an
//! [`exchange`](Ledgers::exchange): two postings, done both or not at all.
//!
//! The books of a token are the same, to the last bit of their digest, whether other tokens stand
//! beside them or not. A blockchain's own ledger is none of these: it lives in the chain's forkable
//! state (see [`ledger`](crate::ledger)).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::fingerprint::Digest;
use crate::ledger::{Account, Holding, Ledger, LedgerError, Token};

/// Most tokens in one set of books.
pub const TOKENS_MAX: usize = 1_024;
/// Most decimals of a token: 10^38 is the largest power of ten in 128 bits.
pub const DECIMALS_MAX: u8 = 38;

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenSpec {
    /// Its name in scenarios and reports, such as `FIL`.
    pub symbol: String,
    /// One token is 10 to this power base units.
    pub decimals: u8,
    /// Most base units that may ever be issued, burned ones included; `None` for no limit.
    pub cap: Option<Amount>,
}

/// Why a token could not be declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeclareError {
    /// The symbol is empty.
    NoSymbol,
    /// The symbol is that of a token declared before.
    Duplicate {
        /// The symbol.
        symbol: String,
    },
    /// More than [`DECIMALS_MAX`] decimals.
    Decimals {
        /// The decimals asked for.
        decimals: u8,
    },
    /// [`TOKENS_MAX`] tokens are declared already.
    TooMany,
}

impl fmt::Display for DeclareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeclareError::NoSymbol => f.write_str("a token needs a symbol"),
            DeclareError::Duplicate { symbol } => write!(f, "{symbol} is declared already"),
            DeclareError::Decimals { decimals } => {
                write!(f, "{decimals} decimals, at most {DECIMALS_MAX} fit 128 bits")
            }
            DeclareError::TooMany => write!(f, "at most {TOKENS_MAX} tokens"),
        }
    }
}
impl std::error::Error for DeclareError {}

/// One side of an exchange: units that move between two accounts of one token.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The account to be debited.
    pub from: Account,
    /// The account to be credited.
    pub to: Account,
    /// Base units.
    pub amount: Amount,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Book {
    spec: TokenSpec,
    ledger: Ledger,
}

/// The books of all declared tokens.
///
/// ```
/// use pinwheel_core::{Amount, Holding, LedgerError, Ledgers, Posting, TokenSpec};
///
/// let mut ledgers = Ledgers::default();
/// let spec = |symbol: &str, decimals| TokenSpec { symbol: symbol.into(), decimals, cap: None };
/// let io = ledgers.declare(spec("IO", 8))?;
/// let usd = ledgers.declare(spec("USD", 6))?;
/// let (seller_io, buyer_io) = (ledgers.open(io, Holding::Free), ledgers.open(io, Holding::Free));
/// let (seller_usd, buyer_usd) =
///     (ledgers.open(usd, Holding::Free), ledgers.open(usd, Holding::Free));
/// ledgers.mint(seller_io, Amount(500_000_000))?;
/// ledgers.mint(buyer_usd, Amount(2_000_000))?;
///
/// // A posting across tokens is refused.
/// assert!(matches!(
///     ledgers.transfer(seller_io, buyer_usd, Amount(1)),
///     Err(LedgerError::OtherToken { .. })
/// ));
/// // 5 IO for 2 USD.
/// ledgers.exchange(
///     Posting { from: seller_io, to: buyer_io, amount: Amount(500_000_000) },
///     Posting { from: buyer_usd, to: seller_usd, amount: Amount(2_000_000) },
/// )?;
/// assert_eq!(ledgers.balance(buyer_io), Amount(500_000_000));
/// assert_eq!(ledgers.balance(seller_usd), Amount(2_000_000));
/// assert_eq!(ledgers.verify(), Ok(()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledgers {
    books: Vec<Book>,
}

impl Ledgers {
    /// Opens the books of a token.
    ///
    /// # Errors
    /// [`DeclareError`]: no symbol, a symbol declared before, too many decimals or tokens.
    pub fn declare(&mut self, spec: TokenSpec) -> Result<Token, DeclareError> {
        if spec.symbol.is_empty() {
            return Err(DeclareError::NoSymbol);
        }
        if self.token(&spec.symbol).is_some() {
            return Err(DeclareError::Duplicate { symbol: spec.symbol });
        }
        if spec.decimals > DECIMALS_MAX {
            return Err(DeclareError::Decimals { decimals: spec.decimals });
        }
        if self.books.len() >= TOKENS_MAX {
            return Err(DeclareError::TooMany);
        }
        let token = Token(self.books.len() as u16);
        self.books.push(Book { spec, ledger: Ledger::of(token) });
        Ok(token)
    }
    /// All declared tokens in the order of declaration.
    pub fn tokens(&self) -> impl Iterator<Item = Token> + use<> {
        (0..self.books.len() as u16).map(Token)
    }
    /// The token of a symbol.
    pub fn token(&self, symbol: &str) -> Option<Token> {
        self.tokens().find(|token| self.spec(*token).symbol == symbol)
    }
    /// What a token was declared as.
    ///
    /// # Panics
    /// When the token is not declared here.
    pub fn spec(&self, token: Token) -> &TokenSpec {
        &self.book(token).spec
    }
    /// The books of one token, to read: its supply by holding, its digest, its residual.
    ///
    /// # Panics
    /// When the token is not declared here.
    #[inline]
    pub fn ledger(&self, token: Token) -> &Ledger {
        &self.book(token).ledger
    }
    #[inline]
    fn book(&self, token: Token) -> &Book {
        let book = self.books.get(usize::from(token.0));
        book.unwrap_or_else(|| panic!("{token} is not declared in these ledgers"))
    }
    #[inline]
    fn ledger_of(&mut self, account: Account) -> Result<&mut Ledger, LedgerError> {
        match self.books.get_mut(usize::from(account.token().0)) {
            Some(book) => Ok(&mut book.ledger),
            None => Err(LedgerError::Undeclared { account }),
        }
    }

    /// Opens an empty account of a token.
    ///
    /// # Panics
    /// When the token is not declared here, or has 2^30 accounts of the holding already.
    pub fn open(&mut self, token: Token, holding: Holding) -> Account {
        let book = self.books.get_mut(usize::from(token.0));
        let book = book.unwrap_or_else(|| panic!("{token} is not declared in these ledgers"));
        book.ledger.open(holding)
    }
    /// What an account holds, in base units of its token.
    ///
    /// # Panics
    /// When the account was opened elsewhere and is unknown here.
    #[inline]
    pub fn balance(&self, account: Account) -> Amount {
        self.ledger(account.token()).balance(account)
    }

    /// Creates units in an account.
    ///
    /// # Errors
    /// [`LedgerError::Capped`] beyond the token's cap; [`LedgerError::Overflow`] beyond 128 bits;
    /// [`LedgerError::Undeclared`].
    ///
    /// # Panics
    /// Like every posting, when an account of a declared token was opened elsewhere and is unknown
    /// here.
    pub fn mint(&mut self, to: Account, amount: Amount) -> Result<(), LedgerError> {
        let book = self.books.get_mut(usize::from(to.token().0));
        let Some(Book { spec, ledger }) = book else {
            return Err(LedgerError::Undeclared { account: to });
        };
        let issued = ledger.issued();
        match spec.cap {
            Some(cap) if cap.saturating_sub(issued) < amount => {
                Err(LedgerError::Capped { cap, issued, wanted: amount })
            }
            _ => ledger.mint(to, amount),
        }
    }
    /// Destroys units of an account.
    ///
    /// # Errors
    /// Those of [`Ledger::burn`]; [`LedgerError::Undeclared`].
    pub fn burn(&mut self, from: Account, amount: Amount) -> Result<(), LedgerError> {
        self.ledger_of(from)?.burn(from, amount)
    }
    /// Moves units between any two accounts of one token.
    ///
    /// # Errors
    /// Those of [`Ledger::transfer`], [`LedgerError::OtherToken`] for accounts of two tokens;
    /// [`LedgerError::Undeclared`].
    #[inline]
    pub fn transfer(
        &mut self,
        from: Account,
        to: Account,
        amount: Amount,
    ) -> Result<(), LedgerError> {
        self.ledger_of(from)?.transfer(from, to, amount)
    }
    /// Binds free units: a pledge is posted, a reward starts to vest.
    ///
    /// # Errors
    /// Those of [`Ledger::lock`]; [`LedgerError::Undeclared`].
    pub fn lock(&mut self, from: Account, to: Account, amount: Amount) -> Result<(), LedgerError> {
        self.ledger_of(from)?.lock(from, to, amount)
    }
    /// Frees locked units: a reward has vested, a pledge is released.
    ///
    /// # Errors
    /// Those of [`Ledger::vest`]; [`LedgerError::Undeclared`].
    pub fn vest(&mut self, from: Account, to: Account, amount: Amount) -> Result<(), LedgerError> {
        self.ledger_of(from)?.vest(from, to, amount)
    }
    /// Burns locked units: a penalty taken out of a collateral.
    ///
    /// # Errors
    /// Those of [`Ledger::slash`]; [`LedgerError::Undeclared`].
    pub fn slash(&mut self, from: Account, amount: Amount) -> Result<(), LedgerError> {
        self.ledger_of(from)?.slash(from, amount)
    }
    /// Moves units of one token for units of another: both postings are made, or none.
    ///
    /// # Errors
    /// Those of [`Ledgers::transfer`] for either posting; [`LedgerError::SameToken`] if both are of
    /// one token.
    #[expect(clippy::missing_panics_doc, reason = "both postings are covered before one is made")]
    pub fn exchange(&mut self, one: Posting, other: Posting) -> Result<(), LedgerError> {
        let token = one.from.token();
        if token == other.from.token() {
            return Err(LedgerError::SameToken { token });
        }
        for Posting { from, to, amount } in [one, other] {
            self.ledger_of(from)?.covers(from, to, amount)?;
        }
        // The ledgers are two, so that the first posting cannot uncover the second.
        for Posting { from, to, amount } in [one, other] {
            self.transfer(from, to, amount).expect("both postings are covered");
        }
        Ok(())
    }

    /// Verifies the books of every token.
    ///
    /// # Errors
    /// The first token whose books do not balance, and how: a fault of the ledger.
    pub fn verify(&self) -> Result<(), (Token, LedgerError)> {
        for (book, token) in self.books.iter().zip(self.tokens()) {
            book.ledger.verify().map_err(|error| (token, error))?;
        }
        Ok(())
    }
    /// The largest [`Ledger::residual`] of all tokens, in base units of its token.
    pub fn residual(&self) -> Amount {
        self.books.iter().map(|book| book.ledger.residual()).max().unwrap_or_default()
    }
    /// A hash over all postings of all tokens. That of one token is `ledger(token).digest`.
    pub fn digest(&self) -> Digest {
        let mut all = Digest::default();
        self.books.iter().for_each(|book| all.mix(book.ledger.digest.value()));
        all
    }
}
