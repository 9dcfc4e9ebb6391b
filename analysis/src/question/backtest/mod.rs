//! Forecasts from rolling origins, judged by what came after each. They are of days: a day has the
//! value of its last record.
//!
//! Of the runs from one origin the median is the forecast, and the quantiles at both ends of the
//! band are the band. Two forecasts that need no model are held beside: what was last seen goes
//! on (persistence), and the straight line through the logarithm of the last days goes on from
//! what was last seen (trend). All errors are relative and absolute, and their mean over the
//! origins is told.
//!
//! Where a metric is combined, each run's value becomes its geometric mean with persistence: half
//! and half in logarithms, a weight fixed beforehand and not fitted. A mean of two forecasts may
//! err less than each of them (J. M. Bates and C. W. J. Granger, "The combination of forecasts",
//! 1969). It halves the width of the band in logarithms, whether or not that is right.
//! Then the combined forecast is judged, and the model alone is told beside it.
//!
//! Origins that lie closer together than the horizon share days, so their errors hang together:
//! the intervals of the coverage, which take them as apart, are then too narrow.

mod limits;

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use pinwheel_core::math;
use pinwheel_models::scenario::Point;
use pinwheel_models::scenario::backtest::Backtest;
use serde::{Deserialize, Serialize};

pub use crate::judge::limit::Window;

use crate::judge::limit::LimitRow;
use crate::run::trace::Trace;
use crate::series::daily;
use crate::statistics::{NORMAL_975, median_error, slope, wilson};

/// The last value of each day: what forecasts of days are judged by.
type Daily = Vec<(Date, f64)>;

/// One point of the scenario, cut at one origin.
#[derive(Clone, Debug)]
pub struct Case {
    /// The point as the scenario names it.
    pub variant: String,
    /// The last day that its runs know.
    pub origin: Date,
    /// The scenario cut at the origin.
    pub point: Point,
}

/// One forecast and what came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// The point as the scenario names it.
    pub point: String,
    /// What is forecast.
    pub metric: String,
    /// The last day that was known.
    pub origin: Date,
    /// Days from the origin to the date.
    pub horizon_days: u32,
    /// The day that was forecast.
    pub date: Date,
    /// What came.
    pub observed: f64,
    /// The median of the runs.
    pub median: f64,
    /// The lower end of the band.
    pub low: f64,
    /// The upper end of the band.
    pub high: f64,
    /// The forecast that nothing changes.
    pub persistence: f64,
    /// The forecast that the trend of the days before goes on.
    pub trend: f64,
    /// Whether the runs were combined with persistence.
    pub combined: bool,
    /// Standard error of the median that comes from the number of runs, as a share of what came;
    /// `None` below three runs.
    pub monte_carlo: Option<f64>,
}

impl Forecast {
    /// How far a forecast of this day was off, as a share of what came.
    fn error(&self, forecast: f64) -> f64 {
        ((forecast - self.observed) / self.observed).abs()
    }
}

/// What the runs from one origin say of one day.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// The lower end of the band.
    pub low: f64,
    /// The median of the runs.
    pub median: f64,
    /// The upper end of the band.
    pub high: f64,
    /// Standard error of the median that comes from the number of runs.
    pub median_error: Option<f64>,
}

/// The band of all runs from one origin, day by day.
#[derive(Clone, Debug, PartialEq)]
pub struct Fan {
    /// The point as the scenario names it.
    pub point: String,
    /// What is forecast.
    pub metric: String,
    /// The last day that was known.
    pub origin: Date,
    /// Whether the runs were combined with persistence.
    pub combined: bool,
    /// From the origin on.
    pub days: Vec<Day>,
}

