//! `report.html`: what a result argues, on one page that needs nothing else.
//!
//! Made of the result folder alone: manifest, verdict, outcomes and table. The outline is that of a
//! design review: verdict and findings first, goals against limits, money, actors, service and
//! security, the worst runs, what decides, what each change does, what was checked, what the model
//! is and how to make it all again.

mod aims;
mod comparison;
mod counterfactuals;
mod data;
mod facts;
mod figure;
mod findings;
mod flows;
mod head;
mod invariants;
mod model_card;
mod numbers;
mod other_metrics;
mod reproduce;
mod scorecard;
mod sensitivity;
mod shocks;
mod stress;
mod titles;

use super::page::page;
use crate::record::table::Table;
use crate::{Error, html};
use data::{Data, of_subject};
use figure::Drawer;
use pinwheel_models::describe::{Chapter, Section};

pub use comparison::side_by_side;
pub use facts::{Facts, Report};

/// The sections that show series, in the order of the page.
const SECTIONS: [(Section, &str, &str, &str); 6] = [
    (
        Section::Supply,
        "supply",
        "Token supply",
        "Where every token is, from the ledger of the runs.",
    ),
    (Section::Flows, "flows", "Money flows", "Who pays whom, and whether users or new tokens pay."),
    (Section::Actors, "actors", "Actors", "Who takes part, what they earn, and how unequal it is."),
    (Section::Service, "service", "Service", "What users get: availability, speed, durability."),
    (
        Section::Security,
        "security",
        "Security",
        "What fails, what attacks cost, and what is caught.",
    ),
    (
        Section::Other,
        "measured",
        "What else was measured",
        "Series that belong to no section above.",
    ),
];

/// The page.
///
/// # Errors
///
/// [`Error::Io`] or [`Error::Table`] if the table cannot be read.
pub fn render(facts: &Facts<'_>, table: &Table) -> Result<Report, Error> {
    let data = Data::new(facts, table);
    let numbers = numbers::numbers(&data)?;
    let findings = match findings::findings(&data, &numbers) {
        list if list.is_empty() => list,
        list => format!("<h2 id=\"findings\">Key findings</h2>\n{list}"),
    };
    let mut sections =
        vec![findings, scorecard::scorecard(&data, &numbers)?, scorecard::accuracy(facts)];
    for (place, id, title, lead) in SECTIONS {
        let body = series(&data, place)?;
        if !body.is_empty() {
            sections.push(html::section(id, title, lead, &body));
        }
    }
    sections.extend([
        stress::stress(&data, &numbers)?,
        sensitivity::sensitive(&data, &numbers)?,
        counterfactuals::counterfactuals(&data, &numbers)?,
        invariants::invariants(facts),
        model_card::html(&data, &numbers)?,
        reproduce::reproduce(facts),
    ]);
    let body = [head::head(facts), contents(&sections), sections.concat()].concat();
    let html = page(&facts.manifest.name, &body);
    Ok(Report { html, figures: data.into_figures() })
}

/// The model card of a result as Markdown.
///
/// # Errors
///
/// [`Error::Io`] or [`Error::Table`] if the table cannot be read.
pub fn model_card(facts: &Facts<'_>, table: &Table) -> Result<String, Error> {
    model_card::markdown(&Data::new(facts, table))
}

/// Everything a section shows of series: conservation or flows first, chapters, the rest.
fn series(data: &Data<'_>, place: Section) -> Result<String, Error> {
    let mut body = match place {
        Section::Supply => head::conservation(data.facts),
        Section::Flows => flows::flows(data)?,
        Section::Security => shocks::shocks(data)?,
        _ => String::new(),
    };
    for part in data.facts.parts.parts() {
        let mut chapters = part.chapters.iter().filter(|chapter| chapter.section == place);
        chapters.try_for_each(|chapter| {
            let mut subjects = data.subjects(part).into_iter();
            subjects.try_for_each(|subject| {
                body += &of_chapter(data, chapter, subject)?;
                Ok::<(), Error>(())
            })
        })?;
    }
    Ok(body + &other_metrics::other_metrics(data, place)?)
}

/// A chapter of a part, of one subject: a network by its id, which the title says.
fn of_chapter(data: &Data<'_>, chapter: &Chapter, subject: &str) -> Result<String, Error> {
    let mut drawn = String::new();
    for figure in chapter.figures {
        drawn.extend(Drawer { figure, subject }.html(data)?);
    }
    if drawn.is_empty() {
        return Ok(drawn);
    }
    let of = if subject.is_empty() { String::new() } else { format!(": {subject}") };
    Ok(format!(
        "<h3 class=\"part\" id=\"{}\">{}{of}</h3>\n<p class=\"lead\">{}</p>\n\
         <div class=\"figures\">\n{drawn}</div>\n",
        of_subject(chapter.id, subject),
        chapter.title,
        chapter.lead
    ))
}

/// Links to the sections, from their headings.
fn contents(sections: &[String]) -> String {
    let link = |section: &String| {
        let (id, rest) = section.strip_prefix("<h2 id=\"")?.split_once("\">")?;
        let (title, _) = rest.split_once("</h2>")?;
        Some(format!("<a href=\"#{id}\">{title}</a>"))
    };
    let links: String = sections.iter().filter_map(link).collect();
    format!("<nav aria-label=\"Contents\">{links}</nav>\n")
}
