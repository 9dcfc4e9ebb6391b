//! What was asked of forecasts, held against what they were.
//!
//! Few origins prove little. What they cannot decide is called undecided, whichever way the number
//! itself leans: a share whose interval lies partly outside what was asked, and a difference of
//! errors that chance may have made.

use jiff::civil::Date;
use pinwheel_models::scenario::Continuation;
use pinwheel_models::scenario::backtest::{Asked, Backtest, Limit};

use super::{Findings, Forecast, selected};
use crate::judge::limit::{LimitRow, LimitStanding, Window};
use crate::statistics::{NORMAL_975, diebold_mariano, wilson};
use crate::wording::{chance_words, percent};

/// A difference that chance makes more often than this is no difference.
const CHANCE_MAX: f64 = 0.05;
/// Fewer pairs of errors than this are not tested.
const ORIGINS_MIN: usize = 8;

/// What was found of one limit.
struct Found {
    words: String,
    standing: LimitStanding,
    statistic: Option<f64>,
    p_value: Option<f64>,
}

impl Found {
    fn plain(words: String, standing: LimitStanding) -> Self {
        Found { words, standing, statistic: None, p_value: None }
    }
}

/// Every limit at every point, in the order of the file.
pub fn judge(backtest: &Backtest, findings: &Findings) -> Vec<LimitRow> {
    let mut points: Vec<&str> = Vec::new();
    for fan in &findings.fans {
        if !points.contains(&fan.point.as_str()) {
            points.push(&fan.point);
        }
    }
    let of = |limit| points.iter().map(move |point| row(backtest, findings, limit, point));
    backtest.limits.iter().flat_map(of).collect()
}

fn row(backtest: &Backtest, findings: &Findings, limit: &Limit, point: &str) -> LimitRow {
    let window = if limit.verdict_only { Window::Verdict } else { Window::All };
    let (metric, days) = (limit.metric.as_str(), limit.horizon_days);
    let of = (point, metric, days, backtest.combines(metric));
    let forecasts = selected(backtest, &findings.forecasts, of, window);
    let found = match (limit.asked, forecasts.is_empty()) {
        (_, true) => Found::plain("no origin".to_owned(), LimitStanding::Undecided),
        (Asked::Error(most), _) => error(&forecasts, most),
        (Asked::Beats(null), _) => beats(&forecasts, null, lag(&backtest.origins, days)),
        (Asked::Coverage(low, high), _) => coverage(&forecasts, low, high),
    };
    LimitRow {
        entry: limit.entry,
        point: point.to_owned(),
        metric: limit.metric.clone(),
        horizon_days: days,
        window,
        origins: forecasts.len() as u64,
        asked: words(limit.asked),
        found: found.words,
        standing: found.standing,
        statistic: found.statistic,
        p_value: found.p_value,
    }
}

fn words(asked: Asked) -> String {
    // Names of cases are searched for: they have plain spaces.
    let percent = |share| percent(share).replace('\u{a0}', " ");
    match asked {
        Asked::Error(most) => format!("error at most {}", percent(most)),
        Asked::Beats(null) => format!("beats {}", null.word()),
        Asked::Coverage(low, high) => {
            format!("the band holds {} to {}", percent(low), percent(high))
        }
    }
}

/// Mean absolute errors of the median of the runs, as shares.
fn mean_error(errors: &[f64]) -> f64 {
    errors.iter().sum::<f64>() / errors.len() as f64
}

fn error(forecasts: &[&Forecast], most: f64) -> Found {
    let errors: Vec<f64> = forecasts.iter().map(|f| f.error(f.median)).collect();
    let found = mean_error(&errors);
    let standing = if found <= most { LimitStanding::Met } else { LimitStanding::NotMet };
    Found::plain(format!("{:.2} %", 100.0 * found), standing)
}

fn beats(forecasts: &[&Forecast], null: Continuation, lag: usize) -> Found {
    let other = |f: &Forecast| match null {
        Continuation::Persistence => f.persistence,
        Continuation::Trend => f.trend,
    };
    let own: Vec<f64> = forecasts.iter().map(|f| f.error(f.median)).collect();
    let others: Vec<f64> = forecasts.iter().map(|f| f.error(other(f))).collect();
    let (error, bar) = (mean_error(&own), mean_error(&others));
    let test = diebold_mariano(&own, &others, lag);
    let clear = own.len() >= ORIGINS_MIN && test.is_some_and(|test| test.p_value < CHANCE_MAX);
    let standing = match (clear, error < bar) {
        (false, _) => LimitStanding::Undecided,
        (true, true) => LimitStanding::Met,
        (true, false) => LimitStanding::NotMet,
    };
    let tested = match test {
        Some(_) if lag + 1 >= own.len() => "all horizons share days: no test".to_owned(),
        Some(test) => {
            let chance = chance_words(test.p_value);
            format!("Diebold-Mariano {:.2}, {chance}, lag {lag}", test.statistic)
        }
        None => "the errors do not differ in a way that can be tested".to_owned(),
    };
    Found {
        words: format!("{:.2} % against {:.2} %; {tested}", 100.0 * error, 100.0 * bar),
        standing,
        statistic: test.map(|test| test.statistic),
        p_value: test.map(|test| test.p_value),
    }
}

