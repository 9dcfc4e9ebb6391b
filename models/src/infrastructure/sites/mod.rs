//! Sites, racks, hosts and disks of many owners: how they fail and are repaired.
//!
//! Nothing here takes a step: every population of like things has one failure clock ([`Clock`]),
//! every outage one event for its end, and what is idle costs nothing. Hardware waits for its
//! site's crews; shocks that reach much at once - a feed, a site, a region, an owner's mistake, a
//! software fault - are causes of their own ([`cause`]).
//!
//! Left out: ageing by the single unit (a population ages by its mean), spare parts.
//!
//! Invariants: an owner's unavailable disks never exceed its disks; a unit that is down is not
//! struck again; a random stream belongs to one site, owner or region, so that adding an owner
//! moves no other's numbers.

pub mod cause;
pub mod parameters;
pub mod site;

use std::marker::PhantomData;
use std::ops::Range;

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, SimDuration, SimTime, Streams};
use serde::{Deserialize, Serialize};

use cause::{Cause, Rule};

use crate::describe::EventKinds;
use crate::infrastructure::settings::Reach;
use crate::input::dates::YEAR_SECONDS;
use crate::laws::draw::{burst, unit_exponential};
use crate::laws::failure::Clock;
pub use parameters::Parameters;
pub use site::SiteStatus;
use site::{Layout, Outage, Owner, Site, Span, share_of_site};

/// Most disks that fail in one burst.
const BURST_DISKS_MAX: u32 = 64;
/// Owners and sites share the 32 bits of a stream's entity: 24 for the owner, 8 for its site.
const OWNERS_MAX: usize = 1 << 24;
/// Most disks of one owner, so that every span of a site fits into 32 bits.
const DISKS_MAX: u32 = 1 << 30;

/// The kinds of event, in the order of [`Event`].
pub const KINDS: EventKinds = EventKinds { first: 0, names: &["strike", "repair"] };

/// What happens to plants.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A failure clock strikes.
    Strikes {
        /// Which clock, by number.
        clock: u32,
    },
    /// An outage is over.
    Ends {
        /// Which incident, by number.
        incident: u32,
    },
}

impl EngineEvent for Event {
    fn kind(&self) -> u8 {
        KINDS.kind(match self {
            Event::Strikes { .. } => 0,
            Event::Ends { .. } => 1,
        })
    }
}

/// The plant an owner starts with; its sites lie in one region and share the disks evenly.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerPlan {
    /// Its region, by number.
    pub region: u16,
    /// At least one.
    pub sites: u8,
    /// Disks of all its sites.
    pub disks: u32,
}

/// What has happened since the start.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// Outages by [`Cause`], in the order of [`Cause::ALL`].
    pub outages: [u64; Cause::ALL.len()],
    /// Disks that failed.
    pub disks_failed: u64,
    /// Of these, those whose data were lost.
    pub disks_lost: u64,
}

/// What a failure clock covers: one cause at a site, an owner, a region or the whole network.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
enum ClockScope {
    /// A site.
    Site {
        /// Which site, by number.
        site: u32,
        /// What it came from.
        cause: Cause,
    },
    Owner(u32),
    Region(u16),
    Network,
}

impl ClockScope {
    /// What strikes by this clock.
    fn cause(self) -> Cause {
        match self {
            ClockScope::Site { cause, .. } => cause,
            ClockScope::Owner(_) => Cause::Operator,
            ClockScope::Region(_) => Cause::Region,
            ClockScope::Network => Cause::Software,
        }
    }
}

/// An outage under way or waiting for a crew, at some sites of one owner.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Incident {
    cause: Cause,
    first_site: u32,
    sites: u32,
    span: Span,
    /// See [`Outage::hides`].
    hides: bool,
    /// Of the repair, once begun.
    duration: SimDuration,
}

impl Incident {
    /// These sites go dark.
    fn whole(cause: Cause, first_site: u32, sites: u32, duration: SimDuration) -> Self {
        Incident { cause, first_site, sites, span: Span::WHOLE, hides: true, duration }
    }
    fn sites(&self) -> Range<usize> {
        self.first_site as usize..(self.first_site + self.sites) as usize
    }
}

