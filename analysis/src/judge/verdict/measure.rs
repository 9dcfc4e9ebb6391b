//! The measures of accuracy, each a plain formula over two series by instant.
//!
//! A run is measured row by row while it goes on ([`Measuring`]), so that every row counts and only
//! a window of means keeps values. An observation is compared with the simulated row of its own
//! instant; where there is none, with the last simulated row of its day.

use jiff::civil::Date;
use pinwheel_core::{SimDuration, math};
use pinwheel_models::input::When;
use pinwheel_models::scenario::{Measure, PEAK_STEPS};

pub use crate::record::outcome::Missing;
use crate::series::{Instant, TrailingMean, bounds};

const NANOS_PER_MILLI: u64 = 1_000_000;

/// What is judged of a run; both ends belong to it.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The first day or instant; `None` for the first there is.
    pub from: Option<When>,
    /// The last day or instant; `None` for the last there is.
    pub to: Option<When>,
}

impl Window {
    /// Whether an instant lies in it.
    pub fn holds(self, instant: Instant) -> bool {
        self.from.is_none_or(|from| bounds(from).0 <= instant)
            && self.to.is_none_or(|to| instant <= bounds(to).1)
    }

    /// The part before `split`; `None` without a split or where nothing is left.
    pub fn until(self, split: Option<Date>) -> Option<Window> {
        let end = When::Day(split?.yesterday().ok()?);
        let to = self.to.filter(|to| to.last() < end.last()).unwrap_or(end);
        let is_left = self.from.is_none_or(|from| from.first() <= to.last());
        is_left.then_some(Window { from: self.from, to: Some(to) })
    }

    /// The part from `split` on.
    pub fn since(self, split: Option<Date>) -> Option<Window> {
        let start = When::Day(split?);
        let from = self.from.filter(|from| start.first() < from.first()).unwrap_or(start);
        let is_left = self.to.is_none_or(|to| from.first() <= to.last());
        is_left.then_some(Window { from: Some(from), to: self.to })
    }
}

/// A number that a limit can be held against.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Measured {
    /// A share for errors; for ranges the value farthest from the middle of the range.
    pub value: f64,
    /// How many values it rests on.
    pub count: usize,
}

/// Measures one run: a simulated series against an observed one, within a window.
///
/// # Errors
///
/// [`Missing`] says what there was too little of.
pub fn measure(
    measure: &Measure,
    simulated: &[(Instant, f64)],
    observed: &[(Instant, f64)],
    window: Window,
) -> Result<Measured, Missing> {
    let mut measuring = Measuring::new(measure, window);
    let mut rest = observed.iter().peekable();
    for (instant, value) in simulated {
        while let Some((at, seen)) = rest.next_if(|(at, _)| at <= instant) {
            measuring.observed(*at, *seen);
        }
        measuring.simulated(*instant, *value);
    }
    rest.for_each(|(at, seen)| measuring.observed(*at, *seen));
    measuring.finish()
}

/// A measure of one run, on its way. Rows come in the order of time.
#[derive(Clone, Debug)]
pub struct Measuring<'m> {
    measure: &'m Measure,
    window: Window,
    /// The first and the last instant of the run; of its rows where nobody said.
    run: Option<(Instant, Instant)>,
    /// Somebody let the run end earlier than its file says.
    shortened: bool,
    /// The last simulated row of the run, inside the window or not.
    last_row: Option<Instant>,
    pairs: Pairs,
    values: Values,
}

impl<'m> Measuring<'m> {
    /// A measure that has read nothing yet.
    pub fn new(measure: &'m Measure, window: Window) -> Self {
        let steps = matches!(measure, Measure::PeakShareError { .. }).then(Vec::new);
        let (pairs, values) = (Pairs { steps, ..Pairs::default() }, Values::default());
        Measuring { measure, window, run: None, shortened: false, last_row: None, pairs, values }
    }

