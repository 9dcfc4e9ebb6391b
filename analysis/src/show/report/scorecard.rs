//! The goals of a network against what the runs gave: stated limits first, natural ones after.

use pinwheel_models::scenario::invariant::{Goal, Severity};

use super::aims::{Aim, aim_in, aim_of};
use super::data::Data;
use super::facts::Facts;
use super::numbers::{Number, bands, words_of};
use crate::Error;
use crate::html::{Cell, Tone, section, table};
use crate::judge::verdict::{InvariantRow, Limit, TargetRow, TargetStanding};
use crate::record::manifest::OutcomeEntry;
use crate::wording::{format_number, sentence_case, with_unit};
use pinwheel_models::describe::Section;

/// A limit that follows from what a metric means.
enum Natural {
    /// At least; below, down to the second number, a warning.
    AtLeast(f64, f64),
    /// At most; above, up to the second number, a warning.
    AtMost(f64, f64),
    /// Shown without a judgement.
    Shown,
}

use Natural::{AtLeast, AtMost, Shown};

/// Metrics of the scorecard with their label and words.
const NATURAL: &[(&str, &str, &str, Natural)] = &[
    ("conservation_residual", "", "Tokens that appeared or vanished", AtMost(0.0, 0.0)),
    ("emission_error", "", "Emission off its schedule", AtMost(0.0, 0.0)),
    ("revenue_cover", "", "Costs that users pay for", AtLeast(1.0, 0.0)),
    ("subsidy_ratio", "", "Emission for each dollar of revenue", AtMost(1.0, f64::INFINITY)),
    ("corruption_cost_ratio", "", "Cost of an attack over what it brings", AtLeast(1.0, 1.0)),
    ("collateral_coverage", "", "Collateral over value at risk", Shown),
    ("sybil_profit", "", "Gain of one operator by splitting up", AtMost(0.0, 0.0)),
    ("proof_false_pass", "", "False claims that pass", Shown),
    ("gini_rewards", "", "Inequality of rewards (Gini)", Shown),
    ("rewards_gini", "", "Inequality of rewards (Gini)", Shown),
    ("nakamoto", "operator", "Operators with more than half of the capacity", Shown),
    ("below_break_even_share", "", "Operators that lose money", Shown),
    ("nodes_losing_share", "", "Nodes that lose money", Shown),
    ("demand_cost_ratio", "", "Unit cost over that of the baseline", AtMost(1.0, f64::INFINITY)),
    ("tx_fee_p50", "", "Median fee", Shown),
    ("service_availability", "", "Availability of the service", Shown),
    ("demand_served_share", "", "Demand served", Shown),
    ("data_objects_lost", "", "Objects lost", AtMost(0.0, f64::INFINITY)),
    ("data_read_availability", "", "Availability of reads", Shown),
];

/// One line of the card: a value and its tone for each column.
struct Row {
    aim: Aim,
    what: String,
    limit: String,
    cells: Vec<Option<(Tone, String)>>,
}

/// The section; empty where nothing speaks of a goal.
pub fn scorecard(data: &Data<'_>, numbers: &[Number]) -> Result<String, Error> {
    let facts = data.facts;
    let lines: Vec<&str> = data.points().collect();
    let mut rows = targets(facts, &lines);
    rows.extend(invariants(facts, &lines));
    if data.one_by_one() {
        rows.extend(outcomes(facts, numbers, &lines));
        for natural in NATURAL {
            for name in data.names(natural.0) {
                rows.extend(of_metric(data, name, natural, &lines)?);
            }
        }
    }
    if rows.is_empty() {
        return Ok(String::new());
    }
    rows.sort_by_key(|row| row.aim);
    let mut headings = vec!["Goal".to_owned(), "What".to_owned(), "#Limit".to_owned()];
    match lines.as_slice() {
        [_] => headings.push("#Value".to_owned()),
        lines => headings.extend(lines.iter().map(|line| format!("#{line}"))),
    }
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let mut last = None;
    let mut cells = Vec::new();
    for row in rows {
        let goal = if last == Some(row.aim) { "" } else { row.aim.word() };
        last = Some(row.aim);
        let mut line = vec![Cell::text(goal), Cell::text(row.what), Cell::number(row.limit)];
        line.extend(row.cells.into_iter().map(|cell| match cell {
            Some((tone, text)) => Cell::Judged(tone, text),
            None => Cell::number("\u{2013}"),
        }));
        cells.push(line);
    }
    Ok(section(
        "scorecard",
        "Scorecard",
        "Goals of the network against limits: those the scenario states, and those that follow \
         from what a number means. \u{2713} keeps the limit, ! deserves a look, \u{2717} breaks \
         it; a value without a sign has no limit. Medians over the runs.",
        &table(&headings, &cells),
    ))
}

