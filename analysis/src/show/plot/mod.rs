//! Charts: marks in CSS pixels ([`Drawing`]), shown as inline SVG whose text scales and whose
//! colours follow the page's light or dark theme, or kept as SVG and PNG files.

pub mod axis;
mod bars;
mod canvas;
mod difference;
mod drawing;
mod export;
mod fan;
mod heat;
#[cfg(test)]
mod legible;
mod line;
mod sankey;
mod scaling;
mod scatter;
mod stacked;
mod strip;
mod theme;
mod tornado;

pub use bars::{Bar, BarChart, Group};
pub use canvas::Size;
pub use difference::{DifferenceChart, PairedDifference};
pub use drawing::{Drawing, Hang, Mark, Point, Reading};
pub use export::export;
pub use fan::FanChart;
pub use heat::HeatMap;
pub use line::{Line, LineChart, Marker, Stroke};
pub use sankey::{Flow, SankeyChart};
pub use scaling::{Curve, ScalingChart};
pub use scatter::{Cloud, ScatterChart};
pub use stacked::{Layer, StackedChart};
pub use strip::{Strip, StripChart};
pub use theme::{Ink, standalone};
pub use tornado::{Reach, TornadoChart, TornadoRow};

/// What gives the charts over dates of a page a readout under the pointer and a closer look. They
/// are whole without it.
pub const SCRIPT: &str = include_str!("chart.js");

/// Pixels of an SVG's coordinates per CSS pixel.
pub const SCALE: i32 = 3;