    /// The same, which keeps the error at each instant if `wanted`.
    #[must_use]
    pub fn keeping_losses(mut self, wanted: bool) -> Self {
        self.pairs.losses = wanted.then(Vec::new);
        self
    }

    /// The relative error at each instant, of all rows so far; empty if nobody asked for them.
    pub fn take_losses(&mut self) -> Vec<(Instant, f64)> {
        self.pairs.end();
        self.pairs.losses.take().unwrap_or_default()
    }

    /// The same of a run from `start` to `end`, whatever rows there are.
    #[must_use]
    pub fn of_run(self, start: Instant, end: Instant) -> Self {
        Measuring { run: Some((start, end)), ..self }
    }

    /// The same of a run that was `shortened` or not: what is observed only behind its end is no
    /// fault of the run then.
    #[must_use]
    pub fn of_shortened(self, shortened: bool) -> Self {
        Measuring { shortened, ..self }
    }

    /// Takes a simulated row.
    pub fn simulated(&mut self, instant: Instant, value: f64) {
        self.last_row = Some(instant);
        let (_, end) = self.run.get_or_insert((instant, instant));
        *end = instant.max(*end);
        if !self.window.holds(instant) {
            return;
        }
        match *self.measure {
            Measure::MeanAbsoluteError { .. }
            | Measure::GrowthError { .. }
            | Measure::PeakShareError { .. } => {
                self.pairs.at(instant).simulated = Some(value);
            }
            Measure::ValueAt { at, .. } => {
                let (first, last) = bounds(at);
                if first <= instant && instant <= last {
                    self.values.last = Some(value);
                }
            }
            Measure::Within { low, high, window } => {
                self.values.take(instant, value, (low + high) / 2.0, window);
            }
            Measure::Final { .. } => self.values.last = Some(value),
        }
    }

    /// Whether the run is compared with what was observed.
    fn is_compared(&self) -> bool {
        matches!(
            self.measure,
            Measure::MeanAbsoluteError { .. }
                | Measure::GrowthError { .. }
                | Measure::PeakShareError { .. }
        )
    }

    /// Takes an observed row.
    pub fn observed(&mut self, instant: Instant, value: f64) {
        if self.is_compared() && self.window.holds(instant) {
            self.pairs.at(instant).observed = Some(value);
            self.pairs.is_observed = true;
        }
    }

    /// The measured number of the run, which is over.
    ///
    /// # Errors
    ///
    /// [`Missing`] says what there was too little of.
    pub fn finish(self) -> Result<Measured, Missing> {
        let missing = |text: &str| Missing::Data(text.to_owned());
        let Some(((start, end), last)) = self.run.zip(self.last_row) else {
            return Err(missing("the simulation recorded no such series"));
        };
        let asked = match *self.measure {
            Measure::ValueAt { at, .. } => Some(at),
            _ => self.window.to.or(self.window.from),
        };
        // A day is reached by a row of it, or where the run ends after its first instant.
        let is_reached = |when: &When| {
            let (first, _) = bounds(*when);
            last >= first || end > first || end == first && matches!(when, When::At(_))
        };
        if let Some(when) = asked.filter(|when| !is_reached(when)) {
            return Err(Missing::Horizon(format!("the run ends on {end}, before {when}")));
        }
        if self.is_compared()
            && self.shortened
            && self.window.to.is_none()
            && !self.pairs.is_observed
        {
            let message = format!("nothing was observed before the run ends on {end}");
            return Err(Missing::Horizon(message));
        }
        match *self.measure {
            Measure::MeanAbsoluteError { .. } => {
                let pairs = self.pairs.finish()?;
                Ok(Measured { value: pairs.error_sum? / pairs.count as f64, count: pairs.count })
            }
            Measure::GrowthError { .. } => {
                let Pairs { first, last, count, .. } = self.pairs.finish()?;
                let (first, last) = first.zip(last).expect("there is a pair");
                Ok(Measured { value: relative(last.0 - first.0, last.1 - first.1)?, count })
            }
            Measure::PeakShareError { .. } => {
                let Pairs { steps, count, .. } = self.pairs.finish()?;
                let part = |of: fn(&(f64, f64)) -> f64| {
                    let steps = steps.iter().flatten();
                    peak_share(steps.map(of).collect()).ok_or_else(|| missing("nothing grows"))
                };
                let value = (part(|step| step.0)? - part(|step| step.1)?).abs();
                Ok(Measured { value, count })
            }
            Measure::ValueAt { at, expected, .. } => {
                let nothing = || Missing::Data(format!("no simulated value on {at}"));
                let value = self.values.last.ok_or_else(nothing)?;
                Ok(Measured { value: relative(value, expected)?, count: 1 })
            }
            Measure::Within { window, .. } => {
                let from = self.window.from.map_or(start, |from| bounds(from).0.max(start));
                let to = self.window.to.map_or(end, |to| bounds(to).1.min(end));
                self.values.farthest(window, to.millis_since(from))
            }
            Measure::Final { .. } => {
                let value = self.values.last;
                let value = value.ok_or_else(|| missing("no simulated value in the window"))?;
                Ok(Measured { value, count: 1 })
            }
        }
    }
}

