//! Objects on nodes: placed, lost, found damaged, rebuilt and read.

use pinwheel_core::check::CheckId;
use pinwheel_core::distribution::Zipf;
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Context, SimDuration, SimTime, Stream, Streams};
use serde::{Deserialize, Serialize};

use super::Event;
use super::nodes::{LIFE, Nodes};
use super::object_bytes::ObjectBytes;
use super::objects::{NOWHERE, Objects};
use super::repair::Repairs;
use super::settings::{Effect, Fidelity, NodeSettings, StoreSettings, Verify};
use crate::laws::arrivals::NextArrival;
use crate::policy::placement::Place;
use crate::policy::telemetry::Telemetry;
use crate::policy::telemetry::nodes::{Domain, NodeReports, PlacedPiece, PlacementReport};

const OWNER: Purpose = Purpose::new("data.node.owner");
const OUTAGE: Purpose = Purpose::new("data.node.outage");
const PLACE: Purpose = Purpose::new("data.place");
const LOST: Purpose = Purpose::new("data.node.lost");

/// What has happened since the start.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tallies {
    /// Objects lost.
    pub losses: u64,
    /// Nodes that lost all they held.
    pub node_failures: u64,
    /// Pieces made anew.
    pub rebuilds: u64,
    /// Rebuilds that found fewer pieces than needed, or no node, and began again.
    pub restarts: u64,
    /// Bytes that were moved to make them (`Code::rebuild_bytes`).
    pub rebuilt_bytes: u64,
    /// Bytes checked in rounds.
    pub scrubbed_bytes: u64,
    /// Pieces whose bytes changed.
    pub damaged: u64,
    /// Damaged pieces that a check found, by scrub, read or rebuild.
    pub found: u64,
    /// Reads of whole objects.
    pub reads: u64,
    /// Of these, those that found too few pieces.
    pub reads_failed: u64,
    /// Reads that returned other bytes than were stored.
    pub reads_corrupt: u64,
    /// Contested pieces on nodes that began to censor, and those of them placed elsewhere.
    pub censored: u64,
    /// Of the pieces on nodes that censor, those that were placed elsewhere.
    pub moved: u64,
    /// Placements of a piece for which every node that suits it was full.
    pub refused: u64,
}

/// The checks of this part, as far as the settings give them something to check.
#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct StoreChecks {
    pub(super) books: Option<CheckId>,
    /// Where readers hold pieces against the owner's hashes.
    pub(super) honest: Option<CheckId>,
    /// Where bytes are real.
    pub(super) bytes: Option<CheckId>,
    /// Where nodes have a capacity.
    pub(super) capacity: Option<CheckId>,
}

/// All objects and the nodes that hold them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Store {
    pub(super) settings: StoreSettings,
    node_settings: NodeSettings,
    /// What nodes have reported; a change is reported at once.
    known: NodeReports,
    pub(super) nodes: Nodes,
    /// Pieces that each node can hold, where they have a capacity.
    places: Option<Vec<u32>>,
    pub(super) objects: Objects,
    pub(super) repairs: Repairs,
    pub(super) object_bytes: Option<ObjectBytes>,
    /// Outages so far, by node.
    outages: Vec<u32>,
    pub(super) tallies: Tallies,
    pub(super) checks: StoreChecks,
    /// Room for the list of changed objects.
    changed: Vec<u32>,
    pub(super) due_read: NextArrival,
}

/// Domains of nodes: those of the devices they stand on, or else sites and regions in turn and
/// owners at random by their size.
///
/// # Panics
///
/// If nodes stand on no devices and there is no owner, site or region, or the exponent of the
/// owners is negative or not finite.
pub fn domains(settings: &NodeSettings, streams: &Streams) -> Vec<Domain> {
    if let Some(placed) = &settings.placed {
        return placed.domains.clone();
    }
    let owners = Zipf::new(u64::from(settings.owners), settings.owner_exponent);
    let owners = owners.expect("checked settings");
    let domain = |node: u32| {
        let site = (node % u32::from(settings.sites)) as u16;
        let owner = owners.sample(&mut streams.stream(node, OWNER)) - 1;
        Domain { region: site % settings.regions, owner: owner as u16, site }
    };
    (0..settings.count).map(domain).collect()
}

