//! `[data.store]`: objects, their repair, damage and shocks.

use pinwheel_core::SimDuration;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{PER_SECOND, code, count, duration, mean};
use crate::data::coding::Code;
use crate::data::settings::{
    DamageSettings, Effect, Fidelity, NodeSettings, RepairSettings, Shock, StoreSettings, Verify,
};
use crate::input::check::Checker;
use crate::input::tree::ValueId;
use crate::laws::draw::Duration;
use crate::part::{DeviceSet, Known};
use crate::policy::choice::Given;
use crate::policy::placement::Placement;
use crate::policy::telemetry::nodes::DomainKind;

const OBJECTS_MAX: i64 = 1_000_000;
const PIECES_MAX: u64 = 10_000_000;
const SHOCKS_MAX: usize = 100;
const OBJECT_BYTES: std::ops::RangeInclusive<f64> = 1.0..=1e15;
/// Real bytes are kept in memory.
const REAL_BYTES_MAX: f64 = 256e6;

/// Objects as pieces on the nodes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["objects", "object_size", "needed", "pieces", "repair"]))]
pub struct StoreSection {
    /// How many objects are stored.
    #[schemars(with = "u32", range(min = 1, max = 1_000_000))]
    pub objects: Option<ValueId>,
    /// Bytes of an object, such as "1 GiB".
    #[schemars(with = "String")]
    pub object_size: Option<ValueId>,
    /// Pieces that give an object back; 1 for plain copies.
    #[schemars(with = "u32", range(min = 1, max = 255))]
    pub needed: Option<ValueId>,
    /// Pieces that are stored.
    #[schemars(with = "u32", range(min = 2, max = 256))]
    pub pieces: Option<ValueId>,
    /// Whether bytes are counted, or encoded, hashed and rebuilt. Default "modelled".
    #[schemars(with = "String", extend("enum" = ["modelled", "real"]))]
    pub coding: Option<ValueId>,
    /// Which node takes a piece. Default "spread".
    #[schemars(with = "Placement")]
    pub placement: Option<ValueId>,
    /// Domains that the pieces of an object are spread over, the most important first: "region",
    /// "owner", "site". Default none.
    #[schemars(with = "Vec<String>")]
    pub spread: Vec<ValueId>,
    /// Share of the objects that censors refuse. Default 0.
    #[schemars(with = "String")]
    pub contested: Option<ValueId>,
    /// A lost object is stored anew at once, so that losses can be counted. Default false.
    #[schemars(with = "bool")]
    pub renew_lost: Option<ValueId>,
    /// Reads of all objects together, such as "10 /h". Default none.
    #[schemars(with = "String")]
    pub reads: Option<ValueId>,
    /// How missing pieces are made anew.
    #[schemars(with = "RepairSection")]
    pub repair: Option<RepairSection>,
    /// What changes bytes, and what finds it.
    #[schemars(with = "DamageSection")]
    pub damage: Option<DamageSection>,
    /// What happens to whole domains.
    pub shock: Vec<ShockSection>,
}

/// How missing pieces are made anew.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RepairSection {
    /// Time of one rebuild: its mean, or all of it.
    #[schemars(with = "String")]
    pub time: Option<ValueId>,
    /// Instead of `time`: the bandwidth of one rebuild, such as "10 MB/s".
    #[schemars(with = "String")]
    pub bandwidth: Option<ValueId>,
    /// Whether `time` is the mean of an exponential or the same each time. Default "exponential".
    #[schemars(with = "String", extend("enum" = ["exponential", "fixed"]))]
    pub law: Option<ValueId>,
    /// Repair of an object begins when so many pieces are left. Default one fewer than stored.
    #[schemars(with = "u32")]
    pub begins_at: Option<ValueId>,
    /// Most rebuilds of one object at a time; 1 is serial repair. Default no bound.
    #[schemars(with = "u32")]
    pub at_once_per_object: Option<ValueId>,
    /// Most rebuilds at a time. Default no bound.
    #[schemars(with = "u32")]
    pub at_once: Option<ValueId>,
    /// A node that is down this long is not counted on. Default it always is.
    #[schemars(with = "String")]
    pub gives_up_after: Option<ValueId>,
}

/// What changes bytes, and what finds it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["verify"]))]
pub struct DamageSection {
    /// How often a piece rots, such as "2 %/y". Default never.
    #[schemars(with = "String")]
    pub rot: Option<ValueId>,
    /// How often a piece is tampered with, together with the hash beside it. Default never.
    #[schemars(with = "String")]
    pub tamper: Option<ValueId>,
    /// Every node checks all its pieces this often. Default never.
    #[schemars(with = "String")]
    pub scrub: Option<ValueId>,
    /// What pieces are held against: nothing, the hash beside the piece, or the owner's list.
    #[schemars(with = "String", extend("enum" = ["nothing", "local", "manifest"]))]
    pub verify: Option<ValueId>,
}

