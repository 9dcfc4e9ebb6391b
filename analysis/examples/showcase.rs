//! Writes the report of an invented network, to look at the page without waiting for a run:
//! `cargo run --release -p pinwheel-analysis --example showcase -- /tmp/showcase`.

#![forbid(unsafe_code)]

use std::path::PathBuf;

#[path = "../tests/integration/synthetic.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod synthetic;

fn main() {
    let folder = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    std::fs::create_dir_all(&folder).expect("a folder for the showcase");
    for (name, horizon_days, runs, variants) in
        [("history", 844, 1, false), ("variants", 1_096, 4, true)]
    {
        let experiment = synthetic::experiment(&folder, horizon_days, runs, variants);
        let target = folder.join(name);
        let verdict = synthetic::publish(&experiment, &target, 2).expect("a result");
        println!("{}: {}", target.join("report.html").display(), verdict.sentence);
    }
}
