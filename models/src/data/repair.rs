//! Which missing pieces are made anew, and when: the most endangered object first, with bounds on
//! how many are under way for one object and for all.

use std::collections::{BTreeMap, BTreeSet};

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::queue::Timer;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Context, SimDuration, SimTime};
use serde::{Deserialize, Serialize};

use super::Event;
use super::objects::Objects;
use super::settings::RepairSettings;
use crate::laws::draw::Duration;
use crate::laws::draw::unit_exponential;

const REBUILD: Purpose = Purpose::new("data.rebuild");

/// Rebuilds under way and objects that wait for one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Repairs {
    settings: RepairSettings,
    /// By the number of the piece.
    active: BTreeMap<u32, Rebuild>,
    waiting: BTreeSet<(u16, u64, u32)>,
    /// By the number of the object.
    states: Vec<State>,
    arrivals: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Rebuild {
    began: SimTime,
    timer: Timer,
}

#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
struct State {
    /// Its pieces have fallen to the threshold and are not yet complete again.
    repairing: bool,
    active: u16,
    /// Its key in `waiting`, if it waits.
    key: Option<(u16, u64)>,
}

impl Repairs {
    /// Nothing to repair yet.
    pub fn new(settings: &RepairSettings, objects: u32) -> Self {
        Repairs {
            settings: settings.clone(),
            active: BTreeMap::new(),
            waiting: BTreeSet::new(),
            states: vec![State::default(); objects as usize],
            arrivals: 0,
        }
    }

    /// Rebuilds under way.
    pub fn active(&self) -> usize {
        self.active.len()
    }

    /// Takes notice of an object whose pieces have changed.
    pub fn consider<E: EngineEvent>(
        &mut self,
        object: u32,
        objects: &Objects,
        ctx: &mut Context<E>,
    ) {
        for piece in objects.pieces_of(object) {
            let back = self.active.contains_key(&piece) && !objects.is_open(piece);
            if back || objects.object(object).lost {
                self.cancel(piece, objects, ctx);
            }
        }
        self.requeue(object, objects);
    }

    /// Puts an object into the line, at the place its counted pieces give it, or out of it.
    fn requeue(&mut self, object: u32, objects: &Objects) {
        let (found, open) = (objects.object(object), objects.open(object));
        let state = &mut self.states[object as usize];
        let due = state.repairing || found.counted <= self.settings.begins_at;
        state.repairing = due && open > 0 && !found.lost;
        let room = state.active < open.min(self.settings.at_once_object);
        let wanted = (state.repairing && room).then_some(found.counted);
        if state.key.map(|(counted, _)| counted) == wanted {
            return;
        }
        if let Some((counted, arrival)) = state.key.take() {
            self.waiting.remove(&(counted, arrival, object));
        }
        if let Some(counted) = wanted {
            state.key = Some((counted, self.arrivals));
            self.waiting.insert((counted, self.arrivals, object));
            self.arrivals += 1;
        }
    }

    /// Begins rebuilds while there is room for one more.
    ///
    /// # Panics
    ///
    /// If an object in line has no open piece, or all are being rebuilt: a fault of the model.
    pub fn dispatch<E: EngineEvent + From<Event>>(
        &mut self,
        objects: &Objects,
        ctx: &mut Context<E>,
    ) {
        while self.active.len() < self.settings.at_once as usize {
            let Some(&(_, _, object)) = self.waiting.first() else { return };
            let next = |piece: &u32| objects.is_open(*piece) && !self.active.contains_key(piece);
            let piece = objects.pieces_of(object).find(next);
            self.begin(piece.expect("an object in line has an open piece"), ctx);
            self.states[object as usize].active += 1;
            self.requeue(object, objects);
        }
    }

    /// Begins the rebuild of a piece, or draws its rest from its age if it is under way.
    fn begin<E: EngineEvent + From<Event>>(&mut self, piece: u32, ctx: &mut Context<E>) {
        let now = ctx.now();
        let under_way = self.active.remove(&piece);
        let began = under_way.as_ref().map_or(now, |rebuild| rebuild.began);
        if let Some(rebuild) = under_way {
            ctx.cancel(rebuild.timer);
        }
        let age = now.since(began);
        let exponential =
            unit_exponential(&mut ctx.streams().indexed(piece, REBUILD, now.as_nanos()));
        let rest = match &self.settings.time {
            Duration::Fixed(whole) => *whole - age,
            Duration::Drawn(law) => {
                let age_seconds = age.as_seconds();
                let end = law.age_at(law.cumulative_hazard(age_seconds) + exponential);
                SimDuration::from_seconds_f64(end - age_seconds)
            }
        };
        let timer = ctx.timer(rest, Event::Rebuilt { piece }.into());
        self.active.insert(piece, Rebuild { began, timer });
    }

    /// Draws the rest of every rebuild anew from its age.
    pub fn redraw<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        let pieces: Vec<u32> = self.active.keys().copied().collect();
        pieces.into_iter().for_each(|piece| self.begin(piece, ctx));
    }

    /// A rebuild is due: it is no longer under way.
    ///
    /// # Panics
    ///
    /// If no rebuild of this piece is under way.
    pub fn finish(&mut self, piece: u32, objects: &Objects) {
        self.active.remove(&piece).expect("a rebuild ends that is under way");
        self.release(piece, objects);
    }

    fn cancel<E: EngineEvent>(&mut self, piece: u32, objects: &Objects, ctx: &mut Context<E>) {
        if let Some(rebuild) = self.active.remove(&piece) {
            ctx.cancel(rebuild.timer);
            self.release(piece, objects);
        }
    }

    fn release(&mut self, piece: u32, objects: &Objects) {
        let object = objects.object_of(piece);
        self.states[object as usize].active -= 1;
        self.requeue(object, objects);
    }
}
