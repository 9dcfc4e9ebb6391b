//! The "Q.128" integers of Filecoin's actors, and the fixed point they are computed in here
//! ([`crate::laws::fixed`]), which rounds as they do.

use num_bigint::BigInt;

use crate::laws::fixed::Q128;

impl From<Q128> for BigInt {
    /// The Q.128 integer of the actors: the value times 2^128.
    fn from(value: Q128) -> BigInt {
        (BigInt::from(value.whole) << 128) + BigInt::from(value.fraction)
    }
}

impl TryFrom<&BigInt> for Q128 {
    type Error = String;
    fn try_from(value: &BigInt) -> Result<Q128, String> {
        let whole: BigInt = value >> 128;
        let fraction = value - (&whole << 128);
        let whole = i128::try_from(whole).map_err(|_| format!("{value} exceeds 2^255"))?;
        let fraction = u128::try_from(fraction).map_err(|_| format!("{value} has no fraction"))?;
        Ok(Q128 { whole, fraction })
    }
}
