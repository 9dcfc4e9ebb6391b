//! Proof of spacetime: 48 deadlines a day, faults, recovery, fault fees and termination.
//!
//! A provider that is down through a deadline, or whose disks cannot be read, proves nothing for
//! the sectors concerned: they lose their power when the deadline closes. The first day is free
//! (FIP-0002); each further day costs the continued-fault fee; after 42 days the chain terminates
//! the sectors. A sector proven again has recovered. Fees are computed by the protocol's own crate
//! ([`super::pledge`]); like the daily fee they are taken from rewards that still vest first.

use pinwheel_core::{Amount, SimDuration, SimTime, Streams};

use super::gas::PARTITION_SECTORS;
use super::provider::{DEADLINES, Power, share_of_deadline};
use super::sectors::Kind;
use super::settings::Detail;
use super::{DAY, Filecoin};
use crate::infrastructure::sites::SiteStatus;

/// Length of a deadline: 60 epochs.
pub const DEADLINE: SimDuration = SimDuration::from_minutes(30);

impl Filecoin {
    /// Takes over what the machines of provider `i` can do now.
    pub fn sites_changed(&mut self, i: usize, status: SiteStatus, now: SimTime, streams: &Streams) {
        if self.detail == Detail::Day {
            self.catch_up(i, now, streams);
        }
        let sectors_per_disk = self.derived.sectors_per_disk;
        let provider = &mut self.providers[i];
        if provider.online && !status.online {
            provider.offline_since = status.offline_since.unwrap_or(now);
        }
        provider.online = status.online;
        let newly_lost = (status.disks_lost - provider.disks_lost) * sectors_per_disk;
        provider.disks_lost = status.disks_lost;
        if newly_lost > 0 {
            let live = provider.sectors.live();
            let lost = match &mut provider.cheater {
                Some(cheater) => cheater.lose(newly_lost, live),
                None => {
                    if provider.lost == 0 {
                        provider.lost_since_day = self.day;
                    }
                    let lost = newly_lost.min(live - provider.lost);
                    provider.lost += lost;
                    lost
                }
            };
            provider.losses.add(now, lost);
            if self.providers[i].cheater.is_some() {
                self.note_hidden(i, lost);
            }
        }
        let provider = &mut self.providers[i];
        provider.unreachable = u64::from(status.disks_unavailable) * sectors_per_disk;
    }

    /// Closes the next deadline of provider `i`.
    pub fn close_deadline(&mut self, i: usize, now: SimTime, streams: &Streams) {
        let provider = &mut self.providers[i];
        let deadline = usize::from(provider.deadline);
        provider.deadline = (provider.deadline + 1) % DEADLINES as u8;
        self.judge_deadline(i, deadline, now, streams);
    }

    /// Closes a deadline of provider `i` that ends at `end`. Returns whether it was missed.
    fn judge_deadline(
        &mut self,
        i: usize,
        deadline: usize,
        end: SimTime,
        streams: &Streams,
    ) -> bool {
        let provider = &self.providers[i];
        let due = share_of_deadline(provider.sectors.live(), deadline);
        if due == 0 {
            return false;
        }
        self.flows.deadlines_due += 1;
        if provider.is_whole() && !self.audit.real() {
            self.post_proofs(i, due);
            self.charge_daily_fee(i, 1);
            return false;
        }
        self.judge_due(i, deadline, end, due, streams)
    }

    /// Sends the proofs of so many sectors.
    fn post_proofs(&mut self, i: usize, due: u32) {
        let partitions = u64::from(due).div_ceil(PARTITION_SECTORS);
        self.post_proof(i, partitions * self.gas.message.window_post);
    }

    /// Closes a deadline in which `due` sectors are to be proven and some may not be.
    fn judge_due(
        &mut self,
        i: usize,
        deadline: usize,
        end: SimTime,
        due: u32,
        streams: &Streams,
    ) -> bool {
        self.settle_disputes(i, end);
        let provider = &self.providers[i];
        let cheats = provider.cheater.is_some();
        let missed = self.misses(i, end);
        let mut unproven = provider.unproven(deadline, missed);
        let mut passes = false;
        if missed {
            self.flows.deadlines_missed += 1;
        } else {
            self.post_proofs(i, due);
            passes = self.passes_audit(i, deadline, streams);
            if passes && !cheats {
                let provider = &self.providers[i];
                let unreachable = provider.unreachable.min(provider.sectors.live());
                unproven = share_of_deadline(unreachable, deadline);
            }
            if cheats {
                unproven = self.verify_recoveries(i, deadline, end, unproven);
            }
        }
        let provider = &mut self.providers[i];
        if !provider.losses.is_empty() && (missed || !cheats && !passes) {
            self.noticed.notice(&mut provider.losses, deadline, end);
        }
        if missed && cheats {
            provider.expose(deadline, due, self.day);
        }
        self.settle_deadline(i, deadline, unproven);
        if cheats {
            self.note_exposed(i, deadline);
            if !missed {
                self.claim_proofs(i, deadline, end, !passes, streams);
            }
        }
        missed
    }

