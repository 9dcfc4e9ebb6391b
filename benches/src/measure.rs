//! One measurement of the fleet in a process of its own, so that its peak of memory is its own.

use std::hint::black_box;
use std::process::Command;

use pinwheel_analysis::run::threads::RegionThreads;
use pinwheel_core::fingerprint::Fingerprint;
use pinwheel_core::queue::Queue;
use pinwheel_core::{Context, Model, SimDuration, SimTime, Simulation, Streams};

use crate::clock::{passed_nanos, process_spent_nanos, resident_bytes};
use crate::fleet::{Cell, Event, PERIOD};
use pinwheel_models::infrastructure::fleet::Event as Device;

/// What is run: the whole, or what is left of it when parts are taken away.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// The pending-event set alone: the first event is taken and scheduled again.
    Queue,
    /// The engine with a model that does nothing else.
    Engine,
    /// The fleet without losses and failures: the state of the devices.
    Steady,
    /// The fleet with losses: their random numbers.
    Lossy,
    /// The fleet with all it has.
    Whole,
    /// The same in regions.
    Regions { threads: usize },
}

impl Program {
    const NAMES: [(&str, Program); 5] = [
        ("queue", Program::Queue),
        ("engine", Program::Engine),
        ("steady", Program::Steady),
        ("lossy", Program::Lossy),
        ("whole", Program::Whole),
    ];

    fn name(self) -> String {
        let named = Program::NAMES.iter().find(|(_, program)| *program == self);
        match self {
            Program::Regions { threads } => threads.to_string(),
            _ => named.map_or(String::new(), |(name, _)| (*name).to_owned()),
        }
    }

    fn parse(text: &str) -> Option<Program> {
        if let Ok(threads) = text.parse() {
            return Some(Program::Regions { threads });
        }
        Program::NAMES.iter().find(|(name, _)| *name == text).map(|(_, program)| *program)
    }
}

/// A measurement to be made.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub program: Program,
    pub busy: u32,
    pub idle: u32,
    /// Simulated seconds that are measured.
    pub seconds: u64,
    pub seed: u64,
}

/// What was measured.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    pub events: u64,
    /// Processor time of all threads, and time passed.
    pub spent_nanos: u64,
    pub passed_nanos: u64,
    /// Of the devices, and of the queue by its capacity.
    pub held_bytes: u64,
    /// The process's peak less what it had at the start.
    pub resident_bytes: u64,
    /// Of the run's fingerprint.
    pub digest: u64,
}

impl Measure {
    pub fn nanos_per_event(&self) -> f64 {
        self.spent_nanos as f64 / self.events as f64
    }

    fn numbers(&self) -> [u64; 6] {
        [
            self.events,
            self.spent_nanos,
            self.passed_nanos,
            self.held_bytes,
            self.resident_bytes,
            self.digest,
        ]
    }

    fn parse(text: &str) -> Option<Measure> {
        let numbers: Result<Vec<u64>, _> = text.split_whitespace().map(str::parse).collect();
        let numbers: [u64; 6] = numbers.ok()?.try_into().ok()?;
        let [events, spent_nanos, passed_nanos, held_bytes, resident_bytes, digest] = numbers;
        Some(Measure { events, spent_nanos, passed_nanos, held_bytes, resident_bytes, digest })
    }
}

/// What a run has done so far.
struct Progress {
    events: u64,
    held_bytes: usize,
    digest: u64,
}

impl Job {
    /// Measures in a child process: this program again, told by its arguments what to do.
    pub fn measure(&self) -> Option<Measure> {
        let Job { program, busy, idle, seconds, seed } = self;
        let mut child = Command::new(std::env::current_exe().ok()?);
        child.arg("measure").arg(program.name());
        child.args([u64::from(*busy), u64::from(*idle), *seconds, *seed].map(|n| n.to_string()));
        let output = child.output().ok()?;
        Measure::parse(std::str::from_utf8(&output.stdout).ok()?)
    }

    /// What the parent asked for, done and printed; false if it cannot be understood.
    pub fn answer(mut arguments: impl Iterator<Item = String>) -> bool {
        let mut job = || {
            let program = Program::parse(&arguments.next()?)?;
            let mut number = || arguments.next()?.parse::<u64>().ok();
            let (busy, idle) = (number()? as u32, number()? as u32);
            Some(Job { program, busy, idle, seconds: number()?, seed: number()? })
        };
        let Some(job) = job() else { return false };
        let at_start = resident_bytes().map_or(0, |(now, _)| now);
        let mut measure = job.run();
        measure.resident_bytes = measure.resident_bytes.saturating_sub(at_start);
        println!("{}", measure.numbers().map(|number| number.to_string()).join(" "));
        true
    }

