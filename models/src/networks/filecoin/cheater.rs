//! A provider that claims proofs of data it does not have.
//!
//! What of its data is gone, by deadline, in two parts: *hidden* sectors, whose proofs it claims
//! and which keep their power, and *exposed* ones, which the chain knows to be faulty. It hides
//! what its disks lose, and deletes data on purpose to save its cost, deadline by deadline, so that
//! as few proofs as possible are invalid. A proof by which sectors recover is verified at once
//! (`submit_windowed_post`), so what is hidden among them is exposed; what is exposed stays so.
//!
//! Sectors that are out of reach for a while it declares as everybody does, but for deadlines in
//! which it hides something: to recover them would expose it.
//!
//! Left out: a sector whose data was deleted is sealed anew; recoveries in one partition of a
//! deadline expose what is hidden in all of them.
//!
//! Invariant: a deadline has no more hidden and exposed sectors than live ones.

use std::collections::VecDeque;

use pinwheel_core::{Amount, SimTime};
use serde::{Deserialize, Serialize};

use super::provider::{DEADLINES, share_of_deadline};

/// The invalid proofs of one deadline, which somebody will dispute.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// When they were claimed: at the end of the deadline.
    pub claimed: SimTime,
    /// When they are disputed.
    pub due: SimTime,
    /// Which deadline.
    pub deadline: u8,
    /// Invalid proofs, of a partition each.
    pub proofs: u32,
    /// Sectors of those partitions that had power.
    pub sectors: u32,
    /// Of these, the sectors without data.
    pub hidden: u32,
}

/// What cheating has brought and cost since the last record.
#[derive(Copy, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Running costs of the sectors whose data it has deleted, USD.
    pub saved_usd: f64,
    /// Block reward of hidden sectors whose data broken disks have lost, and the fees that an
    /// honest provider would have paid for these, FIL.
    pub kept_fil: f64,
    /// Penalties of disputes and consensus faults, fault fees and termination fees of what was
    /// exposed.
    pub penalties: Amount,
    /// Block reward that the ban from the lottery, and faults of what it had deleted, cost, FIL.
    pub forgone_fil: f64,
}

/// A cheating provider's secrets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cheater {
    /// Sectors without data whose proofs it claims, by deadline.
    hidden: Vec<u32>,
    /// Sectors without data that the chain knows of, by deadline.
    exposed: Vec<u32>,
    /// Of both together, those that broken disks have lost.
    broken: f64,
    /// Disputes to come, in order of time; at most one a deadline.
    pub disputes: VecDeque<Dispute>,
    /// Last epoch at which it may not win for a consensus fault.
    pub barred_until_epoch: i64,
    /// What cheating has brought and cost since the last record.
    pub account: Account,
}

impl Default for Cheater {
    fn default() -> Self {
        Cheater {
            hidden: vec![0; DEADLINES],
            exposed: vec![0; DEADLINES],
            broken: 0.0,
            disputes: VecDeque::new(),
            barred_until_epoch: i64::MIN,
            account: Account::default(),
        }
    }
}

impl Cheater {
    /// Sectors of a deadline whose proofs it claims without their data.
    pub fn hidden_in(&self, deadline: usize) -> u32 {
        self.hidden[deadline]
    }

    /// Sectors of a deadline without data that the chain knows of.
    pub fn exposed_in(&self, deadline: usize) -> u32 {
        self.exposed[deadline]
    }

    /// All sectors whose proofs it claims without their data.
    pub fn hidden(&self) -> u64 {
        self.hidden.iter().copied().map(u64::from).sum()
    }

    /// All sectors without data that the chain knows of.
    pub fn exposed(&self) -> u64 {
        self.exposed.iter().copied().map(u64::from).sum()
    }

    /// Of all sectors without data, the share that broken disks have lost; it has deleted the rest.
    pub fn broken_share(&self) -> f64 {
        match self.hidden() + self.exposed() {
            0 => 0.0,
            gone => self.broken / gone as f64,
        }
    }

    /// Whether it has nothing to hide and nothing to fear.
    pub fn is_clean(&self) -> bool {
        self.disputes.is_empty() && self.hidden() + self.exposed() == 0
    }

    /// Sectors of a deadline that still have their data, of so many live ones in all.
    fn whole_in(&self, deadline: usize, live: u64) -> u32 {
        let gone = self.hidden[deadline] + self.exposed[deadline];
        share_of_deadline(live, deadline).saturating_sub(gone)
    }

