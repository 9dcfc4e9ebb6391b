//! What cheating costs: disputes of invalid proofs, and penalties of consensus faults.
//!
//! A WindowPoSt is accepted without a look when it is submitted (FIP-0010). For 1,800 epochs after
//! its deadline has closed anybody may dispute it; a proof that is then shown invalid costs its
//! provider 5.51 days of the expected reward of its partition, 20 FIL and the 4 FIL that whoever
//! disputed it gets, and the sectors of the partition are faulty. A provider that signs two blocks
//! of one height pays five times the reward of an expected win, of which whoever reports it gets a
//! quarter of one, and wins nothing for 900 epochs.
//!
//! Source: `dispute_windowed_post` and `report_consensus_fault` of the miner actor, its `monies.rs`
//! and `policy.rs`; amounts come from the actors' own functions ([`super::pledge`]).
//!
//! Left out: gas of whoever disputes or reports (providers and holders stand for them), disputes of
//! proofs that are valid (the chain refuses them), the messages that a provider may not send after
//! a consensus fault, proofs of several partitions in one message.
//!
//! Invariants: what leaves a purse is burned or paid to whoever disputed or reported, to the atto;
//! without cheaters nothing is drawn and nothing paid.

use pinwheel_core::{Amount, Purpose, SimDuration, SimTime, Streams};

use super::accounts::FIL_DECIMALS;
use super::business::by_chance;
use super::cheater::Dispute;
use super::gas::PARTITION_SECTORS;
use super::parameters::Parameters;
use super::provider::{Provider, share_of_deadline};
use super::rules::EPOCHS_PER_DAY;
use super::sectors::SECTOR_BYTES;
use super::{DAYS_PER_YEAR, Filecoin, pledge};

/// Names of random streams drawn from in the hot path.
const DAYS: Purpose = Purpose::new("filecoin.cheater_days");
const DISPUTES: Purpose = Purpose::new("filecoin.disputes");

/// Epochs for which a consensus fault bars its provider from the lottery
/// (`CONSENSUS_FAULT_INELIGIBILITY_DURATION` of the miner actor's policy).
pub const BARRED_EPOCHS: i64 = 900;

/// Makes some of the providers cheaters.
pub fn choose_cheaters(providers: &mut [Provider], p: &Parameters, streams: &Streams) {
    if p.cheater_share == 0.0 {
        return;
    }
    for (i, provider) in (0..).zip(providers) {
        if streams.stream(i, "filecoin.cheaters").uniform() < p.cheater_share {
            provider.cheater = Some(Box::default());
        }
    }
}

impl Filecoin {
    /// A cheater's day: what the data that is gone saves, data that it deletes, and whether it
    /// signs two blocks of one height.
    pub fn cheat(&mut self, i: usize, streams: &Streams) {
        if self.providers[i].cheater.is_none() {
            return;
        }
        let mut draws = streams.indexed(i as u32, DAYS, self.day as u64);
        let (deletes, signs_twice) = (draws.uniform(), draws.uniform());
        self.delete_data(i, deletes);
        let chance = self.parameters.consensus_faults_per_year / DAYS_PER_YEAR;
        if signs_twice < chance && self.providers[i].power.qa_units > 0 {
            self.punish_consensus_fault(i);
        }
    }

    fn delete_data(&mut self, i: usize, chance: f64) {
        let now = self.day_begins();
        let provider = &mut self.providers[i];
        let Some(cheater) = &mut provider.cheater else { return };
        let live = provider.sectors.live();
        cheater.cap(live);
        let gone = cheater.hidden() + cheater.exposed();
        let usd_per_sector =
            provider.opex_usd_per_sector_day + self.derived.costs.capex_usd_per_sector_day;
        let saved_usd = gone as f64 * usd_per_sector;
        provider.cost_usd -= saved_usd;
        // An honest provider has no cost of sectors either that its disks have lost: it ends them.
        let broken_share = cheater.broken_share();
        cheater.account.saved_usd += saved_usd * (1.0 - broken_share);
        let hidden = (cheater.hidden() as f64 * broken_share) as u64;
        let share = (self.parameters.cheater_drop_rate / DAYS_PER_YEAR).min(1.0);
        if share > 0.0 {
            let losses = &mut provider.losses;
            let deleted = by_chance(live - gone, share, chance);
            cheater.delete(deleted, live, |deadline, n| losses.add_one(now, deadline, n));
        }
        let kept_fil = self.day_reward_fil(self.providers[i].units_of(hidden));
        if let Some(cheater) = &mut self.providers[i].cheater {
            cheater.account.kept_fil += kept_fil;
        }
    }

