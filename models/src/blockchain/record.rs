//! The records of a chain.

use pinwheel_core::{Amount, Context, Event as EngineEvent, Label, Metric, SimDuration, math};

use super::ChainInstance;
use super::consensus::Consensus;
use super::money::as_nanotoken;
use super::tally::{Slot, percentile, quantile};
use crate::blockchain::spec::SPEC;
use crate::input::amount::TOKEN_DECIMALS;

const SETTLED: Metric = SPEC.metric("tx_settled");
const INCLUSION_P50: Metric = SPEC.metric("tx_inclusion_p50");
const INCLUSION_P99: Metric = SPEC.metric("tx_inclusion_p99");
const INCLUSION_MEAN: Metric = SPEC.metric("tx_inclusion_mean");
const PRICE_P50: Metric = SPEC.metric("tx_price_p50");
const FEE_P50: Metric = SPEC.metric("tx_fee_p50");
const FEE_P99: Metric = SPEC.metric("tx_fee_p99");
const OUT_OF_GAS: Metric = SPEC.metric("tx_out_of_gas_share");
const VIOLATIONS: Metric = SPEC.metric("tx_order_violations");
const PRICED_OUT: Metric = SPEC.metric("tx_priced_out_share");
const WAITING: Metric = SPEC.metric("pool_waiting");
const HEIGHT: Metric = SPEC.metric("chain_height");
const GAS_USED: Metric = SPEC.metric("chain_gas_used_share");
const BASE_FEE: Metric = SPEC.metric("chain_base_fee");
const BURNED: Metric = SPEC.metric("chain_burned");
const INTERVAL: Metric = SPEC.metric("chain_block_interval");
const DEVIATION: Metric = SPEC.metric("leader_deviation");
const FINALITY_LAG: Metric = SPEC.metric("finality_lag");
const MISSED: Metric = SPEC.metric("slots_missed_share");
const SLASHED: Metric = SPEC.metric("stake_slashed");
const CONSERVED: Metric = SPEC.metric("stake_slashed_conserved");
const CAUGHT: Metric = SPEC.metric("validators_slashed");
const ORPHANS: Metric = SPEC.metric("orphan_share");
const DEPTH: Metric = SPEC.metric("reorganisation_depth_max");
const DEPTHS: Metric = SPEC.metric("reorganisation_depth_share");
const OVERTAKEN: Metric = SPEC.metric("settled_blocks_overtaken");
const WINNERS: Metric = SPEC.metric("winners_mean");
const NULL_ROUNDS: Metric = SPEC.metric("null_round_share");
const USERS: Metric = SPEC.metric("users_active");
const USERS_LOST: Metric = SPEC.metric("users_lost_share");
const PER_DOUBLING: Metric = SPEC.metric("users_lost_per_doubling");

/// A share, or nothing where there is nothing to share.
pub fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

impl ChainInstance {
    /// Records the time since the last record, so long, and begins the next; at the end of a day
    /// applications record too.
    pub(super) fn record<E: EngineEvent>(
        &mut self,
        period: SimDuration,
        day_ends: bool,
        ctx: &mut Context<E>,
    ) {
        let slot = Slot { time: ctx.now(), label: self.label };
        self.record_transactions(slot, period, ctx);
        self.record_blocks(slot, ctx);
        self.record_consensus(slot, ctx);
        if let Some(load) = &self.load {
            let lost = self.chain.mempool.losses;
            let unmet = load.wishes.wanted - load.wishes.sent + lost.evicted + lost.withdrawn;
            slot.push_some(ctx, PRICED_OUT, share(unmet as f64, load.wishes.wanted as f64));
            slot.push(ctx, USERS, load.active() as f64);
            slot.push(ctx, USERS_LOST, load.lost_share());
        }
        if day_ends {
            self.applications.record(slot, &self.chain, ctx);
            if let Some(auditor) = &mut self.auditor {
                auditor.run(slot, &self.chain, ctx);
            }
        }
        self.record_fees(slot, ctx);
        self.tally.begin_period();
    }

    /// Users lost for each doubling of the fee, from the chain before to this one.
    pub(super) fn record_doubling<E: EngineEvent>(
        &self,
        before: Option<(Amount, f64)>,
        now: Option<(Amount, f64)>,
        ctx: &mut Context<E>,
    ) {
        let (Some((low, lost_before)), Some((high, lost))) = (before, now) else { return };
        let doublings = math::log2(high.0 as f64 / low.0 as f64);
        // Two chains at about one fee say nothing of what a higher one would do.
        if math::abs(doublings) > 0.1 {
            let slot = Slot { time: ctx.now(), label: self.label };
            slot.push(ctx, PER_DOUBLING, (lost - lost_before) / doublings);
        }
    }

