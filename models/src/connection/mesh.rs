//! A network without a centre: devices relay for their neighbours until a reading reaches a node
//! with an uplink. Nodes lie at random in a square and hear each other within a radius (Gilbert,
//! "Random plane networks", 1961); routes are the shortest in hops, and follow a change after a
//! while. Each hop is acknowledged and repeated as in IEEE 802.15.4 (`macMaxFrameRetries`).
//!
//! Left out: contention between neighbours, queues at relays, sleep cycles.

use std::collections::VecDeque;

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Purpose as StreamPurpose, SimDuration, Streams};
use serde::{Deserialize, Serialize};

use super::account::Purpose;
use super::gateway::Copy;
use super::platform::Reading;
use super::settings::MeshPlan;
use super::{Connection, Event};
use crate::part::Members;

const DRAWS: StreamPurpose = StreamPurpose::new("connection.hop");
/// 802.15.4: PHY 6, MAC header 9 and checksum 2; 6LoWPAN with UDP 7 (RFC 6282).
const OVERHEAD_BYTES: u32 = 6 + 9 + 2 + 7;
/// PHY 6, MAC acknowledgement 5.
const ACKNOWLEDGEMENT_BYTES: u32 = 11;
/// Longest way: further, and a reading goes round in a circle that has not been noticed yet.
const HOPS_MAX: u32 = 255;

/// Nodes, who hears whom, and the way out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mesh {
    /// What the scenario says of it.
    pub plan: MeshPlan,
    neighbours: Vec<Vec<u32>>,
    up: Vec<bool>,
    /// Whether an exit can be used; the first is the hub.
    exits: Vec<bool>,
    /// The neighbour to hand on to; a node hands on to itself at an exit.
    next: Vec<Option<u32>>,
    /// Whether routes are about to follow a change.
    pub stale: bool,
}

impl Mesh {
    /// Nodes at random places of a square, all up, with their ways out.
    pub fn new(plan: MeshPlan, nodes: u32, members: &Members, streams: &Streams) -> Self {
        let place = |node| {
            let mut draws = members.stream(node, "connection.place", 0, streams);
            (draws.uniform(), draws.uniform())
        };
        let places: Vec<(f64, f64)> = (0..nodes).map(place).collect();
        let pi = std::f64::consts::PI;
        let reach_squared = plan.neighbours / (pi * f64::from(nodes));
        let hears = |a: usize, b: usize| {
            let (x, y) = (places[a].0 - places[b].0, places[a].1 - places[b].1);
            a != b && x * x + y * y <= reach_squared
        };
        let count = nodes as usize;
        let neighbours = (0..count)
            .map(|a| (0..count).filter(|&b| hears(a, b)).map(|b| b as u32).collect())
            .collect();
        let exits = vec![true; plan.exits as usize];
        let mut mesh =
            Mesh { plan, neighbours, up: vec![true; count], exits, next: Vec::new(), stale: false };
        mesh.route();
        mesh
    }
    /// Sets the ways out by breadth-first search from all exits at once.
    pub fn route(&mut self) {
        self.stale = false;
        self.next = vec![None; self.up.len()];
        let mut border = VecDeque::new();
        for (exit, open) in self.exits.iter().enumerate() {
            if *open && self.up[exit] {
                self.next[exit] = Some(exit as u32);
                border.push_back(exit as u32);
            }
        }
        while let Some(node) = border.pop_front() {
            for &other in &self.neighbours[node as usize] {
                if self.up[other as usize] && self.next[other as usize].is_none() {
                    self.next[other as usize] = Some(node);
                    border.push_back(other);
                }
            }
        }
    }
    /// A node goes down or comes up; routes stay as they are until [`Mesh::route`].
    pub fn set_node(&mut self, node: u32, up: bool) {
        self.up[node as usize] = up;
    }
    /// The first exit is lost or comes back; routes stay as they are until [`Mesh::route`].
    pub fn set_hub(&mut self, up: bool) {
        self.exits[0] = up;
    }
    fn is_exit(&self, node: u32) -> bool {
        self.exits.get(node as usize).copied().unwrap_or(false)
    }
}

