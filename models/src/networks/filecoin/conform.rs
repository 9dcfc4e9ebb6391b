//! Runs a file of published vectors against this implementation, for `pinwheel conform`.
//!
//! Suites: `filecoin-reward-simple` and `filecoin-reward-baseline` read the golden files of the
//! reward actor (specs-actors, kept in builtin-actors under `actors/reward/testdata`);
//! `filecoin-pledge` reads `anchors.json`: protocol constants, a mainnet state, stepping figures
//! and the rows of builtin-actors `actors/miner/tests/fip0081_initial_pledge.rs`. A file that
//! cannot be read as the suite's format is an error with the place; a value that differs is a
//! failure.

use num_bigint::BigInt;
use pinwheel_core::Amount;
use serde_json::Value;

use super::pledge::{NetworkState, Pricing};
use super::reward::{self, EPOCH_MAX, RewardParts, RewardState};
use super::rules::{Minting, Ramp, Rules};
use super::sectors::SECTOR_BYTES;
use super::settings::RuleChoice;
use super::smoothing::{self, Estimate};
use crate::describe::{Suite, SuiteResult};
use crate::laws::fixed::Q128;

/// The suites of Filecoin.
pub const SUITES: &[Suite] = &[
    Suite {
        name: "filecoin-reward-simple",
        about: "Block rewards of the simple minting by epoch, as the reward actor's golden file has them.",
        run: simple,
    },
    Suite {
        name: "filecoin-reward-baseline",
        about: "Block rewards of baseline minting by epoch, as the reward actor's golden file has them.",
        run: baseline,
    },
    Suite {
        name: "filecoin-pledge",
        about: "Protocol constants, a mainnet state, reward steps and the pledges of FIP-0081.",
        run: anchors,
    },
];

/// Rows or stepping epochs a vector file may ask for.
const ROWS_MAX: usize = 100_000;

fn check<T: PartialEq + std::fmt::Display>(
    result: &mut SuiteResult,
    what: &str,
    expected: T,
    found: T,
) {
    if expected == found {
        result.passed += 1;
    } else {
        result.failed += 1;
        result.failures.push(format!("{what}: expected {expected}, found {found}"));
    }
}

fn simple(text: &str) -> Result<SuiteResult, String> {
    let mut conformance = SuiteResult::default();
    for (line, [epoch, expected]) in rows::<2>(text)? {
        let epoch = i64::try_from(&epoch)
            .ok()
            .filter(|epoch| (0..=EPOCH_MAX).contains(epoch))
            .ok_or(format!("line {line}: the epoch is outside 0..={EPOCH_MAX}"))?;
        let total = reward::BASELINE_TOTAL_NOMINAL;
        let found = reward::compute_reward(epoch, Q128::ZERO, Q128::ZERO, total);
        check(&mut conformance, &format!("line {line}"), expected, BigInt::from(found.0));
    }
    Ok(conformance)
}

fn baseline(text: &str) -> Result<SuiteResult, String> {
    let total = reward::BASELINE_TOTAL_NOMINAL;
    let simple = reward::compute_reward(0, Q128::ZERO, Q128::ZERO, total);
    let mut conformance = SuiteResult::default();
    for (line, [previous, current, expected]) in rows::<3>(text)? {
        let theta = |value: &BigInt| {
            Q128::try_from(value)
                .ok()
                .filter(|theta| (0..i128::from(EPOCH_MAX)).contains(&theta.whole))
                .ok_or(format!("line {line}: theta is outside 0..{EPOCH_MAX} epochs"))
        };
        let (previous, current) = (theta(&previous)?, theta(&current)?);
        if previous > current {
            return Err(format!("line {line}: theta runs backwards"));
        }
        let found = reward::compute_reward(0, previous, current, total) - simple;
        check(&mut conformance, &format!("line {line}"), expected, BigInt::from(found.0));
    }
    Ok(conformance)
}

/// The rows of a golden file after its heading, each with its line number.
fn rows<const N: usize>(text: &str) -> Result<Vec<(usize, [BigInt; N])>, String> {
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate().skip(1) {
        if line.trim().is_empty() {
            continue;
        }
        let number = index + 1;
        if rows.len() == ROWS_MAX {
            return Err(format!("line {number}: more than {ROWS_MAX} rows"));
        }
        let values: Result<Vec<BigInt>, _> =
            line.split(',').map(|cell| cell.trim().parse::<BigInt>()).collect();
        let row = values
            .ok()
            .and_then(|values| <[BigInt; N]>::try_from(values).ok())
            .ok_or(format!("line {number}: expected {N} integers separated by commas"))?;
        rows.push((number, row));
    }
    if rows.is_empty() {
        return Err("the file has no rows after its heading".into());
    }
    Ok(rows)
}

fn anchors(text: &str) -> Result<SuiteResult, String> {
    let file: Value = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
    let mut conformance = SuiteResult::default();
    constants(&file, &mut conformance)?;
    mainnet(&file, &mut conformance)?;
    stepping(&file, &mut conformance)?;
    initial_pledge(&file, &mut conformance)?;
    Ok(conformance)
}

