//! Networks whose steps are written in the scenario: other accounts, other periods, fewer parts.

use pinwheel_core::{Row, math};
use pinwheel_models::networks::Network;
use pinwheel_models::registry;

use super::{last, load_text, read, run, series};

const HEAD: &str = "schema = 1\n[meta]\nname = \"steps\"\n\
    [run]\nstart = 2026-01-01\nhorizon = \"40 d\"\n\
    [network]\nkind = \"generic\"\nsupply = \"1_000_000 TOK\"\n";
const POOL: &str = "[network.exchange]\nusd = \"100_000 USD\"\ntok = \"100_000 TOK\"\nfee = 0\n\
    [network.demand]\nfirst = \"240 USD/d\"\n";
const EMISSION: &str = "[network.emission]\nfirst = \"2_400 TOK/d\"\nhalf_life = \"10 d\"\n";
const OPERATORS: &str = "[network.operators]\ncount = 10\ncost_median = \"1 USD/d\"\n";

/// The rows of one run of a network with these keys and tables.
fn rows(keys: &str, tables: &[&str]) -> Vec<pinwheel_core::Row> {
    let experiment = load_text(&format!("{HEAD}{keys}{}", tables.concat()), &[]);
    let (simulation, rows) = run(&experiment.points[0], 7, 0);
    for tally in simulation.ctx.checks.tallies() {
        assert!(tally.passed() && tally.made > 0, "{tally:?}");
    }
    rows
}

/// Customers and a pool are a network: the product of the pool is kept, and all that leaves it is
/// burned.
#[test]
fn a_network_without_operators_buys_and_burns() {
    let steps = "step = [{ buy = \"TOK\" }, { burn = \"customers\", share = 0.25 }]\n";
    let rows = rows(steps, &[POOL]);
    let dollars = 100_000.0 + 40.0 * 240.0;
    assert!((last(&rows, "pool_usd") - dollars).abs() < 1e-6);
    let bought = 100_000.0 - 100_000.0 * 100_000.0 / dollars;
    assert!((last(&rows, "tokens_burned") - bought / 4.0).abs() < 1e-6);
    assert!((last(&rows, "token_price") - dollars * dollars / 1e10).abs() < 1e-9);
    let metric = pinwheel_models::registry::ALL.find("nodes_active").expect("a metric").0;
    assert!(rows.iter().all(|row| row.metric != metric), "there are no nodes");
}

/// A split of the emission: a tenth to a treasury, which burns a half of it.
#[test]
fn an_account_of_the_scenario_gets_its_share() {
    let keys = "accounts = [\"treasury\"]\nstep = [\
        { mint = \"emission\", to = \"holders\", share = 0.9 },\
        { mint = \"emission\", to = \"treasury\", share = 0.1 },\
        { burn = \"treasury\", share = \"50 %\" }]\n";
    let rows = rows(keys, &[EMISSION]);
    let (minted, burned) = (last(&rows, "tokens_minted") - 1e6, last(&rows, "tokens_burned"));
    let factor = math::exp2(-0.1);
    let owed = 2_400.0 * (1.0 - math::exp2(-4.0)) / (1.0 - factor);
    assert!((minted / owed - 1.0).abs() < 1e-12, "{minted} is not {owed}");
    assert!((burned / minted - 0.05).abs() < 1e-12, "{burned} of {minted}");
}

