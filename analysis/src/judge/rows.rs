//! Judges one run while it goes on: invariants, outcomes and targets, from every row and before any
//! is thinned or written. Only a quantile over time keeps its series, and a mean over a window of
//! time its rows; all else is a few numbers.

use crate::judge::verdict::{Measuring, Missing, NullForecast, Window};
use crate::record::outcome::{Failing, Judged, Kept, Names, TargetFound};
use jiff::civil::Date;
use pinwheel_core::check::Breach;
use pinwheel_core::{Label, Metric, Row, SimDuration, SimTime};
use pinwheel_models::registry;
use pinwheel_models::scenario::expression::{
    self, Cell, Exact, Fold, Formula, Labels, Operand, Reducer, Scalar, Shown, View,
};
use pinwheel_models::scenario::invariant::{Invariant, Kind, Part};
use pinwheel_models::scenario::{Experiment, OutcomeSpec, Point, Target};

use crate::series::{Instant, bounds};
use crate::statistics::quantile;
use pinwheel_models::describe::metric::{BOOKKEEPING_LABEL, OBSERVED_LABEL, is_beside, split_name};

/// The judge of one run.
#[derive(Debug)]
pub struct Judge<'e> {
    conditions: Vec<Option<Condition<'e>>>,
    outcomes: Vec<OutcomeBook<'e>>,
    targets: Vec<Option<TargetBook<'e>>>,
    /// The first day of the run.
    start: Date,
    /// By the number of a metric: the books that read it.
    readers: Vec<Vec<usize>>,
    end: SimTime,
}

#[derive(Debug)]
struct Condition<'e> {
    invariant: &'e Invariant,
    book: Book<'e>,
    kept: Kept,
}

#[derive(Debug)]
struct OutcomeBook<'e> {
    spec: &'e OutcomeSpec,
    book: Book<'e>,
}

impl<'e> Judge<'e> {
    /// A judge of the invariants and outcomes that concern a point.
    pub fn new(experiment: &'e Experiment, point: &Point) -> Self {
        let days = |days: u32| SimTime::ZERO + SimDuration::from_days(u64::from(days));
        let end = days(point.scenario.horizon_days);
        let condition = |invariant: &'e Invariant| {
            let window = match invariant.kind {
                Kind::Over(part) => window(part, point),
                _ => (SimTime::ZERO, SimTime::MAX),
            };
            invariant.judges(&point.variant).then(|| Condition {
                invariant,
                book: Book::new(&invariant.condition, window),
                kept: Kept::default(),
            })
        };
        let since = (days(experiment.warm_up_days), SimTime::MAX);
        let outcome =
            |spec: &'e OutcomeSpec| OutcomeBook { spec, book: Book::new(&spec.value, since) };
        let start = point.scenario.start;
        let run = (Instant::of_date(start), Instant::of_run(start, end));
        let target = |target: &'e Target| {
            target.judges(&point.variant).then(|| TargetBook::new(target, run, experiment))
        };
        let mut judge = Judge {
            conditions: experiment.invariants.iter().map(condition).collect(),
            outcomes: experiment.outcomes.iter().map(outcome).collect(),
            targets: experiment.targets.iter().map(target).collect(),
            start,
            readers: Vec::new(),
            end,
        };
        judge.index();
        judge
    }

    /// Notes for each metric which books read it: the conditions first, then the outcomes.
    fn index(&mut self) {
        let conditions = self.conditions.iter().map(|one| one.as_ref().map(|one| &one.book));
        let books = conditions.chain(self.outcomes.iter().map(|one| Some(&one.book)));
        for (place, book) in books.enumerate() {
            for operand in book.iter().flat_map(|book| book.operands) {
                let metric = usize::from(operand.metric.0);
                if self.readers.len() <= metric {
                    self.readers.resize(metric + 1, Vec::new());
                }
                if self.readers[metric].last() != Some(&place) {
                    self.readers[metric].push(place);
                }
            }
        }
    }

    /// Takes rows in the order of time; all rows of a moment come together. Returns the breach that
    /// ends the run, if there is one; what follows it is not judged.
    pub fn rows(&mut self, rows: &[Row], names: &Names) -> Option<Breach> {
        for target in self.targets.iter_mut().flatten() {
            target.read(rows, names, self.start);
        }
        if self.readers.is_empty() {
            return None;
        }
        let mut touched = Vec::new();
        for moment in rows.chunk_by(|one, next| one.time == next.time) {
            touched.clear();
            for row in moment {
                let readers = self.readers.get(usize::from(row.metric.0));
                for &place in readers.into_iter().flatten() {
                    let conditions = self.conditions.len();
                    let book = match place.checked_sub(conditions) {
                        Some(place) => Some(&mut self.outcomes[place].book),
                        None => self.conditions[place].as_mut().map(|one| &mut one.book),
                    };
                    if book.is_some_and(|book| book.note(row, names)) {
                        touched.push(place);
                    }
                }
            }
            touched.sort_unstable();
            touched.dedup();
            let breach = touched.iter().filter_map(|&place| self.tick(place, moment[0].time));
            if let Some(breach) = breach.reduce(|first, _| first) {
                return Some(breach);
            }
        }
        None
    }

    /// Reads a moment at which a book got a record.
    fn tick(&mut self, place: usize, time: SimTime) -> Option<Breach> {
        let Some(condition) = self.conditions.get_mut(place) else {
            self.outcomes[place - self.conditions.len()].book.hand_over(time);
            return None;
        };
        let condition = condition.as_mut()?;
        let invariant = condition.invariant;
        match invariant.kind {
            Kind::Final | Kind::Over(_) => condition.book.hand_over(time),
            Kind::Always | Kind::Sometimes if condition.book.is_tick(time) => {
                condition.look(time);
            }
            Kind::Always | Kind::Sometimes => {}
        }
        let failing = condition.kept.failure.as_ref().filter(|_| invariant.stops())?;
        let detail = format!("does not hold: {}", failing.sentence());
        Some(Breach { check: invariant.id.clone(), time, detail })
    }

    /// The judgement of the run. One that did not come to its `complete` end has no end to judge.
    pub fn finish(mut self, complete: bool) -> Judged {
        let end = self.end;
        let finish = |condition: Option<Condition<'_>>| {
            let Some(mut condition) = condition else { return Kept::default() };
            let once = matches!(condition.invariant.kind, Kind::Final | Kind::Over(_));
            if once && complete {
                condition.look(end);
            }
            if condition.kept.made == 0 {
                let cut = once && !complete;
                condition.kept.missing = Some(match cut {
                    true => "the run did not come to its end".to_owned(),
                    false => condition.book.missing(once),
                });
            }
            condition.kept
        };
        let invariants = std::mem::take(&mut self.conditions).into_iter().map(finish).collect();
        let value = |outcome: &OutcomeBook<'_>| {
            let OutcomeBook { spec, book } = outcome;
            let value: Option<f64> = expression::number(book.operands, &spec.value.root, book);
            let told = value.map(|value| spec.shown.unit.from_base(value));
            told.filter(|value| complete && value.is_finite())
        };
        let outcomes = self.outcomes.iter().map(value).collect();
        let targets = self.targets.into_iter().map(|target| Some(target?.finish())).collect();
        Judged { invariants, outcomes, targets }
    }
}

