//! The protocol's money rules applied to the running network: the reward's next step, prices of the
//! tick, the base fee, the split of a reward into streams.
//!
//! The base fee moves by the chain's own rule on the gas limits of each epoch's messages. The gas
//! of providers is what their messages need, at any fee: proofs go out at once; what providers
//! onboard and renew is spread over a week, and what would fill more than nine tenths of the target
//! waits longer. The demand of everybody else is finite: each message has a most that it pays, and
//! with a log-logistic law of these (Fisk, "The graduation of income distributions", 1961)
//!
//! `others = share * target / (1 + (base fee / limit price)^steepness)`, with noise by the epoch.
//!
//! So the fee falls to its floor where everybody's gas together does not reach the target. In day
//! detail the base fee is the one at which demand meets the target.
//!
//! A message's gas limit is above the gas it uses; what of that is burned is counted apart, and so
//! is the network fee of batches (FIP-0013, FIP-0024) until FIP-0100. A provider proves sectors in
//! an aggregate where this costs less than proving them one by one.

use pinwheel_core::distribution::Normal;
use pinwheel_core::{Amount, Purpose, Streams, math};
use serde::{Deserialize, Serialize};

use super::accounts::FIL_DECIMALS;
use super::gas::{self, BLOCK_GAS_TARGET};
use super::parameters::Parameters;
use super::pledge::{self, NetworkState, Pricing, SectorTerms};
use super::reward::{RewardParts, RewardState};
use super::rules::{BaseFeeRule, EPOCHS_PER_DAY, Minting, Quality, Termination};
use super::sectors::{Cohort, Kind, SECTOR_BYTES};
use super::settings::InitialState;
use super::smoothing::Estimate;
use super::{Filecoin, election, streams, supply};
use crate::laws::fixed::Q128;

/// Names of random streams drawn from in the hot path.
const GAS: Purpose = Purpose::new("filecoin gas");

/// One FIL for a unit of gas: more than anyone could pay. It keeps the cost of a message within 128
/// bits where a scenario's proofs overfill every block and the fee would grow without end.
const BASE_FEE_MAX_ATTOFIL: u128 = supply::ATTO_PER_FIL;

/// Days in which a provider sends the messages of one order: it seals all the time, though its
/// orders are given on one day of many.
const MESSAGE_DAYS: u128 = 7;

/// Largest part of the block target that providers' messages fill.
const PROVIDERS_SHARE_MAX: f64 = 0.9;

/// Prices of one tick, for sectors of quality one and ten.
#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
pub struct Quote {
    one: pledge::Quote,
    ten: pledge::Quote,
    /// Fee of a day's continued fault, and expected reward of a day, of one quality unit.
    pub fault_fee_per_unit: Amount,
    /// Expected block reward of a day for a sector of quality one.
    pub day_reward_per_unit: Amount,
    /// Expected reward over the planning horizon of one quality unit, FIL.
    pub horizon_reward_per_unit_fil: f64,
    /// Termination fee of an old sector over its pledge.
    pub termination_fee_per_pledge: f64,
    /// Least termination fee of one quality unit before FIP-0098.
    termination_floor_per_unit: Amount,
}

impl Quote {
    fn of(&self, quality: u64) -> &pledge::Quote {
        if quality == Kind::Verified.quality() { &self.ten } else { &self.one }
    }
    /// Pledge, daily fee and expected reward of a day of one sector.
    pub fn pledge(&self, quality: u64) -> Amount {
        self.of(quality).initial_pledge
    }
    /// The deposit of a pre-committed sector of this quality.
    pub fn pre_commit_deposit(&self, quality: u64) -> Amount {
        self.of(quality).pre_commit_deposit
    }
    /// The daily fee of a sector of this quality (FIP-0100).
    pub fn daily_fee(&self, quality: u64) -> Amount {
        self.of(quality).daily_fee
    }
    /// The expected block reward of a day for a sector of this quality.
    pub fn day_reward(&self, quality: u64) -> Amount {
        self.of(quality).day_reward
    }
}

