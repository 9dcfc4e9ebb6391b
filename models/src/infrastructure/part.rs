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
        known.shared_by = settings.classes.iter().map(|class| settings.shared_by(class)).collect();
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
                return;
            }
        };
        // Whoever looks at what was paid finds it settled; a record settles nothing.
        if let (fleet::Event::Reviews { .. }, Some(operation)) = (event, &mut self.operation) {
            for (class, microusd) in operation.settle(ctx.now()) {
                self.fleet.pay(class, microusd);
            }
        }
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
                levers.extend(value.map(|value| Lever::new(key, *spec, value, fixed)));
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

    fn review(&mut self, request: Request) -> Vec<Inputs> {
        let Request { wanted, now, .. } = request;
        let mut subjects = vec![operation::review::of_fleet(&self.fleet, now, wanted)];
        if let Some(operation) = &mut self.operation {
            subjects.extend(operation.review(now, wanted));
        }
        subjects
    }
}

#[cfg(test)]
mod tests {
    use pinwheel_core::{Model, SimDuration, SimTime, Simulation, Streams};

    use super::*;
    use crate::infrastructure::demand::{self, MILLI, PROFILE_WHOLE, Source};
    use crate::infrastructure::energy::Hourly;
    use crate::infrastructure::settings::{Class, Income, Turnover};
    use crate::laws::draw::Duration;
    use crate::laws::failure::FailureLaw;

    impl From<fleet::Event> for Event {
        fn from(event: fleet::Event) -> Self {
            Event::Fleet(event)
        }
    }

    impl From<operation::Event> for Event {
        fn from(event: operation::Event) -> Self {
            Event::Operation(event)
        }
    }

    struct Alone {
        layer: Infrastructure,
        shared: Shared,
    }

    impl Model for Alone {
        type Event = Event;
        fn start(&mut self, ctx: &mut Context<Event>) {
            self.layer.start(&mut self.shared, ctx);
        }
        fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
            self.layer.handle(event, &mut self.shared, ctx);
            self.shared.clear();
        }
    }

    /// A hundred devices that share 20 USD an hour, whoever is up.
    fn settings(class: Class, needed_sigma: f64) -> Settings {
        let income = Income {
            usd_per_month: 1_000.0,
            from_payments: true,
            needed_median_usd_per_month: 100.0,
            needed_sigma,
        };
        let turnover = Turnover {
            prospects_per_year: 0.0,
            devices_each: 1,
            leave_per_year: 0.0,
            income: Some(income),
        };
        let source = Source {
            class: 0,
            capacity_milli: 10 * MILLI,
            profile: Hourly::constant(PROFILE_WHOLE),
            cost_microusd: 0,
        };
        let mut settings = Settings::of(Class { turnover: Some(turnover), ..class });
        settings.operation.class_ids = vec!["server".to_owned()];
        settings.operation.owning_nanousd_per_hour = vec![0];
        settings.operation.demands = vec![demand::Settings {
            id: "jobs".to_owned(),
            unit: "job".to_owned(),
            rate_milli: Hourly::constant(50 * MILLI),
            sources: vec![source],
            limits: vec![],
            through: vec![],
            patience_hours: 0,
            price_microusd: 400_000,
            fee_microusd: 0,
            bears: vec![0],
            baseline: None,
            quality: demand::quality::Settings::default(),
        }];
        settings
    }

    /// The income and the owners who have left after each of four reviews.
    fn reviews(settings: &Settings, record_every: SimDuration) -> Vec<(f64, u64)> {
        let settings = Settings { record_every, ..settings.clone() };
        let streams = Streams::new(3, 0);
        let around = Around::alone(&streams);
        let layer = <Infrastructure as Part<Event>>::new(&settings, &around);
        let mut run = Simulation::new(Alone { layer, shared: Shared::default() }, streams);
        let after = |month: u64| {
            run.run_until(SimTime::ZERO + SimDuration::from_seconds(2_629_800 * month + 1));
            let fleet = run.model.layer.fleet();
            let income = fleet.settings().classes[0].turnover.and_then(|of| of.income);
            (income.expect("it is paid").usd_per_month, fleet.tallies().counts.owners_left)
        };
        (1..5).map(after).collect()
    }

    /// 20 USD an hour for 100 devices are 146.1 USD a month of 730.5 hours for each, at every
    /// review, though a month is no whole number of days or of records.
    #[test]
    fn constant_pay_is_the_same_income_at_each_review() {
        let settings = settings(Class::new("server", 100), 0.0);
        for (income, left) in reviews(&settings, SimDuration::from_days(1)) {
            assert!((income / 146.1 - 1.0).abs() < 1e-9, "{income}");
            assert_eq!(left, 0);
        }
    }

    #[test]
    fn how_often_is_recorded_moves_no_owner() {
        let class = Class {
            failure: FailureLaw::exponential(20.0 * 86_400.0),
            repair: Duration::Drawn(FailureLaw::exponential(5.0 * 86_400.0)),
            ..Class::new("server", 100)
        };
        let settings = settings(class, 1.0);
        let daily = reviews(&settings, SimDuration::from_days(1));
        assert!(daily[3].1 > daily[0].1 || daily[0].1 > 20, "owners leave: {daily:?}");
        assert_eq!(daily, reviews(&settings, SimDuration::from_hours(1)));
        assert_eq!(daily, reviews(&settings, SimDuration::from_days(7)));
    }
}
