//! What this layer records.

use pinwheel_core::MetricSpec;

const fn metric(
    name: &'static str,
    unit: &'static str,
    about: &'static str,
    source: &'static str,
) -> MetricSpec {
    MetricSpec { name, unit, about, source }
}

#[rustfmt::skip]
pub const METRICS: &[MetricSpec] = &[
    MetricSpec { name: "chains", unit: "1", about: "Chains in the section.", source: "model" },
    // Attacks.
    metric("double_spend_success", "1",
        "Share of the attempts to double spend that succeeded.", "model"),
    metric("double_spend_exact_law", "1",
        "The same by the exact law I_{4pq}(z, 1/2).", "Grunspan and Perez-Marco 2018; Rosenfeld 2014"),
    metric("double_spend_nakamoto_law", "1",
        "The same by the white paper's approximation, which is too low.", "Nakamoto 2008, section 11"),
    metric("double_spend_loss", "USD", "What merchants delivered for payments that were undone.", "model"),
    metric("double_spend_refused_share", "1", "Share of the attempts that ended at a checkpoint.", "model"),
    metric("attack_cost", "USD", "Price of all work of the attacker.", "model"),
    metric("attack_earned", "USD", "What the attacker's blocks on the main chain earned.", "model"),
    metric("attack_break_even_payment", "USD",
        "Payment above which the attempts to double spend would have paid.", "model"),
    metric("attack_catch_up_blocks", "block",
        "Mean number of blocks from the delivery until a successful attacker was level.", "model"),
    metric("attacker_revenue_share", "1",
        "The attacker's share of the blocks of the main chain, by attack.", "model"),
    metric("attacker_revenue_law", "1",
        "The same by the closed form, for selfish mining.", "Eyal and Sirer 2014, equation 8"),
    metric("attacker_revenue_gain", "1",
        "The attacker's share of the main chain less its share of the hash power.", "model"),
    metric("attack_stale_share", "1", "Share of all blocks that are on no main chain.", "model"),
    metric("attack_reorganisation_depth_max", "block",
        "Longest honest branch that was replaced, by attack.", "model"),
    metric("attacker_seat_share", "1", "The attacker's share of the seats of committees.", "model"),
    metric("attacker_seat_law", "1", "The attacker's share of the weight.", "sampling by weight"),
    metric("attacker_leader_share", "1", "Share of the slots that the attacker leads.", "model"),
    metric("committee_bad_third_share", "1",
        "Share of the committees with a third or more of bad seats.", "model"),
    metric("committee_bad_third_law", "1", "The same by the binomial law.", "P(Bin(n, b) >= n/3)"),
    metric("committee_conflicts", "1", "Slots with two final blocks.", "model"),
    metric("committee_stalled_share", "1", "Share of the slots without a final block.", "model"),
    metric("committee_slashed", "USD", "Stake of the attacker that was slashed.", "model"),
    metric("attacker_identity_cost", "USD", "Price of the attacker's identities.", "model"),
    metric("censored_wait_mean", "1", "Slots that a refused transaction waits, mean.", "model"),
    metric("censored_wait_p99", "1", "Slots within which 99 % of the refused transactions are included.", "model"),
    metric("censored_wait_law", "1", "Mean of the geometric law.", "1 / P(a slot includes it)"),
    // Bridges, by name.
    metric("bridge_sent", "1", "Transfers started.", "model"),
    metric("bridge_delivered_share", "1", "Share of the transfers that were received.", "model"),
    metric("bridge_refunded_share", "1", "Share of the transfers that were refunded.", "model"),
    metric("bridge_stuck", "1", "Transfers open at twice their timeout or later.", "model"),
    metric("bridge_stuck_value", "USD", "Value of the transfers that are stuck.", "model"),
    metric("bridge_latency_p50", "s", "Median time from the start of a transfer to its receipt.", "model"),
    metric("bridge_latency_p99", "s", "Time within which 99 % of the received transfers came.", "model"),
    metric("bridge_cost", "USD", "Fees of a received transfer, mean; also by size class.",
        "gas of the calls; yellow paper, EIP-2028, EIP-2929"),
    metric("bridge_cost_share", "1", "The same over the value; also by size class.", "model"),
    metric("bridge_escrow", "USD", "Value locked at home.", "model"),
    metric("bridge_liquidity", "USD", "Value locked on the other chain.", "model"),
    metric("bridge_in_flight", "USD", "Value given in and not yet given out.", "model"),
    metric("bridge_stolen", "USD", "Value given out for forged claims.", "model"),
    metric("bridge_unbacked_share", "1",
        "Share of what is owed to users that nothing at home stands behind.", "model"),
    metric("bridge_calls_refused", "1", "Calls of relayers that changed nothing.", "model"),
];
