//! What the report asks of the table: series with their spread over the runs, and last values.
//!
//! A few points are drawn one by one. Of many, the runs of each variant are drawn together, from
//! evenly spaced points, and the differences between them are left to outcomes and sensitivity.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use pinwheel_models::describe::{Figure, FigureKind, PartSpec};

use super::facts::Facts;
use crate::Error;
use crate::record::table::Table;
use crate::series::{Instant, TimeSeries, mean_of_last, trailing_mean};
use crate::show::plot::{Drawing, Ink, Line, Stroke};
use crate::statistics::{median, quantile};
use pinwheel_models::describe::metric::{OBSERVED_LABEL, is_beside, split_name};

/// Observations this many times rarer than simulated rows are drawn as dots.
const SPARSE: usize = 7;
/// More points than this are not drawn one by one.
pub const POINTS_MAX: usize = 6;
/// Points that stand for all of a variant's, where it has more.
const MEMBERS_MAX: usize = 200;

/// The series of a metric at all drawn points: by point, label and run.
type Pool = BTreeMap<String, BTreeMap<String, BTreeMap<u32, TimeSeries>>>;

/// The table of one result, and the figures drawn from it so far.
pub struct Data<'a> {
    pub facts: &'a Facts<'a>,
    pub table: &'a Table,
    /// What a line stands for, and the points behind it.
    lines: Vec<(String, Vec<String>)>,
    pool: RefCell<(String, Rc<Pool>)>,
    figures: RefCell<Vec<(String, Drawing)>>,
}

/// The values of a series at its last instant: median and 5 % to 95 % over the runs.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct End {
    pub first: f64,
    pub last: f64,
    pub low: f64,
    pub high: f64,
}

impl<'a> Data<'a> {
    pub fn new(facts: &'a Facts<'a>, table: &'a Table) -> Self {
        let points = &facts.manifest.points;
        let lines = match points.len() <= POINTS_MAX {
            true => points.iter().map(|p| (p.id.clone(), vec![p.id.clone()])).collect(),
            false => variants(facts),
        };
        Data { facts, table, lines, pool: RefCell::default(), figures: RefCell::default() }
    }

