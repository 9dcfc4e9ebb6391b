//! A step summary in Markdown: a table of the scenarios, then what failed and how to see it again.

use std::fmt::Write;

use super::{CaseStanding, Suite, TestCase};

/// All suites as Markdown: a table, then what failed.
pub fn summary(suites: &[Suite]) -> String {
    let put = "writing to a string cannot fail";
    let count = |mark| suites.iter().filter(|suite| mark_of(suite) == mark).count();
    let word = match (count(FAILED), count(UNDECIDED)) {
        (0, 0) => format!("all {} scenarios passed", suites.len()),
        (0, open) => format!("{open} of {} scenarios undecided", suites.len()),
        (failed, 0) => format!("{failed} of {} scenarios failed", suites.len()),
        (failed, open) => {
            format!("{failed} of {} scenarios failed, {open} undecided", suites.len())
        }
    };
    let mut text = format!("## Pinwheel: {word}\n\n");
    text.push_str("| | scenario | passed | warned | not judged | undecided | failed | seconds |\n");
    text.push_str("|---|---|--:|--:|--:|--:|--:|--:|\n");
    for suite in suites {
        let mark = mark_of(suite);
        writeln!(
            text,
            "| {mark} | {} | {} | {} | {} | {} | {} | {:.1} |",
            cell(&suite.name),
            suite.count(CaseStanding::Passed),
            suite.count(CaseStanding::Warned),
            suite.count(CaseStanding::Skipped),
            suite.count(CaseStanding::Undecided),
            suite.count(CaseStanding::Failed) + suite.count(CaseStanding::Error),
            suite.seconds,
        )
        .expect(put);
    }
    let told =
        |case: &&TestCase| !matches!(case.standing, CaseStanding::Passed | CaseStanding::Skipped);
    for suite in suites.iter().filter(|suite| suite.cases.iter().any(|case| told(&case))) {
        writeln!(text, "\n### {}\n", cell(&suite.name)).expect(put);
        for case in suite.cases.iter().filter(told) {
            let line = case.line.map_or(String::new(), |line| format!(":{line}"));
            let warning = match case.standing {
                CaseStanding::Warned => "warning: ",
                CaseStanding::Undecided => "undecided: ",
                _ => "",
            };
            let (kind, name) = (case.kind, cell(&case.name));
            let sentence = cell(&case.sentence);
            let place = format!("`{}{line}`", case.file.replace('`', "'"));
            writeln!(text, "- {warning}**{kind} {name}** {sentence} ({place})").expect(put);
            if let Some(replay) = &case.replay {
                writeln!(text, "  ```sh\n  {replay}\n  ```").expect(put);
            }
        }
    }
    text.push('\n');
    text
}

/// The mark of a scenario: a cross, a white circle for what is undecided, a tick.
const FAILED: &str = "\u{274c}";
const UNDECIDED: &str = "\u{26aa}";
const PASSED: &str = "\u{2705}";

fn mark_of(suite: &Suite) -> &'static str {
    let has = |standing| suite.count(standing) > 0;
    match () {
        () if has(CaseStanding::Failed) || has(CaseStanding::Error) => FAILED,
        () if has(CaseStanding::Undecided) => UNDECIDED,
        () => PASSED,
    }
}

/// Text that starts no markup and stays in its cell.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '\\' | '#' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
