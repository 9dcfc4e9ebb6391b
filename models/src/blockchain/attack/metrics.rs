//! What attacks record at the end of each day, all since the start.

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Amount, Context, Label, Metric};

use super::committee::{Committee, Conduct};
use super::mining::share;
use super::race::Race;
use super::selfish::SelfishMining;
use super::spam::Spam;
use super::{Attacks, law};
use crate::blockchain::bridge::settings::UNITS_PER_USD;
use crate::blockchain::spec::SPEC;
use crate::input::amount::TOKEN_DECIMALS;

const DOUBLE_SPEND: Metric = SPEC.metric("double_spend_success");
const DOUBLE_SPEND_EXACT: Metric = SPEC.metric("double_spend_exact_law");
const DOUBLE_SPEND_NAKAMOTO: Metric = SPEC.metric("double_spend_nakamoto_law");
const DOUBLE_SPEND_LOSS: Metric = SPEC.metric("double_spend_loss");
const DOUBLE_SPEND_REFUSED: Metric = SPEC.metric("double_spend_refused_share");
const ATTACK_COST: Metric = SPEC.metric("attack_cost");
const ATTACK_EARNED: Metric = SPEC.metric("attack_earned");
const BREAK_EVEN: Metric = SPEC.metric("attack_break_even_payment");
const CATCH_UP: Metric = SPEC.metric("attack_catch_up_blocks");
const REVENUE: Metric = SPEC.metric("attacker_revenue_share");
const REVENUE_LAW: Metric = SPEC.metric("attacker_revenue_law");
const GAIN: Metric = SPEC.metric("attacker_revenue_gain");
const STALE: Metric = SPEC.metric("attack_stale_share");
const DEPTH: Metric = SPEC.metric("attack_reorganisation_depth_max");
const SEATS: Metric = SPEC.metric("attacker_seat_share");
const SEATS_LAW: Metric = SPEC.metric("attacker_seat_law");
const LEADERS: Metric = SPEC.metric("attacker_leader_share");
const THIRD: Metric = SPEC.metric("committee_bad_third_share");
const THIRD_LAW: Metric = SPEC.metric("committee_bad_third_law");
const CONFLICTS: Metric = SPEC.metric("committee_conflicts");
const STALLS: Metric = SPEC.metric("committee_stalled_share");
const SLASHED: Metric = SPEC.metric("committee_slashed");
const IDENTITIES: Metric = SPEC.metric("attacker_identity_cost");
const WAIT: Metric = SPEC.metric("censored_wait_mean");
const WAIT_LAW: Metric = SPEC.metric("censored_wait_law");
const WAIT_P99: Metric = SPEC.metric("censored_wait_p99");
const SPAM_SPENT: Metric = SPEC.metric("spam_spent");
const SPAM_BLOCKS: Metric = SPEC.metric("spam_blocks");
const SPAM_FEE: Metric = SPEC.metric("spam_base_fee_multiple");
const SERVED_BEFORE: Metric = SPEC.metric("spam_served_before");
const SERVED_DURING: Metric = SPEC.metric("spam_served_during");

impl Attacks {
    /// The day's rows, and the state into the fingerprint.
    pub(super) fn record<E: EngineEvent>(&self, ctx: &mut Context<E>) {
        if let Some(race) = &self.double_spend {
            race_rows(race, ctx);
        }
        if let Some(selfish) = &self.selfish_mining {
            selfish_rows(selfish, ctx);
        }
        if let Some(committee) = &self.committee {
            committee_rows(committee, ctx);
        }
        if let Some(spam) = &self.spam {
            spam_rows(spam, ctx);
        }
    }
}

fn row<E: EngineEvent>(ctx: &mut Context<E>, metric: Metric, label: Label, value: f64) {
    let now = ctx.now();
    ctx.records.push(now, metric, label, value);
}

fn usd(amount: Amount) -> f64 {
    amount.0 as f64 / UNITS_PER_USD as f64
}

