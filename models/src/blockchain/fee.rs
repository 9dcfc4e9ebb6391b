//! Fee rules: what a transaction pays for a unit of gas, how much of it is burned, and how the base
//! fee moves from block to block. All in integers.
//!
//! EIP-1559 is ours because the published crate (`alloy-eips`) brings some fifty others for one
//! function of ten lines. Filecoin's two rules are instances: utilisation with its own rounding and
//! floor, and the premium rule of FIP-0115.
//!
//! Sources: EIP-1559, section "Specification"; lotus `chain/store/basefee.go`; FIP-0115.

use serde::{Deserialize, Serialize};

use super::block::Header;
use super::transaction::Transaction;

/// The largest base fee: keeps the cost of a block within 128 bits where demand never gives way.
pub const BASE_FEE_MAX: u128 = 1 << 70;

/// How a base fee that moves with the use of blocks is rounded.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rounding {
    /// Changes are rounded towards zero, but a rise is at least one base unit (EIP-1559).
    Ethereum,
    /// Changes are rounded down, a fall therefore away from zero (lotus).
    Filecoin,
}

/// A base fee that rises when blocks are fuller than their target and falls when they are emptier.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Utilisation {
    /// Gas limit over gas target.
    pub elasticity: u64,
    /// The base fee changes by at most one part in this many.
    pub change_denominator: u64,
    /// The base fee never falls below this, in base units a unit of gas.
    pub minimum: u128,
    /// How the change of the base fee is rounded.
    pub rounding: Rounding,
}

impl Utilisation {
    /// Ethereum's parameters; its own floor is zero, from which no fee ever rises again by factors.
    pub const ETHEREUM: Utilisation = Utilisation {
        elasticity: 2,
        change_denominator: 8,
        minimum: 1,
        rounding: Rounding::Ethereum,
    };

    /// The same as lotus rounds it (`chain/store/basefee.go`).
    pub const LOTUS: Utilisation =
        Utilisation { rounding: Rounding::Filecoin, ..Utilisation::ETHEREUM };

    /// The base fee after a block of `gas_limit` of which `gas_used` was used.
    ///
    /// # Panics
    ///
    /// If the gas limit is below [`Utilisation::elasticity`]: the block then has no gas target.
    pub fn next(&self, base_fee: u128, gas_used: u64, gas_limit: u64) -> u128 {
        let target = u128::from(gas_limit / self.elasticity);
        assert!(target > 0, "a block has a gas target");
        let used = u128::from(gas_used);
        let step =
            |distance: u128| base_fee * distance / target / u128::from(self.change_denominator);
        let next = if used > target {
            let rise = step(used - target);
            base_fee + if self.rounding == Rounding::Ethereum { rise.max(1) } else { rise }
        } else {
            let product = base_fee * (target - used);
            let fall = match self.rounding {
                Rounding::Ethereum => step(target - used),
                Rounding::Filecoin => {
                    product.div_ceil(target).div_ceil(u128::from(self.change_denominator))
                }
            };
            base_fee - fall
        };
        next.clamp(self.minimum, BASE_FEE_MAX)
    }
}

/// A base fee that follows the premium which buyers of a full block's last gas pay (FIP-0115).
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Premium {
    /// The base fee changes by at most one part in this a block.
    pub change_denominator: u64,
    /// The base fee never falls below this, in base units a unit of gas.
    pub minimum: u128,
    /// Part of a block's gas, from the highest premium down, at which the premium is read.
    pub percentile_permille: u64,
}

impl Premium {
    /// The rule of FIP-0115: lotus reads the premium at 80 % of a block's gas
    /// (`BlockGasTargetIndex`).
    pub const FIP_0115: Premium =
        Premium { change_denominator: 8, minimum: 1, percentile_permille: 800 };

    /// The base fee after a block whose premium at the percentile was `premium`.
    pub fn next(&self, base_fee: u128, premium: u128) -> u128 {
        let step_max = base_fee.div_ceil(u128::from(self.change_denominator));
        let next = (base_fee + premium).saturating_sub(step_max).min(base_fee + step_max);
        next.clamp(self.minimum, BASE_FEE_MAX)
    }

    /// Gas from the highest premium down with which the percentile is reached.
    pub const fn reach(&self, gas_limit: u128) -> u128 {
        gas_limit * self.percentile_permille as u128 / 1000
    }

    /// The premium the rule looks at, of a block's messages as (premium, gas limit); zero if they
    /// leave more room than the percentile. Sorts the messages.
    pub fn at_percentile(&self, messages: &mut [(u128, u64)], gas_limit: u64) -> u128 {
        let reach = self.reach(u128::from(gas_limit));
        messages.sort_unstable_by(|a, b| b.cmp(a));
        let mut gas = 0u128;
        for (premium, limit) in messages {
            gas += u128::from(*limit);
            if gas >= reach {
                return *premium;
            }
        }
        0
    }
}

/// What one unit of gas costs a transaction.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Price {
    /// To the proposer: the order in which proposers pick.
    pub tip: u128,
    /// Destroyed.
    pub burned: u128,
}

impl Price {
    /// Base units for each unit of gas, burned or paid to the proposer.
    pub fn total(self) -> u128 {
        self.tip + self.burned
    }
}

/// How inclusion is priced.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FeeRule {
    /// A base fee by utilisation is burned, a tip goes to the proposer.
    Utilisation(Utilisation),
    /// The same with a base fee by premium.
    Premium(Premium),
    /// Everyone pays what it bids, all of it to the proposer.
    FirstPrice {
        /// The least price of a unit of gas, base units.
        minimum: u128,
    },
    /// Everyone pays the same, and is served in the order of arrival.
    Fixed {
        /// The price of a unit of gas, base units.
        price: u128,
    },
}

