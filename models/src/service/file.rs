//! `[service]` as typed, and its checks.

use pinwheel_core::SimDuration;
use pinwheel_core::distribution::Zipf;
use schemars::JsonSchema;
use serde::Deserialize;

use super::settings::{
    CacheSettings, Discipline, Dispatch, OnDevices, OnFailure, Settings, StationSettings,
    WAITING_ROOM_MAX,
};
use crate::input::check::Checker;
use crate::input::dates::DAY_SECONDS;
use crate::input::tree::ValueId;
use crate::laws::renewal::Law;
use crate::part::{ClassNames, Known};
use crate::policy::balancing::Balancer;
use crate::policy::choice::Given;

const STATIONS_MAX: usize = 1_000;
const SERVERS_MAX: i64 = 1_000_000;
const OBJECTS_MAX: i64 = 10_000_000;
const PHASES_MAX: i64 = 1_000;
/// Shortest mean that is not lost in the clock's nanoseconds, and a year.
pub(super) const MEAN_SECONDS: std::ops::RangeInclusive<f64> = 1e-6..=3.2e7;

/// Stations that serve requests.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "ServiceSection", extend("required" = ["station"]))]
pub struct Section {
    /// What happens before this is not measured. Default 0.
    #[schemars(with = "String")]
    pub warm_up: Option<ValueId>,
    /// Time between two records, such as "1 h" or "12 s": a part of a day, or whole days. Default
    /// "1 d".
    #[schemars(with = "String")]
    pub record_every: Option<ValueId>,
    /// `dispatch` of the stations that do not say.
    #[schemars(with = "Dispatch")]
    pub dispatch: Option<ValueId>,
    /// `information_delay` of the stations that do not say.
    #[schemars(with = "String")]
    pub information_delay: Option<ValueId>,
    /// The stations, each with requests of its own.
    #[schemars(length(min = 1))]
    pub station: Vec<StationSection>,
}

/// One kind of request and the servers that answer it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["id", "arrivals", "service"]))]
pub struct StationSection {
    /// Name of the station and label of its metrics.
    #[schemars(with = "String")]
    pub id: Option<ValueId>,
    /// Like servers. Default 1.
    #[schemars(with = "u32", range(min = 1, max = 1_000_000))]
    pub servers: Option<ValueId>,
    /// Time between requests.
    #[schemars(with = "LawSection")]
    pub arrivals: Option<LawSection>,
    /// Time one server needs for one job.
    #[schemars(with = "LawSection")]
    pub service: Option<LawSection>,
    /// First come first served, shared evenly, or lost where no server is free. Default
    /// "first_come".
    #[schemars(with = "String", extend("enum" = ["first_come", "processor_sharing", "loss"]))]
    pub discipline: Option<ValueId>,
    /// Which queue a job joins: one queue for all servers ("single_queue", the default), or one for
    /// each server and a policy that chooses, such as "random" or "sq2".
    #[schemars(with = "Dispatch")]
    pub dispatch: Option<ValueId>,
    /// Jobs that may wait in one queue. Default: 10,000,000, the most there is.
    #[schemars(with = "u32")]
    pub waiting_room: Option<ValueId>,
    /// Age of what the dispatcher knows of the queues. Default 0.
    #[schemars(with = "String")]
    pub information_delay: Option<ValueId>,
    /// A store that answers a part of the requests at once.
    pub cache: Option<CacheSection>,
    /// The class of devices, or a list of classes, whose devices are the servers, in place of
    /// `servers`. A server fails and comes back with its device.
    #[schemars(with = "ClassNames")]
    pub on: Option<ValueId>,
    /// What becomes of a job whose device goes down: "restart" (at the head of its queue, from the
    /// beginning; the default), "resume" (where it was) or "lose".
    #[schemars(with = "String", extend("enum" = ["restart", "resume", "lose"]))]
    pub on_failure: Option<ValueId>,
}

