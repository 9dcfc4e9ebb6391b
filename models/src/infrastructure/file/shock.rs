//! `[[infrastructure.shock]]` as typed, and its checks.

use pinwheel_core::{SimDuration, SimTime};
use schemars::JsonSchema;
use serde::Deserialize;

use super::law::{self, DurationGiven, LawSection};
use super::{region_named, time};
use crate::infrastructure::settings::{Class, Effect, Reach, Region, Scope, Shock, Timing};
use crate::input::NumberOrText;
use crate::input::check::Checker;
use crate::input::diagnostic::{did_you_mean, shown};
use crate::input::tree::ValueId;
use crate::laws::failure::FailureLaw;

/// A common cause. It needs one of rate, law, every and at.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "ShockSection", extend("required" = ["id", "scope"]))]
pub struct ShockSection {
    /// Its name: letters, digits, "-" and "_".
    #[schemars(with = "String")]
    pub id: Option<ValueId>,
    /// What the devices it reaches have in common.
    #[schemars(with = "String", extend(
        "enum" = ["world", "region", "site", "feed", "carrier", "batch", "owner"]))]
    pub scope: Option<ValueId>,
    /// How often it strikes each place, such as "0.2 /y".
    #[schemars(with = "String")]
    pub rate: Option<ValueId>,
    /// The law of the times at which it strikes a place, under minimal repair.
    pub law: Option<LawSection>,
    /// Time between strikes somewhere.
    #[schemars(with = "String")]
    pub every: Option<ValueId>,
    /// Time of its only strike, from the start.
    #[schemars(with = "String")]
    pub at: Option<ValueId>,
    /// The region it strikes, of scope "region". Default: each place as likely as the others.
    #[schemars(with = "String")]
    pub region: Option<ValueId>,
    /// Different places struck at one time; 0 switches the shock off. Default 1.
    #[schemars(with = "u32")]
    pub places: Option<ValueId>,
    /// Share of a place's devices it reaches. Default all.
    #[schemars(with = "NumberOrText")]
    pub share: Option<ValueId>,
    /// Mean number of devices it reaches (geometric), in place of a share.
    #[schemars(with = "f64")]
    pub burst: Option<ValueId>,
    /// Number of devices it reaches, in place of a share.
    #[schemars(with = "u32")]
    pub devices: Option<ValueId>,
    /// Mean time from the strike until a device goes down. Default 0.
    #[schemars(with = "String")]
    pub spread: Option<ValueId>,
    /// How long devices are down, a time or a law. Without it they fail and must be repaired.
    #[schemars(with = "DurationGiven")]
    pub duration: Option<ValueId>,
    /// Whether the outage ends for all at once (the default) or for each in its own time.
    #[schemars(with = "bool")]
    pub together: Option<ValueId>,
    /// Classes it can reach. Default all.
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub classes: Vec<ValueId>,
}

/// Most places struck at one time.
const PLACES_MAX: i64 = 1_000_000;

const SCOPES: &[(&str, Scope)] = &[
    ("world", Scope::World),
    ("region", Scope::Region),
    ("site", Scope::Site),
    ("feed", Scope::Feed),
    ("carrier", Scope::Carrier),
    ("batch", Scope::Batch),
    ("owner", Scope::Owner),
];