impl Store {
    /// All objects stored, on nodes that are up.
    pub fn new(settings: &StoreSettings, nodes: &NodeSettings, streams: &Streams) -> Self {
        let StoreSettings { objects, code, object_bytes, .. } = *settings;
        let contested = (settings.contested_share * f64::from(objects)).round() as u32;
        let real = settings.fidelity == Fidelity::Real;
        let mut store = Store {
            settings: settings.clone(),
            node_settings: nodes.clone(),
            known: NodeReports::new(domains(nodes, streams)),
            nodes: Nodes::new(nodes.life.clone(), nodes.count),
            places: nodes.places(code.piece_bytes(object_bytes)),
            objects: Objects::new(code, objects, contested, nodes.count),
            repairs: Repairs::new(&settings.repair, objects),
            object_bytes: real.then(|| ObjectBytes::new(code, objects, object_bytes, streams)),
            outages: vec![0; nodes.count as usize],
            tallies: Tallies::default(),
            checks: StoreChecks::default(),
            changed: Vec::new(),
            due_read: NextArrival::at(SimTime::MAX),
        };
        if store.places.is_some() {
            (0..nodes.count).for_each(|node| store.report(node, SimTime::ZERO));
        }
        store
    }

    /// Where each piece is and what is known of it.
    pub fn objects(&self) -> &Objects {
        &self.objects
    }
    /// The objects with the time counted up to now.
    pub fn objects_at(&mut self, now: SimTime) -> &Objects {
        self.objects.advance(now);
        &self.objects
    }
    /// Region, owner and site of each node.
    pub fn domains(&self) -> &[Domain] {
        self.known.domains()
    }
    /// Pieces that are being made anew now.
    pub fn repairs_under_way(&self) -> usize {
        self.repairs.active()
    }
    /// What has happened since the start.
    pub fn tallies(&self) -> &Tallies {
        &self.tallies
    }
    /// What the scenario says of the store.
    pub fn settings(&self) -> &StoreSettings {
        &self.settings
    }
    /// What the scenario says of the nodes.
    pub fn node_settings(&self) -> &NodeSettings {
        &self.node_settings
    }
    /// Pieces that are no longer there, of the object that has lost the most.
    ///
    /// # Panics
    ///
    /// If the store has no object.
    pub fn most_missing(&self) -> u16 {
        let fewest = self.objects.objects().iter().map(|object| object.intact).min();
        self.settings.code.pieces - fewest.expect("a store has an object")
    }