/// A target of one run, on its way: over its window, and over the parts of it before and from the
/// first day that calibration has not seen.
#[derive(Debug)]
struct TargetBook<'e> {
    target: &'e Target,
    metric: Option<Metric>,
    subject: &'e str,
    whole: Measuring<'e>,
    calibration: Option<Measuring<'e>>,
    verdict_window: Option<Measuring<'e>>,
    nulls: Vec<NullForecast<'e>>,
}

impl<'e> TargetBook<'e> {
    fn new(target: &'e Target, (start, end): (Instant, Instant), experiment: &Experiment) -> Self {
        let (shortened, verdict_from) = (experiment.shortened, experiment.verdict_from);
        let whole = Window { from: target.from, to: target.to };
        let measuring = |window| {
            let measuring = Measuring::new(&target.measure, window);
            measuring.of_run(start, end).of_shortened(shortened)
        };
        TargetBook {
            target,
            metric: registry::ALL.find(&target.metric).map(|(number, _)| number),
            subject: split_name(&target.metric).0,
            whole: measuring(whole).keeping_losses(target.beats.contains(&true)),
            calibration: whole.until(verdict_from).map(measuring),
            verdict_window: whole.since(verdict_from).map(measuring),
            nulls: (target.nulls.iter().zip(target.beats.iter().copied()))
                .map(|null| NullForecast::new(null, &target.measure, whole, (start, end)))
                .collect(),
        }
    }

    fn read(&mut self, rows: &[Row], names: &Names, start: Date) {
        for row in rows.iter().filter(|row| Some(row.metric) == self.metric) {
            if !names.is_about(row, self.subject) {
                continue;
            }
            let instant = Instant::of_run(start, row.time);
            if names.is_of(row, OBSERVED_LABEL) {
                self.nulls.iter_mut().for_each(|null| null.observed(instant, row.value));
            } else if names.is_of(row, BOOKKEEPING_LABEL) {
                self.nulls.iter_mut().for_each(|null| null.kept(instant, row.value));
            }
            let parts = [&mut self.calibration, &mut self.verdict_window];
            for measuring in parts.into_iter().flatten().chain([&mut self.whole]) {
                if names.is_of(row, &self.target.label) {
                    measuring.simulated(instant, row.value);
                } else if names.is_of(row, OBSERVED_LABEL) {
                    measuring.observed(instant, row.value);
                }
            }
        }
    }

