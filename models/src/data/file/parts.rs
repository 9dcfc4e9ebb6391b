//! The smaller tables of `[data]`.

use schemars::JsonSchema;
use serde::Deserialize;

use super::store::fidelity;
use super::{EXPONENT_MAX, PER_SECOND, REQUESTS_PER_SECOND, code, count, duration};
use crate::data::audit::SAMPLE_MAX;
use crate::data::coding::Code;
use crate::data::keys::SHARES_MAX;
use crate::data::settings::{
    AuditSettings, ExposureSettings, FlashCrowdSettings, GrowthSettings, KeySettings, NodeSettings,
    Protection, RareSettings, RecordSettings, StoreSettings,
};
use crate::input::RunDays;
use crate::input::check::Checker;
use crate::input::tree::ValueId;
use crate::policy::choice::Given;
use crate::policy::replica_selection::ReplicaSelection;

const OBJECTS_MAX: i64 = 1_000_000;
const USERS_MAX: i64 = 1_000_000;
const TRIALS_MAX: i64 = 100_000;
const RECORDS_MAX: usize = 100;
const CHUNKS_MAX: i64 = 60_000;
const SAMPLES_MAX: usize = 20;
const AUDITS_MAX: i64 = 100_000;
const QUEUE_MAX: i64 = 1_000_000;
const LOAD_MAX: f64 = 10_000.0;
const RETENTION_DAYS_MAX: u32 = 36_525;

/// Curious nodes that pool what they hold.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["protection", "curious"]))]
pub struct ExposureSection {
    /// Pieces in the clear, a key that only readers have, or secret sharing.
    #[schemars(with = "String", extend("enum" = ["plain", "encrypted", "shared"]))]
    pub protection: Option<ValueId>,
    /// Share of curious nodes at the end of the run; it grows evenly from zero.
    #[schemars(with = "String")]
    pub curious: Option<ValueId>,
    /// Whether single nodes turn curious or owners with all their nodes. Default "node".
    #[schemars(with = "String", extend("enum" = ["node", "owner"]))]
    pub by: Option<ValueId>,
    /// Nodes with the key of an object, for "encrypted"; 0 where its owner alone has it. Default 1.
    #[schemars(with = "u32")]
    pub readers: Option<ValueId>,
}

pub(super) fn exposure(
    checker: &mut Checker<'_>,
    typed: &ExposureSection,
    nodes: Option<u32>,
    run: Option<RunDays>,
) -> Option<ExposureSettings> {
    let key = "data.exposure.protection";
    let protection = checker.required(typed.protection, key, "\"plain\"");
    let choices = [
        ("plain", Protection::Plain),
        ("encrypted", Protection::Encrypted),
        ("shared", Protection::Shared),
    ];
    let protection = checker.choice(protection, key, &choices);
    let curious = checker.required(typed.curious, "data.exposure.curious", "\"30 %\"");
    let curious = checker.share(curious, "data.exposure.curious", 1.0);
    let by = [("node", false), ("owner", true)];
    let by_owner = checker.choice(typed.by, "data.exposure.by", &by);
    let most = i64::from(nodes.unwrap_or(1).min(1_000));
    let readers = checker.integer(typed.readers, "data.exposure.readers", 0..=most);
    let encrypted = protection.is_none_or(|protection| protection == Protection::Encrypted);
    let whom = "protection = \"encrypted\"";
    checker.refuse_idle("data.exposure", &[("readers", typed.readers, encrypted, whom)]);
    Some(ExposureSettings {
        protection: protection?,
        curious_share: curious?,
        days: run?.horizon_days,
        by_owner: by_owner.unwrap_or(false),
        readers: readers.unwrap_or(1) as u16,
    })
}

/// Losses too rare to wait for: importance splitting on the number of missing pieces, one estimate
/// each simulated day.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RareSection {
    /// Trials of each level and day. Default 1000.
    #[schemars(with = "u32", range(min = 10, max = 100_000))]
    pub trials: Option<ValueId>,
    /// The chance is that of a loss within this time. Default "1 y".
    #[schemars(with = "String")]
    pub within: Option<ValueId>,
    /// Objects that are simulated together, on all nodes and with their outages; the chance is that
    /// of a loss among them. Default 1: one object, on nodes of its own unless the store has shocks
    /// or damage; outages, which keep the data, are left out then.
    #[schemars(with = "u32", range(min = 1, max = 1_000))]
    pub objects: Option<ValueId>,
}

