//! A constant-product exchange: a pool of two tokens whose product a trade leaves as it is
//! (Adams et al., "Uniswap v2 Core", 2020, section 3.1; Angeris et al., "An analysis of Uniswap
//! markets", 2019). The fee is taken off what is paid in and stays in the pool, so the product
//! never falls.
//!
//! Rounding: what is paid out is rounded down, so that the pool never loses to rounding.
//!
//! Invariants: the product of both sides never falls; a pool that holds both never empties.

use pinwheel_core::{Account, Amount, LedgerError, Ledgers, Posting, math};
use serde::{Deserialize, Serialize};

use super::share::{MILLION, part};

/// Largest share of what is paid in that a pool keeps.
pub const FEE_MAX: f64 = 0.99;

/// The rule of a pool. What it holds is in the ledgers.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConstantProduct {
    /// Taken off what is paid in, in millionths.
    pub fee_millionths: u32,
}

impl ConstantProduct {
    /// What a pool that holds `wanted` of one token and `given` of the other pays for `paid` of the
    /// other: `wanted * net / (given + net)`, rounded down. It is less than `wanted` if the pool
    /// holds any of both.
    pub fn out(&self, wanted: Amount, given: Amount, paid: Amount) -> Amount {
        let net = part(paid, MILLION - self.fee_millionths);
        wanted.mul_div_floor(net.0, (given + net).0)
    }
}

/// One side of a pool: what it holds of one token.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// The account that holds it.
    pub account: Account,
    /// Decimals of its token.
    pub decimals: u32,
}

impl Side {
    fn held(&self, ledgers: &Ledgers) -> Amount {
        ledgers.balance(self.account)
    }
    fn tokens(&self, ledgers: &Ledgers) -> f64 {
        self.held(ledgers).as_tokens(self.decimals)
    }
}

/// A pool of a network's token and the dollar.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// How it trades.
    pub rule: ConstantProduct,
    /// The token's side.
    pub token: Side,
    /// The dollar's side.
    pub dollar: Side,
}

impl Pool {
    /// Dollars of one account buy tokens for another. Returns the tokens.
    ///
    /// # Errors
    /// Those of [`Ledgers::exchange`]: the account holds fewer dollars.
    pub fn buy(
        &self,
        ledgers: &mut Ledgers,
        (payer, buyer): (Account, Account),
        paid: Amount,
    ) -> Result<Amount, LedgerError> {
        let bought = self.rule.out(self.tokens(ledgers), self.dollars(ledgers), paid);
        let dollars = Posting { from: payer, to: self.dollar.account, amount: paid };
        let tokens = Posting { from: self.token.account, to: buyer, amount: bought };
        ledgers.exchange(dollars, tokens)?;
        Ok(bought)
    }

    /// Tokens of one account are sold, and another gets the dollars. Returns the dollars.
    ///
    /// # Errors
    /// Those of [`Ledgers::exchange`]: the account holds fewer tokens.
    pub fn sell(
        &self,
        ledgers: &mut Ledgers,
        (seller, payee): (Account, Account),
        sold: Amount,
    ) -> Result<Amount, LedgerError> {
        let brought = self.rule.out(self.dollars(ledgers), self.tokens(ledgers), sold);
        let tokens = Posting { from: seller, to: self.token.account, amount: sold };
        let dollars = Posting { from: self.dollar.account, to: payee, amount: brought };
        ledgers.exchange(tokens, dollars)?;
        Ok(brought)
    }

    /// Tokens it holds, in base units.
    pub fn tokens(&self, ledgers: &Ledgers) -> Amount {
        self.token.held(ledgers)
    }
    /// Dollars it holds, in base units.
    pub fn dollars(&self, ledgers: &Ledgers) -> Amount {
        self.dollar.held(ledgers)
    }
    /// Dollars for a token, for a trade that is small beside the pool.
    pub fn price(&self, ledgers: &Ledgers) -> f64 {
        self.dollar.tokens(ledgers) / self.token.tokens(ledgers)
    }
    /// Dollars that it pays while its price falls by this share: its depth.
    pub fn depth_usd(&self, ledgers: &Ledgers, share: f64) -> f64 {
        self.dollar.tokens(ledgers) * (1.0 - math::sqrt(1.0 - share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ruint::aliases::U256;

    fn product(one: Amount, other: Amount) -> U256 {
        U256::from(one.0) * U256::from(other.0)
    }

    /// Largest amounts a scenario allows.
    const MOST: u128 = 10u128.pow(35);

    proptest! {
        #[test]
        fn the_product_never_falls_and_the_pool_never_empties(
            wanted in 1..MOST, given in 1..MOST, paid in 0..MOST, fee_millionths in 0..MILLION,
        ) {
            let (wanted, given, paid) = (Amount(wanted), Amount(given), Amount(paid));
            let out = ConstantProduct { fee_millionths }.out(wanted, given, paid);
            prop_assert!(out < wanted);
            prop_assert!(product(wanted - out, given + paid) >= product(wanted, given));
            // A base unit more would be too much, the fee aside.
            let net = part(paid, MILLION - fee_millionths);
            let more = out + Amount(1);
            if more < wanted {
                prop_assert!(product(wanted - more, given + net) < product(wanted, given));
            }
        }
        #[test]
        fn there_and_back_never_gains(
            wanted in 1..MOST, given in 1..MOST, paid in 1..MOST, fee_millionths in 0..MILLION,
        ) {
            let pool = ConstantProduct { fee_millionths };
            let (wanted, given, paid) = (Amount(wanted), Amount(given), Amount(paid));
            let out = pool.out(wanted, given, paid);
            prop_assert!(pool.out(given + paid, wanted - out, out) <= paid);
        }
    }
}
