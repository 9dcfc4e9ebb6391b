//! The pending events, in the total order `(time, priority, sequence)`: events of one instant go by
//! priority, and those of one priority in the order in which they were scheduled. Messages from
//! other regions come after them, in the order of their sources and numbers.

mod arena;
mod ladder;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::SimTime;
use ladder::{Entry, Ladder};

/// A handle to one pending event that may be cancelled.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    slot: u32,
    /// The key of the event: a slot is used again, a key never.
    sequence: u64,
}

/// The pending-event set: a radix ladder of plain entries, and a slot for each pending timer.
///
/// A cancelled timer's entry stays where it is and is skipped when its time comes; when such
/// entries outnumber the live ones they are all thrown out, so that memory follows the live ones.
#[derive(Clone, Debug)]
pub struct Queue<E> {
    ladder: Ladder<E>,
    live: usize,
    cancelled: usize,
    sequence: u64,
    /// The key of the timer pending in each slot, or [`NO_KEY`].
    slots: Vec<u64>,
    free_slots: Vec<u32>,
}

/// A key is a priority of 8 bits over one bit that tells a message from an own event over, of an
/// own event its sequence, and of a message its source and its number there.
const PRIORITY_SHIFT: u32 = 56;
const MESSAGE_BIT: u32 = 55;
const NUMBER_BITS: u32 = 40;
/// Bits that count the events scheduled during one slot of time, where sequences tell that time
/// ([`Queue::enter_slot`]).
const IN_SLOT_BITS: u32 = 22;
/// Slots of time that sequences can tell apart, the one before the first event among them.
pub(crate) const SLOTS_MAX: u64 = 1 << (MESSAGE_BIT - IN_SLOT_BITS);
/// Most regions that can send messages.
pub(crate) const SOURCES_MAX: usize = 1 << (MESSAGE_BIT - NUMBER_BITS);
const NO_KEY: u64 = 0;
const NO_SLOT: u32 = u32::MAX;
/// Fewer cancelled entries than this are left alone.
const PURGE_MIN: usize = 256;

