//! Devices one by one.

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Label, Metric, SimDuration, Streams};
use serde::{Deserialize, Serialize};

use super::settings::Settings;
use crate::metric;

const DEVICES_UP: Metric = metric::number("devices_up");
const DAY: SimDuration = SimDuration::from_days(1);
/// First of the fleet's kinds of event; those below are of plants.
const KIND: u8 = 2;

/// A device went down or came back.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub device: u32,
    pub up: bool,
}

/// What happens to devices.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A day ends: its records.
    Record,
}

impl Event {
    /// The name of a kind of event of this layer.
    pub fn kind_name(kind: u8) -> Option<&'static str> {
        ["fleet record"].get(usize::from(kind.checked_sub(KIND)?)).copied()
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

/// The devices of a scenario.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fleet {
    devices: u32,
}

impl Fleet {
    /// The devices at time zero.
    pub fn new(settings: &Settings, _streams: &Streams) -> Self {
        Fleet { devices: settings.devices }
    }

    /// Schedules the first events.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        ctx.after(DAY, Event::Record.into());
    }

    /// Reacts to one event; devices that went down or came back are appended to `changes`.
    pub fn handle<E: EngineEvent + From<Event>>(
        &mut self,
        event: Event,
        ctx: &mut Context<E>,
        _changes: &mut Vec<Change>,
    ) {
        match event {
            Event::Record => {
                ctx.after(DAY, event.into());
                let now = ctx.now();
                ctx.records.push(now, DEVICES_UP, Label::default(), f64::from(self.devices));
            }
        }
    }
}