/// What is said per day holds for any period: by the hour the same emission, spending and cost, up
/// to what halving within a day changes.
#[test]
fn a_day_is_the_sum_of_its_periods() {
    let steps = "step = [{ buy = \"TOK\" }, { burn = \"customers\" }, { mint = \"emission\" },\
        { sell = \"operators\", share = 0.5 }, { exit = \"operators\" }]\n";
    let tables = [POOL, EMISSION, OPERATORS];
    let of = |every: &str| rows(&format!("every = \"{every}\"\n{steps}"), &tables);
    let (day, hour, third) = (of("1 d"), of("1 h"), of("8 h"));
    for rows in [&day, &hour, &third] {
        assert_eq!(series(rows, "token_price").len(), 40, "a record a day");
        // Each node's cost of a period is rounded down to a millionth of a dollar.
        let cost = last(rows, "operator_cost");
        assert!((10.0 - 240e-6..=10.0).contains(&cost), "{cost}");
        assert_eq!(last(rows, "token_demand"), 240.0);
        // Forty days at 240 and 10 dollars; a rate of the last period would not add up to it
        // where demand moves.
        assert_eq!(last(rows, "customers_paid"), 9_600.0);
        let paid = last(rows, "operators_paid");
        assert!((400.0 - 40.0 * 240e-6..=400.0).contains(&paid), "{paid}");
        assert!(last(rows, "sales_proceeds") > 0.0);
    }
    // The sum of the geometric series by periods of a 24th and a third of a day.
    for (rows, periods) in [(&hour, 24.0), (&third, 3.0)] {
        let factor = math::exp2(-0.1 / periods);
        let owed = 2_400.0 / periods * (1.0 - math::exp2(-4.0)) / (1.0 - factor);
        let minted = last(rows, "tokens_minted") - 1e6;
        assert!((minted / owed - 1.0).abs() < 1e-9, "{minted} is not {owed}");
        // Dollars a day in both, at nearly the same prices.
        let (one, other) = (series(&day, "rewards_value"), series(rows, "rewards_value"));
        for (day, (one, other)) in one.iter().zip(&other).enumerate() {
            assert!((one / other - 1.0).abs() < 0.1, "day {day}: {one} and {other}");
        }
    }
}

/// Whatever the exchange pays is somebody's proceeds: a treasury's and those of holders in a shock
/// as well as the operators'.
#[test]
fn every_sale_is_in_the_proceeds_and_in_the_sell_pressure() {
    let keys = "accounts = [\"treasury\"]\nstep = [{ buy = \"TOK\" }, { burn = \"customers\" },\
        { mint = \"emission\", to = \"treasury\", share = 0.9 },\
        { mint = \"emission\", to = \"operators\", share = 0.1 },\
        { sell = \"treasury\" }, { sell = \"operators\", share = 0.5 }]\n\
        shock = [{ at = \"5 d\", sale = \"1_000 TOK\" }]\n";
    let tables = [POOL, EMISSION, OPERATORS, "[review]\nevery = \"40 d\"\n"];
    let experiment = load_text(&format!("{HEAD}{keys}{}", tables.concat()), &[]);
    let (simulation, rows) = run(&experiment.points[0], 7, 0);
    let metric = registry::ALL.find("sales_proceeds").expect("a metric").0;
    let proceeds = |seller: &str| {
        let of = |row: &&Row| {
            let label = &simulation.ctx.records.labels()[usize::from(row.label.0)];
            row.metric == metric && label == seller
        };
        rows.iter().rfind(of).unwrap_or_else(|| panic!("no {seller}")).value
    };
    let parts = ["treasury", "operators", "holders"].map(proceeds);
    assert!(parts.iter().all(|part| *part > 0.0), "{parts:?}");
    assert!((parts.iter().sum::<f64>() - proceeds("")).abs() < 1e-6, "{parts:?}");
    let grown = last(&rows, "pool_usd") - 100_000.0;
    let paid = last(&rows, "customers_paid");
    assert!((paid - proceeds("") - grown).abs() < 1e-6, "{paid} less {parts:?} is not {grown}");
    let pressure = last(&rows, "sell_pressure") * 40.0;
    assert!((pressure / proceeds("") - 1.0).abs() < 1e-9, "{pressure} is not {parts:?}");
}

/// What operators cost is in the fingerprint, be it that it moves no token.
#[test]
fn another_cost_is_another_fingerprint() {
    let steps = "step = [{ mint = \"emission\", to = \"operators\" }]\n";
    let print = |cost: &str| {
        let operators = OPERATORS.replace("1 USD/d", cost);
        let text = format!("{HEAD}{steps}{EMISSION}{operators}");
        run(&load_text(&text, &[]).points[0], 7, 0).0.ctx.fingerprint
    };
    let (one, other) = (print("1 USD/d"), print("2 USD/d"));
    assert_eq!(one.ledger.value(), other.ledger.value());
    assert_ne!(one.hex(), other.hex());
}

