//! What is measured at a station, in whole nanoseconds: sums are exact, whatever their order.

use pinwheel_core::{SimDuration, SimTime};
use serde::{Deserialize, Serialize};

use crate::laws::sketch::Sketch;

/// Counts and sums of one station.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measure {
    /// Servers there are, up or down.
    servers: u32,
    present: u32,
    busy: u32,
    /// Servers that are up.
    up: u32,
    /// Up to when `areas` and `little` are summed.
    at: SimTime,
    /// Since when the areas and the jobs are counted.
    since: SimTime,
    /// Sum of the instants at which the jobs present came.
    came_nanos: u128,
    areas: Areas,
    jobs: Jobs,
    little: Little,
    /// `little` when the station was last empty.
    closed_cycles: Little,
    waits: Sketch,
}

/// Integrals over time.
#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
struct Areas {
    present_nanos: u128,
    busy_nanos: u128,
    up_nanos: u128,
    /// Of all servers, up or down.
    servers_nanos: u128,
}

#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
struct Jobs {
    requests: u64,
    hits: u64,
    lost: u64,
    entered: u64,
    /// Of those entered, the ones no server was free for.
    waited: u64,
    served: u64,
    /// Of the jobs in service, those whose server went down, and those that left for it.
    interrupted: u64,
    lost_in_service: u64,
    wait_nanos: u128,
    response_nanos: u128,
}

/// The two sides of Little's law since the start of the run, summed apart: the jobs present over
/// time, and the time each job that left was present (Little 1961; on one path from an empty
/// station to an empty one they are equal, Stidham 1974).
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Little {
    /// Time since the start, nanoseconds.
    pub elapsed_nanos: u64,
    /// Jobs that left.
    pub jobs: u64,
    /// Number of jobs at the station, integrated over time: job nanoseconds.
    pub present_nanos: u128,
    /// Time from arrival to departure, summed over the jobs: nanoseconds.
    pub stay_nanos: u128,
}

impl Little {
    /// Mean number of jobs present.
    pub fn l(&self) -> f64 {
        self.present_nanos as f64 / self.elapsed_nanos as f64
    }
    /// Jobs a second.
    pub fn lambda_per_second(&self) -> f64 {
        self.jobs as f64 / SimDuration::from_nanos(self.elapsed_nanos).as_seconds()
    }
    /// Mean stay of a job.
    pub fn w_seconds(&self) -> f64 {
        ratio(self.stay_nanos, self.jobs) / 1e9
    }
}

fn ratio(sum: u128, count: u64) -> f64 {
    if count == 0 { 0.0 } else { sum as f64 / count as f64 }
}

impl Measure {
    pub(super) fn new(servers: u32) -> Self {
        Measure {
            servers,
            present: 0,
            busy: 0,
            up: servers,
            at: SimTime::ZERO,
            since: SimTime::ZERO,
            came_nanos: 0,
            areas: Areas::default(),
            jobs: Jobs::default(),
            little: Little::default(),
            closed_cycles: Little::default(),
            waits: Sketch::default(),
        }
    }

    /// Counts from now on.
    pub(super) fn restart(&mut self, now: SimTime) {
        self.advance(now);
        self.since = now;
        self.areas = Areas::default();
        self.jobs = Jobs::default();
        self.waits = Sketch::default();
    }

    /// Sums up to now.
    pub(super) fn advance(&mut self, now: SimTime) {
        let elapsed_nanos = now.since(self.at).as_nanos();
        let present_nanos = u128::from(self.present) * u128::from(elapsed_nanos);
        self.areas.present_nanos += present_nanos;
        self.areas.busy_nanos += u128::from(self.busy) * u128::from(elapsed_nanos);
        self.areas.up_nanos += u128::from(self.up) * u128::from(elapsed_nanos);
        self.areas.servers_nanos += u128::from(self.servers) * u128::from(elapsed_nanos);
        self.little.present_nanos += present_nanos;
        self.little.elapsed_nanos += elapsed_nanos;
        self.at = now;
    }

    pub(super) fn request(&mut self, hit: bool) {
        self.jobs.requests += 1;
        self.jobs.hits += u64::from(hit);
    }

    pub(super) fn lose(&mut self) {
        self.jobs.lost += 1;
    }

    /// A job enters a queue; a server is free for it or not.
    pub(super) fn enter(&mut self, now: SimTime, at_once: bool) {
        self.advance(now);
        self.present += 1;
        self.came_nanos += u128::from(now.as_nanos());
        self.busy += u32::from(at_once);
        self.jobs.entered += 1;
        self.jobs.waited += u64::from(!at_once);
    }

    /// A server comes up or goes down.
    pub(super) fn turn_server(&mut self, now: SimTime, up: bool) {
        self.advance(now);
        self.up = if up { self.up + 1 } else { self.up - 1 };
    }

    /// One more server is there; it comes up apart from that.
    pub(super) fn join_server(&mut self, now: SimTime) {
        self.advance(now);
        self.servers += 1;
    }

    /// A queue has so many servers at work instead of so many.
    pub(super) fn set_busy(&mut self, now: SimTime, before: u32, after: u32) {
        self.advance(now);
        self.busy = self.busy + after - before;
    }

    /// The server of a job went down; the job leaves if its arrival is given.
    pub(super) fn interrupt(&mut self, now: SimTime, lost: Option<SimTime>) {
        self.advance(now);
        self.jobs.interrupted += 1;
        let Some(arrived) = lost else { return };
        self.jobs.lost_in_service += 1;
        self.present -= 1;
        self.came_nanos -= u128::from(arrived.as_nanos());
        self.little.jobs += 1;
        self.little.stay_nanos += u128::from(now.since(arrived).as_nanos());
        if self.present == 0 {
            self.closed_cycles = self.little;
        }
    }

