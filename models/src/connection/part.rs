//! The layer as a part of a world: it follows the devices of the fleet, and tells of readings that
//! have reached the platform.

use pinwheel_core::{Context, Event as EngineEvent};

use super::{Connection, Event, Settings};
use crate::part::{Around, Known, Part, Readers, Shared, Signal};

impl<E: EngineEvent + From<Event>> Part<E> for Connection {
    type Settings = Settings;
    type Event = Event;

    fn announce(settings: &Settings, known: &mut Known) {
        known.readers = Some(Readers { count: settings.devices, on: settings.on.clone() });
    }

    fn new(settings: &Settings, around: &Around<'_>) -> Self {
        Connection::new(settings, around)
    }

    fn start(&mut self, _shared: &mut Shared, ctx: &mut Context<E>) {
        Connection::start(self, ctx);
    }

    fn handle(&mut self, event: Event, shared: &mut Shared, ctx: &mut Context<E>) {
        Connection::handle(self, event, ctx);
        self.deliveries().for_each(|delivery| shared.tell(Signal::Delivery(delivery)));
    }

    fn hear(&mut self, signal: &Signal, _shared: &mut Shared, ctx: &mut Context<E>) {
        if let Signal::Device { device, class, up } = *signal {
            self.fleet_changed(device, class, up, ctx);
        }
    }
}