impl FeeRule {
    /// What `transaction` pays in a block with this base fee; `None` if it offers too little.
    pub fn price(&self, transaction: &Transaction, base_fee: u128) -> Option<Price> {
        let Transaction { fee_max, tip_max, .. } = *transaction;
        match self {
            FeeRule::Utilisation(_) | FeeRule::Premium(_) => {
                let room = fee_max.checked_sub(base_fee)?;
                Some(Price { tip: tip_max.min(room), burned: base_fee })
            }
            FeeRule::FirstPrice { minimum } => {
                (fee_max >= *minimum).then_some(Price { tip: fee_max, burned: 0 })
            }
            FeeRule::Fixed { price } => {
                (fee_max >= *price).then_some(Price { tip: *price, burned: 0 })
            }
        }
    }

    /// What a wallet offers that wants its transaction in one of the next blocks and would give up
    /// to `worth` for a unit of gas; `None` if that is less than is asked now. Under a base fee it
    /// offers all it would give and lets the rule take less; under a first-price rule it bids a
    /// tenth over the cheapest transaction of the last block if that was full, else the minimum.
    pub fn bid(&self, worth: u128, tip: u128, asked: Asked) -> Option<Bid> {
        match self {
            FeeRule::Utilisation(_) | FeeRule::Premium(_) => {
                (worth >= asked.base_fee).then_some(Bid { fee_max: worth, tip_max: tip })
            }
            FeeRule::FirstPrice { minimum } => {
                let enough = asked.cheapest.map_or(*minimum, |price| price + price / 10 + 1);
                let fee_max = enough.max(*minimum).saturating_add(tip).min(worth);
                (worth >= enough).then_some(Bid { fee_max, tip_max: fee_max })
            }
            FeeRule::Fixed { price } => {
                (worth >= *price).then_some(Bid { fee_max: *price, tip_max: *price })
            }
        }
    }

    /// The base fee of the round after one with these blocks.
    pub fn next_base_fee(&self, base_fee: u128, mut round: Round, gas_limit: u64) -> u128 {
        match self {
            FeeRule::Utilisation(rule) => {
                rule.next(base_fee, round.gas_used / round.blocks.max(1), gas_limit)
            }
            FeeRule::Premium(rule) => {
                rule.next(base_fee, rule.at_percentile(&mut round.messages, gas_limit))
            }
            FeeRule::FirstPrice { .. } | FeeRule::Fixed { .. } => 0,
        }
    }
}

/// What a transaction offers for a unit of gas.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bid {
    /// Most base units that it pays for a unit of gas in all.
    pub fee_max: u128,
    /// Most base units of these that go to the proposer.
    pub tip_max: u128,
}

/// What a wallet sees of the prices now.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Base fee of the next block.
    pub base_fee: u128,
    /// Lowest price in the last block, if that was full.
    pub cheapest: Option<u128>,
}

/// What the fee rule sees of the blocks of one round; most chains have one block a round.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    blocks: u64,
    gas_used: u64,
    /// (Premium, gas limit) of the transactions, for the rule that looks at premiums.
    messages: Vec<(u128, u64)>,
}

impl Round {
    /// Adds a block.
    pub fn add(&mut self, rule: &FeeRule, header: &Header, transactions: &[Transaction]) {
        self.blocks += 1;
        self.gas_used += header.gas_used;
        if let FeeRule::Premium(_) = rule {
            let premium =
                |t: &Transaction| t.tip_max.min(t.fee_max.saturating_sub(header.base_fee));
            self.messages.extend(transactions.iter().map(|t| (premium(t), t.gas_limit)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GWEI: u128 = 1_000_000_000;

    /// EIP-1559: at most an eighth up or down, nothing at the target, at least one wei up.
    #[test]
    fn base_fee_moves_as_the_eip_says() {
        let next = |base_fee, used| Utilisation::ETHEREUM.next(base_fee, used, 30_000_000);
        assert_eq!(next(100 * GWEI, 30_000_000), 112_500_000_000);
        assert_eq!(next(100 * GWEI, 0), 87_500_000_000);
        assert_eq!(next(100 * GWEI, 15_000_000), 100 * GWEI);
        assert_eq!(next(next(100 * GWEI, 30_000_000), 0), 98_437_500_000);
        assert_eq!(next(7, 15_000_001), 8, "a rise is at least one");
        assert_eq!(next(7, 0), 7, "a fall is rounded towards zero");
        // The numbers of the tests beside go-ethereum's `CalcBaseFee`, limit 20 M.
        let next = |used| Utilisation::ETHEREUM.next(GWEI, used, 20_000_000);
        assert_eq!(
            (next(10_000_000), next(9_000_000), next(11_000_000)),
            (GWEI, 987_500_000, 1_012_500_000)
        );
    }

    #[test]
    fn twenty_five_full_blocks_multiply_the_fee_by_nineteen() {
        let start = 1_000_000_000 * GWEI;
        let fee =
            (0..25).fold(start, |fee, _| Utilisation::ETHEREUM.next(fee, 30_000_000, 30_000_000));
        assert!((fee as f64 / start as f64 - 19.0026).abs() < 5e-5);
    }

    #[test]
    fn the_floor_holds() {
        let fee = (0..500).fold(GWEI, |fee, _| Utilisation::ETHEREUM.next(fee, 0, 30_000_000));
        assert!((1..8).contains(&fee), "{fee}");
    }
}
