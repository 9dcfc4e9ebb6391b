//! A store of the objects used last (LRU).
//!
//! Objects are numbered from 0, so that a look-up is one read of a list and every step takes
//! constant time. The store is a ring of neighbours from the object used last to the one used
//! longest ago.

use serde::{Deserialize, Serialize};

/// No object.
const NONE: u32 = u32::MAX;

/// The objects used last, up to a capacity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LruCache {
    /// Each object's neighbours; those of an object that is not held mean nothing.
    neighbours: Vec<Neighbours>,
    newest: u32,
    oldest: u32,
    held: u32,
    capacity: u32,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Neighbours {
    held: bool,
    newer: u32,
    older: u32,
}

impl LruCache {
    /// An empty store for objects `0..objects` that holds `capacity` of them.
    pub fn new(objects: u32, capacity: u32) -> Self {
        let neighbours =
            vec![Neighbours { held: false, newer: NONE, older: NONE }; objects as usize];
        LruCache { neighbours, newest: NONE, oldest: NONE, held: 0, capacity }
    }

    /// Uses an object: true if the store holds it. If not, it takes it in, and the object used
    /// longest ago makes room.
    pub fn access(&mut self, object: u32) -> bool {
        let hit = self.holds(object);
        if hit {
            self.detach(object);
        } else if self.capacity == 0 {
            return false;
        } else if self.held == self.capacity {
            self.remove(self.oldest);
        }
        self.attach(object);
        hit
    }

    /// Whether an object is in it.
    pub fn holds(&self, object: u32) -> bool {
        self.neighbours[object as usize].held
    }

    /// Objects held.
    pub fn len(&self) -> u32 {
        self.held
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.held == 0
    }

    /// Forgets an object; false if it was not held.
    pub fn remove(&mut self, object: u32) -> bool {
        let held = self.holds(object);
        if held {
            self.detach(object);
        }
        held
    }

    fn detach(&mut self, object: u32) {
        let Neighbours { newer, older, .. } = self.neighbours[object as usize];
        self.neighbours[object as usize].held = false;
        self.held -= 1;
        match self.neighbours.get_mut(newer as usize) {
            Some(newer) => newer.older = older,
            None => self.newest = older,
        }
        match self.neighbours.get_mut(older as usize) {
            Some(older) => older.newer = newer,
            None => self.oldest = newer,
        }
    }

    fn attach(&mut self, object: u32) {
        let older = std::mem::replace(&mut self.newest, object);
        match self.neighbours.get_mut(older as usize) {
            Some(older) => older.newer = object,
            None => self.oldest = object,
        }
        self.neighbours[object as usize] = Neighbours { held: true, newer: NONE, older };
        self.held += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::Streams;
    use std::collections::VecDeque;

    #[test]
    fn it_does_what_a_list_by_last_use_does() {
        let mut stream = Streams::new(5, 0).stream(0, "cache");
        for capacity in [0, 1, 2, 7, 12] {
            let mut cache = LruCache::new(12, capacity);
            let mut list: VecDeque<u32> = VecDeque::new();
            for _ in 0..5_000 {
                let object = stream.below(12) as u32;
                let known = list.iter().position(|held| *held == object);
                let removed = known.and_then(|place| list.remove(place));
                if stream.uniform() < 0.05 {
                    assert_eq!(cache.remove(object), removed.is_some());
                } else {
                    assert_eq!(cache.access(object), removed.is_some());
                    list.push_front(object);
                    list.truncate(capacity as usize);
                }
                assert_eq!(cache.len() as usize, list.len());
                assert!((0..12).all(|object| cache.holds(object) == list.contains(&object)));
            }
            assert_eq!(cache.is_empty(), list.is_empty());
        }
    }
}