/// What was simulated and observed at one instant.
#[derive(Copy, Clone, Debug)]
struct Moment {
    instant: Instant,
    simulated: Option<f64>,
    observed: Option<f64>,
}

/// Simulated and observed values that belong together.
#[derive(Clone, Debug)]
struct Pairs {
    moment: Option<Moment>,
    /// There was an observation, with a simulated row or without.
    is_observed: bool,
    /// The last simulated value of the day of the moment, before it.
    of_day: Option<f64>,
    /// The last observation of that day that had no simulated row of its instant.
    unmet: Option<(Instant, f64)>,
    first: Option<(f64, f64)>,
    last: Option<(f64, f64)>,
    error_sum: Result<f64, Missing>,
    count: usize,
    /// The error of each pair, where somebody asked for them.
    losses: Option<Vec<(Instant, f64)>>,
    /// Growth from each pair to the next, simulated and observed, where it is judged.
    steps: Option<Vec<(f64, f64)>>,
}

impl Default for Pairs {
    fn default() -> Self {
        Pairs {
            moment: None,
            is_observed: false,
            of_day: None,
            unmet: None,
            first: None,
            last: None,
            error_sum: Ok(0.0),
            count: 0,
            losses: None,
            steps: None,
        }
    }
}

impl Pairs {
    /// The moment of an instant; a later one closes that before it.
    fn at(&mut self, instant: Instant) -> &mut Moment {
        if let Some(moment) = self.moment.filter(|moment| moment.instant != instant) {
            self.close(moment);
            if moment.instant.date() != instant.date() {
                self.end_day();
            }
            self.moment = None;
        }
        self.moment.get_or_insert(Moment { instant, simulated: None, observed: None })
    }

    fn close(&mut self, moment: Moment) {
        if let (Some(simulated), Some(observed)) = (moment.simulated, moment.observed) {
            self.add(moment.instant, simulated, observed);
        } else if let Some(observed) = moment.observed {
            self.unmet = Some((moment.instant, observed));
        }
        self.of_day = moment.simulated.or(self.of_day);
    }

    fn end_day(&mut self) {
        let pair = (self.of_day.take(), self.unmet.take());
        if let (Some(simulated), Some((instant, observed))) = pair {
            self.add(instant, simulated, observed);
        }
    }

    /// Closes the last moment and its day.
    fn end(&mut self) {
        if let Some(moment) = self.moment.take() {
            self.close(moment);
            self.end_day();
        }
    }

