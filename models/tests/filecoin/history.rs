//! Runs driven by data: its totals arrive whole, and a longer file is a longer run.

use std::fs;

use super::{Run, scenarios};

pub const HISTORY: &str = "data/filecoin/network_daily_2022-10-10_2025-01-31.csv";
pub const STATE: &str = "data/filecoin/state_2022-10-10.toml";

/// A column of the history, the day of the initial state left out.
fn column(name: &str) -> Vec<f64> {
    let text = fs::read_to_string(scenarios().join(HISTORY)).expect("the history is shipped");
    let mut lines = text.lines();
    let place = lines.next().expect("a header").split(',').position(|c| c == name).expect(name);
    let value = |line: &str| line.split(',').nth(place).expect("a cell").parse().expect("a number");
    lines.skip(1).map(value).collect()
}

#[test]
fn what_is_onboarded_and_renewed_in_a_day_is_the_data_s_total() {
    let run = Run::of_smoke(&[("run.horizon", "90 d"), ("network.providers", "300")]);
    for (metric, name) in [("onboarded_raw", "onboarded_rb_pib"), ("renewed_raw", "renewed_rb_pib")]
    {
        let sectors = |pib: f64| (pib * 32_768.0).round() as i64;
        let days = run.daily(metric).into_iter().zip(column(name)).enumerate();
        for (day, (simulated, data)) in days {
            assert_eq!(sectors(simulated), sectors(data), "{metric} on day {}", day + 1);
        }
    }
}

#[test]
fn a_longer_history_makes_a_longer_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = fs::read_to_string(scenarios().join(HISTORY)).expect("the history is shipped");
    let last = text.lines().last().expect("a row").to_owned();
    let (date, rest) = last.split_once(',').expect("a date");
    let date: jiff::civil::Date = date.parse().expect("a date");
    let more = (1..=40).map(|day| {
        format!("{},{rest}\n", date.checked_add(jiff::Span::new().days(day)).expect("a date"))
    });
    let longer = text.trim_end().to_owned() + "\n" + &more.collect::<String>();
    fs::write(folder.path().join("history.csv"), longer).expect("written");
    fs::copy(scenarios().join(STATE), folder.path().join("state.toml")).expect("copied");
    let scenario = "schema = 1
meta = { name = \"longer\", question = \"Does it go on?\" }
run = { start = 2022-10-10, horizon = \"884 d\" }
[network]
kind = \"filecoin\"
detail = \"day\"
providers = 50
initial = \"state.toml\"
history = \"history.csv\"
";
    let path = folder.path().join("longer.toml");
    fs::write(&path, scenario).expect("written");
    let run = Run::of(&path, &[]);
    let onboarded = run.daily("onboarded_raw");
    assert_eq!(onboarded.len(), 884);
    assert!(onboarded[844..].iter().all(|pib| *pib == onboarded[843]), "the appended days");
    assert!(onboarded[843] > 0.0);
}