/// Most objects whose losses are estimated together.
const RARE_OBJECTS_MAX: i64 = 1_000;

/// What an estimate by splitting cannot tell of a store: losses by devices of a fleet, and bounds
/// that objects share which are not in it.
fn beyond_splitting(
    checker: &mut Checker<'_>,
    given: ValueId,
    objects: u32,
    store: &StoreSettings,
    nodes: &NodeSettings,
) {
    let shared = u64::from(store.objects) * u64::from(store.code.pieces - store.code.needed);
    let bounded = u64::from(store.repair.at_once) < shared;
    let few = objects < store.objects;
    let (message, help) = if nodes.on.is_some() || nodes.lost_share > 0.0 {
        (
            "losses by devices of the fleet are not in the estimate".to_owned(),
            "leave out data.nodes.on and lost_share and give data.nodes.life",
        )
    } else if bounded && few {
        let (most, all) = (store.repair.at_once, store.objects);
        let message =
            format!("{objects} of {all} objects do not meet the bound of {most} rebuilds");
        (message, "leave out data.store.repair.at_once, or set data.rare.objects to all objects")
    } else if nodes.capacity.is_some() && few {
        let message = format!("{objects} of {} objects do not fill the nodes", store.objects);
        (message, "leave out data.nodes.capacity, or set data.rare.objects to all objects")
    } else {
        return;
    };
    checker.fault(given, "data.rare", message, help);
}

/// Of the table `given`, for a store on its nodes where both are right.
pub(super) fn rare(
    checker: &mut Checker<'_>,
    given: ValueId,
    typed: &RareSection,
    store: Option<(&StoreSettings, &NodeSettings)>,
) -> Option<RareSettings> {
    let trials = checker.integer(typed.trials, "data.rare.trials", 10..=TRIALS_MAX);
    let most = store.map_or(i64::MAX, |(store, _)| store.objects.into()).min(RARE_OBJECTS_MAX);
    let objects = checker.integer(typed.objects, "data.rare.objects", 1..=most);
    let objects = objects.unwrap_or(1) as u32;
    if let Some((store, nodes)) = store {
        beyond_splitting(checker, given, objects, store, nodes);
    }
    let within = duration(checker, typed.within, "data.rare.within");
    let year = pinwheel_core::SimDuration::from_seconds(31_557_600);
    let trials = trials.unwrap_or(1_000) as u32;
    Some(RareSettings { trials, within: within.unwrap_or(year), objects })
}

/// A ledger that grows.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["record"]))]
pub struct GrowthSection {
    /// Kinds of records.
    #[schemars(length(min = 1))]
    pub record: Vec<RecordSection>,
}

/// One kind of record.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["id", "rate", "size"]))]
pub struct RecordSection {
    /// Its name, such as "transaction".
    #[schemars(with = "String")]
    pub id: Option<ValueId>,
    /// How many are written, such as "15 /s" (Poisson).
    #[schemars(with = "String")]
    pub rate: Option<ValueId>,
    /// Mean size, such as "220 B".
    #[schemars(with = "String")]
    pub size: Option<ValueId>,
    /// Coefficient of variation of the size (log-normal). Default 0.
    #[schemars(with = "f64")]
    pub size_variation: Option<ValueId>,
    /// How long a node that prunes keeps it, in whole days. Default for ever.
    #[schemars(with = "String")]
    pub retention: Option<ValueId>,
    /// Share of its bytes that is live state and stays whatever the retention. Default 0.
    #[schemars(with = "String")]
    pub state: Option<ValueId>,
    /// Pieces that are needed and stored of it, spread over the nodes. Default: whole on each.
    #[schemars(with = "u32")]
    pub needed: Option<ValueId>,
    /// Pieces that a record is coded into.
    #[schemars(with = "u32")]
    pub pieces: Option<ValueId>,
}

