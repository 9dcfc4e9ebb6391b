//! Which queue a job joins, by what the dispatcher believes of the queues.

use pinwheel_core::{Stream, Streams};
use serde::{Deserialize, Serialize};

use super::settings::Dispatch;

/// The dispatcher of one station. Its draws are its own: another policy moves neither arrivals
/// nor sizes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Dispatcher {
    policy: Policy,
    queues: u32,
    stream: Stream,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Policy {
    SingleQueue,
    Random,
    RoundRobin { next: u32 },
    ShortestOfSampled { choices: u32, view: View },
    JoinShortestQueue { view: View },
    JoinIdleQueue { view: View },
}

impl Dispatcher {
    pub(super) fn new(dispatch: Dispatch, queues: u32, station: u32, streams: &Streams) -> Self {
        let policy = match dispatch {
            Dispatch::SingleQueue => Policy::SingleQueue,
            Dispatch::Random => Policy::Random,
            Dispatch::RoundRobin => Policy::RoundRobin { next: 0 },
            Dispatch::ShortestOfSampled(choices) => {
                Policy::ShortestOfSampled { choices, view: View::new(queues) }
            }
            Dispatch::JoinShortestQueue => Policy::JoinShortestQueue { view: View::new(queues) },
            Dispatch::JoinIdleQueue => Policy::JoinIdleQueue { view: View::new(queues) },
        };
        Dispatcher { policy, queues, stream: streams.stream(station, "dispatch") }
    }

    /// The queue the next job joins.
    pub(super) fn choose(&mut self) -> u32 {
        let (queues, stream) = (u64::from(self.queues), &mut self.stream);
        match &mut self.policy {
            Policy::SingleQueue => 0,
            Policy::Random => stream.below(queues) as u32,
            Policy::RoundRobin { next } => {
                let queue = *next;
                *next = (queue + 1) % self.queues;
                queue
            }
            Policy::ShortestOfSampled { choices, view } => {
                let mut best = stream.below(queues) as u32;
                for _ in 1..*choices {
                    let other = stream.below(queues) as u32;
                    if view.length(other) < view.length(best) {
                        best = other;
                    }
                }
                best
            }
            Policy::JoinShortestQueue { view } => view.shortest(stream),
            Policy::JoinIdleQueue { view } => {
                view.idle(stream).unwrap_or_else(|| stream.below(queues) as u32)
            }
        }
    }

    /// Whether the dispatcher asks how long queues are.
    pub(super) fn needs_lengths(&self) -> bool {
        !matches!(self.policy, Policy::SingleQueue | Policy::Random | Policy::RoundRobin { .. })
    }

    /// Hears that a queue has grown or shrunk by one.
    pub(super) fn update(&mut self, queue: u32, longer: bool) {
        let (Policy::ShortestOfSampled { view, .. }
        | Policy::JoinShortestQueue { view }
        | Policy::JoinIdleQueue { view }) = &mut self.policy
        else {
            return;
        };
        if longer { view.raise(queue) } else { view.lower(queue) }
    }
}

/// The lengths of queues, kept in order: every question and every step of one takes constant time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct View {
    length: Vec<u32>,
    /// The queues from short to long, and each one's place in that list.
    order: Vec<u32>,
    place: Vec<u32>,
    /// The first place of a queue at least this long; two entries more than the longest length.
    begin: Vec<u32>,
}

impl View {
    fn new(queues: u32) -> Self {
        View {
            length: vec![0; queues as usize],
            order: (0..queues).collect(),
            place: (0..queues).collect(),
            begin: vec![0, queues],
        }
    }
    fn length(&self, queue: u32) -> u32 {
        self.length[queue as usize]
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
    /// Any of the shortest queues.
    fn shortest(&self, stream: &mut Stream) -> u32 {
        let length = self.length(self.order[0]) as usize;
        self.order[stream.below(u64::from(self.begin[length + 1])) as usize]
    }
    /// Any of the empty queues, if there is one.
    fn idle(&self, stream: &mut Stream) -> Option<u32> {
        let empty = u64::from(self.begin[1]);
        (empty > 0).then(|| self.order[stream.below(empty) as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_view_stays_in_order() {
        let mut stream = Streams::new(3, 0).stream(0, "view");
        let mut view = View::new(7);
        let mut lengths = [0u32; 7];
        for _ in 0..20_000 {
            let queue = stream.below(7) as usize;
            if lengths[queue] > 0 && stream.uniform() < 0.52 {
                lengths[queue] -= 1;
                view.lower(queue as u32);
            } else {
                lengths[queue] += 1;
                view.raise(queue as u32);
            }
            assert_eq!(view.length, lengths);
            assert!(view.order.is_sorted_by_key(|&queue| lengths[queue as usize]));
            let shortest = view.shortest(&mut stream) as usize;
            assert_eq!(lengths[shortest], *lengths.iter().min().expect("seven queues"));
            let idle = view.idle(&mut stream).map(|queue| lengths[queue as usize]);
            assert_eq!(idle, lengths.contains(&0).then_some(0));
        }
    }
}
