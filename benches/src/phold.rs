//! PHOLD in the engine, and in the loop one would write around the standard binary heap.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use pinwheel_core::fingerprint::Digest;
use pinwheel_core::{Context, Event, Model, SimDuration, SimTime, Simulation, Streams};
use serde::{Deserialize, Serialize};

use crate::workload::{Hop, Lp};

/// A size of PHOLD: processes, and events pending at each in the mean.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub lps: u32,
    pub per_lp: u32,
}

impl Cell {
    pub fn pending(self) -> usize {
        self.lps as usize * self.per_lp as usize
    }
    fn processes(self, seed: u64) -> Vec<Lp> {
        (0..self.lps).map(|id| Lp::new(id, seed)).collect()
    }
    /// The receivers of the first events.
    fn starts(self) -> impl Iterator<Item = u32> {
        (0..self.per_lp).flat_map(move |_| 0..self.lps)
    }
}

/// What both programs must agree on: the order of all events, and where it left each process.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub order: u64,
    pub state: u64,
}

fn state_of(lps: &[Lp]) -> u64 {
    let mut digest = Digest::default();
    for lp in lps {
        digest.mix(lp.0);
    }
    digest.value()
}

/// A PHOLD that can be run a number of events further.
pub trait Program {
    fn new(cell: Cell, seed: u64) -> Self;
    fn run(&mut self, events: u64);
    fn outcome(&self) -> Outcome;
    fn queue_bytes(&self) -> usize;
}

/// An event for one logical process.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
pub struct Hopped(u32);

impl Event for Hopped {
    fn kind(&self) -> u8 {
        0
    }
}

/// PHOLD as a model of the engine.
#[derive(Clone, Debug)]
pub struct Phold {
    cell: Cell,
    lps: Vec<Lp>,
}

impl Model for Phold {
    type Event = Hopped;

    fn start(&mut self, ctx: &mut Context<Hopped>) {
        for id in self.cell.starts() {
            self.handle(Hopped(id), ctx);
        }
    }

    #[inline]
    fn handle(&mut self, Hopped(id): Hopped, ctx: &mut Context<Hopped>) {
        let Hop { delay_nanos, to } = self.lps[id as usize].hop(id, self.cell.lps);
        ctx.after(SimDuration::from_nanos(delay_nanos), Hopped(to));
    }
}

impl Program for Simulation<Phold> {
    fn new(cell: Cell, seed: u64) -> Self {
        Simulation::new(Phold { cell, lps: cell.processes(seed) }, Streams::new(seed, 0))
    }
    fn run(&mut self, events: u64) {
        for _ in 0..events {
            self.step(SimTime::MAX);
        }
    }
    fn outcome(&self) -> Outcome {
        let order = self.ctx.fingerprint.time.value();
        Outcome { order, state: state_of(&self.model.lps) }
    }
    fn queue_bytes(&self) -> usize {
        self.ctx.queue_bytes()
    }
}

/// PHOLD on the standard binary heap: the leanest loop that keeps the same total order.
#[derive(Clone, Debug)]
pub struct HeapPhold {
    cell: Cell,
    lps: Vec<Lp>,
    /// Time, sequence, receiver.
    heap: BinaryHeap<Reverse<(u64, u64, u32)>>,
    sequence: u64,
    order: Digest,
}

impl HeapPhold {
    #[inline]
    fn handle(&mut self, now: u64, id: u32) {
        let Hop { delay_nanos, to } = self.lps[id as usize].hop(id, self.cell.lps);
        self.sequence += 1;
        self.heap.push(Reverse((now + delay_nanos, self.sequence, to)));
    }
}

impl Program for HeapPhold {
    fn new(cell: Cell, seed: u64) -> Self {
        let (lps, heap) = (cell.processes(seed), BinaryHeap::new());
        let mut phold = HeapPhold { cell, lps, heap, sequence: 0, order: Digest::default() };
        for id in cell.starts() {
            phold.handle(0, id);
        }
        phold
    }
    fn run(&mut self, events: u64) {
        for _ in 0..events {
            let Some(Reverse((time, _, id))) = self.heap.pop() else { return };
            self.order.mix(time);
            self.handle(time, id);
        }
    }
    fn outcome(&self) -> Outcome {
        Outcome { order: self.order.value(), state: state_of(&self.lps) }
    }
    fn queue_bytes(&self) -> usize {
        self.heap.capacity() * size_of::<Reverse<(u64, u64, u32)>>()
    }
}