/// The sites of all owners. `P` is the event of the part that stands on them: it carries theirs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Sites<P> {
    parameters: Parameters,
    /// What each cause does, in the order of [`Cause::ALL`].
    rules: Vec<Rule>,
    layout: Layout,
    owners: Vec<Owner>,
    sites: Vec<Site>,
    clocks: Vec<Clock>,
    places: Vec<ClockScope>,
    regions: u16,
    incidents: Vec<Incident>,
    /// Places in `incidents` that may be used again.
    free: Vec<u32>,
    statistics: Statistics,
    carrier: PhantomData<fn() -> P>,
}

impl<P: From<Event>> Sites<P> {
    /// The plants of these owners, all in order. Owners are numbered as given.
    pub fn new(parameters: &Parameters, owners: &[OwnerPlan], streams: &Streams) -> Self {
        let mut sites = Sites {
            parameters: parameters.clone(),
            rules: Cause::ALL.map(|cause| cause.rule(parameters)).to_vec(),
            layout: Layout::new(parameters),
            owners: Vec::with_capacity(owners.len()),
            sites: Vec::new(),
            clocks: Vec::new(),
            places: Vec::new(),
            regions: 0,
            incidents: Vec::new(),
            free: Vec::new(),
            statistics: Statistics::default(),
            carrier: PhantomData,
        };
        let age_seconds = parameters.plant_age_years * YEAR_SECONDS;
        sites.add_clock(ClockScope::Network, 0, 1, 0.0, SimTime::ZERO, streams);
        for plan in owners {
            sites.build(*plan, age_seconds, SimTime::ZERO, streams);
        }
        sites
    }

    /// Starts every clock. Called once, at time zero.
    pub fn start<E: EngineEvent + From<P>>(&mut self, ctx: &mut Context<E>) {
        for clock in 0..self.clocks.len() {
            self.arm(clock, ctx);
        }
    }

    /// An owner joins with new hardware; returns its number.
    pub fn add<E: EngineEvent + From<P>>(&mut self, plan: OwnerPlan, ctx: &mut Context<E>) -> u32 {
        let first_clock = self.clocks.len();
        let streams = *ctx.streams();
        self.build(plan, 0.0, ctx.now(), &streams);
        for clock in first_clock..self.clocks.len() {
            self.arm(clock, ctx);
        }
        self.owners.len() as u32 - 1
    }

    /// Reacts to an event; owners whose status changed are appended to `changed`.
    pub fn handle<E: EngineEvent + From<P>>(
        &mut self,
        event: Event,
        ctx: &mut Context<E>,
        changed: &mut Vec<u32>,
    ) {
        match event {
            Event::Ends { incident } => self.end(incident, ctx, changed),
            Event::Strikes { clock } => {
                let index = clock as usize;
                self.clocks[index].strike(ctx.now());
                match self.places[index] {
                    ClockScope::Site { site, cause } => {
                        self.strike_site(index, site, cause, ctx, changed)
                    }
                    ClockScope::Owner(owner) => self.strike_owner(index, owner, ctx, changed),
                    ClockScope::Region(region) => self.strike_region(index, region, ctx, changed),
                    ClockScope::Network => self.strike_network(index, ctx, changed),
                }
                self.arm(index, ctx);
            }
        }
    }

    /// The numbers that the sites go by.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Goes by other numbers from now on; those that shape what is built stay as they are. Clocks
    /// go on with what is left of their way, by the new law; outages under way last as drawn.
    pub fn follow<E: EngineEvent + From<P>>(
        &mut self,
        parameters: Parameters,
        ctx: &mut Context<E>,
    ) {
        self.layout = Layout::new(&parameters);
        self.rules = Cause::ALL.map(|cause| cause.rule(&parameters)).to_vec();
        self.parameters = parameters;
        for clock in 0..self.clocks.len() {
            let law = &self.rules[self.places[clock].cause() as usize].law;
            if self.clocks[clock].change_law(law, ctx.now()) {
                self.arm(clock, ctx);
            }
        }
        for site in 0..self.sites.len() {
            self.sites[site].staff(&self.layout);
            self.dispatch(site, ctx);
        }
    }

