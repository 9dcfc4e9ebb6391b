//! A constant-product exchange: a pool of two tokens whose product a trade leaves as it is
//! (Adams et al., "Uniswap v2 Core", 2020, section 3.1; Angeris et al., "An analysis of Uniswap
//! markets", 2019). The fee is taken off what is paid in and stays in the pool, so the product
//! never falls. What is paid out is rounded down: the pool never loses to rounding.

use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

use super::money::{MILLION, part};

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
