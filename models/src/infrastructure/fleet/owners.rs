//! Who owns which devices and what devices have in common; owners who join and leave.
//!
//! Prospects come at a constant rate and join if the income is what they need; owners leave at a
//! constant rate, and at a monthly review if the income has fallen below their need. What an owner
//! needs is drawn once. Left out: owners who buy more devices, and word of mouth.

use pinwheel_core::distribution::Normal;
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Amount, Context, SimDuration, SimTime, Streams, math};
use serde::{Deserialize, Serialize};

use super::{Change, Condition, DEVICES_MAX, Event, Fleet};
use crate::infrastructure::settings::{Class, Income, Scope, Settings, Shock, Turnover};
use crate::input::amount::USD_DECIMALS;
use crate::input::dates::YEAR_SECONDS;
use crate::laws::failure::{Clock, FailureLaw};

const NEED: Purpose = Purpose::new("infrastructure.owner.need");
const HOME: Purpose = Purpose::new("infrastructure.owner.region");
const MONTH: SimDuration = SimDuration::from_seconds(2_629_800);

/// Devices by number: `first`, `first + step`, ...
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    first: u32,
    count: u32,
    step: u32,
}

impl Group {
    pub(super) fn row(first: u32, count: u32) -> Self {
        Group { first, count, step: 1 }
    }
    pub(super) fn count(self) -> u32 {
        self.count
    }
    pub(super) fn member(self, index: u32) -> u32 {
        self.first + index * self.step
    }
    pub(super) fn members(self) -> impl Iterator<Item = u32> {
        (0..self.count).map(move |index| self.member(index))
    }
    /// The `index`-th of the pieces of this size.
    fn piece(self, index: u32, size: u32) -> Self {
        let from = index * size;
        let count = size.min(self.count - from);
        Group { first: self.member(from), count, step: self.step }
    }
    /// Those of a row whose number leaves this remainder.
    fn every(self, step: u32, remainder: u32) -> Self {
        let skip = (remainder + step - self.first % step) % step;
        let count = self.count.saturating_sub(skip).div_ceil(step);
        Group { first: self.first + skip, count, step }
    }
}

/// An unbroken row of devices of one class in one region.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Block {
    class: u8,
    region: u16,
    devices: Group,
    per_site: u32,
    per_feed: u32,
}

/// Who has devices.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Owner {
    devices: Group,
    /// Whose draw says what it needs: owners of the first day and all prospects are numbered, those
    /// who did not join included.
    person: u32,
}

/// Clocks of owners who come and go, of one class.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Turn {
    joins: Clock,
    leaves: Clock,
}

/// What the devices of a class have been paid.
#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
struct Payments {
    microusd: u128,
    /// Hours that all devices of the class together had been there by the last review.
    device_hours: f64,
}

/// All owners, and the rows and batches that devices come in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Owners {
    blocks: Vec<Block>,
    batches: Vec<Group>,
    owners: Vec<Owner>,
    /// Persons of each class there have ever been.
    persons: Vec<u32>,
    /// Owners who have not left, by class.
    present: Vec<Vec<u32>>,
    /// Of each class, since the last review of its owners.
    payments: Vec<Payments>,
    turns: Vec<Option<Turn>>,
}

