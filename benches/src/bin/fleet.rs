//! The fleet at scale: what an event and a device cost from 1 k to 10 M devices.
//!
//! `fleet [scale] [idle] [parts] [threads] [--rounds N] [--events N] [--most N] [--plot FILE]`;
//! without the name of a table, all four. Each measurement is a process of its own, so that its
//! peak of memory is its own; rounds go over all cells in turn, because the speed of a shared
//! machine changes from minute to minute.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use pinwheel_analysis::show::plot::{Curve, Ink, ScalingChart, Size, standalone};
use pinwheel_benches::clock::{Spread, passed_nanos, spent_nanos};
use pinwheel_benches::fleet::PERIOD;
use pinwheel_benches::measure::{Job, Measure, Program};

const USAGE: &str = "usage: fleet [scale] [idle] [parts] [threads] \
                     [--rounds N] [--events N] [--most DEVICES] [--plot FILE]";
/// Devices of the table of scale.
const SIZES: [u32; 9] =
    [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000];
/// Devices of the tables of parts and threads.
const MILLION: u32 = 1_000_000;
const ONE_THREAD: Program = Program::Regions { threads: 1 };

struct Options {
    tables: Vec<String>,
    rounds: u64,
    /// Least events of one measurement.
    events: u64,
    most: u32,
    plot: Option<String>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
        let (tables, plot) = (vec![], None);
        let mut options = Options { tables, rounds: 5, events: 10_000_000, most: u32::MAX, plot };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--rounds" => options.rounds = arguments.next()?.parse().ok()?,
                "--events" => options.events = arguments.next()?.parse().ok()?,
                "--most" => options.most = arguments.next()?.parse().ok()?,
                "--plot" => options.plot = Some(arguments.next()?),
                "scale" | "idle" | "parts" | "threads" => options.tables.push(argument),
                _ => return None,
            }
        }
        Some(options)
    }

    fn wants(&self, table: &str) -> bool {
        self.tables.is_empty() || self.tables.iter().any(|wanted| wanted == table)
    }

    /// A measurement of at least so many events, and of two periods.
    fn job(&self, program: Program, busy: u32, idle: u32) -> Job {
        let periods = self.events.div_ceil(u64::from(busy)).max(2);
        Job { program, busy, idle, seconds: PERIOD.as_seconds() as u64 * periods, seed: 1 }
    }

    /// All jobs in turn, round by round; per job its measures.
    fn rounds(&self, jobs: &[Job]) -> Option<Vec<Vec<Measure>>> {
        let mut measures = vec![Vec::new(); jobs.len()];
        for round in 0..self.rounds {
            for (job, measures) in jobs.iter().zip(&mut measures) {
                let measure = Job { seed: round + 1, ..*job }.measure()?;
                measures.push(measure);
            }
        }
        Some(measures)
    }
}

/// Least, middle and greatest of what `value` says of the measures.
fn spread(measures: &[Measure], value: impl Fn(&Measure) -> f64) -> Spread {
    Spread::of(measures.iter().map(value).collect())
}

/// How much more the first took than the second, round by round.
fn ratio(first: &[Measure], second: &[Measure]) -> Spread {
    let pairs = first.iter().zip(second);
    Spread::of(pairs.map(|(a, b)| a.nanos_per_event() / b.nanos_per_event()).collect())
}

fn scale(options: &Options) -> Option<()> {
    let sizes: Vec<u32> = SIZES.into_iter().filter(|size| *size <= options.most).collect();
    let jobs = |program| sizes.iter().map(move |size| options.job(program, *size, 0));
    let all: Vec<Job> = jobs(Program::Whole).chain(jobs(ONE_THREAD)).collect();
    let measures = options.rounds(&all)?;
    let (whole, cut) = measures.split_at(sizes.len());
    println!("Nanoseconds of processor time an event: middle (least to greatest) of the rounds");
    println!(
        "{:>10}  {:<21} {:>9}  {:<21} {:<19} {:>6} {:>6}",
        "devices", "in one piece", "M ev/s", "in regions", "ratio", "held B", "peak B"
    );
    for (place, size) in sizes.iter().enumerate() {
        let (whole, cut) = (&whole[place], &cut[place]);
        let nanos = spread(whole, Measure::nanos_per_event);
        let each = |value: &dyn Fn(&Measure) -> u64| {
            spread(whole, |measure| value(measure) as f64 / f64::from(*size)).greatest
        };
        println!(
            "{size:>10}  {:<21} {:>9.2}  {:<21} {:<19} {:>6.0} {:>6.0}",
            nanos.shown(0),
            1e3 / nanos.middle,
            spread(cut, Measure::nanos_per_event).shown(0),
            ratio(whole, cut).shown(2),
            each(&|measure| measure.held_bytes),
            each(&|measure| measure.resident_bytes),
        );
    }
    if let Some(path) = &options.plot {
        let curves = [("in one piece", whole), ("in regions", cut)];
        plot(path, &sizes, &curves)?;
    }
    Some(())
}

