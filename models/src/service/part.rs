//! The layer as a part of a world.

use pinwheel_core::{Context, Event as EngineEvent};

use super::{Event, Service, Settings};
use crate::part::{Around, Part, Shared};

impl<E: EngineEvent + From<Event>> Part<E> for Service {
    type Settings = Settings;
    type Event = Event;

    fn new(settings: &Settings, around: &Around<'_>) -> Self {
        Service::new(settings, around.streams)
    }

    fn start(&mut self, _shared: &mut Shared, ctx: &mut Context<E>) {
        Service::start(self, ctx);
    }

    fn handle(&mut self, event: Event, _shared: &mut Shared, ctx: &mut Context<E>) {
        Service::handle(self, event, ctx);
    }
}
