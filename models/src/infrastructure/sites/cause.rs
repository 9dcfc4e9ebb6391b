//! Why things are down: what strikes how often, for how long, and whose hands mend it.

use serde::{Deserialize, Serialize};

use super::parameters::Parameters;
use crate::infrastructure::settings::Reach;
use crate::input::dates::YEAR_SECONDS;
use crate::laws::draw::Duration;
use crate::laws::failure::FailureLaw;

const HOUR_SECONDS: f64 = 3_600.0;

/// How often a cause strikes one of its places, how many of the units there it reaches, and how
/// long they are down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Time from one strike to the next at one place.
    pub law: FailureLaw,
    /// How many of the units there it reaches.
    pub reach: Reach,
    /// Of the repair or the outage.
    pub duration: Duration,
    /// Whether one of the site's crews must mend it; other outages pass or are undone from afar.
    pub needs_crew: bool,
}

/// What an outage comes from, from the smallest reach to the widest.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Cause {
    /// One disk fails.
    Disk,
    /// A host with its disks.
    Host,
    /// A rack with its hosts.
    Rack,
    /// One of a site's two power feeds.
    Feed,
    /// A whole site.
    Site,
    /// The grid or the carrier of a region.
    Region,
    /// A mistake of the owner.
    Operator,
    /// A fault in software that many owners run.
    Software,
}

impl Cause {
    /// Every cause, from the smallest reach to the widest.
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
    /// What this cause does, by these numbers. Disks strike in bursts, so their clock is slower by
    /// the mean size of a burst.
    pub fn rule(self, p: &Parameters) -> Rule {
        let yearly = |times| FailureLaw::exponential(YEAR_SECONDS / times);
        let mtbf = |hours: f64| FailureLaw::exponential(hours * HOUR_SECONDS);
        let whole = Reach::Share(1.0);
        let (law, reach, median_hours) = match self {
            Cause::Disk => (disk_law(p), Reach::Burst(p.disk_burst), p.disk_repair_hours),
            Cause::Host => (mtbf(p.host_mtbf_hours), Reach::Devices(1), p.host_repair_hours),
            Cause::Rack => (mtbf(p.rack_mtbf_hours), Reach::Devices(1), p.rack_repair_hours),
            Cause::Feed => {
                (yearly(p.feed_outages_per_year), Reach::Devices(1), p.feed_outage_hours)
            }
            Cause::Site => (yearly(p.site_outages_per_year), whole, p.site_outage_hours),
            Cause::Region => (
                yearly(p.region_outages_per_year),
                Reach::Share(p.region_outage_share),
                p.region_outage_hours,
            ),
            Cause::Operator => {
                (yearly(p.operator_mistakes_per_year), whole, p.operator_mistake_hours)
            }
            Cause::Software => (
                yearly(p.software_faults_per_year),
                Reach::Share(p.software_fault_share),
                p.software_fault_hours,
            ),
        };
        let median_seconds = median_hours * HOUR_SECONDS;
        let length = FailureLaw::LogNormal { median_seconds, sigma: p.duration_sigma };
        let needs_crew = matches!(self, Cause::Disk | Cause::Host | Cause::Rack);
        Rule { law, reach, duration: Duration::Drawn(length), needs_crew }
    }
}

/// The Weibull law with `H(life) = afr * life`, per burst.
fn disk_law(p: &Parameters) -> FailureLaw {
    let bursts = p.disk_afr * p.disk_life_years / p.disk_burst;
    if bursts == 0.0 {
        return FailureLaw::NEVER;
    }
    let life_seconds = p.disk_life_years * YEAR_SECONDS;
    let scale_seconds = life_seconds
        / FailureLaw::Weibull { shape: p.disk_shape, scale_seconds: 1.0 }.age_at(bursts);
    FailureLaw::Weibull { shape: p.disk_shape, scale_seconds }
}
