//! Verdicts as a CI system reads them: suites of cases, as JUnit XML, as annotations and as a
//! summary in Markdown.

mod github;
mod junit;
mod summary;

use std::path::Path;

pub use github::annotations;
pub use junit::junit;
pub use summary::summary;

use pinwheel_models::input::diagnostic::Diagnostic;
use pinwheel_models::input::files::lexical;
use pinwheel_models::scenario::invariant::Severity;

use crate::judge::baseline::{BaselineStanding, BaselineVerdict};
use crate::judge::limit::{LimitRow, LimitStanding};
use crate::judge::mutants::{MutantRow, MutantStanding};
use crate::judge::verdict::{
    CheckStanding, InvariantRow, InvariantStanding, Standing, TargetStanding, Verdict,
};

/// One scenario and everything it states, with how each came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Suite {
    /// Name of the scenario, or its file where it could not be read.
    pub name: String,
    /// The scenario file, as it was named.
    pub file: String,
    /// How long all its runs took.
    pub seconds: f64,
    /// What was judged.
    pub cases: Vec<TestCase>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCase {
    /// scenario, target, check, invariant, baseline or limit.
    pub kind: &'static str,
    /// The id of what was judged.
    pub name: String,
    /// How it came out.
    pub standing: CaseStanding,
    /// What was found, in words.
    pub sentence: String,
    /// The command that shows the failure again.
    pub replay: Option<String>,
    /// Where it is written.
    pub file: String,
    /// Where it is stated in the file, counted from 1.
    pub line: Option<u32>,
}

/// How a case came out.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum CaseStanding {
    /// It held.
    Passed,
    /// Does not stand in the way of a pass.
    Warned,
    /// It did not hold.
    Failed,
    /// So few runs do not tell whether it holds; no pass.
    Undecided,
    /// The scenario or the program is at fault.
    Error,
    /// Not judged.
    Skipped,
}

impl Suite {
    /// How many cases stand like this.
    pub fn count(&self, standing: CaseStanding) -> usize {
        self.cases.iter().filter(|case| case.standing == standing).count()
    }

    /// A scenario that could not be read.
    pub fn bad(file: &str, faults: &[Diagnostic]) -> Self {
        let case = |fault: &Diagnostic| TestCase {
            kind: "scenario",
            name: if fault.key.is_empty() { "loads".to_owned() } else { fault.key.clone() },
            standing: CaseStanding::Error,
            sentence: format!("{}; help: {}", fault.message, fault.help),
            replay: None,
            // A base file is named by way of the one that extends it; CI systems want it straight.
            file: lexical(Path::new(&fault.file)).display().to_string(),
            line: fault.line,
        };
        let cases = faults.iter().map(case).collect();
        Suite { name: file.to_owned(), file: file.to_owned(), seconds: 0.0, cases }
    }

    /// A scenario whose runs could not be finished or written.
    pub fn broken(name: &str, file: &str, message: &str) -> Self {
        let case = TestCase {
            kind: "scenario",
            name: "runs".to_owned(),
            standing: CaseStanding::Error,
            sentence: message.to_owned(),
            replay: None,
            file: file.to_owned(),
            line: None,
        };
        Suite { name: name.to_owned(), file: file.to_owned(), seconds: 0.0, cases: vec![case] }
    }

    /// The mutants of a scenario, each a case.
    pub fn of_mutants(
        name: &str,
        (file, text): (&str, &str),
        seconds: f64,
        rows: &[MutantRow],
    ) -> Self {
        let case = |row: &MutantRow| TestCase {
            standing: match row.standing {
                MutantStanding::Caught => CaseStanding::Passed,
                MutantStanding::Survived => CaseStanding::Failed,
                MutantStanding::Undecided => CaseStanding::Undecided,
            },
            sentence: format!("{}: {}", row.standing.word(), row.sentence),
            file: file.to_owned(),
            line: line_of(text, "mutant", &row.id),
            ..case("mutant", &row.id, "", 1)
        };
        let cases = rows.iter().map(case).collect();
        Suite { name: format!("{name} mutants"), file: file.to_owned(), seconds, cases }
    }

