//! `report.html`: what a result says, on one page that needs nothing else.

mod data;
mod figures;
mod findings;
pub mod html;
mod measured;
mod sections;
mod tell;

use jiff::civil::Date;
use pinwheel_core::MetricSpec;
use pinwheel_models::scenario::Experiment;

use crate::Error;
use crate::plot::SCRIPT;
use crate::store::Manifest;
use crate::table::Table;
use crate::verdict::Verdict;
use data::Data;
use figures::CHAPTERS;

/// Everything a report says that is not in the table.
#[derive(Debug)]
pub struct Facts<'a> {
    pub experiment: &'a Experiment,
    pub metrics: &'a [MetricSpec],
    pub verdict: &'a Verdict,
    pub manifest: &'a Manifest,
    /// The first day that calibration has not seen.
    pub split: Option<Date>,
    /// The command that makes this result again.
    pub replay: String,
}

const STYLE: &str = include_str!("style.css");

/// The page.
pub fn render(facts: &Facts<'_>, table: &Table) -> Result<String, Error> {
    let data = Data { facts, table };
    let findings = findings::findings(&data)?;
    let differences = findings::differences(&data)?;
    let accuracy = sections::accuracy(facts);
    let checks = sections::checks(facts);
    let mut chapters = String::new();
    let mut links = Vec::new();
    for chapter in CHAPTERS {
        let mut drawn = String::new();
        for figure in chapter.figures {
            drawn.extend(figure.html(&data)?);
        }
        if drawn.is_empty() {
            continue;
        }
        links.push((chapter.id, chapter.title));
        let proof =
            if chapter.id == "supply" { sections::conservation(facts) } else { String::new() };
        chapters += &format!(
            "<h2 id=\"{}\">{}</h2>\n<p class=\"lead\">{}</p>\n{proof}\
             <div class=\"figures\">\n{drawn}</div>\n",
            chapter.id, chapter.title, chapter.lead
        );
    }
    let measured = measured::measured(&data)?;
    if !findings.is_empty() {
        links.insert(0, ("findings", "Key findings"));
    }
    for (id, title, present) in [
        ("variants", "Variants", !differences.is_empty()),
        ("accuracy", "Accuracy", !accuracy.is_empty()),
    ] {
        if present {
            let place = links.iter().position(|(id, _)| *id == "supply").unwrap_or(links.len());
            links.insert(place, (id, title));
        }
    }
    if !measured.is_empty() {
        links.push(("measured", "What was measured"));
    }
    if !checks.is_empty() {
        links.push(("checks", "Checks"));
    }
    links.extend([("model", "The model"), ("reproduce", "Reproduce")]);
    let findings = match findings.is_empty() {
        true => findings,
        false => format!("<h2 id=\"findings\">Key findings</h2>\n{findings}"),
    };
    let body = [
        sections::head(facts),
        contents(&links),
        findings,
        differences,
        accuracy,
        chapters,
        measured,
        checks,
        sections::model(facts),
        sections::reproduce(facts),
    ];
    Ok(page(&facts.experiment.name, &body.concat()))
}

fn contents(links: &[(&str, &str)]) -> String {
    let links: String =
        links.iter().map(|(id, title)| format!("<a href=\"#{id}\">{title}</a>")).collect();
    format!("<nav aria-label=\"Contents\">{links}</nav>\n")
}

/// A page of this project's style, with nothing outside it.
pub fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n\
         <script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        html::escape(title)
    )
}