    /// How an owner's plant is now.
    pub fn status(&self, owner: u32) -> SiteStatus {
        self.owners[owner as usize].status
    }
    /// Disks the owner has, failed ones included.
    pub fn disks(&self, owner: u32) -> u32 {
        self.sites[self.owners[owner as usize].sites()].iter().map(|site| site.disks).sum()
    }
    /// How many owners there are.
    pub fn owners(&self) -> u32 {
        self.owners.len() as u32
    }
    /// What has happened since the start.
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }
    /// The owner's sites, the main one first.
    pub fn sites(&self, owner: u32) -> &[Site] {
        &self.sites[self.owners[owner as usize].sites()]
    }

    /// The owner's plant grows or shrinks to so many disks. Clocks go on with what is left of
    /// their way, at the new rate.
    ///
    /// # Panics
    ///
    /// If `disks` is above 2^30.
    pub fn resize<E: EngineEvent + From<P>>(
        &mut self,
        owner: u32,
        disks: u32,
        ctx: &mut Context<E>,
    ) {
        assert!(disks <= DISKS_MAX, "{disks} disks of one owner, above {DISKS_MAX}");
        let range = self.owners[owner as usize].sites();
        let (first, sites) = (range.start, range.len() as u32);
        for index in range {
            let wanted = share_of_site(disks, sites, (index - first) as u32);
            if wanted == self.sites[index].disks {
                continue;
            }
            self.sites[index].resize(wanted, &self.layout);
            for (offset, cause) in Cause::OF_SITE.into_iter().enumerate() {
                let clock = self.sites[index].first_clock as usize + offset;
                let population = self.layout.population(cause, wanted);
                if population != self.clocks[clock].population() {
                    self.clocks[clock].resize(population, ctx.now());
                    self.arm(clock, ctx);
                }
            }
            self.dispatch(index, ctx);
        }
        self.refresh(owner, ctx.now());
    }
}

/// Building.
impl<P: From<Event>> Sites<P> {
    fn build(&mut self, plan: OwnerPlan, age_seconds: f64, now: SimTime, streams: &Streams) {
        assert!(plan.sites > 0, "an owner has a site");
        assert!(plan.disks <= DISKS_MAX, "{} disks of one owner, above {DISKS_MAX}", plan.disks);
        assert!(self.owners.len() < OWNERS_MAX, "at most {OWNERS_MAX} owners");
        while self.regions <= plan.region {
            let region = self.regions;
            self.add_clock(ClockScope::Region(region), u32::from(region), 1, 0.0, now, streams);
            self.regions += 1;
        }
        let owner = self.owners.len() as u32;
        let first_site = self.sites.len() as u32;
        let sites = u32::from(plan.sites);
        for index in 0..sites {
            let disks = share_of_site(plan.disks, sites, index);
            let first_clock = self.clocks.len() as u32;
            for cause in Cause::OF_SITE {
                let place = ClockScope::Site { site: first_site + index, cause };
                let population = self.layout.population(cause, disks);
                let entity = owner << 8 | index;
                self.add_clock(place, entity, population, age_seconds, now, streams);
            }
            self.sites.push(Site::new(owner, plan.region, disks, first_clock, &self.layout));
        }
        self.add_clock(ClockScope::Owner(owner), owner, 1, 0.0, now, streams);
        let draw = streams.stream(owner, "infrastructure.parity").uniform();
        let parity = draw < self.parameters.parity_share;
        let status = SiteStatus { online: true, ..SiteStatus::default() };
        self.owners.push(Owner { first_site, sites, parity, disks_lost: 0, status });
    }

    fn add_clock(
        &mut self,
        place: ClockScope,
        entity: u32,
        population: u32,
        age_seconds: f64,
        now: SimTime,
        streams: &Streams,
    ) {
        let law = self.rules[place.cause() as usize].law.clone();
        let stream = streams.stream(entity, place.cause().purpose());
        self.clocks.push(Clock::new(law, population, age_seconds, now, stream));
        self.places.push(place);
    }

    fn arm<E: EngineEvent + From<P>>(&mut self, clock: usize, ctx: &mut Context<E>) {
        let event = Event::Strikes { clock: clock as u32 };
        self.clocks[clock].arm(P::from(event).into(), ctx);
    }
}

