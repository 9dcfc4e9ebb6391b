//! The books of the token and of the dollar, and who holds what in them.
//!
//! Tokens: holders (everybody who is no provider), providers, customers, the bonds, the pool.
//! Providers have one account: what each has earned follows from its part of the day's capacity,
//! and a posting for each of a thousand nodes a day would tell nothing more. Dollars come in with
//! customers and leave the pool to those who sell; what they do with them is outside.

use pinwheel_core::{Account, Amount, Holding, Ledger, Ledgers, Posting, Token, TokenSpec, math};
use serde::{Deserialize, Serialize};

use super::exchange::ConstantProduct;
use super::settings::Settings;
use crate::input::amount::{TOKEN_DECIMALS, USD_DECIMALS};

/// The accounts of the network's token.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct TokAccounts {
    token: Token,
    holders: Account,
    providers: Account,
    customers: Account,
    bonds: Account,
    pool: Account,
}

/// The accounts of the dollar.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct UsdAccounts {
    token: Token,
    customers: Account,
    sellers: Account,
    pool: Account,
}

/// Who sells tokens.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Seller {
    Holders,
    Providers,
}

/// Both books and the exchange between them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Books {
    exchange: ConstantProduct,
    ledgers: Ledgers,
    tok: TokAccounts,
    usd: UsdAccounts,
}

/// A refused posting is a fault of the model: each is covered by what was asked before.
const COVERED: &str = "a posting of the economy is covered";

impl Books {
    /// The first day: the supply is in the pool, in bonds and with the holders.
    pub fn new(settings: &Settings) -> Self {
        let mut ledgers = Ledgers::default();
        let mut declare = |symbol: &str, decimals: u8| {
            let spec = TokenSpec { symbol: symbol.to_owned(), decimals, cap: None };
            ledgers.declare(spec).expect("two tokens of different symbols")
        };
        let (tok, usd) = (declare("TOK", TOKEN_DECIMALS as u8), declare("USD", USD_DECIMALS as u8));
        let tok = TokAccounts {
            token: tok,
            holders: ledgers.open(tok, Holding::Free),
            providers: ledgers.open(tok, Holding::Free),
            customers: ledgers.open(tok, Holding::Free),
            bonds: ledgers.open(tok, Holding::Locked),
            // The exchange's: neither circulating nor bound.
            pool: ledgers.open(tok, Holding::Reserve),
        };
        let usd = UsdAccounts {
            token: usd,
            customers: ledgers.open(usd, Holding::Free),
            sellers: ledgers.open(usd, Holding::Free),
            pool: ledgers.open(usd, Holding::Reserve),
        };
        ledgers.mint(tok.holders, settings.supply).expect(COVERED);
        ledgers.transfer(tok.holders, tok.pool, settings.exchange.tok).expect(COVERED);
        ledgers.mint(usd.pool, settings.exchange.usd).expect(COVERED);
        let mut books = Books { exchange: settings.exchange.rule, ledgers, tok, usd };
        books.bind(settings.bond.of(settings.providers.count as usize));
        books
    }

    fn tok(&self) -> &Ledger {
        self.ledgers.ledger(self.tok.token)
    }

    /// Customers buy tokens for these dollars. Returns what they got.
    pub fn buy(&mut self, paid: Amount) -> Amount {
        let bought = self.exchange.out(self.pool_tok(), self.pool_usd(), paid);
        let Books { ledgers, tok, usd, .. } = self;
        ledgers.mint(usd.customers, paid).expect(COVERED);
        let dollars = Posting { from: usd.customers, to: usd.pool, amount: paid };
        let tokens = Posting { from: tok.pool, to: tok.customers, amount: bought };
        ledgers.exchange(dollars, tokens).expect(COVERED);
        bought
    }
    /// Customers burn tokens.
    pub fn burn(&mut self, amount: Amount) {
        self.ledgers.burn(self.tok.customers, amount).expect(COVERED);
    }
    /// Customers pay providers.
    pub fn pay(&mut self, amount: Amount) {
        self.ledgers.transfer(self.tok.customers, self.tok.providers, amount).expect(COVERED);
    }

