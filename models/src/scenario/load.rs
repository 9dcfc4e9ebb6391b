//! From a path to a validated [`Experiment`]: build each variant of what was typed, check
//! everything.

use std::path::Path;

use jiff::ToSpan;
use jiff::civil::Date;
use pinwheel_core::SimTime;

use super::backtest::{backtest_of, run_days};
use super::calibration::{Calibration, CalibrationSection, calibration};
use super::document::{TWO_LENGTHS, are_one_length, one_length, two_lengths};
use super::ensemble::{POINTS_MAX, Setting, Sweep, output, sweep};
use super::expression;
use super::file::{MetaSection, RunSection, ScenarioFile, VariantSection};
use super::invariant::{Statements, baseline, statements};
use super::mutant::{Base, mutants};
use super::recorded::recorded;
use super::target::targets;
use super::token::{issuers, unissued, units};
use super::{
    Experiment, Layers, NetworkEntry, Point, Scenario, Target, document, regions, replaced,
};
use crate::change::Change;
use crate::describe::part::PartKind;
use crate::describe::{MetricSpec, NetworkSettings, PartSpec, Recorded};
use crate::input::check::Checker;
use crate::input::diagnostic::{Diagnostic, Faults, TextPosition, did_you_mean, shown};
use crate::input::files::Files;
use crate::input::tree::{Tree, Value, ValueId};
use crate::input::{HORIZON_DAYS_MAX, RunDays};
use crate::part::Known;
use crate::registry;
use crate::{change, networks, review};

/// Version of the format.
const SCHEMA: i64 = 1;
const RUNS_MAX: i64 = 100_000;
/// Most runs of all points together.
const RUNS_ALL_MAX: u64 = 1_000_000;
/// The seed where none is given.
const SEED: u64 = 42;
const VARIANTS_MAX: usize = 1_000;
/// Name of the only point of a scenario without variants.
pub(super) const MAIN_POINT: &str = "main";
/// Keys that no point has of its own.
pub(super) const SHARED_WITHOUT: [&str; 5] =
    ["variant", "mutant", "meta", "requirements", "ensemble"];
/// The section of the networks, that of the review, and that of dated changes.
const NETWORK: &str = "network";
const REVIEW: &str = "review";
const CHANGE: &str = "change";
/// Most networks of one world.
const NETWORKS_MAX: usize = 64;

/// Reads and checks a scenario, with the `--set key=value` of the command line laid over it.
///
/// # Errors
///
/// Every fault of the scenario, of the files it names and of what is laid over it.
///
/// # Panics
///
/// If a part of the scenario was left out and no fault says why: a fault of the model.
pub fn load(path: &Path, overrides: &[(String, String)]) -> Result<Experiment, Vec<Diagnostic>> {
    let (mut files, mut faults) = (Files::default(), Faults::default());
    let experiment = experiment(path, overrides, &mut files, &mut faults);
    faults.into_result(&files)?;
    Ok(experiment.expect("whatever is left out has a fault"))
}

