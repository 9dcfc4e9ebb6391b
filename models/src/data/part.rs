//! The layer as a part of a world: nodes follow the devices of the fleet.

use pinwheel_core::{Context, Event as EngineEvent};

use super::{Data, Event, Settings};
use crate::part::{Around, Part, Shared, Signal};

impl<E: EngineEvent + From<Event>> Part<E> for Data {
    type Settings = Settings;
    type Event = Event;

    fn new(settings: &Settings, around: &Around<'_>) -> Self {
        Data::new(settings, around)
    }

    fn start(&mut self, _shared: &mut Shared, ctx: &mut Context<E>) {
        Data::start(self, ctx);
    }

    fn handle(&mut self, event: Event, _shared: &mut Shared, ctx: &mut Context<E>) {
        Data::handle(self, event, ctx);
    }

    fn hear(&mut self, signal: &Signal, _shared: &mut Shared, ctx: &mut Context<E>) {
        if let Signal::Device { device, class, up } = *signal {
            self.node_changed(device, class, up, ctx);
        }
    }
}
