//! `pinwheel check --run` and `--mutants`: every scenario run and judged, and each of its mutants,
//! told to people and to CI systems.

#![expect(clippy::disallowed_types, reason = "the user waits by a wall clock; runs have none")]

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

use comfy_table::Cell;
use pinwheel_analysis::Error;
use pinwheel_analysis::experiment::check::{Checker, Ending};
use pinwheel_analysis::experiment::{self, Control, Study, cores};
use pinwheel_analysis::judge::ci::{self, CaseStanding, Suite};
use pinwheel_analysis::judge::mutants::MutantStanding;
use pinwheel_analysis::run::ensemble::Unwatched;

use crate::backtest;
use crate::check::Args;
use crate::exit::{Exit, Failure};
use crate::run;
use crate::summary::{grid, number};

/// Runs every scenario that can be read, and tells how each ended.
pub fn run(args: &Args, files: &[PathBuf]) -> Result<Exit, Failure> {
    let stop = run::stop_flag();
    let (mut suites, mut exits) = (Vec::new(), Vec::new());
    let size = args.size.iter().map(|size| ("run.size".to_owned(), size.clone()));
    let overrides: Vec<(String, String)> = size.collect();
    let mut checker = Checker::new(&args.output, overrides.clone());
    let control = Control { threads: cores(), stop: &stop, watcher: &Unwatched };
    for (place, file) in files.iter().enumerate() {
        let number = format!("{}/{} {}", place + 1, files.len(), file.display());
        let mut add = |(suite, exit): (Suite, Exit)| {
            eprintln!("{} in {:.1} s", word(exit), suite.seconds);
            suites.push(suite);
            exits.push(exit);
        };
        if args.run {
            eprint!("{number} ... ");
            let (suite, ending) = checker.check(file, &control)?;
            add((suite, exit_of(ending)));
        }
        if args.mutants {
            eprint!("{number}, mutants ... ");
            match mutants(file, &overrides, &control)? {
                Some(found) => add(found),
                None => eprintln!("none"),
            }
        }
    }
    outln!("{}", table(&suites, &exits));
    print_failures(&suites);
    if args.github {
        ci::annotations(&suites).iter().for_each(|line| outln!("{line}"));
    }
    if let Some(path) = &args.junit {
        write(path, &ci::junit(&suites), false)?;
    }
    if let Some(path) = &args.summary {
        write(path, &ci::summary(&suites), true)?;
    }
    let count = |wanted| exits.iter().filter(|exit| **exit == wanted).count();
    let (passed, open) = (count(Exit::Pass), count(Exit::Undecided));
    let undecided = if open > 0 { format!(", {open} undecided") } else { String::new() };
    outln!("{passed} passed, {} failed{undecided}", exits.len() - passed - open);
    Ok(gravest(&exits))
}

/// Runs the mutants of a scenario; `None` if it states none.
fn mutants(
    file: &Path,
    overrides: &[(String, String)],
    control: &Control<'_>,
) -> Result<Option<(Suite, Exit)>, Failure> {
    let shown = file.display().to_string();
    let study = match Study::load(file, overrides) {
        Ok(study) => study,
        Err(Error::Scenario(faults)) => {
            return Ok(Some((Suite::bad(&shown, &faults), Exit::BadInput)));
        }
        Err(error) => return Err(error.into()),
    };
    if study.experiment.mutants.is_empty() {
        return Ok(None);
    }
    let started = Instant::now();
    let name = &study.experiment.name;
    // A panic of one scenario must not hide what the others have to say.
    let done = catch_unwind(AssertUnwindSafe(|| experiment::mutants::mutants(&study, control)));
    let rows = match done {
        Ok(Ok(rows)) => rows,
        Ok(Err(Error::Stopped)) => return Err(Error::Stopped.into()),
        Ok(Err(error)) => {
            let suite = Suite::broken(name, &shown, &error.to_string());
            return Ok(Some((suite, Failure::from(error).exit)));
        }
        Err(_) => {
            let message = "pinwheel is at fault in a mutant";
            return Ok(Some((Suite::broken(name, &shown, message), Exit::EngineFault)));
        }
    };
    let seconds = started.elapsed().as_secs_f64();
    let any = |wanted| rows.iter().any(|row| row.standing == wanted);
    let exit = match () {
        () if any(MutantStanding::Survived) => Exit::Failed,
        () if any(MutantStanding::Undecided) => Exit::Undecided,
        () => Exit::Pass,
    };
    let mut grid = grid(&["", "mutant", "what must notice it"]);
    for row in &rows {
        grid.add_row([row.standing.word(), &row.id, &row.sentence]);
    }
    eprintln!("\n{grid}");
    let text = fs::read_to_string(file).unwrap_or_default();
    Ok(Some((Suite::of_mutants(name, (&shown, &text), seconds, &rows), exit)))
}

