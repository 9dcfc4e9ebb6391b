//! What goes out at each record, and what is checked then.

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Amount, Context, Label, Metric, SimTime};

use super::{Event, Fleet, Operation, map};
use crate::infrastructure::demand::{Demand, unit_hours};
use crate::infrastructure::geography::density;
use crate::infrastructure::spec::SPEC;
use crate::input::amount::USD_DECIMALS;
use crate::laws::concentration::{effective_owners, gini};

const CLASS_UP_SHARE: Metric = SPEC.metric("class_up_share");
const ENERGY_USED: Metric = SPEC.metric("energy_used");
const ENERGY_COST: Metric = SPEC.metric("energy_cost");
const ENERGY_CARBON: Metric = SPEC.metric("energy_carbon");
const POWER_BALANCE_ERROR: Metric = SPEC.metric("power_balance_error");
const CELLS_OCCUPIED: Metric = SPEC.metric("cells_occupied");
const CELL_DEVICES_MAX: Metric = SPEC.metric("cell_devices_max");
const CELL_DENSITY_MAX: Metric = SPEC.metric("cell_density_max");
const REACHABLE_PAIRS_SHARE: Metric = SPEC.metric("reachable_pairs_share");
const TERMINALS_LINKED_SHARE: Metric = SPEC.metric("terminals_linked_share");
const MESSAGES_SENT: Metric = SPEC.metric("messages_sent");
const MESSAGES_DELIVERED_SHARE: Metric = SPEC.metric("messages_delivered_share");
const MESSAGES_LOST_SHARE: Metric = SPEC.metric("messages_lost_share");
const MESSAGES_NO_WAY_SHARE: Metric = SPEC.metric("messages_no_way_share");
const ROUTE_LATENCY_P50: Metric = SPEC.metric("route_latency_p50");
const ROUTE_LATENCY_P99: Metric = SPEC.metric("route_latency_p99");
const DEMAND_ASKED: Metric = SPEC.metric("demand_asked");
const DEMAND_SERVED: Metric = SPEC.metric("demand_served");
const DEMAND_MISSED: Metric = SPEC.metric("demand_missed");
const DEMAND_WAITING: Metric = SPEC.metric("demand_waiting");
const DEMAND_SERVED_SHARE: Metric = SPEC.metric("demand_served_share");
const DEMAND_MISSED_SHARE: Metric = SPEC.metric("demand_missed_share");
const DEMAND_BALANCE_ERROR: Metric = SPEC.metric("demand_balance_error");
const SOURCE_GIVEN_SHARE: Metric = SPEC.metric("source_given_share");
const DEMAND_COST: Metric = SPEC.metric("demand_cost");
const DEMAND_UNIT_COST: Metric = SPEC.metric("demand_unit_cost");
const DEMAND_COST_RATIO: Metric = SPEC.metric("demand_cost_ratio");
const DEMAND_REVENUE: Metric = SPEC.metric("demand_revenue");
const INCOME_GINI: Metric = SPEC.metric("income_gini");
const INCOME_OWNERS_EFFECTIVE: Metric = SPEC.metric("income_owners_effective");
const QUALITY_P5: Metric = SPEC.metric("quality_p5");
const QUALITY_P50: Metric = SPEC.metric("quality_p50");

const NANOS_PER_HOUR: u128 = 3_600_000_000_000;

