//! By what name devices, owners and shocks draw: their class or id, and a number within it. A
//! class, an owner or a shock put before others moves no draw of those behind it.

use std::ops::Range;

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Context, Scope, Stream, Streams};
use serde::{Deserialize, Serialize};

use super::Fleet;
use crate::infrastructure::settings::Settings;

/// The names of all classes and shocks, and the numbers within a class.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Names {
    classes: Vec<Scope>,
    shocks: Vec<Scope>,
    /// The first device of each class on the first day.
    first: Vec<u32>,
    /// Devices of the first day.
    early: u32,
    /// Number within its class of each device that has joined since.
    late: Vec<u32>,
    /// Devices of each class there have ever been.
    count: Vec<u32>,
}

impl Names {
    pub(super) fn new(settings: &Settings) -> Self {
        let mut names = Names {
            classes: settings.classes.iter().map(|class| Scope::of(&class.id)).collect(),
            shocks: settings.shocks.iter().map(|shock| Scope::of(&shock.id)).collect(),
            count: settings.classes.iter().map(|class| class.count).collect(),
            ..Names::default()
        };
        for class in &settings.classes {
            names.first.push(names.early);
            names.early += class.count;
        }
        names
    }

    /// The names in a row of devices of the first day that is a fleet of its own.
    pub(super) fn of_row(&self, devices: Range<u32>) -> Self {
        // Where a class begins before the row, the difference wraps, and so it does back again.
        let first = |first: &u32| first.wrapping_sub(devices.start);
        Names {
            first: self.first.iter().map(first).collect(),
            early: devices.end - devices.start,
            ..self.clone()
        }
    }

    /// The streams of a class.
    pub(super) fn of_class(&self, class: u8, streams: &Streams) -> Streams {
        streams.within(self.classes[usize::from(class)])
    }

    /// The streams of a shock.
    pub(super) fn of_shock(&self, shock: u16, streams: &Streams) -> Streams {
        streams.within(self.shocks[usize::from(shock)])
    }

    /// One more device of a class.
    pub(super) fn join(&mut self, class: u8) {
        let count = &mut self.count[usize::from(class)];
        self.late.push(*count);
        *count += 1;
    }

    /// The number of a device within its class.
    #[inline]
    fn number(&self, device: u32, class: u8) -> u32 {
        match device.checked_sub(self.early) {
            None => device.wrapping_sub(self.first[usize::from(class)]),
            Some(late) => self.late[late as usize],
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.late.len() * size_of::<u32>()
    }
}

impl Fleet {
    /// The stream of a device for a purpose and an index such as a life or an instant.
    pub(super) fn stream<E: EngineEvent>(
        &self,
        device: u32,
        purpose: Purpose,
        index: u64,
        ctx: &Context<E>,
    ) -> Stream {
        self.stream_of(device, self.class(device), purpose, index, ctx)
    }

    /// The same where the class is known, which is not fetched again.
    #[inline]
    pub(super) fn stream_of<E: EngineEvent>(
        &self,
        device: u32,
        class: u8,
        purpose: Purpose,
        index: u64,
        ctx: &Context<E>,
    ) -> Stream {
        let streams = self.names.of_class(class, ctx.streams());
        streams.indexed(self.names.number(device, class), purpose, index)
    }

    /// The stream of a device for what a shock does to it.
    pub(super) fn struck<E: EngineEvent>(
        &self,
        device: u32,
        shock: u16,
        purpose: Purpose,
        ctx: &Context<E>,
    ) -> Stream {
        let class = self.class(device);
        let streams = self.names.of_shock(shock, ctx.streams());
        let streams = self.names.of_class(class, &streams);
        streams.indexed(self.names.number(device, class), purpose, ctx.now().as_nanos())
    }

    /// The stream of a device's place on the map.
    pub(in crate::infrastructure) fn place_stream(&self, device: u32, streams: &Streams) -> Stream {
        const PLACE: Purpose = Purpose::new("infrastructure.place");
        let class = self.class(device);
        let streams = self.names.of_class(class, streams);
        streams.stream(self.names.number(device, class), PLACE)
    }
}