fn signed(tone: Tone, text: &str) -> String {
    match tone {
        Tone::Pass => format!("{text} \u{2713}"),
        Tone::Warn => format!("{text} !"),
        Tone::Fail => format!("{text} \u{2717}"),
        Tone::Note => text.to_owned(),
    }
}

/// Ranges that were stated as targets, each a row; errors against reality are one row together.
fn targets(facts: &Facts<'_>, lines: &[&str]) -> Vec<Row> {
    let all = &facts.verdict.targets;
    let mut rows = Vec::new();
    let errors: Vec<&TargetRow> =
        all.iter().filter(|row| matches!(row.limit, Limit::AtMost(_))).collect();
    if !errors.is_empty() {
        let cell = |line: &&str| {
            let mine = || errors.iter().filter(|row| of_line(facts, &row.point, line));
            let judged = mine().filter(|row| row.standing != TargetStanding::NotJudged).count();
            let met = mine().filter(|row| row.standing == TargetStanding::Met).count();
            let tone = if met == judged { Tone::Pass } else { Tone::Fail };
            (judged > 0).then(|| (tone, signed(tone, &format!("{met} of {judged} met"))))
        };
        rows.push(Row {
            aim: Aim::Accuracy,
            what: "Errors within their stated limits".to_owned(),
            limit: "all".to_owned(),
            cells: lines.iter().map(cell).collect(),
        });
    }
    let mut ids: Vec<&str> = Vec::new();
    for row in all.iter().filter(|row| matches!(row.limit, Limit::Within { .. })) {
        if ids.contains(&row.id.as_str()) {
            continue;
        }
        ids.push(&row.id);
        let cell = |line: &&str| {
            let mine: Vec<&TargetRow> = all
                .iter()
                .filter(|other| other.id == row.id && of_line(facts, &other.point, line))
                .collect();
            let worst = mine.iter().find(|row| row.standing == TargetStanding::NotMet);
            let shown = worst.or(mine.first())?;
            let tone = match shown.standing {
                TargetStanding::Met => Tone::Pass,
                TargetStanding::NotMet => Tone::Fail,
                TargetStanding::Undecided => Tone::Warn,
                TargetStanding::NotJudged => Tone::Note,
            };
            Some((tone, signed(tone, &format_number(shown.measured?))))
        };
        rows.push(Row {
            aim: aim_of(&row.metric),
            what: sentence_case(&row.id.replace(['-', '_'], " ")),
            limit: row.limit.to_string(),
            cells: lines.iter().map(cell).collect(),
        });
    }
    rows
}

/// Whether a point is behind a column.
fn of_line(facts: &Facts<'_>, point: &str, line: &str) -> bool {
    let variant = || facts.manifest.points.iter().find(|entry| entry.id == point);
    point == line || variant().is_some_and(|entry| entry.variant == line || line == "all points")
}