/// The reward actor at the start of the run, `first_epoch`.
///
/// # Errors
///
/// What is wrong with the initial state, if no chain can reach it.
pub fn reward_state(
    initial: &InitialState,
    first_epoch: i64,
    minting: Minting,
) -> Result<RewardState, String> {
    let raw_power_bytes = (initial.raw_power_eib * (1u64 << 60) as f64) as u128;
    let parts = RewardParts {
        epoch: first_epoch,
        cumsum_baseline_byte_epochs: initial.cumsum_baseline,
        cumsum_realized_byte_epochs: initial.cumsum_realized,
        effective_network_time: initial.effective_network_time,
        effective_baseline_bytes: initial.effective_baseline_power,
        this_epoch_baseline_bytes: initial.this_epoch_baseline_power,
        raw_power_bytes,
        smoothed: None,
    };
    RewardState::from_parts(parts, minting)
}

/// Gas of a provider's messages.
#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
pub struct MessageGas {
    /// Of the pre-commitment of a sector, in a batch.
    pub pre_commit: u64,
    /// Of the proof of a new sector, alone.
    pub prove_commit: u64,
    /// Of the proof of a new sector, in an aggregate.
    pub prove_aggregate: u64,
    /// Of the deal of a sector.
    pub publish_deal: u64,
    /// Of an extended sector.
    pub renew: u64,
    /// Of the proof of a partition at a deadline.
    pub window_post: u64,
}

/// Demand for gas and its price.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GasMarket {
    /// The base fee for a unit of gas, attoFIL.
    pub base_fee_attofil: u128,
    /// Gas of providers' messages.
    pub message: MessageGas,
    /// Messages for each new sector of 32 GiB.
    messages_per_sector: f64,
    /// Gas limit of a message over the gas it uses.
    limit_margin: f64,
    other_share: f64,
    other_limit_price: f64,
    other_steepness: f64,
    other_sigma: f64,
    usual_premium_attofil: u128,
    /// Gas of providers' proofs that are due now.
    proofs: u128,
    /// Gas of their other messages, and how much of it is sent in an epoch of today.
    waiting: u128,
    sent_per_epoch: u128,
    /// What others add to the messages of the day for those who include them.
    pub tips: Amount,
}

/// Gas that an epoch's expected five blocks aim at.
fn epoch_target() -> f64 {
    (BLOCK_GAS_TARGET * u128::from(election::WINS_PER_EPOCH)) as f64
}

impl GasMarket {
    /// The market on the first day, with the base fee of the chain.
    pub fn new(base_fee: Amount, p: &Parameters) -> Self {
        let mut market = GasMarket {
            base_fee_attofil: base_fee.0.max(gas::BASE_FEE_MIN_ATTOFIL),
            message: MessageGas::default(),
            messages_per_sector: 1.0,
            limit_margin: 1.0,
            other_share: 0.0,
            other_limit_price: 1.0,
            other_steepness: 1.0,
            other_sigma: 0.0,
            usual_premium_attofil: 0,
            proofs: 0,
            waiting: 0,
            tips: Amount::ZERO,
            sent_per_epoch: 0,
        };
        market.follow(p);
        market
    }

    /// Takes over the parameters of demand.
    pub fn follow(&mut self, p: &Parameters) {
        self.message = MessageGas {
            pre_commit: p.pre_commit_gas as u64,
            prove_commit: p.prove_commit_gas as u64,
            prove_aggregate: p.prove_aggregate_gas as u64,
            publish_deal: p.publish_deal_gas as u64,
            renew: p.renew_gas as u64,
            window_post: p.window_post_gas as u64,
        };
        // A sector of 64 GiB is two of 32 GiB with one message.
        self.messages_per_sector = 1.0 - p.large_sector_share / 2.0;
        self.limit_margin = p.gas_limit_margin;
        self.other_share = p.other_gas_share;
        self.other_limit_price = p.other_gas_limit_price;
        self.other_steepness = p.other_gas_limit_steepness;
        self.other_sigma = p.other_gas_sigma;
        self.usual_premium_attofil = p.gas_premium as u128;
    }