fn experiment(
    path: &Path,
    overrides: &[(String, String)],
    files: &mut Files,
    faults: &mut Faults,
) -> Option<Experiment> {
    let whole = TextPosition { file: 0, offset: 0 };
    let opened = files.open(path);
    let (real, text) =
        opened.map_err(|(message, help)| faults.push(whole, "", message, help)).ok()?;
    let (tree, laid) = document::read((&real, &text), overrides, files, faults)?;
    let known = registry::units();
    let mut checker =
        Checker { tree: &tree, files, faults, units: &known, member: None, days: None };
    schema(&mut checker)?;
    let file = typed(&mut checker);
    let units = units(&mut checker, &file.token);
    let mut checker = Checker { units: &units, ..checker };
    let meta = about(&mut checker, &file.meta.unwrap_or_default());
    let requirements = requirements(&mut checker, &file.requirements);
    let run = file.run.unwrap_or_default();
    let seed = checker.integer(run.seed, "run.seed", 0..=i64::MAX);
    let ensemble = file.ensemble.unwrap_or_default();
    let runs = checker.integer(ensemble.runs, "ensemble.runs", 1..=RUNS_MAX);
    let warm_up = checker.days(ensemble.warm_up, "ensemble.warm_up", HORIZON_DAYS_MAX);
    checker.choice(run.size, "run.size", &[("small", ()), ("ci", ()), ("full", ())]);
    let sweep = sweep(&mut checker, &ensemble, seed.unwrap_or(SEED))?;
    let (points, stated) = points(&mut checker, &file.variant, &sweep);
    checker.faults.settle_idle();
    unissued(&mut checker, &file.token, &points);
    replaced::check(&mut checker, &file.variant, &sweep, &laid);
    let base = Base {
        variants: &file.variant,
        sweep: &sweep,
        targets: &stated.targets,
        invariants: &stated.statements.invariants,
    };
    let mutants = mutants(&mut checker, &file.mutant, &base);
    let output = output(&mut checker, file.output.as_ref(), &stated.recorded);
    warm_up_ends(&mut checker, warm_up.zip(ensemble.warm_up), &points);
    let baseline = file.baseline.as_ref().and_then(|given| baseline(&mut checker, given));
    baseline_of_nothing(&mut checker, file.outcome.is_empty());
    if let (Some(runs), true) = (runs, checker.faults.is_empty()) {
        too_many(&mut checker, points.len(), runs);
    }
    Some(Experiment {
        name: meta.name?,
        question: meta.question,
        authors: meta.authors,
        assumptions: meta.assumptions,
        requirements,
        seed: seed.unwrap_or(SEED),
        runs: u32::try_from(runs.unwrap_or(1)).ok()?,
        backtest: backtest_of(&mut checker, file.backtest.as_ref(), &points),
        calibration: calibration_of(&mut checker, file.calibration.as_ref(), &points),
        verdict_from: verdict_from(&points),
        shortened: tree.is_length_laid(),
        points,
        sample: sweep.sample,
        warm_up_days: warm_up.unwrap_or(0),
        output,
        targets: stated.targets,
        mutants,
        invariants: stated.statements.invariants,
        outcomes: stated.statements.outcomes,
        baseline,
        resolved: toml::to_string(&tree.to_toml(Tree::ROOT)).ok()?,
        sources: std::mem::take(&mut files.sources),
    })
}

/// A fault if there is a baseline and nothing to hold against it.
fn baseline_of_nothing(checker: &mut Checker<'_>, no_outcome: bool) {
    if let (Some(given), true) = (checker.tree.root("baseline"), no_outcome) {
        let message = "there is no [[outcome]] to hold against it".to_owned();
        checker.fault(given, "baseline", message, "state one, or remove [baseline]");
    }
}

/// What a scenario says of itself.
struct About {
    name: Option<String>,
    question: String,
    authors: Vec<String>,
    assumptions: Vec<String>,
}

fn about(checker: &mut Checker<'_>, meta: &MetaSection) -> About {
    let name = checker.required(meta.name, "meta.name", "\"history\"");
    About {
        name: checker.identifier(name, "meta.name"),
        question: checker.text(meta.question, "meta.question").unwrap_or_default(),
        authors: checker.texts(&meta.authors, "meta.authors"),
        assumptions: checker.texts(&meta.assumptions, "meta.assumptions"),
    }
}

/// The first day that calibration has not seen, of the first network that has one.
fn verdict_from(points: &[Point]) -> Option<Date> {
    let networks = points.iter().flat_map(|point| &point.scenario.networks);
    networks.filter_map(|network| network.settings.verdict_from()).next()
}

/// A fault if the warm-up, in days, is as long as the shortest run.
fn warm_up_ends(checker: &mut Checker<'_>, warm_up: Option<(u32, ValueId)>, points: &[Point]) {
    let shortest = points.iter().map(|point| point.scenario.horizon_days).min();
    if let (Some((days, given)), Some(shortest)) = (warm_up, shortest)
        && days >= shortest
    {
        let message = format!("{days} d leave nothing of a run of {shortest} d");
        checker.fault(given, "ensemble.warm_up", message, "let it end before the run does");
    }
}

