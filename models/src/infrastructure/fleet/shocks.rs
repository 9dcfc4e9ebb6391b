//! Common causes: one event that takes many devices down, because they share a region, a room, a
//! feed, a carrier, a batch or an owner.
//!
//! Every shock has one clock over all its places ([`Clock`]: the places fail as a population) or a
//! date. Its strike chooses the places and the devices; each device's outage ends by its own event.
//! A device that is down by failing does not fail again.

use std::collections::BTreeSet;

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Context, SimDuration, SimTime, Stream, Streams};
use serde::{Deserialize, Serialize};

use super::names::Names;
use super::{Change, Condition, Event, Fleet, Group, Owners};
use crate::infrastructure::settings::{Effect, Reach, Settings, Shock, Timing};
use crate::laws::draw::{burst, unit_exponential};
use crate::laws::failure::Clock;

const CLOCK: Purpose = Purpose::new("infrastructure.shock.clock");
const CHOICE: Purpose = Purpose::new("infrastructure.shock.choice");
const REACH: Purpose = Purpose::new("infrastructure.shock.reach");
const DELAY: Purpose = Purpose::new("infrastructure.shock.delay");
const OUTAGE: Purpose = Purpose::new("infrastructure.shock.outage");

/// Most devices of one burst.
const BURST_MAX: u32 = 10_000;
/// Draws for each device of a burst, before it is given up to find one more that is up.
const TRIES_MAX: u32 = 100;

/// When a shock strikes next, and where it draws its choices from.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct State {
    clock: Option<Clock>,
    choices: Stream,
}

/// The states of all shocks.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Clocks(Vec<State>);

impl Clocks {
    pub(super) fn new(
        settings: &Settings,
        owners: &Owners,
        names: &Names,
        streams: &Streams,
    ) -> Self {
        let state = |(number, shock): (u16, &Shock)| {
            let streams = names.of_shock(number, streams);
            let clock = match &shock.timing {
                Timing::Law(law) => {
                    let places = owners.places_of(shock, settings);
                    let stream = streams.stream(0, CLOCK);
                    Some(Clock::new(law.clone(), places, 0.0, SimTime::ZERO, stream))
                }
                Timing::Every(_) | Timing::At(_) => None,
            };
            State { clock, choices: streams.stream(0, CHOICE) }
        };
        Clocks((0..).zip(&settings.shocks).map(state).collect())
    }
}

impl Fleet {
    /// Sets the timer of the first or the next strike.
    pub(super) fn arm<E: EngineEvent + From<Event>>(&mut self, shock: u16, ctx: &mut Context<E>) {
        let index = usize::from(shock);
        let event: E = Event::Strikes { shock }.into();
        match (&self.settings.shocks[index].timing, &mut self.clocks.0[index].clock) {
            (Timing::Every(period), _) => ctx.after(*period, event),
            (Timing::At(time), _) => ctx.at(*time, event),
            (Timing::Law(_), None) => {}
            (Timing::Law(_), Some(clock)) => clock.arm(event, ctx),
        }
    }

