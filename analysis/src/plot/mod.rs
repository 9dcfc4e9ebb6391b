//! Charts as inline SVG: text that scales, colours that follow the page's light or dark theme.
//!
//! `plotters` draws; nothing outside this module knows it. Its SVG coordinates are whole pixels,
//! so everything is drawn [`SCALE`] times larger and scaled back by the `viewBox`.

pub mod axis;
mod bars;
mod canvas;
mod line;
mod scaling;
mod stacked;
mod theme;

pub use bars::{Bar, BarChart, Group};
pub use canvas::Size;
pub use line::{Line, LineChart, Marker, Stroke};
pub use scaling::{Curve, ScalingChart};
pub use stacked::{Layer, StackedChart};
pub use theme::{Ink, standalone};

/// Device pixels per CSS pixel of a drawing.
pub const SCALE: i32 = 3;
