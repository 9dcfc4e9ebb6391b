//! The layer as a model of its own, for validation and measurements.

use pinwheel_core::{Context, Model, Streams};
use serde::{Deserialize, Serialize};

use super::{Connection, Delivery, Event, Settings};
use crate::part::Around;

/// Devices, links and a platform with nothing around them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Isolated {
    /// The layer.
    pub connection: Connection,
    /// Readings that have reached the platform.
    pub deliveries: Vec<Delivery>,
}

impl Isolated {
    /// The layer at time zero, for the run that `streams` name.
    pub fn new(settings: &Settings, streams: &Streams) -> Self {
        let connection = Connection::new(settings, &Around::alone(streams));
        Isolated { connection, deliveries: Vec::new() }
    }
}

impl Model for Isolated {
    type Event = Event;

    fn start(&mut self, ctx: &mut Context<Event>) {
        self.connection.start(ctx);
    }
    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        self.connection.handle(event, ctx);
        self.deliveries.extend(self.connection.deliveries());
    }
}
