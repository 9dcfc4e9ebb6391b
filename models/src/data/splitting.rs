//! Losses too rare to wait for, by splitting on the number of missing pieces.
//!
//! One object alone ([`Splitting::new`]), or several on all nodes of the scenario with their shared
//! shocks, outages and damage ([`Splitting::together`]), climb from level to level: level `i` is
//! entered when the `i`-th piece of any of them goes missing, and the last is left with a loss. A
//! shock that takes several pieces at once enters several levels at once. A fixed number of
//! branches starts at each level, each from one of the states in which the level below was left
//! upwards, with random streams of its own and the rest of every clock drawn anew from its age. The
//! product of the shares that climb on is an unbiased estimate of the chance of loss (fixed effort:
//! Garvels and Kroese, "A comparison of RESTART implementations", Winter Simulation Conference
//! 1998).
//!
//! With real disks already one step up is rare (a rebuild of a day against lives of decades), and
//! there is nothing between two levels to split on. So while a piece is missing the hazards of the
//! other nodes are scaled up, and each branch counts with its likelihood ratio (failure biasing:
//! Heidelberger, "Fast simulation of rare events in queueing and reliability models", ACM TOMACS
//! 5, 1995); branches of the next level start from states in proportion to their weights, which
//! keeps the estimate unbiased. With all scales one this is plain splitting.

use pinwheel_core::distribution::AliasTable;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Context, Model, SimDuration, SimTime, Simulation, Stream, Streams};
use serde::{Deserialize, Serialize};

use super::Event;
use super::settings::{Fidelity, NodeSettings, StoreSettings};
use super::store::Store;
use crate::laws::draw::Duration;
use crate::policy::placement::Placement;

const SPLITTING: Purpose = Purpose::new("data.splitting");
const PICK: Purpose = Purpose::new("data.splitting.pick");
/// Clocks that saturate at the end of time must not strike.
const END: SimTime = SimTime::from_nanos(u64::MAX - 1);

/// A store and nothing else, as a model of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Alone {
    /// The store that trials start from.
    pub store: Store,
}

impl Model for Alone {
    type Event = Event;

    fn start(&mut self, ctx: &mut Context<Event>) {
        self.store.start(ctx);
    }
    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        self.store.handle(event, ctx);
    }
}

/// The estimator of the losses of one object, or of the first among several.
#[derive(Clone, Debug)]
pub struct Splitting {
    store: StoreSettings,
    nodes: NodeSettings,
    /// Branches of each level.
    trials: u32,
    /// Factor on the hazards, by the number of missing pieces.
    scales: Vec<f64>,
}

/// What a level was left with upwards: a state, if there are levels above, and its weight.
type Entry = (Option<Simulation<Alone>>, f64);

impl Splitting {
    /// One object with its code and repair, on as many nodes as it has pieces, and the scales that
    /// suit exponential laws of these means: half as many failures as rebuilds.
    pub fn new(store: &StoreSettings, nodes: &NodeSettings, trials: u32) -> Self {
        let code = store.code;
        let store = StoreSettings {
            objects: 1,
            fidelity: Fidelity::Modelled,
            placement: Placement::Spread(Vec::new()),
            contested_share: 0.0,
            renew: false,
            damage: None,
            reads_per_second: 0.0,
            shocks: Vec::new(),
            ..store.clone()
        };
        let nodes = NodeSettings {
            count: u32::from(code.pieces),
            regions: 1,
            owners: 1,
            sites: 1,
            outage: None,
            capacity: None,
            ..nodes.clone()
        };
        Splitting::of(store, nodes, trials)
    }

    /// So many objects together, as the store places them on all its nodes, with what strikes the
    /// nodes: shocks at their instants, outages, damage. What is estimated is the chance that any
    /// of them is lost.
    pub fn together(
        store: &StoreSettings,
        nodes: &NodeSettings,
        trials: u32,
        objects: u32,
    ) -> Self {
        let store = StoreSettings {
            objects,
            fidelity: Fidelity::Modelled,
            renew: false,
            reads_per_second: 0.0,
            ..store.clone()
        };
        Splitting::of(store, nodes.clone(), trials)
    }

    fn of(store: StoreSettings, nodes: NodeSettings, trials: u32) -> Self {
        let scales = 0..=store.code.pieces - store.code.needed;
        let scales = scales.map(|missing| scale(missing, &store, &nodes)).collect();
        Splitting { store, nodes, trials, scales }
    }

    /// The same with all hazards as they are: plain splitting.
    pub fn plain(mut self) -> Self {
        self.scales.fill(1.0);
        self
    }

    /// Chance that an object is lost within this time of being stored whole on new nodes.
    pub fn loss_within(&self, time: SimDuration, streams: &Streams) -> f64 {
        let mut branches = Branches::new(self, streams);
        branches.chance(SimTime::ZERO + time, false)
    }

