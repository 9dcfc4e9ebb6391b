//! What a bridge records at the end of each day, all counts since the start, by its name.

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Metric};

use super::Bridge;
use super::tally::{CLASSES, usd};
use crate::blockchain::spec::SPEC;

const SENT: Metric = SPEC.metric("bridge_sent");
const DELIVERED: Metric = SPEC.metric("bridge_delivered_share");
const REFUNDED: Metric = SPEC.metric("bridge_refunded_share");
const STUCK: Metric = SPEC.metric("bridge_stuck");
const STUCK_VALUE: Metric = SPEC.metric("bridge_stuck_value");
const LATENCY_P50: Metric = SPEC.metric("bridge_latency_p50");
const LATENCY_P99: Metric = SPEC.metric("bridge_latency_p99");
const COST: Metric = SPEC.metric("bridge_cost");
const COST_SHARE: Metric = SPEC.metric("bridge_cost_share");
const ESCROW: Metric = SPEC.metric("bridge_escrow");
const LIQUIDITY: Metric = SPEC.metric("bridge_liquidity");
const IN_FLIGHT: Metric = SPEC.metric("bridge_in_flight");
const STOLEN: Metric = SPEC.metric("bridge_stolen");
const UNBACKED: Metric = SPEC.metric("bridge_unbacked_share");
const REFUSED: Metric = SPEC.metric("bridge_calls_refused");

impl Bridge {
    /// The day's rows, and the state into the fingerprint.
    pub(super) fn record<E: EngineEvent>(&self, ctx: &mut Context<E>) {
        let now = ctx.now();
        let label = ctx.records.label(&self.settings.name);
        let tally = &self.tally;
        let [home, other] = self.escrows();
        let (stuck, stuck_value) = self.stuck(now);
        let started = f64::from(self.started);
        let mut push = |metric, value| ctx.records.push(now, metric, label, value);
        push(SENT, started);
        push(STUCK, stuck as f64);
        push(STUCK_VALUE, usd(stuck_value));
        push(ESCROW, usd(home));
        push(LIQUIDITY, usd(other));
        push(IN_FLIGHT, usd(self.in_flight));
        push(STOLEN, usd(self.stolen));
        push(UNBACKED, self.unbacked_share());
        push(REFUSED, tally.refused as f64);
        if self.started > 0 {
            push(DELIVERED, tally.delivered() as f64 / started);
            push(REFUNDED, tally.refunded as f64 / started);
        }
        if let Some([half, most]) = tally.latency_seconds([0.5, 0.99]) {
            push(LATENCY_P50, half);
            push(LATENCY_P99, most);
            push(COST, tally.whole().cost_usd());
            push(COST_SHARE, tally.whole().cost_share());
        }
        for ((name, _), class) in CLASSES.iter().zip(&tally.classes) {
            if class.received > 0 {
                let label = ctx.records.label(&format!("{}/{name}", self.settings.name));
                ctx.records.push(now, COST, label, class.cost_usd());
                ctx.records.push(now, COST_SHARE, label, class.cost_share());
            }
        }
        for side in &self.sides {
            ctx.fingerprint.ledger.mix(side.contract().ledger().digest.value());
            let tip =
                side.chain.head.hash.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
            ctx.fingerprint.state.mix(tip);
        }
        ctx.fingerprint.state.mix(tally.delivered() << 32 | tally.refunded);
    }
}