    /// Spreads what waits over the days in which it is sent. On the `first` day as much waits as
    /// days like it have left.
    pub fn begin_day(&mut self, first: bool) {
        if first {
            self.waiting *= MESSAGE_DAYS;
        }
        self.sent_per_epoch = self.waiting.div_ceil(EPOCHS_PER_DAY as u128 * MESSAGE_DAYS);
    }

    /// Gas that an epoch's messages may use such that their limits meet the target.
    fn target_used(&self) -> f64 {
        epoch_target() / self.limit_margin
    }

    /// Gas that so many blocks carry of distinct messages, by what these use.
    fn room(&self, blocks: u64) -> u128 {
        let limits = gas::BLOCK_GAS_LIMIT * u128::from(blocks) * gas::PACKING_PERMILLE / 1_000;
        (limits as f64 / self.limit_margin) as u128
    }

    /// The gas limits of messages that use so much.
    fn limits(&self, used: u128) -> u128 {
        (used as f64 * self.limit_margin) as u128
    }

    /// Gas burned beyond what messages use, because their limits are above it.
    fn overestimation(&self, used: u64) -> u64 {
        gas::overestimation_gas(used, ((used as f64 * self.limit_margin) as u64).max(used))
    }

    /// Takes what blocks carry of providers' messages: five of them an epoch's part, fewer or more
    /// in proportion, for miners choose from a pool that never runs dry.
    fn send(&mut self, blocks: u128) -> u128 {
        let per_epoch = u128::from(election::WINS_PER_EPOCH);
        let most = (self.target_used() * PROVIDERS_SHARE_MAX) as u128 * blocks / per_epoch;
        let proofs = (self.proofs * blocks / (2 * per_epoch)).min(self.proofs);
        self.proofs -= proofs;
        let room = most.saturating_sub(proofs);
        let sent = (self.sent_per_epoch * blocks / per_epoch).min(self.waiting).min(room);
        self.waiting -= sent;
        proofs + sent
    }

    /// Gas that everybody else wants in an epoch at this base fee.
    fn other_demand(&self, base_fee_attofil: f64) -> f64 {
        let relative = base_fee_attofil / self.other_limit_price;
        self.other_share * epoch_target() / (1.0 + math::pow(relative, self.other_steepness))
    }

    /// FIP-0115's percentile of an epoch's premiums: what wallets bid unless blocks are scarce, and
    /// nothing if the limits of messages leave a fifth of a block unused.
    fn premium(&self, limits_in_epoch: u128) -> u128 {
        if limits_in_epoch >= gas::PREMIUM.reach(gas::BLOCK_GAS_LIMIT) {
            self.usual_premium_attofil
        } else {
            0
        }
    }

    /// The base fee at which others fill what `providers` leave of an epoch's target; its floor
    /// where they do not, whatever it costs.
    fn clearing_base_fee(&self, providers: f64) -> u128 {
        let target = self.target_used();
        // What cannot wait is more than the target: the fee climbs without end.
        if providers > target {
            return BASE_FEE_MAX_ATTOFIL;
        }
        let room = (target - providers).max(target * (1.0 - PROVIDERS_SHARE_MAX));
        let most = self.other_share * epoch_target();
        if most <= room {
            return gas::BASE_FEE_MIN_ATTOFIL;
        }
        let relative = math::pow(most / room - 1.0, 1.0 / self.other_steepness);
        ((self.other_limit_price * relative) as u128).max(gas::BASE_FEE_MIN_ATTOFIL)
    }

    /// Where the rule of FIP-0115 comes to rest: at eight times the premium if an epoch's messages
    /// still reach a full block there, else at the floor.
    fn resting_base_fee(&self, providers: f64) -> u128 {
        let usual = 8 * self.usual_premium_attofil.max(gas::BASE_FEE_MIN_ATTOFIL);
        let used = providers + self.other_demand(usual as f64);
        match self.premium(self.limits(used as u128)) {
            0 => gas::BASE_FEE_MIN_ATTOFIL,
            premium => 8 * premium.max(gas::BASE_FEE_MIN_ATTOFIL),
        }
    }
}