    /// Hides `sectors` that broken disks have lost, spread over all deadlines; returns how many
    /// still had their data.
    pub fn lose(&mut self, sectors: u64, live: u64) -> u64 {
        let mut lost = 0;
        for deadline in 0..DEADLINES {
            let share = share_of_deadline(sectors.min(live), deadline);
            let share = share.min(self.whole_in(deadline, live));
            self.hidden[deadline] += share;
            lost += u64::from(share);
        }
        self.broken += lost as f64;
        lost
    }

    /// Deletes the data of `sectors`, one deadline after another, and tells of each how many.
    pub fn delete(&mut self, sectors: u64, live: u64, mut deleted: impl FnMut(usize, u32)) {
        let mut left = u32::try_from(sectors).unwrap_or(u32::MAX);
        for deadline in 0..DEADLINES {
            let share = left.min(self.whole_in(deadline, live));
            if share > 0 {
                self.hidden[deadline] += share;
                left -= share;
                deleted(deadline, share);
            }
        }
    }

    /// The chain learns of so many sectors that are hidden in a deadline.
    pub fn expose(&mut self, deadline: usize, sectors: u32) {
        let sectors = sectors.min(self.hidden[deadline]);
        self.hidden[deadline] -= sectors;
        self.exposed[deadline] += sectors;
    }

    /// What was exposed leaves the chain.
    pub fn end_exposed(&mut self) {
        self.broken = self.broken_share() * self.hidden() as f64;
        self.exposed.fill(0);
    }

    /// Forgets sectors that left the chain, so that none is counted beyond `live`.
    pub fn cap(&mut self, live: u64) {
        let broken_share = self.broken_share();
        for deadline in 0..DEADLINES {
            let most = share_of_deadline(live, deadline);
            self.exposed[deadline] = self.exposed[deadline].min(most);
            self.hidden[deadline] = self.hidden[deadline].min(most - self.exposed[deadline]);
        }
        self.broken = broken_share * (self.hidden() + self.exposed()) as f64;
    }

    /// The next dispute, if it is due by then.
    pub fn take_due(&mut self, by: SimTime) -> Option<Dispute> {
        let due = self.disputes.front().is_some_and(|dispute| dispute.due <= by);
        if due { self.disputes.pop_front() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::SimDuration;

    #[test]
    fn what_is_deleted_fills_one_deadline_after_another() {
        let mut cheater = Cheater::default();
        let mut by_deadline = vec![];
        cheater.delete(25, 480, |deadline, sectors| by_deadline.push((deadline, sectors)));
        assert_eq!(by_deadline, [(0, 10), (1, 10), (2, 5)]);
        assert_eq!((cheater.hidden(), cheater.exposed()), (25, 0));
        cheater.delete(1_000, 480, |_, _| ());
        assert_eq!(cheater.hidden(), 480, "no more than there is");
    }

    #[test]
    fn disks_lose_sectors_of_all_deadlines() {
        let mut cheater = Cheater::default();
        assert_eq!(cheater.lose(96, 480), 96);
        assert!((0..DEADLINES).all(|deadline| cheater.hidden_in(deadline) == 2));
        assert_eq!(cheater.lose(480, 480), 480 - 96, "lost data is not lost again");
    }

    #[test]
    fn what_is_exposed_stays_so_until_it_ends() {
        let mut cheater = Cheater::default();
        cheater.lose(48, 480);
        cheater.expose(7, 1);
        cheater.expose(7, 1);
        assert_eq!((cheater.hidden_in(7), cheater.exposed_in(7)), (0, 1));
        assert_eq!(cheater.broken_share(), 1.0);
        assert_eq!((cheater.hidden(), cheater.exposed()), (47, 1));
        assert!(!cheater.is_clean());
        cheater.cap(24);
        assert_eq!((cheater.hidden(), cheater.exposed()), (23, 1));
        cheater.end_exposed();
        cheater.cap(0);
        assert!(cheater.is_clean());
    }

    #[test]
    fn a_dispute_waits_until_it_is_due() {
        let mut cheater = Cheater::default();
        let due = SimTime::ZERO + SimDuration::from_hours(3);
        let claimed = SimTime::ZERO;
        let dispute = Dispute { claimed, due, deadline: 4, proofs: 1, sectors: 10, hidden: 2 };
        cheater.disputes.push_back(dispute);
        assert_eq!(cheater.take_due(SimTime::ZERO + SimDuration::from_hours(2)), None);
        assert_eq!(cheater.take_due(due), Some(dispute));
        assert_eq!(cheater.take_due(due), None);
    }
}
