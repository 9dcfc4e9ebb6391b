//! What goes out at the end of a day.

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Label, Metric, SimDuration, Streams, math};
use serde::{Deserialize, Serialize};

use super::coding::Code;
use super::formulas::{Rates, loss_within, mean_time_to_loss};
use super::settings::{NodeSettings, RareSettings, StoreSettings};
use super::splitting::Splitting;
use super::store::Store;
use super::{DAY, Data, Event};
use crate::data::spec::SPEC;
use crate::input::dates::YEAR_SECONDS;
use crate::laws::draw::Duration;
use crate::laws::failure::FailureLaw;

const GB: f64 = 1e9;
const MB: f64 = 1e6;
const HOUR_SECONDS: f64 = 3_600.0;
/// The 97.5 % quantile of the normal law.
const NORMAL_975: f64 = 1.959_963_984_540_054;

/// The rates of a store whose lives and rebuilds are exponential, in seconds; `None` if they are
/// not, or if repair is neither serial nor free of bounds and thresholds.
fn rates(store: &StoreSettings, nodes: &NodeSettings) -> Option<Rates> {
    let FailureLaw::Exponential { rate_per_second: loss } = nodes.life else { return None };
    let Duration::Drawn(FailureLaw::Exponential { rate_per_second: rebuild }) = store.repair.time
    else {
        return None;
    };
    let Code { needed, pieces } = store.code;
    let serial = store.repair.at_once_object == 1;
    let free = store.repair.at_once_object >= pieces - needed;
    let at_once = store.repair.begins_at + 1 == pieces && (serial || free);
    let plain = store.damage.is_none() && loss > 0.0 && store.shocks.is_empty();
    (at_once && plain).then_some(Rates { loss, rebuild, serial })
}

/// Mean seconds to loss in theory, where there is one.
fn theory_seconds(store: &StoreSettings, nodes: &NodeSettings) -> Option<f64> {
    let Code { needed, pieces } = store.code;
    let rates = rates(store, nodes)?;
    Some(mean_time_to_loss(u32::from(pieces), u32::from(needed), &rates))
}

/// Chance that a whole object is lost within a time, in theory, where there is one.
fn theory_chance(store: &StoreSettings, nodes: &NodeSettings, within: SimDuration) -> Option<f64> {
    let Code { needed, pieces } = store.code;
    let rates = rates(store, nodes)?;
    Some(loss_within(u32::from(pieces), u32::from(needed), &rates, within.as_seconds()))
}

/// The estimates of rare losses, one a day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rare {
    settings: RareSettings,
    store: StoreSettings,
    nodes: NodeSettings,
    count: u32,
    chance: Sums,
    losses_per_second: Sums,
}

/// Sums over the days' estimates.
#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
struct Sums {
    values: f64,
    squares: f64,
}

impl Sums {
    fn add(&mut self, value: f64) {
        self.values += value;
        self.squares += value * value;
    }
    /// Mean, and half of its 95 % interval as a share of it.
    fn mean(&self, count: u32) -> (f64, f64) {
        let count = f64::from(count);
        let mean = self.values / count;
        let variance = (self.squares / count - mean * mean).max(0.0);
        (mean, NORMAL_975 * math::sqrt(variance / (count - 1.0).max(1.0)) / mean)
    }
}

impl Rare {
    /// The estimator for objects of this store, before its first day.
    pub fn new(settings: &RareSettings, store: &StoreSettings, nodes: &NodeSettings) -> Self {
        Rare {
            settings: settings.clone(),
            store: store.clone(),
            nodes: nodes.clone(),
            count: 0,
            chance: Sums::default(),
            losses_per_second: Sums::default(),
        }
    }

