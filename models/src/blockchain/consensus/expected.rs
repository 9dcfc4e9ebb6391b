//! Expected consensus: each round, each participant wins a Poisson number of times in proportion to
//! its power; every winner may make a block, and a round without a winner has none.
//!
//! The sum of all wins is Poisson too, and given the sum each win falls on a participant in
//! proportion to its power: one draw and a few picks from an alias table replace a draw for each,
//! exactly. Source: Filecoin specification, "Expected Consensus" (`EXPECTED_LEADERS_PER_EPOCH` =
//! 5).
//!
//! [`Election`] is the lottery alone, which Filecoin's model draws from; [`Rounds`] is a chain of
//! this layer that goes on by it.

use pinwheel_core::distribution::{AliasTable, DistributionError, Poisson};
use pinwheel_core::{Context, Event as EngineEvent, Purpose, SimDuration, Stream};
use serde::{Deserialize, Serialize};

use super::super::Event;
use super::super::chain::{Chain, Proposal, Settled};
use super::super::transaction::Address;

const ELECTION: Purpose = Purpose::new("blockchain election");
/// Most wins of one round that are looked at; with a mean of five the chance of more is below
/// 1e-20.
pub const WINS_MAX: u64 = 40;

crate::parameters! {
    /// A lottery of several winners a round.
    pub struct RoundParameters {
        /// Participants of the lottery.
        participants: "1" = 100.0, in 1.0 ..= 1000000.0, "scenario";
        /// Power of the largest participant over that of the smallest; powers fall geometrically.
        power_ratio: "1" = 1.0, in 1.0 ..= 1e6, "scenario";
        /// Expected wins of a round.
        wins: "1" = 5.0, in 0.001 ..= 20.0, "Filecoin specification, EXPECTED_LEADERS_PER_EPOCH";
    }
}

/// The lottery and its tickets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Election {
    table: AliasTable,
    wins: Poisson,
}

impl Election {
    /// A lottery with one ticket; [`Election::rebuild`] sells the others.
    ///
    /// # Errors
    ///
    /// If the mean number of wins is negative, not finite or above 1e15.
    pub fn new(wins_per_round: f64) -> Result<Self, DistributionError> {
        Ok(Election { table: AliasTable::new([1.0])?, wins: Poisson::new(wins_per_round)? })
    }
    /// Gives each participant tickets by its power; at least one has some.
    ///
    /// # Errors
    ///
    /// If there is no participant, a power is negative or not finite, or all are zero.
    pub fn rebuild(
        &mut self,
        powers: impl IntoIterator<Item = f64>,
    ) -> Result<(), DistributionError> {
        self.table.rebuild(powers)
    }
    /// How many wins a round has.
    pub fn wins(&self, draws: &mut Stream) -> u64 {
        self.wins.sample(draws).min(WINS_MAX)
    }
    /// Whose a win is.
    pub fn winner(&self, draws: &mut Stream) -> usize {
        self.table.pick(draws)
    }
}

/// A chain whose rounds have several blocks or none.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rounds {
    round: SimDuration,
    election: Election,
    participants: Vec<Address>,
    rounds: u64,
    /// Wins of all rounds so far.
    pub wins: u64,
    /// Rounds without a winner.
    pub null_rounds: u64,
}

impl Rounds {
    /// Rounds of this length with a mean number of wins, and participants with their power.
    ///
    /// # Errors
    ///
    /// If there is no power, or the mean number of wins is not positive and finite.
    pub fn new(
        round: SimDuration,
        wins_per_round: f64,
        participants: Vec<(Address, f64)>,
    ) -> Result<Self, DistributionError> {
        let mut election = Election::new(wins_per_round)?;
        election.rebuild(participants.iter().map(|(_, power)| *power))?;
        let participants = participants.into_iter().map(|(address, _)| address).collect();
        Ok(Rounds { round, election, participants, rounds: 0, wins: 0, null_rounds: 0 })
    }
    /// Rounds so far.
    pub fn rounds(&self) -> u64 {
        self.rounds
    }

    /// Schedules the next round.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, chain: &Chain, ctx: &mut Context<E>) {
        ctx.after(self.round, Event::Turn { chain: chain.state().rules.chain }.into());
    }

    /// A round: whoever wins makes a block.
    pub fn turn<E: EngineEvent + From<Event>>(
        &mut self,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) -> Settled {
        self.start(chain, ctx);
        let mut draws = ctx.streams().indexed(0, ELECTION, self.rounds);
        self.rounds += 1;
        let wins = self.election.wins(&mut draws);
        self.wins += wins;
        let mut winners: Vec<usize> = (0..wins).map(|_| self.election.winner(&mut draws)).collect();
        winners.sort_unstable();
        winners.dedup();
        self.null_rounds += u64::from(winners.is_empty());
        let mut settled = Settled::default();
        for (place, winner) in winners.iter().enumerate() {
            settled.extend(chain.append(Proposal {
                time: ctx.now(),
                proposer: self.participants[*winner],
                evidence: vec![],
                closes_round: place + 1 == winners.len(),
            }));
        }
        settled
    }
}
