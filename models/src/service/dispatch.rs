//! Which line a job joins, by what the dispatcher believes of the lines.

use pinwheel_core::{Stream, Streams};
use serde::{Deserialize, Serialize};

use super::settings::Dispatch;

/// The dispatcher of one station. Its draws are its own: another policy moves neither arrivals
/// nor sizes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Dispatcher {
    policy: Policy,
    lines: u32,
    stream: Stream,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Policy {
    Central,
    Random,
    RoundRobin { next: u32 },
    ShortestOf { choices: u32, view: View },
    Shortest { view: View },
    IdleFirst { view: View },
}

impl Dispatcher {
    pub(super) fn new(dispatch: Dispatch, lines: u32, station: u32, streams: &Streams) -> Self {
        let policy = match dispatch {
            Dispatch::Central => Policy::Central,
            Dispatch::Random => Policy::Random,
            Dispatch::RoundRobin => Policy::RoundRobin { next: 0 },
            Dispatch::ShortestOf(choices) => Policy::ShortestOf { choices, view: View::new(lines) },
            Dispatch::Shortest => Policy::Shortest { view: View::new(lines) },
            Dispatch::IdleFirst => Policy::IdleFirst { view: View::new(lines) },
        };
        Dispatcher { policy, lines, stream: streams.stream(station, "dispatch") }
    }

    /// The line the next job joins.
    pub(super) fn choose(&mut self) -> u32 {
        let (lines, stream) = (u64::from(self.lines), &mut self.stream);
        match &mut self.policy {
            Policy::Central => 0,
            Policy::Random => stream.below(lines) as u32,
            Policy::RoundRobin { next } => {
                let line = *next;
                *next = (line + 1) % self.lines;
                line
            }
            Policy::ShortestOf { choices, view } => {
                let mut best = stream.below(lines) as u32;
                for _ in 1..*choices {
                    let other = stream.below(lines) as u32;
                    if view.length(other) < view.length(best) {
                        best = other;
                    }
                }
                best
            }
            Policy::Shortest { view } => view.shortest(stream),
            Policy::IdleFirst { view } => {
                view.idle(stream).unwrap_or_else(|| stream.below(lines) as u32)
            }
        }
    }

    /// Whether the dispatcher asks how long lines are.
    pub(super) fn looks(&self) -> bool {
        !matches!(self.policy, Policy::Central | Policy::Random | Policy::RoundRobin { .. })
    }

    /// Hears that a line has grown or shrunk by one.
    pub(super) fn hear(&mut self, line: u32, longer: bool) {
        let (Policy::ShortestOf { view, .. }
        | Policy::Shortest { view }
        | Policy::IdleFirst { view }) = &mut self.policy
        else {
            return;
        };
        if longer { view.raise(line) } else { view.lower(line) }
    }
}

/// The lengths of lines, kept in order: every question and every step of one takes constant time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct View {
    length: Vec<u32>,
    /// The lines from short to long, and each one's place in that list.
    order: Vec<u32>,
    place: Vec<u32>,
    /// The first place of a line at least this long; two entries more than the longest length.
    begin: Vec<u32>,
}

impl View {
    fn new(lines: u32) -> Self {
        View {
            length: vec![0; lines as usize],
            order: (0..lines).collect(),
            place: (0..lines).collect(),
            begin: vec![0, lines],
        }
    }
    fn length(&self, line: u32) -> u32 {
        self.length[line as usize]
    }
    fn raise(&mut self, line: u32) {
        let longer = self.length(line) as usize + 1;
        if longer + 1 == self.begin.len() {
            self.begin.push(self.order.len() as u32);
        }
        self.begin[longer] -= 1;
        self.swap(line, self.begin[longer]);
        self.length[line as usize] += 1;
    }
    fn lower(&mut self, line: u32) {
        let length = self.length(line) as usize;
        self.swap(line, self.begin[length]);
        self.begin[length] += 1;
        self.length[line as usize] -= 1;
    }
    /// Puts a line into a place, and what is there where the line was.
    fn swap(&mut self, line: u32, place: u32) {
        let (from, other) = (self.place[line as usize], self.order[place as usize]);
        self.order.swap(from as usize, place as usize);
        self.place[line as usize] = place;
        self.place[other as usize] = from;
    }
    /// Any of the shortest lines.
    fn shortest(&self, stream: &mut Stream) -> u32 {
        let length = self.length(self.order[0]) as usize;
        self.order[stream.below(u64::from(self.begin[length + 1])) as usize]
    }
    /// Any of the empty lines, if there is one.
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
            let line = stream.below(7) as usize;
            if lengths[line] > 0 && stream.uniform() < 0.52 {
                lengths[line] -= 1;
                view.lower(line as u32);
            } else {
                lengths[line] += 1;
                view.raise(line as u32);
            }
            assert_eq!(view.length, lengths);
            assert!(view.order.is_sorted_by_key(|&line| lengths[line as usize]));
            let shortest = view.shortest(&mut stream) as usize;
            assert_eq!(lengths[shortest], *lengths.iter().min().expect("seven lines"));
            let idle = view.idle(&mut stream).map(|line| lengths[line as usize]);
            assert_eq!(idle, lengths.contains(&0).then_some(0));
        }
    }
}
