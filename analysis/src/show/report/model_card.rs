//! The model card: what a reviewer of a simulation study asks for, half of it read off the result.
//!
//! The order is that of ODD (Grimm et al. 2020), then the parts that STRESS-DES (Monks et al.,
//! "Strengthening the reporting of empirical simulation studies", 2019) has beyond it.

use pinwheel_models::describe::{Headline, PartSpec};

use super::data::Data;
use super::facts::Facts;
use super::head::network_name;
use super::numbers::{self, Number};
use super::sensitivity::widths;
use crate::Error;
use crate::html::{Cell, escape, section, table};
use crate::statistics::warm_up;
use crate::wording::{grouped, plural};

/// Values of the scenario that are listed; the resolved scenario has all.
const GIVEN_MAX: usize = 120;

/// A part of the card, under one heading of a protocol.
struct Part {
    /// The item of the protocol: "ODD 1".
    item: &'static str,
    title: &'static str,
    lines: Lines,
}

enum Lines {
    /// A term and what there is to say of it.
    Pairs(Vec<(String, String)>),
    Sentences(Vec<String>),
    Grid(&'static [&'static str], Vec<Vec<String>>),
}

/// The card as a section of the page.
pub fn html(data: &Data<'_>, all: &[Number]) -> Result<String, Error> {
    let mut body = String::new();
    for Part { item, title, lines } in parts(data, all)? {
        body += &format!(
            "<h3 class=\"part\">{} <span class=\"item\">{item}</span></h3>\n",
            escape(title)
        );
        body += &match lines {
            Lines::Pairs(pairs) => {
                let row =
                    |(term, text): (String, String)| vec![Cell::text(term), Cell::Words(text)];
                table(&["", ""], &pairs.into_iter().map(row).collect::<Vec<_>>())
            }
            Lines::Sentences(sentences) => {
                let line = |text: &String| format!("<li>{}</li>\n", escape(text));
                format!("<ul>\n{}</ul>\n", sentences.iter().map(line).collect::<String>())
            }
            Lines::Grid(headings, rows) => {
                let cells = |row: Vec<String>| row.into_iter().map(Cell::text).collect();
                let rows: Vec<Vec<Cell>> = rows.into_iter().map(cells).collect();
                let grid = table(headings, &rows);
                let count = plural(rows.len() as u64, "row");
                format!("<details><summary>{count}</summary>{grid}</details>\n")
            }
        };
    }
    Ok(section(
        "model",
        "Model card",
        "After the ODD protocol (2020) and STRESS-DES. <code>pinwheel card</code> prints it as \
         Markdown.",
        &body,
    ))
}

/// The card as Markdown.
pub fn markdown(data: &Data<'_>) -> Result<String, Error> {
    let all = numbers::numbers(data)?;
    let mut text = format!("# Model card: {}\n", data.facts.manifest.name);
    let flat = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    for Part { item, title, lines } in parts(data, &all)? {
        text += &format!("\n## {title} ({item})\n\n");
        match lines {
            Lines::Pairs(pairs) => {
                for (term, words) in pairs {
                    text += &format!("- **{term}:** {words}\n");
                }
            }
            Lines::Sentences(sentences) => {
                sentences.iter().for_each(|sentence| text += &format!("- {sentence}\n"));
            }
            Lines::Grid(headings, rows) => {
                text +=
                    &format!("| {} |\n|{}\n", headings.join(" | "), "---|".repeat(headings.len()));
                for row in rows {
                    let row: Vec<String> = row.iter().map(|cell| flat(cell)).collect();
                    text += &format!("| {} |\n", row.join(" | "));
                }
            }
        }
    }
    Ok(text)
}

fn parts(data: &Data<'_>, all: &[Number]) -> Result<Vec<Part>, Error> {
    let facts = data.facts;
    let mut parts = vec![purpose(facts, all), entities(facts), process(facts), concepts(facts)];
    parts.extend([initialisation(facts), inputs(facts), given(facts)]);
    parts.extend(parameters(facts));
    parts.extend([submodels(facts), left_out(facts)]);
    parts.extend(assumptions(facts));
    parts.extend([experiments(data, all)?, implementation(facts)]);
    Ok(parts)
}

fn pair(term: &str, text: impl Into<String>) -> (String, String) {
    (term.to_owned(), text.into())
}

/// The pairs that say something.
fn non_empty(pairs: impl IntoIterator<Item = (String, String)>) -> Lines {
    Lines::Pairs(pairs.into_iter().filter(|(_, text)| !text.is_empty()).collect())
}