    /// Places all objects and starts all clocks. Called once, at time zero.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        let verify = self.settings.damage.as_ref().map(|damage| damage.verify);
        let honest = verify == Some(Verify::Manifest) && self.settings.reads_per_second > 0.0;
        let mut check = |wanted: bool, name| wanted.then(|| ctx.checks.always(name));
        self.checks = StoreChecks {
            books: check(true, "data.piece_counts_agree"),
            honest: check(honest, "data.verified_reads_are_right"),
            bytes: check(self.object_bytes.is_some(), "data.real_bytes_match_model"),
            capacity: check(self.places.is_some(), "data.nodes_hold_what_they_can"),
        };
        (0..self.objects.count()).for_each(|object| self.place(object, ctx));
        for node in 0..self.node_settings.count {
            self.arm(node, 1.0, ctx);
            self.next_outage(node, ctx);
        }
        for (number, shock) in self.settings.shocks.iter().enumerate() {
            let event = Event::Shock { number: number as u16, begins: true };
            ctx.after(shock.after, event.into());
        }
        self.start_damage(ctx);
        self.settle(ctx);
    }

    /// Reacts to one event of the store.
    pub fn handle<E: EngineEvent + From<Event>>(&mut self, event: Event, ctx: &mut Context<E>) {
        self.objects.advance(ctx.now());
        match event {
            Event::Fails { node } => self.fail(node, ctx),
            Event::Toggles { node, down } => self.toggle(node, down, ctx),
            Event::GivesUp { node, outage } => self.give_up(node, outage),
            Event::Rebuilt { piece } => self.rebuilt(piece, ctx),
            Event::Rots => self.rot(ctx),
            Event::Scrubs { node } => self.scrub(node, ctx),
            Event::Reads => self.read(ctx),
            Event::Shock { number, begins } => self.shock(number, begins, ctx),
            _ => unreachable!("{event:?} is no event of the store"),
        }
        self.settle(ctx);
    }

    /// A device of the fleet went down or came up.
    pub fn node_changed<E: EngineEvent + From<Event>>(
        &mut self,
        node: u32,
        up: bool,
        ctx: &mut Context<E>,
    ) {
        self.objects.advance(ctx.now());
        self.set_down(node, !up, ctx);
        let draw = self.draws_of(node, LOST, ctx).uniform();
        if !up && draw < self.node_settings.lost_share {
            self.empty(node, ctx.now());
        }
        self.settle(ctx);
    }

    /// The draws of a node at this instant.
    fn draws_of<E: EngineEvent>(&self, node: u32, purpose: Purpose, ctx: &Context<E>) -> Stream {
        self.node_settings.stream(node, purpose, ctx.now().as_nanos(), ctx.streams())
    }

    /// Draws the rest of a node's life, at `scale` times its hazard.
    fn arm<E: EngineEvent + From<Event>>(&mut self, node: u32, scale: f64, ctx: &mut Context<E>) {
        let draws = self.draws_of(node, LIFE, ctx);
        self.nodes.arm(node, scale, draws, ctx);
    }

    /// Puts the pieces of an object that are nowhere on nodes.
    fn place<E: EngineEvent>(&mut self, object: u32, ctx: &mut Context<E>) {
        for piece in self.objects.pieces_of(object) {
            if self.objects.piece(piece).node == NOWHERE
                && let Some(node) = self.find_node(piece, ctx)
            {
                self.put(piece, node, ctx);
            }
        }
    }

    /// A node that takes a piece. Without one whose room is large enough, the placement is refused.
    fn find_node<E: EngineEvent>(&mut self, piece: u32, ctx: &mut Context<E>) -> Option<u32> {
        let chosen = self.choose(piece, ctx);
        let taken = chosen.filter(|node| self.free_bytes(*node) >= self.piece_bytes());
        if taken.is_none() && self.places.is_some() {
            let nodes = 0..self.domains().len() as u32;
            let full = self
                .with_report(piece, |report| nodes.into_iter().any(|node| report.is_suited(node)));
            self.tallies.refused += u64::from(full);
        }
        taken
    }

    /// A node for a piece, far from the object's other pieces.
    fn choose<E: EngineEvent>(&self, piece: u32, ctx: &mut Context<E>) -> Option<u32> {
        let now = ctx.now();
        let mut stream = ctx.streams().indexed(piece, PLACE, now.as_nanos());
        self.with_report(piece, |reports| {
            self.settings.placement.place(&Telemetry { now, reports }, &mut stream)
        })
    }

    /// Looks at what is known where a piece needs a node.
    fn with_report<T>(&self, piece: u32, look: impl FnOnce(&PlacementReport<'_>) -> T) -> T {
        let object = self.objects.object_of(piece);
        let placed = |other| {
            let node = self.objects.piece(other).node;
            (node != NOWHERE).then(|| PlacedPiece { node, counted: !self.objects.is_open(other) })
        };
        let pieces: Vec<_> = self.objects.pieces_of(object).filter_map(placed).collect();
        let contested = self.objects.object(object).contested;
        let (nodes, piece_bytes) = (&self.known, self.piece_bytes());
        look(&PlacementReport { nodes, pieces: &pieces, piece_bytes, contested })
    }

    fn piece_bytes(&self) -> u64 {
        self.settings.code.piece_bytes(self.settings.object_bytes)
    }

    /// Bytes that a node can still take.
    fn free_bytes(&self, node: u32) -> u64 {
        let Some(places) = &self.places else { return u64::MAX };
        let held = self.objects.held(node).len() as u64;
        u64::from(places[node as usize]).saturating_sub(held).saturating_mul(self.piece_bytes())
    }

    /// Puts a piece on a node, in place of wherever it is now. Both tell what room they have.
    fn put<E: EngineEvent>(&mut self, piece: u32, node: u32, ctx: &mut Context<E>) {
        self.remove(piece, ctx.now());
        self.objects.put(piece, node);
        if let (Some(places), Some(check)) = (&self.places, self.checks.capacity) {
            let (held, most) = (self.objects.held(node).len(), places[node as usize]);
            ctx.checks.note(check, held <= most as usize, ctx.now(), || {
                format!("node {node} holds {held} pieces and has room for {most}")
            });
            self.report(node, ctx.now());
        }
    }

    /// Takes a piece from its node, which tells what room it has.
    pub(super) fn remove(&mut self, piece: u32, now: SimTime) {
        let node = self.objects.piece(piece).node;
        self.objects.remove(piece);
        if node != NOWHERE && self.places.is_some() {
            self.report(node, now);
        }
    }

    /// Places of the nodes that are not gone, if they have a capacity: how many hold a piece, and
    /// how many there are.
    pub(super) fn room(&self) -> Option<(u64, u64)> {
        let hosts = self.places.as_ref()?.iter().zip(self.objects.hosts());
        let held = |node: usize| self.objects.held(node as u32).len() as u64;
        let there = hosts.enumerate().filter(|(_, (_, host))| !host.retired);
        Some(there.fold((0, 0), |sum, (node, (places, _))| {
            (sum.0 + held(node), sum.1 + u64::from(*places))
        }))
    }

    /// Takes note of losses, then lets repair look at every object that changed.
    fn settle<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        let mut changed = std::mem::take(&mut self.changed);
        loop {
            self.objects.take_changed(&mut changed);
            if changed.is_empty() {
                break;
            }
            for &object in &changed {
                self.judge(object, ctx);
            }
            for &object in &changed {
                self.repairs.consider(object, &self.objects, ctx);
            }
        }
        self.changed = changed;
        self.repairs.dispatch(&self.objects, ctx);
    }

    /// Notes the loss of an object, and stores it anew if that is wanted.
    fn judge<E: EngineEvent>(&mut self, object: u32, ctx: &mut Context<E>) {
        let needed = self.settings.code.needed;
        let found = self.objects.object(object);
        if found.lost || found.intact >= needed {
            return;
        }
        self.tallies.losses += 1;
        self.objects.set_lost(object, true);
        if self.settings.renew {
            self.objects.pieces_of(object).for_each(|piece| self.remove(piece, ctx.now()));
            self.place(object, ctx);
            let whole = self.objects.object(object).intact >= needed;
            self.objects.set_lost(object, !whole);
        }
    }
}