impl Filecoin {
    fn raw_power_bytes(&self) -> u128 {
        u128::from(self.power.raw_sectors) * SECTOR_BYTES
    }
    fn qa_power_bytes(&self) -> u128 {
        u128::from(self.power.qa_units) * SECTOR_BYTES
    }

    /// The power filter starts at the power of the first day.
    pub fn start_smoothing(&mut self) {
        self.qa_power = Estimate::new(self.qa_power_bytes() as i128, 0);
    }

    /// The reward of the next epoch; after a null round it is skipped.
    pub fn step_reward(&mut self, null_round: bool) {
        let raw_power_bytes = self.raw_power_bytes();
        if null_round {
            self.rewards.skip(raw_power_bytes);
        } else {
            self.rewards.step(raw_power_bytes);
        }
        self.qa_power = self.qa_power.observe(self.qa_power_bytes(), 1);
    }

    /// A day of epochs at constant power; returns the rewards scheduled in it.
    pub fn step_reward_day(&mut self) -> Amount {
        let qa_power_bytes = self.qa_power_bytes() as i128;
        self.qa_power =
            self.qa_power.observe_line(qa_power_bytes, Q128::ZERO, EPOCHS_PER_DAY as u64);
        self.rewards.step_day(self.raw_power_bytes(), EPOCHS_PER_DAY as u64)
    }

    /// The protocol's price functions at the network's state of now.
    pub fn pricing(&self) -> Pricing {
        Pricing::new(
            self.rules,
            &NetworkState {
                epoch: self.epoch,
                reward: self.rewards.smoothed(),
                qa_power: self.qa_power,
                baseline_bytes: self.rewards.this_epoch_baseline_bytes(),
                circulating: self.accounts.circulating(),
            },
        )
    }

    /// Takes the prices of this tick from the protocol's own functions.
    pub fn refresh_quote(&mut self) {
        let pricing = self.pricing();
        let (one, ten) = (pricing.quote(1_000), pricing.quote(10_000));
        let horizon_epochs = self.parameters.planning_horizon as i64 * EPOCHS_PER_DAY;
        let horizon = pricing.expected_reward(SECTOR_BYTES, horizon_epochs);
        let old = SectorTerms {
            initial_pledge: one.initial_pledge,
            day_reward_at_activation: one.day_reward,
            twenty_day_reward_at_activation: one.twenty_day_reward,
            age_epochs: 365 * EPOCHS_PER_DAY,
        };
        let termination = pricing.termination_fee(SECTOR_BYTES, &old);
        self.quote = Quote {
            one,
            ten,
            fault_fee_per_unit: one.fault_fee,
            day_reward_per_unit: one.day_reward,
            horizon_reward_per_unit_fil: horizon.as_tokens(super::accounts::FIL_DECIMALS),
            termination_floor_per_unit: pricing.termination_floor(SECTOR_BYTES),
            termination_fee_per_pledge: termination.0 as f64 / one.initial_pledge.0.max(1) as f64,
        };
    }

    /// Fee for ending this cohort today. The protocol's formula is linear in power, pledge and
    /// reward, so it is asked once for all its sectors.
    pub fn termination_fee(&self, kind: Kind, cohort: &Cohort) -> Amount {
        let age_days = self.day.saturating_sub(cohort.activation_day).max(0);
        let terms = SectorTerms {
            initial_pledge: Amount(cohort.pledge_attofil),
            day_reward_at_activation: Amount(cohort.day_reward_attofil),
            twenty_day_reward_at_activation: Amount(cohort.day_reward_attofil.saturating_mul(20)),
            age_epochs: i64::from(age_days) * EPOCHS_PER_DAY,
        };
        let units = u128::from(cohort.sectors) * u128::from(kind.quality());
        let floor = match self.rules.termination {
            Termination::PledgeShare => self.quote.fault_fee_per_unit,
            Termination::ExpectedReward => self.quote.termination_floor_per_unit,
        };
        pledge::termination_fee(
            self.rules.termination,
            &terms,
            Amount(floor.0.saturating_mul(units)),
        )
    }