    /// Lets the clocks go on at the rate of the places there are now.
    pub(super) fn resize_clocks<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        for shock in 0..self.clocks.0.len() {
            let places = self.owners.places_of(&self.settings.shocks[shock], &self.settings);
            let Some(clock) = &mut self.clocks.0[shock].clock else { continue };
            if clock.population() != places {
                clock.resize(places, ctx.now());
                self.arm(shock as u16, ctx);
            }
        }
    }

    pub(super) fn strike<E: EngineEvent + From<Event>>(
        &mut self,
        shock: u16,
        ctx: &mut Context<E>,
        changes: &mut Vec<Change>,
    ) {
        let index = usize::from(shock);
        if let Some(clock) = &mut self.clocks.0[index].clock {
            clock.strike(ctx.now());
        }
        if !matches!(self.settings.shocks[index].timing, Timing::At(_)) {
            self.arm(shock, ctx);
        }
        self.tallies.counts.strikes += 1;
        let rule = self.settings.shocks[index].clone();
        let places = self.owners.places_of(&rule, &self.settings);
        let choices = &mut self.clocks.0[index].choices;
        let mut chosen = BTreeSet::new();
        while chosen.len() < rule.places.min(places) as usize {
            let place = || choices.below(places.into()) as u32;
            chosen.insert(rule.region.map_or_else(place, u32::from));
        }
        let together = match &rule.effect {
            Effect::Outage { duration, together: true } => Some(duration.draw(choices)),
            _ => None,
        };
        for place in chosen {
            let groups = self.owners.place(rule.scope, place, &self.settings);
            for device in self.reached(index, &rule, &groups, ctx) {
                let mut stream = self.struck(device, shock, DELAY, ctx);
                let delay = rule.spread.as_seconds() * unit_exponential(&mut stream);
                if rule.spread == SimDuration::ZERO {
                    self.hit(device, shock, together, ctx, changes);
                } else {
                    let delay = SimDuration::from_seconds_f64(delay);
                    ctx.after(delay, Event::Reaches { shock, device }.into());
                }
            }
        }
    }

    /// The devices of a place that a strike reaches.
    fn reached<E: EngineEvent + From<Event>>(
        &mut self,
        index: usize,
        rule: &Shock,
        groups: &[Group],
        ctx: &Context<E>,
    ) -> Vec<u32> {
        let suits = |fleet: &Fleet, device: u32| {
            let class = fleet.class(device);
            (rule.classes.is_empty() || rule.classes.contains(&class)) && !fleet.is_gone(device)
        };
        let choices = &mut self.clocks.0[index].choices;
        let count = match rule.reach {
            Reach::Share(share) => {
                let members = groups.iter().flat_map(|group| group.members());
                return members
                    .filter(|device| {
                        self.struck(*device, index as u16, REACH, ctx).uniform() < share
                    })
                    .filter(|device| suits(self, *device))
                    .collect();
            }
            Reach::Burst(mean) => burst(choices, mean, BURST_MAX),
            Reach::Devices(count) => count,
        };
        let whole: u32 = groups.iter().map(|group| group.count()).sum();
        let mut found = BTreeSet::new();
        for _ in 0..count.min(whole).saturating_mul(TRIES_MAX) {
            if found.len() >= count as usize {
                break;
            }
            let device = nth(groups, self.clocks.0[index].choices.below(whole.into()) as u32);
            if suits(self, device) && self.is_up(device) {
                found.insert(device);
            }
        }
        found.into_iter().collect()
    }

    /// A device of a spread strike is reached.
    pub(super) fn reach<E: EngineEvent + From<Event>>(
        &mut self,
        shock: u16,
        device: u32,
        ctx: &mut Context<E>,
        changes: &mut Vec<Change>,
    ) {
        self.hit(device, shock, None, ctx, changes);
    }

    fn hit<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        shock: u16,
        together: Option<SimDuration>,
        ctx: &mut Context<E>,
        changes: &mut Vec<Change>,
    ) {
        let condition = self.condition[device as usize];
        if condition.has(Condition::GONE) {
            return;
        }
        match &self.settings.shocks[usize::from(shock)].effect {
            Effect::Failure => {
                if !condition.has(Condition::FAILED | Condition::PLANNED) {
                    self.fail(device, ctx, changes);
                }
            }
            Effect::Outage { duration, .. } if condition.outages < u8::MAX => {
                let now = ctx.now();
                let mut stream = self.struck(device, shock, OUTAGE, ctx);
                let length = together.unwrap_or_else(|| duration.draw(&mut stream));
                self.alter(device, now, changes, |condition| condition.outages += 1);
                ctx.after(length, Event::Recovers { device }.into());
            }
            Effect::Outage { .. } => {}
        }
    }

    pub(super) fn recover(&mut self, device: u32, now: SimTime, changes: &mut Vec<Change>) {
        self.alter(device, now, changes, |condition| condition.outages -= 1);
    }
}

/// A member of several groups by its place among all of theirs.
fn nth(groups: &[Group], mut index: u32) -> u32 {
    for group in groups {
        if index < group.count() {
            return group.member(index);
        }
        index -= group.count();
    }
    unreachable!("an index below the number of members")
}
