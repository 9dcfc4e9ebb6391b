//! Repair crews: a few hands, and incidents that wait for them in the order of their arrival.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// The crews of one site.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Crews {
    size: u32,
    busy: u32,
    waiting: VecDeque<u32>,
}

impl Crews {
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
    pub fn release(&mut self) {
        assert!(self.busy > 0, "a crew came back that never left");
        self.busy -= 1;
    }
    /// Hires or lets go; a crew at work finishes first.
    pub fn resize(&mut self, size: u32) {
        assert!(size > 0, "a site without a crew never mends anything");
        self.size = size;
    }
    pub fn busy(&self) -> u32 {
        self.busy
    }
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }
}
