//! The physical layer against closed forms, and its promises to the rest of the world.

mod file;
mod fleet;
mod laws;
mod map;
mod owners;
mod regions;
mod shocks;
mod sites;

use pinwheel_core::{Context, Model, SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::infrastructure::fleet::{Change, Event, Fleet};
use pinwheel_models::infrastructure::settings::Settings;

/// A world of devices only, that notes every change.
#[derive(Clone, Debug)]
pub struct Devices {
    pub fleet: Fleet,
    pub log: Vec<(SimTime, Change)>,
    changes: Vec<Change>,
}

impl Model for Devices {
    type Event = Event;
    fn start(&mut self, ctx: &mut Context<Event>) {
        self.fleet.start(ctx);
    }
    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        self.fleet.handle(event, ctx, &mut self.changes);
        let now = ctx.now();
        self.log.extend(self.changes.drain(..).map(|change| (now, change)));
    }
}

pub fn simulation(settings: &Settings, seed: u64) -> Simulation<Devices> {
    let streams = Streams::new(seed, 0);
    let fleet = Fleet::new(settings, &streams);
    Simulation::new(Devices { fleet, log: Vec::new(), changes: Vec::new() }, streams)
}

/// Runs for so many days and checks what always holds.
pub fn after(settings: &Settings, seed: u64, days: u64) -> Simulation<Devices> {
    let mut run = simulation(settings, seed);
    run.run_until(SimTime::ZERO + SimDuration::from_days(days));
    assert_eq!(run.ctx.checks.breach(), None);
    let mut up = vec![true; settings.classes.iter().map(|class| class.count as usize).sum()];
    for (time, change) in &run.model.log {
        let device = change.device as usize;
        if device == up.len() {
            up.push(false);
        }
        assert_ne!(up[device], change.up, "device {device} at {time}");
        up[device] = change.up;
    }
    for (device, up) in up.iter().enumerate() {
        assert_eq!(*up, run.model.fleet.is_up(device as u32));
    }
    run
}
