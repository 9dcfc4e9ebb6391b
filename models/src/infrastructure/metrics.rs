//! What this layer records, at the end of each day. Sums and means run from the start.

use pinwheel_core::MetricSpec;

const fn metric(name: &'static str, unit: &'static str, about: &'static str) -> MetricSpec {
    MetricSpec { name, unit, about, source: "model" }
}

#[rustfmt::skip]
pub const METRICS: &[MetricSpec] = &[
    metric("devices", "1", "Devices whose owners have not left."),
    metric("devices_up", "1", "Devices that work now; by class and region."),
    metric("availability", "1",
        "Share of all device time since the start that was up; by class and region."),
    metric("failures", "1", "Failures since the start; by class."),
    metric("repairs", "1", "Repairs done since the start; by class."),
    metric("planned_replacements", "1", "Replacements before a failure, since the start."),
    metric("afr", "1/y", "Failures for each year of a device, since the start; by class."),
    metric("downtime_hours", "h", "Device hours down since the start, switched off included."),
    metric("undetected_hours", "h",
        "Device hours of failures that nobody knew of, since the start, to the round that will \
        find them."),
    metric("waiting_for_repair", "1", "Failed devices that wait for a crew or a part now."),
    metric("hardware_cost", "USD", "Price of all devices there have ever been."),
    metric("maintenance_cost", "USD", "Cost of failures and planned replacements."),
    metric("maintenance_cost_rate", "USD/y", "The same for each year of a device."),
    metric("recovery_hours", "h", "Mean time from a failure or an outage to being up again."),
    metric("work_lost_share", "1", "Share of the work that was lost with the device it was on."),
    metric("work_wasted_share", "1", "The same and the time that saving took."),
    metric("false_alarms", "1", "Times a device that was up was taken for dead."),
    metric("heartbeat_loss_share", "1", "Heartbeats lost of those sent, since the start."),
    metric("events_per_device", "1",
        "Events of the whole run since the start, for each device there has ever been."),
    metric("bytes_per_device", "B",
        "Memory of devices, owners and all pending events, for each device there has ever been."),
    metric("shock_strikes", "1", "Times a common cause has struck."),
    metric("service_availability", "1",
        "Share of the time since the start that enough of the capacity was up."),
    metric("service_interruptions", "1", "Times the capacity that was up fell below the need."),
    metric("capacity_up_share", "1", "Share of the capacity present that is up now."),
    MetricSpec {
        name: "nakamoto_owner", unit: "1",
        about: "Fewest owners who together have more than half of the capacity.",
        source: "Srinivasan and Lee, Quantifying decentralization, 2017",
    },
    MetricSpec {
        name: "nakamoto_region", unit: "1",
        about: "Fewest regions that together have more than half of the capacity.",
        source: "Srinivasan and Lee, Quantifying decentralization, 2017",
    },
    metric("owners", "1", "Owners who have not left."),
    metric("owners_joined", "1", "Owners who joined since the start."),
    metric("owners_left", "1", "Owners who left since the start."),
    MetricSpec {
        name: "life_ks", unit: "1",
        about: "Distance between the first lives of a watched class and its law; above 1.628 the \
        law is refuted at 1 %.",
        source: "Stephens, JASA 69, 1974",
    },
    metric("hazard_observed", "1/y",
        "Failures of first lives in the last 30 days for each year at risk; of a watched class."),
    metric("hazard_law", "1/y", "The mean hazard of the law over the same 30 days."),
];
