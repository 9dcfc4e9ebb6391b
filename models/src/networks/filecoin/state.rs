//! The chain's state on the first day: a file of its own, as typed, and checked.

use jiff::civil::Date;
use serde::Deserialize;

use super::accounts::FIL_DECIMALS;
use super::file::FIL_MAX;
use super::settings::InitialState;
use crate::input::check::Checker;
use crate::input::files::SCENARIO_BYTES_MAX;
use crate::input::tree::{Tree, ValueId};

/// Most raw power of the first day: if all of it is one provider's and ends on one day, a cohort
/// still counts its sectors in 32 bits.
const STATE_EIB_MAX: f64 = 60.0;

/// The file named by `initial`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct InitialSection {
    date: Option<ValueId>,
    raw_power: Option<ValueId>,
    qa_power: Option<ValueId>,
    vested: Option<ValueId>,
    circulating: Option<ValueId>,
    locked: Option<ValueId>,
    #[serde(rename = "burnt")]
    burned: Option<ValueId>,
    locked_vesting_share: Option<ValueId>,
    base_fee: Option<ValueId>,
    cumsum_baseline: Option<ValueId>,
    cumsum_realized: Option<ValueId>,
    effective_network_time: Option<ValueId>,
    effective_baseline_power: Option<ValueId>,
    this_epoch_baseline_power: Option<ValueId>,
}

/// The state on the first day, from a file of its own.
pub fn initial(
    checker: &mut Checker<'_>,
    given: Option<ValueId>,
    start: Option<Date>,
) -> Option<InitialState> {
    let key = "network.initial";
    let given = checker.required(given, key, "\"../data/filecoin/state_2022-10-10.toml\"");
    let (file, text) = checker.file(given, key, SCENARIO_BYTES_MAX)?;
    let tree = Tree::parse(&text, file, checker.faults)?;
    let mut inside = Checker { tree: &tree, ..checker.reborrow() };
    let state = initial_state(&mut inside)?;
    if let Some(start) = start.filter(|start| *start != state.date) {
        let message = format!("the state is that of {}, but the run starts on {start}", state.date);
        let help = format!("set run.start = {}, or name the state of {start}", state.date);
        checker.fault(given?, key, message, help);
    }
    Some(state)
}

fn initial_state(checker: &mut Checker<'_>) -> Option<InitialState> {
    let typed: InitialSection = checker.read(Tree::ROOT, "");
    let date = checker.required(typed.date, "date", "2022-10-10");
    let date = checker.date(date, "date");
    let mut number = |given, key, unit, maximum| {
        let given = checker.required(given, key, &format!("\"1 {unit}\""));
        checker.quantity(given, key, unit, unit == "1", 0.0..=maximum)
    };
    let raw_power_eib = number(typed.raw_power, "raw_power", "EiB", STATE_EIB_MAX);
    let qa_power_eib = number(typed.qa_power, "qa_power", "EiB", 10.0 * STATE_EIB_MAX);
    let share = number(typed.locked_vesting_share, "locked_vesting_share", "1", 1.0);
    let mut amount = |given, key, unit: (&str, u32), maximum| {
        let given = checker.required(given, key, &format!("\"1 {}\"", unit.0));
        checker.amount(given, key, unit, 0.0..=maximum)
    };
    let fil = ("FIL", FIL_DECIMALS);
    let vested = amount(typed.vested, "vested", fil, FIL_MAX);
    let circulating = amount(typed.circulating, "circulating", fil, FIL_MAX);
    let locked = amount(typed.locked, "locked", fil, FIL_MAX);
    let burned = amount(typed.burned, "burnt", fil, FIL_MAX);
    let base_fee = amount(typed.base_fee, "base_fee", ("attoFIL", 0), 1e18);
    let mut wide = |given, key| {
        let given = checker.required(given, key, "\"1_000_000\"");
        checker.wide_integer(given, key)
    };
    let cumsum_baseline = wide(typed.cumsum_baseline, "cumsum_baseline");
    let cumsum_realized = wide(typed.cumsum_realized, "cumsum_realized");
    let effective = wide(typed.effective_baseline_power, "effective_baseline_power");
    let this_epoch = wide(typed.this_epoch_baseline_power, "this_epoch_baseline_power");
    let key = "effective_network_time";
    let time = checker.required(typed.effective_network_time, key, "2_140_554");
    let time = checker.integer(time, key, 0..=i64::MAX);
    Some(InitialState {
        date: date?,
        raw_power_eib: raw_power_eib?,
        qa_power_eib: qa_power_eib?,
        vested: vested?,
        circulating: circulating?,
        locked: locked?,
        burned: burned?,
        locked_vesting_share: share?,
        base_fee: base_fee?,
        cumsum_baseline: cumsum_baseline?,
        cumsum_realized: cumsum_realized?,
        effective_network_time: time?,
        effective_baseline_power: effective?,
        this_epoch_baseline_power: this_epoch?,
    })
}
