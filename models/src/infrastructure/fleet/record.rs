//! What the fleet tells at each record.

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Amount, Context, Label, Metric, SimDuration, SimTime, math};

use super::tally::{Cell, work};
use super::{Condition, Event, Fleet};
use crate::infrastructure::settings::Class;
use crate::infrastructure::spec::SPEC;
use crate::input::amount::USD_DECIMALS;
use crate::input::dates::YEAR_SECONDS;
use crate::laws::concentration::nakamoto;
use crate::laws::failure::FailureLaw;
use crate::policy::maintenance::Replace;
use crate::policy::telemetry::Telemetry;
use crate::policy::telemetry::device::DeviceReport;

const DEVICES: Metric = SPEC.metric("devices");
const DEVICES_UP: Metric = SPEC.metric("devices_up");
const AVAILABILITY: Metric = SPEC.metric("availability");
const FAILURES: Metric = SPEC.metric("failures");
const REPAIRS: Metric = SPEC.metric("repairs");
const PLANNED: Metric = SPEC.metric("planned_replacements");
const AFR: Metric = SPEC.metric("afr");
const DOWNTIME: Metric = SPEC.metric("downtime_hours");
const UNDETECTED: Metric = SPEC.metric("undetected_hours");
const WAITING: Metric = SPEC.metric("waiting_for_repair");
const COST: Metric = SPEC.metric("maintenance_cost");
const HARDWARE: Metric = SPEC.metric("hardware_cost");
const COST_RATE: Metric = SPEC.metric("maintenance_cost_rate");
const RECOVERY: Metric = SPEC.metric("recovery_hours");
const WORK_LOST: Metric = SPEC.metric("work_lost_share");
const WORK_WASTED: Metric = SPEC.metric("work_wasted_share");
const FALSE_ALARMS: Metric = SPEC.metric("false_alarms");
const LOSS: Metric = SPEC.metric("heartbeat_loss_share");
const EVENTS: Metric = SPEC.metric("events_per_device");
const BYTES: Metric = SPEC.metric("bytes_per_device");
const STRIKES: Metric = SPEC.metric("shock_strikes");
const SERVICE: Metric = SPEC.metric("service_availability");
const INTERRUPTIONS: Metric = SPEC.metric("service_interruptions");
const CAPACITY_UP: Metric = SPEC.metric("capacity_up_share");
const NAKAMOTO_OWNER: Metric = SPEC.metric("nakamoto_owner");
const NAKAMOTO_REGION: Metric = SPEC.metric("nakamoto_region");
const OWNERS: Metric = SPEC.metric("owners");
const OWNERS_JOINED: Metric = SPEC.metric("owners_joined");
const OWNERS_LEFT: Metric = SPEC.metric("owners_left");
const LIFE_KS: Metric = SPEC.metric("life_ks");
const HAZARD: Metric = SPEC.metric("hazard_observed");
const HAZARD_LAW: Metric = SPEC.metric("hazard_law");

/// Days over which the hazard of a watched class is averaged.
const HAZARD_DAYS: u64 = 30;