    /// A scenario that was run; `text` is its file, in which the lines of statements are found.
    pub fn judged(name: &str, file: &str, text: &str, seconds: f64, verdict: &Verdict) -> Self {
        let points = verdict.points();
        let mut cases = vec![evidence(verdict)];
        let target = |row: &crate::judge::verdict::TargetRow| TestCase {
            standing: match row.standing {
                TargetStanding::Met => CaseStanding::Passed,
                TargetStanding::NotMet => CaseStanding::Failed,
                TargetStanding::Undecided => CaseStanding::Undecided,
                TargetStanding::NotJudged => CaseStanding::Skipped,
            },
            sentence: format!(
                "{}: {}, limit {}",
                row.sentence,
                row.measured.map_or("not measured".to_owned(), |value| row.limit.show(value)),
                row.limit
            ),
            ..case("target", &row.id, &row.point, points)
        };
        cases.extend(verdict.targets.iter().map(target));
        cases.extend(verdict.invariants.iter().map(|row| invariant(row, points)));
        let check = |row: &crate::judge::verdict::CheckRow| {
            let breach = verdict.breaches.iter().find(|breach| breach.check == row.check);
            TestCase {
                standing: match row.standing {
                    CheckStanding::Held => CaseStanding::Passed,
                    CheckStanding::NotReached => CaseStanding::Warned,
                    CheckStanding::Failed | CheckStanding::NotMade => CaseStanding::Failed,
                },
                sentence: match breach {
                    None => row.sentence.clone(),
                    Some(breach) => format!(
                        "{}: run {} of {} at {}: {}",
                        row.sentence, breach.run, breach.point, breach.tick, breach.detail
                    ),
                },
                replay: breach.map(|breach| breach.replay.clone()),
                ..case("check", &row.check, "", points)
            }
        };
        cases.extend(verdict.checks.iter().map(check));
        cases.extend(verdict.baseline.iter().map(baseline));
        for case in &mut cases {
            case.file = file.to_owned();
            let id = case.name.split(" [").next().unwrap_or(&case.name);
            case.line = line_of(text, case.kind, id);
        }
        Suite { name: name.to_owned(), file: file.to_owned(), seconds, cases }
    }

    /// Adds what was asked of a backtest, after the rest; `text` is as in [`Suite::judged`].
    pub fn add_limits(&mut self, text: &str, rows: &[LimitRow]) {
        let mut points: Vec<&str> = rows.iter().map(|row| row.point.as_str()).collect();
        points.sort_unstable();
        points.dedup();
        let limit = |row: &LimitRow| TestCase {
            standing: match row.standing {
                LimitStanding::Met => CaseStanding::Passed,
                LimitStanding::NotMet => CaseStanding::Failed,
                LimitStanding::Undecided => CaseStanding::Undecided,
            },
            sentence: format!("{}: {}", row.standing.word(), row.found),
            file: self.file.clone(),
            line: line_of_entry(text, "[[backtest.limit]]", row.entry),
            ..case("limit", &row.name(), &row.point, points.len())
        };
        self.cases.extend(rows.iter().map(limit));
    }
}

/// The line, counted from 1, on which the entry of this place in a list begins.
fn line_of_entry(text: &str, heading: &str, entry: usize) -> Option<u32> {
    let mut places = text.lines().enumerate();
    let is_heading = |(_, line): &(usize, &str)| line.trim_start().starts_with(heading);
    let (place, _) = places.by_ref().filter(is_heading).nth(entry)?;
    u32::try_from(place + 1).ok()
}

fn case(kind: &'static str, id: &str, point: &str, points: usize) -> TestCase {
    let name = match point.is_empty() || points < 2 {
        true => id.to_owned(),
        false => format!("{id} [{point}]"),
    };
    let (standing, sentence) = (CaseStanding::Passed, String::new());
    TestCase { kind, name, standing, sentence, replay: None, file: String::new(), line: None }
}

/// Whether the verdict is evidence at all: what states nothing, or reaches nothing that it states,
/// proves nothing.
fn evidence(verdict: &Verdict) -> TestCase {
    let (standing, sentence) = match (verdict.stands_on_something(), verdict.standing()) {
        (false, _) => {
            let words = "it states no target, no invariant and makes no check: it proves nothing";
            (CaseStanding::Failed, words.to_owned())
        }
        (true, Standing::Undecided) => (CaseStanding::Undecided, verdict.sentence.clone()),
        (true, _) => (CaseStanding::Passed, "ran to its end".to_owned()),
    };
    TestCase { standing, sentence, ..case("scenario", "runs", "", 1) }
}

fn invariant(row: &InvariantRow, points: usize) -> TestCase {
    TestCase {
        standing: match (row.standing, row.severity) {
            (InvariantStanding::Held, _) => CaseStanding::Passed,
            (_, Severity::Warn) => CaseStanding::Warned,
            (InvariantStanding::NotProven, _) => CaseStanding::Undecided,
            (_, Severity::Error) => CaseStanding::Failed,
        },
        sentence: match &row.failure {
            Some(failure) => format!("{}; {}", row.sentence, failure.sentence()),
            None => row.sentence.clone(),
        },
        replay: row.failure.as_ref().map(|failure| failure.replay.clone()),
        ..case("invariant", &row.id, &row.point, points)
    }
}

fn baseline(verdict: &BaselineVerdict) -> TestCase {
    let moved = verdict.rows.iter().filter(|row| !row.held);
    let moved = moved.map(|row| format!("; {} [{}] {}", row.outcome, row.point, row.sentence));
    TestCase {
        standing: match verdict.standing {
            BaselineStanding::Held => CaseStanding::Passed,
            BaselineStanding::Changed | BaselineStanding::Missing => CaseStanding::Failed,
        },
        sentence: format!("{}{}", verdict.sentence(), moved.collect::<String>()),
        ..case("baseline", &verdict.file, "", 1)
    }
}