    /// Burns a penalty of provider `i`: out of its rewards that still vest, those that vest first,
    /// then out of what it can spend. Returns what was burned.
    pub fn burn_penalty(&mut self, i: usize, penalty: Amount) -> Amount {
        self.unlock_penalty(i, penalty);
        self.accounts.burn(i, penalty)
    }

    /// Frees what a penalty takes of the rewards of provider `i` that still vest.
    pub fn unlock_penalty(&mut self, i: usize, penalty: Amount) {
        let unlocked = self.providers[i].vesting.take(penalty);
        if unlocked > Amount::ZERO {
            self.accounts.vest(i, unlocked);
        }
    }

    /// What providers and clients have to lock as collateral of all deals: at least 1 % of the
    /// circulating supply, by the deals' share of the power (`deal_provider_collateral_bounds` of
    /// the market actor). None from FIP-0065 on, which no longer counts it as locked.
    pub fn deal_collateral(&self, circulating: Amount) -> Amount {
        if !self.rules.deal_collateral_locked {
            return Amount::ZERO;
        }
        let held = |of: &super::Provider| of.sectors.of(Kind::Deal) + of.sectors.of(Kind::Verified);
        let deals = u128::from(self.providers.iter().map(held).sum::<u64>()) * SECTOR_BYTES;
        let power = self.raw_power_bytes().max(self.rewards.this_epoch_baseline_bytes());
        Amount(circulating.0 / 100).mul_div_floor(deals, power.max(deals).max(1))
    }

    /// Pays providers what others gave them on the day: the tips of messages, by power, and the
    /// part of the service stream that is passed on to them, by the clients they have.
    pub fn pay_day(&mut self) {
        let tips = std::mem::take(&mut self.gas.tips);
        let passed = self.parameters.service_pass_through;
        let stream = self.flows.service_stream.0;
        let service = ((stream as f64 * passed) as u128).min(stream);
        let weights: u64 = (0..self.providers.len()).map(|i| self.clients_weight(i)).sum();
        let (units, weights) = (self.power.qa_units.max(1), weights.max(1));
        let mut paid = Amount::ZERO;
        for i in 0..self.providers.len() {
            let provider = &self.providers[i];
            let tip = tips.mul_div_floor(provider.power.qa_units.into(), units.into());
            let part = Amount(service).mul_div_floor(self.clients_weight(i).into(), weights.into());
            if tip > Amount::ZERO {
                let tip = self.accounts.tip(i, tip);
                self.flows.tips += tip;
                self.providers[i].income += tip;
            }
            if part > Amount::ZERO {
                self.accounts.pay_service(i, part);
                self.providers[i].income += part;
                paid += part;
            }
        }
        self.flows.service_passed_on = paid;
        self.service_sold = Amount(stream) - paid;
        self.service_usd_per_day = paid.as_tokens(FIL_DECIMALS) * self.market.price_usd;
    }

    /// Provider `i` sends messages that need this much gas and can wait.
    pub fn pay_gas(&mut self, i: usize, gas: u64) {
        self.burn_base_fee_of(i, gas);
        self.gas.waiting += u128::from(gas);
    }

    /// Provider `i` sends a proof that cannot wait.
    pub fn post_proof(&mut self, i: usize, gas: u64) {
        self.burn_base_fee_of(i, gas);
        self.gas.proofs += u128::from(gas);
    }

    /// Provider `i` puts `sectors` of a kind on chain: pre-commitments in a batch, proofs alone or
    /// in an aggregate, whichever costs less, and the deals they hold.
    pub fn pay_onboarding(&mut self, i: usize, kind: Kind, sectors: u64) {
        let gas = self.gas.message;
        let messages = ((sectors as f64 * self.gas.messages_per_sector) as u64).max(1);
        let (base_fee, count) = (self.gas.base_fee_attofil, messages as u32);
        let aggregate = gas::prove_commit_aggregate_fee(&self.rules, count, base_fee);
        let cost = |gas: u64| u128::from(messages) * u128::from(gas) * base_fee;
        let (alone, together) = (cost(gas.prove_commit), cost(gas.prove_aggregate));
        let mut fee = gas::pre_commit_batch_fee(&self.rules, count, base_fee);
        let mut per_message = gas.pre_commit;
        if messages > 1 && together + aggregate.0 < alone {
            fee += aggregate;
            per_message += gas.prove_aggregate;
        } else {
            per_message += gas.prove_commit;
        }
        if kind != Kind::Capacity && self.rules.quality != Quality::Uniform {
            per_message += gas.publish_deal;
        }
        self.pay_gas(i, messages.saturating_mul(per_message));
        self.flows.burn_batch_fee += self.accounts.burn(i, fee);
    }

