//! Workflow commands of GitHub Actions: an annotation at the line of each failure.

use super::{CaseStanding, Suite, TestCase};

/// One line for each case that failed or warned.
pub fn annotations(suites: &[Suite]) -> Vec<String> {
    let lines = |suite: &Suite| suite.cases.iter().filter_map(annotation).collect::<Vec<_>>();
    suites.iter().flat_map(lines).collect()
}

fn annotation(case: &TestCase) -> Option<String> {
    let command = match case.standing {
        CaseStanding::Failed | CaseStanding::Undecided | CaseStanding::Error => "error",
        CaseStanding::Warned => "warning",
        CaseStanding::Passed | CaseStanding::Skipped => return None,
    };
    let line = case.line.map_or(String::new(), |line| format!(",line={line}"));
    let title = property(&format!("{} {}", case.kind, case.name));
    let replay = case.replay.as_ref().map_or(String::new(), |replay| format!("\nreplay: {replay}"));
    let message = data(&format!("{}{replay}", case.sentence));
    Some(format!("::{command} file={}{line},title={title}::{message}", property(&case.file)))
}

/// A message, with the escapes of GitHub's toolkit (actions/toolkit, command.ts).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property: what would end it is escaped too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
