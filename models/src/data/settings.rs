//! What a scenario says of the data layer, checked.

use pinwheel_core::{Purpose, SimDuration, Stream, Streams};
use serde::{Deserialize, Serialize};

use super::coding::Code;
use crate::laws::draw::Duration;
use crate::laws::failure::FailureLaw;
use crate::part::{DeviceSet, Members};
use crate::policy::placement::Placement;
use crate::policy::replica_selection::ReplicaSelection;
use crate::policy::telemetry::nodes::{Domain, DomainKind};

/// The data layer of a scenario. Each part that is there is simulated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The nodes that everything below lies on.
    pub nodes: NodeSettings,
    /// Objects, where they are simulated.
    pub store: Option<StoreSettings>,
    /// What curious nodes see, where it is simulated.
    pub exposure: Option<ExposureSettings>,
    /// The estimate of rare losses, where it is asked for.
    pub rare: Option<RareSettings>,
    /// Ledgers that grow, where they are simulated.
    pub growth: Option<GrowthSettings>,
    /// Keys of users, where they are simulated.
    pub keys: Option<KeySettings>,
    /// Audits by light clients, where they are simulated.
    pub audit: Option<AuditSettings>,
    /// A rush on popular objects, where it is simulated.
    pub flash_crowd: Option<FlashCrowdSettings>,
}

impl Settings {
    /// Nodes, and nothing that happens on them.
    pub fn new(nodes: NodeSettings) -> Self {
        Settings {
            nodes,
            store: None,
            exposure: None,
            rare: None,
            growth: None,
            keys: None,
            audit: None,
            flash_crowd: None,
        }
    }
}

/// The nodes that hold data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeSettings {
    /// How many nodes there are.
    pub count: u32,
    /// Regions that they are spread over.
    pub regions: u16,
    /// Owners that they belong to.
    pub owners: u16,
    /// Sites that they stand at.
    pub sites: u16,
    /// Exponent of Zipf's law for the sizes of owners; 0 for equal chances.
    pub owner_exponent: f64,
    /// How long a node keeps its data; an empty node then takes its place at once.
    pub life: FailureLaw,
    /// Their outages; `None` if they are always up.
    pub outage: Option<OutageSettings>,
    /// Share of the outages of the fleet's devices that destroy their data.
    pub lost_share: f64,
    /// The devices that are the nodes; `None` for nodes with domains of their own.
    pub on: Option<DeviceSet>,
    /// How much a node can hold; `None` for no bound.
    pub capacity: Option<Capacity>,
    /// Nodes that stand on devices as those are, filled in when the world is built.
    pub placed: Option<Placed>,
}

/// Bytes of pieces that a node can hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Capacity {
    /// Each node so many.
    Each(u64),
    /// By the class of devices that nodes stand on.
    ByClass(Vec<ClassCapacity>),
}

/// What nodes of one class of devices can hold.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassCapacity {
    /// The class, by its place in the fleet's settings.
    pub class: u8,
    /// Nodes of the class.
    pub nodes: u32,
    /// Bytes of pieces that each can hold.
    pub bytes: u64,
}

/// What devices say of the nodes that stand on them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// Which devices they are, by whose names they draw.
    pub members: Members,
    /// The domains of each node.
    pub domains: Vec<Domain>,
    /// The class of each node's device.
    pub classes: Vec<u8>,
}

/// Outages that a node's data survives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutageSettings {
    /// From the end of one to the beginning of the next.
    pub between: Duration,
    /// From its beginning to its end.
    pub lasts: Duration,
}

/// Objects and what happens to them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoreSettings {
    /// How many objects are stored.
    pub objects: u32,
    /// Size of an object, bytes.
    pub object_bytes: u64,
    /// Into how many pieces an object is coded, and how many are enough.
    pub code: Code,
    /// Whether bytes are real.
    pub fidelity: Fidelity,
    /// The policy by which a piece finds its node.
    pub placement: Placement,
    /// Share of the objects that censors refuse.
    pub contested_share: f64,
    /// A lost object is stored anew at once, so that losses can be counted again and again.
    pub renew: bool,
    /// How missing pieces are made anew.
    pub repair: RepairSettings,
    /// What changes bytes; `None` if nothing does.
    pub damage: Option<DamageSettings>,
    /// Objects read a second, chosen at random.
    pub reads_per_second: f64,
    /// What strikes whole domains.
    pub shocks: Vec<Shock>,
}

