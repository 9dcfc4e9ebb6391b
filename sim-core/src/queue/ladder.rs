//! An adaptive radix ladder: a priority queue whose time only goes forward.
//!
//! A time is eight digits of eight bits. The ladder stands at a cursor; an entry waits in the
//! bucket of the highest digit in which its time differs from the cursor. When the open window is
//! used up, the next bucket is opened: a small one is sorted into the new window, a large one is
//! spread over the buckets one digit down. An entry is moved at most once per digit, whatever the
//! number of entries, and mostly twice. After Ahuja, Mehlhorn, Orlin and Tarjan, "Faster algorithms
//! for the shortest path problem" (JACM 37, 1990), and Tang, Goh and Thng, "Ladder queue" (ACM
//! TOMACS 15, 2005).

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use super::arena::{Arena, Bucket};

/// A pending event with its place in the total order.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
pub(super) struct Entry<E> {
    pub time: u64,
    /// Priority above sequence; unique.
    pub key: u64,
    pub slot: u32,
    pub event: E,
}

impl<E> Entry<E> {
    #[inline]
    fn rank(&self) -> u128 {
        u128::from(self.time) << 64 | u128::from(self.key)
    }
}
impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}
impl<E> Eq for Entry<E> {}
impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
/// Earlier is greater, for a heap's top and the end of a sorted run.
impl<E> Ord for Entry<E> {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        other.rank().cmp(&self.rank())
    }
}

/// A bucket of at most this many entries is sorted when opened; a larger one is spread.
const SORT_MAX: usize = 128;
/// Arrivals in the open window beyond this many make the window narrower.
const NEAR_MAX: usize = 256;

const DIGIT_BITS: u32 = 8;
const DIGITS: usize = 1 << DIGIT_BITS;
const LEVELS: usize = (u64::BITS / DIGIT_BITS) as usize;

/// The digit of `time` at `level`.
#[inline]
fn digit(time: u64, level: usize) -> usize {
    (time >> (DIGIT_BITS * level as u32)) as usize % DIGITS
}
/// The level of the highest digit set in `difference`; 0 if there is none.
#[inline]
fn level_of(difference: u64) -> usize {
    ((difference | 1).ilog2() / DIGIT_BITS) as usize
}
/// `time` with its digits below `level` cleared.
fn base_of(time: u64, level: usize) -> u64 {
    time & !low_digits(level)
}
/// All digits below `level`.
fn low_digits(level: usize) -> u64 {
    (1 << (DIGIT_BITS * level as u32)) - 1
}

#[derive(Clone, Debug)]
pub(super) struct Ladder<E> {
    /// Start of the open window, `DIGITS^level` nanoseconds long. Its entries are in `run` and
    /// `near`; every later one is in the bucket of the highest digit that differs from `floor`.
    floor: u64,
    level: usize,
    /// The opened bucket, last entry first.
    run: Vec<Entry<E>>,
    /// What was pushed into the open window, or before it, after it was opened.
    near: BinaryHeap<Entry<E>>,
    buckets: Buckets<E>,
}

impl<E: Copy> Ladder<E> {
    pub fn new() -> Self {
        let buckets = Buckets::new();
        Ladder { floor: 0, level: 0, run: Vec::new(), near: BinaryHeap::new(), buckets }
    }

    #[inline]
    pub fn push(&mut self, entry: Entry<E>) {
        if entry.time <= self.window_end() {
            self.near.push(entry);
            if self.near.len() > NEAR_MAX && self.level > 0 {
                self.narrow();
            }
        } else {
            self.buckets.push(level_of(entry.time ^ self.floor), entry);
        }
    }

    /// Takes the first entry, if its time is at most `end`.
    #[inline]
    pub fn pop_until(&mut self, end: u64) -> Option<Entry<E>> {
        if self.run.is_empty() && self.near.is_empty() && !self.open_next(end) {
            return None;
        }
        let (ready, arrived) = (self.run.last(), self.near.peek());
        // `None` is the least, so an empty side never wins.
        if arrived > ready {
            arrived.filter(|entry| entry.time <= end)?;
            self.near.pop()
        } else {
            ready.filter(|entry| entry.time <= end)?;
            self.run.pop()
        }
    }