    /// One object alone where nothing but the lives of its own nodes takes its pieces; otherwise
    /// all that strikes the nodes is a part of it.
    fn splitting(&self) -> Splitting {
        let Rare { settings, store, nodes, .. } = self;
        let alone = settings.objects == 1 && store.shocks.is_empty() && store.damage.is_none();
        match alone && nodes.capacity.is_none() {
            true => Splitting::new(store, nodes, settings.trials),
            false => Splitting::together(store, nodes, settings.trials, settings.objects),
        }
    }

    fn record<E: EngineEvent>(&mut self, ctx: &mut Context<E>) {
        let splitting = self.splitting();
        let seed = ctx.streams().indexed(0, "data.rare", u64::from(self.count)).next_u64();
        let streams = Streams::new(seed, ctx.streams().run());
        self.count += 1;
        self.chance.add(splitting.loss_within(self.settings.within, &streams));
        let (chance, half_width) = self.chance.mean(self.count);
        let mut rows = Rows::new(ctx);
        rows.push(const { SPEC.metric("data_loss_chance") }, chance);
        rows.push(const { SPEC.metric("data_loss_half_width") }, half_width);
        rows.push(const { SPEC.metric("data_durability_nines") }, -math::log10(chance));
        if self.settings.objects > 1 {
            // They share nodes: no closed form.
            return;
        }
        let closed = theory_chance(&self.store, &self.nodes, self.settings.within);
        let theory = theory_seconds(&self.store, &self.nodes);
        let (Some(closed), Some(theory)) = (closed, theory) else { return };
        rows.push(const { SPEC.metric("data_loss_chance_closed") }, closed);
        rows.push(const { SPEC.metric("data_loss_chance_ratio") }, chance / closed);
        self.losses_per_second.add(splitting.losses_per_second(&streams));
        let mean = 1.0 / self.losses_per_second.mean(self.count).0;
        rows.push(const { SPEC.metric("data_mttdl_rare") }, mean / YEAR_SECONDS);
        rows.push(const { SPEC.metric("data_mttdl_rare_ratio") }, mean / theory);
    }
}

/// Rows of one instant.
struct Rows<'a, E: EngineEvent> {
    ctx: &'a mut Context<E>,
    label: Label,
}

impl<'a, E: EngineEvent> Rows<'a, E> {
    fn new(ctx: &'a mut Context<E>) -> Self {
        Rows { ctx, label: Label::default() }
    }
    fn label(&mut self, text: &str) {
        self.label = self.ctx.records.label(text);
    }
    /// A row, and a word of the fingerprint.
    fn push(&mut self, metric: Metric, value: f64) {
        let now = self.ctx.now();
        self.ctx.records.push(now, metric, self.label, value);
        self.ctx.fingerprint.state.mix(value.to_bits());
    }
    fn count(&mut self, metric: Metric, value: u64) {
        self.push(metric, value as f64);
    }
}

