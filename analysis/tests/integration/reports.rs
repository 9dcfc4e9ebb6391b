//! The page stands alone, says what was judged and shows what was recorded.

use std::fs;
use std::path::Path;

use pinwheel_analysis::judge::verdict::Verdict;
use pinwheel_analysis::record::outcomes::OutcomeTable;
use pinwheel_analysis::record::store::Store;
use pinwheel_analysis::show::plot;
use pinwheel_analysis::show::report::{self, Facts, Report};
use pinwheel_models::scenario::{Experiment, Factor};

use crate::synthetic::{experiment, parts, publish};

const BYTES_MAX: usize = 5 << 20;
/// Sorting of tables and the readout of charts.
const SCRIPT_BYTES_MAX: usize = 6 << 10;

fn report(horizon_days: u32, runs: u32, variants: bool) -> String {
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(folder.path(), horizon_days, runs, variants);
    publish(&experiment, &folder.path().join("out"), 2).unwrap();
    fs::read_to_string(folder.path().join("out/report.html")).unwrap()
}

/// The report made again from a result folder.
fn again(folder: &Path) -> Report {
    let store = Store::open_to_report(folder).unwrap();
    let facts = Facts {
        parts: parts(),
        verdict: &Verdict::read(&store.folder).unwrap(),
        manifest: &store.manifest,
        outcomes: &OutcomeTable::default(),
        folder: "out/invented".to_owned(),
    };
    report::render(&facts, store.table()).unwrap()
}

fn stands_alone(html: &str) {
    for needle in ["http://", "https://", "url(", "@import", "src=", "<link"] {
        // The name of a format and a place in the page itself are no requests.
        let inside = |at: usize| {
            html[at..].starts_with("http://www.w3.org/") || html[at..].starts_with("url(#")
        };
        let outside = html.match_indices(needle).any(|(at, _)| !inside(at));
        assert!(!outside, "{needle} in the page");
    }
    assert!(html.len() < BYTES_MAX, "{} bytes", html.len());
    let script = html.split("<script>").nth(1).unwrap().split("</script>").next().unwrap();
    assert!(html.matches("<script").count() == 1, "one script");
    assert!(script.len() < SCRIPT_BYTES_MAX, "{} bytes of script", script.len());
    let text = html.replace(script, "");
    assert!(!text.contains("NaN") && !text.contains("inf "), "a number that is none");
}

#[test]
fn the_page_needs_no_network_and_its_words_stay_words() {
    let html = report(844, 1, false);
    stands_alone(&html);
    assert!(html.contains("invented network with &lt;smooth&gt; curves"));
    assert!(!html.contains("<smooth>"));
}

#[test]
fn sections_come_in_the_order_of_a_review_and_every_link_leads_somewhere() {
    let html = report(844, 1, false);
    let outline = [
        "findings",
        "scorecard",
        "accuracy",
        "supply",
        "flows",
        "actors",
        "security",
        "checks",
        "model",
        "reproduce",
    ];
    let place = |id: &&str| {
        let heading = format!("<h2 id=\"{id}\"");
        html.find(&heading).unwrap_or_else(|| panic!("no section {id}"))
    };
    let places: Vec<usize> = outline.iter().map(place).collect();
    assert!(places.is_sorted(), "{places:?}");
    for (at, _) in html.match_indices("href=\"#") {
        let id = html[at + 7..].split('"').next().unwrap();
        assert!(html.contains(&format!("id=\"{id}\"")), "a link to {id}, which is nowhere");
    }
    assert!(html.contains("the books balanced at 844 of 844 checks"));
    assert!(html.contains("cap: 2 billion FIL"));
    assert!(html.contains("calibrated \u{b7} verdict"));
    assert!(html.contains("0 of 844 checks that the models make of themselves were violated"));
}

#[test]
fn every_figure_says_how_to_read_it_and_has_an_id_of_its_own() {
    let html = report(60, 6, true);
    let figures: Vec<&str> = html.split("<figure id=\"").skip(1).collect();
    assert!(figures.len() > 20, "{} figures", figures.len());
    let mut ids: Vec<&str> =
        figures.iter().map(|figure| figure.split('"').next().unwrap()).collect();
    for figure in &figures {
        let caption =
            figure.split("</figure>").next().unwrap().split("How to read it.</b> ").nth(1);
        assert!(caption.is_some_and(|words| words.len() > 30), "{}", &figure[..60]);
    }
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id stands twice");
}

