//! The ladder queue keeps the total order of the reference queue, and its memory is bounded.

use pinwheel_core::fingerprint::Digest;
use pinwheel_core::math;
use pinwheel_core::queue::Queue;
use pinwheel_core::{SimTime, Stream, Streams};

use crate::reference::{Pending, Reference};

/// How far ahead events are scheduled.
#[derive(Copy, Clone, Debug)]
enum Load {
    Exponential,
    /// Mostly soon, sometimes a thousand times later.
    Bimodal,
    /// All delays equal: every event is a tie.
    Periodic,
    /// Three of four events are timers, and most timers are cancelled and armed again.
    CancelHeavy,
    /// From this very instant to the end of time.
    Extreme,
}

const LOADS: [Load; 5] =
    [Load::Exponential, Load::Bimodal, Load::Periodic, Load::CancelHeavy, Load::Extreme];

impl Load {
    fn delay(self, scale: f64, draw: &mut Stream) -> u64 {
        let exponential = -math::ln(draw.uniform_open()) * scale;
        match self {
            Load::Exponential | Load::CancelHeavy => exponential as u64,
            Load::Bimodal if draw.below(10) == 0 => (exponential * 1_000.0) as u64,
            Load::Bimodal => exponential as u64,
            Load::Periodic => scale as u64,
            Load::Extreme => draw.next_u64() >> draw.below(64).min(draw.below(64)),
        }
    }
}

/// Everything a queue answered during one schedule.
#[derive(Debug, PartialEq)]
struct Answers {
    order: Digest,
    popped: u64,
    cancelled: u64,
}

/// Drives a queue by the answers it gives: two queues see the same schedule as long as they agree.
fn drive<Q: Pending>(queue: &mut Q, load: Load, seed: u64) -> Answers {
    let mut draw = Streams::new(seed, 0).stream(0, "queue test");
    let scale = (1u64 << draw.below(40)) as f64;
    let steps = 200 + draw.below(2_000);
    let target = 1 + draw.below(1_500) as usize;
    let mut answers = Answers { order: Digest::default(), popped: 0, cancelled: 0 };
    let mut now = SimTime::ZERO;
    let mut timers = Vec::new();
    for step in 0..steps as u32 {
        // A burst fills the queue; an event in the steady state makes one other.
        let pushes = if queue.len() < target { 1 + draw.below(8) } else { draw.below(3) };
        for _ in 0..pushes {
            let delay = load.delay(scale, &mut draw);
            let time = SimTime::from_nanos(now.as_nanos().saturating_add(delay));
            let priority = [0, 128, 128, 255][draw.below(4) as usize];
            if draw.below(4) < if matches!(load, Load::CancelHeavy) { 3 } else { 1 } {
                timers.push(queue.push_timer(time, priority, step));
            } else {
                queue.push(time, priority, step);
            }
        }
        if !timers.is_empty() && matches!(load, Load::CancelHeavy) | (draw.below(8) == 0) {
            // Some of these have fired long ago.
            let timer = timers.swap_remove(draw.below(timers.len() as u64) as usize);
            answers.cancelled += u64::from(queue.cancel(timer));
            assert!(!queue.cancel(timer), "a timer is cancelled once");
        }
        // Mostly the next event; sometimes what there is up to a horizon, then time stands there.
        let horizon = (draw.below(16) == 0).then(|| {
            SimTime::from_nanos(now.as_nanos().saturating_add(load.delay(scale / 8.0, &mut draw)))
        });
        while let Some((time, event)) = queue.pop_until(horizon.unwrap_or(SimTime::MAX)) {
            now = record(&mut answers, now, time, event);
            if horizon.is_none() {
                break;
            }
        }
        now = now.max(horizon.unwrap_or(now));
        answers.order.mix(queue.len() as u64);
    }
    while let Some((time, event)) = queue.pop_until(SimTime::MAX) {
        now = record(&mut answers, now, time, event);
    }
    assert_eq!(queue.len(), 0);
    answers
}

fn record(answers: &mut Answers, now: SimTime, time: SimTime, event: u32) -> SimTime {
    assert!(time >= now, "time runs forward");
    answers.order.mix(time.as_nanos());
    answers.order.mix(u64::from(event));
    answers.popped += 1;
    time
}

