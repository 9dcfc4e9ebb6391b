//! What the protocol asks of a provider: pledge, deposits, fees and penalties.
//!
//! A typed door to `fil_actor_miner_state`: every figure is computed by the actors' own functions
//! (v19; the termination fee before FIP-0098 by v15), and this file only chooses the version the
//! [`Rules`] ask for. A call costs microseconds on big integers, so a [`Quote`] is taken once a
//! network tick and hot loops multiply it by a number of sectors.
//!
//! Units: attoFIL, quality-adjusted bytes, epochs. Rounding: each figure is rounded down as the
//! actors round it; `n` times a quote is at most `n` attoFIL below the actors' figure for the
//! power of `n` sectors taken at once.

use std::sync::LazyLock;

use fil_actor_miner_state::{v15, v19};
use fil_actors_shared::v15::reward::FilterEstimate as FilterEstimateV15;
use fil_actors_shared::v19::reward::FilterEstimate;
use fil_actors_shared::v19::runtime::Policy;
use fil_actors_shared::v19::runtime::policy_constants::CREATE_MINER_DEPOSIT_POWER;
use fvm_shared::econ::TokenAmount;
use num_bigint::BigInt;
use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

use super::rules::{EPOCHS_PER_DAY, Ramp, Rules, Termination};
use super::sectors::SECTOR_BYTES;
use super::smoothing::Estimate;
use super::supply;

/// Days of expected reward in the storage pledge and in the old termination fee.
const STORAGE_PLEDGE_DAYS: i64 = 20;

/// A ramp that never starts: the whole consensus pledge follows the baseline.
const NO_RAMP: Ramp = Ramp { start_epoch: i64::MAX, duration_epochs: 1 };

static POLICY: LazyLock<Policy> = LazyLock::new(Policy::default);

/// The state of the network that prices depend on.
#[derive(Copy, Clone, Debug)]
pub struct NetworkState {
    /// The chain's epoch.
    pub epoch: i64,
    /// The smoothed block reward of an epoch.
    pub reward: Estimate,
    /// The smoothed quality-adjusted power, bytes.
    pub qa_power: Estimate,
    /// The baseline, bytes.
    pub baseline_bytes: u128,
    /// The circulating supply.
    pub circulating: Amount,
}

/// The actors' pricing functions at one state of the network, under one set of rules.
#[derive(Clone, Debug)]
pub struct Pricing {
    rules: Rules,
    epoch: i64,
    reward: FilterEstimate,
    qa_power: FilterEstimate,
    baseline_bytes: BigInt,
    circulating: TokenAmount,
}

/// What was written into a sector when it was activated, for the fee of ending it early.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct SectorTerms {
    /// What was pledged for it.
    pub initial_pledge: Amount,
    /// The expected reward of a day, when it was activated.
    pub day_reward_at_activation: Amount,
    /// The expected reward of twenty days, when it was activated.
    pub twenty_day_reward_at_activation: Amount,
    /// Time since its activation, epochs.
    pub age_epochs: i64,
}

/// Prices of one 32 GiB sector of one quality, at one tick.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Its quality-adjusted size, bytes.
    pub qa_bytes: u128,
    /// What must be pledged for it.
    pub initial_pledge: Amount,
    /// What must be deposited until it is proven.
    pub pre_commit_deposit: Amount,
    /// Expected reward of one day.
    pub day_reward: Amount,
    /// Expected reward of twenty days: the storage pledge.
    pub twenty_day_reward: Amount,
    /// Fee of each proving period a sector stays faulty.
    pub fault_fee: Amount,
    /// Daily fee written into a sector committed now (FIP-0100); zero before.
    pub daily_fee: Amount,
}

impl Pricing {
    /// The prices under these rules in this state.
    pub fn new(rules: Rules, state: &NetworkState) -> Pricing {
        Pricing {
            rules,
            epoch: state.epoch,
            reward: filter_estimate(state.reward),
            qa_power: filter_estimate(state.qa_power),
            baseline_bytes: BigInt::from(state.baseline_bytes),
            circulating: tokens(state.circulating),
        }
    }

