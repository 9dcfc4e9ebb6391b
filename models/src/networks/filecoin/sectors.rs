//! A provider's sectors, kept as cohorts: sectors of one kind that were activated together, expire
//! together and carry one pledge.
//!
//! Cohorts of one kind and one commitment length are activated in order of time, so each such queue
//! is in order of expiry as it grows: the next sector to expire is always at a front. Only a term
//! that is made shorter during a run asks for a search.
//!
//! Left out: 64 GiB sectors (counted as two of 32 GiB), sector numbers, partial verified weight (a
//! sector is wholly verified or not).

use std::collections::VecDeque;

use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

/// Size of the sector that the model counts in: 32 GiB.
pub const SECTOR_BYTES: u128 = 32 << 30;
/// Sectors of 32 GiB in one PiB.
pub const SECTORS_PER_PIB: f64 = 32_768.0;

/// What a sector holds.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Committed capacity: no data, quality 1.
    Capacity,
    /// A deal without a verified client, quality 1.
    Deal,
    /// A verified deal (Fil+), and after FIP-0118 any new sector: quality 10.
    Verified,
}

impl Kind {
    /// Every kind, in the order of its number.
    pub const ALL: [Kind; 3] = [Kind::Capacity, Kind::Deal, Kind::Verified];

    /// Quality multiplier of mainnet (FIP-0003 and the miner actor's policy).
    pub const fn quality(self) -> u64 {
        match self {
            Kind::Capacity | Kind::Deal => 1,
            Kind::Verified => 10,
        }
    }
}

/// How long sectors were committed for: the queue they wait in.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Term {
    /// Already on chain when the run starts.
    Stock,
    /// The shortest commitments.
    Short,
    /// Between the two.
    Medium,
    /// The longest commitments.
    Long,
    /// What is left of a claim.
    Claim,
}
const TERMS: usize = 5;
const QUEUES: usize = 3 * TERMS;

/// Sectors that share kind and dates, with sums over all of them. Days count from the start of the
/// run. Each fills one cache line.
#[repr(align(64))]
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cohort {
    /// Day on which they were activated.
    pub activation_day: i32,
    /// Day on which their commitment ends.
    pub expiry_day: i32,
    /// Day on which the claim of their verified data ends: beyond it they cannot be extended with
    /// quality 10. Of no account for other kinds.
    pub claim_end_day: i32,
    /// How many they are.
    pub sectors: u32,
    /// Their pledge together, attoFIL.
    pub pledge_attofil: u128,
    /// Fee a day (FIP-0100).
    pub daily_fee_attofil: u128,
    /// Expected reward of one day at activation, for the termination fee.
    pub day_reward_attofil: u128,
}

impl Cohort {
    /// Takes `sectors` of them out, with their part of every sum rounded down; what rounding leaves
    /// stays, so that the sums over all parts never change.
    pub fn split_off(&mut self, sectors: u32) -> Cohort {
        if sectors == self.sectors {
            return std::mem::take(self);
        }
        let (part, whole) = (u128::from(sectors), u128::from(self.sectors));
        let part_of = |sum: u128| match sum.checked_mul(part) {
            Some(product) => product / whole,
            None => Amount(sum).mul_div_floor(part, whole).0,
        };
        let piece = Cohort {
            sectors,
            pledge_attofil: part_of(self.pledge_attofil),
            daily_fee_attofil: part_of(self.daily_fee_attofil),
            day_reward_attofil: part_of(self.day_reward_attofil),
            ..*self
        };
        self.sectors -= sectors;
        self.pledge_attofil -= piece.pledge_attofil;
        self.daily_fee_attofil -= piece.daily_fee_attofil;
        self.day_reward_attofil -= piece.day_reward_attofil;
        piece
    }

    /// Whether both end on one day, and so nearly began together that one date of activation and
    /// one end of a claim do for both.
    fn joins(&self, other: &Cohort) -> bool {
        self.expiry_day == other.expiry_day
            && self.activation_day.abs_diff(other.activation_day) <= JOIN_DAYS
            && self.claim_end_day.abs_diff(other.claim_end_day) <= JOIN_DAYS
    }

    /// Joins a cohort that [`Self::joins`] this one: the later activation and the earlier end of a
    /// claim hold for both.
    fn join(&mut self, other: &Cohort) {
        self.activation_day = self.activation_day.max(other.activation_day);
        self.claim_end_day = self.claim_end_day.min(other.claim_end_day);
        self.sectors += other.sectors;
        self.pledge_attofil += other.pledge_attofil;
        self.daily_fee_attofil += other.daily_fee_attofil;
        self.day_reward_attofil += other.day_reward_attofil;
    }
}

