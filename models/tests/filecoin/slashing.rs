//! Cheaters, what they pay, and how soon losses are noticed.

use super::proofs::small;
use super::{Run, scenarios};

/// What the ledger has burned, by cause.
const BURNS: [&str; 9] = [
    "burn_base_fee",
    "burn_overestimation",
    "burn_batch_fee",
    "burn_fault_fee",
    "burn_termination_fee",
    "burn_daily_fee",
    "burn_stream",
    "burn_dispute",
    "burn_consensus_fault",
];

/// The shipped scenario, changed.
fn cheating(overrides: &[(&str, &str)]) -> Run {
    let base = [("run.horizon", "60 d"), ("network.providers", "100")];
    Run::of(&scenarios().join("filecoin/slashing.toml"), &[&base, overrides].concat())
}

#[test]
fn whatever_is_burned_has_a_cause_and_penalties_are_taken_to_the_atto() {
    for detail in ["day", "deadline"] {
        let run = cheating(&[("network.detail", detail), ("run.horizon", "30 d")]);
        let burned = run.exact("supply_burned");
        let causes = BURNS.map(|metric| run.exact(metric));
        for day in 1..burned.len() {
            let of_day: u128 = causes.iter().map(|cause| cause[day]).sum();
            assert_eq!(burned[day] - burned[day - 1], of_day, "{detail}: day {}", day + 1);
        }
        let penalties: u128 = ["penalty_dispute", "penalty_consensus_fault"]
            .iter()
            .map(|metric| run.exact_labelled(metric, "cheater").iter().sum::<u128>())
            .sum();
        let slashed: u128 = run.exact("slashed").iter().sum();
        assert_eq!(slashed, penalties, "{detail}");
        assert!(run.total("burn_dispute") > 0.0 && run.total("burn_consensus_fault") > 0.0);
        let rewards = run.total("slash_rewards");
        let of_disputes = 4.0 * run.total("disputes");
        println!("{detail}: {rewards} FIL to reporters, {of_disputes} of them for disputes");
        assert!(
            rewards > of_disputes && rewards < of_disputes + 2.0 * run.total("consensus_faults")
        );
        for metric in ["penalty_dispute", "penalty_consensus_fault"] {
            assert!(run.exact_labelled(metric, "honest").iter().all(|amount| *amount == 0));
        }
    }
}

#[test]
fn day_and_deadline_resolution_agree_on_cheaters() {
    let run = |detail| {
        Run::of_smoke(&[
            ("network.detail", detail),
            ("network.providers", "200"),
            ("run.horizon", "150 d"),
            ("network.parameters.cheater_share", "0.2"),
            ("network.parameters.cheater_drop_rate", "50 %/y"),
            ("network.parameters.consensus_faults_per_year", "6"),
        ])
    };
    let (day, deadline) = (run("day"), run("deadline"));
    for metric in ["raw_power", "qa_power", "supply_locked"] {
        let (coarse, fine) = (day.daily(metric), deadline.daily(metric));
        let most = coarse.iter().zip(&fine).map(|(a, b)| (a / b - 1.0).abs()).fold(0.0, f64::max);
        println!("{metric}: at most {:.3} % apart", 100.0 * most);
        assert!(most < 0.01, "{metric} is {:.3} % apart", 100.0 * most);
    }
    for metric in ["slashed", "disputes", "consensus_faults", "cheating_loss", "minted"] {
        let apart = (day.total(metric) / deadline.total(metric) - 1.0).abs();
        println!("{metric}: {:.3} % apart in all", 100.0 * apart);
        assert!(apart < 0.02, "{metric} is {:.3} % apart", 100.0 * apart);
    }
}

#[test]
fn what_nobody_disputes_keeps_its_power_and_pays() {
    let alone = ("network.parameters.consensus_faults_per_year", "0");
    let disputed = cheating(&[alone]);
    let undisputed = cheating(&[alone, ("network.parameters.dispute_share", "0")]);
    assert_eq!((undisputed.total("disputes"), undisputed.total("burn_dispute")), (0.0, 0.0));
    assert!(undisputed.last("hidden_losses_raw") > 20.0 * disputed.last("hidden_losses_raw"));
    assert!(undisputed.last("raw_power") > disputed.last("raw_power"));
    let values = [&disputed, &undisputed].map(|run| run.last("cheating_value"));
    println!("a cheater gains {values:?} USD if its proofs are disputed and if they are not");
    assert!(values[0] < 0.0 && values[1] > 0.0);
    assert!(disputed.last("loss_noticed_share") > 0.99);
    assert!(undisputed.last("loss_noticed_share") < 0.5);
}

#[test]
fn a_consensus_fault_bars_its_provider_for_900_epochs() {
    for detail in ["day", "deadline"] {
        let run = |faults| {
            cheating(&[
                ("network.detail", detail),
                ("run.horizon", "20 d"),
                ("network.parameters.cheater_share", "1"),
                ("network.parameters.cheater_drop_rate", "0"),
                ("network.parameters.consensus_faults_per_year", faults),
            ])
        };
        let (none, daily) = (run("0"), run("365"));
        let wins = daily.total("wins") / none.total("wins");
        println!("{detail}: {wins:.4} of the wins are left");
        assert!((wins - (1.0 - 900.0 / 2_880.0)).abs() < 0.01, "{detail}: {wins}");
        let faults = daily.total("consensus_faults");
        assert!((1.0..=20.0 * 125.0).contains(&faults) && faults > 20.0 * 90.0, "{faults}");
        // Of the reward of an epoch, a twentieth is the reporter's.
        let of_each = daily.total("burn_consensus_fault") / faults;
        let reward = daily.total("this_epoch_reward") / 20.0;
        assert!((of_each / (0.95 * reward) - 1.0).abs() < 0.01, "{of_each} FIL of {reward}");
    }
}

#[test]
fn the_real_verifier_is_who_disputes() {
    let run = small(&[
        ("network.proofs", "real"),
        ("network.parameters.cheater_share", "1"),
        ("network.parameters.disk_afr", "100 %/y"),
        ("network.parameters.parity_share", "0"),
    ]);
    let (invalid, disputed) = (run.total("invalid_proofs"), run.total("disputes"));
    println!(
        "{invalid} invalid proofs, {disputed} disputed, hours {:?}",
        run.last("loss_notice_hours")
    );
    assert!(run.held("filecoin.real_proof_refused") > 0 && invalid > 0.0);
    assert!(disputed <= invalid && disputed > 0.95 * invalid - 5.0);
    assert!(run.total("burn_fault_fee") > 0.0, "what was exposed stays faulty");
}

#[test]
fn losses_are_noticed_within_a_day_in_both_resolutions() {
    for detail in ["day", "deadline"] {
        let run = small(&[
            ("network.detail", detail),
            ("network.parameters.disk_afr", "100 %/y"),
            ("network.parameters.parity_share", "0"),
            ("network.parameters.loss_detection", "41 d"),
        ]);
        let hours = run.daily("loss_notice_hours");
        let mean = hours.iter().sum::<f64>() / hours.len() as f64;
        let longest = run.daily("loss_notice_hours_max").into_iter().fold(0.0, f64::max);
        println!("{detail}: {mean:.2} h on average, {longest:.2} h at most");
        assert!((mean - 12.25).abs() < 1.5 && longest <= 24.5, "{detail}");
        assert_eq!(run.last("loss_noticed_share"), 1.0);
        // The miner actor asks for 3.51 days; the day's reward is won by chance.
        assert!((run.last("fault_fee_days") - 3.51).abs() < 0.25);
    }
}
