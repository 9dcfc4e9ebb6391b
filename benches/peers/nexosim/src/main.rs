//! PHOLD in NeXosim 1.0, one thread: `pinwheel-peer-nexosim LPSxPER_LP... [--rounds N]`.
//!
//! Each logical process is a model with a mailbox of two places; every event goes through the
//! global scheduler, which was the leanest form we found. Processor time, as in the other programs.

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use nexosim::model::{BuildContext, Model, ProtoModel};
use nexosim::ports::EventSource;
use nexosim::simulation::{EventId, Mailbox, Scheduler, SimInit, Simulation};
use nexosim::time::MonotonicTime;
use serde::{Deserialize, Serialize};

#[path = "../../../src/clock.rs"]
mod clock;
#[path = "../../../src/workload.rs"]
mod workload;

use workload::{Hop, Lp};

const MAILBOX_CAPACITY: usize = 2;
/// Fewer than in the other programs, because an event takes so much longer.
const EVENTS: u64 = 300_000;
const WARM_UP_MAX: u64 = 300_000;

/// What a process needs to reach the others; known when all of them are made.
#[derive(Default)]
struct Network {
    scheduler: OnceLock<Scheduler>,
    inputs: OnceLock<Vec<EventId<()>>>,
}

impl Network {
    fn send(&self, hop: Hop) -> Option<()> {
        let input = &self.inputs.get()?[hop.to as usize];
        let delay = Duration::from_nanos(hop.delay_nanos);
        self.scheduler.get()?.schedule_event(delay, input, ()).ok()
    }
}

#[derive(Serialize, Deserialize)]
struct Process {
    id: u32,
    lps: u32,
    lp: Lp,
}

#[Model(type Env = Arc<Network>)]
impl Process {
    async fn handle(&mut self, _: (), _: &nexosim::model::Context<Self>, env: &mut Arc<Network>) {
        env.send(self.lp.hop(self.id, self.lps)).expect("a delay is positive");
    }
}

struct Blueprint {
    process: Process,
    network: Arc<Network>,
}

impl ProtoModel for Blueprint {
    type Model = Process;
    fn build(self, _: &mut BuildContext<Self>) -> (Process, Arc<Network>) {
        (self.process, self.network)
    }
}

fn phold(lps: u32, per_lp: u32, seed: u64) -> Simulation {
    let network = Arc::new(Network::default());
    let mut processes: Vec<Lp> = (0..lps).map(|id| Lp::new(id, seed)).collect();
    let starts = || (0..per_lp).flat_map(|_| 0..lps);
    let hops: Vec<Hop> = starts().map(|id| processes[id as usize].hop(id, lps)).collect();
    let mut bench = SimInit::with_num_threads(1);
    let mut inputs = Vec::with_capacity(processes.len());
    for (id, lp) in (0..).zip(processes) {
        let mailbox = Mailbox::with_capacity(MAILBOX_CAPACITY);
        let source = EventSource::new().connect(Process::handle, &mailbox);
        inputs.push(source.register(&mut bench));
        let blueprint = Blueprint { process: Process { id, lps, lp }, network: network.clone() };
        bench = bench.add_model(blueprint, mailbox, "");
    }
    let simulation = bench.init(MonotonicTime::EPOCH).expect("the processes start");
    network.scheduler.get_or_init(|| simulation.scheduler());
    network.inputs.get_or_init(|| inputs);
    for hop in hops {
        network.send(hop).expect("a delay is positive");
    }
    simulation
}

/// A step is one instant: in PHOLD one event, but for ties of about one in a thousand at most.
fn run(simulation: &mut Simulation, events: u64) {
    for _ in 0..events {
        simulation.step().expect("there is always a next event");
    }
}

fn measure(lps: u32, per_lp: u32, seed: u64) -> f64 {
    let mut simulation = phold(lps, per_lp, seed);
    run(&mut simulation, WARM_UP_MAX.min(u64::from(lps) * u64::from(per_lp)));
    let start = clock::spent_nanos();
    run(&mut simulation, EVENTS);
    (clock::spent_nanos() - start) as f64 / EVENTS as f64
}

fn main() -> ExitCode {
    let mut rounds = 5;
    let mut cells: Vec<(u32, u32)> = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let understood = if argument == "--rounds" {
            arguments.next().and_then(|n| n.parse().ok()).map(|n: u64| rounds = n.max(1))
        } else {
            let cell = argument.split_once('x');
            cell.and_then(|(lps, per_lp)| Some((lps.parse().ok()?, per_lp.parse().ok()?)))
                .map(|cell| cells.push(cell))
        };
        if understood.is_none() {
            eprintln!("usage: pinwheel-peer-nexosim LPSxPER_LP... [--rounds N]");
            return ExitCode::from(2);
        }
    }
    for (lps, per_lp) in cells {
        let nanos = (0..rounds).map(|round| measure(lps, per_lp, round)).collect();
        println!("{lps:>9} x {per_lp:<2} {:>9.0} ns/event", clock::median(nanos));
    }
    ExitCode::SUCCESS
}