    fn add(&mut self, instant: Instant, simulated: f64, observed: f64) {
        self.first.get_or_insert((simulated, observed));
        if let (Some(steps), Some(last)) = (&mut self.steps, self.last) {
            steps.push((simulated - last.0, observed - last.1));
        }
        self.last = Some((simulated, observed));
        self.count += 1;
        if let Ok(sum) = &mut self.error_sum {
            match relative(simulated, observed) {
                Ok(error) => {
                    *sum += error;
                    self.losses.iter_mut().for_each(|losses| losses.push((instant, error)));
                }
                Err(missing) => self.error_sum = Err(missing),
            }
        }
    }

    fn finish(mut self) -> Result<Self, Missing> {
        self.end();
        match self.count {
            0 => Err(Missing::Data("there is no observation on any simulated day".to_owned())),
            _ => Ok(self),
        }
    }
}

/// Simulated values on their own.
#[derive(Clone, Debug, Default)]
struct Values {
    last: Option<f64>,
    /// The first row, as long as there is no other.
    alone: Option<(Instant, f64)>,
    /// From when on the series tells of the run: a row stands for the time since the row before.
    begin: Option<Instant>,
    /// Where a window of means is asked for.
    mean: Option<TrailingMean>,
    farthest: Option<Measured>,
}

impl Values {
    /// Takes a row of a range with this middle.
    fn take(&mut self, instant: Instant, value: f64, middle: f64, window: Option<SimDuration>) {
        let Some(window) = window else { return self.offer(value, middle) };
        let millis = millis(window);
        if let Some((first, alone)) = self.alone.take() {
            let step = instant.millis_since(first);
            self.begin = Some(first.after(-step));
            if step >= millis {
                self.offer(alone, middle);
            }
        } else if self.begin.is_none() {
            self.alone = Some((instant, value));
        }
        let mean = self.mean.get_or_insert_with(|| TrailingMean::of_millis(millis));
        let mean = mean.take(instant, value);
        if self.begin.is_some_and(|begin| instant.millis_since(begin) >= millis) {
            self.offer(mean, middle);
        }
    }

    fn offer(&mut self, value: f64, middle: f64) {
        let count = self.farthest.map_or(0, |found| found.count) + 1;
        let off = |value: f64| (value - middle).abs();
        let before = self.farthest.map(|found| found.value);
        let value = before.filter(|far| off(*far).total_cmp(&off(value)).is_gt()).unwrap_or(value);
        self.farthest = Some(Measured { value, count });
    }

    /// The farthest value, of a part of the run of so many milliseconds.
    fn farthest(self, window: Option<SimDuration>, part: i64) -> Result<Measured, Missing> {
        // A row alone stands for a day.
        let of_a_day = window.is_some_and(|window| window <= SimDuration::from_days(1));
        let alone = self.alone.filter(|_| of_a_day);
        let alone = alone.map(|(_, value)| Measured { value, count: 1 });
        self.farthest.or(alone).ok_or_else(|| match window {
            None => Missing::Data("no simulated value in the window".to_owned()),
            // The last instant of a day lies a millisecond before its end.
            Some(window) if millis(window) > part + 1 => {
                Missing::Horizon(format!("the simulated time is shorter than {window}"))
            }
            Some(window) => {
                Missing::Data(format!("too few simulated values for a mean over {window}"))
            }
        })
    }
}

/// The part of all growth that the steps with the most of it carry; `None` where nothing grows.
fn peak_share(mut steps: Vec<f64>) -> Option<f64> {
    steps.sort_by(|one, other| other.total_cmp(one));
    let whole: f64 = steps.iter().sum();
    let most = math::round(steps.len() as f64 * PEAK_STEPS).max(1.0) as usize;
    (whole > 0.0).then(|| steps.iter().take(most).sum::<f64>() / whole)
}

/// Milliseconds of a window.
fn millis(window: SimDuration) -> i64 {
    (window.as_nanos() / NANOS_PER_MILLI) as i64
}

