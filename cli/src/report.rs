//! `pinwheel report` and `pinwheel card`: the page and the model card of results that are there.

use std::fs;
use std::path::{Path, PathBuf};

use pinwheel_analysis::Error;
use pinwheel_analysis::outcomes::OutcomeTable;
use pinwheel_analysis::plot;
use pinwheel_analysis::report::{self, Facts, Report};
use pinwheel_analysis::store::{OUTCOMES, REPORT, Staging, Store};
use pinwheel_analysis::verdict::Verdict;

use crate::exit::{Exit, Failure};
use crate::network;

/// Make the report of a result again, or one page of several results.
#[derive(clap::Args)]
#[command(after_help = "\
Nothing is simulated: the page is made of the files in the folder, which are compared with their
hashes first. Without -o the report of a single result takes its place in the folder, whose
manifest then names the new file; the folder is replaced whole.

Examples:
  pinwheel report out/filecoin-history
  pinwheel report out/filecoin-history --figures figures
  pinwheel report out/today out/tomorrow -o both.html")]
pub struct Args {
    /// Folders of results
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// File of the page [default: DIR/report.html; needed for several results]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Folder into which every figure goes as SVG and PNG
    #[arg(long, value_name = "DIR")]
    figures: Option<PathBuf>,
}

/// Print the model card of a result as Markdown.
#[derive(clap::Args)]
#[command(after_help = "\
The card follows the ODD protocol and STRESS-DES: purpose, entities, process, inputs with hashes,
parameters with sources, what is not modelled, replications and their precision, machine.

Example:
  pinwheel card out/filecoin-history > card.md")]
pub struct CardArgs {
    /// Folder of a result
    folder: PathBuf,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    if args.folders.len() > 1 && args.output.is_none() {
        let message = "several results have no folder in common; name the page with -o FILE";
        return Err(Failure::bad_input(message.to_owned()));
    }
    let results: Vec<Opened> =
        args.folders.iter().map(|folder| Opened::read(folder)).collect::<Result<_, _>>()?;
    let made = match results.as_slice() {
        [one] => report::render(&one.facts(), one.store.table())?,
        several => {
            let all: Vec<_> = several.iter().map(|one| (one.facts(), one.store.table())).collect();
            report::side_by_side(&all)?
        }
    };
    if let Some(folder) = &args.figures {
        plot::export(folder, &made.figures)?;
        println!("figures: {} in {}", made.figures.len(), folder.display());
    }
    let path = match &args.output {
        Some(path) => {
            write(path, &made)?;
            path.clone()
        }
        None => into_folder(&results[0], &made)?,
    };
    println!("report: {}", path.display());
    Ok(Exit::Pass)
}

pub fn card(args: &CardArgs) -> Result<Exit, Failure> {
    let result = Opened::read(&args.folder)?;
    print!("{}", report::model_card(&result.facts(), result.store.table())?);
    Ok(Exit::Pass)
}

/// A result with what its report needs.
struct Opened {
    store: Store,
    verdict: Verdict,
    outcomes: OutcomeTable,
}

impl Opened {
    fn read(folder: &Path) -> Result<Self, Failure> {
        let store = Store::open_to_report(folder)?;
        let verdict = store.verdict()?;
        let outcomes = OutcomeTable::read(&folder.join(OUTCOMES))?;
        Ok(Opened { store, verdict, outcomes })
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            metrics: network::metrics(),
            verdict: &self.verdict,
            manifest: &self.store.manifest,
            outcomes: &self.outcomes,
            folder: self.store.folder.display().to_string(),
        }
    }
}

/// Writes beside the file and renames, so that the file is whole or as it was.
fn write(path: &Path, made: &Report) -> Result<(), Failure> {
    if path.is_dir() {
        let message = format!("{} is a folder; name a file with -o", path.display());
        return Err(Failure::bad_input(message));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.partial"));
    fs::write(&beside, &made.html).map_err(Error::at(&beside))?;
    Ok(fs::rename(&beside, path).map_err(Error::at(path))?)
}

/// Replaces the folder by one with the new page: its other files are the same ones.
fn into_folder(result: &Opened, made: &Report) -> Result<PathBuf, Error> {
    let Store { folder, manifest, .. } = &result.store;
    let staging = Staging::begin(folder)?;
    for file in manifest.files.iter().filter(|file| file.name != REPORT) {
        staging.adopt(&file.name)?;
    }
    staging.write(REPORT, made.html.as_bytes())?;
    staging.publish(manifest.clone())?;
    Ok(folder.join(REPORT))
}
