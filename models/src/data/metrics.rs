//! What the data layer records, at the end of each day. Counts are since the start.

use super::settings::Settings;
use crate::describe::{MetricSpec, Section, metric};

/// Every metric of the layer, in the order of their numbers.
#[rustfmt::skip]
pub const METRICS: &[MetricSpec] = &[
    metric(Section::Service, "data_objects_readable", "1",
        "Share of the objects of which enough pieces can be reached; label \"contested\" for those that censors refuse.", "model").also_by(&["contested"]),
    metric(Section::Service, "data_read_availability", "1",
        "Mean share of the objects that could be read, since the start.", "model"),
    metric(Section::Service, "data_availability_nines", "1",
        "Read availability as a number of nines: -log10 of the share that could not be read, at most 15.", "model"),
    metric(Section::Service, "data_objects_lost", "1", "Objects of which too few intact pieces were left.", "model"),
    metric(Section::Service, "data_pieces_missing", "1", "Pieces that repair has to make anew.", "model"),
    metric(Section::Service, "data_overhead", "1", "Stored bytes for each byte of user data.", "pieces / needed"),
    metric(Section::Service, "data_repair_traffic", "GB", "Bytes read and written by rebuilds.", "model"),
    metric(Section::Service, "data_rebuilds", "1", "Pieces made anew.", "model"),
    metric(Section::Service, "data_rebuilds_restarted", "1",
        "Rebuilds that found too few pieces, or no node, and began again.", "model"),
    metric(Section::Service, "data_scrub_traffic", "GB", "Bytes that nodes read to check what they hold.", "model"),
    metric(Section::Service, "data_pieces_damaged", "1", "Pieces struck by bit rot or a tamperer.", "model"),
    metric(Section::Service, "data_damage_found", "1", "Damaged pieces that a scrub, read or rebuild found.", "model"),
    metric(Section::Service, "data_reads", "1", "Reads of objects.", "model"),
    metric(Section::Service, "data_reads_failed", "1", "Share of the reads that found too few pieces.", "model"),
    metric(Section::Service, "data_corrupt_reads", "1", "Reads that returned other bytes than were stored.", "model"),
    metric(Section::Service, "data_mttdl", "h", "Object time for each loss: the mean time to data loss.", "model"),
    metric(Section::Service, "data_mttdl_closed", "h",
        "Mean time to data loss in theory, for exponential lives and rebuilds.", "Angus 1988"),
    metric(Section::Service, "data_mttdl_ratio", "1", "Measured mean time to data loss over the theory.", "model"),
    metric(Section::Service, "data_censored_pieces", "1",
        "Pieces of contested objects on nodes that began to censor.", "model"),
    metric(Section::Service, "data_censored_moved", "1", "Share of these that were placed elsewhere.", "model"),
    metric(Section::Service, "data_loss_chance", "1",
        "Chance that an object is lost within the stated time, by splitting: mean of the days' estimates.", "Garvels and Kroese 1998"),
    metric(Section::Service, "data_loss_half_width", "1",
        "Half of the 95 % interval of that chance, as a share of it.", "model"),
    metric(Section::Service, "data_loss_chance_closed", "1",
        "That chance in theory: 1 - exp(-time / mean time to loss).", "Angus 1988"),
    metric(Section::Service, "data_loss_chance_ratio", "1", "Estimated chance of loss over the theory.", "model"),
    metric(Section::Service, "data_durability_nines", "1",
        "Durability within the stated time as a number of nines: -log10 of the chance of loss.", "model"),
    metric(Section::Service, "data_mttdl_rare", "y", "Mean time to data loss, by splitting.", "Garvels and Kroese 1998"),
    metric(Section::Service, "data_mttdl_rare_ratio", "1", "That time over the theory.", "model"),
    metric(Section::Security, "data_exposed_share", "1",
        "Mean part of an object that curious nodes have seen.", "model"),
    metric(Section::Security, "data_exposed_closed", "1",
        "That part in theory, for curious nodes drawn at random.", "hypergeometric law"),
    metric(Section::Security, "data_exposed_gap", "1", "Measured part less the theory.", "model"),
    metric(Section::Security, "data_leaks", "1/d",
        "Objects of which curious nodes saw something for the first time on this day.", "model"),
    metric(Section::Service, "data_ledger_size", "GB",
        "Ledger and user data on one node, by label: archive or pruned.", "model").by(&["ledger"]),
    metric(Section::Service, "data_ledger_growth", "GB/d", "Growth of that size on this day.", "model").by(&["ledger"]),
    metric(Section::Service, "data_ledger_ratio", "1", "That size over rate x size x time kept.", "model").by(&["ledger"]),
    metric(Section::Security, "data_key_thefts", "1", "Shares of keys that were stolen.", "model"),
    metric(Section::Security, "data_key_losses", "1", "Shares of keys that their guardians lost.", "model"),
    metric(Section::Security, "data_keys_exposed", "1",
        "Share of the users whose objects thieves could open.", "model"),
    metric(Section::Security, "data_keys_exposed_closed", "1", "That share in theory.", "binomial law"),
    metric(Section::Security, "data_keys_exposed_gap", "1", "Measured share less the theory.", "model"),
    metric(Section::Security, "data_keys_lost", "1", "Share of the users that lost their objects.", "model"),
    metric(Section::Security, "data_keys_lost_closed", "1", "That share in theory.", "binomial law"),
    metric(Section::Security, "data_exposed_per_theft", "1", "Objects opened for each share stolen.", "model"),
    metric(Section::Security, "data_audit_detected", "1",
        "Share of the audits that found a withheld chunk, by the size of the sample.", "model").by(&["sample"]),
    metric(Section::Security, "data_audit_closed", "1", "That share in theory.", "hypergeometric law").by(&["sample"]),
    metric(Section::Security, "data_audit_gap", "1", "Measured share less the theory.", "model").by(&["sample"]),
    metric(Section::Security, "data_audit_traffic", "MB/d",
        "Chunks that the day's audits fetched, by the size of the sample.", "model").by(&["sample"]),
    metric(Section::Service, "data_requests", "1", "Requests that came in usual times and in the crowd.", "model").by(&["phase"]),
    metric(Section::Service, "data_requests_dropped", "1", "Share of these that met a full queue.", "model").by(&["phase"]),
    metric(Section::Service, "data_request_p99", "s",
        "Delay that 99 % of the answered requests do not exceed.", "model").by(&["phase"]),
    metric(Section::Service, "data_request_hot", "1", "Share of the answered requests served hot.", "model").by(&["phase"]),
    metric(Section::Service, "data_crowd_throughput", "1", "Requests answered each second of the crowd.", "model"),
];

/// The labels of the layer, by their kinds.
pub fn labels(settings: &Settings) -> Vec<(&'static str, Vec<String>)> {
    let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    let contested = settings.store.as_ref().is_some_and(|store| store.contested_share > 0.0);
    let samples = settings.audit.iter().flat_map(|audit| &audit.samples);
    vec![
        ("contested", texts(if contested { &["contested"] } else { &[] })),
        ("ledger", texts(&["archive", "pruned"])),
        ("sample", samples.map(|sample| format!("{sample} samples")).collect()),
        ("phase", texts(&["usual", "crowd"])),
    ]
}
