//! Where ticks go and what they say.

use crate::wording::grouped;
use jiff::civil::{Date, date};
use pinwheel_core::math;

use crate::series::{DAY_MILLIS, Instant, day_number};

/// Ticks of a value axis: round numbers that cover the range.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueAxis {
    /// The least value.
    pub low: f64,
    /// The greatest value.
    pub high: f64,
    /// The values that have a label.
    pub ticks: Vec<f64>,
    /// Values are divided by this before they are written ...
    pub divisor: f64,
    /// ... and the unit says so: "million ", "".
    pub prefix: &'static str,
    decimals: usize,
}

impl ValueAxis {
    /// An axis over the values with about `count` ticks. `from_zero` keeps zero in sight.
    pub fn over(values: impl Iterator<Item = f64>, from_zero: bool, count: usize) -> Self {
        let (mut low, mut high) = values
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if from_zero {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        if high - low < 1e-12 * high.abs().max(1e-9) {
            (low, high) = if high > 0.0 { (0.0, high * 1.25) } else { (low - 1.0, high + 1.0) };
        }
        let step = round_step((high - low) / count as f64);
        let (first, last) = ((low / step).floor() as i64, (high / step - 1e-9).ceil() as i64);
        let (divisor, prefix) = magnitude(low.abs().max(high.abs()));
        let ticks = (first..=last).map(|i| i as f64 * step).collect();
        let shown = step / divisor;
        let decimals = (0..9u8)
            .find(|d| is_whole(shown * math::pow(10.0, f64::from(*d))))
            .unwrap_or(9) as usize;
        let (low, high) = (first as f64 * step, last as f64 * step);
        ValueAxis { low, high, ticks, divisor, prefix, decimals }
    }

    /// A value as it stands beside its tick.
    pub fn label(&self, value: f64) -> String {
        grouped(value / self.divisor, self.decimals)
    }
}

fn is_whole(value: f64) -> bool {
    (value - value.round()).abs() < 1e-6
}

/// The next of 1, 2, 2.5, 5 times a power of ten.
fn round_step(rough: f64) -> f64 {
    let power = math::pow(10.0, math::floor(math::log10(rough)));
    let multiple = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|m| m * power >= rough * 0.999);
    multiple.unwrap_or(10.0) * power
}

fn magnitude(largest: f64) -> (f64, &'static str) {
    match largest {
        l if l >= 1e10 => (1e9, "billion "),
        l if l >= 1e6 => (1e6, "million "),
        l if l >= 1e5 => (1e3, "thousand "),
        _ => (1.0, ""),
    }
}

/// A tick of a time axis.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeTick {
    /// Where it is.
    pub at: Instant,
    /// What it says.
    pub label: String,
    /// The first of a year, or of a day among hours: drawn stronger.
    pub strong: bool,
}

/// Longer than this, an axis is told in months.
const MONTHS_FROM_DAYS: f64 = 62.0;
const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// Ticks of a time axis, from seconds to years, whichever leaves `least_px` between labels.
pub fn time_ticks(first: Instant, last: Instant, width_px: f64, least_px: f64) -> Vec<TimeTick> {
    if last.days_since(first) > MONTHS_FROM_DAYS {
        return month_ticks(first.date(), last.date(), width_px, least_px);
    }
    let steps = [1, 2, 5, 10, 15, 30].map(|count| count * SECOND).into_iter();
    let steps = steps.chain([1, 2, 5, 10, 15, 30].map(|count| count * MINUTE));
    let steps = steps.chain([1, 2, 3, 6, 12].map(|count| count * HOUR));
    let mut steps = steps.chain([1, 2, 7, 14].map(|count| count * DAY_MILLIS));
    let px_per_milli = width_px / last.millis_since(first).max(1) as f64;
    // A label with seconds is longer.
    let room = |step: i64| if step < MINUTE { 1.4 * least_px } else { least_px };
    let step = steps.find(|step| px_per_milli * *step as f64 >= room(*step));
    let step = step.unwrap_or(28 * DAY_MILLIS);
    let start = first.millis().div_euclid(step) * step;
    let ticks = (0..).map(|place| Instant::from_millis(start + place * step));
    let inside = ticks.skip_while(|tick| *tick < first).take_while(|tick| *tick <= last);
    let tick = |at: Instant| TimeTick {
        at,
        label: clock_label(at, step),
        strong: at.is_midnight() && step < DAY_MILLIS,
    };
    inside.map(tick).collect()
}

