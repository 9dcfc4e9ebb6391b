//! Providers that reckon: what a claim, the longest life of a sector, credit and clients do to
//! them, and what happens where they take over from a history.

use super::behaviour::{rational, rational_from};
use super::{Run, scenarios};

/// A year under the rules of 2026, at a flat price at which nearly every sector is worth keeping.
fn kept(more: &[(&str, &str)]) -> Run {
    let base = [
        ("run.horizon", "700 d"),
        ("network.rules", "mainnet@2026-06-01"),
        ("network.parameters.choice_steepness", "20"),
        ("network.parameters.renewal_mood", "0"),
        ("network.parameters.sealing_rate", "0"),
        ("network.parameters.entry_rate", "0"),
    ];
    rational("60 USD", &[&base, more].concat())
}

/// Raw power with verified data, EiB: it counts ten times.
fn verified(run: &Run) -> Vec<f64> {
    let power = run.daily("raw_power").into_iter().zip(run.daily("qa_power"));
    power.map(|(raw, qa)| (qa - raw) / 9.0).collect()
}

#[test]
fn verified_sectors_lose_their_quality_where_no_client_extends_a_claim() {
    let no_data = ("network.parameters.client_demand", "0");
    let share = "network.parameters.claim_extension_share";
    let (none, all) = (kept(&[no_data, (share, "0")]), kept(&[no_data, (share, "1")]));
    let [none_verified, all_verified] = [&none, &all].map(verified);
    println!("verified EiB {:.3} to {:.3}", none_verified[0], none_verified[699]);
    // The stock ends within 540 days, a claim 90 days later.
    assert!(none_verified[699] < 0.02 * none_verified[0]);
    assert!(all_verified[699] > 0.8 * all_verified[0]);
    // They lose quality and stay.
    assert!(none.last("raw_power") > 0.9 * all.last("raw_power"));
}

#[test]
fn fip_0118_ends_claims() {
    let keys = [
        ("network.parameters.client_demand", "0"),
        ("network.parameters.claim_extension_share", "0"),
    ];
    let solstice =
        [("network.solstice", "2022-10-20"), ("network.parameters.upgrade_time", "3650 d")];
    let (today, after) = (kept(&keys), kept(&[&keys[..], &solstice].concat()));
    assert!(verified(&after)[699] > 10.0 * verified(&today)[699].max(0.001));
}

#[test]
fn sectors_without_data_are_upgraded_for_the_pledge_that_lacks() {
    let keys = [("network.parameters.upgrade_time", "30 d"), ("network.solstice", "2022-10-20")];
    let run = kept(&[&keys[..], &[("network.parameters.credit_rate", "1000")]].concat());
    let poor = kept(&[&keys[..], &[("network.parameters.credit_rate", "0")]].concat());
    let days = |run: &Run| run.daily("upgraded_raw")[..60].iter().sum::<f64>();
    println!("upgraded within 60 days {:.0} and {:.0} PiB", days(&run), days(&poor));
    assert!(days(&run) > 2.0 * days(&poor), "credit limits what is upgraded");
    assert!(run.daily("supply_locked")[60] > run.daily("supply_locked")[5]);
    assert_eq!(kept(&[("network.parameters.snap_share", "0")]).total("upgraded_raw"), 0.0);
}

#[test]
fn no_more_is_sealed_with_data_than_clients_bring() {
    let onboarded = |demand| {
        let run = kept(&[
            ("network.parameters.client_demand", demand),
            ("network.parameters.client_volatility", "0"),
        ]);
        (run.total("onboarded_raw") + run.total("upgraded_raw")) / 700.0
    };
    let (few, many) = (onboarded("1 PiB/d"), onboarded("3 PiB/d"));
    println!("{few:.3} and {many:.3} PiB a day of 1 and 3");
    assert!((0.9..=1.001).contains(&few) && (2.7..=3.001).contains(&many));
}

