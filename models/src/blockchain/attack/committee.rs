//! Committees that finalise blocks by a quorum of seats drawn by weight, and an attacker inside.
//!
//! Each slot draws a leader and `seats` seats, each by itself in proportion to weight (so that the
//! bad seats are binomial, as in cryptographic sortition; Gilad et al., "Algorand", SOSP 2017). A
//! block is final with more than `quorum` of the seats. The attacker sees the draw first and
//! controls the network of that slot: with enough seats it signs two blocks, shows each to one
//! half of the honest seats, and both become final. Who signed both is known afterwards and
//! slashed.
//!
//! Weight is stake, or one vote for each identity: then the attacker's identities are its weight
//! (Douceur, "The Sybil attack", IPTPS 2002).
//!
//! Left out: view changes inside a slot, messages and their times, sampling without replacement.
//! Invariants: no two final blocks of one slot while the bad seats are less than a third; staked
//! and slashed units add up to what was issued.

use pinwheel_core::check::CheckId;
use pinwheel_core::distribution::AliasTable;
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Account, Amount, Context, Holding, Ledger, SimDuration, Streams};
use serde::{Deserialize, Serialize};

use super::Event;
use super::censorship::Censorship;
use super::law;
use super::mining::share;
use crate::blockchain::Event as LayerEvent;

const SEATS: Purpose = Purpose::new("blockchain.attack.seats");
const LEADER: Purpose = Purpose::new("blockchain.attack.leader");
/// Occurrences the law must predict before a run is held to see one: it then fails to by chance
/// once in 5 * 10^8.
const EXPECTED_MIN: f64 = 20.0;
/// Shares become fractions of integers in these parts.
const PARTS: f64 = 1e9;

/// What gives a seat.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Weighting {
    /// A seat in proportion to stake.
    Stake,
    /// One vote for each identity.
    Identity,
}

/// What the attacker's seats do.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Conduct {
    /// They follow the rules.
    Honest,
    /// They sign two blocks where that makes both final.
    Equivocate,
    /// They do not sign.
    Withhold,
    /// They refuse blocks with the transactions of one account, as leaders and as seats.
    Censor,
}

/// What a scenario says of committees.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommitteeSettings {
    /// Length of a slot.
    pub slot: SimDuration,
    /// Members of a committee.
    pub seats: u32,
    /// A block is final with more than this share of the seats.
    pub quorum: f64,
    /// What gives a seat.
    pub weighting: Weighting,
    /// Honest operators, one identity each, with equal stakes.
    pub honest: u32,
    /// Identities of the attacker, who splits its stake between them.
    pub identities: u32,
    /// The attacker's share of the stake.
    pub share: f64,
    /// What the attacker does with its seats.
    pub conduct: Conduct,
    /// All stake.
    pub stake: Amount,
    /// Share of its stake that an identity loses for signing two blocks.
    pub slash: f64,
    /// Price of one identity.
    pub identity_price: Amount,
    /// Slots of the run.
    pub slots: u64,
}

impl CommitteeSettings {
    /// Seats that make a block final.
    pub fn quorum_seats(&self) -> u32 {
        (f64::from(self.seats) * self.quorum) as u32 + 1
    }
    /// The attacker's share of the weight: what its share of the seats must be on average.
    pub fn influence(&self) -> f64 {
        let (identities, honest) = (f64::from(self.identities), f64::from(self.honest));
        match self.weighting {
            Weighting::Identity => identities / (identities + honest),
            Weighting::Stake if self.identities == 0 => 0.0,
            Weighting::Stake => self.share,
        }
    }
    /// Chance that a slot includes a transaction that the attacker refuses: an honest leader, and
    /// enough honest seats.
    pub fn inclusion(&self) -> f64 {
        let captured = self.influence();
        let blocking = match self.seats {
            0 => 0.0,
            seats => law::binomial_tail(seats, captured, seats + 1 - self.quorum_seats()),
        };
        (1.0 - captured) * (1.0 - blocking)
    }
    /// Bad seats with which two blocks of a slot can both become final.
    pub fn breaking_seats(&self) -> u32 {
        (2 * self.quorum_seats()).saturating_sub(self.seats)
    }
}

