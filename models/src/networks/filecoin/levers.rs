//! The levers of a Filecoin network: which parameters may be moved during a run, and what follows
//! from a move.
//!
//! A move acts between two days where it comes at the end of one, so that the day which ends is
//! closed under the old values; within a day it acts at once, but with [`Detail::Day`], which folds
//! a day into one step, from the next day on: there, a change within the last day of a run is
//! refused.

use pinwheel_core::{Context, Event as EngineEvent, SimTime};

use super::file::specs;
use super::settings::{Behaviour, Detail, ProofFidelity, RuleChoice, Settings};
use super::{DAY, Derived, Event, Filecoin, Plan};
use crate::describe::{Lever, LeverSpec, ParameterSpec, Refused};

/// The table of a network's section that has its parameters.
const TABLE: &str = "parameters.";

/// Every parameter, with the reason why it cannot be moved where there is one.
pub fn levers(settings: &Settings) -> Vec<Lever> {
    let (mut network, mut machines) =
        (settings.parameters.clone(), settings.infrastructure.clone());
    let lever = |spec: &ParameterSpec| {
        let value = network.get_mut(spec.name).or_else(|| machines.get_mut(spec.name)).copied();
        // As the section's own reader does.
        let described = LeverSpec { plain: true, ..spec.lever() };
        let fixed = spec.fixed.or_else(|| idle(settings, spec.name));
        let lever = Lever::new(format!("{TABLE}{}", spec.name), described, value?, fixed);
        let fixed_without_review = idle_without_review(settings, spec.name);
        Some(Lever { fixed_without_review, ..lever })
    };
    specs().filter_map(lever).collect()
}

/// Why a parameter has no effect on a network with these settings; `None` if it has.
fn idle(settings: &Settings, name: &str) -> Option<&'static str> {
    let rational = matches!(settings.behaviour, Behaviour::Rational(_));
    let reckons = settings.reckons();
    match name {
        "early_termination_rate" | "verified_termination_rate" | "termination_interval"
            if rational =>
        {
            Some("it has an effect with behaviour = \"driven\" only")
        }
        "hurdle_rate"
        | "hurdle_sigma"
        | "planning_horizon"
        | "patience"
        | "exit_share"
        | "entry_rate"
        | "claim_extension_share"
        | "client_demand"
        | "client_volatility"
        | "renewal_mood"
        | "mood_time"
        | "snap_share"
        | "upgrade_time"
        | "choice_steepness"
        | "hardware_lead_time"
        | "credit_rate"
        | "sealing_rate"
        | "market_depth"
            if !reckons =>
        {
            Some("it has an effect with behaviour = \"rational\" only")
        }
        "other_gas_sigma" if settings.detail == Detail::Day => {
            Some("it has an effect with detail = \"deadline\" only")
        }
        "proof_sample_share" if settings.proofs != ProofFidelity::Sampled => {
            Some("it has an effect with proofs = \"sampled\" only")
        }
        "cheater_drop_rate" | "consensus_faults_per_year" | "dispute_share" | "dispute_delay"
            if settings.parameters.cheater_share == 0.0 =>
        {
            Some("it has an effect with a cheater_share above 0 only")
        }
        "reads_per_day" if settings.rules != RuleChoice::Textbook => {
            Some("it has an effect with rules = \"textbook\" only")
        }
        "pay_volume_usd" | "pay_volume_growth" | "service_pass_through"
            if settings.solstice.is_none() =>
        {
            Some("it has an effect with a date of `solstice` only")
        }
        _ => None,
    }
}

/// Why a parameter has no effect where nothing is reviewed; `None` if it has.
fn idle_without_review(settings: &Settings, name: &str) -> Option<&'static str> {
    let driven = matches!(settings.behaviour, Behaviour::Driven(_));
    (driven && name == "deal_usd_per_tib_month")
        .then_some("with behaviour = \"driven\" only a review counts it as income: add [review]")
}

impl Filecoin {
    /// Moves a parameter by its key below the network's section.
    pub(super) fn set_lever<E: EngineEvent + From<Event>>(
        &mut self,
        key: &str,
        value: f64,
        ctx: &mut Context<E>,
    ) -> Result<(), Refused> {
        let name = key.strip_prefix(TABLE).ok_or(Refused::NoLever)?;
        let spec = specs().find(|spec| spec.name == name).ok_or(Refused::NoLever)?;
        spec.lever().check(value)?;
        let day_ends = SimTime::ZERO + DAY.times(u64::from(self.day.unsigned_abs()));
        if self.detail == Detail::Day || ctx.now() == day_ends {
            self.moved.push((name.to_owned(), value));
        } else {
            self.take_over(name, value, ctx);
        }
        Ok(())
    }

    /// Takes over what was moved for the day that begins.
    pub(super) fn take_over_moved<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        for (name, value) in std::mem::take(&mut self.moved) {
            self.take_over(&name, value, ctx);
        }
    }

    /// Changes a parameter and all that follows from it.
    fn take_over<E: EngineEvent + From<Event>>(
        &mut self,
        name: &str,
        value: f64,
        ctx: &mut Context<E>,
    ) {
        if let Some(slot) = self.parameters.get_mut(name) {
            if *slot != value {
                *slot = value;
                self.follow_parameters();
            }
            return;
        }
        let mut machines = self.sites.parameters().clone();
        let slot = machines.get_mut(name).expect("a lever is a parameter");
        if *slot != value {
            *slot = value;
            self.sites.follow(machines, ctx);
        }
    }

    /// Computes anew whatever follows from the parameters.
    fn follow_parameters(&mut self) {
        let p = &self.parameters;
        let rational = matches!(self.plan, Plan::Rational);
        self.derived = Derived::of(p, rational, self.sites.parameters().disk_terabytes);
        self.gas.follow(p);
        self.audit.follow(p.proof_sample_share);
        self.providers.iter_mut().for_each(|provider| provider.follow(p));
        self.refresh_quote();
    }
}