impl<E: Copy> Queue<E> {
    /// No events.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Queue {
            ladder: Ladder::new(),
            live: 0,
            cancelled: 0,
            sequence: 0,
            slots: Vec::new(),
            free_slots: Vec::new(),
        }
    }

    /// Events still to come, cancelled ones not counted.
    pub fn len(&self) -> usize {
        self.live
    }

    /// Whether no event is pending, cancelled ones not counted.
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// Schedules an event for good. Times before the last one popped are allowed, but slow.
    #[inline]
    pub fn push(&mut self, time: SimTime, priority: u8, event: E) {
        self.insert(time, priority, NO_SLOT, event);
    }

    /// Schedules an event that can be cancelled.
    ///
    /// # Panics
    ///
    /// Beyond 2^32 pending timers.
    pub fn push_timer(&mut self, time: SimTime, priority: u8, event: E) -> Timer {
        let slot = self.free_slots.pop().unwrap_or_else(|| {
            self.slots.push(NO_KEY);
            u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 timers")
        });
        let sequence = self.insert(time, priority, slot, event);
        self.slots[slot as usize] = sequence;
        Timer { slot, sequence }
    }

    /// Schedules an event that came from outside, where it was the `number`-th of its `source`. Its
    /// place in the order does not depend on when this is called.
    pub(crate) fn push_message(
        &mut self,
        time: SimTime,
        priority: u8,
        source: u32,
        number: u64,
        event: E,
    ) {
        assert!(number >> NUMBER_BITS == 0, "fewer than 2^40 messages of a source");
        let rank = 1 << MESSAGE_BIT | u64::from(source) << NUMBER_BITS | number;
        let key = u64::from(priority) << PRIORITY_SHIFT | rank;
        self.ladder.push(Entry { time: time.as_nanos(), key, slot: NO_SLOT, event });
        self.live += 1;
    }

    /// Cancels a pending timer; false if it has fired or was cancelled before.
    pub fn cancel(&mut self, timer: Timer) -> bool {
        if self.slots.get(timer.slot as usize) != Some(&timer.sequence) {
            return false;
        }
        self.vacate(timer.slot);
        self.live -= 1;
        self.cancelled += 1;
        if self.cancelled >= PURGE_MIN && self.cancelled > self.live {
            let slots = &self.slots;
            self.ladder.retain(|entry| is_live(slots, entry));
            self.cancelled = 0;
        }
        true
    }

    /// Takes the first event, if its time is at most `end`.
    #[inline]
    pub fn pop_until(&mut self, end: SimTime) -> Option<(SimTime, E)> {
        self.pop_ranked(end).map(|(time, _, event)| (time, event))
    }

    /// The same with the event's key: its place among the events of its instant.
    #[inline]
    pub(crate) fn pop_ranked(&mut self, end: SimTime) -> Option<(SimTime, u64, E)> {
        loop {
            let entry = self.ladder.pop_until(end.as_nanos())?;
            if entry.slot != NO_SLOT {
                if !is_live(&self.slots, &entry) {
                    self.cancelled -= 1;
                    continue;
                }
                self.vacate(entry.slot);
            }
            self.live -= 1;
            return Some((SimTime::from_nanos(entry.time), entry.key, entry.event));
        }
    }

    /// From now on events are scheduled in this slot of time, and their sequences say so. Slots
    /// come in rising order; the first is 0.
    #[inline]
    pub(crate) fn enter_slot(&mut self, slot: u64) {
        self.sequence = self.sequence.max(slot << IN_SLOT_BITS);
    }

    /// The slot of the last event scheduled. A later one than was entered if too many were
    /// scheduled in that.
    #[inline]
    pub(crate) fn slot(&self) -> u64 {
        self.sequence >> IN_SLOT_BITS
    }

    /// The time of the first entry, cancelled ones counted; the end of time if there is none.
    pub(crate) fn next_time(&self) -> SimTime {
        self.ladder.first_time().map_or(SimTime::MAX, SimTime::from_nanos)
    }

    /// Bytes that so many pending events take.
    pub fn bytes_of(pending: usize) -> usize {
        pending * size_of::<Entry<E>>()
    }

    /// Bytes this queue holds from the allocator. Constant means that nothing is allocated.
    pub fn capacity_bytes(&self) -> usize {
        self.ladder.capacity_bytes()
            + self.slots.capacity() * size_of::<u64>()
            + self.free_slots.capacity() * size_of::<u32>()
    }

    #[inline]
    fn insert(&mut self, time: SimTime, priority: u8, slot: u32, event: E) -> u64 {
        self.sequence += 1;
        assert!(self.sequence >> MESSAGE_BIT == 0, "fewer than 2^55 events in a run");
        let key = u64::from(priority) << PRIORITY_SHIFT | self.sequence;
        self.ladder.push(Entry { time: time.as_nanos(), key, slot, event });
        self.live += 1;
        key
    }

    fn vacate(&mut self, slot: u32) {
        self.slots[slot as usize] = NO_KEY;
        self.free_slots.push(slot);
    }
}

/// The priority of a key, and the slot of time in which its event was scheduled.
pub(crate) fn priority_and_slot(key: u64) -> (u8, u64) {
    let sequence = key & ((1 << PRIORITY_SHIFT) - 1);
    ((key >> PRIORITY_SHIFT) as u8, sequence >> IN_SLOT_BITS)
}

fn is_live<E>(slots: &[u64], entry: &Entry<E>) -> bool {
    entry.slot == NO_SLOT || slots[entry.slot as usize] == entry.key
}

/// A queue on disk: the live entries in their order, so that equal queues have equal bytes.
#[derive(Serialize, Deserialize)]
struct Saved<E> {
    entries: Vec<Entry<E>>,
    sequence: u64,
    slots: Vec<u64>,
    free_slots: Vec<u32>,
}