/// What has happened in the slots so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slots {
    /// Slots that have passed.
    pub held: u64,
    /// Of these, those with a final block.
    pub finalised: u64,
    /// Slots without a final block.
    pub stalled: u64,
    /// Slots with two final blocks.
    pub conflicts: u64,
    /// Slots whose block was the attacker's to make.
    pub led_by_attacker: u64,
    /// Slots by their number of bad seats.
    pub by_bad_seats: Vec<u64>,
}

impl Slots {
    /// Slots with at least so many bad seats.
    pub fn with_bad_seats(&self, from: u32) -> u64 {
        self.by_bad_seats.iter().skip(from as usize).sum()
    }
    /// The attacker's share of all seats.
    pub fn seat_share(&self) -> f64 {
        let seats = self.held * (self.by_bad_seats.len() as u64 - 1);
        let bad = self.by_bad_seats.iter().zip(0u64..).map(|(slots, bad)| slots * bad);
        share(bad.sum(), seats)
    }
}

/// Validators, their bonds and the committees drawn from them. Identities of the attacker come
/// first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Committee {
    /// What the scenario says.
    pub settings: CommitteeSettings,
    table: AliasTable,
    ledger: Ledger,
    bonds: Vec<Account>,
    /// What has happened so far.
    pub slots: Slots,
    /// How long a refused account waited.
    pub censorship: Censorship,
    /// The attacker's identities in this slot's committee.
    bad: Vec<u32>,
    check: Option<CheckId>,
    reached: Option<CheckId>,
    books: Option<CheckId>,
}

impl Committee {
    /// Validators with their bonds, before the first slot.
    ///
    /// # Panics
    ///
    /// If the attacker's share is above 1, or no validator has any weight.
    pub fn new(settings: CommitteeSettings) -> Self {
        let mut ledger = Ledger::default();
        let share = if settings.identities == 0 { 0.0 } else { settings.share };
        let attackers = settings.stake.mul_div_floor((share * PARTS) as u128, PARTS as u128);
        let honest = settings.stake - attackers;
        let mut bonds = vec![];
        for (whole, parts) in [(attackers, settings.identities), (honest, settings.honest)] {
            for _ in 0..parts {
                let bond = ledger.open(Holding::Locked);
                let amount = whole.mul_div_floor(1, u128::from(parts));
                ledger.mint(bond, amount).expect("no more than all stake");
                bonds.push(bond);
            }
        }
        let slots =
            Slots { by_bad_seats: vec![0; settings.seats as usize + 1], ..Slots::default() };
        let mut committee = Committee {
            settings,
            table: AliasTable::new([1.0]).expect("one place"),
            ledger,
            bonds,
            slots,
            censorship: Censorship::default(),
            bad: vec![],
            check: None,
            reached: None,
            books: None,
        };
        committee.weigh();
        committee
    }

    /// Weights anew, after a change of stake.
    fn weigh(&mut self) {
        let weights = self.bonds.iter().map(|&bond| match self.settings.weighting {
            Weighting::Identity => 1.0,
            Weighting::Stake => self.ledger.balance(bond).0 as f64,
        });
        self.table.rebuild(weights).expect("a validator with weight");
    }

    /// Registers the checks and schedules the first slot. Called once, at time zero.
    pub fn start<E: EngineEvent + From<LayerEvent>>(&mut self, ctx: &mut Context<E>) {
        self.check =
            Some(ctx.checks.always("blockchain.attack.no_conflicting_finality_below_a_third"));
        self.books = Some(ctx.checks.always("blockchain.attack.committee_bonds_balance"));
        let CommitteeSettings { seats, conduct, slots, .. } = self.settings;
        let breaking = self.settings.breaking_seats();
        let expected = law::binomial_tail(seats, self.settings.influence(), breaking);
        if conduct == Conduct::Equivocate && expected * slots as f64 >= EXPECTED_MIN {
            self.reached =
                Some(ctx.checks.sometimes("blockchain.attack.conflicting_finality_above_a_third"));
        }
        ctx.after(self.settings.slot, Event::Slot.lift());
    }

