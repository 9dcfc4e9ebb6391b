//! The layer as a part of a world: chains write down what happens to devices and which readings
//! have reached the platform.

use pinwheel_core::{Context, Event as EngineEvent};

use super::activity::load::LoadParameters;
use super::{Blockchain, Event, Settings};
use crate::describe::lever::{Lever, Refused, member};
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

    fn levers(settings: &Settings) -> Vec<Lever> {
        let mut levers = Vec::new();
        for (place, chain) in settings.chains.iter().enumerate() {
            let Some(mut load) = chain.load.clone() else { continue };
            for spec in LoadParameters::SPECS {
                let Some(value) = load.get_mut(spec.name).copied() else { continue };
                let key = format!("chain[{place}].load.{}", spec.name);
                let fixed = load.fixed(spec, &chain.fee);
                let spec = LoadParameters::lever(spec, chain.gas_limit);
                levers.push(Lever::new(key, spec, value, fixed));
            }
        }
        levers
    }

    fn set(&mut self, key: &str, value: f64, ctx: &mut Context<E>) -> Result<(), Refused> {
        let (place, name) = member(key, "chain").ok_or(Refused::NoLever)?;
        let name = name.strip_prefix("load.").ok_or(Refused::NoLever)?;
        let node = self.chains.get_mut(place).ok_or(Refused::NoLever)?;
        let load = node.load.as_mut().ok_or(Refused::NoLever)?;
        let found = LoadParameters::SPECS.iter().find(|spec| spec.name == name);
        let spec = found.ok_or(Refused::NoLever)?;
        LoadParameters::lever(spec, node.chain.state().rules.gas_limit).check(value)?;
        load.set(name, value, &node.chain, ctx);
        Ok(())
    }

    fn hear(&mut self, signal: &Signal, _shared: &mut Shared, ctx: &mut Context<E>) {
        match *signal {
            Signal::Device { device, class, up } => self.device_changed(device, class, up, ctx),
            Signal::Delivery(delivery) => self.reading_arrived(delivery, ctx),
            Signal::Lever { .. } => {}
        }
    }

    fn review(&mut self, _request: Request) -> Vec<Inputs> {
        Blockchain::review(self)
    }
}
