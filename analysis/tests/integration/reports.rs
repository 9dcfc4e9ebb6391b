//! The page stands alone, says what was judged and shows what was recorded.

use std::fs;

use crate::synthetic::{experiment, publish};

fn report(horizon_days: u32, runs: u32, variants: bool) -> String {
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(folder.path(), horizon_days, runs, variants);
    publish(&experiment, &folder.path().join("out"), 2).unwrap();
    fs::read_to_string(folder.path().join("out/report.html")).unwrap()
}

#[test]
fn the_page_needs_no_network_and_no_script() {
    let html = report(844, 1, false);
    for needle in ["<script", "http://", "https://", "url(", "@import", "src="] {
        let places: Vec<_> = html.match_indices(needle).collect();
        let outside = places.iter().any(|(at, _)| !html[*at..].starts_with("http://www.w3.org/"));
        assert!(!outside, "{needle} in the page");
    }
    assert!(html.len() < 5 << 20, "{} bytes", html.len());
    assert!(html.contains("invented network with &lt;smooth&gt; curves"));
    assert!(!html.contains("<smooth>"));
}

#[test]
fn every_chapter_table_and_link_is_there() {
    let html = report(844, 1, false);
    for id in ["findings", "accuracy", "supply", "power", "reward", "burn", "providers", "faults"] {
        assert!(html.contains(&format!("<h2 id=\"{id}\"")), "no {id}");
    }
    for (at, _) in html.match_indices("href=\"#") {
        let id = html[at + 7..].split('"').next().unwrap();
        assert!(html.contains(&format!("id=\"{id}\"")), "a link to {id}, which is nowhere");
    }
    assert!(html.contains("the books balanced at 844 of 844 checks"));
    assert!(html.contains("cap: 2 billion FIL"));
    assert!(html.contains("calibrated \u{b7} verdict"));
    assert!(!html.contains("NaN") && !html.contains("inf "));
}

#[test]
fn variants_are_overlaid_and_compared() {
    let html = report(60, 3, true);
    assert!(html.contains("<h2 id=\"variants\""));
    assert!(html.contains("+8\u{a0}%"), "the paired difference at the end");
    assert!(html.contains("FIP-0118\n</text>"), "a label in a chart");
    assert!(html.contains("<polygon"), "a band over the runs");
}

#[test]
fn what_was_not_recorded_is_not_shown() {
    let html = report(60, 1, false);
    assert!(!html.contains("id=\"service-stream\""), "no series, no figure");
}
