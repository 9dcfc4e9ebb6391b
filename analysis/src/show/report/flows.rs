//! Who pays whom from the first record to the last, from recorded flows, and when revenue covers
//! the cost.

use crate::series::{grown, integrated};
use pinwheel_models::describe::metric::is_beside;
use pinwheel_models::describe::metric::{full_name, split_name};
use pinwheel_models::describe::{MoneyFlows, MoneyPath, PartSpec, Payee};

use super::data::{Data, of_subject};
use super::figure::Shown;
use crate::Error;
use crate::html::{Cell, escape, table};
use crate::series::{TimeSeries, trailing_mean};
use crate::show::plot::{Flow, SankeyChart, Size};
use crate::statistics::median;
use crate::wording::{format_number, plural};

/// Most variants with a chart of their own.
const CHARTS_MAX: usize = 2;
/// Days over which revenue and cost are compared.
const COVER_DAYS: u32 = 30;

/// The charts and tables; empty where no flow was recorded.
pub fn flows(data: &Data<'_>) -> Result<String, Error> {
    let mut html = String::new();
    let money = money(data);
    for (subject, money) in &money {
        html += &of_money(data, subject, money)?;
    }
    let mut subjects: Vec<&str> = data.names(COVERED).into_iter().map(subject_of).collect();
    subjects.extend(money.iter().map(|(subject, _)| *subject));
    subjects.sort_unstable();
    subjects.dedup();
    for subject in subjects {
        let of_subject = money.iter().filter(|(of, _)| *of == subject);
        html += &covered(data, subject, of_subject.map(|(_, flows)| *flows))?;
    }
    Ok(html)
}

/// What the parts say of who pays whom, for each network whose money it is.
fn money<'a>(data: &Data<'a>) -> Vec<(&'a str, &'static MoneyFlows)> {
    let parts = data.facts.parts.parts();
    let subjects = |part: &'static PartSpec| {
        let flows = part.flows.iter();
        flows.flat_map(move |flows| data.subjects(part).into_iter().map(move |of| (of, flows)))
    };
    parts.flat_map(subjects).collect()
}

fn subject_of(name: &str) -> &str {
    split_name(name).0
}

fn of_money(data: &Data<'_>, subject: &str, money: &'static MoneyFlows) -> Result<String, Error> {
    let (mut plots, mut rows, mut window) = (Vec::new(), Vec::new(), None);
    let several = data.points().count() > 1;
    let unit = data.facts.manifest.unit_for(money.unit, subject);
    for line in data.points().take(CHARTS_MAX) {
        let mut flows = Vec::new();
        for Way { path, to, label } in ways(data, line, subject, money)? {
            let amount = amount(data, line, subject, (path, &label))?;
            let first = full_name(subject, path.plus[0]);
            if let Some(run) = data.runs(line, &first, &label)?.first() {
                window = run.first().zip(run.last()).map(|(first, last)| (first.0, last.0));
            }
            if amount <= 0.0 {
                continue;
            }
            let mut row = vec![
                Cell::text(path.from),
                Cell::text(&to),
                Cell::number(format!("{} {unit}", format_number(amount))),
                Cell::Code(formula(path, &label)),
            ];
            flows.push(Flow { from: path.from.to_owned(), to, amount });
            if several {
                row.insert(0, Cell::text(line));
            }
            rows.push(row);
        }
        // One flow alone is a number, not a picture.
        if flows.len() < 2 {
            continue;
        }
        let (title, unit) = (money.title.to_owned(), unit.to_string());
        let drawing = SankeyChart { title, unit, flows }.drawing(Size::Full);
        let name = if several { line.to_owned() } else { String::new() };
        plots.extend(drawing.map(|drawing| (name, drawing)));
    }
    let (Some((first, last)), false) = (window, plots.is_empty()) else {
        return Ok(String::new());
    };
    let of = if subject.is_empty() { String::new() } else { format!(": {subject}") };
    let title = format!("{}{of}", money.title);
    let window = format!("from {first} to {last}");
    let amounts = format!("#{window}");
    let mut headings = vec!["From", "To", &amounts, "Recorded as"];
    if several {
        headings.insert(0, "Variant");
    }
    let figure = data.figure(Shown {
        id: &of_subject(money.id, subject),
        title: &title,
        finding: format!(" {window}"),
        size: Size::Full,
        plots,
        reading: "From left to right who pays whom, as wide as the amount, between the first record \
                  and the last. A rate a day counts for the time since the record before. Medians over \
                  the runs; every number is in the table below.",
    });
    let table = table(&headings, &rows);
    Ok(format!(
        "<div class=\"figures\">{figure}</div>\n<details><summary>The numbers of the chart\
         </summary>{table}</details>\n"
    ))
}

/// A path to one payee, with the label of the rows that say it.
struct Way {
    path: &'static MoneyPath,
    to: String,
    label: String,
}

/// The paths that were recorded, each to its payee, or to all those whom the labels of its metric
/// name.
fn ways(
    data: &Data<'_>,
    line: &str,
    subject: &str,
    money: &'static MoneyFlows,
) -> Result<Vec<Way>, Error> {
    let recorded: Vec<&str> = data.table.metrics().collect();
    let is_there = |metric: &&str| recorded.contains(&full_name(subject, metric).as_str());
    let mut ways = Vec::new();
    for path in money.paths.iter().filter(|path| path.plus.iter().all(is_there)) {
        if let Payee::One(to) = path.to {
            ways.push(Way { path, to: to.to_owned(), label: String::new() });
            continue;
        }
        let labels = data.labels(line, &full_name(subject, path.plus[0]))?;
        let labels = labels.into_iter().filter(|label| !label.is_empty() && !is_beside(label));
        ways.extend(labels.map(|label| Way { path, to: capital(&label), label }));
    }
    Ok(ways)
}