/// Where nobody leaves, nobody's patience is asked for: thirty days are no whole number of weeks.
#[test]
fn a_network_that_nobody_leaves_needs_no_patience() {
    let steps = |exit: &str| {
        format!("every = \"7 d\"\nstep = [{{ mint = \"emission\", to = \"operators\" }}{exit}]\n")
    };
    let week = [("run.horizon".to_owned(), "70 d".to_owned())];
    let of = |exit: &str| read(&format!("{HEAD}{}{EMISSION}{OPERATORS}", steps(exit)), &week);
    assert!(of("").is_ok());
    let refused = of(", { exit = \"operators\" }").unwrap_err();
    assert!(refused.contains("network.operators.patience"), "{refused}");
}

/// A change comes at a time since the start, on a date or at an instant.
#[test]
fn a_change_may_come_at_an_instant() {
    let steps = "step = [{ buy = \"TOK\" }, { burn = \"customers\" }]\n";
    let at = |at: &str| {
        let change =
            format!("[[change]]\nset = \"network.demand.drift\"\nto = \"1 %/d\"\nat = {at}\n");
        let experiment = load_text(&format!("{HEAD}{steps}{POOL}{change}"), &[]);
        experiment.points[0].scenario.changes[0].at
    };
    assert_eq!(at("2026-01-02T06:00:00"), at("\"30 h\""));
    assert_eq!(at("2026-01-03"), at("\"2 d\""));
}

/// Periods of seconds: nobody waits for a day.
#[test]
fn a_period_may_be_seconds() {
    let keys = "every = \"30 s\"\nrecord_every = \"30 s\"\n\
        step = [{ mint = \"emission\", to = \"holders\" }]\n";
    let text = format!("{HEAD}{keys}{EMISSION}");
    let set = [("run.horizon".to_owned(), "1 d".to_owned())];
    let experiment = load_text(&text, &set);
    let (_, rows) = run(&experiment.points[0], 7, 0);
    let minted = series(&rows, "tokens_minted");
    assert_eq!(minted.len(), 2_880);
    assert!((minted[0] - 1e6 - 2_400.0 / 2_880.0).abs() < 1e-9, "{}", minted[0]);
}

/// A review needs no fleet.
#[test]
fn a_network_without_a_fleet_is_reviewed() {
    let steps = "step = [{ buy = \"TOK\" }, { burn = \"customers\" }, { mint = \"emission\" },\
        { sell = \"operators\", share = 0.5 }, { exit = \"operators\" }]\n";
    let rows = rows(steps, &[POOL, EMISSION, OPERATORS, "[review]\nevery = \"10 d\"\n"]);
    assert_eq!(series(&rows, "emission_error"), [0.0; 4]);
    assert!(last(&rows, "burn_to_mint") > 0.0);
    let (_, rows) = run(&load_text(&format!("{}[review]\n", short()), &[]).points[0], 7, 0);
    assert_eq!(series(&rows, "conservation_residual"), [0.0]);
}

/// Operators stand on the devices of the classes they are told to stand on.
#[test]
fn nodes_stand_on_the_devices_of_their_classes() {
    let fleet = "[[infrastructure.class]]\nid = \"spare\"\ncount = 7\n\
        failure = { law = \"exponential\", mean = \"1 h\" }\n\
        repair = { law = \"exponential\", mean = \"1000 d\" }\n\
        [[infrastructure.class]]\nid = \"node\"\ncount = 10\n";
    let steps =
        |devices: &str| format!("devices = {devices}\nstep = [{{ mint = \"emission\" }}]\n");
    let sound = rows(&steps("\"node\""), &[EMISSION, OPERATORS, fleet]);
    assert_eq!(last(&sound, "nodes_online"), 10.0, "the class that fails is not theirs");
    let seventeen = OPERATORS.replace("10", "17");
    let both = rows(&steps("[\"node\", \"spare\"]"), &[EMISSION, &seventeen, fleet]);
    assert_eq!(last(&both, "nodes_online"), 10.0, "seven of the seventeen have failed");
}