    fn finish(mut self) -> TargetFound {
        let (losses, lag) = (self.whole.take_losses(), self.target.lag);
        let nulls = self.nulls.into_iter().map(|null| null.found(&losses, lag)).collect();
        let number = |measuring: Measuring<'e>| {
            let value = measuring.finish()?.value;
            let none = || Missing::Data(format!("the measured value is {value}"));
            value.is_finite().then_some(value).ok_or_else(none)
        };
        TargetFound {
            whole: number(self.whole),
            calibration: self.calibration.and_then(|part| number(part).ok()),
            verdict_window: self.verdict_window.and_then(|part| number(part).ok()),
            nulls,
        }
    }
}

impl Condition<'_> {
    /// Evaluates the condition once and notes how it came out.
    fn look(&mut self, time: SimTime) {
        let found = match self.invariant.exact {
            true => self.judged::<Exact>(time),
            false => self.judged::<f64>(time),
        };
        let Some(failing) = found else { return };
        self.kept.made += 1;
        match failing {
            None => self.kept.held += 1,
            Some(failing) => {
                self.kept.failure.get_or_insert(failing);
            }
        }
    }

    /// Nothing where a value is missing; else what failed, if anything did.
    fn judged<S: Readable>(&self, time: SimTime) -> Option<Option<Failing>> {
        let Invariant { condition, tolerance, .. } = self.invariant;
        let judgement = expression::judge::<S>(condition, *tolerance, &self.book)?;
        let by = judgement.by;
        let failing = || Failing {
            time,
            comparison: by.text.clone(),
            left: judgement.left.readable(&by.shown),
            right: judgement.right.readable(&by.shown),
        };
        Some((!judgement.held).then(failing))
    }
}

/// A number as people read it.
trait Readable: Scalar {
    fn readable(&self, shown: &Shown) -> String;
}

impl Readable for f64 {
    fn readable(&self, shown: &Shown) -> String {
        let value = shown.unit.from_base(*self);
        // Every digit, and none that takes a line of zeros.
        let plain = value == 0.0 || (1e-4..1e15).contains(&value.abs());
        let digits = if plain { format!("{value}") } else { format!("{value:e}") };
        format!("{digits} {}", shown.name).trim_end().to_owned()
    }
}

impl Readable for Exact {
    fn readable(&self, shown: &Shown) -> String {
        format!("{} {}", self.show(shown.decimals.unwrap_or(0)), shown.name)
    }
}

/// First and last instant of a part of a run.
fn window(part: Part, point: &Point) -> (SimTime, SimTime) {
    let days = |days: u32| SimDuration::from_days(u64::from(days));
    match part {
        Part::Last(last) => {
            // As a window of means: without the instant at which it begins.
            let before = SimTime::ZERO + (days(point.scenario.horizon_days) - last);
            (before + SimDuration::from_nanos(1), SimTime::MAX)
        }
        Part::Between { from, to } => {
            let start = Instant::of_date(point.scenario.start);
            let since = |instant: Instant, nanos: u64| {
                let millis = u64::try_from(instant.millis_since(start)).unwrap_or(0);
                SimTime::from_nanos(millis * 1_000_000 + nanos)
            };
            let from = from.map_or(SimTime::ZERO, |when| since(bounds(when).0, 0));
            // Up to the last nanosecond of its millisecond.
            (from, to.map_or(SimTime::MAX, |when| since(bounds(when).1, 999_999)))
        }
    }
}

/// What one expression has read of a run.
#[derive(Debug)]
struct Book<'e> {
    operands: &'e [Operand],
    slots: Vec<Slot>,
    folds: Vec<FoldState<'e>>,
    /// First and last instant that is read.
    window: (SimTime, SimTime),
}

/// The last record of an operand.
#[derive(Debug, Default)]
struct Slot {
    time: Option<SimTime>,
    labels: Vec<Label>,
    cells: Vec<Cell>,
    /// A label that the metric has and the operand does not ask for.
    other: Option<String>,
}

impl View for Book<'_> {
    fn cells(&self, operand: usize) -> Option<&[Cell]> {
        let slot = &self.slots[operand];
        slot.time.map(|_| &slot.cells[..])
    }
    fn fold(&self, fold: usize) -> Option<f64> {
        self.folds[fold].value()
    }
}

impl<'e> Book<'e> {
    fn new<T>(formula: &'e Formula<T>, window: (SimTime, SimTime)) -> Self {
        Book {
            operands: &formula.operands,
            slots: formula.operands.iter().map(|_| Slot::default()).collect(),
            folds: formula.folds.iter().map(FoldState::new).collect(),
            window,
        }
    }