/// Something that happens to one domain.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["after", "domain", "effect"]))]
pub struct ShockSection {
    /// When, counted from the start.
    #[schemars(with = "String")]
    pub after: Option<ValueId>,
    /// "region", "owner" or "site".
    #[schemars(with = "String", extend("enum" = ["region", "owner", "site"]))]
    pub domain: Option<ValueId>,
    /// Which domain, counted from 0; of owners the first is the largest. Default 0.
    #[schemars(with = "u32")]
    pub number: Option<ValueId>,
    /// Nodes are down for a while, gone with their data, or refuse contested objects from then on.
    #[schemars(with = "String", extend("enum" = ["outage", "loss", "censors"]))]
    pub effect: Option<ValueId>,
    /// How long an outage lasts.
    #[schemars(with = "String")]
    pub lasts: Option<ValueId>,
}

impl StoreSection {
    /// What names kinds of domains: what pieces are spread over, and what shocks strike.
    pub(super) fn domains(&self) -> impl Iterator<Item = ValueId> {
        self.spread.iter().copied().chain(self.shock.iter().filter_map(|shock| shock.domain))
    }
}

/// On these nodes.
pub(super) fn settings(
    checker: &mut Checker<'_>,
    typed: &StoreSection,
    nodes: Option<&NodeSettings>,
    known: &Known,
) -> Option<StoreSettings> {
    let objects = count(checker, typed.objects, "data.store.objects", "1000", OBJECTS_MAX);
    let size = checker.required(typed.object_size, "data.store.object_size", "\"1 GiB\"");
    let size = checker.quantity(size, "data.store.object_size", "B", false, OBJECT_BYTES);
    let code = code(checker, typed.needed, typed.pieces, "data.store");
    let fidelity = fidelity(checker, typed.coding, "data.store.coding");
    let placement = placement(checker, typed);
    let contested = checker.share(typed.contested, "data.store.contested", 1.0);
    let renew = checker.boolean(typed.renew_lost, "data.store.renew_lost");
    let reads = checker.quantity(typed.reads, "data.store.reads", "1/s", false, PER_SECOND);
    let bytes = code.zip(size).map(|(code, size)| code.rebuild_bytes(size as u64));
    let repair = match &typed.repair {
        Some(repair) => self::repair(checker, repair, code, bytes),
        None => {
            checker.required(None, "data.store.repair", "{ time = \"10 h\" }");
            None
        }
    };
    let damage = typed.damage.as_ref().map(|damage| self::damage(checker, damage));
    let shocks = shocks(checker, &typed.shock, nodes, known);
    let down = nodes.is_some_and(|nodes| nodes.on.is_some() || nodes.outage.is_some());
    refuse_idle(checker, typed, shocks.as_deref().unwrap_or(&[]), down);
    let fits = fits(checker, typed, nodes, (objects, size, code, fidelity));
    Some(StoreSettings {
        objects: objects?,
        object_bytes: size? as u64,
        code: code?,
        fidelity,
        placement: placement?,
        contested_share: contested.unwrap_or(0.0),
        renew: renew.unwrap_or(false),
        repair: repair?,
        damage: super::whole(damage)?,
        reads_per_second: reads.unwrap_or(0.0),
        shocks: shocks?,
    })
    .filter(|_| fits)
}

/// Notes of keys that depend on what strikes the nodes whether they have an effect; `down` where
/// nodes go down without a shock.
fn refuse_idle(checker: &mut Checker<'_>, typed: &StoreSection, shocks: &[Shock], down: bool) {
    let censors = |shock: &Shock| shock.effect == Effect::Censors;
    let outage = |shock: &Shock| matches!(shock.effect, Effect::Outage { .. });
    let censored = shocks.iter().any(censors);
    let whom = "stores with a shock of effect \"censors\"";
    checker.refuse_idle("data.store", &[("contested", typed.contested, censored, whom)]);
    if let Some(repair) = &typed.repair {
        let (given, down) = (repair.gives_up_after, down || shocks.iter().any(outage));
        let whom = "nodes that go down: an outage of nodes, of a shock or of a fleet's devices";
        checker.refuse_idle("data.store.repair", &[("gives_up_after", given, down, whom)]);
    }
    for (number, (typed_shock, shock)) in typed.shock.iter().zip(shocks).enumerate() {
        let lasts = ("lasts", typed_shock.lasts, outage(shock), "effect = \"outage\"");
        let contested = typed.contested.is_some();
        let refused = typed_shock.effect.filter(|_| censors(shock));
        let effect = ("effect", refused, contested, "stores with contested objects");
        checker.refuse_idle(&format!("data.store.shock[{number}]"), &[lasts, effect]);
    }
}

