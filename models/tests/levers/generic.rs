//! Levers of networks written in TOML.

use super::{
    assert_acts_from_its_instant_on, assert_refuses, days, levers, movable, outcome, run, set,
};
use crate::ends::{assert_bears_mixed_ends, assert_bears_single_ends};
use crate::layers::of;
use pinwheel_core::SimDuration;
use pinwheel_models::scenario::Scenario;

const HEAD: &str = "schema = 1\n[meta]\nname = \"levers\"\n\
    [run]\nstart = 2026-01-01\nhorizon = \"6 d\"\n";
const STEPS: &str = "step = [{ buy = \"TOK\" }, { burn = \"customers\", share = 0.8 },\
    { mint = \"emission\" }, { pay = \"customers\", share = 0.5 },\
    { sell = \"operators\", share = 0.5 }, { exit = \"operators\" }]\n";

/// The tables of a network below a section.
fn tables(section: &str) -> String {
    format!(
        "[{section}.exchange]\nusd = \"100_000 USD\"\ntok = \"100_000 TOK\"\n\
         [{section}.demand]\nfirst = \"240 USD/d\"\nvolatility = \"2 %/sqrt(d)\"\n\
         [{section}.emission]\nfirst = \"2_400 TOK/d\"\nhalf_life = \"10 d\"\n\
         [{section}.operators]\ncount = 10\ncost_median = \"1 USD/d\"\n"
    )
}

/// A network with a list of steps.
fn listed(more: &str) -> Scenario {
    let tables = tables("network");
    of(&format!(
        "{HEAD}[network]\nkind = \"generic\"\nevery = \"1 h\"\nrecord_every = \"1 h\"\n\
         supply = \"1_000_000 TOK\"\n{STEPS}{tables}{more}"
    ))
}

/// The short spelling, whose shares stand in the tables.
fn short() -> Scenario {
    let tables = tables("economy");
    of(&format!(
        "{HEAD}[economy]\nsupply = \"1_000_000 TOK\"\n{tables}sell_share = 0.5\n\
         [economy.bond]\nper_node = \"10 TOK\"\nsold_on_exit = 0.5\n"
    ))
}

#[test]
fn a_change_acts_from_its_instant_on() {
    // At the end of a period, and within one.
    for at in [days(3), days(2) + SimDuration::from_minutes(77)] {
        assert_acts_from_its_instant_on(&listed(""), at);
        assert_acts_from_its_instant_on(&short(), at);
    }
}

#[test]
fn each_key_of_a_share_is_a_lever() {
    let keys = |scenario: &Scenario| {
        let levers = movable(scenario).into_iter().map(|lever| lever.key);
        levers.collect::<Vec<_>>()
    };
    let below = |section: &str, names: &[&str]| {
        names.iter().map(|name| format!("{section}.{name}")).collect::<Vec<_>>()
    };
    let demand = ["demand.drift", "demand.volatility", "exchange.fee"];
    let shares = ["step[1].share", "step[2].share", "step[3].share", "step[4].share"];
    assert_eq!(keys(&listed("")), below("network", &[&demand[..], &shares].concat()));
    let shares = ["demand.burn_share", "operators.sell_share", "bond.sold_on_exit"];
    assert_eq!(keys(&short()), below("economy", &[&demand[..], &shares].concat()));
    let values: Vec<f64> = levers(&short()).iter().map(|lever| lever.value).collect();
    assert_eq!(values, [0.0, 0.02, 0.003, 1.0, 0.5, 0.5]);
}

#[test]
fn what_is_no_value_is_refused() {
    assert_refuses(&listed(""));
}

#[test]
fn the_ends_of_all_levers_are_borne() {
    let stay = SimDuration::from_hours(40);
    for scenario in [listed(""), short()] {
        assert_bears_single_ends(&scenario, stay);
        assert_bears_mixed_ends(&scenario, 16, stay);
    }
}

/// What is burned of what is bought follows the share from the period on that begins at the change,
/// to the base unit, and so does what the review says of it: by the tokens, and by the dollars that
/// customers paid for them.
#[test]
fn a_share_moves_between_two_periods() {
    let scenario = listed("[review]\nevery = \"1 d\"\n");
    let plain = run(&scenario, &[]);
    let none = run(&scenario, &[(days(3), "network.step[1].share", 0.0)]);
    let (plain_burned, burned) =
        (plain.series("tokens_burned", ""), none.series("tokens_burned", ""));
    for ((at, before), (_, after)) in plain_burned.iter().zip(&burned) {
        let last = burned.iter().find(|(at, _)| *at == days(3)).expect("a row an hour").1;
        // The period that ends at the change is still burned of.
        assert_eq!(*after, if *at <= days(3) { *before } else { last }, "{at:?}");
    }
    let ratio = none.series("burn_to_mint", "");
    let told = plain.series("burn_to_mint", "");
    assert_eq!(ratio[..3], told[..3]);
    assert!(ratio[3..].iter().all(|(_, ratio)| *ratio == 0.0), "{ratio:?}");
    assert!(told[3..].iter().all(|(_, ratio)| *ratio > 0.0), "{told:?}");
    let (one, other) =
        (none.series("equilibrium_price", ""), plain.series("equilibrium_price", ""));
    assert_eq!(one[..3], other[..3]);
    for ((_, one), (_, other)) in one[3..].iter().zip(&other[3..]) {
        assert!(*one < 0.01 * other, "{one} and {other}: nothing bought is burned");
    }
}

/// A key finds its network wherever that stands: behind the short section, or in a list.
#[test]
fn a_lever_moves_the_network_of_its_key_only() {
    let one = |id: &str, token: &str| {
        format!(
            "[[network]]\nid = \"{id}\"\nkind = \"generic\"\ntoken = \"{token}\"\n\
             supply = \"1_000 {token}\"\nstep = [{{ mint = \"emission\", to = \"holders\" }}]\n\
             emission = {{ first = \"1 {token}/d\", half_life = \"1 y\" }}\n"
        )
    };
    let token = |symbol: &str| format!("[[token]]\nsymbol = \"{symbol}\"\ndecimals = 8\n");
    let text = format!(
        "{HEAD}{}{}[economy]\nsupply = \"1_000_000 TOK\"\n{}{}{}",
        token("IO"),
        token("MAP"),
        tables("economy"),
        one("io", "IO"),
        one("map", "MAP")
    );
    let scenario = of(&text);
    let digests = |key: &str, value: f64| {
        let mut begun = super::begun(&scenario);
        begun.run_until(days(1));
        set(&mut begun, key, value).unwrap_or_else(|refused| panic!("{key}: {refused}"));
        begun.run_until(days(6));
        ["", "io", "map"].map(|id| begun.model.network(id).expect("a network").ledger_digest())
    };
    let same = digests("network[0].step[0].share", 1.0);
    for (place, key) in ["economy.demand.burn_share", "network[0].step[0].share"]
        .into_iter()
        .chain(["network[1].step[0].share"])
        .enumerate()
    {
        let moved = digests(key, 0.25);
        for (network, (moved, same)) in moved.iter().zip(&same).enumerate() {
            assert_eq!(moved != same, network == place, "{key}: network {network}");
        }
    }
    // All books are balanced after it.
    outcome(super::begun(&scenario), &scenario);
}
