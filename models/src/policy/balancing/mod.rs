//! Balancing: which queue an arriving job joins.
//!
//! Decided by the dispatcher of a station for each job, before the job's size is known. Seen: how
//! many queues there are and, if the policy asks for it, the length of each as last reported, which
//! is as old as the station's `information_delay`. Sources are named in each file.
//!
//! A new policy is a file with `SPEC`, a type and its [`Balance`], and a line in
//! [`for_each_balancing_policy`].

pub mod join_idle_queue;
pub mod join_shortest_queue;
pub mod random;
pub mod round_robin;
pub mod sampled_without_replacement;
pub mod shortest_of_sampled;
pub mod single_queue;

use pinwheel_core::{SimTime, Stream};
use serde::{Deserialize, Serialize};

use super::choice::{PolicyFamily, choice};
use super::telemetry::Telemetry;
use super::telemetry::queues::QueueReports;

/// A policy of balancing: the dispatcher's state between two jobs.
pub trait Balance {
    /// What it must be told.
    type Sees: QueueReports;
    /// The queue that the next job joins, below the number of queues. A random choice draws from
    /// `stream`, which is the dispatcher's own.
    fn choose(&mut self, seen: &Telemetry<'_, Self::Sees>, stream: &mut Stream) -> u32;
}

/// THE registry of the family: hands the list of policies to another macro, a line
/// `Type(parameter: its type) = file` for each.
macro_rules! for_each_balancing_policy {
    ($then:ident) => {
        $then! {
            SingleQueue = single_queue,
            Random = random,
            RoundRobin = round_robin,
            ShortestOfSampled(choices: u32) = shortest_of_sampled,
            JoinShortestQueue = join_shortest_queue,
            JoinIdleQueue = join_idle_queue,
            SampledWithoutReplacement(choices: u32) = sampled_without_replacement,
        }
    };
}

macro_rules! dispatch {
    ($($policy:tt)*) => {
        choice! {
            /// Which queue an arriving job joins, as a scenario says.
            #[derive(Copy)]
            Dispatch;
            $($policy)*
        }
    };
}
for_each_balancing_policy!(dispatch);

macro_rules! balancer {
    ($($variant:ident $(($parameter:ident: $type:ty))? = $module:ident,)*) => {
        /// A policy at work, with what it has been told.
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub enum Balancer {
            $(
                #[doc = concat!("[`", stringify!($module), "`]")]
                $variant {
                    /// The rule, with its own memory.
                    policy: $module::$variant,
                    /// The reports it has been given.
                    seen: <$module::$variant as Balance>::Sees,
                },
            )*
        }

        impl Balancer {
            /// Of empty queues, at time zero.
            pub fn new(dispatch: Dispatch, queues: u32) -> Self {
                match dispatch {
                    $(Dispatch::$variant $(($parameter))? => Balancer::$variant {
                        policy: $module::$variant::new($($parameter)?),
                        seen: QueueReports::new(queues),
                    },)*
                }
            }
            /// The queue that the next job joins.
            pub fn choose(&mut self, now: SimTime, stream: &mut Stream) -> u32 {
                match self {
                    $(Balancer::$variant { policy, seen } => {
                        policy.choose(&Telemetry { now, reports: &*seen }, stream)
                    })*
                }
            }
            /// Whether it is to be told how long queues are.
            pub fn needs_lengths(&self) -> bool {
                match self {
                    $(Balancer::$variant { .. } => {
                        <$module::$variant as Balance>::Sees::LENGTHS
                    })*
                }
            }
            /// Is told that a queue had grown or shrunk by one at the instant `measured`.
            pub fn update(&mut self, queue: u32, longer: bool, measured: SimTime) {
                match self {
                    $(Balancer::$variant { seen, .. } => seen.update(queue, longer, measured),)*
                }
            }
        }
    };
}
for_each_balancing_policy!(balancer);

/// The family, for [`super::FAMILIES`].
pub const FAMILY: PolicyFamily = PolicyFamily {
    name: "balancing",
    key: "service.station.dispatch",
    about: "Which queue an arriving job joins.",
    policies: Dispatch::SPECS,
};
