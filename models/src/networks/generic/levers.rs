//! The levers of a network written in TOML: what of it may be moved during a run.
//!
//! A move acts between two periods where it comes at the end of one, so that the period which ends
//! is settled under the old values; within a period it acts at that period's settlement.
//!
//! Left out: the emission, bonds and operators, whose nodes have drawn their costs and their
//! patience. Another emission from a date on is another share of the step `mint`.

use pinwheel_core::{Context, Event as EngineEvent, SimTime};
use serde::{Deserialize, Serialize};

use super::step::Step;
use super::{Generic, Settings};
use crate::describe::{Lever, LeverSpec, LeverTable, Refused};
use crate::economy::demand::{DRIFT_PER_DAY, VOLATILITY_MAX};
use crate::economy::exchange::FEE_MAX;
use crate::economy::share::MILLION;

/// What a lever moves.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Moves {
    /// The growth of the mean of demand.
    Drift,
    /// The volatility of demand.
    Volatility,
    /// What the pool keeps of what is paid in.
    Fee,
    /// The share of the step at this place.
    Share(usize),
}

/// A lever of a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movable {
    /// The key that sets it, below the section.
    pub key: String,
    /// What it moves.
    pub moves: Moves,
}

/// What of a network may be moved during a run.
pub const LEVERS: LeverTable = LeverTable {
    owner: "a network written in TOML",
    place: "network",
    levers: &[
        DRIFT,
        VOLATILITY,
        FEE,
        SHARE,
        share("demand.burn_share", "Share of the tokens bought that is burned."),
        share("operators.sell_share", "Share of the rewards that operators sell."),
        share("providers.sell_share", "The same as `operators.sell_share`."),
        share("bond.sold_on_exit", "Share of the bonds given back that is sold."),
    ],
};

const DRIFT: LeverSpec = LeverSpec::new(
    "demand.drift",
    "1/d",
    (-DRIFT_PER_DAY, DRIFT_PER_DAY),
    "Growth of the mean of demand, from the level that it has.",
);
const VOLATILITY: LeverSpec = LeverSpec::new(
    "demand.volatility",
    "1/sqrt(d)",
    (0.0, VOLATILITY_MAX),
    "Volatility of demand, from the level that it has.",
);
const FEE: LeverSpec = share_up_to(
    "exchange.fee",
    FEE_MAX,
    "Share of what is paid in that stays in the pool, for trades from then on.",
);
const SHARE: LeverSpec = share(
    "step[0].share",
    "Share that a step takes of what its account has got in the period, or of the emission.",
);

const fn share(name: &'static str, about: &'static str) -> LeverSpec {
    share_up_to(name, 1.0, about)
}
const fn share_up_to(name: &'static str, most: f64, about: &'static str) -> LeverSpec {
    LeverSpec::new(name, "1", (0.0, most), about).of_millionths()
}

/// Why a lever cannot be moved; `None` if it can.
fn fixed(settings: &Settings, moves: Moves) -> Option<&'static str> {
    let several = settings.mints().count() > 1;
    let demanded = settings.steps.iter().filter(|step| match step {
        Step::Buy(buy) => buy.with.is_none(),
        step => matches!(step, Step::Spend(_)),
    });
    let demanded = demanded.count();
    match moves {
        Moves::Share(place) if several && matches!(settings.steps[place], Step::Mint(_)) => {
            Some("several steps share the emission")
        }
        Moves::Share(place) if demanded > 1 && matches!(settings.steps[place], Step::Spend(_)) => {
            Some("several steps share what customers demand")
        }
        _ => None,
    }
}

fn spec(moves: Moves) -> LeverSpec {
    match moves {
        Moves::Drift => DRIFT,
        Moves::Volatility => VOLATILITY,
        Moves::Fee => FEE,
        Moves::Share(_) => SHARE,
    }
}

/// The levers of a network with these settings.
pub fn levers(settings: &Settings) -> Vec<Lever> {
    let lever = |movable: &Movable| {
        let (spec, value) = (spec(movable.moves), value(settings, movable.moves));
        Lever::new(movable.key.clone(), spec, value, fixed(settings, movable.moves))
    };
    settings.levers.iter().map(lever).collect()
}

/// The value of a lever on the first day; a lever exists where there is what it moves.
fn value(settings: &Settings, moves: Moves) -> f64 {
    let of_demand = settings.demand.as_ref();
    let share = |millionths: u32| f64::from(millionths) / f64::from(MILLION);
    let value = match moves {
        Moves::Drift => of_demand.map(|law| law.drift_per_day),
        Moves::Volatility => of_demand.map(|law| law.volatility_per_sqrt_day),
        Moves::Fee => settings.exchange.map(|exchange| share(exchange.rule.fee_millionths)),
        Moves::Share(place) => settings.steps[place].share().map(share),
    };
    value.unwrap_or_default()
}

impl Generic {
    /// Moves a lever by its key below the network's section.
    pub(super) fn set_lever<E: EngineEvent>(
        &mut self,
        key: &str,
        value: f64,
        ctx: &Context<E>,
    ) -> Result<(), Refused> {
        let movable = self.settings.levers.iter().find(|movable| movable.key == key);
        let moves = movable.ok_or(Refused::NoLever)?.moves;
        spec(moves).check(value)?;
        let periods = u64::from(self.state.settled) + 1;
        let ends = SimTime::ZERO + self.settings.period.duration().times(periods);
        if ctx.now() == ends {
            self.moved.push((moves, value));
        } else {
            self.take_over(moves, value);
        }
        Ok(())
    }

    /// Takes over what was moved for the period that begins.
    pub(super) fn take_over_moved(&mut self) {
        for (moves, value) in std::mem::take(&mut self.moved) {
            self.take_over(moves, value);
        }
    }

    fn take_over(&mut self, moves: Moves, value: f64) {
        let millionths = (value * f64::from(MILLION)).round() as u32;
        match moves {
            Moves::Drift | Moves::Volatility => {
                let Some(demand) = &mut self.state.demand else { return };
                match moves {
                    Moves::Drift => demand.law.drift_per_day = value,
                    _ => demand.law.volatility_per_sqrt_day = value,
                }
            }
            Moves::Fee => self.state.books.set_fee(millionths),
            Moves::Share(place) => {
                if let Some(share) = self.settings.steps[place].share_mut() {
                    *share = millionths;
                }
            }
        }
    }
}
