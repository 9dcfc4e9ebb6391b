//! Gas: what messages use, the parameters of the base fee, and what of a fee is burned.
//!
//! Two base-fee rules, both those of the blockchain layer (`blockchain/fee.rs`): the utilisation
//! rule of Ethereum's EIP-1559 over half-full blocks, and from nv28 FIP-0115, which watches the
//! premium that buyers of the last 20 % of a full block's gas pay.
//!
//! Units: gas, attoFIL a gas unit. Sources: lotus `chain/store/basefee.go` (constants in
//! `build/buildconstants/params_shared_vals.go`), `chain/vm/burn.go`; FIP-0115; gas of messages in
//! [`super::parameters`]. Left out: message order inside a block and replaced messages; tips of
//! providers to each other.

use fil_actor_miner_state::v15;
use fvm_shared::econ::TokenAmount;
use pinwheel_core::Amount;

use super::rules::Rules;
use crate::blockchain::fee::{Premium, Utilisation};

/// Gas a block may hold, and half of it: what the utilisation rule aims at.
pub const BLOCK_GAS_LIMIT: u128 = 10_000_000_000;
/// The base fee stays as it is when a block uses this much gas.
pub const BLOCK_GAS_TARGET: u128 = BLOCK_GAS_LIMIT / 2;
/// The base fee never falls below this, attoFIL a unit of gas.
pub const BASE_FEE_MIN_ATTOFIL: u128 = 100;

/// The base fee by utilisation, until FIP-0115; half a block is the target.
pub const UTILISATION: Utilisation =
    Utilisation { minimum: BASE_FEE_MIN_ATTOFIL, ..Utilisation::LOTUS };
/// The base fee by premium, from FIP-0115 on.
pub const PREMIUM: Premium = Premium { minimum: BASE_FEE_MIN_ATTOFIL, ..Premium::FIP_0115 };

/// Share of an epoch's block space that carries distinct messages: 21 of 25 (CryptoNet,
/// "Onboarding gas, maximum onboarding rates and aggregation", 2023-09).
pub const PACKING_PERMILLE: u128 = 840;

/// Sectors proven by one WindowPoSt partition of 32 GiB sectors.
pub const PARTITION_SECTORS: u64 = 2_349;
/// Circuits a sector's non-interactive proof aggregates, and gas a circuit (FIP-0092).
const NI_CIRCUITS_PER_SECTOR: u64 = 126;
const NI_GAS_PER_CIRCUIT: u64 = 44_990;
/// Most sectors in one non-interactive aggregate.
pub const NI_SECTORS_MAX: u64 = 65;
/// (Most sectors, fixed gas) of an aggregate of 32 GiB sectors (FIP-0092, table).
const NI_FIXED_GAS: [(u64, u64); 7] = [
    (1, 112_356_810),
    (2, 122_912_610),
    (4, 137_559_930),
    (8, 162_039_100),
    (16, 210_960_780),
    (32, 318_351_180),
    (NI_SECTORS_MAX, 528_274_980),
];

/// Gas to verify one non-interactive aggregate of 32 GiB sectors; `None` beyond 1 to 65.
pub fn ni_verification_gas(sectors: u64) -> Option<u64> {
    if sectors == 0 {
        return None;
    }
    let (_, fixed) = NI_FIXED_GAS.iter().find(|(most, _)| sectors <= *most)?;
    Some(fixed + NI_GAS_PER_CIRCUIT * NI_CIRCUITS_PER_SECTOR * sectors)
}

/// The next base fee by utilisation: `gas_limits` is the sum over the epoch's distinct messages.
///
/// # Panics
///
/// If the epoch has no block.
pub fn next_base_fee_by_utilisation(base_fee: u128, gas_limits: u128, blocks: u64) -> u128 {
    assert!(blocks > 0, "a null round leaves the base fee alone");
    let used = (gas_limits / u128::from(blocks)).min(BLOCK_GAS_LIMIT);
    UTILISATION.next(base_fee, used as u64, BLOCK_GAS_LIMIT as u64)
}

/// Gas burned beyond what a message used because its limit was set too high: nothing up to 10 %
/// above, all of the surplus from 110 % above.
///
/// # Panics
///
/// If the message used more gas than its limit.
pub fn overestimation_gas(gas_used: u64, gas_limit: u64) -> u64 {
    assert!(gas_used <= gas_limit, "a message stops at its limit");
    if gas_used == 0 {
        return gas_limit;
    }
    let surplus = u128::from(gas_limit - gas_used);
    let tolerated = u128::from(gas_used) * 11 / 10;
    let over = u128::from(gas_limit).saturating_sub(tolerated).min(u128::from(gas_used));
    (surplus * over / u128::from(gas_used)) as u64
}

/// Network fee burned for sectors pre-committed in one batch, until FIP-0100 (FIP-0024).
pub fn pre_commit_batch_fee(rules: &Rules, sectors: u32, base_fee: u128) -> Amount {
    if rules.daily_fee || sectors < 2 {
        return Amount::ZERO;
    }
    let fee = TokenAmount::from_atto(base_fee);
    network_fee(&v15::aggregate_pre_commit_network_fee(sectors as usize, &fee))
}

