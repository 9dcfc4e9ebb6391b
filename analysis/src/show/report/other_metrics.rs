//! What the layers measured: every metric without a figure of its own in the chapters, as one
//! table of last values and, where there is something to compare or to follow, a chart each.

use std::borrow::Cow;

use super::changes;
use super::data::{Data, End};
use super::figure::{Shown, silent};
use super::numbers::words_of;
use super::titles::{at_the_end, largest};
use crate::Error;
use crate::html::{Cell, table};
use crate::show::map::is_for_map;
use crate::show::plot::{Bar, BarChart, Drawing, Group, Ink, Line, LineChart, Size};
use crate::wording::{format_number, sentence_case};
use pinwheel_models::describe::{MetricSpec, Section};

/// A series of this many values is followed over time; a shorter one is compared at its end.
const FOLLOWED_MIN: usize = 5;
/// Most classes in one chart; the table has all.
const CLASSES_MAX: usize = 16;

/// Rows of one metric in the table.
const ROWS_MAX: usize = 24;

/// The metrics of one section that have no figure of their own: figures, then a table.
pub fn other_metrics(data: &Data<'_>, place: Section) -> Result<String, Error> {
    let (mut rows, mut figures) = (Vec::new(), String::new());
    let mine = |spec: &&MetricSpec| {
        !is_for_map(spec.name)
            && spec.name != changes::METRIC
            && data.figure_of(spec.name).is_none()
            && spec.section == place
    };
    let named =
        |spec: &'static MetricSpec| data.names(spec.name).into_iter().map(move |name| (name, spec));
    for (name, spec) in data.facts.parts.metrics().filter(mine).flat_map(named) {
        let series = MetricSeries::of(data, name, spec)?;
        rows.extend(series.rows());
        figures.extend(series.figure(data)?);
    }
    if rows.is_empty() {
        return Ok(String::new());
    }
    let points: Vec<&str> = data.points().collect();
    let headings: Vec<String> = match points.as_slice() {
        [_] => vec!["#Last value".to_owned()],
        points => points.iter().map(|point| format!("#{point}")).collect(),
    };
    let headings = ["Metric", "Of", "Unit"].into_iter().chain(headings.iter().map(String::as_str));
    let lead = match data.runs_of_line() {
        1 => "",
        _ => {
            "<p class=\"lead\">Last values: the median over the runs, with 5&nbsp;% to 95&nbsp;% \
              of them in brackets.</p>\n"
        }
    };
    Ok(format!(
        "<div class=\"figures\">\n{figures}</div>\n{lead}{}",
        table(&headings.collect::<Vec<_>>(), &rows)
    ))
}

/// One metric: its labels, and for each the ends of all points.
struct MetricSeries<'a> {
    /// With its subject, where it has one.
    name: &'a str,
    spec: &'a MetricSpec,
    unit: Cow<'static, str>,
    points: Vec<&'a str>,
    ends: Vec<(String, Vec<Option<End>>)>,
}

impl<'a> MetricSeries<'a> {
    fn of(data: &'a Data<'_>, name: &'a str, spec: &'a MetricSpec) -> Result<Self, Error> {
        let points: Vec<&str> = data.points().collect();
        let mut labels: Vec<String> = Vec::new();
        for point in &points {
            for label in data.labels(point, name)? {
                if !labels.contains(&label) {
                    labels.push(label);
                }
            }
        }
        let mut ends = Vec::new();
        for label in labels {
            let of = |point: &&str| data.end(point, name, &label);
            let row = points.iter().map(of).collect::<Result<Vec<_>, _>>()?;
            ends.push((label, row));
        }
        let unit = data.facts.manifest.unit(name, data.facts.parts);
        Ok(MetricSeries { name, spec, unit, points, ends })
    }

    fn rows(&self) -> Vec<Vec<Cell>> {
        let row = |(place, (label, ends)): (usize, &(String, Vec<Option<End>>))| {
            let name = if place == 0 { self.name } else { "" };
            let unit = if self.unit == "1" { "" } else { &self.unit };
            let mut cells = vec![Cell::Code(name.to_owned()), Cell::text(label), Cell::text(unit)];
            cells.extend(ends.iter().map(|end| Cell::number(end.map_or(String::new(), shown))));
            cells
        };
        let mut rows: Vec<Vec<Cell>> =
            self.ends.iter().take(ROWS_MAX).enumerate().map(row).collect();
        if let Some(more) = self.ends.len().checked_sub(ROWS_MAX).filter(|more| *more > 0) {
            rows.push(vec![Cell::text(""), Cell::text(format!("and {more} more")), Cell::text("")]);
        }
        rows
    }

