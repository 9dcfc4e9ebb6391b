//! A step summary in Markdown: a table of the scenarios, then what failed and how to see it again.

use std::fmt::Write;

use super::{CaseStanding, Suite, TestCase};

/// All suites as Markdown: a table, then what failed.
pub fn summary(suites: &[Suite]) -> String {
    let put = "writing to a string cannot fail";
    let failed =
        |suite: &Suite| suite.count(CaseStanding::Failed) + suite.count(CaseStanding::Error) > 0;
    let count = suites.iter().filter(|suite| failed(suite)).count();
    let word = match count {
        0 => format!("all {} scenarios passed", suites.len()),
        count => format!("{count} of {} scenarios failed", suites.len()),
    };
    let mut text = format!("## Pinwheel: {word}\n\n");
    text.push_str("| | scenario | passed | warned | not judged | failed | seconds |\n");
    text.push_str("|---|---|--:|--:|--:|--:|--:|\n");
    for suite in suites {
        let mark = if failed(suite) { "\u{274c}" } else { "\u{2705}" };
        writeln!(
            text,
            "| {mark} | {} | {} | {} | {} | {} | {:.1} |",
            cell(&suite.name),
            suite.count(CaseStanding::Passed),
            suite.count(CaseStanding::Warned),
            suite.count(CaseStanding::Skipped),
            suite.count(CaseStanding::Failed) + suite.count(CaseStanding::Error),
            suite.seconds,
        )
        .expect(put);
    }
    let told = |case: &&TestCase| {
        matches!(case.standing, CaseStanding::Failed | CaseStanding::Error | CaseStanding::Warned)
    };
    for suite in suites.iter().filter(|suite| suite.cases.iter().any(|case| told(&case))) {
        writeln!(text, "\n### {}\n", cell(&suite.name)).expect(put);
        for case in suite.cases.iter().filter(told) {
            let line = case.line.map_or(String::new(), |line| format!(":{line}"));
            let warning = if case.standing == CaseStanding::Warned { "warning: " } else { "" };
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
