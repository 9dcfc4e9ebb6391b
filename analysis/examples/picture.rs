//! Draws the picture of the README from a result of `scenarios/filecoin/history.toml`:
//! `cargo run --release -p pinwheel-analysis --example picture -- out/filecoin-history
//! docs/power.svg`

#![forbid(unsafe_code)]

use std::error::Error;
use std::path::Path;

use jiff::civil::date;
use pinwheel_analysis::record::store::Store;
use pinwheel_analysis::series::Instant;
use pinwheel_analysis::show::plot::{Ink, Line, LineChart, Marker, Size, Stroke, standalone};
use pinwheel_models::describe::metric::OBSERVED_LABEL;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, picture] = arguments.as_slice() else {
        return Err("usage: picture RESULT_FOLDER FILE.svg".into());
    };
    let store = Store::open(Path::new(folder))?;
    let point = &store.manifest.runs.first().ok_or("a result without a run")?.point;
    let line = |metric: &str, label: &str, name: &str, ink, stroke| {
        store.series(point, 0, metric, label).map(|points| Line {
            label: name.to_owned(),
            ink,
            stroke,
            points,
            band: vec![],
        })
    };
    let chart = LineChart {
        title: "Filecoin's power, simulated over real".to_owned(),
        unit: "EiB".to_owned(),
        lines: vec![
            line("qa_power", "", "quality-adjusted, simulated", Ink::Series(1), Stroke::Bold)?,
            line(
                "qa_power",
                OBSERVED_LABEL,
                "quality-adjusted, real",
                Ink::Observed,
                Stroke::Thin,
            )?,
            line("raw_power", OBSERVED_LABEL, "raw, real", Ink::Observed, Stroke::Thin)?,
            line("raw_power", "", "raw, simulated", Ink::Series(0), Stroke::Bold)?,
        ],
        markers: vec![Marker {
            at: Instant::of_date(date(2024, 1, 1)),
            label: "\u{2190} calibrated \u{b7} verdict \u{2192}".to_owned(),
        }],
        from_zero: true,
    };
    let svg = chart.draw(Size::Full).ok_or("the result has no power to draw")?;
    std::fs::write(picture, standalone(&svg, Size::Full.pixels()))?;
    Ok(())
}