/// How well a point forecasts a metric over a horizon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The point as the scenario names it.
    pub point: String,
    /// What is forecast.
    pub metric: String,
    /// Which origins count.
    pub window: Window,
    /// Days from the origin to the date.
    pub horizon_days: u32,
    /// Whether the runs were combined with persistence.
    pub combined: bool,
    /// Origins whose horizon ends on a day with an observation.
    pub origins: u64,
    /// Mean absolute relative error of the median of the runs.
    pub model: f64,
    /// Mean over the forecasts of the standard error of their medians, as a share of what came.
    /// Were all medians off by so much, the mean error would be off by no more; the runs of all
    /// origins draw from the same streams, so they may all be. `None` below three runs.
    pub monte_carlo: Option<f64>,
    /// Mean absolute relative error of persistence.
    pub persistence: f64,
    /// Mean absolute relative error of the trend.
    pub trend: f64,
    /// Outcomes within the band, and the 95 % interval of their share (Wilson).
    pub held: u64,
    /// Lower end of the 95 % interval of the share that the band held.
    pub coverage_low: f64,
    /// Upper end of it.
    pub coverage_high: f64,
}

/// Everything a backtest found.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings {
    /// Every forecast.
    pub forecasts: Vec<Forecast>,
    /// Errors and coverage by metric, point, window and horizon.
    pub scores: Vec<Score>,
    /// The series behind the forecasts.
    pub fans: Vec<Fan>,
    /// What was observed, by metric.
    pub observed: Vec<(String, Daily)>,
    /// How what was asked of the forecasts came out.
    pub limits: Vec<LimitRow>,
}

/// Judges the traces of all cases, `runs` for each, in order.
pub fn judge(backtest: &Backtest, cases: &[Case], traces: &[Trace], runs: usize) -> Findings {
    let mut findings = Findings {
        forecasts: vec![],
        scores: vec![],
        fans: vec![],
        observed: vec![],
        limits: vec![],
    };
    for (place, metric) in backtest.metrics.iter().enumerate() {
        let longest = traces.iter().map(|trace| &trace.observed[place]).max_by_key(|o| o.len());
        let observed: Daily = longest.map(|series| daily(series)).unwrap_or_default();
        let by_date: BTreeMap<Date, f64> = observed.iter().copied().collect();
        for (case, traces) in cases.iter().zip(traces.chunks(runs)) {
            let of_metric: Vec<Daily> =
                traces.iter().map(|trace| daily(&trace.simulated[place])).collect();
            // The forecast that is judged comes first.
            for &combined in made(backtest, metric) {
                let fan = Fan {
                    point: case.variant.clone(),
                    metric: metric.clone(),
                    origin: case.origin,
                    combined,
                    days: band(backtest, case.origin, combined, &of_metric, &by_date),
                };
                findings.forecasts.extend(forecasts(backtest, &fan, &by_date));
                findings.fans.push(fan);
            }
        }
        findings.observed.push((metric.clone(), observed));
    }
    findings.scores = scores(backtest, &findings.forecasts);
    findings.limits = limits::judge(backtest, &findings);
    findings
}

/// The forecasts that are made of a metric, combined or not, the judged one first.
fn made(backtest: &Backtest, metric: &str) -> &'static [bool] {
    if backtest.combines(metric) { &[true, false] } else { &[false] }
}

/// Band and median of the days after an origin, each run scaled to what was observed there, and
/// then combined with it if that is asked for.
fn band(
    backtest: &Backtest,
    origin: Date,
    combined: bool,
    runs: &[Daily],
    observed: &BTreeMap<Date, f64>,
) -> Vec<Day> {
    let last = observed.get(&origin);
    let mut by_date: BTreeMap<Date, Vec<f64>> = BTreeMap::new();
    for run in runs {
        let start = run.iter().find(|(date, _)| *date == origin).map(|(_, value)| *value);
        let factor = match (backtest.anchored, last, start) {
            (true, Some(seen), Some(start)) if start != 0.0 => seen / start,
            _ => 1.0,
        };
        for (date, value) in run.iter().filter(|(date, _)| *date >= origin) {
            let value = value * factor;
            let value = match last.filter(|_| combined) {
                Some(&last) => half_and_half(value, last),
                None => value,
            };
            by_date.entry(*date).or_default().push(value);
        }
    }
    let tail = (1.0 - backtest.band) / 2.0;
    let day = |(date, values): (Date, Vec<f64>)| Day {
        date,
        low: predictive(&values, tail),
        median: predictive(&values, 0.5),
        high: predictive(&values, 1.0 - tail),
        median_error: median_error(&values),
    };
    by_date.into_iter().map(day).collect()
}