    fn run(&self) -> Measure {
        let cell = Cell { idle: self.idle, ..Cell::new(self.busy) };
        match self.program {
            Program::Queue => self.hold(),
            Program::Engine => {
                let mut beats = Simulation::new(Beats(self.busy), Streams::new(self.seed, 0));
                self.time(|end| {
                    beats.run_until(end);
                    Progress {
                        events: beats.ctx.events(),
                        held_bytes: beats.ctx.queue_bytes(),
                        digest: digest(&beats.ctx.fingerprint),
                    }
                })
            }
            Program::Steady => self.fleet(Cell { loss: 0.0, fails: false, ..cell }),
            Program::Lossy => self.fleet(Cell { fails: false, ..cell }),
            Program::Whole => self.fleet(cell),
            Program::Regions { threads } => {
                let threads = RegionThreads::new(threads).expect("threads can be started");
                let mut regions = cell.regions(self.seed);
                self.time(|end| {
                    regions.run_until(end, &threads);
                    let held =
                        regions.iter().map(|site| site.model.bytes() + site.ctx.queue_bytes());
                    Progress {
                        events: regions.events(),
                        held_bytes: held.sum(),
                        digest: digest(&regions.fingerprint()),
                    }
                })
            }
        }
    }

    fn fleet(&self, cell: Cell) -> Measure {
        let mut whole = cell.whole(self.seed);
        self.time(|end| {
            whole.run_until(end);
            Progress {
                events: whole.ctx.events(),
                held_bytes: whole.model.bytes() + whole.ctx.queue_bytes(),
                digest: digest(&whole.ctx.fingerprint),
            }
        })
    }

    /// Two periods to reach the steady state, and then the time that counts.
    fn time(&self, mut run_until: impl FnMut(SimTime) -> Progress) -> Measure {
        let warm = SimTime::ZERO + PERIOD.times(2);
        let before = run_until(warm);
        let (spent, passed) = (process_spent_nanos(), passed_nanos());
        let after = run_until(warm + SimDuration::from_seconds(self.seconds));
        Measure {
            events: after.events - before.events,
            spent_nanos: process_spent_nanos() - spent,
            passed_nanos: passed_nanos() - passed,
            held_bytes: after.held_bytes as u64,
            resident_bytes: resident_bytes().map_or(0, |(_, peak)| peak),
            digest: after.digest,
        }
    }

    /// As many events as the engine would handle, through the queue alone.
    fn hold(&self) -> Measure {
        let mut queue = Queue::new();
        for device in 0..self.busy {
            let event = beat(device);
            queue.push(SimTime::ZERO + phase(&Streams::new(self.seed, 0), device), 128, event);
        }
        let mut events = 0;
        self.time(|end| {
            while let Some((time, event)) = queue.pop_until(end) {
                events += 1;
                queue.push(time + PERIOD, 128, black_box(event));
            }
            Progress { events, held_bytes: queue.capacity_bytes(), digest: 0 }
        })
    }
}

/// The first of the words that a fingerprint is shown as.
fn digest(fingerprint: &Fingerprint) -> u64 {
    u64::from_str_radix(&fingerprint.hex()[..16], 16).expect("a fingerprint is hexadecimal")
}

/// A device's heartbeat.
fn beat(device: u32) -> Event {
    Event::Device(Device::Heartbeat { device, class: 0, missed: 0 })
}

/// When in its period a device sends.
fn phase(streams: &Streams, device: u32) -> SimDuration {
    SimDuration::from_nanos(streams.stream(device, "phase").below(PERIOD.as_nanos()))
}

/// This many events that each come back after a period.
#[derive(Debug)]
struct Beats(u32);

impl Model for Beats {
    type Event = Event;

    fn start(&mut self, ctx: &mut Context<Event>) {
        for device in 0..self.0 {
            let phase = phase(ctx.streams(), device);
            ctx.after(phase, beat(device));
        }
    }

    #[inline]
    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        ctx.after(PERIOD, event);
    }
}