fn plot(path: &str, sizes: &[u32], measured: &[(&str, &[Vec<Measure>])]) -> Option<()> {
    let curve = |(place, (label, measures)): (usize, &(&str, &[Vec<Measure>]))| {
        let point = |(size, measures): (&u32, &Vec<Measure>)| {
            let Spread { least, middle, greatest } = spread(measures, Measure::nanos_per_event);
            (f64::from(*size), [least, middle, greatest])
        };
        let points = sizes.iter().zip(*measures).map(point).collect();
        Curve { label: (*label).to_owned(), ink: Ink::Series(place), points }
    };
    let chart = ScalingChart {
        title: "Cost of an event as the fleet grows".to_owned(),
        unit: "ns of processor time an event".to_owned(),
        sizes: "devices".to_owned(),
        curves: measured.iter().enumerate().map(curve).collect(),
        limits: vec![(250.0, "4 million events a second".to_owned())],
    };
    let svg = standalone(&chart.draw(Size::Full)?, Size::Full.pixels());
    std::fs::write(path, svg).ok()
}

/// Devices for which nothing is scheduled, beside a few that work.
fn idle(options: &Options) -> Option<()> {
    let idle = [0, options.most.min(10_000_000)];
    let measures = options.rounds(&idle.map(|idle| options.job(Program::Whole, 1_000, idle)))?;
    println!("1,000 busy devices beside idle ones: ns an event");
    for (idle, measures) in idle.iter().zip(&measures) {
        println!("{idle:>10}  {}", spread(measures, Measure::nanos_per_event).shown(0));
    }
    let events: Vec<u64> = measures.iter().map(|of| of.iter().map(|m| m.events).sum()).collect();
    println!("     ratio  {}", ratio(&measures[1], &measures[0]).shown(2));
    println!("    events  {} and {}", events[0], events[1]);
    Some(())
}

/// Where the time goes: what each part adds to what is there without it.
fn parts(options: &Options) -> Option<()> {
    let parts = [
        ("the queue alone: take and schedule again", Program::Queue),
        ("+ the engine: clock, fingerprint, call", Program::Engine),
        ("+ the devices' state", Program::Steady),
        ("+ the random numbers of losses", Program::Lossy),
        ("+ failures and repairs", Program::Whole),
        ("all of it in regions", ONE_THREAD),
    ];
    let size = options.most.min(MILLION);
    let measures = options.rounds(&parts.map(|(_, program)| options.job(program, size, 0)))?;
    println!("{size} devices: ns an event");
    for ((name, _), measures) in parts.iter().zip(&measures) {
        println!("{name:<42} {}", spread(measures, Measure::nanos_per_event).shown(0));
    }
    Some(())
}

/// What a second thread gains, beside what the machine allows.
fn threads(options: &Options) -> Option<()> {
    let gain = Spread::of((0..options.rounds).map(|_| cores()).collect());
    println!("Two spinning threads do {} times the work of one in the same time", gain.shown(2));
    let size = options.most.min(MILLION);
    let counts = [1, 2, 8];
    let jobs = counts.map(|threads| options.job(Program::Regions { threads }, size, 0));
    let measures = options.rounds(&jobs)?;
    println!("{size} devices in regions: threads, time passed against one, processor time, digest");
    for (threads, many) in counts.iter().zip(&measures) {
        let pairs = || measures[0].iter().zip(many);
        let speed_up =
            pairs().map(|(one, many)| one.passed_nanos as f64 / many.passed_nanos as f64);
        let equal = pairs().all(|(one, many)| one.digest == many.digest);
        println!(
            "{threads:>3}  {:<22} {:<22} {}",
            Spread::of(speed_up.collect()).shown(2),
            ratio(many, &measures[0]).shown(2),
            if equal { "equal" } else { "DIFFERENT" }
        );
        if !equal {
            return None;
        }
    }
    Some(())
}

/// How much more work two spinning threads do than one, while the clock runs.
fn cores() -> f64 {
    const SPIN_NANOS: u64 = 300_000_000;
    let spin = || {
        let (start, before) = (passed_nanos(), spent_nanos());
        while passed_nanos() - start < SPIN_NANOS {
            std::hint::spin_loop();
        }
        (spent_nanos() - before) as f64
    };
    let one = spin();
    let two: f64 = std::thread::scope(|scope| {
        let threads = [(); 2].map(|()| scope.spawn(spin));
        threads.into_iter().map(|thread| thread.join().unwrap_or(0.0)).sum()
    });
    two / one
}

/// Measures and prints one table; `None` if a measurement failed.
type Table = fn(&Options) -> Option<()>;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.next_if(|first| first == "measure").is_some() {
        return if Job::answer(arguments) { ExitCode::SUCCESS } else { ExitCode::from(2) };
    }
    let Some(options) = Options::parse(arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let tables: [(&str, Table); 4] =
        [("scale", scale), ("idle", idle), ("parts", parts), ("threads", threads)];
    for (name, table) in tables {
        if options.wants(name) && table(&options).is_none() {
            eprintln!("the table `{name}` could not be measured");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
