//! Data that outlives its disks: objects as pieces on nodes, and what becomes of them.
//!
//! Parts, each simulated where the scenario has it: [`store`] (placement over failure domains,
//! replication and erasure coding, repair, bit rot and tampering with hash checks, outages, losses
//! and censors), [`splitting`] (losses too rare to wait for), [`exposure`] (what curious nodes
//! see), [`keys`] (keys stolen and lost), [`audit`] (sampling by light clients), [`growth`]
//! (ledgers and their pruning), [`flash_crowd`] (popular objects under a rush).
//!
//! Left out: nodes that are down under a flash crowd, which its requests neither meet nor avoid;
//! the bytes of ledgers in the capacity of nodes, which pieces alone take; contention between
//! repair and readers, versions of objects, who pays. With `fidelity = "real"` bytes are
//! encoded, hashed and rebuilt; encryption and secret sharing are always modelled. Rules come from
//! the papers named at each formula.
//!
//! Invariants: the counts of pieces agree with the pieces; no node holds more than it can; what
//! passes its owner's hashes is what was stored; a byte of the ledger is kept or pruned; a request
//! is served, dropped or waits.

pub mod audit;
pub mod card;
pub mod coding;
pub mod exposure;
pub mod figures;
pub mod file;
pub mod flash_crowd;
pub mod formulas;
pub mod growth;
mod integrity;
pub mod keys;
pub mod metrics;
pub mod nodes;
pub mod object_bytes;
pub mod objects;
mod part;
mod record;
pub mod repair;
pub mod settings;
pub mod spec;
pub mod splitting;
pub mod store;

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, SimDuration};
use serde::{Deserialize, Serialize};

use crate::describe::EventKinds;
use crate::part::{Around, Devices, Members};
use crate::policy::telemetry::nodes::Domain;
use audit::Audit;
use exposure::Exposure;
use flash_crowd::FlashCrowd;
use growth::Growth;
use keys::Keys;
use record::Rare;
pub use settings::Settings;
use settings::{NodeSettings, Placed};
use store::Store;

const DAY: SimDuration = SimDuration::from_days(1);
/// The kinds of event, in the order of [`Event`].
pub const KINDS: EventKinds = EventKinds {
    first: 64,
    names: &[
        "node fails",
        "node outage",
        "node given up",
        "piece rebuilt",
        "bit rot",
        "scrub",
        "read",
        "shock",
        "ledger write",
        "key incident",
        "key refresh",
        "request",
        "request served",
        "data record",
    ],
};

/// What happens in this layer.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A node's data is gone; an empty node takes its place.
    Fails {
        /// Which node, by number.
        node: u32,
    },
    /// A node's own outage begins or ends.
    Toggles {
        /// Which node, by number.
        node: u32,
        /// Whether it goes down.
        down: bool,
    },
    /// A node has been down for too long in this outage.
    GivesUp {
        /// Which node, by number.
        node: u32,
        /// Which of its outages; a later one makes it stale.
        outage: u32,
    },
    /// A missing piece has been made anew.
    Rebuilt {
        /// Which piece, by number.
        piece: u32,
    },
    /// Damage strikes somewhere.
    Rots,
    /// A node checks what it holds.
    Scrubs {
        /// Which node, by number.
        node: u32,
    },
    /// Somebody reads an object.
    Reads,
    /// A shock begins or ends.
    Shock {
        /// Which shock, by its place.
        number: u16,
        /// Whether it begins or ends.
        begins: bool,
    },
    /// An hour of records is written to the ledger.
    Writes,
    /// A share of a key is stolen or lost.
    KeyIncident,
    /// All keys get new shares.
    Refreshes,
    /// A request for a popular object arrives.
    Arrives,
    /// A node has served a request.
    Served {
        /// Which node, by number.
        node: u32,
    },
    /// A day ends: its audits and records.
    Record,
}

impl Event {
    fn place(self) -> u8 {
        match self {
            Event::Fails { .. } => 0,
            Event::Toggles { .. } => 1,
            Event::GivesUp { .. } => 2,
            Event::Rebuilt { .. } => 3,
            Event::Rots => 4,
            Event::Scrubs { .. } => 5,
            Event::Reads => 6,
            Event::Shock { .. } => 7,
            Event::Writes => 8,
            Event::KeyIncident => 9,
            Event::Refreshes => 10,
            Event::Arrives => 11,
            Event::Served { .. } => 12,
            Event::Record => 13,
        }
    }
}

impl EngineEvent for Event {
    fn priority(&self) -> u8 {
        match self {
            Event::Record => 250,
            _ => 128,
        }
    }
    fn kind(&self) -> u8 {
        KINDS.kind(self.place())
    }
}

/// The layer while it runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Data {
    store: Option<Store>,
    exposure: Option<Exposure>,
    rare: Option<Rare>,
    growth: Option<Growth>,
    keys: Option<Keys>,
    audit: Option<Audit>,
    flash_crowd: Option<FlashCrowd>,
    /// The devices that are the nodes, where they are named.
    members: Members,
}

