//! What has been counted: devices and time by class and region, events as a whole.

use pinwheel_core::{SimDuration, SimTime};
use serde::{Deserialize, Serialize};

use super::{Condition, Fleet};
use crate::infrastructure::settings::{Checkpoint, Settings};

/// Devices and device time of one class in one region.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Devices whose owners have not left.
    pub present: u64,
    /// Devices that are up now.
    pub up: u64,
    /// Devices there have ever been.
    pub built: u64,
    since: SimTime,
    present_nanos: u128,
    up_nanos: u128,
    /// Failures since the start.
    pub failures: u64,
    /// Planned replacements since the start.
    pub planned: u64,
    /// Repairs done since the start.
    pub repairs: u64,
}

impl Cell {
    /// Brings the sums of time up to now.
    pub(super) fn advance(&mut self, now: SimTime) {
        let nanos = u128::from(now.since(self.since).as_nanos());
        self.present_nanos += nanos * u128::from(self.present);
        self.up_nanos += nanos * u128::from(self.up);
        self.since = now;
    }
    /// This cell and another as one; both are at the same time.
    pub(super) fn and(self, other: Cell) -> Cell {
        Cell {
            present: self.present + other.present,
            up: self.up + other.up,
            built: self.built + other.built,
            since: other.since,
            present_nanos: self.present_nanos + other.present_nanos,
            up_nanos: self.up_nanos + other.up_nanos,
            failures: self.failures + other.failures,
            planned: self.planned + other.planned,
            repairs: self.repairs + other.repairs,
        }
    }
    /// Hours that all devices together were there.
    pub fn device_hours(&self) -> f64 {
        self.present_nanos as f64 / 3.6e12
    }
    /// Hours that all devices together were down.
    pub fn down_hours(&self) -> f64 {
        (self.present_nanos - self.up_nanos) as f64 / 3.6e12
    }
    /// Share of the device time that was up.
    pub fn availability(&self) -> f64 {
        if self.present_nanos == 0 { 1.0 } else { self.up_nanos as f64 / self.present_nanos as f64 }
    }
    /// Failures for each year of a device.
    pub fn failures_per_device_year(&self) -> f64 {
        let years = self.device_hours() / (365.25 * 24.0);
        if years == 0.0 { 0.0 } else { self.failures as f64 / years }
    }
}

/// What has happened since the start, over all devices.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Signs of life that were sent.
    pub heartbeats_sent: u64,
    /// Of these, those that never came.
    pub heartbeats_lost: u64,
    /// Devices taken for dead that were up.
    pub false_alarms: u64,
    /// Failed devices of which nobody knew, over time.
    pub undetected_nanos: u128,
    /// Time from going down by a failure or an outage to being up again, and how often.
    pub recovery_nanos: u128,
    /// Times a device came up again after a failure or an outage.
    pub recoveries: u64,
    /// Work of devices that was saved, that was lost with them, and time that saving took.
    pub saved_nanos: u128,
    /// Work lost with the device it was on, nanoseconds of device time.
    pub lost_nanos: u128,
    /// Time that saving took, nanoseconds of device time.
    pub saving_nanos: u128,
    /// Strikes of shocks.
    pub strikes: u64,
    /// Owners who joined after the first day.
    pub owners_joined: u64,
    /// Owners who left.
    pub owners_left: u64,
}

impl Counts {
    /// These and others together.
    fn and(self, other: &Counts) -> Counts {
        Counts {
            heartbeats_sent: self.heartbeats_sent + other.heartbeats_sent,
            heartbeats_lost: self.heartbeats_lost + other.heartbeats_lost,
            false_alarms: self.false_alarms + other.false_alarms,
            undetected_nanos: self.undetected_nanos + other.undetected_nanos,
            recovery_nanos: self.recovery_nanos + other.recovery_nanos,
            recoveries: self.recoveries + other.recoveries,
            saved_nanos: self.saved_nanos + other.saved_nanos,
            lost_nanos: self.lost_nanos + other.lost_nanos,
            saving_nanos: self.saving_nanos + other.saving_nanos,
            strikes: self.strikes + other.strikes,
            owners_joined: self.owners_joined + other.owners_joined,
            owners_left: self.owners_left + other.owners_left,
        }
    }
}

/// The service that needs a share of the capacity.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Serving {
    /// Capacity of all devices present, in thousandths.
    pub capacity_milli: u64,
    /// Of it, that of devices which are up.
    pub capacity_up_milli: u64,
    needed_milli: u64,
    since: SimTime,
    /// Time the capacity was not enough, and how often that began.
    down_nanos: u128,
    /// Times the capacity that was up fell below the need.
    pub interruptions: u64,
}

impl Serving {
    /// Whether enough of the capacity is up.
    pub fn is_up(&self) -> bool {
        self.capacity_up_milli >= self.needed_milli
    }
    fn advance(&mut self, now: SimTime) {
        if !self.is_up() {
            self.down_nanos += u128::from(now.since(self.since).as_nanos());
        }
        self.since = now;
    }
    /// Capacity comes up or goes down.
    pub(super) fn turn(&mut self, capacity_milli: u64, up: bool, now: SimTime) {
        let served = self.is_up();
        self.advance(now);
        if up {
            self.capacity_up_milli += capacity_milli;
        } else {
            self.capacity_up_milli -= capacity_milli;
        }
        self.interruptions += u64::from(served && !self.is_up());
    }
    /// Share of the time since the start that the service was up.
    pub fn availability(&self, now: SimTime) -> f64 {
        if now == SimTime::ZERO {
            return 1.0;
        }
        let open = if self.is_up() { 0 } else { now.since(self.since).as_nanos() };
        1.0 - (self.down_nanos + u128::from(open)) as f64 / now.as_nanos() as f64
    }
}

