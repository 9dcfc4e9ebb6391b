//! What the layer writes down at each record, and the checks of its books.

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Label, Metric};

use super::Connection;
use super::account::{Account, Purpose};
use super::gateway::Local;
use super::sender::Machine;
use crate::connection::spec::SPEC;

const PURPOSE_BYTES: Metric = SPEC.metric("purpose_bytes_per_reading");

impl Connection {
    /// Copies that have neither landed nor are lost, and how many of them have been heard.
    fn under_way(&self) -> (u64, u64) {
        let stored: usize = self.senders.iter().map(|sender| sender.under_way()).sum();
        let flights = self.senders.iter().flat_map(|sender| &sender.flights);
        let heard = flights.filter(|flight| flight.carries() && flight.heard).count();
        // A frame on the radio may still become a copy for each gateway in reach.
        let unborn = self.local.as_ref().map_or(0, Local::copies_unborn);
        let travelling = self.copies.len() as u64 + unborn;
        (self.airborne + stored as u64 + travelling, heard as u64)
    }

    /// Records and checks the books.
    pub(super) fn record<E: EngineEvent>(&mut self, ctx: &mut Context<E>) {
        let (under_way, heard) = self.under_way();
        self.check(under_way, heard, ctx);
        let now = ctx.now();
        let plain = Label::default();
        for (metric, value) in self.values(under_way - heard, now) {
            ctx.records.push(now, metric, plain, value);
        }
        let readings = (self.account.delivered as f64).max(1.0);
        for purpose in Purpose::ALL {
            let bytes = self.account.bytes[purpose as usize];
            let label = ctx.records.label(purpose.name());
            let value = (bytes.up + bytes.down) as f64 / readings;
            ctx.records.push(now, PURPOSE_BYTES, label, value);
        }
        let account = &self.account;
        for word in [account.delivered, account.duplicates, account.lost, account.packets] {
            ctx.fingerprint.state.mix(word);
        }
        ctx.fingerprint.state.mix(account.channel_bytes.up);
        ctx.fingerprint.state.mix(account.joules.to_bits());
    }

    fn check<E: EngineEvent>(&self, under_way: u64, heard: u64, ctx: &mut Context<E>) {
        let (account, now) = (&self.account, ctx.now());
        let ids = self.checks.expect("the layer has started");
        let Account { copies, landed, merged, lost, dropped, delivered, .. } = *account;
        ctx.checks.note(ids.copies, account.balances(under_way), now, || {
            format!(
                "{copies} copies: {landed} landed, {merged} merged, {lost} lost, {dropped} \
                 dropped, {under_way} under way"
            )
        });
        let (sum, seen) = (account.total(), account.channel_bytes);
        ctx.checks.note(ids.bytes, sum == seen, now, || format!("{sum:?} against {seen:?}"));
        if let Some(id) = ids.landed {
            ctx.checks.note(id, delivered == landed + heard, now, || {
                format!("{delivered} delivered, {landed} landed and {heard} about to")
            });
        }
        if let Some(id) = ids.acknowledged {
            ctx.checks.note(id, lost == 0, now, || format!("{lost} readings are lost"));
        }
    }

    /// All metrics without a label.
    fn values(&self, unheard: u64, now: pinwheel_core::SimTime) -> Vec<(Metric, f64)> {
        let account = &self.account;
        let share = |part: u64, whole: u64| match whole {
            0 => 0.0,
            whole => part as f64 / whole as f64,
        };
        let gateways = self.settings.gateways.as_ref();
        let single = gateways.is_none_or(|plan| plan.heard_by * plan.repeats == 1);
        let settled = account.taken - if single { unheard } else { 0 };
        let readings = (account.delivered as f64).max(1.0);
        let bytes = account.channel_bytes;
        let retained = self.senders.iter().filter(|sender| match &sender.machine {
            Machine::Mqtt { topic, .. } => topic.retained.is_some(),
            _ => false,
        });
        let senders = self.senders.len() as u64;
        let up = self.devices.iter().filter(|device| device.up).count();
        vec![
            (const { SPEC.metric("connected_devices") }, up as f64),
            (const { SPEC.metric("readings_taken") }, account.taken as f64),
            (const { SPEC.metric("delivered_share") }, share(account.delivered, settled)),
            (const { SPEC.metric("reading_loss_share") }, share(account.lost, account.copies)),
            (const { SPEC.metric("buffer_drop_share") }, share(account.dropped, account.copies)),
            (const { SPEC.metric("duplicate_share") }, account.duplicates as f64 / readings),
            (const { SPEC.metric("merged_share") }, share(account.merged, account.taken)),
            (
                const { SPEC.metric("packet_loss_share") },
                share(account.packets_lost, account.packets),
            ),
            (const { SPEC.metric("up_bytes_per_reading") }, bytes.up as f64 / readings),
            (const { SPEC.metric("down_bytes_per_reading") }, bytes.down as f64 / readings),
            (
                const { SPEC.metric("round_trips_per_reading") },
                account.round_trips as f64 / readings,
            ),
            (
                const { SPEC.metric("transmissions_per_message") },
                share(account.transmissions, account.messages),
            ),
            (const { SPEC.metric("given_up_share") }, share(account.given_up, account.messages)),
            (const { SPEC.metric("joules_per_reading") }, account.joules / readings),
            (const { SPEC.metric("delivery_seconds_mean") }, account.latency.mean_seconds()),
            (
                const { SPEC.metric("delivery_seconds_p50") },
                account.latency.quantile(0.5).as_seconds(),
            ),
            (
                const { SPEC.metric("delivery_seconds_p99") },
                account.latency.quantile(0.99).as_seconds(),
            ),
            (
                const { SPEC.metric("staleness_seconds") },
                account.age.mean_seconds(self.settings.devices, now),
            ),
            (const { SPEC.metric("stamp_error_seconds") }, account.stamp_error_seconds / readings),
            (const { SPEC.metric("reconnects_per_second_peak") }, f64::from(account.storm.highest)),
            (const { SPEC.metric("connection_attempts") }, account.attempts as f64),
            (const { SPEC.metric("connections_refused") }, account.refused as f64),
            (const { SPEC.metric("connection_breaks") }, account.breaks as f64),
            (const { SPEC.metric("connected_share") }, share(self.connected() as u64, senders)),
            (const { SPEC.metric("wills_published") }, account.wills as f64),
            (const { SPEC.metric("retained_share") }, share(retained.count() as u64, senders)),
            (const { SPEC.metric("notifications_overtaken") }, account.overtaken as f64),
            (
                const { SPEC.metric("frame_success_share") },
                share(account.frames_heard, account.frames),
            ),
            (const { SPEC.metric("hops_per_reading") }, share(account.hops, account.landed)),
        ]
    }
}
