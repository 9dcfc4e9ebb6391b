//! What decides: tornado charts and sentences of a designed sample or a sweep; how far runs spread.

use super::numbers::{headline_series, words_of};
use pinwheel_models::describe::Headline;
use std::collections::BTreeMap;

use super::data::{Data, POINTS_MAX};
use super::figure::{Shown, markers};
use super::numbers::{Number, bands};
use crate::Error;
use crate::html::{escape, section};
use crate::question::sensitivity::{InputSentence, Sensitivity};
use crate::record::manifest::PointEntry;
use crate::show::plot::{FanChart, Ink, Reach, Size, Strip, StripChart, TornadoChart, TornadoRow};
use crate::statistics::{fan, median};
use crate::wording::{format_number, uncapitalised, with_unit};

/// Numbers with a tornado and a spread of their own.
const NUMBERS_MAX: usize = 4;
/// Fewer runs than this have no quantiles worth a fan.
const FAN_RUNS: usize = 5;
/// Most series with a fan.
const FANS_MAX: usize = 6;
/// Instants of a fan at most.
const FAN_INSTANTS: usize = 300;

/// The section; empty for a single run.
pub fn sensitive(data: &Data<'_>, numbers: &[Number]) -> Result<String, Error> {
    let (mut figures, mut sentences) = (String::new(), String::new());
    for number in numbers.iter().take(NUMBERS_MAX) {
        let (figure, told) = tornado(data, number);
        figures += &figure;
        sentences += &told;
    }
    let fans = fans(data)?;
    let spreads: String = numbers.iter().filter_map(|number| spread(data, number)).collect();
    if figures.is_empty() && fans.is_empty() && spreads.is_empty() {
        return Ok(String::new());
    }
    let sentences = match sentences.is_empty() {
        true => sentences,
        false => format!("<ul class=\"findings\">\n{sentences}</ul>\n"),
    };
    Ok(section(
        "sensitivity",
        "Sensitivity and spread",
        "Which inputs decide, and how far the runs lie apart that differ in nothing but chance.",
        &format!("{sentences}<div class=\"figures\">\n{figures}{spreads}{fans}</div>\n"),
    ))
}

/// The points of the first variant: the rows of a design, in order.
fn rows<'m>(data: &'m Data<'_>) -> Vec<&'m PointEntry> {
    let points = &data.facts.manifest.points;
    let first = points.first().map(|point| point.variant.clone()).unwrap_or_default();
    points.iter().filter(|point| point.variant == first).collect()
}

/// What a designed sample says of a number.
fn designed(data: &Data<'_>, number: &Number) -> Option<(Sensitivity, Vec<InputSentence>)> {
    let manifest = data.facts.manifest;
    let sample = manifest.sample.as_ref()?;
    let of_row = |point: &&PointEntry| median(&number.of(&point.id)).unwrap_or(f64::NAN);
    // Where keys are swept beside the sample, the design is repeated: its first time is told.
    let swept = |point: &PointEntry| -> Vec<String> {
        let sampled = |key: &str| sample.ranges.iter().any(|range| range.key == key);
        let others = point.factors.iter().filter(|factor| !sampled(&factor.key));
        others.map(|factor| factor.value.clone()).collect()
    };
    let all = rows(data);
    let first = swept(all.first()?);
    let design = all.iter().filter(|point| swept(point) == first);
    let outputs: Vec<f64> = design.map(of_row).collect();
    let found = Sensitivity::of(sample, manifest.seed, &outputs)?;
    let keys: Vec<String> = sample.ranges.iter().map(|range| range.key.clone()).collect();
    let words = uncapitalised(&number.words);
    let told = found.sentences(&keys, &words);
    Some((found, told))
}

/// The sentence on the input that decides most.
pub fn strongest(data: &Data<'_>, number: &Number) -> Option<String> {
    if let Some((_, told)) = designed(data, number) {
        return told.into_iter().next().map(|told| told.sentence);
    }
    let sweeps = swept(data, number);
    let widest = sweeps.iter().max_by(|a, b| a.width().total_cmp(&b.width()))?;
    Some(widest.sentence(number))
}

fn tornado(data: &Data<'_>, number: &Number) -> (String, String) {
    let item = |sentence: &str| format!("<li>{}</li>\n", escape(sentence));
    if let Some((found, told)) = designed(data, number) {
        let sentences = told.iter().map(|told| item(&told.sentence)).collect();
        return (designed_chart(data, number, &found, &told), sentences);
    }
    let mut sweeps = swept(data, number);
    if sweeps.is_empty() {
        return (String::new(), String::new());
    }
    sweeps.sort_by(|a, b| b.width().total_cmp(&a.width()));
    let sentences = sweeps.iter().map(|sweep| item(&sweep.sentence(number))).collect();
    (swept_chart(data, number, &sweeps), sentences)
}

