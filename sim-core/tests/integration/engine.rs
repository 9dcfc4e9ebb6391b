//! The event loop: order within an instant, timers, horizons, and the stop at a breach.

use pinwheel_core::{Context, Event, Model, SimDuration, SimTime, Simulation, Streams};
use serde::{Deserialize, Serialize};

#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    text: char,
    priority: u8,
}

impl Event for Note {
    fn priority(&self) -> u8 {
        self.priority
    }
    fn kind(&self) -> u8 {
        0
    }
}

fn note(text: char, priority: u8) -> Note {
    Note { text, priority }
}

/// Writes down what happens; `z` makes an `a` without delay, `!` breaks a check.
#[derive(Clone, Debug, Default)]
struct Diary {
    text: String,
}

impl Model for Diary {
    type Event = Note;

    fn start(&mut self, _: &mut Context<Note>) {}

    fn handle(&mut self, event: Note, ctx: &mut Context<Note>) {
        self.text.push(event.text);
        match event.text {
            'z' => ctx.after(SimDuration::ZERO, note('a', event.priority)),
            '!' => {
                let check = ctx.checks.always("no exclamation");
                ctx.checks.note(check, false, ctx.now(), || "!".to_owned());
            }
            _ => {}
        }
    }
}

fn diary() -> Simulation<Diary> {
    Simulation::new(Diary::default(), Streams::new(0, 0))
}

fn seconds(seconds: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_seconds(seconds)
}

#[test]
fn an_instant_goes_by_priority_then_by_schedule() {
    let mut diary = diary();
    for (text, priority) in [('e', 200), ('c', 128), ('z', 128), ('b', 0), ('d', 128)] {
        diary.ctx.at(seconds(2), note(text, priority));
    }
    diary.ctx.at(seconds(1), note('1', 255));
    diary.run_until(seconds(2));
    assert_eq!(diary.model.text, "1bczdae", "what is made without delay waits for its turn");
    assert_eq!(diary.ctx.events(), 7);
}

#[test]
fn a_horizon_is_inclusive_and_leaves_the_clock_there() {
    let mut diary = diary();
    diary.ctx.at(seconds(5), note('a', 128));
    diary.ctx.at(seconds(9), note('b', 128));
    diary.run_until(seconds(5));
    assert_eq!((diary.model.text.as_str(), diary.ctx.now()), ("a", seconds(5)));
    diary.run_until(seconds(7));
    assert_eq!((diary.model.text.as_str(), diary.ctx.now()), ("a", seconds(7)));
    // Between the clock and the next event there is room.
    diary.ctx.after(SimDuration::from_seconds(1), note('c', 128));
    diary.run_until(seconds(9));
    assert_eq!(diary.model.text, "acb");
    diary.run_until(seconds(1));
    assert_eq!(diary.ctx.now(), seconds(9), "the clock never goes back");
}

#[test]
fn a_cancelled_timer_does_not_happen() {
    let mut diary = diary();
    let first = diary.ctx.timer(SimDuration::from_seconds(1), note('a', 128));
    let second = diary.ctx.timer(SimDuration::from_seconds(1), note('b', 128));
    assert!(diary.ctx.cancel(first));
    assert!(!diary.ctx.cancel(first));
    assert_eq!(diary.ctx.pending(), 1);
    diary.run_until(seconds(1));
    assert_eq!(diary.model.text, "b");
    assert!(!diary.ctx.cancel(second), "it has fired");
}

#[test]
fn a_breach_stops_the_run_where_it_happened() {
    let mut diary = diary();
    for (second, text) in [(1, 'a'), (2, '!'), (3, 'b')] {
        diary.ctx.at(seconds(second), note(text, 128));
    }
    diary.run_until(seconds(10));
    assert_eq!((diary.model.text.as_str(), diary.ctx.now()), ("a!", seconds(2)));
    let breach = diary.ctx.checks.breach().expect("the check was breached");
    assert_eq!((breach.check.as_str(), breach.time), ("no exclamation", seconds(2)));
    assert_eq!(diary.step(seconds(10)), None);
}

#[test]
#[should_panic(expected = "before 0 d 00:00:04")]
fn the_past_cannot_be_scheduled() {
    let mut diary = diary();
    diary.run_until(seconds(4));
    diary.ctx.at(seconds(3), note('a', 128));
}
