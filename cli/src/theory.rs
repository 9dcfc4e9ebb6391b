//! `pinwheel conform theory`: every closed form, judged side by side and shown as a table.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use comfy_table::Cell;
use pinwheel_conform::theory::{self, Case, Outcome, Verdict};
use pinwheel_core::math;

use crate::exit::Exit;
use crate::summary::{grid, number};

const HEADINGS: [&str; 7] = ["case", "what", "theory", "simulated", "\u{b1}", "error", "verdict"];

/// Judges all cases and prints their table, for a terminal or in Markdown.
pub fn run(markdown: bool) -> Exit {
    let cases: Vec<&Case> = theory::cases().collect();
    let outcomes = judge(&cases);
    if markdown {
        out!("{}", in_markdown(&cases, &outcomes));
    } else {
        outln!("{}\n", on_screen(&cases, &outcomes));
    }
    let passed = outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Pass).count();
    outln!("{passed} passed, {} failed", cases.len() - passed);
    Exit::passed(passed == cases.len())
}

/// The outcomes in the order of the cases; the cases run on all cores, the seeds of each in order.
fn judge(cases: &[&Case]) -> Vec<Outcome> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = cases.get(place) else { return };
            let outcome = theory::judge(case);
            let mut found = found.lock().expect("a judge that fails ends the program");
            found.push((place, outcome));
            tell(found.len(), cases.len(), case.id);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let mut found = found.into_inner().expect("a judge that fails ends the program");
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, outcome)| outcome).collect()
}

/// One line that is written over, or one for each tenth of the cases.
fn tell(done: usize, all: usize, id: &str) {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K{done} of {all}: {id}{}", if done == all { "\r\x1b[K" } else { "" });
    } else if done * 10 / all > (done - 1) * 10 / all {
        eprintln!("{done} of {all} cases");
    }
}

/// The columns that are figures or words of one case.
fn figures(case: &Case, outcome: &Outcome) -> [String; 5] {
    [
        six_digits(case.theory),
        six_digits(outcome.mean),
        format!("{:.1e}", outcome.half_width),
        format!("{:.3} %", outcome.relative_error * 100.0),
        if outcome.verdict == Verdict::Pass { "pass" } else { "FAIL" }.to_owned(),
    ]
}

/// Six significant digits, or an exponent where plain digits would be long.
fn six_digits(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e9).contains(&magnitude) {
        return format!("{value:.5e}");
    }
    let decimals = (5 - math::log10(magnitude).floor() as i32).max(0) as usize;
    format!("{value:.decimals$}")
}

fn on_screen(cases: &[&Case], outcomes: &[Outcome]) -> comfy_table::Table {
    let mut grid = grid(&HEADINGS);
    for (case, outcome) in cases.iter().zip(outcomes) {
        let mut cells = vec![Cell::new(case.id), Cell::new(case.what)];
        cells.extend(figures(case, outcome).map(number));
        grid.add_row(cells);
    }
    grid
}

/// What the page says before its tables.
const HEAD: &str = "\
# Theory

Closed forms held against the simulator. Written by `pinwheel conform theory --markdown`, byte for
byte; CI compares. A case passes if the mean over its seeds lies within three standard errors of
theory and within the relative tolerance in the column \"allowed\" (absolute where theory is 0).
What to keep in mind when reading the tables is told in [layers.md](layers.md).
";

/// The page `docs/validation/theory.md` but for its last line: a table for each part.
fn in_markdown(cases: &[&Case], outcomes: &[Outcome]) -> String {
    let mut text = HEAD.to_owned();
    let mut part = "";
    for (case, outcome) in cases.iter().zip(outcomes) {
        if case.part != part {
            part = case.part;
            text += &format!("\n## {part}\n\n");
            text += "| case | what | formula | theory | simulated | \u{b1} 95 % | error | allowed ";
            text += "| seeds | verdict |\n|---|---|---|--:|--:|--:|--:|--:|--:|---|\n";
        }
        let [theory, simulated, half_width, error, verdict] = figures(case, outcome);
        text += &format!(
            "| {} | {} | {} | {theory} | {simulated} | {half_width} | {error} | {} % | {} | \
             {verdict} |\n",
            case.id,
            case.what.replace('|', "\\|"),
            case.formula.replace('|', "\\|"),
            plain(case.tolerance * 100.0),
            case.replications,
        );
    }
    text + "\n"
}

/// A number in plain digits without what multiplying left behind: 0.0000001 and not
/// 0.00000010000000000000001.
fn plain(value: f64) -> f64 {
    format!("{value:.5e}").parse().expect("a number just written is read back")
}

#[cfg(test)]
mod tests {
    use super::{plain, six_digits};

    #[test]
    fn tolerances_are_in_plain_digits() {
        for (tolerance, text) in [(1e-9, "0.0000001"), (0.07, "7"), (0.005, "0.5")] {
            assert_eq!(plain(tolerance * 100.0).to_string(), text);
        }
    }

    #[test]
    fn numbers_have_six_digits() {
        for (value, text) in [
            (0.0, "0"),
            (9.0, "9.00000"),
            (0.048_804, "0.0488040"),
            (2_215_029.8, "2215030"),
            (8.524e-13, "8.52400e-13"),
            (-1.5e12, "-1.50000e12"),
        ] {
            assert_eq!(six_digits(value), text);
        }
    }
}
