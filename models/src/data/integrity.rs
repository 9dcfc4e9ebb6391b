//! Damage and what finds it: bit rot and tampering, scrubs, checked reads and rebuilds.

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Context, SimDuration, SimTime};

use super::Event;
use super::coding::Code;
use super::objects::{Damage, NOWHERE};
use super::settings::{DamageSettings, Verify};
use super::store::{Store, waiting};
use crate::laws::draw::unit_exponential;

const ROT: Purpose = Purpose::new("data.rot");
const READ: Purpose = Purpose::new("data.read");
const GATHER: Purpose = Purpose::new("data.gather");

impl Store {
    /// Starts the clock of damage, the readers and the rounds of the scrubs.
    pub(super) fn start_damage<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        self.next_read(ctx);
        self.next_rot(ctx);
        if let Some(period) = self.settings.damage.as_ref().and_then(|damage| damage.scrub) {
            let nodes = self.domains().len() as u32;
            for node in 0..nodes {
                // Spread evenly over the period.
                let phase = period.as_nanos() / u64::from(nodes) * u64::from(node + 1);
                let phase = SimDuration::from_nanos(phase);
                ctx.after(phase, Event::Scrubs { node }.into());
            }
        }
    }

    /// One clock for all pieces: what it strikes that is missing or damaged already stays so.
    fn next_rot<E: EngineEvent + From<Event>>(&self, ctx: &mut Context<E>) {
        let Some(damage) = &self.settings.damage else { return };
        let each = damage.rot_per_second + damage.tamper_per_second;
        let rate = each * f64::from(self.objects.pieces());
        let exponential =
            unit_exponential(&mut ctx.streams().indexed(0, ROT, ctx.now().as_nanos()));
        if let Some(delay) = waiting(rate, exponential) {
            ctx.after(delay, Event::Rots.into());
        }
    }

    pub(super) fn rot<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        self.next_rot(ctx);
        let Some(damage) = &self.settings.damage else { return };
        let mut stream = ctx.streams().indexed(1, ROT, ctx.now().as_nanos());
        let piece = stream.below(u64::from(self.objects.pieces())) as u32;
        let rates = (damage.rot_per_second, damage.tamper_per_second);
        let tamper = stream.uniform() * (rates.0 + rates.1) >= rates.0;
        let found = self.objects.piece(piece);
        if found.node == NOWHERE || found.damage != Damage::None {
            return;
        }
        self.tallies.damaged += 1;
        let kind = if tamper { Damage::Tampered } else { Damage::Rotten };
        self.objects.damage(piece, kind);
        if let Some(object_bytes) = &mut self.object_bytes {
            object_bytes.change(piece, tamper, &mut stream);
        }
    }

    /// A node checks all it holds and lets go of what does not pass.
    pub(super) fn scrub<E: EngineEvent + From<Event>>(&mut self, node: u32, ctx: &mut Context<E>) {
        let Some(DamageSettings { scrub: Some(period), .. }) = self.settings.damage else { return };
        ctx.after(period, Event::Scrubs { node }.into());
        if !self.objects.host(node).is_up() {
            return;
        }
        let bytes = self.settings.code.piece_bytes(self.settings.object_bytes);
        for piece in self.objects.held(node).to_vec() {
            self.tallies.scrubbed_bytes += bytes;
            if !self.passes(piece, ctx) {
                self.discard(piece, ctx.now());
            }
        }
    }

    /// Whether a piece passes the check that is in force; real bytes must agree with the model.
    fn passes<E: EngineEvent>(&self, piece: u32, ctx: &mut Context<E>) -> bool {
        let Some(damage) = &self.settings.damage else { return true };
        let kind = self.objects.piece(piece).damage;
        let passes = match damage.verify {
            Verify::Nothing => true,
            Verify::Local => kind != Damage::Rotten,
            Verify::Manifest => kind == Damage::None,
        };
        if let (Some(object_bytes), Some(check)) = (&self.object_bytes, self.checks.bytes) {
            let agrees = object_bytes.passes(piece, damage.verify) == passes;
            ctx.checks.note(check, agrees, ctx.now(), || {
                format!("piece {piece} is {kind:?}, {:?} passes it: {}", damage.verify, !passes)
            });
        }
        passes
    }

    fn discard(&mut self, piece: u32, now: SimTime) {
        self.tallies.found += 1;
        self.remove(piece, now);
    }

    /// As many pieces of an object as are needed, each checked: those in the clear first, which
    /// need no decoding, each group in random order. `None` if there are not enough. What does not
    /// pass is let go.
    pub(super) fn gather<E: EngineEvent>(
        &mut self,
        object: u32,
        ctx: &mut Context<E>,
    ) -> Option<Vec<u32>> {
        let needed = usize::from(self.settings.code.needed);
        if self.settings.damage.is_none() && self.object_bytes.is_none() {
            // Nothing to choose and to check.
            return (usize::from(self.objects.object(object).reached) >= needed).then(Vec::new);
        }
        let mut there: Vec<u32> =
            self.objects.pieces_of(object).filter(|&piece| self.objects.reached(piece)).collect();
        let mut stream = ctx.streams().indexed(object, GATHER, ctx.now().as_nanos());
        let first = self.objects.pieces_of(object).start;
        let Code { needed: clear, pieces } = self.settings.code;
        let clear = if clear == 1 { pieces } else { clear };
        let mut clear = there.partition_point(|piece| piece - first < u32::from(clear));
        let mut sources = Vec::with_capacity(needed);
        while sources.len() < needed && !there.is_empty() {
            let choices = if clear > 0 { clear } else { there.len() };
            let piece = there.remove(stream.below(choices as u64) as usize);
            clear = clear.saturating_sub(1);
            if self.passes(piece, ctx) {
                sources.push(piece);
            } else {
                self.discard(piece, ctx.now());
            }
        }
        (sources.len() == needed).then_some(sources)
    }

    fn sound(&self, sources: &[u32]) -> bool {
        sources.iter().all(|&piece| self.objects.piece(piece).damage == Damage::None)
    }

    /// The bytes of a piece made anew. From sound sources they are right; from others they are
    /// taken to be wrong, and then only the owner's list of hashes tells. Real bytes can be right
    /// even so: where two sources are wrong because one was made from the other.
    pub(super) fn make_bytes<E: EngineEvent>(
        &mut self,
        piece: u32,
        sources: &[u32],
        ctx: &mut Context<E>,
    ) {
        let sound = self.sound(sources);
        let mut right = sound;
        if let (Some(object_bytes), Some(check)) = (&mut self.object_bytes, self.checks.bytes) {
            right = object_bytes.rebuild(piece, sources);
            ctx.checks.note(check, right || !sound, ctx.now(), || {
                format!("piece {piece} rebuilt wrongly from {sources:?}, which are sound")
            });
        }
        if !right {
            self.objects.damage(piece, Damage::Tampered);
        }
    }

    fn next_read<E: EngineEvent + From<Event>>(&self, ctx: &mut Context<E>) {
        let exponential =
            unit_exponential(&mut ctx.streams().indexed(0, READ, ctx.now().as_nanos()));
        if let Some(delay) = waiting(self.settings.reads_per_second, exponential) {
            ctx.after(delay, Event::Reads.into());
        }
    }

    /// Somebody reads an object.
    pub(super) fn read<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        self.next_read(ctx);
        let mut stream = ctx.streams().indexed(1, READ, ctx.now().as_nanos());
        let object = stream.below(u64::from(self.objects.count())) as u32;
        self.tallies.reads += 1;
        let Some(sources) = self.gather(object, ctx) else {
            self.tallies.reads_failed += 1;
            return;
        };
        let sound = self.sound(&sources);
        self.tallies.reads_corrupt += u64::from(!sound);
        if let Some(check) = self.checks.honest {
            let detail = || format!("object {object} read from {sources:?}");
            ctx.checks.note(check, sound, ctx.now(), detail);
        }
        if let (Some(object_bytes), Some(check)) = (&self.object_bytes, self.checks.bytes) {
            let agrees = object_bytes.read(object, &sources, ctx.streams()) == sound;
            ctx.checks.note(check, agrees, ctx.now(), || {
                format!("object {object} read from {sources:?}, which are sound: {sound}")
            });
        }
    }
    /// Looks at the bytes of one object, another each time, as nobody in the network could.
    pub(super) fn look_into<E: EngineEvent>(&self, turn: u64, ctx: &mut Context<E>) {
        let (Some(object_bytes), Some(check)) = (&self.object_bytes, self.checks.bytes) else {
            return;
        };
        for piece in self.objects.pieces_of((turn % u64::from(self.objects.count())) as u32) {
            let found = self.objects.piece(piece);
            let right = object_bytes.passes(piece, Verify::Manifest);
            let agrees = found.node == NOWHERE || right == (found.damage == Damage::None);
            ctx.checks.note(check, agrees, ctx.now(), || {
                format!("piece {piece} is {:?}, its bytes are right: {right}", found.damage)
            });
        }
    }
}