/// Failing. Each strike draws all its numbers whether or not they are used, so that draws of one
/// stream stay in step when the state differs.
impl<P: From<Event>> Sites<P> {
    fn strike_site<E: EngineEvent + From<P>>(
        &mut self,
        clock: usize,
        site: u32,
        cause: Cause,
        ctx: &mut Context<E>,
        changed: &mut Vec<u32>,
    ) {
        let units = match self.rules[cause as usize].reach {
            Reach::Burst(mean) => burst(&mut self.clocks[clock].stream, mean, BURST_DISKS_MAX),
            _ => 1,
        };
        for _ in 0..units {
            let population = self.clocks[clock].population();
            let stream = &mut self.clocks[clock].stream;
            let unit = stream.below(u64::from(population)) as u32;
            let duration = self.rules[cause as usize].duration.draw(stream);
            let state = &self.sites[site as usize];
            let span = self.layout.span(cause, unit, state.disks);
            if state.is_down(cause, span) {
                continue;
            }
            let (span, hides) = match cause {
                Cause::Disk => self.fail_disk(site, span),
                _ => (span, true),
            };
            let incident = Incident { cause, first_site: site, sites: 1, span, hides, duration };
            self.begin(incident, ctx, changed);
        }
    }

    /// What a failed disk takes with it: its own data where there is no parity; nothing where
    /// there is, until one disk too many has failed in its group, and then the group.
    fn fail_disk(&mut self, site: u32, disk: Span) -> (Span, bool) {
        let state = &self.sites[site as usize];
        let owner = &mut self.owners[state.owner as usize];
        self.statistics.disks_failed += 1;
        let (span, lost) = if owner.parity {
            let host = disk.from / self.layout.disks_per_host;
            let group = self.layout.span(Cause::Host, host, state.disks);
            let failed = 1 + state
                .outages()
                .iter()
                .filter(|o| o.cause == Cause::Disk && group.contains(o.span.from))
                .count();
            if failed <= self.parameters.parity_disks as usize {
                return (disk, false);
            }
            (group, u64::from(group.to.min(state.disks) - group.from))
        } else {
            (disk, 1)
        };
        owner.disks_lost += lost;
        self.statistics.disks_lost += lost;
        (span, true)
    }

    /// A mistake stops the owner as a whole or hides part of one of its sites.
    fn strike_owner<E: EngineEvent + From<P>>(
        &mut self,
        clock: usize,
        owner: u32,
        ctx: &mut Context<E>,
        changed: &mut Vec<u32>,
    ) {
        let Owner { first_site, sites, .. } = self.owners[owner as usize];
        let stream = &mut self.clocks[clock].stream;
        let whole = stream.uniform() < self.parameters.operator_whole_share;
        let site = first_site + stream.below(u64::from(sites)) as u32;
        let part = stream.uniform();
        let duration = self.rules[Cause::Operator as usize].duration.draw(stream);
        let mut incident = Incident::whole(Cause::Operator, first_site, sites, duration);
        if !whole {
            let disks = f64::from(self.sites[site as usize].disks);
            let span = Span { from: 0, to: (disks * part) as u32 };
            incident = Incident { first_site: site, sites: 1, span, ..incident };
        }
        self.begin(incident, ctx, changed);
    }

    /// A regional outage reaches a share of the region's sites and ends for all at once.
    fn strike_region<E: EngineEvent + From<P>>(
        &mut self,
        clock: usize,
        region: u16,
        ctx: &mut Context<E>,
        changed: &mut Vec<u32>,
    ) {
        let (streams, now) = (*ctx.streams(), ctx.now().as_nanos());
        let cause = Cause::Region;
        let duration = self.rules[cause as usize].duration.draw(&mut self.clocks[clock].stream);
        let share = self.reached_share(cause);
        for site in 0..self.sites.len() as u32 {
            let Site { owner, region: lies_in, .. } = self.sites[site as usize];
            if lies_in != region {
                continue;
            }
            let entity = owner << 8 | (site - self.owners[owner as usize].first_site);
            let mut stream = streams.indexed(entity, "infrastructure.region.reach", now);
            if stream.uniform() < share {
                self.begin(Incident::whole(cause, site, 1, duration), ctx, changed);
            }
        }
    }