/// The law of a length of time.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["law", "mean"]))]
pub struct LawSection {
    /// "exponential" (Poisson arrivals), "fixed", "erlang" (with `phases`), "log_normal" (with
    /// `sigma`) or "hyperexponential" (with `cv_squared`).
    #[schemars(with = "String", extend("enum" =
        ["exponential", "fixed", "erlang", "log_normal", "hyperexponential"]))]
    pub law: Option<ValueId>,
    /// Such as "1.25 s".
    #[schemars(with = "String")]
    pub mean: Option<ValueId>,
    /// Number of equal exponential phases. For "erlang".
    #[schemars(with = "u32", range(min = 1, max = 1_000))]
    pub phases: Option<ValueId>,
    /// Standard deviation of the logarithm.
    #[schemars(with = "f64")]
    pub sigma: Option<ValueId>,
    /// Variance over the squared mean, at least 1.
    #[schemars(with = "f64")]
    pub cv_squared: Option<ValueId>,
}

/// A store of the objects asked for last.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["objects", "capacity"]))]
pub struct CacheSection {
    /// Different objects that are asked for.
    #[schemars(with = "u32", range(min = 1, max = 10_000_000))]
    pub objects: Option<ValueId>,
    /// Exponent of Zipf's law of their popularity. Default 1.
    #[schemars(with = "f64")]
    pub zipf_exponent: Option<ValueId>,
    /// Objects the store holds.
    #[schemars(with = "u32")]
    pub capacity: Option<ValueId>,
}

/// The validated layer; whatever is wrong is a fault.
pub fn settings(checker: &mut Checker<'_>, given: ValueId, known: &Known) -> Option<Settings> {
    let typed: Section = checker.read(given, "service");
    let warm_up = duration(checker, typed.warm_up, "service.warm_up");
    let record_every = checker.record_every(typed.record_every, "service.record_every")?;
    if typed.station.is_empty() {
        checker.required(None, "service.station", "[{ id = \"web\", ... }]");
    }
    if let Some(id) = typed.station.get(STATIONS_MAX).and_then(|station| station.id) {
        let message = format!("{} stations", typed.station.len());
        checker.fault(id, "service.station", message, format!("at most {STATIONS_MAX}"));
        return None;
    }
    let (policy, delay) = (typed.dispatch, typed.information_delay);
    for (name, given, all_say) in [
        ("dispatch", policy, typed.station.iter().all(|of| of.dispatch.is_some())),
        ("information_delay", delay, typed.station.iter().all(|of| of.information_delay.is_some())),
    ] {
        if all_say {
            let whom = "stations that do not say their own";
            checker.refuse_idle("service", &[(name, given, false, whom)]);
        }
    }
    let (mut stations, mut ids) = (Vec::new(), Vec::new());
    for (number, section) in typed.station.iter().enumerate() {
        let built = station(checker, &typed, number, known);
        ids.extend(built.iter().map(|station| (section.id, station.name.clone())));
        stations.extend(built);
    }
    checker.unique(&ids, "service.station");
    (stations.len() == typed.station.len() && !stations.is_empty()).then_some(Settings {
        stations,
        warm_up,
        record_every,
    })
}

fn station(
    checker: &mut Checker<'_>,
    all: &Section,
    number: usize,
    known: &Known,
) -> Option<StationSettings> {
    let typed = &all.station[number];
    let table = format!("service.station[{number}]");
    let key = |name: &str| format!("{table}.{name}");
    let name = checker.required(typed.id, &key("id"), "\"web\"");
    let name = checker.identifier(name, &key("id"));
    let servers = checker.integer(typed.servers, &key("servers"), 1..=SERVERS_MAX);
    let arrivals = law(checker, typed.arrivals.as_ref(), &key("arrivals"));
    let service = law(checker, typed.service.as_ref(), &key("service"));
    let (discipline, waiting_room) = discipline(checker, typed, &key);
    let on = on_devices(checker, typed, discipline, &key, known)?;
    let dispatch = match typed.dispatch {
        Some(given) => dispatch(checker, Some(given), &table),
        None => dispatch(checker, all.dispatch, "service"),
    };
    let information_delay = match typed.information_delay {
        Some(given) => duration(checker, Some(given), &key("information_delay")),
        None => duration(checker, all.information_delay, "service.information_delay"),
    };
    let cache = typed.cache.as_ref().map(|typed| cache(checker, typed, &key("cache")));
    let servers = match &on {
        Some(on) => known.count(&on.devices),
        None => u32::try_from(servers.unwrap_or(1)).ok()?,
    };
    refuse_idle(checker, all, number, dispatch?, servers);
    Some(StationSettings {
        name: name?,
        servers,
        on,
        arrivals: arrivals?,
        service: service?,
        discipline,
        dispatch: dispatch?,
        waiting_room,
        information_delay,
        cache: match cache {
            Some(cache) => Some(cache?),
            None => None,
        },
    })
}

