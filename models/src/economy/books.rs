//! The two ledgers and who holds what in them.
//!
//! Tokens: holders (everybody who is no provider), providers, customers, the bonds, the pool.
//! Providers have one account: what each has earned follows from its part of the day's capacity,
//! and a posting for each of a thousand nodes a day would tell nothing more. Dollars come in with
//! customers and leave the pool to those who sell; what they do with them is outside.

use pinwheel_core::ledger::{Account, Holding, Ledger, LedgerError};
use pinwheel_core::{Amount, math};
use serde::{Deserialize, Serialize};

use super::exchange::ConstantProduct;
use super::money::{TOK_DECIMALS, USD_DECIMALS};
use super::settings::Settings;

/// The token's books.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Tokens {
    ledger: Ledger,
    holders: Account,
    providers: Account,
    customers: Account,
    bonds: Account,
    pool: Account,
}

/// The dollar's books.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Dollars {
    ledger: Ledger,
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
    tok: Tokens,
    usd: Dollars,
}

/// A refused posting is a fault of the model: each is covered by what was asked before.
const COVERED: &str = "a posting of the economy is covered";

impl Books {
    /// The first day: the supply is in the pool, in bonds and with the holders.
    pub fn new(settings: &Settings) -> Self {
        let (mut tok, mut usd) = (Ledger::default(), Ledger::default());
        let mut books = Books {
            exchange: settings.exchange.rule,
            tok: Tokens {
                holders: tok.open(Holding::Free),
                providers: tok.open(Holding::Free),
                customers: tok.open(Holding::Free),
                bonds: tok.open(Holding::Locked),
                // The exchange's: neither circulating nor bound.
                pool: tok.open(Holding::Reserve),
                ledger: tok,
            },
            usd: Dollars {
                customers: usd.open(Holding::Free),
                sellers: usd.open(Holding::Free),
                pool: usd.open(Holding::Reserve),
                ledger: usd,
            },
        };
        let Tokens { ledger, holders, pool, .. } = &mut books.tok;
        ledger.mint(*holders, settings.supply).expect(COVERED);
        ledger.transfer(*holders, *pool, settings.exchange.tok).expect(COVERED);
        books.usd.ledger.mint(books.usd.pool, settings.exchange.usd).expect(COVERED);
        books.bind(settings.bond.of(settings.providers.count as usize));
        books
    }

    /// Customers buy tokens for these dollars. Returns what they got.
    pub fn buy(&mut self, paid: Amount) -> Amount {
        let bought = self.exchange.out(self.pool_tok(), self.pool_usd(), paid);
        let Dollars { ledger, customers, pool, .. } = &mut self.usd;
        ledger.mint(*customers, paid).expect(COVERED);
        ledger.transfer(*customers, *pool, paid).expect(COVERED);
        let Tokens { ledger, customers, pool, .. } = &mut self.tok;
        ledger.transfer(*pool, *customers, bought).expect(COVERED);
        bought
    }
    /// Customers burn tokens.
    pub fn burn(&mut self, amount: Amount) {
        self.tok.ledger.burn(self.tok.customers, amount).expect(COVERED);
    }
    /// Customers pay providers.
    pub fn pay(&mut self, amount: Amount) {
        self.tok.ledger.transfer(self.tok.customers, self.tok.providers, amount).expect(COVERED);
    }

    /// Sells tokens on the exchange. Returns the dollars they brought.
    pub fn sell(&mut self, seller: Seller, sold: Amount) -> Amount {
        let brought = self.exchange.out(self.pool_usd(), self.pool_tok(), sold);
        let Tokens { ledger, holders, providers, pool, .. } = &mut self.tok;
        let account = match seller {
            Seller::Holders => *holders,
            Seller::Providers => *providers,
        };
        ledger.transfer(account, *pool, sold).expect(COVERED);
        let Dollars { ledger, sellers, pool, .. } = &mut self.usd;
        ledger.transfer(*pool, *sellers, brought).expect(COVERED);
        brought
    }

    /// New tokens for the providers.
    pub fn emit(&mut self, amount: Amount) {
        self.tok.ledger.mint(self.tok.providers, amount).expect(COVERED);
    }
    /// Bonds come from the holders.
    pub fn bind(&mut self, amount: Amount) {
        self.tok.ledger.lock(self.tok.holders, self.tok.bonds, amount).expect(COVERED);
    }
    /// Bonds go back to the holders.
    pub fn release(&mut self, amount: Amount) {
        self.tok.ledger.vest(self.tok.bonds, self.tok.holders, amount).expect(COVERED);
    }

    /// Dollars for a token.
    pub fn price(&self) -> f64 {
        self.pool_usd().as_tokens(USD_DECIMALS) / self.pool_tok().as_tokens(TOK_DECIMALS)
    }
    /// All tokens ever issued, those of the first day included.
    pub fn minted(&self) -> Amount {
        self.tok.ledger.issued()
    }
    pub fn burned(&self) -> Amount {
        self.tok.ledger.burned()
    }
    /// Neither in bonds nor in the pool.
    pub fn circulating(&self) -> Amount {
        self.tok.ledger.held(Holding::Free)
    }
    pub fn locked(&self) -> Amount {
        self.tok.ledger.held(Holding::Locked)
    }
    pub fn pool_tok(&self) -> Amount {
        self.tok.ledger.balance(self.tok.pool)
    }
    pub fn pool_usd(&self) -> Amount {
        self.usd.ledger.balance(self.usd.pool)
    }
    /// Dollars that the pool pays while its price falls by this share: its depth.
    pub fn depth_usd(&self, share: f64) -> f64 {
        self.pool_usd().as_tokens(USD_DECIMALS) * (1.0 - math::sqrt(1.0 - share))
    }
    /// Tokens that bonds and sales of holders come from.
    pub fn holders(&self) -> Amount {
        self.tok.ledger.balance(self.tok.holders)
    }

    /// The books of both, and that every token is somewhere.
    pub fn verify(&self) -> Result<(), String> {
        self.tok.ledger.verify().map_err(|error: LedgerError| format!("TOK: {error}"))?;
        self.usd.ledger.verify().map_err(|error: LedgerError| format!("USD: {error}"))?;
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
        self.tok.ledger.digest.value() ^ self.usd.ledger.digest.value().rotate_left(32)
    }
}
