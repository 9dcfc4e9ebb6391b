//! `[[target]]`: accuracy stated before the run.

use crate::describe::metric::{BOOKKEEPING_LABEL, OBSERVED_LABEL};
use crate::describe::{Recorded, RecordedMetric};
use jiff::civil::{DateTime, Time};

use super::file::TargetSection;
use super::null::{self, Beside, Nulls};
use super::{Measure, Target};
use crate::input::check::Checker;
use crate::input::tree::ValueId;
use crate::input::{HORIZON_DAYS_MAX, RunDays, When};
use pinwheel_core::SimDuration;

/// Most targets of a scenario.
const TARGETS_MAX: usize = 1_000;
/// Largest relative error one may state.
const LIMIT_MAX: f64 = 10.0;
/// Largest value one may expect, in the metric's unit.
const VALUE_MAX: f64 = 1e30;

#[derive(Copy, Clone)]
enum Kind {
    MeanAbsoluteError,
    GrowthError,
    PeakShareError,
    ValueAt,
    Within,
    Final,
}

impl Kind {
    /// Whether the runs are compared with what was observed.
    fn is_compared(self) -> bool {
        matches!(self, Kind::MeanAbsoluteError | Kind::GrowthError | Kind::PeakShareError)
    }
}

const KINDS: &[(&str, Kind)] = &[
    ("mean_absolute_error", Kind::MeanAbsoluteError),
    ("growth_error", Kind::GrowthError),
    ("peak_share_error", Kind::PeakShareError),
    ("value_at", Kind::ValueAt),
    ("within", Kind::Within),
    ("final", Kind::Final),
];

/// Checks all targets against the network's metrics and the days of the run.
pub fn targets(
    checker: &mut Checker<'_>,
    typed: &[TargetSection],
    recorded: &Recorded,
    days: Option<RunDays>,
) -> Vec<Target> {
    let checked = typed.iter().take(TARGETS_MAX).enumerate();
    let targets = checked.filter_map(|(number, section)| {
        let prefix = format!("target[{number}]");
        TargetChecker { checker, section, prefix, recorded, days }.target()
    });
    let targets = targets.collect();
    if let Some(id) = typed.get(TARGETS_MAX).and_then(|section| section.id) {
        let message = format!("{} targets", typed.len());
        checker.fault(id, "target", message, format!("at most {TARGETS_MAX}"));
    }
    let id = |section: &TargetSection| Some((section.id, checker.text_of(section.id?)?));
    let ids: Vec<_> = typed.iter().take(TARGETS_MAX).filter_map(id).collect();
    checker.unique(&ids, "target");
    targets
}

struct TargetChecker<'c, 'a, 's> {
    checker: &'c mut Checker<'a>,
    section: &'s TargetSection,
    prefix: String,
    recorded: &'s Recorded,
    days: Option<RunDays>,
}