fn invariants(facts: &Facts<'_>, lines: &[&str]) -> Vec<Row> {
    let all = &facts.verdict.invariants;
    let mut rows = Vec::new();
    let mut ids: Vec<&str> = Vec::new();
    for row in all.iter().filter(|row| row.kind != "sometimes") {
        if ids.contains(&row.id.as_str()) {
            continue;
        }
        ids.push(&row.id);
        let cell = |line: &&str| {
            let mine: Vec<&InvariantRow> = all
                .iter()
                .filter(|other| other.id == row.id)
                .filter(|other| other.point.is_empty() || of_line(facts, &other.point, line))
                .collect();
            let (held, runs) =
                mine.iter().fold((0, 0), |(held, runs), row| (held + row.held, runs + row.runs));
            let tone = match mine.iter().any(|row| row.fails()) {
                true => Tone::Fail,
                false if held < runs && row.severity == Severity::Warn => Tone::Warn,
                false => Tone::Pass,
            };
            (runs > 0).then(|| (tone, signed(tone, &format!("{held} of {runs} runs"))))
        };
        let metric = facts.parts.metrics().find(|spec| names(&row.expression, spec.name));
        rows.push(Row {
            aim: metric.map_or(Aim::Service, |spec| aim_of(spec.name)),
            what: sentence_case(&row.id.replace(['-', '_'], " ")),
            limit: match row.hold_in {
                share if share >= 1.0 => "every run".to_owned(),
                share => format!("{} of runs", crate::wording::percent(share)),
            },
            cells: lines.iter().map(cell).collect(),
        });
    }
    rows
}

/// Whether an expression names a metric.
fn names(expression: &str, metric: &str) -> bool {
    let part = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    expression.split(part).any(|word| word == metric)
}

/// The section of an outcome: that of the metric of its name, or else of the first metric that its
/// expression names.
fn section_of(facts: &Facts<'_>, id: &str) -> Section {
    let outcome = facts.manifest.outcomes.iter().find(|entry| entry.id == id);
    let named = facts.parts.find(&id.replace('-', "_")).map(|(_, spec)| spec);
    let in_it =
        |entry: &OutcomeEntry| facts.parts.metrics().find(|spec| names(&entry.value, spec.name));
    named.or_else(|| outcome.and_then(in_it)).map_or(Section::Other, |spec| spec.section)
}

/// Outcomes that have a better direction.
fn outcomes(facts: &Facts<'_>, numbers: &[Number], lines: &[&str]) -> Vec<Row> {
    let stated = numbers.iter().filter(|number| number.stated);
    let row = |number: &Number| {
        let better = match number.goal? {
            Goal::Higher => "the higher",
            Goal::Lower => "the lower",
        };
        let cell = |line: &&str| {
            let [middle, ..] = bands(&number.of(line))?;
            Some((Tone::Note, with_unit(middle, &number.unit)))
        };
        Some(Row {
            aim: aim_in(section_of(facts, &number.id), &number.id.replace('-', "_")),
            what: number.words.clone(),
            limit: better.to_owned(),
            cells: lines.iter().map(cell).collect(),
        })
    };
    stated.filter_map(row).collect()
}