/// What happens to nodes.
impl Store {
    /// The node's data is gone and an empty node stands in its place.
    fn fail<E: EngineEvent + From<Event>>(&mut self, node: u32, ctx: &mut Context<E>) {
        self.tallies.node_failures += 1;
        self.empty(node, ctx.now());
        self.nodes.renew(node, ctx.now());
        self.arm(node, 1.0, ctx);
    }

    fn empty(&mut self, node: u32, now: SimTime) {
        while let Some(&piece) = self.objects.held(node).last() {
            self.remove(piece, now);
        }
    }

    fn next_outage<E: EngineEvent + From<Event>>(&self, node: u32, ctx: &mut Context<E>) {
        if let Some(outage) = &self.node_settings.outage
            && !self.objects.host(node).retired
        {
            let mut stream = self.draws_of(node, OUTAGE, ctx);
            ctx.after(outage.between.draw(&mut stream), Event::Toggles { node, down: true }.into());
        }
    }

    fn toggle<E: EngineEvent + From<Event>>(
        &mut self,
        node: u32,
        down: bool,
        ctx: &mut Context<E>,
    ) {
        self.set_down(node, down, ctx);
        if !down {
            self.next_outage(node, ctx);
        } else if let Some(outage) = &self.node_settings.outage {
            let mut stream = self.draws_of(node, OUTAGE, ctx);
            ctx.after(outage.lasts.draw(&mut stream), Event::Toggles { node, down: false }.into());
        }
    }

    /// One reason more or less for a node to be down.
    fn set_down<E: EngineEvent + From<Event>>(
        &mut self,
        node: u32,
        down: bool,
        ctx: &mut Context<E>,
    ) {
        let was_up = self.objects.host(node).is_up();
        self.objects.change_host(node, |host| {
            host.down = if down { host.down + 1 } else { host.down - 1 };
        });
        let is_up = self.objects.host(node).is_up();
        self.report(node, ctx.now());
        if was_up && !is_up {
            self.outages[node as usize] += 1;
            if let Some(delay) = self.settings.repair.gives_up_after {
                let outage = self.outages[node as usize];
                ctx.after(delay, Event::GivesUp { node, outage }.into());
            }
        } else if is_up && !was_up {
            self.count_on(node);
        }
    }

    /// A node has been down too long: its pieces are made anew elsewhere.
    fn give_up(&mut self, node: u32, outage: u32) {
        if self.outages[node as usize] == outage && !self.objects.host(node).is_up() {
            for piece in self.objects.held(node).to_vec() {
                self.objects.write_off(piece, true);
            }
        }
    }

    /// A node is back: what it still holds counts again, unless it refuses it.
    fn count_on(&mut self, node: u32) {
        for piece in self.objects.held(node).to_vec() {
            let refused = !self.objects.reached(piece);
            self.objects.write_off(piece, refused);
        }
    }

