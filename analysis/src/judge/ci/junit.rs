//! JUnit XML, in the subset that Jenkins, GitLab and GitHub's readers share.

use std::fmt::Write;

use super::{CaseStanding, Suite, TestCase};

/// All suites as one document.
pub fn junit(suites: &[Suite]) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let total = |count: fn(&Suite) -> usize| suites.iter().map(count).sum::<usize>();
    let put = "writing to a string cannot fail";
    writeln!(
        text,
        "<testsuites name=\"pinwheel\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3}\">",
        total(|suite| suite.cases.len()),
        total(failures),
        total(|suite| suite.count(CaseStanding::Error)),
        suites.iter().map(|suite| suite.seconds).sum::<f64>(),
    )
    .expect(put);
    for suite in suites {
        writeln!(
            text,
            "  <testsuite name=\"{}\" file=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" \
             skipped=\"{}\" time=\"{:.3}\">",
            escaped(&suite.name),
            escaped(&suite.file),
            suite.cases.len(),
            failures(suite),
            suite.count(CaseStanding::Error),
            suite.count(CaseStanding::Skipped),
            suite.seconds,
        )
        .expect(put);
        for (place, case) in suite.cases.iter().enumerate() {
            // The runs are shared by all cases; the first one stands for them.
            let seconds = if place == 0 { suite.seconds } else { 0.0 };
            text.push_str(&testcase(suite, case, seconds));
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

/// Cases that are no pass; the format has no word of its own for what is undecided.
fn failures(suite: &Suite) -> usize {
    suite.count(CaseStanding::Failed) + suite.count(CaseStanding::Undecided)
}

fn testcase(suite: &Suite, case: &TestCase, seconds: f64) -> String {
    let open = format!(
        "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\"{} time=\"{seconds:.3}\"",
        escaped(&suite.name),
        escaped(&format!("{} {}", case.kind, case.name)),
        escaped(&case.file),
        case.line.map_or(String::new(), |line| format!(" line=\"{line}\"")),
    );
    let message = escaped(&case.sentence);
    let replay = case.replay.as_ref().map(|replay| format!("\nreplay: {}", escaped(replay)));
    let body = format!("{message}{}", replay.unwrap_or_default());
    let inside = match case.standing {
        CaseStanding::Passed if matches!(case.kind, "target" | "mutant") => {
            format!("<system-out>{message}</system-out>")
        }
        CaseStanding::Passed => return format!("{open}/>\n"),
        CaseStanding::Warned => format!("<system-out>warning: {body}</system-out>"),
        CaseStanding::Skipped => format!("<skipped message=\"{message}\"/>"),
        CaseStanding::Failed => {
            format!("<failure message=\"{message}\" type=\"{}\">{body}</failure>", case.kind)
        }
        CaseStanding::Undecided => {
            format!("<failure message=\"{message}\" type=\"undecided\">{body}</failure>")
        }
        CaseStanding::Error => {
            format!("<error message=\"{message}\" type=\"{}\">{body}</error>", case.kind)
        }
    };
    format!("{open}>\n      {inside}\n    </testcase>\n")
}

/// Text for an attribute or an element: XML 1.0 has no other control characters than these, not
/// even escaped.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            '\r' => escaped.push_str("&#13;"),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