    /// Whether provider `i`, as it is now, misses a deadline that ends at `end`.
    fn misses(&self, i: usize, end: SimTime) -> bool {
        let provider = &self.providers[i];
        !provider.online
            && end.max(provider.offline_since).since(provider.offline_since)
                + self.derived.proving_slack
                >= DEADLINE
    }

    /// When the present day began.
    pub(super) fn day_begins(&self) -> SimTime {
        SimTime::ZERO + DAY.times(u64::from(self.day.unsigned_abs()) - 1)
    }

    /// End of a deadline of today, in day detail: there, every proving period starts at midnight.
    fn end_of_deadline(&self, deadline: usize) -> SimTime {
        self.day_begins() + DEADLINE.times(deadline as u64 + 1)
    }

    /// Closes the deadlines of provider `i` that have ended today, on its state until now: called
    /// before that changes, and at the end of the day.
    fn catch_up(&mut self, i: usize, now: SimTime, streams: &Streams) {
        for deadline in usize::from(self.providers[i].deadline)..DEADLINES {
            let end = self.end_of_deadline(deadline);
            if end > now {
                return;
            }
            let missed = self.judge_deadline(i, deadline, end, streams);
            let provider = &mut self.providers[i];
            provider.missed_today += u8::from(missed);
            provider.deadline += 1;
        }
    }

    /// Share of today's deadlines that provider `i` has missed or will if nothing changes.
    pub fn offline_share(&self, i: usize) -> f64 {
        let provider = &self.providers[i];
        let mut missed = usize::from(provider.missed_today);
        if !provider.online {
            let open = usize::from(provider.deadline)..DEADLINES;
            missed += open.filter(|d| self.misses(i, self.end_of_deadline(*d))).count();
        }
        missed as f64 / DEADLINES as f64
    }

    /// Closes what is left of a day's deadlines of provider `i`.
    pub fn close_day_of_deadlines(&mut self, i: usize, now: SimTime, streams: &Streams) {
        let provider = &self.providers[i];
        let live = provider.sectors.live();
        if provider.is_whole() && provider.deadline == 0 {
            if live > 0 {
                let used = live.min(DEADLINES as u64);
                self.flows.deadlines_due += used;
                let due = share_of_deadline(live, 0);
                let partitions = u64::from(due).div_ceil(PARTITION_SECTORS) * used;
                self.post_proof(i, partitions * self.gas.message.window_post);
                self.charge_daily_fee(i, DEADLINES as u128);
            }
            return;
        }
        self.catch_up(i, now, streams);
        let provider = &mut self.providers[i];
        provider.deadline = 0;
        provider.missed_today = 0;
    }

    /// Whether the real verifier is asked about the proofs of a deadline and accepts them. It sees
    /// a cheater's proofs where somebody would dispute them.
    fn passes_audit(&mut self, i: usize, deadline: usize, streams: &Streams) -> bool {
        if !self.audit.samples(i as u32, self.epoch, streams) {
            return false;
        }
        let provider = &self.providers[i];
        let gone = match &provider.cheater {
            Some(cheater) if cheater.hidden() > 0 && cheater.hidden_in(deadline) == 0 => {
                return false;
            }
            Some(cheater) => cheater.hidden() > 0,
            None => provider.lost > 0,
        };
        self.audit.proves(i as u32, self.epoch, gone, streams.seed())
    }

    /// Books the outcome of a deadline: power, fees, terminations.
    fn settle_deadline(&mut self, i: usize, deadline: usize, unproven: u32) {
        self.charge_daily_fee(i, 1);
        let provider = &mut self.providers[i];
        if unproven == 0 && provider.faults.total() == 0 {
            return;
        }
        let proven = provider.faults.close(deadline, unproven);
        if proven.continued > 0 {
            let units = provider.units_of(u64::from(proven.continued));
            // Where hardly any power is left, it is more than there is.
            let fee = Amount(self.quote.fault_fee_per_unit.0.saturating_mul(units.into()));
            let scale = (self.parameters.fault_fee_scale * 1e6) as u128;
            let fee = fee.mul_div_floor(scale, 1_000_000);
            let paid = self.burn_penalty(i, fee);
            self.flows.burn_fault_fee += paid;
            self.flows.fault_fee_units += units;
            self.note_fault_fee(i, deadline, proven.continued, paid);
        }
        if proven.expired > 0 {
            self.terminate(i, u64::from(proven.expired));
        }
        self.update_power(i);
    }

