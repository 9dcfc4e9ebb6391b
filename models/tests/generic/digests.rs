//! The economy that was one engine with fixed rules before it became steps: four runs of eight
//! scenarios, as the engine of commit 8b15d7d left them. The short section `[economy]` and the same
//! steps written out give the same order of events, books and rows, to the last bit.

use pinwheel_core::fingerprint::Digest;
use pinwheel_models::registry;
use pinwheel_models::scenario::Experiment;

use super::{load_text, read, run};

/// Digests of four runs with seed 42: order of events, ledger, and values of all rows. That of the
/// state takes in more than it did then: whatever of it was recorded is in the rows.
type Runs = [[u64; 3]; 4];

/// What the engine of commit 8b15d7d gave.
#[rustfmt::skip]
const RECORDED: [(&str, Runs); 8] = [
    ("depin-mini", [
        [0xf084927e0d73fdb0, 0x66f1e5d726912f8c, 0xb5c51e87ce496818],
        [0xfb55682884434fcc, 0xab2d98886c0aabc7, 0xc9faf4ae33baac46],
        [0xa02101ada944dd3c, 0x0e4fa43c80113cfd, 0xd0a0569e5917d886],
        [0x921c14ba55376433, 0xc81833bf6817ff8d, 0x211378125e36fc24],
    ]),
    ("all-on", [
        [0x6176ec17523fea28, 0x273f26775dd6d1f1, 0xae927e4332756e8d],
        [0x35343aa9d07b864a, 0xed6153d3418b7dc3, 0x21fe2edc9aec6b10],
        [0x61bdcabf97bb852f, 0x90809f5b91b80187, 0x65620a68bf88d9c3],
        [0x3b0d13ad6d3e7dd4, 0xf4ca5dc998cf9a8d, 0x0fe634ef063d5463],
    ]),
    ("no-shock", [
        [0x6176ec17523fea28, 0x45d9ab8e56799725, 0x99ffdf5af630950c],
        [0x35343aa9d07b864a, 0x570abdcb34e8c349, 0xbacd763ae2da8149],
        [0x61bdcabf97bb852f, 0x457492f7ddc13879, 0x8fec28869da0eac5],
        [0x3b0d13ad6d3e7dd4, 0x359aaf02df8cd601, 0xb759c8cebd1f9472],
    ]),
    ("burn-off", [
        [0x6176ec17523fea28, 0x4f8e04c2eea9e4ca, 0x8633651ac3e56ef4],
        [0x35343aa9d07b864a, 0x11f343a4e594d09a, 0xf5cea3e7e18c5f38],
        [0x61bdcabf97bb852f, 0x54058b5202d84d87, 0x2b4d1cf27862d655],
        [0x3b0d13ad6d3e7dd4, 0xbf5e0d46b4c65123, 0xd828744c8cddbac6],
    ]),
    ("bond-off", [
        [0x6176ec17523fea28, 0xb24d51a551860f16, 0x7c77d85cd7ed2fa9],
        [0x35343aa9d07b864a, 0x6b5d1278124db818, 0xc5f38ea06856554a],
        [0x61bdcabf97bb852f, 0x3147d4652bc45a5f, 0x2f03c3cd0470238b],
        [0x3b0d13ad6d3e7dd4, 0x8e1ced1f3d221a1b, 0x1b80180aa9b605cf],
    ]),
    ("emission-off", [
        [0x6176ec17523fea28, 0x4b9b318bd71f5541, 0xb5a1c48b2f258582],
        [0x35343aa9d07b864a, 0x380fec1480e2b64b, 0xe750ff054b9bf33f],
        [0x61bdcabf97bb852f, 0x14ae15b6226867d9, 0x16d62daf3c2fbbdc],
        [0x3b0d13ad6d3e7dd4, 0x6a41f1bc52e1015f, 0x1690b40d209b3df0],
    ]),
    ("small-economy", [
        [0x1dd796e488094334, 0x076d2bd483a4a774, 0x9cc8b0d66bfe6da4],
        [0x9a2ccb1b3ef125a7, 0x1013d0de60f1a217, 0xe8f74c180982b06f],
        [0xd0f71ed712001d4d, 0xcbf91352c6dd7467, 0xc2c0290b02bbfef6],
        [0x0fe57162cac82dab, 0xc52a0f85c13e1f26, 0x6fcc8c62a98380a0],
    ]),
    ("hard", [
        [0x6176ec17523fea28, 0x347499b129cdb71d, 0x30986ff796317389],
        [0x35343aa9d07b864a, 0x59b0b42c97f90480, 0x34f0495b934cb9ae],
        [0x61bdcabf97bb852f, 0xeb9a162abe67d25b, 0xb7ae4677744a64d4],
        [0x3b0d13ad6d3e7dd4, 0xdc6fc68a647947af, 0x2657777f3a6eabe6],
    ]),
];