fn relative(value: f64, reference: f64) -> Result<f64, Missing> {
    if reference == 0.0 || !reference.is_finite() {
        return Err(Missing::Data(format!("a reference of {reference} gives no relative error")));
    }
    Ok(((value - reference) / reference).abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::TimeSeries;
    use jiff::civil::date;

    fn days(values: &[f64]) -> TimeSeries {
        let at = |day| Instant::of_date(date(2024, 1, 1 + day as i8));
        values.iter().enumerate().map(|(day, value)| (at(day), *value)).collect()
    }

    /// Values so many minutes apart from the first of January on.
    fn every(minutes: i64, values: &[f64]) -> TimeSeries {
        let at = |place| Instant::of_date(date(2024, 1, 1)).after(place * minutes * 60_000);
        (0..).map(at).zip(values.iter().copied()).collect()
    }

    fn day(day: i8) -> Option<When> {
        Some(When::Day(date(2024, 1, day)))
    }

    const ALL: Window = Window { from: None, to: None };
    const MAE: Measure = Measure::MeanAbsoluteError { limit: 0.1 };

    #[test]
    fn mean_absolute_error_counts_only_observed_days_of_the_window() {
        let simulated = days(&[110.0, 90.0, 300.0, 100.0]);
        let all = days(&[100.0, 0.0, 200.0]);
        let observed = vec![all[0], all[2]];
        let found = measure(&MAE, &simulated, &observed, ALL).unwrap();
        assert!((found.value - 0.3).abs() < 1e-12 && found.count == 2, "{found:?}");
        let first = Window { from: None, to: day(2) };
        let found = measure(&MAE, &simulated, &observed, first).unwrap();
        assert!((found.value - 0.1).abs() < 1e-12 && found.count == 1, "{found:?}");
    }

    #[test]
    fn the_share_of_the_peaks_is_compared() {
        let peaks = Measure::PeakShareError { limit: 0.1 };
        // 21 values, 20 steps, of which one is 5 %: 6 of 25 against 1 of 20.
        let simulated: Vec<f64> =
            (0..21).map(|day| f64::from(day) + if day > 7 { 5.0 } else { 0.0 }).collect();
        let observed: Vec<f64> = (0..21).map(f64::from).collect();
        let found = measure(&peaks, &days(&simulated), &days(&observed), ALL).unwrap();
        assert!((found.value - (6.0 / 25.0 - 1.0 / 20.0)).abs() < 1e-12, "{found:?}");
        let flat = measure(&peaks, &days(&[1.0; 9]), &days(&[1.0; 9]), ALL);
        assert!(matches!(flat, Err(Missing::Data(_))), "{flat:?}");
    }

    #[test]
    fn what_is_observed_behind_the_end_of_a_shortened_run_is_not_judged() {
        let found = |shortened: bool, to: Option<When>, observed: &[(Instant, f64)]| {
            let mut measuring = Measuring::new(&MAE, Window { from: None, to });
            measuring = measuring.of_shortened(shortened);
            let simulated = days(&[110.0, 90.0]);
            simulated.iter().for_each(|(at, value)| measuring.simulated(*at, *value));
            observed.iter().for_each(|(at, value)| measuring.observed(*at, *value));
            measuring.finish()
        };
        assert!(matches!(found(true, None, &[]), Err(Missing::Horizon(_))));
        assert!(matches!(found(false, None, &[]), Err(Missing::Data(_))));
        // The part that is judged was simulated, and nothing was observed in it.
        assert!(matches!(found(true, day(1), &[]), Err(Missing::Data(_))));
        let seen = (Instant::of_date(date(2024, 1, 5)), 1.0);
        assert!(matches!(found(true, None, &[seen]), Err(Missing::Data(_))));
    }

    #[test]
    fn growth_error_compares_growth_not_level() {
        let growth = Measure::GrowthError { limit: 0.1 };
        let found = measure(&growth, &days(&[50.0, 70.0]), &days(&[100.0, 116.0]), ALL).unwrap();
        assert!((found.value - 0.25).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn hourly_rows_meet_observations_of_their_hour_or_of_the_day() {
        let hours: Vec<f64> = (0..48).map(|hour| 100.0 + f64::from(hour)).collect();
        let simulated = every(60, &hours);
        // Observed each hour: 48 pairs, all of them equal.
        let found = measure(&MAE, &simulated, &simulated, ALL).unwrap();
        assert_eq!((found.value, found.count), (0.0, 48));
        // Observed once a day, at half past nine: the last row of the day is what counts.
        let half_past_nine = |place: usize| simulated[place].0.after(30 * 60_000);
        let observed = vec![(half_past_nine(9), 123.0), (half_past_nine(33), 147.0)];
        let found = measure(&MAE, &simulated, &observed, ALL).unwrap();
        assert_eq!((found.value, found.count), (0.0, 2));
        // Observed at midnight, with a row of that instant: that row counts.
        let found = measure(&MAE, &simulated, &[simulated[24]], ALL).unwrap();
        assert_eq!((found.value, found.count), (0.0, 1));
    }

    #[test]
    fn value_at_needs_the_day_or_the_instant() {
        let at = |at| Measure::ValueAt { at, expected: 8.0, limit: 0.1 };
        let of_day = |day| at(When::Day(date(2024, 1, day)));
        let found = measure(&of_day(2), &days(&[1.0, 10.0]), &[], ALL).unwrap();
        assert_eq!(found.value, 0.25);
        let outside = measure(&of_day(9), &days(&[1.0, 10.0]), &[], ALL);
        assert!(matches!(outside, Err(Missing::Horizon(_))), "{outside:?}");
        // Rows every 72 minutes: there is one at 06:00, and none at 07:00.
        let rows = every(72, &[0.0, 1.0, 2.0, 3.0, 4.0, 10.0, 6.0]);
        let hour = |hour| at(When::At(date(2024, 1, 1).at(hour, 0, 0, 0)));
        assert_eq!(measure(&hour(6), &rows, &[], ALL).unwrap().value, 0.25);
        assert!(matches!(measure(&hour(7), &rows, &[], ALL), Err(Missing::Data(_))));
        assert!(matches!(measure(&hour(9), &rows, &[], ALL), Err(Missing::Horizon(_))));
        assert_eq!(
            measure(&of_day(1), &rows, &[], ALL).unwrap().value,
            0.25,
            "the last of the day"
        );
    }

    #[test]
    fn within_takes_window_means_and_reports_the_farthest() {
        let within = |days: u64| {
            let window = (days > 0).then(|| SimDuration::from_days(days));
            Measure::Within { low: 0.0, high: 2.0, window }
        };
        let values = days(&[1.0, 5.0, 1.0, -1.5]);
        assert_eq!(measure(&within(0), &values, &[], ALL).unwrap().value, 5.0);
        assert_eq!(measure(&within(1), &values, &[], ALL).unwrap().value, 5.0);
        let found = measure(&within(2), &values, &[], ALL).unwrap();
        assert_eq!((found.value, found.count), (3.0, 3));
        let short = measure(&within(5), &values, &[], ALL);
        assert!(matches!(short, Err(Missing::Horizon(_))), "{short:?}");
    }

    #[test]
    fn a_window_is_a_time_and_not_a_number_of_rows() {
        let hour = SimDuration::from_hours(1);
        let within = |window| Measure::Within { low: 0.0, high: 1.0, window: Some(window) };
        // Every 12 minutes a value; five of them are an hour.
        let values = every(12, &[0.0, 0.0, 10.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        let found = measure(&within(hour), &values, &[], ALL).unwrap();
        assert_eq!((found.value, found.count), (2.0, 4));
        let two = SimDuration::from_hours(2);
        assert!(matches!(measure(&within(two), &values, &[], ALL), Err(Missing::Horizon(_))));
    }

    #[test]
    fn a_part_that_the_run_reaches_and_that_has_no_row_is_missing_data() {
        let within = |window| Measure::Within { low: 0.0, high: 2.0, window };
        let hour = |hour| Some(When::At(date(2024, 1, 3).at(hour, 0, 0, 0)));
        let part = Window { from: hour(6), to: hour(18) };
        let rows = days(&[1.0, 1.0, 1.0, 1.0, 1.0]);
        for window in [None, Some(SimDuration::from_hours(2))] {
            let none = measure(&within(window), &rows, &[], part);
            assert!(matches!(none, Err(Missing::Data(_))), "{none:?}");
        }
        // The last row lies before the part and the end of the run behind it.
        let of_run = |measure: &Measure, end| {
            let start = Instant::of_date(date(2024, 1, 1));
            let window = Window { from: day(4), to: day(6) };
            let mut measuring = Measuring::new(measure, window).of_run(start, end);
            rows[..3].iter().for_each(|(at, value)| measuring.simulated(*at, *value));
            measuring.finish()
        };
        let reached = Instant::of_date(date(2024, 1, 8));
        let found = of_run(&within(None), reached);
        assert!(matches!(found, Err(Missing::Data(_))), "{found:?}");
        let found = of_run(&within(None), Instant::of_date(date(2024, 1, 5)));
        assert!(matches!(found, Err(Missing::Horizon(_))), "{found:?}");
        // Three days cannot hold a mean over four.
        let found = of_run(&within(Some(SimDuration::from_days(4))), reached);
        assert!(matches!(found, Err(Missing::Horizon(_))), "{found:?}");
        let found = of_run(&within(Some(SimDuration::from_days(3))), reached);
        assert!(matches!(found, Err(Missing::Data(_))), "{found:?}");
    }

    #[test]
    fn final_is_the_last_value_of_the_window() {
        let last = Measure::Final { low: 0.0, high: 2.0 };
        assert_eq!(measure(&last, &days(&[1.0, 5.0, 3.0]), &[], ALL).unwrap().value, 3.0);
        let until = Window { from: None, to: day(2) };
        assert_eq!(measure(&last, &days(&[1.0, 5.0, 3.0]), &[], until).unwrap().value, 5.0);
        let hour = When::At(date(2024, 1, 1).at(2, 0, 0, 0));
        let until = Window { from: None, to: Some(hour) };
        let rows = every(60, &[1.0, 2.0, 7.0, 9.0]);
        assert_eq!(measure(&last, &rows, &[], until).unwrap().value, 7.0);
    }

    #[test]
    fn nothing_to_compare_is_a_fault_of_the_data_not_of_the_horizon() {
        for (simulated, observed) in [(&[][..], &[1.0][..]), (&[1.0], &[]), (&[1.0], &[0.0])] {
            let found = measure(&MAE, &days(simulated), &days(observed), ALL);
            assert!(matches!(found, Err(Missing::Data(_))), "{found:?}");
        }
    }

    #[test]
    fn a_window_that_the_run_does_not_reach_is_not_measured() {
        let values = days(&[1.0, 2.0]);
        let ends = |of| Window { from: None, to: day(of) };
        assert!(measure(&MAE, &values, &values, ends(2)).is_ok());
        let late = measure(&MAE, &values, &values, ends(3));
        assert!(matches!(late, Err(Missing::Horizon(_))), "{late:?}");
    }

    #[test]
    fn windows_split_without_overlap() {
        let split = Some(date(2024, 1, 1));
        assert_eq!(ALL.until(split).unwrap().to, Some(When::Day(date(2023, 12, 31))));
        assert_eq!(ALL.since(split).unwrap().from, split.map(When::Day));
        let late = Window { from: Some(When::Day(date(2024, 6, 1))), to: None };
        assert_eq!(late.until(split), None);
        assert_eq!(ALL.until(None), None);
        let noon = Instant::of(date(2023, 12, 31).at(12, 0, 0, 0));
        assert!(ALL.until(split).unwrap().holds(noon) && !ALL.since(split).unwrap().holds(noon));
    }
}
