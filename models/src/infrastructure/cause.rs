//! Why things are down: what strikes how often, for how long, and whose hands mend it.

use serde::{Deserialize, Serialize};

use super::draw::LogNormalHours;
use super::failure::FailureLaw;
use super::parameters::Parameters;

pub const SECONDS_PER_YEAR: f64 = 365.25 * 86_400.0;

/// What an outage comes from, from the smallest reach to the widest.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Cause {
    Disk,
    Host,
    Rack,
    /// One of a site's two power feeds.
    Feed,
    Site,
    /// The grid or the carrier of a region.
    Region,
    /// A mistake of the owner.
    Operator,
    /// A fault in software that many owners run.
    Software,
}

impl Cause {
    pub const ALL: [Cause; 8] = [
        Cause::Disk,
        Cause::Host,
        Cause::Rack,
        Cause::Feed,
        Cause::Site,
        Cause::Region,
        Cause::Operator,
        Cause::Software,
    ];
    /// Causes with a clock at each site, in the order of those clocks.
    pub const OF_SITE: [Cause; 5] =
        [Cause::Disk, Cause::Host, Cause::Rack, Cause::Feed, Cause::Site];

    /// The label in records.
    pub fn name(self) -> &'static str {
        match self {
            Cause::Disk => "disk",
            Cause::Host => "host",
            Cause::Rack => "rack",
            Cause::Feed => "feed",
            Cause::Site => "site",
            Cause::Region => "region",
            Cause::Operator => "operator",
            Cause::Software => "software",
        }
    }
    /// The name of the random stream of this cause's clock.
    pub(super) fn purpose(self) -> &'static str {
        match self {
            Cause::Disk => "infrastructure.disk",
            Cause::Host => "infrastructure.host",
            Cause::Rack => "infrastructure.rack",
            Cause::Feed => "infrastructure.feed",
            Cause::Site => "infrastructure.site",
            Cause::Region => "infrastructure.region",
            Cause::Operator => "infrastructure.operator",
            Cause::Software => "infrastructure.software",
        }
    }
    /// Whether one of the site's crews must mend it; other outages pass or are undone from afar.
    pub fn needs_crew(self) -> bool {
        matches!(self, Cause::Disk | Cause::Host | Cause::Rack)
    }
    /// How often one unit is struck. Disks strike in bursts, so their clock is slower by its mean.
    pub fn law(self, p: &Parameters) -> FailureLaw {
        let yearly =
            |times: f64| FailureLaw::Exponential { rate_per_second: times / SECONDS_PER_YEAR };
        let mtbf = |hours: f64| FailureLaw::Exponential { rate_per_second: 1.0 / hours / 3_600.0 };
        match self {
            Cause::Disk => disk_law(p),
            Cause::Host => mtbf(p.host_mtbf_hours),
            Cause::Rack => mtbf(p.rack_mtbf_hours),
            Cause::Feed => yearly(p.feed_outages_per_year),
            Cause::Site => yearly(p.site_outages_per_year),
            Cause::Region => yearly(p.region_outages_per_year),
            Cause::Operator => yearly(p.operator_mistakes_per_year),
            Cause::Software => yearly(p.software_faults_per_year),
        }
    }
    /// How long the repair or the outage takes.
    pub fn duration(self, p: &Parameters) -> LogNormalHours {
        let median_hours = match self {
            Cause::Disk => p.disk_repair_hours,
            Cause::Host => p.host_repair_hours,
            Cause::Rack => p.rack_repair_hours,
            Cause::Feed => p.feed_outage_hours,
            Cause::Site => p.site_outage_hours,
            Cause::Region => p.region_outage_hours,
            Cause::Operator => p.operator_mistake_hours,
            Cause::Software => p.software_fault_hours,
        };
        LogNormalHours { median_hours, sigma: p.duration_sigma }
    }
}

/// The Weibull law with `H(life) = afr * life`, per burst.
fn disk_law(p: &Parameters) -> FailureLaw {
    let bursts = p.disk_afr * p.disk_life_years / p.disk_burst;
    if bursts == 0.0 {
        return FailureLaw::Exponential { rate_per_second: 0.0 };
    }
    let life_seconds = p.disk_life_years * SECONDS_PER_YEAR;
    let scale_seconds = life_seconds
        / FailureLaw::Weibull { shape: p.disk_shape, scale_seconds: 1.0 }.age_at(bursts);
    FailureLaw::Weibull { shape: p.disk_shape, scale_seconds }
}