#[test]
fn order_is_that_of_the_reference_on_1500_schedules() {
    for load in LOADS {
        let mut cancelled = 0;
        for seed in 0..300 {
            let ladder = drive(&mut Queue::new(), load, seed);
            let reference = drive(&mut Reference::default(), load, seed);
            assert_eq!(ladder, reference, "{load:?}, seed {seed}");
            assert!(ladder.popped > 0);
            cancelled += ladder.cancelled;
        }
        assert!(cancelled > 1_000, "{load:?} cancels timers");
    }
}

#[test]
fn order_survives_large_sets_that_are_spread_and_narrowed() {
    for load in LOADS {
        let mut answers = Vec::new();
        let mut reference = Reference::default();
        let mut ladder = Queue::new();
        for queue in [&mut ladder as &mut dyn Fill, &mut reference] {
            answers.push(queue.fill_and_drain(load));
        }
        assert_eq!(answers[0], answers[1], "{load:?}");
    }
}

/// 100,000 events at once, each of which makes another one soon after.
trait Fill {
    fn fill_and_drain(&mut self, load: Load) -> Digest;
}
impl<Q: Pending> Fill for Q {
    fn fill_and_drain(&mut self, load: Load) -> Digest {
        let mut draw = Streams::new(7, 0).stream(0, "fill");
        let mut order = Digest::default();
        for event in 0..100_000 {
            let delay = load.delay(1e9, &mut draw);
            self.push(SimTime::from_nanos(delay), 128, event);
        }
        let mut more = 100_000;
        while let Some((time, event)) = self.pop_until(SimTime::MAX) {
            order.mix(time.as_nanos() ^ u64::from(event));
            if more > 0 {
                more -= 1;
                let delay = load.delay(1e6, &mut draw);
                self.push(SimTime::from_nanos(time.as_nanos().saturating_add(delay)), 128, event);
            }
        }
        order
    }
}

#[test]
fn a_push_before_the_next_pending_event_goes_first() {
    let mut queue = Queue::new();
    for event in 0..1_000 {
        queue.push(SimTime::from_nanos(1 << 40 | event), 128, event as u32);
    }
    assert_eq!(queue.pop_until(SimTime::from_nanos(1_000)), None);
    queue.push(SimTime::from_nanos(500), 128, 5_000);
    assert_eq!(queue.pop_until(SimTime::MAX), Some((SimTime::from_nanos(500), 5_000)));
    // The cursor has looked past this horizon into the bucket of the next event.
    assert_eq!(queue.pop_until(SimTime::from_nanos((1 << 40) - 1)), None);
    assert_eq!(queue.pop_until(SimTime::from_nanos(1 << 40)).map(|popped| popped.1), Some(0));
    queue.push(SimTime::from_nanos(600), 128, 6_000);
    assert_eq!(queue.pop_until(SimTime::MAX), Some((SimTime::from_nanos(600), 6_000)));
    assert_eq!(queue.pop_until(SimTime::MAX).map(|popped| popped.1), Some(1));
}

#[test]
fn pushes_around_the_cursor_keep_the_order() {
    // A far cluster, a look at some horizon before or in it, then many pushes around both.
    for seed in 0..300 {
        let order = |queue: &mut dyn Cluster| queue.cluster(seed);
        assert_eq!(order(&mut Queue::new()), order(&mut Reference::default()), "seed {seed}");
    }
}

trait Cluster {
    fn cluster(&mut self, seed: u64) -> Vec<(SimTime, u32)>;
}
impl<Q: Pending> Cluster for Q {
    fn cluster(&mut self, seed: u64) -> Vec<(SimTime, u32)> {
        let mut draw = Streams::new(seed, 0).stream(0, "cluster");
        let base = draw.next_u64() >> (8 + draw.below(32));
        let mut near = |width: u64| SimTime::from_nanos(base + draw.below(1 << width));
        for event in 0..400 {
            self.push(near(12 + seed % 3 * 4), 128, event);
        }
        let mut popped = Vec::new();
        for round in 1..4 {
            let horizon = near(10 + seed % 5 * 4).as_nanos() - (seed % 2) * base / 300;
            popped.extend(std::iter::from_fn(|| self.pop_until(SimTime::from_nanos(horizon))));
            // Most around the horizon, some long before it, which only the engine forbids.
            for event in 0..400 {
                let early = near(20).as_nanos() - u64::from(event % 8 == 0) * base / 400;
                self.push(SimTime::from_nanos(early), 128, 1_000 * round + event);
            }
            self.push(SimTime::from_nanos(horizon), 128, 1_000 * round + 999);
        }
        popped.extend(std::iter::from_fn(|| self.pop_until(SimTime::MAX)));
        popped
    }
}

