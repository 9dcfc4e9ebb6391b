//! What an owner has: sites, and in each a row of disks of which parts are out of reach.
//!
//! Disks of a site stand in one row: host `h` holds `disks_per_host` of them from
//! `h * disks_per_host` on, a rack `hosts_per_rack` hosts, one feed the first half of the racks and
//! the other feed the rest. So everything that can be down is an interval of the row, and what is
//! out of reach is the union of the intervals.

use pinwheel_core::SimTime;
use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::parameters::Parameters;
use crate::infrastructure::crew::Crews;

/// An interval of a site's row of disks.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first disk.
    pub from: u32,
    /// The disk after the last.
    pub to: u32,
}

impl Span {
    /// A whole site, however many disks it has or will have.
    pub const WHOLE: Span = Span { from: 0, to: u32::MAX };

    fn unit(index: u32, size: u32) -> Span {
        Span { from: index * size, to: (index + 1) * size }
    }
    /// Whether a disk lies in it.
    pub fn contains(self, disk: u32) -> bool {
        self.from <= disk && disk < self.to
    }
}

/// How many disks make up a host and a rack.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
pub struct Layout {
    /// Disks of a host.
    pub disks_per_host: u32,
    /// Disks of a rack.
    pub disks_per_rack: u32,
    disks_per_crew: u32,
    crews_per_site: u32,
}

impl Layout {
    /// The layout that the parameters describe.
    pub fn new(p: &Parameters) -> Self {
        let disks_per_host = p.disks_per_host as u32;
        Layout {
            disks_per_host,
            disks_per_rack: disks_per_host * p.hosts_per_rack as u32,
            disks_per_crew: p.disks_per_crew as u32,
            crews_per_site: p.crews_per_site as u32,
        }
    }
    /// Units that can be struck by a cause in a site of so many disks.
    pub fn population(&self, cause: Cause, disks: u32) -> u32 {
        match cause {
            Cause::Disk => disks,
            Cause::Host => disks.div_ceil(self.disks_per_host),
            Cause::Rack => disks.div_ceil(self.disks_per_rack),
            Cause::Feed => 2,
            Cause::Site | Cause::Region | Cause::Operator | Cause::Software => 1,
        }
    }
    /// The disks of one unit.
    pub fn span(&self, cause: Cause, unit: u32, disks: u32) -> Span {
        match cause {
            Cause::Disk => Span::unit(unit, 1),
            Cause::Host => Span::unit(unit, self.disks_per_host),
            Cause::Rack => Span::unit(unit, self.disks_per_rack),
            Cause::Feed => {
                let racks = self.population(Cause::Rack, disks);
                let middle = racks.div_ceil(2) * self.disks_per_rack;
                let (from, to) = if unit == 0 { (0, middle) } else { (middle, disks) };
                Span { from, to }
            }
            Cause::Site | Cause::Region | Cause::Operator | Cause::Software => Span::WHOLE,
        }
    }
    /// Crews of a site of so many disks.
    pub fn crews(&self, disks: u32) -> u32 {
        disks.div_ceil(self.disks_per_crew).max(self.crews_per_site)
    }
}

/// Something down in a site.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
pub struct Outage {
    /// Its number, by which its repair knows it.
    pub incident: u32,
    /// What it came from.
    pub cause: Cause,
    /// The disks that it takes down.
    pub span: Span,
    /// False if the data can be read from elsewhere meanwhile (a disk in a redundancy group).
    pub hides: bool,
}

impl Outage {
    /// Whether the data of its disks is gone: a failed disk is replaced by an empty one.
    fn loses(&self) -> bool {
        self.hides && self.cause == Cause::Disk
    }
}

/// A hall of disks with its crews and what is down in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Site {
    /// Its owner, by number.
    pub owner: u32,
    /// Its region, by number.
    pub region: u16,
    /// Disks in it.
    pub disks: u32,
    /// Its crews.
    pub crews: Crews,
    /// ClockScope of the first of the site's clocks, in the order of [`Cause::OF_SITE`].
    pub first_clock: u32,
    /// Sorted by the start of their spans.
    outages: Vec<Outage>,
    unavailable: u32,
}