/// "06:00", "06:00:12", or "3 Jan" where a day begins.
fn clock_label(at: Instant, step: i64) -> String {
    let when = at.datetime();
    if at.is_midnight() {
        return format!("{} {}", when.day(), MONTHS[usize::from(when.month().unsigned_abs()) - 1]);
    }
    match step < MINUTE {
        true => format!("{:02}:{:02}:{:02}", when.hour(), when.minute(), when.second()),
        false => format!("{:02}:{:02}", when.hour(), when.minute()),
    }
}

/// Ticks at the first of months, quarters or years.
fn month_ticks(first: Date, last: Date, width_px: f64, least_px: f64) -> Vec<TimeTick> {
    let days = f64::from((day_number(last) - day_number(first)).max(1));
    let px_per_month = width_px / (days / 30.44);
    let months = [1, 3, 6, 12, 24, 60, 120];
    let step = months.into_iter().find(|m| px_per_month * f64::from(*m) >= least_px);
    let step = step.unwrap_or(240);
    let mut ticks = Vec::new();
    for index in 0.. {
        let month = (i32::from(first.year()) * 12 + i32::from(first.month()) - 1) / step * step
            + index * step;
        let (year, month) = ((month / 12) as i16, (month % 12) as i8 + 1);
        let tick = date(year, month, 1);
        if tick > last {
            return ticks;
        }
        if tick >= first {
            let at = Instant::of_date(tick);
            let label = tick_label(year, month, step);
            ticks.push(TimeTick { at, label, strong: month == 1 });
        }
    }
    ticks
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn tick_label(year: i16, month: i8, step_months: i32) -> String {
    match (month, step_months) {
        (1, _) => year.to_string(),
        (_, 1) => MONTHS[usize::from(month.unsigned_abs()) - 1].to_owned(),
        (month, _) => format!("Q{}", (month - 1) / 3 + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_ticks_are_round_and_cover_the_values() {
        let axis = ValueAxis::over([3.2, 17.4].into_iter(), true, 5);
        assert_eq!(axis.ticks, [0.0, 5.0, 10.0, 15.0, 20.0]);
        assert_eq!(axis.label(5.0), "5");
        let axis = ValueAxis::over([0.964, 0.991].into_iter(), false, 5);
        assert!(axis.low <= 0.964 && axis.high >= 0.991, "{axis:?}");
        assert_eq!(axis.label(0.97), "0.97");
        let axis = ValueAxis::over([2.0e9].into_iter(), true, 4);
        assert_eq!((axis.label(2.0e9).as_str(), axis.prefix), ("2,000", "million "));
    }

    #[test]
    fn an_axis_stands_for_no_values_and_for_one() {
        assert!(!ValueAxis::over(std::iter::empty(), true, 5).ticks.is_empty());
        let axis = ValueAxis::over([f64::NAN, 7.0, 7.0].into_iter(), false, 5);
        assert!(axis.low < 7.0 && axis.high > 7.0, "{axis:?}");
        assert!(ValueAxis::over([0.0].into_iter(), true, 5).high > 0.0);
    }

    fn labels(first: Instant, last: Instant) -> Vec<String> {
        let ticks = time_ticks(first, last, 800.0, 50.0);
        assert!(ticks.windows(2).all(|pair| pair[0].at < pair[1].at));
        ticks.into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn dates_tick_by_quarter_over_two_years_and_by_month_over_a_few() {
        let day = |year, month, day| Instant::of_date(date(year, month, day));
        let found = labels(day(2022, 10, 10), day(2025, 1, 31));
        assert_eq!(found, ["2023", "Q2", "Q3", "Q4", "2024", "Q2", "Q3", "Q4", "2025"]);
        let found = labels(day(2022, 11, 10), day(2023, 2, 2));
        assert_eq!(found, ["Dec", "2023", "Feb"]);
    }

    #[test]
    fn short_runs_tick_by_day_hour_minute_and_second() {
        let start = Instant::of_date(date(2025, 1, 1));
        let found = labels(start, start.after(14 * DAY_MILLIS));
        assert_eq!(found[..3], ["1 Jan", "2 Jan", "3 Jan"]);
        let found = labels(start.after(HOUR), start.after(2 * DAY_MILLIS));
        assert_eq!(found[..4], ["03:00", "06:00", "09:00", "12:00"]);
        assert!(found.contains(&"2 Jan".to_owned()) && found.contains(&"3 Jan".to_owned()));
        let found = labels(start.after(72 * MINUTE), start.after(3 * HOUR));
        assert_eq!(found[..3], ["01:20", "01:30", "01:40"]);
        let found = labels(start.after(12 * SECOND), start.after(2 * MINUTE));
        assert_eq!(found[..3], ["00:00:20", "00:00:30", "00:00:40"]);
        assert_eq!(labels(start, start), ["1 Jan"]);
    }
}