/// Most days between the activations, and between the ends of the claims, of sectors that are kept
/// as one cohort. The termination fee is flat from an age of 140 days on.
const JOIN_DAYS: u32 = 90;

/// First expiry day of an empty queue.
const NEVER: i32 = i32::MAX;

/// All sectors of one provider. What each day asks for stands here; the queues are looked into
/// only when sectors come or go.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sectors {
    queues: Box<[VecDeque<Cohort>; QUEUES]>,
    /// Expiry day of the front of each queue.
    first_day: [i32; QUEUES],
    live: [u64; 3],
    /// FIP-0100 fee that all sectors together owe a day.
    pub daily_fee_attofil: u128,
}

impl Default for Sectors {
    fn default() -> Self {
        Sectors {
            queues: Box::default(),
            first_day: [NEVER; QUEUES],
            live: [0; 3],
            daily_fee_attofil: 0,
        }
    }
}

impl Sectors {
    /// Sectors on chain, faulty ones included.
    pub fn live(&self) -> u64 {
        self.live.iter().sum()
    }
    /// Live sectors of a kind.
    pub fn of(&self, kind: Kind) -> u64 {
        self.live[kind as usize]
    }
    /// Quality-adjusted size in sectors of quality 1.
    pub fn quality_units(&self) -> u64 {
        Kind::ALL.iter().map(|kind| self.of(*kind) * kind.quality()).sum()
    }

    /// Adds a cohort; a queue is in order of expiry. Most come last: earlier ones only after a term
    /// was made shorter during the run.
    pub fn add(&mut self, kind: Kind, term: Term, cohort: Cohort) {
        let place = queue_of(kind, term);
        let queue = &mut self.queues[place];
        self.live[kind as usize] += u64::from(cohort.sectors);
        self.daily_fee_attofil += cohort.daily_fee_attofil;
        self.first_day[place] = self.first_day[place].min(cohort.expiry_day);
        let at = match queue.back() {
            Some(last) if last.expiry_day > cohort.expiry_day => {
                queue.partition_point(|of| of.expiry_day <= cohort.expiry_day)
            }
            _ => queue.len(),
        };
        let same_day =
            queue.range_mut(..at).rev().take_while(|of| of.expiry_day == cohort.expiry_day);
        match same_day.into_iter().find(|of| of.joins(&cohort)) {
            Some(of) => of.join(&cohort),
            None => queue.insert(at, cohort),
        }
    }

    /// Sectors of a kind that expire on or before `day`.
    pub fn expired(&self, kind: Kind, day: i32) -> u64 {
        if self.first_queue(kind).1 > day {
            return 0;
        }
        let queues = &self.queues[queues_of(kind)];
        let ended = |queue: &VecDeque<Cohort>| -> u64 {
            queue.iter().take_while(|c| c.expiry_day <= day).map(|c| u64::from(c.sectors)).sum()
        };
        queues.iter().map(ended).sum()
    }

    /// Sectors of a kind that expire on this very day.
    pub fn ending_on(&self, kind: Kind, day: i32) -> u64 {
        let on_day = |queue: &VecDeque<Cohort>| -> u64 {
            let place = queue.partition_point(|cohort| cohort.expiry_day < day);
            let of_day = queue.range(place..).take_while(|cohort| cohort.expiry_day == day);
            of_day.map(|cohort| u64::from(cohort.sectors)).sum()
        };
        self.queues[queues_of(kind)].iter().map(on_day).sum()
    }

    /// Takes up to `wanted` sectors of a kind, those that expire first, and hands each piece to
    /// `taken`. Returns how many there were.
    pub fn take_first(&mut self, kind: Kind, wanted: u64, mut taken: impl FnMut(Cohort)) -> u64 {
        let mut left = wanted;
        while left > 0 {
            let (queue, day) = self.first_queue(kind);
            if day == NEVER {
                break;
            }
            left -= self.take_front(kind, queue, left, &mut taken);
        }
        wanted - left
    }

    /// Takes up to `wanted` sectors of a kind, of every date in proportion, and hands each piece to
    /// `taken`.
    pub fn take_evenly(&mut self, kind: Kind, wanted: u64, mut taken: impl FnMut(Cohort)) {
        let (all, wanted) = (self.of(kind), wanted.min(self.of(kind)));
        let (mut seen, mut given) = (0, 0);
        for place in queues_of(kind) {
            for cohort in &mut self.queues[place] {
                seen += u64::from(cohort.sectors);
                let until_here = (u128::from(wanted) * u128::from(seen) / u128::from(all)) as u64;
                let part = (until_here - given) as u32;
                given = until_here;
                if part > 0 {
                    let piece = cohort.split_off(part);
                    self.live[kind as usize] -= u64::from(part);
                    self.daily_fee_attofil -= piece.daily_fee_attofil;
                    taken(piece);
                }
            }
            self.queues[place].retain(|cohort| cohort.sectors > 0);
            self.first_day[place] = self.queues[place].front().map_or(NEVER, |c| c.expiry_day);
        }
    }