impl Data {
    /// The end of a day.
    pub(super) fn record<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        if let Some(store) = &mut self.store {
            store.record(ctx);
        }
        self.rare.iter_mut().for_each(|rare| rare.record(ctx));
        self.record_exposure(ctx);
        self.record_growth(ctx);
        self.record_keys(ctx);
        self.record_audit(ctx);
        self.record_crowd(ctx);
    }

    fn record_exposure<E: EngineEvent>(&mut self, ctx: &mut Context<E>) {
        let (Some(exposure), Some(store)) = (&mut self.exposure, &self.store) else { return };
        let day = ctx.now().as_nanos() / DAY.as_nanos();
        let exposed = exposure.look(day as u32, store);
        let mut rows = Rows::new(ctx);
        rows.push(const { SPEC.metric("data_exposed_share") }, exposed.share);
        rows.push(const { SPEC.metric("data_exposed_closed") }, exposed.theory);
        rows.push(const { SPEC.metric("data_exposed_gap") }, exposed.share - exposed.theory);
        rows.count(const { SPEC.metric("data_leaks") }, u64::from(exposed.leaks));
    }

    fn record_growth<E: EngineEvent>(&mut self, ctx: &mut Context<E>) {
        let Some(growth) = &mut self.growth else { return };
        let (archive, pruned) = growth.day(ctx);
        let theory = growth.theory(ctx.now());
        let mut rows = Rows::new(ctx);
        for (label, grown, theory) in [("archive", archive, theory.0), ("pruned", pruned, theory.1)]
        {
            rows.label(label);
            rows.push(const { SPEC.metric("data_ledger_size") }, grown.size / GB);
            rows.push(const { SPEC.metric("data_ledger_growth") }, grown.per_day / GB);
            rows.push(const { SPEC.metric("data_ledger_ratio") }, grown.size / theory);
        }
    }

    fn record_keys<E: EngineEvent>(&mut self, ctx: &mut Context<E>) {
        let Some(keys) = &self.keys else { return };
        let (exposed, lost) = keys.theory(ctx.now());
        let mut rows = Rows::new(ctx);
        rows.count(const { SPEC.metric("data_key_thefts") }, keys.thefts);
        rows.count(const { SPEC.metric("data_key_losses") }, keys.losses);
        rows.push(const { SPEC.metric("data_keys_exposed") }, keys.exposed_share());
        rows.push(const { SPEC.metric("data_keys_exposed_closed") }, exposed);
        rows.push(const { SPEC.metric("data_keys_exposed_gap") }, keys.exposed_share() - exposed);
        rows.push(const { SPEC.metric("data_keys_lost") }, keys.gone_share());
        rows.push(const { SPEC.metric("data_keys_lost_closed") }, lost);
        rows.push(const { SPEC.metric("data_exposed_per_theft") }, keys.exposed_per_theft());
    }

    fn record_audit<E: EngineEvent>(&mut self, ctx: &mut Context<E>) {
        let Some(audit) = &mut self.audit else { return };
        audit.day(ctx);
        let mut rows = Rows::new(ctx);
        for detected in audit.results() {
            rows.label(&format!("{} samples", detected.sample));
            rows.push(const { SPEC.metric("data_audit_detected") }, detected.share);
            rows.push(const { SPEC.metric("data_audit_closed") }, detected.theory);
            rows.push(const { SPEC.metric("data_audit_gap") }, detected.share - detected.theory);
            rows.push(const { SPEC.metric("data_audit_traffic") }, detected.bytes_per_day / MB);
        }
    }

    fn record_crowd<E: EngineEvent>(&mut self, ctx: &mut Context<E>) {
        let Some(crowd) = &self.flash_crowd else { return };
        crowd.check(ctx);
        let throughput = crowd.crowd_throughput(ctx.now());
        let mut rows = Rows::new(ctx);
        rows.push(const { SPEC.metric("data_crowd_throughput") }, throughput);
        for (label, phase) in ["usual", "crowd"].into_iter().zip(&crowd.phases) {
            rows.label(label);
            rows.count(const { SPEC.metric("data_requests") }, phase.arrived);
            rows.push(const { SPEC.metric("data_requests_dropped") }, phase.dropped_share());
            rows.push(const { SPEC.metric("data_request_p99") }, phase.p99_seconds());
            rows.push(const { SPEC.metric("data_request_hot") }, phase.hot_share());
        }
    }
}