/// One part of a whole, as a share; 0 where the whole is 0.
fn share(part: u128, whole: u128) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl Operation {
    /// The rows and checks of a record.
    pub(super) fn record<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        let now = ctx.now();
        self.advance(now);
        self.record_classes(now, ctx);
        self.record_energy(now, ctx);
        self.record_topology(now, ctx);
        self.record_demands(now, ctx);
        self.check_census(now, ctx);
        for (&devices, &nanos) in self.census.up.iter().zip(&self.up_nanos) {
            ctx.fingerprint.state.mix(u64::from(devices));
            ctx.fingerprint.state.mix(nanos as u64);
        }
        for demand in &self.demands {
            ctx.fingerprint.state.mix(demand.account().served as u64);
            ctx.fingerprint.state.mix(demand.account().missed as u64);
        }
    }

    fn class_id(&self, class: usize) -> &str {
        &self.settings.class_ids[class]
    }

    fn record_classes<E: EngineEvent>(&mut self, now: SimTime, ctx: &mut Context<E>) {
        for class in 0..self.census.devices.len() {
            let label = ctx.records.label(self.class_id(class));
            let up = self.up_share(class, now);
            ctx.records.push(now, CLASS_UP_SHARE, label, up);
        }
    }

    fn record_energy<E: EngineEvent>(&mut self, now: SimTime, ctx: &mut Context<E>) {
        let Some(energy) = &self.settings.energy else { return };
        let mut sum = 0;
        let whole = self.whole.read(now, &energy.tariff);
        let readings = self.meters.iter_mut().map(|meter| meter.read(now, &energy.tariff));
        let ids = self.settings.class_ids.iter().map(String::as_str);
        for (id, reading) in ids.zip(readings).chain([("", whole)]) {
            let label = ctx.records.label(id);
            let cost = reading.cost_microusd();
            ctx.records.push(now, ENERGY_USED, label, reading.energy_kwh());
            ctx.records.push_amount(now, ENERGY_COST, label, cost, USD_DECIMALS);
            ctx.records.push(now, ENERGY_CARBON, label, reading.carbon_kg());
            sum += reading.energy();
        }
        // The whole is in the sum too.
        let error = sum.abs_diff(2 * whole.energy());
        ctx.records.push(now, POWER_BALANCE_ERROR, Label::default(), error as f64 / 3.6e18);
        if let Some(check) = self.checks.and_then(|checks| checks.power) {
            ctx.checks.note(check, error == 0, now, || format!("{error} mW ns apart"));
        }
        ctx.fingerprint.state.mix(whole.energy() as u64);
    }

    fn record_topology<E: EngineEvent>(&mut self, now: SimTime, ctx: &mut Context<E>) {
        let Some(topology) = &mut self.topology else { return };
        let mut push = |metric, value| ctx.records.push(now, metric, Label::default(), value);
        push(REACHABLE_PAIRS_SHARE, topology.reachable_share(now));
        if topology.settings().terminals.is_some() {
            push(TERMINALS_LINKED_SHARE, topology.linked_share(now));
        }
        if topology.settings().message_period.is_some() {
            let messages = *topology.messages();
            let of_sent = |count: u64| share(u128::from(count), u128::from(messages.sent));
            push(MESSAGES_SENT, messages.sent as f64);
            push(MESSAGES_DELIVERED_SHARE, of_sent(messages.delivered));
            push(MESSAGES_LOST_SHARE, of_sent(messages.lost));
            push(MESSAGES_NO_WAY_SHARE, of_sent(messages.no_way));
            let latencies = topology.take_latencies();
            if let Some(last) = latencies.len().checked_sub(1) {
                push(ROUTE_LATENCY_P50, latencies[last / 2] as f64 / 1e6);
                push(ROUTE_LATENCY_P99, latencies[last * 99 / 100] as f64 / 1e6);
            }
            ctx.fingerprint.state.mix(messages.delivered);
        }
    }

    fn record_demands<E: EngineEvent>(&mut self, now: SimTime, ctx: &mut Context<E>) {
        let costs: Vec<u128> =
            (0..self.demands.len()).map(|number| self.cost_microusd(number, now)).collect();
        let unit_costs: Vec<Option<f64>> = self
            .demands
            .iter()
            .zip(&costs)
            .map(|(demand, &cost)| {
                let served = unit_hours(demand.account().served);
                (served > 0.0).then(|| cost as f64 / 1e6 / served)
            })
            .collect();
        for (number, demand) in self.demands.iter().enumerate() {
            let label = ctx.records.label(&demand.settings().id);
            record_amounts(demand, label, now, ctx);
            self.record_sources(demand, now, ctx);
            let cost = Amount(costs[number]);
            ctx.records.push_amount(now, DEMAND_COST, label, cost, USD_DECIMALS);
            let baseline = demand.settings().baseline.and_then(|of| unit_costs[of]);
            if let Some(cost) = unit_costs[number] {
                ctx.records.push(now, DEMAND_UNIT_COST, label, cost);
                if let Some(baseline) = baseline.filter(|cost| *cost > 0.0) {
                    ctx.records.push(now, DEMAND_COST_RATIO, label, cost / baseline);
                }
            }
            let revenue = Amount(demand.revenue_microusd());
            ctx.records.push_amount(now, DEMAND_REVENUE, label, revenue, USD_DECIMALS);
            let earned = demand.income.by_owner();
            ctx.records.push(now, INCOME_GINI, label, gini(&earned));
            ctx.records.push(now, INCOME_OWNERS_EFFECTIVE, label, effective_owners(&earned));
            for (metric, share) in [(QUALITY_P5, 0.05), (QUALITY_P50, 0.5)] {
                if let Some(quality) = demand.quality.quantile(share) {
                    ctx.records.push(now, metric, label, quality);
                }
            }
        }
    }

    fn record_sources<E: EngineEvent>(&self, demand: &Demand, now: SimTime, ctx: &mut Context<E>) {
        let settings = demand.settings();
        for (source, &given) in settings.sources.iter().zip(&demand.account().given) {
            let class = self.class_id(usize::from(source.class));
            let label = ctx.records.label(&format!("{}:{class}", settings.id));
            let given = share(given, demand.account().served);
            ctx.records.push(now, SOURCE_GIVEN_SHARE, label, given);
        }
    }

    /// What a demand has cost: owning and energy of the classes it bears, fuel and settlement.
    pub(super) fn cost_microusd(&mut self, number: usize, now: SimTime) -> u128 {
        let demand = &self.demands[number];
        let mut cost = demand.running_cost_microusd();
        for &class in &demand.settings().bears {
            let class = usize::from(class);
            let hourly = u128::from(self.settings.owning_nanousd_per_hour[class]);
            cost += self.device_nanos[class] * hourly / NANOS_PER_HOUR / 1_000;
            if let Some(energy) = &self.settings.energy {
                cost += self.meters[class].read(now, &energy.tariff).cost_microusd().0;
            }
        }
        cost
    }

    /// How the devices on the map and the classes that serve fared.
    pub(super) fn record_map<E: EngineEvent>(&mut self, ctx: &mut Context<E>) {
        let now = ctx.now();
        self.map.iter_mut().for_each(|map| map.record(ctx));
        for class in 0..self.settings.class_ids.len() {
            let Some((used, capacity)) = self.load_by_demand(class as u8, now) else { continue };
            let label = ctx.records.label(self.class_id(class));
            ctx.records.push(now, map::LOAD, label, share(used, capacity));
        }
    }

    /// The tree against the counts that are kept beside it.
    fn check_census<E: EngineEvent>(&self, now: SimTime, ctx: &mut Context<E>) {
        let Some(checks) = self.checks else { return };
        let mut up = vec![0; self.census.up.len()];
        for (device, &class) in (0..).zip(&self.class) {
            up[usize::from(class)] += u32::from(self.tree.is_up(device));
        }
        let (held, counted) = (up == self.census.up, &self.census.up);
        ctx.checks.note(checks.census, held, now, || format!("{counted:?} counted, {up:?} up"));
    }

    /// Every amount that was asked for is accounted for.
    pub(super) fn check_demands<E: EngineEvent>(&self, now: SimTime, ctx: &mut Context<E>) {
        let Some(check) = self.checks.and_then(|checks| checks.demand) else { return };
        for demand in &self.demands {
            let detail = || format!("{}: {:?}", demand.settings().id, demand.account());
            ctx.checks.note(check, demand.balanced(), now, detail);
        }
    }

    /// Where the devices of the first day are.
    pub(super) fn record_places<E: EngineEvent>(&self, fleet: &Fleet, ctx: &mut Context<E>) {
        let Some(geography) = &self.settings.geography else { return };
        let (now, streams) = (ctx.now(), *ctx.streams());
        let place = |device| self.settings.place(fleet, device, &streams);
        let cells = density((0..fleet.devices()).filter_map(place), geography.resolution());
        let fullest = cells.iter().max_by_key(|&(cell, devices)| (devices, cell));
        let Some((&cell, &devices)) = fullest else { return };
        let mut push = |metric, value| ctx.records.push(now, metric, Label::default(), value);
        push(CELLS_OCCUPIED, cells.len() as f64);
        push(CELL_DEVICES_MAX, f64::from(devices));
        push(CELL_DENSITY_MAX, f64::from(devices) / cell.area_km2());
        ctx.fingerprint.state.mix(u64::from(cell));
    }
}

/// The amounts of one demand.
fn record_amounts<E: EngineEvent>(
    demand: &Demand,
    label: Label,
    now: SimTime,
    ctx: &mut Context<E>,
) {
    let account = demand.account();
    let accounted = account.served + account.missed + demand.waiting();
    let mut push = |metric, value| ctx.records.push(now, metric, label, value);
    push(DEMAND_ASKED, unit_hours(account.asked));
    push(DEMAND_SERVED, unit_hours(account.served));
    push(DEMAND_MISSED, unit_hours(account.missed));
    push(DEMAND_WAITING, unit_hours(demand.waiting()));
    push(DEMAND_SERVED_SHARE, share(account.served, account.asked));
    push(DEMAND_MISSED_SHARE, share(account.missed, account.asked));
    push(DEMAND_BALANCE_ERROR, unit_hours(account.asked.abs_diff(accounted)));
}