    /// The time of the first entry. Looks through the next bucket if the open window is used up.
    pub fn first_time(&self) -> Option<u64> {
        if let Some(entry) = self.run.last().max(self.near.peek()) {
            return Some(entry.time);
        }
        let (level, digit) = self.buckets.first()?;
        let bucket = self.buckets.buckets[level * DIGITS + digit];
        self.buckets.arena.iter(bucket).map(|entry| entry.time).min()
    }

    /// Drops the entries for which `keep` is false.
    pub fn retain(&mut self, keep: impl Fn(&Entry<E>) -> bool) {
        self.run.retain(&keep);
        self.near.retain(&keep);
        self.buckets.retain(&keep);
    }

    /// All entries, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &Entry<E>> {
        self.run.iter().chain(&self.near).chain(self.buckets.iter())
    }

    pub fn capacity_bytes(&self) -> usize {
        let entries = self.run.capacity() + self.near.capacity();
        entries * size_of::<Entry<E>>() + self.buckets.capacity_bytes()
    }

    /// The last instant of the open window.
    #[inline]
    fn window_end(&self) -> u64 {
        self.floor | low_digits(self.level)
    }

    /// Moves the window, which is used up, to the next entries. False, and the cursor stays at or
    /// before `end`, if they are known to come after `end`.
    fn open_next(&mut self, end: u64) -> bool {
        while let Some((level, digit)) = self.buckets.first() {
            let above = base_of(self.floor >> (DIGIT_BITS * level as u32), 1);
            let floor = (above | digit as u64) << (DIGIT_BITS * level as u32);
            if floor > end {
                return false;
            }
            let bucket = self.buckets.take(level, digit);
            if bucket.len() <= SORT_MAX {
                (self.floor, self.level) = (floor, level);
                self.fill_run(bucket);
                return true;
            }
            let (time, difference) = self.buckets.difference(bucket);
            if difference == 0 {
                (self.floor, self.level) = (time, 0);
                self.fill_run(bucket);
                return true;
            }
            // Digits that all entries share are skipped, unless that carries the cursor past `end`.
            let lower = level_of(difference);
            let skip = base_of(time, lower + 1) <= end;
            self.level = if skip { lower } else { level - 1 };
            self.floor = if skip { base_of(time, lower + 1) } else { floor };
            self.buckets.spread(bucket, self.level);
        }
        false
    }

    fn fill_run(&mut self, bucket: Bucket) {
        self.buckets.arena.drain_into(bucket, &mut self.run);
        self.run.sort_unstable();
    }

    /// Shortens the window until few entries are left in it, and hands the others to the buckets.
    #[cold]
    fn narrow(&mut self) {
        while self.level > 0 && self.run.len() + self.near.len() > SORT_MAX {
            self.level -= 1;
            // Never below the old floor: the buckets' digits are counted from it.
            let first = self.run.last().max(self.near.peek()).map_or(0, |entry| entry.time);
            self.floor = base_of(first.max(self.floor), self.level);
            let (level, window_end) = (self.level, self.window_end());
            let mut stays = |entry: &Entry<E>| {
                let stays = entry.time <= window_end;
                if !stays {
                    self.buckets.push(level, *entry);
                }
                stays
            };
            self.run.retain(&mut stays);
            self.near.retain(&mut stays);
        }
    }
}

/// The buckets of all levels, and which of them hold something.
#[derive(Clone, Debug)]
struct Buckets<E> {
    arena: Arena<Entry<E>>,
    /// `DIGITS` buckets a level, up to the highest level used so far.
    buckets: Vec<Bucket>,
    /// One bit a bucket, in words of 64.
    occupied: [[u64; DIGITS / 64]; LEVELS],
    /// One bit a level.
    occupied_levels: u8,
}

impl<E: Copy> Buckets<E> {
    fn new() -> Self {
        Buckets {
            arena: Arena::new(),
            buckets: Vec::new(),
            occupied: [[0; DIGITS / 64]; LEVELS],
            occupied_levels: 0,
        }
    }

    #[inline]
    fn push(&mut self, level: usize, entry: Entry<E>) {
        let digit = digit(entry.time, level);
        if level * DIGITS >= self.buckets.len() {
            self.add_levels(level);
        }
        let bucket = &mut self.buckets[level * DIGITS + digit];
        if bucket.len() == 0 {
            self.occupied[level][digit / 64] |= 1 << (digit % 64);
            self.occupied_levels |= 1 << level;
        }
        self.arena.push(bucket, entry);
    }

