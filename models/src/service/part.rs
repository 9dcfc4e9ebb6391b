//! The layer as a part of a world: servers that are devices go down and come up with them.

use pinwheel_core::{Context, Event as EngineEvent};

use super::spec::LEVERS;
use super::{Event, Service, Settings};
use crate::describe::lever::{Lever, Refused, member};
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

    fn levers(settings: &Settings) -> Vec<Lever> {
        let mut levers = Vec::new();
        for (place, station) in settings.stations.iter().enumerate() {
            let means = [station.arrivals.mean_seconds(), station.service.mean_seconds()];
            for (spec, value) in LEVERS.levers.iter().zip(means) {
                let key = format!("station[{place}].{}", spec.name);
                levers.push(Lever::new(key, *spec, value, None));
            }
        }
        levers
    }

    fn set(&mut self, key: &str, value: f64, ctx: &mut Context<E>) -> Result<(), Refused> {
        let (place, name) = member(key, "station").ok_or(Refused::NoLever)?;
        let station = self.stations.get_mut(place).ok_or(Refused::NoLever)?;
        LEVERS.find(name).ok_or(Refused::NoLever)?.check(value)?;
        match name {
            "arrivals.mean" => station.set_mean_gap(value, ctx),
            _ => station.set_mean_size(value),
        }
        Ok(())
    }

    fn hear(&mut self, signal: &Signal, _shared: &mut Shared, ctx: &mut Context<E>) {
        if let Signal::Device { device, class, up } = *signal {
            self.device_changed(device, class, up, ctx);
        }
    }
}