/// The network, the layers and the review in use.
fn described(facts: &Facts<'_>) -> Vec<&'static PartSpec> {
    let model = &facts.manifest.model;
    let reviewed = model.given.iter().any(|(key, _)| key.starts_with("review."));
    let names = model.networks.iter().chain(&model.layers).map(String::as_str);
    names.chain(reviewed.then_some("review")).filter_map(|name| facts.parts.part(name)).collect()
}

fn purpose(facts: &Facts<'_>, all: &[Number]) -> Part {
    let manifest = facts.manifest;
    let question = match manifest.question.as_str() {
        "" => "The scenario states no question.",
        question => question,
    };
    let outputs: Vec<String> = all.iter().map(|number| number.words.clone()).collect();
    let patterns = match facts.verdict.targets.len() + facts.verdict.invariants.len() {
        0 => "Nothing was stated before the run that the runs could have failed.".to_owned(),
        count => format!(
            "{} and conditions were stated before the run; how they came out is above.",
            plural(count as u64, "limit")
        ),
    };
    let aims = match manifest.points.as_slice() {
        [_] => "One configuration.".to_owned(),
        points if manifest.sample.is_some() => {
            format!("A designed sample of {} points.", grouped(points.len() as f64, 0))
        }
        points => {
            let names: Vec<&str> = points.iter().take(12).map(|p| p.id.as_str()).collect();
            let more = points.len() - names.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("Compared: {}{more}.", names.join(", "))
        }
    };
    Part {
        item: "ODD 1; STRESS 1.1\u{2013}1.3",
        title: "Purpose and patterns",
        lines: non_empty([
            pair("Question", question),
            pair("Outputs", outputs.join("; ")),
            pair("Aims of the experiment", aims),
            pair("Patterns", patterns),
            pair("Authors", manifest.authors.join(", ")),
        ]),
    }
}

fn entities(facts: &Facts<'_>) -> Part {
    let manifest = facts.manifest;
    let mut pairs: Vec<_> =
        described(facts).iter().map(|part| pair(part.name, part.card.entities)).collect();
    pairs.extend(manifest.model.choices.iter().cloned());
    if let Some(point) = manifest.points.first() {
        let days = plural(u64::from(point.horizon_days), "day");
        pairs.push(pair("Scale of time", format!("{days} from {}", point.start)));
    }
    Part {
        item: "ODD 2; STRESS 2.5",
        title: "Entities, state variables and scales",
        lines: Lines::Pairs(pairs),
    }
}

fn process(facts: &Facts<'_>) -> Part {
    let mut pairs: Vec<_> =
        described(facts).iter().map(|part| pair(part.name, part.card.process)).collect();
    pairs.push(pair(
        "Scheduling",
        "Discrete events in one total order of time, priority and sequence; what a layer \
         reports is handed to those above at the same instant.",
    ));
    Part {
        item: "ODD 3; STRESS 2.1\u{2013}2.4, 5.3",
        title: "Process overview and scheduling",
        lines: Lines::Pairs(pairs),
    }
}

fn concepts(facts: &Facts<'_>) -> Part {
    let driven = facts.manifest.model.choices.iter().any(|(_, words)| words.contains("driven"));
    let adaptation = match driven {
        true => "What actors do is given by data; they do not adapt.",
        false => "Actors follow stated rules on what they earn, cost or wait; nobody learns.",
    };
    let recorded = facts.parts.metrics().count();
    Part {
        item: "ODD 4; STRESS 5.2",
        title: "Design concepts",
        lines: Lines::Pairs(vec![
            pair(
                "Emergence",
                "Totals, prices, waits and shares follow from single events; no total \
                               is set.",
            ),
            pair("Adaptation", adaptation),
            pair(
                "Stochasticity",
                "Each entity and purpose has a random stream of its own, counter-based (Philox \
                 4x32-10), named by seed, run, entity and purpose: variants on one seed meet the \
                 same draws.",
            ),
            pair(
                "Observation",
                format!(
                    "The program knows {recorded} metrics; those of the layers in use are recorded \
                         by simulated time and judged in every run."
                ),
            ),
        ]),
    }
}

fn initialisation(facts: &Facts<'_>) -> Part {
    let manifest = facts.manifest;
    let starts = (manifest.model.given.iter())
        .filter(|(key, _)| key.contains("initial"))
        .map(|(key, value)| format!("{key} = {value}"));
    let starts: Vec<String> = starts.take(6).collect();
    let mut pairs = vec![
        pair("Seed", manifest.seed.to_string()),
        pair(
            "Warm-up",
            match manifest.warm_up_days {
                0 => "none is left out".to_owned(),
                days => format!("{} are left out of outcomes", plural(u64::from(days), "day")),
            },
        ),
    ];
    if !starts.is_empty() {
        pairs.insert(0, pair("State of the first day", starts.join("; ")));
    }
    Part { item: "ODD 5; STRESS 4.1", title: "Initialisation", lines: Lines::Pairs(pairs) }
}

fn inputs(facts: &Facts<'_>) -> Part {
    let sources = facts.manifest.sources.iter();
    let rows = sources.map(|source| vec![source.path.clone(), source.blake3.clone()]);
    Part {
        item: "ODD 6; STRESS 3.1, 3.2",
        title: "Input data",
        lines: Lines::Grid(&["File read", "BLAKE3"], rows.collect()),
    }
}

fn given(facts: &Facts<'_>) -> Part {
    let given = facts.manifest.model.given.iter().take(GIVEN_MAX);
    let rows = given.map(|(key, value)| vec![key.clone(), value.clone()]);
    Part {
        item: "STRESS 3.3",
        title: "Given in the scenario",
        lines: Lines::Grid(&["Key", "Value"], rows.collect()),
    }
}

fn parameters(facts: &Facts<'_>) -> Option<Part> {
    let parameters = &facts.manifest.model.parameters;
    if parameters.is_empty() {
        return None;
    }
    let row = |entry: &crate::record::model::ParameterEntry| {
        let unit = if entry.unit == "1" { String::new() } else { entry.unit.clone() };
        let changed = if entry.changed { "changed by the scenario" } else { "" };
        vec![
            entry.name.clone(),
            entry.value.to_string(),
            unit,
            changed.to_owned(),
            entry.source.clone(),
        ]
    };
    Some(Part {
        item: "STRESS 3.3",
        title: "Parameters of the model",
        lines: Lines::Grid(
            &["Parameter", "Value", "Unit", "", "Source"],
            parameters.iter().map(row).collect(),
        ),
    })
}

fn submodels(facts: &Facts<'_>) -> Part {
    let pairs = described(facts).into_iter().map(|part| {
        pair(part.name, format!("each rule with its source in {}", part.source_file()))
    });
    Part { item: "ODD 7", title: "Submodels", lines: Lines::Pairs(pairs.collect()) }
}

fn left_out(facts: &Facts<'_>) -> Part {
    let sentences = described(facts).into_iter().flat_map(|part| {
        part.card.left_out.iter().map(move |text| format!("{}: {text}", part.name))
    });
    Part {
        item: "STRESS 2.5",
        title: "What is not modelled",
        lines: Lines::Sentences(sentences.collect()),
    }
}

fn assumptions(facts: &Facts<'_>) -> Option<Part> {
    let assumptions = facts.manifest.assumptions.clone();
    (!assumptions.is_empty()).then_some(Part {
        item: "STRESS 3.4",
        title: "Assumptions",
        lines: Lines::Sentences(assumptions),
    })
}

fn experiments(data: &Data<'_>, all: &[Number]) -> Result<Part, Error> {
    let manifest = data.facts.manifest;
    let runs = u64::from(manifest.runs_per_point);
    let mut pairs = vec![
        pair(
            "Replications",
            match runs {
                1 => "one run of each point: there is no interval".to_owned(),
                runs => format!("{} of each point, on common random numbers", plural(runs, "run")),
            },
        ),
        pair(
            "Estimation",
            "Medians and quantiles over the runs; paired differences with exact intervals of order \
             statistics; half-widths by Student's t.",
        ),
    ];
    pairs.extend(widths(data, all).into_iter().map(|(words, text)| pair(&words, text)));
    pairs.extend(settled(data)?);
    Ok(Part { item: "STRESS 4.1\u{2013}4.3", title: "Experimentation", lines: Lines::Pairs(pairs) })
}

/// Where the first key series has left its start behind.
fn settled(data: &Data<'_>) -> Result<Option<(String, String)>, Error> {
    let key = numbers::headline_series(data).into_iter().next();
    let (Some((metric, Headline { words, .. })), Some(line)) = (key, data.points().next()) else {
        return Ok(None);
    };
    let words = numbers::words_of(metric, words);
    let Some(found) = data.line((line, metric, ""), 1)? else { return Ok(None) };
    let values: Vec<f64> = found.points.iter().map(|(_, value)| *value).collect();
    let left_out = warm_up(&values);
    Ok((values.len() >= 20).then(|| {
        let text = match left_out {
            0 => "MSER-5 finds no warm-up to leave out".to_owned(),
            count => format!(
                "MSER-5 would leave out the {} until {}, of {}",
                plural(count as u64, "record"),
                found.points[count].0,
                grouped(values.len() as f64, 0)
            ),
        };
        pair(&format!("Warm-up of: {words}"), text)
    }))
}

fn implementation(facts: &Facts<'_>) -> Part {
    let manifest = facts.manifest;
    let events: u64 = manifest.runs.iter().map(|run| run.events).sum();
    let machine = match manifest.machine.as_str() {
        "" => "not recorded".to_owned(),
        machine => format!("{machine}, {} cores, {} used", manifest.cores, manifest.threads),
    };
    Part {
        item: "STRESS 5.1\u{2013}5.4, 6.1",
        title: "Implementation and access",
        lines: Lines::Pairs(vec![
            pair("Software", format!("Pinwheel {}, Rust", manifest.version)),
            pair("Network", network_name(facts)),
            pair("Machine", machine),
            pair(
                "Run time",
                format!("{:.1} s for {} events", manifest.wall_seconds, grouped(events as f64, 0)),
            ),
            pair("Code", repository()),
        ]),
    }
}

/// Where the program is from, without what a reader's program could take for a request.
pub fn repository() -> String {
    env!("CARGO_PKG_REPOSITORY").trim_start_matches("https://").to_owned()
}