/// Notes whether the policy of a station, and the delay of what it is told, have an effect: the one
/// where there is a server to choose, the other where the policy looks at queues.
fn refuse_idle(
    checker: &mut Checker<'_>,
    all: &Section,
    number: usize,
    dispatch: Dispatch,
    servers: u32,
) {
    let typed = &all.station[number];
    let chooses = servers > 1;
    let looks = chooses && Balancer::new(dispatch, 1).needs_lengths();
    let (several, lengths) =
        ("stations with more than one server", "policies that look at the lengths of queues");
    let station = format!("service.station[{number}]");
    for (table, dispatch, delay) in [
        (station.as_str(), typed.dispatch, typed.information_delay),
        (
            "service",
            all.dispatch.filter(|_| typed.dispatch.is_none()),
            all.information_delay.filter(|_| typed.information_delay.is_none()),
        ),
    ] {
        checker.refuse_idle(
            table,
            &[
                ("dispatch", dispatch, chooses, several),
                ("information_delay", delay, looks, lengths),
            ],
        );
    }
}

/// The devices that are the servers; `Some(None)` if none are named.
fn on_devices(
    checker: &mut Checker<'_>,
    typed: &StationSection,
    discipline: Discipline,
    key: &dyn Fn(&str) -> String,
    known: &Known,
) -> Option<Option<OnDevices>> {
    let choices =
        [("restart", OnFailure::Restart), ("resume", OnFailure::Resume), ("lose", OnFailure::Lose)];
    let on_failure = checker.choice(typed.on_failure, &key("on_failure"), &choices);
    let Some(given) = typed.on else {
        if let Some(given) = typed.on_failure {
            let message = "has no effect on servers that never fail".to_owned();
            let help = "name their class of devices, such as on = \"gpu\", or leave it out";
            checker.fault(given, &key("on_failure"), message, help);
        }
        return Some(None);
    };
    let devices = known.device_set(checker, given, &key("on"))?;
    if let Some(given) = typed.servers {
        let message =
            format!("beside `on`, whose {} devices are the servers", known.count(&devices));
        checker.fault(given, &key("servers"), message, "leave it out");
    }
    if discipline == Discipline::ProcessorSharing && on_failure != Some(OnFailure::Resume) {
        let message = "jobs that share their servers are on none of them".to_owned();
        let help = "write on_failure = \"resume\", or discipline = \"first_come\"";
        checker.fault(given, &key("on_failure"), message, help);
        return None;
    }
    let on_failure = on_failure.unwrap_or(OnFailure::Restart);
    Some(Some(OnDevices { devices, on_failure }))
}

/// The discipline of a queue and its waiting room, which a station that loses does not have.
fn discipline(
    checker: &mut Checker<'_>,
    typed: &StationSection,
    key: &dyn Fn(&str) -> String,
) -> (Discipline, Option<u32>) {
    let choices = [
        ("first_come", (Discipline::FirstCome, false)),
        ("processor_sharing", (Discipline::ProcessorSharing, false)),
        ("loss", (Discipline::FirstCome, true)),
    ];
    let chosen = checker.choice(typed.discipline, &key("discipline"), &choices);
    let (discipline, loss) = chosen.unwrap_or((Discipline::FirstCome, false));
    let room =
        checker.integer(typed.waiting_room, &key("waiting_room"), 0..=WAITING_ROOM_MAX.into());
    if let (true, Some(given)) = (loss, typed.waiting_room) {
        let message = "a station that loses what it cannot serve has no waiting room".to_owned();
        let help = "leave it out, or write discipline = \"first_come\"";
        checker.fault(given, &key("waiting_room"), message, help);
    }
    let room = room.and_then(|room| u32::try_from(room).ok());
    (discipline, if loss { Some(0) } else { room })
}

