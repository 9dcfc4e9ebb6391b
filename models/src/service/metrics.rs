//! What stations record at each record (`record_every`), over all jobs measured so far; the label
//! is the station.

use super::settings::Settings;
use crate::describe::{MetricSpec, Section};

const SOURCE: &str = "Kleinrock, Queueing Systems I, 1975, section 1";

const fn metric(
    section: Section,
    name: &'static str,
    unit: &'static str,
    about: &'static str,
) -> MetricSpec {
    crate::describe::metric(section, name, unit, about, SOURCE).by(&["station"])
}

/// Every metric of the layer, in the order of their numbers.
pub const METRICS: &[MetricSpec] = &[
    metric(
        Section::Service,
        "service_wait_mean",
        "s",
        "Mean time of a job in the station beyond its own size.",
    ),
    metric(
        Section::Service,
        "service_wait_p50",
        "s",
        "Time beyond its own size that half of the jobs exceed.",
    ),
    metric(
        Section::Service,
        "service_wait_p99",
        "s",
        "Time beyond its own size that 1 % of the jobs exceed.",
    ),
    metric(
        Section::Service,
        "service_waited_share",
        "1",
        "Share of the jobs served that no server was free for.",
    ),
    metric(
        Section::Service,
        "service_response_mean",
        "s",
        "Mean time from the arrival of a job to its end.",
    ),
    metric(
        Section::Service,
        "service_utilisation",
        "1",
        "Share of the servers at work, averaged over time; one whose owner left counts as idle.",
    ),
    metric(
        Section::Service,
        "service_queue_length",
        "job",
        "Jobs that no server has taken, averaged over time.",
    ),
    metric(
        Section::Service,
        "service_lost_share",
        "1",
        "Share of the jobs that found their queue full.",
    ),
    metric(
        Section::Service,
        "service_lost_in_service_share",
        "1",
        "Share of the jobs that left because their server went down.",
    ),
    metric(
        Section::Service,
        "service_interruptions_per_job",
        "1",
        "Times the server of a job went down, by jobs that entered.",
    ),
    metric(
        Section::Service,
        "service_servers_up_share",
        "1",
        "Share of the servers that were up, averaged over time; one whose owner left is down.",
    ),
    metric(
        Section::Service,
        "service_cache_hit_share",
        "1",
        "Share of the requests answered by the cache.",
    ),
];

/// The labels of a service, by their kinds.
pub fn labels(settings: &Settings) -> Vec<(&'static str, Vec<String>)> {
    let stations = settings.stations.iter().map(|station| station.name.clone());
    vec![("station", stations.collect())]
}