fn schema(checker: &mut Checker<'_>) -> Option<()> {
    let given = checker.required(checker.tree.root("schema"), "schema", "1")?;
    if *checker.tree.value(given) == Value::Integer(SCHEMA) {
        return Some(());
    }
    let message = "unknown version of the format".to_owned();
    checker.fault(given, "schema", message, format!("this program reads schema = {SCHEMA}"));
    None
}

/// Requirement numbers such as "FIL-06".
fn requirements(checker: &mut Checker<'_>, given: &[ValueId]) -> Vec<String> {
    let texts = checker.texts(given, "requirements");
    for (number, text) in texts.iter().enumerate() {
        let well_formed = text.split_once('-').is_some_and(|(letters, digits)| {
            (2..=6).contains(&letters.len())
                && letters.bytes().all(|byte| byte.is_ascii_uppercase())
                && (2..=3).contains(&digits.len())
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
        if let (false, Some(&item)) = (well_formed, given.get(number)) {
            let message = format!("\"{}\" is no requirement", shown(text));
            let help = "write 2 to 6 capitals, \"-\" and 2 or 3 digits, such as \"FIL-06\"";
            checker.fault(item, &format!("requirements[{number}]"), message, help);
        }
    }
    texts
}

/// `[calibration]`, and whether both ends of each range are allowed for their key.
fn calibration_of(
    checker: &mut Checker<'_>,
    typed: Option<&CalibrationSection>,
    points: &[Point],
) -> Option<Calibration> {
    let typed = typed.filter(|_| checker.faults.is_empty())?;
    if let (Some(metric), true) = (typed.metric, points.len() > 1) {
        let message = format!("{} points, but one is fitted", points.len());
        let help = "remove the variants and what is swept, or calibrate in a file of its own";
        checker.fault(metric, "calibration", message, help);
        return None;
    }
    let recorded = points.first()?.scenario.recorded();
    let calibration = calibration(checker, typed, &recorded, run_days(points))?;
    let shared = checker.tree.without(&SHARED_WITHOUT);
    for range in &calibration.fit {
        let given = typed.fit[&range.key];
        let typed_at = format!("calibration.fit.{}", shown(&range.key));
        for end in [0.0, 1.0] {
            let mut tree = shared.clone();
            let value = tree.leaf(checker.tree.place(given), range.typed(end));
            set_varied(checker, &mut tree, &range.key, value, (given, &typed_at));
            scenario(&mut Checker { tree: &tree, ..checker.reborrow() });
        }
    }
    Some(calibration)
}

/// A fault where the runs of all points together are beyond what anybody waits for.
fn too_many(checker: &mut Checker<'_>, points: usize, runs: u64) {
    let all = points as u64 * runs;
    if all > RUNS_ALL_MAX {
        let message = format!("{points} points with {runs} runs each are {all} runs");
        let at = checker.tree.nearest("ensemble.runs");
        checker.fault(at, "ensemble.runs", message, format!("at most {RUNS_ALL_MAX}"));
    }
}

/// The points of a scenario, each variant with all that is swept; and the targets, which must make
/// sense in each.
fn points(
    checker: &mut Checker<'_>,
    variants: &[VariantSection],
    sweep: &Sweep,
) -> (Vec<Point>, Stated) {
    if let Some(id) = variants.get(VARIANTS_MAX).and_then(|variant| variant.id) {
        let message = format!("{} variants", variants.len());
        checker.fault(id, "variant", message, format!("at most {VARIANTS_MAX}"));
        return (Vec::new(), Stated::default());
    }
    if variants.len().max(1) * sweep.points.len() > POINTS_MAX {
        let message = format!("{} points in each of {}", sweep.points.len(), variants.len());
        let at = checker.tree.nearest("ensemble");
        checker.fault(at, "ensemble", message, format!("at most {POINTS_MAX} together"));
        return (Vec::new(), Stated::default());
    }
    let (mut points, mut stated, mut ids) = (Vec::new(), Stated::default(), Vec::new());
    let shared = checker.tree.without(&SHARED_WITHOUT);
    for (number, variant) in variants.iter().enumerate() {
        let key = format!("variant[{number}]");
        let id = checker.required(variant.id, &format!("{key}.id"), "\"today\"");
        let id = checker.identifier(id, &format!("{key}.id"));
        ids.extend(id.clone().map(|id| (variant.id, id)));
        let mut tree = shared.clone();
        two_lengths(checker, &variant.set, &format!("{key}.set"));
        for (name, &value) in &variant.set {
            let grafted = tree.graft(checker.tree, value);
            let key = format!("{key}.set.{}", shown(name));
            let sweeps = sweep.points.first().map_or(&[][..], |(_, settings)| settings);
            let same = |setting: &&Setting| are_one_length(&setting.key, name);
            if let Some(setting) = sweeps.iter().find(same) {
                let other = match setting.key == *name {
                    true => String::new(),
                    false => format!("{} ", setting.key),
                };
                let message = format!("{other}is swept in {} too", setting.typed_at);
                checker.fault(value, &key, message, "set it in one place");
            }
            set_varied(checker, &mut tree, name, grafted, (value, &key));
        }
        let Some(id) = id else { continue };
        stated = swept(checker, &tree, &id, sweep, &mut points).after(stated);
    }
    if variants.is_empty() {
        stated = swept(checker, &shared, MAIN_POINT, sweep, &mut points);
    }
    checker.unique(&ids, "variant");
    known_variants(checker, &ids);
    (points, stated)
}

/// Every swept point of one variant, whose tree is given; returns what is stated.
fn swept(
    checker: &mut Checker<'_>,
    variant: &Tree,
    id: &str,
    sweep: &Sweep,
    points: &mut Vec<Point>,
) -> Stated {
    let mut stated = Stated::default();
    for (name, settings) in &sweep.points {
        let mut tree = variant.clone();
        for setting in settings {
            let (grafted, typed) = setting.graft(&mut tree, checker.tree);
            set_varied(checker, &mut tree, &setting.key, grafted, (typed, &setting.typed_at));
        }
        let (built, judged) = scenario(&mut Checker { tree: &tree, ..checker.reborrow() });
        stated = judged.after(stated);
        let name = match (name.is_empty(), id == MAIN_POINT) {
            (true, _) => id.to_owned(),
            (false, true) => name.clone(),
            (false, false) => format!("{id}, {name}"),
        };
        points.extend(built.map(|scenario| Point {
            id: name,
            variant: id.to_owned(),
            factors: settings.iter().map(|setting| setting.factor.clone()).collect(),
            scenario,
        }));
    }
    stated
}

/// Whether a key lies in a network, in a section that is short for one, in a layer or in a dated
/// change, or holds all of these.
fn is_varied(key: &str) -> bool {
    let section = key.split(['.', '[']).next().unwrap_or(key);
    if section == CHANGE {
        return true;
    }
    let layer = || registry::ALL.part(section).is_some_and(|part| part.kind == PartKind::Layer);
    let short = || networks::SHORT.iter().any(|(name, _)| *name == section);
    section != key && (section == NETWORK || layer() || short())
}

/// Sets a key that variants and sweeps may change; a fault names where it was typed.
pub(super) fn set_varied(
    checker: &mut Checker<'_>,
    tree: &mut Tree,
    name: &str,
    value: ValueId,
    (typed, typed_at): (ValueId, &str),
) {
    let varied = matches!(name, "run.start" | "run.horizon" | "run.end") || is_varied(name);
    let result = match varied {
        true => tree.set(name, value),
        false => Err("only the run, keys of a network or a layer, and changes can vary".to_owned()),
    };
    let Err(message) = result else { return one_length(tree, name) };
    let message = format!("cannot be set: {message}");
    let help = "set run.start, run.horizon, run.end, change or a key such as network.solstice, \
                network[0].solstice";
    checker.fault(typed, typed_at, message, help);
}

/// A fault for each invariant and each target of a variant that there is not.
fn known_variants(checker: &mut Checker<'_>, ids: &[(Option<ValueId>, String)]) {
    let file = typed(checker);
    let invariants = file.invariant.iter().map(|section| section.variant);
    let targets = file.target.iter().map(|section| section.variant);
    let named =
        |table: &'static str| move |(number, given)| (format!("{table}[{number}].variant"), given);
    let all = invariants.enumerate().map(named("invariant"));
    for (key, given) in all.chain(targets.enumerate().map(named("target"))) {
        let Some(given) = given else { continue };
        let Some(name) = checker.text_of(given) else { continue };
        if !ids.iter().any(|(_, id)| *id == name) {
            let help = did_you_mean(&name, ids.iter().map(|(_, id)| id.as_str()));
            checker.fault(given, &key, format!("unknown variant \"{}\"", shown(&name)), help);
        }
    }
}

/// What a scenario states of its runs, the same at all points.
#[derive(Default)]
pub(super) struct Stated {
    targets: Vec<Target>,
    statements: Statements,
    /// What the runs record; of several points, what any of them does.
    recorded: Recorded,
}

impl Stated {
    /// Takes the place of what was stated at the points before.
    fn after(mut self, before: Stated) -> Stated {
        self.recorded.merge(before.recorded);
        self
    }
}

/// One run's worth of scenario from a tree with its variant applied.
pub(super) fn scenario(checker: &mut Checker<'_>) -> (Option<Scenario>, Stated) {
    let file = typed(checker);
    let none = RunSection::default();
    let run = file.run.as_ref().unwrap_or(&none);
    let (days, regions) = (days(checker, run), regions::choice(checker, run.regions));
    checker.days = days;
    let mut known = Known { days, ..Known::default() };
    let tree = checker.tree;
    let layers = Layers::read(checker, |name| tree.root(name), &mut known);
    let mut parts: Vec<&PartSpec> = registry::ALL.parts().filter(|p| is_given(tree, p)).collect();
    let networks = networks_of(checker, &mut parts, &known);
    if parts.is_empty() {
        if tree.root(NETWORK).is_none() {
            checker.required(None, NETWORK, "{ kind = \"filecoin\", ... }");
        }
        parts.extend(registry::ALL.parts().filter(|part| part.kind == PartKind::Network));
    }
    let review = tree.root(REVIEW).map(|given| {
        if parts.iter().all(|part| part.review.is_none()) {
            let message = "nothing that is reviewed".to_owned();
            checker.fault(given, REVIEW, message, "add a network, a fleet, a chain or an economy");
        }
        parts.extend(registry::ALL.part(REVIEW));
        review::file::settings(checker, given, &known)
    });
    let changes = changes(checker, &layers, networks.as_deref(), days);
    parts.extend(tree.root(CHANGE).and_then(|_| registry::ALL.part(CHANGE)));
    let metrics: Vec<MetricSpec> =
        parts.iter().flat_map(|part| part.metrics.iter().copied().flatten()).copied().collect();
    let reviewed = tree.root(REVIEW).is_some();
    let recorded = recorded(metrics, &layers, networks.as_deref(), changes.as_deref(), reviewed);
    let recorded = Recorded { units: checker.units.clone(), ..recorded };
    // The token of a network with a fault is not known where several are declared: what is stated
    // in them is read when it has none.
    let (targets, statements) = match networks.is_some() || file.token.is_empty() {
        true => (
            targets(checker, &file.target, &recorded, days),
            statements(checker, &file, &recorded, days),
        ),
        false => Default::default(),
    };
    let units = checker.units.clone();
    let build = || {
        let RunDays { first: start, horizon_days, .. } = days?;
        // A section that is there and not valid has left a fault.
        let review = match review {
            Some(review) => Some(review?),
            None => None,
        };
        let (networks, changes) = (networks?, changes?);
        Some(Scenario { start, horizon_days, layers, networks, review, changes, units, regions })
    };
    let built = build();
    if let Some(scenario) = &built {
        regions::check(checker, run.regions, scenario);
    }
    (built, Stated { targets, statements, recorded })
}

/// `[[change]]` over the levers of what is there; `None` if one is not valid, or the levers are not
/// known because a part is at fault.
fn changes(
    checker: &mut Checker<'_>,
    layers: &Layers,
    networks: Option<&[NetworkEntry]>,
    days: Option<RunDays>,
) -> Option<Vec<Change>> {
    let Some(given) = checker.tree.root(CHANGE) else { return Some(Vec::new()) };
    let layers_given = |part: &&PartSpec| is_given(checker.tree, part);
    let wanted = registry::ALL.parts().filter(layers_given).count();
    if layers.names().len() < wanted {
        return None;
    }
    let mut levers = layers.levers();
    levers.extend(networks?.iter().flat_map(NetworkEntry::levers));
    let reviewed = checker.tree.root(REVIEW).is_some();
    let levers: Vec<_> = levers.into_iter().map(|lever| lever.beside_review(reviewed)).collect();
    let last = |network: &NetworkEntry| {
        let last = network.settings.last_change(days?.horizon_days);
        Some((format!("{}.", network.section), SimTime::ZERO + last))
    };
    let last = networks?.iter().map(last).collect::<Option<Vec<_>>>()?;
    change::file::settings(checker, given, &levers, &last, days?)
}

/// The keys of the scenario itself; those of parts are read by the parts.
pub(super) fn typed(checker: &mut Checker<'_>) -> ScenarioFile {
    let layers = registry::ALL.parts().filter(|part| part.kind != PartKind::Network);
    let mut beside: Vec<&str> = layers.map(|part| part.name).collect();
    beside.push(NETWORK);
    beside.extend(networks::SHORT.iter().map(|(section, _)| section));
    checker.read_beside(Tree::ROOT, "", &beside)
}

/// Whether the section of a layer is there.
fn is_given(tree: &Tree, part: &PartSpec) -> bool {
    part.kind == PartKind::Layer && tree.root(part.name).is_some()
}

/// The sections that are short for a network, then `[network]`, or each of `[[network]]`; their
/// parts are added to `parts`. `None` if one is not valid, which has left a fault.
fn networks_of(
    checker: &mut Checker<'_>,
    parts: &mut Vec<&'static PartSpec>,
    known: &Known,
) -> Option<Vec<NetworkEntry>> {
    let short = short_networks(checker, parts, known);
    let Some(root) = checker.tree.root(NETWORK) else { return short };
    let members = match checker.tree.value(root) {
        Value::Array(items) => items.clone(),
        _ => vec![root],
    };
    let several = members.len() > 1;
    if members.len() > NETWORKS_MAX || members.is_empty() {
        let message = format!("{} networks", members.len());
        checker.fault(root, NETWORK, message, format!("1 to {NETWORKS_MAX}"));
        return None;
    }
    let (mut networks, mut ids) = (Vec::new(), Vec::new());
    for (number, &given) in members.iter().enumerate() {
        let is_member = matches!(checker.tree.value(root), Value::Array(_));
        checker.member = is_member.then(|| format!("{NETWORK}[{number}]"));
        let entry = network(checker, given, several, parts, known);
        checker.member = None;
        if let Some(NetworkEntry { id, .. }) = entry.as_ref().filter(|_| several) {
            ids.push((Some(given), id.clone()));
        }
        networks.push(entry);
    }
    checker.unique(&ids, NETWORK);
    let named: Vec<NetworkEntry> = networks.into_iter().collect::<Option<_>>()?;
    let short = short?;
    apart(checker, root, &short, &named)?;
    let all: Vec<NetworkEntry> = short.into_iter().chain(named).collect();
    issuers(checker, &all);
    Some(all)
}

/// The networks of the sections that are short for one; they have no id.
fn short_networks(
    checker: &mut Checker<'_>,
    parts: &mut Vec<&'static PartSpec>,
    known: &Known,
) -> Option<Vec<NetworkEntry>> {
    let mut found = Vec::new();
    for (section, kind) in networks::SHORT {
        let Some(given) = checker.tree.root(section) else { continue };
        parts.extend(registry::ALL.part(kind));
        let settings = networks::Settings::read(kind, checker, given, known);
        let (id, section) = (String::new(), (*section).to_owned());
        found.push(settings.map(|settings| NetworkEntry { id, section, settings }));
    }
    found.into_iter().collect()
}

/// A fault if a network without an id stands beside a short section, which has none either: their
/// rows could not be told apart.
fn apart(
    checker: &mut Checker<'_>,
    root: ValueId,
    short: &[NetworkEntry],
    named: &[NetworkEntry],
) -> Option<()> {
    let unnamed = named.iter().any(|entry| entry.id.is_empty());
    let Some(NetworkEntry { section, .. }) = short.first().filter(|_| unnamed) else {
        return Some(());
    };
    let message = format!("[{section}] is a network without an id too");
    checker.fault(root, NETWORK, message, "give this one an id, or write one of both");
    None
}

/// One network by its kind.
fn network(
    checker: &mut Checker<'_>,
    given: ValueId,
    several: bool,
    parts: &mut Vec<&'static PartSpec>,
    known: &Known,
) -> Option<NetworkEntry> {
    let Some(table) = checker.tree.table(given) else {
        let message = format!("expected a table, found {}", checker.tree.value(given).kind());
        checker.fault(given, NETWORK, message, "write [network], or [[network]] for several");
        return None;
    };
    let (kind, id) = (table.get("kind").copied(), table.get("id").copied());
    let kind = checker.required(kind, "network.kind", "\"filecoin\"");
    let kinds: Vec<_> = networks::KINDS.iter().map(|kind| (*kind, *kind)).collect();
    let kind = checker.choice(kind, "network.kind", &kinds);
    let id = match several {
        true => checker.required(id, "network.id", "\"io\""),
        false => id,
    };
    let id = id.map(|id| network_id(checker, id));
    let spec = kind.and_then(|kind| registry::ALL.part(kind));
    parts.extend(spec.filter(|spec| !parts.iter().any(|part| part.name == spec.name)));
    let settings = networks::Settings::read(kind?, checker, given, known)?;
    let id = match id {
        Some(id) => id?,
        None if several => return None,
        None => String::new(),
    };
    let section = checker.member.clone().unwrap_or_else(|| NETWORK.to_owned());
    Some(NetworkEntry { id, section, settings })
}

/// The id of a network, which names its metrics in expressions: no word of theirs.
fn network_id(checker: &mut Checker<'_>, given: ValueId) -> Option<String> {
    let id = checker.identifier(Some(given), "network.id")?;
    if !expression::is_word(&id) {
        return Some(id);
    }
    let message = format!("\"{id}\" is a word of expressions: {id}.minted could not be read");
    checker.fault(given, "network.id", message, format!("choose another, such as \"{id}1\""));
    None
}

/// Whole days from the start to the date on which the run ends.
fn days_until(checker: &mut Checker<'_>, start: Date, given: ValueId) -> Option<u32> {
    let end = checker.date(Some(given), "run.end")?;
    let days = start.until(end).map_or(0, |span| span.get_days());
    let days = u32::try_from(days).ok().filter(|days| (1..=HORIZON_DAYS_MAX).contains(days));
    if days.is_none() {
        let message = format!("{end} is no end of a run that starts on {start}");
        let help = format!("give a later date, at most {HORIZON_DAYS_MAX} days after the start");
        checker.fault(given, "run.end", message, help);
    }
    days
}

/// First date, last date and length of the run.
fn days(checker: &mut Checker<'_>, run: &RunSection) -> Option<RunDays> {
    let start = checker.required(run.start, "run.start", "2022-10-10");
    let start = checker.date(start, "run.start");
    let horizon_days = match (run.horizon, run.end) {
        (Some(_), Some(end)) => {
            let (message, help) = TWO_LENGTHS;
            checker.fault(end, "run.end", message.to_owned(), help);
            return None;
        }
        (None, Some(end)) => days_until(checker, start?, end)?,
        (horizon, None) => {
            let horizon = checker.required(horizon, "run.horizon", "\"844 d\"");
            checker.days(horizon, "run.horizon", HORIZON_DAYS_MAX)?
        }
    };
    let first = start?;
    let last = first.checked_add(i64::from(horizon_days).days());
    if last.is_err() {
        let message = format!("{first} and {horizon_days} days pass the end of the calendar");
        checker.fault(run.start?, "run.start", message, "start earlier");
    }
    Some(RunDays { first, last: last.ok()?, horizon_days })
}
