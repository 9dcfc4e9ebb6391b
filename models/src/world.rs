//! One world: the layers and the networks that stand on them. Its event is the sum of theirs.

use pinwheel_core::{Context, Event as EngineEvent, MetricSpec, Model, Streams};
use serde::{Deserialize, Serialize};

use crate::infrastructure::{self, Infrastructure};
use crate::networks::filecoin::{self, Filecoin};
use crate::scenario::{Network, Scenario};

/// Whatever happens in a world.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    Infrastructure(infrastructure::Event),
    Filecoin(filecoin::Event),
}

impl Event {
    /// The name of a kind of event, for statistics.
    pub fn kind_name(kind: u8) -> &'static str {
        infrastructure::Event::kind_name(kind)
            .or_else(|| filecoin::Event::kind_name(kind))
            .unwrap_or("unnamed")
    }
}

impl EngineEvent for Event {
    fn priority(&self) -> u8 {
        match self {
            Event::Infrastructure(event) => event.priority(),
            Event::Filecoin(event) => event.priority(),
        }
    }
    fn kind(&self) -> u8 {
        match self {
            Event::Infrastructure(event) => event.kind(),
            Event::Filecoin(event) => event.kind(),
        }
    }
}
impl From<infrastructure::Event> for Event {
    fn from(event: infrastructure::Event) -> Self {
        Event::Infrastructure(event)
    }
}
impl From<filecoin::Event> for Event {
    fn from(event: filecoin::Event) -> Self {
        Event::Filecoin(event)
    }
}

/// Machines and the network they serve.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct World {
    infrastructure: Infrastructure,
    filecoin: Filecoin,
    changed: Vec<u32>,
}

impl World {
    /// The world of a scenario on its first day, for the run that `streams` name.
    pub fn new(scenario: &Scenario, streams: &Streams) -> Self {
        let Network::Filecoin(settings) = &scenario.network;
        let (filecoin, infrastructure) = Filecoin::new(settings, streams);
        World { infrastructure, filecoin, changed: vec![] }
    }

    /// What the world records, by [`pinwheel_core::Metric`].
    pub fn metrics(&self) -> &'static [MetricSpec] {
        filecoin::metrics::METRICS
    }
}

impl Model for World {
    type Event = Event;

    fn start(&mut self, ctx: &mut Context<Event>) {
        self.infrastructure.start(ctx);
        self.filecoin.start(ctx);
    }

    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        match event {
            Event::Infrastructure(event) => {
                self.infrastructure.handle(event, ctx, &mut self.changed);
                for owner in self.changed.drain(..) {
                    let status = self.infrastructure.status(owner);
                    self.filecoin.plant_status(owner, status, ctx.now());
                }
            }
            Event::Filecoin(event) => self.filecoin.handle(event, &mut self.infrastructure, ctx),
        }
    }
}
