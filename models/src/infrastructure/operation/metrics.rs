//! What a fleet at work records at the end of each day. Sums and shares run from the start.

use pinwheel_core::MetricSpec;

use crate::metric::metric;

/// Every metric. Those of a class carry its id as their label, those of a demand the demand's.
#[rustfmt::skip]
pub const METRICS: &[MetricSpec] = &[
    metric("class_up_share", "1",
        "Share of the time of a class's devices in which they were up: in order, and all they need \
         up too.", "Barlow and Proschan 1975, chapter 2"),
    metric("energy_used", "kWh", "Energy a class has drawn from the grid.", "model"),
    metric("energy_cost", "USD", "Cost of that energy at the price of its hours.", "model"),
    metric("energy_carbon", "kg", "CO2 emitted for that energy.", "model"),
    metric("power_balance_error", "kWh",
        "Energy of all classes together less that of the whole; 0 by construction.", "model"),
    metric("cells_occupied", "1", "H3 cells with a device in them, on the first day.", "Uber H3"),
    metric("cell_devices_max", "1", "Devices in the fullest cell, on the first day.", "Uber H3"),
    metric("cell_density_max", "1/km^2",
        "Devices for each square kilometre of the fullest cell.", "Uber H3"),
    metric("reachable_pairs_share", "1",
        "Share of all pairs of nodes that could reach each other, on average over time.", "model"),
    metric("terminals_linked_share", "1",
        "Share of the time in which the two terminals could reach each other.",
        "Barlow and Proschan 1975, two-terminal reliability"),
    metric("messages_sent", "1", "Messages sent between two random nodes.", "model"),
    metric("messages_delivered_share", "1", "Share of the messages that arrived.", "model"),
    metric("messages_lost_share", "1", "Share of the messages lost on a link.", "model"),
    metric("messages_no_way_share", "1", "Share of the messages without a way.", "model"),
    metric("route_latency_p50", "ms",
        "Median latency of the messages of the day that arrived.", "model"),
    metric("route_latency_p99", "ms",
        "99 % of the day's messages that arrived were not slower.", "model"),
    metric("demand_asked", "unit h", "Asked for, in the demand's unit times hours.", "model"),
    metric("demand_served", "unit h", "Served in time.", "model"),
    metric("demand_missed", "unit h", "Missed: not served within the demand's patience.", "model"),
    metric("demand_waiting", "unit h", "Asked for and waiting.", "model"),
    metric("demand_served_share", "1", "Served over what was asked for.", "model"),
    metric("demand_missed_share", "1", "Missed over what was asked for.", "model"),
    metric("demand_balance_error", "unit h",
        "Asked for less served, missed and waiting; 0 by construction.", "model"),
    metric("source_given_share", "1",
        "Share of what was served that a source gave; by demand and class.", "model"),
    metric("demand_cost", "USD",
        "Owning and energy of the classes a demand bears, fuel and settlement.", "model"),
    metric("demand_unit_cost", "USD", "Cost of a unit served for an hour.", "model"),
    metric("demand_cost_ratio", "1", "Unit cost over that of the baseline.", "model"),
    metric("demand_revenue", "USD", "What users paid.", "model"),
    metric("income_gini", "1",
        "Gini coefficient of income over the owners of a demand's sources.", "Sen 1973"),
    metric("income_owners_effective", "1",
        "How many equal owners would earn as concentratedly: inverse Herfindahl index.",
        "Laakso and Taagepera 1979"),
    metric("quality_p5", "1",
        "Quality that 5 % of all user hours did not exceed: served share times what distance \
         leaves of the throughput.", "RFC 6349, section 3.3"),
    metric("quality_p50", "1", "Median quality of all user hours.", "RFC 6349, section 3.3"),
    metric("map_period_hours", "h", "Time between two pictures of the map.", "model"),
    metric("map_device", "1", "Number of a device on the map; by region, class and number.", "model"),
    metric("map_latitude", "1", "Degrees north of a device on the map.", "model"),
    metric("map_longitude", "1", "Degrees east of a device on the map.", "model"),
    metric("map_link_from", "1", "Number of the device at one end of a link on the map.", "model"),
    metric("map_link_to", "1", "Number of the device at its other end.", "model"),
    metric("map_up_share", "1",
        "Share of the last period in which a device on the map was up; a link that a partition cuts \
         is not.", "model"),
    metric("map_load", "1",
        "Share of the capacity of a class's devices that serves its demand, at the end of the \
         period.", "model"),
];
