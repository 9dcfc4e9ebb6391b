//! A figure: a chart with a title, the finding behind it, and a line on how to read it.

use pinwheel_models::describe::figure::Parts;
use pinwheel_models::describe::metric::full_name;
use pinwheel_models::describe::{Figure, FigureKind, Width};

use super::changes;
use super::data::{Data, of_subject};
use super::titles::{at_the_end, finding, largest, of_variants};
use crate::Error;
use crate::html::escape;
use crate::series::Instant;
use crate::show::plot::{
    Bar, BarChart, Drawing, Group, Ink, Layer, Line, LineChart, Marker, Size, StackedChart, Stroke,
};

/// Days over which class bars are averaged.
pub const LATE_DAYS: u32 = 90;

/// A figure that is ready for the page.
pub struct Shown<'s> {
    pub id: &'s str,
    pub title: &'s str,
    /// The finding: the words that follow the title.
    pub finding: String,
    pub size: Size,
    /// Charts, each under its name; the name is empty where there is one.
    pub plots: Vec<(String, Drawing)>,
    /// How to read it.
    pub reading: &'s str,
}

impl Data<'_> {
    /// The figure as HTML; its drawings are kept for the export.
    pub fn figure(&self, shown: Shown<'_>) -> String {
        let Shown { id, title, finding, size, mut plots, reading } = shown;
        let marks = changes::mark(self, &mut plots);
        let class = if size == Size::Full { " class=\"full\"" } else { "" };
        let mut html = format!(
            "<figure id=\"{id}\"{class}><h3>{}<span class=\"tells\">{}</span></h3>\n",
            escape(title),
            escape(&finding)
        );
        let several = plots.len() > 1;
        for (name, drawing) in plots {
            if !name.is_empty() {
                html += &format!("<h4>{}</h4>", escape(&name));
            }
            html += &format!("<div class=\"plot\">{}</div>\n", drawing.svg());
            let file = if several { format!("{id}-{name}") } else { id.to_owned() };
            self.keep(file, drawing);
        }
        html + &format!(
            "<figcaption><b>How to read it.</b> {}{marks}</figcaption></figure>\n",
            escape(reading)
        )
    }
}

/// A chart and what it finding.
struct Drawn {
    drawing: Drawing,
    finding: String,
}

impl Drawn {
    fn of(drawing: Option<Drawing>, finding: String) -> Option<Drawn> {
        drawing.map(|drawing| Drawn { drawing, finding })
    }
}

/// How wide a chart is on the page.
fn size(width: Width) -> Size {
    match width {
        Width::Full => Size::Full,
        Width::Half => Size::Half,
    }
}

/// A figure of a part, ready to be drawn of one subject.
pub struct Drawer<'f> {
    pub figure: &'f Figure,
    /// The id of a network, or empty.
    pub subject: &'f str,
}