pub(super) fn shock(
    checker: &mut Checker<'_>,
    typed: &ShockSection,
    number: usize,
    (classes, regions): (&[Class], Option<&[Region]>),
) -> Option<Shock> {
    let at = |name: &str| format!("infrastructure.shock[{number}].{name}");
    let id = checker.required(typed.id, &at("id"), "\"grid\"");
    let id = checker.identifier(id, &at("id"))?;
    let scope = checker.required(typed.scope, &at("scope"), "\"region\"");
    let scope = checker.choice(scope, &at("scope"), SCOPES)?;
    let timing = timing(checker, typed, number)?;
    let region = match typed.region {
        Some(given) => Some(region_named(checker, given, &at("region"), regions)?),
        None => None,
    };
    let most = if region.is_some() { 1 } else { PLACES_MAX };
    let places = checker.integer(typed.places, &at("places"), 0..=most);
    let reach = reach(checker, typed, number)?;
    let spread = time(checker, typed.spread, &at("spread"), 0.0);
    let spread = spread.unwrap_or(SimDuration::ZERO);
    let together = checker.boolean(typed.together, &at("together"));
    let effect = match typed.duration {
        None => Effect::Failure,
        Some(given) => Effect::Outage {
            duration: law::duration(checker, Some(given), &at("duration"))?,
            together: together.unwrap_or(spread == SimDuration::ZERO),
        },
    };
    if let (Some(given), true, true) =
        (typed.together, together == Some(true), spread > SimDuration::ZERO)
    {
        let message = "devices that go down one by one do not come up together".to_owned();
        checker.fault(given, &at("together"), message, "leave out together, or spread");
    }
    checker.refuse_empty_list(&at("classes"), "[\"server\"], or leave it out for all");
    let lasting = typed.duration.is_some();
    let prefix = format!("infrastructure.shock[{number}]");
    checker.refuse_idle(
        &prefix,
        &[
            ("together", typed.together, lasting, "outages, which have a duration"),
            ("region", typed.region, scope == Scope::Region, "scope = \"region\""),
        ],
    );
    let mut reached = Vec::new();
    for (place, given) in typed.classes.iter().enumerate() {
        let key = format!("{}[{place}]", at("classes"));
        let Some(name) = checker.text(Some(*given), &key) else { continue };
        match classes.iter().position(|class| class.id == name) {
            Some(class) => reached.push(class as u8),
            None => {
                let help = did_you_mean(&name, classes.iter().map(|class| class.id.as_str()));
                checker.fault(*given, &key, format!("unknown class \"{}\"", shown(&name)), help);
            }
        }
    }
    Some(Shock {
        id,
        scope,
        timing,
        places: places.unwrap_or(1) as u32,
        region: region.filter(|_| scope == Scope::Region),
        reach,
        spread,
        effect,
        classes: reached,
    })
}

fn timing(checker: &mut Checker<'_>, typed: &ShockSection, number: usize) -> Option<Timing> {
    let key = format!("infrastructure.shock[{number}]");
    let at = |name: &str| format!("{key}.{name}");
    let given = [typed.rate, typed.every, typed.at];
    let count = given.iter().flatten().count() + usize::from(typed.law.is_some());
    if count != 1 {
        let message = format!("{count} of rate, law, every and at are given");
        let at = typed.id.or(typed.scope)?;
        checker.fault(at, &key, message, "give one, such as rate = \"0.2 /y\"");
        return None;
    }
    if let Some(typed) = &typed.law {
        return law::law(checker, typed, &at("law")).map(Timing::Law);
    }
    if let Some(given) = typed.rate {
        let rate = checker.quantity(Some(given), &at("rate"), "1/s", false, 0.0..=1.0)?;
        return Some(Timing::Law(FailureLaw::Exponential { rate_per_second: rate }));
    }
    if let Some(given) = typed.every {
        return time(checker, Some(given), &at("every"), 1.0).map(Timing::Every);
    }
    let strikes = time(checker, typed.at, &at("at"), 0.0)?;
    checker.refuse_late(typed.at, &at("at"), strikes);
    Some(Timing::At(SimTime::ZERO + strikes))
}

fn reach(checker: &mut Checker<'_>, typed: &ShockSection, number: usize) -> Option<Reach> {
    let key = format!("infrastructure.shock[{number}]");
    let at = |name: &str| format!("{key}.{name}");
    let count = [typed.share, typed.burst, typed.devices].iter().flatten().count();
    if count > 1 {
        let message = format!("{count} of share, burst and devices are given");
        checker.fault(typed.id?, &key, message, "give one of them, or none for all devices");
        return None;
    }
    if let Some(given) = typed.burst {
        let mean = checker.quantity(Some(given), &at("burst"), "1", true, 1.0..=1e3)?;
        return Some(Reach::Burst(mean));
    }
    if let Some(given) = typed.devices {
        let count = checker.integer(Some(given), &at("devices"), 0..=1_000_000)?;
        return Some(Reach::Devices(count as u32));
    }
    let share = match typed.share {
        Some(given) => checker.share(Some(given), &at("share"), 1.0)?,
        None => 1.0,
    };
    Some(Reach::Share(share))
}
