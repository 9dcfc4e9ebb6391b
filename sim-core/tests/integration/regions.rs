//! Regions side by side: the same run whatever the threads, the windows and the cuts, and the one
//! that a plain loop over all events gives.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::thread;

use pinwheel_core::fingerprint::{Digest, Fingerprint};
use pinwheel_core::snapshot::{restore, save};
use pinwheel_core::{
    Context, Event, Executor, Model, OneByOne, Regions, SimDuration, SimTime, Streams,
};
use serde::{Deserialize, Serialize};

const REGIONS: u32 = 12;
const TOKENS: u64 = 20;
const LOOKAHEAD: SimDuration = SimDuration::from_seconds(3);
const END: SimTime = SimTime::from_nanos(2_000_000_000_000);
const STREAMS: Streams = Streams::new(1, 0);

/// A token that hops about. All times are whole seconds, so that ties are the rule.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Hop {
    token: u64,
    priority: u8,
}

impl Event for Hop {
    fn priority(&self) -> u8 {
        self.priority
    }
    fn kind(&self) -> u8 {
        (self.token % 5) as u8
    }
}

struct Next {
    /// The region, if the token goes by message.
    to: Option<u32>,
    delay: SimDuration,
    hop: Hop,
}

/// What a hop makes of a region. The state depends on the order of all hops so far, and the next
/// hop on the state: one exchange of two events changes everything after it.
fn react(state: &mut Digest, hop: Hop) -> Next {
    state.mix(hop.token);
    let bits = state.value();
    let seconds = bits >> 16 & 3;
    let to = bits.is_multiple_of(4).then_some((bits >> 8) as u32 % REGIONS);
    let least = if to.is_some() { LOOKAHEAD } else { SimDuration::ZERO };
    let priority = [0, 128, 128, 255][(bits >> 24 & 3) as usize];
    let hop = Hop { token: bits >> 32, priority };
    Next { to, delay: least + SimDuration::from_seconds(seconds), hop }
}