fn designed_chart(
    data: &Data<'_>,
    number: &Number,
    found: &Sensitivity,
    told: &[InputSentence],
) -> String {
    let Some(sample) = &data.facts.manifest.sample else { return String::new() };
    let sizes = found.sizes();
    let row = |told: &InputSentence| {
        let size = sizes[told.input];
        let interval = Some((size.low, size.high));
        let ink = Ink::Series(0);
        let bars = vec![Reach { value: size.value, interval, ink }];
        TornadoRow { label: sample.ranges[told.input].key.clone(), bars }
    };
    let (unit, reading) = match found {
        Sensitivity::Sobol(_) => (
            "share of the variance",
            "Each bar is the share of the variance that would be gone if the input were known, its \
             interactions included. The whisker is the 95 % interval; a bar whose whisker reaches \
             zero may be nothing.",
        ),
        Sensitivity::Morris(_) => (
            number.unit.as_str(),
            "Each bar is the mean size of what moving an input over its whole range does, others \
             being anywhere. The whisker is the 95 % interval.",
        ),
        Sensitivity::Ranks(_) => (
            "partial rank correlation",
            "To the right, more of the input goes with more of the outcome, all others held still; \
             to the left, with less. The whisker is the 95 % interval.",
        ),
    };
    let chart = TornadoChart {
        title: format!("What decides {}", number.words),
        unit: unit.to_owned(),
        base: 0.0,
        legend: Vec::new(),
        rows: told.iter().map(row).collect(),
    };
    shown_tornado(data, number, &chart, reading)
}

fn shown_tornado(data: &Data<'_>, number: &Number, chart: &TornadoChart, reading: &str) -> String {
    let Some(drawing) = chart.drawing(Size::Full) else { return String::new() };
    data.figure(Shown {
        id: &format!("tornado-{}", number.id),
        title: &format!("What decides {}", uncapitalised(&number.words)),
        finding: String::new(),
        size: Size::Full,
        plots: vec![(String::new(), drawing)],
        reading,
    })
}

/// A swept key with the median of a number at each of its values.
struct Sweep {
    key: String,
    /// In the order of the sweep.
    levels: Vec<(String, f64)>,
}

impl Sweep {
    fn lowest(&self) -> &(String, f64) {
        self.levels.iter().min_by(|a, b| a.1.total_cmp(&b.1)).expect("two levels at least")
    }
    fn highest(&self) -> &(String, f64) {
        self.levels.iter().max_by(|a, b| a.1.total_cmp(&b.1)).expect("two levels at least")
    }
    fn width(&self) -> f64 {
        self.highest().1 - self.lowest().1
    }
    fn sentence(&self, number: &Number) -> String {
        let ((low_at, low), (high_at, high)) = (self.lowest(), self.highest());
        let words = uncapitalised(&number.words);
        if self.width() == 0.0 {
            return format!("{} does not move {words}.", self.key);
        }
        format!(
            "{} moves the median of {words} from {} at {low_at} to {} at {high_at}, all \
             other swept keys taken together.",
            self.key,
            format_number(*low),
            with_unit(*high, &number.unit)
        )
    }
}

/// The swept keys of the first variant, where nothing is sampled.
fn swept(data: &Data<'_>, number: &Number) -> Vec<Sweep> {
    if data.facts.manifest.sample.is_some() {
        return Vec::new();
    }
    let rows = rows(data);
    let keys = rows.first().map(|row| row.factors.len()).unwrap_or(0);
    let sweep = |place: usize| {
        let mut levels: Vec<(String, Vec<f64>)> = Vec::new();
        for row in &rows {
            let factor = row.factors.get(place)?;
            match levels.iter_mut().find(|(value, _)| *value == factor.value) {
                Some((_, values)) => values.extend(number.of(&row.id)),
                None => levels.push((factor.value.clone(), number.of(&row.id))),
            }
        }
        let key = rows.first()?.factors[place].key.clone();
        let levels: Option<Vec<(String, f64)>> =
            levels.into_iter().map(|(value, values)| Some((value, median(&values)?))).collect();
        levels.filter(|levels| levels.len() > 1).map(|levels| Sweep { key, levels })
    };
    (0..keys).filter_map(sweep).collect()
}

fn swept_chart(data: &Data<'_>, number: &Number, sweeps: &[Sweep]) -> String {
    let all = number.of_all(rows(data).iter().map(|row| row.id.as_str()));
    let Some(base) = median(&all) else { return String::new() };
    let reach = |value: f64, place: usize| Reach { value, interval: None, ink: Ink::Series(place) };
    let row = |sweep: &Sweep| TornadoRow {
        label: format!("{} ({} to {})", sweep.key, sweep.lowest().0, sweep.highest().0),
        bars: vec![reach(sweep.lowest().1, 1), reach(sweep.highest().1, 0)],
    };
    let chart = TornadoChart {
        title: format!("What decides {}", number.words),
        unit: number.unit.clone(),
        base,
        legend: vec![
            ("lowest median".to_owned(), Ink::Series(1)),
            ("highest median".to_owned(), Ink::Series(0)),
        ],
        rows: sweeps.iter().map(row).collect(),
    };
    let reading = "From the median over all runs, each bar reaches to the lowest and the highest \
                   median that the values of one key give. The longest bar decides most.";
    shown_tornado(data, number, &chart, reading)
}

