//! A device's life: it fails, somebody notices, it waits, is repaired and begins anew; or it is
//! replaced before. Here are also its signs of life and its owner's switch.

use pinwheel_core::distribution::Normal;
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Context, SimDuration, SimTime};

use super::{Change, Condition, Event, Fleet};
use crate::infrastructure::settings::{Day, Detection, Heartbeat};
use crate::input::dates::DAY_SECONDS;
use crate::laws::draw::unit_exponential;
use crate::policy::maintenance::Replace;
use crate::policy::telemetry::Telemetry;
use crate::policy::telemetry::device::DeviceReport;

const LIFE: Purpose = Purpose::new("infrastructure.device.life");
const REPAIR: Purpose = Purpose::new("infrastructure.device.repair");
const LEAD: Purpose = Purpose::new("infrastructure.device.part");
const PHASE: Purpose = Purpose::new("infrastructure.device.heartbeat.phase");
const LOSS: Purpose = Purpose::new("infrastructure.device.heartbeat.loss");
const ROUND: Purpose = Purpose::new("infrastructure.device.inspection.phase");
const ALWAYS: Purpose = Purpose::new("infrastructure.device.day.always");
const MORNING: Purpose = Purpose::new("infrastructure.device.day.morning");

const HOUR_SECONDS: f64 = 3_600.0;
/// Most first lives kept of a watched class.
pub(super) const LIVES_MAX: usize = 1_000_000;