#[test]
fn cancelled_timers_are_thrown_out_wherever_they_are() {
    let mut queue = Queue::new();
    let arm = |queue: &mut Queue<u32>, time, event| {
        queue.push_timer(SimTime::from_nanos(time), 128, event)
    };
    // A tie to open, a bucket far away, and what comes into the open window.
    let mut timers: Vec<_> = (0..1_000).map(|event| arm(&mut queue, 1_000, event)).collect();
    timers.extend((1_000..2_000).map(|event| arm(&mut queue, 1 << 40, event)));
    assert_eq!(queue.pop_until(SimTime::MAX).map(|popped| popped.1), Some(0));
    timers.extend((2_000..3_000).map(|event| arm(&mut queue, 1_000, event)));
    for (event, timer) in (0..).zip(timers) {
        assert_eq!(queue.cancel(timer), event != 0);
        if event % 10 == 9 {
            queue.push(SimTime::from_nanos(1_000 + event), 128, event as u32);
        }
    }
    assert_eq!(queue.len(), 300);
    for event in (9..3_000).step_by(10) {
        let expected = (SimTime::from_nanos(1_000 + event), event as u32);
        assert_eq!(queue.pop_until(SimTime::MAX), Some(expected));
    }
    assert_eq!(queue.pop_until(SimTime::MAX), None);
}

#[test]
fn a_timer_handle_is_good_for_one_event() {
    let mut queue = Queue::new();
    let at = SimTime::from_nanos(10);
    let fired = queue.push_timer(at, 128, 1);
    assert_eq!(queue.pop_until(at), Some((at, 1)));
    let second = queue.push_timer(at, 128, 2);
    assert!(!queue.cancel(fired), "its slot now belongs to another timer");
    assert_eq!(queue.len(), 1);
    assert!(queue.cancel(second));
    assert!(queue.is_empty());
    assert_eq!(queue.pop_until(SimTime::MAX), None);
}

#[test]
fn memory_follows_the_live_events_when_far_timers_are_rearmed() {
    let mut queue = Queue::new();
    let watchdog = 90_000_000_000;
    let mut timers: Vec<_> =
        (0..100).map(|n| queue.push_timer(SimTime::from_nanos(watchdog), 128, n)).collect();
    let mut high = 0;
    for step in 0..100_000u64 {
        let device = step as usize % timers.len();
        assert!(queue.cancel(timers[device]));
        let time = SimTime::from_nanos(step + watchdog);
        timers[device] = queue.push_timer(time, 128, device as u32);
        assert_eq!(queue.len(), timers.len());
        high = high.max(queue.capacity_bytes());
    }
    assert!(high < 256 << 10, "{high} bytes for 100 timers");
}

#[test]
fn nothing_is_allocated_in_the_steady_state() {
    let mut queue = Queue::new();
    let mut draw = Streams::new(3, 0).stream(0, "hold");
    let mut hold = |queue: &mut Queue<u32>, now: u64, event| {
        let delay = Load::Exponential.delay(1e9, &mut draw);
        queue.push(SimTime::from_nanos(now + delay), 128, event);
    };
    for event in 0..10_000 {
        hold(&mut queue, 0, event);
    }
    let mut capacity = 0;
    for step in 0..200_000 {
        let (now, event) = queue.pop_until(SimTime::MAX).expect("10,000 events are pending");
        hold(&mut queue, now.as_nanos(), event);
        if step == 100_000 {
            capacity = queue.capacity_bytes();
        }
    }
    assert_eq!(queue.capacity_bytes(), capacity);
}
