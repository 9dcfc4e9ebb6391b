//! What a chain records, with its id as the label where there are several.

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
    metric("tx_settled", "1/d", "Transactions in blocks that were settled on the day.", "model"),
    metric("tx_inclusion_p50", "s", "Median time from sending a transaction to its settled block, of the day.", "model"),
    metric("tx_inclusion_p99", "s", "Time within which 99 % of the day's transactions were settled.", "model"),
    metric("tx_inclusion_mean", "s", "Mean time from sending a transaction to its settled block, of the day.", "model"),
    metric("tx_price_p50", "nanotoken", "Median price of a unit of gas, of the day.", "model"),
    metric("tx_fee_p50", "token", "Median fee of a transaction, of the day.", "model"),
    metric("tx_fee_p99", "token", "Fee that 99 % of the day's transactions did not exceed.", "model"),
    metric("tx_out_of_gas_share", "1", "Share of the day's settled transactions whose gas limit did not suffice.", "model"),
    metric("tx_order_violations", "1", "Settled blocks in which a sender's nonces were out of order or had a gap, since the start.", "model"),
    metric("tx_priced_out_share", "1", "Transactions that people wanted and that never came into a block, because it cost too much or took too long, as a share since the start.", "model"),
    metric("pool_waiting", "1", "Transactions that wait at the end of the day.", "model"),
    metric("chain_height", "1", "Number of the newest settled block.", "model"),
    metric("chain_gas_used_share", "1", "Gas used over the gas limit of all blocks since the start.", "model"),
    metric("chain_base_fee", "nanotoken", "Base fee at the end of the day.", "EIP-1559; FIP-0115"),
    metric("chain_burned", "token", "Fees and penalties destroyed since the start.", "model"),
    metric("chain_block_interval", "s", "Mean time between settled blocks since the start.", "model"),
    metric("leader_deviation", "1", "Chi-square distance of the leaders' slots from their stakes, as a standard normal.", "Wilson and Hilferty 1931"),
    metric("finality_lag", "s", "Time since the newest final slot, at the end of the day.", "Casper FFG"),
    metric("slots_missed_share", "1", "Slots without a block, since the start.", "model"),
    metric("stake_slashed", "token", "Stake taken for proven breaches since the start, what reporters got included.", "model"),
    metric("stake_slashed_conserved", "1", "Stake left plus stake taken over stake entered.", "model"),
    metric("validators_slashed", "1", "Validators caught since the start.", "model"),
    metric("orphan_share", "1", "Blocks that were given up, as a share of all found, since the start.", "model"),
    metric("reorganisation_depth_max", "1", "Most blocks the observer gave up at once since the start.", "model"),
    metric("winners_mean", "1", "Mean wins of a round of expected consensus since the start.", "Filecoin specification"),
    metric("null_round_share", "1", "Rounds without a block since the start.", "Filecoin specification"),
    metric("users_active", "1", "Users that fees have not driven away.", "model"),
    metric("users_lost_share", "1", "Users that fees have driven away, as a share of all.", "model"),
];
