//! Expressions against values that are reckoned by hand.

use std::sync::LazyLock;

use crate::describe::Recorded;
use pinwheel_core::TokenSpec;
use proptest::prelude::*;
use ruint::aliases::U256;

use super::{Cell, Exact, Judgement, Labels, Moment, View, condition, judge, number, value};
use crate::registry;

/// What a run has recorded: the cells of each operand, and the results over time.
#[derive(Default)]
struct Page {
    cells: Vec<Vec<Cell>>,
    folds: Vec<f64>,
}

impl View for Page {
    fn cells(&self, operand: usize) -> Option<&[Cell]> {
        self.cells.get(operand).map(Vec::as_slice)
    }
    fn fold(&self, fold: usize) -> Option<f64> {
        self.folds.get(fold).copied()
    }
}

/// All metrics; their labels are not known.
fn metrics() -> &'static Recorded {
    static RECORDED: LazyLock<Recorded> = LazyLock::new(|| Recorded {
        metrics: registry::ALL.metrics().copied().collect(),
        units: registry::units(),
        ..Recorded::default()
    });
    &RECORDED
}

fn cells(values: &[f64]) -> Vec<Cell> {
    values.iter().map(|&value| Cell { value, exact: None }).collect()
}

/// The number of a text whose operands have these values, each a list over labels.
fn reckoned(text: &str, values: &[&[f64]]) -> Option<f64> {
    let (formula, _) = value(text, metrics()).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
    let page = Page { cells: values.iter().map(|v| cells(v)).collect(), ..Page::default() };
    number(&formula.operands, &formula.root, &page)
}

fn holds(text: &str, values: &[&[f64]], tolerance: f64) -> Option<bool> {
    let formula = condition(text, metrics(), Moment::Tick, false)
        .unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
    let page = Page { cells: values.iter().map(|v| cells(v)).collect(), ..Page::default() };
    judge::<f64>(&formula, tolerance, &page).map(|judgement| judgement.held)
}

#[test]
fn functions_over_labels_are_what_their_sources_say() {
    for (text, shares, expected) in [
        ("total(power_share)", &[1.0, 2.0, 5.0][..], 8.0),
        ("lowest(power_share)", &[2.0, 1.0, 5.0], 1.0),
        ("highest(power_share)", &[2.0, 1.0, 5.0], 5.0),
        ("average(power_share)", &[2.0, 1.0, 6.0], 3.0),
        // All equal, and all with one of four: (n - 1) / n.
        ("gini(power_share)", &[3.0, 3.0, 3.0], 0.0),
        ("gini(power_share)", &[0.0, 0.0, 7.0, 0.0], 0.75),
        // Mean absolute difference of 1, 2, 3 is 8/9, twice the mean is 4.
        ("gini(power_share)", &[3.0, 1.0, 2.0], 2.0 / 9.0),
        ("hhi(power_share)", &[1.0, 1.0, 2.0], 0.375),
        ("nakamoto(power_share)", &[5.0, 5.0], 2.0),
        ("nakamoto(power_share)", &[51.0, 40.0, 9.0], 1.0),
        ("nakamoto(power_share)", &[1.0, 1.0, 1.0, 1.0, 1.0], 3.0),
    ] {
        let found = reckoned(text, &[shares]).expect(text);
        assert!((found - expected).abs() < 1e-12, "{text} of {shares:?}: {found}");
    }
    let share = reckoned("share(power_share, \"a\")", &[&[1.0], &[1.0, 3.0]]);
    assert_eq!(share, Some(0.25));
    // Nothing to share: no value, so no tick.
    for text in ["gini(power_share)", "hhi(power_share)", "nakamoto(power_share)"] {
        assert_eq!(reckoned(text, &[&[0.0, 0.0]]), None, "{text}");
    }
    assert_eq!(reckoned("share(power_share, \"a\")", &[&[0.0], &[0.0, 0.0]]), None);
}

#[test]
fn units_convert_between_the_sides() {
    assert_eq!(holds("raw_power == 2048 PiB", &[&[2.0]], 0.0), Some(true));
    assert_eq!(
        holds("raw_power < 3 EiB and onboarded_raw > 1 TiB/h", &[&[2.0], &[1.0]], 0.0),
        Some(true)
    );
    assert_eq!(holds("base_fee >= 0.2 nanoFIL", &[&[2e8]], 1e-12), Some(true));
    assert_eq!(holds("power_share[\"a\"] <= 60 %", &[&[0.6]], 0.0), Some(true));
    assert_eq!(holds("wins > 100/d", &[&[101.0]], 0.0), Some(true));
    assert_eq!(holds("minted * 30 d < 4 FIL", &[&[0.1]], 0.0), Some(true));
    assert_eq!(holds("supply_burned > 0", &[&[0.1]], 0.0), Some(true));
    let (_, shown) = value("supply_burned - first(supply_burned)", metrics()).expect("valid");
    assert_eq!(shown.name, "FIL");
    let (_, shown) = value("raw_power / onboarded_raw", metrics()).expect("valid");
    assert_eq!(shown.name, "s");
    let (_, shown) = value("100 * gini(income)", metrics()).expect("valid");
    assert_eq!(shown.name, "");
}

