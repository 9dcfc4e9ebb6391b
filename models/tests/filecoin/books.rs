//! What must be equal: the two resolutions of time, and the books with themselves.

use super::Run;

#[test]
fn day_and_deadline_resolution_agree_within_one_percent_each_day() {
    let run = |detail| {
        Run::of_smoke(&[
            ("network.detail", detail),
            ("network.providers", "200"),
            ("run.horizon", "60 d"),
        ])
    };
    let (day, deadline) = (run("day"), run("deadline"));
    for metric in
        ["raw_power", "qa_power", "supply_locked", "supply_circulating", "this_epoch_reward"]
    {
        let (coarse, fine) = (day.daily(metric), deadline.daily(metric));
        assert_eq!((coarse.len(), fine.len()), (60, 60));
        let apart = coarse.iter().zip(&fine).map(|(a, b)| (a / b - 1.0).abs());
        let most = apart.fold(0.0, f64::max);
        println!("{metric}: at most {:.3} % apart", 100.0 * most);
        assert!(most < 0.01, "{metric} is {:.3} % apart", 100.0 * most);
    }
    let minted = |run: &Run| run.total("minted");
    let apart = (minted(&day) / minted(&deadline) - 1.0).abs();
    println!("minted: {:.3} % apart", 100.0 * apart);
    assert!(apart < 0.01, "minted is {:.3} % apart", 100.0 * apart);
}

#[test]
fn the_supply_is_two_billion_less_what_is_burnt_every_day() {
    let run = Run::of_smoke(&[("run.horizon", "200 d"), ("network.parameters.disk_afr", "20 %/y")]);
    let parts = ["supply_burned", "supply_reserve", "supply_locked"].map(|name| run.exact(name));
    let circulating = run.exact("supply_circulating");
    for (day, circulating) in circulating.iter().enumerate() {
        let rest: u128 = parts.iter().map(|part| part[day]).sum();
        // What was disbursed of the mining reserve counts as circulating, and left it before.
        let total = circulating + rest;
        assert_eq!(total, 2_000_000_000 * 10u128.pow(18), "day {day}");
    }
    assert_eq!(run.held("filecoin.supply_conserved"), 200);
    assert_eq!(run.held("filecoin.pledge_matches_sectors"), 200);
    let minted: u128 = run.exact("minted").iter().skip(1).sum();
    let mined = run.exact("supply_mined");
    assert_eq!(mined.last().expect("a day") - mined[0], minted);
}
