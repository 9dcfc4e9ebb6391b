//! Several results on one page: their verdicts, their numbers side by side, their series together.

use super::data::Data;
use super::facts::{Facts, Report};
use super::figure::Shown;
use super::head::network_name;
use super::numbers::{Number, bands, headline_series, numbers, words_of};
use crate::Error;
use crate::html::{Cell, Tone, escape, section, table};
use crate::judge::verdict::Standing;
use crate::record::table::Table;
use crate::show::page::page;
use crate::show::plot::{Ink, Line, LineChart, Size};
use crate::wording::{format_number, grouped, plural, with_unit};
use pinwheel_models::describe::Headline;

/// Lines in one chart at most.
const LINES_MAX: usize = 8;

/// One line of the page: a result and one of its points, or of its variants where it has many.
struct Member<'d, 'a> {
    data: &'d Data<'a>,
    numbers: &'d [Number],
    line: String,
    name: String,
}

/// The page of several results, each with the facts and the table of its folder.
///
/// # Errors
///
/// [`Error::Io`] or [`Error::Table`] if the table cannot be read.
pub fn side_by_side(results: &[(Facts<'_>, &Table)]) -> Result<Report, Error> {
    let data: Vec<Data<'_>> =
        results.iter().map(|(facts, table)| Data::new(facts, table)).collect();
    let found: Vec<Vec<Number>> = data.iter().map(numbers).collect::<Result<_, _>>()?;
    let mut members = Vec::new();
    for (data, numbers) in data.iter().zip(&found) {
        let several = data.points().count() > 1;
        for line in data.points() {
            let folder = &data.facts.folder;
            let name = if several { format!("{folder}: {line}") } else { folder.clone() };
            members.push(Member { data, numbers, line: line.to_owned(), name });
        }
    }
    let names: Vec<&str> = results.iter().map(|(facts, _)| facts.manifest.name.as_str()).collect();
    let head = format!(
        "<header><p class=\"kicker\">Pinwheel \u{00b7} {} side by side</p>\n\
         <h1>{}</h1>\n</header>\n",
        plural(results.len() as u64, "result"),
        escape(&names.join(", "))
    );
    let body = [
        head,
        section(
            "results",
            "Results",
            "Each with its verdict and its fingerprint.",
            &listed(results),
        ),
        section(
            "numbers",
            "Numbers",
            "Medians over the runs, with 5&nbsp;% to 95&nbsp;% of them in brackets.",
            &compared(&members),
        ),
        charts(&members)?,
    ];
    let html = page(&names.join(", "), &body.concat());
    let figures = data.into_iter().flat_map(Data::into_figures).collect();
    Ok(Report { html, figures })
}

fn listed(results: &[(Facts<'_>, &Table)]) -> String {
    let row = |(facts, _): &(Facts<'_>, &Table)| {
        let manifest = facts.manifest;
        let standing = facts.verdict.standing();
        let tone = match standing {
            Standing::Passed => Tone::Pass,
            Standing::Failed => Tone::Fail,
            Standing::Undecided => Tone::Note,
        };
        vec![
            Cell::Code(facts.folder.clone()),
            Cell::Mark(tone, standing.word()),
            Cell::text(network_name(facts)),
            Cell::Words(facts.verdict.sentence.clone()),
            Cell::number(grouped(manifest.runs.len() as f64, 0)),
            Cell::text(manifest.version.clone()),
            Cell::Code(manifest.fingerprint.chars().take(16).collect()),
        ]
    };
    let headings = ["Folder", "", "Network", "Verdict", "#Runs", "Version", "Fingerprint"];
    table(&headings, &results.iter().map(row).collect::<Vec<_>>())
}

fn compared(members: &[Member<'_, '_>]) -> String {
    let mut ids: Vec<(&str, &str)> = Vec::new();
    for number in members.iter().flat_map(|member| member.numbers) {
        if !ids.iter().any(|(id, _)| *id == number.id) {
            ids.push((&number.id, &number.words));
        }
    }
    let mut headings = vec!["Number".to_owned()];
    headings.extend(members.iter().map(|member| format!("#{}", member.name)));
    let cell = |member: &Member<'_, '_>, id: &str| {
        let number = member.numbers.iter().find(|number| number.id == id);
        let points = member.data.members(&member.line);
        let text = number.and_then(|number| {
            let values = number.of_all(points.iter().map(String::as_str));
            let [middle, low, high] = bands(&values)?;
            let shown = with_unit(middle, &number.unit);
            Some(match low == high {
                true => shown,
                false => format!("{shown} [{}, {}]", format_number(low), format_number(high)),
            })
        });
        Cell::number(text.unwrap_or_else(|| "\u{2013}".to_owned()))
    };
    let row = |(id, words): &(&str, &str)| {
        let mut row = vec![Cell::text(*words)];
        row.extend(members.iter().map(|member| cell(member, id)));
        row
    };
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    table(&headings, &ids.iter().map(row).collect::<Vec<_>>())
}

/// The key series that two members or more have, in one chart each.
fn charts(members: &[Member<'_, '_>]) -> Result<String, Error> {
    let mut figures = String::new();
    let series = members.first().map(|member| headline_series(member.data));
    for (metric, Headline { words, .. }) in series.into_iter().flatten() {
        let words = &words_of(metric, words);
        let mut lines = Vec::new();
        for member in members.iter().take(LINES_MAX) {
            let Some(line) = member.data.line((&member.line, metric, ""), 1)? else { continue };
            let (label, ink) = (member.name.clone(), Ink::Series(lines.len()));
            lines.push(Line { label, ink, ..line }.thinned());
        }
        let (Some(first), 2..) = (members.first(), lines.len()) else { continue };
        let (title, unit) = (words.clone(), first.data.unit(metric).into_owned());
        let chart = LineChart { title, unit, lines, markers: Vec::new(), from_zero: false };
        let Some(drawing) = chart.drawing(Size::Full) else { continue };
        figures += &first.data.figure(Shown {
            id: &format!("both-{}", metric.replace(['_', '.'], "-")),
            title: words,
            finding: String::new(),
            size: Size::Full,
            plots: vec![(String::new(), drawing)],
            reading: "A line for each result, its median over the runs; bands hold 90 of 100 runs.",
        });
    }
    if figures.is_empty() {
        return Ok(figures);
    }
    let body = format!("<div class=\"figures\">\n{figures}</div>\n");
    Ok(section("series", "Series", "What the results have in common, over time.", &body))
}