    /// Every price of one 32 GiB sector of this quality in thousandths.
    pub fn quote(&self, quality_permille: u32) -> Quote {
        let qa_bytes = SECTOR_BYTES * u128::from(quality_permille) / 1_000;
        Quote {
            qa_bytes,
            initial_pledge: self.initial_pledge(qa_bytes),
            pre_commit_deposit: self.pre_commit_deposit(qa_bytes),
            day_reward: self.expected_reward(qa_bytes, EPOCHS_PER_DAY),
            twenty_day_reward: self.expected_reward(qa_bytes, STORAGE_PLEDGE_DAYS * EPOCHS_PER_DAY),
            fault_fee: self.fault_fee(qa_bytes),
            daily_fee: self.daily_fee(qa_bytes),
        }
    }

    /// Pledge locked for the life of a sector: 20 days of reward and a share of 30 % of the
    /// circulating supply, at most 1 FIL per 32 GiB of quality-adjusted power (FIP-0081).
    pub fn initial_pledge(&self, qa_bytes: u128) -> Amount {
        let ramp = self.rules.pledge_ramp.unwrap_or(NO_RAMP);
        amount(&v19::initial_pledge_for_power(
            &BigInt::from(qa_bytes),
            &self.baseline_bytes,
            &self.reward,
            &self.qa_power,
            &self.circulating,
            self.epoch.saturating_sub(ramp.start_epoch),
            ramp.duration_epochs,
        ))
    }

    /// Deposit between the two messages that commit a sector: 20 days of expected reward.
    pub fn pre_commit_deposit(&self, qa_bytes: u128) -> Amount {
        amount(&v19::pre_commit_deposit_for_power(
            &self.reward,
            &self.qa_power,
            &BigInt::from(qa_bytes),
        ))
    }

    /// Reward the smoothed estimates promise this power over a horizon.
    pub fn expected_reward(&self, qa_bytes: u128, horizon_epochs: i64) -> Amount {
        amount(&v19::expected_reward_for_power(
            &self.reward,
            &self.qa_power,
            &BigInt::from(qa_bytes),
            horizon_epochs,
        ))
    }

    /// Fee of a proving period with this power faulty: 3.51 days of expected reward.
    pub fn fault_fee(&self, qa_bytes: u128) -> Amount {
        amount(&v19::pledge_penalty_for_continued_fault(
            &self.reward,
            &self.qa_power,
            &BigInt::from(qa_bytes),
        ))
    }

    /// Fee of a proof that was accepted and then shown wrong: 5.51 days of expected reward and
    /// 20 FIL a message.
    pub fn invalid_post_penalty(&self, qa_bytes: u128) -> Amount {
        amount(&v19::pledge_penalty_for_invalid_windowpost(
            &self.reward,
            &self.qa_power,
            &BigInt::from(qa_bytes),
        ))
    }

    /// Fee of a sector ended before its expiry, by the rules in force.
    pub fn termination_fee(&self, qa_bytes: u128, sector: &SectorTerms) -> Amount {
        match self.rules.termination {
            Termination::PledgeShare => amount(&v19::pledge_penalty_for_termination(
                &tokens(sector.initial_pledge),
                sector.age_epochs,
                &tokens(self.fault_fee(qa_bytes)),
            )),
            Termination::ExpectedReward => amount(&v15::pledge_penalty_for_termination(
                &tokens(sector.day_reward_at_activation),
                sector.age_epochs,
                &tokens(sector.twenty_day_reward_at_activation),
                &to_v15(&self.qa_power),
                &BigInt::from(qa_bytes),
                &to_v15(&self.reward),
                &TokenAmount::default(),
                0,
            )),
        }
    }

    /// Least termination fee of this power before FIP-0098: 3.5 days of expected reward.
    pub fn termination_floor(&self, qa_bytes: u128) -> Amount {
        self.expected_reward(qa_bytes, EPOCHS_PER_DAY * 7 / 2)
    }

    /// Daily fee of power committed now (FIP-0100): a share of the circulating supply.
    pub fn daily_fee(&self, qa_bytes: u128) -> Amount {
        if !self.rules.daily_fee {
            return Amount::ZERO;
        }
        let qa_power = BigInt::from(qa_bytes);
        amount(&v19::daily_proof_fee(&POLICY, &self.circulating, &qa_power))
    }

