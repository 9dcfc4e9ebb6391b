//! The page of a backtest: fans over what came, errors by horizon, the tables behind them.

use pinwheel_models::describe::{Catalogue, MetricSpec};
use pinwheel_models::scenario::backtest::Backtest;

use crate::html::{Cell, escape, table};
use crate::judge::limit::LimitRow;
use crate::question::backtest::{Day, Fan, Findings, Score, Window};
use crate::series::Instant;
use crate::show::page::page as shell;
use crate::show::plot::{Bar, BarChart, Group, Ink, Line, LineChart, Size, Stroke};

/// Fans in one chart: more would lie over one another.
const FANS: usize = 4;

/// The page of a backtest of `name`, made again by `command`.
pub fn page(
    (name, question): (&str, &str),
    backtest: &Backtest,
    findings: &Findings,
    parts: Catalogue,
    command: &str,
) -> String {
    let mut body = format!(
        "<header><p class=\"kicker\">Pinwheel \u{00b7} backtest \u{00b7} {}</p>\n<h1>{}</h1>\n\
         <p>{}</p>\n</header>\n",
        escape(name),
        escape(if question.is_empty() { name } else { question }),
        escape(&method(backtest))
    );
    body += &limits(findings);
    for metric in &backtest.metrics {
        let Some(spec) = parts.find(metric).map(|(_, spec)| spec) else { continue };
        body += &format!(
            "<h2>{}</h2>\n<p class=\"lead\">{}</p>\n",
            escape(&metric.replace('_', " ")),
            escape(spec.about)
        );
        body += "<div class=\"figures\">\n";
        body += &fans(backtest, findings, metric, spec);
        body += &errors(backtest, findings, metric);
        body += "</div>\n";
        body += &scores(backtest, findings, metric);
    }
    body += &format!(
        "<h2>Reproduce</h2>\n<p>backtest.csv holds every forecast, backtest.json the scores.</p>\n\
         <pre>{}</pre>\n",
        escape(command)
    );
    shell(name, &body)
}

/// How it was done, in words.
fn method(backtest: &Backtest) -> String {
    let (first, last) = (backtest.origins[0], backtest.origins[backtest.origins.len() - 1]);
    let anchored = match backtest.anchored {
        true => " Each run is scaled so that it starts at what was observed at its origin.",
        false => "",
    };
    let combined = match backtest.combine.is_empty() {
        true => String::new(),
        false => format!(
            " Of {} the forecast is the geometric mean of each run and persistence; the model \
             alone stands beside it.",
            backtest.combine.join(", ")
        ),
    };
    format!(
        "{} origins, {first} to {last}. From each, the runs know nothing later; their median is \
         the forecast, and the band should hold {:.0} % of what came.{anchored} Persistence: what \
         was last seen goes on. Trend: the line through the logarithm of the last {} days goes \
         on. Origins closer together than the horizon share days, so the intervals of the \
         coverage are too narrow. Behind \u{00b1} stands what the number of runs leaves open: the \
         standard error of the median as a share of what came, from the order of the runs, mean \
         over the forecasts.{combined}",
        backtest.origins.len(),
        100.0 * backtest.band,
        backtest.trend_days
    )
}

fn figure(title: &str, chart: Option<String>) -> String {
    let Some(chart) = chart else { return String::new() };
    format!(
        "<figure class=\"full\"><h3>{}</h3>\n<div class=\"plot\">{chart}</div></figure>\n",
        escape(title)
    )
}

/// What was asked of the forecasts and how it came out.
fn limits(findings: &Findings) -> String {
    if findings.limits.is_empty() {
        return String::new();
    }
    let row = |row: &LimitRow| {
        vec![
            Cell::text(row.standing.word().to_owned()),
            Cell::text(row.name()),
            Cell::text(row.point.clone()),
            Cell::number(row.origins.to_string()),
            Cell::text(row.found.clone()),
        ]
    };
    let rows: Vec<_> = findings.limits.iter().map(row).collect();
    let headings = ["Standing", "Asked", "Point", "#Origins", "Found"];
    format!("<h2>What was asked</h2>\n{}", table(&headings, &rows))
}

