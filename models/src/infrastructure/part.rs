//! The layer as a part of a world: a fleet, and what it does. It tells which devices are up.

use pinwheel_core::{Context, Event as EngineEvent};
use serde::{Deserialize, Serialize};

use super::spec::LEVERS;
use super::{Change, Fleet, Operation, Settings, fleet, operation, settings};
use crate::describe::lever::{Lever, Refused, member};
use crate::describe::review::Inputs;
use crate::part::{Around, DeviceClass, Devices, Known, Part, Request, Shared, Signal};

/// What happens in the physical layer.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// To a device, its owner or its spare parts.
    Fleet(fleet::Event),
    /// To the fleet at work.
    Operation(operation::Event),
}

impl EngineEvent for Event {
    #[inline]
    fn priority(&self) -> u8 {
        match self {
            Event::Fleet(event) => event.priority(),
            Event::Operation(event) => event.priority(),
        }
    }
    #[inline]
    fn kind(&self) -> u8 {
        match self {
            Event::Fleet(event) => event.kind(),
            Event::Operation(event) => event.kind(),
        }
    }
}

/// The layer while it runs: a fleet, and what it does.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Infrastructure {
    fleet: Fleet,
    operation: Option<Operation>,
    /// Kept for its allocation.
    changes: Vec<Change>,
}

impl Infrastructure {
    /// The devices.
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }
    /// The same, to be cut into pieces or to take over what these have done.
    pub(crate) fn fleet_mut(&mut self) -> &mut Fleet {
        &mut self.fleet
    }
}

impl<E> Part<E> for Infrastructure
where
    E: EngineEvent + From<fleet::Event> + From<operation::Event>,
{
    type Settings = Settings;
    type Event = Event;

    fn announce(settings: &Settings, known: &mut Known) {
        let class =
            |class: &settings::Class| DeviceClass { id: class.id.clone(), count: class.count };
        known.classes = settings.classes.iter().map(class).collect();
        known.regions = settings.regions.iter().map(|region| region.id.clone()).collect();
    }

    fn new(settings: &Settings, around: &Around<'_>) -> Self {
        let fleet = Fleet::new(settings, around.streams);
        let operation = Operation::of(&fleet, around.streams);
        Infrastructure { fleet, operation, changes: Vec::new() }
    }

    fn devices(&self) -> Option<Devices> {
        Some(self.fleet.as_devices())
    }

    fn start(&mut self, _shared: &mut Shared, ctx: &mut Context<E>) {
        self.fleet.start(ctx);
        if let Some(operation) = &mut self.operation {
            operation.start(&self.fleet, ctx);
        }
    }

    #[inline]
    fn handle(&mut self, event: Event, shared: &mut Shared, ctx: &mut Context<E>) {
        let event = match event {
            Event::Fleet(event) => event,
            Event::Operation(event) => {
                let operation = self.operation.as_mut().expect("its events have an operation");
                operation.handle(event, ctx);
                if event == operation::Event::Record {
                    for (class, microusd) in operation.settle() {
                        shared.tell(Signal::Paid { class, microusd });
                    }
                }
                return;
            }
        };
        self.changes.clear();
        self.fleet.handle(event, ctx, &mut self.changes);
        // From here on a device is up only with all that it needs.
        if let Some(operation) = &mut self.operation {
            operation.change(&mut self.changes, &self.fleet, ctx);
        }
        for &Change { device, up } in &self.changes {
            shared.tell(Signal::Device { device, class: self.fleet.class(device), up });
        }
    }

    fn levers(settings: &Settings) -> Vec<Lever> {
        let mut levers = Vec::new();
        for (place, class) in settings.classes.iter().enumerate() {
            let crews = class.crews.map(|crewing| f64::from(crewing.crews));
            let income = class.turnover.and_then(|turnover| turnover.income);
            let values = [crews, income.map(|income| income.usd_per_month)];
            let paid = income.is_some_and(|income| income.from_payments);
            let reasons = [None, paid.then_some("it is what the devices are paid")];
            for ((spec, value), fixed) in LEVERS.levers.iter().zip(values).zip(reasons) {
                let key = format!("class[{place}].{}", spec.name);
                levers.extend(value.map(|value| Lever { key, spec: *spec, value, fixed }));
            }
        }
        levers
    }

    fn set(&mut self, key: &str, value: f64, ctx: &mut Context<E>) -> Result<(), Refused> {
        let (class, name) = member(key, "class").ok_or(Refused::NoLever)?;
        LEVERS.find(name).ok_or(Refused::NoLever)?.check(value)?;
        let there = class < self.fleet.settings().classes.len();
        let moved = there
            && match name {
                "crews" => self.fleet.set_crews(class, value as u32, ctx),
                _ => self.fleet.set_income(class as u8, value),
            };
        moved.then_some(()).ok_or(Refused::NoLever)
    }

    fn hear(&mut self, signal: &Signal, _shared: &mut Shared, _ctx: &mut Context<E>) {
        if let Signal::Paid { class, microusd } = *signal {
            self.fleet.pay(class, microusd);
        }
    }

    fn review(&mut self, request: Request) -> Vec<Inputs> {
        let Request { wanted, now, .. } = request;
        let mut subjects = vec![operation::review::of_fleet(&self.fleet, now, wanted)];
        if let Some(operation) = &mut self.operation {
            subjects.extend(operation.review(now, wanted));
        }
        subjects
    }
}