/// A length of time up to a day; none is zero.
fn duration(checker: &mut Checker<'_>, given: Option<ValueId>, key: &str) -> SimDuration {
    let seconds = checker.quantity(given, key, "s", false, 0.0..=DAY_SECONDS);
    SimDuration::from_seconds_f64(seconds.unwrap_or(0.0))
}

/// The policy of balancing that `dispatch` of a table names.
fn dispatch(checker: &mut Checker<'_>, name: Option<ValueId>, table: &str) -> Option<Dispatch> {
    Dispatch::read(&mut Given { checker, table, key: "dispatch", name, beside: &[] })
}

#[derive(Copy, Clone, PartialEq)]
enum Kind {
    Exponential,
    Fixed,
    Erlang,
    LogNormal,
    Hyperexponential,
}

fn law(checker: &mut Checker<'_>, typed: Option<&LawSection>, at: &str) -> Option<Law> {
    let key = |name: &str| format!("{at}.{name}");
    let Some(typed) = typed else {
        checker.required(None, at, "{ law = \"exponential\", mean = \"1 s\" }");
        return None;
    };
    let kinds = [
        ("exponential", Kind::Exponential),
        ("fixed", Kind::Fixed),
        ("erlang", Kind::Erlang),
        ("log_normal", Kind::LogNormal),
        ("hyperexponential", Kind::Hyperexponential),
    ];
    let given = checker.required(typed.law, &key("law"), "\"exponential\"");
    let kind = checker.choice(given, &key("law"), &kinds);
    let mean = checker.required(typed.mean, &key("mean"), "\"1 s\"");
    let mean = checker.quantity(mean, &key("mean"), "s", false, MEAN_SECONDS);
    let kind = kind?;
    // A key of another law would be silently without effect.
    for (name, given, of) in [
        ("phases", typed.phases, Kind::Erlang),
        ("sigma", typed.sigma, Kind::LogNormal),
        ("cv_squared", typed.cv_squared, Kind::Hyperexponential),
    ] {
        if let (Some(given), true) = (given, kind != of) {
            let message = "has no meaning for this law".to_owned();
            checker.fault(given, &key(name), message, "leave it out");
        }
    }
    let law = match kind {
        Kind::Exponential => Law::exponential(mean?),
        Kind::Fixed => Ok(Law::fixed(mean?)),
        Kind::Erlang => {
            let given = checker.required(typed.phases, &key("phases"), "4");
            let phases = checker.integer(given, &key("phases"), 1..=PHASES_MAX)?;
            Law::erlang(mean?, u32::try_from(phases).ok()?)
        }
        Kind::LogNormal => {
            let given = checker.required(typed.sigma, &key("sigma"), "1.0");
            let sigma = checker.quantity(given, &key("sigma"), "1", true, 0.0..=5.0)?;
            Law::log_normal(mean?, sigma)
        }
        Kind::Hyperexponential => {
            let given = checker.required(typed.cv_squared, &key("cv_squared"), "10");
            let cv_squared = checker.quantity(given, &key("cv_squared"), "1", true, 1.0..=1e4)?;
            Law::hyperexponential(mean?, cv_squared)
        }
    };
    law.ok()
}

fn cache(checker: &mut Checker<'_>, typed: &CacheSection, at: &str) -> Option<CacheSettings> {
    let key = |name: &str| format!("{at}.{name}");
    let given = checker.required(typed.objects, &key("objects"), "100_000");
    let objects = checker.integer(given, &key("objects"), 1..=OBJECTS_MAX)?;
    let exponent =
        checker.quantity(typed.zipf_exponent, &key("zipf_exponent"), "1", true, 0.0..=10.0);
    let given = checker.required(typed.capacity, &key("capacity"), "1_000");
    let capacity = checker.integer(given, &key("capacity"), 0..=i64::try_from(objects).ok()?)?;
    Some(CacheSettings {
        objects: u32::try_from(objects).ok()?,
        popularity: Zipf::new(objects, exponent.unwrap_or(1.0)).ok()?,
        capacity: u32::try_from(capacity).ok()?,
    })
}