    /// Sells tokens on the exchange. Returns the dollars they brought.
    pub fn sell(&mut self, seller: Seller, sold: Amount) -> Amount {
        let brought = self.exchange.out(self.pool_usd(), self.pool_tok(), sold);
        let Books { ledgers, tok, usd, .. } = self;
        let from = match seller {
            Seller::Holders => tok.holders,
            Seller::Providers => tok.providers,
        };
        let tokens = Posting { from, to: tok.pool, amount: sold };
        let dollars = Posting { from: usd.pool, to: usd.sellers, amount: brought };
        ledgers.exchange(tokens, dollars).expect(COVERED);
        brought
    }

    /// New tokens for the providers.
    pub fn emit(&mut self, amount: Amount) {
        self.ledgers.mint(self.tok.providers, amount).expect(COVERED);
    }
    /// Bonds come from the holders.
    pub fn bind(&mut self, amount: Amount) {
        self.ledgers.lock(self.tok.holders, self.tok.bonds, amount).expect(COVERED);
    }
    /// Bonds go back to the holders.
    pub fn release(&mut self, amount: Amount) {
        self.ledgers.vest(self.tok.bonds, self.tok.holders, amount).expect(COVERED);
    }

    /// Dollars for a token.
    pub fn price(&self) -> f64 {
        self.pool_usd().as_tokens(USD_DECIMALS) / self.pool_tok().as_tokens(TOKEN_DECIMALS)
    }
    /// All tokens ever issued, those of the first day included.
    pub fn minted(&self) -> Amount {
        self.tok().issued()
    }
    pub fn burned(&self) -> Amount {
        self.tok().burned()
    }
    /// Neither in bonds nor in the pool.
    pub fn circulating(&self) -> Amount {
        self.tok().held(Holding::Free)
    }
    pub fn locked(&self) -> Amount {
        self.tok().held(Holding::Locked)
    }
    pub fn pool_tok(&self) -> Amount {
        self.ledgers.balance(self.tok.pool)
    }
    pub fn pool_usd(&self) -> Amount {
        self.ledgers.balance(self.usd.pool)
    }
    /// Dollars that the pool pays while its price falls by this share: its depth.
    pub fn depth_usd(&self, share: f64) -> f64 {
        self.pool_usd().as_tokens(USD_DECIMALS) * (1.0 - math::sqrt(1.0 - share))
    }
    /// Tokens that bonds and sales of holders come from.
    pub fn holders(&self) -> Amount {
        self.ledgers.balance(self.tok.holders)
    }

    /// The books of both, and that every token is somewhere.
    pub fn verify(&self) -> Result<(), String> {
        self.ledgers
            .verify()
            .map_err(|(token, error)| format!("{}: {error}", self.ledgers.spec(token).symbol))?;
        let parts = [self.circulating(), self.locked(), self.pool_tok(), self.burned()];
        let sum: Amount = parts.into_iter().sum();
        if sum == self.minted() {
            return Ok(());
        }
        let [circulating, locked, pool, burned] = parts;
        Err(format!(
            "circulating {circulating} + locked {locked} + pool {pool} + burned {burned} is not \
             minted {}",
            self.minted()
        ))
    }

    /// All balances of the token less what was issued and not burned, without its sign.
    pub fn residual(&self) -> Amount {
        let held = self.circulating() + self.locked() + self.pool_tok();
        Amount(held.0.abs_diff((self.minted() - self.burned()).0))
    }

    /// A word that depends on every posting so far.
    pub fn digest(&self) -> u64 {
        let usd = self.ledgers.ledger(self.usd.token);
        self.tok().digest.value() ^ usd.digest.value().rotate_left(32)
    }
}