#[test]
fn variants_are_overlaid_and_compared_pair_by_pair() {
    let html = report(60, 6, true);
    assert!(html.contains("<h2 id=\"variants\""));
    assert!(html.contains("+8\u{a0}% [+"), "the paired difference with its interval");
    assert!(html.contains("Who gains and who loses"));
    assert!(html.contains("FIP-0118\n</text>"), "a label in a chart");
    assert!(html.contains("<polygon"), "a band over the runs");
    assert!(html.contains("half-width"), "the precision of the runs");
    assert!(html.contains("<h2 id=\"stress\""), "the worst runs");
}

#[test]
fn the_folder_alone_gives_the_same_page_and_its_figures() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(folder.path(), 60, 2, true);
    let out = folder.path().join("out");
    publish(&experiment, &out, 2).unwrap();
    let first = fs::read_to_string(out.join("report.html")).unwrap();
    fs::remove_file(out.join("report.html")).unwrap();
    assert!(Store::open(&out).is_err(), "a result without one of its files is damaged");
    let made = again(&out);
    assert!(made.html == first, "the page from the folder differs");
    plot::export(&folder.path().join("figures"), &made.figures[..3]).unwrap();
    let files = fs::read_dir(folder.path().join("figures")).unwrap().count();
    assert_eq!(files, 6, "each figure as SVG and PNG");
}

#[test]
fn a_model_card_names_inputs_parameters_and_what_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(folder.path(), 60, 2, false);
    let out = folder.path().join("out");
    publish(&experiment, &out, 2).unwrap();
    let store = Store::open(&out).unwrap();
    let facts = Facts {
        parts: parts(),
        verdict: &Verdict::read(&store.folder).unwrap(),
        manifest: &store.manifest,
        outcomes: &OutcomeTable::default(),
        folder: "out".to_owned(),
    };
    let card = report::model_card(&facts, store.table()).unwrap();
    for words in [
        "# Model card: invented",
        "## What is not modelled (STRESS 2.5)",
        "- filecoin: The chain never reorganises: a late block is a lost win.",
        "| hurdle_rate | 0.1 | 1/y |",
        "| network.kind | \"filecoin\" |",
        "| state.toml | ",
        "Philox",
        "half-width",
    ] {
        assert!(card.contains(words), "no {words} in\n{card}");
    }
}

/// The experiment at many values of an invented key.
fn many(experiment: &mut Experiment, count: usize) {
    let point = experiment.points[0].clone();
    let at = |place: usize| {
        let mut point = point.clone();
        point.id = format!("x={place}");
        let value = format!("{} FIL", place % 10);
        let factor = Factor { key: "invented.key".to_owned(), value, number: None };
        point.factors = vec![factor];
        point
    };
    experiment.points = (0..count).map(at).collect();
    experiment.targets.clear();
}

#[test]
fn hundreds_of_points_are_told_by_their_spread_and_not_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut experiment = experiment(folder.path(), 20, 4, false);
    many(&mut experiment, 100);
    let out = folder.path().join("out");
    publish(&experiment, &out, 2).unwrap();
    let html = fs::read_to_string(out.join("report.html")).unwrap();
    stands_alone(&html);
    assert!(html.contains("over 400 runs at 100 points"));
    assert!(html.contains("<h2 id=\"sensitivity\"") && html.contains("id=\"fan-raw-power\""));
    assert!(html.contains("invented.key"), "the swept key is told");
    assert!(html.len() < 2 << 20, "{} bytes", html.len());
}

#[test]
fn two_results_stand_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(folder.path(), 60, 2, false);
    let out = folder.path().join("out");
    publish(&experiment, &out, 2).unwrap();
    let store = Store::open(&out).unwrap();
    let verdict = Verdict::read(&store.folder).unwrap();
    let outcomes = OutcomeTable::default();
    let facts = |name: &str| Facts {
        parts: parts(),
        verdict: &verdict,
        manifest: &store.manifest,
        outcomes: &outcomes,
        folder: name.to_owned(),
    };
    let all = [(facts("out/a"), store.table()), (facts("out/b"), store.table())];
    let html = report::side_by_side(&all).unwrap().html;
    stands_alone(&html);
    assert!(html.contains("out/b\n</text>"), "a line named by its folder");
    assert!(html.contains("<th class=\"number\" scope=\"col\">out/a</th>"));
}

#[test]
fn what_was_not_recorded_is_not_shown() {
    let html = report(60, 1, false);
    assert!(!html.contains("id=\"service-stream\""), "no series, no figure");
    assert!(!html.contains("<h2 id=\"variants\""), "nothing to compare");
}