fn constants(file: &Value, conformance: &mut SuiteResult) -> Result<(), String> {
    let section = field(file, "reward_constants")?;
    let ours = reward::q128_constants();
    for (name, value) in [
        ("simple_total", BigInt::from(reward::SIMPLE_TOTAL.0)),
        ("baseline_total_nominal", BigInt::from(reward::BASELINE_TOTAL_NOMINAL.0)),
        ("baseline_total_mainnet", BigInt::from(reward::BASELINE_TOTAL.0)),
        ("baseline_exponent_q128", BigInt::from(ours.baseline_exponent)),
        ("lambda_q128", BigInt::from(ours.lambda)),
        ("expm1_lambda_q128", BigInt::from(ours.expm1_lambda)),
    ] {
        check(conformance, name, integer(section, name)?, value);
    }
    Ok(())
}

fn mainnet(file: &Value, conformance: &mut SuiteResult) -> Result<(), String> {
    let section = field(file, "mainnet_epoch_3559748")?;
    let epoch = section["epoch"].as_i64().ok_or("epoch: expected an integer")?;
    let network_time = section["effective_network_time"]
        .as_u64()
        .ok_or("effective_network_time: expected an integer")?;
    let parts = RewardParts {
        epoch,
        cumsum_baseline_byte_epochs: natural(section, "cumsum_baseline")?,
        cumsum_realized_byte_epochs: natural(section, "cumsum_realized")?,
        effective_network_time: network_time,
        effective_baseline_bytes: natural(section, "effective_baseline_power")?,
        this_epoch_baseline_bytes: natural(section, "this_epoch_baseline_power")?,
        raw_power_bytes: natural(section, "raw_byte_power")?,
        smoothed: None,
    };
    let state = RewardState::from_parts(parts, Minting::Baseline)?;
    let expected = integer(section, "expect_this_epoch_reward")?;
    check(conformance, "mainnet reward", expected, BigInt::from(state.this_epoch_reward().0));

    let expected = field(section, "expect_32gib_cc_initial_pledge_fil_at_circ_520m")?;
    let network = NetworkState {
        epoch: 0,
        reward: estimate(section, "reward_smoothed")?,
        qa_power: estimate(section, "qa_power_smoothed")?,
        baseline_bytes: state.this_epoch_baseline_bytes(),
        circulating: Amount(520_000_000 * ATTO_PER_FIL),
    };
    for (name, progress) in [("gamma_1.00", 0), ("gamma_0.85", 50), ("gamma_0.70", 100)] {
        let stated = expected[name].as_f64().ok_or(format!("{name}: expected a number"))?;
        let pledge = pledge_on_ramp(&network, progress, 100, SECTOR_BYTES);
        check(conformance, name, format!("{stated:.5}"), format!("{:.5}", pledge.as_tokens(18)));
    }
    Ok(())
}

fn stepping(file: &Value, conformance: &mut SuiteResult) -> Result<(), String> {
    const THREE_EIB: u128 = 3 << 60;
    let section = field(file, "reward_stepping")?;
    let zero = RewardState::genesis(0, Minting::Baseline);
    let expected = integer(section, "zero_power_genesis_reward")?;
    check(conformance, "zero power", expected, BigInt::from(zero.this_epoch_reward().0));

    let mut state = RewardState::genesis(THREE_EIB, Minting::Baseline);
    let mut check = |name: &str, found: u128| -> Result<(), String> {
        let expected = field(section, name)?.as_str().ok_or(format!("{name}: expected text"))?;
        check(conformance, name, expected.to_string(), fil(found));
        Ok(())
    };
    check("three_eib_flat_genesis_reward_fil", state.this_epoch_reward().0)?;
    for epoch in 1..=86_400u128 {
        state.step(THREE_EIB + (epoch << 40));
    }
    let name = "three_eib_plus_one_tib_per_epoch_after_86400_epochs_fil";
    check(name, state.this_epoch_reward().0)?;
    check("same_smoothed_fil", state.smoothed().estimate())
}

/// Inputs of the actors' test: 2^36 quality-adjusted bytes against a network of 2^10 and a
/// baseline of 2^37, no expected reward, 1 FIL in circulation.
fn initial_pledge(file: &Value, conformance: &mut SuiteResult) -> Result<(), String> {
    const EPOCHS_MAX: i64 = 1_000_000_000;
    let section = field(file, "fip0081_initial_pledge")?;
    let rows = section["rows"].as_array().ok_or("fip0081_initial_pledge.rows: expected a list")?;
    let network = NetworkState {
        epoch: 0,
        reward: Estimate::default(),
        qa_power: Estimate::new(1 << 10, 1 << 10),
        baseline_bytes: 1 << 37,
        circulating: Amount(ATTO_PER_FIL),
    };
    for (index, row) in rows.iter().take(ROWS_MAX).enumerate() {
        let cell = |column: usize| {
            row[column]
                .as_i64()
                .filter(|value| value.abs() <= EPOCHS_MAX)
                .ok_or(format!("rows[{index}][{column}]: expected an integer up to {EPOCHS_MAX}"))
        };
        let (elapsed, expected) = (cell(0)?, cell(2)?);
        let duration = u64::try_from(cell(1)?)
            .map_err(|_| format!("rows[{index}][1]: a duration is not negative"))?;
        let found = pledge_on_ramp(&network, elapsed, duration, 1 << 36);
        let expected = BigInt::from(expected) * (ATTO_PER_FIL / 10_000) + 1;
        check(conformance, &format!("rows[{index}]"), expected, BigInt::from(found.0));
    }
    Ok(())
}