impl Fleet {
    pub(super) fn record<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        let now = ctx.now();
        ctx.after(self.settings.record_every, Event::Record.into());
        let whole = self.tallies.whole(now);
        self.check_counts(whole, ctx);
        for word in [whole.present, whole.up, whole.failures, whole.repairs, whole.planned] {
            ctx.fingerprint.state.mix(word);
        }
        self.record_cell(whole, "", ctx);
        for index in 0..self.settings.classes.len() {
            let cell = self.tallies.sum(now, |class, _| usize::from(class) == index);
            let id = self.settings.classes[index].id.clone();
            self.record_cell(cell, &id, ctx);
            self.record_lives(index, &id, ctx);
        }
        for index in 0..self.settings.regions.len() {
            let cell = self.tallies.sum(now, |_, region| usize::from(region) == index);
            let label = ctx.records.label(&self.settings.regions[index].id);
            ctx.records.push(now, DEVICES_UP, label, cell.up as f64);
            ctx.records.push(now, AVAILABILITY, label, cell.availability());
        }
        self.record_costs(whole, ctx);
        self.record_counts(ctx);
        self.record_service(ctx);
    }

    /// Counts kept on the way must be those of the devices themselves.
    fn check_counts<E: EngineEvent>(&self, whole: Cell, ctx: &mut Context<E>) {
        let (mut up, mut present, mut alike) = (0, 0, true);
        for (index, condition) in self.condition.iter().enumerate() {
            up += u64::from(condition.is_up());
            present += u64::from(!condition.has(Condition::GONE));
            alike &= self.up.get(index) == condition.is_up();
        }
        let held = alike && (up, present) == (whole.up, whole.present) && up <= present;
        let Some(check) = self.check else { return };
        ctx.checks.note(check, held, ctx.now(), || {
            let Cell { up: counted, present: there, .. } = whole;
            format!("{up} of {present} devices are up, {counted} of {there} were counted")
        });
    }

    fn record_cell<E: EngineEvent>(&self, cell: Cell, label: &str, ctx: &mut Context<E>) {
        let (now, label) = (ctx.now(), ctx.records.label(label));
        for (metric, value) in [
            (DEVICES, cell.present as f64),
            (DEVICES_UP, cell.up as f64),
            (AVAILABILITY, cell.availability()),
            (FAILURES, cell.failures as f64),
            (REPAIRS, cell.repairs as f64),
            (PLANNED, cell.planned as f64),
            (AFR, cell.failures_per_device_year()),
            (DOWNTIME, cell.down_hours()),
        ] {
            ctx.records.push(now, metric, label, value);
        }
    }

    /// What failures and planned replacements have cost so far.
    pub fn maintenance_cost(&self, now: SimTime) -> Amount {
        self.cost(now, |class, cell| {
            let prices = &class.maintenance;
            Amount(prices.failure_cost.0 * u128::from(cell.failures))
                + Amount(prices.planned_cost.0 * u128::from(cell.planned))
        })
    }
    /// What all devices there have ever been cost new.
    pub fn hardware_cost(&self, now: SimTime) -> Amount {
        self.cost(now, |class, cell| Amount(class.price.0 * u128::from(cell.built)))
    }
    /// A cost summed over the classes.
    fn cost(&self, now: SimTime, of: impl Fn(&Class, Cell) -> Amount) -> Amount {
        let classes = self.settings.classes.iter().enumerate();
        let costs = classes.map(|(index, class)| {
            of(class, self.tallies.sum(now, |number, _| usize::from(number) == index))
        });
        costs.sum()
    }

    fn record_costs<E: EngineEvent>(&self, whole: Cell, ctx: &mut Context<E>) {
        let (now, label) = (ctx.now(), Label::default());
        let cost = self.maintenance_cost(now);
        ctx.records.push_amount(now, COST, label, cost, USD_DECIMALS);
        let hardware = self.hardware_cost(now);
        ctx.records.push_amount(now, HARDWARE, label, hardware, USD_DECIMALS);
        let device_years = whole.device_hours() / (YEAR_SECONDS / 3_600.0);
        let rate = cost.as_tokens(USD_DECIMALS) / device_years.max(f64::MIN_POSITIVE);
        ctx.records.push(now, COST_RATE, label, rate);
    }

    fn record_counts<E: EngineEvent>(&self, ctx: &mut Context<E>) {
        let (now, label, counts) = (ctx.now(), Label::default(), self.tallies.counts);
        let hours = |nanos: u128| nanos as f64 / 3.6e12;
        let waiting: usize = self.pools.iter().map(|pool| pool.crews.waiting()).sum();
        let recoveries = counts.recoveries.max(1) as f64;
        let devices = f64::from(self.devices().max(1));
        let [saved, lost, saving] = self.work_so_far(now);
        let all = (saved + lost + saving).max(1) as f64;
        for (metric, value) in [
            (UNDETECTED, hours(counts.undetected_nanos)),
            (WAITING, waiting as f64),
            (RECOVERY, hours(counts.recovery_nanos) / recoveries),
            (WORK_LOST, lost as f64 / all),
            (WORK_WASTED, (lost + saving) as f64 / all),
            (FALSE_ALARMS, counts.false_alarms as f64),
            (LOSS, counts.heartbeats_lost as f64 / counts.heartbeats_sent.max(1) as f64),
            (EVENTS, ctx.events() as f64 / devices),
            (BYTES, (self.bytes() + ctx.pending_bytes()) as f64 / devices),
            (STRIKES, counts.strikes as f64),
            (OWNERS, self.owners.present().count() as f64),
            (OWNERS_JOINED, counts.owners_joined as f64),
            (OWNERS_LEFT, counts.owners_left as f64),
        ] {
            ctx.records.push(now, metric, label, value);
        }
    }

    /// Work saved, lost and time for saving up to now, of devices at work included.
    pub fn work_so_far(&self, now: SimTime) -> [u128; 3] {
        let counts = self.tallies.counts;
        let mut sums = [counts.saved_nanos, counts.lost_nanos, counts.saving_nanos];
        if self.settings.classes.iter().all(|class| class.checkpoint.is_none()) {
            return sums;
        }
        for device in (0..self.devices()).filter(|device| self.is_up(*device)) {
            let Some(checkpoint) = self.class_of(device).checkpoint else { continue };
            let stretch = now.since(self.since[device as usize]);
            for (sum, part) in sums.iter_mut().zip(work(checkpoint, stretch, false)) {
                *sum += u128::from(part);
            }
        }
        sums
    }

    fn record_service<E: EngineEvent>(&mut self, ctx: &mut Context<E>) {
        let (now, label, serving) = (ctx.now(), Label::default(), self.tallies.serving);
        let up = serving.capacity_up_milli as f64 / serving.capacity_milli.max(1) as f64;
        let by_region = nakamoto(self.capacity_by_region(now));
        let by_owner = self.nakamoto_of_owners();
        for (metric, value) in [
            (SERVICE, serving.availability(now)),
            (INTERRUPTIONS, serving.interruptions as f64),
            (CAPACITY_UP, up),
            (NAKAMOTO_OWNER, f64::from(by_owner)),
            (NAKAMOTO_REGION, f64::from(by_region)),
        ] {
            ctx.records.push(now, metric, label, value);
        }
    }

    /// Sorted anew only after owners have come or gone.
    fn nakamoto_of_owners(&mut self) -> u32 {
        let counts = &self.tallies.counts;
        let moves = counts.owners_joined + counts.owners_left;
        if let Some((_, known)) = self.nakamoto.filter(|(at, _)| *at == moves) {
            return known;
        }
        let found = nakamoto(self.capacity_by_owner());
        self.nakamoto = Some((moves, found));
        found
    }

    /// Capacity of the owners who have not left.
    pub fn capacity_by_owner(&self) -> Vec<u64> {
        let capacities = self.owners.present().map(|(class, owner)| {
            let capacity = self.settings.classes[usize::from(class)].capacity_milli;
            u64::from(self.owners.devices(owner).count()) * capacity
        });
        capacities.collect()
    }

    /// Capacity of the devices that are there, by region.
    pub fn capacity_by_region(&self, now: SimTime) -> Vec<u64> {
        let by_region = (0..self.settings.regions.len()).map(|region| {
            let classes = self.settings.classes.iter().enumerate();
            let capacity = classes.map(|(index, class)| {
                let cell = self.tallies.sum(now, |number, place| {
                    usize::from(number) == index && usize::from(place) == region
                });
                cell.present * class.capacity_milli
            });
            capacity.sum()
        });
        by_region.collect()
    }
}