    fn shock<E: EngineEvent + From<Event>>(
        &mut self,
        number: u16,
        begins: bool,
        ctx: &mut Context<E>,
    ) {
        let shock = self.settings.shocks[usize::from(number)].clone();
        for node in 0..self.domains().len() as u32 {
            if self.domains()[node as usize].number(shock.kind) != shock.number {
                continue;
            }
            match shock.effect {
                Effect::Outage { .. } => self.set_down(node, begins, ctx),
                Effect::Loss => self.retire(node, ctx),
                Effect::Censors => self.censor(node, ctx.now()),
            }
        }
        if let (true, Effect::Outage { lasts }) = (begins, shock.effect) {
            ctx.after(lasts, Event::Shock { number, begins: false }.into());
        }
    }

    /// A node reports what it is now.
    fn report(&mut self, node: u32, now: SimTime) {
        let host = self.objects.host(node);
        let states = (host.is_up(), host.censors);
        self.known.update(node, states, self.free_bytes(node), now);
    }

    fn retire<E: EngineEvent>(&mut self, node: u32, ctx: &mut Context<E>) {
        self.empty(node, ctx.now());
        self.nodes.stop(node, ctx);
        self.objects.change_host(node, |host| host.retired = true);
        self.report(node, ctx.now());
    }

    fn censor(&mut self, node: u32, now: SimTime) {
        self.objects.change_host(node, |host| host.censors = true);
        self.report(node, now);
        for piece in self.objects.held(node).to_vec() {
            if self.objects.object(self.objects.object_of(piece)).contested {
                self.tallies.censored += 1;
                self.objects.write_off(piece, true);
            }
        }
    }
}

/// Repair and the estimator of rare losses.
impl Store {
    fn rebuilt<E: EngineEvent + From<Event>>(&mut self, piece: u32, ctx: &mut Context<E>) {
        self.repairs.finish(piece, &self.objects);
        let object = self.objects.object_of(piece);
        let sources = self.gather(object, ctx);
        let node = sources.is_some().then(|| self.find_node(piece, ctx)).flatten();
        let (Some(sources), Some(node)) = (sources, node) else {
            self.tallies.restarts += 1;
            return;
        };
        let before = self.objects.piece(piece).node;
        self.tallies.moved += u64::from(before != NOWHERE && self.objects.host(before).censors);
        self.tallies.rebuilds += 1;
        self.tallies.rebuilt_bytes += self.settings.code.rebuild_bytes(self.settings.object_bytes);
        self.put(piece, node, ctx);
        self.make_bytes(piece, &sources, ctx);
    }

    /// Draws the rest of every life and rebuild anew from its age, lives of nodes that hold
    /// something at `scale` times their hazard. By this a branch of the estimator gets a future of
    /// its own.
    pub fn redraw<E: EngineEvent + From<Event>>(&mut self, scale: f64, ctx: &mut Context<E>) {
        self.scale_hazard(scale, ctx);
        self.repairs.redraw(ctx);
    }

    /// Draws the rest of every life anew, of nodes that hold something at `scale` times the hazard.
    /// A node that is gone for good has none.
    pub fn scale_hazard<E: EngineEvent + From<Event>>(&mut self, scale: f64, ctx: &mut Context<E>) {
        for node in 0..self.domains().len() as u32 {
            if self.objects.host(node).retired {
                continue;
            }
            let scale = if self.objects.held(node).is_empty() { 1.0 } else { scale };
            self.arm(node, scale, ctx);
        }
    }

    /// The likelihood ratio of all that has happened at scaled hazards since the last call.
    pub fn take_weight(&mut self, now: SimTime) -> f64 {
        self.nodes.take_weight(now)
    }

    /// Object time from the start to now, in seconds.
    pub fn object_seconds(&self, now: SimTime) -> f64 {
        now.as_seconds() * f64::from(self.settings.objects)
    }
}

/// How long a rate waits for one event: at least a nanosecond, because draws are named by their
/// instant, and a wait of nothing would be drawn again for ever.
pub(super) fn waiting(rate_per_second: f64, exponential: f64) -> Option<SimDuration> {
    let seconds = exponential / rate_per_second;
    let least = SimDuration::from_nanos(1);
    seconds.is_finite().then(|| SimDuration::from_seconds_f64(seconds).max(least))
}

