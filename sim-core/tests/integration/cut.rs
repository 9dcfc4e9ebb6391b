//! A world cut into regions has the records, the checks and the fingerprint of the world in one
//! piece, in spite of ties; where it could not, it says so.

use pinwheel_core::check::CheckId;
use pinwheel_core::{
    Context, Cut, Event, Executor, Label, Metric, Model, OneByOne, Regions, SimDuration, SimTime,
    Simulation, Streams, Undecided, Whole,
};
use serde::{Deserialize, Serialize};

const DEVICES: u32 = 60;
const MINUTE: SimDuration = SimDuration::from_minutes(1);
const END: SimTime = SimTime::from_nanos(3_600_000_000_000);
const STREAMS: Streams = Streams::new(3, 0);

#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
enum Happening {
    /// On a whole second: of one of three kinds, by the device.
    Strikes { device: u32 },
    /// Some milliseconds later, by the device: the next strike is set.
    Sets { device: u32 },
    /// The whole looks at all devices.
    Record,
}

impl Event for Happening {
    fn priority(&self) -> u8 {
        if matches!(self, Happening::Record) { 250 } else { 128 }
    }
    fn kind(&self) -> u8 {
        match self {
            Happening::Strikes { device } => (device % 3) as u8,
            Happening::Sets { .. } => 3,
            Happening::Record => 4,
        }
    }
}

/// Some of the devices, or all of them, or only their strikes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Clocks {
    first: u32,
    strikes: Vec<u64>,
    is_whole: bool,
    is_cut: bool,
    /// All devices set their next strike at one instant.
    together: bool,
    check: Option<CheckId>,
    breach_at: u64,
}

impl Clocks {
    fn set(&self, device: u32, ctx: &mut Context<Happening>) {
        let seconds = ctx.now().as_nanos() / 1_000_000_000;
        let wait = 1 + ctx.streams().indexed(device, "wait", seconds).below(4);
        let at = SimTime::ZERO + SimDuration::from_seconds(seconds + wait);
        ctx.at(at, Happening::Strikes { device });
    }
}

impl Model for Clocks {
    type Event = Happening;

    fn start(&mut self, ctx: &mut Context<Happening>) {
        if self.is_whole {
            self.check = Some(ctx.checks.always("clocks.strike_seldom"));
            ctx.after(MINUTE, Happening::Record);
        }
        if !self.is_cut {
            let devices = self.first..self.first + self.strikes.len() as u32;
            devices.for_each(|device| self.set(device, ctx));
        }
    }

    fn handle(&mut self, event: Happening, ctx: &mut Context<Happening>) {
        match event {
            Happening::Strikes { device } => {
                self.strikes[(device - self.first) as usize] += 1;
                let later = if self.together { 1 } else { 1 + u64::from(device * 7 % DEVICES) };
                ctx.after(SimDuration::from_nanos(later * 1_000_000), Happening::Sets { device });
            }
            Happening::Sets { device } => self.set(device, ctx),
            Happening::Record => {
                ctx.after(MINUTE, Happening::Record);
                let strikes: u64 = self.strikes.iter().sum();
                ctx.fingerprint.state.mix(strikes);
                ctx.records.push(ctx.now(), Metric(1), Label::default(), strikes as f64);
                let pending = ctx.pending_bytes() as f64;
                ctx.records.push(ctx.now(), Metric(2), Label::default(), pending);
                let (held, now) = (strikes < self.breach_at, ctx.now());
                let check = self.check.expect("the whole has a check");
                ctx.checks.note(check, held, now, || format!("{strikes} strikes"));
            }
        }
    }
}

impl Whole for Clocks {
    type Region = Clocks;

    fn gather(&mut self, regions: &mut Regions<Clocks>, now: SimTime) -> Result<(), Undecided> {
        assert!(regions.iter().all(|region| region.ctx.now() == now));
        self.strikes = regions.iter().flat_map(|region| region.model.strikes.clone()).collect();
        Ok(())
    }
}

fn clocks(together: bool, breach_at: u64) -> Clocks {
    let strikes = vec![0; DEVICES as usize];
    Clocks { strikes, is_whole: true, together, breach_at, ..Clocks::default() }
}

fn cut(whole: Clocks, regions: u32) -> Cut<Clocks> {
    let bound = |region: u32| DEVICES * region / regions;
    let region = |region: u32| Clocks {
        first: bound(region),
        strikes: vec![0; (bound(region + 1) - bound(region)) as usize],
        together: whole.together,
        ..Clocks::default()
    };
    let parts = (0..regions).map(region).collect();
    Cut::new(Clocks { is_cut: true, ..whole }, parts, STREAMS, END)
}

/// Everything that a run leaves.
fn left(ctx: &mut Context<Happening>) -> String {
    let rows = ctx.records.drain();
    let (events, now) = (ctx.events(), ctx.now());
    let checks = ctx.checks.clone();
    format!("{} {events} {now} {rows:?} {checks:?}", ctx.fingerprint.hex())
}

fn in_one_piece(whole: Clocks) -> String {
    let mut simulation = Simulation::new(whole, STREAMS);
    simulation.run_until(END);
    left(&mut simulation.ctx)
}

fn in_regions(
    mut cut: Cut<Clocks>,
    ends: impl Iterator<Item = SimTime>,
    executor: &impl Executor,
) -> Result<String, Undecided> {
    for end in ends {
        while cut.step(end, executor)? {}
    }
    Ok(left(cut.ctx()))
}

#[test]
fn ties_across_regions_are_those_of_one_piece() {
    let whole = in_one_piece(clocks(false, u64::MAX));
    for regions in [1, 2, 7, DEVICES] {
        let cut = || cut(clocks(false, u64::MAX), regions);
        let at_once = in_regions(cut(), [END].into_iter(), &OneByOne);
        assert_eq!(at_once.as_deref(), Ok(whole.as_str()), "{regions} regions");
        let stops = (0..=3_600_000).step_by(7_777).chain([3_600_000]);
        let stops = stops.map(|ms| SimTime::from_nanos(ms * 1_000_000));
        let stopped = in_regions(cut(), stops, &crate::regions::Threads(3));
        assert_eq!(stopped.as_deref(), Ok(whole.as_str()), "{regions} regions, stopped often");
    }
}

#[test]
fn a_breach_stops_a_world_in_regions_where_it_stops_one_piece() {
    let whole = in_one_piece(clocks(false, 20_000));
    assert!(whole.contains("20"), "{whole}");
    let cut = cut(clocks(false, 20_000), 7);
    assert_eq!(in_regions(cut, [END].into_iter(), &OneByOne), Ok(whole));
}

#[test]
fn an_order_that_cannot_be_told_is_not_guessed() {
    let found = in_regions(cut(clocks(true, u64::MAX), 7), [END].into_iter(), &OneByOne);
    let Err(Undecided(time)) = found else { panic!("{found:?}") };
    // The start is in order; the first strikes that are set together are those after it.
    assert!(time > SimTime::ZERO + SimDuration::from_seconds(1), "{time}");
    assert!(time < SimTime::ZERO + SimDuration::from_seconds(20), "{time}");
    // Within one region there is no doubt.
    let one = in_regions(cut(clocks(true, u64::MAX), 1), [END].into_iter(), &OneByOne);
    assert_eq!(one, Ok(in_one_piece(clocks(true, u64::MAX))));
}
