//! `pinwheel report` and `pinwheel card`: made of the result folder alone.

use std::fs;
use std::path::Path;

use super::{pinwheel, root, stderr, stdout};

const SCENARIO: &str = r#"
schema = 1
[meta]
name = "disks"
question = "What decides how often disks fail?"
[run]
start = 2026-01-01
horizon = "60 d"
[ensemble]
runs = 6
[ensemble.sample]
kind = "sobol"
n = 16
[ensemble.sample.over]
"infrastructure.class[0].failure.mean" = ["10 d", "90 d"]
"infrastructure.class[0].repair.median" = ["1 h", "3 h"]
[output]
every = "10 d"
[[infrastructure.class]]
id = "disk"
count = 30
failure = { law = "exponential", mean = "20 d" }
repair = { law = "log_normal", median = "12 h", sigma = 1.0 }
[[outcome]]
id = "failures"
value = "failures"
goal = "lower"
words = "Failures of disks"
"#;

fn made(folder: &Path) {
    fs::write(folder.join("disks.toml"), SCENARIO).unwrap();
    let output = pinwheel(folder, &["run", "disks.toml", "-o", "out", "-q", "--yes"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn a_lost_report_is_made_again_and_the_folder_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    made(folder.path());
    let page = folder.path().join("out/report.html");
    let before = fs::read_to_string(&page).unwrap();
    fs::remove_file(&page).unwrap();
    let output = pinwheel(folder.path(), &["report", "out"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(fs::read_to_string(&page).unwrap() == before, "the page differs");
    // Replay compares every file with the manifest first.
    let output = pinwheel(folder.path(), &["replay", "out", "-q"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let tornado = before.contains("id=\"tornado-failures\"");
    assert!(tornado && before.contains("of the variance of failures of disks"), "sensitivity");
    assert!(before.contains("failure.mean"), "the sampled key is named");
}

#[test]
fn figures_go_into_a_folder_and_several_results_onto_one_page() {
    let folder = tempfile::tempdir().unwrap();
    made(folder.path());
    let arguments = ["report", "out", "--figures", "figures", "-o", "page.html"];
    let output = pinwheel(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let names = fs::read_dir(folder.path().join("figures")).unwrap();
    let names: Vec<String> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    for name in ["tornado-failures.svg", "tornado-failures.png", "spread-failures.png"] {
        assert!(names.iter().any(|other| other == name), "no {name} in {names:?}");
    }
    let output = pinwheel(folder.path(), &["report", "out", "out"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("-o FILE"), "{}", stderr(&output));
    let output = pinwheel(folder.path(), &["report", "out", "out", "-o", "both.html"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let page = fs::read_to_string(folder.path().join("both.html")).unwrap();
    assert!(page.contains("2 results side by side") && page.contains("Failures of disks"));
}

#[test]
fn the_card_is_markdown_and_a_changed_table_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    made(folder.path());
    let output = pinwheel(folder.path(), &["card", "out"]);
    let card = stdout(&output);
    for words in ["# Model card: disks", "What is not modelled", "half-width", "disks.toml"] {
        assert!(card.contains(words), "no {words} in\n{card}");
    }
    fs::write(folder.path().join("out/metrics.parquet"), "no table").unwrap();
    for verb in ["card", "report"] {
        let output = pinwheel(folder.path(), &[verb, "out"]);
        assert_eq!(output.status.code(), Some(2), "{verb}: {}", stdout(&output));
        assert!(stderr(&output).contains("metrics.parquet"), "{}", stderr(&output));
    }
}

#[test]
fn a_comparison_tells_what_changed_and_where_the_runs_part() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let scenario = root().join("scenarios/mini/depin-mini.toml");
    let result = |name: &str, emission: &str| {
        let sets = ["ensemble.runs=7", "run.horizon=\"90 d\"", emission];
        let mut words = vec!["run", scenario.to_str().unwrap(), "-o", name, "--quiet"];
        words.extend(sets.iter().flat_map(|set| ["--set", set]));
        assert!(pinwheel(folder.path(), &words).status.success());
    };
    result("before", "network.emission.first=\"100_000 TOK/d\"");
    result("after", "network.emission.first=\"90_000 TOK/d\"");
    let compared = |second: &str| {
        let files = ["--html", "page.html", "--markdown", "comment.md"];
        pinwheel(folder.path(), &[&["compare", "before", second], &files[..]].concat())
    };
    let same = compared("before");
    assert_eq!(same.status.code(), Some(0), "{}", stderr(&same));
    assert!(stdout(&same).contains("Nothing changed"), "{}", stdout(&same));
    assert!(!read("page.html").contains("To accept it"));

    let output = compared("after");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let (text, page, comment) = (stdout(&output), read("page.html"), read("comment.md"));
    // Less is minted from the first day on; failures and demand are as they were.
    for told in [&text, &page, &comment] {
        assert!(told.contains("run 0 of main parts at event ") && told.contains("other postings"));
        assert!(told.contains("tokens_minted") && !told.contains("nodes_online"), "{told}");
    }
    assert!(page.contains("<svg") && page.contains("pinwheel baseline accept after"), "{page}");
    assert!(comment.contains("| tokens_minted"), "{comment}");
}

#[test]
fn shocks_of_several_sizes_are_told_by_review_and_report_alike() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = root().join("scenarios/reviews/death-spiral.toml");
    let words = ["run", scenario.to_str().unwrap(), "-o", "out", "--quiet"];
    let small = ["--set", "ensemble.runs=1", "--set", "network.providers=60"];
    let output = pinwheel(folder.path(), &[&words[..], &small].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&pinwheel(folder.path(), &["review", "out"]));
    let margin = text.lines().find_map(|line| line.strip_prefix("26 death_spiral_margin: "));
    let margin = margin.and_then(|rest| rest.split(' ').next()).expect("a margin");
    let margin_percent = (margin.parse::<f64>().unwrap() * 100.0).round();
    let page = fs::read_to_string(folder.path().join("out/report.html")).unwrap();
    let chapter = page.split("id=\"death-spiral\"").nth(1).expect("a chapter");
    assert!(chapter.contains(&format!("without a drop: {margin_percent}\u{a0}%")), "{margin}");
    assert!(!page.contains("id=\"bank-run\""), "nobody leaves");

    let asked = pinwheel(folder.path(), &["review", "out", "--price", "network.prize"]);
    assert_eq!(asked.status.code(), Some(2));
    assert!(stderr(&asked).contains("swept keys: network.price.start"), "{}", stderr(&asked));
}