fn race_rows<E: EngineEvent>(race: &Race, ctx: &mut Context<E>) {
    let label = Label::default();
    let (settings, attempts, settled) = (race.settings, race.attempts, race.settled);
    let exact = law::double_spend(settings.share, settings.confirmations);
    let nakamoto = law::double_spend_nakamoto(settings.share, settings.confirmations);
    row(ctx, DOUBLE_SPEND, label, attempts.success());
    row(ctx, DOUBLE_SPEND_EXACT, label, exact);
    row(ctx, DOUBLE_SPEND_NAKAMOTO, label, nakamoto);
    row(ctx, DOUBLE_SPEND_LOSS, label, usd(race.loss()));
    row(ctx, DOUBLE_SPEND_REFUSED, label, share(attempts.refused, attempts.made));
    row(ctx, ATTACK_COST, label, usd(race.cost()));
    row(ctx, ATTACK_EARNED, label, usd(race.earned()));
    if let Some(payment) = race.break_even() {
        row(ctx, BREAK_EVEN, label, usd(payment));
        row(ctx, CATCH_UP, label, share(attempts.catch_up_blocks, attempts.won));
    }
    let race_label = ctx.records.label("race");
    row(ctx, REVENUE, race_label, settled.attacker_share());
    row(ctx, DEPTH, race_label, f64::from(settled.depth_max));
    ctx.fingerprint.state.mix(attempts.won << 32 | attempts.made);
    ctx.fingerprint.state.mix(settled.blocks());
}

fn selfish_rows<E: EngineEvent>(selfish: &SelfishMining, ctx: &mut Context<E>) {
    let (settings, settled) = (selfish.settings, selfish.settled);
    let label = ctx.records.label("selfish");
    let revenue = settled.attacker_share();
    row(ctx, REVENUE, label, revenue);
    row(ctx, REVENUE_LAW, label, law::selfish_revenue(settings.share, settings.gamma));
    row(ctx, GAIN, label, revenue - settings.share);
    let stale = settled.honest_stale + settled.attacker_stale;
    row(ctx, STALE, label, share(stale, settled.blocks()));
    row(ctx, DEPTH, label, f64::from(settled.depth_max));
    ctx.fingerprint.state.mix(settled.attacker << 32 | settled.honest);
}

fn committee_rows<E: EngineEvent>(committee: &Committee, ctx: &mut Context<E>) {
    let label = Label::default();
    let (settings, slots) = (&committee.settings, &committee.slots);
    let influence = settings.influence();
    row(ctx, LEADERS, label, share(slots.led_by_attacker, slots.held));
    row(ctx, SEATS_LAW, label, influence);
    if settings.seats > 0 {
        let third = law::third(settings.seats);
        let law = law::binomial_tail(settings.seats, influence, third);
        row(ctx, SEATS, label, slots.seat_share());
        row(ctx, THIRD, label, share(slots.with_bad_seats(third), slots.held));
        row(ctx, THIRD_LAW, label, law);
    }
    row(ctx, CONFLICTS, label, slots.conflicts as f64);
    row(ctx, STALLS, label, share(slots.stalled, slots.held));
    row(ctx, SLASHED, label, usd(committee.slashed()));
    row(ctx, IDENTITIES, label, usd(committee.identities_cost()));
    let waits = &committee.censorship;
    if settings.conduct == Conduct::Censor && waits.included > 0 {
        row(ctx, WAIT, label, waits.mean_slots());
        row(ctx, WAIT_P99, label, waits.quantile_slots(0.99) as f64);
        row(ctx, WAIT_LAW, label, law::inclusion_slots(settings.inclusion()));
    }
    ctx.fingerprint.state.mix(slots.held << 32 | slots.conflicts);
    ctx.fingerprint.state.mix(slots.finalised << 32 | slots.led_by_attacker);
}

fn spam_rows<E: EngineEvent>(spam: &Spam, ctx: &mut Context<E>) {
    let (label, tally, now) = (Label::default(), spam.tally, ctx.now());
    ctx.records.push_amount(now, SPAM_SPENT, label, tally.spent, TOKEN_DECIMALS);
    row(ctx, SPAM_BLOCKS, label, tally.blocks as f64);
    row(ctx, SPAM_FEE, label, spam.base_fee_multiple());
    row(ctx, SERVED_BEFORE, label, tally.served_before());
    row(ctx, SERVED_DURING, label, tally.served_during());
    ctx.fingerprint.state.mix(tally.included_before << 32 | tally.included_during);
}