    fn figure(&self, data: &Data<'_>) -> Result<Option<String>, Error> {
        let longest = self.longest(data)?;
        let (drawing, finding) = match longest >= FOLLOWED_MIN {
            true => self.lines(data)?,
            false => (self.bars(data), String::new()),
        };
        let Some(drawing) = drawing else { return Ok(None) };
        Ok(Some(data.figure(Shown {
            id: &format!("measured-{}", self.name.replace('.', "-")),
            title: &words_of(self.name, &sentence_case(&self.spec.name.replace('_', " "))),
            finding,
            size: Size::Half,
            plots: vec![(String::new(), drawing)],
            reading: self.spec.about,
        })))
    }

    fn longest(&self, data: &Data<'_>) -> Result<usize, Error> {
        let mut longest = 0;
        for (label, _) in &self.ends {
            for point in &self.points {
                let runs = data.runs(point, self.name, label)?;
                longest = longest.max(runs.first().map_or(0, Vec::len));
            }
        }
        Ok(longest)
    }

    /// A line for each label and variant over time.
    fn lines(&self, data: &Data<'_>) -> Result<(Option<Drawing>, String), Error> {
        let mut lines = Vec::new();
        for (label, _) in &self.ends {
            for point in &self.points {
                let Some(line) = data.line((point, self.name, label), 1)? else { continue };
                let label = match (self.points.len(), label.is_empty()) {
                    (1, true) if self.ends.len() > 1 => "all".to_owned(),
                    (1, _) => label.clone(),
                    (_, true) => (*point).to_owned(),
                    (_, false) => format!("{label}, {point}"),
                };
                lines.push(Line { label, ink: Ink::Series(lines.len()), ..line });
            }
        }
        if lines.is_empty() || lines.len() > CLASSES_MAX || lines.iter().all(silent) {
            return Ok((None, String::new()));
        }
        let unit = &data.unit(self.name);
        let finding =
            if lines.len() > 3 { largest(&lines, unit) } else { at_the_end(&lines, unit) };
        let chart = LineChart {
            title: self.name.to_owned(),
            unit: unit.to_string(),
            lines: lines.into_iter().map(Line::thinned).collect(),
            markers: Vec::new(),
            from_zero: true,
        };
        Ok((chart.drawing(Size::Half), finding))
    }

    /// The last values side by side: a group for each label, a bar for each variant; or a group
    /// for each variant where there are no labels.
    fn bars(&self, data: &Data<'_>) -> Option<Drawing> {
        let value = |end: &Option<End>| end.map_or(0.0, |end| end.last);
        let bar = |(place, end): (usize, &Option<End>)| Bar {
            ink: Ink::Series(place),
            value: value(end),
        };
        let plain = |label: &str, value: f64| {
            let bars = vec![Bar { ink: Ink::Series(0), value }];
            Group { label: label.to_owned(), bars }
        };
        let (groups, legend): (Vec<Group>, Vec<(String, Ink)>) = match self.ends.as_slice() {
            [(_, ends)] => {
                let points = self.points.iter().zip(ends);
                (points.map(|(point, end)| plain(point, value(end))).collect(), Vec::new())
            }
            several => {
                let group = |(label, ends): &(String, Vec<Option<End>>)| Group {
                    label: if label.is_empty() { "all".to_owned() } else { label.clone() },
                    bars: ends.iter().enumerate().map(bar).collect(),
                };
                let named = self.points.iter().enumerate();
                let legend = named.map(|(place, point)| ((*point).to_owned(), Ink::Series(place)));
                let legend = if self.points.len() > 1 { legend.collect() } else { Vec::new() };
                (several.iter().map(group).collect(), legend)
            }
        };
        let all_zero = groups.iter().flat_map(|group| &group.bars).all(|bar| bar.value == 0.0);
        if groups.len() < 2 || groups.len() > CLASSES_MAX || all_zero {
            return None;
        }
        let unit = data.unit(self.name).into_owned();
        let chart = BarChart { title: self.name.to_owned(), unit, legend, groups };
        chart.drawing(Size::Half)
    }
}

/// "0.31 [0.29, 0.34]", or the number alone where the runs agree.
fn shown(end: End) -> String {
    match end.low == end.high {
        true => format_number(end.last),
        false => format!(
            "{} [{}, {}]",
            format_number(end.last),
            format_number(end.low),
            format_number(end.high)
        ),
    }
}