impl Drawer<'_> {
    /// The full name of a metric of the subject.
    fn name(&self, metric: &str) -> String {
        full_name(self.subject, metric)
    }

    /// The figure as HTML; `None` when nothing of it was recorded.
    pub fn html(&self, data: &Data<'_>) -> Result<Option<String>, Error> {
        let mut plots = Vec::new();
        let several = data.points().count() > 1;
        match self.figure.kind {
            FigureKind::Single(metric) => {
                plots.extend(self.single(data, metric)?.map(|drawn| (String::new(), drawn)));
            }
            _ => {
                for point in data.points() {
                    let name = if several { point.to_owned() } else { String::new() };
                    plots.extend(self.of_point(data, point)?.map(|drawn| (name, drawn)));
                }
            }
        }
        let Some((_, first)) = plots.first() else { return Ok(None) };
        // One sentence cannot tell what charts of several variants say.
        let finding = if plots.len() == 1 { first.finding.clone() } else { String::new() };
        let plots = plots.into_iter().map(|(name, drawn)| (name, drawn.drawing)).collect();
        let Figure { id, title, width, reading, .. } = *self.figure;
        let size = size(width);
        let id = &of_subject(id, self.subject);
        Ok(Some(data.figure(Shown { id, title, finding, size, plots, reading })))
    }

    fn single(&self, data: &Data<'_>, metric: &str) -> Result<Option<Drawn>, Error> {
        let metric = &self.name(metric);
        let mut lines = Vec::new();
        let several = data.points().count() > 1;
        for (place, point) in data.points().enumerate() {
            if let Some(line) = data.line((point, metric, ""), self.figure.mean_days)? {
                let label = if several { point } else { "" };
                lines.push(Line { label: label.to_owned(), ink: Ink::Series(place), ..line });
            }
        }
        if lines.iter().all(silent) {
            return Ok(None);
        }
        let rows = lines.first().map_or(0, |line| line.points.len());
        let observed = data.observed(metric, rows)?;
        let unit = match self.figure.unit {
            "" => data.unit(metric),
            unit => unit.into(),
        };
        let unit = unit.as_ref();
        let finding = match lines.as_slice() {
            [line] => finding(self.figure.finding, line, observed.as_ref(), unit),
            lines => of_variants(lines, unit),
        };
        if let Some(observed) = observed {
            lines.iter_mut().filter(|line| line.label.is_empty()).for_each(|line| {
                line.label = "simulated".to_owned();
            });
            lines.push(observed);
        }
        Ok(Drawn::of(self.chart(data, unit, lines).drawing(size(self.figure.width)), finding))
    }

    fn of_point(&self, data: &Data<'_>, point: &str) -> Result<Option<Drawn>, Error> {
        match self.figure.kind {
            FigureKind::Single(_) => Ok(None),
            FigureKind::Several(parts) => {
                let lines = self.parts(data, point, parts, "")?;
                let unit = &data.unit(&self.name(parts[0].0));
                let finding = at_the_end(&lines, unit);
                Ok(Drawn::of(
                    self.chart(data, unit, lines).drawing(size(self.figure.width)),
                    finding,
                ))
            }
            FigureKind::Classes(metric) => {
                let metric = &self.name(metric);
                let mut lines = Vec::new();
                for (place, class) in data.classes(point, metric)?.iter().enumerate() {
                    let line = data.line((point, metric, class), self.figure.mean_days)?;
                    let (label, ink) = (class.clone(), Ink::Series(place));
                    lines.extend(line.map(|line| Line { label, ink, ..line }));
                }
                let unit = &data.unit(metric);
                let finding = largest(&lines, unit);
                Ok(Drawn::of(
                    self.chart(data, unit, lines).drawing(size(self.figure.width)),
                    finding,
                ))
            }
            FigureKind::Stack { parts, rest, cap } => {
                let lines = self.parts(data, point, parts, rest)?;
                let finding = at_the_end(&lines, &data.unit(&self.name(parts[0].0)));
                let chart = StackedChart {
                    title: self.figure.title.to_owned(),
                    unit: data.unit(&self.name(parts[0].0)).into_owned(),
                    layers: layers(lines),
                    cap: cap.map(|(value, label)| (value, label.to_owned())),
                };
                Ok(Drawn::of(chart.drawing(size(self.figure.width)), finding))
            }
            FigureKind::ClassBars(parts) => {
                Ok(Drawn::of(self.class_bars(data, point, parts)?, String::new()))
            }
        }
    }

    /// The recorded parts that are not zero throughout, each in the colour of its place; `rest` is
    /// the metric of the one that is pale.
    fn parts(
        &self,
        data: &Data<'_>,
        point: &str,
        parts: Parts,
        rest: &str,
    ) -> Result<Vec<Line>, Error> {
        let mut lines = Vec::new();
        for (place, (metric, name)) in parts.iter().enumerate() {
            let line = data.line((point, &self.name(metric), ""), self.figure.mean_days)?;
            let line = line.filter(|line| !silent(line));
            let ink = if **metric == *rest { Ink::Rest } else { Ink::Series(place) };
            let (label, stroke) = ((*name).to_owned(), Stroke::Bold);
            lines.extend(line.map(|line| Line { label, ink, stroke, ..line }));
        }
        Ok(lines)
    }

    fn chart(&self, data: &Data<'_>, unit: &str, lines: Vec<Line>) -> LineChart {
        LineChart {
            title: self.figure.title.to_owned(),
            unit: unit.to_owned(),
            lines: lines.into_iter().map(Line::thinned).collect(),
            markers: markers(data),
            from_zero: self.figure.from_zero,
        }
    }

    fn class_bars(
        &self,
        data: &Data<'_>,
        point: &str,
        parts: Parts,
    ) -> Result<Option<Drawing>, Error> {
        let mut groups = Vec::new();
        for class in data.classes(point, &self.name(parts[0].0))? {
            let mut bars = Vec::new();
            for (place, (metric, _)) in parts.iter().enumerate() {
                let mean = data.late_mean(point, &self.name(metric), &class, LATE_DAYS)?;
                let Some(value) = mean else { return Ok(None) };
                bars.push(Bar { ink: Ink::Series(place), value });
            }
            groups.push(Group { label: class, bars });
        }
        let legend = parts.iter().enumerate();
        let chart = BarChart {
            title: self.figure.title.to_owned(),
            unit: data.unit(&self.name(parts[0].0)).into_owned(),
            legend: legend.map(|(i, (_, name))| ((*name).to_owned(), Ink::Series(i))).collect(),
            groups,
        };
        Ok(chart.drawing(size(self.figure.width)))
    }
}

/// The layers of a stack, thinned at the same instants so that they still add up.
fn layers(lines: Vec<Line>) -> Vec<Layer> {
    let longest = lines.iter().map(|line| line.points.len()).max().unwrap_or(0);
    let every = longest.div_ceil(360).max(1);
    let layer = |line: Line| {
        let Line { label, ink, points, .. } = line;
        let last = points.len().saturating_sub(1);
        let kept = points.into_iter().enumerate();
        let kept = kept.filter(|(place, _)| place % every == 0 || *place == last);
        Layer { label, ink, points: kept.map(|(_, point)| point).collect() }
    };
    lines.into_iter().map(layer).collect()
}

/// Where calibration ends, if targets are told apart there.
pub fn markers(data: &Data<'_>) -> Vec<Marker> {
    let split = data.facts.manifest.verdict_from.filter(|_| data.facts.verdict.has_windows());
    let marker = |date| Marker {
        at: Instant::of_date(date),
        label: "\u{2190} calibrated \u{b7} verdict \u{2192}".to_owned(),
    };
    split.map(marker).into_iter().collect()
}

/// Whether a line is zero throughout.
pub fn silent(line: &Line) -> bool {
    line.points.iter().all(|(_, value)| *value == 0.0)
}