impl NodeSettings {
    /// Nodes of one owner at one site that never fail.
    pub fn new(count: u32) -> Self {
        NodeSettings {
            count,
            regions: 1,
            owners: 1,
            sites: 1,
            owner_exponent: 0.0,
            life: FailureLaw::Exponential { rate_per_second: 0.0 },
            outage: None,
            lost_share: 0.0,
            on: None,
            capacity: None,
            placed: None,
        }
    }

    /// The stream of a node for a purpose and an index; of a node on a device that of the device.
    pub fn stream(&self, node: u32, purpose: Purpose, index: u64, streams: &Streams) -> Stream {
        match &self.placed {
            Some(placed) => placed.members.stream(node, purpose, index, streams),
            None => streams.indexed(node, purpose, index),
        }
    }

    /// Pieces of so many bytes that each node can hold; `None` for no bound.
    ///
    /// # Panics
    ///
    /// If nodes have a capacity by class and stand on no devices, or a class has no capacity.
    pub fn places(&self, piece_bytes: u64) -> Option<Vec<u32>> {
        let fit = |bytes: u64| u32::try_from(bytes / piece_bytes.max(1)).unwrap_or(u32::MAX);
        match self.capacity.as_ref()? {
            Capacity::Each(bytes) => Some(vec![fit(*bytes); self.count as usize]),
            Capacity::ByClass(classes) => {
                let placed = self.placed.as_ref().expect("nodes of a class stand on devices");
                let of = |class: &u8| {
                    let named = classes.iter().find(|named| named.class == *class);
                    fit(named.expect("each class has its capacity").bytes)
                };
                Some(placed.classes.iter().map(of).collect())
            }
        }
    }

    /// Pieces of so many bytes that all nodes together can hold; `None` for no bound.
    pub fn places_in_all(&self, piece_bytes: u64) -> Option<u64> {
        let fit = |nodes: u32, bytes: u64| u64::from(nodes) * (bytes / piece_bytes.max(1));
        match self.capacity.as_ref()? {
            Capacity::Each(bytes) => Some(fit(self.count, *bytes)),
            Capacity::ByClass(classes) => {
                Some(classes.iter().map(|class| fit(class.nodes, class.bytes)).sum())
            }
        }
    }
}

impl StoreSettings {
    /// Objects of a mebibyte whose missing pieces are all rebuilt at once, each in `rebuild`.
    pub fn new(objects: u32, code: Code, rebuild: Duration) -> Self {
        StoreSettings {
            objects,
            object_bytes: 1 << 20,
            code,
            fidelity: Fidelity::Modelled,
            placement: Placement::Spread(Vec::new()),
            contested_share: 0.0,
            renew: false,
            repair: RepairSettings {
                begins_at: code.pieces - 1,
                at_once_object: u16::MAX,
                at_once: u32::MAX,
                time: rebuild,
                gives_up_after: None,
            },
            damage: None,
            reads_per_second: 0.0,
            shocks: Vec::new(),
        }
    }
}

/// How bytes are treated.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fidelity {
    /// Counted.
    Modelled,
    /// Encoded, hashed, damaged and rebuilt.
    Real,
}

/// How missing pieces are made anew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RepairSettings {
    /// Begins when this many pieces of an object are left, and goes on until all are there.
    pub begins_at: u16,
    /// Most rebuilds under way for one object: 1 is serial repair.
    pub at_once_object: u16,
    /// Most rebuilds under way in all.
    pub at_once: u32,
    /// How long one rebuild takes.
    pub time: Duration,
    /// A node that is down this long is no longer counted on.
    pub gives_up_after: Option<SimDuration>,
}

/// What changes bytes, and what finds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DamageSettings {
    /// Of one piece.
    pub rot_per_second: f64,
    /// Times a second that the bytes of a piece are changed on purpose.
    pub tamper_per_second: f64,
    /// Every node checks all its pieces this often.
    pub scrub: Option<SimDuration>,
    /// What is held against the bytes at a read or a scrub.
    pub verify: Verify,
}

/// What the bytes of a piece are held against when they are read.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verify {
    /// Nothing: damaged bytes are taken for good.
    Nothing,
    /// The hash that lies beside the piece.
    Local,
    /// The hashes that the object's owner keeps.
    Manifest,
}

/// Something that happens to one whole domain at a stated time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shock {
    /// When, counted from the start.
    pub after: SimDuration,
    /// Whether it is a region, an owner or a site.
    pub kind: DomainKind,
    /// Which of them, from 0.
    pub number: u16,
    /// What becomes of its nodes.
    pub effect: Effect,
}

