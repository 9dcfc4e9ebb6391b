//! What the fleet records at each record (`record_every`). Sums and means run from the start.

use super::settings::Settings;
use crate::describe::{MetricSpec, Section};

/// All of it is counted by this model.
const SOURCE: &str = "model";

const fn metric(
    section: Section,
    name: &'static str,
    unit: &'static str,
    about: &'static str,
) -> MetricSpec {
    crate::describe::metric(section, name, unit, about, SOURCE)
}

/// Every metric of the fleet itself, in the order of their numbers.
#[rustfmt::skip]
pub const METRICS: &[MetricSpec] = &[
    metric(Section::Actors, "devices", "1", "Devices whose owners have not left.").also_by(&["class"]),
    metric(Section::Actors, "devices_up", "1", "Devices that work now; by class and region.").also_by(&["class", "region"]),
    metric(Section::Service, "availability", "1",
        "Share of all device time since the start that was up; by class and region.").also_by(&["class", "region"]),
    metric(Section::Other, "failures", "1", "Failures since the start; by class.").also_by(&["class"]),
    metric(Section::Other, "repairs", "1", "Repairs done since the start; by class.").also_by(&["class"]),
    metric(Section::Other, "planned_replacements", "1", "Replacements before a failure, since the start.").also_by(&["class"]),
    metric(Section::Other, "afr", "1/y", "Failures for each year of a device, since the start; by class.").also_by(&["class"]),
    metric(Section::Other, "downtime_hours", "h", "Device hours down since the start, switched off included.").also_by(&["class"]),
    metric(Section::Security, "undetected_hours", "h",
        "Device hours of failures that nobody knew of, since the start, to the round that will \
        find them."),
    metric(Section::Service, "waiting_for_repair", "1", "Failed devices that wait for a crew or a part now."),
    metric(Section::Flows, "hardware_cost", "USD", "Price of all devices there have ever been."),
    metric(Section::Flows, "maintenance_cost", "USD", "Cost of failures and planned replacements."),
    metric(Section::Flows, "maintenance_cost_rate", "USD/y", "The same for each year of a device."),
    metric(Section::Other, "recovery_hours", "h", "Mean time from a failure or an outage to being up again."),
    metric(Section::Service, "work_lost_share", "1", "Share of the work that was lost with the device it was on."),
    metric(Section::Other, "work_wasted_share", "1", "The same and the time that saving took."),
    metric(Section::Security, "false_alarms", "1", "Times a device that was up was taken for dead."),
    metric(Section::Other, "heartbeat_loss_share", "1", "Heartbeats lost of those sent, since the start."),
    metric(Section::Other, "events_per_device", "1",
        "Events of the whole run since the start, for each device there has ever been."),
    metric(Section::Other, "bytes_per_device", "B",
        "Memory of devices, owners and all pending events, for each device there has ever been."),
    metric(Section::Other, "shock_strikes", "1", "Times a common cause has struck."),
    metric(Section::Service, "service_availability", "1",
        "Share of the time since the start that enough of the capacity was up."),
    metric(Section::Service, "service_interruptions", "1", "Times the capacity that was up fell below the need."),
    metric(Section::Service, "capacity_up_share", "1", "Share of the capacity present that is up now."),
    crate::describe::metric(Section::Actors, "nakamoto_owner", "1",
        "Fewest owners who together have more than half of the capacity.", "Srinivasan and Lee, Quantifying decentralization, 2017"),
    crate::describe::metric(Section::Actors, "nakamoto_region", "1",
        "Fewest regions that together have more than half of the capacity.", "Srinivasan and Lee, Quantifying decentralization, 2017"),
    metric(Section::Actors, "owners", "1", "Owners who have not left."),
    metric(Section::Actors, "owners_joined", "1", "Owners who joined since the start."),
    metric(Section::Actors, "owners_left", "1", "Owners who left since the start."),
    crate::describe::metric(Section::Other, "life_ks", "1",
        "Distance between the first lives of a watched class and its law; above 1.628 the \
        law is refuted at 1 %.", "Stephens, JASA 69, 1974").by(&["watched class"]),
    metric(Section::Service, "hazard_observed", "1/y",
        "Failures of first lives in the last 30 days for each year at risk; of a watched class.").by(&["watched class"]),
    metric(Section::Other, "hazard_law", "1/y", "The mean hazard of the law over the same 30 days.").by(&["watched class"]),
];

/// The labels of a fleet, by their kinds.
pub fn labels(settings: &Settings) -> Vec<(&'static str, Vec<String>)> {
    let classes = || settings.classes.iter();
    let watched = classes().filter(|class| class.watched_against.is_some());
    let demands = || settings.operation.demands.iter();
    let source = |class: u8| &settings.operation.class_ids[usize::from(class)];
    let sources = demands().flat_map(|demand| {
        demand.sources.iter().map(|of| format!("{}:{}", demand.id, source(of.class)))
    });
    vec![
        ("class", classes().map(|class| class.id.clone()).collect()),
        ("region", settings.regions.iter().map(|region| region.id.clone()).collect()),
        ("watched class", watched.map(|class| class.id.clone()).collect()),
        ("demand", demands().map(|demand| demand.id.clone()).collect()),
        ("source", sources.collect()),
    ]
}