/// The hops that a region starts with.
fn first_hops(region: u32) -> impl Iterator<Item = Hop> {
    (0..TOKENS).map(move |token| Hop { token: token << 8 | u64::from(region), priority: 128 })
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Town {
    region: u32,
    state: Digest,
    /// From this many events on, the check of the town is breached.
    breach_at: u64,
}

impl Model for Town {
    type Event = Hop;

    fn start(&mut self, ctx: &mut Context<Hop>) {
        for hop in first_hops(self.region) {
            self.handle(hop, ctx);
        }
    }

    fn handle(&mut self, hop: Hop, ctx: &mut Context<Hop>) {
        let Next { to, delay, hop } = react(&mut self.state, hop);
        ctx.fingerprint.state.mix(self.state.value());
        match to {
            Some(to) => ctx.send(to, delay, hop),
            None => ctx.after(delay, hop),
        }
        if ctx.events() == self.breach_at && self.breach_at > 0 {
            let check = ctx.checks.always("few events");
            ctx.checks.note(check, false, ctx.now(), || format!("region {}", self.region));
        }
    }
}

fn towns(lookahead: SimDuration) -> Regions<Town> {
    let town = |region| (Town { region, ..Town::default() }, STREAMS);
    Regions::new((0..REGIONS).map(town).collect(), lookahead)
}

fn ended(mut towns: Regions<Town>, executor: &impl Executor) -> Regions<Town> {
    towns.run_until(END, executor);
    towns
}

/// Each of this many threads takes a stretch of the regions.
pub struct Threads(pub usize);

impl Executor for Threads {
    fn each<T: Send>(&self, items: &mut [T], run: impl Fn(&mut T) + Sync) {
        let run = &run;
        thread::scope(|scope| {
            for stretch in items.chunks_mut(items.len().div_ceil(self.0)) {
                scope.spawn(move || stretch.iter_mut().for_each(run));
            }
        });
    }
}

/// The last region first; counts the windows.
#[derive(Default)]
struct Backwards {
    windows: Cell<usize>,
}

impl Executor for Backwards {
    fn each<T: Send>(&self, items: &mut [T], run: impl Fn(&mut T) + Sync) {
        self.windows.set(self.windows.get() + 1);
        items.iter_mut().rev().for_each(run);
    }
}

/// Time, region, priority, whether it is a message, source, number.
type Place = (SimTime, u32, u8, bool, u32, u64);

/// The same towns without regions, queues and windows: one set of all events, taken in order.
fn plain_fingerprints() -> Vec<Fingerprint> {
    let mut pending: BTreeMap<Place, Hop> = BTreeMap::new();
    let mut states = vec![(Digest::default(), Fingerprint::default()); REGIONS as usize];
    let mut number = 0;
    let mut react_at = |now: SimTime, own: u32, hop, pending: &mut BTreeMap<Place, Hop>| {
        let (state, fingerprint) = &mut states[own as usize];
        let Next { to, delay, hop } = react(state, hop);
        fingerprint.state.mix(state.value());
        number += 1;
        let (region, message) = (to.unwrap_or(own), to.is_some());
        pending.insert((now + delay, region, hop.priority, message, own, number), hop);
    };
    for region in 0..REGIONS {
        for hop in first_hops(region) {
            react_at(SimTime::ZERO, region, hop, &mut pending);
        }
    }
    let mut times = vec![Fingerprint::default(); REGIONS as usize];
    while let Some(((now, region, ..), hop)) = pending.pop_first() {
        if now > END {
            break;
        }
        times[region as usize].event(now, hop.kind());
        react_at(now, region, hop, &mut pending);
    }
    let whole = |(time, (_, state)): (Fingerprint, (Digest, Fingerprint))| Fingerprint {
        time: time.time,
        ..state
    };
    times.into_iter().zip(states).map(whole).collect()
}

#[test]
fn any_number_of_threads_gives_the_run_of_a_plain_loop() {
    let plain = plain_fingerprints();
    let one = ended(towns(LOOKAHEAD), &OneByOne);
    assert!(one.events() > 100_000, "{} events", one.events());
    let found: Vec<Fingerprint> = one.iter().map(|town| town.ctx.fingerprint).collect();
    assert_eq!(found, plain);
    let bytes = save(&one);
    for threads in [1, 2, 8] {
        let many = ended(towns(LOOKAHEAD), &Threads(threads));
        assert_eq!(many.fingerprint().hex(), one.fingerprint().hex(), "{threads} threads");
        assert_eq!(save(&many), bytes, "{threads} threads");
    }
    assert_eq!(save(&ended(towns(LOOKAHEAD), &Backwards::default())), bytes);
}

#[test]
fn windows_do_not_show_in_the_run() {
    let wide = ended(towns(LOOKAHEAD), &OneByOne);
    // A window for each instant.
    let narrow = ended(towns(SimDuration::from_nanos(1)), &OneByOne);
    assert_eq!(narrow.fingerprint(), wide.fingerprint());
    // Windows that begin where the run was cut.
    let mut cut = towns(LOOKAHEAD);
    for second in (0..2_000).step_by(7) {
        cut.run_until(SimTime::ZERO + SimDuration::from_seconds(second), &OneByOne);
    }
    assert_eq!(save(&ended(cut, &OneByOne)), save(&wide));
}

#[test]
fn restored_regions_go_on_as_if_nothing_had_happened() {
    let straight = save(&ended(towns(LOOKAHEAD), &OneByOne));
    for cut in [0, 1, 250, 999, 1_000, 1_003, 1_999] {
        let mut first = towns(LOOKAHEAD);
        first.run_until(SimTime::ZERO + SimDuration::from_seconds(cut), &Threads(2));
        let bytes = save(&first);
        let second: Regions<Town> = restore(&bytes).expect("the snapshot is whole");
        assert_eq!(save(&second), bytes, "cut at {cut} s: restored regions are saved alike");
        for half in [ended(first, &OneByOne), ended(second, &Threads(3))] {
            assert_eq!(save(&half), straight, "cut at {cut} s");
        }
    }
}

#[test]
fn time_without_events_is_no_window() {
    /// Wakes its neighbour every hour.
    #[derive(Clone, Debug)]
    struct Sleeper(u32);
    impl Model for Sleeper {
        type Event = Hop;
        fn start(&mut self, ctx: &mut Context<Hop>) {
            if self.0 == 0 {
                ctx.after(SimDuration::from_hours(1), Hop { token: 0, priority: 128 });
            }
        }
        fn handle(&mut self, hop: Hop, ctx: &mut Context<Hop>) {
            ctx.send((self.0 + 1) % REGIONS, SimDuration::from_hours(1), hop);
        }
    }
    let sleeper = |region| (Sleeper(region), STREAMS);
    let mut sleepers = Regions::new((0..REGIONS).map(sleeper).collect(), LOOKAHEAD);
    let executor = Backwards::default();
    let end = SimTime::ZERO + SimDuration::from_days(10);
    sleepers.run_until(end, &executor);
    assert_eq!((sleepers.events(), executor.windows.get()), (240, 240));
    assert!(sleepers.iter().all(|sleeper| sleeper.ctx.now() == end));
    // Where nothing is pending, there is none at all.
    let mut sleepers = Regions::new(vec![(Sleeper(1), STREAMS); 5], LOOKAHEAD);
    sleepers.run_until(end, &executor);
    assert_eq!((sleepers.events(), executor.windows.get()), (0, 240));
}

#[test]
fn the_first_breach_of_all_regions_stops_them() {
    let run = |executor: &dyn Fn(Regions<Town>) -> Regions<Town>| {
        let town = |region| Town { region, breach_at: 900 + u64::from(region), ..Town::default() };
        let parts = (0..REGIONS).map(|region| (town(region), STREAMS)).collect();
        executor(Regions::new(parts, LOOKAHEAD))
    };
    let one = run(&|towns| ended(towns, &OneByOne));
    let breach = one.breach().expect("every town has more than 900 events").clone();
    let times = one.iter().filter_map(|town| town.ctx.checks.breach()).map(|found| found.time);
    assert_eq!(Some(breach.time), times.min());
    let latest = one.iter().map(|town| town.ctx.now()).max().expect("there are towns");
    assert!(latest < breach.time + LOOKAHEAD, "{latest} is a window after {}", breach.time);
    let two = run(&|towns| ended(towns, &Threads(2)));
    assert_eq!((two.breach(), save(&two)), (Some(&breach), save(&one)));
    // Stopped is stopped.
    assert_eq!(save(&ended(two, &OneByOne)), save(&one));
}

/// A town whose first message is at fault.
fn send(to: u32, delay: SimDuration) {
    #[derive(Debug)]
    struct Sender(u32, SimDuration);
    impl Model for Sender {
        type Event = Hop;
        fn start(&mut self, ctx: &mut Context<Hop>) {
            ctx.send(self.0, self.1, Hop { token: 0, priority: 128 });
        }
        fn handle(&mut self, _: Hop, _: &mut Context<Hop>) {}
    }
    Regions::new(vec![(Sender(to, delay), STREAMS)], LOOKAHEAD);
}

#[test]
#[should_panic(expected = "less than the lookahead of 0 d 00:00:03")]
fn a_message_faster_than_the_lookahead_is_a_fault() {
    send(0, LOOKAHEAD - SimDuration::from_nanos(1));
}

#[test]
#[should_panic(expected = "sent to region 1 of 1")]
fn a_message_to_nowhere_is_a_fault() {
    send(0, LOOKAHEAD);
    send(1, LOOKAHEAD);
}