    /// What has a line of its own: the points, or the variants where there are many points.
    pub fn points(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|(name, _)| name.as_str())
    }

    /// Whether a line stands for one point.
    pub fn one_by_one(&self) -> bool {
        self.lines.iter().all(|(_, members)| members.len() == 1)
    }

    /// How many runs are behind a line at most.
    pub fn runs_of_line(&self) -> usize {
        let members = self.lines.iter().map(|(_, members)| members.len()).max().unwrap_or(0);
        members * self.facts.manifest.runs_per_point as usize
    }

    /// Keeps a drawing for the export of figures, under the id of its figure.
    pub fn keep(&self, id: String, drawing: Drawing) {
        self.figures.borrow_mut().push((id, drawing));
    }

    pub fn into_figures(self) -> Vec<(String, Drawing)> {
        self.figures.into_inner()
    }

    /// The full names under which a metric was recorded: one, or one for each network.
    pub fn names(&self, metric: &str) -> Vec<&'a str> {
        self.table.names(metric)
    }

    /// Whom a part recorded rows of: the networks by their ids, or the empty text.
    pub fn subjects(&self, part: &PartSpec) -> Vec<&'a str> {
        let metrics = part.metrics.iter().copied().flatten();
        let names = metrics.flat_map(|metric| self.names(metric.name));
        let mut subjects: Vec<&str> = names.map(|name| split_name(name).0).collect();
        subjects.sort_unstable();
        subjects.dedup();
        subjects
    }

    /// The figure of a part that shows a metric: the one of this metric alone, or else the first.
    pub fn figure_of(&self, name: &str) -> Option<String> {
        let (subject, metric) = split_name(name);
        let chapters = || self.facts.parts.0.iter().flat_map(|part| part.chapters);
        let figures = || chapters().flat_map(|chapter| chapter.figures);
        let single =
            |figure: &&Figure| matches!(figure.kind, FigureKind::Single(shown) if shown == metric);
        figures()
            .find(single)
            .or_else(|| figures().find(|figure| figure.metrics().any(|shown| shown == metric)))
            .map(|figure| of_subject(figure.id, subject))
    }

    pub fn unit(&self, metric: &str) -> Cow<'static, str> {
        let unit = self.facts.manifest.unit(metric, self.facts.parts);
        match unit.as_ref() {
            "1" if metric.ends_with("_share") => "share".into(),
            "1" => "".into(),
            "1/d" => "a day".into(),
            "1/y" => "a year".into(),
            "1/mo" => "a month".into(),
            _ => unit,
        }
    }

    /// The points behind a line.
    pub fn members(&self, line: &str) -> &[String] {
        let found = self.lines.iter().find(|(name, _)| name == line);
        found.map_or(&[], |(_, members)| members)
    }

    /// The series of every run behind a line.
    pub fn runs(&self, line: &str, metric: &str, label: &str) -> Result<Vec<TimeSeries>, Error> {
        let mut all = Vec::new();
        if let [point] = self.members(line) {
            let group = self.table.group(point, metric)?;
            let found = group.iter().find(|(of, _)| of == label);
            all.extend(found.into_iter().flat_map(|(_, runs)| runs.values().cloned()));
        } else {
            let pool = self.pooled(metric)?;
            let of = |point: &String| pool.get(point).and_then(|labels| labels.get(label));
            let members = self.members(line).iter().filter_map(of);
            all.extend(members.flat_map(|runs| runs.values().cloned()));
        }
        all.retain(|series| !series.is_empty());
        Ok(all)
    }

    /// The labels of a metric behind a line, in order.
    pub fn labels(&self, line: &str, metric: &str) -> Result<Vec<String>, Error> {
        if let [point] = self.members(line) {
            return self.table.labels(point, metric);
        }
        let pool = self.pooled(metric)?;
        let mut labels: Vec<String> = Vec::new();
        for of_point in self.members(line).iter().filter_map(|point| pool.get(point)) {
            labels.extend(of_point.keys().cloned());
        }
        labels.sort();
        labels.dedup();
        Ok(labels)
    }

    /// Reads a metric at all drawn points in one pass; the last answer is kept.
    fn pooled(&self, metric: &str) -> Result<Rc<Pool>, Error> {
        if self.pool.borrow().0 == metric {
            return Ok(Rc::clone(&self.pool.borrow().1));
        }
        let mut pool: Pool = self
            .lines
            .iter()
            .flat_map(|(_, members)| members.iter().cloned())
            .map(|point| (point, BTreeMap::new()))
            .collect();
        self.table.scan(metric, |point, label, run, at, value| {
            let Some(labels) = pool.get_mut(point) else { return };
            if !labels.contains_key(label) {
                labels.insert(label.to_owned(), BTreeMap::new());
            }
            let series = labels.get_mut(label).expect("just made").entry(run).or_default();
            series.push((at, value));
        })?;
        let pool = Rc::new(pool);
        *self.pool.borrow_mut() = (metric.to_owned(), Rc::clone(&pool));
        Ok(pool)
    }

    /// The median line with its band; `None` without rows. `mean_days` above 1 smooths noisy
    /// series.
    pub fn line(&self, series: (&str, &str, &str), mean_days: u32) -> Result<Option<Line>, Error> {
        let (point, metric, label) = series;
        let runs = self.runs(point, metric, label)?;
        if runs.is_empty() {
            return Ok(None);
        }
        let runs: Vec<TimeSeries> = match mean_days {
            0 | 1 => runs,
            days => runs.iter().map(|run| trailing_mean(run, days)).collect(),
        };
        Ok(Some(Line::of_runs(String::new(), Ink::Series(0), &runs)))
    }

    /// What was really observed, if the model recorded it.
    pub fn observed(&self, metric: &str, simulated: usize) -> Result<Option<Line>, Error> {
        let Some(point) = self.facts.manifest.points.first() else { return Ok(None) };
        let points = self.table.series(&point.id, 0, metric, OBSERVED_LABEL)?;
        let sparse = points.len() * SPARSE < simulated;
        Ok((!points.is_empty()).then(|| Line {
            label: OBSERVED_LABEL.to_owned(),
            ink: Ink::Observed,
            stroke: if sparse { Stroke::Dots } else { Stroke::Thin },
            points,
            band: Vec::new(),
        }))
    }

    /// The classes a metric is recorded by, in the order of the model, without the empty ones.
    pub fn classes(&self, point: &str, metric: &str) -> Result<Vec<String>, Error> {
        let mut labels = self.labels(point, metric)?;
        labels.retain(|label| !label.is_empty() && !is_beside(label));
        let mut classes = Vec::new();
        for label in labels {
            let runs = self.runs(point, metric, &label)?;
            if runs.iter().flatten().any(|(_, value)| *value != 0.0) {
                classes.push(label);
            }
        }
        Ok(classes)
    }

    /// First and last values of a series; `None` without rows.
    pub fn end(&self, point: &str, metric: &str, label: &str) -> Result<Option<End>, Error> {
        let runs = self.runs(point, metric, label)?;
        let pick = |place: fn(&TimeSeries) -> Option<&(Instant, f64)>| -> Vec<f64> {
            runs.iter().filter_map(place).map(|(_, value)| *value).collect()
        };
        let (first, last) = (pick(|run| run.first()), pick(|run| run.last()));
        let end = || {
            Some(End {
                first: median(&first)?,
                last: median(&last)?,
                low: quantile(&last, 0.05)?,
                high: quantile(&last, 0.95)?,
            })
        };
        Ok(end())
    }

    /// The mean of a series over its last days, the median over the runs.
    pub fn late_mean(
        &self,
        point: &str,
        metric: &str,
        label: &str,
        days: u32,
    ) -> Result<Option<f64>, Error> {
        let runs = self.runs(point, metric, label)?;
        Ok(median(&runs.iter().map(|run| mean_of_last(run, days)).collect::<Vec<_>>()))
    }
}

/// An id or a title of what is shown once for each subject.
pub fn of_subject(text: &str, subject: &str) -> String {
    if subject.is_empty() { text.to_owned() } else { format!("{text}-{subject}") }
}

/// The variants with points that stand for all of theirs.
fn variants(facts: &Facts<'_>) -> Vec<(String, Vec<String>)> {
    let mut variants: Vec<(String, Vec<String>)> = Vec::new();
    for point in &facts.manifest.points {
        match variants.iter_mut().find(|(name, _)| *name == point.variant) {
            Some((_, members)) => members.push(point.id.clone()),
            None => variants.push((point.variant.clone(), vec![point.id.clone()])),
        }
    }
    // Too many to tell apart by colour: all together.
    if variants.len() > POINTS_MAX {
        let all = variants.into_iter().flat_map(|(_, members)| members).collect();
        variants = vec![("all points".to_owned(), all)];
    }
    for (_, members) in &mut variants {
        let count = members.len();
        let kept = MEMBERS_MAX.min(count);
        *members = (0..kept).map(|place| members[place * count / kept].clone()).collect();
    }
    variants
}