    fn burn_base_fee_of(&mut self, i: usize, gas: u64) {
        let base_fee = self.gas.base_fee_attofil;
        let cost = Amount(u128::from(gas) * base_fee);
        let over = Amount(u128::from(self.gas.overestimation(gas)) * base_fee);
        let burned = self.accounts.burn(i, cost + over);
        self.flows.burn_base_fee += burned.min(cost);
        self.flows.burn_overestimation += burned.saturating_sub(cost);
    }

    /// Fills the epoch's blocks with messages and sets the base fee of the next.
    pub fn step_base_fee(&mut self, blocks: u64, streams: &Streams) {
        if blocks == 0 {
            return;
        }
        let mut draws = streams.indexed(0, GAS, self.epoch as u64);
        let sigma = self.gas.other_sigma;
        let normal = Normal::STANDARD.sample(&mut draws);
        let noise = math::exp(sigma * normal - sigma * sigma / 2.0);
        let room = self.gas.room(blocks);
        let of_providers = self.gas.send(u128::from(blocks)).min(room);
        // More blocks take more of the pool of waiting messages, in the same proportion.
        let fullness = blocks as f64 / election::WINS_PER_EPOCH as f64 * noise;
        let base_fee = self.gas.base_fee_attofil;
        let wanted = self.gas.other_demand(base_fee as f64) * fullness;
        let of_others = (wanted as u128).min(room - of_providers);
        self.burn_base_fee_of_others(of_others as u64, 1);
        self.flows.gas_used += of_providers + of_others;
        self.flows.gas_limit += gas::BLOCK_GAS_LIMIT * u128::from(blocks);
        let limits = self.gas.limits(of_providers + of_others);
        self.gas.base_fee_attofil = match self.rules.base_fee {
            BaseFeeRule::Utilisation => gas::next_base_fee_by_utilisation(base_fee, limits, blocks),
            BaseFeeRule::Premium => gas::PREMIUM.next(base_fee, self.gas.premium(limits)),
        }
        .min(BASE_FEE_MAX_ATTOFIL);
    }

    /// The base fee of a day whose providers' gas is known.
    pub fn step_base_fee_day(&mut self) {
        let (epochs, wins) = (EPOCHS_PER_DAY as u128, election::WINS_PER_EPOCH);
        // What blocks do not hold is lost, as when each epoch is simulated.
        let room = self.gas.room(wins);
        let of_providers = (self.gas.send(epochs * u128::from(wins)) / epochs).min(room);
        // Lost blocks leave less room than the expected five.
        let crowded = of_providers as f64 / (1.0 - self.parameters.orphan_share);
        self.gas.base_fee_attofil = match self.rules.base_fee {
            BaseFeeRule::Utilisation => self.gas.clearing_base_fee(crowded),
            BaseFeeRule::Premium => self.gas.resting_base_fee(crowded),
        }
        .min(BASE_FEE_MAX_ATTOFIL);
        let wanted = self.gas.other_demand(self.gas.base_fee_attofil as f64) as u128;
        // Lost blocks carry nothing.
        let wanted = (wanted as f64 * (1.0 - self.parameters.orphan_share)) as u128;
        let of_others = wanted.min(room - of_providers);
        self.burn_base_fee_of_others(of_others as u64, EPOCHS_PER_DAY as u64);
        self.flows.gas_used += (of_providers + of_others) * epochs;
        self.flows.gas_limit += gas::BLOCK_GAS_LIMIT * u128::from(wins) * epochs;
    }