impl Owners {
    pub(super) fn new(classes: usize) -> Self {
        Owners {
            blocks: Vec::new(),
            batches: Vec::new(),
            owners: Vec::new(),
            persons: vec![0; classes],
            present: vec![Vec::new(); classes],
            payments: vec![Payments::default(); classes],
            turns: vec![None; classes],
        }
    }
    pub(super) fn add_block(&mut self, index: u8, region: u16, devices: Group, class: &Class) {
        if devices.count > 0 {
            let (per_site, per_feed) = (class.devices_per_site, class.devices_per_feed);
            self.blocks.push(Block { class: index, region, devices, per_site, per_feed });
        }
    }
    pub(super) fn add_batches(&mut self, devices: Group, batches: u32) {
        let batch = |remainder| devices.every(batches, (devices.first + remainder) % batches);
        self.batches.extend((0..batches).map(batch).filter(|batch| batch.count > 0));
    }
    /// Gives a class's devices to its owners of the first day, whose numbers it returns.
    pub(super) fn share_out(
        &mut self,
        index: u8,
        first: u32,
        class: &Class,
    ) -> std::ops::Range<u32> {
        let first_owner = self.owners.len() as u32;
        self.owners.reserve_exact(class.owners as usize);
        self.present[usize::from(index)].reserve_exact(class.owners as usize);
        let mut given = 0;
        for devices in class.devices_by_owner() {
            let person = self.person(index);
            self.add(index, Group::row(first + given, devices), person);
            given += devices;
        }
        first_owner..self.owners.len() as u32
    }
    /// Bytes that owners, batches and blocks take.
    pub(super) fn bytes(&self) -> usize {
        let present: usize = self.present.iter().map(Vec::len).sum();
        self.owners.len() * size_of::<Owner>()
            + self.batches.len() * size_of::<Group>()
            + self.blocks.len() * size_of::<Block>()
            + present * size_of::<u32>()
    }
    fn add(&mut self, class: u8, devices: Group, person: u32) {
        self.present[usize::from(class)].push(self.owners.len() as u32);
        self.owners.push(Owner { devices, person });
    }
    /// The number of one more person of a class.
    fn person(&mut self, class: u8) -> u32 {
        let persons = &mut self.persons[usize::from(class)];
        *persons += 1;
        *persons - 1
    }
    /// The site of each of so many devices: sites are numbered over all blocks, in order.
    pub(super) fn sites(&self, devices: u32) -> Vec<u32> {
        let (mut sites, mut first) = (vec![0; devices as usize], 0);
        for block in &self.blocks {
            for (place, device) in (0..).zip(block.devices.members()) {
                sites[device as usize] = first + place / block.per_site;
            }
            first += block.devices.count().div_ceil(block.per_site);
        }
        sites
    }
    /// The devices an owner has or had.
    pub(super) fn devices(&self, owner: u32) -> Group {
        self.owners[owner as usize].devices
    }
    /// Owners who have not left, with their classes.
    pub(super) fn present(&self) -> impl Iterator<Item = (u8, u32)> {
        let classes = self.present.iter().enumerate();
        classes.flat_map(|(class, owners)| owners.iter().map(move |owner| (class as u8, *owner)))
    }

    /// How many places a shock can strike.
    pub(super) fn places_of(&self, shock: &Shock, settings: &Settings) -> u32 {
        if shock.region.is_some() { 1 } else { self.places(shock.scope, settings) }
    }

    /// How many places of a scope there are.
    fn places(&self, scope: Scope, settings: &Settings) -> u32 {
        let regions = settings.regions.len() as u32;
        let pieces = |size: fn(&Block) -> u32| {
            self.blocks.iter().map(|block| block.devices.count.div_ceil(size(block))).sum()
        };
        match scope {
            Scope::World => 1,
            Scope::Region => regions,
            Scope::Site => pieces(|block| block.per_site),
            Scope::Feed => pieces(|block| block.per_feed),
            Scope::Carrier => regions * settings.carriers_per_region,
            Scope::Batch => self.batches.len() as u32,
            Scope::Owner => self.owners.len() as u32,
        }
    }

    /// The devices of one place of a scope.
    pub(super) fn place(&self, scope: Scope, place: u32, settings: &Settings) -> Vec<Group> {
        let of_region = |region: u32| {
            let blocks = self.blocks.iter();
            blocks.filter(move |b| u32::from(b.region) == region).map(|block| block.devices)
        };
        let piece = |size: fn(&Block) -> u32| {
            let mut left = place;
            for block in &self.blocks {
                let pieces = block.devices.count.div_ceil(size(block));
                if left < pieces {
                    return vec![block.devices.piece(left, size(block))];
                }
                left -= pieces;
            }
            unreachable!("place {place} of {scope:?} is one of its places")
        };
        match scope {
            Scope::World => self.blocks.iter().map(|block| block.devices).collect(),
            Scope::Region => of_region(place).collect(),
            Scope::Site => piece(|block| block.per_site),
            Scope::Feed => piece(|block| block.per_feed),
            Scope::Carrier => {
                let carriers = settings.carriers_per_region;
                let (region, carrier) = (place / carriers, place % carriers);
                of_region(region).map(|devices| devices.every(carriers, carrier)).collect()
            }
            Scope::Batch => vec![self.batches[place as usize]],
            Scope::Owner => vec![self.owners[place as usize].devices],
        }
    }
}