    /// Deposit of a new provider, vested over 180 days: the pledge of a tenth of the power that
    /// may win blocks (FIP-0077).
    pub fn creation_deposit(&self) -> Amount {
        if !self.rules.creation_deposit {
            return Amount::ZERO;
        }
        self.initial_pledge(CREATE_MINER_DEPOSIT_POWER.unsigned_abs().into())
    }
}

/// Age from which a termination fee no longer grows.
const TERMINATION_AGE_EPOCHS: u128 = v19::TERMINATION_LIFETIME_CAP as u128 * EPOCHS_PER_DAY as u128;

/// [`Pricing::termination_fee`] in machine words, for hot loops. What it depends on the network for
/// is given: the fault fee of the sectors' power (FIP-0098), before it the
/// [floor](Pricing::termination_floor). The actors' formula, step by step.
pub fn termination_fee(rule: Termination, sector: &SectorTerms, network: Amount) -> Amount {
    let age_epochs = sector.age_epochs.unsigned_abs().into();
    match rule {
        Termination::PledgeShare => {
            let share =
                |num: u32, denom: u32, of: Amount| of.0 * u128::from(num) / u128::from(denom);
            let pledge = sector.initial_pledge;
            let (num, denom) =
                (v19::TERM_FEE_PLEDGE_MULTIPLE_NUM, v19::TERM_FEE_PLEDGE_MULTIPLE_DENOM);
            let flat = share(num, denom, pledge);
            let by_age = flat * TERMINATION_AGE_EPOCHS.min(age_epochs) / TERMINATION_AGE_EPOCHS;
            let (num, denom) =
                (v19::TERM_FEE_MIN_PLEDGE_MULTIPLE_NUM, v19::TERM_FEE_MIN_PLEDGE_MULTIPLE_DENOM);
            let least = share(num, denom, pledge);
            let (num, denom) = (
                v19::TERM_FEE_MAX_FAULT_FEE_MULTIPLE_NUM,
                v19::TERM_FEE_MAX_FAULT_FEE_MULTIPLE_DENOM,
            );
            Amount(by_age.max(least).max(share(num, denom, network)))
        }
        Termination::ExpectedReward => {
            let age_epochs = TERMINATION_AGE_EPOCHS.min(age_epochs);
            let since = sector.day_reward_at_activation.0 * age_epochs / 2 / EPOCHS_PER_DAY as u128;
            network.max(Amount(sector.twenty_day_reward_at_activation.0 + since))
        }
    }
}

/// What is due of a deadline's daily fees: at most half its expected reward of the day.
pub fn daily_fee_payable(fee: Amount, day_reward: Amount) -> Amount {
    amount(&v19::daily_proof_fee_payable(&POLICY, &tokens(fee), &tokens(day_reward)))
}

/// Penalty for equivocation: five times the reward of one expected win.
pub fn consensus_fault_penalty(this_epoch_reward: Amount) -> Amount {
    amount(&v19::consensus_fault_penalty(tokens(this_epoch_reward)))
}

/// What of it whoever reports the fault gets: a quarter of the reward of one expected win.
pub fn consensus_fault_reward(this_epoch_reward: Amount) -> Amount {
    amount(&v19::reward_for_consensus_slash_report(&tokens(this_epoch_reward)))
}

/// What whoever disputes an invalid proof gets, on top of the penalty: 4 FIL.
pub fn dispute_reward() -> Amount {
    amount(&v19::BASE_REWARD_FOR_DISPUTED_WINDOW_POST)
}

/// The part of a block reward that vests: 75 %.
pub fn locked_reward(reward: Amount) -> Amount {
    amount(&v19::locked_reward_from_reward(tokens(reward)).0)
}

fn tokens(amount: Amount) -> TokenAmount {
    TokenAmount::from_atto(amount.0)
}

/// A price, at most all FIL there can be: where hardly any power is left, the actors' formulas give
/// more.
fn amount(tokens: &TokenAmount) -> Amount {
    u128::try_from(tokens.atto()).map_or(supply::TOTAL, |atto| Amount(atto).min(supply::TOTAL))
}