impl Store {
    fn record<E: EngineEvent>(&mut self, ctx: &mut Context<E>) {
        self.objects.advance(ctx.now());
        if let Some(check) = self.checks.books {
            let right = self.objects.books_are_right();
            ctx.checks.note(check, right, ctx.now(), || "counted again".to_owned());
        }
        self.look_into(ctx.now().as_nanos() / DAY.as_nanos(), ctx);
        let missing = (0..self.objects.count()).map(|object| u64::from(self.objects.open(object)));
        let missing = missing.sum();
        let share = self.objects.readable_share();
        let tallies = self.tallies;
        let mut rows = Rows::new(ctx);
        rows.push(const { SPEC.metric("data_read_availability") }, share);
        // Not beyond what this much object time can show.
        let unreadable = (1.0 - share).max(1e-15);
        rows.push(const { SPEC.metric("data_availability_nines") }, -math::log10(unreadable));
        rows.count(const { SPEC.metric("data_objects_lost") }, tallies.losses);
        rows.count(const { SPEC.metric("data_pieces_missing") }, missing);
        rows.push(const { SPEC.metric("data_overhead") }, self.settings.code.overhead());
        let repair = tallies.rebuilt_bytes as f64 / GB;
        rows.push(const { SPEC.metric("data_repair_traffic") }, repair);
        rows.count(const { SPEC.metric("data_rebuilds") }, tallies.rebuilds);
        rows.count(const { SPEC.metric("data_rebuilds_restarted") }, tallies.restarts);
        self.record_readable(&mut rows);
        self.record_damage(&mut rows);
        self.record_losses(&mut rows);
        self.record_room(&mut rows);
    }

    fn record_room<E: EngineEvent>(&self, rows: &mut Rows<'_, E>) {
        let Some((held, places)) = self.room() else { return };
        let used = held as f64 / places.max(1) as f64;
        rows.push(const { SPEC.metric("data_capacity_used") }, used);
        rows.count(const { SPEC.metric("data_placements_refused") }, self.tallies.refused);
    }

    fn record_readable<E: EngineEvent>(&self, rows: &mut Rows<'_, E>) {
        let count = self.objects.count();
        let contested = self.objects.objects().iter().filter(|object| object.contested).count();
        let [plain, refused] = self.objects.readable();
        let share = f64::from(plain + refused) / f64::from(count);
        rows.push(const { SPEC.metric("data_objects_readable") }, share);
        if contested > 0 {
            rows.label("contested");
            let share = f64::from(refused) / contested as f64;
            rows.push(const { SPEC.metric("data_objects_readable") }, share);
            rows.label("");
            let censored = self.tallies.censored;
            rows.count(const { SPEC.metric("data_censored_pieces") }, censored);
            let moved = self.tallies.moved as f64 / censored.max(1) as f64;
            rows.push(const { SPEC.metric("data_censored_moved") }, moved);
        }
    }

    fn record_damage<E: EngineEvent>(&self, rows: &mut Rows<'_, E>) {
        let tallies = &self.tallies;
        if self.settings.damage.is_some() {
            let scrubbed = tallies.scrubbed_bytes as f64 / GB;
            rows.push(const { SPEC.metric("data_scrub_traffic") }, scrubbed);
            rows.count(const { SPEC.metric("data_pieces_damaged") }, tallies.damaged);
            rows.count(const { SPEC.metric("data_damage_found") }, tallies.found);
        }
        if tallies.reads > 0 {
            let failed = tallies.reads_failed as f64 / tallies.reads as f64;
            rows.count(const { SPEC.metric("data_reads") }, tallies.reads);
            rows.push(const { SPEC.metric("data_reads_failed") }, failed);
            rows.count(const { SPEC.metric("data_corrupt_reads") }, tallies.reads_corrupt);
        }
    }

    fn record_losses<E: EngineEvent>(&self, rows: &mut Rows<'_, E>) {
        if self.node_settings().outage.is_some() {
            return;
        }
        let Some(theory) = theory_seconds(&self.settings, self.node_settings()) else { return };
        rows.push(const { SPEC.metric("data_mttdl_closed") }, theory / HOUR_SECONDS);
        if self.tallies.losses > 0 && self.settings.renew {
            let mean = self.object_seconds(rows.ctx.now()) / self.tallies.losses as f64;
            rows.push(const { SPEC.metric("data_mttdl") }, mean / HOUR_SECONDS);
            rows.push(const { SPEC.metric("data_mttdl_ratio") }, mean / theory);
        }
    }
}