    /// Takes a row; false if nothing here asks for it.
    fn note(&mut self, row: &Row, names: &Names) -> bool {
        if row.time < self.window.0 || row.time > self.window.1 {
            return false;
        }
        let label = names.label(row);
        let mut noted = false;
        for (operand, slot) in self.operands.iter().zip(&mut self.slots) {
            if operand.metric != row.metric || !names.is_about(row, &operand.subject) {
                continue;
            }
            let asked = match &operand.labels {
                Labels::One(one) => names.is_of(row, one),
                Labels::All => !label.is_empty() && !is_beside(label),
            };
            if asked {
                slot.note(row);
                noted = true;
            } else if slot.other.is_none() {
                slot.other = Some(label.to_owned());
            }
        }
        noted
    }

    /// Whether every operand has a record at this instant.
    fn is_tick(&self, time: SimTime) -> bool {
        self.slots.iter().all(|slot| slot.time == Some(time))
    }

    /// Hands this instant to the functions over time whose operands all have a record at it.
    fn hand_over(&mut self, time: SimTime) {
        let mut folds = std::mem::take(&mut self.folds);
        for state in &mut folds {
            if state.fold.reads.iter().all(|&place| self.slots[place].time == Some(time)) {
                let value: Option<f64> = expression::number(self.operands, &state.fold.of, self);
                value.into_iter().for_each(|value| state.read(value));
            }
        }
        self.folds = folds;
    }

    /// Why the expression has no value.
    fn missing(&self, once: bool) -> String {
        let bare = self.operands.iter().zip(&self.slots).find(|(_, slot)| slot.time.is_none());
        let Some((operand, slot)) = bare else {
            return match once {
                true => "nothing was held by any label".to_owned(),
                false => "its metrics were never recorded at one moment".to_owned(),
            };
        };
        let wanted = match &operand.labels {
            Labels::One(label) if label.is_empty() => "row without a label".to_owned(),
            Labels::One(label) => format!("label \"{label}\""),
            Labels::All => "label".to_owned(),
        };
        let has = match slot.other.as_deref() {
            None if self.window != (SimTime::ZERO, SimTime::MAX) => {
                "it was not recorded in this part of the run".to_owned()
            }
            None => "it was not recorded".to_owned(),
            Some("") => "its rows have none".to_owned(),
            Some(label) => format!("its labels are such as \"{label}\""),
        };
        format!("{} has no {wanted}: {has}", operand.name)
    }
}

impl Slot {
    fn note(&mut self, row: &Row) {
        if self.time != Some(row.time) {
            self.time = Some(row.time);
            self.labels.clear();
            self.cells.clear();
        }
        let cell = Cell { value: row.value, exact: row.exact };
        // The last of several records of a moment counts.
        match self.labels.iter().position(|label| *label == row.label) {
            Some(place) => self.cells[place] = cell,
            None => {
                self.labels.push(row.label);
                self.cells.push(cell);
            }
        }
    }
}

/// A function over time, on its way.
#[derive(Debug)]
struct FoldState<'e> {
    fold: &'e Fold,
    count: u64,
    /// Sum, least, greatest, first or last value, the largest fall so far, or how many came before
    /// the first negative one.
    number: f64,
    peak: f64,
    negative: bool,
    /// All values, where a quantile is asked for.
    series: Vec<f64>,
    /// A value was no finite number: then neither is the result.
    broken: bool,
}

impl<'e> FoldState<'e> {
    fn new(fold: &'e Fold) -> Self {
        let series = Vec::new();
        FoldState { fold, count: 0, number: 0.0, peak: 0.0, negative: false, series, broken: false }
    }

    fn read(&mut self, value: f64) {
        let first = self.count == 0;
        self.count += 1;
        self.broken |= !value.is_finite();
        match self.fold.reducer {
            Reducer::Mean | Reducer::Sum => self.number += value,
            Reducer::Min if first || value < self.number => self.number = value,
            Reducer::Max if first || value > self.number => self.number = value,
            Reducer::First if first => self.number = value,
            Reducer::Last => self.number = value,
            Reducer::Quantile(_) => self.series.push(value),
            Reducer::Drawdown => {
                self.peak = if first { value } else { self.peak.max(value) };
                if self.peak > 0.0 {
                    self.number = self.number.max((self.peak - value) / self.peak);
                }
            }
            Reducer::UntilNegative => {
                self.negative |= value < 0.0;
                self.number += f64::from(u8::from(!self.negative));
            }
            Reducer::Min | Reducer::Max | Reducer::First => {}
        }
    }

    fn value(&self) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let value = match self.fold.reducer {
            Reducer::Mean => self.number / self.count as f64,
            Reducer::Quantile(q) => quantile(&self.series, q)?,
            _ => self.number,
        };
        Some(if self.broken { f64::NAN } else { value })
    }
}
