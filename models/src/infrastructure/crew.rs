//! Repair crews and spare parts: a few of each, and incidents that wait for both in the order of
//! their arrival.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::settings::{Class, Settings};

/// The crews of one site.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Crews {
    size: u32,
    busy: u32,
    waiting: VecDeque<u32>,
}

impl Crews {
    /// So many crews, all of them free.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn new(size: u32) -> Self {
        assert!(size > 0, "a site without a crew never mends anything");
        Crews { size, busy: 0, waiting: VecDeque::new() }
    }
    /// Adds an incident at the end of the line.
    pub fn enqueue(&mut self, incident: u32) {
        self.waiting.push_back(incident);
    }
    /// Sends a free crew to the first incident in line, if there are both.
    pub fn dispatch(&mut self) -> Option<u32> {
        if self.busy >= self.size {
            return None;
        }
        let incident = self.waiting.pop_front()?;
        self.busy += 1;
        Some(incident)
    }
    /// A crew comes back.
    ///
    /// # Panics
    ///
    /// If no crew is at work.
    pub fn release(&mut self) {
        assert!(self.busy > 0, "a crew came back that never left");
        self.busy -= 1;
    }
    /// Hires or lets go; a crew at work finishes first.
    ///
    /// # Panics
    ///
    /// If the size is zero.
    pub fn resize(&mut self, size: u32) {
        assert!(size > 0, "a site without a crew never mends anything");
        self.size = size;
    }
    /// Crews at work.
    pub fn busy(&self) -> u32 {
        self.busy
    }
    /// Incidents that wait for a crew.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }
}

/// Hands and spare parts for the failures of a class, everywhere or in one region.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pool {
    /// The hands, and the failures that wait for them.
    pub crews: Crews,
    /// None: there are always parts.
    parts: Option<u32>,
}

impl Pool {
    /// The pools of each class: one, or one for each region, class after class.
    pub fn of(settings: &Settings) -> Vec<Pool> {
        let pool = |class: &Class| Pool {
            crews: Crews::new(class.crews.map_or(u32::MAX, |crewing| crewing.crews)),
            parts: class.spares.as_ref().map(|spares| spares.stock),
        };
        let pools = |class| vec![pool(class); settings.pools(class)];
        settings.classes.iter().flat_map(pools).collect()
    }
    /// Sends a free crew with a part to the first incident in line, if there are all three.
    pub fn dispatch(&mut self) -> Option<u32> {
        if self.parts == Some(0) {
            return None;
        }
        let incident = self.crews.dispatch()?;
        self.parts = self.parts.map(|parts| parts - 1);
        Some(incident)
    }
    /// An ordered part has come.
    pub fn part_arrives(&mut self) {
        self.parts = self.parts.map(|parts| parts + 1);
    }
    /// Whether no part is left.
    pub fn is_out_of_parts(&self) -> bool {
        self.parts == Some(0)
    }
}