/// The line, counted from 1, on which the statement of this id is made; checks are made by models,
/// not by the file.
fn line_of(text: &str, kind: &str, id: &str) -> Option<u32> {
    let heading = format!("[[{kind}]]");
    if kind == "baseline" {
        let place = text.lines().position(|line| line.starts_with("[baseline]"));
        return place.and_then(|place| u32::try_from(place + 1).ok());
    }
    let mut inside = false;
    let place = text.lines().position(|line| {
        let line = line.trim_start();
        if line.starts_with('[') {
            inside = line.starts_with(&heading);
        }
        let value = line.strip_prefix("id").map(|rest| rest.trim_start_matches([' ', '=']));
        inside && value.is_some_and(|value| value.starts_with(&format!("\"{id}\"")))
    });
    place.and_then(|place| u32::try_from(place + 1).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suite(sentence: &str) -> Suite {
        let broken = TestCase {
            standing: CaseStanding::Failed,
            sentence: sentence.to_owned(),
            replay: Some("pinwheel replay 'a & b'".to_owned()),
            file: "a,b:c.toml".to_owned(),
            line: Some(3),
            ..case("invariant", "x", "", 1)
        };
        let cases = vec![case("target", "y", "p", 2), broken];
        Suite { name: "s".to_owned(), file: "s.toml".to_owned(), seconds: 1.5, cases }
    }

    #[test]
    fn xml_holds_no_character_that_xml_has_not() {
        let text = junit(&[suite("a < b & \"c\" \u{1} \u{fffe} \n 100 %")]);
        assert!(
            text.contains("a &lt; b &amp; &quot;c&quot; \u{fffd} \u{fffd} &#10; 100 %"),
            "{text}"
        );
        assert!(text.contains("\nreplay: pinwheel replay 'a &amp; b'</failure>"), "{text}");
        assert!(text.contains("tests=\"2\" failures=\"1\" errors=\"0\""), "{text}");
        assert!(
            text.contains("name=\"target y [p]\"") && text.contains("time=\"1.500\""),
            "{text}"
        );
    }

    #[test]
    fn annotations_escape_what_github_reads_as_its_own() {
        let lines = annotations(&[suite("50 %, a: b\r\nc")]);
        let expected = "::error file=a%2Cb%3Ac.toml,line=3,title=invariant x::50 %25, a: b%0D%0Ac\
                        %0Areplay: pinwheel replay 'a & b'";
        assert_eq!(lines, [expected]);
    }

    #[test]
    fn markdown_cells_start_nothing() {
        let text = summary(&[suite("a|b `c` *d* <e>\nf")]);
        assert!(text.contains("a\\|b \\`c\\` \\*d\\* \\<e\\> f"), "{text}");
        assert!(text.starts_with("## Pinwheel: 1 of 1 scenarios failed"), "{text}");
    }

    #[test]
    fn limits_are_cases_at_the_lines_of_their_entries() {
        let text = "[[backtest.limit]]\nerror = 1\n\n  [[backtest.limit]]\nerror = 2\n";
        let row = |entry, standing| LimitRow {
            entry,
            point: "main".to_owned(),
            metric: "power".to_owned(),
            horizon_days: 30,
            window: crate::judge::limit::Window::Verdict,
            origins: 9,
            asked: "error at most 3 %".to_owned(),
            found: "4 %".to_owned(),
            standing,
            statistic: None,
            p_value: None,
        };
        let mut suite = suite("");
        let before = suite.cases.len();
        let rows = [row(0, LimitStanding::Undecided), row(1, LimitStanding::NotMet)];
        suite.add_limits(text, &rows);
        let found: Vec<_> =
            suite.cases[before..].iter().map(|case| (case.standing, case.line)).collect();
        assert_eq!(found, [(CaseStanding::Undecided, Some(1)), (CaseStanding::Failed, Some(4))]);
        let last = &suite.cases[before + 1];
        assert_eq!(last.name, "power 30 d, verdict: error at most 3 %");
        assert_eq!((last.kind, last.sentence.as_str()), ("limit", "not met: 4 %"));
        assert_eq!(line_of_entry(text, "[[backtest.limit]]", 2), None);
    }

    #[test]
    fn a_statement_is_found_at_its_line() {
        let text = "a = 1\n[[target]]\nid = \"x\"\n[[invariant]]\n  id=\"xy\"\n\
                    [[invariant]]\nid = \"x\"\n";
        assert_eq!(line_of(text, "invariant", "x"), Some(7));
        assert_eq!(line_of(text, "target", "x"), Some(3));
        assert_eq!(line_of(text, "target", "xy"), None);
    }
}