#[cfg(test)]
mod tests {
    use pinwheel_core::Simulation;

    use super::*;
    use crate::data::coding::Code;
    use crate::data::objects::Damage;
    use crate::data::settings::Capacity;
    use crate::data::splitting::Alone;
    use crate::laws::draw::Duration;
    use crate::laws::failure::FailureLaw;
    use crate::policy::placement::Placement;
    use crate::policy::telemetry::nodes::DomainKind;

    fn chosen(run: &mut Simulation<Alone>) -> Vec<Option<u32>> {
        let store = &run.model.store;
        (0..store.objects.pieces()).map(|piece| store.choose(piece, &mut run.ctx)).collect()
    }

    /// Nodes that are down but have not said so, damage to pieces and the lives of nodes change no
    /// choice: only what has been reported does.
    #[test]
    fn hidden_state_of_nodes_changes_no_placement() {
        assert_eq!(Placement::SPECS.len(), 1, "a policy is not in the test");
        for kinds in [vec![], vec![DomainKind::Owner, DomainKind::Region]] {
            let rebuild = Duration::Fixed(SimDuration::from_hours(10));
            let mut settings = StoreSettings::new(100, Code::new(4, 6), rebuild);
            settings.placement = Placement::Spread(kinds);
            settings.contested_share = 0.5;
            let capacity = Some(Capacity::Each(26 * settings.code.piece_bytes(1 << 20)));
            let nodes = NodeSettings { regions: 4, sites: 12, owners: 5, ..NodeSettings::new(30) };
            let nodes = NodeSettings { capacity, ..nodes };
            let streams = Streams::new(11, 0);
            let store = Store::new(&settings, &nodes, &streams);
            let mut run = Simulation::new(Alone { store }, streams);
            run.run_until(SimTime::ZERO + SimDuration::from_hours(100));
            let mut hidden = run.clone();
            let Store { objects, node_settings, nodes, .. } = &mut hidden.model.store;
            node_settings.life = FailureLaw::exponential(1.0);
            *nodes = Nodes::new(FailureLaw::exponential(1.0), 30);
            for node in 0..30 {
                objects.change_host(node, |host| {
                    (host.down, host.censors) = ((node % 3) as u8, node % 2 == 0);
                });
            }
            (0..objects.pieces())
                .step_by(2)
                .for_each(|piece| objects.damage(piece, Damage::Rotten));
            // Nodes that are full and have not said so.
            hidden.model.store.places = Some(vec![0; 30]);
            let seen = chosen(&mut run);
            assert!(seen.iter().all(Option::is_some));
            assert_eq!(seen, chosen(&mut hidden));
            // What nodes report does change what is chosen.
            (0..30).for_each(|node| hidden.model.store.report(node, SimTime::ZERO));
            assert_ne!(seen, chosen(&mut hidden));
            run.model.store.places = Some(vec![0; 30]);
            (0..30).for_each(|node| run.model.store.report(node, SimTime::ZERO));
            assert!(chosen(&mut run).iter().all(Option::is_none), "full nodes that have said so");
        }
    }

    /// Three nodes that are gone for good an hour after their hazards were scaled: the weight is of
    /// that hour, nothing more counts, and no clock of theirs is started again.
    #[test]
    fn a_node_that_is_gone_for_good_has_no_life_and_no_weight() {
        let at = |hours| SimTime::ZERO + SimDuration::from_hours(hours);
        let rebuild = Duration::Fixed(SimDuration::from_hours(10));
        let settings = StoreSettings::new(3, Code::new(1, 3), rebuild);
        let life = FailureLaw::exponential(1e5 * 3_600.0);
        let nodes = NodeSettings { life, ..NodeSettings::new(3) };
        let streams = Streams::new(5, 0);
        let store = Store::new(&settings, &nodes, &streams);
        let mut run = Simulation::new(Alone { store }, streams);
        run.run_until(at(1));
        run.model.store.scale_hazard(5.0, &mut run.ctx);
        run.run_until(at(2));
        (0..3).for_each(|node| run.model.store.retire(node, &mut run.ctx));
        run.run_until(at(1_000));
        run.model.store.scale_hazard(1e6, &mut run.ctx);
        run.run_until(at(100_000));
        assert_eq!(run.model.store.tallies.node_failures, 0);
        let weight = run.model.store.take_weight(at(100_000));
        assert!((weight / pinwheel_core::math::exp(4.0 * 3.0 / 1e5) - 1.0).abs() < 1e-12);
    }
}