#[test]
fn what_is_no_number_never_holds_nor_does_its_opposite() {
    for text in ["raw_power / qa_power > 1", "not raw_power / qa_power > 1"] {
        assert_eq!(holds(text, &[&[1.0], &[0.0]], 0.0), Some(false), "{text}");
        assert_eq!(holds(text, &[&[0.0], &[0.0]], 0.0), Some(false), "{text}");
    }
    assert_eq!(holds("max(raw_power / qa_power, 2) > 1", &[&[1.0], &[0.0]], 0.0), Some(false));
    assert_eq!(holds("raw_power > qa_power", &[&[1.0]], 0.0), None, "no record, no tick");
}

#[test]
fn logic_names_the_comparison_that_decides() {
    let decided = |text: &str, values: &[f64]| {
        let formula = condition(text, metrics(), Moment::Tick, false).expect("valid");
        let page =
            Page { cells: vec![cells(&[values[0]]), cells(&[values[1]])], ..Page::default() };
        let judgement: Judgement<'_, f64> = judge(&formula, 0.0, &page).expect("recorded");
        (judgement.held, judgement.by.text.clone())
    };
    let and = "raw_power > 1 EiB and qa_power > 1 EiB";
    assert_eq!(decided(and, &[2.0, 0.0]), (false, "qa_power > 1 EiB".to_owned()));
    assert_eq!(decided(and, &[0.0, 0.0]), (false, "raw_power > 1 EiB".to_owned()));
    let or = "raw_power > 1 EiB or qa_power > 1 EiB";
    assert_eq!(decided(or, &[0.0, 2.0]), (true, "qa_power > 1 EiB".to_owned()));
    assert_eq!(decided(or, &[0.0, 0.0]), (false, "raw_power > 1 EiB".to_owned()));
}

#[test]
fn tolerance_is_relative_and_for_equality_alone() {
    assert_eq!(holds("raw_power == qa_power", &[&[100.0], &[101.0]], 0.01), Some(true));
    assert_eq!(holds("raw_power == qa_power", &[&[100.0], &[101.1]], 0.01), Some(false));
    assert_eq!(holds("raw_power != qa_power", &[&[100.0], &[101.0]], 0.01), Some(false));
    assert_eq!(holds("raw_power >= qa_power", &[&[100.0], &[101.0]], 0.01), Some(false));
}

fn exactly(text: &str, amounts: &[u128]) -> Judgement<'static, Exact> {
    let formula = condition(text, metrics(), Moment::Tick, true)
        .unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
    let cell = |&amount: &u128| vec![Cell { value: f64::NAN, exact: Some(amount) }];
    let page = Page { cells: amounts.iter().map(cell).collect(), ..Page::default() };
    judge(Box::leak(Box::new(formula)), 0.0, &page).expect("recorded")
}

#[test]
fn exact_amounts_lose_no_base_unit() {
    const FIL: u128 = 1_000_000_000_000_000_000;
    let two_billion = 2_000_000_000 * FIL;
    let sum = "supply_circulating + supply_locked == 2_000_000_000 FIL";
    assert!(exactly(sum, &[two_billion - 1, 1]).held);
    let off = exactly(sum, &[two_billion - 1, 2]);
    assert!(!off.held);
    assert_eq!(off.left.show(18), "2000000000.000000000000000001");
    // A float has no such digit.
    assert!((two_billion + 1) as f64 == two_billion as f64);
    assert!(exactly("supply_burned == 0.000000000000000007 FIL", &[7]).held);
    assert!(exactly("supply_burned == 7 attoFIL", &[7]).held);
    assert!(exactly("2 * supply_burned - supply_locked < 0", &[3, 7]).held);
    assert!(exactly("abs(supply_burned - supply_locked) == 4 attoFIL", &[3, 7]).held);
    assert!(exactly("max(supply_burned, supply_locked) == 7 attoFIL", &[3, 7]).held);
    // Twice the largest amount passes 128 bits and stays exact; the square of it passes 256.
    assert!(exactly("supply_burned + supply_locked > supply_locked", &[u128::MAX, u128::MAX]).held);
    let product = "supply_burned * supply_burned * supply_burned > 0";
    let broken = exactly(product, &[u128::MAX]);
    assert!(!broken.held && broken.broken && broken.left.show(18) == "not exact");
    // A record without base units is no amount.
    let formula = condition("supply_burned >= 0", metrics(), Moment::Tick, true).expect("valid");
    let page = Page { cells: vec![cells(&[1.0])], ..Page::default() };
    assert!(!judge::<Exact>(&formula, 0.0, &page).expect("recorded").held);
}