pub(super) fn growth(checker: &mut Checker<'_>, typed: &GrowthSection) -> Option<GrowthSettings> {
    if typed.record.is_empty() {
        let example = "[{ id = \"transaction\", rate = \"15 /s\", size = \"220 B\" }]";
        checker.required(None, "data.growth.record", example);
        return None;
    }
    if let Some(given) = typed.record.get(RECORDS_MAX).and_then(|record| record.id) {
        let message = format!("{} kinds of records", typed.record.len());
        checker.fault(given, "data.growth.record", message, format!("at most {RECORDS_MAX}"));
        return None;
    }
    let mut records = Vec::new();
    for (number, typed) in typed.record.iter().enumerate() {
        records.push(record(checker, typed, &format!("data.growth.record[{number}]")));
    }
    let ids = typed.record.iter().zip(&records);
    let ids = ids.filter_map(|(typed, record)| Some((typed.id, record.as_ref()?.id.clone())));
    let ids: Vec<_> = ids.collect();
    checker.unique(&ids, "data.growth.record");
    Some(GrowthSettings { records: records.into_iter().collect::<Option<_>>()? })
}

fn record(checker: &mut Checker<'_>, typed: &RecordSection, key: &str) -> Option<RecordSettings> {
    let id = checker.required(typed.id, &format!("{key}.id"), "\"transaction\"");
    let id = checker.identifier(id, &format!("{key}.id"));
    let rate = checker.required(typed.rate, &format!("{key}.rate"), "\"15 /s\"");
    let rate = checker.quantity(rate, &format!("{key}.rate"), "1/s", false, PER_SECOND);
    let size = checker.required(typed.size, &format!("{key}.size"), "\"220 B\"");
    let size = checker.quantity(size, &format!("{key}.size"), "B", false, 1.0..=1e9);
    let variation = format!("{key}.size_variation");
    let size_cv = checker.quantity(typed.size_variation, &variation, "1", true, 0.0..=100.0);
    let retention = format!("{key}.retention");
    let retention_days = checker.days(typed.retention, &retention, RETENTION_DAYS_MAX);
    let state = checker.share(typed.state, &format!("{key}.state"), 1.0);
    let pruned = typed.retention.is_some();
    checker.refuse_idle(key, &[("state", typed.state, pruned, "records with a retention")]);
    let coded = (typed.needed.is_some() || typed.pieces.is_some())
        .then(|| code(checker, typed.needed, typed.pieces, key));
    let coded: Option<Code> = super::whole(coded)?;
    Some(RecordSettings {
        id: id?,
        per_second: rate?,
        mean_bytes: size?,
        size_cv: size_cv.unwrap_or(0.0),
        retention_days,
        state_share: state.unwrap_or(0.0),
        coded,
    })
}

/// Keys that are stolen and lost.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["users", "thefts", "losses"]))]
pub struct KeySection {
    /// How many users have a key.
    #[schemars(with = "u32")]
    pub users: Option<ValueId>,
    /// Objects under the key of one user. Default 1.
    #[schemars(with = "u32")]
    pub objects_per_user: Option<ValueId>,
    /// Shares that a key is cut into. Default 1: the user has the key alone.
    #[schemars(with = "u32", range(min = 1, max = 64))]
    pub shares: Option<ValueId>,
    /// Shares that open it. Default 1.
    #[schemars(with = "u32", range(min = 1, max = 64))]
    pub needed: Option<ValueId>,
    /// How often one share is stolen, such as "5 %/y".
    #[schemars(with = "String")]
    pub thefts: Option<ValueId>,
    /// How often one share is lost.
    #[schemars(with = "String")]
    pub losses: Option<ValueId>,
    /// All shares are made anew this often. Default never.
    #[schemars(with = "String")]
    pub refresh: Option<ValueId>,
}

pub(super) fn keys(checker: &mut Checker<'_>, typed: &KeySection) -> Option<KeySettings> {
    let users = count(checker, typed.users, "data.keys.users", "1000", USERS_MAX);
    let key = "data.keys.objects_per_user";
    let objects = checker.integer(typed.objects_per_user, key, 1..=OBJECTS_MAX);
    let most = i64::from(SHARES_MAX);
    let shares = checker.integer(typed.shares, "data.keys.shares", 1..=most).unwrap_or(1);
    let needed = checker.integer(typed.needed, "data.keys.needed", 1..=shares as i64);
    let thefts = checker.required(typed.thefts, "data.keys.thefts", "\"5 %/y\"");
    let thefts = checker.quantity(thefts, "data.keys.thefts", "1/s", false, PER_SECOND);
    let losses = checker.required(typed.losses, "data.keys.losses", "\"5 %/y\"");
    let losses = checker.quantity(losses, "data.keys.losses", "1/s", false, PER_SECOND);
    let refresh = duration(checker, typed.refresh, "data.keys.refresh");
    Some(KeySettings {
        users: users?,
        objects_per_user: objects.unwrap_or(1) as u32,
        shares: shares as u16,
        needed: needed.unwrap_or(1) as u16,
        thefts_per_second: thefts?,
        losses_per_second: losses?,
        refresh,
    })
}

