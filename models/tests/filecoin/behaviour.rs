//! Providers that reckon, and rules that change what they reckon with: responses of known sign.

use super::{Run, scenarios};

/// Two years of 150 rational providers at a flat price.
pub fn rational(price: &str, more: &[(&str, &str)]) -> Run {
    rational_from(price, more, str::to_owned)
}

/// The same from a state that is the real one, changed.
pub fn rational_from(price: &str, more: &[(&str, &str)], changed: impl Fn(&str) -> String) -> Run {
    let mut overrides = vec![
        ("run.horizon", "730 d"),
        ("network.providers", "150"),
        ("network.behaviour", "rational"),
        ("network.price.start", price),
        ("network.price.drift", "0 %/y"),
        ("network.price.volatility", "0 %/sqrt(y)"),
    ];
    overrides.extend_from_slice(more);
    // Providers that decide by the price have no history to follow.
    let folder = tempfile::tempdir().expect("a folder");
    let state = "state_2022-10-10.toml";
    let shipped = std::fs::read_to_string(scenarios().join("data/filecoin").join(state));
    let text = changed(&shipped.expect("a file"));
    std::fs::write(folder.path().join(state), text).expect("a file");
    let smoke = std::fs::read_to_string(scenarios().join("filecoin/smoke.toml")).expect("a file");
    let lines = smoke.lines().filter(|line| !line.starts_with("history"));
    let text = lines.map(|line| line.replace("../data/filecoin/", "") + "\n");
    let path = folder.path().join("smoke.toml");
    std::fs::write(&path, text.collect::<String>()).expect("a file");
    Run::of(&path, &overrides)
}

#[test]
fn power_rises_with_the_price_and_without_one_providers_leave() {
    let prices = ["0.001 USD", "2 USD", "6 USD", "20 USD"];
    let runs = prices.map(|price| rational(price, &[]));
    let power = runs.each_ref().map(|run| run.last("raw_power"));
    let active = runs.each_ref().map(|run| run.last("providers_active"));
    println!("raw power {power:?} EiB, providers {active:?} at {prices:?}");
    assert!(power.is_sorted() && power[0] < power[1] && power[2] < power[3]);
    let first = runs[3].daily("raw_power")[0];
    assert!(power[3] > first, "a high price makes the network grow");
    assert!(power[0] < 0.05 * first && active[0] < 0.1 * active[3], "no price, no providers");
}

#[test]
fn fip_0118_takes_from_the_miners_share_and_burns() {
    let rules = ("network.rules", "mainnet@2026-06-01");
    let before = rational("5 USD", &[rules, ("run.horizon", "400 d")]);
    let solstice = ("network.solstice", "2023-01-01");
    let after = rational("5 USD", &[rules, solstice, ("run.horizon", "400 d")]);
    let income = |run: &Run| {
        let minted: f64 = run.daily("minted")[200..].iter().sum();
        let streams: f64 = ["burn_stream", "service_stream"]
            .iter()
            .map(|stream| run.daily(stream)[200..].iter().sum::<f64>())
            .sum();
        (minted - streams) / minted
    };
    println!("miners' share {:.4} before, {:.4} after", income(&before), income(&after));
    assert_eq!((before.total("burn_stream"), income(&before)), (0.0, 1.0));
    assert!(after.total("burn_stream") > 0.0 && income(&after) < 0.99);
    // Nothing changes before the date.
    assert_eq!(before.daily("raw_power")[..80], after.daily("raw_power")[..80]);
}

#[test]
fn the_textbook_mints_less_as_power_grows() {
    let rules = ("network.rules", "textbook");
    let run = |price| rational(price, &[rules, ("run.horizon", "365 d")]);
    let (poor, rich) = (run("0.5 USD"), run("30 USD"));
    let per_day = |run: &Run| run.daily("scheduled")[335..].iter().sum::<f64>() / 30.0;
    let powers = [poor.last("raw_power"), rich.last("raw_power")];
    println!(
        "power {powers:?} EiB, scheduled {:.0} and {:.0} FIL/d",
        per_day(&poor),
        per_day(&rich)
    );
    assert!(powers[0] < powers[1]);
    assert!(per_day(&rich) < per_day(&poor) && per_day(&rich) > 0.0);
}