fn filter_estimate(estimate: Estimate) -> FilterEstimate {
    FilterEstimate { position: estimate.position.into(), velocity: estimate.velocity.into() }
}

fn to_v15(estimate: &FilterEstimate) -> FilterEstimateV15 {
    FilterEstimateV15 { position: estimate.position.clone(), velocity: estimate.velocity.clone() }
}

#[cfg(test)]
mod tests {
    use fil_actor_miner_state::v14;
    use fil_actors_shared::v14::reward::FilterEstimate as FilterEstimateV14;
    use proptest::prelude::*;

    use super::super::settings::RuleChoice;
    use super::*;

    const FIL: u128 = 1_000_000_000_000_000_000;

    /// Mainnet at epoch 3,559,748 with an assumed circulating supply.
    fn mainnet(circulating_fil: u128) -> NetworkState {
        NetworkState {
            epoch: 3_559_748,
            reward: Estimate::from_decimal(
                "16782941870422397609460720690127419622109456322625328327505",
                "-26722374235001584454611811757655045006281911162321526",
            )
            .unwrap(),
            qa_power: Estimate::from_decimal(
                "9759082362841844682881538327065773703263060121749055791461",
                "-7580969881544121507823389406846038852149922941494925",
            )
            .unwrap(),
            baseline_bytes: 30_208_440_846_480_505_269,
            circulating: Amount(circulating_fil * FIL),
        }
    }

    fn rules(epoch: i64) -> Rules {
        Rules::at(RuleChoice::Mainnet, epoch, None)
    }

    #[test]
    fn a_fault_on_mainnet_costs_what_the_chain_charged() {
        let pricing = Pricing::new(rules(3_559_748), &mainnet(520_000_000));
        // glifio/go-termination-calculator, test1.sh: 0.000594800378 FIL a sector.
        assert_eq!(pricing.fault_fee(SECTOR_BYTES).0 / 1_000_000, 594_800_378);
    }

    proptest! {
        #[test]
        fn before_fip_0081_the_pledge_is_that_of_v14(
            reward in 1i128..1 << 68,
            power in 1i128..1 << 68,
            baseline in 1u128..1 << 68,
            circulating in 0u128..700_000_000 * FIL,
            sectors in 1u128..100_000,
        ) {
            let state = NetworkState {
                epoch: 3_000_000,
                reward: Estimate::new(reward, -78_000_000_000_000),
                qa_power: Estimate::new(power, 1_000_000_000),
                baseline_bytes: baseline,
                circulating: Amount(circulating),
            };
            let estimate = |estimate: Estimate| FilterEstimateV14 {
                position: estimate.position.into(),
                velocity: estimate.velocity.into(),
            };
            let ours = Pricing::new(rules(state.epoch), &state).initial_pledge(sectors << 35);
            let theirs = v14::initial_pledge_for_power(
                &BigInt::from(sectors << 35),
                &BigInt::from(baseline),
                &estimate(state.reward),
                &estimate(state.qa_power),
                &tokens(state.circulating),
            );
            prop_assert_eq!(ours, amount(&theirs));
        }
    }

    proptest! {
        #[test]
        fn a_termination_fee_in_machine_words_is_the_actors_own(
            after_fip_0098: bool,
            pledge in 0u128..1 << 90,
            day_reward in 0u128..1 << 84,
            age_epochs in 0i64..5_000_000,
            units in 1u128..1 << 24,
        ) {
            let rules = rules(if after_fip_0098 { 5_000_000 } else { 3_000_000 });
            let pricing = Pricing::new(rules, &mainnet(500_000_000));
            let qa_bytes = units * SECTOR_BYTES;
            let network = match rules.termination {
                Termination::PledgeShare => pricing.fault_fee(qa_bytes),
                Termination::ExpectedReward => pricing.termination_floor(qa_bytes),
            };
            prop_assert_eq!(rules.termination == Termination::PledgeShare, after_fip_0098);
            let sector = SectorTerms {
                initial_pledge: Amount(pledge),
                day_reward_at_activation: Amount(day_reward),
                twenty_day_reward_at_activation: Amount(20 * day_reward),
                age_epochs,
            };
            let ours = termination_fee(rules.termination, &sector, network);
            prop_assert_eq!(ours, pricing.termination_fee(qa_bytes, &sector));
        }
    }