/// How many origins further on a forecast still shares days with: the horizon in steps between the
/// origins, rounded up, less one.
fn lag(origins: &[Date], horizon_days: u32) -> usize {
    let (Some(first), Some(last)) = (origins.first(), origins.last()) else { return 0 };
    let days = first.until(*last).map_or(0, |span| span.get_days());
    if days <= 0 {
        return 0;
    }
    let step = f64::from(days) / (origins.len() - 1) as f64;
    (f64::from(horizon_days) / step).ceil() as usize - 1
}

fn coverage(forecasts: &[&Forecast], low: f64, high: f64) -> Found {
    let inside = forecasts.iter().filter(|f| f.low <= f.observed && f.observed <= f.high).count();
    let count = forecasts.len();
    let (least, most) = wilson(inside as u64, count as u64, NORMAL_975);
    let standing = match (low <= least && most <= high, most < low || high < least) {
        (true, _) => LimitStanding::Met,
        (_, true) => LimitStanding::NotMet,
        _ => LimitStanding::Undecided,
    };
    let share = 100.0 * inside as f64 / count as f64;
    let interval = format!("[{:.0}, {:.0}]", 100.0 * least, 100.0 * most);
    Found::plain(format!("{inside} of {count}, {share:.0} % {interval}"), standing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;

    fn day(number: i64) -> Date {
        jiff::civil::date(2024, 1, 1).saturating_add(number.days())
    }

    /// Forecasts that miss 1 by these shares, `held` of them within the band; persistence misses it
    /// by a tenth and the trend by nothing.
    fn forecasts(errors: &[f64], held: usize) -> Vec<Forecast> {
        let one = |(place, &error): (usize, &f64)| Forecast {
            point: "main".to_owned(),
            metric: "power".to_owned(),
            origin: day(place as i64),
            horizon_days: 1,
            date: day(place as i64 + 1),
            observed: 1.0,
            median: 1.0 + error,
            low: if place < held { 0.0 } else { 2.0 },
            high: 3.0,
            persistence: 1.1,
            trend: 1.0,
            combined: false,
            monte_carlo: None,
        };
        errors.iter().enumerate().map(one).collect()
    }

    #[test]
    fn an_error_is_compared_plainly() {
        let all = forecasts(&[0.02, 0.04], 2);
        let of = |most| error(&all.iter().collect::<Vec<_>>(), most).standing;
        assert_eq!((of(0.031), of(0.029)), (LimitStanding::Met, LimitStanding::NotMet));
    }

    #[test]
    fn a_forecast_beats_another_only_beyond_chance() {
        let of = |errors: &[f64], null| {
            let all = forecasts(errors, 0);
            beats(&all.iter().collect::<Vec<_>>(), null, 0)
        };
        let few = [0.01, 0.02, 0.01, 0.02, 0.03, 0.01, 0.02];
        let found = of(&few, Continuation::Persistence);
        assert_eq!(found.standing, LimitStanding::Undecided, "seven origins: {}", found.words);
        assert!(found.p_value.is_some_and(|p| p < 0.01) && found.statistic < Some(0.0));
        let more: Vec<f64> = few.into_iter().chain(few).collect();
        assert_eq!(of(&more, Continuation::Persistence).standing, LimitStanding::Met);
        assert_eq!(of(&more, Continuation::Trend).standing, LimitStanding::NotMet);
        let mixed: Vec<f64> = (0..14).map(|n| if n % 2 == 0 { 0.0 } else { 0.19 }).collect();
        assert_eq!(of(&mixed, Continuation::Persistence).standing, LimitStanding::Undecided);
        let alike = of(&[0.05; 9], Continuation::Persistence);
        assert_eq!((alike.standing, alike.p_value), (LimitStanding::Undecided, None));
    }

    #[test]
    fn a_band_is_judged_by_its_interval() {
        let of = |count: usize, held: usize| {
            let all = forecasts(&vec![0.0; count], held);
            coverage(&all.iter().collect::<Vec<_>>(), 0.75, 0.85).standing
        };
        assert_eq!(of(20, 16), LimitStanding::Undecided, "80 %, but [58, 92]");
        assert_eq!(of(1_000, 800), LimitStanding::Met);
        assert_eq!(of(1_000, 840), LimitStanding::Undecided);
        assert_eq!(of(40, 40), LimitStanding::NotMet);
        assert_eq!(of(10, 10), LimitStanding::Undecided);
        assert_eq!(of(20, 5), LimitStanding::NotMet);
    }

    #[test]
    fn forecasts_hang_together_as_far_as_they_share_days() {
        let monthly: Vec<Date> = (0..22).map(|n| day((f64::from(n) * 30.4375) as i64)).collect();
        let lags = [30, 90, 180, 365].map(|days| lag(&monthly, days));
        assert_eq!(lags, [0, 2, 5, 11]);
        assert_eq!((lag(&monthly[..1], 90), lag(&[], 90)), (0, 0));
    }
}