/// `[economy]` with the fewest keys.
fn short() -> String {
    let text = format!("{HEAD}{POOL}{EMISSION}{OPERATORS}");
    text.replace("[network", "[economy").replace("kind = \"generic\"\n", "")
}

/// Keys of the short section vary as those of any other.
#[test]
fn variants_and_sweeps_reach_into_the_short_section() {
    let text = format!(
        "{}[[variant]]\nid = \"falling\"\nset = {{ \"economy.demand.drift\" = \"-5 %/d\" }}\n\
         [[variant]]\nid = \"steady\"\n[[ensemble.vary.product]]\n\
         path = \"economy.providers.cost_median\"\nvalues = [\"1 USD/d\", \"2 USD/d\"]\n",
        short().replace("operators", "providers")
    );
    let experiment = load_text(&text, &[]);
    let ends = experiment.points.iter().map(|point| {
        let (_, rows) = run(point, 7, 0);
        (last(&rows, "token_demand") < 100.0, last(&rows, "operator_cost"))
    });
    assert!(ends.eq([(true, 10.0), (true, 20.0), (false, 10.0), (false, 20.0)]));
}

/// The short section is a network without an id: others beside it do not move it.
#[test]
fn the_short_section_stands_beside_networks() {
    let other = "[[network]]\nid = \"io\"\nkind = \"generic\"\nsupply = \"10 TOK\"\n\
        step = [{ mint = \"emission\", to = \"holders\" }]\n\
        emission = { first = \"1 TOK/d\", half_life = \"1 y\" }\n";
    let books = |text: &str| {
        let (simulation, _) = run(&load_text(text, &[]).points[0], 7, 0);
        let digest = |id: &str| simulation.model.network(id).map(|it| it.ledger_digest());
        (digest(""), digest("io"))
    };
    let (alone, none) = books(&short());
    let (beside, io) = books(&format!("{}{other}", short()));
    assert_eq!((alone, none), (beside, None));
    assert!(alone.is_some() && io.is_some() && io != alone);
}

/// Nodes on several classes draw by their class and their number in it: a class put in front of the
/// others, which takes no part, or takes part before them, moves no capacity and no cost.
#[test]
fn a_class_in_front_moves_no_node() {
    let class = |id: &str, count: u32| {
        format!("[[infrastructure.class]]\nid = \"{id}\"\ncount = {count}\n")
    };
    let network = |devices: &str, count: u32| {
        let steps = "step = [{ mint = \"emission\" }, { sell = \"operators\" }]\n";
        let operators = format!(
            "[network.operators]\ncount = {count}\ncapacity_sigma = 0.4\ncost_sigma = 0.5\n\
             cost_median = \"1 USD/d\"\n"
        );
        format!("{HEAD}devices = {devices}\n{steps}{POOL}{EMISSION}{operators}")
            .replace("[network.demand]\nfirst = \"240 USD/d\"\n", "")
    };
    let costs = |text: &str| {
        let experiment = load_text(text, &[]);
        let (simulation, _) = run(&experiment.points[0], 7, 0);
        let Some(Network::Generic(network)) = simulation.model.network("") else { panic!() };
        network.node_costs_usd_per_period()
    };
    let (a, b) = (class("a", 5), class("b", 7));
    let both = costs(&format!("{}{a}{b}", network("[\"a\", \"b\"]", 12)));
    let other = class("other", 4);
    assert_eq!(both, costs(&format!("{}{other}{a}{b}", network("[\"a\", \"b\"]", 12))));
    let three = network("[\"a\", \"b\", \"other\"]", 16);
    assert_eq!(both, costs(&format!("{three}{other}{a}{b}"))[4..]);
    let one = costs(&format!("{}{b}", network("\"b\"", 7)));
    assert_eq!(one, costs(&format!("{}{a}{b}", network("\"b\"", 7))));
}
