//! A fleet cut into pieces that never meet: unbroken rows of devices, each of which is a region of
//! the world ([`pinwheel_core::cut`]) and fits into a core's cache.
//!
//! Devices of two pieces share nothing while they live: a class whose crews and spare parts serve
//! all of it stays in one piece, one whose crews serve a region each is cut between regions at
//! most. Whatever reaches over a fleet, such as shocks and owners who come and go, forbids the cut
//! ([`Settings::reaches_over`]). What is counted of all devices together is put together when the
//! whole fleet records: sums of what the pieces counted, and the capacity over time from every
//! change of every device, in order.

use std::ops::Range;

use pinwheel_core::order::{Happened, put_in_order};
use pinwheel_core::{Context, Model, SimTime, Simulation, Undecided};
use serde::{Deserialize, Serialize};

use super::bits::Bits;
use super::life::LIVES_MAX;
use super::owners::Owners;
use super::shocks::Clocks;
use super::{Change, Event, Fleet, Tallies};
use crate::infrastructure::settings::{Class, Crewing, Settings};

/// Devices of a piece, so that it fits into a core's cache.
const DEVICES_OF_PIECE: u32 = 16_384;
/// Tallies and pools of a piece beyond which pieces cost more than they save: each piece has them
/// for the whole fleet, and at every record all of them are added up. An eighth of its devices.
const TALLIES_OF_PIECE_MAX: usize = DEVICES_OF_PIECE as usize / 8;

/// A row of devices that lives by itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Piece {
    /// Its place among the pieces.
    number: u32,
    /// The number of its first device in the whole fleet.
    first: u32,
    fleet: Fleet,
    /// The pools of crews and spare parts that serve its devices and no others.
    pools: Vec<u32>,
    /// Kept for its allocation.
    changes: Vec<Change>,
    /// Since the last record of the whole.
    #[serde(skip)]
    turned: Vec<Happened<Turned>>,
}

/// A device went down or came up, and its capacity with it.
#[derive(Copy, Clone, Debug)]
struct Turned {
    capacity_milli: u64,
    up: bool,
}

impl Model for Piece {
    type Event = Event;

    fn start(&mut self, ctx: &mut Context<Event>) {
        self.fleet.begin_devices(ctx);
    }

    #[inline]
    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        self.fleet.handle(event, ctx, &mut self.changes);
        let (moment, region) = (ctx.moment(), self.number);
        for Change { device, up } in self.changes.drain(..) {
            let what = Turned { capacity_milli: self.fleet.class_of(device).capacity_milli, up };
            self.turned.push(Happened { moment, region, what });
        }
    }
}

impl Class {
    /// Whether its failures wait for crews or parts, and so for one another.
    fn waits(&self) -> bool {
        self.crews.is_some() || self.spares.is_some()
    }
}

impl Settings {
    /// What reaches over a fleet, so that it cannot be cut into pieces.
    pub fn reaches_over(&self) -> Option<String> {
        if let Some(shock) = self.shocks.first() {
            return Some(format!("infrastructure.shock \"{}\" reaches over the fleet", shock.id));
        }
        let moving = self.classes.iter().find(|class| class.turnover.is_some());
        if let Some(class) = moving {
            let id = &class.id;
            return Some(format!("owners of the class \"{id}\" come and go (turnover)"));
        }
        let whole = !self.operation.is_empty();
        whole.then(|| {
            "needs, energy, geography, topology, demand and maps look at the whole fleet".to_owned()
        })
    }
}

impl Settings {
    /// Why a fleet that could be cut is as fast in one piece; `None` if pieces may pay.
    pub fn pieces_cost_more(&self) -> Option<String> {
        let (classes, regions) = (self.classes.len(), self.regions.len().max(1));
        let pools: usize = self.classes.iter().map(|class| self.pools(class)).sum();
        (classes * regions + pools > TALLIES_OF_PIECE_MAX).then(|| {
            format!(
                "{classes} classes in {regions} regions have too many tallies: each piece of the \
                 fleet would keep and add up all of them"
            )
        })
    }
}

/// Rows of devices under way.
#[derive(Debug, Default)]
struct Rows {
    /// Devices, and the pools that serve these only.
    done: Vec<(Range<u32>, Vec<u32>)>,
    first: u32,
    until: u32,
    pools: Vec<u32>,
}