    #[cold]
    fn add_levels(&mut self, level: usize) {
        let len = (level + 1) * DIGITS;
        self.buckets.reserve_exact(len - self.buckets.len());
        self.buckets.resize(len, Bucket::default());
    }

    /// Level and digit of the bucket with the earliest entries.
    fn first(&self) -> Option<(usize, usize)> {
        if self.occupied_levels == 0 {
            return None;
        }
        let level = self.occupied_levels.trailing_zeros() as usize;
        let word = self.occupied[level].iter().position(|&word| word != 0)?;
        Some((level, word * 64 + self.occupied[level][word].trailing_zeros() as usize))
    }

    /// Empties a bucket and returns what was in it.
    fn take(&mut self, level: usize, digit: usize) -> Bucket {
        self.occupied[level][digit / 64] &= !(1 << (digit % 64));
        if self.occupied[level] == [0; DIGITS / 64] {
            self.occupied_levels &= !(1 << level);
        }
        std::mem::take(&mut self.buckets[level * DIGITS + digit])
    }

    /// The time of one entry, and all bits in which other entries differ from it.
    fn difference(&self, bucket: Bucket) -> (u64, u64) {
        let mut times = self.arena.iter(bucket).map(|entry| entry.time);
        let first = times.next().unwrap_or_default();
        (first, times.fold(0, |difference, time| difference | time ^ first))
    }

    fn spread(&mut self, mut bucket: Bucket, level: usize) {
        while let Some(chunk) = self.arena.shift(&mut bucket) {
            for entry in chunk.as_slice() {
                self.push(level, *entry);
            }
        }
    }

    fn retain(&mut self, keep: impl Fn(&Entry<E>) -> bool) {
        for place in 0..self.buckets.len() {
            let (level, digit) = (place / DIGITS, place % DIGITS);
            let mut bucket = self.take(level, digit);
            while let Some(chunk) = self.arena.shift(&mut bucket) {
                for entry in chunk.as_slice().iter().filter(|entry| keep(entry)) {
                    self.push(level, *entry);
                }
            }
        }
    }

    fn capacity_bytes(&self) -> usize {
        self.buckets.capacity() * size_of::<Bucket>() + self.arena.capacity_bytes()
    }

    fn iter(&self) -> impl Iterator<Item = &Entry<E>> {
        self.buckets.iter().flat_map(|bucket| self.arena.iter(*bucket))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(time: u64, key: u64) -> Entry<u64> {
        Entry { time, key, slot: 0, event: 0 }
    }

    #[test]
    fn an_entry_with_eight_bytes_of_event_has_32_bytes() {
        assert_eq!(size_of::<Entry<u64>>(), 32);
        assert_eq!(size_of::<Entry<(u32, u8)>>(), 32);
    }

    #[test]
    fn a_wide_window_narrows_under_a_flood() {
        let mut ladder = Ladder::new();
        ladder.push(entry(1 << 40, 0));
        assert!(ladder.pop_until(u64::MAX).is_some());
        assert_eq!((ladder.floor, ladder.level), (1 << 40, 5));
        for key in 0..100_000 {
            ladder.push(entry((1 << 40) + key * 7_919 % 100_003 * 1_000, key));
            assert!(ladder.near.len() <= NEAR_MAX);
        }
        let mut last = 0;
        for _ in 0..100_000 {
            let time = ladder.pop_until(u64::MAX).expect("100,000 entries").time;
            assert!(time >= last);
            last = time;
        }
        assert!(ladder.pop_until(u64::MAX).is_none());
    }

    #[test]
    fn ties_are_moved_once() {
        let mut ladder = Ladder::new();
        let time = 0x0123_4567_89ab_cdef;
        for key in 0..1_000 {
            ladder.push(entry(time, key));
        }
        assert_eq!(ladder.pop_until(time).map(|first| first.key), Some(0));
        assert_eq!((ladder.run.len(), ladder.level), (999, 0));
    }

    #[test]
    fn the_cursor_waits_for_the_horizon() {
        let mut ladder = Ladder::new();
        ladder.push(entry(1 << 40, 0));
        assert!(ladder.pop_until((1 << 40) - 1).is_none());
        assert_eq!((ladder.floor, ladder.run.len()), (0, 0));
    }
}
