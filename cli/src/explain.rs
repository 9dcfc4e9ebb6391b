//! `pinwheel explain`: what a name means, its unit, its range and where it comes from.

use std::fmt::Write;

use pinwheel_models::describe::lever::without_numbers;
use pinwheel_models::describe::parameter::ParameterSpec;
use pinwheel_models::describe::review::list::{Entry, Given, LIST};
use pinwheel_models::describe::{
    LeverSpec, LeverTable, MetricSpec, ParameterTable, PartSpec, Term,
};
use pinwheel_models::input::diagnostic::did_you_mean;
use pinwheel_models::networks::SHORT;
use pinwheel_models::policy::FAMILIES;
use pinwheel_models::policy::choice::{PolicyFamily, PolicySpec};
use pinwheel_models::registry;
use pinwheel_models::review::file::EVERY_DAYS;

use crate::exit::{Exit, Failure};
use crate::glossary::terms;

/// Explain a parameter, a lever, a metric, a policy or a primitive: unit, source, default.
#[derive(clap::Args)]
#[command(after_help = "\
Without a name, every name is listed.

Examples:
  pinwheel explain
  pinwheel explain qa_power
  pinwheel explain sq2
  pinwheel explain network.parameters.hurdle_rate   (whether it is a lever for [[change]])
  pinwheel explain review        (the 28 metrics of a review, as a table)
  pinwheel explain \"base fee\"")]
pub struct Args {
    /// Parameter, lever, metric, policy or primitive
    name: Option<String>,
}

/// Every table of parameters.
fn groups() -> impl Iterator<Item = &'static ParameterTable> {
    registry::ALL.0.iter().flat_map(|part| part.parameters)
}

/// Every table of levers that are no parameters.
fn lever_tables() -> impl Iterator<Item = &'static LeverTable> {
    registry::ALL.0.iter().flat_map(|part| part.levers)
}

/// Whether a name is that of a key below a place, alone or with the place, such as
/// "service.station[3].arrivals.mean".
fn is_called(name: &str, place: &str, key: &str) -> bool {
    let (name, key) = (without_numbers(name), without_numbers(key));
    let whole = format!("{}.{key}", without_numbers(place));
    let short = SHORT.iter().find_map(|(section, _)| {
        Some(format!("network.{}", name.strip_prefix(section)?.strip_prefix('.')?))
    });
    name == key || name == whole || short.is_some_and(|name| name == whole)
}

/// Column of the descriptions in the list.
const NAME_WIDTH: usize = 34;

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let Some(name) = &args.name else {
        out!("{}", list());
        return Ok(Exit::Pass);
    };
    let text = if name == REVIEW { review() } else { explain(name) };
    if text.is_empty() {
        let help = did_you_mean(name, names());
        return Err(Failure::bad_input(format!("nothing is called {name:?}: {help}")));
    }
    out!("{text}");
    Ok(Exit::Pass)
}

/// Names the whole list of the review.
const REVIEW: &str = "review";

fn names() -> impl Iterator<Item = &'static str> {
    let parameters = groups().flat_map(|group| group.specs.iter().map(|p| p.name));
    let levers = lever_tables().flat_map(|table| table.levers.iter().map(|lever| lever.name));
    let parameters = parameters.chain(levers);
    let metrics = registry::ALL.metrics().map(|m| m.name);
    let policies = FAMILIES.iter().flat_map(|family| family.policies.iter().map(|p| p.name));
    parameters.chain(metrics).chain(policies).chain(terms().map(|p| p.name))
}

/// Every name with its sentence, by group.
fn list() -> String {
    let mut text = String::new();
    let mut put = |line: String| text += &format!("{line}\n");
    let row = |name: &str, about: &str| format!("  {name:<NAME_WIDTH$} {about}");
    for ParameterTable { owner, place, specs, .. } in groups() {
        put(format!("Parameters of {owner} ({place}.NAME in a scenario):"));
        specs.iter().for_each(|p| put(row(p.name, p.about)));
        put(String::new());
    }
    put("Levers: [[change]] sets them during a run, and every parameter whose page says so.".into());
    for LeverTable { place, levers, .. } in lever_tables() {
        put(format!("Levers below {place} in a scenario:"));
        levers.iter().for_each(|lever| put(row(lever.name, lever.about)));
    }
    put(String::new());
    put("Metrics (rows of the table, names for targets):".to_owned());
    registry::ALL.metrics().for_each(|m| put(row(m.name, m.about)));
    for PolicyFamily { key, about, policies, .. } in FAMILIES {
        put(format!("\nPolicies: {about} ({key} in a scenario):"));
        policies.iter().for_each(|p| put(row(&p.example(), p.about)));
    }
    put("\nPrimitives (words of the model and of the clockwork):".to_owned());
    terms().for_each(|p| put(row(p.name, p.about)));
    text
}

/// All that has this name; empty if nothing has.
fn explain(name: &str) -> String {
    let mut text = String::new();
    for group in groups() {
        let known = group.specs.iter().filter(|p| is_called(name, group.place, p.name));
        known.for_each(|p| text += &parameter(p, group));
    }
    for table in lever_tables() {
        let known = table.levers.iter().filter(|p| is_called(name, table.place, p.name));
        known.for_each(|p| text += &lever(p, table));
    }
    registry::ALL.metrics().filter(|m| m.name == name).for_each(|m| text += &metric(m));
    for family in FAMILIES {
        let known = family.policies.iter().filter(|p| p.is_called(name));
        known.for_each(|p| text += &policy(p, family));
    }
    let alike = |p: &&Term| p.name.eq_ignore_ascii_case(&name.replace('_', " "));
    terms().filter(alike).for_each(|p| text += &primitive(p));
    text
}

