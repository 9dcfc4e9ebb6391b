//! The parts of the page that are not figures: head, accuracy, checks, model, reproduction.

use pinwheel_models::networks::filecoin::settings::{Behaviour, Detail, ProofFidelity, Settings};
use pinwheel_models::scenario::{Layers, Network};

use super::Facts;
use super::html::{Cell, Tone, escape, table};
use crate::plot::axis::grouped;
use crate::verdict::{CheckRow, CheckStanding, Limit, Standing, TargetRow};

/// The check whose count is shown under the supply.
pub const CONSERVATION: &str = "supply-conserved";
const FINGERPRINT: &str = "Fingerprint";
const DASH: &str = "\u{2013}";

pub fn head(facts: &Facts<'_>) -> String {
    let experiment = facts.experiment;
    let (class, word) =
        if facts.verdict.passed { ("pass", "Passed") } else { ("fail", "Not passed") };
    let title = match experiment.question.as_str() {
        "" => &experiment.name,
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
         <dl>{facts_list}</dl>\n\
         <p class=\"kicker\">Run it again and compare the fingerprints:</p>\n<pre>{}</pre>\n\
         </header>\n",
        network_name(facts),
        escape(&experiment.name),
        escape(title),
        escape(&facts.verdict.sentence),
        escape(&facts.replay),
    )
}

