//! The pending-event set as one would write it with the standard library, to compare with.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use pinwheel_core::SimTime;
use pinwheel_core::queue::{Queue, Timer};

/// What the tests ask of a pending-event set.
pub trait Pending {
    type Timer: Copy;
    fn push(&mut self, time: SimTime, priority: u8, event: u32);
    fn push_timer(&mut self, time: SimTime, priority: u8, event: u32) -> Self::Timer;
    fn cancel(&mut self, timer: Self::Timer) -> bool;
    fn pop_until(&mut self, end: SimTime) -> Option<(SimTime, u32)>;
    fn len(&self) -> usize;
}

impl Pending for Queue<u32> {
    type Timer = Timer;
    fn push(&mut self, time: SimTime, priority: u8, event: u32) {
        self.push(time, priority, event);
    }
    fn push_timer(&mut self, time: SimTime, priority: u8, event: u32) -> Timer {
        self.push_timer(time, priority, event)
    }
    fn cancel(&mut self, timer: Timer) -> bool {
        self.cancel(timer)
    }
    fn pop_until(&mut self, end: SimTime) -> Option<(SimTime, u32)> {
        self.pop_until(end)
    }
    fn len(&self) -> usize {
        self.len()
    }
}

/// Time, priority, sequence; the event; whether it is a timer.
type Entry = (SimTime, u8, u64, u32, bool);

/// A binary heap in the total order, and the set of timers that are armed.
#[derive(Default)]
pub struct Reference {
    heap: BinaryHeap<Reverse<Entry>>,
    armed: BTreeSet<u64>,
    sequence: u64,
    cancelled: usize,
}

impl Reference {
    fn insert(&mut self, time: SimTime, priority: u8, event: u32, timer: bool) -> u64 {
        self.sequence += 1;
        self.heap.push(Reverse((time, priority, self.sequence, event, timer)));
        self.sequence
    }
}

impl Pending for Reference {
    type Timer = u64;
    fn push(&mut self, time: SimTime, priority: u8, event: u32) {
        self.insert(time, priority, event, false);
    }
    fn push_timer(&mut self, time: SimTime, priority: u8, event: u32) -> u64 {
        let sequence = self.insert(time, priority, event, true);
        self.armed.insert(sequence);
        sequence
    }
    fn cancel(&mut self, timer: u64) -> bool {
        let armed = self.armed.remove(&timer);
        self.cancelled += usize::from(armed);
        armed
    }
    fn pop_until(&mut self, end: SimTime) -> Option<(SimTime, u32)> {
        loop {
            let Reverse((time, _, sequence, event, timer)) = *self.heap.peek()?;
            if time > end {
                return None;
            }
            self.heap.pop();
            if timer && !self.armed.remove(&sequence) {
                self.cancelled -= 1;
                continue;
            }
            return Some((time, event));
        }
    }
    fn len(&self) -> usize {
        self.heap.len() - self.cancelled
    }
}
