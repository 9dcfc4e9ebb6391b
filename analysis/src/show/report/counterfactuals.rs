//! What a change does: variants against the first, run by run on the same random numbers, and who
//! gains and who loses by it.

use super::data::{Data, POINTS_MAX};
use super::figure::{LATE_DAYS, Shown};
use super::findings::change;
use super::numbers::{Number, bands, words_of};
use crate::Error;
use crate::html::{Cell, section, table};
use crate::series::mean_of_last;
use crate::show::plot::{DifferenceChart, PairedDifference, Size};
use crate::statistics::Paired;
use crate::wording::{format_number, signed_percent, with_unit};

/// Numbers with a chart of their differences.
const CHARTS_MAX: usize = 4;
/// Metrics by class that tell who gains.
const BY_CLASS: [(&str, &str); 3] =
    [("margin", "margin"), ("income", "income"), ("payback_months", "payback")];

/// The section; empty for a single point, and where there are too many to set side by side.
pub fn counterfactuals(data: &Data<'_>, numbers: &[Number]) -> Result<String, Error> {
    let points: Vec<&str> = data.facts.manifest.points.iter().map(|p| p.id.as_str()).collect();
    let [base, others @ ..] = points.as_slice() else { return Ok(String::new()) };
    if others.is_empty() || points.len() > POINTS_MAX {
        return Ok(String::new());
    }
    let mut figures = String::new();
    for number in numbers.iter().take(CHARTS_MAX) {
        figures.extend(chart(data, number, base, others));
    }
    let mut classes = String::new();
    let mut found = BY_CLASS.iter().map(|(metric, words)| (data.names(metric), *words));
    let (names, words) = found.find(|(names, _)| !names.is_empty()).unwrap_or_default();
    for name in names {
        classes += &by_class(data, (name, words), base, others)?;
    }
    let six = match data.facts.manifest.runs_per_point {
        runs if runs < 6 => " Below six runs a difference has no interval.",
        _ => "",
    };
    Ok(section(
        "variants",
        "With and without",
        &format!(
            "Every variant against {}, run by run on the same random numbers, so that \
             chance is the same on both sides. Brackets hold the 95&nbsp;% interval of the median \
             difference.{six}",
            crate::html::escape(base)
        ),
        &format!(
            "{}{classes}<div class=\"figures\">\n{figures}</div>\n",
            differences(numbers, base, others)
        ),
    ))
}

fn differences(numbers: &[Number], base: &str, others: &[&str]) -> String {
    let mut headings =
        vec!["Median over the runs".to_owned(), "Unit".to_owned(), format!("#{base}")];
    for other in others {
        headings.push(format!("#{other}"));
        headings.push(format!("#change to {base}"));
    }
    let mut rows = Vec::new();
    for number in numbers {
        let Some([middle, ..]) = bands(&number.of(base)) else { continue };
        let shown = |value: f64| match number.unit.as_str() {
            "share" => with_unit(value, "share"),
            _ => format_number(value),
        };
        let mut row = vec![
            Cell::text(number.words.clone()),
            Cell::text(number.unit.clone()),
            Cell::number(shown(middle)),
        ];
        for other in others {
            let value = bands(&number.of(other)).map_or("\u{2013}".into(), |[m, ..]| shown(m));
            row.push(Cell::number(value));
            row.push(Cell::number(relative(number, base, other)));
        }
        rows.push(row);
    }
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    table(&headings, &rows)
}

/// "+8.1 % [+7.9 %, +8.4 %]".
fn relative(number: &Number, base: &str, other: &str) -> String {
    let Some((paired, _)) = change(number, base, other) else { return "\u{2013}".to_owned() };
    let from_nothing = number.pairs(base, other).iter().all(|pair| pair.0 == 0.0);
    let show = |value: f64| match from_nothing {
        true => format!("{}{}", if value > 0.0 { "+" } else { "" }, format_number(value)),
        false => signed_percent(value),
    };
    with_interval(&paired, show)
}

fn with_interval(paired: &Paired, show: impl Fn(f64) -> String) -> String {
    match (paired.low, paired.high) {
        (Some(low), Some(high)) => {
            format!("{} [{}, {}]", show(paired.median), show(low), show(high))
        }
        _ => show(paired.median),
    }
}

fn chart(data: &Data<'_>, number: &Number, base: &str, others: &[&str]) -> Option<String> {
    let comparison = |other: &&str| PairedDifference {
        label: (*other).to_owned(),
        pairs: number.pairs(base, other),
    };
    let comparisons: Vec<PairedDifference> = others.iter().map(comparison).collect();
    let differ = comparisons.iter().flat_map(|c| &c.pairs).any(|(a, b)| a != b);
    if !differ {
        return None;
    }
    let (title, unit) = (number.words.clone(), number.unit.clone());
    let drawing = DifferenceChart { title, unit, comparisons }.drawing(Size::Half)?;
    Some(data.figure(Shown {
        id: &format!("difference-{}", number.id.replace('_', "-")),
        title: &number.words,
        finding: format!(": difference to {base}"),
        size: Size::Half,
        plots: vec![(String::new(), drawing)],
        reading: "The dot is the median difference of runs with equal seeds, the bar its 95 % \
                  interval, each tick a pair. A bar that crosses the line may be no difference.",
    }))
}

/// Mean of the last days by class, under each variant against the first.
fn by_class(
    data: &Data<'_>,
    (metric, words): (&str, &str),
    base: &str,
    others: &[&str],
) -> Result<String, Error> {
    let mut rows = Vec::new();
    for class in data.classes(base, metric)? {
        let late = |point: &str| -> Result<Vec<f64>, Error> {
            let runs = data.runs(point, metric, &class)?;
            Ok(runs.iter().map(|run| mean_of_last(run, LATE_DAYS)).collect())
        };
        let before = late(base)?;
        let Some([middle, ..]) = bands(&before) else { continue };
        let mut row = vec![Cell::text(class.clone()), Cell::number(format_number(middle))];
        for other in others {
            let pairs: Vec<(f64, f64)> = before.iter().copied().zip(late(other)?).collect();
            let paired = Paired::of(&pairs);
            let signed = |value: f64| {
                format!("{}{}", if value > 0.0 { "+" } else { "" }, format_number(value))
            };
            row.push(Cell::number(paired.map_or("\u{2013}".into(), |p| with_interval(&p, signed))));
            let word = match paired {
                Some(paired) if paired.is_clear() && paired.median > 0.0 => "gains",
                Some(paired) if paired.is_clear() => "loses",
                Some(paired) if paired.count < 6 && paired.median > 0.0 => "seems to gain",
                Some(paired) if paired.count < 6 && paired.median < 0.0 => "seems to lose",
                _ => "no clear difference",
            };
            row.push(Cell::text(word));
        }
        rows.push(row);
    }
    if rows.is_empty() {
        return Ok(String::new());
    }
    let unit = data.unit(metric);
    let words = words_of(metric, words);
    let mut headings = vec![format!("Class: {words}, {unit}"), format!("#{base}")];
    for other in others {
        headings.push(format!("#{other}: difference"));
        headings.push(String::new());
    }
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    Ok(format!(
        "<h3 class=\"part\">Who gains and who loses</h3>\n<p class=\"lead\">By class, means over \
         the last {LATE_DAYS} days.</p>\n{}",
        table(&headings, &rows)
    ))
}