/// Light clients that sample chunks.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["chunks", "missing", "samples", "audits_per_day"]))]
pub struct AuditSection {
    /// Chunks of the audited object.
    #[schemars(with = "u32", range(min = 1, max = 60_000))]
    pub chunks: Option<ValueId>,
    /// Chunks that its holder withholds.
    #[schemars(with = "u32")]
    pub missing: Option<ValueId>,
    /// Size of a chunk. Default "512 B".
    #[schemars(with = "String")]
    pub chunk_size: Option<ValueId>,
    /// Sizes of the samples to compare.
    #[schemars(with = "Vec<u32>", length(min = 1))]
    pub samples: Vec<ValueId>,
    /// Audits of each size in a day.
    #[schemars(with = "u32")]
    pub audits_per_day: Option<ValueId>,
    /// Whether a missing chunk is known as such, or its answer fails its hash. Default "modelled".
    #[schemars(with = "String", extend("enum" = ["modelled", "real"]))]
    pub bytes: Option<ValueId>,
}

pub(super) fn audit(checker: &mut Checker<'_>, typed: &AuditSection) -> Option<AuditSettings> {
    let chunks = count(checker, typed.chunks, "data.audit.chunks", "1024", CHUNKS_MAX);
    let most = i64::from(chunks.unwrap_or(u32::MAX));
    let missing = count(checker, typed.missing, "data.audit.missing", "10", most);
    let key = "data.audit.chunk_size";
    let bytes = checker.quantity(typed.chunk_size, key, "B", false, 1.0..=4_096.0);
    let sizes = typed.samples.iter().take(SAMPLES_MAX).enumerate();
    let largest = most.min(i64::from(SAMPLE_MAX));
    let mut samples = Vec::new();
    for (number, &given) in sizes {
        let key = format!("data.audit.samples[{number}]");
        samples.extend(checker.integer(Some(given), &key, 1..=largest));
    }
    if typed.samples.is_empty() || typed.samples.len() > SAMPLES_MAX {
        let given = typed.samples.first().copied();
        match given {
            None => drop(checker.required(None, "data.audit.samples", "[10, 20]")),
            Some(given) => {
                let message = format!("{} sizes", typed.samples.len());
                let help = format!("at most {SAMPLES_MAX}");
                checker.fault(given, "data.audit.samples", message, help);
            }
        }
        return None;
    }
    let key = "data.audit.audits_per_day";
    let audits = count(checker, typed.audits_per_day, key, "100", AUDITS_MAX);
    let fidelity = fidelity(checker, typed.bytes, "data.audit.bytes");
    Some(AuditSettings {
        chunks: chunks?,
        missing: missing?,
        chunk_bytes: bytes.unwrap_or(512.0) as u64,
        samples: samples.into_iter().map(|sample| sample as u32).collect(),
        audits_per_day: audits?,
        fidelity,
    })
}

/// Requests for popular objects.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["objects", "requests", "hot_time", "cold_time", "begins", "lasts", "load"]))]
pub struct FlashCrowdSection {
    /// Objects that are asked for.
    #[schemars(with = "u32")]
    pub objects: Option<ValueId>,
    /// Exponent of Zipf's law for their popularity. Default 1.
    #[schemars(with = "f64")]
    pub exponent: Option<ValueId>,
    /// Nodes that have each object. Default 3.
    #[schemars(with = "u32")]
    pub replicas: Option<ValueId>,
    /// Usual requests, such as "5 /s" (Poisson).
    #[schemars(with = "String")]
    pub requests: Option<ValueId>,
    /// Mean service times of the two tiers (exponential).
    #[schemars(with = "String")]
    pub hot_time: Option<ValueId>,
    /// Mean service time of an object that is not in the hot tier, such as "80 ms".
    #[schemars(with = "String")]
    pub cold_time: Option<ValueId>,
    /// Objects in the hot tier of a node: those used last. Default 0.
    #[schemars(with = "u32")]
    pub hot_objects: Option<ValueId>,
    /// Longest queue of a node; a request that meets it is dropped. Default 100.
    #[schemars(with = "u32")]
    pub queue: Option<ValueId>,
    /// When the crowd comes, counted from the start, and how long it stays.
    #[schemars(with = "String")]
    pub begins: Option<ValueId>,
    /// How long the crowd stays, such as "2 h".
    #[schemars(with = "String")]
    pub lasts: Option<ValueId>,
    /// Requests of the crowd in multiples of the usual.
    #[schemars(with = "f64")]
    pub load: Option<ValueId>,
    /// Which of the nodes that have an object a request goes to. Default "shortest_queue".
    #[schemars(with = "ReplicaSelection")]
    pub replica_selection: Option<ValueId>,
}

