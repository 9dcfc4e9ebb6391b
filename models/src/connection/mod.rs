//! The links and protocols between devices and the platform.

pub mod file;
pub mod metrics;
pub mod settings;

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Label, Metric, SimDuration, Streams};
use serde::{Deserialize, Serialize};

pub use settings::Settings;

use crate::metric;

const DEVICES: Metric = metric::number("connected_devices");
const DAY: SimDuration = SimDuration::from_days(1);
/// First of the layer's kinds of event.
const KIND: u8 = 32;

/// What happens in this layer.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A day ends: its records.
    Record,
}

impl Event {
    /// The name of a kind of event of this layer.
    pub fn kind_name(kind: u8) -> Option<&'static str> {
        ["connection record"].get(usize::from(kind.checked_sub(KIND)?)).copied()
    }
}

impl EngineEvent for Event {
    fn priority(&self) -> u8 {
        match self {
            Event::Record => 250,
        }
    }
    fn kind(&self) -> u8 {
        match self {
            Event::Record => KIND,
        }
    }
}

/// The layer while it runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Connection {
    devices: u32,
}

impl Connection {
    /// The layer at time zero.
    pub fn new(settings: &Settings, _streams: &Streams) -> Self {
        Connection { devices: settings.devices }
    }

    /// Schedules the first events.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        ctx.after(DAY, Event::Record.into());
    }

    /// Reacts to one event.
    pub fn handle<E: EngineEvent + From<Event>>(&mut self, event: Event, ctx: &mut Context<E>) {
        match event {
            Event::Record => {
                ctx.after(DAY, event.into());
                let now = ctx.now();
                ctx.records.push(now, DEVICES, Label::default(), f64::from(self.devices));
            }
        }
    }
}
