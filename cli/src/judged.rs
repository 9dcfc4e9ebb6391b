//! `pinwheel check --run`: every scenario run and judged, told to people and to CI systems.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use comfy_table::Cell;
use pinwheel_analysis::ci::{self, CaseStanding, Suite};
use pinwheel_models::scenario;

use crate::check::{Args, stands};
use crate::exit::{Exit, Failure};
use crate::run;
use crate::summary::{grid, number};

/// Runs every scenario that can be read, and tells how each ended.
pub fn run(args: &Args, files: &[PathBuf]) -> Result<Exit, Failure> {
    let stop = run::stop_flag();
    let (mut suites, mut exits) = (Vec::new(), Vec::new());
    let mut names = BTreeMap::new();
    for (place, file) in files.iter().enumerate() {
        eprint!("{}/{} {} ... ", place + 1, files.len(), file.display());
        let (suite, exit) = one(args, file, &mut names, &stop)?;
        eprintln!("{} in {:.1} s", word(exit), suite.seconds);
        suites.push(suite);
        exits.push(exit);
    }
    println!("{}", table(&suites, &exits));
    tell_failures(&suites);
    if args.github {
        ci::annotations(&suites).iter().for_each(|line| println!("{line}"));
    }
    if let Some(path) = &args.junit {
        write(path, &ci::junit(&suites), false)?;
    }
    if let Some(path) = &args.summary {
        write(path, &ci::summary(&suites), true)?;
    }
    let passed = exits.iter().filter(|exit| **exit == Exit::Pass).count();
    println!("{passed} passed, {} failed", exits.len() - passed);
    Ok(gravest(&exits))
}

/// What the exit code tells if several scenarios end differently.
pub fn gravest(exits: &[Exit]) -> Exit {
    use Exit::{BadInput, Baseline, EngineFault, Failed, Pass};
    let order = [EngineFault, BadInput, Failed, Baseline];
    order.into_iter().find(|exit| exits.contains(exit)).unwrap_or(Pass)
}

fn word(exit: Exit) -> &'static str {
    match exit {
        Exit::Pass => "passed",
        Exit::BadInput => "BAD SCENARIO",
        Exit::EngineFault => "ENGINE FAULT",
        Exit::Baseline => "CHANGED",
        Exit::Failed | Exit::Stopped => "FAILED",
    }
}

/// Runs one scenario. A fault of it is part of the result; only a stop ends everything.
fn one<'f>(
    args: &Args,
    file: &'f Path,
    names: &mut BTreeMap<String, &'f Path>,
    stop: &AtomicBool,
) -> Result<(Suite, Exit), Failure> {
    let size = args.size.iter().map(|size| ("run.size".to_owned(), size.clone()));
    let overrides: Vec<_> = size.collect();
    let shown = file.display().to_string();
    let experiment = match scenario::load(file, &overrides) {
        Ok(experiment) => experiment,
        Err(faults) => return Ok((Suite::bad(&shown, &faults), Exit::BadInput)),
    };
    let name = experiment.name;
    // Each result has the folder of its name.
    if let Some(other) = names.insert(name.clone(), file) {
        let other = other.display();
        let message = format!("{other} is named {name} too; give each its own meta.name");
        return Ok((Suite::broken(&name, &shown, &message), Exit::BadInput));
    }
    let run_args = run::Args::quiet(file, args.output.join(&name), overrides);
    // A panic of one scenario must not hide what the others have to say.
    let done = catch_unwind(AssertUnwindSafe(|| run::execute(&run_args, stop)));
    let failure = match done {
        Ok(Ok((verdict, manifest))) => {
            let text = fs::read_to_string(file).unwrap_or_default();
            let suite = Suite::judged(&name, &shown, &text, manifest.wall_seconds, &verdict);
            let exit = if stands(&verdict) { Exit::of(&verdict) } else { Exit::Failed };
            return Ok((suite, exit));
        }
        Ok(Err(failure)) if failure.exit == Exit::Stopped => return Err(failure),
        Ok(Err(failure)) => failure,
        Err(_) => {
            let message = "pinwheel is at fault; nothing was written".to_owned();
            Failure { exit: Exit::EngineFault, message }
        }
    };
    Ok((Suite::broken(&name, &shown, &failure.message), failure.exit))
}

fn table(suites: &[Suite], exits: &[Exit]) -> String {
    let mut grid = grid(&["", "scenario", "passed", "warned", "not judged", "failed", "seconds"]);
    for (suite, exit) in suites.iter().zip(exits) {
        let count = |standing| number(suite.count(standing));
        let failed = suite.count(CaseStanding::Failed) + suite.count(CaseStanding::Error);
        grid.add_row(vec![
            Cell::new(word(*exit)),
            Cell::new(&suite.name),
            count(CaseStanding::Passed),
            count(CaseStanding::Warned),
            count(CaseStanding::Skipped),
            number(failed),
            number(format!("{:.1}", suite.seconds)),
        ]);
    }
    grid.to_string()
}

/// Every case that failed or warned, with where it is written and how to see it again.
fn tell_failures(suites: &[Suite]) {
    for suite in suites {
        for case in &suite.cases {
            let word = match case.standing {
                CaseStanding::Failed => "FAIL",
                CaseStanding::Error => "error",
                CaseStanding::Warned => "warning",
                CaseStanding::Passed | CaseStanding::Skipped => continue,
            };
            let line = case.line.map_or(String::new(), |line| format!(":{line}"));
            println!("{word}: {}{line}: {} {} {}", case.file, case.kind, case.name, case.sentence);
            if let Some(replay) = &case.replay {
                println!("  replay: {replay}");
            }
        }
    }
}

/// Writes a report for a CI system; the folder is made if it is missing.
fn write(path: &Path, text: &str, append: bool) -> Result<(), Failure> {
    let bad = |error| Failure::bad_input(format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(bad)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).write(true).append(append).truncate(!append);
    let mut file = options.open(path).map_err(bad)?;
    file.write_all(text.as_bytes()).map_err(bad)
}