impl Connection {
    /// A reading starts on its way over the neighbours.
    pub(super) fn set_out<E: EngineEvent + From<Event>>(
        &mut self,
        reading: Reading,
        ctx: &mut Context<E>,
    ) {
        self.account.copies += 1;
        let copy = self.copies.add(Copy { reading, at: reading.device, channel: 0 });
        self.relay(copy, ctx);
    }

    /// A reading is at a node: it is out, or goes to the next. The hop count is in `channel`.
    pub(super) fn relay<E: EngineEvent + From<Event>>(&mut self, copy: u32, ctx: &mut Context<E>) {
        let Copy { reading, at, channel: hops } = self.copies.take(copy);
        let Some(mesh) = &self.mesh else { return };
        if !mesh.up[at as usize] || hops >= HOPS_MAX {
            return self.lose();
        }
        if mesh.is_exit(at) {
            self.account.landed += 1;
            self.account.hops += u64::from(hops);
            return self.deliver(reading, 0, ctx);
        }
        match mesh.next[at as usize] {
            Some(next) if next != at => self.hop(reading, at, next, hops, ctx),
            _ => self.lose(),
        }
    }

    /// One hop with its repetitions.
    fn hop<E: EngineEvent + From<Event>>(
        &mut self,
        reading: Reading,
        at: u32,
        next: u32,
        hops: u32,
        ctx: &mut Context<E>,
    ) {
        let Some(mesh) = &self.mesh else { return };
        let (plan, deaf) = (mesh.plan, !mesh.up[next as usize]);
        let bytes = self.settings.payload_bytes + OVERHEAD_BYTES;
        let channel = self.settings.channel;
        let mut heard_after = None;
        for attempt in 0..=plan.hop_retries {
            let ways = u64::from(HOPS_MAX) * u64::from(plan.hop_retries + 1);
            let index = u64::from(reading.number) * ways
                + u64::from(hops * (plan.hop_retries + 1) + attempt);
            let (streams, entity) = self.devices_named(reading.device, ctx);
            let mut draws = streams.indexed(entity, DRAWS, index);
            let bad = &mut self.devices[at as usize].bad;
            let there = channel.transmit(bytes, &mut draws, bad).filter(|_| !deaf);
            let back = there.and_then(|_| channel.transmit(ACKNOWLEDGEMENT_BYTES, &mut draws, bad));
            self.account.up(Purpose::Local, bytes);
            self.account.channel_bytes.up += u64::from(bytes);
            self.account.packets += 1;
            self.account.packets_lost += u64::from(there.is_none());
            self.account.joules += self.power.up_joules_per_byte * f64::from(bytes);
            if there.is_some() {
                self.account.joules += self.power.down_joules_per_byte * f64::from(bytes);
                self.account.down(Purpose::Local, ACKNOWLEDGEMENT_BYTES);
                self.account.channel_bytes.down += u64::from(ACKNOWLEDGEMENT_BYTES);
                heard_after = heard_after.or(Some(attempt));
            }
            if back.is_some() {
                break;
            }
        }
        let Some(attempt) = heard_after else { return self.lose() };
        let seconds = plan.hop_seconds * f64::from(attempt + 1);
        let copy = self.copies.add(Copy { reading, at: next, channel: hops + 1 });
        let delay = SimDuration::from_seconds_f64(seconds);
        ctx.after(delay, Event::Travels { copy }.into());
    }

    /// Something has changed that routes will follow.
    pub(super) fn reroute_later<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        let Some(mesh) = &mut self.mesh else { return };
        if !mesh.stale {
            mesh.stale = true;
            let delay = SimDuration::from_seconds_f64(mesh.plan.reroute_seconds);
            ctx.after(delay, Event::Reroute.into());
        }
    }
}
