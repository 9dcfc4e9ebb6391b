//! Faults inside runs: what the real verifier refuses is paid for, and what stays dark is ended.

use std::fs;

use super::{Run, scenarios};

/// A chain of five providers with 20 PiB, every cause of failure switched off but those given.
pub fn small(overrides: &[(&str, &str)]) -> Run {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let state = scenarios().join("data/filecoin/state_2022-10-10.toml");
    let state = fs::read_to_string(state).expect("the state is shipped");
    let change = |line: &str| match line.split_once(" = ").map(|(key, _)| key.trim()) {
        Some("raw_power") => "raw_power = \"0.02 EiB\"\n".to_owned(),
        Some("qa_power") => "qa_power = \"0.03 EiB\"\n".to_owned(),
        Some("locked") => "locked = \"150_000 FIL\"\n".to_owned(),
        _ => format!("{line}\n"),
    };
    let state: String = state.lines().map(change).collect();
    fs::write(folder.path().join("state.toml"), state).expect("written");
    let scenario = "schema = 1
meta = { name = \"small\", question = \"Who pays for a fault?\" }
run = { start = 2022-10-10, horizon = \"10 d\", seed = 5 }
[network]
kind = \"filecoin\"
detail = \"deadline\"
providers = 5
behaviour = \"rational\"
price = { start = \"5 USD\", drift = \"0 %/y\", volatility = \"0 %/sqrt(y)\" }
initial = \"state.toml\"
[network.parameters]
initial_faulty_share = 0
disk_afr = 0
host_mtbf_hours = \"1_000_000_000 h\"
rack_mtbf_hours = \"1_000_000_000 h\"
feed_outages_per_year = 0
site_outages_per_year = 0
region_outages_per_year = 0
operator_mistakes_per_year = 0
software_faults_per_year = 0
";
    let path = folder.path().join("small.toml");
    fs::write(&path, scenario).expect("written");
    Run::of(&path, overrides)
}

#[test]
fn the_real_verifier_refuses_lost_data_and_the_fee_follows() {
    let run = small(&[
        ("network.proofs", "real"),
        ("network.parameters.disk_afr", "100 %/y"),
        ("network.parameters.parity_share", "0"),
    ]);
    println!("refused on {} days", run.held("filecoin.real_proof_refused"));
    assert!(run.held("filecoin.real_proof_refused") > 0);
    let (fees, faulty) = (run.daily("burn_fault_fee"), run.daily("faulty_raw"));
    let first = faulty.iter().position(|pib| *pib > 0.0).expect("a fault");
    println!("faulty {faulty:?} PiB, fees {fees:?} FIL/d");
    assert!(fees[..first].iter().all(|fee| *fee == 0.0), "the first day of a fault is free");
    assert!(fees[first + 1] > 0.0, "the next is not");
}

#[test]
fn where_nothing_breaks_nothing_is_refused_or_paid() {
    let run = small(&[("network.proofs", "real")]);
    assert_eq!(run.held("filecoin.real_proof_refused"), 0);
    assert_eq!((run.total("burn_fault_fee"), run.total("windowpost_missed")), (0.0, 0.0));
    assert!(run.daily("faulty_raw").iter().all(|pib| *pib == 0.0));
    assert!(run.total("windowpost_due") > 0.0 && run.total("minted") > 0.0);
}

#[test]
fn a_provider_dark_for_42_days_loses_its_sectors_and_pays() {
    for detail in ["day", "deadline"] {
        let run = small(&[
            ("run.horizon", "60 d"),
            ("network.detail", detail),
            ("network.parameters.operator_mistakes_per_year", "100 1/y"),
            ("network.parameters.operator_whole_share", "1"),
            ("network.parameters.operator_mistake_hours", "5000 h"),
            ("network.parameters.duration_sigma", "0"),
        ]);
        let (ended, fees) = (run.daily("terminated_raw"), run.daily("burn_termination_fee"));
        let first = ended.iter().position(|pib| *pib > 0.0).expect("a termination");
        println!(
            "{detail}: first termination on day {}, {:.1} PiB in all",
            first + 1,
            run.total("terminated_raw")
        );
        assert!((42..=60).contains(&first), "{detail}: terminated on day {}", first + 1);
        for day in 0..ended.len() {
            assert_eq!(ended[day] > 0.0, fees[day] > 0.0, "{detail}: day {}", day + 1);
        }
        assert!(fees[..first].iter().all(|fee| *fee == 0.0));
    }
}
