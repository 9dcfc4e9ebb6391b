//! What a scenario says about its stations, validated.

use pinwheel_core::SimDuration;
use pinwheel_core::distribution::Zipf;

use crate::laws::renewal::Law;
use crate::part::DeviceSet;
pub use crate::policy::balancing::Dispatch;
use serde::{Deserialize, Serialize};

/// Most jobs that wait in one queue; where more come than can ever be served, the rest is lost.
pub const WAITING_ROOM_MAX: u32 = 10_000_000;

/// Stations that serve requests, each on its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The stations, in the order of the scenario.
    pub stations: Vec<StationSettings>,
    /// What happens before this is not measured.
    pub warm_up: SimDuration,
    /// Time between two records.
    pub record_every: SimDuration,
}

/// One kind of request and the servers that answer it.
#[derive(Clone, Debug, PartialEq)]
pub struct StationSettings {
    /// Name of the station; the label of its metrics.
    pub name: String,
    /// Like servers, at least one.
    pub servers: u32,
    /// Time from one arrival to the next.
    pub arrivals: Law,
    /// Time one server needs for one job.
    pub service: Law,
    /// In which order a server takes its jobs.
    pub discipline: Discipline,
    /// The policy by which an arriving job joins a queue.
    pub dispatch: Dispatch,
    /// Jobs that may wait in one queue; more are lost. `None` for no limit.
    pub waiting_room: Option<u32>,
    /// How old the dispatcher's knowledge of the queues is.
    pub information_delay: SimDuration,
    /// What answers a part of the requests at once.
    pub cache: Option<CacheSettings>,
    /// The devices that are its servers; `None` for servers that never fail.
    pub on: Option<OnDevices>,
}

/// Servers that are devices of the fleet, one each.
#[derive(Clone, Debug, PartialEq)]
pub struct OnDevices {
    /// Their classes.
    pub devices: DeviceSet,
    /// What becomes of a job whose device goes down.
    pub on_failure: OnFailure,
}

/// What becomes of a job whose server goes down.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnFailure {
    /// It leaves the station unserved.
    Lose,
    /// It goes back to the head of its queue and begins anew (preemptive repeat).
    Restart,
    /// It goes back to the head of its queue and goes on where it was (preemptive resume).
    Resume,
}

/// The order in which a queue is served.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Discipline {
    /// First come, first served.
    FirstCome,
    /// All jobs of a queue share its servers evenly, none has more than one.
    ProcessorSharing,
}

/// A store of the objects asked for last.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct CacheSettings {
    /// Different objects that are asked for.
    pub objects: u32,
    /// Which of them a request asks for, each independent of the last.
    pub popularity: Zipf,
    /// Objects the store holds.
    pub capacity: u32,
}
