//! The layer as a part of a world: it follows the devices of the fleet, and tells of readings that
//! have reached the platform.

use pinwheel_core::{Context, Event as EngineEvent};

use super::channel::Loss;
use super::spec::{IN_BURSTS, LEVERS};
use super::{Connection, Event, Settings};
use crate::describe::{Lever, LeverSpec, Refused};
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

    fn levers(settings: &Settings) -> Vec<Lever> {
        let (loss, fixed) = match settings.channel.loss {
            Loss::Independent(share) => (share, None),
            bursts @ Loss::Bursts { .. } => (bursts.share(), Some(IN_BURSTS)),
        };
        let values = [(settings.interval_seconds, None), (loss, fixed)];
        let lever = |(spec, (value, fixed)): (&LeverSpec, _)| {
            Lever::new(spec.name.to_owned(), *spec, value, fixed)
        };
        LEVERS.levers.iter().zip(values).map(lever).collect()
    }

    fn set(&mut self, key: &str, value: f64, _ctx: &mut Context<E>) -> Result<(), Refused> {
        LEVERS.find(key).ok_or(Refused::NoLever)?.check(value)?;
        match (key, &mut self.settings.channel.loss) {
            ("interval", _) => self.settings.interval_seconds = value,
            (_, Loss::Independent(share)) => *share = value,
            (_, Loss::Bursts { .. }) => return Err(Refused::NoLever),
        }
        Ok(())
    }

    fn hear(&mut self, signal: &Signal, _shared: &mut Shared, ctx: &mut Context<E>) {
        if let Signal::Device { device, class, up } = *signal {
            self.fleet_changed(device, class, up, ctx);
        }
    }
}
