//! Forecasts that need no model, measured as the runs are: what a model is worth is what it adds to
//! them.

use pinwheel_core::{SimDuration, math};
use pinwheel_models::scenario::{Continuation, Measure, Null, TREND_DAYS};

use super::measure::{Measuring, Window};
use crate::record::outcome::NullFound;
use crate::series::{Instant, bounds};
use crate::statistics::{DieboldMariano, diebold_mariano, slope};

const SECONDS_PER_DAY: f64 = 86_400.0;

/// One forecast of an observed series over a window, on its way. Observations come in the order of
/// time, those before the window too.
#[derive(Clone, Debug)]
pub struct NullForecast<'m> {
    null: &'m Null,
    /// The first instant of the window.
    begins: Option<Instant>,
    /// Days and logarithms of the observations before the window that a trend is taken from, and
    /// the last of them.
    before: Vec<(f64, f64)>,
    last: Option<(Instant, f64)>,
    /// Growth of the logarithm a day, once the window has begun.
    slope: Option<f64>,
    measuring: Measuring<'m>,
}

impl<'m> NullForecast<'m> {
    /// A forecast that has seen nothing yet; its error at each instant is kept if `beaten` asks
    /// whether the runs beat it.
    pub fn new(
        (null, beaten): (&'m Null, bool),
        measure: &'m Measure,
        window: Window,
        (start, end): (Instant, Instant),
    ) -> Self {
        let measuring = Measuring::new(measure, window).of_run(start, end);
        NullForecast {
            null,
            begins: window.from.map(|from| bounds(from).0),
            before: Vec::new(),
            last: None,
            slope: None,
            measuring: measuring.keeping_losses(beaten),
        }
    }

    /// Takes an observation.
    pub fn observed(&mut self, instant: Instant, value: f64) {
        let forecast = match self.null {
            Null::Continued(_) => self.continued(instant, value),
            Null::Bookkeeping => None,
            Null::File { values, .. } => {
                let place = values.binary_search_by_key(&instant.date(), |(date, _)| *date);
                place.ok().map(|place| values[place].1)
            }
        };
        if let Some(forecast) = forecast {
            self.measuring.simulated(instant, forecast);
        }
        self.measuring.observed(instant, value);
    }

    /// Takes a row of the network's own bookkeeping.
    pub fn kept(&mut self, instant: Instant, value: f64) {
        if *self.null == Null::Bookkeeping {
            self.measuring.simulated(instant, value);
        }
    }

    /// What was seen before the window, or first in it, and goes on; nothing before the window.
    fn continued(&mut self, instant: Instant, value: f64) -> Option<f64> {
        if self.begins.is_some_and(|begins| instant < begins) {
            self.last = Some((instant, value));
            if value > 0.0 && *self.null == Null::Continued(Continuation::Trend) {
                self.before.push((instant.days(), math::ln(value)));
            }
            return None;
        }
        let (origin, known) = *self.last.get_or_insert((instant, value));
        let since = origin.days() - f64::from(TREND_DAYS);
        let before = &self.before;
        let slope = *self.slope.get_or_insert_with(|| {
            let recent = before.iter().filter(|(day, _)| *day > since).copied();
            slope(&recent.collect::<Vec<_>>())
        });
        Some(known * math::exp(slope * instant.days_since(origin)))
    }

    /// What was found of it beside a run whose own errors are `losses`, which hang together over
    /// `lag` at most.
    pub fn found(mut self, losses: &[(Instant, f64)], lag: SimDuration) -> NullFound {
        let own = self.measuring.take_losses();
        let against = against(losses, &own, lag);
        NullFound { measured: self.measuring.finish().ok().map(|found| found.value), against }
    }
}

/// The errors of a run against those of a forecast, at the instants that both have.
fn against(
    run: &[(Instant, f64)],
    forecast: &[(Instant, f64)],
    lag: SimDuration,
) -> Option<DieboldMariano> {
    let mut rest = forecast.iter().peekable();
    let (mut of_run, mut of_forecast, mut instants) = (Vec::new(), Vec::new(), Vec::new());
    for &(instant, loss) in run {
        while rest.next_if(|(at, _)| *at < instant).is_some() {}
        if let Some((_, other)) = rest.next_if(|(at, _)| *at == instant) {
            of_run.push(loss);
            of_forecast.push(*other);
            instants.push(instant);
        }
    }
    let (first, last) = (instants.first()?, instants.last()?);
    let step_days = last.days_since(*first) / (instants.len() as f64 - 1.0).max(1.0);
    let steps = lag.as_seconds() / SECONDS_PER_DAY / step_days;
    let lag = if steps.is_finite() { steps as usize } else { 0 };
    diebold_mariano(&of_run, &of_forecast, lag.min(instants.len() - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Date, date};
    use pinwheel_models::input::When;

    const ERROR: Measure = Measure::MeanAbsoluteError { limit: 0.1 };

    /// Doubles in ten days, from a hundred days before the first of January on.
    fn error(continuation: Continuation, from: Option<Date>) -> f64 {
        let day = |number: i64| Instant::of_date(date(2024, 1, 1)).after(number * 86_400_000);
        let window = Window { from: from.map(When::Day), to: None };
        let (run, null) = ((day(-100), day(10)), Null::Continued(continuation));
        let mut forecast = NullForecast::new((&null, false), &ERROR, window, run);
        for number in -100..=10 {
            forecast.observed(day(number), math::exp2(number as f64 / 10.0));
        }
        forecast.found(&[], SimDuration::ZERO).measured.unwrap()
    }

    #[test]
    fn what_was_last_seen_goes_on() {
        // Against 2^(1/10) .. 2^(11/10) times the last day of the old year.
        let mean = (1..=11).map(|day| 1.0 - math::exp2(-f64::from(day) / 10.0)).sum::<f64>() / 11.0;
        let found = error(Continuation::Persistence, Some(date(2024, 1, 1)));
        assert!((found - mean).abs() < 1e-12, "{found} is not {mean}");
    }

    #[test]
    fn without_days_before_the_first_observation_goes_on() {
        let mean =
            (0..=110).map(|day| 1.0 - math::exp2(-f64::from(day) / 10.0)).sum::<f64>() / 111.0;
        let found = error(Continuation::Persistence, None);
        assert!((found - mean).abs() < 1e-12, "{found} is not {mean}");
    }

    #[test]
    fn a_line_goes_on() {
        assert!(error(Continuation::Trend, Some(date(2024, 1, 1))) < 1e-12);
    }
}