/// The small model as it was typed then, and what stands before its economy.
const FLEET: &str = r#"schema = 1
[meta]
name = "small"
[run]
start = 2026-01-01
horizon = "1825 d"
[infrastructure]
record_every = "30 d"
[[infrastructure.class]]
id = "node"
count = 1_000
failure = { law = "exponential", mean = "370.16783 d" }
repair = { law = "exponential", mean = "6.4779371 d" }
"#;
const ECONOMY: &str = r#"[economy]
supply = "100_000_000 TOK"
record_every = "30 d"
concentration_every = "1 d"
[economy.emission]
first = "100_000 TOK/d"
half_life = "730 d"
[economy.exchange]
usd = "1_000_000 USD"
tok = "1_000_000 TOK"
fee = "0.3 %"
[economy.demand]
first = "20_000 USD/d"
drift = "0.05 %/d"
volatility = "5 %/sqrt(d)"
burn_share = 1
[economy.bond]
per_node = "500 TOK"
[economy.providers]
count = 1_000
capacity_sigma = 0.3
cost_median = "0.5 USD/d"
cost_sigma = 0.5
sell_share = 0.5
patience = "30 d"
entry = "2 %/d"
"#;

/// The steps that stand in for a list, written out.
const STEPS: [&str; 9] = [
    r#"{ buy = "TOK", with = "demand", to = "customers" }"#,
    r#"{ burn = "customers", share = 1 }"#,
    r#"{ mint = "emission", to = "operators" }"#,
    r#"{ pay = "customers", to = "operators" }"#,
    r#"{ sell = "operators", share = 0.5 }"#,
    r#"{ exit = "operators" }"#,
    r#"{ release = "bond", to = "holders" }"#,
    r#"{ sell = "holders", share = 0 }"#,
    r#"{ enter = "operators", bond_from = "holders" }"#,
];

/// What of the small model a scenario sets, by its keys in `[economy]`.
fn changes(name: &str) -> Vec<(&'static str, &'static str)> {
    let shock = ("shock", r#"[{ at = "18 mo", demand_scale = 0.4 }]"#);
    let calm = ("demand.volatility", "1 %/sqrt(d)");
    let cost = ("providers.cost_median", "15 USD/d");
    let bond = ("bond.per_node", "2_000 TOK");
    let nothing_burned = ("demand.burn_share", "0");
    let mut shocked =
        vec![("record_every", "1 d"), calm, bond, cost, ("bond.sold_on_exit", "1"), shock];
    match name {
        "depin-mini" => return vec![],
        "all-on" => {}
        "no-shock" => shocked.truncate(5),
        "burn-off" => shocked.push(nothing_burned),
        "bond-off" => shocked.push(("bond.per_node", "0 TOK")),
        "emission-off" => shocked.extend([nothing_burned, ("emission.first", "0 TOK/d")]),
        "small-economy" => return vec![calm, cost, shock],
        "hard" => {
            let shocks = r#"[
                { at = "100 d", sale = "3_000_000 TOK" },
                { at = "400 d", demand_scale = 0.3 },
                { at = "700 d", demand_scale = 4, sale = "1 TOK" },
            ]"#;
            let shares = [("bond.sold_on_exit", "0.4"), ("demand.burn_share", "0.7")];
            return [&[bond, cost, ("shock", shocks)], &shares[..]].concat();
        }
        other => panic!("no scenario {other}"),
    }
    shocked
}

fn horizon(name: &str) -> &'static str {
    match name {
        "depin-mini" => "1825 d",
        "small-economy" => "1280 d",
        _ => "1460 d",
    }
}

/// The scenario in the short spelling.
fn short(name: &str) -> Experiment {
    let changes = changes(name);
    let changes = changes.iter().map(|(key, value)| (format!("economy.{key}"), value));
    let mut set = vec![("run.horizon".to_owned(), horizon(name).to_owned())];
    set.extend(changes.map(|(key, value)| (key, (*value).to_owned())));
    load_text(&format!("{FLEET}{ECONOMY}"), &set)
}

/// The steps with the shares of a scenario.
fn steps(name: &str) -> Vec<String> {
    let changes = changes(name);
    let share = |key: &str, default: &'static str| {
        changes.iter().rfind(|(changed, _)| *changed == key).map_or(default, |(_, value)| value)
    };
    let (burn, sold) = (share("demand.burn_share", "1"), share("bond.sold_on_exit", "0"));
    let with = |step: &&str| match *step {
        step if step.starts_with("{ burn") => step.replace("share = 1", &format!("share = {burn}")),
        step => step.replace("share = 0 ", &format!("share = {sold} ")),
    };
    STEPS.iter().map(with).collect()
}