/// Classes whose first lives are watched.
impl Fleet {
    fn record_lives<E: EngineEvent>(&self, index: usize, id: &str, ctx: &mut Context<E>) {
        let class = &self.settings.classes[index];
        let Some(law) = &class.watched_against else { return };
        let (now, label) = (ctx.now(), ctx.records.label(id));
        // No first life is longer than until the replacement that is planned for new devices.
        let new = Telemetry { now: SimTime::ZERO, reports: &DeviceReport::NEW };
        let planned = class.maintenance.policy.planned(&new);
        let until = planned.map_or(now, |planned| now.min(SimTime::ZERO + planned));
        let lives = &self.tallies.lives[index];
        ctx.records.push(now, LIFE_KS, label, kolmogorov(lives, law, until.as_seconds()));
        let window = SimDuration::from_days(HAZARD_DAYS);
        if now.as_nanos() % window.as_nanos() != 0 {
            return;
        }
        let from = now.as_nanos() - window.as_nanos();
        let before = lives.partition_point(|life| *life <= from) as f64;
        let ended = lives.len() as f64 - before;
        // Those who died in the window were at risk for half of it.
        let at_risk = f64::from(class.count) - before - 0.5 * ended;
        let years = window.as_seconds() / YEAR_SECONDS;
        let expected =
            law.cumulative_hazard(now.as_seconds()) - law.cumulative_hazard(from as f64 / 1e9);
        ctx.records.push(now, HAZARD, label, ended / (at_risk.max(1.0) * years));
        ctx.records.push(now, HAZARD_LAW, label, expected / years);
    }
}

/// The distance of Kolmogorov and Smirnov between lives, in order, and the law of those lives that
/// end by an age, scaled as by Stephens ("EDF statistics for goodness of fit", JASA 69, 1974):
/// above 1.628 the law is refuted at 1 %.
pub fn kolmogorov(lives_nanos: &[u64], law: &FailureLaw, until_seconds: f64) -> f64 {
    let dead = |age_seconds: f64| -math::expm1(-law.cumulative_hazard(age_seconds));
    let (whole, count) = (dead(until_seconds), lives_nanos.len() as f64);
    if lives_nanos.is_empty() || whole <= 0.0 {
        return 0.0;
    }
    let distance = lives_nanos.iter().enumerate().map(|(place, life)| {
        let share = dead(*life as f64 / 1e9) / whole;
        let (below, above) = (place as f64 / count, (place + 1) as f64 / count);
        (share - below).max(above - share)
    });
    let root = math::sqrt(count);
    (root + 0.12 + 0.11 / root) * distance.fold(0.0, f64::max)
}