#[test]
fn the_checker_says_where_and_what_helps() {
    let fault = |text: &str| value(text, metrics()).expect_err(text);
    let found = fault("raw_power + 5");
    assert!(found.message == "B and a plain number cannot be added", "{found:?}");
    assert!(found.help.contains("give the right side a unit, such as 1 EiB"), "{found:?}");
    let found = fault("mean(qa_pover)");
    assert_eq!((found.at, found.message.as_str()), (5, "unknown metric \"qa_pover\""));
    assert!(found.help.starts_with("did you mean \"qa_power\"?"), "{found:?}");
    assert!(fault("FIL").help.contains("1 FIL"));
    assert!(fault("gini(mean(income))").message.contains("labels of one metric"));
    assert!(fault("p100(raw_power)").message.contains("unknown function"));
    assert!(fault("p05(raw_power)").message.contains("unknown function"));
    assert!(fault("mean(3)").message.contains("never changes"));
    assert!(fault("mean(raw_power, 3)").message.contains("one argument"));
    assert!(fault("income[\"a\"] > 0").message.contains("condition"));
    assert!(fault("share(income, large)").message.contains("label in quotes"));
}

#[test]
fn operands_are_read_once_and_by_label() {
    let (formula, _) =
        value("income[\"a\"] / total(income) + income[\"a\"] / income", metrics()).expect("valid");
    let labels: Vec<_> = formula.operands.iter().map(|operand| operand.labels.clone()).collect();
    assert_eq!(labels, [Labels::One("a".into()), Labels::All, Labels::One(String::new())]);
    assert_eq!(formula.metrics(), ["income"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn any_text_is_checked_and_evaluated_without_panic(
        text in "(supply_burned|income|gini|p95|max|FIL|[0-9.]{1,3}|[-+*/(),<>=\" ]| and ){1,16}",
        amount in any::<u128>(),
    ) {
        for exact in [false, true] {
            if let Ok(formula) = condition(&text, metrics(), Moment::Run, exact) {
                let cell = Cell { value: amount as f64, exact: Some(amount) };
                let cells = vec![vec![cell; 3]; formula.operands.len()];
                let page = Page { cells, folds: vec![0.5; formula.folds.len()] };
                let _ = judge::<f64>(&formula, 0.0, &page);
                let _ = judge::<Exact>(&formula, 0.0, &page);
            }
        }
    }
    #[test]
    fn exact_and_float_agree_on_small_amounts(a in 0u128..1_000, b in 0u128..1_000) {
        let sums = U256::from(a) + U256::from(b) > U256::from(1_000);
        let text = "supply_burned + supply_locked > 1000 attoFIL";
        prop_assert_eq!(exactly(text, &[a, b]).held, sums);
        let values = [a as f64 / 1e18, b as f64 / 1e18];
        if a + b != 1_000 {
            prop_assert_eq!(holds(text, &[&values[..1], &values[1..]], 0.0), Some(sums));
        }
    }
}

/// A declared token is a unit of its own: it is not added to FIL.
#[test]
fn a_declared_token_is_a_unit_of_expressions() {
    let mut recorded = metrics().clone();
    let spec = TokenSpec { symbol: "IO".to_owned(), decimals: 8, cap: None };
    recorded.units.declare(spec).expect("a new symbol");
    let fault = |text: &str| condition(text, &recorded, Moment::Tick, false).unwrap_err().message;
    assert_eq!(fault("minted > 5 IO"), "FIL/s and IO cannot be compared");
    assert_eq!(fault("minted * 2 IO > 5 FIL"), "FIL IO/s and FIL cannot be compared");
    assert!(condition("minted * 2 IO > 5 IO * 1 FIL/d", &recorded, Moment::Tick, false).is_ok());
    let undeclared = condition("minted > 5 IO", metrics(), Moment::Tick, false);
    assert!(undeclared.is_err(), "IO is a token of one scenario, not of another");
}