fn of_metric(
    data: &Data<'_>,
    metric: &str,
    (_, label, words, natural): &(&'static str, &'static str, &'static str, Natural),
    lines: &[&str],
) -> Result<Option<Row>, Error> {
    let unit = &data.unit(metric);
    let mut cells = Vec::new();
    for line in lines {
        cells.push(data.end(line, metric, label)?.map(|end| {
            let tone = tone(natural, end.last);
            (tone, signed(tone, &with_unit(end.last, unit)))
        }));
    }
    if cells.iter().all(Option::is_none) {
        return Ok(None);
    }
    let limit = match natural {
        AtLeast(limit, _) => format!("\u{2265} {limit}"),
        AtMost(limit, _) => format!("\u{2264} {limit}"),
        Shown => "\u{2013}".to_owned(),
    };
    Ok(Some(Row { aim: aim_of(metric), what: words_of(metric, words), limit, cells }))
}

fn tone(natural: &Natural, value: f64) -> Tone {
    match *natural {
        Shown => Tone::Note,
        AtLeast(pass, _) if value >= pass => Tone::Pass,
        AtLeast(_, warn) if value >= warn => Tone::Warn,
        AtMost(pass, _) if value <= pass => Tone::Pass,
        AtMost(_, warn) if value <= warn => Tone::Warn,
        _ => Tone::Fail,
    }
}

/// Stated limits against measured errors; empty without targets.
pub fn accuracy(facts: &Facts<'_>) -> String {
    let rows = &facts.verdict.targets;
    if rows.is_empty() {
        return String::new();
    }
    let several = facts.manifest.points.len() > 1;
    let windows = facts.verdict.has_windows();
    let mut headings = vec!["Target", "", "#Stated limit", "#Measured"];
    if windows {
        headings.extend(["#Calibration", "#Verdict window"]);
    }
    headings.push("How it is measured");
    let mut rows: Vec<&TargetRow> = rows.iter().collect();
    rows.sort_by_key(|row| match row.standing {
        TargetStanding::NotMet => 0,
        TargetStanding::Undecided => 1,
        TargetStanding::Met => 2,
        TargetStanding::NotJudged => 3,
    });
    let shown = rows.iter().take(TARGETS_MAX);
    let cells: Vec<Vec<Cell>> = shown.map(|row| target(row, several, windows)).collect();
    let split = facts.manifest.verdict_from.filter(|_| windows).map_or(String::new(), |date| {
        format!(
            " A target is judged on all of its days. Parameters were fitted on days before \
             {date}, where the verdict window begins. A red number is beyond the limit in its \
             part."
        )
    });
    let rest = match rows.len().saturating_sub(TARGETS_MAX) {
        0 => String::new(),
        rest => format!("<p>And {rest} more, which are in <code>verdict.json</code>.</p>\n"),
    };
    section(
        "accuracy",
        "Accuracy",
        &format!("Limits stated in the scenario before the run.{split}"),
        &(table(&headings, &cells) + &rest),
    )
}

/// Most targets in the table: with many points, those that are not met come first.
const TARGETS_MAX: usize = 60;

fn target(row: &TargetRow, several: bool, windows: bool) -> Vec<Cell> {
    let name = if several { format!("{} [{}]", row.id, row.point) } else { row.id.clone() };
    let limit = match row.limit {
        Limit::AtMost(_) => format!("\u{2264} {}", row.limit),
        Limit::Within { .. } => row.limit.to_string(),
    };
    let show = |value: Option<f64>| match value {
        None => Cell::number("\u{2013}"),
        Some(value) if row.limit.holds(value) => Cell::number(row.limit.show(value)),
        Some(value) => Cell::Beyond(row.limit.show(value)),
    };
    let tone = match row.standing {
        TargetStanding::Met => Tone::Pass,
        TargetStanding::NotMet => Tone::Fail,
        TargetStanding::Undecided => Tone::Warn,
        TargetStanding::NotJudged => Tone::Note,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn natural_limits_pass_warn_and_fail() {
        assert_eq!(tone(&AtLeast(1.0, 0.0), 1.2), Tone::Pass);
        assert_eq!(tone(&AtLeast(1.0, 0.0), 0.4), Tone::Warn);
        assert_eq!(tone(&AtLeast(1.0, 1.0), 0.4), Tone::Fail);
        assert_eq!(tone(&AtMost(0.0, f64::INFINITY), 3.0), Tone::Warn);
        assert_eq!(tone(&Shown, 3.0), Tone::Note);
    }

    #[test]
    fn an_expression_names_whole_words_only() {
        assert!(names("final(supply_burned) <= 5", "supply_burned"));
        assert!(!names("supply_burned_total > 0", "supply_burned"));
    }
}