/// Whether a number has a chart of its runs.
pub fn has_spread(data: &Data<'_>, number: &Number) -> bool {
    let runs = data.facts.manifest.runs.len();
    let wanted = number.stated || data.facts.manifest.points.len() > POINTS_MAX;
    let points = data.facts.manifest.points.iter();
    let all = number.of_all(points.map(|point| point.id.as_str()));
    wanted && runs > 1 && all.iter().any(|value| *value != all[0])
}

/// Every run as a dot, a row for each line of the report.
fn spread(data: &Data<'_>, number: &Number) -> Option<String> {
    if !has_spread(data, number) {
        return None;
    }
    let manifest = data.facts.manifest;
    let strip = |(place, line): (usize, &str)| {
        let mine = manifest.points.iter().filter(|point| match data.one_by_one() {
            true => point.id == line,
            false => point.variant == line || line == "all points",
        });
        let values = number.of_all(mine.map(|point| point.id.as_str()));
        Strip { label: line.to_owned(), ink: Ink::Series(place), values }
    };
    let strips: Vec<Strip> = data.points().enumerate().map(strip).collect();
    let all: Vec<f64> = strips.iter().flat_map(|strip| strip.values.iter().copied()).collect();
    let [middle, low, high] = bands(&all)?;
    let (title, unit) = (number.words.clone(), number.unit.clone());
    let drawing = StripChart { title, unit, strips, limits: Vec::new() }.drawing(Size::Half)?;
    let words = format!("{}, 90 % between {} and ", format_number(middle), format_number(low));
    let finding = format!(": median {words}{}", with_unit(high, &number.unit));
    Some(data.figure(Shown {
        id: &format!("spread-{}", number.id),
        title: &number.words,
        finding,
        size: Size::Half,
        plots: vec![(String::new(), drawing)],
        reading: "A dot is a run, the line is the median; of more than 200 runs, dots are evenly \
                  spaced quantiles. Where they heap up, most runs end; single dots far out are the \
                  tails.",
    }))
}

/// Fans of the key series of the first line.
fn fans(data: &Data<'_>) -> Result<String, Error> {
    if data.runs_of_line() < FAN_RUNS {
        return Ok(String::new());
    }
    let Some(line) = data.points().next() else { return Ok(String::new()) };
    let mut html = String::new();
    for (metric, Headline { words, .. }) in headline_series(data).into_iter().take(FANS_MAX) {
        let words = &words_of(metric, words);
        let runs = data.runs(line, metric, "")?;
        if runs.len() < FAN_RUNS || runs.iter().all(|run| run.len() < 3) {
            continue;
        }
        let chart = FanChart {
            title: words.clone(),
            unit: data.unit(metric).into_owned(),
            quantiles: sparse(fan(&runs)),
            over: Vec::new(),
            markers: markers(data),
            from_zero: false,
        };
        if chart.quantiles.iter().all(|(_, values)| values[0] == values[4]) {
            continue;
        }
        let Some(drawing) = chart.drawing(Size::Half) else { continue };
        let name = if data.points().count() > 1 { format!(", {line}") } else { String::new() };
        html += &data.figure(Shown {
            id: &format!("fan-{}", metric.replace(['_', '.'], "-")),
            title: &format!("{words}{name}"),
            finding: format!(": {} runs", runs.len()),
            size: Size::Half,
            plots: vec![(String::new(), drawing)],
            reading: "Half of the runs lie in the dark band at each instant, 90 of 100 in the light \
                      one. The line is the median.",
        });
    }
    Ok(html)
}

/// A band at evenly spaced instants, the last among them.
fn sparse<T>(band: Vec<T>) -> Vec<T> {
    let every = band.len().div_ceil(FAN_INSTANTS).max(1);
    let last = band.len().saturating_sub(1);
    let places = band.into_iter().enumerate();
    places.filter(|(at, _)| at % every == 0 || *at == last).map(|(_, point)| point).collect()
}

/// The precision of each number: what a model card owes (STRESS-DES 3.3, Law 2015).
pub fn widths(data: &Data<'_>, numbers: &[Number]) -> BTreeMap<String, String> {
    let manifest = data.facts.manifest;
    let mut found = BTreeMap::new();
    let Some(point) = manifest.points.first() else { return found };
    for number in numbers {
        let values = number.of(&point.id);
        let mean = crate::statistics::mean(&values);
        let half = crate::statistics::half_width(&values);
        let (Some(mean), Some(half)) = (mean, half) else { continue };
        let relative = match mean == 0.0 {
            true => String::new(),
            false => format!(", {} of it", crate::wording::percent(half / mean.abs())),
        };
        let needed = match crate::statistics::replications_needed(&values, 0.05) {
            Some(runs) => format!("{runs} runs give 5 %"),
            None => "over a million runs for 5 %".to_owned(),
        };
        let text = format!(
            "mean {}, half-width {}{relative}; {needed}",
            with_unit(mean, &number.unit),
            with_unit(half, &number.unit)
        );
        found.insert(number.words.clone(), text);
    }
    found
}
