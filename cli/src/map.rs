//! `pinwheel map`: the devices of a result on one page, over time.

use std::fs;
use std::path::PathBuf;

use pinwheel_analysis::Error;
use pinwheel_analysis::record::manifest::MAP;
use pinwheel_analysis::record::store::Store;
use pinwheel_analysis::show::map;

use crate::exit::{Exit, Failure};

/// Write a page that shows the devices of a result on a map, over time.
#[derive(clap::Args)]
#[command(after_help = "\
The scenario must have asked for it with [infrastructure.map]. The page is one file that needs no
network, and no server.

Example:
  pinwheel run scenarios/infra/map.toml -o out/map
  pinwheel map out/map -o map.html")]
pub struct Args {
    /// Folder of a result
    folder: PathBuf,
    /// File of the page [default: map.html in the folder]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Variant or point [default: the first]
    #[arg(long, value_name = "NAME")]
    point: Option<String>,
    /// Number of the run
    #[arg(long, value_name = "N", default_value_t = 0)]
    run: u32,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let store = Store::open(&args.folder)?;
    let points: Vec<&str> = store.manifest.points.iter().map(|point| point.id.as_str()).collect();
    let point = match &args.point {
        Some(name) if points.contains(&name.as_str()) => name.as_str(),
        Some(name) => {
            let known = points.iter().take(8).copied().collect::<Vec<_>>().join(", ");
            let message = format!("no point is named \"{name}\"; there are: {known}");
            return Err(Failure::bad_input(message));
        }
        None => {
            points.first().copied().ok_or_else(|| Failure::bad_input("a result without points"))?
        }
    };
    let runs = store.manifest.runs_per_point;
    if args.run >= runs {
        let message = format!("--run {}: the runs are 0 to {}", args.run, runs.saturating_sub(1));
        return Err(Failure::bad_input(message));
    }
    let html = map::render(&store, point, args.run)?;
    let output = args.output.clone().unwrap_or_else(|| args.folder.join(MAP));
    fs::write(&output, html).map_err(Error::at(&output))?;
    outln!("{}", output.display());
    Ok(Exit::Pass)
}
