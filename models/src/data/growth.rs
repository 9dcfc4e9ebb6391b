//! A ledger of typed records that every node keeps, and user data coded over the nodes: how both
//! grow on an archive node and on one that prunes.

use std::collections::VecDeque;

use pinwheel_core::check::CheckId;
use pinwheel_core::distribution::{LogNormal, Normal, Poisson};
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Context, SimDuration, SimTime, Stream, math};
use serde::{Deserialize, Serialize};

use super::Event;
use super::settings::{GrowthSettings, RecordSettings};
use crate::input::dates::DAY_SECONDS;

const WRITE: Purpose = Purpose::new("data.ledger.write");
const HOUR: SimDuration = SimDuration::from_hours(1);
const HOUR_SECONDS: f64 = 3_600.0;
/// From this many records on the sum of their sizes is drawn as a normal.
const SIZES_MAX: u64 = 1_000;

/// One kind of record on one node.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Column {
    written: u128,
    /// On a node that prunes: bytes that stay for good, and bytes by day that will go.
    state: u128,
    days: VecDeque<u128>,
    pruned: u128,
}

/// The ledger as it grows; sizes are of one node.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Growth {
    settings: GrowthSettings,
    nodes: u32,
    columns: Vec<Column>,
    /// Sizes at the end of the day before: archive, pruned.
    before: (f64, f64),
    kept: Option<CheckId>,
}

/// How a node's share grows, in bytes.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Grown {
    /// Bytes.
    pub size: f64,
    /// Bytes a day by which it grows.
    pub per_day: f64,
}

impl Growth {
    /// An empty ledger on every node.
    pub fn new(settings: &GrowthSettings, nodes: u32) -> Self {
        let columns = settings.records.iter().map(|_| Column::default()).collect();
        Growth { settings: settings.clone(), nodes, columns, before: (0.0, 0.0), kept: None }
    }

    /// Registers its check and schedules the records of the first hour. Called once, at time zero.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        self.kept = Some(ctx.checks.always("data.ledger_bytes_conserved"));
        ctx.after(HOUR, Event::Writes.into());
    }

    /// An hour's records of every kind.
    pub fn write<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        ctx.after(HOUR, Event::Writes.into());
        for (column, record) in self.columns.iter_mut().zip(&self.settings.records) {
            // Named by the kind: one put before others moves no draw of theirs.
            let streams = ctx.streams().scoped(&record.id);
            let mut stream = streams.indexed(0, WRITE, ctx.now().as_nanos());
            let bytes = hour_of(record, &mut stream);
            let state = (bytes as f64 * record.state_share) as u128;
            column.written += bytes;
            column.state += state;
            if column.days.is_empty() {
                column.days.push_front(0);
            }
            column.days[0] += bytes - state;
        }
    }

    /// A day ends: nodes that prune let go of what is past its time. Returns the growth of an
    /// archive node and of one that prunes.
    ///
    /// # Panics
    ///
    /// If a list of more days than are kept has no last day: a fault of the model.
    pub fn day<E: EngineEvent>(&mut self, ctx: &mut Context<E>) -> (Grown, Grown) {
        for (column, record) in self.columns.iter_mut().zip(&self.settings.records) {
            column.days.push_front(0);
            let keep = record.retention_days.map_or(usize::MAX, |days| days as usize + 1);
            while column.days.len() > keep {
                column.pruned += column.days.pop_back().expect("longer than one day");
            }
            let kept = column.state + column.days.iter().sum::<u128>();
            let (written, pruned) = (column.written, column.pruned);
            if let Some(check) = self.kept {
                ctx.checks.note(check, written == kept + pruned, ctx.now(), || {
                    format!("{written} B written, {kept} B kept, {pruned} B pruned")
                });
            }
        }
        let archive = self.size(|column| column.written);
        let pruned = self.size(|column| column.written - column.pruned);
        let grown = (
            Grown { size: archive, per_day: archive - self.before.0 },
            Grown { size: pruned, per_day: pruned - self.before.1 },
        );
        self.before = (archive, pruned);
        grown
    }

    fn size(&self, bytes: impl Fn(&Column) -> u128) -> f64 {
        let records = self.columns.iter().zip(&self.settings.records);
        records.map(|(column, record)| bytes(column) as f64 * self.share(record)).sum()
    }

    /// The part of a kind's bytes that lies on one node.
    fn share(&self, record: &RecordSettings) -> f64 {
        record.coded.map_or(1.0, |code| code.overhead() / f64::from(self.nodes))
    }

    /// What an archive node and one that prunes hold on average, in bytes.
    pub fn theory(&self, now: SimTime) -> (f64, f64) {
        let days = now.as_seconds() / DAY_SECONDS;
        let mut sizes = (0.0, 0.0);
        for record in &self.settings.records {
            let daily = record.per_second * record.mean_bytes * DAY_SECONDS * self.share(record);
            let kept = record.retention_days.map_or(days, |limit| days.min(f64::from(limit)));
            sizes.0 += daily * days;
            sizes.1 += daily * (record.state_share * days + (1.0 - record.state_share) * kept);
        }
        sizes
    }
}

/// Bytes of the records of one hour.
fn hour_of(record: &RecordSettings, stream: &mut Stream) -> u128 {
    let count = Poisson::new(record.per_second * HOUR_SECONDS).expect("checked rate");
    let count = count.sample(stream);
    let (mean, cv) = (record.mean_bytes, record.size_cv);
    if cv == 0.0 {
        return (count as f64 * mean).round() as u128;
    }
    if count < SIZES_MAX {
        // A log-normal with this mean and coefficient of variation.
        let variance = math::ln_1p(cv * cv);
        let size = LogNormal::new(math::ln(mean) - 0.5 * variance, math::sqrt(variance));
        let size = size.expect("checked size");
        return (0..count).map(|_| size.sample(stream).round() as u128).sum();
    }
    let count = count as f64;
    let spread = math::sqrt(count) * mean * cv;
    (count * mean + spread * Normal::STANDARD.sample(stream)).max(0.0).round() as u128
}
