//! Charts: marks in CSS pixels ([`Drawing`]), shown as inline SVG whose text scales and whose
//! colours follow the page's light or dark theme, or kept as SVG and PNG files.

pub mod axis;
mod bars;
mod canvas;
mod drawing;
mod line;
mod scaling;
mod stacked;
mod theme;

pub use bars::{Bar, BarChart, Group};
pub use canvas::Size;
pub use drawing::{Drawing, Hang, Mark, Point};
pub use line::{Line, LineChart, Marker, Stroke};
pub use scaling::{Curve, ScalingChart};
pub use stacked::{Layer, StackedChart};
pub use theme::{Ink, standalone};

/// Pixels of an SVG's coordinates per CSS pixel.
pub const SCALE: i32 = 3;
