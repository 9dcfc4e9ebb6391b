//! What a dispatcher knows of queues: how many there are, and perhaps how long they were.

use pinwheel_core::{SimTime, Stream};
use serde::{Deserialize, Serialize};

/// The reports that a policy of balancing asks for. The type decides what is sent: a policy that
/// sees a [`QueueCount`] cannot ask for lengths, and one that sees [`QueueLengths`] is told of
/// every change.
pub trait QueueReports {
    /// Whether changes of length are reported at all.
    const LENGTHS: bool;
    /// Of empty queues, at time zero.
    fn new(queues: u32) -> Self;
    /// Queues there are.
    fn queues(&self) -> u32;
    /// A queue had become one job longer, or shorter, at the instant `measured`.
    fn update(&mut self, queue: u32, longer: bool, measured: SimTime);
}

/// How many queues there are, and nothing else.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueCount(u32);

impl QueueReports for QueueCount {
    const LENGTHS: bool = false;
    fn new(queues: u32) -> Self {
        QueueCount(queues)
    }
    fn queues(&self) -> u32 {
        self.0
    }
    fn update(&mut self, _queue: u32, _longer: bool, _measured: SimTime) {}
}

/// The lengths of queues as last reported, kept in order: every question and every change of one
/// takes constant time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueLengths {
    length: Vec<u32>,
    /// When each length was true.
    measured: Vec<SimTime>,
    /// The queues from short to long, and each one's place in that list.
    order: Vec<u32>,
    place: Vec<u32>,
    /// The first place of a queue at least this long; two entries more than the longest length.
    begin: Vec<u32>,
}

impl QueueReports for QueueLengths {
    const LENGTHS: bool = true;
    fn new(queues: u32) -> Self {
        QueueLengths {
            length: vec![0; queues as usize],
            measured: vec![SimTime::ZERO; queues as usize],
            order: (0..queues).collect(),
            place: (0..queues).collect(),
            begin: vec![0, queues],
        }
    }
    fn queues(&self) -> u32 {
        self.length.len() as u32
    }
    fn update(&mut self, queue: u32, longer: bool, measured: SimTime) {
        self.measured[queue as usize] = measured;
        if longer { self.raise(queue) } else { self.lower(queue) }
    }
}

impl QueueLengths {
    /// Jobs in a queue, those in service included, as last reported.
    pub fn length(&self, queue: u32) -> u32 {
        self.length[queue as usize]
    }
    /// When the reported length of a queue was true.
    pub fn measured(&self, queue: u32) -> SimTime {
        self.measured[queue as usize]
    }
    /// Any of the shortest queues, each with the same chance: one draw.
    pub fn shortest(&self, stream: &mut Stream) -> u32 {
        let length = self.length(self.order[0]) as usize;
        self.order[stream.below(u64::from(self.begin[length + 1])) as usize]
    }
    /// Any of the empty queues, each with the same chance: one draw, and none if there is none.
    pub fn idle(&self, stream: &mut Stream) -> Option<u32> {
        let empty = u64::from(self.begin[1]);
        (empty > 0).then(|| self.order[stream.below(empty) as usize])
    }

    fn raise(&mut self, queue: u32) {
        let longer = self.length(queue) as usize + 1;
        if longer + 1 == self.begin.len() {
            self.begin.push(self.order.len() as u32);
        }
        self.begin[longer] -= 1;
        self.swap(queue, self.begin[longer]);
        self.length[queue as usize] += 1;
    }
    fn lower(&mut self, queue: u32) {
        let length = self.length(queue) as usize;
        self.swap(queue, self.begin[length]);
        self.begin[length] += 1;
        self.length[queue as usize] -= 1;
    }
    /// Puts a queue into a place, and what is there where the queue was.
    fn swap(&mut self, queue: u32, place: u32) {
        let (from, other) = (self.place[queue as usize], self.order[place as usize]);
        self.order.swap(from as usize, place as usize);
        self.place[queue as usize] = place;
        self.place[other as usize] = from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::{SimDuration, Streams};

    #[test]
    fn the_lengths_stay_in_order_and_say_when_they_were_true() {
        let mut stream = Streams::new(3, 0).stream(0, "view");
        let mut known = QueueLengths::new(7);
        let (mut lengths, mut changed) = ([0u32; 7], [SimTime::ZERO; 7]);
        for step in 0..20_000 {
            let now = SimTime::ZERO + SimDuration::from_seconds(step);
            let queue = stream.below(7) as usize;
            let longer = lengths[queue] == 0 || stream.uniform() >= 0.52;
            lengths[queue] = if longer { lengths[queue] + 1 } else { lengths[queue] - 1 };
            changed[queue] = now;
            known.update(queue as u32, longer, now);
            assert_eq!((&known.length[..], &known.measured[..]), (&lengths[..], &changed[..]));
            assert!(known.order.is_sorted_by_key(|&queue| lengths[queue as usize]));
            let shortest = known.shortest(&mut stream) as usize;
            assert_eq!(lengths[shortest], *lengths.iter().min().expect("seven queues"));
            let idle = known.idle(&mut stream).map(|queue| lengths[queue as usize]);
            assert_eq!(idle, lengths.contains(&0).then_some(0));
        }
    }
}