    /// One slot: a leader and a committee are drawn, and a block becomes final, or none, or two.
    pub fn slot<E: EngineEvent + From<LayerEvent>>(&mut self, ctx: &mut Context<E>) {
        ctx.after(self.settings.slot, Event::Slot.lift());
        let streams = *ctx.streams();
        let leads = self.draw(&streams);
        let bad = self.bad.len() as u32;
        self.slots.held += 1;
        self.slots.by_bad_seats[bad as usize] += 1;
        self.slots.led_by_attacker += u64::from(leads);
        let finals = self.finals(bad);
        match finals {
            0 => self.slots.stalled += 1,
            1 => self.slots.finalised += 1,
            _ => self.slots.conflicts += 1,
        }
        if self.settings.conduct == Conduct::Censor {
            let included = !leads && self.settings.seats - bad >= self.votes_needed();
            self.censorship.slot(included);
        }
        self.judge(finals, bad, ctx);
        if finals > 1 {
            self.punish(ctx);
        }
    }

    /// Draws the slot's leader and committee; true if the attacker leads.
    fn draw(&mut self, streams: &Streams) -> bool {
        let (slot, identities) = (self.slots.held, self.settings.identities);
        let leader = self.table.pick(&mut streams.indexed(0, LEADER, slot)) as u32;
        let mut seats = streams.indexed(0, SEATS, slot);
        self.bad.clear();
        for _ in 0..self.settings.seats {
            let validator = self.table.pick(&mut seats) as u32;
            if validator < identities {
                self.bad.push(validator);
            }
        }
        leader < identities
    }

    /// Votes a block needs; without seats the leader alone decides.
    fn votes_needed(&self) -> u32 {
        if self.settings.seats == 0 { 0 } else { self.settings.quorum_seats() }
    }

    /// How many blocks of the slot become final.
    fn finals(&self, bad: u32) -> u32 {
        let (honest, needed) = (self.settings.seats - bad, self.votes_needed());
        let final_with = |votes: u32| u32::from(votes >= needed);
        match self.settings.conduct {
            Conduct::Honest | Conduct::Censor => final_with(honest + bad),
            Conduct::Withhold => final_with(honest),
            Conduct::Equivocate => {
                let half = honest / 2;
                let both = final_with(half + bad) + final_with(honest - half + bad);
                // It signs two blocks only where both become final: elsewhere it would be slashed
                // for nothing.
                if both == 2 { 2 } else { final_with(honest + bad) }
            }
        }
    }

    fn judge<E: EngineEvent + From<LayerEvent>>(
        &self,
        finals: u32,
        bad: u32,
        ctx: &mut Context<E>,
    ) {
        let (now, third) = (ctx.now(), law::third(self.settings.seats));
        if let Some(check) = self.check {
            ctx.checks.note(check, finals < 2 || bad >= third, now, || {
                format!("{finals} final blocks with {bad} bad seats; a third is {third}")
            });
        }
        if let Some(reached) = self.reached {
            ctx.checks.note(reached, finals > 1, now, String::new);
        }
    }

    /// Slashes every identity that signed two blocks; the attack ends when its stake is gone.
    fn punish<E: EngineEvent + From<LayerEvent>>(&mut self, ctx: &mut Context<E>) {
        let parts = (self.settings.slash * PARTS) as u128;
        if parts == 0 {
            return;
        }
        self.bad.sort_unstable();
        self.bad.dedup();
        for &validator in &self.bad {
            let bond = self.bonds[validator as usize];
            let fine = self.ledger.balance(bond).mul_div_floor(parts, PARTS as u128);
            self.ledger.slash(bond, fine).expect("no more than the bond");
        }
        self.balance_books(ctx);
        ctx.fingerprint.ledger.mix(self.ledger.digest.value());
        self.weigh();
    }

    /// Sums the bonds and compares them with what was issued and slashed.
    ///
    /// # Panics
    ///
    /// If [`Committee::start`] was not called.
    pub fn balance_books<E: EngineEvent>(&self, ctx: &mut Context<E>) {
        let (now, held) = (ctx.now(), self.ledger.verify());
        let books = self.books.expect("committees that have started");
        ctx.checks.note(books, held.is_ok(), now, || format!("{held:?}"));
    }

    /// Stake that was slashed so far: what the conflicts have cost the attacker.
    pub fn slashed(&self) -> Amount {
        self.ledger.burned()
    }
    /// What the attacker's identities cost.
    pub fn identities_cost(&self) -> Amount {
        self.settings.identity_price.mul_div_floor(u128::from(self.settings.identities), 1)
    }
}