/// Network fee burned for sectors proven by one aggregate, until FIP-0100 (FIP-0013).
pub fn prove_commit_aggregate_fee(rules: &Rules, sectors: u32, base_fee: u128) -> Amount {
    if rules.daily_fee {
        return Amount::ZERO;
    }
    let fee = TokenAmount::from_atto(base_fee);
    network_fee(&v15::aggregate_prove_commit_network_fee(sectors as usize, &fee))
}

fn network_fee(fee: &TokenAmount) -> Amount {
    Amount(u128::try_from(fee.atto()).expect("a fee is between 0 and 2^128 attoFIL"))
}

#[cfg(test)]
mod tests {
    use super::super::settings::RuleChoice;
    use super::*;

    #[test]
    fn utilisation_moves_the_fee_by_at_most_an_eighth() {
        let next = next_base_fee_by_utilisation;
        assert_eq!(next(1_000_000_000, 0, 1), 875_000_000);
        assert_eq!(next(1_000_000_000, 30_000_000_000, 1), 1_125_000_000);
        assert_eq!(next(1_000_000_000, 25_000_000_000, 5), 1_000_000_000);
        assert_eq!(next(100, 0, 5), 100);
    }

    /// lotus `chain/store/basefee_test.go`, `TestNextBaseFeeFromPremium`.
    #[test]
    fn premium_rule_meets_lotus_table() {
        for (base_fee, premium, expected) in [
            (100, 0, 100),
            (100, 13, 100),
            (100, 14, 101),
            (100, 26, 113),
            (801, 0, 700),
            (801, 100, 800),
            (801, 200, 900),
            (801, 201, 901),
            (808, 0, 707),
            (808, 1, 708),
            (808, 201, 908),
            (808, 202, 909),
            (808, 203, 909),
        ] {
            assert_eq!(PREMIUM.next(base_fee, premium), expected);
        }
    }

    /// lotus `chain/store/basefee_test.go`, `TestWeightedQuickSelect`.
    #[test]
    fn percentile_meets_lotus_table() {
        const G: u64 = 1_000_000_000;
        for (messages, expected) in [
            (vec![(123, 6 * G - 1), (100, 2 * G)], 0),
            (vec![(123, 6 * G - 1), (0, 2 * G + 1)], 0),
            (vec![(123, 6 * G - 1), (100, 2 * G + 1)], 100),
            (vec![(123, 8 * G - 1), (100, 2 * G + 1)], 100),
            (vec![(123, 8 * G), (100, 2 * G)], 123),
            (vec![(123, 8 * G), (100, 9 * G)], 123),
            (vec![], 0),
        ] {
            let mut messages = messages;
            let limit = BLOCK_GAS_LIMIT as u64;
            assert_eq!(PREMIUM.at_percentile(&mut messages, limit), expected);
        }
    }

    /// lotus `chain/vm/burn_test.go`, `TestGasBurn`.
    #[test]
    fn overestimation_meets_lotus_table() {
        for (used, limit, burn) in [
            (100, 200, 90),
            (100, 150, 20),
            (1_000, 1_300, 60),
            (500, 700, 60),
            (200, 200, 0),
            (20_000, 21_000, 0),
            (0, 2_000, 2_000),
            (500, 651, 30),
            (500, 5_000, 4_500),
            (7_499_000_000, 7_500_000_000, 0),
            (3_750_000_000, 7_500_000_000, 3_375_000_000),
            (1, 7_500_000_000, 7_499_999_999),
        ] {
            assert_eq!(overestimation_gas(used, limit), burn, "{used} of {limit}");
        }
    }

    #[test]
    fn non_interactive_proofs_cost_what_the_fip_says() {
        assert_eq!(ni_verification_gas(1), Some(118_025_550));
        assert_eq!(ni_verification_gas(65), Some(528_274_980 + 44_990 * 126 * 65));
        assert_eq!((ni_verification_gas(0), ni_verification_gas(66)), (None, None));
    }

    #[test]
    fn batches_pay_a_network_fee_only_until_fip_0100() {
        let at = |epoch| Rules::at(RuleChoice::Mainnet, epoch, None);
        // Half a nanoFIL is below the balancer: 5 nanoFIL x gas x sectors / 20.
        let fee = pre_commit_batch_fee(&at(4_878_839), 4, 500_000_000);
        assert_eq!(fee, Amount(5_000_000_000 * 16_433_324 * 4 / 20));
        assert_eq!(pre_commit_batch_fee(&at(4_878_839), 1, 1), Amount::ZERO);
        assert_eq!(pre_commit_batch_fee(&at(4_878_840), 4, 1), Amount::ZERO);
        assert!(prove_commit_aggregate_fee(&at(4_878_839), 4, 1) > Amount::ZERO);
        assert_eq!(prove_commit_aggregate_fee(&at(4_878_840), 4, 1), Amount::ZERO);
    }
}