    /// Notes what a cheater keeps by hiding so many sectors that its disks have lost: the fees that
    /// an honest provider pays for them, fault fees from the second day on until it ends them, and
    /// the termination fee.
    pub(super) fn note_hidden(&mut self, i: usize, lost: u64) {
        let provider = &self.providers[i];
        let days = f64::from(self.derived.loss_detection_days - 1);
        let units = provider.units_of(lost) as f64;
        let per_unit = self.quote.fault_fee_per_unit.as_tokens(FIL_DECIMALS);
        let share = lost as f64 / provider.sectors.live().max(1) as f64;
        let pledge_fil = provider.pledge.as_tokens(FIL_DECIMALS) * share;
        let fees_fil = days * units * per_unit * self.parameters.fault_fee_scale
            + pledge_fil * self.quote.termination_fee_per_pledge;
        if let Some(cheater) = &mut self.providers[i].cheater {
            cheater.account.kept_fil += fees_fil;
        }
    }

    fn punish_consensus_fault(&mut self, i: usize) {
        let reward = Amount(self.rewards.smoothed().estimate());
        let penalty = pledge::consensus_fault_penalty(reward);
        let burned = self.slash(i, penalty, pledge::consensus_fault_reward(reward));
        self.flows.consensus_faults += 1;
        self.flows.burn_consensus_fault += burned;
        let day_reward_fil = self.day_reward_fil(self.providers[i].power.qa_units);
        let cheater = &mut self.providers[i].cheater;
        self.flows.consensus_fault_penalties.add(cheater.is_some(), penalty);
        if let Some(cheater) = cheater {
            cheater.barred_until_epoch = self.epoch + BARRED_EPOCHS;
            cheater.account.forgone_fil +=
                day_reward_fil * BARRED_EPOCHS as f64 / EPOCHS_PER_DAY as f64;
        }
    }

    /// Takes a penalty from provider `i`, out of what vests first: `reward` of it for whoever
    /// disputed or reported, the rest burned. Returns what was burned; where FIL is short, less.
    fn slash(&mut self, i: usize, penalty: Amount, reward: Amount) -> Amount {
        self.unlock_penalty(i, penalty);
        let paid = self.accounts.pay_reporter(i, reward.min(penalty));
        let burned = self.accounts.burn(i, penalty.saturating_sub(reward));
        self.flows.slash_rewards += paid;
        self.note_penalty(i, paid + burned, paid + burned);
        burned
    }

    /// The reward of a day that this power can expect, as it stands, FIL.
    fn day_reward_fil(&self, units: u64) -> f64 {
        let reward = Amount(self.quote.day_reward_per_unit.0 * u128::from(units));
        reward.as_tokens(FIL_DECIMALS) * self.miner_share()
    }

    /// A cheater claims the proofs of a deadline that has just ended: with `found`, somebody who
    /// verifies them would refuse them.
    pub(super) fn claim_proofs(
        &mut self,
        i: usize,
        deadline: usize,
        end: SimTime,
        found: bool,
        streams: &Streams,
    ) {
        let provider = &mut self.providers[i];
        let Some(cheater) = &mut provider.cheater else { return };
        let hidden = cheater.hidden_in(deadline);
        if hidden == 0 {
            return;
        }
        let due = share_of_deadline(provider.sectors.live(), deadline);
        let partitions = u64::from(due).div_ceil(PARTITION_SECTORS);
        let invalid = u64::from(hidden).div_ceil(PARTITION_SECTORS).min(partitions);
        self.flows.invalid_proofs += invalid;
        let draw = self.day as u64 * super::DEADLINES as u64 + deadline as u64;
        let luck = streams.indexed(i as u32, DISPUTES, draw).uniform();
        if found && luck < self.parameters.dispute_share {
            let delay = SimDuration::from_seconds_f64(self.parameters.dispute_delay * 3_600.0);
            let active = u64::from(due.saturating_sub(provider.faults.in_deadline(deadline)));
            cheater.disputes.push_back(Dispute {
                claimed: end,
                due: end + delay,
                deadline: deadline as u8,
                proofs: invalid as u32,
                sectors: (active * invalid / partitions) as u32,
                hidden,
            });
        }
    }

