//! What a report draws of a part, as plain data: chapters of figures, and the numbers that sum a
//! run up. Each part lists its own in the file `figures.rs` of its folder.

use super::metric::{Goal, Section};

/// Metrics with the names they carry in a chart.
pub type Parts = &'static [(&'static str, &'static str)];

/// How wide a figure is on a page.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Width {
    /// The whole width of the text.
    Full,
    /// Half of it, so that two figures stand side by side.
    Half,
}

/// What the title of a figure tells of its line.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The first and the last value.
    Moved,
    /// The median and the largest value.
    Peak,
    /// The mean.
    Mean,
}

/// What a figure draws.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum FigureKind {
    /// One metric: a line for each variant, what was observed over it.
    Single(&'static str),
    /// Several metrics side by side, a chart for each variant.
    Several(Parts),
    /// Parts of a whole, a chart for each variant.
    Stack {
        /// The parts, from the lowest up.
        parts: Parts,
        /// The metric of what is left over, drawn in a pale colour; empty if there is none.
        rest: &'static str,
        /// The most the whole can be, with its label.
        cap: Option<(f64, &'static str)>,
    },
    /// One metric by class, a chart for each variant.
    Classes(&'static str),
    /// Means over the last days by class, a chart for each variant.
    ClassBars(Parts),
}

/// A chart with a title, and a line on how to read it.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Figure {
    /// Unique on a page: the anchor of links and the name of exported files.
    pub id: &'static str,
    /// What is shown.
    pub title: &'static str,
    /// What is drawn.
    pub kind: FigureKind,
    /// How wide it is.
    pub width: Width,
    /// Whether the axis of values begins at zero.
    pub from_zero: bool,
    /// Trailing mean in days; 1 shows the values as they are.
    pub mean_days: u32,
    /// What the title tells.
    pub finding: Finding,
    /// The unit that is shown, where it is not the metric's; empty for the metric's.
    pub unit: &'static str,
    /// How to read it.
    pub reading: &'static str,
}

impl Figure {
    /// The same with an axis that begins near the least value.
    pub const fn close_up(self) -> Self {
        Figure { from_zero: false, ..self }
    }

    /// The same with trailing means over this many days.
    pub const fn smooth(self, mean_days: u32) -> Self {
        Figure { mean_days, ..self }
    }

    /// The same with another finding in its title.
    pub const fn finding(self, finding: Finding) -> Self {
        Figure { finding, ..self }
    }

    /// The same for a metric of unit "1" that is a share.
    pub const fn share(self) -> Self {
        Figure { unit: "share", ..self }
    }

    /// The metrics it draws.
    pub fn metrics(&self) -> impl Iterator<Item = &'static str> {
        let (single, parts): (Option<&'static str>, Parts) = match self.kind {
            FigureKind::Single(metric) | FigureKind::Classes(metric) => (Some(metric), &[]),
            FigureKind::Several(parts)
            | FigureKind::Stack { parts, .. }
            | FigureKind::ClassBars(parts) => (None, parts),
        };
        single.into_iter().chain(parts.iter().map(|(metric, _)| *metric))
    }
}

/// A figure that shows values from zero on as they are, and tells how far they moved.
pub const fn figure(
    id: &'static str,
    title: &'static str,
    width: Width,
    kind: FigureKind,
    reading: &'static str,
) -> Figure {
    Figure {
        id,
        title,
        kind,
        width,
        from_zero: true,
        mean_days: 1,
        finding: Finding::Moved,
        unit: "",
        reading,
    }
}

/// Figures under one heading.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Chapter {
    /// Unique on a page: the anchor of links.
    pub id: &'static str,
    /// The section of the report that it stands in.
    pub section: Section,
    /// Its heading.
    pub title: &'static str,
    /// One sentence under the heading.
    pub lead: &'static str,
    /// Its figures, in order.
    pub figures: &'static [Figure],
}

/// A metric whose last value sums a run up: findings, comparisons and sensitivity rest on these.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Headline {
    /// The metric, without a label.
    pub metric: &'static str,
    /// What it is, at the beginning of a sentence: "The pledge of a 32 GiB sector".
    pub words: &'static str,
    /// Which way is better, where one is.
    pub goal: Option<Goal>,
}

/// A headline of which neither way is better.
pub const fn headline(metric: &'static str, words: &'static str) -> Headline {
    Headline { metric, words, goal: None }
}

/// A headline that is better the higher it is.
pub const fn higher(metric: &'static str, words: &'static str) -> Headline {
    Headline { metric, words, goal: Some(Goal::Higher) }
}

/// A headline that is better the lower it is.
pub const fn lower(metric: &'static str, words: &'static str) -> Headline {
    Headline { metric, words, goal: Some(Goal::Lower) }
}