    #[test]
    fn rules_decide_which_fees_exist() {
        let state = mainnet(680_000_000);
        let (before, after) = (rules(4_878_839), rules(5_348_280));
        let quote = Pricing::new(after, &state).quote(10_000);
        assert_eq!(Pricing::new(before, &state).quote(10_000).daily_fee, Amount::ZERO);
        assert_eq!(Pricing::new(before, &state).creation_deposit(), Amount::ZERO);
        // FIP-0100: 5.56e-15 of the circulating supply for 32 GiB at 1x, 10 times that at 10x.
        assert_eq!(quote.daily_fee.0 / 1_000_000_000_000, 37);
        let deposit = Pricing::new(after, &state).creation_deposit();
        assert_eq!(deposit, Pricing::new(after, &state).initial_pledge(1 << 40));
        assert!(deposit > Amount(FIL));
    }

    #[test]
    fn termination_follows_the_rules_in_force() {
        let state = mainnet(520_000_000);
        let fee = |rules, age_days: i64| {
            let pricing = Pricing::new(rules, &state);
            let quote = pricing.quote(1_000);
            let terms = SectorTerms {
                initial_pledge: Amount(FIL),
                day_reward_at_activation: quote.day_reward,
                twenty_day_reward_at_activation: quote.twenty_day_reward,
                age_epochs: age_days * EPOCHS_PER_DAY,
            };
            (pricing.termination_fee(quote.qa_bytes, &terms), quote)
        };
        let (young, quote) = fee(rules(4_878_839), 57);
        let expected = quote.twenty_day_reward.0 + quote.day_reward.0 * 57 / 2;
        assert!(young.0.abs_diff(expected) <= 1);
        assert_eq!(fee(rules(4_878_840), 140).0, Amount(FIL * 85 / 1_000));
        assert_eq!(fee(rules(4_878_840), 700).0, Amount(FIL * 85 / 1_000));
        assert_eq!(fee(rules(4_878_840), 70).0, Amount(FIL * 85 / 2_000));
        assert_eq!(fee(rules(4_878_840), 1).0, Amount(FIL * 2 / 100));
    }

    #[test]
    fn quotes_multiply_to_within_an_atto_a_sector() {
        let pricing = Pricing::new(rules(5_000_000), &mainnet(600_000_000));
        let quote = pricing.quote(10_000);
        let sectors = 12_345;
        for (one, many) in [
            (quote.initial_pledge, pricing.initial_pledge(quote.qa_bytes * sectors)),
            (quote.fault_fee, pricing.fault_fee(quote.qa_bytes * sectors)),
            (quote.daily_fee, pricing.daily_fee(quote.qa_bytes * sectors)),
        ] {
            assert!(many.0 >= one.0 * sectors && many.0 - one.0 * sectors <= 2 * sectors);
        }
    }

    #[test]
    fn shares_of_a_reward() {
        assert_eq!(locked_reward(Amount(1_001)), Amount(750));
        assert_eq!(consensus_fault_penalty(Amount(1_000)), Amount(1_000));
        assert_eq!(consensus_fault_reward(Amount(1_000)), Amount(50));
        assert_eq!(dispute_reward(), Amount(4 * FIL));
        assert_eq!(daily_fee_payable(Amount(70), Amount(100)), Amount(50));
        assert_eq!(daily_fee_payable(Amount(30), Amount(100)), Amount(30));
        let pricing = Pricing::new(rules(5_000_000), &mainnet(600_000_000));
        let fault = pricing.fault_fee(SECTOR_BYTES);
        assert_eq!(pricing.invalid_post_penalty(0), Amount(20 * FIL));
        // 5.51 days of expected reward, in whole epochs.
        let of_power = pricing.invalid_post_penalty(SECTOR_BYTES) - Amount(20 * FIL);
        assert_eq!(of_power, pricing.expected_reward(SECTOR_BYTES, 15_868));
        assert!(of_power > fault);
    }
}
