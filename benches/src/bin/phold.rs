//! PHOLD: the engine against a loop on the standard binary heap, in paired rounds.
//!
//! `phold [LPSxPER_LP...] [--rounds N]`; without arguments, the full table.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use pinwheel_benches::clock::{median, spent_nanos};
use pinwheel_benches::phold::{Cell, HeapPhold, Outcome, Phold, Program};
use pinwheel_core::Simulation;

const CELLS: [&str; 6] = ["1000x1", "1000x16", "100000x1", "100000x16", "1000000x1", "1000000x16"];
const ROUNDS_MIN: usize = 3;
/// Events measured in a round, and the most that are run before to reach the steady state.
const EVENTS: u64 = 1_000_000;
const WARM_UP_MAX: usize = 1_000_000;

/// One program, one round.
struct Measure {
    nanos_per_event: f64,
    bytes_per_pending: f64,
    /// Bytes the queue took from the allocator during the second half of the round.
    grown_bytes: usize,
    outcome: Outcome,
}

fn measure<P: Program>(cell: Cell, seed: u64) -> Measure {
    let mut program = P::new(cell, seed);
    program.run(cell.pending().min(WARM_UP_MAX) as u64);
    let start = spent_nanos();
    program.run(EVENTS / 2);
    let bytes = program.queue_bytes();
    program.run(EVENTS / 2);
    let nanos = spent_nanos() - start;
    Measure {
        nanos_per_event: nanos as f64 / EVENTS as f64,
        bytes_per_pending: program.queue_bytes() as f64 / cell.pending() as f64,
        grown_bytes: program.queue_bytes() - bytes,
        outcome: program.outcome(),
    }
}

fn parse_cell(text: &str) -> Option<Cell> {
    let (lps, per_lp) = text.split_once('x')?;
    Some(Cell { lps: lps.parse().ok()?, per_lp: per_lp.parse().ok()? })
}

/// Measures a cell and prints its row; false if the programs disagree.
fn row(cell: Cell, rounds: usize) -> bool {
    let (mut ladder, mut heap) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let seed = round as u64;
        // Each goes first in every other round.
        if round % 2 == 0 {
            ladder.push(measure::<Simulation<Phold>>(cell, seed));
            heap.push(measure::<HeapPhold>(cell, seed));
        } else {
            heap.push(measure::<HeapPhold>(cell, seed));
            ladder.push(measure::<Simulation<Phold>>(cell, seed));
        }
    }
    let nanos = |all: &[Measure]| median(all.iter().map(|one| one.nanos_per_event).collect());
    let pairs = || ladder.iter().zip(&heap);
    let ratios: Vec<f64> =
        pairs().map(|(ladder, heap)| heap.nanos_per_event / ladder.nanos_per_event).collect();
    let (least, most) = ratios
        .iter()
        .fold((f64::INFINITY, 0.0f64), |(least, most), r| (least.min(*r), most.max(*r)));
    let equal = pairs().all(|(ladder, heap)| ladder.outcome == heap.outcome);
    println!(
        "{:>9} x {:<2} {:>9.0} {:>8.0} {:>7.2} ({least:.2} to {most:.2}) \
         {:>10.1} {:>8.1} {:>8}  {}",
        cell.lps,
        cell.per_lp,
        nanos(&ladder),
        nanos(&heap),
        median(ratios),
        ladder.iter().map(|one| one.bytes_per_pending).fold(0.0, f64::max),
        heap.iter().map(|one| one.bytes_per_pending).fold(0.0, f64::max),
        ladder.iter().map(|one| one.grown_bytes).max().unwrap_or(0),
        if equal { "equal" } else { "DIFFERENT" },
    );
    equal
}

fn main() -> ExitCode {
    let mut rounds = 5;
    let mut cells = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let understood = if argument == "--rounds" {
            arguments.next().and_then(|n| n.parse().ok()).map(|n: usize| rounds = n.max(1))
        } else {
            parse_cell(&argument).map(|cell| cells.push(cell))
        };
        if understood.is_none() {
            eprintln!("usage: phold [LPSxPER_LP...] [--rounds N]");
            return ExitCode::from(2);
        }
    }
    if cells.is_empty() {
        cells = CELLS.iter().filter_map(|text| parse_cell(text)).collect();
    }
    println!("PHOLD, median of rounds; nanoseconds of processor time an event");
    println!(
        "     LPs x each  ladder     heap   ratio (range)  B/pending  (heap)  grown B  outcome"
    );
    let mut equal = true;
    for cell in cells {
        let large = cell.pending() > 1_000_000;
        equal &= row(cell, if large { rounds.min(ROUNDS_MIN) } else { rounds });
    }
    if equal { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