impl Site {
    /// A site whose disks are all up.
    pub fn new(owner: u32, region: u16, disks: u32, first_clock: u32, layout: &Layout) -> Self {
        let crews = Crews::new(layout.crews(disks));
        Site { owner, region, disks, crews, first_clock, outages: Vec::new(), unavailable: 0 }
    }
    /// Disks out of reach whose data is not gone, each counted once.
    pub fn unavailable(&self) -> u32 {
        self.unavailable
    }
    /// Whether the site as a whole is down.
    pub fn dark(&self) -> bool {
        self.outages.iter().any(|outage| outage.span == Span::WHOLE)
    }
    /// What is down, by the first disk.
    pub fn outages(&self) -> &[Outage] {
        &self.outages
    }
    /// Whether the unit that begins at this span is down by this cause already.
    pub fn is_down(&self, cause: Cause, span: Span) -> bool {
        self.outages
            .iter()
            .any(|o| o.cause == cause && (o.span.from == span.from || o.span.contains(span.from)))
    }
    /// Something goes down.
    pub fn begin(&mut self, outage: Outage) {
        let place = self.outages.partition_point(|other| other.span.from <= outage.span.from);
        self.outages.insert(place, outage);
        self.count();
    }
    /// What went down in this incident is up again.
    pub fn end(&mut self, incident: u32) {
        self.outages.retain(|outage| outage.incident != incident);
        self.count();
    }
    /// It has so many disks from now on, and crews for them.
    pub fn resize(&mut self, disks: u32, layout: &Layout) {
        self.disks = disks;
        self.staff(layout);
        self.count();
    }
    /// Hires or lets go until there are the crews of a site of this size.
    pub fn staff(&mut self, layout: &Layout) {
        self.crews.resize(layout.crews(self.disks));
    }
    /// Measures the union of the hiding spans in one sweep, and takes off the union of those disks
    /// among them whose data is gone.
    fn count(&mut self) {
        let hiding = self.union(|outage| outage.hides);
        self.unavailable = hiding - self.union(Outage::loses);
    }
    fn union(&self, counts: impl Fn(&Outage) -> bool) -> u32 {
        let (mut reached, mut disks) = (0, 0);
        for outage in self.outages.iter().filter(|outage| counts(outage)) {
            let from = outage.span.from.max(reached);
            let to = outage.span.to.min(self.disks);
            disks += to.saturating_sub(from);
            reached = reached.max(to);
        }
        disks
    }
}

/// What the rest of the world sees of an owner's plant.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteStatus {
    /// Whether the owner's node can act: its main site is up, nothing stops the whole owner.
    pub online: bool,
    /// Disks whose data cannot be read now and is not gone, each counted once.
    pub disks_unavailable: u32,
    /// Disks whose data is gone for good, since the start.
    pub disks_lost: u64,
    /// Since when the main site cannot be reached; `None` if it can.
    pub offline_since: Option<SimTime>,
}

/// An owner's sites, which stand in a row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Owner {
    /// The first of them, by number.
    pub first_site: u32,
    /// How many there are.
    pub sites: u32,
    /// Whether its hosts are redundancy groups.
    pub parity: bool,
    /// Since the start; part of the status from the next refresh on.
    pub disks_lost: u64,
    /// What the rest of the world sees of them.
    pub status: SiteStatus,
}

impl Owner {
    /// The owner's sites, the main one first.
    pub fn sites(&self) -> std::ops::Range<usize> {
        self.first_site as usize..(self.first_site + self.sites) as usize
    }
}

/// The disks of the `index`-th of `sites` sites: even shares, the first sites take the rest.
pub fn share_of_site(disks: u32, sites: u32, index: u32) -> u32 {
    disks / sites + u32::from(index < disks % sites)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::Streams;

    #[test]
    fn unavailable_disks_are_the_union_of_the_outages() {
        let layout = Layout::new(&Parameters::default());
        let mut draws = Streams::new(1, 0).stream(0, "test");
        let mut site = Site::new(0, 0, 100, 0, &layout);
        for incident in 0..2_000 {
            let (from, length) = (draws.below(120) as u32, draws.below(40) as u32);
            let span = Span { from, to: from + length };
            let hides = draws.below(4) > 0;
            site.begin(Outage { incident, cause: Cause::Host, span, hides });
            if incident >= 5 {
                site.end(incident - 5);
            }
            if incident % 10 == 0 {
                site.resize(draws.below(130) as u32, &layout);
            }
            let hidden = |disk: &u32| {
                site.outages.iter().any(|outage| outage.hides && outage.span.contains(*disk))
            };
            assert_eq!(site.unavailable() as usize, (0..site.disks).filter(hidden).count());
        }
    }

    #[test]
    fn a_site_is_made_of_hosts_racks_and_two_feeds() {
        let layout = Layout::new(&Parameters::default());
        let disks = 1_000;
        assert_eq!(layout.population(Cause::Host, disks), 28);
        assert_eq!(layout.population(Cause::Rack, disks), 3);
        assert_eq!(layout.span(Cause::Feed, 0, disks), Span { from: 0, to: 720 });
        assert_eq!(layout.span(Cause::Feed, 1, disks), Span { from: 720, to: 1_000 });
        let shares: Vec<u32> = (0..3).map(|site| share_of_site(11, 3, site)).collect();
        assert_eq!(shares, [4, 4, 3]);
    }
}