/// The scenario with these steps written out.
fn written(name: &str, steps: &[String]) -> Result<Experiment, String> {
    let text = ECONOMY.replace("[economy", "[network").replace("providers", "operators");
    let own = |line: &&str| !line.starts_with("burn_share") && !line.starts_with("sell_share");
    let text: String = text.lines().filter(own).map(|line| format!("{line}\n")).collect();
    let head = format!("[network]\nkind = \"generic\"\nstep = [{}]", steps.join(", "));
    let text = text.replacen("[network]", &head, 1);
    let mut set = vec![("run.horizon".to_owned(), horizon(name).to_owned())];
    let shares = ["demand.burn_share", "bond.sold_on_exit"];
    for (key, value) in changes(name).into_iter().filter(|(key, _)| !shares.contains(key)) {
        let key = format!("network.{}", key.replace("providers", "operators"));
        set.push((key, value.to_owned()));
    }
    read(&format!("{FLEET}{text}"), &set)
}

/// The digests of one run.
fn digests(experiment: &Experiment, number: u32) -> [u64; 3] {
    let (simulation, rows) = run(&experiment.points[0], 42, number);
    assert_eq!(simulation.ctx.checks.breach(), None);
    let mut values = Digest::default();
    // The old engine recorded no sums of dollars.
    let later = ["customers_paid", "sales_proceeds", "operators_paid"];
    let later = later.map(|name| registry::ALL.find(name).expect("a metric").0);
    for row in rows.iter().filter(|row| !later.contains(&row.metric)) {
        values.mix(row.value.to_bits());
        values.mix(row.exact.unwrap_or(0) as u64);
    }
    let print = simulation.ctx.fingerprint;
    [print.time, print.ledger, values].map(Digest::value)
}

#[test]
fn the_short_section_gives_what_the_old_engine_gave() {
    for (name, runs) in &RECORDED {
        let experiment = short(name);
        for (number, recorded) in (0..).zip(runs) {
            assert_eq!(digests(&experiment, number), *recorded, "{name}, run {number}");
        }
    }
}

#[test]
fn the_steps_written_out_give_what_the_old_engine_gave() {
    for (name, runs) in &RECORDED {
        let experiment = written(name, &steps(name)).unwrap_or_else(|faults| panic!("{faults}"));
        for (number, recorded) in (0..).zip(runs) {
            assert_eq!(digests(&experiment, number), *recorded, "{name}, run {number}");
        }
    }
}

/// The shipped scenarios are the recorded ones, shares and all.
#[test]
fn the_shipped_scenarios_give_what_the_old_engine_gave() {
    let recorded = |name: &str| {
        let found = RECORDED.iter().find(|(recorded, _)| *recorded == name);
        found.expect("a recorded scenario").1
    };
    let mini = super::load("depin-mini.toml", &[]);
    let shock = super::load("demand-shock.toml", &[]);
    let cases = shock.points.iter().map(|point| (point, recorded(&point.id)));
    for (point, runs) in cases.chain([(&mini.points[0], recorded("depin-mini"))]) {
        for (number, [time, ledger, _]) in (0..).zip(runs) {
            let (simulation, _) = run(point, 42, number);
            let print = simulation.ctx.fingerprint;
            let found = [print.time, print.ledger].map(Digest::value);
            assert_eq!(found, [time, ledger], "{}, run {number}", point.id);
        }
    }
}

#[test]
fn a_list_without_a_step_or_with_two_swapped_is_another_economy_or_refused() {
    let recorded = RECORDED.iter().find(|(name, _)| *name == "hard").unwrap().1[0][1];
    let steps = steps("hard");
    let books = |steps: &[String]| written("hard", steps).ok().map(|read| digests(&read, 0)[1]);
    assert_eq!(books(&steps), Some(recorded));
    let mut others = Vec::new();
    for place in 0..steps.len() {
        let mut fewer = steps.clone();
        let left_out = fewer.remove(place);
        others.push((format!("without {left_out}"), books(&fewer)));
    }
    for place in 1..steps.len() {
        let mut swapped = steps.clone();
        swapped.swap(place - 1, place);
        others.push((format!("{} first", steps[place]), books(&swapped)));
    }
    for (what, found) in &others {
        println!("{what}: {found:?}");
        // Rewards are worth what they were when they were given, so that a sale between them and
        // the decision changes nothing.
        let same = what.starts_with("{ exit") && what.ends_with("first");
        assert_eq!(*found == Some(recorded), same, "{what}");
    }
    let refused = others.iter().filter(|(_, found)| found.is_none()).count();
    assert!(refused >= 5 && others.len() - refused >= 5, "{refused} of {} refused", others.len());
}
