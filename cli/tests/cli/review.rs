//! `pinwheel review`: the metrics that only an experiment gives, from a shipped sweep.

use super::{pinwheel, root, stderr, stdout};

#[test]
fn a_price_sweep_gives_the_margin_of_a_death_spiral() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = root().join("scenarios/reviews/death-spiral.toml").display().to_string();
    let small = ["--set", "network.providers=20", "--set", "ensemble.runs=2", "-q", "--yes"];
    let run = [&["run", &scenario, "-o", "spiral"][..], &small].concat();
    let output = pinwheel(folder.path(), &run);
    assert!(output.status.success(), "{}", stderr(&output));
    let output = pinwheel(folder.path(), &["review", "spiral"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.contains("26 death_spiral_margin: "), "{text}");
    // Kept capacity falls from the smallest drop to the largest.
    let kept = |drop: &str| -> f64 {
        let line = text.lines().find(|line| line.contains(&format!("a drop of {drop} leaves")));
        let line = line.unwrap_or_else(|| panic!("{drop}: {text}"));
        let number = line.split_whitespace().nth(5).expect("a number");
        number.parse().unwrap_or_else(|_| panic!("{number}"))
    };
    assert!(kept("0.750") < kept("0.300") && kept("0.750") < 0.9, "{text}");
    assert!(!text.contains("bank_run_days:") && !text.contains("sensitivity_top5"), "{text}");
    let output = pinwheel(folder.path(), &["review", "no-such-folder"]);
    assert_eq!(output.status.code(), Some(2));
}