    fn record_transactions<E: EngineEvent>(
        &mut self,
        slot: Slot,
        period: SimDuration,
        ctx: &mut Context<E>,
    ) {
        let tally = &mut self.tally;
        let settled = tally.settled as f64;
        let periods_a_day = SimDuration::from_days(1).as_nanos() / period.as_nanos();
        slot.push(ctx, SETTLED, settled * periods_a_day as f64);
        slot.push(ctx, VIOLATIONS, tally.violations as f64);
        slot.push(ctx, WAITING, self.chain.mempool.len() as f64);
        let mean = share(tally.delays.iter().sum(), settled);
        slot.push_some(ctx, INCLUSION_MEAN, mean);
        slot.push_some(ctx, INCLUSION_P50, quantile(&mut tally.delays, 0.5));
        slot.push_some(ctx, INCLUSION_P99, quantile(&mut tally.delays, 0.99));
        slot.push_some(ctx, PRICE_P50, quantile(&mut tally.prices, 0.5));
        slot.push_some(ctx, OUT_OF_GAS, share(tally.out_of_gas as f64, settled));
    }

    fn record_fees<E: EngineEvent>(&mut self, slot: Slot, ctx: &mut Context<E>) {
        let fees = &mut self.tally.fees;
        fees.sort_unstable();
        for (metric, percent) in [(FEE_P50, 50), (FEE_P99, 99)] {
            if let Some(fee) = percentile(fees, percent) {
                ctx.records.push_amount(slot.time, metric, slot.label, fee, TOKEN_DECIMALS);
            }
        }
    }

    fn record_blocks<E: EngineEvent>(&mut self, slot: Slot, ctx: &mut Context<E>) {
        let (tally, head) = (&self.tally, &self.chain.head);
        slot.push(ctx, HEIGHT, head.height as f64);
        slot.push_some(ctx, GAS_USED, share(tally.gas_used as f64, tally.gas_offered as f64));
        slot.push(ctx, BASE_FEE, as_nanotoken(head.base_fee));
        let newest = self.chain.blocks().back().map_or(0.0, |b| b.header.time.as_seconds());
        slot.push_some(ctx, INTERVAL, share(newest, head.height as f64));
        let burned = self.chain.state().accounts.ledger().burned();
        ctx.records.push_amount(slot.time, BURNED, slot.label, burned, TOKEN_DECIMALS);
    }

    fn record_consensus<E: EngineEvent>(&mut self, slot: Slot, ctx: &mut Context<E>) {
        match &self.consensus {
            Consensus::Authority(_) => {}
            Consensus::Stake(stake) => {
                let state = self.chain.state();
                let staking = &state.contracts.staking;
                slot.push_some(ctx, DEVIATION, stake.leader_deviation());
                let lag = stake.finality_lag_slots() as f64 * self.block_time.as_seconds();
                slot.push(ctx, FINALITY_LAG, lag);
                slot.push_some(ctx, MISSED, share(stake.missed as f64, stake.slots() as f64));
                let (taken, _) = staking.taken();
                ctx.records.push_amount(slot.time, SLASHED, slot.label, taken, TOKEN_DECIMALS);
                let accounted = staking.staked(&state.accounts) + taken;
                slot.push_some(
                    ctx,
                    CONSERVED,
                    share(accounted.0 as f64, staking.entered().0 as f64),
                );
                slot.push(ctx, CAUGHT, staking.slashed() as f64);
            }
            Consensus::Expected(rounds) => {
                let all = rounds.rounds() as f64;
                slot.push_some(ctx, WINNERS, share(rounds.wins as f64, all));
                slot.push_some(ctx, NULL_ROUNDS, share(rounds.null_rounds as f64, all));
            }
            Consensus::Work(work) => {
                let statistics = &work.statistics;
                let decided = statistics.settled + statistics.orphaned;
                slot.push_some(ctx, ORPHANS, share(statistics.orphaned as f64, decided as f64));
                let depth = statistics.reorganisations.len().saturating_sub(1);
                slot.push(ctx, DEPTH, depth as f64);
                slot.push(ctx, OVERTAKEN, statistics.overtaken as f64);
                let all: u64 = statistics.reorganisations.iter().sum();
                let several = self.label != Label::default();
                let chain = if several { format!("{}/", self.id) } else { String::new() };
                for (depth, count) in statistics.reorganisations.iter().enumerate().skip(1) {
                    let label = ctx.records.label(&format!("{chain}depth {depth}"));
                    let slot = Slot { label, ..slot };
                    slot.push_some(ctx, DEPTHS, share(*count as f64, all as f64));
                }
            }
        }
    }
}
