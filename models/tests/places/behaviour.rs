//! What a fleet at work does, told by small scenarios.

use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::world::World;

use super::{days, finish, run, scenario};

fn only(text: &str) -> pinwheel_models::scenario::Scenario {
    scenario(text).points.remove(0).scenario
}

#[test]
fn what_nothing_happens_to_is_up_and_draws_its_power() {
    let scenario = only(
        r#"
        [infrastructure.energy]
        price = "0.25 USD/kWh"
        carbon = "0.4 kg/kWh"
        [[infrastructure.class]]
        id = "server"
        count = 10
        power = "100 W"
        idle_power = "40 W"
        [[infrastructure.demand]]
        id = "jobs"
        unit = "job"
        rate = "5 job"
        price = "0.1 USD"
        fee = "0.01 USD"
        source = [{ class = "server", capacity = "1 job", cost = "0.02 USD" }]
        "#,
    );
    let run = run(&scenario, Streams::new(1, 0));
    // Ten idle servers and half of the swing: 400 + 300 W for 480 hours.
    let energy = 0.7 * 480.0;
    assert_eq!(run.last("class_up_share", "server"), 1.0);
    assert!((run.last("energy_used", "server") - energy).abs() < 1e-9);
    assert!((run.last("energy_cost", "") - energy * 0.25).abs() < 1e-6);
    assert!((run.last("energy_carbon", "server") - energy * 0.4).abs() < 1e-6);
    assert_eq!(run.last("demand_served_share", "jobs"), 1.0);
    assert!((run.last("demand_served", "jobs") - 5.0 * 480.0).abs() < 1e-9);
    let cost = energy * 0.25 + 2_400.0 * 0.03;
    assert!((run.last("demand_cost", "jobs") - cost).abs() < 1e-6);
    assert!((run.last("demand_unit_cost", "jobs") - cost / 2_400.0).abs() < 1e-9);
    assert!((run.last("demand_revenue", "jobs") - 240.0).abs() < 1e-9);
    assert!((run.last("income_owners_effective", "jobs") - 10.0).abs() < 1e-9);
    assert_eq!(run.last("power_balance_error", ""), 0.0);
}

#[test]
fn a_device_is_down_while_what_it_needs_is_down() {
    let scenario = only(
        r#"
        [[infrastructure.class]]
        id = "power"
        count = 2
        [[infrastructure.class]]
        id = "server"
        count = 8
        needs = [{ class = "power" }]
        [[infrastructure.shock]]
        id = "cut"
        scope = "world"
        at = "5 d"
        devices = 1
        duration = "2 d"
        classes = ["power"]
        "#,
    );
    let run = run(&scenario, Streams::new(1, 0));
    // One of two feeds, and the four servers on it, for two of twenty days.
    assert!((run.last("class_up_share", "power") - 0.95).abs() < 1e-9);
    assert!((run.last("class_up_share", "server") - 0.95).abs() < 1e-9);
    assert_eq!(run.last("availability", "server"), 1.0);
}

/// A ring of eight with messages, cut in halves for two of twenty days.
const CUT_RING: &str = r#"
    [[infrastructure.class]]
    id = "node"
    count = 8
    [[infrastructure.class]]
    id = "link"
    count = 8
    [infrastructure.topology]
    nodes = ["node"]
    links = "link"
    shape = "ring"
    latency = "3 ms"
    message_period = "5 min"
    terminals = [0, 7]
    [[infrastructure.topology.partition]]
    start = "5 d"
    length = "2 d"
    nodes = [0, 1, 2, 3]
    "#;

#[test]
fn a_partition_cuts_the_pairs_across_it_for_its_time() {
    let run = run(&only(CUT_RING), Streams::new(1, 0));
    let share = 1.0 - 16.0 / 28.0 * 0.1;
    assert!((run.last("reachable_pairs_share", "") - share).abs() < 1e-12);
    assert!((run.last("terminals_linked_share", "") - 0.9).abs() < 1e-12);
    let no_way = run.last("messages_no_way_share", "");
    assert!((no_way - 16.0 / 28.0 * 0.1).abs() < 0.012, "{no_way}");
    assert_eq!(run.last("messages_lost_share", ""), 0.0);
    assert!((run.last("messages_delivered_share", "") + no_way - 1.0).abs() < 1e-12);
    // The farthest of eight in a ring is four links away.
    assert_eq!(run.last("route_latency_p99", ""), 12.0);
    assert_eq!(run.last("route_latency_p50", ""), 6.0);
}

#[test]
fn a_run_that_is_stored_and_restored_ends_the_same() {
    let text = CUT_RING.replace(
        "id = \"link\"",
        "id = \"link\"\nfailure = { law = \"exponential\", mean = \"2 d\" }\nrepair = \"5 h\"",
    );
    let (scenario, streams) = (only(&text), Streams::new(3, 0));
    let mut whole = Simulation::new(scenario.world(&streams), streams);
    whole.run_until(SimTime::ZERO + SimDuration::from_hours(150));
    let model = postcard::to_stdvec(&whole.model).expect("the world can be stored");
    let context = postcard::to_stdvec(&whole.ctx).expect("the clockwork can be stored");
    let mut restored = Simulation {
        model: postcard::from_bytes::<World>(&model).expect("it can be read"),
        ctx: postcard::from_bytes(&context).expect("it can be read"),
    };
    whole.run_until(days(&scenario));
    restored.run_until(days(&scenario));
    let (whole, restored) = (finish(whole), finish(restored));
    assert_eq!(whole.series, restored.series);
    let (one, other) = (whole.simulation.ctx.fingerprint, restored.simulation.ctx.fingerprint);
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
}