/// All counts of a fleet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tallies {
    regions: usize,
    /// By class and region.
    cells: Vec<Cell>,
    /// Counts over all devices.
    pub counts: Counts,
    /// The service that needs a share of the capacity.
    pub serving: Serving,
    capacity_milli: Vec<u64>,
    serving_share: f64,
    /// Lengths of first lives that ended, by class, for classes that are watched.
    pub(super) lives: Vec<Vec<u64>>,
}

impl Tallies {
    pub(super) fn new(settings: &Settings) -> Self {
        let (classes, regions) = (settings.classes.len(), settings.regions.len());
        Tallies {
            regions,
            cells: vec![Cell::default(); classes * regions],
            counts: Counts::default(),
            serving: Serving::default(),
            capacity_milli: settings.classes.iter().map(|class| class.capacity_milli).collect(),
            serving_share: settings.serving_share,
            lives: vec![Vec::new(); classes],
        }
    }
    /// Devices there from the start.
    pub(super) fn join(&mut self, class: u8, region: u16, count: u64) {
        let cell = self.at(class, region);
        cell.present += count;
        cell.built += count;
        cell.up += count;
        let capacity = count * self.capacity_milli[usize::from(class)];
        self.serving.capacity_milli += capacity;
        self.serving.capacity_up_milli += capacity;
        // A hair less, or two thirds of three would be more than two.
        let needed = self.serving.capacity_milli as f64 * self.serving_share * (1.0 - 1e-12);
        self.serving.needed_milli = needed.ceil() as u64;
    }
    pub(super) fn at(&mut self, class: u8, region: u16) -> &mut Cell {
        &mut self.cells[usize::from(class) * self.regions + usize::from(region)]
    }
    /// Nothing is counted any more of devices, whose pieces count for themselves.
    pub(super) fn forget_devices(&mut self, now: SimTime) {
        self.counts = Counts::default();
        let nothing = Cell { since: now, ..Cell::default() };
        self.cells.fill(nothing);
    }
    /// What a piece has counted of its devices up to now is counted here too, but for the lives and
    /// the service, which depend on the order of all changes.
    pub(super) fn add_devices(&mut self, of_piece: &Tallies, now: SimTime) {
        self.counts = self.counts.and(&of_piece.counts);
        for (sum, cell) in self.cells.iter_mut().zip(&of_piece.cells) {
            let mut cell = *cell;
            cell.advance(now);
            *sum = sum.and(cell);
        }
    }
    /// The cells that satisfy a condition on class and region, as one, up to now.
    pub fn sum(&self, now: SimTime, which: impl Fn(u8, u16) -> bool) -> Cell {
        let cells = self.cells.iter().enumerate().filter(|(place, _)| {
            which((place / self.regions) as u8, (place % self.regions) as u16)
        });
        cells.fold(Cell::default(), |sum, (_, cell)| {
            let mut cell = *cell;
            cell.advance(now);
            sum.and(cell)
        })
    }
    /// All devices as one, up to now.
    pub fn whole(&self, now: SimTime) -> Cell {
        self.sum(now, |_, _| true)
    }
    /// Lengths of the first lives of a watched class that have ended, the shortest first.
    pub fn first_lives_nanos(&self, class: u8) -> &[u64] {
        &self.lives[usize::from(class)]
    }
    /// A device joins or leaves, down at this moment.
    pub(super) fn member(&mut self, class: u8, region: u16, joins: bool, now: SimTime) {
        let cell = self.at(class, region);
        cell.advance(now);
        let capacity = self.capacity_milli[usize::from(class)];
        let cell = self.at(class, region);
        if joins {
            cell.present += 1;
            cell.built += 1;
            self.serving.capacity_milli += capacity;
        } else {
            cell.present -= 1;
            self.serving.capacity_milli -= capacity;
        }
    }
}

/// What one up stretch of a device yields: work saved, work lost at its end, time for saving.
pub(super) fn work(checkpoint: Checkpoint, stretch: SimDuration, lost: bool) -> [u64; 3] {
    let round = (checkpoint.period + checkpoint.cost).as_nanos();
    let rounds = stretch.as_nanos() / round;
    let saved = rounds * checkpoint.period.as_nanos();
    let saving = rounds * checkpoint.cost.as_nanos();
    let rest = stretch.as_nanos() - rounds * round;
    if lost { [saved, rest, saving] } else { [saved + rest, 0, saving] }
}

impl Fleet {
    /// Counts that a device went down or came up after a stretch of the other.
    pub(super) fn count_change(
        &mut self,
        device: u32,
        before: Condition,
        stretch: SimDuration,
        now: SimTime,
    ) {
        let condition = self.condition[device as usize];
        let up = condition.is_up();
        let (class, region) = (self.class(device), self.region(device));
        let cell = self.tallies.at(class, region);
        cell.advance(now);
        cell.up = if up { cell.up + 1 } else { cell.up - 1 };
        let capacity_milli = self.class_of(device).capacity_milli;
        self.tallies.serving.turn(capacity_milli, up, now);
        if let (false, Some(checkpoint)) = (up, self.class_of(device).checkpoint) {
            // Whoever stops on purpose saves first.
            self.add_work(work(checkpoint, stretch, condition.is_struck()));
        }
        if up && before.is_struck() {
            self.tallies.counts.recoveries += 1;
            self.tallies.counts.recovery_nanos += u128::from(stretch.as_nanos());
        }
    }

    fn add_work(&mut self, [saved, lost, saving]: [u64; 3]) {
        let counts = &mut self.tallies.counts;
        counts.saved_nanos += u128::from(saved);
        counts.lost_nanos += u128::from(lost);
        counts.saving_nanos += u128::from(saving);
    }
}