/// Bands of a few origins over what was observed, one chart for each point.
fn fans(backtest: &Backtest, findings: &Findings, name: &str, spec: &MetricSpec) -> String {
    let judged = |fan: &&Fan| fan.metric == name && fan.combined == backtest.combines(name);
    let of_metric: Vec<&Fan> = findings.fans.iter().filter(judged).collect();
    let mut points: Vec<&str> = of_metric.iter().map(|fan| fan.point.as_str()).collect();
    points.dedup();
    points.sort_unstable();
    points.dedup();
    let observed = findings.observed.iter().find(|(metric, _)| metric == name);
    let at = |day: &Day| Instant::of_date(day.date);
    let mut html = String::new();
    for point in points {
        let of_point: Vec<&&Fan> = of_metric.iter().filter(|fan| fan.point == point).collect();
        let step = of_point.len().div_ceil(FANS).max(1);
        let line = |(place, fan): (usize, &&&Fan)| Line {
            label: fan.origin.to_string(),
            ink: Ink::Series(place),
            stroke: Stroke::Bold,
            points: fan.days.iter().map(|day| (at(day), day.median)).collect(),
            band: fan.days.iter().map(|day| (at(day), day.low, day.high)).collect(),
        };
        let mut lines: Vec<Line> = of_point.iter().step_by(step).enumerate().map(line).collect();
        lines.extend(observed.map(|(_, points)| Line {
            label: "observed".to_owned(),
            ink: Ink::Observed,
            stroke: Stroke::Thin,
            points: points.iter().map(|day| (Instant::of_date(day.0), day.1)).collect(),
            band: vec![],
        }));
        let title = format!("Forecasts from a few origins, {point}");
        let chart = LineChart {
            title: title.clone(),
            unit: spec.unit.to_owned(),
            lines,
            markers: vec![],
            from_zero: true,
        };
        html += &figure(&title, chart.draw(Size::Full));
    }
    html
}

/// Mean errors by horizon: the points, the two forecasts without a model, and what others
/// published.
fn errors(backtest: &Backtest, findings: &Findings, metric: &str) -> String {
    let judged = backtest.combines(metric);
    let of = |score: &&Score| {
        score.metric == metric && score.window == Window::All && score.combined == judged
    };
    let all: Vec<&Score> = findings.scores.iter().filter(of).collect();
    let Some(first) = all.first() else { return String::new() };
    let mut points: Vec<&str> = all.iter().map(|score| score.point.as_str()).collect();
    points.dedup();
    let published: Vec<_> = backtest.published.iter().filter(|p| p.metric == metric).collect();
    let mut legend: Vec<(String, Ink)> =
        points.iter().enumerate().map(|(i, p)| ((*p).to_owned(), Ink::Series(i))).collect();
    legend.push(("persistence".to_owned(), Ink::Muted));
    legend.push(("trend".to_owned(), Ink::Rest));
    let next = points.len();
    legend
        .extend(published.iter().enumerate().map(|(i, p)| (p.name.clone(), Ink::Series(next + i))));
    let group = |(place, &days): (usize, &u32)| {
        let scores = |point: &str| {
            all.iter().find(|score| score.point == point && score.horizon_days == days)
        };
        let percent = |share: f64| 100.0 * share;
        let mut values: Vec<f64> =
            points.iter().filter_map(|point| Some(percent(scores(point)?.model))).collect();
        let one = scores(&first.point);
        values.extend(one.map(|score| percent(score.persistence)));
        values.extend(one.map(|score| percent(score.trend)));
        values.extend(published.iter().map(|p| percent(p.errors[place])));
        let bars = values.iter().zip(&legend).map(|(&value, (_, ink))| Bar { ink: *ink, value });
        Group { label: format!("{days} d"), bars: bars.collect() }
    };
    let groups = backtest.horizons_days.iter().enumerate().map(group).collect();
    let title = "Mean absolute error by horizon";
    let chart = BarChart { title: title.to_owned(), unit: "%".to_owned(), legend, groups };
    figure(title, chart.draw(Size::Full))
}

fn scores(backtest: &Backtest, findings: &Findings, metric: &str) -> String {
    let percent = |share: f64| Cell::number(format!("{:.1} %", 100.0 * share));
    let row = |score: &Score| {
        vec![
            Cell::text(score.point.clone()),
            Cell::text(backtest.forecast_word(metric, score.combined).to_owned()),
            Cell::text(match score.window {
                Window::All => "all".to_owned(),
                Window::Verdict => match backtest.verdict_from {
                    Some(date) => format!("from {date}"),
                    None => String::new(),
                },
            }),
            Cell::number(format!("{} d", score.horizon_days)),
            Cell::number(score.origins.to_string()),
            percent(score.model),
            score.monte_carlo.map_or(Cell::text(String::new()), percent),
            percent(score.persistence),
            percent(score.trend),
            Cell::number(format!("{} of {}", score.held, score.origins)),
            Cell::number(format!(
                "{:.0} to {:.0} %",
                100.0 * score.coverage_low,
                100.0 * score.coverage_high
            )),
        ]
    };
    let rows: Vec<_> = findings.scores.iter().filter(|s| s.metric == metric).map(row).collect();
    let headings = [
        "Point",
        "Forecast",
        "Dates",
        "#Horizon",
        "#Origins",
        "#Error",
        "#\u{00b1}",
        "#Persistence",
        "#Trend",
        "#In the band",
        "#95 % interval",
    ];
    let mut html = table(&headings, &rows);
    for published in backtest.published.iter().filter(|p| p.metric == metric) {
        let errors = published.errors.iter().zip(&backtest.horizons_days);
        let errors: Vec<String> =
            errors.map(|(error, days)| format!("{days} d {:.1} %", 100.0 * error)).collect();
        html += &format!(
            "<p>{}: {}. {}</p>\n",
            escape(&published.name),
            errors.join(", "),
            escape(&published.source)
        );
    }
    html
}