    /// A job leaves; its server falls idle or not.
    pub(super) fn leave(&mut self, now: SimTime, arrived: SimTime, size: SimDuration, idle: bool) {
        self.advance(now);
        self.present -= 1;
        self.came_nanos -= u128::from(arrived.as_nanos());
        self.busy -= u32::from(idle);
        let response = now.since(arrived);
        self.little.jobs += 1;
        self.little.stay_nanos += u128::from(response.as_nanos());
        if self.present == 0 {
            self.closed_cycles = self.little;
        }
        // Every job that leaves counts, whenever it came: to count only those that came and left
        // in the time that is measured would leave out long stays.
        let wait = response - size;
        self.jobs.served += 1;
        self.jobs.wait_nanos += u128::from(wait.as_nanos());
        self.jobs.response_nanos += u128::from(response.as_nanos());
        self.waits.add(wait);
    }

    /// Whether no job is at the station now.
    pub fn is_empty(&self) -> bool {
        self.present == 0
    }
    /// The two sides of Little's law up to now: the jobs present over time, and the stays of all
    /// that came, those of the present ones so far. In nanoseconds, equal to the last one.
    pub fn balance(&self) -> (u128, u128) {
        let present = u128::from(self.present) * u128::from(self.at.as_nanos());
        let stays = self.little.stay_nanos + present - self.came_nanos;
        (self.little.present_nanos, stays)
    }
    /// Little's law over the busy cycles that are closed.
    pub fn closed_cycles(&self) -> Little {
        self.closed_cycles
    }
    /// Requests that came.
    pub fn requests(&self) -> u64 {
        self.jobs.requests
    }
    /// Jobs that left.
    pub fn served(&self) -> u64 {
        self.jobs.served
    }
    /// Mean time at the station without the time of service itself, seconds.
    pub fn wait_mean_seconds(&self) -> f64 {
        ratio(self.jobs.wait_nanos, self.jobs.served) / 1e9
    }
    /// The wait that this share of the jobs stays below, seconds.
    pub fn wait_quantile_seconds(&self, share: f64) -> f64 {
        self.waits.quantile(share).as_seconds()
    }
    /// Mean time from arrival to departure, seconds.
    pub fn response_mean_seconds(&self) -> f64 {
        ratio(self.jobs.response_nanos, self.jobs.served) / 1e9
    }
    /// Share of the jobs that waited at all.
    pub fn waited_share(&self) -> f64 {
        ratio(u128::from(self.jobs.waited), self.jobs.entered)
    }
    /// Share of the jobs that found no room and left at once.
    pub fn lost_share(&self) -> f64 {
        ratio(u128::from(self.jobs.lost), self.jobs.lost + self.jobs.entered)
    }
    /// Jobs that left because their server went down, of all that entered.
    pub fn lost_in_service_share(&self) -> f64 {
        ratio(u128::from(self.jobs.lost_in_service), self.jobs.entered)
    }
    /// Times the server of a job went down, by jobs that entered.
    pub fn interruptions_per_job(&self) -> f64 {
        ratio(u128::from(self.jobs.interrupted), self.jobs.entered)
    }
    /// Share of the servers that were up, averaged over time.
    pub fn servers_up_share(&self) -> f64 {
        ratio(self.areas.up_nanos, self.elapsed_nanos()) / self.servers_mean()
    }
    /// Servers there were, averaged over time: exactly their number where none joined.
    fn servers_mean(&self) -> f64 {
        let elapsed = u128::from(self.elapsed_nanos());
        if elapsed == 0 {
            return f64::from(self.servers);
        }
        let (whole, rest) =
            (self.areas.servers_nanos / elapsed, self.areas.servers_nanos % elapsed);
        whole as f64 + rest as f64 / elapsed as f64
    }
    /// Share of the requests that the cache answered.
    pub fn hit_share(&self) -> f64 {
        ratio(u128::from(self.jobs.hits), self.jobs.requests)
    }
    /// Share of the servers' time in which they served.
    pub fn utilisation(&self) -> f64 {
        ratio(self.areas.busy_nanos, self.elapsed_nanos()) / self.servers_mean()
    }
    /// Jobs beyond those in service.
    pub fn queue_length(&self) -> f64 {
        ratio(self.areas.present_nanos - self.areas.busy_nanos, self.elapsed_nanos())
    }
    fn elapsed_nanos(&self) -> u64 {
        self.at.since(self.since).as_nanos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two servers, a third after a day: over two days there were 2.5.
    #[test]
    fn a_server_that_joins_counts_from_then_on() {
        let day = |days| SimTime::ZERO + SimDuration::from_days(days);
        let mut measure = Measure::new(2);
        measure.turn_server(day(0), false);
        measure.set_busy(day(0), 0, 1);
        measure.join_server(day(1));
        measure.turn_server(day(1), true);
        measure.set_busy(day(1), 1, 2);
        measure.advance(day(2));
        assert_eq!(measure.utilisation(), 3.0 / 5.0);
        assert_eq!(measure.servers_up_share(), 3.0 / 5.0);
        measure.restart(day(2));
        measure.advance(day(3));
        assert_eq!(measure.utilisation(), 2.0 / 3.0);
    }

    #[test]
    fn the_mean_of_servers_that_stay_is_their_number() {
        let mut measure = Measure::new(7);
        measure.advance(SimTime::from_nanos(u64::MAX / 3 + 12_345));
        assert_eq!(measure.servers_mean(), 7.0);
    }
}
