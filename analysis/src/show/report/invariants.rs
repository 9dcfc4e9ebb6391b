//! What held in all runs, what was reached in some, and what was never reached.

use super::facts::Facts;
use crate::html::{Cell, Tone, section, table};
use crate::judge::verdict::{CheckRow, CheckStanding, InvariantRow, InvariantStanding};
use crate::statistics::{NORMAL_975, wilson};
use crate::wording::{grouped, percent};

/// Rows of a table at most; what does not hold comes first.
const ROWS_MAX: usize = 80;

/// The section; empty where nothing was checked.
pub fn invariants(facts: &Facts<'_>) -> String {
    let verdict = facts.verdict;
    if verdict.checks.is_empty() && verdict.invariants.is_empty() {
        return String::new();
    }
    let (sometimes, always): (Vec<&CheckRow>, Vec<&CheckRow>) =
        verdict.checks.iter().partition(|row| row.sometimes);
    let made: u64 = always.iter().map(|row| row.made).sum();
    let violations: u64 = always.iter().map(|row| row.made - row.held).sum();
    let sum = match always.is_empty() {
        true => String::new(),
        false => format!(
            "<p class=\"{}\">{} of {} checks that the models make of themselves were violated.</p>\n",
            if violations == 0 { "balance" } else { "balance broken" },
            grouped(violations as f64, 0),
            grouped(made as f64, 0)
        ),
    };
    let body = [sum, breaches(facts), stated(facts), of_always(&always), of_sometimes(&sometimes)];
    section(
        "checks",
        "Invariants",
        "Tested while the runs went on, in all builds. What must hold always stops its run when it \
         fails; what must be reached at least once shows that the case was met at all.",
        &body.concat(),
    )
}

fn breaches(facts: &Facts<'_>) -> String {
    let rows: Vec<Vec<Cell>> = facts
        .verdict
        .breaches
        .iter()
        .take(ROWS_MAX)
        .map(|breach| {
            vec![
                Cell::text(breach.check.clone()),
                Cell::text(breach.point.clone()),
                Cell::number(breach.run.to_string()),
                Cell::text(breach.date.clone()),
                Cell::text(breach.detail.clone()),
            ]
        })
        .collect();
    match rows.is_empty() {
        true => String::new(),
        false => table(&["Breached", "Point", "#Run", "Date", "Detail"], &rows),
    }
}

/// What the scenario states.
fn stated(facts: &Facts<'_>) -> String {
    let mut rows: Vec<&InvariantRow> = facts.verdict.invariants.iter().collect();
    if rows.is_empty() {
        return String::new();
    }
    rows.sort_by_key(|row| row.standing == InvariantStanding::Held);
    let several = facts.verdict.points();
    let cells = |row: &&InvariantRow| {
        let tone = match row.standing {
            InvariantStanding::Held => Tone::Pass,
            _ if row.fails() => Tone::Fail,
            _ => Tone::Warn,
        };
        let (low, high) = wilson(row.held.min(row.runs), row.runs, NORMAL_975);
        vec![
            Cell::text(row.name(several)),
            Cell::Code(row.expression.clone()),
            Cell::text(row.kind.clone()),
            Cell::number(format!("{} of {}", row.held, row.runs)),
            Cell::number(format!("{} to {}", percent(low), percent(high))),
            Cell::Mark(tone, row.standing.word()),
            Cell::Words(row.sentence.clone()),
        ]
    };
    let shown: Vec<Vec<Cell>> = rows.iter().take(ROWS_MAX).map(cells).collect();
    let headings = ["Stated", "Condition", "When", "#Runs", "#True share", "", "What came out"];
    format!(
        "<h3 class=\"part\">Stated in the scenario</h3>\n<p class=\"lead\">The true share is the \
         95&nbsp;% interval (Wilson) of the share of runs that hold the condition: all of 20 runs \
         prove 84&nbsp;%, not 100.</p>\n{}",
        table(&headings, &shown)
    )
}

fn of_always(rows: &[&CheckRow]) -> String {
    let cells = |row: &&CheckRow| {
        let tone = if row.standing.fails() { Tone::Fail } else { Tone::Pass };
        vec![
            Cell::text(row.check.replace(['-', '_'], " ")),
            Cell::number(grouped((row.made - row.held) as f64, 0)),
            Cell::number(grouped(row.made as f64, 0)),
            Cell::Mark(tone, row.standing.word()),
        ]
    };
    let rows: Vec<Vec<Cell>> = rows.iter().map(cells).collect();
    match rows.is_empty() {
        true => String::new(),
        false => format!(
            "<h3 class=\"part\">Always</h3>\n{}",
            table(&["Must always hold", "#Violations", "#Checks", ""], &rows)
        ),
    }
}

fn of_sometimes(rows: &[&CheckRow]) -> String {
    let cells = |row: &&CheckRow| {
        let reached = row.standing == CheckStanding::Held;
        let hits = grouped(row.held as f64, 0);
        vec![
            Cell::text(row.check.replace(['-', '_'], " ")),
            if reached { Cell::number(hits) } else { Cell::Beyond(hits) },
            Cell::number(grouped(row.made as f64, 0)),
            Cell::Mark(if reached { Tone::Pass } else { Tone::Fail }, row.standing.word()),
        ]
    };
    let rows: Vec<Vec<Cell>> = rows.iter().map(cells).collect();
    match rows.is_empty() {
        true => String::new(),
        false => format!(
            "<h3 class=\"part\">Sometimes</h3>\n<p class=\"lead\">A state that was never \
             reached is red: nothing here says how the network behaves in it.</p>\n{}",
            table(&["Must be reached", "#Hits", "#Looks", ""], &rows)
        ),
    }
}
