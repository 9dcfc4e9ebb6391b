//! Forecasts that need no model, measured as the runs are: what a model is worth is what it adds to
//! them.

use pinwheel_core::math;
use pinwheel_models::scenario::{Measure, Null, TREND_DAYS};

use super::measure::{Measured, Measuring, Missing, Window};
use crate::series::{Instant, bounds};
use crate::statistics::slope;

/// One forecast of an observed series over a window, on its way. Observations come in the order of
/// time, those before the window too.
#[derive(Clone, Debug)]
pub struct NullForecast<'m> {
    null: Null,
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
    /// A forecast that has seen nothing yet.
    pub fn new(
        null: Null,
        measure: &'m Measure,
        window: Window,
        (start, end): (Instant, Instant),
    ) -> Self {
        NullForecast {
            null,
            begins: window.from.map(|from| bounds(from).0),
            before: Vec::new(),
            last: None,
            slope: None,
            measuring: Measuring::new(measure, window).of_run(start, end),
        }
    }

    /// Takes an observation.
    pub fn observed(&mut self, instant: Instant, value: f64) {
        if self.begins.is_some_and(|begins| instant < begins) {
            self.last = Some((instant, value));
            if value > 0.0 && self.null == Null::Trend {
                self.before.push((instant.days(), math::ln(value)));
            }
            return;
        }
        let (origin, known) = *self.last.get_or_insert((instant, value));
        let since = origin.days() - f64::from(TREND_DAYS);
        let before = &self.before;
        let slope = *self.slope.get_or_insert_with(|| {
            let recent = before.iter().filter(|(day, _)| *day > since).copied();
            slope(&recent.collect::<Vec<_>>())
        });
        let forecast = known * math::exp(slope * instant.days_since(origin));
        self.measuring.simulated(instant, forecast);
        self.measuring.observed(instant, value);
    }

    /// Its error.
    ///
    /// # Errors
    ///
    /// [`Missing`] says what there was too little of.
    pub fn finish(self) -> Result<Measured, Missing> {
        self.measuring.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Date, date};
    use pinwheel_models::input::When;

    const ERROR: Measure = Measure::MeanAbsoluteError { limit: 0.1 };

    /// Doubles in ten days, from a hundred days before the first of January on.
    fn error(null: Null, from: Option<Date>) -> f64 {
        let day = |number: i64| Instant::of_date(date(2024, 1, 1)).after(number * 86_400_000);
        let window = Window { from: from.map(When::Day), to: None };
        let mut forecast = NullForecast::new(null, &ERROR, window, (day(-100), day(10)));
        for number in -100..=10 {
            forecast.observed(day(number), math::exp2(number as f64 / 10.0));
        }
        forecast.finish().unwrap().value
    }

    #[test]
    fn what_was_last_seen_goes_on() {
        // Against 2^(1/10) .. 2^(11/10) times the last day of the old year.
        let mean = (1..=11).map(|day| 1.0 - math::exp2(-f64::from(day) / 10.0)).sum::<f64>() / 11.0;
        let found = error(Null::Persistence, Some(date(2024, 1, 1)));
        assert!((found - mean).abs() < 1e-12, "{found} is not {mean}");
    }

    #[test]
    fn without_days_before_the_first_observation_goes_on() {
        let mean =
            (0..=110).map(|day| 1.0 - math::exp2(-f64::from(day) / 10.0)).sum::<f64>() / 111.0;
        let found = error(Null::Persistence, None);
        assert!((found - mean).abs() < 1e-12, "{found} is not {mean}");
    }

    #[test]
    fn a_line_goes_on() {
        assert!(error(Null::Trend, Some(date(2024, 1, 1))) < 1e-12);
    }
}