    /// Gives all sectors of a kind new dates of expiry, in the order they have: evenly on `steps`
    /// days, `step_days` apart, of which the first is `first_day`.
    pub fn spread(&mut self, kind: Kind, first_day: i32, step_days: i32, steps: u64) {
        let all = self.of(kind);
        let mut spread = Vec::new();
        for step in 0..steps {
            let part = all * (step + 1) / steps - all * step / steps;
            let expiry_day = first_day + step_days * step as i32;
            self.take_first(kind, part, |cohort| spread.push(Cohort { expiry_day, ..cohort }));
        }
        spread.into_iter().for_each(|cohort| self.add(kind, Term::Stock, cohort));
    }

    /// Sets pledge and day reward of every cohort from those of one sector by kind and expiry day;
    /// returns the sum of the pledge.
    pub fn set_terms(&mut self, terms: impl Fn(Kind, i32) -> (u128, u128)) -> u128 {
        let mut total = 0;
        for kind in Kind::ALL {
            for cohort in self.queues[queues_of(kind)].iter_mut().flatten() {
                let (pledge, day_reward) = terms(kind, cohort.expiry_day);
                cohort.pledge_attofil = pledge * u128::from(cohort.sectors);
                cohort.day_reward_attofil = day_reward * u128::from(cohort.sectors);
                total += cohort.pledge_attofil;
            }
        }
        total
    }

    /// Every cohort with its kind.
    pub fn cohorts(&self) -> impl Iterator<Item = (Kind, &Cohort)> {
        Kind::ALL.into_iter().flat_map(|kind| {
            self.queues[queues_of(kind)].iter().flatten().map(move |cohort| (kind, cohort))
        })
    }

    /// The queue of this kind whose front expires first, and that day or [`NEVER`].
    fn first_queue(&self, kind: Kind) -> (usize, i32) {
        let mut first = (0, NEVER);
        for queue in queues_of(kind) {
            if self.first_day[queue] < first.1 {
                first = (queue, self.first_day[queue]);
            }
        }
        first
    }

    fn take_front(
        &mut self,
        kind: Kind,
        queue: usize,
        wanted: u64,
        taken: &mut impl FnMut(Cohort),
    ) -> u64 {
        let front = self.queues[queue].front_mut().expect("the caller saw a front");
        let sectors = u32::try_from(wanted).unwrap_or(u32::MAX).min(front.sectors);
        let piece = front.split_off(sectors);
        if front.sectors == 0 {
            self.queues[queue].pop_front();
            self.first_day[queue] = self.queues[queue].front().map_or(NEVER, |c| c.expiry_day);
        }
        self.live[kind as usize] -= u64::from(sectors);
        self.daily_fee_attofil -= piece.daily_fee_attofil;
        taken(piece);
        u64::from(sectors)
    }
}

fn queues_of(kind: Kind) -> std::ops::Range<usize> {
    let first = kind as usize * TERMS;
    first..first + TERMS
}