/// Most places that objects may have: one on each node for its memory, one for each replica.
const PLACES_MAX: u64 = 100_000_000;

pub(super) fn flash_crowd(
    checker: &mut Checker<'_>,
    typed: &FlashCrowdSection,
    nodes: Option<u32>,
) -> Option<FlashCrowdSettings> {
    let objects = count(checker, typed.objects, "data.flash_crowd.objects", "1000", OBJECTS_MAX);
    let key = "data.flash_crowd.exponent";
    let exponent = checker.quantity(typed.exponent, key, "1", true, 0.0..=EXPONENT_MAX);
    let most = i64::from(nodes.unwrap_or(1).min(1_000));
    let replicas = checker.integer(typed.replicas, "data.flash_crowd.replicas", 1..=most);
    let requests = checker.required(typed.requests, "data.flash_crowd.requests", "\"5 /s\"");
    let requests =
        checker.quantity(requests, "data.flash_crowd.requests", "1/s", false, REQUESTS_PER_SECOND);
    let hot_time = checker.required(typed.hot_time, "data.flash_crowd.hot_time", "\"20 ms\"");
    let hot_time = duration(checker, hot_time, "data.flash_crowd.hot_time");
    let cold_time = checker.required(typed.cold_time, "data.flash_crowd.cold_time", "\"200 ms\"");
    let cold_time = duration(checker, cold_time, "data.flash_crowd.cold_time");
    let hot = checker.integer(typed.hot_objects, "data.flash_crowd.hot_objects", 0..=OBJECTS_MAX);
    let queue = checker.integer(typed.queue, "data.flash_crowd.queue", 1..=QUEUE_MAX);
    let begins = checker.required(typed.begins, "data.flash_crowd.begins", "\"12 h\"");
    let begins = duration(checker, begins, "data.flash_crowd.begins");
    if let Some(begins) = begins {
        checker.refuse_late(typed.begins, "data.flash_crowd.begins", begins);
    }
    let lasts = checker.required(typed.lasts, "data.flash_crowd.lasts", "\"10 min\"");
    let lasts = duration(checker, lasts, "data.flash_crowd.lasts");
    let load = checker.required(typed.load, "data.flash_crowd.load", "10");
    let load = checker.quantity(load, "data.flash_crowd.load", "1", true, 1e-3..=LOAD_MAX);
    let selection = ReplicaSelection::read(&mut Given {
        checker,
        table: "data.flash_crowd",
        key: "replica_selection",
        name: typed.replica_selection,
        beside: &[],
    });
    let chooses = replicas.unwrap_or(3) > 1;
    let given = typed.replica_selection;
    let whom = "objects with more than one replica";
    checker.refuse_idle("data.flash_crowd", &[("replica_selection", given, chooses, whom)]);
    let held = u64::from(nodes.unwrap_or(1)) + replicas.unwrap_or(3);
    let places = u64::from(objects?) * held;
    if let (true, Some(given)) = (places > PLACES_MAX, typed.objects) {
        let message = format!("{places} places for objects on the nodes");
        checker.fault(given, "data.flash_crowd.objects", message, format!("at most {PLACES_MAX}"));
        return None;
    }
    Some(FlashCrowdSettings {
        objects: objects?,
        exponent: exponent.unwrap_or(1.0),
        replicas: replicas.unwrap_or(i64::min(3, most) as u64) as u16,
        requests_per_second: requests?,
        hot_seconds: hot_time?.as_seconds(),
        cold_seconds: cold_time?.as_seconds(),
        hot_objects: hot.unwrap_or(0) as u32,
        queue_max: queue.unwrap_or(100) as u32,
        begins: begins?,
        lasts: lasts?,
        load: load?,
        replica_selection: selection?,
    })
}