/// Joining and leaving.
impl Fleet {
    pub(super) fn begin_turnover<E: EngineEvent + From<Event>>(
        &mut self,
        class: u8,
        ctx: &mut Context<E>,
    ) {
        let index = usize::from(class);
        let Some(turnover) = self.settings.classes[index].turnover else { return };
        let present = self.owners.present[index].len() as u32;
        let streams = self.names.of_class(class, ctx.streams());
        self.owners.turns[index] = Some(Turn::new(turnover, present, &streams));
        self.arm_turns(class, ctx);
        if turnover.income.is_some() {
            ctx.after(MONTH, Event::Reviews { class }.into());
        }
    }

    fn arm_turns<E: EngineEvent + From<Event>>(&mut self, class: u8, ctx: &mut Context<E>) {
        let Some(turn) = &mut self.owners.turns[usize::from(class)] else { return };
        turn.joins.arm(Event::Joins { class }.into(), ctx);
        turn.leaves.arm(Event::Leaves { class }.into(), ctx);
    }

    /// What the network pays for each device of a class; owners answer at their next review. False
    /// if the class is not paid.
    pub fn set_income(&mut self, class: u8, usd_per_month: f64) -> bool {
        let turnover = &mut self.settings.classes[usize::from(class)].turnover;
        let income = turnover.as_mut().and_then(|turnover| turnover.income.as_mut());
        let paid = income.is_some();
        income.into_iter().for_each(|income| income.usd_per_month = usd_per_month);
        paid
    }

    /// All devices of a class together are paid; their owners answer at their next review.
    pub fn pay(&mut self, class: u8, microusd: u64) {
        self.owners.payments[usize::from(class)].microusd += u128::from(microusd);
    }

    /// The income of a class becomes what its devices were paid since the last review, for a month
    /// of the time that they were there.
    fn settle_income(&mut self, class: u8, now: SimTime) {
        let index = usize::from(class);
        let cell = self.tallies.sum(now, |of, _| of == class);
        let before = self.owners.payments[index];
        let hours = cell.device_hours() - before.device_hours;
        self.owners.payments[index] = Payments { microusd: 0, device_hours: cell.device_hours() };
        let turnover = &mut self.settings.classes[index].turnover;
        let income = turnover.as_mut().and_then(|turnover| turnover.income.as_mut());
        if let Some(income) = income.filter(|income| income.from_payments && hours > 0.0) {
            let usd = Amount(before.microusd).as_tokens(USD_DECIMALS);
            income.usd_per_month = usd / hours * (MONTH.as_seconds() / 3_600.0);
        }
    }

    /// A prospect joins if the income is enough.
    pub(super) fn join<E: EngineEvent + From<Event>>(
        &mut self,
        class: u8,
        ctx: &mut Context<E>,
        changes: &mut Vec<Change>,
    ) {
        let (index, now) = (usize::from(class), ctx.now());
        let Some(turnover) = self.settings.classes[index].turnover else { return };
        let Some(turn) = &mut self.owners.turns[index] else { return };
        turn.joins.strike(now);
        let owner = self.owners.owners.len() as u32;
        let first = self.devices();
        let person = self.owners.person(class);
        let streams = self.names.of_class(class, ctx.streams());
        let content = turnover.income.is_none_or(|income| income.suits(person, &streams));
        if content && turnover.devices_each <= DEVICES_MAX - first {
            let region = self.home(class, person, &streams);
            let devices = Group::row(first, turnover.devices_each);
            self.owners.add(class, devices, person);
            self.owners.add_block(class, region, devices, &self.settings.classes[index]);
            self.owners.add_batches(devices, 1);
            devices.members().for_each(|_| self.build_late(class, region, owner, ctx, changes));
            self.tallies.counts.owners_joined += 1;
            self.resize_clocks(ctx);
        }
        self.resize_turns(class, ctx);
    }

    /// The region an owner who joins lives in.
    fn home(&self, class: u8, person: u32, streams: &Streams) -> u16 {
        let weights = self.settings.region_weights(&self.settings.classes[usize::from(class)]);
        let whole: f64 = weights.iter().sum();
        let mut left = streams.stream(person, HOME).uniform() * whole;
        let found = weights.iter().position(|weight| {
            left -= weight;
            left < 0.0
        });
        // Rounding can leave the last of them.
        let last = || weights.iter().rposition(|weight| *weight > 0.0);
        found.or_else(last).expect("a class stands in a region") as u16
    }