/// The geometric mean; the plain one of values without a logarithm.
fn half_and_half(first: f64, second: f64) -> f64 {
    match first >= 0.0 && second >= 0.0 {
        true => math::sqrt(first) * math::sqrt(second),
        false => f64::midpoint(first, second),
    }
}

/// The value below which a further draw falls with chance `q`, whatever the distribution, as far
/// as so many draws can say it: quantile type 6 of Hyndman and Fan (1996). Type 7 of so few draws
/// would make a band of 80 % hold three quarters.
fn predictive(values: &[f64], q: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (q * (sorted.len() as f64 + 1.0) - 1.0).clamp(0.0, sorted.len() as f64 - 1.0);
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

/// The forecasts of one origin at the horizons that have an observation.
fn forecasts(backtest: &Backtest, fan: &Fan, observed: &BTreeMap<Date, f64>) -> Vec<Forecast> {
    let Some(&last) = observed.get(&fan.origin) else { return Vec::new() };
    let slope = log_slope(observed, fan.origin, backtest.trend_days);
    let at = |&horizon_days: &u32| {
        let date = fan.origin.saturating_add(i64::from(horizon_days).days());
        let day = fan.days.iter().find(|day| day.date == date)?;
        let came = *observed.get(&date)?;
        Some(Forecast {
            point: fan.point.clone(),
            metric: fan.metric.clone(),
            origin: fan.origin,
            horizon_days,
            date,
            observed: came,
            median: day.median,
            low: day.low,
            high: day.high,
            persistence: last,
            trend: last * math::exp(slope * f64::from(horizon_days)),
            combined: fan.combined,
            monte_carlo: day.median_error.map(|error| (error / came).abs()),
        })
    };
    backtest.horizons_days.iter().filter_map(at).collect()
}

/// Slope a day of the least-squares line through the logarithm of the last days up to the origin.
fn log_slope(observed: &BTreeMap<Date, f64>, origin: Date, days: u32) -> f64 {
    let first = origin.saturating_sub(i64::from(days - 1).days());
    let points: Vec<(f64, f64)> = observed
        .range(first..=origin)
        .filter(|(_, value)| **value > 0.0)
        .map(|(date, value)| (f64::from(crate::series::day_number(*date)), math::ln(*value)))
        .collect();
    slope(&points)
}

fn scores(backtest: &Backtest, forecasts: &[Forecast]) -> Vec<Score> {
    let mut points: Vec<&str> = Vec::new();
    for forecast in forecasts {
        if !points.contains(&forecast.point.as_str()) {
            points.push(&forecast.point);
        }
    }
    let mut scores = Vec::new();
    for metric in &backtest.metrics {
        for &point in &points {
            for window in [Window::All, Window::Verdict] {
                if window == Window::Verdict && backtest.verdict_from.is_none() {
                    continue;
                }
                for &days in &backtest.horizons_days {
                    for &combined in made(backtest, metric) {
                        let of = (point, metric.as_str(), days, combined);
                        scores.extend(score(&selected(backtest, forecasts, of, window), window));
                    }
                }
            }
        }
    }
    scores
}

/// The forecasts of a point, metric and horizon, combined or not, in the order of their origins.
fn selected<'f>(
    backtest: &Backtest,
    forecasts: &'f [Forecast],
    (point, metric, horizon_days, combined): (&str, &str, u32, bool),
    window: Window,
) -> Vec<&'f Forecast> {
    let from = backtest.verdict_from.filter(|_| window == Window::Verdict);
    let is_of = |forecast: &&Forecast| {
        forecast.metric == metric
            && forecast.point == point
            && forecast.horizon_days == horizon_days
            && forecast.combined == combined
            && from.is_none_or(|from| forecast.date >= from)
    };
    forecasts.iter().filter(is_of).collect()
}