    /// Mean share of its places that a cause reaches.
    fn reached_share(&self, cause: Cause) -> f64 {
        match self.rules[cause as usize].reach {
            Reach::Share(share) => share,
            Reach::Burst(_) | Reach::Devices(_) => 1.0,
        }
    }

    /// A software fault stops a random share of all owners; each recovers in its own time.
    fn strike_network<E: EngineEvent + From<P>>(
        &mut self,
        clock: usize,
        ctx: &mut Context<E>,
        changed: &mut Vec<u32>,
    ) {
        let (streams, now) = (*ctx.streams(), ctx.now().as_nanos());
        let cause = Cause::Software;
        let spread = unit_exponential(&mut self.clocks[clock].stream);
        let share = self.reached_share(cause) * spread;
        for owner in 0..self.owners.len() as u32 {
            let mut stream = streams.indexed(owner, "infrastructure.software.reach", now);
            if stream.uniform() < share {
                let duration = self.rules[cause as usize].duration.draw(&mut stream);
                let Owner { first_site, sites, .. } = self.owners[owner as usize];
                self.begin(Incident::whole(cause, first_site, sites, duration), ctx, changed);
            }
        }
    }
}

/// Going down and coming back.
impl<P: From<Event>> Sites<P> {
    fn begin<E: EngineEvent + From<P>>(
        &mut self,
        incident: Incident,
        ctx: &mut Context<E>,
        changed: &mut Vec<u32>,
    ) {
        let Incident { cause, first_site, span, hides, .. } = incident;
        let number = match self.free.pop() {
            Some(number) => {
                self.incidents[number as usize] = incident;
                number
            }
            None => {
                self.incidents.push(incident);
                self.incidents.len() as u32 - 1
            }
        };
        self.statistics.outages[cause as usize] += 1;
        for site in &mut self.sites[incident.sites()] {
            site.begin(Outage { incident: number, cause, span, hides });
        }
        if self.rules[cause as usize].needs_crew {
            self.sites[first_site as usize].crews.enqueue(number);
            self.dispatch(first_site as usize, ctx);
        } else {
            ctx.after(incident.duration, P::from(Event::Ends { incident: number }).into());
        }
        self.report(first_site, ctx.now(), changed);
    }

    fn end<E: EngineEvent + From<P>>(
        &mut self,
        number: u32,
        ctx: &mut Context<E>,
        changed: &mut Vec<u32>,
    ) {
        let incident = self.incidents[number as usize];
        let Incident { cause, first_site, .. } = incident;
        for site in &mut self.sites[incident.sites()] {
            site.end(number);
        }
        self.free.push(number);
        if self.rules[cause as usize].needs_crew {
            self.sites[first_site as usize].crews.release();
            self.dispatch(first_site as usize, ctx);
        }
        self.report(first_site, ctx.now(), changed);
    }

    /// Sends free crews to waiting incidents.
    fn dispatch<E: EngineEvent + From<P>>(&mut self, site: usize, ctx: &mut Context<E>) {
        while let Some(incident) = self.sites[site].crews.dispatch() {
            let duration = self.incidents[incident as usize].duration;
            ctx.after(duration, P::from(Event::Ends { incident }).into());
        }
    }

    fn report(&mut self, site: u32, now: SimTime, changed: &mut Vec<u32>) {
        let owner = self.sites[site as usize].owner;
        if self.refresh(owner, now) {
            changed.push(owner);
        }
    }

    /// Brings an owner's status up to date; true if it changed.
    fn refresh(&mut self, owner: u32, now: SimTime) -> bool {
        let owner = &mut self.owners[owner as usize];
        let sites = &self.sites[owner.sites()];
        let online = !sites[0].dark();
        let status = SiteStatus {
            online,
            disks_unavailable: sites.iter().map(Site::unavailable).sum(),
            disks_lost: owner.disks_lost,
            offline_since: if online { None } else { owner.status.offline_since.or(Some(now)) },
        };
        let changed = status != owner.status;
        owner.status = status;
        changed
    }
}