impl Rows {
    fn close(&mut self) {
        if self.until > self.first {
            self.done.push((self.first..self.until, std::mem::take(&mut self.pools)));
            self.first = self.until;
        }
    }
    /// Devices that may be cut anywhere.
    fn add(&mut self, mut count: u32) {
        while count > 0 {
            let room = DEVICES_OF_PIECE.saturating_sub(self.until - self.first);
            let taken = room.min(count);
            self.until += taken;
            count -= taken;
            if room == taken {
                self.close();
            }
        }
    }
    /// Devices that wait for the same hands.
    fn add_together(&mut self, count: u32, pool: u32) {
        if self.until - self.first + count > DEVICES_OF_PIECE {
            self.close();
        }
        self.until += count;
        self.pools.push(pool);
    }
}

impl Fleet {
    /// The pieces of this fleet. From now on it counts and records only; its devices live there.
    /// Called before the start.
    pub fn cut(&mut self) -> Vec<Piece> {
        self.is_cut = true;
        let mut rows = Rows::default();
        let mut pool = 0;
        for class in 0..self.settings.classes.len() {
            let settings = &self.settings.classes[class];
            let by_region = matches!(settings.crews, Some(Crewing { by_region: true, .. }));
            match (settings.waits(), by_region) {
                (false, _) => rows.add(settings.count),
                (true, false) => rows.add_together(settings.count, pool),
                (true, true) => {
                    for place in 0..self.settings.regions.len() {
                        let count = self.tallies.at(class as u8, place as u16).built as u32;
                        rows.add_together(count, pool + place as u32);
                    }
                }
            }
            pool += self.settings.pools(settings) as u32;
        }
        rows.close();
        let piece = |(number, (devices, pools)): (u32, (Range<u32>, Vec<u32>))| Piece {
            number,
            first: devices.start,
            fleet: self.piece(devices),
            pools,
            changes: Vec::new(),
            turned: Vec::new(),
        };
        (0..).zip(rows.done).map(piece).collect()
    }

    /// A row of the devices as a fleet of its own, which draws as this one. Nobody owns them: that
    /// matters to the whole only.
    fn piece(&self, devices: Range<u32>) -> Fleet {
        let of = devices.start as usize..devices.end as usize;
        let mut tallies = Tallies::new(&self.settings);
        let mut up = Bits::default();
        for device in devices.clone() {
            tallies.join(self.class(device), self.region(device), 1);
            up.push(self.up.get(device as usize));
        }
        Fleet {
            settings: self.settings.clone(),
            class: self.class[of.clone()].to_vec(),
            region: self.region[of.clone()].to_vec(),
            owner: Vec::new(),
            condition: self.condition[of.clone()].to_vec(),
            up,
            life: self.life[of.clone()].to_vec(),
            since: self.since[of].to_vec(),
            owners: Owners::new(self.settings.classes.len()),
            names: self.names.of_row(devices),
            clocks: Clocks::default(),
            pools: self.pools.clone(),
            tallies,
            nakamoto: None,
            check: None,
            is_cut: false,
        }
    }

    /// Takes over the state of all devices and what their pieces have counted by `now`.
    ///
    /// # Errors
    ///
    /// [`Undecided`] if devices of different pieces went down and came up at one instant, in an
    /// order that cannot be told.
    pub fn gather<'a>(
        &mut self,
        pieces: impl Iterator<Item = &'a mut Simulation<Piece>>,
        now: SimTime,
    ) -> Result<(), Undecided> {
        let mut changed = Vec::new();
        let mut lives = vec![Vec::new(); self.settings.classes.len()];
        self.tallies.forget_devices(now);
        for Simulation { model: piece, .. } in pieces {
            let (of, from) = (&mut piece.fleet, piece.first as usize);
            let to = from + of.class.len();
            self.condition[from..to].copy_from_slice(&of.condition);
            self.life[from..to].copy_from_slice(&of.life);
            self.since[from..to].copy_from_slice(&of.since);
            (from..to).for_each(|index| self.up.set(index, of.up.get(index - from)));
            self.tallies.add_devices(&of.tallies, now);
            for &pool in &piece.pools {
                self.pools[pool as usize].clone_from(&of.pools[pool as usize]);
            }
            for (all, found) in lives.iter_mut().zip(&mut of.tallies.lives) {
                all.append(found);
            }
            changed.append(&mut piece.turned);
        }
        // Every life that ended before is shorter than these.
        for (all, mut found) in self.tallies.lives.iter_mut().zip(lives) {
            found.sort_unstable();
            found.truncate(LIVES_MAX - all.len());
            all.append(&mut found);
        }
        put_in_order(&mut changed, |a, b| a.up == b.up)?;
        for Happened { moment, what: Turned { capacity_milli, up }, .. } in changed {
            self.tallies.serving.turn(capacity_milli, up, moment.time());
        }
        Ok(())
    }
}