impl Fleet {
    /// A life begins now: one event tells how it ends, by failing or by a planned replacement.
    pub(super) fn begin_life<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        age_seconds: f64,
        ctx: &mut Context<E>,
    ) {
        let life = self.life[device as usize];
        let class = self.class_of(device);
        let exponential = unit_exponential(&mut self.stream(device, LIFE, life.into(), ctx));
        let lived = class.failure.cumulative_hazard(age_seconds);
        // Beyond what a float tells of the tail, a device is overdue and fails at once.
        let ends = match lived.is_finite() {
            true => class.failure.age_at(lived + exponential),
            false => age_seconds,
        };
        let left = SimDuration::from_seconds_f64(ends - age_seconds);
        let planned = self.planned(device, age_seconds, ctx.now());
        let life = life as u16;
        if let Some(planned) = planned.filter(|planned| *planned < left) {
            ctx.after(planned, Event::Planned { device, life }.into());
        } else if ctx.now() + left < SimTime::MAX {
            ctx.after(left, Event::Fails { device, life }.into());
        }
    }

    /// When the device is to be replaced, by what its keeper's records have of it.
    fn planned(&self, device: u32, age_seconds: f64, now: SimTime) -> Option<SimDuration> {
        let age = SimDuration::from_seconds_f64(age_seconds);
        let reports = &DeviceReport { age, renewals: self.life[device as usize] };
        self.class_of(device).maintenance.policy.planned(&Telemetry { now, reports })
    }

    /// The device fails, by age or by a shock.
    pub(super) fn fail<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        ctx: &mut Context<E>,
        changes: &mut Vec<Change>,
    ) {
        let now = ctx.now();
        self.tallies.at(self.class(device), self.region(device)).failures += 1;
        self.keep_first_life(device, now);
        self.alter(device, now, changes, |condition| condition.reasons |= Condition::FAILED);
        match self.class_of(device).detection {
            Detection::AtOnce => self.notice(device, ctx),
            Detection::Heartbeat => {}
            Detection::Inspection(period) => {
                let phase = self.stream(device, ROUND, 0, ctx).below(period.as_nanos());
                let wait = period.as_nanos() - (now.as_nanos() + phase) % period.as_nanos();
                let life = self.life[device as usize] as u16;
                let event = Event::Noticed { device, life };
                ctx.after(SimDuration::from_nanos(wait), event.into());
                self.tallies.counts.undetected_nanos += u128::from(wait);
            }
        }
    }

    fn keep_first_life(&mut self, device: u32, now: SimTime) {
        let class = usize::from(self.class(device));
        let watched = self.settings.classes[class].watched_against.is_some();
        let watched = watched && self.life[device as usize] == 0;
        let lives = &mut self.tallies.lives[class];
        if watched && lives.len() < LIVES_MAX {
            lives.push(now.as_nanos());
        }
    }

    /// The platform knows of the failure: the device waits for a part and a crew.
    pub(super) fn notice<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        ctx: &mut Context<E>,
    ) {
        let condition = &mut self.condition[device as usize];
        if !condition.has(Condition::FAILED) || condition.has(Condition::NOTICED) {
            return;
        }
        condition.reasons |= Condition::NOTICED;
        let pool = self.pool(device);
        if let Some(spares) = &self.class_of(device).spares {
            let life = u64::from(self.life[device as usize]);
            let lead = spares.lead.draw(&mut self.stream(device, LEAD, life, ctx));
            ctx.after(lead, Event::Spare { pool }.into());
        }
        self.pools[pool as usize].crews.enqueue(device);
        self.dispatch(pool, ctx);
    }

    /// The pool of crews and parts that a device's failures wait at.
    fn pool(&self, device: u32) -> u32 {
        let class = usize::from(self.class(device));
        let before = &self.settings.classes[..class];
        let first: usize = before.iter().map(|class| self.settings.pools(class)).sum();
        let by_region = self.settings.pools(&self.settings.classes[class]) > 1;
        first as u32 + if by_region { u32::from(self.region(device)) } else { 0 }
    }

    /// Hires or lets go crews of a class that has some, in each of its pools; false if it has none.
    pub fn set_crews<E: EngineEvent + From<Event>>(
        &mut self,
        class: usize,
        crews: u32,
        ctx: &mut Context<E>,
    ) -> bool {
        let Some(crewing) = &mut self.settings.classes[class].crews else { return false };
        crewing.crews = crews;
        let classes = &self.settings.classes;
        let first: usize = classes[..class].iter().map(|of| self.settings.pools(of)).sum();
        for pool in first..first + self.settings.pools(&classes[class]) {
            self.pools[pool].crews.resize(crews);
            self.dispatch(pool as u32, ctx);
        }
        true
    }

    fn dispatch<E: EngineEvent + From<Event>>(&mut self, pool: u32, ctx: &mut Context<E>) {
        while let Some(device) = self.pools[pool as usize].dispatch() {
            let class = self.class_of(device);
            let life = u64::from(self.life[device as usize]);
            let mut stream = self.stream(device, REPAIR, life, ctx);
            let repair = class.repair.draw(&mut stream);
            // A crew that finds an owner gone comes straight back.
            let gone = self.is_gone(device);
            let repair = if gone { SimDuration::ZERO } else { repair };
            ctx.after(repair, Event::Renewed { device }.into());
        }
    }

    pub(super) fn spare_arrives<E: EngineEvent + From<Event>>(
        &mut self,
        pool: u32,
        ctx: &mut Context<E>,
    ) {
        self.pools[pool as usize].part_arrives();
        self.dispatch(pool, ctx);
    }

    /// The planned replacement begins.
    pub(super) fn replace<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        ctx: &mut Context<E>,
        changes: &mut Vec<Change>,
    ) {
        self.tallies.at(self.class(device), self.region(device)).planned += 1;
        self.alter(device, ctx.now(), changes, |condition| {
            condition.reasons |= Condition::PLANNED;
        });
        let life = u64::from(self.life[device as usize]);
        let mut stream = self.stream(device, REPAIR, life, ctx);
        let duration = self.class_of(device).maintenance.planned_duration.draw(&mut stream);
        ctx.after(duration, Event::Renewed { device }.into());
    }

    /// The repair or the planned replacement is done.
    pub(super) fn renew<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        ctx: &mut Context<E>,
        changes: &mut Vec<Change>,
    ) {
        let condition = self.condition[device as usize];
        if condition.has(Condition::NOTICED) {
            let pool = self.pool(device);
            self.pools[pool as usize].crews.release();
            self.dispatch(pool, ctx);
        }
        if condition.has(Condition::GONE) {
            return;
        }
        if condition.has(Condition::FAILED) {
            self.tallies.at(self.class(device), self.region(device)).repairs += 1;
        }
        self.life[device as usize] += 1;
        self.alter(device, ctx.now(), changes, |condition| {
            condition.reasons &= !(Condition::FAILED | Condition::NOTICED | Condition::PLANNED);
        });
        self.begin_life(device, 0.0, ctx);
    }
}

/// Signs of life.
impl Fleet {
    pub(super) fn begin_heartbeats<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        ctx: &mut Context<E>,
    ) {
        let class = self.class(device);
        let Some(Heartbeat { period, .. }) = self.class_of(device).heartbeat else { return };
        let phase = self.stream(device, PHASE, 0, ctx).below(period.as_nanos());
        let event = Event::Heartbeat { device, class, missed: 0 };
        ctx.after(SimDuration::from_nanos(phase), event.into());
    }

    /// The instant at which the platform expects a sign of life.
    pub(super) fn heartbeat<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        class: u8,
        missed: u8,
        ctx: &mut Context<E>,
    ) {
        let Some(heartbeat) = self.settings.classes[usize::from(class)].heartbeat else { return };
        let mut arrives = self.up.get(device as usize);
        if arrives {
            self.tallies.counts.heartbeats_sent += 1;
            if heartbeat.loss > 0.0 {
                let now = ctx.now().as_nanos();
                arrives = self.stream_of(device, class, LOSS, now, ctx).uniform() >= heartbeat.loss;
                self.tallies.counts.heartbeats_lost += u64::from(!arrives);
            }
        } else if self.is_gone(device) {
            return;
        }
        let missed = if arrives { 0 } else { missed.saturating_add(1) };
        ctx.after(heartbeat.period, Event::Heartbeat { device, class, missed }.into());
        if missed >= heartbeat.misses {
            self.suspect(device, missed == heartbeat.misses, ctx);
        }
    }

    /// A device is taken for dead.
    fn suspect<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        first_time: bool,
        ctx: &mut Context<E>,
    ) {
        let condition = self.condition[device as usize];
        self.tallies.counts.false_alarms += u64::from(condition.is_up() && first_time);
        let unknown = condition.has(Condition::FAILED) && !condition.has(Condition::NOTICED);
        if unknown && self.class_of(device).detection == Detection::Heartbeat {
            let wait = ctx.now().since(self.since[device as usize]);
            self.tallies.counts.undetected_nanos += u128::from(wait.as_nanos());
            self.notice(device, ctx);
        }
    }
}

