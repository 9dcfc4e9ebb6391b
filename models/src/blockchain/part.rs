//! The layer as a part of a world: chains write down what happens to devices and which readings
//! have reached the platform.

use pinwheel_core::{Context, Event as EngineEvent};

use super::{Blockchain, Event, Settings};
use crate::describe::review::Inputs;
use crate::part::{Around, Part, Request, Shared, Signal};

impl<E: EngineEvent + From<Event>> Part<E> for Blockchain {
    type Settings = Settings;
    type Event = Event;

    fn new(settings: &Settings, around: &Around<'_>) -> Self {
        Blockchain::new(settings, around)
    }

    fn start(&mut self, _shared: &mut Shared, ctx: &mut Context<E>) {
        Blockchain::start(self, ctx);
    }

    fn handle(&mut self, event: Event, _shared: &mut Shared, ctx: &mut Context<E>) {
        Blockchain::handle(self, event, ctx);
    }

    fn hear(&mut self, signal: &Signal, _shared: &mut Shared, ctx: &mut Context<E>) {
        match *signal {
            Signal::Device { device, class, up } => self.device_changed(device, class, up, ctx),
            Signal::Delivery(delivery) => self.reading_arrived(delivery, ctx),
        }
    }

    fn review(&mut self, _request: Request) -> Vec<Inputs> {
        Blockchain::review(self)
    }
}
