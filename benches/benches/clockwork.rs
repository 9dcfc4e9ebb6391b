//! The pending-event set alone: hold (take the first event, schedule another) at several sizes, and
//! the re-arming of watchdogs; the ladder beside the standard binary heap. And what a window costs
//! in which each region has one event and sends one message.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use pinwheel_benches::workload::Lp;
use pinwheel_core::queue::Queue;
use pinwheel_core::{Context, Event, Model, OneByOne, Regions, SimDuration, SimTime, Streams};
use serde::{Deserialize, Serialize};

const SIZES: [u32; 3] = [1_000, 30_000, 1_000_000];
const PRIORITY: u8 = 128;

fn hold(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hold");
    for size in SIZES {
        group.bench_function(BenchmarkId::new("ladder", size), |bencher| {
            let (mut queue, mut draw) = (Queue::new(), Lp::new(0, 1));
            for event in 0..size {
                queue.push(SimTime::from_nanos(draw.hop(0, 1).delay_nanos), PRIORITY, event);
            }
            bencher.iter(|| {
                let (now, event) = queue.pop_until(SimTime::MAX).expect("events are pending");
                let time = now.as_nanos() + draw.hop(0, 1).delay_nanos;
                queue.push(SimTime::from_nanos(time), PRIORITY, event);
            });
        });
        group.bench_function(BenchmarkId::new("heap", size), |bencher| {
            let (mut heap, mut draw) = (BinaryHeap::new(), Lp::new(0, 1));
            let mut sequence = 0u64;
            for event in 0..size {
                sequence += 1;
                heap.push(Reverse((draw.hop(0, 1).delay_nanos, sequence, event)));
            }
            bencher.iter(|| {
                let Reverse((now, _, event)) = heap.pop().expect("events are pending");
                sequence += 1;
                heap.push(Reverse((now + draw.hop(0, 1).delay_nanos, sequence, event)));
            });
        });
    }
    group.finish();
}

/// A device cancels its watchdog of 90 s and arms it again.
fn rearm(criterion: &mut Criterion) {
    const WATCHDOG_NANOS: u64 = 90_000_000_000;
    let mut group = criterion.benchmark_group("rearm");
    for size in SIZES {
        group.bench_function(BenchmarkId::new("ladder", size), |bencher| {
            let mut queue = Queue::new();
            let mut timers: Vec<_> = (0..size)
                .map(|event| {
                    let time = SimTime::from_nanos(WATCHDOG_NANOS + u64::from(event));
                    queue.push_timer(time, PRIORITY, event)
                })
                .collect();
            let mut now = 0;
            bencher.iter(|| {
                now += 1;
                let device = now as usize % timers.len();
                queue.cancel(black_box(timers[device]));
                let time = SimTime::from_nanos(WATCHDOG_NANOS + now);
                timers[device] = queue.push_timer(time, PRIORITY, device as u32);
            });
        });
    }
    group.finish();
}

/// Passes a token on to the next region, a second away.
#[derive(Clone, Debug)]
struct Passing {
    next: u32,
}

#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Token;

impl Event for Token {
    fn kind(&self) -> u8 {
        0
    }
}

const SECOND: SimDuration = SimDuration::from_seconds(1);

impl Model for Passing {
    type Event = Token;
    fn start(&mut self, ctx: &mut Context<Token>) {
        ctx.after(SECOND, Token);
    }
    fn handle(&mut self, token: Token, ctx: &mut Context<Token>) {
        ctx.send(self.next, SECOND, token);
    }
}

fn window(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("window");
    for regions in [1, 16, 256] {
        group.bench_function(BenchmarkId::new("regions", regions), |bencher| {
            let part = |own: u32| (Passing { next: (own + 1) % regions }, Streams::new(1, 0));
            let mut world = Regions::new((0..regions).map(part).collect(), SECOND);
            let mut end = SimTime::ZERO;
            bencher.iter(|| {
                end += SECOND;
                world.run_until(end, &OneByOne);
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = clockwork;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(700))
        .without_plots();
    targets = hold, rearm, window
}
criterion_main!(clockwork);
