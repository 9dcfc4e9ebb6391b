//! `pinwheel report` and `pinwheel card`: the page and the model card of results that are there.

use std::fs;
use std::path::{Path, PathBuf};

use pinwheel_analysis::Error;
use pinwheel_analysis::experiment::result::OpenResult;
use pinwheel_analysis::show::plot;
use pinwheel_analysis::show::report::{self, Report};

use crate::exit::{Exit, Failure};

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
    let results: Vec<OpenResult> =
        args.folders.iter().map(|folder| OpenResult::read(folder)).collect::<Result<_, _>>()?;
    let made = match results.as_slice() {
        [one] => one.report()?,
        several => {
            let all: Vec<_> = several.iter().map(|one| (one.facts(), one.store.table())).collect();
            report::side_by_side(&all)?
        }
    };
    if let Some(folder) = &args.figures {
        plot::export(folder, &made.figures)?;
        outln!("figures: {} in {}", made.figures.len(), folder.display());
    }
    let path = match &args.output {
        Some(path) => {
            write(path, &made)?;
            path.clone()
        }
        None => results[0].put_report(&made)?,
    };
    outln!("report: {}", path.display());
    Ok(Exit::Pass)
}

pub fn card(args: &CardArgs) -> Result<Exit, Failure> {
    let result = OpenResult::read(&args.folder)?;
    out!("{}", result.model_card()?);
    Ok(Exit::Pass)
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