#[test]
fn places_are_counted_in_cells() {
    let scenario = only(
        r#"
        [infrastructure.geography]
        cells = 0
        [[infrastructure.region]]
        id = "munich"
        latitude = 48.1
        longitude = 11.6
        spread = "20 km"
        [[infrastructure.region]]
        id = "sydney"
        latitude = -33.9
        longitude = 151.2
        share = 3
        [[infrastructure.class]]
        id = "sensor"
        count = 400
        "#,
    );
    let run = run(&scenario, Streams::new(1, 0));
    // A cell of resolution 0 is 4.4 million square kilometres.
    assert_eq!(run.last("cells_occupied", ""), 2.0);
    assert_eq!(run.last("cell_devices_max", ""), 300.0);
    let density = run.last("cell_density_max", "");
    assert!((300.0 / 5.5e6..300.0 / 3.5e6).contains(&density), "{density}");
}

#[test]
fn devices_that_leave_take_their_draw_and_their_cost_with_them() {
    let text = |leave: &str| {
        format!(
            r#"
            [infrastructure.energy]
            price = "1 USD/kWh"
            [[infrastructure.class]]
            id = "home"
            count = 400
            power = "100 W"
            standby_power = "100 W"
            owning = "73.05 USD/mo"
            failure = {{ law = "exponential", mean = "2 d" }}
            repair = {{ law = "exponential", mean = "2 d" }}
            turnover = {{ {leave} }}
            [[infrastructure.demand]]
            id = "jobs"
            unit = "job"
            rate = "1 job"
            source = [{{ class = "home" }}]
            "#
        )
    };
    let stay = run(&only(&text("")), Streams::new(5, 0));
    let leave = run(&only(&text("leave = \"10 /y\"")), Streams::new(5, 0));
    // 0.1 USD for owning and 0.1 USD for power, an hour and device.
    let stayed = 400.0 * 480.0;
    assert!((stay.last("demand_cost", "jobs") - stayed * 0.2).abs() < 1e-3);
    let there = leave.last("energy_used", "home") / 0.1;
    // With rate 10 a year for 20 days: 1 - (1 - exp(-x)) / x of the device time is gone.
    let gone = 1.0 - there / stayed;
    assert!((0.19..0.28).contains(&gone), "{gone}");
    assert!((leave.last("demand_cost", "jobs") - there * 0.2).abs() < 1e-3);
    assert!(leave.last("owners_left", "") > 120.0);
    let up = leave.last("class_up_share", "home");
    assert!((up - leave.last("availability", "home")).abs() < 1e-9, "{up}");
}

#[test]
fn an_operation_changes_no_number_of_the_fleet_below() {
    let fleet = r#"
        [[infrastructure.class]]
        id = "server"
        count = 50
        failure = { law = "exponential", mean = "5 d" }
        repair = { law = "exponential", mean = "5 h" }
        "#;
    let demand = r#"
        [[infrastructure.demand]]
        id = "jobs"
        unit = "job"
        rate = { mean = "30 job", swing = "50 %" }
        source = [{ class = "server" }]
        patience = "3 h"
        "#;
    let plain = run(&only(fleet), Streams::new(9, 0));
    let working = run(&only(&format!("{fleet}{demand}")), Streams::new(9, 0));
    for metric in ["availability", "failures", "repairs"] {
        assert_eq!(plain.last(metric, "server"), working.last(metric, "server"), "{metric}");
    }
    assert!(plain.last("failures", "server") > 100.0);
}

/// A hundred devices share 20 USD an hour, 146.1 USD a month each, whoever else comes; whom that is
/// not enough leaves at the first review, and then those who stay share more.
#[test]
fn owners_live_from_what_the_demand_pays() {
    let left = |from: &str| {
        let scenario = only(&format!(
            r#"
            [[infrastructure.class]]
            id = "server"
            count = 100
            turnover = {{ income = "1000 USD/mo", income_from = "{from}", needed = "146.1 USD/mo", needed_sigma = 1.0 }}
            [[infrastructure.demand]]
            id = "jobs"
            unit = "job"
            rate = "50 job"
            price = "0.4 USD"
            source = [{{ class = "server", capacity = "10 job" }}]
            "#
        ));
        let streams = Streams::new(1, 0);
        let mut simulation = Simulation::new(scenario.world(&streams), streams);
        let mut left = Vec::new();
        for day in [30, 31, 61, 62, 100] {
            simulation.run_until(SimTime::ZERO + SimDuration::from_days(day));
            let rows = simulation.ctx.records.drain();
            let of = rows
                .iter()
                .rfind(|row| pinwheel_models::registry::ALL.spec(row.metric).name == "owners_left");
            left.push(of.expect("recorded each day").value);
        }
        left
    };
    let paid = left("payments");
    assert_eq!(paid[0], 0.0, "the first review is after 30.44 days");
    // The need of half is below the median, give or take 5; then all who stay have twice as much.
    assert!((35.0..65.0).contains(&paid[1]), "{paid:?}");
    assert_eq!(paid[1..], [paid[1]; 4]);
    let given = left("given");
    assert!(given[1] < 10.0, "1,000 USD are enough for 97 %: {given:?}");
    assert_eq!(given[1..], [given[1]; 4]);
}
