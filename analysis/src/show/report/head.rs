//! The top of the page: what was asked, how it came out, and how to run it again.

use super::facts::Facts;
use crate::html::escape;
use crate::judge::verdict::{CheckRow, Standing, Verdict};
use crate::wording::{grouped, plural, sentence_case};

const FINGERPRINT: &str = "Fingerprint";

pub fn head(facts: &Facts<'_>) -> String {
    let manifest = facts.manifest;
    let standing = facts.verdict.standing();
    let word = standing.word();
    let class = match standing {
        Standing::Passed => "pass",
        Standing::Failed => "fail",
        Standing::Undecided => "note",
    };
    let title = match manifest.question.as_str() {
        "" => &manifest.name,
        question => question,
    };
    let facts_list: String = items(facts)
        .iter()
        .map(|(term, text)| {
            let class = if *term == FINGERPRINT { " class=\"wide\"" } else { "" };
            format!("<div{class}><dt>{term}</dt><dd>{}</dd></div>", escape(text))
        })
        .collect();
    format!(
        "<header><p class=\"kicker\">Pinwheel \u{00b7} {} \u{00b7} {}</p>\n<h1>{}</h1>\n\
         <div class=\"verdict {class}\"><span class=\"mark {class}\">{word}</span><p>{}</p></div>\n\
         {}<dl>{facts_list}</dl>\n\
         <p class=\"kicker\">Run it again and compare the fingerprints:</p>\n<pre>{}</pre>\n\
         </header>\n",
        escape(&network_name(facts)),
        escape(&manifest.name),
        escape(title),
        escape(&facts.verdict.sentence),
        notes(facts.verdict),
        escape(&facts.replay()),
    )
}

/// What a reader should know and what changes nothing.
fn notes(verdict: &Verdict) -> String {
    let note = |note: &String| format!("<p class=\"kicker\">{}</p>\n", escape(note));
    verdict.notes.iter().map(note).collect()
}

/// The network with a capital letter, or the layers in use.
pub fn network_name(facts: &Facts<'_>) -> String {
    let model = &facts.manifest.model;
    match model.networks.as_slice() {
        [] if model.layers.is_empty() => "layers of a network".to_owned(),
        [] => model.layers.join(" + "),
        networks => sentence_case(&networks.join(" + ")),
    }
}

fn items(facts: &Facts<'_>) -> Vec<(&'static str, String)> {
    let manifest = facts.manifest;
    let sets = manifest.overrides.iter().map(|(key, value)| format!(", {key}\u{a0}=\u{a0}{value}"));
    let scenario = format!("{}{}", manifest.scenario, sets.collect::<String>());
    let mut items = vec![("Scenario", scenario)];
    if let Some(point) = manifest.points.first() {
        let days = point.horizon_days;
        let end = point.start.saturating_add(jiff::Span::new().days(i64::from(days)));
        let days = plural(u64::from(days), "day");
        items.push(("Horizon", format!("{} to {end}, {days}", point.start)));
    }
    let mut rules: Vec<&str> = manifest.points.iter().map(|p| p.rules.as_str()).collect();
    rules.dedup();
    let word = if manifest.model.networks.is_empty() { "Layers" } else { "Rules" };
    items.push((word, rules.join(", ")));
    let (seed, runs) = (manifest.seed, manifest.runs_per_point);
    let runs = match (manifest.points.len(), runs) {
        (1, 1) => format!("seed {seed}"),
        (1, runs) => format!("{} from seed {seed}", grouped(f64::from(runs), 0)),
        (points, runs) => {
            format!("{} points \u{00d7} {}, seed {seed}", grouped(points as f64, 0), runs)
        }
    };
    items.push(("Runs", runs));
    let events: u64 = manifest.runs.iter().map(|run| run.events).sum();
    items.push(("Events", grouped(events as f64, 0)));
    items.push(("Version", manifest.version.clone()));
    items.push((FINGERPRINT, manifest.fingerprint.clone()));
    items
}

/// Parts of the names of checks that count money.
const BOOKS: [&str; 5] =
    ["conserved", "ledger_balances", "minted_as_scheduled", "emission_exact", "within_cap"];

/// "The books balanced at 844 of 844 checks", for each check of conservation.
pub fn conservation(facts: &Facts<'_>) -> String {
    let conserves =
        |row: &&CheckRow| !row.sometimes && BOOKS.iter().any(|words| row.check.contains(words));
    let line = |row: &CheckRow| {
        let class = if row.standing.fails() { "balance broken" } else { "balance" };
        format!(
            "<p class=\"{class}\">{}: the books balanced at {} of {} checks.</p>\n",
            escape(&sentence_case(&row.check.replace(['.', '_'], " "))),
            grouped(row.held as f64, 0),
            grouped(row.made as f64, 0)
        )
    };
    facts.verdict.checks.iter().filter(conserves).map(line).collect()
}