    /// FIP-0100: burns a provider's daily fee for `deadlines` of its 48 deadlines.
    fn charge_daily_fee(&mut self, i: usize, deadlines: u128) {
        let fee = self.providers[i].sectors.daily_fee_attofil;
        if fee > 0 {
            let fee = Amount(fee * deadlines / DEADLINES as u128);
            let cap = self.daily_fee_cap(i, deadlines);
            let burned = self.burn_penalty(i, fee.min(cap));
            self.flows.burn_daily_fee += burned;
        }
    }

    /// Half of the block reward that the provider's power can expect (FIP-0100).
    fn daily_fee_cap(&self, i: usize, deadlines: u128) -> Amount {
        let units = u128::from(self.providers[i].sectors.quality_units());
        Amount(self.quote.day_reward_per_unit.0 * units / 2 * deadlines / DEADLINES as u128)
    }

    /// Terminates sectors whose data was found to be gone. In a driven run they are sectors without
    /// verified data, and a part of what the provider ends early: the data's own balance has them.
    pub fn terminate_lost(&mut self, i: usize) {
        let now = self.day_begins();
        let provider = &mut self.providers[i];
        let found = self.day - provider.lost_since_day >= self.derived.loss_detection_days;
        let exposed = provider.cheater.as_ref().map_or(0, |cheater| cheater.exposed());
        if provider.lost + exposed == 0 || !found {
            return;
        }
        let lost = std::mem::take(&mut provider.lost) + exposed;
        match &mut provider.cheater {
            Some(cheater) => {
                provider.faults.end(|deadline| cheater.exposed_in(deadline));
                cheater.end_exposed();
            }
            None => {
                provider.faults.end(|deadline| share_of_deadline(lost, deadline));
                self.noticed.notice_all(&mut provider.losses, now);
            }
        }
        let before = self.flows.burn_termination_fee;
        self.end_lost(i, lost);
        let paid = self.flows.burn_termination_fee - before;
        if let Some(cheater) = &mut self.providers[i].cheater {
            cheater.account.penalties += paid;
        }
    }

    fn end_lost(&mut self, i: usize, lost: u64) {
        if self.derived.losses.is_none() {
            return self.terminate(i, lost);
        }
        let provider = &mut self.providers[i];
        let quality_one = provider.sectors.live() - provider.sectors.of(Kind::Verified);
        let lost = lost.min(provider.sectors.of(Kind::Capacity));
        provider.losses_owed[0] -= lost as f64 / quality_one.max(1) as f64;
        self.end_evenly(i, Kind::Capacity, lost);
        self.after_terminations(i);
    }

    /// Ends `wanted` sectors of provider `i` that cannot be proven, of all kinds alike.
    pub fn terminate(&mut self, i: usize, wanted: u64) {
        let live = self.providers[i].sectors.live();
        let mut left = wanted.min(live);
        for kind in Kind::ALL {
            let of_kind = self.providers[i].sectors.of(kind);
            let share =
                (u128::from(wanted) * u128::from(of_kind)).div_ceil(u128::from(live.max(1)));
            let share = left.min(share as u64).min(of_kind);
            left -= share;
            self.end_evenly(i, kind, share);
        }
        self.after_terminations(i);
    }

    /// Fewer sectors are left to be faulty.
    fn after_terminations(&mut self, i: usize) {
        self.providers[i].cap_lost();
        self.update_power(i);
    }

    /// Ends sectors of every age before their time: fee and pledge.
    pub fn end_evenly(&mut self, i: usize, kind: Kind, sectors: u64) {
        if sectors == 0 {
            return;
        }
        let mut ended = std::mem::take(&mut self.ended);
        self.providers[i].sectors.take_evenly(kind, sectors, |cohort| ended.push(cohort));
        for cohort in &ended {
            let fee = self.termination_fee(kind, cohort);
            self.return_pledge(i, Amount(cohort.pledge_attofil));
            let paid = self.burn_penalty(i, fee);
            self.flows.burn_termination_fee += paid;
            self.note_penalty(i, paid, Amount::ZERO);
            self.flows.terminated_sectors += u64::from(cohort.sectors);
        }
        ended.clear();
        self.ended = ended;
    }

    /// Gives back the pledge of sectors that left the chain.
    pub fn return_pledge(&mut self, i: usize, pledge: Amount) {
        self.providers[i].pledge -= pledge;
        self.accounts.release_pledge(i, pledge);
    }

    /// Brings the network's power up to date with provider `i`.
    pub fn update_power(&mut self, i: usize) {
        let provider = &mut self.providers[i];
        let now = provider.effective_power(&self.rules);
        let before = std::mem::replace(&mut provider.power, now);
        self.power = Power {
            raw_sectors: self.power.raw_sectors - before.raw_sectors + now.raw_sectors,
            qa_units: self.power.qa_units - before.qa_units + now.qa_units,
        };
    }
}
