//! The economy that was one hard-wired engine before it became parts: four runs of eight scenarios,
//! as the engine of commit 8b15d7d left them. The short section `[economy]` and the same steps
//! written out give the same order of events, books, state and rows, to the last bit.

use pinwheel_core::fingerprint::Digest;
use pinwheel_models::scenario::Experiment;

use super::{load_text, read, run};

/// Digests of four runs with seed 42: order of events, ledger, state, and values of all rows.
type Runs = [[u64; 4]; 4];

/// What the engine of commit 8b15d7d gave.
#[rustfmt::skip]
const RECORDED: [(&str, Runs); 8] = [
    ("depin-mini", [
        [0xf084_927e_0d73_fdb0, 0x66f1_e5d7_2691_2f8c, 0x49b8_523a_2de4_c743, 0xb5c5_1e87_ce49_6818],
        [0xfb55_6828_8443_4fcc, 0xab2d_9888_6c0a_abc7, 0x645d_fe60_9add_50db, 0xc9fa_f4ae_33ba_ac46],
        [0xa021_01ad_a944_dd3c, 0x0e4f_a43c_8011_3cfd, 0xb8c7_d1a4_f2b6_7e3d, 0xd0a0_569e_5917_d886],
        [0x921c_14ba_5537_6433, 0xc818_33bf_6817_ff8d, 0xcb35_a9b7_2b0d_226f, 0x2113_7812_5e36_fc24],
    ]),
    ("all-on", [
        [0x6176_ec17_523f_ea28, 0x273f_2677_5dd6_d1f1, 0xa90c_e1c1_9449_0c18, 0xae92_7e43_3275_6e8d],
        [0x3534_3aa9_d07b_864a, 0xed61_53d3_418b_7dc3, 0x19f9_5b14_e310_cc5b, 0x21fe_2edc_9aec_6b10],
        [0x61bd_cabf_97bb_852f, 0x9080_9f5b_91b8_0187, 0x9723_6439_d5ff_18fd, 0x6562_0a68_bf88_d9c3],
        [0x3b0d_13ad_6d3e_7dd4, 0xf4ca_5dc9_98cf_9a8d, 0xbe1d_0414_348d_7f36, 0x0fe6_34ef_063d_5463],
    ]),
    ("no-shock", [
        [0x6176_ec17_523f_ea28, 0x45d9_ab8e_5679_9725, 0xf6bf_68ae_f2de_c7ad, 0x99ff_df5a_f630_950c],
        [0x3534_3aa9_d07b_864a, 0x570a_bdcb_34e8_c349, 0x9cc0_e614_8877_5c89, 0xbacd_763a_e2da_8149],
        [0x61bd_cabf_97bb_852f, 0x4574_92f7_ddc1_3879, 0x09f7_4ff4_5573_0db5, 0x8fec_2886_9da0_eac5],
        [0x3b0d_13ad_6d3e_7dd4, 0x359a_af02_df8c_d601, 0x7fb1_6742_5934_c5e8, 0xb759_c8ce_bd1f_9472],
    ]),
    ("burn-off", [
        [0x6176_ec17_523f_ea28, 0x4f8e_04c2_eea9_e4ca, 0x26a3_6ed8_ef6b_d8d3, 0x8633_651a_c3e5_6ef4],
        [0x3534_3aa9_d07b_864a, 0x11f3_43a4_e594_d09a, 0x7c28_4cb5_8098_772c, 0xf5ce_a3e7_e18c_5f38],
        [0x61bd_cabf_97bb_852f, 0x5405_8b52_02d8_4d87, 0xaa6e_f989_79df_1535, 0x2b4d_1cf2_7862_d655],
        [0x3b0d_13ad_6d3e_7dd4, 0xbf5e_0d46_b4c6_5123, 0xee23_c8b8_fd3e_2aec, 0xd828_744c_8cdd_bac6],
    ]),
    ("bond-off", [
        [0x6176_ec17_523f_ea28, 0xb24d_51a5_5186_0f16, 0x13f9_5f94_cec9_6026, 0x7c77_d85c_d7ed_2fa9],
        [0x3534_3aa9_d07b_864a, 0x6b5d_1278_124d_b818, 0xb39e_6c98_9a36_06d2, 0xc5f3_8ea0_6856_554a],
        [0x61bd_cabf_97bb_852f, 0x3147_d465_2bc4_5a5f, 0x1338_bcee_aa56_f7d6, 0x2f03_c3cd_0470_238b],
        [0x3b0d_13ad_6d3e_7dd4, 0x8e1c_ed1f_3d22_1a1b, 0x144f_1812_b716_80a9, 0x1b80_180a_a9b6_05cf],
    ]),
    ("emission-off", [
        [0x6176_ec17_523f_ea28, 0x4b9b_318b_d71f_5541, 0x29e9_a620_59bf_23c9, 0xb5a1_c48b_2f25_8582],
        [0x3534_3aa9_d07b_864a, 0x380f_ec14_80e2_b64b, 0xb155_d1f7_6918_5443, 0xe750_ff05_4b9b_f33f],
        [0x61bd_cabf_97bb_852f, 0x14ae_15b6_2268_67d9, 0x6945_df1c_f95b_062b, 0x16d6_2daf_3c2f_bbdc],
        [0x3b0d_13ad_6d3e_7dd4, 0x6a41_f1bc_52e1_015f, 0xc7aa_5ad1_266d_98f3, 0x1690_b40d_209b_3df0],
    ]),
    ("small-economy", [
        [0x1dd7_96e4_8809_4334, 0x076d_2bd4_83a4_a774, 0x8d79_4c86_f947_45a1, 0x9cc8_b0d6_6bfe_6da4],
        [0x9a2c_cb1b_3ef1_25a7, 0x1013_d0de_60f1_a217, 0x058e_f4cc_984d_b5d6, 0xe8f7_4c18_0982_b06f],
        [0xd0f7_1ed7_1200_1d4d, 0xcbf9_1352_c6dd_7467, 0x36f6_8c46_b5fa_ad22, 0xc2c0_290b_02bb_fef6],
        [0x0fe5_7162_cac8_2dab, 0xc52a_0f85_c13e_1f26, 0x372b_e960_47ee_fd78, 0x6fcc_8c62_a983_80a0],
    ]),
    ("hard", [
        [0x6176_ec17_523f_ea28, 0x3474_99b1_29cd_b71d, 0x7394_7549_610a_20f8, 0x3098_6ff7_9631_7389],
        [0x3534_3aa9_d07b_864a, 0x59b0_b42c_97f9_0480, 0x649d_aeb6_9192_d3ac, 0x34f0_495b_934c_b9ae],
        [0x61bd_cabf_97bb_852f, 0xeb9a_162a_be67_d25b, 0xa5f3_ba0f_faa1_a0f9, 0xb7ae_4677_744a_64d4],
        [0x3b0d_13ad_6d3e_7dd4, 0xdc6f_c68a_6479_47af, 0xe440_0bcc_5df1_6676, 0x2657_777f_3a6e_abe6],
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
    let burn = format!("share = {}", share("demand.burn_share", "1"));
    let sold = format!("share = {}", share("bond.sold_on_exit", "0"));
    let with =
        |step: &&str| step.replace("share = 1", &burn).replace("share = 0 ", &(sold.clone() + " "));
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
fn digests(experiment: &Experiment, number: u32) -> [u64; 4] {
    let (simulation, rows) = run(&experiment.points[0], 42, number);
    assert_eq!(simulation.ctx.checks.breach(), None);
    let mut values = Digest::default();
    for row in &rows {
        values.mix(row.value.to_bits());
        values.mix(row.exact.unwrap_or(0) as u64);
    }
    let print = simulation.ctx.fingerprint;
    [print.time, print.ledger, print.state, values].map(Digest::value)
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
        for (number, [time, ledger, state, _]) in (0..).zip(runs) {
            let (simulation, _) = run(point, 42, number);
            let print = simulation.ctx.fingerprint;
            let found = [print.time, print.ledger, print.state].map(Digest::value);
            assert_eq!(found, [time, ledger, state], "{}, run {number}", point.id);
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