/// The score of forecasts of one point, metric and horizon; `None` if there are none.
fn score(forecasts: &[&Forecast], window: Window) -> Option<Score> {
    let first = forecasts.first()?;
    let count = forecasts.len() as u64;
    let error = |of: fn(&Forecast) -> f64| {
        forecasts.iter().map(|f| f.error(of(f))).sum::<f64>() / count as f64
    };
    let inside = |f: &&&Forecast| f.low <= f.observed && f.observed <= f.high;
    let held = forecasts.iter().filter(inside).count() as u64;
    let (coverage_low, coverage_high) = wilson(held, count, NORMAL_975);
    let monte_carlo: Option<f64> = forecasts.iter().map(|f| f.monte_carlo).sum();
    Some(Score {
        point: first.point.clone(),
        metric: first.metric.clone(),
        window,
        horizon_days: first.horizon_days,
        combined: first.combined,
        origins: count,
        model: error(|f| f.median),
        monte_carlo: monte_carlo.map(|sum| sum / count as f64),
        persistence: error(|f| f.persistence),
        trend: error(|f| f.trend),
        held,
        coverage_low,
        coverage_high,
    })
}

/// All forecasts as CSV, for tables and notebooks.
pub fn csv(forecasts: &[Forecast]) -> String {
    let mut text = String::from(
        "point,metric,origin,horizon_days,date,observed,median,low,high,persistence,trend,\
         combined,monte_carlo\n",
    );
    for f in forecasts {
        let point = f.point.replace('"', "\"\"");
        text += &format!(
            "\"{point}\",{},{},{},{},{},{},{},{},{},{},{},{}\n",
            f.metric,
            f.origin,
            f.horizon_days,
            f.date,
            f.observed,
            f.median,
            f.low,
            f.high,
            f.persistence,
            f.trend,
            f.combined,
            f.monte_carlo.map_or(String::new(), |error| error.to_string())
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::{Instant, TimeSeries};
    use pinwheel_models::scenario::backtest::{Asked, Limit};

    fn day(number: i64) -> Date {
        jiff::civil::date(2024, 1, 1).saturating_add(number.days())
    }

    fn backtest(anchored: bool) -> Backtest {
        Backtest {
            cut_keys: vec![],
            metrics: vec!["power".to_owned()],
            origins: vec![day(20)],
            horizons_days: vec![5, 10],
            band: 0.8,
            trend_days: 20,
            anchored,
            verdict_from: Some(day(28)),
            combine: vec![],
            published: vec![],
            limits: vec![],
        }
    }

    /// Observed: doubles every ten days. Simulated: eleven runs that stay at 1, 2, .. 11.
    fn findings(anchored: bool) -> Findings {
        judged(&backtest(anchored))
    }

    fn judged(backtest: &Backtest) -> Findings {
        let at = |number| Instant::of_date(day(number));
        let observed: TimeSeries =
            (0..=30).map(|d| (at(d), math::pow(2.0, d as f64 / 10.0))).collect();
        let trace = |level: u32| Trace {
            simulated: vec![(1..=30).map(|d| (at(d), f64::from(level))).collect()],
            observed: vec![observed.clone()],
            breach: None,
        };
        let traces: Vec<Trace> = (1..=11).map(trace).collect();
        let scenario = pinwheel_models::scenario::Scenario {
            start: day(0),
            horizon_days: 30,
            layers: Default::default(),
            networks: Vec::new(),
            review: None,
            changes: Vec::new(),
            regions: Default::default(),
            units: pinwheel_models::registry::units(),
        };
        let point = Point { id: "main".into(), variant: "main".into(), factors: vec![], scenario };
        let cases = [Case { variant: "main".into(), origin: day(20), point }];
        judge(backtest, &cases, &traces, 11)
    }

    #[test]
    fn an_exponential_is_its_own_trend_and_persistence_lags_behind() {
        let found = findings(false);
        let late = &found.forecasts[1];
        assert_eq!((late.horizon_days, late.date, late.persistence), (10, day(30), 4.0));
        assert!((late.trend - 8.0).abs() < 1e-9, "{late:?}");
        let band = [late.low - 1.2, late.median - 6.0, late.high - 10.8];
        assert!(band.iter().all(|off| off.abs() < 1e-12), "{late:?}");
    }

    #[test]
    fn scores_tell_errors_coverage_and_the_verdict_apart() {
        let found = findings(false);
        let late: Vec<&Score> = found.scores.iter().filter(|s| s.horizon_days == 10).collect();
        assert_eq!(late.len(), 2);
        assert!((late[0].model - 0.25).abs() < 1e-12 && (late[0].persistence - 0.5).abs() < 1e-12);
        assert_eq!((late[0].held, late[0].origins), (1, 1));
        assert_eq!(late[1].window, Window::Verdict);
        // The earlier horizon ends before the verdict window begins.
        let early: Vec<&Score> = found.scores.iter().filter(|s| s.horizon_days == 5).collect();
        assert_eq!(early.len(), 1);
    }

    #[test]
    fn anchored_runs_start_at_what_was_observed() {
        let found = findings(true);
        // All runs stand still, so all are the observation at the origin, and miss what came.
        assert!(found.forecasts.iter().all(|f| f.low == 4.0 && f.high == 4.0));
        assert_eq!(found.scores[0].held, 0);
    }

    #[test]
    fn a_combined_forecast_lies_half_way_in_logarithms() {
        let asked = Asked::Error(0.4);
        let limit = Limit {
            entry: 0,
            metric: "power".to_owned(),
            horizon_days: 10,
            verdict_only: false,
            asked,
        };
        let plain = backtest(false);
        let found = judged(&Backtest {
            combine: plain.metrics.clone(),
            limits: vec![limit],
            ..plain.clone()
        });
        // Each run is the square root of its level and the 4 that was seen: the median of 2, 2.8 ..
        // 6.6 is the root of 6 times 4. Of what came, 8, it misses 0.388; the model alone 0.25.
        let late: Vec<&Forecast> =
            found.forecasts.iter().filter(|f| f.horizon_days == 10).collect();
        assert_eq!(late.iter().map(|f| f.combined).collect::<Vec<_>>(), [true, false]);
        assert!((late[0].median - math::sqrt(24.0)).abs() < 1e-12, "{:?}", late[0]);
        assert!((late[1].median - 6.0).abs() < 1e-12, "{:?}", late[1]);
        let scores: Vec<f64> =
            found.scores.iter().filter(|s| s.horizon_days == 10).map(|s| s.model).collect();
        assert_eq!(scores.len(), 4, "two windows, combined and alone");
        assert!((scores[0] - 0.387_627_564_304_205_5).abs() < 1e-12 && scores[1] == 0.25);
        // The combined one is judged, and the band of eleven runs knows its median: the 4th to the
        // 8th run, of which half the distance is 2.
        assert_eq!(found.limits[0].found, "38.76 %");
        assert_eq!(late[1].monte_carlo, Some(2.0 / 8.0));
        assert_eq!(half_and_half(-1.0, 3.0), 1.0, "without logarithms");
    }

    #[test]
    fn the_table_has_a_line_for_each_forecast() {
        let text = csv(&findings(true).forecasts);
        assert_eq!(text.lines().count(), 3);
        assert!(
            text.lines().nth(2).is_some_and(|l| l.starts_with("\"main\",power,2024-01-21,10,"))
        );
    }
}
