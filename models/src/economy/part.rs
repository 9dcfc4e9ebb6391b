//! The economy as a part of a world: node `i` stands on device `i` of the fleet.

use pinwheel_core::{Context, Event as EngineEvent};

use super::{Economy, Event, Settings};
use crate::describe::review::Inputs;
use crate::part::{Around, Part, Request, Shared, Signal};

impl<E: EngineEvent + From<Event>> Part<E> for Economy {
    type Settings = Settings;
    type Event = Event;

    fn new(settings: &Settings, around: &Around<'_>) -> Self {
        Economy::new(settings, around.streams)
    }

    fn start(&mut self, _shared: &mut Shared, ctx: &mut Context<E>) {
        Economy::start(self, ctx);
    }

    fn handle(&mut self, event: Event, _shared: &mut Shared, ctx: &mut Context<E>) {
        Economy::handle(self, event, ctx);
    }

    fn hear(&mut self, signal: &Signal, _shared: &mut Shared, _ctx: &mut Context<E>) {
        if let Signal::Device { device, up, .. } = *signal {
            self.device_changed(device, up);
        }
    }

    fn review(&mut self, request: Request) -> Vec<Inputs> {
        vec![Economy::review(self, request.wanted)]
    }
}
