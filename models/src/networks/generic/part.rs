//! The network as a part of a world: its nodes stand on devices of the fleet.

use pinwheel_core::{Context, Event as EngineEvent};

use super::{Event, Generic, Settings, levers};
use crate::describe::review::Inputs;
use crate::describe::{Lever, Refused};
use crate::part::{Around, Part, Request, Shared, Signal};

impl<E: EngineEvent + From<Event>> Part<E> for Generic {
    type Settings = Settings;
    type Event = Event;

    fn new(settings: &Settings, around: &Around<'_>) -> Self {
        Generic::new(settings, around)
    }

    fn start(&mut self, _shared: &mut Shared, ctx: &mut Context<E>) {
        Generic::start(self, ctx);
    }

    fn handle(&mut self, event: Event, _shared: &mut Shared, ctx: &mut Context<E>) {
        Generic::handle(self, event, ctx);
    }

    fn hear(&mut self, signal: &Signal, _shared: &mut Shared, _ctx: &mut Context<E>) {
        if let Signal::Device { device, class, up, .. } = *signal {
            self.device_changed(device, class, up);
        }
    }

    fn levers(settings: &Settings) -> Vec<Lever> {
        levers::levers(settings)
    }

    fn set(&mut self, key: &str, value: f64, ctx: &mut Context<E>) -> Result<(), Refused> {
        self.set_lever(key, value, ctx)
    }

    fn review(&mut self, request: Request) -> Vec<Inputs> {
        vec![Generic::review(self, request.wanted)]
    }
}