/// What a shock does to the nodes of its domain.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// They are down for a while and keep their data.
    Outage {
        /// For how long.
        lasts: SimDuration,
    },
    /// They are gone for good, with their data.
    Loss,
    /// They refuse contested objects from then on.
    Censors,
}

/// Curious nodes that pool what they see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExposureSettings {
    /// How content is kept from the nodes.
    pub protection: Protection,
    /// Share of curious nodes after `days`; it grows evenly from zero.
    pub curious_share: f64,
    /// Days until all curious nodes are.
    pub days: u32,
    /// Curious are whole owners with all their nodes, instead of single nodes.
    pub by_owner: bool,
    /// Nodes that can open an object, for `Encrypted`.
    pub readers: u16,
}

/// How an object's content is kept from those that hold it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Protection {
    /// Pieces are in the clear.
    Plain,
    /// Only its readers have the key.
    Encrypted,
    /// Fewer pieces than needed tell nothing (Shamir, "How to share a secret", 1979).
    Shared,
}

/// The estimate of losses too rare to wait for, by splitting; one estimate each simulated day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RareSettings {
    /// Trials of each level and day.
    pub trials: u32,
    /// Chance of loss within this time.
    pub within: SimDuration,
    /// Objects that are simulated together; the chance is that of a loss among them.
    pub objects: u32,
}

/// A ledger that every node keeps, and data that is coded over the nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GrowthSettings {
    /// The kinds of record that are written.
    pub records: Vec<RecordSettings>,
}

/// One kind of record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordSettings {
    /// Its name in the scenario.
    pub id: String,
    /// Records written a second.
    pub per_second: f64,
    /// Mean size of a record, bytes.
    pub mean_bytes: f64,
    /// Coefficient of variation of the size (log-normal).
    pub size_cv: f64,
    /// How long a pruned node keeps it; `None` for ever.
    pub retention_days: Option<u32>,
    /// Share of its bytes that is live state and is kept whatever the retention.
    pub state_share: f64,
    /// Only `pieces / needed` of its bytes are stored, spread over the nodes; `None`: every node
    /// keeps it whole.
    pub coded: Option<Code>,
}

/// Keys of users, each alone or shared among guardians.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeySettings {
    /// How many users have a key.
    pub users: u32,
    /// Objects that each key protects.
    pub objects_per_user: u32,
    /// Shares of a key and how many open it; 1 of 1 is a key without shares.
    pub shares: u16,
    /// Shares that are enough to use the key.
    pub needed: u16,
    /// Of one share.
    pub thefts_per_second: f64,
    /// Times a second that one share is lost.
    pub losses_per_second: f64,
    /// Shares are made anew this often: stolen ones are worthless from then on, and lost ones are
    /// replaced while enough are left.
    pub refresh: Option<SimDuration>,
}

/// Light clients that sample chunks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditSettings {
    /// Chunks of a block, coded.
    pub chunks: u32,
    /// Chunks that are withheld.
    pub missing: u32,
    /// Size of a chunk, bytes.
    pub chunk_bytes: u64,
    /// Sizes of the samples that are compared.
    pub samples: Vec<u32>,
    /// Audits a day.
    pub audits_per_day: u32,
    /// Whether chunks and their proofs are real.
    pub fidelity: Fidelity,
}

/// Requests for popular objects, and a crowd that comes at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlashCrowdSettings {
    /// Objects that are asked for.
    pub objects: u32,
    /// Exponent of Zipf's law for their popularity.
    pub exponent: f64,
    /// Nodes that have each object.
    pub replicas: u16,
    /// Requests a second of a usual day.
    pub requests_per_second: f64,
    /// Mean service time of the hot and of the cold tier (exponential).
    pub hot_seconds: f64,
    /// Mean service time of an object that is not in the hot tier, seconds.
    pub cold_seconds: f64,
    /// Objects that fit into a node's hot tier.
    pub hot_objects: u32,
    /// Longest queue of a node; a request that meets it is dropped.
    pub queue_max: u32,
    /// When the crowd comes, counted from the start.
    pub begins: SimDuration,
    /// For how long it stays.
    pub lasts: SimDuration,
    /// Load of the crowd in multiples of the usual.
    pub load: f64,
    /// Which replica a request goes to.
    pub replica_selection: ReplicaSelection,
}