/// The text with a capital in front.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// What is added and taken off, as one writes it in an expression.
fn formula(path: &MoneyPath, label: &str) -> String {
    let label = if label.is_empty() { String::new() } else { format!("[\"{label}\"]") };
    let plus: Vec<String> = path.plus.iter().map(|metric| format!("{metric}{label}")).collect();
    let minus = path.minus.iter().map(|metric| format!(" - {metric}{label}"));
    plus.join(" + ") + &minus.collect::<String>()
}

/// The median over the runs of what has flowed; for metrics that are not there, nothing.
fn amount(
    data: &Data<'_>,
    line: &str,
    subject: &str,
    (path, label): (&MoneyPath, &str),
) -> Result<f64, Error> {
    let mut sums: Vec<f64> = Vec::new();
    for (sign, metrics) in [(1.0, path.plus), (-1.0, path.minus)] {
        for metric in metrics {
            let a_day =
                data.facts.parts.find(metric).is_some_and(|(_, spec)| spec.unit.ends_with("/d"));
            let runs = data.runs(line, &full_name(subject, metric), label)?;
            for (place, run) in runs.iter().enumerate() {
                let total = if a_day { integrated(run) } else { grown(run) };
                if sums.len() <= place {
                    sums.resize(place + 1, 0.0);
                }
                sums[place] += sign * total;
            }
        }
    }
    Ok(median(&sums).unwrap_or(0.0))
}

/// Revenue over cost as the review has it.
const COVERED: &str = "revenue_cover";

/// When what users pay covers the cost of a network, for each line.
fn covered<'m>(
    data: &Data<'_>,
    subject: &str,
    mut money: impl Iterator<Item = &'m MoneyFlows>,
) -> Result<String, Error> {
    let mut html = String::new();
    let recorded: Vec<&str> = data.table.metrics().collect();
    let both = |(revenue, cost): &(&str, &str)| {
        [revenue, cost]
            .into_iter()
            .all(|metric| recorded.contains(&full_name(subject, metric).as_str()))
    };
    let of_part = money.find_map(|flows| flows.break_even.filter(both));
    for line in data.points() {
        let of = |metric: &str| data.line((line, &full_name(subject, metric), ""), 1);
        let smooth = |points: &TimeSeries| trailing_mean(points, COVER_DAYS);
        let (paid, costs) = match of_part {
            Some((revenue, cost)) => (of(revenue)?, of(cost)?),
            None => (None, None),
        };
        let found = match (paid, costs, of(COVERED)?) {
            (Some(paid), Some(costs), _) => cover(&smooth(&paid.points), &smooth(&costs.points)),
            (_, _, Some(share)) => {
                let whole = share.points.iter().map(|(date, _)| (*date, 1.0)).collect();
                cover(&share.points, &whole)
            }
            _ => continue,
        };
        let several = data.points().count() > 1;
        let names = [subject, line].into_iter().zip([!subject.is_empty(), several]);
        let names = names.filter(|(_, told)| *told).map(|(name, _)| format!("{name}: "));
        let name: String = names.collect();
        html += &format!("<p><b>{}</b></p>\n", escape(&(name + &found)));
    }
    Ok(html)
}

/// "Without subsidy the network breaks even after 14 months, on 2027-03-02."
fn cover(revenue: &TimeSeries, cost: &TimeSeries) -> String {
    let pairs = || revenue.iter().zip(cost);
    let Some((last, start)) = revenue.last().zip(revenue.first()) else { return String::new() };
    // From then on to the end, not for a day.
    let short = pairs().rposition(|((_, paid), (_, costs))| paid < costs);
    let covers = match cost.last() {
        Some((_, costs)) if *costs > 0.0 => crate::wording::percent(last.1 / costs),
        _ => "all".to_owned(),
    };
    match short {
        None => format!(
            "Revenue covers the running costs from the first month on ({covers} of them at the \
             end)."
        ),
        Some(place) if place + 1 < revenue.len() => {
            let date = revenue[place + 1].0;
            let months = date.days_since(start.0) / 30.44;
            format!(
                "Without subsidy the network breaks even after {}, on {date}: from then on revenue \
                 covers the running costs ({covers} of them at the end).",
                plural(months.ceil() as u64, "month")
            )
        }
        Some(_) => format!(
            "Without subsidy the network does not break even within the horizon: at the end \
             revenue covers {covers} of the running costs."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::{DAY_MILLIS, Instant};

    fn series(values: &[f64], days: i64) -> TimeSeries {
        let at = |place: i64| Instant::from_millis(place * days * DAY_MILLIS);
        (0..).map(at).zip(values.iter().copied()).collect()
    }

    #[test]
    fn break_even_counts_from_the_last_day_that_was_short() {
        let cost = series(&[2.0; 5], 30);
        let text = cover(&series(&[1.0, 3.0, 1.0, 3.0, 4.0], 30), &cost);
        assert!(text.contains("after 3 months, on 1970-04-01"), "{text}");
        assert!(text.contains("200\u{a0}% of them at the end"), "{text}");
        let text = cover(&series(&[1.0; 5], 30), &cost);
        assert!(text.contains("does not break even") && text.contains("50\u{a0}%"), "{text}");
        assert!(cover(&series(&[3.0; 5], 30), &cost).contains("from the first month"));
    }
}
