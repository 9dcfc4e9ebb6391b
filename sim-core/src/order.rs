//! One order for the events of regions that never meet: the order they have when the world is
//! simulated in one piece, and so the same fingerprint.
//!
//! In one piece, events of one instant and priority go in the order in which they were scheduled.
//! Regions run apart and cannot count that together. They note with each event in which *slot* of
//! time it was scheduled: slot 0 is the start of the world, in which regions schedule one after the
//! other; then come slots of a fixed length, of which an event at a later one goes later. What is
//! left open are events of one instant that different regions scheduled within one slot. If they
//! are alike, their order does not matter; if they are not, nothing is guessed: it is
//! [`Undecided`], and the world has to be simulated in one piece.

use std::fmt;

use crate::fingerprint::Fingerprint;
use crate::queue::{SLOTS_MAX, priority_and_slot};
use crate::time::{SimDuration, SimTime};

/// Events of this instant in different regions whose order cannot be told.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Undecided(pub SimTime);

impl fmt::Display for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the order of events of different regions at {} cannot be told", self.0)
    }
}
impl std::error::Error for Undecided {}

/// The place of an event of a region in the order of the world.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    time: SimTime,
    key: u64,
}

impl Moment {
    pub(crate) fn new(time: SimTime, key: u64) -> Self {
        Moment { time, key }
    }
    /// The instant.
    pub fn time(self) -> SimTime {
        self.time
    }
    fn rank(self) -> (SimTime, u8, u64) {
        let (priority, slot) = priority_and_slot(self.key);
        (self.time, priority, slot)
    }
}

/// What happened at a moment in one of the regions.
#[derive(Copy, Clone, Debug)]
pub struct Happened<T> {
    /// When.
    pub moment: Moment,
    /// The region, by its place.
    pub region: u32,
    /// What.
    pub what: T,
}

/// Puts what happened into the order of the world. Of each region it must come in its own order,
/// and the regions one after the other.
///
/// # Errors
///
/// [`Undecided`] where the order of two that are not `alike` cannot be told.
pub fn put_in_order<T>(
    happened: &mut [Happened<T>],
    alike: impl Fn(&T, &T) -> bool,
) -> Result<(), Undecided> {
    // Stable: what cannot be told apart stays in the order of the regions, and within each.
    happened.sort_by_key(|one| one.moment.rank());
    for together in happened.chunk_by(|a, b| a.moment.rank() == b.moment.rank()) {
        let first = &together[0];
        let (time, _, slot) = first.moment.rank();
        let one_region = together.iter().all(|one| one.region == first.region);
        // What the start scheduled comes region after region.
        if slot > 0 && !one_region && !together.iter().all(|one| alike(&one.what, &first.what)) {
            return Err(Undecided(time));
        }
    }
    Ok(())
}

/// Bits of a kind of event.
const KIND_BITS: u32 = 8;
/// Events that are sorted at a time: few enough for the fastest cache.
const SORTED_AT_ONCE: usize = 512;

/// The events of one region since the last barrier, in its own order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trail {
    /// The instant that times are counted from.
    base: u64,
    /// A slot of time has 2 to the power of this many nanoseconds.
    slot_shift: u32,
    /// Time since `base` over the kind, and the key, of each event.
    words: Vec<u64>,
    keys: Vec<u64>,
    /// Words that are in order already.
    done: usize,
    /// More was scheduled in a slot than can be told from what the next one scheduled.
    pub is_crowded: bool,
}

impl Trail {
    /// Longest time between two barriers.
    pub const WINDOW_MAX: SimDuration = SimDuration::from_nanos(1 << (u64::BITS - KIND_BITS - 1));

    /// The trail of a region that runs until `end`.
    pub fn new(end: SimTime) -> Self {
        // The last slot is for events at the very end.
        let bits = u64::BITS - end.as_nanos().leading_zeros();
        let slot_shift = bits.saturating_sub(SLOTS_MAX.ilog2() - 1);
        Trail { slot_shift, ..Trail::default() }
    }

    /// Begins anew at this instant.
    pub fn restart(&mut self, base: SimTime) {
        self.base = base.as_nanos();
        self.done = 0;
        self.words.clear();
        self.keys.clear();
    }

    /// Notes an event; returns the slot of time it is in.
    #[inline]
    pub fn note(&mut self, time: SimTime, key: u64, kind: u8) -> u64 {
        let time = time.as_nanos();
        self.words.push((time - self.base) << KIND_BITS | u64::from(kind));
        self.keys.push(key);
        (time >> self.slot_shift) + 1
    }

    /// Events noted since the last barrier.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Moves the words of times before `end`, counted from the base, to `target`.
    fn take_until(&mut self, end: u64, target: &mut Vec<u64>) {
        let from = self.done;
        let rest = &self.words[from..];
        let count = rest.iter().position(|word| word >> KIND_BITS >= end).unwrap_or(rest.len());
        target.extend_from_slice(&rest[..count]);
        self.done += count;
    }

    /// The events of one instant.
    fn at(&self, time: u64, region: u32) -> impl Iterator<Item = Happened<u8>> + '_ {
        let from = self.words.partition_point(|word| word >> KIND_BITS < time);
        let words = self.words[from..].iter().take_while(move |word| **word >> KIND_BITS == time);
        words.zip(&self.keys[from..]).map(move |(word, key)| {
            let moment = Moment::new(SimTime::from_nanos(self.base + time), *key);
            Happened { moment, region, what: *word as u8 }
        })
    }
}

/// Adds the events of all trails to a fingerprint, in the order of the world, and counts them.
///
/// # Errors
///
/// [`Undecided`] where that order cannot be told.
pub(crate) fn add_in_order(
    trails: &mut [&mut Trail],
    fingerprint: &mut Fingerprint,
) -> Result<u64, Undecided> {
    let events: usize = trails.iter().map(|trail| trail.len()).sum();
    let ends = trails.iter().filter_map(|trail| trail.words.last());
    let Some(last) = ends.max().map(|word| word >> KIND_BITS) else { return Ok(0) };
    let base = trails[0].base;
    let stretch = last / (events / SORTED_AT_ONCE + 1) as u64 + 1;
    let (mut words, mut end) = (Vec::with_capacity(2 * SORTED_AT_ONCE), 0);
    while end <= last {
        end += stretch;
        trails.iter_mut().for_each(|trail| trail.take_until(end, &mut words));
        words.sort_unstable();
        let mut rest = &words[..];
        while let Some(&word) = rest.first() {
            let time = word >> KIND_BITS;
            let together = rest.iter().take_while(|word| **word >> KIND_BITS == time).count();
            if rest[together - 1] == word {
                let event = (SimTime::from_nanos(base + time), word as u8);
                (0..together).for_each(|_| fingerprint.event(event.0, event.1));
            } else {
                add_instant(trails, time, fingerprint)?;
            }
            rest = &rest[together..];
        }
        words.clear();
    }
    Ok(events as u64)
}

/// Adds the events of an instant at which there are several kinds.
#[cold]
fn add_instant(
    trails: &[&mut Trail],
    time: u64,
    fingerprint: &mut Fingerprint,
) -> Result<(), Undecided> {
    let of = |(region, trail): (u32, &'_ &mut Trail)| trail.at(time, region).collect::<Vec<_>>();
    let mut events: Vec<Happened<u8>> = (0..).zip(trails).flat_map(of).collect();
    put_in_order(&mut events, |a, b| a == b)?;
    events.iter().for_each(|event| fingerprint.event(event.moment.time, event.what));
    Ok(())
}