    /// Sectors of a deadline that are unproven, where so many would be if nothing were hidden: a
    /// proof by which some recover is verified at once.
    pub(super) fn verify_recoveries(
        &mut self,
        i: usize,
        deadline: usize,
        end: SimTime,
        unproven: u32,
    ) -> u32 {
        let provider = &mut self.providers[i];
        let hidden = provider.cheater.as_ref().map_or(0, |cheater| cheater.hidden_in(deadline));
        if hidden == 0 || provider.faults.in_deadline(deadline) <= unproven {
            return unproven;
        }
        self.noticed.notice(&mut provider.losses, deadline, end);
        provider.expose(deadline, hidden, self.day);
        (unproven + hidden).min(share_of_deadline(provider.sectors.live(), deadline))
    }

    /// Settles the disputes of a cheater's proofs that are due by then.
    pub(super) fn settle_disputes(&mut self, i: usize, by: SimTime) {
        loop {
            let Some(cheater) = &mut self.providers[i].cheater else { return };
            let Some(dispute) = cheater.take_due(by) else { return };
            self.settle_dispute(i, dispute);
        }
    }

    fn settle_dispute(&mut self, i: usize, dispute: Dispute) {
        let deadline = usize::from(dispute.deadline);
        let units = self.providers[i].units_of(u64::from(dispute.sectors));
        let pricing = self.pricing();
        let of_power = pricing.invalid_post_penalty(u128::from(units) * SECTOR_BYTES);
        let of_message = pricing.invalid_post_penalty(0);
        let proofs = u128::from(dispute.proofs);
        let reward = Amount(pledge::dispute_reward().0 * proofs);
        let penalty = of_power + Amount(of_message.0 * proofs.saturating_sub(1)) + reward;
        let burned = self.slash(i, penalty, reward);
        self.flows.burn_dispute += burned;
        self.flows.disputes += u64::from(dispute.proofs);
        let deleted_share =
            self.providers[i].cheater.as_ref().map_or(1.0, |cheater| 1.0 - cheater.broken_share());
        let forgone_fil = self.day_reward_fil(units) * deleted_share;

        let provider = &mut self.providers[i];
        let due = share_of_deadline(provider.sectors.live(), deadline);
        provider.faults.dispute(deadline, dispute.sectors, due);
        let losses = &mut provider.losses;
        self.noticed.notice_claimed(losses, deadline, dispute.claimed, dispute.due);
        provider.expose(deadline, dispute.hidden, self.day);
        self.flows.dispute_penalties.add(provider.cheater.is_some(), penalty);
        if let Some(cheater) = &mut provider.cheater {
            cheater.account.forgone_fil += forgone_fil;
        }
        self.update_power(i);
    }

    /// Notes a penalty that provider `i` has paid, and what of it an honest provider would not have
    /// had to pay.
    pub(super) fn note_penalty(&mut self, i: usize, paid: Amount, for_cheating: Amount) {
        if let Some(cheater) = &mut self.providers[i].cheater {
            self.flows.penalties_of_cheaters += paid;
            cheater.account.penalties += for_cheating;
        }
    }

    /// The same of the fault fee of `continued` sectors of a deadline.
    pub(super) fn note_fault_fee(
        &mut self,
        i: usize,
        deadline: usize,
        continued: u32,
        paid: Amount,
    ) {
        if let Some(cheater) = &self.providers[i].cheater {
            let exposed = cheater.exposed_in(deadline).min(continued);
            let for_cheating = paid.mul_div_floor(exposed.into(), continued.into());
            self.note_penalty(i, paid, for_cheating);
        }
    }

    /// Block reward that a cheater's exposed sectors of a deadline cost it until the next day.
    pub(super) fn note_exposed(&mut self, i: usize, deadline: usize) {
        let provider = &self.providers[i];
        let Some(cheater) = &provider.cheater else { return };
        let exposed = u64::from(cheater.exposed_in(deadline));
        let deleted_share = 1.0 - cheater.broken_share();
        let forgone_fil = self.day_reward_fil(provider.units_of(exposed)) * deleted_share;
        if let Some(cheater) = &mut self.providers[i].cheater {
            cheater.account.forgone_fil += forgone_fil;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_windows_are_those_of_the_actors_policy() {
        use fil_actors_shared::v19::runtime::policy_constants;
        assert_eq!(BARRED_EPOCHS, policy_constants::CONSENSUS_FAULT_INELIGIBILITY_DURATION);
        let window_hours = policy_constants::WPOST_DISPUTE_WINDOW as f64 / 120.0;
        let delay = Parameters::SPECS.iter().find(|spec| spec.name == "dispute_delay");
        assert_eq!(delay.map(|spec| spec.maximum), Some(window_hours));
    }
}
