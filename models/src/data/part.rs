//! The layer as a part of a world: nodes follow the devices of the fleet.

use pinwheel_core::{Context, Event as EngineEvent};

use super::spec::LEVERS;
use super::{Data, Event, Settings};
use crate::describe::{Lever, LeverSpec, Refused};
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

    fn levers(settings: &Settings) -> Vec<Lever> {
        let reads = settings.store.as_ref().map(|store| store.reads_per_second);
        let requests = settings.flash_crowd.as_ref().map(|crowd| crowd.requests_per_second);
        let lever = |(spec, value): (&LeverSpec, Option<f64>)| {
            let key = spec.name.to_owned();
            value.map(|value| Lever::new(key, *spec, value, None))
        };
        LEVERS.levers.iter().zip([reads, requests]).filter_map(lever).collect()
    }

    fn set(&mut self, key: &str, value: f64, ctx: &mut Context<E>) -> Result<(), Refused> {
        LEVERS.find(key).ok_or(Refused::NoLever)?.check(value)?;
        match (key, &mut self.store, &mut self.flash_crowd) {
            ("store.reads", Some(store), _) => store.set_reads(value, ctx),
            ("flash_crowd.requests", _, Some(crowd)) => crowd.set_requests(value, ctx),
            _ => return Err(Refused::NoLever),
        }
        Ok(())
    }

    fn hear(&mut self, signal: &Signal, _shared: &mut Shared, ctx: &mut Context<E>) {
        if let Signal::Device { device, class, up } = *signal {
            self.node_changed(device, class, up, ctx);
        }
    }
}
