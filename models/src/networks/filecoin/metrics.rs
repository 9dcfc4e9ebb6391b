//! What a Filecoin run records. The place in the list is the second half of the metric's number;
//! the first is the code of the part.

use super::provider::SizeClass;

use super::settings::{Behaviour, Settings};
use crate::describe::metric::{BOOKKEEPING_LABEL, OBSERVED_LABEL};
use crate::describe::{MetricSpec, Section, metric};

/// The label of providers that declare their faults.
pub const HONEST_LABEL: &str = "honest";
/// The label of providers that claim proofs of data which is gone.
pub const CHEATER_LABEL: &str = "cheater";

/// Every metric. Those "by size class" carry the class as their label.
#[rustfmt::skip]
pub const METRICS: &[MetricSpec] = &[
    metric(Section::Other, "raw_power", "EiB",
        "Raw byte power of all active sectors that are not faulty.", "power actor").also_by(&["observation", "bookkeeping"]),
    metric(Section::Other, "qa_power", "EiB",
        "Quality-adjusted power: verified sectors count ten times.", "power actor; FIP-0003").also_by(&["observation", "bookkeeping"]),
    metric(Section::Other, "baseline_power", "EiB",
        "Baseline: the raw power that earns the full baseline reward; doubles each year.", "reward actor"),
    metric(Section::Actors, "providers_active", "1", "Storage providers with power.", "model"),
    metric(Section::Other, "onboarded_raw", "PiB/d", "Raw power of new sectors.", "model; driven by data")
        .also_by(&["observation"]),
    metric(Section::Other, "renewed_raw", "PiB/d",
        "Raw power of sectors extended beyond their expiry.", "model; driven by data").also_by(&["observation"]),
    metric(Section::Other, "expired_raw", "PiB/d",
        "Raw power of sectors that reached their expiry.", "miner actor"),
    metric(Section::Other, "terminated_raw", "PiB/d", "Raw power of sectors ended early.", "miner actor"),
    metric(Section::Security, "faulty_raw", "PiB", "Raw power that misses its proofs.", "miner actor"),
    metric(Section::Supply, "this_epoch_reward", "FIL",
        "Block reward of the epoch, for all its winners together.", "reward actor"),
    metric(Section::Other, "effective_network_time", "epoch",
        "Time at which the baseline would have reached the cumulative realised power.", "reward actor"),
    metric(Section::Supply, "minted", "FIL/d", "Block rewards paid out.", "reward actor"),
    metric(Section::Supply, "scheduled", "FIL/d",
        "Block rewards if each epoch had its five expected wins.", "reward actor"),
    metric(Section::Supply, "minted_ratio", "1", "Minted over scheduled.", "model"),
    metric(Section::Supply, "pledge_per_32gib", "FIL",
        "Initial pledge of a 32 GiB sector without deals.", "miner actor; FIP-0081"),
    metric(Section::Supply, "supply_vested", "FIL", "Genesis allocations vested so far.", "circulating supply rule"),
    metric(Section::Supply, "supply_mined", "FIL", "Block rewards minted so far.", "reward actor"),
    metric(Section::Supply, "supply_burned", "FIL", "FIL burned so far.", "burned-funds actor").also_by(&["observation"]),
    metric(Section::Supply, "supply_locked", "FIL",
        "FIL locked as collateral or as vesting rewards.", "circulating supply rule").also_by(&["observation"]),
    metric(Section::Supply, "locked_pledge", "FIL",
        "FIL locked as collateral: pledge of sectors, deposits and, until nv23, collateral of deals.", "miner actor"),
    metric(Section::Supply, "locked_vesting", "FIL", "Block rewards that still vest.", "miner actor"),
    metric(Section::Supply, "supply_circulating", "FIL",
        "Vested and mined, less burned and locked, as the protocol counts it.", "circulating supply rule"),
    metric(Section::Supply, "supply_reserve", "FIL", "FIL not yet minted or vested.", "model"),
    metric(Section::Flows, "burn_base_fee", "FIL/d", "Base fees burned.", "gas rules; FIP-0115"),
    metric(Section::Flows, "burn_overestimation", "FIL/d",
        "Burned because gas limits were more than a tenth above the gas used.", "lotus chain/vm/burn.go"),
    metric(Section::Flows, "burn_batch_fee", "FIL/d",
        "Network fees of batched pre-commitments and aggregated proofs burned, until nv25.", "FIP-0013; FIP-0024"),
    metric(Section::Flows, "burn_fault_fee", "FIL/d", "Fault fees burned.", "miner actor"),
    metric(Section::Flows, "burn_termination_fee", "FIL/d", "Termination fees burned.", "miner actor; FIP-0098"),
    metric(Section::Flows, "burn_daily_fee", "FIL/d", "Daily sector fees burned.", "FIP-0100"),
    metric(Section::Flows, "burn_stream", "FIL/d",
        "Share of rewards burned by the streams of Solstice.", "FIP-0118"),
    metric(Section::Service, "service_stream", "FIL/d",
        "Share of rewards paid to the service streams of Solstice.", "FIP-0118"),
    metric(Section::Flows, "base_fee", "attoFIL", "Base fee for each unit of gas.", "gas rules; FIP-0115"),
    metric(Section::Flows, "gas_used_share", "1", "Gas used over the block gas limit.", "gas rules"),
    metric(Section::Other, "wins", "1/d", "Election wins of all providers.", "expected consensus"),
    metric(Section::Security, "wins_lost", "1/d",
        "Wins of providers that made no block of them.", "expected consensus"),
    metric(Section::Security, "null_rounds", "1/d", "Epochs without a block.", "expected consensus"),
    metric(Section::Security, "windowpost_due", "1/d", "Deadlines with sectors to prove, of all providers.", "miner actor"),
    metric(Section::Security, "windowpost_missed", "1/d", "Of these, deadlines at which nothing was proven.", "miner actor"),
    metric(Section::Other, "disks_failed", "1/d", "Disks that failed.", "model"),
    metric(Section::Other, "outages", "1/d", "Outages of sites, power feeds and operators.", "model"),
    metric(Section::Flows, "fil_price", "USD", "Price of one FIL.", "scenario"),
    metric(Section::Actors, "income", "FIL/d", "Income of providers, by size class.", "model").by(&["size class"]),
    metric(Section::Flows, "cost", "USD/d", "Cost of providers, by size class: running, hardware, sealing and the FIL they burn.", "model").by(&["size class"]),
    metric(Section::Actors, "margin", "USD/d", "Income less cost of providers, by size class.", "model").by(&["size class"]),
    metric(Section::Actors, "power_share", "1", "Share of the quality-adjusted power, by size class.", "model").by(&["size class"]),
    metric(Section::Actors, "providers", "1", "Providers with live sectors, by size class.", "model").by(&["size class"]),
    metric(Section::Supply, "locked_deposits", "FIL",
        "Of the collateral, deposits of sectors pre-committed and not yet proven.", "miner actor; FIP-0034"),
    metric(Section::Supply, "locked_deals", "FIL",
        "Of the collateral, that of deals: 1 % of the circulating supply by their share of power.", "market actor; FIP-0065"),
    metric(Section::Other, "network_version", "1", "Version of the network's rules in force.", "lotus params_mainnet.go"),
    metric(Section::Other, "upgraded_raw", "PiB/d",
        "Raw power of sectors raised to quality 10 that had no data.", "miner actor; FIP-0118"),
    metric(Section::Service, "service_passed_on", "FIL/d",
        "Of the service streams, what is passed on to storage providers.", "FIP-0118"),
    metric(Section::Actors, "tips", "FIL/d",
        "What others than providers add to their messages for those who include them.", "gas rules"),
    metric(Section::Security, "attack_cost_third", "USD",
        "Hardware, sealing and pledge of new sectors with a third of all power, without any data.", "model"),
    metric(Section::Security, "attack_cost_half", "USD",
        "Hardware, sealing and pledge of new sectors with half of all power, without any data.", "model"),
    metric(Section::Actors, "reward_per_power_slope", "1",
        "Least-squares slope of the size classes' shares of income over their shares of power; 1 if rewards follow power.", "model"),
    metric(Section::Actors, "wins_dispersion", "1",
        "Chi-square of wins by provider against shares of power, over its degrees of freedom; 1 if the lottery is fair.", "Pearson 1900"),
    metric(Section::Security, "loss_noticed_share", "1",
        "Of sectors whose data was lost since the start, the share that the chain noticed within 48 h.", "model"),
    metric(Section::Security, "loss_notice_hours", "h",
        "Mean time from the loss of data to the deadline or dispute at which the chain noticed it.", "model"),
    metric(Section::Security, "loss_notice_hours_max", "h", "The longest of these times.", "model"),
    metric(Section::Security, "fault_fee_ratio", "1",
        "Fault fees burned over what the miner actor asks for the same faulty power at the end of the day.", "miner actor"),
    metric(Section::Security, "hidden_losses_raw", "PiB",
        "Raw power of sectors without data whose proofs their provider claims.", "model"),
    metric(Section::Security, "invalid_proofs", "1/d", "Proofs claimed without the data, of a partition each.", "FIP-0010"),
    metric(Section::Security, "disputes", "1/d", "Invalid proofs that were disputed within the window.", "FIP-0010"),
    metric(Section::Security, "consensus_faults", "1/d", "Consensus faults that were reported.", "miner actor"),
    metric(Section::Flows, "burn_dispute", "FIL/d", "Of penalties for invalid proofs, what was burned.", "miner actor"),
    metric(Section::Flows, "burn_consensus_fault", "FIL/d",
        "Of penalties for consensus faults, what was burned.", "miner actor"),
    metric(Section::Flows, "slash_rewards", "FIL/d",
        "Of both, what was paid to those who disputed and reported.", "miner actor"),
    metric(Section::Flows, "slashed", "FIL/d", "What both took from providers, by the ledger.", "model"),
    metric(Section::Security, "penalty_dispute", "FIL/d",
        "What the miner actor asks for disputed proofs, of honest providers and of cheaters.", "miner actor").by(&["conduct"]),
    metric(Section::Security, "penalty_consensus_fault", "FIL/d",
        "What the miner actor asks for consensus faults, of honest providers and of cheaters.", "miner actor").by(&["conduct"]),
    metric(Section::Security, "cheating_saved", "USD/d",
        "Running costs that cheaters save on sectors whose data is gone.", "model"),
    metric(Section::Security, "cheating_loss", "FIL/d",
        "What cheating costs cheaters: penalties, fees for what was exposed, block reward forgone.", "model"),
    metric(Section::Security, "cheating_value", "USD",
        "Saved less lost since the start at each day's price, mean of a cheater: its gain over an honest provider.", "model"),
];

/// The labels of a Filecoin network, by their kinds.
pub fn labels(settings: &Settings) -> Vec<(&'static str, Vec<String>)> {
    let driven = |label: &str| match settings.behaviour {
        Behaviour::Driven(_) => vec![label.to_owned()],
        Behaviour::Rational(_) => Vec::new(),
    };
    let classes = SizeClass::ALL.iter().map(|class| class.name().to_owned());
    vec![
        ("size class", classes.collect()),
        ("conduct", vec![HONEST_LABEL.to_owned(), CHEATER_LABEL.to_owned()]),
        ("observation", driven(OBSERVED_LABEL)),
        ("bookkeeping", driven(BOOKKEEPING_LABEL)),
    ]
}