    /// One more device, new, that comes up now.
    fn build_late<E: EngineEvent + From<Event>>(
        &mut self,
        class: u8,
        region: u16,
        owner: u32,
        ctx: &mut Context<E>,
        changes: &mut Vec<Change>,
    ) {
        let (device, now) = (self.devices(), ctx.now());
        self.region.push(region);
        self.owner.push(owner);
        self.class.push(class);
        self.names.join(class);
        self.condition.push(Condition { reasons: Condition::GONE, outages: 0 });
        self.up.push(false);
        // Never a first life of the first day, which is what is watched.
        self.life.push(1);
        self.since.push(now);
        self.tallies.member(class, region, true, now);
        self.alter(device, now, changes, |condition| condition.reasons = 0);
        self.begin_life(device, 0.0, ctx);
        self.begin_heartbeats(device, ctx);
        self.begin_day(device, ctx);
    }

    /// A random owner leaves.
    pub(super) fn leave<E: EngineEvent + From<Event>>(
        &mut self,
        class: u8,
        ctx: &mut Context<E>,
        changes: &mut Vec<Change>,
    ) {
        let index = usize::from(class);
        let present = self.owners.present[index].len() as u64;
        let Some(turn) = &mut self.owners.turns[index] else { return };
        turn.leaves.strike(ctx.now());
        let chosen = turn.leaves.stream.below(present) as usize;
        let owner = self.owners.present[index].swap_remove(chosen);
        self.depart(owner, ctx, changes);
        self.resize_turns(class, ctx);
    }

    /// Owners who get less than they need leave.
    pub(super) fn review<E: EngineEvent + From<Event>>(
        &mut self,
        class: u8,
        ctx: &mut Context<E>,
        changes: &mut Vec<Change>,
    ) {
        let index = usize::from(class);
        ctx.after(MONTH, Event::Reviews { class }.into());
        self.settle_income(class, ctx.now());
        let turnover = self.settings.classes[index].turnover;
        let Some(income) = turnover.and_then(|turnover| turnover.income) else { return };
        let streams = self.names.of_class(class, ctx.streams());
        let owners = std::mem::take(&mut self.owners.present[index]);
        let (stay, leave) = owners
            .into_iter()
            .partition(|owner| income.suits(self.owners.owners[*owner as usize].person, &streams));
        self.owners.present[index] = stay;
        let leave: Vec<u32> = leave;
        leave.into_iter().for_each(|owner| self.depart(owner, ctx, changes));
        self.resize_turns(class, ctx);
    }

    fn depart<E: EngineEvent + From<Event>>(
        &mut self,
        owner: u32,
        ctx: &mut Context<E>,
        changes: &mut Vec<Change>,
    ) {
        let now = ctx.now();
        self.tallies.counts.owners_left += 1;
        for device in self.owners.devices(owner).members() {
            self.alter(device, now, changes, |condition| condition.reasons |= Condition::GONE);
            self.tallies.member(self.class(device), self.region(device), false, now);
        }
    }

    /// The clocks of a class go on at the rate of the owners it has now.
    fn resize_turns<E: EngineEvent + From<Event>>(&mut self, class: u8, ctx: &mut Context<E>) {
        let present = self.owners.present[usize::from(class)].len() as u32;
        if let Some(turn) = &mut self.owners.turns[usize::from(class)] {
            turn.joins.advance(ctx.now());
            turn.leaves.resize(present, ctx.now());
        }
        self.arm_turns(class, ctx);
    }
}

impl Turn {
    fn new(turnover: Turnover, present: u32, streams: &Streams) -> Self {
        let clock = |per_year: f64, population, purpose: &str| {
            let law = FailureLaw::Exponential { rate_per_second: per_year / YEAR_SECONDS };
            let stream = streams.stream(0, purpose);
            Clock::new(law, population, 0.0, SimTime::ZERO, stream)
        };
        Turn {
            joins: clock(turnover.prospects_per_year, 1, "infrastructure.class.joins"),
            leaves: clock(turnover.leave_per_year, present, "infrastructure.class.leaves"),
        }
    }
}

impl Income {
    /// Whether a person has what it needs.
    fn suits(&self, person: u32, streams: &Streams) -> bool {
        let z = Normal::STANDARD.sample(&mut streams.stream(person, NEED));
        let needed = self.needed_median_usd_per_month * math::exp(self.needed_sigma * z);
        self.usd_per_month >= needed
    }
}
