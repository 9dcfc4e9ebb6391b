//! What the report asks of the table: series with their spread over the runs,
//! and values at the end.

use jiff::civil::Date;

use super::Facts;
use crate::Error;
use crate::plot::{Ink, Line, Stroke};
use crate::statistics::{median, quantile, spread};
use crate::table::{Dated, Table};
use crate::verdict::OBSERVED;

/// Observations this many times rarer than simulated days are drawn as dots.
const SPARSE: usize = 7;

/// The table of one experiment.
pub struct Data<'a> {
    pub facts: &'a Facts<'a>,
    pub table: &'a Table,
}

/// The values of a series at its last date: median and 5 % to 95 % over the runs.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct End {
    pub date: Date,
    pub first: f64,
    pub last: f64,
    pub low: f64,
    pub high: f64,
}

impl Data<'_> {
    pub fn points(&self) -> impl Iterator<Item = &str> {
        self.facts.experiment.points.iter().map(|point| point.id.as_str())
    }

    pub fn unit(&self, metric: &str) -> &str {
        let spec = self.facts.metrics.iter().find(|spec| spec.name == metric);
        match spec.map_or("", |spec| spec.unit) {
            "1" if metric.ends_with("_share") || metric.ends_with("_ratio") => "share",
            "1" => "",
            "1/d" => "a day",
            unit => unit,
        }
    }

    /// The series of every run.
    pub fn runs(&self, point: &str, metric: &str, label: &str) -> Result<Vec<Dated>, Error> {
        let run = |run| self.table.series(point, run, metric, label);
        let mut runs = (0..self.facts.experiment.runs).map(run).collect::<Result<Vec<_>, _>>()?;
        runs.retain(|series| !series.is_empty());
        Ok(runs)
    }

    /// The median line with its band; `None` without rows. `mean_days` smooths noisy series.
    pub fn line(
        &self,
        series: (&str, &str, &str),
        mean_days: usize,
    ) -> Result<Option<Line>, Error> {
        let (point, metric, label) = series;
        let runs = self.runs(point, metric, label)?;
        if runs.is_empty() {
            return Ok(None);
        }
        let runs: Vec<Dated> = runs.iter().map(|run| trailing_mean(run, mean_days)).collect();
        let spread = spread(&runs);
        let band = match runs.len() {
            1 => Vec::new(),
            _ => spread.iter().map(|(date, [low, _, high])| (*date, *low, *high)).collect(),
        };
        Ok(Some(Line {
            label: String::new(),
            ink: Ink::Series(0),
            stroke: Stroke::Bold,
            points: spread.into_iter().map(|(date, [_, middle, _])| (date, middle)).collect(),
            band,
        }))
    }

    /// What was really observed, if the model recorded it.
    pub fn observed(&self, metric: &str, simulated_days: usize) -> Result<Option<Line>, Error> {
        let Some(point) = self.points().next() else { return Ok(None) };
        let points = self.table.series(point, 0, metric, OBSERVED)?;
        let sparse = points.len() * SPARSE < simulated_days;
        Ok((!points.is_empty()).then(|| Line {
            label: OBSERVED.to_owned(),
            ink: Ink::Observed,
            stroke: if sparse { Stroke::Dots } else { Stroke::Thin },
            points,
            band: Vec::new(),
        }))
    }

    /// The classes a metric is recorded by, in the order of the model, without the empty ones.
    pub fn classes(&self, point: &str, metric: &str) -> Result<Vec<String>, Error> {
        let mut labels = self.table.labels(point, metric)?;
        labels.retain(|label| !label.is_empty() && label != OBSERVED);
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
        let pick = |place: fn(&Dated) -> Option<&(Date, f64)>| -> Vec<f64> {
            runs.iter().filter_map(place).map(|(_, value)| *value).collect()
        };
        let (first, last) = (pick(|run| run.first()), pick(|run| run.last()));
        let end = || {
            Some(End {
                date: runs.first()?.last()?.0,
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
        days: usize,
    ) -> Result<Option<f64>, Error> {
        let runs = self.runs(point, metric, label)?;
        let mean = |run: &Dated| {
            let late = &run[run.len().saturating_sub(days)..];
            late.iter().map(|(_, value)| value).sum::<f64>() / late.len() as f64
        };
        Ok(median(&runs.iter().map(mean).collect::<Vec<_>>()))
    }
}

/// Each value replaced by the mean of it and the `days - 1` before it.
fn trailing_mean(series: &[(Date, f64)], days: usize) -> Dated {
    if days <= 1 || series.len() < days {
        return series.to_vec();
    }
    let means = series.windows(days).map(|window| {
        let mean = window.iter().map(|(_, value)| value).sum::<f64>() / days as f64;
        (window[days - 1].0, mean)
    });
    means.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_trailing_mean_looks_back_only() {
        let series: Dated = (1..=4).map(|day| (date(2024, 1, day), f64::from(day))).collect();
        let smooth = trailing_mean(&series, 3);
        assert_eq!(smooth, [(date(2024, 1, 3), 2.0), (date(2024, 1, 4), 3.0)]);
        assert_eq!(trailing_mean(&series, 1), series);
    }
}