fn network_name(facts: &Facts<'_>) -> &'static str {
    match facts.experiment.points.first().map(|point| &point.scenario.network) {
        Some(Some(Network::Filecoin(_))) => "Filecoin",
        _ => "layers of a network",
    }
}

fn items(facts: &Facts<'_>) -> Vec<(&'static str, String)> {
    let (experiment, manifest) = (facts.experiment, facts.manifest);
    let sets = manifest.overrides.iter().map(|(key, value)| format!(", {key}\u{a0}=\u{a0}{value}"));
    let scenario = format!("{}{}", manifest.scenario, sets.collect::<String>());
    let mut items = vec![("Scenario", scenario)];
    if let Some(point) = experiment.points.first() {
        let scenario = &point.scenario;
        let days = scenario.horizon_days;
        let end = scenario.start.saturating_add(jiff::Span::new().days(i64::from(days)));
        items.push(("Horizon", format!("{} to {end}, {days} days", scenario.start)));
    }
    let mut rules: Vec<&str> = manifest.points.iter().map(|p| p.rules.as_str()).collect();
    rules.dedup();
    let network = experiment.points.iter().any(|point| point.scenario.network.is_some());
    items.push((if network { "Rules" } else { "Layers" }, rules.join(", ")));
    let runs = match (experiment.points.len(), experiment.runs) {
        (1, 1) => format!("seed {}", experiment.seed),
        (1, runs) => format!("{runs} from seed {}", experiment.seed),
        (points, runs) => format!("{points} variants \u{00d7} {runs}, seed {}", experiment.seed),
    };
    items.push(("Runs", runs));
    let events: u64 = manifest.runs.iter().map(|run| run.events).sum();
    items.push(("Events", grouped(events as f64, 0)));
    items.push(("Version", manifest.version.clone()));
    items.push((FINGERPRINT, manifest.fingerprint.clone()));
    items
}

/// Stated limits against measured errors.
pub fn accuracy(facts: &Facts<'_>) -> String {
    let rows = &facts.verdict.targets;
    if rows.is_empty() {
        return String::new();
    }
    let several = facts.experiment.points.len() > 1;
    let windows = facts.verdict.has_windows();
    let mut headings = vec!["Target", "", "#Stated limit", "#Measured"];
    if windows {
        headings.extend(["#Calibration", "#Verdict window"]);
    }
    headings.push("How it is measured");
    let mut rows: Vec<&TargetRow> = rows.iter().collect();
    rows.sort_by_key(|row| match row.standing {
        Standing::NotMet => 0,
        Standing::Met => 1,
        Standing::NotJudged => 2,
    });
    let cells: Vec<Vec<Cell>> = rows.iter().map(|row| target(row, several, windows)).collect();
    let split = facts.split.filter(|_| windows).map_or(String::new(), |date| {
        format!(
            " A target is judged on all of its days. Parameters were fitted on days before \
             {date}, where the verdict window begins. A red number is beyond the limit in its \
             part."
        )
    });
    format!(
        "<h2 id=\"accuracy\">Accuracy</h2>\n<p class=\"lead\">Limits stated in the scenario before \
         the run.{split}</p>\n{}",
        table(&headings, &cells)
    )
}

fn target(row: &TargetRow, several: bool, windows: bool) -> Vec<Cell> {
    let name = if several { format!("{} [{}]", row.id, row.point) } else { row.id.clone() };
    let limit = match row.limit {
        Limit::AtMost(_) => format!("\u{2264} {}", row.limit),
        Limit::Within { .. } => row.limit.to_string(),
    };
    let show = |value: Option<f64>| match value {
        None => Cell::number(DASH),
        Some(value) if row.limit.holds(value) => Cell::number(row.limit.show(value)),
        Some(value) => Cell::Beyond(row.limit.show(value)),
    };
    let tone = match row.standing {
        Standing::Met => Tone::Pass,
        Standing::NotMet => Tone::Fail,
        Standing::NotJudged => Tone::Note,
    };
    let mut cells = vec![
        Cell::text(sentence_case(&name)),
        Cell::Mark(tone, row.standing.word()),
        Cell::number(limit),
        show(row.measured),
    ];
    if windows {
        cells.push(show(row.calibration));
        cells.push(show(row.verdict_window));
    }
    cells.push(Cell::Words(sentence_case(&row.sentence)));
    cells
}

fn sentence_case(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}

/// "Every attoFIL accounted for: the books balanced at 844 of 844 checks."
pub fn conservation(facts: &Facts<'_>) -> String {
    let Some(row) = facts.verdict.checks.iter().find(|row| row.check == CONSERVATION) else {
        return String::new();
    };
    let class = if row.standing.fails() { "balance broken" } else { "balance" };
    format!(
        "<p class=\"{class}\">Every attoFIL accounted for: the books balanced at {} of {} checks.</p>\n",
        grouped(row.held as f64, 0),
        grouped(row.made as f64, 0)
    )
}

pub fn checks(facts: &Facts<'_>) -> String {
    let verdict = facts.verdict;
    if verdict.checks.is_empty() {
        return String::new();
    }
    let row = |row: &CheckRow| {
        let tone = match row.standing {
            CheckStanding::Held => Tone::Pass,
            CheckStanding::NotReached => Tone::Note,
            CheckStanding::Failed | CheckStanding::NotMade => Tone::Fail,
        };
        vec![
            Cell::text(row.check.replace('-', " ")),
            Cell::text(if row.sometimes { "at least once" } else { "always" }),
            Cell::number(grouped(row.made as f64, 0)),
            Cell::number(grouped(row.held as f64, 0)),
            Cell::Mark(tone, row.standing.word()),
        ]
    };
    let rows: Vec<Vec<Cell>> = verdict.checks.iter().map(row).collect();
    let breaches: Vec<Vec<Cell>> = verdict
        .breaches
        .iter()
        .map(|b| {
            vec![
                Cell::text(b.check.clone()),
                Cell::text(b.point.clone()),
                Cell::number(b.run.to_string()),
                Cell::text(b.date.clone()),
                Cell::text(b.detail.clone()),
            ]
        })
        .collect();
    let breaches = match breaches.is_empty() {
        true => String::new(),
        false => table(&["Breached", "Variant", "#Run", "Date", "Detail"], &breaches),
    };
    format!(
        "<h2 id=\"checks\">Checks</h2>\n<p class=\"lead\">Invariants tested while the runs went \
         on, in all builds. A check that must hold always stops its run when it fails; one \
         that must hold at least once shows that the case was reached at all, and only warns.</p>\n{breaches}{}",
        table(&["Check", "Must hold", "#Made", "#Held", ""], &rows)
    )
}

/// What the model is and what it leaves out.
pub fn model(facts: &Facts<'_>) -> String {
    let Some(point) = facts.experiment.points.first() else { return String::new() };
    match &point.scenario.network {
        Some(Network::Filecoin(settings)) => filecoin(settings),
        None => layers(&point.scenario.layers),
    }
}

/// The layers in use; each says in its own documentation what it leaves out.
fn layers(layers: &Layers) -> String {
    let rows: Vec<Vec<Cell>> = layers
        .names()
        .into_iter()
        .map(|name| vec![Cell::text(name), Cell::Code(format!("models/src/{name}/mod.rs"))])
        .collect();
    format!("<h2 id=\"model\">The model</h2>\n{}", table(&["Layer", "What is in it"], &rows))
}

fn filecoin(settings: &Settings) -> String {
    let detail = match settings.detail {
        Detail::Deadline => "every 30-second epoch and the 48 proving deadlines of each provider",
        Detail::Day => "one step a day over the same rules and books",
    };
    let proofs = match settings.proofs {
        ProofFidelity::Modelled => "modelled: an outcome with the cost of the real proof",
        ProofFidelity::Sampled => "sampled: some deadlines run the real prover and verifier",
        ProofFidelity::Real => "real: every deadline runs the real prover and verifier",
    };
    let behaviour = match settings.behaviour {
        Behaviour::Driven(_) => {
            "driven by data: onboarding and renewal are given, everything else follows"
        }
        Behaviour::Rational(_) => {
            "rational: providers join, onboard, renew and leave on expected return"
        }
    };
    let rows = [
        ("Resolution", detail),
        ("Proofs", proofs),
        ("Providers' behaviour", behaviour),
        (
            "In the model",
            "providers with machines that fail, sectors, proofs and their deadlines, elections, \
             rewards and vesting, pledge, faults and terminations, gas and base fee, supply",
        ),
        (
            "Left out",
            "single messages and their order, chain reorganisations, deal negotiation, retrieval, \
             exchanges and speculation; onboarding does not react to price unless rational",
        ),
        (
            "Random numbers",
            "a stream of its own for each entity and purpose, so that variants on one seed meet \
             the same failures and draws",
        ),
    ];
    let cells: Vec<Vec<Cell>> =
        rows.iter().map(|(name, text)| vec![Cell::text(*name), Cell::text(*text)]).collect();
    format!("<h2 id=\"model\">The model</h2>\n{}", table(&["Part", "What it is here"], &cells))
}

/// What went in, with hashes.
pub fn reproduce(facts: &Facts<'_>) -> String {
    let manifest = facts.manifest;
    let sources: Vec<Vec<Cell>> = manifest
        .sources
        .iter()
        .map(|source| vec![Cell::Code(source.path.clone()), Cell::Code(source.blake3.clone())])
        .collect();
    let runs: Vec<Vec<Cell>> = manifest
        .runs
        .iter()
        .map(|run| {
            vec![
                Cell::text(run.point.clone()),
                Cell::number(run.run.to_string()),
                Cell::number(grouped(run.events as f64, 0)),
                Cell::Code(run.fingerprint.clone()),
            ]
        })
        .collect();
    format!(
        "<h2 id=\"reproduce\">Reproduce</h2>\n<p class=\"lead\">The same files, seed and version \
         give the same fingerprint on every machine and for any number of threads. \
         <code>manifest.json</code> beside this page has the hash of every file of the \
         result.</p>\n{}{}",
        table(&["File read", "BLAKE3"], &sources),
        table(&["Variant", "#Run", "#Events", "Fingerprint"], &runs)
    )
}