/// Its owner's switch.
impl Fleet {
    pub(super) fn begin_day<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        ctx: &mut Context<E>,
    ) {
        let Some(day) = self.class_of(device).day else { return };
        if self.stream(device, ALWAYS, 0, ctx).uniform() < day.always_share {
            return;
        }
        // The first evening before all mornings: a device is on in the beginning as it would be.
        let now = ctx.now();
        let first = (now.as_seconds() / DAY_SECONDS) as u64;
        let (on, off) = (self.morning(device, day, first, ctx), self.evening(day));
        let on_now = on <= now && now < on + off;
        let event: E = Event::Switched { device }.into();
        if on_now {
            ctx.at(on + off, event);
        } else {
            ctx.at(now, event);
        }
    }

    /// When the device is switched on on a day, counted from the start.
    fn morning<E: EngineEvent + From<Event>>(
        &self,
        device: u32,
        day: Day,
        number: u64,
        ctx: &Context<E>,
    ) -> SimTime {
        let offset = self.settings.regions[usize::from(self.region(device))].utc_offset_hours;
        let mut stream = self.stream(device, MORNING, number, ctx);
        let spread = day.spread_hours * Normal::STANDARD.sample(&mut stream);
        let hour = 24.0 * number as f64 + day.from_hour - offset + spread;
        SimTime::ZERO + SimDuration::from_seconds_f64(hour * HOUR_SECONDS)
    }

    fn evening(&self, day: Day) -> SimDuration {
        SimDuration::from_seconds_f64(day.hours * HOUR_SECONDS)
    }

    pub(super) fn switch<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        ctx: &mut Context<E>,
        changes: &mut Vec<Change>,
    ) {
        let condition = self.condition[device as usize];
        let Some(day) = self.class_of(device).day else { return };
        if condition.has(Condition::GONE) {
            return;
        }
        let now = ctx.now();
        let off = condition.has(Condition::OFF);
        let next = if off {
            now + self.evening(day)
        } else {
            // The first morning still to come; mornings drawn late in a day may be past.
            let today = (now.as_seconds() / DAY_SECONDS) as u64;
            let mut mornings = (today..).map(|number| self.morning(device, day, number, ctx));
            mornings.find(|morning| *morning > now).expect("there is always another day")
        };
        ctx.at(next, Event::Switched { device }.into());
        self.alter(device, now, changes, |condition| condition.reasons ^= Condition::OFF);
    }
}

#[cfg(test)]
mod tests {
    use pinwheel_core::Streams;

    use super::*;
    use crate::infrastructure::settings::{Class, Settings};
    use crate::laws::failure::FailureLaw;
    use crate::policy::maintenance::Replacement;

    /// The state of the devices and the law by which they will fail change no planned replacement.
    #[test]
    fn hidden_state_of_devices_changes_no_maintenance() {
        let period = SimDuration::from_days(80);
        let policies =
            [Replacement::RunToFailure, Replacement::Interval(period), Replacement::Age(period)];
        assert_eq!(policies.len(), Replacement::SPECS.len(), "a policy is not in the test");
        for policy in policies {
            let mut class = Class::new("disk", 50);
            class.maintenance.policy = policy;
            let fleet = Fleet::new(&Settings::of(class), &Streams::new(1, 0));
            let mut hidden = fleet.clone();
            hidden.settings.classes[0].failure = FailureLaw::exponential(1.0);
            for device in 0..50 {
                hidden.condition[device].reasons ^= Condition::FAILED | Condition::OFF;
                hidden.since[device] = SimTime::MAX;
                hidden.up.set(device, device % 3 == 0);
            }
            for device in 0..50 {
                let age_seconds = f64::from(device) * 3.0 * DAY_SECONDS;
                let now = SimTime::ZERO + SimDuration::from_hours(7 * u64::from(device));
                let planned = fleet.planned(device, age_seconds, now);
                assert_eq!(planned, hidden.planned(device, age_seconds, now), "{policy:?}");
                assert_eq!(planned.is_none(), policy == Replacement::RunToFailure);
            }
        }
    }
}