/// Whether the objects fit onto the nodes and into memory.
fn fits(
    checker: &mut Checker<'_>,
    typed: &StoreSection,
    nodes: Option<&NodeSettings>,
    (objects, size, code, fidelity): (Option<u32>, Option<f64>, Option<Code>, Fidelity),
) -> bool {
    let (Some(objects), Some(size), Some(code), Some(nodes)) = (objects, size, code, nodes) else {
        return false;
    };
    let pieces = u64::from(objects) * u64::from(code.pieces);
    if let (true, Some(given)) = (u32::from(code.pieces) > nodes.count, typed.pieces) {
        let message = format!("{} pieces on {} nodes", code.pieces, nodes.count);
        checker.fault(given, "data.store.pieces", message, "have at least one node per piece");
        return false;
    }
    if let (true, Some(given)) = (pieces > PIECES_MAX, typed.objects) {
        let message = format!("{pieces} pieces in all");
        let help = format!("at most {PIECES_MAX} pieces");
        checker.fault(given, "data.store.objects", message, help);
        return false;
    }
    let piece_bytes = code.piece_bytes(size as u64);
    let places = nodes.places_in_all(piece_bytes);
    if let (Some(places), Some(given)) = (places.filter(|places| *places < pieces), typed.objects) {
        let message =
            format!("{pieces} pieces of {piece_bytes} bytes, the nodes have room for {places}");
        let help = "give data.nodes.capacity more, or store fewer objects";
        checker.fault(given, "data.store.objects", message, help);
        return false;
    }
    let bytes = f64::from(objects) * size * code.overhead();
    if let (true, Some(given)) =
        (fidelity == Fidelity::Real && bytes > REAL_BYTES_MAX, typed.coding)
    {
        let message = format!("{bytes} real bytes");
        let help = format!("at most {REAL_BYTES_MAX}, or write coding = \"modelled\"");
        checker.fault(given, "data.store.coding", message, help);
        return false;
    }
    true
}

pub(super) fn fidelity(checker: &mut Checker<'_>, given: Option<ValueId>, key: &str) -> Fidelity {
    let choices = [("modelled", Fidelity::Modelled), ("real", Fidelity::Real)];
    checker.choice(given, key, &choices).unwrap_or(Fidelity::Modelled)
}

/// The policy of placement that `placement` names.
fn placement(checker: &mut Checker<'_>, typed: &StoreSection) -> Option<Placement> {
    Placement::read(&mut Given {
        checker,
        table: "data.store",
        key: "placement",
        name: typed.placement,
        beside: &[("spread", &typed.spread)],
    })
}

fn repair(
    checker: &mut Checker<'_>,
    typed: &RepairSection,
    code: Option<Code>,
    bytes: Option<u64>,
) -> Option<RepairSettings> {
    let time = rebuild_time(checker, typed, bytes);
    let pieces = code.map_or(2, |code| code.pieces);
    let key = "data.store.repair.begins_at";
    let begins_at = checker.integer(typed.begins_at, key, 1..=i64::from(pieces) - 1);
    let key = "data.store.repair.at_once_per_object";
    let at_once_object = checker.integer(typed.at_once_per_object, key, 1..=i64::from(u16::MAX));
    let key = "data.store.repair.at_once";
    let at_once = checker.integer(typed.at_once, key, 1..=i64::from(u32::MAX));
    let given = typed.gives_up_after;
    let gives_up = duration(checker, given, "data.store.repair.gives_up_after");
    Some(RepairSettings {
        begins_at: begins_at.map_or(pieces - 1, |begins| begins as u16),
        at_once_object: at_once_object.map_or(u16::MAX, |most| most as u16),
        at_once: at_once.map_or(u32::MAX, |most| most as u32),
        time: time?,
        gives_up_after: gives_up,
    })
}

/// Exponential or fixed by `time`, or what the bytes need at `bandwidth`.
fn rebuild_time(
    checker: &mut Checker<'_>,
    typed: &RepairSection,
    bytes: Option<u64>,
) -> Option<Duration> {
    let key = "data.store.repair.time";
    let fixed = checker.choice(
        typed.law,
        "data.store.repair.law",
        &[("exponential", false), ("fixed", true)],
    );
    let Some(given) = typed.bandwidth else {
        let time = checker.required(typed.time, key, "\"10 h\"");
        return match fixed {
            Some(true) => duration(checker, time, key).map(Duration::Fixed),
            _ => mean(checker, time, key),
        };
    };
    let key = "data.store.repair.bandwidth";
    if typed.time.is_some() || typed.law.is_some() {
        let message = "given beside time or law".to_owned();
        checker.fault(given, key, message, "give the bandwidth alone");
        return None;
    }
    let rate = checker.quantity(Some(given), key, "B/s", false, 1.0..=1e15)?;
    Some(Duration::Fixed(SimDuration::from_seconds_f64(bytes? as f64 / rate)))
}

