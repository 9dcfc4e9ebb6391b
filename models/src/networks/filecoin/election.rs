//! Expected consensus: each epoch, each provider wins a Poisson number of times with mean five
//! times its share of the quality-adjusted power (`EXPECTED_LEADERS_PER_EPOCH` = 5).
//!
//! The lottery is that of the blockchain layer (`blockchain/consensus/expected.rs`): one draw and a
//! few picks replace two thousand draws, exactly. The power is that of the last rebuild, at most
//! 900 epochs ago: the chain itself looks 900 epochs back.
//!
//! A win of a provider that is offline, that a consensus fault bars, or whose block comes too late,
//! is lost with its reward; an epoch without any block is a null round.

use pinwheel_core::distribution::Poisson;
use pinwheel_core::{Amount, Purpose, Streams};

use super::Filecoin;
use super::business::by_chance;
use super::rules::EPOCHS_PER_DAY;
use crate::blockchain::consensus::expected::{Election, WINS_MAX};

/// Names of random streams drawn from in the hot path.
const ELECTION: Purpose = Purpose::new("filecoin election");
const WINS: Purpose = Purpose::new("filecoin wins");

/// Expected wins in an epoch.
pub const WINS_PER_EPOCH: u64 = 5;
/// Epochs between rebuilds of the table.
pub const LOOKBACK_EPOCHS: i64 = 900;

/// The lottery of an epoch, before anybody has power.
///
/// # Panics
///
/// If a lottery cannot have a mean of [`WINS_PER_EPOCH`] wins: a fault of the model.
pub fn lottery() -> Election {
    Election::new(WINS_PER_EPOCH as f64).expect("five is a mean")
}

impl Filecoin {
    /// Rebuilds the table of tickets from today's power.
    ///
    /// # Panics
    ///
    /// If the network has power but none of its providers has: a fault of the model.
    pub fn rebuild_election(&mut self) {
        self.count_tickets();
        let weights = self.providers.iter().map(|p| p.power.qa_units as f64);
        if self.power.qa_units > 0 {
            self.election.rebuild(weights).expect("powers are finite and some positive");
            for provider in &mut self.providers {
                provider.tickets.units = provider.power.qa_units;
            }
        }
    }

    /// Draws the winners of one epoch and pays them. Returns the number of blocks.
    pub fn elect(&mut self, streams: &Streams) -> u64 {
        if self.power.qa_units == 0 {
            self.flows.null_rounds += 1;
            return 0;
        }
        let mut draws = streams.indexed(0, ELECTION, self.epoch as u64);
        let wins = self.election.wins(&mut draws);
        let per_win = Amount(self.rewards.this_epoch_reward().0 / u128::from(WINS_PER_EPOCH));
        self.rounds_uncounted += 1;
        let mut winners = [usize::MAX; WINS_MAX as usize];
        let mut blocks = 0;
        for _ in 0..wins {
            let i = self.election.winner(&mut draws);
            let on_time = draws.uniform() >= self.parameters.orphan_share;
            let barred = self.providers[i].is_barred(self.epoch);
            self.providers[i].tickets.wins += u64::from(!barred);
            if self.providers[i].online && on_time && !barred {
                self.flows.wins += 1;
                self.flows.entitled += per_win;
                self.pay_wins(i, per_win);
                if !winners[..blocks].contains(&i) {
                    winners[blocks] = i;
                    blocks += 1;
                }
            } else {
                self.flows.wins_lost += 1;
            }
        }
        self.flows.null_rounds += u64::from(blocks == 0);
        blocks as u64
    }

    /// Draws a whole day's wins of every provider, of which `scheduled` FIL is the reward.
    ///
    /// # Panics
    ///
    /// If a provider is to win more than 1e15 times a day on average: a fault of the model.
    pub fn elect_day(&mut self, scheduled: Amount, streams: &Streams) {
        let wins_per_day = (WINS_PER_EPOCH as i64 * EPOCHS_PER_DAY) as f64;
        let per_win = Amount(scheduled.0 / (u128::from(WINS_PER_EPOCH) * EPOCHS_PER_DAY as u128));
        let total = self.power.qa_units;
        if total == 0 {
            return;
        }
        for i in 0..self.providers.len() {
            let share = self.providers[i].power.qa_units as f64 / total as f64;
            if share == 0.0 {
                continue;
            }
            let mean = share * wins_per_day;
            let mut draws = streams.indexed(i as u32, WINS, self.day as u64);
            let drawn = Poisson::new(mean).expect("a positive mean").sample(&mut draws);
            let barred = match self.providers[i].barred_share(self.epoch) {
                0.0 => 0,
                share => by_chance(drawn, share, draws.uniform()),
            };
            let wins = drawn - barred;
            let tickets = &mut self.providers[i].tickets;
            tickets.share_epochs += share;
            tickets.wins += wins;
            let offline_share = self.offline_share(i);
            let offline = if offline_share == 0.0 {
                0
            } else {
                by_chance(wins, offline_share, draws.uniform())
            };
            let on_time = wins - offline;
            // Too late, rounding the mean up or down by chance.
            let orphaned = by_chance(on_time, self.parameters.orphan_share, draws.uniform());
            self.flows.wins += on_time - orphaned;
            self.flows.entitled += Amount(per_win.0 * u128::from(on_time - orphaned));
            self.flows.wins_lost += drawn - on_time + orphaned;
            self.pay_wins(i, Amount(per_win.0 * u128::from(on_time - orphaned)));
        }
    }

    /// Pays block reward to provider `i`: 25 % at once, 75 % into vesting.
    fn pay_wins(&mut self, i: usize, reward: Amount) {
        if reward == Amount::ZERO {
            return;
        }
        self.flows.minted += reward;
        let split = self.streams_split(reward);
        if split.miner != reward {
            self.accounts.award_streams(split.service, split.burn);
            self.flows.service_stream += split.service;
            self.flows.burn_stream += split.burn;
        }
        let to_vest = Amount(split.miner.0 * 75 / 100);
        self.accounts.award(i, split.miner - to_vest, to_vest);
        let provider = &mut self.providers[i];
        provider.to_vest += to_vest;
        provider.income += split.miner;
    }
}