fn queue_of(kind: Kind, term: Term) -> usize {
    kind as usize * TERMS + term as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cohort(expiry_day: i32, sectors: u32) -> Cohort {
        Cohort {
            activation_day: 0,
            expiry_day,
            claim_end_day: 0,
            sectors,
            pledge_attofil: 7 * u128::from(sectors),
            daily_fee_attofil: 2 * u128::from(sectors),
            day_reward_attofil: 0,
        }
    }

    #[test]
    fn the_first_to_expire_are_taken_first_whatever_their_term() {
        let mut book = Sectors::default();
        book.add(Kind::Capacity, Term::Long, cohort(20, 5));
        book.add(Kind::Capacity, Term::Short, cohort(10, 5));
        let mut days = vec![];
        assert_eq!(book.take_first(Kind::Capacity, 7, |c| days.push((c.expiry_day, c.sectors))), 7);
        assert_eq!(days, [(10, 5), (20, 2)]);
        assert_eq!((book.live(), book.daily_fee_attofil), (3, 6));
        assert_eq!(book.take_first(Kind::Capacity, 9, |_| ()), 3);
    }

    #[test]
    fn sectors_of_every_date_are_taken_in_proportion() {
        let mut book = Sectors::default();
        for day in 1..=4 {
            book.add(Kind::Capacity, Term::Stock, cohort(day, 10));
            book.add(Kind::Capacity, Term::Long, cohort(day + 100, 30));
        }
        let (mut sectors, mut pledge) = (0, 0);
        book.take_evenly(Kind::Capacity, 40, |c| {
            assert!(matches!((c.expiry_day, c.sectors), (..=4, 2..=3) | (101.., 7..=8)), "{c:?}");
            sectors += c.sectors;
            pledge += c.pledge_attofil;
        });
        assert_eq!((sectors, pledge, book.live(), book.daily_fee_attofil), (40, 280, 120, 240));
        book.take_evenly(Kind::Capacity, 1_000, |_| ());
        assert_eq!((book.live(), book.expired(Kind::Capacity, 1_000)), (0, 0));
        book.take_evenly(Kind::Verified, 5, |_| panic!("there is none"));
    }

    #[test]
    fn a_term_made_shorter_keeps_a_queue_in_order() {
        let mut book = Sectors::default();
        for day in [30, 40, 20, 30, 25] {
            book.add(Kind::Capacity, Term::Long, cohort(day, 1));
        }
        let mut days = vec![];
        assert_eq!(book.expired(Kind::Capacity, 25), 2);
        book.take_first(Kind::Capacity, 5, |c| days.push((c.expiry_day, c.sectors)));
        assert_eq!(days, [(20, 1), (25, 1), (30, 2), (40, 1)]);
    }

    #[test]
    fn spread_sectors_keep_their_order_and_number() {
        let mut book = Sectors::default();
        book.add(Kind::Capacity, Term::Short, Cohort { activation_day: -100, ..cohort(50, 5) });
        book.add(Kind::Capacity, Term::Long, cohort(90, 6));
        book.spread(Kind::Capacity, 3, 7, 4);
        let all: Vec<_> =
            book.cohorts().map(|(_, c)| (c.expiry_day, c.activation_day, c.sectors)).collect();
        assert_eq!(all, [(3, -100, 2), (10, -100, 3), (17, 0, 3), (24, 0, 3)]);
        assert_eq!((book.live(), book.daily_fee_attofil), (11, 22));
    }

    #[test]
    fn sectors_of_another_age_or_claim_stay_apart() {
        let mut book = Sectors::default();
        let old = Cohort { activation_day: -400, ..cohort(50, 2) };
        let claimed = Cohort { claim_end_day: 500, ..cohort(50, 4) };
        for of in [cohort(50, 1), old, claimed, cohort(50, 8), claimed] {
            book.add(Kind::Verified, Term::Long, of);
        }
        let all: Vec<_> = book.cohorts().map(|(_, c)| (c.activation_day, c.sectors)).collect();
        assert_eq!(all, [(0, 9), (-400, 2), (0, 8)]);
        assert_eq!((book.live(), book.ending_on(Kind::Verified, 50)), (19, 19));
    }

    #[test]
    fn expired_sectors_leave_with_their_pledge() {
        let mut book = Sectors::default();
        for day in 1..=30 {
            book.add(Kind::Verified, Term::Medium, cohort(day, 2));
        }
        let mut pledge = 0;
        assert_eq!(book.expired(Kind::Verified, 10), 20);
        assert_eq!(book.take_first(Kind::Verified, 20, |c| pledge += c.pledge_attofil), 20);
        assert_eq!((pledge, book.quality_units()), (140, 400));
        assert_eq!((book.expired(Kind::Verified, 10), book.expired(Kind::Verified, 11)), (0, 2));
        let on = |day| book.ending_on(Kind::Verified, day);
        assert_eq!((on(10), on(11), on(30), on(31)), (0, 2, 2, 0));
    }

    #[test]
    fn splitting_loses_nothing() {
        let mut whole = Cohort { pledge_attofil: 1_000, ..cohort(9, 7) };
        let parts = [whole.split_off(3), whole.split_off(1), whole];
        assert_eq!(parts.iter().map(|part| part.pledge_attofil).sum::<u128>(), 1_000);
        assert_eq!(parts.map(|part| part.sectors), [3, 1, 3]);
    }

    #[test]
    fn cohorts_of_one_day_merge() {
        let mut book = Sectors::default();
        book.add(Kind::Deal, Term::Short, cohort(5, 1));
        book.add(Kind::Deal, Term::Short, cohort(5, 2));
        assert_eq!(book.cohorts().count(), 1);
    }
}