impl Data {
    /// The layer at time zero.
    pub fn new(settings: &Settings, around: &Around<'_>) -> Self {
        let streams = around.streams;
        let members = Members::new(settings.nodes.on.as_ref(), around.devices);
        let placed = members.are_of_fleet().then(|| placed(around.devices, &members));
        let nodes = &NodeSettings { placed, ..settings.nodes.clone() };
        let store = settings.store.as_ref();
        Data {
            members,
            store: store.map(|store| Store::new(store, nodes, streams)),
            exposure: settings.exposure.as_ref().map(|s| Exposure::new(s, nodes, streams)),
            rare: settings.rare.as_ref().zip(store).map(|(s, store)| Rare::new(s, store, nodes)),
            growth: settings.growth.as_ref().map(|s| Growth::new(s, nodes.count)),
            keys: settings.keys.as_ref().map(Keys::new),
            audit: settings.audit.as_ref().map(|s| Audit::new(s, streams)),
            flash_crowd: settings
                .flash_crowd
                .as_ref()
                .map(|s| FlashCrowd::new(s, nodes.count, streams)),
        }
    }

    /// Schedules the first events.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        self.store.iter_mut().for_each(|store| store.start(ctx));
        self.growth.iter_mut().for_each(|growth| growth.start(ctx));
        self.keys.iter_mut().for_each(|keys| keys.start(ctx));
        self.flash_crowd.iter_mut().for_each(|crowd| crowd.start(ctx));
        ctx.after(DAY, Event::Record.into());
    }

    /// Reacts to one event.
    pub fn handle<E: EngineEvent + From<Event>>(&mut self, event: Event, ctx: &mut Context<E>) {
        match event {
            Event::Record => {
                ctx.after(DAY, event.into());
                self.record(ctx);
            }
            Event::Writes => self.growth.iter_mut().for_each(|growth| growth.write(ctx)),
            Event::KeyIncident => self.keys.iter_mut().for_each(|keys| keys.incident(ctx)),
            Event::Refreshes => self.keys.iter_mut().for_each(|keys| keys.refresh(ctx)),
            Event::Arrives => self.flash_crowd.iter_mut().for_each(|crowd| crowd.arrive(ctx)),
            Event::Served { node } => {
                self.flash_crowd.iter_mut().for_each(|crowd| crowd.served(node, ctx));
            }
            _ => self.store.iter_mut().for_each(|store| store.handle(event, ctx)),
        }
    }

    /// A device of the fleet went down or came up. One that joined later holds no data.
    pub fn node_changed<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        class: u8,
        up: bool,
        ctx: &mut Context<E>,
    ) {
        let node = self.members.change(device, class, up);
        if let (Some(store), Some(node)) = (&mut self.store, node) {
            store.node_changed(node, up, ctx);
        }
    }
}

/// Nodes that stand on devices: regions as the fleet numbers them, sites and owners by their rank
/// among those there are.
fn placed(fleet: &Devices, members: &Members) -> Placed {
    let nodes = members.devices().unwrap_or_default();
    let rank = |of: &[u32]| {
        let mut all: Vec<u32> = nodes.iter().map(|device| of[*device as usize]).collect();
        all.sort_unstable();
        all.dedup();
        move |device: u32, of: &[u32]| {
            all.binary_search(&of[device as usize]).expect("it is one of them") as u16
        }
    };
    let (site, owner) = (rank(&fleet.site), rank(&fleet.owner));
    let domain = |&device: &u32| Domain {
        region: fleet.region[device as usize],
        site: site(device, &fleet.site),
        owner: owner(device, &fleet.owner),
    };
    Placed {
        members: members.clone(),
        domains: nodes.iter().map(domain).collect(),
        classes: nodes.iter().map(|device| fleet.class[*device as usize]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use pinwheel_core::{Purpose, Streams};

    use super::*;
    use crate::part::{DeviceClass, DeviceSet};

    /// The first draw of each node on the devices of these classes, by class.
    fn draws(classes: &[(&str, u32)]) -> Vec<(u8, u64)> {
        let class = |(id, count): &(&str, u32)| DeviceClass { id: (*id).to_owned(), count: *count };
        let count: u32 = classes.iter().map(|(_, count)| count).sum();
        let class_of = |(place, (_, count)): (u8, &(&str, u32))| vec![place; *count as usize];
        let fleet = Devices {
            classes: classes.iter().map(class).collect(),
            class: (0..).zip(classes).flat_map(class_of).collect(),
            region: vec![0; count as usize],
            owner: vec![0; count as usize],
            site: vec![0; count as usize],
            ..Devices::default()
        };
        let set = DeviceSet { classes: (0..classes.len() as u8).collect() };
        let placed = placed(&fleet, &Members::new(Some(&set), &fleet));
        let nodes = NodeSettings { placed: Some(placed), ..NodeSettings::new(count) };
        let (purpose, streams) = (Purpose::new("data.test"), Streams::new(1, 0));
        let draw = |node| nodes.stream(node, purpose, 7, &streams).next_u64();
        (0..count).map(|node| (fleet.class[node as usize], draw(node))).collect()
    }

    #[test]
    fn a_class_of_nodes_put_in_front_moves_no_draw_of_the_others() {
        let alone: Vec<u64> = draws(&[("b", 5)]).into_iter().map(|(_, draw)| draw).collect();
        let beside = draws(&[("a", 3), ("b", 5)]);
        let of_b = beside.iter().filter(|(class, _)| *class == 1).map(|(_, draw)| *draw);
        assert_eq!(alone, of_b.collect::<Vec<u64>>());
    }
}