fn damage(checker: &mut Checker<'_>, typed: &DamageSection) -> Option<DamageSettings> {
    let rot = checker.quantity(typed.rot, "data.store.damage.rot", "1/s", false, PER_SECOND);
    let key = "data.store.damage.tamper";
    let tamper = checker.quantity(typed.tamper, key, "1/s", false, PER_SECOND);
    let scrub = duration(checker, typed.scrub, "data.store.damage.scrub");
    let key = "data.store.damage.verify";
    let verify = checker.required(typed.verify, key, "\"manifest\"");
    let choices =
        [("nothing", Verify::Nothing), ("local", Verify::Local), ("manifest", Verify::Manifest)];
    let verify = checker.choice(verify, key, &choices);
    Some(DamageSettings {
        rot_per_second: rot.unwrap_or(0.0),
        tamper_per_second: tamper.unwrap_or(0.0),
        scrub,
        verify: verify?,
    })
}

fn shocks(
    checker: &mut Checker<'_>,
    typed: &[ShockSection],
    nodes: Option<&NodeSettings>,
    known: &Known,
) -> Option<Vec<Shock>> {
    if let Some(given) = typed.get(SHOCKS_MAX).and_then(|shock| shock.after) {
        let message = format!("{} shocks", typed.len());
        checker.fault(given, "data.store.shock", message, format!("at most {SHOCKS_MAX}"));
        return None;
    }
    let all: Vec<_> = typed
        .iter()
        .enumerate()
        .map(|(number, shock)| {
            self::shock(checker, shock, &format!("data.store.shock[{number}]"), (nodes, known))
        })
        .collect();
    all.into_iter().collect()
}

fn shock(
    checker: &mut Checker<'_>,
    typed: &ShockSection,
    key: &str,
    (nodes, known): (Option<&NodeSettings>, &Known),
) -> Option<Shock> {
    let after = checker.required(typed.after, &format!("{key}.after"), "\"10 d\"");
    let after = duration(checker, after, &format!("{key}.after"));
    if let Some(after) = after {
        checker.refuse_late(typed.after, &format!("{key}.after"), after);
    }
    let domain = checker.required(typed.domain, &format!("{key}.domain"), "\"region\"");
    let kind = checker.choice(domain, &format!("{key}.domain"), &DomainKind::NAMES);
    let domains = kind.zip(nodes).map(|(kind, nodes)| match kind {
        DomainKind::Region => nodes.regions,
        DomainKind::Owner => nodes.owners,
        DomainKind::Site => nodes.sites,
    });
    let range = 0..=i64::from(domains.unwrap_or(u16::MAX)) - 1;
    let number = checker.integer(typed.number, &format!("{key}.number"), range);
    if let (Some(DomainKind::Region), Some(set)) = (kind, nodes.and_then(|of| of.on.as_ref())) {
        let given = typed.number.or(domain)?;
        let place = number.unwrap_or(0) as u16;
        strikes_nodes(checker, given, &format!("{key}.number"), place, set, known)?;
    }
    let effect = checker.required(typed.effect, &format!("{key}.effect"), "\"outage\"");
    let effects = [("outage", 0), ("loss", 1), ("censors", 2)];
    let effect = match checker.choice(effect, &format!("{key}.effect"), &effects)? {
        0 => {
            let lasts = checker.required(typed.lasts, &format!("{key}.lasts"), "\"2 d\"");
            Effect::Outage { lasts: duration(checker, lasts, &format!("{key}.lasts"))? }
        }
        1 => Effect::Loss,
        _ => Effect::Censors,
    };
    Some(Shock { after: after?, kind: kind?, number: number.unwrap_or(0) as u16, effect })
}

/// A fault where no node stands in the region of this place.
fn strikes_nodes(
    checker: &mut Checker<'_>,
    given: ValueId,
    key: &str,
    place: u16,
    set: &DeviceSet,
    known: &Known,
) -> Option<()> {
    let id = |place: u16| known.regions.get(usize::from(place)).map_or("", String::as_str);
    let regions = known.shared_by(set).regions;
    if regions.contains(&place) {
        return Some(());
    }
    let message = format!("no node stands in region {place}, \"{}\"", id(place));
    let there: Vec<_> = regions.iter().map(|of| format!("{of} (\"{}\")", id(*of))).collect();
    let help = format!("strike a region that nodes stand in: {}", there.join(", "));
    checker.fault(given, key, message, help);
    None
}
