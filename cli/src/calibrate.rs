//! `pinwheel calibrate`: keys of a scenario fitted to an observed series, told with the error on
//! days that the fit did not see.

use std::path::PathBuf;

use pinwheel_analysis::experiment::Control;
use pinwheel_analysis::experiment::calibrate::{Calibrated, calibrate, section, sets};
use pinwheel_analysis::question::calibrate::REFUSED;
use pinwheel_analysis::run::ensemble::Unwatched;
use pinwheel_models::scenario::calibration::{Calibration, Loss};

use crate::exit::{Exit, Failure};
use crate::input::{Input, Threads};
use crate::run::stop_flag;

/// Fit keys of a scenario to what was observed.
#[derive(clap::Args)]
#[command(after_help = "\
The scenario has a [calibration] section: the keys with their ranges, the metric, and the first day
of the verdict window. The fit sees only days before it, with the same seeds at every evaluation;
the error on the verdict window is measured once, with the fitted values. The folder holds
calibration.json and evaluations.csv; it appears whole or not at all.

Example:
  pinwheel calibrate scenarios/filecoin/calibration.toml")]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// Folder of the result [default: out/<scenario name>]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    threads: Threads,
    /// No progress and no summary
    #[arg(short, long)]
    quiet: bool,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let study = args.input.load()?;
    let calibration = section(&study)?;
    let folder = args.output.clone().unwrap_or_else(|| study.default_folder());
    let stop = stop_flag();
    let control = Control { threads: args.threads.count(), stop: &stop, watcher: &Unwatched };
    let evaluated = |count: u32, unit: &[f64], loss: f64| {
        if !args.quiet {
            let (all, keys) = (calibration.evaluations, sets(calibration, unit));
            eprintln!("{count} of {all}: {keys}  loss {}", format_loss(loss));
        }
    };
    let found = calibrate(&study, &folder, &control, &evaluated)?;
    if !args.quiet {
        out!("{}", text(args, calibration, &found));
    }
    outln!("{}", sets(calibration, &found.fit.best.unit));
    Ok(Exit::Pass)
}

fn format_loss(loss: f64) -> String {
    if loss >= REFUSED {
        "refused: a check broke".to_owned()
    } else {
        format!("{:.3} %", 100.0 * loss)
    }
}

fn text(
    args: &Args,
    calibration: &Calibration,
    Calibrated { fit, before, after }: &Calibrated,
) -> String {
    let what = match calibration.loss {
        Loss::MeanAbsoluteError => "mean absolute error",
        Loss::GrowthError => "error of the growth",
    };
    let mut text = format!(
        "{what} of {}            as it stands   fitted\n  {} to {} (the fit)      {:>9}   {:>9}\n  \
         from {} (the verdict)           {:>9}   {:>9}\n{} evaluations\n",
        calibration.metric,
        calibration.from,
        calibration.verdict_from.yesterday().unwrap_or(calibration.verdict_from),
        format_loss(before.fit),
        format_loss(after.fit),
        calibration.verdict_from,
        format_loss(before.verdict),
        format_loss(after.verdict),
        fit.evaluations.len(),
    );
    for (range, &unit) in calibration.fit.iter().zip(&fit.best.unit) {
        let edge = !(0.01..=0.99).contains(&unit);
        text += &format!(
            "  {} = {}   allowed {} to {} {}{}\n",
            range.key,
            range.argument(unit),
            range.low,
            range.high,
            range.unit,
            if edge { ": at the end of its range" } else { "" }
        );
    }
    text + &format!("pinwheel run {} \\\n", args.input.file.display())
}