    /// Everybody else pays for so much gas in each of so many epochs.
    fn burn_base_fee_of_others(&mut self, gas: u64, epochs: u64) {
        let price = u128::from(epochs) * self.gas.base_fee_attofil;
        let cost = Amount(u128::from(gas) * price);
        let over = Amount(u128::from(self.gas.overestimation(gas)) * price);
        let burned = self.accounts.burn_holders(cost + over);
        self.flows.burn_base_fee += burned.min(cost);
        self.flows.burn_overestimation += burned.saturating_sub(cost);
        self.flows.burn_gas_others += burned;
        let tip = u128::from(epochs) * self.gas.usual_premium_attofil;
        self.gas.tips += Amount(self.gas.limits(u128::from(gas)) * tip);
    }

    /// Distributes what vests today of the genesis allocations.
    pub fn vest_allocations(&mut self) {
        let vested = supply::vested_between(self.epoch, self.epoch + EPOCHS_PER_DAY);
        self.accounts.vest_allocation(vested);
    }

    /// FIP-0118: judges the quarters that have ended by the volume of Filecoin Pay.
    pub fn judge_streams(&mut self) {
        if let Some(start) = self.rules.streams_from {
            let (first, growth) =
                (self.parameters.pay_volume_usd, self.parameters.pay_volume_growth);
            let volume = |quarter: u32| first * math::pow(growth, f64::from(quarter) - 1.0);
            self.streams.judge(self.epoch, start, volume);
        }
    }

    /// A block reward's parts under FIP-0118; before it, all is the miner's.
    pub fn streams_split(&self, reward: Amount) -> streams::Split {
        match self.rules.streams_from {
            Some(start) => self.streams.split(reward, self.epoch, start),
            None => streams::Split { miner: reward, service: Amount::ZERO, burn: Amount::ZERO },
        }
    }

    /// Share of a block reward that goes to the miner at an epoch, by the streams as they are now.
    pub fn miner_share_at(&self, epoch: i64) -> f64 {
        let Some(start) = self.rules.streams_from else { return 1.0 };
        let whole = Amount(1_000_000_000);
        self.streams.split(whole, epoch, start).miner.0 as f64 / whole.0 as f64
    }

    /// Share of a block reward that goes to the miner now.
    pub fn miner_share(&self) -> f64 {
        let whole = Amount(1_000_000_000);
        self.streams_split(whole).miner.0 as f64 / whole.0 as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn market() -> GasMarket {
        GasMarket::new(Amount::ZERO, &Parameters::default())
    }

    #[test]
    fn the_base_fee_clears_the_market_and_rests_at_its_floor_where_demand_is_small() {
        let market = market();
        let target = market.target_used();
        assert_eq!(market.clearing_base_fee(0.0), gas::BASE_FEE_MIN_ATTOFIL);
        let mut before = 0;
        for share in [0.84, 0.86, 0.88] {
            let fee = market.clearing_base_fee(share * target);
            let used = share * target + market.other_demand(fee as f64);
            assert!((used / target - 1.0).abs() < 1e-6, "{used} of {target} at {fee}");
            assert!(fee > before, "more gas of providers costs more");
            before = fee;
        }
        let most = market.other_share * epoch_target();
        assert!(market.other_demand(0.0) == most && market.other_demand(1e30) < 1e-6 * most);
    }

    #[test]
    fn the_fee_by_premium_needs_a_full_block() {
        let market = market();
        let full = gas::PREMIUM.reach(gas::BLOCK_GAS_LIMIT) as f64 / market.limit_margin;
        assert_eq!(market.resting_base_fee(full * 1.01), 8 * market.usual_premium_attofil);
        let quiet = GasMarket { other_share: 0.0, ..market };
        assert_eq!(quiet.resting_base_fee(full * 0.99), gas::BASE_FEE_MIN_ATTOFIL);
    }

    #[test]
    fn limits_above_the_gas_used_are_burned_in_part() {
        // A quarter above: 0.25 of the gas times the 0.15 beyond the tolerated tenth.
        assert_eq!(market().overestimation(1_000_000), 37_500);
    }
}