fn unit(unit: &str) -> &str {
    if unit == "1" { "none (a number or a share)" } else { unit }
}

fn parameter(p: &ParameterSpec, group: &ParameterTable) -> String {
    let ParameterTable { owner, place, .. } = group;
    let mut text = format!("{}: a parameter of {owner}\n  {}\n", p.name, p.about);
    let put = "writing to a string cannot fail";
    writeln!(text, "  unit     {}", unit(p.unit)).expect(put);
    writeln!(text, "  default  {}", p.default).expect(put);
    writeln!(text, "  allowed  {} to {}", p.minimum, p.maximum).expect(put);
    writeln!(text, "  set      {place}.{} in a scenario", p.name).expect(put);
    match group.why_fixed(p) {
        None => writeln!(text, "  lever    yes: [[change]] may set it during a run").expect(put),
        Some(reason) => writeln!(text, "  lever    no: {reason}").expect(put),
    }
    writeln!(text, "  source   {}", p.source).expect(put);
    text
}

fn lever(p: &LeverSpec, table: &LeverTable) -> String {
    let LeverTable { owner, place, .. } = table;
    let mut text = format!("{}: a lever of {owner}\n  {}\n", p.name, p.about);
    let put = "writing to a string cannot fail";
    writeln!(text, "  unit     {}", unit(p.unit)).expect(put);
    let numbers = if p.whole { "whole numbers from " } else { "" };
    writeln!(text, "  allowed  {numbers}{} to {}", p.minimum, p.maximum).expect(put);
    writeln!(text, "  set      {place}.{} in a scenario", p.name).expect(put);
    writeln!(text, "  lever    yes: [[change]] may set it during a run").expect(put);
    writeln!(text, "  source   {}", p.source).expect(put);
    text
}

fn policy(p: &PolicySpec, family: &PolicyFamily) -> String {
    let PolicySpec { about, sees, source, .. } = p;
    let mut text = format!("{}: a policy of {}\n  {about}\n", p.example(), family.name);
    let put = "writing to a string cannot fail";
    if let Some((least, most)) = p.number {
        writeln!(text, "  number   {least} to {most}, at the end of the name").expect(put);
    }
    if !p.keys.is_empty() {
        writeln!(text, "  beside   {}", p.keys.join(", ")).expect(put);
    }
    writeln!(text, "  unit     none (a choice)\n  sees     {sees}").expect(put);
    writeln!(text, "  set      {} in a scenario\n  source   {source}", family.key).expect(put);
    text
}

fn metric(m: &MetricSpec) -> String {
    let (name, about, unit) = (m.name, m.about, unit(m.unit));
    let review = LIST.iter().find(|entry| entry.spec.name == name);
    let review = review.map(review_lines).unwrap_or_default();
    let source = m.source;
    format!("{name}: a metric\n  {about}\n  unit     {unit}\n{review}  source   {source}\n")
}

/// What the review list says of a metric beside its unit and source.
fn review_lines(entry: &Entry) -> String {
    let (number, group) = (entry.number, entry.group);
    let period = match entry.given {
        Given::Run => format!(
            "{EVERY_DAYS} d, or review.every, or review.periods.{} in a scenario",
            entry.spec.name
        ),
        Given::Experiment(_) => "none: one value for an experiment".to_owned(),
    };
    format!(
        "  number   {number} of the 28 of a review, {group}\n  formula  {}\n  given by {}\n  \
         period   {period}\n",
        entry.formula,
        givers(entry)
    )
}

/// Who gives a metric of the review, or what it takes.
fn givers(entry: &Entry) -> String {
    if let Given::Experiment(how) = entry.given {
        return how.to_owned();
    }
    let gives = |part: &&PartSpec| {
        part.review.is_some_and(|source| source.gives.contains(&entry.spec.name))
    };
    let of = registry::ALL.0.iter().copied().filter(gives);
    match of.map(|part| part.name).collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => "no network of this build".to_owned(),
        names => names,
    }
}

/// The 28 metrics as a table.
fn review() -> String {
    let mut text = String::from(
        "The 28 metrics of a token-economy review. A scenario with [review] records those of its\n\
         network; `pinwheel explain NAME` has formula, source and period.\n",
    );
    let mut group = "";
    for entry in &LIST {
        if entry.group != group {
            group = entry.group;
            text += &format!("\n{group}\n");
        }
        let (spec, number) = (entry.spec, entry.number);
        text += &format!("{number:>4}  {:<24} {:<10} {}\n", spec.name, spec.unit, spec.about);
        text += &format!("{:>6}given by {}\n", "", givers(entry));
    }
    text
}

fn primitive(p: &Term) -> String {
    let (name, about, unit) = (p.name, p.about, unit(p.unit));
    format!(
        "{name}: a primitive\n  {about}\n  unit     {unit}\n  source   {}\n  code     {}\n",
        p.source, p.code
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_explains_itself_with_unit_and_source() {
        assert!(names().count() > 100, "parameters, metrics and primitives");
        for name in names() {
            let text = explain(name);
            for word in ["unit", "source"] {
                let line = text.lines().find_map(|line| line.trim().strip_prefix(word));
                assert!(line.is_some_and(|told| !told.trim().is_empty()), "{name}: {text}");
            }
            let sentence = text.lines().nth(1).unwrap_or_default().trim();
            assert!(sentence.len() > 10, "{name}: {text}");
        }
    }

    #[test]
    fn the_list_has_every_name() {
        let list = list();
        let listed = |name: &str| list.lines().any(|line| line.trim().starts_with(name));
        assert!(names().all(listed), "{list}");
    }

    #[test]
    fn the_code_of_a_primitive_is_where_it_says() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for term in terms() {
            assert!(root.join(term.code).is_file(), "{}: {}", term.name, term.code);
        }
    }
}
