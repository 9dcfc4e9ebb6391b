//! The layer as a part of a world: servers that are devices go down and come up with them.

use pinwheel_core::{Context, Event as EngineEvent};

use super::{Event, Service, Settings};
use crate::part::{Around, Part, Shared, Signal};

impl<E: EngineEvent + From<Event>> Part<E> for Service {
    type Settings = Settings;
    type Event = Event;

    fn new(settings: &Settings, around: &Around<'_>) -> Self {
        Service::new(settings, around)
    }

    fn start(&mut self, _shared: &mut Shared, ctx: &mut Context<E>) {
        Service::start(self, ctx);
    }

    fn handle(&mut self, event: Event, _shared: &mut Shared, ctx: &mut Context<E>) {
        Service::handle(self, event, ctx);
    }

    fn hear(&mut self, signal: &Signal, _shared: &mut Shared, ctx: &mut Context<E>) {
        if let Signal::Device { device, class, up } = *signal {
            self.device_changed(device, class, up, ctx);
        }
    }
}