impl<E> Saved<E> {
    /// What no queue writes: entries out of order, a timer in a slot that is not its own, a slot
    /// that is both free and taken, or neither, a key of the future.
    fn check(&self) -> Result<(), &'static str> {
        let Saved { entries, sequence, slots, free_slots } = self;
        if entries.windows(2).any(|pair| pair[0] <= pair[1]) {
            return Err("the pending events are not in their order");
        }
        let own = |entry: &&Entry<E>| entry.key >> MESSAGE_BIT & 1 == 0;
        let number = |entry: &Entry<E>| entry.key & ((1 << MESSAGE_BIT) - 1);
        if *sequence >> MESSAGE_BIT != 0
            || entries.iter().filter(own).any(|entry| number(entry) > *sequence)
        {
            return Err("a pending event was scheduled after the last one");
        }
        let mut pending: Vec<bool> = vec![false; slots.len()];
        for entry in entries.iter().filter(|entry| entry.slot != NO_SLOT) {
            let slot = entry.slot as usize;
            if entry.key == NO_KEY || slots.get(slot) != Some(&entry.key) {
                return Err("a pending timer has no slot");
            }
            pending[slot] = true;
        }
        for &slot in free_slots {
            match pending.get_mut(slot as usize) {
                Some(taken @ false) if slots[slot as usize] == NO_KEY => *taken = true,
                _ => return Err("a free slot of a timer is not free"),
            }
        }
        match pending.iter().all(|taken| *taken) {
            true => Ok(()),
            false => Err("a slot has no pending timer and is not free"),
        }
    }
}

impl<E: Copy + Serialize> Serialize for Queue<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let live = self.ladder.iter().filter(|entry| is_live(&self.slots, entry));
        let mut entries: Vec<Entry<E>> = live.copied().collect();
        entries.sort_unstable_by(|a, b| b.cmp(a));
        let (slots, free_slots) = (self.slots.clone(), self.free_slots.clone());
        Saved { entries, sequence: self.sequence, slots, free_slots }.serialize(serializer)
    }
}

impl<'de, E: Copy + Deserialize<'de>> Deserialize<'de> for Queue<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let saved: Saved<E> = Saved::deserialize(deserializer)?;
        saved.check().map_err(serde::de::Error::custom)?;
        let Saved { entries, sequence, slots, free_slots } = saved;
        let (mut queue, live) = (Queue::new(), entries.len());
        for entry in entries {
            queue.ladder.push(entry);
        }
        Ok(Queue { live, sequence, slots, free_slots, ..queue })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was written is read; each damage of it is an error and no panic.
    #[test]
    fn a_damaged_queue_is_refused() {
        let mut queue = Queue::new();
        let at = |seconds: u64| SimTime::from_nanos(seconds * 1_000_000_000);
        queue.push(at(3), 1, 30_u8);
        let timers = [1, 2, 4].map(|second| queue.push_timer(at(second), 0, second as u8));
        assert!(queue.cancel(timers[1]));
        let bytes = postcard::to_stdvec(&queue).unwrap();
        let saved = || -> Saved<u8> { postcard::from_bytes(&bytes).unwrap() };
        let read = |saved: &Saved<u8>| {
            let bytes = postcard::to_stdvec(saved).unwrap();
            postcard::from_bytes::<Queue<u8>>(&bytes)
        };
        let mut again = read(&saved()).unwrap();
        assert_eq!(again.pop_until(SimTime::MAX), Some((at(1), 1)));
        type Damage = fn(&mut Saved<u8>);
        let damages: [Damage; 11] = [
            |saved| saved.entries.reverse(),
            |saved| saved.entries.push(saved.entries[2]),
            |saved| saved.entries[0].slot = 99,
            |saved| saved.entries[0].slot = 1,
            |saved| saved.entries[1].slot = 0,
            |saved| saved.slots.clear(),
            |saved| saved.slots[1] = 7,
            |saved| saved.free_slots = vec![0],
            |saved| saved.free_slots = vec![99],
            |saved| saved.free_slots = vec![1, 1],
            |saved| saved.sequence = 1,
        ];
        for (number, damage) in damages.iter().enumerate() {
            let mut saved = saved();
            damage(&mut saved);
            assert!(read(&saved).is_err(), "damage {number}");
        }
    }
}