impl TargetChecker<'_, '_, '_> {
    fn target(mut self) -> Option<Target> {
        let section = self.section;
        let id = self.required(section.id, "id", "\"raw-power\"");
        let id = self.checker.title(id, &self.key("id"));
        let metric = self.metric();
        let from = self.when_in_run(section.from, "from");
        let to = self.when_in_run(section.to, "to");
        if let (Some(from), Some(to), Some(given)) = (from, to, section.to)
            && to.last() < from.first()
        {
            let message = format!("{to} lies before from = {from}");
            self.checker.fault(given, &self.key("to"), message, "let from come first");
        }
        let kind = self.required(section.measure, "measure", "\"mean_absolute_error\"");
        let kind = self.checker.choice(kind, &self.key("measure"), KINDS)?;
        self.refuse_others(kind);
        self.refuse_unobserved(kind, metric.as_ref());
        let unit = metric.as_ref().map_or("1", |metric| metric.unit.as_ref());
        let measure = match kind {
            Kind::MeanAbsoluteError => Measure::MeanAbsoluteError { limit: self.limit()? },
            Kind::GrowthError => Measure::GrowthError { limit: self.limit()? },
            Kind::PeakShareError => Measure::PeakShareError { limit: self.limit()? },
            Kind::ValueAt => self.value_at(unit, metric.is_some())?,
            Kind::Within => {
                let window_key = self.key("window");
                let window = self.checker.duration(section.window, &window_key, HORIZON_DAYS_MAX);
                self.window_fits(window, from, to);
                let (low, high) = self.range(unit, metric.is_some())?;
                Measure::Within { low, high, window }
            }
            Kind::Final => {
                let (low, high) = self.range(unit, metric.is_some())?;
                Measure::Final { low, high }
            }
        };
        let Nulls { nulls, beats, lag } = self.nulls(kind, from, metric.as_ref())?;
        let label = self.checker.title(section.label, &self.key("label"));
        self.refuse_label(metric.as_ref(), section, label.as_deref());
        let label = label.unwrap_or_default();
        let variant = self.checker.identifier(section.variant, &self.key("variant"));
        let (id, metric) = (id?, metric?.name());
        Some(Target { id, metric, label, variant, measure, nulls, beats, lag, from, to })
    }

    /// The forecasts without a model beside a target of this kind.
    fn nulls(
        &mut self,
        kind: Kind,
        from: Option<When>,
        metric: Option<&RecordedMetric>,
    ) -> Option<Nulls> {
        let is_kept =
            |metric| self.recorded.labels_of(metric).is_some_and(|l| l.contains(BOOKKEEPING_LABEL));
        let beside = Beside {
            prefix: &self.prefix,
            compared: kind.is_compared(),
            by_instant: matches!(kind, Kind::MeanAbsoluteError),
            from,
            days: self.days,
            kept: metric.is_none_or(is_kept),
        };
        null::nulls(self.checker, self.section, beside)
    }

    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }

    fn required(&mut self, given: Option<ValueId>, name: &str, example: &str) -> Option<ValueId> {
        let key = self.key(name);
        self.checker.required(given, &key, example)
    }

    fn metric(&mut self) -> Option<RecordedMetric> {
        let given = self.required(self.section.metric, "metric", "\"raw_power\"")?;
        let key = self.key("metric");
        let name = self.checker.text(Some(given), &key)?;
        let found = self.recorded.resolve(&name);
        found.map_err(|(message, help)| self.checker.fault(given, &key, message, help)).ok()
    }

    /// A series that the runs never record would be judged as missing only after them.
    fn refuse_label(
        &mut self,
        metric: Option<&RecordedMetric>,
        section: &TargetSection,
        label: Option<&str>,
    ) {
        // A label that is at fault has its own message.
        if section.label.is_some() && label.is_none() {
            return;
        }
        let Some(metric) = metric else { return };
        let refused = self.recorded.has_label(metric, label.unwrap_or_default());
        if let (Err((message, help)), Some(given)) = (refused, section.label.or(section.metric)) {
            self.checker.fault(given, &self.key("label"), message, help);
        }
    }

    fn when_in_run(&mut self, given: Option<ValueId>, name: &str) -> Option<When> {
        let key = self.key(name);
        let when = self.checker.when(given, &key)?;
        // A date after the end is left to the judge, which says that it did not judge it: a run
        // may be shortened by hand.
        if let Some(first) = self.days.map(|days| days.first)
            && when.last().date() < first
        {
            let message = format!("{when} lies before the run");
            self.checker.fault(given?, &key, message, format!("the run starts on {first}"));
        }
        Some(when)
    }

    /// A fault if no mean over the window fits into the part of the run that is judged. Where the
    /// length of the run was laid over that of the file, the judge says that it did not judge.
    fn window_fits(&mut self, window: Option<SimDuration>, from: Option<When>, to: Option<When>) {
        let (Some(window), Some(days), Some(given)) = (window, self.days, self.section.window)
        else {
            return;
        };
        let midnight = |date| DateTime::from_parts(date, Time::midnight());
        let is_laid = self.checker.tree.is_length_laid();
        if is_laid && from.zip(to).is_none() {
            return;
        }
        let first = from.map_or(midnight(days.first), When::first);
        // The last instant of a day lies a nanosecond before its end.
        let last = to.map_or(midnight(days.last), When::last);
        let part = last.duration_since(first).as_nanos().saturating_add(1);
        let whole = SimDuration::from_days(u64::from(days.horizon_days));
        let (longest, what) = match (window > whole && !is_laid, from.or(to)) {
            (true, _) | (_, None) => (i128::from(whole.as_nanos()), "the run"),
            (false, Some(_)) => (part, "the part from `from` to `to`"),
        };
        // A part that lies behind the run is not judged.
        if longest > 0 && i128::from(window.as_nanos()) > longest {
            let message = format!("a mean over {window} is longer than {what}");
            let help = "write a shorter window, or leave it out to judge each row";
            self.checker.fault(given, &self.key("window"), message, help);
        }
    }

    fn limit(&mut self) -> Option<f64> {
        let given = self.required(self.section.limit, "limit", "\"3 %\"");
        let key = self.key("limit");
        self.checker.share(given, &key, LIMIT_MAX)
    }

    fn number(&mut self, given: Option<ValueId>, name: &str, unit: &str) -> Option<f64> {
        let given = self.required(given, name, "0.97");
        let key = self.key(name);
        self.checker.quantity(given, &key, unit, true, -VALUE_MAX..=VALUE_MAX)
    }

    fn value_at(&mut self, unit: &str, unit_known: bool) -> Option<Measure> {
        let at = self.required(self.section.at, "at", "2024-01-12");
        let at = self.when_in_run(at, "at");
        let limit = self.limit();
        let expected = match unit_known {
            true => self.number(self.section.expected, "expected", unit),
            false => None,
        };
        Some(Measure::ValueAt { at: at?, expected: expected?, limit: limit? })
    }

    fn range(&mut self, unit: &str, unit_known: bool) -> Option<(f64, f64)> {
        let section = self.section;
        if !unit_known {
            return None;
        }
        let low = self.number(section.low, "low", unit);
        let high = self.number(section.high, "high", unit);
        let (low, high) = (low?, high?);
        if low > high {
            let message = format!("low = {low} is above high = {high}");
            self.checker.fault(section.low?, &self.key("low"), message, "exchange low and high");
            return None;
        }
        Some((low, high))
    }

    /// An error of what nobody has observed would be told as missing only after the runs. Where the
    /// metric is observed at one point, the target is for that.
    fn refuse_unobserved(&mut self, kind: Kind, metric: Option<&RecordedMetric>) {
        let (true, Some(metric), Some(given)) = (kind.is_compared(), metric, self.section.measure)
        else {
            return;
        };
        let place = self.checker.tree.place(given);
        match self.recorded.labels_of(metric).is_none_or(|all| all.contains(OBSERVED_LABEL)) {
            true => self.checker.faults.note_effect(place),
            false => {
                let message = format!("nobody has observed {}: there is no error", metric.name());
                let help = "choose a measure that needs no data, such as \"within\" or \"final\"";
                let key = self.key("measure");
                self.checker.faults.note_idle(place, &key, message, help.to_owned());
            }
        }
    }

    /// A key of another measure would be silently without effect.
    fn refuse_others(&mut self, kind: Kind) {
        let section = self.section;
        let range = matches!(kind, Kind::Within | Kind::Final);
        let value_at = matches!(kind, Kind::ValueAt);
        for (name, given, allowed) in [
            ("limit", section.limit, !range),
            ("at", section.at, value_at),
            ("expected", section.expected, value_at),
            ("low", section.low, range),
            ("high", section.high, range),
            ("window", section.window, matches!(kind, Kind::Within)),
        ] {
            if let (Some(given), false) = (given, allowed) {
                let message = "has no meaning for this measure".to_owned();
                let help = "remove it, or choose another measure";
                self.checker.fault(given, &self.key(name), message, help);
            }
        }
    }
}
