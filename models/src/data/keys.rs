//! Keys of users, stolen and lost, each alone or in shares among guardians that are made anew from
//! time to time (proactive secret sharing: Herzberg et al., CRYPTO 1995).

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Context, SimDuration, SimTime, math};
use serde::{Deserialize, Serialize};

use super::Event;
use super::formulas::binomial_tail;
use super::settings::KeySettings;
use super::store::waiting;
use crate::laws::draw::unit_exponential;

const INCIDENT: Purpose = Purpose::new("data.key");
/// Shares of a key fit into a word.
pub const SHARES_MAX: u16 = 64;

/// One user's key.
#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
struct Key {
    /// Shares in foreign hands, one bit each.
    stolen: u64,
    /// Shares whose guardians have them no more.
    lost: u64,
    /// Enough shares were stolen at one time: the user's objects are open.
    exposed: bool,
    /// Too few shares are left: the user's objects cannot be opened any more.
    gone: bool,
}

/// All keys.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Keys {
    settings: KeySettings,
    keys: Vec<Key>,
    /// Shares of keys that were stolen.
    pub thefts: u64,
    /// Shares of keys that were lost.
    pub losses: u64,
}

impl Keys {
    /// Keys of all users, none of them stolen or lost.
    pub fn new(settings: &KeySettings) -> Self {
        let keys = vec![Key::default(); settings.users as usize];
        Keys { settings: settings.clone(), keys, thefts: 0, losses: 0 }
    }

    /// Schedules the first incident and the first refresh. Called once, at time zero.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        self.next(ctx);
        if let Some(period) = self.settings.refresh {
            ctx.after(period, Event::Refreshes.into());
        }
    }

    /// One clock for all shares: which share it strikes is drawn when it does.
    fn next<E: EngineEvent + From<Event>>(&self, ctx: &mut Context<E>) {
        let each = self.settings.thefts_per_second + self.settings.losses_per_second;
        let shares = f64::from(self.settings.users) * f64::from(self.settings.shares);
        let exponential =
            unit_exponential(&mut ctx.streams().indexed(0, INCIDENT, ctx.now().as_nanos()));
        if let Some(delay) = waiting(each * shares, exponential) {
            ctx.after(delay, Event::KeyIncident.into());
        }
    }

    /// A share of some key is stolen or lost.
    pub fn incident<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        self.next(ctx);
        let KeySettings { shares, needed, thefts_per_second, losses_per_second, .. } =
            self.settings;
        let mut stream = ctx.streams().indexed(1, INCIDENT, ctx.now().as_nanos());
        let user = stream.below(self.keys.len() as u64) as usize;
        let share = 1u64 << stream.below(u64::from(shares));
        let theft = stream.uniform() * (thefts_per_second + losses_per_second) < thefts_per_second;
        let key = &mut self.keys[user];
        if theft {
            self.thefts += 1;
            key.stolen |= share;
            key.exposed |= key.stolen.count_ones() >= u32::from(needed);
        } else {
            self.losses += 1;
            key.lost |= share;
            key.gone |= u32::from(shares) - key.lost.count_ones() < u32::from(needed);
        }
    }

    /// Every key gets new shares: old ones are worthless, lost ones are back if enough are left.
    pub fn refresh<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        if let Some(period) = self.settings.refresh {
            ctx.after(period, Event::Refreshes.into());
        }
        for key in &mut self.keys {
            key.stolen = 0;
            key.lost = if key.gone { key.lost } else { 0 };
        }
    }

    /// Share of the users whose objects are open to thieves.
    pub fn exposed_share(&self) -> f64 {
        self.share_of(|key| key.exposed)
    }
    /// Share of the users that have lost their objects.
    pub fn gone_share(&self) -> f64 {
        self.share_of(|key| key.gone)
    }
    /// Objects that were opened, for each share that was stolen.
    pub fn exposed_per_theft(&self) -> f64 {
        let exposed = self.keys.iter().filter(|key| key.exposed).count() as f64;
        exposed * f64::from(self.settings.objects_per_user) / (self.thefts.max(1)) as f64
    }
    fn share_of(&self, holds: impl Fn(&Key) -> bool) -> f64 {
        self.keys.iter().filter(|key| holds(key)).count() as f64 / self.keys.len() as f64
    }

    /// What [`Keys::exposed_share`] and [`Keys::gone_share`] are in theory: `least` of the shares
    /// struck within one period between refreshes, in any period so far.
    pub fn theory(&self, now: SimTime) -> (f64, f64) {
        let KeySettings { shares, needed, thefts_per_second, losses_per_second, .. } =
            self.settings;
        let spare = shares - needed;
        (
            self.struck(thefts_per_second, needed, now),
            self.struck(losses_per_second, spare + 1, now),
        )
    }

    fn struck(&self, rate_per_second: f64, least: u16, now: SimTime) -> f64 {
        let elapsed = now.since(SimTime::ZERO);
        let period = self.settings.refresh.unwrap_or(elapsed);
        let whole = elapsed.as_nanos() / period.as_nanos().max(1);
        let rest = SimDuration::from_nanos(elapsed.as_nanos() - whole * period.as_nanos());
        let within = |time: SimDuration| {
            let chance = -math::expm1(-rate_per_second * time.as_seconds());
            binomial_tail(u32::from(self.settings.shares), u32::from(least), chance)
        };
        1.0 - math::pow(1.0 - within(period), whole as f64) * (1.0 - within(rest))
    }
}
