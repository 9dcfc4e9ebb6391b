//! The pending events, in the total order `(time, priority, sequence)`.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use crate::time::SimTime;

/// A handle to one pending event that may be cancelled.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    slot: u32,
    sequence: u64,
}

#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Entry<E> {
    time: SimTime,
    key: u64,
    slot: u32,
    event: E,
}
impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl<E> Eq for Entry<E> {}
impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.time, other.key).cmp(&(self.time, self.key))
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(serialize = "E: Serialize + Copy", deserialize = "E: Deserialize<'de>"))]
pub struct Queue<E> {
    heap: BinaryHeap<Entry<E>>,
    sequence: u64,
    slots: Vec<u64>,
    free: Vec<u32>,
    cancelled: usize,
}

const NO_SLOT: u32 = u32::MAX;

impl<E: Copy> Queue<E> {
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Queue { heap: BinaryHeap::new(), sequence: 0, slots: vec![], free: vec![], cancelled: 0 }
    }
    pub fn len(&self) -> usize {
        self.heap.len() - self.cancelled
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    fn next_key(&mut self, priority: u8) -> u64 {
        self.sequence += 1;
        u64::from(priority) << 56 | self.sequence
    }
    pub fn push(&mut self, time: SimTime, priority: u8, event: E) {
        let key = self.next_key(priority);
        self.heap.push(Entry { time, key, slot: NO_SLOT, event });
    }
    pub fn push_timer(&mut self, time: SimTime, priority: u8, event: E) -> Timer {
        let key = self.next_key(priority);
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(0);
            self.slots.len() as u32 - 1
        });
        self.slots[slot as usize] = key;
        self.heap.push(Entry { time, key, slot, event });
        Timer { slot, sequence: key }
    }
    pub fn cancel(&mut self, timer: Timer) -> bool {
        let armed = self.slots.get(timer.slot as usize) == Some(&timer.sequence);
        if armed {
            self.slots[timer.slot as usize] = 0;
            self.free.push(timer.slot);
            self.cancelled += 1;
        }
        armed
    }
    pub fn pop_until(&mut self, end: SimTime) -> Option<(SimTime, E)> {
        loop {
            let entry = *self.heap.peek()?;
            if entry.time > end {
                return None;
            }
            self.heap.pop();
            if entry.slot != NO_SLOT {
                if self.slots[entry.slot as usize] != entry.key {
                    self.cancelled -= 1;
                    continue;
                }
                self.slots[entry.slot as usize] = 0;
                self.free.push(entry.slot);
            }
            return Some((entry.time, entry.event));
        }
    }
}
