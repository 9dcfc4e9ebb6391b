//! `pinwheel coverage`: every statement the simulator must prove, with the scenarios that are
//! evidence for it and how they ended last.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pinwheel_analysis::experiment::Study;
use pinwheel_analysis::experiment::check::stands;
use pinwheel_analysis::judge::verdict::Verdict;

use crate::exit::{Exit, Failure};
use crate::scenarios;
use crate::summary::grid;

/// The statements: one row of a table each, its ID first.
const REQUIREMENTS: &str = include_str!("../../docs/requirements.md");
/// Characters of a statement that are shown.
const STATEMENT_CHARS: usize = 56;

/// List every requirement with its scenarios and their last verdicts.
#[derive(clap::Args)]
#[command(after_help = "\
A scenario names the rows it is evidence for with requirements = [\"CON-05\"]. Its last verdict is read
from the folder of its result; `pinwheel check scenarios --run` brings all of them up to date.

Examples:
  pinwheel coverage
  pinwheel coverage CON CHN-03
  pinwheel coverage --missing")]
pub struct Args {
    /// Rows, by the beginning of their IDs [default: all]
    rows: Vec<String>,
    /// Folder of the scenarios
    #[arg(long, value_name = "DIR", default_value = "scenarios")]
    scenarios: PathBuf,
    /// Folder of the results
    #[arg(long, value_name = "DIR", default_value = "out")]
    results: PathBuf,
    /// Only rows without a scenario
    #[arg(long)]
    missing: bool,
}

/// A scenario as far as coverage goes.
struct Evidence {
    file: PathBuf,
    name: String,
    rows: Vec<String>,
}

/// How a scenario ended last.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Ended {
    Passed,
    Failed,
    NotRun,
}

impl Ended {
    fn word(self) -> &'static str {
        match self {
            Ended::Passed => "passed",
            Ended::Failed => "FAILED",
            Ended::NotRun => "not run",
        }
    }
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let rows = listed(&args.rows)?;
    let evidence = evidence(&args.scenarios)?;
    let unknown = |id: &&String| !requirements().any(|(known, _)| known == id.as_str());
    if let Some((file, id)) =
        evidence.iter().find_map(|e| Some((&e.file, e.rows.iter().find(unknown)?)))
    {
        let message = format!("{}: requirements: no row is called {id}", file.display());
        return Err(Failure::bad_input(message));
    }
    let wanted = |e: &&Evidence| e.rows.iter().any(|id| rows.iter().any(|(row, _)| row == id));
    let mut ended = BTreeMap::new();
    for one in &evidence {
        ended.insert(one.name.as_str(), last(&args.results.join(&one.name))?);
    }
    out!("{}", table(&rows, &evidence, &ended, args.missing));
    let count = |wished| {
        let of = evidence.iter().filter(wanted);
        of.filter(|e| ended[e.name.as_str()] == wished).count()
    };
    let covered = |id: &&str| evidence.iter().any(|e| e.rows.iter().any(|row| row == id));
    let with = rows.iter().map(|(id, _)| *id).filter(|id| covered(id)).count();
    outln!("{with} of {} rows have a scenario; their scenarios:", rows.len());
    let [passed, failed, not_run] = [Ended::Passed, Ended::Failed, Ended::NotRun].map(count);
    outln!("{passed} passed last, {failed} failed, {not_run} have not been run");
    Ok(Exit::Pass)
}

/// Every row: its ID and its statement.
fn requirements() -> impl Iterator<Item = (&'static str, &'static str)> {
    REQUIREMENTS.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let (id, statement) = (cells.next()?.trim(), cells.next()?);
        let (family, number) = id.split_once('-')?;
        let row = family.bytes().all(|byte| byte.is_ascii_uppercase())
            && number.bytes().all(|byte| byte.is_ascii_digit());
        row.then_some((id, statement))
    })
}

/// The rows whose IDs begin as asked.
fn listed(asked: &[String]) -> Result<Vec<(&'static str, &'static str)>, Failure> {
    for prefix in asked {
        if !requirements().any(|(id, _)| id.starts_with(prefix.as_str())) {
            let message = format!("no row begins with {prefix:?}; rows are called such as CON-05");
            return Err(Failure::bad_input(message));
        }
    }
    let wanted = |id: &str| asked.is_empty() || asked.iter().any(|p| id.starts_with(p.as_str()));
    Ok(requirements().filter(|(id, _)| wanted(id)).collect())
}

/// Every scenario below the folder that is evidence for something, by path.
fn evidence(folder: &Path) -> Result<Vec<Evidence>, Failure> {
    let mut found: Vec<Evidence> = Vec::new();
    for file in scenarios::find(&[folder.to_owned()])?.files {
        let experiment = Study::load(&file, &[])?.experiment;
        if experiment.requirements.is_empty() {
            continue;
        }
        if let Some(other) = found.iter().find(|other| other.name == experiment.name) {
            let (one, two) = (other.file.display(), file.display());
            let message = format!("{one} and {two}: both have the name {}", experiment.name);
            return Err(Failure::bad_input(message));
        }
        found.push(Evidence { file, name: experiment.name, rows: experiment.requirements });
    }
    Ok(found)
}

fn last(folder: &Path) -> Result<Ended, Failure> {
    Ok(match Verdict::find(folder)? {
        None => Ended::NotRun,
        Some(verdict) if stands(&verdict) => Ended::Passed,
        Some(_) => Ended::Failed,
    })
}

fn table(
    rows: &[(&str, &str)],
    evidence: &[Evidence],
    ended: &BTreeMap<&str, Ended>,
    missing: bool,
) -> String {
    let mut table = grid(&["row", "statement", "scenario", "last verdict"]);
    for (id, statement) in rows {
        let proofs: Vec<_> = evidence.iter().filter(|e| e.rows.iter().any(|r| r == id)).collect();
        let mut statement: String = statement.chars().take(STATEMENT_CHARS).collect();
        if proofs.is_empty() {
            table.add_row([id, statement.as_str(), "-", ""]);
        }
        for (place, proof) in proofs.iter().enumerate().filter(|_| !missing) {
            let file = proof.file.with_extension("").display().to_string();
            let id = if place == 0 { id } else { "" };
            let word = ended[proof.name.as_str()].word();
            table.add_row([id, statement.as_str(), file.as_str(), word]);
            statement.clear();
        }
    }
    let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn there_are_150_rows_each_with_its_own_name() {
        let ids: BTreeSet<_> = requirements().map(|(id, _)| id).collect();
        assert_eq!((ids.len(), requirements().count()), (150, 150));
        assert!(requirements().all(|(_, statement)| statement.len() >= 4));
    }

    #[test]
    fn rows_are_asked_for_by_the_beginning_of_their_names() {
        let count = |asked: &[&str]| {
            let asked: Vec<_> = asked.iter().map(|text| (*text).to_owned()).collect();
            listed(&asked).map(|rows| rows.len()).map_err(|failure| failure.message)
        };
        assert_eq!(count(&[]), Ok(150));
        assert_eq!(count(&["CON"]), Ok(8));
        assert_eq!(count(&["CON-05", "CHN"]), Ok(8));
        assert!(count(&["CON-99"]).unwrap_err().contains("CON-99"));
    }
}