const ATTO_PER_FIL: u128 = 1_000_000_000_000_000_000;

/// Initial pledge `elapsed` epochs into a ramp of FIP-0081.
fn pledge_on_ramp(network: &NetworkState, elapsed: i64, duration: u64, qa_bytes: u128) -> Amount {
    let ramp = Ramp { start_epoch: 0, duration_epochs: duration };
    let rules = Rules {
        pledge_ramp: Some(ramp),
        ..Rules::at(RuleChoice::Mainnet, super::rules::PLEDGE_RAMP.start_epoch, None)
    };
    Pricing::new(rules, &NetworkState { epoch: elapsed, ..*network }).initial_pledge(qa_bytes)
}

fn estimate(section: &Value, prefix: &str) -> Result<Estimate, String> {
    let text = |suffix: &str| {
        let name = format!("{prefix}_{suffix}");
        section[&name].as_str().map(str::to_string).ok_or(format!("{name}: expected text"))
    };
    smoothing::Estimate::from_decimal(&text("position_q128")?, &text("velocity_q128")?)
}

fn field<'a>(value: &'a Value, name: &str) -> Result<&'a Value, String> {
    value.get(name).ok_or(format!("{name}: missing"))
}

fn integer(section: &Value, name: &str) -> Result<BigInt, String> {
    field(section, name)?
        .as_str()
        .and_then(|text| text.parse().ok())
        .ok_or(format!("{name}: expected an integer as text"))
}

fn natural(section: &Value, name: &str) -> Result<u128, String> {
    u128::try_from(integer(section, name)?).map_err(|_| format!("{name}: out of range"))
}

fn fil(atto: u128) -> String {
    format!("{}.{:018}", atto / ATTO_PER_FIL, atto % ATTO_PER_FIL)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIMPLE: &str = include_str!("../../../vectors/filecoin/TestSimpleReward.golden");
    const BASELINE: &str = include_str!("../../../vectors/filecoin/TestBaselineReward.golden");
    const ANCHORS: &str = include_str!("../../../vectors/filecoin/anchors.json");

    fn passed(suite: fn(&str) -> Result<SuiteResult, String>, text: &str) -> usize {
        let conformance = suite(text).unwrap();
        assert_eq!(conformance.failures, Vec::<String>::new());
        conformance.passed
    }

    #[test]
    fn every_published_vector_is_met() {
        assert_eq!(passed(simple, SIMPLE), 512);
        assert_eq!(passed(baseline, BASELINE), 512);
        // 6 constants, 4 of mainnet, 4 of stepping, 12 of FIP-0081.
        assert_eq!(passed(anchors, ANCHORS), 26);
    }

    #[test]
    fn a_changed_value_fails() {
        let changed = SIMPLE.replace("36266264293777134739", "36266264293777134738");
        let conformance = simple(&changed).unwrap();
        assert_eq!((conformance.passed, conformance.failed), (511, 1));
        let changed = ANCHORS.replace("[0,0,1950]", "[0,0,1951]");
        assert_eq!(anchors(&changed).unwrap().failed, 1);
    }

    #[test]
    fn malformed_files_are_errors_not_panics() {
        let huge = format!("t0, t1, y\n0,{},1\n", "9".repeat(400));
        for (suite, text) in [
            (simple as fn(&str) -> Result<SuiteResult, String>, ""),
            (simple, "x, y\n1"),
            (simple, "x, y\n-1,5"),
            (simple, "x, y\n99999999999,5"),
            (baseline, "t0, t1, y\n5,4,1"),
            (baseline, &huge),
            (anchors, "{}"),
            (anchors, "[1, 2"),
        ] {
            assert!(suite(text).is_err(), "{text:?}");
        }
        for (old, new) in [
            ("31092438721569827253251730", "1"),
            ("31092453073490206369347216", "340282366920938463463374607431768211455"),
            ("23390828651669749663", "1"),
            ("9703944758056976384", "0"),
            ("\"effective_network_time\": 3171845", "\"effective_network_time\": 0"),
            ("[50,100,1725]", "[50,-100,1725]"),
            ("[50,100,1725]", "\"text\""),
        ] {
            let changed = ANCHORS.replace(old, new);
            assert_ne!(changed, ANCHORS);
            let wrong = anchors(&changed).map_or(true, |c| c.failed > 0);
            assert!(wrong, "{old} -> {new}");
        }
    }
}