#[test]
fn an_extension_is_weighed_with_the_pledge_that_a_sector_has() {
    // What a new sector has to pledge is the same; what those of the first day have is not.
    let renewed = |locked: &str| {
        let more = [
            ("run.horizon", "100 d"),
            ("network.parameters.hurdle_rate", "100 %/y"),
            ("network.parameters.choice_steepness", "3"),
        ];
        let line = |line: &str| match line.starts_with("locked = ") {
            true => format!("locked = \"{locked} FIL\"\n"),
            false => format!("{line}\n"),
        };
        rational_from("5 USD", &more, |text| text.lines().map(line).collect()).total("renewed_raw")
    };
    let (real, little) = (renewed("137_379_413"), renewed("20_000_000"));
    println!("renewed {real:.0} PiB, {little:.0} with a seventh of the pledge");
    assert!(little > 1.5 * real);
}

#[test]
fn sales_beyond_the_usual_press_the_price_of_a_shallow_market() {
    // Nothing is bought on the first day: its books are bound, not traded.
    let keys = |depth| [("network.parameters.market_depth", depth), ("run.horizon", "200 d")];
    let run = |depth| rational("5 USD", &keys(depth));
    let (none, shallow, deep) = (run("0 USD"), run("100_000_000 USD"), run("1e11 USD"));
    assert!(none.daily("fil_bought")[0] < 1e6);
    let [none, shallow, deep] = [none, shallow, deep].map(|run| run.daily("fil_price"));
    println!("price {} without a pool, {} and {} with one", none[199], shallow[199], deep[199]);
    assert_eq!(none[199], 5.0);
    assert_eq!(shallow[25], 5.0, "the first month's sales are taken up");
    let moved = |price: &[f64]| (price[199] / 5.0 - 1.0).abs();
    assert!(moved(&deep) < 0.01 && moved(&deep) > 0.0 && moved(&shallow) > 10.0 * moved(&deep));
}

#[test]
fn providers_take_over_where_the_history_is_cut() {
    let path = scenarios().join("filecoin/rational.toml");
    let few = ("network.providers", "60");
    let run = Run::of(&path, &[few]);
    let earlier = Run::of(&path, &[few, ("network.forecast.from", "2023-03-15")]);
    // The same until the earlier cut.
    assert_eq!(run.daily("qa_power")[..150], earlier.daily("qa_power")[..150]);
    assert_ne!(run.daily("qa_power")[..160], earlier.daily("qa_power")[..160]);
    // After the cut sectors still come and go, at the pace of before.
    let pace = |run: &Run, days: std::ops::Range<usize>| {
        run.daily("renewed_raw")[days.clone()].iter().sum::<f64>() / days.len() as f64
    };
    let (before, after) = (pace(&run, 130..170), pace(&run, 180..290));
    println!("renewed {before:.1} PiB a day before the cut, {after:.1} after it");
    assert!((0.5..2.0).contains(&(after / before)));
    assert!(run.has("fil_price") && run.daily("fil_price")[10] != run.daily("fil_price")[11]);
}

#[test]
fn all_of_the_service_stream_can_be_passed_on_to_those_who_are_left() {
    let keys = [("network.solstice", "2022-10-20"), ("run.horizon", "400 d")];
    let all = kept(&[&keys[..], &[("network.parameters.service_pass_through", "1")]].concat());
    let (stream, passed) = (all.exact("service_stream"), all.exact("service_passed_on"));
    assert!(stream[100] > 0);
    // What rounding leaves stays where it is: less than a billionth of a FIL.
    for (stream, passed) in stream.iter().zip(passed) {
        assert!(passed <= *stream && stream - passed < 1_000_000_000, "{passed} of {stream}");
    }
    let gone =
        [("network.parameters.service_pass_through", "1"), ("network.parameters.exit_share", "1")];
    let run = rational("5 USD", &[&keys[..], &gone, &[("run.horizon", "730 d")]].concat());
    assert_eq!(run.last("service_passed_on"), 0.0, "nobody is left");
}