/// What the exit code tells if several scenarios end differently.
pub fn gravest(exits: &[Exit]) -> Exit {
    use Exit::{BadInput, Baseline, EngineFault, Failed, Machine, Pass, Undecided};
    let order = [EngineFault, BadInput, Machine, Failed, Baseline, Undecided];
    order.into_iter().find(|exit| exits.contains(exit)).unwrap_or(Pass)
}

fn word(exit: Exit) -> &'static str {
    match exit {
        Exit::Pass => "passed",
        Exit::BadInput => "BAD SCENARIO",
        Exit::EngineFault => "ENGINE FAULT",
        Exit::Machine => "MACHINE FAILED",
        Exit::Baseline => "CHANGED",
        Exit::Undecided => "UNDECIDED",
        Exit::Failed | Exit::Stopped => "FAILED",
    }
}

/// What the end of a check means for the exit code.
fn exit_of(ending: Ending) -> Exit {
    match ending {
        Ending::BadScenario => Exit::BadInput,
        Ending::Judged { verdict, limits } if verdict.stands_on_something() => {
            gravest(&[Exit::of(&verdict), backtest::exit_of(&limits)])
        }
        Ending::Judged { .. } => Exit::Failed,
        Ending::Failed(error) => Failure::from(error).exit,
        Ending::EngineFault => Exit::EngineFault,
    }
}

fn table(suites: &[Suite], exits: &[Exit]) -> String {
    let counts = ["passed", "warned", "not judged", "undecided", "failed", "seconds"];
    let mut grid = grid(&[&["", "scenario"][..], &counts].concat());
    for (suite, exit) in suites.iter().zip(exits) {
        let count = |standing| number(suite.count(standing));
        let failed = suite.count(CaseStanding::Failed) + suite.count(CaseStanding::Error);
        grid.add_row(vec![
            Cell::new(word(*exit)),
            Cell::new(&suite.name),
            count(CaseStanding::Passed),
            count(CaseStanding::Warned),
            count(CaseStanding::Skipped),
            count(CaseStanding::Undecided),
            number(failed),
            number(format!("{:.1}", suite.seconds)),
        ]);
    }
    grid.to_string()
}

/// Every case that failed or warned, with where it is written and how to see it again.
fn print_failures(suites: &[Suite]) {
    for suite in suites {
        for case in &suite.cases {
            let word = match case.standing {
                CaseStanding::Failed => "FAIL",
                CaseStanding::Undecided => "undecided",
                CaseStanding::Error => "error",
                CaseStanding::Warned => "warning",
                CaseStanding::Passed | CaseStanding::Skipped => continue,
            };
            let line = case.line.map_or(String::new(), |line| format!(":{line}"));
            outln!("{word}: {}{line}: {} {} {}", case.file, case.kind, case.name, case.sentence);
            if let Some(replay) = &case.replay {
                outln!("  replay: {replay}");
            }
        }
    }
}

/// Writes a report for a CI system; the folder is made if it is missing.
fn write(path: &Path, text: &str, append: bool) -> Result<(), Failure> {
    let failed = |error| Failure::from(Error::at(path)(error));
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).write(true).append(append).truncate(!append);
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}