    /// Losses in a second over a long time, for exponential lives, of an object that is stored anew
    /// whenever it is lost. Every return to whole is a new beginning then: the rate is the chance
    /// that such a cycle ends in loss over its mean length.
    pub fn losses_per_second(&self, streams: &Streams) -> f64 {
        let mut branches = Branches::new(self, streams);
        let cycles: f64 = (0..self.trials).map(|_| branches.cycle_seconds()).sum();
        branches.chance(END, true) * f64::from(self.trials) / cycles
    }
}

/// How many times as often nodes fail while `missing` pieces are missing.
fn scale(missing: u16, store: &StoreSettings, nodes: &NodeSettings) -> f64 {
    let left = store.code.pieces - missing;
    if missing == 0 || left > store.repair.begins_at {
        return 1.0;
    }
    let rebuild_seconds = match &store.repair.time {
        Duration::Fixed(time) => time.as_seconds(),
        Duration::Drawn(law) => law.age_at(1.0),
    };
    let rebuilds = f64::from(missing.min(store.repair.at_once_object)) / rebuild_seconds;
    let holding = nodes.count.min(store.objects * u32::from(store.code.pieces));
    let losses = f64::from(holding - u32::from(missing)) / nodes.life.age_at(1.0);
    if losses > 0.0 { (0.5 * rebuilds / losses).max(1.0) } else { 1.0 }
}

/// The branches of one estimate, each with streams of its own.
struct Branches<'a> {
    plan: &'a Splitting,
    root: Simulation<Alone>,
    runs: u32,
    pick: Stream,
}

impl<'a> Branches<'a> {
    fn new(plan: &'a Splitting, streams: &Streams) -> Self {
        // A seed of its own, so that no branch shares a stream with another run of the scenario.
        let seed = streams.stream(0, SPLITTING).next_u64();
        let own = Streams::new(seed, 0);
        let store = Store::new(&plan.store, &plan.nodes, &own);
        let root = Simulation::new(Alone { store }, own);
        Branches { plan, root, runs: 0, pick: own.stream(0, PICK) }
    }

    fn top(&self) -> u16 {
        self.plan.store.code.pieces - self.plan.store.code.needed + 1
    }

    /// Seconds from whole until whole again, or lost, at hazards as they are.
    fn cycle_seconds(&mut self) -> f64 {
        self.runs += 1;
        let mut branch = self.root.fork_as_run(self.runs);
        branch.model.store.redraw(1.0, &mut branch.ctx);
        let mut began = false;
        while branch.step(END).is_some() {
            let missing = branch.model.store.most_missing();
            if missing >= self.top() || (began && missing == 0) {
                break;
            }
            began = missing > 0;
        }
        branch.ctx.now().as_seconds()
    }

    /// Chance of loss by `end`; with `cycle`, before the object is whole again.
    fn chance(&mut self, end: SimTime, cycle: bool) -> f64 {
        let mut states = vec![self.root.clone()];
        let mut pick = AliasTable::new([1.0]).expect("one state");
        let mut chance = 1.0;
        for level in 0..self.top() {
            let mut entries: Vec<Entry> = Vec::new();
            for _ in 0..self.plan.trials {
                let from = pick.pick(&mut self.pick);
                entries.extend(self.climb(&states[from], level, end, cycle));
            }
            let weight: f64 = entries.iter().map(|(_, weight)| weight).sum();
            chance *= weight / f64::from(self.plan.trials);
            if level + 1 == self.top() || entries.is_empty() {
                break;
            }
            pick = AliasTable::new(entries.iter().map(|(_, weight)| *weight))
                .expect("weights are positive");
            states = entries.into_iter().filter_map(|(state, _)| state).collect();
        }
        chance
    }

    /// One branch from the entry into `level`, until one more piece is missing; `None` if it never
    /// gets there.
    fn climb(
        &mut self,
        from: &Simulation<Alone>,
        level: u16,
        end: SimTime,
        cycle: bool,
    ) -> Option<Entry> {
        self.runs += 1;
        let mut branch = from.fork_as_run(self.runs);
        // Several pieces that went missing at once are above this level already.
        if from.model.store.most_missing() > level {
            return Some(((level + 1 < self.top()).then_some(branch), 1.0));
        }
        let mut missing = level;
        branch.model.store.redraw(self.plan.scales[usize::from(missing)], &mut branch.ctx);
        loop {
            branch.step(end)?;
            let now_missing = branch.model.store.most_missing();
            if now_missing == missing {
                continue;
            }
            missing = now_missing;
            if missing > level {
                let weight = branch.model.store.take_weight(branch.ctx.now());
                return Some(((level + 1 < self.top()).then_some(branch), weight));
            }
            if cycle && missing == 0 {
                return None;
            }
            let scale = self.plan.scales[usize::from(missing)];
            branch.model.store.scale_hazard(scale, &mut branch.ctx);
        }
    }
}
